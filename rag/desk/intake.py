"""What users add to the archive and take out of it: copied into its folder, read in the background."""

from __future__ import annotations

import hashlib
import logging
import math
import re
import shutil
import threading
import time
import unicodedata
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path, PurePosixPath
from queue import SimpleQueue
from stat import S_ISREG
from typing import Literal

from wortlaut.index.archive import Archive
from wortlaut.index.errors import SourceError, StoreBusy, WortlautError
from wortlaut.index.ingest import IngestReport, lock_writer
from wortlaut.index.sources import check_kind
from wortlaut.rag.assembly import remove_articles, take_in
from wortlaut.rag.config import Settings
from wortlaut.rag.desk.audit import AuditLog

UPLOADS = "uploads"
# What a name may not hold on one system or another, and what would turn the writing around.
_UNSAFE = re.compile(
    r'[<>:"|?*\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]'
)
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|\Z)", re.IGNORECASE)
_TOKEN = re.compile(r"[0-9a-f]{16,64}")
_LONGEST_PART, _LONGEST_ENDING, _DEEPEST = 120, 12, 8
# So much of the disk is left to whatever else writes on it.
_LEFT_FREE = 200_000_000
# Nobody pauses so long while sending a file.
_STALE_S = 3600.0
_MOST_BATCHES, _MOST_LINES, _MOST_NAMESAKES = 50, 200, 1000
_log = logging.getLogger(__name__)

WhyShut = Literal["read_only", "not_allowed", "no_editor"]
BatchState = Literal["idle", "waiting", "starting", "reading"]


