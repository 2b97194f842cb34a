"""One person, many spellings: keys that German, English and Russian spellings share."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from index.attribution.offices import role_gender

SAME_PERSON = 0.8

CYRILLIC_LETTER = re.compile("[а-яёіїєґў]")
NAME_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*\.?")
APOSTROPHE_S = re.compile(r"['’]s?\b")
_PARTICLES = frozenset("von van der den de del di da al el bin ibn und фон ван дер де аль".split())
TITLES = frozenset(
    """dr prof mr mrs ms sir lord dame herr herrn frau frl madame monsieur genosse president
    prime foreign defence defense finance interior chancellor г-н г-жа господин госпожа президент
    президента президенту министр министра глава канцлер канцлера премьер премьер-министр
    генсек генсека госсекретарь госсекретаря пресс-секретарь""".split()
)
_CYRILLIC = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґў",
        "a b v g d e e s s i i k l m n o p r s t u f h s c s s _ i _ e iu ia i i ie g u".split(),
        strict=True,
    )
)
# Cyrillic case endings of surnames, longest first, with what stands in the nominative.
_CASES = (
    ("скому", "ский"), ("ского", "ский"), ("ским", "ский"), ("ском", "ский"), ("скую", "ская"),
    ("цкого", "цкий"), ("цкому", "цкий"), ("ской", "ская"), ("овым", "ов"), ("евым", "ев"),
    ("иным", "ин"), ("овой", "ова"), ("евой", "ева"), ("иной", "ина"), ("ову", "ов"),
    ("еву", "ев"), ("ину", "ин"), ("ове", "ов"), ("еве", "ев"), ("ине", "ин"), ("ова", "ов"),
    ("ева", "ев"), ("ёва", "ёв"), ("ина", "ин"), ("ами", ""), ("ого", "ий"), ("ому", "ий"),
    ("ем", ""), ("ём", ""), ("ом", ""), ("ою", "а"), ("ой", "а"), ("у", ""), ("ю", ""), ("а", ""),
    ("я", ""), ("е", ""), ("ы", ""),
)  # fmt: skip
# Latin spellings to one sound each, in this order; z, sh, zh and s fall together because German
# writes the voiced s of Russian names with s, and sh with sch.
_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"schtsch|shch", "s"),
        (r"tsch|tch|(?<=[iy])ch\b|(?<=[iy])c\b", "c"),
        (r"sch|sh|zh", "s"),
        (r"ae", "e"),
        (r"oe(?!$)", "e"),
        (r"ue(?=[^aeiouy])", "u"),
        (r"e[iy](?!\b)", "ai"),
        (r"ck|kk|q", "k"),
        (r"(?<=[aeiou])h(?=[^aeiouy]|\b)", ""),
        (r"kh|ch", "h"),
        (r"ph|ff|f|w", "v"),
        (r"th|dt", "t"),
        (r"tz|ts|z|ß", "s"),
        (r"\bx", "s"),
        (r"x", "ks"),
        (r"c(?=[aou]|[^aeiouy\s]|\b)(?!\b)", "k"),
        (r"c(?=[eiy])", "s"),
        (r"[yj]", "i"),
        (r"([a-z])\1+", r"\1"),
        (r"ie", "i"),
        (r"(?<=[aeou])i(?=[aeou])", "i"),
        (r"([a-z])\1+", r"\1"),
        (r"(?<=[oe]v)a\b|(?<=in)a\b", ""),
        (r"(?<=sk)a(?:ia|a|i)?\b", "i"),
    )
)
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
    words = tuple(
        m[0].casefold().rstrip(".") for m in NAME_TOKEN.finditer(APOSTROPHE_S.sub("", name))
    )
    kept = [w for w in words if w not in _PARTICLES]
    while len(kept) > 1 and (kept[0] in TITLES or role_gender(kept[0]) is not None):
        kept.pop(0)
    return fold_words(tuple(kept), nominative)


@lru_cache(maxsize=65536)
def fold_words(words: tuple[str, ...], nominative: bool = True) -> tuple[str, ...]:
    """The words as sounds, those without any left out; cached."""
    return tuple(folded for word in words if (folded := fold_word(word, nominative=nominative)))


def fold_word(word: str, keep_s: bool = False, nominative: bool = True) -> str:
    """One word as a sound; `nominative` undoes Cyrillic case endings, `keep_s` spares a final s."""
    if CYRILLIC_LETTER.search(word):
        word = _to_nominative(word) if nominative else word
        word = "й" + word if word.startswith("е") else word
        word = re.sub(r"(?<=[бвгджзклмнпрстфхцчшщ])ю", "у", word)
        word = "".join(_CYRILLIC.get(letter, letter) for letter in word).replace("_", "")
    elif len(word) > 4 and word.endswith("s") and not word.endswith("ss") and not keep_s:
        word = word[:-1]
    word = word.replace("ö", "oe").replace("ä", "ae").replace("ø", "oe").replace("ß", "ss")
    word = word.replace("ł", "l").replace("ı", "i").replace("đ", "d").replace("æ", "ae")
    word = word.replace("š", "sh").replace("ž", "zh").replace("č", "tsch").replace("ć", "tsch")
    word = "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def _to_nominative(word: str) -> str:
    for ending, base in _CASES:
        if word.endswith(ending) and len(word) - len(ending) >= (2 if len(ending) > 1 else 3):
            return word[: -len(ending)] + base
    return word


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
