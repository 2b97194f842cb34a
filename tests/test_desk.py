"""The quote desk: house formats, a basket that is kept and exported, and what `verify` makes of it."""

from __future__ import annotations

import io
import json
import re
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import date

import httpx
import pytest
from terminal import run

from tests.chatdouble import ARTICLES, BRIDGE, HOSTILE, PORT, TRAP, Archive, Chat, cite
from tests.test_app import find, open_app, open_browser, settle
from tests.test_render import Reader, check_harmless
from wortlaut.index import archive as archives
from wortlaut.index.article import hash_text
from wortlaut.index.errors import ConfigError
from wortlaut.rag.assembly import index_paths, open_chat
from wortlaut.rag.config import Settings, load_settings
from wortlaut.rag.desk.houseformat import mark_words, quote_citation, write_quote
from wortlaut.rag.desk.quotes import Basket, find_quote_state
from wortlaut.rag.desk.quotesfile import read_quotes_file
from wortlaut.rag.desk.store import Desk
from wortlaut.ui.browser.app import build_server
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.exports import (
    show_kept,
    write_quotes_docx,
    write_quotes_html,
    write_quotes_markdown,
)
from wortlaut.ui.browser.quotes import QuoteDesk, render_basket_html
from wortlaut.ui.browser.session import Session
from wortlaut.ui.render import render_markdown
from wortlaut.ui.words.desk import choose_desk_words

pytestmark = pytest.mark.usefixtures("unread")

SAID = cite(2, PORT, "„Ohne Zusagen gibt es keinen Bau“, sagte Talberg.", "Mira Talberg", "direct")
TOLD = cite(1, PORT, "das Land brauche verlässliche Zusagen", "Mira Talberg", "reported")
PRINTED = cite(3, BRIDGE, BRIDGE.text, "Mira Talberg", "reported", "Küstenbote")
LINK = "*[link](http://evil.example)*"
EVIL = cite(1, TRAP, HOSTILE, HOSTILE, "direct", HOSTILE)


# House formats


@pytest.mark.parametrize(
    ("words", "language", "marked"),
    [
        ("Wir bleiben.", "en", "“Wir bleiben.”"),
        ("Wir bleiben.", "ru", "«Wir bleiben.»"),
        ("„Wir bleiben.“", "en", "“Wir bleiben.”"),
        ("»Wir bleiben.«", "de", "„Wir bleiben.“"),
        ("„Wir bleiben.", "de", "„Wir bleiben.“"),
        ("„Wir bleiben“, sagte sie.", "en", "„Wir bleiben“, sagte sie."),
        ("Wir gehen nicht“, sagte sie.", "en", "„Wir gehen nicht“, sagte sie."),
        ("Sie sagte: „Wir\n\n  bleiben.", "en", "Sie sagte: „Wir bleiben.“"),
        ("«Мы останемся», – сказала она.", "de", "«Мы останемся», – сказала она."),
        ('Sie nannte ihn den (="Damm").', "en", 'Sie nannte ihn den (="Damm").'),
        ("„Ja.“ „Nein.“", "en", "„Ja.“ „Nein.“"),
    ],
)
def test_direct_speech_stands_in_one_pair_of_quotation_marks(words, language, marked):
    quoted = replace(quote_citation(SAID), words=words)
    assert mark_words(quoted, language) == marked
    assert mark_words(replace(quoted, voice="narrated", speaker=None), language) == marked
    assert mark_words(replace(quoted, voice="reported"), language) == " ".join(words.split())


def test_a_copied_quote_says_who_where_when_and_how_and_no_path():
    text = write_quote(quote_citation(TOLD), "de", origin="http://127.0.0.1:7860")
    address = f"/a/port#{TOLD.span.start}-{TOLD.span.end}-{hash_text(PORT.text)[:8]}"
    assert text.split("\n") == [
        "das Land brauche verlässliche Zusagen – Mira Talberg, Aldora Presse, 29. Januar 2031 "
        "(in indirekter Rede)",
        "https://aldora.example/hafen",
        f"http://127.0.0.1:7860{address}",
        f"Beleg: Zeichen {TOLD.span.start}–{TOLD.span.end} des Textes mit dem SHA-256 "
        f"{hash_text(PORT.text)}",
    ]
    printed = write_quote(quote_citation(PRINTED), "en").split("\n")
    assert printed[0].endswith(
        "Küstenbote, January 2027 (indirect speech, according to Küstenbote)"
    )
    assert printed[1].startswith("/a/bridge#")


