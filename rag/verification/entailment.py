"""Claim and evidence -> whether the evidence says so, and which words it does not: read by a model.

A small cross-encoder in onnxruntime, the reader's sibling. `docs/model-card.md` tells what it was
trained on and what it does not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.article import Span
from wortlaut.index.pieces import Pieces, PieceTable
from wortlaut.rag.reader import BEGIN, END, find_shipped, open_session

ENTAILMENT_FILE = "entailment.onnx"
ENTAILMENT_SHA256 = "c60a7c2795c27868d77c31593fcdb0f90665f3537b8c6cac9c0a3f0585d75336"
CLAIM_PIECES = 96
CONTEXT_PIECES = 48
LONGEST_SEQUENCE = 320


@dataclass(frozen=True, slots=True)
class Premise:
    """What a claim is held against: a text, and what stands before it, "" for nothing."""

    text: str
    context: str = ""


@dataclass(frozen=True, slots=True)
class Entailment:
    """What a model makes of a claim and its evidence.

    `support` is a logit: above 0 it takes the claim for said. `opposed` is one, too: above 0, what is
    not supported is contradicted rather than not told. `untold` are the claim's words, each with the
    probability in [0, 1] that the evidence does not bear it out.
    """

    support: float
    opposed: float
    untold: tuple[tuple[Span, float], ...]


class Entailer(Protocol):
    """Reads claims beside their evidence; whatever reads by other means has this shape.

    `name` tells it from every other, its weights included.
    """

    name: str

    def read(self, claim: str, evidence: Premise) -> Entailment:
        """What it makes of the two."""
        ...


class ClaimReader:
    """The bundled entailment model, 8 bits a weight.

    Word vectors come from the bundled embedder's own file, so that they need not ship twice.
    """

    def __init__(self, model: Path, table: PieceTable, name: str = "") -> None:
        self.name = name or model.name
        self._session: Any = open_session(model)
        self._table = table

    def read(self, claim: str, evidence: Premise) -> Entailment:
        """The model's reading; of a very long evidence only the beginning."""
        pieces = self._table.split(claim)
        context, text = (self._table.split(part) for part in (evidence.context, evidence.text))
        ids, stop = join_claim(pieces, context, text)
        vectors = self._table.read_vectors(ids)[None]
        feed = {"vectors": vectors, "mask": np.ones((1, len(ids)), np.int64)}
        labels, untold = self._session.run(None, feed)
        supported, refuted, unknown = (float(logit) for logit in labels[0])
        chances = 1 / (1 + np.exp(-untold[0, 1:stop]))
        return Entailment(
            supported - float(np.logaddexp(refuted, unknown)),
            refuted - unknown,
            tuple(
                (Span(int(start), int(end)), float(chance))
                for start, end, chance in zip(pieces.starts, pieces.ends, chances, strict=False)
            ),
        )


def join_claim(claim: Pieces, context: Pieces, evidence: Pieces) -> tuple[NDArray[np.int64], int]:
    """The ids of `<s> claim </s></s> context </s> evidence </s>`, and where the claim ends.

    Of what stands before the evidence the last pieces are kept, of the evidence the first.
    """
    claim = claim.cut(0, CLAIM_PIECES)
    head = [BEGIN, *claim.ids, END, END]
    if len(context):
        head += [*context.ids[-CONTEXT_PIECES:], END]
    room = max(1, LONGEST_SEQUENCE - len(head) - 1)
    return np.array([*head, *evidence.ids[:room], END], np.int64), 1 + len(claim)


def open_bundled_entailment() -> ClaimReader | None:
    """The model that ships with the package; `None` where the bundled embedder is not installed.

    Raises ConfigError when the file is not the one that this version was measured with.
    """
    shipped = find_shipped(ENTAILMENT_FILE, ENTAILMENT_SHA256, "entailment model")
    return ClaimReader(*shipped, f"entailment {ENTAILMENT_SHA256[:8]}") if shipped else None
