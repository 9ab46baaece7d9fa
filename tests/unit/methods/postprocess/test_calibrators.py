"""Sigmoid, isotonic, temperature and beta calibration."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, log_softmax, logit, softmax, xlogy
from sklearn.base import clone
from sklearn.isotonic import IsotonicRegression

from imbtool.core.errors import DataError
from imbtool.core.protocols import Calibrator
from imbtool.methods.postprocess.beta import BetaCalibrator
from imbtool.methods.postprocess.isotonic import IsotonicCalibrator
from imbtool.methods.postprocess.sigmoid import SigmoidCalibrator
from imbtool.methods.postprocess.temperature import TemperatureCalibrator

ALL = [SigmoidCalibrator, IsotonicCalibrator, TemperatureCalibrator, BetaCalibrator]


def binary(seed=0, n=4_000, stretch=1.0, shift=0.0):
    rng = np.random.default_rng(seed)
    odds = rng.normal(-2.5, 1.3, n)
    y = (rng.random(n) < expit(odds)).astype(np.int64)
    p = expit(stretch * odds + shift)
    return np.column_stack((1 - p, p)), y, odds


def multiclass(seed=0, n=3_000, n_classes=4, stretch=1.0):
    rng = np.random.default_rng(seed)
    logits = rng.normal(size=(n, n_classes)) - 0.7 * np.arange(n_classes)
    y = (softmax(logits, axis=1).cumsum(axis=1) < rng.random((n, 1))).sum(axis=1)
    return softmax(stretch * logits, axis=1), y, logits


def loss(y, proba):
    return -np.log(proba[np.arange(len(y)), y]).mean()


@pytest.mark.parametrize("kind", ALL)
def test_a_calibrator_is_one_clones_and_returns_itself(kind):
    proba, y, _ = binary(n=100)
    calibrator = clone(kind())
    assert isinstance(calibrator, Calibrator)
    assert calibrator.fit(proba, y) is calibrator


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("make", [binary, multiclass])
def test_scores_that_are_too_extreme_are_mended(kind, make):
    stretched, y, _ = make(stretch=2.5)
    honest, _, _ = make()
    mended = kind().fit(stretched, y).transform(stretched)
    assert loss(y, mended) < loss(y, stretched) - 0.03
    assert loss(y, mended) < loss(y, honest) + 0.02


@pytest.mark.parametrize("kind", [SigmoidCalibrator, IsotonicCalibrator, BetaCalibrator])
def test_a_base_rate_broken_by_resampling_is_mended(kind):
    shifted, y, _ = binary(shift=2.5)
    mended = kind().fit(shifted, y).transform(shifted)
    assert mended[:, 1].mean() == pytest.approx(y.mean(), abs=5e-3)


def test_sigmoid_is_the_smoothed_maximum_of_the_likelihood():
    proba, y, _ = binary(1, n=400, stretch=1.8, shift=1.0)
    n_pos, n_neg = y.sum(), len(y) - y.sum()
    target = np.where(y == 1, (n_pos + 1) / (n_pos + 2), 1 / (n_neg + 2))
    x = logit(proba[:, 1])

    def cost(theta):
        rate = expit(theta[0] + theta[1] * x)
        return -(xlogy(target, rate) + xlogy(1 - target, 1 - rate)).sum()

    best = minimize(cost, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-9, "fatol": 1e-12}).x
    assert SigmoidCalibrator().fit(proba, y).lines_[0] == pytest.approx(best, abs=1e-5)


def test_sigmoid_leaves_honest_scores_nearly_as_they_are():
    proba, y, _ = binary(2, n=20_000)
    intercept, slope = SigmoidCalibrator().fit(proba, y).lines_[0]
    assert slope == pytest.approx(1.0, abs=0.06)
    assert intercept == pytest.approx(0.0, abs=0.12)


def test_sigmoid_of_separated_scores_claims_no_more_than_the_counts_allow():
    p = np.array([0.01, 0.02, 0.98, 0.99])
    proba = np.column_stack((1 - p, p))
    fitted = SigmoidCalibrator().fit(proba, np.array([0, 0, 1, 1])).transform(proba)[:, 1]
    assert fitted == pytest.approx([0.25, 0.25, 0.75, 0.75], abs=0.02)


def test_sigmoid_does_not_turn_a_ranking_around():
    proba, y, _ = binary(3, n=300)
    fitted = SigmoidCalibrator().fit(proba, 1 - y).transform(proba)[:, 1]
    assert (np.argsort(fitted) == np.argsort(proba[:, 1])).all()
    assert fitted.mean() == pytest.approx((1 - y).mean(), abs=0.01)


def test_one_exact_zero_does_not_decide_the_curve():
    proba, y, _ = binary(4, n=2_000)
    positive = int(np.flatnonzero(y)[0])
    proba[positive] = 1.0, 0.0
    intercept, slope = SigmoidCalibrator().fit(proba, y).lines_[0]
    assert slope == pytest.approx(1.0, abs=0.2)
    fitted = SigmoidCalibrator().fit(proba, y).transform(proba)[:, 1]
    assert fitted.argmin() == positive
    assert np.isfinite(intercept)


def test_isotonic_is_scikit_learns_between_the_bounds():
    proba, y, _ = binary(5, n=500, stretch=2.0)
    reference = IsotonicRegression(out_of_bounds="clip").fit(proba[:, 1], y).predict(proba[:, 1])
    low, high = 1 / (2 * (y == 0).sum() + 2), 1 - 1 / (2 * y.sum() + 2)
    fitted = IsotonicCalibrator().fit(proba, y).transform(proba)[:, 1]
    assert fitted == pytest.approx(np.clip(reference, low, high), abs=1e-12)
    assert fitted.min() >= low
    assert fitted.max() <= high


def test_isotonic_holds_its_ends_outside_the_seen_range():
    p = np.linspace(0.3, 0.6, 50)
    y = (np.arange(50) % 5 > 2).astype(int)
    calibrator = IsotonicCalibrator().fit(np.column_stack((1 - p, p)), y)
    ends = calibrator.transform(np.array([[1.0, 0.0], [0.7, 0.3], [0.4, 0.6], [0.0, 1.0]]))[:, 1]
    assert ends[0] == ends[1]
    assert ends[2] == ends[3]


@pytest.mark.parametrize(("make", "stretch"), [(binary, 2.0), (binary, 0.5), (multiclass, 2.0)])
def test_temperature_is_the_best_single_divisor(make, stretch):
    proba, y, _ = make(6, stretch=stretch)
    logs = np.log(proba)

    def cost(t):
        return -log_softmax(logs / t, axis=1)[np.arange(len(y)), y].mean()

    fitted = TemperatureCalibrator().fit(proba, y).temperature_
    grid = np.exp(np.linspace(-2, 2, 801))
    assert fitted == pytest.approx(stretch, rel=0.12)
    assert cost(fitted) <= min(cost(t) for t in grid) + 1e-12


def test_temperature_keeps_the_ranking_and_the_decisions():
    proba, y, _ = binary(7, stretch=3.0)
    fitted = TemperatureCalibrator().fit(proba, y).transform(proba)
    assert (np.argsort(fitted[:, 1]) == np.argsort(proba[:, 1])).all()
    assert ((fitted[:, 1] > 0.5) == (proba[:, 1] > 0.5)).all()
    proba, y, _ = multiclass(7, stretch=3.0)
    fitted = TemperatureCalibrator().fit(proba, y).transform(proba)
    assert (np.argsort(fitted, axis=1) == np.argsort(proba, axis=1)).all()


def test_temperature_does_not_sharpen_separated_scores_into_ties():
    p = np.linspace(0.01, 0.99, 200)
    proba = np.column_stack((1 - p, p))
    fitted = TemperatureCalibrator().fit(proba, (p > 0.5).astype(int)).transform(proba)[:, 1]
    assert len(np.unique(fitted)) == 200


@pytest.mark.parametrize("kind", ALL)
def test_exact_zeros_and_ones_stay_finite(kind):
    rng = np.random.default_rng(8)
    p = rng.choice([0.0, 0.01, 0.2, 1.0], 300)
    y = (rng.random(300) < 0.1 + 0.5 * p).astype(int)
    fitted = kind().fit(np.column_stack((1 - p, p)), y).transform(np.column_stack((1 - p, p)))
    assert np.isfinite(np.log(fitted)).all()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("n_classes", [2, 3])
def test_weights_count_as_copies(kind, n_classes):
    proba, y, _ = binary(9, n=200) if n_classes == 2 else multiclass(9, n=200, n_classes=3)
    times = np.random.default_rng(9).integers(0, 4, 200)
    weighted = kind().fit(proba, y, times.astype(float)).transform(proba)
    copied = kind().fit(np.repeat(proba, times, axis=0), np.repeat(y, times)).transform(proba)
    assert weighted == pytest.approx(copied, abs=1e-6)


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("code", [0, 1])
def test_one_class_alone_gives_probabilities_all_the_same(kind, code):
    proba, _, _ = binary(10, n=50)
    fitted = kind().fit(proba, np.full(50, code)).transform(proba)
    assert fitted.sum(axis=1) == pytest.approx(1.0)
    assert ((fitted > 0) & (fitted < 1)).all()


@pytest.mark.parametrize("kind", ALL)
def test_a_class_without_rows_keeps_a_small_probability(kind):
    proba, y, _ = multiclass(11, n=400)
    y = np.where(y == 3, 0, y)
    fitted = kind().fit(proba, y).transform(proba)
    assert fitted.sum(axis=1) == pytest.approx(1.0)
    assert (fitted > 0).all()
    if kind is not TemperatureCalibrator:
        assert fitted[:, 3].max() < 0.02


@pytest.mark.parametrize("kind", ALL)
def test_unusable_scores_are_named(kind):
    proba, y, _ = binary(n=10)
    with pytest.raises(DataError, match="must be finite; 1 rows are not"):
        kind().fit(np.where(np.arange(10)[:, None] == 3, np.nan, proba), y)
    with pytest.raises(DataError, match="one row each for the same rows"):
        kind().fit(proba, y[:5])
    with pytest.raises(DataError, match="integer class codes from 0 to 1"):
        kind().fit(proba, y + 1)
    with pytest.raises(DataError, match="at least one row of positive weight"):
        kind().fit(proba, y, np.zeros(10))
    with pytest.raises(DataError, match="must have 2 columns"):
        kind().fit(proba, y).transform(np.full((3, 3), 1 / 3))
