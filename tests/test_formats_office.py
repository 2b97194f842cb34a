"""Documents of Word, LibreOffice and others: tracked changes, tables, notes, chapters."""

from datetime import date

import pytest
from papers import make_docx, make_epub, make_odt, make_zip

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.sources import read_articles


def read(tmp_path, name, raw):
    path = tmp_path / name
    path.write_bytes(raw if isinstance(raw, bytes) else raw.encode())
    return list(read_articles(path, date(2026, 3, 1)))


def par(*runs, style="", mark=""):
    style = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f"<w:p><w:pPr>{style}<w:rPr>{mark}</w:rPr></w:pPr>{''.join(runs)}</w:p>"


def run(text, tag="t"):
    return f'<w:r><w:{tag} xml:space="preserve">{text}</w:{tag}></w:r>'


BY = 'w:id="1" w:author="Redaktion" w:date="2026-01-05T10:00:00Z"'


def test_what_is_inserted_into_a_word_document_is_in_and_what_is_deleted_is_out(tmp_path):
    body = par(
        run("Der Damm wird "),
        f"<w:ins {BY}>{run('nicht ')}</w:ins>",
        f"<w:del {BY}>{run('sofort ', 'delText')}</w:del>",
        f"<w:moveFrom {BY}>{run('bald ')}</w:moveFrom>",
        run("erhöht, sagte "),
        f'<w:hyperlink w:anchor="x">{run("Enno Wattmann")}</w:hyperlink>',
        f"<w:moveTo {BY}>{run(' bald')}</w:moveTo>",
        run("."),
    )
    (article,) = read(tmp_path, "a.docx", make_docx(body))
    assert article.text == "Der Damm wird nicht erhöht, sagte Enno Wattmann bald."


def test_a_deleted_end_of_a_paragraph_joins_two(tmp_path):
    body = par(run("Der Damm "), mark=f"<w:del {BY}/>") + par(run("hält.")) + par(run("Ja."))
    (article,) = read(tmp_path, "a.docx", make_docx(body))
    assert article.text == "Der Damm hält.\n\nJa."


def test_tables_boxes_breaks_and_controls_of_word_are_text_and_notes_are_not(tmp_path):
    row = "<w:tr>{}</w:tr>".format(
        "".join(f"<w:tc>{par(run(t))}</w:tc>" for t in ("Tarvo", "12 cm"))
    )
    gone = f"<w:tr><w:trPr><w:del {BY}/></w:trPr><w:tc>{par(run('weg'))}</w:tc></w:tr>"
    body = (
        par(run("Damm hält"), style="Title")
        + f"<w:sdt><w:sdtContent>{par(run('Im Feld.'))}</w:sdtContent></w:sdt>"
        + par(run("Erste"), "<w:r><w:br/></w:r>", run("Zeile"), '<w:r><w:footnoteReference w:id="2"/></w:r>')
        + f"<w:tbl>{row}{row}{gone}</w:tbl>"
        + par("<w:r><w:rPr><w:vanish/></w:rPr><w:t>geheim</w:t></w:r>", run(" PAGE ", "instrText"), run("Schluss."))
    )  # fmt: skip
    (article,) = read(tmp_path, "a.docx", make_docx(body))
    assert article.title == "Damm hält"
    assert article.text == (
        "Damm hält\n\nIm Feld.\n\nErste\nZeile\n\nTarvo | 12 cm\nTarvo | 12 cm\n\nSchluss."
    )


def test_the_title_of_the_properties_counts_where_the_text_has_it(tmp_path):
    body = par(run("Damm hält")) + par(run("Der Damm ist dicht."))
    (article,) = read(tmp_path, "a.docx", make_docx(body, title="Vorlage Brief"))
    assert (article.title, article.published) == ("Damm hält", None)
    assert "Vorlage" not in article.text


def test_odt_minds_tracked_changes_notes_tables_and_lists(tmp_path):
    body = (
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>sofort</text:p>"
        "</text:deletion></text:changed-region></text:tracked-changes>"
        "<text:h>Damm hält</text:h>"
        '<text:p>Der Damm wird <text:change-start text:change-id="a"/>nicht<text:change-end '
        'text:change-id="a"/><text:s/><text:change text:change-id="b"/><text:span>erh</text:span>öht'
        "<text:note><text:note-body><text:p>Fußnote</text:p></text:note-body></text:note>, sagte"
        '<text:s text:c="999999999"/><text:a>Enno Wattmann</text:a>.<text:line-break/>Ja.</text:p>'
        "<text:section><text:list><text:list-item><text:p>Sand</text:p></text:list-item></text:list>"
        "</text:section><table:table><table:table-row><table:table-cell><text:p>Tarvo</text:p>"
        "</table:table-cell><table:table-cell><text:p>12 cm</text:p></table:table-cell>"
        "</table:table-row></table:table>"
    )
    expected = "Damm hält\n\nDer Damm wird nicht erhöht, sagte Enno Wattmann.\nJa.\n\nSand\n\nTarvo | 12 cm"
    for name, flat in (("a.odt", False), ("b.fodt", True)):
        (article,) = read(tmp_path, name, make_odt(body, title="Damm hält", flat=flat))
        assert (article.text, article.title) == (expected, "Damm hält")


