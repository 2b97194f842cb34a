"""Claims that layout, courtesies or lists of sources could hide; hostile answers; marks of others."""

import pytest

from wortlaut.eval.faithfulness.claims import read_answer
from wortlaut.eval.faithfulness.marks import level_marks
from wortlaut.eval.faithfulness.offline import Calibration
from wortlaut.eval.faithfulness.scorer import open_scorer
from wortlaut.eval.faithfulness.signs import Signs
from wortlaut.rag.config import load_settings

# Steps that grow with the square of it would never end.
MANY = 150_000
FERRY = "The night ferry from Tarvo costs 35 crowns. It sails at ten. Mira Talberg christened it."
LOG = (
    "The ferry board approved the timetable for the winter with 412 votes on Friday after a quarrel. "
    "Gulls nest on the pier. The lighthouse was painted in autumn. Nets dry along the quay. "
    "A bakery opened beside the harbour. The choir of Ellmark sang. Snow fell on the hills. "
    "Children skated on the pond. The mill turned all night."
)


@pytest.fixture(scope="module")
def scorer(models):
    return open_scorer(load_settings(models=models))


def claims(answer):
    reading = read_answer(answer)
    return [reading.word(span) for span in reading.claims]


@pytest.mark.parametrize(
    "answer",
    [
        "- " * MANY,
        "|" * MANY,
        f"<think>{'x ' * MANY}",
        f"Source: {'a ' * MANY}",
        f"Sources{' ' * MANY}x",
        f"Sources{'*' * MANY}x",
        f"|--{' ' * MANY}x",
        f"a{'_' * MANY}a",
        f"**a**{' ' * MANY}x",
        f"{' ' * MANY}x\n---",
        "(" * MANY,
    ],
    ids=lambda answer: answer[:8],
)
def test_a_hostile_answer_is_read_in_time_that_grows_with_its_length(answer):
    assert len(read_answer(answer).text) == len(answer)


@pytest.mark.parametrize(
    ("answer", "found"),
    [
        ("**The ferry costs 90 crowns.**\n\nIt sails at ten.", "The ferry costs 90 crowns."),
        ("# The ferry costs 90 crowns\n\nIt sails at ten.", "The ferry costs 90 crowns"),
        ("## The ferry has sunk\n\nIt sails at ten.", "The ferry has sunk"),
        ("## Die Fähre ist gesunken\n\nIt sails at ten.", "Die Fähre ist gesunken"),
        ("| Fare of 90 crowns | Time |\n|---|---|\n| Astrild | ten |", "Fare of 90 crowns Time"),
        ("- **Fare:** 90 crowns", "Fare: 90 crowns"),
        ("- **Christened by:** Jon Hale\n\nIt sails at ten.", "Christened by: Jon Hale"),
        ("Sure, Mira Talberg stole the ferry to help her brother.",
         "Mira Talberg stole the ferry to help her brother."),
        ("Natürlich, Mira Talberg stahl die Fähre und half weiter.",
         "Mira Talberg stahl die Fähre und half weiter."),
        ("Конечно, Мира Тальберг украла паром, чтобы помочь брату.",
         "Мира Тальберг украла паром, чтобы помочь брату."),
        ("If you have any rash, contact a doctor and stop taking Zarvox.",
         "If you have any rash, contact a doctor and stop taking Zarvox."),
        ("Sources\n1. tarvo.example\n2. ellmark.example\n\n**The ferry costs 90 crowns.**",
         "The ferry costs 90 crowns."),
        ("Sources:\n[1] a.pdf\n[2] b.pdf\n\n- The ferry costs 90 crowns [1].",
         "The ferry costs 90 crowns ."),
        ("## Sources\n\n- The river is fed by springs in the hills.",
         "The river is fed by springs in the hills."),
        ("Source: the ferry costs 90 crowns and sank in May", "the ferry costs 90 crowns and sank in May"),
        ("Quelle: Die Tarva entspringt im Wald auf 1078 Metern",
         "Die Tarva entspringt im Wald auf 1078 Metern"),
    ],
)  # fmt: skip
def test_what_layout_or_courtesy_could_hide_is_a_claim(answer, found):
    assert any(
        each.replace(" .", ".").endswith(found.replace(" .", ".")) for each in claims(answer)
    )


