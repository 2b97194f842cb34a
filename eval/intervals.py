"""How far a figure may be off: bootstrap intervals, resampled by source.

A figure over n questions stands for the questions that could have been asked; its interval says
where the figure over all of those plausibly lies. Rows about one source are drawn together
(a cluster bootstrap), since they are not independent. The interval is the bootstrap's percentiles
(Efron & Tibshirani 1993) but for two cases that resampling cannot see, because the values hardly
differ: there it would call a share of 20 of 20 certain. See `bootstrap_mean`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

Indices = NDArray[np.intp]
Numbers = NDArray[np.float64]
Values = Sequence[float | None]
Groups = Sequence[Hashable | None]

_FEW = 10
_EXACT = 10
_BLOCK = 2_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure over `n` defined values and the interval [low, high] it plausibly lies in.

    `value` is `None` where nothing is defined; the limits are `None` where fewer than two values,
    or fewer than two groups, are.
    """

    value: float | None
    n: int
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, Any]:
        """The four fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Difference(Estimate):
    """A mean of paired differences; `p` in (0, 1] is how likely as large a one is by chance alone.

    `is_noise` is whether the interval covers 0 or `p` exceeds what the interval's level allows; it
    is `True` where no interval is defined, for then nothing is shown.
    """

    p: float | None = None
    is_noise: bool = True


def bootstrap_mean(
    values: Values,
    groups: Groups | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """The mean of the defined values with its interval; the values' order does not matter.

    `groups` name each value's source; a value whose group is `None` stands alone. The interval is
    the percentile bootstrap's over whole groups, but for values in [0, 1]
    - that are nearly all 0 or nearly all 1 (fewer than ten groups hold another value): Wilson's
      score interval, with as many values as they are worth after clustering (Korn & Graubard 1998);
      too wide rather than too narrow for values between 0 and 1;
    - that are all equal: as much of them as Wilson's interval allows at 0 of n may yet lie at 0
      or at 1. All-equal values beyond [0, 1] get an interval of no width.
    Raises ValueError if a value is not finite, or the lengths differ.
    """
    sample = _Sample.of(values, groups)
    return sample.estimate((0.0, 1.0), resamples, seed, level)


def paired_difference(
    a: Values,
    b: Values,
    groups: Groups | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Difference:
    """The mean of b - a over the pairs of which both are defined, matched by position.

    The interval is `bootstrap_mean`'s for differences in [-1, 1]; `p` is Fisher's randomisation
    test, which flips the signs of whole groups: of all ways where at most ten groups differ, else
    of `resamples` drawn ones. Source: Smucker, Allan & Carterette 2007.
    """
    if len(a) != len(b):
        raise ValueError("the two runs must have equally many values")
    differences = [None if x is None or y is None else y - x for x, y in zip(a, b, strict=True)]
    sample = _Sample.of(differences, groups)
    found = sample.estimate((-1.0, 1.0), resamples, seed, level)
    if found.low is None or found.high is None:
        return Difference(found.value, found.n)
    p = _flip_signs(sample.sums, resamples, seed)
    is_noise = found.low <= 0 <= found.high or p > 1 - level
    return Difference(found.value, found.n, found.low, found.high, p, is_noise)


def bootstrap_gap(
    best: Values,
    worst: Values,
    best_groups: Groups | None = None,
    worst_groups: Groups | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """The mean of `best` minus the mean of `worst`, two sets that need not be of one length.

    Groups that both name are drawn together. Where resampling cannot see how far one side may be
    off, both sides' intervals are combined as if independent (Zou & Donner 2008). `n` counts both
    sides' defined values; fewer than two on one side leave the limits `None`.
    """
    sides = _Sample.of(best, best_groups), _Sample.of(worst, worst_groups)
    one, other = (side.estimate((0.0, 1.0), resamples, seed, level) for side in sides)
    n = one.n + other.n
    if one.value is None or other.value is None:
        return Estimate(None, n)
    value = one.value - other.value
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Estimate(value, n)
    if any(side.is_flat or side.is_scarce for side in sides):
        below = sqrt((one.value - one.low) ** 2 + (other.high - other.value) ** 2)
        above = sqrt((one.high - one.value) ** 2 + (other.value - other.low) ** 2)
        return Estimate(value, n, value - below, value + above)
    return _resample_gap(sides, value, resamples, seed, level)


def bootstrap(
    statistic: Callable[[Indices], float | None],
    n: int,
    groups: Groups | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """Any figure of a set of `n` rows with its percentile interval, such as a difference of AUROCs.

    `statistic` takes the positions of the rows that are drawn, repeated where drawn twice, and
    gives `None` where it is undefined; draws of that kind are left out, and the limits are `None`
    if they are more than half, or if all draws are alike.
    """
    if groups is not None and len(groups) != n:
        raise ValueError("there must be one group to a row")
    value = statistic(np.arange(n)) if n else None
    members = _gather(groups if groups is not None else [None] * n)
    if value is None or len(members) < 2:
        return Estimate(value, n)
    flat, sizes = np.concatenate(members), np.array([len(some) for some in members])
    starts = np.cumsum(sizes) - sizes
    found: list[float] = []
    for drawn in _draw(len(members), len(members), resamples, seed):
        for some in drawn:
            counts = sizes[some]
            ends = np.cumsum(counts)
            steps = np.repeat(starts[some] - ends + counts, counts) + np.arange(ends[-1])
            figure = statistic(flat[steps])
            if figure is not None:
                found.append(figure)
    if len(found) * 2 < resamples or min(found) == max(found):
        return Estimate(value, n)
    return Estimate(value, n, *_percentiles(np.array(found), level))


def wilson(share: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """The limits in [0, 1] of a share of `n` independent values; `n` may be fractional, above 0.

    Source: Wilson 1927; Brown, Cai & DasGupta 2001 on why it is to be had for small n.
    """
    z = NormalDist().inv_cdf((1 + level) / 2)
    centre = share + z * z / (2 * n)
    spread = z * sqrt(share * (1 - share) / n + (z / (2 * n)) ** 2)
    scale = 1 + z * z / n
    return max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale)


@dataclass(frozen=True, slots=True)
class _Sample:
    """Defined values by group: their sum and count in each, in an order that is always the same."""

    values: Numbers
    names: tuple[Hashable, ...]
    sums: Numbers
    sizes: Numbers
    others: int
    commonest: float

    @classmethod
    def of(cls, values: Values, groups: Groups | None) -> _Sample:
        if groups is not None and len(groups) != len(values):
            raise ValueError("there must be one group to a value")
        kept = [i for i, value in enumerate(values) if value is not None]
        defined = np.array([values[i] for i in kept], dtype=np.float64)
        if not np.isfinite(defined).all():
            raise ValueError("a value is not finite; leave an undefined one None")
        names = [None if groups is None else groups[i] for i in kept]
        members = _gather(names)
        members.sort(key=lambda some: (np.sort(defined[some]).tolist(), str(names[some[0]])))
        commonest = _find_commonest(defined)
        return cls(
            np.sort(defined),
            tuple(names[some[0]] for some in members),
            np.array([np.sort(defined[some]).sum() for some in members], dtype=np.float64),
            np.array([len(some) for some in members], dtype=np.float64),
            sum(bool((defined[some] != commonest).any()) for some in members),
            commonest,
        )

    @property
    def is_flat(self) -> bool:
        return self.others == 0

    @property
    def is_scarce(self) -> bool:
        bounded = bool((self.values >= 0).all() and (self.values <= 1).all())
        return bounded and self.commonest in (0.0, 1.0) and self.others < _FEW

    def estimate(
        self, bounds: tuple[float, float], resamples: int, seed: int, level: float
    ) -> Estimate:
        n = len(self.values)
        if not n:
            return Estimate(None, 0)
        value = float(self.sums.sum() / n)
        if len(self.sums) < 2:
            return Estimate(value, n)
        if self.is_flat:
            value = self.commonest
            return Estimate(value, n, *_widen(value, len(self.sums), bounds, level))
        if bounds == (0.0, 1.0) and self.is_scarce:
            return Estimate(value, n, *wilson(value, self._count_effective(value), level))
        means = np.concatenate(
            [
                self.sums[drawn].sum(axis=1) / self.sizes[drawn].sum(axis=1)
                for drawn in _draw(len(self.sums), len(self.sums), resamples, seed)
            ]
        )
        return Estimate(value, n, *_percentiles(means, level))

    def _count_effective(self, mean: float) -> float:
        """How many independent values the clustered ones are worth, in [1, n] (Kish 1965)."""
        n, count = len(self.values), len(self.sums)
        alone = float(self.values.var(ddof=1))
        clustered = float(((self.sums - mean * self.sizes) ** 2).sum()) * count / (count - 1) / n
        return min(float(n), max(1.0, n * alone / clustered)) if clustered else float(n)


def _find_commonest(values: Numbers) -> float:
    counts = Counter(values.tolist())
    return min(counts, key=lambda value: (-counts[value], value)) if counts else 0.0


def _gather(groups: Sequence[Hashable | None]) -> list[Indices]:
    """The positions of each group's members; a `None` is a group of its own."""
    places: dict[Hashable, list[int]] = {}
    for i, group in enumerate(groups):
        places.setdefault(("alone", i) if group is None else ("group", group), []).append(i)
    return [np.array(some, dtype=np.intp) for some in places.values()]


def _draw(of: int, count: int, resamples: int, seed: int) -> Iterator[Indices]:
    """`count` draws with replacement from `of` a row, in blocks of rows that keep memory small."""
    rng = np.random.default_rng(seed)
    block = max(1, _BLOCK // count)
    for start in range(0, resamples, block):
        yield rng.integers(0, of, (min(block, resamples - start), count))


def _percentiles(figures: Numbers, level: float) -> tuple[float, float]:
    low, high = np.quantile(figures, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def _widen(value: float, n: int, bounds: tuple[float, float], level: float) -> tuple[float, float]:
    """The limits about `n` groups' one common value; no width if it lies beyond `bounds`."""
    bottom, top = bounds
    if not bottom <= value <= top:
        return value, value
    unseen = wilson(0.0, n, level)[1]
    return value - unseen * (value - bottom), value + unseen * (top - value)


def _flip_signs(sums: Numbers, resamples: int, seed: int) -> float:
    """The two-sided p of the sum of `sums` if each could as well have had the other sign."""
    moving = np.sort(np.abs(sums[sums != 0]))
    observed = abs(float(sums.sum()))
    if len(moving) <= _EXACT:
        ways = np.arange(2 ** len(moving))[:, None] >> np.arange(len(moving)) & 1
        totals = (1 - 2 * ways) @ moving
        return float((np.abs(totals) >= observed - 1e-9).mean())
    reached = 0
    for drawn in _draw(2, len(moving), resamples, seed):
        reached += int((np.abs((1 - 2 * drawn) @ moving) >= observed - 1e-9).sum())
    return (1 + reached) / (1 + resamples)


def _resample_gap(
    sides: tuple[_Sample, _Sample], value: float, resamples: int, seed: int, level: float
) -> Estimate:
    places = _gather([*sides[0].names, *sides[1].names])
    first = len(sides[0].names)
    sums, sizes = np.zeros((2, 2, len(places)))
    for place, members in enumerate(places):
        for i in members:
            s, at = (0, i) if i < first else (1, i - first)
            sums[s, place], sizes[s, place] = sides[s].sums[at], sides[s].sizes[at]
    found = []
    for drawn in _draw(len(places), len(places), resamples, seed):
        counts = sizes[:, drawn].sum(axis=2)
        kept = (counts > 0).all(axis=0)
        means = sums[:, drawn].sum(axis=2)[:, kept] / counts[:, kept]
        found.append(means[0] - means[1])
    low, high = _percentiles(np.concatenate(found), level)
    return Estimate(value, sum(len(side.values) for side in sides), low, high)
