"""The chips that say how a question was understood, and the pickers that change them, as HTML.

Pure functions. A chip's buttons carry its turn and the name of its part, a picker's the number of a
choice in the list that the server's session keeps; names from the archive pass `escape_text`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, get_args

from wortlaut.index.lang.words import LANGUAGES, Language
from wortlaut.rag.answer import Answer, Filters
from wortlaut.rag.understanding.choices import Choice
from wortlaut.rag.understanding.query import Order
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.rag.wording import format_date, format_period, join_names
from wortlaut.ui.render import collapse, show_name
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.chips import ChipWords, choose_chip_words
from wortlaut.ui.words.page import choose_words

PARTS = ("speaker", "topic", "event", "since", "until", "order", "source", "language")
PICKERS = ("add", "speaker", "topic", "event", "period", "source", "language", "order")
_PICKED_BY = {"since": "period", "until": "period"}
_PERIODS = ("period", "event")
# What the question itself says, and can be told to leave aside.
_SAID = frozenset({"speaker", "topic", "event", "since", "until", "order"})
LONGEST_TOPIC = 200
_LIST_LABELS = {"speaker": "statements", "source": "articles"}


@dataclass(frozen=True, slots=True)
class RemovedPart:
    """A chip that was taken away: what it showed, and what the user had set it to, if he had.

    `is_instead` says that his choice stood in place of what the question says.
    """

    part: str
    shown: str
    value: Any = None
    is_instead: bool = False


@dataclass(frozen=True, slots=True)
class Chip:
    """One part of what was understood; `is_set` where the user chose it himself."""

    part: str
    label: str
    value: str
    is_set: bool = False
    is_inherited: bool = False
    is_removable: bool = True

    @property
    def text(self) -> str:
        """What the chip says: "Speaker Mira Talberg"."""
        return f"{self.label} {self.value}"


def list_chips(answer: Answer, filters: Filters) -> list[Chip]:
    """What was understood and set, part by part."""
    query, language = answer.query, answer.language
    words = choose_words(language)
    # "Lawrow" beside "Sergej Lawrow" says nothing more.
    speakers = [
        name for name in query.speakers if not any(o.endswith(f" {name}") for o in query.speakers)
    ]
    values: list[tuple[str, str, str]] = []
    if speakers:
        shown = [show_name(name, answer) for name in speakers]
        values.append(("speaker", "speaker", join_names(shown, language)))
    if query.unknown_speakers:
        shown = list(query.unknown_speakers)
        values.append(("speaker", "unknown_speaker", join_names(shown, language)))
    if query.topic:
        values.append(("topic", "topic", query.topic))
    if not query.event.is_open:
        time = format_period(query.event.since, query.event.until, language)
        values.append(("event", "event", time))
    for part, day in (("since", query.window.since), ("until", query.window.until)):
        if day is not None:
            values.append((part, part, format_date(day, "day", language)))
    if query.order != "relevance":
        values.append(("order", "order", choose_chip_words(language).orders[query.order]))
    if filters.source:
        values.append(("source", "source", filters.source))
    values.append(("language", "language", words.languages[language]))
    about_somebody = bool(speakers or query.unknown_speakers)
    return [
        Chip(
            part,
            words.kinds[kind],
            collapse(value),
            is_set=_get(filters, part) is not None,
            is_inherited=part in query.inherited,
            is_removable=_is_removable(part, filters, about_somebody),
        )
        for part, kind, value in values
    ]


def _is_removable(part: str, filters: Filters, about_somebody: bool) -> bool:
    if part == "language":
        return filters.language is not None
    # Of a question of fact nothing would be left.
    return part != "topic" or about_somebody or filters.topic is not None


def remove_part(
    answer: Answer, filters: Filters, removed: Sequence[RemovedPart], part: str
) -> tuple[Filters, tuple[RemovedPart, ...]] | None:
    """The filters without the part, and what was removed by now; `None` where it is not there."""
    chips = [chip for chip in list_chips(answer, filters) if chip.part == part]
    if not chips or not all(chip.is_removable for chip in chips):
        return None
    shown = " · ".join(chip.text for chip in chips)
    gone = RemovedPart(part, shown, _get(filters, part), part in filters.without)
    changed = _set(filters, part, None)
    if part in _SAID:
        changed = replace(changed, without=changed.without | {part})
    return changed, (*(one for one in removed if one.part != part), gone)


def restore_part(
    filters: Filters, removed: Sequence[RemovedPart], part: str
) -> tuple[Filters, tuple[RemovedPart, ...]] | None:
    """The filters with the part as it was before it was removed; `None` where it was not."""
    gone = next((one for one in removed if one.part == part), None)
    if gone is None:
        return None
    changed = _set(filters, part, gone.value)
    if not gone.is_instead:
        changed = _free(changed, part)
    return changed, tuple(one for one in removed if one.part != part)


def set_part(filters: Filters, picker: str, value: Any) -> Filters | None:
    """The filters with what was chosen in a picker; `None` for what cannot be chosen there.

    A period is a pair of days as the browser sends them, "" for none.
    """
    if picker in _PERIODS:
        return _set_period(filters, picker, value)
    if picker == "topic":
        topic = collapse(value)[:LONGEST_TOPIC] if isinstance(value, str) else ""
        return _free(_set(filters, "topic", topic), "topic") if topic else None
    known = {"language": LANGUAGES, "order": get_args(Order)}.get(picker)
    if known is not None and value not in known:
        return None
    if not isinstance(value, str) or picker not in ("speaker", "source", "language", "order"):
        return None
    return _free(_set(filters, picker, value), picker)


def _set_period(filters: Filters, picker: str, value: Any) -> Filters | None:
    try:
        first, last = (date.fromisoformat(day) if day else None for day in value)
    except (TypeError, ValueError):
        return None
    if not (first or last) or (first and last and first > last):
        return None
    if picker == "event":
        return _free(_set(filters, "event", (first, last)), "event")
    # The days that the question names give way to the chosen ones.
    said = filters.without | {"since", "until"}
    return replace(filters, since=first, until=last, without=said)


def _set(filters: Filters, part: str, value: Any) -> Filters:
    if part == "event":
        first, last = value or (None, None)
        return replace(filters, event_since=first, event_until=last)
    return replace(filters, **{part: value})


def _get(filters: Filters, part: str) -> Any:
    """What the user set the part to, `None` where he did not; of an event its two days."""
    if part == "event":
        days = (filters.event_since, filters.event_until)
        return days if any(days) else None
    return getattr(filters, part, None)


def _free(filters: Filters, part: str) -> Filters:
    return replace(filters, without=filters.without - {part})


def render_chips_html(
    answer: Answer,
    filters: Filters,
    removed: Sequence[RemovedPart],
    number: int,
    *,
    active: bool,
) -> str:
    """The chips of a turn; where it is finished each can be changed, removed and restored."""
    words = choose_chip_words(answer.language)
    chips = list_chips(answer, filters)
    shown = {chip.part for chip in chips}
    placed = [
        (PARTS.index(chip.part), _render_chip(chip, number, words, answer.language, active))
        for chip in chips
    ]
    placed += [
        (PARTS.index(one.part), _render_gone(one, number, words, active))
        for one in removed
        if one.part not in shown
    ]
    html = [chip for _, chip in sorted(placed, key=lambda placing: placing[0])]
    if active:
        html.append(
            f'<button type="button" class="chip narrow" data-press="pick" data-turn="{number}" '
            f'data-part="add" title="{esc(words.narrow_title)}">'
            f'<span aria-hidden="true">+</span> {esc(words.narrow)}</button>'
        )
    label = esc(choose_words(answer.language).understood)
    return f'<div class="chips" role="group" aria-label="{label}">{"".join(html)}</div>'


def _render_chip(
    chip: Chip, number: int, words: ChipWords, language: Language, active: bool
) -> str:
    before = ""
    if chip.is_inherited:
        before = f'<i class="before" title="{esc(words.before_hint)}">{esc(words.before)}</i>'
    label = f"{esc(chip.label)} <b>{esc(chip.value)}</b>{before}"
    classes = "chip set" if chip.is_set else "chip"
    if not active:
        return f'<span class="{classes}"><span class="says">{label}</span></span>'
    change = esc(words.change.format(what=chip.text))
    picker = _PICKED_BY.get(chip.part, chip.part)
    html = (
        f'<button type="button" class="says" data-press="pick" data-turn="{number}" '
        f'data-part="{picker}" aria-label="{change}" title="{change}">'
        f"{label}</button>"
    )
    if chip.is_removable:
        without = esc(choose_words(language).without.format(what=chip.text))
        html += (
            f'<button type="button" class="cross" data-press="drop" data-turn="{number}" '
            f'data-part="{chip.part}" aria-label="{without}" title="{without}">'
            '<span aria-hidden="true">×</span></button>'
        )
    return f'<span class="{classes}">{html}</span>'


def _render_gone(one: RemovedPart, number: int, words: ChipWords, active: bool) -> str:
    struck = f"<s>{esc(one.shown)}</s>"
    if not active:
        return f'<span class="chip gone"><span class="says">{struck}</span></span>'
    said = esc(words.restore.format(what=one.shown))
    return (
        f'<button type="button" class="chip gone" data-press="regain" data-turn="{number}" '
        f'data-part="{one.part}" aria-label="{said}" title="{said}">{struck}'
        '<span class="cross" aria-hidden="true">↺</span></button>'
    )


def render_picker_html(picker: str, answer: Answer, serial: int, tongue: Language) -> str:
    """The dialog that changes a part: what it asks for; the choices of a list come beside it."""
    words = choose_chip_words(tongue)
    title = esc(words.pick[picker])
    if picker in _PERIODS:
        window = answer.query.event if picker == "event" else answer.query.window
        body = _render_period(window, words)
    elif picker == "topic":
        body = _render_topic(answer, words)
    elif picker in _LIST_LABELS:
        body = (
            f'<input type="search" data-find autocomplete="off" maxlength="{LONGEST_TOPIC}" '
            f'placeholder="{esc(words.find)}" aria-label="{title}">'
        )
    else:
        body = ""
    return (
        f'<div class="picker" data-picker="{picker}" data-serial="{serial}" lang="{tongue}">'
        f'<div class="picker-head"><h2>{title}</h2><button type="button" class="quiet" '
        f'data-press="close" aria-label="{esc(words.close)}">×</button></div>{body}</div>'
    )


def _render_period(window: Window, words: ChipWords) -> str:
    fields = "".join(
        f'<label>{esc(label)} <input type="date" name="{name}" '
        f'value="{day.isoformat() if day else ""}"></label>'
        for name, label, day in (
            ("since", words.first_day, window.since),
            ("until", words.last_day, window.until),
        )
    )
    return f'<form class="period">{fields}{_render_apply(words)}</form>'


def _render_topic(answer: Answer, words: ChipWords) -> str:
    return (
        f'<form><input type="text" name="topic" autocomplete="off" maxlength="{LONGEST_TOPIC}" '
        f'value="{esc(answer.query.topic)}" aria-label="{esc(words.pick["topic"])}">'
        f"{_render_apply(words)}</form>"
    )


def _render_apply(words: ChipWords) -> str:
    return f'<button type="submit" class="apply">{esc(words.apply)}</button>'


def list_fixed_choices(picker: str, tongue: Language) -> list[Choice]:
    """The choices of a picker that do not come from the archive."""
    words = choose_chip_words(tongue)
    if picker == "add":
        # Not every question has a time of an event; a chip changes that of one that has.
        offered = (name for name in PICKERS if name not in ("add", "event"))
        return [Choice(words.pick[name], value=name) for name in offered]
    if picker == "order":
        return [Choice(words.orders[order], value=order) for order in get_args(Order)]
    if picker == "language":
        names = choose_words(tongue).languages
        return [Choice(names[language], value=language) for language in LANGUAGES]
    return []


def render_choices_html(
    picker: str, choices: Sequence[Choice], serial: int, tongue: Language
) -> str:
    """The choices as buttons that carry their number; `serial` tells this list from others."""
    words = choose_chip_words(tongue)
    if not choices:
        said = esc(words.nobody) if picker in _LIST_LABELS else ""
        return f'<p class="none" lang="{tongue}" data-serial="{serial}">{said}</p>'
    counted = getattr(words, _LIST_LABELS.get(picker, "articles"))
    rows = "".join(
        f'<li><button type="button" data-press="take" data-number="{number}" '
        f'data-serial="{serial}"><span>{esc(collapse(choice.name))}</span>'
        f"{_render_count(choice, counted)}</button></li>"
        for number, choice in enumerate(choices)
    )
    return f'<ul class="choices" lang="{tongue}" data-serial="{serial}">{rows}</ul>'


def _render_count(choice: Choice, counted: str) -> str:
    if choice.count is None:
        return ""
    said = esc(counted.format(count=choice.count))
    return f'<i title="{said}" aria-label="{said}">{choice.count}</i>'
