"""The archive's panel as HTML: what is added, the list of articles, one of them whole; pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from wortlaut.index.archive import Selection
from wortlaut.index.article import Article
from wortlaut.index.holdings import HoldingsPage
from wortlaut.index.lang.words import Language
from wortlaut.rag.desk.intake import Batch, WhyShut
from wortlaut.rag.wording import format_date
from wortlaut.ui.browser.header import render_close_html
from wortlaut.ui.browser.page import LONGEST_SHOWN, tag_language
from wortlaut.ui.render import collapse, describe_place, render_fault
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.archive import ArchiveWords, choose_archive_words
from wortlaut.ui.words.page import choose_words

ROWS_A_PAGE = 25
_LONGEST_WORDS = 200
_MOST_SHOWN = 50
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Browsing:
    """Which articles the list shows: titles with the `words`, from the `first` that fits on."""

    words: str = ""
    selection: Selection = Selection()  # noqa: RUF009 -- frozen
    first: int = 0


def read_browsing(sent: object) -> Browsing:
    """What the browser sent, whatever it is; what is nonsense in it is left out."""
    values = sent if isinstance(sent, dict) else {}
    words = str(values.get("words") or "")[:_LONGEST_WORDS]
    source = str(values.get("source") or "")[:_LONGEST_WORDS] or None
    since, until = (_read_day(values.get(name)) for name in ("since", "until"))
    first = str(values.get("first") or "0")
    at = int(first) if first.isascii() and first.isdecimal() and len(first) < 10 else 0
    return Browsing(words, Selection(since, until, source), at)


def _read_day(value: object) -> date | None:
    text = str(value or "")
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None


def render_archive_html(
    sources: Sequence[tuple[str, int]], why_shut: WhyShut | None, largest: int, tongue: Language
) -> str:
    """The panel's head: where articles are added, and what the list is narrowed down by.

    `sources` are names with how many articles each has, `largest` bytes are taken at most.
    """
    words = choose_archive_words(tongue)
    options = "".join(
        f'<option value="{esc(name)}">{esc(collapse(name))} ({count})</option>'
        for name, count in sources
    )
    days = "".join(
        f'<label><span>{esc(label)}</span><input type="date" name="{name}" '
        'min="1000-01-01" max="2999-12-31"></label>'
        for name, label in (("since", words.since), ("until", words.until))
    )
    return (
        f'<section class="panel-head" lang="{tongue}"><div class="bar"><h2>{esc(words.archive)}</h2>'
        f"{render_close_html(words.close)}</div>{_render_door(why_shut, largest, words)}"
        f'<form class="filters" role="search"><input type="search" name="words" '
        f'maxlength="{_LONGEST_WORDS}" placeholder="{esc(words.search)}" '
        f'aria-label="{esc(words.search)}"><select name="source" aria-label="'
        f'{esc(choose_words(tongue).kinds["source"])}"><option value="">{esc(words.any_source)}</option>{options}'
        f'</select><div class="days">{days}<button type="reset" class="quiet">{esc(words.clear)}'
        "</button></div></form></section>"
    )


def _render_door(why_shut: WhyShut | None, largest: int, words: ArchiveWords) -> str:
    if why_shut is not None:
        line: str = getattr(words, why_shut)
        return f'<p class="notice-line">{esc(line)}</p>'
    size = f"{largest // 1_000_000:,}".replace(",", "\N{THIN SPACE}")
    told = (
        f'data-largest="{largest}" data-sending="{esc(words.sending)}" '
        f'data-not-sent="{esc(words.not_sent)}" '
        f'data-too-large="{esc(words.too_large.format(size=size))}"'
    )
    return (
        f'<div class="door" {told}><p class="drop">{esc(words.drop_here)}</p><p class="choose">'
        f'<button type="button" class="quiet" data-press="files">{esc(words.choose_files)}</button>'
        f'<button type="button" class="quiet" data-press="folder">{esc(words.choose_folder)}'
        f'</button></p><p class="takes">{esc(words.takes.format(size=size))}</p>'
        '<input type="file" class="files" multiple hidden tabindex="-1" aria-hidden="true">'
        '<input type="file" class="folder" webkitdirectory hidden tabindex="-1" aria-hidden="true">'
        '<p class="sending" role="status" hidden></p><ul class="lines unsent"></ul>'
        '<div class="batch"></div><p class="unseen announce" role="status"></p></div>'
    )


def render_batch_html(batch: Batch, tongue: Language) -> str:
    """How far the reading of what was sent is, and what is wrong with any of it."""
    words = choose_archive_words(tongue)
    if batch.state == "waiting":
        state = words.waiting
    elif batch.state == "reading":
        state = words.reading.format(percent=int(batch.share * 100))
    elif batch.is_busy:
        state = words.starting
    else:
        state = "" if batch.fault else words.finished
    counted = words.counted.format(
        added=batch.added, updated=batch.updated, unchanged=batch.unchanged
    )
    told = counted if batch.finished and not batch.fault else ""
    bar = ""
    if batch.is_busy:
        bar = (
            f'<progress max="100" value="{int(batch.share * 100)}" aria-label="{esc(state)}">'
            "</progress>"
        )
    fault = f'<p class="fault">{render_fault(batch.fault, tongue)}</p>' if batch.fault else ""
    return (
        f'<div lang="{tongue}"><p class="state">{esc(" ".join((state, told)).strip())}</p>{bar}'
        f"{fault}{_render_lines(words.failed, batch.refused, batch.more, tongue)}"
        f"{_render_lines(words.notices, batch.notices, 0, tongue)}</div>"
    )


def _render_lines(title: str, lines: Sequence[tuple[str, str]], more: int, tongue: Language) -> str:
    """What is wrong, a line each."""
    if not lines:
        return ""
    rows = "".join(
        f"<li><b>{esc(collapse(name))}</b> {render_fault(line, tongue)}</li>"
        for name, line in lines[:_MOST_SHOWN]
    )
    left = more + len(lines[_MOST_SHOWN:])
    if left:
        words = choose_archive_words(tongue)
        rows += f"<li>{esc(words.more_lines.format(count=left))}</li>"
    return (
        f'<p class="lines-title">{esc(title.format(count=len(lines) + more))}</p>'
        f'<ul class="lines">{rows}</ul>'
    )


def render_holdings_html(
    page: HoldingsPage, tongue: Language, *, may_remove: bool, is_filtered: bool, told: str = ""
) -> str:
    """The list's page, with what was just done `told` above it."""
    words = choose_archive_words(tongue)
    notice = f'<p class="notice-line" role="status">{esc(told)}</p>' if told else ""
    if not page.total:
        line = words.none_found if is_filtered else words.empty
        return (
            f'<section class="holdings" lang="{tongue}" data-first="0">{notice}'
            f'<p class="found" role="status">{esc(line)}</p></section>'
        )
    rows = "".join(_render_row(article, words, tongue, may_remove) for article in page.articles)
    found = f"{page.total:,}".replace(",", "\N{THIN SPACE}")
    return (
        f'<section class="holdings" lang="{tongue}" data-first="{page.first}">{notice}'
        f'<p class="found" role="status">{esc(words.found.format(count=found))}</p>'
        f'<ol class="shelf">{rows}</ol>{_render_pages(page, words)}</section>'
    )


