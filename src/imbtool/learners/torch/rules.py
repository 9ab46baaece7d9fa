"""Gradients other than that of the mean loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imbtool.learners.torch.hooks import GradientRule

if TYPE_CHECKING:
    from imbtool.learners.torch.hooks import StepOf
    from imbtool.learners.torch.need import Tensor

_TINY = 1e-12


@dataclass(frozen=True)
class SharpnessRule(GradientRule):
    """The gradient at ``theta + eps``, eps of length `rho` along the gradient (Foret et al., ICLR 2021).

    With `adaptive`, eps = rho theta^2 g / || |theta| g || (Kwon et al., ICML 2021, arXiv 2102.11600). Each
    network has its own eps; dropout and weights of the batch are the same in both passes.
    """

    rho: float
    adaptive: bool = False

    def gradient(self, step: StepOf) -> Tensor:
        """Return the gradient at the point, shape (K, P)."""
        return step.gradient(step.theta + self.away(step.theta, step.gradient(step.theta)))

    def away(self, theta: Tensor, gradient: Tensor) -> Tensor:
        """Return eps, shape (K, P)."""
        direction = theta * theta * gradient if self.adaptive else gradient
        sized = theta.abs() * gradient if self.adaptive else gradient
        length = sized.norm(dim=1, keepdim=True) + _TINY
        return self.rho * direction / length
