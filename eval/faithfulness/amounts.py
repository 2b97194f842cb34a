"""Which numbers of a claim nothing bears out, in whatever notation they stand.

A number is borne out by the same digits, by the same amount ("1.200 Millionen" by "1,2 Milliarden",
"fourteen" by "14"), and, where the claim says so, by a sum, a difference or an age that follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import combinations

from wortlaut.index.article import Span
from wortlaut.index.lang.numerals import match_amounts, read_digits, read_numeral, read_ordinal
from wortlaut.index.lang.words import Language, find_letter_runs
from wortlaut.rag.verification.numbers import Quantity, read_quantities, same_value

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
_TOLERANCE = 1e-6


class Amounts:
    """Every number of an answer's contexts and question, to hold its claims' numbers against."""

    def __init__(self, texts: Sequence[str], language: Language) -> None:
        self._language = language
        self._digits = _list_digits("\n".join(texts), language)
        self._read = [
            (quantity, _is_negative(text, Span(quantity.start, quantity.end)))
            for text in texts
            for quantity in read_quantities(text, language)
        ]
        self._scaled = {
            digits
            for quantity, _ in self._read
            if (number := _NUMBER.search(quantity.text)) and self._is_scaled(quantity, number[0])
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
        equal = [sign for other, sign in self._read if same_value(quantity, other)]
        if equal:
            negative = _is_negative(claim, Span(quantity.start, quantity.end))
            # "-5 percent" is "fell by 5 percent" elsewhere.
            return quantity.unit != _SIGNED_UNIT or negative in equal
        # "8 degrees" has the digits of "minus 8 degrees".
        signed = (q for q, _ in self._read if q.unit == quantity.unit == _SIGNED_UNIT)
        if any(q.raw == -quantity.raw for q in signed):
            return False
        # "1.2 million" for "1.2 billion" has the same digits.
        if digits & self._digits and not (
            self._is_scaled(quantity, number) and digits & self._scaled
        ):
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
        return any(abs(value - quantity.raw) <= _TOLERANCE for value in self._derive(says))

    def _derive(self, says: set[str]) -> Iterator[float]:
        numbers = [other for other, _ in self._read if other.form != "ordinal"]
        kept = list({(q.raw, q.unit, q.form): q for q in numbers}.values())[:_MOST_ADDED]
        for one, other in combinations(kept, 2):
            are_years = (one.form == "year", other.form == "year")
            if all(are_years) and says & {"aged", "apart"}:
                yield abs(one.raw - other.raw)
            if any(are_years) or one.unit != other.unit:
                continue
            if "together" in says:
                yield one.raw + other.raw
            if "apart" in says:
                yield abs(one.raw - other.raw)
        for unit in {q.unit for q in kept} if "together" in says else ():
            yield sum(q.raw for q in kept if q.unit == unit and q.form == "cardinal")


@cache
def _read_cues() -> dict[str, re.Pattern[str]]:
    return {
        name: re.compile(rf"(?<!\w){match_amounts(name)}(?!\w)", re.IGNORECASE)
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
