"""Time windows: the days that a question asks about, read from English, German or Russian.

A follow-up takes a `TimeStep` from there: "the year after", "einen Monat später".

Own rules instead of dateparser's search, which gives single moments: no ranges, no "since", no
quarters, no "in 2022" as a year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import MAXYEAR, MINYEAR, date
from functools import cache

from wortlaut.index.article import Precision, Span
from wortlaut.index.lang.calendar import list_times
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import LANGUAGES
from wortlaut.rag.understanding import timewords as words
from wortlaut.rag.understanding.timewords import (
    Atom,
    TimeRelation,
    days_back,
    find_atoms,
    month_days,
)

# A receipt's question is understood as on the day when it was asked, wherever that day matters.
_DAY: ContextVar[date | None] = ContextVar("day", default=None)

_NUMBER = words.COUNT
_UNIT_DE, _UNIT_EN, _UNIT_RU = (
    rf"(?P<unit>{words.match_units(language)})" for language in LANGUAGES
)
_NEXT_DE, _NEXT_EN, _NEXT_RU = (
    match_any([*list_times("next", language), *list_times("following", language)])
    for language in LANGUAGES
)
_LAST_DE, _LAST_EN, _LAST_RU = (
    match_any([*list_times("previous", language), *list_times("preceding", language)])
    for language in LANGUAGES
)
_STEP_DE = match_any(list_times("step", "de"))
# A step is from the time talked about, not from what a noun phrase or a clause names behind it:
# "two days after the strike", "за год до того, как …".
_END_EN = r"(?=\s*(?:\Z|[^\w\s]|(?:about|regarding|concerning|on|in|at|to|and|or)(?!\w)))"
_END_RU = r"(?=\s*(?:\Z|[^\w\s]|(?:о|об|обо|про|насчёт|в|на|и|или)(?!\w)))(?!,? как)"
_NO_THAN_EN = r"(?! than(?!\w))"
_NO_THAN_DE = r"(?! als(?!\w))"
_LATER = {
    "en": rf"(?:(?:the )?{_NEXT_EN} {_UNIT_EN}"
    rf"|the {_UNIT_EN} (?:after(?:wards)?|following)(?: that)?{_END_EN}"
    rf"|{_NUMBER} {_UNIT_EN} (?:(?:after|on)(?: that)?{_END_EN}|(?:later|afterwards){_NO_THAN_EN}))",
    "de": rf"(?:(?:(?:{_STEP_DE}|{_NUMBER}) )?{_UNIT_DE}"
    rf" (?:danach|darauf|später){_NO_THAN_DE}"
    rf"|(?:im|am|in der|das|die) {_NEXT_DE} {_UNIT_DE}"
    r"|im folge(?P<unit>jahr|monat))",
    "ru": rf"(?:(?:{_NUMBER} )?{_UNIT_RU} (?:(?:позже|спустя)(?!,? чем)|после этого{_END_RU})"
    rf"|(?:через|спустя) (?:{_NUMBER} )?{_UNIT_RU}(?: после этого{_END_RU}|(?! после(?!\w)))"
    rf"|(?:в|во|на) {_NEXT_RU} {_UNIT_RU})",
}
_EARLIER = {
    "en": rf"(?:the {_LAST_EN} {_UNIT_EN}|the {_UNIT_EN} before(?: that)?{_END_EN}"
    rf"|{_NUMBER} {_UNIT_EN} (?:earlier{_NO_THAN_EN}|before(?: that)?{_END_EN}))",
    "de": rf"(?:(?:(?:{_STEP_DE}|{_NUMBER}) )?{_UNIT_DE}"
    rf" (?:davor|zuvor|vorher|früher){_NO_THAN_DE}"
    rf"|(?:im|am|in der) {_LAST_DE} {_UNIT_DE}|im vor(?P<unit>jahr|monat))",
    "ru": rf"(?:(?:за )?(?:{_NUMBER} )?{_UNIT_RU}"
    rf" (?:(?:раньше|ранее)(?!,? чем)|до (?:этого|того){_END_RU})"
    rf"|(?:в|во|на) {_LAST_RU} {_UNIT_RU})",
}


_MONTH_DAYS = 31
_SOON_DAYS = 31
_LATE_DAYS = 366


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

    @property
    def is_short(self) -> bool:
        """Whether it is a closed one of no more than a month."""
        closed = self.since is not None and self.until is not None
        return closed and (self.until - self.since).days < _MONTH_DAYS  # type: ignore[operator]

    def widen_after(self) -> Window:
        """The window with the days in which news of it is printed."""
        return Window(self.since, None if self.until is None else _add_days(self.until, _SOON_DAYS))

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
            first, last = month_days(published.year, published.month)
        elif precision == "year":
            first, last = date(published.year, 1, 1), date(published.year, 12, 31)
        return (self.until is None or first <= self.until) and (
            self.since is None or last >= self.since
        )


OPEN = Window()


@contextmanager
def asked_on(day: date) -> Iterator[None]:
    """Have the day stand for today, in this thread and for as long as this lasts."""
    token = _DAY.set(day)
    try:
        yield
    finally:
        _DAY.reset(token)


def read_today() -> date:
    """The day from which "yesterday" counts."""
    return _DAY.get() or date.today()


def find_window(
    text: str, today: date, *, language: str = "en", near: Window | None = None
) -> tuple[Window, list[Span]]:
    """The window that `text` asks for, and the spans of the words that say so, in order.

    Relative times count from `today`; a month without a year is the latest one that has begun, or
    lies in the year that `near` (the conversation's window) covers. Times wholly in the future are
    what is talked about, not when it was published: they make no window.
    """
    atoms = _settle_ranges(_lead(find_atoms(text, today), text, language), text, today, near)
    horizon = max(today, read_today())
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


def rate_times(text: str, published: date | None, event: Window) -> float:
    """How well an article's words fit the time of an event: 1 where they name it, 0 for others.

    Words that name no time fit by half where they were published then or soon after.
    """
    named = _list_days(text, published)
    since, until = event.since or date.min, event.until or date.max
    longest = max((until - since).days + 1, _MONTH_DAYS)
    if any(
        first <= until and last >= since and (last - first).days < longest for first, last in named
    ):
        return 1.0
    if named or published is None:
        return 0.0
    return 0.5 if since <= published <= _add_days(until, _SOON_DAYS) else 0.0


def may_tell(text: str, published: date | None, event: Window) -> bool:
    """Whether an article may tell of an event: it was published about then, or names the time."""
    since, until = event.since or date.min, event.until or date.max
    early, late = _add_days(since, -_SOON_DAYS), _add_days(until, _LATE_DAYS)
    if published is None or early <= published <= late:
        return True
    return any(first <= until and last >= since for first, last in _list_days(text, published))


def _list_days(text: str, published: date | None) -> list[tuple[date, date]]:
    """The days that an article's words name, each time from its first to its last.

    Without a year they are the last such days or the next.
    """
    today = published or read_today()
    atoms = _settle_ranges(_lead(find_atoms(text, today), text, "de"), text, today, None)
    atoms = [atom for atom in atoms if not atom.bare or atom.led]
    days = [_days_of(atom, today, None) for atom in atoms]
    yearless = [a for a in atoms if a.year is None and a.fixed is None]
    later = (replace(a, year=min(_infer_year(a, today, None) + 1, MAXYEAR)) for a in yearless)
    return [*days, *(_days_of(atom, today, None) for atom in later)]


def widen_window(window: Window, unit: words.TimeUnit) -> Window:
    """The calendar weeks, months or years that a closed window lies in."""
    if window.since is None or window.until is None or window.is_empty:
        return window
    first, last = window.since, window.until
    if unit == "week":
        return Window(days_back(first, first.weekday()), _add_days(last, 6 - last.weekday()))
    if unit == "month":
        return Window(first.replace(day=1), month_days(last.year, last.month)[1])
    if unit == "year":
        return Window(date(first.year, 1, 1), date(last.year, 12, 31))
    return window


@dataclass(frozen=True, slots=True)
class TimeStep:
    """`count` units on from the time talked about; negative is back."""

    span: Span
    unit: words.TimeUnit
    count: int

    def take(self, window: Window) -> Window:
        """The window so many units on; an open window cannot be left and stays."""
        if window.since is None or window.until is None or window.is_empty:
            return window
        first, last = window.since, window.until
        days = (last - first).days + 1
        unit_days = {"day": 1, "week": 7, "month": 31, "year": 366}[self.unit]
        if days <= unit_days:
            whole = first.day == 1 and _ends_month(last)
            return Window(self._move(first), self._move(last, month_end=whole))
        # From a longer time on, the unit right behind or before it.
        if self.count > 0:
            since = _add_days(last, 1)
            until = _add_days(TimeStep(self.span, self.unit, 1)._move(since), -1)
            return self._count_down(Window(since, max(since, until)))
        until = _add_days(first, -1)
        back = TimeStep(self.span, self.unit, -1)._move(until, month_end=first.day == 1)
        return self._count_down(Window(min(until, _add_days(back, 1)), until))

    def _count_down(self, window: Window) -> Window:
        """The window the steps left lead to from `window`, the first unit next to a longer time."""
        left = self.count - 1 if self.count > 0 else self.count + 1
        return TimeStep(self.span, self.unit, left).take(window)

    def _move(self, day: date, *, month_end: bool = False) -> date:
        """The day so many units on; with `month_end` the last one of its month."""
        if self.unit in ("day", "week"):
            return _add_days(day, self.count * (7 if self.unit == "week" else 1))
        months = self.count * (12 if self.unit == "year" else 1)
        year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
        if not MINYEAR <= year <= MAXYEAR:
            return date.max if self.count > 0 else date.min
        length = monthrange(year, month + 1)[1]
        return date(year, month + 1, length if month_end else min(day.day, length))


def find_step(text: str, language: str) -> TimeStep | None:
    """The first step in time that the words take, if they take one."""
    for pattern, sign in ((_LATER[language], 1), (_EARLIER[language], -1)):
        match = _compile(pattern).search(text)
        if match is None:
            continue
        found = {name[:-1]: value for name, value in match.groupdict().items() if value}
        count = words.read_count(found.get("count"))
        return TimeStep(Span(*match.span()), words.read_time_unit(found["unit"]), sign * count)
    return None


def _lead(atoms: list[Atom], text: str, language: str) -> list[Atom]:
    """The atoms with the words before them taken in: "since", "bis zum", "в"."""
    led, floor = [], 0
    for atom in atoms:
        match = words.find_lead(
            text, max(floor, atom.span.start - 40), atom.span.start, loose=atom.loose
        )
        floor = atom.span.end
        if match is None:
            if not (atom.loose and words.names_a_thing(text, atom.span, language)):
                led.append(atom)
            continue
        mode: TimeRelation = words.lead_mode(match["lead"])
        behind = words.find_inclusive(text, floor)
        if mode == "before" and (atom.part == "end" or behind > floor):
            mode = "until"
        if mode == "since" and atom.first_day is not None:
            mode = "in"  # "с 3 по 5 апреля"
        from_ = words.opens_range(match["lead"])
        onward = words.ONWARD.match(text, floor) if from_ and mode == "in" else None
        if onward:
            mode, floor = "since", onward.end()
        span = Span(match.start("lead"), max(floor, behind if mode == "until" else floor))
        eve = words.ends_night(match["lead"])
        led.append(replace(atom, span=span, mode=mode, led=True, from_=from_, eve=eve))
    return led


def _settle_ranges(atoms: list[Atom], text: str, today: date, near: Window | None) -> list[Atom]:
    """The atoms with "from X to Y", "X–Y" and "between X and Y" made one each."""
    settled: list[Atom] = []
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
        if words.is_list(gap):
            first, rest[0] = _share(first, rest[0])
        settled.append(first)
    return settled


def _share(first: Atom, second: Atom) -> tuple[Atom, Atom]:
    """Two listed times with what one leaves out taken from the other: "in March and April 2022"."""
    if first.fixed is None and first.year is None and first.led:
        first = replace(first, year=second.year)
    if first.led and second.bare and not second.led:
        second = replace(second, led=True, mode=first.mode, year=second.year or first.year)
    return first, second


def _join(first: Atom, second: Atom, today: date, near: Window | None) -> Atom:
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
    return Atom(Span(first.span.start, second.span.end), fixed=(start, end), led=True)


def _days_of(atom: Atom, today: date, near: Window | None) -> tuple[date, date]:
    """The first and last day that an atom covers."""
    if atom.eve:
        first, last = _days_of(replace(atom, eve=False), today, near)
        return days_back(first, 1), last
    if atom.fixed is not None:
        return atom.fixed
    year = _infer_year(atom, today, near) if atom.year is None else atom.year
    if atom.feast is not None:
        return atom.feast.find_days(year)
    if atom.month is None:
        first, last = date(year, 1, 1), date(year, 12, 31)
        starts = {"start": (1, 4), "middle": (5, 8), "end": (9, 12)}
        if atom.part is not None:
            begin, end = starts[atom.part]
            return month_days(year, begin)[0], month_days(year, end)[1]
        return first, last
    first, last = month_days(year, atom.month)
    if atom.months > 1:
        ordinal = year * 12 + atom.month - 1 + atom.months - 1
        return first, month_days(min(ordinal // 12, MAXYEAR), ordinal % 12 + 1)[1]
    if atom.day is not None:
        begin_day = min(atom.first_day or atom.day, last.day)
        return first.replace(day=begin_day), first.replace(day=min(atom.day, last.day))
    if atom.part is not None:
        begin, end = {"start": (1, 10), "middle": (11, 20), "end": (21, last.day)}[atom.part]
        return first.replace(day=begin), first.replace(day=end)
    return first, last


def _infer_year(atom: Atom, today: date, near: Window | None) -> int:
    """The year of "in March": the conversation's, else the latest whose March has begun."""
    if near and near.since and near.until and near.since.year == near.until.year:
        return near.since.year
    begins = (atom.month or 1, atom.first_day or atom.day or 1)
    return max(today.year - (begins > (today.month, today.day)), MINYEAR)


def _open_window(atom: Atom, first: date, last: date) -> Window:
    if atom.mode == "since":
        return Window(since=first)
    if atom.mode == "after":
        return Window(since=date.fromordinal(min(last.toordinal() + 1, date.max.toordinal())))
    if atom.mode == "before":
        return Window(until=days_back(first, 1))
    return Window(until=last)


def _choose_closed(
    dated: list[tuple[Atom, tuple[date, date]]], text: str
) -> list[tuple[Atom, tuple[date, date]]]:
    """The first led time with those listed beside it ("in 2021 and 2022"); the rest is topic."""
    groups = list(_group_lists(dated, text))
    led = [group for group in groups if any(atom.led or not atom.loose for atom, _ in group)]
    return (led or groups or [[]])[0]


def _group_lists(
    dated: list[tuple[Atom, tuple[date, date]]], text: str
) -> Iterator[list[tuple[Atom, tuple[date, date]]]]:
    group: list[tuple[Atom, tuple[date, date]]] = []
    for item in dated:
        gap = text[group[-1][0].span.end : item[0].span.start] if group else ""
        if group and not words.is_list(gap):
            yield group
            group = []
        group.append(item)
    if group:
        yield group


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """The pattern with its repeated groups numbered: "unit" comes as unit0, unit1 …"""
    for name in ("unit", "count"):
        n = 0
        while f"(?P<{name}>" in pattern:
            pattern = pattern.replace(f"(?P<{name}>", f"(?P<{name}{n}>", 1)
            n += 1
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _add_days(day: date, days: int) -> date:
    number = day.toordinal() + days
    return date.fromordinal(min(max(number, 1), date.max.toordinal()))
