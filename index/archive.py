"""The archive: immutable article text by id and hash, and all that is derived from it.

A `Selection` names the articles that a time window, a source and speakers leave.

The archive, in SQLite or in PostgreSQL, is the truth. What Chroma must still be told stands in the
table `pending`, written in the same transaction as the article, so that a crash at any point leaves
a difference that is known.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.article import Article, Passage, ReadArticle, Span, Statement
from wortlaut.index.database.tables import Database, open_database, read_schema, write_upsert
from wortlaut.index.errors import (
    ArchiveDamaged,
    ArchiveUnavailable,
    DamagedArticle,
    EmbedderMismatch,
    StaleSpan,
    StoreUnavailable,
)
from wortlaut.index.integrity import (
    RECORD,
    SEALED,
    find_record_fault,
    find_spans_fault,
    find_statement_fault,
    list_damage_of,
    seal_parts,
    seal_passage,
    seal_record,
)
from wortlaut.index.seal import SEAL, draw_seal
from wortlaut.index.twins.linking import link_article, unlink_article

SCHEMA_VERSION = "1"
_ARTICLE = f"{RECORD}, seal"
# So many values are asked for at once.
_AT_ONCE = 500
# Where more articles at once cannot be read, it is the file itself.
_MOST_UNREADABLE = 3
# So many damaged articles are named one by one.
_MOST_TOLD = 20
# A reader that has missed more reads the archive anew.
_MOST_NOTED = 5000
_ARTICLE_A = ", ".join(f"a.{column}" for column in _ARTICLE.split(", "))

Vectors = NDArray[np.float32]
_log = logging.getLogger(__name__)

# As late as the last day of an article's period, from its first day and its precision.
LAST_DAY = """CASE a.published_precision
  WHEN 'year' THEN substr(a.published, 1, 4) || '-12-31'
  WHEN 'month' THEN substr(a.published, 1, 7) || '-31'
  ELSE a.published END"""
_PUT_PENDING = write_upsert("pending", "passage", "operation")


@dataclass(frozen=True, slots=True, eq=False)
class EmbeddedPassage:
    """A passage with `vector` `(dim,)` and `sentence_vectors` `(n_sentences, dim)`, L2-normalised."""

    passage: Passage
    vector: Vectors
    sentence_vectors: Vectors
    terms: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed up to the note `number`: ids of articles, and the speakers they touch.

    `is_whole` says whether that is all; else the archive is to be read anew.
    """

    number: int
    articles: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class ArchiveCounts:
    """How much the archive holds, and the period its dated articles span."""

    articles: int
    passages: int
    statements: int
    speakers: int
    undated: int
    since: date | None
    until: date | None