def test_a_template_leaves_out_what_is_not_known():
    template = "{name}: {words}[ [[{source}]]][, {url}] {{{date}}}"
    assert write_quote(quote_citation(SAID), "en", template) == (
        "Mira Talberg: „Ohne Zusagen gibt es keinen Bau“, sagte Talberg. [Aldora Presse], "
        "https://aldora.example/hafen {29 January 2031}"
    )
    nobody = replace(TRAP, source=None, url="file:///srv/archive/trap.txt")
    text = write_quote(quote_citation(cite(1, nobody, "Vor der Falle.")), "en", template)
    assert text == ": “Vor der Falle.” {undated}"


@pytest.mark.parametrize(
    "template", ["{words} {who}", "{words", "{words} [{name}", "a] {words}", " "]
)
def test_a_wrong_template_is_told_in_one_line_at_the_start(template):
    done = run("info", WORTLAUT_QUOTE_TEMPLATE=template)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "quote_template" in done.stderr


def test_copied_answers_name_no_file():
    answer = Chat().ask("What did Talberg say?")
    copied = render_markdown(answer)
    assert ".txt" not in copied
    assert "https://aldora.example/hafen" in copied
    evil = Chat().ask("Die Falle?")
    assert "trap.txt" not in render_markdown(evil)


# The basket


@pytest.fixture
def basket(tmp_path):
    desk = Desk(tmp_path)
    yield Basket(desk, "me")
    desk.close()


def fill(basket, *citations):
    return [
        basket.add(quote_citation(c), "Was sagte Talberg?", None, c.marker).id for c in citations
    ]


def list_ids(basket):
    return [kept.id for kept in basket.list_quotes()]


def test_a_basket_is_kept_in_order_with_notes_and_undo(basket, tmp_path):
    one, two, three = fill(basket, TOLD, SAID, PRINTED)
    assert fill(basket, SAID) == [two]
    assert basket.move(three, -1)
    assert not basket.move(one, -1)
    assert basket.write_note(two, "  prüfen!\n")
    assert list_ids(basket) == [one, three, two]
    assert basket.remove(three)
    assert list_ids(basket) == [one, two]
    assert basket.restore(three)
    assert not basket.restore(three)
    again = Desk(tmp_path)
    kept = Basket(again, "me").list_quotes()
    assert [each.id for each in kept] == [one, three, two]
    assert [each.note for each in kept] == ["", "", "prüfen!"]
    assert kept[0].quoted == quote_citation(TOLD)
    again.close()


def test_nobody_touches_the_quotes_of_another_browser(basket):
    (mine,) = fill(basket, TOLD)
    other = Basket(basket._desk, "other")
    assert other.list_quotes() == []
    for done in (other.remove(mine), other.move(mine, 1), other.write_note(mine, "x")):
        assert not done
    basket.remove(mine)
    assert not other.restore(mine)
    fill(other, SAID)
    assert basket.restore(mine)


def test_a_quote_whose_article_changed_or_is_damaged_says_so(basket):
    archive = Archive()
    fill(basket, TOLD, SAID, PRINTED)
    kept = basket.list_quotes()
    states = [find_quote_state(archive, one.quoted) for one in kept]
    assert states == ["sound"] * 3
    changed = PORT.text.replace("Hafen", "Kanal")
    archive.articles["port"] = replace(PORT, text=changed, text_sha256=hash_text(changed))
    del archive.articles["bridge"]
    assert [find_quote_state(archive, one.quoted) for one in kept] == ["changed", "changed", "gone"]
    archive.find_damage = lambda article_id: "another text"
    assert find_quote_state(archive, kept[0].quoted) == "damaged"
    for tongue in ("en", "de", "ru"):
        html = render_basket_html(kept[:1], ["damaged"], tongue)
        assert choose_desk_words(tongue).states["damaged"] in html


