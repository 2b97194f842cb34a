"""The archive in a Model Context Protocol client: the SDK's own, over standard input and over HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from urllib.parse import quote

import anyio
import httpx
import pytest
import terminal
from pydantic import BaseModel
from test_app import open_app

from wortlaut.index.article import Article, Span, hash_text
from wortlaut.index.errors import ConfigError
from wortlaut.rag.assembly import index_articles, open_chat
from wortlaut.rag.config import Settings
from wortlaut.ui.api.app import MCP_PATH as PATH
from wortlaut.ui.api.app import build_api
from wortlaut.ui.api.asking import Answerer
from wortlaut.ui.api.schemas import ShownAnswer
from wortlaut.ui.browser.app import build_server
from wortlaut.ui.gate.doors import Doors
from wortlaut.ui.mcp.server import build_mcp_app, build_mcp_server
from wortlaut.ui.mcp.tools import ArchiveTools, name_article

pytestmark = pytest.mark.usefixtures("unread")

QUESTION = "What did Lavrov say about guarantees?"
TEXT = "Der Damm hält, sagte Ministerin Ortrud Falkenhain am Montag in Olmstedt.\n"
OPENING = {
    "jsonrpc": "2.0", "id": 1, "method": "initialize",
    "params": {"protocolVersion": "2025-06-18", "capabilities": {},
               "clientInfo": {"name": "test", "version": "1"}},
}  # fmt: skip


@pytest.fixture(scope="module")
def chat(seeded, models):
    return open_chat(Settings(data=seeded, models=models, reader="none"))


@pytest.fixture(scope="module")
def address(chat):
    with open_app(build_mcp_app(Answerer(chat))) as address:
        yield address + PATH


def over_http(address, use, mode="auto"):
    """What the client makes of the server at the address."""
    return _run(address, use, mode)


def over_stdio(data, models, use, mode="auto"):
    """The same with a `wortlaut mcp` that the client starts itself."""
    from mcp.client.stdio import StdioServerParameters, stdio_client

    parameters = StdioServerParameters(
        command=sys.executable,
        args=["-m", "wortlaut.ui.terminal.cli", "--data", str(data), "mcp"],
        env=os.environ | {"WORTLAUT_MODELS": str(models), "WORTLAUT_READER": "none"},
    )
    return _run(stdio_client(parameters), use, mode)


def _run(server, use, mode):
    from mcp.client.client import Client

    async def main():
        async with Client(server, mode=mode) as client:
            return await use(client)

    return anyio.run(main)


def call(address, tool, **arguments):
    """The tool's result, which the client has held against the tool's schema."""
    return over_http(address, lambda client: client.call_tool(tool, arguments))


async def look_around(client):
    """Ask, and read what is cited at its address."""
    tools = (await client.list_tools()).tools
    asked = (await client.call_tool("ask", {"question": QUESTION})).structured_content
    read = {}
    for cited in asked["citations"]:
        uri = f"wortlaut://article/{cited['article_id']}/{cited['start']}-{cited['end']}"
        read[uri] = (await client.read_resource(uri)).contents[0].text, cited["quote"]
    templates = (await client.list_resource_templates()).resource_templates
    return tools, asked, read, templates


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_a_client_asks_over_http_and_reads_what_is_cited(address, chat, mode):
    tools, asked, read, templates = over_http(address, look_around, mode)
    assert [tool.name for tool in tools] == ["ask", "search", "timeline", "statements", "article"]
    assert all(tool.annotations.read_only_hint for tool in tools)
    assert all("data" in tool.description and tool.output_schema for tool in tools)
    assert asked["answer"] == chat.ask(QUESTION).text
    assert read
    assert all(text == quoted for text, quoted in read.values())
    assert {t.uri_template for t in templates} == {
        "wortlaut://article/{id}", "wortlaut://article/{id}/{start}-{end}",
    }  # fmt: skip


def test_a_client_that_starts_it_gets_the_same_over_standard_input(seeded, models, chat):
    tools, asked, read, _ = over_stdio(seeded, models, look_around)
    assert len(tools) == 5
    assert asked["answer"] == chat.ask(QUESTION).text
    assert read
    assert all(text == quoted for text, quoted in read.values())


def find_keys(value, model):
    """The keys of an object that its schema lacks, and the schema's that it lacks, all the way down."""
    differing = set(value) ^ set(model.model_fields)
    for name, field in model.model_fields.items():
        for inner in (field.annotation, *getattr(field.annotation, "__args__", ())):
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                rows = value[name] if isinstance(value[name], list) else [value[name]]
                differing |= {key for row in rows for key in find_keys(row, inner)}
    return differing


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        ("ask", {"question": QUESTION}),
        ("search", {"query": "Staudamm an der Olme"}),
        ("timeline", {"speaker": "Lavrov"}),
        ("statements", {"text": TEXT}),
    ],
)
def test_a_result_is_what_its_schema_says_and_as_text_the_same(address, chat, tool, arguments):
    result = call(address, tool, **arguments)
    (told,) = [each for each in ArchiveTools(Answerer(chat)).list_tools() if each.name == tool]
    assert find_keys(result.structured_content, told.result) == set()
    assert json.loads(result.content[0].text) == result.structured_content


