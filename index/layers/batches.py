"""Texts of many lengths in batches of like length, passages in groups of like size."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

_LONGEST_BATCH = 256
_BATCH_TOKENS = 2048
# So many tokens keep a processor busy: what is shorter than this share of the longest comes next.
_FEWEST_TOKENS, _LIKE = 256, 0.8
_GROUP_TOKENS = 50_000


def batch_lengths(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Indices in batches, longest first, none much shorter than its batch's longest."""
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    start = 0
    while start < len(order):
        longest = max(1, lengths[order[start]])
        stop = start + min(_LONGEST_BATCH, max(1, _BATCH_TOKENS // longest))
        near = start + max(1, _FEWEST_TOKENS // longest)
        while near < min(stop, len(order)) and lengths[order[near]] >= _LIKE * longest:
            near += 1
        yield order[start : min(stop, near)]
        start = min(stop, near)


def group_passages(
    passages: Sequence[Sequence[Sequence[int]]], workers: int
) -> Iterator[list[Sequence[Sequence[int]]]]:
    """The passages in order, in as many groups of like size as there are workers, or more."""
    sizes = [sum(map(len, passage)) for passage in passages]
    most = min(_GROUP_TOKENS, max(_BATCH_TOKENS, sum(sizes) // workers))
    group: list[Sequence[Sequence[int]]] = []
    held = 0
    for passage, size in zip(passages, sizes, strict=True):
        group.append(passage)
        held += size
        if held >= most:
            yield group
            group, held = [], 0
    if group:
        yield group
