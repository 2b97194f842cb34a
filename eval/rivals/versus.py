"""The plain LlamaIndex starter and ours, asked the same questions over the same articles.

One yardstick for both: spans of the articles' text, whatever a system calls a passage. A gold
sentence is found where a stretch of text and it share half of the shorter one. Recall@k asks
whether one of the first k stretches has a gold sentence, each side in its own units (the starter's
chunks are much longer than our passages); `recall@1000c` asks it of the first 1,000 letters of the
ranking, where both hand over as much; article@k asks whether a gold article is among the first k
that the ranking comes by. `silent` is an abstention where there is an answer, `abstained` one where
there is none. What is shown is what a reader, or a model, gets: the
starter's default two chunks, our answer's quotes. `shown.speaker` is the share of it that the
person asked for says, by our own attribution: who reads the statements anew may see it otherwise.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from wortlaut.eval.figures.intervals import (
    Difference,
    Estimate,
    bootstrap,
    bootstrap_mean,
    paired_difference,
)
from wortlaut.eval.figures.metrics import quantile
from wortlaut.eval.figures.rows import Scores
from wortlaut.eval.rivals.starter import Shelf, Shown, Starter, list_command
from wortlaut.eval.run.examiner import ask_conversation, search_as_asked
from wortlaut.eval.speed import find_model, run_alone
from wortlaut.eval.suites.questions import GoldQuestion
from wortlaut.index.article import Article, Span
from wortlaut.index.errors import DatasetError
from wortlaut.index.lang.names import SAME_PERSON, match_names
from wortlaut.index.sources import read_sources
from wortlaut.rag.answer import Answer
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.config import Settings

METRICS = (
    "article@1", "article@5", "recall@1", "recall@2", "recall@5", "mrr@10", "recall@1000c",
    "shown.gold", "shown.narrow", "shown.speaker", "silent", "abstained",
)  # fmt: skip
# Deep enough that short passages, too, come by five articles.
_DEPTH = 30
_WARM_UP = 3
_LETTERS = 1000
_RANKS = 10

Gold = Sequence[Shown]


@dataclass(frozen=True, slots=True)
class AskedPair:
    """How one question went on both sides; `None` where a metric does not apply."""

    question: GoldQuestion
    ours: Scores
    starter: Scores
    ours_ms: float
    starter_ms: float


@dataclass(frozen=True, slots=True)
class Versus:
    """The pairs of one run, with the figures of speed by name; `stopped` if it was cut short.

    `unplaced` counts the questions left out on both sides, for it does not show where in the
    articles a passage of the starter stands.
    """

    suite: str
    articles: int
    pairs: tuple[AskedPair, ...]
    speed: Mapping[str, float] = field(default_factory=dict)
    stopped: bool = False
    unplaced: int = 0

    def as_json(self) -> dict[str, Any]:
        """Everything, by side, and by language where there are several."""
        languages = sorted({pair.question.language for pair in self.pairs})
        return {
            "suite": self.suite,
            "articles": self.articles,
            "n": len(self.pairs),
            "stopped": self.stopped,
            "unplaced": self.unplaced,
            "all": summarise_pairs(self.pairs),
            "languages": {
                language: summarise_pairs(
                    [p for p in self.pairs if p.question.language == language]
                )
                for language in languages
                if len(languages) > 1
            },
            "speed": dict(self.speed),
        }


def read_all_articles(paths: Sequence[Path]) -> list[Article]:
    """The articles under the paths; what cannot be read is left out on both sides."""
    return [read for read in read_sources(paths) if isinstance(read, Article)]


def spread(questions: Sequence[GoldQuestion], limit: int | None) -> list[GoldQuestion]:
    """At most `limit` questions of each language, taken evenly from the whole file."""
    languages = dict.fromkeys(question.language for question in questions)
    kept = []
    for language in languages:
        theirs = [question for question in questions if question.language == language]
        step = max(len(theirs) / (limit or len(theirs)), 1)
        kept += [theirs[int(n * step)] for n in range(min(limit or len(theirs), len(theirs)))]
    return kept


def compare(
    settings: Settings,
    name: str,
    questions: Sequence[GoldQuestion],
    articles: Sequence[Article],
    *,
    cold_runs: int = 3,
    tell: Callable[[str], None] = lambda line: None,
    progress: Callable[[int, int, str], None] | None = None,
) -> Versus:
    """Both sides' answers to the questions, and their speed, measured in turns.

    Everything is indexed afresh into a folder that is gone afterwards. Interrupted once it
    asks, it gives what was measured until then. Raises DatasetError if gold is not among the articles.
    """
    _check(questions, articles)
    with tempfile.TemporaryDirectory(prefix="wortlaut-versus-") as made:
        folder = Path(made)
        shelf = Shelf(folder, articles)
        inner = settings.beside(folder / "data")
        tell(f"indexing {len(shelf)} articles, the starter first")
        speed = _index(inner, shelf, folder / "store")
        tell(f"asking {len(questions)} questions, both sides in turns")
        asked: list[AskedPair | None] = []
        with suppress(KeyboardInterrupt):
            for pair in _ask(inner, questions, articles, shelf, folder / "store"):
                asked.append(pair)
                if progress:
                    progress(len(asked), len(questions), questions[len(asked) - 1].id)
        stopped = len(asked) < len(questions)
        pairs = [pair for pair in asked if pair is not None]
        unplaced = len(asked) - len(pairs)
        if unplaced:
            tell(f"{unplaced} questions are left out: the starter's passages have no place there")
        if not pairs:
            raise DatasetError("no question was answered by both; nothing was compared")
        speed |= _compare_speed(pairs)
        if not stopped and cold_runs:
            tell("asking cold, each time in a process of its own")
            with suppress(KeyboardInterrupt):
                speed |= _ask_cold(inner, shelf, folder / "store", questions[0], cold_runs)
    return Versus(name, len(articles), tuple(pairs), speed, stopped, unplaced)


def _check(questions: Sequence[GoldQuestion], articles: Sequence[Article]) -> None:
    known = {article.id for article in articles}
    missing = {gold.path for q in questions for gold in q.gold if gold.article_id not in known}
    if missing:
        raise DatasetError(
            f"{len(missing)} of the files that the questions are about are not among the articles; "
            f"name their folder: --articles {sorted(missing)[0].parent}"
        )


def _index(settings: Settings, shelf: Shelf, store: Path) -> dict[str, float]:
    model = find_model(settings)
    starter = list_command(
        "wortlaut.eval.rivals.starter", "index", str(shelf.theirs), str(store), model
    )
    # By name, as `eval/speed.py` does: what is timed is the command that a user types, so eval leans on
    # ui here, which no import shows.
    ours = list_command(
        "wortlaut.ui.terminal.cli", "--data", str(settings.data), "index", str(shelf.ours)
    )
    their_s, their_mb = run_alone(starter, settings)
    our_s, our_mb = run_alone(ours, settings)
    return {
        "starter_index_s": their_s,
        "ours_index_s": our_s,
        "index_time_ratio": our_s / their_s,
        "starter_index_mb": their_mb,
        "ours_index_mb": our_mb,
        "index_memory_ratio": our_mb / their_mb,
    }


def _ask_cold(
    settings: Settings, shelf: Shelf, store: Path, question: GoldQuestion, runs: int
) -> dict[str, float]:
    """The best of some runs a side, in turns: what disturbs a run only ever makes it slower."""
    model, words = find_model(settings), " ".join(question.turns)
    starter = list_command(
        "wortlaut.eval.rivals.starter", "ask", str(shelf.theirs), str(store), model
    )
    ours = list_command("wortlaut.ui.terminal.cli", "--data", str(settings.data), "ask", words)
    taken = [
        (run_alone([*starter, words], settings), run_alone(ours, settings)) for _ in range(runs)
    ]
    (their_s, their_mb), (our_s, our_mb) = (
        (min(run[side][0] for run in taken), min(run[side][1] for run in taken)) for side in (0, 1)
    )
    return {
        "starter_cold_s": their_s,
        "ours_cold_s": our_s,
        "cold_time_ratio": our_s / their_s,
        "starter_cold_mb": their_mb,
        "ours_cold_mb": our_mb,
        "cold_memory_ratio": our_mb / their_mb,
    }


def _ask(
    settings: Settings,
    questions: Sequence[GoldQuestion],
    articles: Sequence[Article],
    shelf: Shelf,
    store: Path,
) -> Iterator[AskedPair | None]:
    """A pair for each question, `None` where a passage of the starter has no place."""
    by_id = {article.id: article for article in articles}
    chat = open_chat(settings)
    starter = Starter(settings, shelf, store, find_model(settings))
    try:
        for question in questions[:_WARM_UP]:
            starter.ask(question.turns[-1], _DEPTH)
            ask_conversation(chat, question)
        for question in questions:
            # The starter keeps no conversation: it gets all of it as one question.
            found = starter.ask(" ".join(question.turns), _DEPTH)
            answer = ask_conversation(chat, question)
            if found.lost:
                yield None
                continue
            took = answer.timings_ms["total"]
            gold = [
                Shown(span.article_id, span.find(by_id[span.article_id]) or _whole(by_id, span))
                for span in question.gold
            ]
            quoted = [Shown(shelf.name_article(c.article.path), c.span) for c in answer.citations]
            said = _list_said(chat, shelf, question.speaker)
            ranked = _rank(chat, question, answer, shelf)
            ours = score_stretches(gold, quoted, ranked, answer.abstained, said)
            theirs = score_stretches(gold, found.shown, found.ranked, not found.shown, said)
            yield AskedPair(question, ours, theirs, took, found.ms)
    finally:
        starter.close()


def _whole(by_id: Mapping[str, Article], span: Any) -> Span:
    return Span(0, len(by_id[span.article_id].text))


def _list_said(chat: NewsChat, shelf: Shelf, speaker: str | None) -> list[Shown]:
    """All that the person says in the articles, as our index has it."""
    if not speaker:
        return []
    rows = chat.archive.query(
        'SELECT a.path, s.start, s."end", s.speaker FROM statements s '
        "JOIN articles a ON a.number = s.article WHERE s.speaker IS NOT NULL"
    )
    return [
        Shown(shelf.name_article(path), Span(start, end))
        for path, start, end, name in rows
        if match_names(speaker, name) >= SAME_PERSON
    ]


def _rank(chat: NewsChat, question: GoldQuestion, answer: Answer, shelf: Shelf) -> list[Shown]:
    """Passage search for the question as understood, as the chat does it."""
    found = search_as_asked(chat, answer, _DEPTH)
    return [Shown(shelf.name_article(f.article.path), f.passage.span) for f in found]


def _compare_speed(pairs: Sequence[AskedPair]) -> dict[str, float]:
    """The median times of a warm question; nothing without a pair, or a time of 0."""
    ours = quantile([pair.ours_ms for pair in pairs], 0.5)
    theirs = quantile([pair.starter_ms for pair in pairs], 0.5)
    if not ours or not theirs:
        return {}
    return {
        "starter_warm_p50_ms": theirs,
        "ours_warm_p50_ms": ours,
        "warm_time_ratio": ours / theirs,
    }


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


def summarise_pairs(pairs: Sequence[AskedPair]) -> dict[str, Any]:
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


def _split(pairs: Sequence[AskedPair]) -> tuple[list[Scores], list[Scores]]:
    return [pair.ours for pair in pairs], [pair.starter for pair in pairs]


def _compare_means(
    ours: Sequence[float | None], theirs: Sequence[float | None], groups: Sequence[str | None]
) -> Estimate:
    a, b = (np.array(side, dtype=np.float64) for side in (ours, theirs))
    return bootstrap(
        lambda drawn: float(a[drawn].mean() / b[drawn].mean()) if b[drawn].any() else None,
        len(a), groups,
    )  # fmt: skip
