"""Commonness: rows like many others weigh less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from imbtool.methods.reweight.base import WeightEstimator, as_codes
from imbtool.methods.reweight.tokens import Bins, as_tables

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout


class CommonnessWeights(WeightEstimator):
    """Weight each row by its density to the power ``-power``, so that near copies share their weight.

    Parameters
    ----------
    power : float, default=0.5
        In [0, 1]; 0 weights nothing, 1 is the inverse density.
    density : {"columns", "rows"}, default="columns"
        ``columns``: geometric mean over the columns of the share of rows in the same bin; ``rows``: share
        of the rows that agree in the bins of all columns, which only finds near copies.
    n_bins : int, default=10
        Bins of equal width of a numeric column, the outer two open; missing cells are a bin of their own.
    cap : float, default=10.0
        Largest weight, as a multiple of that of the commonest row.
    within_class : bool, default=False
        Scale the weights to mean 1 in every class, so that class shares stay as they are. Otherwise rare
        classes gain, since their rows are seldom common.

    Notes
    -----
    OURS, after SoftDedup (He et al., ACL 2024, arXiv 2407.06654), which weights texts in proportion to the
    inverse of their probability under an n-gram model. A table has no word order; the density models,
    power, bins and cap are ours. With ``rows``, power 1 and no row at the cap, m rows that agree weigh as
    much together as one row that has no like. Weights have mean 1. Deterministic; cost: one sort a column.
    """

    uses_layout: ClassVar[bool] = True

    def __init__(
        self,
        power: float = 0.5,
        density: str = "columns",
        n_bins: int = 10,
        cap: float = 10.0,
        within_class: bool = False,
    ) -> None:
        self.power = power
        self.density = density
        self.n_bins = n_bins
        self.cap = cap
        self.within_class = within_class

    def fit_weight(self, X: Any, y: IntArray, *, layout: Layout | None = None) -> FloatArray:
        """Return the weight of every row.

        Parameters
        ----------
        X : ndarray of float64 or DataFrame, shape (n, n_features)
        y : ndarray of int64, shape (n,)
            Class codes; looked at only with `within_class`.
        layout : Layout, optional
            Which columns of a matrix are categorical. Default: none, or as the dtypes of a frame say.

        Returns
        -------
        ndarray of float64, shape (n,)
            Positive weights with mean 1.
        """
        codes = as_codes(y)
        if layout is None:
            (X,), layout = as_tables(X)
        cells = Bins.fit(X, layout, self.n_bins, widths=True).codes(X)
        logs = log_rows(cells) if self.density == "rows" else log_columns(cells)
        raw = np.minimum(np.exp(-self.power * (logs - logs.max())), self.cap)
        if self.within_class:
            raw = raw / (np.bincount(codes, weights=raw)[codes] / np.bincount(codes)[codes])
        scaled: FloatArray = raw / raw.mean()
        return scaled


def log_rows(cells: IntArray) -> FloatArray:
    """Return the log of the share of rows equal to each row in all columns, shape (n,)."""
    _, which, counts = np.unique(cells, axis=0, return_inverse=True, return_counts=True)
    logs: FloatArray = np.log(counts / len(cells))[which.ravel()]
    return logs


def log_columns(cells: IntArray) -> FloatArray:
    """Return the mean over the columns of the log of the share of rows in the same bin, shape (n,)."""
    total = np.zeros(len(cells))
    for column in cells.T:
        total += np.log(np.bincount(column)[column] / len(cells))
    mean: FloatArray = total / max(1, cells.shape[1])
    return mean
