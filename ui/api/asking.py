"""A question with all that goes with it, and answers that are remembered for the next question.

A client sends the questions of its conversation every time; what they were answered is known still,
or is found once more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
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
# those before the next question stay the same for a while, and are known. Where they are not, after
# a restart or a change of the archive, each costs what a question costs.
MOST_EARLIER = 12
_BLOCK = 6
_REMEMBERED = 256


@dataclass(frozen=True, slots=True)
class Enquiry:
    """A question, the questions before it, and what was fixed beside; `mode` None is the chat's own."""

    question: str
    history: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    mode: Mode | None = None


# Whether whoever asked has gone meanwhile.
IsLeft = Callable[[], bool]
_EXTRACTIVE: Mode = "extractive"
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

    def stream(self, enquiry: Enquiry, is_left: IsLeft = lambda: False) -> Iterator[Answer]:
        """Answers that grow; the last is whole. None once `is_left` says that nobody waits."""
        key = self._make_key(enquiry, enquiry.mode)
        history = self._answer_history(enquiry, is_left)
        if is_left():
            return
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

    def _answer_history(self, enquiry: Enquiry, is_left: IsLeft) -> list[Answer]:
        """The answers to the earlier questions; one that has none, being no question, is left out."""
        history, known = self._recall_history(enquiry)
        for number, question in enumerate(enquiry.history[known:], known):
            if is_left():
                break
            earlier = _cut(enquiry, number, _EXTRACTIVE)
            key = self._make_key(earlier, _EXTRACTIVE)
            with suppress(ConfigError):
                *_, answer = self.chat.stream(question, history, enquiry.filters, _EXTRACTIVE)
                self._remember(key, answer)
                history.append(answer)
        return history

    def _recall_history(self, enquiry: Enquiry) -> tuple[list[Answer], int]:
        """The answers that are known still, and to how many of the earlier questions they are.

        Each answer holds those before it: a conversation is known as long as its last one is.
        """
        for number in reversed(range(len(enquiry.history))):
            # No model is asked again: what a follow-up leaves out is found without one.
            for mode in (enquiry.mode, _EXTRACTIVE):
                answer = self.recall(_cut(enquiry, number, mode))
                if answer is not None and (answer.asking or not number):
                    before = answer.asking.history if answer.asking else ()
                    return [*before, answer], number + 1
        return [], 0

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


def _cut(enquiry: Enquiry, number: int, mode: Mode | None) -> Enquiry:
    """The enquiry's earlier question of that number, after those before it."""
    history = enquiry.history
    return Enquiry(history[number], history[:number], enquiry.filters, mode)


def keep_last(questions: tuple[str, ...]) -> tuple[str, ...]:
    """The last of a conversation's questions, as many as count."""
    over = max(0, len(questions) - MOST_EARLIER)
    return questions[-(-over // _BLOCK) * _BLOCK :]
