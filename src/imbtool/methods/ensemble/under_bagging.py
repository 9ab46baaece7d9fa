"""Bagging on balanced bootstraps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.ensemble.draws import balanced_size, bootstrap, class_rows
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.types import IntArray


class UnderBagging(Estimator):
    """Bags of as many rows of each class, drawn with replacement, as the smallest class has.

    Parameters
    ----------
    n_bags : int, default=10
        Bags, one learner each; their scores are averaged.
    share : float, default=1.0
        Share of the learner's rounds or trees that a member gets.

    Notes
    -----
    Barandela, Valdovinos, Sanchez, Pattern Analysis and Applications 6 (2003),
    doi:10.1007/s10044-003-0192-z; imbalanced-learn's `BalancedBaggingClassifier` draws a bootstrap of
    all rows and under-samples it. Departures: each class is drawn by itself, so no bag lacks a class
    or has another size; when the smallest class has fewer than 10 rows, all are drawn 10 times.
    Unlike in `EasyEnsemble`, rows of the smallest class are missing from some bags. Cost: one small
    training a bag.
    """

    def __init__(self, n_bags: int = 10, share: float = 1.0) -> None:
        self.n_bags = n_bags
        self.share = share

    def bags(self, y: IntArray, *, random_state: int) -> tuple[IntArray, ...]:
        """Return the row indices of each bag, ascending, with repeats."""
        rng = np.random.default_rng(random_state)
        rows = class_rows(y)
        size = balanced_size(rows)
        return tuple(bootstrap(rows, size, rng) for _ in range(self.n_bags))
