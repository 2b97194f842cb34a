"""What was understood can be changed, removed and taken back; an answer says how much more there is."""

from __future__ import annotations

import io
import json
import re
import time
from dataclasses import replace
from datetime import date
from functools import partial
from html import escape

import pytest
from rich.console import Console

from tests.chatdouble import HOSTILE
from tests.llmserver import Reply, serve
from tests.test_app import Browser, finish, open_browser, open_server
from tests.test_render import check_harmless
from wortlaut.index.article import Article, Span, hash_text
from wortlaut.rag.answer import Citation, Filters, join_answers
from wortlaut.rag.assembly import (
    index_articles,
    make_chat,
    open_library,
    open_verifier,
    reopen_chat,
)
from wortlaut.rag.config import Settings, load_settings
from wortlaut.rag.context import find_context, refers_back
from wortlaut.rag.extractive import mark_quote
from wortlaut.rag.receipt import Receipt, make_receipt
from wortlaut.rag.recheck import list_findings
from wortlaut.rag.understanding.question import understand
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.page import render_answer_html
from wortlaut.ui.browser.session import Session
from wortlaut.ui.render import arrange_lines, render_markdown, render_terminal, show_name

pytestmark = pytest.mark.usefixtures("unread")

ASKED = "Was sagte Mira Talberg?"
EVIL = "<b onclick=window.hit=1>Bote</b> ${window.hit=1}"
# Day, source, text.
TOLD = [
    ("2021-01-03", "Aldora Presse", "Der Hafen von Aldora wird größer. Ministerin Mira Talberg sagte, der Hafen "
     "brauche {n} Kräne. Das sei teuer, sagte Talberg. „Ohne Zusagen gibt es keinen Bau“, sagte Talberg."),
    ("2021-02-03", "Aldora Presse", "Der Hafen von Aldora wird größer. Ministerin Mira Talberg sagte, der Hafen "
     "brauche {n} Schuten. Dort fehle es an Leuten, sagte Talberg."),
    ("2021-03-03", "Küstenbote", "Der Damm von Tarvo bekommt Risse. Ministerin Mira Talberg sagte, der Damm halte "
     "{n} Jahre. Der Abgeordnete Jon Veskow widersprach. Der Damm breche bald, sagte Veskow."),
    ("2021-04-03", "Küstenbote", "Die Fähre fährt wieder. Ministerin Mira Talberg sagte, die Fähre brauche {n} "
     "Stunden. Der Abgeordnete Jon Veskow sagte, die Fähre sei zu langsam."),
    ("2021-05-03", EVIL, "Die Schule in Velm öffnet. Ministerin Mira Talberg sagte, die Schule habe {n} Klassen. "
     + HOSTILE),
    ("2021-06-03", EVIL, "Der Wald bei Velm wird lichter. Ministerin Mira Talberg sagte, im Wald fehlten {n} Bäume. "
     "Talberg sagte, der Regen bleibe aus. Talberg sagte, man pflanze neu."),
]  # fmt: skip


def tell(number, day, source, text):
    text = text.format(n=number + 12) if "{n}" in text else text
    return Article(
        f"a{number}", text.split(".")[0], text, hash_text(text), source,
        published=date.fromisoformat(day), published_precision="day", path=f"a{number}.txt",
    )  # fmt: skip


@pytest.fixture(scope="module")
def settings(tmp_path_factory, models):
    data = tmp_path_factory.mktemp("chips")
    told = [
        (d, s, t.replace(HOSTILE, HOSTILE.replace("{", "{{").replace("}", "}}")))
        for d, s, t in TOLD
    ]
    index_articles(
        Settings(data=data, models=models), [tell(n, *one) for n, one in enumerate(told)]
    )
    return load_settings(data=data, models=models, quotes=3)


@pytest.fixture(scope="module")
def library(settings):
    return open_library(settings)


@pytest.fixture(scope="module")
def chat(settings, library):
    return make_chat(settings, library)


@pytest.fixture
def page(chat):
    return ChatPage(chat)


def list_sources(session):
    return {c.article.source for c in session.turns[-1].answer.citations}


