"""Runs that stream their rows, survive a kill, and go on."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest
import terminal
from conftest import SEEDS
from test_suites import ANSWERED, DAM, TRAIN, WordScorer, put, put_squad

from wortlaut.eval.figures.rows import RunRow, parse_row
from wortlaut.eval.run.runner import ScorerChoice, SuiteRun, open_rows, run_cases
from wortlaut.eval.suites.questions import GoldQuestion, read_suite
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.rag.config import Settings

pytestmark = pytest.mark.usefixtures("unread")

STAMP = {"suite": "a.jsonl", "suite_sha256": "0" * 64}


def make_cases(*names):
    return [GoldQuestion(n, "fact", "de", (f"{n}?",), None, None, None, ()) for n in names]


def answer(case):
    return RunRow("", case.type, case.language, case.question, f"Antwort auf {case.id}.")


def read_lines(folder):
    return [parse_row(line) for line in (folder / "rows.jsonl").read_text().splitlines()]


def run(folder, cases, examine=answer, stamp=STAMP, **more):
    with open_rows(folder, stamp, **more) as file:
        return run_cases(cases, examine, file)


def test_each_row_is_on_disk_before_the_next_is_asked_for(tmp_path):
    seen = []

    def look(case):
        path = tmp_path / "rows.jsonl"
        seen.append(len(path.read_text().splitlines()) if path.exists() else 0)
        return answer(case)

    rows = run(tmp_path, make_cases("a", "b", "c"), look)
    assert seen == [0, 1, 2]
    assert [row.id for row in rows] == ["a", "b", "c"]
    assert read_lines(tmp_path) == rows


def test_rows_that_are_there_are_not_asked_again(tmp_path):
    run(tmp_path, make_cases("a", "b"))
    asked = []

    def note(case):
        asked.append(case.id)
        return answer(case)

    rows = run(tmp_path, make_cases("a", "b", "c"), note)
    assert asked == ["c"]
    assert [row.id for row in rows] == ["a", "b", "c"]


def test_a_half_written_line_is_asked_again(tmp_path):
    whole = run(tmp_path, make_cases("a", "b", "c"))
    path = tmp_path / "rows.jsonl"
    for cut in (1, 5, 40):
        path.write_bytes(path.read_bytes()[:-cut])
        assert run(tmp_path, make_cases("a", "b", "c")) == whole
        assert read_lines(tmp_path) == whole


def test_a_question_that_raises_becomes_a_row_and_is_asked_again(tmp_path):
    def fail_once(case):
        if case.id == "b":
            raise ZeroDivisionError("no\nluck")
        return answer(case)

    cases = make_cases("a", "b", "c")
    rows = run(tmp_path, cases, fail_once)
    assert [row.error for row in rows] == [None, "ZeroDivisionError: no luck", None]
    again = run(tmp_path, cases)
    assert [row.error for row in again] == [None, None, None]
    assert [row.id for row in read_lines(tmp_path)] == ["a", "b", "c"]


def test_a_smaller_run_throws_no_row_away(tmp_path):
    run(tmp_path, make_cases("a", "b", "c"))
    assert [row.id for row in run(tmp_path, make_cases("b"))] == ["b"]
    assert sorted(row.id for row in read_lines(tmp_path)) == ["a", "b", "c"]


def test_another_suite_is_refused_unless_it_is_to_start_afresh(tmp_path):
    cases = make_cases("a")
    run(tmp_path, cases)
    other = STAMP | {"suite": "b.jsonl"}
    with pytest.raises(ConfigError, match=r"suite is a\.jsonl, not b\.jsonl; .*--fresh"):
        run(tmp_path, cases, stamp=other)
    asked = []
    run(tmp_path, cases, lambda case: asked.append(case) or answer(case), other, fresh=True)
    assert len(asked) == 1


def test_rows_of_an_unknown_run_are_left_alone(tmp_path):
    (tmp_path / "rows.jsonl").write_text("precious\n")
    with pytest.raises(ConfigError, match="unknown run"):
        run(tmp_path, make_cases("a"))
    assert (tmp_path / "rows.jsonl").read_text() == "precious\n"


def test_two_runs_never_share_a_folder(tmp_path):
    with open_rows(tmp_path, STAMP), pytest.raises(ConfigError, match="another run"):
        run(tmp_path, make_cases("a"))


def test_a_row_with_half_a_surrogate_pair_comes_back_as_it_was(tmp_path):
    rows = run(tmp_path, make_cases("a"), lambda case: replace(answer(case), answer="\ud800ü"))
    assert read_lines(tmp_path) == rows


def test_progress_counts_what_is_there_already(tmp_path):
    run(tmp_path, make_cases("a"))
    told = []
    with open_rows(tmp_path, STAMP) as file:
        run_cases(make_cases("a", "b"), answer, file, lambda *each: told.append(each))
    assert told == [(1, 2, "b?"), (2, 2, "")]


def test_transcripts_are_scored_and_what_is_broken_is_told(tmp_path):
    put(tmp_path / "t" / "a.jsonl", ANSWERED, ANSWERED | {"answer": "A lie. [1]"})
    (tmp_path / "t" / "b.jsonl").write_text("{broken\n")
    suite = read_suite(tmp_path / "t")
    chosen = ScorerChoice("words", None, WordScorer)
    outcome = SuiteRun(Settings(), suite, tmp_path / "out", scorer=chosen).run()
    assert [row.scores["citation.recall"] for row in outcome.rows] == [0.0, 0.0]
    assert [line.rpartition("/")[2][:9] for line in outcome.problems] == ["b.jsonl:1"]
    again = SuiteRun(
        Settings(), suite, tmp_path / "out", scorer=ScorerChoice("nli", None, WordScorer)
    )
    with pytest.raises(ConfigError, match="scorer is words, not nli"):
        again.run()
    changed = ScorerChoice("words", None, lambda: WordScorer("words, calibrated anew"))
    with pytest.raises(ConfigError, match="scorer fingerprint is"):
        SuiteRun(Settings(), suite, tmp_path / "out", scorer=changed).run()


def test_a_run_that_made_no_row_locks_no_folder(tmp_path):
    run(tmp_path, [])
    other = STAMP | {"suite": "b.jsonl"}
    with open_rows(tmp_path, other) as file:
        assert not file.goes_on
    with open_rows(tmp_path, other) as file:
        assert file.goes_on
        run_cases(make_cases("a"), answer, file)
    with pytest.raises(ConfigError, match="another run"):
        run(tmp_path, make_cases("a"))


def test_a_path_of_articles_that_is_not_there_stops_the_run_before_it_starts(tmp_path):
    suite = read_suite(put_squad(tmp_path / "a.de.json", [DAM], ("q", 0, "Wer?", None)))
    out, gone = tmp_path / "out", tmp_path / "gone"
    with pytest.raises(ConfigError, match=r"gone is not there; .*--archive-from"):
        SuiteRun(Settings(), suite, out, archive_from=[gone]).run()
    assert not out.exists()


GOOD = {"id": "1", "type": "t", "language": "en", "question": "q", "answer": "a", "claims": [],
        "citations": [], "gold": []}  # fmt: skip


@pytest.mark.parametrize("field", [
    {"scores": None}, {"scores": [1]}, {"scores": {"a": "x"}}, {"scores": {"a": float("nan")}},
    {"scores": {"a": float("inf")}}, {"scores": {"a": 10**400}}, {"confidence": "high"},
    {"latency_ms": float("inf")}, {"source": ["x"]}, {"id": ["1"]}, {"id": 1}, {"question": 5},
    {"gold": "text"}, {"gold": [1]}, {"claims": ["x"]}, {"citations": {}}, {"abstained": None},
    {"answerable": "yes"}, {"error": 1}, {"unknown": 1},
])  # fmt: skip
def test_a_row_of_another_shape_is_refused_in_one_line(field):
    assert parse_row(json.dumps(GOOD)).id == "1"
    with pytest.raises(DatasetError, match="no line of a run") as error:
        parse_row(json.dumps(GOOD | field))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("line", ["", "[]", "7", "null", "{}", "[" * 100_000])
def test_what_is_no_row_at_all_is_refused(line):
    with pytest.raises(DatasetError, match="no line of a run"):
        parse_row(line)


def test_squad_paragraphs_are_asked_in_an_archive_of_the_runs_own(tmp_path, models):
    asked = [("q", 0, "Wie hoch ist der Damm an der Olme?", "92 Meter"),
             ("x", 0, "Wie heißt der König von Aldora?", None)]  # fmt: skip
    suite = read_suite(put_squad(tmp_path / "a.de.json", [DAM, TRAIN], *asked))
    others = tmp_path / "others"
    others.mkdir()
    (others / "a.txt").write_text("Der Fluss führt Hochwasser. Niemand wurde verletzt.")
    settings = Settings(data=tmp_path / "data", models=models)
    chosen = ScorerChoice("words", None, WordScorer)

    def run_here():
        out = tmp_path / "out"
        return SuiteRun(settings, suite, out, archive_from=[others], scorer=chosen).run().rows

    found, impossible = run_here()
    assert not (tmp_path / "data" / "archive.sqlite").exists()
    for name in ("answer.right", "answer.sentence", "answer.contains_gold", "answer.sentence_f1",
                 "retrieval.recall@1", "citation.precision", "citation.exact_span",
                 "faithfulness.score"):  # fmt: skip
        assert found.scores[name] == 1.0, name
    assert impossible.answerable is False
    assert set(impossible.scores.values()) <= {0.0, 1.0, None}
    assert impossible.scores["retrieval.recall@1"] is None
    (others / "b.txt").write_text("Noch ein Text.")
    with pytest.raises(ConfigError, match="archive is another"):
        run_here()


def start(out, data):
    arguments = ["eval", "run", SEEDS / "questions.jsonl", "--limit", "14", "--out", out]
    return subprocess.Popen(
        [sys.executable, "-m", "wortlaut.ui.terminal.cli", *map(str, arguments)], text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=os.environ | {"WORTLAUT_DATA": str(data)},
    )  # fmt: skip


def wait_for_rows(path, count):
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if path.exists() and path.read_bytes().count(b"\n") >= count:
            return
        time.sleep(0.005)
    raise AssertionError("no rows came")


def strip_times(folder):
    """The rows as they lie on disk, less how long each took."""
    rows = [json.loads(line) for line in (folder / "rows.jsonl").read_text().splitlines()]
    return [row | {"latency_ms": None} for row in rows]


def test_a_killed_run_goes_on_to_the_same_rows(seeded, tmp_path):
    killed = start(tmp_path / "killed", seeded)
    wait_for_rows(tmp_path / "killed" / "rows.jsonl", 3)
    os.kill(killed.pid, signal.SIGKILL)
    killed.communicate()
    assert killed.returncode == -signal.SIGKILL
    there = (tmp_path / "killed" / "rows.jsonl").read_bytes().count(b"\n")
    assert 3 <= there < 14
    interrupted = start(tmp_path / "killed", seeded)
    wait_for_rows(tmp_path / "killed" / "rows.jsonl", there + 3)
    os.kill(interrupted.pid, signal.SIGINT)
    _, said = interrupted.communicate()
    assert interrupted.returncode == 130
    assert "the same command goes on" in said
    assert "Traceback" not in said
    resumed, whole = start(tmp_path / "killed", seeded), start(tmp_path / "whole", seeded)
    _, said = resumed.communicate()
    whole.communicate()
    assert resumed.returncode == whole.returncode == 0
    assert "of 14 rows are there already" in said
    assert strip_times(tmp_path / "killed") == strip_times(tmp_path / "whole")


def test_the_command_prints_its_figures_and_holds_its_floors(seeded, tmp_path):
    floors = ["--fail-under", "citation.exact_span=1", "--fail-under", "latency.p50_ms=0"]
    suite, out = SEEDS / "questions.jsonl", ["--out", tmp_path / "rows", "--limit", "2"]
    out += ["--report", tmp_path / "report", "--json", *floors]
    done = terminal.run("eval", "run", suite, *out, data=seeded)
    assert done.returncode == 1
    assert [line.split(" is ")[0] for line in done.stderr.splitlines()] == [
        "wortlaut: latency.p50_ms"
    ]
    result = json.loads(done.stdout)
    assert {
        "n", "right", "right_share", "types", "languages", "abstention", "latency_ms_p50",
        "questions", "metrics", "groups", "parity", "curves", "errors",
    } <= result.keys()  # fmt: skip
    assert set(result["metrics"]["citation.recall"]) == {"value", "n", "low", "high"}
    assert len(result["questions"]) == result["n"] == 2
    assert (tmp_path / "report" / "report.html").exists()
    assert len(read_lines(tmp_path / "rows")) == 2


def start_over(suite, *more):
    done = terminal.run("eval", "run", suite, *more)
    return done.returncode, done.stdout, done.stderr


def test_a_floor_that_is_none_costs_no_run(tmp_path):
    suite = put(tmp_path / "a.jsonl", ANSWERED)
    status, _, said = start_over(suite, "--out", tmp_path / "o", "--fail-under", "answer.right")
    assert (status, (tmp_path / "o").exists()) == (2, False)
    assert "is no floor" in said


def test_what_transcripts_are_printed_as_steers_no_terminal_and_claims_nothing(tmp_path, models):
    strange = ANSWERED | {"type": "\x1b]0;X\x07\x1b[31mred", "language": "e\u202en"}
    suite = put(tmp_path / "a.jsonl", strange, ANSWERED | {"answer": "", "gold": ["92"]})
    status, printed, said = start_over(suite)
    assert status == 0
    assert not {"\x1b", "\x07", "\u202e"} & set(printed + said)
    assert "right" not in printed
    assert "abstained 1 of 2, 1 of them though there is an answer" in printed
    assert {"supported", "cit.prec", "exact", "f1", "refused"} <= set(printed.split())
