"""Passages in Chroma, embedded or over HTTP; a mirror of the archive that can be rebuilt from it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from index.archive import EmbeddedPassage
from index.article import Article, Passage
from index.errors import ConfigError, StoreUnavailable

if TYPE_CHECKING:
    from chromadb import Collection
    from llama_index.core.schema import TextNode
    from llama_index.vector_stores.chroma import ChromaVectorStore

_BATCH = 4000  # Chroma refuses more than 5461 records at once.
_EF_SEARCH = 400


class PassageStore:
    """One Chroma collection of passage vectors in cosine space, under the archive's own name."""

    def __init__(self, location: Path | str, archive_id: str, fingerprint: str) -> None:
        self._location = location
        self._name = f"wortlaut-{archive_id}"
        self._fingerprint = fingerprint
        self._open()

    def _open(self) -> None:
        self._client = _connect(self._location)
        try:
            self.collection = self._get_or_create()
            if (self.collection.metadata or {}).get("embedder") != self._fingerprint:
                # Left over from before a rebuild: the caller has checked the archive's embedder.
                self._client.delete_collection(self._name)
                self.collection = self._get_or_create()
        except Exception as error:
            raise StoreUnavailable(
                f"Chroma at {self._location} refused: {error}; is the address right?"
            ) from error

    def _get_or_create(self) -> Collection:
        collection: Collection = self._client.get_or_create_collection(
            self._name,
            configuration={"hnsw": {"space": "cosine", "ef_search": _EF_SEARCH}},
            metadata={"embedder": self._fingerprint},
            embedding_function=None,
        )
        return collection

    def close(self) -> None:
        """Release the collection's files."""
        self._client.close()

    def reopen(self) -> None:
        """Open again; an embedded reader does not see what another process wrote until it does."""
        self.close()
        self._open()

    def count(self) -> int:
        """How many passages there are."""
        return int(self.collection.count())

    def list_ids(self) -> set[str]:
        """The id of every passage."""
        total = self.count()
        pages = (
            self.collection.get(include=[], limit=_BATCH, offset=offset)["ids"]
            for offset in range(0, total, _BATCH)
        )
        return {identity for page in pages for identity in page}

    def upsert(self, nodes: Sequence[TextNode]) -> None:
        """Put the embedded nodes in, replacing those of the same id."""
        self.as_vector_store().add(list(nodes))

    def delete(self, ids: Sequence[str]) -> None:
        """Take passages out; unknown ids are no error."""
        for start in range(0, len(ids), _BATCH):
            self.collection.delete(ids=list(ids[start : start + _BATCH]))

    def search(self, vector: NDArray[np.float32], limit: int) -> list[tuple[str, float]]:
        """The nearest passages, best first: id and cosine similarity in [-1, 1]."""
        if not (total := self.count()):
            return []
        found = self.collection.query(
            query_embeddings=vector.astype(np.float32)[None],
            n_results=min(limit, total),
            include=["distances"],
        )
        # Chroma returns cosine distances.
        distances = found["distances"][0] if found["distances"] else []
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def as_vector_store(self) -> ChromaVectorStore:
        """The same collection as a LlamaIndex vector store that upserts."""
        from llama_index.vector_stores.chroma import ChromaVectorStore

        return ChromaVectorStore(chroma_collection=_Upserting(self.collection))


class _Upserting:
    """A Chroma collection whose `add` replaces: `add` itself ignores known ids silently."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection

    def __getattr__(self, name: str) -> Any:
        return getattr(self._collection, name)

    def add(self, **records: Any) -> None:
        self._collection.upsert(**records)


def make_nodes(passages: Sequence[tuple[Article, EmbeddedPassage]]) -> list[TextNode]:
    """One LlamaIndex node a passage, embedded."""
    nodes = []
    for article, embedded in passages:
        node = make_node(article, embedded.passage)
        node.embedding = embedded.vector.astype(float).tolist()
        nodes.append(node)
    return nodes


def make_node(article: Article, passage: Passage) -> TextNode:
    """The passage as a LlamaIndex node: the archive's id, offsets into the article, its source."""
    from llama_index.core.schema import NodeRelationship, RelatedNodeInfo, TextNode

    metadata: dict[str, Any] = {
        "title": article.title,
        "path": article.path,
        "source": article.source or "",
        "published": article.published.isoformat() if article.published else "",
        "published_precision": article.published_precision,
        "text_sha256": article.text_sha256,
    }
    return TextNode(
        id_=passage.id,
        text=passage.span.of(article.text),
        metadata=metadata,
        excluded_embed_metadata_keys=list(metadata),
        excluded_llm_metadata_keys=["path", "published_precision", "text_sha256"],
        start_char_idx=passage.span.start,
        end_char_idx=passage.span.end,
        relationships={NodeRelationship.SOURCE: RelatedNodeInfo(node_id=article.id)},
    )


def _connect(location: Path | str) -> Any:
    # Both must stand before the import: Chroma reads them once.
    os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
    os.environ.setdefault("CHROMA_TELEMETRY", "False")
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    try:
        if isinstance(location, Path):
            location.mkdir(parents=True, exist_ok=True)
            return chromadb.PersistentClient(str(location), settings=settings)
        address = urlsplit(location)
        if address.scheme not in {"http", "https"} or not address.hostname:
            raise ConfigError(
                f"{location!r} is no Chroma address; write it like http://127.0.0.1:8000"
            )
        return chromadb.HttpClient(
            host=address.hostname,
            port=address.port or (443 if address.scheme == "https" else 8000),
            ssl=address.scheme == "https",
            settings=settings,
        )
    except ConfigError:
        raise
    except Exception as error:
        raise StoreUnavailable(
            f"cannot open Chroma at {location}: {error}; is the server running, the folder readable?"
        ) from error
