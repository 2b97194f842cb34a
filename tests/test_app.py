"""The browser chat: a real server on loopback, asked over HTTP and, where there is one, by Chromium."""

from __future__ import annotations

import itertools
import json
import re
import shutil
import socket
import subprocess
import threading
import time
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from html import unescape
from urllib.parse import urlsplit

import httpx
import pytest

from tests.chatdouble import ARTICLES, HOSTILE, PORT, Chat
from tests.llmserver import Reply, serve
from tests.test_render import check_harmless
from wortlaut.index.errors import ConfigError
from wortlaut.ui.browser.app import build_server
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.session import Session
from wortlaut.ui.gate.paths import LARGEST_BODY
from wortlaut.ui.gate.running import open_listener
from wortlaut.ui.words.archive import choose_archive_words

CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)


def finish(steps):
    """The last state of the earlier turns and the new one, and the last source opened."""
    steps = list(steps)
    opened = [source for _, _, source in steps if source is not None]
    return steps[-1][0], steps[-1][1], opened[-1] if opened else None


# The session, without a server


@pytest.fixture
def chat():
    return Chat()


@pytest.fixture
def page(chat):
    return ChatPage(chat)


class LineByLine(Chat):
    """Goes on to an answer's next line when the one before has been shown."""

    def __init__(self):
        super().__init__()
        self.go_on = threading.Semaphore(0)

    def stream(self, *args, **values):
        for answer in super().stream(*args, **values):
            yield answer
            self.go_on.acquire(timeout=10)


def test_an_answer_grows_and_its_first_source_opens_by_itself():
    chat, steps, lengths = LineByLine(), [], []
    for step in ChatPage(chat).ask(Session(), "What did Talberg say?"):
        if lengths and len(step[1]) > lengths[-1]:
            chat.go_on.release()
        steps.append(step)
        lengths.append(len(step[1]))
    assert len(set(lengths)) > 4
    assert lengths == sorted(lengths)
    opened = [source for _, _, source in steps if source is not None]
    assert len(opened) == 1
    assert '<mark class="cited">das Land brauche' in opened[0]


def test_what_is_there_at_once_is_shown_at_once(page):
    steps = list(page.ask(Session(), "What did Talberg say?"))
    # That it is looked for, what there is, and that this is all: each more costs all who wait.
    assert len(steps) <= 3
    assert "Küstenbote" in steps[-1][1]


def test_the_conversation_feeds_follow_ups_and_no_other_session_sees_it(page, chat):
    mine, other = Session(), Session()
    finish(page.ask(mine, "What did Talberg say?"))
    finish(page.ask(other, "What is the capital of Australia?"))
    earlier, _, _ = finish(page.ask(mine, "And in 2027?"))
    assert chat.asked[-1][:2] == ("And in 2027?", ["What did Talberg say?"])
    assert "Australia" not in earlier


def test_the_markers_of_each_turn_open_its_own_sources(page):
    session = Session()
    finish(page.ask(session, "What did Talberg say?"))
    finish(page.ask(session, "Die Falle?"))
    assert "Talberg wirbt" in page.pane.open_source(session, "0", "3")
    assert "Falle" in page.pane.open_source(session, "1", "1")


def test_removing_a_chip_asks_again_without_it(page, chat):
    session = Session()
    finish(page.ask(session, "What did Talberg say?"))
    _, current, _ = finish(page.ask_without(session, "0", "speaker"))
    assert chat.asked[-1][0] == "What did Talberg say?"
    assert chat.asked[-1][2].without == {"speaker"}
    assert "<s>Speaker Mira Talberg</s>" in current
    finish(page.ask_without(session, "1", "since"))
    assert chat.asked[-1][2].without == {"speaker", "since"}


def test_a_follow_up_asked_again_still_follows_the_same_turns(page, chat):
    session = Session()
    for question in ("What did Talberg say?", "And in 2027?", "Die Falle?"):
        finish(page.ask(session, question))
    for number, part in (("1", "speaker"), ("3", "since")):
        finish(page.ask_without(session, number, part))
        assert chat.asked[-1][:2] == ("And in 2027?", ["What did Talberg say?"])


