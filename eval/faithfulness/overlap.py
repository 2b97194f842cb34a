"""How well a scorer's spans meet those that people marked, letter by letter.

Precision is the share of the marked letters that people marked, recall the share of theirs that is
marked, both over all answers together, as RAGTruth counts them.
Source: Niu et al. 2024, "RAGTruth", section 5.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from wortlaut.eval.figures.intervals import Estimate, Indices, bootstrap
from wortlaut.index.article import Span

# With fewer answers of either kind, resampling shows too little.
_FEW_MARKED = 10


@dataclass(frozen=True, slots=True)
class SpanOverlap:
    """Letters of one answer about `source`: those a scorer marked, those people did, and both."""

    source: str
    marked: int
    unsupported: int
    both: int


def compare_spans(source: str, marked: Iterable[Span], unsupported: Iterable[Span]) -> SpanOverlap:
    """The overlap of two sets of spans; a letter that several cover counts once."""
    ours, theirs = _list_letters(marked), _list_letters(unsupported)
    return SpanOverlap(source, len(ours), len(theirs), len(ours & theirs))


def _list_letters(spans: Iterable[Span]) -> set[int]:
    return {place for span in spans for place in range(span.start, span.end)}


@dataclass(frozen=True, slots=True)
class SpanLevel:
    """The figures over all answers with marked spans; 95 % intervals by source."""

    answers: int
    marked: int
    unsupported: int
    both: int
    figures: dict[str, Estimate]

    def as_json(self) -> dict[str, Any]:
        """The figures by name, for `--json`."""
        return {
            "answers": self.answers,
            "letters_marked": self.marked,
            "letters_unsupported": self.unsupported,
            "letters_both": self.both,
            **{name: estimate.as_json() for name, estimate in self.figures.items()},
        }


def measure_spans(overlaps: Sequence[SpanOverlap], *, resamples: int = 1000) -> SpanLevel:
    """Precision, recall and F1 of the spans; `None` where nothing is marked by either."""
    counts = np.array([(o.marked, o.unsupported, o.both) for o in overlaps], int).reshape(-1, 3)
    sources = [overlap.source for overlap in overlaps]
    enough = min((counts[:, :2] > 0).sum(axis=0), default=0) >= _FEW_MARKED

    def resample(weights: tuple[float, float]) -> Estimate:
        def divide(places: Indices) -> float | None:
            marked, unsupported, both = counts[places].sum(axis=0)
            whole = weights[0] * marked + weights[1] * unsupported
            return float(both / whole) if whole else None

        found = bootstrap(divide, len(overlaps), sources, resamples=resamples)
        return found if enough else replace(found, low=None, high=None)

    marked, unsupported, both = counts.sum(axis=0).tolist()
    figures = {
        name: resample(weights)
        for name, weights in (
            ("precision", (1.0, 0.0)),
            ("recall", (0.0, 1.0)),
            ("f1", (0.5, 0.5)),
        )
    }
    return SpanLevel(len(overlaps), marked, unsupported, both, figures)
