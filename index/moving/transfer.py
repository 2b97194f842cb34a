"""The whole archive as one file, and back: `export_archive` and `import_archive`.

What travels is a SQLite file of the archive as it stood at one moment, whoever writes meanwhile; one
in PostgreSQL is copied into such a file. An import checks all of it beside the archive, puts it in by
one transaction, and fills Chroma from it.
"""

from __future__ import annotations

import shutil
import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from wortlaut.index.archive import Archive, note_new_state
from wortlaut.index.article import hash_text
from wortlaut.index.database.tables import copy_tables, has_database, read_schema
from wortlaut.index.errors import ConfigError, StoreError, StoreUnavailable
from wortlaut.index.ingest import (
    PIPELINE_VERSION,
    RUN_FLAG,
    Progress,
    lock_writer,
    open_writable,
    repair_store,
)
from wortlaut.index.live.rebuild import read_building
from wortlaut.index.moving.package import (
    PART,
    Manifest,
    check_export_target,
    make_workplace,
    read_manifest,
    unpack_part,
    write_package,
)
from wortlaut.index.store import Location, PassageStore, make_nodes

_FOLDER = "importing"
_LOCK_WAIT_S = 3
_AT_ONCE = 500
# What is counted: every table but the full text's own.
_UNCOUNTED = ("sqlite_", "passages_fts", "passages_vocab")


@dataclass(frozen=True, slots=True)
class TransferReport:
    """What a file holds that was written or read: `counts` by table, `bytes` and digest of the file.

    `complete` says that the archive lacked nothing: no run was stopped or going on.
    """

    file: str
    bytes: int
    sha256: str
    archive_id: str
    embedder: str
    complete: bool
    counts: Mapping[str, int]


def export_archive(
    folder: Path, target: Path, progress: Progress | None = None, address: str | None = None
) -> TransferReport:
    """Write the archive of folder and address to the file `target`, in place of an older export only.

    Others may write meanwhile. Raises ConfigError where there is nothing, or another file stands
    there, StoreError where the archive is damaged.
    """
    check_export_target(target)
    if not has_database(folder, address):
        raise ConfigError(f"there is no archive in {folder}; name its folder with --data")
    show = progress or _be_silent
    with make_workplace(target) as place:
        snapshot = place / PART
        with closing(Archive(folder, address)) as archive:
            if address is None:
                archive.query("VACUUM INTO ?", (str(snapshot),))
            else:
                with closing(Archive(place)) as copy:
                    _copy(archive, copy)
            manifest = _check_snapshot(snapshot, f"the archive in {archive.place}")
        if read_building(folder, address):
            manifest |= {"complete": False}
        size, digest = write_package(
            snapshot, manifest, target, lambda done, total: show(done, total, target.name)
        )
    return _report(target, size, digest, manifest)


def import_archive(
    folder: Path,
    source: Path,
    location: Location,
    progress: Progress | None = None,
    address: str | None = None,
) -> TransferReport:
    """Put the export `source` into the archive of folder and address, its passages into Chroma.

    It must hold no article. Until all is checked nothing is changed. Raises ConfigError for a file
    that is no export and for an archive that is not empty, StoreError for a damaged file.
    """
    show = progress or _be_silent
    _refuse_full(folder, address)
    manifest, digest = read_manifest(source)
    folder.mkdir(parents=True, exist_ok=True)
    with _lock(folder, address):
        _refuse_full(folder, address)
        with _stage(folder) as staging:
            unpack_part(
                source, manifest, staging / PART, lambda done, total: show(done, total, source.name)
            )
            _compare(manifest, _check_snapshot(staging / PART, str(source)), source)
            with _make_archive(folder, address):
                store = _prepare(staging, location)
            try:
                _put_in(staging, folder, address)
            except BaseException:
                store.close()
                raise
        with closing(store), closing(Archive(folder, address)) as archive:
            _fill(archive, store, show)
    return _report(source, source.stat().st_size, digest, manifest)


def _report(file: Path, size: int, digest: str, manifest: Manifest) -> TransferReport:
    return TransferReport(
        str(file), size, digest, manifest["archive_id"], manifest["embedder"],
        bool(manifest["complete"]), dict(manifest["counts"]),
    )  # fmt: skip


def _be_silent(done: int, total: int, what: str) -> None:
    pass


def _refuse_full(folder: Path, address: str | None) -> None:
    if not has_database(folder, address):
        return
    with closing(Archive(folder, address)) as archive:
        held = archive.query("SELECT count(*) FROM articles")[0][0]
    if held or read_building(folder, address):
        new = "a new folder with --data" if address is None else "a new schema with --archive"
        raise ConfigError(
            f"the archive in {archive.place} holds {held} articles; import into {new}"
        )


@contextmanager
def _lock(folder: Path, address: str | None) -> Iterator[None]:
    """Be the only one who writes there; of SQLite nothing is made yet."""
    if address is None:
        with lock_writer(folder, _LOCK_WAIT_S):
            yield
        return
    with closing(Archive(folder, address)) as shared, lock_writer(folder, _LOCK_WAIT_S, shared):
        yield


def _copy(source: Archive, target: Archive) -> None:
    """Have all that the one archive holds in the other, of whatever kind, in one transaction."""
    with source.hold() as taken, target.transaction() as db:
        copy_tables(taken, db)


