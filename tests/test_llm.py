"""A language model over HTTP: what it answers comes through, and nothing it does hangs."""

import json
import os
import socket
import threading
import time
from contextlib import suppress

import pytest
from llmserver import Reply, serve, start_smollm
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


def error_of(status, body):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(raw=raw, status=status)


# As the servers word it: llama.cpp today and in its stream, vLLM old and new, OpenAI old and new,
# Ollama, a proxy that passes on a string.
LLAMA_CPP = {
    "code": 400,
    "message": "request (3120 tokens) exceeds the available context size (2048 tokens), try increasing it",
    "type": "exceed_context_size_error",
    "n_prompt_tokens": 3120,
    "n_ctx": 2048,
}
OLD_VLLM = {
    "object": "error",
    "message": "This model's maximum context length is 2048 tokens. However, you requested 3632 tokens "
    "(3120 in the messages, 512 in the completion). Please reduce the length of the messages.",
    "type": "BadRequestError",
    "param": None,
    "code": 400,
}
NEW_VLLM = {
    "message": "'max_tokens' or 'max_completion_tokens' is too large: 512. This model's maximum context "
    "length is 2048 tokens and your request has 1900 input tokens (512 > 2048 - 1900). None",
    "type": "BadRequestError",
    "param": None,
    "code": 400,
}
VLLM_PROMPT = {
    "message": "The decoder prompt (length 3120) is longer than the maximum model length of 2048. Make "
    "sure that `max_model_len` is no smaller than the number of text tokens.",
    "type": "BadRequestError",
    "param": None,
    "code": 400,
}
OPENAI = {
    "message": "This model's maximum context length is 2048 tokens. However, your messages resulted in "
    "3120 tokens. Please reduce the length of the messages.",
    "type": "invalid_request_error",
    "param": "messages",
    "code": "context_length_exceeded",
}
NEW_OPENAI = {
    "message": "Input tokens exceed the configured limit of 2048 tokens. Your messages resulted in 3120 "
    "tokens. Please reduce the length of the messages.",
    "type": "invalid_request_error",
    "param": "messages",
    "code": "context_length_exceeded",
}


@pytest.mark.parametrize(
    "reply",
    [
        error_of(400, {"error": LLAMA_CPP}),
        error_of(500, {"error": LLAMA_CPP | {"code": 500}}),
        Reply(
            raw=b"data: " + json.dumps({"error": LLAMA_CPP}).encode() + b"\n\n",
            content_type="text/event-stream",
        ),
        error_of(400, OLD_VLLM),
        error_of(400, {"error": NEW_VLLM}),
        error_of(400, {"error": VLLM_PROMPT}),
        error_of(400, {"error": OPENAI}),
        error_of(400, {"error": NEW_OPENAI}),
        error_of(400, {"detail": "context length is 2048 tokens, the prompt has 3120"}),
    ],
)
def test_a_context_that_is_too_small_is_named_with_its_size(reply):
    text, error, requests = fail(reply)
    assert isinstance(error, LLMUnavailable)
    assert "holds 2048 tokens" in str(error)
    assert "set WORTLAUT_LLM_CONTEXT_TOKENS to 2048 or less" in str(error)
    assert (text, requests) == ("", 1)


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"message": "the input length exceeds the context length", "type": "api_error"}},
        {"error": "the input length exceeds the context length"},
        {"error": {"message": "prompt is too long", "code": None, "n_ctx": "many"}},
        {"error": {"message": "No.", "code": "context_length_exceeded", "n_ctx": -1}},
    ],
)
def test_a_context_of_unknown_size_is_named_too(body):
    _, error, _ = fail(error_of(400, body))
    assert isinstance(error, LLMUnavailable)
    assert "too long; set WORTLAUT_LLM_CONTEXT_TOKENS to what its server" in str(error)


def test_what_a_provider_filters_before_it_answers_is_told():
    body = {"error": {"message": "The response was filtered.", "code": "content_filter",
                      "status": 400, "innererror": {"code": "ResponsibleAIPolicyViolation"}}}  # fmt: skip
    _, error, _ = fail(error_of(400, body))
    assert isinstance(error, MalformedAnswer)
    assert "filter" in str(error)


@pytest.mark.parametrize(
    ("status", "body", "told"),
    [
        (404, {"error": {"message": "model 'writer' not found", "type": "api_error"}}, "'writer'"),
        (404, {"error": "model 'writer' not found, try pulling it first"}, "try pulling it first"),
        (404, {"object": "error", "message": "The model `writer` does not exist."}, "not exist"),
        (404, b"<html><h1>Not found</h1></html>", "WORTLAUT_LLM_BASE_URL"),
        (422, {"detail": "no field max_tokens"}, "no field max_tokens"),
        (422, {"detail": [{"loc": ["body"], "msg": "x"}]}, "WORTLAUT_LLM_MODEL"),
        (400, [1], "WORTLAUT_LLM_MODEL"),
    ],
)
def test_an_error_of_any_shape_is_told_in_one_line(status, body, told):
    _, error, _ = fail(error_of(status, body), retries=0)
    assert isinstance(error, LLMUnavailable)
    assert told in str(error)
    assert "<h1>" not in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    "listed",
    [
        Reply(raw=b"", status=404),
        Reply(raw=b"", status=405),
        Reply(raw=b"", status=501),
    ],
)
def test_a_server_without_a_list_of_models_is_asked_all_the_same(listed):
    with serve("Nine metres.", listed=listed) as server:
        assert ask(server.address) == ("Nine metres.", None)
        assert server.requests[-1]["model"] == "default"
        assert open_endpoint(Endpoint(server.address, model="writer")).check() == "writer"


