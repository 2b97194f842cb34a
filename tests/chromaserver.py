"""A real Chroma server on loopback, and a proxy before it that wants TLS, a token and a path."""

from __future__ import annotations

import os
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from ports import find_port

CA = Path(__file__).with_name("loopback_ca.pem")
_CERTIFICATE = Path(__file__).with_name("loopback_server.pem")


class ServedChroma:
    """`chroma run` over a folder, which may be stopped and started again on the same port."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = find_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = Path(sys.executable).with_name("chroma")
        self._process = subprocess.Popen(
            [command, "run", "--path", self.folder, "--host", "127.0.0.1", "--port", str(self.port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            env=os.environ | {"ANONYMIZED_TELEMETRY": "False"},
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError("chroma run does not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(20)
        self._process = None


@dataclass
class Gatekeeper:
    """What the proxy before a server asks for, and what it saw."""

    port: int
    token: str = "vier-Deiche"
    path: str = "/vectors"
    most_bytes: int = 1 << 30
    version: str | None = None
    status: int | None = None
    delay_s: float = 0.0
    asked: list[str] = field(default_factory=list)
    refused: int = 0

    @property
    def address(self) -> str:
        return f"https://127.0.0.1:{self.port}{self.path}"


@contextmanager
def keep_gate(upstream: int) -> Iterator[Gatekeeper]:
    """A proxy with TLS before the server on the port `upstream`, for the block's time."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            gate.asked.append(f"{self.command} {self.path}")
            time.sleep(gate.delay_s)
            tokens = (self.headers["x-chroma-token"], self.headers["Authorization"])
            if gate.status is not None:
                return self._answer(gate.status, b"the gate says no")
            if tokens != (gate.token, f"Bearer {gate.token}"):
                return self._answer(401, b"")
            if not self.path.startswith(gate.path):
                return self._answer(404, b"nothing here")
            if len(body) > gate.most_bytes:
                gate.refused += 1
                return self._answer(413, b"too large")
            if gate.version and self.path.endswith("/version"):
                return self._answer(200, gate.version.encode())
            behind = HTTPConnection("127.0.0.1", upstream, timeout=30)
            try:
                path = self.path.removeprefix(gate.path)
                kind = {"Content-Type": "application/json"}
                behind.request(self.command, path, body or None, kind)
                answer = behind.getresponse()
                return self._answer(answer.status, answer.read())
            except OSError:
                return self._answer(502, b"nobody behind the gate")
            finally:
                behind.close()

        do_GET = do_POST = do_PUT = do_DELETE = _pass_on  # noqa: N815

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *told: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        def handle_error(self, *refused: object) -> None:
            """A client that does not trust the certificate hangs up."""

    server = Quiet(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(_CERTIFICATE)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    gate = Gatekeeper(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield gate
    finally:
        server.shutdown()
        server.server_close()
