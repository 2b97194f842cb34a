"""Which country a word names, in German, English or Russian: a name, adjective, demonym, capital.

The countries are rows in `places.tsv` with one form of each word; its other forms are made here. Towns,
peoples and faiths that go by other words in other languages are rows in `exonyms.tsv`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Literal

from wortlaut.index.lang.tables import Row, read_rows
from wortlaut.index.lang.words import LANGUAGES, find_letter_runs

PlaceForm = Literal["name", "adjective", "people", "capital"]
# The part of a word that stays, and what may follow it.
Stem = tuple[str, frozenset[str]]
_LATIN, _CYRILLIC = ("de", "en"), ("ru",)
_COLUMNS: tuple[tuple[str, PlaceForm], ...] = (
    ("", "name"), ("_adjective", "adjective"), ("_people", "people"), ("_capital", "capital"),
)  # fmt: skip
# What may stand between the words of a name: "Republic of the Congo".
_CONNECTING = frozenset("of the and und von die der des и".split())
_LONGEST_ENDING = 7
_LONGEST_WORD = 60
_SHORTEST_OPENING = 4
# A word of more names than this, "Republik", tells none of them.
_MOST_NAMES = 4
_FOLDED = str.maketrans("áàâãåăçćčéèêëíìîïñóòôõúùûýșşțţžšё", "aaaaaaccceeeeiiiinoooouuuyssttzsе")

_FIXED = frozenset([""])
_PLURAL_S = frozenset(["", "s"])
_GERMAN_ADJECTIVE = frozenset(["", "e", "en", "er", "em", "es"])
_GERMAN_PEOPLE_ER = frozenset(["", "n", "s", "in", "innen"])
_GERMAN_PEOPLE_E = frozenset(["e", "en", "in", "innen"])
_GERMAN_PEOPLE = frozenset(["", "s", "n", "en", "in", "innen"])
_GERMAN_TOWN = frozenset(["", "s", "er", "ers", "ern", "erin", "erinnen"])
_ENGLISH_TOWN = frozenset(["", "s", "ian", "ians", "er", "ers"])
_MAN = frozenset(["man", "men", "woman", "women"])
# "Vereinigte", "Dominikanische", "Heiliger" before a noun.
_GERMAN_LEADING = re.compile(r"(?:(?:isch|igt|eint|iert)e[rs]?|iger)\Z")

_RUSSIAN_HARD = frozenset("ий ого ому им ом ая ой ую ое ие их ими".split())
_RUSSIAN_FIRM = frozenset("ый ой ого ому ым ом ая ую ое ые ых ыми".split())
_RUSSIAN_SOFT = frozenset("ий его ему им ем яя ей юю ее ие их ими".split())
_RUSSIAN_TOWN_ADJECTIVE = frozenset("ск" + ending for ending in _RUSSIAN_HARD)
_RUSSIAN_ADJECTIVE = re.compile("(?:[иыо]й|[ая]я|[оеы]е|ие)\\Z")
_RUSSIAN_MASCULINE = frozenset(["", "а", "у", "ом", "ем", "е"])
_RUSSIAN_MEN = frozenset("а у ом е ы и ов ей ам ами ах".split()) | _FIXED
_RUSSIAN_CITIZENS = frozenset("ин ина ину ином ине е ам ами ах".split()) | _FIXED
_RUSSIAN_FLEETING = frozenset("а у ем е ы ев ам ами ах".split())
_RUSSIAN_WOMEN = frozenset("а и е у ой ою ам ами ах".split())
_RUSSIAN_FEMININE = frozenset("а ы и е у ой ей ою".split())
_RUSSIAN_SOFT_FEMININE = frozenset("я и е ю ей".split())
_RUSSIAN_J = frozenset("й я ю ем е и".split())  # "в Китае", but "на Маврикии"
_RUSSIAN_FLEETING_NAME = frozenset("а у ом е".split())
_RUSSIAN_SIGN = frozenset("ь я ю ем е и".split()) | {"ью"}
_RUSSIAN_PLURAL = frozenset("ы ов ам ами ах".split()) | _FIXED
_RUSSIAN_OWNED = frozenset("ы ых ым ыми".split())
_RUSSIAN_NEUTER = frozenset("о а у ом е".split())
# "Марокко", "Чили", "Самоа", "Никарагуа", but "Косово".
_RUSSIAN_INDECLINABLE = re.compile("(?:(?<!ов)(?<!ев)о|[еиуэю]|[оуи]а)\\Z")
_RUSSIAN_ISLANDS = frozenset("а ов ам ами ах".split())
_MOST_BEHIND = 4
_HISSING = "гкхжчшщ"
# The names of several words are sorted by so many letters, which each of them has before its "-".
_FEWEST_ALIKE = 2


@dataclass(frozen=True, slots=True)
class Place:
    """What a word is to a country; of a capital `town` is its German name.

    A `guarded` word is an ordinary one, too, and means the country only with a capital letter.
    """

    code: str
    kind: PlaceForm
    town: str = ""
    guarded: bool = False


@dataclass(frozen=True, slots=True)
class Exonym:
    """A town, region, people, faith … that goes by other words in other languages.

    `keys` are what it shares with others; `kind` is the table's; `within` is a city's country.
    """

    keys: frozenset[str]
    kind: str
    within: frozenset[str] = frozenset()


@lru_cache(maxsize=65536)
def find_place(word: str) -> Place | None:
    """The country that a single word names; None where it names none."""
    if len(word) > _LONGEST_WORD:
        return None
    lexicon = _choose_lexicon(word)
    found = [lexicon.single[n] for n in _find_words(word) if n in lexicon.single]
    return min(found, key=_rank) if found else None


def find_run(words: Sequence[str], at: int) -> tuple[Place, int] | None:
    """The country that the words from `at` on name, most of them first, and one past its last."""
    lexicon = _choose_lexicon(words[at])
    best: tuple[Place, int] | None = None
    for number in _find_words(words[at]) if len(words[at]) <= _LONGEST_WORD else ():
        for rest, place in lexicon.runs.get(number, ()):
            end = _match_rest(words, at + 1, rest)
            if end is not None and (best is None or end > best[1]):
                best = place, end
    single = None if best else find_place(words[at])
    return best or ((single, at + 1) if single else None)


@lru_cache(maxsize=65536)
def find_opening(word: str) -> tuple[Place, str] | None:
    """The country that opens a German compound, and the rest: "Irak|beauftragter", "deutsch|sprachig"."""
    low, openings = fold_place(word[:_LONGEST_WORD]), _read_lexicon(_LATIN).openings
    for end in range(len(low) - 1, _SHORTEST_OPENING - 1, -1):
        if (place := openings.get(low[:end])) is not None:
            return place, low[end:]
    return None


def find_sharing(word: str) -> frozenset[str]:
    """The codes of the names of several words that have this one, "Arabia", where it tells them."""
    codes = _choose_lexicon(word).parts.get(fold_place(word), set())
    return frozenset(codes) if len(codes) <= _MOST_NAMES else frozenset()


def names_place(word: str) -> bool:
    """Whether a word is a country's, or another place's, people's or faith's that a table has."""
    return find_place(word) is not None or find_exonym(word) is not None


@lru_cache(maxsize=65536)
def find_exonym(word: str) -> Exonym | None:
    """What the table of other places, peoples and faiths has of a word; None for nothing."""
    whole, openings = _read_exonyms()
    low = fold_place(word[:_LONGEST_WORD])
    if (found := whole.get(low)) is not None:
        return found
    ends = range(len(low), 0, -1)
    return next((openings[low[:end]] for end in ends if low[:end] in openings), None)


def find_exonym_run(words: Sequence[str], at: int) -> tuple[Exonym, int] | None:
    """What the words from `at` on name, where it is several, and one past the last: "Black Sea"."""
    row, end = max(_find_exonym_runs(words, at), key=lambda found: found[1], default=(None, at))
    return (_make_exonym(row), end) if row is not None else None


@lru_cache(maxsize=16384)
def find_seats(word: str) -> frozenset[str]:
    """The unions and countries that a town stands for, beside the one it is the capital of: Brüssel."""
    place = find_place(word)
    if place is None or not place.town:
        return frozenset()
    return frozenset(
        row["code"]
        for row in read_rows("places.tsv")
        if f"({place.town})" in row["de_capital"].split("; ")
    )


def find_end(words: Sequence[str], at: int) -> int:
    """One past the last word of the longest name at `at` of what the tables know; `at` for none."""
    run, exonym = find_run(words, at), find_exonym(words[at])
    ends = [run[1] if run else at, at + 1 if exonym else at]
    return max(*ends, *(end for _, end in _find_exonym_runs(words, at)))


def list_german(words: Sequence[str]) -> list[str]:
    """How texts in German say what the words together name: names, adjectives, a word's beginning.

    A country's capital and people count for it; empty for words that name no place.
    """
    if not words:
        return []
    found: list[str] = []
    run = find_run(words, 0)
    if run is not None and run[1] == len(words):
        columns = ("de", "de_adjective", "de_people", "de_capital")
        row = _read_codes()[run[0].code]
        cells = [cell for column in columns for cell in _read_cell(row, column)]
        found += [run[0].town] if run[0].town else [part for c in cells for part in c.split("/")]
    exonym = find_exonym(words[0]) if len(words) == 1 else None
    if exonym is not None:
        low = fold_place(words[0])
        for row in read_rows("exonyms.tsv"):
            cells = " ".join(row[language] for language in LANGUAGES).split()
            # "мир-" is the world, but no "Мирзиёев".
            near = (w for w in cells if len(low) - len(w) < _MOST_BEHIND)
            if exonym.keys & set(row["key"].split()) and any(
                low == w or (w.endswith("-") and low.startswith(w[:-1])) for w in near
            ):
                found += _read_german(row)
    for row, end in _find_exonym_runs(words, 0):
        found += _read_german(row) if end == len(words) else []
    return list(dict.fromkeys(found))


def _read_german(row: Row) -> list[str]:
    return [word.replace("-", "").replace("_", " ") for word in row["de"].split()]


def _find_exonym_runs(words: Sequence[str], at: int) -> list[tuple[Row, int]]:
    """The rows of exonyms.tsv with a name of several words that stands at `at`, and where it ends."""
    found = []
    low = fold_place(words[at][:_LONGEST_WORD])
    for parts, row in _read_exonym_runs().get(low[:_FEWEST_ALIKE], ()):
        rest = [fold_place(word) for word in words[at : at + len(parts)]]
        if len(rest) == len(parts) and all(map(_fits, rest, parts)):
            found.append((row, at + len(parts)))
    return found


def _fits(word: str, part: str) -> bool:
    return word.startswith(part[:-1]) if part.endswith("-") else word == part


def name_place(code: str, language: str) -> str:
    """The first name of a country in the language; raises KeyError for an unknown code."""
    return _read_cell(_read_codes()[code], language)[0]


def name_capital(code: str, language: str) -> str:
    """The first spelling of a country's first capital; raises KeyError for an unknown code."""
    return _read_cell(_read_codes()[code], f"{language}_capital")[0].split("/")[0]


