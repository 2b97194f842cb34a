"""Claim and cited text -> how far the text bears the claim out: by an entailment model, and by nearness.

Support is a logistic regression on what the model makes of the two, on how near they are, and on
whether a rule doubts; without a model on nearness alone.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from wortlaut.index.archive import Vectors
from wortlaut.index.embedder import Embedder
from wortlaut.index.lang.words import read_words
from wortlaut.rag.answer import Label, Verdict
from wortlaut.rag.confidence import squash
from wortlaut.rag.verification.case import ClaimCase, is_near_copy
from wortlaut.rag.verification.entailment import Entailer, Entailment, Premise
from wortlaut.rag.verification.evidence import CitedSpan

ClaimKind = Literal["copy", "same", "en-de", "ru-de", "other"]
# Without a model: weights of the cosine, its lead over the neighbours, the claim's length beside the
# sentence's, the share of its words that stand there, and the order they keep; the last is the bias.
_WEIGHTS: dict[ClaimKind, tuple[float, float, float, float, float, float]] = {
    "copy": (4.0, 0.0, 0.0, 0.0, 9.2, -12.35),
    "same": (30.3, 28.2, -2.2, 1.0, 0.0, -27.0),
    "en-de": (31.9, 10.3, -2.5, 0.0, 0.0, -26.1),
    "ru-de": (31.9, 10.3, -2.5, 0.0, 0.0, -26.1),
    "other": (31.9, 10.3, -2.5, 0.0, 0.0, -26.1),
}
_THRESHOLDS: dict[ClaimKind, float] = {
    "copy": 0.55, "same": 0.5, "en-de": 0.4, "ru-de": 0.4, "other": 0.5,
}  # fmt: skip
# With a model: weights of its logit, of the cosine below what claims on the same matter reach, of a
# lead below 0, where a sentence beside is nearer, and of a rule's doubt. Each kind has its bias.
_READ_WEIGHTS = (0.51, 9.8, 20.0, -0.55)
_READ_BIAS: dict[ClaimKind, float] = {
    "copy": 1.0, "same": 0.26, "en-de": 0.49, "ru-de": 0.4, "other": 0.4,
}  # fmt: skip
_SAME_MATTER = 0.86
_READ_THRESHOLD = 0.5
# A doubt about a near copy is seldom wrong: there one word is the whole difference.
_COPY_THRESHOLD = 0.97
_MOST_VECTORS = 4096
# How far ahead of its neighbours a sentence is that has none: the mean of true claims.
_USUAL_LEAD = 0.06
# A word that the model doubts so much is named, and so many at most.
_DOUBTED = 0.5
_SHOWN_WORDS = 6


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near a claim is to its cited sentences.

    `best` is the highest cosine, `lead` how far it lies above those to the sentences beside.
    """

    best: float
    lead: float


class SupportReader:
    """Weighs claims against the sentences they cite; those met before are not embedded again.

    `entailer` reads the two together; without one only `compare` and nearness tell.
    """

    def __init__(self, embedder: Embedder, entailer: Entailer | None = None) -> None:
        self._embedder = embedder
        self._entailer = entailer
        self._known: OrderedDict[str, Vectors] = OrderedDict()

    @property
    def reads(self) -> bool:
        """Whether meaning is read, not nearness alone."""
        return self._entailer is not None

    def remember(self, sentences: Sequence[str], vectors: Vectors) -> None:
        """Keep document vectors made elsewhere, `(n, dimension)`."""
        for sentence, vector in zip(sentences, vectors, strict=True):
            self._known[sentence] = vector
            self._known.move_to_end(sentence)
        while len(self._known) > _MOST_VECTORS:
            self._known.popitem(last=False)

    def weigh(self, case: ClaimCase, *, is_doubted: bool = False) -> Verdict:
        """The verdict on a claim that no veto is laid against; `is_doubted` where a rule guesses so."""
        kind = _find_kind(case)
        # A near copy is not told by its neighbours; embedding them takes time.
        nearness = self.measure(case.said, case.sentences, () if kind == "copy" else case.beside)
        if self._entailer is None:
            weights, bias = _WEIGHTS[kind][:-1], _WEIGHTS[kind][-1]
            return _judge(_describe(case, nearness), weights, bias, _THRESHOLDS[kind])
        reading = self._read(self._entailer, case)
        features = describe_reading(reading, nearness, is_doubted=is_doubted)
        threshold = _COPY_THRESHOLD if kind == "copy" and is_doubted else _READ_THRESHOLD
        verdict = _judge(features, _READ_WEIGHTS, _READ_BIAS[kind], threshold)
        return verdict if verdict.label == "supported" else _explain(verdict, reading, case)

    def _read(self, entailer: Entailer, case: ClaimCase) -> Entailment:
        """What the model makes of the claim: beside what leads up to the cited text, or of it alone.

        It has learnt that what only leads up to a text is not told, and now and then refuses for that
        what the text itself tells about the same matter.
        """
        premise = introduce(case.evidence)
        reading = entailer.read(case.claim.text, premise)
        if not premise.context or reading.support >= 0:
            return reading
        alone = entailer.read(case.claim.text, Premise(premise.text))
        return max(reading, alone, key=lambda each: each.support)

    def measure(self, claim: str, sentences: Sequence[str], beside: Sequence[str]) -> Nearness:
        """The claim's nearness to the cited sentences; `beside` are their neighbours."""
        self._embed([*sentences, *beside, claim])
        probe = self._known[claim]
        cosines = np.stack([self._known[s] for s in sentences]) @ probe
        best = float(np.max(cosines))
        rival = max((float(self._known[s] @ probe) for s in beside), default=best - _USUAL_LEAD)
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


