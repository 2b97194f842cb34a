"""A progress bar on a terminal, nothing when piped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wortlaut.index.ingest import Progress


@contextmanager
def show_progress(doing: str = "indexing") -> Iterator[Progress | None]:
    """The callback that draws the bar on standard error, or `None` where nobody would see it."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich import progress
    from rich.console import Console

    from wortlaut.ui.render import clean_controls, collapse

    columns = (
        progress.TextColumn(doing),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TimeRemainingColumn(),
        progress.TextColumn("{task.fields[what]}", markup=False),
    )
    with progress.Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(doing, total=None, what="")

        def update(done: int, total: int, what: str) -> None:
            shown = clean_controls(collapse(what))
            bars.update(task, completed=done, total=total or None, what=shown[-40:])

        yield update
