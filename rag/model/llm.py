"""A language model's answer as a stream of text: bounded in time and length, whatever happens.

A loop or garbage is no answer, and every exception out of a model becomes an error that says what to do.

`open_endpoint` in `rag.model.endpoint` makes one for an OpenAI-compatible server, `wrap_llm` one of any
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

from wortlaut.index.errors import LLMError, MalformedAnswer, OnlyThought
from wortlaut.rag.model.failures import CONTEXT_ADVICE, FILTER_ADVICE, explain_failure
from wortlaut.rag.model.thinking import ThoughtFilter, ThoughtSign

if TYPE_CHECKING:
    from llama_index.core.llms import LLM

_LONGEST_WAIT_S = 20.0
# Longer than any language's words: a server that heeds no limit is cut here.
_CHARS_PER_TOKEN = 12
# Fewer than most texts have: an answer of fewer was hardly ended by its own limit.
_LETTERS_PER_TOKEN = 3
_THOUGHT_FIELDS = ("reasoning_content", "reasoning", "thinking", "reasoning_details")
_THOUGHT_ADVICE = "set WORTLAUT_LLM_MAX_TOKENS higher, or switch its thinking off at its server"
_LONGEST_WORD = 300
_LONGEST_PERIOD = 60
_LOOPED_WORDS = 15


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

    `context_tokens` is what prompt and answer may take together, `max_tokens` the answer alone,
    `limit_tokens` where the server is told to cut it. `secrets` are the keys for the model, which
    no error holds.
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
        secrets: Sequence[str] = (),
        limit_tokens: int | None = None,
    ) -> None:
        self.context_tokens = context_tokens
        self.max_tokens = max_tokens
        self._connect = connect
        self._place = place
        self._patience = patience
        self._retries = retries
        self._backoff_s = backoff_s
        self._read_name = read_name
        self._secrets = tuple(secrets)
        self._limit_tokens = limit_tokens or max_tokens
        # Learnt from its answers: their thoughts have an end alone, as a template opens them.
        self._opens_inside = False

    @property
    def name(self) -> str | None:
        """The model's name; `None` as long as only its server knows it."""
        return self._read_name()

    def stream(self, messages: Sequence[Message]) -> Generator[str | ThoughtSign]:
        """The answer's text, a token or more at a time; closing the iterator hangs up.

        `ThoughtSign.TAKEN_BACK` says that all until then was the model's thought, and no answer.
        Raises LLMUnavailable or MalformedAnswer, after some of the text too. What passes by
        itself is tried again, but never once text was yielded.
        """
        prompt = "\n".join(message.text for message in messages)

        def guard(deltas: Iterator[str | ThoughtSign]) -> Iterator[str | ThoughtSign]:
            thoughts = ThoughtFilter(prompt, opens_inside=self._opens_inside)
            try:
                yield from guard_answer(deltas, self.max_tokens, thoughts, self._limit_tokens)
            finally:
                if thoughts.closed_alone or thoughts.is_final:
                    self._opens_inside = thoughts.closed_alone

        yield from self._call(lambda line: _speak(line, messages), self._patience, guard)

    def read(self, messages: Sequence[Message]) -> str:
        """The whole answer, without thoughts; raises as `stream` does."""
        text = ""
        for delta in self.stream(messages):
            text = "" if isinstance(delta, ThoughtSign) else text + delta
        return text

    def check(self, timeout_s: float = 10) -> str:
        """The model's name, once it is sure that it can be asked; else raises LLMUnavailable."""
        found = self._call(
            lambda line: iter([line.find_name()]), Patience.within(timeout_s), lambda names: names
        )
        name = "".join(delta for delta in found if isinstance(delta, str))
        return self.name or name

    def _call(
        self,
        work: Callable[[Line], Iterator[str | ThoughtSign]],
        patience: Patience,
        guard: Callable[[Iterator[str | ThoughtSign]], Iterator[str | ThoughtSign]],
    ) -> Iterator[str | ThoughtSign]:
        # The clock starts once the client library is loaded: that is not the model's slowness.
        line = self._connect()
        deadline = time.monotonic() + patience.total_s
        for attempt in range(self._retries + 1):
            call = _Call(line, work)
            spoken = False
            try:
                for delta in guard(call.listen(patience, deadline)):
                    spoken = True
                    yield delta
                return
            except LLMError as error:
                raise type(error)(f"the language model {self._place} {error}") from error
            except Exception as error:
                failure = explain_failure(error, self._place, self.name, self._secrets)
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
    window, cut_at = int(llm.metadata.context_window), int(llm.metadata.num_output)
    return LanguageModel(
        lambda: _OwnLine(llm),
        place=llm.class_name(),
        patience=Patience.within(timeout_s),
        retries=retries,
        context_tokens=context_tokens or (window if window > 0 else 4096),
        max_tokens=max_tokens,
        read_name=lambda: _name(llm),
        limit_tokens=min(max_tokens, cut_at) if cut_at > 0 else max_tokens,
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

    def __init__(self, line: Line, work: Callable[[Line], Iterator[str | ThoughtSign]]) -> None:
        self._line = line
        self._work = work
        self._items: SimpleQueue[str | ThoughtSign | Exception | None] = SimpleQueue()
        self._is_over = Event()
        # A daemon: a model that never comes back must not keep the process from ending.
        Thread(target=self._run, daemon=True, name="wortlaut-llm").start()

    def listen(self, patience: Patience, deadline: float) -> Iterator[str | ThoughtSign]:
        """What comes; raises TimeoutError when nothing does."""
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


def _speak(line: Line, messages: Sequence[Message]) -> Iterator[str | ThoughtSign]:
    from llama_index.core.llms import ChatMessage

    llm = line.open()
    chat = [ChatMessage(role=message.role, content=message.text) for message in messages]
    try:
        yield from _read_chunks(llm.stream_chat(chat))
    except NotImplementedError:
        yield llm.chat(chat).message.content or ""


def _read_chunks(chunks: Iterator[Any]) -> Iterator[str | ThoughtSign]:
    """The text of LlamaIndex's chunks; raises if it was cut off."""
    finish: str | None = None
    tells_finish = False
    length = 0
    usage = _Usage()
    for chunk in chunks:
        usage = _read_usage(chunk.raw) or usage
        for choice in getattr(chunk.raw, "choices", None) or ():
            tells_finish = True
            finish = getattr(choice, "finish_reason", None) or finish
        delta = chunk.delta
        if delta is None:
            delta = (chunk.message.content or "")[length:]
        length += len(delta)
        if _thinks(chunk):
            yield ThoughtSign.THINKS
        if delta:
            yield delta
    if tells_finish and finish is None:
        raise BrokenPipeError("the answer broke off")
    if finish == "length":
        raise _CutShort(usage)
    if finish == "content_filter":
        raise MalformedAnswer(FILTER_ADVICE)


def _thinks(chunk: Any) -> bool:
    """Whether the server hands over a thought apart: `reasoning_content`, in vLLM `reasoning`."""
    if chunk.additional_kwargs.get("thinking_delta"):
        return True
    for choice in getattr(chunk.raw, "choices", None) or ():
        more = getattr(getattr(choice, "delta", None), "model_extra", None) or {}
        if any(more.get(name) for name in _THOUGHT_FIELDS):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Usage:
    """How many tokens a server counted in the prompt and its answer, if it told."""

    prompt: int | None = None
    answer: int | None = None


class _CutShort(Exception):
    """The server ended the answer for its length."""

    def __init__(self, usage: _Usage) -> None:
        super().__init__("the answer was cut short")
        self.usage = usage


def _read_usage(raw: Any) -> _Usage | None:
    """What OpenAI's `usage` says, or llama.cpp's `timings`, which come unasked."""
    usage = getattr(raw, "usage", None)
    answer = getattr(usage, "completion_tokens", None)
    if isinstance(answer, int):
        return _Usage(getattr(usage, "prompt_tokens", None), answer)
    timings = (getattr(raw, "model_extra", None) or {}).get("timings")
    if not isinstance(timings, dict):
        return None
    read = [timings.get(name) for name in ("prompt_n", "cache_n", "predicted_n")]
    fresh, cached, written = (n if isinstance(n, int) else 0 for n in read)
    return _Usage(fresh + cached, written) if written else None


# A text that is no answer: a loop, endless, garbage, nothing but a thought.


def guard_answer(
    deltas: Iterator[str | ThoughtSign], max_tokens: int, thoughts: ThoughtFilter, limit_tokens: int
) -> Iterator[str | ThoughtSign]:
    """The same text, less what the model thinks; raises MalformedAnswer when it is no answer."""
    text = ""
    letters_read = checked = 0
    cut: _CutShort | None = None

    def filter_thoughts() -> Iterator[str | ThoughtSign]:
        nonlocal letters_read, cut
        try:
            for delta in deltas:
                if isinstance(delta, ThoughtSign):
                    thoughts.has_thought = True
                    continue
                letters_read += len(delta)
                yield from thoughts.feed(delta)
        except _CutShort as error:
            cut = error
        yield from thoughts.close()

    for delta in filter_thoughts():
        if delta is ThoughtSign.THINKS:
            continue
        if isinstance(delta, ThoughtSign):
            text, checked = "", 0
            yield delta
            continue
        text += delta
        if len(text) > max_tokens * _CHARS_PER_TOKEN:
            raise MalformedAnswer("does not come to an end; choose another model")
        # A few words at a time: the check reads the last hundred.
        if len(text) - checked > 40:
            checked = len(text)
            if _is_loop(text):
                raise MalformedAnswer("repeats itself; choose another model")
        yield delta
    if cut is not None:
        raise _explain_cut(cut.usage, text, letters_read, thoughts.has_thought, limit_tokens)
    _check_readable(text, thoughts.has_thought)


def _check_readable(text: str, has_thought: bool) -> None:
    letters = sum(character.isalnum() for character in text)
    if not letters and has_thought:
        raise OnlyThought(f"only thought and wrote no answer; {_THOUGHT_ADVICE}")
    if not letters or text.count("\ufffd") * 5 > letters:
        raise MalformedAnswer(
            "answered nothing that can be read; choose another model, or check that "
            "WORTLAUT_LLM_BASE_URL is an OpenAI-compatible endpoint"
        )


def _explain_cut(
    usage: _Usage, text: str, letters_read: int, has_thought: bool, limit_tokens: int
) -> MalformedAnswer:
    """What ended the answer: the limit that we set, or the server's context, which was full."""
    kind = OnlyThought if has_thought and not text.strip() else MalformedAnswer
    did = "only thought and wrote no answer" if kind is OnlyThought else "was cut off"
    if usage.answer is not None and usage.answer < limit_tokens:
        size = usage.answer + (usage.prompt or 0)
        if not usage.prompt:
            return kind(f"{did}: prompt and answer fill its server's context; {CONTEXT_ADVICE}")
        return kind(
            f"{did}: prompt and answer fill its server's context of {size} tokens; set "
            f"WORTLAUT_LLM_CONTEXT_TOKENS to {size} or less, or start the server with more"
        )
    if usage.answer is None and letters_read < limit_tokens * _LETTERS_PER_TOKEN and text.strip():
        return kind(
            f"{did}: prompt and answer fill its server's context ({CONTEXT_ADVICE}), or it "
            "reached the longest answer allowed (set WORTLAUT_LLM_MAX_TOKENS higher)"
        )
    if kind is OnlyThought:
        return kind(f"{did}; {_THOUGHT_ADVICE}")
    return kind("reached the longest answer allowed; set WORTLAUT_LLM_MAX_TOKENS higher")


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
