"""The tables of the languages are sound, and no list of verbs of saying lives outside them."""

import ast
import re
import unicodedata
from collections import Counter, defaultdict
from functools import cache

import pytest
from modules import MODULES, ROOT, list_nodes

from wortlaut.index.lang.grammar import read_grammar
from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.verbs import conjugate, fold_verb
from wortlaut.index.lang.words import LANGUAGES, list_patterns
from wortlaut.rag.understanding.question import understand

LANG = ROOT / "index" / "lang"
TABLES = sorted(path.relative_to(LANG).as_posix() for path in LANG.rglob("*.tsv"))
SOURCES = [path for path in MODULES if LANG not in path.parents]
FEWEST_OF_A_LIST = 4
SHORTEST_STEM = 4


@cache
def read_sayings():
    """The verbs that ask for a speaker, by their forms; none that say something with company."""
    sayings = defaultdict(set)
    for language in LANGUAGES:
        for row in read_rows(f"{language}/verbs.tsv"):
            plain = row["asks"] in ("", "known", "agree") and row["group"] != "think"
            if plain and not row.get("beside"):
                for word, _, particle in conjugate(row, language):
                    if not particle:
                        sayings[fold_verb(word)].add(row["verb"])
    return sayings


def find_sayings(text):
    """The verbs of saying among the words of a text; those that its stems begin, too: "warn\\w*"."""
    found = set()
    for word, stem in re.findall(r"([^\W\d_]+)(\\w[*+{])?", re.sub(r"\\[bsdAZ]", " ", text)):
        low = fold_verb(word)
        if stem and len(low) >= SHORTEST_STEM:
            forms = [form for form in read_sayings() if form.startswith(low)]
            found |= {min(verbs) for form in forms for verbs in [read_sayings()[form]]}
        elif low in read_sayings():
            found.add(min(read_sayings()[low]))
    return found


def is_prose(text):
    """Whether words are sentences: they have stops, or say a word again."""
    words = text.split()
    stops = any(word.endswith((".", ",", ";", ":", "?")) and "\\" not in word for word in words)
    return stops or max(Counter(words).values(), default=0) > 2


def list_literals(path):
    """The strings of a module, and its sets, lists, tuples and keys; no docstrings, no `__all__`."""
    nodes = list_nodes(path)
    docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    docs |= {
        id(node.value)
        for node in nodes
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    }
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            if not is_prose(node.value):
                yield node.lineno, node.value
        elif isinstance(node, ast.Set | ast.List | ast.Tuple | ast.Dict) and id(node) not in docs:
            parts = node.keys if isinstance(node, ast.Dict) else node.elts
            texts = [part.value for part in parts if isinstance(part, ast.Constant)]
            yield node.lineno, " ".join(text for text in texts if isinstance(text, str))


def find_lists(path):
    found = [(line, find_sayings(text)) for line, text in list_literals(path)]
    return [(line, verbs) for line, verbs in found if len(verbs) >= FEWEST_OF_A_LIST]


def test_no_list_of_verbs_of_saying_lives_outside_the_tables():
    assert len(SOURCES) > 80
    found = {path.relative_to(ROOT).as_posix(): find_lists(path) for path in SOURCES}
    assert {name: lists for name, lists in found.items() if lists} == {}


