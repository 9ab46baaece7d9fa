"""Decisions row by row: act where the expected money of the row is above 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.scores import check_fit, check_proba

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class ExpectedGain(Estimator):
    """Act on a row when its expected gain, from its probability and its own money, is greater than 0.

    Attributes
    ----------
    values_ : tuple of float
        Empty: there is no threshold.
    reason_ : str
        What the reader should know of the probabilities; empty where there is nothing.

    Notes
    -----
    With p the probability that a row is positive, acting on it is expected to bring over leaving it alone

        p (value + cost_fn) - (1 - p) cost_fp - cost,

    with the row's own value and cost (see `imbtool.core.price`). That is Bayes's rule (Elkan, IJCAI 2001);
    for retention campaigns with customer values it is the one of Gomez-Vargas, Maldonado and Vairetti (EJOR
    324(2), 2025, arXiv 2310.07047), but for their budget. Nothing is fitted, so the probabilities must be
    right: after a sampler, weights or a loss a calibrator belongs before it. A row whose gain is exactly 0
    is left alone. Where all rows have the same money it is ``threshold(metric=cost, rule=analytic)``. Two
    classes; one pass over the rows.
    """

    uses_money = True

    values_: tuple[float, ...]
    reason_: str

    def fit(self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None) -> ExpectedGain:
        """Check the scores (n, 2); nothing is chosen by them. Return self."""
        scores, _, _ = check_fit(proba, y, sample_weight)
        if scores.shape[1] != 2:
            raise NotApplicableError(
                f"expected_gain is for two classes; there are {scores.shape[1]}.",
                hint="Several classes are decided by --cost-matrix and `threshold`.",
                code="two-classes-only",
            )
        self.values_, self.reason_ = (), ""
        return self

    def predict(self, proba: FloatArray, acting: FloatArray | None = None) -> IntArray:
        """Return class codes, shape (n,).

        Parameters
        ----------
        proba : ndarray of float64, shape (n, 2)
        acting : ndarray of float64, shape (n, 2)
            What acting on each row brings over leaving it alone, if it is negative and if it is positive.

        Raises
        ------
        ValueError
            Without `acting`: there is nothing to decide by.
        """
        if acting is None:
            raise ValueError("expected_gain decides by the money of each row; none was given")
        return (expected_gain(check_proba(proba, 2), acting) > 0.0).astype(np.int64)


def expected_gain(proba: FloatArray, acting: FloatArray) -> FloatArray:
    """Return what acting on each row is expected to bring over leaving it alone, shape (n,)."""
    gain: FloatArray = proba[:, 0] * acting[:, 0] + proba[:, 1] * acting[:, 1]
    return gain
