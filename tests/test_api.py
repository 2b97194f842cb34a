"""JSON over HTTP: the same objects as `--json`, by a real server, and plain words for what is wrong."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import terminal

from tests.chatdouble import PORT, Chat
from tests.test_app import build_server, open_app
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.config import Settings
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.api.app import build_api
from wortlaut.ui.api.asking import MOST_EARLIER, Answerer, Enquiry, keep_last
from wortlaut.ui.api.pool import AnswerPool
from wortlaut.ui.api.problems import Unanswered
from wortlaut.ui.api.schemas import (
    CheckedReceipt,
    FoundArticles,
    FoundPassages,
    FoundTimeline,
    ShownAnswer,
    ShownClaim,
    ShownFeedback,
    ShownReading,
    WholeArticle,
)
from wortlaut.ui.gate.paths import LARGEST_BODY

pytestmark = pytest.mark.usefixtures("unread")

LAVROV = "What did Lavrov say about guarantees?"
THEN = "And in 2022?"
TALBERG = "What did Talberg say?"
AS_JSON = {"content-type": "application/json"}
DAM = "„Der Damm hält“, sagte Ministerin Ortrud Falkenhain."


@pytest.fixture(scope="module")
def desk_folder(tmp_path_factory):
    return tmp_path_factory.mktemp("desk")


@pytest.fixture(scope="module")
def api(seeded, models, desk_folder, unread):
    """A client of a real server over the sample archive."""
    settings = Settings(data=seeded, models=models)
    with (
        closing(Desk(desk_folder)) as desk,
        open_app(build_api(open_chat(settings), settings, desk)) as address,
        httpx.Client(base_url=address + "/api/v1", timeout=60) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def double():
    """A client of a real server over a made-up chat."""
    with (
        open_app(build_api(Chat())) as address,
        httpx.Client(base_url=address + "/api/v1") as client,
    ):
        yield client


def run_json(*arguments, data):
    """What the command line prints, an object a line."""
    done = terminal.run(*arguments, "--json", data=data)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def leave_out_times(row):
    return {name: value for name, value in row.items() if name != "timings_ms"}


def read_events(text):
    """The events of a stream: name and data."""
    blocks = [block.split("\n") for block in text.strip().split("\n\n")]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in blocks
    ]


# The same as the command line


def test_a_conversation_gets_the_objects_that_the_command_line_prints(api, seeded):
    printed = run_json("ask", LAVROV, THEN, data=seeded)
    first = api.post("/ask", json={"question": LAVROV}).json()
    second = api.post("/ask", json={"question": THEN, "history": [LAVROV]}).json()
    assert [leave_out_times(row) for row in (first, second)] == list(map(leave_out_times, printed))
    assert second["understood"]["speakers"] == ["Sergej Lawrow"]
    assert second["citations"]
    assert set(first["timings_ms"]) == set(printed[0]["timings_ms"])
    ShownAnswer.model_validate(first)


def test_filters_bind_as_they_do_on_the_command_line(api, seeded):
    flags = ["--since", "2022", "--until", "2022-12", "--language", "de", "--speaker", "Lawrow"]
    printed = run_json("ask", "Was sagte er?", *flags, data=seeded)
    asked = {"question": "Was sagte er?", "since": "2022", "until": "2022-12"}
    got = api.post("/ask", json=asked | {"language": "de", "speaker": "Lawrow"}).json()
    assert leave_out_times(got) == leave_out_times(printed[0])
    assert {citation["published"][:4] for citation in got["citations"]} == {"2022"}


def test_an_abstention_is_an_answer(api):
    got = api.post("/ask", json={"question": "Who won the chess tournament in Kestrien?"})
    assert got.status_code == 200
    assert got.json()["abstained"]
    assert got.json()["citations"] == []


def test_found_passages_and_a_timeline_are_as_printed(api, seeded):
    found = api.get("/search", params={"q": "Sicherheitsgarantien", "limit": 3, "since": 2026})
    assert found.json()["passages"] == run_json(
        "search", "Sicherheitsgarantien", "--limit", 3, "--since", 2026, data=seeded
    )
    assert FoundPassages.model_validate(found.json()).passages
    asked = {"speaker": "Lavrov", "beside": "Rubio", "topic": "guarantees"}
    lines = api.get("/timeline", params=asked)
    assert lines.json()["statements"] == run_json(
        "timeline", "--speaker", "Lavrov", "--beside", "Rubio", "--topic", "guarantees", data=seeded
    )
    assert FoundTimeline.model_validate(lines.json()).statements


def test_articles_are_listed_page_by_page_as_they_are_printed(api, seeded):
    printed = run_json("articles", data=seeded)
    listed, offset = [], 0
    while offset is not None:
        page = api.get("/articles", params={"limit": 5, "offset": offset}).json()
        assert len(FoundArticles.model_validate(page).articles) <= 5
        listed += page["articles"]
        offset = page["next"]
    assert listed == printed
    assert len(listed) > 10


@pytest.mark.parametrize("language", [None, "de"])
def test_pages_of_a_language_lack_and_repeat_nothing(api, seeded, language):
    asked = {"language": language} if language else {}
    flags = ["--language", language] if language else []
    printed = run_json("articles", "--speaker", "Lawrow", *flags, data=seeded)
    pages = [
        api.get("/articles", params={"speaker": "Lawrow", "limit": 1, "offset": n} | asked).json()
        for n in range(len(printed) + 1)
    ]
    assert [row for page in pages for row in page["articles"]] == printed
    assert [page["next"] for page in pages[-2:]] == [None, None]


def test_an_article_is_had_by_its_id_or_the_beginning_of_it(api, seeded):
    identity = api.get("/articles", params={"limit": 1}).json()["articles"][0]["id"]
    whole = api.get(f"/article/{identity}").json()
    assert [whole] == run_json("article", identity, data=seeded)
    assert api.get(f"/article/{identity[:8]}").json() == whole
    assert WholeArticle.model_validate(whole).statements


def test_who_says_what_in_a_text_that_is_in_no_archive(api, tmp_path, seeded):
    got = api.post("/statements", json={"text": DAM}).json()
    done = terminal.run("statements", "-", "--json", stdin=json.dumps({"text": DAM}))
    assert got == json.loads(done.stdout)
    assert ShownReading.model_validate(got).statements[0].speaker == "Ortrud Falkenhain"


def test_a_receipt_holds_until_it_is_changed(api, seeded, tmp_path):
    file = tmp_path / "receipt.json"
    run_json("ask", LAVROV, THEN, "--receipt", file, data=seeded)
    printed = run_json("verify", file, data=seeded)
    for params in ({}, {"quick": True}):
        got = api.post("/verify", content=file.read_bytes(), params=params).json()
        assert got == printed[0] | {"path": "-"}
        assert CheckedReceipt.model_validate(got).ok
    forged = file.read_bytes().replace(b"Mit einem Durchbruch", b"Ohne einen Durchbruch")
    got = api.post("/verify", content=forged).json()
    assert not got["ok"]
    assert got["findings"]


def test_a_claim_is_judged_by_the_words_that_it_cites(api):
    identity = api.post("/ask", json={"question": LAVROV}).json()["citations"][3]
    cited = {name: identity[name] for name in ("article_id", "start", "end", "text_sha256")}

    def judge(claim):
        got = api.post("/verify", json={"claim": claim, "citations": [cited]}).json()
        return ShownClaim.model_validate(got).verdict

    assert judge("Lavrov said that he expects no breakthrough.") == "supported"
    assert judge("Rubio said that he expects no breakthrough.") != "supported"
    assert judge("Lavrov said that he expects a breakthrough on 14 May.") != "supported"
    stale = {"claim": "He said so.", "citations": [cited | {"text_sha256": "0" * 64}]}
    assert api.post("/verify", json=stale).status_code == 409
    beyond = {"claim": "He said so.", "citations": [cited | {"end": 10**6}]}
    assert api.post("/verify", json=beyond).status_code == 422
    unknown = {"claim": "He said so.", "citations": [{"article_id": "no", "start": 0, "end": 1}]}
    assert api.post("/verify", json=unknown).status_code == 404


def test_feedback_is_kept_changed_listed_and_taken_back(api, desk_folder):
    answer = api.post("/ask", json={"question": THEN, "history": [LAVROV]}).json()
    opinion = {"question": THEN, "history": [LAVROV], "answer": answer["answer"]}
    given = api.post("/feedback", json=opinion | {"verdict": "down", "comment": "too long"})
    assert ShownFeedback.model_validate(given.json()).earlier == [LAVROV]
    assert len(given.json()["filters"]) == 2
    assert given.json()["answer"]["answer"] == answer["answer"]
    api.post("/feedback", json=opinion | {"verdict": "up"})
    listed = api.get("/feedback").json()["feedback"]
    assert [one["verdict"] for one in listed] == ["up"]
    assert run_json("feedback", data=desk_folder) == listed
    other = api.post("/feedback", json=opinion | {"verdict": "up", "answer": "Something else."})
    assert other.status_code == 409
    assert api.post("/feedback", json=opinion | {"verdict": None}).status_code == 204
    assert api.get("/feedback").json() == {"feedback": []}


# As a stream


@pytest.mark.parametrize("how", [{"stream": True}, {}], ids=["by the body", "by the header"])
def test_a_stream_grows_and_ends_with_the_whole_answer(api, how):
    headers = {} if how else {"accept": "text/event-stream"}
    got = api.post("/ask", json={"question": LAVROV} | how, headers=headers)
    assert got.headers["content-type"].startswith("text/event-stream")
    *growing, (last, whole) = read_events(got.text)
    assert {name for name, _ in growing} == {"growing"}
    texts = [data["answer"] for _, data in growing]
    assert len(texts) > 3
    assert all(b.startswith(a) for a, b in pairwise(texts))
    assert last == "answer"
    assert whole["answer"] == texts[-1]
    plain = api.post("/ask", json={"question": LAVROV}).json()
    assert leave_out_times(whole) == leave_out_times(plain)


def test_what_is_wrong_from_the_start_is_no_stream(api):
    got = api.post("/ask", json={"question": LAVROV, "source": "Nobody", "stream": True})
    assert (got.status_code, got.headers["content-type"]) == (400, "application/problem+json")


def test_a_stream_that_breaks_says_so():
    class Broken(Chat):
        def stream(self, *arguments):
            yield self.ask(TALBERG)
            raise RuntimeError("inner workings")

    with open_app(build_api(Broken())) as address:
        got = httpx.post(f"{address}/api/v1/ask", json={"question": TALBERG, "stream": True})
    (_, _), (last, problem) = read_events(got.text)
    assert (last, problem["status"]) == ("error", 500)
    assert "inner workings" not in got.text


# What is wrong


@pytest.mark.parametrize(
    ("method", "path", "sent", "status", "said"),
    [
        ("GET", "/nothing", {}, 404, "openapi.json"),
        ("GET", "", {}, 404, "/api/v1/openapi.json"),
        ("GET", "/ask", {}, 405, "GET is not for"),
        ("POST", "/ask", {"json": {}}, 422, "#/question"),
        ("POST", "/ask", {"json": {"question": ""}}, 422, "#/question"),
        ("POST", "/ask", {"json": {"question": "x" * 2001}}, 422, "2000"),
        ("POST", "/ask", {"content": rb'{"question": "\ud800"}', "headers": AS_JSON}, 422, "#/question"),
        ("POST", "/ask", {"json": {"question": "x", "quotes": 3}}, 422, "#/quotes"),
        ("POST", "/ask", {"json": {"question": "x", "history": ["x"] * 33}}, 422, "#/history"),
        ("POST", "/ask", {"json": {"question": "x", "since": "last week"}}, 422, "since: no date; write it like"),
        ("POST", "/ask", {"json": {"question": "x", "since": "2026-02-31"}}, 400, "since '2026-02-31'"),
        ("POST", "/ask", {"json": {"question": "x", "since": "2027", "until": "2026"}}, 400, "swap"),
        ("POST", "/ask", {"json": {"question": "x", "source": "Nobody"}}, 400, "there are: "),
        ("POST", "/ask", {"json": {"question": "   "}}, 400, "ask something"),
        ("POST", "/ask", {"json": {"question": "x", "mode": "llm"}}, 400, "WORTLAUT_LLM_BASE_URL"),
        ("POST", "/ask", {"json": {"question": "x", "mode": "poem"}}, 422, "#/mode"),
        ("POST", "/ask", {"content": b"{", "headers": AS_JSON}, 422, "JSON"),
        ("POST", "/ask", {"content": b"[" * 90_000, "headers": AS_JSON}, 400, "pars"),
        ("POST", "/ask", {"content": b"question=x"}, 422, "object"),
        ("GET", "/search", {}, 422, "q: "),
        ("GET", "/search", {"params": {"q": "x", "limit": 0}}, 422, "limit"),
        ("GET", "/search", {"params": {"q": "x", "page": 2}}, 422, "page"),
        ("GET", "/timeline", {}, 422, "speaker"),
        ("GET", "/timeline", {"params": {"speaker": "x", "source": "Nobody"}}, 400, "there are: "),
        ("GET", "/articles", {"params": {"offset": -1}}, 422, "offset"),
        ("GET", "/articles", {"params": {"language": "../x"}}, 422, "language"),
        ("GET", "/article/zzzz", {}, 404, "/api/v1/articles lists the ids"),
        ("GET", "/article/a/b", {}, 404, "/api/v1/articles lists the ids"),
        ("POST", "/statements", {"json": {"text": ""}}, 422, "#/text"),
        ("POST", "/verify", {"content": b"no"}, 422, "no JSON"),
        ("POST", "/verify", {"json": {"claim": "x"}}, 422, "#/citations"),
        ("POST", "/verify", {"json": {"format": "wortlaut-receipt/9"}}, 400, "reads wortlaut-receipt"),
        ("POST", "/verify", {"json": {"format": "wortlaut-receipt/2"}}, 400, "damaged receipt"),
        ("POST", "/feedback", {"json": {"question": "x"}}, 422, "#/verdict"),
        ("POST", "/feedback", {"json": {"question": "x", "verdict": "great"}}, 422, "#/verdict"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_as_problem_details(api, method, path, sent, status, said):
    got = api.request(method, path, **sent)
    assert (got.status_code, got.headers["content-type"]) == (status, "application/problem+json")
    problem = got.json()
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail"}
    assert problem["status"] == status
    assert said in problem["detail"], problem["detail"]
    assert "\n" not in problem["detail"]
    if status == 405:
        assert got.headers["allow"] == "POST"


def test_more_than_a_body_may_hold_is_refused_before_it_is_read(double):
    much = b"x" * (LARGEST_BODY + 1)
    for content in (much, iter([much])):
        got = double.post("/ask", content=content)
        assert (got.status_code, got.headers["content-type"]) == (413, "application/problem+json")


def test_what_nobody_foresaw_is_told_without_its_inner_workings(double, caplog):
    got = double.post("/ask", json={"question": "absturz"})
    assert got.status_code == 500
    assert "inner workings" not in got.text
    assert "inner workings" in caplog.text
    assert double.post("/ask", json={"question": TALBERG}).status_code == 200


def test_a_server_for_others_does_not_say_where_its_files_are():
    with open_app(build_api(Chat(), show_paths=False)) as address:
        got = httpx.post(f"{address}/api/v1/ask", json={"question": TALBERG})
    assert PORT.path
    assert PORT.path not in got.text
    assert [citation["path"] for citation in got.json()["citations"]] == ["", "", ""]


# Beside the page, and alone


@pytest.fixture(scope="module")
def page():
    """A client of the page's server."""
    with open_app(build_server(Chat())) as address, httpx.Client(base_url=address) as client:
        yield client


