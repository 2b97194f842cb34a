"""The archive's passages in a LangChain program; needs `pip install 'wortlaut[langchain]'`."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from wortlaut.index.store import describe_node
from wortlaut.rag.answer import Filters


class WortlautLangChainRetriever(BaseRetriever):
    """The passages that fit a query best as LangChain documents, best first.

    Each document's metadata has the passage's article, its `start` and `end` in the article's text
    and its `score`, which compares within one query. Awaited it leaves the event loop free.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)
    chat: Any
    filters: Filters = Filters()
    limit: int = Field(5, ge=1)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [
            Document(
                id=found.passage.id,
                page_content=found.passage.span.of(found.article.text),
                metadata=describe_node(found.article)
                | {
                    "article_id": found.article.id,
                    "url": found.article.url,
                    "start": found.passage.span.start,
                    "end": found.passage.span.end,
                    "score": found.score,
                },
            )
            for found in self.chat.search(query, self.limit, self.filters)
        ]
