"""Boosting with synthetic rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.ensemble.boosting import DrawnBoosting
from imbtool.methods.ensemble.synthetic import smote_rows
from imbtool.methods.resample.targets import rows_to_add

if TYPE_CHECKING:
    from imbtool.core.members import MemberTrainer
    from imbtool.core.types import IntArray
    from imbtool.methods.ensemble.boosting import Made


class SmoteBoost(DrawnBoosting):
    """AdaBoost.M2, each member trained on all rows and new synthetic ones.

    Parameters
    ----------
    n_members : int, default=10
        Most members.
    k_neighbors : int, default=5
        Neighbours of a row within its class to interpolate with.
    ratio : float, default=1.0
        Rare to most frequent class in a member's part, in [0, 1]; 1 is balanced.
    share : float, default=0.5
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Chawla, Lazarevic, Hall, Bowyer, PKDD 2003, doi:10.1007/978-3-540-39804-2_12; see `DrawnBoosting`
    for the formulas. Synthetic rows serve one member and are gone; they have the mean weight of their
    class, which the paper leaves open. Departure: how many are made follows from `ratio`, not from a
    percentage. Cost: a neighbour search within the rare classes, a training on up to twice the rows,
    and a scoring, a member.
    """

    name = "smote_boost"

    def __init__(
        self, n_members: int = 10, k_neighbors: int = 5, ratio: float = 1.0, share: float = 0.5
    ) -> None:
        self.n_members = n_members
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.share = share

    def _drawn(
        self,
        part: MemberTrainer,
        rows: dict[int, IntArray],  # noqa: ARG002 - the template's
        rng: np.random.Generator,
    ) -> tuple[IntArray, Made]:
        wanted = rows_to_add(part.y, self.ratio)
        made = smote_rows(part, wanted, self.k_neighbors, seed=int(rng.integers(2**31)))
        return np.arange(len(part.y)), made
