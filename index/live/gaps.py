"""What an archive is known to lack: files that are being read or could not be.

Who answers from it says so: what is not found in a part of the articles may stand in the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wortlaut.index.archive import Archive
from wortlaut.index.database.tables import write_upsert

_WAITING = "waiting"


@dataclass(frozen=True, slots=True)
class Gaps:
    """Whether files are still to be read, a run being under way or stopped, and how many failed."""

    unfinished: bool
    failed: int

    def __bool__(self) -> bool:
        return self.unfinished or self.failed > 0


def read_gaps(archive: Archive) -> Gaps:
    """What the archive lacks."""
    failed, waiting = archive.query(
        "SELECT (SELECT count(*) FROM failures), (SELECT 1 FROM meta WHERE key = ?)", (_WAITING,)
    )[0]
    return Gaps(waiting is not None, failed)


def read_state(archive: Archive) -> int | None:
    """The number of the archive's newest change; `None` while Chroma is to be told of some."""
    newest, pending = archive.query(
        "SELECT (SELECT coalesce(max(number), 0) FROM changes), EXISTS (SELECT 1 FROM pending)"
    )[0]
    return None if pending else int(newest)


def note_waiting(archive: Archive, is_waiting: bool) -> None:
    """Note whether there is something that is not in yet."""
    archive.write_meta(_WAITING, "1" if is_waiting else None)


def list_failures(archive: Archive) -> dict[str, str]:
    """The files that could not be read, or not all of it, each with the reason."""
    return dict(archive.query("SELECT path, reason FROM failures ORDER BY path"))


def note_failures(
    archive: Archive, failed: Iterable[tuple[str, str]], mended: Iterable[str]
) -> None:
    """Note the files that could not be read, and those that now are, or are gone."""
    with archive.transaction() as db:
        db.executemany("DELETE FROM failures WHERE path = ?", [(path,) for path in mended])
        db.executemany(write_upsert("failures", "path", "reason"), list(failed))
