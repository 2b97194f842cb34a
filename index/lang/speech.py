"""The words that show reported speech beside its verbs: moods, auxiliaries, nouns of saying.

They are lists in `de/speech.tsv` and `en/speech.tsv`; which kinds of word count, and where, was
tuned on annotated news.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from wortlaut.index.lang.tables import read_lists

_GERMAN, _ENGLISH = read_lists("de/speech.tsv"), read_lists("en/speech.tsv")

KONJUNKTIV = frozenset(_GERMAN["konjunktiv"])
KONJUNKTIV_II = frozenset(_GERMAN["konjunktiv_2"])
CONTENT_ADJECTIVES = frozenset(_GERMAN["content_adjectives"])
SUBORDINATORS = frozenset(_GERMAN["subordinators"] + _ENGLISH["subordinators"])
COMPLEMENT_OPENERS = frozenset(_GERMAN["openers"] + _ENGLISH["openers"])
HAVE = frozenset(_GERMAN["have"] + _ENGLISH["have"])
BE = frozenset(_GERMAN["be"] + _ENGLISH["be"])

# "nach Angaben", "laut Mitteilung": the noun stands for what is said.
SAYING_NOUNS = re.compile(
    rf"(?:{'|'.join(_GERMAN['saying_noun_ends'])}|\A(?:{'|'.join(_GERMAN['saying_nouns'])}))\Z"
)
# A noun that a dass-clause, an infinitive or a colon spells out.
CONTENT_NOUNS = re.compile(rf"\A(?:{'|'.join(_GERMAN['content_nouns'])})\Z")

_JUDGED = re.compile(rf"(?:{'|'.join(_GERMAN['judged_ends'])})(?:e?s|en)?\Z")
_SEEN_IN = frozenset(_GERMAN["seen_in"])
_JUDGING = frozenset(_GERMAN["judging"])


def is_judgement(words: Sequence[str]) -> bool:
    """Whether words in lower case go on behind "sieht" as an opinion does.

    "in dem Gesetz eine Gefahr", "keinen Durchbruch kommen"; figures make it a report of a match.
    """
    judged = [k for k, word in enumerate(words) if _JUDGED.search(word)]
    if not judged or "man" in words or any(word[0].isdigit() for word in words):
        return False
    if words[-1] in {"kommen", "zukommen"}:
        return True
    for k, word in enumerate(words):
        placed = word == "in" and words[k + 1 : k + 2] and words[k + 1] in _SEEN_IN
        if placed or word in {"darin", "hierin", "im"}:
            first = k + 1 if word in {"darin", "hierin"} else k + 2 + bool(placed)
            return any(not _JUDGING.isdisjoint(words[max(first, j - 4) : j]) for j in judged)
    return False
