"""One person, many spellings: whether two names, of German, English or Russian letters, are one.

There is one matching for index, questions and verifier. A name in Cyrillic letters and one in Latin
ones are the same if the letters of the one are ways of writing those of the other; two in Latin
letters if both write the same Cyrillic ones, "Tschechow" and "Chekhov". How letters are written
stands in `ru/spellings.tsv`, the case endings in `ru/name_cases.tsv`. Nothing counts as alike
that no rule explains: "Merkel" is no "Meckel". `Spellings` looks a name up among thousands.

`fold_name` and `sound_of` make coarse keys by sound, for words that need be no names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import permutations

from wortlaut.index.lang.roles import Gender, read_titles, role_gender
from wortlaut.index.lang.tables import read_lists, read_rows
from wortlaut.index.lang.words import (
    CYRILLIC_LETTER,
    Word,
    fold_words,
    read_function_words,
    read_name_words,
)

SAME_PERSON = 0.8
# From here on two surnames may be one, where nothing better is known: "Fischer", "Fisher".
MAYBE_SAME = 0.7
SHORT_NAME = 4
TITLES = read_titles("name")
PARTICLES = read_function_words("particle")
_APOSTROPHES = re.compile("['’ʼ`-]")
_COMBINING = re.compile("[\u0300-\u0307\u0309-\u036f]")
_KEEPS = {"a\u0308": "ä", "o\u0308": "ö", "u\u0308": "ü", "и\u0306": "й", "і\u0308": "ї"}
_LATIN = str.maketrans(
    {"ß": "ss", "ø": "ö", "æ": "ä", "œ": "ö", "ł": "l", "ı": "i", "đ": "d", "ð": "d", "þ": "th",
     "ё": "е", "і": "и", "ї": "и", "є": "е", "ґ": "г", "ў": "у", "ə": "a"}
)  # fmt: skip
_PLAIN = str.maketrans("äöü", "aou")
# An umlaut is as often written without.
_UMLAUTS = {"ä": ("ae", "a"), "ö": ("oe", "o"), "ü": ("ue", "u")}
# What a deviation costs, and how much may come together for the names still to be one.
_RARE, _UNSURE, _USUAL = 0.11, 0.05, 0.01
_MOST = ((2, 0.03), (3, 0.05), (5, 0.13), (7, 0.17), (99999, 0.24))
_MOST_SLAVIC = 0.1
_PER_COST = 0.8
_ANY_VOWEL = 0.12
_VOWELS_RU, _VOWELS = "аеиоуыэюя", "aeiouyäöü"
# Two Latin spellings: differences of which one alone says little count a hundredfold.
_WEAK = 100
_MOST_UNITS = 3 * _WEAK + 20
_FEW_LETTERS = 8
_FIRST_ALIKE, _FIRST_AGREE = 0.7, 0.9
_LONGEST_FAMILY = 6
# The numbers of kings and popes, up to 39: John XXIII.
_REGNAL = re.compile(r"(?=[IVX])(?!X\Z)X{0,3}(?:IX|IV|V?I{0,3})\Z")
# A full first name has so many letters more than its short form.
_LEAST_LONGER = 2
_SHORT_OF: Mapping[Gender, str] = {"m": "short_masculine", "f": "short_feminine"}
# Two readings this near are equally good.
_AS_SURE = 0.02
# What Chinese, Korean and Vietnamese names are made of.
_SYLLABLES = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxrzcsyvw]|[zcs]h|kw|ng)?[aeiouyü]{1,4}(?:ng|[nmkl])?){1,3}\Z"
    r"|(?:[бпмфдтнлгкхцчшжсзйв]{0,2}[аеиоуыэюя]{1,3}(?:нь|[нкмль])?){1,3}\Z"
)

# By group of letters what it may be written as, with the cost, least first.
_Options = tuple[tuple[str, float], ...]
# The groups by first letter, each with its length.
_Groups = Mapping[str, tuple[tuple[int, str, _Options], ...]]


def fold_name(name: str) -> str:
    """A coarse key: romanised by sound, lower case, without titles, case endings and -s.

    Spellings of one name get equal or nearly equal keys; the empty string if no letter is left.
    """
    return " ".join(fold_words(tuple(_list_words(name))))


def sound_of(word: str) -> str:
    """A word by sound, so that spellings of one name meet; empty where none is left."""
    return fold_name(word) if len(word) >= SHORT_NAME else word.casefold()


def match_names(a: str, b: str) -> float:
    """0..1 that both name the same person; from `SAME_PERSON` on they count as one.

    The surnames must be spellings of one name. First names, where both show them, must agree too;
    an initial agrees with any name it starts.
    """
    return match_parts(spell_parts(a), spell_parts(b))


def match_parts(left: Sequence[str], right: Sequence[str]) -> float:
    """0..1 that two names, as `spell_parts` gives them, are one person's."""
    if not left or not right:
        return 0.0
    score = match_words(left[-1], right[-1])
    if score < MAYBE_SAME:
        # East Asian names carry the family name first: too little to merge on by itself.
        single, other = (left, right) if len(left) == 1 else (right, left)
        opens = len(single) == 1 < len(other) and match_words(single[0], other[0]) >= SAME_PERSON
        return 0.6 if opens else 0.0
    if len(left) == 1 or len(right) == 1:
        return score * (1.0 if len(left) == len(right) else 0.97)
    first = match_first(left[:-1], right[:-1])
    return score * first if first >= _FIRST_ALIKE else 0.3 * score


