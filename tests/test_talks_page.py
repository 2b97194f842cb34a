"""Conversations in a real browser: kept over reload and restart, listed, edited, asked ahead."""

from __future__ import annotations

import threading
from contextlib import contextmanager

import pytest

from tests.chatdouble import PORT, Chat
from tests.test_app import build_server, find, open_browser, open_listener
from wortlaut.rag.desk.store import Desk

TALBERG, AUSTRALIA, FALLE = (
    "What did Talberg say?",
    "What is the capital of Australia?",
    "Die Falle?",
)
BOX = "document.querySelector('#question textarea')"
NUMBERS = "[...document.querySelectorAll('#turns .turn')].map(turn => turn.dataset.turn).join()"
TITLES = "[...document.querySelectorAll('.talks a')].map(link => link.innerText).join('|')"
WAITING = "[...document.querySelectorAll('#waiting li span')].map(item => item.innerText).join('|')"


class SlowChat(Chat):
    """Answers a question with "slow" in it only when it is let go on."""

    def __init__(self):
        super().__init__()
        self.go_on = threading.Event()

    def stream(self, question, *args, **values):
        for number, answer in enumerate(super().stream(question, *args, **values)):
            if "slow" in question and number:
                self.go_on.wait(20)
            yield answer


@contextmanager
def serve_at(chat, desk, port=0):
    """The page at a port of its own, so that it can come back there."""
    import uvicorn

    listener = open_listener("127.0.0.1", port)
    config = uvicorn.Config(build_server(chat, desk=desk), log_level="warning", ws="none")
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(5)


class Site:
    """A server that can be stopped and started over the same desk."""

    def __init__(self, folder):
        self.folder = folder
        self.chat = SlowChat()
        self.running = serve_at(self.chat, Desk(folder))
        self.port = self.running.__enter__()

    def stop(self):
        if self.running is not None:
            self.running.__exit__(None, None, None)
        self.running = None

    def start(self):
        self.chat = SlowChat()
        self.running = serve_at(self.chat, Desk(self.folder), self.port)
        self.running.__enter__()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("archive"))
    yield site
    site.stop()


@pytest.fixture(scope="module")
def opened(site, tmp_path_factory):
    address = f"http://127.0.0.1:{site.port}"
    with open_browser(tmp_path_factory.mktemp("browser"), address) as browser:
        browser.call("Emulation.setDeviceMetricsOverride", width=1280, height=800,
                     deviceScaleFactor=1, mobile=False)  # fmt: skip
        yield browser


@pytest.fixture
def browser(opened, site):
    """The browser at a new conversation, in which nothing is typed."""
    origin = f"http://127.0.0.1:{site.port}"
    opened.call("Page.navigate", url="about:blank")
    opened.call("Storage.clearDataForOrigin", origin=origin, storageTypes="local_storage")
    go(opened, f"{origin}/")
    return opened


def go(browser, address):
    browser.call("Page.navigate", url="about:blank")
    browser.call("Page.navigate", url=address)
    arrive(browser)


def arrive(browser):
    def is_there():
        try:
            return browser.run("!window.isOld && !!document.querySelector('#turns')?.dataset.step")
        except AssertionError:
            return False  # A page that is only being loaded runs no script yet.

    browser.wait(is_there, 30)


def reload(browser):
    browser.run("window.isOld = true")
    browser.call("Page.reload")
    arrive(browser)


def press(browser, selector):
    browser.run(f"document.querySelector({selector!r}).click()")


def test_in_a_browser_a_conversation_is_kept_listed_renamed_deleted_and_had_back(browser):
    browser.ask(TALBERG, 0)
    browser.wait_for("location.pathname.startsWith('/c/')")
    path = browser.run("location.pathname")
    browser.ask(FALLE, 1)
    assert browser.run(NUMBERS) == "0,1"
    reload(browser)
    browser.wait_for(f"{NUMBERS} === '0,1' && !!document.querySelector('#source mark.cited')")
    assert browser.run("location.pathname") == path
    assert browser.run("window.hit === undefined")
    # In an earlier turn too.
    press(browser, '#earlier .cite[data-marker="1"]')
    browser.wait_for(
        "document.querySelector('#source mark.cited')?.innerText.startsWith('das Land brauche')"
    )
    press(browser, "#header [data-press=new]")
    browser.wait_for(f"location.pathname === '/' && {NUMBERS} === ''")
    browser.run("document.querySelector('#question textarea').focus()")
    browser.ask(AUSTRALIA, 0)
    browser.wait_for(
        f"{TITLES}.startsWith('What is the capital of Australia?|What did Talberg say?')"
    )
    press(browser, f'.talks a[href="{path[1:]}"]')
    browser.wait_for(f"location.pathname === '{path}' && {NUMBERS} === '0,1'")
    browser.wait_for(f"document.querySelector('.talks a[aria-current]')?.href.endsWith('{path}')")
    browser.run("history.back()")
    browser.wait_for(f"location.pathname !== '{path}' && {NUMBERS} === '0'")
    item = f'.talks li:has(a[href="{path[1:]}"])'
    press(browser, f"{item} [data-press=rename]")
    browser.run("document.querySelector('.talks input').value = 'Hafen <b>&'")
    browser.run(
        "document.querySelector('.talks input').dispatchEvent("
        "new KeyboardEvent('keydown', {key: 'Enter', bubbles: true}))"
    )
    browser.wait_for(f"{TITLES}.includes('Hafen <b>&')")
    press(browser, f"{item} [data-press=remove]")
    browser.wait_for(f"!{TITLES}.includes('Hafen') && !!document.activeElement.closest('.undo')")
    go(browser, browser.run(f"location.origin + '{path}'"))
    assert "no conversation at this address" in browser.run("document.body.innerText")
    assert browser.run("location.pathname") == "/"


