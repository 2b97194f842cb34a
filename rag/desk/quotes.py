"""The basket: quotes collected over conversations, each with the receipt of where it comes from."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from sqlite3 import Connection
from typing import Any, Literal
from uuid import uuid4

from wortlaut.index.archive import Archive
from wortlaut.index.article import mend_letters
from wortlaut.index.errors import ConfigError
from wortlaut.rag.desk.houseformat import QuotedWords
from wortlaut.rag.desk.store import Desk
from wortlaut.rag.receipt import Receipt

# What became of the article since: only of a sound one the words still stand where they stood.
QuoteState = Literal["sound", "changed", "damaged", "gone"]

MOST_QUOTES = 1000
LONGEST_NOTE = 4000
_SELECT = (
    "SELECT id, added, quote, question, note, receipt, turn, marker FROM quotes "
    "WHERE owner = ? AND removed IS NULL"
)
_LOOSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class KeptQuote:
    """One quote of a basket.

    It is the citation `marker` of turn `turn`, counted from 1, of the receipt with that digest;
    `None` where no receipt could be written.
    """

    id: str
    added: datetime
    quoted: QuotedWords
    question: str
    note: str
    receipt: str | None
    turn: int
    marker: int


class Basket:
    """What one browser has collected, in its order; whatever it asks for of others does nothing."""

    def __init__(self, desk: Desk, owner: str) -> None:
        self._desk = desk
        self._owner = owner

    def list_quotes(self) -> list[KeptQuote]:
        """The quotes in the user's order."""
        rows = self._desk.read(f"{_SELECT} ORDER BY place, added, id", (self._owner,))
        return [_read_row(row) for row in rows]

    def count(self) -> int:
        """How many quotes there are."""
        sql = "SELECT count(*) FROM quotes WHERE owner = ? AND removed IS NULL"
        return int(self._desk.read(sql, (self._owner,))[0][0])

    def find(self, quoted: QuotedWords) -> KeptQuote | None:
        """The same words of the same article, if they are in the basket."""
        with self._desk.write() as db:
            return _find_same(db, self._owner, quoted)

    def add(
        self, quoted: QuotedWords, question: str, receipt: Receipt | None, marker: int
    ) -> KeptQuote:
        """The quote as the last of the basket, or as it is there; some turn of the receipt cites it.

        Raises ConfigError when the basket is full, and when no turn does.
        """
        if self.count() >= MOST_QUOTES:
            raise ConfigError(f"the basket holds {MOST_QUOTES} quotes; export it and remove some")
        identity, now = uuid4().hex, datetime.now(UTC)
        turn = _find_turn(receipt, quoted, marker) if receipt else 0
        with self._desk.write() as db:
            # Nobody else writes meanwhile: not the same browser's other tab either.
            if known := _find_same(db, self._owner, quoted):
                return known
            self._purge(db)
            digest = self._keep_receipt(db, receipt) if receipt else None
            db.execute(
                "INSERT INTO quotes SELECT ?, ?, ?, coalesce(max(place), 0) + 1, ?, ?, ?, '', ?, ?, "
                "?, NULL FROM quotes WHERE owner = ?",
                (
                    identity, self._owner, now.isoformat(), quoted.address,
                    json.dumps(_write_quoted(quoted), ensure_ascii=False),
                    mend_letters(question), digest, turn,
                    marker, self._owner,
                ),
            )  # fmt: skip
        return KeptQuote(identity, now, quoted, question, "", digest, turn, marker)

    def remove(self, identity: str) -> bool:
        """Take the quote out; whether there was one. The last one taken out can be put back."""
        with self._desk.write() as db:
            self._purge(db)
            done = db.execute(
                "UPDATE quotes SET removed = ? WHERE id = ? AND owner = ? AND removed IS NULL",
                (datetime.now(UTC).isoformat(), identity, self._owner),
            )
            return done.rowcount > 0

    def restore(self, identity: str) -> bool:
        """Put the removed quote back where it was; whether that could be done."""
        with self._desk.write() as db:
            done = db.execute(
                "UPDATE quotes SET removed = NULL WHERE id = ? AND owner = ? "
                "AND removed IS NOT NULL AND address NOT IN "
                "(SELECT address FROM quotes WHERE owner = ? AND removed IS NULL)",
                (identity, self._owner, self._owner),
            )
            return done.rowcount > 0

    def move(self, identity: str, by: int) -> bool:
        """Move the quote so many places down, or up; whether it moved."""
        order = [kept.id for kept in self.list_quotes()]
        if identity not in order:
            return False
        at = order.index(identity)
        to = min(max(at + by, 0), len(order) - 1)
        order.insert(to, order.pop(at))
        with self._desk.write() as db:
            for place, each in enumerate(order, 1):
                db.execute("UPDATE quotes SET place = ? WHERE id = ?", (place, each))
        return to != at

    def write_note(self, identity: str, note: str) -> bool:
        """Keep the note with the quote; whether there is such a quote."""
        with self._desk.write() as db:
            done = db.execute(
                "UPDATE quotes SET note = ? WHERE id = ? AND owner = ? AND removed IS NULL",
                (note.strip()[:LONGEST_NOTE], identity, self._owner),
            )
            return done.rowcount > 0

    def list_receipts(self) -> list[Receipt]:
        """The receipts that the basket's quotes come from, each once."""
        rows = self._desk.read(
            "SELECT receipt FROM receipts WHERE digest IN "
            "(SELECT receipt FROM quotes WHERE owner = ? AND removed IS NULL) ORDER BY digest",
            (self._owner,),
        )
        return [Receipt.model_validate_json(row[0]) for row in rows]

    def keep_loose(self, receipt: Receipt) -> None:
        """Keep a receipt that no quote comes from for a while, to be fetched."""
        with self._desk.write() as db:
            _forget_receipts(db)
            _insert_receipt(db, receipt)

    def find_receipt(self, digest: str) -> Receipt | None:
        """A receipt that is kept, by its digest: whoever has that has seen it."""
        rows = self._desk.read("SELECT receipt FROM receipts WHERE digest = ?", (digest,))
        return Receipt.model_validate_json(rows[0][0]) if rows else None

    def _purge(self, db: Connection) -> None:
        """Forget for good what was removed before, and receipts that nothing hangs on."""
        db.execute("DELETE FROM quotes WHERE owner = ? AND removed IS NOT NULL", (self._owner,))
        _forget_receipts(db)

    def _keep_receipt(self, db: Connection, receipt: Receipt) -> str:
        """The digest of the receipt that is kept: of one conversation only the longest is."""
        rows = db.execute(
            "SELECT receipt FROM receipts WHERE opening = ? AND digest IN "
            "(SELECT receipt FROM quotes WHERE owner = ?)",
            (receipt.turns[0].hash, self._owner),
        ).fetchall()
        for known in (Receipt.model_validate_json(row[0]) for row in rows):
            if _begins_with(known, receipt):
                return known.digest
            if _begins_with(receipt, known):
                _insert_receipt(db, receipt)
                db.execute(
                    "UPDATE quotes SET receipt = ? WHERE owner = ? AND receipt = ?",
                    (receipt.digest, self._owner, known.digest),
                )
        _insert_receipt(db, receipt)
        return receipt.digest


def _find_turn(receipt: Receipt, quoted: QuotedWords, marker: int) -> int:
    """The last turn that cites the words under the marker, counted from 1.

    An answer that was shown in parts is several turns.
    """
    place = (marker, quoted.article_id, quoted.start, quoted.end)
    for number in range(len(receipt.turns), 0, -1):
        cited = receipt.turns[number - 1].citations
        if any((c.marker, c.article_id, c.start, c.end) == place for c in cited):
            return number
    raise ConfigError("the answer's receipt does not hold this quote; ask the question again")


def _find_same(db: Connection, owner: str, quoted: QuotedWords) -> KeptQuote | None:
    row = db.execute(f"{_SELECT} AND address = ?", (owner, quoted.address)).fetchone()
    return _read_row(row) if row else None


def find_quote_state(archive: Archive, quoted: QuotedWords) -> QuoteState:
    """Whether the archive still has the words where they were taken from."""
    if archive.find_damage(quoted.article_id) is not None:
        return "damaged"
    article = archive.read_article(quoted.article_id)
    if article is None:
        return "gone"
    if article.text_sha256 != quoted.text_sha256:
        return "changed"
    words = " ".join(article.text[quoted.start : quoted.end].split())
    return "sound" if words == quoted.words else "changed"


def _begins_with(longer: Receipt, shorter: Receipt) -> bool:
    """Whether the longer says all of the shorter, by the same settings and under the same stamps."""
    if longer.settings != shorter.settings or (longer.signature is None) != (
        shorter.signature is None
    ):
        return False
    return longer.turns[: len(shorter.turns)] == shorter.turns


def _forget_receipts(db: Connection) -> None:
    """Forget receipts that nothing hangs on any more."""
    db.execute(
        "DELETE FROM receipts WHERE kept < ? AND digest NOT IN "
        "(SELECT receipt FROM quotes WHERE receipt IS NOT NULL)",
        ((datetime.now(UTC) - _LOOSE).isoformat(),),
    )


def _insert_receipt(db: Connection, receipt: Receipt) -> None:
    db.execute(
        "INSERT OR REPLACE INTO receipts VALUES (?, ?, ?, ?)",
        (
            receipt.digest, receipt.turns[0].hash, datetime.now(UTC).isoformat(),
            receipt.model_dump_json(),
        ),
    )  # fmt: skip


def _write_quoted(quoted: QuotedWords) -> dict[str, Any]:
    published = quoted.published.isoformat() if quoted.published else None
    return asdict(quoted) | {"published": published}


def _read_row(row: Sequence[Any]) -> KeptQuote:
    identity, added, quoted, question, note, receipt, turn, marker = row
    values = json.loads(quoted)
    day = values.pop("published")
    words = QuotedWords(published=date.fromisoformat(day) if day else None, **values)
    return KeptQuote(
        identity, datetime.fromisoformat(added), words, question, note, receipt, turn, marker
    )
