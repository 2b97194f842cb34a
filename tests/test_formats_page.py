"""Pages of the web: the article alone, whole words, the day that is declared, every encoding."""

import json
from datetime import date
from pathlib import Path

import pytest

from wortlaut.index.errors import SourceError
from wortlaut.index.formats.html import read_html
from wortlaut.index.formats.raw import RawArticle, SourceFile
from wortlaut.index.sources import SourceNotice, read_articles

BODY = "<p>Der Damm von Tarvo hält, sagte Deichgraf Enno Wattmann.</p><p>Er dankte den Helfern.</p>"


def read(tmp_path, markup, name="a.html"):
    path = tmp_path / name
    path.write_bytes(markup if isinstance(markup, bytes) else markup.encode())
    return list(read_articles(path, date(2026, 3, 1)))


def read_page(head="", body=BODY, **given):
    markup = f"<!DOCTYPE html><html lang='de-DE'><head>{head}</head><body>{body}</body></html>"
    (raw,) = read_html(SourceFile("a.html", Path("a.html"), data=markup.encode(), **given))
    return raw


def test_a_page_gives_its_article_without_what_stands_around_it(tmp_path):
    (article,) = read(
        tmp_path,
        """<!DOCTYPE html><html lang="de"><head><title>Damm hält | Tarvoer Bote</title>
        <meta property="og:site_name" content="Tarvoer Bote">
        <meta property="article:published_time" content="2026-02-03T11:47:00+01:00">
        <link rel="canonical" href="https://bote.example/kueste/damm-haelt">
        <script>var a = {"b": "<p>c</p>"};</script><style>p { color: red }</style></head>
        <body><nav><ul><li><a href="/">Start</a></li><li><a href="/s">Sport</a></li></ul></nav>
        <article><p class="kicker">Küste</p><h1>Damm hält</h1>"""
        + BODY
        + """<h2>Weiter Sturm</h2><p>Am Abend soll es regnen.</p></article>
        <div class="comments" id="comments"><p>Ein Leser meint, das sei gelogen.</p></div>
        <footer>© 2024 Tarvoer Bote</footer></body></html>""",
    )
    assert article.title == "Damm hält"
    assert (article.published, article.published_precision) == (date(2026, 2, 3), "day")
    assert (article.source, article.language) == ("Tarvoer Bote", "de")
    assert article.url == "https://bote.example/kueste/damm-haelt"
    assert article.text.count("Damm hält") == 1
    assert "\n\nWeiter Sturm\n\n" in article.text
    assert "Wattmann.\n\nEr dankte" in article.text
    for lost in ("Sport", "Leser", "2024", "var a", "color"):
        assert lost not in article.text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>Der <b>Da</b>mm<span> hält</span>, sagte <i>Enno</i>&nbsp;<i>Wattmann</i>.</p>", "Der Damm hält, sagte Enno Wattmann."),
        ("<p>Der Deich&shy;graf Enno Watt<wbr>mann\nsagte das am <time>Montag</time>.</p>", "Der Deichgraf Enno Wattmann sagte das am Montag."),
        ("<p>Enno Wattmann ist froh.<br>Sehr froh sogar.<br><br>Am Abend ging er.</p>", "Enno Wattmann ist froh.\nSehr froh sogar.\n\nAm Abend ging er."),
        ("<p>Der Damm sei <q>sehr dicht</q>, sagte Enno Wattmann.</p>", 'Der Damm sei "sehr dicht", sagte Enno Wattmann.'),
        ("<p>Der Damm misst <del>drei</del> <ins>fünf</ins> Meter, sagte Wattmann.</p>", "Der Damm misst fünf Meter, sagte Wattmann."),
        ("<p>&#8222;Wir haben Gl&uuml;ck&#8220;, sagte Deichgraf Enno Wattmann.</p>", "„Wir haben Glück“, sagte Deichgraf Enno Wattmann."),
        ("<div>Der Damm hält, sagte Wattmann.</div><div>Er dankte den Helfern.</div>", "Der Damm hält, sagte Wattmann.\n\nEr dankte den Helfern."),
    ],
)  # fmt: skip
def test_markup_neither_glues_nor_splits_words(body, text):
    assert read_page(body=body).text == text


def test_a_table_is_lines_and_a_list_is_paragraphs():
    rows = "".join(
        f"<tr><td>{a}</td><td>{b}</td></tr>" for a, b in (("Tarvo", "12"), ("Brenn", "8"))
    )
    raw = read_page(body=f"{BODY}<table>{rows}</table><ul><li>Sand</li><li>Säcke</li></ul>")
    assert raw.text.endswith("\n\nTarvo | 12\nBrenn | 8\n\nSand\n\nSäcke")


LD = '<script type="application/ld+json">{}</script>'


