"""`wortlaut eval compare`: what changed between runs of one suite, and what of it is chance."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from index.errors import ConfigError

if TYPE_CHECKING:
    from eval.reports.compare import Change, Comparison

_MOST_FLIPS = 20


def compare_runs(
    runs: Annotated[
        list[Path],
        typer.Argument(help="Two or more runs: report.json, rows.jsonl or the folder of either."),
    ],
    metric: Annotated[
        list[str] | None, typer.Option(help="Only this metric; may be repeated.")
    ] = None,
    fail_on_regression: Annotated[
        bool,
        typer.Option("--fail-on-regression", help="Exit with 1 if any is worse*; times if named."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Compare runs with the first one, question by question: what changed, and what is noise.

    A difference is noise where its 95 % interval covers 0 or its p exceeds
    0.05; p is a randomisation test's for means, and read off the interval for
    figures of a whole set (abstention, calibration, times).

    A * marks what holds though so many metrics were looked at (Holm's
    correction); --metric looks at fewer. What two different scorers judged is
    incomparable. Questions are paired by id, by text where no id is shared.
    """
    from eval.reports.compare import compare_pair
    from eval.reports.runs import read_run

    if len(runs) < 2:
        raise ConfigError("name two runs to compare: wortlaut eval compare A B")
    first, *others = [read_run(path) for path in runs]
    regressions = []
    for other in others:
        comparison = compare_pair(first, other, metric or [])
        if as_json:
            print(json.dumps(comparison.as_json()), flush=True)
        else:
            _print_comparison(comparison)
        regressions += _list_regressions(comparison, metric or [])
    if fail_on_regression and regressions:
        for line in regressions:
            print(_clean(f"wortlaut: {line}"), file=sys.stderr)
        raise typer.Exit(1)


def _list_regressions(comparison: Comparison, named: Sequence[str]) -> list[str]:
    """What is worse beyond chance, or was asked for and not measured in both runs.

    Times only where they are named: another machine, or a busy one, is no worse a system.
    """
    lines = []
    for change in comparison.changes:
        is_named = change.metric in named
        if change.verdict == "undefined" and is_named:
            lines.append(f"{change.metric} is not measured in both runs, {comparison.b}")
        elif change.verdict == "incomparable" and is_named:
            lines.append(f"{change.metric} has another judge in {comparison.b}")
        elif change.holds and change.verdict == "worse":
            if change.metric.endswith("_ms") and not is_named:
                continue
            lines.append(f"{change.metric} is worse in {comparison.b}")
    return lines


def _print_comparison(comparison: Comparison) -> None:
    print(_clean(f"A  {comparison.a}"))
    print(_clean(f"B  {comparison.b}"))
    print(_describe_pairs(comparison))
    for note in comparison.notes:
        print(_clean(f"note: {note}"))
    print()
    width = max(len(change.metric) for change in comparison.changes)
    columns = f"{'n':>5}  {'A':>9}  {'B':>9}  {'B − A':>9}  {'95 % interval':>22}  {'p':>5}"
    print(f"{'metric':{width}}  {columns}")
    for change in comparison.changes:
        print(_write_change(change, width))
    print()
    print(_explain_chance(comparison.changes))
    for name, flips in (("right to wrong", comparison.lost), ("wrong to right", comparison.won)):
        _print_flips(name, flips)
    print(flush=True)


def _describe_pairs(comparison: Comparison) -> str:
    left_out = {
        "only in A": comparison.only_a,
        "only in B": comparison.only_b,
        "worded otherwise": comparison.reworded,
    }
    parts = [f"{count} {what}" for what, count in left_out.items() if count]
    line = f"{_count(comparison.n, 'question')} compared"
    if parts:
        line += f"; left out: {', '.join(parts)}"
    if comparison.failed_a or comparison.failed_b:
        line += f"; failed: {comparison.failed_a} in A, {comparison.failed_b} in B"
    return line


def _write_change(change: Change, width: int) -> str:
    from eval.reports.measures import show_figure, show_interval

    figures = [
        show_figure(change.metric, value) for value in (change.a, change.b, change.difference)
    ]
    if change.difference is not None and change.difference > 0:
        figures[2] = f"+{figures[2]}"
    interval = show_interval(change.metric, change.low, change.high)
    verdict = change.verdict + ("*" if change.holds else "")
    columns = "  ".join(f"{figure:>9}" for figure in figures)
    p = "–" if change.p is None else f"{change.p:.3f}"
    shown = f"{change.n:5}  {columns}  {interval:>22}  {p:>5}"
    return f"{_clean(change.metric):{width}}  {shown}  {verdict}"


def _explain_chance(changes: Sequence[Change]) -> str:
    tested = sum(change.p is not None for change in changes)
    if not tested:
        return "Too few questions to tell any difference from chance."
    return (
        f"{_count(tested, 'metric')} compared. Where nothing changed, about one in 20 still looks "
        "better or worse by chance; * holds after Holm's correction for that."
    )


def _print_flips(name: str, flips: Sequence[tuple[str, str]]) -> None:
    if not flips:
        return
    print(f"\n{name}: {len(flips)}")
    for identity, question in flips[:_MOST_FLIPS]:
        print(f"  {_clean(identity)}  {_clean(question)}")
    if len(flips) > _MOST_FLIPS:
        print(f"  and {len(flips) - _MOST_FLIPS} more; --json lists them all")


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _clean(text: str) -> str:
    """The text on one line, without what could steer the terminal."""
    from ui.render import clean_controls, collapse

    return clean_controls(collapse(text))
