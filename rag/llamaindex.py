"""Wortlaut inside somebody's LlamaIndex program: a retriever and a query engine."""

from __future__ import annotations

from typing import Any

from llama_index.core.base.response.schema import Response
from llama_index.core.query_engine import CustomQueryEngine
from llama_index.core.retrievers import BaseRetriever
from llama_index.core.schema import NodeWithScore, QueryBundle

from wortlaut.index.archive import Selection
from wortlaut.index.store import make_node
from wortlaut.rag.answer import Answer, Filters
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.retriever import Retriever


class WortlautRetriever(BaseRetriever):
    """The archive's passages as LlamaIndex nodes, best first; scores compare within one query."""

    def __init__(
        self, retriever: Retriever, limit: int = 5, selection: Selection | None = None
    ) -> None:
        super().__init__()
        self._retriever = retriever
        self._limit = limit
        self._selection = selection

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        found = self._retriever.search(query_bundle.query_str, self._limit, self._selection)
        return [
            NodeWithScore(node=make_node(scored.article, scored.passage), score=scored.score)
            for scored in found
        ]


class WortlautQueryEngine(CustomQueryEngine):
    """The chat as a query engine: the answer's text, its cited quotes as source nodes.

    `response.metadata["answer"]` is the answer as `wortlaut ask --json` prints it; every source
    node's text is a quote, `start_char_idx` and `end_char_idx` its span in the article.
    """

    chat: NewsChat
    filters: Filters = Filters()

    def custom_query(self, query_str: str) -> Response:
        """The answer to one question, without a conversation before it."""
        answer = self.chat.ask(query_str, (), self.filters)
        return Response(
            response=answer.text,
            source_nodes=_make_source_nodes(answer),
            metadata={"answer": answer.as_json()},
        )


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
