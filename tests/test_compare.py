"""Runs are compared question by question, and chance is not told as progress."""

import json
import math
import random
from dataclasses import replace

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from wortlaut.eval.figures.rows import Run, RunRow, load_run
from wortlaut.eval.figures.summary import summarise
from wortlaut.eval.reports.compare import _correct, _open_figures, _read_p, compare_pair
from wortlaut.eval.reports.report import write_report
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.ui.terminal.eval_compare import compare_runs

CLI = typer.Typer()
CLI.command()(compare_runs)


def row(number, right, **more):
    more = {"latency_ms": 100.0 + number, "confidence": 0.5, "answerable": True} | more
    scores = {"answer.right": right, **more.pop("scores", {})}
    question = more.pop("question", f"What did Mira Talberg say on day {number}?")
    return RunRow(f"q{number}", "speaker", "en", question, "She agreed.", scores=scores, **more)


def run(name, rows, suite="Tarvo"):
    return Run(name, suite, {each.id: each for each in rows})


def find(comparison, metric):
    return next(each for each in comparison.changes if each.metric == metric)


def look(a, b, metric):
    (change,) = compare_pair(run("A", a), run("B", b), [metric]).changes
    return change


def save(folder, rows, suite="Tarvo", **stamp):
    folder.mkdir(parents=True, exist_ok=True)
    text = "".join(json.dumps(each.as_json()) + "\n" for each in rows)
    (folder / "rows.jsonl").write_text(text, encoding="utf-8")
    (folder / "run.json").write_text(json.dumps({"suite": suite, **stamp}), encoding="utf-8")
    return folder


OLD = [row(i, float(i % 2)) for i in range(60)]
BETTER = [row(i, 1.0) for i in range(60)]
RIGHT = ["answer.right"]


def test_the_difference_is_the_mean_of_the_paired_differences():
    a = run("A", [row(1, 0.0), row(2, 1.0), row(3, 0.5), row(4, None)])
    b = run("B", [row(1, 1.0), row(2, 1.0), row(3, 0.0), row(4, 1.0)])
    change = find(compare_pair(a, b, ["answer.right"]), "answer.right")
    # Of q1 to q3, for q4 has no figure in A: (1 + 0 - 0.5) / 3.
    assert change.n == 3
    assert change.difference == pytest.approx(0.5 / 3)
    assert (change.a, change.b) == (pytest.approx(0.5), pytest.approx(2 / 3))


def test_a_run_that_is_better_throughout_is_better():
    change = look(OLD, BETTER, "answer.right")
    assert change.verdict == "better"
    assert change.holds
    assert change.low > 0


def test_two_flips_of_sixty_are_noise():
    b = [row(i, 1.0 if i < 4 else float(i % 2)) for i in range(60)]
    change = look(OLD, b, "answer.right")
    assert change.difference == pytest.approx(2 / 60)
    assert change.verdict == "noise"
    assert not change.holds


def test_four_questions_are_too_few_whatever_they_say():
    a, b = [row(i, 0.0) for i in range(4)], [row(i, 1.0, latency_ms=5.0) for i in range(4)]
    comparison = compare_pair(run("A", a), run("B", b))
    assert {each.verdict for each in comparison.changes} <= {"noise", "same"}


def test_a_hundred_questions_about_one_source_are_one():
    a = [row(i, 0.0, source="one") for i in range(100)]
    b = [row(i, 1.0, source="one") for i in range(100)]
    assert look(a, b, "answer.right").verdict == "noise"


def test_a_run_compared_with_itself_is_the_same():
    comparison = compare_pair(run("A", OLD), run("A again", OLD))
    assert {each.verdict for each in comparison.changes} == {"same"}
    assert comparison.lost == comparison.won == ()


def test_swapping_the_runs_turns_every_difference_round():
    rng = random.Random(5)
    a = [row(i, float(rng.random() < 0.7), confidence=rng.random()) for i in range(40)]
    b = [row(i, float(rng.random() < 0.5), confidence=rng.random()) for i in range(40)]
    metrics = ["answer.right", "abstention.aurc", "latency.p50_ms"]
    there, back = (compare_pair(*runs, metrics) for runs in ((run("A", a), run("B", b)),
                                                     (run("B", b), run("A", a))))  # fmt: skip
    for x, y in zip(there.changes, back.changes, strict=True):
        assert x.difference == pytest.approx(-y.difference)
        assert {x.verdict, y.verdict} in ({"noise"}, {"same"}, {"better", "worse"})
    assert there.lost == back.won


