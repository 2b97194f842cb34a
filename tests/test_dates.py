"""Dates of fields, in every form that people and programs write."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.index.formats.dates import say_unreadable, write_field_date
from wortlaut.index.lang.calendar import LANGUAGES, write_day
from wortlaut.index.sources import read_articles

DAY = """2022-02-18 | 2022-02-18 16:46:00+01:00 | 2022-02-18T23:46:00-05:00 | 20220218T164600+0100 | 20220218T164600Z
20220218 | 20220218164600 | 2022-02-18 00:00:00.000000000 | 2022-02-18+01:00 | 2022/02/18 | 2022.02.18 | 2022-Feb-18
Fri, 18 Feb 2022 16:46:00 +0100 | Fri, 18 Feb 22 16:46 GMT | Fri Feb 18 16:46:00 +0000 2022 | Fri Feb 18 16:46:00 2022
1645199160 | 1645199160.25 | 1645199160000 | 1645199160123456 | /Date(1645199160000+0100)/
18. Februar 2022 | Freitag, 18. Februar 2022, 16:46 Uhr | Freitag, den 18. Februar 2022 um 16.46 Uhr | 18.Feb.2022
18.02.22 | 18.2.2022 | 18. 2. 2022 | 18.02.2022, 16:46 | 16:46 Uhr, 18.02.2022 | Montag, 18.2.22
Veröffentlicht am 18.02.2022 um 16:46 Uhr | Stand: 18. Februar 2022 | 18. Feb. '22
February 18, 2022 | Feb. 18, 2022, 4:46 p.m. ET | Friday February 18 2022 | 4:46 PM CET, Fri February 18, 2022
18 Feb 2022 | 18-Feb-2022 | 18/Feb/2022:16:46:00 +0100 | 18th of February 2022 | February 18th, 2022 | Feb-18-2022
18 февраля 2022 г. | 18 февраля 2022 года, 16:46 | пятница, 18 февраля 2022 | 18 фев. 2022 | 18. Feber 2022
02/18/2022 | 2/18/2022 4:46:00 PM | 18/02/2022 | 02-18-2022 | 18-02-2022 | 02/18/22"""


@pytest.mark.parametrize("written", [form.strip() for form in DAY.replace("\n", "|").split("|")])
def test_a_day_is_read_in_every_form_as_written(written):
    assert write_field_date(written) == "2022-02-18"


@pytest.mark.parametrize(
    ("written", "day"),
    [
        (datetime(2022, 2, 18, 23, tzinfo=timezone(timedelta(hours=-5))), "2022-02-18"),
        (date(2022, 2, 18), "2022-02-18"),
        (1645199160, "2022-02-18"),
        (1645199160000.0, "2022-02-18"),
        ("3. Jänner 2022", "2022-01-03"),
        ("02/02/2022", "2022-02-02"),
        ("18.02.98", "1998-02-18"),
        ("2022-02", "2022-02"),
        ("02/2022", "2022-02"),
        ("202202", "2022-02"),
        ("Februar 2022", "2022-02"),
        ("Feb. 2022", "2022-02"),
        ("февраль 2022", "2022-02"),
        ("2022", "2022"),
        (2022, "2022"),
        ("2022 г.", "2022"),
    ],
)
def test_a_date_stays_as_precise_as_it_is(written, day):
    assert write_field_date(written) == day


@pytest.mark.parametrize(
    "written",
    ["", "gestern", "vor 2 Stunden", "am Freitag", "18. Februar", "18.02.", "02/03/2022", "18/02/22", "30.02.2022",
     "30. Februar 2022", "2022-02-30", "20221301", "0001-01-01", "0000-00-00 00:00:00", True, 0, "12:30", "x" * 500,
     "45 Feb 2022"],
)  # fmt: skip
def test_what_is_no_day_or_could_be_two_is_not_read(written):
    assert write_field_date(written) is None


def test_why_a_date_cannot_be_read_is_said(write):
    notice, _ = read_articles(write("a.jsonl", '{"text": "Der Damm.", "date": "02/03/2022"}'))
    assert "two ways" in notice.text
    assert "cannot be read" in say_unreadable("gestern")


@given(st.dates(date(1800, 1, 1), date(2150, 1, 1)))
def test_every_day_is_read_back(day):
    forms = [f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", f"{day:%Y/%m/%d}", f"{day:%Y%m%d}T101500Z", day,
             *(write_day(day, language) for language in LANGUAGES)]  # fmt: skip
    assert {write_field_date(form) for form in forms} == {day.isoformat()}


@given(st.datetimes(datetime(1975, 1, 1), datetime(2200, 1, 1)))
def test_every_second_since_1973_is_read_back(moment):
    seconds = int(moment.replace(tzinfo=UTC).timestamp())
    assert write_field_date(seconds) == write_field_date(str(seconds)) == f"{moment:%Y-%m-%d}"


@given(st.text(max_size=60))
def test_nothing_written_breaks_the_reading(text):
    assert write_field_date(text) is None or write_field_date(text)
