"""A question with all that goes with it, and answers that are remembered for the next question.

A client sends the questions of its conversation every time; what they were answered is known still,
or is found once more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING

from wortlaut.index.errors import ConfigError
from wortlaut.rag.answer import Answer, Filters, Mode

if TYPE_CHECKING:
    from wortlaut.rag.chat import NewsChat

# Of an endless conversation the last questions count; they are left off by the block, so that
# those before the next question stay the same for a while, and are known.
MOST_EARLIER = 32
_BLOCK = 16
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A question, the questions before it, and what was fixed beside; `mode` None is the chat's own."""

    question: str
    history: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    mode: Mode | None = None


_Key = tuple[Enquiry, Mode, int, date]


class Answerer:
    """Answers enquiries, each after the answers to its earlier questions; for any number of threads."""

    def __init__(self, chat: NewsChat, remembered: int = _REMEMBERED) -> None:
        self.chat = chat
        self._remembered = remembered
        self._lock = Lock()
        self._answers: OrderedDict[_Key, Answer] = OrderedDict()

    def ask(self, enquiry: Enquiry) -> Answer:
        """The answer, or an abstention that says why."""
        *_, answer = self.stream(enquiry)
        return answer

    def stream(self, enquiry: Enquiry) -> Iterator[Answer]:
        """Answers that grow; the last is whole."""
        key = self._make_key(enquiry, enquiry.mode)
        history = self._answer_history(enquiry)
        answer = None
        for answer in self.chat.stream(enquiry.question, history, enquiry.filters, enquiry.mode):
            yield answer
        if answer is not None:
            self._remember(key, answer)

    def recall(self, enquiry: Enquiry) -> Answer | None:
        """What the enquiry was answered, if that is known still and the archive is the same."""
        key = self._make_key(enquiry, enquiry.mode)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
            return self._answers.get(key)

    def _answer_history(self, enquiry: Enquiry) -> list[Answer]:
        """The answers to the earlier questions; one that has none, being no question, is left out."""
        history: list[Answer] = []
        for number, question in enumerate(enquiry.history):
            earlier = Enquiry(question, enquiry.history[:number], enquiry.filters, enquiry.mode)
            answer = self.recall(earlier)
            if answer is None:
                # No model is asked again: what a follow-up leaves out is found without one.
                earlier = Enquiry(question, earlier.history, enquiry.filters, "extractive")
                answer = self.recall(earlier)
            if answer is None:
                key = self._make_key(earlier, "extractive")
                with suppress(ConfigError):
                    *_, answer = self.chat.stream(question, history, enquiry.filters, "extractive")
                    self._remember(key, answer)
            if answer is not None:
                history.append(answer)
        return history

    def _make_key(self, enquiry: Enquiry, mode: Mode | None) -> _Key:
        """What an answer hangs on: the archive's state too, and the day, for "yesterday"."""
        mode = mode or self.chat.mode
        plain = Enquiry(enquiry.question, enquiry.history, enquiry.filters)
        return plain, mode, self.chat.archive.newest_change, date.today()

    def _remember(self, key: _Key, answer: Answer) -> None:
        with self._lock:
            self._answers[key] = answer
            self._answers.move_to_end(key)
            while len(self._answers) > self._remembered:
                self._answers.popitem(last=False)


def keep_last(questions: tuple[str, ...]) -> tuple[str, ...]:
    """The last of a conversation's questions, as many as count."""
    over = max(0, len(questions) - MOST_EARLIER)
    return questions[-(-over // _BLOCK) * _BLOCK :]
