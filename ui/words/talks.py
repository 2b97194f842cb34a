"""The words of kept conversations, waiting questions and addresses, in three languages."""

from __future__ import annotations

from dataclasses import dataclass

from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class TalkWords:
    """What the page says about conversations; plain text, escaped where it is shown."""

    conversations: str
    show: str
    hide: str
    none: str
    older: str
    rename: str
    new_title: str
    delete: str
    deleted: str
    undo: str
    unknown: str
    resumed: str
    lost: str
    replaced: str
    edit: str
    edited: str
    ask_again: str
    cancel: str
    waiting: str
    take_back: str
    unanswered: str
    unreadable: str
    not_lasting: str
    linked: str
    changed: str
    gone: str
    misplaced: str


_EN = TalkWords(
    conversations="Conversations",
    show="Show conversations",
    hide="Hide conversations",
    none="Your conversations will be listed here.",
    older="Show older",
    rename="Rename",
    new_title="New title",
    delete="Delete",
    deleted="Deleted: {title}",
    undo="Undo",
    unknown="There is no conversation at this address; it may have been deleted. "
    "Here begins a new one.",
    resumed="This page was out of date. It has been brought up to date, and the conversation "
    "goes on.",
    lost="The server was started anew, and this conversation was not kept. It begins again here.",
    replaced="Questions that were replaced: {count}",
    edit="Edit and ask again",
    edited="The question",
    ask_again="Ask again",
    cancel="Cancel",
    waiting="Asked next:",
    take_back="Take back",
    unanswered="The server did not answer; your question is in the box again.",
    unreadable="This answer was kept by another version of the program and cannot be shown; ask "
    "again.",
    not_lasting="This archive cannot be written: conversations last only until the program ends.",
    linked="Linked quote",
    changed="This article has changed since the link was made: the linked words cannot be vouched "
    "for, and none are marked. Shown is the article as it is now.",
    gone="The article behind this link is not in the archive (any more).",
    misplaced="This link names no words of this article; none are marked.",
)

_DE = TalkWords(
    conversations="Gespräche",
    show="Gespräche zeigen",
    hide="Gespräche ausblenden",
    none="Hier werden Ihre Gespräche stehen.",
    older="Ältere zeigen",
    rename="Umbenennen",
    new_title="Neuer Titel",
    delete="Löschen",
    deleted="Gelöscht: {title}",
    undo="Rückgängig",
    unknown="Unter dieser Adresse gibt es kein Gespräch; vielleicht wurde es gelöscht. "
    "Hier beginnt ein neues.",
    resumed="Diese Seite war nicht mehr aktuell. Sie ist jetzt auf dem neuesten Stand, und das "
    "Gespräch geht weiter.",
    lost="Der Server wurde neu gestartet, und dieses Gespräch war nicht aufbewahrt. Hier beginnt es "
    "von vorn.",
    replaced="Ersetzte Fragen: {count}",
    edit="Ändern und noch einmal fragen",
    edited="Die Frage",
    ask_again="Noch einmal fragen",
    cancel="Abbrechen",
    waiting="Danach gefragt:",
    take_back="Zurücknehmen",
    unanswered="Der Server hat nicht geantwortet; Ihre Frage steht wieder im Feld.",
    unreadable="Diese Antwort hat eine andere Version des Programms aufbewahrt; sie lässt sich "
    "nicht zeigen. Fragen Sie noch einmal.",
    not_lasting="In dieses Archiv kann nicht geschrieben werden: Gespräche bleiben nur, bis das "
    "Programm endet.",
    linked="Verlinktes Zitat",
    changed="Dieser Artikel hat sich geändert, seit der Link gesetzt wurde: Für die verlinkten "
    "Worte lässt sich nicht bürgen, markiert ist nichts. Gezeigt wird der Artikel, wie er jetzt "
    "ist.",
    gone="Der Artikel zu diesem Link ist nicht (mehr) im Archiv.",
    misplaced="Dieser Link nennt keine Worte dieses Artikels; markiert ist nichts.",
)

_RU = TalkWords(
    conversations="Разговоры",
    show="Показать разговоры",
    hide="Скрыть разговоры",
    none="Здесь появятся ваши разговоры.",
    older="Показать более старые",
    rename="Переименовать",
    new_title="Новое название",
    delete="Удалить",
    deleted="Удалено: {title}",
    undo="Отменить",
    unknown="По этому адресу разговора нет; возможно, он удалён. Здесь начинается новый.",
    resumed="Страница устарела. Теперь она обновлена, разговор продолжается.",
    lost="Сервер был перезапущен, а этот разговор не сохранился. Здесь он начинается заново.",
    replaced="Заменено вопросов: {count}",
    edit="Изменить и спросить снова",
    edited="Вопрос",
    ask_again="Спросить снова",
    cancel="Отмена",
    waiting="Следующий вопрос:",
    take_back="Забрать назад",
    unanswered="Сервер не ответил; ваш вопрос снова в поле ввода.",
    unreadable="Этот ответ сохранила другая версия программы, показать его нельзя; спросите снова.",
    not_lasting="В этот архив нельзя записывать: разговоры сохранятся только до завершения "
    "программы.",
    linked="Цитата по ссылке",
    changed="Статья изменилась с тех пор, как была создана ссылка: за слова по ссылке поручиться "
    "нельзя, ничего не выделено. Показана нынешняя статья.",
    gone="Статьи по этой ссылке в архиве нет (или больше нет).",
    misplaced="Ссылка не указывает на слова этой статьи; ничего не выделено.",
)

_WORDS: dict[Language, TalkWords] = {"en": _EN, "de": _DE, "ru": _RU}


def choose_talk_words(language: Language) -> TalkWords:
    """The words about conversations in the language."""
    return _WORDS[language]
