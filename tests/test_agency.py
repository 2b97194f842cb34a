from datetime import date

import pytest

from wortlaut.index.agency import (
    find_boilerplate,
    read_date,
    read_published,
    read_source,
    strip_header,
)


@pytest.mark.parametrize(
    ("written", "day", "precision"),
    [
        ("2026-01-29", date(2026, 1, 29), "day"),
        ("2026-01-29T11:47:00Z", date(2026, 1, 29), "day"),
        ("29.01.2026", date(2026, 1, 29), "day"),
        ("2022-01", date(2022, 1, 1), "month"),
        ("2022", date(2022, 1, 1), "year"),
        ("2022-13", None, "unknown"),
        ("2022-02-30", None, "unknown"),
        ("gestern", None, "unknown"),
        ("", None, "unknown"),
    ],
)
def test_a_date_is_read_to_the_precision_that_is_written(written, day, precision):
    assert read_date(written) == (day, precision)


def test_a_header_glued_to_the_first_sentence_is_stripped():
    assert strip_header(" date 2026-01-29 Der Damm hält.") == ("Der Damm hält.", "2026-01-29")


def test_a_text_without_a_header_stays_as_it_is():
    text = "  Das Datum date 2026-01-29 steht mitten im Satz.\n"
    assert strip_header(text) == (text, None)


def test_a_stand_inside_the_headers_month_makes_the_date_exact():
    text = "Minister beraten Stand: 21.01.2022 11:47 Uhr\n\nText."
    assert read_published(text, "2022-01") == (date(2022, 1, 21), "day")


def test_a_stand_outside_the_headers_month_does_not_move_the_date():
    assert read_published("Stand: 21.03.2022", "2022-01") == (date(2022, 1, 1), "month")


def test_the_source_is_read_from_the_dateline_or_the_copyright_line():
    assert read_source("BRAKKUM (kda-Presse) - Der Hafen bleibt.") == "kda-Presse"
    assert read_source("Quelle: (c) Copyright Nordbote 2025.\n\nText.") == "Nordbote"
    assert read_source("Der Hafen bleibt.") is None


@pytest.mark.parametrize(
    ("text", "boilerplate"),
    [
        ("BRAKKUM (kda) - Der Hafen bleibt.", ["BRAKKUM (kda) - "]),
        ("Er bleibt./ab/cd\n\n", ["/ab/cd\n\n"]),
        (
            "Er bleibt./ab/cd\n\n(c) Nordbote 2026, nur zur Ansicht",
            ["/ab/cd\n\n", "(c) Nordbote 2026, nur zur Ansicht"],
        ),
        ("© 2026 Nordbote\nEr bleibt.", ["© 2026 Nordbote"]),
        ("Er nannte a) den Hafen und (c) den Damm.", []),
        ("Er bleibt.", []),
    ],
)
def test_what_is_no_part_of_the_report_is_found(text, boilerplate):
    assert [span.of(text) for span in find_boilerplate(text)] == boilerplate


def test_a_note_of_the_wire_is_no_part_of_the_report():
    note = "(Berichtigung: Früher hieß es, der Hafen (Nord) koste zwei Millionen. Richtig: drei.)"
    text = f"{note}\nHafen teurer\n\nDer Hafen (Nord) kostet drei Millionen."
    assert [span.of(text) for span in find_boilerplate(text)] == [note]
