"""Proper names: which words of a claim are some, and whether the cited text knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile

from rapidfuzz import fuzz

from wortlaut.index.lang.calendar import list_forms
from wortlaut.index.lang.names import (
    MAYBE_SAME,
    TITLES,
    is_spelt_first_name,
    match_words,
    sound_of,
    spell_word,
)
from wortlaut.index.lang.places import (
    find_exonym,
    find_exonym_run,
    find_opening,
    find_place,
    find_run,
    find_seats,
    find_sharing,
)
from wortlaut.index.lang.roles import role_gender
from wortlaut.index.lang.tables import match_any
from wortlaut.index.lang.words import CYRILLIC_LETTER, Language, Word, read_words

_COMMON = re.compile(
    r"(?:president|prime|minist(?:er|ry|ers)|foreign|defen[cs]e|interior|finance|secretary|state|general"
    r"|government|parliament|senate|congress|court|supreme|army|navy|air|force|forces|police|party|union"
    r"|council|committee|commission|university|college|school|institute|church|bank|company|group|office"
    r"|department|agency|federal|national|international|republic|kingdom|empire|city|county|river|lake"
    r"|mountain|mount|sea|ocean|island|islands|street|bridge|tower|house|hall|park|museum|theat(?:er|re)"
    r"|war|battle|treaty|act|law|constitution|king|queen|emperor|prince|princess|duke|lord|sir|pope|bishop"
    r"|saint|st|mr|mrs|ms|dr|north|south|east|west|northern|southern|eastern|western|central|new|old|great"
    r"|i|first|second|world|god|bible|internet|media|day"
    r"|chancellor|governor|mayor|spokesman|spokeswoman|ambassador|chairman|director|professor|club|league"
    r"|association|society|organi[sz]ation|front|movement|revolution|age|era|century|summit|conference"
    r"|deputy|vice|chief|head|advent|whit|whitsun|easter|christmas|pentecost|new year"
    rf"|{match_any(list_forms('weekday', 'en'))}s?|{match_any(list_forms('month', 'en'))})\Z"
)
_ADJECTIVE = re.compile(r"(?:isch|deutsch|ск)[а-яёa-z]{0,4}\Z")
# Shorter ones are a code, "US", or something else, "us".
_SHORTEST_CODE = 3
# What must follow a country in a compound, "Ukraine|krieg".
_SHORTEST_REST = 4
# Between two scripts vowels are spelled by ear, consonants less so: Пэнтерс, Panthers.
_VOWELS = re.compile("[aeiouy ]")
_FEWEST_BONES = 3
_NEAR_BONES = 80.0
_ROLE_PREFIX = 5
_SAME_OPENING = 4
_LONG_OPENING = 8
_DEMONYM = 4
# What counts where one country stands for another.
_LOCATED = frozenset({"land", "region", "city"})
_NEAR = 80.0


@lru_cache(maxsize=16384)
def _groups(low: str) -> frozenset[str]:
    """What a word may name: countries by code, towns and others by the keys of their rows."""
    place, exonym = find_place(low), find_exonym(low)
    opening = find_opening(low) if place is None else None
    if opening is not None and len(opening[1]) >= _SHORTEST_REST:
        place = opening[0]
    found = frozenset([place.town or place.code]) if place else frozenset()
    return found | find_sharing(low) | (exonym.keys if exonym else frozenset())


def find_countries(
    words: Sequence[Word], *, with_wholes: bool = False
) -> list[tuple[frozenset[str], str]]:
    """The countries and regions that the words name, each with the words that do.

    A capital stands for its country; "Korea" may be either. Only what has a capital letter, or an
    adjective in German or Russian, is read as one. `with_wholes` counts a town's country, too.
    """
    texts = [word.text for word in words]
    found, n = [], 0
    while n < len(words):
        keys, end = _find_country(texts, n, with_wholes)
        if keys and (words[n].is_capitalised or _ADJECTIVE.search(words[n].low)):
            found.append((keys, " ".join(texts[n:end])))
        n = end
    return found


def _find_country(texts: Sequence[str], n: int, with_wholes: bool) -> tuple[frozenset[str], int]:
    """The country at a word, and one past the last that names it."""
    several = find_exonym_run(texts, n)
    if several is not None:
        # "South America" is no America.
        return (several[0].keys if several[0].kind in _LOCATED else frozenset()), several[1]
    run = None if len(texts[n]) < _SHORTEST_CODE and not texts[n].isupper() else find_run(texts, n)
    if run is not None:
        place, end = run
        seats = find_seats(texts[n]) if end == n + 1 else frozenset()
        return (frozenset() if place.guarded else frozenset([place.code]) | seats), end
    exonym = find_exonym(texts[n])
    if exonym is None or exonym.kind not in _LOCATED:
        return frozenset(), n + 1
    return exonym.keys | (exonym.within if with_wholes else frozenset()), n + 1


@lru_cache(maxsize=65536)
def same_word(a: str, b: str) -> bool:
    """Whether two words name the same: by sound, as case or adjective, or as an exonym."""
    low, other = a.casefold(), b.casefold()
    if low == other or _groups(low) & _groups(other):
        return True
    one, two = find_place(low), find_place(other)
    if one and two and one.code != two.code:
        # However alike: "Niger" and "nigerianisch".
        return False
    if match_words(spell_word(a), spell_word(b)) >= MAYBE_SAME:
        return True
    left, right = sound_of(a), sound_of(b)
    if not left or not right:
        return False
    if left == right:
        return True
    shorter = min(len(left), len(right))
    if bool(CYRILLIC_LETTER.search(low)) != bool(CYRILLIC_LETTER.search(other)):
        bones = _VOWELS.sub("", left), _VOWELS.sub("", right)
        if min(map(len, bones)) >= _FEWEST_BONES and fuzz.ratio(*bones) >= _NEAR_BONES:
            return True
    if shorter < 4 or left[0] != right[0]:
        return False
    if a[:1].isupper() and b[:1].isupper() and role_gender(low) is None:
        # "Merkel" is nearly "Meckel", "Blinken" nearly "Blinker", and is not.
        return _are_forms(left, right)
    if left[:_ROLE_PREFIX] == right[:_ROLE_PREFIX] and shorter >= _ROLE_PREFIX:
        return True
    return fuzz.ratio(left, right) >= _NEAR


def _are_forms(a: str, b: str) -> bool:
    """Whether two names by sound differ in nothing but an ending: "Morvenien", "Morvenier"."""
    pairs = zip(a, b, strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    rests = a[shared:], b[shared:]
    if shared >= _LONG_OPENING or not all(rests):
        return shared >= _SAME_OPENING
    return a[:shared].endswith("i") and max(map(len, rests)) <= _DEMONYM and shared >= _SAME_OPENING


def same_name(a: str, b: str) -> bool:
    """Whether each telling word of the shorter of two names is one of the other's, each another's.

    "Peter Petersen" is not "Peter Hansen", however much his surname sounds like the first name.
    """
    left = [w for w in read_words(a) if w.is_content and w.low not in TITLES]
    right = [w for w in read_words(b) if w.is_content and w.low not in TITLES]
    if not left or not right:
        return False
    short, long = sorted((left, right), key=len)
    free, lows = list(long), {word.low for word in long}
    # Words of the same letters are paired first.
    for word in sorted(short, key=lambda word: word.low not in lows):
        fitting = [other for other in free if same_word(word.text, other.text)]
        if not fitting:
            return False
        free.remove(min(fitting, key=lambda other: other.low != word.low))
    return True


def find_name_runs(
    words: Sequence[Word], text: str, language: Language, known: frozenset[str]
) -> list[list[Word]]:
    """Runs of words of the claim that look like proper names, in order.

    In German every noun has a capital: there only a run of two, a word from `known` (folded) or
    one that stands without an article counts.
    """
    runs: list[list[Word]] = []
    for number, word in enumerate(words):
        if not _may_be_name(word, number, words, text, language):
            continue
        joins = runs and number and runs[-1][-1] is words[number - 1]
        if joins and text[words[number - 1].end : word.start] in (" ", "-"):
            runs[-1].append(word)
        else:
            runs.append([word])
    if language != "de":
        return runs
    return [name for run in runs if (name := _read_german_name(run, words, text, known))]


def _may_be_name(
    word: Word, number: int, words: Sequence[Word], text: str, language: Language
) -> bool:
    if not word.is_capitalised or not word.is_content or word.low in TITLES:
        return False
    if role_gender(word.low) is not None or is_everyday(word.low):
        return False
    before = text[: word.start].rstrip()
    opens = number == 0 or before[-1:] in _OPENING
    if not opens or (word.text.isupper() and language != "de"):
        return True
    following = words[number + 1] if number + 1 < len(words) else None
    if following is None or language == "de" or not following.is_capitalised:
        return False
    if text[word.end : following.start] not in (" ", "-"):
        return False
    # "Last Thursday", "Former President Ulo Kant": the capital is the sentence's.
    told = is_spelt_first_name(word.low) or bool(_groups(word.low))
    return told or _may_be_name(following, number + 1, words, text, language)


def is_everyday(low: str) -> bool:
    """Whether an English word is one that names of institutions, places and days are made of."""
    return _COMMON.match(low) is not None


# Behind these a capital may be the sentence's or the quotation's.
_OPENING = frozenset('.!?:“„"«»–')
_DETERMINER = re.compile(r"(?:[a-zäöüß]+(?:e[nrms]?)|das|im|am|zum|zur|vom|beim|ins)\Z")
# Two nouns in a row that are no name: "Ende Oktober", "Millionen Menschen".
_MEASURES = re.compile(
    r"(?:ende|anfang|mitte|richtung|million(?:en)?|milliarden?|tausende?|hunderte?|dutzend|prozent|euro"
    r"|dollar|uhr|mal|jahre?n?|monate?n?|tage?n?|stunden?|minuten?|meter|kilometer|tonnen|liter"
    rf"|{match_any(list_forms('month', 'de'))}|{match_any(list_forms('daypart', 'de'))}"
    r"|\w+tag|art|teil|anzahl|menge|gruppe|reihe)\Z"
)


def _read_german_name(
    run: list[Word], words: Sequence[Word], text: str, known: frozenset[str]
) -> list[Word]:
    """The part of a run that is a name: "Grafschaft" and "Werke" beside one are nouns."""
    is_known = any(sound_of(word.text) in known or _groups(word.low) for word in run)
    if not is_known and (len(run) < 2 or any(_MEASURES.match(word.low) for word in run)):
        return []
    before = text[: run[0].start].split()[-1:]
    if len(run) > 1 and before and _DETERMINER.match(before[0]):
        run = run[1:]
    if len(run) > 1 and run[-2].low.endswith("s"):
        run = run[:-1]
    return run


@dataclass(frozen=True, slots=True)
class StrangeName:
    """A name of the claim, and those of its words that the cited text does not bear."""

    run: tuple[Word, ...]
    missing: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The missing words."""
        return " ".join(word.text for word in self.missing)


