"""The days that stand in a text's frame: page lines, time stamps, "Stand: …", datelines.

A day of the running text is never one of them: it is an event's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal, get_args

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import list_forms, month_number
from wortlaut.index.lang.places import names_place
from wortlaut.index.lang.press import list_press_words, match_press_words
from wortlaut.index.lang.tables import match_any

# In the order of trust.
FrameKind = Literal[
    "published", "line", "stamp", "dateline", "standing", "glued", "updated", "study"
]
_KINDS: tuple[FrameKind, ...] = get_args(FrameKind)
_Labelled = Literal["published", "standing", "updated", "study"]

MONTH = rf"(?i:{match_any(list_forms('month', plural=True, short=True))})"
_YEAR = r"(?:(?:19|20)\d\d)"
_NUMBERED = rf"\d{{1,2}}\.[ ]?\d{{1,2}}\.(?:[ ]?{_YEAR}|\d\d)?(?!\d)"
_WORDED = rf"\d{{1,2}}\.?[ ]?{MONTH}\b\.?,?(?: {_YEAR})?(?!\d)"
_ENGLISH = rf"{MONTH}\b\.? \d{{1,2}}(?:st|nd|rd|th)?(?!\d)(?:,? {_YEAR})?"
# A day in any form, with its year or without.
DAY = rf"(?:\d{{4}}-\d\d-\d\d(?!\d)|{_NUMBERED}|{_WORDED}|{_ENGLISH})"
_TIME = (
    r"(?:\d{1,2}[:.]\d\d(?::\d\d)?(?:[ ]?(?:Uhr|h|[ap]\.?m\.?))?|\d{1,2} Uhr)"
    rf"(?:[ ]?/?[ ]?(?:{match_press_words('zone')})\b)?"
)
_BEHIND = rf"(?:[ \t]*(?:[,|/–-][ \t]*)?(?:um |at )?{_TIME})?"
_WEEKDAY = (
    rf"(?:(?i:{match_any(list_forms('weekday', plural=False))})|{match_press_words('weekday')})\b"
)
_ISO = re.compile(r"(\d{4})-(\d\d)-(\d\d)(?!\d)")
_DOTTED = re.compile(r"(\d{1,2})\.[ ]?(\d{1,2})\.[ ]?(\d{4}|\d\d)?")
_DAY_FIRST = re.compile(rf"(\d{{1,2}})\.?[ ]?({MONTH})\b\.?,?(?: (\d{{4}}))?")
_MONTH_FIRST = re.compile(rf"({MONTH})\b\.? (\d{{1,2}})(?:st|nd|rd|th)?(?:,? (\d{{4}}))?")
_MONTH_ALONE = re.compile(rf"(?<![\w.])({MONTH})\b\.? ({_YEAR})\b")
_LED = rf"[ \t]*(?:{_WEEKDAY}[.,]*[ \t]+)?(?:am |den |dem |vom )?(?P<day>{DAY}){_BEHIND}"

# So far into a text, and from its end, its frame may reach.
_HEAD, _TAIL = 3000, 1500
_HEAD_LINES, _TAIL_LINES = 12, 5
_LONGEST_LINE = 120
_GLUED = 400
_CLOCK = re.compile(r"\d[.:]\d\d\b")
_CENTURY_TURNS = 70
# "am", "bis zum": what is on that day is told of.
_LEADS = re.compile(rf"(?<!\w)(?i:{match_press_words('lead')})[ \t]*\Z")
# Lines of more days than these are a calendar's.
_MOST_DAYS = 2


@dataclass(frozen=True, slots=True)
class FrameDay:
    """A day of the frame and the words that say it; `year` is `None` where it is not written."""

    span: Span
    kind: FrameKind
    year: int | None
    month: int
    day: int

    def in_year(self, year: int | None) -> date | None:
        """The day, in `year` where none is written; `None` for no day of the calendar."""
        year = self.year or year
        try:
            return date(year, self.month, self.day) if year else None
        except ValueError:
            return None


def parse_day(words: str) -> tuple[int | None, int, int] | None:
    """Year, month and day of a day in one of the forms of `DAY`; the year may be missing."""
    if match := _ISO.match(words):
        return int(match[1]), int(match[2]), int(match[3])
    if match := _DOTTED.match(words):
        return _read_year(match[3]), int(match[2]), int(match[1])
    if match := _DAY_FIRST.match(words):
        return _read_year(match[3]), month_number(match[2]) or 0, int(match[1])
    if match := _MONTH_FIRST.match(words):
        return _read_year(match[3]), month_number(match[1]) or 0, int(match[2])
    return None


def _read_year(digits: str | None) -> int | None:
    if not digits or len(digits) == 4:
        return int(digits) if digits else None
    return int(digits) + (2000 if int(digits) < _CENTURY_TURNS else 1900)


def find_date(words: str) -> str | None:
    """The first full date in a field's words as ISO has it; or its month, "2022-02"; or `None`."""
    for match in _read_day().finditer(words):
        parts = parse_day(match[0])
        if parts and parts[0]:
            found = FrameDay(Span(0, 0), "line", *parts).in_year(None)
            return found.isoformat() if found else None
    month = _MONTH_ALONE.search(words)
    return f"{month[2]}-{month_number(month[1]) or 0:02}" if month else None