def pick(page, session, part, name):
    """Choose by its name from a picker's list, as the page does."""
    page.open_picker(session, len(session.turns) - 1, part)
    number = next(n for n, c in enumerate(session.picker.choices) if name in (c.name, c.value))
    finish(page.ask_chosen(session, session.picker.serial, number))
    return session.turns[-1]


# Chips


@pytest.mark.parametrize(
    ("question", "part", "shown"),
    [
        (ASKED, "speaker", "Mira Talberg"),
        ("What did Talberg say about the harbour?", "topic", "harbour"),
        ("Was sagte Mira Talberg im März 2021?", "since", "1. März 2021"),
        ("Was sagte Mira Talberg im März 2021?", "until", "31. März 2021"),
        ("Wie viele Kräne brauchte der Hafen im Januar 2021?", "event", "Januar"),
        ("Was sagte Mira Talberg zuletzt?", "order", "Neueste zuerst"),
    ],
)
def test_each_part_of_a_question_can_be_removed_and_taken_back(page, question, part, shown):
    session = Session()
    _, before, _ = finish(page.ask(session, question))
    assert shown in before
    _, without, _ = finish(page.ask_without(session, "0", part))
    assert session.turns[1].filters.without == {part}
    assert f'data-press="regain" data-turn="1" data-part="{part}"' in without
    assert "<s>" in without
    _, again, _ = finish(page.ask_with(session, "1", part))
    assert session.turns[2].answer.query == session.turns[0].answer.query
    assert "<s>" not in again
    assert session.turns[2].filters == Filters()
    check_harmless(without)


def test_who_and_where_from_are_picked_from_the_archive_and_bind(page):
    session = Session()
    finish(page.ask(session, ASKED))
    turn = pick(page, session, "speaker", "Jon Veskow")
    assert {c.speaker for c in turn.answer.citations} == {"Jon Veskow"}
    turn = pick(page, session, "source", "Küstenbote")
    assert list_sources(session) == {"Küstenbote"}
    assert (turn.filters.speaker, turn.filters.source) == ("Jon Veskow", "Küstenbote")
    finish(page.ask_without(session, "2", "source"))
    finish(page.ask_without(session, "3", "speaker"))
    assert session.turns[4].filters == Filters(without=frozenset({"speaker"}))
    finish(page.ask_with(session, "4", "source"))
    _, html, _ = finish(page.ask_with(session, "5", "speaker"))
    assert session.turns[6].filters == turn.filters
    assert 'class="chip set"' in html


def test_the_chip_of_an_events_time_sets_when_it_happened_not_when_it_was_published(page):
    session = Session()
    finish(page.ask(session, "Wie viele Kräne brauchte der Hafen im Januar 2021?"))
    html, _ = page.open_picker(session, "0", "event")
    assert "Wann es geschah" in html
    assert 'name="since" value="2021-01-01"' in html
    assert 'name="until" value="2021-01-31"' in html
    html, _ = page.open_picker(session, "0", "period")
    assert "Erschienen im Zeitraum" in html
    assert 'name="since" value=""' in html
    page.open_picker(session, "0", "event")
    days = ["2021-03-01", "2021-03-31"]
    _, html, _ = finish(page.ask_set(session, session.picker.serial, days))
    turn = session.turns[1]
    march = Window(date(2021, 3, 1), date(2021, 3, 31))
    assert (turn.answer.query.event, turn.answer.query.window) == (march, Window())
    assert "März" in html
    assert 'class="chip set"' in html
    # With days of publication beside it, each says its own.
    page.open_picker(session, "1", "period")
    finish(page.ask_set(session, session.picker.serial, ["2021-01-01", ""]))
    query = session.turns[2].answer.query
    assert (query.event, query.window) == (march, Window(date(2021, 1, 1), None))
    finish(page.ask_without(session, "2", "event"))
    assert session.turns[3].answer.query.event.is_open
    finish(page.ask_with(session, "3", "event"))
    assert session.turns[4].answer.query == query
    # What somebody said has no other time than that.
    session = Session()
    finish(page.ask(session, ASKED, Filters(event_since=march.since)))
    assert session.turns[0].answer.query.event.is_open
    page.open_picker(session, "0", "add")
    assert "event" not in [choice.value for choice in session.picker.choices]