@pytest.mark.parametrize("number", ["9", "-1", "", None, "x", "²", "1e3", {"a": 1}, "9" * 400])
def test_numbers_that_no_page_would_send_do_nothing(page, number):
    session = Session(examples=("What did Talberg say?",))
    finish(page.ask(session, "What did Talberg say?"))
    assert page.pane.open_source(session, number, "1") is None
    assert page.pane.open_source(session, "0", number) is None
    assert page.pane.open_nearest(session, number) is None
    assert list(page.ask_example(session, number)) == []
    assert list(page.ask_without(session, number, "speaker")) == []
    assert list(page.ask_without(session, "0", number)) == []


def test_an_error_is_one_plain_line_and_the_conversation_goes_on(page, chat):
    session = Session()
    _, current, source = finish(page.ask(session, "fehler"))
    assert "a question of 12000 letters; ask in fewer words" in current
    assert "<mark" not in source
    earlier, current, _ = finish(page.ask(session, "What did Talberg say?"))
    assert "fehler" in earlier
    assert 'data-marker="1"' in current
    assert chat.asked[-1][1] == []


def test_what_nobody_foresaw_is_told_without_its_inner_workings(page, caplog):
    _, current, _ = finish(page.ask(Session(), "absturz"))
    assert "inner workings" not in current
    assert "The conversation goes on." in current
    assert "inner workings" in caplog.text


def test_a_source_that_changed_meanwhile_is_marked_as_changed(page, chat):
    session = Session()
    finish(page.ask(session, "What did Talberg say?"))
    chat.archive.articles["port"] = replace(PORT, text=PORT.text + " Ende.", text_sha256="0" * 64)
    assert "has changed since it was cited" in page.pane.open_source(session, "0", "1")


def test_a_source_that_is_gone_meanwhile_is_told_and_its_cited_words_stand(page, chat):
    session = Session()
    finish(page.ask(session, "What did Talberg say?"))
    del chat.archive.articles["port"]
    shown = page.pane.open_source(session, "0", "1")
    assert choose_archive_words("en").gone_cited in unescape(shown)
    assert '<mark class="cited">' in shown


def test_the_nearest_passage_of_an_abstention_can_be_opened(page):
    session = Session()
    finish(page.ask(session, "What is the capital of Australia?"))
    assert '<mark class="cited">Der Haushalt lasse' in page.pane.open_nearest(session, 0)


def test_an_address_in_use_is_told_with_what_to_do():
    with (
        socket.create_server(("127.0.0.1", 0)) as taken,
        pytest.raises(ConfigError, match="--port"),
    ):
        open_listener("127.0.0.1", taken.getsockname()[1])
    with pytest.raises(ConfigError, match="--host"):
        open_listener("203.0.113.1", 0)


# A language model writes

TRUE = "Talberg said that the country needs commitments. [1]"
TRUE_TOO = "Vesk said that the work is too dear. [2]"
LIE = f"Talberg said that no country needs {HOSTILE} anything. [1]"
ASKED = "What did Talberg say?"
# Long enough that whoever waits for its end fails the test.
ENDLESS = Reply(
    f"{TRUE} " + " ".join(f"And then he said word {n}." for n in range(999)), pause_s=0.02
)


@contextmanager
def open_model(*replies, **options):
    """A page over a scripted language model, its chat, and the model's server."""
    with serve(*replies) as server:
        chat = Chat(model=server.address, **options)
        yield ChatPage(chat), chat, server


def read_parts(html):
    """What stands as fact, as draft, and as struck out."""
    reader = check_harmless(html)
    struck = reader.text_in("p", "struck")
    return (
        reader.text_in("div", "answer").replace(struck, ""),
        reader.text_in("div", "draft"),
        struck,
    )


