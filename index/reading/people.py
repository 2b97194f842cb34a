"""The persons an archive knows, and the offices they hold: who a name or an office stands for.

One name each for all spellings, found in questions in any case form; of those who held an office,
the one whom the words, the place and the time fit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import overload

from rapidfuzz import fuzz

from wortlaut.index.article import Span
from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.grammar import read_grammar
from wortlaut.index.lang.names import (
    MAYBE_SAME,
    PARTICLES,
    SAME_PERSON,
    SHORT_NAME,
    TITLES,
    Spellings,
    agree_in_gender,
    compare_first,
    find_gender,
    is_family_first,
    is_first_name,
    is_regnal,
    is_short_name,
    match_first,
    match_names,
    match_parts,
    match_words,
    read_name_parts,
    spell_parts,
    spell_word,
)
from wortlaut.index.lang.offices import FIELDS, INSTITUTIONS, ROLES, Office, read_office
from wortlaut.index.lang.places import list_spellings, names_place
from wortlaut.index.lang.roles import role_gender
from wortlaut.index.lang.words import (
    CYRILLIC_LETTER,
    LANGUAGES,
    Word,
    detect_language,
    find_letter_runs,
    read_function_words,
)

# Words of headlines that are surnames, too.
_HEADLINE_WORDS = frozenset(
    "times post world press people deal talks peace frieden krieg мир война europa usa".split()
) | {word.casefold() for code in ("RU", "UA") for word in list_spellings(code)}
_NOBODY = read_function_words("nobody") | _HEADLINE_WORDS

_TIMES = frozenset(
    form
    for notion in ("weekday", "month", "daypart")
    for language in LANGUAGES
    for form in list_forms(notion, language)
)
# A word typed small is a name only if it is one for sure; of several those nearly as likely count.
_SURELY, _SURELY_RUSSIAN = 0.9, 0.97
_AS_GOOD = 0.025
_MOST_KEPT = 10_000
_MOST_BEHIND = 2

# A speaker, the office as an article words it, the year of those articles, and how many they are.
Held = tuple[str, str, int | None, int]

_MOST_HOLDERS = 3
# Offices that one person holds at a time.
_STATE = frozenset({"#präsident", "#premier", "#kanzler"})
_FITTING: dict[str, frozenset[str]] = {
    "#chef": frozenset({"#chef", "#präsident"}),
    "#premier": frozenset({"#premier", "#kanzler"}),
    "#vertreter": frozenset({"#vertreter", "#sprecher"}),
    "#gesandter": frozenset({"#gesandter", "#beauftragter", "#unterhändler"}),
    "#beauftragter": frozenset({"#beauftragter", "#gesandter"}),
}
# What a capital is home to without being the country's: there the town itself counts.
_LOCAL = frozenset(
    """#bürgermeister #polizei #gericht #anwaltschaft #feuerwehr #krankenhaus #universität #kirche
    #richter #professor #verein #flughafen #stadt""".split()
)
# Institutions whose head speaks for them, too.
_LED = frozenset("#gewerkschaft #firma #verband #bahn #organisation #verein".split())
# Whose words are somebody's, but not those of the institution that the office names.
_OPPOSED = frozenset({"#anwalt", "#richter"})
_SHORTEST_PART = 4
_SAME_SOUND = 85.0
# A holder that so many times fewer articles know than the best known is a misreading.
_NOISE = 10


# "Deutsche Wetterdienst (DWD)", and what case puts behind a word of the name.
_ABBREVIATED = re.compile(r"(?P<full>[^()]*[^()\s]) \((?P<short>[A-ZÄÖÜ][\w-]*[A-ZÄÖÜ]\w*)\)")
_BODY_ENDING = re.compile(r"(?<=\w{3})(?:es|e[nrms]?|s|n)\Z")
_LONGEST_BODY = 6  # words


