"""Columns that number groups of rows which resemble each other: patients, machines, sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import FloatArray, IntArray, Layout

_FEWEST_GROUPS = 20
_LARGEST = 0.1
_FEWEST_OTHERS = 3
ALIKE = 0.7


def alike_groups(X: FloatArray, layout: Layout) -> Iterator[tuple[int, int, float]]:
    """Yield features whose values number groups of rows that resemble each other in the other columns.

    Taken as group numbers are categories and whole numbers with 20 different values or more, two rows a
    value or more on average and no value in more than a tenth of the rows. They are accused when in the
    median over the other numeric columns (three at least) 70 percent of the variance lies between the
    groups (adjusted: one less the ratio of the mean squares within and in all), and half of it is lost when
    each four neighbouring values are taken together: a measurement that goes with the others, such as a
    length, loses nearly nothing by that, since close values mean close rows; numbers of groups do not.

    Yields
    ------
    (int, int, float)
        Feature, number of groups, share of variance between them.
    """
    others = _measurements(X, layout)
    for j in range(X.shape[1]):
        codes = _as_codes(X[:, j], categorical=bool(layout.levels[j]))
        if codes is None:
            continue
        rest = [k for k in others if k != j]
        if len(rest) < _FEWEST_OTHERS:
            continue
        share = float(np.median([_between(X[:, k], codes) for k in rest]))
        if share < ALIKE:
            continue
        if float(np.median([_between(X[:, k], codes // 4) for k in rest])) <= share / 2:
            yield j, int(codes.max()) + 1, share


def _as_codes(x: FloatArray, *, categorical: bool) -> IntArray | None:
    known = x[~np.isnan(x)]
    if not categorical and (len(known) < len(x) or not (known == np.floor(known)).all()):
        return None
    _, codes, times = np.unique(x, return_inverse=True, return_counts=True)
    n_groups = len(times)
    if not _FEWEST_GROUPS <= n_groups <= len(x) / 2 or times.max() > _LARGEST * len(x):
        return None
    return codes.astype(np.int64)


def _measurements(X: FloatArray, layout: Layout) -> list[int]:
    """Return numeric columns with more values than categories have."""
    return [j for j in layout.numeric if len(np.unique(X[:, j])) > _FEWEST_GROUPS]


def _between(x: FloatArray, codes: IntArray) -> float:
    """Return the adjusted share of variance between groups; of ranks, so that no outlier decides."""
    known = ~np.isnan(x)
    ranks, codes = np.argsort(np.argsort(x[known])).astype(np.float64), codes[known]
    n = np.bincount(codes)
    used = n > 0
    if len(ranks) - used.sum() < 1:
        return 0.0
    means = np.bincount(codes, weights=ranks) / np.maximum(n, 1)
    within = float(((ranks - means[codes]) ** 2).sum()) / (len(ranks) - int(used.sum()))
    total = float(ranks.var(ddof=1))
    return 1.0 - within / total if total > 0 else 0.0
