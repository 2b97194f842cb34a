"""The default scorer: signs and rules, no language model, no network, the same every time.

Signs are what speaks for a claim's not being drawn from its contexts. How they are added up comes
first, then the scorer.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from wortlaut.eval.faithfulness.claims import AnswerReading, read_answer
from wortlaut.eval.faithfulness.scorer import (
    Faithfulness,
    MarkedSpan,
    ScoredClaim,
    make_context,
    tell_verdict,
)
from wortlaut.eval.faithfulness.signs import Rarity, Signs, SourceWords
from wortlaut.eval.faithfulness.spans import MarkedWords, WordMarker, mark_by_rules
from wortlaut.index.archive import Vectors
from wortlaut.index.article import Span, normalise_text
from wortlaut.index.embedder import Embedder
from wortlaut.index.errors import ConfigError
from wortlaut.index.lang.words import Language, detect_language
from wortlaut.index.splitter import split_segments
from wortlaut.rag.answer import Citation, Label, Verdict, Verifier
from wortlaut.rag.confidence import squash
from wortlaut.rag.verification.entailment import Entailer, Premise

_CHECKED = 3
# So many of the nearest sentences the entailment model reads at once.
_READ = 4
# What it finds of a usual claim, where there is no model.
_USUALLY_UNTOLD = 0.12
_SHOWN = 5
_MOST_VECTORS = 5000
_SUPPORTED = 0.5


@dataclass(frozen=True, slots=True)
class Calibration:
    """What turns signs into a probability: one weight a sign, in the order of `Signs.as_vector`.

    A claim counts as supported from `cut` on. The default is an improper linear model: each sign
    counts by its usual spread, all alike but for a number or name that nothing holds and a
    reversed copy, each of which is enough by itself. So no weight is learnt from anybody's labels; `scale`,
    `bias` and `cut` are thresholds, set for the free prose of chat models (RAGTruth QA).
    Source: Dawes 1979, "The robust beauty of improper linear models in decision making".
    """

    weights: tuple[float, ...] = (0.7, 3.3, 3.3, 2.0, 3.6, 33.0, 6.0, 6.0, 16.0, 16.0, 6.0)
    scale: float = 0.3
    bias: float = 5.37
    cut: float = 0.843

    def refit(self, scale: float, bias: float, cut: float) -> Calibration:
        """This calibration with its log-odds scaled and shifted, and another cut."""
        return replace(self, scale=self.scale * scale, bias=self.bias * scale + bias, cut=cut)

    def support(self, signs: Signs) -> float:
        """The probability in [0, 1] that the contexts bear the claim out.

        It is below `cut`, however near the claim comes to them, if a number or name is strange or
        the claim is a reversed copy.
        """
        against = sum(w * s for w, s in zip(self.weights, signs.as_vector(), strict=True))
        found = squash(self.bias - self.scale * against)
        is_wrong = signs.strange_numbers or signs.strange_names or signs.is_reversed
        return min(found, math.nextafter(self.cut, 0.0)) if is_wrong else found

    def write(self, file: Path) -> None:
        """Keep it as JSON."""
        file.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, file: Path) -> Calibration:
        """The calibration that `write` kept; raises ConfigError if the file holds none."""
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            numbers = [float(kept[name]) for name in ("scale", "bias", "cut")]
            made = cls(tuple(map(float, kept["weights"])), *numbers)
            if not all(map(math.isfinite, (*made.weights, *numbers))):
                raise ValueError("a number is not finite")
        except (OSError, ValueError, KeyError, TypeError, OverflowError, RecursionError) as error:
            raise ConfigError(
                f"{file} holds no calibration ({error}); make one: wortlaut eval scorer --fit FILE"
            ) from error
        if len(made.weights) != len(cls().weights):
            raise ConfigError(f"{file} was made for other signs; make it anew: eval scorer --fit")
        return made


@dataclass(frozen=True, slots=True)
class _Sources:
    """An answer's contexts, sentence by sentence; row i of `vectors` is sentence i's."""

    contexts: tuple[str, ...]
    citations: tuple[Citation, ...]
    vectors: Vectors
    language: Language


class OfflineScorer:
    """Scores by signs; where claim and contexts differ in language, by the verifier's support.

    Deterministic, on the CPU, without network. Its reach: it sees numbers, names and words that
    the contexts lack, a negation or opposite put into their own wording, and sentences that are
    near to none of theirs; it does not reason. Swapped roles in the contexts' own words pass. (The
    verifier's rules for these, tried on free prose, objected 32 times on RAGTruth QA and QAGS to
    near copies, and were right none of these times.) See docs/scorer-card.md. A `marker` tells
    words apart in the place of the rules; an `entailer` reads claims in the contexts' language
    beside the sentences that come nearest.
    """

    name = "offline"

    def __init__(
        self,
        embedder: Embedder,
        verifier: Verifier,
        rarity: Rarity,
        calibration: Calibration | None = None,
        marker: WordMarker | None = None,
        entailer: Entailer | None = None,
    ) -> None:
        self._embedder = embedder
        self._verifier = verifier
        self._rarity = rarity
        self._calibration = calibration or Calibration()
        self._marker = marker
        self._entailer = entailer
        self.fingerprint = f"offline {embedder.fingerprint} {self._calibration}"
        if marker is not None:
            self.fingerprint += f" marked by {marker.name}"
        if entailer is not None:
            self.fingerprint += f" read by {entailer.name}"
        # Many answers in a row are about the same contexts.
        self._vectors: dict[str, Vectors] = {}

    def score(self, question: str, answer: str, contexts: Sequence[str]) -> Faithfulness:
        """How far the contexts bear the answer out: the product of its claims' probabilities."""
        reading = read_answer(answer, is_asked=bool(question.strip()))
        if not reading.claims and not reading.leads:
            return Faithfulness(None, ())
        sources = self._read_sources(contexts)
        if sources is None:
            found = [_deny(span, answer) for span in reading.claims]
            return Faithfulness(0.0 if found else None, tuple(found))
        words = SourceWords(question, sources.contexts, self._rarity, sources.language)
        news = [span for span in reading.leads if words.lacks_much(reading.word(span))]
        spans = sorted([*reading.claims, *news], key=lambda span: span.start)
        if not spans:
            return Faithfulness(None, ())
        scored = tuple(self._score_claim(span, answer, reading, sources, words) for span in spans)
        return Faithfulness(math.prod(claim.support for claim in scored), scored)

    def _read_sources(self, contexts: Sequence[str]) -> _Sources | None:
        """`None` where no context holds a word."""
        texts = tuple(normalise_text(context) for context in contexts)
        citations = tuple(
            Citation(number, make_context(number, text), segment.span)
            for number, text in enumerate(texts, 1)
            for segment in split_segments(text)
        )
        if not citations:
            return None
        vectors = self._embed([citation.quote for citation in citations])
        return _Sources(texts, citations, vectors, detect_language(" ".join(texts)))

    def _score_claim(
        self,
        span: Span,
        answer: str,
        reading: AnswerReading,
        sources: _Sources,
        words: SourceWords,
    ) -> ScoredClaim:
        claim = reading.word(span)
        apart, order = self._compare(claim, sources)
        first = sources.citations[order[0]]
        language = detect_language(claim, sources.language)
        is_translated = language != sources.language
        if is_translated:
            near = [sources.citations[place] for place in order[:_CHECKED]]
            support, reason, first = self._ask_verifier(claim, near, language)
            cut = _SUPPORTED
        else:
            untold = self._find_untold(claim, sources, order[:_READ])
            signs = words.find_signs(claim, apart, first.quote, untold)
            support, reason = self._calibration.support(signs), _explain(signs)
            cut = self._calibration.cut
        label: Label = "supported" if support >= cut else "not_enough_info"
        # As long as the answer's words there: their places are the answer's.
        raw = span.of(reading.text)
        marks: list[MarkedWords] = []
        if label != "supported":
            marks = self._mark(raw, sources, None if is_translated else words, 1 - support)
        return ScoredClaim(
            text=span.of(answer),
            start=span.start,
            end=span.end,
            support=support,
            verdict=label,
            reason=None if label == "supported" else reason,
            nearest=(first.marker - 1, first.span.start, first.span.end),
            unsupported=tuple(_place(mark, span, answer) for mark in marks),
        )

    def _find_untold(self, claim: str, sources: _Sources, near: Sequence[int]) -> float:
        """How far the model doubts the claim's words, read beside those sentences, nearest first."""
        if self._entailer is None:
            return _USUALLY_UNTOLD
        text = " ".join(sources.citations[place].quote for place in near)
        chances = [chance for _, chance in self._entailer.read(claim, Premise(text)).untold]
        return sum(chances) / max(1, len(chances))

    def _mark(
        self, claim: str, sources: _Sources, words: SourceWords | None, doubt: float
    ) -> list[MarkedWords]:
        """The words of a claim that are not borne out; all of it where no word can be told."""
        if self._marker is not None:
            return self._marker.mark(claim, sources.contexts)
        if words is None:
            return [MarkedWords(0, len(claim), doubt)]
        return mark_by_rules(claim, words, doubt)

    def _ask_verifier(
        self, claim: str, near: Sequence[Citation], language: Language
    ) -> tuple[float, str, Citation]:
        """The support that the best of the sentences gives, from ½ on if it is supported, and why.

        One by one: a negation in the next sentence is none of this one's.
        """
        found = []
        for citation in near:
            verdict = self._verifier.verify(claim, [citation], language)
            is_supported = verdict.label == "supported"
            found.append((is_supported, verdict.support, verdict.reason, citation))
        is_supported, support, reason, citation = max(found, key=lambda each: each[:2])
        return support / 2 + (_SUPPORTED if is_supported else 0), reason, citation

    def _compare(self, claim: str, sources: _Sources) -> tuple[float, list[int]]:
        """How little the nearest sentence stands out, and the sentences, nearest first."""
        cosines = sources.vectors @ self._embed([claim])[0]
        return float(cosines.mean() - cosines.max()), np.argsort(-cosines, kind="stable").tolist()

    def _embed(self, texts: Sequence[str]) -> Vectors:
        if len(self._vectors) > _MOST_VECTORS:
            self._vectors.clear()
        new = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if new:
            self._vectors.update(zip(new, self._embedder.encode_query(new), strict=True))
        return np.stack([self._vectors[text] for text in texts])


def _deny(span: Span, answer: str) -> ScoredClaim:
    return tell_verdict(
        answer, span, Verdict("not_enough_info", 0.0, "There is no context.", "no_citation")
    )


def _place(mark: MarkedWords, claim: Span, answer: str) -> MarkedSpan:
    start, end = claim.start + mark.start, claim.start + mark.end
    return MarkedSpan(start, end, answer[start:end], mark.score)


def _explain(signs: Signs) -> str:
    """What speaks loudest against the claim, in a sentence."""
    if signs.strange_numbers:
        return f"The contexts do not have the number {signs.strange_numbers[0]}."
    if signs.strange_names:
        return f"The contexts do not name {' '.join(signs.strange_names)}."
    if signs.is_reversed:
        return "It says the contrary of the sentence that comes nearest."
    if signs.new_words:
        return f"The contexts do not have: {', '.join(signs.new_words[:_SHOWN])}."
    if signs.broken > signs.new_pairs:
        return "The contexts have its words, but nowhere many of them together."
    return "The contexts have its words in another order only."
