"""Exports of press databases are one article each, with title, source, day and a stable id."""

import re
from datetime import date

import pytest

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.raw import MAX_ARTICLE_BYTES
from wortlaut.index.sources import read_articles

TODAY = date(2026, 3, 1)
NEXIS = """



Download Request: Alle Dokumente

                               1 of 2 DOCUMENTS


                              Brakkumer Bote

                            Montag 4. März 2024
                                Ausgabe Nord

Damm hält

AUTOR: Jon Tarn

RUBRIK: POLITIK; S. 3

LÄNGE: 12 Wörter

HIGHLIGHT: Der Rat ist froh.

Der Damm von Brakkum hält dem Wasser stand, sagte Baurätin Nele Brook der
Zeitung. Er ist neu.

Ein zweiter Absatz: kurz.

UPDATE: 5. März 2024

SPRACHE: GERMAN; DEUTSCH

PUBLICATION-TYPE: Zeitung

                    Copyright 2024 Brakkumer Bote GmbH
                              Alle Rechte vorbehalten


                               2 of 2 DOCUMENTS


                              Brakkumer Bote

                            Dienstag 5. März 2024

Zug fährt

LÄNGE: 4 Wörter

Der Zug fährt wieder, sagte Ove Lind.

UPDATE: 5. März 2024

                    Copyright 2024 Brakkumer Bote GmbH
"""
LEXIS = """Damm hält
Brakkumer Bote
Montag 4. März 2024

Copyright 2024 Brakkumer Bote GmbH Alle Rechte vorbehalten

Section: POLITIK; S. 3
Length: 12 words

Body

Der Damm von Brakkum hält dem Wasser stand, sagte Baurätin Nele Brook der
Zeitung. Er ist neu.

Ein zweiter Absatz: kurz.

Load-Date: March 5, 2024

End of Document


Zug fährt

Brakkumer Bote

March 5, 2024 Tuesday

Length: 4 words

Body

Der Zug fährt wieder, sagte Ove Lind.

Load-Date: March 5, 2024

End of Document
"""
FACTIVA = """Politik
Damm hält

Von Jon Tarn

1.012 Wörter
4. März 2024
16:46
Brakkumer Bote
BRABOT
Deutsch
(c) Copyright 2024 Brakkumer Bote

Der Damm von Brakkum hält dem Wasser stand, sagte Baurätin Nele Brook der
Zeitung. Er ist neu.

Ein zweiter Absatz: kurz.

Dokument BRABOT0020240304ek34000a1

Zug fährt

4 Wörter
5 März 2024
Brakkumer Bote
BRABOT
Deutsch
Copyright 2024 Brakkumer Bote

Der Zug fährt wieder, sagte Ove Lind.

Dokument BRABOT0020240305ek35000a2

Suchzusammenfassung

© 2024 Factiva, Inc. Alle Rechte vorbehalten
"""
CODED = """SE Politik
HD Damm hält
BY Jon Tarn
WC 12 Wörter
PD 4. März 2024
SN Brakkumer Bote
LA Deutsch
CY (Copyright 2024 Brakkumer Bote)
LP
Der Damm von Brakkum hält dem Wasser stand, sagte Baurätin Nele Brook der
Zeitung. Er ist neu.

TD
Ein zweiter Absatz: kurz.

NS gcat : Politik
AN
Dokument BRABOT0020240304ek34000a1

HD Zug fährt
WC 4 Wörter
PD 5. März 2024
SN Brakkumer Bote
LA Deutsch
TD
Der Zug fährt wieder, sagte Ove Lind.
AN Dokument BRABOT0020240305ek35000a2
"""
WISO = """Damm hält

Der Damm von Brakkum hält dem Wasser stand, sagte Baurätin Nele Brook der
Zeitung. Er ist neu.

Ein zweiter Absatz: kurz.

Quelle:          Brakkumer Bote vom 04.03.2024, S. 3
Ressort:         Politik
Dokumentnummer:  BB_20240304_1

Dauerhafte Adresse des Dokuments:
https://example.org/document/BB__1
Alle Rechte vorbehalten: (c) Brakkumer Bote
© GBI-Genios Deutsche Wirtschaftsdatenbank GmbH

Zug fährt

Der Zug fährt wieder, sagte Ove Lind.

Quelle:          Brakkumer Bote, 05.03.2024, Nr. 55
Dokumentnummer:  BB_20240305_2
© GBI-Genios Deutsche Wirtschaftsdatenbank GmbH
"""
GENIOS = """Quelle: Brakkumer Bote
Datum: 04.03.2024
Titel: Damm hält
Dokumentnummer: BB_1

Der Damm von Brakkum hält dem Wasser stand, sagte Baurätin Nele Brook der
Zeitung. Er ist neu.

Ein zweiter Absatz: kurz.

Quelle: Brakkumer Bote
Datum: 5. März 2024
Titel: Zug fährt
Dokumentnummer: BB_2

Der Zug fährt wieder, sagte Ove Lind.
"""
HEADED = GENIOS.replace("Titel: Damm hält\n", "").replace("Titel: Zug fährt\n", "")
HEADED = "Damm hält\n\n" + HEADED.replace("kurz.\n", "kurz.\n\nZug fährt\n")
STAMPED = re.sub(
    r"Quelle: Brakkumer Bote\nDatum: (.+)\nTitel: (.+)\nDokumentnummer: (.+)\n\n((?:.+\n|\n(?!Quelle))+)",
    r"Brakkumer Bote, \1, Nr. 5, S. 3\n\nRessort: Lokales\n\n\2\n\n\4\n"
    r"Quelle: Brakkumer Bote, \1, Nr. 5, S. 3\nDokumentnummer: \3\n\n© GBI-Genios GmbH\n\n",
    GENIOS,
)
EXPORTS = {
    "nexis": NEXIS, "lexis": LEXIS, "factiva": FACTIVA, "coded": CODED, "wiso": WISO,
    "genios": GENIOS, "headed": HEADED, "stamped": STAMPED, "pages": NEXIS.replace(" of ", " von ").replace("DOCUMENTS", "DOKUMENTEN"),
    "numbers": NEXIS.replace("1 of 2 DOCUMENTS", "Dokument 1 von 2").replace("2 of 2 DOCUMENTS", "Dokument 2 von 2"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_its_articles(write, name):
    first, second = read_articles(write("a.txt", EXPORTS[name]), TODAY)
    assert (first.title, first.source, first.published) == (
        "Damm hält",
        "Brakkumer Bote",
        date(2024, 3, 4),
    )
    assert (second.title, second.source, second.published) == (
        "Zug fährt",
        "Brakkumer Bote",
        date(2024, 3, 5),
    )
    assert first.published_precision == "day"
    paragraphs = first.text.split("\n\n")
    assert paragraphs[0] == "Damm hält"
    assert paragraphs[-2].endswith("sagte Baurätin Nele Brook der\nZeitung. Er ist neu.")
    assert paragraphs[-1] == "Ein zweiter Absatz: kurz."
    assert second.text == "Zug fährt\n\nDer Zug fährt wieder, sagte Ove Lind."


@pytest.mark.parametrize("name", EXPORTS)
def test_an_article_of_an_export_keeps_its_id_when_another_comes_before_it(write, name):
    path = write("a.txt", EXPORTS[name])
    before = [article.id for article in read_articles(path, TODAY)]
    path.write_text(EXPORTS[name].replace("Er ist neu.", "Er ist alt."), encoding="utf-8")
    assert [article.id for article in read_articles(path, TODAY)] == before


def test_two_articles_that_look_alike_are_two(write):
    twice = FACTIVA.replace("0305ek35000a2", "0304ek34000a1")
    assert len({article.id for article in read_articles(write("a.txt", twice), TODAY)}) == 2


def test_an_export_may_be_larger_than_an_article_can_be(tmp_path):
    path = tmp_path / "a.txt"
    many = MAX_ARTICLE_BYTES // len(NEXIS.encode()) + 2
    path.write_text(NEXIS * many, encoding="utf-8")
    assert path.stat().st_size > MAX_ARTICLE_BYTES
    articles = list(read_articles(path, TODAY))
    assert len(articles) == 2 * many
    assert all(isinstance(article, Article) for article in articles)


def test_one_article_of_an_export_that_is_too_large_does_not_keep_the_others_out(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(
        NEXIS.replace("Er ist neu.", "neu " * (MAX_ARTICLE_BYTES // 4)), encoding="utf-8"
    )
    error, article = read_articles(path, TODAY)
    assert isinstance(error, SourceError)
    assert "5 MB" in error.reason
    assert article.title == "Zug fährt"


@pytest.mark.parametrize(
    "text",
    [
        "Quelle: dpa\n\nDer Damm hält.",
        "Er zählte 343 Wörter.\n\nDokument folgt.",
        "Seite 1 of 2\n\nDer Damm hält.",
    ],
)
def test_a_text_that_only_looks_a_little_like_one_stays_an_article(write, text):
    (article,) = read_articles(write("a.txt", text), TODAY)
    assert article.text == text
