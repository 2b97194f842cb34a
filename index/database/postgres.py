"""The archive's tables in a PostgreSQL database, for several machines.

The full text is in our own terms: postings by term, from which BM25 is reckoned as FTS5 does it.
A lost connection is opened again for whoever reads; whoever writes is told, and nothing is kept by
half. Who may write is settled by an advisory lock, so connect past a pooler of transactions.
"""

from __future__ import annotations

import getpass
import os
import re
import socket
import ssl
import time
import zlib
from collections import Counter, OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from wortlaut.index.database.tables import (
    AFTER_ALL,
    BM25_B,
    BM25_K1,
    LEAST_IDF,
    ROWS_AT_ONCE,
    SCHEMA_STAMP,
    Database,
    SqlValues,
    Table,
    Wordings,
    read_schema,
    write_upsert,
)
from wortlaut.index.errors import ArchiveDamaged, ArchiveUnavailable, ConfigError

if TYPE_CHECKING:
    from pg8000.native import Connection, PreparedStatement

_SCHEMA = "wortlaut"
_OLDEST_SERVER = 12
_PORT = 5432
_CONNECT_S = 10.0
# A server that restarts is away for a moment.
_PAUSES_S = (0.0, 0.2, 0.4, 0.8, 1.6)
_POLL_S = 0.1
# Statements are prepared once, but for those that few others resemble.
_MOST_PREPARED, _MOST_MARKS = 200, 120
# The first half of all advisory locks' keys: "wort".
_KEY = 0x776F7274
_SSL_MODES = ("disable", "prefer", "require", "verify-ca", "verify-full")
_OPTIONS = {"sslmode", "sslrootcert", "host", "schema"}
_NAME = re.compile(r"[a-z_][a-z0-9_]{0,40}\Z")
# What the server's own codes mean to the user; the longest that fits is said.
_REMEDIES = {
    "28": "check the user, and his password in PGPASSWORD or in WORTLAUT_ARCHIVE",
    "3D000": "make it: createdb --encoding UTF8 --template template0 {database}",
    "42501": "have its owner run, for a new archive: GRANT CREATE ON DATABASE {database} TO {user}; for "
    "one that is there, grant USAGE on its schema and SELECT on its tables, to write all rights",
    "25006": "it can only be read, as a replica; to write, give the address of the primary",
    "53100": "free some space there and run it again",
    "53300": "it has no connection left: close some, or raise max_connections",
    "57P03": "wait until it has started",
}
_REMEDY = "check the server and its log, then run it again"
# Codes of pages and indexes that are not what was written.
_DAMAGED = ("XX001", "XX002")
# Codes of a server that goes away or has just come up.
_GOING = ("57P01", "57P02", "57P03", "08")
# The only marks of a statement that puts one row in.
_ROW = re.compile(r"\AINSERT INTO [^?]*VALUES (\([?, ]+\))[^?]*\Z")
_VOCABULARY = "SELECT term, doc FROM passages_vocab"
_SUMS = (
    "SELECT CAST(1 AS BIGINT), count(*), CAST(coalesce(sum(cardinality(string_to_array(terms, ' '))), 0) "
    "AS BIGINT) FROM passages_fts"
)
_SIZE = "SELECT one, passages, terms FROM passages_size"
_ESCAPED = re.compile(r'["\\]')
_QUOTED = re.compile(r"""('(?:[^']|'')*'|"[^"]*")""")


@dataclass(frozen=True, slots=True)
class PostgresAddress:
    """Where a database is, and as whom it is opened; the password is in no text made of it."""

    host: str
    port: int
    user: str
    database: str
    password: str | None = field(default=None, repr=False)
    ssl_mode: str = "prefer"
    ssl_root: str | None = None
    schema: str = _SCHEMA

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        schema = "" if self.schema == _SCHEMA else f"schema={self.schema}"
        if host.startswith("/"):
            options = "&".join([f"host={host}", *([schema] if schema else [])])
            return f"postgresql://{self.user}@/{self.database}?{options}"
        options = f"?{schema}" if schema else ""
        return f"postgresql://{self.user}@{host}:{self.port}/{self.database}{options}"