class People(Sequence[str]):
    """The persons behind a list of names, each under the fullest of his most frequent spellings.

    A surname alone joins the one person who bears it; where several do, it stays by itself, and
    so stands for any of them.
    """

    def __init__(self, names: Iterable[str], bodies: Bodies | None = None) -> None:
        self.bodies = bodies or Bodies()
        self._spellings: dict[str, list[str]] = {}
        self._bearers: dict[str, list[str]] = {}
        self._found: dict[tuple[str, float], list[str]] = {}
        self._same: dict[str, list[str]] = {}
        self._by_surname: dict[str, list[str]] = {}
        for name in dict.fromkeys(names):
            if surname := read_surname(name):
                self._by_surname.setdefault(surname, []).append(name)
        self._index = Spellings(self._by_surname)
        self._group(self._by_surname)

    def change(self, added: Iterable[str], gone: Iterable[str], bodies: Bodies) -> People:
        """These people with other names among them; only those of like surnames are grouped anew."""
        other = copy(self)
        other.bodies = bodies
        other._found = {}
        other._by_surname, other._same = dict(self._by_surname), dict(self._same)
        other._spellings, other._bearers = dict(self._spellings), dict(self._bearers)
        touched: dict[str, None] = {}
        for name in gone:
            if surname := read_surname(name):
                bearers = other._by_surname.get(surname, ())
                other._by_surname[surname] = [bearer for bearer in bearers if bearer != name]
                touched |= dict.fromkeys([surname, *self._same.get(surname, ())])
        for name in added:
            if surname := read_surname(name):
                other._by_surname[surname] = [*other._by_surname.get(surname, ()), name]
                touched |= dict.fromkeys(self._list_like(surname))
        for person in [p for key in touched for p in self._bearers.get(key, ())]:
            other._spellings.pop(person, None)
        for key in touched:
            other._bearers.pop(key, None)
        other._group(touched)
        return other

    def _list_like(self, surname: str) -> list[str]:
        """The surname, and all that is grouped with what is like it; it is known from now on."""
        self._index.add(surname)
        like = [key for key, score in self._index.find(surname) if score >= SAME_PERSON]
        grouped = [key for near in [surname, *like] for key in self._same.get(near, ())]
        return [surname, *grouped]

    def _group(self, surnames: Iterable[str]) -> None:
        groups = self._index.group(SAME_PERSON, list(surnames))
        self._same |= groups
        for keys in groups.values():
            if keys[0] not in self._bearers:
                self._add(keys, [n for key in keys for n in self._by_surname.get(key, ())])
        self._names = list(self._spellings)
        self._persons = {
            spelling: person for person, all_ in self._spellings.items() for spelling in all_
        }

    def list_alike(self, name: str) -> list[str]:
        """Every name in the archive that shares the surname, in whatever spelling."""
        surname = read_surname(name)
        keys = self._same.get(surname, ()) if surname else ()
        return [other for key in keys for other in self._by_surname.get(key, ())]

    def _add(self, keys: Sequence[str], bearers: list[str]) -> None:
        full = [name for name in bearers if len(spell_parts(name)) > 1]
        persons: list[str] = []
        for name in full:
            same = next((p for p in persons if match_names(p, name) >= SAME_PERSON), None)
            if same is None:
                persons.append(name)
            self._spellings.setdefault(same or name, []).append(name)
        for name in bearers:
            if name in full:
                continue
            only = len(persons) == 1 and agree_in_gender(persons[0], name)
            self._spellings.setdefault(persons[0] if only else name, []).append(name)
            persons += [] if persons else [name]
        known = [name for name in bearers if name in self._spellings]
        self._bearers.update(dict.fromkeys(keys, known))

    @overload
    def __getitem__(self, at: int) -> str: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        return self._names[at]

    def __len__(self) -> int:
        return len(self._names)

    def __contains__(self, name: object) -> bool:
        return name in self._spellings

    def find_person(self, spelling: str) -> str | None:
        """The person whom a name of the archive is for; None where several may bear it."""
        person = self._persons.get(spelling)
        if person is None or len(spell_parts(person)) > 1:
            return person
        return person if self._bearers[spell_parts(person)[-1]] == [person] else None

    def knows(self, spelling: str) -> bool:
        """Whether it is one of the names this was made of, and one of a person or a title."""
        return spelling in self._persons

    def list_spellings(self, name: str) -> list[str]:
        """Every name in the archive that is this person's.

        A bare surname that several persons bear is none of theirs, but stands for all of them when
        it is asked for.
        """
        parts = spell_parts(name)
        if not parts:
            return []
        keys = [key for key, score in self._index.find(parts[-1]) if score >= SAME_PERSON]
        persons = dict.fromkeys(p for key in keys for p in self._bearers.get(key, ()))
        return [
            spelling
            for person in persons
            if person == name or _is_same(name, parts, person)
            for spelling in self._spellings.get(person, ())
        ]

    def find(self, text: str) -> list[tuple[Span, str]]:
        """Where `text`, a question in any of the languages, names somebody known, in order.

        Any case form, spelling or lower-case typing. Of several persons that share the surname,
        those that the first name beside it rules out are left out; if none stands there, all are
        given.
        """
        tokens = read_name_parts(text)
        is_german = detect_language(text) == "de"
        found: list[tuple[Span, str]] = []
        for number, token in enumerate(tokens):
            bearers = self._find_bearers(token, is_german, number == 0)
            if not bearers:
                continue
            first, bearers = _take_particles(text, tokens, number, bearers)
            start, chosen = _choose(text, tokens, first, number, bearers)
            end, chosen = _choose_behind(text, tokens, number, chosen)
            is_whole = start < token.start or end > token.end
            if not is_whole and self._is_first_name(text, tokens, number, is_german):
                continue
            span = Span(start, end)
            found = [item for item in found if item[0].overlap(span) == 0 or item[1] not in chosen]
            found += [(span, name) for name in dict.fromkeys(chosen)]
        bodies = self.bodies.find(text)
        found = [item for item in found if not any(item[0].overlap(span) for span, _ in bodies)]
        return sorted([*found, *bodies], key=lambda item: item[0].start)

    def _find_bearers(self, token: Word, is_german: bool, is_opening: bool = False) -> list[str]:
        """Who may be meant by a word of a question; nobody for one that is no known surname."""
        low = token.low
        is_small = low == token.text
        is_cyrillic = CYRILLIC_LETTER.search(low) is not None
        # Inside a Russian sentence only a name has a capital: "ли" is a small word, "Ли" is Li.
        is_word = low in _NOBODY and (is_small or is_opening or not is_cyrillic)
        if is_word or len(low) < 2 or (is_small and low in {"may", "mark"}):
            return []
        if is_cyrillic and is_small and len(low) < SHORT_NAME:
            return []
        if is_small:
            least = _SURELY_RUSSIAN if is_cyrillic else _SURELY
        else:
            least = SAME_PERSON if is_german or is_cyrillic else MAYBE_SAME
        key = (spell_word(low), least)
        bearers = self._found.get(key)
        if bearers is None:
            bearers = self._gather(*key)
            if len(self._found) >= _MOST_KEPT:
                # Another thread may be reading: what it holds stays its own.
                self._found = {}
            self._found[key] = bearers
        return bearers

    def _gather(self, word: str, least: float) -> list[str]:
        forms = [word, word[:-1]] if word.endswith("s") and len(word) > SHORT_NAME else [word]
        for form in forms:
            if bearers := self._bearers.get(form):
                return bearers
        ranked = [item for form in forms for item in self._index.find(form)]
        best = max((score for _, score in ranked), default=0.0)
        least = max(least, best - _AS_GOOD)
        keys = [key for key, score in ranked if score >= least and len(key) > 1]
        return list(dict.fromkeys(n for key in keys for n in self._bearers.get(key, ())))

    def _is_first_name(self, text: str, tokens: list[Word], number: int, is_german: bool) -> bool:
        """Whether the word is the first name of somebody whose surname stands right behind it.

        Somebody known, or where the word is a usual first name, anybody: "Ernst Oberau" is not
        Karl Ernst.
        """
        if number + 1 == len(tokens):
            return False
        token, after = tokens[number], tokens[number + 1]
        if is_regnal(after.text.rstrip(".")):
            return False  # "Benedict XVI"
        given = spell_word(token.low)
        if not given or text[token.end : after.start] != " ":
            return False
        behind = (t for t in tokens[number + 1 :] if t.low not in PARTICLES)
        after = next(behind, after)
        bearers = self._find_bearers(after, is_german)
        firsts = [part for name in bearers for part in spell_parts(name)[:-1]]
        if any(compare_first(given, part) >= SAME_PERSON for part in firsts):
            return True
        is_name = after.is_capitalised and token.is_capitalised and not bearers
        return is_name and is_first_name(given) and not _is_no_surname(after)


