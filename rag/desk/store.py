"""The file in which users' things are kept: one SQLite database in the archive's folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from threading import Lock
from typing import Any

from wortlaut.index.errors import ConfigError

DESK_FILE = "desk.sqlite"
_WAIT_S = 10.0


class Desk:
    """Reads and writes what is kept in a folder; several threads and processes may.

    In a folder that cannot be written, or of no name at all, it is kept in memory until the program
    ends: `is_lasting` says so. Raises ConfigError for a file that is no such database.
    """

    def __init__(self, folder: Path | None) -> None:
        self._lock = Lock()
        self.is_lasting = folder is not None
        try:
            self._db = _open(str(folder / DESK_FILE) if folder is not None else ":memory:")
        except sqlite3.OperationalError:
            # No such folder, or one to be read only.
            self.is_lasting = False
            self._db = _open(":memory:")
        except sqlite3.DatabaseError as error:
            raise ConfigError(
                f"{DESK_FILE} in the archive's folder is damaged ({error}); it holds conversations and "
                "collected quotes, none of the archive: move it away, and a new one is begun"
            ) from error

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is kept, or nothing."""
        with self._lock, self._db:
            self._db.execute("BEGIN IMMEDIATE")
            yield self._db

    def close(self) -> None:
        """Release the file."""
        with self._lock:
            self._db.close()


def _open(name: str) -> sqlite3.Connection:
    db = sqlite3.connect(name, timeout=_WAIT_S, isolation_level=None, check_same_thread=False)
    try:
        db.execute("PRAGMA foreign_keys = ON")
        if name != ":memory:":
            db.execute("PRAGMA journal_mode = WAL")
            # A killed program loses nothing, a power cut the last moments; and nobody who asks has
            # to wait for the disk.
            db.execute("PRAGMA synchronous = NORMAL")
        db.executescript((files("wortlaut.rag.desk") / "desk.sql").read_text(encoding="utf-8"))
    except sqlite3.Error:
        db.close()
        raise
    return db
