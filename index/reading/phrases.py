"""Statements announced without a verb and its clause: "laut X", "X zufolge", ", so X", "nannte".

`PhraseReader` reads the phrases, `InquitReader` what stands behind what is said; `QuotedFinder` and
`find_verdict` what is quoted or judged inside a clause.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import replace

from wortlaut.index.article import Span
from wortlaut.index.lang.roles import Gender, names_institution, role_gender
from wortlaut.index.lang.verbs import COMPLEMENT_OPENERS, QUOTING_NOUNS, SAYING_NOUNS, SUBORDINATORS
from wortlaut.index.lang.words import Words
from wortlaut.index.reading.clauses import (
    BREAKS,
    CONJUNCTIONS,
    FINITE,
    MOODS,
    OBLIQUE,
    PREPOSITIONS,
    QUOTE_MARKS,
    RELATIVE,
    Frame,
    Range,
    Unit,
)
from wortlaut.index.reading.mentions import (
    DETERMINERS,
    NOT_NAMES,
    PRONOUNS,
    Mention,
    can_speak,
    names_object,
    read_mention,
)
from wortlaut.index.reading.subjects import ADVERBS, SubjectFinder

_BY = frozenset({"von", "vom", "aus", "im", "in"})
_PLACING = frozenset({"in", "im"})
_OWNED = _BY | {"des", "der", "eines", "einer", "seiner"}
_POSSESSIVES: dict[str, Gender] = {
    "seiner": "m", "seinen": "m", "seinem": "m", "ihrer": "f", "ihren": "f", "ihrem": "f",
}  # fmt: skip
# "mit dem Satz „…“": words that stand for what is quoted behind them.
_WORDINGS = frozenset(
    "worten satz bemerkung kommentar ausruf hinweis feststellung begründung antwort".split()
)
_OWN: dict[str, Gender] = {"sein": "m", "seine": "m", "ihr": "f", "ihre": "f"}
_DATIVE = frozenset("der dem den einer einem diesem dieser".split())
_FIRST_PERSON = ("mein", "unser")
_BECOMING = frozenset({"wurde", "wird", "geworden", "werden"})

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
_LONGEST_INQUIT = 22

_OBJECTS = frozenset({"ihn", "sie"})
_OPENING = frozenset("„“\"»«‚‘'")
_POINTING = frozenset({"dies", "das", "es", "ihn", "sie"})
_INDEFINITE = frozenset("ein eine einen kein keine keinen".split())
# "nannte man", "nennt sich": a name is given, no verdict.
_NAMING = frozenset({"man", "sich", "so"})
_MEDIUM = re.compile(r"(?:agentur|zeitung|magazin|sender|portal|blatt|journal)\Z")
_LONGEST_CLAUSE = 45


class PhraseReader:
    """Finds the announcing phrases of one text's sentences."""

    def __init__(self, words: Words, subjects: SubjectFinder, verbs: Container[str]) -> None:
        self._words = words
        self._subjects = subjects
        self._verbs = verbs

    def read(self, unit: Unit) -> Iterator[Frame]:
        """The frames that phrases of the sentence make, in order."""
        for i in range(unit.first, unit.stop):
            if i not in unit.masked:
                frame = self._read_at(unit, i)
                if frame:
                    yield frame

    def read_wording(self, unit: Unit) -> Iterator[Frame]:
        """ "X warb mit den Worten: „…“", "Mit diesen Worten ging er": whatever the verb."""
        lows = self._words.lows
        for i in range(unit.first + 2, unit.stop):
            if lows[i] not in _WORDINGS or lows[i - 2] != "mit" or i in unit.masked:
                continue
            start, end = unit.clauses[unit.clause_at(i)]
            if unit.masked.isdisjoint((i + 1, i + 2, start - 1, start - 2)):
                continue
            mention = self._subjects.scan(start, end) or self._subjects.find_first(unit, start)
            if mention:
                yield Frame(mention, "mit den Worten", (), at=i)

    def _read_at(self, unit: Unit, i: int) -> Frame | None:
        lows, low = self._words.lows, self._words.lows[i]
        if low in {"laut", "gemäß"}:
            return self._read_according(unit, i, i + 1)
        if low == "according" and lows[i + 1 : i + 2] == ["to"]:
            return self._read_according(unit, i, i + 2)
        if low in {"nach", "aus"}:
            return self._read_postposed(unit, i) or self._read_nach(unit, i)
        if low == "zufolge" or (low == "folge" and i and lows[i - 1] == "zu"):
            return self._read_zufolge(unit, i)
        if low == "so" and i > unit.first:
            return self._read_so(unit, i)
        if low == "bekannt":
            return self._read_known(unit, i)
        if low == "wonach" and i > unit.first:
            return Frame(self._subjects.find_first(unit, i), low, ((i, unit.stop),))
        return self._read_back_reference(unit, i, low)

    def _read_back_reference(self, unit: Unit, i: int, low: str) -> Frame | None:
        """ "Demnach …": what the last speaker said goes on."""
        if low == "demnach":
            return Frame(self._phrase(i, i + 1), low, (unit.whole,))
        if low != "danach" or i != unit.first:
            return None
        if any(word in MOODS for word in self._words.lows[unit.first : unit.stop]):
            return Frame(self._phrase(i, i + 1), "demnach", (unit.whole,))
        return None

    def _read_known(self, unit: Unit, i: int) -> Frame | None:
        """ "es wurde bekannt, dass …", "wie bekannt wurde": nobody says it."""
        lows = self._words.lows
        start, end = unit.clauses[unit.clause_at(i)]
        if _BECOMING.isdisjoint(lows[start:end]) or end + 1 >= unit.stop:
            return None
        if lows[start] == "wie" or lows[end + 1] in {"dass", "daß"}:
            return Frame(None, "bekannt", ((end + 1, unit.stop),), True)
        return None

    def _rest(self, unit: Unit, start: int, end: int) -> tuple[Range, ...]:
        """The sentence without the phrase, where that opens or ends it."""
        if start - unit.first <= 1:
            return ((end, unit.stop),)
        if not any(word.isalnum() for word in self._words.words[end : unit.stop]):
            return ((unit.first, start),)
        return (unit.whole,)

    def _read_according(self, unit: Unit, i: int, start: int) -> Frame | None:
        mention = read_mention(self._words, start, unit.stop)
        if mention is None:
            return None
        owner = self._read_holder(mention, unit.stop)
        said = self._rest(unit, i, owner.stop)
        return Frame(self._unfold(unit, owner, unit.stop), "laut", said)

    def _read_holder(self, mention: Mention, stop: int) -> Mention:
        """Whose a bare noun is: "laut Vorschlag der Stadt"; the noun itself if nobody's."""
        lone = mention.kind == "person" and mention.stop - mention.first == 1
        if not lone or self._subjects.speaks(mention):
            return mention
        owner = self.read_owner(mention.first, stop)
        # "laut Verfassung der Präsident": a nominative.
        if owner and self._words.lows[mention.stop] == "der" and role_gender(owner.role) == "m":
            return mention
        return owner if owner and self._subjects.speaks(owner) else mention

    def _unfold(self, unit: Unit, mention: Mention, stop: int) -> Mention:
        """The speaker inside "einer Mitteilung der Polizei"; the phrase itself if none."""
        for k in range(mention.first, mention.stop):
            if self._words.caps[k] and SAYING_NOUNS.search(self._words.lows[k]):
                return self._read_source(unit, mention.first, k, stop)
        return mention

    def read_owner(self, noun: int, stop: int) -> Mention | None:
        """Whose the noun at that word is: "Angaben der Polizei", "Worten von X"."""
        lows, k = self._words.lows, noun + 1
        if k < stop and lows[k] in _OWNED:
            owner = read_mention(self._words, k + (lows[k] in _BY), stop)
            # "schossen nach Angaben in die Luft"
            placed = lows[k] in _PLACING and owner and not self._subjects.speaks(owner)
            return None if placed else owner
        if k < stop and self._words.caps[k]:
            owner = read_mention(self._words, k, stop)
            if owner and owner.name.endswith(("s", "’", "'")):
                return replace(owner, is_genitive=True)
            return owner if owner and self._subjects.speaks(owner) else None
        return None

    def _read_postposed(self, unit: Unit, i: int) -> Frame | None:
        """ "seiner Meinung nach"."""
        noun = i - 1
        if self._words.lows[i] != "nach" or noun <= unit.first or not self._words.caps[noun]:
            return None
        if i + 1 < unit.stop and self._words.lows[i + 1] in _DATIVE:
            return None  # "Studien nach der Katastrophe"
        if not SAYING_NOUNS.search(self._words.lows[noun]):
            return None
        mention = None
        start = noun
        for start in range(max(unit.first, i - 7), i):
            mention = read_mention(self._words, start, unit.stop)
            if mention and mention.stop == i:
                break
        if self._words.lows[start].startswith(_FIRST_PERSON):
            return Frame(self._phrase(start, i), "nach", self._rest(unit, start, i + 1))
        mention = self._read_possessor(unit, start, noun) or read_mention(self._words, start, i)
        return Frame(mention, "nach", self._rest(unit, start, i + 1), mention is None)

    def _read_nach(self, unit: Unit, i: int) -> Frame | None:
        """ "nach Angaben von X", "nach eigenen Angaben", "aus Sicht des X"."""
        words, lows = self._words, self._words.lows
        for k in range(i + 1, min(unit.stop, i + 6)):
            if words.words[k] in BREAKS or (lows[k] in DETERMINERS and lows[k - 1] in DETERMINERS):
                return None
            if not words.caps[k]:
                continue
            if SAYING_NOUNS.search(lows[k]) and (lows[i] == "nach" or lows[k] == "sicht"):
                owner = self._read_source(unit, i + 1, k, unit.stop)
                said = self._rest(unit, i, max(owner.stop, k + 1))
                return Frame(owner, f"{lows[i]} {words.words[k]}", said)
            if k + 1 >= unit.stop or not words.caps[k + 1]:
                return None
        return None

    def _read_source(self, unit: Unit, first: int, noun: int, stop: int) -> Mention:
        """Whose "Angaben" they are: "seine" his, "eigene" the subject's, "erste" nobody's."""
        phrase = self._phrase(first, noun + 1)
        possessor = self._read_possessor(unit, first, noun)
        if possessor:
            return possessor
        if not self._words.lows[noun - 1].startswith("eigene"):
            # "Medienberichten zufolge": a source, but nobody by name.
            return self.read_owner(noun, stop) or phrase
        start = unit.clauses[unit.clause_at(noun)][0]
        subject = self._subjects.find_first(unit, unit.stop)
        if first - start <= 1 and noun + 2 < unit.stop:
            # "Nach eigenen Angaben will er": the subject stands behind the verb.
            behind = noun + 1 + (self._words.lows[noun + 1] in {"zufolge", "nach"})
            after = self._subjects.skip(behind + 1, unit.stop)
            subject = read_mention(self._words, after, unit.stop) or subject
        return replace(subject, span=phrase.span, stop=noun + 1) if subject else phrase

    def _read_possessor(self, unit: Unit, first: int, noun: int) -> Mention | None:
        """Whose "seine Angaben" are, as the pronoun would say: "er"; "Ihre" are nobody's."""
        for k in range(first, noun):
            gender = _POSSESSIVES.get(self._words.lows[k])
            if gender and self._words.caps[k] and k > unit.first:
                return self._phrase(k, noun + 1)
            if gender:
                return replace(
                    self._phrase(k, noun + 1), kind="pronoun", gender=gender, definite=True
                )
        return None

    def _phrase(self, first: int, stop: int) -> Mention:
        """Words as an unnamed source: a place, but no name."""
        span = Span(self._words.starts[first], self._words.ends[stop - 1])
        return Mention(first, stop, span, "group", "")

    def _read_zufolge(self, unit: Unit, i: int) -> Frame | None:
        end = i - (self._words.lows[i] == "folge")
        for start in range(max(unit.first, end - 9), end):
            if self._words.lows[start] in self._verbs:
                continue
            mention = read_mention(self._words, start, end)
            if mention and mention.stop == end:
                said = self._rest(unit, start, i + 1)
                return Frame(self._unfold(unit, mention, end), "zufolge", said)
        if end <= unit.first:
            return None
        near = range(max(unit.first, end - 3), end)
        start = next((k for k in near if self._words.caps[k]), end - 1)
        return Frame(self._phrase(start, end), "zufolge", self._rest(unit, start, i + 1))

    def _read_so(self, unit: Unit, i: int) -> Frame | None:
        words = self._words
        if words.words[i - 1] not in BREAKS | QUOTE_MARKS or words.lows[i + 1 : i + 2] == ["zum"]:
            return None
        mention = read_mention(words, self._subjects.skip(i + 1, unit.stop), unit.stop)
        owner = self._read_own_noun(mention) if mention else None
        mention = owner or mention
        if mention is None or (mention.stop < unit.stop and words.caps[mention.stop]):
            return None
        if (
            mention.kind == "group"
            and mention.name[:1].islower()
            and words.words[i + 1] in _OPENING
        ):
            return None  # "…, so „schütze sie Gott“"
        after = words.lows[mention.stop] if mention.stop < unit.stop else "."
        if after.isalpha() and after not in PREPOSITIONS and after not in ADVERBS:
            return None
        opening = i - unit.first < (12 if after == "," else 8)
        goes_on = unit.stop - mention.stop > 3 and opening
        said = unit.whole if goes_on else (unit.first, i - 1)
        return Frame(mention, "so", (said,) if i - 1 > unit.first else ())

    def _read_own_noun(self, mention: Mention) -> Mention | None:
        """Whose "sein Kommentar" is, as the pronoun would say; None for other nouns."""
        low, noun = self._words.lows[mention.first], mention.stop - 1
        own = (
            low in _OWN and mention.kind == "group" and QUOTING_NOUNS.search(self._words.lows[noun])
        )
        if not own:
            return None
        phrase = self._phrase(mention.first, mention.stop)
        return replace(phrase, kind="pronoun", gender=_OWN[low], definite=True)


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
            if end - start > _LONGEST_INQUIT or not self._is_indirect(unit, number):
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


