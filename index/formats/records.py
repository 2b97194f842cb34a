"""Records: JSON (`.json`) of any wrapping and JSON lines (`.jsonl`, `.ndjson`), one article a record."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.decoding import (
    decode_noting,
    decode_wide,
    find_wide_encoding,
    say_wide,
)
from wortlaut.index.formats.fields import RecordReader
from wortlaut.index.formats.raw import (
    MAX_ARTICLE_BYTES,
    SourceFile,
    SourceItem,
    SourceNotice,
    say_size,
)

# What is parsed as a whole lies in memory several times over.
_MOST_BYTES = 200_000_000
_DEEPEST = 5
# A part of a record that has one of these is an article, not a paragraph of one.
_HEADS = ("title", "headline", "headlines", "date", "publish_date", "url", "uri", "id", "_id")

_Record = dict[str, Any]
_HasText = Callable[[_Record], bool]


def read_json(file: SourceFile) -> Iterator[SourceItem]:
    """The articles of a JSON file: an object, a list, a list in an object, or lines after all."""
    text, notice = _decode_whole(file)
    if not text.strip():
        yield SourceError(file.place, "holds no text; fill or remove it")
        return
    doubled: dict[str, None] = {}
    try:
        data = _parse(text, doubled)
    except (ValueError, RecursionError) as error:
        first = next(filter(str.strip, text.split("\n", 1000)))
        if _is_record(first):
            yield from read_jsonl(file)
        else:
            yield SourceError(file.place, f"no JSON ({error}); mend it and index again")
        return
    del text  # What is parsed is as large again.
    if notice:
        yield SourceNotice(file.place, notice)
    yield from _read_whole(data, file)
    yield from _note_doubled(doubled, file.place)


def _decode_whole(file: SourceFile) -> tuple[str, str | None]:
    raw = file.read_bytes(_MOST_BYTES)
    if wide := find_wide_encoding(raw):
        return decode_wide(raw, wide, file.place), say_wide(wide)
    return decode_noting(raw)


def read_jsonl(file: SourceFile) -> Iterator[SourceItem]:
    """The articles of JSON lines, one a line; what is wrong with a line, under its number."""
    reader = RecordReader(file)
    doubled: dict[str, None] = {}
    lines = 0
    noted = False
    for number, line, notice in _read_lines(file):
        lines += 1
        place = f"{file.place}:{number}"
        if line is None:
            yield SourceError(place, notice or "")
            continue
        if notice and not noted:
            yield SourceNotice(place, notice)
            noted = True
        try:
            data = _parse(line, doubled)
        except (ValueError, RecursionError) as error:
            if lines == 1 and (whole := _parse_whole(file)) is not None:
                yield from _read_whole(whole, file)
                return
            yield SourceError(place, f"this line is no JSON ({error}); mend it and index again")
            continue
        if lines == 1 and _holds_questions(data):
            yield SourceNotice(file.place, "holds questions, not articles; passed over")
            return
        if data == [] and lines == 1:
            yield SourceError(place, "holds no record of an article; fill or remove it")
        for record, where in _find_records(data, place, reader):
            yield from reader.read(record, where)
    if not lines:
        yield SourceError(file.place, "holds no text; fill or remove it")
    yield from reader.finish()
    yield from _note_doubled(doubled, file.place)


def _read_whole(data: Any, file: SourceFile) -> Iterator[SourceItem]:
    first = data[0] if isinstance(data, list) and data else data
    if _holds_questions(first) or _holds_questions(first, within="data"):
        yield SourceNotice(file.place, "holds questions, not articles; passed over")
        return
    reader = RecordReader(file)
    found = False
    for record, place in _find_records(data, file.place, reader):
        found = True
        yield from reader.read(record, place)
    if not found:
        yield SourceError(file.place, "holds no record of an article; fill or remove it")
    yield from reader.finish()


def _read_lines(file: SourceFile) -> Iterator[tuple[int, str | None, str | None]]:
    """The lines that hold anything, with what is to be said of each; `None` for one too long."""
    wide = find_wide_encoding(file.read_head())
    with file.open() as opened:
        stream: Any = opened
        if wide:
            stream = io.TextIOWrapper(opened, wide, "replace", newline="\n")
        number, length = 0, 0
        while line := stream.readline(MAX_ARTICLE_BYTES + 1):
            number += 1
            length = len(line)
            while len(line) > MAX_ARTICLE_BYTES and line[-1:] not in ("\n", b"\n"):
                line = stream.readline(MAX_ARTICLE_BYTES + 1) or line[:1]
                length += len(line)
            if length > MAX_ARTICLE_BYTES + 1:
                yield number, None, say_size(length)
            elif wide:
                if line.strip("\ufeff \t\r\n"):
                    yield number, line.removeprefix("\ufeff"), say_wide(wide)
            elif line.strip(b"\xef\xbb\xbf \t\r\n\0"):
                yield (number, *decode_noting(line))


def _parse_whole(file: SourceFile) -> Any:
    """What the file holds as one piece of JSON, though its name says lines; `None` if it is none."""
    try:
        text, _ = decode_noting(file.read_bytes(_MOST_BYTES))
        return json.loads(text, strict=False)
    except (ValueError, RecursionError, SourceError):
        return None


def _parse(text: str, doubled: dict[str, None]) -> Any:
    def make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            doubled.update(dict.fromkeys(key for key in keys if keys.count(key) > 1))
        return made

    # Raw line breaks within strings are what many programs write.
    return json.loads(text, object_pairs_hook=make_object, strict=False)


def _note_doubled(doubled: Mapping[str, None], place: str) -> Iterator[SourceNotice]:
    if doubled:
        keys = ", ".join(repr(key[:40]) for key in list(doubled)[:5])
        yield SourceNotice(place, f"keys that stand twice in a record: {keys}; the last one counts")


def _is_record(line: str) -> bool:
    try:
        return isinstance(json.loads(line, strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _find_records(
    data: Any, place: str, reader: RecordReader, depth: int = 0
) -> Iterator[tuple[Mapping[str, Any], str]]:
    """The records in the data, each with its place; an object that wraps none is one itself."""
    if isinstance(data, list):
        for number, item in enumerate(data):
            yield from _find_records(item, f"{place}[{number}]", reader, depth + 1)
        return
    if not isinstance(data, dict):
        yield {"": data}, place
        return
    inner = _find_inner(data, reader.has_text, depth)
    if inner is None and not reader.has_text(data) and not reader.has_lead(data):
        inner = _find_inner(data, reader.has_lead, depth)
    if isinstance(inner, list):
        for record in inner:
            yield from _find_records(record, place, reader, depth + 1)
    else:
        yield inner or data, place


def _find_inner(data: _Record, has_text: _HasText, depth: int) -> list[Any] | _Record | None:
    """The articles that an object wraps, or the one that lies in it; `None` if it is one itself."""
    lists = (value for value in data.values() if isinstance(value, list))
    articles = next((items for items in lists if _are_articles(items, has_text)), None)
    if articles is not None and "@graph" in data:
        return [_join_nodes(item, articles) for item in articles if _is_article(item, has_text)]
    if has_text(data) and (articles is None or _is_article(data, has_text)):
        return None
    if articles is not None:
        return articles
    inner = {key: value for key, value in data.items() if isinstance(value, dict)}
    within = [key for key, value in inner.items() if has_text(value)]
    if len(within) > 1 and len(inner) == len(data):
        # By id or address: {"https://…": {…}, …}.
        named = ("url" if key.startswith("http") else "id" for key in inner)
        return [{name: key} | inner[key] for name, key in zip(named, inner, strict=True)]
    if within:
        outer = {key: value for key, value in data.items() if key != within[0]}
        return outer | inner[within[0]]
    if depth > _DEEPEST:
        return None
    deeper = (_find_inner(value, has_text, depth + 1) for value in inner.values())
    return next((found for found in deeper if found is not None), None)


def _are_articles(items: list[Any], has_text: _HasText) -> bool:
    """Whether a list holds articles, and not the paragraphs or bodies of one."""
    return any(_is_article(item, has_text) for item in items[:50])


def _is_article(item: Any, has_text: _HasText) -> bool:
    """Whether an item has a text and a head, itself or within (`{"_source": {…}}`)."""
    if not isinstance(item, dict):
        return False
    if has_text(item):
        return any(item.get(name) for name in _HEADS) or len(item) == 1
    return any(has_text(inner) for inner in item.values() if isinstance(inner, dict))


def _join_nodes(item: dict[str, Any], nodes: list[Any]) -> dict[str, Any]:
    """An article of a graph with its publisher put in where it only names the node."""
    publisher = item.get("publisher")
    if isinstance(publisher, dict) and list(publisher) == ["@id"]:
        same = [n for n in nodes if isinstance(n, dict) and n.get("@id") == publisher["@id"]]
        return item | {"publisher": same[0]} if same else item
    return item


def _holds_questions(data: Any, within: str = "") -> bool:
    """Whether a record is a question with its answers, or a paragraph with questions on it."""
    if not isinstance(data, dict):
        return False
    if within:
        items = data.get(within)
        return isinstance(items, list) and bool(items) and _holds_questions(items[0])
    if "paragraphs" in data and isinstance(data["paragraphs"], list):
        return any(isinstance(item, dict) and "qas" in item for item in data["paragraphs"][:1])
    return "content" not in data and bool({"question", "turns"} & data.keys())
