"""Electronic books (`.epub`): each chapter is an article, of the book's publisher and day."""

from __future__ import annotations

import io
import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.broken import name_broken
from wortlaut.index.formats.html import decode_page, join_blocks
from wortlaut.index.formats.packed import open_zip, read_limited
from wortlaut.index.formats.raw import (
    MAX_ARTICLE_BYTES,
    RawArticle,
    SourceFile,
    SourceItem,
    say_size,
)

if TYPE_CHECKING:
    from zipfile import ZipFile

    from lxml.etree import _Element

MAX_BOOK_BYTES = 300_000_000
_MOST_CHAPTERS = 5_000
_PAGES = ("application/xhtml+xml", "text/html")
# What a chapter's name or kind says that is none: covers, contents, imprints.
_APPARATUS = re.compile(r"cover|title[_-]?page|toc|\bnav\b|contents|copyright|colophon"
                        r"|imprint|impressum|landmarks", re.IGNORECASE)  # fmt: skip
# Fonts alone may be scrambled without a lock on the book.
_SCRAMBLED_FONTS = re.compile(r"http://(?:www\.idpf\.org/2008/embedding|ns\.adobe\.com/pdf/enc#RC)")


@dataclass(frozen=True, slots=True)
class _Book:
    """What the package of a book declares, and its pages in the order of reading."""

    title: str | None
    publisher: str | None
    language: str | None
    day: str | None
    pages: tuple[str, ...]


def read_epub(file: SourceFile) -> Iterator[SourceItem]:
    """The chapters of a book or issue, each an article; a page without a heading goes on the last.

    A short book, of one chapter, is one article.
    """
    raw = file.read_bytes(MAX_BOOK_BYTES)
    if not raw.strip():
        raise SourceError(file.place, "an empty file; remove it or copy it again")
    with name_broken(file.place, "an EPUB"), open_zip(file, io.BytesIO(raw)) as packed:
        _refuse_locked(packed, file.place)
        book = _read_package(packed, file.place)
        chapters: list[tuple[str, str | None, str]] = []
        for name in book.pages:
            title, text = _read_chapter(packed, name, file.place)
            if title is None and chapters and text:
                chapters[-1] = (*chapters[-1][:2], f"{chapters[-1][2]}\n\n{text}")
            elif re.search(r"\w", text):
                chapters.append((name, title, text))
    if not chapters:
        raise SourceError(file.place, "an EPUB without text; remove it")
    # A page that is a heading and no more is the title of the book or of a part of it.
    chapters = [chapter for chapter in chapters if chapter[1] != chapter[2]] or chapters
    for name, title, text in chapters:
        place = f"{file.place}/{name}"
        if len(text) > MAX_ARTICLE_BYTES:
            yield SourceError(place, say_size(len(text)))
            continue
        yield RawArticle(
            text,
            key=name,
            title=title or (book.title if len(chapters) == 1 else None),
            published=book.day,
            source=book.publisher or book.title,
            language=book.language,
            place=place,
        )


def _refuse_locked(packed: ZipFile, place: str) -> None:
    names = set(packed.namelist())
    locked = "META-INF/rights.xml" in names or "META-INF/license.lcpl" in names
    if "META-INF/encryption.xml" in names:
        said = _read(packed, "META-INF/encryption.xml", place).decode("utf-8", "replace")
        ways = re.findall(r"EncryptionMethod\s{1,9}Algorithm=[\"']([^\"']{1,200})", said)
        locked = locked or any(not _SCRAMBLED_FONTS.match(way) for way in ways)
    if locked:
        raise SourceError(place, "locked by the seller (DRM); ask for a copy without the lock")


def _read(packed: ZipFile, name: str, place: str) -> bytes:
    info = packed.getinfo(name)
    with packed.open(info) as member:
        return read_limited(member, place, info.compress_size)


def _parse(packed: ZipFile, name: str, place: str) -> _Element:
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return etree.fromstring(_read(packed, name, place), parser)


def _read_package(packed: ZipFile, place: str) -> _Book:
    container = _parse(packed, "META-INF/container.xml", place)
    root = container.find(".//{*}rootfile")
    path = root.get("full-path") if root is not None else None
    if not path:
        raise SourceError(place, "an EPUB without its package; save it anew")
    package = _parse(packed, path, place)
    items: dict[str | None, Any] = {item.get("id"): item for item in package.iterfind(".//{*}item")}
    pages = []
    for reference in package.iterfind(".//{*}spine/{*}itemref"):
        item = items.get(reference.get("idref"))
        if item is None or item.get("media-type") not in _PAGES or reference.get("linear") == "no":
            continue
        href = item.get("href") or ""
        named = f"{posixpath.basename(href)} {item.get('id')} {item.get('properties') or ''}"
        if not _APPARATUS.search(named):
            pages.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(href))))
    return _Book(
        title=_find(package, "title"),
        publisher=_find(package, "publisher"),
        language=(_find(package, "language") or "").split("-")[0].lower() or None,
        day=_find_day(package),
        pages=tuple(pages[:_MOST_CHAPTERS]),
    )


def _find(package: _Element, name: str) -> str | None:
    text = package.findtext(f".//{{http://purl.org/dc/elements/1.1/}}{name}")
    return " ".join((text or "").split()) or None


def _find_day(package: _Element) -> str | None:
    """The day of publication, never that of a change or of the making of the file."""
    days: dict[str, str] = {}
    for element in package.iter("{http://purl.org/dc/elements/1.1/}date"):
        event = next(
            (str(value) for key, value in element.items() if str(key).endswith("event")), ""
        )
        # Some programs write the year 101 for "unknown".
        if element.text and not element.text.strip().startswith("0"):
            days.setdefault(event, element.text.strip())
    return days.get("publication") or days.get("original-publication") or days.get("")


def _read_chapter(packed: ZipFile, name: str, place: str) -> tuple[str | None, str]:
    """The heading and the text of a page; a page that is missing has neither."""
    from lxml.html import document_fromstring

    if name not in packed.NameToInfo:
        return None, ""
    markup, _ = decode_page(_read(packed, name, place))
    if not markup.strip():
        return None, ""
    tree = document_fromstring(markup)
    body = tree.find("body")
    if body is None or _APPARATUS.search(str(body.get("epub:type"))):
        return None, ""
    heading = next(tree.iter("h1", "h2", "h3"), None)
    title = " ".join("".join(map(str, heading.itertext())).split()) if heading is not None else None
    return title or None, join_blocks(body)