class Archive:
    """One archive: its folder's SQLite file, or the PostgreSQL database at `address`.

    `is_read_only` where no more is allowed. What is no longer what was stored is left out of what
    is read, and named by `list_damaged`.

    `name` tells apart what lies in a database beside the archive. Safe to use from several threads.
    """

    def __init__(self, folder: Path, address: str | None = None, name: str = "") -> None:
        self.folder = folder
        self.address = address
        self._lock = threading.RLock()
        # What was found as it was stored, by id, and as Python's own hash knows it again.
        self._intact: dict[str, int] = {}
        self._damaged: dict[str, str] = {}
        self._db = open_database(folder, address, name)
        self.is_read_only = self._db.is_read_only
        try:
            self._make_tables()
            if (found := self.read_meta("schema")) != SCHEMA_VERSION:
                raise StoreUnavailable(
                    f"the archive in {folder} has schema {found}, this Wortlaut reads "
                    f"{SCHEMA_VERSION}; index into a new folder with --data"
                )
        except sqlite3.Error as error:
            self.close()
            raise self._db.blame(error, "cannot open") from error
        except StoreUnavailable:
            self.close()
            raise
        self.is_sealed = self.read_meta(SEALED) is not None
        # Chroma is opened later: whatever is noted after this, it may hold or not.
        self.at_opening = Changes(self.newest_change, tuple(list_pending_articles(self)))

    def _make_tables(self) -> None:
        """Make what a new or an older archive lacks; of any other nothing is written.

        Whoever opens it to read must not wait for the one who writes.
        """
        _, stamp = read_schema(self._db.schema_file)
        if self._db.read_stamp() == stamp:
            return
        if self.is_read_only:
            if self._db.lacks_tables():
                raise ArchiveUnavailable(
                    f"the archive in {self.place} is of another version and may only be read: "
                    "open it once where it can be written, with wortlaut info"
                )
            return
        self._db.make_tables()
        self._add_columns("articles", "guid", "version", "seal", "parts_seal")
        self._add_columns("passages", "seal")
        # Another version may have put articles in without a seal.
        self._db.execute("DELETE FROM meta WHERE key = ?", (SEALED,))
        self._db.execute(
            "INSERT INTO meta SELECT ?, '1' WHERE NOT EXISTS (SELECT 1 FROM articles) "
            "ON CONFLICT DO NOTHING",
            (SEALED,),
        )
        # Before its id: whoever opens a new one at the same moment must not take it for an old one.
        is_old = self._db.execute("SELECT 1 FROM meta WHERE key = 'archive_id'").fetchone()
        drawn = draw_seal(from_birth=is_old is None)
        for key, value in (
            ("schema", SCHEMA_VERSION), (SEAL, drawn), ("archive_id", uuid.uuid4().hex[:12])
        ):  # fmt: skip
            self._db.execute("INSERT INTO meta VALUES (?, ?) ON CONFLICT DO NOTHING", (key, value))
        self._db.write_stamp(stamp)

    def _add_columns(self, table: str, *columns: str) -> None:
        """Give the table of an older archive the columns of text that it lacks."""
        known = self._db.list_columns(table)
        for column in columns:
            if column not in known:
                self._db.add_text_column(table, column)

    def close(self) -> None:
        """Let go of the file, or of the server."""
        self._db.close()

    def blame(self, line: str) -> StoreUnavailable:
        """The error that says that the archive is damaged, and how."""
        return self._db.blame(line)

    @property
    def place(self) -> str:
        """What the archive is kept in, and where; no password is in it."""
        return self._db.place

    @property
    def database(self) -> Database:
        """What the tables are in, for statements that only one kind of it knows."""
        return self._db

    @contextmanager
    def hold(self) -> Iterator[Database]:
        """The same for one thread alone; its errors leave as one line that says what to do."""
        with self._lock:
            try:
                yield self._db
            except sqlite3.Error as error:
                raise self._db.blame(error) from error

    @contextmanager
    def transaction(self) -> Iterator[Database]:
        """One transaction, whole or not at all; raises StoreUnavailable when it is refused."""
        with self.hold() as db:
            db.begin()
            try:
                yield db
                db.commit()
            except BaseException:
                # A full disk has rolled back already.
                if db.in_transaction:
                    db.rollback()
                raise

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a reading statement."""
        with self.hold() as db:
            return db.query(sql, values)

    def query_each(
        self, sql: str, values: Sequence[Any], what: Literal["article", "passage"] | None = None
    ) -> Iterator[tuple[Any, ...]]:
        """The rows of these values, in portions (`{}` in `sql` for their marks).

        Where the pages of some cannot be read, the others are; `what` the values are ids of is
        noted. Raises ArchiveDamaged where many cannot.
        """
        for start in range(0, len(values), _AT_ONCE):
            some = values[start : start + _AT_ONCE]
            try:
                yield from self.query(sql.format(",".join("?" * len(some))), some)
            except ArchiveDamaged:
                yield from self._query_one_by_one(sql.format("?"), some, what)

    def _query_one_by_one(
        self, sql: str, values: Sequence[Any], what: str | None
    ) -> Iterator[tuple[Any, ...]]:
        failed = 0
        for one in values:
            try:
                yield from self.query(sql, [one])
            except ArchiveDamaged:
                failed += 1
                # It is not the articles, then, but what all of them are found by.
                if failed > _MOST_UNREADABLE:
                    raise
                if what is not None:
                    article_id = one if what == "article" else one.rpartition(":")[0]
                    self._note_damage(article_id, "the pages that it stands on cannot be read")

    # What is no longer what was stored

    def _admit(self, row: Sequence[Any]) -> Article | None:
        """The article of a row, unless it is no longer what was stored."""
        mark = hash(tuple(row))
        if self._intact.get(row[0]) != mark:
            if fault := find_record_fault(row, self.is_sealed):
                self._note_damage(row[0], fault)
                return None
            self._intact[row[0]] = mark
        return _unpack_article(row[:-1])

    def _admit_spans(self, row: Sequence[Any], seal: str | None) -> bool:
        """Whether a passage's (id, ordinal, start, end, sentences) are what was stored."""
        mark = hash((*row, seal))
        if self._intact.get(row[0]) != mark:
            if fault := find_spans_fault(row, seal, self.is_sealed):
                self._note_damage(str(row[0]).rpartition(":")[0], fault)
                return False
            self._intact[row[0]] = mark
        return True

    def _note_damage(self, article_id: str, fault: str) -> None:
        if article_id not in self._damaged and len(self._damaged) < _MOST_TOLD:
            _log.warning("left out: %s", DamagedArticle(article_id, fault))
        self._damaged[article_id] = fault

    def find_damage(self, article_id: str) -> str | None:
        """What is no longer as it was stored of an article and its parts, if anything is."""
        faults = list_damage_of(self, article_id)
        if faults:
            self._note_damage(article_id, faults[0])
        else:
            self._damaged.pop(article_id, None)
        return "; ".join(faults) or None

    def list_damaged(self) -> tuple[str, ...]:
        """The ids of the damaged articles that were met so far and are damaged still."""
        return tuple(sorted(i for i in tuple(self._damaged) if self.find_damage(i)))

    # Facts about the archive

    def read_meta(self, key: str) -> str | None:
        """The stored value, if any."""
        rows = self.query("SELECT value FROM meta WHERE key = ?", (key,))
        return str(rows[0][0]) if rows else None

    def write_meta(self, key: str, value: str | None) -> None:
        """Store the value; `None` takes it out."""
        with self.transaction() as db:
            db.execute("DELETE FROM meta WHERE key = ?", (key,))
            if value is not None:
                db.execute("INSERT INTO meta VALUES (?, ?)", (key, value))

    @property
    def generation(self) -> int:
        """A number that grows when a batch of changes is in Chroma too: readers then reopen it."""
        return int(self.read_meta("generation") or 0)

    @property
    def newest_change(self) -> int:
        """The number of the newest note of a change; 0 where none was ever made."""
        return int(self.query("SELECT coalesce(max(number), 0) FROM changes")[0][0])

    def read_changes(self, after: int) -> Changes:
        """What has changed since the note of that number, which the caller has seen."""
        rows = self.query(
            "SELECT number, article, speakers FROM changes WHERE number > ? ORDER BY number",
            (after,),
        )
        if not rows:
            newest = self.newest_change
            return Changes(newest, is_whole=newest == after)
        speakers = dict.fromkeys(name for row in rows for name in json.loads(row[2]))
        articles = dict.fromkeys(row[1] for row in rows)
        is_whole = bool(rows[0][0] == after + 1)
        return Changes(rows[-1][0], tuple(articles), tuple(speakers), is_whole)

    def check_embedder(self, fingerprint: str) -> None:
        """Return if the archive is empty or made with this embedder; else raise EmbedderMismatch."""
        found = self.read_meta("embedder")
        if found is not None and found != fingerprint:
            raise EmbedderMismatch(found, fingerprint)

    def bind_embedder(self, fingerprint: str) -> None:
        """Bind an archive that is new to the embedder; raises EmbedderMismatch for another one."""
        self.check_embedder(fingerprint)
        if self.read_meta("embedder") is None:
            with self.transaction() as db:
                db.execute("INSERT INTO meta VALUES ('embedder', ?)", (fingerprint,))

    def write_background(self, name: str, vectors: Vectors) -> None:
        """Keep the vectors `(n, dim)` of texts from everywhere under the name."""
        with self.transaction() as db:
            packed = vectors.astype("<f2").tobytes()
            values = (name, packed, vectors.shape[1])
            db.execute(write_upsert("backgrounds", "name", "vectors dimension"), values)

    def has_background(self, name: str) -> bool:
        """Whether texts from everywhere are kept under the name."""
        return bool(self.query("SELECT 1 FROM backgrounds WHERE name = ?", (name,)))

    def read_background(self, name: str) -> Vectors | None:
        """The vectors `(n, dim)` of texts from everywhere, once the archive has any."""
        rows = self.query("SELECT vectors, dimension FROM backgrounds WHERE name = ?", (name,))
        if not rows:
            return None
        vectors, dimension = rows[0]
        try:
            return np.frombuffer(vectors, "<f2").reshape(-1, dimension).astype(np.float32)
        except (TypeError, ValueError) as error:
            raise self.blame(f"backgrounds: {error}") from error

    def mark_outdated(self) -> None:
        """Have every article made anew, one at a time, and every file read; all is there till then."""
        with self.transaction() as db:
            db.execute("UPDATE articles SET made_by = ''")
            db.execute("DELETE FROM files")

    @property
    def store_id(self) -> str:
        """What the archive's passages go by in Chroma; another after a rebuild with new vectors."""
        return self.read_meta("store_id") or self.store_base

    @property
    def store_base(self) -> str:
        """What the names of all its collections in Chroma begin with; a copy has another one."""
        return self.read_meta("store_base") or self.read_meta("archive_id") or ""

    def list_outdated(self, made_by: str) -> list[str]:
        """The ids of the articles that another version made."""
        rows = self.query("SELECT id FROM articles WHERE made_by <> ? ORDER BY number", (made_by,))
        return [row[0] for row in rows]

    def count(self) -> ArchiveCounts:
        """How much there is."""
        articles, undated, since, until = self.query(
            "SELECT count(*), count(*) - count(published), min(published), max(published) FROM articles"
        )[0]
        statements, speakers = self.query(
            "SELECT count(*), count(DISTINCT speaker) FROM statements"
        )[0]
        passages = self.query("SELECT count(*) FROM passages")[0][0]
        period = [_read_day(day) for day in (since, until)]
        return ArchiveCounts(articles, passages, statements, speakers, undated or 0, *period)

    def count_articles(self) -> ArchiveCounts:
        """The same less passages, statements and speakers: quick in any size."""
        articles, since, until = self.query(
            "SELECT (SELECT count(*) FROM articles), (SELECT min(published) FROM articles), "
            "(SELECT max(published) FROM articles)"
        )[0]
        period = [_read_day(day) for day in (since, until)]
        return ArchiveCounts(articles, 0, 0, 0, 0, *period)

    def list_paths(self, under: Sequence[Path] = ()) -> list[str]:
        """Every source file that an article came from, sorted; `under` some paths, if there are any."""
        found: set[str] = set()
        for root in map(str, under):
            # "0" follows "/".
            rows = self.query(
                "SELECT DISTINCT path FROM articles WHERE path = ? OR (path > ? AND path < ?)",
                (root, f"{root.rstrip('/')}/", f"{root.rstrip('/')}0"),
            )
            found |= {path for (path,) in rows}
        if not under:
            found = {path for (path,) in self.query("SELECT DISTINCT path FROM articles")}
        return sorted(found)

    # Articles in and out

    def replace_article(
        self,
        article: Article,
        passages: Sequence[EmbeddedPassage],
        statements: Sequence[Statement],
        made_by: str,
        offices: Sequence[tuple[str, str]] = (),
    ) -> None:
        """Put the article in, whole or not at all, in place of what stood under its id.

        `offices` are (speaker, the article's words for the office).
        """
        with self.transaction() as db:
            speakers = self._delete(db, [article.id])[article.id]
            number = self.insert_article(db, article, passages, statements, made_by, offices)
            link_article(db, number, article)
            speakers |= {s.speaker for s in statements if s.speaker}
            note_changes(db, {article.id: speakers | {speaker for speaker, _ in offices}})

    def insert_article(
        self,
        db: Database,
        article: Article,
        passages: Sequence[EmbeddedPassage],
        statements: Sequence[Statement],
        made_by: str,
        offices: Sequence[tuple[str, str]] = (),
    ) -> int:
        """The number of the article, put in inside a transaction; nothing stands under its id."""
        published = article.published.isoformat() if article.published else None
        record = (
            article.id, article.title, article.text, article.text_sha256, article.source,
            article.url, article.language, published, article.published_precision,
            article.path, article.guid, article.version,
        )  # fmt: skip
        rows = [_pack_passage(embedded) for embedded in passages]
        spoken = [_pack_statement(None, statement)[1:] for statement in statements]
        parts = seal_parts(spoken, offices, [row[-1] for row in rows])
        number = _next_number(db, "articles")
        db.execute(
            f"INSERT INTO articles (number, {_ARTICLE}, parts_seal, made_by) "
            f"VALUES ({','.join('?' * 16)})",
            (number, *record, seal_record(record), parts, made_by),
        )
        first = _next_number(db, "passages")
        db.executemany(
            'INSERT INTO passages (number, article, id, ordinal, start, "end", sentences, vector, '
            "sentence_vectors, seal) VALUES (?,?,?,?,?,?,?,?,?,?)",
            [(n, number, *row) for n, row in enumerate(rows, first)],
        )
        db.insert_texts({n: embedded.terms for n, embedded in enumerate(passages, first)})
        db.executemany(_PUT_PENDING, [(row[0], "upsert") for row in rows])
        db.executemany(
            "INSERT INTO statements VALUES (?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING",
            [_pack_statement(number, statement) for statement in statements],
        )
        db.executemany(
            "INSERT INTO offices VALUES (?,?,?) ON CONFLICT DO NOTHING",
            [(number, speaker, office) for speaker, office in offices],
        )
        return number

    def delete_articles(self, ids: Sequence[str]) -> None:
        """Take the articles out, with all that is derived from them."""
        with self.transaction() as db:
            note_changes(db, self._delete(db, ids))

    def _delete(self, db: Database, ids: Sequence[str]) -> dict[str, set[str]]:
        """Who spoke or held an office in each of the articles, which are taken out."""
        spoke: dict[str, set[str]] = {}
        for article_id in ids:
            names = db.execute(
                "SELECT s.speaker FROM statements s JOIN articles a ON a.number = s.article "
                "WHERE a.id = ? AND s.speaker IS NOT NULL UNION SELECT o.speaker FROM offices o "
                "JOIN articles a ON a.number = o.article WHERE a.id = ?",
                (article_id, article_id),
            )
            spoke[article_id] = {name for (name,) in names}
            rows = db.execute(
                "SELECT p.number, p.id FROM passages p JOIN articles a ON a.number = p.article "
                "WHERE a.id = ?",
                (article_id,),
            ).fetchall()
            if rows:
                db.delete_texts([number for number, _ in rows])
            db.executemany(_PUT_PENDING, [(passage_id, "delete") for _, passage_id in rows])
            unlink_article(db, article_id)
            db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        return spoke

    def read_article(self, article_id: str) -> Article | None:
        """The article under this id; `None` for one that is damaged."""
        return next(iter(self.read_articles([article_id])), None)

    def read_articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles under these ids, in their order; unknown and damaged ones are left out."""
        rows = self.query_each(
            f"SELECT {_ARTICLE} FROM articles WHERE id IN ({{}})", ids, "article"
        )
        found = {row[0]: self._admit(row) for row in rows}
        return [article for article_id in ids if (article := found.get(article_id))]

    def read_quote(self, article_id: str, text_sha256: str, span: Span) -> str:
        """The cited words; raises StaleSpan when the article is not the one that was cited.

        Raises DamagedArticle when it is no longer what was stored.
        """
        article = self.read_article(article_id)
        if article is None and (fault := self.find_damage(article_id)):
            raise DamagedArticle(article_id, fault)
        if article is None or article.text_sha256 != text_sha256 or span.end > len(article.text):
            raise StaleSpan(article_id)
        return span.of(article.text)

    def list_articles(self, path: str) -> dict[str, tuple[str, str]]:
        """The ids of the path's articles, each with its text hash and the version that made it."""
        rows = self.query("SELECT id, text_sha256, made_by FROM articles WHERE path = ?", (path,))
        return {row[0]: (row[1], row[2]) for row in rows}

    def read_statements(self, article_id: str) -> list[Statement]:
        """The article's statements in order; raises DamagedArticle if they are not as stored."""
        rows = self.query(
            'SELECT s.start, s."end", s.speaker, s.speaker_start, s.speaker_end, s.cue, s.voice, '
            "s.via, s.is_person, a.parts_seal FROM articles a LEFT JOIN statements s "
            "ON s.article = a.number WHERE a.id = ? ORDER BY s.start",
            (article_id,),
        )
        if not rows:
            return []
        # An article without statements is one row of nothing but its seal.
        spoken = [row[:-1] for row in rows if row[0] is not None]
        mark = hash(tuple(rows))
        if self._intact.get(f"{article_id} says") != mark:
            if fault := find_statement_fault(spoken, rows[0][-1], self.is_sealed):
                self._note_damage(article_id, fault)
                raise DamagedArticle(article_id, fault)
            self._intact[f"{article_id} says"] = mark
        return [_unpack_statement(article_id, row) for row in spoken]

    def recall_article(self, article: Article, made_by: str) -> ReadArticle | None:
        """The sentences and statements that this version read in just this text, if it is kept.

        `None` too where a sentence may be kept in two halves, since the embedder held no more.
        """
        rows = self.query(
            "SELECT p.sentences FROM passages p JOIN articles a ON a.number = p.article "
            "WHERE a.id = ? AND a.text_sha256 = ? AND a.made_by = ? ORDER BY p.ordinal",
            (article.id, article.text_sha256, made_by),
        )
        sentences = tuple(span for row in rows for span in _unpack_spans(row[0]))
        if not rows or any(a.end == b.start for a, b in pairwise(sentences)):
            return None
        try:
            return ReadArticle(sentences, tuple(self.read_statements(article.id)))
        except DamagedArticle:
            return None

    def list_speakers(self, among: Sequence[str] | None = None) -> list[str]:
        """Every speaker whom a question may name, as the articles have it, most frequent first.

        Persons, and what bears a name of several capitalised words or capitals alone; `among` some
        names, where it is given.
        """
        rows = self._query_named(
            "SELECT speaker, max(is_person) FROM statements WHERE speaker IS NOT NULL AND {} "
            "GROUP BY speaker ORDER BY count(*) DESC, speaker",
            "speaker",
            among,
        )
        return [name for name, is_person in rows if is_person or _is_title(name)]

    def list_bodies(self, among: Sequence[str] | None = None) -> list[str]:
        """Every speaker that is no person, as the articles have it, most frequent first."""
        rows = self._query_named(
            "SELECT speaker FROM statements WHERE speaker IS NOT NULL AND is_person = 0 AND {} "
            "GROUP BY speaker ORDER BY count(*) DESC, speaker",
            "speaker",
            among,
        )
        return [name for (name,) in rows]

    def list_offices(
        self, among: Sequence[str] | None = None
    ) -> list[tuple[str, str, int | None, int]]:
        """The speakers' offices as (speaker, office, year, number of articles that have it so)."""
        rows = self._query_named(
            "SELECT o.speaker, o.office, substr(a.published, 1, 4), count(*) FROM offices o "
            "JOIN articles a ON a.number = o.article WHERE {} GROUP BY 1, 2, 3 "
            "ORDER BY 1, 2, 3 NULLS FIRST",
            "o.speaker",
            among,
        )
        return [
            (speaker, office, int(year) if year and str(year).isdecimal() else None, articles)
            for speaker, office, year, articles in rows
        ]

    def _query_named(
        self, sql: str, column: str, among: Sequence[str] | None
    ) -> list[tuple[Any, ...]]:
        """The rows of all names, or of some; in the latter case in portions."""
        if among is None:
            return self.query(sql.format("1 = 1"))
        return list(self.query_each(sql.format(f"{column} IN ({{}})"), among))

    def read_sentence_vectors(self, article_id: str) -> tuple[list[str], Vectors]:
        """The article's sentences, as its passages have them, and their vectors `(n, dim)`."""
        rows = self.query(
            "SELECT p.id FROM passages p JOIN articles a ON a.number = p.article WHERE a.id = ? "
            "ORDER BY p.ordinal",
            (article_id,),
        )
        sentences: list[str] = []
        vectors = []
        for article, embedded in self.read_passages([row[0] for row in rows]):
            sentences += [span.of(article.text) for span in embedded.passage.sentences]
            vectors.append(embedded.sentence_vectors)
        return sentences, np.concatenate(vectors) if vectors else np.zeros((0, 1), np.float32)

    def list_passage_ids(self) -> set[str]:
        """The id of every passage."""
        return {row[0] for row in self.query("SELECT id FROM passages")}

    def read_passages(self, ids: Sequence[str]) -> list[tuple[Article, EmbeddedPassage]]:
        """The passages with their articles, in the order of `ids`.

        Unknown ids are left out, and what is no longer what was stored.
        """
        found: dict[str, tuple[Article, EmbeddedPassage]] = {}
        for row in self.query_each(
            'SELECT p.id, p.ordinal, p.start, p."end", p.sentences, p.vector, '
            f"p.sentence_vectors, p.seal, {_ARTICLE_A} FROM passages p "
            "JOIN articles a ON a.number = p.article WHERE p.id IN ({})",
            ids,
            "passage",
        ):
            article = self._admit(row[8:])
            if article is not None and self._admit_spans(row[:5], row[7]):
                found[row[0]] = (article, _unpack_passage(article.id, row[:7]))
        return [found[i] for i in ids if i in found]


