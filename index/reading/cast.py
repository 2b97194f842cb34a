"""The persons of one article: their fullest names, offices, and where each is named.

A surname alone names somebody, too, where a verb of saying has it for its subject.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from wortlaut.index.lang.names import (
    find_spelt_gender,
    is_family_first,
    is_regnal,
    is_spelt_first_name,
)
from wortlaut.index.lang.numerals import read_numerals
from wortlaut.index.lang.offices import is_place
from wortlaut.index.lang.places import find_place
from wortlaut.index.lang.roles import (
    FORMER_PREFIX,
    Gender,
    base_role,
    is_body,
    is_common_body,
    is_noble,
    is_party_office,
    is_public_office,
    may_head,
    names_institution,
    read_english_gender,
    read_role,
    role_gender,
)
from wortlaut.index.lang.verbs import MEASURES, VerbForm, find_verbs, read_verb_forms
from wortlaut.index.lang.words import Words, read_class, read_function_words
from wortlaut.index.reading.clauses import OBLIQUE, PREPOSITIONS
from wortlaut.index.reading.mentions import (
    ADJECTIVE_ENDINGS,
    AGED,
    CALENDAR,
    DETERMINERS,
    MEDIUM,
    NOT_NAMES,
    Mention,
    find_office_words,
    names_object,
    opens_with_noun,
    read_complement,
    read_holder_gender,
    read_mention,
    read_run,
)

_CONTRACTED = frozenset("am im zum zur vom beim ins ans".split())
_NUMERALS = frozenset(
    word
    for words in (read_numerals("cardinal", "de"), read_numerals("scale", "de"))
    for word, value in words.items()
    if 2 <= value <= 1000
)
_PLACING = frozenset({"in", "aus"})
# "über Jon Hale": no adjective, though it ends like one.
_LEADING = read_class("preposition", "de")
_NOT_ATTRIBUTES = frozenset("unter gegen neben zwischen haben hatte".split())
# Endings that a common noun has and a personal name hardly ever.
_NOUN = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tät|ment|ismus|stadt|krise|agentur|partei|ministerium|zeitung"
    r"|magazin|sender|portal|organisation|behörde|halbinsel|gericht|konzern|unternehmen|dienst"
    r"|ungen|heiten|keiten|schaften|tionen|täten|ien|region|provinz|gruppe|bank|werk|jahr"
    r"|woche)\Z",
    re.IGNORECASE,
)
# Endings of trades and posts that hardly any first name has.
_TRADE = re.compile(
    r"\A[A-ZÄÖÜ]\w{2,}(?:rat|rätin|graf|gräfin|wirt|wirtin|vogt|mann|frau|[a-zäöü]{2}(?:ler|ner|erin)|istin|ist)\Z"
)
# Offices whose holders reports name without them, because everybody knows.
OF_STATE = re.compile(r"(?:minister|präsident|kanzler|premier|senator|papst|president)(?:in)?\Z")
# So many words around his name what stands there is said of him.
_NEAR = 8
_LONGEST_NAME = 5
# By so many letters two forms of an adjective are the same one.
_SHORTEST_STEM = 5
# Bounds that no article reaches; they keep hostile text linear.
_MOST_NAMESAKES = 50
_MOST_ROLES = 20
_MOST_POSTS = 300
# Among more persons than these nobody is the only one whom a pronoun fits.
_MOST_WEIGHED = 6

_FORMS = read_verb_forms()
# What somebody says in person: agencies report and announce, accidents demand, rain reports.
_LEMMAS = find_verbs("person", "de") | find_verbs("person", "en")
_OPENINGS = frozenset(".!?:„“”\"»«‚‘’'")
_BEHIND = frozenset(",–—“”\"«»‘’'")
# Where a word stands behind one of these, it is a place, or a noun with its article.
_BEFORE_NOUNS = read_function_words("before-noun")
_OF_PLACE = re.compile(r"isch(?:e[nrs]?|em)\Z")
_TOWN = re.compile(
    r"(?:berg|burg|heim|hausen|dorf|furt|fürth|bach|feld|reuth|münster|brunn|stedt|hafen|ingen)\Z"
)
# Behind the verb these begin its subject: what stands before it is an adverb.
_SUBJECTS = (
    read_function_words("inquiring")
    | frozenset(DETERMINERS) - {"dem", "den", "einem", "einen"}
)  # fmt: skip
_DATIVE = re.compile(r"(?:agentur|zeitung|presse|funk|sender|runde|versammlung|magazin)s?\Z")
_NO_NAME = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tät|ment|ismus|stadt|land|staat|ien|krise|gruppe|kreise?n?"
    r"|people|leute|menschen|hin|lich|isch|weise|end|falls|dings|wärts|mäßig|tens|mals|iell"
    r"|gleich|wohl|weg|dessen)\Z"
)
# Endings of adverbs that open a sentence with a capital.
ADVERB = re.compile(
    r"(?:falls|lich|isch|weise|end|dings|wärts|mäßig|tens|mals|iell|gleich|dessen)\Z"
)
_LONGEST_PHRASE = 7


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
    says: bool = False
    gender: Gender = ""


class Cast:
    """The persons of one article, found by name, office or place."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._counts = Counter(words.words)
        self._breaks = [i for i, opens in enumerate(words.breaks) if opens]
        # The capitalised words that stand by themselves somewhere, in no longer name.
        followed = [*words.caps[1:], False]
        lone = zip(words.words, words.caps, followed, strict=False)
        self._alone = {word for word, capital, more in lone if capital and not more}
        self._by_last: dict[str, list[Figure]] = {}
        self._saying = _find_lone_speakers(words)
        self.figures: list[Figure] = []
        # Fullest names first: what is named by surname alone joins them.
        for sighting in sorted(self._sight(words), key=lambda s: (-len(s.name), not s.says)):
            self._add(sighting)
        for figure in self.figures:
            # "Sprecher" may be a woman; a first name of both genders, or unknown, says nothing.
            if figure.gender != "f" and " " in figure.name:
                figure.gender = find_spelt_gender(figure.name) or figure.gender
        if not words.english:
            self._rename_owners(words)
        self._places = sorted(
            ((place, figure) for figure in self.figures for place in figure.places),
            key=lambda item: item[0],
        )
        self._posts = _Posts(self.figures)
        # In the order in which they come, as many as anything asks for.
        came = sorted(self.figures, key=lambda figure: figure.places[0])
        named = (figure for figure in came if figure.roles or " " in figure.name)
        self._named = list(islice(named, _MOST_WEIGHED + 1))
        genders: tuple[Gender, ...] = ("m", "f", "")
        self._fitting = {
            gender: list(islice((f for f in came if f.gender in ("", gender)), 2))
            for gender in genders
        }
        # Of a person what words begin near the name, and which of them is the first.
        self._near: dict[int, dict[str, int]] = {}

    def _sight(self, words: Words) -> list[_Sighting]:
        found = []
        i, count = 0, len(words.words)
        while i < count:
            if not words.caps[i] or words.lows[i] in NOT_NAMES or words.lows[i] in CALENDAR:
                i += 1
                continue
            stop = read_run(words, i, count)
            if stop - i > 1 and all(word.isupper() for word in words.words[i:stop]):
                i = stop  # a headline in capitals
                continue
            sighting, stop = self._read_sighting(words, i, stop)
            if sighting:
                found.append(sighting)
            i = max(stop, i + 1)
        return found

    def _read_sighting(self, words: Words, i: int, stop: int) -> tuple[_Sighting | None, int]:
        """What the run of capitalised words `[i, stop)` names, and where reading goes on."""
        roles = find_office_words(words, i, stop)
        office = roles[-1] if roles else i
        start = roles[-1] + 1 if roles else i
        if start < stop and words.words[start] == ".":
            start += 1  # "Dr. Ada Holm"
        held = roles[-1] if roles else _find_apposed(words, stop)
        if not roles and i and not words.breaks[i] and role_gender(words.lows[i - 1]) is not None:
            held = i - 1
        role = words.lows[held] if held >= 0 else ""
        past = stop
        if roles and start == stop:
            _, named = read_complement(words, stop, self._find_break(stop))
            if named:
                start, stop = named.start, named.stop
                # "die Chefin der Bank und Rätin Ada Holm": her second office is read by itself.
                past = past if role_gender(words.lows[start - 1]) is not None else stop
        name, introduced = words.words[start:stop], False
        if not roles and len(name) > 2 and self._opens_with_office(words, i, name):
            start, name, role = start + 1, name[1:], role or words.lows[start]
        elif not roles and opens_with_noun(name):
            start, name, introduced = start + 1, name[1:], True
        if role or (len(name) > 2 and names_object(name[-1].lower())):
            name = self._trim(name)
        doubtful = not role and not introduced and len(name) > 1
        if doubtful and not self._may_be_person(words, i, stop):
            name = []
        if not name or len(name) > _LONGEST_NAME:
            return None, past
        # "Außenminister Ruritaniens", "Anwalt Jon Hales": a genitive does not hold the office.
        lone_genitive = len(name) == 1 and strip_genitive(name[0]) != name[0]
        if lone_genitive or self._is_bare_elsewhere(name[-1]):
            return _Sighting(start, tuple(name), ""), past
        before = words.lows[office - 1] if office else ""
        says = len(name) == 1 and start in self._saying
        gender = read_holder_gender(words, held) if held >= 0 else ""
        return _Sighting(start, tuple(name), read_role(role, before), says, gender), past

    def _find_break(self, i: int) -> int:
        """The first word from word `i` on that opens a paragraph; the end of the text if none does."""
        at = bisect_left(self._breaks, i)
        return self._breaks[at] if at < len(self._breaks) else len(self._words.words)

    def _is_bare_elsewhere(self, word: str) -> bool:
        """Whether the word is likely a genitive: the article has it without its -s, too."""
        return self._strip(word) != word

    def is_possessor(self, name: str) -> bool:
        """Whether a name behind an office is a genitive: "Anwalt Jon Hales" is not Hale."""
        last = name.split()[-1] if name else ""
        return self._is_bare_elsewhere(last) and strip_genitive(last).casefold() in self._by_last

    def _opens_with_office(self, words: Words, first: int, name: list[str]) -> bool:
        """Whether the first of three capitals is an office: "Stadtrat Jon Hale", later "Hale"."""
        if _TRADE.search(name[0]):
            return True
        determined = first > 0 and words.lows[first - 1] in DETERMINERS
        again = self._counts[name[-1]] > self._counts[name[-2]]
        return determined and again and len(name) == 3 and not any(map(_NOUN.search, name[1:]))

    def _may_be_person(self, words: Words, first: int, stop: int) -> bool:
        """Whether capitalised words without an office look like first name and surname."""
        last = words.words[stop - 1]
        if any(self._strip(word) != word for word in words.words[first : stop - 1]):
            return False  # "Holms Auftritt"
        genitive = strip_genitive(last) != last
        # A genitive comes once, or beside the bare name; a surname in -s comes again.
        if genitive and (self._counts[last] == 1 or self._strip(last) != last):
            return False
        if self.find_subject(words, first, stop):
            return False
        return _has_age(words, stop) or _may_be_person(words, first, stop)

    def find_subject(self, words: Words, first: int, stop: int) -> str:
        """The name in a run of capitals that an object follows: "fordert [Aldora] Zusagen".

        The empty string if the run is one name: what comes once, behind a word that is
        elsewhere without it, is the object.
        """
        if stop - first != 2 or not first or words.caps[first - 1] or words.breaks[first]:
            return ""
        before = words.words[first - 1]
        inverted = before.isalpha() and before not in DETERMINERS
        alone = words.words[first] in self._alone and self._counts[words.words[stop - 1]] == 1
        return words.words[first] if inverted and alone else ""

    def _trim(self, name: list[str]) -> list[str]:
        """The name without a noun that merely follows it, which is rarer than a surname."""
        while len(name) > 1:
            rarer = self._counts[name[-2]] > self._counts[name[-1]]
            noun = _NOUN.search(name[-1]) is not None or names_object(name[-1].lower())
            rarer = rarer and not name[-2].islower()
            if not ((rarer or noun) if len(name) > 2 else (rarer and noun)):
                break
            name = name[:-1]
        return name

    def _add(self, sighting: _Sighting) -> None:
        *given, last = sighting.name
        last = self._strip(last)
        key = _find_surname((*given, last)).casefold()
        surname = sighting.name[0]
        figure = self._match(sighting.name) if given else self.find_name(surname, sighting.place)
        if figure is None:
            if not given and not sighting.role and not sighting.says:
                return
            namesakes = self._by_last.setdefault(key, [])
            if len(namesakes) >= _MOST_NAMESAKES:
                return
            figure = Figure(" ".join([*given, last]).replace(" . ", ". "))
            self.figures.append(figure)
            namesakes.append(figure)
        insort(figure.places, sighting.place)
        if sighting.role and len(figure.roles) < _MOST_ROLES:
            figure.roles.add(sighting.role)
            shown = "" if self._words.english else sighting.gender
            figure.gender = self._read_gender(sighting.role) or shown or figure.gender

    def _rename_owners(self, words: Words) -> None:
        """Take the genitive's -s off a name that the article has nowhere else: "Jon Hales Fazit"."""
        for figure in self.figures:
            *given, last = figure.name.split()
            bare = strip_genitive(last)
            if not given or bare == last or not self._counts[last]:
                continue
            if all(self._owns(words, place, last) for place in figure.places):
                figure.name = " ".join([*given, bare])
                self._by_last.setdefault(bare.casefold(), []).append(figure)

    def _owns(self, words: Words, place: int, last: str) -> bool:
        """Whether the name at a place is a genitive, by the noun behind it or right before it."""
        name = words.words[place : place + _LONGEST_NAME]
        if last not in name:
            return False
        behind = place + name.index(last) + 1
        if behind < len(words.words) and words.caps[behind] and not words.breaks[behind]:
            return True
        before = words.words[place - 1] if place and words.caps[place - 1] else ""
        return _NOUN.search(before) is not None

    def _read_gender(self, role: str) -> Gender:
        """The gender of an office; empty where the language does not show it."""
        return read_english_gender(role) if self._words.english else role_gender(role) or ""

    def _strip(self, word: str) -> str:
        """The word without a genitive -s, where the article shows it without."""
        bare = strip_genitive(word)
        return bare if bare in self._counts else word

    def _match(self, name: tuple[str, ...]) -> Figure | None:
        surname = _find_surname(name)
        for last in (surname, self._strip(surname)):
            known = self._by_last.get(last.casefold())
            if known:
                if len(name) == 1:
                    return known[0]
                return next((figure for figure in known if _agrees(figure, name)), None)
        return None

    def find_name(self, name: str, before: int) -> Figure | None:
        """The figure that bears `name`; of several the one named last before word `before`."""
        parts = tuple(name.split())
        if not parts or (len(parts) > 1 and _NOUN.search(parts[0])):
            return None
        if len(parts) > 1 and (_TRADE.search(parts[0]) or opens_with_noun(parts)):
            parts = parts[1:]
        known = self._by_last.get(self._strip(_find_surname(parts)).casefold(), [])
        if len(parts) == 1 and len(known) > 1:
            return max(known, key=lambda figure: figure.last_place(before))
        return self._match(parts)

    def find_role(
        self, role: str, before: int, last: Figure | None = None, shown: Gender = ""
    ) -> Figure | None:
        """The figure in that office: the `last` speaker, or the last named before word `before`.

        `shown` is the gender of an office of both, as its article tells it: "die Vorsitzende".

        The same office word counts before one it ends ("Präsident" for "US-Präsident"). Who is
        named only later holds it where nobody is named before; where only one person is, of no
        known office, an office of state is that one's.
        """
        gender = self._read_gender(role)
        fits = [
            [post for post in kind if post.fits(gender, shown)] for kind in self._posts.find(role)
        ]
        for fitting in fits:
            came = last is not None and bool(last.places) and last.places[0] <= before
            if last and came and any(post.is_held_by(last) for post in fitting):
                return last
            named_last = [found for post in fitting if (found := post.find_last(before))]
            if named_last:
                return max(named_last, key=_read_place)[1]
        named = self._find_named(before)
        wanted = gender or shown
        alone = len(named) == 1 and not named[0].roles
        alone = alone and (not wanted or named[0].gender in ("", wanted))
        if alone and OF_STATE.search(role):
            return named[0]
        first = [
            min((post.named[0] for post in fitting), key=_read_place) for fitting in fits if fitting
        ]
        return first[0][1] if first and not named else None

    def find_only_holder(self, role: str) -> Figure | None:
        """The only person of the article in that very office, named before or later.

        None where somebody is a "Kollege", who may be in it, too, or where it is a country's by name.
        """
        holders = [figure for figure in self.figures if role in figure.roles]
        shared = any("kolleg" in word.lower() for word in self._counts)
        return (
            holders[0]
            if len(holders) == 1 and not (shared or self._list_lands(holders[0]))
            else None
        )

    def find_of_land(self, found: Figure, mention: Mention) -> Figure | None:
        """The person found for an office, or another where his is another country's.

        "Der brasilianische Präsident" is not "Venezuelas Präsident Holm"; he may have been his
        "brasilianischer Amtskollege".
        """
        land = self._read_land(range(mention.first, mention.stop - 1))
        lands = self._list_lands(found) if land else set()
        if not land or land in lands:
            return found
        fitting = [
            figure
            for figure in self.figures
            if figure.places[0] < mention.first
            and land in self._list_lands(figure)
            and _may_hold(figure, mention)
        ]
        other = None if lands else found
        return max(fitting, key=lambda f: f.last_place(mention.first), default=other)

    def _list_lands(self, figure: Figure) -> set[str]:
        """The countries with which the person's name is brought: "[Venezuelas] Präsident Holm"."""
        lands = set()
        for place in figure.places:
            start = place
            while start > 0 and place - start < _NEAR and self._is_title(start - 1):
                start -= 1
            if start < place and (land := self._read_land(range(start, place))):
                lands.add(land)
        return lands

    def _is_title(self, i: int) -> bool:
        """Whether word `i` may be of what stands before a name: an office, its country."""
        word = self._words.words[i]
        if self._words.breaks[i + 1]:
            return False
        return role_gender(self._words.lows[i]) is not None or find_place(word) is not None

    def _read_land(self, places: range) -> str:
        """The country of an office; empty if none of the words names one."""
        for k in places:
            place = find_place(self._words.words[k])
            if place is not None and place.guarded <= self._words.caps[k]:
                return place.code
        return ""

    def may_be_described(self, figure: Figure, mention: Mention, part: str) -> bool:
        """Whether a description with a part of its own can be that person's: "[Bahn]chef".

        The part is in an office of his, or near his name before the `mention`; "Konzernchef" may be
        said of whoever heads something that is no party; "SPD-Landesvize" of somebody in a public
        office, or of none, where nobody else named before fits its gender.
        """
        before, stem = mention.first, part[:_SHORTEST_STEM]
        if any(role.startswith(stem) for role in figure.roles):
            return True
        public = all(is_public_office(role) for role in figure.roles)
        partisan = public and is_party_office(mention.role, part)
        if partisan and self.find_sole(before, mention.gender) is figure:
            return True
        if is_body(part):
            return any(may_head(role, part) for role in figure.roles)
        return self._list_near(figure).get(stem, before) < before

    def _list_near(self, figure: Figure) -> dict[str, int]:
        """The beginnings of the words near the person's name, each with the first that has it."""
        known = self._near.get(id(figure))
        if known is None:
            known = self._near[id(figure)] = {}
            lows = self._words.lows
            for place in figure.places:
                for k in range(max(0, place - _NEAR), min(len(lows), place + _NEAR)):
                    if role_gender(lows[k]) is None:
                        for size in range(_SHORTEST_STEM + 1):
                            known.setdefault(lows[k][:size], k)
        return known

    def _find_named(self, before: int) -> list[Figure]:
        """The first two persons named before word `before`."""
        return [figure for figure in self._named[:2] if figure.places[0] < before]

    def find_between(
        self, first: int, stop: int, gender: Gender, last: bool = False
    ) -> Figure | None:
        """The first (or last) person named in words `[first, stop)` whom `gender` fits."""
        chosen = None
        at = bisect_left(self._places, first, key=_read_place)
        while at < len(self._places) and self._places[at][0] < stop:
            figure = self._places[at][1]
            fits = not gender or figure.gender in ("", gender)
            if fits and (figure.roles or " " in figure.name):
                if chosen and not last:
                    return None if self._are_joined(chosen, self._places[at]) else chosen
                chosen = figure
            at += 1
        return chosen

    def find_only(self, before: int, gender: Gender) -> Figure | None:
        """The only person of that gender named before word `before`; None if there are more."""
        fitting = [f for f in self._fitting[gender] if f.places[0] < before]
        return fitting[0] if len(fitting) == 1 and fitting[0].gender else None

    def find_sole(self, before: int, gender: Gender) -> Figure | None:
        """The person whom a pronoun of that gender can mean, where nobody else fits it.

        One whose gender nothing shows is meant only where nobody else is named at all.
        """
        named = [figure for figure in self._named if figure.places[0] < before]
        fitting = [figure for figure in named if figure.gender in ("", gender)]
        if len(fitting) != 1 or len(named) > _MOST_WEIGHED:
            return None
        sole = fitting[0]
        called = is_spelt_first_name(sole.name.split()[0].lower())
        if sole.gender:
            return sole if called or sole.roles else None
        return sole if called and len(named) == 1 else None

    def find_place(self, first: int, stop: int) -> int | None:
        """The first word in `[first, stop)` at which a person is named; None if none is."""
        at = bisect_left(self._places, first, key=_read_place)
        if at < len(self._places) and self._places[at][0] < stop:
            return self._places[at][0]
        return None

    def _are_joined(self, figure: Figure, other: tuple[int, Figure]) -> bool:
        """Whether the two are named as one: "Jon Hale und Minister Tom Rieder"."""
        place, second = other
        inside = range(figure.last_place(place - 1), place)
        small = [self._words.lows[k] for k in inside if not self._words.caps[k]]
        return figure is not second and small in (["und"], ["and"])


