"""Numbers, units and dates read alike in German, English and Russian."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.index.article import Article, hash_text
from wortlaut.index.lang.numerals import read_digits, read_numeral, read_ordinal
from wortlaut.rag.verification.arithmetic import ToldTimes
from wortlaut.rag.verification.dates import find_wrong_date, read_dates
from wortlaut.rag.verification.numbers import read_quantities, same_value
from wortlaut.rag.verification.quantities import find_strange_code, find_wrong_number


def one(text, language):
    dates = read_dates(text, language)
    quantities = read_quantities(text, language, [(d.start, d.end) for d in dates])
    assert len(quantities) == 1, quantities
    return quantities[0]


@pytest.mark.parametrize(
    ("german", "english", "russian"),
    [
        ("anderthalb Stunden", "an hour and a half", "полтора часа"),
        ("90 Minuten", "one and a half hours", "90 минут"),
        ("eine halbe Million Menschen", "half a million people", "полмиллиона человек"),
        ("3,2 Milliarden Euro", "3.2 billion euros", "3,2 млрд евро"),
        ("2.800 Meter", "2,800 metres", "2 800 метров"),
        ("zwei Drittel", "two thirds", "две трети"),
        ("dreiundzwanzig Boote", "twenty-three boats", "двадцать три лодки"),
        ("zweihundertfünfzig Boote", "two hundred and fifty boats", "двести пятьдесят лодок"),
        ("Tausende Fischer", "thousands of fishermen", "тысячи рыбаков"),
        ("ein Dutzend Boote", "a dozen boats", "дюжина лодок"),
        ("zweieinhalb Jahre", "two and a half years", "30 месяцев"),
        ("5 Prozent", "5 percent", "5 процентов"),
        ("zum dritten Mal", "for the third time", "в третий раз"),
        ("der 75-jährige Lotse", "the 75-year-old pilot", "75-летний лоцман"),
    ],
)
def test_a_number_means_the_same_in_three_languages(german, english, russian):
    read = one(german, "de"), one(english, "en"), one(russian, "ru")
    assert same_value(read[0], read[1])
    assert same_value(read[0], read[2])
    assert read[0].unit == read[1].unit


@given(st.integers(2, 999_999))
def test_digits_are_read_back_whatever_groups_them(value):
    assert read_digits(f"{value:,}", "en") == value
    assert read_digits(f"{value:,}".replace(",", "."), "de") == value
    assert one(f"{value:,} Boote".replace(",", " "), "de").raw == value


@given(st.integers(2, 9), st.integers(2, 9))
def test_german_compounds_add_up(tens, units):
    words = "null ein zwei drei vier fünf sechs sieben acht neun".split()
    rows = "x x zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
    assert read_numeral(f"{words[units]}und{rows[tens]}", "de") == 10 * tens + units
    assert read_numeral(f"{words[units]}hundert{words[tens]}", "de") == 100 * units + tens


def test_the_same_word_is_a_thousand_times_more_in_german():
    assert one("eine Billion", "de").value == 1e12
    assert one("one billion", "en").value == 1e9


def test_ordinals_are_no_other_words():
    assert read_ordinal("sechsten", "de") == 6
    assert read_ordinal("heute", "de") is None
    assert read_ordinal("besten", "de") is None
    assert read_ordinal("twentieth", "en") == 20
    assert read_ordinal("вторая", "ru") == 2


def check(claim, cited, language="en", years=()):
    ours, theirs = read_quantities(claim, language), read_quantities(cited, "de")
    found = find_wrong_number(ours, theirs, ToldTimes(frozenset(years)), is_copy=language == "de")
    return found and found[1]


def test_a_changed_number_is_found_across_languages():
    assert check("The dam cost 40 million euros.", "Der Damm kostete 40 Millionen Euro.") is None
    assert (
        check("The dam cost 50 million euros.", "Der Damm kostete 40 Millionen Euro.") == "number"
    )
    assert (
        check("The dam cost 40 billion euros.", "Der Damm kostete 40 Millionen Euro.") == "number"
    )


def test_the_right_number_of_the_wrong_unit_is_found():
    assert check("It took 40 hours.", "Es dauerte 40 Tage.") == "number"
    assert check("It grew by 40 percent.", "Es kamen 40 Boote.") == "unit"
    assert check("It cost 40 dollars.", "Es kostete 40 Euro.") == "unit"


def test_a_dropped_or_added_bound_is_another_number():
    assert check("At least 50 boats sank.", "Mindestens 50 Boote sanken.") is None
    assert check("50 boats sank.", "Mehr als 50 Boote sanken.") == "bound"
    assert check("At most 50 boats sank.", "Mindestens 50 Boote sanken.") == "bound"
    assert check("50 boats sank.", "Rund 50 Boote sanken.") is None
    assert check("50 Boote sanken.", "Rund 50 Boote sanken.", "de") == "bound"


def test_a_code_or_a_score_stands_as_it_is():
    assert (
        find_strange_code("Tarvo won 3:2 with the H7N4.", "Tarvo gewann 3:2 mit der H7N4.") is None
    )
    assert find_strange_code("Tarvo won 2:3.", "Tarvo gewann 3:2.") == "2:3"
    assert find_strange_code("It is the K-500.", "Es ist die K-400.") == "K-500"


ARTICLE = Article(
    "a", "Hafen", "x", hash_text("x"), published=date(2026, 1, 29), published_precision="day"
)  # a Thursday


def wrong_date(claim, cited, language="en"):
    mention = find_wrong_date(read_dates(claim, language), read_dates(cited, "de"), ARTICLE)
    return mention and mention.text.strip()


def test_a_weekday_is_the_date_it_fell_on():
    # 29 January 2026 is a Thursday: the Wednesday before is the 28th, the coming Sunday 1 February.
    assert wrong_date("On 28 January 2026 she resigned.", "Am Mittwoch trat sie zurück.") is None
    assert wrong_date("On 1 February they meet.", "Am kommenden Sonntag (1.2.) folgt es.") is None
    assert wrong_date("On 27 January 2026 she resigned.", "Am Mittwoch trat sie zurück.")
    assert wrong_date("On Tuesday she resigned.", "Am Mittwoch trat sie zurück.") == "Tuesday"
    assert wrong_date("В среду она ушла.", "Am Mittwoch trat sie zurück.", "ru") is None


def test_the_articles_own_day_needs_no_mention():
    assert wrong_date("She resigned on 29 January 2026.", "Sie trat zurück.") is None
    assert wrong_date("She resigned on 30 January 2026.", "Sie trat zurück.") == "30 January 2026"


def test_a_day_keeps_its_month_and_year():
    cited = "Am 5. Mai 2024 brach der Damm."
    assert wrong_date("The dam broke on May 5, 2024.", cited) is None
    assert wrong_date("The dam broke in May 2024.", cited) is None
    assert wrong_date("The dam broke on May 6, 2024.", cited) == "May 6, 2024"
    assert wrong_date("The dam broke on 5 June 2024.", cited) == "5 June 2024"


def test_noon_is_twelve_o_clock():
    assert wrong_date("At noon the gates opened.", "Um 12 Uhr öffneten die Tore.") is None
    assert wrong_date("At 3 pm the gates opened.", "Um 15 Uhr öffneten die Tore.") is None
    assert wrong_date("At 4 pm the gates opened.", "Um 15 Uhr öffneten die Tore.") == "4 pm"
