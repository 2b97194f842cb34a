"""Answers over an archive that holds a story in many prints: one is cited, a wrong figure never first."""

import json
from datetime import date

import pytest
from rich.console import Console

from wortlaut.rag.answer import Filters
from wortlaut.rag.assembly import index_paths, open_chat
from wortlaut.rag.config import load_settings
from wortlaut.rag.evidence import EvidenceFinder
from wortlaut.rag.wording import say_prints
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.page import render_answer_html
from wortlaut.ui.browser.session import Session
from wortlaut.ui.render import render_markdown, render_terminal

pytestmark = pytest.mark.usefixtures("unread")

BODY = (
    "Brakkum (kda) - Der Umbau des Hafens von Brakkum wird deutlich teurer als geplant. Die Arbeiten "
    "kosten nun {cost} Millionen Kronen, sagte Hafenministerin Oda Falk am Mittwoch. „Wir haben die "
    "Preise für Stahl unterschätzt“, räumte Falk ein.\n\nDie Mole bleibt zwei Jahre lang gesperrt, wie "
    "Hafenmeister Tilo Brandis mitteilte. Die Fähren legen solange am Nordufer an."
)
OTHER = (
    "Tarvo (kda) - Nahe der Wache von Tarvo ist ein Storchenpaar eingezogen. Zwei Jungtiere seien "
    "geschlüpft, sagte Forstdirektor Rune Askeby."
)


@pytest.fixture
def make_archive(write):
    def make(**files):
        for name, (day, title, body) in files.items():
            path = write(f"{name}.txt", f"date 2026-03-{day:02}\n{title}\n\n{body}\n")
        settings = load_settings()
        assert not index_paths(settings, [path.parent]).failed
        return open_chat(settings)

    return make


def names(citation):
    return citation.article.path.rpartition("/")[2]


def test_the_earliest_print_is_cited_and_says_where_else_it_stands(make_archive):
    body = BODY.format(cost="neun")
    chat = make_archive(
        spaet=(12, "Was die Mole kostet", body),
        frueh=(11, "Hafen wird teurer", body),
        kurz=(12, "Teurer Umbau", body.partition("\n")[0]),
        anderes=(11, "Störche", OTHER),
    )
    answer = chat.ask("Was sagte Falk?")
    assert {names(c) for c in answer.citations} == {"frueh.txt"}
    assert [len(c.also_in) for c in answer.citations] == [2] * len(answer.citations)
    assert answer.independent_sources == 1
    tail = chat.ask("Wo legen die Fähren an?").citations[0]
    assert "Nordufer" in tail.quote
    assert [printed.title for printed in tail.also_in] == ["Was die Mole kostet"]
    data = json.loads(json.dumps(answer.as_json()))
    assert data["independent_sources"] == 1
    assert len(data["citations"][0]["also_in"]) == 2
    assert data["citations"][0]["superseded_by"] is None
    assert chat.ask("Was sagte Askeby?").citations[0].also_in == ()


def test_a_wrong_figure_is_not_quoted_where_the_right_one_stands(make_archive):
    chat = make_archive(
        alt=(11, "Hafen wird teurer", BODY.format(cost="sieben")),
        nachdruck=(11, "Teurer Hafen", BODY.format(cost="sieben")),
        neu=(12, "Berichtigung: Hafen wird teurer", BODY.format(cost="neun")),
    )
    for question in ("Was sagte Falk?", "Was kosten die Arbeiten am Hafen?"):
        answer = chat.ask(question)
        assert any("neun Millionen" in c.quote for c in answer.citations)
        assert not any("sieben Millionen" in c.quote for c in answer.citations)
    line = [c for c in chat.list_timeline("Oda Falk", "", Filters()) if "Millionen" in c.quote]
    assert [names(c) for c in line] == ["neu.txt"]


