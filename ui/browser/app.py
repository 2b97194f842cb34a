"""The browser chat: one Gradio page before a `NewsChat`, served to this machine only by default.

A gate stands before it (`wortlaut.ui.gate`): of Gradio's routes only what the page needs is to be
had, by nobody else's page, and nothing is loaded from elsewhere.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
from importlib.resources import files
from typing import TYPE_CHECKING

from wortlaut.ui.api.app import mount_api
from wortlaut.ui.api.asking import Answerer
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.receiving import add_routes
from wortlaut.ui.gate.doors import Doors
from wortlaut.ui.gate.guest import read_owner
from wortlaut.ui.gate.paths import SCRIPT_PATH, STYLE_PATH
from wortlaut.ui.gate.running import put_gate, run_server

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI
    from starlette.requests import Request
    from starlette.responses import Response

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
# The function of the page's script that each of its parts calls.
_START = "startWortlautPart"
# Where Gradio shows the page's parts; twice the same class, to count for more than its own rules.
_WITHIN = ".gradio-container.gradio-container .contain"
_log = logging.getLogger(__name__)


def _build_blocks(page: ChatPage, answerer: Answerer) -> gr.Blocks:
    # Must stand before the import: Gradio reads it once.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    # After each event Gradio counts all events of the past, for a page of its own that is closed.
    os.environ["GRADIO_ANALYTICS_CACHE_FREQUENCY"] = str(sys.maxsize)
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
    head = _serve_assets(app)
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


def _serve_assets(app: FastAPI) -> str:
    """What the page's head begins with: its style, and the script that each of its parts runs.

    They are files, and not Gradio's `css=` and `head=`: those it would send with each page, and put
    in place only when all of its own had come.
    """
    script = f"function {_START}(element, trigger, props, watch) {{\n{_read_assets('.js')}\n}}"
    script_at = _serve_file(app, SCRIPT_PATH, script, "text/javascript")
    style_at = _serve_file(app, STYLE_PATH, raise_style(_read_assets(".css")), "text/css")
    return (
        f'<script defer src="{script_at}"></script>\n'
        f'<link rel="stylesheet" href="{style_at}">\n{_read_assets(".html")}'
    )


def _serve_file(app: FastAPI, path: str, text: str, kind: str) -> str:
    """Have the app answer with the text; where it is, from the page's root."""

    async def answer(request: Request) -> Response:
        from starlette.responses import Response

        return Response(text, media_type=kind)

    app.add_route(path, answer, methods=["GET"])
    return f"{path[1:]}?v={hashlib.sha256(text.encode()).hexdigest()[:16]}"


def raise_style(style: str) -> str:
    """The style sheet, its rules raised above Gradio's own, as Gradio does it with its `css=`.

    Rules in `@media` are for the page's parts alone. `.dark` stands on the page's body.
    """
    style = re.sub(r"/\*.*?\*/", "", style, flags=re.DOTALL)
    raised = []
    # Blocks within blocks, one level deep.
    for block in re.finditer(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}", style):
        head, body = block[1].strip(), block[2]
        if head.startswith("@media"):
            body = re.sub(
                r"([^{}]+)(\{[^{}]*\})", lambda rule: f"{_place_within(rule[1])} {rule[2]}\n", body
            )
        elif not head.startswith("@"):
            head = f"{head}, {_place_within(head)}"
        raised.append(f"{head} {{{body}}}")
    return "\n".join(raised)


def _place_within(selectors: str) -> str:
    """The rule's selectors, for what is within the page's parts."""
    # Commas that stand in no brackets.
    each = [one.strip() for one in re.split(r",(?![^()]*\))", selectors)]
    dark = [one.startswith(".dark") for one in each]
    bare = [one.removeprefix(".dark").strip() for one in each]
    return ", ".join(
        f"{'.dark ' if is_dark else ''}{_WITHIN} {one}".rstrip()
        for one, is_dark in zip(bare, dark, strict=True)
    )


def _read_assets(ending: str) -> str:
    """All assets of that ending, one after the other: `app` comes first, each area has its own."""
    found = [
        item for item in (files(__package__) / "assets").iterdir() if item.name.endswith(ending)
    ]
    found.sort(key=lambda item: (not item.name.startswith("app."), item.name))
    return "\n".join(item.read_text(encoding="utf-8") for item in found)
