"""Calendar dates, weekdays and times of day in German, English and Russian, and their context."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise

from wortlaut.index.article import Article
from wortlaut.index.lang.calendar import (
    list_forms,
    list_short_months,
    list_times,
    month_number,
    weekday_number,
)
from wortlaut.index.lang.clock import find_clock_times
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import Language, read_class, read_words

_SHORT = frozenset(list_short_months())
# "в сент.", but not "в Сент-Луисе".
_MONTH = rf"(?:{match_any(list_forms('month'))}\b|{match_any(_SHORT)}\b(?![-‑]\w)\.?)"
_YEAR = r"(?:1[0-9]|20)\d\d"
_DATE = re.compile(
    rf"\b(?P<d1>\d{{1,2}})(?:\.|st|nd|rd|th|-го|-е)?\s+(?:of\s+)?(?P<m1>{_MONTH})\.?"
    rf"(?:\s?,?\s+(?P<y1>{_YEAR})\b)?"
    rf"|\b(?P<m2>{_MONTH})\s+(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!\s*(?:Uhr|%|Prozent))"
    rf"(?:\s?,?\s+(?P<y2>{_YEAR})\b)?"
    rf"|\b(?P<y3>{_YEAR})-(?P<m3>\d\d)-(?P<d3>\d\d)\b"
    rf"|\b(?P<d4>\d{{1,2}})\.\s?(?P<m4>\d{{1,2}})\.(?:\s?(?P<y4>{_YEAR}|\d\d)\b)?"
    rf"|\b(?P<m5>{_MONTH})(?:\s+(?P<y5>{_YEAR})\b)?",
    re.IGNORECASE,
)
# German and English weekdays begin longer words: "Montagabend", "Sundays".
_WEEKDAY = re.compile(
    rf"\b(?:(?P<next>{match_any([*list_times('next'), *list_times('coming')])})"
    rf"|(?P<last>{match_any([*list_times('last'), *list_times('previous'), 'past'])}))?\s*"
    rf"\b(?:(?P<w>{match_any(list_forms('weekday', 'de', 'en'))})\w*"
    rf"|(?P<v>{match_any(list_forms('weekday', 'ru', plural=True))})\b)",
    re.IGNORECASE,
)
_NO_WEEKDAY = re.compile(rf"\b{match_any(list_times('no weekday'))}\w*\s+\Z", re.IGNORECASE)
_RELATIVE = {
    word: days
    for days, name in (
        (-2, "before yesterday"), (-1, "yesterday"), (0, "today"), (1, "tomorrow"),
        (2, "after tomorrow"),
    )
    for word in list_times(name)
}  # fmt: skip
_RELATIVE_DAY = re.compile(rf"\b{match_any(_RELATIVE)}\b", re.IGNORECASE)
_THROUGH = rf"(?:{match_any(list_times('through'))}|[-–—])"
_AND = rf"(?:{match_any([*list_times('and'), *list_times('list'), *list_times('across')])}|[,/])"
_BESIDE = rf"(?:{match_any(list_times('inclusive'))}\s+)?(?:(?:am|den|dem|zum|the)\s+)?"
_JOIN = rf"(?:\b|(?<=\.)|\s)\s*(?:{_THROUGH}|{_AND})\s*{_BESIDE}"
# "5." before "bis 9. Mai", and "9" behind "May 5 to".
_DAY_BEFORE = re.compile(
    rf"(?<![\w.,:])(?P<d>\d{{1,2}})(?P<mark>\.|st|nd|rd|th|-го|-е)?{_JOIN}\Z", re.IGNORECASE
)
_DAY_BEHIND = re.compile(
    rf"{_JOIN}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?(?![\w:%]|[.,]\d)(?:\s?,?\s+(?P<y>{_YEAR})\b)?",
    re.IGNORECASE,
)
_LISTED = re.compile(rf"(?:\s*,\s*\d{{1,2}})*,?\s*{match_any(list_times('and'))}\s+\d", re.I)
_RANGE = re.compile(rf"\s*{_THROUGH}\s*{_BESIDE}\Z", re.IGNORECASE)
_PAIR = re.compile(rf"\s*{_AND}\s*{_BESIDE}\Z", re.IGNORECASE)
_OPENS_RANGE = re.compile(rf"\b{match_any(list_times('range'))}\s+{_BESIDE}\Z", re.IGNORECASE)
_OFFSETS = {
    word: offset
    for offset, names in (
        (-2, ("before last",)), (-1, ("last", "previous", "preceding", "last year")),
        (0, ("this", "this year")), (1, ("next", "coming", "following")),
    )
    for name in names
    for word in list_times(name)
}  # fmt: skip
_ALONE = [*list_times("last year"), *list_times("this year")]
_RELATIVE_YEAR = re.compile(
    rf"\b(?:(?P<word>{match_any(word for word in _OFFSETS if word not in _ALONE)})"
    rf"\s+{match_any(list_times('one year'))}\b|(?P<alone>{match_any(_ALONE)}))",
    re.IGNORECASE,
)
# "In the last year" are twelve months, "in seinem letzten Jahr" the end of something.
_LAST_ITSELF = frozenset(list_times("last"))
_ITSELF = re.compile(rf"\b{match_any(list_times('own last'))}\s+\Z", re.IGNORECASE)
_ASIDE = re.compile(
    rf"\b{match_any(read_class('article', 'de'))}\s+{match_any(list_times('in', 'de'))}\s+\Z",
    re.IGNORECASE,
)
_WEEKDAY_INSIDE = re.compile(rf"\w({match_any(list_forms('weekday', 'de'))})", re.IGNORECASE)
_MONTH_INSIDE = re.compile(rf"\b({match_any(list_forms('month', 'de'))})-?[a-zäöüß]{{4,}}")
# Months that are other words too: a modal verb, a name, a way to walk.
_ALSO_WORDS = frozenset({"mai", "may", "march"})
_BEFORE_HOUR = re.compile(rf"\b{match_any(list_times('hour leads'))}\s+\Z", re.IGNORECASE)
_HALF_A_DAY = 720
_LONGEST_RANGE = 366
_BEFORE_MONTH = frozenset(list_times("month leads"))


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as far as the text gives it; `ahead` is 1 for the coming, -1 for the last weekday.

    `offset` counts days from the article's date. `minute` is the time of day, `is_twofold` whether
    it may be twelve hours later too, `lasting` the minutes that it may mean instead of a time.
    `goes_on` says that all days up to the next mention are meant: "5. bis 9. Mai".
    """

    start: int
    end: int
    text: str
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    ahead: int = 0
    offset: int | None = None
    minute: int | None = None
    is_twofold: bool = False
    lasting: int | None = None
    goes_on: bool = False