def test_the_page_has_the_api_beside_it_behind_the_same_gate(page):
    asked = {"question": TALBERG}
    assert page.post("/api/v1/ask", json=asked).json()["citations"]
    assert page.get("/v1/models").json()["object"] == "list"
    for headers, status in (
        ({"host": "evil.example"}, 400), ({"origin": "http://evil.example"}, 403),
    ):  # fmt: skip
        got = page.post("/api/v1/ask", json=asked, headers=headers)
        assert (got.status_code, got.headers["content-type"]) == (
            status, "application/problem+json",
        )  # fmt: skip
    much = b"x" * (LARGEST_BODY + 1)
    assert page.post("/api/v1/ask", content=much).status_code == 413
    for path in ("/api/v1/docs", "/api/v1/redoc", "/openapi.json", "/v1/openapi.json"):
        assert page.get(path).status_code == 404


def test_articles_without_an_address_are_cited_at_the_page(page):
    asked = {"messages": [{"role": "user", "content": TALBERG}]}
    done = page.post("/v1/chat/completions", json=asked).json()
    url = done["choices"][0]["message"]["annotations"][2]["url_citation"]["url"]
    place = urlsplit(url)
    assert place.path == "/a/bridge"
    assert re.fullmatch(r"0-\d+-[0-9a-f]{8}", place.fragment)
    assert page.get(place.path).status_code == 200


