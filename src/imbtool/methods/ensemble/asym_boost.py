"""Asymmetric AdaBoost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.ensemble.cost_boosting import CostBoosting

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


class AsymBoost(CostBoosting):
    """AdaBoost with the cost of the rarer class dealt out evenly over the members. Two classes.

    Parameters
    ----------
    n_members : int, default=10
        Most members, called N below.
    cost_ratio : float or None, default=None
        What a mistake on the rarer class costs for one on the other, called k below; None is frequent
        to rare rows. 1 is plain AdaBoost.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Viola, Jones, NIPS 14 (2001). D starts flat; before each member it is multiplied by
    exp(s log(sqrt(k)) / N), so that a cost put in at the start is not absorbed by the first member
    alone; b is 1. See `CostBoosting` for the rest. Cost: a training and a scoring a member.
    """

    name = "asym_boost"

    def __init__(self, n_members: int = 10, cost_ratio: float | None = None, share: float = 0.5) -> None:
        self.n_members = n_members
        self.cost_ratio = cost_ratio
        self.share = share

    def _start(self, sign: FloatArray, ratio: float) -> FloatArray:  # noqa: ARG002
        return np.ones(len(sign))

    def _before(self, D: FloatArray, sign: FloatArray, ratio: float) -> FloatArray:
        moved = D * np.exp(sign * 0.5 * np.log(ratio) / self.n_members)
        scaled: FloatArray = moved / moved.sum()
        return scaled

    def _adjustment(self, margin: FloatArray, sign: FloatArray, ratio: float) -> FloatArray:  # noqa: ARG002
        return np.ones(len(margin))
