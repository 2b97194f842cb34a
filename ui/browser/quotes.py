"""The quote desk and feedback on the page: what a browser keeps, and its parts as HTML.

Buttons carry numbers and ids only; whatever an article, a question or a note says is escaped.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from wortlaut.index.archive import Archive
from wortlaut.index.article import mend_letters
from wortlaut.index.errors import WortlautError
from wortlaut.index.lang.faults import say_fault
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Answer, Citation
from wortlaut.rag.desk.feedback import (
    LONGEST_COMMENT,
    Feedback,
    find_feedback,
    give_feedback,
    read_opinion,
)
from wortlaut.rag.desk.houseformat import (
    QuotedWords,
    describe_quote,
    mark_words,
    quote_citation,
    write_quote,
)
from wortlaut.rag.desk.quotes import LONGEST_NOTE, Basket, KeptQuote, QuoteState, find_quote_state
from wortlaut.rag.desk.store import Desk
from wortlaut.rag.receipt import Receipt, make_receipt
from wortlaut.ui.browser.header import render_close_html
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.desk import DeskWords, choose_desk_words

if TYPE_CHECKING:
    from wortlaut.rag.config import Settings

_ID = re.compile(r"[0-9a-f]{32}")
_THUMB = (
    "M2 10h3v9H2zM7 19h8.5c.8 0 1.4-.5 1.6-1.2l2-6.3c.3-1-.4-2-1.5-2H12l.8-4.2"
    "c.2-1-.6-1.9-1.6-1.9-.5 0-.9.2-1.1.6L7 10z"
)


class QuoteDesk:
    """What the page's users collect and think of answers, each browser by its `owner`.

    Without `settings` no receipts can be written, and quotes are kept without.
    """

    def __init__(self, archive: Archive, desk: Desk, settings: Settings | None = None) -> None:
        self._archive = archive
        self._desk = desk
        self._settings = settings

    @property
    def template(self) -> str | None:
        """How a quote is copied; `None` for the house's own way."""
        return self._settings.quote_template if self._settings else None

    def open_basket(self, owner: str) -> Basket:
        """The basket of a browser."""
        return Basket(self._desk, owner)

    def list_states(self, kept: Sequence[KeptQuote]) -> list[QuoteState]:
        """What became of the article of each quote."""
        return [find_quote_state(self._archive, one.quoted) for one in kept]

    def show(self, owner: str, tongue: Language, removed: str = "", problem: str = "") -> str:
        """The basket as HTML; `removed` can be put back, `problem` is told."""
        kept = self.open_basket(owner).list_quotes()
        states = self.list_states(kept)
        if not problem and kept and not self._desk.is_lasting:
            problem = choose_desk_words(tongue).passing
        return render_basket_html(kept, states, tongue, removed=removed, problem=problem)

    def toggle(self, owner: str, tongue: Language, answer: Answer, citation: Citation) -> str:
        """The basket with the citation, or without it if it was there."""
        if not owner:
            return self.show(owner, tongue, problem=choose_desk_words(tongue).nameless)
        basket, quoted = self.open_basket(owner), quote_citation(citation)
        if known := basket.find(quoted):
            basket.remove(known.id)
            return self.show(owner, tongue, known.id)
        try:
            receipt = self._write_receipt(answer)
            basket.add(quoted, answer.question, receipt, citation.marker)
        except WortlautError as error:
            return self.show(owner, tongue, problem=say_fault(str(error), tongue)[0])
        return self.show(owner, tongue)

    def keep_receipt(self, owner: str, answer: Answer) -> str | None:
        """The digest under which the answer's receipt can be fetched now; None without one."""
        receipt = self._write_receipt(answer)
        if receipt is None:
            return None
        self.open_basket(owner).keep_loose(receipt)
        return receipt.digest

    def _write_receipt(self, answer: Answer) -> Receipt | None:
        if self._settings is None:
            return None
        # Quotes that were added below came by a question of their own.
        turns = answer.list_parts()
        return make_receipt(turns, archive=self._archive, settings=self._settings, portable=True)

    def remove(self, owner: str, tongue: Language, identity: object) -> str | None:
        """The basket without the quote; None when there is none with that id."""
        known = _read_id(identity)
        if not known or not self.open_basket(owner).remove(known):
            return None
        return self.show(owner, tongue, known)

    def restore(self, owner: str, tongue: Language, identity: object) -> str | None:
        """The basket with a removed quote again."""
        known = _read_id(identity)
        if not known or not self.open_basket(owner).restore(known):
            return None
        return self.show(owner, tongue)

    def move(self, owner: str, tongue: Language, identity: object, by: object) -> str | None:
        """The basket with the quote one place up or down."""
        known, step = _read_id(identity), {"-1": -1, "1": 1}.get(str(by))
        if not known or step is None or not self.open_basket(owner).move(known, step):
            return None
        return self.show(owner, tongue)

    def write_note(self, owner: str, identity: object, note: object) -> bool:
        """Whether the note was kept."""
        known = _read_id(identity)
        if not known or not isinstance(note, str):
            return False
        return self.open_basket(owner).write_note(known, mend_letters(note))

    def give_feedback(self, owner: str, answer: Answer, verdict: object, comment: object) -> bool:
        """Whether the opinion was kept, or taken back where the verdict is empty."""
        opinion = read_opinion(verdict)
        if (opinion is None and verdict) or not isinstance(comment, str | None) or not owner:
            return False
        give_feedback(self._desk, owner, answer, opinion, comment or "")
        return True

    def list_opinions(self, owner: str, answers: Sequence[Answer | None]) -> list[Feedback | None]:
        """What the browser's user thought of each answer."""
        return [find_feedback(self._desk, owner, each) if each else None for each in answers]


