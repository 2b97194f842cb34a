"""The language tables as rows: tab-separated files beside this module, one row a thing.

A first line names the columns; lines that begin with "#" are for people. A cell that holds several
things separates them with "; " where one of them may have a space in it, else with a space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

# By path: importing importlib.resources takes longer than reading the tables.
_FOLDER = Path(__file__).parent
Row = Mapping[str, str]
_Tree = dict[str, "_Tree"]


@cache
def read_rows(name: str) -> tuple[Row, ...]:
    """The rows of a table ("places.tsv", "de/verbs.tsv"), each by column; read once.

    Cells are stripped; a row may leave out its last cells. Raises ValueError for a row of too many.
    """
    text = (_FOLDER / name).read_text(encoding="utf-8")
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
    return _gather(name, None)


@cache
def read_phrases(name: str) -> Mapping[str, tuple[str, ...]]:
    """As `read_lists`, of a table whose words have spaces in them and are separated by "; "."""
    return _gather(name, "; ")


def _gather(name: str, between: str | None) -> Mapping[str, tuple[str, ...]]:
    lists: dict[str, tuple[str, ...]] = {}
    for row in read_rows(name):
        lists[row["list"]] = (*lists.get(row["list"], ()), *row["words"].split(between))
    return lists


def match_any(words: Iterable[str]) -> str:
    """A pattern for any of the words, the longest that fits; shared beginnings are written once."""
    tree: _Tree = {}
    for word in words:
        node = tree
        for letter in word:
            node = node.setdefault(letter, {})
        node[""] = {}
    return f"(?:{_write_branches(tree)})"


def _write_branches(tree: _Tree) -> str:
    branches = [
        (letter if letter.isalnum() else re.escape(letter)) + _write_branches(rest)
        for letter, rest in tree.items()
        if letter
    ]
    if "" in tree:
        return f"(?:{'|'.join(branches)})?" if branches else ""
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
