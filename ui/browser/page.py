"""The page as HTML: header, questions, answers, filter chips, and an article whole; pure functions.

Whatever comes from questions, articles or models passes `escape_text`, and the page's buttons carry
numbers only: nothing of an article is ever run or loaded.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from wortlaut.index.archive import ArchiveCounts
from wortlaut.index.article import Article, Span, Statement
from wortlaut.index.lang.words import Language
from wortlaut.index.twins.origins import PrintedArticle
from wortlaut.rag.answer import Answer, Citation, Claim, Filters, Mode
from wortlaut.rag.desk.houseformat import choose_url
from wortlaut.rag.wording import (
    format_date,
    say_prints,
    say_superseded,
)
from wortlaut.ui.browser.chips import RemovedPart, render_chips_html
from wortlaut.ui.browser.quotes import (
    render_answer_tools_html,
    render_opinion_html,
    render_quote_texts_html,
    render_quote_tools_html,
)
from wortlaut.ui.browser.spoken import (
    SpokenRun,
    describe_card,
    list_spoken_runs,
    render_spoken_html,
    wrap_spoken,
)
from wortlaut.ui.browser.timeline import (
    TIMELINE,
    render_timeline_button,
)
from wortlaut.ui.render import (
    AnswerLine,
    LinePart,
    arrange_lines,
    collapse,
    describe_found,
    describe_independence,
    describe_place,
    describe_prints,
    describe_refusal,
    describe_writer,
    list_refused,
    render_fault,
    render_markdown,
    show_name,
    split_lines,
)
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.archive import choose_archive_words
from wortlaut.ui.words.chips import choose_chip_words
from wortlaut.ui.words.page import PageWords, choose_words
from wortlaut.ui.words.talks import choose_talk_words
from wortlaut.ui.words.timeline import choose_timeline_words

_QUOTED = {
    "quote": '<span class="quote">{}</span>',
    "answer": '<b class="quote answer">{}</b>',
}
LONGEST_SHOWN = 150_000
_MOST_RELATED = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,4})?")


@dataclass(frozen=True, slots=True)
class PageTurn:
    """One question of a conversation with its answer, or with the error it met.

    It was understood as a follow-up to the first `after` turns; `mode` is how it was asked, `None`
    the chat's own. A turn that was stopped shows what was checked by then. `removed` are the parts
    of what was understood that were taken away, to be restored. Of an `untranslated` one the
    browser asks for what a language model makes of its quotes.
    """

    question: str
    filters: Filters = Filters()  # noqa: RUF009 -- frozen
    after: int = 0
    answer: Answer | None = None
    error: str | None = None
    mode: Mode | None = None
    stopped: bool = False
    removed: tuple[RemovedPart, ...] = ()
    untranslated: bool = False


def render_welcome_html(
    counts: ArchiveCounts, examples: Sequence[str] | None, tongue: Language
) -> str:
    """What to do first: examples to click, or how to fill an empty archive.

    Without examples it is marked as waiting for some.
    """
    words = choose_words(tongue)
    if counts.articles == 0:
        return (
            f'<section class="welcome empty" lang="{tongue}"><h2>{esc(words.empty_title)}</h2>'
            f"<p>{esc(words.empty_hint)}</p><pre><code>wortlaut index PATH</code></pre>"
            '<p class="add"><button type="button" class="quiet" data-press="panel" '
            f'data-panel="archive">{esc(choose_archive_words(tongue).add_title)}</button></p>'
            "</section>"
        )
    buttons = "".join(
        f'<li><button type="button" class="example" data-press="example" data-number="{number}">'
        f"{esc(example)}</button></li>"
        for number, example in enumerate(examples or ())
    )
    waiting = " data-waiting" if examples is None else ""
    return (
        f'<section class="welcome" lang="{tongue}"{waiting}><h2>{esc(words.welcome_title)}</h2>'
        f'<p>{esc(words.welcome)}</p><ul class="examples">{buttons}</ul></section>'
    )


def render_turns_html(
    turns: Sequence[PageTurn], tongue: Language, first: int = 0, *, template: str | None = None
) -> str:
    """Turns one below the other; the first has the number `first`, `template` says how to copy."""
    return "".join(
        render_turn_html(turn, number, tongue, template=template)
        for number, turn in enumerate(turns, first)
    )


def render_turn_html(
    turn: PageTurn,
    number: int,
    tongue: Language,
    *,
    finished: bool = True,
    template: str | None = None,
) -> str:
    """One question with its answer so far and its filter chips; when finished, its actions.

    `template` says how a quote is copied.
    """
    language = turn.answer.language if turn.answer else tongue
    words = choose_words(language)
    if turn.error is not None:
        body = (
            f'<div class="notice failed" role="alert"><p class="notice-title">'
            f"{esc(words.failed)}</p><p>{render_fault(turn.error, language)}</p></div>"
        )
    elif turn.answer is None and turn.stopped:
        body = _render_stopped(words.stopped_early)
    elif turn.answer is None:
        waiting = words.asking if turn.mode == "llm" else words.searching
        body = f'<p class="searching">{esc(waiting)}</p>'
    else:
        body = render_chips_html(turn.answer, turn.filters, turn.removed, number, active=finished)
        body += render_answer_html(turn.answer, number, growing=not finished)
        if turn.stopped:
            has_text = bool(turn.answer.text.strip())
            body += _render_stopped(words.stopped if has_text else words.stopped_early)
        if finished:
            body += _render_more(turn.answer, number)
            body += _render_checks(turn.answer, words)
            body += _render_actions(turn.answer, number, words)
            body += render_quote_texts_html(turn.answer, number, template)
    asked = _render_asked(turn.question, number, language, active=finished)
    state = "" if finished else ' data-growing aria-busy="true"'
    if finished and turn.untranslated:
        state = ' data-gloss="yes"'
    return f'<article class="turn" data-turn="{number}" lang="{language}"{state}>{asked}{body}</article>'


def _render_asked(question: str, number: int, tongue: Language, *, active: bool) -> str:
    """A question, with a button to change it and ask again."""
    heading = f'<h2 class="question">{esc(question)}</h2>'
    if not active:
        return heading
    words = choose_talk_words(tongue)
    return (
        f'<div class="asked">{heading}<button type="button" class="act" data-press="edit" '
        f'data-turn="{number}" data-label="{esc(words.edited)}" data-save="{esc(words.ask_again)}" '
        f'data-cancel="{esc(words.cancel)}" aria-label="{esc(words.edit)}" '
        f'title="{esc(words.edit)}">✎</button></div>'
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
    lines = [_render_line(line, answer, number) for line in arrange_lines(answer)]
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


def _render_line(line: AnswerLine, answer: Answer, number: int) -> str:
    """A heading, a speaker's name, a quote, or plain text, as what a model wrote always is."""
    if line.claim is not None:
        words = choose_words(answer.language)
        return f'<p class="struck">{_render_refused(line.claim, words, answer.language)}</p>'
    if line.kind == "blank":
        return ""
    if line.kind == "heading":
        return f'<h3 class="day">{esc(line.pieces[0].text)}</h3>'
    if line.kind == "who":
        name = f"<b>{esc(show_name(line.name, answer))}</b> " if line.name else ""
        return f'<p class="who">{name}<span class="voice">{esc(line.voice)}</span></p>'
    pieces = _render_pieces(line.pieces, answer, number)
    if line.kind == "text":
        return f"<p>{pieces}</p>"
    prints = "".join(
        _render_prints(citation, number, answer.language)
        for citation in answer.citations
        if citation.marker in line.markers
    )
    tools = "".join(render_quote_tools_html(m, number, answer.language) for m in line.markers)
    context = _render_context(line, answer, number)
    gloss = _render_gloss(line, answer)
    return f"{context}<blockquote>{pieces}</blockquote>{gloss}{tools}{prints}"


