"""What stands around a report: the days, agencies and lines of the wire are read, and no report."""

from datetime import date
from time import perf_counter

import pytest

from wortlaut.index.agency import find_boilerplate, read_published, read_source
from wortlaut.index.article import Article
from wortlaut.index.press.wiretext import read_headline
from wortlaut.index.sources import read_articles
from wortlaut.index.splitter import split_sentences

REPORT = "Der Damm von Brakkum hält, sagte Baurätin Nele Brook."


@pytest.mark.parametrize(
    ("dateline", "source", "day"),
    [
        ("BRAKKUM, 3. März (Reuters) - ", "Reuters", None),
        ("Brakkum, 03.03.2024 (AFP) - ", "AFP", date(2024, 3, 3)),
        ("BRAKKUM, 3. Mrz 2024 (Reuters) – ", "Reuters", date(2024, 3, 3)),
        ("BRAKKUM (Dow Jones)--", "Dow Jones", None),
        ("(Dow Jones)--", "Dow Jones", None),
        ("BRAKKUM/TARVO (dpa) - ", "dpa", None),
        ("Brakkum (Moor) (dpa/bm) - ", "dpa/bm", None),
        ("Brakkum (epd). ", "epd", None),
        ("Brakkum (ots), 3. März 2024 - ", "ots", date(2024, 3, 3)),
        ("BRAKKUM, March 3, 2024 (AFP) - ", "AFP", date(2024, 3, 3)),
        ("dpa BRAKKUM, 3. März. ", "dpa", None),
        ("БРАККУМ, 3 марта. /ТАСС/. ", "ТАСС", None),
        ("БРАККУМ, 3 мар 2024 - РИА Новости. ", "РИА Новости", date(2024, 3, 3)),
        ("Brakkum, 3. März 2024 – ", None, date(2024, 3, 3)),
    ],
)
def test_a_dateline_is_source_and_day_and_no_report(dateline, source, day):
    text = f"Damm hält\n\n{dateline}{REPORT}"
    assert read_source(text) == source
    assert read_published(text, None)[0] == day
    assert read_published(text, "2024-03")[0] == (
        day or date(2024, 3, 3) if "3" in dateline else date(2024, 3, 1)
    )
    assert [span.of(text) for span in find_boilerplate(text)] == [dateline]


@pytest.mark.parametrize(
    "label",
    [
        "Nele Brook (FDU):",
        "Nele Brook (FDU) - ",
        "Brook (AA): ",
        "Nele Brook (44) - ",
        "Die neue Chefin (Brook) - ",
    ],
)
def test_a_name_with_a_party_is_a_label_and_no_dateline(label):
    text = f"{label}\nDer Damm hält nicht."
    assert read_source(text) is None
    assert find_boilerplate(text) == []


