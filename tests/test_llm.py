"""A language model over HTTP: what it answers comes through, and nothing it does hangs."""

import os
import socket
import threading
import time
from contextlib import suppress

import pytest
from llmserver import Reply, serve
from ports import find_port

from wortlaut.index.errors import ConfigError, LLMError, LLMUnavailable, MalformedAnswer
from wortlaut.rag.model.endpoint import (
    Endpoint,
    bound_bytes,
    normalise_base_url,
    open_endpoint,
    read_ollama_host,
)
from wortlaut.rag.model.llm import Message, Patience, wrap_llm

QUESTION = [Message("system", "Answer briefly."), Message("user", "How deep is the harbour?")]
# Long enough for a busy machine wherever nothing is meant to run out.
CALM = Patience(5, 20, 20, 30)
HASTY = Patience(5, 0.3, 0.3, 10)


def ask(address, patience=CALM, retries=2, **options):
    """What was streamed, and the error that ended it if one did."""
    model = open_endpoint(
        Endpoint(address, retries=retries, **options), patience=patience, backoff_s=0.01
    )
    deltas = []
    try:
        deltas.extend(model.stream(QUESTION))
    except LLMError as error:
        return "".join(deltas), error
    return "".join(deltas), None


def fail(*replies, patience=CALM, **options):
    with serve(*replies) as server:
        text, error = ask(server.address, patience, **options)
        return text, error, len(server.requests)


def test_an_answer_streams_through():
    with serve("It is nine metres deep. [1]") as server:
        assert ask(server.address, api_key="secret") == ("It is nine metres deep. [1]", None)
    request = server.requests[0]
    assert request["messages"][1] == {"role": "user", "content": "How deep is the harbour?"}
    assert (request["stream"], request["temperature"], request["max_tokens"]) == (True, 0, 512)
    assert server.paths == ["/v1/models", "/v1/chat/completions"]
    assert server.headers[-1]["Authorization"] == "Bearer secret"


def test_the_servers_first_model_that_writes_is_taken_when_none_is_named():
    with serve("Nine metres.", models=("nomic-embed-text", "writer-7b", "other")) as server:
        model = open_endpoint(Endpoint(server.address), patience=CALM)
        assert model.name is None
        assert "".join(model.stream(QUESTION)) == "Nine metres."
        assert model.name == server.requests[0]["model"] == "writer-7b"
        assert model.check() == "writer-7b"


def test_a_named_model_is_asked_for_without_a_list():
    with serve("Nine metres.") as server:
        assert ask(server.address, model="writer-70b") == ("Nine metres.", None)
    assert server.requests[0]["model"] == "writer-70b"
    assert server.paths == ["/v1/chat/completions"]


def test_a_check_tells_a_named_model_that_is_not_there():
    with serve("Nine metres.", models=("a", "b:latest")) as server:
        assert open_endpoint(Endpoint(server.address, model="b")).check() == "b"
        with pytest.raises(LLMUnavailable, match=r"no model 'c' \(a, b:latest\)"):
            open_endpoint(Endpoint(server.address, model="c")).check()
        assert server.requests == []
    with pytest.raises(LLMUnavailable, match="WORTLAUT_LLM_BASE_URL"):
        open_endpoint(Endpoint(server.address, retries=0)).check()


def test_among_many_models_one_must_be_named():
    with serve("Nine metres.", models=[f"m{number}" for number in range(40)]) as server:
        _, error = ask(server.address)
    assert isinstance(error, LLMUnavailable)
    assert "WORTLAUT_LLM_MODEL" in str(error)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "WORTLAUT_LLM_CONTEXT_TOKENS"),
        (401, "WORTLAUT_LLM_API_KEY"),
        (403, "WORTLAUT_LLM_API_KEY"),
        (404, "WORTLAUT_LLM_MODEL"),
    ],
)
def test_what_will_not_pass_is_not_tried_again(status, advice):
    text, error, requests = fail(Reply("no such thing", status=status))
    assert isinstance(error, LLMUnavailable)
    assert advice in str(error)
    assert (text, requests) == ("", 1)


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_what_may_pass_is_tried_again(status):
    assert fail(Reply(status=status), Reply("Nine metres.")) == ("Nine metres.", None, 2)


def test_tries_are_counted():
    _, error, requests = fail(Reply(status=503), retries=2)
    assert isinstance(error, LLMUnavailable)
    assert "503" in str(error)
    assert requests == 3


