"""One person, many spellings: keys that German, English and Russian spellings share."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

from wortlaut.index.lang.roles import read_titles, role_gender
from wortlaut.index.lang.words import (
    CYRILLIC_LETTER,
    fold_words,
    read_function_words,
    read_name_words,
)

SAME_PERSON = 0.8

APOSTROPHE_S = re.compile(r"['’]s?\b")
_PARTICLES = read_function_words("particle")
TITLES = read_titles("name")
SHORT_NAME = 4


def fold_name(name: str) -> str:
    """The comparison key: romanised by sound, lower case, without titles, case endings and -s.

    Spellings of one name get equal or nearly equal keys; the empty string if no letter is left.
    """
    return " ".join(fold_parts(name))


def match_names(a: str, b: str) -> float:
    """0..1 that both name the same person; from `SAME_PERSON` on they count as one.

    Surnames are compared by sound. First names, where both show them, must agree too; an
    initial agrees with any name it starts.
    """
    return max(_match_parts(fold_parts(a, case), fold_parts(b, case)) for case in _cases_of(a + b))


def _cases_of(text: str) -> tuple[bool, ...]:
    """Cyrillic is read as it stands and as a case form of something; Latin once."""
    return (True, False) if CYRILLIC_LETTER.search(text.casefold()) else (True,)


def _match_parts(left: tuple[str, ...], right: tuple[str, ...]) -> float:
    if not left or not right:
        return 0.0
    score = _compare(left[-1], right[-1])
    if score < SAME_PERSON:
        # East Asian names carry the family name first: too little to merge on by itself.
        single, other = (left, right) if len(left) == 1 else (right, left)
        return 0.6 if len(single) == 1 < len(other) and single[0] == other[0] else 0.0
    if len(left) == 1 or len(right) == 1:
        return score * (1.0 if len(left) == len(right) else 0.97)
    first = max(compare_first(x, y) for x in left[:-1] for y in right[:-1])
    return score * first if first >= 0.7 else 0.3 * score


def fold_parts(name: str, nominative: bool = True) -> tuple[str, ...]:
    """The name's words as sounds, titles and offices before it dropped."""
    name = unicodedata.normalize("NFC", name)
    words = (word.low for word in read_name_words(APOSTROPHE_S.sub("", name)))
    kept = [w for w in words if w not in _PARTICLES]
    while len(kept) > 1 and (kept[0] in TITLES or role_gender(kept[0]) is not None):
        kept.pop(0)
    return fold_words(tuple(kept), nominative)


def sound_of(word: str) -> str:
    """A word by sound, so that spellings of one name meet; empty where none is left."""
    return fold_name(word) if len(word) >= SHORT_NAME else word.casefold()


def _compare(a: str, b: str) -> float:
    if a == b:
        return 1.0
    if min(len(a), len(b)) < SHORT_NAME or a[0] != b[0]:
        return 0.0
    return fuzz.ratio(a, b) / 100


def compare_first(a: str, b: str) -> float:
    """0..1 that two first names, as sounds, are one; an initial fits any name it starts."""
    if len(a) == 1 or len(b) == 1:
        return 1.0 if a[0] == b[0] else 0.0
    return fuzz.ratio(a, b) / 100