def find_names(text: str, known: Sequence[str]) -> list[tuple[Span, str]]:
    """Where `text` names somebody of `known`; quick where that is a `People` made beforehand."""
    return (known if isinstance(known, People) else People(known)).find(text)


class Bodies:
    """Institutions that speak, each under all of its names: "Deutscher Wetterdienst", "DWD".

    Known are those that an article introduces with their abbreviation, "Wetterdienst (DWD)", and
    those that go by one of the names in a row of `kin`, which are one's.
    """

    def __init__(self, names: Iterable[str] = (), kin: Iterable[Sequence[str]] = ()) -> None:
        self._named: dict[str, list[str]] = {}
        self._kin: dict[str, list[str]] = {}
        for row in kin:
            shared: list[str] = []
            self._kin.update((fold_body(name), shared) for name in row)
        rest = []
        whole: dict[str, str] = {}
        for name in names:
            introduced = _ABBREVIATED.fullmatch(name)
            if introduced is None:
                rest.append(name)
                continue
            full, short = map(fold_body, introduced.groups())
            group = self._kin.get(full, self._kin.get(short, self._named.get(full, [])))
            group.append(name)
            self._named[full] = group
            # An abbreviation of two bodies is neither's.
            if whole.setdefault(short, full) == full or self._named.get(short) is group:
                self._named[short] = group
            else:
                self._named.pop(short, None)
        for name in rest:
            key = fold_body(name)
            group = self._kin.get(key, self._named.get(key, []))
            group.append(name)
        self._groups = {name: group for group in self._list_groups() for name in group}

    def _list_groups(self) -> Iterator[list[str]]:
        yield from self._named.values()
        yield from self._kin.values()

    def find(self, text: str) -> list[tuple[Span, str]]:
        """Where the text has a name that articles introduced, in any case form, in order."""
        words = read_name_parts(text) if self._named else []
        found: list[tuple[Span, str]] = []
        for first, word in enumerate(words):
            if found and word.start < found[-1][0].end:
                continue
            for last in range(min(len(words), first + _LONGEST_BODY) - 1, first - 1, -1):
                span = Span(word.start, words[last].end)
                typed = span.of(text)
                group = self._named.get(fold_body(typed), [])
                if group and (last > first or typed.isupper()):
                    found.append((span, group[0]))
                    break
        return found

    def find_one(self, names: Iterable[str]) -> str | None:
        """What the archive calls the body that goes by these names; None if it never speaks."""
        groups = (self._kin.get(key, self._named.get(key)) for key in map(fold_body, names))
        return next((group[0] for group in groups if group), None)

    def list_spellings(self, name: str) -> list[str]:
        """Every name in the archive that is this body's; none for others than those known."""
        return list(self._groups.get(name, ()))

    def list_names(self, name: str) -> list[str]:
        """The same without brackets, with the abbreviations in them by themselves."""
        names: list[str] = []
        for spelling in self.list_spellings(name):
            introduced = _ABBREVIATED.fullmatch(spelling)
            names += introduced.groups() if introduced else [spelling]
        return list(dict.fromkeys(names))


