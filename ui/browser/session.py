"""One browser tab's conversation, and how what the browser sends is looked up in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Answer, Citation, Mode
from wortlaut.rag.understanding.choices import Choice
from wortlaut.ui.browser.page import PageTurn
from wortlaut.ui.browser.timeline import ShownTimeline
from wortlaut.ui.gate.guest import Guest

# So many conversations are listed before more are asked for.
SHOWN_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Picker:
    """The picker that is open: of which turn's which part, and the choices as they are listed.

    Each list has another `serial`: a click on a list that is no longer there means nothing.
    """

    turn: int
    part: str
    serial: int
    choices: tuple[Choice, ...] = ()


@dataclass(slots=True)
class Session:
    """One browser tab's conversation; no other tab sees it.

    `mode` is how questions are asked, `None` the chat's own; `growing` the number of the turn that
    is being answered, and `asked` counts the questions. `conversation` is the id under which it is
    kept, as of the time `stamp`; `replaced` are all turns as they were before the last edit.
    `is_listed` says that the page's list has it, `listed` how many that shows; `is_lost` that the
    page shows turns that nobody knows any more. `lists` counts the lists of choices that were shown.
    """

    tongue: Language = "en"
    examples: tuple[str, ...] = ()
    turns: list[PageTurn] = field(default_factory=list)
    mode: Mode | None = None
    growing: int | None = None
    asked: int = 0
    owner: str = ""
    guest: Guest = Guest()  # noqa: RUF009 -- frozen
    conversation: str | None = None
    stamp: str = ""
    replaced: tuple[PageTurn, ...] = ()
    is_listed: bool = True
    is_lost: bool = False
    listed: int = SHOWN_AT_ONCE
    picker: Picker | None = None
    lists: int = 0
    timeline: ShownTimeline = ShownTimeline()  # noqa: RUF009 -- frozen


def pick_sent(items: Any, number: object) -> Any:
    """The item at a number that came from the browser; None for anything else."""
    text = str(number)
    if not text.isascii() or not text.isdecimal() or len(text) > 6:
        return None
    return items[int(text)] if int(text) < len(items) else None


def find_cited(
    session: Session, number: object, marker: object
) -> tuple[Answer | None, Citation | None]:
    """The turn's answer, and what the marker cites in it."""
    turn = pick_sent(session.turns, number)
    answer = turn.answer if turn else None
    cited = (c for c in answer.citations if str(c.marker) == str(marker)) if answer else iter(())
    return answer, next(cited, None)
