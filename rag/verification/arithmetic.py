"""What numbers of a text another follows from: sums, differences, ratios, shares, rounded ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, permutations

from wortlaut.rag.verification.numbers import SHARE, Bound, Quantity

# How near a number without "about" comes, and what "more than" it may be.
_CLOSE = 0.006
_MARGINS: dict[Bound, tuple[float, float]] = {
    "about": (0.88, 1.12), "min": (0.99, 1.6), "over": (0.99, 1.6), "max": (0.6, 1.01),
    "under": (0.6, 1.01),
}  # fmt: skip
# Of more numbers any other follows somehow.
_MOST_NUMBERS = 8
_LARGEST_MULTIPLE = 12
_MINUTES_A_DAY = 1440
_MONTHS = 12
_VAGUE_FROM, _VAGUE_TO = 1, 20


def follows(claimed: Quantity, cited: Sequence[Quantity], minutes: Sequence[int] = ()) -> bool:
    """Whether the number can be worked out from those of the cited text and its times of day."""
    if claimed.form == "ordinal":
        return False
    if claimed.form == "vague":
        return any(
            _VAGUE_FROM * claimed.value <= abs(q.value) < _VAGUE_TO * claimed.value for q in cited
        )
    plain = [q for q in cited if q.form in ("cardinal", "year")][:_MOST_NUMBERS]
    known = [_scale_up(q) for q in plain]
    if claimed.form == "year":
        spans = [q.value / _MONTHS for q in known if q.unit == "months"]
        years = [q.value for q in known if q.form == "year"]
        return any(abs(claimed.value - year) == span for year in years for span in spans)
    target = abs(claimed.raw if claimed.unit == SHARE else claimed.value)
    least, most = _MARGINS.get(claimed.bound, (1 - _CLOSE, 1 + _CLOSE))
    return any(
        least * target <= abs(value) <= most * target
        for value in _list_results(claimed, known, minutes)
    )


def _scale_up(quantity: Quantity) -> Quantity:
    """The number with the scale that it shares with the next: the 2 of "2 auf 3 Millionen"."""
    largest = max((quantity.raw, *quantity.readings))
    return (
        quantity
        if largest == quantity.raw
        else replace(quantity, raw=largest, value=quantity.value / quantity.raw * largest)
    )


def _list_results(
    claimed: Quantity, known: Sequence[Quantity], minutes: Sequence[int]
) -> Iterator[float]:
    """Every value of the claim's kind that the known ones give."""
    if claimed.unit == "percent":
        yield from (100 * share for share in _list_shares(known))
    elif claimed.unit == SHARE:
        yield from _list_shares(known)
    elif claimed.unit == "time":
        gaps = (abs(a - b) for a, b in combinations(minutes, 2))
        yield from (60.0 * gap for m in gaps for gap in (m, _MINUTES_A_DAY - m))
    if claimed.bound:
        yield from (q.value for q in known if q.unit in (claimed.unit, ""))
    yield from _list_sums(claimed, known)
    if not claimed.unit:
        yield from (m // 60 for m in minutes)
        yield from ((m // 60 + 11) % 12 + 1 for m in minutes)
        if 1 < claimed.value <= _LARGEST_MULTIPLE:
            yield from _list_multiples(known)


def _list_sums(claimed: Quantity, known: Sequence[Quantity]) -> Iterator[float]:
    """Sums, differences and parts, of numbers that can be of the claim's unit."""
    points = {"points", "percent", ""} if claimed.unit in ("points", "") else {claimed.unit, ""}
    of_kind = [q for q in known if q.unit in points]
    for a, b in combinations(of_kind, 2):
        one, other = _align(a, b)
        yield abs(one - other)
        yield one + other
    if claimed.unit == "months":
        years = [q.value for q in known if q.form == "year"]
        yield from (_MONTHS * abs(a - b) for a, b in combinations(years, 2))
    for share in known:
        part = share.raw if share.unit == SHARE else share.raw / 100
        if share.unit in (SHARE, "percent"):
            for q in of_kind:
                if q is not share:
                    yield part * q.value
                    yield (1 - part) * q.value
        elif not share.unit and 1 < share.raw <= _LARGEST_MULTIPLE:
            yield from (q.value * share.raw for q in of_kind if q is not share)
            yield from (q.value / share.raw for q in of_kind if q is not share)


def _list_shares(known: Sequence[Quantity]) -> Iterator[float]:
    """What part one number is of another, and by what part they differ."""
    for q in known:
        if q.unit in (SHARE, "percent"):
            yield q.raw if q.unit == SHARE else q.raw / 100
    for one, other in _list_pairs(known):
        yield one / other
        yield abs(one - other) / abs(other)


def _list_multiples(known: Sequence[Quantity]) -> Iterator[float]:
    yield from (one / other for one, other in _list_pairs(known))


def _list_pairs(known: Sequence[Quantity]) -> Iterator[tuple[float, float]]:
    """The values of each two that can be compared, the second not 0."""
    for a, b in permutations(known, 2):
        one, other = _align(a, b)
        if (
            other
            and (a.unit == b.unit or not (a.unit and b.unit))
            and SHARE not in (a.unit, b.unit)
        ):
            yield one, other


def _align(a: Quantity, b: Quantity) -> tuple[float, float]:
    """Both values; a number without a unit has the other's: "mit 38 km/h, erlaubt sind 25"."""
    if bool(a.unit) == bool(b.unit):
        return a.value, b.value
    factor = next(q.value / q.raw if q.raw else 1.0 for q in (a, b) if q.unit)
    return a.raw * factor, b.raw * factor
