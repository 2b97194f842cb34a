"""Whether the cited text bears out a claim's numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from wortlaut.rag.verification.quantities import Bound, Quantity

_TOLERANCE = 1e-6


# "H5N1", "S-400", "3:2"; "5km" and "2nd" are numbers.
_CODE = re.compile(r"(?<![\w.,:])(?:[A-ZÄÖÜА-Я]{1,5}-?\d[\w-]*|\d+[:–-]\d+)(?!\w|[.,:]\d)")
_DASHES = re.compile(r"[‐‑‒–—-]+")


def find_strange_code(claim: str, cited: str, taken: Sequence[tuple[int, int]] = ()) -> str | None:
    """The first code or score of the claim that the cited text lacks; `taken` are its dates."""
    theirs = {_level_code(match[0]) for match in _CODE.finditer(cited)}
    for match in _CODE.finditer(claim):
        if any(a <= match.start() < b for a, b in taken):
            continue
        code = _level_code(match[0])
        if not any(code == other or other.startswith(code) for other in theirs):
            return match[0]
    return None


def _level_code(code: str) -> str:
    digits = re.match(r"\d+[:-]\d+", _DASHES.sub("-", code))
    return digits[0].replace(":", "-") if digits else _DASHES.sub("", code).casefold()


def same_value(a: Quantity, b: Quantity) -> bool:
    """Whether both give the same number: units converted, years and counts alike."""
    if a.form == "vague" or b.form == "vague":
        return a.form == b.form and a.value == b.value
    one, other = (a.value, b.value) if a.unit and b.unit else (a.raw, b.raw)
    return abs(one - other) <= _TOLERANCE * max(1.0, abs(one), abs(other))


def find_wrong_number(
    claimed: Sequence[Quantity],
    cited: Sequence[Quantity],
    years: frozenset[int],
    *,
    same_language: bool,
) -> tuple[str, str] | None:
    """Why a number of the claim does not hold, with the rule's code; None when all do.

    `years` are those of the span's dates and of the article's own. A lost or added "at least" or
    "at most" is a different number; "about" is so only inside one language, where nothing
    excuses it.
    """
    for quantity in claimed:
        if quantity.form == "ordinal" and quantity.value == 1:
            continue
        if quantity.form == "year" and int(quantity.value) in years:
            continue
        equal = [other for other in cited if same_value(quantity, other)]
        if not equal:
            return f"the claim says {quantity.text!r}; the cited text does not", "number"
        fitting = [other for other in equal if _same_unit(quantity, other)]
        if not fitting:
            return f"the cited text gives {quantity.text!r} of something else", "unit"
        if not any(_same_bound(quantity.bound, o.bound, same_language) for o in fitting):
            wanted = _BOUND_NAMES[fitting[0].bound]
            return f"the cited text says {wanted} {fitting[0].text}, not {quantity.text}", "bound"
    swapped = (
        (_find_swap(claimed, cited) or _find_repeat(claimed, cited)) if same_language else None
    )
    if swapped:
        return f"the cited text gives {swapped.text!r} of something else", "number_swap"
    return None


_BOUND_NAMES: dict[Bound, str] = {
    "": "simply", "about": "about", "exactly": "exactly", "min": "at least", "max": "at most",
    "over": "over", "under": "under",
}  # fmt: skip
_LOOSE_UNITS = frozenset({"time", "months", "century"})


def _same_unit(a: Quantity, b: Quantity) -> bool:
    if a.unit == b.unit:
        return True
    if a.unit and b.unit:
        return False
    known = a.unit or b.unit
    # "75 Jahre alt" and "75"; but a percentage is never a count.
    return known in _LOOSE_UNITS or (not a.unit and not a.noun)


def _same_bound(a: Bound, b: Bound, same_language: bool) -> bool:
    if a == b or {a, b} in ({"min", "over"}, {"max", "under"}):
        return True
    if not same_language and {a, b} & {"over", "under"}:
        # "über 19,2° Ost" is a place, no bound.
        return "" in (a, b)
    loose = {"about", ""} if not same_language else {""}
    return (a in loose and b in loose) or {a, b} == {"exactly", ""}


def _find_repeat(claimed: Sequence[Quantity], cited: Sequence[Quantity]) -> Quantity | None:
    """A number that stands once more than in the cited text, in the place of another."""
    if len(claimed) != len(cited):
        return None
    return next(
        (q for q in claimed if _count(q, claimed) > _count(q, cited)),
        None,
    )


def _count(quantity: Quantity, others: Sequence[Quantity]) -> int:
    return sum(same_value(quantity, other) for other in others)


def _find_swap(claimed: Sequence[Quantity], cited: Sequence[Quantity]) -> Quantity | None:
    """A number whose noun the cited text counts otherwise: "3 dead, 50 hurt" for the reverse."""
    for quantity in claimed:
        if not quantity.noun or quantity.form in ("year", "ordinal"):
            continue
        counted = [other for other in cited if other.noun == quantity.noun]
        if counted and not any(same_value(quantity, other) for other in counted):
            return quantity
    return None