@pytest.mark.parametrize(
    ("head", "written"),
    [
        (LD.format(json.dumps({"@type": "NewsArticle", "datePublished": "2026-02-03T23:30:00+01:00", "dateModified": "2026-02-09"})), "2026-02-03T23:30:00+01:00"),
        (LD.format(json.dumps({"@graph": [{"@type": "VideoObject", "datePublished": "2019-01-01"}, {"@type": ["Article"], "datePublished": "2026-02-03"}]})), "2026-02-03"),
        (LD.format("{kaputt") + '<meta name="date" content="2026-02-03">', "2026-02-03"),
        ('<meta name="DC.date.issued" content="2026-02-03">', "2026-02-03"),
        ('<meta itemprop="datePublished" content="2026-02-03">', "2026-02-03"),
        ('<meta name="last-modified" content="2026-02-20"><meta name="pubdate" content="2026-02-03">', "2026-02-03"),
        ('<link rel="canonical" href="https://bote.example/2026/02/03/damm">', "2026-02-03"),
        ('<meta name="last-modified" content="2026-02-20">', None),
        ('<meta property="article:modified_time" content="2026-02-20">', None),
        ('<meta name="copyright" content="2026">', None),
    ],
)  # fmt: skip
def test_the_day_of_publication_is_what_the_page_declares(head, written):
    assert read_page(head).published == written


@pytest.mark.parametrize(
    ("body", "written"),
    [
        ('<time datetime="2026-02-03T09:00">heute</time>', "2026-02-03T09:00"),
        ('<span class="article-date">Tarvo, 03.02.2026, 9 Uhr</span>', "03.02.2026"),
        ('<aside class="related"><time datetime="2025-01-01">alt</time></aside>', None),
        ('<footer class="date">01.01.2025</footer>', None),
        ("<p>Am 01.01.2020 war hier ein Sturm, der alles nahm.</p>", None),
    ],
)
def test_a_day_is_taken_from_what_marks_it_and_never_from_the_text(body, written):
    assert read_page(body=body + BODY).published == written


@pytest.mark.parametrize(
    ("encoding", "declared", "notices"),
    [
        ("utf-8", "utf-8", 0),
        ("utf-8", "iso-8859-1", 0),  # It is what it is.
        ("cp1252", "ISO-8859-1", 0),
        ("iso-8859-15", "iso-8859-15", 0),
        ("cp1252", "", 1),
        ("cp1252", "rot13", 1),
        ("utf-16", "", 0),
        ("utf-8-sig", "", 0),
    ],
)
def test_the_encoding_that_a_page_declares_is_minded(tmp_path, encoding, declared, notices):
    text = "Größe über alles, sagte Deichgräfin Jördis Wattmann – kein Scherz."
    text = text.replace("–", "-") if "8859" in encoding else text
    head = f'<meta charset="{declared}">' if declared else ""
    raw = f"<html><head>{head}</head><body><p>{text}</p></body></html>".encode(encoding)
    *others, article = read(tmp_path, raw)
    assert article.text == text
    assert len(others) == notices


def test_russian_pages_in_their_old_encoding_are_read(tmp_path):
    text = "Дамба держится, сказал смотритель Энно Ватман в понедельник."
    raw = f'<html lang="ru"><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head><body><p>{text}</p></body></html>'
    (article,) = read(tmp_path, raw.encode("cp1251"))
    assert (article.text, article.language) == (text, "ru")


def test_an_old_encoding_that_a_page_does_not_declare_is_guessed_with_a_notice(tmp_path):
    text = "Дамба держится, сказал смотритель Энно Ватман в понедельник утром."
    notice, article = read(tmp_path, f"<html><body><p>{text}</p></body></html>".encode("cp1251"))
    assert isinstance(notice, SourceNotice)
    assert article.text == text


@pytest.mark.parametrize("name", ["a.xhtml", "a.htm", "a.txt", "a.md", "a.doc"])
def test_a_page_is_read_as_one_whatever_its_name(tmp_path, name):
    page = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title/><script src="a.js"/></head><body><a id="x"/>'
    *notices, article = read(tmp_path, f"{page}{BODY}</body></html>", name)
    assert article.text.startswith("Der Damm von Tarvo hält, sagte")
    assert "<" not in article.text
    assert len(notices) == (name not in ("a.xhtml", "a.htm"))


@pytest.mark.parametrize(
    "markup",
    [
        "<html><body><nav><a href=x>Start</a><a href=y>Sport</a></nav></body></html>",
        "<html><head><title>Leer</title></head><body></body></html>",
        "<html><body>" + "<div>" * 100_000 + "Der Damm hält.",
        "<html><body><p>" + "<b>x</b>" * 30_000,
        "nur Text ohne jedes Zeichen",
    ],
)
def test_a_page_without_an_article_is_named(tmp_path, markup):
    (error,) = read(tmp_path, markup)
    assert isinstance(error, SourceError)
    assert ";" in error.reason


def test_a_page_from_the_network_has_its_address():
    address = "https://bote.example/damm"
    markup = f"<html><head><title>Damm</title></head><body>{BODY}</body></html>"
    (raw,) = read_html(SourceFile(address, Path(address), data=markup.encode()))
    assert isinstance(raw, RawArticle)
    assert raw.url == address


def test_a_page_that_tells_no_encoding_is_a_notice(tmp_path):
    notice, _ = read(tmp_path, f"<html><body>{BODY}</body></html>".encode("cp1252"))
    assert isinstance(notice, SourceNotice)
    assert "Windows-1252" in notice.text
