"""Writes what a run came to: one page that needs nothing else, a Markdown file and JSON.

The worst answers are shown with what they cite, and which of their claims do not hold.
Questions, answers and sources are not trusted: whatever is shown is escaped, and controls and
signs that turn the writing direction are taken out. The page runs no script and asks for nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from wortlaut.eval.figures.intervals import Estimate
from wortlaut.eval.figures.rows import RunRow, count_faulty, is_doubted, is_right, list_faults
from wortlaut.eval.figures.summary import Summary
from wortlaut.eval.reports.showing import (
    UNDEFINED,
    choose_headlines,
    describe_metric,
    draw_reliability,
    draw_risk_coverage,
    draw_times,
    is_share,
    show_figure,
    show_interval,
    thin,
)
from wortlaut.index.errors import ConfigError

_MOST_CASES = 30
_MOST_IN_MARKDOWN = 10
_TEMPLATE = "report.html"
_BARS = (
    "answer.right", "faithfulness.supported", "citation.precision", "latency.p50_ms", "answer.f1",
)  # fmt: skip
_MOST_BARS = 4
# The fields of a row that `compare` needs; texts stay in the rows of the run.
_KEPT = (
    "id", "type", "language", "question", "answerable", "abstained", "confidence", "scores",
    "source", "latency_ms", "error",
)  # fmt: skip
_CONTROLS = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]"
)
# A colon before slashes and the dot of "www." would make a link, "@" an address.
_MARKDOWN_SIGNS = re.compile(r"([\\`*_\[\]<>~|&#!@]|:(?=//)|(?<=www)\.)", re.IGNORECASE)
_LONGEST = 480
_MOST_SOURCES = 5


def write_report(summary: Summary, rows: Sequence[RunRow], folder: Path) -> None:
    """Write report.html, report.md and report.json into the folder, which is made if need be.

    report.json holds the summary, and in `rows` the figures of each question, without its texts,
    for `compare`. Raises ConfigError if the folder cannot be written.
    """
    cases = find_worst(rows, _MOST_CASES)
    data = summary.as_json() | {"rows": [_keep_figures(row) for row in rows]}
    pages = {
        "report.json": json.dumps(data, ensure_ascii=False, indent=1) + "\n",
        "report.md": render_report_markdown(summary, rows, cases[:_MOST_IN_MARKDOWN]),
        "report.html": render_page(summary, rows, cases),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in pages.items():
            # Only lone surrogates cannot be encoded; as \udc80 they are what JSON knows them by.
            (folder / name).write_bytes(text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise ConfigError(
            f"cannot write the report to {folder}: {error.strerror}; name another folder"
        ) from error


def _keep_figures(row: RunRow) -> dict[str, Any]:
    every = row.as_json()
    return {name: every[name] for name in _KEPT}


@dataclass(frozen=True, slots=True)
class MetricLine:
    """A figure ready to be shown; `bar`, `low` and `high` in percent, `None` where no bar fits."""

    name: str
    meaning: str
    value: str
    interval: str
    n: int
    bar: float | None
    low: float | None
    high: float | None

    @classmethod
    def of(
        cls, name: str, estimate: Estimate, metric: str | None = None, *, end: float | None = None
    ) -> MetricLine:
        """The estimate of `metric`, under the name of its group if that is another.

        A bar ends at `end`; without it a share's ends at 1, and nothing else has one.
        """
        metric = metric or name
        if end is None:
            end = 1.0 if is_share(metric) else 0.0
        places = [
            round(100 * min(max(at / end, 0), 1), 2) if end and at is not None else None
            for at in (estimate.value, estimate.low, estimate.high)
        ]
        return cls(
            name,
            describe_metric(metric),
            show_figure(metric, estimate.value),
            show_interval(metric, estimate.low, estimate.high),
            estimate.n,
            *places,
        )


def render_page(summary: Summary, rows: Sequence[RunRow], cases: Sequence[FaultyAnswer]) -> str:
    """The whole report as one HTML page, in light and dark, without a script or an address."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    def show(value: Any) -> Any:
        if value is None:
            return UNDEFINED
        is_plain = isinstance(value, str) and not isinstance(value, Markup)
        return clean(value) if is_plain else value

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=show,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    bins, curve = summary.curves.get("reliability", []), summary.curves.get("risk_coverage", [])
    times = _list_times(rows)
    return environment.get_template(_TEMPLATE).render(
        summary=summary,
        headlines=_choose_lines(summary.metrics),
        metrics=[MetricLine.of(name, each) for name, each in summary.metrics.items()],
        bins=[each for each in bins if each["n"]],
        curve=thin(curve, 11),
        plots={
            "reliability": Markup(draw_reliability(bins)),
            "risk": Markup(draw_risk_coverage(curve)),
            "times": Markup(draw_times(times)),
        },
        times=len(times),
        groups={kind: _compare_groups(groups) for kind, groups in summary.groups.items()},
        tables={kind: _tabulate(groups) for kind, groups in summary.groups.items()},
        parity=[MetricLine.of(name, each) for name, each in summary.parity.items()],
        ends=summary.details.get("parity", {}),
        warnings=summary.details.get("warnings", []),
        details=_flatten({n: each for n, each in summary.details.items() if n != "parity"}),
        cases=cases,
        faulty=count_faulty(rows),
        is_right=is_right,
    )


