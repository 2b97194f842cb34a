"""What other libraries write is read as it is: each file in `foreign/` was written by its library.

DeepEval 4.3.1 (a data set as JSON and JSON lines, test cases, a test run), LangChain 1.5 (what three
retrieval chains return, by `langchain_core.load.dumps` and as dumped documents; a traced run),
LlamaIndex 0.14.25 (evaluation results, a response), Ragas 0.4.3 (a data set, a result's table), TruLens
2.16 (events of its spans, a record of before, records without contexts).
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from wortlaut.eval.suites.questions import read_suite
from wortlaut.index.errors import DatasetError

FILES = Path(__file__).parent / "foreign"
FIRST = ("What does it cost?", "It costs 14 euros.", ("Es kostet 14 Euro.", "Der Hafen ist tief."))
BAR = (*FIRST[:2], ("Es kostet 14 Euro.", "Der Hafen | ist tief."))
# Its JSON lines join contexts by "|", and its own reader cuts them there.
CUT = (*FIRST[:2], ("Es kostet 14 Euro.", "Der Hafen ", " ist tief."))
DEEP = ("How deep is the harbour?", "It is nine metres deep.", ("Er ist neun Meter tief.",))
NAMED = (*DEEP[:2], ("Aldora Presse: Er ist neun Meter tief.",))
GOLD = ("14 euros",)


@pytest.mark.parametrize(
    ("name", "expected", "golds"),
    [
        ("deepeval.json", [BAR, DEEP], [GOLD, ()]),
        ("deepeval.jsonl", [CUT, DEEP], [GOLD, ()]),
        ("deepeval_cases.jsonl", [BAR, NAMED], [GOLD, ()]),
        ("deepeval_test_run.json", [BAR, DEEP], [GOLD, ()]),
        ("langchain_chain.json", [FIRST], [()]),
        ("langchain_conv.json", [FIRST], [()]),
        ("langchain_documents.json", [FIRST], [()]),
        ("langchain_qa.json", [FIRST], [()]),
        ("langchain_run.json", [FIRST], [()]),
        ("llamaindex_evaluations.json", [FIRST], [()]),
        ("llamaindex_evaluations.jsonl", [FIRST], [()]),
        ("llamaindex_response.json", [FIRST], [()]),
        ("ragas.jsonl", [FIRST, DEEP], [GOLD, ()]),
        ("ragas_result_columns.json", [FIRST, DEEP], [GOLD, ()]),
        ("trulens_events.json", [FIRST], [()]),
        ("trulens_record.json", [FIRST], [()]),
    ],
)
def test_what_a_library_wrote_is_read_as_it_is(name, expected, golds):
    suite = read_suite(FILES / name)
    assert (suite.kind, suite.problems) == ("transcripts", ())
    found = [(each.question, each.answer, each.contexts) for each in suite.transcripts]
    assert found == expected
    assert [each.gold for each in suite.transcripts] == golds
    # Known by its number, so that the runs of two systems pair.
    assert [each.id for each in suite.transcripts] == ["1", "2"][: len(expected)]


def test_each_file_is_expected_to_be_something():
    (mark,) = test_what_a_library_wrote_is_read_as_it_is.pytestmark
    told = {row[0] for row in mark.args[1]}
    assert {path.name for path in FILES.iterdir()} == told | {"trulens_records.jsonl"}


def test_records_without_contexts_are_told():
    with pytest.raises(DatasetError, match='"contexts" is missing'):
        read_suite(FILES / "trulens_records.jsonl")


def test_a_folder_of_all_of_them_is_read_at_once():
    suite = read_suite(FILES)
    assert len(suite.transcripts) == 22
    assert len(suite.problems) == 1


def put(path, *values):
    path.write_text("".join(json.dumps(value) + "\n" for value in values), encoding="utf-8")
    return path


def test_spans_of_several_records_are_told_apart(tmp_path):
    spans = json.loads((FILES / "trulens_events.json").read_text(encoding="utf-8"))
    other = json.loads(json.dumps(spans).replace(FIRST[0], DEEP[0]).replace("95c9a35c", "95c9a35d"))
    # As a database holds them: attributes as text, records mixed.
    mixed = [span for pair in zip(spans, other, strict=True) for span in pair]
    rows = [span | {"record_attributes": json.dumps(span["record_attributes"])} for span in mixed]
    suite = read_suite(put(tmp_path / "spans.jsonl", *rows))
    assert [(each.question, each.contexts) for each in suite.transcripts] == [
        (FIRST[0], FIRST[2]),
        (DEEP[0], FIRST[2]),
    ]


def test_a_run_is_known_by_its_example(tmp_path):
    run = json.loads((FILES / "langchain_run.json").read_text(encoding="utf-8"))
    suite = read_suite(put(tmp_path / "run.jsonl", run | {"reference_example_id": "example-7"}))
    assert [each.id for each in suite.transcripts] == ["example-7"]


def test_a_message_is_an_answer(tmp_path):
    blocks = [{"type": "text", "text": "It costs "}, {"type": "text", "text": "14 euros."}]
    rows = [
        {"input": FIRST[0], "answer": {"content": answer, "type": "ai"}, "context": [
            {"page_content": FIRST[2][0], "metadata": {}}]}
        for answer in (FIRST[1], blocks)
    ]  # fmt: skip
    suite = read_suite(put(tmp_path / "rows.jsonl", *rows))
    assert [each.answer for each in suite.transcripts] == [FIRST[1], FIRST[1]]


def test_a_context_that_was_given_and_not_retrieved_is_no_context(tmp_path):
    # DeepEval's `context` is what is true, not what the system had.
    case = {"input": "q", "actual_output": "a", "retrieval_context": None, "context": ["ideal"]}
    with pytest.raises(DatasetError, match='"contexts" is missing'):
        read_suite(put(tmp_path / "cases.jsonl", case))


@pytest.mark.parametrize(
    "value",
    [
        {"inputs": {"input": 7}, "outputs": {"context": [{}], "answer": []}},
        {"calls": [7, {"stack": []}, {"stack": [{"method": None}], "rets": 7}], "main_input": "q"},
        {"record_json": "{broken", "input": "q"},
        {"calls": [{"stack": [{"method": {"name": "generate"}}], "rets": "a"}], "main_input": "q"},
        {"record_attributes": '{"ai.observability.record_id": 7}'},
        {"input": "q", "actual_output": "a", "retrieval_context": [{"context": []}]},
        {"source_nodes": [{"node": {"node": {"node": {"node": {"node": {}}}}}}], "response": "a"},
    ],
)
def test_what_only_looks_like_it_is_a_broken_line(tmp_path, value):
    good = {"question": "q", "answer": "a", "contexts": ["c"]}
    suite = read_suite(put(tmp_path / "rows.jsonl", good, value))
    assert (len(suite.transcripts), len(suite.problems)) == (1, 1)
    assert "no transcript" in suite.problems[0]
