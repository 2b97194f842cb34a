"""Every country in three languages, by name, adjective, demonym and capital, from one table."""

import ast
import re
from collections import defaultdict
from itertools import combinations

import pytest
from modules import MODULES, ROOT, list_nodes

from wortlaut.index.article import Article, hash_text
from wortlaut.index.lang.offices import read_office
from wortlaut.index.lang.places import (
    find_exonym,
    find_opening,
    find_place,
    find_run,
    name_capital,
    name_place,
    split_words,
)
from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.words import read_words
from wortlaut.rag.assembly import index_articles, open_chat
from wortlaut.rag.config import Settings
from wortlaut.rag.verification.names import same_word
from wortlaut.rag.verification.swaps import find_swapped_country

ROWS = read_rows("places.tsv")
STATES = [row for row in ROWS if row["kind"] == "state"]
LANGUAGES = ("de", "en", "ru")
# Words that two countries share; they are read as the first.
SHARED = {"dominican": ("DO", "DM"), "congolese": ("CD", "CG")}


def list_cell(row, column):
    """The words of a cell that are read, each spelling for itself, without the marks."""
    parts = [part.strip() for part in row[column].split(";")]
    return [s.rstrip("*") for p in parts if p and p[0] != "(" for s in p.rstrip("*").split("/")]


def read_code(text):
    """The code of the country that all words of the text name together."""
    words = split_words(text)
    found = find_run(words, 0)
    return found[0].code if found is not None and found[1] == len(words) else None


# The cases of Russian names, from the nominative, written out by the shape of the word.
CASES = {
    "ия": "ия ии ии ию ией ии", "а": "а ы е у ой е", "ка": "ка ки ке ку кой ке",
    "ша": "ша ши ше шу шей ше", "га": "га ги ге гу гой ге", "я": "я и е ю ей е",
    "й": "й я ю й ем е", "ы": "ы ов ам ы ами ах", "": " а у  ом е", "иль": "иль иля илю иль илем иле",
    "сь": "сь си си сь сью си", "нь": "нь ня ню нь нем не",
}  # fmt: skip


def decline(name):
    """The six cases of a Russian name of one word; only the nominative of one that has no others."""
    if re.search("(?:[оеиуэю]|[оуи]а)$", name) or name.isupper():
        return [name]
    if name == "Египет":
        return ["Египет", "Египта", "Египту", "Египтом", "Египте"]
    ending = max((e for e in CASES if name.endswith(e)), key=len)
    return [name[: len(name) - len(ending)] + case for case in re.split(" ", CASES[ending])]


def test_the_united_nations_have_193_members_here():
    assert len(STATES) == len({row["code"] for row in STATES}) == 193


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["code"])
def test_every_word_of_the_table_names_its_country(row):
    for language in LANGUAGES:
        for column in ("", "_adjective", "_people", "_capital"):
            for word in list_cell(row, language + column):
                assert read_code(word) == row["code"], word


@pytest.mark.parametrize("row", STATES, ids=lambda row: row["code"])
def test_every_state_has_an_adjective_and_a_people_in_german_and_russian(row):
    assert list_cell(row, "de_adjective") or "(" in row["de_adjective"]
    assert list_cell(row, "de_people") or "(" in row["de_people"]
    assert list_cell(row, "ru_adjective") or "(" in row["ru_adjective"]
    assert list_cell(row, "ru_people") or "(" in row["ru_people"]
    assert list_cell(row, "en_adjective") or "(" in row["en_adjective"]


@pytest.mark.parametrize("row", STATES, ids=lambda row: row["code"])
def test_a_russian_country_is_known_in_every_case(row):
    names = [name for name in list_cell(row, "ru") if len(split_words(name)) == 1]
    for name in names:
        for form in decline(name):
            assert read_code(form) == row["code"], form
    for adjective in list_cell(row, "ru_adjective"):
        for ending in ("ий", "ого", "ому", "им", "ая", "ой", "ую", "ие", "их", "ими"):
            form = adjective.removesuffix("ий") + ending
            assert read_code(form) == row["code"], form


@pytest.mark.parametrize("row", STATES, ids=lambda row: row["code"])
def test_german_and_english_forms_name_the_country(row):
    for name in list_cell(row, "de"):
        if not name.endswith(("s", "x", "z")) and not name.isupper():
            assert read_code(name + "s") == row["code"], name
    for adjective in list_cell(row, "de_adjective"):
        for ending in ("e", "en", "er", "em", "es") if adjective.endswith("isch") else ("",):
            assert read_code(adjective + ending) == row["code"], adjective
    for people in list_cell(row, "de_people"):
        endings = ("n", "in", "innen") if people.endswith("er") and people != "Deutscher" else ()
        for ending in endings:
            assert read_code(people + ending) == row["code"], people


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Папуа — Новой Гвинеей", "PG"), ("Южной Кореи", "KR"), ("Северной Македонии", "MK"),
        ("Саудовской Аравией", "SA"), ("Новой Зеландии", "NZ"), ("Соломоновых Островов", "SB"),
        ("Объединённых Арабских Эмиратов", "AE"), ("Демократической Республики Конго", "CD"),
        ("Республики Конго", "CG"), ("Доминиканской Республикой", "DO"), ("Восточным Тимором", "TL"),
        ("Vereinigten Arabischen Emiraten", "AE"), ("Dominikanischen Republik", "DO"),
        ("Vereinigten Staaten", "US"), ("Vereinigten Königreichs", "GB"), ("Heiligen Stuhls", "VA"),
        ("Republic of the Congo", "CG"), ("Trinidad & Tobago", "TT"), ("Côte d'Ivoire", "CI"),
        ("Papua New Guinea", "PG"), ("Equatorial Guinea", "GQ"), ("South Sudan", "SS"),
        ("россиянами", "RU"), ("корейцами", None), ("южнокорейцами", "KR"), ("грузин", "GE"),
        ("египтяне", "EG"), ("Маврикии", "MU"), ("марокканцев", "MA"), ("француженок", "FR"), ("турками", "TR"),
        ("Französinnen", "FR"), ("Polinnen", "PL"), ("Kosovaren", "XK"), ("Frenchwoman", "FR"),
    ],
)  # fmt: skip
def test_forms_of_names_adjectives_and_peoples(text, code):
    assert read_code(text) == code


@pytest.mark.parametrize(
    "likeness",
    [
        {"Niger": "NE", "Nigeria": "NG", "nigrisch": "NE", "nigerianisch": "NG", "Nigerien": "NE",
         "Nigerian": "NG", "нигерский": "NE", "нигерийский": "NG"},
        {"Guinea": "GN", "Äquatorialguinea": "GQ", "Guinea-Bissau": "GW", "Papua-Neuguinea": "PG"},
        {"Dominica": "DM", "Dominikanische Republik": "DO", "dominicanisch": "DM",
         "dominikanisch": "DO", "доминикский": "DM", "доминиканский": "DO"},
        {"Sudan": "SD", "Südsudan": "SS", "sudanesisch": "SD", "südsudanesisch": "SS"},
        {"Indien": "IN", "Indonesien": "ID", "indisch": "IN", "indonesisch": "ID"},
        {"Iran": "IR", "Irak": "IQ", "Irland": "IE", "Island": "IS"},
        {"Österreich": "AT", "Australien": "AU", "Austria": "AT", "Australia": "AU"},
        {"Slowakei": "SK", "Slowenien": "SI", "slovak": "SK", "slovenian": "SI"},
        {"Mauritius": "MU", "Mauretanien": "MR", "маврикийский": "MU", "мавританский": "MR"},
        {"Lettland": "LV", "Litauen": "LT", "Liberia": "LR", "Libyen": "LY"},
        {"Nordkorea": "KP", "Südkorea": "KR", "Korea": None, "South Korean": "KR"},
    ],
)  # fmt: skip
def test_countries_that_sound_alike_are_kept_apart(likeness):
    assert {word: read_code(word) for word in likeness} == likeness


def test_no_word_belongs_to_two_countries_but_those_listed():
    owners = defaultdict(set)
    for row in ROWS:
        for language in LANGUAGES:
            for column in ("", "_adjective", "_people", "_capital"):
                for word in list_cell(row, language + column):
                    owners[" ".join(split_words(word))].add(row["code"])
    shared = {word: codes for word, codes in owners.items() if len(codes) > 1}
    assert shared == {}
    assert {word: read_code(word) for word in SHARED} == {w: c[0] for w, c in SHARED.items()}


