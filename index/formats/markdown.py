"""Markdown (`.md`): one article, its YAML front matter read as its data."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wortlaut.index.article import normalise_text
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.decoding import decode_text
from wortlaut.index.formats.fields import make_raw_record
from wortlaut.index.formats.raw import SourceFile, SourceItem, SourceNotice
from wortlaut.index.formats.text import parse_text

_FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)


def read_markdown(file: SourceFile) -> Iterator[SourceItem]:
    """The one article of a Markdown file."""
    import yaml

    raw, notice = decode_text(file)
    if notice:
        yield SourceNotice(file.place, notice)
    text = normalise_text(raw)
    match = _FRONT_MATTER.match(text)
    if match is None:
        yield from parse_text(text)
        return
    try:
        data = yaml.safe_load(match[1]) or {}
    # A wrong value makes PyYAML raise many kinds: ValueError for 30 February, RecursionError, …
    except Exception as error:
        line = " ".join(str(error).splitlines()[:1])
        yield SourceError(
            file.place, f"its front matter is no YAML ({line}); mend it and index again"
        )
        return
    if not isinstance(data, dict):
        yield SourceError(file.place, "its front matter is no list of `key: value` lines; mend it")
        return
    body = text[match.end() :].lstrip("\n")
    yield make_raw_record(data, body, key="", place=file.place)