@lru_cache(maxsize=8192)
def fold_body(name: str) -> str:
    """A body's name without case endings: "Deutsche Wetterdienst", "Deutschen Wetterdienstes"."""
    words = name.split()
    if len(words) == 1 and name.isupper():
        return name
    return " ".join(_BODY_ENDING.sub("", word.casefold()) for word in words)


def list_introduced(name: str) -> tuple[str, ...]:
    """The folded names of a body that an article introduces with both: "Wetterdienst (DWD)"."""
    introduced = _ABBREVIATED.fullmatch(name)
    return tuple(map(fold_body, introduced.groups())) if introduced else ()


class Offices:
    """The offices of all speakers of an archive; `people` says which names are one person.

    Speakers without a name, "Sprecher der Baufirma" or "Außenministerium in Moskau", are one where
    their words mean the same.
    """

    def __init__(self, held: Iterable[Held], people: People) -> None:
        self._holders: dict[str, _Holder] = {}
        self._by_head: dict[str, dict[str, None]] = {}
        self._unnamed: dict[Office, Counter[str]] = {}
        self._people = people
        self._hold(list(held))

    def _hold(self, rows: Sequence[Held]) -> None:
        for speaker, _, _, articles in rows:
            if not self._people.knows(speaker):
                self._unnamed.setdefault(read_office(speaker), Counter())[speaker] += articles
        for speaker, text, year, articles in rows:
            name = self._find_name(speaker)
            if name is not None:
                self._add(name, text, year, articles)

    def change(
        self,
        speakers: Iterable[str],
        people: People,
        list_held: Callable[[Sequence[str]], Iterable[Held]],
    ) -> Offices:
        """The offices once those of the speakers have changed, and who is whom, too.

        `list_held` lists what speakers hold now; it is asked for those whom the change touches.
        """
        touched: dict[str, None] = {}
        for speaker in speakers:
            alike = [*self._people.list_alike(speaker), *people.list_alike(speaker)]
            same = self._unnamed.get(read_office(speaker), ())
            touched |= dict.fromkeys([speaker, *alike, *same])
        other = copy(self)
        other._people = people
        other._holders, other._unnamed = dict(self._holders), dict(self._unnamed)
        other._by_head = {head: dict(names) for head, names in self._by_head.items()}
        for speaker in touched:
            named = self._people.knows(speaker)
            unnamed = None if named else other._unnamed.pop(read_office(speaker), None)
            person = self._people.find_person(speaker) if named else None
            for name in unnamed or [person]:
                other._drop(name)
        other._hold(list(list_held(list(touched))))
        return other

    def _drop(self, name: str | None) -> None:
        holder = self._holders.pop(name, None) if name else None
        for head in {entry.office.head for entry in holder.entries} if holder else ():
            self._by_head[head].pop(str(name), None)

    def _find_name(self, speaker: str) -> str | None:
        """What the speaker goes by; None for a surname that might be several persons'."""
        if self._people.knows(speaker):
            return self._people.find_person(speaker)
        same = self._unnamed[read_office(speaker)]
        return min(same, key=lambda name: (-same[name], name))

    def _add(self, name: str, text: str, year: int | None, articles: int) -> None:
        office = read_office(text)
        capitals = " ".join(word for word in text.split() if word[:1].isupper())
        telling = {word for word in office.words if word.startswith("#")}
        telling |= read_office(capitals).words & office.words
        holder = self._holders.setdefault(name, _Holder(name))
        holder.add(_Entry(text, office, frozenset(telling), year, articles))
        if office.head:
            self._by_head.setdefault(office.head, {})[name] = None

    def list_spellings(self, name: str) -> list[str]:
        """Every name in the archive of an unnamed speaker, an office or institution."""
        if self._people.knows(name):
            return []
        return list(self._unnamed.get(read_office(name), ()))

    def find(self, phrase: str) -> list[str]:
        """The names of those whose office the phrase asks for, in any language; best first.

        At most three; none where the phrase has no office, or too many could be meant. All words
        asked for must be theirs. Of several holders those come first whom the newest articles
        mention most.
        """
        asked = read_office(phrase)
        if not asked.head:
            return []
        found = self._choose(asked)
        if asked.former and asked.head in _STATE:
            found = [*found, *self._find_succeeded(asked, found)][:_MOST_HOLDERS]
        if not found and asked.is_institution:
            words = asked.words | {asked.head}
            heads = ("#sprecher", "#chef") if asked.head in _LED else ("#sprecher",)
            for head in heads:
                found = found or self._choose(replace(asked, head=head, words=words))
        return found

    def choose(self, phrase: str, names: Sequence[str]) -> list[str]:
        """Those of the persons who hold the office that the phrase names; all if none does."""
        asked = read_office(phrase)
        held = {m.holder.name for m in self._match_all(asked)} if asked.head else set()
        return [name for name in names if name in held] or list(names)

    def find_spokesmen(self, name: str) -> list[str]:
        """Who speaks for an institution that goes by a name of its own: "Human Rights Watch".

        A single word that is no abbreviation may be a person's name: then nobody of that name may
        speak here, the office must have just that word, and somebody must be at its head, or another
        word say that it is an institution.
        """
        words = read_office(name).words
        typed = name.split()
        if not words or (len(typed) > 1 and is_first_name(spell_word(typed[0]))):
            return []
        is_word = len(typed) == 1 and not name.isupper()
        if is_word and self._is_person(name):
            return []
        matches = [
            (holder.name, entry.office)
            for holder in self._holders.values()
            for entry in holder.entries
            if entry.office.head in ROLES - _OPPOSED
            and not entry.office.former
            and all(_has(entry.telling, word) for word in words)
            and (not is_word or entry.has_word(name))
        ]
        sure = not is_word or any(o.head == "#chef" or o.words & INSTITUTIONS for _, o in matches)
        return list(dict.fromkeys(speaker for speaker, _ in matches)) if sure else []

    def _is_person(self, name: str) -> bool:
        """Whether somebody of the name speaks who has a first name, or an office that persons hold."""
        for speaker in self._people.list_spellings(name):
            first, *others = spell_parts(speaker)
            holder = self._holders.get(speaker)
            if others and (is_first_name(first) or find_gender(speaker)):
                return True
            if not others and holder and any(e.office.head in ROLES for e in holder.entries):
                return True
        return False

    def _choose(self, asked: Office) -> list[str]:
        matches = list(self._match_all(asked))
        specific = bool(asked.places or asked.words - FIELDS)
        if not specific:
            if asked.is_institution:
                # "The police" are rather those called so than the police of some town.
                matches = [match for match in matches if not match.extras] or matches
            elif asked.head in _STATE and not asked.words:
                # "The president" is a state's, or one called no more than that; no bank's.
                matches = [match for match in matches if not match.entry.names_a_kind]
            names = _rank(matches)
            return names if len(names) < _MOST_HOLDERS else []
        plain = [match for match in matches if not match.extras]
        if plain or asked.head in _STATE:
            matches = plain
        names = _rank(matches)
        if asked.head in _STATE and not asked.former:
            names = [name for name in names if name not in _list_succeeded(names, matches)]
        several = len(names) > _MOST_HOLDERS and asked.head not in _STATE and not asked.words
        return [] if several else names[:_MOST_HOLDERS]

    def _find_succeeded(self, asked: Office, known: Sequence[str]) -> list[str]:
        """Who held the office, going by the years of the articles, before its newest holder."""
        if not asked.places and not asked.words - FIELDS:
            return []
        held = replace(asked, former=False, gender="")
        matches = [match for match in self._match_all(held) if not match.extras]
        names = _rank(matches)
        succeeded = _list_succeeded(names, matches) - set(known)
        return [n for n in names if n in succeeded and self._holders[n].may_be(asked.gender)]

    def list_heads(self, asked: Office) -> set[str]:
        """The heads of the offices that may be the one asked for."""
        heads = set(_FITTING.get(asked.head, {asked.head}))
        if asked.head == "#präsident" and asked.words:
            heads.add("#chef")
        return heads

    def _match_all(self, asked: Office) -> Iterator[_Match]:
        for head in sorted(self.list_heads(asked)):
            for name in self._by_head.get(head, ()):
                holder = self._holders[name]
                for entry in holder.entries:
                    if entry.office.head == head and _fits(asked, entry.office, holder):
                        extra = [w for w in entry.telling if not _has(asked.words, w)]
                        yield _Match(holder, entry, len(extra))


