"""Refusals in the shape that whoever asked can read: a line, problem details, or OpenAI's errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from starlette.responses import Response

# As OpenAI's clients look for them.
_KINDS = {401: "invalid_api_key", 403: "permission_denied", 429: "rate_limit_exceeded"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not served; `detail` says what to do next."""

    status: int
    detail: str
    seconds: int = 0


def answer_refusal(refusal: Refusal, path: str, headers: Mapping[str, str]) -> Response:
    """The refusal as a response to what asked for the path with these headers."""
    from starlette.responses import PlainTextResponse

    from wortlaut.ui.api.problems import Unanswered, write_openai_error, write_problem

    sent = {"cache-control": "no-store"}
    if refusal.seconds:
        sent["retry-after"] = str(refusal.seconds)
    if refusal.status == 401:
        # A page that asks by script must not have the browser ask for a password of its own.
        is_browser = "sec-fetch-mode" in headers
        sent["www-authenticate"] = (
            "Bearer" if is_browser else 'Basic realm="Wortlaut", charset="UTF-8"'
        )
    told = Unanswered(refusal.status, refusal.detail, code=_KINDS.get(refusal.status), headers=sent)
    if path.startswith("/v1/"):
        return write_openai_error(told)
    if path.startswith("/api/"):
        return write_problem(told)
    return PlainTextResponse(refusal.detail, refusal.status, headers=sent)
