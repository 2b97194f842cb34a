"""`wortlaut eval make`: gold questions proposed from an archive."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from index.lang.language import Language


def make_suite(
    context: typer.Context,
    archive: Annotated[
        Path | None, typer.Argument(help="The archive's folder; without it, the configured one.")
    ] = None,
    out: Annotated[Path, typer.Option(help="The file to write, JSON lines.")] = Path(
        "questions.jsonl"
    ),
    n: Annotated[int, typer.Option("--n", min=1, max=5000, help="How many questions.")] = 60,
    languages: Annotated[str, typer.Option(help="Of de, en and ru, with commas.")] = "de,en,ru",
    seed: Annotated[int, typer.Option(help="Other questions for another seed.")] = 7,
    force: Annotated[bool, typer.Option("--force", help="Overwrite the file.")] = False,
) -> None:
    """Propose questions with gold spans from what the archive holds, for you to edit.

    Read them, mend or delete those that are no good, then: wortlaut eval run FILE.
    """
    from eval.proposals.make import Proposer, write_suite
    from index.archive import Archive
    from index.errors import ConfigError

    chosen = _read_languages(languages)
    folder = archive or context.obj.data
    if not (folder / "archive.sqlite").is_file():
        raise ConfigError(
            f"{folder} holds no archive; give the folder that you indexed into with --data, "
            "or index first, with: wortlaut index FOLDER"
        )
    opened = Archive(folder)
    try:
        rows = Proposer(opened, seed).propose(out.resolve().parent, n, chosen)
    finally:
        opened.close()
    write_suite(rows, out, force=force)
    counts = Counter(row["type"] for row in rows)
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    print(f"{out}: {len(rows)} questions proposed: {kinds}")
    if len(rows) < n:
        print(f"the archive offers no more than these of the {n}", file=sys.stderr)
    print(f"read and edit them, then: wortlaut --data {folder} eval run {out}")


def _read_languages(text: str) -> list[Language]:
    from typing import get_args

    from index.errors import ConfigError
    from index.lang.language import Language

    known = {str(name): name for name in get_args(Language)}
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names or any(name not in known for name in names):
        raise ConfigError(f"--languages {text!r}: name some of de, en, ru, with commas between")
    return [known[name] for name in dict.fromkeys(names)]
