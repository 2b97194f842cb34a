"""What of a claim is the cited text's own words: lined up word by word, and quoted in marks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import takewhile

from rapidfuzz import fuzz

from wortlaut.index.article import Span
from wortlaut.index.attribution.quotes import pair_quotes
from wortlaut.index.lang.words import Word

_ALIKE = 82.0
_SHORTEST_ALIKE = 5
_LONGEST_ENDING = 4


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of claim and cited word positions; `straight` of them in order, `window` their range.

    `novel` are the claim's content words that the cited text lacks, `changed` those that only begin
    like one of it, `dropped` the content words of the window that the claim lacks.
    """

    pairs: dict[int, int]
    straight: int
    window: tuple[int, int]
    coverage: float
    order: float
    novel: tuple[Word, ...]
    changed: tuple[Word, ...]
    dropped: tuple[Word, ...]


def align(
    claim: Sequence[Word], cited: Sequence[Word], stops: Sequence[int], core: tuple[int, int]
) -> Alignment:
    """The best order-keeping match, then what is left wherever it stands.

    `stops` are positions in `cited` before which a clause ends; the window is widened to them.
    `core` are the positions of what is said: who says it may stand before or behind.
    """
    matcher = SequenceMatcher(None, [w.term for w in claim], [w.term for w in cited], False)
    pairs = {
        block.a + n: block.b + n
        for block in matcher.get_matching_blocks()
        for n in range(block.size)
    }
    content = [n for n, word in enumerate(claim) if word.is_content]
    straight = sum(1 for n in content if n in pairs)
    _pair_rest(claim, cited, pairs)
    matched = [pairs[n] for n in content if n in pairs]
    window = _widen(matched, len(cited), stops)
    return Alignment(
        pairs,
        straight,
        window,
        len(matched) / len(content) if content else 1.0,
        _measure_order([pairs[n] for n in content if n in pairs and core[0] <= n < core[1]]),
        tuple(claim[n] for n in content if n not in pairs),
        tuple(claim[n] for n in content if n in pairs and _differs(claim[n], cited[pairs[n]])),
        tuple(
            word
            for n, word in enumerate(cited)
            if window[0] <= n < window[1] and word.is_content and n not in set(pairs.values())
        ),
    )


def _pair_rest(claim: Sequence[Word], cited: Sequence[Word], pairs: dict[int, int]) -> None:
    free = [n for n in range(len(cited)) if n not in set(pairs.values()) and _tells(cited[n])]
    for at, word in enumerate(claim):
        if at in pairs or not _tells(word):
            continue
        found = next((n for n in free if same_term(word, cited[n])), None)
        if found is not None:
            pairs[at] = found
            free.remove(found)


def _tells(word: Word) -> bool:
    return word.is_content or word.low[0].isdecimal()


def same_term(a: Word, b: Word) -> bool:
    """Whether two words of one language are forms of one, by their beginning or letters."""
    if a.term == b.term:
        return True
    if min(len(a.low), len(b.low)) < _SHORTEST_ALIKE or a.low[0] != b.low[0]:
        return False
    return fuzz.ratio(a.low, b.low) >= _ALIKE


def _differs(a: Word, b: Word) -> bool:
    """Whether two words that begin alike are no forms of one: "Stadtrat", "Stadtverwaltung"."""
    pairs = zip(a.low, b.low, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return max(len(a.low), len(b.low)) - shared > _LONGEST_ENDING


def _widen(matched: Sequence[int], length: int, stops: Sequence[int]) -> tuple[int, int]:
    if not matched:
        return 0, 0
    first, last = min(matched), max(matched)
    start = max((stop for stop in stops if stop <= first), default=0)
    end = min((stop for stop in stops if stop > last), default=length)
    return start, end


def _measure_order(places: Sequence[int]) -> float:
    """The share in [0, 1] of word pairs that stand in the same order; 1 for fewer than two."""
    total = len(places) * (len(places) - 1) // 2
    kept = sum(a < b for n, a in enumerate(places) for b in places[n + 1 :])
    return kept / total if total else 1.0


_MARKS = re.compile(r"[„“”\"»«‚‘’'›‹`´]")
_DASHES = re.compile(r"[‐‑‒–—―-]+")
_OMISSION = re.compile(r"\s*(?:\(\s*(?:\.{3}|…)\s*\)|\[\s*(?:\.{3}|…)\s*\]|\.{3}|…)\s*")
_EDGE = " \t\n.,;:!?"


def find_quotes(claim: str) -> list[Span]:
    """Where the claim quotes: each pair of marks with what is between."""
    return [span for span in pair_quotes(claim) if re.search(r"\w", span.of(claim))]


def find_false_quote(claim: str, quotes: Sequence[Span], texts: Sequence[str]) -> str | None:
    """The first quotation that no text holds verbatim; spaces, dashes and mark styles aside.

    "…" may stand for words left out, inside one text and in its order.
    """
    plain = [_level(text) for text in texts]
    for span in quotes:
        quotation = span.of(claim)[1:-1]
        parts = [part for p in _OMISSION.split(quotation) if (part := _level(p).strip(_EDGE))]
        if not any(_holds(text, parts) for text in plain):
            return quotation
    return None


def _level(text: str) -> str:
    return " ".join(_DASHES.sub("-", _MARKS.sub("", text)).split())


def _holds(text: str, parts: Sequence[str]) -> bool:
    at = 0
    for part in parts:
        # A sentence may open in the middle of the one it quotes.
        match = re.compile(rf"(?<!\w){re.escape(part)}(?!\w)").search(text, at)
        if match is None and part[:1].isalpha():
            turned = part[0].swapcase() + part[1:]
            match = re.compile(rf"(?<!\w){re.escape(turned)}(?!\w)").search(text, at)
        if match is None:
            return False
        at = match.end()
    return True
