"""PDF: columns, cut words, running heads, and files that hold no text."""

import io
from datetime import date

import pytest
from papers import make_pdf, set_lines
from pypdf import PdfWriter

from wortlaut.index.article import Article
from wortlaut.index.errors import SourceError
from wortlaut.index.formats.columns import join_printed_lines
from wortlaut.index.sources import SourceNotice, read_articles

LEFT = ["Der Damm von Tarvo hält seit dem", "Morgen. „Wir haben Glück gehabt“,",
        "sagte Deichgraf Enno Wattmann in", "der Nacht. Er dankte den Helfern",
        "aus den Dörfern an der Küste und", "bat um weitere Säcke mit Sand."]  # fmt: skip
RIGHT = ["Die Fähre fährt wieder. Kapitän", "Ole Brink nannte die See ruhig.",
         "Er habe keine Wellen gesehen, die", "höher seien als der Steg. Auch am",
         "Hafen von Brenn wird gearbeitet,", "teilte die Verwaltung dort mit."]  # fmt: skip


def read(tmp_path, raw):
    path = tmp_path / "a.pdf"
    path.write_bytes(raw)
    return list(read_articles(path, date(2026, 3, 1)))


def interleave(*columns):
    return [line for lines in zip(*columns, strict=True) for line in lines]


def test_columns_are_read_one_after_the_other_though_drawn_line_by_line(tmp_path):
    lines = interleave(set_lines(50, 700, LEFT), set_lines(230, 700, RIGHT))
    (article,) = read(tmp_path, make_pdf([(50, 740, 20, "Damm von Tarvo hält und bleibt"), *lines]))
    assert article.text == (
        "Damm von Tarvo hält und bleibt\n\n" + " ".join(LEFT) + "\n\n" + " ".join(RIGHT)
    )
    assert article.title == "Damm von Tarvo hält und bleibt"


def test_three_columns_below_a_line_and_above_another(tmp_path):
    third = [
        f"dritte Spalte mit der Zeile {word}" for word in "eins zwei drei vier fünf elf".split()
    ]
    page = [
        *interleave(set_lines(40, 700, LEFT), set_lines(215, 699, RIGHT), set_lines(390, 700, third)),
        *set_lines(40, 600, ["Quer über die Seite läuft am Ende noch eine Zeile, die von nichts als Sand und See erzählt."]),
    ]  # fmt: skip
    (article,) = read(tmp_path, make_pdf(page))
    places = [
        article.text.index(part) for part in ("Der Damm", "Die Fähre", "dritte Spalte", "Quer")
    ]
    assert places == sorted(places)
    assert "Morgen. „Wir haben Glück gehabt“, sagte Deichgraf" in article.text


def test_a_table_is_read_row_by_row(tmp_path):
    rows = [("Tarvo", "12 cm"), ("Brenn", "8 cm"), ("Lohe", "3 cm"), ("Sund", "1 cm")]
    page = [
        line
        for n, (place, height) in enumerate(rows)
        for line in ((50, 700 - 12 * n, 10, place), (250, 700 - 12 * n, 10, height))
    ]
    (article,) = read(tmp_path, make_pdf(page))
    assert "Tarvo 12 cm" in " ".join(article.text.split())


def test_a_sentence_goes_on_over_the_end_of_a_page(tmp_path):
    pages = [set_lines(50, 700, LEFT[:3]), set_lines(50, 700, LEFT[3:])]
    (article,) = read(tmp_path, make_pdf(*pages))
    assert article.text == " ".join(LEFT)


def test_running_heads_and_page_numbers_are_no_text(tmp_path):
    pages = [
        [
            (50, 800, 8, f"Tarvoer Bote · Nr. {n}"),
            *set_lines(50, 700, lines),
            (290, 30, 8, f"- {n} -"),
        ]
        for n, lines in enumerate((LEFT, RIGHT, LEFT[::-1]), 1)
    ]
    (article,) = read(tmp_path, make_pdf(*pages))
    assert "Bote" not in article.text
    assert "- 1 -" not in article.text
    assert article.text.count("Der Damm") == 2


def test_paragraphs_are_told_by_gaps_indents_and_short_lines(tmp_path):
    page = [
        *set_lines(50, 700, [*LEFT[:4], "und bat um Sand."]),
        *set_lines(62, 640, RIGHT[:1]),
        *set_lines(50, 628, RIGHT[1:3]),
        *set_lines(50, 580, RIGHT[3:]),
    ]
    (article,) = read(tmp_path, make_pdf(page))
    assert [part.split()[0] for part in article.text.split("\n\n")] == ["Der", "Die", "höher"]


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (["die Sicherheits-", "garantien"], "die Sicherheitsgarantien"),
        (["in Rheinland-", "Pfalz"], "in Rheinland-Pfalz"),
        (["an der Ost-", "und Westküste"], "an der Ost- und Westküste"),
        (["der Ost- und West-", "küste"], "der Ost- und Westküste"),
        (["die US-", "amerikanische See"], "die US-amerikanische See"),
        (["der 30-", "jährige Mann"], "der 30-jährige Mann"),
        (["von 2010-", "2020"], "von 2010-2020"),
        (["der Deich –", "so hieß es"], "der Deich – so hieß es"),
        (["Ver\u00ad", "ein"], "Verein"),
        (["der Ost\u00ad", "und Westküste"], "der Ost- und Westküste"),
        (["in Rheinland\ufffe", "Pfalz"], "in Rheinland-Pfalz"),
        (["die  Leitung  der", "  Werke"], "die Leitung der Werke"),
        (["безопас-", "ность"], "безопасность"),
    ],
)
def test_a_word_cut_at_the_end_of_a_line_is_whole(lines, whole):
    assert join_printed_lines(lines) == whole


