"""The page to sign in on, and signing out; it needs no script and no file."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from wortlaut.index.lang.words import Language
from wortlaut.ui.browser.address import is_page
from wortlaut.ui.browser.settings import read_chosen_tongue
from wortlaut.ui.gate.paths import SIGN_IN_PATH, SIGN_OUT_PATH
from wortlaut.ui.gate.signin import SESSION_COOKIE, Outside, SignIn, read_session_token
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.page import choose_tongue
from wortlaut.ui.words.signin import choose_sign_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request
    from starlette.responses import Response

    from wortlaut.ui.gate.accounts import Account
    from wortlaut.ui.gate.sessions import Sessions

_LARGEST_FORM = 20_000
_STATUS = {"wrong": 403, "wait": 429, "busy": 503, "unknown": 403}
# Were no referrer sent, the form's own origin would be "null".
_HEADERS = {
    "cache-control": "no-store",
    "referrer-policy": "same-origin",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}
_STYLE = (
    ":root{color-scheme:light dark;--ink:#1f2326;--quiet:#5c646a;--line:#c9c4bd;--paper:#faf8f5;"
    "--own:#0f5e63;--bad:#a3261b}@media(prefers-color-scheme:dark){:root{--ink:#ece9e4;"
    "--quiet:#a9b0b5;--line:#4a4f53;--paper:#1b1d1f;--own:#6fc3c8;--bad:#ff9d92}}"
    "*{box-sizing:border-box}body{margin:0;min-height:100vh;display:grid;place-items:center;"
    "background:var(--paper);color:var(--ink);font:16px/1.5 system-ui,-apple-system,'Segoe UI',"
    "Roboto,sans-serif}main{width:min(22rem,100% - 2rem)}h1{font:600 1.9rem Georgia,serif;"
    "margin:0 0 1.2rem}label{display:block;margin:0 0 1rem}input{display:block;width:100%;"
    "margin-top:.25rem;padding:.6rem .7rem;font:inherit;color:inherit;background:transparent;"
    "border:1px solid var(--line);border-radius:.4rem}button{width:100%;padding:.65rem;font:inherit;"
    "font-weight:600;color:var(--paper);background:var(--own);border:0;border-radius:.4rem;"
    "cursor:pointer}:focus-visible{outline:2px solid var(--own);outline-offset:2px}"
    ".fault{color:var(--bad);margin:0 0 1rem}"
)


class SignPage:
    """Answers `/sign-in` and `/sign-out` below a root path."""

    def __init__(self, sign_in: SignIn, sessions: Sessions, root_path: str = "") -> None:
        self._sign_in = sign_in
        self._sessions = sessions
        self._root = root_path

    def point_to(self, path: str) -> str:
        """The address of the sign-in page from which one comes back to the path."""
        back = f"?next={quote(path)}" if is_page(path) and path != "/" else ""
        return f"{self._root}{SIGN_IN_PATH}{back}"

    async def answer(self, request: Request, path: str, address: str) -> Response:
        """The page, or what comes of its form."""
        from starlette.requests import ClientDisconnect
        from starlette.responses import PlainTextResponse

        tongue = _choose_tongue(request.headers)
        if path == SIGN_OUT_PATH:
            return await self._sign_out(request)
        if request.method in ("GET", "HEAD"):
            return _show(tongue, _read_next(request.query_params.get("next", "")))
        if request.method != "POST":
            return PlainTextResponse("use GET or POST", 405, headers={"allow": "GET, POST"})
        try:
            form = await _read_form(request)
        except ClientDisconnect:
            return PlainTextResponse("not sent to its end", 408, headers=_HEADERS)
        if form is None:
            return PlainTextResponse("too large", 413, headers=_HEADERS)
        back = _read_next(form.get("next", ""))
        found = await self._sign_in.try_password(
            form.get("name", ""), form.get("password", ""), address
        )
        if isinstance(found, Outside):
            return _show(tongue, back, found)
        return await self._let_in(request, found, back)

    async def _let_in(self, request: Request, account: Account, back: str) -> Response:
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import RedirectResponse

        token = await run_in_threadpool(self._sessions.begin, account)
        answer = RedirectResponse(f"{self._root}{back}", 303, headers=_HEADERS)
        answer.headers["set-cookie"] = self._make_cookie(request, token, self._sessions.seconds)
        return answer

    async def _sign_out(self, request: Request) -> Response:
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import PlainTextResponse, RedirectResponse

        if request.method != "POST":
            return PlainTextResponse("use POST", 405, headers={"allow": "POST"})
        if token := read_session_token(request.headers):
            await run_in_threadpool(self._sessions.end, token)
        answer = RedirectResponse(f"{self._root}{SIGN_IN_PATH}", 303, headers=_HEADERS)
        answer.headers["set-cookie"] = self._make_cookie(request, "", 0)
        return answer

    def _make_cookie(self, request: Request, token: str, seconds: int) -> str:
        secure = "; Secure" if request.url.scheme == "https" else ""
        return (
            f"{SESSION_COOKIE}={token}; Path={self._root or '/'}; Max-Age={seconds}; "
            f"HttpOnly; SameSite=Strict{secure}"
        )


async def _read_form(request: Request) -> dict[str, str] | None:
    """The form's fields; None for more than a form has."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_FORM:
            return None
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), max_num_fields=20)
    except ValueError:
        return None
    return {name: values[0] for name, values in fields.items()}


def _read_next(path: str) -> str:
    """Where to go on: one of the page's own addresses, never another's."""
    return path if is_page(path) else "/"


def _choose_tongue(headers: Mapping[str, str]) -> Language:
    chosen = read_chosen_tongue(headers.get("cookie"))
    return chosen or choose_tongue(headers.get("accept-language"))


def _show(tongue: Language, back: str, outside: Outside | None = None) -> Response:
    from starlette.responses import HTMLResponse

    words = choose_sign_in_words(tongue)
    told, status, headers = "", 200, dict(_HEADERS)
    if outside is not None:
        status = _STATUS[outside.why]
        if outside.seconds:
            headers["retry-after"] = str(outside.seconds)
        line = {"wait": words.wait, "busy": words.busy}.get(outside.why, words.wrong)
        told = f'<p class="fault" role="alert">{esc(line.format(seconds=outside.seconds))}</p>'
    return HTMLResponse(
        f'<!DOCTYPE html>\n<html lang="{tongue}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><link rel="icon" href="data:,">'
        f"<title>Wortlaut – {esc(words.title)}</title><style>{_STYLE}</style></head><body><main>"
        f'<h1>Wortlaut</h1>{told}<form method="post">'
        f'<label>{esc(words.name)}<input name="name" autocomplete="username" required autofocus '
        'autocapitalize="none" spellcheck="false"></label>'
        f'<label>{esc(words.password)}<input name="password" type="password" required '
        'autocomplete="current-password"></label>'
        f'<input type="hidden" name="next" value="{esc(back)}">'
        f"<button>{esc(words.enter)}</button></form></main></body></html>\n",
        status, headers=headers,
    )  # fmt: skip
