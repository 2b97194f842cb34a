"""Whose turn it is to write to an archive: one at a time, and in turns where several have much to do.

Whoever waits stands in a queue of one, `wait.lock`; the holder of `write.lock` sees that it is taken
and gives way between two batches. Locks are the system's: those of a killed process are free. A
database that several machines share has locks of its own (`Database.claim`), taken after the folder's.
"""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from wortlaut.index.errors import StoreBusy

if TYPE_CHECKING:
    from filelock import BaseFileLock

    from wortlaut.index.archive import Archive
    from wortlaut.index.database.tables import Database

# Opening Chroma anew costs something: nobody is made to give way sooner.
_TURN_S = 2.0
_QUIET_S = 3.0
# So long others who use the same archive in this process are kept from it.
_CLAIM_S = 0.5
_SUSPENDED = "suspended-*.lock"

_log = logging.getLogger(__name__)


class WriterTurn:
    """The right to write to the archive in the folder, once `take` has returned; for one thread.

    With the archive's database too, where that is shared.
    """

    def __init__(self, folder: Path, archive: Archive | None = None) -> None:
        from filelock import FileLock

        self._folder = folder
        self._archive = archive
        self._write = FileLock(folder / "write.lock")
        self._queue = FileLock(folder / "wait.lock")
        # Held from the first time it gave way until its end: its work is not done yet.
        self._suspended = FileLock(folder / _SUSPENDED.replace("*", f"{os.getpid()}-{id(self)}"))
        self._began = monotonic()

    def take(self, wait_s: float) -> None:
        """Return when it is this one's turn; raises StoreBusy after `wait_s`.

        Who does not wait at all takes it where it is free, and makes nobody give way.
        """
        from filelock import Timeout

        deadline = monotonic() + wait_s
        try:
            if wait_s <= 0:
                self._write.acquire(timeout=0)
            else:
                self._wait(deadline)
        except Timeout as error:
            raise StoreBusy(
                f"another process is indexing into {self._folder}; "
                "wait for it, or give another --data"
            ) from error
        except OSError as error:
            raise StoreBusy(
                f"cannot lock {self._folder} for writing: {error.strerror}; check its rights"
            ) from error
        try:
            self._claim(deadline)
        except BaseException:
            self._finish()
            self._write.release()
            raise
        self._began = monotonic()

    def _claim(self, deadline: float) -> None:
        """Have the database's only writing place too; raises StoreBusy after the deadline."""
        if self._archive is None:
            return
        told = monotonic() + _QUIET_S
        while True:
            left = max(0.0, deadline - monotonic())
            with self._archive.hold() as db:
                if db.claim(min(left, _CLAIM_S)):
                    return
            if left <= 0:
                raise StoreBusy(
                    f"another process is indexing into {self._archive.place}; wait for it, or give "
                    "another --archive"
                )
            if not self._suspended.is_locked and monotonic() > told:
                told = math.inf
                self._tell()

    def _tell(self) -> None:
        _log.warning(
            "another process is indexing into %s; this one takes turns with it",
            self._folder if self._archive is None else self._archive.place,
        )

    def _wait(self, deadline: float) -> None:
        from filelock import Timeout

        try:
            first = min(deadline, monotonic() + _QUIET_S)
            try:
                self._queue_up(first)
            except Timeout:
                if first == deadline:
                    raise
                if not self._suspended.is_locked:
                    self._tell()
                self._queue_up(deadline)
        finally:
            self._queue.release()

    def _queue_up(self, deadline: float) -> None:
        for lock in (self._queue, self._write):
            if not lock.is_locked:
                left = deadline - monotonic()
                lock.acquire(timeout=-1 if math.isinf(left) else max(left, 0))

    @property
    def is_over(self) -> bool:
        """Whether another waits, and this turn has lasted long enough."""
        return monotonic() - self._began >= _TURN_S and (
            self._is_held(self._queue) or self._ask(lambda db: db.is_awaited(), False)
        )

    @property
    def is_last(self) -> bool:
        """Whether no other run has given way and will go on."""
        found = list(self._folder.glob(_SUSPENDED))
        return self._ask(lambda db: db.is_last(), True) and not any(
            self._is_held_file(path) for path in found if str(path) != self._suspended.lock_file
        )

    def _ask(self, what: Callable[[Database], bool], without: bool) -> bool:
        if self._archive is None:
            return without
        with self._archive.hold() as db:
            return what(db)

    def give_way(self) -> None:
        """Let the others write, and return when it is this one's turn again."""
        if not self._suspended.is_locked:
            self._suspended.acquire(timeout=0)
        if self._archive is not None:
            with self._archive.hold() as db:
                db.suspend()
                db.release()
        self._write.release()
        self.take(math.inf)

    def end(self) -> None:
        """Let others write; this one has done."""
        self._finish()
        self._write.release()
        if self._suspended.is_locked:
            self._suspended.release()
            with suppress(OSError):
                Path(self._suspended.lock_file).unlink()

    def _finish(self) -> None:
        if self._archive is not None:
            with self._archive.hold() as db:
                db.finish()

    def _is_held_file(self, path: Path) -> bool:
        from filelock import FileLock

        if self._is_held(FileLock(path)):
            return True
        # Its process was killed.
        with suppress(OSError):
            path.unlink()
        return False

    @staticmethod
    def _is_held(lock: BaseFileLock) -> bool:
        from filelock import Timeout

        try:
            lock.acquire(timeout=0)
        except Timeout:
            return True
        lock.release()
        return False
