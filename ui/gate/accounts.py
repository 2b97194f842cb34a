"""Users in a file: names, roles, passwords as scrypt hashes and tokens as digests, never themselves."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
import unicodedata
from base64 import b64decode, b64encode
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wortlaut.index.errors import ConfigError
from wortlaut.ui.gate.guest import USER_ROLES, UserRole, read_name

USERS_FILE = "users.json"
SHORTEST_PASSWORD, LONGEST_PASSWORD = 8, 1000
_TOKEN_START = "wl_"
_MOST_TOKENS = 20
_LOCK_S = 10.0
# What OWASP recommends where 16 MB are to be enough for one try.
_LOG_N, _R, _P = 14, 8, 5
_NO_CHANGE = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class Account:
    """A user; `tokens` are the digests of what programs sign in with."""

    name: str
    role: UserRole = "reader"
    password: str = ""
    tokens: tuple[str, ...] = ()

    @property
    def stamp(self) -> str:
        """Another one whenever the password is another: sessions begun before it end."""
        return hashlib.sha256(f"{self.name}\n{self.password}".encode()).hexdigest()[:32]


class Accounts:
    """The users in a file, which is read again when it has changed.

    Raises ConfigError where it cannot be read: nobody is let in by a file that is damaged.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        self._seen: tuple[int, int, int] = _NO_CHANGE
        self._known: dict[str, Account] = {}
        self._by_token: dict[str, Account] = {}

    def find(self, name: str) -> Account | None:
        """The user of that name."""
        self._refresh()
        return self._known.get(read_name(name))

    def find_by_token(self, token: str) -> Account | None:
        """The user whose token it is."""
        self._refresh()
        return self._by_token.get(digest_secret(token))

    def list(self) -> list[Account]:
        """All users by name; none where there is no file yet."""
        self._refresh()
        return [self._known[name] for name in sorted(self._known)]

    def change(self, name: str, edit: Callable[[Account | None], Account | None]) -> None:
        """Put what `edit` makes of the user in its place; None removes it. All of it, or nothing."""
        from filelock import FileLock, Timeout

        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(f"{self.file}.lock", timeout=_LOCK_S):
                self._refresh()
                known = dict(self._known)
                edited = edit(known.pop(name, None))
                if edited is not None:
                    known[name] = edited
                _write(self.file, known)
        except Timeout as error:
            raise ConfigError(f"{self.file} is being changed by another; try again") from error
        except OSError as error:
            raise ConfigError(
                f"cannot write the users' file {self.file}: {error.strerror}"
            ) from error

    def _refresh(self) -> None:
        try:
            seen = _look(self.file)
            if seen == self._seen:
                return
            text = self.file.read_text(encoding="utf-8") if seen != _NO_CHANGE else ""
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise ConfigError(f"cannot read the users' file {self.file}: {reason}") from error
        self._known = _read_accounts(text, self.file) if text else {}
        self._by_token = {token: one for one in self._known.values() for token in one.tokens}
        self._seen = seen


def _look(file: Path) -> tuple[int, int, int]:
    try:
        found = file.stat()
    except FileNotFoundError:
        return _NO_CHANGE
    return found.st_mtime_ns, found.st_size, found.st_ino


def _read_accounts(text: str, file: Path) -> dict[str, Account]:
    try:
        users: dict[str, Any] = json.loads(text)["users"]
        found = [
            Account(name, one["role"], str(one["password"]), tuple(map(str, one["tokens"])))
            for name, one in users.items()
        ]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ConfigError(
            f"{file} is no users' file; make one anew: wortlaut user add NAME"
        ) from error
    for one in found:
        if one.role not in USER_ROLES or not one.name or read_name(one.name) != one.name:
            raise ConfigError(f"{file}: the user {one.name!r} is none; mend it, or add it anew")
    return {one.name: one for one in found}


def _write(file: Path, known: dict[str, Account]) -> None:
    users = {
        one.name: {"role": one.role, "password": one.password, "tokens": list(one.tokens)}
        for one in known.values()
    }
    text = json.dumps({"format": 1, "users": users}, ensure_ascii=False, indent=1)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(6)}")
    # Nobody else may read it, not for a moment.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(f"{text}\n")
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def add_token(account: Account) -> tuple[Account, str]:
    """The account with one more token, and the token, which is kept nowhere."""
    if len(account.tokens) >= _MOST_TOKENS:
        raise ConfigError(
            f"{account.name} has {_MOST_TOKENS} tokens; take them back first: "
            f"wortlaut user token {account.name} --revoke"
        )
    token = _TOKEN_START + secrets.token_urlsafe(32)
    return replace(account, tokens=(*account.tokens, digest_secret(token))), token


def digest_secret(secret: str) -> str:
    """The digest that is kept of a long random secret: nobody can guess what it is of."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def hash_password(password: str, log_n: int = _LOG_N) -> str:
    """What is kept of a password; raises ConfigError for one that is too short."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ConfigError(
            f"a password has {SHORTEST_PASSWORD} letters or more; choose a longer one"
        )
    salt = secrets.token_bytes(16)
    made = _scrypt(password, salt, log_n, _R, _P)
    return f"scrypt${log_n}${_R}${_P}${b64encode(salt).decode()}${b64encode(made).decode()}"


def check_password(password: str, kept: str) -> bool:
    """Whether it is the password; takes as long where there is none to compare with."""
    kind, *parts = (kept or hash_nothing()).split("$")
    if kind != "scrypt" or len(parts) != 5 or len(password) > LONGEST_PASSWORD:
        return False
    try:
        log_n, r, p = (int(part) for part in parts[:3])
        salt, wanted = (b64decode(part, validate=True) for part in parts[3:])
        made = _scrypt(password, salt, log_n, r, p)
    except (ValueError, MemoryError):
        return False
    return hmac.compare_digest(made, wanted) and bool(kept)


def hash_nothing() -> str:
    """What a password is compared with where there is no user of that name."""
    nothing = b64encode(b"\0" * 32).decode()
    return f"scrypt${_LOG_N}${_R}${_P}${nothing}${nothing}"


def _scrypt(password: str, salt: bytes, log_n: int, r: int, p: int) -> bytes:
    if not 1 <= log_n <= 20 or not 1 <= r <= 32 or not 1 <= p <= 16:
        raise ValueError("no cost of scrypt")
    typed = unicodedata.normalize("NFKC", password).encode("utf-8", "replace")
    room = 128 * r * (2**log_n + p + 2) + 1_000_000
    return hashlib.scrypt(typed, salt=salt, n=2**log_n, r=r, p=p, maxmem=room, dklen=32)
