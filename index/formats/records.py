"""Records: JSON lines (`.jsonl`), and the fields that a record of any format may have."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from wortlaut.index.article import hash_text, normalise_text
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.decoding import decode_bytes
from wortlaut.index.formats.raw import (
    MAX_ARTICLE_BYTES,
    RawArticle,
    SourceFile,
    SourceItem,
    SourceNotice,
    say_size,
)


def read_jsonl(file: SourceFile) -> Iterator[SourceItem]:
    """The articles of JSON lines, one a line; what is wrong with a line, under its number."""
    lines = 0
    is_utf8 = True
    with file.open() as stream:
        for number, line in enumerate(stream, 1):
            if number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff")):
                yield SourceError(file.place, "UTF-16, not UTF-8; convert it and index again")
                return
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not line.strip():
                continue
            lines += 1
            if lines == 1 and _holds_questions(line):
                yield SourceNotice(file.place, "holds questions, not articles; passed over")
                return
            place = f"{file.place}:{number}"
            if len(line) > MAX_ARTICLE_BYTES:
                yield SourceError(place, say_size(len(line)))
                continue
            text, was_utf8 = decode_bytes(line)
            if is_utf8 and not was_utf8:
                yield SourceNotice(place, "not UTF-8; read as Windows-1252")
            is_utf8 = is_utf8 and was_utf8
            yield _parse_line(text, place)
    if not lines:
        yield SourceError(file.place, "holds no text; fill or remove it")


def _parse_line(line: str, place: str) -> SourceItem:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        return SourceError(place, f"this line is no JSON ({error}); mend it and index again")
    content = (data.get("content") or data.get("text")) if isinstance(data, dict) else None
    if not isinstance(content, str):
        return SourceError(
            place, 'no "content" with the text of an article; the line is passed over'
        )
    text = normalise_text(content)
    key = _as_text(data.get("id")) or _as_text(data.get("url")) or hash_text(text)
    return make_raw_record(data, text, key=key, place=place)


def make_raw_record(data: Mapping[str, Any], text: str, *, key: str, place: str) -> RawArticle:
    """The raw article of a record whose text is known: title, date, source, address, language."""
    written = next(
        (data[key] for key in ("publish_date", "published", "date") if data.get(key)), None
    )
    if isinstance(written, datetime):
        written = written.date()
    return RawArticle(
        text,
        key=key,
        title=_as_text(data.get("headline")) or _as_text(data.get("title")),
        published=_as_text(written) or ("" if written is not None else None),
        source=_as_text(data.get("source")),
        url=_as_text(data.get("url")),
        language=_as_text(data.get("language")),
        place=place,
    )


def _as_text(value: object) -> str | None:
    """A plain value as one line of text; `None` for an empty one, a list or a mapping."""
    if not value or not isinstance(value, str | int | float | date):
        return None
    try:
        return " ".join(normalise_text(str(value)).split()) or None
    except ValueError:  # A number of thousands of digits.
        return None


def _holds_questions(line: bytes) -> bool:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return (
        isinstance(data, dict)
        and "content" not in data
        and bool({"question", "turns"} & data.keys())
    )
