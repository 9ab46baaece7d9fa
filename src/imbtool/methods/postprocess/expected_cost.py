"""Decisions of several classes by least expected cost."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.scores import check_fit, check_proba

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray, IntArray

SWEEPS = 3
STEPS = np.exp(np.linspace(-4.0, 4.0, 33))
"""Factors that a class's probability is tried with: from 1/55 to 55."""
BETTER = 1e-9


class ExpectedCost(Estimator):
    """Decide for the class whose expected cost is least.

    Parameters
    ----------
    costs : sequence of sequence of float, shape (n_classes, n_classes)
        Cost of deciding each class (columns) for rows of each class (rows).
    words : str
        What the costs are, for reports.

    Attributes
    ----------
    values_ : tuple of float
        The costs that are applied to probabilities, row by row: those given, the row of each true class
        times its factor.
    reason_ : str
        Empty.

    Notes
    -----
    Bayes's rule ``argmin_d sum_k p_k C[k, d]`` (Elkan, IJCAI 2001) is right for calibrated probabilities;
    samplers and weights leave others. `fit` therefore looks for a factor for each class's probability that
    lowers the cost on out-of-fold scores: one class at a time over 33 steps between ``exp(-4)`` and
    ``exp(4)``, up to 3 sweeps; all 1 unless another is better. That departs from Elkan as thresholding does
    for two classes. Deterministic; cost: at most 99 passes a class over the rows.
    """

    values_: tuple[float, ...]
    reason_: str

    def __init__(self, costs: object = (), words: str = "expected cost") -> None:
        self.costs = costs
        self.words = words

    @property
    def aim(self) -> str:
        """What decisions are chosen by, in words."""
        return self.words

    def fit(self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None) -> ExpectedCost:
        """Choose the factors on out-of-fold probabilities; return self."""
        costs = np.asarray(self.costs, dtype=np.float64)
        scores, codes, weight = check_fit(proba, y, sample_weight)
        paid = partial(_paid, scores, costs, codes, weight)
        factor = np.ones(len(costs))
        slack = BETTER * float(weight.sum()) * float(np.abs(costs).max())
        for _ in range(SWEEPS):
            before = factor
            for k in range(len(costs)):
                factor = _best_factor(k, factor, paid, slack)
            if factor is before:
                break
        self.values_, self.reason_ = tuple((costs * factor[:, None]).ravel().tolist()), ""
        return self

    def predict(self, proba: FloatArray) -> IntArray:
        """Return class codes, shape (n,); the first of several classes that cost the same."""
        n_classes = round(len(self.values_) ** 0.5)
        scores = check_proba(proba, n_classes)
        return _cheapest(scores, np.array(self.values_).reshape(n_classes, n_classes))


def _best_factor(k: int, factor: FloatArray, paid: Callable[[FloatArray], float], slack: float) -> FloatArray:
    """Return the factors with the best one for class `k`; the same object if none is better."""
    best, reached = factor, paid(factor) - slack
    for step in STEPS:
        tried = factor.copy()
        tried[k] = step
        now = paid(tried)
        if now < reached:
            best, reached = tried, now
    return best


def _paid(
    scores: FloatArray, costs: FloatArray, y: IntArray, weight: FloatArray, factor: FloatArray
) -> float:
    return float((costs[y, _cheapest(scores, costs * factor[:, None])] * weight).sum())


def _cheapest(scores: FloatArray, costs: FloatArray) -> IntArray:
    # Not a matrix product: threaded BLAS adds in an order that depends on the number of threads.
    expected = sum(scores[:, k, None] * costs[k] for k in range(len(costs)))
    return np.asarray(np.argmin(expected, axis=1), dtype=np.int64)
