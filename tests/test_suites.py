"""Suites of every kind, read from what people have; and transcripts of other systems, scored."""

import json
from itertools import pairwise

import pytest

from wortlaut.eval.faithfulness.scorer import Faithfulness, ScoredClaim
from wortlaut.eval.figures.summary import count_right
from wortlaut.eval.reports.report import find_worst
from wortlaut.eval.run.examiner import judge_transcript, split_cited
from wortlaut.eval.suites.questions import read_suite
from wortlaut.eval.suites.transcripts import Transcript
from wortlaut.index.errors import ConfigError, DatasetError

DAM = "Der Damm an der Olme ist 92 Meter hoch. Er wurde nach sechs Jahren fertig."
TRAIN = "Der Nachtzug nach Tarvo fährt seit November wieder."
ANSWERED = {"question": "How high is the dam?", "answer": "92 metres. [1]", "contexts": [DAM]}
GOLD = {"id": "a", "type": "fact", "language": "en", "turns": ["How high?"], "answer": None,
        "gold": [{"path": "a.txt", "quote": "Er ist hoch."}]}  # fmt: skip


class WordScorer:
    """Supports what has each of its words in the contexts: a scorer a test can follow by hand."""

    name = "words"

    def __init__(self, fingerprint="words"):
        self.fingerprint = fingerprint

    def score(self, question, answer, contexts):
        words = set(" ".join(contexts).replace(".", "").lower().split())
        claims = []
        for sentence, _ in split_cited(answer, "de"):
            held = set(sentence.replace(".", "").lower().split()) <= words
            claims.append(ScoredClaim(
                sentence, 0, len(sentence), float(held),
                "supported" if held else "not_enough_info", None if held else "A word is missing.",
                (0, 0, 3),
            ))  # fmt: skip
        score = min((claim.support for claim in claims), default=None)
        return Faithfulness(score, tuple(claims))


def put(path, *values):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values))
    return path


def put_squad(path, contexts, *asked):
    """A SQuAD file of one article; `asked` are (id, paragraph, question, answer or None)."""
    paragraphs = [{"context": context, "qas": []} for context in contexts]
    for identity, number, question, answer in asked:
        context = contexts[number]
        found = [] if answer is None else [{"text": answer, "answer_start": context.find(answer)}]
        qa = {"id": identity, "question": question, "answers": found}
        paragraphs[number]["qas"].append(qa | ({"is_impossible": True} if answer is None else {}))
    path.write_text(json.dumps({"data": [{"title": "Olme", "paragraphs": paragraphs}]}))
    return path


def test_a_suite_is_known_by_what_is_in_it(tmp_path):
    assert read_suite(put(tmp_path / "a.jsonl", GOLD)).kind == "questions"
    assert read_suite(put(tmp_path / "b.jsonl", ANSWERED)).kind == "transcripts"
    assert read_suite(put(tmp_path / "folder" / "c.json", ANSWERED)).kind == "transcripts"
    assert read_suite(tmp_path / "folder").kind == "transcripts"
    assert read_suite(put(tmp_path / "list.json", [ANSWERED, ANSWERED])).kind == "transcripts"
    squad = put_squad(tmp_path / "d.de.json", [DAM], ("q", 0, "Wie hoch?", "92 Meter"))
    assert read_suite(squad).kind == "squad"


def test_a_squad_questions_gold_is_the_sentence_that_holds_its_answer(tmp_path):
    file = put_squad(tmp_path / "a.de.json", [DAM, TRAIN], ("q", 0, "Wie lange?", "sechs Jahren"))
    suite = read_suite(file)
    (question,) = suite.questions
    (gold,) = question.gold
    article = next(each for each in suite.articles if each.id == gold.article_id)
    assert gold.find(article).of(article.text) == "Er wurde nach sechs Jahren fertig."
    assert question.answers == ("sechs Jahren",)
    assert question.language == "de"
    assert len(suite.articles) == 2


def test_what_squad_2_calls_impossible_is_unanswerable(tmp_path):
    file = put_squad(
        tmp_path / "a.de.json", [DAM], ("q", 0, "Wie hoch?", "92 Meter"), ("x", 0, "Wer?", None)
    )
    answerable = {question.id: question.is_answerable for question in read_suite(file).questions}
    assert answerable == {"de:q": True, "de:x": False}


