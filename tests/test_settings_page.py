"""The settings: language, light and dark, the model's pulse, the examples; all of it in a real Chromium."""

from __future__ import annotations

import threading
import time
from urllib.parse import urlsplit

import httpx
import pytest

from tests.chatdouble import HOSTILE, Chat
from tests.llmserver import serve
from tests.test_app import find, open_app, open_browser
from tests.test_render import check_harmless
from wortlaut.index.lang.words import LANGUAGES
from wortlaut.rag.assembly import index_paths, open_chat
from wortlaut.rag.config import Settings
from wortlaut.rag.desk.intake import Intake
from wortlaut.rag.suggesting import Examples
from wortlaut.ui.browser.app import build_server
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.header import render_header_html
from wortlaut.ui.browser.session import Session
from wortlaut.ui.browser.settings import (
    ModelCheck,
    ModelState,
    read_chosen_tongue,
    render_settings_html,
)


def wait_until(ready, seconds=15):
    end = time.monotonic() + seconds
    while not (value := ready()):
        assert time.monotonic() < end, "it did not get there in time"
        time.sleep(0.02)
    return value


# Language


@pytest.mark.parametrize(
    ("cookies", "tongue"),
    [
        ("wortlaut-tongue=ru", "ru"),
        ("a=1; wortlaut-tongue=de; b=2", "de"),
        ("wortlaut-tongue=fr", None),
        ("wortlaut-tongue=<script>", None),
        ("=;;;\x00", None),
        (None, None),
    ],
)
def test_the_language_that_was_chosen_is_read_from_the_cookie(cookies, tongue):
    assert read_chosen_tongue(cookies) == tongue


@pytest.mark.parametrize("wrong", ["fr", "", None, 1, ["de"], {"tongue": "de"}, "DE"])
def test_only_a_language_of_the_page_is_taken(wrong):
    page, session = ChatPage(Chat()), Session("de")
    assert not page.choose_tongue(session, wrong)
    assert session.tongue == "de"


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_header_and_settings_are_whole_in_each_language(tongue):
    header = check_harmless(render_header_html(Chat().archive.count(), tongue))
    pressed = [attributes for tag, attributes in header.found if tag == "button"]
    panels = [attributes.get("data-panel") for attributes in pressed]
    assert [panel for panel in panels if panel] == ["timeline", "quotes", "archive", "settings"]
    assert all(attributes["title"] for attributes in pressed if "data-panel" in attributes)
    page = ChatPage(Chat())
    session, *_ = page.start(tongue)
    for html in (page.archive.show_archive(session), page.show_settings(session)):
        check_harmless(html)
        assert f'lang="{tongue}"' in html
    assert 'data-tongue="ru" lang="ru"' in html


# Whether the model answers


@pytest.mark.parametrize("kind", ["answers", "silent"])
def test_whether_the_model_answers_is_asked_beside_the_page(kind):
    with serve("Ja.") as server:
        # Nobody listens at port 9.
        chat = Chat(model=server.address if kind == "answers" else "http://127.0.0.1:9")
        check = ModelCheck(chat)
        assert check.state.kind == "checking"
        check.ask()
        state = wait_until(lambda: check.state.kind != "checking" and check.state)
        assert state.kind == kind
        html = render_settings_html("llm", state, "de")
        assert ("antwortet." in html) == (kind == "answers")


def test_nobody_waits_for_a_model_that_is_silent():
    asked, go_on = [], threading.Event()

    class Silent(Chat):
        def check_model(self):
            asked.append(1)
            go_on.wait(20)
            return HOSTILE

    chat = Silent()
    chat.has_model = True
    check = ModelCheck(chat)
    for _ in range(5):
        check.ask()
    assert check.state == ModelState("checking")
    go_on.set()
    state = wait_until(lambda: check.state.kind == "answers" and check.state)
    assert asked == [1]
    check_harmless(render_settings_html("llm", state, "en"))
    check_harmless(render_settings_html("llm", ModelState("silent", HOSTILE), "ru"))


