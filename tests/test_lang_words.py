"""The one tokeniser, the one transliteration and the function words; that there are no others."""

import ast
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from modules import MODULES, ROOT, list_nodes

from wortlaut.index.lang.names import SAME_PERSON, match_names
from wortlaut.index.lang.tables import read_rows
from wortlaut.index.lang.words import (
    clean_word,
    detect_language,
    find_letter_runs,
    find_runs,
    fold,
    fold_word,
    level_wording,
    make_terms,
    read_class,
    read_function_words,
    read_genders,
    read_name_words,
    read_typed_words,
    read_words,
    read_words_and_marks,
    sound_forms,
)
from wortlaut.rag.askedwords import measure_held, read_asked_words

TEXTS = st.text(max_size=60) | st.lists(
    st.sampled_from(
        ["Falkenhain's", "t-online.de", "10 000", "3,5", "1.2.", "don’t", "Anna-Lena", "J.", "ein\u00adig",
         "e\u0301", "G7", "„Nein“", "№", "%", "Лавров", "—", "_x_", "\n", "\u200f", "q'", "-", "AT&T"]
    ),
    max_size=12,
).map(" ".join)  # fmt: skip
READERS = (read_words, read_name_words, lambda text: list(read_typed_words(text)))


@given(TEXTS)
def test_every_word_is_a_slice_of_the_text_and_they_go_forward(text):
    for read in READERS:
        words = read(text)
        assert [text[word.start : word.end] for word in words] == [word.text for word in words]
        ends = [0, *(word.end for word in words)]
        assert all(end <= word.start < word.end for end, word in zip(ends, words, strict=False))


@given(TEXTS)
def test_sentence_words_are_slices_too_but_for_what_nobody_sees(text):
    words = read_words_and_marks(text)
    slices = [text[a:b] for a, b in zip(words.starts, words.ends, strict=True)]
    assert [clean_word(each) for each in slices] == words.words
    assert all(a < b for a, b in zip(words.starts, words.ends, strict=True))
    assert all(b <= a for b, a in zip(words.ends, words.starts[1:], strict=False))


@given(TEXTS)
def test_no_letter_and_no_digit_is_lost(text):
    def keep(pieces):
        return [c for piece in pieces for c in piece if c.isalnum()]

    marks = read_words_and_marks(text)
    slices = [text[a:b] for a, b in zip(marks.starts, marks.ends, strict=True)]
    typed = [word.text for word in read_typed_words(text)]
    assert keep(slices) == keep(typed) == keep(find_runs(text)) == keep([text])
    letters = [c for c in text if re.fullmatch(r"[^\W\d_]", c)]
    assert [c for run in find_letter_runs(text) for c in run] == letters
    assert [c for word in read_name_words(text) for c in word.text if c not in ".-'’"] == letters


def test_each_cut_has_its_purpose():
    text = "Falkenhain's 10 000 Mann, Anna-Lena J. und t-online.de: 3,5 % (G7-Gipfel)"
    assert read_words_and_marks(text).words == [
        "Falkenhain's", "10", "000", "Mann", ",", "Anna-Lena", "J", ".", "und", "t-online.de", ":", "3", ",",
        "5", "%", "(", "G7-Gipfel", ")",
    ]  # fmt: skip
    assert [word.text for word in read_words(text)][:3] == ["Falkenhain", "s", "10 000"]
    assert [word.text for word in read_words(text)][-5:-3] == ["3,5", "%"]
    assert [word.text for word in read_name_words(text)][3:6] == ["Anna-Lena", "J.", "und"]
    assert next(read_typed_words(text)).text == "Falkenhain's"
    assert find_runs("G7-Gipfel") == ["G7", "Gipfel"]
    assert find_letter_runs("G7-Gipfel") == ["G", "Gipfel"]
    assert level_wording("Minus: −3 Grad, 3:2?") == "Minus -3 Grad 3:2 ?"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Лавров спорил", ["lawrow", "sporil"]),
        ("Lawrow sprach", ["lawrow", "sprach"]),
        ("Чернышёв, Щукин", ["tscher", "schtsc"]),
        ("Straße Économie", ["strass", "econom"]),
        ("Сейм, съезд, въезд", ["sejm", "sesd", "wesd"]),
        ("Sicherheitsgarantien", ["sicher"]),
        ("Київ", ["ki\u0456w"]),
    ],
)
def test_the_terms_that_archives_hold_stay_as_they_are(text, terms):
    assert make_terms(text) == terms


