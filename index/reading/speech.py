"""Statements announced by a speech verb: what it governs, and who is its subject."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from wortlaut.index.lang.verbs import (
    BE,
    HAVE,
    KONJUNKTIV,
    SUBORDINATORS,
    VerbForm,
    VerbForms,
    find_verbs,
    is_judgement,
    read_bare_words,
    read_other_senses,
)
from wortlaut.index.lang.words import Words, read_function_words
from wortlaut.index.reading.clauses import (
    FINITE,
    MOODS,
    PREPOSITIONS,
    RELATIVE,
    THAT,
    Frame,
    Range,
    Unit,
    has_verb,
    is_denied_in_german,
    is_final,
)
from wortlaut.index.reading.mentions import Mention, read_mention
from wortlaut.index.reading.phrases import QuotedFinder, find_verdict
from wortlaut.index.reading.subjects import ComplementFinder, SubjectFinder

_STRAY = read_function_words("stray")
_MODALS = read_function_words("modal")
_CAUSED = frozenset("lässt ließ lassen ließen".split())
_BEHIND_PARTICLE = frozenset({"und", "oder", "sowie", "als", "dass"})
# Verbs that report on their own only with some word, mean something else with some, do it in the
# passive, form their perfect with "sein", have a text as their subject.
_BARE_WITH = read_bare_words()
_NOT_WITH = read_other_senses()
_PASSIVE_BARE = find_verbs("passive", "de")
_MOVING = find_verbs("sein", "de")
_PERFECT = frozenset("ist sind war waren sei seien".split())
_DOCUMENTED = find_verbs("document", "de")
# To deny having said it is to say the other.
_DENYING = find_verbs("denies", "de")
_HANDED_ON = "handed on"
_NOBODY_KNOWN = frozenset({"man", "jemand", "wer", "es"})
_LONGEST_CLAUSE = 45
_SHORTEST_ENGLISH = 3


class SpeechReader:
    """Finds the speech verbs of one text's sentences and what they announce."""

    def __init__(
        self, words: Words, subjects: SubjectFinder, complements: ComplementFinder, forms: VerbForms
    ) -> None:
        self._words = words
        self._subjects = subjects
        self._complements = complements
        self._forms = forms
        self._quotations = QuotedFinder(words, subjects)

    def read(self, unit: Unit) -> Iterator[Frame]:
        """The frames of the sentence's speech verbs, in order; `said` is empty where unclear."""
        frames = list(self._read_verbs(unit))
        for frame in frames:
            if frame.group != _HANDED_ON:
                yield frame
                continue
            tellers = (
                other.mention
                for other in frames
                if other.group == "say" and other.mention and other.said
            )
            yield replace(frame, group="say", via=next(tellers, None))

    def _read_verbs(self, unit: Unit) -> Iterator[Frame]:
        lows, caps = self._words.lows, self._words.caps
        last: Frame | None = None
        for i in range(unit.first, unit.stop):
            readings = self._forms.get(lows[i], ())
            if i in unit.masked or (caps[i] and (i > unit.first or lows[i].endswith("en"))):
                continue
            for reading in sorted(readings, key=lambda form: not form.particle):
                frame = self._read_verb(unit, i, reading)
                if frame:
                    if last and lows[i - 1] in {"und", "and"}:
                        frame = replace(frame, mention=last.mention)
                    last = frame
                    yield frame
                    break

    def _read_verb(self, unit: Unit, i: int, form: VerbForm) -> Frame | None:
        number = unit.clause_at(i)
        if not self._is_meant(unit, number, i, form):
            return None
        finite = self._find_finite(unit, number, i, form)
        if finite is None:
            return self._read_handed_on(unit, number, i, form)
        unsaid = self._find_unsaid(unit, i) if form.lemma in _DENYING else -1
        if unsaid >= 0:
            mention = self._find_speaker(unit, number, finite, form, ())
            return Frame(mention, form.lemma, (), True, None, form.group, unsaid, True)
        if is_denied_in_german(self._words.lows, *unit.clauses[number], i, form):
            denied = self._find_speaker(unit, number, finite, form, ())
            return Frame(denied, form.lemma, (), True, None, form.group, i, True)
        appositive = self._find_appositive(unit, number, i)
        if appositive:
            said: tuple[Range, ...] = ((unit.first, appositive.first - 2),)
            return Frame(appositive, form.lemma, said, False, None, form.group, i)
        return self._frame(unit, number, i, finite, form)

    def _find_unsaid(self, unit: Unit, i: int) -> int:
        """The word where "bestritt, „…“ gesagt zu haben" denies a quotation; -1 where none is."""
        lows = self._words.lows
        for k in range(i + 1, unit.stop - 2 if unit.masked else 0):
            said = k not in unit.masked and lows[k + 1 : k + 3] == ["zu", "haben"]
            if said and any(form.group == "say" for form in self._forms.get(lows[k], ())):
                return k
        return -1

    def _read_handed_on(self, unit: Unit, number: int, i: int, form: VerbForm) -> Frame | None:
        """The frame of a quotation that somebody passes on: "Y sagte, X habe gesagt: „…“".

        The words are X's, whoever tells of them; nobody's, where no X is named.
        """
        lows, (start, end) = self._words.lows, unit.clauses[number]
        helpers = [k for k in range(start, end) if lows[k] in KONJUNKTIV and lows[k] in HAVE]
        if not helpers or form.group != "say" or form.form != "participle":
            return None
        first = i + 1 + (self._words.words[i + 1 : i + 2] == [":"])
        inverted = first not in unit.masked and start - 2 in unit.masked
        if first not in unit.masked and not inverted:
            return None
        stop = start - 1 if inverted else first
        while stop < unit.stop and stop in unit.masked:
            stop += 1
        while inverted and first - 1 >= unit.first and (first >= stop or first - 1 in unit.masked):
            first -= 1
        mention = self._subjects.find(unit, number, helpers[0], inverted)
        if mention and self._words.lows[mention.first] in _NOBODY_KNOWN:
            mention = None
        denied = is_denied_in_german(lows, start, end, i, form)
        said, at = ((first, stop),), stop if inverted else first
        nobody = mention is None or denied
        return Frame(mention, form.lemma, said, nobody, None, _HANDED_ON, at, denied)

    def _frame(self, unit: Unit, number: int, i: int, finite: int, form: VerbForm) -> Frame | None:
        start = unit.clauses[number][0]
        passive = self._is_passive(finite, form)
        said = self._find_said(unit, number, finite, form)
        if said is None:
            silent = form.group != "think" or form.lemma == "hervorgehen"
            if not silent or passive or form.lemma == "sprechen":
                return None
            said = ()
        mention = self._find_speaker(unit, number, finite, form, said)
        via = None
        if form.lemma == "zitieren":
            mention, via = self._quotations.find(unit, number, finite, mention, passive)
        if said == (unit.whole,):
            if form.form == "finite" and self._is_infinite(unit, number, i):
                return None
            if passive and mention is None and form.lemma not in _PASSIVE_BARE:
                return None
        nobody = passive or start == unit.first or form.lemma == "heißen"
        return Frame(mention, form.lemma, said, mention is None and nobody, via, form.group, i)

    def _find_speaker(
        self, unit: Unit, number: int, finite: int, form: VerbForm, said: tuple[Range, ...]
    ) -> Mention | None:
        start, end = unit.clauses[number]
        if form.lemma in _DOCUMENTED and self._words.lows[finite] not in _CAUSED:
            return self._subjects.find_document(start, end) or self._subjects.find_text(
                unit, number
            )
        if finite < start:
            return self._subjects.find(unit, unit.clause_at(finite), finite, False)
        passive = self._is_passive(finite, form)
        if passive and form.lemma != "zitieren":
            agent = self._subjects.find_agent(start, end)
            return agent or self._subjects.find_text(unit, number)
        goes_on = finite == start and self._goes_on(end, unit.stop)
        inverted = bool(said) and (said[-1][1] == start - 1 or goes_on)
        return self._subjects.find(unit, number, finite, inverted)

    def _is_passive(self, finite: int, form: VerbForm) -> bool:
        """Whether something is said by somebody; "war davon ausgegangen" is no passive."""
        low = self._words.lows[finite]
        moved = form.lemma in _MOVING and low in _PERFECT
        return form.form == "participle" and low in BE and not moved

    def _is_meant(self, unit: Unit, number: int, i: int, form: VerbForm) -> bool:
        """Whether the word is this verb: with its particle, in no bracket, in no other sense."""
        words, lows = self._words.words, self._words.lows
        start, end = unit.clauses[number]
        if form.particle:
            joined = i > start and lows[i - 1] == form.particle
            if not joined and not self._has_particle(i, unit.stop, form.particle):
                return False
        elif self._is_other_verb(unit, i):
            return False
        if form.form == "participle" and lows[i + 1 : i + 3] == ["zu", "haben"]:
            return False  # "bestritt, gesagt zu haben, dass": what he denies
        near = words[max(start, i - 8) : i]
        if "(" in near and ")" not in near and ")" in words[i : unit.stop]:
            return False
        other = _NOT_WITH.get(form.lemma)
        return other is None or not any(other.search(low) for low in lows[start:end])

    def _find_finite(self, unit: Unit, number: int, i: int, form: VerbForm) -> int | None:
        """The verb that agrees with the subject: a participle's auxiliary, else the verb."""
        lows = self._words.lows
        start, end = unit.clauses[number]
        helpers = [
            k for k in range(start, end) if lows[k] in HAVE | BE and k not in unit.masked and k != i
        ]
        if lows[start] == "was" and not form.english:
            # The German pronoun, not the English auxiliary.
            helpers = [k for k in helpers if k != start]
        if form.form == "finite":
            caused = [k for k in range(start, i) if lows[k] in _CAUSED and lows[i].endswith("n")]
            if caused:
                return caused[0]  # "ließ X mitteilen"
            led = [k for k in range(start, i) if lows[k] in _MODALS and k not in unit.masked]
            if led and lows[i].endswith("n") and MOODS.isdisjoint(lows[start:i]):
                return led[0]  # "musste er betonen"
            if form.lemma == "ausrichten":
                return None
            if lows[i].endswith("en") and not MOODS.isdisjoint(lows[start:i]):
                return None  # "müsse X neu bewerten": the last speaker's own mood.
            participle = any(other.form == "participle" for other in self._forms[lows[i]])
            if participle and not helpers and self._is_shared(unit, number, i):
                return None
            return None if helpers and participle and lows[i].endswith("t") else i
        if not helpers and i - start <= 1 and number:
            # "X hatte, Chef von Z, gesagt": the auxiliary stands before an apposition.
            earlier = unit.clauses[max(0, number - 2)][0]
            helpers = [k for k in range(earlier, start) if lows[k] in HAVE and k not in unit.masked]
        if not helpers or lows[helpers[0]] in KONJUNKTIV:
            return None
        return None if lows[helpers[0]] in BE and form.lemma == "fragen" else helpers[0]

    def _is_shared(self, unit: Unit, number: int, i: int) -> bool:
        """Whether a form that ends a main clause is the participle of the auxiliary before it."""
        lows = self._words.lows
        start, end = unit.clauses[number]
        closes = number > 0 and i - start > 1 and is_final(i, end)
        if not closes or lows[start] in SUBORDINATORS | RELATIVE | THAT:
            return False
        before = lows[unit.clauses[number - 1][0] : start]
        return not (HAVE | BE).isdisjoint(before)

    def _is_other_verb(self, unit: Unit, i: int) -> bool:
        """Whether a particle at the clause's end makes it another verb ("forderte … an")."""
        lows = self._words.lows
        for k in range(i + 1, min(unit.stop, i + _LONGEST_CLAUSE)):
            ends = k + 1 >= unit.stop or not lows[k + 1].isalnum() or lows[k + 1] == "und"
            # "rechnen mit „…“" has a preposition there.
            if ends and k + 1 not in unit.masked and lows[k] in _STRAY:
                return True
            if not lows[k].isalnum() and "-" not in lows[k]:
                return False
        return False

    def _has_particle(self, i: int, stop: int, particle: str) -> bool:
        lows = self._words.lows
        for k in range(i + 1, min(stop, i + _LONGEST_CLAUSE)):
            if lows[k] == particle:
                after = lows[k + 1] if k + 1 < stop else "."
                if not after.isalpha() or after in _BEHIND_PARTICLE:
                    return True
        return False

    def _is_infinite(self, unit: Unit, number: int, i: int) -> bool:
        lows = self._words.lows
        if not lows[i].endswith("n") or lows[i].endswith("ten"):
            return False
        return lows[i - 1] == "zu" or not _MODALS.isdisjoint(lows[slice(*unit.clauses[number])])

    def _find_appositive(self, unit: Unit, number: int, i: int) -> Mention | None:
        """The speaker of ", wie X, Chef von Y, mitteilte": the verb ends a later clause."""
        start, end = unit.clauses[number]
        if number == 0 or not is_final(i, end) or self._words.lows[start] in SUBORDINATORS:
            return None
        for before, _ in unit.clauses[max(0, number - 2) : number]:
            if self._words.lows[before] in {"wie", "as"} and before > unit.first + 2:
                return read_mention(self._words, self._subjects.skip(before + 1, i), i)
        return None

    def _find_said(
        self, unit: Unit, number: int, finite: int, form: VerbForm
    ) -> tuple[Range, ...] | None:
        """What the verb announces; empty if a quotation does, None if nothing."""
        lows = self._words.lows
        start, end = unit.clauses[number]
        opener = lows[start]
        if form.lemma == "nennen" and ("sich" in lows[start:end] or opener == "wie"):
            return None  # a name is given
        if form.lemma == "sehen":
            return (unit.whole,) if self._judges(unit, number, finite, form) else None
        if opener in {"wie", "as"} and start + 1 < finite and is_final(finite, end):
            if start == unit.first:
                return ((end + 1, unit.stop),)
            return ((unit.first, start - 1),) if number + 1 == len(unit.clauses) else (unit.whole,)
        if self._is_inverted(unit, number, finite, form):
            if self._goes_on(end, unit.stop):
                return (unit.whole,)
            return ((self._after_colon(unit, start), start - 1),)
        spelled_out = form.english and start < finite < end - _SHORTEST_ENGLISH
        # "said (that) the bridge …": English needs no comma.
        if spelled_out and (form.group != "tell" or lows[finite + 1] in THAT):
            return ((finite + 1, unit.stop),)
        after = self._complements.find(unit, number, form, strict=form.group == "think")
        if after is not None:
            return ((min(after, unit.stop - 1), unit.stop),)
        if self._reports_alone(unit, start, form):
            return (unit.whole,)
        if form.lemma == "nennen" and form.form == "finite" and start <= finite:
            verdict = find_verdict(self._words, unit, number, finite)
            if verdict:
                return verdict
        touching = any(k in unit.masked for k in (start - 1, start - 2, end, end + 1))
        return () if form.group == "say" and touching else None

    def _goes_on(self, end: int, stop: int) -> bool:
        """Whether an inquit only interrupts: "Die Lage, sagte er, sei stabil"."""
        return end + 1 < stop and self._words.lows[end + 1] in MOODS

    def _reports_alone(self, unit: Unit, start: int, form: VerbForm) -> bool:
        """ "Y forderte einen Waffenstillstand": the verb needs no clause."""
        lows = self._words.lows
        needed = _BARE_WITH.get(form.lemma)
        if needed is not None:
            return not needed.isdisjoint(lows[unit.first : unit.stop])
        subordinate = start > unit.first and lows[start] in RELATIVE | SUBORDINATORS
        return form.group == "tell" and not subordinate

    def _judges(self, unit: Unit, number: int, finite: int, form: VerbForm) -> bool:
        """Whether a main clause gives an opinion: "X sieht darin eine Gefahr"."""
        start, end = unit.clauses[number]
        opener = self._words.lows[start]
        behind = self._words.lows[finite + 1 : min(end, finite + _LONGEST_CLAUSE)]
        if opener in {"in", "darin"} and start == unit.first:
            behind = self._words.lows[max(start, finite - _LONGEST_CLAUSE) : finite] + behind
        while behind and not behind[-1].isalnum():
            behind.pop()
        subordinate = opener in SUBORDINATORS or (start > unit.first and opener in RELATIVE)
        reported = number > 0 and self._words.lows[unit.clauses[0][0]] == "wie"
        if subordinate or reported or form.form != "finite":
            return False
        return is_judgement(behind)

    def _is_inverted(self, unit: Unit, number: int, finite: int, form: VerbForm) -> bool:
        """Whether what is said stands before: "…, sagte X", "…, das teilte X mit"."""
        words, lows = self._words, self._words.lows
        start = unit.clauses[number][0]
        pointing = lows[start] in {"das", "dies", "so"} and finite == start + 1 > unit.first + 4
        if pointing and form.group == "say" and has_verb(words, unit, start):
            return True
        if form.group == "think" or start != finite or start <= unit.first + 2:
            return False
        if self._asks(unit):
            return False
        after = self._complements.find(unit, number, form, strict=True)
        if form.lemma == "heißen" and after is None:
            return True
        if self._only_subordinate(unit, number) or (after is not None and lows[after] in THAT):
            return False
        mention = read_mention(words, self._subjects.skip(finite + 1, unit.stop), unit.stop)
        if mention is None or self._subjects.rank(mention) < 0:
            return False
        speaks = self._subjects.speaks(mention)
        if has_verb(words, unit, start):
            return speaks or not self._shares_subject(unit, start)
        if words.words[start - 1] == "," and unit.clauses[0][1] < start - 1:
            return False  # "Y, Chef von Z, sagte": nothing is said before the verb.
        return form.group == "say" and after is None and speaks

    def _asks(self, unit: Unit) -> bool:
        """Whether the sentence opens with a question that its verb answers: "Auf die Frage, was"."""
        opening = self._words.lows[unit.first : unit.first + 3]
        return opening == ["auf", "die", "frage"] or opening[0] in {"gefragt", "befragt"}

    def _shares_subject(self, unit: Unit, start: int) -> bool:
        """Whether the verb goes on with a person: "X sah das nicht, nannte die Risse fein"."""
        lows = self._words.lows
        subject = read_mention(self._words, unit.first, start)
        if subject is None or subject.kind != "person" or self._subjects.rank(subject) < 2:
            return False
        own = has_verb(self._words, unit, unit.clauses[0][1])
        return own and all(low not in MOODS for low in lows[unit.first : start])

    def _only_subordinate(self, unit: Unit, number: int) -> bool:
        """Whether "Da er fror, bat er …": nothing but a subordinate clause stands before."""
        start, end = unit.clauses[0]
        if number != 1 or start in unit.masked:
            return False
        lows = self._words.lows
        if lows[start] in PREPOSITIONS and not FINITE.isdisjoint(lows[start : end - 1]):
            return False  # "Seit Mittwoch liege eine Anzeige vor, sagte …"
        return self._words.lows[start] in SUBORDINATORS - THAT

    def _after_colon(self, unit: Unit, stop: int) -> int:
        """Where what stands before word `stop` begins: after its last colon."""
        for k in range(stop - 1, unit.first, -1):
            if self._words.words[k] == ":" and k not in unit.masked:
                return k + 1
        return unit.first
