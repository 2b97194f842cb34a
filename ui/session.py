"""One browser tab's conversation, and what its events show next; no framework in here."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from index.errors import WortlautError
from rag.answer import Answer, Citation, Filters
from rag.wording import Tongue
from ui.page import (
    Turn,
    render_header_html,
    render_turn_html,
    render_turns_html,
    render_welcome_html,
)
from ui.source import render_no_source_html, render_source_html
from ui.words import choose_tongue, choose_words

if TYPE_CHECKING:
    from rag.chat import NewsChat

Shown = tuple[str, str, str | None]  # earlier turns, the current turn, the source to open
_PARTS = frozenset({"speaker", "since", "until"})
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Session:
    """One browser tab's conversation; no other tab sees it."""

    tongue: Tongue = "en"
    examples: tuple[str, ...] = ()
    turns: list[Turn] = field(default_factory=list)


class ChatPage:
    """The page's events: each takes a session and says what the page's parts show next.

    What comes from the browser is a number or a question; it is checked against the session.
    """

    def __init__(self, chat: NewsChat) -> None:
        self._chat = chat

    def start(self, accept_language: str | None) -> tuple[Session, str, str]:
        """A new session, with the header and the welcome in the browser's language."""
        tongue = choose_tongue(accept_language)
        counts = self._chat.archive.count()
        examples = tuple(self._chat.suggest_questions(tongue)) if counts.articles else ()
        return (
            Session(tongue, examples),
            render_header_html(counts, tongue),
            render_welcome_html(counts, examples, tongue),
        )

    def ask(
        self,
        session: Session,
        question: str,
        filters: Filters = Filters(),
        after: int | None = None,
    ) -> Iterator[Shown]:
        """The earlier turns, the growing new one, and the first source once it is cited.

        The question follows up on the first `after` turns, or on all.
        """
        number = len(session.turns)
        after = number if after is None else after
        earlier = render_turns_html(session.turns, session.tongue)
        history = [turn.answer for turn in session.turns[:after] if turn.answer is not None]
        session.turns.append(Turn(question, filters, after))
        opened = False
        for turn, finished in self._grow(session.turns[number], history, session.tongue):
            session.turns[number] = turn
            source = None
            if turn.answer is not None and turn.answer.citations and not opened:
                source, opened = (
                    self._render_source(turn.answer.citations[0], turn.answer, number),
                    True,
                )
            elif finished and not opened:
                source = render_no_source_html(session.tongue)
            html = render_turn_html(turn, number, session.tongue, finished=finished)
            yield earlier, html, source

    def _grow(
        self, turn: Turn, history: Sequence[Answer], tongue: Tongue
    ) -> Iterator[tuple[Turn, bool]]:
        """The turn as its answer grows, and at last whether it is finished; errors are a turn."""
        yield turn, False
        try:
            for answer in self._chat.stream(turn.question, history, turn.filters):
                turn = replace(turn, answer=answer)
                yield turn, False
        except WortlautError as error:
            turn = replace(turn, answer=None, error=str(error))
        except Exception:
            _log.exception("a question failed")
            turn = replace(turn, answer=None, error=choose_words(tongue).unforeseen)
        yield turn, True

    def ask_without(self, session: Session, number: object, part: object) -> Iterator[Shown]:
        """The turn's question once more, without one part of what was understood."""
        turn = _pick(session.turns, number)
        if turn is None or str(part) not in _PARTS:
            return
        filters = replace(turn.filters, without=turn.filters.without | {str(part)})
        yield from self.ask(session, turn.question, filters, turn.after)

    def ask_example(self, session: Session, number: object) -> Iterator[Shown]:
        """The answer to one of the example questions."""
        example = _pick(session.examples, number)
        if example is not None:
            yield from self.ask(session, example)

    def open_source(self, session: Session, number: object, marker: object) -> str | None:
        """The source behind a marker of the turn; None when there is none."""
        turn = _pick(session.turns, number)
        if turn is None or turn.answer is None:
            return None
        for citation in turn.answer.citations:
            if str(citation.marker) == str(marker):
                return self._render_source(citation, turn.answer, int(str(number)))
        return None

    def open_nearest(self, session: Session, number: object) -> str | None:
        """The nearest passage of a turn that found no answer."""
        turn = _pick(session.turns, number)
        if turn is None or turn.answer is None or turn.answer.nearest is None:
            return None
        return self._render_source(turn.answer.nearest, turn.answer, int(str(number)))

    def _render_source(self, citation: Citation, answer: Answer, number: int) -> str:
        archive = self._chat.archive
        current = archive.read_article(citation.article.id)
        stale = current is None or current.text_sha256 != citation.article.text_sha256
        statements = () if stale else archive.read_statements(citation.article.id)
        return render_source_html(
            citation,
            answer.citations,
            statements,
            language=answer.language,
            number=number,
            stale=stale,
        )


def _pick(items: Any, number: object) -> Any:
    """The item at a number that came from the browser; None for anything else."""
    text = str(number)
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        return None
    return items[int(text)] if int(text) < len(items) else None
