"""A claim and its evidence, read and lined up word by word: what the rules decide on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise, takewhile
from typing import Literal

from rapidfuzz import fuzz

from wortlaut.index.article import Span
from wortlaut.index.lang.words import Language, Word
from wortlaut.index.reading.quotes import pair_quotes
from wortlaut.rag.verification.attribution import Attribution, read_attribution
from wortlaut.rag.verification.evidence import CitedSpan, ReadText, merge_texts, read_text
from wortlaut.rag.verification.names import find_name_runs
from wortlaut.rag.verification.negation import is_negator

_ALIKE = 82.0
_SHORTEST_ALIKE = 5
_LONGEST_ENDING = 4

_MARKS = re.compile(r"[„“”\"»«‚‘’'›‹`´]")
_DASHES = re.compile(r"[‐‑‒–—―-]+")
_OMISSION = re.compile(r"\s*(?:\(\s*(?:\.{3}|…)\s*\)|\[\s*(?:\.{3}|…)\s*\]|\.{3}|…)\s*")
_EDGE = " \t\n.,;:!?"

_NEAR_COPY = 0.7
_FEWEST_KEPT = 2
# What part of the said words a clause has that the claim tells: one without a verb, one with a verb
# of the claim, and one whose verb the claim may put otherwise.
_TOLD, _WITH_VERB, _OWN_VERB = 0.3, 0.2, 0.4
# How near a word comes to the nearest of others, as a cosine; 0 without any.
CompareWords = Callable[[str, Sequence[str]], float]
Pair = Literal["same", "en-de", "ru-de", "other"]


@dataclass(frozen=True, slots=True)
class ClaimCase:
    """Everything known about one claim.

    `said` is the claim without who says it, `core` the positions of its words; `cited` the spans
    as one text; `beside` the sentences next to them; `alignment` only where both are in one
    language; `runs` the claim's proper names; `known` parts of known names by sound; `compare`
    tells how near words are.
    """

    claim: ReadText
    said: str
    attribution: Attribution
    quotes: tuple[Span, ...]
    evidence: tuple[CitedSpan, ...]
    cited: ReadText
    core: tuple[int, int]
    sentences: tuple[str, ...]
    alignment: Alignment | None
    runs: tuple[tuple[Word, ...], ...]
    known: frozenset[str]
    beside: tuple[str, ...]
    pair: Pair
    compare: CompareWords


@dataclass(frozen=True, slots=True)
class Alignment:
    """Pairs of claim and cited word positions; `window` is the range of the cited ones.

    `novel` are the claim's content words that the cited text lacks, `changed` those that only begin
    like one of it, `dropped` the content words of the window that the claim lacks.
    """

    pairs: dict[int, int]
    window: tuple[int, int]
    coverage: float
    order: float
    novel: tuple[Word, ...]
    changed: tuple[Word, ...]
    dropped: tuple[Word, ...]


def read_case(
    text: str,
    evidence: Sequence[CitedSpan],
    language: Language,
    names: frozenset[str],
    compare: CompareWords,
) -> ClaimCase:
    """The claim, lined up with the spans it cites."""
    claim = read_text(text, language)
    cited = merge_texts([item.span for item in evidence])
    attribution = read_attribution(text, language)
    same = cited.language == language
    core = _find_core(claim, attribution.said)
    return ClaimCase(
        claim,
        attribution.said,
        attribution,
        tuple(find_quotes(text)),
        tuple(evidence),
        cited,
        core,
        tuple(sentence for item in evidence for sentence in item.sentences),
        align(claim.words, cited.words, cited.stops, core) if same else None,
        tuple(tuple(run) for run in find_name_runs(claim.words, text, language, names)),
        names,
        _find_beside(evidence),
        _find_pair(language, cited.language),
        compare,
    )


def is_near_copy(case: ClaimCase) -> bool:
    """Whether most of the claim's words stand in the cited text, in one language."""
    return case.alignment is not None and case.alignment.coverage >= _NEAR_COPY


