"""The nearest other row of some rows, with the answer a search for all rows would give."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.neighbors import NearestNeighbors

from imbtool.methods.resample.neighbors import ROUNDING, TREE_WIDTH, one_thread

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

_FEWEST = 6
_AT_ONCE = 1024


class Partners:
    """Nearest other rows, asked for a few rows at a time.

    A tree answers each row on its own. A matrix product rounds a row's distances by its place in the
    product, so that among tied neighbours the choice depends on which rows are asked together; when
    ties turn up, all rows are asked together, as imbalanced-learn does.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
        At least 2 rows.
    """

    def __init__(self, matrix: FloatArray) -> None:
        self._matrix = matrix
        self._index = NearestNeighbors(n_neighbors=2, n_jobs=1).fit(matrix)
        self._by_product = matrix.shape[1] > TREE_WIDTH
        self._all: IntArray | None = None

    def of(self, rows: IntArray) -> IntArray:
        """Return the nearest other row of each of `rows`, shape (m,); a row with a twin may be its own."""
        few = len(self._matrix) < _FEWEST
        found = None if few or self._all is not None else self._asked_apart(rows)
        if found is not None:
            return found
        if self._all is None:
            with one_thread():
                self._all = self._index.kneighbors(self._matrix, return_distance=False)[:, 1]
        return self._all[rows]

    def _asked_apart(self, rows: IntArray) -> IntArray | None:
        """Return the nearest others, or None at the first sign of ties that matter."""
        parts = []
        for start in range(0, len(rows), _AT_ONCE):
            asked = self._matrix[rows[start : start + _AT_ONCE]]
            with one_thread():
                distance, near = self._index.kneighbors(asked, 3 if self._by_product else 2)
            if self._by_product and _tied(distance**2, (asked**2).sum(axis=1)):
                return None
            parts.append(near[:, 1])
        return np.concatenate(parts) if parts else rows


def _tied(squared: FloatArray, size: FloatArray) -> bool:
    """Return whether any row is as near to two others, or to a twin as to itself."""
    gap = np.diff(squared, axis=1).min(axis=1)
    return bool((gap <= ROUNDING * (size + squared[:, 2])).any())
