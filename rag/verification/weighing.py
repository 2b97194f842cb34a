"""The probability that a claim no rule objects to is borne out, and where the line is drawn.

Logistic regressions on what the rules let through, fitted on one half of the data, by article.
Near copies: PAWS-X, German and English. Same language, other words: news sentences with a wrong
span, XNLI. English and Russian about German: XQuAD with a wrong span, XNLI; Russian and all other
pairs have the weights of English. How much gets through in all is in the README.
"""

from __future__ import annotations

from typing import Literal

from rag.confidence import squash
from rag.verification.case import Case, is_near_copy
from rag.verification.support import Nearness

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
THRESHOLDS: dict[Kind, float] = {
    "copy": 0.55, "same": 0.5, "en-de": 0.4, "ru-de": 0.4, "other": 0.5,
}  # fmt: skip


def find_kind(case: Case) -> Kind:
    """Which weights and which threshold count."""
    return "copy" if is_near_copy(case) else case.pair


def describe(case: Case, nearness: Nearness) -> list[float]:
    """What the weights are for, in their order."""
    longest = max(len(sentence) for sentence in case.sentences)
    length = min(1.0, len(case.said) / max(1, longest))
    coverage, order = 0.0, 1.0
    if case.alignment:
        coverage, order = case.alignment.coverage, case.alignment.order
    return [nearness.best, nearness.lead, length, coverage, order]


def weigh(case: Case, nearness: Nearness) -> float:
    """The support in [0, 1]."""
    *weights, bias = _WEIGHTS[find_kind(case)]
    features = describe(case, nearness)
    return squash(bias + sum(w * x for w, x in zip(weights, features, strict=True)))
