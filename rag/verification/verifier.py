"""The offline verifier: rules with reasons first, then semantic support by the embedder."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence

from wortlaut.index.archive import Vectors
from wortlaut.index.article import Article, ReadArticle
from wortlaut.index.embedder import Embedder
from wortlaut.index.lang.language import Language
from wortlaut.index.lang.names import fold_name
from wortlaut.index.statements import extract_article
from wortlaut.rag.answer import Citation
from wortlaut.rag.model.citations import strip_markers
from wortlaut.rag.verification.case import read_case
from wortlaut.rag.verification.evidence import EvidenceReader
from wortlaut.rag.verification.rules import RULES, find_verbatim
from wortlaut.rag.verification.verdict import Verdict
from wortlaut.rag.verification.weighing import SupportReader

# Letters; nobody checks a longer sentence, and reading one takes its time.
_LONGEST = 1500
_WORD = re.compile(r"\w")


class OfflineVerifier:
    """Checks a claim against the spans it cites, without network, the same way every time.

    `names` are the archive's speakers: they tell German names from German nouns. `read_vectors`
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
    ) -> None:
        # Every chat has its thread, and what was read before is kept for all of them.
        self._lock = threading.Lock()
        self._read_vectors = read_vectors
        self._recalled: set[str] = set()
        self._support = SupportReader(embedder)
        self._evidence = EvidenceReader(read_article)
        self._names = frozenset(part for name in names for part in fold_name(name).split())

    def verify(self, claim: str, citations: Sequence[Citation], language: Language) -> Verdict:
        """The verdict on `claim`, one sentence in `language`, over the spans it cites.

        The first rule that objects decides; without one, support above the language pair's
        threshold makes it supported.
        """
        text = strip_markers(claim)
        if not citations or not _WORD.search(text):
            return Verdict("not_enough_info", 0.0, "The sentence cites nothing.", "no_citation")
        if len(text) > _LONGEST:
            return Verdict("not_enough_info", 0.0, "The sentence is too long to check.", "length")
        with self._lock:
            return self._check(text, citations, language)

    def _check(self, text: str, citations: Sequence[Citation], language: Language) -> Verdict:
        self._recall(citations)
        evidence = [self._evidence.read(citation) for citation in citations]
        case = read_case(text, evidence, language, self._names, self._support.compare)
        exact = find_verbatim(case)
        if exact:
            return exact
        for rule in RULES:
            verdict = rule(case)
            if verdict:
                return verdict
        return self._support.weigh(case)

    def _recall(self, citations: Sequence[Citation]) -> None:
        for citation in citations:
            key = f"{citation.article.id} {citation.article.text_sha256}"
            if self._read_vectors is not None and key not in self._recalled:
                self._recalled.add(key)
                self._support.remember(*self._read_vectors(citation.article.id))
