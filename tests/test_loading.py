"""What `tests/loading.py` asks a page, and that the page bears it; how fast, it measures itself."""

from __future__ import annotations

import asyncio
import gc
import os
import re
from statistics import fmean
from types import SimpleNamespace

import httpx
import pytest
from gradio.utils import LRUCache

from tests import loading
from tests.chatdouble import ARTICLES, Chat
from tests.test_app import open_server
from wortlaut.rag.desk.conversations import Conversations
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.browser import app
from wortlaut.ui.browser.app import _Forgetful, find_give_back
from wortlaut.ui.browser.receiving import raise_style
from wortlaut.ui.gate.paths import STREAM_PATH

LARGEST_PAGE = 80_000
FOR_GOOD = "private, max-age=31536000, immutable"


class Fragile(Chat):
    """Fails at a question with "kaputt" in it."""

    def stream(self, question, *args, **values):
        if "kaputt" in question:
            raise RuntimeError("inner workings")
        yield from super().stream(question, *args, **values)


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    chat = Fragile(ARTICLES)
    desk = Desk(tmp_path_factory.mktemp("kept"))
    with open_server(chat, desk) as address:
        yield address, chat, desk
    desk.close()


@pytest.fixture
def crowd(served):
    return loading.Crowd(served[0], os.getpid())


def test_many_conversations_ask_at_once_and_each_is_answered_and_kept(served, crowd):
    _, chat, desk = served
    told = asyncio.run(crowd.run(12, questions=36))
    assert (told["questions"], told["errors"]) == (36, 0)
    assert len(chat.asked) == 36
    assert set(loading.QUESTIONS) == {question for question, _, _ in chat.asked}
    # Each is a browser of its own, with a conversation of its own.
    kept = desk.read("SELECT conversation, count(*) FROM turns GROUP BY conversation")
    assert len(kept) == 12
    assert sum(count for _, count in kept) == 36
    owners = desk.read("SELECT DISTINCT owner FROM conversations")
    assert len(owners) == 12
    turns = Conversations(desk).read_turns(kept[0][0])
    assert all(turn["turn"]["answer"] for turn in turns)


def test_a_question_brings_no_more_after_many_turns(crowd):
    asyncio.run(crowd.run(1, questions=24))
    assert crowd.errors == 0
    assert fmean(crowd.sizes[-6:]) < 1.2 * fmean(crowd.sizes[:6])
    assert max(crowd.sizes) < 100_000


def list_queues():
    from gradio.queueing import Queue

    return [one for one in gc.get_objects() if isinstance(one, Queue)]


def test_of_what_was_answered_gradio_keeps_no_record(crowd):
    told = asyncio.run(crowd.run(6, questions=18))
    assert told["errors"] == 0
    queues = list_queues()
    assert sum(queue.events_recorded for queue in queues) >= 18
    for queue in queues:
        assert len(queue.event_analytics) <= 1
        assert not queue.event_ids_to_events


def test_only_pages_that_are_known_no_more_are_forgotten():
    blocks = SimpleNamespace(_queue=SimpleNamespace(
        pending_event_ids_session={"waits": {"1"}, "told": set(), "unread": set()},
        pending_messages_per_session=LRUCache(3),
    ))  # fmt: skip
    queue = blocks._queue
    for name in ("waits", "told", "unread"):
        queue.pending_messages_per_session[name] = asyncio.Queue()
    queue.pending_messages_per_session["unread"].put_nowait("news")

    async def end(*_):
        pass

    def close(name):
        scope = {"type": "http", "path": f"/below{STREAM_PATH}",
                 "query_string": f"session_hash={name}".encode()}  # fmt: skip
        asyncio.run(_Forgetful(end, blocks)(scope, None, None))

    for name in ("waits", "told", "unread", "nobody", ""):
        close(name)
    # What was told all may have an answer that was stopped and ends only now.
    assert set(queue.pending_event_ids_session) == {"waits", "told", "unread"}
    assert set(queue.pending_messages_per_session) == {"waits", "told", "unread"}
    # Those that went before they were told are not kept for ever either.
    for number in range(4):
        queue.pending_event_ids_session[f"gone{number}"] = {"1"}
    close("nobody")
    assert set(queue.pending_event_ids_session) == {"waits", "told", "unread"}


def test_free_memory_goes_back_to_the_system_after_so_many_answers(monkeypatch):
    given = []
    monkeypatch.setattr(app, "find_give_back", lambda: lambda: given.append(1))
    queue = SimpleNamespace(pending_event_ids_session={}, pending_messages_per_session=LRUCache(3))

    async def end(*_):
        pass

    async def answer(count):
        served = _Forgetful(end, SimpleNamespace(_queue=queue))
        for _ in range(count):
            await served({"type": "http", "path": STREAM_PATH}, None, None)
            await served({"type": "http", "path": "/other"}, None, None)
        await asyncio.get_running_loop().shutdown_default_executor()

    asyncio.run(answer(199))
    assert given == []
    asyncio.run(answer(400))
    assert given == [1, 1]


