"""How well the chat's confidence tells what the archive answers from what it does not.

Each question of a SQuAD file is asked three times of one archive: with everything there, with its
gold paragraph hidden (`paragraph_hidden`: others of the same article stay, the hard case) and with
its whole article hidden (`article_hidden`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from wortlaut.eval.figures.intervals import Indices, bootstrap, bootstrap_mean
from wortlaut.eval.figures.metrics import Bools, area_under_risk_coverage, auroc
from wortlaut.eval.figures.rows import RunRow
from wortlaut.eval.suites.formats import (
    Place,
    SquadFile,
    SquadQuestion,
    check_places,
    name_language,
    name_place,
    read_squad,
)
from wortlaut.index.lang.language import Language
from wortlaut.index.selection import Selection
from wortlaut.rag.assembly import Library
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.config import Settings
from wortlaut.rag.retriever import Probe, Retriever, ScoredPassage

ANSWERABLE = "answerable"
HIDDEN = ("paragraph_hidden", "article_hidden")
Tell = Callable[[int, int, str], None]


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """Questions of one language, about the paragraphs of the data file."""

    language: str
    questions: tuple[SquadQuestion, ...]


class BlindRetriever(Retriever):
    """A retriever that looks past the articles in `hidden`, and embeds a repeated text once."""

    hidden: tuple[str, ...] = ()
    _last: tuple[tuple[str, str, Language], Probe] | None = None

    def probe(self, text: str, words: str, language: Language) -> Probe:
        """What to look for, kept until another text is asked for."""
        key = (text, words, language)
        if self._last is None or self._last[0] != key:
            self._last = key, super().probe(text, words, language)
        return self._last[1]

    def rank(
        self, probe: Probe, limit: int, selection: Selection | None = None
    ) -> list[ScoredPassage]:
        """The passages that fit best among those of the articles that are not hidden."""
        selection = replace(selection or Selection(), without=self.hidden)
        return super().rank(probe, limit, selection)


def read_asked(data: Path, questions: Sequence[Path]) -> tuple[SquadFile, list[QuestionSet]]:
    """The paragraphs, and each file's questions; raises DatasetError for other paragraphs."""
    squad = read_squad(data)
    asked = []
    for path in (data, *questions):
        file = squad if path == data else read_squad(path)
        check_places(path, file, squad)
        answerable = tuple(q for q in file.questions if not q.is_impossible)
        if answerable:
            asked.append(QuestionSet(name_language(path, file), answerable))
    return squad, asked


def ask_all(
    library: Library,
    settings: Settings,
    squad: SquadFile,
    asked: Sequence[QuestionSet],
    tell: Tell | None = None,
) -> Iterator[RunRow]:
    """A row for each question and for each way of asking it: `type` says what was hidden."""
    retriever = BlindRetriever(library.archive, library.store, library.embedder)
    chat = NewsChat(
        library.archive,
        retriever,
        quotes=settings.quotes,
        min_confidence=settings.min_confidence,
    )
    total = sum(len(each.questions) for each in asked)
    done = 0
    for each in asked:
        for question in each.questions:
            for kind, hidden in _list_ways(squad, question.place):
                retriever.hidden = hidden
                yield _ask(chat, question, each.language, kind)
            done += 1
            if tell:
                tell(done, total, each.language)


def _list_ways(squad: SquadFile, place: Place) -> list[tuple[str, tuple[str, ...]]]:
    siblings = tuple(name_place(other) for other in squad.paragraphs if other[0] == place[0])
    return [(ANSWERABLE, ()), (HIDDEN[0], (name_place(place),)), (HIDDEN[1], siblings)]


def _ask(chat: NewsChat, question: SquadQuestion, language: str, kind: str) -> RunRow:
    started = perf_counter()
    answer = chat.ask(question.text)
    is_there = kind == ANSWERABLE
    gold = name_place(question.place)
    cited = {citation.article.id for citation in answer.citations}
    return RunRow(
        id=f"{question.id} {language} {kind}",
        type=kind,
        language=language,
        question=question.text,
        answer=answer.text,
        answerable=is_there,
        abstained=answer.abstained,
        confidence=answer.confidence,
        scores={"answer.paragraph": float(gold in cited) if is_there else None},
        gold=(gold,) if is_there else (),
        source=f"article-{question.place[0]}",
        latency_ms=(perf_counter() - started) * 1000,
    )


def summarise_abstention(rows: Sequence[RunRow], resamples: int = 1000) -> dict[str, Any]:
    """By language the figures below; each an Estimate with its interval over articles, as JSON.

    For either way of hiding, of the questions asked so and those with everything there together:
    `auroc` of the confidence, `aurc` the area under the risk-coverage curve (risk: the share of
    unanswerable ones among the answered), and of the abstentions at the chat's own cut `precision`
    and `recall`. `kept` is the share of answerable questions that got an answer.
    """
    languages = sorted({row.language for row in rows})
    return {
        name: _summarise([row for row in rows if row.language == name], resamples)
        for name in languages
    }


def _summarise(rows: Sequence[RunRow], resamples: int) -> dict[str, Any]:
    there = [row for row in rows if row.type == ANSWERABLE]
    kept = [float(not row.abstained) for row in there]
    groups = [row.source for row in there]
    result: dict[str, Any] = {
        "n": len(there),
        "kept": bootstrap_mean(kept, groups, resamples=resamples).as_json(),
    }
    for kind in HIDDEN:
        both = [*there, *(row for row in rows if row.type == kind)]
        result[kind] = _measure(both, resamples)
    return result


def _measure(rows: Sequence[RunRow], resamples: int) -> dict[str, Any]:
    held = np.array([bool(row.answerable) for row in rows])
    sure = np.array([row.confidence or 0.0 for row in rows])
    silent = np.array([row.abstained for row in rows])
    groups = [row.source for row in rows]

    def estimate(measure: Callable[[Indices], float | None]) -> dict[str, Any]:
        return bootstrap(measure, len(rows), groups, resamples=resamples).as_json()

    def find_share(of: Bools, among: Bools) -> dict[str, Any]:
        values = [float(x) if y else None for x, y in zip(of, among, strict=True)]
        return bootstrap_mean(values, groups, resamples=resamples).as_json()

    return {
        "auroc": estimate(lambda drawn: auroc(held[drawn], sure[drawn])),
        "aurc": estimate(lambda drawn: area_under_risk_coverage(held[drawn], sure[drawn])),
        "precision": find_share(~held, silent),
        "recall": find_share(silent, ~held),
    }
