import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.metrics import mean, parity_gap, quantile, recall_at_k, reciprocal_rank

RANKED = st.lists(st.integers(0, 20), unique=True, max_size=12)
RELEVANT = st.sets(st.integers(0, 20), max_size=6)


def test_recall_is_the_share_of_the_relevant_that_is_found():
    # 2 of {b, d, e} are among the first 4: 2 / 3
    assert recall_at_k(["a", "b", "c", "d", "e"], {"b", "d", "e"}, 4) == pytest.approx(2 / 3)


def test_reciprocal_rank_looks_at_the_first_relevant_item_only():
    # b stands second: 1 / 2
    assert reciprocal_rank(["a", "b", "d"], {"b", "d"}, 10) == 0.5
    assert reciprocal_rank(["a", "b"], {"b"}, 1) == 0


def test_without_a_relevant_item_both_are_undefined():
    assert recall_at_k(["a"], set(), 1) is None
    assert reciprocal_rank(["a"], set(), 1) is None


def test_undefined_values_leave_the_mean():
    # 1 and 0 are defined: 1 / 2, where 1 / 3 would count the undefined
    assert mean([1.0, None, 0.0]) == 0.5
    assert mean([None]) is None


def test_the_parity_gap_is_best_minus_worst():
    # .99 - .84
    assert parity_gap([0.99, 0.84, 0.9, None]) == pytest.approx(0.15)
    assert parity_gap([0.99, None]) is None


def test_a_quantile_is_interpolated():
    # halfway between the 2nd and 3rd of 1, 2, 4, 8: 3
    assert quantile([8, 1, 4, 2], 0.5) == 3
    assert quantile([], 0.5) is None


@given(RANKED, RELEVANT, st.integers(1, 12))
def test_recall_lies_between_0_and_1_and_grows_with_k(ranked, relevant, k):
    now, more = recall_at_k(ranked, relevant, k), recall_at_k(ranked, relevant, k + 1)
    if relevant:
        assert 0 <= now <= more <= 1
    else:
        assert now is more is None


@given(RANKED, RELEVANT, st.integers(1, 12))
def test_reciprocal_rank_is_positive_exactly_when_something_is_recalled(ranked, relevant, k):
    if relevant:
        assert (reciprocal_rank(ranked, relevant, k) > 0) == (recall_at_k(ranked, relevant, k) > 0)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.randoms())
def test_the_order_of_the_values_does_not_matter(values, random):
    shuffled = values[:]
    random.shuffle(shuffled)
    assert quantile(values, 0.3) == quantile(shuffled, 0.3)
    assert parity_gap(values) == parity_gap(shuffled)
