"""The plain LlamaIndex starter against ours: one yardstick for both."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from eval.questions import GoldQuestion, GoldSpan
from eval.rivals.rival import Shelf, Shown
from eval.rivals.versus import Versus, read_sources, spread
from eval.rivals.yardstick import METRICS, Pair, cut_to, measure_share
from index.article import Article, Span, hash_text
from index.sources import read_articles
from ui.cli_eval_versus import list_lines

PARAGRAPHS = [
    "Der Leuchtturm von Aldora ist 41 Meter hoch. Er wurde nach drei Jahren Bauzeit fertig.",
    "Die Fähre nach Tessing fährt seit Mai wieder. Sie kostet die Insel viel Geld.",
    "Das Hafenamt von Brunnsiel hat seinen Pegel erneuert. Der alte war im Sturm zerbrochen.",
]
ASKED = ["How high is the lighthouse?", "Since when does the ferry run?", "Who renewed the gauge?"]

spans = st.tuples(st.integers(0, 60), st.integers(1, 30)).map(lambda s: Span(s[0], s[0] + s[1]))
shown = st.lists(st.tuples(st.sampled_from("ab"), spans).map(lambda s: Shown(*s)), max_size=4)


def make_question(number, language, source="a"):
    gold = (GoldSpan("a", Path("a.txt"), "Gold."),)
    return GoldQuestion(
        f"q{number}", "fact", language, ("?",), None, None, None, gold, source=source
    )


def test_an_article_is_found_again_without_the_header_the_starter_sees(tmp_path):
    text = "Zeile eins über Ö.\n\n--- Zeile zwei."
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
        pairs.append(Pair(make_question(n, "de", f"s{n}"), *sides, 10.0, 20.0))
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


def run(*arguments):
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", "eval", "versus", *map(str, arguments)],
        capture_output=True, text=True, check=False, env=os.environ,
    )  # fmt: skip


def test_gold_that_is_not_among_the_articles_is_named(tmp_path):
    gold = [{"path": "missing/a.txt", "record": None, "quote": "Gold."}]
    row = {"id": "1", "type": "fact", "language": "de", "turns": ["Wer?"], "gold": gold}
    suite = tmp_path / "suite.jsonl"
    suite.write_text(json.dumps(row))
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "b.txt").write_text("Der Leuchtturm steht noch.")
    done = run(suite, "--articles", folder)
    assert done.returncode == 1
    assert "--articles" in done.stderr
    assert "Traceback" not in done.stderr
    assert [article.text for article in read_sources([folder])] == ["Der Leuchtturm steht noch."]


def test_both_sides_answer_the_same_questions_in_one_run(tmp_path):
    paragraphs = [
        {"context": text, "qas": [{"id": f"q{n}", "question": asked, "answers": [
            {"text": text.split()[1], "answer_start": text.index(text.split()[1])}]}]}
        for n, (text, asked) in enumerate(zip(PARAGRAPHS, ASKED, strict=True))
    ]  # fmt: skip
    suite = tmp_path / "mini.en.json"
    suite.write_text(json.dumps({"data": [{"title": "Mini", "paragraphs": paragraphs}]}))
    done = run(suite, "--cold-runs", 0, "--json")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert (data["n"], data["articles"], data["stopped"]) == (3, 3, False)
    # Three passages on each side: the gold one is among the first five.
    assert data["all"]["recall@5"]["ours"]["value"] == 1.0
    assert data["all"]["recall@5"]["starter"]["value"] == 1.0
    # The starter hands over two of the three paragraphs whole.
    assert data["all"]["shown.characters"]["starter"]["value"] > len(PARAGRAPHS[0])
    assert data["speed"]["index_time_ratio"] > 0
    assert data["speed"]["starter_warm_p50_ms"] > 0
