"""The words of a text with their places: what every reader of sentences works on."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

# "t-online.de" and "ai-Bericht" are names, too.
_NAME_SHAPE = re.compile(r"\.[a-z]{2,3}\Z|-[A-ZÄÖÜ]")
# What one of the two languages has in almost every sentence, and the other has not.
_ENGLISH = frozenset(
    """the of and to said says that has had for with on he she would is are were by as than it a
    this""".split()
)
_GERMAN = frozenset(
    "der die das und ist nicht ein eine zu den dem von mit auf für im sagte sei er sie wird".split()
)
# Soft hyphens, joiners, direction marks and combining marks stand inside words.
_INSIDE = "\u0300-\u036f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_WORD = re.compile(
    rf"\w[\w{_INSIDE}]*(?:[-'’&]\w[\w{_INSIDE}]*|\.\d+|\.[a-z]{{2,3}}\b)*|[^\w\s\0{_INSIDE}]"
)


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


def read_words(text: str) -> Words:
    """The words and punctuation marks of `text`, in order."""
    words, breaks, starts, ends = [], [], [], []
    last = 0
    for match in _WORD.finditer(text):
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