def read_postgres_address(address: str) -> PostgresAddress:
    """The address's parts, the rest from PGUSER and PGPASSWORD; raises ConfigError if it is none."""
    wrong = "the archive's address is wrong; write it like postgresql://user@host:5432/database"
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
    except ValueError as error:
        raise ConfigError(wrong) from error
    if port == 0 or "%00" in address:
        raise ConfigError(wrong)
    if "@" in f"{parts.path}{parts.query}" or parts.fragment:
        # Else a part of the password would be taken for another part, and be shown.
        raise ConfigError(f"{wrong}; in a password / ? # and @ are %2F %3F %23 and %40")
    if parts.scheme not in {"postgresql", "postgres"}:
        raise ConfigError(wrong)
    if unknown := sorted(options.keys() - _OPTIONS):
        raise ConfigError(f"{wrong}, and of options only {', '.join(sorted(_OPTIONS))}: {unknown}")
    mode = options.get("sslmode", "prefer")
    if mode not in _SSL_MODES:
        raise ConfigError(f"the archive's sslmode {mode!r} is none of {', '.join(_SSL_MODES)}")
    schema = options.get("schema", _SCHEMA)
    if not _NAME.match(schema) or schema.startswith(("pg_", "information_schema")):
        raise ConfigError(
            "the archive's schema must be small letters, digits and low lines, and none of the server's"
        )
    root = options.get("sslrootcert")
    if root is not None and not Path(root).is_file():
        raise ConfigError(f"the archive's sslrootcert names no file: {root}")
    user = unquote(parts.username or "") or os.environ.get("PGUSER") or _name_user()
    password = unquote(parts.password) if parts.password else os.environ.get("PGPASSWORD")
    return PostgresAddress(
        options.get("host") or host or "localhost",
        port or _PORT,
        user,
        unquote(parts.path.lstrip("/")) or user,
        password or None,
        mode,
        root,
        schema,
    )


def _name_user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:
        raise ConfigError(
            "the archive's address names no user; write postgresql://user@…"
        ) from error


class _Lost(Exception):
    """The connection is gone; whether the statement was done is not known."""


class _Found:
    """The rows of one statement."""

    def __init__(self, rows: Iterable[Sequence[Any]]) -> None:
        self._rows = iter([tuple(row) for row in rows])

    def fetchone(self) -> tuple[Any, ...] | None:
        return next(self._rows, None)

    def fetchall(self) -> list[tuple[Any, ...]]:
        return list(self._rows)

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return self._rows


