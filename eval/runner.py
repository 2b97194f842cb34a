"""Runs gold questions through the chat and scores each answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eval.metrics import mean, quantile
from eval.questions import GoldQuestion
from index.article import Span
from index.errors import DatasetError
from index.names import SAME_PERSON, match_names
from rag.answer import Answer, Citation, Filters, format_published
from rag.chat import NewsChat


@dataclass(frozen=True, slots=True)
class Scored:
    """How one question went; what does not apply to it is `None`."""

    question: GoldQuestion
    answer: Answer
    right: bool
    sentence_right: bool | None
    speaker_right: bool | None
    date_right: bool | None


def run_questions(chat: NewsChat, questions: Iterable[GoldQuestion]) -> Iterator[Scored]:
    """Each question with its score, as soon as it is answered."""
    for question in questions:
        history: list[Answer] = []
        for turn in question.turns:
            history.append(chat.ask(turn, history, Filters(as_of=question.as_of)))
        yield score_answer(chat, question, history[-1])


def score_answer(chat: NewsChat, question: GoldQuestion, answer: Answer) -> Scored:
    """Right is: abstained where nothing answers; else a gold sentence, speaker and date as gold.

    The speaker is right when everything that is cited is by the gold speaker, the date when an
    article of the gold date is cited.
    """
    if not question.is_answerable:
        return Scored(question, answer, answer.abstained, None, None, None)
    sentence_right = any(_is_gold(chat, question, citation) for citation in answer.citations)
    speaker_right = date_right = None
    if question.speaker:
        speaker_right = bool(answer.citations) and all(
            match_names(question.speaker, citation.speaker or "") >= SAME_PERSON
            for citation in answer.citations
        )
    if question.date:
        cited = {format_published(citation.article) or "" for citation in answer.citations}
        date_right = any(day.startswith(question.date) for day in cited)
    right = sentence_right and speaker_right is not False and date_right is not False
    return Scored(question, answer, right, sentence_right, speaker_right, date_right)


def _is_gold(chat: NewsChat, question: GoldQuestion, citation: Citation) -> bool:
    for gold in question.gold:
        if gold.article_id != citation.article.id:
            continue
        start = citation.article.text.find(gold.quote)
        span = Span(max(start, 0), max(start, 0) + len(gold.quote))
        if start >= 0 and span.overlap(citation.span) * 2 >= min(len(span), len(citation.span)):
            return True
    return False


def check_archive(chat: NewsChat, questions: Sequence[GoldQuestion]) -> None:
    """Return if every gold article is in the archive; else raise DatasetError."""
    gold = {span.article_id: span.path for question in questions for span in question.gold}
    missing = {path for i, path in gold.items() if chat.archive.read_article(i) is None}
    if missing:
        folder = sorted(path.parent for path in missing)[0]
        raise DatasetError(
            f"{len(missing)} of the {len(set(gold.values()))} files that the questions are about "
            f"are not in this archive; first run: wortlaut index {folder}"
        )


def summarise(scored: Sequence[Scored]) -> dict[str, Any]:
    """Counts and shares by type, the abstentions, and the time an answer takes."""
    types = sorted({row.question.type for row in scored})
    return {
        "n": len(scored),
        "right": sum(row.right for row in scored),
        "right_share": mean([float(row.right) for row in scored]),
        "types": {t: _summarise([r for r in scored if r.question.type == t]) for t in types},
        "languages": {
            language: _summarise([r for r in scored if r.question.language == language])
            for language in sorted({row.question.language for row in scored})
        },
        "abstention": _summarise_abstention(scored),
        "latency_ms_p50": quantile([row.answer.timings_ms["total"] for row in scored], 0.5),
    }


def _summarise(rows: Sequence[Scored]) -> dict[str, Any]:
    return {
        "n": len(rows),
        "right": sum(row.right for row in rows),
        "right_share": mean([float(row.right) for row in rows]),
        "sentence_right": _share([row.sentence_right for row in rows]),
        "speaker_right": _share([row.speaker_right for row in rows]),
        "date_right": _share([row.date_right for row in rows]),
        "abstained": sum(row.answer.abstained for row in rows),
    }


def _summarise_abstention(rows: Sequence[Scored]) -> dict[str, Any]:
    abstained = [row for row in rows if row.answer.abstained]
    unanswerable = [row for row in rows if not row.question.is_answerable]
    return {
        "n": len(abstained),
        "precision": mean([float(not row.question.is_answerable) for row in abstained]),
        "recall": mean([float(row.answer.abstained) for row in unanswerable]),
    }


def _share(values: Sequence[bool | None]) -> float | None:
    return mean([None if value is None else float(value) for value in values])


def as_row(row: Scored) -> dict[str, Any]:
    """One question's score as JSON."""
    return {
        "id": row.question.id,
        "type": row.question.type,
        "language": row.question.language,
        "right": row.right,
        "sentence_right": row.sentence_right,
        "speaker_right": row.speaker_right,
        "date_right": row.date_right,
        "abstained": row.answer.abstained,
        "answer": row.answer.text,
    }