def test_a_slower_run_is_worse_though_its_figure_is_larger():
    slow = [row(i, float(i % 2), latency_ms=300.0 + i) for i in range(60)]
    change = look(OLD, slow, "latency.p50_ms")
    assert change.difference == pytest.approx(200)
    assert change.verdict == "worse"


def test_a_set_whose_counted_questions_are_few_shows_nothing():
    a = [row(i, 1.0, answerable=i > 3, abstained=False) for i in range(60)]
    b = [row(i, 1.0, answerable=i > 3, abstained=i <= 3) for i in range(60)]
    # 0 of 4 against 4 of 4, among 60 questions: four coins fall one way in one of eight throws.
    change = look(a, b, "abstention.recall")
    assert (change.n, change.difference, change.p) == (4, 1.0, pytest.approx(1 / 8))
    assert change.verdict == "noise"


def test_a_confidence_that_tells_nothing_is_worse():
    def rows(tell):
        return [row(i, 1.0, answerable=i % 3 > 0, confidence=tell(i) + i / 1000) for i in range(60)]

    a, b = rows(lambda i: 0.8 if i % 3 else 0.2), rows(lambda i: 0.5 + 0.2 * (i % 2))
    change = look(a, b, "abstention.auroc")
    assert change.a == 1.0
    assert change.verdict == "worse"


def test_the_figures_of_a_set_are_those_of_its_summary():
    rng = random.Random(3)
    rows = [
        row(i, rng.choice([0.0, 1.0]), confidence=rng.choice([None, rng.random()]),
            answerable=rng.choice([None, True, False]), abstained=rng.random() < 0.3,
            latency_ms=rng.choice([None, rng.uniform(10, 500)]))
        for i in range(80)
    ]  # fmt: skip
    comparison = compare_pair(run("A", rows), run("B", rows))
    metrics = summarise(rows, resamples=20).metrics
    for name in _open_figures(rows):
        change = find(comparison, name)
        assert change.a == pytest.approx(metrics[name].value), name
        assert change.n == metrics[name].n, name


def test_questions_of_one_run_alone_are_counted_and_left_out():
    b = [*BETTER[10:], row(70, 0.0), row(71, 0.0)]
    comparison = compare_pair(run("A", OLD), run("B", b), RIGHT)
    assert (comparison.n, comparison.only_a, comparison.only_b) == (50, 10, 2)


def test_one_id_with_two_questions_is_no_pair():
    b = [row(0, 1.0, question="Who closed the port?"), *BETTER[1:]]
    comparison = compare_pair(run("A", OLD), run("B", b), RIGHT)
    assert (comparison.n, comparison.reworded) == (59, 1)


def test_runs_that_share_no_question_are_not_compared():
    with pytest.raises(DatasetError, match="share no question"):
        compare_pair(run("A", OLD), run("B", [row(99, 1.0)]))


def test_what_failed_counts_as_failed_and_in_nothing_else():
    b = [row(i, None, error="no answer in time") if i < 20 else OLD[i] for i in range(60)]
    comparison = compare_pair(run("A", OLD), run("B", b), ["answer.right", "failed"])
    assert find(comparison, "answer.right").n == 40
    failed = find(comparison, "failed")
    assert (failed.n, failed.b, failed.verdict) == (60, pytest.approx(1 / 3), "worse")
    assert (comparison.failed_a, comparison.failed_b) == (0, 20)


def test_runs_of_which_every_question_failed_are_only_that():
    a = [row(i, None, error="no answer in time") for i in range(9)]
    comparison = compare_pair(run("A", a), run("B", a))
    assert [(each.metric, each.verdict) for each in comparison.changes] == [("failed", "same")]


def test_what_turned_right_or_wrong_is_listed():
    b = [row(1, 0.0), row(2, 1.0), row(3, 1.0)]
    comparison = compare_pair(run("A", OLD[:5]), run("B", b), RIGHT)
    assert [name for name, _ in comparison.lost] == ["q1"]
    assert [name for name, _ in comparison.won] == ["q2"]