@pytest.mark.parametrize(
    "listed",
    [
        Reply(raw=b'{"object": "list", "data": null}'),
        Reply(raw=b'{"object": "list", "data": [{"object": "model"}]}'),
        Reply(raw=b'{"models": []}'),
    ],
)
def test_a_list_of_models_that_holds_none_asks_for_a_name(listed):
    with serve("Nine metres.", listed=listed) as server:
        _, error = ask(server.address, retries=0)
        assert "set WORTLAUT_LLM_MODEL" in str(error)
        assert ask(server.address, model="writer") == ("Nine metres.", None)
        assert open_endpoint(Endpoint(server.address, model="writer")).check() == "writer"


def test_a_page_in_place_of_a_list_of_models_points_to_the_address():
    page = Reply(raw=b"<html>Welcome</html>", content_type="text/html")
    with serve("Nine metres.", listed=page) as server:
        _, error = ask(server.address, retries=0)
    assert "WORTLAUT_LLM_BASE_URL" in str(error)


# Headers that a proxy wants.

HEADERS = {"X-Api-Key": "sesame-1", "Authorization": "Basic c2VzYW1lLTI=", "X-Team": "desk"}


def test_headers_go_along_with_every_request_and_win():
    with serve("Nine metres.") as server:
        assert ask(server.address, api_key="sk-own", headers=HEADERS)[0] == "Nine metres."
    assert len(server.headers) == 2
    for sent in server.headers:
        assert {name: sent[name] for name in HEADERS} == HEADERS
        assert "sk-own" not in str(sent)


def test_no_header_is_in_a_description_an_error_or_a_log(caplog):
    caplog.set_level(0)
    endpoint = Endpoint("http://127.0.0.1:9", headers=HEADERS)
    told = [repr(endpoint), str(endpoint)]
    echo = "no such key: sesame-1 and c2VzYW1lLTI= of Basic c2VzYW1lLTI="
    event = b'data: {"error": {"message": "%s"}}\n\n' % echo.encode()
    for reply in (
        Reply(echo, status=400),
        Reply(echo, status=401),
        Reply(echo, status=500),
        Reply(raw=event, content_type="text/event-stream"),
        Reply("Nine metres."),
    ):
        with serve(reply) as server:
            told.append(str(ask(server.address, retries=0, headers=HEADERS)[1]))
    assert "no such key: … and …" in told[2]
    told += [record.getMessage() for record in caplog.records]
    assert len(told) > 10
    assert not any(word in text for text in told for word in ("sesame", "c2Vz"))


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Key": "secret\r\nHost: evil.example"},
        {"X-Key": "schlüsselsecret"},
        {"X-Key": " "},
        {"X Key": "secret"},
        {"X-Key\n": "secret", "": "secret"},
        {"Host": "secret"},
        {"content-length": "secret"},
    ],
)
def test_a_header_that_is_none_is_refused_without_its_value(headers):
    with pytest.raises(ConfigError) as caught:
        open_endpoint(Endpoint("http://127.0.0.1:9", headers=headers))
    assert "secret" not in str(caught.value)
    assert "WORTLAUT_LLM_HEADERS" in str(caught.value)


def test_a_real_server_streams(smollm):
    model = open_endpoint(Endpoint(smollm, max_tokens=24))
    deltas = []
    # A model this small rarely ends by itself.
    with suppress(MalformedAnswer):
        deltas.extend(model.stream([Message("user", "Write about a harbour.")]))
    assert len(deltas) > 5
    assert model.name == "SmolLM2-135M-Instruct.Q4_1.gguf"
    assert os.sep not in model.name


def test_a_real_server_says_when_its_context_is_too_small_and_when_it_is_full():
    words = "Tell the story of a ship. " + " ".join(f"{chr(97 + n % 26)}{n}" for n in range(66))
    with start_smollm(256) as address:
        with pytest.raises(LLMUnavailable, match=r"holds 256 tokens.*TOKENS to 256 or less"):
            open_endpoint(Endpoint(address)).read([Message("user", words * 3)])
        with pytest.raises(MalformedAnswer) as caught:
            open_endpoint(Endpoint(address)).read([Message("user", words)])
        assert "set WORTLAUT_LLM_CONTEXT_TOKENS to 256 or less" in str(caught.value)
        with pytest.raises(MalformedAnswer, match="set WORTLAUT_LLM_MAX_TOKENS higher"):
            open_endpoint(Endpoint(address, max_tokens=4)).read([Message("user", words)])
