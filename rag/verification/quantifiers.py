"""How many, without a number: all, most, many, some, few, both, at least, at most."""

from __future__ import annotations

import re
from collections import Counter

_CLASSES: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"(?<!\w)(?:{form})(?!\w)")
    for name, form in (
        ("all", r"alle[nrms]?|sämtlich\w*|jede[nrms]?|all|every\w*|each|все[хм]?|вс[яё]|кажд\w*|ganz\w*|whole|entire"),
        ("most", r"meist\w*|mehrheit\w*|most|majority|больш\w+"),
        ("many", r"viele?[nrms]?|zahlreich\w*|many|numerous|mehrere[nrms]?|several|verschieden\w*|various"
                 r"|a number of|reihe|мног\w*|нескольк\w*|einige[nrms]?|manche\w*|etliche\w*|some|a few"
                 r"|некотор\w*"),
        ("few", r"wenige?[nrms]?|(?<!a )few|kaum|hardly|wenigste\w*|немног\w*|мало"),
        ("both", r"beide[nrms]?|both|оба|обе|обоих|sowohl"),
    )
}  # fmt: skip
_LEAST = re.compile(
    r"\b(?:at least|mindestens|wenigstens|zumindest|как минимум|не менее|хотя бы)\b"
)
_MOST = re.compile(r"\b(?:at most|höchstens|maximal|allenfalls|не более|максимум)\b")

_COMPARED = re.compile(
    r"\b(?:mehr|weniger|wenigen?|more|less|fewer|few|больше|меньше|более|менее)\b", re.IGNORECASE
)


def count_comparisons(text: str) -> Counter[str]:
    """How often the text says "more", "less" and the like; near copies say each as often."""
    return Counter(word.casefold() for word in _COMPARED.findall(text))


def find_wrong_quantifier(claim: str, cited: str) -> str | None:
    """The word of the claim that says another amount than the cited text; None where none does.

    Only words against words: an amount the cited text does not mention is left to other rules.
    """
    claim, cited = claim.casefold(), cited.casefold()
    for ours, theirs in ((_LEAST, _MOST), (_MOST, _LEAST)):
        found = ours.search(claim)
        if found and theirs.search(cited) and not ours.search(cited):
            return found[0]
    there = {name for name, form in _CLASSES.items() if form.search(cited)}
    for name, form in _CLASSES.items():
        found = form.search(claim)
        if found and name in ("all", "many", "few") and there and name not in there:
            return found[0]
    return None