def _render_gloss(line: AnswerLine, answer: Answer) -> str:
    """What a language model makes of a quote in another language, named as that, without marks."""
    if not line.gloss:
        return ""
    label = esc(choose_chip_words(answer.language).gloss)
    return f'<p class="gloss"><span class="label">{label}</span> {esc(collapse(line.gloss))}</p>'


def _render_context(line: AnswerLine, answer: Answer, number: int) -> str:
    """The sentence that leads up to a quote, named as that; a click opens the article there."""
    if not line.context:
        return ""
    label = esc(choose_chip_words(answer.language).context)
    return (
        f'<p class="context"><button type="button" data-press="cite" data-turn="{number}" '
        f'data-marker="{line.markers[0]}"><span class="label">{label}</span> '
        f"{esc(line.context)}</button></p>"
    )


def _render_prints(citation: Citation, number: int, language: Language) -> str:
    """What stands in the quoted article's place, and how many print the same: the source tells which."""
    said = describe_prints(citation, language)
    if not said:
        return ""
    return (
        f'<p class="prints"><button type="button" class="quiet" data-press="cite" '
        f'data-turn="{number}" data-marker="{citation.marker}">{esc(" · ".join(said))}</button></p>'
    )


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
        f'data-marker="{citation.marker}" aria-label="{esc(f"{label}: {place}")}"'
        f"{describe_card(citation, language)}>{citation.marker}</button>"
    )


