"""The offline verifier: rules that are sure, then what the entailment model makes of claim and text.

A rule that is sure is a veto; one that guesses only raises a doubt, which reading may outweigh.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from wortlaut.index.archive import Vectors
from wortlaut.index.article import Article, ReadArticle
from wortlaut.index.embedder import Embedder
from wortlaut.index.lang.names import fold_name
from wortlaut.index.lang.words import Language, level_wording
from wortlaut.index.reading.statements import extract_article
from wortlaut.rag.answer import Citation, Verdict
from wortlaut.rag.model.citations import strip_markers
from wortlaut.rag.verification.case import read_case
from wortlaut.rag.verification.entailment import Entailer
from wortlaut.rag.verification.evidence import EvidenceReader
from wortlaut.rag.verification.rules import (
    check_content,
    find_attributed,
    find_doubt,
    find_verbatim,
    find_veto,
)
from wortlaut.rag.verification.support import SupportReader

# Letters; nobody checks a longer sentence, and reading one takes its time.
_LONGEST_CLAIM = 1500
_WORD = re.compile(r"\w")
# What a rule that objects leaves of the support.
_LEFT = 0.3


class OfflineVerifier:
    """Checks a claim against the spans it cites, without network, the same way every time.

    `names` are the archive's speakers: they tell German names from German nouns; where they change,
    `read_name_parts` gives the folded words of them as they are now. `read_vectors`
    gives an article's sentences and their document vectors `(n, dimension)` by its id; what it
    has need not be embedded. `read_article` gives an article's sentences and statements as it was
    indexed; without an archive they are read from its text. `entailer` reads claim and evidence
    together; without one, support is how near the two are.
    """

    def __init__(
        self,
        embedder: Embedder,
        names: Iterable[str] = (),
        read_vectors: Callable[[str], tuple[Sequence[str], Vectors]] | None = None,
        read_article: Callable[[Article], ReadArticle] = extract_article,
        read_name_parts: Callable[[], frozenset[str]] | None = None,
        entailer: Entailer | None = None,
    ) -> None:
        # Every chat has its thread, and what was read before is kept for all of them.
        self._lock = threading.Lock()
        self._read_vectors = read_vectors
        self._recalled: set[str] = set()
        self._support = SupportReader(embedder, entailer)
        self._evidence = EvidenceReader(read_article)
        parts = frozenset(part for name in names for part in fold_name(name).split())
        self._read_name_parts = read_name_parts or (lambda: parts)

    def verify(self, claim: str, citations: Sequence[Citation], language: Language) -> Verdict:
        """The verdict on `claim`, one sentence in `language`, over the spans it cites.

        A sentence without content is not supported, one that is the cited text is. Else a rule that is
        sure decides, then the support, which a rule that guesses lowers; without an entailment model
        that rule decides. A claim that a rule objects to keeps part of its support, so that claims rank.
        """
        # An article may hold what looks like a citation, and a claim that is the cited text holds it too.
        wordings = {level_wording(citation.quote) for citation in citations}
        text = claim.strip() if level_wording(claim) in wordings else strip_markers(claim)
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
        told = check_content(case) or find_verbatim(case)
        if told:
            return told
        veto = find_veto(case)
        if veto is None and (told := find_attributed(case)):
            return told
        doubt = find_doubt(case)
        weighed = self._support.weigh(case, is_doubted=doubt is not None)
        # Nearness alone is too weak to overrule a doubt.
        objection = veto or (None if self._support.reads else doubt)
        if objection:
            return replace(objection, support=weighed.support * _LEFT)
        if doubt and weighed.label != "supported":
            return replace(doubt, support=weighed.support)
        return weighed

    def _recall(self, citations: Sequence[Citation]) -> None:
        for citation in citations:
            key = f"{citation.article.id} {citation.article.text_sha256}"
            if self._read_vectors is not None and key not in self._recalled:
                self._recalled.add(key)
                self._support.remember(*self._read_vectors(citation.article.id))
