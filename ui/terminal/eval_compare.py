"""`wortlaut eval compare` and `eval versus`: runs of one suite, and the plain starter beside ours."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wortlaut.index.errors import ConfigError, DatasetError

if TYPE_CHECKING:
    from wortlaut.eval.reports.compare import Change, Comparison

_MOST_FLIPS = 20
_MEANING = {
    "article@1": "gold article first",
    "article@5": "among the first 5",
    "recall@1": "gold sentence in the first passage",
    "recall@2": "in the first 2",
    "recall@5": "in the first 5",
    "mrr@10": "reciprocal rank, of 10",
    "recall@1000c": "in the first 1,000 letters",
    "shown.gold": "gold sentence in what is shown",
    "shown.narrow": "share of what is shown that is gold",
    "shown.speaker": "share of it that the person asked for says",
    "silent": "abstains where there is an answer",
    "abstained": "abstains where there is none",
}
_BY_LANGUAGE = ("article@1", "recall@1", "recall@1000c", "shown.gold")
_SPEED = (
    ("warm question, p50 ms", "warm_p50_ms", "warm_time_ratio"),
    ("cold question, s", "cold_s", "cold_time_ratio"),
    ("cold question, peak MB", "cold_mb", "cold_memory_ratio"),
    ("indexing, s", "index_s", "index_time_ratio"),
    ("indexing, peak MB", "index_mb", "index_memory_ratio"),
)


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
    from wortlaut.eval.figures.rows import load_run
    from wortlaut.eval.reports.compare import compare_pair
    from wortlaut.ui.render import clean_line

    if len(runs) < 2:
        raise ConfigError("name two runs to compare: wortlaut eval compare A B")
    first, *others = [load_run(path) for path in runs]
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
            print(clean_line(f"wortlaut: {line}"), file=sys.stderr)
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
    from wortlaut.ui.render import clean_line

    print(clean_line(f"A  {comparison.a}"))
    print(clean_line(f"B  {comparison.b}"))
    print(_describe_pairs(comparison))
    for note in comparison.notes:
        print(clean_line(f"note: {note}"))
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
    from wortlaut.ui.terminal.printing import count_things

    left_out = {
        "only in A": comparison.only_a,
        "only in B": comparison.only_b,
        "worded otherwise": comparison.reworded,
    }
    parts = [f"{count} {what}" for what, count in left_out.items() if count]
    line = f"{count_things(comparison.n, 'question')} compared"
    if parts:
        line += f"; left out: {', '.join(parts)}"
    if comparison.failed_a or comparison.failed_b:
        line += f"; failed: {comparison.failed_a} in A, {comparison.failed_b} in B"
    return line


def _write_change(change: Change, width: int) -> str:
    from wortlaut.eval.reports.showing import show_figure, show_interval
    from wortlaut.ui.render import clean_line

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
    return f"{clean_line(change.metric):{width}}  {shown}  {verdict}"


def _explain_chance(changes: Sequence[Change]) -> str:
    from wortlaut.ui.terminal.printing import count_things

    tested = sum(change.p is not None for change in changes)
    if not tested:
        return "Too few questions to tell any difference from chance."
    return (
        f"{count_things(tested, 'metric')} compared. Where nothing changed, about one in 20 still looks "
        "better or worse by chance; * holds after Holm's correction for that."
    )


def _print_flips(name: str, flips: Sequence[tuple[str, str]]) -> None:
    if not flips:
        return

    from wortlaut.ui.render import clean_line

    print(f"\n{name}: {len(flips)}")
    for identity, question in flips[:_MOST_FLIPS]:
        print(f"  {clean_line(identity)}  {clean_line(question)}")
    if len(flips) > _MOST_FLIPS:
        print(f"  and {len(flips) - _MOST_FLIPS} more; --json lists them all")


def compare_starter(
    context: typer.Context,
    suite: Annotated[Path, typer.Argument(help="SQuAD JSON, or gold questions in JSON lines.")],
    questions: Annotated[
        list[Path] | None, typer.Option(help="Parallel SQuAD JSON to ask from; may be repeated.")
    ] = None,
    articles: Annotated[
        list[Path] | None,
        typer.Option(help="The articles; without it, the folders of the gold. May be repeated."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="So many questions of each language, spread evenly.")
    ] = None,
    cold_runs: Annotated[int, typer.Option(min=0, help="Cold questions a side.")] = 3,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="A Markdown table.")] = False,
) -> None:
    """Ask the plain LlamaIndex starter and Wortlaut the same questions, and compare.

    Same articles, same embedding model; the starter has its default chunks and shows its default
    two of them. Both are indexed afresh, and asked in turns.
    """
    from wortlaut.eval.rivals.versus import compare, read_all_articles, spread
    from wortlaut.eval.suites.questions import read_suite
    from wortlaut.ui.terminal.printing import show_progress, tell

    read = read_suite(suite, questions or [])
    if not read.questions:
        raise DatasetError(f"{suite} asks nothing; name SQuAD JSON or gold questions")
    asked = spread(read.questions, limit)
    folders = articles or sorted({gold.path.parent for q in asked for gold in q.gold})
    found = [*read.articles] or read_all_articles(folders)
    if read.articles and articles:
        found += read_all_articles(articles)
    with show_progress("asking") as progress:
        result = compare(
            context.obj, read.name, asked, found, cold_runs=cold_runs, tell=tell, progress=progress
        )
    if result.stopped:
        tell(f"stopped: these are the first {len(result.pairs)} of {len(asked)} questions")
    data = result.as_json()
    if as_json:
        print(json.dumps(data, ensure_ascii=False))
    else:
        print("\n".join(list_lines(data, as_markdown)))


def list_lines(data: Mapping[str, Any], markdown: bool) -> Iterator[str]:
    """The table of a comparison's JSON, line by line; figures of few questions say so by n."""
    from wortlaut.ui.render import clean_line

    yield f"{clean_line(data['suite'])}: {data['n']} questions, {data['articles']} articles"
    yield ""
    table = [("", "starter", "Wortlaut", "difference"), *_list_rows(data)]
    if markdown:
        yield from (f"| {' | '.join(row)} |" for row in table[:1])
        yield "|---|---|---|---|"
        yield from (f"| {' | '.join(row)} |" for row in table[1:])
        return
    width = max(len(row[0]) for row in table)
    for name, theirs, ours, difference in table:
        yield f"{name:{width}}  {theirs:>9}  {ours:>9}  {difference}".rstrip()


