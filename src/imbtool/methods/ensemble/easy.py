"""Balanced bags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.ensemble.draws import balanced_part, balanced_size, class_rows
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.types import IntArray


class EasyEnsemble(Estimator):
    """Bags that hold all rows of the smallest class and as many random rows of each other class.

    Parameters
    ----------
    n_bags : int, default=10
        Bags, one learner each; their scores are averaged.

    Notes
    -----
    Liu, Wu, Zhou, IEEE SMC-B 39 (2009), doi:10.1109/TSMCB.2008.2007853. Departures: any learner takes
    AdaBoost's place; several classes are all drawn down to the smallest; and when the smallest class
    has fewer than 10 rows the others are drawn to 10 (or to their size), because a learner can do
    nothing with a handful of rows. Cost: one small training a bag.
    """

    def __init__(self, n_bags: int = 10) -> None:
        self.n_bags = n_bags

    def bags(self, y: IntArray, *, random_state: int) -> tuple[IntArray, ...]:
        """Return the row indices of each bag.

        Parameters
        ----------
        y : ndarray of int64, shape (n,)
            Class codes of the training rows.
        random_state : int

        Returns
        -------
        tuple of ndarray of int64
            One a bag, ascending, without repeats.
        """
        rng = np.random.default_rng(random_state)
        rows = class_rows(y)
        size = balanced_size(rows)
        return tuple(balanced_part(rows, size, rng) for _ in range(self.n_bags))