def note_changes(db: Database, spoke: Mapping[str, Collection[str]]) -> None:
    """Tell readers which articles are new, changed or gone, and whose words that touches."""
    rows = [(i, json.dumps(sorted(names), ensure_ascii=False)) for i, names in spoke.items()]
    # Without a gap: a number left out says that all is to be read anew.
    numbered = enumerate(rows, _next_number(db, "changes"))
    db.executemany("INSERT INTO changes VALUES (?, ?, ?)", [(n, *row) for n, row in numbered])
    db.execute(
        "DELETE FROM changes WHERE number <= (SELECT max(number) FROM changes) - ?", (_MOST_NOTED,)
    )


def note_new_state(db: Database) -> None:
    """Tell readers that all is to be read anew."""
    # The number left out says so.
    db.execute("INSERT INTO changes VALUES (?, '', '[]')", (_next_number(db, "changes") + 1,))
    grow_generation(db)


def grow_generation(db: Database) -> None:
    """Tell readers that there is something new to see."""
    db.execute(
        "INSERT INTO meta VALUES ('generation', '1') ON CONFLICT (key) "
        "DO UPDATE SET value = CAST(CAST(meta.value AS INTEGER) + 1 AS TEXT)"
    )


def _next_number(db: Database, table: str) -> int:
    """The number of the next row; only one writes at a time."""
    return int(db.execute(f"SELECT coalesce(max(number), 0) + 1 FROM {table}").fetchone()[0])


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on `articles a` in both databases' SQL, and the values of its marks."""

    sql: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Selection:
    """A time window (inclusive days; an article of a month or year overlaps it), source, speakers.

    An undated article is in no bounded window. `source` matches without regard to case. `within`
    are the ids of the only articles to look at, if there are any, `without` of those to look past;
    `where` is whatever else is to hold of them.
    """

    since: date | None = None
    until: date | None = None
    source: str | None = None
    speakers: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    within: tuple[str, ...] = ()
    where: Condition | None = None

    @property
    def is_open(self) -> bool:
        """Whether everything is selected."""
        return self == Selection()

    def as_sql(self) -> tuple[str, list[Any]]:
        """A condition on `articles a`, and its values."""
        conditions: list[str] = ["1 = 1"]
        values: list[Any] = []
        if self.since:
            conditions.append(f"{LAST_DAY} >= ?")
            values.append(self.since.isoformat())
        if self.until:
            conditions.append("a.published <= ?")
            values.append(self.until.isoformat())
        if self.source:
            conditions.append("lower(a.source) = ?")
            # As both databases do it: the 26 letters, whatever the server's language is.
            values.append(self.source.encode().lower().decode())
        if self.speakers:
            marks = ",".join("?" * len(self.speakers))
            conditions.append(
                f"a.number IN (SELECT article FROM statements WHERE speaker IN ({marks}))"
            )
            values += self.speakers
        if self.without:
            conditions.append(f"a.id NOT IN ({','.join('?' * len(self.without))})")
            values += self.without
        if self.within:
            conditions.append(f"a.id IN ({','.join('?' * len(self.within))})")
            values += self.within
        if self.where:
            conditions.append(f"({self.where.sql})")
            values += self.where.values
        return " AND ".join(conditions), values


