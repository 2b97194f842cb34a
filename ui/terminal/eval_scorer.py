"""`wortlaut eval scorer`: how often a faithfulness scorer is right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from wortlaut.eval.faithfulness.measuring import JudgedAnswer, LabelledAnswer, Level
    from wortlaut.eval.faithfulness.scorer import Scorer

_FIGURES = (
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

    What is to be found are the unsupported claims and answers. "Refitted" is the same scorer with
    its probability and cut fitted to the other sources of the data (5-fold, by source).
    """
    from wortlaut.eval.faithfulness.measuring import measure_level, read_labelled
    from wortlaut.eval.faithfulness.scorer import open_scorer
    from wortlaut.index.errors import ConfigError, DatasetError

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
        levels = {
            "claims": measure_level([claim for each in judged for claim in each.claims]),
            "answers": measure_level([each.answer for each in judged]),
        }
        _print_levels(file.name, opened.name, levels, len(answers) - len(judged), as_json=as_json)
    if fit is not None:
        _write_calibration(every, scorer_model, fit)


def _judge(scorer: Scorer, answers: list[LabelledAnswer], name: str) -> list[JudgedAnswer]:
    from wortlaut.eval.faithfulness.measuring import judge_answers
    from wortlaut.ui.terminal.progress import show_progress

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
    from wortlaut.index.errors import DatasetError

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
    typer.echo(
        f"calibration to {len(claims)} claims written; use it: --scorer-model {file}", err=True
    )


def _print_levels(
    name: str, scorer: str, levels: dict[str, Level], silent: int, *, as_json: bool
) -> None:
    if as_json:
        found: dict[str, Any] = {level: figures.as_json() for level, figures in levels.items()}
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
        for key, label in _FIGURES:
            estimate = measured.figures.get(key)
            if estimate is not None:
                print(f"    {label:28} {_show(estimate.value)}  {_show_interval(estimate)}")
    if silent:
        print(f"  {silent} answers claim nothing and are left out")


def _show(value: float | None) -> str:
    return "   –" if value is None else f"{value:.3f}"


def _show_interval(estimate: Any) -> str:
    if estimate.low is None or estimate.high is None:
        return "–"
    return f"[{estimate.low:.3f}, {estimate.high:.3f}]"
