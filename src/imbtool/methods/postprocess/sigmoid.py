"""Platt's calibration: a logistic curve over the log-odds of the scores."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

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
    smoothed,
)

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray

MIN_SLOPE = 1e-3


class SigmoidCalibrator(Estimator):
    """Map scores by ``expit(intercept + slope * log-odds)``, fitted by maximum likelihood.

    Attributes
    ----------
    lines_ : tuple of (float, float)
        Intercept and slope of each mapped class: class 1 when binary, else every class against the rest,
        the results normalised to sum to 1.
    edge_ : float
        Room left at 0 and 1; half the smallest score above 0 when exact zeros were seen.

    Notes
    -----
    Platt, "Probabilistic outputs for support vector machines", 1999, with his smoothed targets
    ``(n_pos + 1) / (n_pos + 2)`` and ``1 / (n_neg + 2)``: a rate is never claimed beyond what the counts
    allow, and separable scores have a finite fit. Departures: the input is the log-odds of a probability,
    not a margin, so that well calibrated scores are left as they are (slope 1, intercept 0); the slope
    is at least 0.001, because a calibrator must not turn the ranking around. Weighted rows count by their
    weight. Deterministic; cost: one logistic regression on one variable for each mapped class.
    """

    restores_priors: ClassVar[bool] = True

    lines_: tuple[tuple[float, float], ...]
    edge_: float

    def fit(
        self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None
    ) -> SigmoidCalibrator:
        """Learn the curve from out-of-fold scores.

        Parameters
        ----------
        proba : ndarray of float64, shape (n, n_classes)
        y : ndarray of int, shape (n,)
        sample_weight : ndarray of float64, shape (n,), optional

        Returns
        -------
        SigmoidCalibrator
            Itself.
        """
        scores, codes, weight = check_fit(proba, y, sample_weight)
        self.edge_ = edge_of(scores)
        self.lines_ = tuple(
            _line(log_odds(scores[:, k], self.edge_), codes == k, weight) for k in interest(scores.shape[1])
        )
        return self

    def transform(self, proba: FloatArray) -> FloatArray:
        """Return calibrated probabilities, shape (n, n_classes), inside (0, 1), rows summing to 1."""
        n_lines = len(self.lines_)
        scores = check_proba(proba, max(2, n_lines))
        columns = [
            inside(intercept + slope * log_odds(scores[:, k], self.edge_))
            for k, (intercept, slope) in zip(interest(scores.shape[1]), self.lines_, strict=True)
        ]
        return from_columns(columns)


def _line(odds: FloatArray, positive: BoolArray, weight: FloatArray) -> tuple[float, float]:
    """Return intercept and slope by smoothed maximum likelihood."""
    hits, misses = smoothed(positive, weight)
    line = fit_line(odds, hits, misses)
    if line is None or line[1] < MIN_SLOPE:
        line = fit_line(odds, hits, misses, slope=MIN_SLOPE)
    return (level(hits, misses), 0.0) if line is None else line