def test_retry_after_is_heeded():
    started = time.monotonic()
    assert fail(Reply(status=429, headers={"Retry-After": "1"}), Reply("Nine."))[0] == "Nine."
    assert time.monotonic() - started >= 1


def test_a_long_retry_after_is_not_waited_for():
    _, error, requests = fail(Reply(status=429, headers={"Retry-After": "600"}), Reply("Nine."))
    assert "in 600 s" in str(error)
    assert requests == 1


def test_nobody_at_the_address_is_told():
    _, error = ask(f"127.0.0.1:{find_port()}")
    assert isinstance(error, LLMUnavailable)
    assert "WORTLAUT_LLM_BASE_URL" in str(error)


@pytest.mark.parametrize(
    "reply",
    [
        Reply("Nine metres.", before_headers_s=60),
        Reply("Nine metres.", before_first_s=60),
        Reply(comments_only=True),
    ],
)
def test_a_server_that_keeps_silent_is_cut_off(reply):
    text, error, requests = fail(reply, patience=HASTY, retries=1, model="m")
    assert isinstance(error, LLMUnavailable)
    assert "too slow" in str(error)
    assert (text, requests) == ("", 2)


def test_a_socket_that_accepts_and_says_nothing_is_cut_off():
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        _, error = ask(f"127.0.0.1:{deaf.getsockname()[1]}", HASTY, retries=0)
    assert "too slow" in str(error)


def test_a_stream_that_stalls_is_cut_off_and_not_tried_again():
    slow = Patience(5, 20, 0.3, 30)
    text, error, requests = fail(Reply("It is nine metres deep.", stall_after=7), patience=slow)
    assert text == "It is nine"[: len(text)] != ""
    assert isinstance(error, LLMUnavailable)
    assert requests == 1


def test_a_stream_that_drips_ends_with_the_time_for_all():
    drip = Reply("and then " + " ".join(map(str, range(5000))), pause_s=0.02)
    text, error, _ = fail(drip, patience=Patience(5, 20, 20, 1))
    assert text
    assert "1 s in all" in str(error)


@pytest.mark.parametrize(
    "reply", [Reply("It is nine metres.", cut_after=7), Reply("It", finish=None)]
)
def test_a_stream_that_breaks_off_is_an_error_after_its_text(reply):
    text, error, requests = fail(reply)
    assert text in {"It is n", "It"}
    assert isinstance(error, LLMUnavailable)
    assert "broke off" in str(error)
    assert requests == 1


def test_an_answer_cut_at_its_limit_says_so():
    text, error, _ = fail(Reply("It is nine", finish="length"))
    assert text == "It is nine"
    assert isinstance(error, MalformedAnswer)
    assert "WORTLAUT_LLM_MAX_TOKENS" in str(error)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(""),
        Reply("…"),
        Reply("\ufffd\ufffd\ufffda" * 9),
        Reply(raw=b"<html>Welcome</html>", content_type="text/html"),
        Reply(raw=b"data: {nonsense\n\n", content_type="text/event-stream"),
        Reply(raw=b'data: {"choices": 7}\n\n', content_type="text/event-stream"),
    ],
)
def test_garbage_is_a_malformed_answer(reply):
    _, error, requests = fail(reply)
    assert isinstance(error, MalformedAnswer)
    assert requests == 1


def test_an_error_inside_the_stream_is_told():
    raw = b'data: {"error": {"message": "out of memory"}}\n\n'
    _, error, _ = fail(Reply(raw=raw, content_type="text/event-stream"))
    assert "out of memory" in str(error)


@pytest.mark.parametrize(
    "text",
    [
        "the harbour is deep and " * 200,
        "no " * 400,
        "The port is deep. The bridge is old. It is so. " * 60,
        "a" * 9000,
        "Well" + "\n" * 5000,
    ],
)
def test_a_loop_is_cut(text):
    streamed, error, _ = fail(Reply(text, letters=9))
    assert isinstance(error, MalformedAnswer)
    assert len(streamed) < 900


def test_words_that_come_again_are_no_loop():
    text = " ".join(
        f"In {year} the port grew by {year % 7} per cent [1]." for year in range(2000, 2040)
    )
    assert fail(Reply(text, letters=40)) == (text, None, 1)


def test_a_server_that_heeds_no_limit_is_cut():
    text = " ".join(f"word{number}" for number in range(3000))
    streamed, error, _ = fail(Reply(text, letters=50), max_tokens=100)
    assert isinstance(error, MalformedAnswer)
    assert len(streamed) <= 1300


