"""A model's text -> the same text, or an error as soon as it is no answer: a loop, endless, garbage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from index.errors import MalformedAnswer

_THINKING = ("<think>", "</think>")
# Longer than any language's words: a server that heeds no limit is cut here.
_CHARS_PER_TOKEN = 12
_LONGEST_WORD = 300
_LONGEST_PERIOD = 60
# Of a whole answer with all that is around it, and of one event in its stream.
_MOST_BYTES = 16 * 2**20
_LONGEST_EVENT = 2**18
_EVENT_ENDS = (b"\n\n", b"\r\r", b"\r\n\r\n")
_LOOPED_WORDS = 15


def bound_bytes(chunks: Iterable[bytes], is_stream: bool) -> Iterator[bytes]:
    """The same bytes; raises MalformedAnswer when they are more than any answer.

    In a stream an event, which its reader holds as a whole, is bounded too.
    """
    total = event = 0
    before = b""
    for chunk in chunks:
        total += len(chunk)
        seen = before + chunk
        before = seen[-3:]
        end = max(seen.rfind(sign) for sign in _EVENT_ENDS)
        event = event + len(chunk) if end < 0 else len(seen) - end
        if total > _MOST_BYTES or (is_stream and event > _LONGEST_EVENT):
            raise MalformedAnswer(
                "sends more than any answer is long; check that WORTLAUT_LLM_BASE_URL is an "
                "OpenAI-compatible endpoint"
            )
        yield chunk


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