def test_what_only_the_old_version_says_comes_last_and_is_marked(make_archive):
    more = (
        " Der Umbau werde bis zum Jahr 2031 dauern, sagte Falk dem Rat von Brakkum in der Sitzung."
    )
    chat = make_archive(
        alt=(11, "Hafen wird teurer", BODY.format(cost="sieben") + more),
        neu=(12, "Berichtigung: Hafen wird teurer", BODY.format(cost="neun")),
    )
    answer = chat.ask("Was sagte Falk?")
    assert [names(c) for c in answer.citations][-1] == "alt.txt"
    *_, last = answer.citations
    assert "2031" in last.quote
    assert last.superseded_by.reason == "correction"
    assert answer.citations[0].superseded_by is None
    said = "überholt durch eine Berichtigung vom 12. März 2026"
    console = Console(width=300, record=True)
    render_terminal(answer, console)
    assert said in console.export_text()
    assert said in render_markdown(answer)
    assert said in render_answer_html(answer)


def test_before_the_correction_the_old_version_stands_alone(make_archive):
    chat = make_archive(
        alt=(11, "Hafen wird teurer", BODY.format(cost="sieben")),
        neu=(14, "Berichtigung: Hafen wird teurer", BODY.format(cost="neun")),
    )
    answer = chat.ask("Was sagte Falk?", filters=Filters(as_of=date(2026, 3, 12)))
    assert {names(c) for c in answer.citations} == {"alt.txt"}
    assert all(c.superseded_by is None and c.also_in == () for c in answer.citations)


def test_other_prints_open_at_the_same_words_on_the_page(make_archive):
    body = BODY.format(cost="neun")
    chat = make_archive(
        eins=(11, "Hafen wird teurer", body), zwei=(12, "Was die Mole kostet", body)
    )
    page, session = ChatPage(chat), Session()
    *_, (_, turn, _) = page.ask(session, "Was sagte Falk?")
    assert "auch in 1 Artikel, ein Ursprung" in turn
    source = page.pane.open_source(session, "0", "1")
    assert 'data-press="related"' in source
    other = page.pane.open_related(session, "0", "1", "0")
    assert "Was die Mole kostet" in other
    assert '<mark class="cited">' in other
    for number, marker, related in (
        ("0", "1", "9"),
        ("0", "7", "0"),
        ("x", "1", "0"),
        ("0", "1", None),
    ):
        assert page.pane.open_related(session, number, marker, related) is None


def test_many_prints_crowd_out_no_other_story(make_archive):
    body = BODY.format(cost="neun")
    prints = {f"blatt{n}": (12, f"Blatt {n} zum Hafen", body) for n in range(30)}
    hafen = (
        "Varnholm (kda) - Auch der Hafen von Varnholm wird umgebaut. Die Arbeiten kosten vier Millionen "
        "Kronen, sagte Landrat Jan Holm."
    )
    chat = make_archive(**prints, anderes=(11, "Varnholm baut", hafen))
    answer = chat.ask("Was kosten die Arbeiten am Hafen?")
    assert len([c for c in answer.citations if "neun" in c.quote]) == 1
    evidence = EvidenceFinder(chat.archive, chat.retriever).find(answer.query)
    assert len({item.article.id for item in evidence}) == 2


def test_a_reprint_is_not_what_was_said_last_however_old_the_first_print(make_archive):
    body = BODY.format(cost="neun")
    said = "Varnholm (kda) - Der Hafen von Varnholm wird {n} Meter tiefer, sagte Oda Falk."
    others = {
        f"tief{n}": (n, f"Varnholm {n}", said.format(n=word))
        for n, word in enumerate("zwei drei vier sechs".split(), 2)
    }
    chat = make_archive(frueh=(1, "Hafen wird teurer", body), spaet=(12, "Mole", body), **others)
    answer = chat.ask("Was sagte Oda Falk?")
    assert names(answer.citations[0]) == "tief5.txt"
    for quotes in (1, 100):
        finder = EvidenceFinder(chat.archive, chat.retriever, quotes=quotes)
        assert finder.find(answer.query)[0].article == answer.citations[0].article


@pytest.mark.parametrize("language", ["en", "de", "ru"])
def test_the_count_of_prints_is_told_in_each_language(language):
    assert "1" in say_prints(1, language)
    assert "12" in say_prints(12, language)
