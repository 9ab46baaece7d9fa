"""Tomek links, found from the rare side with the answer of a full search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.neighbors import ROUNDING, TREE_WIDTH, nearest, squared_nearest
from imbtool.methods.resample.targets import class_counts

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray

_SAMPLE = 256
# scikit-learn uses no tree when two neighbours are half of the rows or more.
_FEWEST_FOR_TREE = 6


def tomek_links(matrix: FloatArray, y: IntArray) -> tuple[IntArray, IntArray]:
    """Return the two ends of every pair of different classes that are each other's nearest neighbour.

    At least one end lies outside the largest class, so only those rows are searched for, and then
    their partners. Where distances are tied within rounding, all rows are looked up together as
    imbalanced-learn does, so that ties fall as they do there.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
    y : ndarray of int64, shape (n,)

    Returns
    -------
    rows, partners : ndarray of int64
        A link may be listed from both ends.
    """
    counts = class_counts(y)
    rows = np.flatnonzero(y != max(counts, key=lambda k: counts[k]))
    # Tables of categories are full of ties: a few rows tell, before the work is done in vain.
    if _crossing(matrix, y, rows[:_SAMPLE]) is None:
        return _by_full_search(matrix, y)
    partners = _crossing(matrix, y, rows)
    if partners is None:
        return _by_full_search(matrix, y)
    rows, partners = rows[partners >= 0], partners[partners >= 0]
    asked, place = np.unique(partners, return_inverse=True)
    back = _crossing(matrix, y, asked)
    if back is None:
        return _by_full_search(matrix, y)
    mutual = back[place] == rows
    return rows[mutual], partners[mutual]


def _by_full_search(matrix: FloatArray, y: IntArray) -> tuple[IntArray, IntArray]:
    partner = nearest(matrix, 2)[:, 1]
    rows = np.flatnonzero((partner[partner] == np.arange(len(y))) & (y[partner] != y))
    return rows, partner[rows]


def _crossing(matrix: FloatArray, y: IntArray, rows: IntArray) -> IntArray | None:
    """Return each row's nearest other row if that is of another class, else -1; None for ties."""
    if matrix.shape[1] <= TREE_WIDTH and len(y) >= _FEWEST_FOR_TREE:
        # A tree answers each row on its own, so that ties fall as in a full search.
        partner = nearest(matrix, 2, rows)[:, 1] if rows.size else rows
        return np.where(y[partner] != y[rows], partner, -1)
    found = np.full(len(rows), -1)
    for label in np.unique(y[rows]).tolist():
        at = np.flatnonzero(y[rows] == label)
        partner_or_none = _crossing_of_class(matrix, y == label, rows[at])
        if partner_or_none is None:
            return None
        found[at] = partner_or_none
    return found


def _crossing_of_class(matrix: FloatArray, is_own: BoolArray, rows: IntArray) -> IntArray | None:
    """Return what `_crossing` does for rows of one class, comparing the nearest of either side."""
    own, others = np.flatnonzero(is_own), np.flatnonzero(~is_own)
    asked = matrix[rows]
    foreign, place = squared_nearest(matrix[others], asked, 2)
    kin = squared_nearest(matrix[own], asked, 2)[0][:, 1]
    slack = ROUNDING * ((asked**2).sum(axis=1) + foreign[:, 0])
    crosses = foreign[:, 0] < kin - slack
    doubt = (foreign[:, 0] <= slack) | (~crosses & (foreign[:, 0] <= kin + slack))
    doubt |= crosses & (foreign[:, 1] - foreign[:, 0] <= slack)
    if doubt.any():
        return None
    return np.where(crosses, others[place[:, 0]], -1)
