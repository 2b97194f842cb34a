"""The page's header as HTML: its name, what the archive holds, and a button for each panel."""

from __future__ import annotations

from wortlaut.index.archive import ArchiveCounts
from wortlaut.index.lang.words import Language
from wortlaut.rag.wording import format_period
from wortlaut.ui.browser.spoken import render_keys_html
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.archive import choose_archive_words
from wortlaut.ui.words.page import choose_words
from wortlaut.ui.words.source import choose_pane_words
from wortlaut.ui.words.talks import choose_talk_words

# Drawn for this page, on a grid of 24.
_ICONS = {
    "timeline": '<path d="M3 20h18"/><circle cx="6.5" cy="14" r="2"/><circle cx="12" cy="7" r="2"/>'
    '<circle cx="17.5" cy="11" r="2"/>',
    "quotes": '<path d="M10 6c-4 1-5.5 4-5.5 8v4H10v-6H7c0-2.2 1-3.5 3-4.2z"/>'
    '<path d="M20 6c-4 1-5.5 4-5.5 8v4H20v-6h-3c0-2.2 1-3.5 3-4.2z"/>',
    "archive": '<rect x="4" y="5" width="16" height="4" rx="1"/><path d="M5.5 9v9a1 1 0 0 0 1 1h11'
    'a1 1 0 0 0 1-1V9M10 13h4"/>',
    "settings": '<path d="M4 8h9M19 8h1M4 16h1M11 16h9"/><circle cx="16" cy="8" r="2.5"/>'
    '<circle cx="8" cy="16" r="2.5"/>',
    "new": '<path d="M12 5v14M5 12h14"/>',
    "close": '<path d="M6 6l12 12M18 6L6 18"/>',
}


def render_icon(name: str) -> str:
    """One of the page's icons, in the colour of the words beside it; nothing for who hears it."""
    return (
        '<svg class="icon" viewBox="0 0 24 24" width="20" height="20" fill="none" '
        'stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" '
        f'aria-hidden="true" focusable="false">{_ICONS[name]}</svg>'
    )


def render_header_html(counts: ArchiveCounts, tongue: Language) -> str:
    """Name, promise, what the archive holds, and the buttons."""
    words, own = choose_words(tongue), choose_archive_words(tongue)
    show = esc(choose_talk_words(tongue).show)
    keys = esc(choose_pane_words(tongue).keys_title)
    panels = "".join(
        f'<button type="button" class="tool" data-press="{press}" data-panel="{name}" '
        f'aria-pressed="false" title="{esc(label)}">{render_icon(name)}'
        f'<span class="name">{esc(label)}</span>{extra}</button>'
        for press, name, label, extra in (
            ("timeline", "timeline", own.timeline, ""),
            ("panel", "quotes", own.quotes, '<span class="count basket-count"></span>'),
            ("panel", "archive", own.archive, ""),
            ("panel", "settings", own.settings, ""),
        )
    )
    return (
        f'<header class="top" lang="{tongue}"><button type="button" class="quiet shelf-toggle" '
        f'data-press="shelf" aria-controls="left" aria-label="{show}" title="{show}">☰</button>'
        '<div class="brand"><h1>Wortlaut</h1>'
        f'<p class="tagline">{esc(words.tagline)}</p></div>'
        f'<p class="held">{esc(describe_held(counts, tongue))}</p>'
        f'<nav class="tools" aria-label="{esc(own.panels)}">{panels}</nav>'
        f'<button type="button" class="tool new" data-press="new" title="{esc(words.new)}">'
        f'{render_icon("new")}<span class="name">{esc(words.new)}</span></button>'
        f'<button type="button" class="quiet ask-keys" data-press="keys" aria-label="{keys}" '
        f'title="{keys}">?</button></header>{render_keys_html(tongue)}'
    )


def describe_held(counts: ArchiveCounts, tongue: Language) -> str:
    """How many articles there are, and from when; plain text."""
    number = f"{counts.articles:,}".replace(",", "\N{THIN SPACE}")
    held = choose_words(tongue).articles.format(count=number)
    if period := format_period(counts.since, counts.until, tongue):
        held += f" · {period}"
    return held


def render_close_html(label: str) -> str:
    """The button that shows the source in place of a panel."""
    return (
        '<button type="button" class="step close" data-press="panel" data-panel="source" '
        f'aria-label="{esc(label)}" title="{esc(label)}">{render_icon("close")}</button>'
    )
