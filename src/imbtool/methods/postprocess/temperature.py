"""Temperature scaling: one divisor of the log-probabilities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax

from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.scores import RESOLUTION, check_fit, check_proba, edge_of, log_proba

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

_LOWEST, _HIGHEST = 0.3, 20.0
# Beyond log-odds of 30 neighbouring doubles below 1 are too few to keep scores apart.
_MAX_LOG_ODDS = 30.0


class TemperatureCalibrator(Estimator):
    """Divide the log-probabilities by one temperature and normalise.

    Attributes
    ----------
    temperature_ : float
        In [0.3, 20]. 1 leaves the scores as they are, above 1 makes them less extreme.
    n_classes_ : int
    edge_ : float
        Room left at 0; half the smallest score above 0 when exact zeros were seen.

    Notes
    -----
    Guo, Pleiss, Sun, Weinberger, ICML 2017, arXiv 1706.04599: the temperature that minimises the log-loss.
    The order of two classes within a row never changes, and with two classes neither does the ranking of
    the rows. It cannot mend a wrong base rate, which is what resampling damages: use ``sigmoid`` for that.
    Departure: scores are sharpened by at most 0.3, and not beyond log-odds of 30 on the rows of `fit`,
    where doubles could not tell them apart any more. Deterministic; cost: some thirty evaluations of the
    log-loss.
    """

    temperature_: float
    n_classes_: int
    edge_: float

    def fit(
        self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None
    ) -> TemperatureCalibrator:
        """Learn the temperature from out-of-fold scores.

        Parameters
        ----------
        proba : ndarray of float64, shape (n, n_classes)
        y : ndarray of int, shape (n,)
        sample_weight : ndarray of float64, shape (n,), optional

        Returns
        -------
        TemperatureCalibrator
            Itself.
        """
        scores, codes, weight = check_fit(proba, y, sample_weight)
        self.n_classes_ = scores.shape[1]
        self.edge_ = edge_of(scores)
        logs = log_proba(scores, self.edge_)
        logs -= logs.max(axis=1, keepdims=True)
        margin = -float(np.partition(logs, -2, axis=1)[:, -2].min())
        lowest = float(np.clip(margin / _MAX_LOG_ODDS, _LOWEST, 1.0))
        rows = np.arange(len(codes))

        def loss(log_temperature: float) -> float:
            stated = log_softmax(logs * np.exp(-log_temperature), axis=1)[rows, codes]
            return -float(np.sum(weight * stated))

        found = minimize_scalar(
            loss, bounds=(np.log(lowest), np.log(_HIGHEST)), method="bounded", options={"xatol": 1e-6}
        )
        # The plain scores are the fallback: a bounded search ends near, not at, the best value.
        self.temperature_ = float(np.exp(found.x)) if found.fun < loss(0.0) else 1.0
        return self

    def transform(self, proba: FloatArray) -> FloatArray:
        """Return calibrated probabilities, shape (n, n_classes), inside (0, 1), rows summing to 1."""
        scores = check_proba(proba, self.n_classes_)
        cooled = log_proba(scores, self.edge_) / self.temperature_
        cooled -= cooled.max(axis=1, keepdims=True)
        # Rows more extreme than any of `fit` could leave the open interval when scores are sharpened.
        return np.asarray(softmax(np.maximum(cooled, np.log(RESOLUTION)), axis=1), dtype=np.float64)
