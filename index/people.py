"""The persons an archive knows: one name each for all spellings, and where a question names them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import overload

from rapidfuzz import fuzz, process

from wortlaut.index.article import Span
from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.letters import CYRILLIC_LETTER, fold_word, fold_words
from wortlaut.index.lang.names import (
    APOSTROPHE_S,
    SAME_PERSON,
    SHORT_NAME,
    TITLES,
    compare_first,
    fold_parts,
    match_names,
)
from wortlaut.index.lang.places import list_spellings
from wortlaut.index.lang.roles import role_gender
from wortlaut.index.lang.words import Word, read_name_words

# Words of headlines that are surnames, too.
_HEADLINE_WORDS = frozenset(
    "times post world press people deal talks peace frieden krieg мир война europa usa".split()
) | {word.casefold() for code in ("RU", "UA") for word in list_spellings(code)}
_NOBODY = read_function_words("nobody") | _HEADLINE_WORDS


class People(Sequence[str]):
    """The persons behind a list of names, each under the fullest of his most frequent spellings.

    A surname alone joins the one person who bears it; where several do, it stays by itself, and
    so stands for any of them.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._spellings: dict[str, list[str]] = {}
        self._bearers: dict[str, list[str]] = {}
        self._by_letter: dict[str, list[str]] = {}
        by_surname: dict[str, list[str]] = {}
        for name in dict.fromkeys(names):
            parts = fold_parts(name)
            # "der Minister" is nobody's name.
            if parts and role_gender(name.split()[-1].casefold()) is None:
                by_surname.setdefault(parts[-1], []).append(name)
        for key, bearers in by_surname.items():
            self._add(key, bearers)
        for key in self._bearers:
            self._by_letter.setdefault(key[0], []).append(key)
        self._names = list(self._spellings)
        self._persons = {
            spelling: person for person, all_ in self._spellings.items() for spelling in all_
        }

    def _add(self, key: str, bearers: list[str]) -> None:
        full = [name for name in bearers if len(fold_parts(name)) > 1]
        persons: list[str] = []
        for name in full:
            same = next((p for p in persons if match_names(p, name) >= SAME_PERSON), None)
            if same is None:
                persons.append(name)
            self._spellings.setdefault(same or name, []).append(name)
        for name in bearers:
            if name in full:
                continue
            only = len(persons) == 1 and _agree_in_gender(persons[0], name)
            self._spellings.setdefault(persons[0] if only else name, []).append(name)
            persons += [] if persons else [name]
        known = [name for name in bearers if name in self._spellings]
        self._bearers.setdefault(key, []).extend(known)
        for name in known:
            # East Asian names carry the family name first.
            parts = fold_parts(name)
            if len(parts) > 1 and len(name.split()[0]) < SHORT_NAME:
                self._bearers.setdefault(parts[0], []).append(name)

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
        if person is None or len(fold_parts(person)) > 1:
            return person
        return person if self._bearers[fold_parts(person)[-1]] == [person] else None

    def knows(self, spelling: str) -> bool:
        """Whether it is one of the names this was made of, and one of a person or a title."""
        return spelling in self._persons

    def list_spellings(self, name: str) -> list[str]:
        """Every name in the archive that is this person's.

        Surnames that only sound alike join where the first names agree; a bare surname that
        several persons bear is none of theirs, but stands for all of them when it is asked for.
        """
        parts = fold_parts(name)
        if not parts:
            return []
        is_bare = len(parts) == 1
        persons = dict.fromkeys(
            person for key in self._by_letter.get(parts[-1][0], []) for person in self._bearers[key]
        )
        return [
            spelling
            for person in persons
            if person == name or self._is_same(name, parts, person, is_bare)
            for spelling in self._spellings[person]
        ]

    def _is_same(self, name: str, parts: tuple[str, ...], person: str, is_bare: bool) -> bool:
        others = fold_parts(person)
        if is_bare:
            return others[-1] == parts[-1] and _agree_in_gender(name, person)
        return len(others) > 1 and match_names(name, person) >= SAME_PERSON

    def find(self, text: str) -> list[tuple[Span, str]]:
        """Where `text`, a question in any of the languages, names somebody known, in order.

        Any case form, spelling or lower-case typing. Of several persons that share the surname,
        those that the first name beside it rules out are left out; if none stands there, all are
        given.
        """
        tokens = read_name_words(APOSTROPHE_S.sub(lambda m: " " * len(m[0]), text))
        found: list[tuple[Span, str]] = []
        for number, token in enumerate(tokens):
            bearers = [n for key in self._find_keys(token) for n in self._bearers[key]]
            if not bearers:
                continue
            if self._is_first_name(text, tokens, number):
                continue
            start, chosen = _choose(text, tokens, number, bearers)
            span = Span(start, token.end)
            found = [item for item in found if item[0].overlap(span) == 0 or item[1] not in chosen]
            found += [(span, name) for name in dict.fromkeys(chosen)]
        return found

    def _find_keys(self, token: Word) -> list[str]:
        low = token.low
        if low in _NOBODY or len(low) < 2 or (low == token.text and low in {"may", "mark"}):
            return []
        folded = fold_words((low,))[0] if fold_words((low,)) else ""
        if not folded:
            return []
        forms = {folded, fold_word(low, keep_s=True), *fold_words((low,), False)}
        cyrillic = not low.isascii() and CYRILLIC_LETTER.search(low) is not None
        typed_low = token.text[0].islower()
        if len(folded) < SHORT_NAME:
            exact = {n for f in forms for n in self._bearers.get(f, ())}
            shown = {p for n in exact for p in re.split(r"[\s-]", n.casefold())}
            ok = low in shown or (not typed_low and cyrillic)
            return [f for f in forms if f in self._bearers] if ok else []
        hits = [f for f in forms if f in self._bearers]
        if hits:
            return hits
        cutoff = 92.5 if typed_low else 80.0 if cyrillic else 88.0
        ranked = [
            best
            for form in sorted(forms)
            if (best := self._find_nearest(form, cutoff))
            and len(best[0]) > SHORT_NAME
            and abs(len(best[0]) - len(form)) <= 2
        ]
        if not ranked:
            return []
        key = max(ranked, key=lambda item: item[1])[0]
        return [key] if cyrillic or _looks_like(low, self._bearers[key]) else []

    def _is_first_name(self, text: str, tokens: list[Word], number: int) -> bool:
        """Whether somebody of that first name bears the surname right behind it."""
        if number + 1 == len(tokens):
            return False
        token, after = tokens[number], tokens[number + 1]
        given = fold_words((token.low,))
        if not given or text[token.end : after.start] != " ":
            return False
        bearers = [name for key in self._find_keys(after) for name in self._bearers[key]]
        firsts = [part for name in bearers for part in fold_parts(name)[:-1]]
        return any(compare_first(given[0], part) >= SAME_PERSON for part in firsts)

    def _find_nearest(self, form: str, cutoff: float) -> tuple[str, float, int] | None:
        keys = self._by_letter.get(form[0], [])
        return process.extractOne(form, keys, scorer=fuzz.ratio, score_cutoff=cutoff)


