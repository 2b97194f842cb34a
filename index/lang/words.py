"""The words of a text: how it is cut into words, what they sound like, and of which language it is.

Function words are rows in `de/function_words.tsv` and its neighbours, read by their use or class.
A text is cut in as many ways as there are purposes:

* `read_words_and_marks`: words and punctuation, hyphens and apostrophes inside: for sentences.
* `read_words`: words, whole numbers and unit signs: for comparing what two texts say.
* `read_name_words`: words as names have them, hyphens and the point of an initial inside.
* `read_typed_words`: what somebody typed: words and numbers, hyphens and apostrophes inside.
* `find_letter_runs`, `find_runs`: bare runs of letters, of letters and digits: for counting.
* `make_terms`: the folded beginnings of the runs: for full text.

`fold` and `fold_word` make words of two scripts comparable: by their letters, and by their sound.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Literal

from wortlaut.index.lang.lines import join_lines
from wortlaut.index.lang.tables import Row, read_rows

Language = Literal["de", "en", "ru"]
LANGUAGES: tuple[Language, ...] = ("de", "en", "ru")
_NO_GENDER = "-"

CYRILLIC_LETTER = re.compile("[а-яёіїєґў]")
_NO_LETTER = "_"
_PRESS = str.maketrans(
    {
        row["letter"]: row["press"].replace(_NO_LETTER, "")
        for row in read_rows("ru/letters.tsv")
        if row["press"]
    }
)
_CYRILLIC_SOUND = str.maketrans(
    {row["letter"]: row["sound"].replace(_NO_LETTER, "") for row in read_rows("ru/letters.tsv")}
)
_SURNAME_ENDINGS = tuple(
    (row["ending"], row["nominative"]) for row in read_rows("ru/surname_endings.tsv")
)
_LATIN_SOUNDS = tuple(
    (re.compile(row["spelling"]), row["sound"]) for row in read_rows("sounds.tsv")
)
_LATIN = str.maketrans(
    {"ö": "oe", "ä": "ae", "ø": "oe", "ß": "ss", "ł": "l", "ı": "i", "đ": "d", "æ": "ae",
     "š": "sh", "ž": "zh", "č": "tsch", "ć": "tsch"}
)  # fmt: skip
_COMBINING = re.compile("[\u0300-\u036f]")
# "Тюрингия" is no "Tiuringia": a consonant takes the ю for a u.
_SOFT_U = re.compile(r"(?<=[бвгджзклмнпрстфхцчшщ])ю")

# "t-online.de", "ai-Bericht" and "eBay" are names, too.
_NAME_SHAPE = re.compile(r"\.[a-z]{2,3}\Z|-[A-ZÄÖÜ]|\A[a-z]{1,2}[A-ZÄÖÜ][a-z]")
# Soft hyphens, joiners, direction marks and combining marks stand inside words.
_INSIDE = "\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_WORD_OR_MARK = re.compile(
    rf"\w[\w{_INSIDE}]*(?:[-'’&]\w[\w{_INSIDE}]*|\.\d+|\.[a-z]{{2,3}}\b)*|[^\w\s\0{_INSIDE}]"
)
# "10 000" and the Swiss "10'000" are one number.
_NUMBER_OR_WORD = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?(?!\d|[.,]\d)|\d+(?:[.,]\d+)*"
    r"|[^\W\d_]+(?:['’](?:t|re|ve|ll|d|m)\b)?|[%€$£°]"
)
_NAME_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+|['’](?!s\b)[^\W\d_]+)*\.?")
_TYPED_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_POSSESSIVE = re.compile(r"['’]s\b")
_RUN = re.compile(r"\w+")
_MINUS = re.compile(r"(?<![\w.,])[-−–‐‑](?=\d)")
_WORDING = re.compile(r"(?:(?<![\w.,])-)?\d+(?:[.,:/]\d+)*|[^\W\d_]+|[?%€$£°§+]")
TERM_LETTERS = 6

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_GERMAN_SHAPE = re.compile(
    r"[äöüß]|(?:ungen|ung|keit|heit|schaft|ierte|iert|lich|lichen|ischen|tionen|chen)$|sch|^ge\w+t$"
)
_ENGLISH_SHAPE = re.compile(
    r"(?:ing|tion|tions|ness|ment|ments|ed|ies|ty|ous|ould|ght)$|th|wh|^w[rh]"
)


@cache
def read_function_words(use: str, *languages: str) -> frozenset[str]:
    """The words of a use, as uses.tsv lists them; of all languages if none is given.

    Raises KeyError for a use that the table of uses does not have.
    """
    if use not in _list_uses():
        raise KeyError(use)
    return frozenset(
        word for each in languages or LANGUAGES for word in _sort_by_use(each).get(use, ())
    )


@cache
def read_class(name: str, language: str) -> frozenset[str]:
    """The words of one class: "article", "preposition", "pronoun" …"""
    return frozenset(row["word"] for row in _read_table(language) if name in row["class"].split())


@cache
def read_genders(column: Literal["determiner", "pronoun"]) -> Mapping[str, Literal["m", "f", ""]]:
    """The determiners or pronouns of German and English, each with the gender it shows."""
    genders: dict[str, Literal["m", "f", ""]] = {"m": "m", "f": "f", _NO_GENDER: ""}
    return {
        row["word"]: genders[row[column]]
        for language in ("de", "en")
        for row in _read_table(language)
        if row[column]
    }


@cache
def _list_uses() -> frozenset[str]:
    return frozenset(row["use"] for row in read_rows("uses.tsv"))


def _read_table(language: str) -> tuple[Mapping[str, str], ...]:
    return read_rows(f"{language}/function_words.tsv")


@cache
def _sort_by_use(language: str) -> Mapping[str, set[str]]:
    sorted_words: dict[str, set[str]] = {}
    for row in _read_table(language):
        for use in row["uses"].split():
            sorted_words.setdefault(use, set()).add(row["word"])
    return sorted_words


# What one of the two languages has in almost every sentence, and the other has not.
_COMMON_ENGLISH = read_function_words("everywhere", "en")
_COMMON_GERMAN = read_function_words("everywhere", "de")
_EMPTY = read_function_words("empty")
# Words of one language only; "was", "in", "die", "so" and the like are left out on purpose.
_TELLING_ENGLISH = read_function_words("telling", "en")
_TELLING_GERMAN = read_function_words("telling", "de")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text, `[start, end)` in code points; `low` is how it compares with others."""

    text: str
    low: str
    start: int
    end: int

    @property
    def term(self) -> str:
        """The word's folded beginning, as full text has it."""
        return _make_term(self.low)

    @property
    def is_content(self) -> bool:
        """Whether it says something by itself: no function word, no bare number."""
        return self.low[0].isalpha() and len(self.low) > 1 and self.low not in _EMPTY

    @property
    def is_capitalised(self) -> bool:
        """Whether it opens with a capital."""
        return self.text[0].isupper()


