"""NearMiss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn.neighbors import NearestNeighbors

from imbtool.core.threads import one_thread
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.repeated import first_smallest
from imbtool.methods.resample.targets import rows_to_keep

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

# Whole blocks of scikit-learn's, so that its distances are the same to the bit.
_BLOCK = 2048


class NearMiss(RowSampler):
    """Keep the frequent rows that are nearest to rare ones.

    Parameters
    ----------
    version : {"1", "2", "3"}, default="1"
        ``1`` keeps rows with the smallest mean distance to their nearest rare rows, ``2`` to their
        farthest; ``3`` takes the nearest rows of every rare row and keeps of these the ones with the
        largest mean distance to their nearest rare rows, which may be fewer than asked for.
    n_neighbors : int, default=3
        Rare rows whose distances are averaged; clipped to the rare rows there are.
    n_neighbors_ver3 : int, default=3
        Nearest rows of every rare row that ``3`` takes.
    ratio : float, default=1.0
        Rarest to every other class after resampling, in [0, 1]; a class already there is left
        alone, and 0 keeps everything.
    random_state : int, RandomState or None, default=None
        Not used; there is no chance in it.

    Notes
    -----
    Mani, Zhang, ICML workshop 2003. Keeps the rows of imbalanced-learn's `NearMiss`, in its order, on the
    distances of `SampleSpace`. Rows come class by class, in the order of their mean distance. Cost: the
    distances of all frequent rows to all rare ones, for ``3`` of all rare rows to all frequent ones.
    """

    selects = True

    def __init__(
        self,
        version: Literal["1", "2", "3"] = "1",
        n_neighbors: int = 3,
        n_neighbors_ver3: int = 3,
        ratio: float = 1.0,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.version = version
        self.n_neighbors = n_neighbors
        self.n_neighbors_ver3 = n_neighbors_ver3
        self.ratio = ratio
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        matrix, y = part.space.distance(part.X), part.y
        wanted = rows_to_keep(y, self.ratio)
        rare = np.flatnonzero(y == first_smallest(y))
        k = min(self.n_neighbors, len(rare))
        choose = {"1": _by_nearest, "2": _by_farthest, "3": self._by_two_steps}[self.version]
        chosen = []
        with one_thread():
            for label in np.unique(y).tolist():
                own = np.flatnonzero(y == label)
                if label in wanted:
                    own = own[choose(matrix[rare], matrix[own], k)[: wanted[label]]]
                chosen.append(own)
        return part.selected(np.concatenate(chosen))

    def _by_two_steps(self, rare: FloatArray, own: FloatArray, k: int) -> IntArray:
        """Return the rows nearest to any rare row, those farthest from their rare neighbours first."""
        near = NearestNeighbors(n_neighbors=min(self.n_neighbors_ver3, len(own)), n_jobs=1).fit(own)
        picked = np.unique(near.kneighbors(rare, return_distance=False))
        order: IntArray = picked[np.argsort(-_nearest_sums(rare, own[picked], k), kind="stable")]
        return order


def _by_nearest(rare: FloatArray, own: FloatArray, k: int) -> IntArray:
    order: IntArray = np.argsort(_nearest_sums(rare, own, k), kind="stable")
    return order


def _by_farthest(rare: FloatArray, own: FloatArray, k: int) -> IntArray:
    order: IntArray = np.argsort(_farthest_sums(rare, own, k), kind="stable")
    return order


def _nearest_sums(rows: FloatArray, asked: FloatArray, k: int) -> FloatArray:
    """Return for each asked row the sum of the distances to the k rows nearest to it."""
    index = NearestNeighbors(n_neighbors=k, n_jobs=1).fit(rows)
    sums: FloatArray = index.kneighbors(asked)[0].sum(axis=1)
    return sums


def _farthest_sums(rows: FloatArray, asked: FloatArray, k: int) -> FloatArray:
    """Return for each asked row the sum of the distances to the k rows farthest from it, block by block."""
    index = NearestNeighbors(n_neighbors=k, n_jobs=1).fit(rows)
    sums = []
    for start in range(0, len(asked), _BLOCK):
        distance = index.kneighbors(asked[start : start + _BLOCK], len(rows))[0]
        sums.append(distance[:, -k:].sum(axis=1))
    return np.concatenate(sums)