@pytest.mark.parametrize(
    ("russian", "german", "english"),
    [
        ("Лавров", "Lawrow", "Lavrov"),
        ("Лаврова", "Lawrow", "Lavrov"),
        ("Хрущёв", "Chruschtschow", "Khrushchev"),
        ("Шойгу", "Schoigu", "Shoigu"),
        ("Зеленский", "Selenskyj", "Zelensky"),
        ("Медведеву", "Medwedew", "Medvedev"),
        ("Захаровой", "Sacharowa", "Zakharova"),
        ("Фирнхайма", "Viernheim", "Viernheim"),
    ],
)
def test_one_name_meets_itself_in_three_languages(russian, german, english):
    assert match_names(russian, german) >= SAME_PERSON
    assert match_names(russian, english) >= SAME_PERSON
    assert match_names(german, english) >= SAME_PERSON


def test_a_word_sounds_alike_in_each_case_and_script():
    assert "virnhaim" in sound_forms("Фирнхайма")
    assert fold_word("viernheim") == "virnhaim"
    assert sound_forms("Karthago") == sound_forms("Carthago")


@pytest.mark.parametrize(
    ("question", "language", "here", "elsewhere"),
    [
        ("Когда построили ратушу Фирнхайма?", "ru", "Viernheim", "Falkenhain"),
        ("Что случилось в Вюртемберге?", "ru", "Württemberg", "Oldenburg"),
        ("When was Carthage built?", "en", "Karthago", "Lindau"),
    ],
)
def test_a_question_finds_its_town_however_it_is_spelt(question, language, here, elsewhere):
    texts = [f"Das Rathaus von {town} wurde 1912 gebaut." for town in (here, elsewhere)]
    words = read_asked_words(question, language)
    name = next(
        n
        for n, word in enumerate(words)
        if fold(question).find(word.folded) > 0 and word.folded[0] in "fwc"
    )
    held = measure_held(words, texts)
    assert held[0][name] > 0.8
    assert held[1][name] == 0.0


@pytest.mark.parametrize("language", ["de", "en", "ru"])
def test_each_row_of_function_words_is_one_word_of_known_uses(language):
    rows = read_rows(f"{language}/function_words.tsv")
    uses = {row["use"] for row in read_rows("uses.tsv")}
    assert len({row["word"] for row in rows}) == len(rows)
    for row in rows:
        assert re.fullmatch(r"[^\W\d_]+(?:'s)?", row["word"])
        assert row["word"] == row["word"].lower()
        assert set(row["uses"].split()) <= uses
        assert row["class"]
        assert row["uses"] or row["determiner"] or row["pronoun"]


def test_no_use_is_without_words_and_an_unknown_one_is_refused():
    assert all(read_function_words(row["use"]) for row in read_rows("uses.tsv"))
    with pytest.raises(KeyError):
        read_function_words("decoration")


def test_the_uses_hold_what_they_held_when_they_were_lists_in_the_code():
    assert read_function_words("oblique") == set(
        "dem den einem einen des eines seinem ihrem seinen ihren diesem diesen dessen mehreren".split()
    )
    assert read_function_words("particle") == set(
        "von van der den de del di da al el bin ibn und фон ван дер де аль эль ди дель ибн бен".split()
    )
    assert read_function_words("somebody") == set(
        "er sie es dies he she it they this он она оно они это".split()
    )
    sizes = {"empty": 357, "opening": 285, "nobody": 182, "leading": 73}
    assert {use: len(read_function_words(use)) for use in sizes} == sizes
    assert read_class("article", "de") == set(
        "der die das dem den des ein eine einen einem einer eines".split()
    )
    assert (read_genders("determiner")["ihr"], read_genders("pronoun")["ihr"]) == ("m", "f")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Was sagte Holmsen?", "de"), ("What did Holmsen say?", "en"), ("Что сказал Хольмсен?", "ru"),
        ("the Fähre", "en"), ("die Fähre und der Hafen", "de"),
    ],
)  # fmt: skip
def test_a_language_is_told_by_its_function_words(text, language):
    assert detect_language(text) == language