def match_first(left: Sequence[str], right: Sequence[str]) -> float:
    """0..1 that the first names of two persons agree in one of them."""
    joined = match_words("".join(left), "".join(right)) if len(left) != len(right) else 0.0
    return max(joined, max((compare_first(x, y) for x in left for y in right), default=0.0))


def compare_first(a: str, b: str) -> float:
    """0..1 that two first names, or kings' numbers, are one; an initial fits any name it starts."""
    if is_regnal(a.upper()) and is_regnal(b.upper()):
        return 1.0 if a == b else 0.0
    if len(a) == 1 or len(b) == 1:
        return 1.0 if a[0] == b[0] or match_words(a[0], b[0]) >= MAYBE_SAME else 0.0
    if _find_given(a) & _find_given(b) or _is_short(a, b) or _is_short(b, a):
        return 1.0
    # What may be one name is one here: the surname agrees already.
    score = match_words(a, b)
    return max(score, _FIRST_AGREE) if score >= MAYBE_SAME else 0.0


@lru_cache(maxsize=16384)
def _is_short(short: str, full: str) -> bool:
    """Whether one first name is the usual short form of another that it begins: "Tim", "Timothy".

    Of whichever script; a man's short form is none of a woman's name.
    """
    shorts = _read_short()
    spelt = [one for one in shorts if one == short or _spells(short, one)]
    for form in list_nominatives(full):
        for one in spelt:
            if len(form) < len(one) + _LEAST_LONGER or not _begins(form, one):
                continue
            gender = _find_first_gender(form)
            if not gender or _SHORT_OF[gender] in shorts[one]:
                return True
    return False


def find_gender(name: str) -> Gender:
    """The gender of who bears the full name, by its first names; "" where they tell none.

    By a table, never by how they end: Uwe and Luca are men.
    """
    found = {_find_first_gender(part) for part in spell_parts(name)[:-1]} - {""}
    return found.pop() if len(found) == 1 else ""


def find_spelt_gender(name: str) -> Gender:
    """The gender of who bears the full name, by first names that the table has by the letter.

    Quick, and "" where in doubt: "Elon" is no spelling of "Ellen".
    """
    known = _read_genders()
    found = {known.get(spell_word(word.lower()), "") for word in name.split()[:-1]} - {""}
    return found.pop() if len(found) == 1 else ""


def agree_in_gender(a: str, b: str) -> bool:
    """Whether two names with spellings of one surname may be one person's: Petrowa is no Petrow.

    "Anna Petrow" may be she, as Western papers write it.
    """
    endings = {_read_surname_gender(a): a, _read_surname_gender(b): b}
    if endings.keys() == {"m", "f"}:
        return find_gender(endings["m"]) == "f"
    return len({find_gender(a), find_gender(b)} - {""}) < 2


@lru_cache(maxsize=8192)
def _find_first_gender(word: str) -> Gender:
    """The gender of a first name, as `spell_word` gives it; "" for one of both or none."""
    known = _read_genders()
    if word in known:
        return known[word]
    kin = (*list_nominatives(word), *_find_given(word))
    found: set[Gender] = {known[name] for name in kin if known.get(name)}
    if not found:
        alike = _read_gendered().find(word)
        best = max((score for _, score in alike), default=1.0)
        found = {known[name] for name, score in alike if score >= max(SAME_PERSON, best)}
    return found.pop() if len(found) == 1 else ""


