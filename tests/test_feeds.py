"""Feeds as papers and weblog systems really write them: RSS, Atom, RDF and JSON Feed."""

import json
from datetime import date
from pathlib import Path
from time import perf_counter

import pytest

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.dates import write_field_date
from wortlaut.index.formats.feeds import is_feed, read_feed
from wortlaut.index.formats.fragments import read_fragment
from wortlaut.index.formats.raw import RawArticle, SourceFile, SourceNotice
from wortlaut.index.sources import read_articles

ITEM = """<item><title>{title}</title><link>https://bote.example/{n}</link><guid>https://bote.example/?p={n}</guid>
<pubDate>{day}</pubDate><description><![CDATA[{text}]]></description>{more}</item>"""


def rss(*items, head="<language>de-DE</language>"):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0" '
        'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Brakkumer Bote</title>'
        f"<link>https://bote.example/</link>{head}{''.join(items)}</channel></rss>"
    )


def item(text="Der Damm hält.", day="Fri, 21 Jan 2022 11:47:00 +0100", title="Damm", n=1, more=""):
    return ITEM.format(text=text, day=day, title=title, n=n, more=more)


def read(data, name="feed.rss", **facts):
    raw = data if isinstance(data, bytes) else data.encode()
    return list(read_feed(SourceFile(name, Path(name), data=raw, **facts)))


def take(data, **facts):
    return [found for found in read(data, **facts) if isinstance(found, RawArticle)]


def full(text):
    return f"<content:encoded><![CDATA[{text}]]></content:encoded>"


def test_an_entry_with_its_full_text_is_an_article():
    text = "<p>Der Damm <em>hält</em>, sagte Oda Falk.</p><p>Die Stadt &amp; der Kreis zahlen.</p>"
    (article,) = read(rss(item("Kurz.", more=full(text))))
    assert article.text == "Der Damm hält, sagte Oda Falk.\n\nDie Stadt & der Kreis zahlen."
    assert (article.title, article.source, article.language) == ("Damm", "Brakkumer Bote", "de-DE")
    assert write_field_date(article.published) == "2022-01-21"
    assert article.url == "https://bote.example/1"
    assert article.guid == article.key == "https://bote.example/?p=1"


def test_an_entry_with_a_summary_alone_is_a_short_article_and_said_to_be():
    notice, *articles = read(rss(item(), item("Der Hafen wird teurer.", n=2), item("", n=3)))
    assert isinstance(notice, SourceNotice)
    assert notice.text.startswith("3 of 3 entries hold a summary alone")
    assert [a.text for a in articles] == ["Der Damm hält.", "Der Hafen wird teurer.", "Damm"]


def test_a_long_description_is_the_text_itself():
    paragraphs = "<p>Der Damm hält.</p>" * 3
    assert [type(found) for found in read(rss(item(paragraphs)))] == [RawArticle]


def test_a_full_text_that_is_but_a_picture_yields_to_the_summary():
    (article,) = take(rss(item("Der Damm hält, sagte Oda Falk.", more=full("<img src='x.jpg'/>"))))
    assert article.text == "Der Damm hält, sagte Oda Falk."


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("Fri, 21 Jan 2022 23:47:00 +0100", date(2022, 1, 21)),
        ("Wed, 26 Oct 2022 00:10:00 MESZ", date(2022, 10, 26)),
        ("Mi, 26 Okt 2022 23:47:00 +0200", date(2022, 10, 26)),
        ("Mittwoch, 26. Oktober 2022", date(2022, 10, 26)),
        ("Fr, 21 Jän 2022 01:00:00 MEZ", date(2022, 1, 21)),
        ("Do, 03 Mär 2022 08:00:00 CET", date(2022, 3, 3)),
        ("21 Dez 22 08:00 MSK", date(2022, 12, 21)),
        ("ср, 26 окт 2022 23:50:00 +0300", date(2022, 10, 26)),
        ("October 26, 2022", date(2022, 10, 26)),
        ("20220121T114700+0100", date(2022, 1, 21)),
        ("20220121", date(2022, 1, 21)),
        ("2022-01-21T23:47:00-05:00", date(2022, 1, 21)),
        ("21.01.2022 11:47", date(2022, 1, 21)),
        ("bald", None),
        ("Fri, 31 Feb 2022 10:00:00 GMT", None),
    ],
)
def test_the_day_that_is_written_is_the_day(written, day):
    found = [write_field_date(a.published) for a in take(rss(item(day=written)))]
    assert found == [day and day.isoformat()]


def test_a_small_id_counts_within_its_feed_alone():
    some = rss(item(more="")).replace("https://bote.example/?p=1", "4711")
    (article,) = take(some)
    assert article.guid == "https://bote.example/ 4711"


