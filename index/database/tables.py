"""Where the archive's tables are kept: a file of SQLite in its folder, or a PostgreSQL database.

Two classes of one shape (`Database`). All other SQL is written once, in what both understand: `?`
marks, ON CONFLICT, the number of a row asked for before it is put in, NULLS FIRST or LAST said where
it matters, no date arithmetic. Text is sorted by its code points in both.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol

from wortlaut.index.errors import ArchiveUnavailable

SqlValues = Sequence[Any]
# Any of the wordings, each with all of its terms: the term and whether it is but a beginning.
Wordings = Sequence[Sequence[tuple[str, bool]]]
# SQL that stands for a table, and the values of its marks.
Table = tuple[str, list[Any]]

# Where PostgreSQL keeps in `meta` what SQLite has a place of its own for.
SCHEMA_STAMP = "stamp"
# Rows that are read or copied at once.
ROWS_AT_ONCE = 500
# What follows every term that begins with what stands before it.
AFTER_ALL = "\uffff"
# BM25 as SQLite's FTS5 has it.
BM25_K1, BM25_B, LEAST_IDF = 1.2, 0.75, 1e-6


class Rows(Protocol):
    """What a statement has found."""

    def fetchone(self) -> Any:
        """The next row, `None` after the last."""

    def fetchall(self) -> list[tuple[Any, ...]]:
        """All that are left."""

    def __iter__(self) -> Iterator[Any]: ...


class Database(Protocol):
    """The tables, over one connection; not safe to use from several threads.

    PostgreSQL's errors leave as ArchiveUnavailable, SQLite's as sqlite3.Error, of which `blame` makes
    the same. `is_read_only` where no more is allowed.
    """

    place: str
    schema_file: str
    # A table of the passages (`number`) and of what the full text holds of them (`terms`).
    stored_terms: str
    is_read_only: bool

    @property
    def in_transaction(self) -> bool:
        """Whether one has begun."""

    def begin(self) -> None:
        """Begin a writing transaction; there is but one at a time."""

    def commit(self) -> None:
        """Keep what the transaction did."""

    def rollback(self) -> None:
        """Undo it."""

    def query(self, sql: str, values: SqlValues = ()) -> list[tuple[Any, ...]]:
        """All rows of a reading statement, letters that are none among them."""

    def execute(self, sql: str, values: SqlValues = ()) -> Rows:
        """Run one statement."""

    def executemany(self, sql: str, many: Iterable[SqlValues]) -> object:
        """Run the statement for each of the values."""

    def close(self) -> None:
        """Let go of the file, or of the server."""

    # Of those who write to a database that several machines share, one at a time

    def claim(self, wait_s: float) -> bool:
        """Whether nobody else writes, nor will until `release`.

        Who has waited in vain keeps his place in the queue, until `finish`.
        """

    def release(self) -> None:
        """Let others write."""

    def is_awaited(self) -> bool:
        """Whether somebody waits for this one's claim to end."""

    def suspend(self) -> None:
        """Let others know, until `finish`, that this one will go on."""

    def is_last(self) -> bool:
        """Whether nobody else has said so."""

    def finish(self) -> None:
        """Let go of the claim or the place in the queue, and of what `suspend` said."""

    def read_stamp(self) -> int:
        """The stamp of the schema that the tables were made by; 0 where there is none."""

    def make_tables(self) -> None:
        """Make the tables that are missing."""

    def lacks_tables(self) -> bool:
        """Whether one that this version reads is missing, or a column of it."""

    def write_stamp(self, stamp: int) -> None:
        """Note the schema that the tables now follow."""

    def list_columns(self, table: str) -> list[str]:
        """The table's columns in order."""

    def add_text_column(self, table: str, column: str) -> None:
        """Give the table one more."""

    def insert_texts(self, terms: Mapping[int, str]) -> None:
        """Put passages into the full text: by number the terms, spaces between."""

    def delete_texts(self, numbers: Sequence[int]) -> None:
        """Take passages out of the full text."""

    def find_wordings(self, wordings: Wordings) -> Table:
        """A table of the passages (`number`) that hold any of the wordings."""

    def rank_terms(self, terms: Sequence[str]) -> tuple[str, list[Any], str]:
        """A table of those that hold any of the terms (`number`, `rank`: BM25, best least).

        And how to order them, where the table goes by `f` and the passages by `p`.
        """

    def read_tables(self, tables: Sequence[str]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """All rows of the tables as they stood at one moment, so many at a time: table and rows.

        Nothing else may be asked meanwhile.
        """

    def attach(self, other: Database) -> tuple[str, str]:
        """What stands before the own tables' names and before the other's, in one statement."""

    def detach(self) -> None:
        """Do without the other's tables."""

    def copy_texts(self, own: str, others: str) -> None:
        """Have the other's full text in place of the own."""

    def settle(self) -> None:
        """Have all in one place, before others read it."""

    # What is damaged

    def blame(self, error: Exception | str, what: str = "cannot use") -> ArchiveUnavailable:
        """The error as one line that says what to do; a line of text says what is damaged."""

    def find_fault(self) -> str | None:
        """What is wrong at a quick look, before anything else is blamed for it."""

    def list_faults(self, most: int) -> list[str]:
        """What a whole look finds wrong, the rows that belong to nothing among it."""

    def mend_texts(self) -> bool:
        """Whether the full text had to be made anew from the passages' terms."""


def read_schema(name: str) -> tuple[str, int]:
    """The statements of a schema's file, and its stamp: another where a letter is."""
    schema = (files("wortlaut.index") / name).read_bytes()
    return schema.decode("utf-8"), zlib.crc32(schema) >> 1


def list_tables() -> list[str]:
    """The tables that both kinds have, less the full text; who refers to another comes after it."""
    found = re.findall(r"^CREATE TABLE IF NOT EXISTS (\w+)", read_schema("schema.sql")[0], re.M)
    return [str(table) for table in found]


def copy_tables(source: Database, target: Database) -> None:
    """Have all that `source` holds in place of what `target` does, inside a transaction of its own."""
    tables = list_tables()
    for table in reversed(tables):
        target.execute(
            f"DELETE FROM {table}" + f" WHERE key <> '{SCHEMA_STAMP}'" * (table == "meta")
        )
    target.delete_texts([number for (number,) in target.query("SELECT rowid FROM passages_fts")])
    statements = {}
    for table in tables:
        names = [f'"{name}"' for name in source.list_columns(table)]
        statements[table] = (
            f"INSERT INTO {table} ({', '.join(names)}) VALUES ({','.join('?' * len(names))})"
        )
    for table, rows in source.read_tables([*tables, "passages_fts"]):
        if table == "passages_fts":
            target.insert_texts(dict(rows))
        else:
            kept = [row for row in rows if table != "meta" or row[0] != SCHEMA_STAMP]
            target.executemany(statements[table], kept)


def write_upsert(table: str, keys: str, columns: str) -> str:
    """The statement that puts a row in, or in place of the one with the same keys.

    `keys` and `columns` are names with spaces between.
    """
    names = [*keys.split(), *columns.split()]
    sets = ", ".join(f"{column} = excluded.{column}" for column in columns.split())
    return (
        f"INSERT INTO {table} ({', '.join(names)}) VALUES ({','.join('?' * len(names))}) "
        f"ON CONFLICT ({', '.join(keys.split())}) DO UPDATE SET {sets}"
    )


def open_database(folder: Path, address: str | None, name: str = "") -> Database:
    """The folder's SQLite, or the PostgreSQL at the address; `name` tells apart what lies there."""
    if address is None:
        from wortlaut.index.database.sqlite import SqliteDatabase

        return SqliteDatabase(folder)
    from wortlaut.index.database.postgres import PostgresDatabase

    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ArchiveUnavailable(
            f"cannot make {folder}, for what is kept beside the archive: {error.strerror}; give "
            "another folder with --data"
        ) from error
    return PostgresDatabase(address, name)


def has_database(folder: Path, address: str | None, name: str = "") -> bool:
    """Whether there is one already."""
    if address is None:
        return (folder / "archive.sqlite").exists()
    from wortlaut.index.database.postgres import PostgresDatabase

    database = PostgresDatabase(address, name)
    try:
        return database.read_stamp() != 0
    finally:
        database.close()


def remove_database(address: str, name: str) -> None:
    """Take away what lies in a PostgreSQL database under the name."""
    from wortlaut.index.database.postgres import PostgresDatabase

    database = PostgresDatabase(address, name)
    try:
        database.remove()
    finally:
        database.close()