@pytest.mark.parametrize(
    "sent", [None, "", "x" * 9999, "' OR 1=1 --", ["a"], {"a": 1}, 7, "0" * 32]
)
def test_ids_that_no_page_would_send_do_nothing(sent):
    quotes = QuoteDesk(Archive(), Desk(None))
    assert quotes.remove("", "en", sent) is None
    assert quotes.restore("", "en", sent) is None
    assert quotes.move("", "en", sent, "1") is None
    assert not quotes.write_note("", sent, "note")
    page, session = ChatPage(Chat()), Session()
    list(page.ask(session, "What did Talberg say?"))
    assert page.collect(session, "", sent, "1") is None
    assert page.collect(session, "", "0", sent if sent != 7 else "7") is None
    assert page.give_feedback(session, "", sent, "up", "") is None
    assert page.hand_receipt(session, "", sent) is None


def test_a_browser_without_a_name_shares_no_basket_with_others():
    page, session = ChatPage(Chat()), Session()
    list(page.ask(session, "What did Talberg say?"))
    assert "keeps no cookies" in page.collect(session, "", "0", "1")
    assert page.give_feedback(session, "", "0", "up", "") is None
    assert page.quotes.open_basket("").list_quotes() == []


def test_a_receipt_that_is_fetched_leaves_undo_what_was_removed(basket, monkeypatch):
    monkeypatch.setattr("wortlaut.rag.desk.quotes._insert_receipt", lambda *_: None)
    (one,) = fill(basket, TOLD)
    basket.remove(one)
    basket.keep_loose(None)
    assert basket.restore(one)


def test_a_hostile_article_stays_words_in_the_basket(basket):
    fill(basket, EVIL)
    (kept,) = basket.list_quotes()
    basket.write_note(kept.id, f"</textarea>{HOSTILE}")
    html = render_basket_html(basket.list_quotes(), ["sound"], "en", problem=HOSTILE)
    reader = Reader(html)
    assert not {"img", "script"} & {tag for tag, _ in reader.found}
    assert all("onerror" not in attributes for _, attributes in reader.found)
    links = [attributes["href"] for tag, attributes in reader.found if tag == "a"]
    assert all(link.startswith(("/a/", "export/")) for link in links)
    turn = next(iter(Chat().stream("Die Falle?")))
    page, session = ChatPage(Chat()), Session()
    *_, (_, html, _) = page.ask(session, "Die Falle?")
    check_harmless(html)
    assert turn.citations


# Against a real archive


@pytest.fixture(scope="module")
def home(tmp_path_factory, models):
    """A folder with articles, one of them hostile, and their archive."""
    data, folder = tmp_path_factory.mktemp("data"), tmp_path_factory.mktemp("home")
    (folder / "hafen.txt").write_text(
        " date 2025-01-29 ALDORA (kda) - Der Hafen von Aldora wird nicht verkauft. Die Ministerin "
        "Mira Talberg sprach am Mittwoch. „Ohne Zusagen gibt es keinen Bau“, sagte Talberg. Das Land "
        "brauche verlässliche Zusagen, sagte Talberg. Der Umbau kostet 40 Millionen Euro.\n"
    )
    (folder / "falle.txt").write_text(
        f" date 2025-02-01 TARVO (kda) - „Der {LINK} Damm hält“, sagte Jonas Hellwig.\n"
    )
    settings = Settings(data=data, models=models, reader="none")
    assert not index_paths(settings, [folder]).failed
    return folder, settings


