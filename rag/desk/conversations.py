"""Conversations as they are kept: begun at the first question, listed, renamed, deleted with undo.

A turn is whatever JSON its caller makes of it. Whoever has a conversation's id may read it; only
the browser that owns it may change it.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wortlaut.index.article import mend_letters
from wortlaut.rag.desk.store import Desk

LONGEST_TITLE = 80
# How long a deleted conversation can be had back.
_KEPT_DELETED = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class KeptConversation:
    """A conversation without its turns; `changed` is the ISO time of the last change to them."""

    id: str
    owner: str
    title: str
    changed: str


class Conversations:
    """The conversations of a desk; what was deleted long ago is gone from the start."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._purged = ""
        self.purge()

    def begin(self, owner: str, title: str) -> KeptConversation:
        """A new conversation under an id that nobody guesses."""
        begun = KeptConversation(secrets.token_urlsafe(16), owner, shorten_title(title), _now())
        with self._desk.write() as db:
            db.execute(
                "INSERT INTO conversations (id, owner, title, created, changed) "
                "VALUES (?, ?, ?, ?, ?)",
                (begun.id, owner, begun.title, begun.changed, begun.changed),
            )
        self.purge()
        return begun

    def find(self, conversation: str) -> KeptConversation | None:
        """The conversation under the id; None where there is none, or none any more."""
        rows = self._desk.read(
            "SELECT id, owner, title, changed FROM conversations WHERE id = ? AND deleted IS NULL",
            (conversation,),
        )
        return KeptConversation(*rows[0]) if rows else None

    def list_newest(self, owner: str, most: int) -> list[KeptConversation]:
        """The owner's conversations, the last one changed first, `most` of them."""
        rows = self._desk.read(
            "SELECT id, owner, title, changed FROM conversations "
            "WHERE owner = ? AND deleted IS NULL ORDER BY changed DESC, id LIMIT ?",
            (owner, most),
        )
        return [KeptConversation(*row) for row in rows]

    def read_turns(self, conversation: str) -> list[Any]:
        """The turns in order; None in place of one that is no JSON."""
        rows = self._desk.read(
            "SELECT turn FROM turns WHERE conversation = ? ORDER BY number", (conversation,)
        )
        return [_read_json(text) for (text,) in rows]

    def read_replaced(self, conversation: str) -> list[Any]:
        """The turns as they were before the last edit; none where that can no longer be undone."""
        rows = self._desk.read(
            "SELECT turn FROM replaced WHERE conversation = ? ORDER BY number", (conversation,)
        )
        return [_read_json(text) for (text,) in rows]

    def forget_replaced(self, conversation: str) -> None:
        """Have the last edit stand for good."""
        with self._desk.write() as db:
            db.execute("DELETE FROM replaced WHERE conversation = ?", (conversation,))

    def put_turn(self, conversation: str, number: int, turn: Any) -> str:
        """Keep the turn under its number, in place of what stood there; when that was, in ISO.

        Of a conversation that is gone nothing is kept.
        """
        text, now = mend_letters(json.dumps(turn, ensure_ascii=False)), _now()
        with self._desk.write() as db:
            changed = db.execute(
                "UPDATE conversations SET changed = ? WHERE id = ?", (now, conversation)
            )
            if changed.rowcount:
                db.execute(
                    "INSERT OR REPLACE INTO turns (conversation, number, turn) VALUES (?, ?, ?)",
                    (conversation, number, text),
                )
        return now

    def replace_turns(
        self, conversation: str, turns: Sequence[Any], replaced: Sequence[Any] = ()
    ) -> str:
        """Keep these turns in place of all others; when that was, in ISO.

        `replaced` are what an undo brings back, until something else is.
        """
        now = _now()
        with self._desk.write() as db:
            for table, kept in (("turns", turns), ("replaced", replaced)):
                rows = [
                    (conversation, number, mend_letters(json.dumps(turn, ensure_ascii=False)))
                    for number, turn in enumerate(kept)
                ]
                db.execute(f"DELETE FROM {table} WHERE conversation = ?", (conversation,))
                db.executemany(
                    f"INSERT INTO {table} (conversation, number, turn) VALUES (?, ?, ?)", rows
                )
            db.execute("UPDATE conversations SET changed = ? WHERE id = ?", (now, conversation))
        return now

    def copy(self, conversation: str, owner: str, count: int) -> KeptConversation | None:
        """The first `count` turns once more, for another owner to go on with."""
        found = self.find(conversation)
        if found is None:
            return None
        copied = self.begin(owner, found.title)
        with self._desk.write() as db:
            db.execute(
                "INSERT INTO turns (conversation, number, turn) "
                "SELECT ?, number, turn FROM turns WHERE conversation = ? AND number < ?",
                (copied.id, conversation, count),
            )
        return copied

    def rename(self, owner: str, conversation: str, title: str) -> bool:
        """Give it another title; False where it is not the owner's."""
        return bool(title.strip()) and self._change(
            "title = ?", owner, conversation, shorten_title(title)
        )

    def delete(self, owner: str, conversation: str) -> KeptConversation | None:
        """Delete it, for a day with undo; None where it is not the owner's."""
        found = self.find(conversation)
        if not self._change("deleted = ?", owner, conversation, _now()):
            return None
        return found

    def restore(self, owner: str, conversation: str) -> bool:
        """Undo the deletion; False where nothing is left, or it is not the owner's."""
        return self._change("deleted = ?", owner, conversation, None)

    def purge(self, now: datetime | None = None) -> None:
        """Remove for good what was deleted more than a day before; looks once an hour."""
        now = now or datetime.now(UTC)
        hour = now.isoformat()[:13]
        if hour == self._purged:
            return
        self._purged = hour
        with self._desk.write() as db:
            db.execute(
                "DELETE FROM conversations WHERE deleted < ?", ((now - _KEPT_DELETED).isoformat(),)
            )

    def _change(self, what: str, owner: str, conversation: str, value: str | None) -> bool:
        with self._desk.write() as db:
            changed = db.execute(
                f"UPDATE conversations SET {what} WHERE id = ? AND owner = ?",
                (value, conversation, owner),
            )
        return changed.rowcount > 0


def shorten_title(text: str) -> str:
    """The first words of a question as a title: one line, cut at a word."""
    title = " ".join(mend_letters(text).split())
    if len(title) <= LONGEST_TITLE:
        return title
    head, _, tail = title[: LONGEST_TITLE - 1].rpartition(" ")
    return f"{head if len(head) > LONGEST_TITLE // 2 else head + tail}…"


def _now() -> str:
    return datetime.now(UTC).isoformat()


def _read_json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None
