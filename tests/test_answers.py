"""`wortlaut eval answers`: questions with gold and forbidden fragments, as users meet the answers."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from wortlaut.eval.run.answers import (
    AskedAnswer,
    judge_answer,
    read_asked_questions,
    summarise_answers,
)
from wortlaut.index.article import Article, Span, make_article_id
from wortlaut.index.errors import DatasetError
from wortlaut.rag.answer import Answer, Citation
from wortlaut.rag.understanding.question import understand
from wortlaut.ui.terminal.cli import app

TEXT = "Die Brücke ist 140 Meter lang. Gesperrt ist sie seit Mai. Das sagte Olsen nicht."


def make_question(tmp_path: Path, **fields):
    file = tmp_path / "asked.jsonl"
    file.write_text(json.dumps({"id": "a", "q": "How long?"} | fields) + "\n", encoding="utf-8")
    return read_asked_questions(file)[0]


def make_answer(*quotes: str, record: str = "7") -> Answer:
    path = "news.jsonl"
    article = Article(make_article_id(path, record), "Brücke", TEXT, "0", path=path)
    spans = [Span(TEXT.index(quote), TEXT.index(quote) + len(quote)) for quote in quotes]
    cited = tuple(Citation(n, article, span) for n, span in enumerate(spans, 1))
    query = understand("How long?")
    return Answer("How long?", "", not cited, None, "extractive", "en", query, cited)


GOLD = [{"any": ["140 Meter", "140 m"]}]


def test_an_answer_with_a_gold_fragment_is_right(tmp_path):
    question = make_question(tmp_path, gold=GOLD)
    judged = judge_answer(question, make_answer("Die Brücke ist 140 Meter lang."))
    assert (judged.kind, judged.quotes, judged.gold_quotes, judged.first_is_gold) == (
        "right",
        1,
        1,
        True,
    )


def test_as_many_groups_as_are_asked_for_must_be_quoted(tmp_path):
    gold = [*GOLD, {"any": ["seit Mai"]}]
    question = make_question(tmp_path, gold=gold, min_gold=2)
    first, second = "Die Brücke ist 140 Meter lang.", "Gesperrt ist sie seit Mai."
    assert judge_answer(question, make_answer(first)).kind == "wrong_answer"
    assert judge_answer(question, make_answer(first, second)).kind == "right"


def test_a_forbidden_fragment_makes_another_speakers_words(tmp_path):
    question = make_question(tmp_path, gold=GOLD, wrong=["sagte Olsen"])
    answer = make_answer("Die Brücke ist 140 Meter lang.", "Das sagte Olsen nicht.")
    assert judge_answer(question, answer).kind == "wrong_speaker"


def test_a_quote_from_another_article_than_the_asked_is_wrong(tmp_path):
    question = make_question(tmp_path, gold=GOLD, only_docs=["7"])
    quote = "Die Brücke ist 140 Meter lang."
    assert judge_answer(question, make_answer(quote)).kind == "right"
    assert judge_answer(question, make_answer(quote, record="8")).kind == "wrong_answer"


def test_what_has_no_answer_is_right_when_abstained_from(tmp_path):
    question = make_question(tmp_path, type="unanswerable")
    assert judge_answer(question, make_answer()).kind == "right"
    assert judge_answer(question, make_answer("Gesperrt ist sie seit Mai.")).kind == "answered_un"


def test_an_abstention_from_what_has_an_answer_is_named(tmp_path):
    assert judge_answer(make_question(tmp_path, gold=GOLD), make_answer()).kind == "abstained"


def test_the_summary_counts_by_type_and_language():
    def judged(name, kind, quotes=0, gold=0):
        return AskedAnswer(name, "fact", "de", kind, None, quotes, gold, gold > 0, None)

    summary = summarise_answers(
        [judged("a", "right", 2, 1), judged("b", "abstained"), judged("c", "wrong_answer", 1)]
    )
    row = summary["groups"]["fact"]
    assert (row["n"], row["right"], row["abstained"], row["wrong_answer"]) == (3, 1, 1, 1)
    assert row["share"] == pytest.approx(1 / 3)
    # Wilson 1927 for 1 of 3: .061 to .792
    assert (row["low"], row["high"]) == (
        pytest.approx(0.0615, abs=1e-3),
        pytest.approx(0.7923, abs=1e-3),
    )
    # of two answers 2 + 1 quotes; shares with gold 1/2 and 0; one of two has gold first
    assert (summary["quotes"], summary["gold_share"], summary["first_gold"]) == (1.5, 0.25, 0.5)


def test_without_an_answer_the_means_are_undefined():
    summary = summarise_answers(
        [AskedAnswer("a", "fact", "de", "abstained", None, 0, 0, False, None)]
    )
    assert (summary["quotes"], summary["gold_share"], summary["first_gold"]) == (None, None, None)


@pytest.mark.parametrize(
    "line",
    ["[1]", "nonsense", '{"q": "Why?"}', '{"id": "a"}', '{"id": "a", "turns": []}',
     '{"id": "a", "q": " "}', '{"id": "a", "q": "Why?", "gold": [{"all": ["x"]}]}'],
)  # fmt: skip
def test_a_line_that_is_no_question_is_named(tmp_path, line):
    file = tmp_path / "asked.jsonl"
    file.write_text('{"id": "z", "q": "Why?"}\n' + line + "\n", encoding="utf-8")
    with pytest.raises(DatasetError, match=r"asked\.jsonl:2"):
        read_asked_questions(file)


def test_an_id_may_not_stand_twice(tmp_path):
    file = tmp_path / "asked.jsonl"
    file.write_text('{"id": "z", "q": "Why?"}\n' * 2, encoding="utf-8")
    with pytest.raises(DatasetError, match="twice"):
        read_asked_questions(file)


def test_the_command_asks_and_prints_the_table(tmp_path):
    news = tmp_path / "news.jsonl"
    article = {
        "id": "7",
        "title": "Brücke in Falkenhain gesperrt",
        "date": "2026-01-29",
        "text": TEXT.replace("Die Brücke", "Die Brücke in Falkenhain"),
    }
    news.write_text(json.dumps(article) + "\n", encoding="utf-8")
    asked = tmp_path / "asked.jsonl"
    rows = [
        {
            "id": "a",
            "q": "Wie lang ist die Brücke in Falkenhain?",
            "type": "fact",
            "lang": "de",
            "gold": GOLD,
        },
        {"id": "b", "q": "Was sagte Mira Talberg?", "type": "unanswerable", "lang": "de"},
    ]
    asked.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    command = [
        "--data",
        str(tmp_path / "none"),
        "eval",
        "answers",
        str(asked),
        "--archive-from",
        str(news),
    ]
    result = CliRunner().invoke(app, [*command, "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    assert summary["groups"]["all"]["right"] == 2
    assert [row["kind"] for row in summary["questions"]] == ["right", "right"]
    result = CliRunner().invoke(app, [*command, "--fail-under", "1"])
    assert result.exit_code == 0
    assert "fact" in result.stdout
    rows[0]["gold"] = [{"any": ["nirgends"]}]
    asked.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    result = CliRunner().invoke(app, [*command, "--fail-under", "1", "--show-wrong"])
    assert result.exit_code == 1
    assert "wrong_answer" in result.stdout