@dataclass(frozen=True, slots=True)
class _Post:
    """Those of one gender who hold one office: where each is `named`, in order."""

    role: str
    gender: Gender
    named: list[tuple[int, Figure]]

    def fits(self, gender: Gender, shown: Gender) -> bool:
        """Whether an office of that gender, or one whose article shows it, is this one."""
        return gender in ("", self.gender) and (not shown or self.gender in ("", shown))

    def is_held_by(self, figure: Figure) -> bool:
        """Whether the person is one of them."""
        return self.gender == figure.gender and self.role in figure.roles

    def find_last(self, before: int) -> tuple[int, Figure] | None:
        """Who of them is named last before the word behind `before`, and where."""
        at = bisect_right(self.named, before, key=_read_place)
        return self.named[at - 1] if at else None


class _Posts:
    """The offices of one article."""

    def __init__(self, figures: Sequence[Figure]) -> None:
        self._held: dict[str, dict[Gender, _Post]] = {}
        for figure in figures:
            for role in figure.roles:
                if role in self._held or len(self._held) < _MOST_POSTS:
                    by_gender = self._held.setdefault(role, {})
                    post = by_gender.setdefault(figure.gender, _Post(role, figure.gender, []))
                    post.named.extend((place, figure) for place in figure.places)
        for by_gender in self._held.values():
            for post in by_gender.values():
                post.named.sort(key=_read_place)
        self._kinds: dict[str, list[list[str]]] = {}

    def find(self, role: str) -> list[list[_Post]]:
        """Just that office, those of its kind, and those whose kind it is."""
        if role not in self._kinds:
            self._kinds[role] = [
                [role] if role in self._held else [],
                [each for each in self._held if _includes(each, role)],
                [each for each in self._held if _includes(role, each)],
            ]
        return [
            [post for each in kind for post in self._held[each].values()]
            for kind in self._kinds[role]
        ]