def count_selected(archive: Archive, selection: Selection) -> tuple[int, int]:
    """How many articles and passages are selected."""
    where, values = selection.as_sql()
    articles = archive.query(f"SELECT count(*) FROM articles a WHERE {where}", values)[0][0]
    passages = archive.query(
        f"SELECT count(*) FROM passages p JOIN articles a ON a.number = p.article WHERE {where}",
        values,
    )[0][0]
    return articles, passages


def count_spoken(archive: Archive, selection: Selection, speakers: Sequence[str]) -> int:
    """How many statements the speakers make in the selected articles."""
    where, values = selection.as_sql()
    marks = ",".join("?" * len(speakers)) or "NULL"
    rows = archive.query(
        "SELECT count(*) FROM statements s JOIN articles a ON a.number = s.article "
        f"WHERE s.speaker IN ({marks}) AND {where}",
        [*speakers, *values],
    )
    return int(rows[0][0])


def list_spoken(archive: Archive) -> list[tuple[str, int]]:
    """Every speaker as the articles have it, with the number of statements; most first."""
    rows = archive.query(
        "SELECT speaker, count(*) FROM statements WHERE speaker IS NOT NULL "
        "GROUP BY speaker ORDER BY count(*) DESC, speaker"
    )
    return [(name, int(count)) for name, count in rows]


