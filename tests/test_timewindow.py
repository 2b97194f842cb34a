"""Times in questions, read on Wednesday, 15 May 2024, and which articles a window admits."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from wortlaut.rag.understanding.timewindow import OPEN, Window, find_step, find_window

TODAY = date(2024, 5, 15)

TABLE = [
    ("en", "What did x say in 2022?", "2022-01-01..2022-12-31"),
    ("en", "2022?", "2022-01-01..2022-12-31"),
    ("en", "And in 2022?", "2022-01-01..2022-12-31"),
    ("en", "since January", "2024-01-01.."),
    ("en", "since June", "2023-06-01.."),
    ("en", "before March 2022", "..2022-02-28"),
    ("en", "between March and May 2022", "2022-03-01..2022-05-31"),
    ("en", "between 2020 and 2022", "2020-01-01..2022-12-31"),
    ("en", "in early 2022", "2022-01-01..2022-04-30"),
    ("en", "late last year", "2023-09-01..2023-12-31"),
    ("en", "last week", "2024-05-06..2024-05-12"),
    ("en", "two weeks ago", "2024-04-29..2024-05-05"),
    ("en", "in the last two weeks", "2024-05-01..2024-05-15"),
    ("en", "in the past month", "2024-04-15..2024-05-15"),
    ("en", "yesterday", "2024-05-14..2024-05-14"),
    ("en", "on Monday", "2024-05-13..2024-05-13"),
    ("en", "in the first quarter of 2022", "2022-01-01..2022-03-31"),
    ("en", "Q3 2021", "2021-07-01..2021-09-30"),
    ("en", "in the summer of 2022", "2022-06-01..2022-08-31"),
    ("en", "last summer", "2023-06-01..2023-08-31"),
    ("en", "in winter 2021/22", "2021-12-01..2022-02-28"),
    ("en", "on May 14, 2022", "2022-05-14..2022-05-14"),
    ("en", "on 14 May 2022", "2022-05-14..2022-05-14"),
    ("en", "from 3 to 10 May 2022", "2022-05-03..2022-05-10"),
    ("en", "from March 2022 to May", "2022-03-01..2022-05-31"),
    ("en", "FIFA 2022", ""),
    ("en", "about the 2022 budget", ""),
    ("en", "Expo 2020 costs", ""),
    ("en", "in the 1990s", "1990-01-01..1999-12-31"),
    ("en", "by 2090", ""),
    ("en", "2022 euros", ""),
    ("en", "since the beginning of the year", "2024-01-01.."),
    ("en", "in March and April 2022", "2022-03-01..2022-04-30"),
    ("en", "in 2021 and 2022", "2021-01-01..2022-12-31"),
    ("en", "since 2021 and before 2023", "2021-01-01..2022-12-31"),
    ("en", "from 2021 onwards", "2021-01-01.."),
    ("en", "until the end of 2022", "..2022-12-31"),
    ("en", "in 2022 about the war of 2008", "2022-01-01..2022-12-31"),
    ("en", "in the 2010 drought", ""),
    ("en", "What did May say about March?", ""),
    ("en", "as of March 2022", "..2022-03-31"),
    ("en", "in January this year", "2024-01-01..2024-01-31"),
    ("en", "2022-05-14", "2022-05-14..2022-05-14"),
    ("en", "14/05/2022", "2022-05-14..2022-05-14"),
    ("de", "Was sagte der Minister 2022 zu x?", "2022-01-01..2022-12-31"),
    ("de", "im Mai 2022", "2022-05-01..2022-05-31"),
    ("de", "seit Januar", "2024-01-01.."),
    ("de", "vor 2022", "..2021-12-31"),
    ("de", "vor zwei Wochen", "2024-04-29..2024-05-05"),
    ("de", "seit zwei Wochen", "2024-05-01..2024-05-15"),
    ("de", "in den letzten drei Monaten", "2024-02-15..2024-05-15"),
    ("de", "im vergangenen Jahr", "2023-01-01..2023-12-31"),
    ("de", "letzte Woche", "2024-05-06..2024-05-12"),
    ("de", "vorletztes Jahr", "2022-01-01..2022-12-31"),
    ("de", "Anfang 2022", "2022-01-01..2022-04-30"),
    ("de", "Ende Mai 2023", "2023-05-21..2023-05-31"),
    ("de", "zwischen März und Mai 2022", "2022-03-01..2022-05-31"),
    ("de", "von 2020 bis 2022", "2020-01-01..2022-12-31"),
    ("de", "vom 3. bis 10. Mai 2022", "2022-05-03..2022-05-10"),
    ("de", "bis Ende 2022", "..2022-12-31"),
    ("de", "Haushalt 2022", ""),
    ("de", "im ersten Quartal 2023", "2023-01-01..2023-03-31"),
    ("de", "im Sommer 2022", "2022-06-01..2022-08-31"),
    ("de", "gestern", "2024-05-14..2024-05-14"),
    ("de", "am Mittwoch", "2024-05-15..2024-05-15"),
    ("de", "letzten Freitag", "2024-05-10..2024-05-10"),
    ("de", "Ende letzten Jahres", "2023-09-01..2023-12-31"),
    ("de", "seit Jahresbeginn", "2024-01-01.."),
    ("de", "am 14. Mai", "2024-05-14..2024-05-14"),
    ("de", "am 24.02.2022", "2022-02-24..2022-02-24"),
    ("de", "im März letzten Jahres", "2023-03-01..2023-03-31"),
    ("de", "2020–2022", "2020-01-01..2022-12-31"),
    ("de", "nach März 2022", "2022-04-01.."),
    ("de", "bis 2090", ""),
    ("de", "in den 1990er Jahren", "1990-01-01..1999-12-31"),
    ("ru", "в 2022 году", "2022-01-01..2022-12-31"),
    ("ru", "с января", "2024-01-01.."),
    ("ru", "до марта 2022 года", "..2022-02-28"),
    ("ru", "с января по март 2022 года", "2022-01-01..2022-03-31"),
    ("ru", "между январём и мартом 2022 года", "2022-01-01..2022-03-31"),
    ("ru", "между 2020 и 2022 годами", "2020-01-01..2022-12-31"),
    ("ru", "в прошлом месяце", "2024-04-01..2024-04-30"),
    ("ru", "на прошлой неделе", "2024-05-06..2024-05-12"),
    ("ru", "в прошлом году", "2023-01-01..2023-12-31"),
    ("ru", "за последние две недели", "2024-05-01..2024-05-15"),
    ("ru", "два года назад", "2022-01-01..2022-12-31"),
    ("ru", "неделю назад", "2024-05-06..2024-05-12"),
    ("ru", "вчера", "2024-05-14..2024-05-14"),
    ("ru", "летом 2022 года", "2022-06-01..2022-08-31"),
    ("ru", "прошлым летом", "2023-06-01..2023-08-31"),
    ("ru", "в начале 2022 года", "2022-01-01..2022-04-30"),
    ("ru", "до конца 2022 года", "..2022-12-31"),
    ("ru", "в первом квартале 2022 года", "2022-01-01..2022-03-31"),
    ("ru", "14 мая 2022 года", "2022-05-14..2022-05-14"),
    ("ru", "война 2008 года", ""),
    ("ru", "бюджет на 2022 год", ""),
    ("ru", "за 2022 год", "2022-01-01..2022-12-31"),
    ("ru", "после 2022 года", "2023-01-01.."),
    ("ru", "в среду", "2024-05-15..2024-05-15"),
    ("ru", "в этом году", "2024-01-01..2024-12-31"),
    ("ru", "в марте прошлого года", "2023-03-01..2023-03-31"),
    ("ru", "в 1990-х годах", "1990-01-01..1999-12-31"),
    ("ru", "с начала года", "2024-01-01.."),
    ("ru", "в мае", "2024-05-01..2024-05-31"),
    ("ru", "с 2020 по 2022 год", "2020-01-01..2022-12-31"),
    ("ru", "во второй половине 2022 года", "2022-07-01..2022-12-31"),
    ("ru", "по состоянию на март 2022", "..2022-03-31"),
]


@pytest.mark.parametrize(
    ("language", "text", "window"), TABLE, ids=[f"{row[0]}: {row[1]}" for row in TABLE]
)
def test_a_time_is_read(language, text, window):
    found, spans = find_window(text, TODAY, language=language)
    assert ("" if found.is_open else f"{found.since or ''}..{found.until or ''}") == window
    assert bool(spans) == bool(window)


def test_the_words_of_a_time_are_given_with_their_preposition():
    text = "What did the minister say between March and May 2022 about fees?"
    _, spans = find_window(text, TODAY)
    assert [span.of(text) for span in spans] == ["between March and May 2022"]


def test_a_month_without_a_year_lies_in_the_conversations_year():
    near = Window(date(2022, 1, 1), date(2022, 12, 31))
    assert find_window("in March", TODAY, near=near)[0] == Window(
        date(2022, 3, 1), date(2022, 3, 31)
    )


def test_an_article_known_to_the_month_overlaps_the_month():
    window = Window(date(2022, 3, 10), date(2022, 3, 20))
    assert window.admits(date(2022, 3, 1), "month")
    assert not window.admits(date(2022, 3, 1), "day")
    assert not window.admits(date(2022, 4, 1), "month")
    assert window.admits(date(2022, 1, 1), "year")
    assert not window.admits(date(2021, 1, 1), "year")


def test_an_undated_article_is_admitted_only_by_a_window_open_on_both_sides():
    assert OPEN.admits(None, "unknown")
    assert not Window(since=date(2022, 1, 1)).admits(None, "unknown")
    assert not Window(until=date(2022, 1, 1)).admits(date(2021, 1, 1), "unknown")


def test_an_empty_window_admits_nothing():
    window = Window(date(2022, 5, 1), date(2022, 4, 1))
    assert window.is_empty
    assert not window.admits(date(2022, 4, 1), "year")


DAYS = st.dates()
WINDOWS = st.builds(Window, st.none() | DAYS, st.none() | DAYS)
PRECISIONS = st.sampled_from(["day", "month", "year", "unknown"])
WORDS = (
    "since until before after between and from to in the last first 2 weeks ago year quarter of 2022"
    " 1999 2090 May March 31 30. Februar seit bis zwischen und vor drei Jahren Ende Anfang letzten"
    " Monat Sommer Winter с до по между и марте года прошлом 5 дней назад летом Q4 31.12.2022"
    " 2022-02-30 12/25/2021 1990s 2021/22 - – , yesterday Mittwoch heute"
)
PIECES = st.sampled_from(WORDS.split())


@given(WINDOWS, WINDOWS, DAYS)
def test_a_day_is_in_both_windows_if_and_only_if_it_is_in_their_intersection(a, b, day):
    assert a.intersect(b) == b.intersect(a)
    assert a.intersect(b).admits(day, "day") == (a.admits(day, "day") and b.admits(day, "day"))


@given(WINDOWS, DAYS)
def test_a_coarser_date_is_admitted_wherever_its_day_is(window, day):
    if window.admits(day, "day"):
        assert window.admits(day, "month")
        assert window.admits(day, "year")


@given(WINDOWS, DAYS, PRECISIONS)
def test_an_admitted_period_has_a_day_inside_the_window(window, day, precision):
    admitted = window.admits(day, precision)
    if precision == "month" and not window.is_open:
        first = day.replace(day=1)
        days = [first + timedelta(n) for n in range(31 if first < date(9999, 12, 1) else 30)]
        inside = [d for d in days if d.month == day.month and window.admits(d, "day")]
        assert admitted == bool(inside)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(PIECES, min_size=1, max_size=10).map(" ".join),
    DAYS,
    st.sampled_from(["en", "de", "ru"]),
)
def test_any_mixture_of_time_words_gives_ordered_spans_and_no_crash(text, today, language):
    window, spans = find_window(text, today, language=language)
    assert window.is_open == (not spans)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert all(span.of(text).strip() == span.of(text) for span in spans)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 12), st.integers(1950, 2024), st.sampled_from(["en", "de", "ru"]))
def test_a_month_of_a_year_is_exactly_that_month(month, year, language):
    texts = {
        "en": "in January February March April May June July August September October November"
        " December",
        "de": "im Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
        "ru": "в январе феврале марте апреле мае июне июле августе сентябре октябре ноябре декабре",
    }
    lead, *months = texts[language].split()
    suffix = " года" if language == "ru" else ""
    window, _ = find_window(
        f"{lead} {months[month - 1]} {year}{suffix}?", date(2024, 12, 31), language=language
    )
    assert window.since == date(year, month, 1)
    assert (window.until + timedelta(days=1)).day == 1
    assert window.until.month == month


STEPS = [
    ("en", "And the year after?", "2022", "2023-01-01..2023-12-31"),
    ("en", "the year before that", "2022", "2021-01-01..2021-12-31"),
    ("en", "two years later", "2020", "2022-01-01..2022-12-31"),
    ("en", "a month later", "January 2024", "2024-02-01..2024-02-29"),
    ("en", "the following week", "May 1, 2024", "2024-05-08..2024-05-08"),
    ("en", "the next month", "2022", "2023-01-01..2023-01-31"),
    ("en", "the previous year", "2020 to 2022", "2019-01-01..2019-12-31"),
    ("en", "a month later", "on February 28, 2023", "2023-03-28..2023-03-28"),
    ("en", "a month later", "from 28 February 2023 to 5 March 2023", "2023-03-28..2023-04-05"),
    ("en", "a month later", "on January 31, 2023", "2023-02-28..2023-02-28"),
    ("en", "a month later", "February 2023", "2023-03-01..2023-03-31"),
    ("en", "a year later", "February 2023", "2024-02-01..2024-02-29"),
    ("en", "the previous month", "March 2023 to May 2023", "2023-02-01..2023-02-28"),
    ("de", "Und im Jahr danach?", "2022", "2023-01-01..2023-12-31"),
    ("de", "zwei Jahre später", "2020", "2022-01-01..2022-12-31"),
    ("de", "einen Monat davor", "März 2024", "2024-02-01..2024-02-29"),
    ("de", "im Folgejahr", "März 2021", "2022-03-01..2022-03-31"),
    ("de", "im Vorjahr", "2021", "2020-01-01..2020-12-31"),
    ("ru", "А годом позже?", "2022", "2023-01-01..2023-12-31"),
    ("ru", "через два года", "2020", "2022-01-01..2022-12-31"),
    ("ru", "в следующем месяце", "January 2024", "2024-02-01..2024-02-29"),
    ("ru", "за год до этого", "2022", "2021-01-01..2021-12-31"),
]


@pytest.mark.parametrize(("language", "text", "before", "window"), STEPS)
def test_a_step_in_time_starts_from_the_time_talked_about(language, text, before, window):
    step = find_step(text, language)
    assert step is not None
    past, _ = find_window(f"in {before}" if before[0].isdigit() else before, TODAY)
    taken = step.take(past)
    assert f"{taken.since}..{taken.until}" == window


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What did she say two days after the strike?"),
        ("en", "What did she say the year before she resigned?"),
        ("en", "What did she say a week after that strike?"),
        ("en", "What did he write two years on the board?"),
        ("en", "Was it a year later than the vote?"),
        ("de", "Was sagte sie zwei Tage nach dem Streik?"),
        ("de", "Kam das zwei Tage später als der Streik?"),
        ("ru", "Что она сказала через два дня после забастовки?"),
        ("ru", "Что она сказала за год до выборов?"),
        ("ru", "Что она сказала за год до того, как ушла?"),
    ],
)
def test_a_step_from_something_else_is_no_step_from_the_time_talked_about(language, text):
    assert find_step(text, language) is None


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What did she say two days after that?"),
        ("en", "What did she say the year before about rents?"),
        ("en", "And the year after, what did she say?"),
        ("ru", "Что она сказала через два дня после этого?"),
    ],
)
def test_a_step_may_stand_inside_the_question(language, text):
    assert find_step(text, language) is not None


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(STEPS), st.dates(), st.dates())
@example(("en", "the next month"), date(2000, 1, 1), date.max)
@example(("en", "two years later"), date(2000, 1, 1), date.max)
@example(("en", "the previous year"), date.min, date(2000, 1, 1))
@example(("en", "the month before"), date.min, date.min)
@example(("en", "a month later"), date.max, date.max)
def test_a_step_from_any_time_gives_a_window(row, one, other):
    step = find_step(row[1], row[0])
    assert step is not None
    taken = step.take(Window(min(one, other), max(one, other)))
    assert not taken.is_empty
    assert step.take(OPEN) == OPEN
