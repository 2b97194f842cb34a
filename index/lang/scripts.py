"""A Russian name in the other script, where there is no doubt about it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.words import Language

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_CLASSES = {"V": "[аеёиіоуыэюяєї]", "S": "[жчшщ]"}
# Of a Slavic person; others are written by ear in Russian, and no rule leads back.
_RUSSIAN_SURNAME = re.compile(r".{2,}(?:ов|ев|ёв|ин|ын|ский|цкий|енко)(?:а|ая)?|.{2,}(?:ская|цкая)")


@lru_cache(maxsize=8192)
def write_in_script(name: str, language: Language) -> str | None:
    """The name as the language's script has it; None where it has it already, or in doubt.

    Certain is only a first name that is one of Russian alone, with a surname of a Russian form.
    """
    is_russian = _CYRILLIC.search(name) is not None
    words = name.casefold().split()
    if is_russian == (language == "ru") or len(words) != 2:
        return None
    if language == "ru":
        first, last = _read_native_names().get(words[0]), _spell_surname(words[1])
    else:
        is_native = words[0] in _read_native_names().values()
        is_native = is_native and _RUSSIAN_SURNAME.fullmatch(words[1]) is not None
        first = _transcribe(words[0], language) if is_native else None
        last = _transcribe(words[1], language)
    return f"{first.title()} {last.title()}" if first and last else None


@cache
def _read_native_names() -> Mapping[str, str]:
    """By Latin spelling the first names that are written as they are spelt: "sergej" is сергей."""
    found: dict[str, str] = {}
    for row in read_rows("ru/given_names.tsv"):
        latin = {_ease(spelling) for spelling in row["latin"].split()}
        own = {_ease(_transcribe(row["ru"], language)) for language in ("de", "en")} & latin
        for spelling in row["latin"].split():
            if _ease(spelling) in own and spelling.isascii():
                found.setdefault(spelling, row["ru"])
    return found


def _ease(latin: str) -> str:
    """What differs between the ways of writing one letter is the same."""
    eased = latin.replace("y", "i").replace("j", "i").replace("w", "v").replace("ph", "f")
    return re.sub("i+", "i", eased)


def _transcribe(word: str, language: Language) -> str:
    written = ""
    at = 0
    while at < len(word):
        for pattern, letters, latin in _read_letters(language):
            if pattern.match(word, at):
                written, at = written + latin, at + letters
                break
        else:
            return ""
    return written


@cache
def _read_letters(language: Language) -> tuple[tuple[re.Pattern[str], int, str], ...]:
    """Patterns with how many letters they take and how these are written; the closest fit first."""
    rules = []
    for row in read_rows("ru/transcription.tsv"):
        before, letters, behind = re.fullmatch(
            r"([\^VS]?)([а-яёєіїґ]+)([$V]?)", row["cyrillic"]
        ).groups()  # type: ignore[union-attr]
        pattern = {"": "", "^": r"\A"}.get(before, f"(?<={_CLASSES.get(before, '')})") + letters
        pattern += {"": "", "$": r"\Z"}.get(behind, f"(?={_CLASSES['V']})")
        rules.append((len(row["cyrillic"]), (re.compile(pattern), len(letters), row[language])))
    return tuple(rule for _, rule in sorted(rules, key=lambda rule: -rule[0]))


def _spell_surname(word: str) -> str | None:
    """The Russian spelling of a Latin surname; None where a letter may stand for several."""
    endings, letters = _read_sure()
    for ending, russian in endings:
        stem = word.removesuffix(ending)
        if stem != word and len(stem) > 1:
            return spelt + russian if (spelt := _spell(stem, ending, letters)) else None
    return None


def _spell(stem: str, ending: str, letters: tuple[tuple[re.Pattern[str], str], ...]) -> str | None:
    spelt, at, whole = "", 0, stem + ending
    while at < len(stem):
        found = ((p.match(whole, at), russian) for p, russian in letters)
        fits = next(((m, r) for m, r in found if m and m.end() <= len(stem)), None)
        if fits is None:
            return None
        spelt, at = spelt + fits[1], fits[0].end()
    return spelt


@cache
def _read_sure() -> tuple[tuple[tuple[str, str], ...], tuple[tuple[re.Pattern[str], str], ...]]:
    rows = sorted(read_rows("ru/sure_letters.tsv"), key=lambda row: -len(row["latin"]))
    endings = tuple((row["latin"], row["cyrillic"]) for row in rows if row["kind"] == "ending")
    letters = []
    for row in rows:
        if row["kind"] != "ending":
            latin = row["latin"].replace("^", r"\A").replace("V", "(?=[aeiou])")
            letters.append((re.compile(latin), row["cyrillic"]))
    return endings, tuple(letters)
