"""`wortlaut eval run` and `eval abstention`: questions asked, and what the answers came to."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from wortlaut.index.errors import ConfigError

if TYPE_CHECKING:
    from wortlaut.eval.figures.rows import RunRow
    from wortlaut.eval.figures.summary import Summary
    from wortlaut.eval.run.runner import Outcome, ScorerChoice
    from wortlaut.eval.suites.questions import Suite
    from wortlaut.rag.config import Settings

_INTERRUPTED = 130
# How a table of groups heads its columns: of answers that are judged right or wrong, of others.
_JUDGED = (
    ("sentence", "answer.sentence"),
    ("speaker", "answer.speaker"),
    ("date", "answer.date"),
)
_SCORED = (
    ("supported", "faithfulness.supported"),
    ("cit.prec", "citation.precision"),
    ("cit.rec", "citation.recall"),
    ("contains", "answer.contains_gold"),
    ("exact", "answer.exact_match"),
    ("f1", "answer.f1"),
)


class ScorerOption(StrEnum):
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
        ScorerOption | None, typer.Option(help="Scores faithfulness; transcripts: offline.")
    ] = None,
    scorer_model: Annotated[str | None, typer.Option(help="Its model's name, or folder.")] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=1, help="Only so many; of each SQuAD file, from all its articles."),
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
    from wortlaut.eval.figures.summary import summarise
    from wortlaut.eval.reports.compare import check_floors, parse_floor
    from wortlaut.eval.run.runner import SuiteRun
    from wortlaut.eval.suites.questions import read_suite
    from wortlaut.ui.terminal.printing import show_progress

    for floor in fail_under or []:
        parse_floor(floor)
    read = read_suite(suite, questions or [], limit)
    _warn_of_proposals(read)
    chosen = scorer or (ScorerOption.OFFLINE if read.kind == "transcripts" else None)
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
        from wortlaut.eval.reports.report import write_report

        write_report(summary, outcome.rows, report)
    _print_run(summary, outcome.rows, as_json=as_json, show_wrong=show_wrong)
    short = check_floors(summary, fail_under or [])
    if _complain(outcome, short):
        raise typer.Exit(1)


def _warn_of_proposals(suite: Suite) -> None:
    proposed = sum(question.proposed for question in suite.questions)
    if proposed:
        _tell(
            f"{proposed} of {len(suite.questions)} questions are proposals nobody has checked; "
            'take out "status" of those that you have'
        )


def _make_temporary() -> TemporaryDirectory[str]:
    return TemporaryDirectory(prefix="wortlaut-eval-", ignore_cleanup_errors=True)


def _choose(
    settings: Settings, name: ScorerOption | None, model: str | None
) -> ScorerChoice | None:
    from wortlaut.eval.run.runner import ScorerChoice

    if name is None:
        if model:
            raise ConfigError("--scorer-model is a scorer's; choose one too: --scorer nli")
        return None

    def open_chosen() -> Any:
        from wortlaut.eval.faithfulness.scorer import open_scorer

        return open_scorer(settings, name.value, model)

    return ScorerChoice(name.value, model, open_chosen)


def _tell(line: str) -> None:
    from wortlaut.ui.render import clean_line

    print(f"wortlaut: {clean_line(line)}", file=sys.stderr)


def _complain(outcome: Outcome, short: Sequence[str]) -> bool:
    """Say on standard error, a line each, what failed; whether anything did."""
    failed = [row for row in outcome.rows if row.error is not None]
    lines = [*outcome.problems]
    if failed:
        lines.append(
            f"{len(failed)} of {len(outcome.rows)} questions failed, first {failed[0].id}: "
            f"{failed[0].error}; a second run with the same --out asks them alone"
        )
    for line in (*lines, *short):
        _tell(line)
    return bool(lines or short)


def _print_run(
    summary: Summary, rows: Sequence[RunRow], *, as_json: bool, show_wrong: bool
) -> None:
    from wortlaut.eval.figures.rows import is_faulty
    from wortlaut.eval.figures.summary import count_right, show_row
    from wortlaut.ui.render import clean_controls

    tally = count_right(rows)
    if as_json:
        data = summary.as_json() | tally | {"questions": [show_row(row) for row in rows]}
        print(_pack(data))
        return
    _print_metrics(summary)
    _print_groups(summary, tally)
    _print_counts(tally)
    for row in rows:
        if show_wrong and is_faulty(row):
            print(clean_controls(f"\n{row.id}: {row.question}\n{row.error or row.answer}"))


def _print_metrics(summary: Summary) -> None:
    from wortlaut.eval.reports.showing import show_figure, show_interval

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


def _print_groups(summary: Summary, tally: dict[str, Any]) -> None:
    """A line for each type and language, with the columns that anything is known for."""
    from wortlaut.ui.render import clean_line

    groups = [
        (name, row, summary.groups[kind[:-1]][name])
        for kind in ("types", "languages")
        for name, row in tally[kind].items()
    ]
    shown = [
        (title, metric)
        for title, metric in (_JUDGED if tally["judged"] else _SCORED)
        if any(metrics[metric].n for _, _, metrics in groups if metric in metrics)
    ]
    counts = ["right"] if tally["judged"] else []
    heads = [*counts, *(title for title, _ in shown), "abstained", "refused"]
    widths = [max(len(head), 6) for head in heads]
    titles = " ".join(f"{head:>{width}}" for head, width in zip(heads, widths, strict=True))
    print(f"\n{'':15} {'n':>5} {titles}")
    for name, row, metrics in groups:
        cells = [*(row[key] for key in counts), *(metrics[metric].value for _, metric in shown)]
        cells += [row["abstained"], row["refused"]]
        line = " ".join(f"{_show(c):>{width}}" for c, width in zip(cells, widths, strict=True))
        print(f"{clean_line(name):15} {row['n']:5} {line}")


def _print_counts(tally: dict[str, Any]) -> None:
    abstention = tally["abstention"]
    right = f"right {tally['right']} of {tally['judged']}; " if tally["judged"] else ""
    refused = sum(row["refused"] for row in tally["types"].values())
    time = tally["latency_ms_p50"]
    print(
        f"\n{right}abstained {abstention['n']} of {tally['n']}, {refused} of them though there is "
        f"an answer; abstention precision {_show(abstention['precision'])}, "
        f"recall {_show(abstention['recall'])}" + ("" if time is None else f"; p50 {time:.3f} ms")
    )


def _pack(data: Any) -> str:
    """The JSON on one line, its letters as they are where standard output can write them."""
    text = json.dumps(data, ensure_ascii=False)
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(data)
    return text


def _show(value: Any) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)


def measure_answers(
    context: typer.Context,
    questions: Annotated[
        Path, typer.Argument(help="Questions with gold and forbidden fragments, JSON lines.")
    ],
    archive_from: Annotated[
        list[Path] | None,
        typer.Option(help="Ask of these articles, in an archive of its own; may be repeated."),
    ] = None,
    fail_under: Annotated[
        float | None, typer.Option(min=0, max=1, help="Exit with 1 if fewer are right.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
    show_wrong: Annotated[bool, typer.Option(help="List what went wrong.")] = False,
) -> None:
    """Ask questions whose answers must quote given fragments, and none of others."""
    from wortlaut.eval.run.answers import ask_questions, read_asked_questions, summarise_answers
    from wortlaut.rag.assembly import index_paths, open_chat
    from wortlaut.ui.render import clean_controls
    from wortlaut.ui.terminal.printing import show_progress

    asked = read_asked_questions(questions)
    settings: Settings = context.obj
    judged = []
    with ExitStack() as stack:
        if archive_from:
            folder = Path(stack.enter_context(_make_temporary()))
            settings = settings.beside(folder)
            report = index_paths(settings, archive_from)
            for place, reason in report.failed:
                _tell(f"{place}: {reason}")
        chat = open_chat(settings)
        stack.callback(chat.archive.close)
        with show_progress("asking") as progress:
            for number, each in enumerate(ask_questions(chat, asked), 1):
                judged.append(each)
                if progress:
                    progress(number, len(asked), each.id)
    summary = summarise_answers(judged)
    if as_json:
        print(_pack(summary))
    else:
        _print_answers(summary)
    for each in judged:
        if show_wrong and each.why and not as_json:
            print(clean_controls(f"{each.id:12} {each.kind:14} {each.why}"))
    share = summary["groups"]["all"]["share"]
    if fail_under is not None and share < fail_under:
        _tell(f"{share:.3f} right is below {fail_under}")
        raise typer.Exit(1)


def _print_answers(summary: dict[str, Any]) -> None:
    from wortlaut.eval.run.answers import ANSWER_KINDS
    from wortlaut.ui.render import clean_line

    heads = "".join(f"{kind:>15}" for kind in ANSWER_KINDS)
    print(f"{'':14}{'n':>5}{heads}  right, 95 % interval")
    for name, row in summary["groups"].items():
        cells = "".join(f"{row[kind]:>15}" for kind in ANSWER_KINDS)
        interval = f"{row['share']:.3f} [{row['low']:.3f}, {row['high']:.3f}]"
        print(f"{clean_line(name):14}{row['n']:>5}{cells}  {interval}")
    print(
        f"\nanswers to answerable questions: {_show(summary['quotes'])} quotes each, share with "
        f"gold {_show(summary['gold_share'])}, first quote gold {_show(summary['first_gold'])}"
    )


def measure_abstention(
    context: typer.Context,
    data: Annotated[Path, typer.Option(help="SQuAD JSON with the paragraphs.")],
    questions: Annotated[
        list[Path] | None, typer.Option(help="Parallel SQuAD JSON to ask from; may be repeated.")
    ] = None,
    distractors: Annotated[Path | None, typer.Option(help="Folder of other articles.")] = None,
    keep: Annotated[
        Path | None, typer.Option(help="Folder to keep the archive in for the next run.")
    ] = None,
    rows: Annotated[Path | None, typer.Option(help="File for every answer, a line each.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON on standard output.")] = False,
) -> None:
    """Ask with the gold paragraph there, hidden, and with its article hidden; by language."""
    from wortlaut.eval.retrieval import ask_all, open_archive, read_asked, summarise_abstention
    from wortlaut.eval.suites.formats import make_articles
    from wortlaut.ui.terminal.printing import show_progress

    squad, asked = read_asked(data, questions or [])
    with (
        _open_rows(rows) as write,
        open_archive(context.obj, list(make_articles(squad)), distractors, keep) as library,
        show_progress("asking") as progress,
    ):
        answered = []
        for row in ask_all(library, context.obj, squad, asked, progress):
            write(row)
            answered.append(row)
    summary = summarise_abstention(answered)
    if as_json:
        print(json.dumps(summary))
        return
    _print_summary(summary)


@contextmanager
def _open_rows(file: Path | None) -> Iterator[Callable[[RunRow], None]]:
    """What writes a row to the file, a line each, at once: hours of asking are not lost."""
    if file is None:
        yield lambda row: None
        return
    try:
        opened = file.open("w", encoding="utf-8", errors="backslashreplace", buffering=1)
    except OSError as error:
        raise _explain(file, error) from error

    def write(row: RunRow) -> None:
        try:
            opened.write(json.dumps(row.as_json(), ensure_ascii=False) + "\n")
        except OSError as error:
            raise _explain(file, error) from error

    with opened:
        yield write


def _explain(file: Path, error: OSError) -> ConfigError:
    return ConfigError(f"cannot write {file}: {error.strerror}; check --rows")


def _print_summary(summary: dict[str, Any]) -> None:
    print("language  hidden            n  AUROC               AURC   precision  recall  kept")
    for language, figures in summary.items():
        for kind in ("paragraph", "article"):
            of = figures[f"{kind}_hidden"]
            interval = f"{_show_part(of['auroc'])} [{_show_part(of['auroc'], 'low')}, "
            interval += f"{_show_part(of['auroc'], 'high')}]"
            shown = [_show_part(of[name]) for name in ("aurc", "precision", "recall")]
            print(
                f"{language:8}  {kind:9} {figures['n']:9}  {interval:18}  {shown[0]}  "
                f"{shown[1]:>9}  {shown[2]:>6}  {_show_part(figures['kept'])}"
            )


def _show_part(estimate: dict[str, Any], part: str = "value") -> str:
    value = estimate[part]
    return "-" if value is None else f"{value:.3f}"
