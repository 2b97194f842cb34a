"""Which words of a claim nothing bears out: the spans that RAGTruth and LettuceDetect give.

A model that judges word by word takes the place of the rules by `WordMarker`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from wortlaut.eval.faithfulness.signs import SourceWords
from wortlaut.index.article import Span
from wortlaut.index.lang.words import Word, read_words

# So many words between two that nothing bears out belong to them.
_BETWEEN = 6


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
