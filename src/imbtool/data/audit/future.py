"""Information that was not there yet: columns that hold what later rows or later times bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.data.audit.auc import two_sided_auc

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import BoolArray, FloatArray, IntArray, Layout

SHIFTS = (1, 2, 3)
_BLOCKS = 5
_FEWEST = 10
_PERFECT, _OWN, _CHANCE_LIKE = 0.999, 0.99, 0.8
_LATE = 0.02


def later_targets(X: FloatArray, target: BoolArray, order: IntArray) -> Iterator[tuple[int, int]]:
    """Yield features that give away the target of a later row, and how many rows later.

    The ROC-AUC of the feature for the target one, two or three rows later (in the order of time) is 0.999
    or more, and that for the row's own target below 0.99: where targets hardly change from row to row, a
    feature that tells one tells the next as well. The target of an earlier row is no leak.
    """
    y = target[order]
    for j in range(X.shape[1]):
        x = X[order, j]
        for step in SHIFTS:
            if y[step:].sum() >= _FEWEST and two_sided_auc(x[:-step], y[step:]) >= _PERFECT:
                if two_sided_auc(x, y) < _OWN:
                    yield j, step
                break


def backfilled(X: FloatArray, target: BoolArray, order: IntArray) -> Iterator[tuple[int, float, float]]:
    """Yield features that tell the classes apart perfectly in the early rows and hardly in the last ones.

    As a status does that is filled in once the outcome is known. The rows are cut into five blocks by time,
    of which those with ten rows of each class count; accused is a feature with a ROC-AUC of 0.999 or
    more in the first two of them, three at least, and of 0.8 or less in the last.

    Yields
    ------
    (int, float, float)
        Feature, ROC-AUC in the first and in the last block.
    """
    blocks = [b for b in np.array_split(order, _BLOCKS) if _FEWEST <= target[b].sum() <= len(b) - _FEWEST]
    if len(blocks) < 3:
        return
    for j in range(X.shape[1]):
        first, second, last = (two_sided_auc(X[blocks[b], j], target[blocks[b]]) for b in (0, 1, -1))
        if min(first, second) >= _PERFECT and last <= _CHANCE_LIKE:
            yield j, first, last


def later_dates(
    X: FloatArray, layout: Layout, time: FloatArray, target: BoolArray
) -> Iterator[tuple[int, float, float]]:
    """Yield dates after the row's own time that say something about the target.

    A planned date lies in the future and is known; it is accused only when rows with such a date differ in
    the target from those without (missing or earlier) by a ROC-AUC of 0.8 or more, or the gap between date
    and time does. `time` must be in seconds since 1970.

    Yields
    ------
    (int, float, float)
        Feature, share of rows whose date is later than their time, ROC-AUC.
    """
    for j, name in enumerate(layout.names):
        if not name.endswith(".days"):
            continue
        gap = X[:, j] * 86400.0 - time
        late = gap > 1.0
        if late.mean() < _LATE:
            continue
        tells = max(two_sided_auc(late.astype(np.float64), target), two_sided_auc(gap, target))
        if tells >= _CHANCE_LIKE:
            yield j, float(late.mean()), tells
