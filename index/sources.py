"""Files and folders -> articles; what cannot be read is named and passed over."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from wortlaut.index.agency import read_date, read_published, read_source, strip_header
from wortlaut.index.article import Article, hash_text, make_article_id, normalise_text
from wortlaut.index.errors import SourceError
from wortlaut.index.splitter import split_segments

READER_VERSION = "2"
SUFFIXES = (".jsonl", ".md", ".txt")
MAX_ARTICLE_BYTES = 5_000_000
_HOUSEKEEPING = {"readme", "license", "licence", "changelog", "contributing"}
_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_MAGIC = (
    b"%PDF",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\x7fELF",
    b"SQLite format",
)
_LONGEST_TITLE = 140
# Titles and sources are printed as headings; these could steer a terminal or turn the writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class SourceNotice:
    """Something about a source that the user should know; the source is read all the same."""

    path: str
    text: str


SourceResult = Article | SourceError | SourceNotice


def find_files(paths: Sequence[Path]) -> Iterator[Path | SourceError]:
    """The readable files under the paths, sorted within each folder, each once.

    Inside a folder, hidden files, other kinds of file and READMEs are passed over silently;
    a file that is named itself must be of a known kind.
    """
    seen: set[Path] = set()
    for path in paths:
        for found in _find_under(path):
            if isinstance(found, SourceError):
                yield SourceError(_make_printable(found.path), found.reason)
            elif _make_printable(str(found)) != str(found):
                yield SourceError(
                    _make_printable(str(found)), "its name is not UTF-8; rename it and index again"
                )
            elif (resolved := found.resolve()) not in seen:
                seen.add(resolved)
                yield resolved


def _make_printable(path: str) -> str:
    return path.encode("utf-8", "replace").decode("utf-8")


def _find_under(path: Path) -> Iterator[Path | SourceError]:
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError as error:
        yield SourceError(str(path), f"cannot be looked at ({error.strerror}); check its rights")
        return
    if is_folder:
        yield from _walk(path)
    elif not is_file:
        yield SourceError(str(path), "no such file or folder; check the spelling")
    elif path.suffix.lower() not in SUFFIXES:
        yield SourceError(str(path), f"not a kind that is read here ({', '.join(SUFFIXES)})")
    else:
        yield path


def _walk(folder: Path) -> Iterator[Path | SourceError]:
    refused: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(root, name)
            known = file.suffix.lower() in SUFFIXES and not name.startswith(".")
            if known and file.stem.lower() not in _HOUSEKEEPING:
                yield file
        while refused:
            error = refused.pop()
            yield SourceError(str(error.filename), "this folder cannot be read; check its rights")
    for error in refused:
        yield SourceError(str(error.filename), "this folder cannot be read; check its rights")


def read_articles(path: Path, today: date | None = None) -> Iterator[SourceResult]:
    """The file's articles in order, and what is wrong with it, one line each.

    `today` is the day after which a date counts as a mistake.
    """
    today = today or date.today()
    try:
        yield from _READERS[path.suffix.lower()](path, today)
    except OSError as error:
        yield SourceError(str(path), f"cannot be read ({error.strerror}); check its rights")


def parse_text(raw: str, path: str, today: date) -> Iterator[SourceResult]:
    """The one article a plain text holds; a text without a `date …` header is kept unchanged."""
    text, header = strip_header(normalise_text(raw))
    published, precision = read_published(text, header)
    record = {"published": published, "published_precision": precision, "source": read_source(text)}
    if header and published is None:
        yield _note_date(path, header)
    yield from _make_article(text, path, "", record, today)


def parse_markdown(raw: str, path: str, today: date) -> Iterator[SourceResult]:
    """The one article a Markdown file holds, its YAML front matter read as its data."""
    import yaml

    text = normalise_text(raw)
    match = _FRONT_MATTER.match(text)
    if match is None:
        yield from parse_text(text, path, today)
        return
    try:
        data = yaml.safe_load(match[1]) or {}
    # A wrong value makes PyYAML raise many kinds: ValueError for 30 February, RecursionError, …
    except Exception as error:
        line = " ".join(str(error).splitlines()[:1])
        yield SourceError(path, f"its front matter is no YAML ({line}); mend it and index again")
        return
    if not isinstance(data, dict):
        yield SourceError(path, "its front matter is no list of `key: value` lines; mend it")
        return
    body = text[match.end() :].lstrip("\n")
    yield from _make_article(body, path, "", _read_record(data, body), today)


def parse_record(line: str, path: str, number: int, today: date) -> Iterator[SourceResult]:
    """The one article a JSON line holds."""
    place = f"{path}:{number}"
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        yield SourceError(place, f"this line is no JSON ({error}); mend it and index again")
        return
    content = (data.get("content") or data.get("text")) if isinstance(data, dict) else None
    if not isinstance(content, str):
        yield SourceError(
            place, 'no "content" with the text of an article; the line is passed over'
        )
        return
    text = normalise_text(content)
    key = _as_text(data.get("id")) or _as_text(data.get("url")) or hash_text(text)
    yield from _make_article(text, path, key, _read_record(data, text), today, place)


def _read_text_file(path: Path, today: date) -> Iterator[SourceResult]:
    decoded = _decode(path)
    if isinstance(decoded, SourceError):
        yield decoded
        return
    raw, notice = decoded
    if notice:
        yield SourceNotice(str(path), notice)
    parse = parse_markdown if path.suffix.lower() == ".md" else parse_text
    yield from parse(raw, str(path), today)


def _read_jsonl(path: Path, today: date) -> Iterator[SourceResult]:
    seen: set[str] = set()
    lines = 0
    is_utf8 = True
    with path.open("rb") as file:
        for number, line in enumerate(file, 1):
            if number == 1 and line.startswith((b"\xff\xfe", b"\xfe\xff")):
                yield SourceError(str(path), "UTF-16, not UTF-8; convert it and index again")
                return
            line = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if not line.strip():
                continue
            lines += 1
            if lines == 1 and _holds_questions(line):
                yield SourceNotice(str(path), "holds questions, not articles; passed over")
                return
            if len(line) > MAX_ARTICLE_BYTES:
                yield _refuse_size(f"{path}:{number}", len(line))
                continue
            text, was_utf8 = _decode_bytes(line)
            if is_utf8 and not was_utf8:
                yield SourceNotice(f"{path}:{number}", "not UTF-8; read as Windows-1252")
            is_utf8 = is_utf8 and was_utf8
            readings = parse_record(text, str(path), number, today)
            yield from _drop_twins(readings, seen, f"{path}:{number}")
    if not lines:
        yield SourceError(str(path), "holds no text; fill or remove it")


def _drop_twins(
    readings: Iterator[SourceResult], seen: set[str], place: str
) -> Iterator[SourceResult]:
    """The readings, an article under an id seen before refused."""
    for read in readings:
        if isinstance(read, Article) and read.id in seen:
            yield SourceError(place, "its id stands twice; the later is passed over")
            continue
        if isinstance(read, Article):
            seen.add(read.id)
        yield read


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


def _refuse_size(place: str, size: int) -> SourceError:
    return SourceError(
        place,
        f"{size / 1e6:.0f} MB in one article, the limit is {MAX_ARTICLE_BYTES / 1e6:.0f} MB; "
        "split it into its articles",
    )


def _decode(path: Path) -> tuple[str, str | None] | SourceError:
    if (size := path.stat().st_size) > MAX_ARTICLE_BYTES:
        return _refuse_size(str(path), size)
    raw = path.read_bytes()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace"), None
    control = sum(raw.count(byte) for byte in range(32) if byte not in b"\t\n\r\f\x1b")
    if raw.startswith(_MAGIC) or control > len(raw) // 20:
        return SourceError(str(path), "a binary file, not a text; convert it to text first")
    notice = "holds NUL bytes; read as spaces" if b"\0" in raw else None
    text, is_utf8 = _decode_bytes(raw)
    return text, notice if is_utf8 else "not UTF-8; read as Windows-1252"


def _decode_bytes(raw: bytes) -> tuple[str, bool]:
    """The text, and whether it was UTF-8; else it is read as Windows-1252."""
    try:
        return raw.decode("utf-8-sig"), True
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace"), False


def _read_record(data: dict[str, Any], text: str) -> dict[str, Any]:
    """The fields of an Article that front matter or a JSON record holds."""
    written = next(
        (data[key] for key in ("publish_date", "published", "date") if data.get(key)), None
    )
    if isinstance(written, datetime):
        written = written.date()
    day = _as_text(written) or ""
    published, precision = read_date(day)
    return {
        "title": _as_text(data.get("headline")) or _as_text(data.get("title")),
        "published": published,
        "published_precision": precision,
        "source": _as_text(data.get("source")) or read_source(text),
        "url": _as_text(data.get("url")),
        "language": _as_text(data.get("language")),
        "unread_date": None if published or written is None else day,
    }


def _as_text(value: object) -> str | None:
    """A plain value as one line of text; `None` for an empty one, a list or a mapping."""
    if not value or not isinstance(value, str | int | float | date):
        return None
    try:
        return _make_line(str(value)) or None
    except ValueError:  # A number of thousands of digits.
        return None


def _make_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", normalise_text(text)).split())


def _note_date(place: str, written: str) -> SourceNotice:
    return SourceNotice(
        place,
        f"its date {written[:40]!r} cannot be read; kept without it, write it like 2026-01-29",
    )


def _make_article(
    text: str, path: str, record: str, fields: dict[str, Any], today: date, place: str = ""
) -> Iterator[SourceResult]:
    if not re.search(r"\w", text):
        yield SourceError(place or path, "holds no text; fill or remove it")
        return
    fields = dict(fields)
    if (unread := fields.pop("unread_date", None)) is not None:
        yield _note_date(place or path, unread)
    published = fields.get("published")
    # A day's grace: agencies and machines live in different time zones.
    if published and published > today + timedelta(days=1):
        yield SourceNotice(place or path, f"dated {published}, in the future; kept without a date")
        fields |= {"published": None, "published_precision": "unknown"}
    fields["title"] = fields.get("title") or _make_title(text)
    fields["source"] = _make_line(fields.get("source") or "") or None
    yield Article(
        id=make_article_id(path, record),
        text=text,
        text_sha256=hash_text(text),
        path=path,
        **fields,
    )


def _make_title(text: str) -> str:
    """The first heading or sentence, cut at a word."""
    segments = split_segments(text[:5000])
    first = segments[0].span.of(text) if segments else text.strip()
    first = _make_line(first.lstrip("#"))
    if len(first) <= _LONGEST_TITLE:
        return first
    return first[:_LONGEST_TITLE].rsplit(" ", 1)[0] + " …"


_READERS = {".txt": _read_text_file, ".md": _read_text_file, ".jsonl": _read_jsonl}
