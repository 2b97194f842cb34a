"""The offline verifier: rules with reasons first, then semantic support by the embedder.

Support is a logistic regression on how near the claim is to the cited sentences and to those beside.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from wortlaut.index.archive import Vectors
from wortlaut.index.article import Article, ReadArticle
from wortlaut.index.embedder import Embedder
from wortlaut.index.lang.names import fold_name
from wortlaut.index.lang.words import Language
from wortlaut.index.reading.statements import extract_article
from wortlaut.rag.answer import Citation, Verdict
from wortlaut.rag.confidence import squash
from wortlaut.rag.model.citations import strip_markers
from wortlaut.rag.verification.case import ClaimCase, is_near_copy, read_case
from wortlaut.rag.verification.evidence import EvidenceReader
from wortlaut.rag.verification.rules import check_content, find_doubt, find_verbatim, find_veto

# Letters; nobody checks a longer sentence, and reading one takes its time.
_LONGEST_CLAIM = 1500
_WORD = re.compile(r"\w")

ClaimKind = Literal["copy", "same", "en-de", "ru-de", "other"]
# Weights of the cosine, its lead over the neighbours, the claim's length beside the sentence's,
# the share of its words that stand there, and the order they keep; the last is the bias.
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
_MOST_VECTORS = 4096
# How far ahead of its neighbours a sentence is that has none: the mean of true claims.
_USUAL_LEAD = 0.06


class OfflineVerifier:
    """Checks a claim against the spans it cites, without network, the same way every time.

    `names` are the archive's speakers: they tell German names from German nouns; where they change,
    `read_name_parts` gives the folded words of them as they are now. `read_vectors`
    gives an article's sentences and their document vectors `(n, dimension)` by its id; what it
    has need not be embedded. `read_article` gives an article's sentences and statements as it was
    indexed; without an archive they are read from its text.
    """

    def __init__(
        self,
        embedder: Embedder,
        names: Iterable[str] = (),
        read_vectors: Callable[[str], tuple[Sequence[str], Vectors]] | None = None,
        read_article: Callable[[Article], ReadArticle] = extract_article,
        read_name_parts: Callable[[], frozenset[str]] | None = None,
    ) -> None:
        # Every chat has its thread, and what was read before is kept for all of them.
        self._lock = threading.Lock()
        self._read_vectors = read_vectors
        self._recalled: set[str] = set()
        self._support = SupportReader(embedder)
        self._evidence = EvidenceReader(read_article)
        parts = frozenset(part for name in names for part in fold_name(name).split())
        self._read_name_parts = read_name_parts or (lambda: parts)

    def verify(self, claim: str, citations: Sequence[Citation], language: Language) -> Verdict:
        """The verdict on `claim`, one sentence in `language`, over the spans it cites.

        The first rule that objects decides, those that are sure before those that guess; without one,
        support above the language pair's threshold makes it supported.
        """
        text = strip_markers(claim)
        if not citations or not _WORD.search(text):
            return Verdict("not_enough_info", 0.0, "The sentence cites nothing.", "no_citation")
        if len(text) > _LONGEST_CLAIM:
            return Verdict("not_enough_info", 0.0, "The sentence is too long to check.", "length")
        with self._lock:
            return self._check(text, citations, language)

    def _check(self, text: str, citations: Sequence[Citation], language: Language) -> Verdict:
        self._recall(citations)
        evidence = [self._evidence.read(citation) for citation in citations]
        case = read_case(text, evidence, language, self._read_name_parts(), self._support.compare)
        told = check_content(case) or find_verbatim(case) or find_veto(case)
        # Nearness is too weak to overrule a doubt.
        return told or find_doubt(case) or self._support.weigh(case)

    def _recall(self, citations: Sequence[Citation]) -> None:
        for citation in citations:
            key = f"{citation.article.id} {citation.article.text_sha256}"
            if self._read_vectors is not None and key not in self._recalled:
                self._recalled.add(key)
                self._support.remember(*self._read_vectors(citation.article.id))


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


def _find_kind(case: ClaimCase) -> ClaimKind:
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
