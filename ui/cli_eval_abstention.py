"""`wortlaut eval abstention`: does the chat know what the archive does not answer?"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from index.errors import ConfigError

if TYPE_CHECKING:
    from eval.rows import Row


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
    from eval.abstention import ask_all, read_asked, summarise_abstention
    from eval.paragraphs import open_archive
    from ui.progress import show_progress

    squad, asked = read_asked(data, questions or [])
    with (
        _open_rows(rows) as write,
        open_archive(context.obj, squad, distractors, keep) as library,
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
def _open_rows(file: Path | None) -> Iterator[Callable[[Row], None]]:
    """What writes a row to the file, a line each, at once: hours of asking are not lost."""
    if file is None:
        yield lambda row: None
        return
    try:
        opened = file.open("w", encoding="utf-8", errors="backslashreplace", buffering=1)
    except OSError as error:
        raise _explain(file, error) from error

    def write(row: Row) -> None:
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
            interval = f"{_show(of['auroc'])} [{_show(of['auroc'], 'low')}, "
            interval += f"{_show(of['auroc'], 'high')}]"
            print(
                f"{language:8}  {kind:9} {figures['n']:9}  {interval:18}  {_show(of['aurc'])}  "
                f"{_show(of['precision']):>9}  {_show(of['recall']):>6}  {_show(figures['kept'])}"
            )


def _show(estimate: dict[str, Any], part: str = "value") -> str:
    value = estimate[part]
    return "-" if value is None else f"{value:.3f}"