LOOKALIKES = """
danke dank dankbar daneben danach mal malen malerei romanisch roman romanze niedergang indirekt
individuell wanderer finden final finale finanzen spanne spannung rußig bernstein armen arme kanal
kater katarrh tunnel tongeber perücke gabeln gabe morgen polieren politisch polizei kongress
kongruent omen chilischote nepp irren türen schweifen pakt pakete kubik kubus malz eisen bein beine
togaträger samen senegruß jemand tadel kuwert libanonzeder albern algen uns usw ungarantiert
islam islamist indianer georgi tschador peripher philosoph luxus lettern estrich serbien-frei
polished polishing indirect individual finish finished dancer dancing islander's female male
turned chatty chilly chinwag cube romance lattice tangle cable gable tongs laconic peril togged
nigh niggle omanyte panamax germane frenetic swedes-like dutchess normal india-rubber jordans-like
мир корень кореш индекс индивид испуг испортить финал финанс данные дано даны груз грузить коса
косовище чадо чадить тонкий румянец английски исполнил мальчик малина кубик кубок катарсис латунь
литой литр литература самое самого чехол чехло венец вено хорошо хор хорал порт портовый нить
делить деление омаров габарит ирис тогда чадра перун ливень сирота туника кенгуру йеменка-то
""".split()
PLAIN = """
haus baum hund katze stadt straße wasser brot zeit jahr tag woche arbeit schule fenster tür wagen
gehen laufen sprechen sagen denken kommen sehen hören schreiben lesen kaufen verkaufen schnell gut
house tree dog cat town street water bread time year day week work window door quick good often
go run speak say think come see hear write read buy sell give take make find know begin end
вода город дом друг день стол книга дерево рука голова работа школа окно дверь улица хлеб время
идти бежать говорить сказать думать прийти видеть слышать писать читать купить продать быстро
""".split()
CONCEPTS = sorted(set(re.findall(r"[^\W\d_]+", (ROOT / "rag/concepts.tsv").read_text("utf-8"))))


@pytest.mark.parametrize("word", LOOKALIKES)
def test_a_word_that_looks_like_a_country_is_none(word):
    for part in split_words(word) if "-" not in word else ():
        place = find_place(part)
        assert place is None or place.guarded


def test_ordinary_words_are_no_countries():
    found = {word for word in [*PLAIN, *CONCEPTS] if find_place(word.lower())}
    guarded = {word for word in found if find_place(word.lower()).guarded}
    assert len(CONCEPTS) > 3000
    assert found == guarded <= {"island", "дели"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Außenministerin Islands", {"IS"}), ("Islands Außenministerin", {"IS"}),
        ("spokesman of the Marshall Islands", {"MH"}), ("the Pacific Islands spokesman", set()),
        ("the island minister", set()), ("министр иностранных дел Того", {"TG"}),
        ("министр того города", set()), ("министр обороны Перу", {"PE"}),
    ],
)  # fmt: skip
def test_a_country_that_is_an_ordinary_word_too_counts_with_a_capital(text, codes):
    assert read_office(text).places == codes


def genitive(row):
    """The Russian genitives of the first name that has but one word, else the name of several."""
    names = list_cell(row, "ru")
    single = [name for name in names if len(split_words(name)) == 1]
    return [decline(name)[min(1, len(decline(name)) - 1)] for name in single] or names


@pytest.mark.parametrize("row", STATES, ids=lambda row: row["code"])
def test_the_foreign_minister_of_any_state_is_the_same_office_in_three_languages(row):
    phrases = [f"der {a}e Außenminister" for a in list_cell(row, "de_adjective") if a[-1] == "h"]
    phrases += [f"the {a} foreign minister" for a in list_cell(row, "en_adjective")]
    phrases += [f"foreign minister of {n}" for n in list_cell(row, "en")]
    phrases += [f"министр иностранных дел {name}" for name in genitive(row)]
    bent = [name for name in list_cell(row, "de") if name[-1] not in "szx" and not name.isupper()]
    phrases += [f"{name}s Außenminister" for name in bent]
    offices = {read_office(phrase) for phrase in phrases}
    assert len(offices) == 1, [(p, read_office(p)) for p in phrases]
    (office,) = offices
    assert office.head == "#minister"
    assert office.places == {row["code"]}
    assert office.words == {"#aussen"}


def test_a_town_is_one_by_any_spelling():
    assert len({read_office(f"{a}") for a in (
        "Bürgermeister von Kiew", "mayor of Kyiv", "мэр Киева", "Kyjiws Bürgermeister",
    )}) == 1  # fmt: skip
    assert find_place("Windhoek") == find_place("Виндхуком")


def test_a_compound_shows_its_country_and_the_rest():
    opening = find_opening("Irakbeauftragter")
    assert opening is not None
    assert (opening[0].code, opening[1]) == ("IQ", "beauftragter")
    assert find_opening("Indizien") is None


