"""Temperature weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbtool.methods.reweight.base import ClassReweighter
from imbtool.methods.temperature import class_weights

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


class Scalarization(ClassReweighter):
    """Weight each class so that the loss equals that of temperature sampling.

    Parameters
    ----------
    tau : float, default=5.0
        Temperature, at least 1. 1 is natural, 2 the inverse square root of the class size, infinity
        balanced; 5 is the paper's choice.

    Notes
    -----
    Li, Xu, Tan, Murray, Khashabi, NAACL 2025, arXiv 2410.04579, theorem 1: w_k = p(k; tau) N / n_k.
    The full-batch gradient is that of `imbtool.methods.resample.temperature.TemperatureSampler`,
    without its chance. Free of cost.
    """

    def __init__(self, tau: float = 5.0) -> None:
        self.tau = tau

    def class_weights(self, counts: Any) -> FloatArray:
        """Return w_k = p(k; tau) N / n_k, shape (K,)."""
        return class_weights(counts, self.tau)
