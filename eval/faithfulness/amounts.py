"""Which numbers of a claim nothing bears out, in whatever notation they stand.

A number is borne out by the same digits, by the same amount ("1.200 Millionen" by "1,2 Milliarden",
"fourteen" by "14"), and, where the claim says so, by a sum, a difference or an age that follows. One
of money, time or measure is not borne out by a number of something else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations, pairwise

from wortlaut.index.article import Span
from wortlaut.index.lang.numerals import (
    match_amounts,
    read_digits,
    read_numeral,
    read_ordinal,
    read_unit,
)
from wortlaut.index.lang.words import Language, find_letter_runs
from wortlaut.rag.verification.numbers import SHARE, Quantity, read_quantities, same_value

# What numbers a list or a passage counts nothing in the world.
_LISTING = re.compile(
    r"\A\s*\(?\d{1,2}[.):]\s|\b(?:passages?|steps?|sources?|contexts?) \d+(?:(?:,| and| &|-)+ ?\d+)*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPACED = re.compile(r"\d{1,3}(?:[,.]? \d{3})+(?!\d)")
_DIGITS = re.compile(r"\d+")
# Of more, any number is some sum.
_MOST_ADDED = 30
_MINUS = re.compile(r"(?:(?<=\s)|(?<=\()|(?<=\A))[-−–]\Z")
_NEAR = 24
_SIGNED_UNIT = "degree"
# Any number may be a share; the others measure something.
_UNMEASURED = frozenset({"", "percent", "points", SHARE, _SIGNED_UNIT})
_AROUND = 40
_BESIDE = 2
_MONTHS = 12
_YEARS = range(1000, 2101)
_TOLERANCE = 1e-6


class Amounts:
    """Every number of an answer's contexts and question, to hold its claims' numbers against."""

    def __init__(self, texts: Sequence[str], language: Language) -> None:
        self._language = language
        self._digits = _list_digits("\n".join(texts), language)
        read = [(text, read_quantities(text, language)) for text in texts]
        self._read = [each for text, found in read for each in _read_signs(text, found)]
        self._ranges = {pair for text, found in read for pair in _list_ranges(text, found)}
        self._free = {digits for text, found in read for digits in _list_free(text, found)}
        self._scaled = {
            digits
            for each in self._read
            if (number := _NUMBER.search(each.quantity.text))
            and self._is_scaled(each.quantity, number[0])
            for digits in _spell(number[0])
        }

    def find_strange(self, claim: str) -> tuple[Span, ...]:
        """Where the claim's numbers stand that nothing bears out, in order."""
        plain = _LISTING.sub(lambda match: " " * len(match[0]), claim)
        quantities = read_quantities(plain, self._language)
        found = []
        for match in _NUMBER.finditer(plain):
            place = Span(*match.span())
            inside = (q for q in quantities if place.overlap(Span(q.start, q.end)))
            quantity = next(inside, None)
            if not self._is_borne_out(match[0], quantity, plain):
                found.append(Span(quantity.start, quantity.end) if quantity else place)
        return tuple(dict.fromkeys(found))

    def _is_borne_out(self, number: str, quantity: Quantity | None, claim: str) -> bool:
        digits = _spell(number)
        if quantity is None:
            return bool(digits & self._digits)
        equal = [each.is_negative for each in self._read if each.bears_out(quantity)]
        if equal:
            negative = _is_negative(claim, Span(quantity.start, quantity.end))
            # "-5 percent" is "fell by 5 percent" elsewhere.
            return quantity.unit != _SIGNED_UNIT or negative in equal
        # "8 degrees" has the digits of "minus 8 degrees".
        signed = (e.quantity for e in self._read if e.quantity.unit == _SIGNED_UNIT)
        if quantity.unit == _SIGNED_UNIT and any(q.raw == -quantity.raw for q in signed):
            return False
        known = self._digits if quantity.unit in _UNMEASURED else self._free
        # "1.2 million" for "1.2 billion" has the same digits.
        if digits & known and not (self._is_scaled(quantity, number) and digits & self._scaled):
            return True
        return self._follows(quantity, claim)

    def _is_scaled(self, quantity: Quantity, number: str) -> bool:
        """Whether a word makes millions of the number, or the like."""
        return abs(quantity.raw) >= 100 * max(1e-9, read_digits(number, self._language))

    def _follows(self, quantity: Quantity, claim: str) -> bool:
        """Whether the number is a sum or difference of others, and said to be."""
        says = {name for name, form in _read_cues().items() if form.search(claim)}
        if not says or quantity.form in ("ordinal", "year"):
            return False
        return any(
            unit == quantity.unit and abs(value - quantity.value) <= _TOLERANCE
            for value, unit in self._derive(says, quantity.noun)
        )

    def _derive(self, says: set[str], noun: str) -> Iterator[tuple[float, str]]:
        """The values that follow from two of the numbers or all, each with its unit."""
        numbers = [each.quantity for each in self._read if each.quantity.form != "ordinal"]
        kept = list({(q.raw, q.unit, q.form): q for q in numbers}.values())[:_MOST_ADDED]
        for one, other in combinations(kept, 2):
            are_years = (_is_year(one), _is_year(other))
            if all(are_years) and says & {"aged", "apart"}:
                years = abs(one.raw - other.raw)
                yield years * _MONTHS, "months"
                if "aged" in says:
                    yield years, ""
            if any(are_years) or one.unit != other.unit:
                continue
            if "apart" in says:
                yield abs(one.value - other.value), one.unit
        if "together" in says:
            yield from self._add([q for q in kept if not _is_year(q)], noun)

    def _add(self, kept: Sequence[Quantity], noun: str) -> Iterator[tuple[float, str]]:
        """Sums of two and of all; where the noun itself is counted, of what has it only."""
        if noun and any(q.noun == noun for q in kept):
            kept = [q for q in kept if q.noun in ("", noun)]
        for one, other in combinations(kept, 2):
            is_range = (one.raw, other.raw) in self._ranges or (other.raw, one.raw) in self._ranges
            if one.unit == other.unit and not is_range:
                yield one.value + other.value, one.unit
        for unit in {q.unit for q in kept}:
            added = [q for q in kept if q.unit == unit and q.form == "cardinal"]
            if not any({q.raw for q in added} >= set(pair) for pair in self._ranges):
                yield sum(q.value for q in added), unit


