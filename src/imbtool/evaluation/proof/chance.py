"""Whether scores are better than chance, by the null distribution that the permutation itself makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import rankdata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray, IntArray

DRAWS = (499, 99_999)
"""Permutations drawn at first, and where the first p-value is 0.02 or less."""
_LOOK_AGAIN = 0.02
_MOST_ROWS = 600
_CELLS = 4_000_000


def permuted(y: IntArray, parts: Sequence[IntArray], rng: np.random.Generator) -> IntArray:
    """Return the target with the labels of each part permuted among its rows.

    One permutation for all splits, so that a label stands in training where it stood in training before;
    within test parts, so that every part keeps its class counts, groups stay on their side and no label
    travels in time. Rows of no part are a part of their own.

    Parameters
    ----------
    y : ndarray of int64, shape (n_rows,)
    parts : sequence of ndarray of int64
        Disjoint row numbers: the test parts of one repeat.
    rng : numpy.random.Generator
    """
    result = y.copy()
    left = np.ones(len(y), dtype=bool)
    for part in parts:
        left[part] = False
    for part in (*parts, np.flatnonzero(left)):
        result[part] = rng.permutation(y[part])
    return result


def p_better_than_chance(y: IntArray, proba: FloatArray, rng: np.random.Generator) -> float:
    """Return the one-sided Monte Carlo p-value of scores against randomly assigned labels.

    Given everything a model was trained on, the permuted labels of a test part are in random order, so
    that the statistic (the sum over the rows of the mid-rank of the score of the row's own class; with two
    classes as good as the rank sum of Wilcoxon) is exchangeable with its value for every other order. The
    p-value ``(1 + b) / (1 + B)`` is therefore exact for any number of positives and any ties, where the
    normal approximation is not (Phipson and Smyth 2010, doi:10.2202/1544-6115.1585). B is 499, and 99,999
    where that gives 0.02 or less. Of more than 600 rows a draw of 600 is used, the rare classes whole as
    far as they fit; it does not depend on the scores.

    Parameters
    ----------
    y : ndarray of int64, shape (n,)
    proba : ndarray of float64, shape (n, n_classes)
    rng : numpy.random.Generator
    """
    rows = _draw(y, rng)
    y, ranks = y[rows], rankdata(proba[rows], axis=0)
    found = float(ranks[np.arange(len(y)), y].sum())
    first = _p_value(y, ranks, found, DRAWS[0], rng)
    return first if first > _LOOK_AGAIN else _p_value(y, ranks, found, DRAWS[1], rng)


def macro_roc_auc(y: IntArray, proba: FloatArray) -> float:
    """Return the mean one-against-rest ROC-AUC of the classes that are there; NaN when there is one only."""
    values = []
    for k in np.unique(y):
        hit = y == k
        n, m = int(hit.sum()), int((~hit).sum())
        if m:
            rank = float(rankdata(proba[:, k])[hit].sum())
            values.append((rank - n * (n + 1) / 2) / (n * m))
    return float(np.mean(values)) if values else float("nan")


def _p_value(y: IntArray, ranks: FloatArray, found: float, draws: int, rng: np.random.Generator) -> float:
    as_good, n = 0, len(y)
    at_once = max(1, _CELLS // n)
    places = np.arange(n)
    for start in range(0, draws, at_once):
        size = min(at_once, draws - start)
        labels = rng.permuted(np.broadcast_to(y, (size, n)), axis=1)
        as_good += int((ranks[places, labels].sum(axis=1) >= found - 1e-9 * abs(found)).sum())
    return (1 + as_good) / (1 + draws)


def _draw(y: IntArray, rng: np.random.Generator) -> IntArray:
    if len(y) <= _MOST_ROWS:
        return np.arange(len(y))
    codes, counts = np.unique(y, return_counts=True)
    kept, room = [], _MOST_ROWS
    for place, at in enumerate(np.argsort(counts, kind="stable")):
        size = min(int(counts[at]), room // (len(codes) - place))
        kept.append(rng.choice(np.flatnonzero(y == codes[at]), size, replace=False))
        room -= size
    return np.sort(np.concatenate(kept))
