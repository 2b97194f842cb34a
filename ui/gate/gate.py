"""The gate: one ASGI app around whatever is served, through which every request goes.

Of the served routes only those in `paths` are to be had, by nobody else's page. Where people sign in,
nothing is read without, but health, readiness and the page to sign in on, which needs no file.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from wortlaut.rag.desk.store import Desk
from wortlaut.ui.browser.address import is_page
from wortlaut.ui.gate.accounts import digest_secret
from wortlaut.ui.gate.checkup import Checkup
from wortlaut.ui.gate.doors import Doors, is_own_machine
from wortlaut.ui.gate.figures import Figures
from wortlaut.ui.gate.guest import Guest, is_users_own, read_owner
from wortlaut.ui.gate.handing import (
    PageHead,
    guard,
    hand_on,
    hurry,
    make_owner_cookie,
    read_headers,
    send_page,
)
from wortlaut.ui.gate.limits import RateLimit, name_address
from wortlaut.ui.gate.logs import log_request
from wortlaut.ui.gate.paths import (
    HEALTH_PATH,
    JOIN_PATH,
    METRICS_PATH,
    READY_PATH,
    SIGN_IN_PATH,
    SIGN_OUT_PATH,
    STREAM_PATH,
    counts_as_request,
    is_fit,
    is_named_by_content,
    is_served,
    name_kind,
    needs_editor,
)
from wortlaut.ui.gate.refusals import Refusal, answer_refusal
from wortlaut.ui.gate.sessions import Sessions
from wortlaut.ui.gate.signin import Outside, SignIn
from wortlaut.ui.gate.signpage import SignPage

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from wortlaut.index.archive import Archive
    from wortlaut.ui.gate.proxy import Arrival

_MOST_AT_ONCE, _MOST_EACH = 1000, 300
_MOST_STREAMS = 20_000
_TOO_LARGE = Refusal(413, "too large, or of unknown length; send less")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Passage:
    """A request on its way through: what is known of it by now."""

    arrival: Arrival
    headers: dict[str, str]
    guest: Guest = Guest()  # noqa: RUF009 -- frozen
    status: int = 0
    is_refused: bool = False

    @property
    def scope(self) -> Scope:
        """The request without what anybody claims of it."""
        return self.arrival.scope

    @property
    def path(self) -> str:
        """Its path below the root."""
        return self.arrival.path

    @property
    def address(self) -> str:
        """Where it is from."""
        return self.arrival.address

    @property
    def key(self) -> str:
        """What its requests are counted as."""
        return f"user:{self.guest.name}" if self.guest.name else name_address(self.address)


class Gate:
    """An ASGI app that lets through to `app` whom the `doors` admit, and guards what comes back.

    An IP address as Host is always fine: only names can be rebound. An upload has `largest_upload`
    bytes at most, all else `LARGEST_BODY`. The `archive` tells whether the server is ready; sessions
    are kept on the `desk`, or end with the program. The page gets this `head` too.
    """

    def __init__(
        self,
        app: ASGIApp,
        doors: Doors,
        archive: Archive,
        *,
        desk: Desk | None = None,
        largest_upload: int = 0,
        figures: Figures | None = None,
        head: PageHead = PageHead(),
    ) -> None:
        self._app = app
        self._doors = doors
        self._largest_upload = largest_upload
        self._head = head
        self._sign_in: SignIn | None = None
        self._sign_page: SignPage | None = None
        if doors.has_sign_in:
            sessions = Sessions(desk or Desk(None), doors.session_hours)
            self._sign_in = SignIn(doors.accounts, sessions, doors.editors)
            if doors.accounts is not None:
                self._sign_page = SignPage(self._sign_in, sessions, doors.root_path)
        self._rate = RateLimit(doors.a_minute)
        self._figures = figures or Figures()
        self._checkup = Checkup(archive, self._figures)
        self._open_by_key: dict[str, int] = {}
        self._open = 0
        # By the digest of a page's name: whose it is.
        self._streams: dict[str, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what the gate answers itself, refuse, or pass on and guard the response."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        arrival = self._doors.entrance.receive(scope)
        passage = _Passage(arrival, read_headers(arrival.scope))
        started = perf_counter()

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                passage.status = message["status"]
                lasts = is_named_by_content(passage.path, passage.scope["query_string"])
                message = guard(message, self._make_cookie(passage), lasts=lasts)
            await send(message)

        try:
            await self._answer(passage, hurry(receive), send_guarded)
        except Exception:
            passage.status = passage.status or 500
            raise
        finally:
            self._note(passage, (perf_counter() - started) * 1000)

    def _note(self, passage: _Passage, ms: float) -> None:
        status, path = passage.status or 499, passage.path
        self._figures.note_request(name_kind(path), status, refused=passage.is_refused)
        log_request(
            passage.scope["method"], path, status, ms,
            user=passage.guest.name, address=passage.address,
        )  # fmt: skip

    async def _answer(self, passage: _Passage, receive: Receive, send: Send) -> None:
        if refusal := self._find_strange(passage):
            await self._refuse(passage, refusal, receive, send)
        elif passage.path in (HEALTH_PATH, READY_PATH):
            answer = await self._checkup.tell_health(passage.path)
            await answer(passage.scope, receive, send)
        elif passage.path in (SIGN_IN_PATH, SIGN_OUT_PATH) and self._sign_page is not None:
            await self._sign_in_or_out(self._sign_page, passage, receive, send)
        elif outside := await self._identify(passage):
            await self._turn_away(passage, outside, receive, send)
        elif refusal := self._find_refusal(passage):
            await self._refuse(passage, refusal, receive, send)
        elif passage.path == METRICS_PATH:
            answer = await self._checkup.tell_figures()
            await answer(passage.scope, receive, send)
        else:
            await self._pass_on(passage, receive, send)

    # Who is turned away

    def _find_strange(self, passage: _Passage) -> Refusal | None:
        """Why the request is not for this server at all."""
        host = passage.headers.get("host", "")
        if not self._knows(host):
            return Refusal(
                400, "unknown host; name it where the server is started: --allow-host NAME"
            )
        origin = passage.headers.get("origin")
        if origin is not None and origin.partition("://")[2] != host:
            return Refusal(403, "foreign origin")
        return None

    async def _identify(self, passage: _Passage) -> Outside | None:
        """None once it is known who it is; where nobody signs in, it is anybody."""
        sign_in = self._sign_in
        if sign_in is None:
            return None
        found = await sign_in.identify(passage.arrival, passage.headers)
        if isinstance(found, Outside):
            return found
        passage.guest = found
        return None

    async def _turn_away(
        self, passage: _Passage, outside: Outside, receive: Receive, send: Send
    ) -> None:
        """Show a browser the way to sign in; tell a program what to send."""
        from starlette.responses import RedirectResponse

        wants_page = passage.scope["method"] == "GET" and is_page(passage.path or "/")
        is_asked = "authorization" in passage.headers
        if self._sign_page and wants_page and not is_asked and outside.why == "unknown":
            there = self._sign_page.point_to(passage.path)
            answer = RedirectResponse(there, 303, headers={"cache-control": "no-store"})
            await answer(passage.scope, receive, send)
            return
        refusal = Refusal(
            401, "sign in: send a token as Authorization: Bearer TOKEN, or name and password"
        )
        if outside.why == "wait":
            refusal = Refusal(
                429, f"too many wrong passwords; try again in {outside.seconds} s", outside.seconds
            )
        elif outside.why == "busy":
            refusal = Refusal(503, "sign-in is busy or broken; try again", outside.seconds)
        await self._refuse(passage, refusal, receive, send)

    def _find_refusal(self, passage: _Passage) -> Refusal | None:
        """Why somebody who may come in does not get this."""
        path, method = passage.path, passage.scope["method"]
        if not is_served(path):
            return Refusal(404, "nothing here; for programs see /api/v1/openapi.json")
        if needs_editor(method, path) and not passage.guest.may_edit:
            return Refusal(
                403, "readers do not do that; ask whoever runs this server for the role editor"
            )
        if path == METRICS_PATH and not self._may_see_figures(passage):
            return Refusal(404, "nothing here; from elsewhere figures are read with --open-metrics")
        if path == STREAM_PATH and not self._is_own_stream(passage):
            return Refusal(403, "another user's page; reload this one")
        if not self._is_fit(passage):
            return _TOO_LARGE
        if counts_as_request(path) and (seconds := self._rate.take(passage.key)):
            return Refusal(429, f"too many requests; go on in {seconds} s", seconds)
        if self._open >= _MOST_AT_ONCE or self._open_by_key.get(passage.key, 0) >= _MOST_EACH:
            return Refusal(503, "too much is being answered; try again in a moment", 2)
        return None

    def _is_own_stream(self, passage: _Passage) -> bool:
        """Whether what a page is told is asked for by the user who asked first.

        A page's name is random, but stands in an address, and so in a proxy's log.
        """
        if self._sign_in is None:
            return True
        query = parse_qs(passage.scope["query_string"].decode("latin-1"))
        # It can be of any length, and many are remembered.
        name = digest_secret(query.get("session_hash", [""])[-1])
        user = passage.guest.name
        first = self._streams.setdefault(name, user)
        if len(self._streams) > _MOST_STREAMS:
            del self._streams[next(iter(self._streams))]
        return first == user

    def _is_fit(self, passage: _Passage) -> bool:
        length = passage.headers.get("content-length", "")
        return is_fit(length, passage.scope["method"], passage.path, self._largest_upload)

    def _may_see_figures(self, passage: _Passage) -> bool:
        """Without sign-in they are for this machine: a proxy's guests come from it, but say so."""
        if self._doors.shows_figures or self._sign_in is not None:
            return True
        return is_own_machine(passage.address) and not passage.arrival.is_relayed

    async def _refuse(
        self, passage: _Passage, refusal: Refusal, receive: Receive, send: Send
    ) -> None:
        passage.is_refused = True
        answer = answer_refusal(refusal, passage.path, passage.headers)
        await answer(passage.scope, receive, send)

    def _knows(self, address: str) -> bool:
        from ipaddress import ip_address

        try:
            host = (urlsplit(f"//{address}").hostname or "").lower()
            return host in self._doors.hosts or bool(ip_address(host))
        except ValueError:
            return False

    # What the gate answers

    async def _sign_in_or_out(
        self, sign_page: SignPage, passage: _Passage, receive: Receive, send: Send
    ) -> None:
        from starlette.requests import Request

        if not self._is_fit(passage):
            await self._refuse(passage, _TOO_LARGE, receive, send)
            return
        request = Request(passage.scope, receive)
        answer = await sign_page.answer(request, passage.path, passage.address)
        await answer(passage.scope, receive, send)

    # What is passed on

    async def _pass_on(self, passage: _Passage, receive: Receive, send: Send) -> None:
        from starlette.responses import RedirectResponse

        if not passage.path:
            answer = RedirectResponse(f"{self._doors.root_path}/", 308)
            await answer(passage.scope, receive, send)
            return
        scope = hand_on(passage.scope, passage.guest, has_sign_in=self._sign_in is not None)
        key = passage.key
        self._open += 1
        self._open_by_key[key] = self._open_by_key.get(key, 0) + 1
        self._figures.note_open(self._open)
        try:
            if is_page(passage.path):
                await send_page(self._app, scope, receive, send, self._head)
            else:
                await self._app(scope, receive, send)
        finally:
            self._open -= 1
            self._open_by_key[key] -= 1
            if not self._open_by_key[key]:
                del self._open_by_key[key]
            self._figures.note_open(self._open)

    def _make_cookie(self, passage: _Passage) -> bytes | None:
        """A new id for a browser whose page has begun to work and shows none.

        Not for one that asks for the page: following another site's link it does not show the id
        it has. Nor where people sign in: then it is the user's.
        """
        is_cross = passage.headers.get("sec-fetch-site") == "cross-site"
        if self._sign_in is not None or passage.path != JOIN_PATH or passage.is_refused or is_cross:
            return None
        known = read_owner(passage.headers)
        return None if known and not is_users_own(known) else make_owner_cookie(passage.scope)
