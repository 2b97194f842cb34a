"""SQuAD JSON -> paragraphs and questions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from index.article import Article, hash_text, normalise_text
from index.errors import DatasetError
from index.lang.language import detect_language

Place = tuple[int, int]  # article and paragraph position: the same in every language's file


@dataclass(frozen=True, slots=True)
class SquadQuestion:
    """A question about the paragraph at `place`; `answers` are texts with their start in it.

    With `is_impossible` (SQuAD 2) the paragraph looks as if it answered, and does not.
    """

    id: str
    text: str
    place: Place
    answers: tuple[tuple[str, int], ...]
    is_impossible: bool = False


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
                impossible = bool(qa.get("is_impossible"))
                found = () if impossible else qa["answers"]
                answers = tuple((str(x["text"]), int(x["answer_start"])) for x in found)
                identity, text = str(qa["id"]), str(qa["question"])
                questions.append(SquadQuestion(identity, text, (a, p), answers, impossible))
    return SquadFile(paragraphs, titles, tuple(questions))


def check_places(path: Path, file: SquadFile, squad: SquadFile) -> None:
    """Return if every question of `file` is about a paragraph of `squad`; else raise DatasetError."""
    if any(question.place not in squad.paragraphs for question in file.questions):
        raise DatasetError(
            f"{path} asks about paragraphs that the data file lacks; is it parallel?"
        )


def make_articles(squad: SquadFile) -> Iterator[Article]:
    """Each paragraph as an article of its own, under `name_place`."""
    for place, paragraph in squad.paragraphs.items():
        text = normalise_text(paragraph)
        yield Article(name_place(place), squad.titles[place], text, hash_text(text))


def name_place(place: Place) -> str:
    """The id of the article that is the paragraph at the place."""
    return f"paragraph-{place[0]}-{place[1]}"


def name_language(path: Path, file: SquadFile) -> str:
    """The questions' language: the file name's, else the one they are written in."""
    named = read_language(path)
    return named or detect_language(" ".join(q.text for q in file.questions[:20]))


def read_language(path: Path) -> str | None:
    """The questions' two-letter language in the file name, as in `xquad.en.json`.

    Of several the last counts: `mlqa.context-de.question-en.json` asks in English.
    """
    for part in reversed(path.name.split(".")[1:-1]):
        code = part.rsplit("-", 1)[-1]
        if len(code) == 2 and code.isalpha():
            return code.lower()
    return None
