"""How well the project's own retriever finds the gold paragraph, in any language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from eval.metrics import mean, parity_gap, recall_at_k, reciprocal_rank
from eval.paragraphs import open_archive
from eval.squad import (
    SquadQuestion,
    check_places,
    name_language,
    name_place,
    read_squad,
)
from rag.assembly import open_retriever
from rag.config import Settings
from rag.retriever import Retriever

_DEPTH = 50


def evaluate_retrieval(
    settings: Settings, data: Path, questions: Sequence[Path], distractors: Path | None = None
) -> dict[str, Any]:
    """Recall@1, recall@5 and MRR@10 by language, and the gap between the best and worst.

    Each paragraph of `data` is an article of its own in an archive made for the run; a question's
    gold paragraph is the one at its article and paragraph position.
    """
    squad = read_squad(data)
    asked: dict[str, Sequence[SquadQuestion]] = {}
    for path in (data, *questions):
        file = squad if path == data else read_squad(path)
        check_places(path, file, squad)
        if file.questions:
            asked[name_language(path, file)] = file.questions
    with open_archive(settings, squad, distractors) as library:
        retriever = open_retriever(library)
        languages = {name: _score(retriever, some) for name, some in asked.items()}
    gap = {
        metric: parity_gap([scores[metric] for scores in languages.values()])
        for metric in ("recall@1", "recall@5", "mrr@10")
    }
    return {"languages": languages, "parity_gap": gap}


def _score(retriever: Retriever, questions: Sequence[SquadQuestion]) -> dict[str, Any]:
    at_1, at_5, ranks = [], [], []
    for question in questions:
        found = [scored.article.id for scored in retriever.search(question.text, _DEPTH)]
        ranked = list(dict.fromkeys(found))
        gold = {name_place(question.place)}
        at_1.append(recall_at_k(ranked, gold, 1))
        at_5.append(recall_at_k(ranked, gold, 5))
        ranks.append(reciprocal_rank(ranked, gold, 10))
    return {
        "n": len(questions),
        "recall@1": _round(mean(at_1)),
        "recall@5": _round(mean(at_5)),
        "mrr@10": _round(mean(ranks)),
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
