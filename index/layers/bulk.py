"""A BERT run layer by layer, for bulk: a passage and its sentences share the lower layers."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np

from wortlaut.index.engines import TorchEngine
from wortlaut.index.layers.batches import Encoded, batch_lengths, group_passages, join_groups

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from wortlaut.index.archive import Vectors

_SHARED_LAYERS = 9
# More than this would wait for Python's lock.
_MOST_WORKERS = 4
_ALIKE = 0.999
# What a model of another build raises.
_UNLIKE = (AttributeError, IndexError, TypeError, ValueError, RuntimeError)


class BulkEngine(TorchEngine):
    """A BERT-like `SentenceTransformer` with mean pooling, run layer by layer.

    Where the model's insides are not those this was written for, which the samples show, passages get
    a pass of their own.
    """

    def __init__(self, model: SentenceTransformer, samples: Sequence[str]) -> None:
        import torch

        super().__init__(model)
        if model.device.type == "cpu" and _is_bf16_quicker():
            model.to(torch.bfloat16)
        self._prompt = model.prompts["document"] or ""
        tokenizer: Any = model.tokenizer
        self._tokenizer = tokenizer
        self._prefix = len(tokenizer(self._prompt.rstrip())["input_ids"]) - 1
        self._layers = self._list_own_layers(samples)
        self._workers, self._pool = _open_pool(model.device.type)

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[Vectors, Vectors]:
        """One vector a passage and one a unit, as `Engine` has it; in groups, to bound memory."""
        if not self._layers:
            return super().encode_passages(texts, units)
        encoded = self._tokenise([unit for passage in units for unit in passage])
        groups = group_passages(encoded, units, self._workers)
        return join_groups(self._pool.map(self._encode_group, groups), self.dimension)

    def _tokenise(self, units: Sequence[str]) -> list[list[int]]:
        """Here and not where the layers run: a tokenizer serves one thread at a time."""
        encoded: list[list[int]] = self._tokenizer(
            [self._prompt + unit for unit in units],
            truncation=True,
            max_length=self.max_tokens,
            padding=False,
        )["input_ids"]
        return encoded

    def _encode_group(self, passages: Sequence[Sequence[Encoded]]) -> tuple[Vectors, Vectors]:
        alone, states = self._run_sentences([unit for passage in passages for unit in passage])
        joined = np.empty((len(passages), self.dimension), np.float32)
        runs: dict[int, list[torch.Tensor]] = {}
        position = 0
        for row, passage in enumerate(passages):
            first, *rest = states[position : position + len(passage)]
            # A single sentence is its passage; of the others prompt and special tokens go.
            joined[row] = alone[position]
            if rest:
                runs[row] = [first, *(state[self._prefix : -1] for state in rest)]
            position += len(passage)
        self._run_joined(runs, joined)
        return joined, alone

    def _run_sentences(self, encoded: Sequence[Encoded]) -> tuple[Vectors, list[torch.Tensor]]:
        """Each unit's vector, and its tokens' states where the shared layers end."""
        import torch

        vectors = np.empty((len(encoded), self.dimension), np.float32)
        states: list[Any] = [None] * len(encoded)
        with torch.inference_mode():
            for rows in batch_lengths([len(ids) for ids in encoded]):
                lengths = [len(encoded[row]) for row in rows]
                start = self._embed([encoded[row] for row in rows])
                middle = self._run(start, lengths, self._layers[:_SHARED_LAYERS])
                upper = self._run(middle, lengths, self._layers[_SHARED_LAYERS:])
                vectors[rows] = _pool(upper, lengths)
                for row, state in zip(rows, middle.split_with_sizes(lengths), strict=True):
                    states[row] = state
        return vectors, states

    def _run_joined(self, runs: dict[int, list[torch.Tensor]], joined: Vectors) -> None:
        """Write the vectors of passages whose sentences' states are joined into their rows."""
        import torch

        keys = list(runs)
        sizes = [sum(len(state) for state in runs[key]) for key in keys]
        with torch.inference_mode():
            for batch in batch_lengths(sizes):
                lengths = [sizes[index] for index in batch]
                start = torch.cat([state for index in batch for state in runs[keys[index]]])
                upper = self._run(start, lengths, self._layers[_SHARED_LAYERS:])
                joined[[keys[index] for index in batch]] = _pool(upper, lengths)

    def _embed(self, encoded: Sequence[Sequence[int]]) -> torch.Tensor:
        """`(tokens, width)`, the texts one after the other."""
        import torch

        ids = torch.tensor([[token for row in encoded for token in row]])
        places = torch.cat([torch.arange(len(row)) for row in encoded])[None]
        embedded: torch.Tensor = self._bert.embeddings(
            input_ids=ids.to(self.model.device),
            position_ids=places.to(self.model.device),
            token_type_ids=torch.zeros_like(ids).to(self.model.device),
        )
        return embedded[0]

    def _run(
        self, states: torch.Tensor, lengths: Sequence[int], layers: Sequence[Callable[..., Any]]
    ) -> torch.Tensor:
        """`(tokens, width)` after the layers; the model's own take texts padded to one length."""
        import torch

        texts = list(states.split_with_sizes(list(lengths)))
        padded = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True)
        sizes = torch.tensor(lengths, device=padded.device)
        mask = torch.arange(padded.shape[1], device=padded.device) < sizes[:, None]
        for layer in layers:
            output = layer(padded, mask[:, None, None, :])
            padded = output[0] if isinstance(output, tuple) else output
        return padded[mask]

    @property
    def _bert(self) -> Any:
        return self.model.transformers_model

    def _list_own_layers(self, samples: Sequence[str]) -> list[Callable[..., Any]]:
        """The model's; none where those, called one by one, do not do what the whole model does."""
        import torch

        try:
            with torch.inference_mode():
                encoded = self._tokenizer([self._prompt + text for text in samples])["input_ids"]
                features = self._tokenizer.pad({"input_ids": encoded}, return_tensors="pt")
                features = features.to(self.model.device)
                whole = self._bert(**features).last_hidden_state
                lengths = [len(row) for row in encoded]
                exact = _pool(whole[features["attention_mask"].bool()], lengths)
                layers = list(self._bert.encoder.layer)
                tried = _pool(self._run(self._embed(encoded), lengths, layers), lengths)
                return layers if _agree(exact, tried) else []
        except _UNLIKE:
            return []


