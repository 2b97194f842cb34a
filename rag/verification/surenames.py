"""Which strange names surely are some: only those bear a veto, other capitals a doubt.

In English and Russian a capital shows a name, but also what German says in other words: "the White
House", "a CEO", "the Federal Statistical Office".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wortlaut.index.lang.names import TITLES, is_spelt_first_name, sound_of
from wortlaut.index.lang.offices import INSTITUTIONS, read_office
from wortlaut.index.lang.organisations import BodyNames, find_named_bodies, read_bodies
from wortlaut.index.lang.places import (
    find_exonym,
    find_exonym_run,
    find_place,
    find_seats,
    list_german,
)
from wortlaut.index.lang.roles import is_noble, names_institution, role_gender
from wortlaut.index.lang.words import Language, Word, read_words
from wortlaut.rag.verification.names import StrangeName, is_everyday, same_word

# Places that do not stand for others, as a country does for its towns.
_SPOTS = frozenset("city river sea lake island mountains".split())
_SHORTEST_OPENING = 4
# Who speaks for an institution, and is not named.
VOICES = frozenset({"#sprecher", "#vertreter"})


@dataclass(frozen=True, slots=True)
class NameTexts:
    """What strange names are told by: the claim, the text near the cited spans, whole articles.

    `home` are the codes of the countries that the articles are written in.
    """

    claim: Sequence[Word]
    text: str
    language: Language
    near: str
    far: str
    known: frozenset[str]
    home: frozenset[str]

    def find_levelled(self) -> list[tuple[int, int]]:
        """Where the claim names in other words what stands near: the IMF, the Black Sea, Germany."""
        near = read_bodies(self.near)
        spans = [
            (start, end)
            for start, end, body in find_named_bodies(self.text, self.language)
            if body in near
        ]
        theirs = read_words(self.near)
        keys = _list_runs(theirs)
        lows = [word.low for word in theirs]
        for start, end, names in _find_places(self.claim, self.home):
            if not names or names & keys or any(_opens(low, names) for low in lows):
                spans.append((start, end))
        return spans

    def is_sure(self, name: StrangeName) -> bool:
        """Whether what is strange is a name beyond doubt, in whatever language."""
        if self._names_person(name):
            return True
        bodies = self._find_bodies(name)
        return self._is_swapped(bodies) if bodies else any(map(self._is_spot, name.missing))

    def _names_person(self, name: StrangeName) -> bool:
        """Whether a first name, an office or the archive tells that it is somebody's."""
        before, behind = self._find_beside(name.run)
        if behind is not None and behind.is_capitalised and is_everyday(behind.low):
            return False
        # Rulers have other names in other languages: "King Charles", "König Karl".
        if before is not None and _names_ruler(before.low):
            return False
        first = is_spelt_first_name(name.run[0].low) and find_exonym(name.run[0].low) is None
        if first and (len(name.run) > 1 or self.language != "de"):
            return True
        if self.language != "de" and before is not None and role_gender(before.low) is not None:
            return before.is_capitalised
        return any(sound_of(word.text) in self.known for word in name.missing)

    def _find_beside(self, run: Sequence[Word]) -> tuple[Word | None, Word | None]:
        """The words that nothing but a space parts from the run."""
        at, end = self.claim.index(run[0]), self.claim.index(run[-1]) + 1
        before = self.claim[at - 1] if at else None
        behind = self.claim[end] if end < len(self.claim) else None
        if before is not None and self.text[before.end : run[0].start] != " ":
            before = None
        if behind is not None and self.text[run[-1].end : behind.start] != " ":
            behind = None
        return before, behind

    def _find_bodies(self, name: StrangeName) -> set[BodyNames]:
        return {
            body
            for start, end, body in find_named_bodies(self.text, self.language)
            if any(start <= word.start < end for word in name.missing)
        }

    def _is_swapped(self, bodies: set[BodyNames]) -> bool:
        """Whether no article names these, and the cited text others that the claim does not."""
        if bodies & read_bodies(self.far):
            return False
        said = {body for _, _, body in find_named_bodies(self.text, self.language)}
        return bool(read_bodies(self.near) - said)

    def _is_spot(self, word: Word) -> bool:
        """Whether it is a town, river or sea, and no capital that stands for its country."""
        place = find_place(word.low)
        if place is None:
            exonym = find_exonym(word.low)
            return exonym is not None and exonym.kind in _SPOTS and self.language != "de"
        if place.kind != "capital" or place.guarded or self.language == "de":
            return False
        codes = {place.code, *find_seats(word.low)}
        if codes & self.home:
            return place.town.casefold() not in self.far.casefold() and self._names_town()
        return not any(
            (other := find_place(w.low)) is not None and other.code in codes
            for w in read_words(self.far)
        )

    def _names_town(self) -> bool:
        """Whether the text near names a town that the claim may have exchanged."""
        return any(_is_town(word.low) for word in read_words(self.near))


