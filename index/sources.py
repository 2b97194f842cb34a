"""Files and folders -> articles; what cannot be read is named and passed over.

`_READERS` says which module of `index/formats/` reads what; what a reader gives is cleaned,
dated, titled and given its id here, in one place for all formats.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

from wortlaut.index.agency import read_published, read_source
from wortlaut.index.article import Article, hash_text, make_article_id, normalise_text
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.feeds import read_feed
from wortlaut.index.formats.markdown import read_markdown
from wortlaut.index.formats.raw import (
    MAX_ARTICLE_BYTES,
    RawArticle,
    ReadFormat,
    SourceFile,
    SourceNotice,
)
from wortlaut.index.formats.records import read_jsonl
from wortlaut.index.formats.text import read_text_file
from wortlaut.index.splitter import split_segments

__all__ = [
    "MAX_ARTICLE_BYTES",
    "READER_VERSION",
    "SourceNotice",
    "find_files",
    "finish_article",
    "read_articles",
    "read_document",
    "read_sources",
    "reads_kind",
]

READER_VERSION = "3"
_READERS: dict[str, ReadFormat] = {
    ".txt": read_text_file, ".md": read_markdown, ".jsonl": read_jsonl,
    ".rss": read_feed, ".atom": read_feed, ".rdf": read_feed,
}  # fmt: skip
_HOUSEKEEPING = {"readme", "license", "licence", "changelog", "contributing"}
# What lies beside articles and never holds one: counted in a notice, no failure.
_COMPANIONS = frozenset(
    ".jpg .jpeg .png .gif .webp .svg .tif .tiff .bmp .ico .heic .mp3 .wav .ogg .m4a .flac .mp4 "
    ".mov .avi .mkv .webm .css .js .ttf .woff .woff2".split()
)
# Packed files within packed files, so deep and no deeper.
_DEEPEST = 3
_LONGEST_TITLE = 140
# Titles and sources are printed as headings; these could steer a terminal or turn the writing.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")

SourceResult = Article | SourceError | SourceNotice


def find_files(paths: Sequence[Path]) -> Iterator[Path | SourceError | SourceNotice]:
    """The readable files under the paths, sorted within each folder, each once.

    Inside a folder, hidden files and READMEs are passed over silently, pictures and the like with
    one notice a folder; a file of another kind is an error, like one that is named itself.
    """
    seen: set[Path] = set()
    for path in paths:
        for found in _find_under(path):
            if isinstance(found, SourceError):
                yield SourceError(_make_printable(found.path), found.reason)
            elif isinstance(found, SourceNotice):
                yield SourceNotice(_make_printable(found.path), found.text)
            elif _make_printable(str(found)) != str(found):
                yield SourceError(
                    _make_printable(str(found)), "its name is not UTF-8; rename it and index again"
                )
            elif (resolved := found.resolve()) not in seen:
                seen.add(resolved)
                yield resolved


def _make_printable(path: str) -> str:
    return path.encode("utf-8", "replace").decode("utf-8")


def _find_under(path: Path) -> Iterator[Path | SourceError | SourceNotice]:
    try:
        is_folder, is_file = path.is_dir(), path.is_file()
    except OSError as error:
        yield SourceError(str(path), f"cannot be looked at ({error.strerror}); check its rights")
        return
    if is_folder:
        yield from _walk(path)
    elif not is_file:
        yield SourceError(str(path), "no such file or folder; check the spelling")
    else:
        yield path if _is_known(path) else _refuse_kind(path)


def _is_known(path: Path) -> bool:
    return path.suffix.lower() in _READERS


def _refuse_kind(path: Path) -> SourceError:
    kinds = ", ".join(sorted(_READERS))
    return SourceError(str(path), f"not a kind that is read here ({kinds}); convert it")


def _walk(folder: Path) -> Iterator[Path | SourceError | SourceNotice]:
    refused: list[OSError] = []
    for root, folders, names in os.walk(folder, onerror=refused.append):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        shown = [Path(root, name) for name in sorted(names) if not name.startswith(".")]
        files = [file for file in shown if file.stem.lower() not in _HOUSEKEEPING]
        companions = [file for file in files if file.suffix.lower() in _COMPANIONS]
        for file in files:
            if _is_known(file):
                yield file
            elif file not in companions:
                yield _refuse_kind(file)
        if companions:
            kinds = ", ".join(sorted({file.suffix.lower() for file in companions}))
            yield SourceNotice(root, f"{len(companions)} files hold no text, passed over: {kinds}")
        while refused:
            error = refused.pop()
            yield SourceError(str(error.filename), "this folder cannot be read; check its rights")
    for error in refused:
        yield SourceError(str(error.filename), "this folder cannot be read; check its rights")


def read_sources(paths: Sequence[Path], today: date | None = None) -> Iterator[SourceResult]:
    """The articles of all files under the paths, and what is wrong with any, one line each."""
    for found in find_files(paths):
        if isinstance(found, Path):
            yield from read_articles(found, today)
        else:
            yield found


def read_articles(
    path: Path, today: date | None = None, fields: Mapping[str, str] | None = None
) -> Iterator[SourceResult]:
    """The file's articles in order, and what is wrong with it, one line each.

    `today` is the day after which a date counts as a mistake; `fields` says which field of a
    record is which of ours.
    """
    today = today or date.today()
    file = SourceFile(str(path), path, fields=fields or {})
    yield from _read_file(file, today, set(), 0)


def read_document(file: SourceFile, today: date | None = None) -> Iterator[SourceResult]:
    """The articles of what lies on no disk: `file` has the bytes and the name that says their kind."""
    yield from _read_file(file, today or date.today(), set(), 0)


def finish_article(
    raw: RawArticle, file: SourceFile, today: date | None = None
) -> Iterator[SourceResult]:
    """The article of a raw one that was read out of `file` by other ways than its reader."""
    yield from _make_article(raw, file, today or date.today(), set())


def reads_kind(suffix: str) -> bool:
    """Whether there is a reader for names with this ending."""
    return suffix in _READERS


def _read_file(file: SourceFile, today: date, seen: set[str], depth: int) -> Iterator[SourceResult]:
    reader = _READERS.get(file.suffix)
    if reader is None or depth > _DEEPEST:
        yield SourceError(file.place, _refuse_kind(Path(file.inside)).reason)
        return
    try:
        for read in reader(file):
            if isinstance(read, SourceFile):
                yield from _read_file(read, today, seen, depth + 1)
            elif isinstance(read, RawArticle):
                yield from _make_article(read, file, today, seen)
            else:
                yield read
    except SourceError as error:
        yield error
    except OSError as error:
        yield SourceError(file.place, f"cannot be read ({error.strerror}); check its rights")


def _make_article(
    raw: RawArticle, file: SourceFile, today: date, seen: set[str]
) -> Iterator[SourceResult]:
    """The article of a raw one; `seen` are the ids that the same file on the disk has used."""
    place = raw.place or file.place
    text = normalise_text(raw.text)
    if not re.search(r"\w", text):
        yield SourceError(place, "holds no text; fill or remove it")
        return
    identity = make_article_id(file.origin, "\0".join(filter(None, (file.inside, raw.key))))
    if identity in seen:
        yield SourceError(place, "its id stands twice; the later is passed over")
        return
    seen.add(identity)
    published, precision = read_published(text, raw.published)
    if raw.published is not None and published is None:
        yield _note_date(place, str(raw.published))
    # A day's grace: agencies and machines live in different time zones.
    if published and published > today + timedelta(days=1):
        yield SourceNotice(place, f"dated {published}, in the future; check the date")
    title = _make_line(raw.title or "")
    text = _join_title(title, text)
    yield Article(
        id=identity,
        title=title or _make_title(text),
        text=text,
        text_sha256=hash_text(text),
        source=_make_line(raw.source or read_source(text) or "") or None,
        url=raw.url,
        language=raw.language,
        published=published,
        published_precision=precision,
        path=file.origin,
        guid=raw.guid,
        version=raw.version,
    )


def _join_title(title: str, text: str) -> str:
    """The text under its title: a headline is text, searched, quoted and cited."""
    opening = " ".join(text[: len(title) * 2 + 200].split()).lstrip("#* ")
    return text if not title or opening.startswith(title) else f"{title}\n\n{text}"


def _make_line(text: str) -> str:
    return " ".join(_CONTROLS.sub(" ", normalise_text(text)).split())


def _note_date(place: str, written: str) -> SourceNotice:
    return SourceNotice(
        place,
        f"its date {written[:40]!r} cannot be read; kept without it, write it like 2026-01-29",
    )


def _make_title(text: str) -> str:
    """The first heading or sentence, cut at a word."""
    segments = split_segments(text[:5000])
    first = segments[0].span.of(text) if segments else text.strip()
    first = _make_line(first.lstrip("#"))
    if len(first) <= _LONGEST_TITLE:
        return first
    return first[:_LONGEST_TITLE].rsplit(" ", 1)[0] + " …"
