"""What the archive does not answer: hidden articles, and figures over the confidence."""

import json

import pytest
from test_eval import ASKED, PARAGRAPHS, write_squad
from typer.testing import CliRunner

from eval.abstention import (
    ANSWERABLE,
    HIDDEN,
    ask_all,
    open_archive,
    read_asked,
    summarise_abstention,
)
from eval.rows import Row, parse_row
from index.errors import DatasetError
from index.selection import Selection
from rag.config import Settings
from ui.cli import app


def make_rows(*confidences, language="en"):
    """Rows of one question a source: its confidence there, without paragraph, without article."""
    rows = []
    for number, three in enumerate(confidences):
        for kind, sure in zip((ANSWERABLE, *HIDDEN), three, strict=True):
            rows.append(
                Row(
                    f"{number} {kind}", kind, language, "?", "", answerable=kind == ANSWERABLE,
                    abstained=sure < 0.3, confidence=sure, source=f"article-{number}",
                )
            )  # fmt: skip
    return rows


def test_a_confidence_that_always_falls_tells_all_apart():
    figures = summarise_abstention(make_rows((0.9, 0.2, 0.1), (0.8, 0.1, 0.1)), resamples=20)["en"]
    for kind in HIDDEN:
        assert figures[kind]["auroc"]["value"] == 1
        assert figures[kind]["precision"]["value"] == figures[kind]["recall"]["value"] == 1
    assert figures["n"] == 2
    assert figures["kept"]["value"] == 1


def test_the_figures_are_the_arithmetic_done_by_hand():
    rows = make_rows((0.9, 0.5, 0.1), (0.2, 0.1, 0.1))
    figures = summarise_abstention(rows, resamples=20)["en"]
    hard = figures["paragraph_hidden"]
    assert hard["auroc"]["value"] == 3 / 4  # of four pairs, .2 against .5 is the wrong way round
    assert hard["recall"]["value"] == 1 / 2
    assert hard["precision"]["value"] == 1 / 2  # .2 and .1 abstained from, one of them answerable
    assert figures["article_hidden"]["auroc"]["value"] == 1
    # Wrong among the best 1, 2, 3, 4: 0, 1/2, 1/3, 2/4.
    assert hard["aurc"]["value"] == pytest.approx((0 + 1 / 2 + 1 / 3 + 2 / 4) / 4)
    assert figures["kept"]["value"] == 1 / 2


def test_each_language_counts_for_itself():
    rows = make_rows((0.9, 0.1, 0.1)) + make_rows((0.1, 0.9, 0.9), language="ru")
    figures = summarise_abstention(rows, resamples=20)
    assert figures["en"]["paragraph_hidden"]["auroc"]["value"] == 1
    assert figures["ru"]["paragraph_hidden"]["auroc"]["value"] == 0


def test_undefined_figures_are_none():
    rows = [row for row in make_rows((0.9, 0.8, 0.8)) if row.type == ANSWERABLE]
    figures = summarise_abstention(rows, resamples=20)["en"]
    assert figures["paragraph_hidden"]["auroc"]["value"] is None
    assert figures["paragraph_hidden"]["precision"]["value"] is None


@pytest.fixture(scope="module")
def squads(tmp_path_factory):
    folder = tmp_path_factory.mktemp("squad")
    return [write_squad(folder, language, ASKED[language]) for language in ("de", "en")]


@pytest.fixture(scope="module")
def asked(squads, models, tmp_path_factory):
    settings = Settings(models=models, data=tmp_path_factory.mktemp("none"))
    squad, asked = read_asked(squads[0], squads[1:])
    with open_archive(settings, squad, None, None) as library:
        yield settings, squad, asked, library, list(ask_all(library, settings, squad, asked))


def test_each_question_is_asked_in_three_ways(asked):
    _, _, _, _, rows = asked
    assert len(rows) == 2 * 3 * 3
    assert len({row.id for row in rows}) == len(rows)
    assert {row.language for row in rows} == {"de", "en"}
    assert {row.source for row in rows} == {"article-0"}
    assert all(row.answerable == (row.type == ANSWERABLE) for row in rows)
    assert [parse_row(json.dumps(row.as_json())) for row in rows] == rows


def test_what_is_hidden_is_never_cited(asked):
    _, squad, _, _, rows = asked
    texts = list(squad.paragraphs.values())
    for row in rows:
        if row.type == "article_hidden":  # all three paragraphs are one article's
            assert row.abstained
            assert row.confidence == 0
        number = int(row.id.split()[0][1:])
        if row.type == "paragraph_hidden":
            assert not any(s in row.answer for s in texts[number].split(". ") if len(s) > 20)


def test_hiding_lowers_the_confidence_of_these_questions(asked):
    rows = asked[-1]
    figures = summarise_abstention(rows, resamples=10)
    for language in ("de", "en"):
        assert figures[language]["paragraph_hidden"]["auroc"]["value"] >= 0.7
        assert figures[language]["article_hidden"]["auroc"]["value"] == 1


def test_a_selection_looks_past_the_articles_it_leaves_out():
    where, values = Selection(source="a", without=("x", "y")).as_sql()
    assert where.count("?") == len(values) == 3
    assert not Selection(without=("x",)).is_open
    assert Selection(without=()).is_open


def test_questions_about_other_paragraphs_are_refused(squads, tmp_path):
    data = json.loads(squads[0].read_text())
    data["data"].append(data["data"][0])
    other = tmp_path / "other.en.json"
    other.write_text(json.dumps(data))
    with pytest.raises(DatasetError, match="parallel"):
        read_asked(squads[0], [other])


def test_the_command_prints_the_figures_and_writes_the_rows(squads, tmp_path, models):
    rows = tmp_path / "rows.jsonl"
    done = CliRunner().invoke(
        app, ["eval", "abstention", "--data", str(squads[0]), "--rows", str(rows), "--json"]
    )
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert figures["de"]["n"] == len(PARAGRAPHS)
    assert set(figures["de"]) == {"n", "kept", "paragraph_hidden", "article_hidden"}
    assert len(rows.read_text().splitlines()) == 3 * len(PARAGRAPHS)
