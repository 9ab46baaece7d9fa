"""Decision metrics as functions of whole arrays of cuts, for the search of thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np

from imbtool.core.errors import UsageError
from imbtool.core.suggest import did_you_mean

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


def objective(metric: str) -> Objective:
    """Return the metric that is to be maximised; raise `UsageError` for an unknown name."""
    if metric not in _OBJECTIVES:
        raise UsageError(
            f"`metric` of threshold must be one of {', '.join(_OBJECTIVES)}; got {metric!r}.",
            hint=did_you_mean(metric, _OBJECTIVES, listing="For example: threshold(metric=mcc)"),
            code="unknown-threshold-metric",
        )
    return _OBJECTIVES[metric]


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


def _f1(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:
    if len(truth) == 2:
        hits, called, truth = hits[:, 1:], called[:, 1:], truth[1:]
    present = truth > 0.0
    scores: FloatArray = 2.0 * hits[:, present] / (called[:, present] + truth[present])
    return np.asarray(scores.mean(axis=1), dtype=np.float64)


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
    "f1": _f1,
    "mcc": _mcc,
    "balanced_accuracy": _balanced_accuracy,
    "g_mean": _g_mean,
}
