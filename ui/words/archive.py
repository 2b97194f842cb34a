"""The words of the header and of the archive's panel, in English, German and Russian."""

from __future__ import annotations

from dataclasses import dataclass

from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class ArchiveWords:
    """What header and panel say in one language; plain text, escaped where it is shown."""

    timeline: str
    quotes: str
    archive: str
    settings: str
    panels: str
    close: str
    add_title: str
    drop_here: str
    choose_files: str
    choose_folder: str
    takes: str
    read_only: str
    not_allowed: str
    no_editor: str
    search: str
    any_source: str
    since: str
    until: str
    clear: str
    found: str
    none_found: str
    empty: str
    shown: str
    earlier: str
    later: str
    remove: str
    remove_ask: str
    remove_note: str
    removed: str
    removing: str
    keep: str
    gone: str
    gone_cited: str
    sending: str
    waiting: str
    starting: str
    reading: str
    finished: str
    counted: str
    failed: str
    notices: str
    more_lines: str
    not_sent: str
    too_large: str


_EN = ArchiveWords(
    timeline="Timeline",
    quotes="Quotes",
    archive="Archive",
    settings="Settings",
    panels="Panels",
    close="Close",
    add_title="Add articles",
    drop_here="Drop files, folders or ZIPs here",
    choose_files="Choose files",
    choose_folder="Choose a folder",
    takes="Text, Word, PDF, HTML, mail, feeds, tables and what holds them packed; "
    "up to {size} MB a file.",
    read_only="This archive may only be read: nothing can be added or removed.",
    not_allowed="This page is open to other machines, so nothing can be added or removed here. "
    "Whoever runs it can allow it with WORTLAUT_ALLOW_UPLOADS=1.",
    no_editor="You may read this archive; whoever runs the server can make you an editor, who adds and "
    "removes articles.",
    search="Words of the title",
    any_source="All sources",
    since="From",
    until="To",
    clear="Clear",
    found="Articles found: {count}",
    none_found="No article fits; try fewer filters.",
    empty="The archive is empty.",
    shown="{first}–{last} of {total}",
    earlier="Previous page",
    later="Next page",
    remove="Remove",
    remove_ask="Take this article out of the archive?",
    remove_note="Quotes from it will be marked as gone. A file of yours that it was read from stays, and "
    "reading that again does not bring the article back; adding it here does.",
    removed="Taken out: {title}",
    removing="“{title}” will be taken out as soon as another program has finished indexing.",
    keep="Keep",
    gone="This article is no longer in the archive.",
    gone_cited="This article is no longer in the archive. Shown is the text as it was cited.",
    sending="Sending {done} of {total}: {name}",
    waiting="Another program is indexing; yours is read next.",
    starting="Getting ready to read …",
    reading="Reading … {percent} %",
    finished="Done.",
    counted="Articles: {added} new, {updated} updated, {unchanged} already there",
    failed="Could not be read: {count}",
    notices="Notes: {count}",
    more_lines="and {count} more",
    not_sent="could not be sent; is the server still running?",
    too_large="larger than {size} MB; split it, or index it with: wortlaut index",
)

