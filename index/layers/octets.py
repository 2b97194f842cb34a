"""The bundled model in onnxruntime, in 8 bits: for bulk, and wherever its C engine does not run.

A passage and its sentences share the lower layers, as in `bulk.py`. No torch, nothing unpacked to
disk: the graph is made of the 4-bit weights in memory, in less than a second.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.bundled import PROMPTS
from wortlaut.index.engines import MAX_TOKENS, Role, encode_in_two_passes
from wortlaut.index.layers.batches import Encoded, batch_lengths, group_passages, join_groups
from wortlaut.index.layers.graph import make_layers
from wortlaut.index.pieces import PieceTable

if TYPE_CHECKING:
    from wortlaut.index.archive import Vectors

_SHARED_LAYERS = 9
_MOST_WORKERS = 8
# What a text of the most tokens cannot be longer than, but for odd ones.
_LETTERS_A_TOKEN = 50


class OctetEngine:
    """The weight file's model, as many runs of one thread as there are processors.

    Several runs of one thread each keep more of a processor busy than one run of several threads.
    Where it `joins`, a passage is made of its sentences' lower layers: two thirds of the time, at
    vectors a little off those of a pass of its own.
    """

    def __init__(self, weights: Path, *, joins: bool) -> None:
        table = PieceTable.open(weights)
        header = table.weights.header
        self._table = table
        self.dimension = int(header["hidden"])
        self.max_tokens = MAX_TOKENS
        self._ends = int(header["bos"]), int(header["eos"])
        layers = range(int(header["layers"]))
        self._lower = _open_session(make_layers(table.weights, layers[:_SHARED_LAYERS]))
        self._upper = _open_session(make_layers(table.weights, layers[_SHARED_LAYERS:]))
        kinds = table.weights.read_floats("emb.type").reshape(-1, self.dimension)
        places = table.weights.read_floats("emb.pos").reshape(-1, self.dimension)
        # Every token is of the first kind.
        self._places = places + kinds[0]
        self._prefix = len(table.split(PROMPTS["document"].rstrip())) + 1
        self._joins = joins
        self._workers = min(_MOST_WORKERS, _count_processors())
        self._pool = ThreadPoolExecutor(self._workers, "embed")

    def encode(self, texts: list[str], role: Role) -> Vectors:
        """`(n, dimension)`; a text beyond `max_tokens` counts with its beginning only."""
        encoded = self._tokenise(texts, PROMPTS[role])
        vectors = np.empty((len(texts), self.dimension), np.float32)

        def fill(rows: list[int]) -> None:
            lengths = [len(encoded[row]) for row in rows]
            middle = self._run(self._lower, self._embed([encoded[row] for row in rows]), lengths)
            vectors[rows] = _mean(self._run(self._upper, middle, lengths), lengths)

        list(self._pool.map(fill, batch_lengths([len(ids) for ids in encoded])))
        return vectors

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[Vectors, Vectors]:
        """One vector a passage and one a unit, as `Engine` has it; in groups, to bound memory."""
        if not self._joins:
            return encode_in_two_passes(self, texts, units)
        encoded = self._tokenise([u for passage in units for u in passage], PROMPTS["document"])
        groups = group_passages(encoded, units, self._workers)
        return join_groups(self._pool.map(self._encode_group, groups), self.dimension)

    def count_tokens(self, texts: list[str]) -> list[int]:
        """By the vocabulary itself, nothing cut off."""
        return [len(self._table.split(PROMPTS["document"] + text)) + 2 for text in texts]

    def _tokenise(self, texts: Sequence[str], prompt: str) -> list[list[int]]:
        begin, end = self._ends
        most = self.max_tokens - 2
        encoded = []
        for text in texts:
            pieces = self._table.split(prompt + text[: self.max_tokens * _LETTERS_A_TOKEN])
            encoded.append([begin, *pieces.ids[:most].tolist(), end])
        return encoded

    def _encode_group(self, passages: Sequence[Sequence[Encoded]]) -> tuple[Vectors, Vectors]:
        alone, states = self._run_sentences([unit for passage in passages for unit in passage])
        joined = np.empty((len(passages), self.dimension), np.float32)
        runs: dict[int, Vectors] = {}
        position = 0
        for row, passage in enumerate(passages):
            first, *rest = states[position : position + len(passage)]
            # A single sentence is its passage; of the others prompt and special tokens go.
            joined[row] = alone[position]
            if rest:
                runs[row] = np.concatenate([first, *(part[self._prefix : -1] for part in rest)])
            position += len(passage)
        keys = list(runs)
        sizes = [len(runs[key]) for key in keys]
        for batch in batch_lengths(sizes):
            lengths = [sizes[index] for index in batch]
            middle = np.concatenate([runs[keys[index]] for index in batch])
            upper = self._run(self._upper, middle, lengths)
            joined[[keys[index] for index in batch]] = _mean(upper, lengths)
        return joined, alone

    def _run_sentences(self, encoded: Sequence[Encoded]) -> tuple[Vectors, list[Vectors]]:
        """Each unit's vector, and its tokens' states where the shared layers end."""
        vectors = np.empty((len(encoded), self.dimension), np.float32)
        states: list[Vectors] = [self._places[:0]] * len(encoded)
        for rows in batch_lengths([len(ids) for ids in encoded]):
            lengths = [len(encoded[row]) for row in rows]
            middle = self._run(self._lower, self._embed([encoded[row] for row in rows]), lengths)
            vectors[rows] = _mean(self._run(self._upper, middle, lengths), lengths)
            for row, state in zip(rows, _split(middle, lengths), strict=True):
                states[row] = state
        return vectors, states

    def _embed(self, encoded: Sequence[Encoded]) -> Vectors:
        """`(tokens, width)`, the texts one after the other."""
        ids = np.concatenate([np.asarray(row, np.int64) for row in encoded])
        places = np.concatenate([np.arange(len(row)) for row in encoded])
        embedded: Vectors = self._table.read_vectors(ids) + self._places[places]
        return embedded

    def _run(self, session: Any, states: Vectors, lengths: Sequence[int]) -> Vectors:
        """`(tokens, width)` after the layers, which take texts padded to one length."""
        sizes = np.array(lengths)
        kept = np.arange(sizes.max()) < sizes[:, None]
        padded = np.zeros((*kept.shape, self.dimension), np.float32)
        padded[kept] = states
        made: Vectors = session.run(None, {"states": padded, "kept": kept.astype(np.int32)})[0]
        return made[kept]


def _open_session(model: bytes) -> Any:
    """The model, each run of which takes one thread: that of its caller."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _count_processors() -> int:
    """Those that this process may use, where the system says so."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _split(states: Vectors, lengths: Sequence[int]) -> Iterator[NDArray[np.float32]]:
    return iter(np.split(states, np.cumsum(lengths)[:-1]))


def _mean(states: Vectors, lengths: Sequence[int]) -> Vectors:
    """The mean of each text's tokens, `(n, dimension)`."""
    starts = np.cumsum([0, *lengths[:-1]])
    means: Vectors = np.add.reduceat(states, starts, dtype=np.float32)
    means /= np.array(lengths, np.float32)[:, None]
    return means