def test_holm_lets_pass_what_one_look_in_many_would_not_bear():
    a = [row(i, 0.0, scores={f"own.{k}": 0.0 for k in range(30)}) for i in range(40)]
    b = [row(i, 0.0, scores={f"own.{k}": float(k == 0 and i < 7) for k in range(30)})
         for i in range(40)]  # fmt: skip
    names = [f"own.{k}" for k in range(30)]
    every = find(compare_pair(run("A", a), run("B", b), names), "own.0")
    alone = find(compare_pair(run("A", a), run("B", b), ["own.0"]), "own.0")
    # Seven of seven one way: p = 2 / 2 ** 7 = 0.016, less than 0.05 and more than 0.05 / 30.
    assert every.p == alone.p == pytest.approx(2 / 2**7)
    assert (every.verdict, every.holds) == ("better", False)
    assert (alone.verdict, alone.holds) == ("better", True)


def test_holm_stops_at_the_first_that_does_not_hold():
    (base,) = compare_pair(run("A", OLD), run("B", BETTER), ["answer.right"]).changes
    several = [replace(base, p=p) for p in (0.04, 0.001, 0.03)]
    # 0.001 <= .05 / 3, but 0.03 > .05 / 2, and so 0.04 is not looked at.
    assert [each.holds for each in _correct(several)] == [False, True, False]


@given(st.floats(-1, 1), st.floats(0, 1), st.floats(0, 1), st.integers(1, 60))
def test_p_is_a_probability_and_no_smaller_than_the_groups_allow(difference, below, above, groups):
    p = _read_p(difference, difference - below, difference + above, groups)
    assert min(1.0, 2.0 ** (1 - groups)) <= p <= 1


def test_p_read_off_an_interval_that_ends_at_zero_is_one_in_twenty():
    # The difference is 1.96 standard errors from 0.
    assert _read_p(0.5, 0.0, 1.0, 100) == pytest.approx(0.05, abs=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.tuples(*[st.sampled_from([0.0, 0.5, 1.0, None])] * 2), min_size=1, max_size=25))
def test_the_interval_holds_the_difference(pairs):
    a = run("A", [row(i, x) for i, (x, _) in enumerate(pairs)])
    b = run("B", [row(i, y) for i, (_, y) in enumerate(pairs)])
    for change in compare_pair(a, b, ["answer.right"]).changes:
        if change.verdict == "undefined":
            continue
        if change.low is not None:
            assert change.low - 1e-9 <= change.difference <= change.high + 1e-9
        assert all(math.isfinite(v) for v in (change.a, change.b, change.difference))


def test_an_unknown_metric_is_refused_with_those_that_there_are():
    with pytest.raises(ConfigError, match=r"answer\.rigth.*answer\.right"):
        compare_pair(run("A", OLD), run("B", OLD), ["answer.rigth"])


def test_a_metric_that_one_run_lacks_is_undefined():
    b = [row(i, None) for i in range(60)]
    (change,) = compare_pair(run("A", OLD), run("B", b), ["answer.right"]).changes
    assert (change.verdict, change.n, change.difference) == ("undefined", 0, None)


def test_a_report_its_folder_and_its_rows_are_one_run(tmp_path):
    folder = save(tmp_path / "run", OLD)
    write_report(summarise(OLD, suite="Tarvo", resamples=20), OLD, tmp_path / "elsewhere")
    from_rows, from_folder, from_report = (
        load_run(path)
        for path in (folder / "rows.jsonl", folder, tmp_path / "elsewhere" / "report.json")
    )
    assert from_rows.suite == from_folder.suite == from_report.suite == "Tarvo"
    assert from_rows.rows == from_folder.rows == {each.id: each for each in OLD}
    comparison = compare_pair(from_report, from_rows, RIGHT)
    assert {each.verdict for each in comparison.changes} == {"same"}


def test_json_without_rows_is_refused_whatever_lies_beside_it(tmp_path):
    save(tmp_path, OLD)
    (tmp_path / "a.json").write_text('{"suite": "Tarvo", "metrics": {}}', encoding="utf-8")
    with pytest.raises(DatasetError, match="holds no rows"):
        load_run(tmp_path / "a.json")


def test_half_a_last_line_is_left_and_any_other_is_refused(tmp_path):
    path = save(tmp_path, OLD[:3]) / "rows.jsonl"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole + '{"id": "q9", "ty', encoding="utf-8")
    assert len(load_run(path).rows) == 3
    path.write_text('{"id": "q9", "ty\n' + whole, encoding="utf-8")
    with pytest.raises(DatasetError):
        load_run(path)


def test_what_failed_first_and_was_asked_again_is_what_it_is_now(tmp_path):
    path = save(tmp_path, [row(1, None, error="busy"), row(1, 1.0)])
    assert load_run(path).rows["q1"].error is None


