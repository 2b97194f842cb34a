"""Settings -> objects: the only wiring."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article, ReadArticle
from wortlaut.index.embedder import Embedder, keep_backgrounds, load_embedder
from wortlaut.index.errors import ConfigError, StoreBusy
from wortlaut.index.ingest import (
    PIPELINE_VERSION,
    RUN_FLAG,
    Indexer,
    IngestReport,
    Progress,
    lock_writer,
    open_writable,
    repair_store,
)
from wortlaut.index.integrity import (
    describe_damaged,
    find_damaged,
    find_file_faults,
    mark_damaged,
    mend_full_text,
    seal_unsealed,
)
from wortlaut.index.live.nearest import ArchiveVectors
from wortlaut.index.live.rebuild import drop_building, read_building, rebuild_beside
from wortlaut.index.moving.transfer import TransferReport, export_archive, import_archive
from wortlaut.index.server import ChromaServer
from wortlaut.index.store import Location, PassageStore
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.config import Settings
from wortlaut.rag.reader import CrossEncoderReader, Reader, open_bundled_reader
from wortlaut.rag.retriever import Retriever
from wortlaut.rag.roster import NameParts

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

    from wortlaut.index.web.addresses import WebRequest
    from wortlaut.rag.answer import Verifier
    from wortlaut.rag.model.llm import LanguageModel
    from wortlaut.rag.model.writing import AnswerWriter
    from wortlaut.rag.receipt import AnswerSettings

LoadEmbedder = Callable[[int], Embedder]
_LOCK_WAIT_S = 3


@dataclass(frozen=True, slots=True)
class Library:
    """An open archive, its passages in Chroma and the embedder they were made with."""

    archive: Archive
    store: PassageStore | ArchiveVectors
    embedder: Embedder

    def close(self) -> None:
        """Release the files."""
        self.store.close()
        self.archive.close()


def count_articles(settings: Settings) -> int:
    """How many articles the archive holds."""
    with _open_archive(settings) as archive:
        return archive.count().articles


def count_outstanding(settings: Settings) -> int:
    """How many articles are to be made anew: a rebuild was stopped, or an older version made them."""
    with _open_archive(settings) as archive:
        return len(archive.list_outdated(PIPELINE_VERSION))


def is_complete(settings: Settings) -> bool:
    """Whether the last run into the archive came to its end and left no article to be made anew."""
    with _open_archive(settings) as archive:
        stopped = archive.read_meta(RUN_FLAG) is not None
        return not stopped and not archive.list_outdated(PIPELINE_VERSION)


def open_library(settings: Settings, embedder: Embedder | None = None) -> Library:
    """The library for reading, brought in line with the archive if a crash left a difference.

    `embedder` stands in for the one that the settings name.
    """
    archive = Archive(settings.data, settings.archive_address)
    store: PassageStore | ArchiveVectors
    try:
        embedder = embedder or load_embedder(settings.embedder, settings.models_folder)
        archive.check_embedder(embedder.fingerprint)
        if archive.is_read_only:
            # Nothing is brought in line by who may not write.
            store = ArchiveVectors(archive)
            if settings.chroma is not None:
                store = PassageStore(find_store(settings), archive.store_id, embedder.fingerprint)
            return Library(archive, store, embedder)
        try:
            store, _ = _open_in_line(settings, archive, embedder.fingerprint)
            if archive.read_meta("embedder"):
                # An older version made none, or others.
                keep_backgrounds(archive, embedder)
        except StoreBusy:
            # Somebody is indexing and will bring the two in line.
            store = PassageStore(find_store(settings), archive.store_id, embedder.fingerprint)
    except BaseException:
        archive.close()
        raise
    return Library(archive, store, embedder)


def check_stored(settings: Settings) -> tuple[list[str], list[str]]:
    """What is wrong with the archive's file, and with its articles, a line each; all is read.

    Damaged articles are marked: the next run reads their sources again.
    """
    with _open_archive(settings) as archive:
        faults, damaged = find_file_faults(archive), find_damaged(archive)
        if damaged and not faults and not archive.is_read_only:
            with lock_writer(settings.data, _LOCK_WAIT_S, archive):
                mark_damaged(archive, damaged)
        return faults, describe_damaged(damaged)


def check_library(settings: Settings) -> int | None:
    """By how many passages the store was brought back in line, every id compared.

    `None` where the archive may only be read. Raises StoreBusy while somebody is indexing.
    """
    with _open_archive(settings) as archive:
        if archive.is_read_only:
            return None
        fingerprint = load_embedder(settings.embedder, settings.models_folder).fingerprint
        store, mended = _open_in_line(settings, archive, fingerprint, thorough=True)
        store.close()
        return mended


def _open_in_line(
    settings: Settings, archive: Archive, fingerprint: str, *, thorough: bool = False
) -> tuple[PassageStore, int]:
    def repair(store: PassageStore) -> int:
        return repair_store(archive, store, thorough=thorough)

    with lock_writer(settings.data, archive=archive):
        archive.check_embedder(fingerprint)
        if thorough:
            seal_unsealed(archive)
            mend_full_text(archive)
        return open_writable(find_store(settings), archive, fingerprint, repair)


def open_retriever(library: Library) -> Retriever:
    """The retriever over an open library."""
    return Retriever(library.archive, library.store, library.embedder)


def open_reader(settings: Settings) -> Reader | None:
    """What reads for the answer: the bundled reader, or a cross-encoder by hub name or folder."""
    if settings.reader == "none":
        return None
    if settings.reader == "bundled":
        return open_bundled_reader()
    return CrossEncoderReader(settings.reader)


def open_chat(settings: Settings) -> NewsChat:
    """The chat over the settings' archive."""
    return make_chat(settings, open_library(settings))