@lru_cache(maxsize=8192)
def _read_surname_gender(name: str) -> Gender:
    """The gender that the ending of a Slavic surname shows; "" for other surnames."""
    lists, surname = read_lists("name_lists.tsv"), (spell_parts(name) or ("",))[-1]
    if len(surname) <= SHORT_NAME:
        return ""
    if surname.endswith(lists["surname_feminine"]):
        return "f"
    return "m" if surname.endswith(lists["surname_masculine"]) else ""


@cache
def _read_genders() -> Mapping[str, Gender]:
    lists = read_lists("name_lists.tsv")
    found: dict[str, Gender] = {}
    genders: tuple[Gender, ...] = ("m", "f")
    for gender, kind in zip(genders, ("masculine", "feminine"), strict=True):
        for name in lists[kind]:
            word = spell_word(name)
            # Two names may be one without their accents.
            found[word] = gender if found.get(word, gender) == gender else ""
    return found | {spell_word(name): "" for name in lists["either"]}


@cache
def _read_gendered() -> Spellings:
    return Spellings(word for word, gender in _read_genders().items() if gender)


def is_short_name(word: str) -> bool:
    """Whether a word, as `spell_word` gives it, is the short form of a first name: "al"."""
    return word in _read_short()


def _spells(word: str, latin: str) -> bool:
    return bool(CYRILLIC_LETTER.search(word)) and match_words(word, latin) >= SAME_PERSON


def _begins(full: str, short: str) -> bool:
    """Whether a first name of either script begins as the short form in Latin letters does."""
    if not CYRILLIC_LETTER.search(full):
        return full.startswith(short)
    ends = range(max(len(short) - 1, 2), len(short) + 2)
    return any(_match_form(full[:end], short) >= SAME_PERSON for end in ends)


@cache
def _read_short() -> Mapping[str, frozenset[str]]:
    """By short form the lists it stands in, which tell the gender."""
    lists = read_lists("name_lists.tsv")
    kinds = ("short_masculine", "short_feminine")
    words = {word for kind in kinds for word in lists[kind]}
    return {word: frozenset(kind for kind in kinds if word in lists[kind]) for word in words}


@cache
def _read_given() -> Mapping[str, frozenset[str]]:
    """By first name the rows of `ru/given_names.tsv` it stands in."""
    found: dict[str, frozenset[str]] = {}
    for row in read_rows("ru/given_names.tsv"):
        for name in f"{row['ru']} {row['latin']}".split():
            key = spell_word(name)
            found[key] = found.get(key, frozenset()) | {row["ru"]}
    return found


@lru_cache(maxsize=8192)
def _find_given(word: str) -> frozenset[str]:
    known = _read_given()
    return frozenset().union(*(known.get(form, frozenset()) for form in list_nominatives(word)))


@lru_cache(maxsize=65536)
def spell_parts(name: str) -> tuple[str, ...]:
    """The name's words as they are compared, the surname last; without titles and offices.

    East Asian names carry the family name first: "Xi Jinping" is of the family Xi. A king's number
    tells him from others of his name as a first name does: "Benedikt XVI." is a Benedikt.
    """
    parts = _read_parts(name)
    if len(parts) > 1 and is_regnal(name.split()[-1].rstrip(".")):
        return (parts[-1], *parts[:-1])
    return (*parts[1:], parts[0]) if _opens_with_family(parts) else parts


def is_regnal(word: str) -> bool:
    """Whether a word is the number of a king or pope: "XVI"; no "X", a surname by choice."""
    return _REGNAL.match(word) is not None


def is_family_first(name: str) -> bool:
    """Whether the family name stands first: "Xi Jinping"."""
    return _opens_with_family(_read_parts(name))


def _read_parts(name: str) -> tuple[str, ...]:
    return tuple(spelt for word in _list_words(name) if (spelt := spell_word(word)))


def _opens_with_family(parts: Sequence[str]) -> bool:
    if len(parts) < 2 or len(parts[0]) > _LONGEST_FAMILY:
        return False
    if not all(_SYLLABLES.match(part) for part in parts[1:]):
        return False
    return parts[0] in read_lists("name_lists.tsv")["family_first"]


@lru_cache(maxsize=8192)
def is_first_name(word: str) -> bool:
    """Whether a word, as `spell_word` gives it, is a usual first name, in whatever script."""
    if any(score >= SAME_PERSON for _, score in _read_first().find(word)):
        return True
    return bool(_find_given(word))


