"""What a predictor that ignores the features can reach: the value to beat."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import brentq

from imbtool.metrics.averages import class_average, class_weighting
from imbtool.metrics.decision import AVERAGES
from imbtool.metrics.inputs import check_codes, class_weights

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.metrics.averages import Scheme


def no_skill(metric: str, y: IntArray, n_classes: int, sample_weight: FloatArray | None = None) -> float:
    """Return the best value of a metric that a predictor ignoring the features reaches on these rows.

    The predictor knows the class shares ``pi`` of the rows and may state one probability vector, treat all
    rows alike, or draw decisions at random with any shares; random ones count by the value that they
    approach on many rows. With ``K`` the number of classes present:

    =================== ============================= =================================
    metric              binary                        multiclass (macro)
    =================== ============================= =================================
    pr_auc              pi_1                          1/K
    roc_auc             1/2                           1/2
    brier               pi_1 (1 - pi_1)               (1 - sum pi_k^2) / 2
    log_loss            entropy of pi, nats           entropy of pi, nats
    brier_skill         0                             0
    calibration_error   0                             0
    calibration_slope   NaN: a constant has no slope  NaN
    f1                  2 pi_1 / (1 + pi_1)           1/K (draw classes by their shares)
    precision           pi_1                          1/K
    recall              1 (treat all as positive)     1/K
    balanced_accuracy   1/2                           1/K
    g_mean              1/2 (draw positives by coin)  1/K
    mcc                 0                             0
    f1_weighted, ...    best draw of classes          best draw of classes
    =================== ============================= =================================

    Parameters
    ----------
    metric : str
        Catalogue name; a trailing ``_default`` (decision at the default threshold) is ignored.
    y : ndarray of int, shape (n,)
        Class codes.
    n_classes : int
    sample_weight : ndarray of float64, shape (n,), optional

    Returns
    -------
    float
        NaN when all rows are of one class, and for metrics that are not in the table (plug-ins).
    """
    check_codes("y", y, n_classes)
    weights = class_weights(y, n_classes, sample_weight)
    present = weights > 0.0
    value = _VALUES.get(metric.removesuffix("_default"))
    if value is None or present.sum() < 2:
        return float("nan")
    return float(value(weights / weights.sum()))


def _share_or_even(shares: FloatArray) -> float:
    return float(shares[1]) if len(shares) == 2 else _even(shares)


def _even(shares: FloatArray) -> float:
    return 1.0 / float(np.count_nonzero(shares))


def _entropy(shares: FloatArray) -> float:
    some = shares[shares > 0.0]
    return float(-(some @ np.log(some)))


def _f1(shares: FloatArray) -> float:
    # Macro F1 of drawing class k with share q_k tends to mean 2 q_k pi_k / (q_k + pi_k), greatest at q = pi.
    return float(2.0 * shares[1] / (1.0 + shares[1])) if len(shares) == 2 else _even(shares)


def _drawn_f1(shares: FloatArray, scheme: Scheme) -> float:
    """Return the greatest average F1 that drawing classes tends to.

    Class k drawn with share q_k has an F1 of 2 q_k pi_k / (q_k + pi_k). Where their sum weighted by w_k is
    greatest q_k is pi_k (s sqrt(w_k) - 1), or 0 where that is negative, s such that they sum to 1.
    """
    pi = shares[shares > 0]
    root = np.sqrt(class_weighting(pi, scheme))

    def drawn(s: float) -> FloatArray:
        return np.asarray(np.maximum(pi * (s * root - 1.0), 0.0))

    # All classes drawn: s sum(pi sqrt(w)) = 2; it is no larger, but for the last bit.
    most = (2.0 + 1e-9) / float((pi * root).sum())
    q = drawn(brentq(lambda s: float(drawn(s).sum()) - 1.0, 0.0, most, xtol=1e-14))
    return float(class_average(2.0 * q * pi / (q + pi), pi, scheme))


_VALUES: dict[str, Callable[[FloatArray], float]] = {
    "pr_auc": _share_or_even,
    "roc_auc": lambda _: 0.5,
    "brier": lambda shares: 0.5 * (1.0 - float(shares @ shares)),
    "brier_skill": lambda _: 0.0,
    "log_loss": _entropy,
    "calibration_error": lambda _: 0.0,
    "calibration_intercept": lambda _: 0.0,
    "f1": _f1,
    "mcc": lambda _: 0.0,
    "balanced_accuracy": _even,
    "g_mean": _even,
    "precision": _share_or_even,
    "recall": lambda shares: 1.0 if len(shares) == 2 else _even(shares),
    **{name: partial(_drawn_f1, scheme=scheme) for name, scheme in AVERAGES.items()},
}
