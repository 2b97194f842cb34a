"""Units of time, length, money …: a word -> what it measures; the words are in `units.tsv`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from wortlaut.index.lang.calendar import TONGUES, Tongue
from wortlaut.index.lang.tables import Row, read_rows


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit measures (its `dimension`), and how much of the dimension's base unit it is."""

    name: str
    dimension: str
    factor: float


@lru_cache(maxsize=16384)
def read_unit(low: str) -> Unit | None:
    """The unit that a word in lower case, or two with a blank between them, names; else None."""
    words, stems = _read_units()
    found = words.get(low)
    if found is not None:
        return found
    return next(
        (unit for stem, unit in stems if low.startswith(stem) and " " not in low[len(stem) :]), None
    )


@cache
def list_unit_words(name: str, *tongues: Tongue, several: bool = False) -> tuple[str, ...]:
    """The words of a unit in full; without tongues, in all three.

    With `several`, those too that only a number or "these" makes definite ("годы").
    """
    row = next(row for row in read_rows("units.tsv") if row["unit"] == name)
    columns = [*(tongues or TONGUES), *(["several"] if several else [])]
    words = (word for column in columns for word in _spell(row[column]))
    return tuple(dict.fromkeys(word for word in words if word[-1] != "*"))


@cache
def _read_units() -> tuple[Mapping[str, Unit], tuple[tuple[str, Unit], ...]]:
    words: dict[str, Unit] = {}
    stems: list[tuple[str, Unit]] = []
    for row in read_rows("units.tsv"):
        unit = Unit(row["unit"], row["dimension"], float(row["factor"]))
        for word in _list_words(row):
            if word[-1] == "*":
                stems.append((word[:-1], unit))
            else:
                words.setdefault(word, unit)
    return words, tuple(stems)


def _list_words(row: Row) -> Iterator[str]:
    for column in (*TONGUES, "several", "sign"):
        yield from _spell(row[column])


def _spell(cell: str) -> Iterator[str]:
    for word in cell.split():
        written = word.replace("_", " ")
        yield from dict.fromkeys((written, written.replace("ё", "е")))