def make_chat(settings: Settings, library: Library, llm: LLM | None = None) -> NewsChat:
    """The chat over an open library; `llm` words its answers in place of the settings' model."""
    has_model = llm is not None or settings.llm_base_url is not None
    return NewsChat(
        library.archive,
        open_retriever(library),
        quotes=settings.quotes,
        min_confidence=settings.min_confidence,
        mode=settings.mode,
        open_reader=partial(open_reader, settings),
        open_writer=partial(open_writer, settings, library, llm) if has_model else None,
    )


def reopen_chat(
    settings: Settings, open_once: Callable[[], Library], asked: AnswerSettings
) -> NewsChat | str:
    """The chat as it was set when a receipt was written, or in words why there is none."""
    from wortlaut.rag.receipt import describe_settings, name_model

    library = open_once()
    mine = describe_settings(settings, library.archive)
    for name, then, now in (
        ("embedder", asked.embedder, mine.embedder),
        ("reader", asked.reader, mine.reader),
    ):
        if then != now and then != name_model(now or ""):
            return f"the {name} was another"
    # Whether there was a language model changes nothing in what is found.
    set_then = {"quotes": asked.quotes, "min_confidence": asked.min_confidence}
    return make_chat(settings.model_copy(update=set_then), library)


def open_model(settings: Settings) -> LanguageModel:
    """The language model that is set, not yet connected; raises ConfigError for a bad address."""
    from wortlaut.rag.model.endpoint import Endpoint, open_endpoint

    if settings.llm_base_url is None:
        raise ConfigError("no language model is set; set WORTLAUT_LLM_BASE_URL")
    key = settings.llm_api_key
    return open_endpoint(
        Endpoint(
            settings.llm_base_url,
            settings.llm_model,
            key.get_secret_value() if key else None,
            settings.model_headers,
            timeout_s=settings.llm_timeout_s,
            retries=settings.llm_retries,
            context_tokens=settings.llm_context_tokens,
            max_tokens=settings.llm_max_tokens,
        )
    )


def open_verifier(archive: Archive, embedder: Embedder) -> Verifier:
    """The offline verifier for answers from an archive that the embedder made."""
    from wortlaut.index.reading.statements import extract_article
    from wortlaut.rag.verification.entailment import open_bundled_entailment
    from wortlaut.rag.verification.verifier import OfflineVerifier

    def read_article(article: Article) -> ReadArticle:
        return archive.recall_article(article, PIPELINE_VERSION) or extract_article(article)

    archive.check_embedder(embedder.fingerprint)
    return OfflineVerifier(
        embedder,
        read_vectors=archive.read_sentence_vectors,
        read_article=read_article,
        read_name_parts=NameParts(archive).read,
        entailer=open_bundled_entailment(),
    )


def open_writer(settings: Settings, library: Library, llm: LLM | None = None) -> AnswerWriter:
    """The language model at its desk, with the verifier beside it."""
    from wortlaut.rag.model.llm import wrap_llm
    from wortlaut.rag.model.writing import AnswerWriter

    verifier = open_verifier(library.archive, library.embedder)
    model = open_model(settings) if llm is None else wrap_llm(llm)
    return AnswerWriter(model, verifier, on_unsupported=settings.on_unsupported)


