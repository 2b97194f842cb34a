"""The browser chat: one Gradio page before a `NewsChat`, served to this machine only by default.

A gate stands before it (`wortlaut.ui.gate`): of Gradio's routes only what the page needs is to be
had, by nobody else's page, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from wortlaut.ui.api.app import mount_api
from wortlaut.ui.api.asking import Answerer
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.receiving import add_routes, serve_assets
from wortlaut.ui.gate.doors import Doors
from wortlaut.ui.gate.guest import read_owner
from wortlaut.ui.gate.paths import STREAM_PATH
from wortlaut.ui.gate.running import put_gate, run_server

if TYPE_CHECKING:
    import gradio as gr
    from starlette.types import ASGIApp, Receive, Scope, Send

    from wortlaut.rag.chat import NewsChat
    from wortlaut.rag.config import Settings
    from wortlaut.rag.desk.intake import Intake
    from wortlaut.rag.desk.store import Desk
    from wortlaut.ui.gate.gate import Gate

# Questions that the page answers at a time.
_AT_ONCE = 4
# Sessions that Gradio keeps; a page that was left longer than that takes up what is kept on disk.
_MOST_SESSIONS = 250
# Events that may wait for their turn; one more is refused with 503.
_MOST_WAITING = 500
# After so many streams of answers free memory is given back.
_STREAMS_A_REST = 200
# The function of the page's script that each of its parts calls.
_START = "startWortlautPart"
_log = logging.getLogger(__name__)


def _build_blocks(page: ChatPage, answerer: Answerer) -> gr.Blocks:
    # Must stand before the import: Gradio reads it once.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    # After each event Gradio counts all events of the past, for a page of its own that is closed.
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(sys.maxsize)
    # Nor need it remember ten thousand of them.
    os.environ["GRADIO_ANALYTICS_MAX_EVENTS"] = "1"
    from wortlaut.ui.browser.blocks import make_blocks

    _have_traces_logged()
    return make_blocks(page, answerer, _START, _AT_ONCE)


class _LoggedTraces:
    """What Gradio would print of an exception, as an event of the log, which knows what to leave out."""

    def print_exc(self) -> None:
        """Log the exception that is being handled."""
        _log.error("an event of the page failed", exc_info=True)


def _have_traces_logged() -> None:
    """Have Gradio print no traceback past the log: its last line may hold a question."""
    from gradio import queueing, route_utils, routes

    for module in (queueing, route_utils, routes):
        module.traceback = _LoggedTraces()  # type: ignore[attr-defined]


class _Forgetful:
    """An app that keeps no more of the pages that have gone than it must, however long it runs.

    Gradio keeps the last two thousand pages' messages, but what a page waits for it keeps for good.
    A page that it still knows is left alone, even when it was told all: an answer that was stopped
    may end later, and has to find its page. And free memory goes back to the system now and then:
    the allocator has a heap for each thread, and each would keep what it once needed.
    """

    def __init__(self, app: ASGIApp, blocks: gr.Blocks) -> None:
        self._app = app
        self._blocks = blocks
        self._give_back = find_give_back()
        self._streams = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._app(scope, receive, send)
        finally:
            if scope["type"] == "http" and scope["path"].endswith(STREAM_PATH):
                self._forget()
                self._streams += 1
                if self._streams % _STREAMS_A_REST == 0:
                    asyncio.get_running_loop().run_in_executor(None, self._give_back)

    def _forget(self) -> None:
        queue = self._blocks._queue
        awaited, told = queue.pending_event_ids_session, queue.pending_messages_per_session
        if len(awaited) > told.max_size:
            for gone in awaited.keys() - told.keys():
                del awaited[gone]


def find_give_back() -> Callable[[], object]:
    """What gives free memory back to the system; where the allocator cannot, it does nothing."""
    import ctypes

    try:
        trim = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return lambda: None
    return lambda: trim(0)


def build_server(
    chat: NewsChat,
    desk: Desk | None = None,
    settings: Settings | None = None,
    intake: Intake | None = None,
    doors: Doors | None = None,
) -> Gate:
    """The page as an ASGI app; without `doors` it answers to this machine's names, or an IP address.

    Without a `desk` what users keep lasts as long as the program, without `settings` it has no
    receipts, without an `intake` nothing can be added to the archive.
    """
    doors = doors or Doors()
    page, answerer = ChatPage(chat, desk, settings, intake), Answerer(chat)
    blocks = _build_blocks(page, answerer)
    import gradio as gr
    from fastapi import FastAPI

    from wortlaut.ui.browser.blocks import make_theme
    from wortlaut.ui.browser.exports import add_export_routes

    blocks.state_session_capacity = _MOST_SESSIONS
    blocks.queue(max_size=_MOST_WAITING)
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    add_routes(app, page)
    head = serve_assets(app, _START)
    page.model.ask()
    # Before the page, which answers to whatever is left.
    add_export_routes(app, page.quotes, read_owner)
    mount_api(
        app, answerer, settings, desk, name_owner=read_owner, show_paths=not doors.is_for_others
    )
    gr.mount_gradio_app(
        app, blocks, path="/", footer_links=[], run_history=False, show_error=False,
        theme=make_theme(),
        ssr_mode=False, mcp_server=False, pwa=False, enable_monitoring=False, max_file_size=0,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )  # fmt: skip
    # For each open page a browser would hold a connection open for good, and it opens six at most:
    # the sixth page would wait for the first to close. Nothing here needs to know when a page goes.
    blocks.config["connect_heartbeat"] = False
    app.add_middleware(_Forgetful, blocks=blocks)
    return put_gate(app, chat, desk, doors, intake.largest if intake else 0, head)


def serve(
    chat: NewsChat,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    desk: Desk | None = None,
    settings: Settings | None = None,
    intake: Intake | None = None,
    doors: Doors | None = None,
    open_browser: bool = False,
) -> None:
    """Serve the chat until it is stopped; raises ConfigError when the address is not to be had."""
    doors = doors or Doors()
    run_server(
        lambda: build_server(chat, desk, settings, intake, doors),
        host, port, path=doors.root_path, open_browser=open_browser,
    )  # fmt: skip
