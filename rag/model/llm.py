"""A language model's answer as a stream of text: bounded in time and length, whatever happens.

A loop or garbage is no answer, and every exception out of a model becomes an error that says what to do.

`open_endpoint` in `rag.model.endpoint` makes one for an OpenAI-compatible server, `wrap_llm` one of any
LlamaIndex `LLM`.
"""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Literal, Protocol

from wortlaut.index.errors import LLMError, LLMUnavailable, MalformedAnswer

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_LONGEST_WAIT_S = 20.0
_THINKING = ("<think>", "</think>")
# Longer than any language's words: a server that heeds no limit is cut here.
_CHARS_PER_TOKEN = 12
_LONGEST_WORD = 300
_LONGEST_PERIOD = 60
_LOOPED_WORDS = 15
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
class Message:
    """One message of the conversation with the model."""

    role: Literal["system", "user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait, in seconds: to connect, for the first token, between tokens, in all."""

    connect_s: float
    first_token_s: float
    idle_s: float
    total_s: float

    @classmethod
    def within(cls, total_s: float) -> Patience:
        """Half of the time for the first token, a quarter between two, 5 s at most to connect."""
        return cls(min(5.0, total_s / 4), total_s / 2, total_s / 4, total_s)


class Line(Protocol):
    """A connection to a model, for one try; made, it has loaded all it needs but connected none."""

    def open(self) -> LLM:
        """The model, ready to be asked; may wait for the network and raise what that raises."""

    def find_name(self) -> str:
        """The name of the model that `open` gives, known to be there; may wait and raise too."""

    def hang_up(self) -> None:
        """Cut the connection, from whatever thread, also while it is being read."""

    def close(self) -> None:
        """Release what `open` took; called once, by the thread that opened it."""


class LanguageModel:
    """Streams a model's answers; every failure is an LLMError that says what to do.

    `context_tokens` is what prompt and answer may take together, `max_tokens` the answer alone.
    `secret` is the key for the model, which no error holds.
    """

    def __init__(
        self,
        connect: Callable[[], Line],
        *,
        place: str,
        patience: Patience,
        retries: int = 2,
        context_tokens: int = 4096,
        max_tokens: int = 512,
        backoff_s: float = 0.5,
        read_name: Callable[[], str | None] = lambda: None,
        secret: str | None = None,
    ) -> None:
        self.context_tokens = context_tokens
        self.max_tokens = max_tokens
        self._connect = connect
        self._place = place
        self._patience = patience
        self._retries = retries
        self._backoff_s = backoff_s
        self._read_name = read_name
        self._secret = secret

    @property
    def name(self) -> str | None:
        """The model's name; `None` as long as only its server knows it."""
        return self._read_name()

    def stream(self, messages: Sequence[Message]) -> Generator[str]:
        """The answer's text, a token or more at a time; closing the iterator hangs up.

        Raises LLMUnavailable or MalformedAnswer, after some of the text too. What passes by
        itself is tried again, but never once text was yielded.
        """
        yield from self._call(lambda line: _speak(line, messages), self._patience)

    def check(self, timeout_s: float = 10) -> str:
        """The model's name, once it is sure that it can be asked; else raises LLMUnavailable."""
        found = self._call(lambda line: iter([line.find_name()]), Patience.within(timeout_s))
        name = "".join(found)
        return self.name or name

    def _call(self, work: Callable[[Line], Iterator[str]], patience: Patience) -> Iterator[str]:
        # The clock starts once the client library is loaded: that is not the model's slowness.
        line = self._connect()
        deadline = time.monotonic() + patience.total_s
        for attempt in range(self._retries + 1):
            call = _Call(line, work)
            spoken = False
            try:
                for delta in guard_answer(call.listen(patience, deadline), self.max_tokens):
                    spoken = True
                    yield delta
                return
            except LLMError as error:
                raise type(error)(f"the language model {self._place} {error}") from error
            except Exception as error:
                failure = explain_failure(error, self._place, self.name, self._secret)
                wait_s = failure.retry_after_s or self._backoff(attempt)
                last = attempt == self._retries or spoken or not failure.is_transient
                if last or wait_s > min(_LONGEST_WAIT_S, deadline - time.monotonic()):
                    raise failure.error from error
            finally:
                call.hang_up()
            time.sleep(wait_s)
            line = self._connect()

    def _backoff(self, attempt: int) -> float:
        return self._backoff_s * float(2**attempt) * random.uniform(0.75, 1.25)


def wrap_llm(
    llm: LLM,
    *,
    timeout_s: float = 120,
    retries: int = 2,
    context_tokens: int | None = None,
    max_tokens: int = 512,
) -> LanguageModel:
    """A LanguageModel of any LlamaIndex `LLM`, whose own timeouts and retries apply as well.

    Without `context_tokens` the model's own window is taken.
    """
    window = int(llm.metadata.context_window)
    return LanguageModel(
        lambda: _OwnLine(llm),
        place=llm.class_name(),
        patience=Patience.within(timeout_s),
        retries=retries,
        context_tokens=context_tokens or (window if window > 0 else 4096),
        max_tokens=max_tokens,
        read_name=lambda: _name(llm),
    )


def _name(llm: LLM) -> str:
    return llm.metadata.model_name or llm.class_name()


@dataclass(frozen=True, slots=True)
class _OwnLine:
    """A model that somebody else made: there is no connection of ours to close."""

    llm: LLM

    def open(self) -> LLM:
        return self.llm

    def find_name(self) -> str:
        return _name(self.llm)

    def hang_up(self) -> None:
        """Nothing to cut: the model's thread ends with its next token."""

    def close(self) -> None:
        """Nothing to release: the model is its maker's."""


class _Call:
    """A stream read in a thread of its own, so that waiting for it can be bounded."""

    def __init__(self, line: Line, work: Callable[[Line], Iterator[str]]) -> None:
        self._line = line
        self._work = work
        self._items: SimpleQueue[str | Exception | None] = SimpleQueue()
        self._is_over = Event()
        # A daemon: a model that never comes back must not keep the process from ending.
        Thread(target=self._run, daemon=True, name="wortlaut-llm").start()

    def listen(self, patience: Patience, deadline: float) -> Iterator[str]:
        """What comes, "" for a sign of life; raises TimeoutError when nothing does."""
        limit_s = patience.first_token_s
        while True:
            left_s = deadline - time.monotonic()
            try:
                item = self._items.get(timeout=max(0.0, min(limit_s, left_s)))
            except Empty:
                item = None
                if limit_s < left_s:
                    raise TimeoutError(f"{limit_s:g} s without a word") from None
                left_s = 0
            if left_s <= 0:
                raise TimeoutError(f"{patience.total_s:g} s in all")
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            limit_s = patience.idle_s
            yield item

    def hang_up(self) -> None:
        """End it, wherever it is."""
        self._is_over.set()
        self._line.hang_up()

    def _run(self) -> None:
        try:
            for item in self._work(self._line):
                if self._is_over.is_set():
                    return
                self._items.put(item)
            self._items.put(None)
        except Exception as error:
            # Somebody else's code may raise anything; the listener tells what it means.
            self._items.put(error)
        finally:
            self._line.close()


def _speak(line: Line, messages: Sequence[Message]) -> Iterator[str]:
    from llama_index.core.llms import ChatMessage

    llm = line.open()
    chat = [ChatMessage(role=message.role, content=message.text) for message in messages]
    try:
        yield from _read_chunks(llm.stream_chat(chat))
    except NotImplementedError:
        yield llm.chat(chat).message.content or ""


def _read_chunks(chunks: Iterator[Any]) -> Iterator[str]:
    """The text of LlamaIndex's chunks, "" while the model thinks; raises if it was cut off."""
    finish: str | None = None
    tells_finish = False
    length = 0
    for chunk in chunks:
        for choice in getattr(chunk.raw, "choices", None) or ():
            tells_finish = True
            finish = getattr(choice, "finish_reason", None) or finish
        delta = chunk.delta
        if delta is None:
            delta = (chunk.message.content or "")[length:]
        length += len(delta)
        if delta or chunk.additional_kwargs.get("thinking_delta"):
            yield delta
    if tells_finish and finish is None:
        raise BrokenPipeError("the answer broke off")
    if finish == "length":
        raise MalformedAnswer(
            "reached the longest answer allowed; set WORTLAUT_LLM_MAX_TOKENS higher"
        )
    if finish == "content_filter":
        raise MalformedAnswer("was stopped by its provider's filter; ask in other words")


# A text that is no answer: a loop, endless, garbage.


def guard_answer(deltas: Iterator[str], max_tokens: int) -> Iterator[str]:
    """The same text, less what the model thinks; raises MalformedAnswer when it is no answer."""
    text = ""
    checked = 0
    for delta in _drop_thinking(deltas):
        text += delta
        if len(text) > max_tokens * _CHARS_PER_TOKEN:
            raise MalformedAnswer("does not come to an end; choose another model")
        # A few words at a time: the check reads the last hundred.
        if len(text) - checked > 40:
            checked = len(text)
            if _is_loop(text):
                raise MalformedAnswer("repeats itself; choose another model")
        yield delta
    letters = sum(character.isalnum() for character in text)
    if not letters or text.count("\ufffd") * 5 > letters:
        raise MalformedAnswer(
            "answered nothing that can be read; choose another model, or check that "
            "WORTLAUT_LLM_BASE_URL is an OpenAI-compatible endpoint"
        )


def _drop_thinking(deltas: Iterator[str]) -> Iterator[str]:
    """The text without a block of thinking that opens it."""
    opening, closing = _THINKING
    held: str | None = ""
    for delta in deltas:
        if held is None:
            if delta:
                yield delta
            continue
        held += delta
        start = held.lstrip()
        if start.startswith(opening):
            _, found, rest = start.partition(closing)
            held = None if found else held
            if rest:
                yield rest
        elif start and not opening.startswith(start):
            yield held
            held = None
    if held and not held.lstrip().startswith(opening):
        yield held


def _is_loop(text: str) -> bool:
    """Whether the text ends with the same words over and over, or in one endless word."""
    tail = text[-_LONGEST_PERIOD * 40 :]
    words = tail.split()
    if not words or len(words[-1]) > _LONGEST_WORD or not tail[-_LONGEST_WORD:].strip():
        return True
    for period in range(1, min(_LONGEST_PERIOD, len(words) // 3) + 1):
        times = max(3, -(-_LOOPED_WORDS // period))
        last = words[-period:]
        if len(words) >= period * times and words[-period * times :] == last * times:
            return True
    return False


# What an exception out of a model means: whether it passes, and what to do.


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
    return max(0.0, wait_s) if math.isfinite(wait_s) and wait_s <= _LONGEST_ASKED_WAIT_S else None


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
