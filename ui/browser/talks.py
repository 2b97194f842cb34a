"""Conversations kept beside the page: begun, taken up, brought up to date, linked quotes opened."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from wortlaut.index.article import Article, Span
from wortlaut.index.errors import StoreError
from wortlaut.rag.answer import Answer, Citation
from wortlaut.rag.desk.conversations import Conversations, KeptConversation
from wortlaut.rag.desk.keeping import keep, revive
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.browser.address import LinkedQuote
from wortlaut.ui.browser.page import PageTurn, render_no_source_html, render_source_html
from wortlaut.ui.browser.session import Session
from wortlaut.ui.browser.shelf import render_shelf_html
from wortlaut.ui.words.talks import choose_talk_words

if TYPE_CHECKING:
    from wortlaut.index.archive import Archive

# What a turn is kept as; one of another format says so in its place.
_FORMAT = 1
_MOST_LISTED = 5000
_log = logging.getLogger(__name__)


class Talks:
    """The conversations of all sessions on one desk; ids from the browser are checked here.

    Without an owner nothing is kept: there would be nobody to find it again.
    """

    def __init__(self, desk: Desk, archive: Archive) -> None:
        self._kept = Conversations(desk)
        self._desk = desk
        self._archive = archive

    def take_up(self, session: Session, conversation: object) -> bool:
        """Put the kept conversation into the session; False where there is none."""
        found = self._kept.find(conversation) if isinstance(conversation, str) else None
        if found is None:
            return False
        session.conversation, session.stamp = found.id, found.changed
        kept = self._kept.read_turns(found.id)
        session.turns[:] = _revive_turns(kept, self._archive.read_article, session)
        before = self._kept.read_replaced(found.id) if found.owner == session.owner else []
        session.replaced = tuple(_revive_turns(before, self._archive.read_article, session))
        return True

    def prepare(self, session: Session, question: str) -> bool:
        """Have the conversation kept before its next question; whether it was changed elsewhere.

        Then the session holds what is kept by now.
        """
        if not session.owner:
            return False
        try:
            return self._prepare(session, question)
        except sqlite3.Error as error:
            _log.warning("the conversation is not kept: %s", error)
            return False

    def _prepare(self, session: Session, question: str) -> bool:
        found = self._kept.find(session.conversation) if session.conversation else None
        if found is not None and found.owner != session.owner:
            found = self._kept.copy(found.id, session.owner, len(session.turns))
            session.is_listed = False
        if found is None:
            self._begin(session, question)
            return False
        is_behind = session.conversation == found.id and found.changed != session.stamp
        session.conversation = found.id
        if is_behind:
            self.take_up(session, found.id)
        session.stamp = found.changed
        return is_behind

    def _begin(self, session: Session, question: str) -> None:
        title = session.turns[0].question if session.turns else question
        begun = self._kept.begin(session.owner, title)
        session.conversation, session.stamp = begun.id, begun.changed
        session.is_listed = False
        for number in range(len(session.turns)):
            self.keep_turn(session, number)

    def keep_turn(self, session: Session, number: int) -> None:
        """Keep the turn as it stands, if the conversation is kept at all.

        A full disk, or a file that is locked, ends no conversation.
        """
        try:
            self._keep_turn(session, number)
        except sqlite3.Error as error:
            _log.warning("a turn is not kept: %s", error)

    def _keep_turn(self, session: Session, number: int) -> None:
        found = self._find_own(session)
        if found is None:
            return
        record = _make_record(session.turns[number])
        if found.changed == session.stamp:
            session.stamp = self._kept.put_turn(found.id, number, record)
            return
        # What another tab has added meanwhile is found at the next question, and not written over.
        there = self._kept.read_turns(found.id)[number : number + 1]
        if not there or (there[0] or {}).get("question") == record["question"]:
            self._kept.put_turn(found.id, number, record)

    def put_all(
        self, session: Session, turns: Sequence[PageTurn], replaced: Sequence[PageTurn] = ()
    ) -> None:
        """Have the conversation hold these turns and no others; `replaced` can be had back."""
        session.turns[:], session.replaced = turns, tuple(replaced)
        try:
            if found := self._find_own(session):
                records = [_make_record(turn) for turn in turns]
                before = [_make_record(turn) for turn in replaced]
                session.stamp = self._kept.replace_turns(found.id, records, before)
        except sqlite3.Error as error:
            _log.warning("turns are not kept: %s", error)

    def forget_replaced(self, session: Session) -> None:
        """Have the last edit stand for good: something else is asked."""
        had, session.replaced = bool(session.replaced), ()
        try:
            if had and (found := self._find_own(session)):
                self._kept.forget_replaced(found.id)
        except sqlite3.Error as error:
            _log.warning("what was replaced is still kept: %s", error)

    def _find_own(self, session: Session) -> KeptConversation | None:
        found = self._kept.find(session.conversation) if session.conversation else None
        return found if found is not None and found.owner == session.owner else None

    def rename(self, session: Session, conversation: object, title: object) -> None:
        """Give one of the owner's conversations another title."""
        if isinstance(conversation, str) and isinstance(title, str):
            self._kept.rename(session.owner, conversation, title)

    def delete(self, session: Session, conversation: object) -> KeptConversation | None:
        """Delete one of the owner's conversations; it can be had back for a day."""
        return (
            self._kept.delete(session.owner, conversation)
            if isinstance(conversation, str)
            else None
        )

    def restore(self, session: Session, conversation: object) -> bool:
        """Have a deleted conversation back."""
        return isinstance(conversation, str) and self._kept.restore(session.owner, conversation)

    def render_shelf(self, session: Session, deleted: KeptConversation | None = None) -> str:
        """The list of the owner's conversations, newest first."""
        session.is_listed = True
        shown = min(session.listed, _MOST_LISTED)
        listed = self._kept.list_newest(session.owner, shown + 1) if session.owner else []
        return render_shelf_html(
            listed[:shown],
            session.tongue,
            has_more=len(listed) > shown,
            deleted=deleted,
            is_lasting=self._desk.is_lasting,
        )

    def open_quote(self, session: Session, quote: LinkedQuote) -> str:
        """The linked words in their article as it is now, or what stands in the way."""
        words = choose_talk_words(session.tongue)
        article = self._archive.read_article(quote.article_id)
        if article is None or self._archive.find_damage(article.id) is not None:
            return render_no_source_html(session.tongue, words.gone)
        told = None
        span = quote.span
        if span is None or span.end > len(article.text):
            span, told = Span(0, 0), words.misplaced
        if quote.hash8 and not article.text_sha256.startswith(quote.hash8):
            span, told = Span(0, 0), words.changed
        statements = self._archive.read_statements(article.id)
        said = max(statements, key=lambda item: item.span.overlap(span), default=None)
        citation = Citation(1, article, span)
        if said is not None and said.span.overlap(span):
            citation = replace(citation, speaker=said.speaker, voice=said.voice, via=said.via)
        return render_source_html(
            citation, (), statements, language=session.tongue, number=-1, told=told
        )