def list_spellings(code: str) -> list[str]:
    """The names of a country and its capitals in all languages, as they are written."""
    columns = [language + suffix for language in LANGUAGES for suffix in ("", "_capital")]
    row = _read_codes()[code]
    return [
        word for column in columns for part in _read_cell(row, column) for word in part.split("/")
    ]


def fold_place(word: str) -> str:
    """The word in lower case, without accents other than the umlauts, ё as е."""
    low = word.casefold()
    return low if low.isascii() else unicodedata.normalize("NFC", low).translate(_FOLDED)


def split_words(text: str) -> list[str]:
    """The words of a name as the table has them, folded: "Guinea-Bissau" has two."""
    return find_letter_runs(fold_place(text))


def bend(word: str, language: str, kind: PlaceForm, last: bool) -> Iterator[Stem]:
    """The stems and endings of a folded word; `last` of the words of its name, or not.

    A word of no language, an acronym, is not bent.
    """
    if language == "de":
        yield from _bend_german(word, kind, last)
    elif language == "en":
        yield from _bend_english(word, kind, last)
    elif language == "ru":
        yield from _bend_russian(word, kind, last)
    else:
        yield word, _FIXED


@dataclass(slots=True)
class _Lexicon:
    """The words of the table: a stem with the endings of each word, and names as runs of words.

    Words have numbers from `first` on: no two lexicons share one.
    """

    first: int
    stems: dict[str, list[tuple[frozenset[str], int]]] = field(default_factory=dict)
    words: dict[tuple[str, str, PlaceForm, bool], int] = field(default_factory=dict)
    single: dict[int, Place] = field(default_factory=dict)
    runs: dict[int, list[tuple[tuple[int, ...], Place]]] = field(default_factory=dict)
    parts: dict[str, set[str]] = field(default_factory=dict)
    openings: dict[str, Place] = field(default_factory=dict)

    def add(self, text: str, language: str, place: Place) -> None:
        """Take in one cell's name of the place."""
        tokens = [t for t in split_words(text) if t not in _CONNECTING]
        # "UNs" is none: "uns" is another word.
        tongue = "" if text.isupper() else language
        numbers = [
            self._number(token, tongue, place.kind, at == len(tokens) - 1)
            for at, token in enumerate(tokens)
        ]
        if len(numbers) == 1:
            self.single.setdefault(numbers[0], place)
            if language == "de" and place.kind != "people" and not place.guarded:
                self.openings.setdefault(tokens[0], place)
            return
        self.runs.setdefault(numbers[0], []).append((tuple(numbers[1:]), place))
        for token in tokens if place.kind == "name" else ():
            self.parts.setdefault(token, set()).add(place.code)

    def _number(self, token: str, language: str, kind: PlaceForm, last: bool) -> int:
        key = (token, language, kind, last)
        number = self.words.get(key)
        if number is None:
            number = self.words[key] = self.first + len(self.words)
            for stem, endings in bend(token, language, kind, last):
                self.stems.setdefault(stem, []).append((endings, number))
        return number

    def find(self, word: str) -> Iterator[int]:
        """The words of the table that a folded one is a form of."""
        for cut in range(min(_LONGEST_ENDING, len(word) - 1) + 1):
            ending = word[len(word) - cut :]
            for endings, number in self.stems.get(word[: len(word) - cut], ()):
                if ending in endings:
                    yield number


