"""Scores as calibrators and thresholds take them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from imbtool.core.errors import DataError

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray

RESOLUTION = 1e-15
"""Room that is left at 0 and at 1, so that logarithms stay finite."""


def check_fit(
    proba: FloatArray, y: IntArray, sample_weight: FloatArray | None
) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return scores, class codes and weights of the rows that weigh something; raise `DataError` if unfit."""
    scores = check_proba(proba)
    codes = np.asarray(y)
    weight = np.ones(len(scores)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
    if codes.shape != (len(scores),) or weight.shape != codes.shape:
        raise DataError(
            f"`proba`, `y` and `sample_weight` must have one row each for the same rows; "
            f"got {len(scores)}, {codes.shape} and {weight.shape}.",
            hint="Pass the out-of-fold scores of all training rows.",
            code="bad-scores",
        )
    if codes.dtype.kind not in "iu" or (codes.size and not 0 <= codes.min() <= codes.max() < scores.shape[1]):
        raise DataError(
            f"`y` must hold integer class codes from 0 to {scores.shape[1] - 1}; got {codes.dtype}.",
            hint="Encode the classes as 0 .. n_classes - 1 first.",
            code="bad-class-codes",
        )
    keep = weight > 0.0
    if not keep.any():
        raise DataError(
            "Calibrators and thresholds need at least one row of positive weight; got none.",
            hint="Pass the out-of-fold scores of the training rows.",
            code="no-rows",
        )
    return scores[keep], codes[keep].astype(np.int64), weight[keep]


def check_proba(proba: FloatArray, n_classes: int | None = None) -> FloatArray:
    """Return scores as a float64 matrix; raise `DataError` unless they are finite, a column a class."""
    scores = np.asarray(proba, dtype=np.float64)
    if scores.ndim != 2 or scores.shape[1] < 2 or n_classes not in (None, scores.shape[1]):
        raise DataError(
            f"`proba` must have {n_classes or 'at least 2'} columns, one a class; got shape {scores.shape}.",
            hint="Pass what `predict_proba` returns.",
            code="bad-scores",
        )
    if not np.isfinite(scores).all():
        raise DataError(
            f"`proba` must be finite; {int((~np.isfinite(scores)).any(axis=1).sum())} rows are not.",
            hint="The learner diverged or met values that it cannot handle.",
            code="bad-scores",
        )
    return scores


def edge_of(proba: FloatArray) -> float:
    """Return how near to 0 a score can be taken at its word.

    A forest that states exactly 0 means "below what my trees can resolve". Taken literally its log-odds
    of -34 would outweigh all other rows in a logistic fit. Half the smallest score above 0 stands for it;
    scores without exact zeros are taken as they are (1e-15).
    """
    if proba.min() > 0.0:
        return RESOLUTION
    above = proba[proba > 0.0]
    return float(np.clip(0.5 * above.min(), RESOLUTION, 0.5 / proba.shape[1])) if above.size else RESOLUTION


def log_proba(proba: FloatArray, edge: float) -> FloatArray:
    """Return log-probabilities of scores drawn inside ``[edge, 1]`` by a map that keeps their order."""
    inside = edge + (1.0 - proba.shape[1] * edge) * np.clip(proba, 0.0, 1.0)
    logs: FloatArray = np.log(inside)
    return logs


def log_odds(column: FloatArray, edge: float) -> FloatArray:
    """Return the log-odds of one class's scores drawn inside ``[edge, 1 - edge]``; keeps their order."""
    pair = np.column_stack((1.0 - column, column))
    logs = log_proba(pair, edge)
    odds: FloatArray = logs[:, 1] - logs[:, 0]
    return odds


def smoothed(positive: BoolArray, weight: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the weight of positive and of negative outcomes of each row, with Platt's smoothed targets.

    ``(n_pos + 1) / (n_pos + 2)`` and ``1 / (n_neg + 2)`` instead of 1 and 0: a rate is never claimed beyond
    what the counts allow, and separable scores have a finite fit.
    """
    n_pos, n_neg = float(weight[positive].sum()), float(weight[~positive].sum())
    target = np.where(positive, (n_pos + 1.0) / (n_pos + 2.0), 1.0 / (n_neg + 2.0))
    return weight * target, weight * (1.0 - target)


def inside(odds: FloatArray) -> FloatArray:
    """Return the probabilities of log-odds, inside (0, 1)."""
    rates: FloatArray = np.clip(expit(odds), RESOLUTION, 1.0 - RESOLUTION)
    return rates


def level(hits: FloatArray, misses: FloatArray) -> float:
    """Return the log-odds of the rate over all rows."""
    return float(np.log(hits.sum()) - np.log(misses.sum()))


def from_columns(columns: list[FloatArray]) -> FloatArray:
    """Return probabilities with rows summing to 1: one column makes its complement, several are normalised.

    Columns are strictly positive, so no row sums to 0.
    """
    if len(columns) == 1:
        return np.column_stack((1.0 - columns[0], columns[0]))
    stacked = np.column_stack(columns)
    normal: FloatArray = stacked / stacked.sum(axis=1, keepdims=True)
    return normal


def interest(n_classes: int) -> tuple[int, ...]:
    """Return the classes that get a map of their own: class 1 alone when binary, else all."""
    return (1,) if n_classes == 2 else tuple(range(n_classes))
