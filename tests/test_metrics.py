from itertools import permutations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from wortlaut.eval.figures.metrics import (
    area_under_risk_coverage,
    auroc,
    average_precision,
    best_f1,
    brier,
    calibration_bins,
    citation_precision,
    citation_recall,
    exact_match,
    expected_calibration_error,
    mean,
    ndcg_at_k,
    parity_gap,
    precision_recall_f1,
    quantile,
    recall_at_k,
    reciprocal_rank,
    risk_coverage,
    selective_accuracy,
    token_f1,
)

RANKED = st.lists(st.integers(0, 20), unique=True, max_size=12)
RELEVANT = st.sets(st.integers(0, 20), max_size=6)
# multiples of 1/8 add up exactly, and ties are frequent
TOLD = st.lists(st.tuples(st.booleans(), st.integers(0, 8).map(lambda n: n / 8)), max_size=30)
OF_ROWS = (
    auroc,
    average_precision,
    brier,
    expected_calibration_error,
    area_under_risk_coverage,
    lambda truths, scores: precision_recall_f1(truths, np.array(scores) > 0.5).f1,
    lambda truths, scores: (found := best_f1(truths, scores)) and found.f1,
)


def test_recall_is_the_share_of_the_relevant_that_is_found():
    # 2 of {b, d, e} are among the first 4: 2 / 3
    assert recall_at_k(["a", "b", "c", "d", "e"], {"b", "d", "e"}, 4) == pytest.approx(2 / 3)


def test_reciprocal_rank_looks_at_the_first_relevant_item_only():
    # b stands second: 1 / 2
    assert reciprocal_rank(["a", "b", "d"], {"b", "d"}, 10) == 0.5
    assert reciprocal_rank(["a", "b"], {"b"}, 1) == 0


def test_ndcg_is_what_the_order_gains_as_a_share_of_what_the_best_order_gains():
    # b second and d fourth gain 1/log2(3) + 1/log2(5) = .6309 + .4307 = 1.0616;
    # best would be first and second, 1/log2(2) + 1/log2(3) = 1.6309: 1.0616 / 1.6309 = .6509
    assert ndcg_at_k(["a", "b", "c", "d"], {"b", "d"}, 10) == pytest.approx(0.6509, abs=1e-4)
    assert ndcg_at_k(["a", "b"], {"b"}, 1) == 0
    # of three relevant only one can stand among the first 1: 1 / 1
    assert ndcg_at_k(["a"], {"a", "b", "c"}, 1) == 1


def test_an_item_ranked_twice_gains_once_in_ndcg():
    # a gains 1/log2(2) = 1 of 1 + .6309, not 1.6309
    assert ndcg_at_k(["a", "a"], {"a", "b"}, 2) == pytest.approx(1 / 1.6309, abs=1e-4)


@pytest.mark.parametrize("metric", [recall_at_k, reciprocal_rank, ndcg_at_k])
def test_without_a_relevant_item_a_ranking_has_no_score(metric):
    assert metric(["a"], set(), 1) is None


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


def test_an_exact_match_is_without_case_punctuation_and_articles():
    assert exact_match("The Harbour of Aldora.", ["harbour of aldora"]) == 1
    assert exact_match("Im Hafen, der Stadt!", ["hafen stadt"], "de") == 0
    assert exact_match("Der Hafen der Stadt", ["«Hafen» Stadt"], "de") == 1
    assert exact_match("Мира Тальберг", ["мира тальберг."], "ru") == 1
    assert exact_match("anything", []) is None


def test_articles_are_those_of_the_answers_own_language():
    # "die" is an article in German and a verb in English
    assert exact_match("die Kurse", ["Kurse"], "de") == 1
    assert exact_match("die hard", ["hard"], "en") == 0


