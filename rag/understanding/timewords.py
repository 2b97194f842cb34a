"""The single time expressions in a text: days, months, quarters, years, "two weeks ago".

What the words are is in `index.lang`; here is how they go together. Every pattern repeats only
bounded, separated pieces, so matching stays linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MINYEAR, date, timedelta
from functools import cache
from typing import Literal

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import (
    list_forms,
    list_names,
    list_short_months,
    list_times,
    month_number,
    season_month,
    weekday_number,
)
from wortlaut.index.lang.numerals import list_ordinals, list_unit_words, read_counts
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import Language, find_letter_runs

TimeUnit = Literal["day", "week", "month", "year"]
TimeRelation = Literal["in", "since", "after", "before", "until"]
Part = Literal["start", "middle", "end"]


def _any(words: Iterable[str]) -> str:
    """A pattern for any of the words, their blanks for any white space."""
    return match_any(words).replace("\\ ", r"\s")


def _times(*names: str) -> str:
    return _any(word for name in names for word in list_times(name))


def _whole(pattern: str) -> str:
    return rf"(?<![\w.]){pattern}(?!\w)"


_TIME_UNITS: tuple[TimeUnit, ...] = ("day", "week", "month", "year")
_UNITS: Mapping[str, TimeUnit] = {
    word: unit for unit in _TIME_UNITS for word in list_unit_words(unit)
}
_PART_LISTS: Mapping[str, Part] = {
    "early": "start", "start": "start", "mid": "middle", "middle": "middle", "late": "end",
    "end": "end",
}  # fmt: skip
_PARTS = {word: part for name, part in _PART_LISTS.items() for word in list_times(name)}
_DAYS_AGO = {
    word: days
    for days, name in enumerate(("today", "yesterday", "before yesterday"))
    for word in list_times(name)
}
_ORDINALS = {word: rank for rank in range(1, 5) for word in list_ordinals(rank)} | {
    "i": 1, "ii": 2, "iii": 3, "iv": 4,
}  # fmt: skip
_THIS = frozenset(list_times("this"))
_PREVIOUS = frozenset([*list_times("last"), *list_times("previous")])
_BEFORE_LAST = frozenset(list_times("before last"))
# Russian names the season in the instrumental without a preposition: "летом".
_INSTRUMENTAL = frozenset(list_names("season", "ru", "in"))

_DIGIT = "0"  # stands for any digit among the words of a text
_Y = r"(?:19|20)\d\d"
_RU_YEARS = [word for word in list_unit_words("year", "ru", several=True) if word[:3] == "год"]
_RU_YEAR = rf"(?:\s?(?:{_any(_RU_YEARS)}|гг?\.|г)(?!\w))"
# "в сент.", but not "в Сент-Луисе".
_MONTH = rf"(?:{_any(list_forms('month'))}|{_any(list_short_months())}(?![-‑]\w))"
_EN_MONTH = _any(list_forms("month", "en", short=True))
_PART = rf"(?:(?P<part>{_any(_PARTS)})(?:\s|-)(?:(?:of|in)\s)?(?:des\s)?)?"
_WHICH_WORDS = _any([*_PREVIOUS, *_THIS, *_BEFORE_LAST])
_WHICH = rf"(?P<which>{_WHICH_WORDS})"
_REL_YEAR = rf"(?P<rel>{_WHICH_WORDS}\s{_times('year of')})"
_OF = r"(?:,?\s(?:of\s|in\s|im\sjahr\s|des\sjahres\s|в\s)?"
_YEAR_AFTER = rf"{_OF}(?:(?P<year>{_Y})(?![\w%]){_RU_YEAR}?|{_REL_YEAR}))?"
_NTH = r"(?:\.|st|nd|rd|th|-?го|-?е)?"
COUNT = rf"(?P<count>\d{{1,3}}|{_any(read_counts())})"
_UNIT = rf"(?P<unit>{_any(_UNITS)})"

_NUMERIC_DATES = (
    _whole(rf"(?P<year>{_Y})-(?P<month>\d\d)(?:-(?P<day>\d\d))?(?!-)"),
    _whole(rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>{_Y})"),
    _whole(rf"(?P<day>\d{{1,2}})(?P<sep>/)(?P<month>\d{{1,2}})/(?P<year>{_Y})"),
    _whole(rf"(?P<month>\d{{1,2}})[./](?P<year>{_Y})"),
    _whole(r"(?P<short>)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\d)"),
)
_DATES = (
    _whole(
        rf"(?:(?P<d0>\d{{1,2}}){_NTH}\s?(?:-|–|to|until|bis|bis\szum|and|und|по|и|до)\s?)?"
        rf"(?P<day>\d{{1,2}}){_NTH}\s?(?:of\s)?(?P<month>{_MONTH})\.?{_YEAR_AFTER}"
    ),
    _whole(
        rf"(?P<month>{_EN_MONTH})\.?\s(?:(?P<d0>\d{{1,2}})\s?[-–]\s?)?(?P<day>\d{{1,2}})"
        rf"(?:st|nd|rd|th)?(?!\d){_YEAR_AFTER}"
    ),
    _whole(rf"{_PART}(?P<month>{_MONTH})(?:\.(?=\s\d))?{_YEAR_AFTER}"),
)
_ORDINAL = rf"{_any(_ORDINALS)}|[1-4](?:\.|st|nd|rd|th|-м|-й)?"
_FRACTION = _whole(
    rf"(?:(?P<q>[qh][1-4])|(?P<number>{_ORDINAL})\s(?P<unit>{_times('quarter', 'half')}))"
    rf"(?:\s(?:of\s(?:the\syear\s)?|des\sjahres\s|von\s)?(?P<year>{_Y}){_RU_YEAR}?)?"
)
_SEASON = _whole(
    rf"(?:{_WHICH}\s)?(?P<season>{_any(list_forms('season'))})"
    rf"(?:\s(?:of\s|des\sjahres\s)?(?P<year>{_Y})(?:/\d\d)?{_RU_YEAR}?)?"
)
_YEAR = (
    rf"{_PART}(?<![\w.,/€$£#])(?<![^\W\d_][-‑–])(?P<year>{_Y})"
    r"(?:(?P<decade>(?<=0)(?:s|er[ns]?(?:[- ]jahren?)?|-?[еыё]?-?х|-е))|/(?P<to>\d\d))?"
    rf"(?![\w%])(?![.,]\d)(?!-[^\W\d_]){_RU_YEAR}?(?!\s{_times('counted')}(?!\w))"
)
# By a word that each of them has.
_AGO = {
    "ago": _whole(rf"{COUNT}\s{_UNIT}\sago"),
    "vor": _whole(rf"vor\s{COUNT}\s{_UNIT}"),
    "назад": _whole(rf"(?:{COUNT}\s)?{_UNIT}\s(?:тому\s)?назад"),
}
_ROLLING = {
    "last past": _whole(
        rf"(?:in|over|within|during|for|throughout)\sthe\s(?:last|past)\s{COUNT}\s{_UNIT}"
    ),
    "past": _whole(rf"(?:(?:in|over|within|during|for)\s)?the\spast\s(?:{COUNT}\s)?{_UNIT}"),
    "last": _whole(rf"over\sthe\slast\s(?:{COUNT}\s)?{_UNIT}"),
    "letzten vergangenen vorigen": _whole(
        rf"(?:den|der|die)\s(?:letzten|vergangenen|vorigen)\s{COUNT}\s{_UNIT}"
    ),
    "seit": _whole(rf"seit\s{COUNT}\s{_UNIT}"),
    "последний последнюю последние последних последней последнего": _whole(
        rf"(?:за|в\sтечение)\sпоследн(?:ий|юю|ие|их|ей|его)\s(?:{COUNT}\s)?{_UNIT}"
    ),
}
_JAHRES = [
    f"jahres{word}" for name in ("start", "middle", "end") for word in list_times(name, "de")
]
_THIS_PERIOD = _whole(rf"{_PART}{_WHICH}\s{_UNIT}")
_PART_OF_YEAR = _whole(
    rf"(?P<part>{_times('start', 'middle', 'end')})\s(?P<which>of\sthe|des|)\s?"
    rf"(?P<unit>{_times('year of')})"
)
_PART_OF_JAHR = _whole(rf"(?P<which>)(?P<part>{_any(_JAHRES)})(?P<unit>)")
_DAY_WORD = _whole(_any(_DAYS_AGO))
_WEEKDAY = _whole(rf"(?:{_WHICH}\s)?(?P<weekday>{_any(list_forms('weekday'))})")

_LEAD_MODES: tuple[TimeRelation, ...] = ("since", "after", "before", "until")
_MODES: Mapping[str, TimeRelation] = {
    word: mode for mode in _LEAD_MODES for word in list_times(mode)
}
_OPENERS = frozenset([*list_times("range"), *list_times("since")])
_LEADS = [*_MODES, *list_times("in"), *list_times("range"), *_PREVIOUS, *_THIS]
_FILL_YEAR = rf"(?:{_times('fill year')}\s(?:from\s|со?\s|of\s)?)?"
_FILL = rf"(?:{_times('fill')}\s|{_FILL_YEAR})?"
_LEAD = rf"(?<!\w)(?P<lead>{_any([*_LEADS, 'на'])})\s{_FILL}$"
# "in the 2010 drought" names the drought: an article leads no bare year.
_LEAD_YEAR = rf"(?<!\w)(?P<lead>{_any(_LEADS)})\s{_FILL_YEAR}$"
ONWARD = re.compile(r"\s(?:onwards?(?!\w)|(?:on|an)(?=\s?[?!.,]|$))", re.IGNORECASE)
_LIST = rf"\s?,?\s?(?:,|{_times('list')})\s?"
_THROUGH = rf"(?:[-–—]|{_times('through')})"
_JOINT = rf"\s?{_THROUGH}\s?{_FILL}"
_JOINT_OPENED = rf"\s{_times('and')}\s{_FILL}"
_JOINT_LEAD = rf"{_THROUGH}\s"
# Nouns that a year belongs to: the year of the thing, not of the article.
_THING = rf"(?:{_times('things')}|olympi\w{{0,8}}|\w{{0,30}}{_times('thing ends')})"


@dataclass(frozen=True, slots=True)
class Atom:
    """One time expression before it is settled: a missing `year` is still to be inferred."""

    span: Span
    year: int | None = None
    month: int | None = None
    day: int | None = None
    first_day: int | None = None
    months: int = 1
    part: Part | None = None
    fixed: tuple[date, date] | None = None
    bare: bool = False  # only a time when a word such as "in" or "since" leads it
    loose: bool = False  # a year alone, which may belong to a name ("Expo 2020")
    mode: TimeRelation = "in"
    led: bool = False
    from_: bool = False  # led by a word that may open a range ("from", "between")


def _month_back(day: date, months: int) -> tuple[int, int]:
    """The year and month that lie `months` before a day's, not before the calendar's start."""
    ordinal = max(day.year * 12 + day.month - 1 - months, MINYEAR * 12)
    return ordinal // 12, ordinal % 12 + 1


def find_atoms(text: str, today: date) -> list[Atom]:
    """Every time expression, left to right, none overlapping an earlier kind of pattern."""
    taken: list[Atom] = []
    low = text.lower()
    said = {*find_letter_runs(low), *([_DIGIT] if any(map(str.isdecimal, low)) else [])}
    for cue, pattern, read in _list_readers():
        if said.isdisjoint(cue):
            continue
        for match in _compile(pattern).finditer(text):
            span = Span(*match.span())
            if any(span.overlap(a.span) for a in taken):
                continue
            atom = read(match, span, today)
            if atom is not None:
                taken.append(atom)
    return sorted(taken, key=lambda a: a.span)


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
    return date(year, month, 1), last


def days_back(day: date, days: int) -> date:
    """The day `days` earlier, not before the calendar's start."""
    return date.fromordinal(max(day.toordinal() - days, 1))