def read_dates(text: str, language: Language) -> list[DateMention]:
    """The dates, weekdays, relative days and times of `text`, in order, disjoint."""
    found: list[DateMention] = []
    for mention in [
        *_read_times(text, language),
        *_read_calendar(text, language),
        *_read_weekdays(text),
    ]:
        if all(mention.end <= other.start or mention.start >= other.end for other in found):
            found.append(mention)
    return _mark_ranges(text, sorted(found, key=lambda mention: mention.start))


def _mark_ranges(text: str, mentions: Sequence[DateMention]) -> list[DateMention]:
    """The mentions, those marked from which a range goes on to the next."""
    marked = list(mentions)
    for number, (first, second) in enumerate(pairwise(mentions)):
        if first.minute is not None or second.minute is not None:
            continue
        between, before = text[first.end : second.start], text[: first.start]
        opens = _PAIR.match(between) and _OPENS_RANGE.search(before[-40:])
        if _RANGE.match(between) or opens:
            marked[number] = replace(first, goes_on=True)
    return marked


def _read_times(text: str, language: Language) -> Iterator[DateMention]:
    """Times of day: "21.30 Uhr", "halb acht", "half past seven", "половина восьмого"."""
    for time in find_clock_times(text, language):
        yield DateMention(
            time.start, time.end, text[time.start : time.end], minute=time.minute,
            is_twofold=time.is_twofold, lasting=time.lasting,
        )  # fmt: skip


def _read_calendar(text: str, language: Language) -> Iterator[DateMention]:
    for match in _DATE.finditer(text):
        groups = {key: value for key, value in match.groupdict().items() if value}
        fields = {key[0]: value for key, value in groups.items()}
        bare_month = "m5" in groups and "y" not in fields
        if bare_month and (not match[0][0].isupper() and language != "ru"):
            continue
        month = int(fields["m"]) if fields["m"].isdigit() else month_number(fields["m"])
        if bare_month and not _is_month(text, match, language):
            continue
        day = int(fields["d"]) if "d" in fields else None
        if month is None or not 1 <= month <= 12 or (day is not None and not 1 <= day <= 31):
            continue
        year = int(fields["y"]) if "y" in fields else None
        if year is not None and year < 100:
            year += 2000 if year < 70 else 1900
        stop = match.end()
        if "d2" in groups and language != "en" and year is None:
            # "Im Mai 14 Fähren": a day stands behind its month in English alone.
            day, stop = None, match.end("m2")
        named = DateMention(match.start(), stop, text[match.start() : stop], year, month, day)
        yield from _list_days(text, named, language, names_last="d2" in groups)


def _list_days(
    text: str, named: DateMention, language: Language, *, names_last: bool
) -> Iterator[DateMention]:
    """The date with the days that share its month: "5. bis 9. Mai", "May 5, 6 and 9"."""
    if names_last and named.year is None:
        days: list[tuple[int, int, int]] = []
        end = named.end
        while (found := _DAY_BEHIND.match(text, end)) and 1 <= int(found["d"]) <= 31:
            if _counts(text[end : found.start("d")], text[found.end() : found.end() + 40]):
                break
            days.append((found.start("d"), found.end(), int(found["d"])))
            end = found.end()
            if found["y"]:
                named = replace(named, year=int(found["y"]))
                break
        yield from (
            DateMention(start, stop, text[start:stop], named.year, named.month, day)
            for start, stop, day in days
        )
    yield named
    start = named.start
    while (
        named.day
        and not names_last
        and (found := _DAY_BEFORE.search(text[max(0, start - 30) : start]))
    ):
        dotted = language != "de" or found["mark"] == "."
        if not dotted or not 1 <= int(found["d"]) <= 31:
            break
        opens = max(0, start - 30)
        stop = opens + (found.end("mark") if found["mark"] else found.end("d"))
        start = opens + found.start("d")
        day = text[start:stop]
        yield DateMention(start, stop, day, named.year, named.month, int(found["d"]))


def _counts(joint: str, behind: str) -> bool:
    """Whether a number behind a date is no day: "On May 5 and 9 people", "On May 5, 12 more"."""
    if joint in "-–—":
        return False
    following = read_words(behind)[:1]
    if following and following[0].is_content and behind.lstrip()[:1].isalpha():
        return True
    return "," in joint and _LISTED.match(behind) is None


def _is_month(text: str, match: re.Match[str], language: Language) -> bool:
    """Whether a month's name without a day or year is the month: "Mai", but not "Jan" or "May".

    Of such a word a preposition of time in front tells.
    """
    low = match[0].lower().removesuffix(".")
    if low not in _SHORT and (low not in _ALSO_WORDS or language == "de"):
        return True
    before = text[: match.start()].split()[-1:]
    return bool(before) and before[0].lower() in _BEFORE_MONTH


def _read_weekdays(text: str) -> Iterator[DateMention]:
    for match in _WEEKDAY.finditer(text):
        named = "w" if match["w"] else "v"
        # "Окружающая среда" is the environment.
        if _NO_WEEKDAY.search(text[max(0, match.start(named) - 30) : match.start(named)]):
            continue
        weekday = weekday_number(match[named])
        ahead = 1 if match["next"] else -1 if match["last"] else 0
        start = match.start("next") if match["next"] else match.start("last")
        start = start if ahead else match.start(named)
        yield DateMention(start, match.end(), match[0], weekday=weekday, ahead=ahead)
    for match in _RELATIVE_DAY.finditer(text):
        offset = _RELATIVE[match[0].lower()]
        if match[0] in ("Morgen", "morgen") and re.search(
            r"(?:am|guten|jeden)\s\Z", text[: match.start()]
        ):
            continue
        yield DateMention(match.start(), match.end(), match[0], offset=offset)


@dataclass(frozen=True, slots=True)
class RelativeYear:
    """A year told from another: `offset` years from the article's, or from one that the text tells.

    `is_aside` says that it only describes a thing: "der im vergangenen Jahr gewählte Präsident".
    """

    text: str
    offset: int
    is_aside: bool


def list_relative_years(text: str) -> list[RelativeYear]:
    """The years that a text tells by "last", "this", "next" and their like, in order."""
    found = []
    for match in _RELATIVE_YEAR.finditer(text):
        word = (match["word"] or match["alone"]).lower()
        before = text[: match.start()]
        if word in _LAST_ITSELF and _ITSELF.search(before):
            continue
        found.append(RelativeYear(match[0], _OFFSETS[word], bool(_ASIDE.search(before))))
    return found