def introduce(evidence: Sequence[CitedSpan]) -> Premise:
    """The cited spans as one text, with who speaks where its words do not tell, and what leads up to it."""
    parts = []
    for item in evidence:
        text, speaker = " ".join(item.sentences), item.citation.speaker
        is_told = speaker is None or speaker.split()[-1] in text
        parts.append(text if is_told else f"{speaker}: {text}")
    return Premise(" ".join(" ".join(parts).split()), " ".join(evidence[0].ahead.split()))


def describe_reading(reading: Entailment, nearness: Nearness, *, is_doubted: bool) -> list[float]:
    """What `_READ_WEIGHTS` are for, in their order."""
    far = min(nearness.best - _SAME_MATTER, 0.0)
    return [reading.support, far, min(nearness.lead, 0.0), float(is_doubted)]


def _judge(
    features: Sequence[float], weights: Sequence[float], bias: float, threshold: float
) -> Verdict:
    support = squash(bias + sum(w * x for w, x in zip(weights, features, strict=True)))
    if support >= threshold:
        return Verdict("supported", support, "The cited text says so.", "support")
    reason = f"The cited text is not near enough ({support:.2f} of {threshold:.2f})."
    return Verdict("not_enough_info", support, reason, "support")


def _explain(verdict: Verdict, reading: Entailment, case: ClaimCase) -> Verdict:
    """The verdict with what the model found: the words that the cited text does not bear out."""
    label: Label = "refuted" if reading.opposed > 0 else "not_enough_info"
    untold = _find_untold(reading, case.claim.text)
    if not untold:
        return replace(verdict, label=label)
    return replace(verdict, label=label, reason=f"The cited text does not say {untold!r}")


def _find_untold(reading: Entailment, claim: str) -> str:
    """The claim's words of the run that the model doubts most; "" where it doubts none."""
    chances = [chance for _, chance in reading.untold]
    if max(chances, default=0.0) < _DOUBTED:
        return ""
    first = last = int(np.argmax(chances))
    while first and chances[first - 1] >= _DOUBTED:
        first -= 1
    while last + 1 < len(chances) and chances[last + 1] >= _DOUBTED:
        last += 1
    start, end = reading.untold[first][0].start, reading.untold[last][0].end
    words = [w for w in read_words(claim) if w.start < end and start < w.end][:_SHOWN_WORDS]
    return claim[words[0].start : words[-1].end] if words else ""


def _find_kind(case: ClaimCase) -> ClaimKind:
    """Which weights and which threshold count."""
    return "copy" if is_near_copy(case) else case.pair


def _describe(case: ClaimCase, nearness: Nearness) -> list[float]:
    """What `_WEIGHTS` are for, in their order, without the bias."""
    longest = max(len(sentence) for sentence in case.sentences)
    length = min(1.0, len(case.said) / max(1, longest))
    coverage, order = 0.0, 1.0
    if case.alignment:
        coverage, order = case.alignment.coverage, case.alignment.order
    return [nearness.best, nearness.lead, length, coverage, order]