@pytest.fixture(scope="module")
def collected(home):
    """Talberg's and Hellwig's words, out of one conversation, and the files they were exported as."""
    _, settings = home
    chat = open_chat(settings)
    desk = Desk(None)
    page = ChatPage(chat, desk, settings)
    session = Session()
    for question in ("Was sagte Mira Talberg?", "Was sagte Jonas Hellwig?"):
        list(page.ask(session, question))
    for number, marker in (("1", "1"), ("0", "1"), ("0", "2")):
        assert "kept-quote" in page.collect(session, "me", number, marker)
    with open_page(chat, desk, settings, owner="me") as address:
        files = {
            kind: httpx.get(f"{address}/export/quotes/{kind}", params={"tongue": "de"})
            for kind in ("docx", "html", "md", "json", "print")
        }
        handed = page.hand_receipt(session, "me", "1")
        place = re.search(r'href="([^"]+)"', handed)[1]
        files["receipt"] = httpx.get(f"{address}/{place}")
        files["wrong"] = httpx.get(f"{address}/export/quotes/exe")
        files["other"] = httpx.get(f"{address}/export/receipt/{'0' * 64}.json")
    chat.archive.close()
    return files


@contextmanager
def open_page(chat, desk, settings, owner="me"):
    """The page's address while it is served to the browser `owner`."""
    with pytest.MonkeyPatch.context() as patch:
        for module in ("app", "blocks"):
            patch.setattr(f"wortlaut.ui.browser.{module}.read_owner", lambda headers: owner)
        gate = build_server(chat, desk=desk, settings=settings)
        with open_app(gate) as address:
            yield address


def test_exports_have_their_type_a_safe_name_and_no_path(collected, home):
    for kind, start in (
        ("docx", "application/vnd.openxmlformats"), ("html", "text/html"), ("md", "text/markdown"),
        ("json", "application/json"), ("receipt", "application/json"),
    ):  # fmt: skip
        done = collected[kind]
        assert done.status_code == 200
        assert done.headers["content-type"].startswith(start)
        name = re.fullmatch(
            r'attachment; filename="([\w-]+\.(\w+))"', done.headers["content-disposition"]
        )
        assert name[2] == (kind if kind != "receipt" else "json")
        assert str(home[0]).encode() not in done.content
        assert b"hafen.txt" not in done.content
    assert "content-disposition" not in collected["print"].headers
    assert "print()" in collected["print"].text
    assert collected["wrong"].status_code == collected["other"].status_code == 404


def read_docx(data):
    from docx import Document

    return Document(io.BytesIO(data))


def test_the_word_document_reads_back(collected):
    document = read_docx(collected["docx"].content)
    quotes = [p.text for p in document.paragraphs if p.style.name == "Intense Quote"]
    assert len(quotes) == 3
    assert "Das Land brauche verlässliche Zusagen, sagte Talberg." in quotes
    assert quotes[0] == f"„Der {LINK} Damm hält“, sagte Jonas Hellwig."
    assert not any("\n" in quote or re.search(r"\w\[\d\]", quote) for quote in quotes)
    text = "\n".join(p.text for p in document.paragraphs)
    assert "Mira Talberg (in indirekter Rede)" in text
    assert "Gefragt: Was sagte Jonas Hellwig?" in text
    assert not document.inline_shapes


def test_a_hostile_article_is_words_in_every_export(basket, collected):
    fill(basket, EVIL)
    (kept,) = basket.list_quotes()
    basket.write_note(kept.id, f"{HOSTILE}\x00\ufffe\n# {HOSTILE}")
    (kept,) = basket.list_quotes()
    shown = [show_kept(kept, "changed", "ru", "http://127.0.0.1:1")]
    day = date(2031, 3, 1)
    html = write_quotes_html(shown, day, "ru").replace("<!DOCTYPE html>\n", "")
    reader = Reader(re.sub(r"<meta[^>]*>", "", html))
    assert not {"script", "img", "link"} & {tag for tag, _ in reader.found}
    assert reader.text_in("blockquote", "") == HOSTILE
    assert reader.text_in("p", "warn") == choose_desk_words("ru").states["changed"]
    for tag, attributes in reader.found:
        assert not {"src", "action", "onerror"} & attributes.keys()
        assert tag != "a" or attributes["href"].startswith("http://127.0.0.1:1/a/trap#")
    text = write_quotes_markdown(shown, day, "ru")
    assert not re.search(r"(?<!\\)(\[link|<img|<script)|^# <", text, re.M)
    paragraphs = read_docx(write_quotes_docx(shown, day, "ru")).paragraphs
    assert HOSTILE in [p.text for p in paragraphs]
    quoted = [line for line in collected["md"].text.split("\n") if line.startswith("> ")]
    assert quoted[0] == r"> „Der \*\[link\](http://evil.example)\* Damm hält“, sagte Jonas Hellwig."
    assert len(quoted) == 3


