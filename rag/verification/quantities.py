"""How many: numbers with their units, and "all", "many", "at least"; in three languages."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from wortlaut.index.lang.numerals import (
    is_half,
    list_ones,
    match_amounts,
    read_digits,
    read_fraction,
    read_numeral,
    read_one,
    read_ordinal,
    read_scale,
    read_times,
    read_unit,
)
from wortlaut.index.lang.words import Language, read_words

# "over" and "under" may be mere prepositions.
Bound = Literal["", "about", "exactly", "min", "max", "over", "under"]
NumberForm = Literal["cardinal", "ordinal", "vague", "year"]

_ARTICLE = r"(?:(?:den|der|die|the|an?) )?"
_ABOUT_ARTICLE = r"(?:(?:den|der|die|the|an?|ein(?:e[nrms]?)?) )?"
_TIMES = re.compile(r"(?P<n>[a-zäöüß]+?)(?P<what>mal|fach\w*|köpfig\w*|jährig\w*|tägig\w*|stündig\w*"
                    r"|monatig\w*|wöchig\w*|minütig\w*|prozentig\w*|einhalb)\Z")  # fmt: skip
_AND = frozenset("and und и с a an".split())
_MONEY = ("$", "€", "£")
_YEARS = range(1000, 2101)

_TOLERANCE = 1e-6

# "H5N1", "S-400", "3:2"; "5km" and "2nd" are numbers.
_CODE = re.compile(r"(?<![\w.,:])(?:[A-ZÄÖÜА-Я]{1,5}-?\d[\w-]*|\d+[:–-]\d+)(?!\w|[.,:]\d)")
_DASHES = re.compile(r"[‐‑‒–—-]+")

_BOUND_NAMES: dict[Bound, str] = {
    "": "simply", "about": "about", "exactly": "exactly", "min": "at least", "max": "at most",
    "over": "over", "under": "under",
}  # fmt: skip
_LOOSE_UNITS = frozenset({"time", "months", "century"})


def _end_in(names: Sequence[str], article: str = "") -> re.Pattern[str]:
    return re.compile(rf"\b{match_amounts(*names)}\s+{article}\Z", re.IGNORECASE)


_BOUNDS: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("max", _end_in(["at most", "less than"], _ARTICLE)),
    ("min", _end_in(["at least", "more than"], _ARTICLE)),
    ("over", _end_in(["over"], _ARTICLE)),
    ("under", _end_in(["under"], _ARTICLE)),
    ("about", _end_in(["about"], _ABOUT_ARTICLE)),
    ("exactly", _end_in(["exactly"])),
)

# "a few" is many.
_CLASSES = {
    name: re.compile(rf"(?<!\w){'(?<!a )' if name == 'few' else ''}{match_amounts(name)}(?!\w)")
    for name in ("all", "most", "many", "few", "both")
}
_LEAST = re.compile(rf"\b{match_amounts('at least')}\b")
_MOST = re.compile(rf"\b{match_amounts('at most')}\b")
_COMPARED = re.compile(rf"\b{match_amounts('comparing')}\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One number of a text: `value` in the base unit of its dimension `unit` ("" for none).

    `raw` is the number as it stands; `noun` the term of the word counted, "" where none follows.
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


def read_quantities(
    text: str, language: Language, taken: Sequence[tuple[int, int]] = ()
) -> list[Quantity]:
    """The numbers of `text` in order; `taken` are the ranges of dates, which are left alone."""
    return _NumberReader(text, language, taken).read()


def same_value(a: Quantity, b: Quantity) -> bool:
    """Whether both give the same number: units converted, years and counts alike."""
    if a.form == "vague" or b.form == "vague":
        return a.form == b.form and a.value == b.value
    one, other = (a.value, b.value) if a.unit and b.unit else (a.raw, b.raw)
    return abs(one - other) <= _TOLERANCE * max(1.0, abs(one), abs(other))


def count_comparisons(text: str) -> Counter[str]:
    """How often the text says "more", "less" and the like; near copies say each as often."""
    return Counter(word.casefold() for word in _COMPARED.findall(text))


def find_wrong_quantifier(claim: str, cited: str) -> str | None:
    """The word of the claim that says another amount than the cited text; None where none does.

    Only words against words: an amount the cited text does not mention is left to other rules.
    """
    claim, cited = claim.casefold(), cited.casefold()
    for ours, theirs in ((_LEAST, _MOST), (_MOST, _LEAST)):
        found = ours.search(claim)
        if found and theirs.search(cited) and not ours.search(cited):
            return found[0]
    there = {name for name, form in _CLASSES.items() if form.search(cited)}
    for name, form in _CLASSES.items():
        found = form.search(claim)
        if found and name in ("all", "many", "few") and there and name not in there:
            return found[0]
    return None


def find_strange_code(claim: str, cited: str, taken: Sequence[tuple[int, int]] = ()) -> str | None:
    """The first code or score of the claim that the cited text lacks; `taken` are its dates."""
    theirs = {_level_code(match[0]) for match in _CODE.finditer(cited)}
    for match in _CODE.finditer(claim):
        if any(a <= match.start() < b for a, b in taken):
            continue
        code = _level_code(match[0])
        if not any(code == other or other.startswith(code) for other in theirs):
            return match[0]
    return None


def find_wrong_number(
    claimed: Sequence[Quantity],
    cited: Sequence[Quantity],
    years: frozenset[int],
    *,
    same_language: bool,
) -> tuple[str, str] | None:
    """Why a number of the claim does not hold, with the rule's code; None when all do.

    `years` are those of the span's dates and of the article's own. A lost or added "at least" or
    "at most" is a different number; "about" is so only inside one language, where nothing
    excuses it.
    """
    for quantity in claimed:
        if quantity.form == "ordinal" and quantity.value == 1:
            continue
        if quantity.form == "year" and int(quantity.value) in years:
            continue
        equal = [other for other in cited if same_value(quantity, other)]
        if not equal:
            return f"the claim says {quantity.text!r}; the cited text does not", "number"
        fitting = [other for other in equal if _same_unit(quantity, other)]
        if not fitting:
            return f"the cited text gives {quantity.text!r} of something else", "unit"
        if not any(_same_bound(quantity.bound, o.bound, same_language) for o in fitting):
            wanted = _BOUND_NAMES[fitting[0].bound]
            return f"the cited text says {wanted} {fitting[0].text}, not {quantity.text}", "bound"
    swapped = (
        (_find_swap(claimed, cited) or _find_repeat(claimed, cited)) if same_language else None
    )
    if swapped:
        return f"the cited text gives {swapped.text!r} of something else", "number_swap"
    return None


class _NumberReader:
    """One pass through one text."""

    def __init__(self, text: str, language: Language, taken: Sequence[tuple[int, int]]) -> None:
        self._text = text
        self._words = read_words(text)
        self._language = language
        self._free = [all(w.end <= a or w.start >= b for a, b in taken) for w in self._words]

    def read(self) -> list[Quantity]:
        """Every number."""
        found = []
        at = 0
        while at < len(self._words):
            read = self._read_at(at) if self._free[at] else None
            if read is None:
                at += 1
                continue
            quantity, at = read
            found.append(quantity)
        return found

    def _low(self, at: int) -> str:
        return self._words[at].low if at < len(self._words) else ""

    def _read_at(self, at: int) -> tuple[Quantity, int] | None:
        value, stop, form = self._read_value(at)
        if value is None:
            return None
        unit, factor, stop = ("", 1.0, stop) if form == "ordinal" else self._read_unit(at, stop)
        if (
            self._low(stop) in ("and", "und", "с")
            and unit
            and self._low(stop + 1) in ("a", "half", "половиной")
        ):  # "an hour and a half"
            half = stop + 1 + (self._low(stop + 1) == "a")
            if is_half(self._low(half)):
                value, stop = value + 0.5, half + 1
        unit, stop = self._square(unit, stop)
        first, last = self._words[at], self._words[stop - 1]
        if form == "cardinal" and not unit and value in _YEARS and self._is_year(at, stop):
            form = "year"
        bound = self._read_bound(first.start)
        quantity = Quantity(
            first.start, last.end, self._text[first.start : last.end], value * factor, unit,
            bound, form, value, self._find_noun(stop),
        )  # fmt: skip
        return quantity, stop

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

    def _read_value(self, at: int) -> tuple[float | None, int, NumberForm]:
        low = self._low(at)
        if low in ("a", "an", "one") and self._reads_half(at + 1):
            # "an hour and a half", "one and a half years"
            if self._low(at + 1) == "and":
                return 1.5, at + 4, "cardinal"
            return 1.0, at + 1, "cardinal"
        if low in list_ones() and self._is_unit(at + 1) and self._read_bound(self._words[at].start):
            return 1.0, at + 1, "cardinal"
        special = self._read_special(at)
        if special:
            return special
        total, current, stop = 0.0, None, at
        while stop < len(self._words):
            step = self._read_step(at, stop, current, total)
            if step is None:
                break
            current = step
            stop += 1
            if self._is_thousand(stop - 1):
                total, current = total + (current or 0.0), None
        if stop == at:
            return self._read_lone(at)
        while stop > at + 1 and self._low(stop - 1) in _AND:
            stop -= 1
        value = total + (current or 0.0)
        rank = self._read_rank(stop, value)
        if rank is not None:
            return value + rank, stop + 1, "ordinal"
        fraction = read_fraction(self._low(stop))
        if (
            fraction is not None
            and value < 10
            and not self._text[self._words[stop - 1].end :].startswith("-")
        ):
            return value * fraction, stop + 1, "cardinal"
        return value, stop, self._form(at, stop)

    def _read_step(self, at: int, stop: int, current: float | None, total: float) -> float | None:
        """What the number is with the next word; None where that word is none of it."""
        low, before = self._low(stop), self._low(stop - 1) if stop else ""
        part = self._read_part(stop)
        if part is None:
            part = self._read_one(at, stop, current, total)
        if part is not None:
            spelled = not low[0].isdecimal() and not before[:1].isdecimal()
            if current is None or (current == 0.0 and total and spelled):
                return part
            return current + part if spelled and self._adds(current, part) else None
        scale = read_scale(low, self._language)
        if scale is not None:
            return (current or 1.0) * scale if stop > at else None
        if self._is_pound_million(at, stop):
            return (current or 1.0) * 1e6
        if stop > at and low in ("and", "und") and self._continues(stop + 1, current, total):
            return current or 0.0
        joins = stop > at and current is not None
        if joins and self._language == "en" and low == "a" and is_half(self._low(stop + 1)):
            return current
        return (current or 0.0) + 0.5 if joins and before == "a" and is_half(low) else None

    def _read_one(self, at: int, stop: int, current: float | None, total: float) -> float | None:
        """1 for the "one" of "one hundred", "twenty-one", "сто один"; alone it is an article."""
        low = self._low(stop)
        if stop == at:
            counts = read_scale(self._low(at + 1), self._language) is not None
            return read_one(low, self._language, before_scale=True) if counts else None
        if (
            not current
            and total > (read_scale(self._low(stop + 1), self._language) or total) >= 100
        ):
            return read_one(low, self._language)
        is_round = total > 0 if not current else current >= 20 and current % 10 == 0
        return read_one(low, self._language) if is_round and self._gap(stop) in ("", "-") else None

    def _gap(self, at: int) -> str:
        """What stands between a word and the one before it, but for blanks."""
        return self._text[self._words[at - 1].end : self._words[at].start].strip()

    def _is_thousand(self, at: int) -> bool:
        """Whether the word closes a group: what follows a thousand or a million adds to it."""
        scale = read_scale(self._low(at), self._language)
        return scale is not None and scale >= 1000 and self._read_part(at) is None

    def _reads_half(self, at: int) -> bool:
        """Whether "and a half" follows, behind a unit or at once."""
        at += self._is_unit(at)
        return [self._low(at + n) for n in range(3)] == ["and", "a", "half"]

    def _is_pound_million(self, at: int, stop: int) -> bool:
        """ "£30m" are millions, no metres."""
        return self._low(stop) == "m" and at > 0 and self._low(at - 1) in _MONEY

    def _adds(self, current: float, part: float) -> bool:
        """Whether "twenty" and "three" are one number: the first is round and the larger."""
        if part >= current or (current < 100 and part >= 10):
            return False
        return current % 10 == 0 and part < 100 and self._language != "de"

    def _continues(self, at: int, current: float | None, total: float) -> bool:
        """Whether a number goes on after "and": "two hundred and fifty", "two and a half"."""
        if self._language != "en" or at >= len(self._words) or not (current or total):
            return False
        if current is not None and self._low(at) == "a" and is_half(self._low(at + 1)):
            return True
        if self._low(at)[0].isdecimal():
            return False
        part = self._read_part(at) or read_one(self._low(at), "en")
        if part is None or part >= 100:
            return False
        if current is not None:
            return current >= 100
        # "one thousand and ten", but "between one thousand and ten thousand" are two.
        behind = (self._low(at + n) for n in (1, 2))
        return all(read_scale(low, "en") is None for low in behind)

    def _read_part(self, at: int) -> float | None:
        if at >= len(self._words) or not self._free[at]:
            return None
        low = self._low(at)
        if low[0].isdecimal():
            return read_digits(re.sub(r"\s", "", low), self._language)
        return read_numeral(low, self._language)

    def _form(self, at: int, stop: int) -> NumberForm:
        """ "2." before a small word and "2nd" are ranks."""
        word = self._words[stop - 1]
        after = self._text[word.end : word.end + 2]
        if (
            stop == at + 1
            and word.text.isdecimal()
            and self._language == "de"
            and int(word.text) < 100
        ):
            tail = self._text[word.end : word.end + 3]
            if re.match(r"\. \w", tail):
                return "ordinal"
        if word.low[0].isdecimal() and re.match(r"st|nd|rd|th", after):
            return "ordinal"
        return "cardinal"

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

    def _read_special(self, at: int) -> tuple[float, int, NumberForm] | None:
        """Halves, "anderthalb", "dreimal", "zweijährig"."""
        low = self._low(at)
        times = read_times(low)
        if times is not None:
            scale = read_scale(self._low(at + 1), self._language) if times % 1 else None
            return (times * scale, at + 2, "cardinal") if scale else (times, at + 1, "cardinal")
        if is_half(low):
            step = at + 1 + (self._low(at + 1) in ("a", "an"))
            scale = read_scale(self._low(step), self._language)
            if scale:
                return 0.5 * scale, step + 1, "cardinal"
            return 0.5, step if self._is_unit(step) else at + 1, "cardinal"
        if low.startswith("пол") and (scale := read_scale(low[3:], "ru")):
            return 0.5 * scale, at + 1, "cardinal"
        match = _TIMES.match(low) if self._language == "de" else None
        if match:
            number = 1.0 if match["n"] == "ein" else read_numeral(match["n"], "de")
            if number is not None and match["what"] == "einhalb":
                scale = read_scale(self._low(at + 1), "de")
                return (number + 0.5) * (scale or 1), at + 1 + (scale is not None), "cardinal"
            if number is not None and match["what"].startswith(("mal", "fach", "köpfig")):
                return number, at + 1, "cardinal"
        return None

    def _is_unit(self, at: int) -> bool:
        return read_unit(self._low(at)) is not None

    def _read_lone(self, at: int) -> tuple[float | None, int, NumberForm]:
        """A scale, rank, fraction or compound ("zweijährig") that no number precedes."""
        low = self._low(at)
        rank = read_ordinal(low, self._language)
        if rank is not None and not (
            rank == 2 and self._low(at - 1) in ("per", "a", "every") and at
        ):
            fraction = read_fraction(low)
            article = at > 0 and self._low(at - 1) in ("a", "one")
            if fraction and article:
                return fraction, at + 1, "cardinal"
            return float(rank), at + 1, "ordinal"
        fraction = read_fraction(low)
        if fraction is not None:
            return fraction, at + 1, "cardinal"
        scale = read_scale(low, self._language)
        if scale is not None:
            one = at > 0 and re.match(
                r"ein(?:e[nrms]?)?\Z|a\Z|one\Z|одн\w+\Z|один\Z", self._low(at - 1)
            )
            plural = re.search(r"(?:en?|s|и|ов|ен|ями|ях)\Z", low) and not one
            return scale, at + 1, "vague" if plural else "cardinal"
        match = _TIMES.match(low) if self._language == "de" else None
        if match and (
            number := read_numeral(match["n"], "de") or (1.0 if match["n"] == "ein" else None)
        ):
            return number, at + 1, "cardinal"
        return None, at + 1, "cardinal"

    def _read_unit(self, at: int, stop: int) -> tuple[str, float, int]:
        """The unit behind the number, inside its last word, or the sign before it."""
        words = [self._low(stop)] if stop < len(self._words) else []
        if stop + 1 < len(self._words):
            words.append(f"{words[0]} {self._low(stop + 1)}")
        for length, candidate in sorted(enumerate(words, 1), reverse=True):
            if unit := read_unit(candidate):
                return unit.dimension, unit.factor, stop + length
        inside = _TIMES.match(self._low(stop - 1)) if self._language == "de" else None
        if inside and (unit := read_unit(inside["what"])):
            return unit.dimension, unit.factor, stop
        if at and self._low(at - 1) in _MONEY and (unit := read_unit(self._low(at - 1))):
            return unit.dimension, 1.0, stop
        return "", 1.0, stop

    def _read_bound(self, start: int) -> Bound:
        before = self._text[max(0, start - 40) : start].replace("$", "").replace("€", "")
        found = [(m.start(), bound) for bound, form in _BOUNDS if (m := form.search(before))]
        # The longest: "nicht weniger als" ends in "weniger als".
        return min(found)[1] if found else ""

    def _find_noun(self, stop: int) -> str:
        """The word counted: the next but for adjectives and "of", a noun where German tells."""
        for n in range(stop, min(stop + 3, len(self._words))):
            word = self._words[n]
            gap = self._text[self._words[n - 1].end : word.start] if n else ""
            if gap.strip() or not (word.is_content or word.low in ("of", "von", "из")):
                return ""
            if word.is_content and (self._language != "de" or word.is_capitalised):
                return word.term
        return ""


def _level_code(code: str) -> str:
    digits = re.match(r"\d+[:-]\d+", _DASHES.sub("-", code))
    return digits[0].replace(":", "-") if digits else _DASHES.sub("", code).casefold()


def _same_unit(a: Quantity, b: Quantity) -> bool:
    if a.unit == b.unit:
        return True
    if a.unit and b.unit:
        return False
    known = a.unit or b.unit
    # "75 Jahre alt" and "75"; but a percentage is never a count.
    return known in _LOOSE_UNITS or (not a.unit and not a.noun)


def _same_bound(a: Bound, b: Bound, same_language: bool) -> bool:
    if a == b or {a, b} in ({"min", "over"}, {"max", "under"}):
        return True
    if not same_language and {a, b} & {"over", "under"}:
        # "über 19,2° Ost" is a place, no bound.
        return "" in (a, b)
    loose = {"about", ""} if not same_language else {""}
    return (a in loose and b in loose) or {a, b} == {"exactly", ""}


def _find_repeat(claimed: Sequence[Quantity], cited: Sequence[Quantity]) -> Quantity | None:
    """A number that stands once more than in the cited text, in the place of another."""
    if len(claimed) != len(cited):
        return None
    return next(
        (q for q in claimed if _count(q, claimed) > _count(q, cited)),
        None,
    )


def _count(quantity: Quantity, others: Sequence[Quantity]) -> int:
    return sum(same_value(quantity, other) for other in others)


def _find_swap(claimed: Sequence[Quantity], cited: Sequence[Quantity]) -> Quantity | None:
    """A number whose noun the cited text counts otherwise: "3 dead, 50 hurt" for the reverse."""
    for quantity in claimed:
        if not quantity.noun or quantity.form in ("year", "ordinal"):
            continue
        counted = [other for other in cited if other.noun == quantity.noun]
        if counted and not any(same_value(quantity, other) for other in counted):
            return quantity
    return None
