"""SMOTE, then removal of Tomek links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.methods.resample.cleaning import without_tomek_links
from imbtool.methods.resample.hybrid import SmoteThenClean
from imbtool.methods.resample.targets import class_counts

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import IntArray
    from imbtool.methods.resample.graph import NeighborGraph


class SmoteTomek(SmoteThenClean):
    """SMOTE, then removal of Tomek links on all classes.

    Parameters
    ----------
    k_neighbors : int, default=5
        Neighbours to interpolate with.
    ratio : float, default=1.0
        Rare to most frequent class before the cleaning.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Batista, Bazzan, Monard, WOB 2003. imbalanced-learn's `SMOTETomek`, row for row, on numeric data.
    Cost: nearest neighbours over the rows after SMOTE, up to four times that of `tomek`.
    """

    def __init__(
        self, k_neighbors: int = 5, ratio: float = 1.0, random_state: int | RandomState | None = None
    ) -> None:
        self.k_neighbors = k_neighbors
        self.ratio = ratio
        self.random_state = random_state

    def _kept(self, graph: NeighborGraph, y: IntArray) -> IntArray:
        return without_tomek_links(graph, y, class_counts(y))
