"""Draw rows by how much a plain model errs on them, and weight them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.selection.scored import ScoredSampler
from imbtool.methods.resample.selection.shares import Policy, pools

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import FloatArray
    from imbtool.methods.resample.selection.scored import ScoredPart


class SurrogateSelection(ScoredSampler):
    """Draw rows in proportion to the error of a plain model; inverse probabilities become their weights.

    The weighted rows stand for all rows, so that the class shares, and with them the probabilities, stay what
    they are: this makes training smaller, not balanced.

    Parameters
    ----------
    keep : float, default=0.3
        Expected share of the rows that is kept, in (0, 1].
    floor : float, default=0.1
        Share of the draw that is uniform, in (0, 1]: no row's weight exceeds ``1 / (keep floor)`` times that
        of a row kept for certain.
    policy : {"frequent", "each", "together"}, default="frequent"
        Which rows compete; the others are all kept.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only, which gives no weights: use recipes for those.

    Notes
    -----
    The probabilities ``|y - p|`` of Wang, Zhu, Ma, JASA 113 (2018), doi:10.1080/01621459.2017.1292914,
    without their factor ``||x||``, which means something for linear models only; as selection by a proxy
    model, Coleman et al., ICLR 2020, arXiv 1906.11829. Departures (ours): Poisson sampling in place of draws
    with replacement, mixed with a uniform share; several classes take ``1 - p_true``.
    """

    def __init__(
        self,
        keep: float = 0.3,
        floor: float = 0.1,
        policy: Policy = "frequent",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.keep = keep
        self.floor = floor
        self.policy = policy
        self.random_state = random_state

    def _choose(self, part: ScoredPart) -> Resampled:
        chance = self.inclusion(part)
        drawn = np.random.default_rng(part.seed).random(len(part.y)) < chance
        for label in np.unique(part.y):  # a class that chance left out keeps its likeliest row
            own = np.flatnonzero(part.y == label)
            if not drawn[own].any():
                drawn[own[np.argmax(chance[own])]] = True
        rows = np.flatnonzero(drawn)
        weight = 1.0 / chance[rows]
        kept = part.selected(rows)
        return Resampled(X=kept.X, y=kept.y, source=kept.source, weight=weight / weight.mean())

    def inclusion(self, part: ScoredPart) -> FloatArray:
        """Return the probability with which each row is kept, shape (n,), in (0, 1]."""
        error = 1.0 - part.of_true_class()
        chance = np.ones(len(part.y))
        for rows, size in pools(part.y, self.keep, self.policy):
            if size < len(rows):
                chance[rows] = inclusion_of(error[rows], size, self.floor)
        return chance


def inclusion_of(error: FloatArray, size: int, floor: float) -> FloatArray:
    """Return inclusion probabilities that sum to `size`: proportional to the error, mixed with equal ones.

    Where the proportional part of a row would exceed 1, the row is certain and the rest is shared out anew.
    """
    n = len(error)
    share = error / error.sum() if error.sum() > 0 else np.full(n, 1.0 / n)
    mixed = floor / n + (1.0 - floor) * (share)
    chance = np.zeros(n)
    open_ = np.ones(n, dtype=bool)
    while True:
        left = size - (n - int(open_.sum()))
        chance[open_] = left * mixed[open_] / mixed[open_].sum()
        over = open_ & (chance >= 1.0)
        if not over.any():
            return np.minimum(chance, 1.0)
        chance[over] = 1.0
        open_ &= ~over
        if not open_.any():
            return chance
