"""Rows whose neighbours are all of their class, found without looking at most pairs of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.neighbors import ROUNDING, TREE_WIDTH, nearest, squared_nearest

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray

_SAMPLE = 256
_FIRST_BLOCK = 512


def unanimous(matrix: FloatArray, y: IntArray, label: int, k: int) -> BoolArray:
    """Return for each row of a class whether its k nearest others all belong to the class.

    A row is settled as soon as k + 1 rows of its class, itself among them, are seen to be nearer than
    the nearest row of another class; a row that never is has a contradicting neighbour. Where distances
    are tied within rounding, and for narrow matrices, which trees search fast, the neighbours are
    looked up as imbalanced-learn looks them up, so that the answer is always its answer.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
    y : ndarray of int64, shape (n,)
    label : int
    k : int
        At most n - 1.

    Returns
    -------
    ndarray of bool, shape (n_label,)
    """
    own = np.flatnonzero(y == label)
    if matrix.shape[1] > TREE_WIDTH:
        mine, others = matrix[own], matrix[y != label]
        # Tables of categories are full of ties: a few rows tell, before the work is done in vain.
        if _settled(mine[:_SAMPLE], mine, others, k) is not None:
            settled = _settled(mine, mine, others, k)
            if settled is not None:
                return settled
    agree: BoolArray = np.all(y[nearest(matrix, k + 1, own)[:, 1:]] == label, axis=1)
    return agree


def _settled(asked: FloatArray, mine: FloatArray, others: FloatArray, k: int) -> BoolArray | None:
    """Return whether k + 1 of `mine` are nearer than any of `others`; None where ties are in the way."""
    foreign = squared_nearest(others, asked, 1)[0][:, 0]
    slack = ROUNDING * ((asked**2).sum(axis=1) + foreign)
    if (foreign <= slack).any():
        return None
    best = np.full((len(asked), k + 1), np.inf)
    left = np.arange(len(asked))
    for block in _blocks(len(mine)):
        found = squared_nearest(mine[block], asked[left], k + 1)[0]
        best[left] = np.sort(np.hstack((best[left], found)), axis=1)[:, : k + 1]
        left = left[best[left, k] >= foreign[left] - slack[left]]
        if not left.size:
            break
    if (best[left, k] <= foreign[left] + slack[left]).any():
        return None
    settled = np.ones(len(asked), dtype=bool)
    settled[left] = False
    return settled


def _blocks(n: int) -> list[IntArray]:
    """Return a fixed shuffle of the rows in blocks that double in size."""
    order = np.random.default_rng(0).permutation(n)
    edges = _FIRST_BLOCK * (2 ** np.arange(1, 1 + max(1, int(np.log2(n / _FIRST_BLOCK + 1)))) - 1)
    return [block for block in np.split(order, edges) if block.size]