@pytest.mark.parametrize("on_unsupported", ["quote", "strike"])
def test_no_sentence_stands_as_fact_before_it_is_checked(on_unsupported):
    reply = Reply(f"{TRUE} {LIE} {TRUE_TOO}", pause_s=0.03)
    with open_model(reply, on_unsupported=on_unsupported) as (page, _, _):
        steps = [read_parts(html) for _, html, _ in page.ask(Session(), ASKED)]
    facts, drafts, struck = zip(*steps, strict=True)
    assert not any("no country" in fact for fact in facts)
    assert any("no country" in draft for draft in drafts)
    first = next(number for number, fact in enumerate(facts) if "needs commitments" in fact)
    assert any("needs commitments" in draft for draft in drafts[:first])
    assert any("Vesk" in draft and "needs commitments" in fact for fact, draft, _ in steps)
    assert "too dear" in facts[-1]
    assert drafts[-1] == ""
    assert ("no country" in struck[-1]) == (on_unsupported == "strike")


def test_the_words_are_chosen_for_each_conversation_by_itself():
    with open_model(TRUE, mode="extractive") as (page, chat, _):
        mine, _, _, switch = page.start("en")
        other = page.start("en")[0]
        assert 'data-mode="extractive" aria-pressed="true"' in switch
        assert 'data-mode="llm" aria-pressed="true"' in page.choose_mode(mine, "llm")
        finish(page.ask(mine, ASKED))
        finish(page.ask(other, ASKED))
        finish(page.ask(page.start("en", mine)[0], ASKED))
        assert chat.modes == ["llm", "extractive", "llm"]
        for wrong in ("LLM", "", None, 1, ["llm"], {"mode": "llm"}, "x" * 9999):
            assert page.choose_mode(mine, wrong) is None
        assert mine.mode == "llm"


def test_without_a_model_there_is_nothing_to_choose(page):
    session, _, _, switch = page.start("en")
    assert switch == ""
    assert page.choose_mode(session, "llm") is None
    assert not page.takes_time(session)


def read_until(steps, words):
    for _, html, _ in steps:
        if html is not None and words in html:
            return html
    raise AssertionError(f"{words!r} was never shown")


def test_stopping_keeps_what_was_checked_and_hangs_up():
    with open_model(ENDLESS, TRUE) as (page, chat, server):
        session = Session()
        steps = page.ask(session, ASKED)
        read_until(steps, "And then")
        page.stop(session)
        _, html, _ = list(steps)[-1]
        assert server.gone.wait(10)
        fact, draft, _ = read_parts(html)
        assert ("needs commitments" in fact, draft) == (True, "")
        assert "What had been checked by then stands here." in html
        _, current, _ = finish(page.ask(session, "And Vesk?"))
        assert "needs commitments" in current
        assert chat.asked[-1][1] == [ASKED]


@pytest.mark.parametrize("reply", [Reply(TRUE, stall_after=20), Reply(TRUE, before_headers_s=30)])
def test_a_silent_model_can_be_stopped_at_once(reply):
    with open_model(reply) as (page, _, _):
        session = Session()
        steps = page.ask(session, ASKED)
        for _ in range(4):
            next(steps)
        started = time.monotonic()
        page.stop(session)
        *_, (_, html, _) = steps
        assert time.monotonic() - started < 2
        assert "Stopped before a sentence had been checked." in html
        assert 'data-press="copy"' not in html


def test_whoever_leaves_hangs_up():
    with open_model(ENDLESS) as (page, _, server):
        session = Session()
        steps = page.ask(session, ASKED)
        read_until(steps, "And then")
        steps.close()
        assert server.gone.wait(10)
        assert session.growing is None
        assert session.turns[0].stopped


def test_a_new_question_ends_the_answer_that_is_being_written():
    with open_model(ENDLESS, TRUE_TOO) as (page, _, server):
        session = Session()
        first = page.ask(session, ASKED)
        read_until(first, "And then")
        earlier, current, _ = finish(page.ask(session, "And Vesk?"))
        assert "And then" not in earlier
        assert "needs commitments" in earlier
        assert "too dear" in current
        assert list(first) == [(None, None, None)]
        assert server.gone.wait(10)


