"""Decision metrics as functions of whole arrays of cuts, for the search of thresholds."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray

TOLERANCE = 1e-12
"""Values nearer than this are equal; sums of weights leave rounding."""


class Objective(Protocol):
    """A decision metric of many cuts at once."""

    def __call__(self, hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:
        """Return one value a cut.

        `hits` and `called`, shape (n_cuts, n_classes), are the weights of rows rightly and of rows at all
        predicted as each class; `truth`, shape (n_classes,), the weights of the true classes. Classes
        without rows do not count.
        """


def objective(metric: str, *, beta: float = 2.0, fp: float = 1.0, fn: float = 1.0) -> Objective:
    """Return the metric, one of `aims.METRICS`, that is to be maximised; cost counts as its negative."""
    if metric == "fbeta":
        return partial(_fbeta, beta=beta)
    return partial(_cost, fp=fp, fn=fn) if metric == "cost" else _OBJECTIVES[metric]


def best_cut(values: FloatArray, current: int) -> int:
    """Return the most stable cut among those of the greatest value.

    Best cuts that follow one another form a plateau. The plateau of `current` wins when it is one of the
    best, else the longest, else the first; within it the middle cut.
    """
    best = values >= values.max() - TOLERANCE
    edges = np.flatnonzero(np.diff(np.concatenate(([False], best, [False]))))
    starts, stops = edges[::2], edges[1::2]
    holds = np.flatnonzero((starts <= current) & (current < stops))
    plateau = int(holds[0]) if len(holds) else int(np.argmax(stops - starts))
    return int(starts[plateau] + stops[plateau] - 1) // 2


def _fbeta(hits: FloatArray, called: FloatArray, truth: FloatArray, beta: float = 1.0) -> FloatArray:
    if len(truth) == 2:
        hits, called, truth = hits[:, 1:], called[:, 1:], truth[1:]
    present, square = truth > 0.0, beta * beta
    scores: FloatArray = (1.0 + square) * hits[:, present] / (called[:, present] + square * truth[present])
    return np.asarray(scores.mean(axis=1), dtype=np.float64)


def _cost(hits: FloatArray, called: FloatArray, truth: FloatArray, fp: float, fn: float) -> FloatArray:
    alarms, misses = called[:, 1] - hits[:, 1], truth[1] - hits[:, 1]
    return -np.asarray(fp * alarms + fn * misses, dtype=np.float64) / float(truth.sum() * max(fp, fn))


def _precision(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:  # noqa: ARG001
    return np.asarray(hits[:, 1] / np.where(called[:, 1] > 0.0, called[:, 1], 1.0), dtype=np.float64)


def _recall(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:  # noqa: ARG001
    return np.asarray(hits[:, 1] / truth[1], dtype=np.float64)


def _balanced_accuracy(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:  # noqa: ARG001
    return np.asarray(_recalls(hits, truth).mean(axis=1), dtype=np.float64)


def _g_mean(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:  # noqa: ARG001
    recalls = _recalls(hits, truth)
    mean: FloatArray = np.prod(recalls, axis=1) ** (1.0 / recalls.shape[1])
    return mean


def _mcc(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:
    total = truth.sum()
    cover = total * hits.sum(axis=1) - (called * truth).sum(axis=1)
    spread = np.maximum(total**2 - np.square(called).sum(axis=1), 0.0)
    decided = (called > TOLERANCE * total).sum(axis=1) > 1
    scale = np.sqrt(np.where(decided, spread, 1.0)) * np.sqrt(total**2 - np.square(truth).sum())
    return np.where(decided, cover / scale, 0.0)


def _recalls(hits: FloatArray, truth: FloatArray) -> FloatArray:
    present = truth > 0.0
    # Differences of summed weights may leave a negative last bit.
    recalls: FloatArray = np.maximum(hits[:, present], 0.0) / truth[present]
    return recalls


_OBJECTIVES: dict[str, Objective] = {
    "f1": _fbeta,
    "mcc": _mcc,
    "balanced_accuracy": _balanced_accuracy,
    "g_mean": _g_mean,
    "precision": _precision,
    "recall": _recall,
}
