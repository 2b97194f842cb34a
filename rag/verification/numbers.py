"""The numbers of a text with their units, read alike in German, English and Russian.

Words or digits, signs, halves, fractions, scales, ranges, vague amounts: whatever the notation, a
number comes out as a value. Dates and times of day are `dates`'.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from wortlaut.index.lang.calendar import list_times
from wortlaut.index.lang.numerals import (
    is_half,
    list_amounts,
    list_decades,
    list_ones,
    list_unit_words,
    match_amounts,
    read_compound,
    read_digits,
    read_fraction,
    read_numeral,
    read_one,
    read_ordinal,
    read_other_digits,
    read_scale,
    read_times,
    read_unit,
)
from wortlaut.index.lang.words import Language, Word, read_function_words, read_words

# "over" and "under" may be mere prepositions.
Bound = Literal[
    "", "about", "exactly", "min", "max", "over", "under", "just over", "just under", "within"
]
NumberForm = Literal["cardinal", "ordinal", "vague", "year"]
# What 1000 to 2100 surely is, where that shows.
YearOrCount = Literal["", "year", "count"]
_TOLERANCE = 1e-6
# "Ein Drittel" is "33 Prozent".
_ROUNDED = 0.005
# Seconds; "six weeks" is "a month and a half".
_TIMES_OF = frozenset({"time", "months"})
_MONTH = 365.25 / 12 * 86400
_ROUNDED_MONTHS = 0.1
# The dimension of "the 1960s".
DECADE = "decade"
# What halves, thirds and "every fifth" are parts of; a percentage may say the same.
SHARE = "share"

_BETWEEN = r"(?:(?:für|auf|bei|in|um|mit|for|at|by|of|to|на|в|до|для|о|об|из|с|от|к|по) )?"
_ARTICLE = rf"{_BETWEEN}(?:(?:den|der|die|the|an?) )?"
_ABOUT_ARTICLE = rf"{_BETWEEN}(?:(?:den|der|die|the|an?|ein(?:e[nrms]?)?) )?"
_TIMES = re.compile(r"(?P<n>[a-zäöüß]+?)(?P<what>mal|fach\w*|köpfig\w*|jährig\w*|tägig\w*|stündig\w*"
                    r"|monatig\w*|wöchig\w*|minütig\w*|prozentig\w*)\Z")  # fmt: skip
_COUNTING = ("mal", "fach", "köpfig")
_AND_A_HALF = re.compile(r"(?P<n>[a-zäöüß]+)einhalb(?P<rest>[a-zäöüß]*)\Z")
# "Viertelmillion", "Dreiviertelstunde".
_PART_OF = re.compile(r"(?P<part>dreiviertel|viertel|halb)(?P<whole>[a-zäöüß]{4,})\Z")
_PARTS = {"dreiviertel": 0.75, "viertel": 0.25, "halb": 0.5}
# "Viertgrößte", "zweitletzten".
_RANKED = re.compile(r"(?P<rank>[a-zäöüß]+t)[a-zäöüß]{2,}[sßz]te[nmrs]?\Z")
_AND = frozenset("and und и".split())
_OF = frozenset("of a an einer eines der из".split())
_MONEY = ("$", "€", "£")
CURRENCIES = frozenset({"euro", "dollar", "pound", "rouble", "franc", "other money", "hryvnia"})
_YEARS = range(1000, 2101)
_MINUS_SIGN = re.compile(r"(?:\A|(?<!\d)[\s(„“\"«])[-−–]\Z")
_RANGE = re.compile(
    r"\s*-?\s*(?:bis(?: zu)?|auf|und|oder|zu|statt|to|and|or|rather than|до|на|и|или|[-–—])\s*",
    re.I,
)
# "30 der 90 Millionen": a part has the scale of the whole.
_OUT_OF = re.compile(
    r"\s+(?:der|ihrer|seiner|von(?: den)?|of(?: the)?|out of(?: the)?|из)\s+", re.I
)
_AN_HOUR = re.compile(r"\s+(?:(?:per|an) hour|(?:pro|je) stunde|in der stunde|в час)\b", re.I)
_GENITIVES = frozenset("тысячи миллиона миллиарда триллиона сотни".split())
_PART_WORD = "част"
_ONE_YEAR = frozenset(list_times("one year"))
_YEAR_LEADS = frozenset(
    word for name in ("start", "middle", "end", "year leads") for word in list_times(name)
)
_IN_YEAR = frozenset(list_times("year leads alone"))
_NEARLY = frozenset([*list_amounts("just over"), *list_amounts("just under")])
_ONE_OF_TIME = frozenset(list_times("one of it"))
_DECADE_ENDS = frozenset(list_times("decade ends"))
_SOME_YEARS = frozenset(list_unit_words("year", several=True)) - _ONE_YEAR
# Each with whether it says "years" itself.
_DECADES = {
    f"{word}{years}": (float(decade), bool(years) or word.endswith("ies"))
    for decade in range(20, 100, 10)
    for word in list_decades(decade)
    for years in ("", *(_SOME_YEARS if word.endswith("er") else ()))
}
_COUNTED = frozenset(list_times("counted"))
_DEFINITE = read_function_words("definite")


def _end_in(names: Sequence[str], article: str = "") -> re.Pattern[str]:
    return re.compile(rf"\b{match_amounts(*names)}\s+{article}\Z", re.IGNORECASE)


_BOUNDS: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("max", _end_in(["at most", "less than"], _ARTICLE)),
    ("min", _end_in(["at least", "more than"], _ARTICLE)),
    ("over", _end_in(["over"], _ARTICLE)),
    ("under", _end_in(["under"], _ARTICLE)),
    ("about", _end_in(["about"], _ABOUT_ARTICLE)),
    ("just over", _end_in(["just over"], _ABOUT_ARTICLE)),
    ("just under", _end_in(["just under"], _ABOUT_ARTICLE)),
    ("exactly", _end_in(["exactly"])),
    ("within", _end_in(["within"], _ARTICLE)),
)
_OR_MORE = re.compile(rf"(?:\s+\w+)?\s+{match_amounts('or more')}\b", re.IGNORECASE)
_OR_LESS = re.compile(rf"(?:\s+\w+)?\s+{match_amounts('or less')}\b", re.IGNORECASE)
_SIGNS = re.compile(rf"[$€£]|\b{match_amounts('minus')}(?=\s+\Z)", re.IGNORECASE)
_BELOW_ZERO = re.compile(rf"\s*{match_amounts('below zero')}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text: `value` in the base unit of its dimension `unit` ("" for none).

    `raw` is the number as it stands; `readings` are what else it may stand for, as `raw`: "1,500",
    or the 2 of "2 to 3 million". `noun` is the term of the word counted, "" where none follows.
    "The two" and the "Dreierkoalition" are known groups: they may stand there one by one. `told` is
    the number with its bound. What looks like a year and like a count is `surely` one of them, or
    neither, as a rule.
    """

    start: int
    end: int
    text: str
    value: float
    unit: str
    bound: Bound
    form: NumberForm
    raw: float
    noun: str = ""
    readings: tuple[float, ...] = ()
    is_known_group: bool = False
    told: str = ""
    surely: YearOrCount = ""


