"""Inverse square root of the class size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from imbtool.methods.reweight.base import ClassReweighter
from imbtool.methods.temperature import class_weights

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


class SquareRootWeights(ClassReweighter):
    """Weight each class in proportion to n_k^(-1/2): half-way between natural and balanced.

    The temperature weights at tau = 2. Mikolov et al., NeurIPS 2013, arXiv 1310.4546, drew words
    this way; as a class weight it is common practice. Free of cost and chance.
    """

    def class_weights(self, counts: Any) -> FloatArray:
        """Return weights proportional to n_k^(-1/2) with mean 1 over the rows, shape (K,)."""
        return class_weights(counts, 2.0)
