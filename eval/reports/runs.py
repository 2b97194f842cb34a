"""Reads a run back from what it left on disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eval.rows import Row, parse_row
from index.errors import DatasetError

_ROWS, _STAMP, _REPORT = "rows.jsonl", "run.json", "report.json"
_ADVICE = "name report.json or rows.jsonl of `wortlaut eval run`, or the folder they are in"
# What the rows of a report leave out.
_EMPTY: Mapping[str, Any] = {"answer": "", "claims": [], "citations": [], "gold": []}


@dataclass(frozen=True, slots=True)
class Run:
    """A run under the name that the user gave it; `suite` is "" where nothing tells it."""

    name: str
    suite: str
    rows: Mapping[str, Row]


def read_run(path: Path) -> Run:
    """The run of a report.json, a rows.jsonl or the folder of either; raises DatasetError."""
    file = path
    if path.is_dir():
        file = next((path / name for name in (_ROWS, _REPORT) if (path / name).exists()), path)
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} holds no run; {_ADVICE}") from error
    if file.suffix == ".json":
        suite, rows = _read_report(file, text)
    else:
        suite, rows = _read_suite(file.with_name(_STAMP)), _read_lines(text)
    if not rows:
        raise DatasetError(f"{path} holds no questions; {_ADVICE}")
    return Run(str(path), suite, _index(rows))


def _read_report(file: Path, text: str) -> tuple[str, list[Row]]:
    try:
        data = json.loads(text)
        lines = [json.dumps({**_EMPTY, **row}) for row in data["rows"]]
        return str(data.get("suite", "")), [parse_row(line) for line in lines]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(f"{file} holds no rows of a run; {_ADVICE}") from error


def _read_suite(stamp: Path) -> str:
    try:
        return str(json.loads(stamp.read_text("utf-8")).get("suite", ""))
    except (OSError, ValueError, AttributeError):
        return ""


def _read_lines(text: str) -> list[Row]:
    *lines, last = text.split("\n")
    rows = [parse_row(line) for line in lines if line.strip()]
    try:
        return [*rows, parse_row(last)]
    except DatasetError:
        # A run that is going on, or was killed, leaves half a line.
        return rows


def _index(rows: Sequence[Row]) -> dict[str, Row]:
    """The rows by id; of a question that failed first and was asked again, the row that counts."""
    found: dict[str, Row] = {}
    for row in rows:
        if row.id not in found or found[row.id].error is not None:
            found[row.id] = row
    return found