def read_surname(name: str) -> str | None:
    """What persons of the name are found by; None for what is nobody's name.

    "der Minister" is not, and "Kieler Umweltministerium" is no Mr Umweltministerium.
    """
    parts = spell_parts(name)
    if not parts or role_gender(name.split()[-1].casefold()) is not None or _is_body(name):
        return None
    return parts[-1]


@lru_cache(maxsize=8192)
def _is_body(name: str) -> bool:
    """Whether a name ends with a word for an institution, no surname: "Kieler Umweltministerium"."""
    words = name.split()
    if words[-1].isupper() or is_first_name(spell_word(words[0])):
        return False
    return read_office(words[-1]).is_institution


def _is_same(name: str, parts: tuple[str, ...], person: str) -> bool:
    others = spell_parts(person)
    if len(parts) == 1:
        return match_words(others[-1], parts[-1]) >= SAME_PERSON and agree_in_gender(name, person)
    return len(others) > 1 and match_parts(parts, others) >= SAME_PERSON


def _is_no_surname(word: Word) -> bool:
    """Whether a capitalised word behind a name is a place, a time, an office or a small word."""
    low = word.low
    is_word = low in _NOBODY or low in _TIMES or role_gender(low) is not None
    return is_word or names_place(low)


def _take_particles(
    text: str, tokens: list[Word], number: int, bearers: list[str]
) -> tuple[int, list[str]]:
    """Where a surname begins whose particles stand before it, and whose it then is: "von der Aue"."""
    taken: dict[str, int] = {}
    for name in bearers:
        own = _list_particles(name)
        first = number - len(own)
        before = tokens[first:number] if first >= 0 else []
        joined = all(text[a.end : b.start] == " " for a, b in pairwise(tokens[first : number + 1]))
        if own and before and joined and all(map(_is_particle, before, own)):
            taken[name] = first
    if not taken:
        return number, bearers
    first = min(taken.values())
    return first, [name for name in bearers if taken.get(name) == first]