def test_token_f1_counts_shared_words():
    # {mira, talberg} of 3 words said and 2 of the gold: 2 * 2 / (3 + 2) = .8
    assert token_f1("minister Mira Talberg", ["Mira Talberg"]) == pytest.approx(0.8)
    # the nearest of two golds counts
    assert token_f1("on 4 May", ["in spring", "4 May"]) == pytest.approx(2 * 2 / (3 + 2))
    # a word said twice is shared once: 2 * 1 / (2 + 1)
    assert token_f1("ja ja", ["ja"], "de") == pytest.approx(2 / 3)
    assert token_f1("", ["yes"]) == 0
    assert token_f1("", [""]) == 1
    assert token_f1("yes", []) is None


# What the sources say of three statements: 1 needs a and b together, 2 needs only c, 3 has nothing.
NEEDS = {1: [{"a", "b"}], 2: [{"c"}], 3: []}


def _supports(statement, citations):
    return any(needed <= set(citations) for needed in NEEDS[statement])


def test_citation_recall_is_the_share_of_statements_that_their_citations_bear_out():
    # 1 by a and b; 2 not, citing only a; 3 not; a statement without a citation not: 1 / 4
    cited = [(1, ["a", "b"]), (2, ["a"]), (3, ["c"]), (2, [])]
    assert citation_recall(cited, _supports) == 0.25
    assert citation_recall([], _supports) is None


def test_citation_precision_leaves_out_citations_that_nothing_needs():
    # a and b need each other, and both count; d does not: alone it says nothing, and a with b do
    assert citation_precision([(1, ["a", "b", "d"])], _supports) == pytest.approx(2 / 3)
    # c bears 2 out; a is idle
    assert citation_precision([(2, ["c", "a"])], _supports) == 0.5
    # 3 has no support, so its citation counts for nothing: 1 of 2
    assert citation_precision([(2, ["c"]), (3, ["c"])], _supports) == 0.5


def test_each_of_two_citations_that_suffice_alone_is_precise():
    assert citation_precision([(2, ["c", "c"])], _supports) == 1


def test_without_citations_their_precision_is_undefined_and_their_recall_is_0():
    assert citation_precision([(1, [])], _supports) is None
    assert citation_recall([(1, [])], _supports) == 0


def test_precision_recall_and_f1_count_what_was_picked():
    # picked 3, true 2, both 1: 1/3, 1/2, 2 * 1 / (3 + 2)
    found = precision_recall_f1([1, 1, 0, 0, 0], [1, 0, 1, 1, 0])
    assert found == pytest.approx((1 / 3, 1 / 2, 2 / 5))
    assert precision_recall_f1([1, 0], [0, 0]) == (None, 0, 0)
    assert precision_recall_f1([0, 0], [1, 0]) == (0, None, 0)
    assert precision_recall_f1([0], [0]) == (None, None, None)


def test_the_best_f1_is_that_of_the_best_threshold():
    # from .8 on: 2 * 1 / (2 + 2) = .5; from .6 on: 2 * 2 / (3 + 2) = .8; from .1 on: 2 * 2 / (4 + 2)
    assert best_f1([0, 1, 1, 0], [0.9, 0.8, 0.6, 0.1]) == pytest.approx((0.6, 0.8))
    assert best_f1([0, 0], [0.9, 0.8]) is None


def test_auroc_is_the_share_of_pairs_in_order():
    # true .8 and .4 against false .4 and .2: above, above, tied (half), above: 3.5 / 4
    assert auroc([1, 1, 0, 0], [0.8, 0.4, 0.4, 0.2]) == 0.875
    assert auroc([1, 1], [0.8, 0.4]) is None
    assert auroc([], []) is None


def test_average_precision_is_the_mean_precision_at_the_true_rows():
    # true at 1 and 3: P@1 = 1, P@3 = 2/3; (1 + 2/3) / 2
    assert average_precision([1, 0, 1], [0.9, 0.5, 0.1]) == pytest.approx(5 / 6)
    assert average_precision([0], [0.9]) is None


