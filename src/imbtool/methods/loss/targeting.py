"""The decision to act as what is learned: a loss whose rows count by the money at stake in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit

from imbtool.core.cross_entropy import stationary
from imbtool.core.errors import NotApplicableError
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray, IntArray


class TargetingLoss(Estimator):
    """Learn whether acting on a row pays, a mistake costing what it loses.

    With b the money of acting on a row over leaving it alone, the regret of a decision is |b| where it is
    not to act exactly if b > 0, else 0. The loss puts, for each row, a smooth function of the raw score
    in place of that step: with u = f where b > 0 and -f elsewhere,

        |b| [(1 - sharp) log(1 + exp(-u)) + sharp / (1 + exp(u))].

    Parameters
    ----------
    sharp : float, default=0.0
        0 is log loss of the decision, convex. The nearer to 1 the nearer to the expected regret of acting
        with probability 1 / (1 + exp(-f)), which is not; below 1.

    Notes
    -----
    After Gomez-Vargas, Maldonado, Vairetti, EJOR 324(2), 2025, arXiv 2310.07047, who minimise the regret
    of retention campaigns with individual customer values; their surrogate is not public, this one is
    ours. For two classes, in recipes of comparisons and fits that count decisions in money.

    Who hands in the rows makes the classes the right decisions and the weights |b| of mean 1 (see
    `imbtool.recipe.targeting`). Where right decisions depend on the class alone, as with ``--cost-fn`` and
    ``--cost-fp``, that is log loss weighted by class. The second derivative handed to the learner is that
    of log loss, which is the true one for sharp = 0 and bounds it from above otherwise. The scores are no
    probabilities of the positive class: 1/2 is where acting begins to pay. Costs one plain training.
    """

    uses_gain = True

    def __init__(self, sharp: float = 0.0) -> None:
        self.sharp = sharp

    def objective(self, counts: IntArray, mass: FloatArray) -> TargetingObjective:  # noqa: ARG002
        """Return the loss for decisions of these rows and weights, shape (2,) each, all positive."""
        if len(mass) != 2:
            raise NotApplicableError(
                f"targeting is for two classes; there are {len(mass)}.",
                hint="Several classes are decided by --cost-matrix after training.",
                code="two-classes-only",
            )
        return TargetingObjective(mass=mass, sharp=self.sharp)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TargetingObjective:
    """Targeting loss; class 1 are the rows on which acting pays."""

    mass: FloatArray
    sharp: float

    @property
    def link(self) -> Link:
        """The logistic function of one raw score."""
        return "softmax"

    def initial(self) -> FloatArray:
        """Return the constant score, shape (1,), at which the weighted gradient sums to zero."""
        return stationary(self, self.mass)

    def value(self, y: IntArray, raw: FloatArray) -> FloatArray:
        """Return the loss of each row but for its weight, shape (n,)."""
        u = np.where(y == 1, raw, -raw)
        return np.asarray((1.0 - self.sharp) * np.logaddexp(0.0, -u) + self.sharp * expit(-u))

    def derivatives(self, y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return gradient and bound of the second derivative of each row, shape (n,) each."""
        sign = np.where(y == 1, 1.0, -1.0)
        p, q = expit(sign * raw), expit(-sign * raw)
        return -sign * q * (1.0 - self.sharp + self.sharp * p), p * q
