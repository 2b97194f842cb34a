"""The archive: immutable article text by id and hash, and all that is derived from it, in SQLite.

A `Selection` names the articles that a time window, a source and speakers leave.

SQLite is the truth. What Chroma must still be told stands in the table `pending`, written in the
same transaction as the article, so that a crash at any point leaves a difference that is known.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import uuid
import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.article import Article, Passage, ReadArticle, Span, Statement
from wortlaut.index.errors import EmbedderMismatch, StaleSpan, StoreUnavailable
from wortlaut.index.seal import SEAL, draw_seal
from wortlaut.index.twins.linking import link_article, unlink_article

SCHEMA_VERSION = "1"
_ARTICLE = (
    "id, title, text, text_sha256, source, url, language, published, published_precision, path, "
    "guid, version"
)
# A reader that has missed more reads the archive anew.
_MOST_NOTED = 5000
_ARTICLE_A = ", ".join(f"a.{column}" for column in _ARTICLE.split(", "))

Vectors = NDArray[np.float32]

# The last day of an article's period, from its first day and its precision.
_LAST_DAY = """CASE a.published_precision
  WHEN 'year' THEN date(a.published, '+1 year', '-1 day')
  WHEN 'month' THEN date(a.published, '+1 month', '-1 day')
  ELSE a.published END"""


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
    """One archive folder's SQLite file; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(
                folder / "archive.sqlite", timeout=30, check_same_thread=False, isolation_level=None
            )
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute("PRAGMA foreign_keys = ON")
            self._make_tables()
        except (OSError, sqlite3.Error) as error:
            raise StoreUnavailable(
                f"cannot open the archive in {folder}: {error}; "
                "give another folder with --data, or check its rights"
            ) from error
        if (found := self.read_meta("schema")) != SCHEMA_VERSION:
            raise StoreUnavailable(
                f"the archive in {folder} has schema {found}, this Wortlaut reads {SCHEMA_VERSION}; "
                "index into a new folder with --data"
            )
        # Chroma is opened later: whatever is noted after this, it may hold or not.
        self.at_opening = Changes(self.newest_change, tuple(list_pending_articles(self)))

    def _make_tables(self) -> None:
        """Make what a new or an older archive lacks; of any other nothing is written.

        Whoever opens it to read must not wait for the one who writes.
        """
        schema = (files("wortlaut.index") / "schema.sql").read_bytes()
        stamp = zlib.crc32(schema) >> 1
        if self._db.execute("PRAGMA user_version").fetchone()[0] == stamp:
            return
        self._db.executescript(schema.decode("utf-8"))
        self._add_columns("articles", "guid", "version")
        self._db.execute("INSERT OR IGNORE INTO meta VALUES ('schema', ?)", (SCHEMA_VERSION,))
        # Before its id: whoever opens a new one at the same moment must not take it for an old one.
        is_old = self._db.execute("SELECT 1 FROM meta WHERE key = 'archive_id'").fetchone()
        drawn = draw_seal(from_birth=is_old is None)
        self._db.execute("INSERT OR IGNORE INTO meta VALUES (?, ?)", (SEAL, drawn))
        self._db.execute(
            "INSERT OR IGNORE INTO meta VALUES ('archive_id', ?)", (uuid.uuid4().hex[:12],)
        )
        self._db.execute(f"PRAGMA user_version = {stamp}")

    def _add_columns(self, table: str, *columns: str) -> None:
        """Give the table of an older archive the columns of text that it lacks."""
        known = {row[1] for row in self._db.execute(f"PRAGMA table_info({table})")}
        for column in columns:
            if column not in known:
                self._db.execute(f"ALTER TABLE {table} ADD COLUMN {column} TEXT")

    def close(self) -> None:
        """Close the SQLite file."""
        self._db.close()

    @contextmanager
    def _translate(self) -> Iterator[None]:
        """Hold the lock; SQLite's errors leave as one line that says what to do."""
        with self._lock:
            try:
                yield
            except sqlite3.Error as error:
                raise StoreUnavailable(
                    f"the archive in {self.folder} failed: {error}; check the disk's space and "
                    "rights and run it again; if the file is damaged, index into a new --data"
                ) from error

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """One transaction, whole or not at all; raises StoreUnavailable when SQLite refuses."""
        with self._translate():
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            except BaseException:
                # A full disk has rolled back already.
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise

    def query(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a reading statement."""
        with self._translate():
            return self._db.execute(sql, values).fetchall()

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
            db.execute("INSERT OR REPLACE INTO backgrounds VALUES (?, ?, ?)", values)

    def has_background(self, name: str) -> bool:
        """Whether texts from everywhere are kept under the name."""
        return bool(self.query("SELECT 1 FROM backgrounds WHERE name = ?", (name,)))

    def read_background(self, name: str) -> Vectors | None:
        """The vectors `(n, dim)` of texts from everywhere, once the archive has any."""
        rows = self.query("SELECT vectors, dimension FROM backgrounds WHERE name = ?", (name,))
        if not rows:
            return None
        return np.frombuffer(rows[0][0], "<f2").reshape(-1, rows[0][1]).astype(np.float32)

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
            "SELECT count(*), sum(published IS NULL), min(published), max(published) FROM articles"
        )[0]
        statements, speakers = self.query(
            "SELECT count(*), count(DISTINCT speaker) FROM statements"
        )[0]
        passages = self.query("SELECT count(*) FROM passages")[0][0]
        period = [date.fromisoformat(day) if day else None for day in (since, until)]
        return ArchiveCounts(articles, passages, statements, speakers, undated or 0, *period)

    def list_paths(self, under: Sequence[Path] = ()) -> list[str]:
        """Every source file that an article came from, sorted; `under` some paths, if there are any."""
        found: set[str] = set()
        for root in map(str, under):
            # "0" follows "/".
            rows = self.query(
                "SELECT DISTINCT path FROM articles WHERE path = ?1 OR (path > ?2 AND path < ?3)",
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
        published = article.published.isoformat() if article.published else None
        with self.transaction() as db:
            speakers = self._delete(db, [article.id])[article.id]
            number = db.execute(
                f"INSERT INTO articles ({_ARTICLE}, made_by) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                (article.id, article.title, article.text, article.text_sha256, article.source,
                 article.url, article.language, published, article.published_precision,
                 article.path, article.guid, article.version, made_by),
            ).lastrowid  # fmt: skip
            link_article(db, number or 0, article)
            for embedded in passages:
                self._insert_passage(db, number, embedded)
            db.executemany(
                "INSERT OR IGNORE INTO statements VALUES (?,?,?,?,?,?,?,?,?,?)",
                [_pack_statement(number, statement) for statement in statements],
            )
            db.executemany(
                "INSERT OR IGNORE INTO offices VALUES (?,?,?)",
                [(number, speaker, office) for speaker, office in offices],
            )
            speakers |= {s.speaker for s in statements if s.speaker}
            note_changes(db, {article.id: speakers | {speaker for speaker, _ in offices}})

    def _insert_passage(
        self, db: sqlite3.Connection, article: int | None, embedded: EmbeddedPassage
    ) -> None:
        passage = embedded.passage
        spans = np.array([(s.start, s.end) for s in passage.sentences], dtype="<u4")
        number = db.execute(
            'INSERT INTO passages (id, article, ordinal, start, "end", sentences, vector, '
            "sentence_vectors) VALUES (?,?,?,?,?,?,?,?)",
            (passage.id, article, passage.ordinal, passage.span.start, passage.span.end,
             spans.tobytes(), embedded.vector.astype("<f2").tobytes(),
             embedded.sentence_vectors.astype("<f2").tobytes()),
        ).lastrowid  # fmt: skip
        db.execute(
            "INSERT INTO passages_fts (rowid, terms) VALUES (?, ?)", (number, embedded.terms)
        )
        db.execute("INSERT OR REPLACE INTO pending VALUES (?, 'upsert')", (passage.id,))

    def delete_articles(self, ids: Sequence[str]) -> None:
        """Take the articles out, with all that is derived from them."""
        with self.transaction() as db:
            note_changes(db, self._delete(db, ids))

    def _delete(self, db: sqlite3.Connection, ids: Sequence[str]) -> dict[str, set[str]]:
        """Who spoke or held an office in each of the articles, which are taken out."""
        spoke: dict[str, set[str]] = {}
        for article_id in ids:
            names = db.execute(
                "SELECT s.speaker FROM statements s JOIN articles a ON a.number = s.article "
                "WHERE a.id = ?1 AND s.speaker IS NOT NULL UNION SELECT o.speaker FROM offices o "
                "JOIN articles a ON a.number = o.article WHERE a.id = ?1",
                (article_id,),
            )
            spoke[article_id] = {name for (name,) in names}
            rows = db.execute(
                "SELECT p.number, p.id FROM passages p JOIN articles a ON a.number = p.article "
                "WHERE a.id = ?",
                (article_id,),
            ).fetchall()
            for number, passage_id in rows:
                db.execute("DELETE FROM passages_fts WHERE rowid = ?", (number,))
                db.execute("INSERT OR REPLACE INTO pending VALUES (?, 'delete')", (passage_id,))
            unlink_article(db, article_id)
            db.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        return spoke

    def read_article(self, article_id: str) -> Article | None:
        """The article under this id."""
        rows = self.query(f"SELECT {_ARTICLE} FROM articles WHERE id = ?", (article_id,))
        return _unpack_article(rows[0]) if rows else None

    def read_articles(self, ids: Sequence[str]) -> list[Article]:
        """The articles under these ids, in their order; unknown ids are left out."""
        found: dict[str, Article] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            marks = ",".join("?" * len(some))
            rows = self.query(f"SELECT {_ARTICLE} FROM articles WHERE id IN ({marks})", some)
            found |= {row[0]: _unpack_article(row) for row in rows}
        return [found[article_id] for article_id in ids if article_id in found]

    def read_quote(self, article_id: str, text_sha256: str, span: Span) -> str:
        """The cited words; raises StaleSpan when the article is not the one that was cited."""
        article = self.read_article(article_id)
        if article is None or article.text_sha256 != text_sha256 or span.end > len(article.text):
            raise StaleSpan(article_id)
        return span.of(article.text)

    def list_articles(self, path: str) -> dict[str, tuple[str, str]]:
        """The ids of the path's articles, each with its text hash and the version that made it."""
        rows = self.query("SELECT id, text_sha256, made_by FROM articles WHERE path = ?", (path,))
        return {row[0]: (row[1], row[2]) for row in rows}

    def read_statements(self, article_id: str) -> list[Statement]:
        """The article's statements in order."""
        rows = self.query(
            'SELECT s.start, s."end", s.speaker, s.speaker_start, s.speaker_end, s.cue, s.voice, '
            "s.via, s.is_person FROM statements s JOIN articles a ON a.number = s.article WHERE a.id = ? "
            "ORDER BY s.start",
            (article_id,),
        )
        return [_unpack_statement(article_id, row) for row in rows]

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
        return ReadArticle(sentences, tuple(self.read_statements(article.id)))

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
            "SELECT speaker FROM statements WHERE speaker IS NOT NULL AND NOT is_person AND {} "
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
            "JOIN articles a ON a.number = o.article WHERE {} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            "o.speaker",
            among,
        )
        return [
            (speaker, office, int(year) if year else None, articles)
            for speaker, office, year, articles in rows
        ]

    def _query_named(
        self, sql: str, column: str, among: Sequence[str] | None
    ) -> list[tuple[Any, ...]]:
        """The rows of all names, or of some; in the latter case in portions."""
        if among is None:
            return self.query(sql.format("1"))
        rows = []
        for start in range(0, len(among), 500):
            some = among[start : start + 500]
            rows += self.query(sql.format(f"{column} IN ({','.join('?' * len(some))})"), some)
        return rows

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
        """The passages with their articles, in the order of `ids`; unknown ids are left out."""
        found: dict[str, tuple[Article, EmbeddedPassage]] = {}
        for start in range(0, len(ids), 500):
            some = ids[start : start + 500]
            marks = ",".join("?" * len(some))
            for row in self.query(
                'SELECT p.id, p.ordinal, p.start, p."end", p.sentences, p.vector, '
                f"p.sentence_vectors, {_ARTICLE_A} FROM passages p "
                f"JOIN articles a ON a.number = p.article WHERE p.id IN ({marks})",
                some,
            ):
                article = _unpack_article(row[7:])
                found[row[0]] = (article, _unpack_passage(article.id, row[:7]))
        return [found[i] for i in ids if i in found]