@dataclass(frozen=True, slots=True)
class Words:
    """The words and marks of one text with their places; `caps` marks capitalised words.

    `english` says that the text is, by its small words, rather English than German.
    """

    words: list[str]
    lows: list[str]
    caps: list[bool]
    breaks: list[bool]
    starts: list[int]
    ends: list[int]
    english: bool = False

    def at(self, offset: int) -> int:
        """The index of the first word that starts at `offset` or later."""
        return bisect_left(self.starts, offset)


def clean_word(word: str) -> str:
    """The word as it is read: composed, without soft hyphens and other unseen marks."""
    return word if word.isascii() else unicodedata.normalize("NFC", _UNSEEN.sub("", word))


def read_words_and_marks(text: str) -> Words:
    """The words and punctuation marks of `text`, in order; hard-wrapped lines are joined."""
    words, breaks, starts, ends = [], [], [], []
    text, last = join_lines(text), 0
    # Most words of a text come again: each is looked at, and kept, once.
    known: dict[str, tuple[str, str, bool]] = {}
    for match in _WORD_OR_MARK.finditer(text):
        written = match[0]
        if written not in known:
            word = clean_word(written)
            capital = word[0].isupper() or bool(_NAME_SHAPE.search(word))
            known[written] = (word, word.lower(), capital)
        words.append(written)
        breaks.append(text.find("\n", last, match.start()) >= 0)
        starts.append(match.start())
        last = match.end()
        ends.append(last)
    caps = [known[written][2] for written in words]
    lows = [known[written][1] for written in words]
    words = [known[written][0] for written in words]
    hints = sum(low in _COMMON_ENGLISH or low.endswith(("'s", "’s")) for low in lows)
    english = hints > sum(low in _COMMON_GERMAN for low in lows)
    return Words(words, lows, caps, breaks, starts, ends, english)


def read_words(text: str) -> list[Word]:
    """The words, numbers and unit signs of `text`, in order."""
    return [
        Word(match[0], match[0].casefold().replace("’", "'"), match.start(), match.end())
        for match in _NUMBER_OR_WORD.finditer(text)
    ]


def read_name_words(text: str) -> list[Word]:
    """The words of `text` as names have them: "Anna-Lena", "J."; numbers are none."""
    return [
        Word(match[0], match[0].casefold().rstrip("."), match.start(), match.end())
        for match in _NAME_WORD.finditer(text)
    ]


def read_typed_words(text: str, start: int = 0) -> Iterator[Word]:
    """The words and numbers of a question from `start` on: "Lawrow's", "G7-Gipfel"."""
    for match in _TYPED_WORD.finditer(text, start):
        yield Word(match[0], match[0].lower(), match.start(), match.end())


def drop_possessives(text: str) -> str:
    """The text without the English endings of possession: "Talberg's"."""
    return _POSSESSIVE.sub("", text)