def test_entities_and_escaped_markup_are_read():
    (article,) = take(
        rss(item("A &lt; B &amp;amp; C&lt;br&gt;")).replace("<![CDATA[", "").replace("]]>", "")
    )
    assert article.text == "A < B & C"
    (article,) = take(rss(item(title="„Damm“ &amp;amp; &lt;i&gt;Stadt&lt;/i&gt;")))
    assert article.title == "„Damm“ & Stadt"


def test_the_footers_of_weblog_systems_are_left_out():
    text = (
        "<p>Der Damm hält.</p><p>Der Beitrag <a href='x'>Damm</a> erschien zuerst auf "
        "<a href='y'>Brakkumer Bote</a>.</p>"
    )
    assert take(rss(item(more=full(text))))[0].text == "Der Damm hält."
    assert (
        take(rss(item("Der Damm hält.<br/><br/><a>Weiterlesen …</a>")))[0].text == "Der Damm hält."
    )


ATOM = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de"><title>Olme-Kurier</title>
<link href="https://kurier.example/"/><updated>2022-02-20T10:00:00Z</updated>
<entry><title type="html">Damm &amp;amp; Hafen</title><id>tag:kurier.example,2022:1</id><link href="/eins"/>
<published>2022-02-18T23:30:00+01:00</published><updated>2022-02-19T08:00:00Z</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Der Damm <b>hält</b>.</p><p>Gut so.</p></div></content></entry>
<entry xml:lang="en"><title>Harbour</title><id>tag:kurier.example,2022:2</id><updated>2022-02-19T08:00:00Z</updated>
<summary>The harbour costs more.</summary><content type="image/png">iVBORw0KGgo=</content></entry>
<entry><title>Fremd</title><id>tag:kurier.example,2022:3</id><content type="text">5 &lt; 6 &amp; mehr.</content>
<source><title>Hafenblatt</title></source></entry></feed>"""


def test_an_atom_feed_is_read_with_its_bases_and_versions():
    first, second, third = take(ATOM)
    assert (first.title, first.text) == ("Damm & Hafen", "Der Damm hält.\n\nGut so.")
    assert first.url == "https://kurier.example/eins"
    assert (first.published, first.version) == ("2022-02-18T23:30:00+01:00", "2022-02-19T08:00:00Z")
    assert first.guid == "tag:kurier.example,2022:1"
    assert second.text == "The harbour costs more."
    assert second.published == "2022-02-19T08:00:00Z"
    assert (third.text, third.source) == ("5 < 6 & mehr.", "Hafenblatt")
    assert {a.source for a in (first, second)} == {"Olme-Kurier"}


def test_an_rdf_feed_in_latin_1_is_read():
    text = """<?xml version="1.0" encoding="iso-8859-1"?><rdf:RDF xmlns="http://purl.org/rss/1.0/"
    xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel rdf:about="https://a.example/"><title>Anzeiger</title><link>https://a.example/</link>
    <dc:language>de</dc:language></channel><item rdf:about="https://a.example/1"><title>Über Land</title>
    <link>https://a.example/1</link><description>Schön ist es hier.</description><dc:date>2022-02-18</dc:date>
    </item></rdf:RDF>"""
    (article,) = take(text.encode("iso-8859-1"))
    assert (article.title, article.text) == ("Über Land", "Schön ist es hier.")
    assert (article.published, article.language) == ("2022-02-18", "de")


def test_a_json_feed_is_read():
    feed = {
        "version": "https://jsonfeed.org/version/1.1", "title": "Hafenblatt", "language": "de",
        "home_page_url": "https://hafen.example/",
        "items": [
            {"id": 7, "url": "https://hafen.example/7", "title": "Teurer", "summary": "Kurz.",
             "content_html": "<p>Der Hafen wird teurer.</p><p>Viel.</p>", "date_published": "2022-02-18T10:00:00+01:00"},
            {"id": "8", "content_text": "Eins.\n\nZwei.", "language": "en"},
            "kein Eintrag", {"id": "9"},
        ],
    }  # fmt: skip
    first, second = read(json.dumps(feed), name="feed.json")
    assert (first.text, first.title) == ("Der Hafen wird teurer.\n\nViel.", "Teurer")
    assert (first.published, first.source) == ("2022-02-18T10:00:00+01:00", "Hafenblatt")
    assert (first.guid, second.guid) == ("https://hafen.example/ 7", "https://hafen.example/ 8")
    assert (second.text, second.language) == ("Eins.\n\nZwei.", "en")


def test_a_feed_is_known_by_its_root():
    for feed in (rss(), ATOM, '<!-- x --><rdf:RDF xmlns:rdf="r">', "\ufeff  <rss>"):
        assert is_feed(feed.encode()), feed
    assert is_feed(b'{"version": "https://jsonfeed.org/version/1", "items": []}')
    assert is_feed(b'<!DOCTYPE rss [<!ENTITY a "b">]>\n<rss version="0.91">')
    assert is_feed(rss().replace("UTF-8", "UTF-16").encode("utf-16"))
    for other in ("<newsItem>", "<html><rss>", '{"version": 1}', "", "rss", "<rssx>", "<nitf>"):
        assert not is_feed(other.encode()), other


def test_what_hand_made_feeds_break_is_mended_and_said():
    broken = rss(item(title="Für & wider &uuml;ber\x0b Nacht"))
    notices = [found for found in read(broken) if isinstance(found, SourceNotice)]
    assert "no well-formed XML" in notices[0].text
    assert take(broken)[0].title == "Für & wider über Nacht"


def test_letters_in_another_encoding_than_the_one_named_are_read():
    data = rss(item("Schöne Grüße.")).encode("cp1252")
    assert take(data)[0].text == "Schöne Grüße."
    assert "Windows-1252" in read(data)[0].text


def test_a_feed_that_ends_in_the_middle_is_a_failure_and_its_entries_are_kept():
    whole = rss(item(), item(n=2))
    error, *_ = read(whole[: whole.rindex("<pubDate>")])
    assert isinstance(error, SourceError)
    assert "ends in the middle" in error.reason
    assert len(take(whole[: whole.rindex("<item>")])) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ("", "holds no text"), ("  \n", "holds no text"), ("<html><body>x", "no feed"),
        ("Nur Text.", "no feed"), ("<rss></rss>", "without entries"), (rss(), "without entries"),
        ("\0\1\2", "no feed"), ('{"version": "https://jsonfeed.org/version/1"', "no JSON"),
        ('{"items": []}', "no feed"), ("[" * 5000, "no feed"), ("<rss", "no feed"),
        (rss("<item/>" * 20_001), "20001 entries"),
        (rss("<item>" + "<b/>" * 500_000), "elements"),
    ],
)  # fmt: skip
def test_what_is_no_feed_is_one_line(data, words):
    with pytest.raises(SourceError) as raised:
        read(data)
    assert words in raised.value.reason
    assert ";" in raised.value.reason


def test_no_entity_is_expanded_and_no_file_is_opened(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("Geheim")
    dtd = f'<!DOCTYPE rss [<!ENTITY a SYSTEM "{secret.as_uri()}"><!ENTITY b "Bombe">]>'
    data = rss(item("x")).replace("<rss", dtd + "<rss", 1).replace("Damm<", "Damm &a;&b;<")
    (article,) = take(data)
    assert article.title == "Damm"


def test_a_name_of_a_file_within_a_feed_is_but_text(tmp_path):
    with pytest.raises(SourceError):
        read(str(Path(__file__)))


@pytest.mark.parametrize(
    "text",
    ["<item>" * 5_000, "<a " * 20_000, "&lt;div&gt;" * 20_000, "&" * 50_000, "<![CDATA[" * 9_000],
)
def test_what_is_broken_on_purpose_takes_no_longer_than_other_feeds(text):
    started = perf_counter()
    try:
        read(rss(item(title=text)))
        read(rss(f"<item><title>&nbsp;{text}"))
    except SourceError:
        pass
    assert perf_counter() - started < 15


def test_a_link_that_is_no_page_is_none():
    for link in ("javascript:alert(1)", "file:///etc/passwd", "mailto:a@b.example"):
        data = rss(item()).replace("https://bote.example/1<", f"{link}<")
        assert take(data)[0].url is None


def test_a_feed_on_the_disk_is_indexed_by_its_entries(write):
    path = write("bote.rss", rss(item(), item("Teurer.", n=2, title="Hafen")))
    found = [read for read in read_articles(path) if isinstance(read, Article)]
    assert [a.title for a in found] == ["Damm", "Hafen"]
    assert found[0].text == "Damm\n\nDer Damm hält."
    assert {a.path for a in found} == {str(path)}
    assert write_field_date(found[0].published) == "2022-01-21"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Hallo <b>Welt</b>.", "Hallo Welt."),
        ("<p>Eins</p>lose<p>Zwei</p>", "Eins\n\nlose\n\nZwei"),
        ("Eins<br>geht weiter<br><br>Zwei", "Eins geht weiter\n\nZwei"),
        ("<ul><li>A<li>B</ul>", "A\n\nB"),
        ("<table><tr><td>A</td><td>B</td></tr></table>", "A B"),
        ("<p>A<script>x()</script>B</p><style>p{}</style>", "AB"),
        ("<figure><img><figcaption>Foto</figcaption></figure>Danach", "Danach"),
        ("A<!-- nicht -->B", "AB"), ("Zeile eins\nzeile zwei", "Zeile eins zeile zwei"),
        ("Eins\n\nZwei", "Eins\n\nZwei"), ("1 < 2", "1 < 2"), ("A&shy;B&nbsp;C", "A\xadB C"), ("", ""),
    ],
)  # fmt: skip
def test_a_piece_of_html_is_paragraphs(markup, text):
    assert read_fragment(markup) == text
