"""What announces a statement in a sentence: speech verbs, "laut …", "so …", Konjunktiv."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from index.article import Span
from index.cues import (
    BARE_WITH,
    NOT_WITH,
    PASSIVE_BARE,
    BE,
    COMPLEMENT_OPENERS,
    CONTENT_ADJECTIVES,
    CONTENT_NOUNS,
    HAVE,
    KONJUNKTIV,
    KONJUNKTIV_II,
    SAYING_NOUNS,
    SUBORDINATORS,
    VerbForm,
    read_verb_forms,
)
from index.mentions import Cast, Mention, Words, can_speak, read_mention

_BREAKS = frozenset(",;:()–—")
_MARKS = frozenset("\"„“”»«‚‘’'‹›")
_RELATIVE = frozenset("der die das dem den deren dessen welche welcher welches which who".split())
_CONJUNCTIONS = frozenset("und sowie aber doch denn oder sondern um ohne statt and but or so".split())
_PREPOSITIONS = frozenset(
    """in im an am auf aus bei beim nach mit von vom zu zum zur für gegen um über unter vor seit
    bis ohne durch gegenüber trotz wegen während laut gemäß als den dem des ob zwischen neben hinter angesichts
    in on at from with after before during for against about""".split()
)
_ADVERBS = frozenset(
    """sich auch es dazu daher dagegen jedoch hingegen zudem außerdem weiter weiterhin gestern heute
    am dann aber nun noch bereits schon zugleich ferner anderem dabei wörtlich später
    mittlerweile inzwischen ebenfalls wiederum zuvor allerdings unterdessen dies das dem hierzu
    mehrfach erneut darüber davon damit nur nicht ihm ihr ihnen uns mir abend morgen also further""".split()
)
_PARTICLES = frozenset("mit an bekannt hinzu aus fest klar ein zu hin vor auf".split())
_FINITE = HAVE | BE | KONJUNKTIV | KONJUNKTIV_II | frozenset(
    """kann können muss müssen soll sollen will wollen darf dürfen gibt geht steht kommt liegt bleibt
    konnte konnten musste mussten wolle gehen stehen kommen liegen bleiben könnte dürfte""".split()
)
_STRAY = frozenset("an ab ein um vor nach aus auf zurück fest mit zu hin".split())
_MODALS = frozenset(
    """kann können konnte konnten will wollen wollte wollten muss müssen musste mussten soll sollen
    sollte sollten darf dürfen durfte möchte möchten würde würden""".split()
)
_OBLIQUE = frozenset(
    "dem den einem einen des eines seinem ihrem seinen ihren diesem diesen dessen mehreren".split()
)
_CALENDAR = frozenset(
    """montag dienstag mittwoch donnerstag freitag samstag sonntag vormittag nachmittag abend
    januar februar märz april mai juni juli august september oktober november dezember""".split()
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What announces a statement; `said` are the word ranges of what is said.

    Without a `mention` the last speaker goes on, unless `anonymous`.
    """

    mention: Mention | None
    cue: str
    said: tuple[tuple[int, int], ...]
    anonymous: bool = False
    via: Mention | None = None
    group: str = ""
    at: int = -1


@dataclass(frozen=True, slots=True)
class _Unit:
    """One sentence (or several that a quotation joins) with its clauses and masked words."""

    first: int
    stop: int
    masked: frozenset[int]
    clauses: tuple[tuple[int, int], ...]

    def clause_at(self, i: int) -> int:
        for number, (start, end) in enumerate(self.clauses):
            if start <= i < end:
                return number
        return len(self.clauses) - 1