@dataclass(frozen=True, slots=True)
class _Known:
    """A number of a context, whether it is negative, and the units of other words beside it."""

    quantity: Quantity
    is_negative: bool
    beside: frozenset[str]

    def bears_out(self, quantity: Quantity) -> bool:
        """Whether it is the same amount; of money, time or a measure, of the same one."""
        if not same_value(quantity, self.quantity):
            return False
        ours, theirs = quantity.unit, self.quantity.unit
        if ours in _UNMEASURED or ours == theirs or {ours, theirs} == {"time", "months"}:
            return True
        # "40 crowns" bears out no "40 dollars"; a bare 40 does, and "40 full hours" "40 hours".
        return not theirs and (not self.quantity.noun or ours in self.beside)


def _read_signs(text: str, found: Sequence[Quantity]) -> Iterator[_Known]:
    for quantity in found:
        place = Span(quantity.start, quantity.end)
        yield _Known(quantity, _is_negative(text, place), _find_units(text, place))


def _is_year(quantity: Quantity) -> bool:
    """Whether it names a year: "2009", "в 2009 году"."""
    is_told = quantity.unit == "months" and quantity.raw in _YEARS
    return quantity.form == "year" or is_told


def _find_units(text: str, place: Span) -> frozenset[str]:
    before = re.split(r"[\d.;]", text[max(0, place.start - _AROUND) : place.start])[-1]
    behind = re.split(r"[\d.,;:]", text[place.end : place.end + _AROUND])[0]
    words = [*find_letter_runs(before)[-_BESIDE:], *find_letter_runs(behind)[:_BESIDE]]
    found = (read_unit(word) for word in map(str.casefold, words))
    return frozenset(unit.dimension for unit in found if unit is not None)


def _list_ranges(text: str, found: Sequence[Quantity]) -> Iterator[tuple[float, float]]:
    """The ends of ranges: "30 to 40", "between 30 and 40"."""
    through, between, joining = (match_amounts(n) for n in ("through", "between", "joining"))
    for one, other in pairwise(found):
        gap = text[one.end : other.start]
        before = text[max(0, one.start - _NEAR) : one.start]
        opened = re.search(rf"\b{between}\s+\Z", before, re.I)
        if re.fullmatch(rf"\s*(?:[-–—]|{through})\s*", gap, re.I) or (
            opened and re.fullmatch(rf"(?:\s+\w+)?\s+{joining}\s+", gap, re.I)
        ):
            yield one.raw, other.raw


def _list_free(text: str, found: Sequence[Quantity]) -> Iterator[str]:
    """The digits of numbers that are told neither with a unit nor with what they count."""
    counted = [q for q in found if q.unit or q.noun]
    taken = {place for q in counted for place in range(q.start, q.end)}
    for form in (_NUMBER, _SPACED):
        for match in form.finditer(text):
            if match.start() not in taken:
                yield from _spell(match[0])


@cache
def _read_cues() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(
            # "#" stands for a number: "mit 48 Jahren".
            rf"(?<!\w){match_amounts(name)}(?!\w)".replace(r"\#", r"\d{1,3}"),
            re.IGNORECASE,
        )
        for name in ("together", "apart", "aged")
    }


def _is_negative(text: str, place: Span) -> bool:
    """Whether a sign or word beside the number makes it a negative one."""
    before, behind = text[max(0, place.start - _NEAR) : place.start], text[place.start : place.end]
    if _MINUS.search(before):
        return True
    around = f"{before[-8:]}{behind}{text[place.end : place.end + _NEAR]}"
    return re.search(rf"(?<!\w){match_amounts('subzero')}(?!\w)", around, re.I) is not None


def _list_digits(text: str, language: Language) -> set[str]:
    """Every number of the text as digits; "3, 800" is read both ways."""
    found = set().union(*(_spell(match[0]) for match in _NUMBER.finditer(text)))
    found |= {"".join(_DIGITS.findall(match[0])) for match in _SPACED.finditer(text)}
    for word in set(find_letter_runs(text.casefold())):
        value = read_numeral(word, language) or read_ordinal(word, language)
        if value is not None and value == int(value):
            found.add(str(int(value)))
    return found


def _spell(number: str) -> set[str]:
    """The digits in one piece: "3,800" is 3800, "5.0" is 5 too."""
    return {"".join(_DIGITS.findall(number)), re.sub(r"[.,]0+\Z", "", number)}
