"""Times of day, in digits and in words, in German, English and Russian: "21.30 Uhr", "half past seven"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from wortlaut.index.lang.calendar import list_times
from wortlaut.index.lang.numerals import list_ordinals, name_number, read_counts
from wortlaut.index.lang.tables import match_any, read_rows
from wortlaut.index.lang.words import Language, read_class

_A_DAY, _NOON = 1440, 720
# "Six at night" is eighteen, "five at night" five.
_EVENING = 6 * 60
_DIGITS = re.compile(
    r"\b(?P<h>\d{1,2})(?:[.:](?P<m>\d\d))?\s*(?P<mark>Uhr|a\.?m\b\.?|p\.?m\b\.?|o['’]clock)"
    r"|\b(?P<h2>[01]?\d|2[0-4]):(?P<m2>[0-5]\d)\b"
    r"|\b(?P<h3>[01]?\d|2[0-4])(?:[.:](?P<m3>[0-5]\d))?(?=\s*(?:und|bis|[-–])\s*\d{1,2}(?:[.:]\d\d)?\s*Uhr)",
    re.IGNORECASE,
)
_NAMED = {word: minute for minute, name in ((_NOON, "noon"), (0, "midnight"))
          for word in list_times(name)}  # fmt: skip
_NAME = re.compile(rf"\b{match_any(_NAMED)}\b", re.IGNORECASE)
_PARTS = {word: name for name in ("forenoon", "afternoon", "at night")
          for word in list_times(f"clock {name}")}  # fmt: skip
_PART = re.compile(rf"\s*,?\s+(?P<part>{match_any(_PARTS)})\b", re.IGNORECASE)
_LATE = re.compile(match_any(list_times("late hours")), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ClockTime:
    """A time of day: the minute, and whether it may be twelve hours later or earlier too.

    `lasting` are the minutes of the span of time that the words may mean instead ("до 18 часов").
    """

    start: int
    end: int
    minute: int
    is_twofold: bool = False
    lasting: int | None = None


def find_clock_times(text: str, language: Language) -> Iterator[ClockTime]:
    """The times of day of a text, those in words first; they may overlap."""
    # Where an evening is spoken of, "9 Uhr" may be its nine o'clock.
    is_late = _LATE.search(text) is not None
    for form, past, lasts in _list_forms(language):
        for match in form.finditer(text):
            hour = match.groupdict().get("h") or ""
            is_spoken = not hour.isdecimal() or past != 0 or language == "en"
            more = match.groupdict().get("m")
            minute = (_read_hour(hour) * 60 + past + (_read_minutes(more) if more else 0)) % _A_DAY
            lasting = _read_hour(hour) * lasts if lasts else None
            yield _place(text, match, minute, is_late or is_spoken, lasting)
    for match in _DIGITS.finditer(text):
        hour = match["h"] or match["h2"] or match["h3"]
        past = int(match["m"] or match["m2"] or match["m3"] or 0)
        if int(hour) * 60 + past > _A_DAY or past > 59:
            continue
        mark, minute = (match["mark"] or "").lower(), int(hour) % 24 * 60 + past
        if mark == "am" and language == "de":  # "Elbe 2 am 9. Oktober"
            continue
        if mark.startswith(("a", "p")):
            minute = minute % _NOON + (_NOON if mark.startswith("p") else 0)
            yield ClockTime(match.start(), match.end(), minute)
        else:
            is_short = 0 < int(hour) <= 12 and (is_late or (language == "en" and mark != "uhr"))
            yield _place(text, match, minute, is_short, None)
    for match in _NAME.finditer(text):
        yield ClockTime(match.start(), match.end(), _NAMED[match[0].lower()])


def _place(
    text: str, match: re.Match[str], minute: int, is_twofold: bool, lasting: int | None
) -> ClockTime:
    """The time with the part of the day that stands behind it: "neun Uhr abends"."""
    found = _PART.match(text, match.end())
    if found is None or minute >= _NOON + 60:
        twofold = is_twofold and minute < _NOON + 60
        return ClockTime(match.start(), match.end(), minute, twofold, lasting)
    part, half = _PARTS[found["part"].lower()], minute % _NOON
    if part == "afternoon" or (part == "at night" and half >= _EVENING):
        half += _NOON
    return ClockTime(match.start(), found.end(), half, lasting=lasting)


@cache
def _list_forms(language: Language) -> tuple[tuple[re.Pattern[str], int, int], ...]:
    """The patterns of the language, each with the minutes past its hour, and what one more lasts."""
    return tuple(
        (
            re.compile(rf"\b{_write(row['form'])}(?!\w|[.,:-]\d)", re.IGNORECASE),
            int(row["past"]),
            int(row["lasts"] or 0),
        )
        for row in read_rows("clock.tsv")
        if row["language"] == language
    )


@cache
def _list_hours() -> dict[str, int]:
    """Every word and number for an hour, the ranks of Russian among them."""
    articles = read_class("article", "en")
    words = {word: n for word, n in read_counts().items() if n <= 24 and word not in articles}
    ranks = {word: n for n in range(1, 13) for word in list_ordinals(n, "ru")}
    return {**words, **ranks, **{str(n): n for n in range(25)}}


def _read_hour(word: str) -> int:
    return _list_hours()[word.lower()] if word else 0


def _read_minutes(word: str) -> int:
    return int(word) if word.isdecimal() else read_counts().get(word.lower(), 0)


def _write(form: str) -> str:
    """The pattern that a cell stands for."""
    counts = [word for word in _list_hours() if not word.isdecimal()]
    short = [word for word in counts if _list_hours()[word] <= 12]
    ranks = [word for n in range(1, 13) for word in list_ordinals(n, "ru")]
    minutes = [*read_counts(), *map(str, range(60))]
    few = [name_number(n, "ru") for n in (2, 3, 4)]
    # "Двух" is no count of "дня", which would be "дней"; "две ночи" are two nights.
    many = [w for w in short if _list_hours()[w] > 4 or (_list_hours()[w] > 1 and w[-1] in "хмя")]
    parts = {
        "H": f"(?P<h>{match_any(short)}|1[0-2]|[1-9])", "W": f"(?P<h>{match_any(short)})",
        "A": rf"(?P<h>{match_any(counts)}|2[0-4]|1?\d)", "R": f"(?P<h>{match_any(ranks)})",
        "M": f"(?P<m>{match_any(minutes)})", "P": match_any(_PARTS),
        "N": f"(?P<h>{match_any(many)}|1[0-2]|[1-9])", "T": f"(?P<h>{match_any(few)}|[2-4])",
    }  # fmt: skip
    return re.sub(r"[HWARMPNT]", lambda found: parts[found[0]], form.replace("_", r"\s+"))