def test_a_new_conversation_is_not_disturbed_by_the_old_one():
    with open_model(ENDLESS) as (page, _, server):
        session = Session()
        steps = page.ask(session, ASKED)
        read_until(steps, "And then")
        page.start("en", session)
        assert list(steps) == [(None, None, None)]
        assert server.gone.wait(10)


def test_when_the_model_fails_the_archives_words_stand_there_and_the_talk_goes_on():
    with open_model(Reply(HOSTILE, status=503), LIE, TRUE) as (page, _, _):
        session = Session()
        for shown in ("did not answer", "Nothing that the language model wrote"):
            _, html, _ = finish(page.ask(session, ASKED))
            reader = check_harmless(html)
            assert shown in reader.text_in("p", "told")
            assert "das Land brauche" in reader.text_in("blockquote", "")
            assert reader.text_in("p", "written") == ""
        assert "no country" in reader.text_in("details", "refused")
        _, html, _ = finish(page.ask(session, ASKED))
        reader = check_harmless(html)
        assert "needs commitments" in reader.text_in("div", "answer")
        assert reader.text_in("p", "written").startswith("Written by scripted-1; every sentence")


# The server


def open_server(chat, desk=None):
    """The page's address while it is served."""
    return open_app(build_server(chat, desk=desk))


@contextmanager
def open_app(app):
    """The address of an app while it is served."""
    import uvicorn

    listener = open_listener("127.0.0.1", 0)
    config = uvicorn.Config(app, log_level="warning", ws="none", proxy_headers=False)
    config.timeout_graceful_shutdown = 1
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)


@pytest.fixture(scope="module")
def address():
    with open_server(Chat(ARTICLES)) as address:
        yield address


def test_the_page_names_no_other_host_that_a_browser_would_load(address):
    response = httpx.get(address)
    assert response.status_code == 200
    # Addresses in <meta> are for link previews of other services; a browser never loads them.
    html = re.sub(r"<meta[^>]*>", "", response.text).replace(f'"{address}/', '"/')
    loaded = re.findall(r"""(?:src|href)=["'](https?:)?//""", html)
    assert loaded == []
    assert "fonts.googleapis" not in html
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "http" not in policy


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("", 400),
        ("[::1", 400),
        ("localhost:7860", 200),
        ("[::1]:7860", 200),
        ("192.168.1.5", 200),
    ],
)
def test_only_known_host_names_are_answered(address, host, status):
    assert httpx.get(address, headers={"Host": host}).status_code == status


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/file=http://127.0.0.1:1/x", "/gradio_api/file=/etc/passwd", "/docs",
        "/openapi.json", "/gradio_api/openapi.json", "/gradio_api/proxy=http://127.0.0.1:1/",
        "/gradio_api/upload", "/gradio_api/runs", "/monitoring", "/gradio_api/vibe-code",
    ],
)  # fmt: skip
def test_what_the_page_does_not_need_is_closed(address, path):
    assert httpx.get(address + path).status_code == 404


