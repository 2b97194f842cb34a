"""Who says what in the article of the source pane, what a number's card shows, and the keys.

All of it is HTML from pure functions; `source.js` shows it under pointer and focus.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from wortlaut.index.article import Span, Statement
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Citation
from wortlaut.rag.wording import voice_label
from wortlaut.ui.render import collapse, describe_place, describe_voice
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.source import choose_pane_words

_LONGEST_CARD = 420


@dataclass(frozen=True, slots=True)
class SpokenRun:
    """A run of an article's text that belongs to one statement; `number` counts those from 1."""

    span: Span
    number: int
    statement: Statement


def list_spoken_runs(statements: Sequence[Statement], shown: Span) -> list[SpokenRun]:
    """The runs in `shown`, in order and apart; where statements overlap, the later one's is cut."""
    inside = [s for s in statements if s.span.start >= shown.start and s.span.end <= shown.end]
    runs: list[SpokenRun] = []
    done = shown.start
    for statement in sorted(inside, key=lambda s: (s.span.start, -s.span.end)):
        start = max(statement.span.start, done)
        if start >= statement.span.end:
            continue
        done = statement.span.end
        runs.append(SpokenRun(Span(start, done), len(runs) + 1, statement))
    return runs


def wrap_spoken(
    html: str, start: int, runs: Sequence[SpokenRun], text: str, language: Language
) -> str:
    """The HTML of the piece that starts there, told whose words it holds if a statement does."""
    place = bisect_right(runs, start, key=lambda run: run.span.start) - 1
    run = runs[place] if place >= 0 else None
    if run is None or start >= run.span.end:
        return html
    how = voice_label(run.statement.voice, run.statement.via, language)
    return (
        f'<span class="said" data-said="{run.number}" data-who="{esc(_name(run, text))}" '
        f'data-how="{esc(how)}">{html}</span>'
    )


def _name(run: SpokenRun, text: str) -> str:
    """Who speaks; of those that have no name, as the article calls them."""
    statement = run.statement
    if statement.speaker:
        return collapse(statement.speaker)
    return collapse(statement.speaker_span.of(text)) if statement.speaker_span else ""


def render_spoken_html(citation: Citation, runs: Sequence[SpokenRun], language: Language) -> str:
    """Who says the cited words, and the steps to the article's other statements.

    The line tells of what is under the pointer, or was stepped to; it is read out then.
    """
    words = choose_pane_words(language)
    who = f"<b>{esc(citation.speaker)}</b> " if citation.speaker else ""
    voice = esc(voice_label(citation.voice, citation.via, language))
    nobody = esc(voice_label("narrated", None, language))
    line = (
        f'<p class="who" aria-live="polite" data-nobody="{nobody}">{who}'
        f'<span class="voice">{voice}</span></p>'
    )
    if not runs:
        return f'<div class="spoken">{line}</div>'
    here = max(runs, key=lambda run: run.span.overlap(citation.span))
    number = here.number if here.span.overlap(citation.span) else 0
    back, forth = (
        f'<button type="button" class="step" data-press="said" data-step="{step}" '
        f'aria-label="{esc(label)}" title="{esc(label)}">{sign}</button>'
        for step, sign, label in (
            ("-1", "‹", words.previous_statement),
            ("1", "›", words.next_statement),
        )
    )
    return (
        f'<div class="spoken">{line}<span class="steps" data-at="{number}" '
        f'data-count="{len(runs)}"><span class="label">{esc(words.statement)}</span>{back}'
        f'<span class="count">{number or "–"} / {len(runs)}</span>{forth}</span></div>'
    )


def describe_card(citation: Citation, language: Language) -> str:
    """The attributes of a marker's button that hold what its card shows."""
    quote = collapse(citation.quote)
    if len(quote) > _LONGEST_CARD:
        quote = quote[:_LONGEST_CARD].rsplit(" ", 1)[0] + " …"
    place = f"{collapse(citation.article.title)} · {describe_place(citation.article, language)}"
    parts = {
        "quote": quote,
        "who": describe_voice(citation, language),
        "place": place,
        "lang": citation.article.language or "",
    }
    return "".join(f' data-{name}="{esc(value)}"' for name, value in parts.items())


def render_keys_html(tongue: Language) -> str:
    """The list of the keys, to be opened as a dialog, with a way to switch them off."""
    words = choose_pane_words(tongue)
    rows = "".join(
        f"<div><dt>{''.join(f'<kbd>{esc(part)}</kbd>' for part in key.split())}</dt>"
        f"<dd>{esc(does)}</dd></div>"
        for key, does in words.keys.items()
    )
    return (
        f'<dialog class="keys" lang="{tongue}" aria-labelledby="keys-title">'
        f'<h2 id="keys-title">{esc(words.keys_title)}</h2><dl>{rows}</dl>'
        f'<p><label><input type="checkbox" class="keys-on" checked> {esc(words.keys_on)}</label></p>'
        f'<button type="button" class="quiet" data-press="shut">{esc(words.close)}</button></dialog>'
    )