def _open_pool(device: str) -> tuple[int, ThreadPoolExecutor]:
    """How many groups run beside each other, and the threads for them.

    Several runs of one thread each keep more of a processor busy than one run of several threads.
    """
    import torch

    threads = torch.get_num_threads()
    workers = min(threads, _MOST_WORKERS) if device == "cpu" else 1
    share = threads // workers
    return workers, ThreadPoolExecutor(workers, "embed", torch.set_num_threads, (share,))


def _is_bf16_quicker() -> bool:
    """Whether this processor multiplies bfloat16 (AMX, AVX-512) well above float32's speed.

    Measured, for a few milliseconds: what a processor claims to know is often emulated.
    """
    import torch

    def measure(dtype: torch.dtype) -> float:
        a, b = torch.ones(1024, 384, dtype=dtype), torch.ones(1536, 384, dtype=dtype)
        return _clock(lambda: torch.nn.functional.linear(a, b))

    with torch.inference_mode():
        return measure(torch.bfloat16) * 2 < measure(torch.float32)


def _agree(exact: Vectors, other: Vectors) -> bool:
    lengths = np.linalg.norm(exact, axis=1) * np.linalg.norm(other, axis=1)
    return bool(((exact * other).sum(1) / lengths).min() > _ALIKE)


def _clock(run: Callable[[], object]) -> float:
    """The seconds of this thread's own work in the quickest of a few runs, whoever else is busy."""
    times = []
    for _ in range(4):
        start = time.thread_time()
        run()
        times.append(time.thread_time() - start)
    return min(times)


def _pool(states: torch.Tensor, lengths: Sequence[int]) -> Vectors:
    """The mean of each text's tokens, `(n, dimension)` float32."""
    import torch

    sizes = torch.tensor(lengths, device=states.device)
    means: Vectors = torch.segment_reduce(states.float(), "mean", lengths=sizes).cpu().numpy()
    return means
