"""Surnames that stand alone: who says something, though the article never names him in full."""

from __future__ import annotations

import re

from wortlaut.index.attribution.clauses import OBLIQUE, PREPOSITIONS
from wortlaut.index.attribution.mentions import CALENDAR, DETERMINERS, NOT_NAMES, names_object
from wortlaut.index.lang.functionwords import read_function_words
from wortlaut.index.lang.roles import names_institution, role_gender
from wortlaut.index.lang.verbs import VerbForm, find_verbs, read_verb_forms
from wortlaut.index.lang.words import Words

_FORMS = read_verb_forms()
# What somebody says in person: agencies report and announce, accidents demand, rain reports.
_LEMMAS = find_verbs("person", "de") | find_verbs("person", "en")
_OPENINGS = frozenset(".!?:„“”\"»«‚‘’'")
_BEHIND = frozenset(",–—“”\"«»‘’'")
# Where a word stands behind one of these, it is a place, or a noun with its article.
_BEFORE_NOUNS = read_function_words("before-noun")
# Behind the verb these begin its subject: what stands before it is an adverb.
_SUBJECTS = (
    read_function_words("inquiring")
    | frozenset(DETERMINERS) - {"dem", "den", "einem", "einen"}
)  # fmt: skip
_DATIVE = re.compile(r"(?:agentur|zeitung|presse|funk|sender|runde|versammlung|magazin)s?\Z")
_NO_NAME = re.compile(
    r"(?:ung|heit|keit|schaft|tion|tät|ment|ismus|stadt|land|staat|ien|krise|gruppe|kreise?n?"
    r"|people|leute|menschen|hin|lich|isch|weise|end|falls|dings|wärts|mäßig|tens|mals|iell"
    r"|gleich|wohl|weg|dessen)\Z"
)
_LONGEST_PHRASE = 7


def find_lone_speakers(words: Words) -> frozenset[int]:
    """The words that are surnames by their place alone, as indices: "…, sagte Harlow".

    One capitalised word without article next to a verb in the singular of what persons say. None
    that the text has small, with an article or behind "in", and none that is by its form an
    office, an institution, an abstract noun, an adverb or an English plural. Linear in the text.
    """
    nouns = {
        word for word, before in zip(words.words[1:], words.lows, strict=False)
        if before in _BEFORE_NOUNS
    }  # fmt: skip
    known = set(words.words)
    return frozenset(
        i
        for i, word in enumerate(words.words)
        if words.caps[i]
        and word not in nouns
        and words.lows[i] not in known
        and _may_be_name(words, i)
        and (_is_subject_before(words, i) or _is_subject_behind(words, i))
    )


def _may_be_name(words: Words, i: int) -> bool:
    word, low = words.words[i], words.lows[i]
    if len(word) < 3 or word.isupper() or not word.replace("-", "").isalpha():
        return False
    if low in NOT_NAMES or low in CALENDAR or names_institution(word) or names_object(low):
        return False
    if words.english and low.endswith("s"):
        return False
    return role_gender(low) is None and _NO_NAME.search(low) is None


def _says(words: Words, i: int) -> bool:
    """Whether word `i` is a verb in the singular of what persons say, with its particle."""
    return any(_is_personal(words, i, form) for form in _FORMS.get(words.lows[i], ()))


def _is_personal(words: Words, i: int, form: VerbForm) -> bool:
    low = words.lows[i]
    if form.lemma not in _LEMMAS or form.form != "finite" or words.caps[i]:
        return False
    if form.english != words.english or low.endswith("en"):
        return False
    return not form.particle or form.particle in words.lows[i + 1 : i + 12]


def _is_subject_before(words: Words, i: int) -> bool:
    """Whether "Harlow sagte, …" opens a sentence with its subject."""
    opens = not i or words.breaks[i] or words.words[i - 1] in _OPENINGS
    if i + 2 >= len(words.words) or not _says(words, i + 1):
        return False
    if not opens and not (words.english and words.words[i - 1] in _BEHIND):
        return False
    after = words.lows[i + 2]
    if words.english:
        return True
    if words.caps[i + 2]:
        return role_gender(after) is not None and after.endswith("n")
    if after == "der":
        return any(_DATIVE.search(low) for low in words.lows[i + 3 : i + 5])
    return after not in _SUBJECTS


def _is_subject_behind(words: Words, i: int) -> bool:
    """Whether "…, sagte Harlow" or "In Brenn sagte Harlow" has its subject behind the verb."""
    if i < 2 or not _says(words, i - 1) or words.breaks[i]:
        return False
    if i + 1 < len(words.words) and words.caps[i + 1] and not words.breaks[i + 1]:
        return False
    if words.words[i - 2] in _BEHIND:
        return True
    for k in range(i - 2, max(-1, i - 2 - _LONGEST_PHRASE), -1):
        if k == 0 or words.breaks[k] or words.words[k - 1] in _OPENINGS:
            small = words.lows[k] in NOT_NAMES and words.lows[k] not in _SUBJECTS
            return small or words.lows[k] in PREPOSITIONS | OBLIQUE
    return False
