"""The words an answer needs beside the archive's own: dates, voices, notices, in EN, DE, RU.

Plain text only; whoever shows it escapes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Literal

from wortlaut.index.article import Precision, Voice
from wortlaut.index.lang.calendar import name_month, write_day
from wortlaut.index.lang.words import Language
from wortlaut.index.twins.marks import Reason
from wortlaut.index.twins.origins import Supersession

SPEECH_MARKS: dict[Language, tuple[str, str]] = {
    "en": ("“", "”"),
    "de": ("„", "“"),
    "ru": ("«", "»"),
}
_UNDATED: dict[Language, str] = {"en": "undated", "de": "ohne Datum", "ru": "без даты"}

_VOICES: dict[Language, dict[Voice, str]] = {
    "en": {
        "direct": "said (verbatim)",
        "reported": "said, as reported",
        "narrated": "the article's own words",
    },
    "de": {
        "direct": "sagte (wörtlich)",
        "reported": "sagte, in indirekter Rede",
        "narrated": "die Worte des Artikels",
    },
    "ru": {
        "direct": "прямая речь (дословно)",
        "reported": "косвенная речь, в пересказе",
        "narrated": "слова самой статьи",
    },
}
_VIA: dict[Language, str] = {
    "en": "according to {via}",
    "de": "laut {via}",
    "ru": "по данным {via}",
}

_PERIODS: dict[Language, dict[str, str]] = {
    "en": {"both": "{since} to {until}", "since": "since {since}", "until": "until {until}"},
    "de": {"both": "{since} bis {until}", "since": "ab {since}", "until": "bis {until}"},
    "ru": {"both": "{since} – {until}", "since": "с {since}", "until": "по {until}"},
}
_AND: dict[Language, str] = {"en": "and", "de": "und", "ru": "и"}
_OR: dict[Language, str] = {"en": "or", "de": "oder", "ru": "или"}

_SENTENCES: dict[Language, dict[str, str]] = {
    "en": {
        "empty_archive": "The archive is empty. Fill it with: wortlaut index PATH",
        "no_evidence": "The archive does not answer this.",
        "absent_name": "{names} occurs in none of the {articles} articles.",
        "unknown_speaker": "The archive holds no statement by {names}.",
        "speaker_silent": "The archive quotes {names}, but not on this.",
        "speaker_silent_then": "The archive quotes {names}, but not in this period ({period}).",
        "nothing_further": "The archive quotes {names} with nothing further on this.",
        "nothing_then": "The archive holds no article from this period ({period}).",
        "searched": "Searched: {articles} articles ({period}).",
        "searched_undated": "Searched: {articles} articles.",
        "nearest": "Nearest: {date}, {place}.",
    },
    "de": {
        "empty_archive": "Das Archiv ist leer. Es füllt sich mit: wortlaut index PFAD",
        "no_evidence": "Das Archiv beantwortet diese Frage nicht.",
        "absent_name": "{names} kommt in keinem der {articles} Artikel vor.",
        "unknown_speaker": "Das Archiv enthält keine Äußerung von {names}.",
        "speaker_silent": "Das Archiv zitiert {names}, aber nicht hierzu.",
        "speaker_silent_then": "Das Archiv zitiert {names}, aber nicht in dieser Zeit ({period}).",
        "nothing_further": "Weiteres hierzu zitiert das Archiv von {names} nicht.",
        "nothing_then": "Das Archiv enthält keinen Artikel aus diesem Zeitraum ({period}).",
        "searched": "Durchsucht: {articles} Artikel ({period}).",
        "searched_undated": "Durchsucht: {articles} Artikel.",
        "nearest": "Am nächsten kommt: {date}, {place}.",
    },
    "ru": {
        "empty_archive": "Архив пуст. Чтобы наполнить его: wortlaut index PATH",
        "no_evidence": "В архиве нет ответа на этот вопрос.",
        "absent_name": "{names}: ни в одной из статей архива ({articles}) не встречается.",
        "unknown_speaker": "В архиве нет высказываний, автор которых – {names}.",
        "speaker_silent": "В архиве есть высказывания ({names}), но не на эту тему.",
        "speaker_silent_then": "В архиве есть высказывания ({names}), но не за период {period}.",
        "nothing_further": "Других высказываний ({names}) об этом в архиве нет.",
        "nothing_then": "В архиве нет статей за этот период: {period}.",
        "searched": "Просмотрено статей: {articles} ({period}).",
        "searched_undated": "Просмотрено статей: {articles}.",
        "nearest": "Ближайшее: {date}, {place}.",
    },
}

AbstainReason = Literal[
    "empty_archive",
    "no_evidence",
    "absent_name",
    "unknown_speaker",
    "speaker_silent",
    "speaker_silent_then",
    "nothing_further",
    "nothing_then",
]

# What is said about a language model's answer.
NoticeKind = Literal[
    "unavailable", "malformed", "only_thought", "broken_off", "nothing_held", "refused", "unheld"
]

_NOTICES: dict[Language, dict[NoticeKind, str]] = {
    "en": {
        "unavailable": "The language model did not answer; the archive's own words stand here.",
        "malformed": "The language model's answer was of no use; the archive's own words stand here.",
        "only_thought": "The language model only thought and wrote no answer; the archive's own words "
        "stand here.",
        "broken_off": "The language model's answer broke off; only sentences that were whole and "
        "borne out by their sources stand here.",
        "nothing_held": "Nothing that the language model wrote was borne out by its sources; the "
        "archive's own words stand here.",
        "refused": "The language model found no answer in these sources; judge for yourself.",
        "unheld": "Sentences of the language model that its sources do not bear out: {count}.",
    },
    "de": {
        "unavailable": "Das Sprachmodell hat nicht geantwortet; hier stehen die Worte des Archivs.",
        "malformed": "Die Antwort des Sprachmodells war unbrauchbar; hier stehen die Worte des "
        "Archivs.",
        "only_thought": "Das Sprachmodell hat nur nachgedacht und keine Antwort geschrieben; hier "
        "stehen die Worte des Archivs.",
        "broken_off": "Die Antwort des Sprachmodells brach ab; hier stehen nur Sätze, die "
        "vollständig und von ihren Quellen gedeckt sind.",
        "nothing_held": "Nichts von dem, was das Sprachmodell schrieb, war von seinen Quellen "
        "gedeckt; hier stehen die Worte des Archivs.",
        "refused": "Das Sprachmodell fand in diesen Quellen keine Antwort; urteilen Sie selbst.",
        "unheld": "Sätze des Sprachmodells, die nicht von ihren Quellen gedeckt sind: {count}.",
    },
    "ru": {
        "unavailable": "Языковая модель не ответила; ниже приведены слова самого архива.",
        "malformed": "Ответ языковой модели непригоден; ниже приведены слова самого архива.",
        "only_thought": "Языковая модель только рассуждала и не написала ответа; ниже приведены слова "
        "самого архива.",
        "broken_off": "Ответ языковой модели оборвался; здесь только законченные предложения, "
        "подтверждённые источниками.",
        "nothing_held": "Ничто из написанного языковой моделью источниками не подтверждено; ниже "
        "приведены слова самого архива.",
        "refused": "Языковая модель не нашла ответа в этих источниках; судите сами.",
        "unheld": "Предложений языковой модели, не подтверждённых источниками: {count}.",
    },
}  # fmt: skip
_PRINTS: dict[Language, tuple[str, str]] = {
    "en": ("also in 1 article, one origin", "also in {count} articles, one origin"),
    "de": ("auch in 1 Artikel, ein Ursprung", "auch in {count} Artikeln, ein Ursprung"),
    "ru": ("также в 1 статье, источник один", "также в статьях ({count}), источник один"),
}
_SUPERSEDED: dict[Language, dict[Reason, str]] = {
    "en": {
        "correction": "superseded by a correction",
        "version": "superseded by a newer version",
    },
    "de": {
        "correction": "überholt durch eine Berichtigung",
        "version": "überholt durch eine neuere Fassung",
    },
    "ru": {
        "correction": "заменено исправленной версией",
        "version": "заменено более новой версией",
    },
}
_OF_DAY: dict[Language, str] = {"en": " of {day}", "de": " vom {day}", "ru": " от {day}"}
_INDEPENDENT: dict[Language, str] = {
    "en": "Independent sources: {count}",
    "de": "Unabhängige Quellen: {count}",
    "ru": "Независимых источников: {count}",
}
# What is said of an archive that is known to lack something.
_GAPS: dict[Language, tuple[str, str, str]] = {
    "en": (
        "The archive is not complete: {gaps}.",
        "articles are still being read in, or a run was stopped",
        "files that could not be read: {failed}",
    ),
    "de": (
        "Das Archiv ist nicht vollständig: {gaps}.",
        "Artikel werden noch eingelesen, oder ein Lauf brach ab",
        "nicht lesbare Dateien: {failed}",
    ),
    "ru": (
        "Архив неполон: {gaps}.",
        "статьи ещё загружаются, или загрузка была прервана",
        "файлов, которые не удалось прочитать: {failed}",
    ),
}
_DAMAGE: dict[Language, str] = {
    "en": "Left out, being damaged in the archive: {ids}; `wortlaut doctor` says more.",
    "de": "Im Archiv beschädigt und daher ausgelassen: {ids}; mehr sagt `wortlaut doctor`.",
    "ru": "Повреждены в архиве и потому пропущены: {ids}; подробнее: `wortlaut doctor`.",
}
_MOST_DAMAGED = 3
_STRUCK: dict[Language, str] = {
    "en": "~~{text}~~ (not supported: {reason})",
    "de": "~~{text}~~ (nicht gedeckt: {reason})",
    "ru": "~~{text}~~ (не подтверждено: {reason})",
}


def format_date(published: date | None, precision: Precision, language: Language) -> str:
    """The date to the precision that is known: "29 January 2026", "Januar 2022", "без даты"."""
    if published is None or precision == "unknown":
        return _UNDATED[language]
    if precision == "year":
        return str(published.year)
    if precision == "month":
        return f"{name_month(published.month, language)} {published.year}"
    return write_day(published, language)


def format_period(since: date | None, until: date | None, language: Language) -> str:
    """The days from `since` to `until`, both inclusive; empty when both are open."""
    days = {
        name: format_date(day, "day", language)
        for name, day in (("since", since), ("until", until))
        if day is not None
    }
    if not days:
        return ""
    if since == until:
        return days["since"]
    return _PERIODS[language]["both" if len(days) == 2 else next(iter(days))].format(**days)


def is_verbatim(voice: Voice, speaker: str | None) -> bool:
    """Whether words are somebody's very own, a speaker's or the article's, and so stand in marks.

    What an article reports in indirect speech are its words, not the speaker's.
    """
    return voice == "direct" or (voice == "narrated" and speaker is None)


def voice_label(voice: Voice, via: str | None, language: Language) -> str:
    """How the words come to us: "said, as reported, according to Interfax"."""
    label = _VOICES[language][voice]
    return f"{label}, {_VIA[language].format(via=via)}" if via else label


def say_prints(count: int, language: Language) -> str:
    """In how many other prints of one story the words stand: "also in 3 articles, one origin"."""
    one, more = _PRINTS[language]
    return one if count == 1 else more.format(count=count)


def say_superseded(by: Supersession, language: Language) -> str:
    """What stands in an article's place: "superseded by a correction of 29 January 2026"."""
    said, printed = _SUPERSEDED[language][by.reason], by.printed
    if printed.published is None or printed.published_precision != "day":
        return said
    day = format_date(printed.published, printed.published_precision, language)
    return said + _OF_DAY[language].format(day=day)


