"""Our scorer as a metric of Ragas and of DeepEval, by their own `evaluate`.

Both are heavy, and no part of the test environment: where one is missing its tests are skipped.
"""

from __future__ import annotations

import asyncio
import importlib.util
import math
import sys

import pytest

from wortlaut.eval.faithfulness.scorer import Faithfulness, ScoredClaim

QUESTION = "What does it cost?"
CONTEXTS = ["Es kostet 14 Euro."]
RIGHT, WRONG, NONE = "It costs 14 euros.", "It costs 41 euros.", "Not in the archive."


class NumberScorer:
    """A claim is supported where the contexts hold its numbers; a refusal claims nothing."""

    name = "numbers"
    fingerprint = "numbers 1"

    def score(self, question, answer, contexts):
        assert question == QUESTION
        if answer == NONE:
            return Faithfulness(None, ())
        holds = all(word in " ".join(contexts) for word in answer.split() if word.isdigit())
        label, reason = ("supported", None) if holds else ("refuted", "The number differs.")
        claim = ScoredClaim(answer, 0, len(answer), float(holds) * 0.9, label, reason)
        return Faithfulness(claim.support, (claim,))


@pytest.mark.parametrize(
    ("module", "library"), [("ragas_metric", "ragas"), ("deepeval_metric", "deepeval")]
)
def test_without_the_library_it_is_said_how_to_install_it(module, library, monkeypatch):
    for name in [library, *(name for name in sys.modules if name.startswith(f"{library}."))]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, f"wortlaut.eval.faithfulness.{module}", raising=False)
    with pytest.raises(ModuleNotFoundError, match=rf'pip install "wortlaut\[{library}\]"'):
        importlib.import_module(f"wortlaut.eval.faithfulness.{module}")


@pytest.fixture
def no_network(monkeypatch):
    """What was asked for over the network: nothing may be."""
    import socket

    asked = []

    def refuse(self, address, *args):
        asked.append(address)
        raise OSError("no network in tests")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)
    return asked


@pytest.fixture
def make_ragas(no_network):
    pytest.importorskip("ragas")
    from wortlaut.eval.faithfulness.ragas_metric import WortlautRagasFaithfulness

    yield WortlautRagasFaithfulness
    from ragas._analytics import _analytics_batcher, do_not_track

    _analytics_batcher.flush()
    assert do_not_track()
    assert no_network == []


def make_sample(answer):
    from ragas import SingleTurnSample

    return SingleTurnSample(user_input=QUESTION, response=answer, retrieved_contexts=CONTEXTS)


def test_ragas_scores_single_samples_with_it(make_ragas):
    metric = make_ragas(NumberScorer())
    scores = [
        asyncio.run(metric.single_turn_ascore(make_sample(answer)))
        for answer in (RIGHT, WRONG, NONE)
    ]
    assert scores[:2] == [0.9, 0.0]
    assert math.isnan(scores[2])
    columns = {"user_input", "response", "retrieved_contexts"}
    assert metric.required_columns["SINGLE_TURN"] == columns


def test_ragas_evaluates_a_data_set_with_it(make_ragas):
    from ragas import EvaluationDataset, evaluate

    samples = [make_sample(answer) for answer in (RIGHT, WRONG, NONE)]
    result = evaluate(EvaluationDataset(samples), [make_ragas(NumberScorer())], show_progress=False)
    scores = result.to_pandas()["wortlaut_faithfulness"].tolist()
    assert scores[:2] == [0.9, 0.0]
    assert math.isnan(scores[2])
    assert result._repr_dict == {"wortlaut_faithfulness": 0.45}


@pytest.fixture
def make_deepeval(no_network, tmp_path, monkeypatch):
    pytest.importorskip("deepeval")
    # It writes its runs into a hidden folder of the working directory.
    monkeypatch.chdir(tmp_path)
    from wortlaut.eval.faithfulness.deepeval_metric import WortlautDeepEvalFaithfulness

    yield WortlautDeepEvalFaithfulness
    from deepeval.telemetry import flush, telemetry_opt_out

    flush()
    assert telemetry_opt_out()
    assert no_network == []


def make_case(answer, contexts=CONTEXTS):
    from deepeval.test_case import LLMTestCase

    return LLMTestCase(input=QUESTION, actual_output=answer, retrieval_context=contexts)


@pytest.mark.parametrize(
    ("answer", "threshold", "score", "success", "reason"),
    [
        (RIGHT, 0.0, 0.9, True, "Every claim is supported."),
        (RIGHT, 0.95, 0.9, False, "Every claim is supported."),
        (WRONG, 0.5, 0.0, False, f"{WRONG} – The number differs."),
        (WRONG, 0.0, 0.0, False, f"{WRONG} – The number differs."),
        (NONE, 0.5, None, None, "The answer claims nothing."),
    ],
)
def test_deepeval_measures_a_case_with_it(make_deepeval, answer, threshold, score, success, reason):
    metric = make_deepeval(NumberScorer(), threshold)
    for measured in (
        metric.measure(make_case(answer)),
        asyncio.run(metric.a_measure(make_case(answer))),
    ):
        assert (measured, metric.score, metric.success) == (score, score, success)
        assert (metric.reason, metric.skipped) == (reason, score is None)


def test_deepeval_says_what_a_case_lacks(make_deepeval):
    from deepeval.errors import MissingTestCaseParamsError

    metric = make_deepeval(NumberScorer())
    with pytest.raises(MissingTestCaseParamsError, match="retrieval_context"):
        metric.measure(make_case(RIGHT, None))
    # An empty list is a context: nothing bears the answer out.
    assert metric.measure(make_case(RIGHT, [])) == 0.0


def test_deepeval_evaluates_cases_with_it(make_deepeval):
    from deepeval import assert_test, evaluate
    from deepeval.evaluate.configs import DisplayConfig
    from deepeval.test_case import RetrievedContextData

    named = [RetrievedContextData(context=CONTEXTS[0], source="Aldora Presse")]
    cases = [make_case(RIGHT, named), make_case(WRONG), make_case(NONE)]
    display = DisplayConfig(print_results=False, show_indicator=False)
    results = evaluate(cases, [make_deepeval(NumberScorer())], display_config=display).test_results
    told = [[(data.score, data.success) for data in found.metrics_data or ()] for found in results]
    assert sorted(told, key=str) == sorted([[(0.9, True)], [(0.0, False)], []], key=str)
    with pytest.raises(AssertionError, match="Wortlaut Faithfulness"):
        assert_test(make_case(WRONG), [make_deepeval(NumberScorer())])
    assert_test(make_case(RIGHT), [make_deepeval(NumberScorer())])
