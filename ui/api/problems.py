"""What a request that fails gets: problem details (RFC 9457), or an error as OpenAI's clients read it.

Imported only where something is served.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wortlaut.index.errors import (
    ConfigError,
    LLMError,
    StaleSpan,
    StoreBusy,
    StoreUnavailable,
    WortlautError,
)
from wortlaut.ui.render import clean_line
from wortlaut.ui.terminal.printing import dump_line

# Of an error's own words; what came in may stand in them.
_LONGEST_DETAIL = 1000
_MOST_FAULTS = 20
_FLAG = re.compile(r"--(since|until|as-of)\b")
_RETRY_S = 5
_UNFORESEEN = "something went wrong that nobody foresaw; the server's log has it: ask again, or tell who runs it"
_log = logging.getLogger(__name__)

WriteUnanswered = Callable[["Unanswered"], Response]


class Unanswered(Exception):
    """A request that gets no answer: HTTP status and one line that says what to do next.

    `faults` are the single wrong values, each with its place; `field` names the one that is meant,
    `code` is what OpenAI's clients look at.
    """

    def __init__(
        self,
        status: int,
        detail: str,
        faults: Sequence[Mapping[str, str]] = (),
        *,
        field: str | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = clean_line(detail)[:_LONGEST_DETAIL]
        self.faults = list(faults)
        self.field = field
        self.code = code
        self.headers = dict(headers or {})
        if status == HTTPStatus.SERVICE_UNAVAILABLE:
            self.headers.setdefault("retry-after", str(_RETRY_S))


class JsonResponse(JSONResponse):
    """JSON in which other alphabets stay readable; half a letter, which no UTF-8 has, gives way."""

    def render(self, content: Any) -> bytes:
        """The content's bytes."""
        return dump_line(content, is_tight=True).encode("utf-8", "replace")


def write_problem(refusal: Unanswered) -> Response:
    """The refusal as problem details."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail,
    }
    if refusal.faults:
        body["errors"] = refusal.faults
    return JsonResponse(
        body, refusal.status, refusal.headers, media_type="application/problem+json"
    )


def describe_error(refusal: Unanswered) -> dict[str, Any]:
    """The refusal as OpenAI's clients read it."""
    kind = "invalid_request_error" if refusal.status < 500 else "server_error"
    said = {"message": refusal.detail, "type": kind, "param": refusal.field, "code": refusal.code}
    return {"error": said}


def write_openai_error(refusal: Unanswered) -> Response:
    """The refusal as a response that OpenAI's clients read."""
    return JsonResponse(describe_error(refusal), refusal.status, refusal.headers)


def explain(error: Exception) -> Unanswered:
    """The refusal that an error asks for; of one that nobody foresaw the log alone has the words."""
    if isinstance(error, Unanswered):
        return error
    if not isinstance(error, WortlautError):
        _log.error("a request failed", exc_info=error)
        return Unanswered(500, _UNFORESEEN)
    statuses: tuple[tuple[type[WortlautError], int], ...] = (
        (ConfigError, 400), (StaleSpan, 409), (StoreBusy, 503), (StoreUnavailable, 503),
        (LLMError, 502),
    )  # fmt: skip
    status = next((number for kind, number in statuses if isinstance(error, kind)), 500)
    # The command line's flags have the same names here.
    said = _FLAG.sub(lambda flag: flag[1].replace("-", "_"), str(error))
    return Unanswered(status, said)


def explain_invalid(error: RequestValidationError) -> Unanswered:
    """What is wrong with a request's values, without the values."""
    faults = [_describe_fault(fault) for fault in error.errors()[:_MOST_FAULTS]]
    first = faults[0] if faults else {"pointer": "", "detail": "it cannot be read"}
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    place = first["pointer"] or "the request"
    detail = f"{place}: {first['detail']}{more}; mend it, openapi.json says what is expected"
    return Unanswered(422, detail, faults, field=place.rpartition("/")[2] or None)


def _describe_fault(fault: Mapping[str, Any]) -> dict[str, str]:
    where, *parts = [str(part)[:80] for part in fault["loc"]] or ["body"]
    if fault["type"] == "json_invalid":
        parts = []
    sign = "#/" if where == "body" else ""
    pointer = sign + "/".join(part.replace("~", "~0").replace("/", "~1") for part in parts)
    return {"in": where, "pointer": clean_line(pointer), "detail": clean_line(fault["msg"])[:200]}


def handle_errors(app: FastAPI, write: WriteUnanswered) -> None:
    """Have the app answer every failure by `write`: its own, wrong values, unknown paths."""

    async def refuse(request: Request, error: Exception) -> Response:
        return write(explain(error))

    async def refuse_invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        return write(explain_invalid(error))

    async def refuse_route(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        details = {
            404: f"there is nothing at {request.url.path}; see /api/v1/openapi.json",
            405: f"{request.method} is not for {request.url.path}; see the header Allow",
        }
        detail = details.get(error.status_code, str(error.detail))
        return write(Unanswered(error.status_code, detail, headers=error.headers))

    for kind in (Unanswered, WortlautError):
        app.add_exception_handler(kind, refuse)
    app.add_exception_handler(Exception, refuse)
    app.add_exception_handler(RequestValidationError, refuse_invalid)
    app.add_exception_handler(HTTPException, refuse_route)


class BodyLimit:
    """An ASGI app before another: a longer body than its path may have gets 413.

    `limits` are bytes by the path's ending, `largest` holds for all else.
    """

    def __init__(
        self,
        app: ASGIApp,
        write: WriteUnanswered,
        largest: int,
        limits: Mapping[str, int] | None = None,
    ) -> None:
        self._app = app
        self._write = write
        self._largest = largest
        self._limits = dict(limits or {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body as far as it may go, and pass it on whole."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        ends = (n for path, n in self._limits.items() if scope["path"].endswith(path))
        largest = next(ends, self._largest)
        body = await _read_body(scope, receive, largest)
        if body is None:
            said = f"more than {largest} bytes; send less at once"
            refusal = Unanswered(413, said, headers={"connection": "close"})
            await self._write(refusal)(scope, receive, send)
            return
        messages = [body] if body else []

        async def receive_again() -> Message:
            return messages.pop() if messages else await receive()

        await self._app(scope, receive_again, send)


async def _read_body(scope: Scope, receive: Receive, largest: int) -> Message | None:
    """The whole body as one message; `None` for one that is too long."""
    told = dict(scope["headers"]).get(b"content-length", b"")
    if told.isdigit() and int(told) > largest:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            # The client is gone: whoever reads the body learns it.
            return message
        body += message.get("body", b"")
        if len(body) > largest:
            return None
        if not message.get("more_body"):
            return {"type": "http.request", "body": bytes(body), "more_body": False}
