"""Time windows: the days that a question asks about, read from English, German or Russian.

Own rules instead of dateparser: its search finds no ranges, no "since", no quarters, and costs
hundreds of milliseconds; these rules cost a fraction of one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date, timedelta
from typing import Literal

from index.article import Precision, Span
from rag import timewords as words

Mode = Literal["in", "since", "after", "before", "until"]


@dataclass(frozen=True, slots=True)
class Window:
    """Days from `since` to `until`, both inclusive; `None` is open; `since > until` is empty."""

    since: date | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether every day, and so every undated article, is admitted."""
        return self.since is None and self.until is None

    @property
    def is_empty(self) -> bool:
        """Whether no day at all is admitted."""
        return self.since is not None and self.until is not None and self.since > self.until

    def intersect(self, other: Window) -> Window:
        """The days in both windows; empty (`is_empty`) when they share none."""
        since = max((d for d in (self.since, other.since) if d is not None), default=None)
        until = min((d for d in (self.until, other.until) if d is not None), default=None)
        return Window(since, until)

    def admits(self, published: date | None, precision: Precision) -> bool:
        """Whether an article may be used: its day, month or year overlaps the window.

        An article without a date is admitted only by a window that is open on both sides.
        """
        if self.is_open:
            return True
        if published is None or precision == "unknown" or self.is_empty:
            return False
        first, last = published, published
        if precision == "month":
            first, last = _month_days(published.year, published.month)
        elif precision == "year":
            first, last = date(published.year, 1, 1), date(published.year, 12, 31)
        return (self.until is None or first <= self.until) and (
            self.since is None or last >= self.since
        )


@dataclass(frozen=True, slots=True)
class _Atom:
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


def find_window(
    text: str, today: date, *, language: str = "en", near: Window | None = None
) -> tuple[Window, list[Span]]:
    """The window that `text` asks for, and the spans of the words that say so, in order.

    Relative times count from `today`; a month without a year is the latest one that has begun, or
    lies in the year that `near` (the conversation's window) covers. Times wholly in the future are
    what is talked about, not when it was published: they make no window.
    """
    atoms = _settle_ranges(_lead(_find_atoms(text, today), text, language), text, today, near)
    horizon = max(today, date.today())
    dated = [(a, _days_of(a, today, near)) for a in atoms if not (a.bare and not a.led)]
    dated = [(a, days) for a, days in dated if days[a.mode == "until"] <= horizon]
    open_ended = [(a, d) for a, d in dated if a.mode != "in"]
    closed = _choose_closed([(a, d) for a, d in dated if a.mode == "in"], text)
    window, spans = Window(), [atom.span for atom, _ in open_ended]
    for atom, (first, last) in open_ended:
        window = window.intersect(_open_window(atom, first, last))
    if closed:
        hull = Window(min(d[0] for _, d in closed), max(d[1] for _, d in closed))
        window = window.intersect(hull)
        spans.append(Span(closed[0][0].span.start, closed[-1][0].span.end))
    return window, sorted(spans)


def _month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
    return date(year, month, 1), last


def _month_back(day: date, months: int) -> tuple[int, int]:
    """The year and month that lie `months` before a day's, not before the calendar's start."""
    ordinal = max(day.year * 12 + day.month - 1 - months, MINYEAR * 12)
    return ordinal // 12, ordinal % 12 + 1


def _days_back(day: date, days: int) -> date:
    """The day `days` earlier, not before the calendar's start."""
    return date.fromordinal(max(day.toordinal() - days, 1))


def _find_atoms(text: str, today: date) -> list[_Atom]:
    """Every time expression, left to right, none overlapping an earlier kind of pattern."""
    taken: list[_Atom] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            span = Span(*match.span())
            if any(span.overlap(a.span) for a in taken):
                continue
            atom = read(match, span, today)
            if atom is not None:
                taken.append(atom)
    return sorted(taken, key=lambda a: a.span)


def _read_iso(match: re.Match[str], span: Span, today: date) -> _Atom | None:
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
    return _Atom(span, year, month, day, first_day, part=part, bare=bare)


def _is_day(year: int | None, month: int, day: int | None) -> bool:
    if not 1 <= month <= 12:
        return False
    return day is None or 1 <= day <= _month_days(year or 2000, month)[1].day


def _read_season(match: re.Match[str], span: Span, today: date) -> _Atom | None:
    start = words.season_month(match["season"])
    which = words.which(match["which"])
    year = int(match["year"]) if match["year"] else None
    if year is None and which is None:
        return _Atom(span, None, start, months=3, bare=not words.stands_alone(match["season"]))
    if year is None:
        year = today.year
        if which == "last" and date(year, start, 1) > _days_back(today, 89):
            year -= 1
    return _Atom(span, year, start, months=3)


