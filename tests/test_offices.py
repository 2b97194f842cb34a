"""Speakers asked for by their office, in three languages, over invented agency copy."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.archive import Archive
from index.article import Article, hash_text
from index.descriptors import find_offices
from index.offices import Offices
from index.officewords import read_office
from index.people import People
from index.splitter import split_sentences
from index.statements import drop_mere_nouns, extract_statements
from rag.assembly import index_articles, open_chat, open_library
from rag.config import Settings

COPY = {
    "bahn": "Der aldorische Verkehrsminister Tilo Werling hat den Tunnel gelobt. „Der Tunnel ist "
    "sicher“, sagte Werling. Die Chefin der Aldorischen Bahn, Wenka Dorn, widersprach. „Der Tunnel "
    "ist zu teuer“, sagte Dorn.",
    "firma": "„Wir bauen weiter“, sagte Lorin Achtel, der Sprecher der Baufirma Grubel & Töchter, am "
    "Montag. Die Gewerkschaft der Hafenarbeiter teilte mit, der Streik gehe weiter.",
    "streik": "Die Gewerkschaft der Lehrkräfte ruft zum Streik auf. Ihr Vorsitzender Jost Fehling "
    "sagte: „Wir warten nicht länger auf ein Angebot.“",
    "gespräch": "Aldoras Außenministerin Mira Talberg rechnet mit einer Einigung. „Wir sind nah "
    "dran“, sagte Talberg. Der telmarkische Außenminister Jonas Hellwig warnte: „Noch ist nichts "
    "unterschrieben.“ Das telmarkische Verteidigungsministerium teilte mit, es bleibe dabei.",
    "palast": "Palastsprecher Emmo Raske sagte: „Der Fürst kommt nicht.“ Der ehemalige aldorische "
    "Finanzminister Ulf Rathgen sagte: „Das war zu erwarten.“",
    "english": "Aldoran defence minister Ines Morgart said the fleet would stay in port. Paul "
    "Ostrand, the palace's chief adviser, said the fleet was old.",
}
ASKED = [
    ("der aldorische Verkehrsminister", "Tilo Werling"),
    ("Aldoran transport minister", "Tilo Werling"),
    ("министр транспорта Алдоры", "Tilo Werling"),
    ("the head of the railway", "Wenka Dorn"),
    ("глава железной дороги", "Wenka Dorn"),
    ("Bahnchefin", "Wenka Dorn"),
    ("der Sprecher der Baufirma", "Lorin Achtel"),
    ("construction company spokesman", "Lorin Achtel"),
    ("представитель строительной компании", "Lorin Achtel"),
    ("профсоюз портовых рабочих", "Gewerkschaft der Hafenarbeiter"),
    ("the dock workers' union", "Gewerkschaft der Hafenarbeiter"),
    ("head of the union", "Jost Fehling"),
    ("Telmark's foreign minister", "Jonas Hellwig"),
    ("глава МИД Алдоры", "Mira Talberg"),
    ("Telmark's defence ministry", "telmarkische Verteidigungsministerium"),
    ("Palastsprecher", "Emmo Raske"),
    ("former finance minister of Aldora", "Ulf Rathgen"),
    ("aldorische Verteidigungsministerin", "Ines Morgart"),
]


def read(text):
    statements = extract_statements(text, split_sentences(text))
    return find_offices(text, drop_mere_nouns(statements))


def gather(held):
    names = dict.fromkeys(speaker for speaker, *_ in held if "Gewerk" not in speaker)
    return Offices(held, People(name for name in names if "minist" not in name))


@pytest.fixture(scope="module")
def offices():
    return gather([(s, o, 2025, 1) for text in COPY.values() for s, o in read(text)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (COPY["bahn"], ("Tilo Werling", "aldorische Verkehrsminister")),
        (COPY["bahn"], ("Wenka Dorn", "Chefin der Aldorischen Bahn")),
        (COPY["firma"], ("Lorin Achtel", "Sprecher der Baufirma Grubel & Töchter")),
        (COPY["streik"], ("Jost Fehling", "Gewerkschaft der Lehrkräfte")),
        (COPY["english"], ("Ines Morgart", "Aldoran defence minister")),
        (COPY["english"], ("Paul Ostrand", "palace's chief adviser")),
    ],
)
def test_the_office_at_a_name_is_found_in_the_words_of_the_article(text, expected):
    assert expected in read(text)


def test_somebody_elses_office_is_not_the_speakers():
    text = (
        "„Das stimmt nicht“, sagte ein Sprecher Talbergs. Mira Talberg, Minister Jonas Hellwig und "
        "andere waren dabei. „Ich war dabei“, sagte Talberg."
    )
    assert not [office for speaker, office in read(text) if speaker == "Mira Talberg"]


@given(st.lists(st.sampled_from(sorted(COPY)), min_size=1, max_size=4), st.text(max_size=30))
def test_every_office_is_a_substring_of_its_article(names, noise):
    text = f" {noise} ".join(COPY[name] for name in names)
    assert all(office and office in text for _, office in read(text))


@pytest.mark.parametrize(("phrase", "holder"), ASKED)
def test_an_office_asked_for_in_any_language_finds_its_holder(offices, phrase, holder):
    assert offices.find(phrase) == [holder]


@pytest.mark.parametrize(
    "phrase",
    ["Aldora", "the weather", "", "?", "the French foreign minister", "finance minister of Aldora",
     "head of the bank", "deputy transport minister", "Telmark's transport minister"],
)  # fmt: skip
def test_no_speaker_is_better_than_a_wrong_one(offices, phrase):
    assert offices.find(phrase) == []


def test_an_office_with_many_holders_is_nobodys_until_the_country_is_said():
    people = ["Mira Talberg", "Jonas Hellwig", "Ruth Kessin"]
    lands = ["aldorische", "telmarkische", "lundavische"]
    held = [(p, f"{c} Außenminister", 2025, 1) for p, c in zip(people, lands, strict=True)]
    assert gather(held[:2]).find("der Außenminister") == ["Jonas Hellwig", "Mira Talberg"]
    assert gather(held).find("der Außenminister") == []
    assert gather(held).find("lundavischer Außenminister") == ["Ruth Kessin"]


def test_the_holder_of_the_newest_articles_comes_first():
    held = [
        ("Mira Talberg", "aldorische Präsidentin", 2019, 9),
        ("Jonas Hellwig", "Aldoras Präsident", 2025, 3),
        ("Ruth Kessin", "Präsidentin der aldorischen Handelskammer", 2025, 5),
    ]
    assert gather(held).find("president of Aldora") == ["Jonas Hellwig", "Mira Talberg"]


def test_all_spellings_of_one_person_share_the_offices():
    held = [
        ("Dmitrij Worlow", "Sprecher des Senders", 2024, 1),
        ("Worlow", "Aldoras Gesandter", 2025, 1),
    ]
    assert gather(held).find("посланник Алдоры") == ["Dmitrij Worlow"]


def test_an_institution_goes_by_any_words_that_mean_the_same():
    held = [
        ("Außenministerium in Moskau", "Außenministerium in Moskau", 2025, 2),
        ("russische Außenministerium", "russische Außenministerium", 2025, 1),
    ]
    offices = Offices(held, People([]))
    for phrase in ("МИД России", "Russian foreign ministry", "Außenministerium in Moskau"):
        assert set(offices.find(phrase)) == {name for name, *_ in held}
    assert offices.list_spellings(held[0][0]) == [held[0][0]]


@pytest.mark.parametrize(
    "same",
    [
        ("Kremlsprecher", "Kremlin spokesman", "пресс-секретарь Кремля", "Sprecher des Kreml"),
        ("US-Verteidigungsminister", "Pentagon-Chef", "министр обороны США", "глава Пентагона"),
        ("Russlands Außenminister", "Russian foreign minister", "глава МИД России"),
        ("Zentralbankchef", "head of the central bank", "глава Центробанка"),
        ("Ministerpräsident Italiens", "Italian prime minister", "премьер-министр Италии"),
    ],
)
def test_an_office_means_the_same_in_every_language(same):
    assert len({read_office(phrase) for phrase in same}) == 1


@given(st.text(max_size=60))
def test_any_words_can_be_asked_for(text):
    read_office(text)
    assert read_office("Sprecher").head


def make_article(number, text):
    return Article(f"a{number}", "Meldung", text, hash_text(text), path=f"{number}.txt")


def test_the_offices_go_with_their_article(tmp_path: Path):
    archive = Archive(tmp_path)
    for number, text in enumerate(COPY.values()):
        archive.replace_article(make_article(number, text), [], [], "1", read(text))
    before = archive.list_offices()
    archive.replace_article(make_article(0, COPY["bahn"]), [], [], "1", read(COPY["bahn"]))
    assert archive.list_offices() == before
    archive.delete_articles(["a0"])
    left = archive.list_offices()
    assert left
    assert not {"Tilo Werling", "Wenka Dorn"} & {speaker for speaker, *_ in left}
    archive.forget_derived("other")
    assert archive.list_offices() == []


def test_a_question_by_office_is_answered_with_the_holders_words(tmp_path, models):
    settings = Settings(data=tmp_path / "data", models=models)
    index_articles(settings, [make_article(n, text) for n, text in enumerate(COPY.values())])
    library = open_library(settings)
    assert {row[0] for row in library.archive.list_offices()} >= {"Wenka Dorn", "Lorin Achtel"}
    library.close()
    answer = open_chat(settings).ask("What did the head of the railway say about the tunnel?")
    assert {citation.speaker for citation in answer.citations} == {"Wenka Dorn"}
    answer = open_chat(settings).ask("Что сказал профсоюз портовых рабочих?")
    assert {c.speaker for c in answer.citations} == {"Gewerkschaft der Hafenarbeiter"}
