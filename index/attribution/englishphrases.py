"""English noun phrases and verb forms: who is mentioned where, as what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from wortlaut.index.article import Span
from wortlaut.index.attribution.mentions import CALENDAR, DETERMINERS, PRONOUNS, Kind, Mention
from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.roles import Gender, read_english_gender, read_role, role_gender
from wortlaut.index.lang.speech import BE, HAVE
from wortlaut.index.lang.verbs import VerbForm, read_plural_groups
from wortlaut.index.lang.words import Words

Forms = Mapping[str, tuple[VerbForm, ...]]

ADVERBS = read_function_words("en-adverb")
CONJUNCTIONS = read_function_words("en-conjunction")
PREPOSITIONS = read_function_words("en-preposition")
THAT = frozenset({"that", "whether"})
RELATIVE = frozenset({"who", "whose", "which"})
NOBODY = frozenset({"i", "we", "you", "there"})
_OBJECTS: dict[str, Gender] = {"him": "m", "her": "f", "them": ""}
_POSSESSIVES: dict[str, Gender] = {"his": "m", "her": "f", "their": ""}
LONGEST_PHRASE = 14
_COMPLEMENTS = frozenset("of for from at".split())
_PHRASE_ENDS = PREPOSITIONS | RELATIVE | HAVE | BE | CONJUNCTIONS | {"whether"}
# Of the verbs whose bare form is no noun.
_PLURALS = read_plural_groups()


class EnglishPhrases:
    """Reads the noun phrases of one English text."""

    def __init__(self, words: Words, forms: Forms) -> None:
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
        if lows[first] in NOBODY:
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
        limit = min(end, inner + LONGEST_PHRASE)
        while k < limit and words.words[k][0].isalnum() and lows[k] not in _PHRASE_ENDS:
            if lows[k] in CALENDAR or (k > inner and self._opens_predicate(k)):
                break
            initial = k + 1 < limit and words.words[k + 1] == "." and len(words.words[k]) <= 2
            k += 2 if initial else 1
        return k

    def _opens_predicate(self, k: int) -> bool:
        """Whether no noun phrase goes on at word `k`: a verb, an adverb, another phrase."""
        low, before = self._words.lows[k], self._words.lows[k - 1]
        if low in ADVERBS or low in DETERMINERS or (low.endswith("ed") and before.endswith("s")):
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
            kind: Kind = "role" if roles else "group"
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

    def _make(self, first: int, stop: int, kind: Kind, name: str) -> Mention:
        span = Span(self._words.starts[first], self._words.ends[stop - 1])
        return Mention(first, stop, span, kind, name)

    def _join(self, named: range) -> str:
        return " ".join(self._words.words[k] for k in named).replace(" . ", ". ")
