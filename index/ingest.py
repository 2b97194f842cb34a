"""The idempotent run from source files to a searchable archive."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from time import perf_counter
from typing import Protocol

from index.archive import Archive, FileState
from index.article import Article
from index.embedder import Embedder
from index.errors import SourceError, StoreBusy
from index.sources import READER_VERSION, SourceNotice, find_files, read_articles
from index.store import PassageStore, make_nodes

# Change it when splitting, attribution or the full-text terms change: articles are then made anew.
PIPELINE_VERSION = "4"
_BATCH_LETTERS = 250_000
_BATCH_ARTICLES = 200


@dataclass(slots=True)
class IngestReport:
    """What a run did; `failed` and `notices` are `(place, one line)` pairs."""

    files: int = 0
    files_unchanged: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    pruned: int = 0
    repaired: int = 0
    passages: int = 0
    seconds: float = 0.0
    failed: list[tuple[str, str]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)


class Progress(Protocol):
    """Who is told how far the run is."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """`done` of `total` bytes of source files are in; `what` names the current one."""


def _be_quiet(done: int, total: int, what: str) -> None:
    pass


@contextmanager
def lock_writer(folder: Path) -> Iterator[None]:
    """Hold the archive's only writing place; raises StoreBusy when another process has it."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "write.lock", timeout=0)
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


def repair_store(archive: Archive, store: PassageStore, *, thorough: bool = False) -> int:
    """The number of passages by which Chroma was brought back in line with the archive.

    Cheap when nothing is amiss: the noted differences and the two counts. `thorough` compares
    every id. The caller holds the writer's lock.
    """
    upserts, deletes = archive.list_pending()
    counted = archive.query("SELECT count(*) FROM passages")[0][0]
    if thorough or (not upserts and not deletes and store.count() != counted):
        kept, stored = archive.list_passage_ids(), store.list_ids()
        archive.mark_pending(kept - stored, stored - kept)
        upserts, deletes = archive.list_pending()
    if not upserts and not deletes:
        return 0
    store.delete(deletes)
    for start in range(0, len(upserts), 1000):
        store.upsert(make_nodes(archive.read_passages(upserts[start : start + 1000])))
    archive.clear_pending(upserts + deletes)
    return len(upserts) + len(deletes)


class Indexer:
    """Reads sources into one archive and its store; the caller holds the writer's lock.

    `load_embedder(letters)` returns the engine for a job of about that many letters.
    """

    def __init__(
        self,
        archive: Archive,
        store: PassageStore,
        load_embedder: Callable[[int], Embedder],
        progress: Progress | None = None,
    ) -> None:
        self._archive = archive
        self._store = store
        self._load_embedder = load_embedder
        self._progress = progress or _be_quiet
        self._embedder: Embedder | None = None
        self._report = IngestReport()

    def run(self, paths: Sequence[Path], *, prune: bool = False) -> IngestReport:
        """Bring the archive up to date with the sources; a second run finishes a killed one.

        Articles that an older version made, or that a rebuild left to do, are made anew from the
        archive's own text.
        """
        started = perf_counter()
        self._report = IngestReport()
        self._report.repaired = repair_store(self._archive, self._store)
        self._work_off(self._read_sources(paths))
        self._work_off(self._read_outdated())
        if prune:
            self._prune(paths)
        self._report.seconds = round(perf_counter() - started, 3)
        return self._report

    def add(self, articles: Iterable[Article]) -> IngestReport:
        """Put the articles in, in place of what stood under their ids."""
        started = perf_counter()
        self._report = IngestReport()
        self._report.repaired = repair_store(self._archive, self._store)
        self._work_off(articles)
        self._report.seconds = round(perf_counter() - started, 3)
        return self._report

    def _read_sources(self, paths: Sequence[Path]) -> Iterator[Article | FileState | str]:
        """The articles to make, each file's followed by its path and state once it is read whole."""
        files: list[Path] = []
        for found in find_files(paths):
            if isinstance(found, SourceError):
                self._report.failed.append((found.path, found.reason))
            else:
                files.append(found)
        sizes = [_size_of(file) for file in files]
        done = 0
        for file, size in zip(files, sizes, strict=True):
            self._progress(done, sum(sizes), file.name)
            self._report.files += 1
            yield from self._read_file(file)
            done += size
        self._progress(done, done, "")

    def _read_file(self, file: Path) -> Iterator[Article | FileState | str]:
        path = str(file)
        state = self._look_at(file)
        if state is None:
            self._report.files_unchanged += 1
            return
        failures = len(self._report.failed)
        known = self._archive.list_articles(path)
        for read in read_articles(file):
            if isinstance(read, SourceError):
                self._report.failed.append((read.path, read.reason))
            elif isinstance(read, SourceNotice):
                self._report.notices.append((read.path, read.text))
            elif self._is_known(read, known):
                self._report.unchanged += 1
            else:
                yield read
        if len(self._report.failed) == failures:
            yield path
            yield state

    def _look_at(self, file: Path) -> FileState | None:
        """The file's state, or `None` when it is as it was when last read whole."""
        reader = f"{READER_VERSION}.{PIPELINE_VERSION}"
        known = self._archive.read_file_state(str(file))
        try:
            stat = file.stat()
            stamp = (stat.st_size, max(stat.st_mtime_ns, stat.st_ctime_ns))
            same_reader = known is not None and known.reader == reader
            if known and same_reader and (known.size, known.mtime_ns) == stamp:
                return None
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            return FileState(0, 0, "", reader)
        state = FileState(*stamp, digest, reader)
        if known and same_reader and known.sha256 == digest:
            self._archive.record_file(str(file), state)
            return None
        return state

    def _is_known(self, article: Article, known: dict[str, tuple[str, str]]) -> bool:
        if known.get(article.id) != (article.text_sha256, PIPELINE_VERSION):
            return False
        return self._archive.read_article(article.id) == article

    def _work_off(self, read: Iterable[Article | FileState | str]) -> None:
        """Make the articles in batches; a file is recorded when all of its articles are in."""
        batch: list[Article] = []
        finished: list[tuple[str, FileState]] = []
        path = ""
        for item in read:
            if isinstance(item, str):
                path = item
            elif isinstance(item, FileState):
                finished.append((path, item))
            else:
                batch.append(item)
            letters = sum(len(article.text) for article in batch)
            if letters >= _BATCH_LETTERS or len(batch) >= _BATCH_ARTICLES:
                self._make(batch, letters)
                self._record(finished)
                batch, finished = [], []
        self._make(batch, sum(len(article.text) for article in batch))
        self._record(finished)

    def _record(self, finished: Iterable[tuple[str, FileState]]) -> None:
        for path, state in finished:
            self._archive.record_file(path, state)

    def _make(self, articles: Sequence[Article], letters: int) -> None:
        if not articles:
            return
        from index.pipeline import make_documents, make_pipeline

        # A job that fills a batch is large: what it has started serves all that follows.
        embedder = self._embedder or self._load_embedder(letters)
        if letters >= _BATCH_LETTERS // 2:
            self._embedder = embedder
        self._archive.bind_embedder(embedder.fingerprint)
        if self._archive.read_background() is None:
            lines = (files("index") / "background.txt").read_text(encoding="utf-8").splitlines()
            self._archive.write_background(embedder.encode_document(lines))
        known = {article.id: self._archive.read_article(article.id) for article in articles}
        pipeline = make_pipeline(self._archive, self._store, embedder, PIPELINE_VERSION)
        nodes = pipeline.run(documents=make_documents(articles))
        upserts, deletes = self._archive.list_pending()
        self._store.delete(deletes)
        self._archive.clear_pending(upserts + deletes)
        self._report.passages += len(nodes)
        updated = sum(1 for before in known.values() if before)
        self._report.updated += updated
        self._report.added += len(articles) - updated

    def _read_outdated(self) -> Iterator[Article]:
        """The archived articles that an older version made, or a rebuild has left to do."""
        ids = self._archive.list_outdated(PIPELINE_VERSION)
        for done, article_id in enumerate(ids):
            self._progress(done, len(ids), "the archive's own text")
            if article := self._archive.read_article(article_id):
                yield article

    def _prune(self, paths: Sequence[Path]) -> None:
        """Take out articles whose source file, or whose record in it, is gone."""
        roots = [path.resolve() for path in paths]
        gone: list[str] = []
        for text in self._archive.list_paths():
            path = Path(text)
            under = not roots or any(path == root or root in path.parents for root in roots)
            # A missing root is more likely a disk that is not mounted than an emptied archive.
            root_is_there = path in roots or any(r.is_dir() for r in roots if r in path.parents)
            if not under or not (root_is_there or not roots):
                continue
            known = set(self._archive.list_articles(text))
            if path.exists():
                if path.suffix != ".jsonl":
                    continue
                known -= {a.id for a in read_articles(path) if isinstance(a, Article)}
            gone += known
        if gone:
            self._archive.delete_articles(gone)
            upserts, deletes = self._archive.list_pending()
            self._store.delete(deletes)
            self._archive.clear_pending(upserts + deletes)
        self._report.pruned = len(gone)


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
