import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wortlaut.eval.figures.intervals import (
    Estimate,
    bootstrap,
    bootstrap_gap,
    bootstrap_mean,
    paired_difference,
    wilson,
)
from wortlaut.eval.figures.metrics import auroc

SHARES = st.lists(st.none() | st.floats(0, 1), max_size=30)


def test_an_estimate_is_the_mean_of_what_is_defined_and_counts_it():
    # (1 + 0 + 1) / 3 of three defined values
    found = bootstrap_mean([1.0, None, 0.0, 1.0])
    assert (found.value, found.n) == (pytest.approx(2 / 3), 3)
    assert found.low < 2 / 3 < found.high


def test_without_values_nothing_is_defined_and_with_one_no_interval():
    assert bootstrap_mean([None, None]) == Estimate(None, 0)
    assert bootstrap_mean([]).as_json() == {"value": None, "n": 0, "low": None, "high": None}
    assert bootstrap_mean([0.5, None]) == Estimate(0.5, 1)


def test_one_source_alone_shows_nothing_of_others():
    assert bootstrap_mean([1.0, 0.0, 1.0], ["x", "x", "x"]) == Estimate(pytest.approx(2 / 3), 3)


def test_20_of_20_is_not_certain():
    # Wilson with z = 1.96: 20 / (20 + 1.96²) = 20 / 23.84 = .839
    found = bootstrap_mean([1.0] * 20)
    assert found.value == found.high == 1
    assert found.low == pytest.approx(20 / 23.8415, abs=1e-4)


def test_20_of_20_about_4_sources_are_worth_4():
    # 4 / (4 + 1.96²) = .510
    found = bootstrap_mean([1.0] * 20, [i % 4 for i in range(20)])
    assert found.low == pytest.approx(4 / 7.8415, abs=1e-4)


def test_a_share_with_few_misses_gets_wilsons_interval():
    # 19 of 20: centre (.95 + 1.9207/20) / (1 + 3.8415/20) = .8775, spread .1136
    found = bootstrap_mean([1.0] * 19 + [0.0])
    assert (found.low, found.high) == pytest.approx((0.7639, 0.9911), abs=1e-4)
    assert (found.low, found.high) == pytest.approx(wilson(0.95, 20))


