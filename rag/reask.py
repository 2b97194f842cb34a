"""A receipt's questions understood anew, and asked anew where nothing has changed since.

What a receipt says was understood must follow from its questions, their filters, their order and
their day. Since then the archive may have grown and the program may have learned: a difference is a
note where that can explain it, and a failure where it cannot. Of the same archive in the same state,
the same program must give the same answer word for word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from wortlaut.index.archive import Archive, Changes, Selection, count_selected
from wortlaut.index.errors import WortlautError
from wortlaut.index.lang.names import fold_name
from wortlaut.index.live.gaps import read_state
from wortlaut.index.reading.people import find_names
from wortlaut.rag.answer import Answer, Citation, Filters
from wortlaut.rag.chat import NewsChat, fix_window, interpret
from wortlaut.rag.receipt import (
    AnswerSettings,
    Finding,
    Receipt,
    Turn,
    describe_turn,
    identify_program,
    leave_out_paths,
)
from wortlaut.rag.roster import Roster
from wortlaut.rag.understanding.query import Query
from wortlaut.rag.understanding.timewindow import Window, asked_on

# The chat as it was set when the receipt was written, or why there is none in words.
Reopen = Callable[[AnswerSettings], NewsChat | str]

_COMPARED = ("abstained", "abstain_reason", "language", "answer", "citations", "claims")


class AskedAnew:
    """The check of a receipt's turns by what the archive and the program make of them now."""

    def __init__(
        self,
        receipt: Receipt,
        archive: Archive,
        roster: Roster,
        reopen: Reopen | None,
        is_sealed: bool,
    ) -> None:
        self._receipt = receipt
        self._archive = archive
        self._roster = roster
        self._reopen = reopen
        self._is_sealed = is_sealed
        self._is_same_program = receipt.program == identify_program()
        self._told: list[Answer] = []
        self._is_lost = False
        self._chat: NewsChat | str | None = None

    def check(
        self, turn: Turn, cited: Sequence[Citation], searched: int | None
    ) -> Iterator[Finding]:
        """What does not follow from the turn's question; turns are given in their order.

        `cited` are its citations that hold, `searched` the number of articles it says it looked in.
        """
        number = len(self._told) + 1
        if not self._is_lost:
            yield from (
                Finding(reason, number, severity="failure" if is_failure else "note")
                for reason, is_failure in self._check(turn, cited, searched)
            )

    def _check(
        self, turn: Turn, cited: Sequence[Citation], searched: int | None
    ) -> Iterator[tuple[str, bool]]:
        follows = len(self._told) if turn.follows is None else turn.follows
        yield from self._check_place(turn, follows)
        history = self._told[len(self._told) - min(follows, len(self._told)) :]
        without = frozenset(turn.filters.without)
        filters = Filters(**turn.filters.model_dump() | {"without": without})
        try:
            with asked_on((turn.asked or self._receipt.created).date()):
                query = interpret(turn.question, history, filters, self._roster)
        except WortlautError as error:
            # What follows it cannot be understood either.
            self._is_lost = True
            yield f"its question is none: {error}", True
            return
        changes = self._read_changes(turn)
        differences = list(_compare_understood(turn, query, filters))
        excused = not self._is_same_program or self._explains(changes, turn, query, history, cited)
        for reason in differences:
            yield reason, not excused
        yield from self._check_bounds(turn, filters, cited)
        if not excused:
            yield from self._check_speakers(query, cited)
        yield from self._check_searched(query, filters, searched, changes)
        if not differences and turn.state is not None and turn.state == read_state(self._archive):
            yield from self._ask_again(turn, history, filters)
        told = Answer(
            turn.question, turn.answer, turn.abstained, turn.abstain_reason, turn.mode,
            turn.language, query, tuple(cited),
        )  # fmt: skip
        self._told.append(told)

    def _check_place(self, turn: Turn, follows: int) -> Iterator[tuple[str, bool]]:
        """Whether the turns that it followed stand before it, in their order."""
        if follows > len(self._told):
            yield f"it followed {follows} turns, of which {len(self._told)} are there", True
            return
        before = self._receipt.turns[len(self._told) - 1].hash if follows else None
        if not self._receipt.is_old and turn.before != before:
            yield "the turn before it is not the one that it followed", True
        if turn.state is not None and turn.state > self._archive.newest_change:
            # Of a restored archive its own word counts.
            yield "the archive, as it stands, is older than the answer", not self._is_sealed

    def _read_changes(self, turn: Turn) -> Changes:
        """What has changed in the archive since; not whole where that is not known."""
        if turn.state is None:
            return Changes(0, is_whole=False)
        return self._archive.read_changes(turn.state)

    def _explains(
        self,
        changes: Changes,
        turn: Turn,
        query: Query,
        history: Sequence[Answer],
        cited: Sequence[Citation],
    ) -> bool:
        """Whether what has changed in the archive can be why the question is understood otherwise.

        It must have touched somebody whom the question was, or now is, taken to ask for or name.
        """
        if not changes.is_whole:
            return True
        touched = {part for name in changes.speakers for part in fold_name(name).split()}
        then = {*turn.understood.speakers, *turn.understood.unknown_speakers}
        differing = then ^ {*query.speakers, *query.unknown_speakers}
        if any(set(fold_name(name).split()) & touched for name in differing):
            return True
        told = {c.article.id for answer in history for c in answer.citations}
        if told & set(changes.articles):
            return True
        said = " ".join([*(answer.question for answer in history), turn.question])
        return bool(find_names(said, list(changes.speakers)))

    def _check_bounds(
        self, turn: Turn, filters: Filters, cited: Sequence[Citation]
    ) -> Iterator[tuple[str, bool]]:
        """Whether what it cites is inside of what was understood and set."""
        window = Window(turn.understood.since, turn.understood.until).intersect(fix_window(filters))
        for citation in cited:
            article = citation.article
            if not window.admits(article.published, article.published_precision):
                yield f"[{citation.marker}] lies outside the days asked for: they bind it", True
            if filters.source and (article.source or "").lower() != filters.source.lower():
                yield f"[{citation.marker}] is not from the source that was set", True

    def _check_speakers(
        self, query: Query, cited: Sequence[Citation]
    ) -> Iterator[tuple[str, bool]]:
        """Whether those whom the question asks for are quoted, and nobody else."""
        if not query.speakers or query.lists:
            return
        names = self._roster.list_spellings(query.speakers)
        for citation in cited:
            if citation.speaker not in names:
                yield f"[{citation.marker}] quotes somebody who was not asked for", True

    def _check_searched(
        self, query: Query, filters: Filters, searched: int | None, changes: Changes
    ) -> Iterator[tuple[str, bool]]:
        """Whether there can have been so many articles to search; each may have come or gone since."""
        if searched is None or not changes.is_whole:
            return
        selection = Selection(query.window.since, query.window.until, filters.source)
        now, _ = count_selected(self._archive, selection)
        if abs(now - searched) > len(changes.articles):
            yield f"it says that {searched} articles were searched; there were not so many", True

    def _ask_again(
        self, turn: Turn, history: Sequence[Answer], filters: Filters
    ) -> Iterator[tuple[str, bool]]:
        """Whether the unchanged archive gives the same answer."""
        if self._reopen is None or not self._is_same_program:
            return
        if self._chat is None:
            try:
                self._chat = self._reopen(self._receipt.settings)
            except WortlautError as error:
                self._chat = str(error)
        if isinstance(self._chat, str):
            yield f"it was not asked again: {self._chat}", False
            return
        day = (turn.asked or self._receipt.created).date()
        with asked_on(day):
            try:
                again = self._chat.ask(turn.question, history, filters, "extractive")
            except WortlautError as error:
                yield f"it cannot be asked again: {error}", True
                return
        if not any(quote.path for quote in turn.citations):
            again = leave_out_paths(again)
        if again.asking is not None and again.asking.state == turn.state:
            now = describe_turn(again, filters, {})
            for what in _compare_answers(turn, now):
                yield f"asked again, the unchanged archive gives another answer: {what}", True


