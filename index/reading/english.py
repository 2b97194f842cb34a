"""English sentences: what announces a statement in them, and who says it.

English has no Konjunktiv and needs no comma before what is said, but it keeps its word order: the
speaker stands right before the verb, or right behind it after what is said.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wortlaut.index.article import Span
from wortlaut.index.lang.roles import Gender, read_english_gender, read_role, role_gender
from wortlaut.index.lang.verbs import (
    BE,
    HAVE,
    VerbForm,
    VerbForms,
    list_marked_forms,
    read_plural_groups,
)
from wortlaut.index.lang.words import Words, read_function_words
from wortlaut.index.reading.clauses import (
    CONDITIONAL,
    ONLY,
    Frame,
    Range,
    Unit,
    find_denial,
    names_nobody,
)
from wortlaut.index.reading.mentions import CALENDAR, DETERMINERS, PRONOUNS, Mention, MentionKind

_SUBORDINATE = read_function_words("en-subordinate")
_OBJECT_PREPOSITIONS = frozenset({"on", "for", "of", "against"})
_VIEWS = frozenset({"view", "opinion", "words"})
_LONGEST_ADJUNCT = 8

_ADVERBS = read_function_words("en-adverb")
_CONJUNCTIONS = read_function_words("en-conjunction")
_PREPOSITIONS = read_function_words("en-preposition")
_THAT = frozenset({"that", "whether"})
_RELATIVE = frozenset({"who", "whose", "which"})
_NOBODY = frozenset({"i", "we", "you", "there"})
_OBJECTS: dict[str, Gender] = {"him": "m", "her": "f", "them": ""}
_POSSESSIVES: dict[str, Gender] = {"his": "m", "her": "f", "their": ""}
_LONGEST_PHRASE = 14
_COMPLEMENTS = frozenset("of for from at".split())
_PHRASE_ENDS = _PREPOSITIONS | _RELATIVE | HAVE | BE | _CONJUNCTIONS | {"whether"}
# Of the verbs whose bare form is no noun.
_PLURALS = read_plural_groups()
_APPENDED = list_marked_forms("appended", "infinitive")

_MODALS = read_function_words("en-modal")
# What opens a clause that tells a fact beside the main one.
_BESIDE = frozenset("when because though although while whereas".split())


class EnglishReader:
    """Finds the frames of one English text's sentences."""

    def __init__(self, words: Words, forms: VerbForms) -> None:
        self._words = words
        self._phrases = EnglishPhrases(words, forms)
        self._subjects = EnglishSubjects(words, self._phrases)

    def read_phrases(self, unit: Unit) -> Iterator[Frame]:
        """The frames of "according to X" and "in his view", in order."""
        words, lows = self._words.words, self._words.lows
        for i in range(unit.first, unit.stop - 2):
            if i in unit.masked:
                continue
            mention, cue = None, f"{lows[i]} {lows[i + 1]}"
            if cue == "according to":
                end = unit.clauses[unit.clause_at(i)][1]
                mention = self._phrases.read_pronoun(i + 2, end)
                mention = mention or self._phrases.read(i + 2, end, unit.stop)
            elif lows[i] == "in" and lows[i + 2] in _VIEWS:
                mention, cue = self._phrases.read_possessor(i + 1), f"in {lows[i + 2]}"
            if mention is None:
                continue
            stop = mention.stop
            said = (stop, unit.stop) if i == unit.first else (unit.first, i)
            closed = stop >= unit.stop or not any(map(str.isalnum, words[stop : unit.stop]))
            yield Frame(mention, cue, (said if i == unit.first or closed else unit.whole,))

    def read_verbs(self, unit: Unit) -> Iterator[Frame]:
        """The frames of the sentence's speech verbs, in order; `said` is empty where unclear."""
        last: Frame | None = None
        for i in range(unit.first, unit.stop):
            if i in unit.masked or self._words.caps[i]:
                continue
            frame = self._read_verb(unit, i) or self._read_participle(unit, i, last)
            if frame:
                last = frame
                yield frame

    def _read_verb(self, unit: Unit, i: int) -> Frame | None:
        form = self._phrases.find_form(i)
        low, lows = self._words.lows[i], self._words.lows
        if low == "quoted" and lows[i + 1 : i + 3] == ["as", "saying"]:
            return self._read_quoted_as(unit, i)
        if form is None or (form.lemma == "call" and not self._calls(unit, i)):
            return None
        number = unit.clause_at(i)
        start = unit.clauses[number][0]
        before = self._before(start, i)
        denial = find_denial(lows, start, i)
        if before is None or (denial is not None and lows[denial - 1] in BE):
            return None
        if denial is not None:
            return self._deny(unit, number, denial, i)
        first = self._subjects.past_opener(start, before)
        if names_nobody(lows, first, before) or self._subjects.is_conditional(unit, start, before):
            return Frame(None, form.lemma, (), True, None, "say", i, True)
        if before == start or (before == start + 1 and lows[start] in {"and", "but"}):
            return self._read_opening(unit, number, i, form)
        mention = self._subjects.read(unit, number, before)
        if mention is None:
            return None
        said = self._find_said(unit, number, i, form)
        if said and start == unit.first and lows[start] in _BESIDE:
            said = tuple((a, min(b, unit.clauses[number][1])) for a, b in said)
        return None if said is None else Frame(mention, form.lemma, said, False, None, "say", i)

    def _deny(self, unit: Unit, number: int, denial: int, i: int) -> Frame:
        """The frame of "X has never said that": it says nothing, but is about X."""
        lows, start, k = self._words.lows, unit.clauses[number][0], denial
        while k > start and lows[k - 1] in HAVE | BE:
            k -= 1
        mention = self._subjects.read(unit, number, k) if k > start else None
        return Frame(mention, lows[i], (), True, None, "say", i, True)

    def _calls(self, unit: Unit, i: int) -> bool:
        """Whether "called" is "called for", or calls something a name in quotation marks."""
        end = unit.clauses[unit.clause_at(i)][1]
        if i + 1 < end and self._words.lows[i + 1] in _OBJECT_PREPOSITIONS:
            return True
        return any(k in unit.masked for k in range(i + 1, min(end + 1, i + _LONGEST_ADJUNCT)))

    def _before(self, start: int, verb: int) -> int | None:
        """Behind the last word of what stands before the verb and its helpers; None if no finite."""
        lows, k = self._words.lows, verb
        while k > start and (lows[k - 1] in _ADVERBS or lows[k - 1] in HAVE):
            k -= 1
            if k > start and lows[k - 1] == "not" and lows[k] in ONLY:
                k -= 1  # "not only said"
        passive = k > start and lows[k - 1] in (_MODALS | BE) - {"not"}
        return None if passive else k

    def _read_opening(self, unit: Unit, number: int, i: int, form: VerbForm) -> Frame | None:
        """A verb that opens its clause: "…, said X", or behind an apposition: "X, Y, said …"."""
        start, end = self._subjects.cut_clause(unit, number)
        quoted = start - 1 in unit.masked or start - 2 in unit.masked
        if number == 0 and not quoted:
            return None
        if quoted or (self._subjects.is_sentence(unit, number) and form.lemma != "tell"):
            mention = self._phrases.read(i + 1, end, unit.stop)
            if mention and (quoted or mention.kind != "pronoun"):
                said = () if quoted else ((unit.first, start - 1),)
                return Frame(mention, form.lemma, said, False, None, "say", i)
        mention = self._subjects.read_apposed(unit, number)
        said_after = self._find_said(unit, number, i, form)
        if mention is None or said_after is None:
            return None
        return Frame(mention, form.lemma, said_after, False, None, "say", i)

    def _find_said(
        self, unit: Unit, number: int, i: int, form: VerbForm
    ) -> tuple[Range, ...] | None:
        """What the verb announces; empty if a quotation does, None if nothing."""
        words, lows = self._words, self._words.lows
        start, end = self._subjects.cut_clause(unit, number)
        if i + 1 in unit.masked:
            return ()
        if lows[start] == "as" and start == unit.first and end + 1 < unit.stop:
            return ((end + 1, unit.stop),)
        for k in range(i + 1, min(end, i + _LONGEST_PHRASE)):
            if lows[k] in _THAT and k not in unit.masked:
                # "denied having said that …" does not deny what follows.
                gerund = form.lemma == "deny" and lows[i + 1].endswith("ing")
                return ((i + 1 if gerund else k + 1, unit.stop),)
        if self._reports_alone(unit, i, end, form):
            beside = number > 0 and lows[unit.first] in _BESIDE
            alone = (start, unit.stop) if beside else unit.whole
            return None if lows[start] in _RELATIVE else (alone,)
        first = self._past_object(i, end) if form.lemma == "tell" else i + 1
        adjunct = self._is_adjunct(unit, first, end)
        if adjunct and end < unit.stop and words.words[end] == ":":
            return ((end + 1, unit.stop),)
        if adjunct or first in unit.masked:
            return self._find_said_before(unit, start, i)
        if form.group != "say":
            return ()
        return ((self._past_time(first, end), unit.stop),)

    def _reports_alone(self, unit: Unit, i: int, end: int, form: VerbForm) -> bool:
        """Whether the verb needs no clause: "urged residents to leave", "warned of a flood"."""
        if i + 1 >= end or i + 1 in unit.masked:
            return False
        low, after = self._words.lows[i + 1], self._words.lows[i + 2 : i + 3]
        if form.lemma in {"call", "warn"} and low in _OBJECT_PREPOSITIONS:
            return not after or after[0] not in CALENDAR
        if form.lemma == "deny":
            return not self._subjects.has_verb(i + 1, end)
        return form.group == "tell" and not self._is_adjunct(unit, i + 1, end)

    def _find_said_before(self, unit: Unit, start: int, i: int) -> tuple[Range, ...] | None:
        """What stands before "…, X said": a quotation, or a sentence."""
        before = any(k in unit.masked for k in range(unit.first, start))
        if before or i + 1 in unit.masked or i + 2 in unit.masked:
            return ()
        if start - unit.first < 3 or self._words.lows[unit.first] in _SUBORDINATE:
            return () if any(k in unit.masked for k in range(i, unit.stop)) else None
        return ((unit.first, start - 1),)

    def _past_object(self, i: int, end: int) -> int:
        """Behind whom somebody tells it: "told [the Kalm Herald] …"."""
        words, k = self._words, i + 1
        if k < end and words.lows[k] in DETERMINERS:
            return self._phrases.close(k + 1, end)
        if k < end and not words.caps[k]:
            return k + 1
        while k < end and words.caps[k]:
            k += 1
        return k

    def _past_time(self, first: int, end: int) -> int:
        """Behind "on Monday", "in a statement" where a sentence follows."""
        lows, k = self._words.lows, first
        for _ in range(3):
            if k < end and lows[k] in CALENDAR:
                k += 1
            elif k + 2 < end and lows[k] in {"on", "in", "at"}:
                k = self._phrases.close(k + 1 + (lows[k + 1] in DETERMINERS), end)
                if k < end and lows[k - 1] not in CALENDAR and not self._opens_phrase(k):
                    return first
        return k if k + 1 < end else first

    def _opens_phrase(self, k: int) -> bool:
        """Whether a noun phrase, or a preposition, begins at word `k`."""
        low = self._words.lows[k]
        opens = low in DETERMINERS or low in PRONOUNS or low in _NOBODY or low in {"on", "in"}
        return opens or self._words.caps[k] or low in CALENDAR

    def _is_adjunct(self, unit: Unit, first: int, end: int) -> bool:
        """Whether a clause's rest only says when, where or to whom."""
        if first >= end:
            return True
        low = self._words.lows[first]
        opens = low in _PREPOSITIONS - {"to"} or low in CALENDAR or low in _ADVERBS
        short = end - first <= _LONGEST_ADJUNCT and not self._subjects.has_verb(first, end)
        return opens and short and not any(k in unit.masked for k in range(first, end))

    def _read_participle(self, unit: Unit, i: int, last: Frame | None) -> Frame | None:
        """ "…, saying (that) …" goes on with the sentence's own subject."""
        low = self._words.lows[i]
        start = unit.clauses[unit.clause_at(i)][0]
        if i != start or i == unit.first or low not in _APPENDED:
            return None
        opening, end = unit.clauses[0]
        opening = self._subjects.past_opener(opening, end)
        mention = last.mention if last else self._phrases.read(opening, end, unit.stop)
        if mention is None:
            return None
        first = i + 1 + (self._words.lows[i + 1 : i + 2] == ["that"])
        return Frame(mention, low, ((first, unit.stop),), False, None, "say", i)

    def _read_quoted_as(self, unit: Unit, i: int) -> Frame | None:
        """ "X was quoted as saying (by Y)"."""
        lows, number = self._words.lows, unit.clause_at(i)
        start, end = self._subjects.cut_clause(unit, number)
        k = i
        while k > start and lows[k - 1] in (BE | HAVE | _ADVERBS | {"been"}):
            if lows[k - 1] == "never":
                return self._deny(unit, number, k - 1, i)
            k -= 1
        if k > start and find_denial(lows, start, k) is not None:
            return self._deny(unit, number, k - 1, i)
        if self._subjects.is_conditional(unit, start, k):
            return None
        mention = self._subjects.read(unit, number, k) if k > start else None
        if mention is None:
            return None
        by = next((j for j in range(i + 3, end - 1) if lows[j] == "by"), None)
        via = self._phrases.read(by + 1, end, unit.stop) if by else None
        rest = via.stop if via else i + 3
        said = self._find_said_before(unit, start, i) if rest >= end else ((rest, unit.stop),)
        return Frame(mention, "quote", said or (), False, via, "say", i)