def test_misses_about_one_source_are_worth_less_than_misses_about_many():
    values = [0.0] * 4 + [1.0] * 36
    scattered = bootstrap_mean(values, list(range(40)))
    together = bootstrap_mean(values, [i // 4 for i in range(40)])
    assert together.value == scattered.value == 0.9
    assert together.high - together.low > 1.3 * (scattered.high - scattered.low)


def test_one_miss_makes_the_interval_hardly_narrower_where_sources_are_few():
    groups = ["a"] * 50 + ["b"] * 50
    flat, missed = bootstrap_mean([1.0] * 100, groups), bootstrap_mean([0.0] + [1.0] * 99, groups)
    # two sources are worth two: 2 / (2 + 1.96²)
    assert flat.low == pytest.approx(2 / 5.8415, abs=1e-4)
    assert flat.low < missed.low < flat.low + 0.05


def test_few_sources_are_worth_less_by_students_t():
    # Half of each of 5 sources: nothing clusters, so 100 count as 100 * (1.984 / 2.776)² = 51.1
    found = bootstrap_mean([0.0, 1.0] * 50, [i // 20 for i in range(100)])
    assert (found.low, found.high) == pytest.approx(wilson(0.5, 51.1), abs=1e-3)


def test_few_values_beyond_0_and_1_get_students_interval():
    # 1, 2, 3: the standard error is 1 / sqrt(3), t with two degrees of freedom 4.303
    found = bootstrap_mean([1.0, 2.0, 3.0])
    assert (found.low, found.high) == pytest.approx((2 - 2.484, 2 + 2.484), abs=1e-3)


@pytest.mark.parametrize(("sources", "each"), [(2, 50), (5, 40), (10, 20), (40, 5), (60, 5)])
def test_the_interval_holds_the_truth_where_sources_differ(sources, each):
    # Sources' shares spread by .2 about .5; 95 % of 200 runs: 190, give or take 6, as above.
    rng = np.random.default_rng(11)
    groups = np.repeat(np.arange(sources), each).tolist()
    held = 0
    for _ in range(200):
        shares = np.repeat(rng.beta(2.5, 2.5, sources), each)
        values = (rng.random(sources * each) < shares).astype(float)
        found = bootstrap_mean(values.tolist(), groups, resamples=200)
        held += found.low <= 0.5 <= found.high
    assert held >= 180


def test_values_that_are_all_one_figure_between_0_and_1_are_not_certain_either():
    # as many as 3.84 of 23.84 may yet lie at 0 or at 1: .5 -/+ .161 * .5
    found = bootstrap_mean([0.5] * 20)
    assert (found.low, found.high) == pytest.approx((0.5 - 0.0806, 0.5 + 0.0806), abs=1e-4)


@pytest.mark.parametrize("values", [[5e-324, 0.0], [1 - 1e-16, 1.0], [1e-169, 0.3, 0.3]])
def test_values_next_to_equal_have_an_interval(values):
    found = bootstrap_mean(values)
    assert 0 <= found.low <= found.value <= found.high <= 1


def test_figures_beyond_0_and_1_are_resampled():
    # the mean of 100 values with standard deviation 30: 1.96 * 3 either side
    values = np.random.default_rng(5).normal(200, 30, 100)
    found = bootstrap_mean(values.tolist())
    assert found.high - found.low == pytest.approx(2 * 1.96 * values.std() / 10, rel=0.1)


def test_a_value_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="not finite"):
        bootstrap_mean([0.5, float("nan")])
    with pytest.raises(ValueError, match="one group"):
        bootstrap_mean([0.5, 0.4], ["x"])


def test_the_interval_holds_the_truth_about_as_often_as_it_says():
    # 95 % of 200 runs: 190, give or take 1.96 * sqrt(200 * .05 * .95) = 6 in either direction
    rng = np.random.default_rng(7)
    for share, n in ((0.97, 20), (0.9, 65), (0.5, 100)):
        held = 0
        for _ in range(200):
            found = bootstrap_mean((rng.random(n) < share).astype(float).tolist(), resamples=300)
            held += found.low <= share <= found.high
        assert held >= 180, (share, n, held)


@given(SHARES, st.randoms())
@settings(deadline=None, max_examples=50)
def test_an_interval_lies_in_0_to_1_about_its_value_in_any_order_of_the_values(values, random):
    found = bootstrap_mean(values, resamples=200)
    shuffled = values[:]
    random.shuffle(shuffled)
    assert bootstrap_mean(shuffled, resamples=200) == found
    assert found.n == len(values) - values.count(None)
    if found.n < 2:
        assert found.low is found.high is None
    else:
        assert -1e-9 <= found.low <= found.high <= 1 + 1e-9
        assert found.low - 1e-9 <= found.value <= found.high + 1e-9


def test_a_difference_is_the_mean_over_pairs_of_which_both_are_defined():
    # 1 - 0, 1 - 1, 0 - 0 of three pairs: 1/3
    found = paired_difference([0, 1, 0, None, 1], [1, 1, 0, 1, None])
    assert (found.value, found.n) == (pytest.approx(1 / 3), 3)


def test_the_p_of_a_difference_counts_the_signs_that_reach_it():
    # four rows got better, none worse: of 2^4 = 16 signs two (all +, all -) reach 4: .125
    found = paired_difference([0.0] * 4 + [1.0] * 16, [1.0] * 20)
    assert found.p == 0.125
    assert found.is_noise
    # six of 20: 2 / 64
    found = paired_difference([0.0] * 6 + [1.0] * 14, [1.0] * 20)
    assert found.p == 2 / 64
    assert not found.is_noise


def test_rows_of_one_source_change_sign_together():
    # six rows of three sources: 2 of 2^3
    found = paired_difference([0.0] * 6 + [1.0] * 14, [1.0] * 20, [i // 2 for i in range(20)])
    assert found.p == 2 / 8
    assert found.is_noise


def test_many_rows_that_differ_are_drawn_and_p_is_never_0():
    found = paired_difference([0.0] * 40, [1.0] * 40)
    assert found.p == 1 / 1001
    assert not found.is_noise


def test_a_run_against_itself_is_noise():
    found = paired_difference([1.0, 0.0, 0.5], [1.0, 0.0, 0.5])
    assert (found.value, found.p, found.is_noise) == (0, 1, True)
    assert found.low < 0 < found.high


def test_where_no_interval_is_defined_nothing_is_shown():
    found = paired_difference([0.0, None], [1.0, 1.0])
    assert (found.value, found.n, found.low, found.p, found.is_noise) == (1, 1, None, None, True)
    with pytest.raises(ValueError, match="equally many"):
        paired_difference([0.0], [])


@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), max_size=15))
@settings(deadline=None, max_examples=40)
def test_a_difference_turned_around_changes_its_sign_and_not_its_p(pairs):
    a, b = [x for x, _ in pairs], [y for _, y in pairs]
    one, other = paired_difference(a, b, resamples=200), paired_difference(b, a, resamples=200)
    assert one.n == other.n == len(pairs)
    if pairs:
        assert one.value == pytest.approx(-other.value)
        assert -1 <= one.value <= 1
    if one.p is not None:
        assert one.p == pytest.approx(other.p)
        assert 0 < one.p <= 1


def test_any_figure_of_a_set_can_be_resampled():
    rng = np.random.default_rng(3)
    truths = rng.random(200) < 0.5
    weak, strong = truths + rng.normal(0, 2, 200), truths + rng.normal(0, 0.3, 200)

    def better(i):
        one, other = auroc(truths[i], weak[i]), auroc(truths[i], strong[i])
        return None if one is None or other is None else other - one

    found = bootstrap(better, 200)
    assert found.value == pytest.approx(auroc(truths, strong) - auroc(truths, weak))
    assert 0 < found.low < found.value < found.high


def test_a_set_is_drawn_by_whole_groups():
    drawn = []
    groups = [i // 3 for i in range(23)]
    bootstrap(lambda i: drawn.append(i) or 0.0, 23, groups, resamples=30)
    assert len(drawn) == 31
    for one in drawn:
        times = np.bincount(one, minlength=23)
        # Eight draws of a group, each with all of its two or three members.
        assert sum(times[::3]) == 8
        assert all(len(set(times[i : i + 3])) == 1 for i in range(0, 23, 3))


def test_a_figure_that_most_draws_leave_undefined_has_no_interval():
    assert bootstrap(lambda i: None, 9) == Estimate(None, 9)
    assert bootstrap(lambda i: 1.0 if len(set(i.tolist())) == 9 else None, 9) == Estimate(1.0, 9)
    assert bootstrap(lambda i: 1.0, 9) == Estimate(1.0, 9)
    assert bootstrap(lambda i: 1.0, 0) == Estimate(None, 0)
    with pytest.raises(ValueError, match="one group"):
        bootstrap(lambda i: 1.0, 5, ["a"])


def test_fewer_than_eight_groups_are_not_resampled():
    values = np.random.default_rng(2).random(80)
    for count, has_limits in ((7, False), (8, True)):
        found = bootstrap(lambda i: float(values[i].mean()), 80, [i % count for i in range(80)])
        assert (found.low is not None) == (found.high is not None) == has_limits


def test_agrees_with_the_mean_where_the_figure_is_a_mean():
    values = np.random.default_rng(2).random(180)
    groups = [str(i // 3) for i in range(180)]
    one = bootstrap_mean(values.tolist(), groups)
    other = bootstrap(lambda i: float(values[i].mean()), 180, groups)
    assert one.value == pytest.approx(other.value)
    assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.02)


def test_a_gap_is_the_largest_mean_less_the_smallest():
    # 3/4 - 1/4, whatever lies between
    found = bootstrap_gap(
        {"a": [1, 1, 1, 0], "b": [0.5, 0.5], "c": [1, 0, 0, 0, None], "d": [None]}
    )
    assert (found.value, found.n) == (0.5, 10)
    assert bootstrap_gap({"a": [1.0], "b": [0.0, 1.0]}) == Estimate(0.5, 3)
    assert bootstrap_gap({"a": [None], "b": [1.0, 1.0]}) == Estimate(None, 2)
    with pytest.raises(ValueError, match="0, 1"):
        bootstrap_gap({"a": [2.0, 1.0], "b": [1.0, 1.0]})


def test_a_gap_of_two_that_are_all_right_is_not_certain_and_not_below_0():
    # Either may be as low as 20 / 23.84 = .839, but seldom is with the other at 1.
    found = bootstrap_gap({"a": [1.0] * 20, "b": [1.0] * 20})
    assert found.value == found.low == 0
    assert 0.1 < found.high < 1 - 20 / 23.84


@pytest.mark.parametrize("sets", [2, 3, 12])
def test_the_best_and_the_worst_of_sets_that_are_alike_seldom_show_a_gap(sets):
    # One in 20 of 120: 6, give or take 1.96 * sqrt(120 * .05 * .95) = 4.7.
    rng = np.random.default_rng(5)
    shown = 0
    for _ in range(120):
        drawn = {str(k): (rng.random(80) < 0.7).astype(float).tolist() for k in range(sets)}
        shown += bootstrap_gap(drawn, resamples=200).low > 0
    assert shown <= 11


def test_a_gap_that_is_there_is_seen():
    rng = np.random.default_rng(6)
    drawn = {str(p): (rng.random(150) < p).astype(float).tolist() for p in (0.5, 0.7, 0.9)}
    found = bootstrap_gap(drawn)
    assert 0.1 < found.low < found.value < found.high <= 1


def test_a_gap_over_shared_sources_is_narrower_where_sources_differ_more_than_languages():
    rng = np.random.default_rng(4)
    hard = rng.random(80)
    sets = {"a": (hard * 0.9 + 0.1 * rng.random(80)).tolist(), "b": (hard * 0.9).tolist()}
    sources = [str(i) for i in range(80)]
    shared = bootstrap_gap(sets, {"a": sources, "b": sources})
    apart = bootstrap_gap(sets)
    assert shared.high - shared.low < 0.5 * (apart.high - apart.low)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=20), st.randoms())
@settings(deadline=None, max_examples=30)
def test_a_gap_does_not_depend_on_the_order_of_its_rows(values, random):
    sources = [f"s{i % 5}" for i in range(len(values))]
    rows = list(zip(values, sources, strict=True))
    random.shuffle(rows)
    one, other = (
        bootstrap_gap(
            {"a": [v for v, _ in some], "b": [0.2, 0.4]},
            {"a": [s for _, s in some], "b": ["s1", "s2"]},
            resamples=100,
        )
        for some in (list(zip(values, sources, strict=True)), rows)
    )
    assert one == other
    assert 0 <= one.low <= one.value <= one.high <= 1
