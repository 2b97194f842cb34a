"""One person, many spellings; the spellings are public, the people in sentences invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wortlaut.index.lang.names import SAME_PERSON, fold_name, match_names
from wortlaut.index.reading.people import People, find_names

KNOWN = [
    "Sergej Lawrow",
    "Wolodymyr Selenskyj",
    "Kirill Dmitrijew",
    "Annalena Baerbock",
    "Xi Jinping",
    "Peter Kolm",
    "Anna Kolm",
    "Donald Trump",
]


@pytest.mark.parametrize(
    "spellings",
    [
        ["Lawrow", "Lavrov", "Лавров", "Лаврова", "Лаврову", "Лавровым", "Lawrows"],
        ["Selenskyj", "Zelensky", "Zelenskiy", "Zelenskyy", "Зеленский", "Зеленского"],
        ["Dmitrijew", "Dmitriev", "Dmitriyev", "Дмитриев", "Дмитриеву"],
        ["Peskow", "Peskov", "Песков", "Пескова"],
        ["Baerbock", "Бербок"],
        ["Schröder", "Schroeder", "Шрёдер", "Шредера"],
        ["Janukowitsch", "Yanukovych", "Янукович"],
        ["Sacharowa", "Zakharova", "Захарова", "Захаровой"],
        ["Xi", "Си"],
    ],
)
def test_spellings_of_one_name_get_one_key(spellings):
    assert len({fold_name(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Sergej Lawrow", "S. Lavrov"),
        ("Sergej Lawrow", "Außenminister Lawrow"),
        ("Sergej Lawrow", "Лаврова"),
        ("Wolodymyr Selenskyj", "Владимир Зеленский"),
        ("Dr. Ada Holm", "Holm"),
        ("Trump", "Трампа"),
    ],
)
def test_one_person_is_recognised(a, b):
    assert match_names(a, b) >= SAME_PERSON
    assert match_names(a, b) == match_names(b, a)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("Peter Kolm", "Anna Kolm"),
        ("P. Kolm", "Anna Kolm"),
        ("Olena Selenska", "Wolodymyr Selenskyj"),
        ("Merkel", "Merz"),
        ("Holm", "Kolm"),
        ("Brenner", "Trenner"),
        ("", "Kolm"),
    ],
)
def test_two_persons_stay_apart(a, b):
    assert match_names(a, b) < SAME_PERSON


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("What did Lavrov say about guarantees?", ["Sergej Lawrow"]),
        ("was sagte lavrov zu den garantien in moskau?", ["Sergej Lawrow"]),
        ("Что сказал Лавров о гарантиях?", ["Sergej Lawrow"]),
        ("Lawrows Äußerungen über den Krieg", ["Sergej Lawrow"]),
        ("Что говорил Зеленский после встречи с Трампом?", ["Wolodymyr Selenskyj", "Donald Trump"]),
        ("what did xi say about the war", ["Xi Jinping"]),
        ("Und Baerbock?", ["Annalena Baerbock"]),
        ("Trump's answer to Zelensky", ["Donald Trump", "Wolodymyr Selenskyj"]),
        ("Was sagte Anna Kolm?", ["Anna Kolm"]),
        ("What did Peter Kolm say?", ["Peter Kolm"]),
        ("Was sagte Kolm?", ["Peter Kolm", "Anna Kolm"]),
        ("What did Boris Kolm say?", []),
        ("What about security guarantees and the war in Moskau?", []),
        ("Welche Garantien fordert die Ukraine im Krieg?", []),
    ],
)
def test_names_in_questions_are_found_in_any_spelling_and_case(question, names):
    assert [name for _, name in find_names(question, KNOWN)] == names


def test_a_found_name_covers_the_words_that_name_it():
    question = "What did Peter Kolm say?"
    assert [span.of(question) for span, _ in find_names(question, KNOWN)] == ["Peter Kolm"]


def test_an_office_alone_is_nobody_s_name():
    assert find_names("What did the minister say?", ["Minister", "der Minister"]) == []


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_compared(a, b):
    assert 0 <= match_names(a, b) <= 1
    for span, name in find_names(a, [b, *KNOWN]):
        assert span.end <= len(a)
        assert name in [b, *KNOWN]


def test_people_are_one_for_all_spellings_of_a_full_name():
    people = People(["Kirill Dmitrijew", "Kirill Dmitriev", "Dmitriev"])
    assert list(people) == ["Kirill Dmitrijew"]
    assert set(people.list_spellings("Kirill Dmitrijew")) == {
        "Kirill Dmitrijew", "Kirill Dmitriev", "Dmitriev",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "other"),
    [("Ivan Petrow", "Petrowa"), ("Angela Merdel", "Merder"), ("Wolod Talbersky", "Talberska")],
)
def test_a_bare_surname_joins_nobody_of_another_name_or_gender(name, other):
    assert other not in People([name, other]).list_spellings(name)


def test_a_bare_surname_of_several_is_nobodys_but_stands_for_all():
    people = People(["Anna Kolm", "Peter Kolm", "Kolm"])
    assert people.list_spellings("Peter Kolm") == ["Peter Kolm"]
    assert set(people.list_spellings("Kolm")) == {"Anna Kolm", "Peter Kolm", "Kolm"}


def test_a_first_name_is_not_taken_for_the_same_surname():
    people = People(["Wolfgang Gerhard", "Gerhard Brandau"])
    assert [name for _, name in people.find("Was sagte Gerhard Brandau?")] == ["Gerhard Brandau"]