def _rank(place: Place) -> tuple[bool, int]:
    return place.guarded, ("name", "adjective", "people", "capital").index(place.kind)


@lru_cache(maxsize=65536)
def _find_words(word: str) -> tuple[int, ...]:
    return tuple(_choose_lexicon(word).find(fold_place(word)))


def _match_rest(words: Sequence[str], at: int, rest: Sequence[int]) -> int | None:
    """One past the word that ends the run; None where the words go on otherwise."""
    for number in rest:
        while at < len(words) and words[at].casefold() in _CONNECTING:
            at += 1
        if at == len(words) or number not in _find_words(words[at]):
            return None
        at += 1
    return at


@cache
def _read_codes() -> Mapping[str, Mapping[str, str]]:
    return {row["code"]: row for row in read_rows("places.tsv")}


def _read_cell(row: Mapping[str, str], column: str) -> list[str]:
    return [part.strip().strip("*()") for part in row[column].split(";")]


def _choose_lexicon(word: str) -> _Lexicon:
    """The one of the word's script: reading both takes twice as long, and few texts need both."""
    return _read_lexicon(_CYRILLIC if word[:1] >= "\u0400" else _LATIN)


@cache
def _read_lexicon(languages: tuple[str, ...]) -> _Lexicon:
    lexicon = _Lexicon(0 if languages == _LATIN else 1_000_000)
    for row in read_rows("places.tsv"):
        towns = _read_cell(row, "de_capital")
        for language in languages:
            for suffix, kind in _COLUMNS:
                for n, part in enumerate(row[language + suffix].split(";")):
                    name = part.strip()
                    if not name or name.startswith("("):
                        continue
                    town = towns[min(n, len(towns) - 1)].split("/")[0] if kind == "capital" else ""
                    place = Place(row["code"], kind, town, name.endswith("*"))
                    for spelling in name.rstrip("*").split("/"):
                        lexicon.add(spelling, language, place)
    return lexicon


