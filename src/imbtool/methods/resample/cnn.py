"""Condensed nearest neighbour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.metrics import pairwise_distances_argmin_min
from sklearn.neighbors import KNeighborsClassifier

from imbtool.core.threads import one_thread
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.repeated import first_smallest
from imbtool.methods.resample.targets import cleaned_classes

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

_ROUNDING = 1e-12


class Condensed(RowSampler):
    """Keep only those frequent rows that the rows kept so far misclassify.

    Parameters
    ----------
    n_seeds : int, default=1
        Random rows of each frequent class to begin with.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Hart, IEEE TIT 14 (1968), doi:10.1109/TIT.1968.1054155. imbalanced-learn's
    `CondensedNearestNeighbour` with its one neighbour, row for row, on the distances of
    `SampleSpace`: all rows of the smallest class are kept, and one pass is made over each other class.
    As there, a row whose position in its class is the index of a row already kept is passed over. Rows
    come class by class, in the order of being kept. Cost: one search of the frequent rows among the
    rare ones, and one pass over the class for each row kept.
    """

    selects = True

    def __init__(self, n_seeds: int = 1, random_state: int | RandomState | None = None) -> None:
        self.n_seeds = n_seeds
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        matrix, y = part.space.distance(part.X), part.y
        cleaned, rng = cleaned_classes(y), np.random.RandomState(part.seed)
        smallest, chosen = first_smallest(y), []
        rare = np.flatnonzero(y == smallest)
        with one_thread():
            for label in np.unique(y).tolist():
                own = np.flatnonzero(y == label)
                if label in cleaned:
                    seeds = own[rng.randint(0, len(own), size=self.n_seeds)]
                    # Of tied smallest classes imbalanced-learn cleans one by its own rows: all are right.
                    own = seeds if label == smallest else _Condensing(matrix, rare, own, seeds).run()
                chosen.append(own)
        return part.selected(np.concatenate(chosen))


class _Condensing:
    """One pass over a class; between additions every row keeps its distance to what is kept."""

    def __init__(self, matrix: FloatArray, rare: IntArray, own: IntArray, seeds: IntArray) -> None:
        self._matrix = matrix
        self._rare = rare
        self._own = own
        self._rows = matrix[own]
        self._kept = seeds.tolist()
        self._norm = np.einsum("ij,ij->i", self._rows, self._rows)
        self._to_rare = pairwise_distances_argmin_min(self._rows, matrix[rare])[1] ** 2
        self._to_kept = np.full(len(own), np.inf)
        largest = float(np.einsum("ij,ij->i", matrix[rare], matrix[rare]).max())
        self._slack = _ROUNDING * (self._norm + max(largest, float(self._norm.max())))
        self._passed_over = np.zeros(len(own), dtype=bool)
        self._told: IntArray | None = None
        for seed in seeds.tolist():
            self._measure(seed)

    def run(self) -> IntArray:
        """Return the rows kept, in the order of being kept."""
        place, added = self._next(0), False
        while place < len(self._own):
            if self._is_wrong(place, added):
                self._kept.append(int(self._own[place]))
                self._measure(self._kept[-1])
                added, self._told = True, None
            place = self._next(place + 1)
        return np.asarray(self._kept, dtype=np.int64)

    def _next(self, start: int) -> int:
        """Return the next place that may be misclassified; the number of rows when there is none."""
        gap = self._to_kept[start:] - self._to_rare[start:]
        doubtful = (gap > -self._slack[start:]) & ~self._passed_over[start:]
        return start + (int(doubtful.argmax()) if doubtful.any() else len(doubtful))

    def _measure(self, row: int) -> None:
        """Take a kept row into account."""
        new = self._matrix[row]
        squared = self._norm + (new @ new - 2 * (self._rows @ new))
        np.minimum(self._to_kept, squared, out=self._to_kept)
        if row < len(self._own):
            self._passed_over[row] = True

    def _is_wrong(self, place: int, added: bool) -> bool:
        """Say whether a row is misclassified; where distances tie, as scikit-learn breaks the tie."""
        if self._to_kept[place] - self._to_rare[place] > self._slack[place]:
            return True
        known = np.append(self._rare, self._kept)
        judge = KNeighborsClassifier(n_neighbors=1, n_jobs=1)
        judge.fit(self._matrix[known], np.arange(len(known)) >= len(self._rare))
        if added:
            # After an addition the class has been judged as a whole, and what was right stays right.
            if self._told is None:
                self._told = judge.predict(self._rows)
            if self._told[place]:
                return False
        return not judge.predict(self._rows[place : place + 1])[0]
