"""Scores answers: whether citations bear them out, and what another system answered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from wortlaut.eval.faithfulness.scorer import Faithfulness, ScoredClaim, Scorer
from wortlaut.eval.faithfulness.splitting import is_refusal_answer
from wortlaut.eval.figures.metrics import (
    citation_precision,
    citation_recall,
    contains_gold,
    exact_match,
    mean,
    token_f1,
)
from wortlaut.eval.figures.rows import RunRow, Scores
from wortlaut.eval.suites.transcripts import Transcript
from wortlaut.index.archive import Archive
from wortlaut.index.article import Voice
from wortlaut.index.errors import StaleSpan
from wortlaut.index.lang.language import Language
from wortlaut.index.lang.names import SAME_PERSON, match_names
from wortlaut.rag.answer import Answer, Citation, Claim
from wortlaut.rag.model.citations import SentenceStream, read_markers
from wortlaut.rag.verification.verdict import Verifier
from wortlaut.rag.wording import voice_label

_VOICES: tuple[Voice, ...] = ("direct", "reported", "narrated")
_LINE = re.compile(r"(?:(?P<head>.*?): )?[“„«](?P<words>.+)[”“»] \[\d+\]", re.DOTALL)
_MOST_MARKERS = 1000
_LANGUAGES: tuple[Language, ...] = ("de", "en", "ru")

Cited = tuple[str, tuple[int, ...]]


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


def judge_transcript(transcript: Transcript, scorer: Scorer) -> RunRow:
    """The row of the answer: faithful to its contexts, as the gold has it, rightly cited.

    There is no `answer.right`: whether words that differ from the gold are right nobody knows.
    Where the transcript does not say if the system abstained, an answer without words and one
    that only refuses count as abstentions. Exact match and F1 are SQuAD's, of the whole answer
    without its markers. A `[n]` in the answer cites the n-th context, the first is 1; without any,
    and without quotes, citations have no score. Nothing is said of retrieval: what else there was
    to be found is not known. The row's citations are all contexts; a claim's `nearest` is
    (position among them, start, end).
    """
    answer, language = transcript.answer, transcript.language
    plain, _, _ = read_markers(answer, ())
    found = scorer.score(transcript.question, answer, transcript.contexts)
    abstained = transcript.abstained
    if abstained is None:
        abstained = not re.search(r"\w", plain) or is_refusal_answer(plain)
    scores: dict[str, float | None] = {
        "answer.exact_match": exact_match(plain, transcript.gold, language),
        "answer.f1": token_f1(plain, transcript.gold, language),
        "answer.contains_gold": contains_gold(plain, transcript.gold, language),
        **_score_faithfulness(found),
        **_score_citations(transcript, scorer),
        "citation.exact_span": _find_quotes(transcript),
    }
    return RunRow(
        id=transcript.id,
        type=transcript.type,
        language=language,
        question=transcript.question,
        answer=answer,
        answerable=transcript.answerable,
        abstained=abstained,
        confidence=transcript.confidence,
        scores=scores,
        claims=tuple(_show_claim(claim) for claim in found.claims),
        citations=tuple(
            {"marker": marker, "quote": text} for marker, text in enumerate(transcript.contexts, 1)
        ),
        gold=transcript.gold,
        source=transcript.source,
        latency_ms=transcript.latency_ms,
    )


def _score_faithfulness(found: Faithfulness) -> Scores:
    verdicts = [float(claim.verdict == "supported") for claim in found.claims]
    return {"faithfulness.supported": mean(verdicts), "faithfulness.score": found.score}


def _show_claim(claim: ScoredClaim) -> dict[str, Any]:
    return {
        "text": claim.text,
        "start": claim.start,
        "end": claim.end,
        "verdict": claim.verdict,
        "support": round(claim.support, 4),
        "reason": claim.reason,
        "nearest": list(claim.nearest) if claim.nearest else None,
    }


def _score_citations(transcript: Transcript, scorer: Scorer) -> Scores:
    cited = split_cited(transcript.answer, transcript.language)
    if not any(markers for _, markers in cited):
        cited = []
    supports = _make_check(transcript, scorer)
    return {
        "citation.precision": citation_precision(cited, supports),
        "citation.recall": citation_recall(cited, supports),
    }


def split_cited(answer: str, language: str) -> list[Cited]:
    """The answer's sentences without their markers, each with the numbers that it cites."""
    stream = SentenceStream(next((each for each in _LANGUAGES if each == language), "en"))
    sentences = [raw for raw, _ in [*stream.feed(answer), *stream.close()]]
    read = [read_markers(raw, range(_MOST_MARKERS)) for raw in sentences]
    return [(text.strip(), markers) for text, markers, _ in read if re.search(r"\w", text)]


def _make_check(transcript: Transcript, scorer: Scorer) -> Callable[[str, Sequence[int]], bool]:
    """Whether the contexts under the numbers bear a sentence out, each asked once.

    A number that no context has bears nothing out.
    """
    contexts = dict(enumerate(transcript.contexts, 1))

    @cache
    def check(sentence: str, markers: tuple[int, ...]) -> bool:
        texts = [contexts[marker] for marker in markers if marker in contexts]
        if not texts:
            return False
        found = scorer.score(transcript.question, sentence, texts)
        return bool(found.claims) and all(c.verdict == "supported" for c in found.claims)

    return lambda sentence, markers: check(sentence, tuple(markers))


def _find_quotes(transcript: Transcript) -> float | None:
    """The share of the quotes that stand word for word in a context, whatever the blanks are."""
    contexts = [" ".join(context.split()) for context in transcript.contexts]
    quotes = [" ".join(quote.split()) for quote in transcript.quotes]
    return mean([float(any(quote in context for context in contexts)) for quote in quotes])
