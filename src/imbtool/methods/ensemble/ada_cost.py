"""AdaCost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.ensemble.cost_boosting import CostBoosting

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


class AdaCost(CostBoosting):
    """AdaBoost that raises costly mistakes faster, and lowers costly hits slower. Two classes.

    Parameters
    ----------
    n_members : int, default=10
        Most members.
    cost_ratio : float or None, default=None
        What a mistake on the rarer class costs for one on the other; None is frequent to rare rows.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Fan, Stolfo, Zhang, Chan, ICML 1999. The costs c are scaled to a largest of 1; D starts in
    proportion to c, and b = 1/2 - c/2 where the member is right (s h > 0), 1/2 + c/2 where it is wrong.
    A hit on the rarer class so counts nothing and a mistake on it full: a member must be right on about
    three in four to get a vote, and the training ends early on data that do not allow this. See
    `CostBoosting` for the rest. Cost: a training and a scoring a member.
    """

    name = "ada_cost"

    def __init__(self, n_members: int = 10, cost_ratio: float | None = None, share: float = 0.5) -> None:
        self.n_members = n_members
        self.cost_ratio = cost_ratio
        self.share = share

    def _adjustment(self, margin: FloatArray, sign: FloatArray, ratio: float) -> FloatArray:
        cost = np.where(sign > 0, ratio, 1.0) / max(ratio, 1.0)
        return np.where(margin > 0, 0.5 - 0.5 * cost, 0.5 + 0.5 * cost)