@dataclass(frozen=True, slots=True)
class _Body:
    """One full name of an institution: its head noun, what stands before it and behind it."""

    head: str
    before: frozenset[str]
    behind: str
    mention: Mention

    def may_be(self, other: _Body) -> bool:
        """Whether both names may be of one institution."""
        alike = not self.before or not other.before or not self.before.isdisjoint(other.before)
        same = not self.behind or not other.behind or self.behind == other.behind
        return self.head == other.head and alike and same


class FullNames:
    """Names in the order of their coming, found by how they begin."""

    def __init__(self) -> None:
        self._order: dict[str, int] = {}
        self._sorted: list[str] = []
        self._first: dict[str, str] = {}

    def add(self, name: str | None) -> None:
        """Put a name behind the others, if it is not there yet."""
        if name and name not in self._order:
            self._order[name] = len(self._order)
            insort(self._sorted, name)

    def find(self, beginning: str) -> str | None:
        """The first name that came and begins so; None if none does."""
        if beginning not in self._first:
            at = stop = bisect_left(self._sorted, beginning)
            while stop < len(self._sorted) and self._sorted[stop].startswith(beginning):
                stop += 1
            if at == stop:
                return None
            # It stays the first, whatever comes.
            self._first[beginning] = min(self._sorted[at:stop], key=self._order.__getitem__)
        return self._first[beginning]


