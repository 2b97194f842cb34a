"""Speakers asked for by their office, in three languages, over invented agency copy."""

import sys
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as settings_
from hypothesis import strategies as st

from wortlaut.index.archive import Archive
from wortlaut.index.article import Article, hash_text
from wortlaut.index.lang.offices import is_place, read_office
from wortlaut.index.reading.offices import find_offices
from wortlaut.index.reading.people import Offices, People
from wortlaut.index.reading.statements import drop_mere_nouns, extract_statements
from wortlaut.index.splitter import split_sentences
from wortlaut.rag.assembly import index_articles, open_chat, open_library
from wortlaut.rag.config import Settings

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
    return find_offices(text, drop_mere_nouns(statements, text))


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


@pytest.mark.parametrize(
    ("opening", "office"),
    [
        ("Die Sprecherin des Präsidenten", "Sprecherin des Präsidenten"),
        ("Der Anwalt des Ministers", "Anwalt des Ministers"),
        ("Die Sprecherin der Ministerin", "Sprecherin der Ministerin"),
        ("The spokeswoman for the president", "spokeswoman for the president"),
        ("The lawyer of the minister", "lawyer of the minister"),
        ("Die Sprecherin des Anwalts des Ministers", "Sprecherin des Anwalts des Ministers"),
        ("Die Frau des Präsidenten", None),
        ("Die Freundin der Ministerin", None),
        ("Die Frau des Sprechers des Präsidenten", None),
        ("The wife of the president", None),
        ("Der Präsident", "Präsident"),
        ("Die frühere Präsidentin", "frühere Präsidentin"),
    ],
)
def test_an_office_is_taken_with_whose_it_is_or_not_at_all(opening, office):
    said = "said it was late" if opening.startswith("The") else "sagte, es sei spät"
    statement = f"{opening}, Mira Talberg, {said}. „Es ist spät“, sagte Mira Talberg."
    assert [found for name, found in read(statement) if name == "Mira Talberg"] == (
        [office] if office else []
    )


ENDINGS = ["Sprecherin und", "Sprecherin and", "die", "der Chef", "(41", "Sprecher der", "Chefin &"]


@given(st.sampled_from(sorted(COPY)), st.integers(0, 400), st.sampled_from(["", *ENDINGS]))
@settings_(max_examples=60, deadline=None)
def test_copy_that_breaks_off_anywhere_is_read(name, cut, ending):
    text = COPY[name][:cut] + (f" „Ja“, sagte Mira Talberg, {ending}" if ending else "")
    for speaker, office in read(text):
        assert office in text
        assert speaker.split()[-1] in text


def test_offices_are_found_in_copy_cut_at_every_letter():
    text = COPY["firma"] + " „Es ist spät“, sagte Mira Talberg, Sprecherin und Chefin der Bahn."
    statements = drop_mere_nouns(extract_statements(text, split_sentences(text)), text)
    assert any(s.speaker == "Mira Talberg" for s in statements)
    for end in range(len(text)):
        find_offices(text[:end], statements)


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
        ("Mira Talberg", "aldorische Außenministerin", 2019, 9),
        ("Jonas Hellwig", "Aldoras Außenminister", 2025, 3),
    ]
    assert gather(held).find("foreign minister of Aldora") == ["Jonas Hellwig", "Mira Talberg"]


def test_a_state_has_one_president_and_the_others_were():
    held = [
        ("Mira Talberg", "aldorische Präsidentin", 2015, 9),
        ("Mira Talberg", "Aldoras Präsidentin", 2017, 9),
        ("Jonas Hellwig", "Aldoras Präsident", 2017, 1),
        ("Jonas Hellwig", "Aldoras Präsident", 2024, 3),
        ("Ruth Kessin", "Präsidentin der aldorischen Handelskammer", 2025, 5),
    ]
    offices = gather(held)
    assert offices.find("president of Aldora") == ["Jonas Hellwig"]
    assert offices.find("президент Алдоры") == ["Jonas Hellwig"]
    assert offices.find("former president of Aldora") == ["Mira Talberg"]
    assert offices.find("die ehemalige Präsidentin Aldoras") == ["Mira Talberg"]


