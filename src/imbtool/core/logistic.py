"""Logistic regression on one variable: the line behind Platt's calibration and the calibration slope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray

_MAX_STEPS = 100
_MAX_HALVINGS = 40


def fit_line(
    x: FloatArray, positive: FloatArray, negative: FloatArray, *, slope: float | None = None
) -> tuple[float, float] | None:
    """Fit ``P(positive | x) = expit(intercept + slope x)`` by unpenalised maximum likelihood.

    Parameters
    ----------
    x : ndarray of float64, shape (n,)
        Finite values, usually log-odds.
    positive, negative : ndarray of float64, shape (n,)
        Weight of positive and of negative outcomes at each value. Soft targets ``t`` of rows with weight
        ``w`` are ``w t`` and ``w (1 - t)``.
    slope : float, optional
        Keep the slope at this value and fit the intercept only. Default: fit both.

    Returns
    -------
    (intercept, slope), or None when the likelihood has no finite maximum that Newton's method reaches
    (one class only, one distinct value, or classes that a cut separates).
    """
    total = positive + negative
    mass = float(total.sum())
    if not (positive.any() and negative.any()):
        return None
    centre = _dot(total, x) / mass
    scale = float(np.sqrt(_dot(total, np.square(x - centre)) / mass))
    if slope is None and scale <= 1e-12 * max(1.0, abs(centre)):
        return None
    # A standardised variable keeps the Hessian well conditioned whatever the base rate.
    scale = 1.0 if slope is not None else scale
    z = (x - centre) / scale
    level = float(np.log(positive.sum()) - np.log(negative.sum()))
    # Log-odds of a decent model are near the answer; the bare rate is a safe start for any other variable.
    starts = (
        [np.array([centre, scale]), np.array([level, 0.0])]
        if slope is None
        else [np.array([slope * centre, slope]), np.array([level, slope])]
    )
    start = min(starts, key=lambda theta: _loss(z, positive, negative, theta)[0])
    theta = _newton(z, positive, negative, start, free=1 if slope is not None else 2)
    if theta is None:
        return None
    fitted = float(theta[1]) / scale
    return float(theta[0]) - fitted * centre, fitted


def _newton(
    z: FloatArray, positive: FloatArray, negative: FloatArray, theta: FloatArray, *, free: int
) -> FloatArray | None:
    """Damped Newton; `free` is 1 (intercept) or 2 (intercept and slope)."""
    total = positive + negative
    mass = float(total.sum())
    loss, rate = _loss(z, positive, negative, theta)
    for _ in range(_MAX_STEPS):
        residual = total * rate - positive
        curvature = total * rate * (1.0 - rate)
        gradient = np.array([residual.sum(), _dot(residual, z)])[:free]
        cross = _dot(curvature, z)
        hessian = np.array([[curvature.sum(), cross], [cross, _dot(curvature, np.square(z))]])[:free, :free]
        if np.abs(gradient).max() <= 1e-11 * mass:
            return theta
        try:
            step = np.linalg.solve(hessian, gradient)
        except np.linalg.LinAlgError:
            return None
        shift = np.zeros(2)
        shift[:free] = step
        for _ in range(_MAX_HALVINGS):
            new_loss, new_rate = _loss(z, positive, negative, theta - shift)
            if new_loss <= loss + 1e-12 * abs(loss):
                break
            shift *= 0.5
        else:
            return None
        theta, loss, rate = theta - shift, new_loss, new_rate
    return None


def _loss(
    z: FloatArray, positive: FloatArray, negative: FloatArray, theta: FloatArray
) -> tuple[float, FloatArray]:
    """Return the negative log-likelihood and the fitted rates, safe against overflow."""
    eta = theta[0] + theta[1] * z
    decay = np.exp(-np.abs(eta))
    rate = np.where(eta >= 0.0, 1.0, decay) / (1.0 + decay)
    softplus = np.maximum(eta, 0.0) + np.log1p(decay)
    return _dot(positive + negative, softplus) - _dot(positive, eta), rate


def _dot(a: FloatArray, b: FloatArray) -> float:
    # Not `a @ b`: threaded BLAS adds in an order that depends on the number of threads, which would break
    # "same seed, same bytes", and it waits long for busy cores.
    return float(np.sum(a * b))
