"""Query -> passages and sentences, ranked: dense and full text, then by sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from wortlaut.index.archive import (
    Archive,
    EmbeddedPassage,
    Selection,
    Vectors,
    count_selected,
    list_by_date,
    list_selected,
    read_vectors,
)
from wortlaut.index.article import Article, Passage, Span
from wortlaut.index.embedder import Embedder, name_questions, name_sentences
from wortlaut.index.lang.words import Language, detect_language, make_terms
from wortlaut.index.lexicon import Lexicon, measure_coverage
from wortlaut.index.live.nearest import ArchiveVectors, NearestPassages
from wortlaut.index.live.passagemap import PassageMap
from wortlaut.index.store import PassageStore
from wortlaut.rag.askedwords import AskedWord, measure_held, read_asked_words, say_in_german

# Up to here every selected row is scored exactly; Chroma's own filters are slower.
_EXACT_ROWS = 200_000
# Up to here the passage map tells an open question's nearest sooner than an embedded Chroma has
# loaded its own.
_MOST_MAPPED = 2_000_000
_DENSE_POOL = 50
_LEXICAL_POOL = 20
# One formula for every language, chosen on XQuAD and confirmed on MLQA. The square keeps the
# lexical part out where a question in another language collides with a few German words.
_PASSAGE_WEIGHT = 0.35
_SENTENCE_WEIGHT = 0.65
_COVERAGE_WEIGHT = 0.1
# How much of a text's nearness to every question is taken off. Among 2,365 passages R@1, 0 and
# .2: DE .931 .936, EN .846 .842, RU .719 .745; MLQA DE .664 .680, EN .646 .656. More gains nothing.
_FREEING = 0.2
# How much of a sentence's distinction is its own, the rest its passage's: alone, AUROC .95 on
# XQuAD's topics and .73 on headlines' nouns against the statements below; the passage .84 and .82.
_OWN_WEIGHT = 0.6
# How many of the best are read for the question's words, and what it counts that they hold them
# all. At 0 and .04, R@1 on XQuAD among 2,038 passages: EN .859 .881, RU .776 .810, DE .944 .946;
# on MLQA among 2,487: DE .686 .684, EN .664 .668.
_READ = 20
_HELD_WEIGHT = 0.04
# What a word counts of which it is not known how the archive's language says it.
_UNKNOWN_WORD = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class ScoredPassage:
    """A passage with its `score`, its own `cosine`, its sentences' and its term `coverage`.

    Of the best, `held` in [0, 1] is the weighted share of the question's words that the passage
    holds in whatever language, and `missing` the weight of those it lacks; 0 where none was read.
    `nearest` `(dim,)` is the vector of the sentence nearest to the question.

    `distinctions` `(n,)`: how much nearer the probe comes to each sentence than questions about
    everything do, in their standard deviations; some sentences are near to whatever is asked.
    """

    article: Article
    passage: Passage
    score: float
    cosine: float
    sentence_cosines: Vectors
    coverage: float
    distinctions: Vectors
    nearest: Vectors
    held: float = 0.0
    missing: float = 0.0


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence with its `score` and `distinction`, and its passage's `coverage` of the words.

    `answer` are the words of the article in it that answer, where a reader found some.
    """

    article: Article
    span: Span
    score: float
    distinction: float
    coverage: float
    answer: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Probe:
    """A question as the retriever looks for it: a unit `vector` and its terms' weights.

    `asked` are its words as they may stand in another language, each with its weight.

    `others` `(n, dim)` are questions about everything, to compare it with; `usual` is how near
    they come to sentences from everywhere. An archive that is just being made has none.
    """

    vector: Vectors
    weights: Mapping[str, float]
    others: Vectors | None
    usual: float
    asked: tuple[tuple[AskedWord, float], ...] = ()


