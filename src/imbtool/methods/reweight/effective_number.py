"""Inverse effective number of samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.methods.reweight.base import ClassReweighter

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


class EffectiveNumberWeights(ClassReweighter):
    """Weight each class by the inverse of its effective number of samples.

    Parameters
    ----------
    beta : float, default=0.999
        Overlap between samples, in [0, 1). 0 weights nothing; towards 1 the weights approach the
        inverse class size. 1 / (1 - beta) is the class size beyond which more rows hardly count;
        0.999 suits tables of thousands of rows (the paper uses 0.9 to 0.9999).

    Notes
    -----
    Cui, Jia, Lin, Song, Belongie, CVPR 2019, arXiv 1901.05555, equation 4. Departure: the paper
    scales the class weights to sum K, here the row weights have mean 1, as with every reweighter.
    """

    def __init__(self, beta: float = 0.999) -> None:
        self.beta = beta

    def class_weights(self, counts: Any) -> FloatArray:
        """Return (1 - beta) / (1 - beta^n_k) scaled to sum K over the classes with rows, shape (K,)."""
        n = np.asarray(counts, dtype=np.float64)
        present = n > 0
        weights = np.zeros_like(n)
        weights[present] = _inverse_effective_number(n[present], self.beta)
        weights *= present.sum() / weights.sum()
        return weights


def _inverse_effective_number(n: FloatArray, beta: float) -> FloatArray:
    if beta == 0.0:
        return np.ones_like(n)
    # expm1 keeps the digits that 1 - beta**n loses when beta is close to 1.
    inverse: FloatArray = (1.0 - beta) / -np.expm1(n * np.log(beta))
    return inverse
