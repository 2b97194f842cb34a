"""The page's parts and events in Gradio; imported only when the chat is served.

Of the templates that `gr.HTML` offers only `${value}` is used: `{{value}}` is put into a JavaScript
template before that is run, so that an article holding `${...}` would be code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import gradio as gr

from wortlaut.ui.browser.page import render_no_source_html
from wortlaut.ui.browser.session import ChatPage, PageUpdate, Session
from wortlaut.ui.words import choose_words

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
                switch = make_part("switch")
                question = gr.Textbox(
                    elem_id="question", show_label=False, container=False, autofocus=True,
                    lines=1, max_lines=5, submit_btn="Ask",
                )  # fmt: skip
            with gr.Column(elem_id="side", scale=2, min_width=0):
                source = make_part("source")
        talk = [question, earlier, current, source]
        everything = [session, header, *talk, switch]
        asking = _QUIET | {"concurrency_limit": concurrency, "concurrency_id": "ask"}
        reading = _QUIET | {"concurrency_limit": 4 * concurrency, "concurrency_id": "read"}
        blocks.load(events.start, None, everything, **reading)
        header.new(events.start_anew, session, everything, **reading)
        switch.choose(events.choose_mode, session, switch, **reading)
        public = {"api_visibility": "public", "api_name": "ask"}
        question.submit(events.ask, [session, question], talk, **(asking | public))
        question.stop(events.stop, session, None, **reading)
        for part in (earlier, current):
            part.example(events.ask_example, session, talk, **asking)
            part.drop(events.ask_without, session, talk, **asking)
            part.nearest(events.open_nearest, session, source, **reading)
        for part in (earlier, current, source):
            part.cite(events.open_source, session, source, **reading)
        source.related(events.open_related, session, source, **reading)
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
        return self._start(request, None)

    def start_anew(self, session: Session, request: gr.Request) -> list[Any]:
        return self._start(request, session)

    def _start(self, request: gr.Request, earlier: Session | None) -> list[Any]:
        tongue = request.headers.get("accept-language")
        session, top, welcome, switch = self._page.start(tongue, earlier)
        words = choose_words(session.tongue)
        box = _show_button(session, stop=False) | {
            "placeholder": words.placeholder,
            "label": words.ask,
        }
        return [session, top, box, welcome, "", render_no_source_html(session.tongue), switch]

    def ask(self, session: Session, text: str) -> Iterator[list[Any]]:
        if not isinstance(text, str) or not text.strip():
            yield [gr.skip()] * 4
            return
        yield from self._show(session, self._page.ask(session, text.strip()), {"value": ""})

    def ask_example(self, session: Session, event: gr.EventData) -> Iterator[list[Any]]:
        yield from self._show(session, self._page.ask_example(session, _read(event, "number")))

    def ask_without(self, session: Session, event: gr.EventData) -> Iterator[list[Any]]:
        turn, part = _read(event, "turn"), _read(event, "part")
        yield from self._show(session, self._page.ask_without(session, turn, part))

    def _show(
        self, session: Session, steps: Iterator[PageUpdate], box: dict[str, Any] | None = None
    ) -> Iterator[list[Any]]:
        """What the page's parts show; the question box is left alone while somebody writes in it."""
        takes_time = self._page.takes_time(session)
        update: Any = _show_button(session, stop=takes_time) | (box or {})
        for shown in steps:
            if shown[1] is not None and session.growing is None:
                update = _show_button(session, stop=False)
            yield [update, *map(_or_skip, shown)]
            update = gr.skip()

    def stop(self, session: Session) -> None:
        self._page.stop(session)

    def choose_mode(self, session: Session, event: gr.EventData) -> Any:
        return _or_skip(self._page.choose_mode(session, _read(event, "mode")))

    def open_source(self, session: Session, event: gr.EventData) -> Any:
        turn, marker = _read(event, "turn"), _read(event, "marker")
        return _or_skip(self._page.open_source(session, turn, marker))

    def open_related(self, session: Session, event: gr.EventData) -> Any:
        turn, marker = _read(event, "turn"), _read(event, "marker")
        return _or_skip(self._page.open_related(session, turn, marker, _read(event, "number")))

    def open_nearest(self, session: Session, event: gr.EventData) -> Any:
        return _or_skip(self._page.open_nearest(session, _read(event, "turn")))


def _show_button(session: Session, *, stop: bool) -> Any:
    """The question box with a button to ask, or to stop; named, for those who hear the page."""
    words = choose_words(session.tongue)
    return gr.update(submit_btn=not stop and words.ask, stop_btn=stop and words.stop)


def _or_skip(html: str | None) -> Any:
    return gr.skip() if html is None else html


def _read(event: gr.EventData, name: str) -> object:
    """A value that the browser sent with the event, whatever it is."""
    data = event._data
    return data.get(name) if isinstance(data, dict) else None
