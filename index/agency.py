"""What agency copy wraps around its text: headers, datelines, sign-offs, copyright lines."""

from __future__ import annotations

import re
from datetime import date

from wortlaut.index.article import Precision, Span

_HEADER = re.compile(
    r"\A[ \t\n\ufeff]*date:?[ \t]+(?P<date>\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?|\d{1,2}\.\d{1,2}\.\d{4})"
    r"(?:[ \t]+|[ \t]*\n|\Z)",
    re.IGNORECASE,
)
_STAND = re.compile(r"\bStand:\s*(\d{1,2}\.\d{1,2}\.\d{4})(?:,?\s+\d{1,2}[:.]\d{2}(?:\s*Uhr)?)?")
# Bounded repeats: a hostile line must cost linear time.
_DATELINE = re.compile(
    r"^[ \t]*[A-ZÄÖÜ][\w.ÄÖÜäöüß'’/ \-]{1,60}? \((?P<agency>[^()\n]{2,40})\) ?[-–—:] ?",
    re.MULTILINE,
)
_SIGN_OFF = re.compile(
    r"(?<=[.!?\"“”»«'’‘)])[ \t\n]*"
    r"(?:/[A-Za-z]{2,4}(?:/[A-Za-z]{2,4}){0,5}|\((?:dpa|AFP|Reuters|AP|KNA|epd|TASS)[^()\n]{0,20}\))[ \t\n]*\Z"
)
# The wire's own note on a line of its own: "(Berichtigung: In einer früheren Version …)".
_NOTE = re.compile(
    r"^\((?:Berichtigung|Berichtigt|Korrektur|Zusammenfassung|Wiederholung|Neufassung|Überblick"
    r"|Ergänzung|Aktualisierung)\b(?:[^()\n]|\([^()\n]{0,80}\)){0,800}\)[ \t]*$",
    re.MULTILINE,
)
_RIGHTS = re.compile(
    r"\(c\)[ \t]*(?:copyright|.{0,60}\b(?:19|20)\d\d\b)|©|\bcopyright\b.{0,60}\d{4}"
    r"|alle rechte vorbehalten|all rights reserved|click for restrictions",
    re.IGNORECASE,
)
_RIGHTS_OWNER = re.compile(r"copyright\s+(?:by\s+)?(?:Thomson\s+)?([A-Z][\w-]+)", re.IGNORECASE)
_LONGEST_RIGHTS_LINE = 300


def read_date(text: str) -> tuple[date | None, Precision]:
    """The date a machine-written field holds and how precisely; `(None, "unknown")` if none.

    Reads `2026-01-29`, `2026-01`, `2026`, ISO date-times and `29.01.2026`.
    """
    text = text.strip()
    if match := re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(?!\d)", text):
        year, month, day = (int(part) for part in match.groups())
        return _make_date(year, month, day, "day")
    if match := re.match(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?!\d)", text):
        day, month, year = (int(part) for part in match.groups())
        return _make_date(year, month, day, "day")
    if match := re.fullmatch(r"(\d{4})-(\d{1,2})", text):
        return _make_date(int(match[1]), int(match[2]), 1, "month")
    if match := re.fullmatch(r"\d{4}", text):
        return _make_date(int(text), 1, 1, "year")
    return None, "unknown"


def _make_date(
    year: int, month: int, day: int, precision: Precision
) -> tuple[date | None, Precision]:
    try:
        return date(year, month, day), precision
    except ValueError:
        return None, "unknown"


def strip_header(text: str) -> tuple[str, str | None]:
    """The text without its `date …` header line, and the header's date as written."""
    match = _HEADER.match(text)
    return (text[match.end() :], match["date"]) if match else (text, None)


def read_published(text: str, written: str | date | None) -> tuple[date | None, Precision]:
    """The article's date: the one written beside it, made more precise by a day in its text."""
    published, precision = read_date(str(written)) if written else (None, "unknown")
    match = _STAND.search(text[:3000])
    if match is None or precision == "day":
        return published, precision
    stand, stand_precision = read_date(match[1])
    if stand is None:
        return published, precision
    outside = published is not None and (
        stand.year != published.year or (precision == "month" and stand.month != published.month)
    )
    return (published, precision) if outside else (stand, stand_precision)


def read_source(text: str) -> str | None:
    """The agency that the first dateline or the copyright line names."""
    if match := _DATELINE.search(text):
        return match["agency"].strip()
    if _RIGHTS.search(text) and (match := _RIGHTS_OWNER.search(text)):
        return match[1]
    return None


def find_boilerplate(text: str) -> list[Span]:
    """The ordered, disjoint spans that are no part of the report and stay out of retrieval."""
    spans = [Span(*match.span()) for match in _STAND.finditer(text)]
    spans += [Span(*match.span()) for match in _DATELINE.finditer(text)]
    spans += [Span(*match.span()) for match in _NOTE.finditer(text)]
    position = 0
    end = len(text)  # of the report, when a copyright line follows it
    for line in text.split("\n"):
        if len(line) <= _LONGEST_RIGHTS_LINE and _RIGHTS.search(line):
            spans.append(Span(position, position + len(line)))
            end = min(end, position) if not text[position + len(line) :].strip() else end
        position += len(line) + 1
    if match := _SIGN_OFF.search(text, max(0, end - 200), end):
        spans.append(Span(*match.span()))
    return _merge(spans)


def _merge(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start < merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged
