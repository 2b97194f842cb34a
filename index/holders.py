"""Who is asked for by office: "the Kremlin spokesman" -> the persons whom the archive calls that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import fuzz

from wortlaut.index.lang.offices import FIELDS, Office, read_office
from wortlaut.index.people import People

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
_SHORTEST_PART = 4
_SAME_SOUND = 85.0
# A holder that so many times fewer articles know than the best known is a misreading.
_NOISE = 10


@dataclass(frozen=True, slots=True)
class _Entry:
    """An office somebody held; `telling` are its words but for mere adjectives."""

    office: Office
    telling: frozenset[str]
    year: int | None
    articles: int


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
        rows = list(held)
        for speaker, _, _, articles in rows:
            if not people.knows(speaker):
                self._unnamed.setdefault(read_office(speaker), Counter())[speaker] += articles
        for speaker, text, year, articles in rows:
            name = self._find_name(speaker)
            if name is not None:
                self._add(name, text, year, articles)

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
        holder.add(_Entry(office, frozenset(telling), year, articles))
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

    def _choose(self, asked: Office) -> list[str]:
        matches = list(self._match_all(asked))
        specific = bool(asked.places or asked.words - FIELDS)
        if not specific:
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

    def _match_all(self, asked: Office) -> Iterator[_Match]:
        heads = set(_FITTING.get(asked.head, {asked.head}))
        if asked.head == "#präsident" and asked.words:
            heads.add("#chef")
        for head in sorted(heads):
            for name in self._by_head.get(head, ()):
                holder = self._holders[name]
                for entry in holder.entries:
                    if entry.office.head == head and _fits(asked, entry.office, holder):
                        extra = [w for w in entry.telling if not _has(asked.words, w)]
                        yield _Match(holder, entry, len(extra))


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
