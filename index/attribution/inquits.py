"""Inquits whose verb is in no list: "…, gab X zu bedenken" is X's word, known by its shape."""

from __future__ import annotations

import re

from wortlaut.index.attribution.clauses import (
    CONJUNCTIONS,
    FINITE,
    MOODS,
    PREPOSITIONS,
    RELATIVE,
    Frame,
    Unit,
)
from wortlaut.index.attribution.mentions import DETERMINERS, NOT_NAMES, PRONOUNS, Mention, read_mention
from wortlaut.index.attribution.subjects import ADVERBS, SubjectFinder
from wortlaut.index.lang.speech import COMPLEMENT_OPENERS, SUBORDINATORS
from wortlaut.index.lang.words import Words

# Small words that are no finite verb whatever they end in.
_SMALL = (
    NOT_NAMES
    | ADVERBS
    | PREPOSITIONS
    | CONJUNCTIONS
    | SUBORDINATORS
    | RELATIVE
    | FINITE
    | frozenset(DETERMINERS)
    | frozenset(PRONOUNS)
    | frozenset("genannt geboren voran statt samt allen voraussichtlich zuletzt".split())
)
_FINITE_ENDING = re.compile(r"(?:t|te|ten|st|d|b|ß|ss|f|ng|nd|g|k|m|n|h|hl|s|ch|lt|rf)\Z")
_ADJECTIVE = re.compile(r"(?:ig|lich|isch|bar|sam|haft|los|weise|ens|ung|einst|jetzt|sonst)\Z")
# "worauf", "damit", "hierbei".
_ADVERBIAL = ("wo", "da", "hier")
_LONGEST = 22


class InquitReader:
    """Finds the inquits of one text that no listed verb announces."""

    def __init__(self, words: Words, subjects: SubjectFinder) -> None:
        self._words = words
        self._subjects = subjects

    def read(self, unit: Unit) -> Frame | None:
        """The frame of a last clause "…, VERB [..] NAME [..]." behind indirect speech; else None."""
        for number in range(len(unit.clauses) - 1, 0, -1):
            start, end = unit.clauses[number]
            if start in unit.masked or not self._is_verb(unit, start):
                continue
            if end - start > _LONGEST or not self._is_indirect(unit, number):
                return None
            mention = self._find_name(start, end, unit.stop)
            return Frame(mention, "", ((unit.first, start - 1),), at=start) if mention else None
        return None

    def _is_verb(self, unit: Unit, i: int) -> bool:
        """Whether a clause opens with what looks like a finite verb, behind a comma."""
        words, low = self._words, self._words.lows[i]
        if words.words[i - 1] != "," or words.caps[i] or not low.isalpha() or len(low) < 3:
            return False
        if low in _SMALL or _ADJECTIVE.search(low) or low.startswith(_ADVERBIAL):
            return False
        return i + 1 < unit.stop and _FINITE_ENDING.search(low) is not None

    def _is_indirect(self, unit: Unit, number: int) -> bool:
        """Whether a quotation or a main clause in the Konjunktiv stands before clause `number`."""
        lows = self._words.lows
        opening = unit.clauses[0][0]
        if unit.clauses[number][0] - 2 in unit.masked:
            return True
        for start, end in unit.clauses[:number]:
            subordinate = lows[start] in SUBORDINATORS | COMPLEMENT_OPENERS
            subordinate = subordinate or (start > opening and lows[start] in RELATIVE)
            mood = any(lows[k] in MOODS and k not in unit.masked for k in range(start, end))
            if mood and not subordinate:
                return True
        return False

    def _find_name(self, start: int, end: int, stop: int) -> Mention | None:
        """Who stands behind the verb, adverbs and "ihm" aside."""
        mention = read_mention(self._words, self._subjects.skip(start + 1, end), stop)
        if mention is None or mention.first >= end:
            return None
        if mention.kind == "person" or self._subjects.speaks(mention):
            return mention if self._subjects.rank(mention) >= 0 else None
        return None
