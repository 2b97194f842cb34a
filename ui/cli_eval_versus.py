"""`wortlaut eval versus`: the plain LlamaIndex starter and ours, side by side."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

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
    from eval.rivals.versus import compare, read_sources, spread
    from eval.suites import read_suite
    from index.errors import DatasetError
    from ui.progress import show_progress

    read = read_suite(suite, questions or [])
    if not read.questions:
        raise DatasetError(f"{suite} asks nothing; name SQuAD JSON or gold questions")
    asked = spread(read.questions, limit)
    folders = articles or sorted({gold.path.parent for q in asked for gold in q.gold})
    found = [*read.articles] or read_sources(folders)
    if read.articles and articles:
        found += read_sources(articles)
    with show_progress("asking") as progress:
        result = compare(
            context.obj, read.name, asked, found, cold_runs=cold_runs, tell=_tell, progress=progress
        )
    if result.stopped:
        _tell(f"stopped: these are the first {len(result.pairs)} of {len(asked)} questions")
    data = result.as_json()
    if as_json:
        print(json.dumps(data, ensure_ascii=False))
    else:
        print("\n".join(list_lines(data, as_markdown)))


def _tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def list_lines(data: Mapping[str, Any], markdown: bool) -> Iterator[str]:
    """The table of a comparison's JSON, line by line; figures of few questions say so by n."""
    from ui.render import clean_controls, collapse

    suite = clean_controls(collapse(data["suite"]))
    yield f"{suite}: {data['n']} questions, {data['articles']} articles"
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
    from ui.render import clean_controls, collapse

    yield from _list_quality("", data["all"], tuple(_MEANING))
    letters = data["all"]["shown.characters"]
    theirs, ours = (f"{letters[side]['value']:.0f}" for side in ("starter", "ours"))
    yield "letters shown, mean", theirs, ours, _times(letters["ratio"])
    for language, figures in data["languages"].items():
        prefix = f"{clean_controls(collapse(language))}: "
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
