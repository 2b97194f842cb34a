"""The source pane, the keys, the card of a number and what is read out: as HTML and in a browser."""

from __future__ import annotations

import time
from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.chatdouble import HOSTILE, PORT, TRAP, Archive, Chat
from tests.test_app import find, open_browser, open_server
from tests.test_render import check_harmless
from tests.test_timeline import ZUSAGEN, Talk
from wortlaut.index.article import Span, Statement
from wortlaut.rag.answer import Filters
from wortlaut.ui.browser.page import PageTurn, render_source_html, render_turn_html
from wortlaut.ui.browser.spoken import (
    describe_card,
    list_spoken_runs,
    render_keys_html,
    wrap_spoken,
)
from wortlaut.ui.words.source import choose_pane_words

SHIFT, NONE = 8, 0


def make_statement(start, end, speaker="Mira Talberg", mention=None, voice="reported"):
    return Statement("port", Span(start, end), speaker, mention, None, voice)


@given(st.lists(st.tuples(st.integers(0, 80), st.integers(1, 30)), max_size=9))
def test_runs_are_in_order_apart_and_lose_no_letter_of_a_statement(pairs):
    statements = [make_statement(start, start + length) for start, length in pairs]
    shown = Span(10, 90)
    runs = list_spoken_runs(statements, shown)
    assert [run.number for run in runs] == list(range(1, len(runs) + 1))
    for one, next_one in pairwise(runs):
        assert one.span.start < one.span.end <= next_one.span.start
    inside = [s.span for s in statements if s.span.start >= 10 and s.span.end <= 90]
    letters = {place for span in inside for place in range(span.start, span.end)}
    assert {p for run in runs for p in range(run.span.start, run.span.end)} == letters


def test_a_piece_tells_its_speaker_or_how_the_article_calls_whoever_speaks():
    text = "Kritiker warnten davor. Es regnet."
    runs = list_spoken_runs([make_statement(0, 23, None, Span(0, 8))], Span(0, len(text)))
    said = wrap_spoken("Kritiker", 0, runs, text, "de")
    assert 'data-who="Kritiker" data-how="sagte, in indirekter Rede"' in said
    assert wrap_spoken("Es regnet.", 24, runs, text, "de") == "Es regnet."


def test_every_statement_of_the_article_can_be_reached_and_the_text_stays_whole():
    answer = Chat().ask("What did Talberg say?")
    statements = Archive().read_statements("port")
    reader = check_harmless(render_source_html(answer.citations[0], answer.citations, statements))
    assert reader.text_in("div", "text") == PORT.text
    said = [a for _, a in reader.found if a.get("class") == "said"]
    assert {a["data-who"] for a in said} == {"Mira Talberg", "Jon Vesk"}
    (steps,) = [a for _, a in reader.found if "data-count" in a]
    assert (steps["data-at"], steps["data-count"]) == ("1", "2")
    named = [a["aria-label"] for _, a in reader.found if a.get("data-press") == "said"]
    assert named == ["Previous statement", "Next statement"]


def test_the_number_of_another_quote_stands_once_at_its_end():
    answer = Chat().ask("What did Talberg say?")
    inside = answer.citations[1].span
    statements = [make_statement(inside.start, inside.start + 8)]
    html = render_source_html(answer.citations[0], answer.citations, statements)
    assert html.count('<mark class="also"') == 2
    assert html.count('data-number="2"') == 1


def test_the_card_of_a_number_is_cut_and_harmless():
    citation = Chat().ask("Die Falle?").citations[0]
    html = f"<button{describe_card(citation, 'ru')}></button>"
    ((_, attributes),) = check_harmless(html).found
    assert attributes["data-quote"].startswith("<img src=x")
    long = Span(0, len(PORT.text))
    told = describe_card(type(citation)(1, PORT, long, "Mira Talberg"), "en")
    assert " …" in told
    assert len(told) < 700


def test_a_growing_answer_says_that_it_is_busy_and_a_whole_one_does_not():
    growing = PageTurn("?", answer=Chat().ask("What did Talberg say?"))
    assert 'aria-busy="true"' in render_turn_html(growing, 0, "en", finished=False)
    assert "aria-busy" not in render_turn_html(growing, 0, "en")
    assert "aria-live" not in render_turn_html(growing, 0, "en")


@pytest.mark.parametrize("tongue", ["en", "de", "ru"])
def test_every_key_is_named_in_each_language(tongue):
    reader = check_harmless(render_keys_html(tongue))
    assert [text for tag, _, text in read_texts(reader) if tag == "kbd"] == [
        "/", "n", "p", "Shift", "n", "Shift", "p", "Esc", "?",
    ]  # fmt: skip
    assert len(choose_pane_words(tongue).keys) == 7