def _read_fraction(match: re.Match[str], span: Span, today: date) -> _Atom | None:
    """Quarters and halves of a year."""
    number = words.ordinal(match["number"] or match["q"][1])
    size = 6 if words.is_half(match["unit"] or match["q"]) else 3
    if number is None or not 1 <= number <= 12 // size:
        return None
    year = int(match["year"]) if match["year"] else None
    return _Atom(span, year, (number - 1) * size + 1, months=size, bare=year is None)


def _read_year(match: re.Match[str], span: Span, today: date) -> _Atom | None:
    year = int(match["year"])
    part = words.part_of_period(match["part"])
    if match["decade"]:
        return _Atom(span, fixed=(date(year, 1, 1), date(year + 9, 12, 31)))
    if match["to"]:
        last = year // 100 * 100 + int(match["to"])
        if last != year + 1:
            return None
        return _Atom(span, fixed=(date(year, 1, 1), date(last, 12, 31)))
    return _Atom(span, year, part=part, loose=part is None)


def _read_day_word(match: re.Match[str], span: Span, today: date) -> _Atom | None:
    day = _days_back(today, words.days_ago(match[0]))
    return _Atom(span, fixed=(day, day))


def _read_weekday(match: re.Match[str], span: Span, today: date) -> _Atom | None:
    which = words.which(match["which"])
    back = (today.weekday() - words.weekday(match["weekday"])) % 7
    if back == 0 and which == "last":
        back = 7
    day = _days_back(today, back)
    return _Atom(span, fixed=(day, day), bare=which is None)


def _read_this(match: re.Match[str], span: Span, today: date) -> _Atom | None:
    """ "this month", "last year", "die vorletzte Woche", "в прошлом году"."""
    back = words.periods_back(match["which"])
    part = words.part_of_period(match["part"])
    unit = words.unit(match["unit"])
    if unit == "day":
        return None
    first, last = _calendar_period(today, unit, back)
    if unit == "year":
        return _Atom(span, first.year, part=part)
    if unit == "month":
        return _Atom(span, first.year, first.month, part=part)
    return _Atom(span, fixed=(first, last))


def _read_rolling(match: re.Match[str], span: Span, today: date) -> _Atom | None:
    """ "in the last two weeks", "за последние 10 дней": up to today."""
    count = words.count(match["count"])
    return _Atom(span, fixed=(_go_back(today, words.unit(match["unit"]), count), today))


def _read_ago(match: re.Match[str], span: Span, today: date) -> _Atom | None:
    """ "two weeks ago" is that whole calendar week; days are exact."""
    count = words.count(match["count"])
    unit = words.unit(match["unit"])
    if unit == "day":
        day = _days_back(today, count)
        return _Atom(span, fixed=(day, day))
    return _Atom(span, fixed=_calendar_period(today, unit, count))


def _go_back(today: date, unit: words.Unit, count: int) -> date:
    if unit in ("day", "week"):
        return _days_back(today, count * (7 if unit == "week" else 1))
    year, month = _month_back(today, count * (12 if unit == "year" else 1))
    return date(year, month, min(today.day, _month_days(year, month)[1].day))


def _calendar_period(today: date, unit: words.Unit, back: int) -> tuple[date, date]:
    """The first and last day of the calendar week, month or year that lies `back` before today's."""
    if unit == "year":
        year = max(today.year - back, MINYEAR)
        return date(year, 1, 1), date(year, 12, 31)
    if unit == "month":
        return _month_days(*_month_back(today, back))
    monday = _days_back(today, today.weekday() + 7 * back)
    return monday, date.fromordinal(min(monday.toordinal() + 6, date.max.toordinal()))


_Reader = Callable[[re.Match[str], Span, date], _Atom | None]
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


def _lead(atoms: list[_Atom], text: str, language: str) -> list[_Atom]:
    """The atoms with the words before them taken in: "since", "bis zum", "в"."""
    led, floor = [], 0
    for atom in atoms:
        pattern = words.LEAD_YEAR if atom.loose else words.LEAD
        match = pattern.search(text, max(floor, atom.span.start - 40), atom.span.start)
        floor = atom.span.end
        if match is None:
            if not (atom.loose and words.names_a_thing(text, atom.span, language)):
                led.append(atom)
            continue
        mode: Mode = words.lead_mode(match["lead"])
        if mode == "before" and atom.part == "end":
            mode = "until"
        from_ = words.opens_range(match["lead"])
        onward = words.ONWARD.match(text, floor) if from_ and mode == "in" else None
        if onward:
            mode, floor = "since", onward.end()
        span = Span(match.start("lead"), floor)
        led.append(replace(atom, span=span, mode=mode, led=True, from_=from_))
    return led