class PostgresDatabase:
    """One schema of the database at the address; raises ArchiveUnavailable where it cannot be opened.

    `name` tells apart what lies there beside the archive.
    """

    schema_file = "schema.postgres.sql"
    stored_terms = "(SELECT rowid AS number, terms FROM passages_fts)"

    def __init__(self, address: str, name: str = "") -> None:
        self._address = read_postgres_address(address)
        self._schema = "_".join([self._address.schema, *([name] if name else [])])
        # A word of SQL's own is a name like any other so.
        self._quoted = f'"{self._schema}"'
        self._prepared: OrderedDict[str, PreparedStatement] = OrderedDict()
        self._is_claimed = self._is_suspended = self._is_queued = False
        self._in_transaction = False
        self._connection: Connection | None = None
        self._open()
        try:
            version = self.execute("SHOW server_version").fetchone() or ("",)
            self.place = f"PostgreSQL {str(version[0]).split()[0]}, {self._address}"
            self._check_server()
            self.is_read_only = not self._may_write()
        except BaseException:
            self.close()
            raise

    # The connection

    def _open(self) -> None:
        try:
            self._connection = self._connect()
            self._connection.run(
                f"SET search_path TO {self._quoted}; SET client_encoding TO 'UTF8'; "
                "SET plan_cache_mode TO force_custom_plan; SET standard_conforming_strings TO on"
            )
        except Exception as error:
            self._drop()
            raise self._explain(error) from error

    def _connect(self) -> Connection:
        from pg8000.native import Connection

        address = self._address
        is_local = address.host.startswith("/")
        if is_local:
            pipe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            pipe.settimeout(_CONNECT_S)
            pipe.connect(f"{address.host}/.s.PGSQL.{address.port}")
        else:
            pipe = socket.create_connection((address.host, address.port), _CONNECT_S)
            pipe.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        try:
            connection = Connection(
                address.user,
                host=address.host,
                database=address.database,
                password=address.password,
                application_name="wortlaut",
                ssl_context=False if is_local else self._secure(),
                sock=pipe,
            )
        except BaseException:
            pipe.close()
            raise
        # Only to get there is limited in time; a long query, or a wait for a lock, is not.
        wrapped = getattr(connection, "_usock", pipe)
        wrapped.settimeout(None)
        return connection

    def _secure(self) -> ssl.SSLContext | bool | None:
        mode = self._address.ssl_mode
        if mode in {"verify-ca", "verify-full"}:
            context = ssl.create_default_context(cafile=self._address.ssl_root)
            context.check_hostname = mode == "verify-full"
            return context
        return {"disable": False, "prefer": None, "require": True}[mode]

    def _drop(self) -> None:
        """Let go of the connection; what it had begun is undone by the server."""
        if self._connection is not None:
            with suppress(Exception):
                self._connection.close()
        self._connection = None
        self._prepared.clear()
        self._in_transaction = self._is_queued = self._is_suspended = False

    def _open_again(self) -> None:
        """Connect anew; a server that is starting is waited for."""
        if self._is_claimed:
            raise ArchiveUnavailable(
                f"the connection to {self._address} was lost, and with it the right to write; "
                "what is in is kept; run it again"
            )
        for number, pause in enumerate(_PAUSES_S, 1):
            time.sleep(pause)
            try:
                self._open()
            except ArchiveUnavailable:
                if number == len(_PAUSES_S):
                    raise
            else:
                return

    def _check_server(self) -> None:
        encoding = (self.execute("SHOW server_encoding").fetchone() or ("",))[0]
        version = int((self.execute("SHOW server_version_num").fetchone() or (0,))[0])
        if encoding != "UTF8":
            raise ArchiveUnavailable(
                f"the database at {self._address} holds text in {encoding}, not all letters; make "
                "one with: createdb --encoding UTF8 --template template0"
            )
        if version < _OLDEST_SERVER * 10_000:
            raise ArchiveUnavailable(
                f"{self.place} is too old; Wortlaut needs PostgreSQL {_OLDEST_SERVER} or newer"
            )

    def close(self) -> None:
        """Let go of the server."""
        self._drop()

    def _explain(self, error: Exception) -> Exception:
        """The error as one line that says what to do."""
        if isinstance(error, ConfigError | ArchiveUnavailable):
            return error
        place = self._address
        if code := _read_code(error):
            message = " ".join(str(error.args[0].get("M", "")).split())[:300]
            if code in _DAMAGED:
                return self.blame(message)
            fitting = [known for known in _REMEDIES if code.startswith(known)]
            remedy = _REMEDIES[max(fitting, key=len)] if fitting else _REMEDY
            remedy = remedy.format(database=place.database, user=place.user)
            return ArchiveUnavailable(f"PostgreSQL at {place} refused: {message}; {remedy}")
        lacks = isinstance(error, AttributeError) or "no password" in str(error)
        if place.password is None and lacks:
            return ArchiveUnavailable(
                f"PostgreSQL at {place} asks for a password; give it in PGPASSWORD"
            )
        cause = error.__cause__ if isinstance(error.__cause__, OSError) else error
        line = getattr(cause, "strerror", None) or " ".join(str(cause).split())[:300]
        remedy = "is it running, the address right? then run it again"
        if "SSL" in f"{line}{type(cause).__name__}":
            remedy = "see to its certificate, or to sslmode and sslrootcert in the address"
        return ArchiveUnavailable(
            f"cannot reach PostgreSQL at {place}: {line or type(cause).__name__}; {remedy}"
        )

    # Statements

    @property
    def in_transaction(self) -> bool:
        """Whether one has begun; a lost connection ends it."""
        return self._in_transaction

    def begin(self) -> None:
        """Begin a writing transaction; another one, of whomever, is waited for."""
        self.execute("BEGIN")
        self._in_transaction = True
        try:
            self.execute(f"SELECT pg_advisory_xact_lock({_KEY}, {self._number('writing')})")
        except BaseException:
            if self._in_transaction:
                self.rollback()
            raise

    def commit(self) -> None:
        """Keep what the transaction did."""
        self.execute("COMMIT")
        self._in_transaction = False

    def rollback(self) -> None:
        """Undo it."""
        if self._connection is not None:
            self.execute("ROLLBACK")
        self._in_transaction = False

    def query(self, sql: str, values: SqlValues = ()) -> list[tuple[Any, ...]]:
        """All rows of a reading statement."""
        return self.execute(sql, values).fetchall()

    def execute(self, sql: str, values: SqlValues = ()) -> _Found:
        """Run one statement; outside of a transaction again, where the connection was lost."""
        try:
            return self._run(sql, values)
        except _Lost as error:
            if self._in_transaction:
                self._drop()
                raise ArchiveUnavailable(
                    f"the connection to {self._address} was lost while writing; nothing is kept by "
                    "half; run it again"
                ) from error
            self._drop()
        self._open_again()
        try:
            return self._run(sql, values)
        except _Lost as error:
            self._drop()
            raise self._explain(error) from error

    def executemany(self, sql: str, many: Iterable[SqlValues]) -> None:
        """Run the statement for each of the values, where it may be many rows at a time."""
        rows = [list(values) for values in many]
        found = _ROW.search(sql)
        if found is None or "DO UPDATE" in sql:
            for values in rows:
                self.execute(sql, values)
            return
        for start in range(0, len(rows), ROWS_AT_ONCE):
            some = rows[start : start + ROWS_AT_ONCE]
            every = ", ".join([found[1]] * len(some))
            # A row for itself, as most are, is prepared once.
            whole = sql[: found.start(1)] + every + sql[found.end(1) :]
            self.execute(whole, [value for values in some for value in values])

    def _run(self, sql: str, values: SqlValues) -> _Found:
        connection = self._connection
        if connection is None:
            raise _Lost
        given = {f"v{n}": int(v) if isinstance(v, bool) else v for n, v in enumerate(values)}
        statement = _number_marks(sql)
        try:
            if len(given) > _MOST_MARKS:
                return _Found(connection.run(statement, **given) or ())
            return _Found(self._prepare(connection, statement).run(**given) or ())
        except UnicodeError as error:
            raise ArchiveUnavailable(
                "PostgreSQL keeps no letters that are none: half ones"
            ) from error
        except Exception as error:
            code = _read_code(error)
            if not code or code.startswith(_GOING):
                raise _Lost(str(error)) from error
            raise self._explain(error) from error
        except BaseException:
            # Interrupted half-way through an answer: nothing more can be read from it.
            self._drop()
            raise

    def _prepare(self, connection: Connection, statement: str) -> PreparedStatement:
        prepared = self._prepared.get(statement)
        if prepared is None:
            prepared = connection.prepare(statement)
            self._prepared[statement] = prepared
            if len(self._prepared) > _MOST_PREPARED:
                self._prepared.popitem(last=False)[1].close()
        self._prepared.move_to_end(statement)
        return prepared

    # Of those who write, on whatever machine, one at a time

    def claim(self, wait_s: float) -> bool:
        """Whether nobody else writes, nor will until `release`."""
        until = time.monotonic() + wait_s
        while not self._try_to_claim(is_waiting=wait_s > 0):
            if time.monotonic() >= until:
                return False
            time.sleep(_POLL_S)
        self._is_claimed = True
        self._leave_queue()
        return True

    def _try_to_claim(self, *, is_waiting: bool) -> bool:
        # Who gives way must not be the first to come back: whoever waits is in a queue of one.
        if is_waiting and not self._is_queued:
            self._is_queued = self._try_lock("waiting")
        return self._is_queued >= is_waiting and self._try_lock("indexing")

    def _leave_queue(self) -> None:
        if self._is_queued:
            self._is_queued = False
            self._unlock("waiting")

    def release(self) -> None:
        """Let others write."""
        if self._is_claimed:
            self._is_claimed = False
            self._unlock("indexing")

    def is_awaited(self) -> bool:
        """Whether somebody waits for this one's claim to end."""
        return self._is_locked_elsewhere("waiting")

    def suspend(self) -> None:
        """Let others know, until `finish`, that this one will go on."""
        if not self._is_suspended:
            self._is_suspended = self._try_lock("suspended", "_shared")

    def is_last(self) -> bool:
        """Whether nobody else has said so."""
        return not self._is_locked_elsewhere("suspended")

    def finish(self) -> None:
        """Let go of the claim or the place in the queue, and of what `suspend` said."""
        self._leave_queue()
        self.release()
        if self._is_suspended:
            self._is_suspended = False
            self._unlock("suspended", "_shared")

    def _try_lock(self, what: str, how: str = "") -> bool:
        sql = f"SELECT pg_try_advisory_lock{how}({_KEY}, {self._number(what)})"
        return bool((self.execute(sql).fetchone() or (False,))[0])

    def _unlock(self, what: str, how: str = "") -> None:
        # With a connection that is lost the server has let go of it.
        if self._connection is not None:
            with suppress(ArchiveUnavailable):
                self.execute(f"SELECT pg_advisory_unlock{how}({_KEY}, {self._number(what)})")

    def _is_locked_elsewhere(self, what: str) -> bool:
        found = self.execute(
            "SELECT 1 FROM pg_locks l JOIN pg_database d ON d.oid = l.database "
            "WHERE l.locktype = 'advisory' AND l.granted AND d.datname = current_database() "
            f"AND l.classid = {_KEY} AND l.objid = {self._number(what)} "
            "AND l.pid <> pg_backend_pid() LIMIT 1"
        )
        return found.fetchone() is not None

    def _number(self, what: str) -> int:
        return zlib.crc32(f"{self._schema} {what}".encode()) >> 1

    # The tables

    def read_stamp(self) -> int:
        """The stamp of the schema that the tables were made by; 0 where there is none."""
        # Of a schema that is closed to the user nothing is seen either.
        there = self.execute(
            "SELECT 1 FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = ? "
            "AND c.relname = 'meta' AND has_schema_privilege(n.oid, 'USAGE')",
            (self._schema,),
        )
        if there.fetchone() is None:
            return 0
        row = self.execute(f"SELECT value FROM meta WHERE key = '{SCHEMA_STAMP}'").fetchone()
        return int(row[0]) if row else 0

    def make_tables(self) -> None:
        """Make the tables that are missing, all or none."""
        self.begin()
        try:
            there = self.execute("SELECT to_regnamespace(?) IS NOT NULL", (self._quoted,))
            if not (there.fetchone() or (False,))[0]:
                self.execute(f"CREATE SCHEMA {self._quoted}")
            for statement in read_schema(self.schema_file)[0].split(";\n"):
                if statement.strip():
                    self.execute(statement)
            self.commit()
        except BaseException:
            if self._in_transaction:
                self.rollback()
            raise

    def lacks_tables(self) -> bool:
        """True: it is asked of those that another version made."""
        return True

    def write_stamp(self, stamp: int) -> None:
        """Note the schema that the tables now follow."""
        self.execute(write_upsert("meta", "key", "value"), (SCHEMA_STAMP, str(stamp)))

    def list_columns(self, table: str) -> list[str]:
        """The table's columns in order."""
        rows = self.execute(
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position",
            (self._schema, table),
        )
        return [row[0] for row in rows]

    def add_text_column(self, table: str, column: str) -> None:
        """Give the table one more."""
        self.execute(f'ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} TEXT COLLATE "C"')

    def _may_write(self) -> bool:
        """Whether this user may put articles in, or could make the tables for them."""
        replica = (self.execute("SHOW transaction_read_only").fetchone() or ("off",))[0] == "on"
        row = self.execute(
            "SELECT has_table_privilege(c.oid, 'INSERT') FROM pg_class c JOIN pg_namespace n "
            "ON n.oid = c.relnamespace WHERE n.nspname = ? AND c.relname = 'articles'",
            (self._schema,),
        ).fetchone()
        return not replica and (row is None or bool(row[0]))

    def read_tables(self, tables: Sequence[str]) -> Iterator[tuple[str, list[tuple[Any, ...]]]]:
        """All rows of the tables as they stood at one moment, so many at a time."""
        self.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        self._in_transaction = True
        try:
            for table in tables:
                self.execute(f"DECLARE {table}_read NO SCROLL CURSOR FOR SELECT * FROM {table}")
                # A name for each: what is prepared remembers its columns.
                fetch = f"FETCH {ROWS_AT_ONCE} FROM {table}_read"
                while rows := self.query(fetch):
                    yield table, rows
                self.execute(f"CLOSE {table}_read")
        finally:
            self.rollback()

    def attach(self, other: Database) -> tuple[str, str]:
        """The names of the two schemas."""
        assert isinstance(other, PostgresDatabase)
        return self._quoted, other._quoted

    def detach(self) -> None:
        """Nothing is held."""

    def settle(self) -> None:
        """All is in one place."""

    def remove(self) -> None:
        """Drop the schema with all that is in it."""
        self.execute(f"DROP SCHEMA IF EXISTS {self._quoted} CASCADE")

    # Full text

    def insert_texts(self, terms: Mapping[int, str]) -> None:
        """Put passages into the full text."""
        texts = {number: text.split() for number, text in terms.items()}
        rows = [
            (term, number, times, len(words))
            for number, words in texts.items()
            for term, times in Counter(words).items()
        ]
        self.executemany("INSERT INTO passages_fts VALUES (?, ?)", terms.items())
        if rows:
            self.execute(
                "INSERT INTO postings SELECT * FROM unnest(CAST(? AS TEXT[]), CAST(? AS BIGINT[]), "
                "CAST(? AS INTEGER[]), CAST(? AS INTEGER[]))",
                [_write_array(column) for column in zip(*rows, strict=True)],
            )
        self._count_terms([row[0] for row in rows], len(texts), sum(map(len, texts.values())))

    def _count_terms(self, held: Iterable[str], passages: int, terms: int) -> None:
        """Note how many passages more hold which terms."""
        documents = Counter(held)
        if documents:
            known = sorted(documents)
            self.execute(
                "INSERT INTO passages_vocab SELECT * FROM "
                "unnest(CAST(? AS TEXT[]), CAST(? AS BIGINT[])) "
                "ON CONFLICT (term) DO UPDATE SET doc = passages_vocab.doc + excluded.doc",
                (_write_array(known), _write_array(documents[term] for term in known)),
            )
        self.execute(
            "UPDATE passages_size SET passages = passages + ?, terms = terms + ?",
            (passages, terms),
        )

    def delete_texts(self, numbers: Sequence[int]) -> None:
        """Take passages out of the full text."""
        gone = self.execute(
            "DELETE FROM passages_fts WHERE rowid = ANY(CAST(? AS BIGINT[])) RETURNING rowid, terms",
            (_write_array(numbers),),
        ).fetchall()
        texts = {number: text.split() for number, text in gone}
        rows = [(term, number) for number, words in texts.items() for term in set(words)]
        documents = Counter(term for term, _ in rows)
        known = sorted(documents)
        if rows:
            self.execute(
                "DELETE FROM postings t USING unnest(CAST(? AS TEXT[]), CAST(? AS BIGINT[])) "
                "AS g (term, passage) WHERE t.term = g.term AND t.passage = g.passage",
                [_write_array(column) for column in zip(*rows, strict=True)],
            )
            self.execute(
                "UPDATE passages_vocab v SET doc = v.doc - g.doc FROM "
                "unnest(CAST(? AS TEXT[]), CAST(? AS BIGINT[])) AS g (term, doc) "
                "WHERE v.term = g.term",
                (_write_array(known), _write_array(documents[term] for term in known)),
            )
            self.execute(
                "DELETE FROM passages_vocab WHERE doc < 1 AND term = ANY(CAST(? AS TEXT[]))",
                (_write_array(known),),
            )
        self._count_terms((), -len(texts), -sum(map(len, texts.values())))

    def copy_texts(self, own: str, others: str) -> None:
        """Have the other's full text in place of the own."""
        for table in ("passages_fts", "postings", "passages_vocab", "passages_size"):
            self.execute(f"DELETE FROM {own}.{table}")
            self.execute(f"INSERT INTO {own}.{table} SELECT * FROM {others}.{table}")

    def find_wordings(self, wordings: Wordings) -> Table:
        """The passages that hold any of the wordings."""
        every, values = [], []
        for terms in wordings:
            each = []
            for term, opens in terms:
                each.append(
                    "SELECT passage FROM postings WHERE "
                    + ("term >= ? AND term < ?" if opens else "term = ?")
                )
                values += [term, term + AFTER_ALL] if opens else [term]
            every.append(f"({' INTERSECT '.join(each)})")
        if len(wordings) == 1 and len(wordings[0]) == 1 and not wordings[0][0][1]:
            # One row a passage already: read in order, and no further than is asked for.
            return "(SELECT passage AS number FROM postings WHERE term = ?)", values
        return f"(SELECT DISTINCT passage AS number FROM ({' UNION '.join(every)}) m)", values

    def mend_texts(self) -> bool:
        """Whether the postings had to be made anew from the passages' terms."""
        true = (
            "SELECT w AS term, f.rowid AS passage, CAST(count(*) AS INTEGER) AS times, CAST("
            "cardinality(string_to_array(f.terms, ' ')) AS INTEGER) AS length FROM passages_fts f "
            "CROSS JOIN unnest(string_to_array(f.terms, ' ')) w GROUP BY w, f.rowid, f.terms"
        )
        held = "SELECT term, passage, times, length FROM postings"
        counted = "SELECT term, count(*) FROM postings GROUP BY term"
        pairs = ((true, held), (held, true), (counted, _VOCABULARY), (_VOCABULARY, counted),
                 (_SUMS, _SIZE))  # fmt: skip
        if not any(self.query(f"({one} EXCEPT {other}) LIMIT 1") for one, other in pairs):
            return False
        for table in ("postings", "passages_vocab", "passages_size"):
            self.execute(f"DELETE FROM {table}")
        self.execute(f"INSERT INTO postings {true}")
        self.execute(f"INSERT INTO passages_vocab {counted}")
        self.execute(f"INSERT INTO passages_size {_SUMS}")
        return True

    # What is damaged

    def blame(self, error: Exception | str, what: str = "cannot use") -> ArchiveUnavailable:
        """The error as one line that says what to do; a line of text says what is damaged."""
        line = " ".join(str(error).split())
        if isinstance(error, str):
            return ArchiveDamaged(
                f"the archive in {self.place} is damaged ({line}); put back a backup of the "
                "database, or index the sources into a new schema or --data"
            )
        return ArchiveUnavailable(f"{what} the archive in {self.place}: {line}; {_REMEDY}")

    def find_fault(self) -> str | None:
        """What is wrong with the references and the full text's rows."""
        faults = self.list_faults(1)
        return faults[0] if faults else None

    def list_faults(self, most: int) -> list[str]:
        """What is wrong with the references and the full text's rows; an unreadable page is raised."""
        faults = []
        for table in ("passages", "statements", "offices", "prints"):
            rows = self.query(
                f"SELECT count(*) FROM {table} t WHERE NOT EXISTS "
                "(SELECT 1 FROM articles a WHERE a.number = t.article)"
            )
            if rows[0][0]:
                faults.append(f"{rows[0][0]} rows of the table {table} belong to no article")
        lost = self.query(
            "SELECT count(*) FROM passages p FULL JOIN passages_fts f ON f.rowid = p.number "
            "WHERE p.number IS NULL OR f.rowid IS NULL"
        )[0][0]
        if lost:
            faults.append(f"{lost} passages and rows of the full text are without each other")
        return faults[:most]

    def rank_terms(self, terms: Sequence[str]) -> tuple[str, list[Any], str]:
        """The passages that hold any of the terms, with their BM25 as FTS5 reckons it."""
        marks = ",".join("?" * len(terms))
        idf = "ln(CAST(s.passages - v.doc + 0.5 AS FLOAT8) / (v.doc + 0.5))"
        table = (
            "(SELECT t.passage AS number, -sum(w.idf * t.times * "
            f"CAST({BM25_K1 + 1} AS FLOAT8) / (t.times + CAST({BM25_K1} AS FLOAT8) * "
            f"(CAST({1 - BM25_B} AS FLOAT8) + CAST({BM25_B} AS FLOAT8) * t.length / w.mean))) AS rank FROM "
            f"(SELECT v.term, greatest({idf}, {LEAST_IDF}) AS idf, "
            "CAST(s.terms AS FLOAT8) / s.passages AS mean "
            f"FROM passages_vocab v CROSS JOIN passages_size s WHERE v.term IN ({marks})) w "
            "JOIN postings t ON t.term = w.term GROUP BY t.passage)"
        )
        return table, list(terms), "f.rank, f.number"


def _read_code(error: BaseException) -> str:
    """The server's own code for the error; "" where it is not the server's."""
    found = error.args[0] if error.args else None
    return str(found.get("C", "")) if isinstance(found, dict) else ""


def _write_array(values: Iterable[object]) -> str:
    """The values as PostgreSQL writes an array, all quoted: the driver takes "null" for none."""
    return "{" + ",".join('"' + _ESCAPED.sub(r"\\\g<0>", str(v)) + '"' for v in values) + "}"


@lru_cache(maxsize=1000)
def _number_marks(sql: str) -> str:
    """The statement with `$1`, `$2` for each `?` that stands outside of literals."""
    pieces = _QUOTED.split(sql)
    number = 0
    for place in range(0, len(pieces), 2):
        parts = pieces[place].split("?")
        for at in range(1, len(parts)):
            number += 1
            parts[at] = f"${number}{parts[at]}"
        pieces[place] = "".join(parts)
    return "".join(pieces)
