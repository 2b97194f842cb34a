"""Text -> the word pieces of the bundled model, with offsets, and the vectors it knows them by.

The `tokenizers` library needs a second and 150 MB to load this vocabulary of 250,000; one question
needs a few hundred pieces of it. So the mapped weight file is looked into: pieces are found by hash,
words are cut by the same Viterbi search over the same scores. A test holds it against the library.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.bundled import WeightFile

Hashes = NDArray[np.uint64]
# A word's pieces, each with its first and last letter.
Cut = list[tuple[int, int, int]]

LONGEST_PIECE = 16
_UNKNOWN_PENALTY = 10.0
_MOST_KEPT = 50_000
_BASE = np.uint64(0x100000001B3)
_DROPPED = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]")
_BLANK = re.compile(r"[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]")


@dataclass(frozen=True, slots=True)
class Pieces:
    """A text's pieces: `ids` `(n,)`, and `starts`, `ends` `(n,)` in code points of the text."""

    ids: NDArray[np.int64]
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.ids)

    def cut(self, first: int, last: int) -> Pieces:
        """The pieces number `first` up to `last`, exclusive."""
        return Pieces(self.ids[first:last], self.starts[first:last], self.ends[first:last])

    def shift(self, letters: int) -> Pieces:
        """The same pieces of a text that so many letters stand before."""
        return Pieces(self.ids, self.starts + letters, self.ends + letters)


@dataclass(slots=True)
class PieceTable:
    """The vocabulary of a mapped weight file; 40 ms and 5 MB to open."""

    weights: WeightFile
    _hashes: Hashes = field(init=False)
    _order: NDArray[np.int64] = field(init=False)
    _scores: NDArray[np.float32] = field(init=False)
    _unknown: float = field(init=False)
    _known: dict[str, Cut] = field(init=False, default_factory=dict)

    @classmethod
    def open(cls, path: Path) -> PieceTable:
        """The table of the file; raises `ConfigError` when it is not one that can be read."""
        return cls(WeightFile.open(path))

    def __post_init__(self) -> None:
        offsets, self._scores, blob = self.weights.map_pieces()
        hashes = np.zeros(len(self._scores), np.uint64)
        sizes = np.diff(offsets.astype(np.int64))
        for size in np.unique(sizes):
            rows = np.flatnonzero(sizes == size)
            places = offsets[rows].astype(np.int64)[:, None] + np.arange(size)
            hashes[rows] = _hash_rows(blob[places])
        self._order = np.argsort(hashes, kind="stable")
        self._hashes = hashes[self._order]
        self._unknown = float(self._scores.min()) - _UNKNOWN_PENALTY

    def split(self, text: str) -> Pieces:
        """The text's pieces, without any that begin or end a sequence."""
        letters, places = _normalise(text)
        words = letters.split(" ")
        cuts = self._cut_words({word for word in words if word})
        ids, starts, ends = [], [], []
        at = 0
        for word in words:
            for piece, first, last in cuts[word] if word else ():
                ids.append(piece)
                starts.append(places[at + first])
                ends.append(places[at + last - 1] + 1 if last > first else starts[-1])
            at += len(word) + 1
        return Pieces(np.array(ids, np.int64), np.array(starts, np.int64), np.array(ends, np.int64))

    def read_vectors(self, ids: NDArray[np.int64]) -> NDArray[np.float32]:
        """The pieces' word vectors `(n, hidden)`."""
        return self.weights.pick_rows("emb.word", ids)

    def _cut_words(self, words: set[str]) -> dict[str, Cut]:
        """Each word's pieces; those not met before are cut, all their parts looked up at once.

        What is remembered may be cleared by another thread at any time.
        """
        known = ((word, self._known.get(word)) for word in words)
        cuts = {word: cut for word, cut in known if cut is not None}
        spelt = {word: "▁" + word for word in words - cuts.keys()}
        parts: dict[str, int] = {}
        for letters in spelt.values():
            for first in range(len(letters)):
                for last in range(first + 1, min(len(letters), first + LONGEST_PIECE) + 1):
                    parts[letters[first:last]] = -1
        found = self._find(list(parts))
        learnt = {word: self._cut_word(letters, found) for word, letters in spelt.items()}
        if len(self._known) > _MOST_KEPT:
            self._known.clear()
        self._known.update(learnt)
        return cuts | learnt

    def _find(self, parts: list[str]) -> dict[str, int]:
        """Those of the parts that are pieces, with their ids."""
        encoded = [part.encode("utf-8", "replace") for part in parts]
        by_size: dict[int, list[int]] = {}
        for number, raw in enumerate(encoded):
            by_size.setdefault(len(raw), []).append(number)
        found: dict[str, int] = {}
        for size, numbers in by_size.items():
            letters = np.frombuffer(b"".join(encoded[n] for n in numbers), np.uint8)
            hashes = _hash_rows(letters.reshape(-1, size))
            rows = np.searchsorted(self._hashes, hashes).clip(max=len(self._hashes) - 1)
            for hit in np.flatnonzero(self._hashes[rows] == hashes):
                found[parts[numbers[hit]]] = int(self._order[rows[hit]])
        return found

    def _cut_word(self, letters: str, found: dict[str, int]) -> Cut:
        """The best pieces, each with its first and last letter in the word without its mark."""
        unknown = int(self.weights.header["unk"])
        best = [0.0] + [-np.inf] * len(letters)
        came: list[tuple[int, int]] = [(0, 0)] * (len(letters) + 1)
        for first in range(len(letters)):
            base = best[first]
            for last in range(first + 1, min(len(letters), first + LONGEST_PIECE) + 1):
                piece = found.get(letters[first:last])
                if piece is None and last > first + 1:
                    continue
                value = base + (self._unknown if piece is None else float(self._scores[piece]))
                if value > best[last]:
                    best[last], came[last] = value, (first, unknown if piece is None else piece)
        cut = []
        last = len(letters)
        while last:
            first, piece = came[last]
            cut.append((piece, max(first - 1, 0), last - 1))
            last = first
        return cut[::-1]


def _hash_rows(raw: NDArray[np.uint8]) -> Hashes:
    """One hash `(n,)` a row of bytes `(n, size)`."""
    hashes = np.full(len(raw), raw.shape[1] + 1, np.uint64)
    for column in raw.T:
        hashes = (hashes ^ column) * _BASE
        hashes ^= hashes >> np.uint64(29)
    return hashes


def _normalise(text: str) -> tuple[str, list[int]]:
    """The text as SentencePiece's `nmt_nfkc` has it, and the place of each letter in the text."""
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        if letter < "\x7f" and letter >= " ":
            letters.append(letter)
            places.append(place)
            continue
        if _DROPPED.match(letter):
            continue
        for normal in " " if _BLANK.match(letter) else unicodedata.normalize("NFKC", letter):
            letters.append(normal)
            places.append(place)
    return "".join(letters), places
