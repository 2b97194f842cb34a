"""Numbers of a claim against those of its contexts, in any notation; what follows from them; spans."""

import pytest

from wortlaut.eval.faithfulness.amounts import Amounts
from wortlaut.eval.faithfulness.labelled import LabelledAnswer
from wortlaut.eval.faithfulness.measuring import judge_answers
from wortlaut.eval.faithfulness.offline import OfflineScorer
from wortlaut.eval.faithfulness.scorer import open_scorer
from wortlaut.eval.faithfulness.signs import SourceWords, load_rarity
from wortlaut.eval.faithfulness.spans import (
    MarkedWords,
    compare_spans,
    mark_by_rules,
    measure_spans,
)
from wortlaut.index.article import Span
from wortlaut.rag.config import load_settings

PORT = (
    "The harbour of Tarvo cost 1.2 billion crowns and took 14 years; 120 ships call there a year."
)
HAFEN = "Der Hafen von Tarvo kostet 1,2 Milliarden Kronen. In der Nacht waren es minus 8 Grad."
STORM = (
    "The storm killed 12 people in Tarvo and 7 people in Ellmark. Mayor Jon Hale was born in 1958 and "
    "resigned in 2021. The Astrild is 140 metres long, the Bellona 95 metres."
)


def find(contexts, claim, language="en"):
    return [span.of(claim) for span in Amounts([contexts], language).find_strange(claim)]


@pytest.mark.parametrize(
    ("contexts", "language", "claim"),
    [
        (PORT, "en", "It cost 1,200 million crowns."),
        (PORT, "en", "It cost 1,200,000,000 crowns."),
        (PORT, "en", "It took fourteen years (passage 9)."),
        (HAFEN, "de", "Der Hafen kostet 1.200 Millionen Kronen."),
        (HAFEN, "de", "Nachts hatte es -8 Grad."),
        (HAFEN, "de", "Nachts hatte es 8 Grad unter Null."),
        ("Exports: -5 percent.", "en", "Exports fell by 5 percent."),
        (STORM, "en", "In total 19 people died."),
        (STORM, "en", "Hale resigned at the age of 63."),
        (STORM, "en", "The Astrild is 45 metres longer than the Bellona."),
        ("Es starben 12 Männer und 7 Frauen.", "de", "Insgesamt starben 19 Menschen."),
        ("Погибли 12 мужчин и 7 женщин.", "ru", "Всего погибли 19 человек."),
        ("Die Fahrt dauert 10 bis 12 Stunden.", "de", "Die Fahrt dauert 10–12 Stunden."),
    ],
)
def test_a_number_is_borne_out_in_any_notation_and_where_it_follows(contexts, language, claim):
    assert find(contexts, claim, language) == []


@pytest.mark.parametrize(
    ("contexts", "language", "claim", "strange"),
    [
        (PORT, "en", "It cost 1.2 million crowns.", "1.2 million"),
        (PORT, "en", "It took 17 years.", "17 years"),
        (HAFEN, "de", "Der Hafen kostet 1,2 Millionen Kronen.", "1,2 Millionen"),
        (HAFEN, "de", "Nachts hatte es 8 Grad.", "8 Grad"),
        ("It was 8 degrees.", "en", "It was -8 degrees.", "8 degrees"),
        (STORM, "en", "In total 21 people died.", "21"),
        (STORM, "en", "The storm hurt 19 people.", "19"),
        (STORM, "en", "Hale resigned at the age of 64.", "64"),
    ],
)
def test_another_number_is_strange_with_its_unit(contexts, language, claim, strange):
    assert find(contexts, claim, language) == [strange]


def mark(claim, *contexts):
    words = SourceWords("", contexts, load_rarity(), "en")
    return [claim[m.start : m.end] for m in mark_by_rules(claim, words, 0.9)]


def test_new_words_are_marked_with_the_few_between_them():
    claim = "It cost 1.2 billion crowns and was blessed by a travelling bishop."
    assert mark(claim, PORT) == ["blessed by a travelling bishop"]


def test_a_strange_number_is_marked_alone_and_a_claim_in_known_words_whole():
    assert mark("The harbour of Tarvo took 17 years.", PORT) == ["17 years"]
    assert mark("Ships cost a year.", PORT) == ["Ships cost a year"]


class LastWord:
    """Marks the last word of whatever it is asked about."""

    name = "last word"

    def __init__(self):
        self.asked = []

    def mark(self, claim, evidence):
        self.asked.append((claim, tuple(evidence)))
        start = claim.rindex(" ") + 1
        return [MarkedWords(start, len(claim) - 1, 0.75)]


def test_a_model_marks_words_in_the_place_of_the_rules_at_the_answers_places(models):
    plain = open_scorer(load_settings(models=models))
    assert isinstance(plain, OfflineScorer)
    marker = LastWord()
    parts = (plain._embedder, plain._verifier, plain._rarity, plain._calibration)
    scorer = OfflineScorer(*parts, marker)
    answer = "- It took 14 years [1].\n- Bishops devoured smoked salmon 【1†a】 there."
    found = scorer.score("What?", answer, [PORT])
    assert [answer[mark.start : mark.end] for mark in found.unsupported] == ["there"]
    assert [(mark.text, mark.score) for mark in found.unsupported] == [("there", 0.75)]
    assert [evidence for _, evidence in marker.asked] == [(PORT,)]
    assert scorer.fingerprint != plain.fingerprint


def test_only_unsupported_claims_have_spans_and_they_are_in_the_json(models):
    scorer = open_scorer(load_settings(models=models))
    answer = "It took 14 years. It took 17 years."
    found = scorer.score("How long did it take?", answer, [PORT]).as_json()
    kept, wrong = found["claims"]
    assert kept["unsupported"] == ()
    (mark,) = wrong["unsupported"]
    assert (mark["start"], mark["end"], mark["text"]) == (26, 34, "17 years")
    assert 0 <= mark["score"] <= 1


def test_spans_are_held_against_people_s_letter_by_letter():
    first = compare_spans("a", [Span(0, 10), Span(5, 12)], [Span(8, 20)])
    # 12 letters are marked, each once; 12 are people's; 8 to 11 are both
    assert (first.marked, first.unsupported, first.both) == (12, 12, 4)
    second = compare_spans("b", [], [Span(0, 8)])
    third = compare_spans("c", [Span(3, 7)], [])
    level = measure_spans([first, second, third], resamples=20)
    value = {name: estimate.value for name, estimate in level.figures.items()}
    # 4 of 12 + 4 marked letters, 4 of 12 + 8 of people's, 2 · 4 / (16 + 20)
    assert value == pytest.approx({"precision": 1 / 4, "recall": 1 / 5, "f1": 2 / 9})
    assert level.figures["f1"].low is None
    assert level.as_json()["letters_unsupported"] == 20


def test_without_any_spans_their_figures_are_undefined():
    level = measure_spans([compare_spans("a", [], [])], resamples=5)
    assert {estimate.value for estimate in level.figures.values()} == {None}
    assert measure_spans([], resamples=5).answers == 0


def test_what_people_marked_in_a_silent_answer_is_missed(models):
    scorer = open_scorer(load_settings(models=models))
    answer = "I cannot answer that."
    labelled = LabelledAnswer("1", "s", "What?", answer, (PORT,), False, (Span(0, 8),))
    (judged,) = judge_answers(scorer, [labelled])
    assert judged.answer is None
    assert (judged.spans.marked, judged.spans.unsupported) == (0, 8)
