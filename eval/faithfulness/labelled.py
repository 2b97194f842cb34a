"""Answers that people judged -> one shape, whatever the data set calls its fields."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TextIO

from index.article import Span
from index.errors import DatasetError

_FIELDS = (
    '"answer" and "context" (or "contexts") with "unsupported" (a list of [start, end) in the '
    'answer) or "label" (1, true or "PASS" where all of it is supported), or "sentences" with votes'
)
# The second ones are Ragas' names.
_CONTEXTS = ("contexts", "retrieved_contexts", "context", "source", "passage")
_ANSWERS = ("answer", "response")
_TRUE = {"1", "true", "yes", "pass", "supported", "faithful", "consistent", "entailment"}
_FALSE = {"0", "false", "no", "fail", "unsupported", "hallucinated", "inconsistent", "refuted"}


@dataclass(frozen=True, slots=True)
class LabelledAnswer:
    """An answer over contexts, with what people found unsupported in it.

    `unsupported` are spans of the answer, `None` where only the whole answer was judged; `source`
    names what it is about: answers over one source are not independent.
    """

    id: str
    source: str
    question: str
    answer: str
    contexts: tuple[str, ...]
    supported: bool
    unsupported: tuple[Span, ...] | None

    def is_supported(self, start: int, end: int) -> bool | None:
        """Whether people found nothing unsupported in `[start, end)`; `None` if none looked."""
        if self.unsupported is None:
            return None
        return not any(Span(start, end).overlap(found) for found in self.unsupported)


def read_labelled(file: Path) -> list[LabelledAnswer]:
    """The judged answers of a JSON lines file, plain or gzipped, in its order.

    Read are RAGTruth's spans (`source`, `answer`, `unsupported`), QAGS's votes (`source`,
    `sentences` with `votes_unsupported` of `votes`: unsupported is what most say is), and one label
    an answer (`context` or `contexts`, `answer`, `label`). Raises DatasetError, naming the line.
    """
    found = list(_read(file))
    if not found:
        raise DatasetError(
            f"{file} holds no judged answer; a line is one JSON object with {_FIELDS}"
        )
    return found


def _read(file: Path) -> Iterator[LabelledAnswer]:
    try:
        with _open(file) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parse(line, f"{file.name}:{number}")
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise DatasetError(f"cannot read {file}: {error}; check the path") from error


def _open(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8")
    return file.open(encoding="utf-8")


def _parse(line: str, place: str) -> LabelledAnswer:
    try:
        row = json.loads(line)
        answer, unsupported, supported = _read_judgement(row)
        contexts = _read_contexts(row)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DatasetError(
            f"{place}: no judged answer ({type(error).__name__}: {error}); it needs {_FIELDS}"
        ) from error
    return LabelledAnswer(
        id=str(row.get("id", place)),
        source=str(row.get("source_id", "") or "\n".join(contexts)),
        question=str(row.get("question") or row.get("user_input") or ""),
        answer=answer,
        contexts=contexts,
        supported=supported,
        unsupported=unsupported,
    )


def _read_judgement(row: Mapping[str, Any]) -> tuple[str, tuple[Span, ...] | None, bool]:
    """The answer, its unsupported spans, and whether all of it is supported."""
    if "sentences" in row:
        answer, spans = _join(row["sentences"])
    elif "unsupported" in row:
        answer = _read_answer(row)
        spans = tuple(Span(int(start), int(end)) for start, end in row["unsupported"])
        if any(span.end > len(answer) for span in spans):
            raise ValueError("an unsupported span ends behind the answer")
    else:
        return _read_answer(row), None, _read_label(row["label"])
    return answer, spans, not spans


def _read_answer(row: Mapping[str, Any]) -> str:
    return str(next((row[name] for name in _ANSWERS if name in row), None) or row["answer"])


def _join(sentences: Sequence[Mapping[str, Any]]) -> tuple[str, tuple[Span, ...]]:
    answer, spans = "", []
    for sentence in sentences:
        start = len(answer)
        answer += str(sentence["text"])
        if 2 * int(sentence["votes_unsupported"]) > int(sentence["votes"]):
            spans.append(Span(start, len(answer)))
        # A paragraph each, so that no sentence runs into the next one.
        answer += "\n\n"
    return answer.rstrip("\n"), tuple(spans)


def _read_contexts(row: Mapping[str, Any]) -> tuple[str, ...]:
    given = next((row[name] for name in _CONTEXTS if name in row), None)
    if given is None:
        raise KeyError("contexts")
    return (given,) if isinstance(given, str) else tuple(str(context) for context in given)


def _read_label(label: Any) -> bool:
    word = str(label).strip().casefold()
    if word not in _TRUE | _FALSE:
        raise ValueError(f"label {label!r} is neither 1 nor 0")
    return word in _TRUE
