"""Work in slices of about three seconds, each kept as it is done: so much a kill costs, and no more.

Several small articles are a slice. Of one that is longer than that the vectors are kept slice by
slice beside the archive, until it is whole; whoever starts anew finds them there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from time import perf_counter
from typing import TypeVar

import numpy as np

from wortlaut.index.archive import Archive, Vectors
from wortlaut.index.article import Passage
from wortlaut.index.database.tables import write_upsert
from wortlaut.index.embedder import Embedder

_SLICE_S = 3.0
# The first slice, the smallest and the largest, in letters: smaller ones are padded too much.
_FIRST, _LEAST, _MOST = 16_000, 8_000, 100_000

Item = TypeVar("Item")


@dataclass(slots=True)
class Pace:
    """How many `letters` take about three seconds, as far as is known."""

    letters: int = _FIRST

    def note(self, letters: int, seconds: float) -> None:
        """Learn from a slice, by steps: a busy neighbour or a start is no rule."""
        if letters * 2 < self.letters and seconds < _SLICE_S:
            return  # A remainder says little.
        rate = letters / max(seconds, 1e-3)
        wanted = min(max(rate * _SLICE_S, self.letters / 2, _LEAST), self.letters * 2, _MOST)
        self.letters = int(wanted)

    def slice(
        self, items: Sequence[Item], measure: Callable[[Item], int]
    ) -> Iterator[Sequence[Item]]:
        """The items in order, as many at a time as the pace allows, one at least."""
        start = 0
        while start < len(items):
            stop, letters = start, 0
            for item in islice(items, start, None):
                if stop > start and letters + measure(item) > self.letters:
                    break
                letters += measure(item)
                stop += 1
            began = perf_counter()
            yield items[start:stop]
            self.note(letters, perf_counter() - began)
            start = stop


def encode_in_slices(
    passages: Sequence[Passage],
    texts: Sequence[str],
    embedder: Embedder,
    archive: Archive,
    pace: Pace,
) -> tuple[Sequence[Vectors] | Vectors, list[Vectors]]:
    """`Embedder.encode_passages`; what takes long is kept slice by slice, and not done again."""
    spans = [
        [(s.start - passage.span.start, s.end - passage.span.start) for s in passage.sentences]
        for passage in passages
    ]
    if sum(map(len, texts)) <= 2 * pace.letters:
        return embedder.encode_passages(texts, spans)
    digests = [
        _digest(embedder.fingerprint, text, some) for text, some in zip(texts, spans, strict=True)
    ]
    found = _read_unfinished(archive, passages, digests)
    missing = [n for n, passage in enumerate(passages) if passage.id not in found]
    for some in pace.slice(missing, lambda n: len(texts[n])):
        vectors, by_sentence = embedder.encode_passages(
            [texts[n] for n in some], [spans[n] for n in some]
        )
        made = [
            np.concatenate([vector[None], own])
            for vector, own in zip(vectors, by_sentence, strict=True)
        ]
        found |= {passages[n].id: each for n, each in zip(some, made, strict=True)}
        rows = [
            (passages[n].id, digests[n], each.astype("<f2").tobytes())
            for n, each in zip(some, made, strict=True)
        ]
        with archive.transaction() as db:
            db.executemany(write_upsert("unfinished", "passage", "digest vectors"), rows)
    together = [found[passage.id] for passage in passages]
    return [each[0] for each in together], [each[1:] for each in together]


def drop_unfinished(archive: Archive) -> None:
    """Forget the vectors of what is whole by now, or will be made of another text."""
    if archive.query("SELECT 1 FROM unfinished LIMIT 1"):
        with archive.transaction() as db:
            db.execute("DELETE FROM unfinished")


def _read_unfinished(
    archive: Archive, passages: Sequence[Passage], digests: Sequence[bytes]
) -> dict[str, Vectors]:
    """The vectors `(1 + n_sentences, dim)` that are kept of just these passages."""
    kept = {}
    for passage, digest in zip(passages, digests, strict=True):
        rows = archive.query(
            "SELECT vectors FROM unfinished WHERE passage = ? AND digest = ?", (passage.id, digest)
        )
        if rows:
            vectors = np.frombuffer(rows[0][0], "<f2").astype(np.float32)
            kept[passage.id] = vectors.reshape(1 + len(passage.sentences), -1)
    return kept


def _digest(fingerprint: str, text: str, spans: Sequence[tuple[int, int]]) -> bytes:
    return hashlib.blake2b(f"{fingerprint}\0{spans}\0{text}".encode(), digest_size=16).digest()