def _render_more(answer: Answer, number: int) -> str:
    """How many statements there are, and a button for the next ones.

    Below a language model's answer: for the archive's own words.
    """
    found, words = describe_found(answer), choose_chip_words(answer.language)
    is_written = answer.mode == "llm" and not answer.parts and bool(answer.citations)
    if not found and not is_written:
        return ""
    more = esc(words.show_own_words if is_written else words.more)
    return (
        f'<p class="found"><span>{esc(found)}</span> <button type="button" class="quiet" '
        f'data-press="more" data-turn="{number}">{more}</button></p>'
    )


def _render_actions(answer: Answer, number: int, words: PageWords) -> str:
    tools = render_answer_tools_html(number, answer.language)
    opinion = render_opinion_html(number, answer.language)
    if answer.abstained or not answer.text.strip():
        return f'<p class="actions">{tools}</p>{opinion}'
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
        f'data-copy="{esc(render_markdown(answer))}">{esc(words.copy)}</button>'
        f"{render_timeline_button(answer, number)}{tools}</p>{opinion}"
    )


def render_no_source_html(tongue: Language, told: str | None = None) -> str:
    """The source panel before anything is opened, or where what is `told` stands in the way."""
    words = choose_words(tongue)
    return (
        f'<section class="source none" lang="{tongue}"><h2>{esc(words.source_title)}</h2>'
        f"<p>{esc(told or words.source_hint)}</p></section>"
    )


def render_source_html(
    citation: Citation,
    citations: Sequence[Citation] = (),
    statements: Sequence[Statement] = (),
    *,
    language: Language = "en",
    number: int | str = 0,
    stale: bool = False,
    gone: bool = False,
    told: str | None = None,
) -> str:
    """The whole article with the cited span marked, and lightly the answer's other spans in it.

    It is `stale` where the archive has another text by now, `gone` where it has none. `statements`
    are the article's; the one cited shows where its speaker is named. What is `told` stands above
    the text.
    """
    words, article = choose_words(language), citation.article
    changed = choose_archive_words(language).gone_cited if gone else words.stale if stale else None
    notices = [notice for notice in (changed, told) if notice]
    if len(article.text) > LONGEST_SHOWN:
        notices.append(words.shortened)
    warned = "".join(f'<p class="notice-line">{esc(notice)}</p>' for notice in notices)
    runs = list_spoken_runs(statements, _choose_shown(article.text, citation.span))
    lang = tag_language(article)
    return (
        f'<section class="source" data-turn="{number}" data-marker="{citation.marker}" '
        f'lang="{language}">{_render_bar(citation, citations, number, language)}'
        f"<h2{lang}>{esc(collapse(article.title))}</h2>"
        f'<p class="place">{esc(describe_place(article, language))}'
        f"{_render_address(article, words)}</p>"
        f"{render_spoken_html(citation, runs, language)}"
        f"{_render_tools(citation, citations, number, language)}{warned}"
        f"{_render_related(citation, number, language)}"
        f'<div class="text" tabindex="0"{lang}>'
        f"{_render_text(citation, citations, statements, runs, language)}</div>"
        "</section>"
    )


