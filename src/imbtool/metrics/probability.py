"""Metrics of the values of the probabilities: how near, how well calibrated.

Binary: of class 1. Multiclass: log-loss and Brier score over all classes; the calibration metrics are
means over the classes present in `y`, each against the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.logistic import fit_line
from imbtool.metrics.inputs import check_scores, class_weights, macro, one_vs_rest

if TYPE_CHECKING:
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray, IntArray

LOG_LOSS_CLIP = 1e-15
"""Probabilities are clipped to [1e-15, 1 - 1e-15] before the logarithm: one row costs at most 34.5 nats."""

LINE_CLIP = 1e-6
"""Probabilities are clipped to [1e-6, 1 - 1e-6] before the log-odds of the calibration line, so that one
row with a stated probability of exactly 0 cannot decide the slope of all."""

N_BINS = 10


def log_loss(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> float:
    """Return the mean negative log-probability of the true class, in nats; 0 is perfect.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Class codes.
    proba : ndarray of float64, shape (n, n_classes)
        Probabilities, rows summing to 1; clipped to [1e-15, 1 - 1e-15], not normalised again.
    sample_weight : ndarray of float64, shape (n,), optional
    """
    check_scores(y, proba, sample_weight)
    stated = np.clip(proba[np.arange(len(y)), y], LOG_LOSS_CLIP, 1.0 - LOG_LOSS_CLIP)
    return _mean(-np.log(stated), sample_weight)


def brier(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> float:
    """Return the mean squared error of the probabilities, in [0, 1]; 0 is perfect.

    Binary: mean of ``(p_1 - y)^2``. Multiclass: half the squared distance to the one-hot target, summed
    over the classes, so that two classes give the binary value (Brier's own 1950 definition is twice that).
    Parameters as in `log_loss`.
    """
    check_scores(y, proba, sample_weight)
    return _mean(squared_error(y, proba), sample_weight)


def brier_skill(
    y: IntArray,
    proba: FloatArray,
    sample_weight: FloatArray | None = None,
    base_rate: FloatArray | None = None,
) -> float:
    """Return ``1 - Brier / Brier of the base rate``: 1 is perfect, 0 no better than the base rate.

    Parameters
    ----------
    y, proba, sample_weight
        As in `log_loss`.
    base_rate : ndarray of float64, shape (n_classes,), optional
        Class shares that the reference states for every row, usually those of the training part.
        Default: the shares in `y`, a slightly harder reference because it has seen the test part.

    Returns
    -------
    float
        At most 1; NaN when the reference makes no error.
    """
    check_scores(y, proba, sample_weight)
    if base_rate is None:
        base_rate = class_weights(y, proba.shape[1], sample_weight)
        base_rate = base_rate / base_rate.sum() if base_rate.sum() > 0.0 else base_rate
    reference = _mean(squared_error(y, np.broadcast_to(base_rate, proba.shape)), sample_weight)
    return skill(_mean(squared_error(y, proba), sample_weight), reference)


def calibration_error(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> float:
    """Return the mean gap between predicted and observed rate over 10 equal-count bins, in [0, 1].

    Rows with equal probability stay in one bin (the one that holds the middle of their ranks), so the
    value does not depend on the order of the rows; bins are weighted by the weight of their rows.
    Parameters as in `log_loss`.
    """
    check_scores(y, proba, sample_weight)
    return macro(binned_gap(r) for r in one_vs_rest(y, proba, sample_weight).values())


def calibration_slope(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> float:
    """Return the slope of the true log-odds on the predicted ones; 1 is right, below 1 too extreme.

    Slope of an unpenalised logistic regression of the class on the log-odds of its probability (Cox,
    Biometrika 45, 1958), probabilities clipped to [1e-6, 1 - 1e-6]. NaN when there is no such line: one
    class, one distinct probability, or classes that a cut separates. Parameters as in `log_loss`.
    """
    check_scores(y, proba, sample_weight)
    return macro(slope_of(r) for r in one_vs_rest(y, proba, sample_weight).values())


def calibration_intercept(y: IntArray, proba: FloatArray, sample_weight: FloatArray | None = None) -> float:
    """Return by how much the predicted log-odds are too low on the whole; 0 is right, below 0 too high.

    Intercept of the logistic regression whose slope is held at 1 ("calibration in the large", Van Calster
    et al., BMC Medicine 17, 2019, doi:10.1186/s12916-019-1466-7). Resampling to balance shows here: it
    moves the log-odds up by the change of the prior's. Clipping, NaN and parameters as in
    `calibration_slope`, except that separated classes and a constant probability have an intercept.
    """
    check_scores(y, proba, sample_weight)
    return macro(intercept_of(r) for r in one_vs_rest(y, proba, sample_weight).values())


def squared_error(y: IntArray, proba: FloatArray) -> FloatArray:
    """Return each row's share of the Brier score, shape (n,)."""
    if proba.shape[1] == 2:
        return np.asarray(np.square(proba[:, 1] - (y == 1)), dtype=np.float64)
    own = proba[np.arange(len(y)), y]
    return np.asarray(0.5 * (np.einsum("ij,ij->i", proba, proba) - 2.0 * own + 1.0), dtype=np.float64)


def skill(error: float, reference: float) -> float:
    """Return ``1 - error / reference``, NaN when the reference makes no error."""
    return 1.0 - error / reference if reference > 0.0 else float("nan")


def binned_gap(ranked: Ranked) -> float:
    """Return the calibration error of ranked probabilities; NaN without rows."""
    positive, negative = ranked.group_weights()
    weight = positive + negative
    total = float(weight.sum())
    if total <= 0.0:
        return float("nan")
    middle = (np.cumsum(weight) - 0.5 * weight) / total
    bins = np.minimum((middle * N_BINS).astype(np.int64), N_BINS - 1)
    gaps = np.bincount(bins, weights=weight * ranked.score - positive, minlength=N_BINS)
    return float(np.abs(gaps).sum() / total)


def slope_of(ranked: Ranked) -> float:
    """Return the calibration slope of ranked probabilities, NaN where it is not defined."""
    positive, negative = ranked.group_weights()
    if not ranked.both_classes or _separated(ranked.score, positive, negative):
        return float("nan")
    line = fit_line(_log_odds(ranked.score), positive, negative)
    return line[1] if line is not None else float("nan")


def intercept_of(ranked: Ranked) -> float:
    """Return the calibration intercept (slope 1) of ranked probabilities, NaN for one class."""
    positive, negative = ranked.group_weights()
    line = fit_line(_log_odds(ranked.score), positive, negative, slope=1.0) if ranked.both_classes else None
    return line[0] if line is not None else float("nan")


def _separated(score: FloatArray, positive: FloatArray, negative: FloatArray) -> bool:
    """Whether a cut puts all positives on one side, ties at the cut allowed: then no finite slope exists."""
    clipped = np.clip(score, LINE_CLIP, 1.0 - LINE_CLIP)
    of_positives, of_negatives = clipped[positive > 0.0], clipped[negative > 0.0]
    return bool(of_positives.min() >= of_negatives.max() or of_positives.max() <= of_negatives.min())


def _log_odds(probability: FloatArray) -> FloatArray:
    clipped = np.clip(probability, LINE_CLIP, 1.0 - LINE_CLIP)
    return np.asarray(np.log(clipped) - np.log1p(-clipped), dtype=np.float64)


def _mean(values: FloatArray, weight: FloatArray | None) -> float:
    if weight is None:
        return float(values.mean()) if values.size else float("nan")
    total = float(weight.sum())
    return float(np.sum(values * weight)) / total if total > 0.0 else float("nan")
