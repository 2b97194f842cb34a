"""The probability that a claim no rule objects to is borne out, and where the line is drawn.

Logistic regressions on what the rules let through, fitted on one half of the data, by article.
Near copies: PAWS-X, German and English. Same language, other words: news sentences with a wrong
span, XNLI. English and Russian about German: XQuAD with a wrong span, XNLI; Russian and all other
pairs have the weights of English. How much gets through in all is in the README.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wortlaut.index.archive import Vectors
from wortlaut.index.embedder import Embedder
from wortlaut.rag.confidence import squash
from wortlaut.rag.verification.case import ClaimCase, is_near_copy
from wortlaut.rag.verification.verdict import Verdict

Kind = Literal["copy", "same", "en-de", "ru-de", "other"]
# Weights of the cosine, its lead over the neighbours, the claim's length beside the sentence's,
# the share of its words that stand there, and the order they keep; the last is the bias.
_WEIGHTS: dict[Kind, tuple[float, float, float, float, float, float]] = {
    "copy": (4.0, 0.0, 0.0, 0.0, 9.2, -12.35),
    "same": (30.3, 28.2, -2.2, 1.0, 0.0, -27.0),
    "en-de": (31.9, 10.3, -2.5, 0.0, 0.0, -26.1),
    "ru-de": (31.9, 10.3, -2.5, 0.0, 0.0, -26.1),
    "other": (31.9, 10.3, -2.5, 0.0, 0.0, -26.1),
}
_THRESHOLDS: dict[Kind, float] = {
    "copy": 0.55, "same": 0.5, "en-de": 0.4, "ru-de": 0.4, "other": 0.5,
}  # fmt: skip
_MOST_VECTORS = 4096
# How far ahead of its neighbours a sentence is that has none: the mean of true claims.
_LEAD = 0.06


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a claim is to its cited sentences.

    `best` is the highest cosine, `lead` how far it lies above those to the sentences beside.
    """

    best: float
    lead: float


class SupportReader:
    """Weighs claims against the sentences they cite; those met before are not embedded again."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    def remember(self, sentences: Sequence[str], vectors: Vectors) -> None:
        """Keep document vectors made elsewhere, `(n, dimension)`."""
        for sentence, vector in zip(sentences, vectors, strict=True):
            self._known[sentence] = vector
            self._known.move_to_end(sentence)
        while len(self._known) > _MOST_VECTORS:
            self._known.popitem(last=False)

    def weigh(self, case: ClaimCase) -> Verdict:
        """The verdict on a claim that no rule objects to."""
        kind = _find_kind(case)
        # A near copy is not told by its neighbours; embedding them takes time.
        beside = () if kind == "copy" else case.beside
        features = _describe(case, self.measure(case.said, case.sentences, beside))
        *weights, bias = _WEIGHTS[kind]
        support = squash(bias + sum(w * x for w, x in zip(weights, features, strict=True)))
        threshold = _THRESHOLDS[kind]
        if support >= threshold:
            return Verdict("supported", support, "The cited text says so.", "support")
        return Verdict(
            "not_enough_info",
            support,
            f"The cited text is not near enough ({support:.2f} of {threshold:.2f}).",
            "support",
        )

    def measure(self, claim: str, sentences: Sequence[str], beside: Sequence[str]) -> Nearness:
        """The claim's nearness to the cited sentences; `beside` are their neighbours."""
        self._embed([*sentences, *beside, claim])
        probe = self._known[claim]
        cosines = np.stack([self._known[s] for s in sentences]) @ probe
        best = float(np.max(cosines))
        rival = max((float(self._known[s] @ probe) for s in beside), default=best - _LEAD)
        return Nearness(best, best - rival)

    def compare(self, word: str, others: Sequence[str]) -> float:
        """The highest cosine of a word to others; 0 without any."""
        if not others:
            return 0.0
        self._embed([word, *others])
        return float(np.max(np.stack([self._known[o] for o in others]) @ self._known[word]))

    def _embed(self, texts: Sequence[str]) -> None:
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        for text in texts:
            if text in self._known:
                self._known.move_to_end(text)
        if new:
            self.remember(new, self._embedder.encode_document(new))


def _find_kind(case: ClaimCase) -> Kind:
    """Which weights and which threshold count."""
    return "copy" if is_near_copy(case) else case.pair


def _describe(case: ClaimCase, nearness: Nearness) -> list[float]:
    """What the weights are for, in their order."""
    longest = max(len(sentence) for sentence in case.sentences)
    length = min(1.0, len(case.said) / max(1, longest))
    coverage, order = 0.0, 1.0
    if case.alignment:
        coverage, order = case.alignment.coverage, case.alignment.order
    return [nearness.best, nearness.lead, length, coverage, order]