def test_foreign_pages_and_floods_are_turned_away(address):
    join = f"{address}/gradio_api/queue/join"
    foreign = httpx.post(join, json={}, headers={"Origin": "http://evil.example"})
    assert foreign.status_code == 403
    assert httpx.post(join, content=b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert httpx.post(join, content=iter([b"x"])).status_code == 413


def test_other_programs_ask_gradio_with_typed_values_and_get_no_html(address):
    gradio_client = pytest.importorskip("gradio_client")
    client = gradio_client.Client(address, verbose=False)
    endpoints = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert list(endpoints) == ["/ask"]
    taken = {
        one["parameter_name"]: one["python_type"]["type"] for one in endpoints["/ask"]["parameters"]
    }
    assert (taken["question"], taken["history"], taken["since"]) == (
        "str",
        "None | list[str]",
        "str",
    )
    answer = client.predict("What did Talberg say?", api_name="/ask")
    assert [citation["marker"] for citation in answer["citations"]] == [1, 2, 3]
    assert "path" not in answer["citations"][0]
    assert not re.search(r"</?[a-z]+[ >]", json.dumps(answer))
    then = client.predict(
        "What is the capital of Australia?", history=["What did Talberg say?"], api_name="/ask"
    )
    assert (then["abstained"], then["citations"]) == (True, [])
    for wrong, said in (
        ({"mode": "poem"}, "'extractive' or 'llm'"),
        ({"question": ""}, "question: "),
    ):
        asked = {"question": "What did Talberg say?"} | wrong
        with pytest.raises(Exception, match=said):
            client.predict(**asked, api_name="/ask")
    with pytest.raises(Exception, match="ask in fewer words"):
        client.predict("fehler", api_name="/ask")


# The page in a real browser


class Browser:
    """Chromium by its own protocol: runs scripts, and keeps the address of every request."""

    def __init__(self, folder, address, flags=()):
        from websockets.sync.client import connect

        self.requests: list[str] = []
        self.errors: list[str] = []
        self.process = subprocess.Popen(
            [
                CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
                "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync", "--window-size=1280,800", "--remote-debugging-port=0",
                f"--user-data-dir={folder}", *flags, "about:blank",
            ],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        port_file = folder / "DevToolsActivePort"
        self.wait(lambda: port_file.exists() and port_file.read_text().count("\n"))
        port = port_file.read_text().split()[0]
        pages = httpx.get(f"http://127.0.0.1:{port}/json/list").json()
        place = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
        self.closing = ExitStack()
        self.socket = self.closing.enter_context(connect(place, max_size=None))
        self.numbers = itertools.count(1)
        for domain in ("Network", "Runtime", "Log"):
            self.call(f"{domain}.enable")
        self.call("Page.navigate", url=address)

    def call(self, method, **values):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": values}))
        while True:
            message = json.loads(self.socket.recv(timeout=30))
            self.note(message.get("method"), message.get("params", {}))
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]

    def note(self, method, params):
        """Keep what was asked of the network, and what the page's console would show in red."""
        if method == "Network.requestWillBeSent":
            self.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(params["exceptionDetails"]))
        elif method == "Runtime.consoleAPICalled" and params["type"] in ("error", "assert"):
            said = (part.get("value", part.get("description")) for part in params["args"])
            self.errors.append(" ".join(map(str, said)))
        elif method == "Log.entryAdded" and params["entry"]["level"] == "error":
            self.errors.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")

    def run(self, script):
        result = self.call("Runtime.evaluate", expression=script, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def wait(self, ready, seconds=30):
        end = time.monotonic() + seconds
        while not (value := ready()):
            assert time.monotonic() < end, "the page did not get there in time"
            time.sleep(0.05)
        return value

    def wait_for(self, script):
        return self.wait(lambda: self.run(script))

    def ask(self, question, turn):
        self.send(question)
        self.wait_for(f"!!document.querySelector('#current .turn[data-turn=\"{turn}\"] "
                      ":is(.actions, .notice)')")  # fmt: skip

    def send(self, question, box="#question textarea"):
        self.wait_for(f"document.activeElement?.matches('{box}')")
        self.call("Input.insertText", text=question)
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key="Enter", code="Enter",
                      windowsVirtualKeyCode=13, text="\r" if kind == "keyDown" else "")  # fmt: skip

    def close(self):
        self.closing.close()
        self.process.terminate()
        self.process.wait(10)


@contextmanager
def open_browser(folder, address, flags=()):
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    pytest.importorskip("websockets")
    browser = Browser(folder, address, flags)
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture
def browser(tmp_path, address):
    with open_browser(tmp_path, address) as browser:
        yield browser


SHOWN = "document.querySelector('#source mark.cited')?.innerText"


def test_in_a_browser_a_click_on_a_number_shows_the_cited_words(browser):
    browser.wait_for("!!document.querySelector('.welcome .example')")
    browser.ask("What did Talberg say?", 0)
    browser.wait_for(f"{SHOWN} === 'das Land brauche verlässliche Zusagen'")
    browser.ask("Die Falle?", 1)
    browser.wait_for("document.querySelector('#source h2').innerText.startsWith('Falle')")
    assert browser.run("document.activeElement.matches('#question textarea')")
    # By keyboard, and in an earlier turn.
    browser.run("document.querySelector('#earlier .cite[data-marker=\"2\"]').focus()")
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key=" ", code="Space",
                     windowsVirtualKeyCode=32, text=" " if kind == "keyDown" else "")  # fmt: skip
    browser.wait_for(f"{SHOWN} === '„Ohne Zusagen gibt es keinen Bau“, sagte Talberg.'")
    text = browser.run("document.querySelector('#source .text').textContent")
    assert text == PORT.text
    seen = (
        "(() => { const m = document.querySelector('#source mark.cited').getBoundingClientRect();"
    )
    assert browser.run(f"{seen} return m.top > 0 && m.bottom < innerHeight }})()")
    browser.run("document.querySelector('#earlier .chip .cross[data-part=speaker]').click()")
    browser.wait_for("!!document.querySelector('#current .turn[data-turn=\"2\"] .chip.gone')")
    assert browser.run("window.hit === undefined")
    assert browser.run("document.querySelectorAll('img[src*=evil], #current img').length") == 0
    hosts = {urlsplit(url).hostname for url in browser.requests if not url.startswith("data:")}
    assert hosts - {None} == {"127.0.0.1"}
    assert browser.run("document.querySelector('.wording') === null")


def find(selector):
    return f"!!document.querySelector('{selector}')"


def settle():
    """Gradio takes no question while the last one's end is on its way to the browser."""
    time.sleep(0.5)


def test_in_a_browser_a_model_writes_can_be_stopped_and_is_left_alone(tmp_path):
    button = "document.querySelector('#question .stop-button')"
    with serve(ENDLESS, Reply(f"{TRUE} {LIE}"), ENDLESS) as server:
        chat = Chat(model=server.address, mode="extractive")
        with open_server(chat) as address, open_browser(tmp_path, address) as browser:
            browser.wait_for(find(".choice [data-mode=llm][aria-pressed=false]"))
            browser.run("document.querySelector('.choice [data-mode=llm]').click()")
            browser.wait_for(find(".choice [data-mode=llm][aria-pressed=true]"))
            browser.send(ASKED)
            browser.wait_for("document.querySelector('#current .draft p')?.innerText.length > 20")
            assert browser.run(f"{button}.innerText") == "Stop"
            # What is typed meanwhile stays.
            browser.call("Input.insertText", text="Die Falle?")
            time.sleep(0.3)
            browser.run(f"{button}.click()")
            browser.wait_for(find("#current .stopped"))
            assert server.gone.wait(10)
            assert browser.run(find("#current .draft")) is False
            browser.wait_for(find("#question .submit-button"))
            assert browser.run("document.querySelector('#question textarea').value") == "Die Falle?"
            browser.run("document.querySelector('#question textarea').focus()")
            settle()
            browser.ask("", 1)
            browser.wait_for(find("#current .refused"))
            assert browser.run("window.hit === undefined")
            assert browser.run(find("#current img")) is False
            server.gone.clear()
            browser.send(ASKED)
            browser.wait_for("document.querySelector('#current .draft p')?.innerText.length > 20")
            browser.run("document.querySelector('[data-press=new]').click()")
            assert server.gone.wait(10)
            browser.wait_for(
                f"!{find('.turn')} && {find('.choice [data-mode=llm][aria-pressed=true]')}"
            )
            hosts = {urlsplit(url).hostname for url in browser.requests if url.startswith("http")}
            assert hosts == {"127.0.0.1"}
            server.gone.clear()
            browser.run("document.querySelector('#question textarea').focus()")
            settle()
            browser.send(ASKED)
            browser.wait_for("document.querySelector('#current .draft p')?.innerText.length > 20")
            browser.call("Page.navigate", url="about:blank")
            assert server.gone.wait(10)
