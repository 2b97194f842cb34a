"""Months, weekdays, numbers and units: known once, read and written alike everywhere."""

import ast
import re
from datetime import date
from pathlib import Path

import pytest
from modules import MODULES, list_nodes

from wortlaut.eval.lies.mutations import change_date
from wortlaut.index.lang.calendar import (
    list_forms,
    list_names,
    list_short_months,
    month_number,
    name_month,
    read_calendar,
    read_feasts,
    season_month,
    weekday_number,
    write_day,
)
from wortlaut.index.lang.numerals import (
    list_decades,
    list_ordinals,
    list_unit_words,
    name_number,
    read_counts,
    read_halves,
    read_scale,
    read_times,
    read_unit,
)
from wortlaut.index.lang.tables import match_any, read_rows
from wortlaut.index.lang.words import LANGUAGES
from wortlaut.rag.model.citations import DraftSplitter
from wortlaut.rag.understanding.timewindow import find_step, find_window
from wortlaut.rag.verification.dates import read_dates
from wortlaut.rag.verification.numbers import read_quantities
from wortlaut.rag.wording import format_date

HERE = Path(__file__).parent
WEDNESDAY = date(2024, 5, 15)
SINCE = {"de": "seit", "en": "since", "ru": "с"}
MONTHS = [(t, month, form) for t in LANGUAGES for month in read_calendar("month", t)
          for form in (*month.forms, *month.short)]  # fmt: skip
WEEKDAYS = [(t, day, form) for t in LANGUAGES for day in read_calendar("weekday", t)
            for form in day.forms]  # fmt: skip


def read_table(name):
    lines = (HERE / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if not line.startswith("#")]


def days(window):
    return window.since, window.until


@pytest.mark.parametrize(("tongue", "month", "form"), MONTHS)
def test_a_month_in_any_form_is_read_by_the_window_and_by_the_verifier(tongue, month, form):
    assert month_number(form) == month_number(f"{form}.") == month.value
    window, _ = find_window(f"{SINCE[tongue]} {form} 2022", WEDNESDAY, language=tongue)
    assert days(window) == (date(2022, month.value, 1), None)
    window, _ = find_window(f"3. {form} 2022", WEDNESDAY, language=tongue)
    assert days(window) == (date(2022, month.value, 3), date(2022, month.value, 3))
    for text in (f"{form} 2022", f"3 {form} 2022", f"am 3. {form} 2022"):
        (mention,) = read_dates(text, tongue)
        assert (mention.year, mention.month) == (2022, month.value)
    (mention,) = read_dates(f"{'в' if tongue == 'ru' else 'in'} {form.capitalize()}", tongue)
    assert mention.month == month.value


@pytest.mark.parametrize(("tongue", "day", "form"), WEEKDAYS)
def test_a_weekday_in_any_form_is_read_by_the_window_and_by_the_verifier(tongue, day, form):
    assert weekday_number(form) == day.value
    window, _ = find_window(f"{SINCE[tongue]} {form}", WEDNESDAY, language=tongue)
    assert window.since is not None
    assert (window.since.weekday(), window.until) == (day.value, None)
    assert (WEDNESDAY - window.since).days < 7
    (mention,) = read_dates(form, tongue)
    assert mention.weekday == day.value


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_several_weekdays_are_no_single_day_of_a_question(tongue):
    for day in read_calendar("weekday", tongue):
        for form in day.plural:
            assert find_window(f"{SINCE[tongue]} {form}", WEDNESDAY, language=tongue)[1] == []
            assert [m.weekday for m in read_dates(form, tongue)] == [day.value]


@pytest.mark.parametrize("tongue", LANGUAGES)
def test_a_date_that_is_written_is_read_back(tongue):
    for number in range(1, 13):
        day = date(2022, number, 21)
        for text in (format_date(day, "day", tongue), write_day(day, tongue)):
            assert days(find_window(text, WEDNESDAY, language=tongue)[0]) == (day, day)
            assert [(m.year, m.month, m.day) for m in read_dates(text, tongue)] == [
                (2022, number, 21)
            ]
        (mention,) = read_dates(format_date(day, "month", tongue), tongue)
        assert (mention.year, mention.month, mention.day) == (2022, number, None)


def test_russian_names_a_month_in_three_cases():
    assert format_date(date(2022, 1, 21), "day", "ru") == "21 января 2022"
    assert format_date(date(2022, 1, 21), "month", "ru") == "январь 2022"
    assert name_month(1, "ru", "in") == "январе"
    assert list_names("weekday", "ru", "in")[2] == "среду"


