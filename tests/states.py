"""The page's main states over the sample archive, one after the other in one browser.

`tests/test_states.py` looks for faults in each; `tests/screenshots.py` makes pictures of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from tests.test_app import find, open_app
from wortlaut.rag.assembly import open_chat
from wortlaut.rag.config import Settings
from wortlaut.rag.desk.intake import Intake
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.browser.app import build_server

WIDE, PHONE = (1280, 800), (390, 844)
LAVROV = "What did Lavrov say about guarantees?"
TONGUES = {"en": "Settings", "de": "Einstellungen", "ru": "Настройки"}


@contextmanager
def open_sample(settings: Settings, kept: Path) -> Iterator[str]:
    """The address of the page over an archive, with all its doors; what users keep is in `kept`."""
    with closing(Desk(kept)) as desk:
        chat = open_chat(settings)
        intake = Intake(settings, chat.archive, is_allowed=True)
        with open_app(build_server(chat, desk=desk, settings=settings, intake=intake)) as address:
            yield address


def walk(browser: Any, address: str) -> Iterator[str]:
    """The name of each state, once the browser shows it; they begin with `wide` or `phone`."""
    resize(browser, WIDE)
    go(browser, address)
    browser.wait_for("document.querySelectorAll('.welcome .example').length >= 3")
    yield "wide-welcome"
    browser.ask(LAVROV, 0)
    browser.wait_for(find("#source mark.cited"))
    yield "wide-answer"
    press(browser, "#current .chips [data-press=pick][data-part=speaker]")
    browser.wait_for(find("#picking[data-open] .picker"))
    browser.wait_for("document.querySelectorAll('#choices button').length > 12")
    yield "wide-picker"
    key(browser, "Escape")
    browser.wait_for(f"!{find('#picking[data-open]')}")
    press(browser, "#header [data-press=keys]")
    browser.wait_for(find("dialog.keys[open]"))
    yield "wide-keys"
    press(browser, "dialog.keys [data-press=shut]")
    browser.run("document.activeElement.blur()")
    yield from _open_panels(browser)
    yield from _change_tongues(browser)
    press(browser, "#header .new")
    browser.wait_for(f"{find('.welcome .example')} && !{find('.turn')}")
    browser.ask("What is the capital of Australia?", 0)
    yield "wide-abstention"
    yield from _narrow(browser, address)


def _open_panels(browser: Any) -> Iterator[str]:
    press(browser, "#current [data-press=timeline]")
    browser.wait_for(find("#timeline .stated"))
    yield "wide-timeline"
    for count in (1, 2):
        press(browser, "#current .quote-tools [data-press=collect][aria-pressed=false]")
        browser.wait_for(f"document.querySelector('.basket-count')?.textContent === '{count}'")
    press(browser, "#header [data-panel=quotes]")
    browser.wait_for("document.querySelectorAll('#quotes .kept-quote').length === 2")
    note = "document.querySelector('.kept-quote textarea')"
    browser.run(f"{note}.value = 'Lead: opening quote'")
    browser.run(f"{note}.dispatchEvent(new Event('change', {{bubbles: true}}))")
    yield "wide-quotes"
    press(browser, "#header [data-panel=archive]")
    browser.wait_for("document.querySelectorAll('#archive .shelf li').length > 5")
    yield "wide-archive"


def _change_tongues(browser: Any) -> Iterator[str]:
    press(browser, "#header [data-panel=settings]")
    for tongue in ("de", "ru", "en"):
        press(browser, f"#settings [data-tongue={tongue}]")
        browser.wait_for(
            f"document.querySelector('#settings h2')?.innerText === '{TONGUES[tongue]}'"
        )
        browser.wait_for(f"document.documentElement.lang === '{tongue}'")
        yield f"wide-settings-{tongue}"


def _narrow(browser: Any, address: str) -> Iterator[str]:
    resize(browser, PHONE)
    go(browser, address)
    browser.wait_for("document.querySelectorAll('.welcome .example').length >= 3")
    yield "phone-welcome"
    browser.ask(LAVROV, 0)
    browser.wait_for(find("#source mark.cited"))
    yield "phone-answer"
    press(browser, '#current .cite[data-marker="2"]')
    browser.wait_for("document.querySelector('#source .source')?.dataset.marker === '2'")
    yield "phone-source"
    press(browser, "#header [data-press=shelf]")
    browser.wait_for("document.querySelector('#desk').dataset.shelf === 'open'")
    yield "phone-conversations"
    press(browser, "#shelf [data-press=shelf]")
    for panel in ("timeline", "quotes", "archive", "settings"):
        press(browser, f"#header [data-panel={panel}]")
        browser.wait_for(f"document.querySelector('#side').dataset.panel === '{panel}'")
        browser.wait_for(
            "Math.abs(document.querySelector('#side').getBoundingClientRect().top) < 2"
        )
        yield f"phone-{panel}"


def go(browser: Any, address: str) -> None:
    """Load the page anew."""
    browser.call("Page.navigate", url="about:blank")
    browser.call("Page.navigate", url=address)

    def is_there() -> Any:
        try:
            return browser.run("!!document.querySelector('#turns')?.dataset.step")
        except AssertionError:
            return False  # A page that is only being loaded runs no script yet.

    browser.wait(is_there)


def resize(browser: Any, size: tuple[int, int], scale: int = 1) -> None:
    """Have the window so many pixels wide and high."""
    browser.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1],
                 deviceScaleFactor=scale, mobile=size == PHONE)  # fmt: skip


def paint(browser: Any, theme: str) -> None:
    """Have the page light or dark, as its settings do."""
    browser.run(f"document.querySelector('#settings [data-theme={theme}]').click()")
    browser.wait_for(f"document.body.classList.contains('dark') === {str(theme == 'dark').lower()}")


def press(browser: Any, selector: str) -> None:
    """Click on what is there, or will be."""
    browser.wait_for(find(selector))
    browser.run(f"document.querySelector('{selector}').click()")


def key(browser: Any, name: str) -> None:
    """Press a key and let it go."""
    for kind in ("keyDown", "keyUp"):
        browser.call("Input.dispatchKeyEvent", type=kind, key=name, code=name)
