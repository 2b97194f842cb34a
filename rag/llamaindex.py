"""Wortlaut inside somebody's LlamaIndex program: a retriever and a query engine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable, Iterator
from itertools import chain, takewhile
from typing import Any

from llama_index.core.base.response.schema import (
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle
from llama_index.core.vector_stores.types import MetadataFilters
from pydantic import field_validator

from wortlaut.index.archive import Selection
from wortlaut.index.errors import ConfigError
from wortlaut.index.store import make_node
from wortlaut.rag.answer import Answer, Filters
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.kin.metadata import MetadataSelection
from wortlaut.rag.retriever import Retriever, ScoredPassage


class WortlautRetriever(BaseRetriever):
    """The archive's passages as LlamaIndex nodes, best first; scores compare within one query.

    A node's `start_char_idx` and `end_char_idx` are its span in the article's text. `selection` are
    the articles to look at, in LlamaIndex's words or ours; raises ConfigError for a filter that
    cannot be honoured.
    """

    def __init__(
        self,
        retriever: Retriever,
        limit: int = 5,
        selection: Selection | MetadataFilters | None = None,
    ) -> None:
        super().__init__()
        if limit < 1:
            raise ConfigError(f"the limit {limit} is no number of passages; give 1 or more")
        self._retriever = retriever
        self._limit = limit
        self._filters: MetadataSelection | None = None
        self._selection: Selection | None = None
        if isinstance(selection, MetadataFilters):
            self._filters = MetadataSelection(selection, retriever.archive)
        elif selection is None or isinstance(selection, Selection):
            self._selection = selection
        else:
            raise ConfigError(f"{selection!r:.60} selects nothing; give LlamaIndex MetadataFilters")

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        selection = self._filters.select() if self._filters else self._selection
        found = self._retriever.search(query_bundle.query_str, self._limit, selection)
        return [_make_scored_node(scored) for scored in found]

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return await asyncio.to_thread(self._retrieve, query_bundle)


def _make_scored_node(scored: ScoredPassage) -> NodeWithScore:
    article = scored.article
    node = make_node(article, scored.passage)
    node.metadata |= {
        "article_id": article.id, "url": article.url or "", "language": article.language or ""
    }  # fmt: skip
    node.excluded_llm_metadata_keys += ["article_id", "url", "language"]
    node.excluded_embed_metadata_keys += ["article_id", "url", "language"]
    return NodeWithScore(node=node, score=scored.score)


class WortlautQueryEngine(CustomQueryEngine):
    """The chat as a query engine: the answer's text, its cited quotes as source nodes.

    `response.metadata["answer"]` is the answer as `wortlaut ask --json` prints it; every source
    node's text is a quote, `start_char_idx` and `end_char_idx` its span in the article. With
    `streaming` the text comes as it is made; what a language model writes, each sentence once it is
    checked. Sources and metadata are whole when the text is.
    """

    chat: NewsChat
    filters: Filters = Filters()
    streaming: bool = False

    @field_validator("filters", mode="before")
    @classmethod
    def _refuse_other_filters(cls, filters: Any) -> Any:
        if isinstance(filters, Filters):
            return filters
        raise ConfigError(
            "a query engine takes wortlaut's Filters(since=…, until=…, speaker=…, source=…); "
            "MetadataFilters go to the retriever"
        )

    def custom_query(self, query_str: str) -> Response | StreamingResponse:
        """The answer to one question, without a conversation before it."""
        if self.streaming:
            growing = _GrowingResponse(self._stream(query_str))
            return StreamingResponse(growing.read(), growing.source_nodes, growing.metadata)
        return _respond(self.chat.ask(query_str, (), self.filters))

    async def acustom_query(self, query_str: str) -> Response | AsyncStreamingResponse:
        """The same, while the event loop goes on."""
        if not self.streaming:
            answer = await asyncio.to_thread(self.chat.ask, query_str, (), self.filters)
            return _respond(answer)
        growing = await asyncio.to_thread(lambda: _GrowingResponse(self._stream(query_str)))
        return AsyncStreamingResponse(growing.read_async(), growing.source_nodes, growing.metadata)

    def _stream(self, query_str: str) -> Iterator[Answer]:
        return self.chat.stream(query_str, (), self.filters)


def _respond(answer: Answer) -> Response:
    return Response(
        response=answer.text,
        source_nodes=_make_source_nodes(answer),
        metadata={"answer": answer.as_json()},
    )


class _GrowingResponse:
    """An answer's text in pieces; sources and metadata follow it.

    The first answer is waited for: a question that is none fails at once, and quotes have their
    sources before their text is read.
    """

    def __init__(self, answers: Iterator[Answer]) -> None:
        self.source_nodes: list[NodeWithScore] = []
        self.metadata: dict[str, Any] = {}
        first = next(answers)
        self._note(first)
        self._pieces = list_pieces(map(self._note, chain([first], answers)))

    def read(self) -> Generator[str, None, None]:
        """The pieces."""
        return self._pieces

    async def read_async(self) -> AsyncGenerator[str, None]:
        """The pieces, each waited for in a thread."""
        while (piece := await asyncio.to_thread(next, self._pieces, None)) is not None:
            yield piece

    def _note(self, answer: Answer) -> Answer:
        self.source_nodes[:] = _make_source_nodes(answer)
        self.metadata["answer"] = answer.as_json()
        return answer


def list_pieces(answers: Iterable[Answer]) -> Generator[str, None, None]:
    """What growing answers add; together it is the last one's text.

    Below what a language model has written so far stand notes that move down with it: only what an
    answer shares with the next is sure. Where another answer takes its place it follows, set apart.
    """
    told = last = ""
    for answer in answers:
        sure = answer.text
        if answer.mode == "llm":
            sure = _share(last, answer.text) if answer.text != last else told
        if len(sure) > len(told) and sure.startswith(told):
            yield sure[len(told) :]
            told = sure
        last = answer.text
    rest = last[len(told) :] if last.startswith(told) else f"\n\n{last}"
    if rest:
        yield rest


def _share(before: str, after: str) -> str:
    """What both texts begin with."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
    return after[: sum(1 for _ in same)]


def _make_source_nodes(answer: Answer) -> list[NodeWithScore]:
    from llama_index.core.schema import TextNode

    nodes = []
    for citation in answer.citations:
        facts: dict[str, Any] = citation.as_json()
        node = TextNode(
            id_=f"{citation.article.id}:{citation.span.start}-{citation.span.end}",
            text=citation.quote,
            metadata={key: value for key, value in facts.items() if key != "quote"},
            start_char_idx=citation.span.start,
            end_char_idx=citation.span.end,
        )
        nodes.append(NodeWithScore(node=node, score=None))
    return nodes
