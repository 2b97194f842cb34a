"""A claim and its evidence, read and lined up: what the rules decide on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from wortlaut.index.article import Span
from wortlaut.index.lang.language import Language
from wortlaut.index.lang.words import Word
from wortlaut.rag.verification.attribution import Attribution, read_attribution
from wortlaut.rag.verification.copying import Alignment, align, find_quotes
from wortlaut.rag.verification.evidence import CitedSpan, ReadText, merge_texts, read_text
from wortlaut.rag.verification.names import find_names

_NEAR_COPY = 0.7
_FEWEST_KEPT = 2
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
        tuple(tuple(run) for run in find_names(claim.words, text, language, names)),
        names,
        _find_beside(evidence),
        _find_pair(language, cited.language),
        compare,
    )


def is_near_copy(case: ClaimCase) -> bool:
    """Whether most of the claim's words stand in the cited text, in one language."""
    return case.alignment is not None and case.alignment.coverage >= _NEAR_COPY


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
