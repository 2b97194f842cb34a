"""What a question asks for: speakers, topic, days, kind and language, with its conversation.

`understand` is the way in: it reads the question by itself (`rag.understanding.reading`), then
takes from the conversation what a follow-up leaves out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import get_args

from index.errors import ConfigError
from index.people import find_names
from rag.language import Language, detect_language
from rag.query import Filter, Kind, Order, Query, describe, label_filter
from rag.understanding.reading import Reading, read_question
from rag.understanding.timewindow import Window, find_window

__all__ = [
    "Filter", "Kind", "Order", "Query", "Window", "describe", "label_filter", "understand",
]  # fmt: skip

_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_SPEAKER_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("What did {who} say about {topic}", "What did {who} say"),
    "de": ("Was {said} {who} zu {topic}", "Was {said} {who}"),
    "ru": ("Что {says} {who} {about} {topic}", "Что {says} {who}"),
}
_DATE_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("When did {who} speak about {topic}", "When did {who} speak"),
    "de": ("Wann {spoke} {who} über {topic}", "Wann {spoke} {who}"),
    "ru": ("Когда {says} {who} {about} {topic}", "Когда {says} {who}"),
}
_WHO_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("Who spoke about {topic}", "Who said something"),
    "de": ("Wer äußerte sich zu {topic}", "Wer äußerte sich"),
    "ru": ("Кто высказался {about} {topic}", "Кто высказался"),
}
_AND: dict[Language, str] = {"en": " and ", "de": " und ", "ru": " и "}


# Their full stop would end the name before it begins.
_TITLE = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|Sec|Sen|Gen|Gov|Pres|Hr|Fr|г-н|г)\. (?=[A-ZÄÖÜА-Я])")


def understand(
    question: str,
    history: Sequence[Query] = (),
    *,
    known_speakers: Sequence[str] = (),
    as_of: date | None = None,
    since: date | None = None,
    until: date | None = None,
    speaker: str | None = None,
    language: str | None = None,
) -> Query:
    """The query a question stands for, completed from the conversation where it leaves things out.

    `known_speakers` are the archive's canonical names. `since`, `until` and `as_of` (nothing later
    than it; it also anchors "last week") narrow the window read from the words; `speaker` replaces
    the speaker read. Raises `ConfigError` for an empty question or an unknown language.
    """
    text = " ".join(unicodedata.normalize("NFC", question).split())
    text = _TITLE.sub("", text)
    if not re.search(r"[^\W_]", text):
        raise ConfigError(
            "empty question: ask something, for example: What did the minister say about energy?"
        )
    spoken = _choose_language(text, language, history)
    last = history[-1] if history else None
    today = as_of or date.today()
    reading = read_question(text, spoken, known_speakers, today, last.stated if last else None)
    query = _state(reading, question, spoken)
    if last is not None:
        query = _FollowUp(query, reading, last, history, today).complete()
    if speaker is not None and speaker.strip():
        query = _set_speaker(query, speaker.strip(), known_speakers)
    asked_for = Window(since, until).intersect(Window(None, as_of))
    return replace(query, window=query.stated.intersect(asked_for))


def _choose_language(text: str, language: str | None, history: Sequence[Query]) -> Language:
    if language is None:
        return detect_language(text, history[-1].language if history else "en")
    for known in get_args(Language):
        if language == known:
            return known  # type: ignore[no-any-return]
    raise ConfigError(f"unknown language {language!r}: use de, en or ru")


def _state(reading: Reading, question: str, language: Language) -> Query:
    asked = reading.asked
    return Query(
        reading.text, question, reading.topic, asked.names, asked.unknown, reading.window,
        language, reading.kind, reading.order, reading.window,
    )  # fmt: skip


def _set_speaker(query: Query, speaker: str, known: Sequence[str]) -> Query:
    """The query with the speaker that was chosen beside the question."""
    found = [speaker] if speaker in known else [name for _, name in find_names(speaker, known)]
    names = tuple(dict.fromkeys(found))
    kind: Kind = "speaker" if query.kind == "fact" else query.kind
    return replace(query, speakers=names, unknown_speakers=() if names else (speaker,), kind=kind)


@dataclass(frozen=True, slots=True)
class _FollowUp:
    """Completes a question from the conversation before it."""

    query: Query
    reading: Reading
    last: Query
    history: Sequence[Query]
    today: date

    def complete(self) -> Query:
        """The query with what it leaves out inherited; a whole new question inherits nothing."""
        reading = self.reading
        role = reading.lone_role()
        named = self._name_in_fragment(self._resolve_object(self.query))
        if role is not None and not named.unknown_speakers:
            return self._ask_role(role)
        empty = not named.topic
        follows = reading.connective or reading.fragment or reading.asked.pronoun or empty
        if not follows and named is self.query:
            return self._add_context() if reading.points_back() else self.query
        named = self._inherit_speaker(named, empty)
        query = replace(
            named,
            topic=self._choose_topic(named),
            kind=self._choose_kind(named, empty),
            stated=self._choose_window(named),
            order=self.last.order
            if reading.fragment and named.order == "relevance"
            else named.order,
        )
        return replace(query, text=self._compose(query, empty))

    def _ask_role(self, role: str) -> Query:
        """Somebody without a name on the conversation's topic: anybody may report it."""
        query = replace(self.query, topic=self.last.topic, kind="fact")
        times = self._time_words(query) if query.stated.is_open else ""
        text = _close(_fill(_SPEAKER_TEXT, query, role), times)
        topic = f"{role}, {self.last.topic}".rstrip(", ")
        return replace(query, text=text, topic=topic, stated=self._choose_window(query))

    def _add_context(self) -> Query:
        """ "How long can the country pay for it?": the last question says what "it" is."""
        query = self.query
        if query.kind not in ("fact", "date") or query.speakers or query.unknown_speakers:
            return query
        return replace(
            query,
            text=f"{self.last.text} {query.text}",
            topic=f"{query.topic}, {self.last.topic}".rstrip(", "),
            stated=self._choose_window(query),
        )

    def _resolve_object(self, query: Query) -> Query:
        """ "What did Brandt say about her?": she is whom the conversation is about."""
        token = self.reading.find_object()
        people = self._last_people()
        if token is None or query.topic or not people or set(people) == set(query.speakers):
            return query
        if self.reading.asked.pronoun is not None:
            return query
        return replace(query, topic=" ".join(people))

    def _last_people(self) -> tuple[str, ...]:
        for past in reversed(self.history):
            if past.speakers or past.unknown_speakers:
                return past.speakers or past.unknown_speakers
        return ()

    def _name_in_fragment(self, query: Query) -> Query:
        """ "And Borvik?" after a question to a speaker asks for a speaker we do not know."""
        someone = self.last.speakers or self.last.unknown_speakers
        if query.speakers or query.unknown_speakers or not someone:
            return query
        name = self.reading.lone_name() if self.reading.fragment else None
        if name is None or name.lower() in self.last.topic.lower():
            return query
        return replace(query, topic="", unknown_speakers=(name,))

    def _inherit_speaker(self, query: Query, empty: bool) -> Query:
        reading = self.reading
        if query.speakers or query.unknown_speakers or reading.asked.role or query.kind == "who":
            return query
        if reading.fragment and reading.asks_who:
            return query
        if not (reading.asked.pronoun or reading.fragment or empty):
            return query
        source = self.last
        if reading.asked.pronoun:
            past = (p for p in reversed(self.history) if p.speakers or p.unknown_speakers)
            source = next(past, self.last)
        return replace(query, speakers=source.speakers, unknown_speakers=source.unknown_speakers)

    def _choose_kind(self, query: Query, empty: bool) -> Kind:
        reading = self.reading
        given = self.query.speakers or query.unknown_speakers != self.last.unknown_speakers
        if not reading.fragment:
            someone = query.speakers or query.unknown_speakers
            return "speaker" if query.kind == "fact" and someone and empty else query.kind
        if reading.asks_who:
            return "who"
        if reading.asks_otherwise and self.last.kind == "date":
            return "speaker" if query.speakers or query.unknown_speakers else "fact"
        if query.kind == "date":
            return "date"
        if given and self.last.kind in ("fact", "who"):
            return "speaker"
        return self.last.kind

    def _choose_topic(self, query: Query) -> str:
        """The new topic; in a conversation about facts it narrows the old one."""
        someone = query.speakers or query.unknown_speakers or self.reading.asks_who
        if self.reading.fragment and query.topic and self.last.kind in ("fact", "date"):
            return query.topic if someone else f"{self.last.topic}, {query.topic}".strip(", ")
        return query.topic or self.last.topic

    def _choose_window(self, query: Query) -> Window:
        if not query.stated.is_open:
            return query.stated
        before, after = self.reading.shifts()
        past = self.last.stated
        if before and past.since is not None:
            return Window(None, past.since - timedelta(days=past.since > date.min))
        if after and past.until is not None:
            return Window(past.until + timedelta(days=past.until < date.max), None)
        return past

    def _compose(self, query: Query, empty: bool) -> str:
        """The question in words that need no conversation."""
        reading, last = self.reading, self.last
        who = self._show_people(query)
        times = self._time_words(query)
        if not reading.fragment and not empty and query.topic == reading.topic:
            return _close(reading.rewrite(who), times if not reading.times else "")
        if query.kind in ("speaker", "date") and who and not reading.asks_otherwise:
            texts = _SPEAKER_TEXT if query.kind == "speaker" else _DATE_TEXT
            return _close(_fill(texts, query, who), times)
        if query.kind == "who":
            return _close(_fill(_WHO_TEXT, query, ""), times)
        if empty and not reading.asks_otherwise and query.kind == last.kind:
            return _close(_without_times(last.text, self.today, last.language), times)
        return f"{last.text} {query.question.strip()}"

    def _time_words(self, query: Query) -> str:
        if self.reading.times:
            return " ".join(span.of(self.reading.body) for span in self.reading.times)
        if query.stated != self.last.stated:
            return ""
        _, spans = find_window(self.last.text[:1000], self.today, language=self.last.language)
        return " ".join(span.of(self.last.text) for span in spans)

    def _show_people(self, query: Query) -> str:
        """The speakers as the question's script writes them where the conversation shows that."""
        shown = []
        for name in query.speakers:
            typed = [
                span.of(text)
                for text in (self.reading.body, self.last.text[:1000])
                for span, _ in find_names(text, [name])
                if bool(_CYRILLIC.search(span.of(text))) == (query.language == "ru")
            ]
            same = bool(_CYRILLIC.search(name)) == (query.language == "ru")
            shown.append(name if same or not typed else typed[0])
        return _AND[query.language].join([*dict.fromkeys(shown), *query.unknown_speakers])


def _fill(texts: dict[Language, tuple[str, str]], query: Query, who: str) -> str:
    several = len(query.speakers) + len(query.unknown_speakers) > 1
    return texts[query.language][not query.topic].format(
        who=who,
        topic=query.topic,
        said="sagten" if several else "sagte",
        spoke="sprachen" if several else "sprach",
        says="говорят" if several else "говорит",
        about="об" if query.topic[:1].lower() in tuple("аэиоу") else "о",
    )


def _close(text: str, times: str) -> str:
    """The question with its time words and one question mark at the end."""
    body = text.rstrip(" ?!.")
    return f"{body} {times}?" if times else f"{body}?"


def _without_times(text: str, today: date, language: Language) -> str:
    _, spans = find_window(text[:1000], today, language=language)
    for span in reversed(spans):
        text = text[: span.start] + text[span.end :]
    return " ".join(text.split())