def test_the_brier_score_is_the_mean_squared_distance():
    # (.8 - 1)² = .04 and (.4 - 0)² = .16: .1
    assert brier([1, 0], [0.8, 0.4]) == pytest.approx(0.1)
    assert brier([], []) is None


def test_the_calibration_error_weighs_each_bin_by_its_rows():
    # [.5, 1]: told .8 in the mean, 1 of 2 right: .3 off; [0, .5): told .2, 1 of 1 right: .8 off
    bins = calibration_bins([1, 0, 1], [0.9, 0.7, 0.2], 2)
    assert [(each.low, each.high, each.n) for each in bins] == [(0, 0.5, 1), (0.5, 1, 2)]
    assert [each.accuracy for each in bins] == [1, 0.5]
    # .3 off twice and .8 off once, over 3 rows
    assert expected_calibration_error([1, 0, 1], [0.9, 0.7, 0.2], 2) == pytest.approx(1.4 / 3)
    assert expected_calibration_error([], []) is None


def test_a_probability_of_1_belongs_to_the_last_bin_and_one_above_is_refused():
    assert calibration_bins([1], [1.0]) == [(0.9, 1.0, 1, 1.0, 1.0)]
    with pytest.raises(ValueError, match="probability"):
        calibration_bins([1], [1.1])


def test_the_risk_is_the_share_not_right_among_what_is_kept():
    # .9 right, .8 wrong, .7 right: 0 of 1, 1 of 2, 1 of 3
    points = risk_coverage([1, 0, 1], [0.9, 0.8, 0.7])
    assert points == [(1 / 3, 0), (2 / 3, 1 / 2), (1, 1 / 3)]
    # the mean of 0, 1/2 and 1/3 is 5/18
    assert area_under_risk_coverage([1, 0, 1], [0.9, 0.8, 0.7]) == pytest.approx(5 / 18)
    assert risk_coverage([], []) == []
    assert area_under_risk_coverage([], []) is None


def test_selective_accuracy_is_the_share_right_of_the_surest():
    # .9 right, .8 wrong, .7 right, .6 wrong: half of them are one right, one wrong
    assert selective_accuracy([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6], 0.5) == 0.5
    # three quarters: two right of three
    assert selective_accuracy([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.6], 0.75) == pytest.approx(2 / 3)
    # one of two of the same confidence is right: half of one row
    assert selective_accuracy([1, 0], [0.5, 0.5], 0.5) == 0.5
    assert selective_accuracy([], [], 0.8) is None


def test_rows_of_one_confidence_count_as_in_random_order():
    # right first: (0 + 1/2) / 2; wrong first: (1 + 1/2) / 2; their mean is 1/2
    assert area_under_risk_coverage([1, 0], [0.5, 0.5]) == 0.5
    assert risk_coverage([1, 0], [0.5, 0.5]) == [(1, 0.5)]


@pytest.mark.parametrize("metric", [auroc, brier, average_precision, risk_coverage, best_f1])
def test_one_score_too_few_is_refused(metric):
    with pytest.raises(ValueError, match="one score to a row"):
        metric([1, 0], [0.5])


@given(RANKED, RELEVANT, st.integers(1, 12))
def test_recall_lies_between_0_and_1_and_grows_with_k(ranked, relevant, k):
    now, more = recall_at_k(ranked, relevant, k), recall_at_k(ranked, relevant, k + 1)
    if relevant:
        assert 0 <= now <= more <= 1
    else:
        assert now is more is None


@given(RANKED, RELEVANT, st.integers(1, 12))
def test_a_ranking_scores_above_0_exactly_when_something_is_recalled(ranked, relevant, k):
    if relevant:
        recalled = recall_at_k(ranked, relevant, k) > 0
        assert (reciprocal_rank(ranked, relevant, k) > 0) == recalled
        assert (ndcg_at_k(ranked, relevant, k) > 0) == recalled


