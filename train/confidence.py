"""Fits what `rag/confidence.py` makes of reading, and says how well it tells: after `make train`.

Our own articles of part "dev" and, where its file is given, M2QA German news, each set an archive of
its own. Every question is searched for and read as the chat does with a question of fact that names
no time, those with an answer once more with their article hidden. Weights are fitted on all of it,
AUROC is cross-validated by article.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from train.reader import ARTICLES, MODEL, find_bundled, read_lines
from wortlaut.eval.figures.metrics import auroc
from wortlaut.eval.retrieval import BlindRetriever, open_archive
from wortlaut.eval.suites.formats import make_articles, name_paragraph, read_squad
from wortlaut.index.article import Article, hash_text, normalise_text
from wortlaut.index.lang.words import detect_language
from wortlaut.index.pieces import PieceTable
from wortlaut.rag.confidence import FOUND_SHIFT, judge_passages, read_margins, to_logit
from wortlaut.rag.config import load_settings
from wortlaut.rag.evidence import read_until_answered
from wortlaut.rag.reader import SpanReader

FOLDS = 8
STRENGTH = 0.1
POOL = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about the article of that id, which answers it or not."""

    text: str
    article: str
    has_answer: bool


@dataclass(frozen=True, slots=True)
class Told:
    """What search and reader tell of a question, and whether there was an answer to be found."""

    group: str
    article: str
    found: float
    margins: tuple[float, ...]
    answerable: bool


def read_held_out(file: Path) -> tuple[list[Article], list[Asked]]:
    """The articles that no reader learns from, and their questions."""
    rows = [row for row in read_lines(file) if row["part"] == "dev"]
    articles = [_make_article(row) for row in rows]
    asked = [Asked(q["q"], row["id"], bool(q["answer"])) for row in rows for q in row["questions"]]
    return articles, asked


def _make_article(row: dict[str, Any]) -> Article:
    text = normalise_text(row["text"])
    return Article(row["id"], row["title"], text, hash_text(text))


def read_paragraphs(file: Path) -> tuple[list[Article], list[Asked]]:
    """Each paragraph of a SQuAD file as an article, and the questions."""
    squad = read_squad(file)
    asked = [Asked(q.text, name_paragraph(q.place), bool(q.answers)) for q in squad.questions]
    return list(make_articles(squad)), asked


def tell(
    name: str, articles: Sequence[Article], asked: Sequence[Asked], reader: SpanReader
) -> Iterator[Told]:
    """What is told of each question; of those with an answer once more with the article hidden."""
    with open_archive(load_settings(), articles, None) as library:
        retriever = BlindRetriever(library.archive, library.store, library.embedder)
        for question in asked:
            for hidden in ("", question.article) if question.has_answer else ("",):
                retriever.hidden = (hidden,) if hidden else ()
                language = detect_language(question.text, "de")
                probe = retriever.probe(question.text, question.text, language)
                ranked = retriever.rank(probe, POOL)
                found = judge_passages(ranked, retriever.compare_background(probe), language)
                readings = read_until_answered(reader, question.text, ranked)
                yield Told(
                    f"{name}, hidden" if hidden else name,
                    question.article,
                    to_logit(found),
                    read_margins([reading for _, reading in readings]),
                    question.has_answer and not hidden,
                )


def fit(told: Sequence[Told]) -> None:
    """Prints the weights of the four margins and of a low search logit, the bias, each set's AUROC."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GroupKFold

    margins = np.array([(*row.margins, min(row.found + FOUND_SHIFT, 0.0)) for row in told])
    held = np.array([row.answerable for row in told])
    weights = _weigh_alike(told)
    mean, spread = margins.mean(0), margins.std(0)
    scaled = (margins - mean) / spread

    def learn(rows: Any) -> Any:
        model = LogisticRegression(C=STRENGTH, max_iter=3000)
        return model.fit(scaled[rows], held[rows], sample_weight=weights[rows])

    logits = np.zeros(len(told))
    folds = GroupKFold(FOLDS).split(scaled, held, [row.article for row in told])
    for known, unseen in folds:
        logits[unseen] = learn(known).decision_function(scaled[unseen])
    for group in dict.fromkeys(row.group for row in told):
        name = group.removesuffix(", hidden")
        rows = [
            number
            for number, row in enumerate(told)
            if row.group == group or (row.group == name and row.answerable and group != name)
        ]
        found = np.array([told[number].found for number in rows])
        print(
            f"{group}: {len(rows)} questions, AUROC of search {auroc(held[rows], found):.3f}, "
            f"of reading {auroc(held[rows], logits[rows]):.3f}"
        )
    model = learn(slice(None))
    raw = model.coef_[0] / spread
    print("margins, search", tuple(raw.round(4).tolist()))
    print("bias", round(float(model.intercept_[0] - (raw * mean).sum()), 3))


def _weigh_alike(told: Sequence[Told]) -> Any:
    """A weight a row: every set counts alike, and in it what has an answer and what has none."""
    keys = [(row.group, row.answerable) for row in told]
    return np.array([100 / keys.count(key) for key in keys])


def main() -> None:
    """Asks, fits, prints."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--m2qa", type=Path, help="M2QA German news as SQuAD JSON")
    parser.add_argument("--limit", type=int, default=300, help="questions of each set")
    parser.add_argument("--reader", type=Path, default=MODEL)
    given = parser.parse_args()
    reader = SpanReader(given.reader, PieceTable.open(find_bundled()))
    sets = {"own": read_held_out(ARTICLES)}
    if given.m2qa:
        sets["M2QA"] = read_paragraphs(given.m2qa)
    told: list[Told] = []
    for name, (articles, asked) in sets.items():
        asked = random.Random(3).sample(asked, min(given.limit, len(asked)))
        told += tell(name, articles, asked, reader)
    fit(told)


if __name__ == "__main__":
    main()
