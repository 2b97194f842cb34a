"""The persons of one article: their fullest names, offices, and where each is named."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from dataclasses import dataclass, field

from index.attribution.mentions import CALENDAR, DETERMINERS, NOT_NAMES, read_complement, read_run
from index.attribution.offices import Gender, base_role, role_gender
from index.attribution.words import Words

_CONTRACTED = frozenset("am im zum zur vom beim ins ans".split())
_NOT_ATTRIBUTES = frozenset("unter gegen neben zwischen haben hatte".split())
_ATTRIBUTE_ENDINGS = ("e", "en", "er", "em", "es")
# Endings that a common noun has and a personal name hardly ever.
_NOUN = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tät|ment|ismus|stadt|krise|agentur|partei|ministerium|zeitung"
    r"|magazin|sender|portal|organisation|behörde|halbinsel|gericht|konzern|unternehmen|dienst"
    r"|ungen|heiten|keiten|schaften|tionen|täten|ien|region|provinz|gruppe|bank|werk|jahr"
    r"|woche)\Z"
)
_LONGEST_NAME = 5
# Bounds that no article reaches; they keep hostile text linear.
_MOST_NAMESAKES = 50
_MOST_HOLDERS = 300


@dataclass(slots=True)
class Figure:
    """One person of the article: the fullest name, the offices, the places (word indices)."""

    name: str
    gender: Gender = ""
    roles: set[str] = field(default_factory=set)
    places: list[int] = field(default_factory=list)

    def last_place(self, before: int) -> int:
        """The last place at or before word `before`; -1 if there is none."""
        at = bisect_right(self.places, before)
        return self.places[at - 1] if at else -1


@dataclass(frozen=True, slots=True)
class _Sighting:
    place: int
    name: tuple[str, ...]
    role: str


class Cast:
    """The persons of one article, found by name, office or place."""

    def __init__(self, words: Words) -> None:
        self._counts = Counter(words.words)
        self._by_last: dict[str, list[Figure]] = {}
        self.figures: list[Figure] = []
        # Fullest names first: what is named by surname alone joins them.
        for sighting in sorted(self._sight(words), key=lambda s: -len(s.name)):
            self._add(sighting)
        self._places = sorted(
            ((place, figure) for figure in self.figures for place in figure.places),
            key=lambda item: item[0],
        )
        self._holders = [figure for figure in self.figures if figure.roles][:_MOST_HOLDERS]

    def _sight(self, words: Words) -> list[_Sighting]:
        found = []
        i, count = 0, len(words.words)
        while i < count:
            if not words.caps[i] or words.lows[i] in NOT_NAMES or words.lows[i] in CALENDAR:
                i += 1
                continue
            stop = read_run(words, i, count)
            sighting, stop = self._read_sighting(words, i, stop)
            if sighting:
                found.append(sighting)
            i = max(stop, i + 1)
        return found

    def _read_sighting(self, words: Words, i: int, stop: int) -> tuple[_Sighting | None, int]:
        """What the run of capitalised words `[i, stop)` names, and where reading goes on."""
        roles = [k for k in range(i, stop) if role_gender(words.lows[k]) is not None]
        start = roles[-1] + 1 if roles else i
        role = words.lows[roles[-1]] if roles else _read_apposition(words, stop)
        if not roles and i and role_gender(words.lows[i - 1]) is not None:
            role = words.lows[i - 1]
        if roles and start == stop:
            _, named = read_complement(words, stop, len(words.words))
            if named:
                start, stop = named.start, named.stop
        name = words.words[start:stop]
        if role:
            name = self._trim(name)
        if len(name) > 1 and not role and not _may_be_person(words, i, stop):
            name = []
        if not name or len(name) > _LONGEST_NAME:
            return None, stop
        # "Außenminister Ruritaniens": a lone genitive after an office names its country.
        lone_genitive = len(name) == 1 and strip_genitive(name[0]) != name[0]
        return _Sighting(start, tuple(name), "" if lone_genitive else base_role(role)), stop

    def _trim(self, name: list[str]) -> list[str]:
        """The name without a noun that merely follows it, which is rarer than a surname."""
        while len(name) > 1:
            rarer = len(name) > 2 and self._counts[name[-2]] > self._counts[name[-1]]
            if not rarer and not _NOUN.search(name[-1]):
                break
            name = name[:-1]
        return name

    def _add(self, sighting: _Sighting) -> None:
        *given, last = sighting.name
        last = self._strip(last)
        surname = sighting.name[0]
        figure = self._match(sighting.name) if given else self.find_name(surname, sighting.place)
        if figure is None:
            if not given and not sighting.role:
                return
            namesakes = self._by_last.setdefault(last.casefold(), [])
            if len(namesakes) >= _MOST_NAMESAKES:
                return
            figure = Figure(" ".join([*given, last]).replace(" . ", ". "))
            self.figures.append(figure)
            namesakes.append(figure)
        insort(figure.places, sighting.place)
        if sighting.role:
            figure.roles.add(sighting.role)
            figure.gender = role_gender(sighting.role) or figure.gender

    def _strip(self, word: str) -> str:
        """The word without a genitive -s, where the article shows it without."""
        bare = strip_genitive(word)
        return bare if bare in self._counts else word

    def _match(self, name: tuple[str, ...]) -> Figure | None:
        for last in (name[-1], self._strip(name[-1])):
            known = self._by_last.get(last.casefold())
            if known:
                if len(name) == 1:
                    return known[0]
                return next((figure for figure in known if _agrees(figure, name)), None)
        return None

    def find_name(self, name: str, before: int) -> Figure | None:
        """The figure that bears `name`; of several the one named last before word `before`."""
        parts = tuple(name.split())
        if not parts:
            return None
        known = self._by_last.get(self._strip(parts[-1]).casefold(), [])
        if len(parts) == 1 and len(known) > 1:
            return max(known, key=lambda figure: figure.last_place(before))
        return self._match(parts)

    def find_role(self, role: str, before: int) -> Figure | None:
        """The figure in that office: the last named before word `before`, else the next after.

        The same office word counts before one it ends ("Präsident" for "US-Präsident").
        """
        gender = role_gender(role)
        holders = [figure for figure in self._holders if figure.gender == gender]
        for fitting in (
            [f for f in holders if role in f.roles],
            [f for f in holders if any(r.endswith(role) for r in f.roles)],
            [f for f in holders if any(role.endswith(r) for r in f.roles)],
        ):
            earlier = [figure for figure in fitting if figure.places[0] <= before]
            if earlier:
                return max(earlier, key=lambda figure: figure.last_place(before))
            if fitting:
                return min(fitting, key=lambda figure: figure.places[0])
        return None

    def find_between(
        self, first: int, stop: int, gender: Gender, last: bool = False
    ) -> Figure | None:
        """The first (or last) person named in words `[first, stop)` whom `gender` fits."""
        chosen = None
        at = bisect_left(self._places, first, key=lambda item: item[0])
        while at < len(self._places) and self._places[at][0] < stop:
            figure = self._places[at][1]
            fits = not gender or figure.gender in ("", gender)
            if fits and (figure.roles or " " in figure.name):
                chosen = figure
                if not last:
                    break
            at += 1
        return chosen


def _agrees(figure: Figure, name: tuple[str, ...]) -> bool:
    """Whether a longer name is the figure's: the same first name, or none known yet."""
    parts = figure.name.casefold().split()
    return len(parts) == 1 or parts[0] == name[0].casefold()


def _read_apposition(words: Words, i: int) -> str:
    """The office behind a name's comma: "Ada Holm, die neue Sprecherin von …"."""
    count = len(words.words)
    if i + 2 >= count or words.words[i] != "," or words.lows[i + 1] not in DETERMINERS:
        return ""
    for k in range(i + 2, min(count, i + 6)):
        if words.caps[k]:
            return words.lows[k] if role_gender(words.lows[k]) is not None else ""
        if not words.lows[k].isalnum():
            break
    return ""


def _may_be_person(words: Words, first: int, stop: int) -> bool:
    """Whether capitalised words without an office look like first name and surname."""
    before = words.lows[first - 1] if first and not words.breaks[first] else ""
    if before in DETERMINERS or before in _CONTRACTED:
        return False
    attribute = len(before) > 3 and before.endswith(_ATTRIBUTE_ENDINGS)
    if attribute and not words.caps[first - 1] and before not in _NOT_ATTRIBUTES:
        return False
    if any(_NOUN.search(words.words[k]) for k in range(first, stop)):
        return False
    last = words.words[stop - 1]
    return not (last.endswith("s") and len(last) > 4)


def strip_genitive(word: str) -> str:
    """The word without the -s that may be a genitive's."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