def list_told_words(case: ClaimCase, *, with_leads: bool = False) -> tuple[Word, ...]:
    """The cited words of the clauses that the claim tells: what they deny or leave open, it must too.

    Such a clause has a good part of the words that are said, one that is no noun among them: "Chef
    der FDP ist X" tells nothing of what X, chef of the FDP, wants. `with_leads` adds the clauses
    that lead up to them: "Er drohte, …".
    """
    if case.alignment is None:
        return case.cited.words
    words = case.cited.words
    said = [n for n in range(*case.core) if case.claim.words[n].is_content]
    matched = {case.alignment.pairs[n] for n in said if n in case.alignment.pairs}
    # A verb of the claim's own may be a form of the clause's: "nannte", "zu nennen".
    own = any(
        n not in case.alignment.pairs and not case.claim.words[n].is_capitalised for n in said
    )
    told: list[Word] = []
    before = 0
    for start, stop in pairwise([*filter(case.cited.parts, case.cited.stops), len(words)]):
        clause = [n for n in range(start, stop) if words[n].is_content]
        verbs = [n for n in clause if not words[n].is_capitalised and not is_negator(words[n])]
        inside = sum(n in matched for n in clause)
        least = _TOLD if not verbs else _WITH_VERB if matched.intersection(verbs) else _OWN_VERB
        if (least < _OWN_VERB or own) and inside >= max(1, least * len(matched)):
            told += words[before if with_leads else start : stop]
        before = start
    return tuple(told)


def is_one_word_off(case: ClaimCase) -> bool:
    """Whether one content word of what is said is new, the rest in order and with the same number.

    Without a number, one other word is as often a synonym.
    """
    if case.alignment is None or case.alignment.order < 1:
        return False
    core = [n for n in range(*case.core) if case.claim.words[n].is_content]
    novel = [n for n in core if n not in case.alignment.pairs]
    if not any(case.claim.words[n].low[0].isdecimal() for n in case.alignment.pairs):
        return False
    return len(novel) == 1 and len(core) - len(novel) >= _FEWEST_KEPT


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
    _pair_rest(claim, cited, pairs)
    matched = [pairs[n] for n in content if n in pairs]
    window = _widen(matched, len(cited), stops)
    return Alignment(
        pairs,
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


def _same_term(a: Word, b: Word) -> bool:
    """Whether two words of one language are forms of one, by their beginning or letters."""
    if a.term == b.term:
        return True
    if min(len(a.low), len(b.low)) < _SHORTEST_ALIKE or a.low[0] != b.low[0]:
        return False
    return fuzz.ratio(a.low, b.low) >= _ALIKE


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


def _find_core(claim: ReadText, said: str) -> tuple[int, int]:
    """Which words of the claim are said, where that is one run; else all."""
    start = claim.text.find(said)
    if start < 0:
        return 0, len(claim.words)
    inside = [n for n, w in enumerate(claim.words) if start <= w.start < start + len(said)]
    return (inside[0], inside[-1] + 1) if inside else (0, len(claim.words))


def _find_beside(evidence: Sequence[CitedSpan]) -> tuple[str, ...]:
    """The sentences next to the cited ones that no other citation covers."""
    cited = {sentence for item in evidence for sentence in item.sentences}
    return tuple(dict.fromkeys(s for item in evidence for s in item.beside if s not in cited))


def _find_pair(claim: Language, cited: Language) -> Pair:
    if claim == cited:
        return "same"
    if cited == "de":
        return "en-de" if claim == "en" else "ru-de"
    return "other"


def _pair_rest(claim: Sequence[Word], cited: Sequence[Word], pairs: dict[int, int]) -> None:
    free = [n for n in range(len(cited)) if n not in set(pairs.values()) and _tells(cited[n])]
    for at, word in enumerate(claim):
        if at in pairs or not _tells(word):
            continue
        found = next((n for n in free if _same_term(word, cited[n])), None)
        if found is not None:
            pairs[at] = found
            free.remove(found)


def _tells(word: Word) -> bool:
    return word.is_content or word.low[0].isdecimal()


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