class Retriever:
    """Ranks an archive's passages and sentences for a query text: dense and full text, fused."""

    def __init__(
        self, archive: Archive, store: PassageStore | ArchiveVectors, embedder: Embedder
    ) -> None:
        self.archive = self._archive = archive
        self._nearest = NearestPassages(archive, store)
        self.embedder = embedder
        self._is_remote = store.is_remote
        self.map = PassageMap(archive)
        self.lexicon = Lexicon(archive, self.map)
        self._generation = archive.generation
        self._others: dict[Language, tuple[Vectors, float]] = {}

    def search(
        self, text: str, limit: int, selection: Selection | None = None
    ) -> list[ScoredPassage]:
        """The passages that fit best, best first."""
        return self.rank(self.probe(text, text, detect_language(text, "de")), limit, selection)

    def probe(self, text: str, words: str, language: Language) -> Probe:
        """What to look for: the text's direction, and the words."""
        vector = self.embedder.encode_query([text])[0]
        length = max(float(np.linalg.norm(vector)), 1e-12)
        others, usual = self._read_others(language)
        weights = self.lexicon.weigh_terms(say_in_german(words, language))
        asked = [(word, self._weigh(word)) for word in read_asked_words(words, language)]
        return Probe(vector / length, weights, others, usual, tuple(asked))

    def _weigh(self, word: AskedWord) -> float:
        """Rare words weigh most; one that the archive's language may say in another way, less."""
        weight = self.lexicon.weigh_stems((word.folded, *word.stems))
        return weight if word.is_known else weight * _UNKNOWN_WORD

    def _read_others(self, language: Language) -> tuple[Vectors | None, float]:
        """Questions about everything, and how near they come to sentences from everywhere."""
        if language not in self._others:
            others = self._archive.read_background(name_questions(language))
            sentences = self._archive.read_background(name_sentences())
            if others is None or sentences is None:
                return None, 0.0
            self._others[language] = (others, float((others @ sentences.T).mean()))
        return self._others[language]

    def rank(
        self, probe: Probe, limit: int, selection: Selection | None = None
    ) -> list[ScoredPassage]:
        """The passages that fit best, best first."""
        self._refresh()
        selection = selection or Selection()
        wanted = max(limit, _DENSE_POOL)
        dense = self._find_dense(probe.vector, wanted, selection)
        # What was all found need not be looked for by its words.
        is_all = len(dense) < wanted and not selection.is_open
        lexical = [] if is_all else self.lexicon.search(probe.weights, _LEXICAL_POOL, selection)
        return self._score(probe, list(dict.fromkeys(dense + lexical)))[:limit]

    def list_sentences(
        self, probe: Probe, passages: Sequence[ScoredPassage]
    ) -> list[ScoredSentence]:
        """Every sentence of the passages, best first; its passage counts for as much as itself."""
        sentences = []
        for scored in passages:
            text = scored.article.text
            for number, span in enumerate(scored.passage.sentences):
                covered = measure_coverage(probe.weights, set(make_terms(span.of(text))))
                cosine = float(scored.sentence_cosines[number])
                score = (cosine + scored.score) / 2 + _COVERAGE_WEIGHT * covered**2
                distinction = float(scored.distinctions[number])
                told = max(scored.coverage, scored.held)
                sentences.append(ScoredSentence(scored.article, span, score, distinction, told))
        return sorted(sentences, key=lambda sentence: -sentence.score)

    def count(self, selection: Selection) -> int:
        """How many articles are selected."""
        if view := self.map.read():
            return view.count_chosen(view.choose(self._archive, selection))[0]
        return count_selected(self._archive, selection)[0]

    def list_by_date(self, selection: Selection, limit: int, *, oldest: bool) -> list[str]:
        """The ids of the newest or oldest so many of the selected articles."""
        if view := self.map.read():
            chosen = view.choose(self._archive, selection)
            return view.list_by_date(self._archive, chosen, limit, oldest=oldest)
        return list_by_date(self._archive, selection, limit, oldest=oldest)

    def compare_background(self, probe: Probe) -> Vectors:
        """The probe's cosines `(n,)` to sentences from everywhere: what no relation looks like."""
        background = self._archive.read_background(name_sentences())
        return np.zeros(1, np.float32) if background is None else background @ probe.vector

    def _refresh(self) -> None:
        """See what another process has indexed since."""
        if (generation := self._archive.generation) != self._generation:
            self._archive.check_embedder(self.embedder.fingerprint)
            self._others.clear()
            self._generation = generation

    def _find_dense(self, vector: Vectors, limit: int, selection: Selection) -> list[str]:
        view = self.map.read()
        by_chroma = selection.is_open and (self._is_remote or (view and view.rows > _MOST_MAPPED))
        if view and not by_chroma:
            hits = view.find_nearest(vector, limit, view.choose(self._archive, selection))
            return view.list_ids(self._archive, hits)
        if selection.is_open:
            return self._nearest.search(vector, limit)
        if count_selected(self._archive, selection)[1] > _EXACT_ROWS:
            allowed = set(list_selected(self._archive, selection))
            found = self._nearest.search(vector, limit * 20)
            return [identity for identity in found if identity in allowed][:limit]
        ids, matrix = read_vectors(self._archive, selection)
        if not ids:
            return []
        order = np.argsort(-(matrix @ vector), kind="stable")[:limit]
        return [ids[int(row)] for row in order]

    def _score(self, probe: Probe, ids: Sequence[str]) -> list[ScoredPassage]:
        terms = self.lexicon.read_terms(ids)
        scored = []
        for article, embedded in self._archive.read_passages(ids):
            covered = measure_coverage(probe.weights, terms.get(embedded.passage.id, set()))
            scored.append(_score_passage(probe, article, embedded, covered))
        scored.sort(key=lambda passage: -passage.score)
        read = _read_best(probe, scored[:_READ])
        return sorted([*read, *scored[_READ:]], key=lambda passage: -passage.score)