def _render_row(article: Article, words: ArchiveWords, tongue: Language, may_remove: bool) -> str:
    title = collapse(article.title)
    day = format_date(article.published, article.published_precision, tongue)
    place = " · ".join(part for part in (day, article.source) if part)
    remove = ""
    if may_remove:
        identity = esc(article.id)
        remove = (
            f'<button type="button" class="quiet ask" data-press="ask-remove" '
            f'aria-label="{esc(f"{words.remove}: {title}")}">{esc(words.remove)}</button>'
            f'<div class="confirm" role="group" hidden><p>{esc(words.remove_ask)} '
            f'{esc(words.remove_note)}</p><button type="button" class="quiet danger" '
            f'data-press="remove" data-id="{identity}">{esc(words.remove)}</button>'
            f'<button type="button" class="quiet" data-press="keep">{esc(words.keep)}</button></div>'
        )
    return (
        f'<li><button type="button" class="held-title" data-press="openheld" '
        f'data-id="{esc(article.id)}"><b{tag_language(article)}>{esc(title)}</b>'
        f"<span>{esc(collapse(place))}</span></button>{remove}</li>"
    )


def _render_pages(page: HoldingsPage, words: ArchiveWords) -> str:
    if page.total <= ROWS_A_PAGE:
        return ""
    last = min(page.total, page.first + ROWS_A_PAGE)
    steps = []
    for sign, label, first, there in (
        ("‹", words.earlier, max(0, page.first - ROWS_A_PAGE), page.first > 0),
        ("›", words.later, page.first + ROWS_A_PAGE, last < page.total),
    ):
        steps.append(
            f'<button type="button" class="step" data-press="page" data-first="{first}" '
            f'aria-label="{esc(label)}" title="{esc(label)}"{"" if there else " disabled"}>'
            f"{sign}</button>"
        )
    shown = words.shown.format(first=page.first + 1, last=last, total=page.total)
    return f'<nav class="pages" aria-label="{esc(words.archive)}">{steps[0]}<span>{esc(shown)}</span>{steps[1]}</nav>'


def render_held_html(article: Article | None, tongue: Language) -> str:
    """An article of the list, whole, for the source's place; or that it is gone."""
    words = choose_archive_words(tongue)
    bar = (
        f'<div class="bar"><button type="button" class="quiet" data-press="panel" '
        f'data-panel="archive">← {esc(words.archive)}</button></div>'
    )
    if article is None:
        return (
            f'<section class="source" lang="{tongue}">{bar}'
            f'<p class="notice-line">{esc(words.gone)}</p></section>'
        )
    text = article.text[:LONGEST_SHOWN] + ("\n…" if len(article.text) > LONGEST_SHOWN else "")
    tag = tag_language(article)
    return (
        f'<section class="source held-whole" lang="{tongue}">{bar}'
        f"<h2{tag}>{esc(collapse(article.title))}</h2>"
        f'<p class="place">{esc(describe_place(article, tongue))}</p>'
        f'<div class="text" tabindex="0"{tag}>{esc(text)}</div></section>'
    )
