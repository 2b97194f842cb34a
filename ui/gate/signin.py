"""Who a request is from: a session's cookie, a token, name and password, or a trusted proxy's word."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from base64 import b64decode
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal

from wortlaut.index.errors import ConfigError
from wortlaut.ui.gate.accounts import Account, Accounts, check_password
from wortlaut.ui.gate.guest import Guest, UserRole, read_name
from wortlaut.ui.gate.limits import GuessBrake, name_address

if TYPE_CHECKING:
    from anyio import CapacityLimiter

    from wortlaut.ui.gate.proxy import Arrival
    from wortlaut.ui.gate.sessions import Sessions

SESSION_COOKIE = "wortlaut_session"
# Each try takes 16 MB for half a second.
_AT_ONCE, _MOST_WAITING = 2, 32
# A program sends its password with every request.
_BELIEVED_S, _MOST_BELIEVED = 300.0, 1000
_log = logging.getLogger(__name__)

WhyOutside = Literal["unknown", "wrong", "wait", "busy"]


@dataclass(frozen=True, slots=True)
class Outside:
    """Nobody who may come in; `seconds` until a password may be tried again."""

    why: WhyOutside
    seconds: int = 0


class SignIn:
    """Tells who a request is from; `accounts` is None where a proxy alone names users.

    Whom a proxy names has the role of the account of that name; without one, that of `editors`.
    """

    def __init__(
        self, accounts: Accounts | None, sessions: Sessions, editors: Sequence[str] = ()
    ) -> None:
        self._accounts = accounts
        self._sessions = sessions
        self._editors = frozenset(read_name(name) for name in editors)
        self._brake = GuessBrake()
        # Made when first needed: one belongs to the loop that it was made in.
        self._limiter: CapacityLimiter | None = None
        self._waiting = 0
        self._key = secrets.token_bytes(32)
        self._believed: OrderedDict[bytes, float] = OrderedDict()

    async def identify(self, arrival: Arrival, headers: Mapping[str, str]) -> Guest | Outside:
        """Who it is; a password is tried only so often and so many at once."""
        try:
            if arrival.claimed:
                return self._name_claimed(arrival.claimed)
            if self._accounts is None:
                return Outside("unknown")
            kind, _, said = headers.get("authorization", "").partition(" ")
            if kind.lower() == "bearer" and said.strip():
                found = self._accounts.find_by_token(said.strip())
                return _welcome(found) if found else Outside("wrong")
            if kind.lower() == "basic":
                return await self._read_basic(said.strip(), arrival.address)
            return await self._read_session(headers)
        except ConfigError as error:
            # A damaged file lets nobody in.
            _log.error("%s", error)
            return Outside("busy", 5)

    def _name_claimed(self, claimed: str) -> Guest | Outside:
        name = read_name(claimed)
        if not name:
            return Outside("wrong")
        account = self._accounts.find(name) if self._accounts else None
        role: UserRole = "editor" if name in self._editors else "reader"
        return Guest(name, account.role if account else role)

    async def _read_session(self, headers: Mapping[str, str]) -> Guest | Outside:
        from starlette.concurrency import run_in_threadpool

        token = read_session_token(headers)
        if not token or self._accounts is None:
            return Outside("unknown")
        found = self._sessions.recall(token) or await run_in_threadpool(self._sessions.find, token)
        account = self._accounts.find(found[0]) if found else None
        if found is None or account is None or not hmac.compare_digest(account.stamp, found[1]):
            return Outside("unknown")
        return Guest(account.name, account.role, may_leave=True)

    async def _read_basic(self, said: str, address: str) -> Guest | Outside:
        try:
            decoded = b64decode(said, validate=True).decode()
        except ValueError:
            return Outside("wrong")
        name, _, password = decoded.partition(":")
        found = await self.try_password(name, password, address)
        return found if isinstance(found, Outside) else _welcome(found)

    async def try_password(self, name: str, password: str, address: str) -> Account | Outside:
        """The account with that name and password, or why there is none to be had."""
        if self._accounts is None:
            return Outside("unknown")
        try:
            account = self._accounts.find(name)
        except ConfigError as error:
            # A damaged file lets nobody in.
            _log.error("%s", error)
            return Outside("busy", 5)
        kept = account.password if account else ""
        said = f"{read_name(name)}\0{password}\0{kept}".encode("utf-8", "replace")
        key = hmac.digest(self._key, said, "sha256")
        if account is not None and self._believed.get(key, 0.0) > monotonic():
            return account
        keys = _count_as(name), name_address(address)
        if self._waiting >= _MOST_WAITING:
            return Outside("busy", 5)
        if pause := self._brake.begin(keys):
            return Outside("wait", pause)
        if not await self._check(password, kept) or account is None:
            _log.warning("a sign-in failed, from %s", address)
            return Outside("wrong")
        self._brake.forgive(*keys)
        self._believed[key] = monotonic() + _BELIEVED_S
        if len(self._believed) > _MOST_BELIEVED:
            self._believed.popitem(last=False)
        return account

    async def _check(self, password: str, kept: str) -> bool:
        from anyio import CapacityLimiter, to_thread

        self._limiter = self._limiter or CapacityLimiter(_AT_ONCE)
        self._waiting += 1
        try:
            return await to_thread.run_sync(check_password, password, kept, limiter=self._limiter)
        finally:
            self._waiting -= 1


def _count_as(name: str) -> str:
    """What guesses at a name are counted as: a name may be anything, of any length."""
    return f"user:{hashlib.sha256(read_name(name).encode('utf-8', 'replace')).hexdigest()}"


def _welcome(account: Account) -> Guest:
    return Guest(account.name, account.role)


def read_session_token(headers: Mapping[str, str]) -> str:
    """The session's token that a browser sent; "" for none."""
    from starlette.requests import cookie_parser

    token = cookie_parser(headers.get("cookie", "")).get(SESSION_COOKIE, "")
    return token if len(token) <= 100 else ""