def test_a_parallel_question_has_its_gold_in_the_paragraphs_that_are_asked(tmp_path):
    german = put_squad(tmp_path / "a.de.json", [DAM], ("q", 0, "Wie hoch?", "92 Meter"))
    english = put_squad(
        tmp_path / "a.en.json", ["The dam is 92 metres high."], ("q", 0, "How high?", "92 metres"),
        ("new", 0, "Which dam?", "The dam"),
    )  # fmt: skip
    questions = {each.id: each for each in read_suite(german, [english]).questions}
    assert questions["en:q"].gold == questions["de:q"].gold
    assert questions["en:q"].answers == ("92 Meter",)
    # Nobody says where its answer stands: the paragraph alone is gold.
    assert [gold.quote for gold in questions["en:new"].gold] == [""]
    assert questions["en:new"].is_answerable


def test_parallel_files_go_with_squad_alone(tmp_path):
    file = put(tmp_path / "a.jsonl", GOLD)
    with pytest.raises(ConfigError, match="SQuAD"):
        read_suite(file, [file])


def test_a_limit_counts_each_squad_file_by_itself(tmp_path):
    asked = [("q", 0, "Wie hoch?", "92 Meter"), ("r", 0, "Wie lange?", "sechs Jahren")]
    german = put_squad(tmp_path / "a.de.json", [DAM], *asked)
    english = put_squad(tmp_path / "a.en.json", [DAM], *asked)
    (one, other) = [q.id for q in read_suite(german, [english], 1).questions]
    assert one.removeprefix("de:") == other.removeprefix("en:")


def test_a_limit_takes_squad_questions_from_all_articles_and_a_larger_one_the_same(tmp_path):
    articles = [
        {"title": f"T{a}", "paragraphs": [{"context": DAM, "qas": [
            {"id": f"{a}-{n}", "question": "Wie hoch?",
             "answers": [{"text": "92 Meter", "answer_start": DAM.index("92")}]}
            for n in range(5)]}]}
        for a in range(4)
    ]  # fmt: skip
    path = tmp_path / "a.de.json"
    path.write_text(json.dumps({"data": articles}))
    taken = [read_suite(path, limit=limit).questions for limit in range(1, 20)]
    assert len({question.source for question in taken[3]}) == 4
    for number, (less, more) in enumerate(pairwise(taken), 1):
        assert len(less) == number
        assert {each.id for each in less} < {each.id for each in more}
    assert [each.id for each in taken[-1]] == sorted(each.id for each in taken[-1])


def test_one_id_for_two_questions_is_refused(tmp_path):
    with pytest.raises(DatasetError, match=r"a\.jsonl:2: the id 'a' stands in line 1"):
        read_suite(put(tmp_path / "a.jsonl", GOLD, GOLD))


def test_an_answer_in_the_archives_words_is_looked_for_in_quotes(tmp_path):
    foreign = GOLD | {"id": "b", "answer": "It is high"}
    suite = read_suite(put(tmp_path / "a.jsonl", GOLD | {"answer": "hoch"}, foreign))
    assert [question.answers for question in suite.questions] == [("hoch",), ()]


def test_ragas_names_are_read_too(tmp_path):
    row = {"user_input": "Wie hoch?", "response": "92 Meter.", "retrieved_contexts": [DAM],
           "reference": "92 Meter"}  # fmt: skip
    (read,) = read_suite(put(tmp_path / "a.jsonl", row)).transcripts
    assert (read.question, read.answer, read.contexts, read.gold) == (
        "Wie hoch?", "92 Meter.", (DAM,), ("92 Meter",)
    )  # fmt: skip
    assert (read.language, read.answerable, read.abstained) == ("de", True, None)