@dataclass(slots=True)
class Batch:
    """What one user sent at a time, and what has become of it.

    `received` files are kept, `finished` of them read; `share` in [0, 1] of what is being read now.
    `refused` and `notices` are (name, one line), `more` how many lines are not among them. `fault`
    says why a run came to nothing.
    """

    received: int = 0
    finished: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    state: BatchState = "idle"
    share: float = 0.0
    refused: list[tuple[str, str]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    more: int = 0
    fault: str = ""

    @property
    def is_busy(self) -> bool:
        """Whether there is something yet to be read."""
        return self.state != "idle" or self.finished < self.received


class Removal:
    """An article on its way out, `by` whom; `fault` says why it is still there."""

    def __init__(self, article_id: str, by: str = "") -> None:
        self.article_id = article_id
        self.by = by
        self.fault = ""
        self._is_over = threading.Event()

    def wait(self, seconds: float) -> bool:
        """Whether it is over by then."""
        return self._is_over.wait(seconds)

    def finish(self, fault: str = "") -> None:
        """It is over."""
        self.fault = fault
        self._is_over.set()


class Intake:
    """The archive's door for its users; safe to use from several threads.

    One thread of its own writes, in turns with whoever else indexes into the archive.
    """

    def __init__(self, settings: Settings, archive: Archive, *, is_allowed: bool) -> None:
        self._settings = settings
        self._is_allowed = is_allowed
        self._is_read_only = archive.is_read_only
        # As the indexer resolves it, and so as articles have it.
        self.folder = settings.data.resolve() / UPLOADS
        self._incoming = self.folder / ".incoming"
        self._lock = threading.Lock()
        self._batches: dict[str, Batch] = {}
        # By batch and user: what is to be read.
        self._waiting: dict[str, list[tuple[Path, str]]] = {}
        self._archive = archive
        self._audit = AuditLog(settings.data)
        # Bytes of what was added and is being added; looked up anew after a run, which deletes some.
        self._held: int | None = None
        self._jobs: SimpleQueue[str | Removal] = SimpleQueue()
        self._worker: threading.Thread | None = None

    @property
    def why_shut(self) -> WhyShut | None:
        """Why nothing can be added or removed, if so."""
        if self._is_read_only:
            return "read_only"
        return None if self._is_allowed else "not_allowed"

    @property
    def largest(self) -> int:
        """The most bytes that a file may have."""
        return self._settings.upload_mb * 1_000_000

    def read_batch(self, token: str) -> Batch | None:
        """What has become of a batch by now."""
        with self._lock:
            batch = self._batches.get(token)
            if batch is None:
                return None
            return replace(batch, refused=batch.refused[:], notices=batch.notices[:])

    def refuse(self, token: str, name: str, reason: str) -> None:
        """Note why a file of the batch was not taken."""
        with self._change(token) as batch:
            _add_lines(batch, batch.refused, [(str(make_safe_name(name)), reason)])

    def receive(self, token: str, name: str, by: str = "") -> Incoming:
        """A file to write to, sent `by` a user; raises SourceError for a kind that is not read here."""
        safe = make_safe_name(name)
        check_kind(Path(safe))
        with self._lock:
            self._open_batch(token)
        self._incoming.mkdir(parents=True, exist_ok=True)
        self._claim(1)  # Before anything is sent: a full folder takes none.
        self._claim(-1)
        place = self._incoming / uuid.uuid4().hex
        return Incoming(place, partial(self._keep, token, safe, by), self._claim)

    def _claim(self, size: int) -> None:
        """Count bytes in, or out again; raises SourceError where there is no room for more."""
        with self._lock:
            if self._held is None:
                _drop_stale(self._incoming)
                self._held = _measure(self.folder)
            most = self._settings.uploads_mb * 1_000_000
            if size > 0 and self._held + size > most:
                raise SourceError(
                    UPLOADS,
                    f"the files that were added take {-(-self._held // 1_000_000)} MB of "
                    f"{most // 1_000_000} MB; remove articles, or set WORTLAUT_UPLOADS_MB higher",
                )
            free = shutil.disk_usage(self._incoming).free
            if size > 0 and free < size + _LEFT_FREE:
                left = free // 1_000_000
                raise SourceError(UPLOADS, f"the server's disk has {left} MB left; make room there")
            self._held += size

    def _keep(self, token: str, name: PurePosixPath, by: str, file: Path, digest: str) -> None:
        """Put what was received in its place, beside any of that name that says something else."""
        with self._lock:
            batch = self._open_batch(token)
            size = file.stat().st_size
            place = self._find_place(self.folder / name, digest)
            place.parent.mkdir(parents=True, exist_ok=True)
            if place.exists() and self._held is not None:
                self._held -= place.stat().st_size
            file.replace(place)
            self._waiting.setdefault(token, []).append((place, by))
            batch.received += 1
        where = self._hide(str(place))
        self._audit.note("received", by, file=where, bytes=size, sha256=digest)
        self._submit(token)

    def _find_place(self, wanted: Path, digest: str) -> Path:
        for number in range(1, _MOST_NAMESAKES):
            place = wanted if number == 1 else wanted.with_stem(f"{wanted.stem} ({number})")
            if not place.exists() or (place.is_file() and _hash_file(place) == digest):
                return place
        raise SourceError(wanted.name, "too many files of this name are there already; rename it")

    def holds(self, article_id: str) -> bool:
        """Whether there is such an article to be removed."""
        return self._archive.read_article(article_id) is not None

    def remove(self, article_id: str, by: str = "") -> Removal:
        """Take an article out for a user as soon as it is this one's turn."""
        removal = Removal(article_id, by)
        self._submit(removal)
        return removal

    # The worker

    def _submit(self, job: str | Removal) -> None:
        self._jobs.put(job)
        with self._lock:
            if self._worker is None:
                self._worker = threading.Thread(
                    target=self._work, daemon=True, name="wortlaut-intake"
                )
                self._worker.start()

    def _work(self) -> None:
        while True:
            job = self._jobs.get()
            try:
                if isinstance(job, Removal):
                    job.finish(self._remove(job))
                else:
                    self._read(job)
                with self._lock:
                    self._held = None
            except Exception:
                _log.exception("the archive's intake met something unforeseen")
                if isinstance(job, Removal):
                    job.finish("unforeseen; the server's log has the details")

    def _remove(self, removal: Removal) -> str:
        article = self._archive.read_article(removal.article_id)
        try:
            remove_articles(self._settings, [removal.article_id], self.folder, wait_s=math.inf)
        except WortlautError as error:
            return self._hide(str(error))
        known = {"title": article.title, "source": article.source} if article else {}
        self._audit.note("removed", removal.by, id=removal.article_id, **known)
        return ""

    def _read(self, token: str) -> None:
        with self._lock:
            waiting = self._waiting.pop(token, [])
            files = [file for file, _ in waiting]
            batch = self._open_batch(token)
            if not files:
                return
            batch.state, batch.share, batch.fault = "starting", 0.0, ""

        def show(done: int, total: int, what: str) -> None:
            batch.state, batch.share = "reading", done / total if total else 1.0

        if self._is_taken():
            batch.state = "waiting"
        try:
            report = take_in(self._settings, files, progress=show, wait_s=math.inf)
        except WortlautError as error:
            batch.fault = self._hide(str(error))
        except Exception:
            batch.fault = "unforeseen; the server's log has the details"
            raise
        else:
            self._add_report(batch, report)
            self._note_report(waiting, report)
        finally:
            with self._lock:
                batch.finished += len(files)
                batch.state = "idle"

    def _is_taken(self) -> bool:
        """Whether another is writing."""
        try:
            with lock_writer(self._settings.data):
                return False
        except StoreBusy:
            return True

    def _add_report(self, batch: Batch, report: IngestReport) -> None:
        with self._lock:
            batch.added += report.added
            batch.updated += report.updated
            batch.unchanged += report.unchanged
            for lines, told in ((batch.refused, report.failed), (batch.notices, report.notices)):
                hidden = [(self._hide(place), self._hide(line)) for place, line in told]
                _add_lines(batch, lines, hidden)

    def _note_report(self, read: Sequence[tuple[Path, str]], report: IngestReport) -> None:
        """What became of files that were read together, under each name that sent some of them."""
        for by in dict.fromkeys(name for _, name in read):
            files = [self._hide(str(file)) for file, name in read if name == by]
            self._audit.note(
                "added", by, files=files, added=report.added, updated=report.updated,
                unchanged=report.unchanged, failed=[name for name, _ in report.failed],
            )  # fmt: skip

    def _hide(self, text: str) -> str:
        """The text without the server's own folders."""
        text = text.replace(f"{self.folder}/", "")
        for folder in {self._settings.data.resolve(), self._settings.data}:
            text = text.replace(str(folder), "the archive's folder")
        return text

    def _open_batch(self, token: str) -> Batch:
        if not _TOKEN.fullmatch(token):
            raise SourceError("upload", "no name of a batch; reload the page")
        while token not in self._batches and len(self._batches) >= _MOST_BATCHES:
            idle = next((t for t, batch in self._batches.items() if not batch.is_busy), None)
            if idle is None:
                raise SourceError("upload", "too much is being read already; try again later")
            del self._batches[idle]
        return self._batches.setdefault(token, Batch())

    @contextmanager
    def _change(self, token: str) -> Iterator[Batch]:
        with self._lock:
            yield self._open_batch(token)


class Incoming:
    """A file that is being received: `write` it, then `keep` it or `drop` it."""

    def __init__(
        self, file: Path, keep: Callable[[Path, str], None], claim: Callable[[int], None]
    ) -> None:
        self._file = file
        self._keep = keep
        self._claim = claim
        self._is_kept = False
        self._stream = file.open("wb")
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Add the bytes; raises SourceError or OSError where there is no room for them."""
        self._claim(len(data))
        self.size += len(data)
        self._stream.write(data)
        self._hash.update(data)

    def keep(self) -> None:
        """Hand the file over to be read; raises SourceError or OSError where it finds no place."""
        self._stream.close()
        self._keep(self._file, self._hash.hexdigest())
        self._is_kept = True

    def drop(self) -> None:
        """Forget what was received, unless it was kept."""
        with suppress(OSError):
            self._stream.close()
        try:
            # Before it goes: what is measured anew meanwhile holds it, too.
            if not self._is_kept:
                self._claim(-self.size)
        finally:
            self._file.unlink(missing_ok=True)


def make_safe_name(name: str) -> PurePosixPath:
    """A path within a folder that every system takes and that no name leads out of."""
    name = unicodedata.normalize("NFC", name)
    parts = []
    for part in re.split(r"[/\\]", name):
        part = _UNSAFE.sub("_", part).strip().lstrip(".").rstrip(". ")
        if part:
            part = f"_{part}" if _RESERVED.match(part) else part
            parts.append(_shorten(part))
    return PurePosixPath(*parts[-_DEEPEST:]) if parts else PurePosixPath("unnamed")


def _shorten(part: str) -> str:
    """The part of a name, its ending kept, in so many bytes as a file system takes."""
    stem, dot, ending = part.rpartition(".")
    if not dot or len(ending) > _LONGEST_ENDING:
        stem, ending = part, ""
    room = _LONGEST_PART - len(f"{dot}{ending}".encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + (f".{ending}" if ending else "")


def _measure(folder: Path) -> int:
    """The bytes of all files below the folder."""
    total = 0
    for file in folder.rglob("*"):
        with suppress(OSError):
            state = file.lstat()
            total += state.st_size if S_ISREG(state.st_mode) else 0
    return total


def _drop_stale(folder: Path) -> None:
    """Remove what a server that was killed had received in part: nobody else ever would."""
    for file in folder.glob("*"):
        with suppress(OSError):
            if time.time() - file.stat().st_mtime > _STALE_S:
                file.unlink()


def _hash_file(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _add_lines(batch: Batch, lines: list[tuple[str, str]], new: list[tuple[str, str]]) -> None:
    room = max(0, _MOST_LINES - len(lines))
    lines += new[:room]
    batch.more += len(new[room:])