def find_wrong_year(
    claimed: Sequence[RelativeYear],
    cited: Sequence[RelativeYear],
    told: Collection[int],
    published: int,
) -> RelativeYear | None:
    """The first year of the claim that is told from the article's and is none of the cited text's.

    `told` are the years that the cited text tells in digits.
    """
    theirs = {*told, *(published + year.offset for year in cited)}
    # Counted from a year of the text, not from the article's.
    theirs |= {year + other.offset for year in told for other in cited}
    if not theirs or any(year.is_aside for year in cited):
        return None
    return next((y for y in claimed if published + y.offset not in theirs and not y.is_aside), None)


def find_wrong_date(
    claimed: Sequence[DateMention],
    cited: Sequence[DateMention],
    article: Article,
    text: str = "",
    hours: Sequence[float] = (),
    lengths: Sequence[float] = (),
) -> DateMention | None:
    """The first date of the claim that neither the span nor the article's own date bears out.

    `text` is the cited one, whose longer words may hold a day or month: "Pfingstsonntag"; `hours`
    are its bare numbers that "from seven to 16 Uhr" makes times, `lengths` the minutes that
    something lasts there.
    """
    published = article.published if article.published_precision == "day" else None
    days = _resolve(cited, published)
    ends = {id(m) for pair in pairwise(claimed) if pair[0].goes_on for m in pair}
    inside = [*days, *_list_between(cited, published)]
    for mention in claimed:
        if mention.minute is not None:
            if not _is_told(mention, cited, hours, lengths):
                return mention
        elif not (
            _is_inside(mention, text)
            or _is_borne_out(mention, cited, days if id(mention) in ends else inside, article)
            or (id(mention) not in ends and _is_between(mention, cited))
        ):
            return mention
    return None


def _is_told(
    mention: DateMention,
    cited: Sequence[DateMention],
    hours: Sequence[float],
    lengths: Sequence[float],
) -> bool:
    """Whether the time of day, or how long it may mean instead, stands in the cited text."""
    if mention.lasting is not None and mention.lasting in lengths:
        return True
    if any(_same_time(mention, other) for other in cited):
        return True
    return any(
        (mention.minute or 0) % _HALF_A_DAY == hour * 60 % _HALF_A_DAY
        for hour in hours
        if 0 <= hour <= 24
    )


def tells_hour(before: str) -> bool:
    """Whether a bare number behind the text may be an hour: "um sechs"."""
    return _BEFORE_HOUR.search(before[-20:]) is not None


def list_lengths(mentions: Sequence[DateMention]) -> list[float]:
    """How many seconds the ranges of days last, their last day counted or not."""
    lengths = []
    for first, second in pairwise(mentions):
        start, end = (_make_day(m.year or 2001, m.month or 0, m.day or 0) for m in (first, second))
        if first.goes_on and start and end:
            lengths += [86400.0 * ((end - start).days % 365 + more) for more in (0, 1)]
        elif first.goes_on and first.weekday is not None and second.weekday is not None:
            span = (second.weekday - first.weekday) % 7
            lengths += [86400.0 * (span + more) for more in (0, 1)]
    return lengths


def _list_between(mentions: Sequence[DateMention], published: date | None) -> list[date]:
    """The days inside ranges, as far as their first and last are known."""
    between = []
    for first, second in pairwise(mentions):
        if not first.goes_on:
            continue
        starts, ends = _resolve([first], published), _resolve([second], published)
        for start in starts:
            end = min((day for day in ends if day >= start), default=start)
            span = min((end - start).days, _LONGEST_RANGE)
            between += [start + timedelta(days=n) for n in range(1, span)]
    return between


def _is_between(mention: DateMention, cited: Sequence[DateMention]) -> bool:
    """Whether a day or month lies in a range of the cited text, whatever year that is of."""
    for first, second in pairwise(cited):
        ends = [(m.month, m.day or 0) for m in (first, second) if m.month]
        if not first.goes_on or len(ends) < 2 or not mention.month:
            continue
        if mention.day is None:
            ends = [(month, 0) for month, _ in ends]
        place = (mention.month, mention.day or 0)
        (a, b), years = ends, {first.year, second.year, mention.year} - {None}
        within = a <= place <= b if a <= b else place >= a or place <= b
        if within and len(years) < 2:
            return True
    return False


