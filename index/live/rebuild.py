"""A rebuild with another embedder: the new state is made beside the old one, and takes its place whole.

Beside the archive stands the folder `building/`: an archive of the same articles, made with the new
embedder, its vectors in a Chroma collection of their own. Until it is complete, whoever reads sees
the old state; a killed rebuild goes on where it was. One transaction then puts the new passages,
statements and offices in place of the old.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from wortlaut.index.archive import Archive, note_new_state
from wortlaut.index.database.tables import Database, has_database, remove_database, write_upsert
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


def read_building(folder: Path, address: str | None = None) -> Building | None:
    """The rebuild that is under way, or was stopped, beside the archive of folder and address."""
    if not has_database(folder / _FOLDER, address, _FOLDER):
        return None
    with closing(Archive(folder / _FOLDER, address, _FOLDER)) as building:
        fingerprint = building.read_meta("embedder")
        left = len(building.list_outdated(PIPELINE_VERSION))
        articles = building.query("SELECT count(*) FROM articles")[0][0]
    return Building(fingerprint, articles - left, articles) if fingerprint else None


def drop_building(folder: Path, address: str | None = None) -> None:
    """Give up a rebuild that was stopped."""
    if address is not None:
        remove_database(address, _FOLDER)
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
    begun = read_building(archive.folder, archive.address)
    if begun is None or begun.fingerprint != fingerprint:
        drop_building(archive.folder, archive.address)
    store_id = f"{archive.store_base}-{_shorten(fingerprint)}"
    folder = archive.folder / _FOLDER
    with closing(Archive(folder, archive.address, _FOLDER)) as building:
        building.write_meta("store_id", store_id)
        building.bind_embedder(fingerprint)
        store, _ = open_writable(location, building, fingerprint)
        with closing(store):
            _copy_articles(archive, building)
            report = Indexer(building, store, load_embedder, progress).run([])
            with building.hold() as db:
                db.settle()
            _take_over(archive, building, fingerprint)
            store.drop_others(archive.store_base)
    drop_building(archive.folder, archive.address)
    return report


def _copy_articles(archive: Archive, building: Archive) -> None:
    """Have just the archive's articles in the new one; what is made of them and stays, stays made."""
    fields = ", ".join(_list_columns(archive, "articles", "number", "made_by", "parts_seal"))
    with _attach(building, archive) as (own, held):
        other = building.query(
            f"SELECT id FROM (SELECT {fields} FROM {own}.articles "
            f"EXCEPT SELECT {fields} FROM {held}.articles) changed"
        )
        building.delete_articles([row[0] for row in other])
        with building.transaction() as db:
            db.execute(
                f"INSERT INTO {own}.articles (number, {fields}, made_by) "
                "SELECT row_number() OVER (ORDER BY number) + (SELECT coalesce(max(number), 0) "
                f"FROM {own}.articles), {fields}, '' FROM {held}.articles "
                f"WHERE id NOT IN (SELECT id FROM {own}.articles)"
            )


@contextmanager
def _attach(archive: Archive, other: Archive) -> Iterator[tuple[str, str]]:
    """Have the other archive's tables at hand: what stands before the own ones and before those."""
    with archive.hold() as db:
        names = db.attach(other.database)
        try:
            yield names
        finally:
            db.detach()


def _list_columns(archive: Archive, table: str, *without: str) -> list[str]:
    with archive.hold() as db:
        columns = db.list_columns(table)
    return [f'"{column}"' for column in columns if column not in without]


def _take_over(archive: Archive, building: Archive, fingerprint: str) -> None:
    """Put what was made in place of what the archive has, in one transaction."""
    columns = {table: _list_columns(archive, table, "article") for table in _DERIVED}
    with _attach(archive, building) as (own, made), archive.transaction() as db:
        for table in (*_DERIVED, "pending", "backgrounds", "files"):
            db.execute(f"DELETE FROM {own}.{table}")
        for table, names in columns.items():
            _move(db, own, made, table, names)
        db.copy_texts(own, made)
        db.execute(f"INSERT INTO {own}.backgrounds SELECT * FROM {made}.backgrounds")
        db.execute(
            f"UPDATE {own}.articles SET (made_by, parts_seal) = (SELECT m.made_by, m.parts_seal "
            f"FROM {made}.articles m WHERE m.id = {own}.articles.id)"
        )
        for key, value in (("embedder", fingerprint), ("store_id", building.store_id)):
            db.execute(write_upsert(f"{own}.meta", "key", "value"), (key, value))
        note_new_state(db)


def _move(db: Database, own: str, made: str, table: str, columns: list[str]) -> None:
    into = ", ".join(columns)
    taken = ", ".join(f"t.{column}" for column in columns)
    db.execute(
        f"INSERT INTO {own}.{table} (article, {into}) SELECT a.number, {taken} "
        f"FROM {made}.{table} t JOIN {made}.articles m ON m.number = t.article "
        f"JOIN {own}.articles a ON a.id = m.id"
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