def test_feedback_by_a_browser_is_its_own_and_no_other_programs(page):
    cookie = {"cookie": f"wortlaut={'a' * 32}"}
    opinion = {"question": TALBERG, "verdict": "up"}
    page.post("/api/v1/feedback", json=opinion, headers=cookie)
    assert len(page.get("/api/v1/feedback", headers=cookie).json()["feedback"]) == 1
    assert page.get("/api/v1/feedback").json() == {"feedback": []}


def test_serve_answers_alone_and_loads_no_gradio(seeded, models):
    command = [sys.executable, "-X", "importtime", "-m", "wortlaut.ui.terminal.cli"]
    command += ["--data", str(seeded), "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        told: list[str] = []
        reader = threading.Thread(target=lambda: told.extend(process.stderr), daemon=True)
        reader.start()
        address = re.search(r"http://\S+", process.stdout.readline())[0]
        assert httpx.get(f"{address}/api/v1/articles").json()["articles"]
        assert httpx.get(address).status_code == 404
        process.send_signal(signal.SIGINT)
        process.wait(20)
        reader.join(20)
    loaded = {line.rpartition("|")[2].strip() for line in told if line.startswith("import time:")}
    assert "fastapi" in loaded
    assert loaded.isdisjoint({"gradio", "torch", "llama_index.core"})
    assert "Traceback" not in "".join(told)


# At once, and gone


def test_two_hundred_connections_at_once_are_all_answered(double):
    async def ask_all():
        limits = httpx.Limits(max_connections=200)
        base = str(double.base_url)
        async with httpx.AsyncClient(base_url=base, limits=limits, timeout=60) as client:
            asked = [client.post("/ask", json={"question": TALBERG}) for _ in range(200)]
            return await asyncio.gather(*asked)

    answers = asyncio.run(ask_all())
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["answer"] for answer in answers}) == 1


