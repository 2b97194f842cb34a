"""Number words and units in German, English and Russian -> values; the words for how many without one.

The words are in `de/numerals.tsv`, `de/amounts.tsv` and their neighbours, and in `units.tsv`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from wortlaut.index.lang.tables import Row, match_any, read_phrases, read_rows
from wortlaut.index.lang.words import LANGUAGES, Language

NumeralKind = Literal[
    "cardinal", "inflected", "one", "article", "scale", "ordinal", "half", "fraction", "times"
]

_RUSSIAN_ENDINGS = (
    "ый ой ий ая ое ые ого ому ым ом ую ых ыми ье ья ьего ьему ьей ью ьем ьи ьих".split()
)
_RUSSIAN_ENDING = re.compile(rf"{match_any(_RUSSIAN_ENDINGS)}\Z")
_GERMAN_ORDINAL = re.compile(r"([a-zäöüß]+)te[nmrs]?\Z")
_SHORTEST_COMPOUND = 8
_GERMAN_ENDINGS = ("te", "tem", "ten", "ter", "tes")


@cache
def read_numerals(kind: NumeralKind, language: Language) -> Mapping[str, float]:
    """The words of a kind with their values, in the order of the table; "*" ends a stem."""
    return {
        form: _read_value(row["value"])
        for row in read_rows(f"{language}/numerals.tsv")
        if row["kind"] == kind
        for word in row["words"].split()
        for form in (word, word.replace("ё", "е"))
    }


def _read_value(cell: str) -> float:
    whole, _, parts = cell.partition("/")
    return float(whole) / float(parts or 1)


@cache
def _read_stems(kind: NumeralKind, language: Language) -> tuple[tuple[str, float], ...]:
    words = read_numerals(kind, language).items()
    return tuple((word.removesuffix("*"), value) for word, value in words if word[-1] == "*")


def _find(low: str, kind: NumeralKind, language: Language) -> float | None:
    """The value of a word of the kind, or of the stem that it begins with."""
    value = read_numerals(kind, language).get(low)
    if value is not None:
        return value
    stems = _read_stems(kind, language)
    return next((value for stem, value in stems if low.startswith(stem)), None)


def name_number(value: int, language: Language) -> str:
    """The cardinal's plain word: "zwei", "two", "два"; raises `StopIteration` for a compound."""
    return next(word for word, n in read_numerals("cardinal", language).items() if n == value)


@cache
def list_ones() -> frozenset[str]:
    """The words for one, and the articles that may count one thing, in all three languages."""
    kinds: tuple[NumeralKind, ...] = ("one", "article")
    return frozenset(word for language in LANGUAGES for kind in kinds
                     for word in read_numerals(kind, language))  # fmt: skip


@cache
def list_amounts(name: str) -> tuple[str, ...]:
    """The words of a list of `amounts.tsv` ("at least", "many") in all three; "*" ends a stem."""
    lists = [read_phrases(f"{language}/amounts.tsv").get(name, ()) for language in LANGUAGES]
    return tuple(dict.fromkeys(word for words in lists for word in words))


def match_amounts(*names: str) -> str:
    """A pattern for the words of lists of `amounts.tsv`."""
    words = [word for name in names for word in list_amounts(name)]
    stems = [word[:-1] for word in words if word[-1] == "*"]
    whole = match_any(word for word in words if word[-1] != "*")
    return rf"(?:{match_any(stems)}\w*|{whole})" if stems else whole


@cache
def read_counts() -> Mapping[str, int]:
    """Every word for 1 to 99 in all three languages with its value, articles for 1."""
    words = {
        word: int(value)
        for language in LANGUAGES
        for word, value in read_numerals("cardinal", language).items()
        if 1 <= value < 100
    }
    return words | dict.fromkeys(list_ones(), 1)


