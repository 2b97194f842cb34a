"""A question as understood, and the filters it sets, in words a reader can check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wortlaut.index.lang.words import Language
from wortlaut.rag.understanding.timewindow import OPEN, Window

QueryKind = Literal["speaker", "fact", "date", "who"]
Order = Literal["relevance", "newest", "oldest"]
Filter = Literal["speaker", "unknown_speaker", "topic", "since", "until", "order"]

_LABELS: dict[Language, dict[Filter, str]] = {
    "en": {"speaker": "speaker", "unknown_speaker": "not in the archive", "topic": "topic",
           "since": "since", "until": "until", "order": "order"},
    "de": {"speaker": "Sprecher", "unknown_speaker": "nicht im Archiv", "topic": "Thema",
           "since": "ab", "until": "bis", "order": "Reihenfolge"},
    "ru": {"speaker": "кто говорит", "unknown_speaker": "нет в архиве", "topic": "тема",
           "since": "с", "until": "по", "order": "порядок"},
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
    the part of `window` that the conversation's words gave, without `since`, `until`, `as_of`.
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


def describe(query: Query) -> list[tuple[Filter, str]]:
    """The filters that were understood, as (kind of filter, shown value) in the order to show.

    Dates are ISO days; words are in the question's language. `label_filter` names the kind.
    """
    chips: list[tuple[Filter, str]] = [("speaker", name) for name in query.speakers]
    chips += [("unknown_speaker", name) for name in query.unknown_speakers]
    if query.topic:
        chips.append(("topic", query.topic))
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
