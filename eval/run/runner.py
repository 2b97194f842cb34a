"""Runs a suite row by row, streamed to a folder from which a run that was stopped goes on."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from wortlaut.eval.figures.rows import ROWS, STAMP, RunRow, parse_row
from wortlaut.eval.suites.questions import Suite
from wortlaut.eval.suites.transcripts import hash_files
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.index.ingest import PIPELINE_VERSION, Progress
from wortlaut.rag.receipt import VERIFIER_VERSION

if TYPE_CHECKING:
    from wortlaut.eval.faithfulness.scorer import Scorer
    from wortlaut.eval.run.examiner import Examiner
    from wortlaut.eval.suites.questions import GoldQuestion
    from wortlaut.eval.suites.transcripts import Transcript
    from wortlaut.rag.chat import NewsChat
    from wortlaut.rag.config import Settings

# No name that a folder of the user's would have: --fresh takes it away.
ARCHIVE = "run-archive"
_LONGEST_ERROR = 300
_LONGEST_VALUE = 60
# Makes a progress bar for what is done, or nothing where nobody would see it.
Watch = Callable[[str], AbstractContextManager[Progress | None]]
_ANSWERING = ("mode", "quotes", "min_confidence")
_WRITING = ("llm_model", "llm_context_tokens", "llm_max_tokens", "on_unsupported")


class SuiteItem(Protocol):
    """One of a suite: what it is called, and the groups it belongs to."""

    @property
    def id(self) -> str:
        """Unique in the suite."""
        ...

    @property
    def type(self) -> str:
        """The kind of question."""
        ...

    @property
    def language(self) -> str:
        """The question's, as "en"."""
        ...

    @property
    def question(self) -> str:
        """The question on one line."""
        ...


AnyItem = TypeVar("AnyItem", bound=SuiteItem)


class RowFile:
    """The rows of one run in a folder, each on disk before the next is asked for.

    Use `open_rows`: one process at a time has the folder. `goes_on` is whether the folder was
    this run's before: whatever else is in it may be used.
    """

    def __init__(self, folder: Path, goes_on: bool) -> None:
        self.goes_on = goes_on
        self.path = folder / ROWS
        self.rows = self._read()

    def _read(self) -> dict[str, RunRow]:
        """The rows that count, by id: what failed or was half written is asked again."""
        if not self.path.exists():
            return {}
        lines = self.path.read_bytes().split(b"\n")
        rows: dict[str, RunRow] = {}
        for line in lines:
            try:
                row = parse_row(line.decode("utf-8"))
            except (DatasetError, UnicodeDecodeError):
                continue
            if row.error is None:
                rows.setdefault(row.id, row)
        # The last piece is "" after a whole line.
        if lines[-1] or len(rows) != len(lines) - 1:
            self._rewrite(rows.values())
        return rows

    def append(self, row: RunRow) -> None:
        """Write the row: a process that is killed from here on has it; raises DatasetError."""
        try:
            with self.path.open("ab") as file:
                file.write(_pack(row))
        except OSError as error:
            raise DatasetError(
                f"cannot write {self.path}: {error.strerror}; what is in it stays, "
                "so make room and run the suite again"
            ) from error
        self.rows[row.id] = row

    def sort(self, order: Sequence[str]) -> None:
        """Put the rows into the order of the ids, whatever is not among them last."""
        places = {identity: place for place, identity in enumerate(order)}
        ordered = sorted(self.rows, key=lambda identity: places.get(identity, len(places)))
        if ordered != list(self.rows):
            self.rows = {identity: self.rows[identity] for identity in ordered}
            self._rewrite(self.rows.values())

    def _rewrite(self, rows: Any) -> None:
        draft = self.path.with_name(f".{ROWS}.draft")
        draft.write_bytes(b"".join(map(_pack, rows)))
        draft.replace(self.path)


def _pack(row: RunRow) -> bytes:
    data = row.as_json()
    try:
        return (json.dumps(data, ensure_ascii=False) + "\n").encode("utf-8")
    except UnicodeEncodeError:
        # Half a surrogate pair, as JSON from outside may hold, has no UTF-8.
        return (json.dumps(data) + "\n").encode("ascii")


