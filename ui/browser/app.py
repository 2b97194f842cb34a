"""The browser chat: one Gradio page before a `NewsChat`, served to this machine only by default.

A gate stands before it: of Gradio's routes only what the page needs is to be had, by nobody else's
page, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import logging
import os
import re
import secrets
import socket
import webbrowser
from collections.abc import Callable, Collection, Mapping
from importlib.resources import files
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from wortlaut.index.errors import ConfigError
from wortlaut.ui.api.app import is_api, mount_api
from wortlaut.ui.api.asking import Answerer
from wortlaut.ui.browser.address import is_page
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.receiving import STATE_PATH, UPLOAD_PATH, add_routes

if TYPE_CHECKING:
    import gradio as gr
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from wortlaut.rag.chat import NewsChat
    from wortlaut.rag.config import Settings
    from wortlaut.rag.desk.intake import Intake
    from wortlaut.rag.desk.store import Desk

LARGEST_BODY = 1_000_000
_OPEN = re.compile(
    r"/|/(assets|static|svelte)/.+|/(theme\.css|favicon\.ico|config|manifest\.json|robots\.txt)/?"
    r"|/export/(quotes/[a-z]{1,8}|receipt/[0-9a-f]{64}\.json)"
    r"|/gradio_api/(queue/(join|data)|startup-events|info|app_id|reset|cancel"
    r"|login_check|theme\.css)/?"
    f"|{UPLOAD_PATH}|{STATE_PATH}"
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
# A browser's things are kept under a random id of its own, which no other site's page ever sees.
_COOKIE = "wortlaut"
_OWNER = re.compile(r"[A-Za-z0-9_-]{22,64}")
_COOKIE_DAYS = 400
# Sessions that Gradio keeps; a page that was left longer than that takes up what is kept on disk.
_MOST_SESSIONS = 500
# The page is shown at several paths, and its parts are to be had at one.
_BASE, _ROOT_BASE = b'<base href="./" />', b'<base href="/" />'
_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def build_app(chat: NewsChat, desk: Desk | None = None, *, concurrency: int = 4) -> gr.Blocks:
    """The page as Gradio Blocks; `concurrency` questions are answered at a time.

    Without a `desk` what users keep lasts as long as the program.
    """
    return _build_blocks(ChatPage(chat, desk), Answerer(chat), concurrency)


def _build_blocks(page: ChatPage, answerer: Answerer, concurrency: int = 4) -> gr.Blocks:
    # Must stand before the import: Gradio reads it once.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from wortlaut.ui.browser.blocks import make_blocks

    return make_blocks(page, answerer, _read_assets(".js"), concurrency)


def build_server(
    chat: NewsChat,
    hosts: Collection[str] = _LOCAL_NAMES,
    desk: Desk | None = None,
    settings: Settings | None = None,
    intake: Intake | None = None,
) -> Gate:
    """The page as an ASGI app that answers only under the given host names, or an IP address.

    Without a `desk` what users keep lasts as long as the program, without `settings` it has no
    receipts, without an `intake` nothing can be added to the archive.
    """
    page, answerer = ChatPage(chat, desk, settings, intake), Answerer(chat)
    blocks = _build_blocks(page, answerer)
    import gradio as gr
    from fastapi import FastAPI

    from wortlaut.ui.browser.blocks import make_theme
    from wortlaut.ui.browser.exports import add_export_routes

    blocks.state_session_capacity = _MOST_SESSIONS
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_routes(app, page)
    page.model.ask()
    # Before the page, which answers to whatever is left.
    add_export_routes(app, page.quotes, read_owner)
    mount_api(app, answerer, settings, desk, name_owner=read_owner, show_paths=_is_local(hosts))
    gr.mount_gradio_app(
        app, blocks, path="/", footer_links=[], run_history=False, show_error=False,
        theme=make_theme(), css=_read_assets(".css"), head=_read_assets(".html"),
        ssr_mode=False, mcp_server=False, pwa=False, enable_monitoring=False, max_file_size=0,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )  # fmt: skip
    # For each open page a browser would hold a connection open for good, and it opens six at most:
    # the sixth page would wait for the first to close. Nothing here needs to know when a page goes.
    blocks.config["connect_heartbeat"] = False
    return Gate(app, hosts, intake.largest if intake else 0)


def read_owner(headers: Mapping[str, str]) -> str:
    """The id of the browser that sent the headers; "" before it has one."""
    from starlette.requests import cookie_parser

    # Cookies of all ports of a host come along: one that is odd must not hide ours.
    found = cookie_parser(headers.get("cookie", "")).get(_COOKIE, "")
    return found if _OWNER.fullmatch(found) else ""


def serve(
    chat: NewsChat,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    desk: Desk | None = None,
    settings: Settings | None = None,
    intake: Intake | None = None,
    open_browser: bool = False,
) -> None:
    """Serve the chat until it is stopped; raises ConfigError when the address is not to be had."""
    run_server(
        lambda hosts: build_server(chat, hosts, desk, settings, intake),
        host, port, open_browser=open_browser,
    )  # fmt: skip


def run_server(
    build: Callable[[Collection[str]], ASGIApp],
    host: str,
    port: int,
    *,
    open_browser: bool = False,
) -> None:
    """Serve what is built for the host names; raises ConfigError when the address is not to be had."""
    import uvicorn

    listener = _listen(host, port)
    config = uvicorn.Config(
        build({*_LOCAL_NAMES, host, socket.gethostname()}),
        log_level="warning", timeout_graceful_shutdown=2, ws="none",
    )  # fmt: skip
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{listener.getsockname()[1]}"
    print(f"Wortlaut is at {address} (Ctrl+C stops it)", flush=True)
    if open_browser:
        webbrowser.open(address)
    server = uvicorn.Server(config)
    # Whoever stops it need not be told, with all that stood on the stack, who was connected still.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not server.should_exit)
    server.run(sockets=[listener])


def is_own_machine(host: str) -> bool:
    """Whether an address to listen on is to be had from this machine alone."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _is_local(hosts: Collection[str]) -> bool:
    """Whether what is served under these names is to be had from this machine alone."""
    return {*hosts} <= {*_LOCAL_NAMES, socket.gethostname()}


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"cannot listen at {host}:{port}: {error}; choose another with --port or --host"
        ) from error


def _read_assets(ending: str) -> str:
    """All assets of that ending, one after the other: `app` comes first, each area has its own."""
    found = [
        item for item in (files(__package__) / "assets").iterdir() if item.name.endswith(ending)
    ]
    found.sort(key=lambda item: (not item.name.startswith("app."), item.name))
    return "\n".join(item.read_text(encoding="utf-8") for item in found)


class Gate:
    """An ASGI app that lets through what the page needs, from the `hosts` it is served as.

    An IP address as Host is always fine: only names can be rebound. An upload has `largest_upload`
    bytes at most, all else `LARGEST_BODY`.
    """

    def __init__(self, app: ASGIApp, hosts: Collection[str], largest_upload: int = 0) -> None:
        self._app = app
        self._largest_upload = largest_upload
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
            from wortlaut.ui.api.problems import refuse

            await refuse(scope["path"], *refusal)(scope, receive, send)
            return

        added = [*_HEADERS, *_make_cookie(scope)]

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", []), *added]
            await send(message)

        if is_page(scope["path"]):
            await self._send_page(scope, receive, send_guarded)
            return
        await self._app(scope, receive, send_guarded)

    async def _send_page(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The page, whose parts are named from the root whatever its own path is."""
        headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
        root = {**scope, "path": "/", "raw_path": b"/", "headers": headers}
        start: Message = {}
        body = b""

        async def collect(message: Message) -> None:
            nonlocal start, body
            if message["type"] == "http.response.start":
                start = message
                return
            body += message.get("body", b"")
            if message.get("more_body"):
                return
            sent = body.replace(_BASE, _ROOT_BASE, 1)
            kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
            length = (b"content-length", str(len(sent)).encode())
            await send({**start, "headers": [*kept, length]})
            await send({"type": "http.response.body", "body": sent})

        await self._app(root, receive, collect)

    def _find_refusal(self, scope: Scope) -> tuple[int, str] | None:
        headers = _read_headers(scope)
        if not self._knows(headers.get("host", "")):
            return 400, "unknown host"
        origin = headers.get("origin")
        if origin is not None and origin.partition("://")[2] != headers.get("host"):
            return 403, "foreign origin"
        if is_api(scope["path"]):
            # It limits what it takes itself.
            return None
        if not _OPEN.fullmatch(scope["path"]) and not is_page(scope["path"]):
            return 404, "nothing here"
        if scope["method"] == "POST":
            length = headers.get("content-length", "")
            is_upload = scope["path"] == UPLOAD_PATH
            largest = max(LARGEST_BODY, self._largest_upload) if is_upload else LARGEST_BODY
            if not length.isdecimal() or int(length) > largest:
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


def _read_headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _make_cookie(scope: Scope) -> list[tuple[bytes, bytes]]:
    """A new id for a browser whose page has begun to work and shows none.

    Not for one that asks for the page: following another site's link it does not show the id it has.
    """
    headers = _read_headers(scope)
    if read_owner(headers) or headers.get("sec-fetch-site") == "cross-site":
        return []
    if scope["path"] != "/gradio_api/queue/join":
        return []
    cookie = (
        f"{_COOKIE}={secrets.token_urlsafe(24)}; Path=/; Max-Age={_COOKIE_DAYS * 86400}; "
        "HttpOnly; SameSite=Strict"
    )
    return [(b"set-cookie", cookie.encode())]
