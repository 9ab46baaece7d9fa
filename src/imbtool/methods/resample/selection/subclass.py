"""Subclasses of equal size, as strata of under-sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.cluster import KMeans

from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.targets import class_counts, rows_to_keep

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

_SAMPLE = 2000


class SubclassUnder(RowSampler):
    """Under-sample each frequent class evenly from subclasses as small as the rare class.

    Parameters
    ----------
    ratio : float, default=1.0
        Rarest to every other class after resampling, in [0, 1]; 0 keeps everything.
    smallest : int, default=10
        Fewest rows of a subclass.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    The number of subclasses, ``max(1, n_k // max(n_min, smallest))``, and their equal sizes are those of Hou
    et al. (SBCL), ICCV 2023, arXiv 2306.15925. Departures (ours): they serve as strata in place of
    contrastive targets, and rows are divided by halving along the line between the centres of 2-means, which
    needs no table of rows by clusters and is fast for a million rows.
    """

    selects = True

    def __init__(
        self, ratio: float = 1.0, smallest: int = 10, random_state: int | RandomState | None = None
    ) -> None:
        self.ratio = ratio
        self.smallest = smallest
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        rng = np.random.default_rng(part.seed)
        goal = rows_to_keep(part.y, self.ratio)
        counts = class_counts(part.y)
        matrix = part.space.distance(part.X) if goal else np.empty((len(part.y), 0))
        kept = []
        for label, n in counts.items():
            rows = np.flatnonzero(part.y == label)
            if goal.get(label, n) < n:
                parts = n_subclasses(n, min(counts.values()), self.smallest)
                groups = equal_clusters(matrix[rows], parts, part.seed)
                given = spread(goal[label], [len(g) for g in groups], rng)
                rows = rows[
                    np.concatenate([rng.choice(g, m, False) for g, m in zip(groups, given, strict=True)])
                ]
            kept.append(rows)
        return part.selected(np.sort(np.concatenate(kept)))


def n_subclasses(n_rows: int, n_rare: int, smallest: int) -> int:
    """Return how many subclasses a class of `n_rows` is divided into."""
    return max(1, n_rows // max(n_rare, smallest))


def spread(total: int, sizes: list[int], rng: np.random.Generator) -> list[int]:
    """Return quotas that differ by one at most, the larger ones at random, with the sum `total`.

    The groups' sizes differ by one at most, and hold more than `total` together.
    """
    low, more = divmod(total, len(sizes))
    even = np.full(len(sizes), low)
    even[rng.choice(np.flatnonzero(np.asarray(sizes) > low), more, replace=False)] += 1
    return [int(n) for n in even]


def equal_clusters(matrix: FloatArray, n_clusters: int, seed: int) -> list[IntArray]:
    """Divide rows into clusters whose sizes differ by one at most.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
    n_clusters : int
        At most n.
    seed : int

    Returns
    -------
    list of ndarray of int64
        Rows of each cluster; each row once. They do not depend on the order of the rows, but for equal rows.
    """
    n = len(matrix)
    sizes = [n // n_clusters + (i < n % n_clusters) for i in range(n_clusters)]
    # 2-means starts from rows at random places: these must mean the same rows in any order of the table.
    order = np.lexsort(matrix.T[::-1]) if matrix.shape[1] else np.arange(n)
    return [order[group] for group in _divided(matrix[order], np.arange(n), sizes, seed)]


def _divided(matrix: FloatArray, rows: IntArray, sizes: list[int], seed: int) -> list[IntArray]:
    if len(sizes) == 1:
        return [rows]
    half = len(sizes) // 2
    along = matrix[rows] @ _axis(matrix[rows], seed)
    order = rows[np.argsort(along, kind="stable")]
    cut = sum(sizes[:half])
    return _divided(matrix, order[:cut], sizes[:half], seed) + _divided(
        matrix, order[cut:], sizes[half:], seed
    )


def _axis(matrix: FloatArray, seed: int) -> FloatArray:
    """Return the line between the two centres of 2-means on a sample of the rows."""
    rng = np.random.default_rng(seed)
    sample = matrix if len(matrix) <= _SAMPLE else matrix[rng.choice(len(matrix), _SAMPLE, replace=False)]
    with quiet():
        centres = KMeans(2, n_init=1, max_iter=30, random_state=seed).fit(sample).cluster_centers_
    axis: FloatArray = centres[1] - centres[0]
    return axis