class Endless(Chat):
    """Goes on until nobody listens; then `closed` is set."""

    def __init__(self):
        super().__init__()
        self.begun, self.closed = threading.Event(), threading.Event()

    def stream(self, *arguments):
        try:
            answer = self.ask(TALBERG)
            while True:
                self.begun.set()
                yield answer
                time.sleep(0.005)
        finally:
            self.closed.set()


@pytest.mark.parametrize("stream", [True, False])
def test_whoever_goes_away_has_the_work_stopped(stream):
    chat = Endless()
    with open_app(build_api(chat)) as address:
        body = json.dumps({"question": TALBERG, "stream": stream}).encode()
        place = urlsplit(address)
        with socket.create_connection((place.hostname, place.port)) as connection:
            connection.sendall(
                b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
                b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body
            )
            assert chat.begun.wait(10)
            assert not chat.closed.is_set()
        assert chat.closed.wait(10)


async def never_gone():
    return False


def test_more_than_may_wait_are_told_to_come_again():
    go_on = threading.Event()

    async def ask():
        pool = AnswerPool(workers=1, waiting=1)
        jobs = [
            asyncio.create_task(pool.call(lambda: go_on.wait(10), never_gone)) for _ in range(2)
        ]
        await asyncio.sleep(0)
        with pytest.raises(Unanswered) as refused:
            await pool.call(lambda: True, never_gone)
        go_on.set()
        return refused.value, await asyncio.gather(*jobs), await pool.call(lambda: 7, never_gone)

    refused, done, after = asyncio.run(ask())
    assert (refused.status, refused.headers) == (503, {"retry-after": "5"})
    assert (done, after) == ([True, True], 7)


