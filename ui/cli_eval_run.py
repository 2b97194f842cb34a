"""`wortlaut eval run`: a suite asked or scored, and what it came to."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ui.progress import show_progress

if TYPE_CHECKING:
    from eval.rows import Row
    from eval.suiterun import Outcome, ScorerChoice
    from eval.summary import Summary
    from rag.config import Settings

_INTERRUPTED = 130


class ScorerName(StrEnum):
    """What tells how faithful an answer is."""

    OFFLINE = "offline"
    NLI = "nli"
    LLM = "llm"


def run_suite(
    context: typer.Context,
    suite: Annotated[
        Path,
        typer.Argument(help="Gold questions (JSON lines), SQuAD JSON, or a folder of transcripts."),
    ],
    questions: Annotated[
        list[Path] | None, typer.Option(help="Parallel SQuAD JSON to ask from; may be repeated.")
    ] = None,
    archive_from: Annotated[
        list[Path] | None,
        typer.Option(
            "--archive-from",
            "--distractors",
            help="Ask of these articles, in an archive of the run's own; may be repeated.",
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep the rows here, and go on from them.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write a report: HTML, Markdown, JSON.")
    ] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the rows in the folder.")] = False,
    scorer: Annotated[
        ScorerName | None, typer.Option(help="Scores faithfulness; transcripts: offline.")
    ] = None,
    scorer_model: Annotated[str | None, typer.Option(help="Its model's name, or folder.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="Only the first questions, of each SQuAD file.")
    ] = None,
    fail_under: Annotated[
        list[str] | None,
        typer.Option(metavar="METRIC=VALUE", help="Exit with 1 below it; may be repeated."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    show_wrong: Annotated[bool, typer.Option(help="List what went wrong.")] = False,
) -> None:
    """Ask a suite's questions, or score what another system answered, and say how good it was.

    Transcripts are {"question", "answer", "contexts": […]}, Ragas' names do too. A run that was
    stopped goes on when it is started again with the same --out or --report.
    """
    from eval.reports.floors import check_floors
    from eval.suiterun import SuiteRun
    from eval.suites import read_suite
    from eval.summary import summarise

    read = read_suite(suite, questions or [], limit)
    chosen = scorer or (ScorerName.OFFLINE if read.kind == "transcripts" else None)
    kept = out or report
    with ExitStack() as stack:
        folder = kept or Path(stack.enter_context(_make_temporary()))
        run = SuiteRun(
            context.obj,
            read,
            folder,
            archive_from=archive_from or [],
            scorer=_choose(context.obj, chosen, scorer_model),
            fresh=fresh,
            watch=show_progress,
            tell=_tell if kept else lambda line: None,
        )
        try:
            outcome = run.run()
        except KeyboardInterrupt:
            _tell(
                f"stopped; what is done stays in {kept}, the same command goes on from there"
                if kept
                else "stopped; with --out DIR a run can go on where it was stopped"
            )
            raise typer.Exit(_INTERRUPTED) from None
    summary = summarise(outcome.rows, suite=read.name)
    if report:
        from eval.reports.report import write_report

        write_report(summary, outcome.rows, report)
    _print_run(summary, outcome.rows, as_json=as_json, show_wrong=show_wrong)
    short = check_floors(summary, fail_under or [])
    if _complain(outcome, short):
        raise typer.Exit(1)


def _make_temporary() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="wortlaut-eval-", ignore_cleanup_errors=True)


def _choose(settings: Settings, name: ScorerName | None, model: str | None) -> ScorerChoice | None:
    from eval.suiterun import ScorerChoice

    if name is None:
        if model:
            from index.errors import ConfigError

            raise ConfigError("--scorer-model is a scorer's; choose one too: --scorer nli")
        return None

    def open_chosen() -> Any:
        from eval.faithfulness.opening import open_scorer

        return open_scorer(settings, name.value, model)

    return ScorerChoice(name.value, model, open_chosen)


def _tell(line: str) -> None:
    print(f"wortlaut: {line}", file=sys.stderr)


def _complain(outcome: Outcome, short: Sequence[str]) -> bool:
    """Say on standard error, a line each, what failed; whether anything did."""
    from ui.render import clean_controls

    failed = [row for row in outcome.rows if row.error is not None]
    lines = [*outcome.problems]
    if failed:
        lines.append(
            f"{len(failed)} of {len(outcome.rows)} questions failed, first {failed[0].id}: "
            f"{failed[0].error}; a second run with the same --out asks them alone"
        )
    for line in (*lines, *short):
        _tell(" ".join(clean_controls(line).split()))
    return bool(lines or short)


def _print_run(summary: Summary, rows: Sequence[Row], *, as_json: bool, show_wrong: bool) -> None:
    from eval.tally import count_right, show_row
    from ui.render import clean_controls

    tally = count_right(rows)
    if as_json:
        data = summary.as_json() | tally | {"questions": [show_row(row) for row in rows]}
        print(json.dumps(data, ensure_ascii=False))
        return
    _print_metrics(summary)
    _print_groups(tally)
    for row in rows:
        if show_wrong and _is_wrong(row):
            print(clean_controls(f"\n{row.id}: {row.question}\n{row.error or row.answer}"))


def _print_metrics(summary: Summary) -> None:
    from eval.reports.measures import show_figure, show_interval

    print(f"{'metric':24} {'value':>9} {'n':>6}  95 % interval")
    for name, each in summary.metrics.items():
        interval = show_interval(name, each.low, each.high)
        print(f"{name:24} {show_figure(name, each.value):>9} {each.n:6}  {interval}")
    gaps = [(name, each) for name, each in summary.parity.items() if each.value is not None]
    if gaps:
        print("\nbest language less the worst")
    for name, each in gaps:
        interval = show_interval(name, each.low, each.high)
        print(f"{name:24} {show_figure(name, each.value):>9} {each.n:6}  {interval}")


def _print_groups(tally: dict[str, Any]) -> None:
    print(f"\n{'':15} {'n':>5} {'right':>6} {'sentence':>9} {'speaker':>8} {'date':>7} abstained")
    for kind in ("types", "languages"):
        for name, row in tally[kind].items():
            keys = (("sentence_right", 9), ("speaker_right", 8), ("date_right", 7))
            shares = " ".join(f"{_show(row[key]):>{width}}" for key, width in keys)
            print(f"{name:15} {row['n']:5} {row['right']:6} {shares} {row['abstained']:9}")
    abstention = tally["abstention"]
    print(
        f"\nright {tally['right']} of {tally['n']}; abstention precision "
        f"{_show(abstention['precision'])}, recall {_show(abstention['recall'])}; "
        f"p50 {_show(tally['latency_ms_p50'])} ms"
    )


def _is_wrong(row: Row) -> bool:
    right, held = (row.scores.get(name) for name in ("answer.right", "faithfulness.supported"))
    return row.error is not None or right == 0 or (right is None and held is not None and held < 1)


def _show(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
