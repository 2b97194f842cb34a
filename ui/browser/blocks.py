"""The page's parts and events in Gradio; imported only when the chat is served.

Of the templates that `gr.HTML` offers only `${value}` is used: `{{value}}` is put into a JavaScript
template before that is run, so that an article holding `${...}` would be code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MethodType
from typing import Any

import gradio as gr
from gradio.events import EventListener
from gradio.events import api as make_endpoint
from pydantic import ValidationError

from wortlaut.index.errors import WortlautError
from wortlaut.ui.api.asking import Answerer
from wortlaut.ui.api.problems import explain
from wortlaut.ui.api.schemas import QuestionAsked, explain_arguments, hide_paths
from wortlaut.ui.browser.chatpage import ChatPage, PageUpdate
from wortlaut.ui.browser.page import render_no_source_html
from wortlaut.ui.browser.session import SHOWN_AT_ONCE, Session
from wortlaut.ui.browser.settings import read_chosen_tongue
from wortlaut.ui.browser.shelf import render_waiting_html
from wortlaut.ui.gate.guest import read_guest, read_owner
from wortlaut.ui.words.page import choose_words
from wortlaut.ui.words.talks import choose_talk_words

# What a page's address is, sent with the first event; and that a question was answered, or failed.
_SEND_ADDRESS = "() => ['/' + location.pathname.slice(new URL(document.baseURI).pathname.length) + location.hash]"
_TELL_ANSWERED = "() => { document.dispatchEvent(new CustomEvent('answered')); }"
# Parts in which nothing stands yet when the page begins are made once its first picture is drawn.
_SHOW_REST = """async () => {
  const drawn = new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  await Promise.race([drawn, new Promise((done) => setTimeout(done, 200))]);
  return Array(COUNT).fill({ __type__: "update", visible: true });
}"""
# All parts that a start shows, and the list's place among them.
_PARTS, _SHELF = 12, 6
_QUIET: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}


def make_blocks(page: ChatPage, answerer: Answerer, start: str, concurrency: int) -> gr.Blocks:
    """The page; `concurrency` questions are answered at a time.

    Other programs ask the `answerer`, by `/ask`. Each HTML part calls the function `start`, which the
    page's head has to define. The script itself must not be a part's own: it would be sent once for
    each, and Gradio searches it from end to end for each attribute that it asks a part for, thousands
    of times a question.
    """
    script = f"{start}(element, trigger, props, watch);"

    def make_part(name: str, *, visible: bool = True) -> gr.HTML:
        return gr.HTML(
            elem_id=name, js_on_load=script, apply_default_css=False, visible=visible
        )  # fmt: skip

    blocks = gr.Blocks(title="Wortlaut", analytics_enabled=False, fill_width=True, fill_height=True)
    with blocks:
        events = _Events(page)
        session = gr.State(Session())
        address = gr.Textbox(visible=False)
        header = make_part("header")
        with gr.Row(elem_id="desk"):
            with gr.Column(elem_id="left", scale=0, min_width=0):
                shelf = make_part("shelf")
            with gr.Column(elem_id="talk", scale=3, min_width=0):
                with gr.Column(elem_id="turns"):
                    # Filled by the page: of a conversation only what is new is sent.
                    turns = [make_part("earlier"), current := make_part("current")]
                    passed = make_part("passed")
                waiting = make_part("waiting")
                switch = make_part("switch")
                question = gr.Textbox(
                    elem_id="question", show_label=False, container=False, autofocus=True,
                    lines=1, max_lines=5, submit_btn="Ask",
                )  # fmt: skip
            with gr.Column(elem_id="side", scale=2, min_width=0, visible=False) as side:
                # One of these is seen at a time: #side[data-panel], set in the browser.
                source, quotes = make_part("source"), make_part("quotes")
                with gr.Column(elem_id="archive", min_width=0):
                    holder, holdings = make_part("archive-head"), make_part("archive-list")
                settings, timeline = make_part("settings"), make_part("timeline")
        with gr.Column(elem_id="picking", min_width=0, visible=False) as picking:
            picker, choices = make_part("picker"), make_part("choices")
        # Read by the page's script only.
        opinion, handed = (make_part(name, visible=False) for name in ("opinion", "handed"))
        later = [side, picking, opinion, handed]
        talk = [question, passed, current, source]
        asked = [*talk, shelf]
        everything = [session, header, *asked, switch, waiting, holder, holdings, settings]
        asking = _QUIET | {
            "concurrency_limit": concurrency, "concurrency_id": "ask", "trigger_mode": "multiple",
        }  # fmt: skip
        # By itself Gradio drops what is pressed before the last press is answered: here what is
        # pressed last is shown in the end, and of what is kept nothing is left out.
        reading = _QUIET | {
            "concurrency_limit": 4 * concurrency, "concurrency_id": "read",
            "trigger_mode": "always_last",
        }  # fmt: skip
        keeping = reading | {"trigger_mode": "multiple"}
        translating = keeping | {"concurrency_limit": concurrency, "concurrency_id": "gloss"}
        loaded = blocks.load(events.start, address, everything, js=_SEND_ADDRESS, **reading)
        loaded.then(events.show_kept, session, [quotes, opinion], **reading)
        show_rest = _SHOW_REST.replace("COUNT", str(len(later)))
        blocks.load(None, None, later, js=show_rest, api_visibility="private")
        begun = [
            _on("new", [header, shelf], events.start_anew, session, everything, **reading),
            _on("open", [shelf], events.open, session, everything, **reading),
        ]
        for event in begun:
            event.then(events.show_opinions, session, opinion, **reading)
        # Conversations and questions.
        _on("rename", [shelf], events.rename, session, shelf, **keeping)
        _on("remove", [shelf], events.remove, session, everything, **keeping)
        _on("restore", [shelf], events.restore, session, shelf, **keeping)
        _on("older", [shelf], events.list_older, session, shelf, **reading)
        question.submit(events.ask, [session, question], talk, **asking, api_name="submit")
        make_endpoint(
            make_ask(answerer), api_name="ask", concurrency_limit=concurrency, concurrency_id="ask"
        )
        question.stop(events.stop, session, None, **reading)
        ask = _on(
            "ask", [waiting, picker, choices, *turns], events.ask_any, session, asked, **asking
        )
        for following in (ask.success, ask.failure):
            following(None, None, None, js=_TELL_ANSWERED, api_visibility="private")
        # What is opened beside them, or shown in them.
        _on("undo", turns, events.undo, session, talk, **keeping)
        _on("pick", turns, events.open_picker, session, [picker, choices], **reading)
        _on("find", [picker], events.find_choices, session, choices, **reading)
        _on("menu", [choices], events.open_chosen, session, [picker, choices], **reading)
        _on("more", turns, events.show_more, session, [passed, current], **keeping)
        _on("gloss", turns, events.gloss, session, [passed, current], **translating)
        _on("nearest", turns, events.open_nearest, session, source, **reading)
        cited = [*turns, source, timeline]
        _on("cite", cited, events.open_source, session, source, **reading)
        _on("related", [source], events.open_related, session, source, **reading)
        _on("timeline", [header, *turns], events.open_timeline, session, timeline, **reading)
        _on("plot", [timeline], events.plot_timeline, session, timeline, **reading)
        # What users add, remove and set.
        _on("refill", [current], events.refill, session, current, **reading)
        _on("open", [holder], events.open_archive, session, [holder, holdings], **reading)
        _on("browse", [holder, holdings], events.browse, session, holdings, **reading)
        _on("openheld", [holdings], events.open_held, session, source, **reading)
        _on("remove", [holdings], events.remove_held, session, holdings, **keeping)
        _on(
            "choose", [switch, settings], events.choose_mode, session, [switch, settings], **reading
        )
        _on("tongue", [settings], events.choose_tongue, session, everything, **reading)
        # What they keep.
        _on("collect", [*turns, source], events.collect, session, quotes, **keeping)
        _on("certify", turns, events.hand_receipt, session, handed, **keeping)
        _on("opine", turns, events.give_feedback, session, opinion, **keeping)
        _on("discard", [quotes], events.discard, session, quotes, **keeping)
        _on("restore", [quotes], events.put_back, session, quotes, **keeping)
        _on("move", [quotes], events.move, session, quotes, **keeping)
        _on("annotate", [quotes], events.annotate, session, None, **keeping)
    return blocks


def _on(name: str, parts: list[gr.HTML], *event: Any, **how: Any) -> Any:
    """One event for all parts of which the browser sends that name.

    Each event of its own would be some 700 bytes of the page, and work until it is there.
    """
    return gr.on([MethodType(EventListener(name).listener, part) for part in parts], *event, **how)


def make_ask(answerer: Answerer) -> Callable[..., dict[str, Any]]:
    """What answers `/ask` for other programs: typed values in, what `ask --json` prints out."""

    def ask(
        question: str,
        history: list[str] | None = None,
        since: str = "",
        until: str = "",
        as_of: str = "",
        speaker: str = "",
        source: str = "",
        language: str = "",
        mode: str = "",
    ) -> dict[str, Any]:
        """Answer in the archive's exact words, or say that it has none.

        `history` are the conversation's earlier questions.
        """
        given = {
            "since": since, "until": until, "as_of": as_of, "speaker": speaker, "source": source,
            "language": language, "mode": mode,
        }  # fmt: skip
        wanted = {name: value for name, value in given.items() if value != ""}
        try:
            asked = QuestionAsked.model_validate(
                {"question": question, "history": history or []} | wanted
            )
            return _leave_out_paths(answerer.ask(asked.make_enquiry()).as_json())
        except ValidationError as error:
            said = f"{explain_arguments(error)}; mend it and ask again"
            raise gr.Error(said, print_exception=False) from error
        except WortlautError as error:
            raise gr.Error(explain(error).detail, print_exception=False) from error

    # Gradio looks at it, and does not read words.
    ask.__annotations__["return"] = dict[str, Any]
    return ask


def _leave_out_paths(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer, which tells of no file: Gradio's client would fetch what has a `path`."""
    for citation in hide_paths(answer)["citations"]:
        del citation["path"]
    return answer


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
        # The ways to ask, and what the browser sends with each.
        self._ways: dict[str, tuple[Any, ...]] = {
            "ask": (self._ask_typed, "question"),
            "example": (page.ask_example, "number"),
            "again": (page.ask_again, "turn", "question"),
            "drop": (page.ask_without, "turn", "part"),
            "regain": (page.ask_with, "turn", "part"),
            "set": (page.ask_set, "serial", "value"),
            "take": (page.ask_chosen, "serial", "number"),
        }

    def start(self, address: object, request: gr.Request) -> list[Any]:
        return self._start(request, None, address)

    def start_anew(self, session: Session, request: gr.Request) -> list[Any]:
        return self._start(request, session, "/")

    def open(self, session: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
        return self._start(request, session, _read(event, "address"))

    def _start(self, request: gr.Request, earlier: Session | None, address: object) -> list[Any]:
        session, top, welcome, switch = self._page.start(_choose_tongue(request), earlier)
        session.owner, session.guest = read_owner(request.headers), read_guest(request)
        passed, current, source = self._page.arrive(session, address)
        source = source or render_no_source_html(session.tongue)
        shelf = self._page.talks.render_shelf(session)
        settings = self._page.show_settings(session)
        # The archive's panel is made when it is first opened.
        return [
            session, top, _show_box(session), passed, current or welcome, source, shelf, switch,
            render_waiting_html(session.tongue), "", "", settings,
        ]  # fmt: skip

    def choose_tongue(
        self, session: Session, event: gr.EventData, request: gr.Request
    ) -> list[Any]:
        self._resume(session, event, request)
        if not self._page.choose_tongue(session, _read(event, "tongue")):
            return [gr.skip()] * _PARTS
        top, switch, welcome = self._page.show_top(session)
        settings = self._page.show_settings(session)
        # A talk that has begun stays as it is: each answer is in its question's language.
        talk = [gr.skip()] * 2
        if not session.turns:
            talk = [welcome, render_no_source_html(session.tongue)]
        box = _show_box(session) if session.growing is None else gr.skip()
        shelf = self._page.talks.render_shelf(session)
        return [
            session, top, box, gr.skip(), *talk, shelf, switch,
            render_waiting_html(session.tongue), "", "", settings,
        ]  # fmt: skip

    def refill(self, session: Session) -> Any:
        return _or_skip(self._page.refill(session))

    def open_archive(self, session: Session, request: gr.Request) -> list[str]:
        session.guest = read_guest(request)
        return [self._page.archive.show_archive(session), self._page.archive.browse(session, {})]

    def browse(self, session: Session, event: gr.EventData, request: gr.Request) -> str:
        session.guest = read_guest(request)
        return self._page.archive.browse(session, event._data)

    def open_held(self, session: Session, event: gr.EventData) -> str:
        return self._page.archive.open_held(session, _read(event, "id"))

    def remove_held(self, session: Session, event: gr.EventData, request: gr.Request) -> Any:
        session.guest = read_guest(request)
        return _or_skip(self._page.archive.remove(session, _read(event, "id"), event._data))

    def ask(self, session: Session, text: str, request: gr.Request) -> Iterator[list[Any]]:
        """The box as Gradio itself sends it, where the page's script does not."""
        self._page.resume(session, read_owner(request.headers), None, None)
        if not isinstance(text, str) or not text.strip():
            yield [gr.skip()] * 4
            return
        for shown in self._show(session, self._page.ask(session, text.strip()), {"value": ""}):
            yield shown[:4]

    def ask_any(
        self, session: Session, event: gr.EventData, request: gr.Request
    ) -> Iterator[list[Any]]:
        """A question, however it is asked: what the browser sent says which way."""
        self._resume(session, event, request)
        ask, *sent = self._ways.get(str(_read(event, "way") or "ask"), (None,))
        if ask is not None:
            yield from self._show(session, ask(session, *(_read(event, name) for name in sent)))

    def _ask_typed(self, session: Session, text: object) -> Iterator[PageUpdate]:
        if isinstance(text, str) and text.strip():
            yield from self._page.ask(session, text.strip())

    def undo(self, session: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
        self._resume(session, event, request)
        return [gr.skip(), *map(_or_skip, self._page.undo(session))]

    def _resume(self, session: Session, event: gr.EventData, request: gr.Request) -> None:
        """The session, with what the page shows even if this server never sent it."""
        self._page.resume(
            session,
            read_owner(request.headers),
            _choose_tongue(request),
            _read(event, "shown"),
            _read(event, "count"),
        )

    def open_picker(self, session: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
        self._resume(session, event, request)
        turn, part = _read(event, "turn"), _read(event, "part")
        return list(self._page.open_picker(session, turn, part) or [gr.skip()] * 2)

    def open_chosen(self, session: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
        self._resume(session, event, request)
        serial, number = _read(event, "serial"), _read(event, "number")
        return list(self._page.open_chosen(session, serial, number) or [gr.skip()] * 2)

    def find_choices(self, session: Session, event: gr.EventData, request: gr.Request) -> Any:
        self._resume(session, event, request)
        return _or_skip(self._page.find_choices(session, _read(event, "text")))

    def show_more(self, session: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
        self._resume(session, event, request)
        return [_or_skip(part) for part in self._page.show_more(session, _read(event, "turn"))]

    def gloss(self, session: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
        self._resume(session, event, request)
        return [_or_skip(part) for part in self._page.gloss(session, _read(event, "turn"))]

    def _show(
        self, session: Session, steps: Iterator[PageUpdate], box: dict[str, Any] | None = None
    ) -> Iterator[list[Any]]:
        """What the page's parts show; the question box is left alone while somebody writes in it."""
        takes_time = self._page.takes_time(session)
        update: Any = _show_button(session, stop=takes_time) | (box or {})
        sent: str | None = None
        for passed, current, source in steps:
            if current is not None and session.growing is None:
                update = _show_button(session, stop=False)
            # The page needs it once; another program reads the last step alone.
            news = passed if passed != sent or box else None
            sent = passed or sent
            shelf = None if session.is_listed else self._page.talks.render_shelf(session)
            yield [update, *map(_or_skip, (news, current, source, shelf))]
            update = gr.skip()

    def stop(self, session: Session) -> None:
        self._page.stop(session)

    def choose_mode(self, session: Session, event: gr.EventData, request: gr.Request) -> Any:
        self._resume(session, event, request)
        switch = self._page.choose_mode(session, _read(event, "mode"))
        if switch is None:
            return [gr.skip()] * 2
        return [switch, self._page.show_settings(session)]

    def rename(self, session: Session, event: gr.EventData, request: gr.Request) -> str:
        self._resume(session, event, request)
        self._page.talks.rename(session, _read(event, "id"), _read(event, "title"))
        return self._page.talks.render_shelf(session)

    def remove(self, session: Session, event: gr.EventData, request: gr.Request) -> list[Any]:
        """The list without the conversation; where it is the one shown, a new one begins."""
        self._resume(session, event, request)
        deleted = self._page.talks.delete(session, _read(event, "id"))
        if deleted is None or deleted.id != session.conversation:
            shelf = self._page.talks.render_shelf(session, deleted)
            return [gr.skip() if part != _SHELF else shelf for part in range(_PARTS)]
        shown = self.start_anew(session, request)
        shown[_SHELF] = self._page.talks.render_shelf(shown[0], deleted)
        return shown

    def restore(self, session: Session, event: gr.EventData, request: gr.Request) -> str:
        self._resume(session, event, request)
        self._page.talks.restore(session, _read(event, "id"))
        return self._page.talks.render_shelf(session)

    def list_older(self, session: Session, event: gr.EventData, request: gr.Request) -> str:
        self._resume(session, event, request)
        session.listed += SHOWN_AT_ONCE
        return self._page.talks.render_shelf(session)

    def open_source(self, session: Session, event: gr.EventData, request: gr.Request) -> Any:
        self._resume(session, event, request)
        turn, marker = _read(event, "turn"), _read(event, "marker")
        return _or_lost(session, self._page.pane.open_source(session, turn, marker))

    def open_related(self, session: Session, event: gr.EventData, request: gr.Request) -> Any:
        self._resume(session, event, request)
        turn, marker = _read(event, "turn"), _read(event, "marker")
        opened = self._page.pane.open_related(session, turn, marker, _read(event, "number"))
        return _or_lost(session, opened)

    def open_timeline(self, session: Session, event: gr.EventData, request: gr.Request) -> str:
        self._resume(session, event, request)
        return self._page.pane.open_timeline(session, _read(event, "turn"))

    def plot_timeline(self, session: Session, event: gr.EventData, request: gr.Request) -> str:
        self._resume(session, event, request)
        return self._page.pane.plot_timeline(session, event._data)

    def open_nearest(self, session: Session, event: gr.EventData, request: gr.Request) -> Any:
        self._resume(session, event, request)
        return _or_lost(session, self._page.pane.open_nearest(session, _read(event, "turn")))

    # What the browser keeps: whose it is, its cookie says.

    def show_kept(self, session: Session, request: gr.Request) -> list[str]:
        quotes = self._page.quotes.show(read_owner(request.headers), session.tongue)
        return [quotes, self.show_opinions(session, request)]

    def collect(self, session: Session, request: gr.Request, event: gr.EventData) -> Any:
        self._resume(session, event, request)
        turn, marker = _read(event, "turn"), _read(event, "marker")
        return _or_skip(self._page.collect(session, read_owner(request.headers), turn, marker))

    def discard(self, session: Session, request: gr.Request, event: gr.EventData) -> Any:
        owner, quote = read_owner(request.headers), _read(event, "quote")
        return _or_skip(self._page.quotes.remove(owner, session.tongue, quote))

    def put_back(self, session: Session, request: gr.Request, event: gr.EventData) -> Any:
        owner, quote = read_owner(request.headers), _read(event, "quote")
        return _or_skip(self._page.quotes.restore(owner, session.tongue, quote))

    def move(self, session: Session, request: gr.Request, event: gr.EventData) -> Any:
        owner, quote = read_owner(request.headers), _read(event, "quote")
        return _or_skip(self._page.quotes.move(owner, session.tongue, quote, _read(event, "by")))

    def annotate(self, session: Session, request: gr.Request, event: gr.EventData) -> None:
        owner, quote = read_owner(request.headers), _read(event, "quote")
        self._page.quotes.write_note(owner, quote, _read(event, "note"))

    def hand_receipt(self, session: Session, request: gr.Request, event: gr.EventData) -> Any:
        self._resume(session, event, request)
        owner = read_owner(request.headers)
        return _or_skip(self._page.hand_receipt(session, owner, _read(event, "turn")))

    def show_opinions(self, session: Session, request: gr.Request) -> str:
        return self._page.show_opinions(session, read_owner(request.headers))

    def give_feedback(self, session: Session, request: gr.Request, event: gr.EventData) -> Any:
        self._resume(session, event, request)
        owner, turn = read_owner(request.headers), _read(event, "turn")
        verdict, comment = _read(event, "verdict"), _read(event, "comment")
        return _or_skip(self._page.give_feedback(session, owner, turn, verdict, comment))


def _choose_tongue(request: gr.Request) -> str | None:
    """The language that was chosen before, else those that the browser asks for."""
    chosen = read_chosen_tongue(request.headers.get("cookie"))
    return chosen or request.headers.get("accept-language")


def _show_button(session: Session, *, stop: bool) -> Any:
    """The question box with a button to ask, or to stop; named, for those who hear the page."""
    words = choose_words(session.tongue)
    return gr.update(submit_btn=not stop and words.ask, stop_btn=stop and words.stop)


def _show_box(session: Session) -> Any:
    """The question box, its words in the session's language."""
    words = choose_words(session.tongue)
    said = {"placeholder": words.placeholder, "label": words.ask}
    return _show_button(session, stop=False) | said


def _or_skip(html: str | None) -> Any:
    return gr.skip() if html is None else html


def _or_lost(session: Session, html: str | None) -> Any:
    """The source, or that the page's conversation is no longer known."""
    if html is None and session.is_lost:
        told = choose_talk_words(session.tongue).lost
        return render_no_source_html(session.tongue, told)
    return _or_skip(html)


def _read(event: gr.EventData, name: str) -> object:
    """A value that the browser sent with the event, whatever it is."""
    data = event._data
    return data.get(name) if isinstance(data, dict) else None
