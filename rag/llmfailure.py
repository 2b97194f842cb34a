"""What an exception out of a language model means: whether it passes, and what to do."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from index.errors import LLMError, LLMUnavailable, MalformedAnswer

_TRANSIENT = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_LONGEST_DETAIL = 200
_LONGEST_WAIT_S = 7 * 24 * 3600
# Servers quote what they were sent; their word is shown on a page, in a terminal, in a receipt.
_SECRET = re.compile(r"(?:\bBearer\s+|\bsk-)\S+", re.I)
_LEADS_OUT = re.compile(
    r"!?\[[^\[\]]{0,300}\](?:\([^)]{0,2000}\)?|\[[^\]]{0,300}\]?)|<[^<>]{0,2000}>"
    r"|\b[a-z][a-z0-9+.-]{1,12}:[/\\]{2}\S*|\b(?:javascript|data|mailto):\S+",
    re.I,
)
_MOST_ROUNDS = 4
_ADVICE = {
    400: "rejects the request{detail}; check WORTLAUT_LLM_MODEL and WORTLAUT_LLM_CONTEXT_TOKENS",
    401: "refuses the key; set WORTLAUT_LLM_API_KEY",
    403: "refuses the key; set WORTLAUT_LLM_API_KEY",
    404: "knows no such model or address{detail}; check WORTLAUT_LLM_MODEL and "
    "WORTLAUT_LLM_BASE_URL",
    413: "finds the request too long; set WORTLAUT_LLM_CONTEXT_TOKENS lower",
    429: "allows no more requests now; ask again {when}",
}


@dataclass(frozen=True, slots=True)
class Failure:
    """The error to raise; `is_transient` says that another try may succeed.

    `retry_after_s` is what the server asked for, in seconds.
    """

    error: LLMError
    is_transient: bool
    retry_after_s: float | None = None


def explain_failure(
    error: Exception, place: str, model: str | None, secret: str | None = None
) -> Failure:
    """What the exception means, by the attributes that the client libraries share.

    `secret` is the server's key, which the error never holds.
    """
    subject = f"the language model {place}" + (f" ({model})" if model and model != place else "")
    causes = list(_walk_causes(error))
    for cause in causes:
        if isinstance(cause, LLMError):
            return Failure(type(cause)(f"{subject} {cause}"), False)
    if any(isinstance(cause, TimeoutError) or _is_named(cause, "Timeout") for cause in causes):
        own = clean_detail(str(error), secret) if isinstance(error, TimeoutError) else ""
        detail = own or "it did not answer in time"
        return Failure(LLMUnavailable(
            f"{subject} is too slow ({detail}); set WORTLAUT_LLM_TIMEOUT_S higher or choose a "
            "smaller model"
        ), True)  # fmt: skip
    status = _read_status(error)
    if status is not None and status >= 300:
        retry_after_s = _read_retry_after(error)
        return Failure(
            LLMUnavailable(f"{subject} {_advise(status, error, retry_after_s, secret)}"),
            status in _TRANSIENT,
            retry_after_s,
        )
    if any(isinstance(c, BrokenPipeError) or _is_named(c, "RemoteProtocol") for c in causes):
        return Failure(LLMUnavailable(
            f"{subject} broke off its answer; ask again, or look at its server's log"
        ), True)  # fmt: skip
    if any(isinstance(cause, OSError) or _is_transport(cause) for cause in causes):
        return Failure(LLMUnavailable(
            f"{subject} cannot be reached; start its server, or set WORTLAUT_LLM_BASE_URL"
        ), True)  # fmt: skip
    if _is_named(error, "APIError"):
        return Failure(
            LLMUnavailable(f"{subject} failed: {clean_detail(str(error), secret)}"), False
        )
    return Failure(MalformedAnswer(
        f"{subject} answers in a form that cannot be read ({type(error).__name__}); check that "
        "WORTLAUT_LLM_BASE_URL is an OpenAI-compatible endpoint"
    ), False)  # fmt: skip


def _walk_causes(error: BaseException | None) -> Iterator[BaseException]:
    # A chain of causes may bite its own tail.
    for _ in range(8):
        if error is None:
            return
        yield error
        error = error.__cause__


def _is_named(error: BaseException, name: str) -> bool:
    return any(name in kind.__name__ for kind in type(error).__mro__)


def _is_transport(error: BaseException) -> bool:
    return _is_named(error, "TransportError") or _is_named(error, "APIConnectionError")


def _read_status(error: Exception) -> int | None:
    response = getattr(error, "response", None)
    for status in (getattr(error, "status_code", None), getattr(response, "status_code", None)):
        if isinstance(status, int):
            return status
    return None


def _read_retry_after(error: Exception) -> float | None:
    headers = getattr(getattr(error, "response", None), "headers", None) or {}
    value = str(headers.get("retry-after") or "").strip()
    if not value:
        return None
    try:
        wait_s = float(value)
    except ValueError:
        try:
            wait_s = parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError, OSError):
            return None
    # "nan" and "1e400" are numbers to Python, and no time to wait.
    return max(0.0, wait_s) if math.isfinite(wait_s) and wait_s <= _LONGEST_WAIT_S else None


def _advise(status: int, error: Exception, retry_after_s: float | None, secret: str | None) -> str:
    if status < 400:
        return f"sends us elsewhere (HTTP {status}); set WORTLAUT_LLM_BASE_URL to where it is"
    default = f"fails (HTTP {status}){{detail}}; ask again later, or look at its server's log"
    detail = clean_detail(_read_detail(error), secret)
    when = "later" if retry_after_s is None else f"in {retry_after_s:.0f} s"
    return _ADVICE.get(status, default).format(detail=f": {detail}" if detail else "", when=when)


def _read_detail(error: Exception) -> str:
    body = getattr(error, "body", None)
    if isinstance(body, dict):
        inner = body.get("error", body)
        text = inner.get("message") if isinstance(inner, dict) else inner
        return text if isinstance(text, str) else ""
    return ""


def clean_detail(text: str, secret: str | None = None) -> str:
    """A server's words as one short line, without keys, addresses, links, images and HTML."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    # What is taken out may join the rest to something new.
    for _ in range(_MOST_ROUNDS):
        if secret:
            line = line.replace(secret, "…")
        line = " ".join(_LEADS_OUT.sub("", _SECRET.sub("…", line)).split())
    return line if len(line) <= _LONGEST_DETAIL else line[:_LONGEST_DETAIL] + " …"