def _choose_lines(metrics: Mapping[str, Estimate]) -> list[MetricLine]:
    defined = {name for name, each in metrics.items() if each.value is not None}
    return [MetricLine.of(name, metrics[name]) for name in choose_headlines(defined, 6)]


def _compare_groups(groups: Mapping[str, Mapping[str, Estimate]]) -> dict[str, list[MetricLine]]:
    """By metric a bar for each group, of the metrics that more than one group has."""
    figures: dict[str, list[MetricLine]] = {}
    for metric in _BARS:
        if len(figures) == _MOST_BARS:
            break
        having = {group: each[metric] for group, each in groups.items() if metric in each}
        values = [each.value for each in having.values() if each.value is not None]
        if len(values) > 1:
            highs = [each.high for each in having.values() if each.high is not None]
            end = 1.0 if is_share(metric) else max(values + highs)
            figures[metric] = [
                MetricLine.of(group, each, metric, end=end) for group, each in having.items()
            ]
    return figures


def _tabulate(groups: Mapping[str, Mapping[str, Estimate]]) -> list[tuple[str, list[str]]]:
    """A row for each metric that is defined anywhere: its name, and each group's figure."""
    names = dict.fromkeys(name for metrics in groups.values() for name in metrics)
    table = []
    for name in names:
        values = [metrics[name].value if name in metrics else None for metrics in groups.values()]
        if any(value is not None for value in values):
            table.append((name, [show_figure(name, value) for value in values]))
    return table


def _list_times(rows: Sequence[RunRow]) -> list[float]:
    return [row.latency_ms for row in rows if row.error is None and row.latency_ms is not None]


