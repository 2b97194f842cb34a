"""Whether two reports are prints of one story: what they share, and what contradicts.

What is added or cut contradicts nothing. Words that stand in place of others, in a sentence that is
otherwise the same, do: a verb, a number, a name or a day; so does a negation, or a word for all,
most or few, on one side alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from wortlaut.index.lang.calendar import list_times, weekday_number
from wortlaut.index.lang.numerals import match_amounts, read_counts
from wortlaut.index.lang.words import LANGUAGES, read_class, read_function_words, read_stance
from wortlaut.index.twins.report import Report, list_sentence_bounds

# The share of the shorter report's words that stand in the other in the same order.
_COPIED = 0.65
_VERSION = 0.5
# The same of its runs of four words: small words alone fall into order in any two texts.
_COPIED_RUNS = 0.4
_VERSION_RUNS = 0.3
# What is cut to less than half is a copy only where it begins as the whole does; a round-up of the
# day holds many stories and is none of them.
_CUT, _CUT_MOST = 0.5, 0.08
_CUT_COPIED = 0.85
_OPENING_RUN, _LATEST_OPENING = 4, 60
# Two sentences are one, changed, where so much of the shorter stands in the other.
_SAME_SENTENCE = 0.5
# A short sentence in the place of another is the same one, changed, whatever they share.
_SHORT_SENTENCE = 10
_HARMLESS_CLASSES = (
    "article", "determiner", "pronoun", "conjunction", "subordinator", "contraction",
)  # fmt: skip
# Not "er": Beck is not Becker.
_ENDINGS = ("", "e", "n", "r", "s", "t", "m", "en", "es", "em", "te", "ten", "ns", "ed", "d")
_SHORTEST_STEM = 4
_GROUPED = re.compile(r"(?<=\d)\.(?=\d{3}(?!\d))")
# Of more pairs of words than these in one sentence no forms of one word are looked for.
_MOST_PAIRED = 2500
# More words than these beside such a word are a clause that was added or cut.
_TURNED = 3


@dataclass(frozen=True, slots=True)
class Likeness:
    """How one report stands to another.

    `differences` counts words that stand in place of others; `dropped` the first report's words
    that the second lacks, though it has what follows them, `added` the other way round.
    """

    held: float
    runs: float
    ratio: float
    opens_alike: bool
    differences: int
    dropped: int
    added: int

    @property
    def is_copy(self) -> bool:
        """Whether one is the other's words, cut or added to, and nothing else is said."""
        if self.differences or self.held < _COPIED or self.runs < _COPIED_RUNS:
            return False
        if self.ratio >= _CUT:
            return True
        return self.ratio >= _CUT_MOST and self.held >= _CUT_COPIED and self.opens_alike

    @property
    def is_version(self) -> bool:
        """Whether both are the same story, though it may have changed."""
        return self.held >= _VERSION and self.runs >= _VERSION_RUNS

    def turn(self) -> Likeness:
        """How the second report stands to the first."""
        return replace(self, dropped=self.added, added=self.dropped)


def compare_reports(a: Report, b: Report) -> Likeness:
    """How `a` stands to `b`."""
    if a.words == b.words:
        return Likeness(1.0, 1.0, 1.0, True, 0, 0, 0)
    from rapidfuzz.distance import Indel

    blocks = [
        (op.src_start, op.dest_start, op.src_end - op.src_start)
        for op in Indel.opcodes(a.words, b.words)
        if op.tag == "equal"
    ]
    least, most = sorted((len(a.words), len(b.words)))
    own, other = set(a.list_shingles()), set(b.list_shingles())
    runs = len(own & other) / max(1, min(len(own), len(other)))
    in_a = _mark([(i, size) for i, _, size in blocks], len(a.words))
    in_b = _mark([(j, size) for _, j, size in blocks], len(b.words))
    return Likeness(
        sum(size for *_, size in blocks) / max(1, least),
        runs,
        least / max(1, most),
        any(size >= _OPENING_RUN and max(i, j) <= _LATEST_OPENING for i, j, size in blocks),
        sum(_count_clashes(x, y) for x, y in _pair_changes(a, b, blocks, in_a, in_b)),
        _count_inner(in_a),
        _count_inner(in_b),
    )


def _mark(blocks: Sequence[tuple[int, int]], length: int) -> list[bool]:
    marked = [False] * length
    for start, size in blocks:
        marked[start : start + size] = [True] * size
    return marked


def _count_inner(marked: Sequence[bool]) -> int:
    """How many unmarked ones stand before the last marked one."""
    last = max((i for i, shared in enumerate(marked) if shared), default=0)
    return marked[:last].count(False)


