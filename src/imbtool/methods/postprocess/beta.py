"""Beta calibration: a curve with three parameters that may bend at both ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.special import expit

from imbtool.core.logistic import fit_line
from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.scores import (
    check_fit,
    check_proba,
    edge_of,
    from_columns,
    inside,
    interest,
    level,
    log_odds,
    log_proba,
    smoothed,
)

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

MIN_SLOPE = 1e-3
_STEPS, _HALVINGS = 100, 40


class BetaCalibrator(Estimator):
    """Map scores by ``expit(c + a log s - b log(1 - s))`` with a, b >= 0, fitted by maximum likelihood.

    Attributes
    ----------
    curves_ : tuple of (float, float, float)
        ``c, a, b`` of each mapped class: class 1 when binary, else every class against the rest, the
        results normalised to sum to 1.
    edge_ : float
        Room left at 0 and 1; half the smallest score above 0 when exact zeros were seen.

    Notes
    -----
    Kull, Silva Filho, Flach, "Beta calibration", AISTATS 2017, PMLR 54:623-631: right when the scores of
    either class follow a beta distribution. ``a = b`` is Platt's curve on log-odds, ``a = b = 1, c = 0``
    leaves the scores as they are; a and b apart bend the two ends of the curve differently. A negative
    parameter is set to 0 and the others are fitted again, as in the authors' package. Departures: Platt's
    smoothed targets instead of 0 and 1, as with `SigmoidCalibrator`, so that separable scores have a
    finite fit; the two slopes together are at least 0.001, since a calibrator must not turn the ranking
    around. Weighted rows count by their weight. Deterministic; cost: one logistic regression on two
    variables for each mapped class.
    """

    restores_priors: ClassVar[bool] = True

    curves_: tuple[tuple[float, float, float], ...]
    edge_: float

    def fit(self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None) -> BetaCalibrator:
        """Learn the curve from out-of-fold scores.

        Parameters
        ----------
        proba : ndarray of float64, shape (n, n_classes)
        y : ndarray of int, shape (n,)
        sample_weight : ndarray of float64, shape (n,), optional

        Returns
        -------
        BetaCalibrator
            Itself.
        """
        scores, codes, weight = check_fit(proba, y, sample_weight)
        self.edge_ = edge_of(scores)
        self.curves_ = tuple(
            _curve(scores[:, k], self.edge_, *smoothed(codes == k, weight)) for k in interest(scores.shape[1])
        )
        return self

    def transform(self, proba: FloatArray) -> FloatArray:
        """Return calibrated probabilities, shape (n, n_classes), inside (0, 1), rows summing to 1."""
        scores = check_proba(proba, max(2, len(self.curves_)))
        columns = []
        for k, (c, a, b) in zip(interest(scores.shape[1]), self.curves_, strict=True):
            logs = _logs(scores[:, k], self.edge_)
            columns.append(inside(c + a * logs[:, 0] + b * logs[:, 1]))
        return from_columns(columns)


def _logs(score: FloatArray, edge: float) -> FloatArray:
    """Return ``log s`` and ``-log(1 - s)``, shape (n, 2): both grow with the score."""
    logs = log_proba(np.column_stack((score, 1.0 - score)), edge)
    logs[:, 1] *= -1.0
    return logs


def _curve(
    score: FloatArray, edge: float, hits: FloatArray, misses: FloatArray
) -> tuple[float, float, float]:
    """Return c, a, b by maximum likelihood."""
    logs = _logs(score, edge)
    curve = _fit_plane(logs, hits, misses)
    if curve is not None and curve[1] >= 0.0 and curve[2] >= 0.0 and curve[1] + curve[2] >= MIN_SLOPE:
        return curve
    # The likelihood is concave: its maximum over a, b >= 0 has a = 0 or b = 0 when neither is negative there.
    lower, upper = (fit_line(logs[:, j], hits, misses) for j in (0, 1))
    edges = [(lower[0], lower[1], 0.0)] if lower is not None and lower[1] >= MIN_SLOPE else []
    edges += [(upper[0], 0.0, upper[1])] if upper is not None and upper[1] >= MIN_SLOPE else []
    if edges:
        return min(edges, key=lambda curve: _loss(_design(logs), np.array(curve), hits, misses))
    flat = fit_line(log_odds(score, edge), hits, misses, slope=MIN_SLOPE)
    return (level(hits, misses), 0.0, 0.0) if flat is None else (flat[0], MIN_SLOPE, MIN_SLOPE)


def _fit_plane(logs: FloatArray, hits: FloatArray, misses: FloatArray) -> tuple[float, float, float] | None:
    """Return the unconstrained maximum by damped Newton steps, None when there is none."""
    total = hits + misses
    centre = (total[:, None] * logs).sum(axis=0) / total.sum()
    scale = np.sqrt((total[:, None] * np.square(logs - centre)).sum(axis=0) / total.sum())
    if (scale <= 1e-12 * np.maximum(1.0, np.abs(centre))).any():
        return None
    design = _design((logs - centre) / scale)
    theta = np.array([level(hits, misses), 0.0, 0.0])
    loss = _loss(design, theta, hits, misses)
    for _ in range(_STEPS):
        rate = expit(_odds(design, theta))
        gradient = ((total * rate - hits)[:, None] * design).sum(axis=0)
        if np.abs(gradient).max() <= 1e-10 * total.sum():
            slopes = theta[1:] / scale
            return float(theta[0] - (slopes * centre).sum()), float(slopes[0]), float(slopes[1])
        curvature = (total * rate * (1.0 - rate))[:, None] * design
        try:
            step = np.linalg.solve(np.einsum("ij,ik->jk", curvature, design), gradient)
        except np.linalg.LinAlgError:
            return None
        for _ in range(_HALVINGS):
            new = _loss(design, theta - step, hits, misses)
            if new <= loss + 1e-12 * abs(loss):
                break
            step *= 0.5
        else:
            return None
        theta, loss = theta - step, new
    return None


def _design(logs: FloatArray) -> FloatArray:
    return np.column_stack((np.ones(len(logs)), logs))


def _odds(design: FloatArray, theta: FloatArray) -> FloatArray:
    # Not `design @ theta`: threaded BLAS may add in another order (see imbtool.core.logistic).
    return np.asarray((design * theta).sum(axis=1), dtype=np.float64)


def _loss(design: FloatArray, theta: FloatArray, hits: FloatArray, misses: FloatArray) -> float:
    odds = _odds(design, theta)
    return float(((hits + misses) * np.logaddexp(0.0, odds) - hits * odds).sum())
