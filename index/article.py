"""Articles, their spans, and the text normalisation that every offset rests on."""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

Precision = Literal["day", "month", "year", "unknown"]
Voice = Literal["direct", "reported", "narrated"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Half-open `[start, end)` in Unicode code points of one article's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"no span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """The exact words the span covers."""
        return text[self.start : self.end]

    def moved(self, by: int) -> Span:
        """The span so many code points further on."""
        return Span(self.start + by, self.end + by)

    def overlap(self, other: Span) -> int:
        """The number of code points both spans cover."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Article:
    """One immutable article; `published` is the first day of its period when only that is known.

    `guid` is the id its maker gave it, the same for every version of it and wherever it lies;
    `version` the maker's number or time of this version.
    """

    id: str
    title: str
    text: str
    text_sha256: str
    source: str | None = None
    url: str | None = None
    language: str | None = None
    published: date | None = None
    published_precision: Precision = "unknown"
    path: str = ""
    guid: str | None = None
    version: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of sentences of one article, small enough for the embedder to read whole."""

    id: str
    article_id: str
    ordinal: int
    span: Span
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """Who says it: `span` is what is said, `speaker` the canonical name inside the article.

    `speaker` is `None` when nobody known says it; `is_person` tells a person from an institution
    or a mere noun; `via` names who passes it on ("laut Interfax").
    """

    article_id: str
    span: Span
    speaker: str | None
    speaker_span: Span | None
    cue: str | None
    voice: Voice
    via: str | None = None
    is_person: bool = False


@dataclass(frozen=True, slots=True)
class ReadArticle:
    """What an article's text was read as: its sentences and its statements, each in order."""

    sentences: tuple[Span, ...]
    statements: tuple[Statement, ...]


def mend_letters(text: str) -> str:
    """The text with "?" for each half of a letter, which can be neither kept nor sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


def normalise_text(raw: str) -> str:
    """The text as it is kept: NFC, `\\n` line ends, no NUL, no lone surrogates. Idempotent."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\0", " ")
    text = mend_letters(text)
    return unicodedata.normalize("NFC", text)


def hash_text(text: str) -> str:
    """The hex SHA-256 of the text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def make_article_id(path: str, record: str = "") -> str:
    """16 hex digits that stay the same while the article keeps its place, whatever its text."""
    return hashlib.sha256(f"{path}\0{record}".encode()).hexdigest()[:16]
