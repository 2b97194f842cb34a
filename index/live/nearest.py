"""The passages nearest to a vector, of the archive as it is at that moment.

An open Chroma stays as it was opened, and to open it again takes the longer the more it holds. So
what has come since is read from the archive, and compared row by row, until it is worth while to
open Chroma afresh: in the background, while the old one answers.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.archive import Archive, Changes, Vectors, list_pending_articles, read_vectors_of
from wortlaut.index.errors import WortlautError
from wortlaut.index.store import PassageStore

# So many rows are compared in two milliseconds.
_MOST_BESIDE = 4000
# Chroma may give as many passages that are gone or changed since; so many more are asked for.
_SPARE = 50

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Beside:
    """The passages of the articles that changed since Chroma was opened, up to a note."""

    seen: int
    rows: dict[str, dict[str, Vectors]] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    matrix: Vectors | None = None

    def keep_up(self, archive: Archive) -> bool:
        """Read what has changed since; False where too much has."""
        changes = archive.read_changes(self.seen)
        if changes.articles:
            self.add(archive, changes.articles)
        self.seen = changes.number
        return changes.is_whole

    def add(self, archive: Archive, articles: Sequence[str]) -> None:
        """Read the articles' passages as they are now."""
        self.rows |= {article: {} for article in articles}
        for article, identity, vector in read_vectors_of(archive, articles):
            self.rows[article][identity] = vector
        self.ids = [identity for some in self.rows.values() for identity in some]
        vectors = [vector for some in self.rows.values() for vector in some.values()]
        self.matrix = np.stack(vectors) if vectors else None

    def rate(self, vector: Vectors) -> list[tuple[str, float]]:
        """Every passage with its cosine."""
        if self.matrix is None:
            return []
        return list(zip(self.ids, (self.matrix @ vector).tolist(), strict=True))


class ArchiveVectors:
    """The archive's own vectors in place of Chroma, where its folder may only be read.

    Every vector is compared: exact, and a gigabyte of memory for a million passages. Safe to use
    from several threads.
    """

    is_remote = False

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self._lock = threading.Lock()
        self._ids: list[str] = []
        self._rows: list[NDArray[np.float16]] = []
        self._is_read = False

    def search(self, vector: Vectors, limit: int) -> list[tuple[str, float]]:
        """The nearest passages, best first: id and cosine similarity in [-1, 1]."""
        with self._lock:
            if not self._is_read:
                self._read()
            ids, rows = self._ids, self._rows
        if not ids:
            return []
        cosines = np.concatenate([some.astype(np.float32) @ vector for some in rows])
        order = np.argsort(-cosines, kind="stable")[:limit]
        return [(ids[int(row)], float(cosines[row])) for row in order]

    def _read(self) -> None:
        self._ids, self._rows, last = [], [], -1
        while rows := self._archive.query(
            "SELECT number, id, vector FROM passages WHERE number > ? ORDER BY number LIMIT ?",
            (last, _MOST_BESIDE),
        ):
            last = rows[-1][0]
            packed = b"".join(row[2] for row in rows)
            self._rows.append(np.frombuffer(packed, "<f2").reshape(len(rows), -1))
            self._ids += [row[1] for row in rows]
        self._is_read = True

    def list_ids(self) -> set[str]:
        """The id of every passage."""
        return self._archive.list_passage_ids()

    def count(self) -> int:
        """How many passages there are."""
        return int(self._archive.query("SELECT count(*) FROM passages")[0][0])

    def reopen(self) -> None:
        """Read them again when they are next asked for."""
        with self._lock:
            self._is_read = False

    def close(self) -> None:
        """Forget them."""
        self.reopen()
        self._ids, self._rows = [], []


class NearestPassages:
    """Chroma and what has come since; safe to use from several threads."""

    def __init__(self, archive: Archive, store: PassageStore | ArchiveVectors) -> None:
        self._archive = archive
        self._store = store
        self._lock = threading.RLock()
        self._opening: threading.Thread | None = None
        self._beside = _read_beside(archive, archive.at_opening)

    def search(self, vector: Vectors, limit: int) -> list[str]:
        """The ids of the passages nearest to the unit vector, best first; some may be gone since."""
        with self._lock:
            if not self._beside.keep_up(self._archive):
                self._open_again()
            elif len(self._beside.ids) > _MOST_BESIDE:
                self._open_later()
            beside = self._beside
            spare = _SPARE if beside.rows else 0
            found = self._store.search(vector, limit + spare)
            changed = {i for i, _ in found if i.rpartition(":")[0] in beside.rows}
            near = [hit for hit in found if hit[0] not in changed] + beside.rate(vector)
        near.sort(key=lambda hit: -hit[1])
        return [identity for identity, _ in near[: limit + len(changed)]]

    def _open_later(self) -> None:
        if self._opening is None:
            self._opening = threading.Thread(target=self._open_in_background, daemon=True)
            self._opening.start()

    def _open_in_background(self) -> None:
        try:
            self._open_again()
        except WortlautError as error:
            _log.warning("%s; answers go on with what was read before", error)
        finally:
            self._opening = None

    def _open_again(self) -> None:
        # Looked at before Chroma is: what comes in between stands in both.
        before = Changes(self._archive.newest_change, tuple(list_pending_articles(self._archive)))
        self._store.reopen()
        beside = _read_beside(self._archive, before)
        with self._lock:
            beside.keep_up(self._archive)
            self._beside = beside


def _read_beside(archive: Archive, before: Changes) -> _Beside:
    """What stands beside a Chroma that was opened after that; `before` has what it lacked then."""
    beside = _Beside(before.number)
    if before.articles:
        beside.add(archive, before.articles)
    return beside
