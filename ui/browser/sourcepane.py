"""The source pane and the timeline: what an event opens in them; no framework in here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Answer, Citation
from wortlaut.ui.browser.page import list_related, render_source_html
from wortlaut.ui.browser.session import Session, find_cited, pick_sent
from wortlaut.ui.browser.timeline import (
    TIMELINE,
    TimelineAsk,
    begin_timeline,
    find_timeline,
    list_shown,
    read_timeline_ask,
    render_timeline_html,
)

if TYPE_CHECKING:
    from wortlaut.rag.chat import NewsChat


class SourcePane:
    """Opens articles at the words that are cited, or that stand on the timeline."""

    def __init__(self, chat: NewsChat) -> None:
        self._chat = chat

    def open_source(self, session: Session, number: object, marker: object) -> str | None:
        """The source behind a marker of the turn, or of the timeline; None when there is none."""
        if number == TIMELINE:
            return self._open_statement(session, marker)
        answer, citation = find_cited(session, number, marker)
        if answer is None or citation is None:
            return None
        return self.render_source(citation, answer, int(str(number)))

    def open_related(
        self, session: Session, number: object, marker: object, related: object
    ) -> str | None:
        """Another print of the story behind a marker, at the same words if it holds them."""
        turn = pick_sent(session.turns, number)
        if number == TIMELINE:
            return self._open_statement(session, marker, related)
        answer: Answer | None = turn.answer if turn else None
        if answer is None:
            return None
        for citation in answer.citations:
            printed = pick_sent(list_related(citation), related)
            if str(citation.marker) != str(marker) or printed is None:
                continue
            if other := self._chat.cite_print(citation, printed.article_id):
                return self.render_source(other, answer, int(str(number)))
        return None

    def open_timeline(self, session: Session, number: object) -> str:
        """The timeline of what a turn is about; of no turn, as it was left."""
        turn = pick_sent(session.turns, number)
        answer = turn.answer if turn else None
        ask = begin_timeline(answer) if answer else session.timeline.ask
        return self._show_timeline(session, ask)

    def plot_timeline(self, session: Session, values: object) -> str:
        """The timeline of what the form says."""
        return self._show_timeline(session, read_timeline_ask(values))

    def _show_timeline(self, session: Session, ask: TimelineAsk) -> str:
        session.timeline = find_timeline(self._chat, ask, session.timeline, session.tongue)
        people = self._chat.archive.list_speakers()
        return render_timeline_html(session.timeline, people, session.tongue)

    def _open_statement(
        self, session: Session, marker: object, related: object = None
    ) -> str | None:
        """The source of a statement on the timeline, or another print of it."""
        shown = [row.citation for row in list_shown(session.timeline)]
        citation = next((c for c in shown if str(c.marker) == str(marker)), None)
        if citation is not None and related is not None:
            printed = pick_sent(list_related(citation), related)
            citation = self._chat.cite_print(citation, printed.article_id) if printed else None
        if citation is None:
            return None
        return self._render(citation, shown, session.tongue, TIMELINE)

    def open_nearest(self, session: Session, number: object) -> str | None:
        """The nearest passage of a turn that found no answer."""
        turn = pick_sent(session.turns, number)
        if turn is None or turn.answer is None or turn.answer.nearest is None:
            return None
        return self.render_source(turn.answer.nearest, turn.answer, int(str(number)))

    def render_source(self, citation: Citation, answer: Answer, number: int) -> str:
        """The article of a citation of the turn's answer."""
        return self._render(citation, answer.citations, answer.language, number)

    def _render(
        self,
        citation: Citation,
        citations: Sequence[Citation],
        language: Language,
        number: int | str,
    ) -> str:
        archive = self._chat.archive
        current = archive.read_article(citation.article.id)
        damaged = archive.find_damage(citation.article.id) is not None
        stale = damaged or current is None or current.text_sha256 != citation.article.text_sha256
        # Of a text that was gone once the page has the quoted words alone.
        stale = stale or citation.original is not None
        statements = () if stale else archive.read_statements(citation.article.id)
        return render_source_html(
            citation,
            citations,
            statements,
            language=language,
            number=number,
            stale=stale,
            gone=current is None and not damaged,
        )