def _is_particle(word: Word, own: str) -> bool:
    return word.low == own or match_words(spell_word(word.low), own) >= SAME_PERSON


@lru_cache(maxsize=8192)
def _list_particles(name: str) -> tuple[str, ...]:
    """The particles right before the surname, as they are compared."""
    words = [word.low for word in read_name_parts(name)]
    if is_family_first(name):
        return ()
    first = len(words) - 1
    while first > 0 and words[first - 1] in PARTICLES:
        first -= 1
    return tuple(spell_word(word) for word in words[first:-1])


def _choose(
    text: str, tokens: list[Word], first: int, number: int, bearers: list[str]
) -> tuple[int, list[str]]:
    """The bearers that the words before the surname allow, and where their name starts.

    The surname stands at `number`, its particles from `first` on.
    """
    token, start = tokens[number], tokens[first].start
    if first == 0:
        return start, bearers
    before = tokens[first - 1]
    adjacent = text[before.end : start].strip() == ""
    given = spell_word(before.low) if adjacent and before.low not in PARTICLES else ""
    if not given:
        return start, bearers
    firsts = {name: _list_firsts(name, first < number) for name in bearers}
    fitting = [
        name
        for name in bearers
        if any(compare_first(given, part) >= SAME_PERSON for part in firsts[name])
    ]
    if fitting:
        return before.start, fitting
    low = before.text.casefold()
    # "Boris Müller" is none of the Müllers we know; "die Aussage Müllers" is any of them.
    genitive = token.text.endswith("s") or CYRILLIC_LETTER.search(token.text.casefold())
    capitals = before.is_capitalised and token.is_capitalised
    ordinary = low in _NOBODY or low in TITLES or role_gender(low) is not None
    if first == 1 and CYRILLIC_LETTER.search(low):
        # "Чем" opens a question, however much it looks like Cem.
        ordinary = ordinary or low in read_grammar("ru").question_words
    stranger = is_first_name(given) or (first > 1 and not genitive)
    if capitals and stranger and not ordinary:
        bearers = [name for name in bearers if not firsts[name]]
    return start, bearers


