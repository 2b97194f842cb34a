"""SQuAD JSON -> paragraphs and questions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.errors import DatasetError

Place = tuple[int, int]  # article and paragraph position: the same in every language's file


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """A question about the paragraph at `place`; `answers` are texts with their start in it."""

    id: str
    text: str
    place: Place
    answers: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class SquadFile:
    """The paragraphs by place, with their article's title, and the questions, in file order."""

    paragraphs: dict[Place, str]
    titles: dict[Place, str]
    questions: tuple[SquadQuestion, ...]


def read_squad(path: Path) -> SquadFile:
    """The file's content; raises DatasetError when it is not SQuAD JSON."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return _parse(data)
    except OSError as error:
        raise DatasetError(f"cannot read {path}: {error.strerror}; check the path") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f'{path} is no SQuAD JSON ({error}); it needs "data" > "paragraphs" > "qas"'
        ) from error


def _parse(data: Any) -> SquadFile:
    paragraphs: dict[Place, str] = {}
    titles: dict[Place, str] = {}
    questions: list[SquadQuestion] = []
    for a, article in enumerate(data["data"]):
        for p, paragraph in enumerate(article["paragraphs"]):
            paragraphs[a, p] = str(paragraph["context"])
            titles[a, p] = str(article.get("title") or "")
            for qa in paragraph["qas"]:
                answers = tuple((str(x["text"]), int(x["answer_start"])) for x in qa["answers"])
                questions.append(SquadQuestion(str(qa["id"]), str(qa["question"]), (a, p), answers))
    return SquadFile(paragraphs, titles, tuple(questions))


def read_language(path: Path) -> str | None:
    """The questions' two-letter language in the file name, as in `xquad.en.json`.

    Of several the last counts: `mlqa.context-de.question-en.json` asks in English.
    """
    for part in reversed(path.name.split(".")[1:-1]):
        code = part.rsplit("-", 1)[-1]
        if len(code) == 2 and code.isalpha():
            return code.lower()
    return None
