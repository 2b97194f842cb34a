"""What `wortlaut articles` and `wortlaut article` print, for a person or as JSON.

Titles, sources and texts are not trusted: what could steer a terminal is taken out.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

from wortlaut.index.archive import Archive, Selection
from wortlaut.index.errors import ConfigError, DamagedArticle, StoreError
from wortlaut.index.holdings import Holding, find_ids, list_holdings, read_holding
from wortlaut.rag.answer import format_published
from wortlaut.rag.chat import check_source
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.ui.render import clean_controls, clean_line
from wortlaut.ui.terminal.printing import count_things, describe_statement, dump_line, tell

if TYPE_CHECKING:
    from wortlaut.index.article import Statement
    from wortlaut.rag.answer import Filters
    from wortlaut.rag.config import Settings

_ID_LETTERS = 10
_SOURCE_LETTERS = 18
# What is left of a narrow window for the title.
_LEAST_TITLE, _LONGEST_TITLE = 20, 1000


def print_articles(
    settings: Settings,
    filters: Filters,
    *,
    language: str | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Print the articles that the filters leave, latest first and undated last, one a line."""
    speakers = _find_speakers(settings, filters.speaker)
    with closing(Archive(settings.data, settings.archive_address)) as archive:
        check_source(archive, filters.source)
        found = find_holdings(archive, filters, speakers, language=language, limit=limit)
        layout = None if as_json else _Layout()
        fits = False
        for holding in found:
            fits = True
            print(dump_line(describe_holding(holding)) if layout is None else layout.show(holding))
        if not fits and not archive.count().articles:
            tell("wortlaut: the archive holds no article; read some in: wortlaut index PATH")
        elif not fits:
            tell("wortlaut: no article fits; try fewer filters")


def find_holdings(
    archive: Archive,
    filters: Filters,
    speakers: tuple[str, ...] | None,
    *,
    language: str | None,
    limit: int | None,
    offset: int = 0,
) -> Iterator[Holding]:
    """The articles that the filters leave, in which one of the `speakers` speaks if any are given."""
    window = Window(filters.since, filters.until).intersect(Window(None, filters.as_of))
    if window.is_empty or speakers == ():
        return iter(())
    selection = Selection(window.since, window.until, filters.source, speakers or ())
    return list_holdings(archive, selection, language=language, limit=limit, offset=offset)


def _find_speakers(settings: Settings, speaker: str | None) -> tuple[str, ...] | None:
    """Every name that the archive has for the speaker; `None` where nobody was asked for."""
    if speaker is None:
        return None
    from wortlaut.rag.assembly import open_chat

    return open_chat(settings).list_spellings(speaker)


def print_article(settings: Settings, beginning: str, *, as_json: bool) -> None:
    """Print the one article whose id begins so, whole, and who says what in it.

    Raises StoreError where there is none or several.
    """
    with closing(Archive(settings.data, settings.archive_address)) as archive:
        holding = find_holding(archive, beginning)
        statements = archive.read_statements(holding.article.id)
    if as_json:
        print(dump_line(describe_whole(holding, statements)))
        return
    print(clean_controls(_show_whole(holding, statements)))


def find_holding(archive: Archive, beginning: str) -> Holding:
    """The one article whose id is this, or else begins so; raises StoreError for none or several."""
    if exact := read_holding(archive, beginning):
        return exact
    beginning = beginning.strip().lower()
    if not beginning:
        raise ConfigError("no id given; `wortlaut articles` lists the articles with their ids")
    ids = find_ids(archive, beginning)
    if len(ids) > 1:
        some = ", ".join(ids[:5]) + (", …" if len(ids) > 5 else "")
        raise StoreError(
            f"several articles' ids begin with {beginning!r}: {some}; give more letters"
        )
    holding = read_holding(archive, ids[0]) if ids else None
    if ids and holding is None and (fault := archive.find_damage(ids[0])):
        raise DamagedArticle(ids[0], fault)
    if holding is None:
        raise StoreError(
            f"no article's id begins with {beginning!r}; `wortlaut articles` lists the ids"
        )
    return holding