def _settle_ranges(
    atoms: list[_Atom], text: str, today: date, near: Window | None
) -> list[_Atom]:
    """The atoms with "from X to Y", "X–Y" and "between X and Y" made one each."""
    settled: list[_Atom] = []
    rest = list(atoms)
    while rest:
        first = rest.pop(0)
        if not rest:
            return [*settled, first]
        gap = text[first.span.end : rest[0].span.start]
        known = not (first.bare and rest[0].bare) or first.led
        if known and words.joins_range(
            gap, rest[0].span.of(text), opened=first.from_ and not rest[0].led
        ):
            settled.append(_join(first, rest.pop(0), today, near))
            continue
        if words.LIST.fullmatch(gap):
            first, rest[0] = _share(first, rest[0])
        settled.append(first)
    return settled


def _share(first: _Atom, second: _Atom) -> tuple[_Atom, _Atom]:
    """Two listed times with what one leaves out taken from the other: "in March and April 2022"."""
    if first.fixed is None and first.year is None and first.led:
        first = replace(first, year=second.year)
    if first.led and second.bare and not second.led:
        second = replace(second, led=True, mode=first.mode, year=second.year or first.year)
    return first, second


def _join(first: _Atom, second: _Atom, today: date, near: Window | None) -> _Atom:
    """One atom from the first's first day to the second's last."""
    if first.year is None and first.fixed is None and second.fixed is None:
        year = _days_of(second, today, near)[1].year
        late = (first.month or 1) > (second.month or 12)
        first = replace(first, year=max(year - late, MINYEAR))
    elif second.year is None and second.fixed is None and first.year is not None:
        year = first.year + ((second.month or 12) < (first.month or 1))
        second = replace(second, year=min(year, MAXYEAR))
    start, end = _days_of(first, today, near)[0], _days_of(second, today, near)[1]
    if start > end:
        start, end = _days_of(second, today, near)[0], _days_of(first, today, near)[1]
    return _Atom(Span(first.span.start, second.span.end), fixed=(start, end), led=True)


def _days_of(atom: _Atom, today: date, near: Window | None) -> tuple[date, date]:
    """The first and last day that an atom covers."""
    if atom.fixed is not None:
        return atom.fixed
    year = _infer_year(atom, today, near) if atom.year is None else atom.year
    if atom.month is None:
        first, last = date(year, 1, 1), date(year, 12, 31)
        starts = {"start": (1, 4), "middle": (5, 8), "end": (9, 12)}
        if atom.part is not None:
            begin, end = starts[atom.part]
            return _month_days(year, begin)[0], _month_days(year, end)[1]
        return first, last
    first, last = _month_days(year, atom.month)
    if atom.months > 1:
        ordinal = year * 12 + atom.month - 1 + atom.months - 1
        return first, _month_days(min(ordinal // 12, MAXYEAR), ordinal % 12 + 1)[1]
    if atom.day is not None:
        begin_day = min(atom.first_day or atom.day, last.day)
        return first.replace(day=begin_day), first.replace(day=min(atom.day, last.day))
    if atom.part is not None:
        begin, end = {"start": (1, 10), "middle": (11, 20), "end": (21, last.day)}[atom.part]
        return first.replace(day=begin), first.replace(day=end)
    return first, last


def _infer_year(atom: _Atom, today: date, near: Window | None) -> int:
    """The year of "in March": the conversation's, else the latest whose March has begun."""
    if near and near.since and near.until and near.since.year == near.until.year:
        return near.since.year
    begins = (atom.month or 1, atom.first_day or atom.day or 1)
    return max(today.year - (begins > (today.month, today.day)), MINYEAR)


def _open_window(atom: _Atom, first: date, last: date) -> Window:
    if atom.mode == "since":
        return Window(since=first)
    if atom.mode == "after":
        return Window(since=date.fromordinal(min(last.toordinal() + 1, date.max.toordinal())))
    if atom.mode == "before":
        return Window(until=_days_back(first, 1))
    return Window(until=last)


def _choose_closed(
    dated: list[tuple[_Atom, tuple[date, date]]], text: str
) -> list[tuple[_Atom, tuple[date, date]]]:
    """The first led time with those listed beside it ("in 2021 and 2022"); the rest is topic."""
    groups = list(_group_lists(dated, text))
    led = [group for group in groups if any(atom.led or not atom.loose for atom, _ in group)]
    return (led or groups or [[]])[0]


def _group_lists(
    dated: list[tuple[_Atom, tuple[date, date]]], text: str
) -> Iterator[list[tuple[_Atom, tuple[date, date]]]]:
    group: list[tuple[_Atom, tuple[date, date]]] = []
    for item in dated:
        gap = text[group[-1][0].span.end : item[0].span.start] if group else ""
        if group and not words.LIST.fullmatch(gap):
            yield group
            group = []
        group.append(item)
    if group:
        yield group
