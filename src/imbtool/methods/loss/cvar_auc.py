"""The worst part of the losses, and the ranking of positives over negatives."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from scipy.special import expit

from imbtool.core.errors import NotApplicableError
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray, IntArray

PARTNERS = 256
"""Most rows of the other class that a row is compared with."""


class CvarAucLoss(Estimator):
    """Mean log loss of the worst `alpha` of the rows plus `gamma` times the pairwise ranking loss.

    Parameters
    ----------
    alpha : float, default=0.9
        Share of the rows, those of largest loss, whose mean counts (conditional value at risk), in (0, 1]; 1
        is the mean of all.
    gamma : float, default=0.6
        Part of the ranking loss, at least 0: the mean over pairs of a positive and a negative row of
        -log expit(s_pos - s_neg).

    Notes
    -----
    Krubha et al., arXiv 2505.02182, without their vector scaling (whose cut is taken from other losses than
    it is applied to). The rows compared are those handed in: a mini-batch, or all rows of a boosting round.
    With more than 256 rows of the other class a row is compared with 256 of them, evenly spaced by score
    (ours); rows of one class only leave the first part. The cut is a constant of the call: rows below it have
    gradient 0, those above 1 / alpha times theirs; at it, what makes the parts sum to one. The probabilities
    need calibration to be read as rates. For two classes. Costs some plain trainings on many rows.
    """

    def __init__(self, alpha: float = 0.9, gamma: float = 0.6) -> None:
        self.alpha = alpha
        self.gamma = gamma

    def objective(self, counts: IntArray, mass: FloatArray) -> CvarAucObjective:
        """Return the loss for classes of these rows and weights, shape (K,) each, all positive."""
        if len(counts) != 2:
            raise NotApplicableError(
                f"cvar_auc ranks positives over negatives: it is for two classes; there are {len(counts)}.",
                hint="With more classes leave it out.",
                code="two-classes-only",
            )
        return CvarAucObjective(mass=mass, alpha=self.alpha, gamma=self.gamma)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CvarAucObjective:
    """The loss for classes of these masses; the loss of a row depends on the rows beside it."""

    separable: ClassVar[bool] = False

    mass: FloatArray
    alpha: float
    gamma: float

    @property
    def link(self) -> Link:
        """Predictions read the scores by the logistic function."""
        return "softmax"

    def initial(self) -> FloatArray:
        """Return the log-odds of the class share, shape (1,): the best constant for alpha = 1."""
        return np.array([np.log(self.mass[1] / self.mass[0])])

    def value(self, y: IntArray, raw: FloatArray) -> FloatArray:
        """Return one number a row, shape (n,), whose mean is the loss of these rows."""
        sign = 2.0 * y - 1.0
        loss = np.logaddexp(0.0, -sign * raw)
        cut = loss[tail_weights(loss, self.alpha) > 0.0].min()
        found: FloatArray = cut + np.maximum(loss - cut, 0.0) / self.alpha
        for own, gap, factor in _pairs(y, raw):
            found[own] += self.gamma * factor * np.logaddexp(0.0, -gap).mean(axis=1)
        return np.asarray(found, dtype=np.float64)

    def derivatives(self, y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return gradient and diagonal of the Hessian of n times the mean, in the shape of `raw`."""
        sign = 2.0 * y - 1.0
        weight = tail_weights(np.logaddexp(0.0, -sign * raw), self.alpha)
        p = expit(raw)
        gradient, hessian = -weight * sign * expit(-sign * raw), weight * p * (1.0 - p)
        for own, gap, factor in _pairs(y, raw):
            # A pair is counted from both of its rows, half each.
            away = expit(-gap)
            gradient[own] -= self.gamma * 2.0 * factor * sign[own] * away.mean(axis=1)
            hessian[own] += self.gamma * 2.0 * factor * (away * (1.0 - away)).mean(axis=1)
        return gradient, hessian


def tail_weights(loss: FloatArray, alpha: float) -> FloatArray:
    """Return weights of mean 1 whose weighted mean of the losses is their conditional value at risk.

    Rows above the cut, the ceil(alpha n)-th largest loss, weigh 1 / alpha, those below nothing; those at it
    share what is left.
    """
    n = len(loss)
    place = min(n, max(1, math.ceil(alpha * n - 1e-9)))
    cut = np.partition(loss, n - place)[n - place]
    above, at = loss > cut, loss == cut
    weight = above / alpha
    weight[at] = (n - above.sum() / alpha) / at.sum()
    return np.asarray(weight, dtype=np.float64)


def _pairs(y: IntArray, raw: FloatArray) -> list[tuple[IntArray, FloatArray, float]]:
    """Return of both classes the rows, how far each is right of its partners, and n / (2 n_k)."""
    rows = [np.flatnonzero(y == k) for k in (0, 1)]
    if not (len(rows[0]) and len(rows[1])):
        return []
    return [
        (
            rows[k],
            sign * (raw[rows[k]][:, None] - _partners(raw[rows[1 - k]])[None, :]),
            len(y) / (2.0 * len(rows[k])),
        )
        for k, sign in ((0, -1.0), (1, 1.0))
    ]


def _partners(scores: FloatArray) -> FloatArray:
    """Return the scores, or evenly spaced ones of them where there are many."""
    if len(scores) <= PARTNERS:
        return scores
    places = ((np.arange(PARTNERS) + 0.5) * len(scores) / PARTNERS).astype(np.int64)
    return np.asarray(np.partition(scores, places)[places])
