"""NearMiss."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from imblearn.under_sampling import NearMiss as TheirNearMiss
from sklearn.neighbors import NearestNeighbors

from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.repeated import first_smallest
from imbtool.methods.resample.targets import rows_to_keep
from imbtool.methods.resample.threads import one_thread

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
    Mani, Zhang, ICML workshop 2003. imbalanced-learn's `NearMiss`, row for row, on the distances of
    `SampleSpace`. Rows come class by class, in the order of their mean distance. Cost: the distances
    of all frequent rows to all rare ones, for ``3`` of all rare rows to all frequent ones.
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
        if self.version == "2":
            return part.selected(_by_farthest(matrix, y, wanted, rare, k))
        sampler = TheirNearMiss(
            sampling_strategy=wanted,
            version=int(self.version),
            n_neighbors=k,
            n_neighbors_ver3=min([self.n_neighbors_ver3, *(int((y == c).sum()) for c in wanted)]),
        )
        with quiet(), one_thread():
            sampler.fit_resample(matrix, y)
        return part.selected(sampler.sample_indices_)


def _by_farthest(matrix: FloatArray, y: IntArray, wanted: dict[int, int], rare: IntArray, k: int) -> IntArray:
    """Return what version 2 keeps; rewritten, since theirs holds all distances at once."""
    chosen = []
    for label in np.unique(y).tolist():
        own = np.flatnonzero(y == label)
        if label in wanted:
            sums = _farthest_sums(matrix[rare], matrix[own], k)
            own = own[np.argsort(sums, kind="stable")[: wanted[label]]]
        chosen.append(own)
    return np.concatenate(chosen)


def _farthest_sums(rows: FloatArray, asked: FloatArray, k: int) -> FloatArray:
    """Return for each asked row the sum of the distances to the k rows farthest from it."""
    index = NearestNeighbors(n_neighbors=k, n_jobs=1).fit(rows)
    sums = []
    with one_thread():
        for start in range(0, len(asked), _BLOCK):
            distance = index.kneighbors(asked[start : start + _BLOCK], len(rows))[0]
            sums.append(distance[:, -k:].sum(axis=1))
    return np.concatenate(sums)