@given(RANKED, RELEVANT, st.integers(1, 12))
def test_ndcg_lies_between_0_and_1_and_is_1_for_the_best_order(ranked, relevant, k):
    assume(relevant)
    assert 0 <= ndcg_at_k(ranked, relevant, k) <= 1 + 1e-12
    best = [*relevant, *(item for item in ranked if item not in relevant)]
    assert ndcg_at_k(best, relevant, k) == pytest.approx(1)


@given(st.permutations(range(8)), RELEVANT, st.integers(1, 9), st.integers(0, 6))
def test_a_relevant_item_moved_up_never_lowers_ndcg(ranked, relevant, k, place):
    relevant = relevant | {ranked[place + 1]}
    moved = ranked[:]
    moved[place], moved[place + 1] = moved[place + 1], moved[place]
    assert ndcg_at_k(moved, relevant, k) >= ndcg_at_k(ranked, relevant, k) - 1e-12


@given(TOLD, st.randoms())
def test_the_order_of_the_rows_does_not_matter_and_scores_lie_between_0_and_1(told, random):
    shuffled = told[:]
    random.shuffle(shuffled)
    for metric in OF_ROWS:
        one = metric([t for t, _ in told], [s for _, s in told])
        other = metric([t for t, _ in shuffled], [s for _, s in shuffled])
        assert one == (None if other is None else pytest.approx(other))
        assert one is None or -1e-12 <= one <= 1 + 1e-12


@given(TOLD, st.randoms())
def test_the_risk_coverage_curve_depends_on_no_order_and_its_coverage_grows_to_1(told, random):
    points = risk_coverage([t for t, _ in told], [s for _, s in told])
    random.shuffle(told)
    assert points == risk_coverage([t for t, _ in told], [s for _, s in told])
    coverages = [coverage for coverage, _ in points]
    assert coverages == sorted(set(coverages))
    assert not told or coverages[-1] == 1
    assert not told or points[-1][1] == pytest.approx(1 - sum(t for t, _ in told) / len(told))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), min_size=1, max_size=5))
def test_the_area_under_risk_coverage_is_the_mean_over_all_orders_of_the_tied(told):
    areas = []
    for order in permutations(range(len(told))):
        rows = sorted((told[i] for i in order), key=lambda row: -row[1])
        wrong = np.cumsum([not t for t, _ in rows])
        areas.append(float((wrong / np.arange(1, len(rows) + 1)).mean()))
    found = area_under_risk_coverage([t for t, _ in told], [s for _, s in told])
    assert found == pytest.approx(sum(areas) / len(areas))


@given(TOLD)
def test_auroc_turns_around_when_the_scores_do(told):
    found = auroc([t for t, _ in told], [s for _, s in told])
    if found is not None:
        assert found + auroc([t for t, _ in told], [-s for _, s in told]) == pytest.approx(1)


@given(TOLD)
def test_no_threshold_reaches_a_better_f1_than_the_best(told):
    truths, scores = np.array([t for t, _ in told]), np.array([s for _, s in told])
    found = best_f1(truths, scores)
    if found is None:
        return
    assert precision_recall_f1(truths, scores >= found.value).f1 == pytest.approx(found.f1)
    for value in scores:
        assert precision_recall_f1(truths, scores >= value).f1 <= found.f1 + 1e-12


@given(
    st.text(max_size=30),
    st.lists(st.text(max_size=30), max_size=3),
    st.sampled_from("en de ru".split()),
)
def test_what_matches_exactly_shares_all_its_words(answer, golds, language):
    match, f1 = exact_match(answer, golds, language), token_f1(answer, golds, language)
    if not golds:
        assert match is f1 is None
    else:
        assert match in (0, 1)
        assert match <= f1 <= 1
        assert exact_match(golds[0], golds, language) == 1


CITED = st.lists(
    st.tuples(st.sampled_from([1, 2, 3]), st.lists(st.sampled_from("abcd"), max_size=4))
)


