"""The words of the browser chat and of the renderings, in English, German and Russian."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class PageWords:
    """Everything the page itself says in one language; plain text, escaped where it is shown."""

    tagline: str
    articles: str
    empty_title: str
    empty_hint: str
    welcome_title: str
    welcome: str
    placeholder: str
    ask: str
    new: str
    sources: str
    source: str
    source_title: str
    source_hint: str
    copy: str
    copied: str
    understood: str
    without: str
    no_answer: str
    nearest: str
    failed: str
    unforeseen: str
    searching: str
    stale: str
    shortened: str
    original: str
    back: str
    previous: str
    following: str
    draft: str
    struck: str
    unsupported: str
    written: str
    unnamed: str
    refused: str
    unknown: str
    asking: str
    stop: str
    stopped: str
    stopped_early: str
    wording: str
    modes: MappingProxyType[str, str]
    kinds: MappingProxyType[str, str]
    languages: MappingProxyType[str, str]


_EN = PageWords(
    tagline="Every sentence stands on the archive's exact words.",
    articles="Articles: {count}",
    empty_title="The archive is empty",
    empty_hint="Add articles here, or read them in on the command line:",
    welcome_title="Who said what, and when?",
    welcome="Ask in English, German or Russian. Answers quote the archive word for word; "
    "each number opens the article at that very sentence.",
    placeholder="Ask the archive …",
    ask="Ask",
    new="New conversation",
    sources="Sources",
    source="Source {marker}",
    source_title="Source",
    source_hint="The article behind a number appears here, with the quoted words marked.",
    copy="Copy with sources",
    copied="Copied",
    understood="Understood as",
    without="Ask again without: {what}",
    no_answer="No answer in the archive",
    nearest="Show the nearest passage",
    failed="That did not work",
    unforeseen="Something unforeseen went wrong; the server's log has the details. "
    "The conversation goes on.",
    searching="Searching the archive …",
    stale="This article has changed since it was cited. Shown is the text as cited; ask again.",
    shortened="The article is long; only the part around the quote is shown.",
    original="Original",
    back="Back to the answer",
    previous="Previous source",
    following="Next source",
    draft="being written, not checked yet",
    struck="Struck out:",
    unsupported="not supported: {reason}",
    written="Written by {model}; every sentence checked against the words it cites.",
    unnamed="a language model",
    refused="Sentences not shown: {count} – why",
    unknown="Source numbers that the model made up: {count}",
    asking="Searching the archive and asking the language model …",
    stop="Stop",
    stopped="Stopped. What had been checked by then stands here.",
    stopped_early="Stopped before a sentence had been checked.",
    wording="Words of",
    modes=MappingProxyType({"extractive": "the archive", "llm": "a language model"}),
    kinds=MappingProxyType(
        {
            "speaker": "Speaker",
            "unknown_speaker": "Unknown speaker",
            "event": "Time of the event",
            "since": "Since",
            "until": "Until",
            "language": "Language",
            "topic": "Topic",
            "source": "Source",
            "order": "Order",
        }
    ),
    languages=MappingProxyType({"en": "English", "de": "German", "ru": "Russian"}),
)

_DE = PageWords(
    tagline="Jeder Satz steht auf dem genauen Wortlaut des Archivs.",
    articles="Artikel: {count}",
    empty_title="Das Archiv ist leer",
    empty_hint="Fügen Sie hier Artikel hinzu, oder lesen Sie sie auf der Kommandozeile ein:",
    welcome_title="Wer hat was gesagt, und wann?",
    welcome="Fragen Sie auf Deutsch, Englisch oder Russisch. Antworten zitieren das Archiv im "
    "Wortlaut; jede Nummer öffnet den Artikel an genau diesem Satz.",
    placeholder="Das Archiv fragen …",
    ask="Fragen",
    new="Neues Gespräch",
    sources="Quellen",
    source="Quelle {marker}",
    source_title="Quelle",
    source_hint="Hier erscheint der Artikel zu einer Nummer; die zitierten Worte sind markiert.",
    copy="Mit Quellen kopieren",
    copied="Kopiert",
    understood="Verstanden als",
    without="Noch einmal fragen ohne: {what}",
    no_answer="Keine Antwort im Archiv",
    nearest="Die nächstliegende Stelle zeigen",
    failed="Das ging nicht",
    unforeseen="Etwas Unvorhergesehenes ging schief; Näheres steht im Protokoll des Servers. "
    "Das Gespräch geht weiter.",
    searching="Das Archiv wird durchsucht …",
    stale="Dieser Artikel hat sich seit dem Zitat geändert. Gezeigt wird der zitierte Text; "
    "fragen Sie noch einmal.",
    shortened="Der Artikel ist lang; gezeigt wird nur der Teil um das Zitat.",
    original="Original",
    back="Zurück zur Antwort",
    previous="Vorige Quelle",
    following="Nächste Quelle",
    draft="wird geschrieben, noch nicht geprüft",
    struck="Gestrichen:",
    unsupported="nicht gedeckt: {reason}",
    written="Geschrieben von {model}; jeder Satz ist an den Worten geprüft, die er zitiert.",
    unnamed="einem Sprachmodell",
    refused="Nicht gezeigte Sätze: {count} – warum",
    unknown="Vom Modell erfundene Quellennummern: {count}",
    asking="Das Archiv wird durchsucht und das Sprachmodell gefragt …",
    stop="Anhalten",
    stopped="Angehalten. Hier steht, was bis dahin geprüft war.",
    stopped_early="Angehalten, bevor ein Satz geprüft war.",
    wording="Worte",
    modes=MappingProxyType({"extractive": "des Archivs", "llm": "eines Sprachmodells"}),
    kinds=MappingProxyType(
        {
            "speaker": "Wer",
            "unknown_speaker": "Unbekannt",
            "event": "Zeit des Geschehens",
            "since": "Ab",
            "until": "Bis",
            "language": "Sprache",
            "topic": "Thema",
            "source": "Quelle",
            "order": "Reihenfolge",
        }
    ),
    languages=MappingProxyType({"en": "Englisch", "de": "Deutsch", "ru": "Russisch"}),
)

_RU = PageWords(
    tagline="Каждая фраза опирается на точные слова архива.",
    articles="Статей: {count}",
    empty_title="Архив пуст",
    empty_hint="Добавьте статьи здесь или прочитайте их из командной строки:",
    welcome_title="Кто что сказал и когда?",
    welcome="Спрашивайте по-русски, по-немецки или по-английски. Ответы цитируют архив дословно; "
    "каждый номер открывает статью на той самой фразе.",
    placeholder="Спросить архив …",
    ask="Спросить",
    new="Новый разговор",
    sources="Источники",
    source="Источник {marker}",
    source_title="Источник",
    source_hint="Здесь появится статья, на которую указывает номер; цитата в ней выделена.",
    copy="Копировать с источниками",
    copied="Скопировано",
    understood="Вопрос понят так",
    without="Спросить ещё раз без условия: {what}",
    no_answer="В архиве нет ответа",
    nearest="Показать ближайшее место",
    failed="Не получилось",
    unforeseen="Произошла непредвиденная ошибка; подробности – в журнале сервера. "
    "Разговор можно продолжать.",
    searching="Поиск в архиве …",
    stale="Статья изменилась после цитирования. Показан процитированный текст; спросите ещё раз.",
    shortened="Статья длинная; показана только часть вокруг цитаты.",
    original="Оригинал",
    back="Назад к ответу",
    previous="Предыдущий источник",
    following="Следующий источник",
    draft="пишется, ещё не проверено",
    struck="Зачёркнуто:",
    unsupported="не подтверждено: {reason}",
    written="Текст: {model}; каждое предложение сверено со словами, на которые ссылается.",
    unnamed="языковая модель",
    refused="Не показано предложений: {count} – почему",
    unknown="Номеров источников, выдуманных моделью: {count}",
    asking="Поиск в архиве и запрос к языковой модели …",
    stop="Стоп",
    stopped="Остановлено. Здесь то, что было проверено к этому времени.",
    stopped_early="Остановлено до того, как было проверено хоть одно предложение.",
    wording="Слова",
    modes=MappingProxyType({"extractive": "архива", "llm": "языковой модели"}),
    kinds=MappingProxyType(
        {
            "speaker": "Кто",
            "unknown_speaker": "Неизвестно",
            "event": "Время события",
            "since": "С",
            "until": "По",
            "language": "Язык",
            "topic": "Тема",
            "source": "Источник",
            "order": "Порядок",
        }
    ),
    languages=MappingProxyType({"en": "английский", "de": "немецкий", "ru": "русский"}),
)

_WORDS: dict[Language, PageWords] = {"en": _EN, "de": _DE, "ru": _RU}


def choose_words(language: Language) -> PageWords:
    """The page's words in the language."""
    return _WORDS[language]


def choose_tongue(accept_language: str | None) -> Language:
    """The browser's first language that the page speaks, from its Accept-Language; else English."""
    wishes: list[tuple[float, Language]] = []
    for part in (accept_language or "").split(","):
        tag, _, weight = part.strip().partition(";q=")
        for tongue in _WORDS:
            if tag.lower().split("-")[0] == tongue:
                wishes.append((_read_weight(weight), tongue))
    return max(wishes, key=lambda wish: wish[0])[1] if wishes else "en"


def _read_weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0
