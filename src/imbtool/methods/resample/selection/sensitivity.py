"""Draw frequent rows by how much a clustering would miss them, and weight them back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import kmeans_plusplus

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.selection.shares import pools

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import FloatArray
    from imbtool.methods.resample.base import TrainingPart


class SensitivitySelection(RowSampler):
    """A k-means coreset of the frequent classes: rows far from the crowd are likelier, and weigh less.

    The weighted rows stand for all rows, so that class shares and probabilities stay what they are: this
    makes training smaller, not balanced. The smallest class is kept whole.

    Parameters
    ----------
    keep : float, default=0.3
        Draws from a frequent class as a share of its rows, in (0, 1]; a row drawn twice stands once with
        twice the weight.
    n_clusters : int, default=16
        Centres, at least 1.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only, which gives no weights: use recipes for those.

    Notes
    -----
    Bachem, Lucic, Krause, "Practical coreset constructions for machine learning", arXiv 1703.06476,
    algorithm 2: centres by k-means++ seeding, importance by the bound on the sensitivity, draws with
    replacement, weights ``1 / (m q)``. Distances are those of `SampleSpace`. For k-means the weighted rows
    cost what all rows do, up to a factor; for classifiers it is a heuristic that keeps the outskirts of a
    class.
    """

    selects = True

    def __init__(
        self, keep: float = 0.3, n_clusters: int = 16, random_state: int | RandomState | None = None
    ) -> None:
        self.keep = keep
        self.n_clusters = n_clusters
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        rng = np.random.default_rng(part.seed)
        matrix = part.space.distance(part.X)
        weight = np.zeros(len(part.y))
        for rows, size in pools(part.y, self.keep, "frequent"):
            if size == len(rows):
                weight[rows] = 1.0
                continue
            share = importance(matrix[rows], self.n_clusters, part.seed)
            times = np.bincount(rng.choice(len(rows), size, p=share), minlength=len(rows))
            weight[rows] = times / (size * share)
        kept = np.flatnonzero(weight)
        chosen = part.selected(kept)
        w = weight[kept]
        return Resampled(X=chosen.X, y=chosen.y, source=chosen.source, weight=w / w.mean())


def importance(matrix: FloatArray, n_clusters: int, seed: int) -> FloatArray:
    """Return the probability of each row, shape (n,), positive, summing to 1."""
    n, k = len(matrix), min(n_clusters, len(matrix))
    centres, _ = kmeans_plusplus(matrix, k, random_state=seed)
    norms = (matrix**2).sum(axis=1)[:, None] - 2.0 * matrix @ centres.T + (centres**2).sum(axis=1)
    nearest = norms.argmin(axis=1)
    squared = np.maximum(norms[np.arange(n), nearest], 0.0)
    mean = squared.mean()
    if mean == 0.0:
        return np.full(n, 1.0 / n)
    sizes = np.bincount(nearest, minlength=k)[nearest]
    within = np.bincount(nearest, weights=squared, minlength=k)[nearest]
    alpha = 16.0 * (np.log2(k) + 2.0)
    bound = alpha * squared / mean + 2.0 * alpha * within / (sizes * mean) + 4.0 * n / sizes
    return np.asarray(bound / bound.sum(), dtype=np.float64)