def _agree_in_gender(a: str, b: str) -> bool:
    """Whether both surnames, or neither, have the ending of a Slavic woman's name."""
    return a.casefold().endswith(("a", "а", "я")) == b.casefold().endswith(("a", "а", "я"))


def find_names(text: str, known: Sequence[str]) -> list[tuple[Span, str]]:
    """Where `text` names somebody of `known`; quick where that is a `People` made beforehand."""
    return (known if isinstance(known, People) else People(known)).find(text)


def _looks_like(low: str, bearers: list[str]) -> bool:
    """Whether a word that only sounds nearly like a surname is also spelled like it."""
    surnames = (name.split()[-1].casefold() for name in bearers)
    return any(
        fuzz.ratio(low, surname) >= (72.0 if low[0] == surname[0] else 80.0) for surname in surnames
    )


def _choose(
    text: str, tokens: list[Word], number: int, bearers: list[str]
) -> tuple[int, list[str]]:
    """The bearers that the words before the surname allow, and where their name starts."""
    token = tokens[number]
    if number == 0:
        return token.start, bearers
    before = tokens[number - 1]
    adjacent = text[before.end : token.start].strip() == ""
    given = fold_words((before.low,)) if adjacent else ()
    if not given:
        return token.start, bearers
    fitting = [
        name
        for name in bearers
        if any(compare_first(given[0], part) >= 0.7 for part in fold_parts(name)[:-1])
    ]
    if fitting:
        return before.start, fitting
    low = before.text.casefold()
    # "Boris Müller" is none of the Müllers we know; "die Aussage Müllers" is any of them.
    genitive = token.text.endswith("s") or CYRILLIC_LETTER.search(token.text.casefold())
    capitals = before.is_capitalised and token.is_capitalised
    ordinary = low in _NOBODY or low in TITLES or role_gender(low) is not None
    if number > 1 and capitals and not genitive and not ordinary:
        bearers = [name for name in bearers if len(fold_parts(name)) == 1]
    return token.start, bearers
