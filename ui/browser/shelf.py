"""Kept conversations as HTML: their list, turns to be put on the page, waiting questions."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from wortlaut.index.lang.words import Language
from wortlaut.rag.desk.conversations import KeptConversation
from wortlaut.ui.browser.page import PageTurn, render_turns_html
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.page import choose_words
from wortlaut.ui.words.talks import choose_talk_words

# Tells one increment from the same one shown again; it means nothing else.
_STEPS = count(1)


def render_shelf_html(
    listed: Sequence[KeptConversation],
    tongue: Language,
    *,
    has_more: bool = False,
    deleted: KeptConversation | None = None,
    is_lasting: bool = True,
) -> str:
    """The list of conversations, with undo for the one just deleted; the page marks where it is."""
    words = choose_talk_words(tongue)
    rows = "".join(_render_row(kept, tongue) for kept in listed)
    body = f'<ul class="talks">{rows}</ul>' if rows else f'<p class="hint">{esc(words.none)}</p>'
    if has_more:
        body += (
            f'<button type="button" class="quiet" data-press="older">{esc(words.older)}</button>'
        )
    undo = ""
    if deleted is not None:
        undo = (
            f'<p class="undo" role="status"><span>{esc(words.deleted.format(title=deleted.title))}'
            f'</span> <button type="button" class="quiet" data-press="restore" '
            f'data-id="{esc(deleted.id)}">{esc(words.undo)}</button></p>'
        )
    warned = "" if is_lasting else f'<p class="hint">{esc(words.not_lasting)}</p>'
    return (
        f'<nav class="shelf" lang="{tongue}" aria-label="{esc(words.conversations)}" '
        f'data-show="{esc(words.show)}" data-hide="{esc(words.hide)}" '
        f'data-title="{esc(words.new_title)}">'
        f'<div class="shelf-top"><h2>{esc(words.conversations)}</h2>'
        f'<button type="button" class="quiet" data-press="shelf" aria-label="{esc(words.hide)}" '
        f'title="{esc(words.hide)}">«</button></div>'
        f'<button type="button" class="quiet begin" data-press="new">'
        f"+ {esc(choose_words(tongue).new)}</button>{warned}{undo}{body}</nav>"
    )


def _render_row(kept: KeptConversation, tongue: Language) -> str:
    words = choose_talk_words(tongue)
    title, key = esc(kept.title), esc(kept.id)
    actions = "".join(
        f'<button type="button" class="act" data-press="{press}" aria-label="{esc(said)}: {title}" '
        f'title="{esc(said)}">{sign}</button>'
        for press, said, sign in (("rename", words.rename, "✎"), ("remove", words.delete, "×"))
    )
    return f'<li data-id="{key}"><a href="c/{key}" title="{title}">{title}</a>{actions}</li>'


def render_passed_html(
    turns: Sequence[PageTurn],
    first: int,
    tongue: Language,
    conversation: str | None,
    note: str = "",
    *,
    template: str | None = None,
) -> str:
    """Turns that go above the current one, in place of those from number `first` on.

    The page takes them over by script, each of these once; `note` is HTML that stands below them.
    """
    return (
        f'<div class="passed" data-step="{next(_STEPS)}" data-from="{first}" '
        f'data-conversation="{esc(conversation or "")}">'
        f"{render_turns_html(turns, tongue, first, template=template)}{note}</div>"
    )


def render_resumed_html(tongue: Language) -> str:
    """That the page was out of date, and no longer is."""
    return f'<p class="told note" role="status">{esc(choose_talk_words(tongue).resumed)}</p>'


def render_lost_html(tongue: Language) -> str:
    """That what the page showed is no longer known."""
    return f'<p class="told note" role="status">{esc(choose_talk_words(tongue).lost)}</p>'


def render_replaced_html(number: int, tongue: Language) -> str:
    """That so many turns were replaced, with undo."""
    words = choose_talk_words(tongue)
    return (
        f'<p class="told note" role="status">{esc(words.replaced.format(count=number))} '
        f'<button type="button" class="quiet" data-press="undo">{esc(words.undo)}</button></p>'
    )


def render_waiting_html(tongue: Language) -> str:
    """Where the questions wait that were asked while an answer is written; filled by the page."""
    words = choose_talk_words(tongue)
    return (
        f'<div class="waiting" lang="{tongue}" hidden data-back="{esc(words.take_back)}" '
        f'data-failed="{esc(words.unanswered)}"><span>{esc(words.waiting)}</span>'
        '<ul></ul></div><p class="failed-line" role="status"></p>'
    )
