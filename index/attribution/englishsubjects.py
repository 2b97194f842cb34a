"""Who speaks in an English clause: the noun phrase before the verb, behind what opens it."""

from __future__ import annotations

from wortlaut.index.attribution.clauses import Range, Unit
from wortlaut.index.attribution.denials import CONDITIONAL
from wortlaut.index.attribution.englishphrases import (
    ADVERBS,
    CONJUNCTIONS,
    NOBODY,
    PREPOSITIONS,
    RELATIVE,
    EnglishPhrases,
)
from wortlaut.index.attribution.mentions import DETERMINERS, PRONOUNS, Mention
from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.roles import role_gender
from wortlaut.index.lang.speech import BE, HAVE
from wortlaut.index.lang.words import Words

MODALS = read_function_words("en-modal")
# What opens a clause that tells a fact beside the main one.
BESIDE = frozenset("when because though although while whereas".split())


class EnglishSubjects:
    """Finds the subjects of one English text's verbs."""

    def __init__(self, words: Words, phrases: EnglishPhrases) -> None:
        self._words = words
        self._phrases = phrases

    def cut_clause(self, unit: Unit, number: int) -> Range:
        """The clause without the full stop that ends it."""
        start, end = unit.clauses[number]
        while end > start + 1 and not self._words.words[end - 1][0].isalnum():
            end -= 1
        return start, end

    def has_verb(self, start: int, end: int) -> bool:
        """Whether a finite verb, by its looks, is among words `[start, end)`."""
        lows = self._words.lows
        helpers = HAVE | BE | MODALS - {"to"}
        return any(
            lows[k] in helpers or (lows[k].endswith("ed") and not self._words.caps[k])
            for k in range(start, end)
        )

    def is_sentence(self, unit: Unit, number: int) -> bool:
        """Whether what stands before clause `number` is no apposition, but has a verb."""
        start, end = self.cut_clause(unit, number - 1)
        return self._words.lows[start] not in RELATIVE and self.has_verb(start, end)

    def read_apposed(self, unit: Unit, number: int) -> Mention | None:
        """Who speaks behind an apposition: "its director, X, said", "X, director of Y, said"."""
        number -= 1
        while number and self._only_describes(unit, number):
            number -= 1
        start, end = self.cut_clause(unit, number)
        named = all(self._words.caps[start:end]) and end - start <= 4
        if not named and number:
            start, end = unit.clauses[number - 1]
        if self._words.lows[start] in CONDITIONAL:
            return None
        return self._phrases.read(self.past_opener(start, end), end, end)

    def _only_describes(self, unit: Unit, number: int) -> bool:
        """Whether a clause is an age or a relative one: "X, 54, who left in May, said"."""
        start, end = self.cut_clause(unit, number)
        return self._words.lows[start] in RELATIVE or self._words.words[end - 1].isdigit()

    def past_opener(self, start: int, end: int) -> int:
        """Behind the conjunctions and adverbs that open a clause."""
        openers = CONJUNCTIONS | ADVERBS | BESIDE | {"if"}
        while start < end and self._words.lows[start] in openers:
            start += 1
        return start

    def read(self, unit: Unit, number: int, before: int) -> Mention | None:
        """The noun phrase that ends where the verb begins."""
        words, lows = self._words, self._words.lows
        start = self.past_opener(unit.clauses[number][0], before)
        if start >= before:
            return None
        if lows[start] == "whose":
            return self._phrases.read(start + 1, before, before)
        if lows[start] in RELATIVE and number:
            first, end = unit.clauses[number - 1]
            return self._phrases.read(self.past_opener(first, end), end, unit.stop)
        if lows[before - 1] in PRONOUNS or lows[before - 1] in NOBODY:
            return self._phrases.read(before - 1, before, before)
        if lows[before - 1] in {"and", "but"}:
            return self._phrases.read(start, before - 1, before)
        phrase = self._phrases.read(start, before, before)
        if phrase and (phrase.stop == before or self._only_qualifies(phrase.stop, before)):
            return phrase
        k = before
        while k > start and (words.caps[k - 1] or role_gender(lows[k - 1]) is not None):
            k -= 1
        if k == before:
            near = range(before - 1, max(start, before - 6) - 1, -1)
            k = next((j for j in near if lows[j] in DETERMINERS), before)
        return self._phrases.read(k, before, before) or phrase

    def _only_qualifies(self, first: int, end: int) -> bool:
        """Whether words behind a noun phrase belong to it: "police [in Brenn]"."""
        return self._words.lows[first] in PREPOSITIONS and not self.has_verb(first, end)

    def is_conditional(self, unit: Unit, start: int, before: int) -> bool:
        """Whether it is open that the subject before word `before` says it: "if X said"."""
        return any(
            self._words.lows[k] in CONDITIONAL
            and k not in unit.masked
            and not self.has_verb(k + 1, before)
            for k in range(start, before)
        )
