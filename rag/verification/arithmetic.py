"""What numbers of a text another follows from: sums, differences, ratios, shares, rounded ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations, permutations

from wortlaut.rag.verification.numbers import CURRENCIES, DECADE, SHARE, Bound, Quantity

UPWARDS = frozenset[Bound]({"min", "over", "just over"})
DOWNWARDS = frozenset[Bound]({"max", "under", "just under"})
# How near a number comes without a bound, with "about", and how far a share may be beyond one.
_CLOSE, _ABOUT, _BEYOND = 0.006, 0.12, 0.6
# "Six in ten" may be 62 percent.
_ROUNDED_SHARE = 0.03
# Of more numbers any other follows somehow.
_MOST_NUMBERS = 8
_LARGEST_MULTIPLE = 12
_MINUTES_A_DAY = 1440
_MONTHS = 12
_EXACT = 1e-6
# From here on an amount of money may be told without its currency.
_LARGE = 1e5
# Units that one amount may leave to another: "2 Milliarden Euro, 3 Milliarden".
_PLAIN = CURRENCIES | {"percent"}
_MONTH_SECONDS = 365.25 / 12 * 86400
# What a unit of one kind of time is in another's.
_CONVERTED = {
    ("time", "months"): 1 / _MONTH_SECONDS, ("months", "time"): _MONTH_SECONDS,
    ("months", "century"): 1 / 1200, ("century", "months"): 1200.0,
}  # fmt: skip
_VAGUE_FROM, _VAGUE_TO = 1, 20


@dataclass(frozen=True, slots=True)
class ToldTimes:
    """What times a cited text tells: its `years`, `minutes` of days, and how many seconds ranges last.

    `published` are the years of its articles; `is_open` says that it tells years from one unknown.
    """

    years: frozenset[int] = frozenset()
    minutes: Sequence[int] = ()
    lengths: Sequence[float] = ()
    published: Collection[int] = ()
    is_open: bool = False


_NO_TIMES = ToldTimes()


def follows(
    claimed: Quantity,
    cited: Sequence[Quantity],
    times: ToldTimes = _NO_TIMES,
    *,
    rests: bool = False,
) -> bool:
    """Whether the number can be worked out from those of the cited text and its times.

    With `rests` a share may also be what another leaves: "70 percent, the rest".
    """
    if claimed.form == "ordinal":
        return False
    if claimed.form == "vague":
        return any(
            _VAGUE_FROM * claimed.value <= abs(q.value) < _VAGUE_TO * claimed.value for q in cited
        )
    plain = [
        q
        for q in cited
        if q.form in ("cardinal", "year") and not oppose_bounds(claimed.bound, q.bound)
    ][:_MOST_NUMBERS]
    known = [_scale_up(q) for q in plain]
    years = [q.value for q in known if q.form == "year"]
    if claimed.form == "year" and not (claimed.bound or claimed.noun):
        spans = [q.value / _MONTHS for q in known if q.unit == "months"]
        return any(abs(claimed.value - y) == n for y in (*years, *times.published) for n in spans)
    if claimed.unit == DECADE:
        return any(year // 10 * 10 in (claimed.raw, *claimed.readings) for year in years)
    results = _list_results(claimed, known, times.minutes)
    if rests and claimed.unit in (SHARE, "percent"):
        whole = 1 if claimed.unit == SHARE else 100
        results = chain((whole * (1 - share) for share in _list_shares(known)), results)
    if claimed.unit == "time":
        results = chain(times.lengths, results)
    elif claimed.unit == "months":
        results = chain((_MONTHS * abs(now - y) for now in times.published for y in years), results)
    least, most = _find_range(claimed)
    return any(least <= abs(value) <= most for value in results)


def oppose_bounds(a: Bound, b: Bound) -> bool:
    """Whether one says at least and the other at most."""
    return (a in UPWARDS and b in DOWNWARDS) or (a in DOWNWARDS and b in UPWARDS)


def _find_range(claimed: Quantity) -> tuple[float, float]:
    """The least and the most that the claim's number may stand for: rounded as it is rounded itself."""
    target = abs(claimed.raw if claimed.unit == SHARE else claimed.value)
    step = _find_step(claimed)
    slack = _CLOSE * target
    if claimed.unit == SHARE:
        slack = _ROUNDED_SHARE
    elif claimed.form == "year":
        slack = min(slack, step / 2)
    if claimed.bound in ("about", "just over", "just under"):
        slack = max(slack, min(step / 2, _ABOUT * target))
    more, less = slack, slack
    if claimed.bound in UPWARDS:
        more, less = max(slack, step), 0.0
    elif claimed.bound in DOWNWARDS:
        more, less = 0.0, max(slack, step)
    if claimed.bound in ("just over", "just under"):
        more, less = min(more, _ABOUT * target), min(less, _ABOUT * target)
    tiny = 1e-9 * target
    return target - less - tiny, target + more + tiny


def _find_step(claimed: Quantity) -> float:
    """What the number is rounded to, in its unit: 1,200 to a hundred, 25 to five, 83.6 to a tenth."""
    raw, factor = abs(claimed.raw), claimed.value / claimed.raw if claimed.raw else 1.0
    if claimed.unit == SHARE:
        return _BEYOND * raw
    step = 1e-3
    while raw and step < raw and abs(raw / (step * 10) - round(raw / (step * 10))) < _EXACT:
        step *= 10
    five = abs(raw / (step * 5) - round(raw / (step * 5))) < _EXACT
    return abs(factor) * step * (5 if five else 1)


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
    for q in known:
        if factor := _CONVERTED.get((q.unit, claimed.unit)):
            yield q.value * factor
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
    if not claimed.unit and claimed.value >= _LARGE:
        points |= CURRENCIES  # "22 million more than the 52 million euros"
    of_kind = [q for q in known if q.unit in points]
    for a, b in combinations(of_kind, 2):
        one, other = _align(a, b)
        yield abs(one - other)
        yield one + other
    # Three of one kind: of any three more would follow by chance.
    for three in combinations((q for q in of_kind if q.form == "cardinal"), 3):
        units = {q.unit for q in three}
        if len(units) == 1 or (units == {claimed.unit, ""} and claimed.unit in _PLAIN):
            yield sum(q.value for q in three)
    if claimed.unit == "months":
        years = [q.value for q in known if q.form == "year"]
        yield from (float(_MONTHS * n) for n in (len(set(years)),) if n > 2)
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
