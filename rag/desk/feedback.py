"""What users thought of answers: good or not and why, kept on this machine only."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from wortlaut.index.article import mend_letters
from wortlaut.rag.answer import Answer
from wortlaut.rag.desk.keeping import keep
from wortlaut.rag.desk.store import Desk

Opinion = Literal["up", "down"]
LONGEST_COMMENT = 4000


@dataclass(frozen=True, slots=True)
class Feedback:
    """One opinion on one answer; `answer` as `--json` prints it, `earlier` the questions before.

    `filters` are those that each question was asked with, the last one's last; an older version
    kept none.
    """

    given: datetime
    verdict: Opinion
    comment: str
    question: str
    earlier: tuple[str, ...]
    answer: dict[str, Any]
    filters: tuple[dict[str, Any], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The opinion as the command line prints it."""
        return {
            "given": self.given.isoformat(timespec="seconds"),
            "verdict": self.verdict,
            "comment": self.comment,
            "question": self.question,
            "earlier": list(self.earlier),
            "filters": list(self.filters),
            "answer": self.answer,
        }


def read_opinion(verdict: object) -> Opinion | None:
    """The verdict if it is one."""
    return next((known for known in get_args(Opinion) if known == verdict), None)


def give_feedback(
    desk: Desk, owner: str, answer: Answer, verdict: Opinion | None, comment: str = ""
) -> None:
    """Keep the opinion on the answer in place of the last; without a verdict there is none."""
    identity = _identify(owner, answer)
    with desk.write() as db:
        db.execute("DELETE FROM feedback WHERE id = ?", (identity,))
        if verdict is None:
            return
        before = answer.asking.history if answer.asking else ()
        earlier = [answered.question for answered in before]
        asked = [one.asking for one in (*before, answer)]
        filters = [keep(asking.filters) if asking else {} for asking in asked]
        db.execute(
            "INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                identity, owner, datetime.now(UTC).isoformat(), verdict,
                mend_letters(comment.strip()[:LONGEST_COMMENT]), mend_letters(answer.question),
                json.dumps(earlier), json.dumps(answer.as_json()),
            ),
        )  # fmt: skip
        db.execute(
            "INSERT INTO feedback_filters VALUES (?, ?)",
            (identity, mend_letters(json.dumps(filters))),
        )


def find_feedback(desk: Desk, owner: str, answer: Answer) -> Feedback | None:
    """What the browser's user thought of the answer, if he said so."""
    rows = desk.read(f"{_SELECT} WHERE id = ?", (_identify(owner, answer),))
    return _read_row(rows[0]) if rows else None


def list_feedback(desk: Desk, owner: str | None = None) -> list[Feedback]:
    """All that was said of answers, oldest first; with an `owner` what he said."""
    where, values = ("", ()) if owner is None else ("WHERE owner = ?", (owner,))
    return [_read_row(row) for row in desk.read(f"{_SELECT} {where} ORDER BY given, id", values)]


_SELECT = (
    "SELECT given, verdict, comment, question, earlier, answer, filters FROM feedback "
    "LEFT JOIN feedback_filters ON feedback = id"
)


def _identify(owner: str, answer: Answer) -> str:
    """The same for the same answer to the same question, also when it is kept and read again."""
    said = json.dumps([owner, answer.question, answer.text])
    return hashlib.sha256(said.encode("ascii")).hexdigest()


def _read_row(row: Sequence[Any]) -> Feedback:
    given, verdict, comment, question, earlier, answer, filters = row
    return Feedback(
        datetime.fromisoformat(given), verdict, comment, question, tuple(json.loads(earlier)),
        json.loads(answer), tuple(json.loads(filters)) if filters else (),
    )  # fmt: skip