def _make_record(turn: PageTurn) -> dict[str, Any]:
    return {"format": _FORMAT, "question": turn.question, "turn": keep(turn)}


def _revive_turns(
    kept: list[Any], read_article: Callable[[str], Article | None], session: Session
) -> list[PageTurn]:
    """The turns as they were kept; in place of one that cannot be read, a turn that says so."""
    turns: list[PageTurn] = []
    # Of a long conversation most quotes are from few articles.
    read = cache(read_article)
    for number, record in enumerate(kept):
        turn = _revive_turn(record, read)
        if turn is None:
            # Not of which: whoever has a conversation's id may read it.
            _log.warning("turn %d of a conversation cannot be read", number)
            question = record.get("question") if isinstance(record, dict) else None
            told = choose_talk_words(session.tongue).unreadable
            turn = PageTurn(str(question or "?"), after=number, error=told)
        if turn.answer is None and turn.error is None:
            # The program ended, or the page was loaded anew, before anything was answered.
            turn = replace(turn, stopped=True)
        turns.append(_follow(turn, turns))
    return turns


def _revive_turn(record: Any, read_article: Callable[[str], Article | None]) -> PageTurn | None:
    if not isinstance(record, dict) or record.get("format") != _FORMAT:
        return None
    try:
        turn = revive(PageTurn, record.get("turn"), read_article)
    except StoreError as error:
        _log.warning("%s", error)
        return None
    return turn if isinstance(turn, PageTurn) else None


def _follow(turn: PageTurn, earlier: list[PageTurn]) -> PageTurn:
    """The turn with the history that it was asked after, which is kept with the earlier turns."""
    if turn.answer is None or turn.answer.asking is None:
        return turn
    history = tuple(
        part
        for before in earlier[: turn.after]
        if before.answer is not None
        for part in before.answer.list_parts()
    )

    def follow(answer: Answer) -> Answer:
        asking = answer.asking and replace(answer.asking, history=history)
        return replace(answer, asking=asking, parts=tuple(map(follow, answer.parts)))

    return replace(turn, answer=follow(turn.answer))
