"""What `tests/loading.py` asks a page, and that the page bears it; how fast, it measures itself."""

from __future__ import annotations

import asyncio
import os
from statistics import fmean

import httpx
import pytest

from tests import loading
from tests.chatdouble import ARTICLES, Chat
from tests.test_app import open_server
from wortlaut.rag.desk.conversations import Conversations
from wortlaut.rag.desk.store import Desk

LARGEST_PAGE = 250_000


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


def test_what_fails_is_counted(crowd, monkeypatch):
    monkeypatch.setattr(loading, "QUESTIONS", ("Was sagte Vesk?", "kaputt"))
    told = asyncio.run(crowd.run(2, questions=8))
    assert (told["questions"], told["errors"]) == (8, 4)


def test_the_page_names_its_script_once_and_each_part_only_calls_it(served):
    config = httpx.get(f"{served[0]}/config").json()
    scripts = [part["props"].get("js_on_load") for part in config["components"]]
    scripts = [script for script in scripts if script]
    assert len(scripts) > 15
    assert max(map(len, scripts)) < 1000
    assert config["head"].count("function startWortlautPart(") == 1
    assert len(httpx.get(served[0]).content) < LARGEST_PAGE


def test_gradio_does_not_count_all_events_of_the_past_after_each(served, crowd, monkeypatch):
    from gradio.queueing import Queue

    counted = []
    monkeypatch.setattr(Queue, "_get_df", staticmethod(counted.append))
    asyncio.run(crowd.run(1, questions=3))
    assert crowd.errors == 0
    assert counted == []


def test_what_is_kept_is_written_ahead_and_nobody_waits_for_the_disk(tmp_path):
    desk = Desk(tmp_path)
    assert desk.read("PRAGMA journal_mode") == [("wal",)]
    assert desk.read("PRAGMA synchronous") == [(1,)]
    desk.close()
