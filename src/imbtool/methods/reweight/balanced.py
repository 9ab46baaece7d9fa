"""Inverse class size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.methods.reweight.base import ClassReweighter
from imbtool.methods.temperature import class_weights

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


class BalancedWeights(ClassReweighter):
    """Weight each class by N / (K n_k), so that every class weighs the same in total.

    The limit of the temperature weights for tau to infinity, and scikit-learn's
    ``class_weight="balanced"``. King & Zeng, Political Analysis 9 (2001). Free of cost and chance.
    """

    def class_weights(self, counts: Any) -> FloatArray:
        """Return N / (K n_k), K counting the classes that have rows; shape (K,)."""
        return class_weights(counts, np.inf)