@pytest.mark.parametrize(
    "line",
    [
        "Mo, 04.03.2024, 16.46 Uhr",
        "04.03.2024 - 16:46 Uhr",
        "04.03.2024 | 16:46 | dpa-AFX",
        "Montag, 4. März 2024",
        "4. März 2024, 16:46 Uhr | Quelle: dpa, AFP",
        "Veröffentlicht am 4. März 2024",
        "Veröffentlicht am 04.03.2024 um 16:46 Uhr",
        "Aktualisiert: 04.03.2024, 16:46",
        "Zuletzt aktualisiert am 4. März 2024",
        "Stand: 4. März 2024",
        "Stand: 04.03.24, 11:47 Uhr",
        "Von Nele Brook, 04.03.2024",
        "Brakkum, den 4. März 2024",
        "Erstmalige Weitergabe der Original-Studie: 04.03.2024 / 11:01 / ET",
        "Published: March 4, 2024 11:47 GMT",
        "4 марта 2024, 11:47",
        "© dpa-infocom, dpa:240304-99-123456/2",
        "(END) Dow Jones Newswires\n\nMarch 04, 2024 10:46 ET (15:46 GMT)",
        "dpa nb yyzz n1 kr\n041646 Mrz 24",
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    "place", ["{line}\n\n{report}\n", "Damm hält\n\n{line}\n\n{report}\n", "{report}\n\n{line}\n"]
)
def test_the_day_of_a_page_line_or_stamp_is_the_articles(line, place):
    text = place.format(line=line, report=REPORT)
    assert read_published(text, None) == (date(2024, 3, 4), "day")
    assert read_published(text, "2024-03") == (date(2024, 3, 4), "day")
    assert read_published(text, "2024-02") == (date(2024, 2, 1), "month")
    assert read_published(text, "2023") == (date(2023, 1, 1), "year")
    assert read_published(text, "2024-03-01") == (date(2024, 3, 1), "day")
    assert [span.of(text) for span in split_sentences(text)] == [REPORT]


@pytest.mark.parametrize(
    "line",
    ["Brakkum, 4. März 2024", "Bad Brakkum am See, 04.03.2024", "Brakkum/Lindau, Montag, 4. März 2024",
     "Brakkum, March 4, 2024", "Brakkum, den 4. März 2024"],
)  # fmt: skip
def test_place_and_day_over_a_release_are_its_day(line):
    text = f"Pressemitteilung\n{line}\n\nDamm hält\n\n{REPORT}"
    assert read_published(text, None) == (date(2024, 3, 4), "day")
    assert [span.of(text) for span in split_sentences(text)][-1] == REPORT


@pytest.mark.parametrize(
    ("place", "more"), [("Berlin", ""), ("Neu-Tarvoburg", ""), ("Hohn", " Der Rat tagte in Hohn.")]
)
def test_place_and_day_are_known_by_the_place(place, more):
    text = f"Damm hält\n\n{place}, 4. März 2024\n\n{REPORT}{more}"
    assert read_published(text, None) == (date(2024, 3, 4), "day")


@pytest.mark.parametrize(
    "line",
    ["Stadthalle Tarvoburg, 4. März 2024, 19.30 Uhr", "Nach dem Brand, 4. März 2024", "Konzert, 4. März 2024",
     "Tarvoburg, 4. März", "Berlin, 4. März 2024\n\nWien, 5. März 2024\n\nTarvoburg, 6. März 2024"],
)  # fmt: skip
def test_the_day_of_what_takes_place_somewhere_dates_no_article(line):
    assert read_published(f"Damm hält\n\n{line}\n\n{REPORT}\n", None) == (None, "unknown")


def test_a_page_line_glued_to_the_headline_is_read():
    text = f"Damm hält stand Mo, 04.03.2024, 16.46 Uhr {REPORT}"
    assert read_published(text, "2024-03") == (date(2024, 3, 4), "day")


@pytest.mark.parametrize(
    "text",
    [
        "Die Wahl am 8. März 2026 gewann Nele Brook.",
        "Wahl am 8. März 2026\n\nSie gewann.",
        "Landtagswahl, 8. März 2026\n\nSie gewann.",
        "Veröffentlicht am 8. März 2026 wurde das Buch von Nele Brook.",
        "Termin: Am 08.03.2026, 19.00 Uhr beginnt der Rat.",
        "Im Oktober 2025 stieg der Pegel auf 2,3 Meter.",
        "Termine\n\nMontag, 2. März 2026\n\nRat\n\nDienstag, 3. März 2026\n\nRat\n\nMittwoch, 4. März 2026\n\nRat",
    ],
)  # fmt: skip
def test_a_day_that_is_told_of_is_no_day_of_publication(text):
    assert read_published(text, None) == (None, "unknown")


def test_the_day_of_publication_counts_before_the_day_of_a_change():
    text = f"Damm hält\nAktualisiert: 06.03.2024, 08:00\nVeröffentlicht am 4. März 2024\n\n{REPORT}"
    assert read_published(text, None)[0] == date(2024, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        "Sie blieb. (AFP/dpa)",
        "Sie blieb.\nQuelle: dpa",
        "Damm =\n\nSie blieb.\n\ndpa nb yyzz n1 kr\n041646 Mrz 24\n",
    ],
)
def test_the_source_is_read_where_no_dateline_names_it(text):
    assert read_source(text) in {"dpa", "AFP/dpa"}


MESSAGE = """bdt0123 4 pl 71  dpa 0456

Wasser/Bau/Brakkum/
(Berichtigung: In einer früheren Version hieß es, der Damm
koste zwei Millionen. Richtig ist: drei Millionen.)
(KORR-Bericht)
Damm von Brakkum hält -
Brook lobt den Bau
Von Jon Tarn, dpa
(Foto Illustration) =

Brakkum (dpa/bm) - Der Damm am Moor hält dem Wasser stand, sagte
Baurätin Nele Brook am Montag in Brakkum. Der Bau habe drei Millionen
gekostet und sei sein Geld wert, weil die Deiche dahinter nun höher
stehen als je zuvor.

# Notizblock

## Redaktionelle Hinweise
- Sie finden Bilder, sagte der Bilddienst.

## Orte
- [Damm](Deichweg 1, Brakkum)

* * * *
Die folgenden Informationen sind nicht zur Veröffentlichung bestimmt

## Kontakte
- Autor: Jon Tarn (Brakkum), tarn@example.org

dpa jta yyzz n1 kr

041646 Mrz 24
"""


