"""Numbers at the wrong place: each is right, but of something else."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rag.verification.copying import Alignment
from rag.verification.evidence import Reading
from rag.verification.numbers import same_value
from rag.verification.quantities import Quantity

_NEAR = 3


def find_moved_number(
    claim: Reading, cited: Reading, alignment: Alignment | None
) -> tuple[str, str] | None:
    """Why two numbers seem to have changed places, with the rule's code; None where none did.

    Inside one language the words beside a number tell; across languages its place among the
    others, which translations keep.
    """
    ours = _find_unique(claim.quantities)
    theirs = _find_unique(cited.quantities)
    pairs = [(q, o) for q in ours for o in theirs if same_value(q, o)]
    if len(pairs) < 2:
        return None
    moved = (
        _find_by_order(pairs)
        if alignment is None
        else _find_by_words(claim, cited, alignment, pairs)
    )
    return (
        (f"the cited text gives {moved.text!r} of something else", "number_swap") if moved else None
    )


def _find_unique(quantities: Sequence[Quantity]) -> list[Quantity]:
    return [
        q
        for q in quantities
        if q.form != "ordinal" and sum(same_value(q, other) for other in quantities) == 1
    ]


def _find_by_order(pairs: Sequence[tuple[Quantity, Quantity]]) -> Quantity | None:
    """A number that stands before another in the claim and behind it in the cited text."""
    for (q, o), (_, p) in pairwise(pairs):
        if o.start > p.start and o.unit == p.unit and o.form == p.form:
            return q
    return None


def _find_by_words(
    claim: Reading,
    cited: Reading,
    alignment: Alignment,
    pairs: Sequence[tuple[Quantity, Quantity]],
) -> Quantity | None:
    """A number whose neighbours stand beside another number in the cited text."""
    places = [(_place(cited, o), o) for _, o in pairs]
    for quantity, other in pairs:
        at, home = _place(claim, quantity), _place(cited, other)
        for_it = against = 0
        for n in range(max(0, at - _NEAR), min(len(claim.words), at + _NEAR + 1)):
            word = claim.words[n]
            if n not in alignment.pairs or word.low[0].isdecimal() or n == at:
                continue
            there = alignment.pairs[n]
            nearest = min(places, key=lambda place: abs(place[0] - there))
            if abs(nearest[0] - there) > _NEAR + 1:
                continue
            for_it += nearest[1] is other or abs(home - there) == abs(nearest[0] - there)
            against += nearest[1] is not other and abs(home - there) > abs(nearest[0] - there)
        if against > for_it:
            return quantity
    return None


def _place(reading: Reading, quantity: Quantity) -> int:
    return next(n for n, word in enumerate(reading.words) if word.start >= quantity.start)