def test_a_period_takes_the_place_of_the_days_that_were_asked_for(page):
    session = Session()
    finish(page.ask(session, "Was sagte Mira Talberg im Januar 2021?"))
    page.open_picker(session, "0", "period")
    serial = session.picker.serial
    for wrong in (
        ["2021-05-01", "2021-01-01"],
        ["", ""],
        ["x", ""],
        "ab",
        None,
        [1, 2],
        ["2021-01-01"],
    ):
        assert list(page.ask_set(session, serial, wrong)) == []
        page.open_picker(session, "0", "period")
        serial = session.picker.serial
    finish(page.ask_set(session, serial, ["2021-03-01", "2021-04-30"]))
    assert list_sources(session) == {"Küstenbote"}
    page.open_picker(session, "1", "period")
    finish(page.ask_set(session, session.picker.serial, ["2021-04-01", ""]))
    assert [c.article.published.month for c in session.turns[-1].answer.citations] == [6, 5, 4]


def test_topic_language_and_order_can_be_chosen(page):
    session = Session()
    finish(page.ask(session, "Was sagte Mira Talberg über den Hafen?"))
    page.open_picker(session, "0", "topic")
    finish(page.ask_set(session, session.picker.serial, "  die Fähre "))
    turn = session.turns[-1]
    assert turn.answer.query.topic == "die Fähre"
    assert "Fähre" in turn.answer.citations[0].quote
    assert pick(page, session, "language", "ru").answer.language == "ru"
    turn = pick(page, session, "order", "oldest")
    assert turn.answer.query.order == "oldest"
    assert turn.answer.query.topic == "die Fähre"
    menu = pick_menu(page, session)
    assert menu == ["speaker", "topic", "period", "source", "language", "order"]


def pick_menu(page, session):
    page.open_picker(session, len(session.turns) - 1, "add")
    listed = [choice.value for choice in session.picker.choices]
    html, choices = page.open_chosen(session, session.picker.serial, listed.index("source"))
    assert 'data-picker="source"' in html
    assert "Aldora Presse" in choices
    return listed


def test_people_are_found_by_any_part_of_the_name_in_any_script(page):
    session = Session()
    finish(page.ask(session, ASKED))
    page.open_picker(session, "0", "speaker")
    counts = {choice.name: choice.count for choice in session.picker.choices}
    assert next(iter(counts)) == "Mira Talberg"
    assert counts["Jon Veskow"] == 3
    for typed in ("vesk", "JON", "jon v", "Wesk", "Веск", "Вескова"):
        html = page.find_choices(session, typed)
        assert [choice.name for choice in session.picker.choices] == ["Jon Veskow"], typed
        assert "Jon Veskow" in html
    assert "Nichts mit diesem Namen" in page.find_choices(session, "Oxenrath")


def test_a_list_that_is_gone_and_numbers_that_no_page_sends_do_nothing(page):
    session = Session()
    assert list(page.ask_chosen(session, 1, 0)) == []
    finish(page.ask(session, ASKED))
    page.open_picker(session, "0", "speaker")
    old = session.picker.serial
    page.find_choices(session, "vesk")
    for serial, number in ((old, 0), (session.picker.serial, 7), (None, "x"), ({}, [])):
        assert list(page.ask_chosen(session, serial, number)) == []
    for number, part in (
        ("0", "without"),
        ("7", "speaker"),
        ("0", None),
        (None, "topic"),
        ("0", "skip"),
    ):
        assert page.open_picker(session, number, part) is None
        assert list(page.ask_with(session, number, part)) == []
    for part in ("source", "language", "skip", "as_of", "without", None, {"a": 1}):
        assert list(page.ask_without(session, "0", part)) == []
    assert page.find_choices(session, {"a": 1}) is None
    assert len(session.turns) == 1


def test_a_sources_name_is_shown_and_never_run(page):
    session = Session()
    finish(page.ask(session, ASKED))
    _, choices = page.open_picker(session, "0", "source")
    assert "&lt;b onclick" in choices
    assert "<b onclick" not in choices
    turn = pick(page, session, "source", EVIL)
    assert turn.filters.source == EVIL
    _, html, _ = finish(page.ask_without(session, "1", "source"))
    check_harmless(html)


# What a follow-up inherits


