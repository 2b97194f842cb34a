"""How well a retriever finds what is relevant, and how well the chat abstains where that is hidden.

Ours is measured on SQuAD files of any language and on BEIR folders, any other system's by its TREC
run; a suite is written as a BEIR folder for others to be measured on. Whatever is asked here is
asked of an archive made for the run.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from wortlaut.eval.figures.intervals import Estimate, Indices, bootstrap, bootstrap_mean
from wortlaut.eval.figures.metrics import (
    Bools,
    area_under_risk_coverage,
    auroc,
    average_precision_of_ranking,
    mean,
    ndcg_at_k,
    parity_gap,
    recall_at_k,
    reciprocal_rank,
)
from wortlaut.eval.figures.rows import RunRow
from wortlaut.eval.suites.formats import (
    ParagraphPlace,
    Qrels,
    SquadFile,
    SquadQuestion,
    TrecRun,
    check_places,
    make_articles,
    name_language,
    name_paragraph,
    read_beir,
    read_squad,
    write_beir,
)
from wortlaut.eval.suites.questions import Suite
from wortlaut.eval.suites.transcripts import hash_files
from wortlaut.index.archive import Archive, Selection
from wortlaut.index.article import Article, hash_text
from wortlaut.index.database.tables import has_database
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.index.lang.words import Language
from wortlaut.index.sources import find_files
from wortlaut.rag.assembly import (
    Library,
    index_articles,
    index_paths,
    open_library,
    open_reader,
    open_retriever,
)
from wortlaut.rag.chat import NewsChat
from wortlaut.rag.config import Settings
from wortlaut.rag.evidence import read_until_answered, weigh_reading
from wortlaut.rag.reader import Reader
from wortlaut.rag.retriever import Probe, Retriever, ScoredPassage

ANSWERABLE = "answerable"
HIDDEN = ("paragraph_hidden", "article_hidden")
Tell = Callable[[int, int, str], None]

_DEPTH = 50
# Beside a kept archive: what it was made of.
_STAMP = "abstention.json"


@dataclass(frozen=True, slots=True)
class RunFigures:
    """What a run comes to: estimates by metric, over the queries that have a relevant document.

    Of the `queries` that are judged `missing` are not in the run; `unjudged` ones of the run do not
    count.
    """

    metrics: dict[str, Estimate]
    queries: int
    missing: int
    unjudged: int

    def as_json(self) -> dict[str, Any]:
        """Everything by name."""
        metrics = {name: estimate.as_json() for name, estimate in self.metrics.items()}
        counts = {"queries": self.queries, "missing": self.missing, "unjudged": self.unjudged}
        return counts | {"metrics": metrics}


def score_run(run: TrecRun, qrels: Qrels, resamples: int = 1000) -> RunFigures:
    """Recall@1, @5 and @10, MRR, nDCG@10 and MAP of a run, each with its interval over queries.

    A query that the run lacks finds nothing and counts 0, as under trec_eval's -c. One without a
    relevant document has no figure, and is left out; trec_eval counts it 0. Grades count in nDCG
    alone. Raises DatasetError if no judged query is in the run.
    """
    missing = [query for query in qrels if query not in run]
    if len(missing) == len(qrels):
        raise DatasetError("the run ranks no query of the qrels; are both of one collection?")
    scored = [
        _score_query([document for document, _ in run.get(query, ())], judged)
        for query, judged in qrels.items()
    ]
    metrics = {
        name: bootstrap_mean([scores[name] for scores in scored], resamples=resamples)
        for name in scored[0]
    }
    return RunFigures(metrics, len(qrels), len(missing), sum(query not in qrels for query in run))


def _score_query(ranked: Sequence[str], judged: Mapping[str, int]) -> dict[str, float | None]:
    relevant = {document for document, grade in judged.items() if grade > 0}
    return {
        **{f"recall@{k}": recall_at_k(ranked, relevant, k) for k in (1, 5, 10)},
        "mrr": reciprocal_rank(ranked, relevant, max(len(ranked), 1)),
        "ndcg@10": ndcg_at_k(ranked, judged, 10),
        "map": average_precision_of_ranking(ranked, relevant),
    }


@dataclass(frozen=True, slots=True)
class Retrieved:
    """What our retriever found, as a run whose scores are 1 / rank, and what is relevant.

    `languages` has, of SQuAD files, each language's query ids.
    """

    run: TrecRun
    qrels: Qrels
    languages: dict[str, list[str]]


def retrieve_squad(
    settings: Settings, data: Path, questions: Sequence[Path], distractors: Path | None = None
) -> Retrieved:
    """Each question of the files asked; a query is called after its language, as "en:q1".

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
    named = [
        (language, f"{language}:{question.id}", question)
        for language, some in asked.items()
        for question in some
    ]
    qrels = {name: {name_paragraph(question.place): 1} for _, name, question in named}
    if len(qrels) < len(named):
        raise DatasetError(f"{data}: one id stands for two questions; give each its own")
    with open_archive(settings, list(make_articles(squad)), distractors) as library:
        texts = {name: question.text for _, name, question in named}
        run = _retrieve(library, open_reader(settings), texts)
    languages = {
        language: [name for each, name, _ in named if each == language] for language in asked
    }
    return Retrieved(run, qrels, languages)


