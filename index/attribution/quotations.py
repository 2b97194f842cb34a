"""Which words between quotation marks are somebody's: no titles, no distanced words."""

from __future__ import annotations

from collections.abc import Container

from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.words import Words

_NAME_PARTICLES = read_function_words("in-medium") | {"-", "&"}
# Words with marks: anything shorter is a title or a distanced word, not a quotation.
_SHORTEST = 5
_LONGEST_INQUIT = 14
_ENDS = frozenset(".;!?")


def is_quotation(words: Words, start: int, stop: int, verbs: Container[str]) -> bool:
    """Whether words `[start, stop)`, marks included, are long enough, or somebody says them.

    "„Nein“, sagte X" and "antwortete X: „Nein.“"; `verbs` are the forms of the speech verbs.
    """
    if stop - start >= _SHORTEST and not _is_name(words, start, stop):
        return True
    if _answers(words, start, verbs):
        return True
    said = words.lows[stop : stop + 2]
    return len(said) == 2 and said[0] == "," and said[1] in verbs


def _answers(words: Words, start: int, verbs: Container[str]) -> bool:
    """Whether it stands behind a speech verb and a colon."""
    if not start or words.words[start - 1] != ":" or not words.caps[start + 1]:
        return False
    for k in range(start - 2, max(-1, start - 2 - _LONGEST_INQUIT), -1):
        if words.words[k] in _ENDS or words.breaks[k + 1]:
            return False
        if words.lows[k] in verbs and not words.caps[k]:
            return True
    return False


def _is_name(words: Words, start: int, stop: int) -> bool:
    """Whether a quotation is nothing but a name: "„Wache von Aldora“"."""
    if start and words.words[start - 1] == ":":
        return False
    inside = range(start + 1, stop - 1)
    return all(words.caps[k] or words.lows[k] in _NAME_PARTICLES for k in inside)
