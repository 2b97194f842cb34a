"""XML of the trade by its root element: items, protocols and debates; nothing is resolved or fetched."""

from datetime import date

import pytest

from wortlaut import statements
from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.sources import SourceNotice, read_articles

TODAY = date(2026, 3, 1)
XHTML = """<html xmlns="http://www.w3.org/1999/xhtml"><head><title>kein Text</title></head><body>
<p>Brakkum (dpa) - Der <a href="x">Damm</a> hält, sagte <em>Baurätin</em> Nele Brook.</p>
<h2>Der Rat ist <i>froh</i> darüber</h2><p>Zweiter Absatz &#8211; kurz.</p><script>x()</script></body></html>"""


def make_item(content, *, guid="urn:x:1", meta="", headline="Damm <b>hält</b> stand"):
    return f"""<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="{guid}" version="3" xml:lang="de">
<itemMeta><provider qcode="nprov:dpa"/><versionCreated>2024-03-04T16:46:00+01:00</versionCreated>
<firstCreated>2024-03-03T10:00:00+01:00</firstCreated>{meta}</itemMeta>
<contentMeta><headline role="hld:subHeadline">Unten</headline><headline>{headline}</headline><language tag="de"/></contentMeta>
<contentSet>{content}</contentSet></newsItem>"""


G2 = make_item(f'<inlineXML contenttype="application/xhtml+xml">{XHTML}</inlineXML>')


def read(write, text, name="a.xml"):
    return list(read_articles(write(name, text), TODAY))


def test_an_item_is_an_article_and_loses_no_word_behind_an_inline_element(write):
    (article,) = read(write, G2)
    assert (article.title, article.source, article.language) == ("Damm hält stand", "dpa", "de")
    assert (article.published, article.published_precision) == (date(2024, 3, 4), "day")
    assert (article.guid, article.version) == ("urn:x:1", "3")
    assert article.text.split("\n\n") == [
        "Damm hält stand",
        "Brakkum (dpa) - Der Damm hält, sagte Baurätin Nele Brook.",
        "Der Rat ist froh darüber",
        "Zweiter Absatz – kurz.",
    ]


def test_a_message_gives_its_items_and_says_what_it_passes_over(write):
    items = [
        G2,
        make_item('<inlineData contenttype="text/plain">Der Zug fährt.\n\nEr ist neu.</inlineData>', guid="urn:x:2"),
        make_item('<inlineData contenttype="text/html">&lt;p&gt;Der &lt;b&gt;Zug&lt;/b&gt; hält.&lt;/p&gt;</inlineData>', guid="urn:x:3"),
        make_item('<remoteContent href="a.jpg"/>', guid="urn:x:4"),
        make_item("<inlineData>Weg.</inlineData>", guid="urn:x:5", meta='<pubStatus qcode="stat:canceled"/>'),
        make_item("<inlineData>Weg.</inlineData>", guid="urn:x:6", meta='<pubStatus qcode="stat:withheld"/>'),
        make_item("<inlineData>Bald.</inlineData>", guid="urn:x:7", meta="<embargoed>2099-01-01T00:00:00Z</embargoed>"),
        '<packageItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:8"/>',
    ]  # fmt: skip
    found = read(write, f"<newsMessage><itemSet>{''.join(items)}</itemSet></newsMessage>")
    articles = [each for each in found if isinstance(each, Article)]
    assert [article.guid[-1] for article in articles] == ["1", "2", "3", "7"]
    assert articles[1].text.endswith("Der Zug fährt.\n\nEr ist neu.")
    assert articles[2].text.endswith("Der Zug hält.")
    notices = " ".join(each.text for each in found if isinstance(each, SourceNotice))
    assert all(
        word in notices for word in ("canceled", "withheld", "embargo", "packages", "pictures")
    )


def test_a_package_alone_is_named_and_is_no_article(write):
    (notice,) = read(write, '<packageItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="p"/>')
    assert "packages" in notice.text


NITF = """<?xml version="1.0"?>{doctype}<nitf><head><title>T</title><docdata><doc-id id-string="n-1" regsrc="Nordbote"/>
<date.issue norm="20240304T164600+0100"/></docdata></head><body><body.head><hedline><hl1>Damm <em>hält</em> stand</hl1>
<hl2>Rat ist froh</hl2></hedline><dateline><location>BRAKKUM</location> (dpa) -</dateline></body.head><body.content><block>
<p>Der <em>Damm</em> hält{entity} gut.</p><media><media-caption>Bild</media-caption></media><p>Er ist neu.</p></block>
</body.content></body></nitf>"""


def test_nitf_is_an_article(write):
    (article,) = read(write, NITF.format(doctype="", entity=""))
    assert (article.title, article.source, article.published) == (
        "Damm hält stand",
        "Nordbote",
        date(2024, 3, 4),
    )
    assert article.guid == "n-1"
    assert article.text.split("\n\n") == [
        "Damm hält stand", "Rat ist froh", "BRAKKUM (dpa) - Der Damm hält gut.", "Er ist neu.",
    ]  # fmt: skip


def test_nitf_inside_an_item_is_read(write):
    inside = NITF.format(doctype="", entity="").partition("?>")[2]
    (article,) = read(write, make_item(f"<inlineXML>{inside}</inlineXML>"))
    assert article.text.endswith("Der Damm hält gut.\n\nEr ist neu.")


