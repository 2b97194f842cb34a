"""What a question asks for: speakers, topic, days, kind and language, with its conversation.

`understand` is the way in: it reads the question by itself (`rag.understanding.reading`), then
takes from the conversation what a follow-up leaves out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import get_args

from wortlaut.index.errors import ConfigError
from wortlaut.index.lang.grammar import read_grammar
from wortlaut.index.lang.roles import read_address_gender, read_titles
from wortlaut.index.lang.words import Language, detect_language
from wortlaut.index.reading.people import find_names
from wortlaut.rag.understanding.followup import FollowUp
from wortlaut.rag.understanding.office import HolderFinder
from wortlaut.rag.understanding.query import Query, QueryKind
from wortlaut.rag.understanding.reading import (
    ChooseBearers,
    Reading,
    choose_all,
    read_question,
)
from wortlaut.rag.understanding.timewindow import Window, read_today

# Their full stop would end the name before it begins.
_TITLE = re.compile(
    rf"\b(?:{'|'.join(t.capitalize() if t.isascii() else t for t in read_titles('question'))})\. "
    "(?=[A-ZÄÖÜА-Я])"
)
# "Mira Talberg (65)": an age tells nobody apart, and is no topic.
_AGE = re.compile(r"(?<=\w) \(\d{1,3}\)")


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
    find_holders: Callable[[str], Sequence[str]] | None = None,
    choose_bearers: ChooseBearers = choose_all,
    told: Sequence[tuple[str, str]] = (),
) -> Query:
    """The query a question stands for, completed from the conversation where it leaves things out.

    `known_speakers` are the archive's canonical names. `since`, `until` and `as_of` (nothing later
    than it; it also anchors "last week") narrow the days of publication; `speaker` replaces
    the speaker read, by name or by office. `find_holders` gives the canonical names of those who
    hold an office ("Kremlin spokesman"): they are then the speakers, as if they had been named.
    `choose_bearers` gives those of some namesakes whose office stands before the name.
    `told` are the speakers with their offices of the articles that the last answer quoted.
    Raises `ConfigError` for an empty question or an unknown language.
    """
    text = " ".join(unicodedata.normalize("NFC", question).split())
    text = _AGE.sub("", _TITLE.sub(_drop_stop, text))
    if not re.search(r"[^\W_]", text):
        raise ConfigError(
            "empty question: ask something, for example: What did the minister say about energy?"
        )
    spoken = _choose_language(text, language, history)
    last = history[-1] if history else None
    today = as_of or read_today()
    grammar = read_grammar(spoken)
    contrasts = grammar.connective.match(text) is not None
    holders = HolderFinder(find_holders, tuple(history), grammar.generic, contrasts, told, spoken)
    near = last.stated if last else None
    reading = read_question(
        text, spoken, known_speakers, today, near, holders.resolve, choose_bearers
    )
    query = _state(reading, question, spoken)
    if last is not None:
        query = FollowUp(query, reading, last, history, today).complete()
    if speaker is not None and speaker.strip():
        query = _set_speaker(query, speaker.strip(), known_speakers, find_holders)
    if query.lists:
        query = replace(query, topic="", lists=not query.stated.is_open)
    return query.bind(Window(since, until).intersect(Window(None, as_of)))


def _drop_stop(title: re.Match[str]) -> str:
    """Nothing for a title; a form of address without its full stop, since it tells a gender."""
    word = title[0].rstrip(". ")
    return f"{word} " if read_address_gender(word.lower()) else ""


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
        language, reading.kind, reading.order, reading.window, asked.offices, reading.further,
        reading.reports, reading.lists,
    )  # fmt: skip


def _set_speaker(
    query: Query,
    speaker: str,
    known: Sequence[str],
    find_holders: Callable[[str], Sequence[str]] | None,
) -> Query:
    """The query with the speaker that was chosen beside the question, by name or by office."""
    found = [speaker] if speaker in known else [name for _, name in find_names(speaker, known)]
    holders = find_holders(speaker) if find_holders and not found else ()
    names = tuple(dict.fromkeys([*found, *holders]))
    kind: QueryKind = "speaker" if query.kind == "fact" else query.kind
    return replace(
        query, speakers=names, unknown_speakers=() if names else (speaker,), kind=kind,
        offices=(speaker,) if holders else (),
    )  # fmt: skip
