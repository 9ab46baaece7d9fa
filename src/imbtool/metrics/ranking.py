"""Metrics of the order of the scores.

Binary: of class 1. Multiclass: the mean over the classes present, each against the rest. NaN when all
rows are of one class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.metrics.inputs import check_scores, macro, one_vs_rest

if TYPE_CHECKING:
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray, IntArray

_MANY = 2000
"""Above so many rows of each class the flattery is below 0.001."""


def pr_auc(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> float:
    """Return the average precision, the step-wise area under the precision-recall curve.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Class codes.
    proba : ndarray of float64, shape (n, n_classes)
        Scores; only their order within a column matters.
    sample_weight : ndarray of float64, shape (n,), optional

    Returns
    -------
    float
        In [0, 1], larger is better; a score without skill gets the prevalence. Rows with equal scores
        enter the curve together, as in scikit-learn's ``average_precision_score``.
    """
    check_scores(y, proba, sample_weight)
    return macro(average_precision(r) for r in one_vs_rest(y, proba, sample_weight).values())


def roc_auc(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> float:
    """Return the area under the ROC curve: the chance that a positive row outranks a negative one.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Class codes.
    proba : ndarray of float64, shape (n, n_classes)
        Scores; only their order within a column matters.
    sample_weight : ndarray of float64, shape (n,), optional

    Returns
    -------
    float
        In [0, 1], larger is better, 0.5 without skill. Ties count one half, as in scikit-learn's
        ``roc_auc_score``.
    """
    check_scores(y, proba, sample_weight)
    return macro(area_under_roc(r) for r in one_vs_rest(y, proba, sample_weight).values())


def average_precision(ranked: Ranked) -> float:
    """Return the average precision of ranked scores, NaN when a class is missing."""
    if not ranked.both_classes:
        return float("nan")
    precision = ranked.hits / (ranked.hits + ranked.alarms)
    gained = np.diff(ranked.hits, prepend=0.0)
    return float(np.sum(gained * precision)) / ranked.positives


def halved_precision(ranked: Ranked) -> float:
    """Return the average precision that is expected of a random half of the rows.

    Every row is kept with probability 1/2. A positive row with ``a`` other positives and ``b`` negatives at
    or above it then meets ``S ~ Binomial(a + b, 1/2)`` of them, of which ``S a / (a + b)`` are positive
    on average, and ``E 1/(1 + S) = 2 (1 - 2^-(a+b+1)) / (a + b + 1) = q``: its expected precision is
    ``q + (1 - q) a / (a + b)``. Exact, without drawing halves; ours. With weights, of mean 1, approximate.
    """
    if not ranked.both_classes:
        return float("nan")
    gained = np.diff(ranked.hits, prepend=0.0)
    others = np.maximum(ranked.hits - 1.0, 0.0)
    above = others + ranked.alarms
    single = 2.0 * (1.0 - 0.5 ** (above + 1.0)) / (above + 1.0)
    expected = single + (1.0 - single) * others / np.where(above > 0.0, above, 1.0)
    return float(np.sum(gained * expected)) / ranked.positives


def pr_auc_flattery(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> float:
    """Return by how much so few rows flatter the average precision.

    The precision at a positive row counts the row itself, so that average precision lies above that of the
    population the rows are drawn from, by much with ten positives and by little with a hundred. To first
    order half the rows flatter twice as much, so that the flattery is what halving them adds (Quenouille,
    Biometrika 43, 1956, for statistics in general).

    Parameters
    ----------
    y, proba, sample_weight
        As in `pr_auc`.

    Returns
    -------
    float
        To be taken from `pr_auc`; 0 where every class has more than 2,000 rows or only one is there.
    """
    check_scores(y, proba, sample_weight)
    if np.bincount(y).min() > _MANY:
        return 0.0
    weight = None if sample_weight is None else sample_weight / (np.mean(sample_weight) or 1.0)
    every = one_vs_rest(y, proba, weight).values()
    found = macro(halved_precision(r) - average_precision(r) for r in every)
    return found if np.isfinite(found) else 0.0


def area_under_roc(ranked: Ranked) -> float:
    """Return the area under the ROC curve of ranked scores, NaN when a class is missing."""
    if not ranked.both_classes:
        return float("nan")
    gained = np.diff(ranked.hits, prepend=0.0)
    beaten = ranked.negatives - ranked.alarms + 0.5 * np.diff(ranked.alarms, prepend=0.0)
    return float(np.sum(gained * beaten)) / (ranked.positives * ranked.negatives)
