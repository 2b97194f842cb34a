"""The bundled model's layers as an ONNX graph that computes in 8 bits, from its own weights.

Weights have a scale for each output, activations one for each tensor, measured once on a few
sentences (`train/octets.py` writes `octets.npz`). Two things would spoil that, and are kept apart. A
handful of channels are ten times as large as the rest: on the way into a product each is spread over
several columns that share its weight. A few units of the feed-forward network are hundreds of times
as large: those run in float32.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.bundled import WeightFile
from wortlaut.index.layers.onnxwire import CONTRIBUTED, Graph

MEASURED_FILE = "octets.npz"
# A layer's products, in the order of what was measured of them; the first and third are spread.
PRODUCTS = ("attend", "mix", "inner", "outer")
# Without VNNI two products of 8 bits are added in 16, where full-sized weights overflow (mean cosine
# with float32 .9990 at 105, .9994 at 90, .99955 at 75, .9995 at 64, where none can).
_WEIGHT_LIMIT = 75

Matrix = NDArray[np.float32]


def make_layers(weights: WeightFile, layers: Sequence[int]) -> bytes:
    """The layers as a model: `states` `(n, length, hidden)`, `kept` `(n, length)` -> what follows.

    `kept` is 1 where a token is, 0 where a shorter text is padded. Before the first layer of all
    the states are normalised, as BERT does with the sum of its three embeddings.
    """
    path = files("wortlaut.index.layers") / MEASURED_FILE
    with path.open("rb") as opened, np.load(opened) as measured:
        return _Builder(weights, dict(measured)).write(layers)


@dataclass(slots=True)
class _Builder:
    weights: WeightFile
    measured: dict[str, NDArray[Any]]
    graph: Graph = field(default_factory=Graph)

    def write(self, layers: Sequence[int]) -> bytes:
        hidden = int(self.weights.header["hidden"])
        self.graph.hold("thirds", np.full(3, hidden, np.int64))
        self.graph.hold("mean", np.full((hidden, 1), 1 / hidden, np.float32))
        self.graph.hold("epsilon", np.float32(self._epsilon))
        states = "states"
        if layers[0] == 0:
            states = self.graph.run(
                "LayerNormalization", [states, *self._hold_norm("emb.ln")], "embedded",
                axis=-1, epsilon=self._epsilon,
            )  # fmt: skip
        for layer in layers:
            states = self._add_layer(states, layer)
        shape = ("n", "length", hidden)
        inputs = {"states": ("float32", shape), "kept": ("int32", ("n", "length"))}
        return self.graph.write(inputs, {states: shape})

    def _add_layer(self, states: str, layer: int) -> str:
        stem = f"l{layer}"
        joined = self._multiply(states, layer, 0, [f"{stem}.{part}" for part in "qkv"])
        parts = [f"{stem}.{part}.made" for part in ("query", "key", "value")]
        self.graph.run("Split", [joined, "thirds"], *parts, axis=2)
        mixed = self.graph.run(
            "MultiHeadAttention", [*parts, "", "kept"], f"{stem}.mixed",
            domain=CONTRIBUTED, num_heads=int(self.weights.header["heads"]),
        )  # fmt: skip
        mixed = self._multiply(mixed, layer, 1, [f"{stem}.ao"])
        states = self._add_normed([states, mixed], f"{stem}.aln")
        inner = self._multiply(states, layer, 2, [f"{stem}.fi"])
        inner = self.graph.run("Gelu", [inner], f"{stem}.gelu", domain=CONTRIBUTED)
        outer = self._multiply(inner, layer, 3, [f"{stem}.fo"])
        large = self._add_large(states, layer)
        both = self.graph.run("Add", [outer, large], f"{stem}.both")
        return self._add_normed([states, both], f"{stem}.oln")

    def _multiply(self, states: str, layer: int, product: int, names: Sequence[str]) -> str:
        """The linear layers of those names side by side, as one product of 8 bits."""
        name = f"l{layer}.{PRODUCTS[product]}"
        matrix = np.concatenate([self.weights.read_matrix(f"{each}.w") for each in names])
        octets = self._quantise(states, name, layer, product)
        if product in (0, 2):
            repeated = self._list_repeated(layer, product)
            columns = self.graph.hold(f"{name}.columns", repeated)
            more = self.graph.run("Gather", [octets, columns], f"{name}.more", axis=2)
            octets = self.graph.run("Concat", [octets, more], f"{name}.spread", axis=2)
            matrix = np.concatenate([matrix, matrix[:, repeated]], 1)
        elif product == 3:
            matrix[:, self.measured["large"][layer]] = 0
        scales = np.maximum(np.abs(matrix).max(1) / _WEIGHT_LIMIT, 1e-8)
        bias = np.concatenate([self.weights.read_floats(f"{each}.b") for each in names])
        held = [
            self.graph.hold(f"{name}.weight", np.rint(matrix / scales[:, None]).astype(np.int8).T),
            f"{name}.scale",
            self.graph.hold(f"{name}.scales", scales),
            f"{name}.zero",
            "",
            self.graph.hold(f"{name}.bias", bias + self.measured[PRODUCTS[product]][layer]),
        ]
        made = f"{name}.made"
        return self.graph.run("MatMulIntegerToFloat", [octets, *held], made, domain=CONTRIBUTED)

    def _quantise(self, states: str, name: str, layer: int, product: int) -> str:
        """The states as unsigned bytes, `round(x / scale) + zero`."""
        scale, zero = (self.measured[each][layer, product] for each in ("scales", "zeros"))
        self.graph.hold(f"{name}.scale", np.float32(scale))
        self.graph.hold(f"{name}.zero", np.uint8(zero))
        if product in (0, 2):
            shares = 1 / self.measured["copies"][layer, product // 2].astype(np.float32)
            factor = self.graph.hold(f"{name}.shares", shares)
            states = self.graph.run("Mul", [states, factor], f"{name}.shared")
        return self.graph.run(
            "QuantizeLinear", [states, f"{name}.scale", f"{name}.zero"], f"{name}.octets"
        )

    def _list_repeated(self, layer: int, product: int) -> NDArray[np.int64]:
        copies = self.measured["copies"][layer, product // 2].astype(np.int64)
        return np.repeat(np.arange(len(copies)), copies - 1)

    def _add_large(self, states: str, layer: int) -> str:
        """What the few units that are far larger than the rest add, in float32."""
        stem, units = f"l{layer}", self.measured["large"][layer]
        inward = self.weights.read_matrix(f"{stem}.fi.w")[units].T
        outward = self.weights.read_matrix(f"{stem}.fo.w")[:, units].T
        bias = self.weights.read_floats(f"{stem}.fi.b")[units]
        into = self.graph.hold(f"{stem}.large.in", inward)
        made = self.graph.run("MatMul", [states, into], f"{stem}.large.product")
        added = [made, self.graph.hold(f"{stem}.large.bias", bias)]
        made = self.graph.run("Add", added, f"{stem}.large.sum")
        made = self.graph.run("Gelu", [made], f"{stem}.large.gelu", domain=CONTRIBUTED)
        out = self.graph.hold(f"{stem}.large.out", outward)
        return self.graph.run("MatMul", [made, out], f"{stem}.large.made")

    def _add_normed(self, states: Sequence[str], name: str) -> str:
        """The layer norm of their sum; its own operator takes more than twice the time."""
        run = self.graph.run
        total = run("Add", states, f"{name}.total")
        off = run("Sub", [total, run("MatMul", [total, "mean"], f"{name}.mean")], f"{name}.off")
        square = run("Mul", [off, off], f"{name}.square")
        spread = run("MatMul", [square, "mean"], f"{name}.spread")
        spread = run("Add", [spread, "epsilon"], f"{name}.some")
        off = run("Div", [off, run("Sqrt", [spread], f"{name}.root")], f"{name}.even")
        weight, bias = self._hold_norm(name)
        return run("Add", [run("Mul", [off, weight], f"{name}.weighed"), bias], f"{name}.made")

    def _hold_norm(self, name: str) -> list[str]:
        reads = ((part, self.weights.read_floats(f"{name}.{part}")) for part in "wb")
        return [self.graph.hold(f"{name}.{part}", values) for part, values in reads]

    @property
    def _epsilon(self) -> float:
        return float(self.weights.header["epsilon"])
