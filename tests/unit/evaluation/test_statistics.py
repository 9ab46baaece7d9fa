"""Tests and intervals over overlapping folds."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from imbtool.evaluation.estimates import estimate_of
from imbtool.evaluation.phrases import interval
from imbtool.evaluation.settle import positives_to_settle, repeats_to_settle
from imbtool.evaluation.significance import combined_f, sign_flip
from imbtool.evaluation.statistics import (
    corrected,
    corrected_ttest,
    correlated_bayes,
    difference,
    estimate,
    holm,
    mean_interval,
)

D = np.array([0.012, 0.031, -0.004, 0.022, 0.017, 0.008, 0.026, 0.001, 0.019, 0.014])
FIVE_FOLDS = 0.25


def test_the_corrected_test_is_students_with_a_larger_variance():
    test = corrected_ttest(D, FIVE_FOLDS)
    se = np.sqrt((1 / 10 + 0.25) * D.var(ddof=1))
    assert test.se == pytest.approx(se, rel=1e-12)
    assert test.df == 9
    assert test.p_value == pytest.approx(2 * stats.t.sf(D.mean() / se, 9), rel=1e-12)
    assert (test.low, test.high) == pytest.approx(stats.t.interval(0.95, 9, D.mean(), se), rel=1e-12)


def test_without_overlap_the_test_is_the_ordinary_one():
    assert corrected_ttest(D, 0.0).p_value == pytest.approx(stats.ttest_1samp(D, 0.0).pvalue, rel=1e-12)


def test_the_interval_excludes_zero_exactly_when_p_is_below_one_minus_confidence():
    p = corrected_ttest(D, FIVE_FOLDS).p_value
    assert corrected_ttest(D, FIVE_FOLDS, confidence=1 - p - 1e-6).low > 0
    assert corrected_ttest(D, FIVE_FOLDS, confidence=1 - p + 1e-6).low < 0


def test_folds_without_a_value_are_left_out():
    with_holes = np.concatenate((D, [np.nan, np.nan]))
    assert corrected_ttest(with_holes, FIVE_FOLDS) == corrected_ttest(D, FIVE_FOLDS)
    assert correlated_bayes(with_holes, FIVE_FOLDS, 0.01) == correlated_bayes(D, FIVE_FOLDS, 0.01)


@pytest.mark.parametrize("d", [[], [0.1], [0.1, np.nan]])
def test_fewer_than_two_folds_show_nothing(d):
    test = corrected_ttest(np.array(d), FIVE_FOLDS)
    assert np.isnan([test.low, test.high, test.p_value, test.se]).all()
    assert np.isnan(correlated_bayes(np.array(d), FIVE_FOLDS, 0.01)).all()


@pytest.mark.parametrize("d", [np.zeros(5), np.array([1e-17, -1e-16, 1e-16, 0.0, 1e-17])])
def test_equal_folds_are_equivalent_for_certain(d):
    test = corrected_ttest(d, FIVE_FOLDS)
    assert (test.mean, test.low, test.high, test.p_value) == (0.0, 0.0, 0.0, 1.0)
    assert correlated_bayes(d, FIVE_FOLDS, 0.0) == (0.0, 1.0, 0.0)


@pytest.mark.parametrize(("count", "disjoint"), [(2, 2), (3, 3), (5, 5), (10, 5), (50, 5)])
def test_a_constant_difference_claims_no_more_than_its_signs(count, disjoint):
    test = corrected_ttest(np.full(count, 0.2), FIVE_FOLDS)
    assert test.p_value == pytest.approx(2.0 ** (1 - disjoint), rel=1e-9)
    assert test.low < 0.0 < test.high
    posterior = correlated_bayes(np.full(count, 0.2), FIVE_FOLDS, 0.0)
    assert posterior.better == pytest.approx(1 - 2.0**-disjoint, rel=1e-9)


# baycomp 1.0.3, two_on_single(zeros, D, rope, runs): runs=2 is twice 5 folds, runs=1 ten folds.
@pytest.mark.parametrize(
    ("rope", "test_ratio", "expected"),
    [
        (0.01, 1 / 4, (0.0020114498082087536, 0.24396771145895657, 0.7540208387328347)),
        (0.0, 1 / 4, (0.02453854351942253, 0.0, 0.9754614564805775)),
        (0.01, 1 / 9, (0.00040528205265323374, 0.18980229086990874, 0.809792427077438)),
    ],
)
def test_posterior_agrees_with_baycomp(rope, test_ratio, expected):
    assert correlated_bayes(D, test_ratio, rope) == pytest.approx(expected, abs=1e-12)


def test_holm_steps_down_through_the_ordered_p_values():
    # Worked by hand: .01*4, then max(.04, .02*3), max(.06, .03*2), max(.06, .04*1).
    assert holm([0.04, 0.01, 0.03, 0.02]) == pytest.approx([0.06, 0.04, 0.06, 0.06])
    assert holm([0.9, 0.6]) == pytest.approx([1.0, 1.0])


def test_holm_does_not_count_tests_that_could_not_be_made():
    adjusted = holm([0.02, np.nan, 0.03])
    assert adjusted[[0, 2]] == pytest.approx([0.04, 0.04])
    assert np.isnan(adjusted[1])
    assert holm([]).size == 0


def test_difference_is_positive_when_better_and_carries_every_number():
    a, b = 0.5 - D, np.full(10, 0.5)
    found = difference(a, b, test_ratio=FIVE_FOLDS, rope=0.01, greater_is_better=False)
    test = corrected_ttest(D, FIVE_FOLDS)
    assert (found.mean, found.low, found.high, found.p_value) == pytest.approx(
        (test.mean, test.low, test.high, test.p_value)
    )
    assert found.p_holm == found.p_value
    assert (found.worse, found.equivalent, found.better) == pytest.approx(
        tuple(correlated_bayes(D, FIVE_FOLDS, 0.01))
    )


def test_a_correction_fills_the_corrected_values_and_nothing_else():
    raw = [difference(scale * D, 0 * D, test_ratio=FIVE_FOLDS, rope=0.01) for scale in (1.0, -2.0)]
    raw.append(difference(D - 0.01, 0 * D, test_ratio=FIVE_FOLDS, rope=0.01))
    p = [d.p_value for d in raw]
    wanted = {"holm": holm(p), "bh": stats.false_discovery_control(p), "none": p}
    for name, adjusted in wanted.items():
        found = corrected(raw, name)
        assert [d.p_holm for d in found] == pytest.approx(list(adjusted))
        assert [d.p_value for d in found] == p
        assert corrected([], name) == []


@pytest.mark.parametrize(
    ("test", "reference"),
    [
        ("5x2cv-f", lambda d: combined_f(d.reshape(5, 2))),
        ("permutation", lambda d: sign_flip(d, FIVE_FOLDS)),
        ("bayes", lambda d: corrected_ttest(d, FIVE_FOLDS).p_value),
    ],
)
def test_the_test_that_was_chosen_gives_the_p_value_and_nothing_else(test, reference):
    usual = difference(D, 0 * D, test_ratio=FIVE_FOLDS, rope=0.01)
    found = difference(D, 0 * D, test_ratio=FIVE_FOLDS, rope=0.01, test=test)
    assert found == replace(usual, p_value=reference(D), p_holm=reference(D))


def test_the_combined_f_test_needs_all_of_its_halves():
    found = difference(D[:9], 0 * D[:9], test_ratio=1.0, rope=0.01, test="5x2cv-f")
    assert np.isnan(found.p_value)


def test_an_estimate_is_the_mean_in_a_corrected_interval():
    values = 0.7 + D
    found = estimate(values, FIVE_FOLDS)
    test = corrected_ttest(values, FIVE_FOLDS)
    assert (found.mean, found.low, found.high) == pytest.approx((test.mean, test.low, test.high))


def test_what_few_positives_flatter_moves_the_interval_but_not_the_mean():
    plain, moved, far = (estimate(D, FIVE_FOLDS, by) for by in (0.0, 0.002, 1.0))
    assert plain.mean == moved.mean == far.mean
    assert (moved.low, moved.high) == pytest.approx((plain.low - 0.002, plain.high - 0.002))
    assert far.low == pytest.approx(plain.low - 1.0)
    assert far.high == far.mean


def test_precision_and_recall_at_the_chosen_threshold_have_wider_intervals():
    plain, wide = (estimate_of(name, D, FIVE_FOLDS) for name in ("f1", "recall"))
    assert plain.mean == wide.mean
    assert wide.high - wide.mean == pytest.approx((plain.high - plain.mean) * np.sqrt(1.1 / 0.35))
    assert estimate_of("recall_default", D, FIVE_FOLDS) == plain
    assert estimate_of("precision", D, 2.0).high > wide.high


def test_an_interval_that_would_not_hold_the_truth_is_not_given():
    found = estimate_of("calibration_error", D, FIVE_FOLDS)
    assert found.mean == pytest.approx(D.mean())
    assert np.isnan([found.low, found.high]).all()
    assert interval(found, "calibration_error") == "0.015"
    assert "[" in interval(estimate(D, FIVE_FOLDS))


def test_intervals_end_where_the_metric_does():
    assert estimate_of("roc_auc", np.array([0.9, 1.0, 0.95, 0.99, 0.8]), FIVE_FOLDS).high == 1.0
    assert estimate_of("pr_auc", D, FIVE_FOLDS, 0.5).low == 0.0


def test_one_fold_has_a_mean_but_no_interval():
    mean, low, high = mean_interval(np.array([0.4, np.nan]), FIVE_FOLDS)
    assert mean == 0.4
    assert np.isnan([low, high]).all()
    assert np.isnan(mean_interval(np.array([np.nan]), FIVE_FOLDS)).all()


def test_repeats_that_settle_are_the_first_that_exclude_zero():
    effect = 0.014
    needed = repeats_to_settle(D, FIVE_FOLDS, 5, effect)
    assert needed is not None

    def margin(repeats):
        count = 5 * repeats
        return stats.t.ppf(0.975, count - 1) * D.std(ddof=1) * np.sqrt(1 / count + FIVE_FOLDS)

    assert margin(needed) < effect <= margin(needed - 1)


def test_repeats_cannot_settle_what_the_overlap_hides():
    floor = 1.96 * D.std(ddof=1) * np.sqrt(FIVE_FOLDS)
    assert repeats_to_settle(D, FIVE_FOLDS, 5, 0.99 * floor, max_repeats=10_000) is None
    assert repeats_to_settle(D, FIVE_FOLDS, 5, 1.05 * floor, max_repeats=10_000) is not None


def test_more_positives_settle_with_the_square_of_the_gap():
    margin = corrected_ttest(D, FIVE_FOLDS).high - D.mean()
    assert positives_to_settle(D, FIVE_FOLDS, margin / 3) == pytest.approx(9.0)
    assert positives_to_settle(D, FIVE_FOLDS, 2 * margin) == 1.0


@pytest.mark.parametrize("d", [np.zeros(5), np.array([0.1]), np.array([])])
def test_nothing_settles_no_difference(d):
    assert repeats_to_settle(d, FIVE_FOLDS, 5) is None
    assert positives_to_settle(d, FIVE_FOLDS) is None
