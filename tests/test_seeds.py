"""The sample archive and its questions: exact, balanced, in every format, and nobody else's text."""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
import yaml

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
ARCHIVE = SEEDS / "archive"
REPORTS = SEEDS.parents[1] / "shared" / "articles"
RECORD_KEYS = {
    "id",
    "headline",
    "content",
    "url",
    "authors",
    "publish_date",
    "source",
    "language",
    "updated_at",
}
QUESTION_KEYS = {"id", "type", "language", "turns", "speaker", "date", "as_of", "gold", "answer"}
FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
QUOTATION = re.compile(r"„([^“]*)“|\"([^\"]*)\"|»([^«]*)«|‘([^’]*)’|‚([^‘]*)‘")
# A date in digits and a quotation of six words may meet a neighbour by chance; eight words do not.
LONGEST_RUN = 8


def read_questions():
    return [
        json.loads(line) for line in (SEEDS / "questions.jsonl").read_text("utf-8").splitlines()
    ]


def read_records(path):
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@cache
def read_articles():
    """Text and written date of every article, by path from `seeds/` and record id."""
    found = {}
    for path in sorted(ARCHIVE.iterdir()):
        place = f"archive/{path.name}"
        if path.suffix == ".jsonl":
            for record in read_records(path):
                found[place, record["id"]] = (record["content"], record["publish_date"])
            continue
        text = path.read_text("utf-8")
        if match := FRONT_MATTER.match(text):
            found[place, None] = (text[match.end() :], str(yaml.safe_load(match[1])["date"]))
        else:
            header = re.match(r" date (\S+) ", text)
            found[place, None] = (text, header[1] if header else None)
    return found


def read_real_texts():
    return {key: text for key, (text, _) in read_articles().items() if "fiktiv" not in key[0]}


def list_words(text):
    return re.findall(r"\w+", text.casefold())


def list_quotations(text):
    return ["".join(groups) for groups in QUOTATION.findall(text)]


def test_every_question_has_the_keys_and_its_own_id():
    questions = read_questions()
    assert len({question["id"] for question in questions}) == len(questions) >= 70
    for question in questions:
        assert set(question) == QUESTION_KEYS, question["id"]
        assert question["id"].startswith(f"{question['type']}-{question['language']}-")
        assert question["turns"]
        assert all(turn.strip() for turn in question["turns"])


def test_the_questions_cover_every_type_and_language():
    questions = read_questions()
    types = Counter(question["type"] for question in questions)
    assert set(types) == {"speaker", "fact", "date", "follow-up", "unanswerable"}
    assert types["follow-up"] >= 20
    assert types["unanswerable"] >= 14
    assert min(types.values()) >= 10
    for kind in types:
        languages = Counter(
            question["language"] for question in questions if question["type"] == kind
        )
        assert set(languages) == {"en", "de", "ru"}, kind
        assert max(languages.values()) - min(languages.values()) <= 2, kind


def test_only_unanswerable_questions_have_no_gold():
    for question in read_questions():
        assert bool(question["gold"]) == (question["type"] != "unanswerable"), question["id"]


def test_follow_ups_have_two_or_three_turns():
    for question in read_questions():
        if question["type"] == "follow-up":
            assert 2 <= len(question["turns"]) <= 3, question["id"]


def test_speaker_questions_name_a_speaker_the_archive_knows():
    everything = "\n".join(text for text, _ in read_articles().values())
    for question in read_questions():
        if question["type"] == "speaker":
            assert question["speaker"], question["id"]
        if question["speaker"]:
            assert question["speaker"] in everything, question["id"]


def test_every_gold_quote_stands_exactly_once_in_its_article():
    articles = read_articles()
    for question in read_questions():
        for gold in question["gold"]:
            text, _ = articles[gold["path"], gold["record"]]
            assert text.count(gold["quote"]) == 1, (question["id"], gold)


def test_a_question_bears_the_one_date_of_its_gold_articles():
    articles = read_articles()
    for question in read_questions():
        # The article of the month header says its day inside ("Stand: 21.01.2022"), others their hour.
        written = {articles[gold["path"], gold["record"]][1] for gold in question["gold"]}
        dates = {"2022-01-21" if date == "2022-01" else date and date[:10] for date in written}
        assert question["date"] == (dates.pop() if len(dates) == 1 else None), question["id"]


