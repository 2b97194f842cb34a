"""One line of a run: what was asked, what came back, and how it scored."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from index.errors import DatasetError

Scores = Mapping[str, float | None]

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


@dataclass(frozen=True, slots=True)
class Row:
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


def parse_row(line: str) -> Row:
    """The row of a line that a run streamed; raises DatasetError if it is none."""
    try:
        data = json.loads(line)
        _check_types(data)
        lists = {name: tuple(data[name]) for name in ("claims", "citations", "gold")}
        return Row(**(data | lists))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise DatasetError(
            f"no line of a run ({_shorten(error)}): {line[:60]!r}; run the suite again"
        ) from error


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
