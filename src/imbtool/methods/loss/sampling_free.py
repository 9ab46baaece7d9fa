"""Training on all rows without sampling: start at the prior, hold the gradient to the rare rows' loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.cross_entropy import CrossEntropy
from imbtool.methods.estimator import Estimator

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class SamplingFreeLoss(Estimator):
    """Cross-entropy from the best constant score on, scaled to the loss of the rare rows.

    Parameters
    ----------
    guided : bool, default=True
        Scale gradient and Hessian in every round by r = (mean loss of the rare rows) / (mean loss of all
        rows), a constant of that round. Rare are the rows outside the largest class. Without it this is
        plain training: every learner here starts at the log class shares anyway.
    cap : float, default=100.0
        Largest r, at least 1; it would grow without bound where nearly all rows are learned.

    Notes
    -----
    Chen et al., arXiv 1909.04868: with all other weights zero the best score is log(n_1 / n_0) (K classes:
    the log shares), where the mean loss is the entropy of the shares instead of log 2. LightGBM starts its
    own objectives there too. Departure (ours, experimental): the source scales the classification loss to
    the box regression loss, which sees foreground only; tables have no such task, and the loss of the
    rare rows takes its place. In boosting r changes no direction and no Newton step; it weakens the
    penalties of the leaves, which count rare classes little. Costs one plain training.
    """

    def __init__(self, guided: bool = True, cap: float = 100.0) -> None:
        self.guided = guided
        self.cap = cap

    def objective(self, counts: IntArray, mass: FloatArray) -> CrossEntropy:
        """Return the loss for classes of these rows and weights, shape (K,) each, all positive."""
        if not self.guided:
            return CrossEntropy(mass=mass)
        return GuidedCrossEntropy(mass=mass, cap=self.cap, largest=int(np.argmax(counts)))


@dataclass(frozen=True, kw_only=True, eq=False)
class GuidedCrossEntropy(CrossEntropy):
    """Cross-entropy whose derivatives are scaled to the loss of the rows outside the class `largest`."""

    cap: float
    largest: int

    def ratio(self, y: IntArray, raw: FloatArray) -> float:
        """Return r for these rows: 0 / 0 is 1, and it is never above the cap."""
        value, rare = self.value(y, raw), y != self.largest
        if not rare.any():
            return 1.0
        guide, whole = float(value[rare].mean()), float(value.mean())
        return min(guide / whole, self.cap) if whole > 0.0 else 1.0

    def derivatives(self, y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return gradient and diagonal of the Hessian of each row, times r."""
        gradient, hessian = super().derivatives(y, raw)
        r = self.ratio(y, raw)
        return r * gradient, r * hessian
