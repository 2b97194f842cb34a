"""What an exception out of a model means: whether it passes, and what to do.

The client libraries share the attributes that are read here. Servers share little: each says in
its own way that the prompt is too long for its context.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from wortlaut.index.errors import LLMError, LLMUnavailable, MalformedAnswer

_TRANSIENT = frozenset({408, 409, 429, 500, 502, 503, 504, 529})
_LONGEST_DETAIL = 200
_LONGEST_ASKED_WAIT_S = 7 * 24 * 3600
# Servers quote what they were sent; their word is shown on a page, in a terminal, in a receipt.
_SECRET = re.compile(r"(?:\bBearer\s+|\bsk-)\S+", re.I)
_LEADS_OUT = re.compile(
    r"!?\[[^\[\]]{0,300}\](?:\([^)]{0,2000}\)?|\[[^\]]{0,300}\]?)|<[^<>]{0,2000}>"
    r"|\b[a-z][a-z0-9+.-]{1,12}:[/\\]{2}\S*|\b(?:javascript|data|mailto):\S+",
    re.I,
)
_MOST_ROUNDS = 4
# llama.cpp's type, OpenAI's code; vLLM, Ollama and proxies of all these say it in words alone.
_OVERFLOWS = frozenset({"exceed_context_size_error", "context_length_exceeded"})
_OVERFLOW_WORDS = re.compile(
    r"maximum context length|maximum model length|(?:available )?context (?:size|window|length)"
    r"|exceed (?:the )?(?:configured )?limit of \d+ tokens|prompt is too long|input is too long"
    r"|max_tokens must be at least 1, got -",
    re.I,
)
# Not the number of tokens that were sent: the one they had to fit into.
_ROOM = re.compile(
    r"(?:maximum (?:context|model) length (?:is|of)|context (?:size|window|length)(?: of| is)? ?\(?"
    r"|configured limit of|> ?(?=\d+ maximum)) ?(\d{1,9})",
    re.I,
)
_FILTERED = frozenset({"content_filter", "content_policy_violation"})
FILTER_ADVICE = "was stopped by its provider's filter; ask in other words"
CONTEXT_ADVICE = (
    "set WORTLAUT_LLM_CONTEXT_TOKENS to what its server was started with, or start that with more"
)
# What is shorter would be taken out of words that hold it by chance.
_SHORTEST_SECRET = 4
_TOO_LONG = frozenset({400, 413, 422})
_ADVICE = {
    400: "rejects the request{detail}; check WORTLAUT_LLM_MODEL and WORTLAUT_LLM_CONTEXT_TOKENS",
    401: "refuses the key; set WORTLAUT_LLM_API_KEY, or WORTLAUT_LLM_HEADERS if a proxy asks for it",
    403: "refuses the key; set WORTLAUT_LLM_API_KEY, or WORTLAUT_LLM_HEADERS if a proxy asks for it",
    404: "knows no such model or address{detail}; check WORTLAUT_LLM_MODEL and "
    "WORTLAUT_LLM_BASE_URL",
    413: "finds the request too long; set WORTLAUT_LLM_CONTEXT_TOKENS lower",
    422: "rejects the request{detail}; check WORTLAUT_LLM_MODEL and WORTLAUT_LLM_BASE_URL",
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
    error: Exception, place: str, model: str | None, secrets: Sequence[str] = ()
) -> Failure:
    """What the exception means, by the attributes that the client libraries share.

    `secrets` are the server's keys, which the error never holds.
    """
    subject = f"the language model {place}" + (f" ({model})" if model and model != place else "")
    causes = list(_walk_causes(error))
    for cause in causes:
        if isinstance(cause, LLMError):
            return Failure(type(cause)(f"{subject} {cause}"), False)
    if any(isinstance(cause, TimeoutError) or _is_named(cause, "Timeout") for cause in causes):
        own = clean_detail(str(error), secrets) if isinstance(error, TimeoutError) else ""
        detail = own or "it did not answer in time"
        return Failure(LLMUnavailable(
            f"{subject} is too slow ({detail}); set WORTLAUT_LLM_TIMEOUT_S higher or choose a "
            "smaller model"
        ), True)  # fmt: skip
    if (told := _explain_refusal(error)) is not None:
        return Failure(type(told)(f"{subject} {told}"), False)
    status = _read_status(error)
    if status is not None and status >= 300:
        retry_after_s = _read_retry_after(error)
        return Failure(
            LLMUnavailable(f"{subject} {_advise(status, error, retry_after_s, secrets)}"),
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
            LLMUnavailable(f"{subject} failed: {clean_detail(str(error), secrets)}"), False
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
    return max(0.0, wait_s) if math.isfinite(wait_s) and wait_s <= _LONGEST_ASKED_WAIT_S else None


def _explain_refusal(error: Exception) -> LLMError | None:
    """What to do where the server says that the prompt is too long, or that a filter stopped it."""
    body, status = _read_body(error), _read_status(error)
    kinds = {str(body.get(name)) for name in ("type", "code")}
    message = _read_detail(error)
    if kinds & _FILTERED:
        return MalformedAnswer(FILTER_ADVICE)
    may_be_long = status in _TOO_LONG or (status is None and _is_named(error, "APIError"))
    if not kinds & _OVERFLOWS and not (may_be_long and _OVERFLOW_WORDS.search(message)):
        return None
    found = _ROOM.search(message)
    room = _read_count(body.get("n_ctx")) or (int(found[1]) if found else None)
    sent = _read_count(body.get("n_prompt_tokens"))
    size = f" of {sent} tokens" if sent else ""
    if room is None:
        return LLMUnavailable(f"finds the prompt{size} too long; {CONTEXT_ADVICE}")
    return LLMUnavailable(
        f"holds {room} tokens, too few for the prompt{size} with its answer; set "
        f"WORTLAUT_LLM_CONTEXT_TOKENS to {room} or less"
    )


def _read_body(error: Exception) -> Mapping[str, Any]:
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else None
    return inner if isinstance(inner, dict) else {}


def _read_count(value: Any) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10**9
    return int(value) if is_count else None


def _advise(
    status: int, error: Exception, retry_after_s: float | None, secrets: Sequence[str]
) -> str:
    if status < 400:
        return f"sends us elsewhere (HTTP {status}); set WORTLAUT_LLM_BASE_URL to where it is"
    default = f"fails (HTTP {status}){{detail}}; ask again later, or look at its server's log"
    detail = clean_detail(_read_detail(error), secrets)
    when = "later" if retry_after_s is None else f"in {retry_after_s:.0f} s"
    return _ADVICE.get(status, default).format(detail=f": {detail}" if detail else "", when=when)


def _read_detail(error: Exception) -> str:
    body = getattr(error, "body", None)
    inner = body.get("error", body) if isinstance(body, dict) else body
    # Ollama's own routes give a string; FastAPI's default is a "detail".
    text = inner.get("message", inner.get("detail")) if isinstance(inner, dict) else inner
    # A page of HTML says nothing to the point.
    return text if isinstance(text, str) and not text.lstrip().startswith("<") else ""


def clean_detail(text: str, secrets: Sequence[str] = ()) -> str:
    """A server's words as one short line, without keys, addresses, links, images and HTML."""
    # Longest first: one may hold another.
    hidden = sorted({s for s in secrets if len(s) >= _SHORTEST_SECRET}, key=len, reverse=True)
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    # What is taken out may join the rest to something new.
    for _ in range(_MOST_ROUNDS):
        for secret in hidden:
            line = line.replace(secret, "…")
        line = " ".join(_LEADS_OUT.sub("", _SECRET.sub("…", line)).split())
    return line if len(line) <= _LONGEST_DETAIL else line[:_LONGEST_DETAIL] + " …"