def find_frame_days(text: str) -> list[FrameDay]:
    """The days of a text's frame but for its datelines, the most trusted kind first."""
    tail = max(0, len(text) - _TAIL)
    lines = list(_find_lines(text))
    found = list(_find_labelled(text))
    if len({(day.month, day.day) for day in lines}) <= _MOST_DAYS:
        found += lines
    found += [*_find_stamps(text, tail), *_find_glued(text)]
    return sort_days(found)


def sort_days(days: list[FrameDay]) -> list[FrameDay]:
    """The days, the most trusted kind first, each kind in the order of the text."""
    return sorted(days, key=lambda each: (_KINDS.index(each.kind), each.span))


def make_frame_day(span: Span, kind: FrameKind, words: str) -> Iterator[FrameDay]:
    """The frame's day that the words say, if they say one."""
    if parts := parse_day(words):
        yield FrameDay(span, kind, *parts)


def _find_labelled(text: str) -> Iterator[FrameDay]:
    for match in _read_labelled().finditer(text):
        label, colon = match["label"], match["colon"]
        opened = not colon and match["end"] is not None
        kind = _read_kinds()[opened].get(label) or (colon and _read_kinds()[True].get(label))
        if kind:
            yield from make_frame_day(Span(match.start(), match.end("told")), kind, match["day"])


@cache
def _read_kinds() -> tuple[dict[str, FrameKind], dict[str, FrameKind]]:
    """What a label with a colon leads, and what one without."""
    closed: tuple[_Labelled, ...] = ("study", "updated", "standing", "published")
    with_colon: dict[str, FrameKind] = {
        label: kind for kind in closed for label in list_press_words(kind)
    }
    without: dict[str, FrameKind] = dict.fromkeys(list_press_words("updated on"), "updated")
    without |= dict.fromkeys(list_press_words("published on"), "published")
    return with_colon, without


@cache
def _read_labelled() -> re.Pattern[str]:
    """A label and its day. Without a colon, the day and its time end the line or a part of it.

    "Veröffentlicht am 18. Februar 2022 wurde das Buch …" is a sentence.
    """
    labels = match_any(label for kinds in _read_kinds() for label in kinds)
    return re.compile(
        rf"(?=[A-ZÄÖÜА-Я])(?<![\w-])(?P<label>{labels})(?P<colon>:)?(?P<told>{_LED})"
        r"(?P<end>(?=[ \t]*(?:$|[|·•),;–/-])))?",
        re.MULTILINE,
    )


@cache
def _read_day() -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.,:/-])(?:{DAY})")


@cache
def _read_parts() -> re.Pattern[str]:
    """What a page line is made of, besides its day."""
    labels = list_press_words(
        "published on", "published", "standing", "updated on", "updated", "agency", "credit"
    )
    words = match_any((*labels, *list_press_words("clock", "zone")))
    return re.compile(rf"(?<![\w.]){_TIME}|(?<!\w){_WEEKDAY}|(?<!\w)(?:{words})(?!\w)")


def _find_lines(text: str) -> Iterator[FrameDay]:
    """Lines that hold nothing but a day, its time, an agency and an author."""
    lines: list[tuple[int, str]] = []
    position = 0
    for line in text.split("\n"):
        if line.strip():
            lines.append((position, line))
        position += len(line) + 1
    tail = lines[max(_HEAD_LINES, len(lines) - _TAIL_LINES) :]
    for number, (start, line) in enumerate(lines[:_HEAD_LINES] + tail):
        if len(line) > _LONGEST_LINE or not any(letter.isdigit() for letter in line):
            continue
        match = _read_day().search(line)
        if not match or not (parts := parse_day(match[0])) or not parts[0]:
            continue
        in_head = number < _HEAD_LINES
        if _is_page_line(line, match) or (in_head and _is_placed(line, text)):
            yield FrameDay(Span(start, start + len(line)), "line", *parts)


