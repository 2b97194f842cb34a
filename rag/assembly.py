"""Settings -> objects: the only wiring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from index.archive import Archive
from index.embedder import Embedder, load_embedder
from index.errors import StoreBusy
from index.ingest import Indexer, IngestReport, Progress, lock_writer, repair_store
from index.store import PassageStore
from rag.chat import NewsChat
from rag.config import Settings
from rag.retriever import Retriever


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
) -> IngestReport:
    """Bring the archive up to date with the sources, as its only writer."""

    def load(bulk: bool) -> Embedder:
        return load_embedder(settings.embedder, settings.models_folder, bulk=bulk)

    archive = Archive(settings.data)
    with lock_writer(settings.data):
        fingerprint = load(False).fingerprint
        if rebuild:
            archive.forget_derived(fingerprint)
        archive.check_embedder(fingerprint)
        store = _open_store(settings, archive, fingerprint)
        try:
            return Indexer(archive, store, load, progress).run(paths, prune=prune)
        finally:
            store.close()
            archive.close()


def _open_store(settings: Settings, archive: Archive, fingerprint: str) -> PassageStore:
    location = settings.chroma or settings.data / "chroma"
    return PassageStore(location, archive.read_meta("archive_id") or "", fingerprint)
