"""The archive's tables in a SQLite file in its folder, and how it is opened there.

To be written, or read only where its folder forbids more. What SQLite says when it fails is told here
in one line that blames the right thing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from wortlaut.index.database.tables import (
    ROWS_AT_ONCE,
    Database,
    SqlValues,
    Table,
    Wordings,
    read_schema,
)
from wortlaut.index.errors import ArchiveDamaged, ArchiveUnavailable

_NAME = "archive.sqlite"
# Primary codes of SQLite.
_READONLY, _IOERR, _CORRUPT, _FULL, _NOTADB = 8, 10, 11, 13, 26
_NOT_OURS = ("no such ", "mismatch", "schema", "decode")

_FileStamp = tuple[int, ...]


@dataclass(slots=True)
class _OpenFile:
    """An open file; `stamp` is what it looked like, where changes of it would not be seen.

    `copied` is the folder of a copy, where the file could not be read in its place.
    """

    db: sqlite3.Connection
    is_read_only: bool = False
    stamp: _FileStamp | None = None
    copied: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        self.db.close()
        if self.copied is not None:
            self.copied.cleanup()


class SqliteDatabase:
    """The folder's SQLite file, made if there is none; to be read only where no more is allowed.

    Raises ArchiveDamaged where Chroma's vectors are there and the file is gone, emptied or cut
    short: a new one must not take its place.
    """

    schema_file = "schema.sql"
    stored_terms = "(SELECT id AS number, c0 AS terms FROM passages_fts_content)"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = f"SQLite, {folder / _NAME}"
        self._file = _open_file(folder)
        self.is_read_only = self._file.is_read_only

    @property
    def in_transaction(self) -> bool:
        """Whether one has begun; a full disk ends it."""
        return self._file.db.in_transaction

    def begin(self) -> None:
        """Begin a writing transaction."""
        self.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        """Keep what the transaction did."""
        self.execute("COMMIT")

    def rollback(self) -> None:
        """Undo it."""
        self.execute("ROLLBACK")

    def query(self, sql: str, values: SqlValues = ()) -> list[tuple[Any, ...]]:
        """All rows of a reading statement, letters that are none among them."""
        if self._file.stamp is not None:
            self._follow(self._file.stamp)
        db = self._file.db
        try:
            return db.execute(sql, values).fetchall()
        except sqlite3.OperationalError as error:
            if "decode" not in str(error):
                raise
        # Letters that are none: their article is refused by its seal, the rest goes on.
        db.text_factory = _decode_any
        try:
            return db.execute(sql, values).fetchall()
        finally:
            db.text_factory = str

    def _follow(self, stamp: _FileStamp) -> None:
        """Open a file that may only be read anew where somebody else has written to it."""
        if _stamp_file(self._folder) != stamp:
            fresh = _open_file(self._folder)
            self._file.close()
            self._file = fresh

    def execute(self, sql: str, values: SqlValues = ()) -> sqlite3.Cursor:
        """Run one statement."""
        return self._file.db.execute(sql, values)

    def executemany(self, sql: str, many: Iterable[SqlValues]) -> None:
        """Run the statement for each of the values."""
        self._file.db.executemany(sql, many)

    def close(self) -> None:
        """Close the file, and remove its copy."""
        self._file.close()

    # The one who writes: the lock on the folder is enough

    def claim(self, wait_s: float) -> bool:
        """True."""
        return True

    def release(self) -> None:
        """Nothing is held."""

    def is_awaited(self) -> bool:
        """False."""
        return False

    def suspend(self) -> None:
        """Nobody has to know."""

    def is_last(self) -> bool:
        """True."""
        return True

    def finish(self) -> None:
        """Nothing is held."""

    # The tables

    def read_stamp(self) -> int:
        """The stamp of the schema that the tables were made by."""
        return int(self.execute("PRAGMA user_version").fetchone()[0])

    def make_tables(self) -> None:
        """Make the tables that are missing."""
        self._file.db.executescript(read_schema(self.schema_file)[0])

    def lacks_tables(self) -> bool:
        """Whether one that this version reads is missing, or a column of it."""
        with sqlite3.connect(":memory:") as ours:
            ours.executescript(read_schema(self.schema_file)[0])
        columns = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c"
        lacking = set(ours.execute(columns)) - set(self.execute(columns))
        ours.close()
        return bool(lacking)

    def write_stamp(self, stamp: int) -> None:
        """Note the schema that the tables now follow."""
        self.execute(f"PRAGMA user_version = {stamp}")

    def list_columns(self, table: str) -> list[str]:
        """The table's columns in order."""
        return [row[1] for row in self.execute(f"PRAGMA table_info({table})")]

    def add_text_column(self, table: str, column: str) -> None:
        """Give the table one more."""
        self.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")

    def read_tables(self, tables: Sequence[str]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """All rows of the tables as they stood at one moment, so many at a time."""
        self.execute("BEGIN")
        try:
            for table in tables:
                columns = "rowid, terms" if table == "passages_fts" else "*"
                cursor = self.execute(f"SELECT {columns} FROM {table}")
                while rows := cursor.fetchmany(ROWS_AT_ONCE):
                    yield table, rows
        finally:
            self.rollback()

    def attach(self, other: Database) -> tuple[str, str]:
        """The names of the two, in one statement."""
        assert isinstance(other, SqliteDatabase)
        self.execute("ATTACH DATABASE ? AS other", (str(other._folder / _NAME),))
        return "main", "other"

    def detach(self) -> None:
        """Do without the other's tables."""
        self.execute("DETACH DATABASE other")

    def settle(self) -> None:
        """Have all in the one file."""
        self.query("PRAGMA wal_checkpoint(TRUNCATE)")

    # Full text

    def insert_texts(self, terms: Mapping[int, str]) -> None:
        """Put passages into the full text."""
        self.executemany("INSERT INTO passages_fts (rowid, terms) VALUES (?, ?)", terms.items())

    def delete_texts(self, numbers: Sequence[int]) -> None:
        """Take passages out of the full text."""
        sql = "DELETE FROM passages_fts WHERE rowid = ?"
        self.executemany(sql, [(number,) for number in numbers])

    def find_wordings(self, wordings: Wordings) -> Table:
        """The passages that hold any of the wordings."""
        match = " OR ".join(
            "(" + " AND ".join(f'"{term}"{"*" * opens}' for term, opens in terms) + ")"
            for terms in wordings
        )
        return "(SELECT rowid AS number FROM passages_fts WHERE passages_fts MATCH ?)", [match]

    def rank_terms(self, terms: Sequence[str]) -> tuple[str, list[Any], str]:
        """The passages that hold any of the terms, with their BM25."""
        match = " OR ".join(f'"{term}"' for term in terms)
        table = "(SELECT rowid AS number, rank FROM passages_fts WHERE passages_fts MATCH ?)"
        # Told to break ties too, SQLite would read all that match before it sorts.
        return table, [match], "f.rank"

    def copy_texts(self, own: str, others: str) -> None:
        """Have the other's full text in place of the own."""
        self.execute(f"DELETE FROM {own}.passages_fts")
        self.execute(
            f"INSERT INTO {own}.passages_fts (rowid, terms) "
            f"SELECT rowid, terms FROM {others}.passages_fts"
        )

    def mend_texts(self) -> bool:
        """Whether the full text had to be made anew from the passages' terms."""
        sql = "INSERT INTO passages_fts (passages_fts) VALUES ('{}')"
        try:
            self.execute(sql.format("integrity-check"))
        except sqlite3.DatabaseError as error:
            if not isinstance(self.blame(error), ArchiveDamaged):
                raise
            self.execute(sql.format("rebuild"))
            return True
        return False

    # What is damaged

    def blame(self, error: Exception | str, what: str = "cannot use") -> ArchiveUnavailable:
        """The error as one line that says what to do; a line of text says what is damaged."""
        return _blame(self._folder, error, what)

    def find_fault(self) -> str | None:
        """What is wrong with the file at a quick look."""
        line = str(self.query("PRAGMA quick_check(1)")[0][0])
        return None if line == "ok" else line

    def list_faults(self, most: int) -> list[str]:
        """What SQLite finds wrong with the file and its references."""
        rows = [str(row[0]) for row in self.query(f"PRAGMA integrity_check({most})")]
        faults = [f"SQLite: {' '.join(line.split())}" for line in rows if line != "ok"]
        for table, count in self.query(
            'SELECT "table", count(*) FROM pragma_foreign_key_check GROUP BY 1'
        ):
            faults.append(f"{count} rows of the table {table} belong to no article")
        return faults


def _decode_any(letters: bytes) -> str:
    return letters.decode("utf-8", "replace")


def _open_file(folder: Path) -> _OpenFile:
    file = folder / _NAME
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
        _refuse_lost(folder)
        if _is_writable(folder, file):
            return _OpenFile(_open_to_write(file))
        if not file.exists():
            raise ArchiveUnavailable(
                f"there is no archive in {folder}, and none can be made: the folder may only be "
                "read; give another folder with --data"
            )
        return _open_to_read(file)
    except (OSError, sqlite3.Error) as error:
        raise _blame(folder, error, "cannot open") from error


def _stamp_file(folder: Path) -> _FileStamp:
    """What the file looks like now; another stamp says that it was written since."""
    with suppress(OSError):
        stat = (folder / _NAME).stat()
        return stat.st_ino, stat.st_size, stat.st_mtime_ns, _size_of_log(folder / _NAME)
    return ()


def _blame(folder: Path, error: Exception | str, what: str) -> ArchiveUnavailable:
    """The error of the archive's file as one line that says what to do."""
    line = " ".join(str(error).split())
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    lost = isinstance(error, str) or code in (_CORRUPT, _NOTADB)
    # What our own words of SQL find no table for: the schema is not ours any more.
    if lost or any(words in line for words in _NOT_OURS):
        return ArchiveDamaged(
            f"{folder / _NAME} is damaged ({line}); put back a copy of it, or index the sources "
            "into a new folder with --data; Chroma's folder is left as it is"
        )
    if code == _FULL or getattr(error, "errno", 0) == 28:
        remedy = "the disk is full: make space and run it again; what was in is still there"
    elif code == _READONLY:
        remedy = "it may only be read: check the folder's rights, or give another with --data"
    elif code == _IOERR:
        remedy = "check the disk and its space, and run it again; what was in is still there"
    else:
        remedy = "check the folder's space and rights, or give another folder with --data"
    return ArchiveUnavailable(f"{what} the archive in {folder}: {line}; {remedy}")


def _refuse_lost(folder: Path) -> None:
    file, vectors = folder / _NAME, folder / "chroma" / "chroma.sqlite3"
    size = file.stat().st_size if file.exists() else None
    if not size:
        if vectors.exists() and vectors.stat().st_size:
            state = "missing" if size is None else "empty"
            raise ArchiveDamaged(
                f"{file} is {state}, but the vectors of an archive are beside it; put back a copy "
                f"of the file; to begin anew, move {folder / 'chroma'} away first"
            )
        return
    if (lacking := _measure_cut(file)) and not _size_of_log(file):
        raise ArchiveDamaged(
            f"{file} is damaged: it is cut short by {lacking} bytes; put back a copy of it, or "
            "index the sources into a new folder with --data; Chroma's folder is left as it is"
        )


def _measure_cut(file: Path) -> int:
    """How many bytes a file has less than its head says; 0 while that may just be changing."""
    if _size_of_log(file):
        return 0
    with file.open("rb") as content:
        head = content.read(100)
    if len(head) == 100 and head.startswith(b"SQLite format 3\0"):
        page = int.from_bytes(head[16:18], "big")
        changed, pages, valid_for = (int.from_bytes(head[n : n + 4], "big") for n in (24, 28, 92))
        if changed == valid_for:
            return max(0, (65536 if page == 1 else page) * pages - file.stat().st_size)
    return 0


def _size_of_log(file: Path) -> int:
    """How many bytes were written and not yet put into the file itself."""
    with suppress(OSError):
        return int(Path(f"{file}-wal").stat().st_size)
    return 0


def _is_writable(folder: Path, file: Path) -> bool:
    return os.access(folder, os.W_OK) and (not file.exists() or os.access(file, os.R_OK | os.W_OK))


def _open_to_write(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=30, check_same_thread=False, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _open_to_read(file: Path) -> _OpenFile:
    """In its place, with what a writer is just writing if that can be seen; else a copy of it."""
    if Path(f"{file}-shm").exists():
        with suppress(sqlite3.Error):
            return _OpenFile(_open_uri(file, "mode=ro"), is_read_only=True)
    stamp = _stamp_file(file.parent)
    if not _size_of_log(file):
        # SQLite takes no lock then, and sees no change: whoever uses it looks at the stamp.
        return _OpenFile(_open_uri(file, "mode=ro&immutable=1"), True, stamp)
    copied = tempfile.TemporaryDirectory(prefix="wortlaut-", ignore_cleanup_errors=True)
    for name in (file.name, f"{file.name}-wal"):
        shutil.copyfile(file.with_name(name), Path(copied.name) / name)
    db = _open_to_write(Path(copied.name) / file.name)
    db.execute("PRAGMA query_only = ON")
    return _OpenFile(db, True, stamp, copied)


def _open_uri(file: Path, how: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"file:{quote(str(file.resolve()))}?{how}", uri=True, timeout=30,
        check_same_thread=False, isolation_level=None,
    )  # fmt: skip
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        db.close()
        raise
    return db