def test_results_are_the_command_lines(address, seeded, models):
    def print_rows(*command):
        environment = {"WORTLAUT_MODELS": str(models), "WORTLAUT_READER": "none"}
        done = terminal.run(*command, "--json", data=seeded, **environment)
        return [json.loads(line) for line in done.stdout.splitlines()]

    asked = call(address, "ask", question=QUESTION).structured_content
    (printed,) = print_rows("ask", QUESTION)
    assert asked | {"timings_ms": 0} == printed | {"timings_ms": 0}
    found = call(address, "search", query="Staudamm", limit=3).structured_content
    assert found["passages"] == print_rows("search", "Staudamm", "--limit", "3")
    said = call(address, "timeline", speaker="Lavrov", since="2026").structured_content
    assert said["statements"] == print_rows("timeline", "--speaker", "Lavrov", "--since", "2026")
    (whole,) = print_rows("article", asked["citations"][0]["article_id"])
    read = call(address, "article", article_id=whole["id"][:10]).structured_content
    assert read == whole
    told = call(address, "statements", article_id=whole["id"]).structured_content["statements"]
    assert [{k: v for k, v in row.items() if k != "quote"} for row in told] == whole["statements"]
    assert [row["quote"] for row in told] == [whole["text"][r["start"] : r["end"]] for r in told]


def test_of_a_long_timeline_the_latest_are_told(address):
    every = call(address, "timeline", speaker="Lavrov").structured_content
    some = call(address, "timeline", speaker="Lavrov", limit=2).structured_content
    assert some == {"found": every["found"], "statements": every["statements"][-2:]}
    assert every["found"] > 2


def test_a_follow_up_is_understood_from_the_questions_before_it(address, chat):
    earlier = chat.ask(QUESTION)
    follow_up = "And what did Rubio say?"
    result = call(address, "ask", question=follow_up, history=[QUESTION])
    assert result.structured_content["answer"] == chat.ask(follow_up, [earlier]).text
    assert result.structured_content["understood"]["inherited"] == ["topic"]


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": " "}, "empty question"),
        (
            "ask",
            {"question": "Was?", "since": "soon"},
            "ask: since: no date; write it like 2026-01-29",
        ),
        ("ask", {"question": "Was?", "since": "2026-02-31"}, "'2026-02-31' is no date"),
        ("ask", {"question": "Was?", "since": "2026", "until": "2025"}, "swap them"),
        ("ask", {"question": "Was?", "mode": "llm"}, "no language model is set"),
        ("ask", {}, "ask: question: field required"),
        ("search", {"query": "Damm", "limit": 0}, "search: limit: "),
        ("search", {"query": "Damm", "where": "x"}, "there is no 'where'"),
        ("search", {"query": "Damm", "source": "Nix"}, "no article is from the source 'Nix'"),
        ("timeline", {"speaker": "Lavrov", "source": "Nix"}, "no article is from the source 'Nix'"),
        ("article", {"article_id": "zz"}, "no article's id begins with 'zz'"),
        ("statements", {}, "give either article_id or text"),
        ("forget", {}, "there is no tool 'forget'; there are: ask, search"),
    ],
)
def test_a_failure_is_one_line_that_the_model_reads(address, tool, arguments, said):
    result = call(address, tool, **arguments)
    assert result.is_error
    (content,) = result.content
    assert said in content.text
    assert "\n" not in content.text
    assert result.structured_content is None


