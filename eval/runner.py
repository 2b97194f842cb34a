"""Runs a suite row by row, streamed to a folder from which a run that was stopped goes on."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from eval.rows import Row, parse_row
from index.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from index.ingest import Progress

ROWS = "rows.jsonl"
STAMP = "run.json"
_LONGEST_ERROR = 300
_LONGEST_VALUE = 60


class Case(Protocol):
    """One of a suite: what it is called, and the groups it belongs to."""

    @property
    def id(self) -> str:
        """Unique in the suite."""
        ...

    @property
    def type(self) -> str:
        """The kind of question."""
        ...

    @property
    def language(self) -> str:
        """The question's, as "en"."""
        ...

    @property
    def question(self) -> str:
        """The question on one line."""
        ...


AnyCase = TypeVar("AnyCase", bound=Case)


class RowFile:
    """The rows of one run in a folder, each on disk before the next is asked for.

    Use `open_rows`: one process at a time has the folder. `goes_on` is whether the folder was
    this run's before: whatever else is in it may be used.
    """

    def __init__(self, folder: Path, goes_on: bool) -> None:
        self.goes_on = goes_on
        self.path = folder / ROWS
        self.rows = self._read()

    def _read(self) -> dict[str, Row]:
        """The rows that count, by id: what failed or was half written is asked again."""
        if not self.path.exists():
            return {}
        lines = self.path.read_bytes().split(b"\n")
        rows: dict[str, Row] = {}
        for line in lines:
            try:
                row = parse_row(line.decode("utf-8"))
            except (DatasetError, UnicodeDecodeError):
                continue
            if row.error is None:
                rows.setdefault(row.id, row)
        # The last piece is "" after a whole line.
        if lines[-1] or len(rows) != len(lines) - 1:
            self._rewrite(rows.values())
        return rows

    def append(self, row: Row) -> None:
        """Write the row: a process that is killed from here on has it; raises DatasetError."""
        try:
            with self.path.open("ab") as file:
                file.write(_pack(row))
        except OSError as error:
            raise DatasetError(
                f"cannot write {self.path}: {error.strerror}; what is in it stays, "
                "so make room and run the suite again"
            ) from error
        self.rows[row.id] = row

    def sort(self, order: Sequence[str]) -> None:
        """Put the rows into the order of the ids, whatever is not among them last."""
        places = {identity: place for place, identity in enumerate(order)}
        ordered = sorted(self.rows, key=lambda identity: places.get(identity, len(places)))
        if ordered != list(self.rows):
            self.rows = {identity: self.rows[identity] for identity in ordered}
            self._rewrite(self.rows.values())

    def _rewrite(self, rows: Any) -> None:
        draft = self.path.with_name(f".{ROWS}.draft")
        draft.write_bytes(b"".join(map(_pack, rows)))
        draft.replace(self.path)


def _pack(row: Row) -> bytes:
    data = row.as_json()
    try:
        return (json.dumps(data, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        # Half a surrogate pair, as JSON from outside may hold, has no UTF-8.
        return (json.dumps(data) + "\n").encode("ascii")


@contextmanager
def open_rows(folder: Path, stamp: Mapping[str, Any], *, fresh: bool = False) -> Iterator[RowFile]:
    """The folder's rows so far, held for this process.

    `stamp` tells what makes two runs comparable: suite, settings, archive, version. Raises
    ConfigError when the folder holds rows of another stamp, unless it is to start `fresh`, and
    when another process is at it. A run that made no row is no run.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".run.lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise ConfigError(f"another run writes to {folder}; name another folder") from error
    except OSError as error:
        raise ConfigError(f"cannot write to {folder}: {error.strerror}; check --out") from error
    try:
        if fresh:
            (folder / ROWS).unlink(missing_ok=True)
        differing = _compare_stamps(folder, stamp)
        if differing and _holds_rows(folder):
            advice = "name another folder, or start over with --fresh"
            raise ConfigError(f"{folder} holds {differing}; {advice}")
        draft = folder / f".{STAMP}.draft"
        draft.write_text(json.dumps(stamp, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(folder / STAMP)
        yield RowFile(folder, goes_on=not differing and not fresh)
    finally:
        lock.release()


def _holds_rows(folder: Path) -> bool:
    try:
        return bool((folder / ROWS).read_bytes().strip())
    except FileNotFoundError:
        return False


def _compare_stamps(folder: Path, stamp: Mapping[str, Any]) -> str:
    """What the folder holds, in words, where that is not a run of this stamp; else ""."""
    try:
        found = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        keys = sorted(found.keys() | stamp.keys())
    except (OSError, ValueError, AttributeError):
        return f"rows of an unknown run: it has no {STAMP} that can be read"
    # As JSON has it: a tuple comes back as a list.
    mine = json.loads(json.dumps(stamp))
    differing = [key for key in keys if found.get(key) != mine.get(key)]
    said = ", ".join(_describe(key, found.get(key), mine.get(key)) for key in differing)
    return f"another run: its {said}" if differing else ""


def _describe(key: str, then: Any, now: Any) -> str:
    name = key.replace("_", " ")
    if max(len(str(then)), len(str(now))) > _LONGEST_VALUE:
        return f"{name} is another"
    return f"{name} is {then}, not {now}"


def run_cases(
    cases: Sequence[AnyCase],
    examine: Callable[[AnyCase], Row],
    file: RowFile,
    progress: Progress | None = None,
) -> list[Row]:
    """A row for each case in their order, those that the file has already not made again.

    A case that raises becomes a row with its `error`, and the next is taken. `progress` is told
    how many rows there are, of how many, and what is asked now.
    """
    done = sum(case.id in file.rows for case in cases)
    for case in cases:
        if case.id in file.rows:
            continue
        if progress:
            progress(done, len(cases), case.question)
        file.append(_examine(case, examine))
        done += 1
    if progress:
        progress(done, len(cases), "")
    order = [case.id for case in cases]
    file.sort(order)
    return [file.rows[identity] for identity in order]


def _examine(case: AnyCase, examine: Callable[[AnyCase], Row]) -> Row:
    try:
        return replace(examine(case), id=case.id)
    except Exception as error:
        if os.environ.get("WORTLAUT_DEBUG"):
            raise
        line = " ".join(str(error).split())[:_LONGEST_ERROR]
        said = f"{type(error).__name__}: {line}" if line else type(error).__name__
        return Row(case.id, case.type, case.language, case.question, "", error=said)
