"""What speaks for a claim's not being drawn from its contexts: signs that need no training."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from eval.faithfulness.claims import says_what_lacks
from eval.faithfulness.rarity import Rarity
from rag.language import Language
from rag.verification.numerals import read_numeral, read_ordinal
from rag.verification.words import Word, read_words

# What numbers a list or a passage counts nothing in the world.
_LISTING = re.compile(
    r"\A\s*\(?\d{1,2}[.):]\s|\b(?:passages?|steps?|sources?|contexts?) \d+(?:(?:,| and| &|-)+ ?\d+)*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SPACED = re.compile(r"\d{1,3}(?:[,.]? \d{3})+(?!\d)")
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of one claim; the greater, the less it rests on the contexts.

    `novelty` is log(1 + nats) of the rarity of content words that neither the contexts nor the
    question hold; `new_pairs` in [0, 1] the share of neighbouring words that are no neighbours
    there; `broken` in [0, 1] the share of the claim outside its longest copied run; `apart` in
    [-2, 2] how little nearer the claim is to its nearest context sentence than to all of them.
    `strange_numbers` are numbers that the contexts and the question do not have, in digits or words.
    `leads_in` and `is_about_sources` mark sentences that claim nothing: "The steps are:", "The
    passages do not say when." `new_words` are the novel words, rarest first.
    """

    novelty: float
    new_pairs: float
    broken: float
    apart: float
    leads_in: bool
    is_about_sources: bool
    strange_numbers: tuple[str, ...] = ()
    new_words: tuple[str, ...] = ()

    def as_vector(self) -> tuple[float, ...]:
        """The signs as numbers, in the order that `WEIGHTS` has."""
        return (
            self.novelty,
            self.new_pairs,
            self.broken,
            self.apart,
            -float(self.leads_in),
            -float(self.is_about_sources),
            float(bool(self.strange_numbers)),
        )


class SourceWords:
    """What the contexts of an answer say, word by word, to hold its claims against."""

    def __init__(
        self, question: str, contexts: Sequence[str], rarity: Rarity, language: Language
    ) -> None:
        terms = [[word.term for word in read_words(context)] for context in contexts]
        self._rarity = rarity
        self._numbers = _list_numbers("\n".join([question, *contexts]), language)
        self._known = {term for context in terms for term in context}
        self._known |= {word.term for word in read_words(question)}
        self._pairs = {pair for context in terms for pair in pairwise(context)}
        self._text = "\n".join(f" {' '.join(context)} " for context in terms)

    def find_signs(self, claim: str, apart: float) -> Signs:
        """The claim's signs; `apart` comes from the embedder."""
        words = read_words(claim)
        terms = [word.term for word in words]
        new = {w.low: self._rarity(w.low) for w in words if self._is_new(w)}
        pairs = list(pairwise(terms))
        return Signs(
            novelty=math.log1p(sum(new.values())),
            new_pairs=sum(pair not in self._pairs for pair in pairs) / max(1, len(pairs)),
            broken=1 - _find_longest_run(terms, self._holds) / max(1, len(terms)),
            apart=apart,
            leads_in=claim.rstrip().endswith(":"),
            is_about_sources=says_what_lacks(claim),
            strange_numbers=self._find_strange(claim),
            new_words=tuple(sorted(new, key=lambda word: (-new[word], word))),
        )

    def _find_strange(self, claim: str) -> tuple[str, ...]:
        text = _LISTING.sub(" ", claim)
        found = [match[0] for match in _NUMBER.finditer(text)]
        return tuple(each for each in found if not _spell(each) & self._numbers)

    def _is_new(self, word: Word) -> bool:
        return word.is_content and word.term not in self._known

    def _holds(self, run: Sequence[str]) -> bool:
        return f" {' '.join(run)} " in self._text


def _list_numbers(text: str, language: Language) -> set[str]:
    """Every number of the text as digits; "3, 800" is read both ways."""
    found = set().union(*(_spell(match[0]) for match in _NUMBER.finditer(text)))
    found |= {"".join(_DIGITS.findall(match[0])) for match in _SPACED.finditer(text)}
    for word in set(_WORDS.findall(text.casefold())):
        value = read_numeral(word, language) or read_ordinal(word, language)
        if value is not None and value == int(value):
            found.add(str(int(value)))
    return found


def _spell(number: str) -> set[str]:
    """The digits in one piece: "3,800" is 3800, "5.0" is 5 too."""
    return {"".join(_DIGITS.findall(number)), re.sub(r"[.,]0+\Z", "", number)}


def _find_longest_run(terms: Sequence[str], holds: Callable[[Sequence[str]], bool]) -> int:
    """The length of the longest run of terms that `holds`, by a window that only grows."""
    start = longest = 0
    while start + longest < len(terms):
        if holds(terms[start : start + longest + 1]):
            longest += 1
        else:
            start += 1
    return longest
