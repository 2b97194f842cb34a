"""Months, weekdays, seasons, parts of the day and words for times in German, English and Russian.

The words are in `de/calendar.tsv`, `de/times.tsv` and their neighbours; nothing else knows a month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Literal

from wortlaut.index.lang.tables import read_phrases, read_rows
from wortlaut.index.lang.words import LANGUAGES, Language

CalendarKind = Literal["month", "weekday", "season", "daypart"]
Case = Literal["name", "day", "in"]
_CASES: tuple[Case, ...] = ("name", "day", "in")

_DAY: Mapping[Language, str] = {
    "de": "{day}. {month} {year}",
    "en": "{day} {month} {year}",
    "ru": "{day} {month} {year}",
}


@dataclass(frozen=True, slots=True)
class CalendarWord:
    """A month, weekday, season or part of the day with all its forms, written as the table has them.

    `value` is 1-12 for a month, 0 for Monday, a season's first month, and 0 for a part of the day.
    `forms` begin with the name; `plural` are forms that mean several ("по средам", "montags").
    """

    value: int
    cases: Mapping[Case, str]
    forms: tuple[str, ...]
    plural: tuple[str, ...]
    short: tuple[str, ...]


@cache
def read_calendar(kind: CalendarKind, language: Language) -> tuple[CalendarWord, ...]:
    """The words of a kind in the order of the table: January first, Monday first."""
    return tuple(
        CalendarWord(
            int(row["value"] or 0),
            {case: row[case] or row["name"] for case in _CASES},
            tuple(_spell([row["name"], row["day"], row["in"], *row["forms"].split()])),
            tuple(_spell(row["plural"].split())),
            tuple(row["short"].split()),
        )
        for row in read_rows(f"{language}/calendar.tsv")
        if row["kind"] == kind
    )


def _spell(words: Sequence[str]) -> Iterator[str]:
    """Each word once, one with "ё" with "е" too."""
    spelled = (form for word in words if word for form in (word, word.replace("ё", "е")))
    return iter(dict.fromkeys(spelled))


def list_forms(
    kind: CalendarKind, *languages: Language, plural: bool = False, short: bool = False
) -> tuple[str, ...]:
    """Every form of every word of a kind in lower case; without languages, in all three."""
    forms = (
        form.lower()
        for language in languages or LANGUAGES
        for word in read_calendar(kind, language)
        for form in word.forms + (word.plural if plural else ()) + (word.short if short else ())
    )
    return tuple(dict.fromkeys(forms))


def list_short_months() -> tuple[str, ...]:
    """The abbreviations of months in lower case, without their points."""
    short = (form for language in LANGUAGES for month in read_calendar("month", language)
             for form in month.short)  # fmt: skip
    return tuple(dict.fromkeys(form.lower() for form in short))


def name_month(number: int, language: Language, case: Case = "name") -> str:
    """The name of month 1 to 12: "январь", behind a day "января", behind "in" "январе"."""
    return read_calendar("month", language)[number - 1].cases[case]


def list_names(kind: CalendarKind, language: Language, case: Case = "name") -> tuple[str, ...]:
    """The words of a kind in order, each in one case: "понедельник", "вторник", "среду" …"""
    return tuple(word.cases[case] for word in read_calendar(kind, language))


def write_day(day: date, language: Language) -> str:
    """The day in words: "21 January 2022", "21. Januar 2022", "21 января 2022"."""
    month = name_month(day.month, language, "day")
    return _DAY[language].format(day=day.day, month=month, year=day.year)


@dataclass(frozen=True, slots=True)
class Feast:
    """A feast of one year or every year: from its first day to its last.

    `movable` ones count `first` and `last` in days from Easter Sunday, of the Orthodox if
    `orthodox`; of others they are month * 100 + day.
    """

    first: int
    last: int
    movable: bool
    orthodox: bool

    def find_days(self, year: int) -> tuple[date, date]:
        """The feast's first and last day in a year; raises ValueError beyond the calendar."""
        if self.movable:
            easter = _find_easter(year, self.orthodox).toordinal()
            return date.fromordinal(easter + self.first), date.fromordinal(easter + self.last)
        first, last = (date(year, *divmod(day, 100)) for day in (self.first, self.last))
        return first, last


@cache
def read_feasts() -> Mapping[str, Feast]:
    """Each feast's names and forms in lower case, in all three languages."""
    return {
        form.lower().replace("_", " "): _read_feast(row["value"])
        for language in LANGUAGES
        for row in read_rows(f"{language}/calendar.tsv")
        if row["kind"] == "feast"
        for form in (row["name"], *row["forms"].split())
    }


def _read_feast(value: str) -> Feast:
    days = [int(day[1:]) if day[0] in "EO" else int(day.replace("-", "")) for day in value.split()]
    return Feast(days[0], days[-1], value[0] in "EO", value[0] == "O")


def _find_easter(year: int, orthodox: bool) -> date:
    """Easter Sunday in the calendar of today: after Gauss, the Orthodox one by the old calendar."""
    moon, solar, lunar = year % 19, 15, 6
    if not orthodox:
        century = year // 100
        solar = (15 + century - century // 4 - (8 * century + 13) // 25) % 30
        lunar = (4 + century - century // 4) % 7
    full = (19 * moon + solar) % 30
    sunday = (2 * (year % 4) + 4 * (year % 7) + 6 * full + lunar) % 7
    if not orthodox and (full, sunday) in ((29, 6), (28, 6)) and (full == 29 or moon > 10):
        sunday -= 7
    julian = (year // 100 - year // 400 - 2) if orthodox else 0
    return date.fromordinal(date(year, 3, 22).toordinal() + full + sunday + julian)


def month_number(word: str) -> int | None:
    """1 to 12 for a month in any form of any language, abbreviated or not; None for other words."""
    return _read_values("month").get(word.lower().removesuffix("."))


def weekday_number(word: str) -> int | None:
    """0 for Monday to 6 for Sunday in any form of any language; None for other words."""
    return _read_values("weekday").get(word.lower())


def season_month(word: str) -> int:
    """The month in which the season begins: 3, 6, 9 or 12; `KeyError` for another word."""
    return _read_values("season")[word.lower()]


@cache
def list_times(name: str, *languages: Language) -> tuple[str, ...]:
    """The words of a list of `times.tsv` ("yesterday", "since") in lower case; or in all three."""
    lists = [
        read_phrases(f"{language}/times.tsv").get(name, ()) for language in languages or LANGUAGES
    ]
    return tuple(dict.fromkeys(word.lower() for words in lists for word in words))


@cache
def _read_values(kind: CalendarKind) -> Mapping[str, int]:
    return {
        form.lower(): word.value
        for language in LANGUAGES
        for word in read_calendar(kind, language)
        for form in (*word.forms, *word.plural, *word.short)
    }
