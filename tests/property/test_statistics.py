"""Laws of the tests and intervals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imbtool.evaluation.estimates import within_reach
from imbtool.evaluation.settle import positives_to_settle, repeats_to_settle
from imbtool.evaluation.statistics import corrected_ttest, correlated_bayes, difference, holm

P_VALUES = st.lists(st.floats(0, 1) | st.just(float("nan")), max_size=12)
DIFFERENCES = st.lists(st.floats(-1, 1, allow_subnormal=False), min_size=2, max_size=30).map(np.array)
RATIOS = st.floats(0.01, 2.0)


@given(P_VALUES)
def test_holm_only_raises_p_values_and_never_beyond_one(p):
    raw, adjusted = np.array(p), holm(p)
    tested = ~np.isnan(raw)
    assert (np.isnan(adjusted) == ~tested).all()
    assert (adjusted[tested] >= raw[tested]).all()
    assert (adjusted[tested] <= 1).all()


@given(P_VALUES)
def test_holm_keeps_the_order_of_the_tests(p):
    raw, adjusted = np.array(p), holm(p)
    order = np.argsort(raw[~np.isnan(raw)], kind="stable")
    assert (np.diff(adjusted[~np.isnan(raw)][order]) >= 0).all()


@given(P_VALUES, st.randoms(use_true_random=False))
def test_holm_does_not_depend_on_the_order_of_the_tests(p, random):
    order = list(range(len(p)))
    random.shuffle(order)
    assert holm([p[i] for i in order]) == pytest.approx(holm(p)[order] if p else [], nan_ok=True)


@given(P_VALUES)
def test_holm_is_between_no_correction_and_bonferroni(p):
    raw = np.array(p)[~np.isnan(np.array(p))] if p else np.zeros(0)
    assert (holm(raw) <= np.minimum(1, raw * len(raw)) + 1e-15).all()


@given(DIFFERENCES, RATIOS)
def test_swapping_the_methods_changes_the_sign_and_nothing_else(d, ratio):
    one, other = corrected_ttest(d, ratio), corrected_ttest(-d, ratio)
    assert other.p_value == one.p_value
    assert (other.mean, other.low, other.high) == (-one.mean, -one.high, -one.low)
    here, there = correlated_bayes(d, ratio, 0.01), correlated_bayes(-d, ratio, 0.01)
    assert (here.worse, here.better) == (there.better, there.worse)


SCORES = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=2, max_size=15).map(np.array)


@given(SCORES, RATIOS, st.sampled_from(["pr_auc", "brier", "mcc", "brier_skill", "log_loss", "cost"]))
def test_no_interval_of_a_difference_leaves_what_is_possible(pairs, ratio, metric):
    whole = difference(pairs[:, 0], pairs[:, 1], test_ratio=ratio, rope=0.01)
    cut, reach = within_reach(metric, whole), {"pr_auc": 1.0, "brier": 1.0, "mcc": 2.0}.get(metric, np.inf)
    assert -reach <= cut.low <= cut.mean <= cut.high <= reach
    assert (cut.low, cut.high) == (max(whole.low, -reach), min(whole.high, reach))
    assert replace(cut, low=whole.low, high=whole.high) == whole


@given(DIFFERENCES, RATIOS, st.floats(0, 0.5))
def test_probabilities_are_probabilities(d, ratio, rope):
    test, posterior = corrected_ttest(d, ratio), correlated_bayes(d, ratio, rope)
    assert 0 <= test.p_value <= 1
    assert test.low <= test.mean <= test.high
    assert all(0 <= p <= 1 for p in posterior)
    assert sum(posterior) == pytest.approx(1.0)


@given(DIFFERENCES, RATIOS)
def test_the_interval_excludes_zero_exactly_when_p_is_small(d, ratio):
    test = corrected_ttest(d, ratio)
    assume(abs(test.p_value - 0.05) > 1e-9)
    assert (test.p_value < 0.05) == (test.low > 0 or test.high < 0)


@given(DIFFERENCES, RATIOS)
def test_the_one_sided_posterior_is_the_one_sided_test(d, ratio):
    test, posterior = corrected_ttest(d, ratio), correlated_bayes(d, ratio, 0.0)
    assume(test.se > 0)
    assert 2 * min(posterior.worse, posterior.better) == pytest.approx(test.p_value, abs=1e-9)


@given(DIFFERENCES, RATIOS, st.floats(0.01, 100))
def test_the_unit_of_the_metric_does_not_matter(d, ratio, unit):
    assume(d.std() > 1e-6)
    assert corrected_ttest(unit * d, ratio).p_value == pytest.approx(
        corrected_ttest(d, ratio).p_value, abs=1e-9
    )


@given(DIFFERENCES, st.floats(0.01, 1.0), st.floats(1.01, 3.0))
def test_more_overlap_never_makes_a_claim_surer(d, ratio, factor):
    assume(d.std() > 1e-6)
    assert corrected_ttest(d, factor * ratio).p_value >= corrected_ttest(d, ratio).p_value - 1e-12


@given(DIFFERENCES, RATIOS, st.floats(0, 0.2), st.floats(0, 0.2))
def test_a_wider_region_of_equivalence_holds_more(d, ratio, rope, more):
    narrow, wide = (correlated_bayes(d, ratio, r) for r in (rope, rope + more))
    assert wide.equivalent >= narrow.equivalent - 1e-12


@given(DIFFERENCES, RATIOS, st.booleans())
def test_a_difference_of_a_row_to_itself_is_nothing(d, ratio, greater):
    found = difference(d, d, test_ratio=ratio, rope=0.01, greater_is_better=greater)
    assert (found.mean, found.p_value, found.equivalent) == (0.0, 1.0, 1.0)


@given(DIFFERENCES, RATIOS, st.floats(0.001, 1), st.floats(1, 5))
def test_a_larger_effect_is_settled_sooner(d, ratio, effect, factor):
    assume(d.std() > 1e-6)
    small, large = (repeats_to_settle(d, ratio, 5, e) for e in (effect, factor * effect))
    if small is not None:
        assert large is not None
        assert large <= small
    assert positives_to_settle(d, ratio, factor * effect) <= positives_to_settle(d, ratio, effect)