def index_paths(
    settings: Settings,
    paths: Sequence[Path],
    *,
    rebuild: bool = False,
    prune: bool = False,
    web: WebRequest | None = None,
    fields: Mapping[str, str] | None = None,
    put_back: bool = False,
    progress: Progress | None = None,
    load: LoadEmbedder | None = None,
    wait_s: float = 0,
) -> IngestReport:
    """Bring the archive up to date with the sources, as its only writer.

    Another is waited for as long as `wait_s`, and gets its turn between two batches.

    `web` are addresses to fetch besides. `fields` says which field of a record is which of ours
    (`{"text": "body"}`); it is remembered. What a user took out stays out, unless it is to be
    `put_back`. `load` gives the embedder for a job of so many letters,
    in place of the settings' own.
    """
    with _open_indexer(settings, rebuild, progress, load, wait_s) as (indexer, before):
        report = indexer.run(paths, prune=prune, web=web, fields=fields, put_back=put_back)
    report.updated += before.updated
    report.passages += before.passages
    report.seconds = round(report.seconds + before.seconds, 3)
    return report


def index_articles(settings: Settings, articles: Iterable[Article]) -> IngestReport:
    """Put articles that come from no file into the archive, as its only writer."""
    with _open_indexer(settings) as (indexer, _):
        return indexer.add(articles)


def take_in(
    settings: Settings,
    copies: Sequence[Path],
    *,
    progress: Progress | None = None,
    wait_s: float = 0,
) -> IngestReport:
    """Read files that were copied for the archive; one that holds no article is deleted."""
    with _open_indexer(settings, progress=progress, wait_s=wait_s) as (indexer, _):
        return indexer.take_in(copies)


def remove_articles(
    settings: Settings, ids: Sequence[str], copies: Path, *, wait_s: float = 0
) -> IngestReport:
    """Take articles out of the archive, and of the files in the folder `copies` what is empty then."""
    with _open_indexer(settings, wait_s=wait_s) as (indexer, _):
        return indexer.remove(ids, copies)


@contextmanager
def _open_indexer(
    settings: Settings,
    rebuild: bool = False,
    progress: Progress | None = None,
    load: LoadEmbedder | None = None,
    wait_s: float = 0,
) -> Iterator[tuple[Indexer, IngestReport]]:
    """The indexer, and what a rebuild with another embedder has done before."""

    def load_own(letters: int) -> Embedder:
        return load_embedder(settings.embedder, settings.models_folder, job_chars=letters)

    load = load or load_own
    before = IngestReport()
    location = find_store(settings)
    # Whoever opens the archive to read it holds the lock for a moment.
    wait_s = max(wait_s, _LOCK_WAIT_S)
    with _open_archive(settings) as archive, lock_writer(settings.data, wait_s, archive) as turn:
        fingerprint = load(0).fingerprint
        bound = archive.read_meta("embedder")
        if bound not in (None, fingerprint):
            building = read_building(settings.data, settings.archive_address)
            if rebuild or (building and building.fingerprint == fingerprint):
                before = rebuild_beside(archive, location, load, progress)
                rebuild = False
            archive.check_embedder(fingerprint)
        # Before anything is marked: a rebuild that cannot reach its store must change nothing.
        store, _ = open_writable(location, archive, fingerprint, apart=True)
        try:
            if rebuild:
                drop_building(settings.data, settings.archive_address)
                archive.mark_outdated()
            yield Indexer(archive, store, load, progress, turn), before
        finally:
            store.close()


def export_to(settings: Settings, file: Path, progress: Progress | None = None) -> TransferReport:
    """Write the archive to one file."""
    return export_archive(settings.data, file, progress, settings.archive_address)


def import_from(settings: Settings, file: Path, progress: Progress | None = None) -> TransferReport:
    """Put an exported archive into the settings' empty folder, its passages into their Chroma."""
    return import_archive(
        settings.data, file, find_store(settings), progress, settings.archive_address
    )


@contextmanager
def _open_archive(settings: Settings) -> Iterator[Archive]:
    archive = Archive(settings.data, settings.archive_address)
    try:
        yield archive
    finally:
        archive.close()


def find_store(settings: Settings) -> Location:
    """Where the passages' vectors are: a folder, or a Chroma server."""
    if settings.chroma is None:
        return settings.data / "chroma"
    token = settings.chroma_token
    return ChromaServer(
        settings.chroma,
        token.get_secret_value() if token else None,
        settings.chroma_ca,
        settings.chroma_tenant,
        settings.chroma_database,
    )
