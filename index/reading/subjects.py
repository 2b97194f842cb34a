"""Who does what a verb says, and where what is said begins: the verb's subject and complement."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container
from dataclasses import replace

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.roles import names_institution, role_gender
from wortlaut.index.lang.verbs import (
    BE,
    COMPLEMENT_OPENERS,
    DOCUMENTS,
    HAVE,
    MEASURES,
    SUBORDINATORS,
    VerbForm,
)
from wortlaut.index.lang.words import Words, read_class, read_function_words
from wortlaut.index.reading.cast import ADVERB, Cast
from wortlaut.index.reading.clauses import (
    CONJUNCTIONS,
    MOODS,
    OBLIQUE,
    PREPOSITIONS,
    QUOTE_MARKS,
    RELATIVE,
    THAT,
    Unit,
    is_final,
    is_relative,
)
from wortlaut.index.reading.mentions import (
    ADJECTIVE_ENDINGS,
    DETERMINERS,
    PRONOUNS,
    Mention,
    can_speak,
    noun_follows,
    read_mention,
    read_run,
)

ADVERBS = read_function_words("after-verb")
_CALENDAR = frozenset(
    [*list_forms("month", "de"), *list_forms("weekday", "de"), *list_forms("daypart", "de")]
)
_ARTICLES = frozenset({"das", "dem", "ihr"})
_AND = frozenset({"und", "sowie"})
_AMONG = (["unter", "anderem"], ["unter", "anderen"], ["zum", "beispiel"], ["vor", "allem"])
_RELATIVES = frozenset("dem der den denen dessen deren".split())
# Konjunktiv II that is the narrator's as often: indirect speech only behind its verb or noun.
_ALSO_PAST = frozenset({"könnte", "wäre", "dürfte"})
_FOCUS = frozenset({"selbst", "sogar", "gerade", "insbesondere", "besonders", "allein", "nur"})
_QUESTIONS = read_class("question", "de") - {"wer", "was"}
_QUANTITIES = read_function_words("quantity", "de") | {"diese", "jene", "manche", "alle"}
_PARTICLES_OF_NAMES = frozenset({"von", "van", "zu", "de"})
_NOMINATIVE = frozenset({"er", "man", "ich", "wir"})
_OBJECTS = frozenset({"den", "dem", "denen"})
# "X warnte davor, indem sie sagte": a clause whose pronoun is the main clause's subject.
_SAME_SUBJECT = frozenset({"indem"})
_WHOSE = frozenset({"dessen", "deren"})
_SOURCES = read_function_words("origin")
_LONGEST_LABEL = 2
_FARTHEST_ANTECEDENT = 12

_MODALS = read_function_words("modal", "de") | read_function_words("finite", "de")
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
        """Past adverbs, "am Dienstag", "dem Sender" (and "in Genf") to where the subject may stand."""
        for _ in range(8):
            if i < stop and self._is_article(i, stop):
                dative = self._past_dative(i, stop)
                if dative == i:
                    break
                i = dative
            elif self._opens_phrase(i, stop):
                i += 2
            elif i < stop and self._is_adverb(i):
                i += 1
            elif phrases and i < stop and self._words.lows[i] in PREPOSITIONS:
                phrase = read_mention(self._words, i + 1, stop)
                if phrase is None:
                    break
                i = phrase.stop
            else:
                break
        return i

    def _is_article(self, i: int, stop: int) -> bool:
        """Whether a word that is an adverb elsewhere has its noun behind it: "das Gericht"."""
        return self._words.lows[i] in _ARTICLES and noun_follows(self._words, i + 1, stop)

    def _opens_phrase(self, i: int, stop: int) -> bool:
        """Whether two words say when or among what: "am Wochenende", "unter anderem"."""
        if i + 1 >= stop:
            return False
        day = self._words.lows[i] == "am" and self._is_plain_noun(i + 1)
        return day or self._words.lows[i : i + 2] in _AMONG

    def _is_plain_noun(self, i: int) -> bool:
        return self._words.caps[i] and role_gender(self._words.lows[i]) is None

    def _past_dative(self, i: int, stop: int) -> int:
        """Behind "dem Sender", before whom the run of capitals goes on with: "Ministerin Holm"."""
        if self._words.lows[i] != "dem":
            return i
        first = next(k for k in range(i + 1, stop) if self._words.caps[k])
        run = read_run(self._words, first, stop)
        named = self._cast.find_place(first, run)
        offices = [k for k in range(first + 1, run) if role_gender(self._words.lows[k]) is not None]
        if offices or (named is not None and named > first):
            return min([*offices, named or run])
        phrase = read_mention(self._words, i, stop)
        return phrase.stop if phrase else run

    def _is_adverb(self, i: int) -> bool:
        low = self._words.lows[i]
        if low in ADVERBS or low in _CALENDAR or low == "ihn":
            return True
        return low.endswith(("tag", "abend")) and i > 0 and self._words.lows[i - 1] == "am"

    def find(self, unit: Unit, number: int, finite: int, inverted: bool) -> Mention | None:
        """The subject of the verb at word `finite` in clause `number`, with its number.

        `inverted`: what is said stands before the verb ("…, sagte X").
        """
        mention = self._find(unit, number, finite, inverted)
        if mention is None or mention.kind != "pronoun":
            return mention
        low = self._words.lows[finite]
        led = self._words.lows[finite + 1 : finite + 2]  # "als sie sagen musste"
        several = (low.endswith(("en", "ern", "eln")) or low == "sind") and _MODALS.isdisjoint(led)
        they = self._words.lows[mention.first] == "sie" and mention.stop - mention.first == 1
        return replace(mention, plural=True) if several and they else mention

    def _find(self, unit: Unit, number: int, finite: int, inverted: bool) -> Mention | None:
        """The subject of the verb at word `finite` in clause `number`.

        `inverted`: what is said stands before the verb ("…, sagte X").
        """
        lows, stop = self._words.lows, unit.stop
        start, end = unit.clauses[number]
        opener = lows[start]
        asked = opener in SUBORDINATORS or opener in _QUESTIONS
        if asked and start < finite and is_final(finite, end):
            own = read_mention(self._words, self.skip(start + 1, stop), stop)
            shared = opener in _SAME_SUBJECT and own and own.kind == "pronoun"
            return (self.find_first(unit, start) if shared else None) or own
        behind = lows[start + 1] if start + 1 < stop else ""
        led = start > unit.first and opener in PREPOSITIONS and behind in _RELATIVES
        if led and is_final(finite, end):
            return read_mention(self._words, self.skip(start + 2, stop), stop)
        if finite + 1 < stop and lows[finite + 1] in _NOMINATIVE:
            return read_mention(self._words, finite + 1, stop)
        joined = self._find_joined(unit, start, finite)
        if joined:
            return joined
        after = self._after(finite, start, stop)
        if opener in _WHOSE and start > unit.first and is_final(finite, end):
            return read_mention(self._words, start + 1, finite)
        if is_relative(self._words, unit, start) and is_final(finite, end):
            return self._find_in_relative(start, finite) or self._antecedent(unit, start) or after
        if start == finite or (opener in CONJUNCTIONS and finite == start + 1):
            # "Y, Chef von Z, sagte, …": the verb opens its clause without being inverted.
            appositive = start > unit.first and not inverted and start - 1 not in unit.masked
            if after and start == finite and not appositive:
                return after
            first = self.find_first(unit, start)
            object_first = first and after and self.speaks(after) and not self.speaks(first)
            return after if object_first else first or after
        if opener == "so" and finite == start + 1 and after:
            return after
        before = self._before(start + (opener in CONJUNCTIONS or opener == "sowohl"), finite)
        if before and after and self._is_rather(after, before, finite):
            return after
        return before or after or self.find_first(unit, start)

    def _find_joined(self, unit: Unit, start: int, finite: int) -> Mention | None:
        """The subject of the verb before "und", which this one shares: "X kam und forderte Geld"."""
        lows = self._words.lows
        opens = start == unit.first or start - 1 in unit.masked
        if finite - start < 3 or lows[finite - 1] not in _AND or not opens:
            return None
        return self.scan(start, finite - 1)

    def scan(self, start: int, end: int) -> Mention | None:
        """The first noun phrase in words `[start, end)` that may be a subject by its case."""
        words, lows = self._words, self._words.lows
        k = start
        while k < end:
            phrase = None
            leads = lows[k] in PREPOSITIONS or lows[k] in OBLIQUE
            if words.caps[k] or lows[k] in DETERMINERS or lows[k] in PRONOUNS or leads:
                phrase = read_mention(words, k + (lows[k] in PREPOSITIONS), end)
            if phrase and not leads and not self.is_setting(phrase):
                return phrase
            k = max(k + 1, phrase.stop if phrase else 0)
        return None

    def _find_in_relative(self, start: int, finite: int) -> Mention | None:
        """The subject behind a relative pronoun that is none: "die Zahl, die [Holm] nannte"."""
        words, lows = self._words, self._words.lows
        inner = read_mention(words, self.skip(start + 1, finite), finite)
        if inner is None or lows[start] == "der" or inner.stop > finite:
            return None
        low = lows[inner.first]
        if lows[start] in _OBJECTS or low in _NOMINATIVE:
            return inner if self.rank(inner) >= 0 else None
        if low == "der":
            name = words.words[inner.first + 1]
            return inner if inner.gender == "m" and (inner.role or name.isupper()) else None
        known = inner.kind == "person" and self.rank(inner) > 0 and not lows[finite].endswith("n")
        return inner if known and low not in DETERMINERS else None

    def is_setting(self, mention: Mention) -> bool:
        """Whether a phrase says when, how or how much: "Offiziell", "Lange Zeit", "zehn Tonnen"."""
        lows = self._words.lows
        if mention.kind in ("role", "pronoun") or mention.role:
            return False
        if not self._words.words[mention.stop - 1][-1].isalnum():
            return False  # „Die Zeit“
        inside = range(mention.first, mention.stop)
        head = next((k for k in inside if self._words.caps[k] and lows[k] not in DETERMINERS), -1)
        if mention.stop - mention.first == 1 and ADVERB.search(lows[mention.first]):
            return mention.kind == "person"
        # An adjective that opens the sentence has a capital, too: "Lange Zeit".
        opens = head == mention.first and lows[head].endswith(ADJECTIVE_ENDINGS)
        return lows[head] in MEASURES or (
            opens and lows[min(head + 1, mention.stop - 1)] in MEASURES
        )

    def _is_rather(self, after: Mention, before: Mention, finite: int) -> bool:
        """Whether the subject stands behind the verb, the object before it."""
        low = self._words.lows[finite]
        plural = low.endswith("en") or low == "sind"
        if (
            plural
            and after.kind == "person"
            and self._words.lows[after.stop : after.stop + 1] != ["und"]
        ):
            return False  # "Kritiker werfen Holm vor, …"
        oblique = self.rank(before) < 0 <= self.rank(after) and after.kind == "person"
        return oblique or self.rank(after) > self.rank(before) + 1

    def _after(self, finite: int, start: int, stop: int) -> Mention | None:
        after = read_mention(self._words, self.skip(finite + 1, stop), stop)
        if after is None and start == finite:
            after = read_mention(self._words, self.skip(finite + 1, stop, True), stop)
        if after and self.is_setting(after):
            after = read_mention(self._words, self.skip(after.stop, stop), stop)
        return after

    def _read_noble(self, start: int, stop: int) -> Mention | None:
        """A name that opens with its particle: "Von der Leyen", if it is a person's."""
        words, lows = self._words, self._words.lows
        if lows[start] not in _PARTICLES_OF_NAMES or not words.caps[start]:
            return None
        last = start + 1 + (lows[start + 1 : start + 2] in (["der"], ["den"], ["dem"]))
        if last >= stop or not words.caps[last]:
            return None
        figure = self._cast.find_name(words.words[last], last)
        if figure is None or f" {lows[start]} " not in f" {figure.name}":
            return None
        span = Span(words.starts[start], words.ends[last])
        return Mention(start, last + 1, span, "person", figure.name)

    def _read_attributed(self, start: int, finite: int) -> Mention | None:
        """A noun with a phrase before it and no article: "[In Brenn lebende Seeleute] sagten"."""
        words = self._words
        k = start + 1
        if k + 2 >= finite or not words.caps[k] or words.caps[k + 1] or not words.caps[k + 2]:
            return None
        if not words.lows[k + 1].endswith(("ende", "enden", "te", "ten")):
            return None
        noun = read_mention(words, k + 2, finite)
        return (
            replace(noun, first=start, span=Span(words.starts[start], noun.span.end))
            if noun
            else None
        )

    def _before(self, start: int, finite: int) -> Mention | None:
        start += start + 1 < finite and self._words.lows[start] in _FOCUS
        noble = self._read_noble(start, finite)
        if noble and noble.stop == finite:
            return noble
        if self._words.lows[start] in PREPOSITIONS:
            return self._read_attributed(start, finite)
        several = self._words.lows[start] != "diese" or self._words.lows[finite].endswith("en")
        if self._words.lows[start] in _QUANTITIES and finite == start + 1 and several:
            span = Span(self._words.starts[start], self._words.ends[start])
            return Mention(start, finite, span, "group", "")
        before = read_mention(self._words, min(self.skip(start, finite), finite - 1), finite)
        return None if before and self.is_setting(before) else before

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
        medium = mention.kind == "group" and mention.name and " " not in mention.name
        named = medium and names_institution(
            " ".join(self._words.words[mention.first : mention.stop])
        )
        return can_speak(mention) or self.rank(mention) > 0 or bool(named)

    def find_first(self, unit: Unit, before: int) -> Mention | None:
        """The subject of the clauses before word `before`: for verbs that share it."""
        lows = self._words.lows
        first: Mention | None = None
        for start, end in unit.clauses:
            if start >= before:
                break
            if end < before and self._words.words[end] == ":" and end - start <= _LONGEST_LABEL:
                continue  # "VERKEHR: Die Polizei …"
            if start in unit.masked or lows[start] in SUBORDINATORS - {"als", "seit"}:
                continue
            if is_relative(self._words, unit, start) and not self._words.caps[end - 1]:
                continue
            if (
                lows[start] == "als"
                and start + 1 < end
                and lows[start + 1] in DETERMINERS
                and not self._words.caps[end - 1]
            ):
                continue
            if first is None and lows[start] not in PREPOSITIONS:
                first = read_mention(self._words, self._past_verb(unit, start), unit.stop)
                if first and self.is_setting(first):
                    first = None
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
            attributive = lows[k - 1] in OBLIQUE | PREPOSITIONS or lows[k - 1] in DETERMINERS
            past = lows[k].endswith(("te", "ten")) and not attributive
            if lows[k] in HAVE | BE or lows[k] in self._verbs or past:
                mention = read_mention(self._words, self.skip(k + 1, end), stop)
                if mention and (rival is None or self.rank(mention) > 0):
                    return mention
        return None

    def find_agent(self, start: int, end: int) -> Mention | None:
        """The agent of a passive clause: "wird von X gefordert"."""
        found = [
            agent
            for k in range(start, end - 1)
            if self._words.lows[k] in {"von", "vom", "durch", "by"}
            for agent in [read_mention(self._words, k + 1, end)]
            if agent
        ]
        return next(filter(self.speaks, found), found[0] if found else None)

    def find_text(self, unit: Unit, number: int) -> Mention | None:
        """The text in which it is said, before clause `number` or in it: "In dem Brief, der …"."""
        for start, end in unit.clauses[: number + 1]:
            for k in range(start, end - 1):
                source = self._words.lows[k] in _SOURCES and k not in unit.masked
                mention = read_mention(self._words, k + 1, end) if source else None
                if mention and self._is_text(mention):
                    return mention
        return None

    def _is_text(self, mention: Mention) -> bool:
        inside = range(mention.first, mention.stop)
        head = next((k for k in inside if self._words.caps[k]), mention.first)
        while head + 1 < mention.stop and self._words.caps[head + 1]:
            head += 1
        nouns = self._words.lows[mention.first : head + 1]
        return any(DOCUMENTS.search(low) for low in nouns)

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
        if opener in QUOTE_MARKS and lows[end + 2 : end + 3] and lows[end + 2] in THAT:
            return end + 1  # "hofft, „dass es hält“"
        if words.words[end] == ":" or opener in COMPLEMENT_OPENERS:
            return end + 1
        if opener in self._verbs and lows[end + 2 : end + 4] != ["zu", "haben"]:
            return None
        # "forderte auf, die Zahlung auszusetzen, bis er gehe" has no relative clause.
        relative = opener in RELATIVE and not self._ends_in_infinitive(unit, number + 1)
        if relative and (skipped := self._past_relative(unit, number, strict)):
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
        if any(low in MOODS or low in _ALSO_PAST for low in lows[end + 1 : unit.stop]):
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

    def _ends_in_infinitive(self, unit: Unit, number: int) -> bool:
        """Whether the last word of a clause is its infinitive with "zu"."""
        if number >= len(unit.clauses):
            return False
        start, end = unit.clauses[number]
        lows = self._words.lows
        if end - start < 2 or self._words.caps[end - 1]:
            return False
        return _JOINED.search(lows[end - 1]) is not None or (
            lows[end - 2] == "zu" and lows[end - 1].endswith("n")
        )
