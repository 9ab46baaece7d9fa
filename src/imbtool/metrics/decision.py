"""Metrics of the decisions, all read from one confusion matrix.

Binary: precision, recall and F1 are of class 1. Multiclass: their mean over the classes present in `y`,
each against the rest. ``f1_weighted``, ``f1_dodrans`` and ``f1_entropy`` are averages over all classes in
both cases. NaN when all rows are of one class: then there is nothing to decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.metrics.averages import SCHEMES, class_average
from imbtool.metrics.inputs import check_codes, check_weight

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

AVERAGES = {f"f1_{name}": scheme for name, scheme in SCHEMES.items()}
"""Averages of F1 over all classes, with two classes too, by their weights."""
_NAMES = ("f1", "mcc", "balanced_accuracy", "g_mean", "precision", "recall", *AVERAGES)


def f1(y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None) -> float:
    """Return the harmonic mean of precision and recall, in [0, 1]; 0 when no positive is found.

    Parameters
    ----------
    y, predicted : ndarray of int, shape (n,)
        True and predicted class codes.
    n_classes : int
    sample_weight : ndarray of float64, shape (n,), optional
    """
    return _metric("f1", y, predicted, n_classes, sample_weight)


def mcc(y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None) -> float:
    """Return Matthews' correlation of decision and truth, in [-1, 1]; 0 when only one class is predicted.

    Multiclass is the statistic R_K (Gorodkin, Computational Biology and Chemistry 28, 2004,
    doi:10.1016/j.compbiolchem.2004.09.006). Parameters as in `f1`.
    """
    return _metric("mcc", y, predicted, n_classes, sample_weight)


def balanced_accuracy(
    y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None
) -> float:
    """Return the mean recall over the classes present, in [0, 1]. Parameters as in `f1`."""
    return _metric("balanced_accuracy", y, predicted, n_classes, sample_weight)


def g_mean(
    y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None
) -> float:
    """Return the geometric mean of the recalls of the classes present, in [0, 1]. Parameters as in `f1`."""
    return _metric("g_mean", y, predicted, n_classes, sample_weight)


def precision(
    y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None
) -> float:
    """Return the share of true positives among predicted positives, in [0, 1]; 0 when none is predicted.

    Parameters as in `f1`. Counting an empty prediction as 0, not as undefined, keeps folds comparable.
    """
    return _metric("precision", y, predicted, n_classes, sample_weight)


def recall(
    y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None
) -> float:
    """Return the share of the positives that are found, in [0, 1]. Parameters as in `f1`."""
    return _metric("recall", y, predicted, n_classes, sample_weight)


def f1_weighted(
    y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None
) -> float:
    """Return the mean F1 of all classes, each counting by its rows, in [0, 1]. Parameters as in `f1`."""
    return _metric("f1_weighted", y, predicted, n_classes, sample_weight)


def f1_dodrans(
    y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None
) -> float:
    """Return the mean F1 of all classes, each counting by its rows to the power 3/4, in [0, 1].

    Between the plain mean and `f1_weighted`; see `imbtool.metrics.averages`. Parameters as in `f1`.
    """
    return _metric("f1_dodrans", y, predicted, n_classes, sample_weight)


def f1_entropy(
    y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None
) -> float:
    """Return the mean F1 of all classes, each counting by its part of the entropy of the classes, in [0, 1].

    Rare and overwhelming classes both count little; see `imbtool.metrics.averages`. Parameters as in `f1`.
    """
    return _metric("f1_entropy", y, predicted, n_classes, sample_weight)


def confusion(
    y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None = None
) -> FloatArray:
    """Return the weight of rows by true class (rows) and predicted class (columns)."""
    check_codes("y", y, n_classes)
    check_codes("predicted", predicted, n_classes)
    check_weight(y, sample_weight)
    cells = np.bincount(y * n_classes + predicted, weights=sample_weight, minlength=n_classes * n_classes)
    return cells.astype(np.float64).reshape(n_classes, n_classes)


def against_rest(table: FloatArray, k: int) -> FloatArray:
    """Collapse a confusion matrix to class `k` (code 1) against all others (code 0)."""
    hit, truth, called = table[k, k], table[k].sum(), table[:, k].sum()
    rest = table.sum() - truth - called + hit
    # Summed weights may leave a negative last bit where the exact cell is 0.
    pair: FloatArray = np.maximum(np.array([[rest, called - hit], [truth - hit, hit]]), 0.0)
    return pair


def from_confusion(table: FloatArray) -> dict[str, float]:
    """Return every decision metric of one confusion matrix."""
    truth, called, hits = table.sum(axis=1), table.sum(axis=0), np.diagonal(table)
    present = truth > 0.0
    if present.sum() < 2:
        return dict.fromkeys(_NAMES, float("nan"))
    recalls = hits[present] / truth[present]
    precisions = hits[present] / np.where(called > 0.0, called, 1.0)[present]
    f1s = 2.0 * hits[present] / (truth + called)[present]
    of_interest = slice(1, 2) if len(table) == 2 else slice(None)
    return {
        "f1": float(f1s[of_interest].mean()),
        "mcc": _correlation(table),
        "balanced_accuracy": float(recalls.mean()),
        "g_mean": float(np.prod(recalls) ** (1.0 / len(recalls))),
        "precision": float(precisions[of_interest].mean()),
        "recall": float(recalls[of_interest].mean()),
        **{n: float(class_average(f1s, truth[present], scheme)) for n, scheme in AVERAGES.items()},
    }


def _correlation(table: FloatArray) -> float:
    # Without dividing by the total first, counts below 2**53 stay exact, whatever the prevalence.
    total, truth, called = table.sum(), table.sum(axis=1), table.sum(axis=0)
    if np.count_nonzero(called) < 2:
        return 0.0
    spread = np.sqrt(total**2 - truth @ truth) * np.sqrt(total**2 - called @ called)
    return float(np.clip((np.trace(table) * total - truth @ called) / spread, -1.0, 1.0))


def _metric(
    name: str, y: IntArray, predicted: IntArray, n_classes: int, sample_weight: FloatArray | None
) -> float:
    return from_confusion(confusion(y, predicted, n_classes, sample_weight))[name]
