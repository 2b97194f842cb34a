"""One transliteration: a word in Latin letters as German agencies spell it, and by its sound.

The first joins what is written alike, for full text; the second joins the spellings of one name.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from wortlaut.index.lang.tables import read_rows

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


def _to_nominative(word: str) -> str:
    for ending, base in _SURNAME_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= (2 if len(ending) > 1 else 3):
            return word[: -len(ending)] + base
    return word
