"""Beta calibration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit

from imbtool.methods.postprocess.beta import BetaCalibrator
from imbtool.methods.postprocess.sigmoid import SigmoidCalibrator

CURVES = [(-1.0, 2.0, 0.5), (0.0, 1.0, 1.0), (1.0, 0.3, 3.0), (-0.5, 0.7, 1.4)]


def drawn(c, a, b, seed=0, n=4_000):
    """Scores, and classes whose true probability is the beta curve of them."""
    rng = np.random.default_rng(seed)
    s = rng.beta(1.2, 4.0, n)
    y = (rng.random(n) < expit(c + a * np.log(s) - b * np.log1p(-s))).astype(np.int64)
    return np.column_stack((1.0 - s, s)), y


def smoothed_loss(theta, s, y):
    n_pos, n_neg = y.sum(), (1 - y).sum()
    target = np.where(y == 1, (n_pos + 1) / (n_pos + 2), 1 / (n_neg + 2))
    odds = theta[0] + theta[1] * np.log(s) - theta[2] * np.log1p(-s)
    return (np.logaddexp(0.0, odds) - target * odds).sum()


@pytest.mark.parametrize("curve", CURVES)
def test_the_parameters_are_found_again(curve):
    proba, y = drawn(*curve, n=200_000)
    assert BetaCalibrator().fit(proba, y).curves_[0] == pytest.approx(curve, abs=0.12)


@pytest.mark.parametrize("curve", [*CURVES, (1.0, -0.8, 2.0), (-3.0, 2.0, -1.0)])
def test_the_curve_is_the_smoothed_maximum_under_its_bounds(curve):
    proba, y = drawn(*curve, seed=1)
    fitted = BetaCalibrator().fit(proba, y)
    bounds = [(None, None), (0.0, None), (0.0, None)]
    found = minimize(smoothed_loss, [0.0, 1.0, 1.0], (proba[:, 1], y), method="L-BFGS-B", bounds=bounds)
    assert smoothed_loss(fitted.curves_[0], proba[:, 1], y) <= found.fun + 1e-3 + 1e-4 * found.fun


def test_honest_scores_stay_nearly_as_they_are():
    rng = np.random.default_rng(3)
    s = rng.beta(0.5, 6.0, 50_000)
    y = (rng.random(50_000) < s).astype(np.int64)
    proba = np.column_stack((1.0 - s, s))
    assert np.abs(BetaCalibrator().fit(proba, y).transform(proba) - proba).mean() < 0.002


def test_it_bends_where_a_logistic_curve_cannot():
    proba, y = drawn(1.0, 0.3, 3.0, seed=5, n=50_000)
    truth = expit(1.0 + 0.3 * np.log(proba[:, 1]) - 3.0 * np.log1p(-proba[:, 1]))
    beta, sigmoid = (
        kind().fit(proba, y).transform(proba)[:, 1] for kind in (BetaCalibrator, SigmoidCalibrator)
    )
    assert np.abs(beta - truth).mean() < 0.3 * np.abs(sigmoid - truth).mean()


def test_scores_that_rank_the_wrong_way_become_nearly_constant():
    proba, y = drawn(-1.0, -0.5, -0.5)
    calibrator = BetaCalibrator().fit(proba, y)
    fitted = calibrator.transform(proba)[:, 1]
    assert calibrator.curves_[0][1:] == (1e-3, 1e-3)
    assert fitted.std() < 0.01
    assert fitted.mean() == pytest.approx(y.mean(), abs=0.002)
    assert (np.diff(fitted[np.argsort(proba[:, 1])]) >= 0).all()


@pytest.mark.parametrize("curve", CURVES[1:])
def test_it_agrees_with_the_authors_package(curve):
    reference = pytest.importorskip("betacal")
    proba, y = drawn(*curve, seed=7)
    s = proba[:, 1]
    n_pos, n_neg = int(y.sum()), int((1 - y).sum())
    # The package takes 0 and 1 only: a smoothed target is a row of either class with these weights.
    target = np.where(y == 1, (n_pos + 1) / (n_pos + 2), 1 / (n_neg + 2))
    theirs = reference.BetaCalibration("abm").fit(
        np.concatenate((s, s)).reshape(-1, 1),
        np.repeat((1.0, 0.0), len(s)),
        sample_weight=np.concatenate((target, 1.0 - target)),
    )
    ours = BetaCalibrator().fit(proba, y)
    # Theirs stops at scikit-learn's default tolerance.
    assert ours.transform(proba)[:, 1] == pytest.approx(theirs.predict(s), abs=0.01)
    assert np.abs(ours.transform(proba)[:, 1] - theirs.predict(s)).mean() < 1e-3
    plain = reference.BetaCalibration("abm").fit(s.reshape(-1, 1), y)
    assert ours.transform(proba)[:, 1] == pytest.approx(plain.predict(s), abs=0.02)


def test_several_classes_are_mapped_one_against_the_rest():
    rng = np.random.default_rng(9)
    proba = rng.dirichlet((4.0, 1.5, 0.5), 5_000)
    y = (proba.cumsum(axis=1) < rng.random((5_000, 1))).sum(axis=1)
    sharp = proba**2 / (proba**2).sum(axis=1, keepdims=True)
    calibrator = BetaCalibrator().fit(sharp, y)
    assert len(calibrator.curves_) == 3
    assert np.abs(calibrator.transform(sharp) - proba).mean() < 0.5 * np.abs(sharp - proba).mean()
