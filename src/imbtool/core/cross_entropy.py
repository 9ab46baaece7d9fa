"""Cross-entropy on raw scores, with the class terms that many losses for rare classes consist of."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.optimize import brentq, root
from scipy.special import expit, logsumexp, softmax

if TYPE_CHECKING:
    from imbtool.core.objectives import Link, Objective
    from imbtool.core.types import FloatArray, IntArray

_FAR = 60.0
"""Log-odds beyond which no constant score lies: the odds there are those of one row in 10^26."""


@dataclass(frozen=True, kw_only=True, eq=False)
class CrossEntropy:
    """Weighted cross-entropy of scores that are stretched, shifted and held to a margin by class.

    With two classes and one raw score f, in which t is 1 for the second class and -1 for the first, a
    row of class y costs

        weight_y log(1 + exp(-u)),  u = t (slope_y f + shift_1 - shift_0) - margin_y;

    with K raw scores z it costs weight_y times the cross-entropy of ``softmax(v)``,

        v_k = slope_k z_k + shift_k - margin_y 1[k = y].

    Parameters
    ----------
    mass : ndarray of float64, shape (K,)
        Sum of the row weights of each class, positive.
    weight, slope, shift, margin : ndarray of float64, shape (K,), optional
        Default: 1, 1, 0, 0, which is plain cross-entropy.
    """

    mass: FloatArray
    weight: FloatArray | None = None
    slope: FloatArray | None = None
    shift: FloatArray | None = None
    margin: FloatArray | None = None

    @property
    def link(self) -> Link:
        """Raw scores become probabilities by the softmax (two classes: by the logistic function)."""
        return "softmax"

    @cached_property
    def _terms(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        n = len(self.mass)
        given = (self.weight, self.slope, self.shift, self.margin)
        weight, slope, shift, margin = (
            np.full(n, plain) if term is None else term
            for term, plain in zip(given, (1.0, 1.0, 0.0, 0.0), strict=True)
        )
        return weight, slope, shift, margin

    def initial(self) -> FloatArray:
        """Return the constant score, shape (K,) or (1,), at which the weighted gradient sums to zero."""
        weight, slope, shift, margin = self._terms
        share = self.mass * weight
        start = (np.log(share / share.sum()) - shift) / slope
        if len(self.mass) == 2:
            one = float(start[1] - start[0])
            plain = not margin.any() and slope[0] == slope[1]
            return np.array([one]) if plain else stationary(self, self.mass)
        return stationary(self, self.mass, start) if margin.any() else start

    def value(self, y: IntArray, raw: FloatArray) -> FloatArray:
        """Return the loss of each row, shape (n,); `raw` has shape (n,) or (n, K)."""
        weight = self._terms[0]
        if raw.ndim == 1:
            return np.asarray(weight[y] * np.logaddexp(0.0, -self._margins(y, raw)[0]))
        logits = self._logits(y, raw)
        return np.asarray(weight[y] * (logsumexp(logits, axis=1) - logits[np.arange(len(y)), y]))

    def derivatives(self, y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return gradient and diagonal of the Hessian of each row, in the shape of `raw`."""
        weight, slope, _, _ = self._terms
        if raw.ndim == 1:
            u, sign = self._margins(y, raw)
            p, w, a = expit(-u), weight[y], slope[y]
            return np.asarray(-sign * w * a * p), np.asarray(w * a * a * p * expit(u))
        p = np.asarray(softmax(self._logits(y, raw), axis=1))
        hessian = p * (1.0 - p) * slope**2
        p[np.arange(len(y)), y] -= 1.0
        w = weight[y][:, None]
        return np.asarray(w * p * slope), np.asarray(w * hessian)

    def _margins(self, y: IntArray, raw: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return u and t."""
        _, slope, shift, margin = self._terms
        sign = np.where(y == 1, 1.0, -1.0)
        return sign * (slope[y] * raw + (shift[1] - shift[0])) - margin[y], sign

    def _logits(self, y: IntArray, raw: FloatArray) -> FloatArray:
        _, slope, shift, margin = self._terms
        logits = np.ascontiguousarray(raw * slope + shift)
        logits[np.arange(len(y)), y] -= margin[y]
        return logits


class PlainLoss:
    """Cross-entropy as it is: what a learner minimises when no loss is named."""

    def objective(self, counts: IntArray, mass: FloatArray) -> CrossEntropy:  # noqa: ARG002 - the protocol's
        """Return cross-entropy for classes of this mass."""
        return CrossEntropy(mass=mass)


def stationary(objective: Objective, mass: FloatArray, start: FloatArray | None = None) -> FloatArray:
    """Return the constant raw score at which the gradient, summed over the rows, is zero.

    Parameters
    ----------
    objective : Objective
    mass : ndarray of float64, shape (K,)
        Weight of each class.
    start : ndarray of float64, shape (K,), optional
        Where the search begins; needed for K raw scores only.

    Returns
    -------
    ndarray of float64, shape (1,) for one raw score, else (K,)
        A single score for which there is none, because the loss falls all the way up, is the log-odds of
        the class share.
    """
    share = mass / mass.sum()
    classes = np.arange(len(mass))

    def total(scores: Any) -> Any:
        raw = np.full(2, float(scores)) if start is None else np.tile(scores, (len(mass), 1))
        gradient, _ = objective.derivatives(classes, raw)
        return share @ gradient

    if start is None:
        if total(_FAR) <= 0.0:
            return np.array([np.log(share[1] / share[0])])
        return np.array([brentq(total, -_FAR, _FAR, xtol=1e-14, rtol=1e-14)])
    # Each class's sum in units of its own share: rare classes count like frequent ones.
    found = root(
        lambda scores: total(scores) / share, start, method="lm", options={"xtol": 1e-14, "ftol": 1e-15}
    )
    return np.asarray(found.x, dtype=np.float64)
