"""Updates of the shares of groups, on numbers alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


def raised(share: FloatArray, excess: FloatArray, *, eta: float, smoothing: float) -> FloatArray:
    """Return shares multiplied by exp(eta excess), scaled to sum 1, then mixed with equal ones.

    The update of DoReMi: a_k <- (1 - c) a_k exp(eta lambda_k) / sum + c / K, so that a_k >= c / K.
    """
    grown = share * np.exp(eta * (excess - excess.max()))
    return np.asarray((1.0 - smoothing) * grown / grown.sum() + smoothing / len(share))


def alignment(gradients: FloatArray) -> FloatArray:
    """Return how well each group's gradient agrees with those of the others, shape (K,), from 0 to 5.

    Gradients, shape (K, P), are cut to length 1; the score of group k is the scalar product with the sum of
    the others, over the mean length, and never below 0 (DoGE).
    """
    lengths = np.sqrt((gradients**2).sum(axis=1))
    short = gradients / np.maximum(lengths, 1.0)[:, None]
    others = short.sum(axis=0) - short
    scores = (short * others).sum(axis=1)
    mean = float(np.minimum(lengths, 1.0).mean())
    return np.asarray(np.clip(scores / mean, 0.0, 5.0)) if mean > 0.0 else np.zeros(len(scores))


def still_open(loss: FloatArray, start: FloatArray, target: FloatArray) -> FloatArray:
    """Return the share of the way from `start` to `target` that is still to go, in [0, 1] (Velocitune).

    A group that has nowhere to go has nothing open.
    """
    way = start - target
    there = np.maximum(way, 1e-12)
    return np.where(way > 1e-12, np.clip((loss - target) / there, 0.0, 1.0), 0.0)


def mixing(drops: FloatArray, focus: float) -> FloatArray:
    """Return A of the law ``loss drop of group i = sum_j A_ij p_j``, shifted above 0 and scaled to sum 1.

    Parameters
    ----------
    drops : ndarray of float64, shape (K, K)
        Cell (i, j): by how much the loss of group i fell when group j had the share `focus` of the training
        and the others shared the rest.
    focus : float
        Not 1 / K, where nothing could be told apart.
    """
    n = len(drops)
    shares = np.full((n, n), (1.0 - focus) / (n - 1)) if n > 1 else np.ones((1, 1))
    np.fill_diagonal(shares, focus if n > 1 else 1.0)
    law = np.linalg.solve(shares, drops.T).T
    law = law - min(float(law.min()), 0.0)
    total = float(law.sum())
    return np.asarray(law / total) if total > 0.0 else np.full((n, n), 1.0 / n**2)


def capped(weight: FloatArray, counts: IntArray, cap: float) -> FloatArray:
    """Return weights of groups scaled to mean 1 over their rows, none above `cap` (at least 1)."""
    free = np.ones(len(weight), dtype=bool)
    found = weight * counts.sum() / (weight @ counts)
    while (found[free] > cap).any():
        free &= found < cap
        found = np.where(free, weight, cap)
        left = counts.sum() - cap * counts[~free].sum()
        if free.any():
            found[free] *= left / (weight[free] @ counts[free])
    return np.asarray(found, dtype=np.float64)