def tag_language(article: Article) -> str:
    """The attribute that says in which language the article is; "" where nobody knows."""
    tag = article.language or ""
    return f' lang="{tag}"' if _LANGUAGE.fullmatch(tag) else ""


def _render_tools(
    citation: Citation, citations: Sequence[Citation], number: int | str, language: Language
) -> str:
    """What can be done with the quote; one that no answer cites has no receipt."""
    if not isinstance(number, int):
        return ""
    is_cited = any(
        (other.article.id, other.span) == (citation.article.id, citation.span)
        for other in citations
    )
    return render_quote_tools_html(citation.marker, number, language) if is_cited else ""


def list_related(citation: Citation) -> list[PrintedArticle]:
    """The articles that the source of a citation links to: what stands in its place, other prints."""
    newer = [citation.superseded_by.printed] if citation.superseded_by else []
    return [*newer, *citation.also_in]


def _render_related(citation: Citation, number: int | str, language: Language) -> str:
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
    citation: Citation, citations: Sequence[Citation], number: int | str, language: Language
) -> str:
    words = choose_words(language)
    markers = [other.marker for other in citations]
    if citation not in citations:
        markers = []
    place = markers.index(citation.marker) if markers else 0
    steps = []
    for sign, go, label, at in (
        ("‹", "back", words.previous, place - 1),
        ("›", "forth", words.following, place + 1),
    ):
        there = 0 <= at < len(markers)
        steps.append(
            f'<button type="button" class="step" data-press="cite" data-go="{go}" '
            f'data-turn="{number}" '
            f'data-marker="{markers[at] if there else ""}" aria-label="{esc(label)}" '
            f'title="{esc(label)}"{"" if there else " disabled"}>{sign}</button>'
        )
    walk = f'{steps[0]}<span class="count">{place + 1} / {len(markers)}</span>{steps[1]}'
    name = words.source.format(marker=citation.marker) if markers else words.source_title
    badge = f'<span class="badge">{esc(name)}</span>'
    if number == TIMELINE:
        title = choose_timeline_words(language).title
        badge = (
            f'<button type="button" class="quiet" data-press="panel" data-panel="timeline">'
            f"← {esc(title)}</button>"
        )
    return (
        f'<div class="bar">{badge}'
        f'<span class="steps">{walk if len(markers) > 1 else ""}</span>'
        f'<button type="button" class="quiet back" data-press="back">↑ {esc(words.back)}</button>'
        "</div>"
    )


def _render_address(article: Article, words: PageWords) -> str:
    url = choose_url(article)
    if url is None:
        return ""
    return (
        f' · <a href="{esc(url)}" target="_blank" rel="noopener noreferrer">'
        f"{esc(words.original)}</a>"
    )


def _render_text(
    citation: Citation,
    citations: Sequence[Citation],
    statements: Sequence[Statement],
    runs: Sequence[SpokenRun],
    language: Language,
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
    edges |= {edge for run in runs for edge in (run.span.start, run.span.end)}
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
        elif held := [o for o in others if o.span.start <= start < o.span.end]:
            # The number is drawn by the style sheet, so that copied text stays the article's.
            ends = f' data-number="{held[0].marker}"' if end == held[0].span.end else ""
            piece = f'<mark class="also"{ends}>{piece}</mark>'
        html.append(wrap_spoken(piece, start, runs, text, language))
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
