"""What is said about a language model's answer, beside the answer; in EN, DE, RU."""

from __future__ import annotations

from typing import Literal

from rag.language import Language

NoticeKind = Literal["unavailable", "malformed", "broken_off", "nothing_held", "refused", "unheld"]

_NOTICES: dict[Language, dict[NoticeKind, str]] = {
    "en": {
        "unavailable": "The language model did not answer; the archive's own words stand here.",
        "malformed": "The language model's answer was of no use; the archive's own words stand here.",
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
        "broken_off": "Ответ языковой модели оборвался; здесь только законченные предложения, "
        "подтверждённые источниками.",
        "nothing_held": "Ничто из написанного языковой моделью источниками не подтверждено; ниже "
        "приведены слова самого архива.",
        "refused": "Языковая модель не нашла ответа в этих источниках; судите сами.",
        "unheld": "Предложений языковой модели, не подтверждённых источниками: {count}.",
    },
}  # fmt: skip
_STRUCK: dict[Language, str] = {
    "en": "~~{text}~~ (not supported: {reason})",
    "de": "~~{text}~~ (nicht gedeckt: {reason})",
    "ru": "~~{text}~~ (не подтверждено: {reason})",
}


def write_notice(kind: NoticeKind, language: Language, *, count: int = 0, detail: str = "") -> str:
    """What the reader is told about the model's answer; `detail` follows in brackets."""
    notice = _NOTICES[language][kind].format(count=count)
    return f"{notice} ({detail})" if detail else notice


def strike_out(text: str, reason: str, language: Language) -> str:
    """The sentence as struck out, with the reason."""
    return _STRUCK[language].format(text=text, reason=" ".join(reason.split()).rstrip("."))
