"""What nobody says: "never said that", "sagte nicht, ob", "if X said", "niemand sagte"."""

from __future__ import annotations

from collections.abc import Sequence

from wortlaut.index.lang.speech import HAVE
from wortlaut.index.lang.verbs import VerbForm, find_verbs

CONDITIONAL = frozenset("if unless whether lest".split())
_CONDITIONAL_DE = frozenset("falls sofern wenn ob".split())
_NOT = frozenset("never not cannot".split())
_NOT_DE = frozenset("nicht nie niemals keineswegs keinesfalls mitnichten".split())
_NOBODY = frozenset("nobody none neither no".split())
_NOBODY_DE = frozenset("niemand keiner keine".split())
# "not only said", "nicht nur, dass": said all the same.
ONLY = frozenset("only just merely nur bloß allein lediglich zuletzt ohne".split())
_BETWEEN = frozenset("been also ever quite yet once again either even".split())
_POINTING = frozenset("dazu darüber davon hierzu".split())
# Not to deny, not to rule out: that is to say something.
_DENYING = find_verbs("denies", "de")


def find_denial(lows: Sequence[str], start: int, verb: int) -> int | None:
    """The word that denies the English verb in the clause from `start`; None if none does."""
    for k in range(verb - 1, start, -1):
        low = lows[k]
        if low in _NOT or low.endswith(("n't", "n’t")):
            return None if lows[k + 1] in ONLY else k
        if not (low in HAVE or low in _BETWEEN or low in ONLY or low.endswith("ly")):
            return None
    return None


def names_nobody(lows: Sequence[str], first: int, before: int) -> bool:
    """Whether the English subject from `first` is "nobody", "no minister", "neither X nor Y"."""
    if first >= before or lows[first] not in _NOBODY:
        return False
    return not (lows[first] == "no" and lows[first + 1][0] in ".0123456789")


def is_denied_in_german(
    lows: Sequence[str], start: int, end: int, verb: int, form: VerbForm
) -> bool:
    """Whether the verb of the clause `[start, end)` is said not to have been done, or to be open.

    Only verbs of saying: who does not believe it has an opinion.
    """
    while end > verb + 1 and not lows[end - 1].isalnum():
        end -= 1
    if form.group != "say" or form.english:
        return False
    if lows[start] in _CONDITIONAL_DE and verb >= end - 2:
        return True
    if lows[start] in _NOBODY_DE and start < verb:
        return True
    if form.lemma in _DENYING:
        return False
    last = end - 1
    while last > verb and (lows[last] == form.particle or lows[last] in _POINTING):
        last -= 1
    near = 2 if form.form == "participle" or lows[verb].endswith("en") else 1
    if form.lemma == "zitieren":
        near = end  # "wird nicht mit den Worten zitiert"
    return any(
        lows[k] in _NOT_DE
        and (k + 1 == end or lows[k + 1] not in ONLY)
        and (k < verb <= k + near or (verb < k and k in (verb + 1, last)))
        for k in range(start, end)
    )
