"""What the reader of a format is given, a `SourceFile`, and what it gives, `RawArticle`s.

A reader is a function `read_…(file) -> Iterator[SourceItem]`. It tells the truth about what the file
holds and leaves cleaning, dates in the text, titles and ids to `index/sources.py`.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePath
from typing import BinaryIO

from wortlaut.index.errors import SourceError

MAX_ARTICLE_BYTES = 5_000_000
_HOUSEKEEPING = {"readme", "license", "licence", "changelog", "contributing"}
# What Windows and macOS leave in every folder.
_TRACES = {"thumbs.db", "ehthumbs.db", "desktop.ini", "icon\r"}
# What lies beside articles and never holds one: counted in a notice, no failure.
_COMPANIONS = frozenset(
    ".jpg .jpeg .png .gif .webp .svg .tif .tiff .bmp .ico .heic .mp3 .wav .ogg .m4a .flac .mp4 "
    ".mov .avi .mkv .webm .css .js .ttf .woff .woff2".split()
)


@dataclass(frozen=True, slots=True)
class SourceNotice:
    """Something about a source that the user should know; the source is read all the same."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class RawArticle:
    """An article as its source has it.

    `text` is the body, paragraphs apart by an empty line; `key` tells the article from the others
    of its file and stays the same when its text changes; `published` is a date, or the words that
    stand for it. `guid` is the id that its maker gave it wherever it lies, `version` the maker's
    number or time of this version: of two articles of one guid the later version counts.
    `place` says where it stands, for messages; the file's own place where it is empty.
    """

    text: str
    key: str = ""
    title: str | None = None
    published: str | date | None = None
    source: str | None = None
    url: str | None = None
    language: str | None = None
    guid: str | None = None
    version: str | None = None
    place: str = ""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """Something to read articles from: a file on the disk, or what a file holds packed.

    `place` is how messages name it, `inside` the way to it within the file on the disk, empty for
    that file itself. `data` are the bytes of what lies on no disk. `fields` says which field of a
    record is which of ours (`{"text": "body"}`), as the user gave it. `address` is where it was
    fetched from, if it was: its articles are then known by that.
    """

    place: str
    path: Path
    inside: str = ""
    data: bytes | None = field(default=None, repr=False)
    fields: Mapping[str, str] = field(default_factory=dict)
    address: str = ""

    @property
    def origin(self) -> str:
        """What the articles' path is: the address, else the file on the disk."""
        return self.address or str(self.path)

    @property
    def suffix(self) -> str:
        """The name's ending in small letters, with its dot."""
        return Path(self.inside or self.path.name).suffix.lower()

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return Path(self.inside or self.path.name).stem

    def open(self) -> BinaryIO:
        """The bytes as a stream; raises OSError."""
        return self.path.open("rb") if self.data is None else io.BytesIO(self.data)

    def read_bytes(self, limit: int = MAX_ARTICLE_BYTES) -> bytes:
        """All the bytes; raises SourceError where they are more than `limit`, or OSError."""
        size = self.path.stat().st_size if self.data is None else len(self.data)
        if size > limit:
            raise SourceError(self.place, say_size(size, limit))
        return self.path.read_bytes() if self.data is None else self.data

    def read_head(self, size: int = 4096) -> bytes:
        """The first bytes."""
        with self.open() as stream:
            return stream.read(size)


def is_housekeeping(path: PurePath) -> bool:
    """Whether a file is about the others: passed over in silence."""
    return path.stem.lower() in _HOUSEKEEPING or path.name.lower() in _TRACES


def is_companion(path: PurePath) -> bool:
    """Whether a file lies beside articles and never holds one, like a picture."""
    return path.suffix.lower() in _COMPANIONS


SourceItem = RawArticle | SourceFile | SourceError | SourceNotice
ReadFormat = Callable[[SourceFile], Iterator[SourceItem]]


def number_twins(articles: Iterable[RawArticle]) -> Iterator[RawArticle]:
    """The articles of a file; where several have one key, the later are numbered."""
    seen: Counter[str] = Counter()
    for article in articles:
        seen[article.key] += 1
        number = seen[article.key]
        yield article if number == 1 else replace(article, key=f"{article.key} #{number}")


def say_size(size: int, limit: int = MAX_ARTICLE_BYTES) -> str:
    """The line for what is larger than an article can be."""
    return (
        f"{size / 1e6:.0f} MB in one article, the limit is {limit / 1e6:.0f} MB; "
        "split it into its articles"
    )
