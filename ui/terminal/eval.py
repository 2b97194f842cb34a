"""`wortlaut eval …`: the group of commands, and those that measure retrieval, speed, lies and scorers.

What `export` and `make` write is here too; `run` and `compare` have modules of their own.
"""

from __future__ import annotations

import json
from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.ui.terminal.eval_compare import compare_runs, compare_starter
from wortlaut.ui.terminal.eval_run import measure_abstention, measure_answers, run_suite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wortlaut.eval.faithfulness.labelled import LabelledAnswer
    from wortlaut.eval.faithfulness.measuring import JudgedAnswer, Level
    from wortlaut.eval.faithfulness.scorer import Scorer
    from wortlaut.eval.faithfulness.spans import SpanLevel
    from wortlaut.eval.figures.intervals import Estimate
    from wortlaut.eval.lies.data import ClaimSet
    from wortlaut.eval.lies.lies import JudgedSentence, Ranking, Timing
    from wortlaut.eval.retrieval import RunFigures
    from wortlaut.index.embedder import Embedder
    from wortlaut.index.lang.words import Language


eval_app = typer.Typer(help="Measure answers, retrieval and speed.", no_args_is_help=True)

_SCORER_FIGURES = (
    ("auroc", "AUROC"),
    ("average_precision", "average precision"),
    ("precision", "precision"),
    ("recall", "recall"),
    ("f1", "F1"),
    ("brier", "Brier score"),
    ("ece", "calibration error"),
    ("refitted_precision", "precision, refitted"),
    ("refitted_recall", "recall, refitted"),
    ("refitted_f1", "F1, refitted"),
    ("refitted_brier", "Brier score, refitted"),
    ("refitted_ece", "calibration error, refitted"),
)
_AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


def measure_retrieval(
    context: typer.Context,
    data: Annotated[
        Path | None, typer.Option(help="SQuAD JSON with the paragraphs, or a BEIR folder.")
    ] = None,
    questions: Annotated[
        list[Path] | None, typer.Option(help="Parallel SQuAD JSON to ask from; may be repeated.")
    ] = None,
    distractors: Annotated[Path | None, typer.Option(help="Folder of other articles.")] = None,
    run: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what was found as a TREC run.")
    ] = None,
    score: Annotated[
        Path | None, typer.Option(metavar="RUN", help="Score this TREC run, of any system.")
    ] = None,
    qrels: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Qrels: read with --score, written with --data."),
    ] = None,
    as_json: _AsJson = False,
) -> None:
    """Recall and rank of what is relevant, in an archive of its own, or of a run by any system.

    SQuAD JSON is measured by question language. Of a BEIR folder (corpus.jsonl, queries.jsonl,
    qrels/test.tsv), and with --score of a TREC run, recall@1, @5 and @10, MRR, nDCG@10 and MAP are
    told with 95 % intervals. Runs and qrels are read as trec_eval reads them; qrels may be BEIR's.
    """
    from wortlaut.eval.retrieval import compare_languages, retrieve_beir, retrieve_squad, score_run
    from wortlaut.eval.suites.formats import read_qrels, read_trec_run, write_qrels, write_trec_run

    _check_retrieval(data, questions, distractors, run, score, qrels)
    if score is not None and qrels is not None:
        _print_run_figures(score_run(read_trec_run(score), read_qrels(qrels)), as_json)
        return
    assert data is not None
    if data.is_dir():
        found = retrieve_beir(context.obj, data, distractors)
    else:
        found = retrieve_squad(context.obj, data, questions or [], distractors)
    if run is not None:
        write_trec_run(run, found.run)
    if qrels is not None:
        write_qrels(qrels, found.qrels)
    if data.is_dir():
        _print_run_figures(score_run(found.run, found.qrels), as_json)
    else:
        _print_languages(compare_languages(found), as_json)


def _check_retrieval(
    data: Path | None,
    questions: Sequence[Path] | None,
    distractors: Path | None,
    run: Path | None,
    score: Path | None,
    qrels: Path | None,
) -> None:
    """Return if the options go together; else raise ConfigError."""
    if score is not None:
        if qrels is None:
            raise ConfigError("--score RUN needs what is relevant: --qrels FILE")
        if data or questions or distractors or run:
            raise ConfigError("--score RUN goes with --qrels alone: nothing is searched for")
    elif data is None:
        raise ConfigError(
            "nothing to measure; name SQuAD JSON or a BEIR folder with --data, "
            "or a run: --score RUN --qrels FILE"
        )
    elif data.is_dir() and questions:
        raise ConfigError(f"--questions goes with SQuAD JSON alone; {data} is a folder")


