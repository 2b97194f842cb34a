"""Organisations, parties and authorities in a text, by the names that three languages have for them.

They are rows of `organisations.tsv`: "МВФ", "the IMF" and "der Währungsfonds" are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache

from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.words import LANGUAGES, Language

# The German names of one organisation, the most usual first.
BodyNames = tuple[str, ...]
_LONGEST_BODY_ENDING = 3


def find_named_bodies(text: str, language: Language) -> Iterator[tuple[int, int, BodyNames]]:
    """Where the text names organisations of the table, each with its German names."""
    pattern, named = _read_bodies(language)
    for match in pattern.finditer(text):
        yield match.start(), match.end(), named[match.lastindex or 0]


@lru_cache(maxsize=4096)
def read_bodies(text: str) -> frozenset[BodyNames]:
    """The organisations that a text of whichever language names, each by its German names."""
    return frozenset(
        names for language in LANGUAGES for _, _, names in find_named_bodies(text, language)
    )


@cache
def list_bodies() -> Sequence[BodyNames]:
    """The German names of each organisation of the table."""
    return list(dict.fromkeys(_read_bodies("de")[1][1:]))


@cache
def _read_bodies(language: Language) -> tuple[re.Pattern[str], Sequence[BodyNames]]:
    """A pattern with a group for each organisation, and by group its German names."""
    groups: list[str] = []
    named: list[BodyNames] = [()]
    rows: dict[str, BodyNames] = {}
    for row in read_rows("organisations.tsv"):
        german = tuple(form for name in row["de"].split("; ") for form in _list_forms(name))
        rows |= {name: german for name in row[language].split("; ") if name}
    for name in sorted(rows, key=lambda name: -len(name)):
        groups.append(_match_body(name))
        named.append(rows[name])
    return re.compile(rf"(?<!\w)(?:{'|'.join(groups)})(?!\w)"), named


def _list_forms(name: str) -> list[str]:
    """The forms of a German name: "Vereinte* Nationen" is "Vereinten", too; no last ending."""
    name = name.removesuffix("!").removesuffix("*")
    endings = ("", "n", "r", "s") if "*" in name else ("",)
    return [name.replace("*", ending) for ending in endings]


def _match_body(name: str) -> str:
    # No ending is longer; what is longer is another word, "Bundestagswahl" beside "Bundestages".
    ending = rf"\w{{0,{_LONGEST_BODY_ENDING}}}"
    words = re.escape(name.removesuffix("!")).replace(r"\*", ending).replace("ё", "[её]")
    return f"({words})" if name.endswith("!") else f"((?i:{words}))"
