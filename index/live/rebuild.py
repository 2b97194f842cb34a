"""A rebuild with another embedder: the new state is made beside the old one, and takes its place whole.

Beside the archive stands the folder `building/`: an archive of the same articles, made with the new
embedder, its vectors in a Chroma collection of their own. Until it is complete, whoever reads sees
the old state; a killed rebuild goes on where it was. One transaction then puts the new passages,
statements and offices in place of the old.
"""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from wortlaut.index.archive import Archive, note_new_state
from wortlaut.index.embedder import Embedder
from wortlaut.index.errors import StoreUnavailable
from wortlaut.index.ingest import PIPELINE_VERSION, Indexer, IngestReport, Progress, open_writable
from wortlaut.index.store import Location

_FOLDER = "building"
# Each belongs to an article; of the articles themselves `made_by` and the parts' seal change.
_DERIVED = ("passages", "statements", "offices")


@dataclass(frozen=True, slots=True)
class Building:
    """How far a rebuild beside the archive is, and the fingerprint of its embedder."""

    fingerprint: str
    done: int
    articles: int

    @property
    def line(self) -> str:
        """The same in words."""
        return (
            f"{self.done} of {self.articles} articles, with {self.fingerprint}; "
            "to finish it: wortlaut index --rebuild with that embedder"
        )


def read_building(folder: Path) -> Building | None:
    """The rebuild that is under way, or was stopped, beside the archive in the folder."""
    if not (folder / _FOLDER / "archive.sqlite").exists():
        return None
    with closing(Archive(folder / _FOLDER)) as building:
        fingerprint = building.read_meta("embedder")
        left = len(building.list_outdated(PIPELINE_VERSION))
        articles = building.query("SELECT count(*) FROM articles")[0][0]
    return Building(fingerprint, articles - left, articles) if fingerprint else None


def drop_building(folder: Path) -> None:
    """Give up a rebuild that was stopped."""
    if (folder / _FOLDER).exists():
        _remove(folder / _FOLDER)


def rebuild_beside(
    archive: Archive,
    location: Location,
    load_embedder: Callable[[int], Embedder],
    progress: Progress | None = None,
) -> IngestReport:
    """Make the archive's articles anew with another embedder; the caller holds the writer's lock.

    `location` is Chroma's folder or address. A second call goes on where a killed one was.
    """
    fingerprint = load_embedder(0).fingerprint
    begun = read_building(archive.folder)
    if begun is None or begun.fingerprint != fingerprint:
        drop_building(archive.folder)
    store_id = f"{archive.store_base}-{_shorten(fingerprint)}"
    folder = archive.folder / _FOLDER
    with closing(Archive(folder)) as building:
        building.write_meta("store_id", store_id)
        building.bind_embedder(fingerprint)
        store, _ = open_writable(location, building, fingerprint)
        with closing(store):
            _copy_articles(archive, building)
            report = Indexer(building, store, load_embedder, progress).run([])
            building.query("PRAGMA wal_checkpoint(TRUNCATE)")
            _take_over(archive, building, fingerprint)
            store.drop_others(archive.store_base)
    drop_building(archive.folder)
    return report


def _copy_articles(archive: Archive, building: Archive) -> None:
    """Have just the archive's articles in the new one; what is made of them and stays, stays made."""
    fields = ", ".join(_list_columns(archive, "articles", "number", "made_by", "parts_seal"))
    with _attach(building, archive, "held"):
        other = building.query(
            f"SELECT id FROM (SELECT {fields} FROM main.articles "
            f"EXCEPT SELECT {fields} FROM held.articles)"
        )
        building.delete_articles([row[0] for row in other])
        with building.transaction() as db:
            db.execute(
                f"INSERT INTO main.articles ({fields}, made_by) SELECT {fields}, '' "
                "FROM held.articles WHERE id NOT IN (SELECT id FROM main.articles) ORDER BY number"
            )


@contextmanager
def _attach(archive: Archive, other: Archive, name: str) -> Iterator[None]:
    """Have the other archive's tables at hand under the name."""
    archive.query(f"ATTACH DATABASE ? AS {name}", (str(other.folder / "archive.sqlite"),))
    try:
        yield
    finally:
        archive.query(f"DETACH DATABASE {name}")


def _list_columns(archive: Archive, table: str, *without: str) -> list[str]:
    rows = archive.query(f"PRAGMA table_info({table})")
    return [f'"{row[1]}"' for row in rows if row[1] not in without]


def _take_over(archive: Archive, building: Archive, fingerprint: str) -> None:
    """Put what was made in place of what the archive has, in one transaction."""
    columns = {table: _list_columns(archive, table, "article") for table in _DERIVED}
    with _attach(archive, building, "made"), archive.transaction() as db:
        for table in (*_DERIVED, "passages_fts", "pending", "backgrounds", "files"):
            db.execute(f"DELETE FROM main.{table}")
        for table, names in columns.items():
            _move(db, table, names)
        db.execute(
            "INSERT INTO main.passages_fts (rowid, terms) "
            "SELECT rowid, terms FROM made.passages_fts"
        )
        db.execute("INSERT INTO main.backgrounds SELECT * FROM made.backgrounds")
        db.execute(
            "UPDATE main.articles SET (made_by, parts_seal) = (SELECT m.made_by, m.parts_seal "
            "FROM made.articles m WHERE m.id = main.articles.id)"
        )
        for key, value in (("embedder", fingerprint), ("store_id", building.store_id)):
            db.execute("INSERT OR REPLACE INTO main.meta VALUES (?, ?)", (key, value))
        note_new_state(db)


def _move(db: sqlite3.Connection, table: str, columns: list[str]) -> None:
    into = ", ".join(columns)
    taken = ", ".join(f"t.{column}" for column in columns)
    db.execute(
        f"INSERT INTO main.{table} (article, {into}) SELECT a.number, {taken} "
        f"FROM made.{table} t JOIN made.articles m ON m.number = t.article "
        "JOIN main.articles a ON a.id = m.id"
    )


def _shorten(fingerprint: str) -> str:
    return hashlib.sha256(fingerprint.encode()).hexdigest()[:8]


def _remove(folder: Path) -> None:
    try:
        shutil.rmtree(folder)
    except OSError as error:
        raise StoreUnavailable(
            f"cannot remove {folder}: {error.strerror}; check its rights, and remove it"
        ) from error
