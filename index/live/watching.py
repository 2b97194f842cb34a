"""Watched files and folders: which files have come to rest since, and which are gone.

The system tells of changes; a network disk tells nothing and is looked at again and again. Whatever
it tells, a file is taken only once it has stayed as it is for a while: one that is being written, or
replaced by renaming, is waited for.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import monotonic

from wortlaut.index.sources import is_passed_over

_TICK_S = 0.2
# Not less: who looks at the files again and again knows their times to the second only.
_REST_S = 1.0
# The system may lose events of a busy folder: so often all is looked at.
_LOOK_AGAIN_S = 900.0
# What one batch takes at most: then other commands may write.
_MOST_FILES, _MOST_BYTES = 32, 100_000
_POLL_MS = 1000

Stamp = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class WatchedBatch:
    """Files to read, files that are gone, and how many bytes wait behind them.

    `is_all` asks for everything that is watched to be looked through.
    """

    files: tuple[Path, ...] = ()
    gone: tuple[Path, ...] = ()
    waiting_bytes: int = 0
    is_all: bool = False


def watch_files(
    paths: Sequence[Path], stop: threading.Event, *, poll: bool = False
) -> Iterator[WatchedBatch | None]:
    """All of it first, then what changes, until `stop`; `None` a few times a second in between.

    A folder that vanishes, as one of a disk that is not mounted, is waited for, and then looked
    through again.
    """
    roots = [path.absolute() for path in paths]
    while not stop.is_set():
        if not all(root.exists() for root in roots):
            stop.wait(_TICK_S)
            yield None
            continue
        identities = [_identify(root) for root in roots]
        begun: float | None = None
        unrest = _Unrest(roots)
        for changed in _tick([root for root in roots if root.is_dir()], stop, poll):
            # Only now is the system listening: nothing is missed between this look and the next.
            if begun is None:
                begun = monotonic()
                yield WatchedBatch(is_all=True)
            unrest.note(changed)
            yield unrest.take()
            is_due = monotonic() - begun > _LOOK_AGAIN_S and not unrest.is_any
            if is_due or identities != [_identify(root) for root in roots]:
                break


def _tick(
    folders: Sequence[Path], stop: threading.Event, poll: bool
) -> Iterator[list[tuple[Path, bool]]]:
    """What the system has seen change, and whether it is new, a few times a second."""
    if not folders:
        while not stop.wait(_TICK_S):
            yield []
        return
    from watchfiles import Change, watch

    for changes in watch(
        *folders,
        watch_filter=None,
        debounce=int(_TICK_S * 1000),
        rust_timeout=int(_TICK_S * 1000),
        yield_on_timeout=True,
        stop_event=stop,
        raise_interrupt=False,
        force_polling=poll or None,
        poll_delay_ms=_POLL_MS,
        ignore_permission_denied=True,
    ):
        yield [(Path(path), change == Change.added) for change, path in changes]


class _Unrest:
    """Files that have changed a moment ago."""

    def __init__(self, roots: Sequence[Path]) -> None:
        self._roots = roots
        self._seen: dict[Path, tuple[Stamp | None, float]] = {}
        self._ready: dict[Path, Stamp | None] = {}
        # Replaced by renaming, a file that is named itself would be lost to the system.
        self._named = {root: _stamp(root) for root in roots if not root.is_dir()}

    @property
    def is_any(self) -> bool:
        """Whether anything is waited for."""
        return bool(self._seen or self._ready)

    def note(self, changed: Iterable[tuple[Path, bool]]) -> None:
        """Wait for these, and for the files in a new folder, whose own events may have been missed."""
        for path, is_new in changed:
            if not path.is_dir():
                self._wait([path])
            elif is_new:
                self._wait(file for file in path.rglob("*") if not file.is_dir())
        for root, stamp in self._named.items():
            if (now := _stamp(root)) != stamp:
                self._named[root] = now
                self._wait([root])

    def _wait(self, files: Iterable[Path]) -> None:
        for file in files:
            if any(
                _is_under(file, root) and not is_passed_over(file, root) for root in self._roots
            ):
                self._ready.pop(file, None)
                self._seen.setdefault(file, (_stamp(file), monotonic()))

    def take(self) -> WatchedBatch | None:
        """What is at rest, a batch of it; the rest comes next time."""
        for file, (stamp, since) in list(self._seen.items()):
            now = _stamp(file)
            if now != stamp:
                self._seen[file] = (now, monotonic())
            elif monotonic() - since >= _REST_S:
                self._ready[file] = stamp
                del self._seen[file]
        files: list[Path] = []
        gone: list[Path] = []
        size = 0
        for file, stamp in list(self._ready.items()):
            if len(files) >= _MOST_FILES or size >= _MOST_BYTES:
                break
            del self._ready[file]
            size += stamp[0] if stamp else 0
            (files if stamp else gone).append(file)
        waiting = sum(stamp[0] for stamp in self._ready.values() if stamp)
        return WatchedBatch(tuple(files), tuple(gone), waiting) if files or gone else None


def _is_under(file: Path, root: Path) -> bool:
    return file == root or root in file.parents


def _stamp(file: Path) -> Stamp | None:
    """Size, time and number of a file; `None` where there is none."""
    try:
        stat = file.stat()
    except OSError:
        return None
    return stat.st_size, stat.st_mtime_ns, stat.st_ino


def _identify(root: Path) -> tuple[int, int] | None:
    """Which folder it is; a file is looked at by itself."""
    try:
        stat = root.stat()
    except OSError:
        return None
    return (stat.st_dev, stat.st_ino) if root.is_dir() else (0, 0)
