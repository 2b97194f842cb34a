"""Plain text (`.txt`): one article, after a `date …` header if it has one."""

from __future__ import annotations

from collections.abc import Iterator

from wortlaut.index.agency import strip_header
from wortlaut.index.article import normalise_text
from wortlaut.index.formats.decoding import decode_text
from wortlaut.index.formats.raw import RawArticle, SourceFile, SourceItem, SourceNotice


def read_text_file(file: SourceFile) -> Iterator[SourceItem]:
    """The one article of a plain text; without a `date …` header it is kept unchanged."""
    raw, notice = decode_text(file)
    if notice:
        yield SourceNotice(file.place, notice)
    yield from parse_text(raw)


def parse_text(raw: str) -> Iterator[SourceItem]:
    """The one article that the text holds."""
    text, header = strip_header(normalise_text(raw))
    yield RawArticle(text, published=header)
