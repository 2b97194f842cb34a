"""The page as HTML: header, questions, answers, filter chips, and an article whole; pure functions.

Whatever comes from questions, articles or models passes `escape_text`, and the page's buttons carry
numbers only: nothing of an article is ever run or loaded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from urllib.parse import urlsplit

from wortlaut.index.archive import ArchiveCounts
from wortlaut.index.article import Span, Statement
from wortlaut.index.lang.words import Language
from wortlaut.index.twins.origins import PrintedArticle
from wortlaut.rag.answer import Answer, Citation, Claim, Filters, Mode
from wortlaut.rag.wording import (
    format_date,
    format_period,
    join_names,
    say_prints,
    say_superseded,
    voice_label,
)
from wortlaut.ui.render import (
    LinePart,
    collapse,
    describe_independence,
    describe_place,
    describe_prints,
    describe_refusal,
    describe_writer,
    list_refused,
    render_markdown,
    split_line,
    split_lines,
)
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words import PageWords, choose_words

_QUOTED = {
    "quote": '<span class="quote">{}</span>',
    "answer": '<b class="quote answer">{}</b>',
}
_OPENING = re.compile(r"\s*[“„«\"]?$")
LONGEST_SHOWN = 150_000
_MOST_RELATED = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class PageTurn:
    """One question of a conversation with its answer, or with the error it met.

    It was understood as a follow-up to the first `after` turns; `mode` is how it was asked, `None`
    the chat's own. A turn that was stopped shows what was checked by then.
    """

    question: str
    filters: Filters = Filters()  # noqa: RUF009 -- frozen
    after: int = 0
    answer: Answer | None = None
    error: str | None = None
    mode: Mode | None = None
    stopped: bool = False


def render_header_html(counts: ArchiveCounts, tongue: Language) -> str:
    """Name, promise and what the archive holds."""
    words = choose_words(tongue)
    held = words.articles.format(count=f"{counts.articles:,}".replace(",", "\N{THIN SPACE}"))
    if period := format_period(counts.since, counts.until, tongue):
        held += f" · {period}"
    return (
        f'<header class="top" lang="{tongue}"><div class="brand"><h1>Wortlaut</h1>'
        f'<p class="tagline">{esc(words.tagline)}</p></div>'
        f'<p class="held">{esc(held)}</p>'
        f'<button type="button" class="quiet" data-press="new">{esc(words.new)}</button></header>'
    )


def render_welcome_html(counts: ArchiveCounts, examples: Sequence[str], tongue: Language) -> str:
    """What to do first: examples to click, or how to fill an empty archive."""
    words = choose_words(tongue)
    if counts.articles == 0:
        return (
            f'<section class="welcome empty" lang="{tongue}"><h2>{esc(words.empty_title)}</h2>'
            f"<p>{esc(words.empty_hint)}</p><pre><code>wortlaut index PATH</code></pre></section>"
        )
    buttons = "".join(
        f'<li><button type="button" class="example" data-press="example" data-number="{number}">'
        f"{esc(example)}</button></li>"
        for number, example in enumerate(examples)
    )
    return (
        f'<section class="welcome" lang="{tongue}"><h2>{esc(words.welcome_title)}</h2>'
        f'<p>{esc(words.welcome)}</p><ul class="examples">{buttons}</ul></section>'
    )


def render_turns_html(turns: Sequence[PageTurn], tongue: Language, first: int = 0) -> str:
    """Turns one below the other; the first has the number `first`."""
    return "".join(
        render_turn_html(turn, number, tongue) for number, turn in enumerate(turns, first)
    )


def render_turn_html(
    turn: PageTurn, number: int, tongue: Language, *, finished: bool = True
) -> str:
    """One question with its answer so far and its filter chips; when finished, its actions."""
    language = turn.answer.language if turn.answer else tongue
    words = choose_words(language)
    if turn.error is not None:
        body = (
            f'<div class="notice failed" role="alert"><p class="notice-title">'
            f"{esc(words.failed)}</p><p>{esc(collapse(turn.error))}</p></div>"
        )
    elif turn.answer is None and turn.stopped:
        body = _render_stopped(words.stopped_early)
    elif turn.answer is None:
        waiting = words.asking if turn.mode == "llm" else words.searching
        body = f'<p class="searching">{esc(waiting)}</p>'
    else:
        gone = [words.kinds[part] for part in sorted(turn.filters.without)]
        body = _render_chips(turn.answer, number, gone, active=finished)
        body += render_answer_html(turn.answer, number, growing=not finished)
        if turn.stopped:
            has_text = bool(turn.answer.text.strip())
            body += _render_stopped(words.stopped if has_text else words.stopped_early)
        if finished:
            body += _render_checks(turn.answer, words)
            body += _render_actions(turn.answer, number, words)
    return (
        f'<article class="turn" data-turn="{number}" lang="{language}">'
        f'<h2 class="question">{esc(turn.question)}</h2>{body}</article>'
    )


def render_answer_html(answer: Answer, number: int = 0, *, growing: bool = False) -> str:
    """The answer's notice, its lines with a button for each marker, and what is being written.

    An abstention is a box of its own. Only what is checked stands in `div.answer`; the draft is
    beside it, named as such and read out by no screen reader by itself.
    """
    words = choose_words(answer.language)
    told = f'<p class="told">{esc(collapse(answer.notice))}</p>' if answer.notice else ""
    if answer.abstained:
        nearest = ""
        if answer.nearest is not None:
            nearest = (
                f'<button type="button" class="quiet" data-press="nearest" data-turn="{number}">'
                f"{esc(words.nearest)}</button>"
            )
        return (
            f'{told}<div class="notice abstained"><p class="notice-title">{esc(words.no_answer)}'
            f"</p><p>{esc(answer.text)}</p>{nearest}</div>"
        )
    own = {claim.text for claim in answer.claims if claim.reason is None}
    lines = []
    for line in split_lines(answer):
        if isinstance(line, Claim):
            lines.append(f'<p class="struck">{_render_refused(line, words, answer.language)}</p>')
        elif line:
            written = answer.mode == "llm" and line not in own
            lines.append(_render_line(line, answer, number, written=written))
    html = f'{told}<div class="answer">{"".join(lines)}</div>'
    draft = esc(collapse(answer.draft)).strip()
    if draft or (growing and answer.mode == "llm"):
        label = f'<span class="label">{esc(words.draft)}</span>'
        html += f'<div class="draft" aria-live="off">{label}<p>{draft or "…"}</p></div>'
    return html


def render_switch_html(mode: Mode, tongue: Language) -> str:
    """The choice between the archive's words and a language model's."""
    words = choose_words(tongue)
    buttons = "".join(
        f'<button type="button" data-press="choose" data-mode="{value}" '
        f'aria-pressed="{"true" if value == mode else "false"}">{esc(label)}</button>'
        for value, label in words.modes.items()
    )
    return (
        f'<div class="wording" lang="{tongue}" role="group" aria-label="{esc(words.wording)}">'
        f'<span>{esc(words.wording)}</span><div class="choice">{buttons}</div></div>'
    )


def _render_stopped(text: str) -> str:
    return f'<p class="stopped">{esc(text)}</p>'


def _render_refused(claim: Claim, words: PageWords, language: Language) -> str:
    """The sentence struck out; whoever hears it hears that first."""
    return (
        f'<span class="unseen">{esc(words.struck)} </span><s>{esc(collapse(claim.text))}</s> '
        f'<span class="why">({esc(describe_refusal(claim, language))})</span>'
    )


def _render_checks(answer: Answer, words: PageWords) -> str:
    """Who wrote the answer, and unfolding what of it is not shown and why."""
    told = [said for said in (describe_independence(answer), describe_writer(answer)) if said]
    html = "".join(f'<p class="written">{esc(said)}</p>' for said in told)
    struck = [line for line in split_lines(answer) if isinstance(line, Claim)]
    hidden = [claim for claim in list_refused(answer) if claim not in struck]
    unknown = words.unknown.format(count=answer.unknown_markers) if answer.unknown_markers else ""
    if not hidden:
        return html + (f'<p class="written">{esc(unknown)}</p>' if unknown else "")
    rows = [_render_refused(claim, words, answer.language) for claim in hidden]
    rows += [esc(unknown)] if unknown else []
    listed = "".join(f"<li>{row}</li>" for row in rows)
    summary = esc(words.refused.format(count=len(hidden)))
    return f'{html}<details class="refused"><summary>{summary}</summary><ul>{listed}</ul></details>'


def _render_line(line: str, answer: Answer, number: int, *, written: bool) -> str:
    """A heading, a quote under its speaker's name, or plain text, as what a model wrote always is."""
    pieces = split_line(line, answer.citations)
    kinds = {piece.kind for piece in pieces}
    if not written and kinds == {"text"} and line.endswith(":"):
        return f'<h3 class="day">{esc(line[:-1])}</h3>'
    if written or not kinds & {"quote", "answer"}:
        return f"<p>{_render_pieces(pieces, answer, number)}</p>"
    who = ""
    if pieces[0].kind == "text":
        opening = _OPENING.search(pieces[0].text)
        cut = opening.start() if opening else len(pieces[0].text)
        who = _render_who(pieces[0].text[:cut], answer)
        pieces = [LinePart("text", pieces[0].text[cut:].strip()), *pieces[1:]]
    cited = [p.marker for p in pieces if p.kind == "marker"]
    prints = "".join(
        _render_prints(citation, number, answer.language)
        for citation in answer.citations
        if citation.marker in cited
    )
    return f"{who}<blockquote>{_render_pieces(pieces, answer, number)}</blockquote>{prints}"