def _read_id(identity: object) -> str:
    text = str(identity)
    return text if _ID.fullmatch(text) else ""


def render_quote_tools_html(marker: int, number: int, language: Language) -> str:
    """What can be done with the quote behind a marker of the turn."""
    words = choose_desk_words(language)
    place = f'data-turn="{number}" data-marker="{marker}"'
    return (
        f'<p class="quote-tools" lang="{language}" {place}>'
        f'<button type="button" class="tool" data-press="quote-copy" data-done="{esc(words.copied)}">'
        f"{esc(words.copy)}</button>"
        f'<button type="button" class="tool" data-press="quote-link" data-done="{esc(words.copied)}">'
        f"{esc(words.link)}</button>"
        f'<button type="button" class="tool" data-press="collect" {place} aria-pressed="false" '
        f'data-off="{esc(words.collect)}" data-on="{esc(words.collected)}">'
        f"{esc(words.collect)}</button></p>"
    )


def render_quote_texts_html(answer: Answer, number: int, template: str | None) -> str:
    """What the buttons below the quotes copy; in print, the list of the sources.

    The page's address stands there without the server, which the browser knows better.
    """
    if answer.abstained or not answer.citations:
        return ""
    rows = []
    for citation in answer.citations:
        quoted = quote_citation(citation)
        text = write_quote(quoted, answer.language, template)
        fields = describe_quote(quoted, answer.language)
        place = " · ".join(fields[name] for name in ("title", "source", "date") if fields[name])
        where = f" · {esc(fields['url'])}" if fields["url"] else ""
        rows.append(
            f'<li value="{citation.marker}" data-marker="{citation.marker}" '
            f'data-link="{esc(quoted.address)}" data-text="{esc(text)}">'
            f"{esc(place)}{where} · <span>{esc(quoted.address)}</span></li>"
        )
    return f'<ol class="quote-texts" data-turn="{number}" hidden>{"".join(rows)}</ol>'


def render_answer_tools_html(number: int, language: Language) -> str:
    """The receipt of the answer, the conversation on paper, and what one thinks of it."""
    words = choose_desk_words(language)
    thumbs = "".join(
        f'<button type="button" class="thumb {verdict}" data-press="thumb" data-turn="{number}" '
        f'data-verdict="{verdict}" aria-pressed="false" aria-label="{esc(label)}" '
        f'title="{esc(label)}"><svg viewBox="0 0 22 22" aria-hidden="true">'
        f'<path d="{_THUMB}"/></svg></button>'
        for verdict, label in (("up", words.good), ("down", words.bad))
    )
    return (
        f'<button type="button" class="quiet" data-press="certify" data-turn="{number}" '
        f'title="{esc(words.receipt_hint)}">{esc(words.receipt)}</button>'
        f'<button type="button" class="quiet print-talk" data-press="print">'
        f"{esc(words.print_talk)}</button>"
        f'<span class="thumbs" role="group" aria-label="{esc(words.opinion)}">{thumbs}</span>'
    )


def render_opinion_html(number: int, language: Language) -> str:
    """The comment on an answer, unfolded by a verdict."""
    words = choose_desk_words(language)
    return (
        f'<div class="opinion" data-turn="{number}" hidden>'
        f'<textarea rows="2" maxlength="{LONGEST_COMMENT}" aria-label="{esc(words.comment)}" '
        f'placeholder="{esc(words.comment_hint)}"></textarea><p>'
        f'<button type="button" class="quiet" data-press="comment" data-turn="{number}">'
        f'{esc(words.save)}</button> <span class="kept" role="status" '
        f'data-saved="{esc(words.saved)}">{esc(words.kept_here)}</span></p></div>'
    )


