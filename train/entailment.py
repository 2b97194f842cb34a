"""Trains the entailment model that ships: claim and evidence in, what the evidence makes of it out.

The reader's encoder (`rag/reader.onnx`, itself multilingual-e5-small) learns on: its word vectors and
lowest layers stay, two heads are new: whether the evidence supports the claim, contradicts it or
does not tell (from the first token), and which pieces of the claim are not told. Learnt from the
claims in `train/articles.jsonl.gz` and `train/claims.jsonl.gz`, written for this; from claims made by
rule of sentences of our own articles, and true ones beside the evidence of others; and, with
`--share-alike`, from PAWS-X, Breaking NLI, MED, and sentences of XQuAD and SQuAD. See
`docs/model-card.md`.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from train.claims import Claim, read_claims, read_written
from train.export import HIDDEN, LAYERS, EntailmentExport, export
from train.frames import tell_speech
from train.learning import Feeder, Schedule, learn, prepare_encoder
from train.reader import find_bundled
from wortlaut.index.bundled import unpack_model
from wortlaut.index.pieces import PieceTable
from wortlaut.rag.reader import MODEL_FILE, PAD
from wortlaut.rag.verification.entailment import ENTAILMENT_FILE, join_claim

MODEL = Path(__file__).parent.parent / "rag" / ENTAILMENT_FILE
READER = MODEL.with_name(MODEL_FILE)
FROZEN_LAYERS = 4
BATCH = 24
SCHEDULE = Schedule(rate=1.5e-4, head_rate=6e-4, warm_up=100, last=0.02)
DROPOUT = 0.1
# What the marks of a claim's pieces count beside the claim's label.
MARK_SHARE = 0.5
# Contradicted and not told are one class in doubt: telling them apart counts so much.
APART_SHARE = 0.3
# How often a claim is read with what stands before its evidence.
SHARE_CONTEXT = 0.6
# So much of a round is drawn at a time.
PART = 0.25
LABELS = ("supported", "refuted", "not_enough_info")


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the model reads: its ids, the claim's pieces, its label and which pieces are wrong.

    A label of -1 is any but supported; `marks` is empty where nobody marked.
    """

    ids: list[int]
    pieces: int
    label: int
    marks: list[float]
    weight: float