def test_the_wrapping_of_a_message_is_no_report():
    sentences = [" ".join(span.of(MESSAGE).split()) for span in split_sentences(MESSAGE)]
    assert [sentence.split(" ")[:2] for sentence in sentences] == [["Der", "Damm"], ["Der", "Bau"]]
    assert read_headline(MESSAGE) == "Damm von Brakkum hält - Brook lobt den Bau"


@pytest.mark.parametrize("name", ["a.txt", "a.iptc"])
def test_wire_copy_is_an_article_with_the_day_of_its_stamp(write, name):
    (article,) = read_articles(write(name, MESSAGE), date(2026, 3, 1))
    assert (article.title, article.source) == (
        "Damm von Brakkum hält - Brook lobt den Bau",
        "dpa/bm",
    )
    assert (article.published, article.published_precision) == (date(2024, 3, 4), "day")
    assert article.text == MESSAGE


def test_spooled_messages_with_control_letters_are_an_article_each(tmp_path):
    later = (
        MESSAGE.replace("0123", "0124").replace("041646", "041700").replace("hält -", "bricht -")
    )
    framed = [
        "\x16\x16\x01"
        + text.replace("0456\n\n", "0456\r\n\r\n\x02").replace("041646", "\x03\r\n041646")
        + "\x04"
        for text in (MESSAGE, later)
    ]
    path = tmp_path / "spool.iptc"
    path.write_bytes("\r\n".join(framed).encode())
    first, second = read_articles(path, date(2026, 3, 1))
    assert isinstance(first, Article)
    assert first.id != second.id
    assert second.title.startswith("Damm von Brakkum bricht")
    assert not set(first.text + second.text) & set("\x01\x02\x03\x04\x16")


def test_copy_in_seven_bits_gets_its_umlauts(tmp_path):
    path = tmp_path / "old.iptc"
    words = "Der B}rgermeister l{~t die M|wen f}ttern. Gr}~e!"
    path.write_bytes(
        f"bdt0123 4 pl 12\r\n\r\nM{{rz =\r\n\r\nBrakkum (dpa) - {words}\r\n".encode("ascii")
    )
    (article,) = read_articles(path, date(2026, 3, 1))
    assert "Der Bürgermeister läßt die Möwen füttern. Grüße!" in article.text


def test_the_headline_of_another_agency_stands_before_its_subtitle():
    text = "APA0123 5 II 0234 AI             Mo, 04.Mär 2024\n\nWasser/Bau/Brakkum\n\nDamm hält\nUtl.: Lob vom Rat =\n\n" \
           "Brakkum (APA) - Der Damm hält.\n(S E R V I C E - Infos unter http://example.org)\n(Schluss) nbr/kr\n\n041646 Mär 24\n"  # fmt: skip
    assert read_headline(text) == "Damm hält"
    assert [span.of(text) for span in split_sentences(text)] == ["Der Damm hält."]


@pytest.mark.parametrize(
    "tail",
    [
        "Pressekontakt:\nNele Brook, Telefon 0123",
        "Rückfragehinweis:\n  Nele Brook\n  brook@example.org",
    ],
)
def test_whom_to_ask_is_no_report(tail):
    text = f"{REPORT}\n\n{tail}\n"
    assert [span.of(text) for span in split_sentences(text)] == [REPORT]


@pytest.mark.parametrize(
    "line",
    ["Hinweis an die Redaktionen: Jon Tarn sagte Bilder zu.", "(Neu: Zitat Minister Jon Tarn)", "+++ Brakkum;Wasser; +++",
     "(Zusammenfassung - 1715 - Sichtweise FDU\nim 6. Absatz)", "Wasser/Bau/Brakkum/"],
)  # fmt: skip
def test_a_line_to_newsrooms_is_no_report(line):
    text = f"{line}\n\nBrakkum (dpa) - {REPORT}"
    assert [span.of(text) for span in split_sentences(text)] == [REPORT]


@pytest.mark.parametrize(
    "hostile",
    ["(" * 50_000, "A (" * 30_000, "Stand: " * 20_000, "Meldung/" * 20_000, "(Eil " * 20_000, " =" * 30_000,
     "A " * 50_000, "01.01." * 20_000, "\n".join(["(Foto"] * 20_000), "dpa " * 30_000, "- " * 40_000],
)  # fmt: skip
def test_hostile_lines_cost_linear_time(hostile):
    started = perf_counter()
    find_boilerplate(hostile)
    read_published(hostile, None)
    read_source(hostile)
    assert perf_counter() - started < 10
