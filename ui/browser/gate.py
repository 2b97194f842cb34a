"""The gate before the web app: who may ask, for which paths, and what the page may load.

Gradio's server answers more than this page needs: it fetches addresses for whoever asks, takes
files of any size, and accepts every Host header, which lets a foreign web page read the archive by
rebinding its name to 127.0.0.1. What the page does not need is closed here.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

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
