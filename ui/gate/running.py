"""An app put behind the gate, and run at an address of this machine until it is stopped."""

from __future__ import annotations

import logging
import socket
import webbrowser
from collections.abc import Callable
from typing import TYPE_CHECKING

from wortlaut.index.errors import ConfigError
from wortlaut.ui.gate.figures import Figures
from wortlaut.ui.gate.gate import Gate
from wortlaut.ui.gate.handing import PageHead
from wortlaut.ui.gate.logs import log_question

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from wortlaut.rag.answer import Answer
    from wortlaut.rag.chat import NewsChat
    from wortlaut.rag.desk.store import Desk
    from wortlaut.ui.gate.doors import Doors


def put_gate(
    app: ASGIApp,
    chat: NewsChat,
    desk: Desk | None,
    doors: Doors,
    largest_upload: int = 0,
    head: PageHead = PageHead(),
) -> Gate:
    """The app behind a gate with these doors; what the chat answers is counted and logged.

    Its page gets this `head` too.
    """
    figures = Figures()

    def note(question: str, answer: Answer | None) -> None:
        figures.note_answer(answer)
        log_question(question, answer)

    chat.listener = note
    return Gate(
        app, doors, chat.archive,
        desk=desk, largest_upload=largest_upload, figures=figures, head=head,
    )  # fmt: skip


def run_server(
    build: Callable[[], ASGIApp],
    host: str,
    port: int,
    *,
    path: str = "",
    open_browser: bool = False,
) -> None:
    """Serve what is built until it is stopped; `path` is where, below its address, it is told to be.

    Raises ConfigError when the address is not to be had.
    """
    import uvicorn

    listener = open_listener(host, port)
    # What proxies say is read by the gate, which knows whom to trust.
    config = uvicorn.Config(
        build(), log_config=None, log_level="warning", access_log=False,
        proxy_headers=False, server_header=False, timeout_graceful_shutdown=2, ws="none",
        # Longer than proxies keep theirs: a request must not meet a door that is just closing.
        timeout_keep_alive=75,
    )  # fmt: skip
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{listener.getsockname()[1]}{path}"
    print(f"Wortlaut is at {address} (Ctrl+C stops it)", flush=True)
    if open_browser:
        webbrowser.open(address)
    server = uvicorn.Server(config)
    # Whoever stops it need not be told, with all that stood on the stack, who was connected still.
    logging.getLogger("uvicorn.error").addFilter(lambda record: not server.should_exit)
    server.run(sockets=[listener])


def open_listener(host: str, port: int) -> socket.socket:
    """A socket that listens there; raises ConfigError when the address is not to be had."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"cannot listen at {host}:{port}: {error}; choose another with --port or --host"
        ) from error