@pytest.mark.parametrize(
    "answer",
    [
        "## What the ferry is\n\nIt sails at ten.",
        "**Step 2: The quay**\n\nIt sails at ten.",
        "It sails at ten.\n\nSources:\n- Tarvo-Bote, 3. Mai\n- Ellmark Post, page 4",
        "It sails at ten. Source: tarvo.pdf, page 3",
        "Great question! Happy to help. It sails at ten.",
        "Hallo! Gute Frage. It sails at ten.",
        "It sails at ten. If you have any further questions, feel free to ask!",
        "Sure, I can help you with that! It sails at ten.",
    ],
)
def test_layout_and_courtesies_are_still_none(answer):
    assert claims(answer) == ["It sails at ten."]


@pytest.mark.parametrize(
    ("answer", "levelled"),
    [
        ("a [tarvo.pdf, p. 3].", "a ."),
        ("a (tarvo.pdf, page 3).", "a ."),
        ("a [1, p. 3].", "a [1]."),
        ("a [Doc 1, Doc 2].", "a [1][2]."),
        ("a [Source 7; Source 8].", "a [7][8]."),
        ("a citeturn0search1.", "a ."),
        ("a \ue200cite\ue202turn0search1\ue202turn1view2\ue201.", "a ."),
        ("a :contentReference[oaicite:0]{index=0}", "a [1]"),
        ("a[^7^].", "a[7]."),
        ("a (Holm et al., 2020).", "a ."),
        ("a (Holm, 2020, S. 12).", "a ."),
        ("(Article 10)", "(Article 10)"),
        ("a (Absatz 2).", "a (Absatz 2)."),
        ("a (Tarvo, 1997)", "a (Tarvo, 1997)"),
        ("a (May 2020)", "a (May 2020)"),
    ],
)
def test_marks_with_pages_files_and_authors_are_marks_and_a_law_s_parts_are_none(answer, levelled):
    assert level_marks(answer) == levelled


def test_a_wrong_number_is_enough_by_itself_however_near_the_claim_is(scorer):
    claim = "The ferry board approved the timetable for the winter with {} votes on Friday after a quarrel."
    (right,) = scorer.score("How was the vote?", claim.format(412), [LOG]).claims
    (wrong,) = scorer.score("How was the vote?", claim.format(487), [LOG]).claims
    assert right.verdict == "supported"
    assert wrong.verdict == "not_enough_info"
    assert "487" in wrong.reason


@pytest.mark.parametrize(
    "sure", [{"strange_numbers": ("9",)}, {"strange_names": ("Hale",)}, {"is_reversed": True}]
)
def test_no_nearness_outweighs_a_sure_sign(sure):
    near = (0.0, 0.0, 0.0, 0.0, 0.0, -1.0, False, False)
    calibration = Calibration()
    assert calibration.support(Signs(*near)) > 0.99
    sign = {"is_reversed": False, "strange_numbers": (), "strange_names": (), **sure}
    assert calibration.support(Signs(*near, **sign)) < calibration.cut


def test_what_leads_in_is_a_claim_where_its_words_are_new(scorer):
    plain = "Here is what the texts say about the ferry:\n\n- It sails at ten."
    assert len(scorer.score("When?", plain, [FERRY]).claims) == 1
    loaded = "The following woman christened the ferry, poisoned a priest and robbed a bank:\n\n- Mira Talberg christened it."
    found = scorer.score("Who?", loaded, [FERRY]).claims
    assert [claim.verdict for claim in found] == ["not_enough_info", "supported"]
