"""The words of a text with their places: what every reader of sentences works on."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

# "t-online.de" and "ai-Bericht" are names, too.
_NAME_SHAPE = re.compile(r"\.[a-z]{2,3}\Z|-[A-ZÄÖÜ]")
_WORD = re.compile(r"\w+(?:[-'’&]\w+|\.\d+|\.[a-z]{2,3}\b)*|[^\w\s]")


@dataclass(frozen=True, slots=True)
class Words:
    """The words and marks of one text with their places; `caps` marks capitalised words."""

    words: list[str]
    lows: list[str]
    caps: list[bool]
    breaks: list[bool]
    starts: list[int]
    ends: list[int]

    def at(self, offset: int) -> int:
        """The index of the first word that starts at `offset` or later."""
        return bisect_left(self.starts, offset)


def read_words(text: str) -> Words:
    """The words and punctuation marks of `text`, in order."""
    words, breaks, starts, ends = [], [], [], []
    last = 0
    for match in _WORD.finditer(text):
        words.append(match[0])
        breaks.append("\n" in text[last : match.start()])
        starts.append(match.start())
        last = match.end()
        ends.append(last)
    caps = [word[0].isupper() or bool(_NAME_SHAPE.search(word)) for word in words]
    return Words(words, [word.lower() for word in words], caps, breaks, starts, ends)
