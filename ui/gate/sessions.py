"""Sessions of those who signed in: kept over a restart, ended by signing out or another password."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from wortlaut.rag.desk.store import Desk
from wortlaut.ui.gate.accounts import Account, digest_secret

# So long what was read is believed: signing out elsewhere takes as long to be noticed here.
_FRESH_S = 5.0
_MOST_KNOWN = 10_000
_MOST_OF_A_USER = 50


class Sessions:
    """The sessions on a desk, each `hours` long from when it began."""

    def __init__(self, desk: Desk, hours: int, clock: Callable[[], float] = time.time) -> None:
        self._desk = desk
        self._clock = clock
        self.seconds = hours * 3600
        # By digest: name, stamp, when it ends, and when that was read.
        self._known: dict[str, tuple[str, str, float, float]] = {}

    def begin(self, account: Account) -> str:
        """The token of a new session."""
        token, now = secrets.token_urlsafe(32), int(self._clock())
        row = (digest_secret(token), account.name, account.stamp, now + self.seconds)
        with self._desk.write() as db:
            db.execute("DELETE FROM sessions WHERE expires <= ?", (now,))
            db.execute(
                "INSERT INTO sessions (digest, name, stamp, expires) VALUES (?, ?, ?, ?)", row
            )
            db.execute(
                "DELETE FROM sessions WHERE name = ? AND digest NOT IN (SELECT digest FROM sessions "
                "WHERE name = ? ORDER BY expires DESC, digest LIMIT ?)",
                (account.name, account.name, _MOST_OF_A_USER),
            )
        return token

    def recall(self, token: str) -> tuple[str, str] | None:
        """Name and stamp of the session, if that was read a moment ago."""
        name, stamp, expires, read = self._known.get(digest_secret(token), ("", "", 0.0, 0.0))
        now = self._clock()
        return (name, stamp) if now < expires and 0 <= now - read < _FRESH_S else None

    def find(self, token: str) -> tuple[str, str] | None:
        """Name and stamp of the session; None where there is none, or none any more."""
        digest, now = digest_secret(token), self._clock()
        rows = self._desk.read(
            "SELECT name, stamp, expires FROM sessions WHERE digest = ? AND expires > ?",
            (digest, now),
        )
        self._known.pop(digest, None)
        if not rows:
            return None
        name, stamp, expires = rows[0]
        if len(self._known) >= _MOST_KNOWN:
            self._known.clear()
        self._known[digest] = (name, stamp, expires, now)
        return name, stamp

    def end(self, token: str) -> None:
        """Nobody is signed in by it any more."""
        digest = digest_secret(token)
        self._known.pop(digest, None)
        with self._desk.write() as db:
            db.execute("DELETE FROM sessions WHERE digest = ?", (digest,))