def list_sources(archive: Archive) -> list[tuple[str, int]]:
    """Every source, with the number of its articles; most first."""
    rows = archive.query(
        "SELECT source, count(*) FROM articles WHERE source IS NOT NULL "
        "GROUP BY source ORDER BY count(*) DESC, source"
    )
    return [(name, int(count)) for name, count in rows]


def has_source(archive: Archive, source: str) -> bool:
    """Whether some article is from the source, without regard to case."""
    where, values = Selection(source=source).as_sql()
    return bool(archive.query(f"SELECT 1 FROM articles a WHERE {where} LIMIT 1", values))


def list_by_date(archive: Archive, selection: Selection, limit: int, *, oldest: bool) -> list[str]:
    """The ids of the newest or oldest so many of the selected articles; of a day, by number."""
    where, values = selection.as_sql()
    order = "a.published NULLS FIRST" if oldest else "a.published DESC NULLS LAST"
    rows = archive.query(
        f"SELECT a.id FROM articles a WHERE {where} ORDER BY {order}, a.number LIMIT ?",
        (*values, limit),
    )
    return [identity for (identity,) in rows]


def list_selected(archive: Archive, selection: Selection) -> list[str]:
    """The ids of the selected passages."""
    where, values = selection.as_sql()
    rows = archive.query(
        f"SELECT p.id FROM passages p JOIN articles a ON a.number = p.article WHERE {where}", values
    )
    return [row[0] for row in rows]