def check(settings, path, **options):
    done = run("verify", "--json", *options.get("flags", ()), path, data=settings.data)
    return done.returncode, json.loads(done.stdout)


def test_verify_checks_an_exported_basket_and_finds_what_was_changed(collected, home, tmp_path):
    _, settings = home
    file = tmp_path / "quotes.json"
    file.write_bytes(collected["json"].content)
    basket = read_quotes_file(file)
    # Two of its quotes are from one turn, and one conversation has one receipt.
    assert ([q.turn for q in basket.quotes], len(basket.receipts)) == ([2, 1, 1], 1)
    status, found = check(settings, file)
    assert (status, found["ok"]) == (0, True)
    printed = run("verify", "--quick", file, data=settings.data)
    assert "holds (quotes 3, receipts 1)" in printed.stdout
    data = json.loads(file.read_text())
    for name, value in (
        ("words", "das Land brauche keine Zusagen."), ("speaker", "Jonas Hellwig"),
        ("published", "2030-01-29"), ("voice", "narrated"), ("question", "Was noch?"),
        ("start", 1), ("url", "https://evil.example"), ("receipt", None), ("marker", 9),
        ("address", "/a/0#0-1-00000000"),
    ):  # fmt: skip
        changed = json.loads(json.dumps(data))
        changed["quotes"][1][name] = value
        file.write_text(json.dumps(changed))
        status, found = check(settings, file, flags=["--quick"])
        assert (status, found["ok"]) == (1, False), name
        assert found["findings"][0]["reason"].startswith("quote 2: ")
    file.write_text(json.dumps(data | {"receipts": []}))
    assert check(settings, file, flags=["--quick"])[0] == 1
    data["receipts"][0]["turns"][0]["citations"][0]["quote"] += "!"
    file.write_text(json.dumps(data))
    assert check(settings, file, flags=["--quick"])[0] == 1
    file.write_text(json.dumps(data | {"format": "wortlaut-quotes/9"}))
    assert check(settings, file)[0] == 2


def test_a_handed_receipt_holds_and_names_no_file(collected, home, tmp_path):
    _, settings = home
    file = tmp_path / "receipt.json"
    file.write_bytes(collected["receipt"].content)
    status, found = check(settings, file)
    assert (status, found["findings"]) == (0, [])
    assert {c["path"] for t in json.loads(file.read_text())["turns"] for c in t["citations"]} == {
        ""
    }


def test_verify_tells_of_an_article_that_changed_since(collected, home, tmp_path):
    folder, settings = home
    shutil.copytree(settings.data, tmp_path / "data")
    mine = load_settings(data=tmp_path / "data", models=settings.models_folder)
    path = folder / "hafen.txt"
    before = path.read_text()
    try:
        path.write_text(before.replace("verlässliche", "feste"))
        assert index_paths(mine, [path]).updated == 1
    finally:
        path.write_text(before)
    file = tmp_path / "quotes.json"
    file.write_bytes(collected["json"].content)
    status, found = check(mine, file, flags=["--quick"])
    assert status == 1
    assert "article changed since" in json.dumps(found)
    archive = archives.Archive(mine.data)
    quoted = [quote_citation(TOLD), quote_citation(SAID)]
    assert [find_quote_state(archive, each) for each in quoted] == ["gone", "gone"]
    archive.close()