def test_a_place_is_free_again_after_one_who_waited_has_gone():
    go_on, present = threading.Event(), [True]

    async def is_gone():
        return not present[0]

    async def ask():
        pool = AnswerPool(workers=1, waiting=5)
        working = asyncio.create_task(pool.call(lambda: go_on.wait(10), never_gone))
        waiting = asyncio.create_task(pool.call(lambda: 1, is_gone))
        await asyncio.sleep(0)
        present[0] = False
        with pytest.raises(Unanswered):
            await waiting
        go_on.set()
        return await working, await pool.call(lambda: 2, never_gone)

    assert asyncio.run(ask()) == (True, 2)


def test_a_place_is_free_again_where_no_thread_could_begin(monkeypatch):
    async def ask():
        pool = AnswerPool(workers=1)
        with monkeypatch.context() as patched:
            patched.setattr(threading.Thread, "start", refuse)
            with pytest.raises(Unanswered) as refused:
                await pool.call(lambda: 1, never_gone)
        return refused.value.status, await pool.call(lambda: 2, never_gone)

    def refuse(thread):
        raise RuntimeError("can't start new thread")

    assert asyncio.run(ask()) == (503, 2)


# What is remembered


def test_an_earlier_question_is_answered_once_as_long_as_the_archive_is_the_same():
    chat = Chat()
    answerer = Answerer(chat)
    answerer.ask(Enquiry(TALBERG))
    answerer.ask(Enquiry("And in 2027?", (TALBERG,)))
    assert [question for question, *_ in chat.asked] == [TALBERG, "And in 2027?"]
    assert chat.asked[-1][1] == [TALBERG]
    chat.archive.newest_change += 1
    answerer.ask(Enquiry("And in 2027?", (TALBERG,)))
    assert [question for question, *_ in chat.asked[2:]] == [TALBERG, "And in 2027?"]


@pytest.mark.usefixtures("unread")
def test_a_conversation_is_known_as_long_as_its_last_answer_is(seeded, models):
    answerer = Answerer(open_chat(Settings(data=seeded, models=models)), remembered=1)
    asked = []
    answerer.chat.listener = lambda question, answer: asked.append(question)
    turns = ("What did Lavrov say about guarantees?", "And in 2022?", "And in 2026?")
    for number, question in enumerate(turns):
        answer = answerer.ask(Enquiry(question, turns[:number]))
    assert asked == list(turns)
    assert [one.question for one in answer.asking.history] == list(turns[:2])
    whole = Answerer(answerer.chat).ask(Enquiry(turns[2], turns[:2]))
    assert (answer.text, answer.query) == (whole.text, whole.query)


def test_earlier_questions_of_one_who_has_gone_are_not_answered():
    chat, gone = Chat(), []

    def is_left():
        gone.append(len(chat.asked))
        return len(gone) > 2

    questions = (TALBERG, "Die Falle?", "And in 2027?", "And then?")
    assert list(Answerer(chat).stream(Enquiry(TALBERG, questions), is_left)) == []
    assert [question for question, *_ in chat.asked] == [TALBERG, "Die Falle?"]


def test_a_thread_is_told_that_whoever_asked_has_gone():
    begun, told = threading.Event(), threading.Event()

    def wait_until(is_left):
        begun.set()
        while not is_left():
            told.wait(0.01)
        told.set()
        yield from ()

    async def is_gone():
        return begun.is_set()

    async def ask():
        with pytest.raises(Unanswered):
            await AnswerPool(workers=1).run(wait_until, is_gone)

    asyncio.run(ask())
    assert told.wait(10)