def _read_best(probe: Probe, passages: Sequence[ScoredPassage]) -> list[ScoredPassage]:
    """The passages with what they hold of the question's words, and what that adds."""
    total = sum(weight for _, weight in probe.asked)
    if not total:
        return list(passages)
    texts = [scored.passage.span.of(scored.article.text) for scored in passages]
    by_passage = measure_held([word for word, _ in probe.asked], texts)
    read = []
    for scored, shares in zip(passages, by_passage, strict=True):
        held = sum(w * share for (_, w), share in zip(probe.asked, shares, strict=True))
        score = scored.score + _HELD_WEIGHT * held / total
        read.append(replace(scored, score=score, held=held / total, missing=total - held))
    return read


def _score_passage(
    probe: Probe, article: Article, embedded: EmbeddedPassage, covered: float
) -> ScoredPassage:
    # The passage, and below it its sentences.
    rows = np.concatenate([embedded.vector[None], embedded.sentence_vectors])
    cosines = rows @ probe.vector
    freed, distinctions = cosines, np.zeros(len(cosines) - 1, np.float32)
    if probe.others is not None:
        others = rows @ probe.others.T
        freed = cosines - _FREEING * (others.mean(axis=1) - probe.usual)
        own = _OWN_WEIGHT * cosines[1:] + (1 - _OWN_WEIGHT) * cosines[0]
        theirs = _OWN_WEIGHT * others[1:] + (1 - _OWN_WEIGHT) * others[0]
        distinctions = (own - theirs.mean(axis=1)) / np.maximum(theirs.std(axis=1), 1e-6)
    best = 1 + int(freed[1:].argmax()) if len(freed) > 1 else 0
    score = _PASSAGE_WEIGHT * float(freed[0]) + _SENTENCE_WEIGHT * float(freed[best])
    return ScoredPassage(
        article,
        embedded.passage,
        score + _COVERAGE_WEIGHT * covered**2,
        float(cosines[0]),
        cosines[1:],
        covered,
        distinctions,
        rows[best],
    )
