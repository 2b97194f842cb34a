"""What users think of answers: kept, changed, listed, and made into questions with gold to edit."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from terminal import run

from tests.chatdouble import HOSTILE, Chat
from tests.test_render import check_harmless
from wortlaut.eval.proposals.feedback import propose_from_feedback
from wortlaut.eval.run.examiner import ask_conversation
from wortlaut.eval.suites.questions import read_questions
from wortlaut.index.errors import DatasetError
from wortlaut.rag.answer import Filters
from wortlaut.rag.assembly import index_paths, open_chat
from wortlaut.rag.config import Settings
from wortlaut.rag.desk.feedback import find_feedback, give_feedback, list_feedback
from wortlaut.rag.desk.store import DESK_FILE, Desk
from wortlaut.ui.browser.chatpage import ChatPage
from wortlaut.ui.browser.session import Session

pytestmark = pytest.mark.usefixtures("unread")

ASKED = "Was sagte Mira Talberg?"


def test_an_opinion_can_be_changed_and_taken_back():
    page, session = ChatPage(Chat(), desk := Desk(None)), Session()
    list(page.ask(session, "What did Talberg say?"))
    html = page.give_feedback(session, "me", "0", "up", "Gut.")
    assert 'data-turn="0" data-verdict="up" data-comment="Gut."' in html
    page.give_feedback(session, "me", "0", "down", f" {HOSTILE}\n")
    (given,) = list_feedback(desk)
    assert (given.verdict, given.comment) == ("down", HOSTILE)
    assert given.question == "What did Talberg say?"
    assert given.answer["citations"][0]["quote"] == "das Land brauche verlässliche Zusagen"
    shown = page.show_opinions(session, "me").replace("<i ", "<b ").replace("</i>", "</b>")
    assert check_harmless(shown).found[1][1]["data-comment"] == HOSTILE
    assert page.show_opinions(session, "other").count("<i") == 0
    page.give_feedback(session, "me", "0", "", "")
    assert list_feedback(desk) == []


@pytest.mark.parametrize("verdict", ["UP", "sideways", None, 1, ["up"], {"a": 1}, "up" * 999])
def test_what_is_no_verdict_is_not_kept(verdict):
    page, session = ChatPage(Chat(), desk := Desk(None)), Session()
    list(page.ask(session, "What did Talberg say?"))
    page.give_feedback(session, "me", "0", verdict, "")
    page.give_feedback(session, "me", "0", "up", ["no text"])
    assert list_feedback(desk) == []


def test_a_follow_up_keeps_the_questions_before_it(judged):
    _, desk, answers = judged
    assert find_feedback(desk, "me", answers[1]).earlier == (ASKED,)
    again = replace(answers[1], asking=None, timings_ms={})
    assert find_feedback(desk, "me", again).verdict == "down"


@pytest.fixture(scope="module")
def judged(tmp_path_factory, models):
    """Settings of an archive, its desk, and three answers: two found good, one bad."""
    folder, data = tmp_path_factory.mktemp("judged"), tmp_path_factory.mktemp("data")
    (folder / "hafen.txt").write_text(
        " date 2025-01-29 ALDORA (kda) - Der Hafen von Aldora wird nicht verkauft. Die Ministerin "
        "Mira Talberg sprach am Mittwoch. „Ohne Zusagen gibt es keinen Bau“, sagte Talberg.\n"
    )
    settings = Settings(data=data, models=models, reader="none")
    index_paths(settings, [folder])
    chat, desk = open_chat(settings), Desk(data)
    first = chat.ask(ASKED)
    second = chat.ask("Was sagte sie über Bienen?", [first])
    third = chat.ask("Was sagte Oxenrath über Bienen?")
    give_feedback(desk, "me", first, "up")
    give_feedback(desk, "me", second, "down", "Gemeint war\nder Hafen.")
    give_feedback(desk, "me", third, "up", "Stimmt.")
    yield settings, desk, (first, second, third)
    desk.close()
    chat.archive.close()


def test_feedback_is_listed_one_object_a_line(judged):
    settings, _, _ = judged
    rows = [
        json.loads(line)
        for line in run("feedback", "--json", data=settings.data).stdout.splitlines()
    ]
    assert [row["verdict"] for row in rows] == ["up", "down", "up"]
    assert list(rows[0]) == [
        "given",
        "verdict",
        "comment",
        "question",
        "earlier",
        "filters",
        "answer",
    ]
    assert rows[1]["earlier"] == [ASKED]
    assert rows[0]["answer"]["citations"][0]["speaker"] == "Mira Talberg"
    lines = run("feedback", data=settings.data).stdout.splitlines()
    assert len(lines) == 3
    assert lines[1].endswith(f"down {ASKED} | Was sagte sie über Bienen? – Gemeint war der Hafen.")


def test_where_nobody_said_anything_there_is_nothing_and_no_file(tmp_path):
    done = run("feedback", "--json", data=tmp_path)
    assert (done.returncode, done.stdout) == (0, "")
    assert "wortlaut chat" in done.stderr
    assert not (tmp_path / DESK_FILE).exists()


def test_feedback_becomes_questions_with_gold_to_edit(judged, tmp_path):
    settings, _, (first, _, _) = judged
    out = tmp_path / "questions.jsonl"
    make = ("eval", "make", "--from-feedback", "--out", out)
    done = run(*make, data=settings.data)
    assert done.returncode == 0, done.stderr
    good, bad, silent = sorted(read_questions(out), key=lambda question: question.id)
    assert all(question.proposed for question in (good, bad, silent))
    assert (good.type, good.turns, good.speaker) == ("speaker", (ASKED,), "Mira Talberg")
    assert [span.quote for span in good.gold] == [c.quote for c in first.citations]
    assert good.gold[0].article_id == first.citations[0].article.id
    assert (bad.type, bad.gold, len(bad.turns)) == ("to-edit", (), 2)
    assert (silent.type, silent.gold) == ("unanswerable", ())
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    assert "found bad; name the gold" in rows[1]["why"]
    assert "Gemeint war" in rows[1]["why"]
    # What somebody may have edited is not written over.
    out.write_text(out.read_text() + "\n")
    assert run(*make, data=settings.data).returncode == 2
    ran = run("eval", "run", "--json", out, data=settings.data)
    assert ran.returncode == 0, ran.stderr
    none = run("eval", "make", "--from-feedback", "--languages", "ru", data=settings.data)
    assert none.returncode == 1
    assert "nobody has said yet" in none.stderr


def test_a_question_asked_under_filters_is_asked_under_them_again(judged, tmp_path):
    settings, _, _ = judged
    filters = Filters(
        date(2025, 1, 1), source="KDA", without=frozenset({"topic", "since"}), order="newest"
    )
    chat, desk = open_chat(settings), Desk(None)
    first = chat.ask(ASKED, (), filters)
    second = chat.ask("Was sagte sie zum Bau?", [first], Filters(speaker="Mira Talberg"))
    give_feedback(desk, "me", second, "up")
    (given,) = list_feedback(desk)
    (row,) = propose_from_feedback([given], chat.archive, tmp_path, 5, ["de"])
    file = tmp_path / "questions.jsonl"
    file.write_text(json.dumps(row))
    (question,) = read_questions(file)
    assert question.list_filters() == (filters, Filters(speaker="Mira Talberg"))
    again = ask_conversation(chat, question)
    assert again.asking.filters == Filters(speaker="Mira Talberg")
    assert again.asking.history[0].asking.filters == filters
    assert again.text == second.text
    chat.archive.close()


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ([{}], '"filters" is no list of 2'),
        ([{}, {"sinse": "2025-01-01"}], "\"filters\" knows no 'sinse', only as_of"),
        ([{}, {"since": "Januar"}], '"filters": a kept Filters cannot be read'),
        ({"since": "2025-01-01"}, '"filters" is no list of 2'),
    ],
)
def test_filters_that_somebody_mistyped_are_named(tmp_path, filters, told):
    row = {"id": "a", "type": "fact", "language": "de", "turns": ["A?", "B?"], "gold": []}
    (tmp_path / "q.jsonl").write_text(json.dumps(row | {"filters": filters}))
    with pytest.raises(DatasetError) as error:
        read_questions(tmp_path / "q.jsonl")
    assert told in str(error.value)


def test_an_opinion_of_an_older_version_has_no_filters(judged):
    desk = Desk(None)
    answer = judged[2][0]
    give_feedback(desk, "me", answer, "up")
    with desk.write() as db:
        db.execute("DELETE FROM feedback_filters")
    assert list_feedback(desk)[0].filters == ()