def test_two_presidents_of_the_same_years_are_both_meant():
    held = [
        ("Mira Talberg", "aldorische Präsidentin", 2019, 9),
        ("Mira Talberg", "aldorische Präsidentin", 2023, 9),
        ("Jonas Hellwig", "Aldoras Präsident", 2021, 3),
        ("Jonas Hellwig", "Aldoras Präsident", 2025, 3),
        ("Ruth Kessin", "Aldoras Präsidentin", None, 3),
    ]
    assert set(gather(held).find("president of Aldora")) == {
        "Mira Talberg", "Jonas Hellwig", "Ruth Kessin",
    }  # fmt: skip


def test_an_office_in_the_feminine_is_no_mans():
    held = [
        ("Mira Talberg", "Verkehrsministerin", 2025, 3),
        ("Jonas Hellwig", "Finanzminister", 2025, 3),
        ("Ruth Kessin", "Verteidigungsminister", 2024, 1),
        ("Ruth Kessin", "Verteidigungsministerin", 2025, 3),
    ]
    offices = gather(held)
    assert offices.find("Finanzministerin") == []
    assert offices.find("finance minister") == offices.find("Finanzminister") == ["Jonas Hellwig"]
    assert offices.find("Verkehrsminister") == ["Mira Talberg"]
    assert offices.find("Verteidigungsministerin") == ["Ruth Kessin"]


def test_a_title_is_not_filled_up_with_another_offices_field():
    held = [
        ("Jost Fehling", "Vorsitzender", 2026, 1),
        ("Jost Fehling", "Union der Hafenarbeiter", 2026, 1),
        ("Jost Fehling", "Gewerkschaft der Hafenarbeiter", 2026, 1),
        ("Askan Rell", "Hafendirektor", 2026, 1),
    ]
    offices = gather(held)
    assert offices.find("Hafendirektor") == offices.find("port director") == ["Askan Rell"]
    assert offices.find("head of the union") == ["Jost Fehling"]
    assert offices.find("Chef der Gewerkschaft der Hafenarbeiter") == ["Jost Fehling"]


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


@pytest.mark.parametrize(
    "phrase",
    ["friend of Minister Ada Holm", "Frau des Präsidenten", "Freund der Ministerin",
     "the president's wife", "friend of the archaeologist", "друг министра"],
)  # fmt: skip
def test_who_only_knows_somebody_in_office_holds_none(phrase):
    assert read_office(phrase).head == ""


@pytest.mark.parametrize(
    ("phrase", "plain"),
    [
        ("Frau Ministerin", "Ministerin"),
        ("der Herr Präsident", "Präsident"),
        ("Aldora's president's spokesman", "spokesman of the president of Aldora"),
        ("министр обороны", "defence minister"),
    ],
)
def test_a_form_of_address_or_possessive_changes_no_office(phrase, plain):
    assert read_office(phrase) == read_office(plain)
    assert read_office(phrase).head


FILLING = st.text("abcdefg xyzабв.,-„0", max_size=30)


@given(FILLING)
def test_words_around_an_office_do_not_break_it(text):
    before = read_office(f"{text} Sprecher")
    assert before.head in {"#sprecher", ""}
    assert read_office(f"Sprecher, {text}").head == "#sprecher"
    assert read_office(f"  SPRECHER der {text}").head == "#sprecher"


def count_calls(work):
    calls = 0

    def count(frame, event, arg):
        nonlocal calls
        calls += event in {"call", "c_call"}

    sys.setprofile(count)
    try:
        work()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("part", ["regierungs", "minister", "der ", "of ", "министр", "'s a"])
def test_no_word_is_too_long_to_be_read(part):
    few, many = (count_calls(lambda n=n: read_office(part * n + "behörde")) for n in (100, 3000))
    assert many < 1.5 * few + 2000
    assert many < 20000