def _compare_understood(turn: Turn, query: Query, filters: Filters) -> Iterator[str]:
    """What of the understanding is otherwise now."""
    then = turn.understood
    for name, said, now in (
        ("question", then.text, query.text),
        ("topic", then.topic, query.topic),
        ("speakers", then.speakers, query.speakers),
        ("unknown speakers", then.unknown_speakers, query.unknown_speakers),
        ("first day", then.since, query.window.since),
        ("last day", then.until, query.window.until),
        ("language of the answer", turn.language, filters.language or query.language),
    ):
        if said != now:
            yield f"understood anew, its {name}: {_show(now)}, the receipt says {_show(said)}"


def _show(value: object) -> str:
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value or "")
    line = " ".join(shown.split())
    return (line if len(line) <= 80 else f"{line[:79]}…") or "none"


def _compare_answers(turn: Turn, now: Turn) -> Iterator[str]:
    """What is otherwise in the archive's own answer; of a model's, what it was not given."""
    if turn.model is None or turn.abstained or now.abstained:
        for name in _COMPARED:
            if getattr(turn, name) != getattr(now, name):
                yield f"its {name.replace('_', ' ')}"
        return
    if turn.mode == "extractive" and (turn.answer, turn.citations) != (now.answer, now.citations):
        yield "the archive's own words"
    for quote in turn.citations:
        if quote not in now.citations:
            yield f"[{quote.marker}] is not among what was found"