@pytest.mark.parametrize("text", ["", "{}", "[1]", "null", '{"rows": [1]}', "\udce9"])
def test_what_is_no_run_is_refused_in_one_line(tmp_path, text):
    for name in ("report.json", "rows.jsonl"):
        (tmp_path / name).write_bytes(text.encode("utf-8", "surrogateescape"))
        with pytest.raises(DatasetError) as caught:
            load_run(tmp_path / name)
        assert "\n" not in str(caught.value)


def test_a_missing_file_and_an_empty_folder_are_refused(tmp_path):
    for path in (tmp_path, tmp_path / "nowhere.json"):
        with pytest.raises(DatasetError, match=r"report\.json"):
            load_run(path)


def test_the_command_prints_differences_flips_and_what_is_chance(tmp_path):
    a, b = save(tmp_path / "a", OLD), save(tmp_path / "b", BETTER[5:])
    result = CliRunner().invoke(CLI, [str(a), str(b)])
    assert result.exit_code == 0, result.output
    assert "55 questions compared; left out: 5 only in A" in result.output
    assert "better*" in result.output
    assert "one in 20" in result.output
    assert "wrong to right: 27" in result.output


def test_the_command_compares_every_run_with_the_first(tmp_path):
    folders = [save(tmp_path / name, rows) for name, rows in
               (("a", OLD), ("b", BETTER), ("c", OLD))]  # fmt: skip
    result = CliRunner().invoke(CLI, [*map(str, folders), "--json", "--metric", "answer.right"])
    comparisons = [json.loads(line) for line in result.output.splitlines()]
    assert [each["changes"][0]["verdict"] for each in comparisons] == ["better", "same"]
    assert all(each["a"] == str(folders[0]) for each in comparisons)


def test_a_regression_fails_the_command_only_if_asked(tmp_path):
    a, b = save(tmp_path / "a", BETTER), save(tmp_path / "b", OLD)
    assert CliRunner().invoke(CLI, [str(a), str(b)]).exit_code == 0
    options = ["--fail-on-regression", "--metric", "answer.right"]
    result = CliRunner().invoke(CLI, [str(a), str(b), *options])
    assert result.exit_code == 1
    assert "answer.right is worse" in result.output
    assert CliRunner().invoke(CLI, [str(b), str(a), *options]).exit_code == 0


def test_a_slower_machine_fails_no_build_unless_time_is_named(tmp_path):
    slow = [row(i, float(i % 2), latency_ms=900.0 + i) for i in range(60)]
    paths = [str(save(tmp_path / "a", OLD)), str(save(tmp_path / "b", slow))]
    runner = CliRunner()
    assert runner.invoke(CLI, [*paths, "--fail-on-regression"]).exit_code == 0
    named = [*paths, "--fail-on-regression", "--metric", "latency.p50_ms"]
    assert runner.invoke(CLI, named).exit_code == 1


def test_a_metric_that_is_no_longer_measured_is_a_regression_if_named(tmp_path):
    a = save(tmp_path / "a", OLD)
    b = save(tmp_path / "b", [row(i, None) for i in range(60)])
    options = ["--fail-on-regression", "--metric", "answer.right"]
    assert CliRunner().invoke(CLI, [str(a), str(b), *options]).exit_code == 1


def test_other_suites_are_told(tmp_path):
    a, b = save(tmp_path / "a", OLD), save(tmp_path / "b", BETTER, suite="Kestrien")
    assert (
        "the suites differ: Tarvo and Kestrien"
        in CliRunner().invoke(CLI, [str(a), str(b), "--metric", "answer.right"]).output
    )


def judged(value, **more):
    scores = {"faithfulness.supported": value, "citation.recall": value}
    return [row(i, float(i % 2), scores=scores, **more) for i in range(60)]


def judge_with(name, model=None, fingerprint=None, **more):
    return {"scorer": name, "scorer_model": model, "scorer_fingerprint": fingerprint, **more}


def read_verdicts(tmp_path, one, other):
    paths = [save(tmp_path / name, judged(value), **stamp)
             for name, value, stamp in (("a", 0.3, one), ("b", 0.9, other))]  # fmt: skip
    comparison = compare_pair(*map(load_run, paths))
    verdicts = {each.metric: each.verdict for each in comparison.changes}
    return verdicts["faithfulness.supported"], verdicts["citation.recall"], comparison.notes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (judge_with("offline"), judge_with("nli")),
        (judge_with("nli", "small"), judge_with("nli", "large")),
        (judge_with("offline", None, "ab12"), judge_with("offline", None, "cd34")),
    ],
)
def test_a_change_of_scorer_is_neither_better_nor_worse(tmp_path, one, other):
    *verdicts, notes = read_verdicts(tmp_path, one, other)
    assert verdicts == ["incomparable"] * 2
    assert "ANOTHER JUDGE: citation.recall, faithfulness.supported" in notes[0]
    paths = [str(tmp_path / name) for name in "ab"]
    result = CliRunner().invoke(CLI, paths)
    assert "ANOTHER JUDGE" in result.output
    assert "*" not in result.output.replace("* holds", "")
    named = ["--metric", "citation.recall", "--fail-on-regression"]
    assert CliRunner().invoke(CLI, [*paths, *named]).exit_code == 1


