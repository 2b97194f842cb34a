"""Scores what another system answered, from its transcripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from eval.faithfulness.claims import is_refusal_answer
from eval.faithfulness.scorer import Faithfulness, ScoredClaim, Scorer
from eval.metrics import (
    citation_precision,
    citation_recall,
    contains_gold,
    exact_match,
    mean,
    token_f1,
)
from eval.rows import Row, Scores
from eval.transcripts import Transcript
from index.lang.language import Language
from rag.model.citations import SentenceStream, read_markers

_MOST_MARKERS = 1000
_LANGUAGES: tuple[Language, ...] = ("de", "en", "ru")

Cited = tuple[str, tuple[int, ...]]


def judge_transcript(transcript: Transcript, scorer: Scorer) -> Row:
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
    return Row(
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
