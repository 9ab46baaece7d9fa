"""Cross-entropy with a weight for each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.cross_entropy import CrossEntropy
from imbtool.core.errors import NotApplicableError
from imbtool.methods.estimator import Estimator
from imbtool.methods.loss.shares import inverse_powers

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class WeightedCrossEntropy(Estimator):
    """Cross-entropy in which a row counts by its class.

    Parameters
    ----------
    power : float, default=1.0
        Weights are proportional to n_k^(-power), at least 0: 0 is plain cross-entropy, 0.5 the inverse
        square root, 1 the inverse class size.
    positive_weight : float or None, default=None
        How many times as much a row of the positive class counts, greater than 0, instead of `power`; for
        two classes only.

    Notes
    -----
    King & Zeng, Political Analysis 9 (2001). The weights have mean 1 over the rows, whose own weights
    count for the class sizes and multiply. In boosting this is what weights of the rows do: at power 1
    the trees are those of ``class_weight``. Costs one plain training.
    """

    def __init__(self, power: float = 1.0, positive_weight: float | None = None) -> None:
        self.power = power
        self.positive_weight = positive_weight

    def objective(self, counts: IntArray, mass: FloatArray) -> CrossEntropy:  # noqa: ARG002 - the protocol's
        """Return the loss for classes of these rows and weights, shape (K,) each, all positive."""
        if self.positive_weight is None:
            return CrossEntropy(mass=mass, weight=inverse_powers(mass, self.power))
        if len(mass) != 2:
            raise NotApplicableError(
                f"`positive_weight` is for two classes; there are {len(mass)}.",
                hint="Leave it out and set `power`, which weights each class by its size.",
                code="two-classes-only",
            )
        weight = np.array([1.0, self.positive_weight])
        return CrossEntropy(mass=mass, weight=weight * mass.sum() / (weight @ mass))