def read_count(word: str | None) -> int:
    """The number a word or digits stand for; 1 for none."""
    if word is None:
        return 1
    return int(word) if word.isdigit() else read_counts()[word.lower()]


def read_time_unit(word: str) -> TimeUnit:
    """The unit of time a word names; none named is a year."""
    return _UNITS.get(word.lower(), "year")


def match_units(language: Language) -> str:
    """A pattern for a day, week, month or year of one language in any form."""
    return _any(word for unit in _TIME_UNITS for word in list_unit_words(unit, language))


def find_lead(text: str, start: int, end: int, *, loose: bool) -> re.Match[str] | None:
    """What leads the time that begins at `end` ("since", "bis zum"); `loose` is a year alone."""
    return _compile(_LEAD_YEAR if loose else _LEAD).search(text, start, end)


def is_list(gap: str) -> bool:
    """Whether the words between two times only list them: "and", ", "."""
    return _compile(_LIST).fullmatch(gap) is not None


def lead_mode(word: str) -> TimeRelation:
    """What the word before a time makes of it."""
    return _MODES.get(_level(word), "in")


def opens_range(word: str) -> bool:
    """Whether "and" after the first time closes a range: "between", "von", "с"."""
    return _level(word) in _OPENERS


def joins_range(gap: str, second: str, *, opened: bool) -> bool:
    """Whether the words between two times (or the second's own lead) make them a range."""
    if _compile(_JOINT).fullmatch(gap) or (opened and _compile(_JOINT_OPENED).fullmatch(gap)):
        return True
    return gap.strip() in ("", ",") and _compile(_JOINT_LEAD).match(second) is not None


