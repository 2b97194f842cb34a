"""Numbers with their units, in German, English and Russian text."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from rag.language import Language
from rag.verification.numerals import (
    read_digits,
    read_fraction,
    read_numeral,
    read_ordinal,
    read_scale,
)
from rag.verification.words import read_words

# "over" and "under" may be mere prepositions.
Bound = Literal["", "about", "exactly", "min", "max", "over", "under"]
Form = Literal["cardinal", "ordinal", "vague", "year"]

# Unit -> dimension and factor; a claim in minutes meets a span in hours.
_UNITS: tuple[tuple[str, str, float], ...] = (
    (r"sekunden?|seconds?|secs?|секунд\w*", "time", 1),
    (r"minuten?|minütige\w*|minutes?|mins?|минут\w*", "time", 60),
    (r"stunden?|stündige\w*|hours?|hrs?|час(?:а|ов|ам|ами)?", "time", 3600),
    (r"tage?n?|tägige\w*|days?|дн(?:я|ей|и|ям)|день|суток|сутки", "time", 86400),
    (r"wochen?|wöchige\w*|weeks?|недел\w+", "time", 604800),
    (r"monate?n?|monatige\w*|months?|месяц\w*", "months", 1),
    (r"jahre?n?s?|jährige\w*|years?|yrs?|лет|год(?:а|ов|ам|у)?|летн\w+", "months", 12),
    (r"jahrzehnte?n?|decades?|десятилети\w+", "months", 120),
    (r"jahrhunderte?[ns]?|centur(?:y|ies)|век[аов]*", "century", 1),
    (r"millimeter[ns]?|mm|millimet(?:er|re)s?|миллиметр\w*", "length", 0.001),
    (r"zentimeter[ns]?|cm|centimet(?:er|re)s?|сантиметр\w*|см", "length", 0.01),
    (r"kilometer[ns]?|km|kilomet(?:er|re)s?|километр\w*|км", "length", 1000),
    (r"meter[ns]?|m|met(?:er|re)s?|метр\w*", "length", 1),
    (r"meilen?|miles?|мил[ьия]\w*", "length", 1609.344),
    (r"fuß|foot|feet|фут\w*", "length", 0.3048),
    (r"hektar[ns]?|hectares?|гектар\w*", "hectare", 1),
    (
        r"quadratkilometer[ns]?|square kilomet(?:er|re)s?|sq km|(?:квадратны[хе]|кв) (?:километр\w*|км)",
        "area",
        1000,
    ),
    (r"quadratmeter[ns]?|square met(?:er|re)s?", "area", 1),
    (r"quadratmeilen?|square miles?|sq mi|(?:квадратны[хе]|кв) мил\w+", "area", 1609.344),
    (r"kilogramm|kilos?|kg|kilograms?|килограмм\w*|кг", "mass", 1),
    (r"gramm|grams?|грамм\w*", "mass", 0.001),
    (r"tonnen?|tons?|tonnes?|тонн\w*", "mass", 1000),
    (r"liter[ns]?|lit(?:er|re)s?|литр\w*", "volume", 1),
    (r"%|prozent\w*|percent|per cent|процент\w*", "percent", 1),
    (r"prozentpunkte?n?|percentage points?", "points", 1),
    (r"€|euros?|eur|евро", "euro", 1),
    (r"\$|dollars?|usd|доллар\w*", "dollar", 1),
    (r"£|gbp|pfund|pounds?|фунт\w*", "pound", 1),
    (r"rubeln?|roubles?|rubles?|рубл\w+", "rouble", 1),
    (r"franken|francs?|франк\w*", "franc", 1),
    (r"yen|yuan|hrywnja|hryvnias?|гривен\w*", "other money", 1),
    (r"°|grad|degrees?|градус\w*", "degree", 1),
    (r"stundenkilometern?|kmh|mph", "speed", 1),
    (r"megawatt\w*|mw|мегаватт\w*", "power", 1e6),
    (r"gigawatt\w*|gw|гигаватт\w*", "power", 1e9),
    (r"kilowatt\w*|kw|киловатт\w*", "power", 1e3),
)
_UNIT = [(re.compile(rf"(?:{form})\Z"), name, factor) for form, name, factor in _UNITS]
_BOUNDS: tuple[tuple[Bound, re.Pattern[str]], ...] = (
    ("max", re.compile(
        r"\b(?:weniger als|nicht mehr als|höchstens|maximal|bis zu|less than|fewer than"
        r"|no more than|not more than|at most|up to|менее|меньше|не более"
        r"|максимум|не больше)\s+(?:den |der |die |the |a |an )?\Z", re.I)),
    ("min", re.compile(
        r"\b(?:mehr als|nicht weniger als|mindestens|wenigstens|more than|at least"
        r"|no (?:less|fewer) than|upwards of|более|больше|свыше|как минимум|не менее"
        r"|по меньшей мере|минимум)\s+(?:den |der |die |the |a |an )?\Z", re.I)),
    ("over", re.compile(r"\b(?:über|over|above)\s+(?:den |der |die |the |a |an )?\Z", re.I)),
    ("under", re.compile(r"\b(?:unter|under|below|до)\s+(?:den |der |die |the |a |an )?\Z", re.I)),
    ("about", re.compile(
        r"\b(?:rund|etwa|ungefähr|circa|ca\.?|zirka|gut|knapp|fast|nahezu|beinahe|an die|gegen"
        r"|about|around|roughly|approximately|some|nearly|almost|an estimated|circa"
        r"|около|примерно|почти|приблизительно)\s+(?:den |der |die |the |a |an |ein(?:e[nrms]?)? )?\Z", re.I)),
    ("exactly", re.compile(r"\b(?:genau|exakt|exactly|precisely|ровно)\s+\Z", re.I)),
)  # fmt: skip
_TIMES = re.compile(r"(?P<n>[a-zäöüß]+?)(?P<what>mal|fach\w*|köpfig\w*|jährig\w*|tägig\w*|stündig\w*"
                    r"|monatig\w*|wöchig\w*|minütig\w*|prozentig\w*|einhalb)\Z")  # fmt: skip
_ONE_AND_A_HALF = frozenset({"anderthalb", "eineinhalb", "полтора", "полторы", "полутора"})
_HALF = re.compile(r"(?:halbe?[nrms]?|half|пол|половин\w+|hälfte)\Z")
_TWICE = {"doppelt": 2, "doppelte": 2, "doppelten": 2, "twice": 2, "thrice": 3, "вдвое": 2, "втрое": 3,
          "dreifache": 3, "verdoppelt": 2, "verdoppelte": 2, "verdoppeln": 2,
          "doubled": 2, "tripled": 3, "verdreifacht": 3,
          "удвоить": 2, "удвоил": 2, "удвоила": 2, "удвоился": 2}  # fmt: skip
_ONE = frozenset("ein eine einen einem einer eines a an one один одна одного одной".split())
_AND = frozenset("and und и с a an".split())
_YEARS = range(1000, 2101)


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
    form: Form
    raw: float
    noun: str = ""


def read_quantities(
    text: str, language: Language, taken: Sequence[tuple[int, int]] = ()
) -> list[Quantity]:
    """The numbers of `text` in order; `taken` are the ranges of dates, which are left alone."""
    return _NumberReader(text, language, taken).read()


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
            if _HALF.match(self._low(half)):
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

    def _read_value(self, at: int) -> tuple[float | None, int, Form]:
        low = self._low(at)
        if low in ("a", "an", "one") and self._reads_half(at + 1):
            # "an hour and a half", "one and a half years"
            if self._low(at + 1) == "and":
                return 1.5, at + 4, "cardinal"
            return 1.0, at + 1, "cardinal"
        if low in _ONE and self._is_unit(at + 1) and self._read_bound(self._words[at].start):
            return 1.0, at + 1, "cardinal"
        special = self._read_special(at)
        if special:
            return special
        total, current, stop = 0.0, None, at
        while stop < len(self._words):
            step = self._read_step(at, stop, current)
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
        fraction = read_fraction(self._low(stop))
        if (
            fraction is not None
            and value < 10
            and not self._text[self._words[stop - 1].end :].startswith("-")
        ):
            return value * fraction, stop + 1, "cardinal"
        return value, stop, self._form(at, stop)

    def _read_step(self, at: int, stop: int, current: float | None) -> float | None:
        """What the number is with the next word; None where that word is none of it."""
        low, before = self._low(stop), self._low(stop - 1) if stop else ""
        part = self._read_part(stop)
        if part is not None:
            spelled = not low[0].isdecimal() and not before[:1].isdecimal()
            if current is None:
                return part
            return current + part if spelled and self._adds(current, part) else None
        scale = read_scale(low, self._language)
        if scale is not None:
            return (current or 1.0) * scale if stop > at else None
        if self._is_pound_million(at, stop):
            return (current or 1.0) * 1e6
        joins = stop > at and current is not None
        if joins and low in ("and", "und") and self._continues(stop + 1, current):
            return current
        if joins and self._language == "en" and low == "a" and _HALF.match(self._low(stop + 1)):
            return current
        return (current or 0.0) + 0.5 if joins and before == "a" and _HALF.match(low) else None

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
        return self._low(stop) == "m" and at > 0 and self._low(at - 1) in ("$", "€", "£")

    def _adds(self, current: float, part: float) -> bool:
        """Whether "twenty" and "three" are one number: the first is round and the larger."""
        if part >= current or (current < 100 and part >= 10):
            return False
        return current % 10 == 0 and part < 100 and self._language != "de"

    def _continues(self, at: int, current: float | None) -> bool:
        """Whether a number goes on after "and": "two hundred and fifty", "two and a half"."""
        if self._language == "en" and self._low(at) == "a" and _HALF.match(self._low(at + 1)):
            return True
        part = self._read_part(at)
        is_word = at < len(self._words) and not self._low(at)[0].isdecimal()
        if self._language != "en" or not is_word or current is None or part is None:
            return False
        return current >= 100 and part < 100

    def _read_part(self, at: int) -> float | None:
        if at >= len(self._words) or not self._free[at]:
            return None
        low = self._low(at)
        if low[0].isdecimal():
            return read_digits(re.sub(r"\s", "", low), self._language)
        return read_numeral(low, self._language)

    def _form(self, at: int, stop: int) -> Form:
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

    def _read_special(self, at: int) -> tuple[float, int, Form] | None:
        """Halves, "anderthalb", "dreimal", "zweijährig"."""
        low = self._low(at)
        if low in _ONE_AND_A_HALF:
            scale = read_scale(self._low(at + 1), self._language)
            return (1.5 * scale, at + 2, "cardinal") if scale else (1.5, at + 1, "cardinal")
        if low in _TWICE:
            return float(_TWICE[low]), at + 1, "cardinal"
        if _HALF.match(low):
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
        return any(form.match(self._low(at)) for form, _, _ in _UNIT)

    def _read_lone(self, at: int) -> tuple[float | None, int, Form]:
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
            for form, name, factor in _UNIT:
                if form.match(candidate):
                    return name, factor, stop + length
        inside = _TIMES.match(self._low(stop - 1)) if self._language == "de" else None
        if inside:
            for form, name, factor in _UNIT:
                if form.match(inside["what"]):
                    return name, factor, stop
        if at and self._low(at - 1) in ("$", "€", "£"):
            name = next(name for form, name, _ in _UNIT if form.match(self._low(at - 1)))
            return name, 1.0, stop
        return "", 1.0, stop

    def _read_bound(self, start: int) -> Bound:
        before = self._text[max(0, start - 40) : start].replace("$", "").replace("€", "")
        return next((bound for bound, form in _BOUNDS if form.search(before)), "")

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