def _pair_changes(
    a: Report,
    b: Report,
    blocks: Sequence[tuple[int, int, int]],
    in_a: Sequence[bool],
    in_b: Sequence[bool],
) -> Iterator[tuple[list[str], list[str]]]:
    """Of each two sentences that are one, changed: the words that only one of them has."""
    shared: Counter[tuple[int, int]] = Counter()
    for i, j, size in blocks:
        shared.update(zip(a.sentences[i : i + size], b.sentences[j : j + size], strict=True))
    bounds_a = {a.sentences[s]: (s, e) for s, e in list_sentence_bounds(a)}
    bounds_b = {b.sentences[s]: (s, e) for s, e in list_sentence_bounds(b)}
    whole_a, whole_b = set(bounds_a), set(bounds_b)
    for (own, other), count in shared.items():
        (start, end), (start_b, end_b) = bounds_a[own], bounds_b[other]
        if count < _SAME_SENTENCE * min(end - start, end_b - start_b):
            continue
        whole_a.discard(own)
        whole_b.discard(other)
        left = [w for w, told in zip(a.words[start:end], in_a[start:end], strict=True) if not told]
        right = [
            w
            for w, told in zip(b.words[start_b:end_b], in_b[start_b:end_b], strict=True)
            if not told
        ]
        if left or right:
            yield left, right
    yield from _pair_short(a, b, blocks, (whole_a, whole_b))


def _pair_short(
    a: Report, b: Report, blocks: Sequence[tuple[int, int, int]], whole: tuple[set[int], set[int]]
) -> Iterator[tuple[list[str], list[str]]]:
    """Short sentences in each other's place, between what both have."""
    i = j = 0
    for next_i, next_j, size in [*blocks, (len(a.words), len(b.words), 0)]:
        left = [
            w
            for w, s in zip(a.words[i:next_i], a.sentences[i:next_i], strict=True)
            if s in whole[0]
        ]
        right = [
            w
            for w, s in zip(b.words[j:next_j], b.sentences[j:next_j], strict=True)
            if s in whole[1]
        ]
        # What opens a print is its headline as often.
        if i + j and left and right and max(len(left), len(right)) <= _SHORT_SENTENCE:
            yield left, right
        i, j = next_i + size, next_j + size


def _count_clashes(left: Sequence[str], right: Sequence[str]) -> int:
    """How many words stand in place of others; 0 where the words of one side alone are added."""
    if "".join(left) == "".join(right):
        return 0  # "Ukraine-Krise", "Ukrainekrise"
    own = [word for word in left if word not in _list_harmless()]
    other = [word for word in right if word not in _list_harmless()]
    # In a list without full stops, names that only one side has.
    for word in list(own) if len(own) * len(other) <= _MOST_PAIRED else ():
        same = next((w for w in other if _say_same(word, w)), None)
        if same is not None:
            own.remove(word)
            other.remove(same)
    if own and other:
        return max(len(own), len(other))
    alone = [*own, *other]
    if len(alone) > _TURNED:
        return 0
    return sum(_read_turning().match(word) is not None for word in alone)


def _say_same(a: str, b: str) -> bool:
    """Whether the words are forms of one word, one number, or a weekday and the day as told."""
    if a == b or _GROUPED.sub("", a) == _GROUPED.sub("", b):
        return True
    if {a, b} <= _list_auxiliaries():
        return True
    counts = read_counts()
    if a in counts or b in counts:
        return str(counts.get(a, a)) == str(counts.get(b, b))
    days = list_times("today") + list_times("yesterday") + list_times("tomorrow")
    told = {a, b} & set(days)
    if told:
        return len(told) == 1 and any(weekday_number(w) is not None for w in {a, b} - told)
    if weekday_number(a) is not None or weekday_number(b) is not None:
        return weekday_number(a) == weekday_number(b)
    return _has_stem(a, b)


def _has_stem(a: str, b: str) -> bool:
    stem = 0
    while stem < min(len(a), len(b)) and a[stem] == b[stem]:
        stem += 1
    return stem >= _SHORTEST_STEM and a[stem:] in _ENDINGS and b[stem:] in _ENDINGS


@cache
def _list_harmless() -> frozenset[str]:
    """The small words that may stand for any other word: a pronoun for a name."""
    classes = {
        w for c in _HARMLESS_CLASSES for language in LANGUAGES for w in read_class(c, language)
    }
    return read_function_words("empty") & classes


@cache
def _list_auxiliaries() -> frozenset[str]:
    return frozenset(w for language in LANGUAGES for w in read_class("auxiliary", language))


@cache
def _read_turning() -> re.Pattern[str]:
    """The words that alone make another claim: "keine Schule", "jede Schule"."""
    amounts = match_amounts("all", "most", "few")
    return re.compile(rf"(?:{read_stance('negator')}|{amounts})\Z")
