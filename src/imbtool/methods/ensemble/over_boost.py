"""Boosting with random over-sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.ensemble.boosting import DrawnBoosting
from imbtool.methods.resample.targets import rows_to_add

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.types import IntArray


class OverBoost(DrawnBoosting):
    """AdaBoost.M2, each member trained on all rows and random repeats of the rare ones.

    Parameters
    ----------
    n_members : int, default=10
        Most members.
    ratio : float, default=1.0
        Rare to most frequent class in a member's part, in [0, 1]; 1 is balanced.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    RUSBoost with over-sampling in the place of under-sampling, as in imbalanced-ensemble's
    `OverBoostClassifier`; it has no paper of its own. See `DrawnBoosting` for the formulas. A repeat
    has the weight of its original. Cost: a training on up to twice the rows, and a scoring, a member.
    """

    name = "over_boost"

    def __init__(self, n_members: int = 10, ratio: float = 1.0, share: float = 0.5) -> None:
        self.n_members = n_members
        self.ratio = ratio
        self.share = share

    def _drawn(
        self, part: MemberTrainer, rows: dict[int, IntArray], rng: np.random.Generator
    ) -> tuple[IntArray, None]:
        more = [rows[k][rng.integers(0, len(rows[k]), n)] for k, n in rows_to_add(part.y, self.ratio).items()]
        return np.sort(np.concatenate([np.arange(len(part.y)), *more])), None