def names_person(name: str, language: Language, known: frozenset[str]) -> bool:
    """Whether a speaker is surely a person, whose name is the same in all languages."""
    words = [w for w in read_words(name) if w.is_capitalised and w.is_content]
    if not words or names_institution(name) or read_bodies(name) or is_institution(name):
        return False
    if is_everyday(words[-1].low) or any(_is_place(word.low) for word in words):
        return False
    if any(sound_of(word.text) in known or is_spelt_first_name(word.low) for word in words):
        return True
    if role_gender(words[-1].low) is not None or read_office(words[-1].text).head:
        return False
    plain = [w for w in words if role_gender(w.low) is None and w.low not in TITLES]
    if len(plain) < len(words):
        return True
    return len(plain) > 1 and language != "de"


def is_institution(name: str) -> bool:
    """Whether an office's words name an institution, or whoever speaks for it."""
    office = read_office(name)
    return office.is_institution or (office.head in VOICES and bool(office.words & INSTITUTIONS))


def _names_ruler(low: str) -> bool:
    return is_noble(low) or read_office(low).head == "#papst"


def _is_place(low: str) -> bool:
    place, exonym = find_place(low), find_exonym(low)
    return (place is not None and not place.guarded) or exonym is not None


def _is_town(low: str) -> bool:
    place, exonym = find_place(low), find_exonym(low)
    return bool(place and place.town) or (exonym is not None and exonym.kind == "city")


def _opens(low: str, names: frozenset[str]) -> bool:
    """Whether a German word begins with the name: "Rheintal"."""
    return any(len(n) >= _SHORTEST_OPENING and low.startswith(n.casefold()) for n in names)


def _list_runs(words: Sequence[Word]) -> frozenset[str]:
    """The keys of all that names of one or several words stand for."""
    texts = [word.text for word in words]
    found: set[str] = set()
    for at, text in enumerate(texts):
        run, exonym = find_exonym_run(texts, at), find_exonym(text)
        found |= run[0].keys if run else frozenset()
        found |= exonym.keys if exonym else frozenset()
    return frozenset(found)


def _find_places(
    words: Sequence[Word], home: frozenset[str]
) -> list[tuple[int, int, frozenset[str]]]:
    """Places of the claim, each with its keys and German words; with none for the home country."""
    texts = [word.text for word in words]
    found = []
    for at, word in enumerate(words):
        run, place = find_exonym_run(texts, at), find_place(word.low)
        if run is not None:
            german = frozenset(list_german(texts[at : run[1]]))
            found.append((word.start, words[run[1] - 1].end, run[0].keys | german))
        elif place is not None and place.code in home and not place.town:
            found.append((word.start, word.end, frozenset[str]()))
        elif find_exonym(word.low) is not None:
            found.append((word.start, word.end, frozenset(list_german([word.text]))))
    return found


def is_led_by_first_name(run: Sequence[Word]) -> bool:
    """Whether the run is a first name and what follows."""
    return len(run) > 1 and is_spelt_first_name(run[0].low)


def is_borne_elsewhere(name: StrangeName, near: Sequence[Word]) -> bool:
    """Whether another word of the run stands near: then this one is no other word for it."""
    others = [word for word in name.run if word not in name.missing]
    return any(same_word(word.text, other.text) for word in others for other in near)