def is_spelt_first_name(low: str) -> bool:
    """Whether a word, in lower case, is a first name of the lists by the letter."""
    return spell_word(low) in _read_spelt()


@cache
def _read_spelt() -> frozenset[str]:
    first = map(spell_word, read_lists("name_lists.tsv")["first"])
    return frozenset(first) | _read_given().keys()


@cache
def _read_first() -> Spellings:
    return Spellings(map(spell_word, read_lists("name_lists.tsv")["first"]))


def spell_word(word: str) -> str:
    """A word as names are compared: small letters without accents, hyphens and apostrophes.

    ä, ö and ü stay, which are as often written as two letters.
    """
    low = word.casefold()
    if not low.isascii():
        low = unicodedata.normalize("NFD", low.translate(_LATIN))
        for pair, letter in _KEEPS.items():
            low = low.replace(pair, letter)
        low = _COMBINING.sub("", low)
    return _APOSTROPHES.sub("", low)


def read_name_parts(text: str) -> list[Word]:
    """The words of `text` as names have them, without the s of an English genitive."""
    return [
        word
        for word in read_name_words(text)
        if not (word.low == "s" and word.start and text[word.start - 1] in "'’")
    ]


def _list_words(name: str) -> list[str]:
    words = [word.low for word in read_name_parts(unicodedata.normalize("NFC", name))]
    kept = [w for w in words if w not in PARTICLES] or words
    while len(kept) > 1 and (kept[0] in TITLES or role_gender(kept[0]) is not None):
        kept.pop(0)
    return kept


@lru_cache(maxsize=65536)
def match_words(a: str, b: str) -> float:
    """0..1 that two words, as `spell_word` gives them, are spellings of one name."""
    if a == b:
        return 1.0
    russian, russian_too = CYRILLIC_LETTER.search(a), CYRILLIC_LETTER.search(b)
    if russian and russian_too:
        return 1.0 if set(list_nominatives(a)) & set(list_nominatives(b)) else 0.0
    if russian or russian_too:
        return _match_scripts(a, b) if russian else _match_scripts(b, a)
    units = _walk(a, _read_rules().latin, _list_beginnings(b), _MOST_UNITS).get(b)
    return 0.0 if units is None else _weigh(a, b, int(units))


def _match_scripts(russian: str, latin: str) -> float:
    """0..1 that a Cyrillic word, in whatever case, is spelt so in Latin letters."""
    beginnings = _list_beginnings(latin)
    found = (dict(_read_latin(form, beginnings)) for form in list_nominatives(russian))
    return max((read.get(latin, 0.0) for read in found), default=0.0)


@lru_cache(maxsize=8192)
def is_declined(word: str, name: str) -> bool:
    """Whether a Russian word is a part of the name in another case than the nominative: "Боша".

    Not for what is the same in several cases: "Лавренко", or any surname of a woman's that ends
    in a consonant.
    """
    spelt = spell_word(word)
    if not CYRILLIC_LETTER.search(spelt):
        return False
    as_is = declined = 0.0
    for part in spell_parts(name):
        for form in list_nominatives(spelt):
            score = _match_form(form, part)
            if form == spelt:
                as_is = max(as_is, score)
            else:
                declined = max(declined, score)
    return declined > as_is + _AS_SURE


def _match_form(russian: str, part: str) -> float:
    """0..1 that a Cyrillic word, as it stands, is the part of a name."""
    if CYRILLIC_LETTER.search(part):
        return float(russian == part)
    return dict(_read_latin(russian, _list_beginnings(part))).get(part, 0.0)


@lru_cache(maxsize=8192)
def list_nominatives(word: str) -> tuple[str, ...]:
    """The word as it stands, and where it is Cyrillic, all it may be a case form of."""
    if not CYRILLIC_LETTER.search(word):
        return (word,)
    forms = {word: None}
    for row in read_rows("ru/name_cases.tsv"):
        ending = row["ending"]
        if word.endswith(ending) and len(word) - len(ending) >= 2:
            stem = word[: -len(ending)]
            forms |= {
                stem + nominative.replace("_", ""): None for nominative in row["nominative"].split()
            }
    return tuple(forms)


