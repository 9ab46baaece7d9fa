"""Sharpness-aware minimisation."""

from __future__ import annotations

from imbtool.core.training import SharpStep
from imbtool.methods.estimator import Estimator


class SharpnessAware(Estimator):
    """Take every step by the gradient at the worst point near by, which leads to flat minima.

    Parameters
    ----------
    rho : float, default=0.05
        How far away that point is, at least 0, in units of the parameters; 0 is ordinary training.
    adaptive : bool, default=False
        Measure the way relative to each parameter (ASAM).

    Notes
    -----
    Foret, Kleiner, Mobahi, Neyshabur, ICLR 2021, arXiv 2010.01412; for rare classes Rangwani et al., NeurIPS
    2022, arXiv 2212.13827: the point is theta + rho g / ||g||, g the gradient of the weighted loss of the
    batch over all parameters. They use 0.1 to 0.8 for images, with momentum and deferred reweighting
    (``deferred_reweighting+sam``, ``ldam+deferred_reweighting+sam``); small networks need less. Goes on top
    of any loss, weights and schedule; the weights of a batch are those of its first pass. Costs two
    gradients a step instead of one.
    """

    def __init__(self, rho: float = 0.05, adaptive: bool = False) -> None:
        self.rho = rho
        self.adaptive = adaptive

    def change(self) -> SharpStep:
        """Return what is changed; see `imbtool.core.training.TrainingMethod`."""
        return SharpStep(rho=self.rho, adaptive=self.adaptive)