def test_in_a_browser_a_deleted_conversation_that_is_shown_makes_room_and_comes_back(browser):
    browser.ask(TALBERG, 0)
    browser.wait_for("!!document.querySelector('.talks a[aria-current]')")
    path = browser.run("location.pathname")
    press(browser, ".talks li:has(a[aria-current]) [data-press=remove]")
    browser.wait_for(f"location.pathname === '/' && {NUMBERS} === '' && {find('.welcome')}")
    press(browser, ".undo button")
    browser.wait_for(f"""!!document.querySelector('.talks a[href="{path[1:]}"]')""")
    press(browser, f'.talks a[href="{path[1:]}"]')
    browser.wait_for(f"{NUMBERS} === '0'")


def test_in_a_browser_enter_while_an_answer_is_written_waits_and_can_be_taken_back(browser, site):
    browser.send("slow: what did Talberg say?")
    browser.wait_for(find("#current .turn[data-growing] .answer"))
    for question in (AUSTRALIA, FALLE, TALBERG):
        browser.send(question)
    browser.wait_for(f"{WAITING} === '{AUSTRALIA}|{FALLE}|{TALBERG}'")
    press(browser, "#waiting li:nth-child(2) button")
    browser.wait_for(f"{WAITING} === '{AUSTRALIA}|{TALBERG}' && {BOX}.value === '{FALLE}'")
    site.chat.go_on.set()
    browser.wait_for(find('#current .turn[data-turn="2"] .actions'))
    asked = "[...document.querySelectorAll('#turns h2.question')].map(q => q.innerText).join('|')"
    assert browser.run(asked) == f"slow: what did Talberg say?|{AUSTRALIA}|{TALBERG}"
    assert browser.run(f"{WAITING} + {BOX}.value") == FALLE
    # What is typed and what waits outlives a reload.
    browser.wait_for("document.querySelector('#turns').dataset.busy === '0'")
    reload(browser)
    browser.wait_for(f"{NUMBERS} === '0,1,2' && {BOX}?.value === '{FALLE}'")
    site.chat.go_on.clear()


def test_in_a_browser_a_question_is_changed_asked_again_and_undone(browser):
    browser.ask(TALBERG, 0)
    browser.ask(FALLE, 1)
    press(browser, '#earlier [data-press="edit"]')
    browser.wait_for("document.activeElement.matches('.editing textarea')")
    browser.run(f"document.activeElement.value = {AUSTRALIA!r}")
    browser.run("document.querySelector('.editing').requestSubmit()")
    browser.wait_for(f"{NUMBERS} === '0' && {find('#current .abstained')}")
    press(browser, '[data-press="undo"]')
    browser.wait_for(f"{NUMBERS} === '0,1' && {find('#current .actions')}")
    assert browser.run(find("#turns .note")) is False


def test_in_a_browser_a_page_goes_on_after_the_server_was_restarted(browser, site):
    browser.ask(TALBERG, 0)
    browser.ask(FALLE, 1)
    browser.wait_for("document.querySelector('#turns').dataset.busy === '0'")
    site.stop()
    site.start()
    # Another server now, which never sent this page.
    press(browser, '#earlier .cite[data-marker="2"]')
    browser.wait_for(
        "document.querySelector('#source mark.cited')?.innerText.startsWith('„Ohne Zusagen')"
    )
    browser.run(f"{BOX}.focus()")
    browser.ask("And in 2027?", 2)
    assert browser.run(NUMBERS) == "0,1,2"
    assert "brought up to date" in browser.run("document.querySelector('#earlier').innerText")
    assert site.chat.asked[-1][1] == [TALBERG, FALLE]
    # And when there is none, what was asked is not lost.
    browser.wait_for("document.querySelector('#turns').dataset.busy === '0'")
    site.stop()
    browser.send(AUSTRALIA)
    browser.wait_for("!!document.querySelector('.toast-wrap')?.innerText.trim()")
    site.start()
    browser.wait_for(f"{NUMBERS} === '0,1,2' && {BOX}?.value === '{AUSTRALIA}'")


def test_in_a_browser_a_quotes_address_shows_its_words(browser, site):
    start = PORT.text.index("das Land brauche")
    address = f"http://127.0.0.1:{site.port}/a/port#{start}-{start + 36}-{PORT.text_sha256[:8]}"
    go(browser, address)
    browser.wait_for(
        "document.querySelector('#source mark.cited')?.innerText === "
        "'das Land brauche verlässliche Zusage'"
    )
    assert browser.run("location.pathname") == "/a/port"
    browser.run(f"{BOX}.focus()")
    browser.ask(TALBERG, 0)
    browser.wait_for("location.pathname.startsWith('/c/')")


def test_eight_tabs_of_one_browser_all_answer(browser, site):
    from websockets.sync.client import connect

    origin = f"http://127.0.0.1:{site.port}/"
    tabs = [browser.call("Target.createTarget", url=origin)["targetId"] for _ in range(7)]
    first = browser.socket
    host, port = first.remote_address[:2]
    try:
        with connect(f"ws://{host}:{port}/devtools/page/{tabs[-1]}", max_size=None) as socket:
            browser.socket = socket
            arrive(browser)
            browser.run(f"{BOX}.value = {TALBERG!r}")
            press(browser, "#question .submit-button")
            browser.wait_for(find("#current .actions"))
    finally:
        browser.socket = first
    # The first is as alive as ever.
    browser.run(f"{BOX}.focus()")
    browser.ask(TALBERG, 0)
    for tab in tabs:
        browser.call("Target.closeTarget", targetId=tab)
