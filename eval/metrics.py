"""Metrics as pure functions; an undefined metric is `None`, never 0."""

from __future__ import annotations

from collections.abc import Hashable, Sequence, Set


def recall_at_k(ranked: Sequence[Hashable], relevant: Set[Hashable], k: int) -> float | None:
    """The share in [0, 1] of the relevant items among the first `k`; `None` if none is relevant."""
    if k < 1:
        raise ValueError("k must be at least 1")
    if not relevant:
        return None
    return len(relevant & set(ranked[:k])) / len(relevant)


def reciprocal_rank(ranked: Sequence[Hashable], relevant: Set[Hashable], k: int) -> float | None:
    """1 / rank of the first relevant item among the first `k`, else 0; `None` if there is none."""
    if not relevant:
        return None
    for rank, item in enumerate(ranked[:k], 1):
        if item in relevant:
            return 1 / rank
    return 0.0


def mean(values: Sequence[float | None]) -> float | None:
    """The mean of the values that are defined; `None` if none is."""
    defined = [value for value in values if value is not None]
    return sum(defined) / len(defined) if defined else None


def parity_gap(values: Sequence[float | None]) -> float | None:
    """The largest minus the smallest value over languages; `None` unless two are defined."""
    defined = [value for value in values if value is not None]
    return max(defined) - min(defined) if len(defined) > 1 else None


def quantile(values: Sequence[float], share: float) -> float | None:
    """The value at `share` in [0, 1] of the sorted values, interpolated; `None` without any."""
    if not values:
        return None
    ordered = sorted(values)
    position = share * (len(ordered) - 1)
    below = int(position)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (position - below)