def test_a_chip_says_what_comes_from_the_conversation(page):
    session = Session()
    finish(page.ask(session, "Was sagte Mira Talberg im Januar 2021 über den Hafen?"))
    assert "von vorhin" not in session.turns[0].answer.text
    _, html, _ = finish(page.ask(session, "Und über die Schuten?"))
    query = session.turns[1].answer.query
    assert query.inherited == {"speaker", "since", "until"}
    assert html.count('class="before"') == 3
    assert session.turns[1].answer.as_json()["understood"]["inherited"] == [
        "since",
        "speaker",
        "until",
    ]
    turn = pick(page, session, "speaker", "Jon Veskow")
    assert turn.answer.query.inherited == {"since", "until"}


@pytest.mark.parametrize(
    "nonsense",
    [
        "asdf",
        "qwertz uiop",
        "blah blah",
        "123",
        "danke",
        "Thanks!",
        "hallo",
        "йцукен",
        "hhhh",
        "zxcvbn",
    ],
)
def test_what_is_no_question_inherits_nothing(nonsense):
    people = ["Mira Talberg", "Jon Veskow"]
    first = understand("Was sagte Mira Talberg 2021 über den Hafen?", known_speakers=people)
    query = understand(nonsense, [first], known_speakers=people)
    assert not query.follows
    assert (query.speakers, query.inherited, query.window.is_open) == ((), frozenset(), True)


@pytest.mark.parametrize(
    "follow", ["Und 2020?", "Veskow?", "wert", "Schuten", "und asdf?", "BMWK", "hbf", "2020"]
)
def test_a_short_follow_up_still_follows(follow):
    people = ["Mira Talberg", "Jon Veskow"]
    first = understand("Was sagte Mira Talberg 2021 über den Hafen?", known_speakers=people)
    query = understand(follow, [first], known_speakers=people)
    assert query.follows
    assert query.inherited


def test_an_age_in_brackets_is_no_topic():
    query = understand("Was sagte Mira Talberg (65) zum Hafen?", known_speakers=["Mira Talberg"])
    assert (query.speakers, query.topic) == (("Mira Talberg",), "Hafen")
    assert understand("Was sagte Ada Oxen (65)?").topic == ""


# The whole answer


def test_an_answer_says_how_many_statements_fit_and_shows_the_next_ones(page, chat):
    session = Session()
    _, html, _ = finish(page.ask(session, ASKED))
    first = session.turns[0].answer
    assert len(first.citations) == 3
    assert first.statements_found > 6
    assert first.as_json()["statements_found"] == first.statements_found
    assert f"3 von {first.statements_found} Äußerungen" in html
    assert f"3 von {first.statements_found} Äußerungen" in render_markdown(first)
    shown, number = 3, 0
    while 'data-press="more"' in html and number < 9:
        earlier, html = page.show_more(session, "0")
        assert earlier is None
        answer, number = session.turns[0].answer, number + 1
        assert len(answer.citations) >= shown
        shown = len(answer.citations)
    assert shown == answer.statements_found
    assert [c.marker for c in answer.citations] == list(range(1, shown + 1))
    assert len({(c.article.id, c.span) for c in answer.citations}) == shown
    for citation in answer.citations:
        assert f'data-marker="{citation.marker}"' in html
        source = re.sub("<[^>]*>", "", page.pane.open_source(session, 0, citation.marker))
        assert escape(citation.quote) in source
    check_harmless(html)
    assert "Weiteres" in finish(page.ask(session, "Was sagte sie noch?"))[1]


def test_a_question_of_fact_counts_no_statements(chat):
    assert chat.ask("Wie viele Kräne braucht der Hafen?").statements_found is None


def test_a_receipt_binds_what_was_chosen_and_what_was_added(page, settings, library, chat):
    session = Session()
    finish(page.ask(session, ASKED))
    page.show_more(session, "0")
    finish(page.ask(session, "Und über den Damm?"))
    page.open_picker(session, "1", "topic")
    finish(page.ask_set(session, session.picker.serial, "die Fähre"))
    answers = [turn.answer for turn in session.turns[:2]]
    receipt = make_receipt(answers, archive=chat.archive, settings=settings)
    assert [turn.filters.skip for turn in receipt.turns] == [None, 3, None]
    check = partial(
        list_findings, archive=chat.archive, verifier=open_verifier(library.archive, library.embedder),
        reopen=partial(reopen_chat, settings, lambda: library),
    )  # fmt: skip
    assert [f for f in check(receipt) if f.severity == "failure"] == []
    chosen = make_receipt([session.turns[2].answer], archive=chat.archive, settings=settings)
    assert chosen.turns[-1].filters.topic == "die Fähre"
    assert [f for f in check(chosen) if f.severity == "failure"] == []
    said = json.loads(chosen.model_dump_json())
    assert Receipt.model_validate_json(json.dumps(said)).is_intact
    assert "topic" not in said["turns"][0]["filters"]
    said["turns"][-1]["filters"]["topic"] = "der Hafen"
    forged = Receipt.model_validate_json(json.dumps(said))
    assert any(f.severity == "failure" for f in check(forged))


