"""The function words of the three languages: which of them serve which reading, and their gender."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from wortlaut.index.lang.tables import read_rows

_LANGUAGES = ("de", "en", "ru")
_NO_GENDER = "-"


@cache
def read_function_words(use: str, *languages: str) -> frozenset[str]:
    """The words of a use, as uses.tsv lists them; of all languages if none is given.

    Raises KeyError for a use that the table of uses does not have.
    """
    if use not in _list_uses():
        raise KeyError(use)
    return frozenset(word for each in languages or _LANGUAGES for word in _sort(each).get(use, ()))


@cache
def read_class(name: str, language: str) -> frozenset[str]:
    """The words of one class: "article", "preposition", "pronoun" …"""
    return frozenset(row["word"] for row in _read(language) if name in row["class"].split())


@cache
def read_genders(column: Literal["determiner", "pronoun"]) -> Mapping[str, Literal["m", "f", ""]]:
    """The determiners or pronouns of German and English, each with the gender it shows."""
    genders: dict[str, Literal["m", "f", ""]] = {"m": "m", "f": "f", _NO_GENDER: ""}
    return {
        row["word"]: genders[row[column]]
        for language in ("de", "en")
        for row in _read(language)
        if row[column]
    }


@cache
def _list_uses() -> frozenset[str]:
    return frozenset(row["use"] for row in read_rows("uses.tsv"))


def _read(language: str) -> tuple[Mapping[str, str], ...]:
    return read_rows(f"{language}/function_words.tsv")


@cache
def _sort(language: str) -> Mapping[str, set[str]]:
    sorted_words: dict[str, set[str]] = {}
    for row in _read(language):
        for use in row["uses"].split():
            sorted_words.setdefault(use, set()).add(row["word"])
    return sorted_words
