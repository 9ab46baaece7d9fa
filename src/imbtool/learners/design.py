"""The design matrix of linear models: scaled numbers, missing flags, one-hot levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse

from imbtool.learners.numeric import NumericColumns
from imbtool.learners.views import frequency_ranks, known_codes

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout

MAX_LEVELS = 64
"""Most levels of a column that get a column of their own; the rest share one."""
WIDE = 256
"""From this many one-hot columns on the design is sparse."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DesignView:
    """Design matrix fitted on training rows.

    Numeric features as in `NumericColumns`; for each categorical feature one column a level (the
    `MAX_LEVELS` most frequent, then one for all others seen in training, then one for missing cells
    if training has any). Levels unseen in training are all zeros.

    Parameters
    ----------
    positions : ndarray of int64
        Positions of the numeric features.
    numeric : NumericColumns
    levels : tuple of (int, ndarray of int64, int)
        For each categorical feature its position, the column of each code (-1 none; the last entry
        is for missing cells) and its number of columns.
    """

    positions: IntArray
    numeric: NumericColumns
    levels: tuple[tuple[int, IntArray, int], ...]

    @classmethod
    def fit(cls, X: FloatArray, layout: Layout) -> DesignView:
        """Learn scales and levels from training rows."""
        positions = np.asarray(layout.numeric, dtype=np.int64)
        return cls(
            positions=positions,
            numeric=NumericColumns.fit(_selected(X, positions)),
            levels=tuple(_columns_of_levels(X[:, j], layout.levels[j], j) for j in layout.categorical),
        )

    def transform(self, X: FloatArray) -> Any:
        """Return the design: an array or, with many one-hot columns, a CSR matrix."""
        numbers = self.numeric.transform(_selected(X, self.positions))
        hot = [_one_hot(X[:, j], columns, width) for j, columns, width in self.levels]
        if sum(width for _, _, width in self.levels) >= WIDE:
            return sparse.hstack([sparse.csr_array(numbers), *hot], format="csr")
        return np.hstack([numbers, *(part.toarray() for part in hot)]) if hot else numbers


def _selected(X: FloatArray, positions: IntArray) -> FloatArray:
    """Return these columns, ascending; without a copy where they are all."""
    return X if positions.size == X.shape[1] else X[:, positions]


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
    return sparse.csr_array((np.ones(rows.size), (rows, where[rows])), shape=(column.shape[0], width))
