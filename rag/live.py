"""Indexing that goes on: what changes in watched folders, and what is fetched, batch by batch."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic

from wortlaut.index.archive import Archive
from wortlaut.index.embedder import BULK_CHARS, Embedder, load_embedder
from wortlaut.index.errors import ConfigError, StoreBusy, StoreUnavailable
from wortlaut.index.ingest import Indexer, IngestReport, Progress, lock_writer, open_writable
from wortlaut.index.live.turns import WriterTurn
from wortlaut.index.live.watching import watch_files
from wortlaut.index.store import PassageStore
from wortlaut.index.web.addresses import WebRequest
from wortlaut.rag.assembly import find_store
from wortlaut.rag.config import Settings

Job = Callable[[Indexer], IngestReport]

_LOCK_WAIT_S = 1
_RETRY_S = 2.0
# Between batches others get their turn to write.
_BREATH_S = 0.15

_log = logging.getLogger(__name__)


class _Stopped(BaseException):
    """The user has had enough in the middle of a long run; what is in stays in."""


def follow_sources(
    settings: Settings,
    paths: Sequence[Path],
    stop: threading.Event,
    *,
    web: WebRequest | None = None,
    every_s: float = 300.0,
    prune: bool = False,
    poll: bool = False,
    fields: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> Iterator[IngestReport]:
    """A report for each batch of what is new or changed, until `stop` is set; the first is of all.

    The writer's lock is held for a batch only. Addresses (`web`) are fetched every so many seconds.
    `fields` says which field of a record is which of ours.
    Raises ConfigError for a path that is not there, EmbedderMismatch where another embedder was used.
    """
    for path in paths:
        if not path.exists():
            raise ConfigError(f"{path} is not there to be watched; make it first")
    desk = _Desk(settings, progress, stop)
    due = monotonic()
    # Once only: a disk that is not mounted later is an empty folder, and nothing of it is deleted.
    # Nor where addresses alone are watched: then no file is to be looked for.
    prune_all = prune and bool(paths)
    try:
        for batch in watch_files(paths, stop, poll=poll):
            jobs: list[Job] = []
            if batch and batch.is_all:
                jobs.append(partial(Indexer.run, paths=paths, prune=prune_all, fields=fields))
                prune_all = False
            elif batch:
                came = partial(Indexer.follow, files=batch.files, gone=batch.gone)
                jobs.append(partial(came, prune=prune, fields=fields))
            if web is not None and monotonic() >= due:
                due = monotonic() + every_s
                jobs.append(partial(Indexer.run, paths=[], web=web, fields=fields))
            for job in jobs:
                report = desk.do(job, batch.waiting_bytes if batch else 0)
                if report is not None:
                    yield report
                stop.wait(_BREATH_S)
    except _Stopped:
        return
    finally:
        desk.close()


class _Desk:
    """The archive, its store and the embedder, kept open between batches."""

    def __init__(
        self, settings: Settings, progress: Progress | None, stop: threading.Event
    ) -> None:
        self._settings = settings
        self._progress = progress
        self._stop = stop
        self._archive = Archive(settings.data, settings.archive_address)
        self._store: PassageStore | None = None
        self._generation = -1
        self._embedders: dict[bool, Embedder] = {}
        self._waiting_letters = 0
        self._complaint = ""

    def close(self) -> None:
        """Release the files."""
        self._close_store()
        self._archive.close()

    def _close_store(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None

    def do(self, job: Job, waiting_letters: int) -> IngestReport | None:
        """The job's report; `None` when told to stop before it could be done.

        While another process writes, or the disk is full or Chroma away, it is tried again.
        """
        self._waiting_letters = waiting_letters
        while not self._stop.is_set():
            try:
                with lock_writer(self._settings.data, _LOCK_WAIT_S, self._archive) as turn:
                    report = job(self._open_indexer(turn))
                    self._generation = self._archive.generation
            except (StoreBusy, StoreUnavailable) as error:
                self._complain(error)
                self._stop.wait(_RETRY_S)
            else:
                self._complaint = ""
                return report
        return None

    def _complain(self, error: StoreBusy | StoreUnavailable) -> None:
        if str(error) != self._complaint:
            _log.warning("%s; tried again until it works", error)
        self._complaint = str(error)
        if isinstance(error, StoreUnavailable):
            with suppress(Exception):
                self._close_store()
            self._store = None

    def _open_indexer(self, turn: WriterTurn) -> Indexer:
        embedder = self._load(0)
        self._archive.check_embedder(embedder.fingerprint)
        if self._store is None or self._archive.generation != self._generation:
            # Another process has written: what is open here knows nothing of it, and must not write.
            self._close_store()
            location = find_store(self._settings)
            self._store, _ = open_writable(location, self._archive, embedder.fingerprint)
        return Indexer(self._archive, self._store, self._load, self._show, turn)

    def _load(self, letters: int) -> Embedder:
        letters += self._waiting_letters
        is_bulk = letters >= BULK_CHARS or True in self._embedders
        if is_bulk not in self._embedders:
            self._embedders[is_bulk] = load_embedder(
                self._settings.embedder, self._settings.models_folder, job_chars=letters
            )
        return self._embedders[is_bulk]

    def _show(self, done: int, total: int, what: str) -> None:
        if self._stop.is_set():
            raise _Stopped
        if self._progress is not None:
            self._progress(done, total, what)
