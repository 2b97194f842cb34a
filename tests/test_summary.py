import json
import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wortlaut.eval.figures.intervals import Estimate
from wortlaut.eval.figures.rows import RunRow
from wortlaut.eval.figures.summary import SCORES, summarise
from wortlaut.index.errors import DatasetError

RIGHT = "answer.right"


def row(number, right=None, **more):
    scores = more.pop("scores", {}) | ({} if right is None else {RIGHT: float(right)})
    known = {"type": "fact", "language": "en", "question": "?", "answer": "!"}
    return RunRow(id=f"q{number}", scores=scores, **(known | more))


def test_a_metric_is_the_mean_over_the_rows_that_have_it():
    # 1, 1, 0 and one undefined: 2/3 of 3
    found = summarise([row(1, 1), row(2, 1), row(3, 0), row(4)])
    assert found.metrics[RIGHT].value == pytest.approx(2 / 3)
    assert found.metrics[RIGHT].n == 3
    assert (found.n, found.errors) == (4, 0)


def test_a_row_that_failed_is_counted_and_told_of_and_in_no_figure():
    found = summarise([row(1, 1), row(2, 1), row(3, 0, error="timed out")])
    assert (found.n, found.errors) == (3, 1)
    assert (found.metrics[RIGHT].value, found.metrics[RIGHT].n) == (1, 2)
    assert found.details["warnings"][0] == (
        "1 of 3 questions failed and are in no figure; the first was q3: timed out"
    )


def test_an_id_that_comes_twice_is_told_of():
    warnings = summarise([row(1, 1), row(1, 0), row(2, 0)]).details["warnings"]
    assert "q1" in warnings[0]


def test_few_sources_are_told_of_once_and_have_no_interval_by_bootstrap():
    rows = [row(i, i % 4 > 0, confidence=i % 10 / 10, answerable=i % 3 > 0, latency_ms=float(i),
                source=f"s{i % 3}") for i in range(60)]  # fmt: skip
    found = summarise(rows)
    (warning,) = found.details["warnings"]
    assert warning.startswith("3 sources are too few for intervals by bootstrap")
    assert found.metrics["abstention.auroc"].low is None
    assert found.metrics["latency.p50_ms"].low is None
    assert found.metrics[RIGHT].low < 0.75 < found.metrics[RIGHT].high
    assert summarise([replace(row, source=None) for row in rows]).details["warnings"] == []


def test_rows_are_also_measured_by_type_and_by_language():
    rows = [row(1, 1, type="date"), row(2, 0, type="fact", language="de"), row(3, 1, language="de")]
    groups = summarise(rows).groups
    assert list(groups["type"]) == ["date", "fact"]
    assert groups["type"]["date"][RIGHT] == Estimate(1, 1)
    assert groups["type"]["fact"][RIGHT].value == 0.5
    assert {name: each[RIGHT].value for name, each in groups["language"].items()} == {
        "de": 0.5,
        "en": 1,
    }


def test_parity_is_the_best_language_minus_the_worst():
    shares = {"en": (1, 1, 1, 0), "de": (1, 0, 1, 0), "ru": (1, 0, 0, 0), "fr": (0,)}
    rows = [
        row(f"{language}{i}", right, language=language)
        for language, some in shares.items()
        for i, right in enumerate(some)
    ]
    # .75 - .25; one row of French is no measure of French
    found = summarise(rows)
    assert (found.parity[RIGHT].value, found.parity[RIGHT].n) == (0.5, 12)
    assert 0 == found.parity[RIGHT].low < 0.5 < found.parity[RIGHT].high
    assert found.details["parity"][RIGHT] == {"best": "en", "worst": "ru"}


def test_with_one_language_there_is_no_parity():
    assert summarise([row(1, 1), row(2, 0)]).parity == {}


def test_abstention_counts_who_was_turned_away_and_who_should_have_been():
    rows = [
        row(1, 1, answerable=False, abstained=True),
        row(2, 0, answerable=True, abstained=True),
        row(3, 0, answerable=True, abstained=True),
        row(4, 0, answerable=False),
        row(5, 1, answerable=True),
        row(6, abstained=True),
    ]
    found = summarise(rows).metrics
    # one of three abstentions was due; one of two that were due was made; of q6 nothing is known
    assert (found["abstention.precision"].value, found["abstention.precision"].n) == (1 / 3, 3)
    assert (found["abstention.recall"].value, found["abstention.recall"].n) == (0.5, 2)


def test_confidence_is_measured_by_whether_it_tells_answerable_questions():
    rows = [
        row(1, answerable=True, confidence=0.8),
        row(2, answerable=True, confidence=0.4),
        row(3, answerable=False, confidence=0.4),
        row(4, answerable=False, confidence=0.2),
        row(5, answerable=False),
    ]
    # of 4 pairs three in order and one tied: 3.5 / 4
    found = summarise(rows).metrics["abstention.auroc"]
    assert (found.value, found.n) == (0.875, 4)


