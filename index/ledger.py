"""What indexing has done and has left to do: the files that were read, what Chroma must be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wortlaut.index.archive import Archive, grow_generation


@dataclass(frozen=True, slots=True)
class FileState:
    """What a source file looked like when it was last read whole."""

    size: int
    mtime_ns: int
    sha256: str
    reader: str


class Ledger:
    """The archive's notes on its source files and on its differences from Chroma."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def read_file_state(self, path: str) -> FileState | None:
        """What the file looked like when it was last read whole."""
        rows = self._archive.query(
            "SELECT size, mtime_ns, sha256, reader FROM files WHERE path = ?", (path,)
        )
        return FileState(*rows[0]) if rows else None

    def record_file(self, path: str, state: FileState) -> None:
        """Remember that every article of the file is in."""
        with self._archive.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?, ?)",
                (path, state.size, state.mtime_ns, state.sha256, state.reader),
            )

    def forget_files(self, paths: Iterable[str]) -> None:
        """Have the files read again, should they come back."""
        with self._archive.transaction() as db:
            db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def list_pending(self) -> tuple[list[str], list[str]]:
        """The ids of passages to upsert and of passages to delete."""
        rows = self._archive.query("SELECT passage, operation FROM pending")
        upserts = [passage for passage, operation in rows if operation == "upsert"]
        return upserts, [passage for passage, operation in rows if operation == "delete"]

    def mark_pending(self, upserts: Iterable[str], deletes: Iterable[str]) -> None:
        """Note differences that a check found."""
        rows = [(i, "upsert") for i in upserts] + [(i, "delete") for i in deletes]
        with self._archive.transaction() as db:
            db.executemany("INSERT OR REPLACE INTO pending VALUES (?, ?)", rows)

    def clear_pending(self, ids: Iterable[str]) -> None:
        """Note that Chroma has been told, and that readers have something to see."""
        with self._archive.transaction() as db:
            db.executemany("DELETE FROM pending WHERE passage = ?", [(i,) for i in ids])
            grow_generation(db)
