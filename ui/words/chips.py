"""The words of the chips, their pickers, and what stands around an answer's quotes, in EN, DE, RU."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class ChipWords:
    """What chips, pickers and an answer's frame say in one language; plain text."""

    change: str
    restore: str
    before: str
    before_hint: str
    narrow: str
    narrow_title: str
    pick: MappingProxyType[str, str]
    find: str
    first_day: str
    last_day: str
    apply: str
    close: str
    nobody: str
    statements: str
    articles: str
    orders: MappingProxyType[str, str]
    found: str
    more: str
    own_words: str
    show_own_words: str
    context: str
    gloss: str


_EN = ChipWords(
    change="Change: {what}",
    restore="Ask again with: {what}",
    before="from before",
    before_hint="taken over from the conversation before",
    narrow="Filter",
    narrow_title="Ask again, narrowed down",
    pick=MappingProxyType(
        {
            "add": "Narrow down",
            "speaker": "Who speaks",
            "topic": "Topic",
            "period": "Period of publication",
            "event": "When it happened",
            "source": "Source",
            "language": "Language of the answer",
            "order": "Order",
        }
    ),
    find="Search …",
    first_day="From",
    last_day="To",
    apply="Ask again",
    close="Close",
    nobody="Nothing of that name in the archive.",
    statements="Statements: {count}",
    articles="Articles: {count}",
    orders=MappingProxyType(
        {"relevance": "most fitting", "newest": "newest first", "oldest": "oldest first"}
    ),
    found="{shown} of {found} statements",
    more="Show more",
    own_words="The archive's own words",
    show_own_words="Show the archive's own words",
    context="Context",
    gloss="Machine translation",
)
_DE = ChipWords(
    change="Ändern: {what}",
    restore="Noch einmal fragen mit: {what}",
    before="von vorhin",
    before_hint="aus dem Gespräch davor übernommen",
    narrow="Filter",
    narrow_title="Eingegrenzt noch einmal fragen",
    pick=MappingProxyType(
        {
            "add": "Eingrenzen",
            "speaker": "Wer spricht",
            "topic": "Thema",
            "period": "Erschienen im Zeitraum",
            "event": "Wann es geschah",
            "source": "Quelle",
            "language": "Sprache der Antwort",
            "order": "Reihenfolge",
        }
    ),
    find="Suchen …",
    first_day="Von",
    last_day="Bis",
    apply="Noch einmal fragen",
    close="Schließen",
    nobody="Nichts mit diesem Namen im Archiv.",
    statements="Äußerungen: {count}",
    articles="Artikel: {count}",
    orders=MappingProxyType(
        {"relevance": "Passendes zuerst", "newest": "Neueste zuerst", "oldest": "Älteste zuerst"}
    ),
    found="{shown} von {found} Äußerungen",
    more="Mehr zeigen",
    own_words="Die Worte des Archivs",
    show_own_words="Die Worte des Archivs zeigen",
    context="Zusammenhang",
    gloss="Maschinelle Übersetzung",
)
_RU = ChipWords(
    change="Изменить: {what}",
    restore="Спросить ещё раз с условием: {what}",
    before="из разговора",
    before_hint="взято из предыдущего разговора",
    narrow="Уточнить",
    narrow_title="Спросить ещё раз, уточнив",
    pick=MappingProxyType(
        {
            "add": "Уточнить",
            "speaker": "Кто говорит",
            "topic": "Тема",
            "period": "Период публикации",
            "event": "Когда это произошло",
            "source": "Источник",
            "language": "Язык ответа",
            "order": "Порядок",
        }
    ),
    find="Найти …",
    first_day="С",
    last_day="По",
    apply="Спросить ещё раз",
    close="Закрыть",
    nobody="Под таким именем в архиве ничего нет.",
    statements="Высказываний: {count}",
    articles="Статей: {count}",
    orders=MappingProxyType(
        {"relevance": "самые подходящие", "newest": "сначала новые", "oldest": "сначала старые"}
    ),
    found="Высказываний показано: {shown} из {found}",
    more="Показать ещё",
    own_words="Слова самого архива",
    show_own_words="Показать слова самого архива",
    context="Контекст",
    gloss="Машинный перевод",
)

_CHIP_WORDS: dict[Language, ChipWords] = {"en": _EN, "de": _DE, "ru": _RU}


def choose_chip_words(language: Language) -> ChipWords:
    """The words of chips and answers in the language."""
    return _CHIP_WORDS[language]