def _list_rows(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    from wortlaut.ui.render import clean_line

    yield from _list_quality("", data["all"], tuple(_MEANING))
    letters = data["all"]["shown.characters"]
    theirs, ours = (f"{letters[side]['value']:.0f}" for side in ("starter", "ours"))
    yield "letters shown, mean", theirs, ours, _times(letters["ratio"])
    for language, figures in data["languages"].items():
        prefix = f"{clean_line(language)}: "
        yield from _list_quality(prefix, figures, _BY_LANGUAGE)
    for name, key, ratio in _SPEED:
        speed = data["speed"]
        if f"ours_{key}" in speed:
            theirs, ours = (_round(speed[f"{side}_{key}"]) for side in ("starter", "ours"))
            yield name, theirs, ours, f"× {speed[ratio]:.2f}"


def _list_quality(
    prefix: str, figures: Mapping[str, Any], metrics: Sequence[str]
) -> Iterator[tuple[str, str, str, str]]:
    for metric in metrics:
        sides = figures[metric]
        if sides["ours"]["n"]:
            name = f"{prefix}{_MEANING[metric]} (n {sides['starter']['n']})"
            yield (
                name,
                _share(sides["starter"]),
                _share(sides["ours"]),
                _change(sides["difference"]),
            )


def _share(estimate: Mapping[str, Any]) -> str:
    return "–" if estimate["value"] is None else f"{estimate['value']:.3f}"


def _change(difference: Mapping[str, Any]) -> str:
    if difference["value"] is None:
        return "–"
    noise = ", noise" if difference["is_noise"] else ""
    return f"{difference['value']:+.3f} ({_span(difference, '+.3f')}{noise})"


def _times(ratio: Mapping[str, Any]) -> str:
    return "–" if ratio["value"] is None else f"× {ratio['value']:.2f} ({_span(ratio, '.2f')})"


def _span(estimate: Mapping[str, Any], form: str) -> str:
    if estimate["low"] is None:
        return "no interval"
    return f"{estimate['low']:{form}} to {estimate['high']:{form}}"


def _round(value: float) -> str:
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"
