"""The LlamaIndex ingestion pipeline: articles -> passages -> vectors -> archive -> Chroma."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.schema import BaseNode, Document, MediaResource, TextNode, TransformComponent
from pydantic import ConfigDict, Field

from wortlaut.index.archive import Archive, EmbeddedPassage
from wortlaut.index.article import Article, Passage
from wortlaut.index.embedder import Embedder
from wortlaut.index.lang.lines import join_lines
from wortlaut.index.lang.words import clean_word, make_terms
from wortlaut.index.live.slices import Pace, encode_in_slices
from wortlaut.index.reading.offices import find_offices
from wortlaut.index.reading.statements import extract_article
from wortlaut.index.splitter import split_passages, split_segments
from wortlaut.index.store import PassageStore, make_nodes

TARGET_TOKENS = 256


class ArticleDocument(Document):
    """A LlamaIndex document that carries the article it stands for."""

    article: Article = Field(exclude=True)


class PassageNode(TextNode):
    """A passage on its way to the archive; offsets are the article's."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    article: Article = Field(exclude=True)
    passage: Passage = Field(exclude=True)
    embedded: EmbeddedPassage | None = Field(default=None, exclude=True)


class SplitPassages(TransformComponent):
    """Articles in, passages out; every token fits the embedder."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    embedder: Embedder = Field(exclude=True)

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """One node a passage."""
        return [
            PassageNode(
                id_=passage.id,
                text=passage.span.of(node.article.text),
                start_char_idx=passage.span.start,
                end_char_idx=passage.span.end,
                article=node.article,
                passage=passage,
            )
            for node in nodes
            if isinstance(node, ArticleDocument)
            for passage in self._split(node.article)
        ]

    def _split(self, article: Article) -> list[Passage]:
        limit = self.embedder.max_tokens
        return split_passages(
            article,
            split_segments(article.text),
            self.embedder.count_tokens,
            min(TARGET_TOKENS, limit),
            limit,
        )


class EmbedPassages(TransformComponent):
    """Passages in, the same with a vector each and one for each of their sentences."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    embedder: Embedder = Field(exclude=True)
    archive: Archive = Field(exclude=True)
    pace: Pace = Field(exclude=True)

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """The nodes, embedded."""
        passages = [node for node in nodes if isinstance(node, PassageNode)]
        vectors, sentence_vectors = encode_in_slices(
            [node.passage for node in passages],
            [node.text for node in passages],
            self.embedder,
            self.archive,
            self.pace,
        )
        joined = {node.article.id: node.article.text for node in passages}
        joined = {identity: join_lines(text) for identity, text in joined.items()}
        for node, vector, by_sentence in zip(passages, vectors, sentence_vectors, strict=True):
            words = node.passage.span.of(joined[node.article.id])
            terms = list_terms(node.article, node.passage, words)
            node.embedded = EmbeddedPassage(node.passage, vector, by_sentence, " ".join(terms))
        return list(passages)


class KeepArticles(TransformComponent):
    """Embedded passages in; their articles are kept, one transaction each, and passed on."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    archive: Archive = Field(exclude=True)
    made_by: str

    def __call__(self, nodes: Sequence[BaseNode], **kwargs: Any) -> list[BaseNode]:
        """The nodes as Chroma keeps them."""
        passages = [node for node in nodes if isinstance(node, PassageNode)]
        for _, group in groupby(passages, key=lambda node: node.article.id):
            self._keep(list(group))
        return [*make_nodes([(node.article, node.embedded) for node in passages if node.embedded])]

    def _keep(self, nodes: Sequence[PassageNode]) -> None:
        article = nodes[0].article
        statements = extract_article(article).statements
        embedded = [node.embedded for node in nodes if node.embedded]
        offices = find_offices(article.text, statements)
        self.archive.replace_article(article, embedded, statements, self.made_by, offices)


def list_terms(article: Article, passage: Passage, words: str) -> list[str]:
    """The terms that a passage of these words is found by, those of its article's headline too."""
    headed = passage.ordinal > 0 and article.text.lstrip("# ").startswith(article.title)
    return make_terms(f"{article.title}\n{clean_word(words)}" if headed else clean_word(words))


def make_pipeline(
    archive: Archive, store: PassageStore, embedder: Embedder, made_by: str, pace: Pace
) -> IngestionPipeline:
    """The steps from `ArticleDocument`s to passages in Chroma, as many at a time as `pace` has it."""
    return IngestionPipeline(
        transformations=[
            SplitPassages(embedder=embedder),
            EmbedPassages(embedder=embedder, archive=archive, pace=pace),
            KeepArticles(archive=archive, made_by=made_by),
        ],
        vector_store=store.as_vector_store(),
        disable_cache=True,
    )


def make_documents(articles: Sequence[Article]) -> list[ArticleDocument]:
    """One document an article, under the article's id."""
    return [
        ArticleDocument(
            id_=article.id, text_resource=MediaResource(text=article.text), article=article
        )
        for article in articles
    ]
