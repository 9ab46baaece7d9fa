"""Macro metrics as sums over the classes, so that a cut that touches two classes costs two terms, not all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray

_LOWEST_RECALL = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Additive:
    """A metric that grows with ``combine(sum over classes of terms(hits, called, truth), total)``.

    `terms` maps arrays of one shape (weight rightly predicted as a class, predicted at all, truly of it)
    to an array with one more leading axis; `combine` reduces that axis, given the weight of all rows.
    """

    terms: Callable[[FloatArray, FloatArray, FloatArray], FloatArray]
    combine: Callable[[FloatArray, float], FloatArray]


def additive(metric: str, *, beta: float = 2.0) -> Additive:
    """Return the additive form of a metric of several classes; same best cut, another scale."""
    if metric == "fbeta":
        return Additive(terms=partial(_fbeta, beta=beta), combine=_first)
    return _ADDITIVE[metric]


def _recall(hits: FloatArray, truth: FloatArray) -> FloatArray:
    return np.asarray(np.maximum(hits, 0.0) / np.where(truth > 0.0, truth, 1.0), dtype=np.float64)


def _fbeta(hits: FloatArray, called: FloatArray, truth: FloatArray, beta: float = 1.0) -> FloatArray:
    square = beta * beta
    return (1.0 + square) * hits[None] / np.where(truth > 0.0, called + square * truth, 1.0)


def _balanced_accuracy(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:  # noqa: ARG001
    return _recall(hits, truth)[None]


def _g_mean(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:  # noqa: ARG001
    # The floor gives the search a slope where the product is 0 because several recalls are.
    recall = np.maximum(_recall(hits, truth), _LOWEST_RECALL)
    logs: FloatArray = np.log(np.where(truth > 0.0, recall, 1.0))
    return logs[None]


def _mcc(hits: FloatArray, called: FloatArray, truth: FloatArray) -> FloatArray:
    return np.asarray(np.stack((hits, called * truth, np.square(called))), dtype=np.float64)


def _first(sums: FloatArray, total: float) -> FloatArray:  # noqa: ARG001
    first: FloatArray = sums[0]
    return first


def _correlation(sums: FloatArray, total: float) -> FloatArray:
    spread = total**2 - sums[2]
    decided = spread > 1e-12 * total**2
    return np.where(
        decided, (total * sums[0] - sums[1]) / total / np.sqrt(np.where(decided, spread, 1.0)), 0.0
    )


_ADDITIVE = {
    "f1": Additive(terms=_fbeta, combine=_first),
    "balanced_accuracy": Additive(terms=_balanced_accuracy, combine=_first),
    "g_mean": Additive(terms=_g_mean, combine=_first),
    "mcc": Additive(terms=_mcc, combine=_correlation),
}