def _is_page_line(line: str, day: re.Match[str]) -> bool:
    rest = _read_day().sub(" ", line[: day.start()] + " | " + line[day.end() :])
    rest = _read_parts().sub(" ", rest).strip(" \t|·•,;:–—/()-.")
    letter = re.fullmatch(r"[ \t]*[A-ZÄÖÜ][\w./ -]{1,30},? den [^,;]{6,24}", line)
    return not re.search(r"\w", rest) or bool(letter) or _is_byline(rest)


def _is_placed(line: str, text: str) -> bool:
    """ "Lindau, 4. März 2024" over a release: the words are a town's, no event's like "Wahl, …"."""
    match = _read_placed().fullmatch(line)
    if not match:
        return False
    place = match["place"]
    towns = re.split(r"[ /]+", place)
    if any(names_place(town.lower()) for town in towns) or _read_towns().search(place):
        return True
    return bool(
        re.search(rf"(?<!\w)(?:{match_press_words('release')})(?!\w)", text[:_HEAD], re.IGNORECASE)
        or re.search(rf"(?<!\w)(?:{match_press_words('where')}) {re.escape(place)}(?!\w)", text)
    )


@cache
def _read_towns() -> re.Pattern[str]:
    return re.compile(rf"(?:{match_press_words('town')})\Z")


@cache
def _read_placed() -> re.Pattern[str]:
    # With a time of the day it is rather when something takes place.
    word = rf"(?:[A-ZÄÖÜ][\w.'’-]{{0,30}}|{match_press_words('place')})"
    return re.compile(
        rf"[ \t]*(?P<place>(?=[A-ZÄÖÜ]){word}(?:[ /]{{1,3}}{word}){{0,3}}), ?"
        rf"(?:{_WEEKDAY},? )?{DAY}\.?[ \t]*"
    )


def _is_byline(words: str) -> bool:
    return bool(
        re.fullmatch(
            rf"(?:{match_press_words('byline')}) [A-ZÄÖÜ][\w.'’-]+(?: (?:und |and )?[A-ZÄÖÜ][\w.'’-]+){{1,6}}",
            words,
        )
    )


# "181646 Feb 22", "181646 GMT FEB 2022": the 18th, 16.46 hours.
_STAMP = re.compile(
    rf"[0-3]\d(?:[01]\d|2[0-3])[0-5]\dZ?(?: [A-Z]{{3,4}})? (?P<m>{MONTH})\b\.? "
    r"(?P<y>\d\d(?:\d\d)?)[ \t\x03\x04]*$",
    re.MULTILINE,
)
_ISO_STAMP = re.compile(r"\d{4}-\d\d-\d\d(?=/\d\d:\d\d\b)")
# "dpa:220218-99-123456/2": the number of a story of the 18 February 2022.
_STORY = re.compile(r"dpa(?:\.com:\d{8})?:(?P<urn>\d{6})-\d{2,3}-\d+(?:/\d+)?")
_DOW_JONES = re.compile(rf"\(END\) Dow Jones Newswires\s+(?P<day>{DAY})[^\n]{{0,40}}")


def _find_stamps(text: str, tail: int) -> Iterator[FrameDay]:
    for match in _STAMP.finditer(text, tail):
        if not text[max(0, match.start() - 1) : match.start()].strip():
            month, year = month_number(match["m"]) or 0, _read_year(match["y"])
            yield FrameDay(Span(*match.span()), "stamp", year, month, int(match[0][:2]))
    for match in _ISO_STAMP.finditer(text, tail):
        yield from make_frame_day(Span(*match.span()), "stamp", match[0])
    for match in _STORY.finditer(text, tail):
        digits = match["urn"]
        year, month, day = _read_year(digits[:2]), int(digits[2:4]), int(digits[4:])
        yield FrameDay(Span(*match.span()), "stamp", year, month, day)
    for match in _DOW_JONES.finditer(text, tail):
        yield from make_frame_day(Span(*match.span()), "stamp", match["day"])


@cache
def _read_glued() -> re.Pattern[str]:
    weekday = rf"(?:{_WEEKDAY}[.,]*[ \t]+)?"
    return re.compile(
        rf"(?<=[\w\"“”»«’?!.)] )(?P<all>{weekday}(?P<day>{DAY})[ \t]*[,|/–-]?[ \t]*{_TIME})"
    )


def _find_glued(text: str) -> Iterator[FrameDay]:
    """A page line that is glued behind the headline: "Nie naiv sein Fr, 18.02.2022, 16.46 Uhr"."""
    line = text[:_GLUED].lstrip().partition("\n")[0]
    offset = text.find(line)
    match = _read_glued().search(line) if _CLOCK.search(line) else None
    if match and not _LEADS.search(line, 0, match.start()):
        start, end = match.span("all")
        yield from make_frame_day(Span(offset + start, offset + end), "glued", match["day"])