def test_the_day_a_file_was_made_is_not_its_day_and_a_foreign_title_is_none(tmp_path):
    (article,) = read(tmp_path, make_pdf(set_lines(50, 700, LEFT), title="Microsoft Word - Dok1"))
    assert article.published is None
    assert "Word" not in article.title
    assert "Word" not in article.text


def test_a_title_that_stands_in_the_text_is_the_title(tmp_path):
    page = [(50, 760, 10, "Küste"), (50, 740, 18, "Damm hält"), *set_lines(50, 700, LEFT)]
    (article,) = read(tmp_path, make_pdf(page, title="Damm hält"))
    assert article.title == "Damm hält"
    assert article.text.count("Damm hält") == 1


def test_what_is_a_picture_of_text_or_holds_none_is_named(tmp_path):
    image = b"/XObject << /I1 << /Type /XObject /Subtype /Image >> >>"
    (error,) = read(tmp_path, make_pdf([], extra=image))
    assert "OCR" in error.reason
    (error,) = read(tmp_path, make_pdf([]))
    assert "without text" in error.reason


@pytest.mark.parametrize("word", ["geheim", ""])
def test_a_lock_that_the_empty_password_opens_is_none(tmp_path, word):
    writer = PdfWriter(clone_from=io.BytesIO(make_pdf(set_lines(50, 700, LEFT))))
    writer.encrypt(word, owner_password="besitzer", algorithm="RC4-128")
    stream = io.BytesIO()
    writer.write(stream)
    (read_as,) = read(tmp_path, stream.getvalue())
    if word:
        assert isinstance(read_as, SourceError)
        assert "password" in read_as.reason
    else:
        assert read_as.text == " ".join(LEFT)


def test_one_page_that_is_a_picture_is_a_notice(tmp_path):
    image = b"/XObject << /I1 << /Type /XObject /Subtype /Image >> >>"
    notice, article = read(tmp_path, make_pdf(set_lines(50, 700, LEFT), [], extra=image))
    assert isinstance(notice, SourceNotice)
    assert "1 pages" in notice.text
    assert isinstance(article, Article)


def test_a_word_keeps_at_a_lines_end_the_hyphen_that_it_has_elsewhere(tmp_path):
    lines = ["Der nord-westliche Deich hält und", "auch der nord-", "westliche Steg."]
    (article,) = read(tmp_path, make_pdf(set_lines(50, 700, lines)))
    assert article.text.count("nord-westliche") == 2


def test_columns_drawn_one_after_the_other_stay_in_the_order_of_the_file(tmp_path):
    page = [*set_lines(50, 700, LEFT[:5]), *set_lines(230, 700, [LEFT[5], *RIGHT])]
    (article,) = read(tmp_path, make_pdf(page))
    assert article.text == " ".join(LEFT) + " " + " ".join(RIGHT)


def test_lines_of_text_that_repeat_at_the_edge_of_pages_are_kept(tmp_path):
    pages = [
        [(50, 800, 8, "Tarvoer Bote"), *set_lines(50, 780 - n, [*LEFT, f"{n} Säcke fehlten."])]
        for n in (1, 2)
    ]
    (article,) = read(tmp_path, make_pdf(*pages))
    assert "Bote" not in article.text
    assert article.text.count("Der Damm von Tarvo") == 2


def test_a_headline_of_two_lines_is_one_and_a_note_stands_beside_the_sentence_it_cuts(tmp_path):
    first = [
        (50, 760, 20, "Damm von Tarvo hält"),
        (50, 736, 20, "und bleibt"),
        *set_lines(50, 700, LEFT[:3]),
        (50, 60, 7, "1 Jahresbericht der Deichwacht."),
    ]
    (article,) = read(tmp_path, make_pdf(first, set_lines(50, 700, LEFT[3:])))
    assert article.title == "Damm von Tarvo hält und bleibt"
    assert " ".join(LEFT) in article.text
    assert "1 Jahresbericht der Deichwacht." in article.text


def test_the_raised_number_of_a_note_and_letters_drawn_twice_are_read_once(tmp_path):
    page = [
        (50, 700, 10, "Der Damm hält."), (115, 704, 6, "7"), (122, 700, 10, "Er bleibt."),
        (50, 688, 10, "Auf 30 km"), (92, 692, 6, "2"),
        (50, 640, 10, "Sturm"), (50.0, 640, 10, "Sturm"),
    ]  # fmt: skip
    (article,) = read(tmp_path, make_pdf(page))
    assert "hält. Er bleibt." in article.text
    assert "km2" in article.text.replace(" 2", "2")
    assert article.text.count("Sturm") == 1


def test_text_that_is_turned_beside_a_picture_is_left_out_but_a_turned_page_is_read(tmp_path):
    raw = make_pdf([*set_lines(50, 700, LEFT), (500, 300, 10, "Foto: Jorun Falk")])
    upright, turned = b"1 0 0 1 500 300 Tm", b"0 1 -1 0 500 300 Tm"
    (article,) = read(tmp_path, raw.replace(upright, turned))
    assert article.text == " ".join(LEFT)
    writer = PdfWriter(clone_from=io.BytesIO(make_pdf(set_lines(50, 700, LEFT))))
    writer.pages[0].rotate(90).transfer_rotation_to_content()
    stream = io.BytesIO()
    writer.write(stream)
    (article,) = read(tmp_path, stream.getvalue())
    assert article.text == " ".join(LEFT)