_DE = ArchiveWords(
    timeline="Zeitleiste",
    quotes="Zitate",
    archive="Archiv",
    settings="Einstellungen",
    panels="Bereiche",
    close="Schließen",
    add_title="Artikel hinzufügen",
    drop_here="Dateien, Ordner oder ZIPs hierher ziehen",
    choose_files="Dateien wählen",
    choose_folder="Ordner wählen",
    takes="Text, Word, PDF, HTML, Mail, Feeds, Tabellen, auch gepackt; bis zu {size} MB je Datei.",
    read_only="Dieses Archiv darf nur gelesen werden: Nichts kann hinzugefügt oder entfernt werden.",
    not_allowed="Diese Seite steht anderen Rechnern offen; darum kann hier nichts hinzugefügt oder "
    "entfernt werden. Wer sie betreibt, kann es mit WORTLAUT_ALLOW_UPLOADS=1 erlauben.",
    no_editor="Sie dürfen in diesem Archiv lesen; wer den Server betreibt, kann Ihnen erlauben, Artikel "
    "hinzuzufügen und zu entfernen.",
    search="Worte des Titels",
    any_source="Alle Quellen",
    since="Von",
    until="Bis",
    clear="Leeren",
    found="Gefundene Artikel: {count}",
    none_found="Kein Artikel passt; versuchen Sie es mit weniger Filtern.",
    empty="Das Archiv ist leer.",
    shown="{first}–{last} von {total}",
    earlier="Vorige Seite",
    later="Nächste Seite",
    remove="Entfernen",
    remove_ask="Diesen Artikel aus dem Archiv nehmen?",
    remove_note="Zitate daraus werden als verschwunden gekennzeichnet. Ihre Datei, aus der er "
    "gelesen wurde, bleibt erhalten; wird sie wieder eingelesen, kommt der Artikel nicht zurück, wohl aber, "
    "wenn Sie ihn hier hinzufügen.",
    removed="Entfernt: {title}",
    removing="„{title}“ wird entfernt, sobald ein anderes Programm mit dem Einlesen fertig ist.",
    keep="Behalten",
    gone="Dieser Artikel ist nicht mehr im Archiv.",
    gone_cited="Dieser Artikel ist nicht mehr im Archiv. Gezeigt wird der Text, wie er zitiert wurde.",
    sending="Wird gesendet, {done} von {total}: {name}",
    waiting="Ein anderes Programm liest gerade ein; danach sind Ihre Dateien an der Reihe.",
    starting="Das Einlesen wird vorbereitet …",
    reading="Wird eingelesen … {percent} %",
    finished="Fertig.",
    counted="Artikel: {added} neu, {updated} aktualisiert, {unchanged} schon vorhanden",
    failed="Nicht lesbar: {count}",
    notices="Hinweise: {count}",
    more_lines="und {count} weitere",
    not_sent="konnte nicht gesendet werden; läuft der Server noch?",
    too_large="größer als {size} MB; teilen Sie die Datei oder lesen Sie sie ein mit: wortlaut index",
)

_RU = ArchiveWords(
    timeline="Хронология",
    quotes="Цитаты",
    archive="Архив",
    settings="Настройки",
    panels="Разделы",
    close="Закрыть",
    add_title="Добавить статьи",
    drop_here="Перетащите сюда файлы, папки или ZIP-архивы",
    choose_files="Выбрать файлы",
    choose_folder="Выбрать папку",
    takes="Тексты, Word, PDF, HTML, почта, ленты, таблицы, в том числе упакованные; "
    "до {size} МБ на файл.",
    read_only="Этот архив доступен только для чтения: ничего нельзя добавить или удалить.",
    not_allowed="Страница открыта для других компьютеров, поэтому здесь ничего нельзя добавить или "
    "удалить. Владелец сервера может разрешить это: WORTLAUT_ALLOW_UPLOADS=1.",
    no_editor="Вы можете читать этот архив; владелец сервера может разрешить вам добавлять и удалять "
    "статьи.",
    search="Слова заголовка",
    any_source="Все источники",
    since="С",
    until="По",
    clear="Очистить",
    found="Найдено статей: {count}",
    none_found="Подходящих статей нет; попробуйте убрать часть условий.",
    empty="Архив пуст.",
    shown="{first}–{last} из {total}",
    earlier="Предыдущая страница",
    later="Следующая страница",
    remove="Удалить",
    remove_ask="Убрать эту статью из архива?",
    remove_note="Цитаты из неё будут помечены как исчезнувшие. Ваш файл, из которого она прочитана, "
    "останется на месте; при новом чтении статья не вернётся, пока вы не добавите её здесь.",
    removed="Удалено: {title}",
    removing="«{title}» будет удалена, как только другая программа закончит чтение.",
    keep="Оставить",
    gone="Этой статьи больше нет в архиве.",
    gone_cited="Этой статьи больше нет в архиве. Показан процитированный текст.",
    sending="Отправка, {done} из {total}: {name}",
    waiting="Архив пополняет другая программа; затем будут прочитаны ваши файлы.",
    starting="Подготовка к чтению …",
    reading="Чтение … {percent} %",
    finished="Готово.",
    counted="Статьи: новых {added}, обновлено {updated}, уже были {unchanged}",
    failed="Не удалось прочитать: {count}",
    notices="Замечания: {count}",
    more_lines="и ещё {count}",
    not_sent="не удалось отправить; работает ли сервер?",
    too_large="больше {size} МБ; разделите файл или прочитайте его командой wortlaut index",
)

_WORDS: dict[Language, ArchiveWords] = {"en": _EN, "de": _DE, "ru": _RU}


def choose_archive_words(language: Language) -> ArchiveWords:
    """The words of header and archive panel in the language."""
    return _WORDS[language]