def test_what_a_model_thinks_is_left_out():
    thoughts = "<think>They want a number. [1]\n\nNine.</think>\n\nIt is nine metres deep. [1]"
    assert fail(Reply(thoughts, letters=3))[0].strip() == "It is nine metres deep. [1]"
    assert fail(Reply("<b>Nine</b> metres."))[0] == "<b>Nine</b> metres."


def test_closing_the_stream_hangs_up():
    with serve(Reply("It is nine metres deep. " * 3, stall_after=7)) as server:
        stream = open_endpoint(Endpoint(server.address), patience=CALM).stream(QUESTION)
        assert next(stream)
        stream.close()
        assert server.gone.wait(5)
        assert wait_until(lambda: not list_model_threads())


def list_model_threads():
    return [thread for thread in threading.enumerate() if thread.name == "wortlaut-llm"]


def wait_until(condition):
    deadline = time.monotonic() + 5
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)
    return condition()


def test_a_silent_server_leaves_no_thread_behind():
    with serve(Reply("Nine", before_headers_s=60)) as server:
        ask(server.address, HASTY, retries=0, model="m")
        assert wait_until(lambda: not list_model_threads())


def test_loopback_is_not_reached_through_a_proxy(monkeypatch):
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://192.0.2.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert fail(Reply("Nine metres.")) == ("Nine metres.", None, 1)


def test_no_redirect_is_followed():
    with serve("Nine metres.") as other:
        target = {"Location": f"{other.address}/v1/chat/completions"}
        _, error, requests = fail(Reply(status=307, headers=target))
    assert "307" in str(error)
    assert (requests, other.requests) == (1, [])


def test_the_keys_of_one_firm_are_not_sent_to_another(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-openai")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-openai")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "project-of-openai")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://192.0.2.1/v1")
    with serve("Nine metres.") as server:
        assert ask(server.address)[0] == "Nine metres."
    assert "of-openai" not in str(server.headers)


def test_the_key_is_in_no_error_and_no_description():
    endpoint = Endpoint("http://127.0.0.1:9", api_key="sk-secret")
    assert "sk-secret" not in repr(endpoint)
    _, error, _ = fail(Reply("bad key", status=401), api_key="sk-secret")
    assert "sk-secret" not in str(error)


ECHO = "no such thing: Bearer sesame-1 ![a](http://evil.example/p) <img src=x> see http://evil.example/x"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(ECHO, status=400),
        Reply(ECHO, status=500),
        Reply(
            raw=b'data: {"error": {"message": "%s, sesame-1"}}\n\n' % ECHO.encode(),
            content_type="text/event-stream",
        ),
    ],
)
def test_what_a_server_quotes_of_the_key_or_links_to_is_not_repeated(reply):
    _, error, _ = fail(reply, api_key="sesame-1", retries=0)
    assert "no such thing: …" in str(error)
    assert not any(word in str(error) for word in ("sesame", "evil", "<img", "!["))


def test_a_models_name_from_a_server_is_shown_without_what_leads_out():
    name = "writer\x1b[31m![a](http://evil.example/p)<img src=x>sesame-1"
    with serve("Nine metres.", models=(name,)) as server:
        model = open_endpoint(Endpoint(server.address, api_key="sesame-1"), patience=CALM)
        assert "".join(model.stream(QUESTION)) == "Nine metres."
        assert model.name == "writer [31m…"
        assert server.requests[0]["model"] == name
        with pytest.raises(LLMUnavailable) as caught:
            open_endpoint(Endpoint(server.address, "other", "sesame-1")).check()
    assert not any(word in str(caught.value) for word in ("sesame", "evil", "\x1b"))


@pytest.mark.parametrize("value", ["nan", "1e400", "1e300", "Mon, 01 Jan 99999 00:00:00 GMT", "x"])
def test_a_time_to_wait_that_is_none_is_not_told(value):
    headers = {"Retry-After": value}
    _, error, _ = fail(Reply(status=429, headers=headers), retries=0)
    assert "ask again later" in str(error)