def test_a_fault_of_ours_is_one_line_too(chat, monkeypatch):
    monkeypatch.setattr(type(chat), "search", lambda *_: 1 / 0)
    result = _run(
        build_mcp_server(Answerer(chat)), lambda c: c.call_tool("search", {"query": "Damm"}), "auto"
    )
    assert result.is_error
    assert result.content[0].text == "unforeseen: ZeroDivisionError: division by zero"
    stranger = build_mcp_server(Answerer(chat), show_paths=False)
    result = _run(stranger, lambda c: c.call_tool("search", {"query": "Damm"}), "auto")
    assert "Zero" not in result.content[0].text


@pytest.fixture(scope="module")
def odd(tmp_path_factory, models):
    """An archive whose articles' ids hold what an address gives another meaning to."""
    settings = Settings(data=tmp_path_factory.mktemp("odd"), models=models, reader="none")
    ids = ["Straße 7", "a/b", "a", "a/1-4", "50%25", "x,y?z#&+=", "wortlaut://article/a", "ЛАВРОВ"]
    articles = [Article(i, f"Über {i}", f"{i}: {TEXT}", hash_text(f"{i}: {TEXT}")) for i in ids]
    assert not index_articles(settings, articles).failed
    chat = open_chat(settings)
    yield chat, ids
    chat.archive.close()


def test_an_article_is_read_at_its_address_whatever_its_id_holds(odd):
    chat, ids = odd

    async def read_all(client):
        listed = {str(each.uri) for each in (await client.list_resources()).resources}
        assert listed == set(map(name_article, ids))
        for identity in ids:
            whole = await client.read_resource(name_article(identity))
            assert whole.contents[0].text == f"{identity}: {TEXT}"
            part = await client.read_resource(name_article(identity, Span(0, len(identity))))
            assert part.contents[0].text == identity
        # A client that expands the template with the id as it is.
        for identity in ("Straße 7", "a/b", "a/1-4"):
            if identity != "a/1-4":
                whole = await client.read_resource(f"wortlaut://article/{identity}")
                assert whole.contents[0].text == f"{identity}: {TEXT}"
        part = await client.read_resource("wortlaut://article/a/1-4")
        assert part.contents[0].text == ": D"

    _run(build_mcp_server(Answerer(chat)), read_all, "auto")
    with open_app(build_mcp_app(Answerer(chat))) as served:
        over_http(served, read_all)


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("wortlaut://article/none", "no article has the id 'none'"),
        ("wortlaut://article/a/0-99999", "no span 0-99999 in article a: it has"),
        ("wortlaut://article/a/4-4", "no span 4-4"),
        ("wortlaut://article/", "no article has the id ''"),
        ("file:///etc/passwd", "is no address here: wortlaut://article/ID"),
        ("wortlaut://article/..%2F..%2Fetc%2Fpasswd%00", "no article has the id"),
    ],
)
def test_an_address_that_leads_nowhere_says_so(odd, uri, said):
    from mcp.shared.exceptions import MCPError

    async def read(client):
        with pytest.raises(MCPError, match=said) as failed:
            await client.read_resource(uri)
        return failed.value.code

    assert _run(build_mcp_server(Answerer(odd[0])), read, "auto") == -32602


def post(address, **headers):
    sent = {"accept": "application/json, text/event-stream"} | headers
    return httpx.post(address, json=OPENING, headers=sent)


def test_another_name_and_another_sites_page_are_refused(address):
    assert post(address).status_code == 200
    assert post(address, host="evil.example").status_code == 421
    assert post(address, host="localhost.evil.example:80").status_code == 421
    assert post(address, origin="http://evil.example").status_code == 403
    assert post(address, origin=address.removesuffix(PATH)).status_code == 200
    assert httpx.post(address, content=b"x" * 1_000_001).status_code == 413
    assert httpx.get(address).status_code == 405
    assert httpx.delete(address).status_code == 405


def test_it_can_be_mounted_in_another_app_under_names_of_its_own(chat):
    from fastapi import FastAPI

    outer = FastAPI()
    outer.add_route(PATH, build_mcp_app(Answerer(chat), ["news.example"]))
    outer.add_route("/free", build_mcp_app(Answerer(chat), None))
    with open_app(outer) as served:
        assert post(served + PATH).status_code == 421
        assert post(served + PATH, host="news.example:8443").status_code == 200
        foreign = {"host": "news.example", "origin": "https://evil.example"}
        assert post(served + PATH, **foreign).status_code == 403
        assert post(served + "/free", host="other.example").status_code == 200
        assert call(served + "/free", "search", query="Staudamm").structured_content["passages"]


def test_the_page_and_the_api_have_it_beside_and_hide_where_files_are(chat):
    doors = Doors(hosts=frozenset({"127.0.0.1", "news.example"}), is_for_others=True)
    with open_app(build_server(chat, doors=doors)) as served:
        found = call(served + PATH, "search", query="Staudamm").structured_content["passages"]
        assert found
        assert {row["path"] for row in found} == {""}
        cited = call(served + PATH, "ask", question=QUESTION).structured_content["citations"]
        assert {row["path"] for row in cited} == {""}
        assert post(served + PATH, host="news.example").status_code == 200
        assert post(served + PATH, host="evil.example").status_code == 400
        assert post(served + PATH, origin="http://evil.example").status_code == 403
    with open_app(build_api(chat)) as served:
        found = call(served + PATH, "search", query="Staudamm").structured_content["passages"]
        assert all(row["path"] for row in found)


def test_many_clients_ask_at_once(address, chat):
    expected = chat.ask(QUESTION).text

    async def ask_often(client):
        answers = []

        async def ask():
            result = await client.call_tool("ask", {"question": QUESTION})
            answers.append(result.structured_content["answer"])

        async with anyio.create_task_group() as group:
            for _ in range(20):
                group.start_soon(ask)
        return answers

    assert over_http(address, ask_often) == [expected] * 20


@contextmanager
def start(data, models, *arguments):
    command = [sys.executable, "-m", "wortlaut.ui.terminal.cli", "--data", str(data), "mcp"]
    process = subprocess.Popen(
        [*command, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True, env=os.environ | {"WORTLAUT_MODELS": str(models)},
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_closed_input_ends_it_and_nothing_but_the_protocol_was_printed(seeded, models):
    with start(seeded, models) as process:
        print(json.dumps(OPENING), file=process.stdin, flush=True)
        answer = json.loads(process.stdout.readline())
        print("no message", file=process.stdin, flush=True)
        printed, told = process.communicate(timeout=30)
    assert answer["result"]["serverInfo"]["name"] == "wortlaut"
    assert process.returncode == 0
    assert all(json.loads(line)["jsonrpc"] == "2.0" for line in printed.splitlines())
    assert "Traceback" not in told


def test_a_closed_output_ends_it_without_a_word(seeded, models):
    with start(seeded, models) as process:
        print(json.dumps(OPENING), file=process.stdin, flush=True)
        process.stdout.readline()
        process.stdout.close()
        print(json.dumps(OPENING), file=process.stdin, flush=True)
        assert process.wait(30) == 1
        assert process.stderr.read() == ""


def test_ctrl_c_ends_it(seeded, models):
    with start(seeded, models) as process:
        print(json.dumps(OPENING), file=process.stdin, flush=True)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == "wortlaut: stopped\n"


def test_ctrl_c_ends_it_over_http_as_well(seeded, models):
    with start(seeded, models, "--http", "--port", "0") as process:
        served = process.stdout.readline().split()[3]
        assert served.endswith(PATH)
        assert post(served).status_code == 200
        assert post(served.removesuffix(PATH) + "/other").status_code == 404
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == "wortlaut: stopped\n"


def test_wrong_use_is_one_line(tmp_path, seeded):
    done = terminal.run("--data", tmp_path / "none", "mcp")
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no archive in" in done.stderr
    done = terminal.run("mcp", "--port", "1", data=seeded)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert "--port goes with --http" in done.stderr


def test_without_the_sdk_it_says_what_to_install(chat, monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "mcp"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "mcp", None)
    with pytest.raises(ConfigError, match=r"pip install 'wortlaut\[mcp\]'"):
        build_mcp_server(Answerer(chat))


def test_an_id_is_told_as_it_stands_in_an_address():
    assert name_article("a/b c") == "wortlaut://article/a%2Fb%20c"
    assert name_article("ß", Span(1, 4)) == f"wortlaut://article/{quote('ß')}/1-4"
    assert ShownAnswer.model_json_schema()["type"] == "object"
