"""Who does what a verb says: the noun phrase that word order makes its subject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container
from dataclasses import replace

from wortlaut.index.article import Span
from wortlaut.index.attribution.cast import Cast
from wortlaut.index.attribution.clauses import CONJUNCTIONS, OBLIQUE, PREPOSITIONS, RELATIVE, Unit, is_final
from wortlaut.index.attribution.mentions import DETERMINERS, Mention, can_speak, read_mention
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.speech import BE, HAVE, SUBORDINATORS
from wortlaut.index.lang.words import Words

ADVERBS = read_function_words("after-verb")
_CALENDAR = frozenset(
    [*list_forms("month", "de"), *list_forms("weekday", "de"), *list_forms("daypart", "de")]
)
_WHOSE = frozenset({"dessen", "deren"})
_SOURCES = read_function_words("origin")
_FARTHEST_ANTECEDENT = 12


class SubjectFinder:
    """Finds the subjects of one text's verbs."""

    def __init__(self, words: Words, cast: Cast, verbs: Container[str]) -> None:
        self._words = words
        self._cast = cast
        self._verbs = verbs
        self._counts = Counter(words.words)

    def skip(self, i: int, stop: int, phrases: bool = False) -> int:
        """Past adverbs, "am Dienstag" (and "in Genf") to where the subject may stand."""
        for _ in range(8):
            if i < stop and self._is_adverb(i):
                i += 1
            elif phrases and i < stop and self._words.lows[i] in PREPOSITIONS:
                phrase = read_mention(self._words, i + 1, stop)
                if phrase is None:
                    break
                i = phrase.stop
            else:
                break
        return i

    def _is_adverb(self, i: int) -> bool:
        low = self._words.lows[i]
        if low in ADVERBS or low in _CALENDAR:
            return True
        return low.endswith(("tag", "abend")) and i > 0 and self._words.lows[i - 1] == "am"

    def find(self, unit: Unit, number: int, finite: int, inverted: bool) -> Mention | None:
        """The subject of the verb at word `finite` in clause `number`.

        `inverted`: what is said stands before the verb ("…, sagte X").
        """
        lows, stop = self._words.lows, unit.stop
        start, end = unit.clauses[number]
        opener = lows[start]
        if opener in SUBORDINATORS and start < finite and is_final(finite, end):
            return read_mention(self._words, self.skip(start + 1, stop), stop)
        after = self._after(finite, start, stop)
        if opener in _WHOSE and start > unit.first and is_final(finite, end):
            return read_mention(self._words, start + 1, finite)
        if opener in RELATIVE and start > unit.first and is_final(finite, end):
            return self._antecedent(unit, start) or after
        if start == finite or (opener in CONJUNCTIONS and finite == start + 1):
            # "Y, Chef von Z, sagte, …": the verb opens its clause without being inverted.
            appositive = start > unit.first and not inverted and start - 1 not in unit.masked
            if after and start == finite and not appositive:
                return after
            return self.find_first(unit, start) or after
        before = self._before(start + (opener in CONJUNCTIONS), finite)
        if before and after and self._is_rather(after, before):
            return after
        return before or after or self.find_first(unit, start)

    def _is_rather(self, after: Mention, before: Mention) -> bool:
        """Whether the subject stands behind the verb, the object before it."""
        oblique = self.rank(before) < 0 <= self.rank(after) and after.kind == "person"
        return oblique or self.rank(after) > self.rank(before) + 1

    def _after(self, finite: int, start: int, stop: int) -> Mention | None:
        after = read_mention(self._words, self.skip(finite + 1, stop), stop)
        if after is None and start == finite:
            after = read_mention(self._words, self.skip(finite + 1, stop, True), stop)
        return after

    def _before(self, start: int, finite: int) -> Mention | None:
        if self._words.lows[start] in PREPOSITIONS:
            return None
        return read_mention(self._words, min(self.skip(start, finite), finite - 1), finite)

    def _antecedent(self, unit: Unit, start: int) -> Mention | None:
        """Whom a relative pronoun stands for: the noun phrase that ends before its comma."""
        for first in range(max(unit.first, start - _FARTHEST_ANTECEDENT), start - 1):
            mention = read_mention(self._words, first, start - 1)
            if mention and mention.stop == start - 1:
                span = Span(self._words.starts[start], self._words.ends[start])
                return replace(mention, span=span)
        return None

    def rank(self, mention: Mention) -> int:
        """How likely a noun phrase is somebody who speaks: -1 (another case) to 3 (an office)."""
        low = self._words.lows[mention.first]
        if low in OBLIQUE or (mention.kind == "pronoun" and low in {"ihm", "ihnen"}):
            return -1
        if mention.role:
            return 3
        if mention.kind == "pronoun":
            return 0 if low == "ihr" else 2
        if mention.kind != "person":
            return 0
        known = self._cast.find_name(mention.name, mention.first) is not None
        return 2 if known or self._counts[mention.name] > 1 else 0

    def speaks(self, mention: Mention) -> bool:
        """Whether a noun phrase is likely somebody, or an institution, that says things."""
        return can_speak(mention) or self.rank(mention) > 0

    def find_first(self, unit: Unit, before: int) -> Mention | None:
        """The subject of the clauses before word `before`: for verbs that share it."""
        lows = self._words.lows
        first: Mention | None = None
        for start, end in unit.clauses:
            if start >= before:
                break
            if start in unit.masked or lows[start] in SUBORDINATORS - {"als", "seit"}:
                continue
            if first is None and lows[start] not in PREPOSITIONS:
                first = read_mention(self._words, self._past_verb(unit, start), unit.stop)
                if first and self.rank(first) > 0:
                    return first
            behind = self._find_behind_verb(start, end, unit.stop, first)
            if behind:
                return behind
        return first

    def _past_verb(self, unit: Unit, start: int) -> int:
        """Behind the verb that opens a later clause: "…, reagierte X" has no adjective."""
        low = self._words.lows[start]
        opens = start > unit.first and low.endswith(("te", "ten")) and low not in DETERMINERS
        return start + 1 if opens and not self._words.caps[start] else start

    def _find_behind_verb(
        self, start: int, end: int, stop: int, rival: Mention | None
    ) -> Mention | None:
        lows = self._words.lows
        for k in range(start + 1, end):
            if lows[k] in HAVE | BE or lows[k] in self._verbs or lows[k].endswith(("te", "ten")):
                mention = read_mention(self._words, self.skip(k + 1, end), stop)
                if mention and (rival is None or self.rank(mention) > 0):
                    return mention
        return None

    def find_agent(self, start: int, end: int) -> Mention | None:
        """The agent of a passive clause: "wird von X gefordert"."""
        for k in range(start, end - 1):
            if self._words.lows[k] in {"von", "vom", "durch", "by"}:
                return read_mention(self._words, k + 1, end)
        return None

    def find_document(self, start: int, end: int) -> Mention | None:
        """Where it says so: "heißt es in einem Bericht", "hieß es aus dem Ministerium"."""
        for k in range(start, end):
            if self._words.lows[k] in _SOURCES:
                mention = read_mention(self._words, k + 1, end)
                if mention:
                    return mention
        return None
