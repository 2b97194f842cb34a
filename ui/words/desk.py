"""The words of the quote desk and of feedback, in English, German and Russian."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType

from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class DeskWords:
    """What the page and its exports say around collected quotes; plain text.

    `states` tell what became of a quote's article, `formats` what it can be exported as.
    """

    quotes: str
    passing: str
    nameless: str
    empty_title: str
    empty_hint: str
    copy: str
    copied: str
    link: str
    collect: str
    collected: str
    receipt: str
    receipt_hint: str
    print_talk: str
    asked: str
    original: str
    up: str
    down: str
    remove: str
    removed: str
    undo: str
    note: str
    note_hint: str
    question: str
    back: str
    export_as: str
    exported: str
    number: str
    formats: MappingProxyType[str, str]
    states: MappingProxyType[str, str]
    opinion: str
    good: str
    bad: str
    comment: str
    comment_hint: str
    save: str
    kept_here: str
    saved: str


_EN = DeskWords(
    quotes="Quotes",
    passing="Kept only until the server stops: the archive's folder cannot be written.",
    nameless="Nothing can be collected: this browser keeps no cookies of this page. Allow them and reload.",
    empty_title="No quotes yet",
    empty_hint="Collect quotes from any conversation: press “Collect” below one. "
    "Here they can be put in order, given a note, and exported with their receipt.",
    copy="Copy",
    copied="Copied",
    link="Copy link",
    collect="Collect",
    collected="Collected",
    receipt="Receipt",
    receipt_hint="A file that `wortlaut verify` checks against the archive",
    print_talk="Print the conversation",
    asked="Asked: {question}",
    original="Original",
    up="Move up",
    down="Move down",
    remove="Remove",
    removed="Quote removed.",
    undo="Undo",
    note="Note",
    note_hint="Your note on this quote",
    question="Question",
    back="Back to the source",
    export_as="Export",
    exported="Exported on {date}",
    number="Quote {number}",
    formats=MappingProxyType(
        {
            "docx": "Word",
            "html": "HTML",
            "md": "Markdown",
            "json": "JSON with receipt",
            "print": "Print",
        }
    ),
    states=MappingProxyType(
        {
            "changed": "The article has changed since; these are the words as they were collected.",
            "damaged": "The article is damaged in the archive; these are the words as they were "
            "collected.",
            "gone": "The article is no longer in the archive; these are the words as they were "
            "collected.",
        }
    ),
    opinion="Was this answer good?",
    good="Good answer",
    bad="Bad answer",
    comment="Comment",
    comment_hint="What was right or wrong? (optional)",
    save="Save",
    kept_here="Kept on this machine only.",
    saved="Saved. Kept on this machine only.",
)

_DE = DeskWords(
    quotes="Zitate",
    passing="Nur bis der Server endet: In den Ordner des Archivs lässt sich nicht schreiben.",
    nameless="Nichts zu sammeln: Der Browser behält keine Cookies dieser Seite. Erlauben Sie sie, laden Sie neu.",
    empty_title="Noch keine Zitate",
    empty_hint="Sammeln Sie Zitate aus jedem Gespräch: „Sammeln“ steht unter jedem. "
    "Hier lassen sie sich ordnen, mit Notizen versehen und samt Beleg exportieren.",
    copy="Kopieren",
    copied="Kopiert",
    link="Link kopieren",
    collect="Sammeln",
    collected="Gesammelt",
    receipt="Beleg",
    receipt_hint="Eine Datei, die `wortlaut verify` am Archiv prüft",
    print_talk="Das Gespräch drucken",
    asked="Gefragt: {question}",
    original="Original",
    up="Nach oben",
    down="Nach unten",
    remove="Entfernen",
    removed="Zitat entfernt.",
    undo="Rückgängig",
    note="Notiz",
    note_hint="Ihre Notiz zu diesem Zitat",
    question="Frage",
    back="Zurück zur Quelle",
    export_as="Export",
    exported="Exportiert am {date}",
    number="Zitat {number}",
    formats=MappingProxyType(
        {
            "docx": "Word",
            "html": "HTML",
            "md": "Markdown",
            "json": "JSON mit Beleg",
            "print": "Drucken",
        }
    ),
    states=MappingProxyType(
        {
            "changed": "Der Artikel hat sich seither geändert; dies sind die Worte, wie sie "
            "gesammelt wurden.",
            "damaged": "Der Artikel ist im Archiv beschädigt; dies sind die Worte, wie sie "
            "gesammelt wurden.",
            "gone": "Der Artikel ist nicht mehr im Archiv; dies sind die Worte, wie sie "
            "gesammelt wurden.",
        }
    ),
    opinion="War diese Antwort gut?",
    good="Gute Antwort",
    bad="Schlechte Antwort",
    comment="Kommentar",
    comment_hint="Was war richtig oder falsch? (freiwillig)",
    save="Speichern",
    kept_here="Bleibt auf diesem Rechner.",
    saved="Gespeichert. Bleibt auf diesem Rechner.",
)

_RU = DeskWords(
    quotes="Цитаты",
    passing="Хранится только до остановки сервера: в папку архива нельзя писать.",
    nameless="Собирать нельзя: браузер не хранит файлы cookie этой страницы. Разрешите их и обновите страницу.",
    empty_title="Цитат пока нет",
    empty_hint="Собирайте цитаты из любых разговоров: под каждой есть кнопка «В подборку». "
    "Здесь их можно упорядочить, снабдить заметками и выгрузить с подтверждением.",
    copy="Копировать",
    copied="Скопировано",
    link="Копировать ссылку",
    collect="В подборку",
    collected="В подборке",
    receipt="Подтверждение",
    receipt_hint="Файл, который `wortlaut verify` сверяет с архивом",
    print_talk="Напечатать разговор",
    asked="Вопрос: {question}",
    original="Оригинал",
    up="Выше",
    down="Ниже",
    remove="Убрать",
    removed="Цитата убрана.",
    undo="Вернуть",
    note="Заметка",
    note_hint="Ваша заметка к этой цитате",
    question="Вопрос",
    back="Назад к источнику",
    export_as="Выгрузить",
    exported="Выгружено {date}",
    number="Цитата {number}",
    formats=MappingProxyType(
        {
            "docx": "Word",
            "html": "HTML",
            "md": "Markdown",
            "json": "JSON с подтверждением",
            "print": "Печать",
        }
    ),
    states=MappingProxyType(
        {
            "changed": "Статья с тех пор изменилась; здесь слова, какими они были при отборе.",
            "damaged": "Статья в архиве повреждена; здесь слова, какими они были при отборе.",
            "gone": "Статьи больше нет в архиве; здесь слова, какими они были при отборе.",
        }
    ),
    opinion="Хороший ли это ответ?",
    good="Хороший ответ",
    bad="Плохой ответ",
    comment="Комментарий",
    comment_hint="Что верно, что неверно? (необязательно)",
    save="Сохранить",
    kept_here="Хранится только на этом компьютере.",
    saved="Сохранено. Хранится только на этом компьютере.",
)

_DESK_WORDS: dict[Language, DeskWords] = {"en": _EN, "de": _DE, "ru": _RU}


def choose_desk_words(language: Language) -> DeskWords:
    """The quote desk's words in the language."""
    return _DESK_WORDS[language]
