"""Passages in Chroma, embedded or over HTTP; a mirror of the archive that can be rebuilt from it."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from copy import copy
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.archive import EmbeddedPassage
from wortlaut.index.article import Article, Passage
from wortlaut.index.errors import (
    EmbedderMismatch,
    StoreError,
    StoreUnavailable,
    WortlautError,
)
from wortlaut.index.server import (
    ChromaServer,
    connect_server,
    explain_refusal,
    is_passing,
    is_too_large,
)

if TYPE_CHECKING:
    from chromadb import Collection
    from llama_index.core.schema import TextNode
    from llama_index.vector_stores.chroma import ChromaVectorStore

_BATCH = 4000  # Chroma refuses more than 5461 records at once.
_EF_SEARCH = 400
_LEAST_FREE_BYTES = 20_000_000
# What is written to a server at once: a hosted Chroma takes 300 records, many a proxy a megabyte.
_REQUEST_RECORDS = 250
# How long a restart of it is waited for.
_PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)

Location = Path | ChromaServer

_log = logging.getLogger(__name__)


class PassageStore:
    """One Chroma collection of passage vectors in cosine space, under the archive's own name.

    A collection of another embedder's vectors is emptied for the writer, who has checked the
    archive's embedder and `may_replace`; any other caller gets EmbedderMismatch. Chroma's own
    errors leave as StoreUnavailable, a refused token or certificate as ConfigError. What is written
    to a server waits out its restart. Safe to use from several threads.

    One that is `apart` shares nothing with what else this process has open of the same folder: a
    writer must not go on from what a reader has seen, which may be older than the files.
    """

    def __init__(
        self,
        location: Location,
        archive_id: str,
        fingerprint: str,
        *,
        may_replace: bool = False,
        apart: bool = False,
    ) -> None:
        self._location = location
        self._apart = apart
        self._name = f"wortlaut-{archive_id}"
        self._fingerprint = fingerprint
        self._lock = threading.RLock()
        self._openings = 0
        self._at_least = 0
        self._open(may_replace)

    def _open(self, may_replace: bool) -> None:
        self._client = _connect(self._location, self._openings, self._apart)
        try:
            with self._translate():
                self._batch = self._find_batch()
                self.collection = self._get_or_create()
                found = self._read_embedder()
                if found != self._fingerprint and may_replace:
                    self._client.delete_collection(self._name)
                    self.collection = self._get_or_create()
                    found = self._read_embedder()
            if found != self._fingerprint:
                raise EmbedderMismatch(found, self._fingerprint)
        except StoreError:
            self.close()
            raise

    @property
    def fingerprint(self) -> str:
        """The embedder whose vectors these are."""
        return self._fingerprint

    def _find_batch(self) -> int:
        """How many records are written at once: what Chroma takes, and no huge request to a server."""
        most = self._client.get_max_batch_size()
        own = _BATCH if isinstance(self._location, Path) else _REQUEST_RECORDS
        return min(own, most) if most > 0 else own

    def _read_embedder(self) -> str:
        return str((self.collection.metadata or {}).get("embedder"))

    @contextmanager
    def _translate(self) -> Iterator[None]:
        """Hold the lock; Chroma's errors leave as one line that says what to do."""
        with self._lock, _translate_errors(self._location):
            yield

    def _get_or_create(self) -> Collection:
        collection: Collection = self._client.get_or_create_collection(
            self._name,
            configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
            metadata={"embedder": self._fingerprint},
            embedding_function=None,
        )
        return collection

    def drop_others(self, archive_id: str) -> None:
        """Delete what other collections the archive has: a rebuild with other vectors leaves one."""
        with self._translate():
            for collection in self._client.list_collections():
                name = collection.name
                if name.startswith(f"wortlaut-{archive_id}") and name != self._name:
                    self._client.delete_collection(name)

    def close(self) -> None:
        """Release the collection's files."""
        with self._lock, suppress(Exception):
            self._client.close()

    def reopen(self) -> None:
        """Open again; an embedded reader does not see what another process wrote until it does.

        Meanwhile the one that is open goes on answering other threads.
        """
        fresh = copy(self)
        fresh._openings += 1
        fresh._lock = threading.RLock()
        fresh._open(may_replace=False)
        with self._lock:
            self.close()
            self._client, self.collection = fresh._client, fresh.collection
            self._openings, self._batch, self._at_least = fresh._openings, fresh._batch, 0

    def count(self) -> int:
        """How many passages there are."""
        with self._translate():
            return int(self.collection.count())

    def _count_anew(self) -> int:
        self._at_least = self.count()
        return self._at_least

    @property
    def is_remote(self) -> bool:
        """Whether a server keeps the passages."""
        return not isinstance(self._location, Path)

    def read_stamp(self) -> str:
        """What tells an embedded Chroma's files from others; empty where that cannot be told.

        Not their times: to open it is to touch them. What is written is noted in the archive.
        """
        if not isinstance(self._location, Path):
            return ""
        try:
            stat = (self._location / "chroma.sqlite3").stat()
            parts = sorted(
                f"{file.name} {file.stat().st_size}" for file in self._location.glob("*/*")
            )
        except OSError:
            return ""
        return " ".join([f"{self.collection.id} {stat.st_size}", *parts])

    def list_ids(self) -> set[str]:
        """The id of every passage."""
        with self._translate():
            pages = (
                self.collection.get(include=[], limit=_BATCH, offset=offset)["ids"]
                for offset in range(0, self.count(), _BATCH)
            )
            return {identity for page in pages for identity in page}

    def upsert(self, nodes: Sequence[TextNode]) -> None:
        """Put the embedded nodes in, replacing those of the same id."""
        self.as_vector_store().add(list(nodes))

    def delete(self, ids: Sequence[str]) -> None:
        """Take passages out; unknown ids are no error."""
        self._at_least = 0
        for start in range(0, len(ids), self._batch):
            some = list(ids[start : start + self._batch])
            self._write(lambda some=some: self.collection.delete(ids=some))  # type: ignore[misc]

    def search(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """The nearest passages, best first: id and cosine similarity in [-1, 1]."""
        with self._translate():
            # Counting takes the longer the more there is.
            if self._at_least < limit and not self._count_anew():
                return []
            found = self.collection.query(
                query_embeddings=vector.astype(np.float32)[None],
                n_results=min(limit, self._at_least),
                include=["distances"],
            )
        # Chroma returns cosine distances.
        distances = found["distances"][0] if found["distances"] else []
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def as_vector_store(self) -> ChromaVectorStore:
        """The same collection as a LlamaIndex vector store that upserts."""
        from llama_index.vector_stores.chroma import ChromaVectorStore

        return ChromaVectorStore(chroma_collection=_Upserting(self))

    def _put(self, records: dict[str, list[Any]]) -> None:
        """Upsert the records' columns in portions, in smaller ones where a proxy refuses them."""
        count, done, size = len(records["ids"]), 0, self._batch
        while done < count:
            some = {name: column[done : done + size] for name, column in records.items() if column}
            try:
                self._write(lambda some=some: self.collection.upsert(**some))  # type: ignore[misc]
                done += size
            except StoreUnavailable as error:
                if size == 1 or not is_too_large(error.__cause__):
                    raise
                size = self._batch = max(1, min(size, count) // 2)

    def _write(self, write: Callable[[], Any]) -> None:
        """Write, and where a server is starting again, wait for it: each may be done twice."""
        pauses = iter(() if isinstance(self._location, Path) else _PAUSES_S)
        while True:
            try:
                with self._translate():
                    write()
                return
            except StoreUnavailable as error:
                pause = next(pauses, None) if is_passing(error.__cause__) else None
                if pause is None:
                    raise
                if pause == _PAUSES_S[0]:
                    _log.warning("%s; tried again for %.0f s", error, sum(_PAUSES_S))
                time.sleep(pause)


class _Upserting:
    """A Chroma collection whose `add` replaces: `add` itself ignores known ids silently."""

    def __init__(self, store: PassageStore) -> None:
        self._store = store

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store.collection, name)

    def add(self, **records: Any) -> None:
        self._store._put(records)


def make_nodes(passages: Sequence[tuple[Article, EmbeddedPassage]]) -> list[TextNode]:
    """One LlamaIndex node a passage, embedded."""
    nodes = []
    for article, embedded in passages:
        node = make_node(article, embedded.passage)
        node.embedding = embedded.vector.astype(float).tolist()
        nodes.append(node)
    return nodes


def number_day(day: date) -> int:
    """The day as a number that grows with it: 20260129."""
    return (day.year * 100 + day.month) * 100 + day.day


def make_node(article: Article, passage: Passage) -> TextNode:
    """The passage as a LlamaIndex node: the archive's id, offsets into the article, its source."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    metadata = describe_node(article)
    return TextNode(
        id_=passage.id,
        text=passage.span.of(article.text),
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=["path", "published_precision", "published_day", "text_sha256"],
        start_char_idx=passage.span.start,
        end_char_idx=passage.span.end,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id)},
    )


def describe_node(article: Article) -> dict[str, Any]:
    """What is told of its article beside a passage, in Chroma too: texts and numbers alone."""
    return {
        "title": article.title,
        "path": article.path,
        "source": article.source or "",
        "published": article.published.isoformat() if article.published else "",
        "published_precision": article.published_precision,
        # Chroma compares numbers alone. Always there: what is not given again would stay.
        "published_day": number_day(article.published) if article.published else "",
        "text_sha256": article.text_sha256,
    }


def _connect(location: Location, openings: int, apart: bool) -> Any:
    # Both must stand before the import: Chroma reads them once.
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    os.environ.setdefault("CHROMA_TELEMETRY", "False")
    from chromadb.config import Settings

    # Nor may a stray .env file where the user stands say where Chroma is, or who is told.
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        anonymized_telemetry=False,
        chroma_otel_collection_endpoint="",
    )
    with _translate_errors(location):
        if isinstance(location, Path):
            # Under one name Chroma would hand out what is open already: what was opened from another
            # working folder, too, where the name is relative.
            folder = location.absolute()
            name = f"{folder}/./." if apart else str(folder)
            return _open_folder(folder, f"{name}/." if openings % 2 else name, settings)
        return connect_server(location, settings)


def _open_folder(folder: Path, name: str, settings: Any) -> Any:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient

    folder.mkdir(parents=True, exist_ok=True)
    try:
        return chromadb.PersistentClient(name, settings=settings)
    except BaseException:
        # Chroma keeps what failed to start, and would hand it out for this folder ever after.
        if name not in SharedSystemClient._identifier_to_refcount:
            SharedSystemClient._identifier_to_system.pop(name, None)
        raise


@contextmanager
def _translate_errors(location: Location) -> Iterator[None]:
    try:
        yield
    except WortlautError:
        raise
    except BaseException as error:
        # Chroma's Rust core panics with an exception that is no Exception.
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        if isinstance(location, ChromaServer):
            raise explain_refusal(error, location) from error
        line = " ".join(str(error).split())[:300]
        raise StoreUnavailable(
            f"Chroma at {location} failed: {line}; check the folder's rights and space; "
            "wortlaut doctor mends it from the archive's text"
        ) from error


def set_aside(folder: Path) -> Path | None:
    """Where a damaged embedded Chroma was moved, out of the way of a fresh one.

    `None`, and nothing done, where its disk is full or its rights are wrong: that is no damage.
    """
    try:
        is_free = shutil.disk_usage(folder).free > _LEAST_FREE_BYTES
        entries = [folder, *folder.rglob("*")]
        if not is_free or not all(os.access(entry, os.R_OK | os.W_OK) for entry in entries):
            return None
        number = 1
        while (aside := folder.with_name(f"{folder.name}.damaged-{number}")).exists():
            number += 1
        return folder.rename(aside)
    except OSError:
        return None
