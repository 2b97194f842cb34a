"""Who does what to whom: names and numbers keep their places."""

from __future__ import annotations

from itertools import pairwise

from rag.verification.case import Case, is_near_copy
from rag.verification.copying import Alignment
from rag.verification.finding import Finding
from rag.verification.names import same_word

_PASSIVE = frozenset("von durch wurde wurden worden by was were been".split())


def check_roles(case: Case) -> Finding | None:
    """In a near copy, names and numbers do not change places; in a translation, names do not."""
    if case.alignment is None:
        return _check_translated_roles(case)
    if not is_near_copy(case):
        return None
    pairs = case.alignment.pairs
    places = [
        (n, pairs[n], case.core[0] <= n < case.core[1])
        for n, word in enumerate(case.claim.words)
        if n in pairs and ((word.is_capitalised and word.is_content) or word.low[0].isdecimal())
    ]
    lows = {word.low for word in case.claim.words}
    first, stop = case.alignment.window
    theirs = {word.low for word in case.cited.words[first:stop]}
    if (lows ^ theirs) & _PASSIVE:
        return None
    mixed = _is_frame_torn(case, case.alignment)
    for (a, x, inside), (b, y, inside_too) in pairwise(places):
        if x > y and (mixed or inside == inside_too):
            names = f"{case.claim.words[a].text} and {case.claim.words[b].text}"
            return Finding("refuted", f"The claim swaps {names}", "roles")
    return None


def _is_frame_torn(case: Case, alignment: Alignment) -> bool:
    """Whether only some words of who says it changed sides with what is said.

    All of them do when a claim opens with the speaker whom the cited text names last.
    """
    first, stop = case.core
    content = [n for n, w in enumerate(case.claim.words) if w.is_content and n in alignment.pairs]
    turned = {
        (n < m) != (alignment.pairs[n] < alignment.pairs[m])
        for n in content
        for m in content
        if not first <= n < stop and first <= m < stop
    }
    return len(turned) == 2


def _check_translated_roles(case: Case) -> Finding | None:
    lows = {word.low for word in (*case.claim.words, *case.cited.words)}
    if lows & _PASSIVE:
        return None
    places = []
    for word in (w for w in case.claim.words if w.is_capitalised and w.is_content):
        found = [n for n, other in enumerate(case.cited.words) if same_word(word.text, other.text)]
        if len(found) == 1:
            places.append((word.text, found[0]))
    for (name, x), (other, y) in pairwise(places):
        if x > y and name != other:
            return Finding("refuted", f"The claim swaps {name} and {other}", "roles")
    return None