@given(CITED, st.randoms())
def test_citation_scores_lie_between_0_and_1_in_any_order(cited, random):
    shuffled = [(statement, random.sample(some, len(some))) for statement, some in cited]
    random.shuffle(shuffled)
    for metric in (citation_recall, citation_precision):
        found = metric(cited, _supports)
        assert found == metric(shuffled, _supports)
        assert found is None or 0 <= found <= 1


@given(CITED)
def test_one_more_citation_never_lowers_citation_recall(cited):
    assume(cited)
    more = [(statement, [*some, "a"]) for statement, some in cited]
    assert citation_recall(more, _supports) >= citation_recall(cited, _supports)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.randoms())
def test_the_order_of_the_values_does_not_matter(values, random):
    shuffled = values[:]
    random.shuffle(shuffled)
    assert quantile(values, 0.3) == quantile(shuffled, 0.3)
    assert parity_gap(values) == parity_gap(shuffled)


@given(TOLD)
@settings(max_examples=30, deadline=None)
def test_scikit_learn_agrees_on_what_it_defines_too(told):
    sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    truths, scores = [t for t, _ in told], [s for _, s in told]
    assume(len(set(truths)) == 2)
    assert auroc(truths, scores) == pytest.approx(sklearn.roc_auc_score(truths, scores))
    assert average_precision(truths, scores) == pytest.approx(
        sklearn.average_precision_score(truths, scores)
    )
    assert brier(truths, scores) == pytest.approx(sklearn.brier_score_loss(truths, scores))
    picked = [score > 0.5 for score in scores]
    theirs = sklearn.precision_recall_fscore_support(
        truths, picked, average="binary", zero_division=np.nan
    )
    ours = precision_recall_f1(truths, picked)
    for mine, other in zip(ours[:2], theirs[:2], strict=True):
        assert mine == (None if np.isnan(other) else pytest.approx(other))
    assert ours.f1 == pytest.approx(sklearn.f1_score(truths, picked))


@given(st.permutations(range(12)), RELEVANT, st.integers(1, 12))
@settings(deadline=None)
def test_scikit_learn_agrees_on_ndcg(ranked, relevant, k):
    sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    relevant = {item for item in relevant if item < 12}
    assume(relevant)
    gains = [[float(item in relevant) for item in ranked]]
    theirs = sklearn.ndcg_score(gains, [[-float(i) for i in range(12)]], k=k)
    assert ndcg_at_k(ranked, relevant, k) == pytest.approx(theirs)


@given(st.lists(st.floats(0, 1e4), min_size=1, max_size=40), st.floats(0, 1))
def test_numpy_agrees_on_quantiles(values, share):
    assert quantile(values, share) == pytest.approx(float(np.quantile(values, share)))


def test_ranx_agrees_on_rankings():
    ranx = pytest.importorskip("ranx", reason="ranx is not installed; it needs numba")
    rng = np.random.default_rng(0)
    runs, golds = {}, {}
    for question in map(str, range(50)):
        runs[question] = [f"d{i}" for i in rng.permutation(30)[:20]]
        golds[question] = {f"d{i}" for i in rng.permutation(30)[: rng.integers(1, 5)]}
    qrels = ranx.Qrels({q: dict.fromkeys(gold, 1) for q, gold in golds.items()})
    run = ranx.Run(
        {q: {d: 1.0 - i / 100 for i, d in enumerate(ranked)} for q, ranked in runs.items()}
    )
    theirs = ranx.evaluate(qrels, run, ["recall@5", "mrr@10", "ndcg@10"])
    metrics = {
        "recall@5": (recall_at_k, 5),
        "mrr@10": (reciprocal_rank, 10),
        "ndcg@10": (ndcg_at_k, 10),
    }
    for name, (metric, k) in metrics.items():
        ours = mean([metric(runs[q], golds[q], k) for q in runs])
        assert ours == pytest.approx(float(theirs[name]))
