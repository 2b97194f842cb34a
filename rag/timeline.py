"""What one person said, dated, oldest first."""

from __future__ import annotations

from datetime import date

from rag.answer import Citation, Filters
from rag.evidence import EVERY_PASSAGE, Evidence, EvidenceFinder
from rag.extractive import cite
from rag.query import Query
from rag.understanding.timewindow import Window


def list_timeline(
    finder: EvidenceFinder, speaker: str, topic: str, filters: Filters, min_confidence: float
) -> list[Citation]:
    """The person's statements, oldest first and undated last, each with its citation.

    With a `topic` only those that are about it; nothing when nobody of that name speaks here.
    """
    people = finder.list_people()
    names = tuple(dict.fromkeys(name for _, name in people.find(speaker)))
    if not names:
        return []
    window = Window(filters.since, filters.until).intersect(Window(None, filters.as_of))
    query = Query(speaker, speaker, topic, names, (), window, filters.language or "en", "speaker")
    found = finder.find_statements(query, filters.source, EVERY_PASSAGE)
    chosen = sorted((e for e in found if e.confidence >= min_confidence), key=_place)
    return [cite(number, item) for number, item in enumerate(chosen, 1)]


def _place(item: Evidence) -> tuple[bool, date, str, int]:
    published = item.article.published
    return (published is None, published or date.min, item.article.id, item.span.start)
