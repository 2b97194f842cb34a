"""Segments of the passage map: what ranking needs of some articles, as arrays in a file to be mapped.

Vectors, days, sources and the words of passages stand in row order, so that a question over a
million of them reads megabytes where the archive's tables would cost gigabytes.
"""

from __future__ import annotations

import json
import math
import os
import zlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.archive import Archive, Vectors
from wortlaut.index.database.tables import AFTER_ALL, BM25_B, BM25_K1, LEAST_IDF

Mask = NDArray[np.bool_]
Array = NDArray[Any]

_MAGIC = b"WLMAP1\0\0"
_ALIGNED = 64
_CACHED = 16384
# Fewer than one in so many are read one by one, more all together.
_FEW = 8
# No day at all lies outside every window.
_UNDATED = -1


@dataclass(frozen=True, slots=True, eq=False)
class MapSegment:
    """`n` passages of `m` articles, whole articles only; rows by article number, then passage's.

    `numbers (n,)` are the passages' in SQLite, `article (n,)` the row of each one's article;
    `keys (m,)` stand for the articles' ids, `first` and `last (m,)` are their days as ordinals,
    `source (m,)` places in `sources`. `codes (2 * dim / 64, n)` are signs of the vectors less
    `mean`, and of sums of their numbers. Of term k of the sorted `terms` the rows are
    `postings[offsets[k]:offsets[k + 1]]`, each so many `times`; `lengths (n,)` are the terms of
    each passage.
    """

    arrays: Mapping[str, Array]
    sources: tuple[str, ...]

    def __getattr__(self, name: str) -> Array:
        try:
            return self.arrays[name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def rows(self) -> int:
        """How many passages there are."""
        return len(self.arrays["numbers"])

    def find_articles(self, keys: Array) -> Array:
        """The rows `(k,)` of the articles that have one of the keys."""
        return np.flatnonzero(np.isin(self.arrays["keys"], keys))

    def mark_sources(self, source: str) -> Mask:
        """Which articles `(m,)` are from the source, without regard to case."""
        wanted = source.lower()
        fits = np.array([name.lower() == wanted for name in self.sources] + [False])
        return fits[self.arrays["source"]]

    def count(self, term: str) -> int:
        """How many passages have the term."""
        at = self._find(term)
        return 0 if at is None else int(self.offsets[at + 1] - self.offsets[at])

    def count_opening(self, stem: str) -> int:
        """The sum of such counts over all terms that begin so."""
        # numpy would make its own copy of all the terms first, as wide as what is looked for.
        first, last = (bisect_left(self.terms, word) for word in (stem, stem + AFTER_ALL))
        return int(self.offsets[last] - self.offsets[first])

    def opens(self, beginning: str) -> bool:
        """Whether a term begins so."""
        at = bisect_left(self.terms, beginning)
        return at < len(self.terms) and str(self.terms[at]).startswith(beginning)

    def _find(self, term: str) -> int | None:
        at = bisect_left(self.terms, term)
        return at if at < len(self.terms) and str(self.terms[at]) == term else None

    def list_rows(self, mask: Mask) -> Array:
        """The rows `(k,)` of the passages of the marked articles `(m,)`, sorted."""
        if mask.all():
            return np.arange(self.rows)
        marked = np.flatnonzero(mask)
        if len(marked) * _FEW > len(mask):
            return np.flatnonzero(mask[self.article])
        wanted = marked.astype(self.article.dtype)
        starts = np.searchsorted(self.article, wanted)
        sizes = np.searchsorted(self.article, wanted, side="right") - starts
        before = np.cumsum(sizes) - sizes
        return np.repeat(starts - before, sizes) + np.arange(sizes.sum())

    def rate_terms(
        self, idf: Mapping[str, float], average: float, rows: Array
    ) -> NDArray[np.float64]:
        """BM25 of the passages in these sorted rows `(k,)`; 0 where one has none of the terms."""
        few = len(rows) * _FEW <= self.rows
        scores = np.zeros(len(rows) if few else self.rows)
        wanted = rows.astype(self.postings.dtype)
        for term, weight in idf.items():
            if (at := self._find(term)) is None:
                continue
            some = slice(int(self.offsets[at]), int(self.offsets[at + 1]))
            held, times = self.postings[some], self.times[some]
            into = held
            if few:
                places = np.searchsorted(held, wanted).clip(max=len(held) - 1)
                into = np.flatnonzero(held[places] == wanted)
                held, times = rows[into], times[places[into]]
            often = times.astype(np.float64)
            long = BM25_K1 * (1 - BM25_B + BM25_B * self.lengths[held] / average)
            scores[into] += weight * (often * (BM25_K1 + 1)) / (often + long)
        return scores if few else scores[rows]

    def rate_codes(self, vector: Vectors, rows: Array) -> NDArray[np.uint16]:
        """In how many signs the passages in these rows `(k,)` differ from the vector."""
        common = self.mean / max(float(np.linalg.norm(self.mean)), 1e-12)
        own = vector - common * np.float32(vector @ common)
        wanted = _read_signs(own.astype(np.float32)[None])[:, 0]
        if len(rows) * _FEW <= self.rows:
            own_codes = self.codes[:, rows]
            few: NDArray[np.uint16] = np.bitwise_count(own_codes ^ wanted[:, None]).sum(
                0, np.uint16
            )
            return few
        apart = np.zeros(self.rows, np.uint16)
        for start in range(0, self.rows, _CACHED):
            some = slice(start, start + _CACHED)
            for word, codes in zip(wanted, self.codes[:, some], strict=True):
                apart[some] += np.bitwise_count(codes ^ word)
        return apart[rows]

    def rate(self, vector: Vectors, rows: Array) -> Vectors:
        """The cosines `(k,)` of some rows."""
        cosines: Vectors = self.vectors[rows].astype(np.float32) @ vector
        return cosines


def weigh_rare(found: int, total: int) -> float:
    """BM25's weight of a term in so many of all passages, as FTS5 has it."""
    return max(math.log((total - found + 0.5) / (found + 0.5)), LEAST_IDF)


def make_key(article_id: str) -> int:
    """What stands for an article's id."""
    return int.from_bytes(blake2b(article_id.encode(), digest_size=8).digest(), "little")


def read_segment(archive: Archive, numbers: Sequence[int], keys: Sequence[int] = ()) -> MapSegment:
    """The segment of the articles of these numbers, as the archive has them now.

    With `keys`, one a number, only of those that are still the articles that they were.
    """
    was = dict(zip(numbers, keys, strict=True)) if keys else {}
    ordered = sorted(numbers)
    articles = archive.query_each(
        "SELECT number, id, published, published_precision, source FROM articles "
        "WHERE number IN ({}) ORDER BY number",
        ordered,
    )
    passages = archive.query_each(
        "SELECT p.article, p.number, p.vector, f.terms FROM passages p "
        "JOIN passages_fts f ON f.rowid = p.number "
        "WHERE p.article IN ({}) ORDER BY p.article, p.number",
        ordered,
    )
    kept = [row for row in articles if not was or was[row[0]] == make_key(row[1])]
    known = {row[0]: at for at, row in enumerate(kept)}
    return _pack(kept, [row for row in passages if row[0] in known], known)


def _pack(
    articles: Sequence[tuple[Any, ...]],
    passages: Sequence[tuple[Any, ...]],
    known: Mapping[int, int],
) -> MapSegment:
    days = [_read_days(day, precision) for _, _, day, precision, _ in articles]
    names = list(dict.fromkeys(row[4] for row in articles if row[4] is not None))
    places = {name: at for at, name in enumerate(names)}
    vectors = np.frombuffer(b"".join(row[2] for row in passages), "<f2")
    vectors = vectors.reshape(len(passages), -1) if passages else np.zeros((0, 64), "<f2")
    mean, codes = _make_codes(vectors)
    arrays = {
        "numbers": np.array([row[1] for row in passages], "<i8"),
        "article": np.array([known[row[0]] for row in passages], "<u4"),
        "article_numbers": np.array([row[0] for row in articles], "<i8"),
        "keys": np.array([make_key(row[1]) for row in articles], "<u8"),
        "first": np.array([first for first, _ in days], "<i4"),
        "last": np.array([last for _, last in days], "<i4"),
        "source": np.array([places.get(row[4], len(names)) for row in articles], "<u4"),
        "vectors": vectors,
        "mean": mean,
        "codes": codes,
    }
    return MapSegment(arrays | _index_terms([row[3] for row in passages]), tuple(names))


def _read_days(published: str | None, precision: str) -> tuple[int, int]:
    """The first and the last day of an article's period, as ordinals."""
    if published is None:
        return _UNDATED, _UNDATED
    first = date.fromisoformat(published)
    last = first
    if precision == "year":
        last = first.replace(year=first.year + 1)
    elif precision == "month":
        last = first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)
    return first.toordinal(), last.toordinal() - (last != first)