@pytest.mark.parametrize(
    "word",
    """bernhard bernd bernau bernanke roman romney romeo letter armen armenviertel кубок кубка us
    georgi daneben dutchess indianapolis tunisair russel бернард данила чехол""".split(),
)
def test_a_word_that_only_begins_like_a_country_is_no_place(word):
    assert not is_place(word)
    assert read_office(f"Sprecher, {word}").places == frozenset()


@pytest.mark.parametrize(
    ("word", "code"),
    [(word, code) for code, words in {
        "CH": "bern berner schweizer schweizerische", "IT": "rom italiens italian итальянский",
        "LV": "lettland lettische letten latvian латвии", "AM": "armenien armenische armenian",
        "CU": "kuba kubanische cuban кубы кубинский", "GE": "georgien georgische georgian грузии",
        "RU": "russland russische russen russian россия российский россии", "UA": "ukraine украины",
        "US": "amerikaner amerikanische american американский", "KR": "südkoreanische",
        "GB": "britische british британский", "FR": "französische french французский франции",
        "DE": "deutsche germany германии немецкий", "SY": "syrische syrian сирийский",
        "PS": "palästinensische palestinian палестинский", "AU": "australische australian",
        "IN": "indische indian индии", "CN": "chinesische chinese китайский китая",
        "DK": "dänische danish дании", "NO": "norwegischer norwegian норвежский",
        "HU": "ungarische hungarian венгерский", "PL": "polnischen polish польский польши",
        "GR": "griechenland griechische", "TR": "turkey türkei", "RS": "belgrader",
        "LB": "lebanon", "CZ": "tschechische czech чешский чехии", "AF": "afghanische afghan афганистана",
    }.items() for word in words.split()],
)  # fmt: skip
def test_a_country_is_known_in_its_cases_and_by_its_inhabitants(word, code):
    assert read_office(f"{word} Minister").places == {code}


def test_a_state_of_the_union_is_no_country():
    assert read_office("president of Georgia").places == {"GE"}
    for phrase in ("governor of Georgia", "the US state Georgia", "Gouverneur von Georgia"):
        assert read_office(phrase).places <= {"US"}


def test_us_is_a_country_only_where_no_pronoun_could_stand():
    assert read_office("the minister told us").places == frozenset()
    for phrase in ("US president", "us president", "president of the US", "US-Präsident"):
        assert read_office(phrase).places == {"US"}


@pytest.mark.parametrize("phrase", ["South Korean minister", "министр Южной Кореи"])
def test_a_country_of_two_words_is_known(phrase):
    assert read_office(phrase).places == {"KR"}


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


SPOKEN = {
    "kanzlei": "Bundeskanzlerin Karin Weidt sagte: „Wir helfen den Bergdörfern.“",
    "fonds": "Die Wirtschaft in Aldora wächst langsamer, teilte der Internationale Währungsfonds (IWF) "
    "am Freitag mit. Der Aldorische Wetterdienst (AWD) warnte vor Sturm an der Küste.",
    "kurs": "„Der Sparkurs der SPD ist ein Fehler“, sagte der Bauer Tom Harth. SPD-Fraktionschefin Ida Kolm sagte: „Der Sparkurs bleibt.“",
    "kreis": "Landrätin Petra Zöllner sagte: „Der Kreis spart.“ Ihr Bruder ist Bauer.",
    "stadt": "Oberbürgermeister Hans Zöllner sagte: „Die Stadt baut.“",
    "deich": "Eva Lind sagte: „Der Deich hält.“",
    "bank": "Bundesbankpräsidentin Helga Stranz sagte: „Die Zinsen bleiben.“",
    "tat": "Ein Mann steht vor Gericht. Die Tat geschah am 17. August 2023 in Oberau.",
    "brand": "Am Freitag brannte in Oberau eine Scheune.",
}


@pytest.fixture(scope="module")
def spoken(tmp_path_factory, models):
    settings = Settings(data=tmp_path_factory.mktemp("spoken"), models=models)
    articles = [
        Article(name, name, text, hash_text(text), published=date(2026, 2, 14),
                published_precision="day", path=f"{name}.txt")
        for name, text in SPOKEN.items()
    ]  # fmt: skip
    index_articles(settings, articles)
    return open_chat(settings)