def _render_prints(citation: Citation, number: int, language: Language) -> str:
    """What stands in the quoted article's place, and how many print the same: the source tells which."""
    said = describe_prints(citation, language)
    if not said:
        return ""
    return (
        f'<p class="prints"><button type="button" class="quiet" data-press="cite" '
        f'data-turn="{number}" data-marker="{citation.marker}">{esc(" · ".join(said))}</button></p>'
    )


def _render_who(text: str, answer: Answer) -> str:
    """The words before a quote; the name of its speaker stands out."""
    text = text.strip()
    names = [c.speaker for c in answer.citations if c.speaker and text.startswith(c.speaker)]
    if not names:
        return f'<p class="who">{esc(text)}</p>' if text else ""
    name = max(names, key=len)
    voice = text[len(name) :].strip(" :,")
    return f'<p class="who"><b>{esc(name)}</b> <span class="voice">{esc(voice)}</span></p>'


def _render_pieces(pieces: Sequence[LinePart], answer: Answer, number: int) -> str:
    cited = {citation.marker: citation for citation in answer.citations}
    html = ""
    tail = ""  # The last word before a marker: the two stay on one line.
    for piece in pieces:
        if piece.kind == "marker":
            marker = _render_marker(cited[piece.marker], number, answer.language)
            html += f'<span class="keep">{esc(tail)}{marker}</span>'
            tail = ""
            continue
        html += esc(tail)
        if piece.kind in _QUOTED:
            html, tail = html + _QUOTED[piece.kind].format(esc(piece.text)), ""
        else:
            cut = len(piece.text.rstrip().rpartition(" ")[0])
            html, tail = html + esc(piece.text[:cut]), piece.text[cut:]
    return html + esc(tail)


