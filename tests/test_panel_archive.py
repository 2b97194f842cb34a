"""The archive's panel: what is added and removed over HTTP, and what its list shows."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import threading
import time
from contextlib import closing
from datetime import date
from urllib.parse import quote

import httpx
import pytest

from tests.chatdouble import HOSTILE, Chat, make_article
from tests.papers import make_zip
from tests.test_app import open_app
from tests.test_render import check_harmless
from wortlaut.index.archive import Archive, Selection
from wortlaut.index.errors import SourceError
from wortlaut.index.holdings import count_sources, list_page
from wortlaut.index.ingest import lock_writer
from wortlaut.rag.assembly import index_paths, open_chat
from wortlaut.rag.config import Settings, load_settings
from wortlaut.rag.desk.intake import Batch, Intake, make_safe_name
from wortlaut.ui.browser.app import build_server
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.holdings import (
    ROWS_A_PAGE,
    read_browsing,
    render_archive_html,
    render_batch_html,
    render_held_html,
    render_holdings_html,
)
from wortlaut.ui.browser.session import Session
from wortlaut.ui.gate.doors import is_own_machine
from wortlaut.ui.gate.paths import LARGEST_BODY

HARBOUR = (
    "date 2021-03-03\nALDORA (dpa) - „Der Hafen von Aldora wird größer“, sagte Hafenministerin Mira "
    "Talberg am Mittwoch. Die Mole bleibe gesperrt."
)
BRIDGE = (
    "date 2021-03-04\nALDORA (dpa) - Die Brücke von Aldora bleibt gesperrt, sagte der Abgeordnete "
    "Jon Vesk am Donnerstag."
)
TOKEN = "ab" * 16


# Names and lists


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("Ordner/Übergabe.txt", "Ordner/Übergabe.txt"),
        ("../../etc/passwd.txt", "etc/passwd.txt"),
        ("C:\\Texte\\a.txt", "C_/Texte/a.txt"),
        ("/absolut.txt", "absolut.txt"),
        ("<img src=x>.txt", "_img src=x_.txt"),
        (".versteckt/.a.txt", "versteckt/a.txt"),
        ("zeile\nzwei\u202etxt.exe.txt", "zeile_zwei_txt.exe.txt"),
        ("con.txt", "_con.txt"),
        ("a. /b.txt", "a/b.txt"),
        ("\ud800.txt", "_.txt"),
        ("..", "unnamed"),
        ("", "unnamed"),
    ],
)
def test_a_name_leads_nowhere_and_every_system_takes_it(name, safe):
    assert str(make_safe_name(name)) == safe


def test_a_long_name_keeps_its_ending():
    name = make_safe_name("ü" * 500 + ".txt").name
    assert name.endswith("ü.txt")
    assert len(name.encode()) <= 120
    assert len(make_safe_name("/".join("abcdefghijklmn")).parts) == 8


@pytest.fixture(scope="module")
def shelf(tmp_path_factory):
    """An archive of many titles, without passages."""
    with closing(Archive(tmp_path_factory.mktemp("shelf"))) as archive:
        for number in range(60):
            article = make_article(
                f"a{number}", f"Meldung {number} aus Aldora", f"Text {number}.",
                date(2030, 1 + number // 28, 1 + number % 28), "day", "Küstenbote",
            )  # fmt: skip
            archive.replace_article(article, [], [], "1")
        for name, title, source in (
            ("u", "Überfahrt für 100% der Fähren", "KÜSTENBOTE"),
            ("h", HOSTILE, HOSTILE),
        ):
            archive.replace_article(make_article(name, title, title, source=source), [], [], "1")
        yield archive


def test_the_list_is_searched_by_title_source_and_period_and_shown_in_pages(shelf):
    first = list_page(shelf, Selection(), "", 0, ROWS_A_PAGE)
    assert (first.total, len(first.articles), first.articles[0].id) == (62, ROWS_A_PAGE, "a59")
    last = list_page(shelf, Selection(), "", 9999, ROWS_A_PAGE)
    assert (last.first, len(last.articles)) == (50, 12)
    assert [a.id for a in list_page(shelf, Selection(), "überfahrt", 0, ROWS_A_PAGE).articles] == [
        "u"
    ]
    assert [a.id for a in list_page(shelf, Selection(), "100%", 0, ROWS_A_PAGE).articles] == ["u"]
    assert list_page(shelf, Selection(), "%", 0, ROWS_A_PAGE).total == 1
    assert list_page(shelf, Selection(), "aldora DUNG 57", 0, ROWS_A_PAGE).total == 1
    window = Selection(since=date(2030, 2, 1), until=date(2030, 2, 3), source="küstenbote")
    assert list_page(shelf, window, "", 0, ROWS_A_PAGE).total == 3
    assert list_page(shelf, Selection(), "gibt es nicht", 0, ROWS_A_PAGE).articles == ()
    assert count_sources(shelf, 1) == [("Küstenbote", 60)]


def test_a_title_with_markup_is_shown_and_runs_nowhere(shelf):
    page = list_page(shelf, Selection(), "onerror", 0, ROWS_A_PAGE)
    html = render_holdings_html(page, "de", may_remove=True, is_filtered=True, told=HOSTILE)
    check_harmless(html)
    assert "&lt;img" in html
    check_harmless(render_held_html(page.articles[0], "ru"))
    check_harmless(render_archive_html([(HOSTILE, 1)], None, 5_000_000, "en"))
    lines = [(HOSTILE, HOSTILE)] * 300
    batch = Batch(3, 3, refused=lines, notices=lines, fault=HOSTILE, more=7)
    html = check_harmless(render_batch_html(batch, "de")).text_in("ul", "lines")
    assert "und 257 weitere" in html


@pytest.mark.parametrize(
    "sent",
    [None, [], "x", {"first": "-1"}, {"first": "²"}, {"since": "gestern"}, {"since": "2030-13-01"},
     {"first": "9" * 40}, {"words": None}, {"until": {"a": 1}}],
)  # fmt: skip
def test_what_no_page_would_send_filters_nothing(sent):
    assert read_browsing(sent) == read_browsing({})


def test_an_article_that_is_gone_is_said_to_be():
    assert "nicht mehr im Archiv" in render_held_html(None, "de")


# Adding and removing


@pytest.fixture(scope="module")
def served(tmp_path_factory, models):
    """A served page over a new archive: its address, a page of its own, and the settings."""
    data = tmp_path_factory.mktemp("served")
    settings = Settings(data=data, models=models, reader="none", upload_mb=1)
    chat = open_chat(settings)
    intake = Intake(settings, chat.archive, is_allowed=True)
    with open_app(build_server(chat, intake=intake)) as address:
        yield address, ChatPage(chat, intake=intake), settings


def list_kept(settings):
    """The copies of what was sent."""
    folder = settings.data / "uploads"
    return {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}


def send(address, name, data, token=TOKEN, **headers):
    named = {"X-Wortlaut-Batch": token, "X-Wortlaut-Name": quote(name)}
    data = data.encode() if isinstance(data, str) else data
    return httpx.post(f"{address}/archive/upload", content=data, headers=named | headers)


def read_state(address, token=TOKEN, until=lambda state: not state["busy"]):
    """The page's state once that is so."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        state = httpx.get(f"{address}/page/state?tongue=en&batch={token}").json()
        if until(state):
            return state
        time.sleep(0.05)
    raise AssertionError(state)