def retrieve_beir(settings: Settings, folder: Path, distractors: Path | None = None) -> Retrieved:
    """Each judged query of a BEIR folder asked of its corpus, in an archive made for the run."""
    beir = read_beir(folder)
    with open_archive(settings, beir.articles, distractors) as library:
        run = _retrieve(library, open_reader(settings), beir.queries)
        return Retrieved(run, beir.qrels, {})


def _retrieve(library: Library, reader: Reader | None, queries: Mapping[str, str]) -> TrecRun:
    retriever = open_retriever(library)
    return {query: _rank(retriever, reader, text) for query, text in queries.items()}


def _rank(retriever: Retriever, reader: Reader | None, text: str) -> list[tuple[str, float]]:
    """The articles by their best passage, the first ones read as the chat reads them.

    The score is 1 / rank, which any program sorts alike.
    """
    ranked = retriever.search(text, _DEPTH)
    if reader is not None:
        ranked = weigh_reading(ranked, read_until_answered(reader, text, ranked))
    found = (scored.article.id for scored in ranked)
    return [(article, 1 / rank) for rank, article in enumerate(dict.fromkeys(found), 1)]


def compare_languages(found: Retrieved) -> dict[str, Any]:
    """Recall@1, recall@5 and MRR@10 by language, and the gap between the best and worst."""
    languages = {
        language: _average([([a for a, _ in found.run[q]], set(found.qrels[q])) for q in queries])
        for language, queries in found.languages.items()
    }
    gap = {
        metric: parity_gap([scores[metric] for scores in languages.values()])
        for metric in ("recall@1", "recall@5", "mrr@10")
    }
    return {"languages": languages, "parity_gap": gap}


def _average(ranked: Sequence[tuple[list[str], set[str]]]) -> dict[str, Any]:
    return {
        "n": len(ranked),
        "recall@1": _round(mean([recall_at_k(found, gold, 1) for found, gold in ranked])),
        "recall@5": _round(mean([recall_at_k(found, gold, 5) for found, gold in ranked])),
        "mrr@10": _round(mean([reciprocal_rank(found, gold, 10) for found, gold in ranked])),
    }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass(frozen=True, slots=True)
class Exported:
    """How much was written; `left_out` questions have no gold, and BEIR no place for them."""

    documents: int
    queries: int
    left_out: int


