"""Questions put into words that need no conversation."""

from __future__ import annotations

from datetime import date

from wortlaut.index.lang.language import Language
from wortlaut.rag.query import Query
from wortlaut.rag.understanding.timewindow import find_window

SPEAKER_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("What did {who} say about {topic}", "What did {who} say"),
    "de": ("Was {said} {who} zu {topic}", "Was {said} {who}"),
    "ru": ("Что {says} {who} {about} {topic}", "Что {says} {who}"),
}
DATE_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("When did {who} speak about {topic}", "When did {who} speak"),
    "de": ("Wann {spoke} {who} über {topic}", "Wann {spoke} {who}"),
    "ru": ("Когда {says} {who} {about} {topic}", "Когда {says} {who}"),
}
WHO_TEXT: dict[Language, tuple[str, str]] = {
    "en": ("Who spoke about {topic}", "Who said something"),
    "de": ("Wer äußerte sich zu {topic}", "Wer äußerte sich"),
    "ru": ("Кто высказался {about} {topic}", "Кто высказался"),
}
AND: dict[Language, str] = {"en": " and ", "de": " und ", "ru": " и "}


def fill(texts: dict[Language, tuple[str, str]], query: Query, who: str) -> str:
    """The question of one kind about `who` and the query's topic, without its mark."""
    several = len(query.speakers) + len(query.unknown_speakers) > 1
    return texts[query.language][not query.topic].format(
        who=who,
        topic=query.topic,
        said="sagten" if several else "sagte",
        spoke="sprachen" if several else "sprach",
        says="говорят" if several else "говорит",
        about="об" if query.topic[:1].lower() in tuple("аэиоу") else "о",
    )


def close(text: str, times: str) -> str:
    """The question with its time words and one question mark at the end."""
    body = text.rstrip(" ?!.")
    return f"{body} {times}?" if times else f"{body}?"


def without_times(text: str, today: date, language: Language) -> str:
    """The question less the words that give a time."""
    _, spans = find_window(text[:1000], today, language=language)
    for span in reversed(spans):
        text = text[: span.start] + text[span.end :]
    return " ".join(text.split())
