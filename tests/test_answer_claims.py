"""What of an answer is a claim: layout, marks of other systems, talk and refusals are none."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wortlaut.eval.faithfulness.claims import is_refusal_answer, read_answer, split_claims
from wortlaut.eval.faithfulness.marks import find_marks, level_marks
from wortlaut.eval.run.examiner import split_cited
from wortlaut.rag.model.thinking import find_thoughts

FERRY = "The ferry costs 40 crowns."
LAID_OUT = {
    "a mark of file search": "The ferry costs 40 crowns 【1†source】.",
    "a mark of file search with a message": "The ferry costs 40 crowns【4:0†tarvo.pdf】.",
    "a footnote": "The ferry costs 40 crowns.[^1]\n\n[^1]: Tarvo Gazette",
    "an identifier": "The ferry costs 40 crowns [ID:0].",
    "another identifier": "The ferry costs 40 crowns ##0$$.",
    "a number in brackets": "The ferry costs 40 crowns (1).",
    "a raised number": "The ferry costs 40 crowns.¹",
    "a named source": "The ferry costs 40 crowns (Source 1).",
    "a named source in German": "The ferry costs 40 crowns [Dokument 1].",
    "a linked number": "The ferry costs 40 crowns [[1]](https://example.org/tarvo).",
    "a mark of HTML": "The ferry costs 40 crowns<sup>1</sup>.",
    "a thought": "<think>Where does it say so? In the first one.</think>\nThe ferry costs 40 crowns.",
    "a thought that only ends": "I look for the fare. There it is.\n</think>\nThe ferry costs 40 crowns.",
    "a label": "**Answer:** The ferry costs 40 crowns.",
    "a heading": "## Fares of the night ferry\n\nThe ferry costs 40 crowns.",
    "a bold heading": "**Fares of the night ferry**\n\nThe ferry costs 40 crowns.",
    "a list and what leads in to it": "Here is what the texts say:\n\n1. The ferry costs 40 crowns.",
    "bold words": "The ferry costs **40 crowns**.",
    "a link": "The [ferry](https://example.org/ferry) costs 40 crowns.",
    "a list of sources": "The ferry costs 40 crowns.\n\n**Sources:**\n- [1] Tarvo Gazette\n- [2] Ellmark Post",
    "a list of sources in German": "The ferry costs 40 crowns.\n\nQuellen:\n1. Tarvo-Bote, 3. Mai",
    "a line that names the source": "The ferry costs 40 crowns.\nSource: Tarvo Gazette, 3 May",
    "a courtesy": "Sure! The ferry costs 40 crowns. I hope this helps! Feel free to ask about other ferries.",
    "a courtesy in German": "The ferry costs 40 crowns. Gerne beantworte ich weitere Fragen.",
    "a mere yes before it": "Yes. The ferry costs 40 crowns.",
    "a refusal behind it": "The ferry costs 40 crowns. The passages do not say when it sails.",
    "a German refusal behind it": "The ferry costs 40 crowns. Zur Fahrzeit findet sich in den Texten nichts.",
    "a refusal before it": "I'm sorry, but the texts do not mention the timetable. The ferry costs 40 crowns.",
}  # fmt: skip


@pytest.mark.parametrize("answer", LAID_OUT.values(), ids=LAID_OUT.keys())
def test_the_one_claim_is_found_in_any_layout(answer):
    reading = read_answer(answer)
    assert [reading.word(span) for span in reading.claims] == [FERRY]
    assert not reading.refuses
    assert len(reading.text) == len(answer)


def test_the_rows_of_a_table_are_claims_and_its_head_is_none():
    answer = "| Ship | Fare |\n|---|---:|\n| Astrild | 40 crowns |\n| Bellona | 55 crowns |"
    reading = read_answer(answer)
    assert [reading.word(span) for span in reading.claims] == [
        "Astrild 40 crowns",
        "Bellona 55 crowns",
    ]


@pytest.mark.parametrize("answer", ["x", "…", "- \n- ", "Here are the steps:", "# Fares", "Hier:"])
def test_what_says_nothing_claims_nothing_though_something_was_asked(answer):
    if answer != "# Fares":
        assert split_claims(answer) == []
    assert split_claims(answer, is_asked=False) == []


@pytest.mark.parametrize("answer", ["Mira Talberg", "42", "Yes.", "- Mira Talberg\n- Jon Hale"])
def test_a_mere_name_or_number_claims_something_only_where_it_answers(answer):
    assert split_claims(answer)
    assert split_claims(answer, is_asked=False) == []


@pytest.mark.parametrize(
    "answer",
    [
        "Source: the ferry from Tarvo was sunk by Jon Hale in May.",
        "Sources say the ferry was sunk.",
        "Please note that Jon Hale sank the ferry.",
        "Here Jon Hale sank the ferry: nobody came back.",
        "3. Mai war der Tag des Unglücks.",
        "Die Quelle des Flusses liegt in Tarvo.",
        "(1) first sank the Astrild.",
    ],
)
def test_what_only_looks_like_layout_is_a_claim(answer):
    assert len(split_claims(answer)) == 1


@pytest.mark.parametrize(
    "answer",
    [
        "I'm sorry, but I cannot answer. Please provide more context or rephrase your question.",
        "**Antwort:** Dazu findet sich in den Quellen nichts [1][2].",
        "Answer: Unable to answer based on given passages.",
        "В предоставленных текстах нет информации о налогах.",
        "<think>Nothing there.</think>The given information is insufficient to answer the question.",
    ],
)
def test_a_refusal_in_any_layout_is_one(answer):
    assert is_refusal_answer(answer)
    assert split_claims(answer) == []


@pytest.mark.parametrize(
    ("answer", "levelled"),
    [
        ("a 【1†source】.", "a [1]."),
        ("a 【4:0†source】.", "a [1]."),
        ("a【source】.", "a."),
        ("costs.[^2]", "costs.[2]"),
        ("a [ID:0] b", "a [1] b"),
        ("a ##3$$", "a [4]"),
        ("a [[2]](https://a.example/b)", "a [2]"),
        ("a (Sources 1 and 3), b", "a [1][3], b"),
        ("a [doc2]", "a [2]"),
        ("a [Quelle: 1, 3]", "a [1][3]"),
        ("a [источник 2]", "a [2]"),
        ("a [1-3]", "a [1][2][3]"),
        ("ferry (2).", "ferry[2]."),
        ("ferry¹ of 40 m²", "ferry[1] of 40 m²"),
        ("see (1) first", "see (1) first"),
        ("10 (5) b", "10 (5) b"),
        ("Passage 3 says", "Passage 3 says"),
    ],
)
def test_marks_of_other_systems_cite_contexts(answer, levelled):
    assert level_marks(answer) == levelled


def test_a_sentence_cites_what_its_mark_tells_whoever_wrote_it():
    answer = (
        "<think>Which [3]?</think>The ferry sails at ten 【2†source】. It costs 40 crowns.[^1] "
        "The texts do not say where it lies.\n\nSources:\n- [1] Tarvo Gazette"
    )
    assert split_cited(answer, "en") == [
        ("The ferry sails at ten .", (2,)),
        ("It costs 40 crowns.", (1,)),
    ]


def test_thoughts_are_found_where_they_stand():
    text = "<think>no</think>Yes. [THINK]well[/THINK] No."
    assert [span.of(text) for span in find_thoughts(text)] == [
        "<think>no</think>",
        "[THINK]well[/THINK]",
    ]
    assert find_thoughts('The mark "<think>" opens a thought.') == []
    assert find_thoughts("A plain answer.") == []


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aB1 .:\n[]()【】†^#*|-<>/ ", max_size=80))
def test_any_text_is_read_and_each_place_stays(answer):
    reading = read_answer(answer)
    assert len(reading.text) == len(answer)
    assert all(a == b or a == " " for a, b in zip(reading.text, answer, strict=True))
    assert all(a.end <= b.start for a, b in pairwise(reading.claims))
    marks = find_marks(answer)
    assert all(a.span.end <= b.span.start for a, b in pairwise(marks))
