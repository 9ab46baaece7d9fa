"""Focal loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, log_expit, logsumexp, softmax

from imbtool.core.cross_entropy import stationary
from imbtool.core.errors import NotApplicableError
from imbtool.methods.estimator import Estimator
from imbtool.methods.loss.focusing import focused, focused_derivatives, log_over_rest

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray, IntArray

_WIDE, _HALVINGS = 100.0, 60
"""Log-odds between which probabilities are looked for, and how often that range is halved."""


class FocalLoss(Estimator):
    """Log loss times (1 - p)^gamma, p the probability of the row's own class: hard rows count more.

    Parameters
    ----------
    gamma : float, default=2.0
        Focus, at least 0; 0 is log loss.
    alpha : float or None, default=None
        Weight of the positive class, between 0 and 1; the other class has 1 - alpha. None weights
        nothing. For two classes only; with more combine the loss with a reweighter.

    Notes
    -----
    Lin, Goyal, Girshick, He, Dollar, ICCV 2017, arXiv 1708.02002, equations 4 and 5, with the softmax for
    more than two classes. Their alpha = 0.25 is for thousands of easy background boxes an image and is
    no default here.

    The second derivative is exact where the loss is convex and never below (1 - p)^gamma p (1 - p), the
    curvature with the factor held still: the loss is concave where a row is badly classified, as the
    rare rows are at first, and a tree takes no step from a negative curvature. The score to start from
    is where the gradients cancel, which is not the log-odds of the class share: focal loss is least for
    probabilities drawn towards 1/2. They need calibration to be read as rates. Costs one plain training.
    """

    def __init__(self, gamma: float = 2.0, alpha: float | None = None) -> None:
        self.gamma = gamma
        self.alpha = alpha

    def objective(self, counts: IntArray, mass: FloatArray) -> FocalObjective:  # noqa: ARG002 - the protocol's
        """Return the loss for classes of these rows and weights, shape (K,) each, all positive."""
        if self.alpha is None:
            return FocalObjective(mass=mass, gamma=self.gamma, weight=np.ones(len(mass)))
        if len(mass) != 2:
            raise NotApplicableError(
                f"`alpha` is for two classes; there are {len(mass)}.",
                hint="Leave it out and weight the classes instead: class_weight+focal.",
                code="two-classes-only",
            )
        return FocalObjective(mass=mass, gamma=self.gamma, weight=np.array([1.0 - self.alpha, self.alpha]))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FocalObjective:
    """Focal loss for classes of these masses, with a weight a class."""

    mass: FloatArray
    gamma: float
    weight: FloatArray

    @property
    def link(self) -> Link:
        """Predictions read the scores by the logistic function or the softmax."""
        return "softmax"

    def initial(self) -> FloatArray:
        """Return the constant score, shape (K,) or (1,), at which the weighted gradient sums to zero."""
        if len(self.mass) == 2:
            return stationary(self, self.mass)
        return log_probabilities(self.mass * self.weight, self.gamma)

    def value(self, y: IntArray, raw: FloatArray) -> FloatArray:
        """Return the loss of each row, shape (n,); `raw` has shape (n,) or (n, K)."""
        if raw.ndim == 1:
            return np.asarray(self.weight[y] * focused((2.0 * y - 1.0) * raw, self.gamma))
        _, q, log_p = _own(y, raw)
        return np.asarray(-self.weight[y] * q**self.gamma * log_p)

    def derivatives(self, y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return gradient and diagonal of the Hessian of each row, in the shape of `raw`."""
        w = self.weight[y]
        if raw.ndim == 1:
            sign = 2.0 * y - 1.0
            first, second = focused_derivatives(sign * raw, self.gamma)
            return w * sign * first, w * second
        first, second = _softmax_derivatives(y, raw, self.gamma)
        return w[:, None] * first, w[:, None] * second


def log_probabilities(mass: FloatArray, gamma: float) -> FloatArray:
    """Return the logs of the probabilities p, with sum 1, that make sum_k mass_k focal(p_k) least.

    There mass_k focal'(p_k) is the same for all k. The derivative rises in p, so that each p_k follows
    from that number by halving, and the number from the sum of the p_k.
    """

    def log_p(level: float) -> FloatArray:
        low, high = np.full(len(mass), -_WIDE), np.full(len(mass), _WIDE)
        for _ in range(_HALVINGS):
            u = 0.5 * (low + high)
            steep = np.log(mass) + _log_fall(u, gamma) > level
            low, high = np.where(steep, u, low), np.where(steep, high, u)
        return np.asarray(log_expit(0.5 * (low + high)))

    edge = float(np.abs(np.log(mass)).max()) + _WIDE
    level = brentq(lambda c: logsumexp(log_p(c)), -edge * (gamma + 1.0), edge * (gamma + 1.0), xtol=1e-13)
    found = log_p(float(level))
    return np.asarray(found - logsumexp(found), dtype=np.float64)


def _log_fall(u: FloatArray, gamma: float) -> FloatArray:
    """Return log of minus the derivative of focal loss by p, at p = expit(u)."""
    q = expit(-u)
    steep = 1.0 - gamma * expit(u) * log_over_rest(log_expit(u), q)
    return np.asarray(gamma * log_expit(-u) + np.log(steep) - log_expit(u))


def _own(y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the probabilities, and of each row's own class 1 - p and log p, both without cancellation."""
    probability = softmax(raw, axis=1)
    others = probability.copy()
    others[np.arange(len(y)), y] = 0.0
    q = others.sum(axis=1)
    p = probability[np.arange(len(y)), y]
    with np.errstate(divide="ignore"):
        log_p = np.where(q < 0.5, np.log1p(-np.minimum(q, 0.5)), np.log(p))
    return probability, q, np.maximum(log_p, -745.0)


def _softmax_derivatives(y: IntArray, raw: FloatArray, gamma: float) -> tuple[FloatArray, FloatArray]:
    """Return first and second derivatives of -(1 - p_y)^gamma log p_y by each score, the second floored."""
    probability, q, log_p = _own(y, raw)
    rows = np.arange(len(y))
    p = probability[rows, y]
    fade = q**gamma
    ratio = log_over_rest(log_p, q)
    steep = 1.0 - gamma * p * ratio
    bend = fade * q * gamma * p * (2.0 + log_p - (gamma - 1.0) * p * ratio)
    # (1[k = y] - p_k) / (1 - p_y): 1 for the own class, the share among the others (negative) elsewhere.
    away = -probability / np.maximum(q, np.finfo(np.float64).tiny)[:, None]
    away[rows, y] = 1.0
    curve = probability * (1.0 - probability)
    curve[rows, y] = p * q
    gradient = -(fade * q * steep)[:, None] * away
    hessian = bend[:, None] * away**2 + (fade * steep)[:, None] * curve
    return gradient, np.maximum(hessian, fade[:, None] * curve)
