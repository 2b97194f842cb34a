"""One browser tab's conversation, and what its events show next; no framework in here."""

from __future__ import annotations

import logging
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from wortlaut.index.errors import WortlautError
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Answer, Citation, Filters, Mode
from wortlaut.ui.browser.page import (
    PageTurn,
    list_related,
    render_header_html,
    render_no_source_html,
    render_source_html,
    render_switch_html,
    render_turn_html,
    render_turns_html,
    render_welcome_html,
)
from wortlaut.ui.words import choose_tongue, choose_words

if TYPE_CHECKING:
    from wortlaut.rag.chat import NewsChat

# Earlier turns, the current turn, the source to open; None leaves that part as it is.
PageUpdate = tuple[str | None, str | None, str | None]
_PARTS = frozenset({"speaker", "since", "until"})
_MODES: tuple[Mode, ...] = ("extractive", "llm")
# Seconds: how soon a stop is heeded, and how long a draft stands before the next is drawn.
_LISTEN_S = 0.2
_DRAFT_S = 0.05
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Session:
    """One browser tab's conversation; no other tab sees it.

    `mode` is how questions are asked, `None` the chat's own; `growing` the number of the turn that
    is being answered.
    """

    tongue: Language = "en"
    examples: tuple[str, ...] = ()
    turns: list[PageTurn] = field(default_factory=list)
    mode: Mode | None = None
    growing: int | None = None


class ChatPage:
    """The page's events: each takes a session and says what the page's parts show next.

    What comes from the browser is a number or a question; it is checked against the session.
    """

    def __init__(self, chat: NewsChat) -> None:
        self._chat = chat

    def start(
        self, accept_language: str | None, earlier: Session | None = None
    ) -> tuple[Session, str, str, str]:
        """A new session, with header, welcome and switch in the browser's language.

        It takes the place of the `earlier` one, and keeps how that asked.
        """
        tongue = choose_tongue(accept_language)
        counts = self._chat.archive.count()
        examples = tuple(self._chat.suggest_questions(tongue)) if counts.articles else ()
        mode = (earlier.mode if earlier else None) or self._chat.mode
        if earlier is not None:
            earlier.growing = None
            earlier.turns.clear()
        return (
            Session(tongue, examples, mode=mode),
            render_header_html(counts, tongue),
            render_welcome_html(counts, examples, tongue),
            render_switch_html(mode, tongue) if self._chat.has_model else "",
        )

    def choose_mode(self, session: Session, mode: object) -> str | None:
        """The switch, set to how the next question is asked; None for what is no choice."""
        chosen = next((known for known in _MODES if known == mode), None)
        if chosen is None or not self._chat.has_model:
            return None
        session.mode = chosen
        return render_switch_html(chosen, session.tongue)

    def takes_time(self, session: Session) -> bool:
        """Whether answers are written by a language model, so that one may want to stop it."""
        return self._chat.has_model and (session.mode or self._chat.mode) == "llm"

    def stop(self, session: Session) -> None:
        """End the answer that is being written; what was checked stays."""
        number, session.growing = session.growing, None
        if number is not None:
            session.turns[number] = _stop(session.turns[number])

    def ask(
        self,
        session: Session,
        question: str,
        filters: Filters = Filters(),
        after: int | None = None,
    ) -> Iterator[PageUpdate]:
        """The earlier turns, the growing new one, and the first source once it is cited.

        The question follows up on the first `after` turns, or on all; an answer still being
        written ends. Closing the iterator hangs up.
        """
        self.stop(session)
        number = len(session.turns)
        after = number if after is None else after
        earlier = render_turns_html(session.turns, session.tongue)
        session.turns.append(PageTurn(question, filters, after, mode=session.mode))
        session.growing = number
        opened = False
        try:
            for turn, finished in self._grow(session, number):
                if number + 1 != len(session.turns):
                    # The page shows another question by now, or another conversation: this says
                    # so, because Gradio shows a generator's last step once more when it ends.
                    yield None, None, None
                    return
                session.turns[number] = turn
                source = None
                if turn.answer is not None and turn.answer.citations and not opened:
                    source = self._render_source(turn.answer.citations[0], turn.answer, number)
                    opened = True
                elif finished and not opened:
                    source = render_no_source_html(session.tongue)
                html = render_turn_html(turn, number, session.tongue, finished=finished)
                if finished:
                    session.growing = None
                yield earlier, html, source
        finally:
            if session.growing == number:
                self.stop(session)

    def _grow(self, session: Session, number: int) -> Iterator[tuple[PageTurn, bool]]:
        """The turn as its answer grows, and at last whether it is finished; errors are a turn.

        While nothing comes it is given again: whoever shows it may have gone.
        """
        turn = session.turns[number]
        yield turn, False
        answers = [earlier.answer for earlier in session.turns[: turn.after]]
        history = [answer for answer in answers if answer is not None]
        feed = _Feed(self._chat.stream(turn.question, history, turn.filters, turn.mode))
        try:
            for answer in feed.listen():
                if session.growing != number:
                    turn = _stop(turn)
                    break
                turn = replace(turn, answer=answer or turn.answer)
                yield turn, False
        except WortlautError as error:
            turn = replace(turn, answer=None, error=str(error))
        except Exception:
            _log.exception("a question failed")
            turn = replace(turn, answer=None, error=choose_words(session.tongue).unforeseen)
        finally:
            feed.hang_up()
        yield turn, True

    def ask_without(self, session: Session, number: object, part: object) -> Iterator[PageUpdate]:
        """The turn's question once more, without one part of what was understood."""
        turn = _pick(session.turns, number)
        if turn is None or str(part) not in _PARTS:
            return
        filters = replace(turn.filters, without=turn.filters.without | {str(part)})
        yield from self.ask(session, turn.question, filters, turn.after)

    def ask_example(self, session: Session, number: object) -> Iterator[PageUpdate]:
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

    def open_related(
        self, session: Session, number: object, marker: object, related: object
    ) -> str | None:
        """Another print of the story behind a marker, at the same words if it holds them."""
        turn = _pick(session.turns, number)
        citations = turn.answer.citations if turn and turn.answer else ()
        for citation in citations:
            printed = _pick(list_related(citation), related)
            if str(citation.marker) != str(marker) or printed is None:
                continue
            if other := self._chat.cite_print(citation, printed.article_id):
                return self._render_source(other, turn.answer, int(str(number)))
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
        damaged = archive.find_damage(citation.article.id) is not None
        stale = damaged or current is None or current.text_sha256 != citation.article.text_sha256
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


