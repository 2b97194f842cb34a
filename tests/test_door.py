"""`import wortlaut`: one door, light to open, its names pinned."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime

import pytest

import wortlaut

FERRY = """date 2026-03-02
TARVO (dpa) - Die Fähre nach Wiesgrund fährt wieder. "Der Damm hält, und niemand muss fort", sagte Ministerin Ortrud Falkenhain am Montag in Tarvo.
"""
HARBOUR = """date 2026-03-09
TARVO (dpa) - Der Ausbau kommt nicht. "Der Hafen bleibt, wie er ist", sagte Bürgermeister Rolo Fentmark am Montag in Tarvo.
"""
HEAVY = (
    "torch", "gradio", "chromadb", "llama_index", "numpy", "pydantic", "sentence_transformers",
    "fastapi", "starlette", "uvicorn", "prometheus_client", "mcp", "mcp_types", "langchain_core",
)  # fmt: skip


@pytest.fixture(scope="module")
def archive(tmp_path_factory, models):
    """An archive of one article; to be read only."""
    folder = tmp_path_factory.mktemp("door")
    (folder / "ferry.txt").write_text(FERRY, encoding="utf-8")
    with wortlaut.open(folder / "archive", models=models) as opened:
        opened.index(folder / "ferry.txt")
        yield opened


@pytest.fixture
def own_archive(tmp_path, write):
    """The same, which a test may change."""
    write("ferry.txt", FERRY)
    with wortlaut.open(tmp_path / "archive") as opened:
        opened.index(tmp_path / "sources")
        yield opened


def test_the_public_names_are_these_and_no_others():
    assert sorted(wortlaut.__all__) == [
        "Answer", "Article", "Citation", "Claim", "ConfigError", "DatasetError", "Embedder",
        "EmbedderMismatch", "Faithfulness", "Finding", "IngestReport", "LLMError", "LLMUnavailable",
        "MalformedAnswer", "NewsArchive", "ScoredPassage", "SourceError", "Span", "StaleSpan",
        "Statement", "StoreBusy", "StoreError", "StoreUnavailable", "WortlautError", "open",
        "score", "statements",
    ]  # fmt: skip
    assert [name for name in dir(wortlaut.NewsArchive) if not name.startswith("_")] == [
        "as_langchain_retriever", "as_query_engine", "as_retriever", "ask", "chat", "close", "folder", "index",
        "keep_receipt", "score", "search", "statements", "timeline", "verify",
    ]  # fmt: skip


@pytest.mark.parametrize("name", wortlaut.__all__)
def test_every_public_name_is_there(name):
    assert getattr(wortlaut, name).__name__ == name


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'Archiv'"):
        _ = wortlaut.Archiv


def test_importing_it_loads_nothing_heavy():
    code = f"import sys, wortlaut; print([m for m in {HEAVY!r} if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_a_question_is_answered_and_its_quote_stands_in_the_article(archive):
    answer = archive.ask("What did Falkenhain say about the dam?")
    assert not answer.abstained
    cited = answer.citations[0]
    assert cited.article.text[cited.span.start : cited.span.end] == cited.quote
    assert cited.speaker == "Ortrud Falkenhain"


def test_what_is_indexed_later_is_found_by_the_same_archive(own_archive, tmp_path, write):
    assert own_archive.ask("What did Rolo Fentmark say?").abstained
    write("harbour.txt", HARBOUR)
    assert own_archive.index(tmp_path / "sources").added == 1
    answer = own_archive.ask("What did Rolo Fentmark say?")
    assert "Der Hafen bleibt" in answer.text
    assert {cited.speaker for cited in answer.citations} == {"Rolo Fentmark"}


def test_a_table_is_read_by_fields_of_ones_own(own_archive, write):
    words = "Der Turm von Rotmoor wird verputzt, sagte Baudezernentin Ute Sellering."
    table = write("export.csv", f'Nummer,Inhaltliches\n1,"{words}"\n')
    report = own_archive.index(table, fields={"text": "Inhaltliches"})
    assert (report.added, report.failed) == (1, [])
    for wrong in ({"words": "Inhaltliches"}, {"text": ""}, ["text"]):
        with pytest.raises(wortlaut.ConfigError, match="fields"):
            own_archive.index(table, fields=wrong)


def test_a_follow_up_takes_its_speaker_from_the_history(archive):
    first = archive.ask("What did Falkenhain say about the dam?")
    second = archive.ask("And when was that?", [first])
    assert second.query.speakers == ("Ortrud Falkenhain",)


def test_threads_that_ask_first_share_what_is_opened(own_archive):
    with ThreadPoolExecutor(4) as threads:
        chats = set(threads.map(lambda _: id(own_archive.chat), range(4)))
    assert chats == {id(own_archive.chat)}


@pytest.mark.parametrize(
    "day", ["2026-04", "2026-04-01", date(2026, 4, 1), datetime(2026, 4, 1, 12)]
)
def test_days_bind_as_text_or_as_date(archive, day):
    assert archive.ask("What did Falkenhain say about the dam?", since=day).abstained
    assert not archive.ask("What did Falkenhain say about the dam?", until=day).abstained
    assert archive.timeline("Falkenhain", since=day) == []


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ({"since": "tomorrow"}, "since 'tomorrow' is no date"),
        ({"since": "2026-05", "until": "2026-04"}, "is after"),
        ({"source": "Nowhere"}, "no article is from the source"),
    ],
)
def test_a_bound_that_makes_no_sense_is_refused_in_one_line(archive, bounds, says):
    with pytest.raises(wortlaut.ConfigError, match=says):
        archive.ask("What did Falkenhain say?", **bounds)


@pytest.mark.parametrize(
    "misuse",
    [
        lambda a: a.ask(None),
        lambda a: a.ask("What did Falkenhain say?", language="fr"),
        lambda a: a.ask("What did Falkenhain say?", mode="poetic"),
        lambda a: a.ask("What did Falkenhain say?", since=5),
        lambda a: a.ask("What did Falkenhain say?", history=[1]),
        lambda a: a.ask("What did Falkenhain say?", history=None),
        lambda a: a.ask("What did Falkenhain say?", speaker=5),
        lambda a: a.ask("What did Falkenhain say?", source="\ud800"),
        lambda a: a.search("Damm", -1),
        lambda a: a.search("Damm", "many"),
        lambda a: a.timeline(None),
        lambda a: a.statements(7),
        lambda a: a.index(["a", "list"]),
        lambda a: a.index("a\0b"),
        lambda a: a.index(""),
        lambda a: a.verify(None),
        lambda a: a.keep_receipt(None, []),
        lambda a: a.keep_receipt(a.folder / "kept.json", "no answer"),
        lambda a: a.score("Who?", "She.", None),
        lambda a: a.score("Who?", "She.", "one text"),
        lambda a: wortlaut.statements(None),
        lambda a: wortlaut.open(5),
        lambda a: wortlaut.open("a\0b"),
        lambda a: wortlaut.open(a.folder, data="elsewhere"),
        lambda a: wortlaut.open(a.folder, embedder=5),
        lambda a: wortlaut.open(a.folder, llm="a model's name"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(archive, misuse):
    with pytest.raises(wortlaut.WortlautError) as refused:
        misuse(archive)
    assert "\n" not in str(refused.value)


def test_a_moment_counts_as_its_day(archive):
    asked = "What did Falkenhain say about the dam?"
    assert archive.ask(asked, as_of=datetime(2026, 3, 1, 12)).abstained
    assert not archive.ask(asked, as_of=datetime(2026, 3, 2, 12)).abstained


def test_a_lone_surrogate_breaks_nothing(archive):
    assert archive.statements("\ud800") == wortlaut.statements("\ud800") == []


def test_search_timeline_and_statements_show_the_archives_own_words(archive):
    found = archive.search("Damm", limit=1)[0]
    assert "Der Damm hält" in found.article.text
    said = archive.timeline("falkenhain")
    assert [each.voice for each in said] == ["direct"]
    assert said[0].quote.strip('"„“ ,\n').startswith("Der Damm hält")
    assert archive.statements(found.article.id)[0].speaker == "Ortrud Falkenhain"
    assert archive.statements("no such article") == []


def test_an_answer_and_its_receipt_hold_until_the_article_changes(own_archive, tmp_path, write):
    answer = own_archive.ask("What did Falkenhain say about the dam?")
    receipt = tmp_path / "receipt.json"
    own_archive.keep_receipt(receipt, answer)
    assert own_archive.verify(answer) == own_archive.verify(receipt) == []
    write("ferry.txt", FERRY.replace("niemand muss fort", "alle müssen fort"))
    own_archive.index(tmp_path / "sources")
    assert any("changed" in finding.reason for finding in own_archive.verify(receipt))


def test_a_file_that_is_no_receipt_is_refused(archive, tmp_path):
    (tmp_path / "note.txt").write_text("a note", encoding="utf-8")
    with pytest.raises(wortlaut.ConfigError, match="note"):
        archive.verify(tmp_path / "note.txt")


def test_a_score_tells_a_changed_number(archive):
    contexts = ["Die Fähre nach Wiesgrund kostet 14 Millionen Euro."]
    for score in (archive.score, wortlaut.score):
        true = score("What does it cost?", "The ferry costs 14 million euros.", contexts)
        false = score("What does it cost?", "The ferry costs 41 million euros.", contexts)
        assert true.score > 0.5 > false.score
    answer = archive.ask("What did Falkenhain say about the dam?")
    assert archive.score(answer.question, answer.citations[0].quote, answer.citations).score > 0.9


def test_statements_are_read_from_a_text_without_an_archive():
    (said,) = wortlaut.statements('"Der Damm hält", sagte Ortrud Falkenhain.')
    assert (said.speaker, said.voice) == ("Ortrud Falkenhain", "direct")


def test_a_setting_that_does_not_exist_is_named(tmp_path):
    with pytest.raises(wortlaut.ConfigError, match="qoutes"):
        wortlaut.open(tmp_path, qoutes=3)


def test_the_folder_is_the_environments_where_none_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("WORTLAUT_DATA", str(tmp_path / "mine"))
    with wortlaut.open() as archive:
        assert archive.folder == tmp_path / "mine"


def test_a_language_model_of_ones_own_words_the_answer(own_archive):
    from llama_index.core.llms.mock import MockLLM

    with wortlaut.open(own_archive.folder, llm=MockLLM(max_tokens=20)) as wording:
        answer = wording.ask("What did Falkenhain say about the dam?")
    # A mere echo of the prompt is refused: the quotes stand in its place, and the reader is told.
    assert answer.model is not None
    assert answer.notice
    assert "Der Damm hält" in answer.text
    assert all(claim.verdict == "supported" for claim in answer.claims)