RTF = (
    r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset204 Arial;}}"
    r"{\info{\title Vorlage}}{\header\pard Kopfzeile\par}\pard {\b Damm h\'e4lt}\par "
    "Der Damm wird {\\revised\\revauth1 nicht }{\\deleted\\revauthdel1 sofort }erh\\'f6ht, sag\nte \\u8222?Enno"
    r"\u8220? Wattmann{\footnote Fu\'dfnote}.{\v geheim}\line Ja.\par "
    r"{\field{\*\fldinst HYPERLINK \"https://bote.example\"}{\fldrslt Hier}} steht {\f1\'c4\'e0}.\par"
    r"\trowd Tarvo\cell 12 cm\cell\row}"
)  # fmt: skip


def test_rich_text_minds_tracked_changes_hidden_text_and_encodings(tmp_path):
    (article,) = read(tmp_path, "a.rtf", RTF)
    assert article.text == (
        "Damm hält\n\nDer Damm wird nicht erhöht, sagte „Enno“ Wattmann.\nJa.\n\nHier steht Да.\n\n"
        "Tarvo | 12 cm"
    )
    assert article.title == "Damm hält"


def test_the_chapters_of_a_book_are_articles(tmp_path):
    metadata = (
        "<dc:title>Küste heute</dc:title><dc:publisher>Tarvoer Verlag</dc:publisher>"
        '<dc:language>de-DE</dc:language><dc:date opf:event="modification">2026-02-20</dc:date>'
        '<dc:date opf:event="publication">2026-02-03</dc:date>'
    )
    chapters = {
        "cover.xhtml": "<p>Küste heute</p>",
        "title_page.xhtml": "<h1>Küste heute</h1><p>Ole Brink</p><p>2026-02-03</p>",
        "teil.xhtml": "<h1>Erster Teil</h1>",
        "k1.xhtml": "<h1>Damm hält</h1><p>Der Damm ist <i>dicht</i>&nbsp;genug.</p>",
        "k1b.xhtml": "<p>Es regnet weiter.</p>",
        "k2.xhtml": "<h2>Fähre fährt</h2><p>Kapitän Ole Brink ist froh.</p>",
    }
    first, second = read(tmp_path, "a.epub", make_epub(chapters, metadata))
    assert first.text == "Damm hält\n\nDer Damm ist dicht genug.\n\nEs regnet weiter."
    assert (first.title, first.source, first.language) == ("Damm hält", "Tarvoer Verlag", "de")
    assert (first.published, second.published) == (date(2026, 2, 3), date(2026, 2, 3))
    assert second.title == "Fähre fährt"
    assert first.id != second.id


def test_a_book_with_a_lock_is_named_and_scrambled_fonts_are_none(tmp_path):
    way = (
        '<encryption><EncryptedData><EncryptionMethod Algorithm="{}"/></EncryptedData></encryption>'
    )
    chapters = {"k1.xhtml": "<h1>Damm</h1><p>Der Damm hält.</p>"}
    locked = way.format("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    (error,) = read(tmp_path, "a.epub", make_epub(chapters, **{"META-INF/encryption.xml": locked}))
    assert "DRM" in error.reason
    fonts = way.format("http://www.idpf.org/2008/embedding")
    (article,) = read(tmp_path, "b.epub", make_epub(chapters, **{"META-INF/encryption.xml": fonts}))
    assert isinstance(article, Article)


def test_a_document_of_another_kind_than_its_name_is_read_with_a_notice(tmp_path):
    raw = make_docx(par(run("Der Damm hält.")))
    for name in ("a.txt", "a.doc", "a.odt", "a.zip"):
        notice, article = read(tmp_path, name, raw)
        assert ".docx by its content" in notice.text
        assert article.text == "Der Damm hält."
    notice, article = read(tmp_path, "b.doc", RTF)
    assert article.text.startswith("Damm hält")


@pytest.mark.parametrize(
    ("name", "raw", "reason"),
    [
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), ".docx"),
        ("a.docx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
        ("a.odt", make_zip({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "x", "META-INF/manifest.xml": "<encryption-data/>"}), "password"),
        ("a.txt", make_zip({"xl/workbook.xml": "x"}), "save it as .csv"),
        ("a.docx", make_docx(par()), "without text"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named_with_what_to_do(tmp_path, name, raw, reason):
    *_, error = read(tmp_path, name, raw)
    assert isinstance(error, SourceError)
    assert reason in error.reason


def test_entities_are_never_expanded(tmp_path):
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b SYSTEM "file:///etc/hostname">]>'
    odt = make_odt("<text:p>Der Damm &a;&b;hält.</text:p>", flat=True)
    *_, result = read(tmp_path, "a.fodt", odt.replace('<?xml version="1.0"?>', bomb))
    assert isinstance(result, SourceError) or "ha" not in result.text.replace("hält", "")
    docx = make_zip({"word/document.xml": f"{bomb}<x/>", "[Content_Types].xml": "<x/>"})
    (error,) = read(tmp_path, "a.docx", docx)
    assert "entities" in error.reason
