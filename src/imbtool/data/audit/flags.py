"""Flags and codes that tell the class in nearly all rows, though not in every one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import BoolArray, FloatArray, Layout

RIGHT = 0.98
"""Share of the rows of either class that must be told rightly; no innocent set comes near."""
_FEWEST = 20
_DIVISORS = range(2, 11)
_LARGEST = 2.0**53


def telling_flags(X: FloatArray, target: BoolArray, layout: Layout) -> Iterator[tuple[int, str]]:
    """Yield features that are a flag for the class but for a few mistakes, and of what kind.

    A flag is a feature of two values, or whether a cell is missing at all. It is accused when it is right in
    98 percent of the rows of the class and in 98 percent of the others, each with 20 rows at least. Flags
    without a single mistake are found by `imbtool.data.leakage.give_aways`.

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_features)
    target : ndarray of bool, shape (n_rows,)
        Whether a row is of the class in question.
    layout : Layout

    Yields
    ------
    (int, str)
        Feature, and in words what of it tells the class.
    """
    if min(target.sum(), (~target).sum()) < _FEWEST:
        return
    for j in range(layout.n_features):
        x = X[:, j]
        missing = np.isnan(x)
        if missing.any() and _tells(missing, target):
            yield j, "that it is missing"
        elif not missing.any() and _tells(x == x.max(), target) and len(np.unique(x)) == 2:
            yield j, "its value"


def telling_remainders(X: FloatArray, target: BoolArray, layout: Layout) -> Iterator[tuple[int, int]]:
    """Yield whole-number features whose remainder tells the class, and the divisor: 2 for odd and even.

    Numbers of more values than `imbtool.data.leakage.give_aways` takes for levels can carry the class in
    their last digit. They are accused when the remainder by a number from 2 to 10 is right as `telling_flags`
    asks. Parameters as there.
    """
    if min(target.sum(), (~target).sum()) < _FEWEST:
        return
    for j in layout.numeric:
        x = X[:, j]
        whole = np.isfinite(x).all() and np.abs(x).max() < _LARGEST and (x == np.floor(x)).all()
        if not whole or len(np.unique(x[:1000])) <= 2:
            continue
        for divisor in _DIVISORS:
            if _tells(_rarer_side(np.mod(x, divisor).astype(np.int64), target, divisor), target):
                yield j, divisor
                break


def _rarer_side(rest: FloatArray, target: BoolArray, divisor: int) -> BoolArray:
    """Return the rows whose remainder is commoner in the class than in the others."""
    hit = np.bincount(rest[target], minlength=divisor) / target.sum()
    other = np.bincount(rest[~target], minlength=divisor) / (~target).sum()
    side: BoolArray = (hit > other)[rest]
    return side


def _tells(flag: BoolArray, target: BoolArray) -> bool:
    """Whether a flag, or its opposite, is right in nearly all rows of both classes."""
    on = float(flag[target].mean()), float(flag[~target].mean())
    return min(on[0], 1 - on[1]) >= RIGHT or min(1 - on[0], on[1]) >= RIGHT