def names_a_thing(text: str, span: Span, language: str) -> bool:
    """Whether a year without a preposition belongs to a noun: "Expo 2020", "the 2008 war"."""
    if language == "ru" and span.of(text).lower().endswith(("года", "г.", "г")):
        return True
    before = text[: span.start].split()
    if not before:
        return False
    word = before[-1].strip("\"'«»„“”()")
    acronym = len(word) > 1 and word.isupper() and not text.isupper()
    named = language != "de" and len(before) > 1 and word[:1].isupper()
    return acronym or named or _compile(_THING).fullmatch(word) is not None


@cache
def _compile(pattern: str) -> re.Pattern[str]:
    """The pattern, compiled when a text first needs it: most questions need few of them."""
    return re.compile(pattern, re.IGNORECASE)


def _read_iso(match: re.Match[str], span: Span, today: date) -> Atom | None:
    group = match.groupdict()
    day = int(group["day"]) if group.get("day") else None
    first_day = int(group["d0"]) if group.get("d0") else None
    year = int(group["year"]) if group.get("year") else None
    month = _read_month(group["month"])
    if group.get("sep") == "/" and day is not None and month is not None and month > 12 >= day:
        day, month = month, day
    if month is None or not _is_day(year, month, day) or not _is_day(year, month, first_day):
        return None
    part = _part_of_period(group.get("part"))
    if group.get("rel"):
        year = max(today.year - _periods_back(group["rel"]), MINYEAR)
    bare = year is None and part is None and (day is None or "short" in group)
    return Atom(span, year, month, day, first_day, part=part, bare=bare)


