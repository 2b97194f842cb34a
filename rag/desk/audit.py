"""Who added what to the archive and removed what from it: a line of JSON each, only ever appended."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Literal

AUDIT_FILE = "audit.jsonl"
_log = logging.getLogger(__name__)

# A file was sent; what was sent was read; an article was removed; the command line indexed.
Deed = Literal["received", "added", "removed", "indexed"]


class AuditLog:
    """The log in an archive's folder; several threads and processes may write to it.

    What cannot be written is told in the server's log, and holds up nobody.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / AUDIT_FILE
        self._lock = Lock()

    def note(self, deed: Deed, by: str, **told: Any) -> None:
        """Append what was done, `by` whom: "" is anybody who used the page without signing in."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry = {"at": at, "by": by or None, "did": deed, **told}
        line = f"{json.dumps(entry, ensure_ascii=False, default=str)}\n"
        try:
            with self._lock:
                self._append(line.encode("utf-8", "replace"))
        except OSError as error:
            _log.error("not in the audit log: %s of %s: %s", deed, by or "anybody", error.strerror)

    def _append(self, line: bytes) -> None:
        # One write of a file that is appended to: no line of another process comes between.
        opened = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(opened, line)
            os.fsync(opened)
        finally:
            os.close(opened)

    def read(self) -> Iterator[dict[str, Any]]:
        """What was done, oldest first; a line that is damaged is left out."""
        if not self.file.exists():
            return
        with self.file.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    entry = json.loads(line)
                except ValueError:
                    _log.warning("a damaged line in %s", self.file)
                    continue
                if isinstance(entry, dict):
                    yield entry