def test_first_names_of_countries_and_capitals():
    assert [name_place("PL", language) for language in LANGUAGES] == ["Polen", "Poland", "Польша"]
    assert name_capital("UA", "de") == "Kiew"
    assert name_place("IS", "de") == "Island"
    with pytest.raises(KeyError):
        name_place("XX", "de")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Köln", "Cologne"), ("Krim", "Крыма"), ("Marokko", "марокканский"), ("Moskauer", "Moscow"),
        ("Ukrainekrieg", "Украины"), ("Korea", "südkoreanisch"), ("Arabien", "арабский"),
        ("England", "britisch"), ("Rom", "римский"), ("Bayern", "Bavarian"), ("Kyjiw", "Kiew"),
        ("Südsudan", "Sudan"), ("deutschsprachig", "German"), ("vereinigte", "United"),
    ],
)  # fmt: skip
def test_places_are_the_same_word_across_languages(one, other):
    assert same_word(one, other)
    assert same_word(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Nordkorea", "Südkorea"), ("Niger", "Nigerian"), ("Kenia", "Ghana"), ("danke", "Danish"),
     ("Moskau", "Russland")],
)  # fmt: skip
def test_other_places_are_other_words(one, other):
    assert not same_word(one, other)


@pytest.mark.parametrize(
    ("claim", "cited", "swapped"),
    [
        ("Marokko liefert Weizen.", "Tunisia delivers wheat.", True),
        ("Кипр против.", "Malta ist dagegen.", True),
        ("Nordkorea schweigt.", "South Korea is silent.", True),
        ("Korea schweigt.", "South Korea is silent.", False),
        ("Rabat ist dafür.", "Морокко и Марокко за это.", False),
        ("Das marokkanische Parlament tagt.", "Morocco's parliament meets.", False),
        ("The United Nations agree.", "Die UNO stimmt zu.", False),
        ("Danke, Maler.", "Mali dankt Dänemark.", False),
    ],
)
def test_one_country_for_another_is_seen_in_any_language(claim, cited, swapped):
    found = find_swapped_country(read_words(claim), read_words(cited), ())
    assert (found is not None) is swapped


def test_exonyms_have_keys_that_places_share():
    codes = {row["code"] for row in ROWS}
    for row in read_rows("exonyms.tsv"):
        for key in row["key"].split():
            assert key in codes or not re.fullmatch("[A-Z]{2}", key)
    exonym = find_exonym("Münchner")
    assert exonym is not None
    assert exonym.kind == "city"


COPY = (
    "Marokkos Außenminister Idris Falkenhain hat vor einer Dürre gewarnt. „Die Brunnen sind leer“, "
    "sagte Falkenhain. „Wir brauchen Regen.“",
    "Der zyprische Verteidigungsminister Kosta Holmsen lobte die Übung. „Die Flotte ist bereit“, "
    "sagte Holmsen. „Wir üben jedes Jahr.“",
)


@pytest.mark.parametrize(
    ("question", "speaker"),
    [
        ("What did the Moroccan foreign minister say?", "Idris Falkenhain"),
        ("Что сказал министр обороны Кипра?", "Kosta Holmsen"),
        ("Was sagte der Verteidigungsminister Zyperns?", "Kosta Holmsen"),
        ("Что сказал глава МИД Марокко?", "Idris Falkenhain"),
    ],
)
def test_a_question_by_office_of_any_country_is_answered(copy_archive, question, speaker):
    answer = open_chat(copy_archive).ask(question)
    assert answer.citations
    assert {citation.speaker for citation in answer.citations} == {speaker}


@pytest.fixture(scope="module")
def copy_archive(tmp_path_factory, models):
    settings = Settings(data=tmp_path_factory.mktemp("places") / "data", models=models)
    articles = [
        Article(f"a{n}", "Meldung", text, hash_text(text), path=f"{n}.txt")
        for n, text in enumerate(COPY)
    ]
    index_articles(settings, articles)
    return settings


def list_strings(path):
    """The string literals of a module with more than a docstring's claim to them."""
    nodes = list_nodes(path)
    prose = {
        node.body[0].value
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in prose:
            yield node.value


def test_no_list_of_countries_lives_outside_the_tables():
    assert len(MODULES) > 50
    lists = {}
    for path in MODULES:
        for text in list_strings(path):
            places = [find_place(word) for word in re.findall(r"[^\W\d_]+", text)]
            codes = {place.code for place in places if place and not place.guarded}
            if len(codes) >= 4:
                lists[path.name] = sorted(codes)
    assert lists == {}


def test_the_combinations_of_languages_agree_on_every_first_name():
    for row in ROWS:
        names = [name_place(row["code"], language) for language in LANGUAGES]
        for one, other in combinations(names, 2):
            assert read_code(one) == read_code(other) == row["code"]
