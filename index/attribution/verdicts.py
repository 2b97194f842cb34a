"""Whom somebody quotes, and what somebody calls a thing: two verbs that work in their own ways."""

from __future__ import annotations

import re

from wortlaut.index.article import Span
from wortlaut.index.attribution.clauses import CONJUNCTIONS, OBLIQUE, PREPOSITIONS, RELATIVE, Range, Unit
from wortlaut.index.attribution.mentions import Mention, can_speak, read_mention
from wortlaut.index.attribution.subjects import ADVERBS, SubjectFinder
from wortlaut.index.lang.roles import Gender, names_institution, role_gender
from wortlaut.index.lang.speech import SUBORDINATORS
from wortlaut.index.lang.words import Words

_OBJECTS = frozenset({"ihn", "sie"})
_OPENING = frozenset("„“\"»«‚‘'")
_POINTING = frozenset({"dies", "das", "es", "ihn", "sie"})
_INDEFINITE = frozenset("ein eine einen kein keine keinen".split())
# "nannte man", "nennt sich": a name is given, no verdict.
_NAMING = frozenset({"man", "sich", "so"})
_MEDIUM = re.compile(r"(?:agentur|zeitung|magazin|sender|portal|blatt|journal)\Z")
_LONGEST_CLAUSE = 45


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
        if other is None or other.first < subject.stop:
            return subject, None
        return (subject, other) if self._is_quoted(subject, other) else (other, subject)

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
