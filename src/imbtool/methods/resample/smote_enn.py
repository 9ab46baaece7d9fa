"""SMOTE, then edited nearest neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.methods.resample.cleaning import edited
from imbtool.methods.resample.hybrid import SmoteThenClean
from imbtool.methods.resample.targets import class_counts

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import IntArray
    from imbtool.methods.resample.graph import NeighborGraph


class SmoteEnn(SmoteThenClean):
    """SMOTE, then edited nearest neighbours on all classes.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours to interpolate with.
    ratio : float, default=1.0
        Rare to most frequent class before the cleaning.
    n_neighbors : int, default=3
        Neighbours that must all share a row's class for it to stay.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Batista, Prati, Monard, SIGKDD Explorations 6 (2004), doi:10.1145/1007730.1007735.
    imbalanced-learn's `SMOTEENN`, row for row, on numeric data. Rows come class by class. Cost:
    nearest neighbours over the rows after SMOTE, up to four times that of `enn`.
    """

    def __init__(
        self,
        k_neighbors: int = 5,
        ratio: float = 1.0,
        n_neighbors: int = 3,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.n_neighbors = n_neighbors
        self.random_state = random_state

    def _kept(self, graph: NeighborGraph, y: IntArray) -> IntArray:
        return edited(graph, y, class_counts(y), k=self.n_neighbors, kind="all")
