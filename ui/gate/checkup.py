"""Whether the server is well, and its figures, as answers to those who watch it."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING

from wortlaut.index.errors import WortlautError
from wortlaut.ui.gate.figures import Figures
from wortlaut.ui.gate.paths import HEALTH_PATH

if TYPE_CHECKING:
    from starlette.responses import Response

    from wortlaut.index.archive import Archive, ArchiveCounts

# So long the archive is not asked again whether it is there.
_COUNTED_S = 2.0
# All passages and statements are counted, which takes a while in a large archive.
_MEASURED_S = 60.0
_NO_STORE = {"cache-control": "no-store"}
_log = logging.getLogger(__name__)


class Checkup:
    """Asks the archive now and then, however often it is asked itself."""

    def __init__(self, archive: Archive, figures: Figures) -> None:
        self._archive = archive
        self._figures = figures
        self._asked = self._measured = float("-inf")
        self._is_ready: bool | None = None

    async def tell_health(self, path: str) -> Response:
        """200 where all is well: that the program runs, or that the archive can be read, too."""
        from starlette.responses import PlainTextResponse

        if path == HEALTH_PATH or await self._check():
            return PlainTextResponse("ok\n", headers=_NO_STORE)
        told = "the archive cannot be read; the log says why\n"
        return PlainTextResponse(told, 503, headers=_NO_STORE)

    async def _check(self) -> bool:
        from starlette.concurrency import run_in_threadpool

        # Whoever asks meanwhile gets what was known before.
        if self._is_ready is None or monotonic() - self._asked >= _COUNTED_S:
            self._asked = monotonic()
            counts = await run_in_threadpool(_count, self._archive.count_articles)
            self._is_ready = counts is not None
        return self._is_ready

    async def tell_figures(self) -> Response:
        """All figures, for Prometheus."""
        from starlette.concurrency import run_in_threadpool
        from starlette.responses import Response

        if monotonic() - self._measured >= _MEASURED_S:
            self._measured = monotonic()
            if (counts := await run_in_threadpool(_count, self._archive.count)) is not None:
                self._figures.note_archive(counts)
        data, kind = self._figures.write()
        return Response(data, headers={"content-type": kind, **_NO_STORE})


def _count(count: Callable[[], ArchiveCounts]) -> ArchiveCounts | None:
    try:
        return count()
    except (WortlautError, sqlite3.Error) as error:
        _log.warning("%s", error)
        return None
