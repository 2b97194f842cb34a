"""What other libraries write of questions, answers and contexts -> the names that ours have.

As their own serialisers write it: DeepEval's data sets and test runs, what LangChain's retrieval
chains return and LangSmith's runs, LlamaIndex' responses and evaluations, tables of Ragas' results,
TruLens' records and spans. Tests hold a file of each.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_TEXT = ("text", "content", "page_content", "quote")
# DeepEval's way to keep a context's source beside it, and to keep a list in one text.
_SOURCED = re.compile(r"\Adeepeval_source=.*?,deepeval_context=", re.S)
_DEEPEVAL_SEPARATOR = "|"
_KEPT = ("id", "type", "language", "answerable", "abstained", "confidence", "latency_ms")
_ASKED = ("question", "input", "query", "user_input")
_ANSWERED = ("answer", "result", "response", "output", "output_text")
_GOLD = ("gold", "reference", "ground_truth")
_SPAN = "ai.observability."
_RETRIEVES = re.compile(r"_*(?:a?retriev|a?get_relevant|a?search)", re.I)


def unfold(whole: Any) -> Any:
    """The list of records that a JSON file holds in some wrapping; without one, the value itself."""
    if not isinstance(whole, dict):
        return whole
    run = whole.get("testRunData", whole)
    if isinstance(run, dict) and isinstance(run.get("testCases"), list):
        return run["testCases"]
    columns = list(whole.values())
    if "user_input" in whole and all(isinstance(column, dict) for column in columns):
        # pandas, unless it is told otherwise.
        rows = whole["user_input"]
        return [{name: column.get(row) for name, column in whole.items()} for row in rows]
    if columns and all(_is_evaluations(column) for column in columns):
        # One list for each of LlamaIndex' evaluators, of the same answers.
        return columns[0]
    return whole


def _is_evaluations(value: Any) -> bool:
    return isinstance(value, list) and all(
        isinstance(item, dict) and "passing" in item and "contexts" in item for item in value
    )


def translate(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """The record with our names, if one of these libraries wrote it; else as it is."""
    inputs, outputs = value.get("inputs"), value.get("outputs")
    if isinstance(inputs, dict) and isinstance(outputs, dict):
        # A run of LangSmith's; its id is its own, the example's is the question's.
        return translate({**inputs, **outputs, "id": value.get("reference_example_id")})
    record = _parse(value.get("record_json")) if "record_json" in value else value
    if isinstance(record, dict) and isinstance(record.get("calls"), list):
        return _translate_record(record)
    if isinstance(record, dict) and record is not value:
        # Since TruLens writes spans, its records hold no contexts: those are in its events.
        return {name: value.get(column) for name, column in (("question", "input"),
                                                             ("answer", "output"))}  # fmt: skip
    if "actual_output" in value or "actualOutput" in value:
        contexts = _first(value, ("retrieval_context", "retrievalContext"))
        gold = _first(value, ("expected_output", "expectedOutput"))
        answer = _first(value, ("actual_output", "actualOutput"))
        return _name(value, value.get("input"), answer, _split_deepeval(contexts), gold)
    contexts = _first(value, ("source_documents", "source_nodes"))
    if contexts is None and _are_documents(value.get("context")):
        contexts = value["context"]
    if contexts is None:
        return value
    return _name(value, _first(value, _ASKED), _first(value, _ANSWERED), contexts,
                 _first(value, _GOLD))  # fmt: skip


def join_spans(values: Iterable[tuple[str, Any]]) -> Iterator[tuple[str, Any]]:
    """The same values with their places, TruLens' spans joined to one record for each question."""
    records: dict[str, tuple[str, dict[str, Any]]] = {}
    for place, value in values:
        span = read_span(value)
        if span is None:
            yield place, value
            continue
        _, record = records.setdefault(str(span.get("record_id")), (place, {}))
        for name, ours in (("record_root.input", "question"), ("record_root.output", "answer")):
            if span.get(name) is not None:
                record[ours] = span[name]
        if (retrieved := span.get("retrieval.retrieved_contexts")) is not None:
            _add(record.setdefault("contexts", []), retrieved)
    yield from records.values()


def read_span(value: Any) -> dict[str, Any] | None:
    """What a span of TruLens' tells, by its names without what they begin with; None for others."""
    attributes = _parse(value.get("record_attributes")) if isinstance(value, dict) else None
    if not isinstance(attributes, dict):
        return None
    found = {k.removeprefix(_SPAN): v for k, v in attributes.items() if k.startswith(_SPAN)}
    return found if "record_id" in found else None


def read_piece(item: Any) -> Any:
    """The text of a document, node or message, however it is wrapped; else what there is."""
    for _ in range(4):
        if not isinstance(item, Mapping):
            break
        inner = _first(item, ("node", "kwargs", "text_resource", *_TEXT))
        if isinstance(inner, list):
            # Blocks of a message.
            texts = [read_piece(block) for block in inner]
            inner = "".join(text for text in texts if isinstance(text, str))
        item = inner
    return item


def _translate_record(record: Mapping[str, Any]) -> dict[str, Any]:
    """TruLens' own record: the contexts are what a method returned whose name says so."""
    contexts: list[Any] | None = None
    for call in record["calls"]:
        stack = call.get("stack") if isinstance(call, dict) else None
        last = stack[-1] if isinstance(stack, list) and stack else {}
        method = last.get("method") if isinstance(last, dict) else None
        name = method.get("name") if isinstance(method, dict) else None
        if isinstance(name, str) and _RETRIEVES.match(name):
            contexts = contexts or []
            _add(contexts, call.get("rets"))
    question = _first(record, ("main_input", "input"))
    return {"question": question, "answer": _first(record, ("main_output", "output")),
            "contexts": contexts}  # fmt: skip


def _name(
    value: Mapping[str, Any], question: Any, answer: Any, contexts: Any, gold: Any
) -> dict[str, Any]:
    kept = {name: value[name] for name in _KEPT if value.get(name) is not None}
    named = {"question": read_piece(question), "answer": read_piece(answer), "contexts": contexts}
    return kept | named | ({} if gold is None else {"gold": gold})


def _split_deepeval(contexts: Any) -> Any:
    if isinstance(contexts, str):
        contexts = contexts.split(_DEEPEVAL_SEPARATOR)
    if not isinstance(contexts, list):
        return contexts
    return [_SOURCED.sub("", text) if isinstance(text, str) else text for text in contexts]


def _are_documents(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, dict) for item in value)


def _first(value: Mapping[str, Any], names: Iterable[str]) -> Any:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _add(contexts: list[Any], retrieved: Any) -> None:
    """Append what was retrieved once more, each context once."""
    for context in retrieved if isinstance(retrieved, list) else [retrieved]:
        if context not in contexts:
            contexts.append(context)


def _parse(value: Any) -> Any:
    """What lies in a text of JSON; a value that is no text is itself."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return None
