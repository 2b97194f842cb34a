"""What the served app gets of a request, and what goes back with its response."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from wortlaut.ui.gate.guest import OWNER_COOKIE, Guest, is_users_own, read_owner
from wortlaut.ui.gate.signin import SESSION_COOKIE

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_COOKIE_DAYS = 400
# A request that is never sent to its end would hold one of the places for good.
_PATIENCE_S, _SLOWEST = 60.0, 1000
# Gradio's pages run inline scripts and compile templates; but nothing may come from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-src 'none'; frame-ancestors 'none'"
)
_FOR_GOOD = {b"cache-control": b"private, max-age=31536000, immutable"}
_ROOT, _THEME = re.compile(rb'"root":"([^"]+)"'), re.compile(rb'"theme_hash":"([0-9a-f]+)"')
_HEADERS = {
    b"content-security-policy": POLICY.encode(),
    b"referrer-policy": b"no-referrer",
    b"x-content-type-options": b"nosniff",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
}


@dataclass(frozen=True, slots=True)
class PageHead:
    """What the head of a page has besides what it is served with.

    `first` comes before all scripts; style sheets are `last`, because scripts wait for those before
    them.
    """

    first: str = ""
    last: str = ""


def guard(start: Message, cookie: bytes | None, *, lasts: bool = False) -> Message:
    """The beginning of a response with the headers that it lacks, and the cookie.

    What `lasts` a browser need not ask for again.
    """
    headers = list(start.get("headers", []))
    given = {name.lower() for name, _ in headers}
    lacked = _HEADERS | (_FOR_GOOD if lasts and start["status"] == 200 else {})
    headers += [pair for pair in lacked.items() if pair[0] not in given]
    if cookie is not None:
        headers.append((b"set-cookie", cookie))
    return {**start, "headers": headers}


def read_headers(scope: Scope) -> dict[str, str]:
    """The request's headers as text; of one that comes twice, the last."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def hand_on(scope: Scope, guest: Guest, *, has_sign_in: bool) -> Scope:
    """The request as the served app sees it: whose it is, and nobody's secrets."""
    sent = read_headers(scope)
    cookies = _keep_cookies(sent.get("cookie", ""))
    if guest.owner or is_users_own(read_owner(sent)):
        cookies = [one for one in cookies if one.partition("=")[0].strip() != OWNER_COOKIE]
    if guest.owner:
        cookies.append(f"{OWNER_COOKIE}={guest.owner}")
    hidden = {b"cookie"} | ({b"authorization"} if has_sign_in else set())
    headers = [pair for pair in scope["headers"] if pair[0].lower() not in hidden]
    if cookies:
        headers.append((b"cookie", "; ".join(cookies).encode("latin-1")))
    state = {**scope.get("state", {}), "guest": guest}
    return {**scope, "headers": headers, "state": state}


def _keep_cookies(sent: str) -> list[str]:
    """The cookies without the session's: what is served has no use for it."""
    return [
        one.strip()
        for one in sent.split(";")
        if one.strip() and one.partition("=")[0].strip() != SESSION_COOKIE
    ]


def hurry(receive: Receive, patience_s: float = _PATIENCE_S) -> Receive:
    """The request's body as it comes; from one who sends too slowly, as if he had gone.

    What is sent at `_SLOWEST` bytes a second may take as long as it likes; beyond that so many
    seconds may be waited for it in all.
    """
    waited, size, is_whole = 0.0, 0, False

    async def receive_in_time() -> Message:
        from anyio import move_on_after

        nonlocal waited, size, is_whole
        if is_whole:
            return await receive()
        began = monotonic()
        with move_on_after(patience_s + size / _SLOWEST - waited):
            message = await receive()
            waited += monotonic() - began
            size += len(message.get("body", b""))
            is_whole = not message.get("more_body")
            return message
        return {"type": "http.disconnect"}

    return receive_in_time


async def send_page(
    app: ASGIApp, scope: Scope, receive: Receive, send: Send, head: PageHead
) -> None:
    """The page, whose parts are named from the root whatever its own path is, with this `head`."""
    headers = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    path = f"{scope['root_path']}/"
    at_root = {**scope, "path": path, "raw_path": path.encode(), "headers": headers}
    start: Message = {}
    body = b""

    async def collect(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = message
            return
        if message["type"] != "http.response.body":
            await send(message)
            return
        body += message.get("body", b"")
        if message.get("more_body"):
            return
        first, last = f'<base href="{path}" />\n{head.first}', f"{_find_theme(body)}{head.last}"
        sent = body.replace(b'<base href="./" />', first.encode(), 1)
        sent = sent.replace(b"</head>", f"{last}</head>".encode(), 1)
        # A browser would ask for it without its cookie, and at the host's own root.
        sent = sent.replace(b'<link rel="manifest" href="/manifest.json" />', b"", 1)
        kept = [pair for pair in start["headers"] if pair[0].lower() != b"content-length"]
        length = (b"content-length", str(len(sent)).encode())
        await send({**start, "headers": [*kept, length]})
        await send({"type": "http.response.body", "body": sent})

    await app(at_root, receive, collect)


def _find_theme(body: bytes) -> str:
    """A link to the theme's style sheet, by the name under which Gradio's script looks for one.

    It would ask for it only then, and wait for it before it loads the page's parts.
    """
    root, theme = _ROOT.search(body), _THEME.search(body)
    if root is None or theme is None or any(sign in root[1] for sign in b"\\<>&'"):
        return ""
    return f'<link rel="stylesheet" href="{root[1].decode()}/theme.css?v={theme[1].decode()}">\n'


def make_owner_cookie(scope: Scope) -> bytes:
    """A new random id for a browser, as its cookie."""
    secure = "; Secure" if scope["scheme"] == "https" else ""
    return (
        f"{OWNER_COOKIE}={secrets.token_urlsafe(24)}; Path={scope['root_path'] or '/'}; "
        f"Max-Age={_COOKIE_DAYS * 86400}; HttpOnly; SameSite=Strict{secure}"
    ).encode()