def find_letter_runs(text: str) -> list[str]:
    """The runs of letters, in order: "G7-Gipfel" is "G" and "Gipfel"."""
    return _LETTERS.findall(text)


def find_runs(text: str) -> list[str]:
    """The runs of letters, digits and low lines, in order: "G7-Gipfel" is "G7" and "Gipfel"."""
    return _RUN.findall(text)


def level_wording(text: str) -> str:
    """The words, with the marks that change what they say: question, minus, units, "3:2".

    Two texts of one wording are equal by it, however they are typeset.
    """
    return " ".join(_WORDING.findall(_MINUS.sub("-", text)))


def make_terms(text: str) -> list[str]:
    """The first six letters of every word, in order; case, accents and script folded.

    Six letters stand in for a stemmer: they join inflected forms, and the compounds that begin
    alike ("Sicherheit", "Sicherheitsgarantien"), and need no language.
    """
    return [word[:TERM_LETTERS] for word in find_runs(fold(text))]


def compile_forms(forms: str) -> re.Pattern[str]:
    """A pattern for whole words, from word patterns written with spaces."""
    return re.compile(rf"(?:{'|'.join(forms.split())})\Z")


def list_patterns(row: Row) -> list[str]:
    """The word patterns of a table's row in its three languages, as regular expressions.

    In the row "*" stands for any letters and "_" for a space.
    """
    cells = " ".join(row[language] for language in LANGUAGES)
    return [word.replace("*", r"\w*").replace("_", " ") for word in cells.split()]


@cache
def read_stance(name: str) -> str:
    """The patterns of a list of stances.tsv, as alternatives of a regular expression."""
    rows = (row for row in read_rows("stances.tsv") if row["list"] == name)
    return "|".join(pattern for row in rows for pattern in list_patterns(row))


def fold(text: str) -> str:
    """The text in small letters without accents, Cyrillic ones as German agencies spell them."""
    folded = unicodedata.normalize("NFKD", text.casefold().translate(_PRESS))
    return _COMBINING.sub("", folded)


@lru_cache(maxsize=65536)
def fold_words(words: tuple[str, ...], nominative: bool = True) -> tuple[str, ...]:
    """The words as sounds, those without any left out; cached."""
    return tuple(folded for word in words if (folded := fold_word(word, nominative=nominative)))


def fold_word(word: str, keep_s: bool = False, nominative: bool = True) -> str:
    """One word as a sound; `nominative` undoes Cyrillic case endings, `keep_s` spares a final s."""
    if CYRILLIC_LETTER.search(word):
        word = _to_nominative(word) if nominative else word
        word = "й" + word if word.startswith("е") else word
        word = _SOFT_U.sub("у", word).translate(_CYRILLIC_SOUND)
    elif len(word) > 4 and word.endswith("s") and not word.endswith("ss") and not keep_s:
        word = word[:-1]
    word = unicodedata.normalize("NFD", word.translate(_LATIN))
    word = "".join(c for c in word if not unicodedata.combining(c))
    for pattern, sound in _LATIN_SOUNDS:
        word = pattern.sub(sound, word)
    return word


def sound_forms(word: str) -> tuple[str, ...]:
    """The word by sound: a Cyrillic one as the case form of a name, and as it stands."""
    low = word.casefold()
    if CYRILLIC_LETTER.search(low):
        return tuple(dict.fromkeys((*fold_words((low,)), *fold_words((low,), False))))
    return fold_words((low,))


def detect_language(text: str, fallback: Language = "en") -> Language:
    """The language most words speak for; `fallback` when nothing decides.

    Cyrillic words count as Russian. Names tell little, so a capitalised word inside the text
    counts only where nothing else does.
    """
    words = find_letter_runs(text[:2000])
    if text.isupper():
        words = [w.lower() for w in words]
    plain = [w for n, w in enumerate(words) if n == 0 or not w[0].isupper()]
    if len(plain) == 1 and plain[0].lower() not in _TELLING_GERMAN | _TELLING_ENGLISH:
        plain = words
    cyrillic = [w for w in plain if _CYRILLIC.match(w)]
    if cyrillic and (len(cyrillic) * 2 > len(plain) or plain[0] == cyrillic[0]):
        return "ru"
    lower = [w.lower() for w in plain]
    english = sum(2 for w in lower if w in _TELLING_ENGLISH)
    german = sum(2 for w in lower if w in _TELLING_GERMAN)
    # "Was" opens a German question far more often than an English one.
    german += lower[:1] == ["was"]
    if english == german:
        english += sum(1 for w in lower if _ENGLISH_SHAPE.search(w))
        german += sum(1 for w in lower if _GERMAN_SHAPE.search(w))
    if english == german:
        return fallback
    return "en" if english > german else "de"


@lru_cache(maxsize=65536)
def _make_term(low: str) -> str:
    return (make_terms(low) or [low])[0]


def _to_nominative(word: str) -> str:
    for ending, base in _SURNAME_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (2 if len(ending) > 1 else 3):
            return word[: -len(ending)] + base
    return word