def _print_languages(result: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print(json.dumps(result))
        return
    print("language     n  recall@1  recall@5  mrr@10")
    for language, scores in result["languages"].items():
        figures = "  ".join(f"{scores[name]:8.3f}" for name in ("recall@1", "recall@5", "mrr@10"))
        print(f"{language:8} {scores['n']:5}  {figures}")
    gaps = ", ".join(f"{name} {_show(gap)}" for name, gap in result["parity_gap"].items())
    print(f"gap between the best and the worst language: {gaps}")


def _print_run_figures(figures: RunFigures, as_json: bool) -> None:
    from wortlaut.eval.reports.showing import show_figure, show_interval
    from wortlaut.ui.terminal.printing import tell

    if figures.missing:
        tell(f"{figures.missing} of {figures.queries} queries are not in the run and count 0")
    if figures.unjudged:
        tell(f"{figures.unjudged} queries of the run are not in the qrels and do not count")
    if as_json:
        print(json.dumps(figures.as_json()))
        return
    print(f"{'metric':10} {'value':>6} {'n':>6}  95 % interval")
    for name, each in figures.metrics.items():
        interval = show_interval(name, each.low, each.high)
        print(f"{name:10} {show_figure(name, each.value):>6} {each.n:6}  {interval}")


def export_suite(
    context: typer.Context,
    suite: Annotated[Path, typer.Argument(help="Gold questions (JSON lines), or SQuAD JSON.")],
    folder: Annotated[Path, typer.Argument(help="The BEIR folder to write: new, or empty.")],
    questions: Annotated[
        list[Path] | None, typer.Option(help="Parallel SQuAD JSON to ask from; may be repeated.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many, as in `run`.")] = None,
) -> None:
    """Write a suite, and the archive that it is asked of, as a BEIR folder for other retrievers.

    corpus.jsonl holds the articles, queries.jsonl the questions that have gold (a conversation's
    turns in one line), qrels/test.tsv the articles with their gold.
    """
    from wortlaut.eval.retrieval import export_beir
    from wortlaut.eval.suites.questions import read_suite
    from wortlaut.ui.terminal.printing import tell

    read = read_suite(suite, questions or [], limit)
    if read.kind == "transcripts":
        raise ConfigError(f"{suite} holds transcripts; name questions with gold")
    done = export_beir(context.obj, read, folder)
    print(f"{folder}: {done.documents} documents, {done.queries} queries")
    if done.left_out:
        tell(f"{done.left_out} questions without gold are left out")


def measure_speed(
    context: typer.Context,
    articles: Annotated[Path, typer.Argument(help="Articles to index and ask about.")],
    question: Annotated[str, typer.Option(help="The question.")] = "What did the minister say?",
    as_json: _AsJson = False,
) -> None:
    """Time and memory against the plain LlamaIndex starter, in one run on the same articles."""
    from wortlaut.eval.speed import measure
    from wortlaut.ui.terminal.printing import tell

    result = measure(context.obj, articles, question, tell)
    if as_json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:44} {_show(value)}")


def measure_served(
    context: typer.Context,
    questions: Annotated[int, typer.Option(min=1, help="So many at once, in all.")] = 2000,
    connections: Annotated[int, typer.Option(min=1, max=1000, help="Over so many.")] = 200,
    as_json: _AsJson = False,
) -> None:
    """A question over HTTP against the same in this process, and very many over many connections."""
    from wortlaut.eval.serving import measure_serving

    result = measure_serving(context.obj, questions, connections)
    if as_json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            print(f"{name:24} {'-' if value is None else value}")
    if result["errors"]:
        raise typer.Exit(1)


def measure_sizes(
    context: typer.Context,
    sizes: Annotated[list[int], typer.Argument(min=100, help="Passages; several to compare.")],
    keep: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the archives here, to be made once.")
    ] = None,
    questions: Annotated[int, typer.Option(min=1, help="So many questions of each kind.")] = 20,
    reader: Annotated[bool, typer.Option(help="Have the reader read, as the chat does.")] = False,
    as_json: _AsJson = False,
) -> None:
    """Speed by size: synthetic archives of so many passages, asked through the real path.

    A million passages take some hours to make once, and 10 GB: name a folder with --keep.
    """
    import tempfile

    from wortlaut.eval.scale import measure_scale
    from wortlaut.ui.terminal.printing import tell

    settings = context.obj if reader else context.obj.model_copy(update={"reader": "none"})
    with tempfile.TemporaryDirectory(prefix="wortlaut-scale-") as name:
        result = measure_scale(settings, sizes, keep or Path(name), questions, tell)
    if as_json:
        print(json.dumps(result))
    else:
        _print_sizes(result)


