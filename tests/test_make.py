"""Gold questions proposed from an archive: their spans, their balance, and their file."""

import json
from collections import Counter

import pytest
from terminal import run

from wortlaut.eval.proposals.make import Proposer, write_suite
from wortlaut.eval.proposals.material import TopicFinder
from wortlaut.eval.proposals.wording import ask_number
from wortlaut.eval.suites.questions import read_questions
from wortlaut.index.archive import Archive
from wortlaut.index.errors import ConfigError, DatasetError
from wortlaut.rag.assembly import index_paths
from wortlaut.rag.config import Settings

TOLD_TWICE = (
    "Der Umweltminister Rolo Fentmark hat das Kraftwerk Aldora besucht. Das Kraftwerk Aldora sei "
    "für die Wasserversorgung im Tal nicht gefährlich, sagte Fentmark. Die Wasserversorgung im Tal "
    "ist seit Wochen ein Thema im Parlament von Aldora."
)
TOLD_AGAIN = (
    "Nach einem Besuch hat sich der Umweltminister Rolo Fentmark geäußert. Das Kraftwerk Aldora sei "
    "für die Wasserversorgung im Tal nicht gefährlich, sagte Fentmark am Abend. Über die "
    "Wasserversorgung wird im Parlament weiter gestritten."
)


@pytest.fixture(scope="module")
def seeds(seeded):
    archive = Archive(seeded)
    yield archive
    archive.close()


@pytest.fixture(scope="module")
def rows(seeds, tmp_path_factory):
    return Proposer(seeds, 7).propose(tmp_path_factory.mktemp("suite"), 40)


@pytest.fixture(scope="module")
def twins(tmp_path_factory, models):
    folder = tmp_path_factory.mktemp("twins")
    sources = folder / "sources"
    sources.mkdir()
    (sources / "2026-03-01-eins.txt").write_text(TOLD_TWICE)
    (sources / "2026-03-02-zwei.txt").write_text(TOLD_AGAIN)
    index_paths(Settings(data=folder / "data", models=models), [sources])
    archive = Archive(folder / "data")
    yield archive
    archive.close()


def read_back(rows, folder):
    file = folder / "suite.jsonl"
    write_suite(rows, file)
    return read_questions(file)


def test_every_gold_quote_stands_word_for_word_in_the_article_that_its_path_names(seeds, tmp_path):
    questions = read_back(Proposer(seeds, 3).propose(tmp_path, 60), tmp_path)
    spans = [span for question in questions for span in question.gold]
    assert len(questions) == 60
    assert len(spans) > 40
    for span in spans:
        article = seeds.read_article(span.article_id)
        assert article is not None
        assert article.text.count(span.quote) == 1


def test_one_seed_gives_one_suite_and_another_seed_another(seeds, tmp_path, rows):
    again = Proposer(seeds, 7).propose(tmp_path, 40)
    other = Proposer(seeds, 8).propose(tmp_path, 40)
    assert [row["turns"] for row in again] == [row["turns"] for row in rows]
    assert [row["turns"] for row in other] != [row["turns"] for row in rows]


def test_types_languages_and_persons_are_balanced(rows):
    types = Counter(row["type"] for row in rows)
    languages = Counter(row["language"] for row in rows)
    persons = Counter(row["speaker"] for row in rows if row["type"] == "speaker")
    assert set(types) == {"speaker", "fact", "date", "follow-up", "unanswerable"}
    assert types["speaker"] > types["date"]
    assert min(languages.values()) >= 10
    assert max(persons.values()) <= 2


def test_every_proposal_says_that_it_is_one_and_why(rows):
    assert all(row["status"] == "proposed" and row["why"] for row in rows)
    assert len({row["id"] for row in rows}) == len(rows)


def test_a_question_without_an_answer_has_no_gold_and_the_others_have_some(rows):
    assert all((row["type"] == "unanswerable") == (not row["gold"]) for row in rows)


def test_an_answer_is_removed_by_asking_as_of_the_day_before(seeds, tmp_path):
    rows = Proposer(seeds, 7).propose(tmp_path, 60)
    removed = [row for row in rows if row["as_of"]]
    assert removed
    for row in removed:
        assert row["as_of"] in row["why"]
        assert row["type"] == "unanswerable"