# Example questions


@pytest.fixture(scope="module")
def chat(tmp_path_factory, models):
    """A chat over a small archive of three speakers, two of them with an office."""
    folder = tmp_path_factory.mktemp("sources")
    for name, text in {
        "hafen": "date 2021-03-03\nALDORA (dpa) - „Der Hafen braucht eine Erweiterung“, sagte die "
        "Ministerin Mira Talberg am Mittwoch. Eine Erweiterung sei möglich, sagte Talberg.",
        "bruecke": "date 2022-05-04\nALDORA (dpa) - Die Brücke bleibt gesperrt, sagte der Abgeordnete "
        "Jon Vesk. „Die Entscheidung fällt im Herbst“, sagte Vesk.",
        "kanzler": "date 2023-06-07\nBERLIN (dpa) - „Wir brauchen Verlässlichkeit“, sagte "
        "Bundeskanzlerin Oda Falk. Falk sagte, die Verlässlichkeit sei wichtig.",
        "falle": f"date 2023-06-08\nALDORA (dpa) - {HOSTILE}, sagte Jon <b>Böse</b> am Mittwoch.",
    }.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    settings = Settings(data=tmp_path_factory.mktemp("examples"), models=models, reader="none")
    assert not index_paths(settings, [folder]).failed
    return open_chat(settings)


@pytest.mark.parametrize("language", LANGUAGES)
def test_example_questions_are_of_several_kinds_and_each_is_answered(chat, language):
    questions = chat.suggest_questions(language)
    assert len(questions) >= 3
    assert len(set(questions)) == len(questions)
    for question in questions:
        answer = chat.ask(question)
        assert (answer.abstained, answer.language) == (False, language), question
    assert any("202" in question for question in questions)
    if language != "de":
        # No German noun in them, and no "said" of two genders where first names tell the speaker's.
        assert not any("(а)" in q for q in questions)
        assert not any("Erweiterung" in q or "Verlässlichkeit" in q for q in questions)


def test_examples_are_looked_for_in_the_background_and_again_when_the_archive_grows():
    go_on = threading.Event()

    class Slow(Chat):
        def suggest_questions(self, language):
            go_on.wait(20)
            return [f"Frage {self.archive.newest_change}"]

    slow = Slow()
    page = ChatPage(slow)
    session, _, welcome, _ = page.start("de")
    assert " data-waiting" in welcome
    assert page.refill(session) is None
    go_on.set()
    wait_until(lambda: page.examples.read("de"))
    assert 'data-number="0">Frage 1<' in page.refill(session)
    assert session.examples == ("Frage 1",)
    assert " data-waiting" not in page.start("de")[2]
    session.turns.append(None)
    assert page.refill(session) is None


def test_an_archive_without_answers_has_no_examples_and_is_asked_again_when_it_has_some():
    class Growing(Chat):
        def suggest_questions(self, language):
            return ["Frage"] if self.archive.newest_change > 1 else []

    growing = Growing()
    examples = Examples(growing)
    wait_until(lambda: examples.read("en") == ())
    growing.archive.newest_change = 2
    wait_until(lambda: examples.read("en") == ("Frage",))


# In a browser


@pytest.fixture(scope="module")
def address(chat):
    settings = Settings(data=chat.archive.folder, reader="none")
    intake = Intake(settings, chat.archive, is_allowed=True)
    with open_app(build_server(chat, intake=intake)) as address:
        yield address


def press(browser, selector):
    browser.wait_for(find(selector))
    browser.run(f"document.querySelector('{selector}').click()")


def read_text(browser, selector):
    return browser.run(f"document.querySelector('{selector}')?.innerText")


def test_in_a_browser_the_archive_grows_and_the_page_is_set(address, tmp_path, chat):
    sent = {
        "faehre.txt": "date 2024-01-02\nALDORA (dpa) - Die Fähre fährt wieder, sagte Tilo Brandis.",
        "leer.txt": "",
        "was.xyz": "?",
    }
    for name, text in sent.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    folder = tmp_path / "chromium"
    folder.mkdir()
    wait_until(lambda: httpx.get(f"{address}/page/state?tongue=en").json()["ready"], 60)
    with open_browser(folder, address) as browser:
        browser.wait_for("document.querySelectorAll('.welcome .example').length >= 3")
        assert browser.run("document.documentElement.lang") == "en"
        # The archive: what is chosen is read, what cannot be is said, and the header follows.
        press(browser, ".tool[data-panel=archive]")
        browser.wait_for("document.querySelectorAll('.shelf li').length === 4")
        assert browser.run(find(".tool[data-panel=archive][aria-pressed=true]"))
        root = browser.call("DOM.getDocument")["root"]["nodeId"]
        files = browser.call("DOM.querySelector", nodeId=root, selector="#archive input.files")
        chosen = [str(tmp_path / name) for name in sent]
        browser.call("DOM.setFileInputFiles", files=chosen, nodeId=files["nodeId"])
        browser.wait_for(f"{find('.batch .state')} && !{find('.batch progress')}")
        said = read_text(browser, "#archive .door")
        assert "1 new" in said
        assert "leer.txt holds no text" in said
        assert "was.xyz not a kind that is read here" in said
        browser.wait_for("document.querySelector('.top .held').innerText.includes('Articles: 5')")
        browser.wait_for("document.querySelectorAll('.shelf li').length === 5")
        # The list: found by a word of its title, opened whole, removed after a question.
        browser.run("document.querySelector('.filters [name=words]').focus()")
        browser.call("Input.insertText", text="fähre")
        browser.wait_for("document.querySelectorAll('.shelf li').length === 1")
        assert browser.run("document.activeElement.value") == "fähre"
        press(browser, ".shelf .held-title")
        browser.wait_for("document.querySelector('#side').dataset.panel === 'source'")
        assert "Die Fähre fährt wieder" in read_text(browser, ".held-whole .text")
        press(browser, ".held-whole [data-panel=archive]")
        press(browser, ".shelf .ask")
        assert browser.run("document.activeElement.dataset.press") == "keep"
        press(browser, ".confirm [data-press=remove]")
        # The list comes when it is done, later perhaps than the header's count.
        browser.wait_for(find(".holdings .notice-line"))
        browser.wait_for("document.querySelector('.top .held').innerText.includes('Articles: 4')")
        # A title with markup is a title.
        browser.run("document.querySelector('.filters').reset()")
        browser.wait_for("document.querySelectorAll('.shelf li').length === 4")
        assert browser.run("window.hit === undefined && !document.querySelector('#archive img')")
        # The settings: another language at once, and after a new start; dark before the paint.
        press(browser, ".tool[data-panel=settings]")
        press(browser, "[data-tongue=de]")
        browser.wait_for("document.documentElement.lang === 'de'")
        browser.wait_for("document.querySelector('#settings h2').innerText === 'Einstellungen'")
        assert browser.run("document.querySelector('#side').dataset.panel") == "settings"
        press(browser, "[data-theme=dark]")
        assert browser.run("document.body.classList.contains('dark')")
        browser.run("window.isOld = true")
        browser.call("Page.navigate", url=address)
        browser.wait_for(f"!window.isOld && {find('.welcome')}")
        assert browser.run("document.body.classList.contains('dark')")
        browser.wait_for("document.documentElement.lang === 'de'")
        placeholder = browser.run("document.querySelector('#question textarea').placeholder")
        assert placeholder == "Das Archiv fragen …"
        press(browser, ".tool[data-panel=settings]")
        browser.wait_for(find("[data-theme=dark][aria-pressed=true]"))
        press(browser, "[data-theme=auto]")
        assert not browser.run("document.body.classList.contains('dark')")
        hosts = {urlsplit(url).hostname for url in browser.requests if url.startswith("http")}
        assert hosts == {"127.0.0.1"}