def test_newsml_of_the_first_kind_is_read(write):
    text = """<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>example.org</ProviderId><NewsItemId>N1</NewsItemId>
    <RevisionId>2</RevisionId></NewsIdentifier></Identification><NewsManagement><FirstCreated>20240304T164600Z</FirstCreated>
    </NewsManagement><NewsComponent><NewsLines><HeadLine>Damm hält</HeadLine><CreditLine>AFP</CreditLine></NewsLines>
    <ContentItem><DataContent><p>Brakkum (AFP) - Der Damm hält.</p><p>Er ist neu.</p></DataContent></ContentItem>
    </NewsComponent></NewsItem></NewsML>"""
    (article,) = read(write, text)
    assert (article.title, article.source, article.published) == (
        "Damm hält",
        "AFP",
        date(2024, 3, 4),
    )
    assert (article.guid, article.version) == ("example.org:N1", "2")


def test_entities_are_not_resolved_and_nothing_is_fetched(write, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("GEHEIM")
    doctype = f"""<!DOCTYPE nitf SYSTEM "http://127.0.0.1:9/nitf.dtd" [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">
    <!ENTITY file SYSTEM "{secret.as_uri()}"> <!ENTITY % p SYSTEM "http://127.0.0.1:9/x">]>"""
    (article,) = read(write, NITF.format(doctype=doctype, entity="&nbsp;&uuml;&b;&file;"))
    assert "Der Damm hält ü gut." in article.text
    assert "GEHEIM" not in article.text
    assert "lol" not in article.text


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("<rezept><zutat/></rezept>", "<rezept>"),
        ("<newsItem><a", "no sound XML"),
        ("", "no sound XML"),
        ("kein XML", "no sound XML"),
        ("<nitf>" + "<p>" * 5000, "no sound XML"),
        ("<dbtplenarprotokoll/>", "sitzungsverlauf"),
        ("<TEI><text><p>Roman</p></text></TEI>", "utterances"),
        ("<nitf/>", "no text"),
    ],
)
def test_what_is_no_such_xml_is_named_with_its_reason(write, text, reason):
    (error,) = read(write, text)
    assert isinstance(error, SourceError)
    assert reason in error.reason


def make_speaker(first, last, more="", printed=""):
    return f"""<p klasse="redner"><a id="r"/><redner id="1"><name><vorname>{first}</vorname><nachname>{last}</nachname>
    {more}</name></redner>{printed}</p>"""


PROTOCOL = f"""<dbtplenarprotokoll wahlperiode="31" sitzung-nr="12" sitzung-datum="04.03.2024"><sitzungsverlauf>
<sitzungsbeginn><name>Präsidentin Ada Holt:</name><p klasse="J">Die Sitzung ist eröffnet.</p></sitzungsbeginn>
<tagesordnungspunkt top-id="Tagesordnungspunkt 2"><rede id="r1">
{make_speaker("Nele", "Brook", printed="Dr. Nele Brook, Bundesministerin für Deiche:")}
<p klasse="J_1">Wir brauchen <i>einen</i> Damm.</p><p klasse="J">Der alte ist zu klein.</p>
<kommentar>(Beifall bei der FDU)</kommentar><p klasse="J">Danke.</p></rede><rede id="r2">
{make_speaker("Emre", "Tarn", "<fraktion>SDP</fraktion>")}<p klasse="J_1">Die Ministerin irrt.</p></rede>
</tagesordnungspunkt></sitzungsverlauf></dbtplenarprotokoll>"""


def test_a_protocol_is_an_article_an_item_with_a_label_over_each_speech(write):
    opening, debate = read(write, PROTOCOL)
    assert opening.title == "Plenarprotokoll 31/12, Sitzungsbeginn"
    assert (debate.source, debate.published) == ("Deutscher Bundestag", date(2024, 3, 4))
    assert debate.text.split("\n\n")[1:] == [
        "Dr. Nele Brook, Bundesministerin für Deiche:\nWir brauchen einen Damm. Der alte ist zu klein.\n"
        "(Beifall bei der FDU)\nDanke.",
        "Emre Tarn (SDP):\nDie Ministerin irrt.",
    ]
    assert statements(debate.text) is not None


def test_a_debate_in_tei_has_labels_too(write):
    text = """<TEI xmlns="http://www.tei-c.org/ns/1.0" xml:lang="de"><teiHeader><titleStmt><title>Debatte</title></titleStmt>
    <setting><date when="2024-03-04">heute</date></setting></teiHeader><text><body><note type="speaker">Emre Tarn (SDP):</note>
    <u who="#TarnEmre"><seg>Die Ministerin irrt.</seg><seg><w>Der</w> <w join="right">Damm</w><pc>.</pc></seg></u>
    <u who="#BrookNele"><seg>Nein.</seg></u></body></text></TEI>"""
    (article,) = read(write, text)
    assert (article.title, article.published) == ("Debatte", date(2024, 3, 4))
    assert article.text.endswith(
        "Emre Tarn (SDP):\nDie Ministerin irrt. Der Damm.\n\nBrook Nele:\nNein."
    )
