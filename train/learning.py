"""What both models learn by: batches drawn from rounds of examples, and a run over them."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import torch
from torch import nn


class Shared(Protocol):
    """An example; `share` tells how often it is drawn in a round."""

    @property
    def share(self) -> float:
        """How often, 1 for once a round."""
        ...


class HasIds(Protocol):
    """What a model reads; it is as long as its `ids`."""

    @property
    def ids(self) -> list[int]:
        """The pieces' numbers."""
        ...


Drawn = TypeVar("Drawn", bound=Shared)
Read = TypeVar("Read", bound=HasIds)


class Feeder(Generic[Drawn, Read]):
    """Draws batches: all examples before any is seen again, sequences of like length together.

    `encode` may make nothing of an example. So many batches of `size` are sorted `ahead`; a round
    is drawn in parts of `part` of every share.
    """

    def __init__(
        self,
        examples: Sequence[Drawn],
        encode: Callable[[Drawn], Read | None],
        draw: random.Random,
        *,
        size: int,
        ahead: int,
        part: float = 1.0,
    ) -> None:
        self._examples = examples
        self._encode = encode
        self._draw = draw
        self.size = size
        self._ahead = ahead
        self._part = part
        self._round: list[Drawn] = []
        self._ready: list[list[Read]] = []

    def take(self) -> list[Read]:
        """The next batch."""
        if not self._ready:
            count = self.size * self._ahead
            some = sorted((self._next() for _ in range(count)), key=lambda each: len(each.ids))
            self._ready = [some[at : at + self.size] for at in range(0, count, self.size)]
            self._draw.shuffle(self._ready)
        return self._ready.pop()

    def _next(self) -> Read:
        while True:
            if not self._round:
                drawn = (e for e in self._examples if self._draw.random() < self._part * e.share)
                self._round = list(drawn)
                self._draw.shuffle(self._round)
            if self._round and (sequence := self._encode(self._round.pop())):
                return sequence


def prepare_encoder(bert: Any, frozen_layers: int, dropout: float) -> None:
    """Leaves the word vectors and the lowest layers as they are, and drops out in the others alone."""
    for module in bert.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    for layer in bert.encoder.layer[frozen_layers:]:
        for module in (layer.attention.output.dropout, layer.output.dropout):
            module.p = dropout
    for module in (bert.embeddings, *bert.encoder.layer[:frozen_layers]):
        for parameter in module.parameters():
            parameter.requires_grad = False


@dataclass(frozen=True, slots=True)
class Schedule:
    """How fast a model learns: a warm start, then linearly down to the share `last` of the rates."""

    rate: float
    head_rate: float
    warm_up: int
    last: float

    def share(self, step: int, steps: int) -> float:
        """The share in (0, 1] of the rates that counts at this step."""
        return min(1.0, (step + 1) / self.warm_up) * max(self.last, 1 - step / steps)


def learn(
    model: nn.Module,
    heads: Sequence[nn.Module],
    feeder: Feeder[Drawn, Read],
    measure_loss: Callable[[list[Read]], torch.Tensor],
    steps: int,
    schedule: Schedule,
) -> None:
    """Learns in place; whatever of the model is no head and may learn is its body."""
    ends = [p for head in heads for p in head.parameters()]
    known = set(map(id, ends))
    body = [p for p in model.parameters() if p.requires_grad and id(p) not in known]
    groups = [{"params": body, "top": schedule.rate}, {"params": ends, "top": schedule.head_rate}]
    optimizer = torch.optim.AdamW(groups, lr=schedule.rate, weight_decay=0.01, betas=(0.9, 0.98))
    model.train()
    started, losses = time.time(), []
    for step in range(steps):
        share = schedule.share(step, steps)
        for group in optimizer.param_groups:
            group["lr"] = group["top"] * share
        loss = measure_loss(feeder.take())
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_([*body, *ends], 1.0)
        optimizer.step()
        losses.append(float(loss.detach()))
        if step % 20 == 19:
            pace = (step + 1) * feeder.size / (time.time() - started)
            print(
                f"step {step + 1}/{steps}: loss {math.fsum(losses) / 20:.3f}, {pace:.1f} sequences/s"
            )
            losses.clear()