def ask_in_turn(chat, *turns):
    history = []
    for turn in turns:
        history.append(chat.ask(turn, history))
    return history[-1]


def quote(answer):
    return {citation.article.id for citation in answer.citations}


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(
    ("question", "articles"),
    [
        ("Was sagte die Kanzlerin?", {"kanzlei"}),
        ("Was sagte Bundeskanzlerin Weidt?", {"kanzlei"}),
        ("Was sagte der Bundeskanzler Borvik?", set()),
        ("Was sagte Kanzler Olaf Borviks zu den Bergdörfern?", set()),
        ("What did Chancellor Borvik say?", set()),
        ("Что сказал канцлер Борвик?", set()),
        ("Was sagte die Bundesbankpräsidentin?", {"bank"}),
        ("Was sagte die Präsidentin?", set()),
        ("What did the president say?", set()),
        ("Что сказал президент?", set()),
        ("What did the IMF say about Aldora?", {"fonds"}),
        ("What did the International Monetary Fund say?", {"fonds"}),
        ("Was sagte der IWF?", {"fonds"}),
        ("Was sagte der Internationale Währungsfonds?", {"fonds"}),
        ("Что сказал МВФ?", {"fonds"}),
        ("Was sagte der AWD?", {"fonds"}),
        ("What did the AWD say?", {"fonds"}),
        ("Wovor warnte der Aldorische Wetterdienst?", {"fonds"}),
        ("Was sagte Herr Lind?", set()),
        ("Что сказал господин Линд?", set()),
        ("What did Ms. Lind say?", {"deich"}),
        ("Was sagte Frau Zöllner?", {"kreis"}),
        ("What did Mr Zöllner say?", {"stadt"}),
        ("Что сказала госпожа Цёлльнер?", {"kreis"}),
        ("What did Mayor Zöllner say?", {"stadt"}),
        ("Was sagte Landrätin Zöllner?", {"kreis"}),
        ("Was sagte Zöllner?", {"kreis", "stadt"}),
        ("Was geschah am 17. August 2023?", {"tat"}),
        ("What happened on 17 August 2023?", {"tat"}),
        ("Что произошло 13 февраля 2026 года?", {"brand", "fonds"}),
        ("Was geschah am 3. März 2020?", set()),
    ],
)
def test_only_who_and_when_was_asked_for_is_quoted(spoken, question, articles):
    assert quote(spoken.ask(question)) == articles


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(
    "question",
    [
        "Was sagte die SPD zum Sparkurs?",
        "What did the SPD say about austerity?",
        "Что сказала СДПГ о курсе экономии?",
    ],
)
def test_a_party_is_answered_by_nobody_else(spoken, question):
    assert {citation.speaker for citation in spoken.ask(question).citations} == {"Ida Kolm"}


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(
    "turns",
    [
        ("Was sagte die Landrätin?", "Und ihr Bruder?"),
        ("What did Petra Zöllner say?", "And her husband?"),
        ("Что сказала Петра Цёлльнер?", "А её брат?"),
        ("Was sagte Eva Lind?", "Und die Grünen?"),
        ("What did Eva Lind say?", "And the Greens?"),
        ("Что сказала Ева Линд?", "А зелёные?"),
        ("Was sagte Eva Lind?", "Und die FDP?"),
    ],
)
def test_a_relative_or_a_party_is_not_the_speaker_before(spoken, turns):
    answer = ask_in_turn(spoken, *turns)
    assert answer.abstain_reason == "unknown_speaker"
    assert not answer.query.speakers


@pytest.mark.usefixtures("unread")
@pytest.mark.parametrize(
    "question", ["Was sagte Borvik?", "What did Borvik say?", "Что сказал Борвик?"]
)
def test_a_speaker_whom_no_article_names_is_absent_in_every_language(spoken, question):
    assert spoken.ask(question).abstain_reason == "absent_name"
