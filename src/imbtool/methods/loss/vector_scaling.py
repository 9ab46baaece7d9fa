"""Vector scaling: logits stretched and shifted by class while training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from imbtool.core.cross_entropy import CrossEntropy
from imbtool.methods.estimator import Estimator
from imbtool.methods.loss.shares import log_shares, stretches

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class VectorScalingLoss(Estimator):
    """Cross-entropy of z_k / Delta_k + tau log pi_k while training; predictions read z itself.

    Delta_k = (n_max / n_k)^gamma makes a rare class reach further before its loss falls; the addition is
    that of `LogitAdjustedLoss`.

    Parameters
    ----------
    gamma : float, default=0.3
        Exponent of the stretch, at least 0; 0 leaves logit adjustment.
    tau : float, default=1.0
        Part of the log share that is taken out of the score, at least 0.

    Notes
    -----
    Kini, Paraskevas, Oymak, Thrampoulidis, NeurIPS 2021, arXiv 2103.01550; defaults of Rangwani et al.,
    NeurIPS 2022, arXiv 2212.13827. Derivatives by the chain rule: gradient over Delta, Hessian over its
    square. With two classes and one score f the stretch is that of the row's own class,
    log(1 + exp(-t (f / Delta_y + tau log(pi_1 / pi_0)))), the binary form of the source: two logits would
    only be scaled together. Stretches count rows, shifts count weights (see `LogitAdjustedLoss`). The
    probabilities need calibration to be read as rates. Costs one plain training.
    """

    def __init__(self, gamma: float = 0.3, tau: float = 1.0) -> None:
        self.gamma = gamma
        self.tau = tau

    def objective(self, counts: IntArray, mass: FloatArray) -> CrossEntropy:
        """Return the loss for classes of these rows and weights, shape (K,) each, all positive."""
        slope = 1.0 / stretches(counts, self.gamma)
        return CrossEntropy(mass=mass, slope=slope, shift=log_shares(mass, self.tau))