class EnglishPhrases:
    """Reads the noun phrases of one English text."""

    def __init__(self, words: Words, forms: VerbForms) -> None:
        self._words = words
        self._forms = forms

    def find_form(self, i: int) -> VerbForm | None:
        """The word as a form of an English speech verb; None if it is none."""
        low = self._words.lows[i]
        found = next((form for form in self._forms.get(low, ()) if form.english), None)
        return found or (self._read_plural(i) if low in _PLURALS else None)

    def _read_plural(self, i: int) -> VerbForm | None:
        """The form of "critics say", which has no ending of its own."""
        low, before = self._words.lows[i], self._words.lows[i - 1] if i else ""
        plural = before.endswith("s") or before in {"they", "police", "people"}
        return VerbForm(low, _PLURALS[low], "finite", english=True) if plural else None

    def read(self, first: int, end: int, stop: int) -> Mention | None:
        """The noun phrase that starts at word `first` and ends before word `end`; None if none."""
        words, lows = self._words, self._words.lows
        if first >= end:
            return None
        if lows[first] in _NOBODY:
            return self._make(first, first + 1, "group", "")
        if lows[first] in PRONOUNS and lows[first] not in DETERMINERS:
            return replace(
                self._make(first, first + 1, "pronoun", ""),
                gender=PRONOUNS[lows[first]], definite=True,
            )  # fmt: skip
        inner = first + (lows[first] in DETERMINERS)
        close = self.close(inner, end)
        if close == inner:
            return None
        roles = [k for k in range(inner, close) if role_gender(lows[k]) is not None]
        name = close
        while name > inner and words.caps[name - 1] and name - 1 not in roles:
            name -= 1
        return self._build(first, range(name, close), roles, end, stop)

    def read_pronoun(self, i: int, end: int) -> Mention | None:
        """Who "him" is at word `i`, no other word of its phrase behind it; None if no pronoun."""
        gender = _OBJECTS.get(self._words.lows[i])
        if gender is None or (i + 1 < end and self._words.words[i + 1].isalnum()):
            return None
        return replace(self._make(i, i + 1, "pronoun", ""), gender=gender, definite=True)

    def read_possessor(self, i: int) -> Mention | None:
        """Whose "his view" is at words `[i, i + 2)`; None if no pronoun's."""
        gender = _POSSESSIVES.get(self._words.lows[i])
        if gender is None:
            return None
        return replace(self._make(i, i + 2, "pronoun", ""), gender=gender, definite=True)

    def close(self, inner: int, end: int) -> int:
        """Behind the last word of the noun phrase whose noun or name begins at word `inner`."""
        words, lows, k = self._words, self._words.lows, inner
        limit = min(end, inner + _LONGEST_PHRASE)
        while k < limit and words.words[k][0].isalnum() and lows[k] not in _PHRASE_ENDS:
            if lows[k] in CALENDAR or (k > inner and self._opens_predicate(k)):
                break
            initial = k + 1 < limit and words.words[k + 1] == "." and len(words.words[k]) <= 2
            k += 2 if initial else 1
        return k

    def _opens_predicate(self, k: int) -> bool:
        """Whether no noun phrase goes on at word `k`: a verb, an adverb, another phrase."""
        low, before = self._words.lows[k], self._words.lows[k - 1]
        if low in _ADVERBS or low in DETERMINERS or (low.endswith("ed") and before.endswith("s")):
            return True
        return self.find_form(k) is not None and not self._words.caps[k]

    def _build(self, first: int, named: range, roles: list[int], end: int, stop: int) -> Mention:
        lows = self._words.lows
        inner = first + (lows[first] in DETERMINERS)
        last = named.stop
        role = ""
        if roles:
            role = read_role(lows[roles[-1]], lows[roles[-1] - 1] if roles[-1] else "")
        if not named:
            last = self._past_complement(last, end)
            apposed = self._read_apposed_name(last, stop) if roles else range(0)
            if apposed:
                named, last = apposed, apposed.stop
        name = self._join(named)
        lone = not roles and named.start == inner and inner > first
        if not name or lone:
            kind: MentionKind = "role" if roles else "group"
            text = "" if roles else self._join(range(inner, last))
            mention = self._make(first, last, kind, text)
        else:
            mention = self._make(first, last, "person", name)
        definite = lows[first] == "the"
        return replace(mention, role=role, gender=read_english_gender(role), definite=definite)

    def _past_complement(self, k: int, end: int) -> int:
        """Behind "of the port", "for the ministry"."""
        while k + 1 < end and self._words.lows[k] in _COMPLEMENTS:
            inner = k + 1 + (self._words.lows[k + 1] in DETERMINERS)
            close = self.close(inner, end)
            if close == inner:
                break
            k = close
        return k

    def _read_apposed_name(self, k: int, stop: int) -> range:
        """The name behind an office and its comma: "her spokeswoman, Ada Holm"."""
        words = self._words
        if k + 1 >= stop or words.words[k] != ",":
            return range(0)
        end = k + 1
        while end < stop and words.caps[end] and role_gender(words.lows[end]) is None:
            end += 1
        closed = end >= stop or words.words[end] in ",.("
        return range(k + 1, end) if closed and 1 <= end - k - 1 <= 4 else range(0)

    def _make(self, first: int, stop: int, kind: MentionKind, name: str) -> Mention:
        span = Span(self._words.starts[first], self._words.ends[stop - 1])
        return Mention(first, stop, span, kind, name)

    def _join(self, named: range) -> str:
        return " ".join(self._words.words[k] for k in named).replace(" . ", ". ")


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
        helpers = HAVE | BE | _MODALS - {"to"}
        return any(
            lows[k] in helpers or (lows[k].endswith("ed") and not self._words.caps[k])
            for k in range(start, end)
        )

    def is_sentence(self, unit: Unit, number: int) -> bool:
        """Whether what stands before clause `number` is no apposition, but has a verb."""
        start, end = self.cut_clause(unit, number - 1)
        return self._words.lows[start] not in _RELATIVE and self.has_verb(start, end)

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
        return self._words.lows[start] in _RELATIVE or self._words.words[end - 1].isdigit()

    def past_opener(self, start: int, end: int) -> int:
        """Behind the conjunctions and adverbs that open a clause."""
        openers = _CONJUNCTIONS | _ADVERBS | _BESIDE | {"if"}
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
        if lows[start] in _RELATIVE and number:
            first, end = unit.clauses[number - 1]
            return self._phrases.read(self.past_opener(first, end), end, unit.stop)
        if lows[before - 1] in PRONOUNS or lows[before - 1] in _NOBODY:
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
        return self._words.lows[first] in _PREPOSITIONS and not self.has_verb(first, end)

    def is_conditional(self, unit: Unit, start: int, before: int) -> bool:
        """Whether it is open that the subject before word `before` says it: "if X said"."""
        return any(
            self._words.lows[k] in CONDITIONAL
            and k not in unit.masked
            and not self.has_verb(k + 1, before)
            for k in range(start, before)
        )