class Institutions:
    """The institutions of one article, found by the bare noun that stands for one later."""

    def __init__(self, words: Words) -> None:
        self._words = words
        self._counts: Counter[str] = Counter()
        self._nouns: frozenset[str] = frozenset()
        self._named: dict[str, Mention | None] = {}
        # The capitalised words from behind, and where each stands: a noun ends many of them.
        self._endings: list[str] = []
        self._places: dict[str, list[int]] = {}

    def find(self, noun: str, before: int) -> Mention | None:
        """The full name that stands for "das Ministerium" at word `before`, where it is named first.

        None where the article has two that the noun may mean, or only the noun itself.
        """
        low = strip_case(noun).lower()
        if not names_institution(noun) or is_common_body(low):
            return None
        if low not in self._named:
            bodies = list(self._list(low))
            sole = bodies and all(bodies[0].may_be(other) for other in bodies)
            self._named[low] = bodies[0].mention if sole else None
        mention = self._named[low]
        return mention if mention and mention.first < before else None

    def _list(self, noun: str) -> Iterator[_Body]:
        if not self._counts:
            self._learn()
        for k in self._find_ending((noun, f"{noun}s", f"{noun}es")):
            body = self._read(noun, k)
            if body:
                yield body

    def _learn(self) -> None:
        words = self._words
        before = zip(words.words[1:], words.lows, strict=False)
        self._nouns = frozenset(word for word, low in before if low in DETERMINERS)
        self._counts = Counter(words.words)
        for k, low in enumerate(words.lows):
            if words.caps[k]:
                self._places.setdefault(low[::-1], []).append(k)
        self._endings = sorted(self._places)

    def _find_ending(self, forms: Sequence[str]) -> list[int]:
        """The capitalised words that end in one of the forms, in order."""
        found: set[int] = set()
        for ending in (form[::-1] for form in forms):
            at = bisect_left(self._endings, ending)
            while at < len(self._endings) and self._endings[at].startswith(ending):
                found.update(self._places[self._endings[at]])
                at += 1
        return sorted(found)

    def _read(self, noun: str, k: int) -> _Body | None:
        """The full name whose head is word `k`; None if it is the bare noun, or no name's head."""
        words = self._words
        first = k
        while first and k - first < _LONGEST_NAME and self._belongs(first):
            first -= 1
        start = first - (first > 0 and words.lows[first - 1] in DETERMINERS)
        mention = read_mention(words, start, self._find_end(k))
        if mention is None or mention.stop <= k or mention.role:
            return None
        head = strip_case(words.words[k]).lower()
        if words.lows[mention.stop : mention.stop + 1] == ["ohne"]:
            return None  # "Ärzte ohne Grenzen" goes on
        before = [w for w in range(first, k) if words.caps[w] or _OF_PLACE.search(words.lows[w])]
        behind = " ".join(words.words[k + 1 : mention.stop])
        if head == noun and not behind and not any(words.caps[first:k]):
            return None
        stems = frozenset(words.lows[w][:_SHORTEST_STEM] for w in before)
        return _Body(head, stems, behind, mention)

    def _find_end(self, k: int) -> int:
        """Where the name with the head `k` ends: behind its proper name, or its field."""
        words, stop = self._words, k + 1
        while stop < len(words.words) and words.caps[stop] and self._is_proper(stop):
            stop += 1
        if words.lows[stop : stop + 1] == ["für"]:
            field_end = read_run(words, stop + 1, len(words.words))
            stop = field_end if field_end > stop + 1 else stop
            joined = words.lows[stop : stop + 1] == ["und"] and field_end == stop
            stop = max(stop, read_run(words, stop + 1, len(words.words)) if joined else 0)
        return stop

    def _is_proper(self, i: int) -> bool:
        """Whether a capital behind an institution is its name: "Universität Brenn", no object."""
        words, word = self._words, self._words.words[i]
        if words.breaks[i] or words.lows[i] in CALENDAR or _NOUN.search(word):
            return False
        if names_object(words.lows[i]) or (word in self._nouns and not word.isupper()):
            return False
        named = self._counts[word] > 1 or word.isupper() or _TOWN.search(word) is not None
        return named or MEDIUM.search(words.lows[i - 1]) is not None or is_place(words.lows[i])

    def _belongs(self, i: int) -> bool:
        """Whether the word before word `i` of a name belongs to it: "isländische", "Berliner"."""
        words = self._words
        low = words.lows[i - 1]
        if words.breaks[i] or low in DETERMINERS or low in NOT_NAMES or low in CALENDAR:
            return False
        adjective = low.endswith(ADJECTIVE_ENDINGS) and low.isalpha() and len(low) > 3
        return words.caps[i - 1] or (adjective and low not in _FORMS)