def export_beir(settings: Settings, suite: Suite, folder: Path) -> Exported:
    """Write the suite's questions and what they are asked of as a BEIR folder.

    The documents are the suite's own articles, else all of the archive's. A query is the turns of a
    question in one line; what it is relevant to are the articles of its gold, with grade 1. Raises
    DatasetError for gold in none of the articles.
    """
    asked = [question for question in suite.questions if question.gold]
    if not asked:
        raise DatasetError(f"{suite.name} has no question with gold; name a suite that has")
    articles = list(suite.articles or _read_archive(settings))
    known = {article.id for article in articles}
    lost = sorted({str(g.path) for q in asked for g in q.gold if g.article_id not in known})
    if lost:
        raise DatasetError(
            f"{len(lost)} of the files that the questions are about are not in the archive; "
            f"index their folder first: wortlaut index {Path(lost[0]).parent}"
        )
    queries = {question.id: " ".join(question.turns) for question in asked}
    qrels = {question.id: {span.article_id: 1 for span in question.gold} for question in asked}
    write_beir(folder, articles, queries, qrels)
    return Exported(len(articles), len(asked), len(suite.questions) - len(asked))


def _read_archive(settings: Settings) -> Iterator[Article]:
    if not has_database(settings.data, settings.archive_address):
        raise ConfigError(
            f"{settings.data} holds no archive; index first, with: wortlaut index FOLDER"
        )
    archive = Archive(settings.data, settings.archive_address)
    try:
        for (identity,) in archive.query("SELECT id FROM articles ORDER BY id"):
            article = archive.read_article(str(identity))
            if article is not None:
                yield article
    finally:
        archive.close()


@contextmanager
def open_archive(
    settings: Settings,
    articles: Sequence[Article],
    distractors: Path | None,
    keep: Path | None = None,
) -> Iterator[Library]:
    """An archive of the articles and the distractors; gone afterwards.

    With `keep` it stays in that folder, and what is there already is not embedded again. Raises
    ConfigError where the folder holds an archive of anything else.
    """
    if keep is not None:
        _claim(keep, articles, distractors)
    with tempfile.TemporaryDirectory(prefix="wortlaut-eval-") as folder:
        inner = settings.beside(keep or Path(folder))
        index_articles(inner, articles)
        if distractors is not None:
            index_paths(inner, [distractors])
        library = open_library(inner)
        try:
            yield library
        finally:
            library.close()


def _claim(folder: Path, articles: Sequence[Article], distractors: Path | None) -> None:
    """Note in the folder what its archive is made of, or compare with what is noted there."""
    texts = [[article.id, article.text] for article in articles]
    files = [] if distractors is None else find_files([distractors])
    made_of = {
        "paragraphs": hash_text(json.dumps(texts)),
        "distractors": hash_files([file for file in files if isinstance(file, Path)]),
    }
    stamp = folder / _STAMP
    advice = "name another folder: --keep"
    try:
        if (folder / "archive.sqlite").exists():
            if not stamp.exists():
                raise ConfigError(f"{folder} holds another archive; {advice}")
            if json.loads(stamp.read_text("utf-8")) != made_of:
                raise ConfigError(f"{folder} holds an archive of other paragraphs; {advice}")
            return
        folder.mkdir(parents=True, exist_ok=True)
        stamp.write_text(json.dumps(made_of) + "\n", encoding="utf-8")
    except (OSError, ValueError) as error:
        raise ConfigError(f"{stamp} cannot be used; {advice}") from error


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
        open_reader=partial(open_reader, settings),
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


def _list_ways(squad: SquadFile, place: ParagraphPlace) -> list[tuple[str, tuple[str, ...]]]:
    siblings = tuple(name_paragraph(other) for other in squad.paragraphs if other[0] == place[0])
    return [(ANSWERABLE, ()), (HIDDEN[0], (name_paragraph(place),)), (HIDDEN[1], siblings)]


def _ask(chat: NewsChat, question: SquadQuestion, language: str, kind: str) -> RunRow:
    started = perf_counter()
    answer = chat.ask(question.text)
    is_there = kind == ANSWERABLE
    gold = name_paragraph(question.place)
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