@dataclass(frozen=True, slots=True)
class _Read:
    """A number without its unit: its value, one past its last word, and what kind it is."""

    value: float
    stop: int
    form: NumberForm = "cardinal"
    unit: str = ""
    factor: float = 1.0
    other: float | None = None
    years: tuple[float, ...] = ()


def read_quantities(
    text: str, language: Language, taken: Sequence[tuple[int, int]] = ()
) -> list[Quantity]:
    """The numbers of `text` in order; `taken` are the ranges of dates, which are left alone."""
    return _NumberReader(text, language, taken).read()


def same_value(a: Quantity, b: Quantity) -> bool:
    """Whether both give the same number: units converted, years and counts alike."""
    if a.form == "vague" or b.form == "vague":
        return a.form == b.form and a.value == b.value
    if {a.unit, b.unit} == {SHARE, "percent"}:
        one, other = (q.raw if q.unit == SHARE else q.raw / 100 for q in (a, b))
        return abs(one - other) < _ROUNDED
    if {a.unit, b.unit} == {"time", "months"}:
        one, other = (q.value * (1 if q.unit == "time" else _MONTH) for q in (a, b))
        return abs(one - other) <= _ROUNDED_MONTHS * max(one, other)
    both = bool(a.unit and b.unit)
    return any(
        _is_equal(one, other) for one in _list_values(a, both) for other in _list_values(b, both)
    )


def joins_numbers(between: str) -> bool:
    """Whether what stands between two numbers joins them: "bis", "und", "-"."""
    return _RANGE.fullmatch(between) is not None


def _list_values(quantity: Quantity, in_base: bool) -> list[float]:
    """What the number may stand for, in base units or as it stands."""
    factor = quantity.value / quantity.raw if in_base and quantity.raw else 1.0
    plain = quantity.value if in_base else quantity.raw
    return [plain, *(reading * factor for reading in quantity.readings)]


def _is_equal(one: float, other: float) -> bool:
    return abs(one - other) <= _TOLERANCE * max(1.0, abs(one), abs(other))


