"""The timeline's panel: whose statements it shows, which of them, and all of it as HTML.

What comes from the browser is read as names, words and days; sources and voices only from those
that there are.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from wortlaut.index.article import Voice
from wortlaut.index.errors import WortlautError
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Answer, Filters
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.rag.wording import voice_label
from wortlaut.ui.browser.header import render_close_html
from wortlaut.ui.browser.spoken import describe_card
from wortlaut.ui.render import collapse, render_fault, show_date
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.timelineplot import TimelineRow, draw_timeline, is_dated, merge_prints
from wortlaut.ui.words.page import choose_words
from wortlaut.ui.words.timeline import TimelineWords, choose_timeline_words

if TYPE_CHECKING:
    from wortlaut.rag.chat import NewsChat

# Stands for the number of a turn where the timeline's statements are meant.
TIMELINE = "t"
_LONGEST = 200
_MOST_PEOPLE = 300
_VOICES: tuple[Voice, ...] = ("direct", "reported", "narrated")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class TimelineAsk:
    """Whose statements on what, and the filters on them; "" and `None` filter nothing."""

    people: tuple[str, ...] = ()
    topic: str = ""
    since: date | None = None
    until: date | None = None
    source: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class ShownTimeline:
    """What was asked for, and every row found for its people and topic, whatever its filters."""

    ask: TimelineAsk = TimelineAsk()
    rows: tuple[TimelineRow, ...] = ()
    error: str = ""


def read_timeline_ask(values: object) -> TimelineAsk:
    """What the browser's form says; of anything that is no such value nothing."""
    given: Mapping[str, object] = values if isinstance(values, dict) else {}

    def read(name: str) -> str:
        value = given.get(name)
        return collapse(value)[:_LONGEST] if isinstance(value, str) else ""

    people = tuple(dict.fromkeys(name for name in (read("first"), read("second")) if name))
    voice = next((known for known in _VOICES if known == read("voice")), "")
    return TimelineAsk(
        people, read("topic"), _read_day(read("since")), _read_day(read("until")),
        read("source"), voice,
    )  # fmt: skip


def _read_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def begin_timeline(answer: Answer) -> TimelineAsk:
    """What the answer is about: its speakers, two at most, their topic and its days."""
    query = answer.query
    # "Lawrow" beside "Sergej Lawrow" is the same person.
    people = [n for n in query.speakers if not any(o.endswith(f" {n}") for o in query.speakers)]
    people = people or [c.speaker for c in answer.citations if c.speaker]
    topic = query.topic if query.speakers else ""
    window = query.window
    return TimelineAsk(tuple(dict.fromkeys(people))[:2], topic, window.since, window.until)


def find_timeline(
    chat: NewsChat, ask: TimelineAsk, shown: ShownTimeline, tongue: Language
) -> ShownTimeline:
    """The rows for what is asked, or why there are none; `shown`'s, where only filters differ."""
    if (ask.people, ask.topic) == (shown.ask.people, shown.ask.topic) and not shown.error:
        return replace(shown, ask=ask)
    try:
        lanes = [chat.list_timeline(name, ask.topic, Filters()) for name in ask.people]
    except WortlautError as error:
        return ShownTimeline(ask, error=str(error))
    except Exception:
        _log.exception("a timeline failed")
        return ShownTimeline(ask, error=choose_words(tongue).unforeseen)
    return ShownTimeline(ask, tuple(merge_prints(lanes)))


def list_shown(shown: ShownTimeline) -> list[TimelineRow]:
    """The rows that pass the filters."""
    ask = shown.ask
    window = Window(ask.since, ask.until)
    return [
        row
        for row in shown.rows
        if window.admits(row.citation.article.published, row.citation.article.published_precision)
        and ask.source in ("", row.citation.article.source)
        and ask.voice in ("", row.citation.voice)
    ]


def render_timeline_button(answer: Answer, number: int) -> str:
    """The button that opens the timeline of what the answer is about; "" where nobody speaks."""
    if not begin_timeline(answer).people:
        return ""
    title = choose_timeline_words(answer.language).title
    return (
        f' <button type="button" class="quiet" data-press="timeline" data-turn="{number}">'
        f"{esc(title)}</button>"
    )


def render_timeline_html(shown: ShownTimeline, people: Sequence[str], tongue: Language) -> str:
    """The panel: the form, the picture, and below it the same statements as a list."""
    words = choose_timeline_words(tongue)
    return (
        f'<section class="timeline" lang="{tongue}"><div class="bar">'
        f"<h2>{esc(words.title)}</h2>{render_close_html(words.close)}</div>"
        f"{_render_form(shown, people, words)}{_render_found(shown, words, tongue)}</section>"
    )


