"""What agency copy wraps around its text: headers, datelines, sign-offs, copyright lines."""

from __future__ import annotations

import re
from datetime import date

from wortlaut.index.article import Precision, Span
from wortlaut.index.lang.press import match_press_words
from wortlaut.index.press.datelines import find_datelines
from wortlaut.index.press.days import find_frame_days, sort_days
from wortlaut.index.press.wiretext import find_wire_lines, merge_spans, read_wire_source

_HEADER = re.compile(
    r"\A[ \t\n\ufeff]*date:?[ \t]+(?P<date>\d{4}(?:-\d{1,2}(?:-\d{1,2})?)?|\d{1,2}\.\d{1,2}\.\d{4})"
    r"(?:[ \t]+|[ \t]*\n|\Z)",
    re.IGNORECASE,
)
_SIGN_OFF = re.compile(
    r"(?<=[.!?\"“”»«'’‘)])[ \t\n]*"
    r"(?:/[A-Za-z]{2,4}(?:/[A-Za-z]{2,4}){0,5}"
    rf"|\((?P<agency>{match_press_words('agency')}(?:[/,-][^()\n]{{1,20}})?)\))[ \t\n]*\Z"
)
_RIGHTS = re.compile(
    r"\(c\)[ \t]*(?:copyright|.{0,60}\b(?:19|20)\d\d\b)|©|\bcopyright\b.{0,60}\d{4}"
    r"|alle rechte vorbehalten|all rights reserved|click for restrictions",
    re.IGNORECASE,
)
_RIGHTS_OWNER = re.compile(r"copyright\s+(?:by\s+)?(?:Thomson\s+)?([A-Z][\w-]+)", re.IGNORECASE)
# One of these is in each of its lines.
_RIGHTS_WORDS = ("(c)", "©", "copyright", "vorbehalten", "reserved", "restrictions")
_LONGEST_RIGHTS_LINE = 300
# So far the frame of an article reaches, from its beginning and from its end.
_FRAME, _TAIL = 3000, 200


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
    """The article's date: the one written beside it, made more precise by a day of its frame.

    A day that is written stands; a month or a year takes a day inside it alone. A day of the
    running text is never taken.
    """
    published, precision = read_date(str(written)) if written else (None, "unknown")
    if precision == "day":
        return published, precision
    lines = find_datelines(text[:_FRAME])
    days = find_frame_days(text) + [day for line in lines for day in line.days]
    for frame_day in sort_days(days):
        day = frame_day.in_year(published.year if published else None)
        if day and _is_inside(day, published, precision):
            return day, "day"
    return published, precision


def _is_inside(day: date, published: date | None, precision: Precision) -> bool:
    if published is None:
        return True
    return day.year == published.year and (precision == "year" or day.month == published.month)


def read_source(text: str) -> str | None:
    """The agency that the first dateline, the wire's own lines or the copyright line name."""
    for line in find_datelines(text):
        if line.agency:
            return line.agency
    if source := read_wire_source(text):
        return source
    if _RIGHTS.search(text) and (match := _RIGHTS_OWNER.search(text)):
        return match[1]
    if (match := _SIGN_OFF.search(text, max(0, len(text) - _TAIL))) and match["agency"]:
        return str(match["agency"])
    return None


def find_boilerplate(text: str) -> list[Span]:
    """The ordered, disjoint spans that are no part of the report and stay out of retrieval."""
    spans = [day.span for day in find_frame_days(text)]
    spans += [line.span for line in find_datelines(text)]
    spans += find_wire_lines(text)
    position = 0
    end = len(text)  # of the report, when a copyright line follows it
    low = text.lower()
    for line in text.split("\n") if any(word in low for word in _RIGHTS_WORDS) else ():
        if len(line) <= _LONGEST_RIGHTS_LINE and _RIGHTS.search(line):
            spans.append(Span(position, position + len(line)))
            end = min(end, position) if not text[position + len(line) :].strip() else end
        position += len(line) + 1
    if match := _SIGN_OFF.search(text, max(0, end - _TAIL), end):
        spans.append(Span(*match.span()))
    return merge_spans(spans)