def test_an_earlier_question_that_was_none_is_left_out():
    chat = Chat()
    Answerer(chat).ask(Enquiry(TALBERG, ("fehler",)))
    assert chat.asked[-1][:2] == (TALBERG, [])


def test_no_more_is_remembered_than_was_said():
    chat = Chat()
    answerer = Answerer(chat, remembered=1)
    for question in (TALBERG, "Die Falle?"):
        answerer.ask(Enquiry(question))
    assert answerer.recall(Enquiry(TALBERG)) is None
    assert answerer.recall(Enquiry("Die Falle?")) is not None


def test_of_a_long_conversation_the_last_questions_count_and_stay_the_same_for_a_while():
    turns = tuple(map(str, range(100)))
    assert keep_last(turns[:MOST_EARLIER]) == turns[:MOST_EARLIER]
    kept = [keep_last(turns[:length]) for length in range(1, 101)]
    assert all(turns[length - 1] == some[-1] for length, some in enumerate(kept, 1))
    assert max(map(len, kept)) == MOST_EARLIER
    # Another beginning for every sixth question: (100 - 12) / 6, rounded up, and the first.
    assert len({some[0] for some in kept}) == 16


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_what_the_page_about_it_shows_is_done(api, seeded, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("WORTLAUT_DATA", str(seeded))
    text = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
    address = f"{api.base_url.scheme}://{api.base_url.netloc.decode()}"
    shown = re.findall(r"test_api.py runs it[^\n]*\n```(\w+)\n(.*?)^```$", text, re.M | re.S)
    assert [kind for kind, _ in shown] == ["sh", "python", "python"]
    for kind, code in shown:
        code = code.replace("http://127.0.0.1:7860", address)
        if kind == "python":
            exec(compile(code, "api.md", "exec"), {})
            continue
        for line in code.splitlines():
            program, *arguments = shlex.split(line)
            if program == "wortlaut":
                assert terminal.run(*arguments).returncode == 0
                continue
            done = subprocess.run([program, "-sS", "--fail-with-body", *arguments],
                                  capture_output=True, text=True)  # fmt: skip
            assert done.returncode == 0, done.stdout + done.stderr
    printed = capsys.readouterr().out
    assert "Sergej Lawrow 2026-01-29 Falls es nur" in printed
    assert "\nsupported\n" in printed
    assert re.search(r"^\[1\] Wortlaut · 29 January 2026: .* http", printed, re.M)


def test_what_serving_costs_is_measured(seeded, monkeypatch):
    monkeypatch.setattr("wortlaut.eval.serving._ROUNDS", 1)
    told = run_json("eval", "serving", "--questions", 6, "--connections", 3, data=seeded)[0]
    assert (told["questions"], told["errors"], told["first_error"]) == (6, 0, None)
    assert told["http_vs_inside"] == pytest.approx(
        told["http_p50_ms"] / told["inside_p50_ms"], abs=0.01
    )
