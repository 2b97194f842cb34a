"""Answers of any RAG system with the contexts they were given, read under whatever names they have."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wortlaut.eval.suites.foreign import join_spans, read_piece, read_span, translate, unfold
from wortlaut.index.article import normalise_text
from wortlaut.index.errors import DatasetError
from wortlaut.index.lang.words import detect_language

# Ours first, then Ragas' of several versions, then what else is common.
_QUESTION = ("question", "user_input", "query")
_ANSWER = ("answer", "response")
_CONTEXTS = ("contexts", "retrieved_contexts")
_GOLD = ("gold", "ground_truth", "ground_truths", "reference")
_LISTS = ("data", "rows", "samples", "transcripts")
NEEDS = '"question", "answer" and "contexts" (a list of texts)'
# Of a latency, in ms: some thirty years, beyond which sums of squares would overflow.
_LONGEST_MS = 1e12
_SUFFIXES = (".json", ".jsonl")


@dataclass(frozen=True, slots=True)
class Transcript:
    """What a system was asked, what it answered and the texts it had.

    `abstained`, `answerable` and `confidence` in [0, 1] are `None` where nothing is said of them.
    `quotes` are the words that the answer's citations quote.
    """

    id: str
    type: str
    language: str
    question: str
    answer: str
    contexts: tuple[str, ...]
    gold: tuple[str, ...] = ()
    answerable: bool | None = None
    abstained: bool | None = None
    confidence: float | None = None
    quotes: tuple[str, ...] = ()
    source: str | None = None
    latency_ms: float | None = None


def list_files(path: Path) -> list[Path]:
    """The file itself, or what a folder holds of JSON, sorted."""
    if not path.is_dir():
        return [path]
    return sorted(p for p in path.rglob("*") if p.suffix.lower() in _SUFFIXES and p.is_file())


def hash_files(files: Sequence[Path]) -> str:
    """The SHA-256 over names and bytes of the files; one that cannot be read counts as such."""
    digest = hashlib.sha256()
    for file in files:
        try:
            content = hashlib.sha256(file.read_bytes()).hexdigest()
        except OSError:
            content = "unreadable"
        digest.update(f"{file.name}\0{content}\n".encode("utf-8", "surrogateescape"))
    return digest.hexdigest()


def read_transcripts(path: Path) -> tuple[list[Transcript], list[str]]:
    """The transcripts of a file or folder, and one line on each that could not be read.

    One without an id is named by its number in the file, "3", and where there are several files
    by its file too, "folder/a.jsonl:3": so the runs of two systems pair, wherever their files
    are. Raises DatasetError when none could be read.
    """
    transcripts: dict[str, Transcript] = {}
    problems: list[str] = []
    files = list_files(path)
    for file in files:
        prefix = f"{file.relative_to(path).as_posix()}:" if len(files) > 1 else ""
        for number, (place, value) in enumerate(join_spans(_read_values(file)), 1):
            name = f"{prefix}{number}"
            try:
                found = _make_transcript(value, name)
            except (ValueError, TypeError, RecursionError) as error:
                problems.append(f"{place}: no transcript ({error}); it needs {NEEDS}")
                continue
            while found.id in transcripts:
                found = replace(found, id=f"{found.id} ({name})")
            transcripts[found.id] = found
    if not transcripts:
        first = f"; {problems[0]}" if problems else ""
        raise DatasetError(f"{path} holds no transcript{first}; write one JSON object a line")
    return list(transcripts.values()), problems


def looks_like_transcript(value: Any) -> bool:
    """Whether the JSON value tells of an answer and the contexts it was given."""
    if not isinstance(value, dict):
        return False
    is_known = any(name in value for name in (*_CONTEXTS, "response"))
    return is_known or read_span(value) is not None or translate(value) is not value


def _read_values(file: Path) -> Iterator[tuple[str, Any]]:
    """Each value with its place in words; what is broken as its error."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        yield str(file), error
        return
    if file.suffix.lower() == ".json":
        whole = unfold(_parse(text))
        if isinstance(whole, dict):
            whole = next((whole[name] for name in _LISTS if name in whole), whole)
        if isinstance(whole, list):
            for number, value in enumerate(whole, 1):
                yield f"{file}, number {number}", value
            return
        # Lines under the wrong name are read as lines.
        if not isinstance(whole, ValueError) or not isinstance(_parse(text.split("\n")[0]), dict):
            yield str(file), whole
            return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{file}:{number}", _parse(line)


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except RecursionError:
        return ValueError("nested too deep")
    except ValueError as error:
        return error


def _make_transcript(value: Any, name: str) -> Transcript:
    if isinstance(value, Exception):
        raise ValueError(str(value))
    if not isinstance(value, Mapping):
        raise TypeError(f"a JSON {type(value).__name__}")
    value = translate(value)
    question = _read_text(value, _QUESTION)
    answer = _read_text(value, _ANSWER) if _pick(value, _ANSWER) is not None else ""
    gold = _pick(value, _GOLD)
    golds = tuple(text for text in _read_texts(gold, "gold") if text) if gold is not None else ()
    return Transcript(
        id=normalise_text(str(value["id"])) if value.get("id") is not None else name,
        type=normalise_text(str(value.get("type") or "transcript")),
        language=normalise_text(str(value.get("language") or detect_language(question))),
        question=question,
        answer=answer,
        contexts=_read_texts(_pick(value, _CONTEXTS), "contexts"),
        gold=golds,
        answerable=_read_flag(value, "answerable", True if golds else None),
        abstained=_read_flag(value, "abstained", None),
        confidence=_read_number(value, "confidence", 1.0),
        quotes=tuple(_read_quotes(value.get("citations") or ())),
        source=normalise_text(str(value["source"])) if value.get("source") is not None else None,
        latency_ms=_read_number(value, "latency_ms", _LONGEST_MS),
    )


def _pick(value: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _read_text(value: Mapping[str, Any], names: Sequence[str]) -> str:
    text = _pick(value, names)
    if not isinstance(text, str):
        raise TypeError(f'"{names[0]}" is {"missing" if text is None else "no text"}')
    return normalise_text(text)


def _read_texts(value: Any, name: str) -> tuple[str, ...]:
    if value is None:
        raise TypeError(f'"{name}" is missing')
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list):
        raise TypeError(f'"{name}" is no list')
    texts = [read_piece(item) for item in items]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError(f'"{name}" holds what is no text')
    return tuple(normalise_text(text) for text in texts)


def _read_quotes(citations: Any) -> Iterator[str]:
    """The words that citations quote; a citation that quotes none tells nothing."""
    for citation in citations if isinstance(citations, list) else ():
        quote = _pick(citation, ("quote", "text")) if isinstance(citation, Mapping) else citation
        if isinstance(quote, str) and quote.strip():
            yield normalise_text(quote)


def _read_flag(value: Mapping[str, Any], name: str, default: bool | None) -> bool | None:
    flag = value.get(name)
    if flag is not None and not isinstance(flag, bool):
        raise TypeError(f'"{name}" is neither true nor false')
    return default if flag is None else flag


def _read_number(value: Mapping[str, Any], name: str, highest: float) -> float | None:
    number = value.get(name)
    if number is None:
        return None
    if isinstance(number, bool) or not isinstance(number, int | float):
        raise TypeError(f'"{name}" is no number')
    if not 0 <= number <= highest:
        raise ValueError(f'"{name}" is not from 0 to {highest:g}')
    return float(number)