@pytest.mark.parametrize(
    ("words", "needs"),
    [
        ("Dort fehle es an Leuten.", True), ("„Das ist teuer“, sagte sie.", True), ("Er halte das für falsch", True),
        ("Damit sei zu rechnen.", True), ("Zugleich warnte sie.", True), ("Diese Frage bleibe.", True),
        ("Das Land brauche Zusagen.", False), ("Das neue Gesetz gelte.", False), ("Der Hafen wachse.", False),
        ("Talberg sagte, er sei teuer.", False), ("", False), ("…", False),
    ],
)  # fmt: skip
def test_a_quote_that_leans_on_the_sentence_before_is_known_by_its_first_words(words, needs):
    assert refers_back(words) == needs


def make_article(text):
    return Article("x", "Titel", text, hash_text(text), language="de")


def test_the_context_is_the_sentence_before_word_for_word_and_no_claim(chat):
    answer = chat.ask("Was sagte Mira Talberg über fehlende Leute im Februar 2021?")
    citation = next(c for c in answer.citations if c.quote.startswith("Dort"))
    if citation.context is None:
        # Then the sentence before is quoted right above it.
        assert any(c.span.end <= citation.span.start for c in answer.citations)
    article = make_article("Der Hafen wächst. Dort fehlt es an Leuten.\n\nEr bleibt.")
    start = article.text.index("Dort")
    context = find_context(article, Span(start, start + 24))
    assert context.of(article.text) == "Der Hafen wächst."
    leaning = Citation(
        1, article, Span(start, start + 24), "Mira Talberg", "reported", context=context
    )
    text = "Mira Talberg, sagte, in indirekter Rede: Dort fehlt es an Leuten. [1]"
    shown = replace(answer, text=text, citations=(leaning,), claims=())
    html = render_answer_html(shown)
    assert '<p class="context">' in html
    assert html.count('data-press="cite"') == 2
    assert "Der Hafen wächst." in html[: html.index("<blockquote>")]
    assert "(Zusammenhang: Der Hafen wächst.)" in render_markdown(shown)
    assert find_context(article, Span(0, 17)) is None


@pytest.mark.parametrize(
    ("quote", "voice", "speaker", "marked"),
    [
        ("der Hafen sei groß", "reported", "Mira Talberg", False),
        ("„Nein“, sagte Talberg.", "direct", "Mira Talberg", False),
        ("Ohne Zusagen gibt es keinen Bau.", "direct", "Mira Talberg", True),
        ("Der Hafen wächst.", "narrated", None, True),
        ("Der «Bote» schweigt.", "narrated", None, False),
        ("Talberg lehnt ab.", "narrated", "Mira Talberg", False),
    ],
)
def test_quotation_marks_stand_around_very_words_once(quote, voice, speaker, marked):
    citation = Citation(1, make_article(quote), Span(0, len(quote)), speaker, voice)
    assert mark_quote(citation, "de") == (f"„{quote}“" if marked else quote)


def test_a_speaker_is_named_once_over_the_quotes_that_follow(chat):
    answer = chat.ask("Was sagte Mira Talberg im Juni 2021?")
    assert [line.kind for line in arrange_lines(answer)] == [
        "heading",
        "who",
        "quote",
        "quote",
        "quote",
    ]
    assert render_answer_html(answer).count('<p class="who">') == 1
    assert render_markdown(answer).split("Quellen:")[0].count("Mira Talberg, sagte") == 1
    out = io.StringIO()
    render_terminal(answer, Console(file=out, width=100))
    assert out.getvalue().count("Mira Talberg, sagte") == 1
    # Each claim still says by itself whose words it quotes.
    assert all(claim.text.startswith("Mira Talberg, sagte") for claim in answer.claims)


