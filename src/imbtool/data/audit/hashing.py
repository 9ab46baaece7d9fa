"""Sums of cell hashes: rows compared as a whole, and with some columns left out, for the price of a sum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from imbtool.core.types import FloatArray, IntArray

_ONE, _TWO = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_STEP = np.uint64(0x9E3779B97F4A7C15)
_CELLS_AT_ONCE = 1 << 16


def hash_columns(X: FloatArray, columns: IntArray) -> NDArray[np.uint64]:
    """Return one 64-bit hash a row of these columns; hashes of disjoint column sets add up.

    Two cells are equal when their values are; missing equals missing. Each cell is mixed with the number
    of its column by the finaliser of SplitMix64 (Steele, Lea and Flood 2014, doi:10.1145/2660193.2660195).

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_features)
    columns : ndarray of int64
    """
    salt = _mixed((columns + 1).astype(np.uint64) * _STEP)
    total = np.empty(len(X), dtype=np.uint64)
    for rows in row_blocks(X):
        cells = X[rows][:, columns] + 0.0  # -0.0 and 0.0 are one value
        cells[np.isnan(cells)] = np.nan
        total[rows] = _mixed(cells.view(np.uint64) + salt).sum(axis=1, dtype=np.uint64)
    return total


def hash_rows(X: FloatArray) -> NDArray[np.uint64]:
    """Return one 64-bit hash a row."""
    return hash_columns(X, np.arange(X.shape[1]))


def row_blocks(X: FloatArray) -> Iterator[slice]:
    """Return slices of rows, few enough to stay in the cache."""
    step = _CELLS_AT_ONCE // max(1, X.shape[1]) + 1
    return (slice(start, min(start + step, len(X))) for start in range(0, len(X), step))


def _mixed(z: Any) -> Any:
    z = (z ^ (z >> np.uint64(30))) * _ONE
    z = (z ^ (z >> np.uint64(27))) * _TWO
    return z ^ (z >> np.uint64(31))