def test_near_duplicate_articles_both_count_as_gold(twins, tmp_path):
    rows = Proposer(twins, 1).propose(tmp_path, 30, ("de",))
    about = [r for r in rows if "Wasserversorgung" in r["turns"][0] and r["type"] == "speaker"]
    assert about
    assert {span["path"].rsplit("-", 1)[-1] for span in about[0]["gold"]} == {
        "eins.txt",
        "zwei.txt",
    }


def test_a_known_noun_is_put_into_the_questions_language(seeds, tmp_path):
    rows = Proposer(seeds, 7).propose(tmp_path, 60, ("en",))
    asked = " ".join(row["turns"][0] for row in rows)
    assert "the port" in asked
    assert "Hafen" not in asked
    assert {row["language"] for row in rows} == {"en"}
    marked = [row for row in rows if "“" in row["turns"][0] and "Who said" not in row["turns"][0]]
    assert all("language" in row["why"] for row in marked)


def test_topics_are_nouns_that_return_in_the_article(twins):
    finder = TopicFinder(twins, ["Rolo Fentmark"])
    topics = finder.find(TOLD_TWICE.split(". ")[1], TOLD_TWICE)
    assert [topic.base for topic in topics][:1] == ["Wasserversorgung"]
    assert topics[0].article == "die"
    assert topics[0].is_in("Die Trinkwasserversorgungen")
    assert not topics[0].is_in("Der Wasserversorgungsverband")
    assert "Fentmark" not in {topic.base for topic in topics}


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("An der Regatta von Aldora nahmen 48 Boote teil.",
         "Wie viele Boote nahmen an der Regatta von Aldora teil?", "48 Boote"),
        ("Der Umbau des Hafens kostete rund 3,5 Millionen Kronen.",
         "Wie viele Kronen kostete der Umbau des Hafens?", "3,5 Millionen Kronen"),
        ("Etwa 70 Prozent der Fischer leben in Aldora.",
         "Wie viel Prozent der Fischer leben in Aldora?", "70 Prozent"),
    ],
)  # fmt: skip
def test_a_plain_clause_with_a_number_is_turned_into_its_question(sentence, question, answer):
    counted = ask_number(sentence)
    assert counted is not None
    assert (counted.question, counted.answer) == (question, answer)


@pytest.mark.parametrize(
    "sentence",
    [
        "Dabei wurden 48 Boote beschädigt.",
        "Er hat 48 Boote verkauft.",
        "Der Hafen hat 48 Boote, sagte die Ministerin.",
        "Von den 48 Booten waren 12 Boote alt.",
        "Verkauft wurden 48 Boote.",
        "Der Hafen wurde mit 48 Booten eröffnet.",
        "Boote!",
        "",
    ],
)
def test_a_clause_that_leans_on_another_is_left_alone(sentence):
    assert ask_number(sentence) is None


def test_a_file_that_may_be_edited_is_not_overwritten_unless_forced(tmp_path, rows):
    file = tmp_path / "deep" / "suite.jsonl"
    write_suite(rows, file)
    write_suite(rows, file)
    file.write_text(file.read_text().replace("proposed", "checked", 1))
    with pytest.raises(ConfigError, match="--force"):
        write_suite(rows, file)
    write_suite(rows, file, force=True)
    assert len(file.read_text().splitlines()) == len(rows)


def test_an_archive_that_quotes_nobody_says_what_to_do(tmp_path):
    archive = Archive(tmp_path / "empty")
    with pytest.raises(DatasetError, match="wortlaut index"):
        Proposer(archive).propose(tmp_path)
    archive.close()


def make(*arguments):
    return run("eval", "make", *arguments)


def test_the_command_writes_a_suite_and_says_how_to_run_it(seeded, tmp_path):
    out = tmp_path / "suite.jsonl"
    done = make(seeded, "--out", out, "--n", 12, "--languages", "de,ru")
    assert done.returncode == 0, done.stderr
    assert "eval run" in done.stdout
    lines = [json.loads(line) for line in out.read_text().splitlines()]
    assert len(lines) == 12
    assert {row["language"] for row in lines} == {"de", "ru"}


@pytest.mark.parametrize(
    ("arguments", "named"),
    [(("nowhere",), "wortlaut index"), (("nowhere", "--languages", "xx"), "--languages")],
)
def test_wrong_use_is_one_clear_line(tmp_path, arguments, named):
    done = make(*arguments, "--out", tmp_path / "suite.jsonl")
    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr
