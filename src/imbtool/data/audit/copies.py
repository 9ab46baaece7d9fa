"""Rows that stand in the table more than once, and whether its own grain explains that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.data.audit.hashing import hash_columns, hash_rows

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
    return tuple(find_copies(_cut(X, layout, shift)) for shift in (0.0, 0.5))


def near_values(X: FloatArray, layout: Layout) -> tuple[IntArray, ...]:
    """Return the number of each row's value under each of the two cuts of `find_near_copies`.

    Rows that share one are equal or nearly so. Nothing where no column holds numbers.
    """
    shifts = (0.0, 0.5) if layout.numeric else ()
    tables = (_cut(X, layout, shift) for shift in shifts)
    return tuple(np.unique(hash_rows(table), return_inverse=True)[1].astype(np.int64) for table in tables)


def _cut(X: FloatArray, layout: Layout, shift: float) -> FloatArray:
    cells = X.copy()
    numeric = np.array(layout.numeric, dtype=np.int64)
    if len(numeric):
        with np.errstate(invalid="ignore", over="ignore"):
            spread = _spread(X[:, numeric])
            cells[:, numeric] = np.floor(X[:, numeric] / (NEAR_STEP * spread) + shift)
    return cells


def _spread(X: FloatArray) -> FloatArray:
    """Return the standard deviation of each column, 1 where there is none."""
    known = ~np.isnan(X)
    n = np.maximum(known.sum(axis=0), 1)
    filled = np.where(known, X, 0.0)
    mean = filled.sum(axis=0) / n
    found = np.sqrt(np.where(known, (X - mean) ** 2, 0.0).sum(axis=0) / n)
    return np.where(np.isfinite(found) & (found > 0), found, 1.0)