def _flatten(details: Mapping[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """The details as name and value, those within others by a dotted name; lists are left out."""
    flat: list[tuple[str, str]] = []
    for name, value in details.items():
        if isinstance(value, Mapping):
            flat += _flatten(value, f"{prefix}{name}.")
        elif isinstance(value, float):
            flat.append((f"{prefix}{name}", f"{value:.4g}"))
        elif value is None or isinstance(value, str | int):
            flat.append((f"{prefix}{name}", UNDEFINED if value is None else str(value)))
    return flat


def render_report_markdown(
    summary: Summary, rows: Sequence[RunRow], cases: Sequence[FaultyAnswer]
) -> str:
    """The figures as Markdown tables, and the worst questions as a list."""
    failed = f", {summary.errors} failed" if summary.errors else ""
    lines = [
        f"# {escape_markdown(summary.suite) or 'Evaluation'}",
        "",
        f"{summary.n} questions{failed}.",
        "",
    ]
    lines += [f"> {escape_markdown(each)}\n" for each in summary.details.get("warnings", [])]
    lines += _write_table(
        ("Metric", "Value", "95 % interval", "n"),
        [
            (line.name, line.value, line.interval, str(line.n))
            for line in (MetricLine.of(name, each) for name, each in summary.metrics.items())
        ],
    )
    for kind, groups in summary.groups.items():
        table = [(name, *values) for name, values in _tabulate(groups)]
        lines += ["", f"## By {escape_markdown(kind)}", ""]
        lines += _write_table(("Metric", *groups), table)
    if summary.parity:
        lines += ["", "## Best minus worst language", ""]
        gaps = [MetricLine.of(name, each) for name, each in summary.parity.items()]
        table = [(line.name, line.value, line.interval) for line in gaps]
        lines += _write_table(("Metric", "Gap", "95 % interval"), table)
    if cases:
        lines += ["", f"## The worst {len(cases)} of {count_faulty(rows)} that went wrong", ""]
        lines += [_write_case(case) for case in cases]
    return "\n".join(lines) + "\n"


def _write_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    align = ["---"] + ["---:"] * (len(head) - 1)
    cells = [[escape_markdown(cell) for cell in row] for row in (head, *rows)]
    return ["| " + " | ".join(row) + " |" for row in (cells[0], align, *cells[1:])]


def _write_case(case: FaultyAnswer) -> str:
    row = case.row
    lines = [f"- **{escape_markdown(row.question)}** ({escape_markdown(row.id)}: "]
    lines[0] += escape_markdown(", ".join(case.faults)) + ")"
    if row.error is not None:
        lines.append(f"  - failed: {escape_markdown(row.error)}")
    else:
        lines.append(f"  - answer: {escape_markdown(row.answer) or 'none'}")
    for doubt in case.doubts:
        why = f": {escape_markdown(doubt.reason)}" if doubt.reason else ""
        lines.append(f"  - {escape_markdown(doubt.verdict)}{why} – {escape_markdown(doubt.text)}")
    lines += [f"  - gold: {escape_markdown(gold)}" for gold in row.gold[:3]]
    return "\n".join(lines)


def clean(text: str) -> str:
    """The text without controls and signs that turn the writing direction; lines are kept."""
    return _CONTROLS.sub("", text)


def escape_markdown(text: str) -> str:
    """The text on one line so that Markdown shows it as it is, in a table too."""
    return _MARKDOWN_SIGNS.sub(r"\\\1", " ".join(clean(text).split()))


@dataclass(frozen=True, slots=True)
class Doubt:
    """A claim of an answer that is not supported; `number` counts from 1 in its answer."""

    number: int
    text: str
    verdict: str
    reason: str
    support: float | None
    nearest: str


@dataclass(frozen=True, slots=True)
class AnswerPart:
    """A run of an answer; `doubt` is the claim in it that does not hold."""

    text: str
    doubt: Doubt | None = None


@dataclass(frozen=True, slots=True)
class CitedSource:
    """What an answer cites: the quote, shortened where it is long, and where it is from."""

    marker: str
    quote: str
    place: str


@dataclass(frozen=True, slots=True)
class FaultyAnswer:
    """A question that went wrong, ready to be shown; its texts are untrusted still."""

    row: RunRow
    faults: tuple[str, ...]
    pieces: tuple[AnswerPart, ...]
    doubts: tuple[Doubt, ...]
    sources: tuple[CitedSource, ...]
    left_out: int


def find_worst(rows: Sequence[RunRow], most: int) -> list[FaultyAnswer]:
    """Up to `most` of the rows that failed, are wrong or claim what is not supported.

    The least faithful come first, then the wrong without a claim, then the failed.
    """
    faulty = [row for row in rows if list_faults(row)]
    return [_open_case(row) for row in sorted(faulty, key=_rank)[:most]]


def _rank(row: RunRow) -> tuple[bool, float, bool, str]:
    share = row.scores.get("faithfulness.supported")
    if share is None:
        share = row.scores.get("faithfulness.score")
    return row.error is not None, 2.0 if share is None else share, is_right(row) is True, row.id


def _open_case(row: RunRow) -> FaultyAnswer:
    doubts = tuple(_list_doubts(row))
    sources = tuple(_describe_source(row.citations[i]) for i in _choose_sources(row))
    return FaultyAnswer(
        row=row,
        faults=list_faults(row),
        pieces=tuple(split_answer(row.answer, row.claims, doubts)),
        doubts=doubts,
        sources=sources,
        left_out=len(row.citations) - len(sources),
    )


def _choose_sources(row: RunRow) -> list[int]:
    """The positions of the citations to show: those that a doubted claim comes near to first."""
    near = [claim.get("nearest") for claim in row.claims if is_doubted(claim)]
    first = [place[0] for place in near if isinstance(place, list | tuple) and place]
    every = range(len(row.citations))
    ordered = dict.fromkeys([*(i for i in first if i in every), *every])
    return sorted(list(ordered)[:_MOST_SOURCES])


def _list_doubts(row: RunRow) -> list[Doubt]:
    doubted = [claim for claim in row.claims if is_doubted(claim)]
    return [
        Doubt(
            number=number,
            text=_read(claim, "text"),
            verdict=_read(claim, "verdict").replace("_", " "),
            reason=_read(claim, "reason"),
            support=_read_share(claim.get("support")),
            nearest=_find_nearest(claim.get("nearest"), row.citations),
        )
        for number, claim in enumerate(doubted, 1)
    ]


def split_answer(
    answer: str, claims: Sequence[Mapping[str, Any]], doubts: Sequence[Doubt]
) -> list[AnswerPart]:
    """The answer cut up; put together again, the pieces' texts are the answer.

    `doubts` are those of the claims that are not supported, in their order. One whose words are
    not in the answer has no piece.
    """
    doubted = [claim for claim in claims if is_doubted(claim)]
    places: list[tuple[int, int, Doubt]] = []
    for claim, doubt in zip(doubted, doubts, strict=True):
        place = _locate(answer, claim, [(start, end) for start, end, _ in places])
        if place:
            places.append((*place, doubt))
    pieces, done = [], 0
    for start, end, doubt in sorted(places, key=lambda place: place[:2]):
        if start > done:
            pieces.append(AnswerPart(answer[done:start]))
        pieces.append(AnswerPart(answer[start:end], doubt))
        done = end
    if done < len(answer):
        pieces.append(AnswerPart(answer[done:]))
    return pieces


def _locate(
    answer: str, claim: Mapping[str, Any], taken: Sequence[tuple[int, int]]
) -> tuple[int, int] | None:
    """Where the claim stands in the answer and nothing else was found: its span, else its words."""
    start, end = claim.get("start"), claim.get("end")
    found = []
    if isinstance(start, int) and isinstance(end, int) and 0 <= start < end <= len(answer):
        found.append((start, end))
    words = _read(claim, "text").split()
    if words:
        wording = re.compile(r"\s+".join(re.escape(word) for word in words))
        found += [match.span() for match in wording.finditer(answer)]
    return next(((a, b) for a, b in found if all(b <= s or e <= a for s, e in taken)), None)


def _find_nearest(nearest: Any, citations: Sequence[Mapping[str, Any]]) -> str:
    """The words of a source that come nearest to a claim, "" where none are told."""
    try:
        position, start, end = (int(number) for number in nearest)
        quote = _read_quote(citations[position]) if position >= 0 else ""
    except (TypeError, ValueError, IndexError):
        return ""
    return _shorten(quote[start:end]) if 0 <= start < end else ""


def _describe_source(citation: Mapping[str, Any]) -> CitedSource:
    parts = [_read(citation, key) for key in ("speaker", "title", "source", "published")]
    # Of a path only the end: a report is passed on, and a home folder has its owner's name.
    parts.append(_read(citation, "url") or PurePath(_read(citation, "path")).name)
    place = " · ".join(part for part in parts if part)
    return CitedSource(_read(citation, "marker"), _shorten(_read_quote(citation)), place)


def _read_quote(citation: Mapping[str, Any]) -> str:
    return _read(citation, "quote") or _read(citation, "text")


def _read(mapping: Mapping[str, Any], key: str) -> str:
    value = mapping.get(key)
    return "" if value is None else str(value)


def _read_share(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number else None


def _shorten(text: str) -> str:
    """The text, cut at a blank where it is too long to show."""
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(maxsplit=1)[0] + " …"
