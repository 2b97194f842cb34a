"""The idempotent run from source files to a searchable archive.

One writer at a time: whoever runs it holds `lock_writer` and opens the store by `open_writable`.
The `Ledger` knows which files are in and what Chroma must still be told; `repair_store` tells it.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
from array import array
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, time
from typing import TYPE_CHECKING, Protocol

from wortlaut.index.archive import Archive, grow_generation
from wortlaut.index.article import Article
from wortlaut.index.database.tables import write_upsert
from wortlaut.index.embedder import Embedder, keep_backgrounds
from wortlaut.index.errors import ArchiveUnavailable, ConfigError, SourceError, StoreUnavailable
from wortlaut.index.integrity import require_sound, seal_unsealed
from wortlaut.index.lexicon import keep_head_words
from wortlaut.index.live.gaps import list_failures, note_failures, note_waiting
from wortlaut.index.live.passagemap import update_map
from wortlaut.index.live.slices import Pace, drop_unfinished
from wortlaut.index.live.turns import WriterTurn
from wortlaut.index.reading.directory import update_directory
from wortlaut.index.sources import (
    READER_VERSION,
    SourceNotice,
    find_files,
    read_articles,
)
from wortlaut.index.store import Location, PassageStore, make_nodes, set_aside
from wortlaut.index.web.addresses import WebRequest, is_web_address

if TYPE_CHECKING:
    from wortlaut.index.web.reading import Visit

# Change it when splitting, attribution or the full-text terms change: articles are then made anew.
PIPELINE_VERSION = "16"
# Set in the archive while a run is under way; what a killed run leaves of it says so.
RUN_FLAG = "indexing"
_IN_LINE = "in line"
# A smaller store is counted at every opening.
_COUNTED_ONCE = 20_000
# What is read before it is made, and Chroma's differences are settled after; a kill costs a slice.
_BATCH_ARTICLES = 64
_BATCH_LETTERS = 100_000
_BATCH_S = 5.0
# From so many letters on the engine stays loaded.
_LARGE_JOB_LETTERS = 50_000

# So far clocks may be apart: time zones that somebody forgot.
_CLOCKS_APART_S = 86_400

_log = logging.getLogger(__name__)
_BATCH_PASSAGES = 1000
# A reader reads so many changes beside the passage map with ease.
_NOTES_BESIDE_MAP = 1000


@dataclass(slots=True)
class IngestReport:
    """What a run did; `failed` and `notices` are `(place, one line)` pairs."""

    files: int = 0
    files_unchanged: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    pruned: int = 0
    repaired: int = 0
    passages: int = 0
    seconds: float = 0.0
    failed: list[tuple[str, str]] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)


class Progress(Protocol):
    """Who is told how far the run is."""

    def __call__(self, done: int, total: int, what: str) -> None:
        """`done` of `total` bytes of source files are in; `what` names the current one."""


def _be_quiet(done: int, total: int, what: str) -> None:
    pass


class Indexer:
    """Reads sources into one archive and its store; the caller holds the writer's lock.

    `load_embedder(letters)` returns the engine for a job of about that many letters. By its `turn`
    a run lets others write between two batches.
    """

    def __init__(
        self,
        archive: Archive,
        store: PassageStore,
        load_embedder: Callable[[int], Embedder],
        progress: Progress | None = None,
        turn: WriterTurn | None = None,
    ) -> None:
        self._turn = turn
        self._archive = archive
        self._ledger = Ledger(archive)
        self._store = store
        self._load_embedder = load_embedder
        self._progress = progress or _be_quiet
        self._embedder: Embedder | None = None
        self._letters = 0
        self._pace = Pace()
        self._report = IngestReport()
        self._failed: dict[str, str] = {}
        self._roots: list[Path] = []
        self._is_noted = False
        self._fields: Mapping[str, str] | None = None
        self._removed: frozenset[str] = frozenset()

    def run(
        self,
        paths: Sequence[Path],
        *,
        prune: bool = False,
        web: WebRequest | None = None,
        fields: Mapping[str, str] | None = None,
        put_back: bool = False,
    ) -> IngestReport:
        """Bring the archive up to date with the sources; a second run finishes a killed one.

        Articles that an older version made, or that a rebuild left to do, are made anew from the
        archive's own text. `fields` says which field of a record is which of ours; without it a
        file is read as it was before, and `{}` forgets that. What a user took out stays out, unless
        it is to be `put_back`.
        """
        self._fields = fields
        with self._report_run():
            if put_back:
                self._allow(self._ledger.list_removed(paths, web.addresses if web else ()))
            self._work_off(self._read_sources(paths))
            if web is not None:
                self._work_off(self._read_web(web))
            self._work_off(self._read_outdated())
            # Where addresses alone are named, no file was: none is to be looked for.
            if prune and (paths or web is None):
                self._prune(paths)
        return self._report

    def add(self, articles: Iterable[Article]) -> IngestReport:
        """Put the articles in, in place of what stood under their ids."""
        with self._report_run():
            self._note_waiting()
            self._work_off(map(self._readmit, articles))
        return self._report

    def _readmit(self, article: Article) -> Article:
        """The article, whoever took it out before."""
        if article.id in self._removed:
            self._ledger.allow([article.id])
        return article

    def take_in(self, copies: Sequence[Path]) -> IngestReport:
        """Read files that were copied for the archive, whatever is noted of them.

        One that holds no article is deleted.
        """
        with self._report_run():
            self._ledger.forget_files(map(str, copies))
            self._allow(self._ledger.list_removed(copies))
            self._work_off(self._read_sources(copies))
            self._drop_empty(copies)
        return self._report

    def remove(self, ids: Sequence[str], copies: Path) -> IngestReport:
        """Take the articles out; of the files in the folder `copies` those that then hold none, too.

        Other files stay where they are; of what they hold these articles are passed over from now on.
        """
        with self._report_run():
            marks = ",".join("?" * len(ids))
            rows = self._archive.query(f"SELECT id, path FROM articles WHERE id IN ({marks})", ids)
            self._archive.delete_articles(ids)
            self._ledger.note_removed(rows)
            self._tell_deletions()
            files = [Path(path) for path in dict.fromkeys(path for _, path in rows)]
            self._drop_empty([file for file in files if copies in file.parents])
            self._report.pruned = len(rows)
        return self._report

    def _allow(self, removed: Mapping[str, str]) -> None:
        """Have the articles, each with its source, come back: the sources are read again."""
        self._ledger.allow(removed)
        self._ledger.forget_files(removed.values())
        self._ledger.forget_visits(removed.values())
        self._removed -= removed.keys()

    def _pass_over(self, article: Article) -> bool:
        """Whether a user took the article out before."""
        if article.id not in self._removed:
            return False
        line = "was taken out on the page and stays out; wortlaut index --put-back has it back"
        self._report.notices.append((article.path, line))
        return True

    def _drop_empty(self, copies: Iterable[Path]) -> None:
        """Delete the files that no article of the archive is from, and what is noted of them."""
        for file in copies:
            if not self._archive.list_articles(str(file)):
                file.unlink(missing_ok=True)
                self._ledger.forget_files([str(file)])
                self._failed.pop(str(file), None)

    def follow(
        self,
        files: Sequence[Path],
        gone: Sequence[Path],
        *,
        prune: bool,
        fields: Mapping[str, str] | None = None,
    ) -> IngestReport:
        """Read the files as they are now, by `fields` as `run` does.

        `prune` takes out what was in those that are gone.
        """
        self._fields = fields
        with self._report_run():
            self._work_off(self._read_sources(files))
            if prune:
                self._prune([*files, *gone])
        return self._report

    @contextmanager
    def _report_run(self) -> Iterator[None]:
        started = perf_counter()
        self._report = IngestReport()
        self._failed, self._roots = {}, []
        self._removed = frozenset(self._ledger.list_removed())
        seal_unsealed(self._archive)
        self._report.repaired = repair_store(self._archive, self._store)
        self._archive.write_meta(RUN_FLAG, "1")
        yield
        known = list_failures(self._archive)
        mended = [path for path in known if path not in self._failed and self._is_mended(path)]
        if self._failed or mended:
            note_failures(self._archive, self._failed.items(), mended)
        # Where another run has given way, there is more to come.
        if self._turn is None or self._turn.is_last:
            note_waiting(self._archive, False)
            drop_unfinished(self._archive)
            self._archive.write_meta(RUN_FLAG, None)
        self._is_noted = False
        keep_lookups(self._archive)
        self._report.seconds = round(perf_counter() - started, 3)

    def _let_others_write(self) -> None:
        """Give way to whoever waits; what they changed is taken into account afterwards.

        Until then nothing of Chroma is open here: it does not see what another process writes. A
        file that changes in between, half of it read, is read anew by the next run.
        """
        if self._turn is None or not self._turn.is_over:
            return
        self._store.close()
        self._turn.give_way()
        self._archive.check_embedder(self._store.fingerprint)
        self._store.reopen()
        self._report.repaired += repair_store(self._archive, self._store)
        self._archive.write_meta(RUN_FLAG, "1")
        self._is_noted = False
        self._note_waiting()

    def _note_waiting(self) -> None:
        """Have answers say that there is more to come."""
        if not self._is_noted:
            note_waiting(self._archive, True)
            self._is_noted = True

    def _is_mended(self, path: str) -> bool:
        """Whether a file that failed once is gone, or is among those that were read now."""
        file = Path(path)
        above = {file, *file.parents, file.resolve(), *file.resolve().parents}
        return _is_gone(file) or not above.isdisjoint(self._roots)

    def _fail(self, error: SourceError, file: Path | None = None) -> None:
        self._report.failed.append((error.path, error.reason))
        path = file or Path(error.path)
        # A path that was misspelt is no file that could not be read.
        if not _is_gone(path):
            self._failed.setdefault(str(path), error.reason)

    def _read_sources(self, paths: Sequence[Path]) -> Iterator[Article | FileState | str]:
        """The articles to make, each file's followed by its path and state once it is read whole."""
        self._roots = [path.resolve() for path in paths]
        # A name takes a tenth of what a `Path` does.
        files: list[str] = []
        sizes = array("q")
        for found in find_files(paths):
            if isinstance(found, SourceError):
                self._fail(found)
            elif isinstance(found, SourceNotice):
                self._report.notices.append((found.path, found.text))
            else:
                files.append(str(found))
                sizes.append(_size_of(found))
        total, done = sum(sizes), 0
        for file, size in zip(map(Path, files), sizes, strict=True):
            self._progress(done, total, file.name)
            self._report.files += 1
            yield from self._read_file(file)
            done += size
        self._progress(done, done, "")

    def _read_file(self, file: Path) -> Iterator[Article | FileState | str]:
        path = str(file)
        state = self._look_at(file)
        if state is None:
            self._report.files_unchanged += 1
            return
        self._note_waiting()
        if _is_from_the_future(file):
            line = "its date lies in the future: is a clock wrong? It is read all the same"
            self._report.notices.append((path, line))
        failures = len(self._report.failed)
        fields = _recall_fields(state.reader)
        found = False
        for read in read_articles(file, fields=fields):
            if isinstance(read, SourceError):
                self._fail(read, file)
            elif isinstance(read, SourceNotice):
                self._report.notices.append((read.path, read.text))
            else:
                found = True
                if self._pass_over(read):
                    continue
                if self._is_known(read):
                    self._report.unchanged += 1
                else:
                    yield read
        if len(self._report.failed) == failures:
            yield path
            yield state
        elif fields and found:
            # It is read again next time, and by the same fields.
            yield path
            yield FileState(0, 0, "", state.reader)

    def _read_web(self, web: WebRequest) -> Iterator[Article | Visit | str]:
        """The articles to make, each address's followed by it and what it answered."""
        from wortlaut.index.web.reading import Unchanged, Visited, WebReader

        find = self._archive.read_article
        reader = WebReader(
            web, self._ledger.read_visit, find, f"{READER_VERSION}.{PIPELINE_VERSION}"
        )
        self._report.files += len(set(web.addresses))
        for read in reader.read():
            if isinstance(read, SourceError):
                self._report.failed.append((read.path, read.reason))
            elif isinstance(read, SourceNotice):
                self._report.notices.append((read.path, read.text))
            elif isinstance(read, Unchanged):
                self._report.unchanged += read.is_article
                self._report.files_unchanged += not read.is_article
            elif isinstance(read, Visited):
                yield read.address
                yield read.visit
            elif find(read.id) == read:
                self._report.unchanged += 1
            elif not self._pass_over(read):
                yield read

    def _look_at(self, file: Path) -> FileState | None:
        """The file's state, or `None` when it is as it was when last read whole."""
        known = self._ledger.read_file_state(str(file))
        reader = _name_reader(self._choose_fields(known))
        try:
            stat = file.stat()
            stamp = (stat.st_size, _stamp_time(stat))
            same_reader = known is not None and known.reader == reader
            if known and same_reader and (known.size, known.mtime_ns) == stamp:
                return None
            with file.open("rb") as content:
                digest = hashlib.file_digest(content, "sha256").hexdigest()
        except OSError:
            return FileState(0, 0, "", reader)
        if known and known.sha256 != digest:
            # What is read of it now replaces what stood there, even where the rest fails.
            self._ledger.forget_files([str(file)])
        state = FileState(*stamp, digest, reader)
        if known and same_reader and known.sha256 == digest:
            self._ledger.record_file(str(file), state)
            return None
        return state

    def _choose_fields(self, known: FileState | None) -> Mapping[str, str]:
        """The mapping that is asked for, else the one that the file was read by before."""
        if self._fields is not None:
            return self._fields
        return _recall_fields(known.reader) if known else {}

    def _is_known(self, article: Article) -> bool:
        made_by = self._archive.query("SELECT made_by FROM articles WHERE id = ?", (article.id,))
        if made_by != [(PIPELINE_VERSION,)]:
            return False
        return self._archive.read_article(article.id) == article

    def _work_off(self, read: Iterable[Article | FileState | Visit | str]) -> None:
        """Make the articles in batches; a file is recorded when all of its articles are in."""
        batch: list[Article] = []
        finished: list[tuple[str, FileState | Visit]] = []
        path = ""
        letters = 0
        began = perf_counter()
        for item in read:
            if isinstance(item, str):
                path = item
            elif isinstance(item, Article):
                batch.append(item)
                letters += len(item.text)
            else:
                finished.append((path, item))
            is_late = perf_counter() - began > _BATCH_S
            if letters >= _BATCH_LETTERS or len(batch) >= _BATCH_ARTICLES or is_late:
                self._make(batch, letters)
                self._record(finished)
                self._let_others_write()
                batch, finished, letters = [], [], 0
                began = perf_counter()
        self._make(batch, letters)
        self._record(finished)

    def _record(self, finished: Iterable[tuple[str, FileState | Visit]]) -> None:
        for path, state in finished:
            if isinstance(state, FileState):
                self._ledger.record_file(path, state)
            else:
                self._ledger.record_visit(path, state)

    def _make(self, articles: Sequence[Article], letters: int) -> None:
        if not articles:
            return
        from llama_index.core.schema import TextNode

        from wortlaut.index.pipeline import make_documents, make_pipeline

        self._letters += letters
        # What a large job has started serves all that follows.
        embedder = self._embedder or self._load_embedder(self._letters)
        if self._letters >= _LARGE_JOB_LETTERS:
            self._embedder = embedder
        self._archive.bind_embedder(embedder.fingerprint)
        keep_backgrounds(self._archive, embedder)
        known = len(self._archive.read_articles([article.id for article in articles]))
        pipeline = make_pipeline(self._archive, self._store, embedder, PIPELINE_VERSION, self._pace)
        for some in self._pace.slice(articles, lambda article: len(article.text)):
            nodes = pipeline.run(documents=make_documents(some))
            embedded = {node.ref_doc_id for node in nodes if isinstance(node, TextNode)}
            self._keep_rest(some, embedded)
            self._report.passages += len(nodes)
            if len(some) == 1:
                drop_unfinished(self._archive)
        self._tell_deletions()
        keep_lookups(self._archive, _NOTES_BESIDE_MAP)
        self._report.updated += known
        self._report.added += len(articles) - known

    def _keep_rest(self, articles: Iterable[Article], embedded: Collection[str | None]) -> None:
        """Keep the articles that hold no passage too, in place of what stood under their ids."""
        for article in articles:
            if article.id not in embedded:
                self._archive.replace_article(article, [], [], PIPELINE_VERSION)
                self._report.notices.append(
                    (article.path, "holds no sentence but agency lines; kept, but never found")
                )

    def _tell_deletions(self) -> None:
        upserts, deletes = self._ledger.list_pending()
        self._store.delete(deletes)
        self._ledger.clear_pending(upserts + deletes)

    def _read_outdated(self) -> Iterator[Article]:
        """The archived articles that an older version made, or a rebuild has left to do."""
        ids = self._archive.list_outdated(PIPELINE_VERSION)
        for done, article_id in enumerate(ids):
            self._progress(done, len(ids), "the archive's own text")
            article = self._archive.read_article(article_id)
            # Another run may have made it meanwhile.
            if article and not self._is_known(article):
                yield article
            elif article is None:
                line = "its archived text is damaged; index its source again to put it back"
                self._report.notices.append((f"article {article_id}", line))

    def _prune(self, paths: Sequence[Path]) -> None:
        """Take out articles whose source file, or whose record in it, is gone.

        A folder that is gone with all that was in it is more likely a disk that is not mounted:
        only a path that was named itself may be, while its own folder is there.
        """
        roots = [path.resolve() for path in paths]
        there = {root for root in roots if not _is_gone(root)}
        deleted = {root for root in roots if _is_gone(root) and not _is_gone(root.parent)}
        gone: list[str] = []
        lost: list[str] = []
        for text in self._archive.list_paths(roots):
            if is_web_address(text):
                # A feed forgets, a page moves: no reason for an archive to forget it too.
                continue
            path = Path(text)
            above = {path, *path.parents}
            if roots and not above & (there | deleted):
                continue
            if not _is_gone(path):
                gone += self._list_lost_records(path)
            elif roots or not _is_gone(path.parent):
                gone += self._archive.list_articles(text)
                lost.append(text)
        if gone:
            self._archive.delete_articles(gone)
            self._ledger.forget_files(lost)
            self._tell_deletions()
        self._report.pruned = len(gone)
        # What was deleted on purpose is no failure.
        emptied = {
            root for root in deleted if any(root in {p, *p.parents} for p in map(Path, lost))
        }
        self._report.failed = [
            (place, line)
            for place, line in self._report.failed
            if Path(place).resolve() not in emptied
        ]

    def _list_lost_records(self, path: Path) -> set[str]:
        """The ids of the articles whose record left the file; none while any of it is unreadable."""
        there = set()
        fields = self._choose_fields(self._ledger.read_file_state(str(path)))
        for read in read_articles(path, fields=fields):
            if isinstance(read, SourceError):
                return set()
            if isinstance(read, Article):
                there.add(read.id)
        return self._archive.list_articles(str(path)).keys() - there


