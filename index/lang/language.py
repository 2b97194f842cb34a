"""The language of a short text: German, English or Russian, by script and function words."""

from __future__ import annotations

import re
from typing import Literal

from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.words import find_letter_runs

Language = Literal["de", "en", "ru"]


_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
# Words of one language only; "was", "in", "die", "so" and the like are left out on purpose.
_ENGLISH = read_function_words("telling", "en")
_GERMAN = read_function_words("telling", "de")
_GERMAN_SHAPE = re.compile(
    r"[äöüß]|(?:ungen|ung|keit|heit|schaft|ierte|iert|lich|lichen|ischen|tionen|chen)$|sch|^ge\w+t$"
)
_ENGLISH_SHAPE = re.compile(
    r"(?:ing|tion|tions|ness|ment|ments|ed|ies|ty|ous|ould|ght)$|th|wh|^w[rh]"
)


def detect_language(text: str, fallback: Language = "en") -> Language:
    """The language most words speak for; `fallback` when nothing decides.

    Cyrillic words count as Russian. Names tell little, so a capitalised word inside the text
    counts only where nothing else does.
    """
    words = find_letter_runs(text[:2000])
    if text.isupper():
        words = [w.lower() for w in words]
    plain = [w for n, w in enumerate(words) if n == 0 or not w[0].isupper()]
    if len(plain) == 1 and plain[0].lower() not in _GERMAN | _ENGLISH:
        plain = words
    cyrillic = [w for w in plain if _CYRILLIC.match(w)]
    if cyrillic and (len(cyrillic) * 2 > len(plain) or plain[0] == cyrillic[0]):
        return "ru"
    lower = [w.lower() for w in plain]
    english = sum(2 for w in lower if w in _ENGLISH)
    german = sum(2 for w in lower if w in _GERMAN)
    # "Was" opens a German question far more often than an English one.
    german += lower[:1] == ["was"]
    if english == german:
        english += sum(1 for w in lower if _ENGLISH_SHAPE.search(w))
        german += sum(1 for w in lower if _GERMAN_SHAPE.search(w))
    if english == german:
        return fallback
    return "en" if english > german else "de"
