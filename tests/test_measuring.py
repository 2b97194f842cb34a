"""How a scorer is measured: the cut is the one F1 wants, and few verdicts are told as few."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wortlaut.eval.faithfulness.measuring import Judgement, fit_curve, is_enough, measure_level
from wortlaut.eval.figures.metrics import best_f1, precision_recall_f1

JUDGED = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), st.booleans()), min_size=4, max_size=60
)


def judge(pairs):
    return [Judgement(f"s{i}", s, s < 0.5, u) for i, (s, u) in enumerate(pairs)]


def check_cut(pairs):
    curve = fit_curve(judge(pairs))
    if curve is None:
        assert len({u for _, u in pairs}) < 2
        return
    curved = curve.apply(np.array([s for s, _ in pairs]))
    labels = np.array([u for _, u in pairs])
    best = best_f1(labels, 1 - curved)
    assert precision_recall_f1(labels, curved < curve.cut).f1 == pytest.approx(best.f1)
    # Whatever the rounding: what is alike falls on one side.
    assert best.value == pytest.approx(1 - curved[curved < curve.cut].max())


@settings(max_examples=60, deadline=None)
@given(JUDGED)
def test_the_cut_flags_exactly_what_f1_is_best_with(pairs):
    check_cut(pairs)


@pytest.mark.parametrize("seed", range(8))
def test_the_cut_is_right_where_supports_are_none_half_and_all(seed):
    rng = np.random.default_rng(seed)
    unsupported = rng.random(120) < 0.4
    support = np.where(
        unsupported,
        rng.choice([0, 0.5, 1], 120, p=[0.5, 0.3, 0.2]),
        rng.choice([0, 0.5, 1], 120, p=[0.1, 0.2, 0.7]),
    )
    check_cut(list(zip(support.tolist(), unsupported.tolist(), strict=True)))


def test_precision_counts_the_flagged_and_recall_the_unsupported():
    # 7 flagged of which 6 are unsupported, 3 more unsupported, 50 that are neither
    rows = judge([(0.1, True)] * 6 + [(0.2, False)] + [(0.8, True)] * 3 + [(0.9, False)] * 50)
    level = measure_level(rows, resamples=100)
    precision, recall, f1 = (level.figures[name] for name in ("precision", "recall", "f1"))
    assert (precision.value, precision.n) == (6 / 7, 7)
    assert (recall.value, recall.n) == (6 / 9, 9)
    assert (f1.value, f1.n, f1.low) == (pytest.approx(12 / 16), 10, None)
    assert level.figures["auroc"].low is None
    # Wilson's interval for 6 of 7: (.857 + .2744) / 1.5488 -/+ .244
    assert (precision.low, precision.high) == pytest.approx((0.487, 0.974), abs=2e-3)
    data = level.as_json()
    names = ("true_positives", "false_positives", "false_negatives", "true_negatives")
    assert [data[name] for name in names] == [6, 1, 3, 50]


def test_many_verdicts_have_intervals_throughout():
    rng = np.random.default_rng(4)
    unsupported = rng.random(200) < 0.4
    support = np.clip(rng.normal(0.7 - 0.4 * unsupported, 0.2), 0, 1)
    figures = measure_level(
        judge(zip(support.tolist(), unsupported.tolist(), strict=True)), resamples=100
    ).figures
    for name, found in figures.items():
        if not name.endswith("ece"):
            assert found.low < found.value < found.high, name


def test_the_interval_of_a_few_verdicts_holds_the_precision():
    # 95 % of 100: 95, give or take 1.96 * sqrt(100 * .05 * .95) = 4.3
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(100):
        flagged = rng.random(60) < 0.12
        unsupported = np.where(flagged, rng.random(60) < 0.85, rng.random(60) < 0.1)
        rows = [
            Judgement(str(i), 0.5, bool(f), bool(u))
            for i, (f, u) in enumerate(zip(flagged, unsupported, strict=True))
        ]
        found = measure_level(rows, resamples=20).figures["precision"]
        held += found.low is not None and found.low <= 0.85 <= found.high
    assert held >= 88


def test_enough_to_fit_to_are_25_of_either_label_in_8_sources():
    def make(unsupported, supported, sources):
        labels = [True] * unsupported + [False] * supported
        return [Judgement(f"s{i % sources}", 0.5, False, u) for i, u in enumerate(labels)]

    assert is_enough(make(25, 25, 8))
    assert not is_enough(make(24, 90, 20))
    assert not is_enough(make(90, 24, 20))
    assert not is_enough(make(90, 90, 7))
    assert not is_enough([])
