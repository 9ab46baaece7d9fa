"""Analytic correction of probabilities for class shares that training changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from imbtool.core.errors import DataError, NotApplicableError
from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.scores import RESOLUTION, check_fit, check_proba

if TYPE_CHECKING:
    from imbtool.core.protocols import Priors
    from imbtool.core.types import FloatArray, IntArray


class PriorCorrection(Estimator):
    """Take back the change of the class shares: ``p_k`` times natural over training share, normalised.

    Attributes
    ----------
    shifts_ : ndarray of float64, shape (n_classes,)
        ``log(natural share / training share)``, added to the log-probabilities.

    Notes
    -----
    Saerens, Latinne, Decaestecker, Neural Computation 14 (2002), doi:10.1162/089976602753284446; Elkan,
    IJCAI 2001, theorem 2; King and Zeng, Political Analysis 9 (2001). Nothing is estimated: the shares
    are those of the training rows, weighted, before and after the recipe's sampler and reweighter. For
    class weights w_k this subtracts ``log w_k`` from the log-odds. It is exact for a model that learned the
    probabilities of the changed rows, with rows of a class still drawn as before. Synthetic and cleaned
    rows are not, and a regularised or boosted model does not follow weights all the way: it can then make
    probabilities worse, and a fitted calibrator is the better choice (compare both). With weights that
    differ inside a class, only the change of the class shares is taken back. It keeps the order of
    scores of two classes. Never apply it after a training that ends with natural weights (a cooldown):
    not applicable there. Free of cost and chance.
    """

    uses_priors: ClassVar[bool] = True
    restores_priors: ClassVar[bool] = True

    shifts_: FloatArray

    def fit(
        self,
        proba: FloatArray,
        y: IntArray,
        sample_weight: FloatArray | None = None,
        *,
        priors: Priors | None = None,
    ) -> PriorCorrection:
        """Take over the shares.

        Parameters
        ----------
        proba : ndarray of float64, shape (n, n_classes)
            Out-of-fold scores; only their number of classes is used.
        y : ndarray of int, shape (n,)
        sample_weight : ndarray of float64, shape (n,), optional
        priors : Priors, optional
            Shares before and after; default: training changed nothing.

        Returns
        -------
        PriorCorrection
            Itself.

        Raises
        ------
        NotApplicableError
            The shares that training saw cannot be told.
        """
        scores, _, _ = check_fit(proba, y, sample_weight)
        self.shifts_ = np.zeros(scores.shape[1])
        if priors is None:
            return self
        if priors.training is None:
            raise NotApplicableError(
                f"prior_correction: {priors.reason}.",
                hint="Use a calibrator that is fitted: beta, sigmoid or isotonic.",
                code="training-shares-unknown",
            )
        natural, training = (
            np.asarray(shares, dtype=np.float64) for shares in (priors.natural, priors.training)
        )
        if natural.shape != self.shifts_.shape or training.shape != self.shifts_.shape:
            raise DataError(
                f"`priors` must have one share a class; got {natural.shape} and {training.shape} for "
                f"{len(self.shifts_)} classes.",
                hint="Pass the shares of all classes, 0 for one without rows.",
                code="class-counts",
            )
        # A class without rows on either side has no ratio; its scores are left as they are.
        known = (natural > 0.0) & (training > 0.0)
        self.shifts_[known] = np.log(natural[known]) - np.log(training[known])
        return self

    def transform(self, proba: FloatArray) -> FloatArray:
        """Return corrected probabilities, shape (n, n_classes), inside (0, 1), rows summing to 1."""
        scores = check_proba(proba, len(self.shifts_))
        logs = np.log(np.maximum(scores, RESOLUTION)) + self.shifts_
        odds = np.exp(logs - logs.max(axis=1, keepdims=True))
        rates = np.maximum(odds / odds.sum(axis=1, keepdims=True), RESOLUTION)
        normal: FloatArray = rates / rates.sum(axis=1, keepdims=True)
        return normal
