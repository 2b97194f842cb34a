"""A trained encoder with its heads -> a graph of 8 bits a weight; says how far the two disagree."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

HIDDEN, HEADS, LAYERS = 384, 12, 12
SMALLEST_PACKED = 10_000


class ReaderExport(nn.Module):
    """The reader from its word vectors on; BERT written out, so that a plain graph comes of it.

    `outputs` are the names of what it gives, and whether that is told piece by piece.
    """

    outputs: dict[str, bool] = {"begins": True, "ends": True, "answerable": False}  # noqa: RUF012

    def __init__(self, weights: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self.weights = {name: tensor.float() for name, tensor in weights.items()}

    def hold(self) -> None:
        """Make the weights the module's own, so that the graph has them as its initialisers."""
        for number, tensor in enumerate(self.weights.values()):
            self.register_buffer(f"w{number}", tensor)

    def forward(self, vectors: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """`vectors` `(n, length, hidden)`, `mask` `(n, length)` -> begins, ends, answerable."""
        length = vectors.shape[1]
        place = self._get("bert.embeddings.position_embeddings.weight")[:length]
        kind = self._get("bert.embeddings.token_type_embeddings.weight")[0]
        hidden = self._norm(vectors + place + kind, "bert.embeddings.LayerNorm")
        hide = (1.0 - mask[:, None, None, :].float()) * -10_000.0
        for layer in range(LAYERS):
            stem = f"bert.encoder.layer.{layer}"
            attended = self._attend(hidden, hide, f"{stem}.attention")
            hidden = self._norm(hidden + attended, f"{stem}.attention.output.LayerNorm")
            inner = nn.functional.gelu(self.linear(hidden, f"{stem}.intermediate.dense"))
            outer = self.linear(inner, f"{stem}.output.dense")
            hidden = self._norm(hidden + outer, f"{stem}.output.LayerNorm")
        return self.read_heads(hidden)

    def read_heads(self, hidden: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The outputs, of hidden states `(n, length, hidden)`."""
        spans = self.linear(hidden, "span")
        return spans[..., 0], spans[..., 1], self.linear(hidden[:, 0], "ans")[:, 0]

    def _attend(self, hidden: torch.Tensor, hide: torch.Tensor, stem: str) -> torch.Tensor:
        n, length, _ = hidden.shape
        query, key, value = (
            self.linear(hidden, f"{stem}.self.{part}")
            .view(n, length, HEADS, HIDDEN // HEADS)
            .transpose(1, 2)
            for part in ("query", "key", "value")
        )
        weights = (query @ key.transpose(-1, -2) / (HIDDEN // HEADS) ** 0.5 + hide).softmax(-1)
        mixed = (weights @ value).transpose(1, 2).reshape(n, length, HIDDEN)
        return self.linear(mixed, f"{stem}.output.dense")

    def _get(self, name: str) -> torch.Tensor:
        return self.weights[name]

    def linear(self, hidden: torch.Tensor, stem: str) -> torch.Tensor:
        """The layer of that name, applied."""
        return nn.functional.linear(hidden, self._get(f"{stem}.weight"), self._get(f"{stem}.bias"))

    def _norm(self, hidden: torch.Tensor, stem: str) -> torch.Tensor:
        weight, bias = self._get(f"{stem}.weight"), self._get(f"{stem}.bias")
        return nn.functional.layer_norm(hidden, (HIDDEN,), weight, bias, 1e-12)


class EntailmentExport(ReaderExport):
    """The entailment model from its word vectors on."""

    outputs: dict[str, bool] = {"labels": False, "untold": True}  # noqa: RUF012

    def read_heads(self, hidden: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """The outputs, of hidden states `(n, length, hidden)`."""
        return self.linear(hidden[:, 0], "label"), self.linear(hidden, "mark")[..., 0]


def export(model: ReaderExport, target: Path) -> None:
    """Writes the graph, 8 bits a weight; prints its size, and how far logits are from the exact ones.

    The weights are unpacked when the graph is opened, and it computes in float32. To compute in 8
    bits, too, was tried: 15 % quicker on a processor without VNNI, and logits off by .4, since a
    few channels of e5 are far larger than the rest.
    """
    import onnx
    import onnxruntime
    from onnxruntime.transformers import optimizer

    model.eval().hold()
    feed = (torch.randn(1, 40, HIDDEN) * 0.05, torch.ones(1, 40, dtype=torch.int64))
    dims = {0: "n", 1: "length"}
    axes = dict.fromkeys(("vectors", "mask"), dims)
    axes |= {name: dims if by_piece else {0: "n"} for name, by_piece in model.outputs.items()}
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "plain.onnx"
        torch.onnx.export(
            model, feed, str(plain), dynamo=False, opset_version=17,
            input_names=["vectors", "mask"], output_names=list(model.outputs), dynamic_axes=axes,
        )  # fmt: skip
        fused = optimizer.optimize_model(
            str(plain), model_type="bert", num_heads=HEADS, hidden_size=HIDDEN, opt_level=0
        ).model
    pack_weights(fused.graph)
    onnx.save(fused, str(target))
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    found = session.run(None, {"vectors": feed[0].numpy(), "mask": feed[1].numpy()})
    with torch.inference_mode():
        off = max(
            float((torch.from_numpy(a) - b).abs().max())
            for a, b in zip(found, model(*feed), strict=True)
        )
    print(f"{target}: {target.stat().st_size / 1e6:.1f} MB, logits off by at most {off:.3f}")
    print(f"sha256 {hashlib.sha256(target.read_bytes()).hexdigest()}")


def pack_weights(graph: Any) -> None:
    """Every matrix of the graph in 8 bits, a scale for each column, unpacked by two nodes."""
    from onnx import TensorProto, helper, numpy_helper

    unpacking = []
    for tensor in list(graph.initializer):
        matrix = numpy_helper.to_array(tensor)
        if matrix.ndim != 2 or matrix.dtype != np.float32 or matrix.size < SMALLEST_PACKED:
            continue
        scale = np.abs(matrix).max(0, keepdims=True) / 127
        scale[scale == 0] = 1
        name = tensor.name
        graph.initializer.remove(tensor)
        graph.initializer.append(
            numpy_helper.from_array(np.round(matrix / scale).astype(np.int8), f"{name}_packed")
        )
        graph.initializer.append(numpy_helper.from_array(scale.astype(np.float32), f"{name}_scale"))
        unpacking += [
            helper.make_node("Cast", [f"{name}_packed"], [f"{name}_wide"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"{name}_wide", f"{name}_scale"], [name]),
        ]
    nodes = [*unpacking, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