class QuotedFinder:
    """Finds whom a "zitieren" quotes, and who does it."""

    def __init__(self, words: Words, subjects: SubjectFinder) -> None:
        self._words = words
        self._subjects = subjects

    def find(
        self, unit: Unit, number: int, finite: int, subject: Mention | None, passive: bool
    ) -> tuple[Mention | None, Mention | None]:
        """The one who is quoted and the one who quotes him.

        "zitierte die Agentur den Minister" has both, in either order; "der Minister wird [von
        der Agentur] zitiert" may lack the second. Without an object the subject speaks.
        """
        start, end = unit.clauses[number]
        if passive:
            return subject, self._subjects.find_agent(start, end)
        if self._words.lows[finite + 1 : finite + 2] and self._words.lows[finite + 1] in _OBJECTS:
            agency = read_mention(self._words, finite + 2, end)
            if agency:
                return self._read_pronoun(finite + 1), agency
        if subject is None:
            return None, None
        joined = self._cut(subject)
        if joined:
            return joined
        before = self._read_before(start, finite) if subject.first > finite else None
        if before:
            return (before, subject) if self._is_quoted(before, subject) else (subject, before)
        behind = max(subject.stop, finite + 1)
        other = read_mention(self._words, self._subjects.skip(behind, end), end)
        other = other and self._read_owner(other)
        if other is None or other.first < subject.stop:
            return subject, None
        return (subject, other) if self._is_quoted(subject, other) else (other, subject)

    def _read_owner(self, mention: Mention) -> Mention:
        """Whose word it is: "zitierte Holms Rede" quotes Holm; the mention itself if nobody's."""
        lows, first = self._words.lows, mention.first
        owned = mention.kind == "person" and mention.stop - first == 2 and lows[first].endswith("s")
        if not owned or not names_object(lows[first + 1]):
            return mention
        span = Span(self._words.starts[first], self._words.ends[first])
        name = self._words.words[first][:-1]
        return replace(mention, stop=first + 1, span=span, name=name)

    def _read_before(self, start: int, finite: int) -> Mention | None:
        if start >= finite or self._words.lows[start] in PREPOSITIONS - OBLIQUE:
            return None
        return read_mention(self._words, start, finite)

    def _read_pronoun(self, i: int) -> Mention:
        span = Span(self._words.starts[i], self._words.ends[i])
        gender: Gender = "m" if self._words.lows[i] == "ihn" else "f"
        return Mention(i, i + 1, span, "pronoun", "", "", gender, True)

    def _cut(self, subject: Mention) -> tuple[Mention, Mention] | None:
        """Both out of one run of capitals: "die Agentur Aldapress | Ministerin Nora Veltin"."""
        lows = self._words.lows
        offices = [
            k for k in range(subject.first, subject.stop) if role_gender(lows[k]) is not None
        ]
        if not offices or not any(_MEDIUM.search(low) for low in lows[subject.first : offices[0]]):
            return None
        agency = read_mention(self._words, subject.first, offices[0])
        quoted = read_mention(self._words, offices[0], subject.stop)
        return (quoted, agency) if quoted and agency else None

    def _is_quoted(self, subject: Mention, other: Mention) -> bool:
        """Whether the first of the two is the object: by its case, else because the other is a paper."""
        lows = self._words.lows
        if (lows[subject.first] in OBLIQUE) != (lows[other.first] in OBLIQUE):
            return lows[subject.first] in OBLIQUE
        paper = names_institution(other.name) and not other.role
        return paper and bool(subject.role or subject.kind == "person") and can_speak(other)