def say_independent(count: int, language: Language) -> str:
    """How many stories the quotes come from, all prints of one counted once."""
    return _INDEPENDENT[language].format(count=count)


def join_names(names: Sequence[str], language: Language) -> str:
    """The names as a list in the language: "A, B and C"."""
    return _join(names, _AND[language])


def explain_abstention(
    reason: AbstainReason,
    language: Language,
    *,
    names: Sequence[str] = (),
    since: date | None = None,
    until: date | None = None,
    articles: int = 0,
) -> str:
    """One sentence that says why there is no answer; `names` are whom or what it asks for."""
    word = _AND[language] if reason.startswith("speaker_") else _OR[language]
    return _SENTENCES[language][reason].format(
        names=_join(names, word), period=format_period(since, until, language), articles=articles
    )


def say_searched(articles: int, since: date | None, until: date | None, language: Language) -> str:
    """One sentence that says how many articles were searched, and the period they span."""
    period = format_period(since, until, language)
    key = "searched" if period else "searched_undated"
    return _SENTENCES[language][key].format(articles=articles, period=period)


def say_nearest(
    published: date | None, precision: Precision, place: str, language: Language
) -> str:
    """One sentence that points to the nearest hit; `place` names the source or the title."""
    return _SENTENCES[language]["nearest"].format(
        date=format_date(published, precision, language), place=place
    )


def write_notice(kind: NoticeKind, language: Language, *, count: int = 0, detail: str = "") -> str:
    """What the reader is told about the model's answer; `detail` follows in brackets."""
    notice = _NOTICES[language][kind].format(count=count)
    return f"{notice} ({detail})" if detail else notice


def explain_gaps(unfinished: bool, failed: int, language: Language) -> str:
    """One sentence on what the archive is known to lack."""
    whole, reading, unread = _GAPS[language]
    parts = [reading] if unfinished else []
    if failed:
        parts.append(unread.format(failed=failed))
    return whole.format(gaps="; ".join(parts))


def explain_damage(ids: Sequence[str], language: Language) -> str:
    """One sentence on the articles that are left out because they are damaged."""
    shown = ", ".join(ids[:_MOST_DAMAGED])
    more = len(ids) - _MOST_DAMAGED
    return _DAMAGE[language].format(ids=f"{shown} (+{more})" if more > 0 else shown)


def strike_out(text: str, reason: str, language: Language) -> str:
    """The sentence as struck out, with the reason."""
    return _STRUCK[language].format(text=text, reason=" ".join(reason.split()).rstrip("."))


def _join(names: Sequence[str], word: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"