def test_what_is_sent_is_read_beside_a_running_chat_and_each_refusal_is_one_line(served):
    address, page, settings = served
    assert "Articles: 0" in read_state(address)["held"]
    packed = make_zip({"../boese.txt": BRIDGE, "gut.txt": HARBOUR, "bild.png": b"x"})
    assert send(address, "Mappe.zip", packed).status_code == 204
    assert send(address, "a/<img src=x onerror=hit()>.txt", BRIDGE).status_code == 204
    assert send(address, "leer.txt", b"").status_code == 204
    refused = send(address, "../../programm.xyz", b"x")
    assert refused.status_code == 200
    assert "not a kind that is read here" in refused.text
    state = read_state(address)
    told = check_harmless(state["batch"])
    assert "Articles: 2 new" in state["batch"]
    assert "leer.txt holds no text" in " ".join(told.text_in("ul", "lines").split())
    assert "their names lead out of the file" in state["batch"]
    assert "programm.xyz" in state["batch"]
    assert str(settings.data) not in state["batch"]
    assert "Articles: 2 · 3 March 2021 to 4 March 2021" in state["held"]
    # What holds no article is not kept.
    assert list_kept(settings) == {"Mappe.zip", "a/_img src=x onerror=hit()_.txt"}
    session, *_ = page.start("de")
    *_, (_, turn, _) = page.ask(session, "Was sagte Mira Talberg?")
    assert "Der Hafen von Aldora wird größer" in turn
    # No answer says for ever that the empty file is missing.
    assert 'class="told"' not in turn
    listed = page.archive.browse(session, {"words": "brücke"})
    assert listed.count("<li>") == 1
    identity = re.search(r'data-press="remove" data-id="(\w+)"', listed)[1]
    assert "Die Brücke" in page.archive.open_held(session, identity)
    assert "Entfernt:" in page.archive.remove(session, identity, {})
    assert "nicht mehr im Archiv" in page.archive.open_held(session, identity)
    assert page.archive.remove(session, identity, {}) is None
    # Its copy goes with it.
    assert list_kept(settings) == {"Mappe.zip"}
    cited = session.turns[0].answer.citations[0].article.id
    assert "Entfernt:" in page.archive.remove(session, cited, {})
    assert "nicht mehr im Archiv" in page.pane.open_source(session, 0, 1)
    assert '<mark class="cited">' in page.pane.open_source(session, 0, 1)
    # What was taken out comes back when it is sent again.
    assert send(address, "Mappe.zip", packed, "cd" * 16).status_code == 204
    assert "Articles: 1 new" in read_state(address, "cd" * 16)["batch"]


