"""The words of the settings, in English, German and Russian."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class SettingsWords:
    """What the settings say in one language; plain text, escaped where it is shown."""

    title: str
    language: str
    appearance: str
    themes: MappingProxyType[str, str]
    model: str
    no_model: str
    checking: str
    answers: str
    silent: str
    again: str
    kept: str


_EN = SettingsWords(
    title="Settings",
    language="Language of the page",
    appearance="Appearance",
    themes=MappingProxyType({"auto": "As the system", "light": "Light", "dark": "Dark"}),
    model="Language model",
    no_model="None is set: every answer is in the archive's own words. Whoever runs this page can "
    "set one with WORTLAUT_LLM_BASE_URL.",
    checking="Asking whether it answers …",
    answers="{name} answers.",
    silent="It does not answer; questions get the archive's own words. {reason}",
    again="Ask it again",
    kept="Kept in this browser only.",
)

_DE = SettingsWords(
    title="Einstellungen",
    language="Sprache der Seite",
    appearance="Darstellung",
    themes=MappingProxyType({"auto": "Wie das System", "light": "Hell", "dark": "Dunkel"}),
    model="Sprachmodell",
    no_model="Keines ist eingestellt: Jede Antwort besteht aus den Worten des Archivs. Wer diese "
    "Seite betreibt, kann mit WORTLAUT_LLM_BASE_URL eines einstellen.",
    checking="Es wird gefragt, ob es antwortet …",
    answers="{name} antwortet.",
    silent="Es antwortet nicht; Fragen bekommen die Worte des Archivs. {reason}",
    again="Noch einmal fragen",
    kept="Nur in diesem Browser gemerkt.",
)

_RU = SettingsWords(
    title="Настройки",
    language="Язык страницы",
    appearance="Оформление",
    themes=MappingProxyType({"auto": "Как в системе", "light": "Светлое", "dark": "Тёмное"}),
    model="Языковая модель",
    no_model="Не задана: все ответы – словами архива. Владелец сервера может задать её с помощью "
    "WORTLAUT_LLM_BASE_URL.",
    checking="Проверяется, отвечает ли она …",
    answers="{name} отвечает.",
    silent="Модель не отвечает; на вопросы отвечает сам архив. {reason}",
    again="Проверить ещё раз",
    kept="Хранится только в этом браузере.",
)

_WORDS: dict[Language, SettingsWords] = {"en": _EN, "de": _DE, "ru": _RU}
# Each by its own name: whoever needs it reads it.
TONGUES: MappingProxyType[Language, str] = MappingProxyType(
    {"en": "English", "de": "Deutsch", "ru": "Русский"}
)


def choose_settings_words(language: Language) -> SettingsWords:
    """The words of the settings in the language."""
    return _WORDS[language]