def test_one_scorer_is_compared_with_itself(tmp_path):
    same = judge_with("nli", "small", "ab12")
    assert read_verdicts(tmp_path, same, same) == ("better", "better", ())
    # An older run has no fingerprint.
    older = judge_with("nli", "small")
    assert read_verdicts(tmp_path, older, same) == ("better", "better", ())


def test_citations_of_our_own_answers_hang_on_no_scorer(tmp_path):
    own = [judge_with(name, settings={"mode": "quotes"}) for name in ("offline", "nli")]
    assert read_verdicts(tmp_path, *own)[:2] == ("incomparable", "better")
    # A transcript's are judged by the scorer, ours by the archive.
    assert read_verdicts(tmp_path, own[0], judge_with("offline"))[:2] == ("better", "incomparable")


def test_a_judge_that_nothing_tells_is_told_of(tmp_path):
    *verdicts, notes = read_verdicts(tmp_path, {}, judge_with("nli"))
    assert verdicts == ["better", "better"]
    assert "nothing tells who judged" in notes[0]
    # A report of another suite beside it tells nothing of this run.
    folder = save(tmp_path / "c", OLD, suite="Kestrien", **judge_with("nli"))
    write_report(summarise(OLD, suite="Tarvo", resamples=20), OLD, folder)
    assert load_run(folder / "report.json").judges == {}


def test_two_systems_without_a_shared_id_are_paired_by_the_text_of_the_question(tmp_path):
    theirs = [replace(each, id=f"other-{each.id}") for each in BETTER]
    comparison = compare_pair(run("A", OLD), run("B", theirs), RIGHT)
    assert (comparison.n, comparison.only_a, comparison.only_b) == (60, 0, 0)
    assert comparison.changes[0].verdict == "better"
    assert "no id" in comparison.notes[0]


def test_a_text_that_comes_twice_or_in_another_language_is_no_pair():
    theirs = [replace(each, id=f"other-{each.id}") for each in BETTER]
    theirs[1] = replace(theirs[1], question=theirs[2].question)
    theirs[3] = replace(theirs[3], language="de")
    comparison = compare_pair(run("A", OLD), run("B", theirs), RIGHT)
    assert (comparison.n, comparison.only_a, comparison.only_b) == (57, 3, 3)


def test_with_a_shared_id_texts_pair_nothing():
    theirs = [OLD[0], *(replace(each, id=f"other-{each.id}") for each in BETTER[1:])]
    comparison = compare_pair(run("A", OLD), run("B", theirs), RIGHT)
    assert (comparison.n, comparison.only_a, comparison.notes) == (1, 59, ())


def test_figures_of_a_set_about_few_sources_are_noise_and_untested():
    a = [row(i, 1.0, source=f"s{i % 7}", latency_ms=10.0) for i in range(70)]
    b = [row(i, 1.0, source=f"s{i % 7}", latency_ms=90.0) for i in range(70)]
    change = look(a, b, "latency.p50_ms")
    assert (change.difference, change.verdict, change.p, change.low) == (80.0, "noise", None, None)
    assert not change.holds


def test_one_run_alone_is_wrong_use(tmp_path):
    result = CliRunner().invoke(CLI, [str(save(tmp_path, OLD))])
    assert isinstance(result.exception, ConfigError)


def test_what_is_printed_cannot_steer_the_terminal(tmp_path):
    evil = "\x1b[31mWho\u202e closed\nthe port?\x07"
    a = save(tmp_path / "a", [row(i, 1.0, question=evil) for i in range(9)])
    b = save(tmp_path / "b", [row(i, 0.0, question=evil) for i in range(9)])
    printed = CliRunner().invoke(CLI, [str(a), str(b), "--metric", "answer.right"]).output
    assert "right to wrong: 9" in printed
    assert not set(printed) & set("\x1b\x07\u202e")