class FrameReader:
    """Finds the frames of one text's sentences."""

    def __init__(self, words: Words, cast: Cast) -> None:
        self._words = words
        self._cast = cast
        self._counts = Counter(words.words)
        self._verbs = _VERB_FORMS

    def read(
        self, first: int, stop: int, quotes: Sequence[tuple[int, int]], follows: bool
    ) -> list[Frame]:
        """The frames in words `[first, stop)`, strongest first; `follows` a statement."""
        unit = self._cut(first, stop, quotes)
        phrases = list(self._read_phrases(unit))
        verbs = list(self._read_verbs(unit))
        frames = self._chain(phrases, verbs)
        if not any(frame.said for frame in frames):
            frames += list(self._read_nouns(unit)) or list(self._read_mood(unit, follows))
        return frames

    @staticmethod
    def _chain(phrases: list[Frame], verbs: list[Frame]) -> list[Frame]:
        """Phrases and verbs together: "sagte X laut Y" is X by way of Y."""
        chained = []
        outer = [v for v in verbs if v.mention and v.group == "say" and v.said]
        for verb in verbs:
            via = verb.via
            for phrase in phrases:
                place = phrase.mention.first if phrase.mention else -1
                if verb in outer and not any(a <= place < b for a, b in verb.said):
                    via = phrase.mention
            chained.append(replace(verb, via=via))
        if outer:
            return chained
        return phrases + verbs

    def read_quoted(self, first: int, stop: int, quote: tuple[int, int]) -> Mention | None:
        """Who a quotation without a speech verb belongs to: before its colon, after its comma."""
        start, end = quote
        if start > first and self._words.words[start - 1] == ":":
            return self.read_subject(first, start - 1)
        if end + 2 < stop and self._words.words[end] == "," and not self._words.caps[end + 1]:
            if self._words.lows[end + 1] not in _CONJUNCTIONS | _RELATIVE | SUBORDINATORS:
                return read_mention(self._words, self._skip(end + 2, stop), stop)
        return None

    def read_subject(self, first: int, stop: int) -> Mention | None:
        """Who a sentence is about: its first noun phrase outside prepositions."""
        return self._first_subject(self._cut(first, stop, ()), stop)

    def _cut(self, first: int, stop: int, quotes: Sequence[tuple[int, int]]) -> _Unit:
        masked = frozenset(i for a, b in quotes for i in range(a, b))
        apart = frozenset(i for q in quotes if self._is_apart(q, first, stop) for i in range(*q))
        clauses, start, closing = [], first, first
        for i in range(first, stop):
            if i < closing:
                continue
            closing = self._past_bracket(i, stop)
            if closing > i:
                continue
            if i in apart or (self._words.words[i] in _BREAKS and i not in masked):
                if i > start:
                    clauses.append((start, i))
                start = i + 1
        if start < stop:
            clauses.append((start, stop))
        return _Unit(first, stop, masked, tuple(clauses))

    def _past_bracket(self, i: int, stop: int) -> int:
        """Past a short bracket that opens at word `i`; `i` itself if none does."""
        if self._words.words[i] == "(":
            for k in range(i + 1, min(stop, i + 10)):
                if self._words.words[k] == ")":
                    return k + 1
        return i

    def _is_apart(self, quote: tuple[int, int], first: int, stop: int) -> bool:
        """Whether a quotation stands between marks, not inside a clause."""
        before = self._words.words[quote[0] - 1] if quote[0] > first else "."
        after = self._words.words[quote[1]] if quote[1] < stop else "."
        return not before[-1].isalnum() or after in ",:"

    # -- "laut X", "nach Angaben von X", "X zufolge", "so X" ---------------------------------

    def _read_phrases(self, unit: _Unit) -> Iterator[Frame]:
        lows = self._words.lows
        for i in range(unit.first, unit.stop):
            if i in unit.masked:
                continue
            low = lows[i]
            if low in {"laut", "gemäß"} or (low == "according" and lows[i + 1 : i + 2] == ["to"]):
                frame = self._read_according(unit, i, i + 1 + (low == "according"))
            elif low in {"nach", "aus"}:
                frame = self._read_nach(unit, i)
            elif low == "zufolge" or (low == "folge" and i and lows[i - 1] == "zu"):
                frame = self._read_zufolge(unit, i)
            elif low == "so" and i > unit.first:
                frame = self._read_so(unit, i)
            elif low == "bekannt" and (frame := self._read_known(unit, i)):
                pass
            elif low == "danach" and i == unit.first and self._has_mood(unit):
                frame = Frame(self._phrase(i, i + 1), "demnach", ((i, unit.stop),))
            elif low == "demnach" or (low == "wonach" and i > unit.first):
                start = unit.first if low == "demnach" else i
                frame = Frame(self._phrase(i, i + 1), low, ((start, unit.stop),))
                if low == "wonach":
                    frame = Frame(self._first_subject(unit, i), low, ((i, unit.stop),))
            else:
                continue
            if frame:
                yield frame

    def _read_known(self, unit: _Unit, i: int) -> Frame | None:
        """"es wurde bekannt, dass …", "wie bekannt wurde": nobody says it."""
        number = unit.clause_at(i)
        start, end = unit.clauses[number]
        lows = self._words.lows
        if not {"wurde", "wird", "geworden", "werden"} & set(lows[start:end]):
            return None
        if lows[start] == "wie":
            return Frame(None, "bekannt", ((end + 1, unit.stop),), True)
        if end + 1 < unit.stop and lows[end + 1] in {"dass", "daß"}:
            return Frame(None, "bekannt", ((end + 1, unit.stop),), True)
        return None

    def _has_mood(self, unit: _Unit) -> bool:
        lows = self._words.lows[unit.first : unit.stop]
        return any(low in KONJUNKTIV or low in KONJUNKTIV_II for low in lows)

    def _rest(self, unit: _Unit, start: int, end: int) -> tuple[tuple[int, int], ...]:
        if start - unit.first <= 1:
            return ((end, unit.stop),)
        if unit.stop - end <= 2:
            return ((unit.first, start),)
        return ((unit.first, unit.stop),)

    def _read_according(self, unit: _Unit, i: int, start: int) -> Frame | None:
        mention = read_mention(self._words, start, unit.stop)
        if mention is None:
            return None
        inner = self._unfold(mention, unit.stop)
        return Frame(inner, "laut", self._rest(unit, i, mention.stop), inner is None)

    def _unfold(self, mention: Mention, stop: int) -> Mention | None:
        """The speaker inside "einer Mitteilung der Polizei"; the phrase itself if none."""
        for k in range(mention.first, mention.stop):
            if self._words.caps[k] and SAYING_NOUNS.search(self._words.lows[k]):
                return self._owner(k, mention.first, stop) or mention
        return mention

    def _owner(self, noun: int, first: int, stop: int) -> Mention | None:
        lows, k = self._words.lows, noun + 1
        if k < stop and lows[k] in {"von", "vom", "aus", "des", "der", "eines", "einer", "im", "in", "seiner"}:
            if lows[k] in {"von", "vom", "aus", "im", "in"}:
                k += 1
            return read_mention(self._words, k, stop)
        if k < stop and self._words.caps[k]:
            return read_mention(self._words, k, stop)
        return None

    def _read_nach(self, unit: _Unit, i: int) -> Frame | None:
        words, lows = self._words, self._words.lows
        if lows[i] == "nach" and i - 1 > unit.first and words.caps[i - 1] and SAYING_NOUNS.search(lows[i - 1]):
            start = next((k for k in range(max(unit.first, i - 7), i) if self._stop(k, unit) == i), i - 1)
            mention = read_mention(words, start, i)
            return Frame(mention, "nach", self._rest(unit, start, i + 1), mention is None)
        for k in range(i + 1, min(unit.stop, i + 6)):
            if words.caps[k]:
                if not SAYING_NOUNS.search(lows[k]) or (lows[i] == "aus" and lows[k] != "sicht"):
                    if k + 1 < unit.stop and words.caps[k + 1]:
                        continue
                    return None
                owner = self._owner(k, i + 1, unit.stop)
                if owner is None:
                    owner = self._phrase(i + 1, k + 1)
                    if lows[k - 1].startswith("eigene"):
                        subject = self._first_subject(unit, unit.stop)
                        owner = replace(subject, span=owner.span, stop=k + 1) if subject else owner
                return Frame(owner, f"{lows[i]} {words.words[k]}", self._rest(unit, i, max(owner.stop, k + 1)))
            if words.words[k] in _BREAKS:
                return None
        return None

    def _phrase(self, first: int, stop: int) -> Mention:
        """Words as an unnamed source ("ersten Angaben"): a place, but no name."""
        span = Span(self._words.starts[first], self._words.ends[stop - 1])
        return Mention(first, stop, span, "group", "")

    def _stop(self, start: int, unit: _Unit) -> int:
        mention = read_mention(self._words, start, unit.stop)
        return mention.stop if mention else -1

    def _read_zufolge(self, unit: _Unit, i: int) -> Frame | None:
        end = i - (self._words.lows[i] == "folge")
        for start in range(max(unit.first, end - 9), end):
            if self._words.lows[start] in self._verbs:
                continue
            mention = read_mention(self._words, start, end)
            if mention and mention.stop == end:
                inner = self._unfold(mention, end)
                return Frame(inner, "zufolge", self._rest(unit, start, i + 1))
        start = next((k for k in range(max(unit.first, end - 3), end) if self._words.caps[k]), end - 1)
        if start < unit.first:
            return None
        return Frame(self._phrase(start, end), "zufolge", self._rest(unit, start, i + 1))

    def _read_so(self, unit: _Unit, i: int) -> Frame | None:
        if self._words.words[i - 1] not in _BREAKS | _MARKS:
            return None
        mention = read_mention(self._words, self._skip(i + 1, unit.stop), unit.stop)
        if mention is None or (mention.stop < unit.stop and self._words.caps[mention.stop]):
            return None
        after = self._words.lows[mention.stop] if mention.stop < unit.stop else "."
        if after not in _PREPOSITIONS and after not in _ADVERBS and after.isalpha():
            return None
        goes_on = unit.stop - mention.stop > 3 and i - unit.first < (12 if after == "," else 8)
        said = (unit.first, unit.stop) if goes_on else (unit.first, i - 1)
        return Frame(mention, "so", (said,) if i - 1 > unit.first else ())

    def _skip(self, i: int, stop: int, phrases: bool = False) -> int:
        """Past adverbs, "am Dienstag" (and "in Genf") to where the subject may stand."""
        lows = self._words.lows
        for _ in range(8):
            if i < stop and lows[i] in _ADVERBS:
                i += 1
            elif i < stop and (lows[i] in _CALENDAR or lows[i].endswith(("tag", "abend")) and lows[i - 1] == "am"):
                i += 1
            elif phrases and i < stop and lows[i] in _PREPOSITIONS and (phrase := read_mention(self._words, i + 1, stop)):
                i = phrase.stop
            else:
                break
        return i

    # -- verbs --------------------------------------------------------------------------------

    def _read_verbs(self, unit: _Unit) -> Iterator[Frame]:
        lows, caps = self._words.lows, self._words.caps
        last: Frame | None = None
        for i in range(unit.first, unit.stop):
            readings = self._verbs.get(lows[i])
            if not readings or i in unit.masked:
                continue
            if caps[i] and (i > unit.first or lows[i].endswith("en")):
                continue
            for reading in sorted(readings, key=lambda form: not form.particle):
                frame = self._read_verb(unit, i, reading)
                if frame:
                    if last and lows[i - 1] in {"und", "and"}:
                        frame = replace(frame, mention=last.mention)
                    last = frame
                    yield frame
                    break

    def _read_verb(self, unit: _Unit, i: int, form: VerbForm) -> Frame | None:
        lows = self._words.lows
        number = unit.clause_at(i)
        start, end = unit.clauses[number]
        if form.particle and not self._has_particle(i, unit.stop, form.particle):
            if i == start or lows[i - 1] != form.particle:
                return None
        if "(" in self._words.words[max(start, i - 8) : i] and ")" not in self._words.words[max(start, i - 8) : i]:
            return None
        if not form.particle and self._is_other_verb(unit, i, form):
            return None
        finite, passive = i, False
        if form.form == "participle":
            aux = [k for k in range(start, end) if k != i and k not in unit.masked and (lows[k] in HAVE or lows[k] in BE)]
            if not aux and i - start <= 1 and number:
                earlier = unit.clauses[max(0, number - 2)][0]
                aux = [k for k in range(earlier, start) if lows[k] in HAVE and k not in unit.masked][:1]
            if not aux:
                return None
            finite = aux[0]
            passive = lows[finite] in BE
            if lows[finite] in KONJUNKTIV or (passive and form.lemma == "fragen"):
                return None
        elif lows[i].endswith("t") and any(
            lows[k] in HAVE | BE for k in range(start, end) if k not in unit.masked
        ):
            if any(f.form == "participle" for f in self._verbs[lows[i]]):
                return None
        tail = self._find_appositive(unit, number, i)
        if tail:
            return Frame(
                tail, form.lemma, ((unit.first, tail.first - 2),), False, None, form.group, i
            )
        if form.lemma in NOT_WITH and any(NOT_WITH[form.lemma].search(low) for low in lows[start:end]):
            return None
        said = self._find_said(unit, number, i, finite, form)
        if said is None:
            if (form.group == "think" and form.lemma != "hervorgehen") or passive or form.lemma == "sprechen":
                return None
            said = ()
        inverted = bool(said) and said[-1][1] == start - 1
        mention = (
            self._subject(unit, unit.clause_at(finite), finite, False)
            if finite < start
            else self._passive_agent(start, end)
            if passive and form.lemma != "zitieren"
            else self._subject(unit, number, finite, inverted)
        )
        whole = said == ((unit.first, unit.stop),)
        if whole and form.form == "finite" and self._is_infinite(i, start, end):
            return None
        if passive and mention is None and whole and form.lemma not in PASSIVE_BARE:
            return None
        if form.lemma in {"heißen", "hervorgehen"}:
            mention = self._document(start, end)
        anonymous = mention is None and (
            passive or start == unit.first or form.lemma == "heißen"
        )
        return Frame(mention, form.lemma, said, anonymous, None, form.group, i)

    def _is_other_verb(self, unit: _Unit, i: int, form: VerbForm) -> bool:
        """Whether a particle at the clause's end makes it another verb ("forderte … an")."""
        lows = self._words.lows
        for k in range(i + 1, min(unit.stop, i + 40)):
            ends = k + 1 >= unit.stop or not lows[k + 1].isalnum() or lows[k + 1] == "und"
            if ends and lows[k] in _STRAY:
                return True
            if not lows[k].isalnum() and "-" not in lows[k]:
                return False
        return False

    def _is_infinite(self, i: int, start: int, end: int) -> bool:
        lows = self._words.lows
        if not lows[i].endswith("n") or lows[i].endswith("ten"):
            return False
        return lows[i - 1] == "zu" or any(lows[k] in _MODALS for k in range(start, end))

    def _find_appositive(self, unit: _Unit, number: int, i: int) -> Mention | None:
        """The speaker of ", wie X, Chef von Y, mitteilte": the verb stands alone in its clause."""
        start, end = unit.clauses[number]
        if number == 0 or not self._is_final(i, end) or self._words.lows[start] in SUBORDINATORS:
            return None
        for before, _ in unit.clauses[max(0, number - 2) : number]:
            if self._words.lows[before] in {"wie", "as"} and before > unit.first + 2:
                return read_mention(self._words, self._skip(before + 1, i), i)
        return None

    def _document(self, start: int, end: int) -> Mention | None:
        """Where it says so: "heißt es in einem Bericht", "hieß es aus dem Ministerium"."""
        for k in range(start, end):
            if self._words.lows[k] in {"in", "im", "aus", "von", "vom", "beim", "bei", "auf"}:
                mention = read_mention(self._words, k + 1, end)
                if mention:
                    return mention
        return None

    def _has_particle(self, i: int, stop: int, particle: str) -> bool:
        lows = self._words.lows
        for k in range(i + 1, min(stop, i + 45)):
            if lows[k] == particle:
                after = lows[k + 1] if k + 1 < stop else "."
                if not after.isalpha() or after in {"und", "oder", "sowie", "als", "dass"}:
                    return True
        return False

    def _find_said(
        self, unit: _Unit, number: int, i: int, finite: int, form: VerbForm
    ) -> tuple[tuple[int, int], ...] | None:
        words, lows = self._words, self._words.lows
        start, end = unit.clauses[number]
        opener = lows[start]
        if opener in {"das", "dies", "so"} and finite == start + 1 and start > unit.first + 3:
            if self._has_verb(unit, start) and form.group == "say":
                return ((self._after_colon(unit, start), start - 1),)
        if opener in {"wie", "as"} and start + 1 < finite and self._is_final(finite, end):
            return ((end + 1, unit.stop),) if start == unit.first else ((unit.first, unit.stop),)
        if form.group != "think":
            if start == finite and start > unit.first + 2:
                mention = read_mention(words, self._skip(finite + 1, unit.stop), unit.stop)
                after = self._complement(unit, number, form, strict=True)
                sure = self._has_verb(unit, start)
                if mention and not sure and (form.group == "tell" or after is not None):
                    mention = None
                if mention and (self._agency(mention) < 0 or not (sure or self._speaks(mention))):
                    mention = None
                if self._only_subordinate(unit, number):
                    mention = None
                if form.lemma == "heißen" and after is None:
                    return ((self._after_colon(unit, start), start - 1),)
                if mention and (after is None or lows[after] not in {"dass", "daß", "ob", "that"}):
                    return ((self._after_colon(unit, start), start - 1),)
        after = self._complement(unit, number, form, strict=form.group == "think")
        if after is not None:
            return ((min(after, unit.stop - 1), unit.stop),)
        if form.lemma in BARE_WITH and BARE_WITH[form.lemma] & set(lows[unit.first : unit.stop]):
            return ((unit.first, unit.stop),)
        if form.lemma == "sprechen" and "von" not in lows[unit.first : unit.stop]:
            return None
        if form.group == "tell" and (start == unit.first or opener not in _RELATIVE | SUBORDINATORS):
            return ((unit.first, unit.stop),)
        touching = any(k in unit.masked for k in (start - 1, start - 2, end, end + 1))
        if form.group == "say" and touching:
            return ()
        return None

    def _only_subordinate(self, unit: _Unit, number: int) -> bool:
        """Whether "Da er fror, bat er …": nothing but a subordinate clause stands before."""
        start = unit.clauses[0][0]
        return number == 1 and start not in unit.masked and (
            self._words.lows[start] in SUBORDINATORS - {"dass", "daß", "ob"}
        )

    def _after_colon(self, unit: _Unit, stop: int) -> int:
        """Where what stands before word `stop` begins: after its last colon."""
        for k in range(stop - 1, unit.first, -1):
            if self._words.words[k] == ":" and k not in unit.masked:
                return k + 1
        return unit.first

    def _speaks(self, mention: Mention) -> bool:
        return can_speak(mention) or self._agency(mention) > 0

    def _has_verb(self, unit: _Unit, stop: int) -> bool:
        """Whether what stands before a clause is a sentence of its own (or a quotation)."""
        if any(k in unit.masked for k in (stop - 1, stop - 2)):
            return True
        lows, caps = self._words.lows, self._words.caps
        for k in range(unit.first, stop):
            if caps[k] and k > unit.first:
                continue
            low = lows[k]
            if low in _FINITE:
                return True
            # "der drittgrößten Stadt" has an adjective, no verb.
            attributive = k > unit.first and (lows[k - 1] in _OBLIQUE or lows[k - 1] in _RELATIVE)
            if len(low) > 4 and low.endswith(("te", "ten", "t")) and not attributive:
                return True
        return False

    def _complement(self, unit: _Unit, number: int, form: VerbForm, strict: bool) -> int | None:
        """Where the clauses begin that say what is said: dass, zu, Konjunktiv, a colon."""
        words, lows = self._words, self._words.lows
        end = unit.clauses[number][1]
        if end + 1 >= unit.stop or words.words[end] not in ",:":
            return None
        if words.words[end] == ":":
            return end + 1
        opener, last = lows[end + 1], lows[end - 1]
        if opener in COMPLEMENT_OPENERS:
            return end + 1
        if opener in self._verbs:
            return None
        if opener in _RELATIVE and (skipped := self._past_relative(unit, number, strict)):
            return skipped
        if opener not in {"um", "ohne", "statt", "anstatt"} and self._is_infinitive(unit, number + 1):
            return end + 1
        if strict or opener in _CONJUNCTIONS or opener in SUBORDINATORS:
            return None
        rest = range(end + 1, unit.stop)
        if any(lows[k] in KONJUNKTIV or lows[k] in KONJUNKTIV_II for k in rest):
            return end + 1
        if last in _PARTICLES or (last in self._verbs and form.form == "finite"):
            return end + 1 if form.group != "think" else None
        if form.group == "say" and opener in _RELATIVE and self._is_main(unit, number + 1):
            return end + 1
        if opener in _RELATIVE or opener in _PREPOSITIONS:
            return None
        return end + 1 if form.group == "say" else None

    def _is_main(self, unit: _Unit, number: int) -> bool:
        """Whether a clause that opens with "die" is no relative one: it ends in a noun."""
        _, end = unit.clauses[min(number, len(unit.clauses) - 1)]
        return self._words.caps[end - (not self._words.lows[end - 1].isalnum()) - 1]

    def _past_relative(self, unit: _Unit, number: int, strict: bool) -> int | None:
        """"sagte X, der Y leitet, dass": the clause behind a relative clause, if that is said."""
        lows = self._words.lows
        moods = KONJUNKTIV | KONJUNKTIV_II
        relative = unit.clauses[number + 1] if number + 1 < len(unit.clauses) else None
        if relative is None or any(lows[k] in moods for k in range(*relative)):
            return None
        for start, end in unit.clauses[number + 2 : number + 6]:
            if lows[start] in {"dass", "daß", "ob", "that"}:
                return start
            if not strict and any(lows[k] in moods for k in range(start, end)):
                return start if lows[start] not in _CONJUNCTIONS | SUBORDINATORS else None
        return None

    def _is_infinitive(self, unit: _Unit, number: int) -> bool:
        """Whether a clause is "… zu tun": its last words say so."""
        if number >= len(unit.clauses):
            return False
        lows = self._words.lows
        start, end = unit.clauses[number]
        for k in range(max(start, end - 4), end):
            if lows[k] == "zu" and k + 1 < end and lows[k + 1].endswith("n") and not self._words.caps[k + 1]:
                return True
        return any("zu" in lows[k][2:] and lows[k].endswith("en") and _JOINED.search(lows[k]) is not None
                   for k in range(max(start, end - 2), end))

    def _passive_agent(self, start: int, end: int) -> Mention | None:
        lows = self._words.lows
        for k in range(start, end - 1):
            if lows[k] in {"von", "vom", "durch", "by"}:
                return read_mention(self._words, k + 1, end)
        return None

    def _subject(self, unit: _Unit, number: int, finite: int, inverted: bool) -> Mention | None:
        """The noun phrase that agrees with the verb, as far as word order tells."""
        lows, stop = self._words.lows, unit.stop
        start, end = unit.clauses[number]
        opener = lows[start]
        after = read_mention(self._words, self._skip(finite + 1, stop), stop)
        if after is None and start == finite:
            after = read_mention(self._words, self._skip(finite + 1, stop, True), stop)
        if opener in SUBORDINATORS and start < finite and self._is_final(finite, end):
            return read_mention(self._words, self._skip(start + 1, stop), stop)
        if opener in _RELATIVE and start > unit.first and self._is_final(finite, end):
            return self._antecedent(unit, start) or after
        if start == finite or (opener in _CONJUNCTIONS and finite == start + 1):
            # "Y, Chef von Z, sagte, …": the verb opens its clause without being inverted.
            appositive = start > unit.first and not inverted and start - 1 not in unit.masked
            if after and start == finite and not appositive:
                return after
            return self._first_subject(unit, start) or after
        if opener in _CONJUNCTIONS:
            start += 1
        before = None
        if lows[start] not in _PREPOSITIONS:
            start = min(self._skip(start, finite), finite - 1)
            before = read_mention(self._words, start, finite)
        if before and after and self._agency(after) > self._agency(before) + 1:
            return after
        return before or after or self._first_subject(unit, start)

    def _is_final(self, finite: int, end: int) -> bool:
        """Whether the verb ends its clause, as in a subordinate one."""
        return finite >= end - 2

    def _antecedent(self, unit: _Unit, start: int) -> Mention | None:
        """Whom a relative pronoun stands for: the noun phrase that ends before its comma."""
        for first in range(max(unit.first, start - 12), start - 1):
            mention = read_mention(self._words, first, start - 1)
            if mention and mention.stop == start - 1:
                span = Span(self._words.starts[start], self._words.ends[start])
                return replace(mention, span=span)
        return None

    def _agency(self, mention: Mention) -> int:
        """How likely a noun phrase is somebody who speaks."""
        if self._words.lows[mention.first] in _OBLIQUE or (
            mention.kind == "pronoun" and self._words.lows[mention.first] in {"ihm", "ihnen"}
        ):
            return -1
        if mention.role:
            return 3
        if mention.kind == "pronoun":
            return 0 if self._words.lows[mention.first] in {"ihm", "ihr", "ihnen"} else 2
        known = mention.kind == "person" and self._cast.find_name(mention.name, mention.first)
        return 2 if known or (mention.kind == "person" and self._counts[mention.name] > 1) else 0

    def _first_subject(self, unit: _Unit, before: int) -> Mention | None:
        """The subject of the clauses before a clause that has lost its own to "und" or a comma."""
        lows = self._words.lows
        first: Mention | None = None
        for start, end in unit.clauses:
            if start >= before:
                break
            if start in unit.masked or lows[start] in SUBORDINATORS - {"als", "seit"}:
                continue
            if first is None and lows[start] not in _PREPOSITIONS:
                first = read_mention(self._words, start, unit.stop)
                if first and self._agency(first) > 0:
                    return first
            for k in range(start + 1, end):
                if lows[k] in HAVE | BE or lows[k] in self._verbs or lows[k].endswith(("te", "ten")):
                    mention = read_mention(self._words, self._skip(k + 1, end), unit.stop)
                    if mention and (first is None or self._agency(mention) > 0):
                        return mention
        return first

    # -- nouns and moods ----------------------------------------------------------------------

    def _read_nouns(self, unit: _Unit) -> Iterator[Frame]:
        words, lows = self._words, self._words.lows
        for number, (_, end) in enumerate(unit.clauses[:-1]):
            for k in range(max(unit.first, end - 5), end):
                if not words.caps[k] and lows[k] in CONTENT_ADJECTIVES:
                    after = self._complement(unit, number, _MIND_FORM, strict=True)
                    if after is not None:
                        yield Frame(self._first_subject(unit, unit.stop), lows[k], ((after, unit.stop),))
                        return
                if words.caps[k] and CONTENT_NOUNS.search(lows[k]):
                    after = self._complement(unit, number, _NOUN_FORM, strict=False)
                    if after is not None:
                        owner = self._owner(k, k, end) or self._first_subject(unit, unit.stop)
                        if k > unit.first and words.caps[k - 1] and lows[k - 1].endswith("s"):
                            owner = read_mention(words, k - 1, k) or owner
                        yield Frame(owner, lows[k], ((after, unit.stop),))
                        return

    def _read_mood(self, unit: _Unit, follows: bool) -> Iterator[Frame]:
        lows = self._words.lows
        for i in range(unit.first, unit.stop):
            if i in unit.masked:
                continue
            low = lows[i]
            if (self._words.caps[i] and i > unit.first) or "ich" in lows[max(unit.first, i - 3) : i + 3]:
                continue
            if low in KONJUNKTIV or (follows and low in KONJUNKTIV_II):
                yield self._mood(unit, i, follows)
                return
            if low in {"soll", "sollen"} and self._is_hearsay(unit, i, follows):
                yield Frame(None, low, ((unit.first, unit.stop),))
                return

    def _mood(self, unit: _Unit, i: int, follows: bool) -> Frame:
        """A sentence in the Konjunktiv: the last speaker goes on, or its own subject speaks."""
        lows = self._words.lows
        start, _ = unit.clauses[unit.clause_at(i)]
        if start > unit.first and lows[start] in SUBORDINATORS | _RELATIVE and self._is_indicative(unit):
            mention = self._first_subject(unit, start)
            if mention:
                return Frame(mention, "", ((start, unit.stop),))
        return Frame(None, "", ((unit.first, unit.stop),))

    def _is_indicative(self, unit: _Unit) -> bool:
        start, end = unit.clauses[0]
        if start in unit.masked:
            return False
        lows = self._words.lows[start:end]
        return not any(low in KONJUNKTIV or low in KONJUNKTIV_II for low in lows)

    def _is_hearsay(self, unit: _Unit, i: int, follows: bool) -> bool:
        """Whether "soll" reports: in a main clause in the wake of a statement."""
        start, _ = unit.clauses[unit.clause_at(i)]
        if start > unit.first and self._words.lows[start] in _RELATIVE | SUBORDINATORS:
            return False
        return follows


_JOINED = re.compile(r"^(?:an|ab|auf|aus|bei|ein|fest|fort|her|hin|mit|nach|vor|weg|zu|zurück|durch|um|weiter|wieder|zusammen|teil|bereit|sicher|frei)zu\w+en$")
_VERB_FORMS = read_verb_forms()
_MIND_FORM = VerbForm("", "think", "finite")
_NOUN_FORM = VerbForm("", "tell", "finite")
