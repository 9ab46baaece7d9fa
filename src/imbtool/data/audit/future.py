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
_EXACT = 1e-6
WINDOWS = (2, 3, 4, 5, 6, 7, 10, 12, 14, 20, 24, 28, 30)
"""Lengths of moving windows that are tried, in rows."""
_MOST_VALUES = 2 * (WINDOWS[-1] + 1)  # a sum of so many truth values, and means of shorter ones at the ends


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


def windowed_targets(X: FloatArray, target: BoolArray, order: IntArray) -> Iterator[tuple[int, int, int]]:
    """Yield features that are a moving sum or mean of the target over rows that were not known yet.

    Accused is a feature that is, to a millionth and in every row whose window is complete, the target summed
    over a window in the order of time (times a number, plus a number) that holds the row itself or later
    ones: trailing, centred or ahead. A window that ends before the row is an honest lag. Also accused is the
    mean of the target over all rows so far, the row itself among them.

    Yields
    ------
    (int, int, int)
        Feature, and the first and the last row of the window, counted from the row itself; the first is
        minus the number of rows where all rows so far are meant.
    """
    y = target[order].astype(np.float64)
    if min(y.sum(), len(y) - y.sum()) < _FEWEST:
        return
    total = np.concatenate([[0.0], np.cumsum(y)])
    so_far = total[1:] / np.arange(1, len(y) + 1)
    for j in range(X.shape[1]):
        x = X[order, j]
        if np.isnan(x).any():
            continue
        if np.abs(x - so_far).max() <= _EXACT:
            yield j, -len(y), 0
        elif 2 < len(np.unique(x)) <= _MOST_VALUES:
            found = next((w for w in _windows() if _is_window(x, total, *w)), None)
            yield from () if found is None else ((j, *found),)


def _windows() -> Iterator[tuple[int, int]]:
    for size in WINDOWS:
        yield 1 - size, 0
        yield 0, size - 1
        yield 1, size
        if size % 2:
            yield -(size // 2), size // 2


def _is_window(x: FloatArray, total: FloatArray, first: int, last: int) -> bool:
    """Whether x is a straight line over the sums of the window, wherever it is complete."""
    start, end = max(0, -first), len(x) - max(0, last)
    if end - start < _FEWEST:
        return False
    place = np.arange(start, end)
    sums, x = total[place + last + 1] - total[place + first], x[start:end]
    sums, x = sums - sums.mean(), x - x.mean()
    power = float(sums @ sums)
    if not power or not np.abs(x).max():
        return False
    slope = float(sums @ x) / power
    return bool(np.abs(x - slope * sums).max() <= _EXACT * np.abs(x).max())


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
