"""Gold questions, SQuAD files and the measurements over them."""

import json
import os
import subprocess
import sys

import pytest

from eval.questions import read_questions
from eval.runner import check_archive, run_questions, summarise
from eval.squad import read_language, read_squad
from index.errors import DatasetError
from rag.assembly import open_chat
from rag.config import Settings

PARAGRAPHS = [
    "Der Staudamm an der Olme ist 92 Meter hoch. Er wurde nach sechs Jahren Bauzeit fertig.",
    "Der Nachtzug nach Tarvo fährt seit November wieder. Er kostet das Land viel Geld.",
    "Die Hafenbehörde von Brakkum hat ihre Kommentare geschlossen. Maschinen hatten sie gefüllt.",
]
ASKED = {
    "de": [
        "Wie hoch ist der Staudamm?",
        "Seit wann fährt der Nachtzug?",
        "Wer schloss die Kommentare?",
    ],
    "en": [
        "How high is the dam?",
        "Since when does the night train run?",
        "Who closed the comments?",
    ],
}


def write_squad(folder, language, questions):
    paragraphs = [
        {"context": text, "qas": [{"id": f"q{n}", "question": question, "answers": [
            {"text": text.split()[1], "answer_start": text.index(text.split()[1])}]}]}
        for n, (text, question) in enumerate(zip(PARAGRAPHS, questions, strict=True))
    ]  # fmt: skip
    path = folder / f"mini.{language}.json"
    path.write_text(json.dumps({"data": [{"title": "Mini", "paragraphs": paragraphs}]}))
    return path


def run(*arguments, data=None):
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *map(str, arguments)], capture_output=True, text=True,
        check=False, env=os.environ | ({"WORTLAUT_DATA": str(data)} if data else {}),
    )  # fmt: skip


def test_retrieval_is_measured_by_language_with_the_gap(tmp_path):
    german, english = (write_squad(tmp_path, tongue, ASKED[tongue]) for tongue in ("de", "en"))
    distractors = tmp_path / "distractors"
    distractors.mkdir()
    (distractors / "a.txt").write_text("Der Fluss führt Hochwasser. Niemand wurde verletzt.")
    done = run(
        "eval", "retrieval", "--data", german, "--questions", english,
        "--distractors", distractors, "--json",
    )  # fmt: skip
    result = json.loads(done.stdout)
    assert set(result["languages"]) == {"de", "en"}
    for scores in result["languages"].values():
        assert set(scores) == {"n", "recall@1", "recall@5", "mrr@10"}
        assert scores["n"] == 3
        assert scores["recall@5"] == 1.0  # four passages: the gold one is among the first five
    assert set(result["parity_gap"]) >= {"recall@5"}


def test_questions_about_other_paragraphs_are_refused(tmp_path):
    german = write_squad(tmp_path, "de", ASKED["de"])
    data = json.loads(german.read_text())
    data["data"].append(data["data"][0])
    other = tmp_path / "other.en.json"
    other.write_text(json.dumps(data))
    done = run("eval", "retrieval", "--data", german, "--questions", other)
    assert done.returncode == 1
    assert "parallel" in done.stderr


def test_the_language_is_in_the_file_names_second_part(tmp_path):
    assert read_language(tmp_path / "xquad.en.json") == "en"
    assert read_language(tmp_path / "mlqa.context-de.question-en.json") == "en"
    assert read_language(tmp_path / "questions.json") is None


@pytest.mark.parametrize("text", ["", "[]", '{"data": [{}]}', "{broken"])
def test_what_is_no_squad_file_is_one_clear_line(tmp_path, text):
    path = tmp_path / "a.json"
    path.write_text(text)
    with pytest.raises(DatasetError, match="SQuAD"):
        read_squad(path)


@pytest.mark.parametrize("line", ["{broken", "{}", '{"id": 1, "type": "fact"}', ""])
def test_what_is_no_question_file_is_one_clear_line(tmp_path, line):
    path = tmp_path / "a.jsonl"
    path.write_text(line)
    with pytest.raises(DatasetError):
        read_questions(path)


@pytest.fixture(scope="module")
def scored(seeded, models):
    from conftest import SEEDS

    chat = open_chat(Settings(data=seeded, models=models))
    questions = read_questions(SEEDS / "questions.jsonl")
    check_archive(chat, questions)
    return list(run_questions(chat, questions))


def test_the_seed_questions_are_answered_no_worse_than_they_were(scored):
    summary = summarise(scored)
    assert summary["right"] >= 84
    assert summary["types"]["follow-up"]["right"] >= 20
    assert summary["abstention"]["recall"] >= 0.85


def test_whoever_is_asked_for_by_name_is_the_only_one_quoted(scored):
    asked = [row for row in scored if row.question.type == "speaker"]
    answered = [row for row in asked if not row.answer.abstained]
    assert len(answered) >= len(asked) - 1
    assert all(row.speaker_right for row in answered)


def test_a_summary_adds_up(scored):
    summary = summarise(scored)
    assert sum(row["n"] for row in summary["types"].values()) == summary["n"] == len(scored)
    assert sum(row["right"] for row in summary["languages"].values()) == summary["right"]
    assert summary["types"]["unanswerable"]["speaker_right"] is None


def test_questions_about_an_archive_that_is_not_there_name_what_to_index():
    from conftest import SEEDS

    done = run("eval", "run", SEEDS / "questions.jsonl")
    assert done.returncode == 1
    assert "wortlaut index" in done.stderr