@pytest.mark.parametrize("piece", [b"x" * 2**16, b"data: 1\n" * 2**13])
def test_a_flood_without_an_end_is_cut(piece):
    raw = piece * (2**26 // len(piece))
    _, error, _ = fail(Reply(raw=raw, content_type="text/event-stream"))
    assert isinstance(error, MalformedAnswer)
    assert "sends more than any answer" in str(error)


def test_only_what_is_too_long_is_cut():
    event = b"data: " + b"x" * 1000 + b"\n\n"
    assert b"".join(bound_bytes([event] * 1000, True)) == event * 1000
    pieces = [event[place : place + 1] for place in range(len(event))] * 300
    assert b"".join(bound_bytes(pieces, True)) == event * 300
    assert len(list(bound_bytes([b"x" * 2**20], False))) == 1
    for chunks, is_stream in (([b"x" * 2**20], True), ([event * 2**15], False)):
        with pytest.raises(MalformedAnswer):
            list(bound_bytes(chunks, is_stream))


@pytest.mark.parametrize(
    "address",
    [
        "http://user:secret@h:bad",
        "ftp://u:secret@h",
        "user:secret@h:bad",
        "http://user:secret@h/a b",
        "http://h:bad/?key=secret",
    ],
)
def test_a_password_in_an_address_is_not_repeated(address):
    for read in (normalise_base_url, read_ollama_host):
        with pytest.raises(ConfigError) as caught:
            read(address)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "base_url"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080/v1"),
        ("http://127.0.0.1:8080/v1/", "http://127.0.0.1:8080/v1"),
        ("localhost:1234", "http://localhost:1234/v1"),
        ("0.0.0.0:8080", "http://127.0.0.1:8080/v1"),
        ("http://[::1]:8080", "http://[::1]:8080/v1"),
        ("https://models.example/api/v1", "https://models.example/api/v1"),
        ("https://models.example/v1/chat/completions", "https://models.example/v1"),
    ],
)
def test_an_address_is_understood_however_it_is_written(address, base_url):
    assert normalise_base_url(address) == base_url
    assert normalise_base_url(base_url) == base_url


@pytest.mark.parametrize(
    ("value", "base_url"),
    [
        ("0.0.0.0", "http://127.0.0.1:11434/v1"),
        ("", "http://127.0.0.1:11434/v1"),
        (":9000", "http://127.0.0.1:9000/v1"),
        ("192.168.1.5", "http://192.168.1.5:11434/v1"),
        ("box.example:9000", "http://box.example:9000/v1"),
        ("https://box.example", "https://box.example/v1"),
    ],
)
def test_ollamas_variable_is_understood(value, base_url):
    assert read_ollama_host(value) == base_url


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ftp://host/v1",
        "http://",
        "http://host:port",
        "http://a b",
        "http://me:pw@host:80",
        "file:///x",
    ],
)
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(ConfigError):
        open_endpoint(Endpoint(address))


@pytest.mark.parametrize("key", ["sk-a\nHost: evil.example", "schlüssel"])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(ConfigError) as caught:
        open_endpoint(Endpoint("http://127.0.0.1:9", api_key=key))
    assert key not in str(caught.value)


def test_any_model_of_llamaindex_can_be_passed_in():
    from llama_index.core.llms import MockLLM

    model = wrap_llm(MockLLM())
    text = "".join(model.stream(QUESTION))
    assert "How deep is the harbour?" in text
    assert model.name
    assert model.context_tokens > 0


def test_a_model_without_streaming_and_one_that_raises_are_bounded_too():
    from llama_index.core.llms import ChatMessage, ChatResponse, MockLLM

    class Plain(MockLLM):
        def stream_chat(self, messages, **options):
            raise NotImplementedError

        def chat(self, messages, **options):
            return ChatResponse(message=ChatMessage(role="assistant", content="Nine metres."))

    class Broken(MockLLM):
        def stream_chat(self, messages, **options):
            raise RuntimeError("inner workings")

    class Sleepy(MockLLM):
        def stream_chat(self, messages, **options):
            time.sleep(2)

    assert "".join(wrap_llm(Plain()).stream(QUESTION)) == "Nine metres."
    with pytest.raises(LLMError):
        list(wrap_llm(Broken()).stream(QUESTION))
    with pytest.raises(LLMUnavailable, match="too slow"):
        list(wrap_llm(Sleepy(), timeout_s=0.4, retries=0).stream(QUESTION))


def test_a_real_server_streams(smollm):
    model = open_endpoint(Endpoint(smollm, max_tokens=24))
    deltas = []
    # A model this small rarely ends by itself.
    with suppress(MalformedAnswer):
        deltas.extend(model.stream([Message("user", "Write about a harbour.")]))
    assert len(deltas) > 5
    assert model.name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert os.sep not in model.name


def test_a_real_server_says_when_the_prompt_is_too_long(smollm):
    model = open_endpoint(Endpoint(smollm))
    with pytest.raises(LLMUnavailable, match="WORTLAUT_LLM_CONTEXT_TOKENS"):
        list(model.stream([Message("user", "harbour " * 9000)]))
