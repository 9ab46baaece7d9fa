"""Curves of one test part on fixed grids, so that folds can be averaged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.ranked import rank
from imbtool.metrics.hull import roc_hull

if TYPE_CHECKING:
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.metrics.money import Stakes

POINTS = 41
KINDS = ("roc", "pr", "prg", "cost")
FPR = np.linspace(0.0, 1.0, POINTS) ** 2
"""Grid of false positive rates, closer together where rare classes are decided."""
EVEN = np.linspace(0.0, 1.0, POINTS)
"""Grid of the others: recall, recall gain, share of the cost that missed positives would cause."""
LEAST_GAIN = -1.0
_DIGITS = 5


def curves_of(
    y: IntArray,
    score: FloatArray,
    decided: IntArray,
    decided_default: IntArray,
    sample_weight: FloatArray | None = None,
    stakes: Stakes | None = None,
) -> dict[str, tuple[float, ...]]:
    """Return the curves of two classes, rounded to five digits.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        0 or 1.
    score : ndarray of float64, shape (n,)
    decided, decided_default : ndarray of int, shape (n,)
        Decisions at the chosen and at the default threshold.
    sample_weight : ndarray of float64, shape (n,), optional
    stakes : Stakes, optional
        What is at stake in these rows.

    Returns
    -------
    dict of str to tuple of float
        ``roc``: true positive rates at `FPR`. ``pr``: precision at each recall of `EVEN`, of the highest cut
        that reaches it. ``prg``: precision gain at each recall gain (Flach & Kull, NeurIPS 2015), straight
        between cuts, at least -1. ``cost``: least expected cost over all cuts, by the share that missing all
        positives has of the cost of all mistakes (Drummond & Holte, Machine Learning 65, 2006). ``points``:
        false and true positive rate as decided, then at the default threshold. ``money``, where there is any:
        profit or cost, mean a row, of acting on each share of the rows in `EVEN`. Empty where all rows are
        of one class.

    Notes
    -----
    Cost: one sort.
    """
    ranked = rank(score, y == 1, sample_weight)
    if not ranked.both_classes:
        return {}
    found = {"roc": _roc(ranked), "pr": _precision(ranked), "prg": _gain(ranked), "cost": _cost(ranked)}
    weight = np.ones(len(y)) if sample_weight is None else sample_weight
    points = [_share(weight, d == 1, y == k) for d in (decided, decided_default) for k in (0, 1)]
    found["points"] = np.array(points)
    told = {name: tuple(np.round(values, _DIGITS).tolist()) for name, values in found.items()}
    if stakes is not None and stakes.money is not None:
        told["money"] = tuple(stakes.by_share(score, EVEN).tolist())
    return told


def macro_curves(
    y: IntArray,
    proba: FloatArray,
    decided: IntArray,
    decided_default: IntArray,
    sample_weight: FloatArray | None = None,
) -> dict[str, tuple[float, ...]]:
    """Return the curves of several classes: the mean over the classes, each against the rest.

    At each false positive rate, recall or share of the cost the classes are averaged, as folds are. A plain
    mean: a rare class counts as much as a frequent one. Classes without rows are left out.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
    proba : ndarray of float64, shape (n, n_classes)
    decided, decided_default : ndarray of int, shape (n,)
        Class codes.
    sample_weight : ndarray of float64, shape (n,), optional

    Returns
    -------
    dict of str to tuple of float
        As `curves_of`, without ``money``; empty where all rows are of one class. Cost: one sort a class.
    """
    each = [
        curves_of(
            (y == k).astype(np.int64),
            proba[:, k],
            (decided == k).astype(np.int64),
            (decided_default == k).astype(np.int64),
            sample_weight,
        )
        for k in range(proba.shape[1])
    ]
    known = [curves for curves in each if curves]
    names = known[0] if known else ()
    return {
        name: tuple(np.mean([curves[name] for curves in known], axis=0).round(_DIGITS).tolist())
        for name in names
    }


def _share(weight: FloatArray, called: IntArray, of: IntArray) -> float:
    return float(weight[called & of].sum() / weight[of].sum())


def _roc(ranked: Ranked) -> FloatArray:
    fpr = np.append(0.0, ranked.alarms / ranked.negatives)
    tpr = np.append(0.0, ranked.hits / ranked.positives)
    last = np.append(np.diff(fpr) > 0, True)
    return np.asarray(np.interp(FPR, fpr[last], tpr[last]))


def _precision(ranked: Ranked) -> FloatArray:
    recall = ranked.hits / ranked.positives
    # A share such as 3 / 40 must count as 0.075 whatever the last bit is.
    at = np.minimum(np.searchsorted(recall, EVEN - 1e-12), len(recall) - 1)
    return np.asarray((ranked.hits / (ranked.hits + ranked.alarms))[at])


def _gain(ranked: Ranked) -> FloatArray:
    some = ranked.hits > 0
    hits, alarms = ranked.hits[some], ranked.alarms[some]
    first = np.append(True, np.diff(hits) > 0)
    hits, alarms = hits[first], alarms[first]
    odds = ranked.positives / ranked.negatives
    recall = 1.0 - odds * (ranked.positives - hits) / hits
    return np.asarray(np.maximum(np.interp(EVEN, recall, 1.0 - odds * alarms / hits), LEAST_GAIN))


def _cost(ranked: Ranked) -> FloatArray:
    fpr, tpr = roc_hull(ranked)
    each = (1.0 - tpr)[:, None] * EVEN + fpr[:, None] * (1.0 - EVEN)
    return np.asarray(each.min(axis=0))