def keep_lookups(archive: Archive, least: int = 1) -> None:
    """Bring what readers look things up in up to date, if so many changes are missing."""
    update_map(archive, least)
    update_directory(archive, least)
    keep_head_words(archive, least)


def _name_reader(fields: Mapping[str, str]) -> str:
    """What a file was read by: other versions and other fields read it anew."""
    version = f"{READER_VERSION}.{PIPELINE_VERSION}"
    return f"{version} {json.dumps(fields, sort_keys=True)}" if fields else version


def _recall_fields(reader: str) -> dict[str, str]:
    _, _, written = reader.partition(" ")
    return dict(json.loads(written)) if written else {}


def _stamp_time(stat: os.stat_result) -> int:
    """When the file was changed last; a date that a foreign clock gave it would hide what follows."""
    is_windows = os.name == "nt"
    return max(stat.st_mtime_ns, stat.st_ctime_ns) if is_windows else stat.st_ctime_ns


def _is_from_the_future(file: Path) -> bool:
    try:
        return file.stat().st_mtime > time() + _CLOCKS_APART_S
    except OSError:
        return False


def _is_gone(path: Path) -> bool:
    """Whether there is certainly nothing; what must not be looked at may be there."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except OSError:
        return False
    return False


def _size_of(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0


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
                write_upsert("files", "path", "size mtime_ns sha256 reader"),
                (path, state.size, state.mtime_ns, state.sha256, state.reader),
            )

    def forget_files(self, paths: Iterable[str]) -> None:
        """Have the files read again, should they come back."""
        with self._archive.transaction() as db:
            db.executemany("DELETE FROM files WHERE path = ?", [(path,) for path in paths])

    def list_removed(
        self, roots: Iterable[Path] | None = None, addresses: Iterable[str] = ()
    ) -> dict[str, str]:
        """What users took out, each article with its source; of these sources alone if any are named."""
        rows = dict(self._archive.query("SELECT article, path FROM removals"))
        if roots is None:
            return rows
        wanted = {str(root.resolve()) for root in roots} | set(addresses)
        return {
            article: path
            for article, path in rows.items()
            if not wanted.isdisjoint({path, *map(str, Path(path).parents)})
        }

    def note_removed(self, removed: Iterable[tuple[str, str]]) -> None:
        """Remember that a user took the articles out, each with its source."""
        with self._archive.transaction() as db:
            db.executemany(write_upsert("removals", "article", "path"), list(removed))

    def allow(self, articles: Iterable[str]) -> None:
        """Have the articles read again."""
        with self._archive.transaction() as db:
            db.executemany("DELETE FROM removals WHERE article = ?", [(one,) for one in articles])

    def forget_visits(self, addresses: Iterable[str]) -> None:
        """Have the addresses read again."""
        with self._archive.transaction() as db:
            db.executemany("DELETE FROM visits WHERE address = ?", [(one,) for one in addresses])

    def read_visit(self, address: str) -> Visit | None:
        """What the address answered when its articles were last read."""
        from wortlaut.index.web.reading import Visit

        rows = self._archive.query(
            "SELECT etag, modified, stamp, reader FROM visits WHERE address = ?", (address,)
        )
        return Visit(*rows[0]) if rows else None

    def record_visit(self, address: str, visit: Visit) -> None:
        """Remember that every article of the address is in."""
        values = (address, visit.etag, visit.modified, visit.stamp, visit.reader)
        with self._archive.transaction() as db:
            db.execute(write_upsert("visits", "address", "etag modified stamp reader"), values)

    def list_pending(self) -> tuple[list[str], list[str]]:
        """The ids of passages to upsert and of passages to delete."""
        rows = self._archive.query("SELECT passage, operation FROM pending")
        upserts = [passage for passage, operation in rows if operation == "upsert"]
        return upserts, [passage for passage, operation in rows if operation == "delete"]

    def mark_pending(self, upserts: Iterable[str], deletes: Iterable[str]) -> None:
        """Note differences that a check found."""
        rows = [(i, "upsert") for i in upserts] + [(i, "delete") for i in deletes]
        with self._archive.transaction() as db:
            db.executemany(write_upsert("pending", "passage", "operation"), rows)

    def clear_pending(self, ids: Iterable[str]) -> None:
        """Note that Chroma has been told, and that readers have something to see."""
        with self._archive.transaction() as db:
            db.executemany("DELETE FROM pending WHERE passage = ?", [(i,) for i in ids])
            grow_generation(db)


@contextmanager
def lock_writer(
    folder: Path, wait_s: float = 0, archive: Archive | None = None
) -> Iterator[WriterTurn]:
    """Hold the archive's only writing place; raises StoreBusy when another has it for `wait_s`.

    With the archive, which several machines may share, it is held against them too. Two locks on
    one folder exclude each other inside one process too: take it once.
    """
    if archive and archive.address and archive.is_read_only:
        # Nothing that waiting would mend.
        raise ConfigError(
            f"the archive in {archive.place} may only be read; have its owner grant INSERT, UPDATE and "
            "DELETE on its tables, or, for a replica, give the address of the primary"
        )
    turn = WriterTurn(folder, archive)
    turn.take(wait_s)
    try:
        yield turn
    finally:
        turn.end()


def open_writable(
    location: Location,
    archive: Archive,
    fingerprint: str,
    prepare: Callable[[PassageStore], int] = PassageStore.count,
    *,
    apart: bool = False,
) -> tuple[PassageStore, int]:
    """The store for the writer, and what `prepare` returned of it; `apart` from this process's readers.

    An embedded Chroma that is damaged is moved aside, which is said on standard error, and a fresh
    one opened; never where it is the archive that is. The caller holds the writer's lock and has
    checked the archive's embedder.
    """
    try:
        return _open_and_prepare(location, archive, fingerprint, prepare, apart)
    except ArchiveUnavailable:
        raise
    except StoreUnavailable as error:
        require_sound(archive)
        if not isinstance(location, Path) or (aside := set_aside(location)) is None:
            raise
        _log.warning("%s; moved to %s, a fresh one is filled from the archive", error, aside)
    return _open_and_prepare(location, archive, fingerprint, prepare, apart)


def _open_and_prepare(
    location: Location,
    archive: Archive,
    fingerprint: str,
    prepare: Callable[[PassageStore], int],
    apart: bool,
) -> tuple[PassageStore, int]:
    store = PassageStore(location, archive.store_id, fingerprint, may_replace=True, apart=apart)
    try:
        return store, prepare(store)
    except BaseException:
        store.close()
        raise


def _is_in_line(archive: Archive, store: PassageStore) -> bool:
    """Whether both hold as many passages, as far as that is not known from the last time."""
    file_stamp = store.read_stamp()
    stamp = f"{archive.generation} {archive.newest_change} {file_stamp}"
    if archive.read_meta(_IN_LINE) == stamp:
        # To count, Chroma loads its whole index; nothing that can be seen has changed since.
        return True
    counted = archive.query("SELECT count(*) FROM passages")[0][0]
    if store.count() != counted:
        return False
    if counted >= _COUNTED_ONCE and file_stamp:
        archive.write_meta(_IN_LINE, stamp)
    return True


def repair_store(archive: Archive, store: PassageStore, *, thorough: bool = False) -> int:
    """The number of passages by which Chroma was brought back in line with the archive.

    Cheap when nothing is amiss: the noted differences and the two counts. `thorough` compares
    every id and asks for a nearest neighbour. The caller holds the writer's lock.
    """
    ledger = Ledger(archive)
    upserts, deletes = ledger.list_pending()
    is_noted = bool(upserts or deletes)
    if not thorough and not is_noted and _is_in_line(archive, store):
        return 0
    if thorough or not is_noted:
        kept, stored = archive.list_passage_ids(), store.list_ids()
        if stored - kept:
            # Of a damaged file fewer may be read than there are.
            require_sound(archive)
        ledger.mark_pending(kept - stored, stored - kept)
        upserts, deletes = ledger.list_pending()
    if upserts or deletes:
        store.delete(deletes)
        for start in range(0, len(upserts), _BATCH_PASSAGES):
            store.upsert(
                make_nodes(archive.read_passages(upserts[start : start + _BATCH_PASSAGES]))
            )
        ledger.clear_pending(upserts + deletes)
    if thorough:
        for some in sorted(archive.list_passage_ids()):
            # One that is damaged is not read.
            if read := archive.read_passages([some]):
                store.search(read[0][1].vector, 1)
                break
    return len(upserts) + len(deletes)
