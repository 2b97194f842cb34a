"""The single time expressions in a text: days, months, quarters, years, "two weeks ago".

What the words are is in `index.lang`; here is how they go together. Every pattern repeats only
bounded, separated pieces, so matching stays linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import cache
from typing import Literal

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import (
    CalendarKind,
    Feast,
    list_forms,
    list_names,
    list_short_months,
    list_times,
    month_number,
    read_feasts,
    season_month,
    weekday_number,
)
from wortlaut.index.lang.numerals import (
    list_decades,
    list_ordinals,
    list_unit_words,
    read_counts,
    read_halves,
)
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import (
    Language,
    find_letter_runs,
    read_class,
    read_function_words,
)

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
_DECADES = frozenset(list_unit_words("decade"))
# What may be counted back: how many of which unit each is.
_MEASURES: Mapping[str, tuple[TimeUnit, int]] = {
    **{word: (unit, 1) for word, unit in _UNITS.items()},
    **dict.fromkeys(_DECADES, ("year", 10)),
    **dict.fromkeys(list_times("fortnight"), ("week", 2)),
    **dict.fromkeys(list_times("half year"), ("month", 6)),
    **dict.fromkeys(list_times("half month"), ("day", 15)),
}
_HALF_MEASURES = frozenset([*list_times("half year"), *list_times("half month")])
_PERIOD_WORDS: Mapping[str, tuple[TimeUnit, int]] = {
    **dict.fromkeys(list_times("this year"), ("year", 0)),
    **dict.fromkeys(list_times("last week"), ("week", 1)),
    **dict.fromkeys(list_times("last month"), ("month", 1)),
    **dict.fromkeys(list_times("last year"), ("year", 1)),
    **dict.fromkeys(list_times("last night"), ("day", 1)),
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

_LONGEST_MONTH = 31
_WEEKS = 53
_SATURDAY = 5
_QUARTER = 3
_ROUGH_DAYS = 3
_YEARS_AHEAD = 10  # how far in the future the year of "'34" may lie
_OLD_DECADES = 30  # "the 30s" are those of the last century still
_AHEAD = frozenset([*list_times("next"), *list_times("coming")])
_WHICH_SET = _PREVIOUS | _THIS | _BEFORE_LAST

_DIGIT = "0"  # stands for any digit among the words of a text
_Y = r"(?:19|20)\d\d"
_YY = rf"(?:{_Y}|['’‘]\d\d(?!\w))"  # "May '24"
_RU_YEARS = [word for word in list_unit_words("year", "ru", several=True) if word[:3] == "год"]
_RU_YEAR = rf"(?:\s?(?:{_any(_RU_YEARS)}|гг?\.|г)(?!\w))"
# "в сент.", but not "в Сент-Луисе".
_MONTH = rf"(?:{_any(list_forms('month'))}|{_any(list_short_months())}(?![-‑]\w))"
_EN_MONTH = _any(list_forms("month", "en", short=True))
_PART = rf"(?:(?P<part>{_any(_PARTS)})(?:\s|-)(?:(?:of|in)\s)?(?:{_times('of the')}\s)?)?"
_WHICH_WORDS = _any([*_PREVIOUS, *_THIS, *_BEFORE_LAST])
_WHICH = rf"(?P<which>{_WHICH_WORDS})"
_REL_YEAR = rf"(?P<rel>{_WHICH_WORDS}\s{_times('year of')})"
_OF = r"(?:,?\s(?:of\s|in\s|im\sjahr\s|des\sjahres\s|в\s)?"
_YEAR_AFTER = rf"{_OF}(?:(?P<year>{_YY})(?![\w%]){_RU_YEAR}?|{_REL_YEAR}))?"
_NTH = r"(?:\.|st|nd|rd|th|-?го|-?е)?"
COUNT = rf"(?P<count>\d{{1,3}}|{_any(read_counts())})"
_UNIT = rf"(?P<unit>{_any(_UNITS)})"
_HALF_MORE = rf"(?:\s{_times('and a half')})"
_AMOUNT = (
    rf"(?:(?P<halved>{_times('half of a')})"
    rf"|(?P<count>\d{{1,3}}|{_any([*read_counts(), *read_halves()])})(?P<more>{_HALF_MORE})?)"
)
_MEASURE = rf"(?P<unit>{_any(_MEASURES)})(?P<extra>{_HALF_MORE})?"
_TO = rf"(?:[-–&]|{_any(sorted(read_function_words('till')))}|bis\szum)"
# "May 1 and 2", but not "May 1 and 2 people".
_SECOND_DAY_ENDS = (
    rf"(?=\s*(?:\Z|[^\w\s]|{_any(sorted(read_class('preposition', 'en') | {'and', 'or'}))}(?!\w)"
    rf"|{_Y}))"
)

_NUMERIC_DATES = (
    _whole(rf"(?P<year>{_Y})-(?P<month>\d\d)(?:-(?P<day>\d\d))?(?!-)"),
    _whole(rf"(?P<day>\d{{1,2}})\.\s?(?P<month>\d{{1,2}})\.\s?(?P<year>{_Y})"),
    _whole(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d\d)(?![.:]?\d)(?!\sUhr)"),
    _whole(rf"(?P<day>\d{{1,2}})(?P<sep>/)(?P<month>\d{{1,2}})/(?P<year>{_Y})"),
    _whole(rf"(?P<month>\d{{1,2}})[./](?P<year>{_Y})"),
    _whole(r"(?P<short>)(?P<day>\d{1,2})\.\s?(?P<month>\d{1,2})\.(?!\d)"),
)
_DATES = (
    _whole(
        rf"(?:(?P<d0>\d{{1,2}}){_NTH}\s?{_TO}\s?(?:{_times('fill')}\s)?)?"
        rf"(?P<day>\d{{1,2}}){_NTH}\s?(?:of\s)?(?P<month>{_MONTH})\.?{_YEAR_AFTER}"
    ),
    _whole(
        rf"(?P<month>{_EN_MONTH})\.?\s(?P<d0>\d{{1,2}}){_NTH}\s?{_TO}\s?(?P<day>\d{{1,2}})"
        rf"(?:st|nd|rd|th)?(?!\d){_SECOND_DAY_ENDS}{_YEAR_AFTER}"
    ),
    _whole(rf"(?P<month>{_EN_MONTH})\.?\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d){_YEAR_AFTER}"),
    _whole(rf"{_PART}(?P<month>{_MONTH})(?:\.(?=\s\d))?{_YEAR_AFTER}"),
)
# The day in words, with what may stand before it: "am dritten Mai", "двадцать первого апреля".
_NAMED_DAY = r"(?P<named>(?:[^\W\d_]{5,9}[-\s])?[^\W\d_]{4,22})"
_DATES_IN_WORDS = (
    _whole(rf"{_NAMED_DAY}\s(?P<of>of\s)?(?P<month>{_MONTH})\.?{_YEAR_AFTER}"),
    _whole(rf"(?P<month>{_EN_MONTH})\sthe\s{_NAMED_DAY}{_YEAR_AFTER}"),
)
_ORDINAL = rf"{_any(_ORDINALS)}|[1-4](?:\.|st|nd|rd|th|-м|-й)?"
_FRACTION = _whole(
    rf"(?:(?P<q>[qh][1-4])|(?P<number>{_ORDINAL}|{_WHICH_WORDS})"
    rf"\s(?P<unit>{_times('quarter', 'half')}))"
    rf"(?:\s(?:of\s(?:the\syear\s)?|des\sjahres\s|von\s)?(?P<year>{_YY}){_RU_YEAR}?)?"
)
_HALF_MONTHS = (
    _whole(
        rf"(?P<number>{_ORDINAL})\s(?P<month>{_any(list_forms('month', 'de'))})"
        rf"{_times('half end')}{_YEAR_AFTER}"
    ),
    _whole(
        rf"(?P<number>{_ORDINAL})\s{_times('half')}\s(?:(?:of|im|von)\s|{_times('of the')}\s)?"
        rf"(?:{_times('fill')}\s)?(?P<month>{_MONTH})\.?{_YEAR_AFTER}"
    ),
)
_DAY_OF_MONTH = _whole(
    rf"(?P<day>\d{{1,2}}){_NTH}\s(?:числа\s)?(?:of\s)?"
    rf"(?:{_WHICH}|{_times('of the')})\s(?P<unit>{_any(list_unit_words('month'))})"
)
_FEAST = _whole(rf"(?P<feast>{_any(read_feasts())}){_YEAR_AFTER}")
_WEEK = rf"(?:{_times('week number')})"
_WEEK_NUMBER = _whole(
    rf"(?:(?P<ahead>\d{{1,2}})(?:\.|st|nd|rd|th|-я|-й|-ю)?\s{_WEEK}|{_WEEK}\s(?P<behind>\d{{1,2}}))"
    rf"(?:(?:/|,?\s(?:of\s|in\s)?)(?P<year>{_YY})(?!\w){_RU_YEAR}?)?"
)
_WEEKEND = _whole(rf"(?:{_WHICH}\s)?{_times('weekend')}")
_SEASON = _whole(
    rf"(?:{_WHICH}\s)?(?P<season>{_any(list_forms('season'))})"
    rf"(?:\s(?:of\s|des\sjahres\s)?(?P<year>{_YY})(?:/\d\d)?{_RU_YEAR}?)?"
)
_YEAR = (
    rf"{_PART}(?<![\w.,/€$£#])(?<![^\W\d_][-‑–])(?P<year>{_Y})"
    r"(?:/(?P<to>\d\d))?"
    rf"(?![\w%])(?![.,]\d)(?!-[^\W\d_]){_RU_YEAR}?(?!\s{_times('counted')}(?!\w))"
)
_SHORT_YEAR = r"(?<!\w)(?P<year>['’‘]\d\d)(?![\w'’])"
_DECADE_YEARS = rf"(?:[-\s]jahren?|{_RU_YEAR})?(?![\w%])"
_DECADE = (
    rf"{_PART}(?<![\w.,/€$£#'’])(?<![^\W\d_][-‑–])(?:(?P<century>19|20)|['’])?(?P<tens>\d)0"
    rf"(?:s|er[ns]?|-?[еыё]?-?х|-е){_DECADE_YEARS}"
)
_DECADE_ENDS = ("s", "er", "ern", "ers", "е", "х", "ых", "ех", "ёх")  # as runs of letters
_DECADE_WORDS = {word: tens for tens in range(20, 100, 10) for word in list_decades(tens)}
_DECADE_NAME = rf"{_PART}(?<!\w)(?P<decade>{_any(_DECADE_WORDS)}){_DECADE_YEARS}"
# By a word that each of them has.
_TODAY = _times("today")
_AGO = {
    "ago": _whole(rf"(?P<today>{_TODAY}\s)?{_AMOUNT}\s{_MEASURE}\sago(?P<now>\s{_TODAY}(?!\w))?"),
    "vor": _whole(rf"(?P<today>{_TODAY}\s)?vor\s{_AMOUNT}\s{_MEASURE}"),
    "назад": _whole(rf"(?P<today>{_TODAY}\s)?(?:{_AMOUNT}\s)?{_MEASURE}\s(?:тому\s)?назад"),
}
_ROLLING = {
    "last past": _whole(
        rf"(?:in|over|within|during|for|throughout)\sthe\s(?:last|past)\s{_AMOUNT}\s{_MEASURE}"
    ),
    "past": _whole(rf"(?:(?:in|over|within|during|for)\s)?the\spast\s(?:{_AMOUNT}\s)?{_MEASURE}"),
    "last": _whole(rf"over\sthe\slast\s(?:{_AMOUNT}\s)?{_MEASURE}"),
    "letzten vergangenen vorigen": _whole(
        rf"(?:den|der|die)\s(?:letzten|vergangenen|vorigen)\s{_AMOUNT}\s{_MEASURE}"
    ),
    "halben halbjahr": _whole(
        rf"(?:(?:im|dem)\s(?:letzten|vergangenen)|seit\seinem)\s(?P<unit>{_any(_HALF_MEASURES)})"
    ),
    "seit": _whole(rf"seit\s{_AMOUNT}\s{_MEASURE}"),
    "последний последнюю последние последних последней последнего": _whole(
        rf"(?:за|в\sтечение)\sпоследн(?:ий|юю|ие|их|ей|его)\s(?:{_AMOUNT}\s)?{_MEASURE}"
    ),
}
_JAHRES = [
    f"jahres{word}" for name in ("start", "middle", "end") for word in list_times(name, "de")
]
_THIS_PERIOD = _whole(rf"{_PART}{_WHICH}\s(?P<unit>{_any([*_UNITS, *_DECADES])})")
_BEFORE_LAST_PERIOD = _whole(
    rf"(?:the\s)?(?P<unit>{_any(list_unit_words('week', 'en'))}|{_any(list_unit_words('month', 'en'))}"
    rf"|{_any(list_unit_words('year', 'en'))})\s(?P<which>{_times('before last behind')})"
)
_PART_UNITS = [*list_times("year of"), *list_unit_words("month"), *list_unit_words("week")]
_PART_OF_YEAR = _whole(
    rf"(?P<part>{_times('start', 'middle', 'end')})\s(?P<which>{_times('of the')}|)\s?"
    rf"(?P<unit>{_any(_PART_UNITS)})"
)
_PART_OF_JAHR = _whole(rf"(?P<which>)(?P<part>{_any(_JAHRES)})(?P<unit>)")
_PERIOD_WORD = _whole(rf"(?P<word>{_any(_PERIOD_WORDS)})")
_DAYPART = rf"(?:\s?{_any(list_forms('daypart'))}(?!\w))?"
_DAY_WORD = _whole(rf"(?P<word>{_any(_DAYS_AGO)}){_DAYPART}")
_WEEKDAY = _whole(rf"(?:{_WHICH}\s)?(?P<weekday>{_any(list_forms('weekday'))}){_DAYPART}")

_LEAD_MODES: tuple[TimeRelation, ...] = ("since", "after", "before", "until")
_MODES: Mapping[str, TimeRelation] = {
    word: mode for mode in _LEAD_MODES for word in list_times(mode)
}
_OPENERS = frozenset([*list_times("range"), *list_times("since")])
_LEADS = [*_MODES, *list_times("in"), *list_times("range"), *_PREVIOUS, *_THIS]
_NIGHTS = frozenset(list_times("night to"))
_FILL_YEAR = rf"(?:{_times('fill year')}\s(?:from\s|со?\s|of\s)?)?"
_FILL = rf"(?:{_times('fill')}\s|{_FILL_YEAR})?"
_LEAD = rf"(?<!\w)(?P<lead>{_any([*_LEADS, *list_times('in also'), *_NIGHTS, 'на'])})\s{_FILL}$"
# "in the 2010 drought" names the drought: an article leads no bare year.
_LEAD_YEAR = rf"(?<!\w)(?P<lead>{_any(_LEADS)})\s{_FILL_YEAR}$"
ONWARD = re.compile(r"\s(?:onwards?(?!\w)|(?:on|an)(?=\s?[?!.,]|$))", re.IGNORECASE)
_LIST = rf"\s?,?\s?(?:,|{_times('list')})\s?"
_THROUGH = rf"(?:[-–—]|{_times('through')})"
_JOINT = rf"\s?{_THROUGH}\s?{_FILL}"
_JOINT_OPENED = rf"\s{_times('and', 'across')}\s{_FILL}"
_INCLUSIVE = rf",?\s{_times('inclusive')}(?!\w)"
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
    feast: Feast | None = None
    eve: bool = False  # with the day before: "in der Nacht zum Freitag"
    void: bool = False  # no day of the calendar ("30 February"), and no time inside it either


def _month_back(day: date, months: int) -> tuple[int, int]:
    """The year and month that lie `months` before a day's, not before the calendar's start."""
    ordinal = max(day.year * 12 + day.month - 1 - months, MINYEAR * 12)
    return ordinal // 12, ordinal % 12 + 1


def find_atoms(text: str, today: date) -> list[Atom]:
    """Every time expression, left to right, none overlapping an earlier kind of pattern."""
    taken: list[Atom] = []
    covered = bytearray(len(text))
    low = text.lower()
    said = {*find_letter_runs(low), *([_DIGIT] if any(map(str.isdecimal, low)) else [])}
    for cue, pattern, read in _list_readers():
        if said.isdisjoint(cue):
            continue
        for match in _compile(pattern).finditer(text):
            span = Span(*match.span())
            if any(covered[span.start : span.end]):
                continue
            atom = read(match, span, today)
            if atom is not None:
                taken.append(atom)
                covered[atom.span.start : atom.span.end] = b"\1" * (atom.span.end - atom.span.start)
    return sorted((atom for atom in taken if not atom.void), key=lambda a: a.span)


def month_days(year: int, month: int) -> tuple[date, date]:
    """The first and the last day of a month."""
    last = date(year, 12, 31) if month == 12 else date(year, month + 1, 1) - timedelta(days=1)
    return date(year, month, 1), last


def days_back(day: date, days: int) -> date:
    """The day `days` earlier, inside the calendar."""
    return date.fromordinal(min(max(day.toordinal() - days, 1), date.max.toordinal()))


def read_count(word: str | None) -> int:
    """The number a word or digits stand for; 1 for none."""
    if word is None:
        return 1
    return int(word) if word.isdigit() else read_counts()[word.lower()]


def read_time_unit(word: str, otherwise: TimeUnit = "year") -> TimeUnit:
    """The unit of time a word names, `otherwise` where it names none."""
    return _UNITS.get(word.lower(), otherwise)


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


def ends_night(word: str) -> bool:
    """Whether the word leads the day on which a night ends: "Nacht zum", "ночь на"."""
    return _level(word) in _NIGHTS


def find_inclusive(text: str, end: int) -> int:
    """Where "inclusive" behind the time that ends at `end` is over; `end` where it is not said."""
    match = _compile(_INCLUSIVE).match(text, end)
    return match.end() if match else end


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
    year = _read_year_of(match, today)
    month = _read_month(group["month"])
    if group.get("sep") == "/" and day is not None and month is not None and month > 12 >= day:
        day, month = month, day
    if month is None or not _is_day(year, month, day) or not _is_day(year, month, first_day):
        return Atom(span, void=True) if day is not None and day <= _LONGEST_MONTH else None
    part = _part_of_period(group.get("part"))
    bare = year is None and part is None and (day is None or "short" in group)
    return Atom(span, year, month, day, first_day, part=part, bare=bare)


def _is_day(year: int | None, month: int, day: int | None) -> bool:
    if not 1 <= month <= 12:
        return False
    return day is None or 1 <= day <= month_days(year or 2000, month)[1].day


def _read_year_of(match: re.Match[str], today: date) -> int | None:
    """The year that is said beside a time: "2022", "'22", "last year"; None for none."""
    group = match.groupdict()
    if group.get("rel"):
        return max(today.year - _periods_back(group["rel"]), MINYEAR)
    said = group.get("year")
    if not said:
        return None
    if len(said) == len("2022"):
        return int(said)
    year = today.year // 100 * 100 + int(said[-2:])
    return max(year - 100 * (year > today.year + _YEARS_AHEAD), MINYEAR)


@cache
def _name_days() -> Mapping[str, int]:
    return {word: day for day in range(1, _LONGEST_MONTH + 1) for word in list_ordinals(day)}


def _read_named_day(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "am dritten Mai", "the third of May", "двадцать первого апреля 2022 года"."""
    named, start = match["named"].lower().replace("\n", " "), span.start
    if named not in _name_days():
        start = match.start("named") + max(named.rfind(" "), named.rfind("-")) + 1
        named = match.string[start : match.end("named")].lower()
    day, month = _name_days().get(named), month_number(match["month"])
    english = named in list_ordinals(day, "en") if day else False
    before = match.string[:start].lower().split()[-1:]
    if day is None or month is None or (before and before[0] in read_counts()):
        return None  # "a third of May's voters"
    if english and match.groupdict().get("of", " ") is None:
        return None  # "the second May election"
    year = _read_year_of(match, today)
    if not _is_day(year, month, day):
        return None
    return Atom(Span(min(start, match.start("month")), span.end), year, month, day)


