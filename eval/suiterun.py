"""A suite from its file to its rows: the archive to ask, what scores, where the rows go."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eval.runner import open_rows, run_cases
from eval.suites import Suite, hash_files
from index.errors import ConfigError, DatasetError
from index.ingest import PIPELINE_VERSION, Progress
from rag.receipt import VERIFIER_VERSION

if TYPE_CHECKING:
    from eval.examiner import Examiner
    from eval.faithfulness.scorer import Scorer
    from eval.questions import GoldQuestion
    from eval.rows import Row
    from eval.runner import RowFile
    from eval.transcripts import Transcript
    from rag.chat import NewsChat
    from rag.config import Settings

# No name that a folder of the user's would have: --fresh takes it away.
ARCHIVE = "run-archive"
# Makes a progress bar for what is done, or nothing where nobody would see it.
Watch = Callable[[str], AbstractContextManager[Progress | None]]
_ANSWERING = ("mode", "quotes", "min_confidence")
_WRITING = ("llm_model", "llm_context_tokens", "llm_max_tokens", "on_unsupported")


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

    rows: list[Row]
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

    def _judge(self, transcripts: Sequence[Transcript]) -> list[Row]:
        from eval.judging import judge_transcript

        scorer = self._scorer
        if scorer is None:
            raise DatasetError("transcripts need a scorer; choose one with --scorer")
        with open_rows(self._folder, self._stamp(), fresh=self._fresh) as file:
            self._say_kept(sum(t.id in file.rows for t in transcripts), len(transcripts))
            with self._watch("scoring") as progress:
                judge = partial(judge_transcript, scorer=scorer)
                return run_cases(transcripts, judge, file, progress)

    def _ask_configured(self, questions: Sequence[GoldQuestion]) -> list[Row]:
        from eval.examiner import check_archive
        from rag.assembly import open_chat

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

    def _ask_own(self, questions: Sequence[GoldQuestion]) -> list[Row]:
        """Index what the questions are about into the folder, then ask; articles there stay."""
        from eval.examiner import check_archive
        from index.sources import find_files
        from rag.assembly import open_chat

        folder = self._folder / ARCHIVE
        settings = self._settings.model_copy(
            update={"data": folder, "models": self._settings.models_folder, "chroma": None}
        )
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
        from rag.assembly import index_articles, index_paths

        self._tell(f"indexing into {settings.data}")
        if self._suite.articles:
            index_articles(settings, self._suite.articles)
        if self._archive_from:
            with self._watch("indexing") as progress:
                report = index_paths(settings, self._archive_from, progress=progress)
            self._problems += [f"{place}: {reason}" for place, reason in report.failed]

    def _ask(self, chat: NewsChat, questions: Sequence[GoldQuestion], file: RowFile) -> list[Row]:
        self._say_kept(sum(q.id in file.rows for q in questions), len(questions))
        self._problems += _list_lost(chat, questions)
        examiner = self._open_examiner(chat)
        with self._watch("asking") as progress:
            return run_cases(questions, examiner.examine, file, progress)

    def _open_examiner(self, chat: NewsChat) -> Examiner:
        from eval.examiner import Examiner
        from rag.assembly import open_verifier

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
    from eval.examiner import explain_lost, find_lost

    found = [(question.id, find_lost(chat.archive, question)) for question in questions]
    return [f"{name}: {explain_lost(gold)}" for name, gold in found if gold]
