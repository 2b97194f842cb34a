"""The date that a field holds, in every form that people and programs write -> ISO, as precise as it is.

The day as written counts, whatever the time zone beside it. What can be read in two ways, like
`02/03/2022`, is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

from wortlaut.index.lang.calendar import month_number

_LONGEST = 120
_YEARS = range(1500, 2200)
# Seconds since 1970 have nine or ten digits (1973 to 2286); the same in thousandths and finer.
_EPOCH_UNITS = {9: 1, 10: 1, 12: 10**3, 13: 10**3, 16: 10**6, 19: 10**9}
_NO_DATE = frozenset({"", "-", "none", "null", "nan", "nat", "n/a", "unknown", "unbekannt"})

_TIME = re.compile(r"(?<![\d.])\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?![\d:])")
_COMPACT = re.compile(r"(?<!\d)(\d{4})(\d{2})(\d{2})(?:T?(\d{4}(?:\d{2})?)(?:[.,]\d+)?)?(?=\D|\Z)")
_YEAR_FIRST = re.compile(r"(?<![\d./-])(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_YEAR_LAST = re.compile(
    r"(?<![\d./-])(\d{1,2})(?:(\.)[ \xa0]?(\d{1,2})\.[ \xa0]?|([-/])(\d{1,2})\4)"
    r"(\d{4}|\d{2})(?![\d/-])"
)
_BETWEEN = r"[ \xa0./,-]{0,3}"
_LETTER = r"[^\W\d_]"
_WORD = rf"({_LETTER}{{3,10}})"
_DAY_MONTH = re.compile(
    rf"(?<![\d.:])(\d{{1,2}})(?:st|nd|rd|th|-?го|-?е)?{_BETWEEN}(?:of )?{_WORD}{_BETWEEN}"
    r"(\d{4}|'?\d{2}(?![\d:]))(?!\d)",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"{_WORD}{_BETWEEN}(\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]),?[ \xa0,-]{{0,3}}(?:[a-z]{{2}} )?(\d{{4}})(?!\d)",
    re.IGNORECASE,
)
# As C writes it: "Fri Feb 18 16:46:00 +0100 2022", its time taken out.
_CLOCK = re.compile(rf"{_WORD} +(\d{{1,2}}) +(?:[+-]\d{{4}} |[A-Z]{{3,4}} )?(\d{{4}})\Z")
_YEAR_MONTH_DAY = re.compile(rf"(?<!\d)(\d{{4}}){_BETWEEN}{_WORD}{_BETWEEN}(\d{{1,2}})(?![\d:])")
_MONTH_YEAR = re.compile(rf"(?<![^\W_]){_WORD}\.?[ \xa0,/-]{{1,2}}(\d{{4}})(?!\d)")
_YEAR_MONTH = re.compile(rf"(?<!\d)(\d{{4}})[ \xa0,/-]{{1,2}}{_WORD}(?![^\W_])")
_NUMBERS_MONTH = re.compile(r"(?:(\d{4})[-/.](\d{1,2})|(\d{1,2})[-/.](\d{4})|(\d{4})(\d{2}))\Z")


def write_field_date(written: object) -> str | None:
    """The field's date as `2022-02-18`, `2022-02` or `2022`, as precise as it is; `None` if none."""
    if isinstance(written, date):
        return written.strftime("%Y-%m-%d") if written.year in _YEARS else None
    if isinstance(written, float) and written.is_integer():
        written = int(written)
    text = " ".join(str(written).split())
    if not text or len(text) > _LONGEST:
        return None
    if number := re.fullmatch(r"(?:/?Date\()?(\d{9,19})(?:[.,]\d+)?(?:[+-]\d{4})?(?:\)/?)?", text):
        return _read_stamp(number[1])
    found = {day for day in _find_days(text) if day}
    if found:
        return found.pop() if len(found) == 1 else None
    return _read_month(text) or _read_year(text)


def is_no_date(written: object) -> bool:
    """Whether the field says that it holds none: "", "null", "NaT"."""
    return str(written).strip().lower() in _NO_DATE


def say_unreadable(written: str) -> str:
    """The line for a date that cannot be read."""
    match = _YEAR_LAST.search(written)
    why = "can be read in two ways" if match and match[4] else "cannot be read"
    return f"its date {written[:40]!r} {why}; kept without it, write it like 2026-01-29"


def _find_days(text: str) -> Iterator[str | None]:
    """The days of the first form that the text has one in; several where it names several."""
    text = _TIME.sub("", text)
    if match := _COMPACT.match(text):
        yield _write(match[1], match[2], match[3])
        return
    if match := _YEAR_FIRST.search(text):
        yield _write(match[1], match[3], match[4])
        return
    if match := _YEAR_LAST.search(text):
        yield from _order_days(match)
        return
    for pattern, order in (
        (_DAY_MONTH, (3, 2, 1)),
        (_MONTH_DAY, (3, 1, 2)),
        (_CLOCK, (3, 1, 2)),
        (_YEAR_MONTH_DAY, (1, 2, 3)),
    ):
        for match in pattern.finditer(text):
            year, month, day = (match[group] for group in order)
            if number := month_number(month):
                yield _write(year.lstrip("'"), str(number), day)
                return


def _order_days(match: re.Match[str]) -> Iterator[str | None]:
    """The days that numbers with the year last can mean: one, or two where month or day is first."""
    first, second, year = match[1], match[3] or match[5], match[6]
    yield _write(year, second, first)
    if match[2]:  # Points stand in German and Russian, day first.
        return
    yield _write(year, first, second)
    if len(year) == 2:
        yield _write(first, second, year)


def _write(year: str, month: str, day: str) -> str | None:
    full = int(year) + (0 if len(year) > 2 else 2000 if int(year) < 70 else 1900)
    try:
        found = date(full, int(month), int(day))
    except ValueError:
        return None
    return found.isoformat() if found.year in _YEARS else None


def _read_stamp(digits: str) -> str | None:
    """The day of a number: `20220218164600`, or time since 1970 in seconds or parts of them."""
    if len(digits) in (12, 14) and digits[:2] in ("19", "20"):
        day = _write(digits[:4], digits[4:6], digits[6:8])
        if day and digits[8:10] < "24" and digits[10:12] < "60":
            return day
    unit = _EPOCH_UNITS.get(len(digits))
    return datetime.fromtimestamp(int(digits) // unit, UTC).date().isoformat() if unit else None


def _read_month(text: str) -> str | None:
    for pattern, order in ((_MONTH_YEAR, (2, 1)), (_YEAR_MONTH, (1, 2))):
        for match in pattern.finditer(text):
            year, month = (match[group] for group in order)
            # "18. Februar" of a day that is none ("30. Februar 2022") is no month either.
            if (number := month_number(month)) and not re.search(r"\d", text[: match.start()]):
                return _write_month(year, number)
    if numbers := _NUMBERS_MONTH.match(text):
        year = numbers[1] or numbers[4] or numbers[5]
        return _write_month(year, int(numbers[2] or numbers[3] or numbers[6]))
    return None


def _write_month(year: str, month: int) -> str | None:
    return f"{year}-{month:02}" if int(year) in _YEARS and 1 <= month <= 12 else None


def _read_year(text: str) -> str | None:
    match = re.fullmatch(r"(\d{4})(?:\.0| ?г\.?| год)?", text)
    return match[1] if match and int(match[1]) in _YEARS else None
