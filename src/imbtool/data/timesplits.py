"""Forward chaining: train on the past, test on what follows."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


def forward_chain(
    time: FloatArray, y: IntArray, folds: int, *, group: IntArray | None = None
) -> list[tuple[IntArray, IntArray]]:
    """Return up to `folds` pairs of (train, test) with an expanding training window.

    Time is cut into ``folds + 1`` blocks; block ``k`` is tested by what lies before it. Rows of equal
    time stay together. The blocks hold equally many rows; when some block would then lack a class,
    equally many rows of the rarest class instead, if that leaves fewer gaps.

    Parameters
    ----------
    time : ndarray of float64, shape (n,)
    y : ndarray of int64, shape (n,)
    folds : int
    group : ndarray of int64, shape (n,), optional
        Groups that occur in a test part are removed from its training part.

    Returns
    -------
    list of (train, test)
        Ascending row numbers. Pairs with an empty part are left out.
    """
    order = np.argsort(time, kind="stable")
    ordered = y[order]
    # A cut before position i is possible where the time changes.
    cuts = np.flatnonzero(np.diff(time[order]) > 0) + 1
    rare = ordered == np.argmin(np.where(np.bincount(y) > 0, np.bincount(y), len(y) + 1))
    plans = [_boundaries(cuts, mass, folds) for mass in (np.ones(len(y)), rare.astype(np.float64))]
    edges = min(plans, key=lambda plan: _gaps(ordered, plan, len(np.unique(y)), folds))
    pairs = [_pair(order, start, stop, group) for start, stop in pairwise(edges)]
    return [(train, test) for train, test in pairs if len(train) and len(test)]


def _boundaries(cuts: IntArray, mass: FloatArray, folds: int) -> list[int]:
    """Return the starts of the test blocks and the end, each at a possible cut, all different."""
    total = np.concatenate([[0.0], np.cumsum(mass)])
    edges: list[int] = []
    for k in range(1, folds + 1):
        left = len(cuts) - (folds - k)
        free = cuts[int(np.searchsorted(cuts, edges[-1], side="right")) if edges else 0 : max(left, 0)]
        if not len(free):
            break
        edges.append(int(free[np.argmin(np.abs(total[free] - total[-1] * k / (folds + 1)))]))
    return [*edges, len(mass)]


def _gaps(ordered: IntArray, edges: list[int], n_classes: int, folds: int) -> int:
    """Count blocks that lack a class, the first training part included."""
    starts = [0, *edges]
    blocks = [ordered[a:b] for a, b in pairwise(starts)]
    return sum(len(np.unique(block)) < n_classes for block in blocks) + (folds + 1 - len(blocks))


def _pair(order: IntArray, start: int, stop: int, group: IntArray | None) -> tuple[IntArray, IntArray]:
    train, test = np.sort(order[:start]), np.sort(order[start:stop])
    if group is not None:
        train = train[~np.isin(group[train], group[test])]
    return train, test