def _find_lone_speakers(words: Words) -> frozenset[int]:
    """The words that are surnames by their place alone, as indices: "…, sagte Harlow".

    One capitalised word without article next to a verb in the singular of what persons say. None
    that the text has small, with an article or behind "in", and none that is by its form an
    office, an institution, an abstract noun, an adverb or an English plural. Linear in the text.
    """
    nouns = {
        word for word, before in zip(words.words[1:], words.lows, strict=False)
        if before in _BEFORE_NOUNS
    }  # fmt: skip
    known = set(words.words)
    return frozenset(
        i
        for i, word in enumerate(words.words)
        if words.caps[i]
        and word not in nouns
        and words.lows[i] not in known
        and _may_be_name(words, i)
        and (_is_subject_before(words, i) or _is_subject_behind(words, i))
    )


def drop_trade(name: str) -> str:
    """The name without the trade before it: "Fährmann Jon Hale"."""
    parts = name.split()
    fronted = len(parts) > 2 and (_TRADE.search(parts[0]) or opens_with_noun(parts))
    return " ".join(parts[1:]) if fronted else name


def strip_genitive(word: str) -> str:
    """The word without the -s that may be a genitive's."""
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word


def strip_case(word: str) -> str:
    """A noun behind "des" without its ending: "Ministeriums", "Amtes", "Sprechers", "Experten"."""
    low = word.lower()
    if low.endswith("en") and role_gender(low[:-1]) is not None:
        return word[:-1]
    role = base_role(low)
    if role != low:
        return word[: len(role)]
    if low.endswith(("zes", "ßes", "xes")):
        return word[:-2]
    for ending in ("es", "s"):
        bare = word[: -len(ending)]
        if low.endswith(ending) and names_institution(bare):
            return bare
    return word if names_institution(low) else strip_genitive(word)


