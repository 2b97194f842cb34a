"""Reads a run back from what it left on disk, and pairs two by question."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eval.rows import Row, parse_row
from index.errors import DatasetError

_ROWS, _STAMP, _REPORT = "rows.jsonl", "run.json", "report.json"
_ADVICE = "name report.json or rows.jsonl of `wortlaut eval run`, or the folder they are in"
# What the rows of a report leave out.
_EMPTY: Mapping[str, Any] = {"answer": "", "claims": [], "citations": [], "gold": []}


_FAITHFULNESS = ("faithfulness.supported", "faithfulness.score")
_CITATION = ("citation.precision", "citation.recall")
JUDGED = (*_FAITHFULNESS, *_CITATION)
"""The metrics that a judge of what is borne out gives."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Who decided what is borne out; the `fingerprint` tells two of one name apart."""

    name: str
    model: str | None = None
    fingerprint: str | None = None

    def is_other(self, than: Judge) -> bool:
        """Whether the figures of one say nothing of the other's."""
        if self.fingerprint and than.fingerprint:
            return self.fingerprint != than.fingerprint
        return (self.name, self.model) != (than.name, than.model)

    def describe(self) -> str:
        """The judge in a few words, enough to tell it from another."""
        signs = (f"model {self.model}" if self.model else "", self.fingerprint or "")
        return ", ".join([self.name, *filter(None, signs)])


@dataclass(frozen=True, slots=True)
class Run:
    """A run under the name that the user gave it; `suite` is "" where nothing tells it.

    `judges` are, by metric, who judged it, for the metrics that hang on a judge; without those
    nothing tells it.
    """

    name: str
    suite: str
    rows: Mapping[str, Row]
    judges: Mapping[str, Judge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pairing:
    """The rows of two runs that ask the same; all others are counted, not paired.

    `by_text` tells that the runs share no id, and were paired by the question's text.
    """

    pairs: Sequence[tuple[Row, Row]]
    only_a: int
    only_b: int
    reworded: int
    by_text: bool


def pair_rows(a: Run, b: Run) -> Pairing:
    """The rows of one id and question; without a shared id, those of one text and language.

    A text that comes twice in a run is not paired. Raises DatasetError if nothing is.
    """
    shared = [name for name in a.rows if name in b.rows]
    same = [name for name in shared if a.rows[name].question == b.rows[name].question]
    pairs = [(a.rows[name], b.rows[name]) for name in same]
    if not shared:
        old, new = _index_texts(a.rows), _index_texts(b.rows)
        pairs = [(row, new[text]) for text, row in old.items() if text in new]
    if not pairs:
        raise DatasetError(f"{a.name} and {b.name} share no question; compare runs of one suite")
    gone = len(shared) or len(pairs)
    only_a, only_b = len(a.rows) - gone, len(b.rows) - gone
    return Pairing(pairs, only_a, only_b, len(shared) - len(same), not shared)


def _index_texts(rows: Mapping[str, Row]) -> dict[tuple[str, str], Row]:
    """The rows by language and text, of the texts that come once."""
    texts = {name: (row.language, " ".join(row.question.split())) for name, row in rows.items()}
    often = Counter(texts.values())
    return {text: rows[name] for name, text in texts.items() if often[text] == 1 and text[1]}


def read_run(path: Path) -> Run:
    """The run of a report.json, a rows.jsonl or the folder of either; raises DatasetError."""
    file = path
    if path.is_dir():
        file = next((path / name for name in (_ROWS, _REPORT) if (path / name).exists()), path)
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} holds no run; {_ADVICE}") from error
    stamp = _read_stamp(file.with_name(_STAMP))
    suite = str(stamp.get("suite") or "")
    if file.suffix == ".json":
        told, rows = _read_report(file, text)
        # What lies beside a report may be another run's.
        stamp, suite = stamp if told == suite else {}, told
    else:
        rows = _read_lines(text)
    if not rows:
        raise DatasetError(f"{path} holds no questions; {_ADVICE}")
    return Run(str(path), suite, _index(rows), _read_judges(stamp))


def _read_report(file: Path, text: str) -> tuple[str, list[Row]]:
    try:
        data = json.loads(text)
        lines = [json.dumps({**_EMPTY, **row}) for row in data["rows"]]
        return str(data.get("suite", "")), [parse_row(line) for line in lines]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DatasetError(f"{file} holds no rows of a run; {_ADVICE}") from error


def _read_stamp(file: Path) -> Mapping[str, Any]:
    try:
        stamp = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _read_judges(stamp: Mapping[str, Any]) -> dict[str, Judge]:
    """By metric who judged it: the scorer, but for citations of answers that were our own."""
    if "scorer" not in stamp:
        return {}
    judges: dict[str, Judge] = {}
    if stamp["scorer"]:
        signs = (stamp.get(f"scorer_{name}") for name in ("model", "fingerprint"))
        judge = Judge(str(stamp["scorer"]), *(str(sign) if sign else None for sign in signs))
        judges = dict.fromkeys(JUDGED, judge)
    # Only transcripts are scored without settings of ours.
    if "settings" in stamp:
        judges |= dict.fromkeys(_CITATION, Judge("the archive and the verifier"))
    return judges


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
