"""Bagging with every class drawn up to the largest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.ensemble.draws import bootstrap, class_rows
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.types import IntArray


class OverBagging(Estimator):
    """Bags of as many rows of each class, drawn with replacement, as the largest class has.

    Parameters
    ----------
    n_bags : int, default=10
        Bags, one learner each; their scores are averaged.
    share : float, default=1.0
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Wang, Yao, CIDM 2009, doi:10.1109/CIDM.2009.4938667, with a = 100 %. Cost: one training a bag on
    rows of the largest class times the number of classes.
    """

    def __init__(self, n_bags: int = 10, share: float = 1.0) -> None:
        self.n_bags = n_bags
        self.share = share

    def bags(self, y: IntArray, *, random_state: int) -> tuple[IntArray, ...]:
        """Return the row indices of each bag, ascending, with repeats."""
        rng = np.random.default_rng(random_state)
        rows = class_rows(y)
        size = max(len(found) for found in rows.values())
        return tuple(bootstrap(rows, size, rng) for _ in range(self.n_bags))
