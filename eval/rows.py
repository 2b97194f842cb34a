"""One line of a run: what was asked, what came back, and how it scored."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from index.errors import DatasetError

Scores = Mapping[str, float | None]


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
        lists = {name: tuple(data[name]) for name in ("claims", "citations", "gold")}
        return Row(**(data | lists))
    except (ValueError, TypeError, KeyError) as error:
        raise DatasetError(f"no line of a run: {line[:60]!r}; run the suite again") from error
