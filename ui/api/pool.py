"""Answering in threads beside the event loop: so many at a time, so many waiting, no more."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Generator, Iterator
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Thread
from typing import Generic, TypeVar

from wortlaut.index.errors import WortlautError
from wortlaut.ui.api.problems import Unanswered, explain

# How soon it is noticed that whoever asked has gone.
_LOOK_S = 0.5
# No status of any standard, and read by nobody: that is who has gone.
_GONE = 400

Yielded = TypeVar("Yielded")
IsGone = Callable[[], Awaitable[bool]]
# Begins what is to be done; it is given what tells, while it is done, that nobody waits any more.
Start = Callable[[Callable[[], bool]], Iterator[Yielded]]


@dataclass(frozen=True, slots=True)
class _Item(Generic[Yielded]):
    """What a thread has to tell: something found, a failure, or with neither its end."""

    found: Yielded | None = None
    error: Exception | None = None
    is_end: bool = False


class AnswerPool:
    """Runs iterators in threads, `workers` at a time; of more than `waiting` others the next gets 503.

    A thread that is not heeded any more stops before its next item, or sooner where what it does asks
    whether it is, and gives its place back then.
    """

    def __init__(self, workers: int = 4, waiting: int = 1000) -> None:
        self._most = workers + waiting
        self._present = 0
        self._places = asyncio.Semaphore(workers)

    async def run(self, start: Start[Yielded], is_gone: IsGone) -> Yielded:
        """The last of the iterator's items."""
        found = [item async for item in self._run(start, is_gone, only_last=True)]
        return found[-1]

    async def call(self, job: Callable[[], Yielded], is_gone: IsGone) -> Yielded:
        """What the job returns."""
        return await self.run(lambda _: iter([job()]), is_gone)

    def stream(self, start: Start[Yielded], is_gone: IsGone) -> AsyncIterator[Yielded]:
        """The iterator's items as they come."""
        return self._run(start, is_gone, only_last=False)

    async def _run(
        self, start: Start[Yielded], is_gone: IsGone, *, only_last: bool
    ) -> AsyncIterator[Yielded]:
        if self._present >= self._most:
            raise Unanswered(503, "too many questions are waiting for their turn; ask again soon")
        self._present += 1
        stop = Event()
        try:
            await self._await_turn(is_gone)
            items = self._start(start, stop, only_last)
            while not (item := await _await_item(items, is_gone)).is_end:
                if item.error is not None:
                    is_ours = isinstance(item.error, (WortlautError, Unanswered))
                    raise item.error if is_ours else explain(item.error)
                yield item.found  # type: ignore[misc]
        finally:
            stop.set()
            self._present -= 1

    async def _await_turn(self, is_gone: IsGone) -> None:
        turn = asyncio.ensure_future(self._places.acquire())
        try:
            while not turn.done():
                await asyncio.wait({turn}, timeout=_LOOK_S)
                if not turn.done() and await is_gone():
                    raise Unanswered(_GONE, "whoever asked has gone")
        except BaseException:
            if not turn.cancel():
                self._places.release()
            raise

    def _start(
        self, start: Start[Yielded], stop: Event, only_last: bool
    ) -> asyncio.Queue[_Item[Yielded]]:
        """The queue into which a thread of its own puts what it finds."""
        loop = asyncio.get_running_loop()
        items: asyncio.Queue[_Item[Yielded]] = asyncio.Queue()

        def tell(item: _Item[Yielded]) -> None:
            loop.call_soon_threadsafe(items.put_nowait, item)

        def work() -> None:
            # A loop that is closed meanwhile wants to know nothing.
            with suppress(RuntimeError):
                try:
                    for found in _heed(start(stop.is_set), stop, only_last):
                        tell(_Item(found))
                except Exception as error:
                    tell(_Item(error=error))
                finally:
                    loop.call_soon_threadsafe(self._places.release)
                    tell(_Item(is_end=True))

        # A daemon: a model that takes minutes keeps nobody from ending the program.
        try:
            Thread(target=work, daemon=True, name="wortlaut-api").start()
        except RuntimeError as error:
            self._places.release()
            raise Unanswered(
                503, "this server can begin no more work now; ask again soon"
            ) from error
        return items


def _heed(items: Iterator[Yielded], stop: Event, only_last: bool) -> Iterator[Yielded]:
    """The items, or the last alone, as long as nobody says stop."""
    last: list[Yielded] = []
    try:
        for item in items:
            if stop.is_set():
                return
            if only_last:
                last = [item]
            else:
                yield item
        yield from last
    finally:
        if isinstance(items, Generator):
            items.close()


async def _await_item(items: asyncio.Queue[_Item[Yielded]], is_gone: IsGone) -> _Item[Yielded]:
    waiting = asyncio.ensure_future(items.get())
    try:
        while not waiting.done():
            await asyncio.wait({waiting}, timeout=_LOOK_S)
            if not waiting.done() and await is_gone():
                raise Unanswered(_GONE, "whoever asked has gone")
        return waiting.result()
    finally:
        waiting.cancel()
