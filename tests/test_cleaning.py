"""Texts without markup, entities and wrong encodings, and others just as they are."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.index.article import Article
from wortlaut.index.formats.cleaning import LOST, MENDED, clean_heading, clean_text
from wortlaut.index.formats.decoding import decode_noting, find_old_encoding
from wortlaut.index.sources import SourceNotice, read_articles

TEXT = "Präsident Ärmel zahlte in Köln 5 €: „Größe für Übermüde“ – das heißt Spaß."
RUSSIAN = "Министр заявил во вторник, что паром не пойдёт. Причал закрыт."

MARKED = {
    "<p>Der Damm h&auml;lt.</p><p>&#8222;Ja&#8220;, sagte Falk.<br/></p>": "Der Damm hält.\n\n„Ja“, sagte Falk.",
    "<div>\n  <p>Eins\nzwei.</p>\n\n  <p>Drei.</p></div>": "Eins zwei.\n\nDrei.",
    "Eins.<br>Zwei.<br />\nDrei.<br><br>Vier.": "Eins.\nZwei.\nDrei.\n\nVier.",
    "Er sagte <b>nein</b>.\n\nEs blieb <i class='x'>da</i>bei.": "Er sagte nein.\n\nEs blieb dabei.",
    '<a href="http://bote.example/?a=1&amp;b=2">Damm</a> hält': "Damm hält",
    "<ul><li>eins</li><li>zwei</li></ul>": "eins\n\nzwei",
    "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>": "a b\n\nc",
    "<script>var a = '<b>';</script><style>p {}</style><p>Damm</p>": "Damm",
    "<p>Damm <!-- <p>nicht</p> --> hält</p>": "Damm hält",
    "&lt;p&gt;Damm h&amp;auml;lt&lt;/p&gt;": "Damm hält",
    "<p>Das Element &lt;b&gt; macht fett.</p>": "Das Element <b> macht fett.",
    "<![CDATA[<p>Damm</p>]]>": "Damm",
    "Damm h&amp;auml;lt &amp;#8222;ja&amp;#8220;": "Damm hält „ja“",
    "<!DOCTYPE html>\n<html><head><title>Damm</title><script>x</script></head><body><p>Ja.</p></body></html>": "Damm\n\nJa.",
    "<hl1>Damm</hl1><p>Ja.</p>": "Damm\n\nJa.",
    "<p>Sechs &lt; sieben, sagte <dpa>.</p>": "Sechs < sieben, sagte <dpa>.",
    "Damm&nbsp;h&auml;lt, Sicher&shy;heit": "Damm hält, Sicherheit",
    "Zeile &lt; Zeile &gt; Ende": "Zeile < Zeile > Ende",
    "M\\u00fcller sagte \\u201eja\\u201c": "Müller sagte „ja“",
}  # fmt: skip


@pytest.mark.parametrize("text", MARKED)
def test_markup_and_entities_are_read_as_a_browser_would(text):
    assert clean_text(text) == (MARKED[text], None)


@pytest.mark.parametrize(
    "text",
    ["3 < 5 und 7 > 6", "Meldung <dpa> von <a b", "AT&T, R&D, &copy, &keinname; a &b;", "ein <i> im Text", "a </b",
     "x<y>z", "„Spaß“ „Fuß“ CAFÉ“ Ä“ Ö” ß… É–", "‚Ä‘0", "»Ä« Ä§", "„Olé“…", "SÃO PAULO", "À propos: Ñandú, Ångström", "«СССР», Рим – С.", "ﬁn ½ Ｆ ’",
     "ÄÄÄÄ", "ÄÄÖÜ", "ßÄÄß", "Ä, Ö, Ü: ÄÖÜä", "C:\\users\\neu", "👨‍👩‍👧 da", "„Ja“, »nein«, ‚so‘ ‹da›", "  zwei  Leerzeichen \n\n\n am Ende \n"],
)  # fmt: skip
def test_what_is_no_fault_stays_letter_for_letter(text):
    assert clean_text(text) == (text, None)


@given(
    st.text(st.sampled_from("abÄÖÜäöüßéñ „“”»«›‹‚‘’–—…§€ .,;:!?\n01<>() АБВабвгдеёжз"), max_size=80)
)
def test_a_text_of_usual_letters_stays_letter_for_letter(text):
    assert clean_text(text) == (text, None)


@given(st.text(max_size=200))
def test_cleaning_breaks_on_nothing(text):
    clean_text(text)


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "mac_roman", "cp1250", "cp1251"])
def test_utf_8_that_was_read_as_something_else_is_mended(encoding, times):
    text = "Präsident Müller zahlte für Größe."
    wrong = text
    for _ in range(times):
        wrong = wrong.encode().decode(encoding, "replace")
    if "\ufffd" not in wrong:
        assert clean_text(wrong) == (text, MENDED)


def test_a_text_that_is_wrong_in_part_is_mended_in_part():
    wrong = "Größe stimmt.\nPrÃ¤sident sagte: â€žJaâ€œ â€“ und Größe fÃ¼r alle."
    assert clean_text(wrong) == (
        "Größe stimmt.\nPräsident sagte: „Ja“ – und Größe für alle.",
        MENDED,
    )


def test_russian_that_was_read_as_western_is_mended():
    assert clean_text(RUSSIAN.encode("cp1251").decode("cp1252")) == (RUSSIAN, MENDED)
    assert clean_text(RUSSIAN.encode().decode("cp1251", "replace"))[1] is not None


def test_quotation_marks_that_became_controls_are_mended():
    assert clean_text("\x84Ja\x93 \x96 sagte er.") == ("„Ja“ – sagte er.", MENDED)


def test_letters_that_are_lost_are_named():
    assert clean_text("Gr\ufffd\ufffde") == ("Gr\ufffd\ufffde", LOST)


def test_what_mends_is_said_with_its_place_and_titles_are_mended_too(write):
    record = {"title": "GrÃ¶&szlig;e", "text": "FÃ¼r alle.", "source": "K&ouml;lner Bote"}
    notice, article = read_articles(write("a.jsonl", json.dumps(record)))
    assert isinstance(notice, SourceNotice)
    assert notice.text == MENDED
    assert (article.title, article.text) == ("Größe", "Größe\n\nFür alle.")
    assert article.source == "Kölner Bote"
    assert clean_heading(None) is None


def test_signs_that_nobody_sees_go_and_spaces_break():
    text = "Sicher\u00adheits\u200bgaran\u00ad\ntien kosten\u202f5\u00a0Euro\ufeff.\u2028Ja"
    assert clean_text(text)[0] == "Sicherheitsgarantien kosten 5 Euro.\nJa"


HOSTILE = ["<", "<p ", "<!--", "<script>", "&", '<p a="', '<a x="y" ', "</p", "&amp;", "</b><p '\"<p\" ", "<!doctype ",
           "Ã ", "\u200d", "&lt;p&gt;", "<br> ", "<![CDATA[", "\\u00fc", "\x80"]  # fmt: skip


@pytest.mark.parametrize("piece", HOSTILE)
def test_hostile_markup_costs_linear_time(piece):
    def spend(times):
        started = time.process_time()
        clean_text("</b>" + piece * times)
        return time.process_time() - started

    spend(100)
    assert spend(40_000) < 40 * max(spend(4_000), 0.002)


ENCODINGS = {
    TEXT: ["cp1252", "mac_roman"],
    TEXT.replace("„", '"').replace("“", '"').replace("–", "-"): ["iso8859-15", "cp1252"],
    "Müller": ["cp1252", "mac_roman", "cp850"],
    "ÜBER ALLES GRÖSSE": ["cp1252", "mac_roman", "cp850"],
    RUSSIAN: ["cp1251", "koi8-r", "cp866", "iso8859-5", "mac_cyrillic"],
}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(text, encoding) for text, some in ENCODINGS.items() for encoding in some],
)
def test_old_encodings_are_told_by_the_words_they_make(text, encoding):
    read, notice = decode_noting(text.encode(encoding))
    assert read == text
    assert notice is not None


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("text", [TEXT, RUSSIAN])
def test_wide_letters_are_read_with_a_mark_and_without(tmp_path, text, encoding):
    path = tmp_path / "a.txt"
    path.write_bytes(text.encode(encoding))
    *notices, article = read_articles(path)
    assert article.text == text
    assert bool(notices) == (encoding != "utf-16")


def test_a_stray_letter_does_not_make_utf_8_something_else(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes("Größe über alles. ".encode() * 9 + "für".encode("cp1252"))
    notice, article = read_articles(path)
    assert "not all of it" in notice.text
    assert article.text.endswith("alles. für")


def test_what_no_encoding_fits_is_named(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(b"Der Damm \x81\x8d\x8f\x90\x9d\xa4\xa6\xac.")
    notice, *_ = read_articles(path)
    assert "no encoding fits" in notice.text


def test_a_whole_page_in_a_text_file_leaves_no_markup(write):
    page = '<html lang="de"><head><title>Damm hält</title></head><body><p>Der Damm bei Auenstadt hält.</p></body></html>'
    notice, article = read_articles(write("a.txt", page))
    assert isinstance(notice, SourceNotice)
    assert isinstance(article, Article)
    assert article.text == "Damm hält\n\nDer Damm bei Auenstadt hält."


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize(
    "text",
    [
        "Er sagte: „Wir sparen nicht an den Schulen“, und ging.",
        "„so etwas“ gibt es nicht, sagte sie.",
        "“Wir gehen”, sagte er.",
    ],
)
def test_quotation_marks_alone_tell_windows_from_dos(text, encoding):
    raw = text.encode(encoding)
    assert raw.decode(find_old_encoding(raw)[0]) == text
