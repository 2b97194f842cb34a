"""The words of the sign-in page, in English, German and Russian."""

from __future__ import annotations

from dataclasses import dataclass

from wortlaut.index.lang.words import Language


@dataclass(frozen=True, slots=True)
class SignInWords:
    """What the sign-in page says in one language; plain text, escaped where it is shown."""

    title: str
    name: str
    password: str
    enter: str
    wrong: str
    wait: str
    busy: str
    signed_in: str
    leave: str
    may_read: str
    may_edit: str


_EN = SignInWords(
    title="Sign in",
    name="Name",
    password="Password",
    enter="Sign in",
    wrong="Name or password is wrong.",
    wait="Too many tries. Try again in {seconds} seconds.",
    busy="The server is busy. Try again in a moment.",
    signed_in="Signed in as {name}",
    leave="Sign out",
    may_read="May read",
    may_edit="May read, add and remove",
)

_DE = SignInWords(
    title="Anmelden",
    name="Name",
    password="Passwort",
    enter="Anmelden",
    wrong="Name oder Passwort stimmt nicht.",
    wait="Zu viele Versuche. Bitte in {seconds} Sekunden noch einmal.",
    busy="Der Server ist beschäftigt. Bitte gleich noch einmal.",
    signed_in="Angemeldet als {name}",
    leave="Abmelden",
    may_read="Darf lesen",
    may_edit="Darf lesen, aufnehmen und entfernen",
)

_RU = SignInWords(
    title="Вход",
    name="Имя",
    password="Пароль",
    enter="Войти",
    wrong="Неверное имя или пароль.",
    wait="Слишком много попыток. Повторите через {seconds} с.",
    busy="Сервер занят. Повторите чуть позже.",
    signed_in="Вы вошли как {name}",
    leave="Выйти",
    may_read="Можно читать",
    may_edit="Можно читать, добавлять и удалять",
)

_WORDS: dict[Language, SignInWords] = {"en": _EN, "de": _DE, "ru": _RU}


def choose_sign_in_words(language: Language) -> SignInWords:
    """The words of the sign-in page in the language."""
    return _WORDS[language]