def list_openings(archive: Archive, selection: Selection, limit: int) -> list[str]:
    """The ids of the selected articles' first passages, those of the latest articles first."""
    where, values = selection.as_sql()
    rows = archive.query(
        "SELECT p.id FROM passages p JOIN articles a ON a.number = p.article "
        f"WHERE p.ordinal = 0 AND {where} ORDER BY a.published DESC NULLS LAST, a.number LIMIT ?",
        (*values, limit),
    )
    return [row[0] for row in rows]


def list_meeting(archive: Archive, condition: Condition) -> list[int]:
    """The numbers of the articles that meet the condition, in their order."""
    rows = archive.query(
        f"SELECT a.number FROM articles a WHERE {condition.sql} ORDER BY a.number",
        condition.values,
    )
    return [number for (number,) in rows]


def read_vectors(archive: Archive, selection: Selection) -> tuple[list[str], Vectors]:
    """The ids of the selected passages and their vectors, `(n, dim)` float32."""
    where, values = selection.as_sql()
    rows = archive.query(
        "SELECT p.id, p.vector FROM passages p JOIN articles a ON a.number = p.article "
        f"WHERE {where}",
        values,
    )
    if not rows:
        return [], np.zeros((0, 0), np.float32)
    matrix = np.frombuffer(b"".join(row[1] for row in rows), "<f2").reshape(len(rows), -1)
    return [row[0] for row in rows], matrix.astype(np.float32)