def _read_place(item: tuple[int, Figure]) -> int:
    return item[0]


def _includes(longer: str, role: str) -> bool:
    """Whether an office is a kind of the other: a "verkehrsminister" is a "minister"."""
    former = longer.startswith(FORMER_PREFIX) == role.startswith(FORMER_PREFIX)
    return former and longer.endswith(role.removeprefix(FORMER_PREFIX))


def _agrees(figure: Figure, name: tuple[str, ...]) -> bool:
    """Whether a longer name is the figure's: the same first name, or none known yet."""
    parts = figure.name.casefold().split()
    if is_regnal(parts[-1].upper()) and is_regnal(name[-1]) and parts[-1] != name[-1].casefold():
        return False  # "Karl IV.", "Karl V."
    if len(parts) == 2 and is_family_first(figure.name):
        return parts[-1] == name[-1].casefold()  # "Li Fei", "Li Wen"
    titled = is_noble(name[0].lower())  # "Prinz zu Hale"
    return len(parts) == 1 or titled or parts[0] == name[0].casefold()


def _find_surname(name: Sequence[str]) -> str:
    """The word by which a name is found: the last, but no king's number; "Li" of "Li Fei"."""
    if len(name) == 2 and is_family_first(" ".join(name)):
        return name[0]
    return name[-2] if len(name) > 1 and is_regnal(name[-1]) else name[-1]