@contextmanager
def _stage(folder: Path) -> Iterator[Path]:
    """A folder beside the archive for what is not checked yet; a killed import's goes first."""
    staging = folder / _FOLDER
    try:
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        yield staging
    except OSError as error:
        raise StoreUnavailable(
            f"cannot write to {staging}: {error.strerror or error}; check the disk's space and rights"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _check_snapshot(file: Path, name: str) -> dict[str, Any]:
    """The manifest of a copy of an archive; raises StoreError for one that is damaged or foreign.

    It may come from anywhere: nothing in it is run, and it must hold no tables but ours.
    """
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute("PRAGMA cell_size_check = ON")
            _refuse_foreign(db, name)
            found = db.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                line = " ".join(str(found).split())
                raise StoreError(f"{name} is damaged: {line}; wortlaut doctor says more")
            for article_id, text, digest in db.execute(
                "SELECT id, text, text_sha256 FROM articles"
            ):
                if not isinstance(text, str) or hash_text(text) != digest:
                    raise StoreError(
                        f"{name} is damaged: the text of article {article_id} is not what was "
                        "stored; wortlaut doctor says more"
                    )
            return _describe(db, name)
    except (sqlite3.Error, UnicodeError) as error:
        raise StoreError(f"{name} is damaged: {error}; wortlaut doctor says more") from error


def _refuse_foreign(db: sqlite3.Connection, name: str) -> None:
    with closing(sqlite3.connect(":memory:")) as empty:
        empty.executescript(read_schema("schema.sql")[0])
        known = set(empty.execute("SELECT type, name FROM sqlite_master"))
    rows = db.execute("SELECT type, name FROM sqlite_master").fetchall()
    foreign = sorted(
        row[1] for row in rows if row not in known and not row[1].startswith("sqlite_stat")
    )
    if foreign:
        raise StoreError(
            f"{name} holds what no archive of this Wortlaut does: {foreign[0]!r}; "
            "nothing was changed; use the Wortlaut that made it"
        )


def _describe(db: sqlite3.Connection, name: str) -> dict[str, Any]:
    meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
    tables = [
        row[0]
        for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        if not row[0].startswith(_UNCOUNTED)
    ]
    counts = {
        table: db.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables
    }
    if not counts["articles"] or "embedder" not in meta:
        raise ConfigError(f"{name} holds no article; index some first: wortlaut index PATH")
    outdated = db.execute(
        "SELECT count(*) FROM articles WHERE made_by <> ?", (PIPELINE_VERSION,)
    ).fetchone()[0]
    waiting = RUN_FLAG in meta or "waiting" in meta
    return {
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "wortlaut": version("wortlaut"),
        "schema": meta["schema"],
        "archive_id": meta["archive_id"],
        "embedder": meta["embedder"],
        "complete": not outdated and not waiting,
        "counts": counts,
    }


def _compare(manifest: Manifest, found: Manifest, source: Path) -> None:
    """Return if the copy is the one that the manifest describes."""
    for key in ("schema", "archive_id", "embedder", "counts"):
        if manifest.get(key) != found[key]:
            raise StoreError(
                f"{source} is damaged: its manifest says another {key} than its archive; "
                "nothing was changed; export it anew"
            )


@contextmanager
def _make_archive(folder: Path, address: str | None) -> Iterator[None]:
    """An empty archive before Chroma's folder is made; away again where that fails.

    Vectors without their archive are those of one that was lost.
    """
    if address is not None:
        yield
        return
    is_new = not (folder / PART).exists()
    Archive(folder).close()
    try:
        yield
    except BaseException:
        for end in ("", "-wal", "-shm"):
            if is_new:
                (folder / f"{PART}{end}").unlink(missing_ok=True)
        raise


def _prepare(staging: Path, location: Location) -> PassageStore:
    """The store for the copy's passages, under a name of their own, of which the copy is told.

    The archive that was exported may have its passages on the same server, and goes on changing.
    """
    with closing(sqlite3.connect(staging / PART)) as bare:
        # Whatever its stamp says, it is given what it lacks.
        bare.execute("PRAGMA user_version = 0")
    with closing(Archive(staging)) as copy:
        own = uuid.uuid4().hex[:12]
        for key in ("store_base", "store_id"):
            copy.write_meta(key, own)
        with copy.transaction() as db:
            note_new_state(db)
        store, _ = open_writable(location, copy, copy.read_meta("embedder") or "")
        copy.query("PRAGMA wal_checkpoint(TRUNCATE)")
    return store


def _put_in(staging: Path, folder: Path, address: str | None) -> None:
    """Have the copy in place of the empty archive, all of it in one transaction."""
    if address is not None:
        with closing(Archive(staging)) as copy, closing(Archive(folder, address)) as archive:
            return _copy(copy, archive)
    # In the file that is there: who has it open must see the same one afterwards.
    with closing(Archive(folder)) as empty:
        size = empty.query("PRAGMA page_size")[0][0]
    try:
        with (
            closing(sqlite3.connect(staging / PART, isolation_level=None)) as copy,
            closing(sqlite3.connect(folder / PART, timeout=30)) as target,
        ):
            if copy.execute("PRAGMA page_size").fetchone()[0] != size:
                for line in ("journal_mode = DELETE", f"page_size = {size}"):
                    copy.execute(f"PRAGMA {line}")
                copy.execute("VACUUM")
            copy.backup(target)
    except sqlite3.Error as error:
        raise StoreUnavailable(
            f"cannot put the archive into {folder}: {error}; check the disk's space and rights"
        ) from error


def _fill(archive: Archive, store: PassageStore, show: Progress) -> None:
    """Put every passage into the store, so many at a time; a killed fill is mended at opening."""
    total = archive.query("SELECT count(*) FROM passages")[0][0]
    done, last = 0, 0
    while rows := archive.query(
        "SELECT number, id FROM passages WHERE number > ? ORDER BY number LIMIT ?", (last, _AT_ONCE)
    ):
        store.upsert(make_nodes(archive.read_passages([row[1] for row in rows])))
        done, last = done + len(rows), rows[-1][0]
        show(done, total, "Chroma")
    repair_store(archive, store)
