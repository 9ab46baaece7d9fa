"""The design matrix of linear models: winsorised and scaled numbers, missing flags, one-hot levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from imbtool.learners.views import frequency_ranks, known_codes

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray, Layout

MAX_LEVELS = 64
"""Most levels of a column that get a column of their own; the rest share one."""
TAIL = 0.005
"""Share of the values that is winsorised at each end."""
WIDE = 256
"""From this many one-hot columns on the design is sparse."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DesignView:
    """Design matrix fitted on training rows.

    Columns: the scaled numeric features; a flag for each numeric feature that has missing cells in
    training; one column a level for each categorical feature (the `MAX_LEVELS` most frequent, then one
    for all others seen in training). Levels unseen in training, and missing categories where training
    has none, are all zeros.

    Parameters
    ----------
    numeric : ndarray of int64, shape (n_numeric,)
        Positions of the numeric features.
    scales : Scales
    flagged : ndarray of bool, shape (n_numeric,)
        Which of them have a missing flag.
    levels : tuple of (int, ndarray of int64, int)
        For each categorical feature its position, the column of each code (-1 none, the last entry
        is for missing) and its number of columns.
    """

    numeric: IntArray
    scales: Scales
    flagged: BoolArray
    levels: tuple[tuple[int, IntArray, int], ...]

    @classmethod
    def fit(cls, X: FloatArray, layout: Layout) -> DesignView:
        """Learn medians, tails, scales and levels from training rows."""
        numeric = np.asarray(layout.numeric, dtype=np.int64)
        values = X[:, numeric]
        return cls(
            numeric=numeric,
            scales=Scales.fit(values),
            flagged=np.asarray(np.isnan(values).any(axis=0)),
            levels=tuple(_columns_of_levels(X[:, j], layout.levels[j], j) for j in layout.categorical),
        )

    def transform(self, X: FloatArray) -> Any:
        """Return the design, dense or (many one-hot columns) a CSR matrix."""
        values = X[:, self.numeric]
        dense = [self.scales.transform(values), np.isnan(values[:, self.flagged]).astype(np.float64)]
        hot = [_one_hot(X[:, j], columns, width) for j, columns, width in self.levels]
        if sum(width for _, _, width in self.levels) >= WIDE:
            return sparse.hstack([sparse.csr_matrix(np.hstack(dense)), *hot], format="csr")
        return np.hstack([*dense, *(part.toarray() for part in hot)])


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scales:
    """Median imputing, winsorising and standardising of numeric columns; arrays of shape (n_columns,)."""

    low: FloatArray
    high: FloatArray
    median: FloatArray
    unit: FloatArray
    mean: FloatArray
    sd: FloatArray

    @classmethod
    def fit(cls, values: FloatArray) -> Scales:
        """Learn from the training columns; an all-missing or constant one comes out as zeros."""
        low, median, high = _quantiles(values)
        # Divided first: squares of numbers near the end of float64 would overflow.
        unit = np.maximum(np.maximum(np.abs(low), np.abs(high)), np.finfo(np.float64).tiny)
        u = _clip(values, low, high, median) / unit
        sd = u.std(axis=0)
        return cls(
            low=low,
            high=high,
            median=median,
            unit=unit,
            mean=u.mean(axis=0),
            sd=np.where(sd > 1e-12, sd, np.inf),
        )

    def transform(self, values: FloatArray) -> FloatArray:
        """Return the columns imputed, clipped, centred and in standard deviations."""
        u = _clip(values, self.low, self.high, self.median) / self.unit
        return np.asarray((u - self.mean) / self.sd)


def _clip(values: FloatArray, low: FloatArray, high: FloatArray, median: FloatArray) -> FloatArray:
    return np.clip(np.where(np.isnan(values), median, values), low, high)


def _quantiles(values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return low tail, median and high tail of each column, 0 where all is missing."""
    out = np.zeros((3, values.shape[1]))
    for j in range(values.shape[1]):
        known = values[~np.isnan(values[:, j]), j]
        if known.size:
            out[:, j] = np.quantile(known, (TAIL, 0.5, 1 - TAIL), method="nearest")
            if out[0, j] == out[2, j]:  # nearly constant: the few other values are all there is
                out[0, j], out[2, j] = known.min(), known.max()
    return out[0], out[1], out[2]


def _columns_of_levels(column: FloatArray, n_levels: int, position: int) -> tuple[int, IntArray, int]:
    ranks = frequency_ranks(column, n_levels)
    n_seen = int((ranks < n_levels).sum())
    columns = np.where(ranks < n_levels, np.minimum(ranks, MAX_LEVELS), -1).astype(np.int64)
    width = min(n_seen, MAX_LEVELS + 1)
    missing = -1
    if np.isnan(column).any():
        missing, width = width, width + 1
    return position, np.append(columns, missing), width


def _one_hot(column: FloatArray, columns: IntArray, width: int) -> Any:
    codes, known = known_codes(column, columns.shape[0] - 1)
    where = np.full(column.shape[0], -1, dtype=np.int64)
    where[known] = columns[codes[known]]
    where[np.isnan(column)] = columns[-1]
    rows = np.flatnonzero(where >= 0)
    return sparse.csr_matrix((np.ones(rows.size), (rows, where[rows])), shape=(column.shape[0], width))
