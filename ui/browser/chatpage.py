"""What the events of the conversation show next; no framework in here."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from wortlaut.index.errors import WortlautError
from wortlaut.index.lang.words import Language
from wortlaut.rag.answer import Filters, Mode, join_answers
from wortlaut.rag.desk.store import Desk
from wortlaut.rag.suggesting import Examples
from wortlaut.rag.understanding.choices import Choice
from wortlaut.ui.browser.address import read_conversation_id, read_linked_quote
from wortlaut.ui.browser.archivepanel import ArchivePanel
from wortlaut.ui.browser.chips import (
    LONGEST_TOPIC,
    PARTS,
    PICKERS,
    RemovedPart,
    list_fixed_choices,
    remove_part,
    render_choices_html,
    render_picker_html,
    restore_part,
    set_part,
)
from wortlaut.ui.browser.feed import AnswerFeed
from wortlaut.ui.browser.header import render_header_html
from wortlaut.ui.browser.page import (
    PageTurn,
    render_no_source_html,
    render_switch_html,
    render_turn_html,
    render_welcome_html,
)
from wortlaut.ui.browser.quotes import (
    QuoteDesk,
    render_handed_html,
    render_opinions_html,
)
from wortlaut.ui.browser.session import Picker, Session, find_cited, pick_sent
from wortlaut.ui.browser.settings import ModelCheck, read_tongue, render_settings_html
from wortlaut.ui.browser.shelf import (
    render_lost_html,
    render_passed_html,
    render_replaced_html,
    render_resumed_html,
)
from wortlaut.ui.browser.sourcepane import SourcePane
from wortlaut.ui.browser.talks import Talks
from wortlaut.ui.gate.guest import is_users_own
from wortlaut.ui.render import list_glossable
from wortlaut.ui.words.page import choose_tongue, choose_words
from wortlaut.ui.words.talks import choose_talk_words

if TYPE_CHECKING:
    from wortlaut.rag.chat import NewsChat
    from wortlaut.rag.config import Settings
    from wortlaut.rag.desk.intake import Intake

# Turns that go above the current one, the current turn, the source to open; None leaves that part
# as it is. Turns above it are sent once, and stay in the browser.
PageUpdate = tuple[str | None, str | None, str | None]
_MOST_CHOICES = 40
_MODES: tuple[Mode, ...] = ("extractive", "llm")
_log = logging.getLogger(__name__)


class ChatPage:
    """The page's events: each takes a session and says what the page's parts show next.

    What comes from the browser is a number or a question; it is checked against the session.
    """

    def __init__(
        self,
        chat: NewsChat,
        desk: Desk | None = None,
        settings: Settings | None = None,
        intake: Intake | None = None,
    ) -> None:
        self._chat = chat
        self._desk = desk or Desk(None)
        self.talks = Talks(self._desk, chat.archive)
        self.quotes = QuoteDesk(chat.archive, self._desk, settings)
        self.archive = ArchivePanel(chat.archive, intake)
        self.pane = SourcePane(chat)
        self.model = ModelCheck(chat)
        self.examples = Examples(chat)

    def start(
        self, accept_language: str | None, earlier: Session | None = None
    ) -> tuple[Session, str, str, str]:
        """A new session, with header, welcome and switch in the browser's language.

        It takes the place of the `earlier` one, and keeps how that asked.
        """
        tongue = choose_tongue(accept_language)
        session = Session(tongue, mode=(earlier.mode if earlier else None) or self._chat.mode)
        if earlier is not None:
            self.stop(earlier)
            earlier.asked += 1
            session.owner, session.listed = earlier.owner, earlier.listed
            session.timeline = earlier.timeline
        top, switch, welcome = self.show_top(session)
        return session, top, welcome, switch

    def arrive(self, session: Session, address: object) -> PageUpdate:
        """What a new session shows at an address: a kept conversation, the words of an article, or
        no turns.
        """
        if quote := read_linked_quote(address):
            passed = render_passed_html((), 0, session.tongue, None)
            return passed, None, self.talks.open_quote(session, quote)
        conversation = read_conversation_id(address)
        if conversation is None:
            return render_passed_html((), 0, session.tongue, None), None, None
        if self.talks.take_up(session, conversation):
            return self._render_whole(session)
        told = f'<p class="told note" role="status">{choose_talk_words(session.tongue).unknown}</p>'
        return render_passed_html((), 0, session.tongue, None, told), None, None

    def _render_whole(self, session: Session) -> PageUpdate:
        """The whole conversation, its last turn as the current one."""
        last = max(len(session.turns) - 1, 0)
        note = self._note_replaced(session, last)
        passed = self._render_passed(session, 0, last, note)
        current = "".join(self._render_turn(session, turn, last) for turn in session.turns[last:])
        return passed, current, self._render_first_source(session, last)

    def _note_replaced(self, session: Session, number: int) -> str:
        """That turns from the number on were replaced and can be had back, if so."""
        if not session.replaced:
            return ""
        return render_replaced_html(len(session.replaced) - number, session.tongue)

    def _render_passed(self, session: Session, first: int, stop: int, note: str = "") -> str:
        return render_passed_html(
            session.turns[first:stop], first, session.tongue, session.conversation, note,
            template=self.quotes.template,
        )  # fmt: skip

    def _render_turn(
        self, session: Session, turn: PageTurn, number: int, *, finished: bool = True
    ) -> str:
        return render_turn_html(
            turn, number, session.tongue, finished=finished, template=self.quotes.template
        )

    def _render_first_source(self, session: Session, number: int) -> str | None:
        answer = session.turns[number].answer if session.turns else None
        if answer is None or not answer.citations:
            return None
        return self.pane.render_source(answer.citations[0], answer, number)

    def resume(
        self, session: Session, owner: str, tongue: str | None, shown: object, count: object = 0
    ) -> None:
        """Have the session hold the conversation that the page shows, which it may have lost.

        A server started anew, or with many open pages, knows a page by its conversation alone; if
        that was not kept, `count` turns that the page shows are lost.
        """
        if is_users_own(owner) and session.owner not in ("", owner):
            # Another user's page: its name was overheard, but what it holds is not handed out.
            session.turns.clear()
            session.conversation, session.replaced, session.growing = None, (), None
        session.owner = owner or session.owner
        if session.mode is not None:
            return
        session.tongue, session.mode = choose_tongue(tongue), self._chat.mode
        session.examples = self.examples.read(session.tongue) or ()
        if self.talks.take_up(session, shown):
            # Older than anything: the next question shows all that is kept.
            session.stamp = ""
        elif count:
            session.is_lost = True

    def refill(self, session: Session) -> str | None:
        """The welcome with its examples, once they are known; None where a talk has begun."""
        examples = self.examples.read(session.tongue)
        if examples is None or session.turns:
            return None
        session.examples = examples
        return render_welcome_html(self.archive.read_counts()[0], examples, session.tongue)

    # The panels

    def choose_tongue(self, session: Session, value: object) -> bool:
        """Whether the page goes on in another language."""
        tongue = read_tongue(value)
        if tongue is None:
            return False
        session.tongue = tongue
        return True

    def show_top(self, session: Session) -> tuple[str, str, str]:
        """Header, switch, and the welcome of a talk that has not begun, in the session's language."""
        counts, _ = self.archive.read_counts()
        mode = session.mode or self._chat.mode
        # Where none are known yet, the page asks for them when they are.
        examples = self.examples.read(session.tongue) if counts.articles else ()
        session.examples = examples or ()
        return (
            render_header_html(counts, session.tongue),
            render_switch_html(mode, session.tongue) if self._chat.has_model else "",
            render_welcome_html(counts, examples, session.tongue),
        )

    def show_settings(self, session: Session) -> str:
        """The panel of settings."""
        mode = session.mode or self._chat.mode
        return render_settings_html(mode, self.model.state, session.tongue, session.guest)

    def choose_mode(self, session: Session, mode: object) -> str | None:
        """The switch, set to how the next question is asked; None for what is no choice."""
        chosen = next((known for known in _MODES if known == mode), None)
        if chosen is None or not self._chat.has_model:
            return None
        session.mode = chosen
        return render_switch_html(chosen, session.tongue)

    def takes_time(self, session: Session) -> bool:
        """Whether answers are written by a language model, so that one may want to stop it."""
        return self._chat.has_model and (session.mode or self._chat.mode) == "llm"

    def stop(self, session: Session) -> None:
        """End the answer that is being written; what was checked stays."""
        number, session.growing = session.growing, None
        if number is not None:
            session.turns[number] = _stop(session.turns[number])
            self.talks.keep_turn(session, number)

    def ask(
        self,
        session: Session,
        question: str,
        filters: Filters = Filters(),
        after: int | None = None,
        removed: tuple[RemovedPart, ...] = (),
    ) -> Iterator[PageUpdate]:
        """The earlier turns, the growing new one, and the first source once it is cited.

        The question follows up on the first `after` turns, or on all; an answer still being
        written ends. Closing the iterator hangs up.
        """
        self.talks.forget_replaced(session)
        yield from self._ask(session, question, filters, after, removed)

    def _ask(
        self,
        session: Session,
        question: str,
        filters: Filters,
        after: int | None,
        removed: tuple[RemovedPart, ...] = (),
    ) -> Iterator[PageUpdate]:
        self.stop(session)
        passed, after = self._pass_on(session, question, after)
        number = len(session.turns)
        turn = PageTurn(question, filters, after, mode=session.mode, removed=removed)
        session.turns.append(turn)
        session.growing = number
        session.asked += 1
        own = session.asked
        self.talks.keep_turn(session, number)
        opened = False
        try:
            for turn, finished in self._grow(session, number):
                if own != session.asked:
                    # The page shows another question by now, or another conversation: this says
                    # so, because Gradio shows a generator's last step once more when it ends.
                    yield None, None, None
                    return
                session.turns[number] = turn
                source = None
                if turn.answer is not None and turn.answer.citations and not opened:
                    source = self.pane.render_source(turn.answer.citations[0], turn.answer, number)
                    opened = True
                elif finished and not opened:
                    source = render_no_source_html(session.tongue)
                if finished:
                    turn = session.turns[number] = self._await_gloss(turn)
                html = self._render_turn(session, turn, number, finished=finished)
                if finished:
                    session.growing = None
                    self.talks.keep_turn(session, number)
                yield passed, html, source
        finally:
            if own == session.asked and session.growing == number:
                self.stop(session)

    def _pass_on(self, session: Session, question: str, after: int | None) -> tuple[str, int]:
        """What goes above the next question, and after how many turns that is asked.

        That is the last turn; or all, where the page lacks what is kept.
        """
        tongue, asked_after = session.tongue, len(session.turns)
        if is_behind := self.talks.prepare(session, question):
            self.talks.forget_replaced(session)  # Another tab's edit; this goes on from there.
        number = len(session.turns)
        first = 0 if is_behind else max(number - 1, 0)
        note = render_resumed_html(tongue) if is_behind else ""
        if session.is_lost:
            note, session.is_lost = render_lost_html(tongue), False
        note = self._note_replaced(session, number) or note
        passed = self._render_passed(session, first, number, note)
        return passed, number if after in (None, asked_after) else min(after or 0, number)

    def _grow(self, session: Session, number: int) -> Iterator[tuple[PageTurn, bool]]:
        """The turn as its answer grows, and at last whether it is finished; errors are a turn.

        While nothing comes it is given again: whoever shows it may have gone.
        """
        turn = session.turns[number]
        yield turn, False
        answers = [earlier.answer for earlier in session.turns[: turn.after]]
        history = [part for answer in answers if answer for part in answer.list_parts()]
        feed = AnswerFeed(self._chat.stream(turn.question, history, turn.filters, turn.mode))
        try:
            for answer in feed.listen():
                if session.growing != number:
                    turn = _stop(turn)
                    break
                turn = replace(turn, answer=answer or turn.answer)
                if feed.is_whole:
                    break
                yield turn, False
        except WortlautError as error:
            turn = replace(turn, answer=None, error=str(error))
        except Exception:
            _log.exception("a question failed")
            turn = replace(turn, answer=None, error=choose_words(session.tongue).unforeseen)
        finally:
            feed.hang_up()
        yield turn, True

    def ask_without(self, session: Session, number: object, part: object) -> Iterator[PageUpdate]:
        """The turn's question once more, without one part of what was understood."""
        turn = pick_sent(session.turns, number)
        if turn is None or turn.answer is None or part not in PARTS:
            return
        changed = remove_part(turn.answer, turn.filters, turn.removed, str(part))
        if changed is not None:
            yield from self.ask(session, turn.question, changed[0], turn.after, changed[1])

    def ask_with(self, session: Session, number: object, part: object) -> Iterator[PageUpdate]:
        """The turn's question once more, with a part that was removed before."""
        turn = pick_sent(session.turns, number)
        changed = restore_part(turn.filters, turn.removed, str(part)) if turn else None
        if turn is not None and changed is not None:
            yield from self.ask(session, turn.question, changed[0], turn.after, changed[1])

    def open_picker(self, session: Session, number: object, part: object) -> tuple[str, str] | None:
        """The picker for a part of the turn and its choices; None for what cannot be chosen."""
        turn = pick_sent(session.turns, number)
        if turn is None or turn.answer is None or part not in PICKERS:
            return None
        answer = turn.answer
        picker = self._list_choices(session, int(str(number)), str(part), "")
        html = render_picker_html(picker.part, answer, picker.serial, answer.language)
        return html, _render_choices(picker, answer.language)

    def find_choices(self, session: Session, text: object) -> str | None:
        """The open picker's choices by what is typed in it."""
        picker = session.picker
        turn = pick_sent(session.turns, picker.turn) if picker else None
        if picker is None or turn is None or turn.answer is None or not isinstance(text, str):
            return None
        picker = self._list_choices(session, picker.turn, picker.part, text[:LONGEST_TOPIC])
        return _render_choices(picker, turn.answer.language)

    def _list_choices(self, session: Session, number: int, part: str, text: str) -> Picker:
        """The picker with its choices, as the session now keeps it."""
        if part == "speaker":
            choices = self._chat.choices.list_people(text, _MOST_CHOICES)
        elif part == "source":
            choices = self._chat.choices.list_sources(text, _MOST_CHOICES)
        else:
            answer = session.turns[number].answer
            choices = list_fixed_choices(part, answer.language if answer else session.tongue)
        session.lists += 1
        session.picker = Picker(number, part, session.lists, tuple(choices))
        return session.picker

    def open_chosen(
        self, session: Session, serial: object, number: object
    ) -> tuple[str, str] | None:
        """The picker that was chosen from the list of pickers; None for any other choice."""
        chosen = _read_choice(session, serial, number)
        if chosen is None or chosen[0].part != "add":
            return None
        return self.open_picker(session, chosen[0].turn, chosen[1].value)

    def ask_chosen(self, session: Session, serial: object, number: object) -> Iterator[PageUpdate]:
        """The turn's question once more, with what was chosen from the picker's list."""
        chosen = _read_choice(session, serial, number)
        if chosen is not None and chosen[0].part != "add":
            picker, choice = chosen
            yield from self._ask_set(session, picker, choice.value or choice.name)

    def ask_set(self, session: Session, serial: object, value: object) -> Iterator[PageUpdate]:
        """The turn's question once more, with the days or the topic that were put in."""
        picker = session.picker
        if picker is None or str(picker.serial) != str(serial):
            return
        if picker.part in ("period", "event", "topic"):
            yield from self._ask_set(session, picker, value)

    def _ask_set(self, session: Session, picker: Picker, value: object) -> Iterator[PageUpdate]:
        turn = pick_sent(session.turns, picker.turn)
        filters = set_part(turn.filters, picker.part, value) if turn else None
        session.picker = None
        if turn is not None and filters is not None:
            replaced = {"since", "until"} if picker.part == "period" else {picker.part}
            removed = tuple(one for one in turn.removed if one.part not in replaced)
            yield from self.ask(session, turn.question, filters, turn.after, removed)

    def show_more(self, session: Session, number: object) -> tuple[str | None, str | None]:
        """The earlier turns or the current one, with that turn's next quotes below its own."""
        turn = pick_sent(session.turns, number)
        if turn is None or turn.answer is None or session.growing is not None:
            return None, None
        at, answer = int(str(number)), turn.answer
        first = answer.list_parts()[0]
        history = first.asking.history if first.asking else ()
        # Below a language model's answer all that it was given, by the numbers that it had.
        is_written = answer.mode == "llm" and not answer.parts
        shown = 0 if is_written else max((c.marker for c in answer.citations), default=0)
        filters = replace(turn.filters, skip=shown)
        try:
            further = self._chat.ask(turn.question, history, filters, "extractive")
            joined = replace(turn, answer=join_answers(answer, further))
        except (WortlautError, ValueError) as error:
            _log.warning("no further quotes: %s", error)
            return None, None
        if at >= len(session.turns) or session.turns[at] is not turn:
            return None, None  # another conversation by now
        session.turns[at] = self._await_gloss(joined)
        self.talks.keep_turn(session, at)
        return self._render_changed(session, at)

    def _render_changed(self, session: Session, at: int) -> tuple[str | None, str | None]:
        """The turns from the changed one on that stand above the current one, or that."""
        if at + 1 == len(session.turns):
            return None, self._render_turn(session, session.turns[at], at)
        return self._render_passed(session, at, len(session.turns) - 1), None

    def _await_gloss(self, turn: PageTurn) -> PageTurn:
        """The turn, marked where a language model can translate quotes of it."""
        answer = turn.answer
        if not self._chat.has_model or answer is None or answer.abstained:
            return turn
        missing = set(list_glossable(answer)) - answer.glosses.keys()
        return replace(turn, untranslated=bool(missing))

    def gloss(self, session: Session, number: object) -> tuple[str | None, str | None]:
        """The earlier turns or the current one, with translations below that turn's quotes."""
        turn = pick_sent(session.turns, number)
        if turn is None or turn.answer is None or not turn.untranslated:
            return None, None
        at, answer = int(str(number)), turn.answer
        # It is tried once, whatever comes of it.
        turn = session.turns[at] = replace(turn, untranslated=False)
        missing = set(list_glossable(answer)) - answer.glosses.keys()
        try:
            glossed = self._chat.gloss(answer, missing)
        except WortlautError as error:
            _log.warning("no translations: %s", error)
            return None, None
        if at >= len(session.turns) or session.turns[at] is not turn:
            return None, None  # another conversation by now, or more quotes
        session.turns[at] = replace(turn, answer=glossed)
        if not glossed.glosses or (session.growing is not None and at != session.growing):
            return None, None
        self.talks.keep_turn(session, at)
        return self._render_changed(session, at)

    def ask_example(self, session: Session, number: object) -> Iterator[PageUpdate]:
        """The answer to one of the example questions."""
        example = pick_sent(session.examples, number)
        if example is not None:
            yield from self.ask(session, example)

    def ask_again(self, session: Session, number: object, question: object) -> Iterator[PageUpdate]:
        """Another question in place of a turn's; that turn and those after it are replaced.

        `undo` brings them back until the next question is asked.
        """
        turn = pick_sent(session.turns, number)
        text = question.strip() if isinstance(question, str) else ""
        if turn is None or not text:
            return
        self.stop(session)
        count = int(str(number))
        was_resumed = not session.stamp
        if self.talks.prepare(session, text) and not was_resumed:
            # Another tab has gone on: first that is shown.
            yield self._render_whole(session)
            return
        self.talks.put_all(session, session.turns[:count], tuple(session.turns))
        filters = replace(turn.filters, without=frozenset(), topic=None, order=None)
        yield from self._ask(session, text, filters, min(turn.after, count))

    def undo(self, session: Session) -> PageUpdate:
        """The turns that the last edit replaced, in their place again."""
        if not session.replaced:
            return None, None, None
        self.stop(session)
        session.asked += 1
        before, was_resumed = session.replaced, not session.stamp
        if not self.talks.prepare(session, before[0].question) or was_resumed:
            self.talks.put_all(session, before)
        return self._render_whole(session)

    def collect(self, session: Session, owner: str, number: object, marker: object) -> str | None:
        """The basket with the quote behind the marker, or without it if it was there."""
        answer, citation = find_cited(session, number, marker)
        # What is still growing has no receipt yet.
        if answer is None or citation is None or str(session.growing) == str(number):
            return None
        return self.quotes.toggle(owner, session.tongue, answer, citation)

    def hand_receipt(self, session: Session, owner: str, number: object) -> str | None:
        """A link to the receipt of the turn's answer, which is kept for a while."""
        turn = pick_sent(session.turns, number)
        if turn is None or turn.answer is None:
            return None
        return render_handed_html(self.quotes.keep_receipt(owner, turn.answer))

    def give_feedback(
        self, session: Session, owner: str, number: object, verdict: object, comment: object
    ) -> str | None:
        """What is thought of the conversation's answers, with what was said of one now."""
        turn = pick_sent(session.turns, number)
        if turn is None or turn.answer is None:
            return None
        if not self.quotes.give_feedback(owner, turn.answer, verdict, comment):
            return None
        return self.show_opinions(session, owner, int(str(number)))

    def show_opinions(self, session: Session, owner: str, saved: int | None = None) -> str:
        """What is thought of the conversation's answers, for the page's script."""
        answers = [turn.answer for turn in session.turns]
        return render_opinions_html(self.quotes.list_opinions(owner, answers), saved)


def _render_choices(picker: Picker, language: Language) -> str:
    return render_choices_html(picker.part, picker.choices, picker.serial, language)


def _read_choice(session: Session, serial: object, number: object) -> tuple[Picker, Choice] | None:
    """The open picker and its choice of that number, if that list is still the one that is open."""
    picker = session.picker
    choice = pick_sent(picker.choices, number) if picker else None
    if picker is None or choice is None or str(picker.serial) != str(serial):
        return None
    return picker, choice


def _stop(turn: PageTurn) -> PageTurn:
    """The turn without what was not checked."""
    answer = replace(turn.answer, draft="") if turn.answer else None
    return replace(turn, answer=answer, stopped=True)
