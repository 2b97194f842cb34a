"""The source panel as HTML: one article, whole, with the cited words marked; pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import urlsplit

from index.article import Span, Statement
from rag.answer import Citation
from rag.wording import Tongue, voice_label
from ui.render import collapse, describe_place
from ui.render import escape_text as esc
from ui.words import Words, choose_words

LONGEST_SHOWN = 150_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


def render_no_source_html(tongue: Tongue) -> str:
    """The source panel before anything is opened."""
    words = choose_words(tongue)
    return (
        f'<section class="source none" lang="{tongue}"><h2>{esc(words.source_title)}</h2>'
        f"<p>{esc(words.source_hint)}</p></section>"
    )


def render_source_html(
    citation: Citation,
    citations: Sequence[Citation] = (),
    statements: Sequence[Statement] = (),
    *,
    language: Tongue = "en",
    number: int = 0,
    stale: bool = False,
) -> str:
    """The whole article with the cited span marked, and lightly the answer's other spans in it.

    `statements` are the article's; the one cited shows where its speaker is named.
    """
    words, article = choose_words(language), citation.article
    notices = [words.stale] if stale else []
    if len(article.text) > LONGEST_SHOWN:
        notices.append(words.shortened)
    warned = "".join(f'<p class="notice-line">{esc(notice)}</p>' for notice in notices)
    voice = esc(voice_label(citation.voice, citation.via, language))
    who = f"<b>{esc(citation.speaker)}</b> " if citation.speaker else ""
    tag = article.language or ""
    lang = f' lang="{tag}"' if _LANGUAGE.fullmatch(tag) else ""
    return (
        f'<section class="source" data-turn="{number}" data-marker="{citation.marker}" '
        f'lang="{language}">{_render_bar(citation, citations, number, words)}'
        f"<h2{lang}>{esc(collapse(article.title))}</h2>"
        f'<p class="place">{esc(describe_place(article, language))}'
        f"{_render_address(article.url, words)}</p>"
        f'<p class="who">{who}<span class="voice">{voice}</span></p>{warned}'
        f'<div class="text" tabindex="0"{lang}>'
        f"{_render_text(citation, citations, statements)}</div>"
        "</section>"
    )


def _render_bar(
    citation: Citation, citations: Sequence[Citation], number: int, words: Words
) -> str:
    markers = [other.marker for other in citations]
    if citation not in citations:
        markers = []
    place = markers.index(citation.marker) if markers else 0
    steps = []
    for sign, label, at in (("‹", words.previous, place - 1), ("›", words.following, place + 1)):
        there = 0 <= at < len(markers)
        steps.append(
            f'<button type="button" class="step" data-press="cite" data-turn="{number}" '
            f'data-marker="{markers[at] if there else ""}" aria-label="{esc(label)}" '
            f'title="{esc(label)}"{"" if there else " disabled"}>{sign}</button>'
        )
    walk = f'{steps[0]}<span class="count">{place + 1} / {len(markers)}</span>{steps[1]}'
    name = words.source.format(marker=citation.marker) if markers else words.source_title
    return (
        f'<div class="bar"><span class="badge">{esc(name)}</span>'
        f'<span class="steps">{walk if len(markers) > 1 else ""}</span>'
        f'<button type="button" class="quiet back" data-press="back">↑ {esc(words.back)}</button>'
        "</div>"
    )


def _render_address(url: str | None, words: Words) -> str:
    try:
        usable = url is not None and urlsplit(url).scheme in ("http", "https")
    except ValueError:
        usable = False
    if not usable or url is None:
        return ""
    return (
        f' · <a href="{esc(url)}" target="_blank" rel="noopener noreferrer">'
        f"{esc(words.original)}</a>"
    )


def _render_text(
    citation: Citation, citations: Sequence[Citation], statements: Sequence[Statement]
) -> str:
    text, span = citation.article.text, citation.span
    shown = _choose_shown(text, span)
    others = [
        other
        for other in citations
        if other.article.id == citation.article.id and other.marker != citation.marker
    ]
    mention = _find_mention(span, statements)
    edges = {shown.start, shown.end, span.start, span.end}
    for other in [o.span for o in others] + ([mention] if mention else []):
        edges |= {other.start, other.end}
    cuts = sorted(edge for edge in edges if shown.start <= edge <= shown.end)
    html = []
    for start, end in pairwise(cuts):
        piece = esc(text[start:end])
        if mention is not None and mention.start <= start < mention.end:
            piece = f'<span class="mention">{piece}</span>'
        if span.start <= start < span.end:
            piece = f'<mark class="cited">{piece}</mark>'
        elif markers := [o.marker for o in others if o.span.start <= start < o.span.end]:
            # The number is drawn by the style sheet, so that copied text stays the article's.
            piece = f'<mark class="also" data-number="{markers[0]}">{piece}</mark>'
        html.append(piece)
    return "".join(html)


def _choose_shown(text: str, span: Span) -> Span:
    """The whole text, or of a very long one the part around the span."""
    if len(text) <= LONGEST_SHOWN:
        return Span(0, len(text))
    start = max(0, span.start - LONGEST_SHOWN // 2)
    return Span(start, min(len(text), max(span.end, start + LONGEST_SHOWN)))


def _find_mention(span: Span, statements: Sequence[Statement]) -> Span | None:
    """Where the speaker of the cited statement is named."""
    best = max(statements, key=lambda statement: statement.span.overlap(span), default=None)
    return best.speaker_span if best is not None and best.span.overlap(span) else None
