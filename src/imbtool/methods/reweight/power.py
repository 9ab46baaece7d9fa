"""Inverse power of the class size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.methods.reweight.base import ClassReweighter

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


class InversePowerWeights(ClassReweighter):
    """Weight each class in proportion to n_k^(-power).

    Parameters
    ----------
    power : float, default=0.75
        At least 0. 0 weights nothing, 0.5 is the inverse square root, 1 balanced; above 1 the rare classes
        weigh more in total than the frequent ones. The default lies between the two common choices.

    Notes
    -----
    Common practice, between no weights and King and Zeng's balanced ones (Political Analysis 9, 2001). One
    family with `Scalarization`: for power below 1 its tau is 1 / (1 - power). Row weights have mean 1. Free
    of cost and chance.
    """

    def __init__(self, power: float = 0.75) -> None:
        self.power = power

    def class_weights(self, counts: Any) -> FloatArray:
        """Return n_k^(-power) with mean 1 over the rows, shape (K,); 0 for empty classes."""
        n = np.asarray(counts, dtype=np.float64)
        present = n > 0
        weights = np.zeros_like(n)
        weights[present] = np.exp(-self.power * np.log(n[present] / n.max()))
        weights *= n.sum() / (weights * n).sum()
        return weights
