"""Where the clause begins that says what is said."""

from __future__ import annotations

import re
from collections.abc import Container

from wortlaut.index.attribution.clauses import CONJUNCTIONS, MOODS, PREPOSITIONS, RELATIVE, THAT, Unit
from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.speech import COMPLEMENT_OPENERS, SUBORDINATORS
from wortlaut.index.lang.verbs import VerbForm
from wortlaut.index.lang.words import Words

_PARTICLES = read_function_words("prefix")
_PURPOSE = frozenset({"um", "ohne", "statt", "anstatt"})
_JOINED = re.compile(rf"\A(?:{'|'.join(sorted(read_function_words('separable')))})zu\w+en\Z")


class ComplementFinder:
    """Finds the complements of speech verbs and nouns in one text."""

    def __init__(self, words: Words, verbs: Container[str]) -> None:
        self._words = words
        self._verbs = verbs

    def find(self, unit: Unit, number: int, form: VerbForm, strict: bool) -> int | None:
        """The word at which what clause `number` announces begins; None if nothing follows.

        `strict` takes only dass-clauses, infinitives and what follows a colon.
        """
        words, lows = self._words, self._words.lows
        end = unit.clauses[number][1]
        if end + 1 >= unit.stop or words.words[end] not in ",:":
            return None
        opener = lows[end + 1]
        if words.words[end] == ":" or opener in COMPLEMENT_OPENERS:
            return end + 1
        if opener in self._verbs and lows[end + 2 : end + 4] != ["zu", "haben"]:
            return None
        if opener in RELATIVE and (skipped := self._past_relative(unit, number, strict)):
            return skipped
        if opener not in _PURPOSE and self._is_infinitive(unit, number + 1):
            return end + 1
        if strict or opener in CONJUNCTIONS or opener in SUBORDINATORS:
            return None
        return end + 1 if self._is_indirect(unit, number, form) else None

    def _is_indirect(self, unit: Unit, number: int, form: VerbForm) -> bool:
        """Whether the clause that follows is indirect speech without "dass"."""
        lows, end = self._words.lows, unit.clauses[number][1]
        opener, last = lows[end + 1], lows[end - 1]
        if any(low in MOODS for low in lows[end + 1 : unit.stop]):
            return True
        # No relative clause can follow a verb or its particle: "erklärte, die Lage …".
        if last in _PARTICLES or (last in self._verbs and form.form == "finite"):
            return form.group != "think"
        if form.group != "say":
            return False
        return opener not in PREPOSITIONS if opener not in RELATIVE else self._is_main(unit, number)

    def _is_main(self, unit: Unit, number: int) -> bool:
        """Whether the next clause, opening with "die", is no relative one: it ends in a noun."""
        _, end = unit.clauses[min(number + 1, len(unit.clauses) - 1)]
        return self._words.caps[end - 1 - (not self._words.lows[end - 1].isalnum())]

    def _past_relative(self, unit: Unit, number: int, strict: bool) -> int | None:
        """Behind a relative clause, if that is what is said: "sagte X, der Y leitet, dass"."""
        lows = self._words.lows
        relative = unit.clauses[number + 1 : number + 2]
        if not relative or any(low in MOODS for low in lows[slice(*relative[0])]):
            return None
        for start, end in unit.clauses[number + 2 : number + 6]:
            if lows[start] in THAT:
                return start
            if not strict and any(low in MOODS for low in lows[start:end]):
                return start if lows[start] not in CONJUNCTIONS | SUBORDINATORS else None
        return None

    def _is_infinitive(self, unit: Unit, number: int) -> bool:
        """Whether a clause is "… zu tun": its last words say so."""
        if number >= len(unit.clauses):
            return False
        lows, caps = self._words.lows, self._words.caps
        start, end = unit.clauses[number]
        for k in range(max(start, end - 4), end - 1):
            if lows[k] == "zu" and lows[k + 1].endswith("n") and not caps[k + 1]:
                return True
        return any(_JOINED.search(low) for low in lows[max(start, end - 2) : end])
