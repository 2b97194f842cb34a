"""The words of a text: every way in which a text is cut into words, each for its purpose.

* `read_words_and_marks`: words and punctuation, hyphens and apostrophes inside: for sentences.
* `read_words`: words, whole numbers and unit signs: for comparing what two texts say.
* `read_name_words`: words as names have them, hyphens and the point of an initial inside.
* `read_typed_words`: what somebody typed: words and numbers, hyphens and apostrophes inside.
* `find_letter_runs`, `find_runs`: bare runs of letters, of letters and digits: for counting.
* `make_terms`: the folded beginnings of the runs: for full text.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.letters import fold

# "t-online.de" and "ai-Bericht" are names, too.
_NAME_SHAPE = re.compile(r"\.[a-z]{2,3}\Z|-[A-ZÄÖÜ]")
# What one of the two languages has in almost every sentence, and the other has not.
_ENGLISH = read_function_words("everywhere", "en")
_GERMAN = read_function_words("everywhere", "de")
_EMPTY = read_function_words("empty")
# Soft hyphens, joiners, direction marks and combining marks stand inside words.
_INSIDE = "\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_WORD_OR_MARK = re.compile(
    rf"\w[\w{_INSIDE}]*(?:[-'’&]\w[\w{_INSIDE}]*|\.\d+|\.[a-z]{{2,3}}\b)*|[^\w\s\0{_INSIDE}]"
)
# "10 000" is one number.
_NUMBER_OR_WORD = re.compile(
    r"(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?![\d.,])|\d+(?:[.,]\d+)*"
    r"|[^\W\d_]+(?:['’](?:t|re|ve|ll|d|m)\b)?|[%€$£°]"
)
_NAME_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*\.?")
_TYPED_WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
_LETTERS = re.compile(r"[^\W\d_]+")
_RUN = re.compile(r"\w+")
_MINUS = re.compile(r"(?<![\w.,])[-−–‐‑](?=\d)")
_WORDING = re.compile(r"(?:(?<![\w.,])-)?\d+(?:[.,:/]\d+)*|[^\W\d_]+|[?%€$£°§+]")
TERM_LETTERS = 6


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
    """The words and punctuation marks of `text`, in order."""
    words, breaks, starts, ends = [], [], [], []
    last = 0
    for match in _WORD_OR_MARK.finditer(text):
        words.append(clean_word(match[0]))
        breaks.append("\n" in text[last : match.start()])
        starts.append(match.start())
        last = match.end()
        ends.append(last)
    caps = [word[0].isupper() or bool(_NAME_SHAPE.search(word)) for word in words]
    lows = [word.lower() for word in words]
    hints = sum(low in _ENGLISH or low.endswith(("'s", "’s")) for low in lows)
    english = hints > sum(low in _GERMAN for low in lows)
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


@lru_cache(maxsize=65536)
def _make_term(low: str) -> str:
    return (make_terms(low) or [low])[0]


def compile_forms(forms: str) -> re.Pattern[str]:
    """A pattern for whole words, from word patterns written with spaces."""
    return re.compile(rf"(?:{'|'.join(forms.split())})\Z")


def word_set(words: str) -> frozenset[str]:
    """The words of a list written with spaces."""
    return frozenset(words.split())