def test_the_names_are_those_of_cldr():
    for tongue, kind, form, names in read_table("cldr_calendar.tsv"):
        if form == "short":
            for number, name in enumerate(names.split(), 1):
                assert month_number(name) == number
            continue
        case = "day" if form == "format" else "name"
        assert " ".join(list_names(kind, tongue, case)) == names


def test_a_first_name_or_a_saint_is_no_abbreviated_month():
    assert read_dates("Jan Ullrich verlor.", "de") == []
    assert read_dates("Das sagte Jan.", "de") == []
    assert [m.month for m in read_dates("Stahl wird im Okt. teurer", "de")] == [10]
    assert read_dates("Он живёт в Сент-Луисе.", "ru") == []
    assert find_window("Что было в Сент-Луисе?", WEDNESDAY, language="ru")[1] == []


@pytest.mark.parametrize("short", list_short_months())
def test_an_abbreviation_with_its_point_makes_the_same_date(short):
    for text in (f"3. {short}. 2022", f"{short}. 2022"):
        assert [(m.year, m.month) for m in read_dates(text, "de")] == [(2022, month_number(short))]


def test_seasons_begin_in_their_months_in_every_form():
    for tongue in LANGUAGES:
        assert [word.value for word in read_calendar("season", tongue)] == [3, 6, 9, 12]
    for form in list_forms("season"):
        first = season_month(form)
        window, _ = find_window(f"in {form} 2021", WEDNESDAY)
        assert window.since == date(2021, first, 1)


def test_days_around_a_yesterday_are_no_yesterday():
    assert [m.offset for m in read_dates("the day before yesterday", "en")] == [-2]
    assert [m.offset for m in read_dates("послезавтра, позавчера", "ru")] == [2, -2]
    assert [m.offset for m in read_dates("übermorgen und vorgestern", "de")] == [2, -2]


def test_a_day_is_no_number_of_a_list_but_an_eye_witness_may_be():
    texts = []
    for line in ("3. Jänner war es kalt. [1]", "1. Augenzeugen sahen es. [1]"):
        splitter = DraftSplitter({1: ""}, "de")
        texts.append(" ".join(draft.text for draft in (*splitter.feed(line), *splitter.close())))
    assert texts[0].startswith("3. Jänner")
    assert texts[1].startswith("Augenzeugen")


def test_a_step_takes_its_unit_in_any_number():
    for text, language, unit in (
        ("zwei Wochen später", "de", "week"), ("zwanzig Tage danach", "de", "day"),
        ("twenty years later", "en", "year"), ("через двух недель", "ru", "week"),
    ):  # fmt: skip
        step = find_step(text, language)
        assert step is not None
        assert step.unit == unit
    assert find_window("vor zwanzig Jahren", WEDNESDAY)[0].since == date(2004, 1, 1)


def test_a_planted_date_is_a_date_of_the_calendar():
    class First:
        def choice(self, found):
            return found[0]

    false = change_date("Сессия открылась в среду.", "ru", First())
    assert false == "Сессия открылась в понедельник."


# Numbers.
WORDS = [row for row in read_table("number_words.tsv") if int(row[2]) > 1]
BEHIND = {"de": "Boote", "en": "boats", "ru": "лодок"}


@pytest.mark.parametrize("tongue", LANGUAGES)
@pytest.mark.parametrize("kind", ["cardinal", "ordinal", "case"])
def test_whatever_num2words_writes_is_read_right(tongue, kind):
    rows = [(int(value), words) for t, k, value, words in WORDS if (t, k) == (tongue, kind)]
    assert rows or kind == "case"
    for value, words in rows:
        if kind == "ordinal" and words.endswith("-second"):
            continue  # "a thirty-second silence" is a time more often
        read = read_quantities(f"{words} {BEHIND[tongue]}", tongue)
        assert [q.value for q in read] == [value], words
        assert words.endswith(read[0].text)
        assert read[0].text in (words, "hundredth")
        assert (read[0].form == "ordinal") == (kind == "ordinal"), words


def test_one_alone_is_an_article_as_often_and_no_number():
    for text, language in (("one boat", "en"), ("ein Boot", "de"), ("одна лодка", "ru")):
        assert read_quantities(text, language) == []


def test_two_numbers_around_and_stay_two():
    read = read_quantities("between one thousand and ten thousand boats", "en")
    assert [q.value for q in read] == [1000, 10000]
    assert [q.value for q in read_quantities("двадцать тысяч, один из них утонул", "ru")] == [20000]


