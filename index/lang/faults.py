"""What the program says of faults, in the language of whoever reads it; errors are written in English."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.words import Language

_PLACE = re.compile(r"\{(\d)\}")
_PART = "… "
# A part holds no other but the name of a thing.
_DEEPEST = 2


def say_fault(line: str, language: Language) -> tuple[str, Language]:
    """The line in the language, and which that is: English where nobody has put it into another."""
    if language == "en":
        return line, "en"
    said = _translate(" ".join(line.split()), language, 0)
    return (line, "en") if said is None else (said, language)


def _translate(line: str, language: Language, depth: int) -> str | None:
    for row in _read_faults():
        if row.is_part and not depth:
            continue
        found = row.pattern.fullmatch(line)
        if found is None:
            continue
        said = row.said[language]
        for number, part in enumerate(found.groups(), 1):
            inside = _translate(part, language, depth + 1) if depth < _DEEPEST else None
            said = said.replace(f"{{{number}}}", inside or part)
        return said[:1].upper() + said[1:] if line[:1].isupper() and not depth else said
    return None


@dataclass(frozen=True, slots=True)
class _Fault:
    pattern: re.Pattern[str]
    said: dict[Language, str]
    is_part: bool


@cache
def _read_faults() -> tuple[_Fault, ...]:
    """The rows, those that say most first: "no {1}" fits much that has a row of its own."""
    rows = sorted(read_rows("faults.tsv"), key=lambda row: -len(_PLACE.sub("", row["en"])))
    return tuple(
        _Fault(
            _make_pattern(row["en"].removeprefix(_PART)),
            {"de": row["de"], "ru": row["ru"]},
            row["en"].startswith(_PART),
        )
        for row in rows
    )


def _make_pattern(english: str) -> re.Pattern[str]:
    words = [
        re.escape(text) if n % 2 == 0 else "(.+?)" for n, text in enumerate(_PLACE.split(english))
    ]
    return re.compile("".join(words), re.IGNORECASE)