def read_texts(reader):
    """Tag, class and text of what the page says, in order."""
    return [(*stack[-1], text) for stack, text in reader.texts if stack] if reader.texts else []


# In a browser: one for all, each test goes on where it finds the page.


class Searching(Talk):
    """A chat that searches long enough to be seen: what is over within one frame is not told."""

    def ask(self, question, history=(), filters=Filters()):
        time.sleep(0.5)
        return super().ask(question, history, filters)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with (
        open_server(Searching()) as address,
        open_browser(tmp_path_factory.mktemp("chromium"), address) as browser,
    ):
        browser.wait_for(find(".welcome .example"))
        browser.run(
            "window.heard = []; new MutationObserver(() => window.heard.push("
            "document.querySelector('#told').textContent)).observe("
            "document.querySelector('#told'), {childList: true})"
        )
        browser.ask("What did Talberg say?", 0)
        browser.wait_for("document.querySelector('#source mark.cited') !== null")
        yield browser


def press(browser, key, modifiers=NONE):
    code = {"Escape": 27, "Tab": 9}.get(key, 0)
    text = key if len(key) == 1 else ""
    for kind in ("keyDown", "keyUp"):
        browser.call(
            "Input.dispatchKeyEvent", type=kind, key=key, modifiers=modifiers,
            windowsVirtualKeyCode=code, text=text if kind == "keyDown" else "",
        )  # fmt: skip


def leave_box(browser):
    browser.run("document.activeElement.blur()")


def move_to(browser, selector):
    x, y = browser.run(
        f"(() => {{ const found = document.querySelector('{selector}');"
        "found.scrollIntoView({block: 'nearest', behavior: 'instant'});"
        "const place = found.getClientRects()[0];"
        "return [place.left + 4, place.top + place.height / 2]; })()"
    )
    browser.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)


def see_card(browser, selector):
    """The card's text once the page lies still under the pointer; "" as long as it scrolls."""
    move_to(browser, "#source h2")
    move_to(browser, selector)
    time.sleep(0.4)
    return browser.run(f"{CARD}?.innerText")


CARD = "document.querySelector('#card:not([hidden])')"
BADGE = "document.querySelector('#source .badge')?.innerText"
WHO = "document.querySelector('#source .spoken .who').innerText"


def test_it_is_read_out_that_it_is_searched_and_then_the_first_line_once(browser):
    browser.wait_for("window.heard.length > 1")
    heard = browser.run("window.heard")
    assert len(heard) == 2
    assert heard[0].startswith("Searching the archive")
    assert heard[1].startswith("Mira Talberg (said, as reported): ")
    assert heard[1].endswith(f"“{ZUSAGEN}”")
    assert browser.run("document.querySelector('[aria-live] .turn, [role=status] .turn')") is None


def test_the_card_of_a_number_shows_its_quote_to_a_mouse_until_escape(browser):
    move_to(browser, '#current .cite[data-marker="3"]')
    card = browser.wait_for(f"{CARD}?.innerText")
    assert "werde die Brücke ohne Zusagen" in card
    assert "Talberg wirbt für die Brücke" in card
    assert browser.run("document.querySelector('[aria-describedby=card]').dataset.marker") == "3"
    press(browser, "Escape")
    assert browser.run(f"{CARD} === null")
    assert browser.run("document.querySelector('#source .badge').innerText") == "Source 1"


def test_the_card_follows_the_keyboard_too(browser):
    browser.run("document.querySelector('#current .chips button').focus()")
    for _ in range(20):
        press(browser, "Tab")
        if browser.run("document.activeElement.matches('.cite')"):
            break
    browser.wait_for(f"{CARD} !== null")
    leave_box(browser)
    browser.wait_for(f"{CARD} === null")


def test_keys_walk_through_sources_and_statements_but_not_while_someone_writes(browser):
    browser.run("document.querySelector('#question textarea').focus()")
    for key in "n?/":
        press(browser, key)
    assert browser.run("document.querySelector('#question textarea').value") == "n?/"
    # With the event that typing has: a value that the page never heard of comes back.
    box = "document.querySelector('#question textarea')"
    browser.run(f"{box}.value = '', {box}.dispatchEvent(new Event('input', {{bubbles: true}}))")
    leave_box(browser)
    press(browser, "n")
    browser.wait_for(f"{BADGE} === 'Source 2'")
    press(browser, "p")
    browser.wait_for(f"{BADGE} === 'Source 1'")
    press(browser, "N", SHIFT)
    browser.wait_for(f"{WHO}.startsWith('Jon Vesk')")
    assert "3 / 3" not in browser.run("document.querySelector('#source .spoken').innerText")
    press(browser, "P", SHIFT)
    browser.wait_for(f"{WHO}.startsWith('Mira Talberg')")
    press(browser, "/")
    browser.wait_for("document.activeElement.matches('#question textarea')")
    assert browser.run("document.querySelector('#question textarea').value") == ""