def _find_apposed(words: Words, i: int) -> int:
    """The office behind a name's comma, as a word: "Ada Holm, die neue Sprecherin von …"; or -1."""
    count = len(words.words)
    if i + 2 >= count or words.words[i] != "," or words.lows[i + 1] not in DETERMINERS:
        return -1
    for k in range(i + 2, min(count, i + 6)):
        if words.caps[k]:
            return k if role_gender(words.lows[k]) is not None else -1
        if not words.lows[k].isalnum():
            break
    return -1


def _has_age(words: Words, stop: int) -> bool:
    """Whether an age in brackets stands behind a name: "(65)"."""
    inside = words.words[stop : stop + 3]
    return len(inside) == 3 and inside[0] == "(" and inside[2] == ")" and inside[1].isdigit()


def _may_be_person(words: Words, first: int, stop: int) -> bool:
    """Whether capitalised words without an office look like first name and surname."""
    before = words.lows[first - 1] if first and not words.breaks[first] else ""
    if words.lows[first] in _NUMERALS or not MEASURES.isdisjoint(words.lows[first:stop]):
        return False
    if before in DETERMINERS or before in _CONTRACTED or before in _PLACING:
        return False
    if before == "." and _is_ordinal(words, first - 2):
        return False
    attribute = not words.english and len(before) > 3 and before.endswith(ADJECTIVE_ENDINGS)
    attribute = attribute and AGED.match(before) is None and before not in _LEADING
    # "sagte Jon Hale", "am Montag reiste Jon Hale", but "der erklärte Feind".
    if first > 1 and words.lows[first - 2] not in DETERMINERS:
        behind_noun = before.endswith("te") and words.caps[first - 2]
        attribute = attribute and before not in _FORMS and not behind_noun
    if attribute and not words.caps[first - 1] and before not in _NOT_ATTRIBUTES:
        return False
    return not any(_NOUN.search(words.words[k]) for k in range(first, stop))


