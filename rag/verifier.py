"""The offline verifier: rules with reasons first, then semantic support by the embedder."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence

from index.archive import Vectors
from index.embedder import Embedder
from index.names import fold_name
from rag.answer import Citation
from rag.language import Language
from rag.verdict import Verdict
from rag.verification.case import Case, read_case
from rag.verification.evidence import EvidenceReader
from rag.verification.finding import Finding
from rag.verification.rules import RULES, find_verbatim
from rag.verification.support import SupportReader
from rag.verification.weighing import THRESHOLDS, find_kind, weigh
from rag.verification.words import strip_markers

# Letters; nobody checks a longer sentence, and reading one takes its time.
_LONGEST = 1500
_WORD = re.compile(r"\w")


class OfflineVerifier:
    """Checks a claim against the spans it cites, without network, the same way every time.

    `names` are the archive's speakers: they tell German names from German nouns. `read_vectors`
    gives an article's sentences and their document vectors `(n, dimension)` by its id; what it
    has need not be embedded.
    """

    def __init__(
        self,
        embedder: Embedder,
        names: Iterable[str] = (),
        read_vectors: Callable[[str], tuple[Sequence[str], Vectors]] | None = None,
    ) -> None:
        # Every chat has its thread, and what was read before is kept for all of them.
        self._lock = threading.Lock()
        self._read_vectors = read_vectors
        self._recalled: set[str] = set()
        self._support = SupportReader(embedder)
        self._evidence = EvidenceReader()
        self._names = frozenset(part for name in names for part in fold_name(name).split())

    def verify(self, claim: str, citations: Sequence[Citation], language: Language) -> Verdict:
        """The verdict on `claim`, one sentence in `language`, over the spans it cites.

        The first rule that objects decides; without one, support above the language pair's
        threshold makes it supported.
        """
        text = strip_markers(claim)
        if not citations or not _WORD.search(text):
            return Verdict("not_enough_info", 0.0, "The sentence cites nothing.", "no_citation")
        with self._lock:
            return self._check(text, citations, language)

    def _check(self, text: str, citations: Sequence[Citation], language: Language) -> Verdict:
        self._recall(citations)
        evidence = [self._evidence.read(citation) for citation in citations]
        if len(text) > _LONGEST:
            return Verdict("not_enough_info", 0.0, "The sentence is too long to check.", "length")
        case = read_case(text, evidence, language, self._names, self._support.compare)
        exact = find_verbatim(case)
        if exact:
            return _conclude(exact)
        for rule in RULES:
            finding = rule(case)
            if finding:
                return _conclude(finding)
        return self._weigh(case)

    def _recall(self, citations: Sequence[Citation]) -> None:
        for citation in citations:
            key = f"{citation.article.id} {citation.article.text_sha256}"
            if self._read_vectors is not None and key not in self._recalled:
                self._recalled.add(key)
                self._support.remember(*self._read_vectors(citation.article.id))

    def _weigh(self, case: Case) -> Verdict:
        # A near copy is not told by its neighbours; embedding them takes time.
        beside = () if find_kind(case) == "copy" else case.beside
        nearness = self._support.measure(case.said, case.sentences, beside)
        support = weigh(case, nearness)
        threshold = THRESHOLDS[find_kind(case)]
        if support >= threshold:
            return Verdict("supported", support, "The cited text says so.", "support")
        return Verdict(
            "not_enough_info",
            support,
            f"The cited text is not near enough ({support:.2f} of {threshold:.2f}).",
            "support",
        )


def _conclude(finding: Finding) -> Verdict:
    sure = {"supported": 1.0, "refuted": 0.0, "not_enough_info": 0.1}[finding.label]
    return Verdict(finding.label, sure, finding.reason, finding.rule)
