"""How far apart the best and the worst of several sets are, and whether that may be chance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt
from statistics import NormalDist

import numpy as np

from eval.intervals import Estimate, Groups, Numbers, Sample, Values, draw_places, gather


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
    Between sets that are alike it so lies above 0 in one of 20 at most, about. Where a set's own interval is wider
    than resampling shows, its draws are spread to that. `n` counts the defined values of all sets
    that have any; fewer than two of those sets leave everything `None`, a set of one group the
    limits. Raises ValueError for values beyond [0, 1].
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