@pytest.mark.parametrize(
    ("text", "language", "bound"),
    [
        ("nicht weniger als 30 Boote", "de", "min"), ("no less than 30 boats", "en", "min"),
        ("не менее 30 лодок", "ru", "min"), ("nicht mehr als 30 Boote", "de", "max"),
        ("no more than 30 boats", "en", "max"), ("не более 30 лодок", "ru", "max"),
        ("zumindest 30 Boote", "de", "min"), ("mehr als eine Million Boote", "de", "min"),
    ],
)  # fmt: skip
def test_a_bound_is_read_whole(text, language, bound):
    assert [q.bound for q in read_quantities(text, language)] == [bound]


def test_a_number_has_one_word_to_write():
    assert [name_number(12, t) for t in LANGUAGES] == ["zwölf", "twelve", "двенадцать"]
    assert {read_counts()[word] for word in ("zwanzig", "twenty", "двадцати")} == {20}
    assert {"second", "zweiten", "второму"} <= set(list_ordinals(2))
    assert read_times("anderthalb") == read_times("полтора") == 1.5
    assert read_scale("billion", "de") == read_scale("trillion", "en") == 1e12


def test_each_word_of_a_unit_names_it():
    for row in read_rows("units.tsv"):
        for word in list_unit_words(row["unit"], several=True):
            unit = read_unit(word)
            assert unit is not None
            assert unit.name == row["unit"], word
    assert read_unit("миль в") is None
    assert read_unit("prozentpunkte") == read_unit("percentage points")


def test_a_pattern_for_any_word_fits_each_and_the_longest():
    words = ["no", "no one", "none", "c++", "nor"]
    pattern = re.compile(match_any(words))
    assert [pattern.fullmatch(word) is not None for word in words] == [True] * 5
    assert pattern.match("none of").group() == "none"
    assert pattern.fullmatch("nonor") is None


# Known once.
def literals(path):
    """The words of all strings of a module but for its docstrings."""
    nodes = list_nodes(path)
    docs = {
        id(node.body[0].value)
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    found = set()
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            found |= set(re.findall(r"[^\W\d_]+", node.value.lower()))
    return found


STEMS = {  # words a list may be written with, also as stems of a pattern
    "month": ["jan", "feb", "mär", "apr", "jun", "jul", "aug", "sep", "okt", "oct", "nov", "dez",
              "dec", "январ", "феврал", "март", "апрел", "июн", "июл", "август", "сентябр",
              "октябр", "ноябр", "декабр"],
    "weekday": ["mon", "diens", "donners", "sonn", "tues", "wednes", "thurs", "понедельник",
                "вторник", "четверг", "пятниц", "суббот", "воскресень"],
}  # fmt: skip


@pytest.mark.parametrize("kind", ["month", "weekday"])
def test_no_list_of_months_or_weekdays_lives_outside_the_calendar(kind):
    words = {*list_forms(kind, plural=True, short=True), *STEMS[kind]}
    words -= {"may", "mai", "march", "mar", "mais", "ма"}
    offenders = {}
    for path in MODULES:
        found = literals(path) & words
        if len(found) >= 3:
            offenders[path.name] = found
    assert offenders == {}


def test_the_search_for_such_lists_finds_one(tmp_path):
    module = tmp_path / "module.py"
    module.write_text('"""January February March."""\nDAYS = r"(?:Montag|Dienstag|Mittwoch)"\n')
    assert literals(module) >= {"montag", "dienstag", "mittwoch"}
    assert "january" not in literals(module)


@pytest.mark.parametrize(
    ("year", "western", "orthodox"),
    [
        (1954, "1954-04-18", "1954-04-25"),
        (1981, "1981-04-19", "1981-04-26"),
        (2024, "2024-03-31", "2024-05-05"),
        (2025, "2025-04-20", "2025-04-20"),
        (2026, "2026-04-05", "2026-04-12"),
    ],
)
def test_easter_is_found_in_both_calendars(year, western, orthodox):
    feasts = read_feasts()
    assert feasts["easter sunday"].find_days(year)[0].isoformat() == western
    assert feasts["пасху"].find_days(year)[0].isoformat() == orthodox


def test_every_feast_has_days_in_order_in_every_year():
    for name, feast in read_feasts().items():
        for year in (1, 1900, 2024, 9999):
            first, last = feast.find_days(year)
            assert first <= last, name
            assert first.year == year


def test_ordinals_and_halves_and_decades_have_their_words():
    assert {"einundzwanzigsten", "twenty-first", "двадцать первого"} <= set(list_ordinals(21))
    assert {"dritten", "third", "третьего"} <= set(list_ordinals(3))
    assert {"zwanzigsten", "thirtieth"} & set(list_ordinals(30, "en")) == {"thirtieth"}
    assert {"neunzigern", "nineties", "девяностых"} <= set(list_decades(90))
    assert {read_halves()[word] for word in ("anderthalb", "eineinhalb", "полтора")} == {1.5}
    assert read_halves()["zweieinhalb"] == 2.5
