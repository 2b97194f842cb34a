"""ONNX messages as bytes: the few of them that a graph of one's own needs.

The package `onnx` would do it in as many lines and 60 MB more; onnxruntime, which reads the
bytes, checks them whole. Numbers are those of the fields in `onnx.proto3`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

# Beside ONNX's own operators those of onnxruntime: 4-bit products, attention, joined norms.
CONTRIBUTED = "com.microsoft"
_IR_VERSION, _OPSET = 9, 17
_TYPES = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
_FLOAT, _INT = 1, 2

# Names of dimensions that vary, sizes of those that do not.
Sizes = Sequence[str | int]


@dataclass(slots=True)
class Graph:
    """A graph under construction: nodes in the order in which they run, and weights by name."""

    _nodes: list[bytes] = field(default_factory=list)
    _weights: list[bytes] = field(default_factory=list)

    def hold(self, name: str, values: NDArray[Any] | np.generic) -> str:
        """Keep the values as the weight of that name; the name."""
        head = b"".join(_pack(1, size) for size in values.shape)
        head += _pack(2, _TYPES[values.dtype.name]) + _pack(8, name)
        self._weights.append(head + _pack(9, np.ascontiguousarray(values).tobytes()))
        return name

    def run(
        self,
        operator: str,
        inputs: Sequence[str],
        *outputs: str,
        domain: str = "",
        **attributes: int | float,
    ) -> str:
        """Add a node; the name of its first output. An input "" is one left out."""
        node = b"".join(_pack(1, name) for name in inputs)
        node += b"".join(_pack(2, name) for name in outputs) + _pack(4, operator)
        node += b"".join(_pack(5, _pack_attribute(*each)) for each in attributes.items())
        self._nodes.append(node + _pack(7, domain))
        return outputs[0]

    def write(self, inputs: Mapping[str, tuple[str, Sizes]], outputs: Mapping[str, Sizes]) -> bytes:
        """The model; `inputs` have a type as numpy calls it and a shape, outputs are float32."""
        parts = [_pack(1, node) for node in self._nodes]
        parts += [_pack(2, "wortlaut"), *(_pack(5, weight) for weight in self._weights)]
        parts += [_pack(11, _pack_value(name, *each)) for name, each in inputs.items()]
        parts += [_pack(12, _pack_value(name, "float32", s)) for name, s in outputs.items()]
        opsets = [_pack(1, name) + _pack(2, n) for name, n in (("", _OPSET), (CONTRIBUTED, 1))]
        return (
            _pack(1, _IR_VERSION)
            + _pack(7, b"".join(parts))
            + b"".join(_pack(8, each) for each in opsets)
        )


def _pack_attribute(name: str, value: int | float) -> bytes:
    if isinstance(value, int):
        return _pack(1, name) + _pack(3, value) + _pack(20, _INT)
    return _pack(1, name) + _pack(2, value) + _pack(20, _FLOAT)


def _pack_value(name: str, kind: str, shape: Sizes) -> bytes:
    sizes = (_pack(1 if isinstance(size, int) else 2, size) for size in shape)
    dims = b"".join(_pack(1, size) for size in sizes)
    return _pack(1, name) + _pack(2, _pack(1, _pack(1, _TYPES[kind]) + _pack(2, dims)))


def _pack(number: int, value: bytes | str | int | float) -> bytes:
    """One field: its number and how it is written, then the value."""
    if isinstance(value, int):
        return _pack_int(number << 3) + _pack_int(value % 2**64)
    if isinstance(value, float):
        return _pack_int(number << 3 | 5) + np.array(value, "<f4").tobytes()
    raw = value.encode() if isinstance(value, str) else value
    return _pack_int(number << 3 | 2) + _pack_int(len(raw)) + raw


def _pack_int(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    packed = bytearray()
    while value > 127:
        packed.append(value & 127 | 128)
        value >>= 7
    return bytes([*packed, value])