class EntailmentModel(nn.Module):
    """Token ids -> logits of the three labels `(n, 3)`, of each piece being untold `(n, length)`."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from transformers import BertModel

        self.bert = BertModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False)
        prepare_encoder(self.bert, FROZEN_LAYERS, DROPOUT)
        self.label = nn.Linear(HIDDEN, 3)
        self.mark = nn.Linear(HIDDEN, 1)

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """The logits for token ids `(n, length)`, padded with `PAD`."""
        hidden = self.bert(input_ids=ids, attention_mask=(ids != PAD).long()).last_hidden_state
        return self.label(hidden[:, 0]), self.mark(hidden).squeeze(-1)


def unpack_reader(file: Path) -> dict[str, torch.Tensor]:
    """The encoder's layers out of a reader's graph, by the names that `BertModel` has for them."""
    import onnx
    from onnx import numpy_helper

    graph = onnx.load(str(file)).graph
    held = {t.name: numpy_helper.to_array(t) for t in graph.initializer}

    def read(name: str) -> torch.Tensor:
        if f"{name}_packed" in held:
            return torch.from_numpy(
                held[f"{name}_packed"].astype(np.float32) * held[f"{name}_scale"]
            )
        return torch.from_numpy(held[name].copy())

    named: dict[str, list[Any]] = {}
    for node in graph.node:
        named.setdefault(node.op_type, []).append(node.input)
    products = [inputs[1] for inputs in named["MatMul"]]
    weights: dict[str, torch.Tensor] = {}
    for layer in range(LAYERS):
        stem = f"encoder.layer.{layer}"
        attention = named["Attention"][layer]
        for kind, which in (("weight", 1), ("bias", 2)):
            parts = read(attention[which]).chunk(3, -1)
            for part, tensor in zip(("query", "key", "value"), parts, strict=True):
                weights[f"{stem}.attention.self.{part}.{kind}"] = tensor.T.contiguous()
        inner, outer = named["SkipLayerNormalization"][2 * layer : 2 * layer + 2]
        places = ("attention.output.dense", "intermediate.dense", "output.dense")
        for place, name in zip(places, products[3 * layer : 3 * layer + 3], strict=True):
            weights[f"{stem}.{place}.weight"] = read(name).T.contiguous()
        weights[f"{stem}.intermediate.dense.bias"] = read(named["BiasGelu"][layer][1])
        for place, inputs in (("attention.output", inner), ("output", outer)):
            weights[f"{stem}.{place}.LayerNorm.weight"] = read(inputs[2])
            weights[f"{stem}.{place}.LayerNorm.bias"] = read(inputs[3])
            weights[f"{stem}.{place}.dense.bias"] = read(inputs[4])
    return weights


def encode(claim: Claim, table: PieceTable, draw: random.Random) -> Encoded:
    """What the model reads of a claim; `draw` leaves its context out now and then."""
    pieces = table.split(claim.text)
    context = claim.context if draw.random() < SHARE_CONTEXT else ""
    ids, stop = join_claim(pieces, table.split(context), table.split(claim.evidence))
    marks: list[float] = []
    if claim.marks is not None:
        marks = [
            float(any(a < last and first < b for a, b in claim.marks))
            for first, last in zip(pieces.starts[: stop - 1], pieces.ends[: stop - 1], strict=True)
        ]
    label = LABELS.index(claim.label) if claim.label in LABELS else -1
    return Encoded(ids.tolist(), stop - 1, label, marks, claim.weight)


def measure_loss(model: EntailmentModel, batch: Sequence[Encoded]) -> torch.Tensor:
    """Cross-entropy of the label, and of the marks where there are any."""
    device = model.label.weight.device
    length = max(len(each.ids) for each in batch)
    ids = torch.full((len(batch), length), PAD)
    marks = torch.full((len(batch), length), -1.0)
    for row, each in enumerate(batch):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        if each.marks:
            marks[row, 1 : 1 + each.pieces] = torch.tensor(each.marks)
    labels = torch.tensor([each.label for each in batch]).to(device)
    weights = torch.tensor([each.weight for each in batch]).to(device)
    marks = marks.to(device)
    with torch.autocast(device.type, torch.bfloat16):
        logits, untold = (tensor.float() for tensor in model(ids.to(device)))
    told = logits.log_softmax(-1)
    exact = told.gather(1, labels.clamp(min=0)[:, None])[:, 0]
    either = torch.where(labels == 0, told[:, 0], torch.logaddexp(told[:, 1], told[:, 2]))
    mixed = (1 - APART_SHARE) * either + APART_SHARE * exact
    loss = -(torch.where(labels > 0, mixed, either) * weights).mean()
    shown = marks >= 0
    if shown.any():
        loss = loss + MARK_SHARE * functional.binary_cross_entropy_with_logits(
            untold[shown], marks[shown], pos_weight=torch.tensor(2.0, device=device)
        )
    return loss


def main() -> None:
    """Trains, and writes the graph where the package has it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/train"), help="the folder of the public sets"
    )
    parser.add_argument(
        "--share-alike", action="store_true", help="PAWS-X, Breaking NLI, MED, XQuAD, SQuAD too"
    )
    parser.add_argument("--models", type=Path, default=Path("train/models"), help="unpack here")
    parser.add_argument("--sequences", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=MODEL)
    given = parser.parse_args()
    if given.sequences < BATCH:
        parser.error(f"--sequences below {BATCH} is no step: nothing would be learnt; give more")
    torch.manual_seed(1)
    weights = find_bundled()
    model = EntailmentModel(unpack_model(weights, given.models))
    model.bert.load_state_dict(unpack_reader(READER), strict=False)
    claims = list(read_claims(given.data if given.share_alike else None))
    claims += tell_speech(list(read_written("train")), random.Random(6))
    print(f"{len(claims)} claims, {sum(c.share for c in claims):.0f} a round")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    table, draw = PieceTable.open(weights), random.Random(1)
    feeder = Feeder(
        claims, lambda each: encode(each, table, draw), draw, size=BATCH, ahead=12, part=PART
    )
    model.to(device)
    learn(
        model, [model.label, model.mark], feeder, partial(measure_loss, model),
        given.sequences // BATCH, SCHEDULE,
    )  # fmt: skip
    export(EntailmentExport(model.cpu().state_dict()), given.out)


if __name__ == "__main__":
    main()