def render_opinions_html(opinions: Sequence[Feedback | None], saved: int | None = None) -> str:
    """What was thought of the conversation's answers, for the page's script; `saved` just now."""
    rows = (
        f'<i data-turn="{number}" data-verdict="{opinion.verdict}" '
        f'data-comment="{esc(opinion.comment)}"></i>'
        for number, opinion in enumerate(opinions)
        if opinion is not None
    )
    told = "" if saved is None else f' data-saved="{saved}"'
    return f"<div hidden{told}>{''.join(rows)}</div>"


def render_handed_html(digest: str | None) -> str:
    """A link to a receipt, which the page's script follows."""
    if digest is None:
        return ""
    return f'<a hidden download href="export/receipt/{digest}.json"></a>'


def render_basket_html(
    kept: Sequence[KeptQuote],
    states: Sequence[QuoteState],
    tongue: Language,
    *,
    removed: str = "",
    problem: str = "",
) -> str:
    """The basket: exports, then each quote with its place, its note and what can be done."""
    words = choose_desk_words(tongue)
    told = f'<p class="notice-line" role="alert">{esc(problem)}</p>' if problem else ""
    if removed:
        told += (
            f'<p class="basket-undo" role="status">{esc(words.removed)} <button type="button" '
            f'class="quiet" data-press="restore" data-quote="{removed}">{esc(words.undo)}</button></p>'
        )
    bar = (
        f'<div class="bar"><h2>{esc(words.quotes)} · {len(kept)}</h2>'
        f"{render_close_html(words.back)}</div>"
    )
    if not kept:
        body = f'<div class="none"><h2>{esc(words.empty_title)}</h2><p>{esc(words.empty_hint)}</p></div>'
    else:
        rows = "".join(
            _render_kept(one, state, number, len(kept), tongue)
            for number, (one, state) in enumerate(zip(kept, states, strict=True), 1)
        )
        body = f'{_render_exports(words, tongue)}<ol class="kept-list">{rows}</ol>'
    return (
        f'<section class="source basket" lang="{tongue}" data-count="{len(kept)}" '
        f'aria-label="{esc(words.quotes)}">{bar}{told}{body}</section>'
    )


def _render_exports(words: DeskWords, tongue: Language) -> str:
    how = dict.fromkeys(words.formats, " download") | {"print": ' target="_blank" rel="noopener"'}
    links = "".join(
        f'<a class="quiet" href="export/quotes/{kind}?tongue={tongue}"{how[kind]}>{esc(label)}</a>'
        for kind, label in words.formats.items()
    )
    return f'<nav class="exports" aria-label="{esc(words.export_as)}">{links}</nav>'


def _render_kept(
    kept: KeptQuote, state: QuoteState, number: int, count: int, tongue: Language
) -> str:
    words, quoted = choose_desk_words(tongue), kept.quoted
    fields = describe_quote(quoted, tongue)
    place = " · ".join(fields[name] for name in ("source", "date") if fields[name])
    warned = ""
    if state != "sound":
        warned = f'<p class="notice-line">{esc(words.states[state])}</p>'
    who = f"<b>{esc(quoted.speaker)}</b> " if quoted.speaker else ""
    return (
        f'<li class="kept-quote" data-quote="{kept.id}" data-link="{esc(quoted.address)}">{warned}'
        f"<blockquote>{esc(mark_words(quoted, tongue))}</blockquote>"
        f'<p class="who">{who}<span class="voice">{esc(fields["voice"])}</span></p>'
        f'<p class="place">{_render_title(quoted)}{esc(place)}</p>'
        f'<p class="place">{esc(words.asked.format(question=kept.question))}</p>'
        f'<textarea rows="1" maxlength="{LONGEST_NOTE}" data-quote="{kept.id}" '
        f'aria-label="{esc(words.note)}: {esc(words.number.format(number=number))}" '
        f'placeholder="{esc(words.note_hint)}">{esc(kept.note)}</textarea>'
        f'<p class="kept-tools">{_render_moves(kept.id, number, count, words)}</p></li>'
    )


def _render_title(quoted: QuotedWords) -> str:
    title = esc(quoted.title) or "…"
    return f'<a href="{esc(quoted.address)}" target="_blank" rel="noopener">{title}</a>'


def _render_moves(identity: str, number: int, count: int, words: DeskWords) -> str:
    which = words.number.format(number=number)

    def make(press: str, by: int, sign: str, label: str, off: bool) -> str:
        step = f' data-by="{by}"' if by else ""
        return (
            f'<button type="button" class="step" data-press="{press}" data-quote="{identity}"{step} '
            f'aria-label="{esc(label)}: {esc(which)}" title="{esc(label)}"{" disabled" * off}>'
            f"{sign}</button>"
        )

    return (
        make("move", -1, "↑", words.up, number == 1)
        + make("move", 1, "↓", words.down, number == count)
        + make("discard", 0, "×", words.remove, False)
    )