def find_verdict(words: Words, unit: Unit, number: int, finite: int) -> tuple[Range, ...]:
    """What "X nannte Y falsch" reports: the sentence, or its part behind "und"; else nothing.

    A verdict is a quoted word, an adjective at the end, or a noun with "ein" behind the object.
    """
    lows, (start, end) = words.lows, unit.clauses[number]
    subordinate = lows[start] in SUBORDINATORS or (start > unit.first and lows[start] in RELATIVE)
    inside = range(finite + 1, min(end, finite + _LONGEST_CLAUSE))
    if subordinate or not _NAMING.isdisjoint(lows[start:end]):
        return ()
    if any(k in unit.masked for k in inside) or not _is_verdict(words, inside):
        return ()
    joined = lows[start] in CONJUNCTIONS and start > unit.first
    return ((finite, end),) if joined else (unit.whole,)


def _is_verdict(words: Words, inside: range) -> bool:
    objects = False
    for k in inside:
        indefinite = words.lows[k - 1] in _INDEFINITE
        if words.words[k] in _OPENING and k + 1 in inside:
            return indefinite or not words.caps[k + 1]
        if words.lows[k] in _INDEFINITE and objects:
            return True
        objects = objects or words.caps[k] or words.lows[k] in _POINTING
    last = next((k for k in reversed(inside) if words.words[k].isalpha()), None)
    if last is None or last == inside.start or words.caps[last]:
        return False
    return words.lows[last] not in PREPOSITIONS | ADVERBS and any(words.caps[k] for k in inside)