def read_vectors_of(
    archive: Archive, articles: Sequence[str]
) -> Iterator[tuple[str, str, Vectors]]:
    """The articles' passages: the article's id, the passage's, and its vector `(dim,)` float32."""
    for article, identity, vector in archive.query_each(
        "SELECT a.id, p.id, p.vector FROM passages p JOIN articles a ON a.number = p.article "
        "WHERE a.id IN ({})",
        articles,
        "article",
    ):
        yield article, identity, np.frombuffer(vector, "<f2").astype(np.float32)


def list_pending_articles(archive: Archive) -> list[str]:
    """The ids of the articles of which Chroma must still be told, taken out ones among them."""
    rows = archive.query("SELECT passage FROM pending")
    return list(dict.fromkeys(passage.rpartition(":")[0] for (passage,) in rows))


def _read_day(day: object) -> date | None:
    """The day, `None` for a damaged one too."""
    try:
        return date.fromisoformat(str(day)) if day else None
    except ValueError:
        return None


def _is_title(name: str) -> bool:
    """Whether the name could be an institution's own: "Financial Times", "NATO"."""
    words = name.split()
    return (len(words) > 1 and all(word[0].isupper() for word in words)) or (
        len(name) > 1 and name.isupper()
    )


def _pack_statement(article: int | None, statement: Statement) -> tuple[Any, ...]:
    mention = statement.speaker_span
    return (
        article, statement.span.start, statement.span.end, statement.speaker,
        mention.start if mention else None, mention.end if mention else None,
        statement.cue, statement.voice, statement.via, int(statement.is_person),
    )  # fmt: skip


