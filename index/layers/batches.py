"""Texts of many lengths in batches of like length, passages in groups of like size."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from wortlaut.index.archive import Vectors

_LONGEST_BATCH = 256
_BATCH_TOKENS = 2048
# So many tokens keep a processor busy: what is shorter than this share of the longest comes next.
_FEWEST_TOKENS, _LIKE = 256, 0.8
_GROUP_TOKENS = 50_000

# A text's tokens.
Encoded = Sequence[int]


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
    encoded: Sequence[Encoded], units: Sequence[Sequence[str]], workers: int
) -> Iterator[list[Sequence[Encoded]]]:
    """The passages in order, in as many groups of like size as there are workers, or more.

    `encoded` are the tokens of all their `units`, one after the other.
    """
    rest = iter(encoded)
    passages = [list(islice(rest, len(passage))) for passage in units]
    sizes = [sum(map(len, passage)) for passage in passages]
    most = min(_GROUP_TOKENS, max(_BATCH_TOKENS, sum(sizes) // workers))
    group: list[Sequence[Encoded]] = []
    held = 0
    for passage, size in zip(passages, sizes, strict=True):
        group.append(passage)
        held += size
        if held >= most:
            yield group
            group, held = [], 0
    if group:
        yield group


def join_groups(made: Iterable[tuple[Vectors, Vectors]], dimension: int) -> tuple[Vectors, Vectors]:
    """The groups' two kinds of vectors, each in one piece of shape `(n, dimension)`."""
    empty = np.empty((0, dimension), np.float32)
    groups = [(empty, empty), *made]
    return np.concatenate([one for one, _ in groups]), np.concatenate([two for _, two in groups])
