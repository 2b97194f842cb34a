"""The single time expressions in a text: days, months, quarters, years, "two weeks ago"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import MINYEAR, date, timedelta
from typing import Literal

from index.article import Span
from rag.understanding import timewords as words

Mode = words.LeadMode


@dataclass(frozen=True, slots=True)
class Atom:
    """One time expression before it is settled: a missing `year` is still to be inferred."""

    span: Span
    year: int | None = None
    month: int | None = None
    day: int | None = None
    first_day: int | None = None
    months: int = 1
    part: Literal["start", "middle", "end"] | None = None
    fixed: tuple[date, date] | None = None
    bare: bool = False  # only a time when a word such as "in" or "since" leads it
    loose: bool = False  # a year alone, which may belong to a name ("Expo 2020")
    mode: Mode = "in"
    led: bool = False
    from_: bool = False  # led by a word that may open a range ("from", "between")


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
    return date(year, month, 1), last


def _month_back(day: date, months: int) -> tuple[int, int]:
    """The year and month that lie `months` before a day's, not before the calendar's start."""
    ordinal = max(day.year * 12 + day.month - 1 - months, MINYEAR * 12)
    return ordinal // 12, ordinal % 12 + 1


def days_back(day: date, days: int) -> date:
    """The day `days` earlier, not before the calendar's start."""
    return date.fromordinal(max(day.toordinal() - days, 1))


def find_atoms(text: str, today: date) -> list[Atom]:
    """Every time expression, left to right, none overlapping an earlier kind of pattern."""
    taken: list[Atom] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            span = Span(*match.span())
            if any(span.overlap(a.span) for a in taken):
                continue
            atom = read(match, span, today)
            if atom is not None:
                taken.append(atom)
    return sorted(taken, key=lambda a: a.span)


def _read_iso(match: re.Match[str], span: Span, today: date) -> Atom | None:
    group = match.groupdict()
    day = int(group["day"]) if group.get("day") else None
    first_day = int(group["d0"]) if group.get("d0") else None
    year = int(group["year"]) if group.get("year") else None
    month = words.month_number(group["month"])
    if group.get("sep") == "/" and day is not None and month is not None and month > 12 >= day:
        day, month = month, day
    if month is None or not _is_day(year, month, day) or not _is_day(year, month, first_day):
        return None
    part = words.part_of_period(group.get("part"))
    if group.get("rel"):
        year = max(today.year - words.periods_back(group["rel"]), MINYEAR)
    bare = year is None and part is None and (day is None or "short" in group)
    return Atom(span, year, month, day, first_day, part=part, bare=bare)


def _is_day(year: int | None, month: int, day: int | None) -> bool:
    if not 1 <= month <= 12:
        return False
    return day is None or 1 <= day <= month_days(year or 2000, month)[1].day


def _read_season(match: re.Match[str], span: Span, today: date) -> Atom | None:
    start = words.season_month(match["season"])
    which = words.which(match["which"])
    year = int(match["year"]) if match["year"] else None
    if year is None and which is None:
        return Atom(span, None, start, months=3, bare=not words.stands_alone(match["season"]))
    if year is None:
        year = today.year
        if which == "last" and date(year, start, 1) > days_back(today, 89):
            year -= 1
    return Atom(span, year, start, months=3)


def _read_fraction(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """Quarters and halves of a year."""
    number = words.ordinal(match["number"] or match["q"][1])
    size = 6 if words.is_half(match["unit"] or match["q"]) else 3
    if number is None or not 1 <= number <= 12 // size:
        return None
    year = int(match["year"]) if match["year"] else None
    return Atom(span, year, (number - 1) * size + 1, months=size, bare=year is None)


def _read_year(match: re.Match[str], span: Span, today: date) -> Atom | None:
    year = int(match["year"])
    part = words.part_of_period(match["part"])
    if match["decade"]:
        return Atom(span, fixed=(date(year, 1, 1), date(year + 9, 12, 31)))
    if match["to"]:
        last = year // 100 * 100 + int(match["to"])
        if last != year + 1:
            return None
        return Atom(span, fixed=(date(year, 1, 1), date(last, 12, 31)))
    return Atom(span, year, part=part, loose=part is None)


def _read_day_word(match: re.Match[str], span: Span, today: date) -> Atom | None:
    day = days_back(today, words.days_ago(match[0]))
    return Atom(span, fixed=(day, day))


def _read_weekday(match: re.Match[str], span: Span, today: date) -> Atom | None:
    which = words.which(match["which"])
    back = (today.weekday() - words.weekday(match["weekday"])) % 7
    if back == 0 and which == "last":
        back = 7
    day = days_back(today, back)
    return Atom(span, fixed=(day, day), bare=which is None)


def _read_this(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "this month", "last year", "die vorletzte Woche", "в прошлом году"."""
    back = words.periods_back(match["which"])
    part = words.part_of_period(match["part"])
    unit = words.unit(match["unit"])
    if unit == "day":
        return None
    first, last = _calendar_period(today, unit, back)
    if unit == "year":
        return Atom(span, first.year, part=part)
    if unit == "month":
        return Atom(span, first.year, first.month, part=part)
    return Atom(span, fixed=(first, last))


def _read_rolling(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "in the last two weeks", "за последние 10 дней": up to today."""
    count = words.count(match["count"])
    return Atom(span, fixed=(_go_back(today, words.unit(match["unit"]), count), today))


def _read_ago(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "two weeks ago" is that whole calendar week; days are exact."""
    count = words.count(match["count"])
    unit = words.unit(match["unit"])
    if unit == "day":
        day = days_back(today, count)
        return Atom(span, fixed=(day, day))
    return Atom(span, fixed=_calendar_period(today, unit, count))


def _go_back(today: date, unit: words.Unit, count: int) -> date:
    if unit in ("day", "week"):
        return days_back(today, count * (7 if unit == "week" else 1))
    year, month = _month_back(today, count * (12 if unit == "year" else 1))
    return date(year, month, min(today.day, month_days(year, month)[1].day))


def _calendar_period(today: date, unit: words.Unit, back: int) -> tuple[date, date]:
    """The first and last day of the calendar week, month or year `back` before today's."""
    if unit == "year":
        year = max(today.year - back, MINYEAR)
        return date(year, 1, 1), date(year, 12, 31)
    if unit == "month":
        return month_days(*_month_back(today, back))
    monday = days_back(today, today.weekday() + 7 * back)
    return monday, date.fromordinal(min(monday.toordinal() + 6, date.max.toordinal()))


_Reader = Callable[[re.Match[str], Span, date], Atom | None]
_READERS: Sequence[tuple[re.Pattern[str], _Reader]] = (
    *((pattern, _read_iso) for pattern in words.DATES),
    (words.MONTH, _read_iso),
    (words.FRACTION, _read_fraction),
    (words.SEASON, _read_season),
    *((pattern, _read_ago) for pattern in words.AGO),
    *((pattern, _read_rolling) for pattern in words.ROLLING),
    *((pattern, _read_this) for pattern in words.THIS),
    (words.DAY_WORD, _read_day_word),
    (words.WEEKDAY, _read_weekday),
    (words.YEAR, _read_year),
)
