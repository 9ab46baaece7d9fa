"""Temperature sampling and scalarization: the arithmetic, on class counts alone.

Source: Li, Xu, Tan, Murray, Khashabi, "Upsample or Upweight? Balanced Training on Heavily Imbalanced
Datasets", NAACL 2025, arXiv 2410.04579. A *group* of the paper is a class here. `variance_gap` and
`effective_sample_size` are our own consequences of its theorems 1 and 2: the paper's second theorem
holds for equal gradient norms only, the gap formula holds always.

In all functions `counts` is an array of shape (K,), rows of each class, and `tau` > 0 is the
temperature (1 natural, larger flatter, ``inf`` uniform). A class without rows is dropped: its share
and its weight are 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError, UsageError

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray


def class_shares(counts: Any, tau: float) -> FloatArray:
    """Return p(k; tau) = n_k^(1/tau) / sum_j n_j^(1/tau), computed in log space.

    Returns
    -------
    ndarray of float64, shape (K,)
        Shares in [0, 1] that sum to 1; 0 for a class without rows.
    """
    n, present = _checked(counts, tau)
    logits = np.log(n[present]) / tau
    powers = np.exp(logits - logits.max())
    shares = np.zeros_like(n)
    shares[present] = powers / powers.sum()
    return shares


def class_weights(counts: Any, tau: float) -> FloatArray:
    """Return w_k = p(k; tau) N / n_k, the weights whose full-batch gradient equals the sampler's.

    Theorem 1. The mean over the rows, sum_k w_k n_k / N, is 1 at every temperature.

    Returns
    -------
    ndarray of float64, shape (K,)
        Positive weights; 0 for a class without rows.
    """
    n, present = _checked(counts, tau)
    weights = np.zeros_like(n)
    weights[present] = class_shares(n, tau)[present] * (n.sum() / n[present])
    return weights


def inflation(counts: Any, tau: float) -> float:
    """Return F(tau) = sum_k p(k; tau)^2 / p(k; 1), the mean squared row weight, at least 1."""
    return float(class_shares(counts, tau) @ class_weights(counts, tau))


def effective_sample_size(counts: Any, tau: float) -> float:
    """Return Kish's effective number of rows under the temperature weights, N / F(tau)."""
    return float(np.sum(counts)) / inflation(counts, tau)


def expected_repeats(counts: Any, tau: float, draws: int) -> FloatArray:
    """Return how often one row of each class is expected among `draws` draws; 0 for empty classes.

    A large number for a tiny class means memorisation: it is the over-fitting guard.
    """
    n, present = _checked(counts, tau)
    repeats = np.zeros_like(n)
    repeats[present] = draws * class_shares(n, tau)[present] / n[present]
    return repeats


def variance_gap(counts: Any, tau: float, squared_norms: Any) -> float:
    """Return Var(scalarization) - Var(temperature sampling) of the single-draw gradient, exactly.

    Parameters
    ----------
    squared_norms : array-like of shape (K,)
        G_k, the mean squared gradient norm over the rows of class k.

    Returns
    -------
    float
        sum_k p(k; tau) (w_k - 1) G_k. With one G for all classes it is (F(tau) - 1) G, so never
        negative; with a large enough G in the frequent class it is negative.
    """
    norms = np.asarray(squared_norms, dtype=np.float64)
    return float(class_shares(counts, tau) @ ((class_weights(counts, tau) - 1.0) * norms))


def _checked(counts: Any, tau: float) -> tuple[FloatArray, BoolArray]:
    n = np.asarray(counts, dtype=np.float64)
    if n.ndim != 1 or not np.all(np.isfinite(n)) or n.size == 0 or n.min() < 0 or n.sum() == 0:
        raise DataError(
            f"`counts` must be one non-negative number a class, not all 0; got {counts!r}.",
            hint="Pass the number of rows of each class, for example np.bincount(y).",
            code="class-counts",
        )
    if not tau > 0:
        raise UsageError(
            f"`tau` must be greater than 0; got {tau!r}.",
            hint="1 keeps the natural shares, 5 is the paper's choice, inf makes all classes equal.",
            code="tau",
        )
    return n, n > 0
