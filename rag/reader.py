"""Question and passages -> the words that answer, and how sure: what was found is read.

The reader picks and orders sentences inside the retriever's ranking, has a small say in that ranking
(alone it lowers R@1), and a large one in whether there is an answer. `docs/model-card.md` tells what it
was trained on and what it does not see.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from wortlaut.index.article import Span
from wortlaut.index.bundled import find_weights
from wortlaut.index.engines import open_cross_encoder
from wortlaut.index.errors import ConfigError
from wortlaut.index.pieces import Pieces, PieceTable

if TYPE_CHECKING:
    from wortlaut.index.archive import Vectors

MODEL_FILE = "reader.onnx"
MODEL_SHA256 = "33a5b2447f6198786b7ff58a966aa1e04b207c2ab41d51d5eef68f2d61f51225"
QUESTION_PIECES = 48
TITLE_PIECES = 24
SEQUENCE_PIECES = 288
ANSWER_PIECES = 30
# The margin of a sentence that was not read: below any that was.
LEAST_MARGIN = -20.0
BEGIN, PAD, END = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Page:
    """What is to be read: the `span` of a text, its sentences, and the text's title, "" for none."""

    title: str
    text: str
    span: Span
    sentences: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class ReadAnswer:
    """The words in `span` of the text, and the `margin` by which they beat "no answer".

    A margin is a logit of the reader's own scale: above 0 it takes the words for an answer.
    """

    span: Span
    margin: float


@dataclass(frozen=True, slots=True)
class PageReading:
    """What a reader made of a page: the best answer in each of its sentences, in their order.

    `None` for a sentence that it did not come to read. `answerable` is a logit: whether the page
    answers at all, whatever words do.
    """

    answerable: float
    answers: tuple[ReadAnswer | None, ...]


class Reader(Protocol):
    """Reads pages for a question; whatever reads by other means has this shape."""

    def read(self, question: str, pages: Sequence[Page]) -> list[PageReading]:
        """One reading a page, in their order."""
        ...


class SpanReader:
    """The bundled reader: a small cross-encoder in onnxruntime, 8 bits a weight.

    Word vectors come from the bundled embedder's own file, so that they need not ship twice.
    """

    def __init__(self, model: Path, table: PieceTable) -> None:
        self._session = open_session(model)
        self._table = table

    def read(self, question: str, pages: Sequence[Page]) -> list[PageReading]:
        """One reading a page; of a page longer than about 1,000 letters only the beginning."""
        asked = self._table.split(question)
        return [self._read(asked, page) for page in pages]

    def _read(self, question: Pieces, page: Page) -> PageReading:
        """One page at a time: pages of other lengths would only pad it."""
        text = self._table.split(page.span.of(page.text)).shift(page.span.start)
        ids, offset, pieces = join_sequence(question, self._table.split(page.title), text)
        feed = {
            "vectors": self._table.read_vectors(ids)[None],
            "mask": np.ones((1, len(ids)), np.int64),
        }
        begins, ends, answerable = self._session.run(None, feed)
        inside = slice(offset, offset + len(pieces))
        none = float(begins[0, 0] + ends[0, 0])
        scores = _score_spans(begins[0, inside], ends[0, inside]) - none
        answers = (_find_best(scores, pieces, span) for span in page.sentences)
        return PageReading(float(answerable[0]), tuple(answers))


def open_session(model: Path) -> Any:
    """The graph, opened in onnxruntime for the CPU."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    # Waiting threads that spin take twice the CPU, and beside other work twice the time.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])


def join_sequence(
    question: Pieces, title: Pieces, text: Pieces, limit: int = SEQUENCE_PIECES
) -> tuple[NDArray[np.int64], int, Pieces]:
    """The ids of `<s> question </s></s> title </s> text </s>`, where the text begins, its pieces.

    The text is cut to what the limit leaves.
    """
    head = [BEGIN, *question.ids[:QUESTION_PIECES], END, END]
    if len(title):
        head += [*title.ids[:TITLE_PIECES], END]
    text = text.cut(0, max(1, limit - len(head) - 1))
    return np.array([*head, *text.ids, END], np.int64), len(head), text


def _score_spans(begins: Vectors, ends: Vectors) -> Vectors:
    """`(n, longest)`: the logits of the words from piece `i` to the piece `k` further, summed."""
    if not len(ends):
        return np.zeros((0, ANSWER_PIECES), np.float32)
    wide = np.full(len(ends) + ANSWER_PIECES - 1, -np.inf, np.float32)
    wide[: len(ends)] = ends
    return begins[:, None] + np.lib.stride_tricks.sliding_window_view(wide, ANSWER_PIECES)


def _find_best(scores: Vectors, pieces: Pieces, within: Span) -> ReadAnswer | None:
    """The best words inside the span; `None` where it holds no piece that was read."""
    first = int(np.searchsorted(pieces.starts, within.start))
    last = int(np.searchsorted(pieces.ends, within.end, side="right"))
    if last <= first:
        return None
    reach = np.arange(last - first)
    inside = reach[:, None] + np.arange(ANSWER_PIECES)[None, :] < last - first
    fitting = np.where(inside, scores[first:last], -np.inf)
    begin, further = divmod(int(fitting.argmax()), ANSWER_PIECES)
    span = Span(int(pieces.starts[first + begin]), int(pieces.ends[first + begin + further]))
    return ReadAnswer(span, float(fitting[begin, further]))


class CrossEncoderReader:
    """A sentence-transformers `CrossEncoder` by hub name or folder, behind the same interface.

    It scores sentences and knows no words in them: its answers are whole sentences. Loads on first
    use; a ConfigError says when it cannot.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._model: Any = None

    def read(self, question: str, pages: Sequence[Page]) -> list[PageReading]:
        """One reading a page; a page answers as far as its best sentence does."""
        model = self._model = self._model or _open_ranker(self.name)
        pairs = [
            (question, f"{page.title}\n{span.of(page.text)}" if page.title else span.of(page.text))
            for page in pages
            for span in page.sentences
        ]
        scores = iter(model.predict(pairs, activation_fn=_keep, show_progress_bar=False).tolist())
        readings = []
        for page in pages:
            answers = tuple(ReadAnswer(span, float(next(scores))) for span in page.sentences)
            best = max((answer.margin for answer in answers), default=-math.inf)
            readings.append(PageReading(best, answers))
        return readings


def _keep(logits: Any) -> Any:
    return logits


def _open_ranker(name: str) -> Any:
    model = open_cross_encoder(name, "reader")
    if model.num_labels != 1:
        raise ConfigError(f"{name} gives {model.num_labels} scores, a reader needs one")
    return model


def find_shipped(name: str, sha256: str, what: str) -> tuple[Path, PieceTable] | None:
    """A model that ships with the package, and the word vectors that it is read with.

    Those are the bundled embedder's: `None` where that is not installed. Raises ConfigError when
    the file is not the one of this hash, that this version was measured with.
    """
    weights = find_weights()
    if weights is None:
        return None
    model = Path(str(files("wortlaut.rag") / name))
    if not model.is_file() or hashlib.sha256(model.read_bytes()).hexdigest() != sha256:
        raise ConfigError(f"{model} is not the {what} of this version; install Wortlaut anew")
    return model, PieceTable.open(weights)


def open_bundled_reader() -> SpanReader | None:
    """The reader that ships with the package; `None` where the bundled embedder is not installed.

    Raises ConfigError when the file is not the one that this version was measured with.
    """
    shipped = find_shipped(MODEL_FILE, MODEL_SHA256, "reader")
    return SpanReader(*shipped) if shipped else None
