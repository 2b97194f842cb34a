"""Plain text (`.txt`): one article, wire copy of one message or many, or an export of many."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from wortlaut.index.agency import strip_header
from wortlaut.index.article import normalise_text
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.decoding import decode_text, find_wide_encoding
from wortlaut.index.formats.exports import MAX_EXPORT_BYTES, is_export, split_export
from wortlaut.index.formats.raw import (
    MAX_ARTICLE_BYTES,
    RawArticle,
    SourceFile,
    SourceItem,
    SourceNotice,
    say_size,
)
from wortlaut.index.formats.wire import read_messages
from wortlaut.index.press.wiretext import read_headline

_HEAD_BYTES = 100_000


def read_text_file(file: SourceFile) -> Iterator[SourceItem]:
    """The articles of a plain text: most hold one, exports and spooled wire copy many."""
    head = file.read_head(_HEAD_BYTES)
    opening = normalise_text(head.decode(find_wide_encoding(head) or "utf-8", "ignore"))
    limit = MAX_EXPORT_BYTES if is_export(opening) else MAX_ARTICLE_BYTES
    raw, notice = decode_text(file, limit)
    if notice:
        yield SourceNotice(file.place, notice)
    text = normalise_text(raw)
    several = chain(split_export(text), read_messages(text))
    first = next(several, None)
    if first is None:
        yield from parse_text(text)
        return
    for article in chain([first], several):
        size = len(article.text.encode("utf-8"))
        place = f"{file.place}: {article.title or article.key}"
        if size > MAX_ARTICLE_BYTES:
            yield SourceError(place, say_size(size))
        else:
            yield article


def parse_text(raw: str) -> Iterator[SourceItem]:
    """The one article that the text holds; without a `date …` header it is kept unchanged."""
    text, header = strip_header(normalise_text(raw))
    yield RawArticle(text, title=read_headline(text), published=header)