def _print_sizes(result: dict[str, Any]) -> None:
    """One line a figure, one column a size, and behind it how many times the smallest's it is."""
    sizes = list(result["sizes"])
    flat = {
        size: {n: v for n, v in figures.items() if n != "kinds"}
        | {f"{k} {n}": v for k, some in figures["kinds"].items() for n, v in some.items()}
        for size, figures in result["sizes"].items()
    }
    print(f"{'':28}" + "".join(f"{int(size):>18,}" for size in sizes))
    for name in flat[sizes[0]]:
        cells = []
        for size in sizes:
            ratio = result["ratios"].get(size, {}).get(name)
            cells.append(f"{flat[size][name]:10,.1f}" + (f" x{ratio:6.2f}" if ratio else " " * 8))
        print(f"{name:28}" + "".join(cells))
    for name in (n for r in result["ratios"].values() for n in r if " / " in n):
        shown = ", ".join(f"{int(s):,}: {r[name]}" for s, r in result["ratios"].items())
        print(f"{name:40} {shown}")


def measure_lies(
    context: typer.Context,
    articles: Annotated[
        list[Path] | None,
        typer.Option(help="Articles as `index` reads them, or Wikinews quotes; may be repeated."),
    ] = None,
    claims: Annotated[
        list[Path] | None,
        typer.Option(help="Articles with claims written on them, JSON lines; may be repeated."),
    ] = None,
    pawsx: Annotated[list[Path] | None, typer.Option(help="PAWS-X; may be repeated.")] = None,
    xnli: Annotated[list[Path] | None, typer.Option(help="XNLI, one file a language.")] = None,
    xquad: Annotated[Path | None, typer.Option(help="German SQuAD JSON.")] = None,
    xquad_en: Annotated[Path | None, typer.Option(help="The same in English.")] = None,
    xquad_ru: Annotated[Path | None, typer.Option(help="The same in Russian.")] = None,
    seed: Annotated[int, typer.Option(help="Other lies for another seed.")] = 7,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many truths, and lies of each kind, a data set.")
    ] = None,
    half: Annotated[int | None, typer.Option(min=0, max=1, help="Only half 0 or 1.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
    show_wrong: Annotated[bool, typer.Option(help="List what was judged wrong.")] = False,
) -> None:
    """Plant lies in true sentences and count which the offline verifier catches, by class.

    The classes: verbatim (of articles), paraphrase (one language), cross (over a German text).
    PAWS-X and XNLI files have their language in their name, as in xnli.dev.de.jsonl.gz.
    """
    from wortlaut.eval.lies.data import gather_sets
    from wortlaut.eval.lies.lies import Counts, count_verdicts
    from wortlaut.index.embedder import load_embedder
    from wortlaut.ui.terminal.printing import print_lies, print_wrong, tell

    sets = gather_sets(
        articles or [],
        pawsx or [],
        xnli or [],
        (xquad, xquad_en, xquad_ru),
        seed,
        half,
        tell,
        claims or [],
    )
    embedder = load_embedder(context.obj.embedder, context.obj.models_folder)
    total = Counts()
    for each_set in sets:
        judged, ranking, timing = _check_claims(each_set, embedder, seed, limit)
        counts = count_verdicts(judged)
        print_lies(each_set.name, counts, ranking, timing, as_json=as_json)
        if show_wrong:
            print_wrong([each for each in judged if each.wrong], as_json=as_json)
        total += counts
    if len(sets) > 1:
        print_lies("all", total, as_json=as_json)


def _check_claims(
    claims: ClaimSet, embedder: Embedder, seed: int, limit: int | None
) -> tuple[list[JudgedSentence], Ranking | None, Timing | None]:
    """The verdicts on the claims, how they rank pairs that came with the data, and their time."""
    from wortlaut.eval.lies.data import take_first
    from wortlaut.eval.lies.lies import judge_claims, list_speakers, rank_pairs, time_verifier
    from wortlaut.rag.verification.entailment import open_bundled_entailment
    from wortlaut.rag.verification.verifier import OfflineVerifier
    from wortlaut.ui.terminal.printing import show_progress

    cases = list(take_first(claims.plant(), limit))
    if not cases:
        raise DatasetError(f"{claims.name}: no sentence to check; name other data")
    open_verifier = partial(
        OfflineVerifier, embedder, list_speakers(cases), entailer=open_bundled_entailment()
    )
    judged = []
    # What is printed while the bar is drawn would end up on standard error.
    with show_progress("checking") as progress:
        for each in judge_claims(open_verifier(), cases):
            judged.append(each)
            if progress:
                progress(len(judged), len(cases), claims.name)
        is_own = claims.is_own
        own = [each for each in judged if is_own and (not each.case.lie or is_own(each.case.lie))]
        ranking = rank_pairs(own, embedder) if is_own else None
        timing = time_verifier(open_verifier, cases, embedder, seed)
    return judged, ranking, timing


def _show(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def make_suite(
    context: typer.Context,
    archive: Annotated[
        Path | None, typer.Argument(help="The archive's folder; without it, the configured one.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The file to write, JSON lines.")] = Path(
        "questions.jsonl"
    ),
    n: Annotated[int, typer.Option("--n", min=1, max=5000, help="How many questions.")] = 60,
    languages: Annotated[str, typer.Option(help="Of de, en and ru, with commas.")] = "de,en,ru",
    seed: Annotated[int, typer.Option(help="Other questions for another seed.")] = 7,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
    from_feedback: Annotated[
        bool, typer.Option("--from-feedback", help="From what users thought of answers.")
    ] = False,
) -> None:
    """Propose questions with gold spans from what the archive holds, for you to edit.

    With --from-feedback they are those that users judged in the browser chat: what was found good
    has the words that it cited as gold, what was found bad empty gold and the comment.
    Read them, mend or delete those that are no good, then: wortlaut eval run FILE.
    """
    from wortlaut.eval.proposals.feedback import propose_from_feedback
    from wortlaut.eval.proposals.make import Proposer, write_suite
    from wortlaut.index.archive import Archive
    from wortlaut.index.database.tables import has_database
    from wortlaut.ui.terminal.feedback import read_feedback
    from wortlaut.ui.terminal.printing import tell

    chosen = _read_languages(languages)
    folder, address = archive or context.obj.data, None if archive else context.obj.archive_address
    if not has_database(folder, address):
        raise ConfigError(
            f"{folder} holds no archive; give the folder that you indexed into with --data, "
            "or index first, with: wortlaut index FOLDER"
        )
    opened = Archive(folder, address)
    try:
        place = out.resolve().parent
        if from_feedback:
            given = read_feedback(context.obj.model_copy(update={"data": folder}))
            rows = propose_from_feedback(given, opened, place, n, chosen)
        else:
            rows = Proposer(opened, seed).propose(place, n, chosen)
    finally:
        opened.close()
    write_suite(rows, out, force=force)
    counts = Counter(row["type"] for row in rows)
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    print(f"{out}: {len(rows)} questions proposed: {kinds}")
    if len(rows) < n and not from_feedback:
        tell(f"the archive offers no more than these of the {n}")
    print(f"read and edit them, then: wortlaut --data {folder} eval run {out}")


def _read_languages(text: str) -> list[Language]:
    from wortlaut.index.lang.words import Language

    known = {str(name): name for name in get_args(Language)}
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or any(name not in known for name in names):
        raise ConfigError(f"--languages {text!r}: name some of de, en, ru, with commas between")
    return [known[name] for name in dict.fromkeys(names)]


def measure_scorer(
    context: typer.Context,
    data: Annotated[
        list[Path],
        typer.Option(help="Answers that people judged, JSON lines (.gz too); may be repeated."),
    ],
    scorer: Annotated[str, typer.Option(help="offline, nli or llm.")] = "offline",
    scorer_model: Annotated[
        str | None,
        typer.Option(help="nli: a cross-encoder; llm: a model; offline: a calibration file."),
    ] = None,
    fit: Annotated[
        Path | None, typer.Option(help="Write the offline scorer's calibration to this data here.")
    ] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many answers a file.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a file.")] = False,
) -> None:
    """Hold a faithfulness scorer against human labels: AUROC, precision, recall, F1, calibration.

    What is to be found are the unsupported claims, answers and, letter by letter, spans. "Refitted"
    is the same scorer with its probability and cut fitted to the other sources of the data (5-fold,
    by source).
    """
    from wortlaut.eval.faithfulness.labelled import read_labelled
    from wortlaut.eval.faithfulness.measuring import measure_level
    from wortlaut.eval.faithfulness.scorer import open_scorer
    from wortlaut.eval.faithfulness.spans import measure_spans

    if fit is not None and scorer != "offline":
        raise ConfigError("--fit calibrates the offline scorer; leave out --scorer")
    read = {file: read_labelled(file)[:limit] for file in data}
    if fit is not None and all(a.unsupported is None for some in read.values() for a in some):
        raise DatasetError("--fit needs answers in which people marked spans, or judged sentences")
    opened = open_scorer(context.obj, scorer, scorer_model)
    every: list[JudgedAnswer] = []
    for file, answers in read.items():
        judged = _judge(opened, answers, file.name)
        every += judged
        spoken = [each.answer for each in judged if each.answer is not None]
        levels = {
            "claims": measure_level([claim for each in judged for claim in each.claims]),
            "answers": measure_level(spoken),
        }
        spans = measure_spans([each.spans for each in judged if each.spans is not None])
        silent = len(judged) - len(spoken)
        _print_levels(file.name, opened.name, levels, spans, silent, as_json=as_json)
    if fit is not None:
        _write_calibration(every, scorer_model, fit)


def _judge(scorer: Scorer, answers: list[LabelledAnswer], name: str) -> list[JudgedAnswer]:
    from wortlaut.eval.faithfulness.measuring import judge_answers
    from wortlaut.ui.terminal.printing import show_progress

    judged = []
    with show_progress("scoring") as progress:
        for each in judge_answers(scorer, answers):
            judged.append(each)
            if progress:
                progress(len(judged), len(answers), name)
    return judged


def _write_calibration(judged: list[JudgedAnswer], start: str | None, file: Path) -> None:
    from wortlaut.eval.faithfulness.measuring import fit_curve, is_enough
    from wortlaut.eval.faithfulness.offline import Calibration
    from wortlaut.ui.terminal.printing import tell

    claims = [claim for each in judged for claim in each.claims]
    curve = fit_curve(claims) if is_enough(claims) else None
    if curve is None:
        raise DatasetError(
            f"too little to fit to, so nothing is written: {len(claims)} claims, of which "
            f"{sum(claim.unsupported for claim in claims)} unsupported; name more data (25 claims of "
            "either label and 8 sources are the least)"
        )
    base = Calibration.read(Path(start)) if start else Calibration()
    base.refit(curve.scale, curve.bias, curve.cut).write(file)
    tell(f"calibration to {len(claims)} claims written; use it: --scorer-model {file}")


def _print_levels(
    name: str,
    scorer: str,
    levels: dict[str, Level],
    spans: SpanLevel,
    silent: int,
    *,
    as_json: bool,
) -> None:
    if as_json:
        found: dict[str, Any] = {level: figures.as_json() for level, figures in levels.items()}
        found["spans"] = spans.as_json()
        print(json.dumps({"data": name, "scorer": scorer, "without_claims": silent, **found}))
        return
    print(f"{name}, scorer {scorer}")
    for level, measured in levels.items():
        if not measured.n:
            continue
        print(
            f"  {level}: {measured.n} about {measured.sources} sources, {measured.unsupported} "
            f"unsupported; flagged {measured.flagged}, {measured.caught} of them rightly"
        )
        _print_figures(measured.figures)
    if spans.answers:
        print(
            f"  spans: of {spans.unsupported} unsupported letters {spans.both} are marked, and "
            f"{spans.marked - spans.both} others, in {spans.answers} answers"
        )
        _print_figures(spans.figures)
    if silent:
        print(f"  {silent} answers claim nothing and are left out")


def _print_figures(figures: dict[str, Estimate]) -> None:
    for key, label in _SCORER_FIGURES:
        estimate = figures.get(key)
        if estimate is not None:
            print(f"    {label:28} {_show_figure(estimate.value)}  {_show_interval(estimate)}")


def _show_figure(value: float | None) -> str:
    return "   –" if value is None else f"{value:.3f}"


def _show_interval(estimate: Any) -> str:
    if estimate.low is None or estimate.high is None:
        return "–"
    return f"[{estimate.low:.3f}, {estimate.high:.3f}]"


# In the order that --help lists them.
eval_app.command("run")(run_suite)
eval_app.command("compare")(compare_runs)
eval_app.command("scorer")(measure_scorer)
eval_app.command("answers")(measure_answers)
eval_app.command("abstention")(measure_abstention)
eval_app.command("make")(make_suite)
eval_app.command("versus")(compare_starter)
eval_app.command("retrieval")(measure_retrieval)
eval_app.command("export")(export_suite)
eval_app.command("speed")(measure_speed)
eval_app.command("serving")(measure_served)
eval_app.command("scale")(measure_sizes)
eval_app.command("lies")(measure_lies)