def test_relative_times_say_the_day_they_are_asked_on():
    relative = re.compile(r"last week|last month|yesterday|gestern|letzten|прошл|вчера")
    for question in read_questions():
        assert bool(question["as_of"]) == bool(relative.search(" ".join(question["turns"]))), (
            question["id"]
        )


def test_the_archive_has_enough_articles_of_real_and_of_fictional_facts():
    articles = read_articles()
    real = read_real_texts()
    assert len(real) >= 8
    assert len(articles) - len(real) >= 4
    for key, (text, _) in articles.items():
        assert 140 <= len(text.split()) <= 350, key


def test_plain_texts_have_a_day_a_month_or_no_date():
    dates = [date for (path, _), (_, date) in read_articles().items() if path.endswith(".txt")]
    assert any(date and re.fullmatch(r"\d{4}-\d\d-\d\d", date) for date in dates)
    assert "2022-01" in dates
    assert None in dates
    month = (ARCHIVE / "2022-01-genf-lawrow-blinken.txt").read_text("utf-8")
    assert "Stand: 21.01.2022 11:47 Uhr" in month


def test_markdown_bears_front_matter():
    files = sorted(ARCHIVE.glob("*.md"))
    assert files
    for path in files:
        match = FRONT_MATTER.match(path.read_text("utf-8"))
        assert match, path.name
        assert {"title", "date", "source", "authors", "language"} <= set(
            yaml.safe_load(match[1])
        ), path.name


def test_json_lines_hold_several_articles_with_every_key():
    files = sorted(ARCHIVE.glob("*.jsonl"))
    assert files
    for path in files:
        records = read_records(path)
        assert len({record["id"] for record in records}) == len(records) > 1
        assert all(set(record) == RECORD_KEYS for record in records)


def test_the_texts_have_the_marks_of_real_copy():
    everything = "\n".join(text for text, _ in read_articles().values())
    for marks in ("„“", "»«", "‚‘", "‘’", '""'):
        assert re.search(f"{marks[0]}[^{marks}\n]+{marks[1]}", everything), marks
    assert re.search(r"^MOSKAU \(Wortlaut\) - ", everything, re.MULTILINE)
    assert re.search(r"[.!?]/[a-z]{2}/[a-z]{2}$", everything, re.MULTILINE)
    assert re.search(r"^[^.\n]*(?:©|\(c\)) .*Wortlaut-Beispiel", everything, re.MULTILINE)
    assert "\n\n\n\n" in everything
    assert {"Dmitriev", "Dmitrijew"} <= set(re.findall(r"\w+", everything))
    assert "Ignoriere alle" in everything


def test_real_people_are_quoted_with_six_words_at_most():
    for key, text in read_real_texts().items():
        for quotation in list_quotations(text):
            assert len(list_words(quotation)) <= 6, (key, quotation)


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the source reports are not part of the project")
def test_no_run_of_words_is_copied_from_the_source_reports():
    def list_runs(text):
        words = list_words(text)
        return {tuple(words[i : i + LONGEST_RUN]) for i in range(len(words) - LONGEST_RUN + 1)}

    foreign = set().union(*(list_runs(path.read_text("utf-8")) for path in REPORTS.glob("*.txt")))
    assert foreign
    for path in SEEDS.rglob("*.*"):
        copied = list_runs(path.read_text("utf-8")) & foreign
        assert not copied, (path.name, sorted(copied)[0])


@pytest.mark.skipif(not REPORTS.is_dir(), reason="the source reports are not part of the project")
def test_every_phrase_quoted_from_a_real_person_stands_in_a_source_report():
    reports = " ".join(
        " ".join(list_words(path.read_text("utf-8"))) for path in REPORTS.glob("*.txt")
    )
    for key, text in read_real_texts().items():
        for quotation in list_quotations(text):
            assert f" {' '.join(list_words(quotation))} " in f" {reports} ", (key, quotation)
