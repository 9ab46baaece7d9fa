"""Logistic regression on one variable."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize
from scipy.special import expit, xlogy

from imbtool.core.logistic import fit_line


def reference(x, positive, negative):
    def loss(theta):
        rate = expit(theta[0] + theta[1] * x)
        return -(xlogy(positive, rate) + xlogy(negative, 1 - rate)).sum()

    return minimize(loss, [0.0, 1.0], method="Nelder-Mead", options={"xatol": 1e-10, "fatol": 1e-13}).x


def data(seed, n=300, slope=0.7, intercept=-1.5):
    rng = np.random.default_rng(seed)
    x = rng.normal(scale=2.0, size=n)
    y = rng.random(n) < expit(intercept + slope * x)
    return x, y.astype(float), (~y).astype(float), rng.uniform(0.5, 2.0, n)


@pytest.mark.parametrize("seed", range(3))
def test_the_line_is_the_maximum_of_the_weighted_likelihood(seed):
    x, positive, negative, weight = data(seed)
    line = fit_line(x, positive * weight, negative * weight)
    assert line == pytest.approx(reference(x, positive * weight, negative * weight), abs=1e-5)


def test_a_shifted_and_stretched_variable_gives_the_same_rates():
    x, positive, negative, _ = data(7)
    intercept, slope = fit_line(x, positive, negative)
    far = fit_line(1e4 + 1e-3 * x, positive, negative)
    assert far[0] + far[1] * (1e4 + 1e-3 * x) == pytest.approx(intercept + slope * x, abs=1e-6)


def test_a_held_slope_matches_the_observed_rate():
    x, positive, negative, _ = data(3)
    intercept, slope = fit_line(x, positive, negative, slope=1.0)
    assert slope == 1.0
    assert expit(intercept + x).mean() == pytest.approx(positive.mean(), abs=1e-9)


def test_soft_targets_fit_separated_values():
    x = np.array([-3.0, -2.0, 2.0, 3.0])
    target = np.array([0.25, 0.25, 0.75, 0.75])
    line = fit_line(x, target, 1 - target)
    assert line == pytest.approx(reference(x, target, 1 - target), abs=1e-6)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0.0, 1.0, 2.0], [1, 1, 1]),
        ([0.0, 1.0, 2.0], [0, 0, 0]),
        ([1.0, 1.0, 1.0], [0, 1, 0]),
        ([0.0, 1.0, 2.0, 3.0], [0, 0, 1, 1]),
    ],
    ids=["all positive", "all negative", "one value", "separated"],
)
def test_no_line_where_the_likelihood_has_no_maximum(x, y):
    y = np.array(y, dtype=float)
    line = fit_line(np.array(x), y, 1 - y)
    assert line is None or abs(line[1]) > 10.0  # Newton may stop where the separated loss is flat


@pytest.mark.parametrize("shift", [-200.0, 0.0, 200.0])
def test_a_start_in_saturation_still_reaches_the_line(shift):
    x, positive, negative, _ = data(9, n=100)
    intercept, slope = fit_line(x, positive, negative)
    assert fit_line(x + shift, positive, negative) == pytest.approx(
        (intercept - slope * shift, slope), rel=1e-6
    )
    held = fit_line(x + shift, positive, negative, slope=slope)
    assert held == pytest.approx((intercept - slope * shift, slope), rel=1e-6)