def _list_firsts(name: str, has_particles: bool) -> tuple[str, ...]:
    """The first names, as they are compared; "Al Borvik" has one, unless "al" was a particle."""
    firsts = spell_parts(name)[:-1]
    # "King Abdullah" may be Abdullah II.
    firsts = firsts[1:] if _read_number(name) else firsts
    words = [] if firsts or has_particles else read_name_parts(name)
    return (words[0].low,) if len(words) == 2 and is_short_name(words[0].low) else firsts


def _read_number(name: str) -> str:
    """The number of a king or pope: "XVI" in "Benedikt XVI."; empty for others."""
    last = name.split()[-1].rstrip(".")
    return last if is_regnal(last) and " " in name else ""


def _choose_behind(
    text: str, tokens: list[Word], number: int, bearers: list[str]
) -> tuple[int, list[str]]:
    """The bearers that a name or number behind the name allows, and where it ends: "Xi Jinping"."""
    end = tokens[number].end
    behind = tokens[number + 1] if number + 1 < len(tokens) else None
    shown = behind.text.rstrip(".") if behind else ""
    if behind and is_regnal(shown) and text[end : behind.start] == " ":
        numbered = [name for name in bearers if _read_number(name) in ("", shown)]
        return behind.end, [name for name in numbered if _read_number(name)] or numbered
    for token in tokens[number + 1 : number + 1 + _MOST_BEHIND]:
        given = spell_word(token.low)
        fitting = [
            name
            for name in bearers
            if is_family_first(name) and match_first([given], spell_parts(name)[:-1]) >= SAME_PERSON
        ]
        if not fitting or text[end : token.start].strip(" -"):
            break
        end, bearers = token.end, fitting
    return end, bearers


@dataclass(frozen=True, slots=True)
class _Entry:
    """An office somebody held, as an article words it; `telling` are its words but for adjectives."""

    text: str
    office: Office
    telling: frozenset[str]
    year: int | None
    articles: int

    def has_word(self, name: str) -> bool:
        """Whether the wording has the name for a word, or its genitive: no mere part of one."""
        wanted = spell_word(name)
        words = [spell_word(run) for run in find_letter_runs(self.text)]
        forms = [*words, *(word[:-1] for word in words if word.endswith("s"))]
        return any(match_words(wanted, form) >= SAME_PERSON for form in forms)

    @property
    def names_a_kind(self) -> bool:
        """Whether its words say of what kind of institution or field it is: a bank's, a court's."""
        return any(word.startswith("#") for word in self.telling - {self.office.head})


