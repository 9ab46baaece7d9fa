"""Gaussian class calibration: synthetic rows from a normal distribution that borrows from larger classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.covariance import LedoitWolf
from sklearn.neighbors import LocalOutlierFactor, NearestNeighbors

from imbtool.core.errors import NotApplicableError
from imbtool.methods.resample.base import RowSampler, quiet
from imbtool.methods.resample.targets import class_counts, rows_to_add
from imbtool.methods.resample.votes import smallest_winner

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

_FEWEST_FOR_OUTLIERS = 10
_VOTERS = 5


class RepresentationCalibration(RowSampler):
    """Draw rows of a rare class from a Gaussian whose mean and covariance lean on the nearest larger classes.

    For classes too small to have a covariance of their own. Numbers are drawn in standardised units;
    categories and missing cells are voted by the 5 nearest rows of the class.

    Parameters
    ----------
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1].
    borrow : float, default=0.2
        Weight of the larger classes' statistics against the class's own, in [0, 1].
    n_heads : int, default=3
        Larger classes to borrow from, those with the nearest means; at least 1.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    After Zhang et al. (RCAL), ICCV 2023, arXiv 2211.10955: outliers dropped by local outlier factor,
    statistics borrowed from head classes, rows drawn until classes are balanced. Departures: the mixing
    weights could not be found in the paper and are ours, ``omega_c = n_c / sum n``, with a ridge of 0.001
    times the mean variance; columns take the place of contrastive features; a class with no more rows than
    columns has its covariance shrunk (Ledoit and Wolf 2004). A class of fewer than 10 rows keeps its
    outliers.
    """

    def __init__(
        self,
        ratio: float = 1.0,
        borrow: float = 0.2,
        n_heads: int = 3,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.ratio = ratio
        self.borrow = borrow
        self.n_heads = n_heads
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        if not part.layout.numeric:
            raise NotApplicableError(
                "rcal draws numbers from a Gaussian; all columns are categorical.",
                hint="Use smote, which votes categories, or random_over.",
                code="no-numeric-columns",
            )
        rng = np.random.default_rng(part.seed)
        numbers = part.space.standard(part.space.numbers(part.X))
        counts = class_counts(part.y)
        inside = {k: inliers(numbers[part.y == k]) for k in counts}
        own = {k: moments(rows) for k, rows in inside.items()}
        made = {}
        for label, n_new in rows_to_add(part.y, self.ratio).items():
            heads = [k for k in counts if counts[k] > counts[label]]
            mean, covariance = self.borrowed(label, heads, own, counts)
            drawn = rng.multivariate_normal(mean, covariance, size=n_new, method="eigh")
            made[label] = self._completed(part, label, numbers, drawn)
        return part.extended(made)

    def borrowed(
        self,
        label: int,
        heads: list[int],
        own: Mapping[int, tuple[FloatArray, FloatArray]],
        counts: Mapping[int, int],
    ) -> tuple[FloatArray, FloatArray]:
        """Return calibrated mean and covariance of a class."""
        mean, covariance = own[label]
        near = sorted(heads, key=lambda k: float(((own[k][0] - mean) ** 2).sum()))[: self.n_heads]
        share = np.array([counts[k] for k in near], dtype=np.float64)
        share /= share.sum()
        g = self.borrow
        head_mean = sum(w * own[k][0] for w, k in zip(share, near, strict=True))
        head_covariance = sum(w * own[k][1] for w, k in zip(share, near, strict=True))
        mixed = g * head_covariance + (1.0 - g) * covariance
        ridge = 1e-3 * np.trace(mixed) / len(mean) if g > 0 else 0.0
        return g * head_mean + (1.0 - g) * mean, mixed + ridge * np.eye(len(mean))

    def _completed(
        self, part: TrainingPart, label: int, numbers: FloatArray, drawn: FloatArray
    ) -> FloatArray:
        """Return whole rows of the matrix: numbers in their own units, the rest by vote."""
        mine = part.y == label
        nominal = part.space.nominal(part.X[mine])
        voted = np.empty((len(drawn), nominal.shape[1]), dtype=np.int64)
        if nominal.shape[1]:
            k = min(_VOTERS, int(mine.sum()))
            near: IntArray = (
                NearestNeighbors(n_neighbors=k).fit(numbers[mine]).kneighbors(drawn, return_distance=False)
            )
            voted = np.column_stack([smallest_winner(column[near]) for column in nominal.T])
        return part.space.restore(part.space.unstandard(drawn), voted)


def inliers(rows: FloatArray) -> FloatArray:
    """Return the rows that their neighbourhood does not contradict; all of a class of fewer than 10 rows."""
    if len(rows) < _FEWEST_FOR_OUTLIERS:
        return rows
    with quiet():
        kept = LocalOutlierFactor(n_neighbors=min(20, len(rows) - 1)).fit_predict(rows) == 1
    return rows[kept] if kept.sum() >= _FEWEST_FOR_OUTLIERS else rows


def moments(rows: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and covariance, shrunk where there are no more rows than columns; 0 for one row."""
    mean = rows.mean(axis=0)
    n, width = rows.shape
    if n < 2:
        return mean, np.zeros((width, width))
    if n <= width:
        return mean, np.asarray(LedoitWolf().fit(rows).covariance_)
    return mean, np.atleast_2d(np.cov(rows, rowvar=False))
