"""Steps in time that a follow-up takes: "the year after", "einen Monat später", "годом раньше"."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from index.article import Span
from rag.understanding import timewords as words
from rag.understanding.timewindow import Window

_NUMBER = words.COUNT
_UNIT_EN = r"(?P<unit>day|week|month|year)s?"
_UNIT_DE = r"(?P<unit>tag|woche|monat|jahr)(?:en?|es|s)?"
_UNIT_RU = (
    r"(?P<unit>день|днём|дня|дней|недел(?:я|ю|и|ей|ь|е)|месяц(?:а|ев|ем|е)?|год(?:а|ом|у)?|лет)"
)
# A step is from the time talked about, not from what a noun phrase or a clause names behind it:
# "two days after the strike", "за год до того, как …".
_END_EN = r"(?=\s*(?:\Z|[^\w\s]|(?:about|regarding|concerning|on|in|at|to|and|or)(?!\w)))"
_END_RU = r"(?=\s*(?:\Z|[^\w\s]|(?:о|об|обо|про|насчёт|в|на|и|или)(?!\w)))(?!,? как)"
_NO_THAN_EN = r"(?! than(?!\w))"
_NO_THAN_DE = r"(?! als(?!\w))"
_LATER = {
    "en": rf"(?:(?:the )?(?:next|following) {_UNIT_EN}"
    rf"|the {_UNIT_EN} (?:after(?:wards)?|following)(?: that)?{_END_EN}"
    rf"|{_NUMBER} {_UNIT_EN} (?:(?:after|on)(?: that)?{_END_EN}|(?:later|afterwards){_NO_THAN_EN}))",
    "de": rf"(?:(?:(?:im|das|am|die|in der|ein|eine|einen|einem|{_NUMBER}) )?{_UNIT_DE}"
    rf" (?:danach|darauf|später){_NO_THAN_DE}"
    rf"|(?:im|am|in der|das|die) (?:nächste|folgende|darauffolgende)[nrms]? {_UNIT_DE}"
    r"|im folge(?P<unit>jahr|monat))",
    "ru": rf"(?:(?:{_NUMBER} )?{_UNIT_RU} (?:(?:позже|спустя)(?!,? чем)|после этого{_END_RU})"
    rf"|(?:через|спустя) (?:{_NUMBER} )?{_UNIT_RU}(?: после этого{_END_RU}|(?! после(?!\w)))"
    rf"|(?:в|во|на) следующ(?:ем|ей|ий|ую) {_UNIT_RU})",
}
_EARLIER = {
    "en": rf"(?:the (?:previous|preceding) {_UNIT_EN}|the {_UNIT_EN} before(?: that)?{_END_EN}"
    rf"|{_NUMBER} {_UNIT_EN} (?:earlier{_NO_THAN_EN}|before(?: that)?{_END_EN}))",
    "de": rf"(?:(?:(?:im|das|am|die|in der|ein|eine|einen|einem|{_NUMBER}) )?{_UNIT_DE}"
    rf" (?:davor|zuvor|vorher|früher){_NO_THAN_DE}"
    rf"|(?:im|am|in der) (?:vorherige|vorige|vorangegangene)[nrms]? {_UNIT_DE}|im vor(?P<unit>jahr|monat))",
    "ru": rf"(?:(?:за )?(?:{_NUMBER} )?{_UNIT_RU}"
    rf" (?:(?:раньше|ранее)(?!,? чем)|до (?:этого|того){_END_RU})"
    rf"|(?:в|во|на) предыдущ(?:ем|ей|ий|ую) {_UNIT_RU})",
}


def _compile(pattern: str) -> re.Pattern[str]:
    """The pattern with its repeated groups numbered: "unit" comes as unit0, unit1 …"""
    for name in ("unit", "count"):
        n = 0
        while f"(?P<{name}>" in pattern:
            pattern = pattern.replace(f"(?P<{name}>", f"(?P<{name}{n}>", 1)
            n += 1
    return re.compile(rf"(?<!\w)(?:{pattern})(?!\w)", re.IGNORECASE)


_PATTERNS = {
    language: ((_compile(_LATER[language]), 1), (_compile(_EARLIER[language]), -1))
    for language in _LATER
}


@dataclass(frozen=True, slots=True)
class TimeStep:
    """`count` units on from the time talked about; negative is back."""

    span: Span
    unit: words.Unit
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
    for pattern, sign in _PATTERNS[language]:
        match = pattern.search(text)
        if match is None:
            continue
        found = {name[:-1]: value for name, value in match.groupdict().items() if value}
        count = words.count(found.get("count"))
        return TimeStep(Span(*match.span()), _read_unit(found["unit"]), sign * count)
    return None


def _read_unit(word: str) -> words.Unit:
    return "day" if word.lower().startswith("дн") else words.unit(word)


def _ends_month(day: date) -> bool:
    return day.day == monthrange(day.year, day.month)[1]


def _add_days(day: date, days: int) -> date:
    number = day.toordinal() + days
    return date.fromordinal(min(max(number, 1), date.max.toordinal()))
