"""Calendar dates, weekdays and times of day in German, English and Russian, and their context."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from wortlaut.index.article import Article
from wortlaut.index.lang.calendar import (
    list_forms,
    list_short_months,
    list_times,
    month_number,
    weekday_number,
)
from wortlaut.index.lang.clock import list_clock_forms, read_clock
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import Language

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
_RELATIVE = {
    word: days
    for days, name in (
        (-2, "before yesterday"), (-1, "yesterday"), (0, "today"), (1, "tomorrow"),
        (2, "after tomorrow"),
    )
    for word in list_times(name)
}  # fmt: skip
_RELATIVE_DAY = re.compile(rf"\b{match_any(_RELATIVE)}\b", re.IGNORECASE)
_TIME_WORDS = {
    word: minute for minute, name in ((720, "noon"), (0, "midnight")) for word in list_times(name)
}
_TIME = re.compile(
    r"\b(?P<h>\d{1,2})(?:[.:](?P<m>\d\d))?\s*(?P<mark>Uhr|a\.?m\b\.?|p\.?m\b\.?|o['’]clock)"
    r"|\b(?P<h2>[01]?\d|2[0-4]):(?P<m2>[0-5]\d)\b"
    r"|\b(?P<h3>[01]?\d|2[0-4])(?:[.:](?P<m3>[0-5]\d))?(?=\s*(?:und|bis|[-–])\s*\d{1,2}(?:[.:]\d\d)?\s*Uhr)"
    rf"|\b(?P<word>{match_any(_TIME_WORDS)})\b",
    re.IGNORECASE,
)
_WEEKDAY_INSIDE = re.compile(rf"\w({match_any(list_forms('weekday', 'de'))})", re.IGNORECASE)
_MONTH_INSIDE = re.compile(rf"\b({match_any(list_forms('month', 'de'))})-?[a-zäöüß]{{4,}}")
# Months that are other words too: a modal verb, a name, a way to walk.
_ALSO_WORDS = frozenset({"mai", "may", "march"})
_BEFORE_MONTH = frozenset(list_times("month leads"))


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date as far as the text gives it; `ahead` is 1 for the coming, -1 for the last weekday.

    `offset` counts days from the article's date; `minute` is the time of day.
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


def read_dates(text: str, language: Language) -> list[DateMention]:
    """The dates, weekdays, relative days and times of `text`, in order, disjoint."""
    found: list[DateMention] = []
    for mention in [
        *_read_spoken_times(text, language),
        *_read_times(text),
        *_read_calendar(text, language),
        *_read_weekdays(text),
    ]:
        if all(mention.end <= other.start or mention.start >= other.end for other in found):
            found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def _read_spoken_times(text: str, language: Language) -> Iterator[DateMention]:
    """Times in words: "halb acht", "half past seven", "половина восьмого", "sieben Uhr dreißig"."""
    for form, past in list_clock_forms(language):
        for match in form.finditer(text):
            minute = read_clock(match, past)
            yield DateMention(match.start(), match.end(), match[0], minute=minute)


def _read_times(text: str) -> Iterator[DateMention]:
    for match in _TIME.finditer(text):
        if match["word"]:
            minute = _TIME_WORDS[match["word"].lower()]
        else:
            hour = int(match["h"] or match["h2"] or match["h3"])
            mark = (match["mark"] or "").lower()
            if mark.startswith(("a", "p")):
                hour = hour % 12 + (12 if mark.startswith("p") else 0)
            past = int(match["m"] or match["m2"] or match["m3"] or 0)
            if hour > 24 or past > 59:
                continue
            minute = hour % 24 * 60 + past
        yield DateMention(match.start(), match.end(), match[0], minute=minute)


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
        yield DateMention(match.start(), match.end(), match[0], year, month, day)


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


def find_wrong_date(
    claimed: Sequence[DateMention],
    cited: Sequence[DateMention],
    article: Article,
    text: str = "",
    hours: Sequence[float] = (),
) -> DateMention | None:
    """The first date of the claim that neither the span nor the article's own date bears out.

    `text` is the cited one, whose longer words may hold a day or month: "Pfingstsonntag"; `hours`
    are its bare numbers, which "from seven to 16 Uhr" makes times.
    """
    published = article.published if article.published_precision == "day" else None
    days = _resolve(cited, published)
    for mention in claimed:
        if mention.minute is not None:
            times = [other.minute for other in cited if other.minute is not None]
            times += [int(hour) * 60 for hour in hours if 0 <= hour <= 24]
            if not any(_same_time(mention.minute, time) for time in times):
                return mention
        elif not _is_inside(mention, text) and not _is_borne_out(mention, cited, days, article):
            return mention
    return None


def _is_inside(mention: DateMention, text: str) -> bool:
    """Whether a weekday or month without a day is part of a longer word: "Junihälfte"."""
    if mention.year or mention.day or mention.ahead:
        return False
    if mention.weekday is not None:
        days = _WEEKDAY_INSIDE.finditer(text)
        return any(weekday_number(found[1]) == mention.weekday for found in days)
    months = _MONTH_INSIDE.finditer(text)
    return any(month_number(found[1]) == mention.month for found in months)


def _same_time(a: int, b: int) -> bool:
    return a == b or (abs(a - b) == 720 and min(a, b) >= 60)


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
        return False
    own_day = not dated and published is not None and _fits(mention, published, article)
    return own_day or any(_fits_day(mention, day) for day in days)


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