def test_a_broken_line_is_named_and_the_rest_is_read(tmp_path):
    put(tmp_path / "t" / "a.jsonl", ANSWERED)
    (tmp_path / "t" / "a.jsonl").open("a").write('{broken\n["a"]\n{"question": "q"}\n')
    (tmp_path / "t" / "b.json").write_text('"a text"')
    (tmp_path / "t" / "c.json").write_bytes(b"\xff\xfe")
    put(tmp_path / "t" / "d.jsonl", ANSWERED | {"id": "d", "confidence": 7})
    suite = read_suite(tmp_path / "t")
    assert [each.id for each in suite.transcripts] == ["a.jsonl:1"]
    places = [problem.split(": ")[0].rpartition("/")[2] for problem in suite.problems]
    assert places == ["a.jsonl:2", "a.jsonl:3", "a.jsonl:4", "b.json", "c.json", "d.jsonl:1"]


def test_where_nothing_can_be_read_it_says_so(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(DatasetError, match="no transcript"):
        read_suite(tmp_path / "empty")
    with pytest.raises(DatasetError, match="cannot read"):
        read_suite(tmp_path / "nowhere.jsonl")


def test_transcripts_of_one_id_are_both_kept(tmp_path):
    for name in ("a.jsonl", "b.jsonl"):
        put(tmp_path / "t" / name, ANSWERED | {"id": "7"})
    one, other = read_suite(tmp_path / "t").transcripts
    assert one.id == "7"
    assert other.id == "7 (b.jsonl:1)"


def test_runs_of_two_systems_have_the_same_ids_wherever_their_files_are(tmp_path):
    values = [ANSWERED, ANSWERED | {"id": "1"}, ANSWERED | {"id": "b"}]
    one = put(tmp_path / "alpha" / "s1.jsonl", *values)
    other = put(tmp_path / "beta" / "s2.jsonl", *values)
    other.write_text(other.read_text().replace("\n", "\n\n"))
    ids = [[each.id for each in read_suite(path).transcripts] for path in (one, other, one.parent)]
    assert ids == [["1", "1 (2)", "b"]] * 3
    for system in ("x", "y"):
        put(tmp_path / system / "in" / "a.jsonl", ANSWERED)
        put(tmp_path / system / "b.json", [ANSWERED, ANSWERED])
    ids = [[each.id for each in read_suite(tmp_path / s).transcripts] for s in ("x", "y")]
    assert ids == [["b.json:1", "b.json:2", "in/a.jsonl:1"]] * 2


@pytest.mark.parametrize("number", ["1e999", "1" + "0" * 400, "NaN", "-1", "true", '"5"'])
def test_a_time_that_is_none_is_a_broken_line(tmp_path, number):
    path = put(tmp_path / "a.jsonl", ANSWERED)
    path.write_text(path.read_text() + '{"question": "q", "answer": "a", "contexts": [],'
                    f' "latency_ms": {number}}}\n')  # fmt: skip
    suite = read_suite(path)
    assert len(suite.transcripts) == len(suite.problems) == 1
    assert "latency_ms" in suite.problems[0]


def test_a_file_that_is_of_no_kind_is_told_what_each_kind_needs(tmp_path):
    path = put(tmp_path / "a.jsonl", {"question": "q", "answer": "a", "context": "c"})
    with pytest.raises(DatasetError, match=r'"turns" and "gold"; .* "answer" and "contexts"'):
        read_suite(path)
    # One good line is enough to know the kind.
    put(path, {"question": "q", "answer": "a"}, ANSWERED)
    suite = read_suite(path)
    assert (suite.kind, len(suite.transcripts), len(suite.problems)) == ("transcripts", 1, 1)


@pytest.mark.parametrize("day", ["2025-99-05", "2025-13", "2025-1", "05.01.2025", 2025])
def test_a_date_that_is_none_names_its_line(tmp_path, day):
    path = put(tmp_path / "a.jsonl", GOLD | {"id": "b", "date": "2025-01"}, GOLD | {"date": day})
    with pytest.raises(DatasetError, match=r'a\.jsonl:2: .*"?date'):
        read_suite(path)


def test_a_proposal_is_known_as_one(tmp_path):
    proposal = GOLD | {"id": "b", "status": "proposed"}
    suite = read_suite(put(tmp_path / "a.jsonl", GOLD, proposal))
    assert [question.proposed for question in suite.questions] == [False, True]


def test_half_a_surrogate_pair_in_a_text_does_no_harm(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"question": "\\ud800?", "answer": "\\ud800", "contexts": ["\\ud800"],'
                    '"type": "\\ud800", "language": "\\ud800", "source": "\\ud800"}\n')  # fmt: skip
    (read,) = read_suite(path).transcripts
    assert "".join((read.answer, read.type, read.language, read.source)).encode("utf-8")


def judge(answer, contexts=(DAM, TRAIN), **more):
    transcript = Transcript("t", "transcript", "de", "Was?", answer, tuple(contexts), **more)
    return judge_transcript(transcript, WordScorer())


def test_citations_of_a_transcript_are_scored_after_alce():
    row = judge("Der Damm an der Olme ist 92 Meter hoch [1][2]. Er fährt wieder [1].")
    # The first sentence stands on [1] alone: [2] is needless. The second stands on nothing.
    assert row.scores["citation.recall"] == 1 / 2
    assert row.scores["citation.precision"] == 1 / 3
    assert row.scores["faithfulness.supported"] == 1.0
    assert [claim["verdict"] for claim in row.claims] == ["supported", "supported"]


def test_a_marker_that_no_context_has_counts_against_the_citation():
    assert judge("Der Damm ist hoch [7].").scores["citation.precision"] == 0.0
    assert judge("Der Damm ist hoch [1].").scores["citation.precision"] == 1.0


def test_an_answer_without_markers_and_quotes_has_no_citation_scores():
    scores = judge("Der Damm ist hoch.").scores
    assert scores["citation.precision"] is None
    assert scores["citation.recall"] is None
    assert scores["citation.exact_span"] is None


def test_quotes_are_looked_for_word_for_word():
    row = judge("Hoch.", quotes=("92\nMeter hoch", "93 Meter hoch"))
    assert row.scores["citation.exact_span"] == 1 / 2


def test_answers_are_held_against_the_gold_without_their_markers():
    row = judge("92 Meter [1].", gold=("92 Meter", "zweiundneunzig Meter"))
    assert row.scores["answer.exact_match"] == 1.0
    assert judge("Meter.", gold=("92 Meter",)).scores["answer.f1"] == pytest.approx(2 / 3)
    assert judge("92 Meter").scores["answer.exact_match"] is None
    within = judge("Er ist „92 meter“ hoch.", gold=("92 Meter",))
    assert within.scores["answer.contains_gold"] == 1.0
    assert within.scores["answer.exact_match"] == 0.0
    assert judge("Er ist 192 Meter hoch.", gold=("92 Meter",)).scores["answer.contains_gold"] == 0.0
    assert judge("Ja.", gold=("…",)).scores["answer.contains_gold"] is None


def test_an_empty_answer_is_an_abstention_and_has_no_scores():
    row = judge("", answerable=False)
    assert row.abstained
    assert row.scores["faithfulness.score"] is None
    assert judge("Der Damm.", abstained=True).abstained
    assert not judge("", abstained=False).abstained


def test_a_short_answer_is_no_abstention_and_a_refusal_is_one():
    for answered in ("42", "Ja.", "Bonn", "1921 [1]"):
        assert not judge(answered).abstained
    for refused in ("Das weiß ich nicht.", "I don't know.", "Ich weiß es nicht. [1]", " – "):
        assert judge(refused).abstained


def test_of_a_transcript_nobody_says_that_it_is_right():
    rows = [judge("92 Meter.", gold=("92 Meter",), answerable=True, confidence=0.9),
            judge("", answerable=False), judge("", answerable=True),
            judge("92 Meter.", answerable=False)]  # fmt: skip
    assert all("answer.right" not in row.scores for row in rows)
    tally = count_right(rows)
    assert (tally["judged"], tally["right"], tally["right_share"]) == (0, 0, None)
    assert (tally["types"]["transcript"]["abstained"], tally["types"]["transcript"]["refused"]) == (
        2,
        1,
    )
    assert tally["abstention"]["recall"] == tally["abstention"]["precision"] == 1 / 2
    faults = {case.row.answer: case.faults[0] for case in find_worst(rows, 9)}
    assert faults[""] == "not answered, though there is an answer"
    assert faults["92 Meter."] == "answered, though there is no answer"
