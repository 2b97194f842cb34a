"""BERT's layers in 8 bits on the processor: twice as fast as float32, at nearly the same vectors.

Weights have a scale for each output, activations one for each tensor, measured once on a few
sentences. Two things would spoil that, and are kept apart. A handful of channels are ten times as
large as the rest: on the way into a product each is spread over several columns that share its
weight. A few units of the feed-forward network are hundreds of times as large: those run in float32.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    # So many texts of so many tokens each.
    EqualTexts = tuple[int, int]

# Without VNNI two products of 8 bits are added in 16, where full-sized weights overflow (mean cosine
# with float32 .9990 at 105, .9994 at 90, .99955 at 75, .9995 at 64, where none can).
_WEIGHT_LIMIT = 75
# Rarer values beyond what the sentences showed are cut off.
_MARGIN = 1.05
_LARGE_UNITS = 8
_SPREAD_COLUMNS = 64


@dataclass(frozen=True, slots=True)
class Octets:
    """How activations become 8 bits: `round(x / scale) + zero`."""

    scale: float
    zero: int

    @classmethod
    def spanning(cls, low: float, high: float) -> Octets:
        """The range that holds both, and nought exactly."""
        low, high = min(low, 0.0) * _MARGIN, max(high, 1e-3) * _MARGIN
        scale = (high - low) / 255
        return cls(scale, round(-low / scale))

    def quantise(self, states: torch.Tensor, factor: torch.Tensor | float = 1.0) -> torch.Tensor:
        """The states times the factor as unsigned bytes, of the same shape."""
        import torch

        # Cutting the fraction off rounds, half a step up.
        half = torch.tensor(self.zero + 0.5)
        shifted = torch.addcmul(half, states, torch.as_tensor(factor / self.scale))
        return shifted.clamp_(0, 255).to(torch.uint8)


class OctetLinear:
    """A linear layer whose product is made in 8 bits; takes what `reads` made of its input."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, reads: Octets) -> None:
        import torch

        self._reads = reads
        self._scales = (weight.abs().amax(1) / _WEIGHT_LIMIT).clamp(min=1e-8)
        rounded = (weight / self._scales[:, None]).round().to(torch.int8)
        self._packed = torch.ops.onednn.qlinear_prepack(rounded, None)
        self._zeros = torch.zeros(len(weight), dtype=torch.long)
        self._bias = bias.clone()

    def centre(self, octets: torch.Tensor, exact: torch.Tensor) -> None:
        """Take what rounding adds to each output out of the bias.

        The median: special tokens, where it errs ten times as much, would draw the mean along.
        """
        self._bias += (exact - self(octets)).median(0).values

    def __call__(self, octets: torch.Tensor, gelu_to: Octets | None = None) -> torch.Tensor:
        """`(n, outputs)`: float32, or the GELU of that as bytes of the range."""
        import torch

        written, name = gelu_to or Octets(1.0, 0), "gelu" if gelu_to else "none"
        dtype = torch.uint8 if gelu_to else torch.float32
        made: torch.Tensor = torch.ops.onednn.qlinear_pointwise(
            octets, self._reads.scale, self._reads.zero, self._packed, self._scales, self._zeros,
            self._bias, written.scale, written.zero, dtype, name, [], "none",
        )  # fmt: skip
        return made


class SpreadLinear:
    """An `OctetLinear` from float32 whose largest input channels are spread over more columns."""

    def __init__(self, weight: torch.Tensor, bias: torch.Tensor, seen: torch.Tensor) -> None:
        import torch

        largest = seen.abs().amax(0)
        copies = _share_columns(largest, _SPREAD_COLUMNS)
        self._factor = 1 / copies
        self._repeated = torch.repeat_interleave(torch.arange(len(copies)), copies - 1)
        ready = seen * self._factor
        self._reads = Octets.spanning(float(ready.min()), float(ready.max()))
        self._linear = OctetLinear(
            torch.cat([weight, weight[:, self._repeated]], 1), bias, self._reads
        )
        self._linear.centre(self._spread(seen), torch.addmm(bias, seen, weight.T))

    def __call__(self, states: torch.Tensor, gelu_to: Octets | None = None) -> torch.Tensor:
        """As `OctetLinear`, of float32 states."""
        return self._linear(self._spread(states), gelu_to)

    def _spread(self, states: torch.Tensor) -> torch.Tensor:
        import torch

        octets = self._reads.quantise(states, self._factor)
        return torch.cat([octets, octets[:, self._repeated]], 1)


def _share_columns(largest: torch.Tensor, columns: int) -> torch.Tensor:
    """The number of columns for each channel: the further one goes to whichever is largest."""
    import torch

    copies = torch.ones(len(largest), dtype=torch.long)
    for _ in range(columns):
        copies[(largest / copies).argmax()] += 1
    return copies


