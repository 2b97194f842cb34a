"""`wortlaut feedback`: what users of the page thought of its answers."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from contextlib import closing

from wortlaut.rag.config import Settings
from wortlaut.rag.desk.feedback import Feedback, list_feedback
from wortlaut.rag.desk.store import DESK_FILE, Desk
from wortlaut.ui.render import clean_line


def read_feedback(settings: Settings) -> list[Feedback]:
    """All opinions kept in the archive's folder, oldest first; where nothing is kept, none."""
    if not (settings.data / DESK_FILE).exists():
        return []
    with closing(Desk(settings.data)) as desk:
        return list_feedback(desk)


def print_feedback(settings: Settings, *, as_json: bool) -> None:
    """Print the opinions, one a line."""
    given = read_feedback(settings)
    if not given:
        print(
            "wortlaut: nobody has said what is thought of an answer; the thumbs below one do, "
            "in: wortlaut chat",
            file=sys.stderr,
        )
    _print_rows(given, as_json)


def _print_rows(given: Sequence[Feedback], as_json: bool) -> None:
    for one in given:
        if as_json:
            print(json.dumps(one.as_json(), ensure_ascii=False))
            continue
        turns = " | ".join([*one.earlier, one.question])
        comment = f" – {one.comment}" if one.comment else ""
        print(clean_line(f"{one.given:%Y-%m-%d %H:%M} {one.verdict:4} {turns}{comment}"))
