"""What the server writes about itself: lines or JSON, without passwords, and without questions unless asked."""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from wortlaut.rag.answer import Answer
    from wortlaut.rag.config import LogFormat

_requests = logging.getLogger("wortlaut.requests")
_questions = logging.getLogger("wortlaut.questions")
# Whoever has a conversation's or a receipt's address may read it.
_SECRET_PART = re.compile(r"^(/c/|/export/receipt/).+")
_LONGEST_PATH = 200


def set_up_logs(log_format: LogFormat, *, with_questions: bool = False) -> None:
    """Have all logs written to standard error in that format, one event a line."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_make_formatter(log_format, with_questions))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    for logger in (_requests, _questions):
        logger.setLevel(logging.INFO)


def log_request(method: str, path: str, status: int, ms: float, *, user: str, address: str) -> None:
    """One request, without what follows its path."""
    if _requests.isEnabledFor(logging.INFO):
        told = {
            "method": method, "path": _SECRET_PART.sub(r"\1…", path)[:_LONGEST_PATH],
            "status": status, "ms": round(ms), "user": user or None, "address": address,
        }  # fmt: skip
        _requests.info("request", extra={"told": told})


def log_question(question: str, answer: Answer | None) -> None:
    """One question; its words are written only where that was asked for."""
    if _questions.isEnabledFor(logging.INFO):
        told: dict[str, Any] = {"question": question, "outcome": "unfinished"}
        if answer is not None:
            told |= {
                "outcome": "abstained" if answer.abstained else "answered",
                "mode": answer.mode, "language": answer.language,
                "reason": answer.abstain_reason, "citations": len(answer.citations),
                "ms": round(answer.timings_ms.get("total", 0.0)),
            }  # fmt: skip
        _questions.info("question", extra={"told": told})


def _make_formatter(log_format: LogFormat, with_questions: bool) -> logging.Formatter:
    class Formatter(logging.Formatter):
        def format(self, record: logging.LogRecord) -> str:
            told = dict(getattr(record, "told", {}))
            if not with_questions:
                told.pop("question", None)
            at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
            trace = _describe(record, with_questions)
            if log_format == "json":
                entry = {
                    "time": at, "level": record.levelname.lower(), "logger": record.name,
                    "event": record.getMessage(), **told, **({"trace": trace} if trace else {}),
                }  # fmt: skip
                return json.dumps(entry, ensure_ascii=False, default=str)
            pairs = "".join(
                f" {name}={json.dumps(value, ensure_ascii=False, default=str)}"
                for name, value in told.items()
                if value is not None
            )
            message = " ".join(record.getMessage().split())
            line = f"{at} {record.levelname.lower()} {message}{pairs}"
            return f"{line}\n{trace}" if trace else line

    return Formatter()


def _describe(record: logging.LogRecord, with_words: bool) -> str:
    """Where an exception came from; what it says may hold a question."""
    if not record.exc_info or record.exc_info[1] is None:
        return ""
    kind, error, place = record.exc_info
    frames = "".join(traceback.format_list(traceback.extract_tb(place)))
    said = f": {error}" if with_words else ""
    return f"{frames}{kind.__name__ if kind else 'Exception'}{said}"
