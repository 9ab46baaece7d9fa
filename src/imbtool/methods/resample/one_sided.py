"""One-sided selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.neighbors import KNeighborsClassifier

from imbtool.core.threads import one_thread
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.cleaning import without_tomek_links
from imbtool.methods.resample.graph import NeighborGraph
from imbtool.methods.resample.repeated import first_smallest
from imbtool.methods.resample.targets import cleaned_classes

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart


class OneSided(RowSampler):
    """Keep frequent rows that the rare rows and a few of their own class misclassify; then Tomek links.

    Parameters
    ----------
    n_neighbors : int, default=1
        Neighbours that classify.
    n_seeds : int, default=1
        Random rows of each frequent class to begin with.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Kubat, Matwin, ICML 1997. imbalanced-learn's `OneSidedSelection`, row for row, on the distances of
    `SampleSpace`. Rows come class by class. Cost: one search of the frequent rows among the rare ones,
    and one of the rare rows among all rows.
    """

    selects = True

    def __init__(
        self, n_neighbors: int = 1, n_seeds: int = 1, random_state: int | RandomState | None = None
    ) -> None:
        self.n_neighbors = n_neighbors
        self.n_seeds = n_seeds
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        matrix, y = part.space.distance(part.X), part.y
        cleaned, rng = cleaned_classes(y), np.random.RandomState(part.seed)
        chosen = []
        for label in np.unique(y).tolist():
            own = np.flatnonzero(y == label)
            if label in cleaned:
                own = self._hard(matrix, y, own, rng.randint(0, len(own), size=self.n_seeds))
            chosen.append(own)
        rows = np.concatenate(chosen)
        left = without_tomek_links(NeighborGraph(matrix[rows]), y[rows], cleaned)
        return part.selected(rows[left])

    def _hard(self, matrix: FloatArray, y: IntArray, own: IntArray, seeds: IntArray) -> IntArray:
        """Return the seeds of a class and the rows that seeds and rare rows do not recognise."""
        known = np.append(np.flatnonzero(y == first_smallest(y)), own[seeds])
        others = np.delete(own, seeds)
        if not others.size:
            return own[seeds]
        judge = KNeighborsClassifier(n_neighbors=min(self.n_neighbors, len(known)), n_jobs=1)
        with one_thread():
            told = judge.fit(matrix[known], y[known]).predict(matrix[others])
        return np.append(own[seeds], others[told != y[others]])
