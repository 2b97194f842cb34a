"""`wortlaut eval abstention`: does the chat know what the archive does not answer?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer


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
    from eval.abstention import ask_all, open_archive, read_asked, summarise_abstention
    from ui.progress import show_progress

    squad, asked = read_asked(data, questions or [])
    with (
        open_archive(context.obj, squad, distractors, keep) as library,
        show_progress("asking") as progress,
    ):
        answered = list(ask_all(library, context.obj, squad, asked, progress))
    if rows is not None:
        lines = (json.dumps(row.as_json(), ensure_ascii=False) for row in answered)
        rows.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    summary = summarise_abstention(answered)
    if as_json:
        print(json.dumps(summary))
        return
    _print_summary(summary)


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
