"""Whether an answer's citations bear out what it tells, each line checked as what it says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from eval.metrics import citation_precision, citation_recall, mean
from eval.rows import Scores
from index.archive import Archive
from index.article import Voice
from index.errors import StaleSpan
from index.lang.language import Language
from index.lang.names import SAME_PERSON, match_names
from rag.answer import Answer, Citation, Claim
from rag.verification.verdict import Verifier
from rag.wording import voice_label

_VOICES: tuple[Voice, ...] = ("direct", "reported", "narrated")
_LINE = re.compile(r"(?:(?P<head>.*?): )?[“„«](?P<words>.+)[”“»] \[\d+\]", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Quoting:
    """A line that quotes `words`; `speaker` is whom it names for them, if anybody."""

    words: str
    speaker: str | None


def read_quoting(line: str, language: Language) -> Quoting | None:
    """What a line in the wording of `rag.extractive` tells; `None` of a line that is worded else."""
    match = _LINE.fullmatch(line.strip())
    if match is None:
        return None
    head, words = match["head"], " ".join(match["words"].split())
    if head is None:
        return Quoting(words, None)
    labels = [f", {voice_label(voice, None, language)}" for voice in _VOICES]
    found = [head.find(label) for label in labels if head.find(label) > 0]
    return Quoting(words, head[: min(found)]) if found else None


def list_told(answer: Answer) -> list[str]:
    """What the answer tells as fact, claim by claim; of a line that quotes, the quoted words."""
    told = [claim.text for claim in answer.claims if claim.verdict == "supported"]
    read = [(text, read_quoting(text, answer.language)) for text in told]
    return [quoting.words if quoting else text for text, quoting in read]


class CitationCheck:
    """Scores an answer's citations against what the archive keeps.

    A line that quotes is borne out if its words stand in the cited span as the archive has it,
    and if whom it names is whom the archive's own statement at that place is by. What is worded
    else is put to the `verifier`.
    """

    def __init__(self, archive: Archive, verifier: Verifier) -> None:
        self._archive = archive
        self._verifier = verifier

    def score(self, answer: Answer) -> Scores:
        """ALCE over every claim of the answer, and how many quotes stand where they are said to.

        A claim that did not pass when the answer was written counts as not borne out.
        """
        cited = {citation.marker: citation for citation in answer.citations}
        statements = [
            (claim, [cited[marker] for marker in claim.markers if marker in cited])
            for claim in answer.claims
        ]

        def supports(claim: Claim, some: Sequence[Citation]) -> bool:
            return self._supports(claim, some, answer.language)

        exact = [float(self._read_kept(each) == each.quote) for each in answer.citations]
        return {
            "citation.precision": citation_precision(statements, supports),
            "citation.recall": citation_recall(statements, supports),
            "citation.exact_span": mean(exact),
        }

    def _supports(self, claim: Claim, some: Sequence[Citation], language: Language) -> bool:
        if claim.verdict != "supported":
            return False
        quoting = read_quoting(claim.text, language)
        if quoting is None:
            return self._verifier.verify(claim.text, some, language).label == "supported"
        return any(self._bears_out(quoting, citation) for citation in some)

    def _bears_out(self, quoting: Quoting, citation: Citation) -> bool:
        kept = self._read_kept(citation)
        if kept is None or quoting.words not in " ".join(kept.split()):
            return False
        if quoting.speaker is None:
            return True
        return any(
            match_names(quoting.speaker, statement.speaker or "") >= SAME_PERSON
            for statement in self._archive.read_statements(citation.article.id)
            if statement.span.overlap(citation.span)
        )

    def _read_kept(self, citation: Citation) -> str | None:
        """The words of the span as the archive has them; `None` where it has other text."""
        article = citation.article
        try:
            return self._archive.read_quote(article.id, article.text_sha256, citation.span)
        except StaleSpan:
            return None
