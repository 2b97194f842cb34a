"""How far a figure may be off: bootstrap intervals, resampled by source.

A figure over n questions stands for the questions that could have been asked; its interval says
where the figure over all of those plausibly lies. Rows about one source are drawn together
(a cluster bootstrap), since they are not independent. The interval is the bootstrap's percentiles
(Efron & Tibshirani 1993) but for what resampling cannot see: values that hardly differ, where it
would call a share of 20 of 20 certain, and few sources, where it is too narrow: see
`bootstrap_mean`. `bootstrap_gap` is of the best of some sets less the worst, picked by what is seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from math import sqrt
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wortlaut.eval.figures.metrics import Numbers

Indices = NDArray[np.intp]
Values = Sequence[float | None]
Groups = Sequence[Hashable | None]

FEWEST_GROUPS = 8
"""With fewer groups `bootstrap` gives no interval."""

_FEW = 10
_EXACT = 10
# With fewer groups the percentiles of a mean cover too seldom.
_MANY_GROUPS = 50
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
    the percentile bootstrap's over whole groups where there are 50 or more. With fewer, and for
    values in [0, 1] that are nearly all 0 or nearly all 1 (fewer than ten groups hold another
    value), it is Wilson's score interval, with as many values as they are worth after clustering
    and with Student's t for so many groups (Korn & Graubard 1998); for values beyond [0, 1] it is
    t's. The fewer groups hold another value than 0 or 1, the less can be seen of how such values
    cluster, and the nearer comes what they are worth to the number of groups. Of values that are
    all equal, as much as Wilson's interval allows at 0 of so many groups may yet lie at 0 or at 1;
    beyond [0, 1] they get an interval of no width.

    Measured where sources differ (shares of 0.5 to 0.9, from 2 sources of 50 values to 30 of 10):
    it holds the truth in 92 to 100 of 100 sets. Raises ValueError if a value is not finite, or
    the lengths differ.
    """
    sample = Sample.of(values, groups)
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
    sample = Sample.of(differences, groups)
    found = sample.estimate((-1.0, 1.0), resamples, seed, level)
    if found.low is None or found.high is None:
        return Difference(found.value, found.n)
    p = _flip_signs(sample.sums, resamples, seed)
    is_noise = found.low <= 0 <= found.high or p > 1 - level
    return Difference(found.value, found.n, found.low, found.high, p, is_noise)


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
    if they are more than half, if all draws are alike, or with fewer than `FEWEST_GROUPS` groups.
    """
    if groups is not None and len(groups) != n:
        raise ValueError("there must be one group to a row")
    value = statistic(np.arange(n)) if n else None
    members = gather(groups if groups is not None else [None] * n)
    if value is None or len(members) < FEWEST_GROUPS:
        return Estimate(value, n)
    flat, sizes = np.concatenate(members), np.array([len(some) for some in members])
    starts = np.cumsum(sizes) - sizes
    found: list[float] = []
    for drawn in draw_places(len(members), len(members), resamples, seed):
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


def bootstrap_gap(
    sets: Mapping[str, Values],
    groups: Mapping[str, Groups] | None = None,
    *,
    resamples: int = 1000,
    seed: int = 0,
    level: float = 0.95,
) -> Estimate:
    """The largest mean of some sets minus the smallest, which chance alone makes larger than 0.

    The sets need not be of one length; groups that several name are drawn together. The interval
    allows for having picked the two: what `level` of the draws stay within, with the largest of
    all sets' deviations minus the smallest, is taken off the gap and put on top of it, in [0, 1].
    Between sets that are alike it so lies above 0 in one of 20 at most, about. Where a set's own
    interval is wider than resampling shows, its draws are spread to that. `n` counts the defined
    values of all sets that have any; fewer than two of those sets leave everything `None`, a set of
    one group the limits. Raises ValueError for values beyond [0, 1].
    Source: Hsu 1996, Multiple Comparisons (simultaneous intervals of all differences).
    """
    samples = [Sample.of(values, groups[name] if groups else None) for name, values in sets.items()]
    samples = [sample for sample in samples if len(sample.values)]
    if any(sample.values[0] < 0 or sample.values[-1] > 1 for sample in samples):
        raise ValueError("a gap is told between values in [0, 1]")
    n = sum(len(sample.values) for sample in samples)
    if len(samples) < 2:
        return Estimate(None, n)
    means = [sample.mean for sample in samples]
    value = max(means) - min(means)
    if any(len(sample.sums) < 2 for sample in samples):
        return Estimate(value, n)
    deviations = _draw_deviations(samples, resamples, seed)
    deviations += _draw_unseen(samples, deviations, level, seed)
    reach = float(np.quantile(np.ptp(deviations, axis=1), level))
    return Estimate(value, n, max(0.0, value - reach), min(1.0, value + reach))


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
class Sample:
    """Defined values by group: their sum and count in each, in an order that is always the same."""

    values: Numbers
    names: tuple[Hashable, ...]
    sums: Numbers
    sizes: Numbers
    others: int
    commonest: float

    @classmethod
    def of(cls, values: Values, groups: Groups | None) -> Sample:
        """The defined values, whatever their order; raises ValueError if one is not finite."""
        if groups is not None and len(groups) != len(values):
            raise ValueError("there must be one group to a value")
        kept = [i for i, value in enumerate(values) if value is not None]
        defined = np.array([values[i] for i in kept], dtype=np.float64)
        if not np.isfinite(defined).all():
            raise ValueError("a value is not finite; leave an undefined one None")
        names = [None if groups is None else groups[i] for i in kept]
        members = gather(names)
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
        """Whether all values are equal."""
        return self.others == 0

    @property
    def mean(self) -> float:
        """The values' mean, exact where they are equal; there must be one."""
        return self.commonest if self.is_flat else float(self.sums.sum() / len(self.values))

    @property
    def is_scarce(self) -> bool:
        """Whether nearly all values are 0, or nearly all 1, and all lie in [0, 1]."""
        bounded = bool(self.values[0] >= 0 and self.values[-1] <= 1)
        return bounded and self.commonest in (0.0, 1.0) and self.others < self._enough

    @property
    def is_small(self) -> bool:
        """Whether resampling the groups would show too narrow an interval."""
        return self.is_flat or self.is_scarce or len(self.sums) < _MANY_GROUPS

    @property
    def _enough(self) -> int:
        return min(_FEW, len(self.sums))

    def estimate(
        self, bounds: tuple[float, float], resamples: int, seed: int, level: float
    ) -> Estimate:
        """The mean and its interval, as `bootstrap_mean` has it for values within `bounds`."""
        n = len(self.values)
        if not n:
            return Estimate(None, 0)
        if len(self.sums) < 2:
            return Estimate(self.mean, n)
        if self.is_flat:
            return Estimate(self.mean, n, *_widen(self.mean, len(self.sums), bounds, level))
        is_share = bounds == (0.0, 1.0) and self.values[0] >= 0 and self.values[-1] <= 1
        if is_share and self.is_small:
            return Estimate(self.mean, n, *wilson(self.mean, self._count_effective(level), level))
        if self.is_small and not is_share:
            return Estimate(self.mean, n, *self._reach(bounds, level))
        means = np.concatenate(
            [
                self.sums[drawn].sum(axis=1) / self.sizes[drawn].sum(axis=1)
                for drawn in draw_places(len(self.sums), len(self.sums), resamples, seed)
            ]
        )
        return Estimate(self.mean, n, *_percentiles(means, level))

    def _spread_groups(self) -> float:
        """The variance of the mean by how the groups differ, times n."""
        n, count = len(self.values), len(self.sums)
        return float(((self.sums - self.mean * self.sizes) ** 2).sum()) * count / (count - 1) / n

    def _count_effective(self, level: float) -> float:
        """How many independent values of 0 or 1 would tell as much (Kish 1965)."""
        n, count, share = len(self.values), len(self.sums), self.mean
        spread = max(float(self.values.var(ddof=1)), self._spread_groups())
        worth = n * share * (1 - share) / spread * n / (n - 1) if spread else 0.0
        # Of values that are next to equal, either may round to 0.
        worth = worth or float(n)
        if self.is_scarce:
            worth = min(worth, n)
        worth *= (_find_t(n - 1, level) / _find_t(count - 1, level)) ** 2
        if self.is_scarce:
            seen = self.others / self._enough
            worth = count ** (1 - seen) * worth**seen
        return worth

    def _reach(self, bounds: tuple[float, float], level: float) -> tuple[float, float]:
        """Student's t's limits, which leave `bounds` only where a value does."""
        count, n = len(self.sums), len(self.values)
        reach = _find_t(count - 1, level) * sqrt(self._spread_groups() / n)
        low, high = self.mean - reach, self.mean + reach
        if bounds[0] <= self.values[0] and self.values[-1] <= bounds[1]:
            low, high = max(low, bounds[0]), min(high, bounds[1])
        return low, high


@cache
def _find_t(freedom: int, level: float) -> float:
    """How many standard errors Student's t reaches to either side."""
    from scipy.special import stdtrit  # type: ignore[import-untyped]

    return float(stdtrit(freedom, (1 + level) / 2))


def _find_commonest(values: Numbers) -> float:
    counts = Counter(values.tolist())
    return min(counts, key=lambda value: (-counts[value], value)) if counts else 0.0


def gather(groups: Sequence[Hashable | None]) -> list[Indices]:
    """The positions of each group's members; a `None` is a group of its own."""
    places: dict[Hashable, list[int]] = {}
    for i, group in enumerate(groups):
        places.setdefault(("alone", i) if group is None else ("group", group), []).append(i)
    return [np.array(some, dtype=np.intp) for some in places.values()]


def draw_places(of: int, count: int, resamples: int, seed: int) -> Iterator[Indices]:
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
    for drawn in draw_places(2, len(moving), resamples, seed):
        reached += int((np.abs((1 - 2 * drawn) @ moving) >= observed - 1e-9).sum())
    return (1 + reached) / (1 + resamples)


def _draw_deviations(samples: Sequence[Sample], resamples: int, seed: int) -> Numbers:
    """How far each drawn mean is from the sample's, (resamples, samples); a set not drawn by 0."""
    places = gather([name for sample in samples for name in sample.names])
    owners = [(k, at) for k, sample in enumerate(samples) for at in range(len(sample.names))]
    sums, sizes = np.zeros((2, len(places), len(samples)))
    for place, members in enumerate(places):
        for i in members:
            k, at = owners[i]
            sums[place, k], sizes[place, k] = samples[k].sums[at], samples[k].sizes[at]
    sums -= sizes * np.array([sample.mean for sample in samples])
    found = []
    for drawn in draw_places(len(places), len(places), resamples, seed):
        shifts = np.arange(len(drawn))[:, None] * len(places)
        times = np.bincount((drawn + shifts).ravel(), minlength=len(drawn) * len(places))
        often = times.reshape(len(drawn), len(places)).astype(np.float64)
        found.append((often @ sums) / np.maximum(often @ sizes, 1))
    return np.concatenate(found)


def _draw_unseen(
    samples: Sequence[Sample], deviations: Numbers, level: float, seed: int
) -> Numbers:
    """What the deviations lack, by the sets' own intervals: normal, of its own width each way."""
    z = NormalDist().inv_cdf((1 + level) / 2)
    drawn = np.random.default_rng((seed, 1)).standard_normal(deviations.shape)
    for k, sample in enumerate(samples):
        if not sample.is_small:
            drawn[:, k] = 0
            continue
        own = sample.estimate((0.0, 1.0), 0, seed, level)
        seen = float(deviations[:, k].var())
        for way, limit in ((drawn[:, k] < 0, own.low), (drawn[:, k] >= 0, own.high)):
            reach = (limit if limit is not None else sample.mean) - sample.mean
            drawn[way, k] *= sqrt(max(0.0, (reach / z) ** 2 - seen))
    return drawn
