"""A language model's answer as a stream of text: bounded in time and length, whatever happens.

`open_endpoint` in `rag.endpoint` makes one for an OpenAI-compatible server, `wrap_llm` one of any
LlamaIndex `LLM`.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import TYPE_CHECKING, Any, Literal, Protocol

from index.errors import LLMError, MalformedAnswer
from rag.llmfailure import explain_failure
from rag.llmguard import guard_answer

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_LONGEST_WAIT_S = 20.0


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
