"""The settings as HTML, and whether the language model answers, asked in the background."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Literal

from wortlaut.index.errors import WortlautError
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Mode
from wortlaut.ui.browser.header import render_close_html
from wortlaut.ui.browser.page import render_switch_html
from wortlaut.ui.gate.guest import Guest
from wortlaut.ui.render import collapse, render_fault
from wortlaut.ui.render import escape_text as esc
from wortlaut.ui.words.archive import choose_archive_words
from wortlaut.ui.words.settings import TONGUES, choose_settings_words
from wortlaut.ui.words.signin import choose_sign_in_words

if TYPE_CHECKING:
    from wortlaut.rag.chat import NewsChat

TONGUE_COOKIE = "wortlaut-tongue"
_ASK_AGAIN_S = 10.0


@dataclass(frozen=True, slots=True)
class ModelState:
    """Whether the language model answers; `detail` is its name, or why it does not."""

    kind: Literal["none", "checking", "answers", "silent"]
    detail: str = ""


class ModelCheck:
    """Asks the model now and then whether it is there; nobody has to wait for it."""

    def __init__(self, chat: NewsChat) -> None:
        self._chat = chat
        self._lock = threading.Lock()
        self._is_asking = False
        self._asked = float("-inf")
        self.state = ModelState("checking" if chat.has_model else "none")

    def ask(self) -> None:
        """Begin to ask, unless that is under way or was just done."""
        with self._lock:
            is_fresh = monotonic() - self._asked < _ASK_AGAIN_S
            if self.state.kind == "none" or self._is_asking or is_fresh:
                return
            self._is_asking = True
        threading.Thread(target=self._run, daemon=True, name="wortlaut-model-check").start()

    def _run(self) -> None:
        state = ModelState("silent", "")
        try:
            state = ModelState("answers", self._chat.check_model())
        except WortlautError as error:
            state = ModelState("silent", str(error))
        finally:
            with self._lock:
                self.state, self._asked, self._is_asking = state, monotonic(), False


def read_chosen_tongue(cookies: str | None) -> Language | None:
    """The language that the user chose for the page, from the request's cookies."""
    from starlette.requests import cookie_parser

    return read_tongue(cookie_parser(cookies or "").get(TONGUE_COOKIE))


def read_tongue(value: object) -> Language | None:
    """The language that a value from the browser names, if it is one of the page's."""
    return next((tongue for tongue in TONGUES if tongue == value), None)


def render_settings_html(
    mode: Mode, model: ModelState, tongue: Language, guest: Guest = Guest()
) -> str:
    """The panel: the page's language, light and dark, the language model, and who is signed in."""
    words = choose_settings_words(tongue)
    tongues = "".join(
        f'<button type="button" data-press="tongue" data-tongue="{code}" lang="{code}" '
        f'aria-pressed="{"true" if code == tongue else "false"}">{esc(name)}</button>'
        for code, name in TONGUES.items()
    )
    # Which of them is pressed only the browser knows.
    themes = "".join(
        f'<button type="button" data-press="theme" data-theme="{name}" aria-pressed="false">'
        f"{esc(label)}</button>"
        for name, label in words.themes.items()
    )
    switch = render_switch_html(mode, tongue) if model.kind != "none" else ""
    return (
        f'<section class="panel-head settings" lang="{tongue}"><div class="bar">'
        f"<h2>{esc(words.title)}</h2>{render_close_html(choose_archive_words(tongue).close)}</div>"
        f"{_render_group('tongue', words.language, tongues)}"
        f"{_render_group('theme', words.appearance, themes)}"
        f'<p class="note">{esc(words.kept)}</p>'
        f'<h3 id="set-model">{esc(words.model)}</h3>{switch}'
        f'<div class="model-state" role="status">{render_model_html(model, tongue)}</div>'
        f"{_render_guest(guest, tongue)}</section>"
    )


def _render_guest(guest: Guest, tongue: Language) -> str:
    if not guest.name:
        return ""
    words = choose_sign_in_words(tongue)
    leave = (
        f'<button type="button" class="quiet" data-press="sign-out">{esc(words.leave)}</button>'
        if guest.may_leave
        else ""
    )
    return (
        f'<h3 class="signed-in">{esc(words.signed_in.format(name=collapse(guest.name)))}</h3>'
        f'<p class="note">{esc(words.may_edit if guest.may_edit else words.may_read)}</p>{leave}'
    )


def _render_group(name: str, label: str, buttons: str) -> str:
    return (
        f'<h3 id="set-{name}">{esc(label)}</h3>'
        f'<div class="choice" role="group" aria-labelledby="set-{name}">{buttons}</div>'
    )


def render_model_html(model: ModelState, tongue: Language) -> str:
    """One line: whether there is a language model, and whether it answers."""
    words = choose_settings_words(tongue)
    detail = esc(collapse(model.detail))
    if model.kind == "none":
        return f"<p>{esc(words.no_model)}</p>"
    if model.kind == "checking":
        return f"<p>{esc(words.checking)}</p>"
    if model.kind == "answers":
        return f'<p class="fine">{esc(words.answers).format(name=f"<b>{detail}</b>")}</p>'
    reason = render_fault(model.detail, tongue)
    return (
        f'<p class="fault">{esc(words.silent).format(reason=reason)}</p>'
        f'<button type="button" class="quiet" data-press="ask-model">{esc(words.again)}</button>'
    )
