"""SMOTE-N on plain arrays: the value difference metric, and votes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.targets import class_counts
from imbtool.methods.resample.votes import smallest_winner

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

_CELLS_AT_ONCE = 4_000_000


class ValueDifference:
    """Distance between categories by how differently the classes are spread in them.

    Parameters
    ----------
    nominal : ndarray of int64, shape (n, q)
        Nominal columns of all training rows.
    y : ndarray of int64, shape (n,)

    Notes
    -----
    delta(a, b) = sum over classes of ``|P(class | a) - P(class | b)|``; the squares are summed over
    columns. Chawla et al. 2002, section 6.2 (after Stanfill & Waltz), as imbalanced-learn has it.
    """

    def __init__(self, nominal: IntArray, y: IntArray) -> None:
        self._shares = [_class_shares(column, y) for column in nominal.T]

    def nearest(self, nominal: IntArray, k: int) -> IntArray:
        """Return the k nearest rows of every row among `nominal` itself, nearest first, shape (n, k)."""
        n = len(nominal)
        columns = [np.unique(column, return_inverse=True) for column in nominal.T]
        tables = [_squared_differences(s[seen]) for s, (seen, _) in zip(self._shares, columns, strict=True)]
        codes = [code for _, code in columns]
        step = max(1, _CELLS_AT_ONCE // n)
        parts = [slice(at, at + step) for at in range(0, n, step)]
        return np.vstack([_nearest(codes, tables, part, k) for part in parts])


def _nearest(codes: list[IntArray], tables: list[FloatArray], part: slice, k: int) -> IntArray:
    distance = np.zeros((len(codes[0][part]), len(codes[0])))
    for code, table in zip(codes, tables, strict=True):
        distance += table[code[part]][:, code]
    # The very selection of scikit-learn's brute force, so that ties fall as they do there.
    near = np.argpartition(distance, k - 1, axis=1)[:, :k]
    order = np.argsort(np.take_along_axis(distance, near, axis=1), axis=1)
    nearest: IntArray = np.take_along_axis(near, order, axis=1)
    return nearest


def _class_shares(column: IntArray, y: IntArray) -> FloatArray:
    """Return P(class | code), shape (n_levels, n_classes)."""
    n_levels = int(column.max()) + 1
    counts = np.array([np.bincount(column[y == k], minlength=n_levels) for k in class_counts(y)])
    shares: FloatArray = (counts / np.maximum(counts.sum(axis=0), 1)).T
    return shares


def _squared_differences(shares: FloatArray) -> FloatArray:
    difference = np.zeros((len(shares), len(shares)))
    for share in shares.T:
        difference += np.abs(share[:, None] - share[None, :])
    return difference**2


def vote_nominal(nominal: IntArray, near: IntArray, *, n_new: int, seed: int) -> IntArray:
    """Return synthetic rows of one class: each the vote of a random row and its neighbours.

    Drawn as imbalanced-learn's `SMOTEN` draws them; ties go to the smallest code.

    Parameters
    ----------
    nominal : ndarray of int64, shape (n, q)
        Rows of the class.
    near : ndarray of int64, shape (n, k + 1)
        Their neighbours, the row itself among them.
    """
    base = np.random.RandomState(seed).choice(np.arange(len(nominal)), size=n_new, replace=True)
    voters = near[base]
    return np.column_stack([smallest_winner(column[voters]) for column in nominal.T])