def test_risk_and_calibration_are_over_the_questions_that_were_answered():
    rows = [
        row(1, 1, confidence=0.9),
        row(2, 0, confidence=0.8),
        row(3, 1, confidence=0.7),
        row(4, 1, confidence=0.1, abstained=True),
        row(5, 1),
        row(6, confidence=0.6),
    ]
    found = summarise(rows)
    # risks 0, 1/2, 1/3
    assert found.curves["risk_coverage"] == [[1 / 3, 0], [2 / 3, 1 / 2], [1, 1 / 3]]
    assert found.metrics["abstention.aurc"].value == pytest.approx(5 / 18)
    # 80 % of three answers are 2.4: .9 right, .8 wrong, and .4 of .7 right
    assert found.metrics["abstention.selective_80"].value == pytest.approx(1.4 / 2.4)
    # (.1² + .8² + .3²) / 3
    assert found.metrics["calibration.brier"].value == pytest.approx(0.74 / 3)
    # each alone in its bin: (.1 + .8 + .3) / 3
    assert found.metrics["calibration.ece"].value == pytest.approx(0.4)
    assert [(b["n"], b["accuracy"]) for b in found.curves["reliability"]] == [
        (1, 1),
        (1, 0),
        (1, 1),
    ]
    assert (found.details["answered"], found.details["judged"]) == (5, 3)


def test_latency_is_told_by_its_median_and_its_slow_end():
    found = summarise([row(i, latency_ms=float(i)) for i in range(101)]).metrics
    assert (found["latency.p50_ms"].value, found["latency.p50_ms"].n) == (50, 101)
    assert found["latency.p95_ms"].value == 95
    assert found["latency.p50_ms"].low < 50 < found["latency.p50_ms"].high


@pytest.mark.parametrize("wrong", [{"confidence": 1.5}, {"scores": {"f": float("nan")}}])
def test_a_figure_beyond_0_and_1_is_refused_with_its_row(wrong):
    with pytest.raises(DatasetError, match="row q7"):
        summarise([row(7, **wrong)])


@pytest.mark.parametrize("rows", [[], [row(1, error="timed out")], [row(1)]])
def test_where_nothing_is_measured_everything_is_undefined_and_nothing_is_0(rows):
    found = summarise(rows)
    assert set(found.metrics.values()) == {Estimate(None, 0)}
    assert found.curves == {"risk_coverage": [], "reliability": []}


def test_rows_about_one_source_make_a_wider_interval():
    rows = [row(i, i % 20 < 10, source=f"article-{i // 10}") for i in range(200)]
    apart = [row(i, i % 20 < 10) for i in range(200)]
    one, other = summarise(rows).metrics[RIGHT], summarise(apart).metrics[RIGHT]
    assert one.value == other.value == 0.5
    assert one.high - one.low > 2 * (other.high - other.low)


def test_metrics_stand_in_one_order_and_unknown_ones_follow():
    scores = {"zeal": 1.0, "retrieval.recall@1": 1.0, RIGHT: 1.0, "awe": None}
    names = list(summarise([row(1, scores=scores)]).metrics)
    assert names[:4] == [RIGHT, "retrieval.recall@1", "awe", "zeal"]


def test_a_summary_can_be_written_as_json():
    found = summarise(make_rows(40), suite="Aldora", resamples=50)
    data = json.loads(json.dumps(found.as_json(), allow_nan=False))
    assert (data["suite"], data["n"]) == ("Aldora", 40)
    assert data["metrics"][RIGHT] == found.metrics[RIGHT].as_json()


def make_rows(n, seed=0):
    r = random.Random(seed)
    return [
        row(
            i,
            type=r.choice("abcd"),
            language=r.choice(["en", "de", "ru"]),
            answerable=r.random() < 0.7,
            abstained=r.random() < 0.3,
            confidence=r.random(),
            scores={name: r.choice([0.0, 0.5, 1.0, None]) for name in SCORES},
            source=r.choice([None, *"xyz"]),
            latency_ms=r.expovariate(0.02),
        )
        for i in range(n)
    ]


@given(st.integers(0, 1000), st.randoms())
@settings(max_examples=8, deadline=None)
def test_the_order_of_the_rows_changes_no_figure_and_shares_lie_in_0_to_1(seed, order):
    rows = make_rows(25, seed)
    found = summarise(rows, resamples=40)
    order.shuffle(rows)
    assert summarise(rows, resamples=40) == found
    for name, each in found.metrics.items():
        assert (each.value is None) == (each.n == 0) or name == "abstention.auroc"
        if each.value is not None and not name.startswith("latency"):
            assert -1e-9 <= each.value <= 1 + 1e-9
        if each.low is not None:
            assert each.low <= each.high


def test_a_thousand_questions_are_summarised_in_seconds():
    rows = make_rows(1000)
    start = time.process_time()
    summarise(rows)
    assert time.process_time() - start < 20