def test_what_gives_memory_back_may_be_missing(monkeypatch):
    assert find_give_back()() in (0, 1, None)
    for error in (AttributeError, OSError, TypeError):

        def lack(*_, error=error):
            raise error

        monkeypatch.setattr("ctypes.CDLL", lack)
        assert find_give_back()() is None


def test_what_fails_is_counted(crowd, monkeypatch):
    monkeypatch.setattr(loading, "QUESTIONS", ("Was sagte Vesk?", "kaputt"))
    told = asyncio.run(crowd.run(2, questions=8))
    assert (told["questions"], told["errors"]) == (8, 4)


def test_the_page_is_small_and_brings_script_and_style_as_files_to_keep(served):
    config = httpx.get(f"{served[0]}/config").json()
    scripts = [part["props"].get("js_on_load") for part in config["components"]]
    scripts = [script for script in scripts if script]
    assert len(scripts) > 15
    assert max(map(len, scripts)) < 1000
    assert not config["head"]
    assert not config["css"]
    page = httpx.get(served[0])
    assert len(page.content) < LARGEST_PAGE
    assert "cache-control" not in page.headers
    for name, has in (("script.js", "function startWortlautPart("), ("style.css", ".welcome")):
        (found,) = re.findall(rf'"(page/{name}\?v=[0-9a-f]+)"', page.text)
        answer = httpx.get(f"{served[0]}/{found}")
        assert has in answer.text
        assert answer.headers["cache-control"] == FOR_GOOD
        assert "cache-control" not in httpx.get(f"{served[0]}/page/{name}").headers
    (found,) = re.findall(r"assets/index-\w+\.js", page.text)
    assert httpx.get(f"{served[0]}/{found}").headers["cache-control"] == FOR_GOOD
    lacking = httpx.get(f"{served[0]}/assets/none.js")
    assert "cache-control" not in lacking.headers


def test_the_page_links_the_theme_by_the_name_that_gradio_looks_for(served):
    config = httpx.get(f"{served[0]}/config").json()
    theme = f"{served[0]}/theme.css?v={config['theme_hash']}"
    # Its script loads it once more unless it finds exactly this.
    assert f'<link rel="stylesheet" href="{theme}">' in httpx.get(served[0]).text
    assert httpx.get(theme).headers["cache-control"] == FOR_GOOD


def test_one_event_serves_all_parts_that_send_it(served):
    config = httpx.get(f"{served[0]}/config").json()
    targets = [tuple(target) for one in config["dependencies"] for target in one["targets"]]
    names = [target for target in targets if target[0] is not None and target[1] != "load"]
    assert len(set(names)) == len(names)
    assert len(config["dependencies"]) < 50
    # Each follower is of one event too: of all ways to ask there are two.
    assert sum(one["trigger_after"] is not None for one in config["dependencies"]) < 6


STYLE = """
/* .gone { } */
.top, button:is(a, .b) { color: red; }
.dark .top { color: white; }
@media (max-width: 9rem) { .top { margin: 0; } .a:has(> .b), .c { margin: 1px } }
@keyframes breathe { 50% { opacity: .25; } }
"""


def test_the_style_counts_for_more_than_gradios_where_the_parts_are():
    within = ".gradio-container.gradio-container .contain"
    raised = raise_style(STYLE)
    assert [" ".join(line.split()) for line in raised.splitlines() if line.strip()] == [
        f".top, button:is(a, .b), {within} .top, {within} button:is(a, .b) {{ color: red; }}",
        f".dark .top, .dark {within} .top {{ color: white; }}",
        f"@media (max-width: 9rem) {{{within} .top {{ margin: 0; }}",
        f"{within} .a:has(> .b), {within} .c {{ margin: 1px }}",
        "}",
        "@keyframes breathe { 50% { opacity: .25; } }",
    ]


def test_all_of_the_pages_own_style_is_raised(served):
    raised = httpx.get(f"{served[0]}/page/style.css").text
    assert raised.count("{") == raised.count("}") > 400
    for selectors in re.findall(r"([^{}]+)\{", raised):
        # Cut at commas where it may be cut.
        assert selectors.count("(") == selectors.count(")")
    assert "/*" not in raised


def test_what_is_asked_in_no_known_way_is_not_answered(served):
    address, chat, _ = served
    config = httpx.get(f"{address}/config").json()
    number = next(one["id"] for one in config["dependencies"] if one["api_name"] == "ask_any")
    asked = len(chat.asked)
    for way in ("start", "__init__", 3, None, [], {}):
        body = {"data": [None], "fn_index": number, "session_hash": "strange",
                "event_data": {"way": way, "question": ""}}  # fmt: skip
        assert httpx.post(f"{address}/gradio_api/queue/join", json=body).status_code == 200
        place = f"{address}/gradio_api/queue/data?session_hash=strange"
        with httpx.stream("GET", place) as stream:
            told = next(line for line in stream.iter_lines() if "process_completed" in line)
        assert '"success":true' in told
    assert len(chat.asked) == asked