def find_strange_names(
    runs: Iterable[Sequence[Word]], near: Sequence[Word], article: Sequence[Word]
) -> list[StrangeName]:
    """The names of the claim, or their parts, that the cited text does not bear.

    `near` are the words of the spans and of what belongs to them (speaker, title, source, the
    sentence's rest, what leads up to it). Where one word of a name stands there, its others may
    stand anywhere in the article: "Sergej" beside "Lawrow".
    """
    close = {word.text for word in near}
    far = {word.text for word in article}
    strange = []
    for run in runs:
        borne = [any(same_word(word.text, other) for other in close) for word in run]
        if not borne[0] and run[0].start == 0 and len(run) > 1:
            # "Despite Talberg": only the sentence's start gives it a capital.
            borne[0] = not is_spelt_first_name(run[0].low)
        if all(borne) or _stands_joined(run, close):
            continue
        others = far if any(borne) else close
        missing = [
            word
            for word, ok in zip(run, borne, strict=True)
            if not ok and not any(same_word(word.text, other) for other in others)
        ]
        if missing:
            strange.append(StrangeName(tuple(run), tuple(missing)))
    return strange


def _stands_joined(run: Sequence[Word], near: Iterable[str]) -> bool:
    """Whether a name stands there as one word or by its first letters."""
    joined = sound_of("".join(word.text for word in run))
    letters = "".join(word.text[0] for word in run).casefold()
    return len(run) > 1 and any(
        sound_of(other) == joined or other.casefold() == letters for other in near
    )
