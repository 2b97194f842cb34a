"""The language tables as rows: tab-separated files beside this module, one row a thing.

A first line names the columns; lines that begin with "#" are for people. A cell that holds several
things separates them with "; " where one of them may have a space in it, else with a space.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

Row = Mapping[str, str]


@cache
def read_rows(name: str) -> tuple[Row, ...]:
    """The rows of a table ("places.tsv", "de/verbs.tsv"), each by column; read once.

    Cells are stripped; a row may leave out its last cells. Raises ValueError for a row of too many.
    """
    text = (files(__package__) / name).read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    header = [cell.strip() for cell in lines[0].split("\t")]
    rows = []
    for line in lines[1:]:
        cells = [cell.strip() for cell in line.split("\t")]
        if len(cells) > len(header):
            raise ValueError(f"{name}: {len(cells)} cells for {len(header)} columns: {line!r}")
        cells += [""] * (len(header) - len(cells))
        rows.append(dict(zip(header, cells, strict=True)))
    return tuple(rows)


@cache
def read_lists(name: str) -> Mapping[str, tuple[str, ...]]:
    """The word lists of a table with the columns `list` and `words`; rows of one list add up."""
    lists: dict[str, tuple[str, ...]] = {}
    for row in read_rows(name):
        lists[row["list"]] = (*lists.get(row["list"], ()), *row["words"].split())
    return lists