def _render_form(shown: ShownTimeline, people: Sequence[str], words: TimelineWords) -> str:
    ask = shown.ask
    first, second = (*ask.people, "", "")[:2]
    fields = "".join(
        f'<label><span>{esc(label)}</span><input name="{name}" value="{esc(value)}"'
        f' maxlength="{_LONGEST}" autocomplete="off"{listed}></label>'
        for name, label, value, listed in (
            ("first", words.person, first, ' list="timeline-people"'),
            ("second", words.beside, second, ' list="timeline-people"'),
            ("topic", words.topic, ask.topic, ""),
        )
    )
    options = "".join(f'<option value="{esc(name)}"></option>' for name in people[:_MOST_PEOPLE])
    filters = _render_filters(shown, words) if shown.rows else ""
    return (
        f'<form class="whose">{fields}<button type="submit" class="quiet">{esc(words.show)}</button>'
        f'<datalist id="timeline-people">{options}</datalist>{filters}</form>'
    )


def _render_filters(shown: ShownTimeline, words: TimelineWords) -> str:
    ask = shown.ask
    days = "".join(
        f'<label><span>{esc(label)}</span><input type="date" name="{name}" '
        f'value="{day.isoformat() if day else ""}"></label>'
        for name, label, day in (
            ("since", words.since, ask.since),
            ("until", words.until, ask.until),
        )
    )
    sources = sorted({row.citation.article.source or "" for row in shown.rows} - {""})
    heard = {row.citation.voice for row in shown.rows}
    voices = [(voice, said) for voice, said in words.voices.items() if voice in heard]
    choices = "".join(
        f'<label><span>{esc(label)}</span><select name="{name}"><option value="">'
        f"{esc(words.every)}</option>{_render_options(known, chosen)}</select></label>"
        for name, label, known, chosen in (
            ("source", words.source, [(source, source) for source in sources], ask.source),
            ("voice", words.voice, voices, ask.voice),
        )
    )
    return f'<div class="filters">{days}{choices}</div>'


def _render_options(known: Sequence[tuple[str, str]], chosen: str) -> str:
    return "".join(
        f'<option value="{esc(value)}"{" selected" if value == chosen else ""}>{esc(said)}</option>'
        for value, said in known
    )


def _render_found(shown: ShownTimeline, words: TimelineWords, tongue: Language) -> str:
    if shown.error:
        return f'<p class="notice-line" role="alert">{render_fault(shown.error, tongue)}</p>'
    if not shown.ask.people:
        return f'<p class="hint">{esc(words.hint)}</p>'
    rows = list_shown(shown)
    told = words.count.format(count=len(rows))
    if len(rows) < len(shown.rows):
        told = words.filtered.format(count=len(rows), all=len(shown.rows))
    if not rows:
        told = f"{words.none} {told}" if shown.rows else words.none
    html = f'<p class="found" role="status">{esc(told)}</p>'
    html += draw_timeline(rows, shown.ask.people, tongue)
    if rows and any(map(is_dated, rows)):
        html += _render_legend(rows, words)
    dated = [row for row in rows if is_dated(row)]
    undated = [row for row in rows if not is_dated(row)]
    html += _render_rows(dated, words, tongue)
    if undated:
        html += f'<h3 class="day">{esc(words.undated)}</h3>{_render_rows(undated, words, tongue)}'
    return html


def _render_legend(rows: Sequence[TimelineRow], words: TimelineWords) -> str:
    heard = {row.citation.voice for row in rows}
    signs = "".join(
        f'<span><i class="sign {voice}" aria-hidden="true"></i>{esc(said)}</span>'
        for voice, said in words.voices.items()
        if voice in heard
    )
    return f'<p class="legend">{signs}</p>'


def _render_rows(rows: Sequence[TimelineRow], words: TimelineWords, tongue: Language) -> str:
    if not rows:
        return ""
    return f'<ol class="rows">{"".join(_render_row(row, words, tongue) for row in rows)}</ol>'


def _render_row(row: TimelineRow, words: TimelineWords, tongue: Language) -> str:
    citation, article = row.citation, row.citation.article
    day = f'<span class="when">{esc(show_date(article, tongue))}</span>' if is_dated(row) else ""
    who = f"<b>{esc(citation.speaker)}</b> " if citation.speaker else ""
    voice = esc(voice_label(citation.voice, citation.via, tongue))
    place = [article.source or collapse(article.title)]
    if row.prints > 1:
        place.append(words.prints.format(count=row.prints))
    return (
        f'<li><button type="button" class="stated" data-press="cite" data-turn="{TIMELINE}" '
        f'data-marker="{citation.marker}"{describe_card(citation, tongue)}>{day}'
        f'<span class="who"><i class="sign lane-{row.lane + 1} {citation.voice}" '
        f'aria-hidden="true"></i>{who}<span class="voice">{voice}</span></span>'
        f'<span class="words">{esc(collapse(citation.quote))}</span>'
        f'<span class="at">{esc(" · ".join(place))}</span></button></li>'
    )