@contextmanager
def open_rows(folder: Path, stamp: Mapping[str, Any], *, fresh: bool = False) -> Iterator[RowFile]:
    """The folder's rows so far, held for this process.

    `stamp` tells what makes two runs comparable: suite, settings, archive, version. Raises
    ConfigError when the folder holds rows of another stamp, unless it is to start `fresh`, and
    when another process is at it. A run that made no row is no run.
    """
    from filelock import FileLock, Timeout

    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(folder / ".run.lock", timeout=0)
        lock.acquire()
    except Timeout as error:
        raise ConfigError(f"another run writes to {folder}; name another folder") from error
    except OSError as error:
        raise ConfigError(f"cannot write to {folder}: {error.strerror}; check --out") from error
    try:
        if fresh:
            (folder / ROWS).unlink(missing_ok=True)
        differing = _compare_stamps(folder, stamp)
        if differing and _holds_rows(folder):
            advice = "name another folder, or start over with --fresh"
            raise ConfigError(f"{folder} holds {differing}; {advice}")
        draft = folder / f".{STAMP}.draft"
        draft.write_text(json.dumps(stamp, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        draft.replace(folder / STAMP)
        yield RowFile(folder, goes_on=not differing and not fresh)
    finally:
        lock.release()


def _holds_rows(folder: Path) -> bool:
    try:
        return bool((folder / ROWS).read_bytes().strip())
    except FileNotFoundError:
        return False


def _compare_stamps(folder: Path, stamp: Mapping[str, Any]) -> str:
    """What the folder holds, in words, where that is not a run of this stamp; else ""."""
    try:
        found = json.loads((folder / STAMP).read_text(encoding="utf-8"))
        keys = sorted(found.keys() | stamp.keys())
    except (OSError, ValueError, AttributeError):
        return f"rows of an unknown run: it has no {STAMP} that can be read"
    # As JSON has it: a tuple comes back as a list.
    mine = json.loads(json.dumps(stamp))
    differing = [key for key in keys if found.get(key) != mine.get(key)]
    said = ", ".join(_describe(key, found.get(key), mine.get(key)) for key in differing)
    return f"another run: its {said}" if differing else ""


def _describe(key: str, then: Any, now: Any) -> str:
    name = key.replace("_", " ")
    if max(len(str(then)), len(str(now))) > _LONGEST_VALUE:
        return f"{name} is another"
    return f"{name} is {then}, not {now}"


def run_cases(
    cases: Sequence[AnyItem],
    examine: Callable[[AnyItem], RunRow],
    file: RowFile,
    progress: Progress | None = None,
) -> list[RunRow]:
    """A row for each case in their order, those that the file has already not made again.

    A case that raises becomes a row with its `error`, and the next is taken. `progress` is told
    how many rows there are, of how many, and what is asked now.
    """
    done = sum(case.id in file.rows for case in cases)
    for case in cases:
        if case.id in file.rows:
            continue
        if progress:
            progress(done, len(cases), case.question)
        file.append(_examine(case, examine))
        done += 1
    if progress:
        progress(done, len(cases), "")
    order = [case.id for case in cases]
    file.sort(order)
    return [file.rows[identity] for identity in order]


def _examine(case: AnyItem, examine: Callable[[AnyItem], RunRow]) -> RunRow:
    try:
        return replace(examine(case), id=case.id)
    except Exception as error:
        if os.environ.get("WORTLAUT_DEBUG"):
            raise
        line = " ".join(str(error).split())[:_LONGEST_ERROR]
        said = f"{type(error).__name__}: {line}" if line else type(error).__name__
        return RunRow(case.id, case.type, case.language, case.question, "", error=said)


def _watch_nothing(doing: str) -> AbstractContextManager[Progress | None]:
    return nullcontext(None)


@dataclass(frozen=True, slots=True)
class ScorerChoice:
    """The scorer that was chosen, opened once it is needed, by its `name` and `model`."""

    name: str
    model: str | None
    open: Callable[[], Scorer]


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's rows in the suite's order, and one line on each file that could not be read."""

    rows: list[RunRow]
    problems: tuple[str, ...]


class SuiteRun:
    """Runs a suite into a folder, or goes on with the run that is there.

    With `archive_from` the questions are asked of these articles, in an archive in the folder;
    so are those of a suite that brings its articles. Transcripts need a `scorer`; for answers of
    our own it is an option. `tell` is given lines for the user.
    """

    def __init__(
        self,
        settings: Settings,
        suite: Suite,
        folder: Path,
        *,
        archive_from: Sequence[Path] = (),
        scorer: ScorerChoice | None = None,
        fresh: bool = False,
        watch: Watch = _watch_nothing,
        tell: Callable[[str], None] = lambda line: None,
    ) -> None:
        self._settings = settings
        self._suite = suite
        self._folder = folder
        self._archive_from = archive_from
        self._choice = scorer
        self._scorer: Scorer | None = None
        self._fresh = fresh
        self._watch = watch
        self._tell = tell
        self._problems = list(suite.problems)

    def run(self) -> Outcome:
        """The rows; raises ConfigError where the folder holds another run."""
        gone = [path for path in self._archive_from if not path.exists()]
        if gone:
            raise ConfigError(f"{gone[0]} is not there; check the path of --archive-from")
        # Before anything is written: what cannot be opened leaves nothing behind.
        self._scorer = self._choice.open() if self._choice else None
        if self._suite.kind == "transcripts":
            rows = self._judge(self._suite.transcripts)
        elif self._suite.articles or self._archive_from:
            rows = self._ask_own(self._suite.questions)
        else:
            rows = self._ask_configured(self._suite.questions)
        return Outcome(rows, tuple(self._problems))

    def _judge(self, transcripts: Sequence[Transcript]) -> list[RunRow]:
        from wortlaut.eval.run.examiner import judge_transcript

        scorer = self._scorer
        if scorer is None:
            raise DatasetError("transcripts need a scorer; choose one with --scorer")
        with open_rows(self._folder, self._stamp(), fresh=self._fresh) as file:
            self._say_kept(sum(t.id in file.rows for t in transcripts), len(transcripts))
            with self._watch("scoring") as progress:
                judge = partial(judge_transcript, scorer=scorer)
                return run_cases(transcripts, judge, file, progress)

    def _ask_configured(self, questions: Sequence[GoldQuestion]) -> list[RunRow]:
        from wortlaut.eval.run.examiner import check_archive
        from wortlaut.rag.assembly import open_chat

        chat = open_chat(self._settings)
        archive = chat.archive
        names = ("archive_id", "generation", "embedder")
        stamp = self._stamp(archive=":".join(archive.read_meta(name) or "" for name in names))
        try:
            check_archive(chat, questions)
            with open_rows(self._folder, stamp, fresh=self._fresh) as file:
                return self._ask(chat, questions, file)
        finally:
            archive.close()

    def _ask_own(self, questions: Sequence[GoldQuestion]) -> list[RunRow]:
        """Index what the questions are about into the folder, then ask; articles there stay."""
        from wortlaut.eval.run.examiner import check_archive
        from wortlaut.index.sources import find_files
        from wortlaut.rag.assembly import open_chat

        folder = self._folder / ARCHIVE
        settings = self._settings.beside(folder)
        files = [found for found in find_files(self._archive_from) if isinstance(found, Path)]
        stamp = self._stamp(archive=hash_files(files), embedder=settings.embedder)
        with open_rows(self._folder, stamp, fresh=self._fresh) as file:
            if not file.goes_on and (folder / "archive.sqlite").exists():
                shutil.rmtree(folder)
            self._index(settings)
            chat = open_chat(settings)
            try:
                check_archive(chat, questions, "add their folder: --archive-from")
                return self._ask(chat, questions, file)
            finally:
                chat.archive.close()

    def _index(self, settings: Settings) -> None:
        from wortlaut.rag.assembly import index_articles, index_paths

        self._tell(f"indexing into {settings.data}")
        if self._suite.articles:
            index_articles(settings, self._suite.articles)
        if self._archive_from:
            with self._watch("indexing") as progress:
                report = index_paths(settings, self._archive_from, progress=progress)
            self._problems += [f"{place}: {reason}" for place, reason in report.failed]

    def _ask(
        self, chat: NewsChat, questions: Sequence[GoldQuestion], file: RowFile
    ) -> list[RunRow]:
        self._say_kept(sum(q.id in file.rows for q in questions), len(questions))
        self._problems += _list_lost(chat, questions)
        examiner = self._open_examiner(chat)
        with self._watch("asking") as progress:
            return run_cases(questions, examiner.examine, file, progress)

    def _open_examiner(self, chat: NewsChat) -> Examiner:
        from wortlaut.eval.run.examiner import Examiner
        from wortlaut.rag.assembly import open_verifier

        return Examiner(
            chat,
            open_verifier(chat.archive, chat.retriever.embedder),
            by_article=self._suite.kind == "squad",
            scorer=self._scorer,
        )

    def _say_kept(self, kept: int, n: int) -> None:
        if kept:
            self._tell(f"{kept} of {n} rows are there already; the run goes on")

    def _stamp(self, **more: Any) -> dict[str, Any]:
        """What must be the same for rows of two runs to stand side by side."""
        try:
            release = version("wortlaut")
        except PackageNotFoundError:
            release = "not installed"
        stamp = {
            "suite": self._suite.name,
            "suite_sha256": self._suite.sha256,
            "scorer": self._choice.name if self._choice else None,
            "scorer_model": self._choice.model if self._choice else None,
            "scorer_fingerprint": _hash(self._scorer.fingerprint) if self._scorer else None,
            "version": f"{release}, pipeline {PIPELINE_VERSION}, verifier {VERIFIER_VERSION}",
            **more,
        }
        if self._suite.kind != "transcripts":
            names = _ANSWERING + (_WRITING if self._settings.mode == "llm" else ())
            stamp["settings"] = {name: getattr(self._settings, name) for name in names}
        return stamp


def _hash(fingerprint: str) -> str:
    """A fingerprint may hold an address with a password."""
    return hashlib.sha256(fingerprint.encode("utf-8", "replace")).hexdigest()[:16]


def _list_lost(chat: NewsChat, questions: Sequence[GoldQuestion]) -> list[str]:
    """One line on each question whose gold sentence is not in its article."""
    from wortlaut.eval.run.examiner import explain_lost, find_lost

    found = [(question.id, find_lost(chat.archive, question)) for question in questions]
    return [f"{name}: {explain_lost(gold)}" for name, gold in found if gold]
