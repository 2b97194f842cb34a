"""What the archive does not answer: hidden articles, and figures over the confidence."""

import json

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from test_eval import ASKED, PARAGRAPHS, write_squad
from typer.testing import CliRunner

from wortlaut.eval.figures.rows import RunRow, parse_row
from wortlaut.eval.retrieval import (
    ANSWERABLE,
    HIDDEN,
    ask_all,
    open_archive,
    read_asked,
    summarise_abstention,
)
from wortlaut.eval.suites.formats import make_articles
from wortlaut.index.archive import Selection
from wortlaut.index.article import Article, Passage, Span
from wortlaut.index.errors import DatasetError
from wortlaut.rag.askedwords import measure_held, read_asked_words, say_in_german
from wortlaut.rag.confidence import judge_passages
from wortlaut.rag.config import Settings
from wortlaut.rag.retriever import ScoredPassage
from wortlaut.ui.terminal.cli import app


def make_rows(*confidences, language="en"):
    """Rows of one question a source: its confidence there, without paragraph, without article."""
    rows = []
    for number, three in enumerate(confidences):
        for kind, sure in zip((ANSWERABLE, *HIDDEN), three, strict=True):
            rows.append(
                RunRow(
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
    with open_archive(settings, list(make_articles(squad)), None, None) as library:
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


def hold(question, language, text):
    """The folded words of the question, each with how far the text holds it."""
    words = read_asked_words(question, language)
    return dict(zip((word.folded for word in words), measure_held(words, [text])[0], strict=True))


BRIDGE = "Die Brücke über die Olme wurde im Jahr 1893 von Mira Talberg gebaut."


def test_words_of_another_language_are_found_in_a_german_text():
    assert set(hold("Who built the bridge over the Olme in 1893?", "en", BRIDGE).values()) == {1.0}
    assert hold("Кто построил мост через реку Ольме?", "ru", BRIDGE)["most"] == 1.0


def test_another_number_and_another_name_are_missed():
    held = hold("Did Oda Wiesgrund build the bridge in 1894?", "en", BRIDGE)
    assert held["1894"] == held["wiesgrund"] == 0.0
    assert held["bridge"] == 1.0


def test_a_name_is_found_in_another_spelling():
    assert hold("Что построила Мира Талберг?", "ru", BRIDGE)["talberg"] == 1.0
    assert hold("What did Mira Thalberk build?", "en", BRIDGE)["thalberk"] > 0.5
    assert hold("What did Mira Talberg build?", "en", "Peer Lannholt kam.")["talberg"] == 0.0


def test_a_word_is_held_where_a_compound_ends_in_it():
    text = "Sie sprach über Bürgschaften, Kaufgarantien und den Kindergarten."
    assert hold("Was sagte sie über Garantien?", "de", text)["garantien"] == 1.0
    assert hold("Was sagte sie über die Garantie?", "de", text)["garantie"] == 1.0
    # Neither where it is the compound's first part nor where letters merely recur.
    assert hold("Was sagte sie über Kaufen?", "de", text)["kaufen"] == 0.0
    assert hold("Was sagte sie über Arten?", "de", text)["arten"] == 0.0
    assert hold("Was sagte sie über Garantien?", "de", "Kaufgarantiegeber.")["garantien"] == 0.0


@pytest.mark.parametrize(
    ("asked", "language", "told"),
    [
        ("the IMF's loans", "en", "Der Internationale Währungsfonds wartet."),
        ("МВФ", "ru", "Der IWF wartet."),
        ("большой восьмёрке", "ru", "Beim G8-Gipfel in Lindau."),
        ("the United Nations", "en", "Ein Lager der Vereinten Nationen."),
        ("Европейский центральный банк", "ru", "Die EZB senkt die Zinsen."),
        ("Красного Креста", "ru", "Helfer des Roten Kreuzes kamen."),
    ],
)
def test_international_organisations_are_one_under_all_their_names(asked, language, told):
    assert max(hold(asked, language, told).values()) == 1.0
    assert set(hold(asked, language, "Und unter dem Deich wartet niemand.").values()) == {0.0}


def test_a_word_that_only_begins_like_an_organisation_is_itself():
    for question, language, word in [
        ("die Bundestagswahl", "de", "bundestagswahl"),
        ("die Europaparlamentswahl", "de", "europaparlamentswahl"),
        ("who gets amnesty", "en", "amnesty"),
    ]:
        assert word in {asked.folded for asked in read_asked_words(question, language)}
    assert len(read_asked_words("международные судьи", "ru")) == 2
    assert [w.folded for w in read_asked_words("Международного суда", "ru")] == ["igh"]


def test_an_abbreviation_that_is_a_word_is_read_as_typed():
    assert say_in_german("who spoke to the WHO", "en").split() == "who spoke to the WHO".split()
    assert say_in_german("воз сена", "ru") == "воз сена"
    assert say_in_german("кредит мвф", "ru").split() == ["кредит", "IWF"]


def test_words_that_only_ask_are_not_asked_for():
    assert [word.folded for word in read_asked_words("When was it built?", "en")] == ["built"]
    assert read_asked_words("Wer ist das?", "de") == []


def test_a_word_that_the_table_lacks_is_not_known_to_be_missing():
    known = {word.folded: word.is_known for word in read_asked_words("A gloomy bridge", "en")}
    assert known == {"gloomy": False, "bridge": True}


def test_the_table_has_words_of_three_languages_in_every_row():
    rows = (ROOT / "rag" / "concepts.tsv").read_text(encoding="utf-8").splitlines()
    assert rows[0].split("\t") == ["en", "ru", "de"]
    assert all(len([cell for cell in row.split("\t") if cell.strip()]) == 3 for row in rows)
    assert len(rows) == len(set(rows))


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_more_text_never_holds_less(question, text, more):
    words = read_asked_words(question, "en")
    less, all_of_it = measure_held(words, [text, f"{text} {more}"])
    assert all(0 <= a <= b <= 1 for a, b in zip(less, all_of_it, strict=True))


def make_passage(score, direction, cosine=0.85, held=1.0, missing=0.0):
    vector = np.array([np.cos(direction), np.sin(direction)], np.float32)
    passage = Passage("p", "a", 0, Span(0, 1), (Span(0, 1),))
    article = Article("a", "", "x", "")
    cosines = np.array([cosine], np.float32)
    return ScoredPassage(
        article, passage, score, cosine, cosines, 0.0, cosines, vector, held, missing
    )


def test_the_same_fact_told_again_is_no_rival():
    nothing = np.full(40, 0.74, np.float32)
    alone = judge_passages([make_passage(0.86, 0)], nothing, "en")
    told_again = judge_passages([make_passage(0.86, 0), make_passage(0.85, 0.1)], nothing, "en")
    rivalled = judge_passages([make_passage(0.86, 0), make_passage(0.85, 1.0)], nothing, "en")
    assert told_again == pytest.approx(alone)
    assert rivalled < alone


def test_what_a_passage_lacks_lowers_the_confidence():
    nothing = np.full(40, 0.74, np.float32)
    full = judge_passages([make_passage(0.84, 0)], nothing, "en")
    lacking = judge_passages([make_passage(0.84, 0, held=0.4, missing=8.0)], nothing, "en")
    assert lacking < full
    assert judge_passages([], nothing, "en") == 0
