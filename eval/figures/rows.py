"""One line of a run: what was asked, what came back, how it scored; and a run read back whole.

Two runs read back are paired row by row, and each tells who judged it.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from wortlaut.index.errors import DatasetError

Scores = Mapping[str, float | None]

_MISSES = {
    "answer.sentence": "no gold sentence cited",
    "answer.speaker": "wrong speaker",
    "answer.date": "wrong date",
}
_LARGEST = 1e15
_TEXT = (str,)
_NOTED = (str, type(None))
_KINDS: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("id", "type", "language", "question", "answer"), _TEXT),
    **dict.fromkeys(("source", "error"), _NOTED),
    **dict.fromkeys(("claims", "citations", "gold"), (list,)),
    "scores": (dict,),
    "answerable": (bool, type(None)),
    "abstained": (bool,),
}
ROWS, STAMP = "rows.jsonl", "run.json"
_REPORT = "report.json"
_ADVICE = "name report.json or rows.jsonl of `wortlaut eval run`, or the folder they are in"
# What the rows of a report leave out.
_EMPTY: Mapping[str, Any] = {"answer": "", "claims": [], "citations": [], "gold": []}
_FAITHFULNESS = ("faithfulness.supported", "faithfulness.score")
_CITATION = ("citation.precision", "citation.recall")
JUDGED = (*_FAITHFULNESS, *_CITATION)
"""The metrics that a judge of what is borne out gives."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """How one question went.

    `scores` are this question's own figures in [0, 1] by metric, `None` where a metric does not
    apply to it; a run's figure is their mean. `answerable` is whether the gold says that the
    archive holds the answer, `None` if nothing is said; `confidence` in [0, 1] is what the answer
    was kept or abstained from by, `None` where the system tells none. `claims` and `citations`
    are as `wortlaut ask --json` prints them. `source` names what the question is about: rows with
    one source are not independent. With `error` the question failed, and nothing else counts.
    """

    id: str
    type: str
    language: str
    question: str
    answer: str
    answerable: bool | None = None
    abstained: bool = False
    confidence: float | None = None
    scores: Scores = field(default_factory=dict)
    claims: tuple[Mapping[str, Any], ...] = ()
    citations: tuple[Mapping[str, Any], ...] = ()
    gold: tuple[str, ...] = ()
    source: str | None = None
    latency_ms: float | None = None
    error: str | None = None

    def as_json(self) -> dict[str, Any]:
        """The row as a run streams it, one line each."""
        return asdict(self)


def parse_row(line: str) -> RunRow:
    """The row of a line that a run streamed; raises DatasetError if it is none."""
    try:
        data = json.loads(line)
        _check_types(data)
        lists = {name: tuple(data[name]) for name in ("claims", "citations", "gold")}
        return RunRow(**(data | lists))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DatasetError(
            f"no line of a run ({_shorten(error)}): {line[:60]!r}; run the suite again"
        ) from error


def count_faulty(rows: Sequence[RunRow]) -> int:
    """How many rows failed, are wrong or claim what is not supported."""
    return sum(map(is_faulty, rows))


def is_faulty(row: RunRow) -> bool:
    """Whether the row failed, is wrong or claims what is not supported."""
    return bool(list_faults(row))


def is_right(row: RunRow) -> bool | None:
    """Whether the answer is right, `None` if the gold does not say or the question failed."""
    right = None if row.error is not None else row.scores.get("answer.right")
    return None if right is None else right >= 1


def list_faults(row: RunRow) -> tuple[str, ...]:
    """What is wrong with the row, in words; () if nothing is."""
    if row.error is not None:
        return ("failed",)
    faults = []
    if row.abstained and row.answerable:
        faults.append("not answered, though there is an answer")
    elif row.answerable is False and not row.abstained:
        faults.append("answered, though there is no answer")
    elif is_right(row) is False:
        missed = [fault for name, fault in _MISSES.items() if row.scores.get(name) == 0]
        faults += missed or ["wrong"]
    refused = sum(is_doubted(claim) for claim in row.claims)
    if refused:
        faults.append("1 unsupported claim" if refused == 1 else f"{refused} unsupported claims")
    return tuple(faults)


def is_doubted(claim: Mapping[str, Any]) -> bool:
    """Whether a claim of a row is not supported."""
    return str(claim.get("verdict") or "supported") != "supported"


def _check_types(data: Any) -> None:
    """Return if each field is of its type and each number finite; raises TypeError."""
    if not isinstance(data, dict):
        raise TypeError("no JSON object")
    for name, kinds in _KINDS.items():
        if name in data and not isinstance(data[name], kinds):
            raise TypeError(f"{name} is of the wrong type")
    if not all(isinstance(text, str) for text in data["gold"]):
        raise TypeError("gold holds what is no text")
    if not all(isinstance(each, dict) for each in [*data["claims"], *data["citations"]]):
        raise TypeError("claims or citations hold what is no JSON object")
    told = {name: data.get(name) for name in ("confidence", "latency_ms")}
    for name, value in {**data.get("scores", {}), **told}.items():
        if value is not None and not _is_number(value):
            raise TypeError(f"{name} is no number")


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    # An integer of JSON may be too long for a float.
    return abs(value) < _LARGEST and math.isfinite(value)


def _shorten(error: Exception) -> str:
    return " ".join(str(error).split())[:80]


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
    rows: Mapping[str, RunRow]
    judges: Mapping[str, Judge] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pairing:
    """The rows of two runs that ask the same; all others are counted, not paired.

    `by_text` tells that the runs share no id, and were paired by the question's text.
    """

    pairs: Sequence[tuple[RunRow, RunRow]]
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


def _index_texts(rows: Mapping[str, RunRow]) -> dict[tuple[str, str], RunRow]:
    """The rows by language and text, of the texts that come once."""
    texts = {name: (row.language, " ".join(row.question.split())) for name, row in rows.items()}
    often = Counter(texts.values())
    return {text: rows[name] for name, text in texts.items() if often[text] == 1 and text[1]}


def load_run(path: Path) -> Run:
    """The run of a report.json, a rows.jsonl or the folder of either; raises DatasetError."""
    file = path
    if path.is_dir():
        file = next((path / name for name in (ROWS, _REPORT) if (path / name).exists()), path)
    try:
        text = file.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path} holds no run; {_ADVICE}") from error
    stamp = _read_stamp(file.with_name(STAMP))
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


def _read_report(file: Path, text: str) -> tuple[str, list[RunRow]]:
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


def _read_lines(text: str) -> list[RunRow]:
    *lines, last = text.split("\n")
    rows = [parse_row(line) for line in lines if line.strip()]
    try:
        return [*rows, parse_row(last)]
    except DatasetError:
        # A run that is going on, or was killed, leaves half a line.
        return rows


def _index(rows: Sequence[RunRow]) -> dict[str, RunRow]:
    """The rows by id; of a question that failed first and was asked again, the row that counts."""
    found: dict[str, RunRow] = {}
    for row in rows:
        if row.id not in found or found[row.id].error is not None:
            found[row.id] = row
    return found
