"""Query -> passages and sentences, ranked: dense and full text, then by sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from index.archive import Archive, Vectors
from index.article import Article, Passage, Span
from index.embedder import Embedder
from index.lexicon import Lexicon, make_terms, measure_coverage
from index.selection import Selection, count_selected, list_selected, read_vectors
from index.store import PassageStore

# Up to here every selected row is scored exactly; Chroma's own filters are slower.
_EXACT_ROWS = 200_000
_DENSE_POOL = 50
_LEXICAL_POOL = 20
# One formula for every language, chosen on XQuAD and confirmed on MLQA. The square keeps the
# lexical part out where a question in another language collides with a few German words.
_PASSAGE_WEIGHT = 0.35
_SENTENCE_WEIGHT = 0.65
_COVERAGE_WEIGHT = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPassage:
    """A passage with its `score`, its own `cosine`, its sentences' and its term `coverage`."""

    article: Article
    passage: Passage
    score: float
    cosine: float
    sentence_cosines: Vectors
    coverage: float


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence with its `score`, its own and its passage's cosine, and its term `coverage`."""

    article: Article
    span: Span
    score: float
    cosine: float
    passage_cosine: float
    coverage: float


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A question as the retriever looks for it: a unit `vector` and its terms' weights."""

    vector: Vectors
    weights: Mapping[str, float]


class Retriever:
    """Ranks an archive's passages and sentences for a query text: dense and full text, fused."""

    def __init__(self, archive: Archive, store: PassageStore, embedder: Embedder) -> None:
        self._archive = archive
        self._store = store
        self.embedder = embedder
        self._lexicon = Lexicon(archive)
        self._generation = archive.generation

    def search(
        self, text: str, limit: int, selection: Selection | None = None
    ) -> list[ScoredPassage]:
        """The passages that fit best, best first."""
        return self.rank(self.probe([text], text), limit, selection)

    def probe(self, texts: Sequence[str], words: str) -> Probe:
        """What to look for: the mean direction of the texts, and the words."""
        vector = self.embedder.encode_query(texts).mean(axis=0)
        length = max(float(np.linalg.norm(vector)), 1e-12)
        return Probe(vector / length, self._lexicon.weigh_terms(words))

    def rank(
        self, probe: Probe, limit: int, selection: Selection | None = None
    ) -> list[ScoredPassage]:
        """The passages that fit best, best first."""
        self._refresh()
        selection = selection or Selection()
        dense = self._find_dense(probe.vector, max(limit, _DENSE_POOL), selection)
        lexical = self._lexicon.search(probe.weights, _LEXICAL_POOL, selection)
        return self._score(probe, list(dict.fromkeys(dense + lexical)))[:limit]

    def list_sentences(
        self, probe: Probe, passages: Sequence[ScoredPassage]
    ) -> list[ScoredSentence]:
        """Every sentence of the passages, best first; its passage counts for as much as itself."""
        sentences = []
        for scored in passages:
            text = scored.article.text
            for span, cosine in zip(
                scored.passage.sentences, scored.sentence_cosines.tolist(), strict=True
            ):
                covered = measure_coverage(probe.weights, set(make_terms(span.of(text))))
                score = (cosine + scored.score) / 2 + _COVERAGE_WEIGHT * covered**2
                sentences.append(
                    ScoredSentence(scored.article, span, score, cosine, scored.cosine, covered)
                )
        return sorted(sentences, key=lambda sentence: -sentence.score)

    def compare_background(self, probe: Probe) -> Vectors:
        """The probe's cosines `(n,)` to sentences from everywhere: what no relation looks like."""
        background = self._archive.read_background()
        return np.zeros(1, np.float32) if background is None else background @ probe.vector

    def _refresh(self) -> None:
        """See what another process has indexed since."""
        if (generation := self._archive.generation) != self._generation:
            self._archive.check_embedder(self.embedder.fingerprint)
            self._store.reopen()
            self._generation = generation

    def _find_dense(self, vector: Vectors, limit: int, selection: Selection) -> list[str]:
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

    def _score(self, probe: Probe, ids: Sequence[str]) -> list[ScoredPassage]:
        terms = self._lexicon.read_terms(ids)
        scored = []
        for article, embedded in self._archive.read_passages(ids):
            cosine = float(embedded.vector @ probe.vector)
            sentences = embedded.sentence_vectors @ probe.vector
            best = float(sentences.max()) if len(sentences) else cosine
            covered = measure_coverage(probe.weights, terms.get(embedded.passage.id, set()))
            score = _PASSAGE_WEIGHT * cosine + _SENTENCE_WEIGHT * best
            score += _COVERAGE_WEIGHT * covered**2
            scored.append(
                ScoredPassage(article, embedded.passage, score, cosine, sentences, covered)
            )
        return sorted(scored, key=lambda passage: -passage.score)
