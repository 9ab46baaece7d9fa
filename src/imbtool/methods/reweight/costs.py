"""Weights in proportion to what a mistake costs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError, NotApplicableError
from imbtool.methods.reweight.base import WeightEstimator, as_codes

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class CostProportionalWeights(WeightEstimator):
    """Weight each row by the cost of getting it wrong.

    Parameters
    ----------
    fp : float, default=1.0
        Cost of a false alarm, above 0, in any unit; only the ratio of the two matters.
    fn : float, default=10.0
        Cost of a missed positive. The default is a stand-in: give your own.

    Notes
    -----
    Zadrozny, Langford, Abe, ICDM 2003, doi:10.1109/ICDM.2003.1250950: a classifier with few errors on rows
    weighted by their cost has a low cost on natural rows. For two classes it moves the decision to where
    Elkan's threshold ``fp / (fp + fn)`` on unweighted probabilities moves it, if the model is right.
    Combined with a cost threshold it would count the costs twice: the threshold that is searched for
    notices, the analytic one does not. Weights have mean 1. Free of cost and chance.
    """

    def __init__(self, fp: float = 1.0, fn: float = 10.0) -> None:
        self.fp = fp
        self.fn = fn

    def class_weights(self, counts: Any) -> FloatArray:
        """Return the costs of getting a row of each class wrong, whatever the rows of each class are.

        Raises
        ------
        NotApplicableError
            Code ``two-classes-only``.
        """
        if len(counts) > 2:
            raise NotApplicableError(
                f"cost_weight(fp, fn) is for two classes; there are {len(counts)}.",
                hint="In Python give the cost of every row: fit_weight(X, y, costs=class_costs[y]).",
                code="two-classes-only",
            )
        return np.array([self.fp, self.fn], dtype=np.float64)

    def fit_weight(self, X: Any, y: IntArray, *, costs: Any = None) -> FloatArray:  # noqa: ARG002 - the protocol's
        """Return the weight of every row.

        Parameters
        ----------
        X : any
            Not looked at.
        y : ndarray of int64, shape (n,)
            Class codes; 1 is the positive class.
        costs : array-like of float, shape (n,), optional
            The cost of every single row, above 0; `fp` and `fn` are then not used, and there may be more
            than two classes. Costs by class are ``class_costs[y]``.

        Returns
        -------
        ndarray of float64, shape (n,)
            Positive weights with mean 1.
        """
        codes = as_codes(y)
        if costs is None:
            costs = self.class_weights(np.bincount(codes))[codes]
        weight = np.asarray(costs, dtype=np.float64)
        if weight.shape != codes.shape or not np.isfinite(weight).all() or weight.min() <= 0.0:
            raise DataError(
                f"`costs` must be one positive number a row; got shape {weight.shape} for {len(codes)} rows.",
                hint="Leave out rows that cost nothing: no decision about them matters.",
                code="bad-costs",
            )
        scaled: FloatArray = weight / weight.mean()
        return scaled
