"""Rows that were made out of others: on the straight line between two of their own class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray, Layout

QUERIES = 200
"""Rows of each class that are looked at."""
_POOL = 4000
_NEIGHBOURS = 12
_FEWEST = 15
_STRAIGHT = 1e-8
_SUPPORT = 3
_APART = 0.01
_FINE = 0.05


def share_on_lines(
    X: FloatArray, y: IntArray, layout: Layout, code: int, rng: np.random.Generator
) -> float | None:
    """Return the share of a class's rows that lie on a line through two of their nearest neighbours.

    Only numeric columns of fine grain count (distinct values in at least 5 percent of the class's rows),
    and the three rows must differ in three of them at least: on a coarse lattice straight lines are
    everyday. A line is straight when the cosine of its two directions is 1 or -1 to 1e-8. Up to 200 rows
    are compared with 12 neighbours each, found among 4,000 rows of the class.

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_features)
    y : ndarray of int64, shape (n_rows,)
    layout : Layout
    code : int
        The class.
    rng : numpy.random.Generator

    Returns
    -------
    float or None
        None when there are fewer than 15 rows or three such columns, so that nothing can be said.
    """
    rows = np.flatnonzero(y == code)
    if len(rows) > _POOL:
        rows = np.sort(rng.choice(rows, _POOL, replace=False))
    Z = _fine_columns(X[rows], layout)
    if len(rows) < _FEWEST or Z.shape[1] < _SUPPORT:
        return None
    Z = np.unique(Z, axis=0)
    if len(Z) < _FEWEST:
        return None
    asked = np.arange(len(Z))
    if len(asked) > QUERIES:
        asked = np.sort(rng.choice(asked, QUERIES, replace=False))
    return sum(_on_line(Z, int(row)) for row in asked) / len(asked)


def _fine_columns(X: FloatArray, layout: Layout) -> FloatArray:
    """Return the standardised numeric columns of fine grain without missing cells."""
    kept = []
    for j in layout.numeric:
        x = X[:, j]
        if np.isnan(x).any() or len(np.unique(x)) < max(_FEWEST, _FINE * len(x)):
            continue
        centred = x - x.mean()
        scale = float(np.abs(centred).max())
        if scale > 0 and np.isfinite(scale):
            kept.append(centred / scale)
    return np.column_stack(kept) if kept else np.empty((len(X), 0))


def _on_line(Z: FloatArray, row: int) -> bool:
    gaps = Z - Z[row]
    far = np.einsum("ij,ij->i", gaps, gaps)
    far[row] = np.inf
    near = np.argpartition(far, min(_NEIGHBOURS, len(Z) - 1) - 1)[:_NEIGHBOURS]
    # Digits are lost where rows nearly coincide.
    near = near[(far[near] > 1e-10) & ((np.abs(gaps[near]) > 1e-9).sum(axis=1) >= _SUPPORT)]
    length = np.sqrt(far[near])
    steps = gaps[near] / length[:, None]
    cosines = steps @ steps.T
    # Two neighbours that nearly coincide lie in one direction, and prove nothing.
    apart = np.abs(length[:, None] - length) >= _APART * np.maximum(length[:, None], length)
    straight = (cosines <= _STRAIGHT - 1.0) | ((cosines >= 1.0 - _STRAIGHT) & apart)
    return bool(straight[np.triu_indices(len(near), 1)].any())