def _is_inside(mention: DateMention, text: str) -> bool:
    """Whether a weekday or month without a day is part of a longer word: "Junihälfte"."""
    if mention.year or mention.day or mention.ahead:
        return False
    if mention.weekday is not None:
        days = _WEEKDAY_INSIDE.finditer(text)
        return any(weekday_number(found[1]) == mention.weekday for found in days)
    months = _MONTH_INSIDE.finditer(text)
    return any(month_number(found[1]) == mention.month for found in months)


def _same_time(a: DateMention, b: DateMention) -> bool:
    if a.minute is None or b.minute is None:
        return False
    twofold = a.is_twofold or b.is_twofold
    return a.minute == b.minute or (twofold and abs(a.minute - b.minute) == _HALF_A_DAY)


def _resolve(mentions: Sequence[DateMention], published: date | None) -> list[date]:
    """The days that the mentions can stand for."""
    days = []
    for mention in mentions:
        if mention.month and mention.day:
            years = [mention.year] if mention.year else []
            if not years and published:
                years = [published.year - 1, published.year, published.year + 1]
            days += [day for year in years if (day := _make_day(year, mention.month, mention.day))]
        elif published and mention.weekday is not None:
            back = (published.weekday() - mention.weekday) % 7
            if mention.ahead <= 0:
                days.append(published - timedelta(days=back))
                days += [published - timedelta(days=back + 7)] if mention.ahead < 0 else []
            if mention.ahead >= 0:
                days.append(published + timedelta(days=(7 - back) % 7 or 7))
                days += [published + timedelta(days=14 - back)] if mention.ahead > 0 else []
        elif published and mention.offset is not None:
            days.append(published + timedelta(days=mention.offset))
    return days


def _make_day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _is_borne_out(
    mention: DateMention, cited: Sequence[DateMention], days: Sequence[date], article: Article
) -> bool:
    if any(_agrees(mention, other) for other in cited):
        return True
    published = article.published
    exact = published if article.published_precision == "day" else None
    dated = [other for other in cited if other.minute is None]
    if mention.offset is not None:
        if exact is None:
            return not dated and mention.offset == 0
        return exact + timedelta(days=mention.offset) in days or (not dated and mention.offset == 0)
    if mention.weekday is not None:
        own = not dated and exact is not None and exact.weekday() == mention.weekday
        return own or any(day.weekday() == mention.weekday for day in days)
    if mention.day and any(other.day for other in dated):
        return any(_may_be(mention, other, article) for other in dated)
    own_day = not dated and published is not None and _fits(mention, published, article)
    return own_day or any(_fits_day(mention, day) for day in days)


def _may_be(mention: DateMention, other: DateMention, article: Article) -> bool:
    """Whether a full date is the cited day, whose year is left out: the last or the next one."""
    same = (mention.month, mention.day) == (other.month, other.day)
    published = article.published
    if not same or other.year or not (mention.year and mention.month and mention.day):
        return False
    if published is None:
        return True
    offsets = {year.offset for year in list_relative_years(article.text)}
    day = _make_day(mention.year, mention.month, mention.day)
    if day is None or article.published_precision != "day":
        return abs(mention.year - published.year) <= 1
    return abs((day - published).days) < _LONGEST_RANGE or mention.year - published.year in offsets


def _agrees(mention: DateMention, other: DateMention) -> bool:
    """Whether the other mention gives every field that this one gives."""
    fields = ("year", "month", "day", "weekday", "offset")
    given = [name for name in fields if getattr(mention, name) is not None]
    opposed = mention.ahead * other.ahead < 0
    return not opposed and all(getattr(mention, n) == getattr(other, n) for n in given)


def _fits_day(mention: DateMention, day: date) -> bool:
    return (
        mention.year in (None, day.year)
        and mention.month in (None, day.month)
        and mention.day in (None, day.day)
    )


def _fits(mention: DateMention, published: date, article: Article) -> bool:
    """Whether it is the article's own date, to the precision that is known."""
    known = {"day": 3, "month": 2, "year": 1, "unknown": 0}[article.published_precision]
    given = 3 if mention.day else 2 if mention.month else 1
    return given <= known and _fits_day(mention, published)