def _make_codes(vectors: Array) -> tuple[Vectors, Array]:
    """The mean `(dim,)`, and the signs of what is left without it `(words, n)`."""
    total = np.zeros(vectors.shape[1])
    for start in range(0, len(vectors), 4096):
        total += vectors[start : start + 4096].astype(np.float32).sum(axis=0)
    mean = (total / max(len(vectors), 1)).astype("<f4")
    parts = [
        _read_signs(vectors[start : start + 4096].astype(np.float32) - mean)
        for start in range(0, len(vectors), 4096)
    ]
    codes = np.concatenate(parts, axis=1) if parts else np.zeros((2, 0), "<u8")
    return mean, np.ascontiguousarray(codes)


def _read_signs(rows: Vectors) -> Array:
    """The signs of `(n, dim)`, and of as many sums of theirs, as bits `(2 * dim / 64, n)`."""
    bits = np.packbits(np.concatenate([rows, rows @ _draw_sums(rows.shape[1])], axis=1) > 0, axis=1)
    padded = np.zeros((len(bits), -(-bits.shape[1] // 8) * 8), np.uint8)
    padded[:, : bits.shape[1]] = bits
    return padded.view("<u8").T


@lru_cache(maxsize=4)
def _draw_sums(dimension: int) -> Vectors:
    """Sums and differences of all of a vector's numbers `(dim, dim)`, the same on every machine."""
    drawn = np.random.default_rng(dimension).integers(0, 2, (dimension, dimension))
    return (2 * drawn - 1).astype(np.float32)


def _index_terms(texts: Sequence[str]) -> dict[str, Array]:
    """The terms of passages, turned round: by term the rows that have it."""
    vocabulary: dict[str, int] = {}
    parts, lengths = [], np.zeros(len(texts), "<u4")
    for row, text in enumerate(texts):
        terms = text.split()
        lengths[row] = len(terms)
        places = [vocabulary.setdefault(term, len(vocabulary)) for term in terms]
        parts.append(np.array(places, np.uint64) << np.uint64(32) | np.uint64(row))
    pairs = np.concatenate(parts) if parts else np.zeros(0, np.uint64)
    names = np.array(list(vocabulary), dtype=np.str_) if vocabulary else np.zeros(0, "<U1")
    order = np.argsort(names)
    rank = np.empty(len(order), np.uint64)
    rank[order] = np.arange(len(order), dtype=np.uint64)
    low = pairs & np.uint64(0xFFFFFFFF)
    pairs = rank[(pairs >> np.uint64(32)).astype(np.int64)] << np.uint64(32) | low
    pairs, times = np.unique(pairs, return_counts=True)
    ranks = (pairs >> np.uint64(32)).astype(np.int64)
    return {
        "terms": names[order],
        "offsets": np.searchsorted(ranks, np.arange(len(order) + 1)).astype("<i8"),
        "postings": (pairs & np.uint64(0xFFFFFFFF)).astype("<u4"),
        "times": np.minimum(times, 255).astype("u1"),
        "lengths": lengths,
    }


def write_segment(file: Path, segment: MapSegment) -> None:
    """Write the segment to a new file, whole on disk when this returns."""
    entries, at = [], 0
    for name, array in segment.arrays.items():
        entries.append((name, array.dtype.str, array.shape, at))
        at += -(-array.nbytes // _ALIGNED) * _ALIGNED
    header = json.dumps({"arrays": entries, "sources": segment.sources, "size": at}).encode()
    start = -(-(len(_MAGIC) + 8 + len(header)) // _ALIGNED) * _ALIGNED
    with file.open("wb") as out:
        out.write(_MAGIC)
        out.write(len(header).to_bytes(4, "little") + zlib.crc32(header).to_bytes(4, "little"))
        out.write(header)
        for array, (_, _, _, place) in zip(segment.arrays.values(), entries, strict=True):
            out.seek(start + place)
            out.write(np.ascontiguousarray(array).data)
        out.truncate(start + at)
        out.flush()
        os.fsync(out.fileno())


def open_segment(file: Path) -> MapSegment:
    """The segment in the file, mapped; raises ValueError or OSError where it is damaged or gone."""
    with file.open("rb") as opened:
        start = opened.read(len(_MAGIC) + 8)
        length = int.from_bytes(start[8:12], "little")
        header = opened.read(length)
    if start[:8] != _MAGIC or zlib.crc32(header) != int.from_bytes(start[12:16], "little"):
        raise ValueError(f"{file} is no segment of a passage map")
    told = json.loads(header)
    offset = -(-(len(_MAGIC) + 8 + length) // _ALIGNED) * _ALIGNED
    if file.stat().st_size != offset + told["size"]:
        raise ValueError(f"{file} is cut short")
    data = np.memmap(file, np.uint8, "r", offset) if told["size"] else np.zeros(0, np.uint8)
    arrays = {}
    for name, kind, shape, at in told["arrays"]:
        size = math.prod(shape) * np.dtype(kind).itemsize
        arrays[name] = np.asarray(data[at : at + size]).view(kind).reshape(shape)
    return MapSegment(arrays, tuple(told["sources"]))
