"""Brier score, log-loss and calibration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit
from sklearn.metrics import brier_score_loss
from sklearn.metrics import log_loss as sklearn_log_loss

from imbtool.metrics import probability as pm


def calibrated(seed, n=20_000, shift=0.0, stretch=1.0):
    """Return outcomes of honest log-odds, and probabilities whose log-odds are stretched and shifted."""
    rng = np.random.default_rng(seed)
    odds = rng.normal(-3.0, 1.2, n)
    y = (rng.random(n) < expit(odds)).astype(np.int64)
    p = expit(stretch * odds + shift)
    return y, np.column_stack((1 - p, p))


@pytest.mark.parametrize("weighted", [False, True])
def test_binary_errors_agree_with_scikit_learn(weighted):
    y, proba = calibrated(0, 500)
    weight = np.random.default_rng(0).uniform(0.1, 2, 500) if weighted else None
    assert pm.brier(y, proba, weight) == pytest.approx(
        brier_score_loss(y, proba[:, 1], sample_weight=weight), abs=1e-12
    )
    assert pm.log_loss(y, proba, weight) == pytest.approx(
        sklearn_log_loss(y, proba, sample_weight=weight), abs=1e-12
    )


def test_multiclass_brier_is_half_the_squared_distance():
    rng = np.random.default_rng(0)
    y, proba = rng.integers(0, 4, 200), rng.dirichlet(np.ones(4), 200)
    expected = np.square(proba - np.eye(4)[y]).sum(axis=1).mean() / 2
    assert pm.brier(y, proba) == pytest.approx(expected, abs=1e-12)
    assert pm.log_loss(y, proba) == pytest.approx(sklearn_log_loss(y, proba), abs=1e-12)


def test_two_classes_written_as_three_keep_their_brier_score():
    y, proba = calibrated(1, 300)
    wide = np.column_stack((proba, np.zeros(300)))
    assert pm.brier(y, wide) == pytest.approx(pm.brier(y, proba), abs=1e-12)


def test_a_certain_mistake_costs_a_finite_log_loss():
    assert pm.log_loss(np.array([1]), np.array([[1.0, 0.0]])) == pytest.approx(-np.log(1e-15))


def test_brier_skill_compares_with_the_rates_that_were_given():
    y = np.array([0, 0, 0, 1])
    proba = np.column_stack((1 - 0.5 * y - 0.1, 0.5 * y + 0.1))
    error = pm.brier(y, proba)
    own = 0.25 * 0.75
    given = np.mean(np.square(0.1 - y))
    assert pm.brier_skill(y, proba) == pytest.approx(1 - error / own)
    assert pm.brier_skill(y, proba, base_rate=np.array([0.9, 0.1])) == pytest.approx(1 - error / given)


def test_brier_skill_of_the_base_rate_is_zero():
    y = np.repeat([0, 1, 2], [6, 3, 1])
    rate = np.array([0.6, 0.3, 0.1])
    assert pm.brier_skill(y, np.tile(rate, (10, 1)), base_rate=rate) == pytest.approx(0.0, abs=1e-12)


def test_brier_skill_is_undefined_when_the_reference_is_perfect():
    assert np.isnan(pm.brier_skill(np.zeros(3, int), np.array([[0.9, 0.1]] * 3)))


def test_calibration_error_of_distinct_scores_uses_ten_equal_bins():
    rng = np.random.default_rng(2)
    p = rng.permutation(np.linspace(0.01, 0.99, 200))
    y = (rng.random(200) < p**2).astype(int)
    bins = np.argsort(p).reshape(10, 20)
    expected = np.mean([abs(p[b].mean() - y[b].mean()) for b in bins])
    assert pm.calibration_error(y, np.column_stack((1 - p, p))) == pytest.approx(expected, abs=1e-12)


def test_calibration_error_keeps_ties_in_one_bin():
    y = np.array([0] * 50 + [1] * 50)
    proba = np.full((100, 2), 0.5)
    assert pm.calibration_error(y, proba) == pytest.approx(0.0, abs=1e-12)


def test_calibration_error_of_a_part_without_positives_is_the_mean_prediction():
    assert pm.calibration_error(np.zeros(4, int), np.array([[0.8, 0.2]] * 4)) == pytest.approx(0.2)


def test_honest_probabilities_have_slope_one_and_intercept_zero():
    y, proba = calibrated(3)
    assert pm.calibration_slope(y, proba) == pytest.approx(1.0, abs=0.08)
    assert pm.calibration_intercept(y, proba) == pytest.approx(0.0, abs=0.08)
    assert pm.calibration_error(y, proba) < 0.01


def test_stretched_log_odds_show_in_the_slope():
    honest, _ = calibrated(4)
    y, proba = calibrated(4, stretch=2.0)
    assert (y == honest).all()
    base = pm.calibration_slope(*calibrated(4))
    assert pm.calibration_slope(y, proba) == pytest.approx(base / 2.0, rel=2e-3)


def test_a_changed_prior_shows_in_the_intercept():
    y, proba = calibrated(5, shift=2.0)
    base = pm.calibration_intercept(*calibrated(5))
    assert pm.calibration_intercept(y, proba) == pytest.approx(base - 2.0, abs=2e-3)
    assert pm.calibration_slope(y, proba) == pytest.approx(pm.calibration_slope(*calibrated(5)), rel=2e-3)


def test_intercept_is_the_log_odds_gap_of_a_constant_probability():
    y = np.array([0, 0, 0, 1])
    proba = np.full((4, 2), 0.5)
    assert pm.calibration_intercept(y, proba) == pytest.approx(logit(0.25), abs=1e-9)


@pytest.mark.parametrize(
    ("y", "p"),
    [
        ([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]),
        ([0, 0, 1, 1], [0.1, 0.5, 0.5, 0.9]),
        ([1, 1, 0, 0], [0.1, 0.2, 0.8, 0.9]),
        ([0, 1, 0, 1], [0.5, 0.5, 0.5, 0.5]),
        ([0, 0, 0, 0], [0.1, 0.2, 0.3, 0.4]),
    ],
    ids=["separated", "separated with a tie at the cut", "reversed", "constant", "one class"],
)
def test_slope_is_undefined_where_no_finite_line_exists(y, p):
    p = np.array(p)
    assert np.isnan(pm.calibration_slope(np.array(y), np.column_stack((1 - p, p))))


def test_multiclass_calibration_is_the_mean_over_classes_against_the_rest():
    rng = np.random.default_rng(6)
    y, proba = rng.integers(0, 3, 400), rng.dirichlet(np.ones(3), 400)
    for metric in (pm.calibration_error, pm.calibration_slope, pm.calibration_intercept):
        each = [
            metric((y == k).astype(int), np.column_stack((1 - proba[:, k], proba[:, k]))) for k in range(3)
        ]
        assert metric(y, proba) == pytest.approx(np.mean(each), abs=1e-9)


@pytest.mark.parametrize("metric", [pm.brier, pm.log_loss, pm.calibration_error, pm.brier_skill])
def test_no_rows_give_nan_without_a_warning(metric):
    assert np.isnan(metric(np.zeros(0, int), np.zeros((0, 2))))