def test_another_text_under_the_same_name_stands_beside_the_first(served):
    address, _, settings = served
    for text in ("Eins. Ein Tag.", "Zwei. Zwei Tage.", "Eins. Ein Tag."):
        assert send(address, "heute.txt", text, "1" * 16).status_code == 204
    assert "Articles: 2 new" in read_state(address, "1" * 16)["batch"]
    assert {"heute.txt", "heute (2).txt"} <= list_kept(settings)
    assert "heute (3).txt" not in list_kept(settings)


def test_another_program_that_indexes_is_waited_for_and_said(served):
    address, _, settings = served
    go_on, started = threading.Event(), threading.Event()

    def hold():
        with lock_writer(settings.data, 5):
            started.set()
            go_on.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert started.wait(10)
    try:
        assert send(address, "spaet.txt", "Spät. Es ist spät.", "2" * 16).status_code == 204
        waiting = "Another program is indexing"
        read_state(address, "2" * 16, until=lambda state: waiting in state["batch"])
    finally:
        go_on.set()
        holder.join()
    assert "Articles: 1 new" in read_state(address, "2" * 16)["batch"]


def test_foreign_pages_floods_and_what_is_too_large_are_turned_away(served):
    address, _, settings = served
    before = list_kept(settings)
    assert send(address, "a.txt", HARBOUR, Origin="http://evil.example").status_code == 403
    assert send(address, "a.txt", HARBOUR, **{"Sec-Fetch-Site": "cross-site"}).status_code == 403
    bare = httpx.post(f"{address}/archive/upload", content=b"x")
    assert (bare.status_code, bare.text) == (403, "not sent by the page itself")
    assert send(address, "a.txt", HARBOUR, "no token").status_code == 403
    assert send(address, "a.txt", b"x" * (LARGEST_BODY + 1)).status_code == 413
    assert httpx.get(f"{address}/archive/upload").status_code in (404, 405)
    assert list_kept(settings) == before


def test_what_was_taken_out_stays_out_until_somebody_puts_it_back(served, tmp_path):
    address, page, settings = served
    own = tmp_path / "eigene.txt"
    own.write_text(BRIDGE)
    index_paths(settings, [own])
    session, *_ = page.start("de")
    listed = page.archive.browse(session, {"words": "brücke"})
    identity = re.search(r'data-press="remove" data-id="(\w+)"', listed)[1]
    assert "Entfernt:" in page.archive.remove(session, identity, {})
    assert own.exists()
    own.write_text(f"{BRIDGE} Vesk sprach im Rathaus.")
    report = index_paths(settings, [tmp_path])
    assert (report.added, report.updated) == (0, 0)
    assert "--put-back" in dict(report.notices)[str(own)]
    # Of what has not changed since nothing is said again.
    assert index_paths(settings, [tmp_path]).notices == []
    assert index_paths(settings, [tmp_path], put_back=True).added == 1
    page.archive.remove(session, identity, {})
    assert send(address, "nochmal.txt", own.read_text(), "3" * 16).status_code == 204
    assert "Articles: 1 new" in read_state(address, "3" * 16)["batch"]


def test_a_copy_that_was_taken_out_comes_back_when_it_is_sent_again(served):
    address, page, _ = served
    session, *_ = page.start("de")
    for token in ("5" * 16, "6" * 16):
        packed = make_zip({"fest.txt": "Das Fest. Es war ein Fest.", "rest.txt": "Der Rest. Rest."})
        assert send(address, "Fest.zip", packed, token).status_code == 204
        read_state(address, token)
        listed = page.archive.browse(session, {"words": "Das Fest"})
        assert listed.count("<li>") == 1
        identity = re.search(r'data-press="remove" data-id="(\w+)"', listed)[1]
        assert "Entfernt:" in page.archive.remove(session, identity, {})


def test_a_full_folder_and_a_full_disk_take_nothing_more_and_say_so(tmp_path, monkeypatch):
    settings = Settings(data=tmp_path, uploads_mb=1)
    intake = Intake(settings, Writable(), is_allowed=True)
    (intake.folder / "alt").mkdir(parents=True)
    (intake.folder / "alt" / "a.txt").write_bytes(b"x" * 999_000)
    incoming = intake.receive(TOKEN, "b.txt")
    with pytest.raises(SourceError, match="take 1 MB of 1 MB; remove articles"):
        incoming.write(b"x" * 2000)
    incoming.drop()
    # What did not come in takes no room.
    incoming = intake.receive(TOKEN, "c.txt")
    incoming.write(b"x" * 900)
    incoming.drop()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(9, 4, 5_000_000))
    with pytest.raises(SourceError, match="the server's disk has 5 MB left"):
        intake.receive(TOKEN, "d.txt")
    assert not any(intake._incoming.iterdir())


