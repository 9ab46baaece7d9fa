"""Rows that stand in the table more than once, and whether its own grain explains that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.data.audit.hashing import hash_columns, hash_rows, row_blocks

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray, Layout

NEAR_STEP = 0.01
"""Width of a cell, in standard deviations of a column, within which numbers count as nearly equal."""
_BLOCKS = 32


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Copies:
    """Rows with equal features.

    Parameters
    ----------
    value : ndarray of int64, shape (n_rows,)
        Number of each row's value: rows with equal features share it.
    repeated : ndarray of bool, shape (n_rows,)
        Whether another row has the same features.
    isolated : ndarray of bool, shape (n_rows,)
        Repeated, and no row differs from it in one column alone (of more than 32 columns: in one of 32
        blocks of columns). A table of few distinct values repeats itself, but then its repeated values
        also have neighbours one step away; a row that was copied into a table of many values has none.
    """

    value: IntArray
    repeated: BoolArray
    isolated: BoolArray


def find_copies(X: FloatArray) -> Copies:
    """Find equal rows.

    Takes one hash of all cells and one sort of the distinct rows for each column (at most 32 blocks).

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_features)
    """
    blocks = np.array_split(np.arange(X.shape[1]), min(X.shape[1], _BLOCKS))
    parts = [hash_columns(X, block) for block in blocks]
    whole = np.sum(parts, axis=0, dtype=np.uint64)
    _, first, value, times = np.unique(whole, return_index=True, return_inverse=True, return_counts=True)
    repeated = times > 1
    lonely = repeated.copy()
    if repeated.any():
        for part in parts:
            rest = (whole - part)[first]
            _, at, alike = np.unique(rest, return_inverse=True, return_counts=True)
            lonely &= alike[at] == 1
    return Copies(value=value.astype(np.int64), repeated=repeated[value], isolated=lonely[value])


def find_near_copies(X: FloatArray, layout: Layout) -> tuple[Copies, ...]:
    """Find rows that are equal once numbers are cut into cells of a hundredth of a standard deviation.

    Twice, with cells shifted by half their width, since close numbers may fall on two sides of an edge.
    """
    width = _cell_width(X, layout)
    return tuple(find_copies(_cut(X, layout, width, shift)) for shift in (0.0, 0.5))


def near_values(X: FloatArray, layout: Layout) -> tuple[IntArray, ...]:
    """Return the number of each row's value under each of the two cuts of `find_near_copies`.

    Rows that share one are equal or nearly so. Nothing where no column holds numbers.
    """
    if not layout.numeric:
        return ()
    width, hashed = _cell_width(X, layout), np.empty(len(X), dtype=np.uint64)
    values = []
    for shift in (0.0, 0.5):
        for rows in row_blocks(X):
            hashed[rows] = hash_rows(_cut(X[rows], layout, width, shift))
        values.append(np.unique(hashed, return_inverse=True)[1].astype(np.int64))
    return tuple(values)


def _cut(X: FloatArray, layout: Layout, width: FloatArray, shift: float) -> FloatArray:
    """Return the table with the numbers of the cells in place of numbers."""
    cells = X.copy()
    numeric = np.array(layout.numeric, dtype=np.int64)
    with np.errstate(invalid="ignore", over="ignore"):
        cells[:, numeric] = np.floor(X[:, numeric] / width + shift)
    return cells


def _cell_width(X: FloatArray, layout: Layout) -> FloatArray:
    """Return `NEAR_STEP` standard deviations of each number, or of 1 where there is none."""
    width = np.full(len(layout.numeric), NEAR_STEP)
    for at, j in enumerate(layout.numeric):  # column by column: a large table is not held twice
        known = X[~np.isnan(X[:, j]), j]
        with np.errstate(invalid="ignore", over="ignore"):
            spread = known.std() if known.size else 0.0
        if np.isfinite(spread) and spread > 0.0:
            width[at] *= spread
    return width