@dataclass(slots=True)
class _Holder:
    name: str
    entries: list[_Entry] = field(default_factory=list)
    genders: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    towns: set[str] = field(default_factory=set)

    def add(self, entry: _Entry) -> None:
        """Gather one more office."""
        self.entries.append(entry)
        self.genders |= {entry.office.gender} - {""}
        self.places |= entry.office.places
        self.towns |= entry.office.towns

    def may_be(self, gender: str) -> bool:
        """Whether the words for the holder allow the gender; a masculine one may mean anybody."""
        return gender != "f" or self.genders != {"m"}

    def lends(self, word: str, asked: Office) -> bool:
        """Whether another office of the holder's has the word, so that the one need not.

        The words of an institution go with its name: the "Vorsitzender" of the dockers' union is no
        harbour director.
        """
        if word in FIELDS:
            return False
        offices = (entry.office for entry in self.entries)
        return any(
            word == office.head
            or (
                _has(office.words, word)
                and (not office.is_institution or office.head in asked.words)
            )
            for office in offices
        )


@dataclass(frozen=True, slots=True)
class _Match:
    holder: _Holder
    entry: _Entry
    extras: int


def _rank(matches: Iterable[_Match]) -> list[str]:
    """The holders by mentions, those of a year counting half as much as those of the next."""
    matches = list(matches)
    years = [match.entry.year for match in matches if match.entry.year is not None]
    newest, oldest = max(years, default=0), min(years, default=0)
    counts: Counter[str] = Counter()
    weights: dict[str, float] = {}
    for match in matches:
        age = newest - (oldest if match.entry.year is None else match.entry.year)
        counts[match.holder.name] += match.entry.articles
        weight = match.entry.articles * 0.5**age
        weights[match.holder.name] = weights.get(match.holder.name, 0.0) + weight
    most = max(counts.values(), default=0)
    known = [name for name in counts if counts[name] * _NOISE > most]
    return sorted(known, key=lambda name: (-weights[name], name))


def _list_succeeded(names: Sequence[str], matches: Iterable[_Match]) -> set[str]:
    """Those of `names` who held the office before another took over; not who shared the years.

    A year in which one follows the other is no shared one; who has no years is left alone.
    """
    years: dict[str, list[int]] = {}
    for match in matches:
        if match.holder.name in names and match.entry.year is not None:
            years.setdefault(match.holder.name, []).append(match.entry.year)
    last = max((max(held) for held in years.values()), default=0)
    first = min((min(held) for held in years.values() if max(held) == last), default=0)
    return {name for name, held in years.items() if max(held) <= first and max(held) < last}


def _fits(asked: Office, office: Office, holder: _Holder) -> bool:
    """Whether one office has the field asked for, and its holder all the rest."""
    if asked.former != office.former or asked.deputy != office.deputy:
        return False
    if not holder.may_be(asked.gender):
        return False
    for word in asked.words:
        if not _has(office.words, word) and not holder.lends(word, asked):
            return False
    return _is_there(asked, office, holder)


def _is_there(asked: Office, office: Office, holder: _Holder) -> bool:
    """Whether the places agree: those of the office, or where it has none, of its holder."""
    if not asked.places <= (office.places or holder.places):
        return False
    if not {asked.head, *asked.words, office.head, *office.words} & _LOCAL:
        return True
    towns = office.towns or holder.towns
    return asked.towns <= towns if asked.towns else not asked.places or not towns


def _has(words: Iterable[str], wanted: str) -> bool:
    """Whether one of the words is the one wanted, or has it for a part, by sound."""
    if wanted.startswith("#") or wanted.startswith("role:"):
        return wanted in words
    return any(_sound_alike(wanted, word) for word in words if not word.startswith("#"))


def _sound_alike(a: str, b: str) -> bool:
    short, long = sorted((a, b), key=len)
    if a == b or (len(short) >= _SHORTEST_PART and long.startswith(short)):
        return True
    if len(short) <= _SHORTEST_PART:
        return False
    return long.endswith(short) or fuzz.ratio(a, b) >= _SAME_SOUND
