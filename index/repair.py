"""The archive's one writing place, and the store brought back in line with the archive from it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from wortlaut.index.archive import Archive
from wortlaut.index.errors import StoreBusy, StoreUnavailable
from wortlaut.index.ledger import Ledger
from wortlaut.index.store import PassageStore, make_nodes, set_aside

_log = logging.getLogger(__name__)
_BATCH = 1000


@contextmanager
def lock_writer(folder: Path, wait_s: float = 0) -> Iterator[None]:
    """Hold the archive's only writing place; raises StoreBusy when another has it for `wait_s`.

    Two locks on one folder exclude each other inside one process too: take it once.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "write.lock", timeout=wait_s)
    try:
        lock.acquire()
    except Timeout as error:
        raise StoreBusy(
            f"another process is indexing into {folder}; wait for it, or give another --data"
        ) from error
    except OSError as error:
        raise StoreBusy(
            f"cannot lock {folder} for writing: {error.strerror}; check its rights"
        ) from error
    try:
        yield
    finally:
        lock.release()


def open_writable(
    location: Path | str,
    archive: Archive,
    fingerprint: str,
    prepare: Callable[[PassageStore], int] = PassageStore.count,
) -> tuple[PassageStore, int]:
    """The store for the writer, and what `prepare` returned of it.

    An embedded Chroma that is damaged is moved aside, which is said on standard error, and a fresh
    one opened. The caller holds the writer's lock and has checked the archive's embedder.
    """
    try:
        return _open_and_prepare(location, archive, fingerprint, prepare)
    except StoreUnavailable as error:
        if not isinstance(location, Path) or (aside := set_aside(location)) is None:
            raise
        _log.warning("%s; moved to %s, a fresh one is filled from the archive", error, aside)
    return _open_and_prepare(location, archive, fingerprint, prepare)


def _open_and_prepare(
    location: Path | str,
    archive: Archive,
    fingerprint: str,
    prepare: Callable[[PassageStore], int],
) -> tuple[PassageStore, int]:
    archive_id = archive.read_meta("archive_id") or ""
    store = PassageStore(location, archive_id, fingerprint, may_replace=True)
    try:
        return store, prepare(store)
    except BaseException:
        store.close()
        raise


def repair_store(archive: Archive, store: PassageStore, *, thorough: bool = False) -> int:
    """The number of passages by which Chroma was brought back in line with the archive.

    Cheap when nothing is amiss: the noted differences and the two counts. `thorough` compares
    every id and asks for a nearest neighbour. The caller holds the writer's lock.
    """
    ledger = Ledger(archive)
    upserts, deletes = ledger.list_pending()
    stored_count = store.count()
    counted = archive.query("SELECT count(*) FROM passages")[0][0]
    if thorough or (not upserts and not deletes and stored_count != counted):
        kept, stored = archive.list_passage_ids(), store.list_ids()
        ledger.mark_pending(kept - stored, stored - kept)
        upserts, deletes = ledger.list_pending()
    if upserts or deletes:
        store.delete(deletes)
        for start in range(0, len(upserts), _BATCH):
            store.upsert(make_nodes(archive.read_passages(upserts[start : start + _BATCH])))
        ledger.clear_pending(upserts + deletes)
    if thorough and (some := next(iter(archive.list_passage_ids()), None)):
        store.search(archive.read_passages([some])[0][1].vector, 1)
    return len(upserts) + len(deletes)
