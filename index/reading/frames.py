"""What announces a statement in a sentence: verbs, phrases, nouns, and the Konjunktiv alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.roles import Gender
from wortlaut.index.lang.verbs import (
    COMPLEMENT_OPENERS,
    CONTENT_ADJECTIVES,
    CONTENT_NOUNS,
    KONJUNKTIV,
    KONJUNKTIV_II,
    QUOTING_NOUNS,
    SUBORDINATORS,
    VerbForm,
    VerbForms,
)
from wortlaut.index.lang.words import Words
from wortlaut.index.reading.cast import Cast
from wortlaut.index.reading.clauses import (
    CONJUNCTIONS,
    MOODS,
    PREPOSITIONS,
    RELATIVE,
    Frame,
    Range,
    Unit,
    cut_unit,
)
from wortlaut.index.reading.english import EnglishReader
from wortlaut.index.reading.mentions import Mention, read_mention
from wortlaut.index.reading.phrases import InquitReader, PhraseReader
from wortlaut.index.reading.speech import SpeechReader
from wortlaut.index.reading.subjects import ComplementFinder, SubjectFinder

_MIND = VerbForm("", "think", "finite")
_NOUN = VerbForm("", "tell", "finite")
# "…, als er gewarnt habe": the main clause tells when, its subject says nothing.
_TIMED = frozenset({"als", "nachdem", "während", "bevor", "seit"})
_PERFECT_ENDS = frozenset({"haben", "sein"})
_YEAR = re.compile(r"(?:1[89]|20)\d\d\Z")
_TIMES = frozenset("nun jetzt jahr monat woche tag".split()).union(
    list_forms("month", "de"), list_forms("season", "de")
)
_WEEKDAYS = list_forms("weekday", "de")
_CREDITING = frozenset("–—-(")
_CREDIT_ENDS = frozenset('.:;!?)“”"«»„')
_SENTENCE_ENDS = frozenset(".!?…,")
_LONGEST_CREDIT = 16
_POSSESSIVE = ("sein", "ihr")
_ASKED = frozenset({"gefragt", "befragt"})
# "„…“ war sein Kommentar"
_NAMING = frozenset("war ist waren sind lautete lautet lauteten lauten hieß heißt".split())
_SHARING = frozenset({"und", "aber", "doch"})
_LONGEST_NOUN = 10
_PASSIVE = frozenset("wurde wurden wird werden".split())


class FrameReader:
    """Finds the frames of one text's sentences."""

    def __init__(self, words: Words, cast: Cast, forms: VerbForms) -> None:
        self._words = words
        self._subjects = SubjectFinder(words, cast, forms)
        self._complements = ComplementFinder(words, forms)
        self._phrases = PhraseReader(words, self._subjects, forms)
        self._speech = SpeechReader(words, self._subjects, self._complements, forms)
        self._inquits = InquitReader(words, self._subjects)
        self._english = EnglishReader(words, forms)

    def read(self, first: int, stop: int, quotes: Sequence[Range], follows: bool) -> list[Frame]:
        """The frames in words `[first, stop)`; `follows`: the last sentence was a statement."""
        unit = cut_unit(self._words, first, stop, quotes)
        if not unit.clauses:
            return []
        if self._words.english:
            return _chain(
                list(self._english.read_phrases(unit)), list(self._english.read_verbs(unit))
            )
        if self._is_question(unit):
            return []
        verbs = [self._own(unit, frame) for frame in self._speech.read(unit)]
        verbs = self._pass_on(unit, verbs)
        verbs = verbs or list(self._phrases.read_wording(unit))
        verbs += self._read_shared(unit, quotes) if verbs else []
        frames = _chain(list(self._phrases.read(unit)), verbs)
        inquit = self._inquits.read(unit)
        if inquit and not any(frame.said or frame.at >= inquit.at for frame in frames):
            return [inquit]
        asked = self._words.lows[first : first + 3] == ["auf", "die", "frage"]
        if not asked and not any(frame.said for frame in frames):
            # What stands behind "sagte nie" is nobody's, whatever its mood.
            denied = min((frame.at for frame in frames if frame.denied), default=stop)
            content = self._read_content(unit, follows) if denied == stop else None
            weak = content or self._read_mood(unit, follows, denied)
            frames += [weak] if weak else []
        return frames

    def _read_shared(self, unit: Unit, quotes: Sequence[Range]) -> Iterator[Frame]:
        """The frames of those who share another's verb: "…, sagte Y, und X: „…“" is X's."""
        words = self._words
        for quote in quotes:
            for start, end in unit.clauses[1:]:
                shares = end == quote[0] - 1 and words.words[end] == ":" and start < end
                if not shares or words.lows[start] not in _SHARING:
                    continue
                mention = read_mention(words, start + 1, end)
                if mention and mention.stop == end and self._subjects.rank(mention) > 0:
                    yield Frame(mention, "", (quote,), at=quote[0])

    def read_quoted(self, first: int, stop: int, quote: Range) -> Mention | None:
        """Who a quotation without a speech verb belongs to: before its colon, after its comma."""
        words = self._words
        start, end = quote
        if start > first and words.words[start - 1] == ":":
            unit = cut_unit(words, first, start - 1, ())
            owner = self._read_quoting(first, start - 1)
            if owner:
                return owner
            main = [c for c in unit.clauses if c[0] == first or words.lows[c[0]] not in RELATIVE]
            return self._subjects.find_first(replace(unit, clauses=tuple(main)), start - 1)
        named = self._read_named_behind(end, stop)
        if named:
            return named
        if end + 2 >= stop or words.words[end] != "," or words.caps[end + 1]:
            return None
        if words.lows[end + 1] in CONJUNCTIONS | RELATIVE | SUBORDINATORS:
            return None
        return read_mention(words, self._subjects.skip(end + 2, stop), stop)

    def _read_named_behind(self, k: int, stop: int) -> Mention | None:
        """Whose the noun behind a quotation is: "„…“ war sein Kommentar", "„…“, so Holms Urteil"."""
        words = self._words
        k += k < stop and words.words[k] == ","
        so = k < stop and words.lows[k] == "so"
        k += so
        is_verb = k < stop and words.lows[k] in _NAMING
        if not (so or is_verb):
            return None
        k = self._subjects.skip(k + is_verb, stop)
        return self._read_quoting(k, min(stop, k + _LONGEST_NOUN))

    def read_credit(self, behind: int) -> Mention | None:
        """Who stands right behind a quotation: "„…“ – Minister X", "„…“ (X am Montag in Brenn)".

        On the same line or on the next one.
        """
        words = self._words
        if behind + 1 >= len(words.words) or words.words[behind] not in _CREDITING:
            return None
        if words.words[behind - 2] not in _SENTENCE_ENDS:
            return None
        stop = behind + 1
        while stop < len(words.words) and stop < behind + _LONGEST_CREDIT:
            if words.breaks[stop] or words.words[stop] in _CREDIT_ENDS:
                break
            stop += 1
        mention = read_mention(words, behind + 1, stop)
        if mention is None or mention.kind != "person":
            return None
        plain = mention.role or (" " in mention.name and self._subjects.speaks(mention))
        after = words.lows[mention.stop] if mention.stop < stop else ","
        closed = after == "," or after in PREPOSITIONS
        return mention if closed and (plain or after == ",") else None

    def _read_quoting(self, first: int, colon: int) -> Mention | None:
        """Whose the noun before a colon is: "Ihr Urteil: „…“", "Das Fazit des Leiters: „…“"."""
        words, lows = self._words, self._words.lows
        for k in range(first, colon):
            if not words.caps[k] or not QUOTING_NOUNS.search(lows[k]):
                continue
            if k > first and lows[k - 1].startswith(_POSSESSIVE):
                return self._read_possessor(k)
            if k > first and words.caps[k - 1] and lows[k - 1].endswith("s"):
                return read_mention(words, k - 1, k)
            owner = self._phrases.read_owner(k, colon)
            if owner and k - first <= 2 and self._subjects.speaks(owner):
                return owner
        return None

    def _read_possessor(self, noun: int) -> Mention:
        """The pronoun that a possessive before the noun stands for: "ihr Urteil" is hers."""
        gender: Gender = "f" if self._words.lows[noun - 1].startswith("ihr") else "m"
        span = Span(self._words.starts[noun - 1], self._words.ends[noun])
        return Mention(noun - 1, noun + 1, span, "pronoun", "", "", gender, True)

    def may_speak(self, mention: Mention) -> bool:
        """Whether a subject is likely somebody, or an institution, that says things."""
        return self._subjects.speaks(mention)

    def read_text(self, first: int, stop: int) -> Mention | None:
        """The text that a sentence names: "Das geht aus dem Urteil hervor"."""
        unit = cut_unit(self._words, first, stop, ())
        return self._subjects.find_text(unit, len(unit.clauses) - 1) if unit.clauses else None

    def read_subject(self, first: int, stop: int) -> Mention | None:
        """Who a sentence is about: its first noun phrase outside prepositions."""
        return self._subjects.find_first(cut_unit(self._words, first, stop, ()), stop)

    def _own(self, unit: Unit, frame: Frame) -> Frame:
        """The frame of "Ihre Antwort lautete:" as hers, of "…, lautete Holms Urteil" as Holm's."""
        if frame.cue != "lauten":
            return frame
        start, end = unit.clauses[unit.clause_at(frame.at)]
        owner = self._read_quoting(start, frame.at)
        behind = self._subjects.skip(frame.at + 1, end)
        owner = owner or self._read_quoting(behind, end)
        return replace(frame, mention=owner, anonymous=False) if owner else frame

    def _pass_on(self, unit: Unit, verbs: list[Frame]) -> list[Frame]:
        """The verbs with "sagte X, wie Y meldete, …" as X by way of Y."""
        found = list(verbs)
        for outer, inner in pairwise(verbs):
            start, end = unit.clauses[unit.clause_at(inner.at)]
            before = unit.clauses[unit.clause_at(outer.at)]
            passes = self._words.lows[start] == "wie" and before[1] == start - 1
            if not passes or not inner.said or not outer.mention or outer.group != "say":
                continue
            said = tuple((end + 1 if a == start else a, b) for a, b in outer.said)
            if said and all(a < b and not a <= inner.at < b for a, b in said):
                found[found.index(outer)] = replace(outer, said=said, via=inner.mention)
                found.remove(inner)
        return found

    def _is_question(self, unit: Unit) -> bool:
        """Whether somebody is asked, and says nothing: "Ob es stimme, wurde X gefragt"."""
        lows = self._words.lows
        for start, end in unit.clauses:
            asked = not _ASKED.isdisjoint(lows[start:end])
            main = lows[start] not in SUBORDINATORS | RELATIVE
            if asked and main and not _PASSIVE.isdisjoint(lows[start:end]):
                return lows[unit.first] in COMPLEMENT_OPENERS or start == unit.first
        return False

    def _read_content(self, unit: Unit, follows: bool) -> Frame | None:
        """A noun or a state of mind that the next clause spells out: "die Hoffnung, dass"."""
        words, lows = self._words, self._words.lows
        for number, (start, end) in enumerate(unit.clauses[:-1]):
            moods = MOODS if follows else KONJUNKTIV
            if not moods.isdisjoint(lows[start:end]):
                continue  # The last speaker goes on, whosever hope it is.
            for k in range(max(unit.first, end - 5), end):
                noun = words.caps[k] and CONTENT_NOUNS.search(lows[k]) is not None
                if k in unit.masked or (not noun and lows[k] not in CONTENT_ADJECTIVES):
                    continue
                after = self._complements.find(unit, number, _NOUN if noun else _MIND, not noun)
                if after is not None:
                    mention = self._find_holder(unit, k, end) if noun else None
                    mention = mention or self._subjects.find_first(unit, unit.stop)
                    return Frame(mention, lows[k], ((after, unit.stop),))
        return None

    def _find_holder(self, unit: Unit, noun: int, end: int) -> Mention | None:
        """Whose claim or hope it is: "Xs Forderung", "die Forderung des X"."""
        genitive = self._words.caps[noun - 1] and self._words.lows[noun - 1].endswith("s")
        if noun > unit.first and genitive:
            return read_mention(self._words, noun - 1, noun)
        return self._phrases.read_owner(noun, end)

    def _read_mood(self, unit: Unit, follows: bool, stop: int) -> Frame | None:
        """Indirect speech that only its mood shows, and "soll" in the wake of a statement."""
        lows = self._words.lows
        for i in _open_words(unit):
            low = lows[i]
            if i >= stop:
                break
            first_person = "ich" in lows[max(unit.first, i - 3) : i + 3]
            if first_person or (self._words.caps[i] and i > unit.first):
                continue
            if low in KONJUNKTIV or (follows and low in KONJUNKTIV_II):
                return self._read_konjunktiv(unit, i, follows)
            if follows and low in {"soll", "sollen"} and self._is_main(unit, i):
                if self._is_plan(unit):
                    return None
                return Frame(None, low, (unit.whole,))
        return None

    def _is_plan(self, unit: Unit) -> bool:
        """Whether "soll" sets a date: "Der Zug soll am 14. September abfahren" is nobody's word.

        "Er soll am Montag geflohen sein" is hearsay.
        """
        lows = self._words.lows[unit.first : unit.stop]
        hearsay = any(
            low in _PERFECT_ENDS and not after[:1].isalpha()
            for low, after in zip(lows, [*lows[1:], "."], strict=True)
        )
        return not hearsay and any(map(_tells_time, lows))

    def _read_konjunktiv(self, unit: Unit, i: int, follows: bool) -> Frame:
        """The last speaker goes on; in a subordinate clause the main clause's subject speaks."""
        start = unit.clauses[unit.clause_at(i)][0]
        opening = unit.clauses[0]
        quoted = opening[0] in unit.masked
        indicative = all(low not in MOODS for low in self._words.lows[slice(*opening)])
        if not self._is_main(unit, i) and indicative and not quoted:
            timed = self._words.lows[start] in _TIMED
            mention = None if timed else self._subjects.find_first(unit, start)
            if follows and mention and not self._subjects.speaks(mention):
                return Frame(None, "", (unit.whole,))
            if mention or timed:
                return Frame(mention, "", ((start, unit.stop),))
        return Frame(None, "", (unit.whole,))

    def _is_main(self, unit: Unit, i: int) -> bool:
        start = unit.clauses[unit.clause_at(i)][0]
        return start == unit.first or self._words.lows[start] not in RELATIVE | SUBORDINATORS


def _open_words(unit: Unit) -> Iterator[int]:
    return (i for i in range(unit.first, unit.stop) if i not in unit.masked)


def _chain(phrases: list[Frame], verbs: list[Frame]) -> list[Frame]:
    """Phrases and verbs together: "sagte X laut Y" is X by way of Y."""
    outer = [verb for verb in verbs if verb.mention and verb.group == "say" and verb.said]
    if not outer:
        return phrases + verbs
    chained = []
    for verb in verbs:
        via = verb.via
        for phrase in phrases:
            place = phrase.mention.first if phrase.mention else -1
            if verb in outer and not any(a <= place < b for a, b in verb.said):
                via = phrase.mention
        chained.append(replace(verb, via=via))
    return chained


def _tells_time(low: str) -> bool:
    return low in _TIMES or low.startswith(_WEEKDAYS) or _YEAR.match(low) is not None