def _pack_passage(embedded: EmbeddedPassage) -> tuple[Any, ...]:
    """The passage's row, its seal last."""
    passage = embedded.passage
    spans = np.array([(s.start, s.end) for s in passage.sentences], dtype="<u4")
    row = (
        passage.id, passage.ordinal, passage.span.start, passage.span.end, spans.tobytes(),
        embedded.vector.astype("<f2").tobytes(), embedded.sentence_vectors.astype("<f2").tobytes(),
    )  # fmt: skip
    return (*row, seal_passage((*row, embedded.terms)))


def _unpack_statement(article_id: str, row: Sequence[Any]) -> Statement:
    start, end, speaker, mention_start, mention_end, cue, voice, via, is_person = row
    mention = None if mention_start is None else Span(mention_start, mention_end)
    return Statement(
        article_id, Span(start, end), speaker, mention, cue, voice, via, bool(is_person)
    )


def _unpack_article(row: Sequence[Any]) -> Article:
    identity, title, text, text_sha256, source, url, language, day, precision, *rest = row
    published = date.fromisoformat(day) if day else None
    return Article(
        identity, title, text, text_sha256, source, url, language, published, precision, *rest
    )


def _unpack_spans(packed: bytes) -> tuple[Span, ...]:
    return tuple(
        Span(start, end) for start, end in np.frombuffer(packed, "<u4").reshape(-1, 2).tolist()
    )


def _unpack_passage(article_id: str, row: Sequence[Any]) -> EmbeddedPassage:
    identity, ordinal, start, end, sentences, vector, sentence_vectors = row
    unpacked = np.frombuffer(vector, "<f2").astype(np.float32)
    return EmbeddedPassage(
        Passage(identity, article_id, ordinal, Span(start, end), _unpack_spans(sentences)),
        unpacked,
        np.frombuffer(sentence_vectors, "<f2").reshape(-1, len(unpacked)).astype(np.float32),
    )