def describe_holding(holding: Holding) -> dict[str, Any]:
    """The article as `articles --json` prints it."""
    article = holding.article
    return {
        "id": article.id,
        "title": article.title,
        "source": article.source,
        "published": format_published(article),
        "published_precision": article.published_precision,
        "language": holding.language,
        "passages": holding.passages,
        "statements": holding.statements,
        "path": article.path,
        "url": article.url,
        "also_in": list(holding.copies.also_in),
        "superseded_by": holding.copies.superseded_by,
        "text_sha256": article.text_sha256,
        "text": article.text,
    }


def describe_whole(holding: Holding, statements: Sequence[Statement]) -> dict[str, Any]:
    """The article as `article --json` prints it."""
    row = describe_holding(holding)
    return row | {"statements": [describe_statement(s) for s in statements]}


class _Layout:
    """Lines as wide as the window, if there is one, one an article, the first under a heading."""

    def __init__(self) -> None:
        from rich.cells import set_cell_size
        from rich.console import Console

        self._fit = set_cell_size
        fixed = _ID_LETTERS + _SOURCE_LETTERS + len("  2026-01-29  de  ") + len("  9999 9999  ")
        console = Console()
        # A file or another program gets the title whole.
        is_window = console.is_terminal or bool(os.environ.get("COLUMNS"))
        left = console.width - fixed - 1 if is_window else _LONGEST_TITLE
        self._title_width = max(_LEAST_TITLE, left)
        self._heading: str | None = self._lay_out(
            "id", "date", "", "source", "pass", "stat", "title"
        )

    def show(self, holding: Holding) -> str:
        """The article's line."""
        article, copies = holding.article, holding.copies
        marks = "(superseded) " if copies.superseded_by else ""
        line = self._lay_out(
            article.id,
            format_published(article) or "-",
            holding.language or "-",
            article.source or "-",
            str(holding.passages),
            str(holding.statements),
            marks + article.title,
        )
        heading, self._heading = self._heading, None
        return line if heading is None else f"{heading}\n{line}"

    def _lay_out(self, *cells: str) -> str:
        identity, day, language, source, passages, statements, title = map(clean_line, cells)
        return (
            f"{identity[:_ID_LETTERS]:<{_ID_LETTERS}}  {day:<10}  {language[:2]:<2}  "
            f"{self._cut(source, _SOURCE_LETTERS)}  {passages:>4} {statements:>4}  "
            f"{self._cut(title, self._title_width).rstrip()}"
        )

    def _cut(self, text: str, width: int) -> str:
        from rich.cells import cell_len

        return (
            self._fit(text, width) if cell_len(text) <= width else self._fit(text, width - 1) + "…"
        )


def _show_whole(holding: Holding, statements: list[Statement]) -> str:
    article, copies = holding.article, holding.copies
    precise = article.published_precision in ("day", "unknown")
    facts = {
        "id": article.id,
        "source": article.source,
        "date": format_published(article) or "unknown",
        "precision": None if precise else article.published_precision,
        "language": holding.language,
        "path": article.path,
        "url": article.url if article.url != article.path else None,
        "also in": ", ".join(copies.also_in) or None,
        "superseded by": copies.superseded_by,
    }
    lines = [clean_line(article.title), ""]
    lines += [f"{name:<13}  {clean_line(value)}" for name, value in facts.items() if value]
    parts = (count_things(holding.passages, "passage"), count_things(len(statements), "statement"))
    lines += [f"{'holds':<13}  {', '.join(parts)}", "", article.text.strip(), ""]
    for number, statement in enumerate(statements, 1):
        words = clean_line(statement.span.of(article.text))
        via = f", via {statement.via}" if statement.via else ""
        who = clean_line(f"{statement.speaker or '?'} ({statement.voice}{via})")
        lines.append(f"{number:>3}. {who}: {words}")
    return "\n".join(lines).rstrip("\n")