@pytest.mark.parametrize(
    ("question", "shown"),
    [
        ("What did Veskov say?", "Veskov (Jon Veskow)"),
        ("Что сказал Весков?", "Весков (Jon Veskow)"),
        ("Какова позиция Вескова?", "Весков (Jon Veskow)"),
        ("What did Veskow say?", "Jon Veskow"),
        ("Was sagte Veskov?", "Jon Veskow"),
    ],
)
def test_a_name_stands_in_the_script_of_the_question_beside_the_archives_spelling(
    chat, question, shown
):
    answer = chat.ask(question)
    assert not answer.abstained
    assert show_name("Jon Veskow", answer) == shown
    assert f"<b>{shown}</b>" in render_answer_html(answer)


# What a language model makes of the quotes


def gloss(settings, library, *replies):
    """An English answer about the port with what the scripted model made of its quotes."""
    with serve(*replies) as server:
        inner = settings.model_copy(update={"llm_base_url": server.address, "mode": "extractive"})
        page = ChatPage(make_chat(inner, library))
        session = Session()
        _, html, _ = finish(page.ask(session, "What did Talberg say in January 2021?"))
        assert server.requests == []
        assert 'data-gloss="yes"' in html
        quotes = [citation.quote for citation in session.turns[0].answer.citations]
        _, glossed = page.gloss(session, "0")
        assert page.gloss(session, "0") == (None, None)
        return quotes, session.turns[0].answer, glossed, server


PORT_SAID = re.compile(r"^\[(\d+)\] .*Kräne", re.MULTILINE)


def translate(text):
    """A reply that translates the line about the cranes, whatever its number is."""

    def reply(request):
        said = "\n".join(message["content"] for message in request["messages"])
        return Reply(f"[{PORT_SAID.search(said)[1]}] {text}")

    return reply


def test_a_quote_in_another_language_gets_a_translation_that_is_no_quotation(settings, library):
    text = 'Minister Mira Talberg said that the "port" needs 12 cranes.'
    quotes, answer, html, server = gloss(settings, library, translate(text))
    assert list(answer.glosses.values()) == [text.replace('"', "")]
    assert '<p class="gloss"><span class="label">Machine translation</span> Minister' in html
    check_harmless(html)
    assert "(Machine translation: Minister Mira Talberg said" in render_markdown(answer)
    assert all(quote in server.prompt() for quote in quotes)
    # It is no part of the answer.
    assert text.replace('"', "") not in json.dumps(answer.as_json())


@pytest.mark.parametrize(
    "wrong",
    [
        "Minister Mira Talberg said that the port needs 21 cranes.",
        "Minister Mira Talberg said that the port needs no 12 cranes.",
        "Minister Jon Veskow said that the port needs 12 cranes.",
        f"Minister Mira Talberg said that the port needs 12 cranes. {HOSTILE * 9}",
        "",
    ],
)
def test_a_translation_that_says_something_else_is_not_shown(settings, library, wrong):
    _, answer, html, _ = gloss(settings, library, translate(wrong))
    assert answer.glosses == {}
    assert html is None


def test_a_model_that_fails_leaves_the_quotes_as_they_are(settings, library):
    _, answer, html, _ = gloss(settings, library, Reply("no", status=400))
    assert (answer.glosses, html, answer.notice) == ({}, None, None)


# In a browser


def press(browser, selector):
    browser.wait_for(f"!!document.querySelector({selector!r})")
    browser.run(
        f"document.querySelector({selector!r}).scrollIntoView({{block: 'center', behavior: 'instant'}})"
    )
    measure = (
        f"(r => [r.x + r.width / 2, r.y + r.height / 2])"
        f"(document.querySelector({selector!r}).getBoundingClientRect())"
    )
    box = browser.run(measure)
    # A new answer scrolls into view by itself.
    while (again := time.sleep(0.2) or browser.run(measure)) != box:
        box = again
    for kind in ("mousePressed", "mouseReleased"):
        browser.call(
            "Input.dispatchMouseEvent", type=kind, x=box[0], y=box[1], button="left", clickCount=1
        )


