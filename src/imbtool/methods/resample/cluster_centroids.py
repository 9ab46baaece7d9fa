"""Cluster centroids in place of the rows of frequent classes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np
from sklearn.cluster import KMeans

from imbtool.core.protocols import Resampled
from imbtool.core.threads import one_thread
from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.blocks import nearest_in_blocks
from imbtool.methods.resample.targets import class_counts, rows_to_keep

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart
    from imbtool.methods.resample.space import SampleSpace


class ClusterCentroids(RowSampler):
    """Replace a frequent class by the centres of as many clusters as it may keep rows.

    Parameters
    ----------
    ratio : float, default=1.0
        Smallest to any other class after resampling, in [0, 1]; a class already there is left alone.
    voting : {"soft", "hard"}, default="soft"
        The centres themselves, or the row of the class nearest to each.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    imbalanced-learn's `ClusterCentroids` (k-means, one start), row for row, on standardised numbers.
    Categories and gaps count for distances as they do for cleaning; a centre has the category most
    frequent in its cluster (the first of tied ones), and a missing cell where most of its rows have
    one. A row that is the nearest to several centres comes several times. Cost: k-means with as many
    clusters as rows are kept.
    """

    def __init__(
        self,
        ratio: float = 1.0,
        voting: Literal["soft", "hard"] = "soft",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.ratio = ratio
        self.voting = voting
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        matrix = part.space.distance(part.X)
        keep = rows_to_keep(part.y, self.ratio)
        pieces: list[tuple[FloatArray, IntArray]] = []
        for label in class_counts(part.y):
            rows = np.flatnonzero(part.y == label)
            if label not in keep:
                pieces.append((part.X[rows], rows))
                continue
            with quiet(), one_thread():
                found = KMeans(n_clusters=keep[label], random_state=part.seed).fit(matrix[rows])
            if self.voting == "hard":
                rows = rows[nearest_in_blocks(matrix[rows], found.cluster_centers_, 1)[:, 0]]
                pieces.append((part.X[rows], rows))
            else:
                new = _centres(part.space, part.X[rows], found.cluster_centers_, found.labels_)
                pieces.append((new, np.full(len(new), -1)))
        labels = [
            np.full(len(new), label) for (new, _), label in zip(pieces, class_counts(part.y), strict=True)
        ]
        return Resampled(
            X=np.vstack([new for new, _ in pieces]),
            y=np.concatenate(labels).astype(np.int64),
            source=np.concatenate([rows for _, rows in pieces]).astype(np.int64),
        )


def _centres(space: SampleSpace, own: FloatArray, centres: FloatArray, cluster: IntArray) -> FloatArray:
    """Return cluster centres as feature rows."""
    numbers = space.numbers(own)
    width = numbers.shape[1]
    middle = space.own_units(centres[:, :width]) if width else np.empty((len(centres), 0))
    if width:
        middle = np.clip(middle, numbers.min(axis=0), numbers.max(axis=0))
    return space.restore(middle, _most_frequent(space.nominal(own), cluster, len(centres)))


def _most_frequent(nominal: IntArray, cluster: IntArray, n_clusters: int) -> IntArray:
    """Return the most frequent code of each column in each cluster, shape (n_clusters, q)."""
    modes = np.zeros((n_clusters, nominal.shape[1]), dtype=np.int64)
    for j, column in enumerate(nominal.T):
        seen, code = np.unique(column, return_inverse=True)
        counts = np.zeros((n_clusters, len(seen)), dtype=np.int64)
        np.add.at(counts, (cluster, code), 1)
        modes[:, j] = seen[counts.argmax(axis=1)]
    return modes
