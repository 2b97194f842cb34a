"""The page's parts and events in Gradio; imported only when the chat is served.

Of the templates that `gr.HTML` offers only `${value}` is used: `{{value}}` is put into a JavaScript
template before that is run, so that an article holding `${...}` would be code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from ui.session import ChatPage, Session, Shown
from ui.source import render_no_source_html
from ui.words import choose_words

_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def make_blocks(page: ChatPage, script: str, concurrency: int) -> gr.Blocks:
    """The page; `script` runs in each HTML part, `concurrency` questions are answered at a time."""

    def make_part(name: str) -> gr.HTML:
        return gr.HTML(elem_id=name, js_on_load=script, apply_default_css=False)

    blocks = gr.Blocks(title="Wortlaut", analytics_enabled=False, fill_width=True, fill_height=True)
    with blocks:
        events = _Events(page)
        session = gr.State(Session())
        header = make_part("header")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="talk", scale=3, min_width=0):
                with gr.Column(elem_id="turns"):
                    earlier, current = make_part("earlier"), make_part("current")
                question = gr.Textbox(
                    elem_id="question", show_label=False, container=False, autofocus=True,
                    lines=1, max_lines=5, submit_btn=True,
                )  # fmt: skip
            with gr.Column(elem_id="side", scale=2, min_width=0):
                source = make_part("source")
        talk = [earlier, current, source]
        everything = [session, header, *talk, question]
        asking = _QUIET | {"concurrency_limit": concurrency, "concurrency_id": "ask"}
        reading = _QUIET | {"concurrency_limit": 4 * concurrency, "concurrency_id": "read"}
        blocks.load(events.start, None, everything, **reading)
        header.new(events.start, None, everything, **reading)
        public = {"api_visibility": "public", "api_name": "ask"}
        question.submit(events.ask, [session, question], [question, *talk], **(asking | public))
        for part in (earlier, current):
            part.example(events.ask_example, session, talk, **asking)
            part.drop(events.ask_without, session, talk, **asking)
            part.nearest(events.open_nearest, session, source, **reading)
        for part in talk:
            part.cite(events.open_source, session, source, **reading)
    return blocks


def make_theme() -> gr.themes.Base:
    """Calm colours and the system's own fonts: a theme's web fonts would be fetched."""
    return gr.themes.Base(
        primary_hue="teal",
        neutral_hue="stone",
        font=["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"],
        font_mono=["ui-monospace", "Menlo", "Consolas", "monospace"],
    )


class _Events:
    """The page's events as Gradio calls them, with what the browser sent."""

    def __init__(self, page: ChatPage) -> None:
        self._page = page

    def start(self, request: gr.Request) -> list[Any]:
        session, top, welcome = self._page.start(request.headers.get("accept-language"))
        words = choose_words(session.tongue)
        box = gr.update(placeholder=words.placeholder, label=words.ask)
        return [session, top, welcome, "", render_no_source_html(session.tongue), box]

    def ask(self, session: Session, text: str) -> Iterator[list[Any]]:
        if not isinstance(text, str) or not text.strip():
            yield [gr.skip()] * 4
            return
        for shown in _show(self._page.ask(session, text.strip())):
            yield ["", *shown]

    def ask_example(self, session: Session, event: gr.EventData) -> Iterator[list[Any]]:
        yield from _show(self._page.ask_example(session, _read(event, "number")))

    def ask_without(self, session: Session, event: gr.EventData) -> Iterator[list[Any]]:
        turn, part = _read(event, "turn"), _read(event, "part")
        yield from _show(self._page.ask_without(session, turn, part))

    def open_source(self, session: Session, event: gr.EventData) -> Any:
        turn, marker = _read(event, "turn"), _read(event, "marker")
        return _or_skip(self._page.open_source(session, turn, marker))

    def open_nearest(self, session: Session, event: gr.EventData) -> Any:
        return _or_skip(self._page.open_nearest(session, _read(event, "turn")))


def _show(steps: Iterator[Shown]) -> Iterator[list[Any]]:
    for earlier, current, source in steps:
        yield [earlier, current, _or_skip(source)]


def _or_skip(html: str | None) -> Any:
    return gr.skip() if html is None else html


def _read(event: gr.EventData, name: str) -> object:
    """A value that the browser sent with the event, whatever it is."""
    data = event._data
    return data.get(name) if isinstance(data, dict) else None