@pytest.mark.parametrize(
    "code",
    [
        'A = frozenset("sagte erklärte betont gewarnt".split())',
        'A = {"saying", "warned", "insist", "denies"}',
        r'A = r"\b(?:said|told|warn\w*|claims?|betonte)\b"',
        'A = {"сказал": 1, "заявила": 2, "подчеркнул": 3, "отрицает": 4}',
        r'A = r"отверг\w*|опроверг\w*|предупре\w*|обвин\w*"',
    ],
)
def test_the_search_for_such_lists_sees_one(code, tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text(code, encoding="utf-8")
    assert find_lists(planted)


def test_a_sentence_is_no_list(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text('A = "She said, he warned, they denied and we insist."', encoding="utf-8")
    assert not find_lists(planted)


# Beside proper names, days and titles of other alphabets: the capitals say something there.
CAPITALS = frozenset(
    [
        "clock.tsv",
        "exonyms.tsv",
        "faults.tsv",
        "organisations.tsv",
        "places.tsv",
        "press.tsv",
        "ru/sure_letters.tsv",
        "ru/transcription.tsv",
        "uses.tsv",
    ]
    + [f"{each}/{kind}.tsv" for each in LANGUAGES for kind in ("calendar", "refusals", "times")]
)


@pytest.mark.parametrize("name", TABLES)
def test_a_table_says_what_it_is_and_no_row_lacks_its_key_or_stands_twice(name):
    text = (LANG / name).read_text(encoding="utf-8")
    assert re.match(r"# \S.{20}", text)
    assert unicodedata.is_normalized("NFC", text)
    assert text.endswith("\n")
    rows = read_rows(name)
    key = next(iter(rows[0]))
    assert all(row[key] for row in rows)
    # A sound may be replaced once more, after another.
    if name != "sounds.tsv":
        assert max(Counter(tuple(row.values()) for row in rows).values()) == 1
    if name not in CAPITALS:
        assert [word for row in rows for word in row.values() if word != word.lower()] == []


def spell_plainly(verb):
    bare = unicodedata.normalize("NFD", verb.replace("|", "").replace("ß", "s"))
    return "".join(letter for letter in bare if not unicodedata.combining(letter))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_verbs_are_sorted_by_group_and_then_by_the_alphabet(language):
    rows = read_rows(f"{language}/verbs.tsv")
    keys = [
        (("say", "tell", "think").index(row["group"]), spell_plainly(row["verb"])) for row in rows
    ]
    assert keys == sorted(keys)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_mark_of_a_verb_is_told_of_in_the_header(language):
    text = (LANG / language / "verbs.tsv").read_text(encoding="utf-8")
    header = " ".join(line for line in text.splitlines() if line.startswith("#"))
    marks = {mark for row in read_rows(f"{language}/verbs.tsv") for mark in row["marks"].split()}
    assert marks
    assert {mark for mark in marks if not re.search(rf"\b{mark}\b", header)} == set()


def test_the_two_verbs_of_a_russian_pair_name_each_other():
    pairs = {row["verb"]: row["pair"] for row in read_rows("ru/verbs.tsv") if row["pair"]}
    assert [verb for verb, other in pairs.items() if pairs.get(other) != verb] == []


@pytest.mark.parametrize("name", ["stances.tsv", "opposites.tsv"])
def test_each_word_pattern_is_one_and_fits_whole_words(name):
    for row in read_rows(name):
        for pattern in list_patterns(row):
            assert not re.compile(pattern).fullmatch("")
    sides = Counter(row["concept"] for row in read_rows("opposites.tsv"))
    assert set(sides.values()) == {2}


ASKED = {
    "de": "Was sagte {} Holmsen zum Tunnel?",
    "en": "What did {} Holmsen say about the tunnel?",
    "ru": "Что сказал {} Хольмсен о туннеле?",
}
# Words that more than offices begin with, in questions in some of their forms, or not at all.
COARSE = {"дум": "дума", "политик": "политик", "учен": "ученый", "bahn": "", "eisenbahn": ""}


def list_offices(kind, language):
    cells = [row[language] for row in read_rows("offices.tsv") if row["kind"] == kind]
    words = [word.removeprefix("-") for cell in cells for word in cell.split() if word[-1] != "-"]
    return [COARSE.get(word, word) for word in words if COARSE.get(word, word)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_office_of_the_table_is_a_title_in_a_question(language):
    offices = list_offices("role", language)
    assert len(offices) > 40
    for office in offices:
        title = office if language == "ru" else office.capitalize()
        query = understand(ASKED[language].format(title))
        assert query.kind == "speaker", title
        assert query.unknown_speakers == (("Хольмсен",) if language == "ru" else ("Holmsen",)), (
            title
        )
        assert re.fullmatch("(?i)tunnel|туннеле", query.topic), title


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_institution_of_the_table_may_speak_in_a_question(language):
    asked = {"de": "Was sagte die {} zum Tunnel?", "en": "What did the {} say about the tunnel?",
             "ru": "Что говорит {} о туннеле?"}[language]  # fmt: skip
    for word in list_offices("institution", language):
        body = word.capitalize() if language == "de" else word
        query = understand(asked.format(body), find_holders=lambda phrase: ["Petra Sund"])
        assert query.speakers == ("Petra Sund",), body


@pytest.mark.parametrize(
    "question",
    ["What did Energy Minister Holmsen say about the tunnel?",
     "What did energy minister Sergey Lavrov say about the tunnel?",
     "Что сказал министр энергетики Хольмсен о туннеле?",
     "Что сказал министр здравоохранения Сергей Лавров о туннеле?"],
)  # fmt: skip
def test_the_field_of_an_office_is_no_part_of_the_topic(question):
    query = understand(question, known_speakers=["Sergej Lawrow"])
    assert query.topic in {"tunnel", "туннеле"}
    assert query.speakers or query.unknown_speakers in {("Holmsen",), ("Хольмсен",)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_word_that_only_begins_like_an_office_is_none(language):
    grammar = read_grammar(language)
    words = {"de": "tunnel haus", "en": "energy research tunnel", "ru": "думает учения политика"}
    for word in words[language].split():
        assert not grammar.titles.fullmatch(word)
    assert not grammar.bodies.fullmatch({"de": "vorgang", "en": "tunnel", "ru": "думает"}[language])


@pytest.mark.parametrize(
    ("asked", "order"),
    [
        ("When did Lavrov first condemn the tunnel?", "oldest"),
        ("What has Lavrov last announced?", "newest"),
        ("What did Lavrov raise first?", "relevance"),
        ("What did the first report say about the tunnel?", "relevance"),
    ],
)
def test_first_and_last_before_any_verb_of_saying_tell_the_order(asked, order):
    assert understand(asked, known_speakers=["Sergej Lawrow"]).order == order
