"""`wortlaut eval …`: how good and how quick it is, measured."""

from __future__ import annotations

import json
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.cli_eval_abstention import measure_abstention
from ui.cli_eval_compare import compare_runs
from ui.cli_eval_make import make_suite
from ui.cli_eval_run import run_suite
from ui.cli_eval_scorer import measure_scorer
from ui.cli_eval_versus import compare_starter

if TYPE_CHECKING:
    from eval.claims import ClaimSet
    from eval.lies import Judged, Ranking, Timing
    from index.embedder import Embedder

app = typer.Typer(help="Measure answers, retrieval and speed.", no_args_is_help=True)

app.command("run")(run_suite)
app.command("compare")(compare_runs)
app.command("scorer")(measure_scorer)
app.command("abstention")(measure_abstention)
app.command("make")(make_suite)
app.command("versus")(compare_starter)

AsJson = Annotated[bool, typer.Option("--json", help="JSON on standard output.")]


@app.command("retrieval")
def measure_retrieval(
    context: typer.Context,
    data: Annotated[Path, typer.Option(help="SQuAD JSON with the paragraphs.")],
    questions: Annotated[
        list[Path] | None, typer.Option(help="Parallel SQuAD JSON to ask from; may be repeated.")
    ] = None,
    distractors: Annotated[Path | None, typer.Option(help="Folder of other articles.")] = None,
    as_json: AsJson = False,
) -> None:
    """Recall and rank of the gold paragraph by question language, in an archive of its own."""
    from eval.retrieval import evaluate_retrieval

    result = evaluate_retrieval(context.obj, data, questions or [], distractors)
    if as_json:
        print(json.dumps(result))
        return
    print("language     n  recall@1  recall@5  mrr@10")
    for language, scores in result["languages"].items():
        figures = "  ".join(f"{scores[name]:8.3f}" for name in ("recall@1", "recall@5", "mrr@10"))
        print(f"{language:8} {scores['n']:5}  {figures}")
    gaps = ", ".join(f"{name} {_show(gap)}" for name, gap in result["parity_gap"].items())
    print(f"gap between the best and the worst language: {gaps}")


@app.command("speed")
def measure_speed(
    context: typer.Context,
    articles: Annotated[Path, typer.Argument(help="Articles to index and ask about.")],
    question: Annotated[str, typer.Option(help="The question.")] = "What did the minister say?",
    as_json: AsJson = False,
) -> None:
    """Time and memory against the plain LlamaIndex starter, in one run on the same articles."""
    from eval.speed import measure

    result = measure(context.obj, articles, question, _tell)
    if as_json:
        print(json.dumps(result))
        return
    for name, value in result.items():
        print(f"{name:44} {_show(value)}")


@app.command("lies")
def measure_lies(
    context: typer.Context,
    articles: Annotated[
        list[Path] | None,
        typer.Option(help="Articles as `index` reads them, or Wikinews quotes; may be repeated."),
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
    from eval.claims import gather_sets
    from eval.lies import Counts, count_verdicts
    from index.embedder import load_embedder
    from ui.reports import print_lies, print_wrong

    sets = gather_sets(
        articles or [], pawsx or [], xnli or [], (xquad, xquad_en, xquad_ru), seed, half, _tell
    )
    embedder = load_embedder(context.obj.embedder, context.obj.models_folder)
    total = Counts()
    for claims in sets:
        judged, ranking, timing = _check_claims(claims, embedder, seed, limit)
        counts = count_verdicts(judged)
        print_lies(claims.name, counts, ranking, timing, as_json=as_json)
        if show_wrong:
            print_wrong([each for each in judged if each.wrong], as_json=as_json)
        total += counts
    if len(sets) > 1:
        print_lies("all", total, as_json=as_json)


def _check_claims(
    claims: ClaimSet, embedder: Embedder, seed: int, limit: int | None
) -> tuple[list[Judged], Ranking | None, Timing | None]:
    """The verdicts on the claims, how they rank pairs that came with the data, and their time."""
    from eval.claims import take_first
    from eval.lies import judge_claims, list_speakers, rank_pairs, time_verifier
    from index.errors import DatasetError
    from rag.verification.verifier import OfflineVerifier
    from ui.progress import show_progress

    cases = list(take_first(claims.plant(), limit))
    if not cases:
        raise DatasetError(f"{claims.name}: no sentence to check; name other data")
    open_verifier = partial(OfflineVerifier, embedder, list_speakers(cases))
    judged = []
    # What is printed while the bar is drawn would end up on standard error.
    with show_progress("checking") as progress:
        for each in judge_claims(open_verifier(), cases):
            judged.append(each)
            if progress:
                progress(len(judged), len(cases), claims.name)
        own = [each for each in judged if each.case.lie in (None, claims.own_lie)]
        ranking = rank_pairs(own, embedder) if claims.own_lie else None
        timing = time_verifier(open_verifier, cases, embedder, seed)
    return judged, ranking, timing


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _show(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
