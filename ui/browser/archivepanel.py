"""The archive's panel: what an event shows and does in it; no framework in here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wortlaut.index.holdings import count_sources, list_page
from wortlaut.index.lang.faults import say_fault
from wortlaut.ui.browser.holdings import (
    ROWS_A_PAGE,
    Browsing,
    read_browsing,
    render_archive_html,
    render_held_html,
    render_holdings_html,
)
from wortlaut.ui.render import collapse
from wortlaut.ui.words.archive import choose_archive_words

if TYPE_CHECKING:
    from wortlaut.index.archive import Archive, ArchiveCounts
    from wortlaut.rag.desk.intake import Intake, WhyShut
    from wortlaut.ui.browser.session import Session

# So long a removal is waited for; one that waits for another program goes on in the background.
_REMOVE_S = 8.0
_MOST_SOURCES = 200
_LONGEST_ID = 200


class ArchivePanel:
    """Lists what the archive holds; through its `intake` articles come in and go out."""

    def __init__(self, archive: Archive, intake: Intake | None) -> None:
        self._archive = archive
        self.intake = intake
        self._counted: tuple[ArchiveCounts, int] | None = None

    def read_counts(self) -> tuple[ArchiveCounts, int]:
        """How many articles the archive holds, and the number of its newest change."""
        newest = self._archive.newest_change
        if self._counted is None or self._counted[1] != newest:
            self._counted = self._archive.count_articles(), newest
        return self._counted

    def show_archive(self, session: Session) -> str:
        """The archive's panel, without its list."""
        intake = self.intake
        sources = count_sources(self._archive, _MOST_SOURCES)
        shut = self._find_why_shut(session)
        return render_archive_html(sources, shut, intake.largest if intake else 0, session.tongue)

    def _find_why_shut(self, session: Session) -> WhyShut | None:
        """Why this session's user changes nothing in the archive, if so."""
        if self.intake is None:
            return "not_allowed"
        return self.intake.why_shut or (None if session.guest.may_edit else "no_editor")

    def browse(self, session: Session, sent: object, told: str = "") -> str:
        """The archive's articles that fit what the browser sent, with what was just done `told`."""
        wanted = read_browsing(sent)
        page = list_page(self._archive, wanted.selection, wanted.words, wanted.first, ROWS_A_PAGE)
        return render_holdings_html(
            page,
            session.tongue,
            may_remove=self._find_why_shut(session) is None,
            is_filtered=wanted != Browsing(first=wanted.first),
            told=told,
        )

    def open_held(self, session: Session, article_id: object) -> str:
        """An article of the archive, whole."""
        article = self._archive.read_article(str(article_id)[:_LONGEST_ID])
        return render_held_html(article, session.tongue)

    def remove(self, session: Session, article_id: object, sent: object) -> str | None:
        """The list, once the article is out of the archive; None where it was not in it."""
        article = self._archive.read_article(str(article_id)[:_LONGEST_ID])
        if self.intake is None or self._find_why_shut(session) is not None or article is None:
            return None
        words = choose_archive_words(session.tongue)
        removal = self.intake.remove(article.id, session.guest.name)
        said = words.removed if removal.wait(_REMOVE_S) else words.removing
        fault, _ = say_fault(removal.fault, session.tongue)
        told = fault or said.format(title=collapse(article.title))
        return self.browse(session, sent, told)
