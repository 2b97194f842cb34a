"""The browser chat: one Gradio page before a `NewsChat`, served to this machine only by default.

A gate stands before it: of Gradio's routes only what the page needs is to be had, by nobody else's
page, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import os
import re
import socket
import webbrowser
from collections.abc import Collection
from importlib.resources import files
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wortlaut.index.errors import ConfigError
from wortlaut.ui.browser.session import ChatPage

if TYPE_CHECKING:
    import gradio as gr
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from wortlaut.rag.chat import NewsChat

LARGEST_BODY = 1_000_000
_OPEN = re.compile(
    r"/|/(assets|static|svelte)/.+|/(theme\.css|favicon\.ico|config|manifest\.json|robots\.txt)/?"
    r"|/gradio_api/(queue/(join|data)|heartbeat/\w+|startup-events|info|app_id|reset|cancel"
    r"|login_check|theme\.css)/?"
)
# Gradio's pages run inline scripts and compile templates; but nothing may come from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-src 'none'; frame-ancestors 'none'"
)
_HEADERS = [
    (b"content-security-policy", POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def build_app(chat: NewsChat, *, concurrency: int = 4) -> gr.Blocks:
    """The page as Gradio Blocks; `concurrency` questions are answered at a time."""
    # Must stand before the import: Gradio reads it once.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from wortlaut.ui.browser.blocks import make_blocks

    return make_blocks(ChatPage(chat), _read_asset("app.js"), concurrency)


def build_server(chat: NewsChat, hosts: Collection[str] = _LOCAL_NAMES) -> Gate:
    """The page as an ASGI app that answers only under the given host names, or an IP address."""
    blocks = build_app(chat)
    import gradio as gr
    from fastapi import FastAPI

    from wortlaut.ui.browser.blocks import make_theme

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        app, blocks, path="/", footer_links=[], run_history=False, show_error=False,
        theme=make_theme(), css=_read_asset("app.css"), head=_read_asset("head.html"),
        ssr_mode=False, mcp_server=False, pwa=False, enable_monitoring=False, max_file_size=0,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )  # fmt: skip
    return Gate(app, hosts)


def serve(
    chat: NewsChat, host: str = "127.0.0.1", port: int = 7860, *, open_browser: bool = False
) -> None:
    """Serve the chat until it is stopped; raises ConfigError when the address is not to be had."""
    import uvicorn

    listener = _listen(host, port)
    names = {*_LOCAL_NAMES, host, socket.gethostname()}
    config = uvicorn.Config(
        build_server(chat, names), log_level="warning", timeout_graceful_shutdown=2, ws="none"
    )
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{listener.getsockname()[1]}"
    print(f"Wortlaut is at {address} (Ctrl+C stops it)", flush=True)
    if open_browser:
        webbrowser.open(address)
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"cannot listen at {host}:{port}: {error}; choose another with --port or --host"
        ) from error


def _read_asset(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")


class Gate:
    """An ASGI app that lets through what the page needs, from the `hosts` it is served as.

    An IP address as Host is always fine: only names can be rebound.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str]) -> None:
        self._app = app
        self._hosts = frozenset(host.lower() for host in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse with 400, 403, 404 or 413, or pass on and guard the response."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refusal = self._find_refusal(scope)
        if refusal is not None:
            from starlette.responses import PlainTextResponse

            status, reason = refusal
            await PlainTextResponse(reason, status_code=status)(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *_HEADERS]
            await send(message)

        await self._app(scope, receive, send_guarded)

    def _find_refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = {
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        }
        if not self._knows(headers.get("host", "")):
            return 400, "unknown host"
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            return 403, "foreign origin"
        if not _OPEN.fullmatch(scope["path"]):
            return 404, "nothing here"
        if scope["method"] == "POST":
            length = headers.get("content-length", "")
            if not length.isdecimal() or int(length) > LARGEST_BODY:
                return 413, "too large"
        return None

    def _knows(self, address: str) -> bool:
        try:
            host = (urlsplit(f"//{address}").hostname or "").lower()
        except ValueError:
            return False
        if host in self._hosts:
            return True
        try:
            ip_address(host)
        except ValueError:
            return False
        return True