def list_ordinals(rank: int, *languages: Language) -> tuple[str, ...]:
    """Every form of a rank up to 99: "second", "zweiten", "второму"; or in all three languages."""
    tens, ones = (rank // 10 * 10, rank % 10) if rank > 20 and rank % 10 else (0, rank)
    forms = []
    for language in languages or LANGUAGES:
        stems = [stem for stem, n in read_numerals("ordinal", language).items() if n == ones]
        if language == "en":
            head = f"{name_number(tens, language)}-" if tens else ""
            forms += [head + stem for stem in stems]
        elif language == "ru":
            head = f"{name_number(tens, language)} " if tens else ""
            forms += [head + stem + ending for stem in stems for ending in _RUSSIAN_ENDINGS]
        else:
            forms += [_count_german(rank, stems) + ending for ending in _GERMAN_ENDINGS]
    return tuple(forms)


def _count_german(rank: int, stems: list[str]) -> str:
    """What stands in front of "-te": "drit", "zwei", "zwanzigs", "einundzwanzigs"."""
    if rank < 20:
        return stems[0] if stems else name_number(rank, "de")
    ones = f"{name_number(rank % 10, 'de')}und" if rank % 10 else ""
    return f"{ones}{name_number(rank // 10 * 10, 'de')}s"


def list_decades(decade: int) -> tuple[str, ...]:
    """The words for the years from 20 to 90 of a century: "nineties", "neunzigern", "девяностых"."""
    german = [f"{word}er{ending}" for word in _name_tens(decade, "de") for ending in ("", "n")]
    english = [word.removesuffix("y") + "ies" for word in _name_tens(decade, "en")]
    russian = [
        stem + ending
        for stem, n in read_numerals("ordinal", "ru").items()
        for ending in _RUSSIAN_ENDINGS
        if n == decade
    ]
    return (*german, *english, *russian)


def _name_tens(decade: int, language: Language) -> Iterator[str]:
    return (word for word, n in read_numerals("cardinal", language).items() if n == decade)


@cache
def read_halves() -> Mapping[str, float]:
    """The words for a number and a half: "anderthalb", "zweieinhalb", "полтора"."""
    half = next(word for word, n in read_numerals("half", "de").items() if n == 1 / 2)
    compounds = {f"{name_number(n, 'de')}ein{half}": n + 1 / 2 for n in range(1, 10)}
    plain = {
        word: value
        for language in LANGUAGES
        for word, value in read_numerals("times", language).items()
        if value == 3 / 2
    }
    return compounds | plain


@lru_cache(maxsize=16384)
def read_numeral(low: str, language: Language) -> float | None:
    """The value of a cardinal below a thousand, or of a German compound; None for other words.

    "ein" and "one" alone are articles as often as numbers and are none here.
    """
    if language == "de":
        return None if low in ("ein", "eins", "null") else _read_german(low)
    value = read_numerals("cardinal", language).get(low)
    return value if value is not None and value > 1 else None


@lru_cache(maxsize=16384)
def read_one(low: str, language: Language, *, before_scale: bool = False) -> float | None:
    """1 for "one" behind "twenty"; before "hundred" for an article too; None for other words."""
    found = low in read_numerals("one", language)
    article = before_scale and low in read_numerals("article", language)
    return 1.0 if found or article else None


def _read_german(low: str) -> float | None:
    """ "dreitausendzweihundertfünfundvierzig" and every part of it."""
    for scale, name in ((1000, "tausend"), (100, "hundert")):
        head, found, tail = low.partition(name)
        if not found:
            continue
        many = _read_german(head) if head else 1.0
        rest = _read_german(tail.removeprefix("und")) if tail else 0.0
        return None if many is None or rest is None else many * scale + rest
    cardinals = read_numerals("cardinal", "de")
    if low in cardinals:
        return cardinals[low]
    head, found, tail = low.rpartition("und")
    ones, tens = cardinals.get(head, 0.0), cardinals.get(tail, 0.0)
    if found and 1 <= ones <= 9 and tens >= 20:
        return tens + ones
    return read_numerals("inflected", "de").get(low)


@lru_cache(maxsize=16384)
def read_scale(low: str, language: Language) -> float | None:
    """What a word multiplies by: "Millionen" 1e6; None for other words."""
    return _find(low, "scale", language)


@lru_cache(maxsize=16384)
def read_ordinal(low: str, language: Language) -> int | None:
    """The rank an ordinal word gives, "zweiten" 2; None for other words."""
    ordinals = read_numerals("ordinal", language)
    if language == "en":
        return int(ordinals[low]) if low in ordinals else None
    if language == "ru":
        ending = _RUSSIAN_ENDING.search(low)
        rank = ordinals.get(low[: ending.start()]) if ending else None
        return int(rank) if rank else None
    match = _GERMAN_ORDINAL.match(low)
    if not match:
        return None
    if match[1] in ordinals:
        return int(ordinals[match[1]])
    value = _read_german(match[1]) or (_read_german(match[1][:-1]) if match[1][-1] == "s" else None)
    return int(value) if value and value > 1 else None


@lru_cache(maxsize=16384)
def read_fraction(low: str, language: Language | None = None) -> float | None:
    """The part a word names: "Drittel" 1/3; None for other words. Of any language, or of one."""
    return _find_in("fraction", low, language)


@lru_cache(maxsize=16384)
def is_half(low: str, language: Language | None = None) -> bool:
    """Whether the word is a half: "halbe", "half", "половина". Of any language, or of one."""
    return low == "½" or _find_in("half", low, language) is not None


@lru_cache(maxsize=16384)
def read_times(low: str, language: Language | None = None) -> float | None:
    """What a word multiplies a thing by: "doppelt" 2; None for other words. Of any language, or of one."""
    return _find_in("times", low, language)


def _find_in(kind: NumeralKind, low: str, language: Language | None) -> float | None:
    found = (_find(low, kind, each) for each in ((language,) if language else LANGUAGES))
    return next((value for value in found if value is not None), None)


@dataclass(frozen=True, slots=True)
class CompoundNumber:
    """The number that a longer word begins with, and the unit behind it: "Dreijahresplan", 3 "jahr"."""

    value: float
    unit: str = ""
    is_share: bool = False
    is_group: bool = False


@lru_cache(maxsize=16384)
def read_compound(low: str, language: Language) -> CompoundNumber | None:
    """The number in a compound: "zweidrittelmehrheit", "sechspunkteplan", "трёхлетний"; else None."""
    if language == "en" or len(low) < _SHORTEST_COMPOUND:
        return None
    for end in range(len(low) - 3, 2, -1):
        value, rest = _read_prefix(low[:end], language), low[end:]
        if value is None:
            continue
        for head, unit in _read_heads(language):
            if rest.startswith(head):
                return CompoundNumber(value, unit)
        if language == "de":
            part = next((p for p in read_numerals("fraction", "de") if rest.startswith(p)), None)
            if part and len(rest) > len(part) + 3:
                share = value * read_numerals("fraction", "de")[part]
                return CompoundNumber(share, is_share=True) if share < 1 else None
            # "Sechzigerjahre" are no group.
            if rest.startswith("er") and len(rest) > 5 and not rest.startswith("erjahr"):
                return CompoundNumber(value, is_group=True)
    return None


@cache
def _read_heads(language: Language) -> tuple[tuple[str, str], ...]:
    """What may follow a number in a compound, each with the unit that it is, or ""."""
    heads = read_phrases(f"{language}/amounts.tsv").get("compound heads", ())
    return tuple((head, unit) for head, _, unit in (entry.partition("=") for entry in heads))


def _read_prefix(low: str, language: Language) -> float | None:
    """The value of the beginning of a compound; one is none: "Einfall", "Eintagsfliege"."""
    if language == "de":
        value = _read_german(low) if low != "ein" else None
        return (
            value if value and value > 1 and low not in read_numerals("inflected", "de") else None
        )
    value = read_numeral(low, language)
    for end in range(3, len(low) - 2) if value is None else ():
        tens, ones = read_numeral(low[:end], language), read_numeral(low[end:], language)
        if tens and ones and tens % 10 == 0 and ones < 10:
            return tens + ones
    return value


def read_digits(text: str, language: Language) -> float:
    """The value digits stand for: "2.800" is 2800 in German and 2.8 in English."""
    if text.isdecimal():
        return float(text)
    thousands, decimal = (",", ".") if language == "en" else (".", ",")
    grouped = rf"\d{{1,3}}(?:{re.escape(thousands)}\d{{3}})+(?:{re.escape(decimal)}\d+)?"
    if re.fullmatch(grouped, text):
        return float(text.replace(thousands, "").replace(decimal, "."))
    parts = re.split(r"[.,]", text)
    return float(f"{parts[0]}.{parts[1]}" if len(parts) == 2 else "".join(parts))


def read_other_digits(text: str, language: Language) -> float | None:
    """What three decimals stand for where their mark is meant to group: "1,500" in German is 1500."""
    if not re.fullmatch(r"[1-9]\d{0,2}[.,]\d{3}", text):
        return None
    whole = float(re.sub(r"[.,]", "", text))
    return None if read_digits(text, language) == whole else whole


@dataclass(frozen=True, slots=True)
class MeasureUnit:
    """What a unit measures (its `dimension`), and how much of the dimension's base unit it is."""

    name: str
    dimension: str
    factor: float


@lru_cache(maxsize=16384)
def read_unit(low: str) -> MeasureUnit | None:
    """The unit that a word in lower case, or two with a blank between them, names; else None."""
    words, stems = _read_units()
    found = words.get(low)
    if found is not None:
        return found
    return next(
        (unit for stem, unit in stems if low.startswith(stem) and " " not in low[len(stem) :]), None
    )


@cache
def list_unit_words(name: str, *languages: Language, several: bool = False) -> tuple[str, ...]:
    """The words of a unit in full; without languages, in all three.

    With `several`, those too that only a number or "these" makes definite ("годы").
    """
    row = next(row for row in read_rows("units.tsv") if row["unit"] == name)
    columns = [*(languages or LANGUAGES), *(["several"] if several else [])]
    words = (word for column in columns for word in _spell(row[column]))
    return tuple(dict.fromkeys(word for word in words if word[-1] != "*"))


@cache
def _read_units() -> tuple[Mapping[str, MeasureUnit], tuple[tuple[str, MeasureUnit], ...]]:
    words: dict[str, MeasureUnit] = {}
    stems: list[tuple[str, MeasureUnit]] = []
    for row in read_rows("units.tsv"):
        unit = MeasureUnit(row["unit"], row["dimension"], float(row["factor"]))
        for word in _list_words(row):
            if word[-1] == "*":
                stems.append((word[:-1], unit))
            else:
                words.setdefault(word, unit)
    return words, tuple(stems)


def _list_words(row: Row) -> Iterator[str]:
    for column in (*LANGUAGES, "several", "sign"):
        yield from _spell(row[column])


def _spell(cell: str) -> Iterator[str]:
    for word in cell.split():
        written = word.replace("_", " ")
        yield from dict.fromkeys((written, written.replace("ё", "е")))
