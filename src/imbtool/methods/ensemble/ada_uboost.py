"""AdaUBoost."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from imbtool.methods.ensemble.cost_boosting import LARGEST_VOTE, CostBoosting

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


class AdaUBoost(CostBoosting):
    """AdaBoost for an uneven loss: rare rows start heavier and lose weight slower. Two classes.

    Parameters
    ----------
    n_members : int, default=10
        Most members.
    cost_ratio : float or None, default=None
        What a mistake on the rarer class costs for one on the other, called beta in the paper; None is
        frequent to rare rows.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Karakoulas, Shawe-Taylor, NIPS 11 (1998). D starts at cost_ratio to 1, b is 1 / cost_ratio for the
    rarer class and 1 for the other, and the vote is the alpha that minimises
    Z(alpha) = sum D exp(-alpha b s h), found numerically. See `CostBoosting` for the rest. Cost: a
    training and a scoring a member.
    """

    name = "ada_uboost"

    def __init__(self, n_members: int = 10, cost_ratio: float | None = None, share: float = 0.5) -> None:
        self.n_members = n_members
        self.cost_ratio = cost_ratio
        self.share = share

    def _adjustment(self, margin: FloatArray, sign: FloatArray, ratio: float) -> FloatArray:  # noqa: ARG002
        return np.where(sign > 0, 1.0 / ratio, 1.0)

    def _vote(self, D: FloatArray, pull: FloatArray) -> float:
        def slope(alpha: float) -> float:
            return -float((D * pull) @ np.exp(-alpha * pull))

        if slope(0.0) >= 0:
            return 0.0
        if slope(LARGEST_VOTE) <= 0:
            return math.inf
        return float(brentq(slope, 0.0, LARGEST_VOTE, xtol=1e-12))