def note_changes(db: sqlite3.Connection, spoke: Mapping[str, Collection[str]]) -> None:
    """Tell readers which articles are new, changed or gone, and whose words that touches."""
    rows = [(i, json.dumps(sorted(names), ensure_ascii=False)) for i, names in spoke.items()]
    db.executemany("INSERT INTO changes (article, speakers) VALUES (?, ?)", rows)
    db.execute(
        "DELETE FROM changes WHERE number <= (SELECT max(number) FROM changes) - ?", (_MOST_NOTED,)
    )


def note_new_state(db: sqlite3.Connection) -> None:
    """Tell readers that all is to be read anew."""
    newest = db.execute("SELECT coalesce(max(number), 0) FROM changes").fetchone()[0]
    # The number left out says so.
    db.execute("INSERT INTO changes VALUES (?, '', '[]')", (newest + 2,))
    grow_generation(db)


def grow_generation(db: sqlite3.Connection) -> None:
    """Tell readers that there is something new to see."""
    db.execute(
        "INSERT INTO meta VALUES ('generation', '1') ON CONFLICT (key) "
        "DO UPDATE SET value = CAST(value AS INTEGER) + 1"
    )


@dataclass(frozen=True, slots=True)
class Selection:
    """A time window (inclusive days; an article of a month or year overlaps it), source, speakers.

    An undated article is in no bounded window. `source` matches without regard to case. `within`
    are the ids of the only articles to look at, if there are any, `without` of those to look past.
    """

    since: date | None = None
    until: date | None = None
    source: str | None = None
    speakers: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    within: tuple[str, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether everything is selected."""
        return self == Selection()

    def as_sql(self) -> tuple[str, list[Any]]:
        """A condition on `articles a`, and its values."""
        conditions: list[str] = ["1"]
        values: list[Any] = []
        if self.since:
            conditions.append(f"{_LAST_DAY} >= ?")
            values.append(self.since.isoformat())
        if self.until:
            conditions.append("a.published <= ?")
            values.append(self.until.isoformat())
        if self.source:
            conditions.append("a.source LIKE ? ESCAPE '\\'")
            values.append(self.source.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_"))
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
        f"WHERE p.ordinal = 0 AND {where} ORDER BY a.published DESC, a.number LIMIT ?",
        (*values, limit),
    )
    return [row[0] for row in rows]


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
    for start in range(0, len(articles), 500):
        some = articles[start : start + 500]
        for article, identity, vector in archive.query(
            "SELECT a.id, p.id, p.vector FROM passages p JOIN articles a ON a.number = p.article "
            f"WHERE a.id IN ({','.join('?' * len(some))})",
            some,
        ):
            yield article, identity, np.frombuffer(vector, "<f2").astype(np.float32)


def list_pending_articles(archive: Archive) -> list[str]:
    """The ids of the articles of which Chroma must still be told, taken out ones among them."""
    rows = archive.query("SELECT passage FROM pending")
    return list(dict.fromkeys(passage.rpartition(":")[0] for (passage,) in rows))


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
        statement.cue, statement.voice, statement.via, statement.is_person,
    )  # fmt: skip


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
