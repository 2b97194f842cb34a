"""Who does what to whom: names and numbers keep their places."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from index.attribution.clauses import FINITE, OBLIQUE, PREPOSITIONS, RELATIVE
from rag.verification.case import Case, is_near_copy
from rag.verification.copying import Alignment
from rag.verification.finding import Finding
from rag.verification.names import same_word
from rag.verification.words import Word

_ADVERBIAL = frozenset(
    """mit zu bei auf an nach vor seit gegen von außer neben in im between among to of by toward
    towards over under near into within в на с со к ко от до из за по у при для под над""".split()
)
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
        turned = not _opens_obliquely(case.claim.words[slice(*case.core)])
        if x > y and turned and _is_inverted(case, y, x):
            continue
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
    """Whether two names stand the other way round, where order tells who is who.

    German may open a clause with an object or adverbial; then who comes first there is not who
    acts, and the claim must name behind what the cited text names before its verb.
    """
    lows = {word.low for word in (*case.claim.words, *case.cited.words)}
    if lows & _PASSIVE:
        return None
    places = []
    for word in case.claim.words[slice(*case.core)]:
        dated = any(date.start <= word.start < date.end for date in case.claim.dates)
        if dated or not (word.is_capitalised and word.is_content):
            continue
        found = [n for n, other in enumerate(case.cited.words) if same_word(word.text, other.text)]
        if len(found) == 1:
            places.append((word.text, found[0]))
    for (name, x), (other, y) in pairwise(places):
        if name == other or x == y:
            continue
        if _is_inverted(case, min(x, y), max(x, y)):
            if x < y and not _opens_obliquely(case.claim.words[slice(*case.core)]):
                reason = f"The cited text may have {name} and {other} the other way round"
                return Finding("not_enough_info", reason, "roles")
        elif x > y and not _is_relative(case, y, x):
            return Finding("refuted", f"The claim swaps {name} and {other}", "roles")
    return None


def _is_inverted(case: Case, first: int, second: int) -> bool:
    """Whether the verb stands between two names of the cited text, the first in an adverbial."""
    words = case.cited.words
    start = max(stop for stop in case.cited.stops if stop <= first)
    if start == first or not _opens_obliquely(words[start:first]):
        return False
    return any(not w.is_capitalised and _is_finite(w.low) for w in words[first + 1 : second])


def _is_relative(case: Case, first: int, second: int) -> bool:
    """Whether the second name stands in a relative clause on the first: "die Krim, die X nahm"."""
    words, stops = case.cited.words, case.cited.stops
    return any(first < n < second and words[n].low in RELATIVE for n in stops)


def _opens_obliquely(words: Sequence[Word]) -> bool:
    return bool(words) and words[0].low in PREPOSITIONS | OBLIQUE | _ADVERBIAL


def _is_finite(low: str) -> bool:
    return low in FINITE or (len(low) > 3 and low.endswith(("t", "te", "ten")))
