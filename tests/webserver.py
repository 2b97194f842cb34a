"""A web server on loopback that answers as a test says, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Site:
    """The pages of a host by path: (body, headers) or (status, body, headers), or a function."""

    pages: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    port: int = 0

    def at(self, path: str, host: str = "127.0.0.1") -> str:
        """The address of the path."""
        return f"http://{host}:{self.port}{path}"

    def put(self, path: str, body: str | bytes, kind: str = "text/plain; charset=utf-8",
            status: int = 200, **headers: str) -> str:  # fmt: skip
        """Let a page stand there; return its address."""
        raw = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = (status, raw, {"Content-Type": kind, **named})
        return self.at(path)

    def call(self, path: str, answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
        """Let the function answer there; return the address."""
        self.pages[path] = answer
        return self.at(path)

    def count(self, path: str) -> int:
        """How often the path was asked for."""
        return self.asked.count(path)


@contextmanager
def serve_site() -> Iterator[Site]:
    """A site that is up for the block's time."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            site.asked.append(self.path)
            site.headers.append({name.lower(): value for name, value in self.headers.items()})
            page = site.pages.get(self.path, (404, b"", {}))
            if callable(page):
                page(self)
                return
            status, body, headers = page
            marks = (headers.get("ETag"), headers.get("Last-Modified"))
            sent = (self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since"))
            is_same = any(mark and mark == given for mark, given in zip(marks, sent, strict=True))
            self.send_response(304 if is_same else status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            if not is_same:
                self.wfile.write(body)

        def log_message(self, *values: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # Who hangs up in the middle is what some tests are about.
    server.handle_error = lambda *values: None  # type: ignore[method-assign]
    site.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
