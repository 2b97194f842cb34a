"""Gold questions from JSON lines."""

from __future__ import annotations

import datetime
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.article import make_article_id
from index.errors import DatasetError


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """A sentence that answers rightly, in the article under `article_id`."""

    article_id: str
    path: Path
    quote: str


@dataclass(frozen=True, slots=True)
class GoldQuestion:
    """The turns of a conversation whose last one is scored; without `gold` it is unanswerable."""

    id: str
    type: str
    language: str
    turns: tuple[str, ...]
    speaker: str | None
    date: str | None
    as_of: datetime.date | None
    gold: tuple[GoldSpan, ...]

    @property
    def is_answerable(self) -> bool:
        """Whether the archive holds the answer."""
        return bool(self.gold)


def read_questions(file: Path) -> list[GoldQuestion]:
    """The questions in file order; raises DatasetError that names the line.

    Gold paths are relative to the file's folder.
    """
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {file}: {error}; check the path") from error
    questions = list(_parse(file, lines))
    if not questions:
        raise DatasetError(f"{file} holds no question; write one JSON object a line")
    return questions


def _parse(file: Path, lines: list[str]) -> Iterator[GoldQuestion]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield _make_question(file.parent, json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise DatasetError(
                f"{file}:{number}: no gold question ({type(error).__name__}: {error}); "
                'it needs "id", "type", "language", "turns" and "gold"'
            ) from error


def _make_question(folder: Path, row: dict[str, Any]) -> GoldQuestion:
    turns = row.get("turns") or [row["question"]]
    return GoldQuestion(
        id=str(row["id"]),
        type=str(row["type"]),
        language=str(row["language"]),
        turns=tuple(str(turn) for turn in turns),
        speaker=row.get("speaker"),
        date=row.get("date"),
        as_of=datetime.date.fromisoformat(row["as_of"]) if row.get("as_of") else None,
        gold=tuple(_make_span(folder, span) for span in row["gold"]),
    )


def _make_span(folder: Path, span: dict[str, Any]) -> GoldSpan:
    path = (folder / span["path"]).resolve()
    return GoldSpan(make_article_id(str(path), span.get("record") or ""), path, span["quote"])
