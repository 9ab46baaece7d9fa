"""Logit adjustment while training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.core.cross_entropy import CrossEntropy
from imbtool.methods.estimator import Estimator
from imbtool.methods.loss.shares import log_shares

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class LogitAdjustedLoss(Estimator):
    """Cross-entropy of scores to which tau times the log class share is added while training.

    The raw score then need not hold the class share itself: predicted without the addition it is that
    of a table with equal classes (tau = 1).

    Parameters
    ----------
    tau : float, default=1.0
        Part of the log share that is taken out of the score, at least 0. 0 is plain cross-entropy, 1 is
        balanced softmax: the probabilities suit balanced accuracy and need calibration to be read as
        rates.

    Notes
    -----
    Menon, Jayasumana, Rawat, Jain, Veit, Kumar, ICLR 2021, arXiv 2007.07314, equation 10; at tau = 1
    Ren et al., NeurIPS 2020, arXiv 2007.10740 (``balanced_softmax`` is another name of this entry).
    Shares count the weights of the rows: with weights w_k the training part is one of shares w_k n_k,
    so that balanced weights leave nothing to adjust. Do not correct the prior a second time after
    training. Costs one plain training.
    """

    def __init__(self, tau: float = 1.0) -> None:
        self.tau = tau

    def objective(self, counts: IntArray, mass: FloatArray) -> CrossEntropy:  # noqa: ARG002 - the protocol's
        """Return the loss for classes of these rows and weights, shape (K,) each, all positive."""
        return CrossEntropy(mass=mass, shift=log_shares(mass, self.tau))
