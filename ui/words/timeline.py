"""The words of the timeline, in English, German and Russian."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from wortlaut.index.article import Voice
from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class TimelineWords:
    """What the timeline itself says; plain text, escaped where it is shown."""

    title: str
    hint: str
    person: str
    beside: str
    topic: str
    show: str
    since: str
    until: str
    source: str
    voice: str
    every: str
    voices: MappingProxyType[Voice, str]
    count: str
    filtered: str
    none: str
    nobody: str
    undated: str
    undated_count: str
    prints: str
    close: str
    picture: str


_EN = TimelineWords(
    title="Timeline",
    hint="Who said what, and when: name a person, and a topic if you like.",
    person="Person",
    beside="Beside",
    topic="Topic",
    show="Show",
    since="From",
    until="To",
    source="Source",
    voice="Voice",
    every="all",
    voices=MappingProxyType(
        {"direct": "verbatim", "reported": "as reported", "narrated": "the article's words"}
    ),
    count="Statements: {count}",
    filtered="Statements: {count} of {all}",
    none="No statement fits.",
    nobody="Name a person whose statements are to be shown.",
    undated="Undated",
    undated_count="undated: {count}",
    prints="in {count} prints",
    close="Close",
    picture="Statements over time: {count}; the list below has each of them",
)

_DE = TimelineWords(
    title="Zeitleiste",
    hint="Wer hat was gesagt, und wann: Nennen Sie eine Person, und wenn Sie mögen ein Thema.",
    person="Person",
    beside="Daneben",
    topic="Thema",
    show="Zeigen",
    since="Von",
    until="Bis",
    source="Quelle",
    voice="Rede",
    every="alle",
    voices=MappingProxyType(
        {"direct": "wörtlich", "reported": "indirekt", "narrated": "Worte des Artikels"}
    ),
    count="Aussagen: {count}",
    filtered="Aussagen: {count} von {all}",
    none="Keine Aussage passt.",
    nobody="Nennen Sie eine Person, deren Aussagen gezeigt werden sollen.",
    undated="Ohne Datum",
    undated_count="ohne Datum: {count}",
    prints="in {count} Abdrucken",
    close="Schließen",
    picture="Aussagen im Lauf der Zeit: {count}; die Liste darunter führt jede auf",
)

_RU = TimelineWords(
    title="Хронология",
    hint="Кто что сказал и когда: назовите человека и, если хотите, тему.",
    person="Кто",
    beside="Рядом",
    topic="Тема",
    show="Показать",
    since="С",
    until="По",
    source="Источник",
    voice="Речь",
    every="все",
    voices=MappingProxyType(
        {"direct": "прямая", "reported": "косвенная", "narrated": "слова статьи"}
    ),
    count="Высказываний: {count}",
    filtered="Высказываний: {count} из {all}",
    none="Подходящих высказываний нет.",
    nobody="Назовите человека, чьи высказывания показать.",
    undated="Без даты",
    undated_count="без даты: {count}",
    prints="публикаций: {count}",
    close="Закрыть",
    picture="Высказывания во времени: {count}; в списке ниже есть каждое",
)

_WORDS: dict[Language, TimelineWords] = {"en": _EN, "de": _DE, "ru": _RU}


def choose_timeline_words(language: Language) -> TimelineWords:
    """The timeline's words in the language."""
    return _WORDS[language]