class Spellings:
    """Known words, as `spell_word` gives them, to be found under any other spelling."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words: dict[str, None] = {}
        self._latin: set[str] = set()
        self._cyrillic: list[str] = []
        for word in words:
            self.add(word)

    @classmethod
    def over(cls, words: Collection[str], beginnings: Collection[str]) -> Spellings:
        """Words that are known already, with all that is marked as their beginning; none is added."""
        spellings = cls(word for word in words if CYRILLIC_LETTER.search(word))
        spellings._words = dict.fromkeys(words)
        spellings._latin = beginnings  # type: ignore[assignment]
        return spellings

    def add(self, word: str) -> None:
        """Know one more; others may be looking."""
        if word in self._words:
            return
        self._words[word] = None
        if CYRILLIC_LETTER.search(word):
            self._cyrillic.append(word)
        else:
            self._latin.update(_list_beginnings(word))

    def __contains__(self, word: str) -> bool:
        return word in self._words

    def group(self, least: float, words: Iterable[str] | None = None) -> dict[str, list[str]]:
        """Each known word with all that are spellings of the same name, itself among them.

        `words` are the only ones to group; what they are like is among them.
        """
        groups: dict[str, list[str]] = {}
        for word in self._words if words is None else words:
            same = [
                groups[other]
                for other, score in self.find(word)
                if score >= least and other in groups
            ]
            group = same[0] if same else []
            for more in same[1:]:
                if more is not group:
                    group += more
                    groups.update(dict.fromkeys(more, group))
            group.append(word)
            groups[word] = group
        return groups

    def find(self, word: str) -> list[tuple[str, float]]:
        """The known words that may be the same name, with how surely; best first."""
        found = {word: 1.0} if word in self._words else {}
        if not CYRILLIC_LETTER.search(word):
            rules = _read_rules().latin
            for known, units in _walk(word, rules, self._latin, _MOST_UNITS).items():
                found[known] = _weigh(word, known, int(units))
            for known in self._cyrillic:
                if score := match_words(word, known):
                    found[known] = score
            return sorted(found.items(), key=lambda item: (-item[1], item[0]))
        for form in list_nominatives(word):
            for known, score in _read_latin(form, self._latin):
                found[known] = max(found.get(known, 0.0), score)
        for known in self._cyrillic:
            if score := match_words(word, known):
                found[known] = score
        return sorted(found.items(), key=lambda item: (-item[1], item[0]))


def _allow(word: str) -> float:
    return next(most for length, most in _MOST if len(word) <= length)


def _read_latin(russian: str, beginnings: Collection[str]) -> Iterator[tuple[str, float]]:
    """The Latin words that a Cyrillic one may be spelt like, with how surely.

    Less may be unusual in a short name, and in a Slavic one, which is written by the letter.
    """
    rules = _read_rules()
    most = _allow(russian)
    is_slavic = russian.endswith(rules.slavic_russian)
    for word, cost in _walk(russian, rules.russian, beginnings, most).items():
        if cost <= _MOST_SLAVIC or not (is_slavic and word.endswith(rules.slavic_latin)):
            yield word, 1.0 - cost * _PER_COST


def list_beginnings(word: str, letters: int, stands: Callable[[str], bool]) -> list[str]:
    """How words begin that may be spellings of `word`, in Latin letters; for a full-text index.

    `stands` says whether a word of the texts has the given beginning, at most so many letters
    without any umlaut. Spellings that differ only further on have one beginning.
    """
    found: dict[str, None] = {}
    for form in list_nominatives(word):
        rules = _read_rules().russian if CYRILLIC_LETTER.search(form) else _read_rules().latin
        most = _allow(form) if CYRILLIC_LETTER.search(form) else _MOST_UNITS
        found |= dict.fromkeys(_walk_beginnings(form, rules, most, letters, stands))
    return list(found)


def _walk_beginnings(
    word: str, rules: _Groups, most: float, letters: int, stands: Callable[[str], bool]
) -> Iterator[str]:
    """The beginnings of so many letters, or of whole words, that `word` can be read from."""
    marked = f"^{word}$"
    ahead: list[dict[str, float]] = [{} for _ in range(len(marked) + 1)]
    ahead[0][""] = 0.0
    for at, letter in enumerate(marked):
        for size, group, options in rules.get(letter, ()) if ahead[at] else ():
            if not marked.startswith(group, at):
                continue
            there = ahead[at + size]
            for read, cost in ahead[at].items():
                for spelling, more in options:
                    if cost + more > most:
                        break
                    longer = read + spelling.translate(_PLAIN)
                    beginning = longer.strip("^$")[:letters]
                    if beginning and not stands(beginning):
                        continue
                    if len(beginning) == letters or longer.endswith("$"):
                        yield beginning
                    elif cost + more < there.get(longer, most + 1):
                        there[longer] = cost + more


def _weigh(a: str, b: str, units: int) -> float:
    """How surely two Latin spellings with so many differences are of one name."""
    if units == 0:
        return 1.0
    weak, strong = divmod(units, _WEAK)
    shorter = min(len(a), len(b))
    if weak == 0 or shorter >= _FEW_LETTERS or (strong and shorter > SHORT_NAME):
        return 0.97 - 0.01 * (weak + strong)
    endings = _read_rules().slavic_latin
    return 0.93 if a.endswith(endings) and b.endswith(endings) else 0.75


@lru_cache(maxsize=16384)
def _list_beginnings(word: str) -> tuple[str, ...]:
    marked = f"^{word}$"
    return tuple(marked[:end] for end in range(len(marked) + 1))


@dataclass(frozen=True, slots=True)
class _Rules:
    """What each group of letters may be written as: Cyrillic in Latin letters, and Latin in other."""

    russian: _Groups
    latin: _Groups
    slavic_latin: tuple[str, ...]
    slavic_russian: tuple[str, ...]


@cache
def _read_rules() -> _Rules:
    russian: dict[str, dict[str, float]] = {"^": {"^": 0.0}, "$": {"$": 0.0}}
    latin: dict[str, dict[str, float]] = {}
    for row in read_rows("ru/spellings.tsv"):
        group = row["cyrillic"]
        press = [_read_spelling(group, cell) for cell in row["press"].split()]
        foreign = [_read_spelling(group, cell) for cell in row["foreign"].split()]
        ways = russian.setdefault(group, {})
        for spelling, rare in press:
            ways[spelling] = min(ways.get(spelling, 1.0), _UNSURE * rare)
        for spelling, rare in foreign:
            ways[spelling] = min(ways.get(spelling, 1.0), _RARE if rare else _USUAL)
        for (one, weak), (other, weak_too) in permutations(press, 2):
            if one and other:
                others = latin.setdefault(one, {})
                others[other] = min(others.get(other, 1e9), _WEAK if weak or weak_too else 1)
    for letter in _VOWELS_RU:
        for vowel in _VOWELS:
            russian[letter].setdefault(vowel, _ANY_VOWEL)
    for letter in "abcdefghijklmnopqrstuvwxyzäöü^$":
        latin.setdefault(letter, {})[letter] = 0
    for umlaut, ways_of in _UMLAUTS.items():
        for number, way in enumerate(ways_of):
            latin[umlaut][way] = _WEAK * number
            latin.setdefault(way, {})[umlaut] = _WEAK * number
    lists = read_lists("name_lists.tsv")
    return _Rules(
        _sort_groups(russian),
        _sort_groups(latin),
        tuple(lists["slavic_latin"]),
        tuple(lists["slavic_russian"]),
    )


def _read_spelling(group: str, cell: str) -> tuple[str, bool]:
    rare = cell.endswith("?")
    text = cell.rstrip("?").replace("_", "")
    return "^" * group.startswith("^") + text + "$" * group.endswith("$"), rare


def _sort_groups(groups: Mapping[str, Mapping[str, float]]) -> _Groups:
    found: dict[str, list[tuple[int, str, _Options]]] = {}
    for group, ways in groups.items():
        options = tuple(sorted(ways.items(), key=lambda item: item[1]))
        found.setdefault(group[0], []).append((len(group), group, options))
    return {letter: tuple(sorted(some)) for letter, some in found.items()}


def _walk(word: str, rules: _Groups, beginnings: Collection[str], most: float) -> dict[str, float]:
    """The words among the `beginnings` that can be read as `word`, with the least cost of each.

    All of them are read at once, letter group by letter group, as far as they begin alike.
    """
    marked = f"^{word}$"
    ahead: list[dict[str, float]] = [{} for _ in range(len(marked) + 1)]
    ahead[0][""] = 0.0
    for at, letter in enumerate(marked):
        here = ahead[at]
        if not here:
            continue
        for size, group, options in rules.get(letter, ()):
            if size > 1 and not marked.startswith(group, at):
                continue
            there = ahead[at + size]
            for read, cost in here.items():
                for spelling, more in options:
                    total = cost + more
                    if total > most:
                        break
                    longer = read + spelling
                    if longer in beginnings and total < there.get(longer, most + 1):
                        there[longer] = total
    return {read[1:-1]: cost for read, cost in ahead[-1].items() if read.endswith("$")}
