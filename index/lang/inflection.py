"""How names of places, their adjectives and peoples are bent: stems with the endings they take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Kind = Literal["name", "adjective", "people", "capital"]
# The part of a word that stays, and what may follow it.
Stem = tuple[str, frozenset[str]]

_FIXED = frozenset([""])
_PLURAL_S = frozenset(["", "s"])
_GERMAN_ADJECTIVE = frozenset(["", "e", "en", "er", "em", "es"])
_GERMAN_PEOPLE_ER = frozenset(["", "n", "s", "in", "innen"])
_GERMAN_PEOPLE_E = frozenset(["e", "en", "in", "innen"])
_GERMAN_PEOPLE = frozenset(["", "s", "n", "en", "in", "innen"])
_GERMAN_TOWN = frozenset(["", "s", "er", "ers", "ern", "erin", "erinnen"])
_ENGLISH_TOWN = frozenset(["", "s", "ian", "ians", "er", "ers"])
_MAN = frozenset(["man", "men", "woman", "women"])
# "Vereinigte", "Dominikanische", "Heiliger" before a noun.
_GERMAN_LEADING = re.compile(r"(?:(?:isch|igt|eint|iert)e[rs]?|iger)\Z")

_RUSSIAN_HARD = frozenset("ий ого ому им ом ая ой ую ое ие их ими".split())
_RUSSIAN_FIRM = frozenset("ый ой ого ому ым ом ая ую ое ые ых ыми".split())
_RUSSIAN_SOFT = frozenset("ий его ему им ем яя ей юю ее ие их ими".split())
_RUSSIAN_TOWN_ADJECTIVE = frozenset("ск" + ending for ending in _RUSSIAN_HARD)
_RUSSIAN_ADJECTIVE = re.compile("(?:[иыо]й|[ая]я|[оеы]е|ие)\\Z")
_RUSSIAN_MASCULINE = frozenset(["", "а", "у", "ом", "ем", "е"])
_RUSSIAN_MEN = frozenset("а у ом е ы и ов ей ам ами ах".split()) | _FIXED
_RUSSIAN_CITIZENS = frozenset("ин ина ину ином ине е ам ами ах".split()) | _FIXED
_RUSSIAN_FLEETING = frozenset("а у ем е ы ев ам ами ах".split())
_RUSSIAN_WOMEN = frozenset("а и е у ой ою ам ами ах".split())
_RUSSIAN_FEMININE = frozenset("а ы и е у ой ей ою".split())
_RUSSIAN_SOFT_FEMININE = frozenset("я и е ю ей".split())
_RUSSIAN_J = frozenset("й я ю ем е".split())
_RUSSIAN_SIGN = frozenset("ь я ю ем е и".split()) | {"ью"}
_RUSSIAN_PLURAL = frozenset("ы ов ам ами ах".split()) | _FIXED
_RUSSIAN_OWNED = frozenset("ы ых ым ыми".split())
_RUSSIAN_NEUTER = frozenset("о а у ом е".split())
# "Марокко", "Чили", "Самоа", "Никарагуа", but "Косово".
_RUSSIAN_INDECLINABLE = re.compile("(?:(?<!ов)(?<!ев)о|[еиуэю]|[оуи]а)\\Z")
_RUSSIAN_ISLANDS = frozenset("а ов ам ами ах".split())
_HISSING = "гкхжчшщ"


def bend(word: str, language: str, kind: Kind, last: bool) -> Iterator[Stem]:
    """The stems and endings of a folded word; `last` of the words of its name, or not.

    A word of no language, an acronym, is not bent.
    """
    if language == "de":
        yield from _bend_german(word, kind, last)
    elif language == "en":
        yield from _bend_english(word, kind, last)
    elif language == "ru":
        yield from _bend_russian(word, kind, last)
    else:
        yield word, _FIXED


def _bend_german(word: str, kind: Kind, last: bool) -> Iterator[Stem]:
    if not last:
        leading = kind == "name" and _GERMAN_LEADING.search(word)
        yield (_cut(word, "er", "es", "e"), _GERMAN_ADJECTIVE) if leading else (word, _FIXED)
    elif kind == "adjective":
        yield word, _FIXED if word.endswith("er") else _GERMAN_ADJECTIVE
    elif kind == "capital":
        yield word, _GERMAN_TOWN
    elif kind == "name":
        yield word, _list_genitive(word)
    elif word.endswith("deutscher"):
        yield word.removesuffix("er"), _GERMAN_ADJECTIVE
    elif word.endswith("er"):
        yield word, _GERMAN_PEOPLE_ER
    elif word.endswith("e"):
        yield word[:-1], _GERMAN_PEOPLE_E
    elif word.endswith("in"):
        yield word, frozenset(["", "nen"])
    else:
        yield word, _GERMAN_PEOPLE


def _list_genitive(word: str) -> frozenset[str]:
    """The endings of a German name; none behind a hiss, and -n for one like "Niederlande"."""
    if word.endswith(("s", "x", "z")):
        return _FIXED
    return _PLURAL_S | {"n"} if word.endswith("e") else _PLURAL_S


def _bend_english(word: str, kind: Kind, last: bool) -> Iterator[Stem]:
    if not last:
        yield word, _FIXED
    elif kind == "capital":
        yield word, _ENGLISH_TOWN
    elif word.endswith("man") and kind == "people" and word not in ("roman", "german"):
        yield word.removesuffix("man"), _MAN
    elif kind == "adjective" and word.endswith(("ese", "ish", "ch", "ss", "x", "ois")):
        yield word, _FIXED
    else:
        yield word, _FIXED if word.endswith(("s", "x", "z", "ese")) else _PLURAL_S


def _bend_russian(word: str, kind: Kind, last: bool) -> Iterator[Stem]:
    adjective = _RUSSIAN_ADJECTIVE.search(word) is not None
    if kind == "adjective" or (kind == "name" and not last):
        if adjective and (last or kind == "name"):
            yield word[:-2], _choose_adjective(word)
            return
        if kind == "adjective":
            yield word, _FIXED
            return
    if kind == "people":
        yield from _bend_russian_people(word)
        return
    yield from _bend_russian_noun(word, last)
    if kind == "capital" and last:
        yield word.rstrip("аяиыоеуьй"), _RUSSIAN_TOWN_ADJECTIVE


def _choose_adjective(word: str) -> frozenset[str]:
    if word[-3] in _HISSING:
        return _RUSSIAN_HARD
    return _RUSSIAN_SOFT if word.endswith(("ий", "яя", "ее")) else _RUSSIAN_FIRM


def _bend_russian_noun(word: str, last: bool) -> Iterator[Stem]:
    if _RUSSIAN_INDECLINABLE.search(word):
        yield word, _FIXED
    elif word == "острова":
        yield word[:-1], _RUSSIAN_ISLANDS
    elif word.endswith("овы") and not last:
        yield word[:-1], _RUSSIAN_OWNED
    elif word.endswith("а"):
        yield word[:-1], _RUSSIAN_FEMININE
    elif word.endswith("я"):
        yield word[:-1], _RUSSIAN_SOFT_FEMININE
    elif word.endswith("й"):
        yield word[:-1], _RUSSIAN_J
    elif word.endswith("ь"):
        yield word[:-1], _RUSSIAN_SIGN
    elif word.endswith("ы"):
        yield word[:-1], _RUSSIAN_PLURAL
    elif word.endswith(("ово", "ево")):
        yield word[:-1], _RUSSIAN_NEUTER
    else:
        yield word, _RUSSIAN_MASCULINE


def _bend_russian_people(word: str) -> Iterator[Stem]:
    if word.endswith("ец"):
        # "марокканец, марокканца"; "кореец, корейца".
        soft = "й" if word[-3] in "аеиоуыэюя" else ""
        yield word, _FIXED
        yield word[:-2] + soft + "ц", _RUSSIAN_FLEETING
    elif word.endswith("ка"):
        yield word[:-1], _RUSSIAN_WOMEN
        yield word[:-2] + ("ек" if word[-3] in "жчш" else "ок"), _FIXED
    elif word.endswith(("анин", "янин")):
        yield word[:-2], _RUSSIAN_CITIZENS
    elif word.endswith("ин"):
        # "грузин, грузины", "болгарин, болгары".
        yield word, _RUSSIAN_MEN
        yield word[:-2], frozenset("ы ам ами ах".split())
    elif word.endswith("ок"):
        yield word, _FIXED
        yield word[:-2] + "к", _RUSSIAN_MEN - _FIXED
    elif word.endswith(("ий", "ый")):
        yield word[:-2], _choose_adjective(word)
    else:
        yield word, _FIXED if word[-1] in "иоеу" else _RUSSIAN_MEN


def _cut(word: str, *endings: str) -> str:
    return next(word.removesuffix(ending) for ending in endings if word.endswith(ending))