def _render_marker(citation: Citation, number: int, language: Language) -> str:
    label = choose_words(language).source.format(marker=citation.marker)
    place = describe_place(citation.article, language)
    return (
        f'<button type="button" class="cite" data-press="cite" data-turn="{number}" '
        f'data-marker="{citation.marker}" aria-label="{esc(f"{label}: {place}")}" '
        f'title="{esc(place)}">{citation.marker}</button>'
    )


def _render_chips(answer: Answer, number: int, gone: Sequence[str], *, active: bool) -> str:
    query, language = answer.query, answer.language
    words = choose_words(language)
    days: list[tuple[str, date | None]] = [
        ("since", query.window.since),
        ("until", query.window.until),
    ]
    # "Lawrow" beside "Sergej Lawrow" says nothing more.
    speakers = [
        name for name in query.speakers if not any(o.endswith(f" {name}") for o in query.speakers)
    ]
    named = [("speaker", speakers), ("unknown_speaker", query.unknown_speakers)]
    parts = [(kind, join_names(names, language)) for kind, names in named if names]
    parts += [(kind, format_date(day, "day", language)) for kind, day in days if day is not None]
    chips = [
        _render_chip(kind, f"{words.kinds[kind]} <b>{esc(value)}</b>", number, words, active)
        for kind, value in parts
    ]
    if not query.event.is_open:
        time = format_period(query.event.since, query.event.until, language)
        chips.append(f'<span class="chip">{words.kinds["event"]} <b>{esc(time)}</b></span>')
    chips += [f'<span class="chip gone"><s>{esc(kind)}</s></span>' for kind in gone]
    spoken = f"{words.kinds['language']} <b>{esc(words.languages[language])}</b>"
    chips.append(f'<span class="chip fixed">{spoken}</span>')
    return (
        f'<div class="chips" role="group" aria-label="{esc(words.understood)}">'
        f"{''.join(chips)}</div>"
    )