class _NumberReader:
    """One pass through one text."""

    def __init__(self, text: str, language: Language, taken: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._words = read_words(text)
        self._language = language
        self._free = [all(w.end <= a or w.start >= b for a, b in taken) for w in self._words]

    def read(self) -> list[Quantity]:
        """Every number."""
        found: list[Quantity] = []
        at = 0
        while at < len(self._words):
            read = self._read_at(at) if self._free[at] else None
            if read is None or not all(self._free[at : read[1]]):
                at += 1
                continue
            quantity, at = read
            if found:
                quantity = self._end_range(found[-1], self._share_century(found[-1], quantity))
                found[-1] = self._share_unit(found[-1], quantity)
            found.append(quantity)
        return found

    def _low(self, at: int) -> str:
        return self._words[at].low if 0 <= at < len(self._words) else ""

    def _gap(self, at: int) -> str:
        """What stands between a word and the one before it, but for blanks."""
        if not 0 < at < len(self._words):
            return ""
        return self._text[self._words[at - 1].end : self._words[at].start].strip()

    def _scale(self, at: int) -> float | None:
        return read_scale(self._low(at), self._language) if self._low(at) else None

    def _read_at(self, at: int) -> tuple[Quantity, int] | None:
        read = (
            self._read_decade(at)
            or self._read_vague(at)
            or self._read_share(at)
            or self._read_part(at)
            or self._read_special(at)
            or self._read_cardinal(at)
            or self._read_lone(at)
        )
        return self._finish(at, read) if read else None

    def _finish(self, at: int, read: _Read) -> tuple[Quantity, int]:
        unit, factor, stop = read.unit, read.factor, read.stop
        if not unit and read.form != "ordinal":
            unit, factor, stop = self._read_unit(at, stop)
        if unit == "length" and (pace := _AN_HOUR.match(self._text[self._words[stop - 1].end :])):
            unit, factor, stop = "speed", factor / 1000, stop + len(pace[0].split())
        value = read.value
        if unit and self._reads_half(stop):  # "an hour and a half"
            value, stop = value + 0.5, self._skip_half(stop)
        unit, stop = self._square(unit, stop)
        start, end = self._words[at].start, self._words[stop - 1].end
        form = read.form
        surely: YearOrCount = ""
        if form == "cardinal" and value in _YEARS and unit != DECADE:
            surely = self._tell_kind(at, stop, unit)
            if surely == "year":
                unit, factor, form = "", 1.0, "year"
            elif not unit and surely != "count" and self._is_year(at, stop):
                form = "year"
        if self._is_negative(at, end):
            value = -value
        bound, told = self._find_bound(start)
        told_to = end
        if not bound and (more := _OR_MORE.match(self._text[end:])):
            bound, told_to = "min", end + more.end()
        elif not bound and (less := _OR_LESS.match(self._text[end:])):
            bound, told_to = "max", end + less.end()
        pair = value == 2 and form != "ordinal" and self._low(at - 1) in _DEFINITE
        group = pair or self._is_group(at)
        readings = read.years if read.other is None else (read.other,)
        quantity = Quantity(
            start, end, self._text[start:end], value * factor, unit, bound, form, value,
            "" if surely == "year" else self._find_noun(stop), readings, group,
            self._text[told:told_to], surely,
        )  # fmt: skip
        return quantity, stop

    def _tell_kind(self, at: int, stop: int, unit: str) -> YearOrCount:
        """What a number from 1000 to 2100 surely is, by its digits and the words beside it."""
        word, before = self._words[at], self._low(at - 1)
        bare = word.text.isdecimal() and len(word.text) == 4
        if self._language == "ru" and bare and self._low(at + 1) in _ONE_YEAR:
            return "year"
        if unit or (word.low[0].isdecimal() and not bare and stop == at + 1):
            return "count"
        if not bare or stop > at + 1:
            return ""
        if before in _ONE_YEAR or before in _YEAR_LEADS:
            return "year"
        following = self._words[stop] if stop < len(self._words) else None
        alone = following is None or self._gap(stop) != ""
        if following is None or alone or not following.is_content:
            return "year" if before in _IN_YEAR else ""
        if following.low in _COUNTED:
            return "count"
        # "2025 kamen", but "2000 kamen" may be as many.
        opens = at == 0 and self._language == "de" and not following.is_capitalised
        return "year" if opens and word.low[0] in "12" and word.low[-1] != "0" else ""

    def _is_negative(self, at: int, end: int) -> bool:
        """Whether a minus stands before the number, or "below zero" behind it."""
        before = self._text[: self._words[at].start]
        if self._low(at)[0].isdecimal() and _MINUS_SIGN.search(before[-3:]):
            return True
        signs = list_amounts("minus")
        if self._low(at - 1) in signs and not self._text[self._words[at - 1].start].isupper():
            return True
        opens = at == 1 or self._gap(at - 1) in (":", "–", "-")
        return (self._low(at - 1) in signs and opens) or bool(_BELOW_ZERO.match(self._text[end:]))

    def _end_range(self, first: Quantity, second: Quantity) -> Quantity:
        """The second of two numbers without the bound that only joins it: "von zwei bis zu neun"."""
        between = self._text[first.end : second.start]
        if second.bound not in ("max", "under") or not joins_numbers(between):
            return second
        return replace(second, bound="", told=second.text)

    def _share_century(self, first: Quantity, second: Quantity) -> Quantity:
        """The second of two years of one century: "1939-45", "2024/25"."""
        between = self._text[first.end : second.start]
        two_digits = len(second.text) == 2 and second.text.isdecimal()
        if first.form != "year" or not two_digits or between.strip() not in tuple("-‑–/"):
            return second
        year = first.raw // 100 * 100 + second.raw
        if year <= first.raw:
            return second
        return replace(second, value=year, raw=year, unit="", form="year")

    def _share_unit(self, first: Quantity, second: Quantity) -> Quantity:
        """The first of two numbers that share their unit or scale: "2,1 auf 3,6 Milliarden"."""
        between = self._text[first.end : second.start]
        hangs = between.startswith("-") and second.raw >= 1000  # "zehn- bis zwölftausend"
        # "Zwei der drei Millionen" are two.
        part = first.raw >= 10 and _OUT_OF.fullmatch(between)
        joined = joins_numbers(between) or part
        if first.unit or first.form != "cardinal" or not joined:
            return first
        if second.form not in ("cardinal", "year"):
            return first
        scale = next((s for s in (1e12, 1e9, 1e6, 1e3) if self._is_scaled(second, s)), 1.0)
        factor = second.value / second.raw if second.raw else 1.0
        readings = (*first.readings, first.raw * scale) if scale > first.raw else first.readings
        raw = first.raw * scale if hangs else first.raw
        return replace(first, value=raw * factor, raw=raw, unit=second.unit, readings=readings,
                       noun=first.noun or second.noun)  # fmt: skip

    def _is_scaled(self, quantity: Quantity, scale: float) -> bool:
        """Whether the number is told with a word for this scale."""
        words = [word.low for word in read_words(quantity.text)]
        compound = scale == 1e3 and any(re.search(r"\wtausend\Z", low) for low in words)
        return compound or any(read_scale(low, self._language) == scale for low in words)

    # What is no plain number.

    def _read_decade(self, at: int) -> _Read | None:
        """ "1960s", "60er Jahre", "Sechzigerjahre", "в шестидесятых годах"; "60" may be of any century."""
        low, stop = self._low(at), at + 1
        decade, is_whole = _DECADES.get(low, (0.0, False))
        if low.isdecimal() and len(low) in (2, 4) and low[-1] == "0":
            ends = self._low(stop) in _DECADE_ENDS and self._gap(stop) in ("", "-", "‑")
            decade, stop = (float(low), stop + 1) if ends else (0.0, stop)
        if self._language == "en":
            # "In her sixties" she is that old.
            is_told = decade >= 1000 or {self._low(at - 1), self._low(at - 2)} & _DEFINITE
            return self._tell_decade(decade, stop) if decade and is_told else None
        if not is_whole and self._low(stop) not in _SOME_YEARS:
            return None
        return self._tell_decade(decade, stop if is_whole else stop + 1) if decade else None

    def _tell_decade(self, decade: float, stop: int) -> _Read:
        centuries = (1800.0, 1900.0, 2000.0) if decade < 100 else ()
        return _Read(decade, stop, unit=DECADE, years=tuple(c + decade for c in centuries))

    def _read_vague(self, at: int) -> _Read | None:
        """ "Tausende", "mehrere tausend", "tens of thousands", "десятки тысяч"."""
        stop, value = at, 1.0
        led = self._low(at) in list_amounts("several")
        if led:
            stop += 1
        elif not self._is_plural_scale(at):
            return None
        first = stop
        while (scale := self._scale(stop)) is not None:
            value, stop = value * scale, stop + 1
            if self._low(stop) in ("of", "von") and self._scale(stop + 1) is not None:
                stop += 1
        if stop == first or (first == at and self._is_one_thousand(at)):
            return None
        return _Read(value, stop, "vague")

    def _is_plural_scale(self, at: int) -> bool:
        low = self._low(at)
        if self._scale(at) is None or self._low(at - 1) in list_ones():
            return False
        return (
            re.search(
                r"(?:(?:hundert|tausend|dutzend)en?|(?:on|ard)en|s|и|ов|ен|ч|ям|ями|ях)\Z", low
            )
            is not None
        )

    def _is_one_thousand(self, at: int) -> bool:
        """ "Около тысячи" is a thousand, in the genitive."""
        return self._low(at) in _GENITIVES and self._read_bound(self._words[at].start) != ""

    def _read_share(self, at: int) -> _Read | None:
        """ "Jeder Fünfte", "one in five", "одна пятая", "пятая часть"."""
        low = self._low(at)
        if low in list_amounts("each"):
            rank = read_ordinal(self._low(at + 1), self._language)
            unit = read_unit(self._low(at + 2)) if rank and self._low(at + 2) else None
            if rank and unit and unit.dimension in _TIMES_OF:  # "jeden zweiten Tag"
                return _Read(float(rank), at + 3, "cardinal", unit.dimension, unit.factor)
            return _Read(1 / rank, at + 2, unit=SHARE) if rank else None
        if self._language == "en" and self._low(at + 1) == "in":
            part = 1.0 if low == "one" else self._read_piece(at)
            whole = self._read_piece(at + 2)
            if part and whole and part < whole <= 100 and not self._is_unit(at + 3):
                return _Read(part / whole, at + 3, unit=SHARE)
        if self._language == "ru":
            rank = read_ordinal(low, "ru")
            if rank and rank > 2 and self._low(at + 1).startswith(_PART_WORD):
                return _Read(1 / rank, at + 2, unit=SHARE)
            many = 1.0 if low in list_ones() else self._read_piece(at)
            rank = read_ordinal(self._low(at + 1), "ru") if many and many < 10 else None
            if many and rank and rank > 2 and self._low(at + 1).endswith(("ая", "ую", "ой", "ых")):
                return _Read(many / rank, at + 2, unit=SHARE)
        return None

    def _read_part(self, at: int) -> _Read | None:
        """A half, third or quarter: of a scale or unit that follows, else of something: a share."""
        low = self._low(at)
        if (inside := _PART_OF.match(low)) and self._language == "de":
            part, whole = _PARTS[inside["part"]], inside["whole"]
            if (scale := read_scale(whole, "de")) is not None:
                return _Read(part * scale, at + 1)
            unit = read_unit(whole)
            return _Read(part, at + 1, "cardinal", unit.dimension, unit.factor) if unit else None
        if self._language == "ru" and low.startswith("пол") and (rest := low[3:]):
            scale, unit = read_scale(rest, "ru"), read_unit(rest)
            if scale:
                return _Read(0.5 * scale, at + 1)
            return _Read(0.5, at + 1, "cardinal", unit.dimension, unit.factor) if unit else None
        many, next_to = 1.0, at
        piece = self._read_piece(at)
        counts = piece is not None and piece < 100 and self._may_count_parts(at + 1)
        if piece is not None and counts and self._is_fraction(at + 1, after_number=True):
            many, next_to = piece, at + 1
        elif low in list_ones() and self._is_fraction(at + 1, after_number=low == "one"):
            next_to = at + 1
        elif not (self._is_half_alone(at) or self._is_fraction(at, after_number=False)):
            return None
        word = self._low(next_to)
        part = 0.5 if is_half(word, self._language) else read_fraction(word, self._language) or 0.0
        return self._read_whole(next_to + 1, many * part)

    def _is_fraction(self, at: int, *, after_number: bool) -> bool:
        """Whether the word is a part; "third" alone is a rank, and a "quarter" has one before it."""
        low = self._low(at)
        if not low or read_fraction(low, self._language) is None:
            plain = self._gap(at) == "" and not after_number and not self._is_of_two(at)
            return plain and is_half(low, self._language) if low else False
        if self._language != "en" or after_number or low.endswith("s"):
            return read_ordinal(self._low(at - 1), self._language) is None or after_number
        if low == "quarter":
            return self._low(at - 1) not in ("", "the") and self._rank_before(at) is None
        if self._low(at - 1) not in ("a", "one"):
            return False
        following = self._words[at + 1] if at + 1 < len(self._words) else None
        return following is None or not following.is_content or bool(self._gap(at + 1))

    def _is_half_alone(self, at: int) -> bool:
        """Whether a half is meant, not the "half-brother"."""
        plain = self._gap(at + 1) not in ("-", "‑") and not self._is_of_two(at)
        return plain and is_half(self._low(at), self._language)

    def _is_of_two(self, at: int) -> bool:
        """Whether a half is one of two, no share: "the second half", not "the first half million"."""
        return self._rank_before(at) is not None and self._scale(at + 1) is None

    def _may_count_parts(self, at: int) -> bool:
        """Whether the word can be several parts: "two thirds", but not "twenty-third"."""
        return self._language != "en" or self._low(at).endswith("s")

    def _rank_before(self, at: int) -> int | None:
        return read_ordinal(self._low(at - 1), self._language) if at else None

    def _read_whole(self, at: int, part: float) -> _Read:
        """The part with what it is a part of: a scale, a unit, or anything: then it is a share."""
        step = at
        while self._low(step) in _OF and step < at + 2:
            step += 1
        if (scale := self._scale(step)) is not None and not self._is_plural_scale(step):
            return _Read(part * scale, step + 1)
        unit = read_unit(self._low(step)) if self._low(step) else None
        if unit and unit.dimension not in ("percent",) and (step == at or self._is_counted(step)):
            return _Read(part, step + 1, "cardinal", unit.dimension, unit.factor)
        return _Read(part, at, unit=SHARE)

    def _is_counted(self, at: int) -> bool:
        """Whether one unit is meant: "a quarter of an hour", but not "a quarter of the years"."""
        return self._low(at - 1) in ("a", "an", "einer", "eines")

    def _read_special(self, at: int) -> _Read | None:
        """ "Anderthalb", "zweieinhalb", "dreimal", "zweijährig", "doppelt"."""
        low = self._low(at)
        times = read_times(low, self._language)
        if times is not None:
            scale = self._scale(at + 1) if times % 1 else None
            return _Read(times * (scale or 1), at + 1 + (scale is not None))
        if compound := read_compound(low, self._language):
            unit = read_unit(compound.unit) if compound.unit else None
            if unit is None:
                return _Read(compound.value, at + 1, unit=SHARE if compound.is_share else "")
            return _Read(compound.value, at + 1, "cardinal", unit.dimension, unit.factor)
        if self._language != "de":
            return None
        if half := _AND_A_HALF.match(low):
            number = 1.0 if half["n"] == "ein" else read_numeral(half["n"], "de")
            inside = read_scale(half["rest"], "de") if half["rest"] else None
            if number is not None and (inside or not half["rest"]):
                scale = inside or self._scale(at + 1)
                return _Read((number + 0.5) * (scale or 1), at + 1 + bool(scale and not inside))
        if match := _TIMES.match(low):
            if match["n"] == "ein" and match["what"].startswith("fach"):
                return None  # "einfach"
            number = 1.0 if match["n"] == "ein" else read_numeral(match["n"], "de")
            number = read_halves_of(match["n"]) if number is None else number
            if number is None:
                return None
            unit = None if match["what"].startswith(_COUNTING) else read_unit(match["what"])
            return (
                _Read(number, at + 1, "cardinal", unit.dimension, unit.factor)
                if unit
                else _Read(number, at + 1)
            )
        return None

    def _is_group(self, at: int) -> bool:
        """Whether so many make one thing: "Dreierkoalition"."""
        compound = read_compound(self._low(at), self._language)
        return compound is not None and compound.is_group

    # Plain numbers: groups below a thousand, each with its scale.

    def _read_cardinal(self, at: int) -> _Read | None:
        total, stop, last = 0.0, at, float("inf")
        other = None
        while stop < len(self._words):
            group = self._read_group(stop, opens=stop == at)
            if group is None:
                break
            value, after, other_value = group
            scale, scaled = self._read_scales(after)
            # "two million three thousand": each scale below the last.
            if stop > at and scale >= last:
                break
            total += value * scale
            if scale == 1 and stop == at:
                other = other_value
            stop, last = scaled, scale
            if scale < 1000 or (self._is_stopped(stop) and not self._is_parted(stop)):
                break
            if self._language == "en" and self._low(stop) == "and" and self._goes_on(stop + 1):
                stop += 1
        if stop == at:
            return None
        while self._low(stop - 1) in _AND:
            stop -= 1
        rank = self._read_rank(stop, total)
        if rank is not None:
            return _Read(total + rank, stop + 1, "ordinal")
        return _Read(total, stop, self._form(at, stop), other=other)

    def _is_stopped(self, at: int) -> bool:
        """Whether a mark parts the next word from the number."""
        return at >= len(self._words) or self._gap(at) not in ("", "-")

    def _is_parted(self, at: int) -> bool:
        """Whether a comma only parts the groups of one number: "one thousand, two hundred"."""
        if self._language != "en" or self._gap(at) != "," or self._low(at)[:1].isdecimal():
            return False
        return self._read_spoken(at, opens=False)[0] is not None and any(
            self._scale(at + n) is not None for n in (1, 2)
        )

    def _read_scales(self, at: int) -> tuple[float, int]:
        """The product of the scales that follow, and one past them."""
        scale = 1.0
        while not self._is_stopped(at) or self._gap(at) == ".":
            step = self._scale(at)
            if step is None and self._is_money_million(at):
                step = 1e6
            if step is None or self._read_piece(at) is not None:
                break
            scale, at = scale * step, at + 1
        return scale, at

    def _is_money_million(self, at: int) -> bool:
        """ "£30m" and "30m euros" are millions, no metres."""
        if self._low(at) != "m":
            return False
        unit = read_unit(self._low(at + 1)) if self._low(at + 1) else None
        return self._low(at - 2) in _MONEY or bool(unit and unit.dimension in CURRENCIES)

    def _read_group(self, at: int, *, opens: bool) -> tuple[float, int, float | None] | None:
        """A number without a scale of a thousand or more, what follows it, and its other reading."""
        low, value, stop = self._low(at), None, at
        other = None
        if low[:1].isdecimal():
            value, stop = self._read_piece(at), at + 1
            other = read_other_digits(low, self._language)
            if not opens and value is not None and value >= 1000:
                return None
        else:
            value, stop = self._read_spoken(at, opens=opens)
        if value is None:
            return None
        if self._reads_half(stop):
            return value + 0.5, self._skip_half(stop), None
        fraction = read_fraction(self._low(stop)) if self._low(stop) in "⅓⅔¼¾" else None
        if fraction and self._low(stop):
            return value + fraction, stop + 1, None
        if (
            self._low(stop) in ("komma", "point", "целых")
            and (tail := self._read_piece(stop + 1)) is not None
        ):
            return value + tail / 10 ** len(str(int(tail))), stop + 2, None
        return value, stop, other

    def _read_spoken(self, at: int, *, opens: bool) -> tuple[float | None, int]:
        """The words of one group: "two hundred and fifty", "двести двадцать один"."""
        value: float | None = None
        stop = at
        while stop < len(self._words) and (stop == at or self._gap(stop) in ("", "-")):
            low = self._low(stop)
            part = self._read_piece(stop) if not low[0].isdecimal() else None
            if part is None:
                part = self._read_one_at(at, stop, value, opens=opens)
            if part is not None:
                if value is not None and not self._adds(value, part):
                    break
                value, stop = (value or 0.0) + part, stop + 1
                continue
            hundred = self._scale(stop)
            if value is not None and hundred == 100 and value < 100:
                value, stop = value * 100, stop + 1
                continue
            scaled = value is None and hundred in (100, 1000, 1e6, 1e9, 1e12)
            if scaled and opens and self._is_bare_scale(stop):
                return 1.0, stop
            if self._language == "en" and low == "and" and value and value >= 100:
                joins = self._low(at - 1) != "between" and self._scale(stop + 2) != 100
                if value % 100 == 0 and joins and self._goes_on(stop + 1, scaled=True):
                    stop += 1
                    continue
            break
        return value, stop

    def _is_bare_scale(self, at: int) -> bool:
        """Whether a scale opens a number: "tausend", "миллион пятьсот тысяч"; it counts one."""
        return not self._is_plural_scale(at) or self._is_one_thousand(at)

    def _read_piece(self, at: int) -> float | None:
        """The value of one word or of digits."""
        if not 0 <= at < len(self._words) or not self._free[at]:
            return None
        low = self._low(at)
        if low[0].isdecimal():
            return read_digits(re.sub(r"[\s'’]", "", low), self._language)
        return read_numeral(low, self._language)

    def _read_one_at(self, at: int, stop: int, value: float | None, *, opens: bool) -> float | None:
        """1 for the "one" of "one hundred", "twenty-one", "сто один"; alone it is an article."""
        low = self._low(stop)
        if value is None:
            before_unit = self._is_unit(stop + 1) and self._read_bound(self._words[at].start) != ""
            if low in list_ones() and (before_unit or self._is_hour_and_half(stop)):
                return 1.0
            if self._reads_half(stop + 1) and read_one(low, self._language):
                return 1.0
            counts = self._scale(stop + 1) is not None or not opens
            return read_one(low, self._language, before_scale=opens) if counts else None
        is_round = value >= 20 and value % 10 == 0
        return read_one(low, self._language) if is_round else None

    def _is_hour_and_half(self, at: int) -> bool:
        return self._is_unit(at + 1) and self._reads_half(at + 2)

    def _reads_half(self, at: int) -> bool:
        """Whether "and a half", "с половиной" follows."""
        return self._skip_half(at) > at

    def _skip_half(self, at: int) -> int:
        if self._low(at) == "½":
            return at + 1
        if self._low(at) in ("and", "und", "с"):
            half = at + 1 + (self._low(at + 1) in ("a", "eine", "ein"))
            word = self._low(half)
            if (
                word
                and is_half(word, self._language)
                and (self._low(at) != "und" or word.startswith("halb"))
            ):
                return half + 1
        return at

    def _adds(self, current: float, part: float) -> bool:
        """Whether "twenty" and "three" are one number: the first is round and the larger."""
        if part >= current or (current < 100 and part >= 10) or self._language == "de":
            return False
        return current % 10 == 0 and part < 100

    def _goes_on(self, at: int, *, scaled: bool = False) -> bool:
        """Whether a number goes on after "and": "one thousand and ten", not "and ten thousand"."""
        if not self._low(at) or self._low(at)[0].isdecimal():
            return False
        part = self._read_piece(at) or read_one(self._low(at), "en")
        if part is None or part >= 100:
            return False
        return scaled or all(self._scale(at + n) is None for n in (1, 2))

    def _form(self, at: int, stop: int) -> NumberForm:
        """ "2." before a small word and "2nd" are ranks."""
        word = self._words[stop - 1]
        if stop != at + 1 or not word.low[0].isdecimal():
            return "cardinal"
        tail = self._text[word.end : word.end + 3]
        if word.text.isdecimal() and self._language == "de" and int(word.text) < 100:
            return "ordinal" if re.match(r"\. \w", tail) else "cardinal"
        return "ordinal" if re.match(r"st|nd|rd|th", tail) else "cardinal"

    def _read_rank(self, stop: int, value: float) -> int | None:
        """The rank that ends a number: "twenty-first", "двадцать первый"."""
        if value < 20 or value % 10 or stop >= len(self._words):
            return None
        if self._language == "de" or self._low(stop - 1)[0].isdecimal():
            return None
        rank = read_ordinal(self._low(stop), self._language)
        # "thirty-second" is a time more often than a rank.
        if rank is None or rank > 9 or self._low(stop) == "second":
            return None
        return rank if self._gap(stop) == ("-" if self._language == "en" else "") else None

    def _read_lone(self, at: int) -> _Read | None:
        """A rank or a scale that no number precedes."""
        low = self._low(at)
        # "Eine gute Stunde", "более часа".
        is_one = self._low(at - 1) in _NEARLY and self._low(at - 2) in list_ones()
        if is_one or (self._language == "ru" and self._read_bound(self._words[at].start)):
            unit = read_unit(low)
            if unit and unit.dimension in _TIMES_OF and (is_one or low in _ONE_OF_TIME):
                return _Read(1.0, at + 1, "cardinal", unit.dimension, unit.factor)
        rank = read_ordinal(low, self._language)
        if rank is None and self._language == "de" and (ranked := _RANKED.match(low)):
            rank = read_ordinal(f"{ranked['rank']}e", "de")
        if rank is not None and not (
            rank == 2 and self._low(at - 1) in ("per", "a", "every") and at
        ):
            return _Read(float(rank), at + 1, "ordinal")
        scale = self._scale(at)
        return _Read(scale, at + 1) if scale is not None else None

    # What stands around the number.

    def _is_unit(self, at: int) -> bool:
        return bool(self._low(at)) and read_unit(self._low(at)) is not None

    def _square(self, unit: str, stop: int) -> tuple[str, int]:
        """ "km2" and "km²" are areas."""
        end = self._words[stop - 1].end
        if unit == "length" and self._text[end : end + 1] in ("2", "²"):
            return "area", stop + (self._text[end] == "2")
        return unit, stop

    def _is_year(self, at: int, stop: int) -> bool:
        return (
            stop == at + 1 and self._words[at].text.isdecimal() and len(self._words[at].text) == 4
        )

    def _read_unit(self, at: int, stop: int) -> tuple[str, float, int]:
        """The unit behind the number, or the sign before it."""
        words = [self._low(stop)] if stop < len(self._words) and self._may_join(stop) else []
        if words and stop + 1 < len(self._words):
            words.append(f"{words[0]} {self._low(stop + 1)}")
        for length, candidate in sorted(enumerate(words, 1), reverse=True):
            if unit := read_unit(candidate):
                return unit.dimension, unit.factor, stop + length
        if words and words[0] == "m" and self._text[self._words[stop].end :][:1] == "2":
            return "area", 1.0, stop + 1
        if self._low(at - 1) in _MONEY and (unit := read_unit(self._low(at - 1))):
            return unit.dimension, 1.0, stop
        return "", 1.0, stop

    def _may_join(self, at: int) -> bool:
        return not set(self._gap(at)) - set(".-‑–")

    def _read_bound(self, start: int) -> Bound:
        return self._find_bound(start)[0]

    def _find_bound(self, start: int) -> tuple[Bound, int]:
        """What bounds the number that begins there, and where that begins itself."""
        opens = max(0, start - 40)
        before = re.sub(r"[-−–]\Z", " ", self._text[opens:start])
        before = _SIGNS.sub(lambda sign: " " * len(sign[0]), before)
        found = [(m.start(), bound) for bound, form in _BOUNDS if (m := form.search(before))]
        # The longest: "nicht weniger als" ends in "weniger als".
        at, bound = min(found) if found else (len(before), "")
        return bound, opens + at

    def _find_noun(self, stop: int) -> str:
        """The word counted: the next but for adjectives and "of", a noun where German tells."""
        for n in range(stop, min(stop + 3, len(self._words))):
            word: Word = self._words[n]
            gap = self._text[self._words[n - 1].end : word.start] if n else ""
            if gap.strip() or not (word.is_content or word.low in ("of", "von", "из")):
                return ""
            if word.is_content and (self._language != "de" or word.is_capitalised):
                return word.term
        return ""


def read_halves_of(low: str) -> float | None:
    """The value of a German word for a number and a half: "zweieinhalb"."""
    match = _AND_A_HALF.match(low + ("" if low.endswith("halb") else "\0"))
    number = 1.0 if match and match["n"] == "ein" else match and read_numeral(match["n"], "de")
    return number + 0.5 if number else None
