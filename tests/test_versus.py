"""The plain LlamaIndex starter against ours: one yardstick for both."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.eval.rivals.starter import Shelf, Shown, list_command
from wortlaut.eval.rivals.versus import (
    METRICS,
    AskedPair,
    Versus,
    _compare_speed,
    compare,
    cut_to,
    measure_share,
    read_all_articles,
    spread,
)
from wortlaut.eval.suites.questions import GoldQuestion, GoldSpan, read_suite
from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.errors import DatasetError
from wortlaut.index.sources import read_articles
from wortlaut.rag.config import Settings
from wortlaut.ui.terminal.eval_compare import list_lines

PARAGRAPHS = [
    "Der Leuchtturm von Aldora ist 41 Meter hoch. Er wurde nach drei Jahren Bauzeit fertig.",
    "Die Fähre nach Tessing fährt seit Mai wieder. Sie kostet die Insel viel Geld.",
]

spans = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda s: Span(s[0], s[0] + s[1]))
shown = st.lists(st.tuples(st.sampled_from("ab"), spans).map(lambda s: Shown(*s)), max_size=4)


def make_question(number, language, source="a"):
    gold = (GoldSpan("a", Path("a.txt"), "Gold."),)
    return GoldQuestion(
        f"q{number}", "fact", language, ("?",), None, None, None, gold, source=source
    )


def test_an_article_is_found_again_without_the_header_the_starter_sees(tmp_path):
    text = 'Ein "Titel"\n\nZeile eins über Ö.\n\n--- Zeile zwei.'
    article = Article(
        "id1", 'Ein "Titel"', text, hash_text(text), published=date(2026, 3, 1),
        published_precision="month", path="/x/a.txt",
    )  # fmt: skip
    shelf = Shelf(tmp_path, [article])
    theirs = next(shelf.theirs.iterdir())
    written = theirs.read_text()
    assert written.startswith('Ein "Titel"\n2026-03\n')
    start = written.index("Zeile zwei")
    found = shelf.locate(str(theirs), start, start + 10)
    assert found.article_id == "id1"
    assert found.span.of(text) == "Zeile zwei"
    (ours,) = read_articles(next(shelf.ours.iterdir()))
    assert (ours.text, ours.title, ours.published) == (text, 'Ein "Titel"', date(2026, 3, 1))
    assert ours.published_precision == "month"
    assert shelf.name_article(ours.path) == "id1"


def test_an_article_from_no_file_is_bare_text_on_both_sides(tmp_path):
    shelf = Shelf(tmp_path, [Article("p", "Title", "Nur der Text.", hash_text("x"))])
    assert next(shelf.theirs.iterdir()).read_text() == "Nur der Text."
    (ours,) = read_articles(next(shelf.ours.iterdir()))
    assert ours.text == "Nur der Text."
    assert "p" in shelf
    assert len(shelf) == 1


def test_the_share_of_gold_counts_every_letter_once():
    # Shown are 10 + 10 letters; gold covers 5..12 and 8..15 of the first: letters 5..10, five.
    handed = [Shown("a", Span(0, 10)), Shown("b", Span(0, 10))]
    gold = [Shown("a", Span(5, 12)), Shown("a", Span(8, 15))]
    assert measure_share(handed, gold) == 5 / 20
    assert measure_share([], gold) is None


@given(shown, shown)
def test_a_share_lies_between_none_and_all(handed, wanted):
    share = measure_share(handed, wanted)
    assert share is None or 0 <= share <= 1
    assert measure_share(handed, handed) in (None, 1.0)


@given(shown, st.integers(0, 100))
def test_a_cut_ranking_keeps_its_order_and_its_budget(ranked, letters):
    kept = cut_to(ranked, letters)
    assert sum(len(each.span) for each in kept) == min(letters, sum(len(r.span) for r in ranked))
    assert [k.span.start for k in kept] == [r.span.start for r in ranked[: len(kept)]]


def test_a_limit_is_spread_over_every_language():
    asked = [make_question(n, language) for language in ("de", "en") for n in range(10)]
    assert [q.id for q in spread(asked, 2)] == ["q0", "q5", "q0", "q5"]
    assert spread(asked, None) == asked
    assert len(spread(asked, 99)) == 20


def make_versus(ours, theirs):
    pairs = []
    for n, (a, b) in enumerate(zip(ours, theirs, strict=True)):
        sides = [dict.fromkeys(METRICS) | {"recall@1": v, "shown.characters": 90.0} for v in (a, b)]
        pairs.append(AskedPair(make_question(n, "de", f"s{n}"), *sides, 10.0, 20.0))
    return Versus("mini", 3, tuple(pairs), {"starter_cold_s": 4.0, "ours_cold_s": 1.0,
                                            "cold_time_ratio": 0.25})  # fmt: skip


def test_the_difference_is_ours_less_the_starters():
    data = make_versus([1.0] * 30, [0.0] * 30).as_json()["all"]
    assert data["recall@1"]["difference"]["value"] == 1.0
    assert not data["recall@1"]["difference"]["is_noise"]
    assert data["mrr@10"]["ours"] == {"value": None, "n": 0, "low": None, "high": None}
    assert data["shown.characters"]["ratio"]["value"] == 1.0


def test_equal_sides_are_noise():
    data = make_versus([1.0, 0.0] * 9, [0.0, 1.0] * 9).as_json()["all"]
    assert data["recall@1"]["difference"]["is_noise"]


def test_the_table_has_both_sides_and_can_be_markdown():
    data = make_versus([1.0] * 9, [0.0] * 9).as_json()
    lines = list(list_lines(data, False))
    assert any("0.000" in line and "1.000" in line and "+1.000" in line for line in lines)
    assert any(line.startswith("cold question, s") and "× 0.25" in line for line in lines)
    markdown = list(list_lines(data, True))
    assert "|---|---|---|---|" in markdown
    assert all(line.count("|") == 5 for line in markdown if line.startswith("|"))


def test_what_the_starter_gives_no_place_for_is_looked_up_in_its_file(tmp_path):
    text = "Der Leuchtturm steht.\n\nDie Fähre fährt. Die Fähre fährt."
    article = Article("id1", "Aldora", text, hash_text(text), path="/x/a.txt")
    shelf = Shelf(tmp_path, [article])
    theirs = str(next(shelf.theirs.iterdir()))
    found = shelf.find(theirs, "Leuchtturm steht. Die Fähre")
    assert found.article_id == "id1"
    assert found.span.of(text) == "Leuchtturm steht.\n\nDie Fähre"
    # Twice, nowhere, nothing: no place is told rather than the beginning of the file.
    for lost in ("Die Fähre fährt.", "Das Hafenamt", " "):
        assert shelf.find(theirs, lost) is None


def test_a_time_that_was_not_taken_is_no_time_of_0():
    assert _compare_speed([]) == {}
    pairs = make_versus([1.0], [0.0]).pairs
    assert _compare_speed(pairs)["warm_time_ratio"] == 10 / 20
    assert _compare_speed([replace(pairs[0], starter_ms=0.0)]) == {}


def test_gold_that_is_not_among_the_articles_is_named(tmp_path):
    (tmp_path / "b.txt").write_text("Der Leuchtturm steht noch.")
    articles = read_all_articles([tmp_path])
    assert [article.text for article in articles] == ["Der Leuchtturm steht noch."]
    with pytest.raises(DatasetError, match="--articles"):
        compare(Settings(), "mini", [make_question(1, "de")], articles)


def test_both_sides_answer_the_same_question_in_one_run(tmp_path, models):
    gold = "41 Meter"
    answer = {"text": gold, "answer_start": PARAGRAPHS[0].index(gold)}
    asked = {"id": "q", "question": "How high is the lighthouse?", "answers": [answer]}
    paragraphs = [
        {"context": PARAGRAPHS[0], "qas": [asked]},
        {"context": PARAGRAPHS[1], "qas": []},
    ]
    suite = tmp_path / "mini.en.json"
    suite.write_text(json.dumps({"data": [{"title": "Mini", "paragraphs": paragraphs}]}))
    read = read_suite(suite)
    told = []
    found = compare(
        Settings(models=models),
        read.name,
        read.questions,
        read.articles,
        cold_runs=0,
        tell=told.append,
    )
    data = found.as_json()
    assert (data["n"], data["articles"], data["stopped"], data["unplaced"]) == (1, 2, False, 0)
    assert data["all"]["recall@5"]["ours"]["value"] == 1.0
    assert data["all"]["recall@5"]["starter"]["value"] == 1.0
    # The starter hands over both paragraphs whole.
    assert data["all"]["shown.characters"]["starter"]["value"] > len(PARAGRAPHS[0])
    assert data["speed"]["index_time_ratio"] > 0
    assert data["speed"]["starter_warm_p50_ms"] > 0
    assert "1 questions" in told[1]


def test_what_is_run_on_its_own_is_ours_whatever_the_users_folder_holds(tmp_path):
    (tmp_path / "wortlaut.eval.py").write_text("raise SystemExit(1)")
    for name in ("ui", "eval", "index"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise SystemExit(1)")
    command = list_command("wortlaut.ui.terminal.cli", "--help")
    done = subprocess.run(
        command, cwd=tmp_path, capture_output=True, text=True, check=False,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "timeline" in done.stdout


def test_the_starters_process_loads_nothing_of_ours_before_the_clock_runs():
    code = (
        "import sys, eval.rivals.starter\n"
        "ours = [m for m in sys.modules if m.split('.')[0] in ('index', 'rag', 'ui')]\n"
        "print(ours, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["[]", "False"]