def test_a_full_basket_says_what_to_do(basket, monkeypatch):
    monkeypatch.setattr("wortlaut.rag.desk.quotes.MOST_QUOTES", 1)
    fill(basket, TOLD)
    with pytest.raises(ConfigError, match="export it"):
        fill(basket, SAID)


# In a browser


def press(browser, selector):
    browser.wait_for(find(selector))
    browser.run(f"document.querySelector('{selector}').click()")


def read_owner_of(desk):
    """The browser whose quotes are kept."""
    return desk.read("SELECT DISTINCT owner FROM quotes")[0][0]


def test_in_a_browser_quotes_are_copied_collected_and_kept(tmp_path):
    desk = Desk(tmp_path)
    count = "document.querySelector('.basket-count')?.textContent"
    with (
        open_page(Chat(ARTICLES), desk, None) as address,
        open_browser(tmp_path / "chromium", address) as browser,
    ):
        # What is asked before the page is whole would be taken away by its beginning.
        browser.wait_for(find(".welcome .example"))
        browser.wait_for(find("#quotes .basket"))
        browser.ask("What did Talberg say?", 0)
        browser.run("navigator.clipboard.writeText = async (text) => { window.copied = text; }")
        press(browser, '#current .quote-tools[data-marker="2"] [data-press=quote-copy]')
        copied = browser.wait_for("window.copied")
        assert copied.startswith(
            "„Ohne Zusagen gibt es keinen Bau“, sagte Talberg. – Mira Talberg, Aldora Presse, "
            f"29 January 2031 (direct quotation)\nhttps://aldora.example/hafen\n{address}/a/port#"
        )
        # Pressed before the first is answered, the second is kept all the same.
        browser.run(
            "for (const marker of [1, 3]) setTimeout(() => document.querySelector("
            '`#current .quote-tools[data-marker="${marker}"] [data-press=collect]`).click(),'
            " 20 * marker)"
        )
        browser.wait_for(f"{count} === '2'")
        pressed = "document.querySelectorAll('#current [data-press=collect][aria-pressed=true]')"
        browser.wait_for(f"{pressed}.length === 2")
        browser.run("document.querySelector('#question textarea').focus()")
        settle()
        browser.ask("Die Falle?", 1)
        press(browser, "#header [data-panel=quotes]")
        assert browser.run("getComputedStyle(document.querySelector('#quotes')).display") != "none"
        assert browser.run("getComputedStyle(document.querySelector('#source')).display") == "none"
        note = "document.querySelector('.kept-quote textarea')"
        browser.run(
            f"{note}.value = 'prüfen'; {note}.dispatchEvent(new Event('change', {{bubbles: true}}))"
        )
        browser.wait(lambda: Basket(desk, read_owner_of(desk)).list_quotes()[0].note == "prüfen")
        press(browser, '.kept-quote [data-by="1"]')
        browser.wait_for("document.querySelectorAll('.kept-quote textarea')[1].value === 'prüfen'")
        press(browser, ".kept-quote [data-press=discard]")
        browser.wait_for(f"{count} === '1'")
        press(browser, ".basket-undo [data-press=restore]")
        browser.wait_for(f"{count} === '2'")
        press(browser, "#current .thumb.down")
        browser.wait_for("document.querySelector('#current .kept').textContent.includes('Saved')")
        assert browser.run("window.hit === undefined")
        browser.run("document.body.classList.add('dark')")
        browser.call("Emulation.setEmulatedMedia", media="print")
        paper = "getComputedStyle(document.body).backgroundColor"
        browser.wait_for(f"{paper} === 'rgb(255, 255, 255)'")
        shown = "(s) => [...document.querySelectorAll(s)].filter(e => e.checkVisibility()).length"
        assert browser.run(f"({shown})('.turn')") == 2
        assert browser.run(f"({shown})('button:not(.cite, .chips button, .context button)')") == 0
        assert browser.run(f"({shown})('.quote-texts li')") == 4
        browser.call("Emulation.setEmulatedMedia", media="")
        browser.call("Page.navigate", url=address)
        browser.wait_for(f"{count} === '2'")
    desk.close()
