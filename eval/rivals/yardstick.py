"""One yardstick for two systems: spans of the articles' text, whatever a system calls a passage.

A gold sentence is found where a stretch of text and it share half of the shorter one. Recall@k asks
whether one of the first k stretches has a gold sentence, each side in its own units (the starter's
chunks are much longer than our passages); `recall@1000c` asks it of the first 1,000 letters of the
ranking, where both hand over as much; article@k asks whether a gold article is among the first k
that the ranking comes by. `silent` is an abstention where there is an answer, `abstained` one where
there is none. What is shown is what a reader, or a model, gets: the
starter's default two chunks, our answer's quotes. `shown.speaker` is the share of it that the
person asked for says, by our own attribution: who reads the statements anew may see it otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from eval.intervals import Difference, Estimate, bootstrap, bootstrap_mean, paired_difference
from eval.questions import GoldQuestion
from eval.rivals.rival import Shown
from index.article import Span

METRICS = (
    "article@1", "article@5", "recall@1", "recall@2", "recall@5", "mrr@10", "recall@1000c",
    "shown.gold", "shown.narrow", "shown.speaker", "silent", "abstained",
)  # fmt: skip
_LETTERS = 1000
_RANKS = 10

Scores = Mapping[str, float | None]
Gold = Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Pair:
    """How one question went on both sides; `None` where a metric does not apply."""

    question: GoldQuestion
    ours: Scores
    starter: Scores
    ours_ms: float
    starter_ms: float


def score_stretches(
    gold: Gold, shown: Gold, ranked: Gold, abstained: bool, said: Gold
) -> dict[str, float | None]:
    """The scores of one side's answer; without `gold` the question has no answer.

    `ranked` is its search's ranking, best first; `said` is all that the person asked for says.
    """
    scores: dict[str, float | None] = dict.fromkeys(METRICS)
    scores["shown.characters"] = float(sum(len(each.span) for each in shown))
    if not gold:
        return scores | {"abstained": float(abstained)}
    articles = list(dict.fromkeys(each.article_id for each in ranked))
    wanted = {each.article_id for each in gold}
    for k in (1, 5):
        scores[f"article@{k}"] = float(not wanted.isdisjoint(articles[:k]))
    first = enumerate(ranked[:_RANKS], 1)
    rank = next((n for n, each in first if _has_gold(each, gold)), None)
    for k in (1, 2, 5):
        scores[f"recall@{k}"] = float(rank is not None and rank <= k)
    scores["mrr@10"] = 1 / rank if rank else 0.0
    scores["recall@1000c"] = float(any(_has_gold(each, gold) for each in cut_to(ranked, _LETTERS)))
    scores["silent"] = float(abstained)
    scores["shown.gold"] = float(any(_has_gold(each, gold) for each in shown))
    scores["shown.narrow"] = measure_share(shown, gold)
    scores["shown.speaker"] = measure_share(shown, said) if said else None
    return scores


def _has_gold(shown: Shown, gold: Gold) -> bool:
    return any(
        shown.article_id == each.article_id
        and shown.span.overlap(each.span) * 2 >= min(len(shown.span), len(each.span)) > 0
        for each in gold
    )


def cut_to(ranked: Gold, letters: int) -> list[Shown]:
    """The first so many letters of a ranking, the last stretch cut short."""
    kept, left = [], letters
    for each in ranked:
        span = Span(each.span.start, min(each.span.end, each.span.start + left))
        if len(span):
            kept.append(Shown(each.article_id, span))
        left -= len(span)
    return kept


def measure_share(shown: Gold, wanted: Gold) -> float | None:
    """The share in [0, 1] of the letters shown that are wanted; `None` where nothing is shown."""
    total = sum(len(each.span) for each in shown)
    if not total:
        return None
    hits = 0
    for each in shown:
        inside = {
            letter
            for other in wanted
            if other.article_id == each.article_id
            for letter in range(
                max(each.span.start, other.span.start), min(each.span.end, other.span.end)
            )
        }
        hits += len(inside)
    return hits / total


def summarise_pairs(pairs: Sequence[Pair]) -> dict[str, Any]:
    """By metric both sides' estimates and ours less the starter's; of letters shown the ratio."""
    groups = [pair.question.source for pair in pairs]
    figures: dict[str, dict[str, Estimate | Difference]] = {}
    for metric in METRICS:
        ours, theirs = ([side[metric] for side in sides] for sides in _split(pairs))
        figures[metric] = {
            "ours": bootstrap_mean(ours, groups),
            "starter": bootstrap_mean(theirs, groups),
            "difference": paired_difference(theirs, ours, groups),
        }
    ours, theirs = ([side["shown.characters"] for side in sides] for sides in _split(pairs))
    figures["shown.characters"] = {
        "ours": bootstrap_mean(ours, groups),
        "starter": bootstrap_mean(theirs, groups),
        "ratio": _compare_means(ours, theirs, groups),
    }
    return {
        metric: {side: estimate.as_json() for side, estimate in sides.items()}
        for metric, sides in figures.items()
    }


def _split(pairs: Sequence[Pair]) -> tuple[list[Scores], list[Scores]]:
    return [pair.ours for pair in pairs], [pair.starter for pair in pairs]


def _compare_means(
    ours: Sequence[float | None], theirs: Sequence[float | None], groups: Sequence[str | None]
) -> Estimate:
    a, b = (np.array(side, dtype=np.float64) for side in (ours, theirs))
    return bootstrap(
        lambda drawn: float(a[drawn].mean() / b[drawn].mean()) if b[drawn].any() else None,
        len(a), groups,
    )  # fmt: skip