def test_what_was_dropped_makes_room_once_also_after_all_was_measured_anew(tmp_path):
    intake = Intake(Settings(data=tmp_path, uploads_mb=1), Writable(), is_allowed=True)
    intake.folder.mkdir()
    (intake.folder / "kept.txt").write_bytes(b"x" * 600_000)
    dropped, other = (intake.receive(TOKEN, name) for name in ("a.txt", "b.txt"))
    dropped.write(b"x" * 300_000)
    intake._held = None  # as after each run
    dropped.drop()
    with pytest.raises(SourceError, match="remove articles"):
        other.write(b"x" * 500_000)
    other.write(b"x" * 300_000)
    other.drop()


def test_what_a_killed_server_had_received_in_part_takes_no_room(tmp_path):
    settings = Settings(data=tmp_path, uploads_mb=1)
    intake = Intake(settings, Writable(), is_allowed=True)
    intake._incoming.mkdir(parents=True)
    stale, fresh = intake._incoming / "stale", intake._incoming / "fresh"
    for file in (stale, fresh):
        file.write_bytes(b"x" * 600_000)
    day_ago = time.time() - 86400
    os.utime(stale, (day_ago, day_ago))
    incoming = intake.receive(TOKEN, "b.txt")
    incoming.write(b"x" * 300_000)
    assert (stale.exists(), fresh.exists()) == (False, True)
    with pytest.raises(SourceError, match="remove articles"):
        incoming.write(b"x" * 300_000)
    incoming.drop()


def test_a_refusal_is_said_in_the_language_of_the_page(served):
    address, _, _ = served
    german = send(address, "a.xyz", b"x", "7" * 16, **{"Accept-Language": "de"})
    assert german.text.startswith("keine Art, die hier gelesen wird")
    russian = send(address, "a.xyz", b"x", "7" * 16, Cookie="wortlaut-tongue=ru")
    assert russian.text.startswith("такой вид здесь не читается")
    batch = httpx.get(f"{address}/page/state?tongue=de&batch={'7' * 16}").json()["batch"]
    assert "wandeln Sie die Datei um" in batch
    assert 'lang="en"' not in batch


def test_a_page_that_is_open_to_others_takes_nothing_unless_it_is_allowed():
    chat = Chat()
    intake = Intake(load_settings(), Writable(), is_allowed=False)
    with open_app(build_server(chat, intake=intake)) as address:
        assert send(address, "a.txt", HARBOUR).status_code == 403
    page = ChatPage(chat, intake=intake)
    session, *_ = page.start("en")
    assert "WORTLAUT_ALLOW_UPLOADS" in page.archive.show_archive(session)
    assert 'type="file"' not in page.archive.show_archive(session)
    assert page.archive.remove(session, "port", {}) is None
    own = [is_own_machine(host) for host in ("127.0.0.1", "::1", "localhost")]
    others = [is_own_machine(host) for host in ("0.0.0.0", "::", "10.0.0.1", "a.example", "")]
    assert (own, others) == ([True] * 3, [False] * 5)


class Writable:
    """An archive, as far as an intake asks before it writes."""

    is_read_only = False


def test_an_archive_that_may_only_be_read_says_so():
    class ReadOnly:
        is_read_only = True

    intake = Intake(load_settings(), ReadOnly(), is_allowed=True)
    assert intake.why_shut == "read_only"
    assert "darf nur gelesen werden" in render_archive_html([], intake.why_shut, 1, "de")


def test_only_the_batches_of_late_are_remembered():
    intake = Intake(load_settings(), Writable(), is_allowed=True)
    for number in range(60):
        token = hashlib.sha256(str(number).encode()).hexdigest()
        intake.refuse(token, "a.xyz", "no")
    assert intake.read_batch(hashlib.sha256(b"0").hexdigest()) is None
    assert intake.read_batch(token).refused == [("a.xyz", "no")]
    with pytest.raises(SourceError, match="reload the page"):
        intake.refuse("../x", "a", "b")


def test_only_a_number_that_is_in_the_list_can_be_opened(shelf):
    class Chat:
        archive = shelf
        has_model = False
        mode = "extractive"

    page = ChatPage(Chat())
    for wrong in (None, "", "x" * 9999, {"a": 1}, HOSTILE):
        assert "no longer in the archive" in page.archive.open_held(Session(), wrong)
