"""Settings -> objects: the only wiring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.archive import Archive
from index.article import Article
from index.embedder import Embedder, load_embedder
from index.errors import StoreBusy
from index.ingest import Indexer, IngestReport, Progress, lock_writer, repair_store
from index.store import PassageStore
from rag.chat import NewsChat
from rag.config import Settings
from rag.retriever import Retriever

LoadEmbedder = Callable[[int], Embedder]


@dataclass(frozen=True, slots=True)
class Library:
    """An open archive, its passages in Chroma and the embedder they were made with."""

    archive: Archive
    store: PassageStore
    embedder: Embedder

    def close(self) -> None:
        """Release the files."""
        self.store.close()
        self.archive.close()


def count_articles(settings: Settings) -> int:
    """How many articles the archive holds."""
    archive = Archive(settings.data)
    try:
        return archive.count().articles
    finally:
        archive.close()


def open_library(settings: Settings) -> Library:
    """The library for reading, brought in line with the archive if a crash left a difference."""
    archive = Archive(settings.data)
    embedder = load_embedder(settings.embedder, settings.models_folder)
    archive.check_embedder(embedder.fingerprint)
    store = _open_store(settings, archive, embedder.fingerprint)
    try:
        with lock_writer(settings.data):
            repair_store(archive, store)
    except StoreBusy:
        pass  # Somebody is indexing and will bring the two in line.
    return Library(archive, store, embedder)


def open_retriever(library: Library) -> Retriever:
    """The retriever over an open library."""
    return Retriever(library.archive, library.store, library.embedder)


def open_chat(settings: Settings) -> NewsChat:
    """The chat over the settings' archive."""
    library = open_library(settings)
    return NewsChat(
        library.archive,
        open_retriever(library),
        quotes=settings.quotes,
        min_confidence=settings.min_confidence,
    )


def index_paths(
    settings: Settings,
    paths: Sequence[Path],
    *,
    rebuild: bool = False,
    prune: bool = False,
    progress: Progress | None = None,
    load: LoadEmbedder | None = None,
) -> IngestReport:
    """Bring the archive up to date with the sources, as its only writer.

    `load` gives the embedder for a job of so many letters, in place of the settings' own.
    """
    with _open_indexer(settings, rebuild, progress, load) as indexer:
        return indexer.run(paths, prune=prune)


def index_articles(settings: Settings, articles: Iterable[Article]) -> IngestReport:
    """Put articles that come from no file into the archive, as its only writer."""
    with _open_indexer(settings) as indexer:
        return indexer.add(articles)


@contextmanager
def _open_indexer(
    settings: Settings,
    rebuild: bool = False,
    progress: Progress | None = None,
    load: LoadEmbedder | None = None,
) -> Iterator[Indexer]:
    def load_own(letters: int) -> Embedder:
        return load_embedder(settings.embedder, settings.models_folder, job_chars=letters)

    load = load or load_own
    archive = Archive(settings.data)
    with lock_writer(settings.data):
        fingerprint = load(0).fingerprint
        if rebuild:
            archive.forget_derived(fingerprint)
        archive.check_embedder(fingerprint)
        store = _open_store(settings, archive, fingerprint)
        try:
            yield Indexer(archive, store, load, progress)
        finally:
            store.close()
            archive.close()


def _open_store(settings: Settings, archive: Archive, fingerprint: str) -> PassageStore:
    location = settings.chroma or settings.data / "chroma"
    return PassageStore(location, archive.read_meta("archive_id") or "", fingerprint)
