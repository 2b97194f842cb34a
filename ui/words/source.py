"""The words of the source pane and of the keys, in English, German and Russian."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class PaneWords:
    """What stands beside an article and in the list of keys; plain text.

    `keys` is what each key does, by the key as it is printed.
    """

    statement: str
    previous_statement: str
    next_statement: str
    keys_title: str
    keys: MappingProxyType[str, str]
    keys_on: str
    close: str


_EN = PaneWords(
    statement="Statement",
    previous_statement="Previous statement",
    next_statement="Next statement",
    keys_title="Keys",
    keys=MappingProxyType(
        {
            "/": "Go to the question box",
            "n": "Next source",
            "p": "Previous source",
            "Shift n": "Next statement in the article",
            "Shift p": "Previous statement in the article",
            "Esc": "Close what is open at the side",
            "?": "Show these keys",
        }
    ),
    keys_on="Keys are on, whenever nothing is being written",
    close="Close",
)

_DE = PaneWords(
    statement="Aussage",
    previous_statement="Vorige Aussage",
    next_statement="Nächste Aussage",
    keys_title="Tasten",
    keys=MappingProxyType(
        {
            "/": "Ins Fragefeld",
            "n": "Nächste Quelle",
            "p": "Vorige Quelle",
            "Shift n": "Nächste Aussage im Artikel",
            "Shift p": "Vorige Aussage im Artikel",
            "Esc": "Schließen, was an der Seite offen ist",
            "?": "Diese Tasten zeigen",
        }
    ),
    keys_on="Tasten gelten, solange nichts geschrieben wird",
    close="Schließen",
)

_RU = PaneWords(
    statement="Высказывание",
    previous_statement="Предыдущее высказывание",
    next_statement="Следующее высказывание",
    keys_title="Клавиши",
    keys=MappingProxyType(
        {
            "/": "К полю вопроса",
            "n": "Следующий источник",
            "p": "Предыдущий источник",
            "Shift n": "Следующее высказывание в статье",
            "Shift p": "Предыдущее высказывание в статье",
            "Esc": "Закрыть то, что открыто сбоку",
            "?": "Показать эти клавиши",
        }
    ),
    keys_on="Клавиши действуют, когда ничего не пишется",
    close="Закрыть",
)

_WORDS: dict[Language, PaneWords] = {"en": _EN, "de": _DE, "ru": _RU}


def choose_pane_words(language: Language) -> PaneWords:
    """The source pane's words in the language."""
    return _WORDS[language]
