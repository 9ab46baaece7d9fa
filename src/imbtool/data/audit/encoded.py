"""The target in disguise: columns computed from it, and codes that stand for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import BoolArray, FloatArray, IntArray, Layout

_FEWEST_VALUES = 3
_EXACT = 1e-6
_MANY_LEVELS = 20
_FEWEST_RARE = 10
_PURE = 0.95


def target_means(X: FloatArray, target: BoolArray, layout: Layout) -> Iterator[tuple[int, str]]:
    """Yield numeric features that are means of the target, and of what.

    A feature is accused when every one of its values is the share of positives among the rows that have
    this value, or among the rows of one level of a categorical feature, with or without the row itself,
    with or without shrinkage towards a constant. Each must hold for all rows to 1e-6, with at least 3
    different values, which no measurement does. Tables that are a sample of the rows on which the means
    were taken do not have the property.

    Parameters
    ----------
    X : ndarray of float64, shape (n_rows, n_features)
    target : ndarray of bool, shape (n_rows,)
        Whether a row is of the class in question.
    layout : Layout

    Yields
    ------
    (int, str)
        Feature, and in words what it is.
    """
    for j in layout.numeric:
        x = X[:, j]
        inside = np.unique(x[(x > 0) & (x < 1)])
        if np.isnan(x).any() or x.min() < 0 or x.max() > 1 or len(inside) < _FEWEST_VALUES:
            continue
        _, own = np.unique(x, return_inverse=True)
        if own.max() < len(x) / 2 and _is_mean(x, own, target):
            yield j, "the share of positives among the rows that have this value"
            continue
        for k in layout.categorical:
            codes = np.where(np.isnan(X[:, k]), -1, X[:, k]).astype(np.int64) + 1
            _, codes = np.unique(codes, return_inverse=True)
            if codes.max() + 1 >= _FEWEST_VALUES and _is_mean(x, codes, target):
                yield j, f"a mean of the target by {layout.names[k]!r}"
                break


def target_totals(X: FloatArray, target: BoolArray, layout: Layout) -> Iterator[tuple[int, str]]:
    """Yield numeric features that count the positives of a group of rows, the row itself among them or not.

    A feature is accused when every one of its values is the number of positives among the rows of one level
    of a category, or among those of one value of another whole-number feature (20 values or more, two rows
    each or more); 10 rows of groups with two positives or more are needed.

    Parameters and yields as for `target_means`.
    """
    counts = [j for j in layout.numeric if _is_count(X[:, j])]
    keys = [*layout.categorical, *(k for k in layout.numeric if _numbers_groups(X[:, k]))] if counts else []
    for k in keys:
        codes = _codes_of(X[:, k])
        hits = np.bincount(codes, weights=target)[codes].astype(np.float64)
        if int(((hits > 1) & (np.bincount(codes)[codes] > 1)).sum()) < _FEWEST_RARE:
            continue
        for j in counts:
            if j != k and any(_same(X[:, j], total) for total in (hits, hits - target)):
                yield j, f"the number of positives by {layout.names[k]!r}"


def _is_count(x: FloatArray) -> bool:
    """Whether a feature may count something: whole numbers from 0, three different ones at least."""
    if np.isnan(x).any() or x.min() < 0 or (x != np.floor(x)).any():
        return False
    return len(np.unique(x)) > 2


def _same(x: FloatArray, y: FloatArray) -> bool:
    return np.array_equal(x[:64], y[:64]) and np.array_equal(x, y)


def _codes_of(column: FloatArray) -> IntArray:
    """Return the number of each cell's value, missing ones as a value of their own."""
    codes: IntArray = np.unique(np.where(np.isnan(column), -1.0, column), return_inverse=True)[1]
    return codes


def _numbers_groups(column: FloatArray) -> bool:
    """Whether a numeric feature may number groups of rows."""
    if np.isnan(column).any() or (column != np.floor(column)).any():
        return False
    return _MANY_LEVELS <= len(np.unique(column)) <= len(column) / 2


def _is_mean(x: FloatArray, codes: IntArray, target: BoolArray) -> bool:
    """Whether x is the (shrunk) mean of the target by code, with or without the row itself."""
    n = np.bincount(codes)[codes].astype(np.float64)
    k = np.bincount(codes, weights=target)[codes].astype(np.float64)
    several = n > 1
    if several.mean() < 0.5:
        return False
    without = k - target.astype(np.float64)
    return any(
        _explained(x[several], size[several], hits[several]) for size, hits in ((n, k), (n - 1.0, without))
    )


def _explained(x: FloatArray, n: FloatArray, k: FloatArray) -> bool:
    """Whether x (n + m) = k + m p for some m >= 0 and p: all points of n x - k on one line over x."""
    rest = n * x - k
    if np.abs(rest).max() <= _EXACT * n.max():
        return True
    design = np.column_stack([np.ones_like(x), -x])
    (mp, m), *_ = np.linalg.lstsq(design, rest, rcond=None)
    if not 0 < m <= 1e4 or not -_EXACT <= mp <= m * (1 + _EXACT):
        return False
    return bool(np.abs(rest - design @ np.array([mp, m])).max() <= _EXACT * n.max())


def pure_codes(X: FloatArray, target: BoolArray, layout: Layout) -> Iterator[tuple[int, int]]:
    """Yield categorical features of many levels whose repeated levels tell the class, and how many rows do.

    Such a code has too many levels for `give_aways`, which learns each level on one half of the rows. It is
    accused when at least 10 positive rows stand in levels of two rows or more, and 95 percent of them in
    levels that hold positives only, where by chance at most half would.

    Yields
    ------
    (int, int)
        Feature, and positive rows in repeated levels that are pure.
    """
    for j in layout.categorical:
        x = X[:, j]
        if layout.levels[j] < _MANY_LEVELS:
            continue
        known = ~np.isnan(x)
        codes = x[known].astype(np.int64)
        hit = target[known]
        n = np.bincount(codes)[codes]
        k = np.bincount(codes, weights=hit)[codes]
        asked = hit & (n > 1)
        if asked.sum() < _FEWEST_RARE or hit.mean() > 0.5:
            continue
        pure = asked & (k == n)
        # A row's companions are all positive by chance with about this probability.
        by_chance = float(np.mean(hit.mean() ** (n[asked] - 1)))
        if pure.sum() >= _PURE * asked.sum() and by_chance <= 0.5:
            yield j, int(pure.sum())
