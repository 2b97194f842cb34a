"""Answers read in a thread of their own, so that nobody waits for a slow model to stop."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from queue import Empty, SimpleQueue
from threading import Event, Thread

from wortlaut.rag.answer import Answer

# Seconds: how soon a stop is heeded, and how long a draft stands before the next is drawn.
_LISTEN_S = 0.2
_DRAFT_S = 0.05


class AnswerFeed:
    """Answers read in a thread of their own, so that nobody has to wait for a slow model to stop.

    `is_whole` says that the answer heard last is known to be the last of all.
    """

    def __init__(self, answers: Iterator[Answer]) -> None:
        self.is_whole = False
        self._answers = answers
        self._items: SimpleQueue[Answer | Exception | None] = SimpleQueue()
        self._is_over = Event()
        Thread(target=self._run, daemon=True, name="wortlaut-answer").start()

    def listen(self) -> Iterator[Answer | None]:
        """The answers, of those that have been overtaken only the last; None while none comes.

        Each grows from the one before, and to show one costs more than to find the next line.
        """
        while True:
            try:
                item = self._items.get(timeout=_LISTEN_S)
            except Empty:
                yield None
                continue
            while isinstance(item, Answer) and not self._items.empty():
                following = self._items.get()
                if not isinstance(following, Answer):
                    self.is_whole = following is None
                    yield item
                item = following
            if item is None:
                return
            if isinstance(item, Exception):
                raise item
            yield item
            if item.draft:
                self._is_over.wait(_DRAFT_S)

    def hang_up(self) -> None:
        """Close the answers as soon as the model gives a sign of life, or is given up."""
        self._is_over.set()

    def _run(self) -> None:
        try:
            for answer in self._answers:
                if self._is_over.is_set():
                    break
                self._items.put(answer)
            self._items.put(None)
        except Exception as error:
            self._items.put(error)
        finally:
            if isinstance(self._answers, Generator):
                self._answers.close()
