"""Isotonic calibration: the monotone function that fits the outcomes best."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from sklearn.isotonic import IsotonicRegression

from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.scores import check_fit, check_proba, from_columns, interest

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray


class IsotonicCalibrator(Estimator):
    """Map scores by the non-decreasing function with the least squared error to the outcomes.

    Attributes
    ----------
    knots_ : tuple of (ndarray, ndarray)
        Scores and probabilities between which each mapped class is interpolated: class 1 when binary, else
        every class against the rest, the results normalised to sum to 1.

    Notes
    -----
    Zadrozny and Elkan, KDD 2002, doi:10.1145/775047.775151; fitted by scikit-learn's
    ``IsotonicRegression``. Departure: rates are kept inside ``[1 / (2 n_neg + 2), 1 - 1 / (2 n_pos + 2)]``,
    with the summed weights of negatives and positives, since n rows without an event do not show a rate of
    0; log-loss stays finite. The map makes ties but never turns an order around. Needs some hundred
    positives to beat a sigmoid. Deterministic; cost: one sort a class.
    """

    restores_priors: ClassVar[bool] = True

    knots_: tuple[tuple[FloatArray, FloatArray], ...]

    def fit(
        self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None
    ) -> IsotonicCalibrator:
        """Learn the map from out-of-fold scores.

        Parameters
        ----------
        proba : ndarray of float64, shape (n, n_classes)
        y : ndarray of int, shape (n,)
        sample_weight : ndarray of float64, shape (n,), optional

        Returns
        -------
        IsotonicCalibrator
            Itself.
        """
        scores, codes, weight = check_fit(proba, y, sample_weight)
        self.knots_ = tuple(_knots(scores[:, k], codes == k, weight) for k in interest(scores.shape[1]))
        return self

    def transform(self, proba: FloatArray) -> FloatArray:
        """Return calibrated probabilities, shape (n, n_classes), inside (0, 1), rows summing to 1.

        Scores outside the range seen in `fit` get the probability of its nearer end.
        """
        scores = check_proba(proba, max(2, len(self.knots_)))
        classes = interest(scores.shape[1])
        return from_columns(
            [np.interp(scores[:, k], *knots) for k, knots in zip(classes, self.knots_, strict=True)]
        )


def _knots(score: FloatArray, positive: BoolArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    n_pos, n_neg = float(weight[positive].sum()), float(weight[~positive].sum())
    model = IsotonicRegression(out_of_bounds="clip").fit(score, positive.astype(np.float64), weight)
    rates = np.clip(model.y_thresholds_, 0.5 / (n_neg + 1.0), 1.0 - 0.5 / (n_pos + 1.0))
    return np.asarray(model.X_thresholds_, dtype=np.float64), np.asarray(rates, dtype=np.float64)