def _is_ordinal(words: Words, i: int) -> bool:
    """Whether word `i` counts what follows: "beim [3]. Aldoraer Hafentag", "„[3]. Hafentag“"."""
    counted = i > 0 and words.words[i].isdecimal() and len(words.words[i]) < 3
    before = words.lows[i - 1] if counted else ""
    opens = before in _OPENINGS and before not in ".!?:"
    return opens or before in DETERMINERS or before in _CONTRACTED or before in _PLACING


def _may_hold(figure: Figure, mention: Mention) -> bool:
    """Whether a person may be meant by an office: it is his, a colleague's, or none is known."""
    if mention.gender and figure.gender not in ("", mention.gender):
        return False
    return not figure.roles or any(r == mention.role or "kolleg" in r for r in figure.roles)


def _may_be_name(words: Words, i: int) -> bool:
    word, low = words.words[i], words.lows[i]
    if len(word) < 3 or word.isupper() or not word.replace("-", "").isalpha():
        return False
    if low in NOT_NAMES or low in CALENDAR or names_institution(word) or names_object(low):
        return False
    if words.english and low.endswith("s"):
        return False
    return role_gender(low) is None and _NO_NAME.search(low) is None


def _says(words: Words, i: int) -> bool:
    """Whether word `i` is a verb in the singular of what persons say, with its particle."""
    return any(_is_personal(words, i, form) for form in _FORMS.get(words.lows[i], ()))


def _is_personal(words: Words, i: int, form: VerbForm) -> bool:
    low = words.lows[i]
    if form.lemma not in _LEMMAS or form.form != "finite" or words.caps[i]:
        return False
    if form.english != words.english or low.endswith("en"):
        return False
    return not form.particle or form.particle in words.lows[i + 1 : i + 12]


def _is_subject_before(words: Words, i: int) -> bool:
    """Whether "Harlow sagte, …" opens a sentence with its subject."""
    opens = not i or words.breaks[i] or words.words[i - 1] in _OPENINGS
    if i + 2 >= len(words.words) or words.breaks[i + 1] or not _says(words, i + 1):
        return False
    if not opens and not (words.english and words.words[i - 1] in _BEHIND):
        return False
    after = words.lows[i + 2]
    if words.english:
        return True
    if words.caps[i + 2]:
        return role_gender(after) is not None and after.endswith("n")
    if after == "der":
        return any(_DATIVE.search(low) for low in words.lows[i + 3 : i + 5])
    return after not in _SUBJECTS


def _is_subject_behind(words: Words, i: int) -> bool:
    """Whether "…, sagte Harlow" or "In Brenn sagte Harlow" has its subject behind the verb."""
    if i < 2 or not _says(words, i - 1) or words.breaks[i]:
        return False
    if i + 1 < len(words.words) and words.caps[i + 1] and not words.breaks[i + 1]:
        return False
    if words.words[i - 2] in _BEHIND:
        return True
    for k in range(i - 2, max(-1, i - 2 - _LONGEST_PHRASE), -1):
        if k == 0 or words.breaks[k] or words.words[k - 1] in _OPENINGS:
            small = words.lows[k] in NOT_NAMES and words.lows[k] not in _SUBJECTS
            return small or words.lows[k] in PREPOSITIONS | OBLIQUE
    return False