def _stop(turn: PageTurn) -> PageTurn:
    """The turn without what was not checked."""
    answer = replace(turn.answer, draft="") if turn.answer else None
    return replace(turn, answer=answer, stopped=True)


class _Feed:
    """Answers read in a thread of their own, so that nobody has to wait for a slow model to stop."""

    def __init__(self, answers: Iterator[Answer]) -> None:
        self._answers = answers
        self._items: SimpleQueue[Answer | Exception | None] = SimpleQueue()
        self._is_over = Event()
        Thread(target=self._run, daemon=True, name="wortlaut-answer").start()

    def listen(self) -> Iterator[Answer | None]:
        """The answers, of drafts that have been overtaken only the last; None while none comes."""
        while True:
            try:
                item = self._items.get(timeout=_LISTEN_S)
            except Empty:
                yield None
                continue
            while isinstance(item, Answer) and item.draft and not self._items.empty():
                item = self._items.get()
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item
            if item.draft:
                self._is_over.wait(_DRAFT_S)

    def hang_up(self) -> None:
        """Close the answers as soon as the model gives a sign of life, or is given up."""
        self._is_over.set()

    def _run(self) -> None:
        try:
            for answer in self._answers:
                if self._is_over.is_set():
                    break
                self._items.put(answer)
            self._items.put(None)
        except Exception as error:
            self._items.put(error)
        finally:
            if isinstance(self._answers, Generator):
                self._answers.close()