@cache
def _read_exonyms() -> tuple[Mapping[str, Exonym], Mapping[str, Exonym]]:
    """Whole words, and beginnings, each with its row."""
    whole: dict[str, Exonym] = {}
    openings: dict[str, Exonym] = {}
    for row in read_rows("exonyms.tsv"):
        exonym = _make_exonym(row)
        for language in LANGUAGES:
            for word in row[language].split():
                if "_" in word:
                    continue
                table = openings if word.endswith("-") else whole
                table.setdefault(fold_place(word.removesuffix("-")), exonym)
    return whole, openings


def _make_exonym(row: Row) -> Exonym:
    return Exonym(frozenset(row["key"].split()), row["kind"], frozenset(row["within"].split()))


@cache
def _read_exonym_runs() -> Mapping[str, Sequence[tuple[list[str], Row]]]:
    """The names of several words by their first letters, each with its row."""
    runs: dict[str, list[tuple[list[str], Row]]] = {}
    for row in read_rows("exonyms.tsv"):
        for word in " ".join(row[language] for language in LANGUAGES).split():
            if "_" in word:
                parts = fold_place(word).split("_")
                runs.setdefault(word[:_FEWEST_ALIKE], []).append((parts, row))
    return runs


def _bend_german(word: str, kind: PlaceForm, last: bool) -> Iterator[Stem]:
    if not last:
        leading = kind == "name" and _GERMAN_LEADING.search(word)
        yield (_cut(word, "er", "es", "e"), _GERMAN_ADJECTIVE) if leading else (word, _FIXED)
    elif kind == "adjective":
        yield word, _FIXED if word.endswith("er") else _GERMAN_ADJECTIVE
    elif kind == "capital":
        yield word, _GERMAN_TOWN
    elif kind == "name":
        yield word, _list_genitive(word)
    elif word.endswith("deutscher"):
        yield word.removesuffix("er"), _GERMAN_ADJECTIVE
    elif word.endswith("er"):
        yield word, _GERMAN_PEOPLE_ER
    elif word.endswith("e"):
        yield word[:-1], _GERMAN_PEOPLE_E
    elif word.endswith("in"):
        yield word, frozenset(["", "nen"])
    else:
        yield word, _GERMAN_PEOPLE


