"""Mean and scale of columns in one go through memory, bit for bit those of scikit-learn's scaler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray

# Cells that stay in the cache.
BLOCK_CELLS = 1 << 15
# Columns from which a row is long enough that einsum adds rows one after the other, as a sum does.
_LONG_ROW = 8


def column_moments(numbers: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return mean, scale and a bound of the largest absolute value of each column.

    Parameters
    ----------
    numbers : ndarray of float64, C-contiguous, shape (n, width), n >= 1

    Returns
    -------
    mean, scale : ndarray of float64, shape (width,)
        ``mean_`` and ``scale_`` of scikit-learn's `StandardScaler`, to the bit: neighbours that are
        tied up to rounding are tied, or not, as they are for a user who standardises first. The
        scale of a constant column is 1. Not finite where the column is not.
    largest : ndarray of float64, shape (width,)
        At least every absolute value of the column.

    Notes
    -----
    Sums over rows are taken row by row, as numpy takes them, but in blocks that stay in the cache.
    """
    n = len(numbers)
    with np.errstate(all="ignore"):
        mean = _added(numbers) / n
        correction, squares = _deviations(numbers, mean)
        squares -= correction**2 / n
        var = squares / n
        eps = np.finfo(np.float64).eps
        scale = np.sqrt(var)
        scale[var <= n * eps * var + (n * mean * eps) ** 2] = 1.0
        return mean, scale, np.abs(mean) + np.sqrt(2 * squares) + np.abs(correction)


def _deviations(numbers: FloatArray, mean: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the column sums of deviations from the mean and of their squares, row after row."""
    n, width = numbers.shape
    # Numpy sums a single column pairwise: in one go then.
    step = BLOCK_CELLS // width + 1 if width > 1 else n
    if step >= n:
        away = numbers - mean
        return away.sum(axis=0), (away**2).sum(axis=0)
    # The sums so far lead each block, so that the order of additions is that of one long sum.
    carried = np.empty((step + 1, width))
    # As long as a block: taking away one flat array is quicker than a short one from each row.
    flat, means = numbers.reshape(-1), np.tile(mean, step)
    plain = numbers[0] - mean
    squares = plain**2
    for start in range(1, n, step):
        stop = min(n, start + step)
        whole = carried[: stop - start + 1]
        block = whole[1:].reshape(-1)
        np.subtract(flat[start * width : stop * width], means[: len(block)], out=block)
        carried[0] = plain
        plain = _added(whole)
        np.multiply(block, block, out=block)
        carried[0] = squares
        squares = _added(whole)
    return plain, squares


def _added(rows: FloatArray) -> FloatArray:
    """Return the sum of each column, added row by row: einsum goes quicker from row to row."""
    total: FloatArray = np.einsum("ij->j", rows) if rows.shape[1] >= _LONG_ROW else rows.sum(axis=0)
    return total