def _is_day(year: int | None, month: int, day: int | None) -> bool:
    if not 1 <= month <= 12:
        return False
    return day is None or 1 <= day <= month_days(year or 2000, month)[1].day


def _read_season(match: re.Match[str], span: Span, today: date) -> Atom | None:
    start = season_month(match["season"])
    which = _which(match["which"])
    year = int(match["year"]) if match["year"] else None
    if year is None and which is None:
        return Atom(span, None, start, months=3, bare=match["season"].lower() not in _INSTRUMENTAL)
    if year is None:
        year = today.year
        if which == "last" and date(year, start, 1) > days_back(today, 89):
            year -= 1
    return Atom(span, year, start, months=3)


def _read_fraction(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """Quarters and halves of a year."""
    number = _ordinal(match["number"] or match["q"][1])
    size = 6 if _is_half(match["unit"] or match["q"]) else 3
    if number is None or not 1 <= number <= 12 // size:
        return None
    year = int(match["year"]) if match["year"] else None
    return Atom(span, year, (number - 1) * size + 1, months=size, bare=year is None)


def _read_year(match: re.Match[str], span: Span, today: date) -> Atom | None:
    year = int(match["year"])
    part = _part_of_period(match["part"])
    if match["decade"]:
        return Atom(span, fixed=(date(year, 1, 1), date(year + 9, 12, 31)))
    if match["to"]:
        last = year // 100 * 100 + int(match["to"])
        if last != year + 1:
            return None
        return Atom(span, fixed=(date(year, 1, 1), date(last, 12, 31)))
    return Atom(span, year, part=part, loose=part is None)


def _read_day_word(match: re.Match[str], span: Span, today: date) -> Atom | None:
    day = days_back(today, _DAYS_AGO[_level(match[0])])
    return Atom(span, fixed=(day, day))


def _read_weekday(match: re.Match[str], span: Span, today: date) -> Atom | None:
    which = _which(match["which"])
    back = (today.weekday() - (weekday_number(match["weekday"]) or 0)) % 7
    if back == 0 and which == "last":
        back = 7
    day = days_back(today, back)
    return Atom(span, fixed=(day, day), bare=which is None)


def _read_this(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "this month", "last year", "die vorletzte Woche", "в прошлом году"."""
    back = _periods_back(match["which"])
    part = _part_of_period(match["part"])
    unit = read_time_unit(match["unit"])
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
    count = read_count(match["count"])
    return Atom(span, fixed=(_go_back(today, read_time_unit(match["unit"]), count), today))


def _read_ago(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "two weeks ago" is that whole calendar week; days are exact."""
    count = read_count(match["count"])
    unit = read_time_unit(match["unit"])
    if unit == "day":
        day = days_back(today, count)
        return Atom(span, fixed=(day, day))
    return Atom(span, fixed=_calendar_period(today, unit, count))


def _go_back(today: date, unit: TimeUnit, count: int) -> date:
    if unit in ("day", "week"):
        return days_back(today, count * (7 if unit == "week" else 1))
    year, month = _month_back(today, count * (12 if unit == "year" else 1))
    return date(year, month, min(today.day, month_days(year, month)[1].day))


def _calendar_period(today: date, unit: TimeUnit, back: int) -> tuple[date, date]:
    """The first and last day of the calendar week, month or year `back` before today's."""
    if unit == "year":
        year = max(today.year - back, MINYEAR)
        return date(year, 1, 1), date(year, 12, 31)
    if unit == "month":
        return month_days(*_month_back(today, back))
    monday = days_back(today, today.weekday() + 7 * back)
    return monday, date.fromordinal(min(monday.toordinal() + 6, date.max.toordinal()))


_Reader = Callable[[re.Match[str], Span, date], Atom | None]


@cache
def _list_readers() -> Sequence[tuple[frozenset[str], str, _Reader]]:
    """Each kind of expression: words of which it has one, its pattern, and how it is read."""
    months = list_forms("month", short=True)
    which = (*_PREVIOUS, *_BEFORE_LAST, *(word.split()[-1] for word in _THIS))
    parts = [word for name in ("start", "middle", "end") for word in list_times(name)]
    fractions = [*list_times("quarter"), *list_times("half"), "q", "h"]
    days = [word.split()[-1] for word in _DAYS_AGO]
    rows: list[tuple[Iterable[str], str, _Reader]] = [
        *(([_DIGIT], pattern, _read_iso) for pattern in _NUMERIC_DATES),
        *((months, pattern, _read_iso) for pattern in _DATES),
        (fractions, _FRACTION, _read_fraction),
        (list_forms("season"), _SEASON, _read_season),
        *((cue.split(), pattern, _read_ago) for cue, pattern in _AGO.items()),
        *((cue.split(), pattern, _read_rolling) for cue, pattern in _ROLLING.items()),
        (which, _THIS_PERIOD, _read_this),
        (parts, _PART_OF_YEAR, _read_this),
        (_JAHRES, _PART_OF_JAHR, _read_this),
        (days, _DAY_WORD, _read_day_word),
        (list_forms("weekday"), _WEEKDAY, _read_weekday),
        ([_DIGIT], _YEAR, _read_year),
    ]
    return [(frozenset(cue), pattern, read) for cue, pattern, read in rows]


def _level(word: str) -> str:
    return " ".join(word.lower().split())


def _read_month(word: str) -> int | None:
    return int(word) if word.isdigit() else month_number(word)


def _ordinal(word: str) -> int | None:
    """1 to 4 for "first", "2.", "III", "втором"."""
    return int(word[0]) if word[0].isdigit() else _ORDINALS.get(word.lower())


def _is_half(word: str) -> bool:
    """Whether the word ("H1", "половине") means half a year, else a quarter."""
    return word.lower()[:1] == "h" or word.lower() in list_times("half")


def _which(word: str | None) -> Literal["this", "last"] | None:
    """Whether "last", "letzte", "прошлый" or "this", "diese", "этот" was said."""
    if not word:
        return None
    return "this" if _level(word) in _THIS else "last"


def _periods_back(words: str | None) -> int:
    """0 for this week, 1 for last week, 2 for the one before ("vorletzte")."""
    first = _level(words or "").split(" ")[0]
    return 2 if first in _BEFORE_LAST else int(first in _PREVIOUS)


def _part_of_period(word: str | None) -> Part | None:
    """Which third of a year or month a word such as "early", "Mitte" or "конец" means."""
    return _PARTS.get((word or "").lower().removeprefix("jahres"))