def test_the_keys_are_shown_and_can_be_switched_off(browser):
    leave_box(browser)
    press(browser, "?")
    browser.wait_for(find("dialog.keys[open]"))
    browser.run("document.querySelector('dialog.keys .keys-on').click()")
    press(browser, "Escape")
    browser.wait_for(f"!{find('dialog.keys[open]')}")
    press(browser, "n")
    press(browser, "?")
    assert browser.run(find("dialog.keys[open]")) is False
    browser.run("document.querySelector('[data-press=keys]').click()")
    browser.run("document.querySelector('dialog.keys .keys-on').click()")
    browser.run("document.querySelector('dialog.keys [data-press=shut]').click()")
    assert browser.run(BADGE) == "Source 1"


def test_under_the_pointer_a_sentence_tells_who_says_it(browser):
    browser.run("document.querySelector('#source .text').scrollTop = 0")
    move_to(browser, '#source .said[data-said="2"]')
    browser.wait_for(f"{WHO}.startsWith('Jon Vesk')")
    move_to(browser, "#source h2")
    browser.wait_for(f"{WHO}.startsWith('Mira Talberg')")


def test_the_timeline_of_an_answer_filters_and_opens_spans(browser):
    browser.run("document.querySelector('#current [data-press=timeline]').click()")
    browser.wait_for("document.querySelectorAll('#timeline .stated').length === 3")
    assert browser.run("document.querySelector('#source').offsetParent") is None
    browser.run("document.querySelector('#timeline [name=since]').value = ''")
    choice = "document.querySelector('#timeline [name=voice]')"
    browser.run(f"{choice}.focus(), {choice}.value = 'direct'")
    browser.run(f"{choice}.dispatchEvent(new Event('change', {{bubbles: true}}))")
    browser.wait_for("document.querySelectorAll('#timeline .stated').length === 1")
    browser.wait_for("document.activeElement.name === 'voice'")
    browser.run(
        "document.querySelector('#timeline .point').dispatchEvent(new Event('click', {bubbles: true}))"
    )
    browser.wait_for(
        "document.querySelector('#source mark.cited')?.innerText.startsWith('„Ohne Zusagen')"
    )
    browser.wait_for("document.querySelector('#source').offsetParent !== null")
    browser.run("document.querySelector('#source [data-panel=timeline]').click()")
    assert browser.run("document.querySelector('#timeline').offsetParent !== null")
    leave_box(browser)
    press(browser, "Escape")
    browser.wait_for("document.querySelector('#source').offsetParent !== null")


def test_a_hostile_article_does_nothing_in_card_timeline_and_source(browser):
    browser.run("document.querySelector('header [data-press=timeline]').click()")
    browser.run(
        "document.querySelector('#timeline [name=voice]').value = '';"
        "document.querySelector('#timeline form').requestSubmit()"
    )
    browser.wait_for("document.querySelectorAll('#timeline .stated').length === 4")
    browser.run("document.querySelector('#timeline .stated[data-marker=\"4\"]').click()")
    browser.wait_for("document.querySelector('#source h2').innerText.startsWith('Falle')")
    assert browser.run("document.querySelector('#source .text').textContent") == TRAP.text
    browser.run("document.querySelector('#question textarea').focus()")
    time.sleep(0.5)
    browser.ask("Die Falle?", 1)
    browser.wait_for("document.querySelector('#current .cite.open') !== null")
    card = browser.wait(lambda: see_card(browser, "#current .cite"))
    assert HOSTILE[:9] in card
    assert browser.run("window.hit === undefined")
    assert browser.run("document.querySelectorAll('img[src=x], #card img').length") == 0
    hosts = {urlsplit(url).hostname for url in browser.requests if url.startswith("http")}
    assert hosts == {"127.0.0.1"}


def test_a_verbatim_point_is_filled_and_a_reported_one_is_a_ring(browser):
    fills = [
        browser.run(f"getComputedStyle(document.querySelector('#timeline .point.{voice}')).fill")
        for voice in ("direct", "reported")
    ]
    assert len(set(fills)) == 2
