"""Kept conversations: answers as JSON and back, the desk's list, taking up, editing, addresses."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.chatdouble import ARTICLES, BRIDGE, HOSTILE, PORT, TRAP, Chat
from tests.test_app import finish, open_server
from tests.test_render import check_harmless
from wortlaut.index.article import Span, hash_text
from wortlaut.index.errors import StoreError
from wortlaut.index.twins.origins import PrintedArticle, Supersession
from wortlaut.rag.answer import Answer, Asking, Citation, Claim, Filters
from wortlaut.rag.desk.conversations import LONGEST_TITLE, Conversations, shorten_title
from wortlaut.rag.desk.houseformat import quote_citation
from wortlaut.rag.desk.keeping import keep, revive
from wortlaut.rag.desk.store import Desk
from wortlaut.rag.understanding.query import Query
from wortlaut.rag.understanding.timewindow import Window
from wortlaut.ui.browser.address import (
    LinkedQuote,
    read_conversation_id,
    read_linked_quote,
)
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.page import PageTurn
from wortlaut.ui.browser.session import Session
from wortlaut.ui.gate.guest import read_owner

MINE, YOURS = "m" * 32, "y" * 32
TALBERG, AUSTRALIA, FALLE = (
    "What did Talberg say?",
    "What is the capital of Australia?",
    "Die Falle?",
)

# Answers as JSON and back

days = st.none() | st.dates()
words = st.text(max_size=12)
names = st.lists(words, max_size=2).map(tuple)
printed = st.builds(
    PrintedArticle, words, words, st.none() | words, days, st.sampled_from(["day", "unknown"])
)


@st.composite
def citations(draw):
    article = draw(st.sampled_from([PORT, BRIDGE, TRAP]))
    edges = sorted(draw(st.lists(st.integers(0, len(article.text)), min_size=4, max_size=4)))
    start, first, last, end = edges
    return Citation(
        draw(st.integers(1, 20)),
        article,
        Span(start, end),
        draw(st.none() | words),
        draw(st.sampled_from(["direct", "reported", "narrated"])),
        draw(st.none() | words),
        draw(st.none() | st.just(Span(first, last))),
        draw(st.lists(printed, max_size=2).map(tuple)),
        draw(st.none() | st.builds(Supersession, printed, st.just("correction"))),
        draw(st.none() | words),
    )


windows = st.builds(Window, days, days)
languages = st.sampled_from(["en", "de", "ru"])
queries = st.builds(
    Query, words, words, words, names, names, windows, languages, st.just("speaker"),
    st.sampled_from(["relevance", "newest"]), windows, names, st.booleans(),
)  # fmt: skip
filters = st.builds(
    Filters, days, days, days, st.none() | words, st.none() | words, st.none() | languages,
    st.frozensets(st.sampled_from(["speaker", "since"])),
)  # fmt: skip
claims = st.builds(
    Claim, words, st.lists(st.integers(1, 9)).map(tuple), st.just("supported"), st.floats(0, 1),
    st.none() | words,
)  # fmt: skip
askings = st.builds(
    Asking, st.datetimes(timezones=st.just(UTC)), filters, st.just(()), st.none() | st.integers()
)
answers = st.builds(
    Answer, words, words, st.booleans(), st.none() | words, st.sampled_from(["extractive", "llm"]),
    languages, queries, st.lists(citations(), max_size=2).map(tuple),
    st.lists(claims, max_size=2).map(tuple), st.none() | citations(), st.none() | st.floats(0, 1),
    st.dictionaries(words, st.floats(0, 9)), st.just(""), st.none() | words, st.none() | words,
    st.integers(0, 3), st.booleans(), st.none() | askings, names,
)  # fmt: skip
turns = st.builds(
    PageTurn, words, filters, st.integers(0, 9), st.none() | answers, st.none() | words,
    st.none() | st.sampled_from(["extractive", "llm"]), st.booleans(),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(turns)
def test_a_turn_comes_back_from_json_as_it_was(turn):
    kept = json.loads(json.dumps(keep(turn)))
    again = revive(PageTurn, kept, ARTICLES.get)
    assert again == turn
    assert keep(again) == kept
    if turn.answer:
        assert again.answer.asking == turn.answer.asking
        assert [c.quote for c in again.answer.citations] == [c.quote for c in turn.answer.citations]


def test_of_an_article_only_the_quoted_words_are_kept():
    text = json.dumps(keep(Chat().ask(TALBERG)), ensure_ascii=False)
    assert "das Land brauche verlässliche Zusagen" in text
    assert "seither dreimal vertieft" not in text
    assert PORT.path not in text


@pytest.mark.parametrize(
    "now", [None, replace(PORT, text=f"Neu. {PORT.text}", text_sha256="0" * 64)]
)
def test_words_of_an_article_that_changed_or_is_gone_stay_the_quoted_ones(now):
    answer = Chat().ask(TALBERG)
    inside = Span(answer.citations[0].span.start + 4, answer.citations[0].span.end - 3)
    cited = (replace(answer.citations[0], answer_span=inside), *answer.citations[1:])
    kept = keep(replace(answer, citations=cited))
    again = revive(Answer, kept, lambda article_id: now if article_id == "port" else BRIDGE)
    assert [c.quote for c in again.citations] == [c.quote for c in answer.citations]
    first = again.citations[0]
    assert first.article.text == "das Land brauche verlässliche Zusagen"
    assert first.article.text_sha256 == PORT.text_sha256
    assert (first.article.title, first.article.published) == (PORT.title, PORT.published)
    assert first.answer_span.of(first.article.text) == inside.of(PORT.text)
    assert again.citations[2].article == BRIDGE


def test_a_hash_that_fits_over_other_words_is_not_believed():
    forged = replace(PORT, text=PORT.text.replace("verlässliche", "keinerlei"))
    again = revive(Answer, keep(Chat().ask(TALBERG)), {**ARTICLES, "port": forged}.get)
    assert again.citations[0].quote == "das Land brauche verlässliche Zusagen"


def test_fields_of_other_versions_are_left_aside_or_have_their_defaults():
    kept = keep(Chat().ask(TALBERG)) | {"mood": "fine"}
    kept["query"]["flavour"] = 3
    del kept["claims"]
    again = revive(Answer, kept, ARTICLES.get)
    assert (again.claims, again.text) == ((), kept["text"])


@pytest.mark.parametrize(
    "broken",
    [None, 3, "x", [], {}, {"question": "x"}, {"question": 3, "text": "x"},
     {"citations": [{"marker": 1}]}],
)  # fmt: skip
def test_what_is_no_answer_is_refused_in_one_line(broken):
    if isinstance(broken, dict) and "citations" in broken:
        broken = keep(Chat().ask(TALBERG)) | broken
    with pytest.raises(StoreError, match=r"^a kept Answer cannot be read"):
        revive(Answer, broken, ARTICLES.get)


# The desk


@pytest.fixture
def desk():
    return Desk(None)


def test_each_browser_lists_its_own_conversations_newest_first(desk):
    kept = Conversations(desk)
    first, second = (kept.begin(MINE, title) for title in ("Hafen", "Brücke"))
    kept.begin(YOURS, "Falle")
    assert [c.title for c in kept.list_newest(MINE, 9)] == ["Brücke", "Hafen"]
    kept.put_turn(first.id, 0, {"question": "x"})
    assert [c.id for c in kept.list_newest(MINE, 9)] == [first.id, second.id]
    assert len(kept.list_newest(MINE, 1)) == 1
    assert len({first.id, second.id}) == 2
    assert len(first.id) >= 20


def test_only_its_owner_renames_and_deletes_a_conversation_and_has_it_back(desk):
    kept = Conversations(desk)
    begun = kept.begin(MINE, "Hafen")
    assert not kept.rename(YOURS, begun.id, "Falle")
    assert kept.delete(YOURS, begun.id) is None
    assert not kept.rename(MINE, begun.id, "  ")
    assert kept.rename(MINE, begun.id, " Der\nHafen ")
    assert kept.find(begun.id).title == "Der Hafen"
    assert kept.delete(MINE, begun.id).title == "Der Hafen"
    assert kept.find(begun.id) is None
    assert kept.list_newest(MINE, 9) == []
    assert not kept.restore(YOURS, begun.id)
    assert kept.restore(MINE, begun.id)
    assert kept.find(begun.id).title == "Der Hafen"


def test_what_was_deleted_a_day_ago_is_gone_with_its_turns(tmp_path):
    desk = Desk(tmp_path)
    kept = Conversations(desk)
    gone, left = (kept.begin(MINE, title) for title in ("Hafen", "Brücke"))
    for begun in (gone, left):
        kept.put_turn(begun.id, 0, {"question": "x"})
    kept.delete(MINE, gone.id)
    kept.purge(datetime.now(UTC) + timedelta(hours=20))
    assert kept.restore(MINE, gone.id)
    kept.delete(MINE, gone.id)
    old = (datetime.now(UTC) - timedelta(hours=30)).isoformat()
    with desk.write() as db:
        db.execute("UPDATE conversations SET deleted = ? WHERE id = ?", (old, gone.id))
    # Begun anew, the program purges.
    kept = Conversations(Desk(tmp_path))
    assert not kept.restore(MINE, gone.id)
    assert desk.read("SELECT DISTINCT conversation FROM turns") == [(left.id,)]


@pytest.mark.parametrize("question", ["Was sagte Vesk zum Hafen? " * 9, "x" * 500])
def test_a_title_is_one_short_line(question):
    title = shorten_title(question)
    assert LONGEST_TITLE // 2 < len(title) <= LONGEST_TITLE
    assert title.endswith("…")
    assert question.startswith(title[:-1])


# Taking up


def begin(page, *questions, owner=MINE):
    session = Session(owner=owner, mode="extractive")
    for question in questions:
        finish(page.ask(session, question))
    return session


def test_after_a_restart_the_conversation_stands_there_and_follow_ups_work(tmp_path):
    before = begin(ChatPage(Chat(), Desk(tmp_path)), TALBERG, FALLE)
    chat = Chat()
    page = ChatPage(chat, Desk(tmp_path))
    session = page.start("en")[0]
    session.owner = MINE
    passed, current, source = page.arrive(session, f"/c/{before.conversation}")
    assert TALBERG in passed
    assert FALLE in current
    assert "<mark" in source
    check_harmless(passed + current + source)
    assert session.turns == before.turns
    assert '<mark class="cited">das Land brauche' in page.pane.open_source(session, "0", "1")
    finish(page.ask(session, "And in 2027?"))
    assert chat.asked[-1][:2] == ("And in 2027?", [TALBERG, FALLE])
    shelf = page.talks.render_shelf(session)
    assert shelf.count('<li data-id="') == 1
    assert f'href="c/{before.conversation}"' in shelf


def test_a_question_that_was_asked_when_the_program_ended_stands_there_as_stopped(desk):
    page = ChatPage(Chat(), desk)
    session = Session(owner=MINE)
    steps = page.ask(session, TALBERG)
    next(steps)
    again = ChatPage(Chat(), desk)
    other = again.start("en")[0]
    current = again.arrive(other, f"/c/{session.conversation}")[1]
    assert TALBERG in current
    assert "Stopped before a sentence had been checked." in current
    steps.close()


def test_a_citation_whose_article_changed_shows_the_quoted_words_as_stale(tmp_path):
    before = begin(ChatPage(Chat(), Desk(tmp_path)), TALBERG)
    text = PORT.text.replace("verlässliche", "keinerlei")
    port = replace(PORT, text=text, text_sha256=hash_text(text))
    page = ChatPage(Chat({**ARTICLES, "port": port}), Desk(tmp_path))
    session = page.start("en")[0]
    page.arrive(session, f"/c/{before.conversation}")
    for marker in ("1", "2"):
        source = page.pane.open_source(session, "0", marker)
        assert "has changed since it was cited" in source
        assert "keinerlei" not in source
    assert (
        '<mark class="cited">das Land brauche verlässliche Zusagen</mark>'
        in page.pane.open_source(session, "0", "1")
    )


def test_a_stale_citation_keeps_its_place_and_is_whole_again_with_its_article(desk):
    page = ChatPage(Chat(), desk)
    before = begin(page, TALBERG)
    cited = before.turns[0].answer.citations[1]
    without = {name: article for name, article in ARTICLES.items() if name != "port"}
    stale = ChatPage(Chat(without), desk)
    session = stale.start("en")[0]
    session.owner = MINE
    stale.arrive(session, f"/c/{before.conversation}")
    alone = session.turns[0].answer.citations[1]
    assert (alone.quote, alone.place) == (cited.quote, cited.span)
    assert alone.as_json()["start"] == cited.span.start
    assert quote_citation(alone).address == quote_citation(cited).address
    # Whatever is kept anew meanwhile.
    stale.talks.keep_turn(session, 0)
    again = page.start("en")[0]
    page.arrive(again, f"/c/{before.conversation}")
    assert again.turns[0].answer.citations == before.turns[0].answer.citations
    # The article is back while the page still has the words alone.
    stale._chat.archive.articles["port"] = PORT
    assert "has changed since it was cited" in stale.pane.open_source(session, "0", "2")


def test_a_turn_of_another_format_says_so_and_the_rest_stands(desk, caplog):
    page = ChatPage(Chat(), desk)
    before = begin(page, TALBERG, TALBERG, AUSTRALIA)
    page.talks._kept.put_turn(
        before.conversation, 1, {"format": 99, "question": f"Alt? {HOSTILE}", "turn": {"x": []}}
    )
    with desk.write() as db:
        db.execute("UPDATE turns SET turn = '{' WHERE number = 2")
    session = page.start("en")[0]
    passed, current, _ = page.arrive(session, f"/c/{before.conversation}")
    assert "das Land brauche" in passed
    assert "kept by another version" in passed
    assert "kept by another version" in current
    assert "Alt?" in check_harmless(passed).text_in("h2", "question")
    assert len(caplog.records) == 2
    finish(page.ask(session, TALBERG))
    assert page._chat.asked[-1][1] == [TALBERG]


@pytest.mark.parametrize(
    "address", ["/c/nobodyknowsthisone12", "/c/<img src=x>", "/", None, 7, "/c/"]
)
def test_an_unknown_address_begins_a_new_conversation(desk, address):
    page = ChatPage(Chat(), desk)
    session = page.start("en")[0]
    passed, current, source = page.arrive(session, address)
    assert (current, source, session.turns) == (None, None, [])
    assert ("no conversation at this address" in passed) == (address == "/c/nobodyknowsthisone12")
    assert "<img" not in passed


def test_a_page_that_the_server_has_forgotten_goes_on_from_what_is_kept(desk):
    before = begin(ChatPage(Chat(), desk), TALBERG, FALLE)
    page = ChatPage(Chat(), desk)
    session = Session()
    page.resume(session, MINE, "de", before.conversation, 2)
    assert "<mark" in page.pane.open_source(session, "0", "1")
    passed, _, _ = finish(page.ask(session, "And in 2027?"))
    assert "Diese Seite war nicht mehr aktuell" in passed
    assert TALBERG in passed
    assert page._chat.asked[-1][1] == [TALBERG, FALLE]
    passed, _, _ = finish(page.ask(session, TALBERG))
    assert "nicht mehr aktuell" not in passed


def test_a_page_whose_conversation_nobody_kept_says_so(desk):
    page = ChatPage(Chat(), desk)
    session = Session()
    page.resume(session, "", "en", "", 2)
    assert session.is_lost
    passed, _, _ = finish(page.ask(session, TALBERG))
    assert "this conversation was not kept" in passed


def test_two_tabs_of_one_conversation_lose_nothing(desk):
    page = ChatPage(Chat(), desk)
    first = begin(page, TALBERG)
    second = page.start("en")[0]
    second.owner = MINE
    page.arrive(second, f"/c/{first.conversation}")
    finish(page.ask(second, AUSTRALIA))
    passed, _, _ = finish(page.ask(first, FALLE))
    assert AUSTRALIA in passed
    assert "brought up to date" in passed
    assert [turn.question for turn in first.turns] == [TALBERG, AUSTRALIA, FALLE]
    third = page.start("en")[0]
    page.arrive(third, f"/c/{first.conversation}")
    assert third.turns == first.turns


def test_who_goes_on_with_anothers_conversation_has_a_copy(desk):
    page = ChatPage(Chat(), desk)
    mine = begin(page, TALBERG)
    yours = page.start("en")[0]
    yours.owner = YOURS
    page.arrive(yours, f"/c/{mine.conversation}")
    finish(page.ask(yours, AUSTRALIA))
    assert yours.conversation != mine.conversation
    assert page.talks.delete(yours, mine.conversation) is None
    again = page.start("en")[0]
    page.arrive(again, f"/c/{mine.conversation}")
    assert [turn.question for turn in again.turns] == [TALBERG]
    page.arrive(again, f"/c/{yours.conversation}")
    assert [turn.question for turn in again.turns] == [TALBERG, AUSTRALIA]


def test_a_conversation_deleted_under_a_page_is_kept_again_as_it_goes_on(desk):
    page = ChatPage(Chat(), desk)
    session = begin(page, TALBERG)
    gone = session.conversation
    page.talks.delete(session, gone)
    finish(page.ask(session, AUSTRALIA))
    assert session.conversation != gone
    assert not session.is_listed
    other = page.start("en")[0]
    page.arrive(other, f"/c/{session.conversation}")
    assert other.turns == session.turns


def test_without_a_browser_to_own_it_nothing_is_kept(desk):
    session = begin(ChatPage(Chat(), desk), TALBERG, owner="")
    assert session.conversation is None
    assert desk.read("SELECT count(*) FROM conversations") == [(0,)]


def test_a_desk_that_cannot_be_written_ends_no_conversation(desk, caplog):
    page = ChatPage(Chat(), desk)
    session = begin(page, TALBERG)
    with desk.write() as db:
        db.execute("DROP TABLE turns")
    _, current, _ = finish(page.ask(session, f"{FALLE} \ud800"))
    assert 'data-marker="1"' in current
    assert "not kept" in caplog.text


def test_half_a_letter_in_a_question_is_kept_as_a_question_mark(desk):
    page = ChatPage(Chat(), desk)
    session = begin(page, f"{TALBERG} \ud800")
    again = page.start("en")[0]
    page.arrive(again, f"/c/{session.conversation}")
    assert again.turns[0].question == f"{TALBERG} ?"
    assert page.talks._kept.find(session.conversation).title == f"{TALBERG} ?"


# Edit and ask again


def test_a_changed_question_replaces_what_came_after_and_can_be_undone(desk):
    page = ChatPage(Chat(), desk)
    session = begin(page, TALBERG, "And in 2027?", FALLE)
    before = list(session.turns)
    passed, current, _ = finish(page.ask_again(session, "1", f" {AUSTRALIA} "))
    assert [turn.question for turn in session.turns] == [TALBERG, AUSTRALIA]
    assert page._chat.asked[-1][:2] == (AUSTRALIA, [TALBERG])
    assert 'data-from="0"' in passed
    assert "replaced: 2" in passed
    assert 'data-press="undo"' in passed
    passed, current, _ = page.undo(session)
    assert session.turns == before
    assert AUSTRALIA not in passed + current
    kept = page.start("en")[0]
    page.arrive(kept, f"/c/{session.conversation}")
    assert kept.turns == before
    finish(page.ask_again(session, "2", AUSTRALIA))
    finish(page.ask(session, TALBERG))
    assert page.undo(session) == (None, None, None)


def test_an_edit_can_be_undone_after_a_restart_until_something_else_is_asked(tmp_path):
    desk = Desk(tmp_path)
    session = begin(ChatPage(Chat(), desk), TALBERG, FALLE)
    before = list(session.turns)
    finish(ChatPage(Chat(), desk).ask_again(session, "0", AUSTRALIA))
    desk.close()
    # The server has started anew: a page that is loaded again, and one that stayed open.
    page = ChatPage(Chat(), Desk(tmp_path))
    loaded, stayed, stranger = page.start("de")[0], Session(), page.start("de")[0]
    loaded.owner = MINE
    passed, _, _ = page.arrive(loaded, f"/c/{session.conversation}")
    assert "Ersetzte Fragen: 2" in passed
    assert 'data-press="undo"' in passed
    passed, _, _ = page.arrive(stranger, f"/c/{session.conversation}")
    assert 'data-press="undo"' not in passed
    page.resume(stayed, MINE, "de", session.conversation, 1)
    passed, _, _ = page.undo(stayed)
    assert [turn.question for turn in stayed.turns] == [TALBERG, FALLE]
    assert [turn.answer for turn in stayed.turns] == [turn.answer for turn in before]
    assert 'data-press="undo"' not in passed
    finish(page.ask_again(stayed, "1", AUSTRALIA))
    # An edit on a page that the server has forgotten is asked, too.
    forgotten = Session()
    page.resume(forgotten, MINE, "de", session.conversation, 2)
    finish(page.ask_again(forgotten, "1", "And in 2027?"))
    assert [turn.question for turn in forgotten.turns] == [TALBERG, "And in 2027?"]
    finish(page.ask(forgotten, TALBERG))
    again = page.start("de")[0]
    again.owner = MINE
    page.arrive(again, f"/c/{session.conversation}")
    assert again.replaced == ()


def test_an_edit_in_one_tab_takes_nothing_from_another(desk):
    page = ChatPage(Chat(), desk)
    here = begin(page, TALBERG, FALLE)
    there = page.start("en")[0]
    there.owner = MINE
    page.arrive(there, f"/c/{here.conversation}")
    finish(page.ask(there, AUSTRALIA))
    finish(page.ask_again(here, "1", "And in 2027?"))
    # What the other tab has added is shown first.
    assert [turn.question for turn in here.turns] == [TALBERG, FALLE, AUSTRALIA]
    finish(page.ask_again(here, "1", "And in 2027?"))
    assert [turn.question for turn in here.turns] == [TALBERG, "And in 2027?"]
    page.talks.keep_turn(there, 1)
    kept = page.start("en")[0]
    page.arrive(kept, f"/c/{here.conversation}")
    assert [turn.question for turn in kept.turns] == [TALBERG, "And in 2027?"]


def test_on_a_desk_that_fails_an_edit_can_still_be_undone(desk):
    page = ChatPage(Chat(), desk)
    session = begin(page, TALBERG, FALLE)
    before = list(session.turns)
    with desk.write() as db:
        db.execute("DROP TABLE turns")
    finish(page.ask_again(session, "0", AUSTRALIA))
    assert [turn.question for turn in session.turns] == [AUSTRALIA]
    page.undo(session)
    assert session.turns == before


def test_more_quotes_that_come_late_are_put_under_no_other_question(desk):
    chat = Chat()
    page = ChatPage(chat, desk)
    session = begin(page, TALBERG)
    first = session.turns[0].answer

    def ask(*_):
        session.turns[0] = replace(session.turns[0], question=FALLE)
        return first

    chat.ask = ask
    assert page.show_more(session, "0") == (None, None)
    assert session.turns[0].question == FALLE
    session.turns[0] = replace(session.turns[0], answer=replace(first, mode="llm"))
    assert page.show_more(session, "0") == (None, None)


@pytest.mark.parametrize("number", ["9", None, "-1", {"a": 1}])
@pytest.mark.parametrize("question", [TALBERG, "", "  ", None, 7])
def test_what_no_page_would_edit_changes_nothing(desk, number, question):
    page = ChatPage(Chat(), desk)
    session = begin(page, TALBERG)
    assert list(page.ask_again(session, number, question)) == []
    assert list(page.ask_again(session, "0", 7)) == []
    assert len(session.turns) == 1


# Addresses


def test_a_quotes_address_opens_its_words_and_says_when_they_changed(desk):
    cited = Chat().ask(TALBERG).citations[0]
    address = quote_citation(cited).address
    assert address == f"/a/port#{cited.span.start}-{cited.span.end}-{PORT.text_sha256[:8]}"
    page = ChatPage(Chat(), desk)
    session = page.start("en")[0]
    source = page.arrive(session, address)[2]
    assert '<mark class="cited">das Land brauche verlässliche Zusagen</mark>' in source
    changed = page.arrive(session, f"{address[:-8]}00000000")[2]
    assert "has changed since the link was made" in changed
    beyond = page.arrive(session, f"/a/port#5-999999-{PORT.text_sha256[:8]}")[2]
    assert "names no words of this article" in beyond
    for told in (changed, beyond, page.arrive(session, "/a/port")[2]):
        assert '<mark class="cited">' not in told
        assert "Der Hafen von Aldora soll" in told
    assert "is not in the archive" in page.arrive(session, address.replace("port", "gone"))[2]


@pytest.mark.parametrize(
    "address",
    ["/a/", "/a/../etc", "/a/x/y", "/c/ab", "/c/" + "x" * 99, "/c/a b", "x" * 300, 3, None, "/a/é"],
)
def test_other_addresses_name_nothing(address):
    assert read_conversation_id(address) is None
    assert read_linked_quote(address) is None


@pytest.mark.parametrize(
    "words", ["", "#", "#1-2", "#3-2-00000000", "#1-2-0000000g", "#-1-2-00000000"]
)
def test_an_article_without_a_whole_span_is_shown_unmarked(words):
    assert read_linked_quote(f"/a/port{words}") == LinkedQuote("port")


# The server


@pytest.fixture(scope="module")
def served():
    desk = Desk(None)
    with open_server(Chat(), desk) as address:
        yield address, desk


def test_each_browser_gets_an_id_that_no_script_and_no_other_site_sees(served):
    join = f"{served[0]}/gradio_api/queue/join"
    cookie = httpx.post(join, json={}).headers["set-cookie"]
    assert "HttpOnly; SameSite=Strict" in cookie
    owner = read_owner({"cookie": f"a=b; {cookie.partition(';')[0]}"})
    assert len(owner) >= 32
    assert owner != read_owner({"cookie": httpx.post(join, json={}).headers["set-cookie"]})
    known = {"Cookie": f"wortlaut={owner}"}
    assert "set-cookie" not in httpx.post(join, json={}, headers=known).headers
    # Whoever follows a link from elsewhere has an id, but does not show it: it must not be replaced.
    assert "set-cookie" not in httpx.get(served[0]).headers
    # Cookies of whatever else runs on this machine come along.
    for other in ('prefs={"theme":"dark"}', "a=b c", "a[b]=1", "ä=1"):
        assert read_owner({"cookie": f"{other}; wortlaut={owner}"}) == owner
    for wrong in (
        "",
        "wortlaut=short",
        f"wortlaut={'x' * 99}",
        "wortlaut=<script>aaaaaaaaaaaaaaaaa",
    ):
        assert read_owner({"cookie": wrong}) == ""


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/c/nobodyknowsthisone12", 200), ("/a/port", 200), ("/c/ab", 404), ("/c/a/b", 404),
        ("/a/%2e%2e%2fetc", 404), ("/a/port/x", 404), ("/c", 404), ("/gradio_api/heartbeat/x", 404),
    ],
)  # fmt: skip
def test_the_page_is_at_its_addresses_and_nothing_else_is(served, path, status):
    response = httpx.get(served[0] + path)
    assert response.status_code == status
    if status == 200:
        assert '<base href="/" />' in response.text
        assert f'"root":"{served[0]}"' in response.text


def send(client, address, event, data):
    """The bytes of the server's answer to an event of the page."""
    config = client.get(f"{address}/config").json()
    found = [
        (entry["id"], target[0])
        for entry in config["dependencies"]
        for target in entry["targets"]
        if target[1] == event
    ]
    number, part = found[0]
    body = {
        "data": [None] * len(config["dependencies"][number]["inputs"]), "event_data": data,
        "fn_index": number, "session_hash": "onetab", "trigger_id": part,
    }  # fmt: skip
    client.post(f"{address}/gradio_api/queue/join", json=body).raise_for_status()
    size = 0
    with client.stream("GET", f"{address}/gradio_api/queue/data?session_hash=onetab") as stream:
        for line in stream.iter_lines():
            size += len(line.encode())
            if '"close_stream"' in line:
                break
    return size


def test_a_question_late_in_a_conversation_sends_no_more_than_an_early_one(served):
    address, desk = served
    with httpx.Client(timeout=10) as client:
        early = [send(client, address, "ask", {"question": TALBERG}) for _ in range(2)][1]
        owner = client.cookies["wortlaut"]
        page = ChatPage(Chat(), desk)
        session = begin(page, *[TALBERG] * 40, owner=owner)
        whole = send(client, address, "open", {"address": f"/c/{session.conversation}"})
        late = [send(client, address, "ask", {"question": TALBERG}) for _ in range(2)][1]
    assert whole > 4 * early
    assert late < 1.05 * early
    assert late < 100_000
    rows = desk.read("SELECT count(*) FROM turns WHERE conversation = ?", (session.conversation,))
    assert rows == [(42,)]
