"""`wortlaut audit`: what was added to the archive and removed from it, and by whom."""

from __future__ import annotations

import getpass
import json
import re
import sys
from typing import TYPE_CHECKING, Any

from wortlaut.rag.desk.audit import AuditLog
from wortlaut.ui.render import clean_line

if TYPE_CHECKING:
    from wortlaut.index.ingest import IngestReport
    from wortlaut.rag.config import Settings

_PASSWORD = re.compile(r"//[^/@\s]*@")


def print_audit(settings: Settings, *, as_json: bool) -> None:
    """Print what was done, oldest first, one a line."""
    is_empty = True
    for entry in AuditLog(settings.data).read():
        is_empty = False
        print(json.dumps(entry, ensure_ascii=False) if as_json else clean_line(_describe(entry)))
    if is_empty:
        print("wortlaut: nothing was added or removed yet that was written down", file=sys.stderr)


def _describe(entry: dict[str, Any]) -> str:
    told = {name: value for name, value in entry.items() if name not in ("at", "by", "did")}
    said = "  ".join(
        f"{name}={value if isinstance(value, str | int) else json.dumps(value, ensure_ascii=False)}"
        for name, value in told.items()
        if value not in (None, [])
    )
    return f"{str(entry.get('at'))[:19]}  {entry.get('by') or '-'}  {entry.get('did')}  {said}"


def note_indexed(settings: Settings, sources: list[str], report: IngestReport) -> None:
    """Write down what a run of the command line did, if it did anything."""
    if not (report.added or report.updated or report.pruned):
        return
    try:
        user = f"{getpass.getuser()} (command line)"
    except (OSError, KeyError):
        user = "command line"
    named = [_PASSWORD.sub("//", source) for source in sources]
    AuditLog(settings.data).note(
        "indexed", user, sources=named, added=report.added, updated=report.updated,
        removed=report.pruned, failed=len(report.failed),
    )  # fmt: skip
