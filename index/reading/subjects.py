"""Who does what a verb says, and where what is said begins: the verb's subject and complement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from dataclasses import replace

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.verbs import BE, COMPLEMENT_OPENERS, HAVE, SUBORDINATORS, VerbForm
from wortlaut.index.lang.words import Words, read_function_words
from wortlaut.index.reading.cast import Cast
from wortlaut.index.reading.clauses import (
    CONJUNCTIONS,
    MOODS,
    OBLIQUE,
    PREPOSITIONS,
    RELATIVE,
    THAT,
    Unit,
    is_final,
)
from wortlaut.index.reading.mentions import DETERMINERS, Mention, can_speak, read_mention

ADVERBS = read_function_words("after-verb")
_CALENDAR = frozenset(
    [*list_forms("month", "de"), *list_forms("weekday", "de"), *list_forms("daypart", "de")]
)
_WHOSE = frozenset({"dessen", "deren"})
_SOURCES = read_function_words("origin")
_FARTHEST_ANTECEDENT = 12

_PARTICLES = read_function_words("prefix")
_PURPOSE = frozenset({"um", "ohne", "statt", "anstatt"})
_JOINED = re.compile(rf"\A(?:{'|'.join(sorted(read_function_words('separable')))})zu\w+en\Z")


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
