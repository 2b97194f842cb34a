"""Sentences joined by their quotations, and the stretches of words that somebody says."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass

from wortlaut.index.article import Span, Voice
from wortlaut.index.attribution.clauses import Frame, Range
from wortlaut.index.lang.words import Words

# Sentences that quotations join are read as one, up to this many words.
_LONGEST_UNIT = 1200
_MARKS = frozenset("\"„“”»«‚‘’'‹›")
_SHORTEST_ALONE = 6
_SHORTEST_PIECE = 3


@dataclass(frozen=True, slots=True)
class Joint:
    """Sentences that share quotations, mostly just one."""

    sentences: tuple[Range, ...]
    quotes: tuple[Range, ...]

    @property
    def first(self) -> int:
        """The first word."""
        return self.sentences[0][0]

    @property
    def stop(self) -> int:
        """Behind the last word."""
        return max([self.sentences[-1][1], *(stop for _, stop in self.quotes)])


@dataclass(frozen=True, slots=True)
class Piece:
    """One stretch of words that somebody says."""

    first: int
    stop: int
    voice: Voice
    frame: Frame | None


def locate_sentences(
    words: Words, sentences: Sequence[Span], cuts: Container[int] = ()
) -> Iterator[Range]:
    """The sentences in words, cut at semicolons and before the words `cuts`; none is empty."""
    for sentence in sentences:
        start, stop = words.at(sentence.start), words.at(sentence.end)
        for i in range(start, stop):
            if words.words[i] == ";":
                if i > start:
                    yield start, i
                start = i + 1
            elif i > start and i in cuts:
                yield start, i
                start = i
        if stop > start:
            yield start, stop


def join_sentences(sentences: list[Range], quotes: list[Range]) -> Iterator[Joint]:
    """Sentences with their quotations; sentences that share a quotation come as one."""
    at = i = 0
    while i < len(sentences):
        joined, inside = [sentences[i]], []
        limit = joined[0][0] + _LONGEST_UNIT
        while at < len(quotes) and quotes[at][0] < joined[-1][1]:
            start, stop = quotes[at]
            at += 1
            if start < joined[0][0] or stop > limit:
                continue
            inside.append((start, stop))
            while i + 1 < len(sentences) and sentences[i + 1][0] < stop:
                i += 1
                joined.append(sentences[i])
        first, stop = joined[-1]
        joined[-1] = first, max(first + 1, min(stop, limit))
        yield Joint(tuple(joined), tuple(inside))
        i += 1


def merge(frames: list[Frame], unit: Joint, words: Words) -> list[Piece]:
    """The frames' ranges and the quotations as disjoint pieces in order."""
    pieces: list[Piece] = []
    for quote in unit.quotes:
        near = sorted(frames, key=lambda frame: _distance(frame.at, quote))
        holder, said = _find_holding(near, quote)
        if said and not _stands_for(quote, said, unit.first, words):
            continue
        if holder or frames or _stands_alone(quote, unit, words):
            pieces.append(Piece(*quote, "direct", holder or (near[0] if near else None)))
    for frame in frames:
        for start, stop in frame.said:
            pieces += [
                Piece(left, right, "reported", frame)
                for left, right in _without(start, stop, pieces)
                if right - left >= _SHORTEST_PIECE - (left == unit.first and right == stop)
            ]
    return sorted(pieces, key=lambda piece: piece.first)


def _find_holding(frames: list[Frame], quote: Range) -> tuple[Frame | None, Range | None]:
    """The first frame that announces the whole quotation, and its range that does."""
    for frame in frames:
        for start, stop in frame.said:
            if start <= quote[0] and quote[1] <= stop:
                return frame, (start, stop)
    return None, None


def _distance(at: int, quote: Range) -> int:
    return min(abs(at - quote[0]), abs(at - quote[1]))


def _stands_for(quote: Range, said: Range, first: int, words: Words) -> bool:
    """Whether the quotation is what is said, not some words of an indirect sentence."""
    before = words.words[quote[0] - 1] if quote[0] > first else "."
    clause = before in ".:" or before in _MARKS or words.caps[min(quote[0] + 1, quote[1] - 1)]
    return clause and quote[1] - quote[0] >= 0.5 * (said[1] - said[0])


def _stands_alone(quote: Range, unit: Joint, words: Words) -> bool:
    """Whether a quotation without a cue is a statement: long enough, and no title."""
    length = quote[1] - quote[0]
    fragment = not words.caps[min(quote[0] + 1, quote[1] - 1)]
    before = words.words[quote[0] - 1] if quote[0] > unit.first else "."
    whole = before in ".:" or before in _MARKS
    return (
        length >= _SHORTEST_ALONE
        and length >= 0.3 * (unit.stop - unit.first)
        and (whole or fragment)
    )


def _without(start: int, stop: int, pieces: list[Piece]) -> Iterator[Range]:
    """What of `[start, stop)` no piece has taken."""
    for piece in sorted(pieces, key=lambda piece: piece.first):
        if piece.stop <= start or piece.first >= stop:
            continue
        if piece.first > start:
            yield start, piece.first
        start = max(start, piece.stop)
    if start < stop:
        yield start, stop
