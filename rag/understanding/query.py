"""A question as understood, and the filters it sets, in words a reader can check."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from wortlaut.index.lang.words import Language
from wortlaut.rag.understanding.timewindow import OPEN, Window

QueryKind = Literal["speaker", "fact", "date", "who"]
Order = Literal["relevance", "newest", "oldest"]
Filter = Literal["speaker", "unknown_speaker", "topic", "event", "since", "until", "order"]

_LABELS: dict[Language, dict[Filter, str]] = {
    "en": {"speaker": "speaker", "unknown_speaker": "not in the archive", "topic": "topic",
           "event": "time", "since": "since", "until": "until", "order": "order"},
    "de": {"speaker": "Sprecher", "unknown_speaker": "nicht im Archiv", "topic": "Thema",
           "event": "Zeit", "since": "ab", "until": "bis", "order": "Reihenfolge"},
    "ru": {"speaker": "кто говорит", "unknown_speaker": "нет в архиве", "topic": "тема",
           "event": "время", "since": "с", "until": "по", "order": "порядок"},
}  # fmt: skip
_ORDERS: dict[Language, dict[Order, str]] = {
    "en": {"newest": "newest first", "oldest": "oldest first"},
    "de": {"newest": "neueste zuerst", "oldest": "älteste zuerst"},
    "ru": {"newest": "сначала новые", "oldest": "сначала старые"},
}


@dataclass(frozen=True, slots=True)
class Query:
    """A question as understood; for a follow-up, completed from the conversation.

    `text` is the self-contained question to retrieve with, `question` what was typed. `topic` is
    the question without speakers, question words and times ("" when nothing is left).
    `unknown_speakers` are names asked for that the archive does not know, as typed. `stated` is
    the time that the conversation's words gave: when somebody said something, and so a part of
    `window`, the days of publication; or else when something happened (`event`). `reports` says
    that the words are about what was published; `lists`, about everything from that time.
    `follows` says that it was completed from the conversation; `own` is then what it says by
    itself, if `text` has the conversation's topic beside it. `inherited` names the parts that come
    from there: speaker, topic, since, until, event, order.
    `offices` are the words that name the speaker without a name ("Kremlin spokesman"), whether or
    not it is known who is meant. `further` asks for something else than was answered before.
    """

    text: str
    question: str
    topic: str
    speakers: tuple[str, ...]
    unknown_speakers: tuple[str, ...]
    window: Window
    language: Language
    kind: QueryKind
    order: Order = "relevance"
    stated: Window = OPEN
    offices: tuple[str, ...] = ()
    further: bool = False
    reports: bool = False
    lists: bool = False
    follows: bool = False
    own: str = ""
    inherited: frozenset[str] = frozenset()

    @property
    def event(self) -> Window:
        """The time in which something happened; it binds nothing. Open for "when it was said"."""
        said = self.kind in ("speaker", "who") or self.speakers or self.unknown_speakers
        return OPEN if said or self.offices or self.reports else self.stated

    def bind(self, fixed: Window) -> Query:
        """The query with its days of publication: of the `fixed` ones those its words leave."""
        window = fixed if self.event == self.stated else self.stated.intersect(fixed)
        return replace(self, window=window)


def describe(query: Query) -> list[tuple[Filter, str]]:
    """The filters that were understood, as (kind of filter, shown value) in the order to show.

    Dates are ISO days; words are in the question's language. `label_filter` names the kind.
    """
    chips: list[tuple[Filter, str]] = [("speaker", name) for name in query.speakers]
    chips += [("unknown_speaker", name) for name in query.unknown_speakers]
    if query.topic:
        chips.append(("topic", query.topic))
    if not query.event.is_open:
        days = (query.event.since, query.event.until)
        shown = [day.isoformat() if day else "" for day in days]
        chips.append(("event", " – ".join(dict.fromkeys(shown)).strip()))
    if query.window.since is not None:
        chips.append(("since", query.window.since.isoformat()))
    if query.window.until is not None:
        chips.append(("until", query.window.until.isoformat()))
    if query.order != "relevance":
        chips.append(("order", _ORDERS[query.language][query.order]))
    return chips


def label_filter(kind: Filter, language: Language) -> str:
    """The word for a kind of filter in the language of the page."""
    return _LABELS[language][kind]
