"""Which words of a claim nothing bears out, and how well such spans meet those that people marked.

They are the spans that RAGTruth and LettuceDetect give. A model that judges word by word takes the
place of the rules by `WordMarker`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import numpy as np

from wortlaut.eval.faithfulness.signs import SourceWords
from wortlaut.eval.figures.intervals import Estimate, Indices, bootstrap
from wortlaut.index.article import Span
from wortlaut.index.lang.words import Word, read_words

# So many words between two that nothing bears out belong to them.
_BETWEEN = 6
# With fewer answers of either kind, resampling shows too little.
_FEW_MARKED = 10


@dataclass(frozen=True, slots=True)
class MarkedWords:
    """Words at `[start, end)` of a claim; `score` in [0, 1] is how sure nothing bears them out."""

    start: int
    end: int
    score: float


class WordMarker(Protocol):
    """Whatever tells of a claim's words which are not borne out; `name` decides its marks."""

    name: str

    def mark(self, claim: str, evidence: Sequence[str]) -> list[MarkedWords]:
        """The words of the claim that the evidence does not bear out, in order, disjoint."""
        ...


def mark_by_rules(claim: str, words: SourceWords, doubt: float) -> list[MarkedWords]:
    """The numbers, names and new words of a claim that is not supported, with what lies between.

    Where none of these speaks against it, all of it: its words are borne out, what they say is not.
    `doubt` is how probable it is that the claim is not supported.
    """
    read = read_words(claim)
    doubtful = list(words.find_doubtful(read, claim))
    runs = _join(read, doubtful)
    if not runs and read:
        runs = [Span(read[0].start, read[-1].end)]
    return [MarkedWords(run.start, run.end, doubt) for run in runs]


def _join(words: Sequence[Word], doubtful: Iterable[Word]) -> list[Span]:
    """Runs from one doubtful word to the next, where few others lie between."""
    places = {word.start: number for number, word in enumerate(words)}
    runs: list[tuple[int, int]] = []
    for number in sorted(places[word.start] for word in doubtful):
        if runs and number - runs[-1][1] <= _BETWEEN + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return [Span(words[first].start, words[last].end) for first, last in runs]


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
    """The figures over all answers with marked spans; 95 % intervals by source.

    Precision is the share of the marked letters that people marked, recall the share of theirs that
    is marked, both over all answers together. Source: Niu et al. 2024, "RAGTruth", section 5.
    """

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
