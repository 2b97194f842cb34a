"""Semantic support: how near the embedder finds a claim to the sentences it cites."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.archive import Vectors
from index.embedder import Embedder

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
    """Embeds claims and cited sentences; sentences met before are not embedded again."""

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
