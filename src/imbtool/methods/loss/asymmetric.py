"""Asymmetric loss."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.cross_entropy import stationary
from imbtool.methods.estimator import Estimator
from imbtool.methods.loss.focusing import (
    discounted,
    discounted_derivatives,
    focused,
    focused_derivatives,
)

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import BoolArray, FloatArray, IntArray


class AsymmetricLoss(Estimator):
    """Focal loss with one focus for positive rows and another, with a cut, for the rest.

    A positive row costs -(1 - p)^gamma_pos log p, any other row -v^gamma_neg log(1 - v) with
    v = max(p - clip, 0): rows that are no positives and score below the cut cost nothing.

    Parameters
    ----------
    gamma_pos : float, default=0.0
        Focus of positive rows, at least 0.
    gamma_neg : float, default=4.0
        Focus of the other rows, at least 0.
    clip : float, default=0.05
        Cut of the other rows' probability, from 0 to below 1; 0 is no cut.

    Notes
    -----
    Ridnik, Ben-Baruch, Zamir, Noy, Friedman, Protter, Zelnik-Manor, ICCV 2021, arXiv 2009.14119,
    equations 5 to 7. The source is for many labels a row; with two classes the positive class is the
    label, with more each class has a score of its own against the rest, and the probabilities are
    divided by their sum. gamma_pos = gamma_neg = clip = 0 is log loss.

    Derivatives are those of the loss as it stands (the authors' code may hold the factors still); second
    derivatives have the floor of `FocalLoss`. With a cut the loss of the other rows is bounded, and a
    positive class that outweighs them (26 times at the defaults) has no best constant score: it starts
    at the log-odds of its share. The probabilities need calibration to be read as rates. Costs one plain
    training.
    """

    def __init__(self, gamma_pos: float = 0.0, gamma_neg: float = 4.0, clip: float = 0.05) -> None:
        self.gamma_pos = gamma_pos
        self.gamma_neg = gamma_neg
        self.clip = clip

    def objective(self, counts: IntArray, mass: FloatArray) -> AsymmetricObjective:  # noqa: ARG002
        """Return the loss for classes of these rows and weights, shape (K,) each, all positive."""
        return AsymmetricObjective(
            mass=mass, gamma_pos=self.gamma_pos, gamma_neg=self.gamma_neg, clip=self.clip
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class AsymmetricObjective:
    """Asymmetric loss for classes of these masses."""

    mass: FloatArray
    gamma_pos: float
    gamma_neg: float
    clip: float

    @property
    def link(self) -> Link:
        """One raw score a class against the rest."""
        return "one-vs-rest"

    def initial(self) -> FloatArray:
        """Return the constant score, shape (K,) or (1,), at which the weighted gradient sums to zero."""
        if len(self.mass) == 2:
            return stationary(self, self.mass)
        total = self.mass.sum()
        pairs = [np.array([total - m, m]) for m in self.mass]
        return np.concatenate([stationary(self, pair) for pair in pairs])

    def value(self, y: IntArray, raw: FloatArray) -> FloatArray:
        """Return the loss of each row, shape (n,); `raw` has shape (n,) or (n, K)."""
        positive = _positive(y, raw)
        each = np.where(positive, focused(raw, self.gamma_pos), discounted(raw, self.gamma_neg, self.clip))
        return each if raw.ndim == 1 else np.asarray(each.sum(axis=1))

    def derivatives(self, y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return gradient and diagonal of the Hessian of each row, in the shape of `raw`."""
        positive = _positive(y, raw)
        gradient, hessian = np.empty(raw.shape), np.empty(raw.shape)
        gradient[positive], hessian[positive] = focused_derivatives(raw[positive], self.gamma_pos)
        rest = ~positive
        gradient[rest], hessian[rest] = discounted_derivatives(raw[rest], self.gamma_neg, self.clip)
        return gradient, hessian


def _positive(y: IntArray, raw: FloatArray) -> BoolArray:
    """Return for each score whether the row is of the class that the score stands for."""
    return np.asarray(y == 1 if raw.ndim == 1 else y[:, None] == np.arange(raw.shape[1]))
