"""The browser chat: one Gradio page before a `NewsChat`, served to this machine only by default."""

from __future__ import annotations

import os
import socket
import webbrowser
from collections.abc import Collection
from importlib.resources import files
from typing import TYPE_CHECKING

from wortlaut.index.errors import ConfigError
from wortlaut.ui.browser.gate import Gate
from wortlaut.ui.browser.session import ChatPage

if TYPE_CHECKING:
    import gradio as gr

    from wortlaut.rag.chat import NewsChat

_LOCAL_NAMES = ("localhost", "127.0.0.1", "::1")


def build_app(chat: NewsChat, *, concurrency: int = 4) -> gr.Blocks:
    """The page as Gradio Blocks; `concurrency` questions are answered at a time."""
    # Must stand before the import: Gradio reads it once.
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"
    from wortlaut.ui.browser.blocks import make_blocks

    return make_blocks(ChatPage(chat), _read_asset("app.js"), concurrency)


def build_server(chat: NewsChat, hosts: Collection[str] = _LOCAL_NAMES) -> Gate:
    """The page as an ASGI app that answers only under the given host names, or an IP address."""
    blocks = build_app(chat)
    import gradio as gr
    from fastapi import FastAPI

    from wortlaut.ui.browser.blocks import make_theme

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    gr.mount_gradio_app(
        app, blocks, path="/", footer_links=[], run_history=False, show_error=False,
        theme=make_theme(), css=_read_asset("app.css"), head=_read_asset("head.html"),
        ssr_mode=False, mcp_server=False, pwa=False, enable_monitoring=False, max_file_size=0,
        app_kwargs={"docs_url": None, "redoc_url": None, "openapi_url": None},
    )  # fmt: skip
    return Gate(app, hosts)


def serve(
    chat: NewsChat, host: str = "127.0.0.1", port: int = 7860, *, open_browser: bool = False
) -> None:
    """Serve the chat until it is stopped; raises ConfigError when the address is not to be had."""
    import uvicorn

    listener = _listen(host, port)
    names = {*_LOCAL_NAMES, host, socket.gethostname()}
    config = uvicorn.Config(
        build_server(chat, names), log_level="warning", timeout_graceful_shutdown=2, ws="none"
    )
    shown = "127.0.0.1" if host in ("0.0.0.0", "::", "") else host
    shown = f"[{shown}]" if ":" in shown else shown
    address = f"http://{shown}:{listener.getsockname()[1]}"
    print(f"Wortlaut is at {address} (Ctrl+C stops it)", flush=True)
    if open_browser:
        webbrowser.open(address)
    uvicorn.Server(config).run(sockets=[listener])


def _listen(host: str, port: int) -> socket.socket:
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family, backlog=128)
    except (OSError, OverflowError) as error:
        raise ConfigError(
            f"cannot listen at {host}:{port}: {error}; choose another with --port or --host"
        ) from error


def _read_asset(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
