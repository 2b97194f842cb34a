"""Which office a speaker holds, by the words that stand at the name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from wortlaut.index.article import Span, Statement
from wortlaut.index.lang.offices import is_place, is_role, read_office
from wortlaut.index.lang.roles import names_institution, read_titles, role_gender
from wortlaut.index.lang.verbs import read_verb_forms
from wortlaut.index.lang.words import read_function_words, read_words_and_marks
from wortlaut.index.reading.cast import strip_genitive
from wortlaut.index.reading.clauses import Range
from wortlaut.index.reading.mentions import CALENDAR, DETERMINERS, NOT_NAMES

_SAYING = frozenset(read_verb_forms())
_VERBS = read_function_words("office-verb")
_POSSESSIVES = read_function_words("owner")
_DETERMINERS = frozenset(DETERMINERS) | frozenset(
    "ihres seines unsere unserer dieser jener".split()
)
_LINKS = read_function_words("office-link") | {"&"}
_COMPLEMENT = read_function_words("complement")
_OWNING = (_COMPLEMENT | {"to", "zu"}) - {"der", "im", "in"}
_GENITIVES = read_function_words("genitive")
# Whose words they are is who speaks: "nach Angaben des Präsidenten, Jonas Hellwig, …".
_UTTERANCES = frozenset(
    """angabe angaben ansicht auffassung auskunft aussage aussagen darstellung einschätzung
    erklärung meinung überzeugung worte worten""".split()
)
_FEMININE_GENITIVES = read_function_words("feminine-genitive")
_PREPOSITIONS = read_function_words("office-preposition")
_BOUNDARIES = frozenset(',;.:()–—„“”"»«!?')
_QUOTED = frozenset('„“”"»«‚‘')
_ADJECTIVE = re.compile(r"[^\W\d]{2,}(?:e[nrms]?|ian|ish|ese|er|ing|ed)\Z|\d+-jährige[nr]?\Z")
_QUALIFIERS = frozenset(
    """foreign prime deputy chief senior former press vice top acting first public trade national
    federal general defence defense finance interior energy transport health justice state police
    union company government opposition party central bank""".split()
)
_TITLES = read_titles("mention") | {"."}
_LONGEST_BEFORE = 5
_LONGEST_BEHIND = 16
# Bounds that no article reaches; they keep hostile text linear.
_MOST_MENTIONS = 200


def find_offices(text: str, statements: Sequence[Statement]) -> list[tuple[str, str]]:
    """The offices that stand at the speakers' names, as (speaker, the article's words), each once.

    "Verkehrsminister Tilo Marbach", "die Chefin der Bahn, Wenke Dorlach", "Lorin Achtfeld, der
    Sprecher der Baufirma". A speaker without a name, an institution or office of somebody's, is
    there under its own words.
    """
    persons = {s.speaker for s in statements if s.speaker and s.is_person}
    unnamed = {s.speaker: s.speaker_span for s in statements if s.speaker and not s.is_person}
    found = dict.fromkeys(
        (name, name)
        for name in sorted(unnamed)
        if _is_telling(name) and _stands_in(name, unnamed[name], text)
    )
    if persons:
        found |= dict.fromkeys(_Reading(text, persons).read())
    return list(found)


def _stands_in(name: str, near: Span | None, text: str) -> bool:
    """Whether the text has a name as it is written; it most likely stands `near`."""
    return (near is not None and name in near.of(text)) or name in text


def _is_telling(name: str) -> bool:
    """Whether an unnamed speaker is somebody in particular: not "Sprecher", not "Risse"."""
    office = read_office(name)
    return office.is_institution or (office.head != "" and bool(office.words or office.places))


class _Reading:
    """One pass through one article for its speakers' names."""

    def __init__(self, text: str, persons: Iterable[str]) -> None:
        self._text = text
        self._words = read_words_and_marks(text)
        self._bearers: dict[str, list[str]] = {}
        for name in sorted(persons):
            self._bearers.setdefault(name.split()[-1].lower(), []).append(name)

    def read(self) -> Iterator[tuple[str, str]]:
        """The speakers with the words of their offices, in order of mention."""
        mentions = 0
        for i, low in enumerate(self._words.lows):
            bearers = self._bearers.get(low) or self._bearers.get(strip_genitive(low))
            if not bearers or not self._words.caps[i]:
                continue
            mentions += 1
            if mentions > _MOST_MENTIONS:
                return
            for name in bearers:
                first = self._find_start(i, name)
                if first is None or (len(bearers) > 1 and first == i):
                    continue
                for start, stop in self._read_mention(first, i + 1):
                    yield name, self._slice(start, stop)
                break

    def _slice(self, start: int, stop: int) -> str:
        return self._text[self._words.starts[start] : self._words.ends[stop - 1]]

    def _find_start(self, i: int, name: str) -> int | None:
        """Where the mention of `name` with its surname at word `i` begins; None if another's."""
        words = self._words
        given = {part.lower().rstrip(".") for part in name.split()[:-1]}
        first = i
        while first and (words.lows[first - 1] in given or self._is_title(first - 1, first)):
            first -= 1
        before = words.words[first - 1] if first else ""
        low = before.lower()
        stranger = (
            first == i and before[:1].isupper() and before.isalpha() and len(name.split()) > 1
        )
        if stranger and not is_role(low) and low not in NOT_NAMES and not before.endswith("s"):
            return None
        return first

    def _is_title(self, k: int, first: int) -> bool:
        words = self._words
        initial = len(words.words[k]) == 1 and words.caps[k]
        title = words.lows[k] in _TITLES and words.lows[k] not in _DETERMINERS
        dotted = (
            words.words[k] == "." and k > 0 and len(words.words[k - 1]) <= 4 and words.caps[k - 1]
        )
        return k < first and (initial or dotted or (title and words.words[k] != "."))

    def _read_mention(self, first: int, stop: int) -> Iterator[Range]:
        before = self._read_before(first, stop)
        if before:
            yield before
            owner = self._read_owner(before[0])
            if owner:
                yield owner
        behind = self._read_behind(stop)
        if behind:
            yield behind

    # -- before the name ----------------------------------------------------------------------

    def _read_before(self, first: int, stop: int) -> Range | None:
        words = self._words
        if not first or words.breaks[first]:
            return None
        if is_role(words.lows[first - 1]):
            # "Sprecher Talbergs": somebody else's office, as likely as not.
            genitive = words.lows[stop - 1] not in self._bearers
            return None if genitive else (self._extend(first - 1), first)
        full = stop - first > 1
        comma = words.words[first - 1] == ","
        if not full or (comma and not self._is_closed(stop)):
            return None
        end = first - comma
        if comma and is_role(words.lows[end - 1]):
            start = self._extend(end - 1)
            if not self._is_owned(start, end - 1):
                return (start, end) if self._is_opened(start) else None
        return self._read_whole(end)

    def _read_whole(self, end: int) -> Range | None:
        """The office before `end` with all its genitives: "Sprecherin des Präsidenten"."""
        words = self._words
        for k in range(end - 2, max(0, end - 14) - 1, -1):
            if words.words[k] in _BOUNDARIES - _QUOTED or words.breaks[k + 1]:
                return None
            if is_role(words.lows[k]) and words.lows[k + 1] in _COMPLEMENT | _OWNING:
                start = self._extend(k)
                if self._is_owned(start, k):
                    continue
                opened = start == 0 or words.breaks[start] or self._is_opened(start)
                opened = opened or not words.caps[k] or words.words[start - 1] in _BOUNDARIES
                reached = self._read_complement(k + 1, end) == end
                return (start, end) if reached and opened else None
        return None

    def _is_owned(self, start: int, role: int) -> bool:
        """Whether the office is that of whose wife or lawyer it is: "Frau des Präsidenten"."""
        words = self._words
        low = words.lows[start - 1] if start else ""
        before = words.lows[start - 2] if start > 1 else ""
        if before in _UTTERANCES:
            return False
        if low in _GENITIVES:
            return True
        if low in _FEMININE_GENITIVES and before not in _PREPOSITIONS - _OWNING:
            # "der Präsident" is a nominative, "der Präsidentin" is none.
            return before != "" and (role_gender(words.lows[role]) == "f" or is_role(before))
        return low in _OWNING or (low in _DETERMINERS and before in _OWNING)

    def _is_closed(self, stop: int) -> bool:
        """Whether a comma, full stop or mark follows: the name is an apposition's."""
        return stop >= len(self._words.words) or self._words.words[stop] in _BOUNDARIES

    def _extend(self, role: int) -> int:
        """Where the office that ends with the word `role` begins, without its determiner."""
        words, start = self._words, role
        determined = role
        while start and role - start < _LONGEST_BEFORE and not words.breaks[start]:
            k = start - 1
            low = words.lows[k]
            if low in _DETERMINERS:
                return start
            if low in NOT_NAMES or low in CALENDAR or not words.words[k][0].isalnum():
                break
            if words.caps[k] or is_place(low) or low in _QUALIFIERS or is_role(low):
                start = determined = k
            elif _ADJECTIVE.match(low) and low not in _SAYING and low not in _VERBS:
                start = k
            else:
                break
        start = start if self._is_opened(start) else determined
        return self._drop_place(start, role)

    def _is_opened(self, start: int) -> bool:
        """Whether a determiner or a genitive before the adjectives makes them the office's."""
        return start > 0 and self._words.lows[start - 1] in _DETERMINERS

    def _drop_place(self, start: int, role: int) -> int:
        """Behind the noun of another phrase: "in [Berlin] CDU-Chef"."""
        words = self._words
        if start < role and start and words.lows[start - 1] in _PREPOSITIONS:
            low = words.lows[start]
            genitive = low.endswith(("s", "’", "'"))
            adjective = _ADJECTIVE.match(low) and is_place(low)
            if words.caps[role] and not genitive and not adjective and low not in {"us", "eu"}:
                return start + 1
        return start

    def _read_owner(self, start: int) -> Range | None:
        """The institution meant by "Ihr Vorsitzender X": the only one of the sentence before."""
        words = self._words
        if not start or words.lows[start - 1] not in _POSSESSIVES:
            return None
        dot = start - 2
        if dot < 0 or words.words[dot] not in '.!?“”"':
            return None
        found = []
        k = dot - 1
        while k > max(0, dot - 40) and not (words.words[k] in ".!?" or words.breaks[k + 1]):
            k -= 1
        while k < dot:
            if words.caps[k] and names_institution(words.words[k]):
                stop = max(
                    k + 1, self._read_complement(k + 1, dot, links=frozenset({"der", "des"}))
                )
                found.append((k, stop))
                k = stop
            k += 1
        return found[0] if len(found) == 1 else None

    # -- behind the name ----------------------------------------------------------------------

    def _read_behind(self, stop: int) -> Range | None:
        """The apposition behind the name and its comma."""
        words, count = self._words, len(self._words.words)
        k = self._past_bracket(stop)
        if k + 2 >= count or words.words[k] != "," or words.breaks[k + 1]:
            return None
        start = k + 1
        determined = words.lows[start] in _DETERMINERS
        start += determined
        role = self._find_role(start, count)
        if role is None:
            return None
        after = role + 1
        bare = after < count and words.lows[after] not in _COMPLEMENT
        if bare and words.lows[after] in {"und", "and"} and after + 1 < count:
            bare = not is_role(words.lows[after + 1])
        if bare and not self._is_closed(after) and not self._may_follow(after):
            return None
        if not determined and words.caps[role] and bare and not self._is_closed(after):
            return None
        end = self._read_complement(after, count)
        return (start, end) if self._is_closed(end) else None

    def _past_bracket(self, k: int) -> int:
        words = self._words
        if k < len(words.words) and words.words[k] == "(":
            for end in range(k + 1, min(len(words.words), k + 6)):
                if words.words[end] == ")":
                    return end + 1
        return k

    def _find_role(self, start: int, count: int) -> int | None:
        """The role that ends the noun phrase's head, with the words before it; None if none."""
        words, role = self._words, None
        for k in range(start, min(count, start + 7)):
            low = words.lows[k]
            if not words.words[k][0].isalnum() or words.breaks[k]:
                break
            if is_role(low):
                role = k
                if k + 1 < count and not is_role(words.lows[k + 1]) and words.caps[k]:
                    break
                continue
            if role is not None or low in NOT_NAMES or low in _DETERMINERS or low in _VERBS:
                break
            if low in _SAYING or not (words.caps[k] or self._qualifies(low)):
                break
        return role

    def _qualifies(self, low: str) -> bool:
        """Whether a small word may stand before an office: "Russian", "deputy", "palace's"."""
        known = low in _QUALIFIERS or is_place(low) or low.endswith(("'s", "’s"))
        return known or _ADJECTIVE.match(low) is not None

    def _may_follow(self, k: int) -> bool:
        """Whether a capital behind the role is a genitive or an organisation, not a name."""
        words = self._words
        if not words.caps[k]:
            return False
        low, word = words.lows[k], words.words[k]
        alone = k + 1 >= len(words.words) or not words.caps[k + 1]
        return (alone and (low.endswith("s") or is_place(low))) or word.isupper()

    def _read_complement(self, k: int, limit: int, links: frozenset[str] = _LINKS) -> int:
        """Where the genitives and prepositions behind a noun end; before `limit`."""
        words, first = self._words, k
        end = k
        while k < min(limit, first + _LONGEST_BEHIND) and (k == first or not words.breaks[k]):
            low, word = words.lows[k], words.words[k]
            linked = (k > first and words.lows[k - 1] in _LINKS | _QUALIFIERS) or (
                k > first and not words.caps[k - 1] and _ADJECTIVE.match(words.lows[k - 1])
            )
            if words.caps[k] and low not in CALENDAR:
                end = k + 1
            elif word in _QUOTED and links is _LINKS:
                end = k + 1 if end == k and k > first and words.caps[k - 1] else end
            elif low in links or (word in {"&", "-"} and words.caps[k - 1]):
                pass
            elif linked and low not in _VERBS and low not in _SAYING and word[0].isalnum():
                noun = is_role(low) or (low.isascii() and not _ADJECTIVE.match(low))
                end = k + 1 if noun else end
            else:
                break
            k += 1
        return end
