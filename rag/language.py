"""The language of a short text: German, English or Russian, by script and function words."""

from __future__ import annotations

import re
from typing import Literal

Language = Literal["de", "en", "ru"]


def word_set(words: str) -> frozenset[str]:
    """The words of a list written with spaces."""
    return frozenset(words.split())


_WORD = re.compile(r"[^\W\d_]+")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
# Words of one language only; "was", "in", "die", "so" and the like are left out on purpose.
_ENGLISH = word_set(
    """
    the of and to is are were did does do has have had what who whom whose when where why how
    which about according say says said think thinks thought this that these those his her their
    its he she they it for from with by on at after before since until between during not would
    could should any some many much there been being ever or if whether than into over under
    most other name tell me my your our please everything anything else call called last first
    year month week today yesterday ago again let show give quotes again say's
    """
)
_GERMAN = word_set(
    """
    der das den dem des ein eine einen einem einer eines und oder ist sind war waren wurde
    wurden wird werden hat haben hatte hatten hält sagt sagte sagten sagen gesagt wer wen wem
    wessen wann wo wohin woher wie warum wieso weshalb wozu wovor womit worüber wofür wogegen
    welche welcher welches welchen welchem welch über für gegen von vom zum zur zu bei beim nach
    vor seit bis zwischen während laut zufolge im ins aus auf mit sich nicht auch noch er sie es
    ihr ihre ihren ihm ihn seine sein seiner seinem diese dieser dieses diesem kann können
    konnte soll sollte wollen wollte gibt gab geäußert meint denkt forderte fordert warnte warnt
    letzte letzten letztes letzter vergangenen vergangene voriges jahr jahre jahres monat woche
    gestern heute ja nein doch denn mal je jemals dazu davon darüber damit nennen nenne zeig
    zeige sag bitte ihnen dass ob als
    """
)
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
    words = _WORD.findall(text[:2000])
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
