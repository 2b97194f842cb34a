"""How an archive's SQLite file is opened: to be written, or read only where its folder forbids more.

What SQLite says when it fails is told here in one line that blames the right thing.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from wortlaut.index.errors import ArchiveDamaged, ArchiveUnavailable

_NAME = "archive.sqlite"
# Primary codes of SQLite.
_READONLY, _IOERR, _CORRUPT, _FULL, _NOTADB = 8, 10, 11, 13, 26
_NOT_OURS = ("no such ", "mismatch", "schema", "decode")

FileStamp = tuple[int, ...]


@dataclass(slots=True)
class ArchiveFile:
    """An open SQLite file; `stamp` is what it looked like, where changes of it would not be seen.

    `copied` is the folder of a copy, where the file could not be read in its place.
    """

    db: sqlite3.Connection
    is_read_only: bool = False
    stamp: FileStamp | None = None
    copied: tempfile.TemporaryDirectory[str] | None = None

    def close(self) -> None:
        """Close the file, and remove its copy."""
        self.db.close()
        if self.copied is not None:
            self.copied.cleanup()


def open_archive_file(folder: Path) -> ArchiveFile:
    """The folder's SQLite file, made if there is none; to be read only where no more is allowed.

    Raises ArchiveDamaged where Chroma's vectors are there and the file is gone, emptied or cut
    short: a new one must not take its place.
    """
    file = folder / _NAME
    try:
        if not folder.exists():
            folder.mkdir(parents=True)
        _refuse_lost(folder)
        if _is_writable(folder, file):
            return ArchiveFile(_open_to_write(file))
        if not file.exists():
            raise ArchiveUnavailable(
                f"there is no archive in {folder}, and none can be made: the folder may only be "
                "read; give another folder with --data"
            )
        return _open_to_read(file)
    except (OSError, sqlite3.Error) as error:
        raise blame_archive(folder, error, "cannot open") from error


def stamp_file(folder: Path) -> FileStamp:
    """What the file looks like now; another stamp says that it was written since."""
    with suppress(OSError):
        stat = (folder / _NAME).stat()
        return stat.st_ino, stat.st_size, stat.st_mtime_ns, _size_of_log(folder / _NAME)
    return ()


def blame_archive(
    folder: Path, error: Exception | str, what: str = "cannot use"
) -> ArchiveUnavailable:
    """The error of the archive's file as one line that says what to do."""
    line = " ".join(str(error).split())
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    lost = isinstance(error, str) or code in (_CORRUPT, _NOTADB)
    # What our own words of SQL find no table for: the schema is not ours any more.
    if lost or any(words in line for words in _NOT_OURS):
        return ArchiveDamaged(
            f"{folder / _NAME} is damaged ({line}); put back a copy of it, or index the sources "
            "into a new folder with --data; Chroma's folder is left as it is"
        )
    if code == _FULL or getattr(error, "errno", 0) == 28:
        remedy = "the disk is full: make space and run it again; what was in is still there"
    elif code == _READONLY:
        remedy = "it may only be read: check the folder's rights, or give another with --data"
    elif code == _IOERR:
        remedy = "check the disk and its space, and run it again; what was in is still there"
    else:
        remedy = "check the folder's space and rights, or give another folder with --data"
    return ArchiveUnavailable(f"{what} the archive in {folder}: {line}; {remedy}")


def _refuse_lost(folder: Path) -> None:
    file, vectors = folder / _NAME, folder / "chroma" / "chroma.sqlite3"
    size = file.stat().st_size if file.exists() else None
    if not size:
        if vectors.exists() and vectors.stat().st_size:
            state = "missing" if size is None else "empty"
            raise ArchiveDamaged(
                f"{file} is {state}, but the vectors of an archive are beside it; put back a copy "
                f"of the file; to begin anew, move {folder / 'chroma'} away first"
            )
        return
    if (lacking := _measure_cut(file)) and not _size_of_log(file):
        raise ArchiveDamaged(
            f"{file} is damaged: it is cut short by {lacking} bytes; put back a copy of it, or "
            "index the sources into a new folder with --data; Chroma's folder is left as it is"
        )


def _measure_cut(file: Path) -> int:
    """How many bytes a file has less than its head says; 0 while that may just be changing."""
    if _size_of_log(file):
        return 0
    with file.open("rb") as content:
        head = content.read(100)
    if len(head) == 100 and head.startswith(b"SQLite format 3\0"):
        page = int.from_bytes(head[16:18], "big")
        changed, pages, valid_for = (int.from_bytes(head[n : n + 4], "big") for n in (24, 28, 92))
        if changed == valid_for:
            return max(0, (65536 if page == 1 else page) * pages - file.stat().st_size)
    return 0


def _size_of_log(file: Path) -> int:
    """How many bytes were written and not yet put into the file itself."""
    with suppress(OSError):
        return int(Path(f"{file}-wal").stat().st_size)
    return 0


def _is_writable(folder: Path, file: Path) -> bool:
    return os.access(folder, os.W_OK) and (not file.exists() or os.access(file, os.R_OK | os.W_OK))


def _open_to_write(file: Path) -> sqlite3.Connection:
    db = sqlite3.connect(file, timeout=30, check_same_thread=False, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("PRAGMA foreign_keys = ON")
    except sqlite3.Error:
        db.close()
        raise
    return db


def _open_to_read(file: Path) -> ArchiveFile:
    """In its place, with what a writer is just writing if that can be seen; else a copy of it."""
    if Path(f"{file}-shm").exists():
        with suppress(sqlite3.Error):
            return ArchiveFile(_open_uri(file, "mode=ro"), is_read_only=True)
    stamp = stamp_file(file.parent)
    if not _size_of_log(file):
        # SQLite takes no lock then, and sees no change: whoever uses it looks at the stamp.
        return ArchiveFile(_open_uri(file, "mode=ro&immutable=1"), True, stamp)
    copied = tempfile.TemporaryDirectory(prefix="wortlaut-", ignore_cleanup_errors=True)
    for name in (file.name, f"{file.name}-wal"):
        shutil.copyfile(file.with_name(name), Path(copied.name) / name)
    db = _open_to_write(Path(copied.name) / file.name)
    db.execute("PRAGMA query_only = ON")
    return ArchiveFile(db, True, stamp, copied)


def _open_uri(file: Path, how: str) -> sqlite3.Connection:
    db = sqlite3.connect(
        f"file:{quote(str(file.resolve()))}?{how}", uri=True, timeout=30,
        check_same_thread=False, isolation_level=None,
    )  # fmt: skip
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error:
        db.close()
        raise
    return db