TABLE = frozenset(
    row["word"]
    for each in ("de", "en", "ru")
    for row in read_rows(f"{each}/function_words.tsv")
    if row["class"] not in ("time", "thing", "numeral")
)
FEWEST_OF_A_LIST = 8


def list_word_lists(path):
    """The words of each string that is no docstring, and of each set, list and tuple of strings."""
    nodes = list_nodes(path)
    docs = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            bare = re.sub(r"\\[bAZ]|\(\?[:=!<]*|[()]", " ", node.value)
            yield node.lineno, [word for word in re.split(r"[\s|]+", bare) if word]
        elif isinstance(node, ast.Set | ast.List | ast.Tuple):
            parts = [each.value for each in node.elts if isinstance(each, ast.Constant)]
            yield node.lineno, [part for part in parts if isinstance(part, str)]


def is_house_list(words):
    """Whether most of the words, and not too few, are function words; prose has stops and nouns."""
    found = {word for word in words if word in TABLE}
    is_prose = any(word.endswith((".", ",", ";", ":", "?")) for word in words) or len(
        set(words)
    ) < len(words)
    return not is_prose and len(found) >= FEWEST_OF_A_LIST and 5 * len(found) >= 3 * len(words)


def test_no_list_of_function_words_stands_outside_the_tables():
    found = []
    for path in MODULES:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith("index/lang/"):
            continue
        found += [
            f"{name}:{line} {' '.join(words)}"
            for line, words in list_word_lists(path)
            if is_house_list(words)
        ]
    assert found == []


def test_the_search_for_lists_sees_them(tmp_path):
    planted = tmp_path / "planted.py"
    planted.write_text(
        'A = frozenset("der die das und oder aber nicht auch".split())\n', encoding="utf-8"
    )
    assert any(is_house_list(words) for _, words in list_word_lists(planted))
    planted.write_text(r'A = r"\b(?:the|a|of|to|in|and|or|but)\b"' + "\n", encoding="utf-8")
    assert any(is_house_list(words) for _, words in list_word_lists(planted))


PROBE = "Wer wartet heute auf Lenas Boot"
TOKENISING = {
    "rag/model/citations.py": "a growing text's next word reaches to the white space that has arrived",
    "index/lang/refusals.py": "the elements of a table's pattern, not of a text",
    "eval/faithfulness/claims.py": "whether a sentence says anything: any word, or a digit",
    "rag/model/endpoint.py": "a header's name, whole",
    "ui/gate/doors.py": "a host's and a header's name, whole",
    "index/lang/offices.py": "offices in a table's notation; goes to index/lang with the offices",
}


def cuts_words(pattern):
    """Whether the pattern finds each word of a plain text by itself."""
    try:
        found = [match[0] for match in re.finditer(pattern, PROBE)]
    except re.error:
        return False
    return found in (PROBE.split(), PROBE.split()[:-1])


def test_only_one_module_cuts_texts_into_words():
    found = []
    for path in MODULES:
        name = path.relative_to(ROOT).as_posix()
        if name == "index/lang/words.py" or name in TOKENISING:
            continue
        for node in list_nodes(path):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and cuts_words(node.value)
            ):
                found.append(f"{name}:{node.lineno} {node.value}")
    assert found == []
    words = list_nodes(ROOT / "index/lang/words.py")
    constants = [node.value for node in words if isinstance(node, ast.Constant)]
    assert sum(cuts_words(each) for each in constants if isinstance(each, str)) >= 4
