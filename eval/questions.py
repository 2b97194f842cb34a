"""Gold questions from JSON lines."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.transcripts import NEEDS as TRANSCRIPT_NEEDS
from index.article import Article, Span, make_article_id, normalise_text
from index.errors import DatasetError


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A sentence that answers rightly, in the article under `article_id`.

    `start` is where it stands, if that is known; of an empty `quote` only the article is known.
    """

    article_id: str
    path: Path
    quote: str
    start: int | None = None

    def find(self, article: Article) -> Span | None:
        """Where the sentence stands in the article; `None` if it does not."""
        if article.id != self.article_id or not self.quote:
            return None
        start = article.text.find(self.quote) if self.start is None else self.start
        span = Span(max(start, 0), max(start, 0) + len(self.quote))
        return span if span.of(article.text) == self.quote else None


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """The turns of a conversation whose last one is scored; without `gold` it is unanswerable.

    `answers` are the shortest strings that answer it, in the archive's own words; `source` names
    what it is about: questions about one source are not independent. One that is `proposed` was
    made by a program, and nobody has checked it.
    """

    id: str
    type: str
    language: str
    turns: tuple[str, ...]
    speaker: str | None
    date: str | None
    as_of: datetime.date | None
    gold: tuple[GoldSpan, ...]
    answers: tuple[str, ...] = ()
    source: str | None = None
    proposed: bool = False

    @property
    def question(self) -> str:
        """The turns on one line."""
        return " | ".join(self.turns)

    @property
    def is_answerable(self) -> bool:
        """Whether the archive holds the answer."""
        return bool(self.gold)


def read_questions(file: Path) -> list[GoldQuestion]:
    """The questions in file order; raises DatasetError that names the line.

    Gold paths are relative to the file's folder.
    """
    try:
        # Not splitlines: a line separator inside a JSON string is no line's end.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {file}: {error}; check the path") from error
    questions = list(_parse(file, lines))
    if not questions:
        raise DatasetError(f"{file} holds no question; write one JSON object a line")
    return questions


def _parse(file: Path, lines: list[str]) -> Iterator[GoldQuestion]:
    first: dict[str, int] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = _make_question(file.parent, json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise DatasetError(
                f"{file}:{number}: no gold question ({_explain(error)}); "
                f'it needs "id", "type", "language", "turns" and "gold"; an answer to score needs '
                f"{TRANSCRIPT_NEEDS}"
            ) from error
        if first.setdefault(question.id, number) != number:
            raise DatasetError(
                f"{file}:{number}: the id {question.id!r} stands in line {first[question.id]} "
                "already; give each question its own"
            )
        yield question


def _explain(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f'"{error.args[0]}" is missing'
    return " ".join(str(error).split())[:120]


def _make_question(folder: Path, row: dict[str, Any]) -> GoldQuestion:
    turns = row.get("turns") or [row["question"]]
    if not isinstance(turns, list):
        raise TypeError('"turns" is no list')
    gold = tuple(_make_span(folder, span) for span in row["gold"])
    answer = normalise_text(str(row.get("answer") or ""))
    return GoldQuestion(
        id=normalise_text(str(row["id"])),
        type=normalise_text(str(row["type"])),
        language=normalise_text(str(row["language"])),
        turns=tuple(normalise_text(str(turn)) for turn in turns),
        speaker=_read_text(row, "speaker"),
        date=_read_date(row),
        as_of=datetime.date.fromisoformat(row["as_of"]) if row.get("as_of") else None,
        gold=gold,
        # An answer in other words than the archive's cannot be looked for in its quotes.
        answers=(answer,) if answer and any(answer in span.quote for span in gold) else (),
        source=gold[0].article_id if gold else None,
        proposed=row.get("status") == "proposed",
    )


def _read_text(row: dict[str, Any], name: str) -> str | None:
    text = row.get(name)
    if text is not None and not isinstance(text, str):
        raise TypeError(f'"{name}" is no text')
    return normalise_text(text) if text else None


def _read_date(row: dict[str, Any]) -> str | None:
    """The day, month or year as it is written: `2026-01-29`, `2026-01`, `2026`."""
    text = _read_text(row, "date")
    if text is None:
        return None
    try:
        if re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
            datetime.date.fromisoformat(text + "-01-01"[len(text) - 4 :])
            return text
    except ValueError:
        pass
    raise ValueError(f'"date" is {text[:40]!r}, no day, month or year like 2026-01-29')


def _make_span(folder: Path, span: dict[str, Any]) -> GoldSpan:
    path = (folder / span["path"]).resolve()
    quote = normalise_text(span["quote"])
    return GoldSpan(make_article_id(str(path), span.get("record") or ""), path, quote)