def _render_chip(kind: str, label: str, number: int, words: PageWords, active: bool) -> str:
    if not active:
        return f'<span class="chip">{label}</span>'
    part = "speaker" if kind == "unknown_speaker" else kind
    without = words.without.format(what=re.sub("<[^>]*>", "", label))
    return (
        f'<button type="button" class="chip" data-press="drop" data-turn="{number}" '
        f'data-part="{part}" aria-label="{without}" title="{without}">{label}'
        '<span class="cross" aria-hidden="true">×</span></button>'
    )


def _render_actions(answer: Answer, number: int, words: PageWords) -> str:
    if answer.abstained or not answer.text.strip():
        return ""
    first: dict[str, Citation] = {}
    for citation in answer.citations:
        first.setdefault(citation.article.id, citation)
    sources = "".join(
        f'<li><button type="button" class="from" data-press="cite" data-turn="{number}" '
        f'data-marker="{citation.marker}"><b>{esc(collapse(citation.article.title))}</b>'
        f"<span>{esc(describe_place(citation.article, answer.language))}</span></button></li>"
        for citation in first.values()
    )
    listed = f'<ul class="from-list" aria-label="{esc(words.sources)}">{sources}</ul>'
    return (
        f'{listed if first else ""}<p class="actions"><button type="button" class="quiet" '
        f'data-press="copy" data-done="{esc(words.copied)}" '
        f'data-copy="{esc(render_markdown(answer))}">{esc(words.copy)}</button></p>'
    )


def render_no_source_html(tongue: Language) -> str:
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
    language: Language = "en",
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
        f"{_render_related(citation, number, language)}"
        f'<div class="text" tabindex="0"{lang}>'
        f"{_render_text(citation, citations, statements)}</div>"
        "</section>"
    )


def list_related(citation: Citation) -> list[PrintedArticle]:
    """The articles that the source of a citation links to: what stands in its place, other prints."""
    newer = [citation.superseded_by.printed] if citation.superseded_by else []
    return [*newer, *citation.also_in]


def _render_related(citation: Citation, number: int, language: Language) -> str:
    """A button for each related article, under what they are."""
    groups = []
    if citation.superseded_by:
        newer = say_superseded(citation.superseded_by, language)
        groups.append((newer, [citation.superseded_by.printed]))
    if citation.also_in:
        groups.append((say_prints(len(citation.also_in), language), list(citation.also_in)))
    at = 0
    html = ""
    for said, printed in groups:
        buttons: list[str] = []
        for one in printed[:_MOST_RELATED]:
            day = format_date(one.published, one.published_precision, language)
            place = " · ".join(part for part in (one.source, day) if part)
            buttons.append(
                f'<button type="button" class="quiet" data-press="related" data-turn="{number}" '
                f'data-marker="{citation.marker}" data-number="{at + len(buttons)}">'
                f"{esc(collapse(one.title))} ({esc(place)})</button>"
            )
        at += len(printed)
        left = ["…"] if len(printed) > _MOST_RELATED else []
        html += f'<p class="prints">{esc(said)}: {" ".join([*buttons, *left])}</p>'
    return html


def _render_bar(
    citation: Citation, citations: Sequence[Citation], number: int, words: PageWords
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


def _render_address(url: str | None, words: PageWords) -> str:
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
    answer = citation.answer_span
    edges = {shown.start, shown.end, span.start, span.end}
    for other in [o.span for o in others] + [some for some in (mention, answer) if some]:
        edges |= {other.start, other.end}
    cuts = sorted(edge for edge in edges if shown.start <= edge <= shown.end)
    html = []
    for start, end in pairwise(cuts):
        piece = esc(text[start:end])
        if mention is not None and mention.start <= start < mention.end:
            piece = f'<span class="mention">{piece}</span>'
        if answer is not None and answer.start <= start < answer.end:
            piece = f'<b class="answer">{piece}</b>'
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