def _read_half_month(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "in der ersten Märzhälfte", "the second half of March 2022"."""
    number, month = _ordinal(match["number"]), month_number(match["month"])
    if month is None or number not in (1, 2):
        return None
    first, last = (1, 15) if number == 1 else (16, _LONGEST_MONTH)
    return Atom(span, _read_year_of(match, today), month, last, first)


def _read_day_of_month(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "am 3. dieses Monats", "3-го числа прошлого месяца"."""
    year, month = _month_back(today, _periods_back(match["which"]))
    if not _is_day(year, month, int(match["day"])):
        return None
    return Atom(span, year, month, int(match["day"]))


def _read_feast(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "nach Ostern", "at Christmas 2022"."""
    feast, year = read_feasts()[_level(match["feast"])], _read_year_of(match, today)
    begins = feast.find_days(year or today.year)[0]
    return Atom(span, year, begins.month, begins.day, feast=feast, bare=year is None)


def _read_week_number(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "KW 12 2025", "in der 12. Kalenderwoche"."""
    year, week = _read_year_of(match, today), int(match["ahead"] or match["behind"])
    if not MINYEAR < today.year < MAXYEAR or not 1 <= week <= _WEEKS:
        return None
    try:
        monday = date.fromisocalendar(year or today.year, week, 1)
        if year is None and monday > today:
            monday = date.fromisocalendar(today.year - 1, week, 1)
    except ValueError:
        return Atom(span, void=True)
    return Atom(span, fixed=(monday, monday + timedelta(days=6)))


def _read_weekend(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "am Wochenende", "last weekend": the latest that has begun, unless it says more."""
    which = match["which"]
    before = match.string[: span.start].split()[-1:]
    if before and before[0].lower() in _AHEAD:
        return Atom(span, void=True)
    inside = today.weekday() >= _SATURDAY
    saturday = days_back(today, (today.weekday() - _SATURDAY) % 7)
    back = max(_periods_back(which) - (not inside), 0) if which else 0
    saturday = days_back(saturday, 7 * back)
    return Atom(span, fixed=(saturday, _add_day(saturday)), bare=which is None)


def _add_day(day: date) -> date:
    return date.fromordinal(min(day.toordinal() + 1, date.max.toordinal()))


def _read_period_word(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "heuer", "in der Vorwoche", "last night"."""
    unit, back = _PERIOD_WORDS[_level(match["word"])]
    if unit == "day":
        return Atom(span, fixed=(days_back(today, back), today))
    return Atom(span, fixed=_calendar_period(today, unit, back), bare=back > 0)


def _read_decade(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "in den 90er Jahren", "the late 1990s", "в девяностых"."""
    group = match.groupdict()
    part = _part_of_period(group["part"])
    name = group.get("decade")
    tens = _DECADE_WORDS[name.lower()] if name else int(group["tens"]) * 10
    century = int(group["century"]) * 100 if group.get("century") else None
    if century is None:
        here = today.year // 100 * 100
        century = here if tens < _OLD_DECADES and here + tens <= today.year else here - 100
    first, last = {"start": (0, 3), "middle": (3, 6), "end": (7, 9), None: (0, 9)}[part]
    year = max(century + tens, MINYEAR)
    named = group.get("century") is not None or part is not None
    days = date(year + first, 1, 1), date(year + last, 12, 31)
    return Atom(span, fixed=days, bare=not named)


def _read_season(match: re.Match[str], span: Span, today: date) -> Atom | None:
    start = season_month(match["season"])
    which = _which(match["which"])
    year = _read_year_of(match, today)
    if year is None and which is None:
        return Atom(span, None, start, months=3, bare=match["season"].lower() not in _INSTRUMENTAL)
    if year is None:
        year = today.year
        if which == "last" and date(year, start, 1) > days_back(today, 89):
            year -= 1
    return Atom(span, year, start, months=3)


def _read_fraction(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """Quarters and halves of a year; a quarter alone is a time only where it opens the text."""
    size = 6 if _is_half(match["unit"] or match["q"]) else 3
    year = _read_year_of(match, today)
    if match["number"] and _level(match["number"]) in _WHICH_SET:
        return _read_which_fraction(match, span, today, size)
    number = _ordinal(match["number"] or match["q"][1])
    if number is None or not 1 <= number <= 12 // size:
        return None
    opens = size == _QUARTER and len(match.string[: span.start].split()) <= 1
    bare = year is None and not opens
    return Atom(span, year, (number - 1) * size + 1, months=size, bare=bare)


def _read_which_fraction(match: re.Match[str], span: Span, today: date, size: int) -> Atom | None:
    """ "in the last quarter", "im letzten Quartal 2022": of a named year, its fourth."""
    year, back = _read_year_of(match, today), _periods_back(match["number"])
    if size != _QUARTER:
        return None
    if year is not None:
        return Atom(span, year, 13 - size, months=size) if back == 1 else None
    start, month = _month_back(today, (today.month - 1) % size + back * size)
    return Atom(span, start, month, months=size)


def _read_year(match: re.Match[str], span: Span, today: date) -> Atom | None:
    year = int(match["year"])
    part = _part_of_period(match["part"])
    if match["to"]:
        last = year // 100 * 100 + int(match["to"])
        if last != year + 1:
            return None
        return Atom(span, fixed=(date(year, 1, 1), date(last, 12, 31)))
    return Atom(span, year, part=part, loose=part is None)


def _read_day_word(match: re.Match[str], span: Span, today: date) -> Atom | None:
    day = days_back(today, _DAYS_AGO[_level(match["word"])])
    return Atom(span, fixed=(day, day))


def _read_short_year(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "in '22"."""
    return Atom(span, _read_year_of(match, today), bare=True, loose=True)


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
    part = _part_of_period(match.groupdict().get("part"))
    if match["unit"].lower() in _DECADES:
        start = max((today.year // 10 - back) * 10, MINYEAR)
        return Atom(span, fixed=(date(start, 1, 1), date(min(start + 9, MAXYEAR), 12, 31)))
    unit = read_time_unit(match["unit"])
    if unit == "day":
        return None
    first, last = _calendar_period(today, unit, back)
    if unit == "year":
        return Atom(span, first.year, part=part)
    if unit == "month":
        return Atom(span, first.year, first.month, part=part)
    if part is None:
        return Atom(span, fixed=(first, last))
    begin, end = {"start": (0, 1), "middle": (2, 3), "end": (4, 6)}[part]
    if back == 0 and first.toordinal() + begin > today.toordinal():
        first, last = _calendar_period(today, unit, 1)  # "Ende der Woche", said on its Tuesday
    monday = first.toordinal()
    days = (date.fromordinal(min(monday + n, date.max.toordinal())) for n in (begin, end))
    return Atom(span, fixed=(next(days), next(days)))


def _read_rolling(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "in the last two weeks", "за последние 10 дней": up to today."""
    unit, count, _ = _read_amount(match)
    return Atom(span, fixed=(_go_back(today, unit, count), today))


def _read_amount(match: re.Match[str]) -> tuple[TimeUnit, int, bool]:
    """The unit and how many of it are said, and whether that is a rough measure: "half a year"."""
    group = match.groupdict()
    unit, size = _MEASURES[_level(match["unit"])]
    word = (group.get("count") or "").lower()
    count = read_halves()[word] if word in read_halves() else float(read_count(word or None))
    if group.get("halved"):
        count = 0.5
    if group.get("more") or group.get("extra"):
        count += 0.5
    amount = count * size
    rough = _level(match["unit"]) in _HALF_MEASURES or amount != int(amount)
    if amount != int(amount):
        smaller: dict[TimeUnit, tuple[TimeUnit, int]] = {
            "year": ("month", 12),
            "month": ("day", 30),
        }
        unit, parts = smaller.get(unit, ("day", 7 if unit == "week" else 1))
        amount *= parts
    return unit, int(amount), rough


def _read_ago(match: re.Match[str], span: Span, today: date) -> Atom | None:
    """ "two weeks ago" is that whole calendar week; days are exact, "today a year ago" is one."""
    unit, count, rough = _read_amount(match)
    if unit == "day" or match["today"] or match.groupdict().get("now"):
        day = _go_back(today, unit, count)
        around = _ROUGH_DAYS if rough and unit == "day" else 0
        return Atom(span, fixed=(days_back(day, around), days_back(day, -around)))
    first, last = _calendar_period(today, unit, count)
    if rough:
        first = _calendar_period(today, unit, count + 1)[0]
        last = _calendar_period(today, unit, count - 1)[1]
    return Atom(span, fixed=(first, last))


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
    which, days, weekends, words, feasts, weeks = (
        [find_letter_runs(name)[-1] for name in names]
        for names in ([*_PREVIOUS, *_BEFORE_LAST, *_THIS], _DAYS_AGO, list_times("weekend"),
                      _PERIOD_WORDS, read_feasts(), list_times("week number"))
    )  # fmt: skip
    half_months = _join_german("month", list_times("half end"))
    weekdays = _join_german("weekday", list_forms("daypart", "de"))
    parts = [word for name in ("start", "middle", "end") for word in list_times(name)]
    fractions = [*list_times("quarter"), *list_times("half"), "q", "h"]
    rows: list[tuple[Iterable[str], str, _Reader]] = [
        (weeks, _WEEK_NUMBER, _read_week_number),
        *(([_DIGIT], pattern, _read_iso) for pattern in _NUMERIC_DATES),
        *(([*half_months, *list_times("half")], row, _read_half_month) for row in _HALF_MONTHS),
        *((months, pattern, _read_named_day) for pattern in _DATES_IN_WORDS),
        (list_unit_words("month"), _DAY_OF_MONTH, _read_day_of_month),
        (feasts, _FEAST, _read_feast),
        *((months, pattern, _read_iso) for pattern in _DATES),
        (fractions, _FRACTION, _read_fraction),
        (list_forms("season"), _SEASON, _read_season),
        *((cue.split(), pattern, _read_ago) for cue, pattern in _AGO.items()),
        *((cue.split(), pattern, _read_rolling) for cue, pattern in _ROLLING.items()),
        (which, _THIS_PERIOD, _read_this),
        (["last"], _BEFORE_LAST_PERIOD, _read_this),
        (weekends, _WEEKEND, _read_weekend),
        (words, _PERIOD_WORD, _read_period_word),
        (parts, _PART_OF_YEAR, _read_this),
        (_JAHRES, _PART_OF_JAHR, _read_this),
        (days, _DAY_WORD, _read_day_word),
        ([*list_forms("weekday"), *weekdays], _WEEKDAY, _read_weekday),
        (_DECADE_ENDS, _DECADE, _read_decade),
        (_DECADE_WORDS, _DECADE_NAME, _read_decade),
        ([_DIGIT], _YEAR, _read_year),
        ([_DIGIT], _SHORT_YEAR, _read_short_year),
    ]
    return [(frozenset(cue), pattern, read) for cue, pattern, read in rows]


def _join_german(kind: CalendarKind, ends: Iterable[str]) -> list[str]:
    """The German compounds with a month or weekday: "märzhälfte", "montagabend"."""
    return [form + end for form in list_forms(kind, "de") for end in ends]


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
    if _level(words or "") in list_times("before last behind"):
        return 2
    first = _level(words or "").split(" ")[0]
    return 2 if first in _BEFORE_LAST else int(first in _PREVIOUS)


def _part_of_period(word: str | None) -> Part | None:
    """Which third of a year or month a word such as "early", "Mitte" or "конец" means."""
    return _PARTS.get((word or "").lower().removeprefix("jahres"))
