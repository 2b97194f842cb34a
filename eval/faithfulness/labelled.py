"""What people found unsupported in answers, read in one shape, whatever a data set calls its fields."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from wortlaut.index.article import Span, mend_letters
from wortlaut.index.errors import DatasetError

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
    found = list(_read_answers(file))
    if not found:
        raise DatasetError(
            f"{file} holds no judged answer; a line is one JSON object with {_FIELDS}"
        )
    return found


def _read_answers(file: Path) -> Iterator[LabelledAnswer]:
    number = 0
    try:
        with _open(file) as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    yield _parse(line, f"{file.name}:{number}")
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise DatasetError(
            f"{file.name}:{number + 1}: damaged or no gzip ({error}); fetch the file again"
        ) from None
    except OSError as error:
        raise DatasetError(
            f"cannot read {file}: {error.strerror or error}; check the path"
        ) from error


def _open(file: Path) -> gzip.GzipFile | BinaryIO:
    return gzip.open(file, "rb") if file.suffix == ".gz" else file.open("rb")


def _parse(line: bytes, place: str) -> LabelledAnswer:
    try:
        row = json.loads(line.decode("utf-8-sig"))
        if not isinstance(row, dict):
            raise TypeError("it is no JSON object")
        answer, unsupported, supported = _read_judgement(row)
        contexts = _read_contexts(row)
        question = row.get("question") or row.get("user_input") or ""
        question = _read_text(question, "question")
    except RecursionError:
        raise DatasetError(f"{place}: nested too deep; it needs {_FIELDS}; mend the line") from None
    except UnicodeDecodeError as error:
        raise DatasetError(f"{place}: no UTF-8 ({error.reason}); save the file as UTF-8") from None
    except KeyError as error:
        raise DatasetError(
            f"{place}: no judged answer ({error} is missing); it needs {_FIELDS}; mend the line"
        ) from None
    except (ValueError, TypeError) as error:
        raise DatasetError(
            f"{place}: no judged answer ({error}); it needs {_FIELDS}; mend the line"
        ) from None
    return LabelledAnswer(
        id=mend_letters(str(row.get("id", place))),
        source=mend_letters(str(row.get("source_id", "") or "\n".join(contexts))),
        question=question,
        answer=answer,
        contexts=contexts,
        supported=supported,
        unsupported=unsupported,
    )


def _read_text(given: Any, name: str) -> str:
    """The text, as long as it was, halves of letters made whole; raises TypeError for no text."""
    if not isinstance(given, str):
        raise TypeError(f'"{name}" is no text')
    return mend_letters(given)


def _read_judgement(row: Mapping[str, Any]) -> tuple[str, tuple[Span, ...] | None, bool]:
    """The answer, its unsupported spans, and whether all of it is supported."""
    if "sentences" in row:
        answer, spans = _join(row["sentences"])
    elif "unsupported" in row:
        answer = _read_answer(row)
        if not isinstance(row["unsupported"], list):
            raise TypeError('"unsupported" is no list')
        spans = tuple(_read_span(each, len(answer)) for each in row["unsupported"])
    else:
        return _read_answer(row), None, _read_label(row["label"])
    return answer, spans, not spans


def _read_span(given: Any, length: int) -> Span:
    is_pair = isinstance(given, list) and len(given) == 2
    if not is_pair or not all(type(each) is int for each in given):
        raise TypeError("an unsupported span is no pair of whole numbers")
    span = Span(*given)
    if span.end > length:
        raise ValueError("an unsupported span ends behind the answer")
    return span


def _read_answer(row: Mapping[str, Any]) -> str:
    name = next((name for name in _ANSWERS if name in row), _ANSWERS[0])
    return _read_text(row[name], name)


def _join(sentences: Any) -> tuple[str, tuple[Span, ...]]:
    if not isinstance(sentences, list) or not all(isinstance(each, dict) for each in sentences):
        raise TypeError('"sentences" is no list of objects')
    answer, spans = "", []
    for sentence in sentences:
        start = len(answer)
        answer += _read_text(sentence["text"], "text")
        if 2 * _count(sentence, "votes_unsupported") > _count(sentence, "votes"):
            spans.append(Span(start, len(answer)))
        # A paragraph each, so that no sentence runs into the next one.
        answer += "\n\n"
    return answer.rstrip("\n"), tuple(spans)


def _count(sentence: Mapping[str, Any], name: str) -> int:
    votes = sentence[name]
    if type(votes) is not int or votes < 0:
        raise TypeError(f'"{name}" is no whole number from 0')
    return votes


def _read_contexts(row: Mapping[str, Any]) -> tuple[str, ...]:
    name = next((name for name in _CONTEXTS if name in row), None)
    if name is None:
        raise KeyError("contexts")
    given = row[name]
    if isinstance(given, str):
        return (mend_letters(given),)
    if not isinstance(given, Sequence):
        raise TypeError(f'"{name}" is neither a text nor a list of texts')
    return tuple(_read_text(context, name) for context in given)


def _read_label(label: Any) -> bool:
    if isinstance(label, int | float) and label in (0, 1):
        return bool(label)
    word = label.strip().casefold() if isinstance(label, str) else ""
    if word not in _TRUE | _FALSE:
        raise ValueError(f"label {str(label)[:40]!r} is neither 1 nor 0")
    return word in _TRUE
