"""Query -> passages and sentences, ranked: dense and full text, then by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.archive import Archive, Vectors
from index.article import Article, Passage, Span
from index.embedder import Embedder
from index.selection import Selection, count_selected, list_selected, read_vectors
from index.store import PassageStore

# Up to here every selected row is scored exactly; Chroma's own filters are slower.
_EXACT_ROWS = 20_000
_POOL = 50
_SENTENCE_WEIGHT = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPassage:
    """A passage with its `score`, its own `cosine` and its sentences' cosines, all in [-1, 1]."""

    article: Article
    passage: Passage
    score: float
    cosine: float
    sentence_cosines: Vectors


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence of the archive with its `score`; `cosine` is its own similarity."""

    article: Article
    span: Span
    score: float
    cosine: float


class Retriever:
    """Ranks an archive's passages and sentences for a query text."""

    def __init__(self, archive: Archive, store: PassageStore, embedder: Embedder) -> None:
        self._archive = archive
        self._store = store
        self.embedder = embedder
        self._generation = archive.generation

    def search(
        self, text: str, limit: int, selection: Selection | None = None
    ) -> list[ScoredPassage]:
        """The passages that fit best, best first."""
        self._refresh()
        selection = selection or Selection()
        vector = self.embedder.encode_query([text])[0]
        ids = self._find_candidates(vector, max(limit, _POOL), selection)
        return self._rank(vector, ids)[:limit]

    def _refresh(self) -> None:
        """See what another process has indexed since."""
        if (generation := self._archive.generation) != self._generation:
            self._store.reopen()
            self._generation = generation

    def _find_candidates(self, vector: Vectors, limit: int, selection: Selection) -> list[str]:
        if selection.is_open:
            return [identity for identity, _ in self._store.search(vector, limit)]
        if count_selected(self._archive, selection)[1] > _EXACT_ROWS:
            allowed = set(list_selected(self._archive, selection))
            found = self._store.search(vector, limit * 20)
            return [identity for identity, _ in found if identity in allowed][:limit]
        ids, matrix = read_vectors(self._archive, selection)
        if not ids:
            return []
        order = np.argsort(-(matrix @ vector), kind="stable")[:limit]
        return [ids[int(row)] for row in order]

    def _rank(self, vector: Vectors, ids: Sequence[str]) -> list[ScoredPassage]:
        scored = []
        for article, embedded in self._archive.read_passages(ids):
            cosine = float(embedded.vector @ vector)
            sentences = embedded.sentence_vectors @ vector
            best = float(sentences.max()) if len(sentences) else cosine
            score = (1 - _SENTENCE_WEIGHT) * cosine + _SENTENCE_WEIGHT * best
            scored.append(ScoredPassage(article, embedded.passage, score, cosine, sentences))
        return sorted(scored, key=lambda passage: -passage.score)


def list_sentences(passages: Sequence[ScoredPassage]) -> list[ScoredSentence]:
    """Every sentence of the passages, best first; its passage counts for as much as itself."""
    sentences = [
        ScoredSentence(scored.article, span, (float(cosine) + scored.cosine) / 2, float(cosine))
        for scored in passages
        for span, cosine in zip(scored.passage.sentences, scored.sentence_cosines, strict=True)
    ]
    return sorted(sentences, key=lambda sentence: -sentence.score)
