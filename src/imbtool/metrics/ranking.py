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


def area_under_roc(ranked: Ranked) -> float:
    """Return the area under the ROC curve of ranked scores, NaN when a class is missing."""
    if not ranked.both_classes:
        return float("nan")
    gained = np.diff(ranked.hits, prepend=0.0)
    beaten = ranked.negatives - ranked.alarms + 0.5 * np.diff(ranked.alarms, prepend=0.0)
    return float(np.sum(gained * beaten)) / (ranked.positives * ranked.negatives)