def wait_for_turn(browser: Browser, number):
    browser.wait_for(
        f"!!document.querySelector('#current .turn[data-turn=\"{number}\"] :is(.actions, .notice)')"
    )


def test_in_a_browser_chips_open_pickers_and_more_is_shown(chat, tmp_path):
    with open_server(chat) as address, open_browser(tmp_path, address) as browser:
        browser.wait_for("!!document.querySelector('.welcome .example')")
        browser.ask(ASKED, 0)
        press(browser, "#current [data-press=more]")
        browser.wait_for("document.querySelectorAll('#current blockquote').length === 6")
        press(browser, "#current [data-press=pick][data-part=speaker]")
        browser.wait_for(
            "!!document.activeElement?.matches('#picking[data-open] input[data-find]')"
        )
        browser.call("Input.insertText", text="vesk")
        browser.wait_for("document.querySelectorAll('#choices button').length === 1")
        press(browser, "#choices button")
        wait_for_turn(browser, 1)
        assert browser.run("document.querySelector('#current .who b').textContent") == "Jon Veskow"
        assert browser.run("document.querySelector('#picking').dataset.open === undefined")
        press(browser, "#current .cross[data-part=speaker]")
        wait_for_turn(browser, 2)
        press(browser, "#current [data-press=regain][data-part=speaker]")
        wait_for_turn(browser, 3)
        assert browser.run("document.querySelector('#current .who b').textContent") == "Jon Veskow"
        browser.call(
            "Emulation.setDeviceMetricsOverride",
            width=390,
            height=844,
            deviceScaleFactor=1,
            mobile=True,
        )
        press(browser, "#current .narrow")
        press(browser, "#choices li:nth-child(4) button")
        browser.wait_for("document.querySelector('#choices')?.textContent.includes('window.hit')")
        assert browser.run(
            "document.querySelector('#picking').getBoundingClientRect().width <= 390"
        )
        assert browser.run("document.documentElement.scrollWidth <= 390")
        for kind in ("keyDown", "keyUp"):
            browser.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key="Escape",
                code="Escape",
                windowsVirtualKeyCode=27,
            )
        browser.wait_for("document.querySelector('#picking').dataset.open === undefined")
        assert browser.run("window.hit === undefined")


def test_below_what_a_model_wrote_the_archives_own_words_are_to_be_had(settings, library):
    said = "Ministerin Mira Talberg sagte, der Hafen brauche 12 Kräne"

    def reply(request):
        asked = "\n".join(message["content"] for message in request["messages"])
        return Reply(f"{said} [{PORT_SAID.search(asked)[1]}].")

    with serve(reply) as server:
        inner = settings.model_copy(update={"llm_base_url": server.address, "mode": "llm"})
        chat = make_chat(inner, library)
        page, session = ChatPage(chat), Session(tongue="de")
        _, html, _ = finish(page.ask(session, "Was sagte Mira Talberg im Januar 2021?"))
        written = session.turns[0].answer
        assert written.mode == "llm", written.notice
        assert "Die Worte des Archivs zeigen" in html
        _, html = page.show_more(session, "0")
        assert len(server.requests) == 1
    answer = session.turns[0].answer
    own = chat.ask("Was sagte Mira Talberg im Januar 2021?", mode="extractive")
    assert answer.citations == own.citations
    assert html.index(said) < html.index("Die Worte des Archivs</h3>")
    assert html.count("<blockquote>") == len(own.citations)
    for citation in own.citations:
        assert f'data-marker="{citation.marker}"' in html
    assert "Die Worte des Archivs zeigen" not in html
    check_harmless(html)
    receipt = make_receipt([answer], archive=chat.archive, settings=inner)
    assert [turn.model is None for turn in receipt.turns] == [False, True]
    reopen = partial(reopen_chat, inner, lambda: library)
    verifier = open_verifier(library.archive, library.embedder)
    found = list_findings(receipt, archive=chat.archive, verifier=verifier, reopen=reopen)
    assert [f for f in found if f.severity == "failure"] == []
    # Where a number would stand for two quotes, nothing is put below.
    changed = replace(own.citations[0], span=Span(0, 1))
    with pytest.raises(ValueError, match="stands for two quotes"):
        join_answers(own, replace(own, citations=(changed,)))