class OctetLayer:
    """One layer of a BERT; `seen` is what some sentences bring into each of its products."""

    def __init__(self, layer: Any, heads: int, seen: dict[str, torch.Tensor]) -> None:
        import torch

        attention = layer.attention.self
        parts = [attention.query, attention.key, attention.value]
        weight, bias = (
            torch.cat([getattr(part, name) for part in parts]) for name in ("weight", "bias")
        )
        self._heads = heads
        self._attend = SpreadLinear(weight, bias, seen["attention.self.query"])
        mix = layer.attention.output
        self._mixed, self._mix = _round_linear(
            mix.dense.weight, mix.dense.bias, seen["attention.output.dense"]
        )
        self._mix_norm, self._out_norm = mix.LayerNorm, layer.output.LayerNorm
        self._set_feed_forward(layer, seen)

    def _set_feed_forward(self, layer: Any, seen: dict[str, torch.Tensor]) -> None:
        inner, outer = layer.intermediate.dense, layer.output.dense
        units = seen["output.dense"]
        self._large = units.abs().amax(0).topk(_LARGE_UNITS).indices
        self._large_in = inner.weight[self._large].T.contiguous(), inner.bias[self._large]
        self._large_out = outer.weight[:, self._large].T.contiguous()
        rest, small = outer.weight.clone(), units.clone()
        rest[:, self._large] = 0
        small[:, self._large] = 0
        self._inner = SpreadLinear(inner.weight, inner.bias, seen["intermediate.dense"])
        self._hidden, self._outer = _round_linear(rest, outer.bias, small)

    def __call__(self, states: torch.Tensor, runs: Sequence[EqualTexts]) -> torch.Tensor:
        """The next layer's states of `(tokens, width)`: texts one after the other, nothing padded."""
        import torch
        from torch.nn.functional import gelu

        mixed = self._mix_tokens(self._attend(states), runs)
        flat = self._mix_norm(self._mix(self._mixed.quantise(mixed)).add_(states))
        weight, bias = self._large_in
        large = gelu(torch.addmm(bias, flat, weight))
        out = self._outer(self._inner(flat, self._hidden)).add_(flat)
        return self._out_norm(out.addmm_(large, self._large_out))  # type: ignore[no-any-return]

    def _mix_tokens(self, joined: torch.Tensor, runs: Sequence[EqualTexts]) -> torch.Tensor:
        """Each text's tokens by their attention to each other; `joined` holds `(query, key, value)`."""
        from torch.nn.functional import scaled_dot_product_attention

        width = joined.shape[1] // 3
        mixed = joined.new_empty(len(joined), width)
        start = 0
        for count, length in runs:
            stop = start + count * length
            parts = joined[start:stop].view(count, length, 3, self._heads, -1).transpose(1, 3)
            query, key, value = parts.unbind(2)
            made = scaled_dot_product_attention(query, key, value)
            mixed[start:stop].view(count, length, self._heads, -1).copy_(made.transpose(1, 2))
            start = stop
        return mixed


def _round_linear(
    weight: torch.Tensor, bias: torch.Tensor, seen: torch.Tensor
) -> tuple[Octets, OctetLinear]:
    """The layer, and how what it reads becomes 8 bits."""
    import torch

    reads = Octets.spanning(float(seen.min()), float(seen.max()))
    linear = OctetLinear(weight, bias, reads)
    linear.centre(reads.quantise(seen), torch.addmm(bias, seen, weight.T))
    return reads, linear


_PRODUCTS = (
    "attention.self.query",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


def make_octet_layers(bert: Any, features: dict[str, torch.Tensor]) -> list[OctetLayer]:
    """The layers of a BERT in 8 bits; ranges are measured on the features of some sentences.

    Raises what torch raises where it lacks the operations, or the model its parts.
    """
    mask = features["attention_mask"].bool()
    seen: list[dict[str, torch.Tensor]] = []
    hooks = []

    def watch(module: Any, into: dict[str, torch.Tensor], name: str) -> None:
        def keep(_: Any, inputs: tuple[torch.Tensor, ...]) -> None:
            into[name] = inputs[0][mask]

        hooks.append(module.register_forward_pre_hook(keep))

    try:
        for layer in bert.encoder.layer:
            seen.append({})
            for name in _PRODUCTS:
                watch(layer.get_submodule(name), seen[-1], name)
        bert(**features)
    finally:
        for hook in hooks:
            hook.remove()
    heads = int(bert.config.num_attention_heads)
    return [
        OctetLayer(*pair)
        for pair in zip(bert.encoder.layer, [heads] * len(seen), seen, strict=True)
    ]