def _list_genitive(word: str) -> frozenset[str]:
    """The endings of a German name; none behind a hiss, and -n for one like "Niederlande"."""
    if word.endswith(("s", "x", "z")):
        return _FIXED
    return _PLURAL_S | {"n"} if word.endswith("e") else _PLURAL_S


def _bend_english(word: str, kind: PlaceForm, last: bool) -> Iterator[Stem]:
    if not last:
        yield word, _FIXED
    elif kind == "capital":
        yield word, _ENGLISH_TOWN
    elif word.endswith("man") and kind == "people" and word not in ("roman", "german"):
        yield word.removesuffix("man"), _MAN
    elif kind == "adjective" and word.endswith(("ese", "ish", "ch", "ss", "x", "ois")):
        yield word, _FIXED
    else:
        yield word, _FIXED if word.endswith(("s", "x", "z", "ese")) else _PLURAL_S


def _bend_russian(word: str, kind: PlaceForm, last: bool) -> Iterator[Stem]:
    adjective = _RUSSIAN_ADJECTIVE.search(word) is not None
    if kind == "adjective" or (kind == "name" and not last):
        if adjective and (last or kind == "name"):
            yield word[:-2], _choose_adjective(word)
            return
        if kind == "adjective":
            yield word, _FIXED
            return
    if kind == "people":
        yield from _bend_russian_people(word)
        return
    yield from _bend_russian_noun(word, last)
    if kind == "capital" and last:
        yield word.rstrip("аяиыоеуьй"), _RUSSIAN_TOWN_ADJECTIVE


def _choose_adjective(word: str) -> frozenset[str]:
    if word[-3] in _HISSING:
        return _RUSSIAN_HARD
    return _RUSSIAN_SOFT if word.endswith(("ий", "яя", "ее")) else _RUSSIAN_FIRM


def _bend_russian_noun(word: str, last: bool) -> Iterator[Stem]:
    if _RUSSIAN_INDECLINABLE.search(word):
        yield word, _FIXED
    elif word.endswith("пет"):
        yield word, _FIXED
        yield word[:-2] + "т", _RUSSIAN_FLEETING_NAME  # "Египет, Египта"
    elif word == "острова":
        yield word[:-1], _RUSSIAN_ISLANDS
    elif word.endswith("овы") and not last:
        yield word[:-1], _RUSSIAN_OWNED
    elif word.endswith("а"):
        yield word[:-1], _RUSSIAN_FEMININE
    elif word.endswith("я"):
        yield word[:-1], _RUSSIAN_SOFT_FEMININE
    elif word.endswith("й"):
        yield word[:-1], _RUSSIAN_J
    elif word.endswith("ь"):
        yield word[:-1], _RUSSIAN_SIGN
    elif word.endswith("ы"):
        yield word[:-1], _RUSSIAN_PLURAL
    elif word.endswith(("ово", "ево")):
        yield word[:-1], _RUSSIAN_NEUTER
    else:
        yield word, _RUSSIAN_MASCULINE


def _bend_russian_people(word: str) -> Iterator[Stem]:
    if word.endswith("ец"):
        # "марокканец, марокканца"; "кореец, корейца".
        soft = "й" if word[-3] in "аеиоуыэюя" else ""
        yield word, _FIXED
        yield word[:-2] + soft + "ц", _RUSSIAN_FLEETING
    elif word.endswith("ка"):
        yield word[:-1], _RUSSIAN_WOMEN
        yield word[:-2] + ("ек" if word[-3] in "жчш" else "ок"), _FIXED
    elif word.endswith(("анин", "янин")):
        yield word[:-2], _RUSSIAN_CITIZENS
    elif word.endswith("ин"):
        # "грузин, грузины", "болгарин, болгары".
        yield word, _RUSSIAN_MEN
        yield word[:-2], frozenset("ы ам ами ах".split())
    elif word.endswith("ок"):
        yield word, _FIXED
        yield word[:-2] + "к", _RUSSIAN_MEN - _FIXED
    elif word.endswith(("ий", "ый")):
        yield word[:-2], _choose_adjective(word)
    else:
        yield word, _FIXED if word[-1] in "иоеу" else _RUSSIAN_MEN


def _cut(word: str, *endings: str) -> str:
    return next(word.removesuffix(ending) for ending in endings if word.endswith(ending))
