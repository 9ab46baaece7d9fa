"""Weights that follow the losses of the rows while training goes on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray

_SPREAD = 1e-6
"""Smallest range of the losses that is stretched to the whole scale."""


class LossBasedWeights(Estimator):
    """Weight rows by their current loss: exp(f(h) / r), h the loss scaled to [-1, 1].

    Parameters
    ----------
    strategy : {"lin_upper", "quadratic", "extremes"}, default="lin_upper"
        ``lin_upper``: min(h + 1, 1), rows learned already count less, the upper half of the range alike.
        ``quadratic``: 1 - h^2, the middle of the range counts most; it leaves out rows with wrong labels.
        ``extremes``: |h|, both ends count most.
    r : float, default=0.4
        Price of leaving equal weights, greater than 0: no weight is more than exp(1 / r) times another;
        large values weight nothing.
    warm_up : float, default=0.05
        Share of the stages with equal weights first, in [0, 1].
    every : int, default=1
        Stages from one change of the weights to the next, at least 1.
    within_class : bool, default=False
        Take the range, and the mean of 1, in each class, so that the classes keep their total weights.
        Otherwise rare rows, whose losses are high at first, gain weight with ``lin_upper``.
    robust : bool, default=False
        Take the 1st and 99th percentile of the losses as the ends of the range and clip, so that one
        outlier does not press all other rows to the lower end.

    Notes
    -----
    Sow, Woisetschlaeger, Bulusu, Wang, Jacobsen, Liang, ICLR 2025, arXiv 2502.06733. The weights maximise
    sum_i w_i f_i - r KL(w || uniform). A learner that trains by mini-batches has the form of the source:
    the rows of every batch are weighted by their losses in it, a stage is an update and `every` is not
    looked at. Departures: trees weight all training rows, between boosting rounds. Weights have mean 1
    instead of sum 1, and multiply those of the rows. ``within_class`` and ``robust`` are ours. A range of
    less than 1e-6 is taken as 1e-6, so that losses that are all equal give equal weights. Costs one plain
    training.
    """

    def __init__(
        self,
        strategy: str = "lin_upper",
        r: float = 0.4,
        warm_up: float = 0.05,
        every: int = 1,
        within_class: bool = False,
        robust: bool = False,
    ) -> None:
        self.strategy = strategy
        self.r = r
        self.warm_up = warm_up
        self.every = every
        self.within_class = within_class
        self.robust = robust

    def weights(self, loss: FloatArray, y: IntArray, stage: int, n_stages: int) -> FloatArray:
        """Return the weights of the rows from a stage on.

        Parameters
        ----------
        loss : ndarray of float64, shape (n,)
            Loss of each row at this stage.
        y : ndarray of int64, shape (n,)
        stage, n_stages : int

        Returns
        -------
        ndarray of float64, shape (n,)
            Positive, mean 1.
        """
        if stage < math.floor(self.warm_up * n_stages + 0.5):
            return np.ones(len(loss))
        if not self.within_class:
            return self._weigh(loss)
        weight = np.empty(len(loss))
        for k in np.unique(y):
            own: BoolArray = y == k
            weight[own] = self._weigh(loss[own])
        return weight

    def _weigh(self, loss: FloatArray) -> FloatArray:
        low, high = np.quantile(loss, (0.01, 0.99)) if self.robust else (loss.min(), loss.max())
        return loss_weights(loss, self.strategy, self.r, low=float(low), high=float(high))


def loss_weights(loss: FloatArray, strategy: str, r: float, *, low: float, high: float) -> FloatArray:
    """Return exp(f(h) / r) scaled to mean 1; h is `loss` mapped from [low, high] to [-1, 1], clipped."""
    h = np.clip((2.0 * loss - (low + high)) / max(high - low, _SPREAD), -1.0, 1.0)
    f = {"lin_upper": np.minimum(h + 1.0, 1.0), "quadratic": 1.0 - h**2, "extremes": np.abs(h)}[strategy]
    weight = np.exp((f - f.max()) / r)
    return np.asarray(weight / weight.mean(), dtype=np.float64)
