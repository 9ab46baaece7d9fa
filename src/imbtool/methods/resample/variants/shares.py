"""How many synthetic rows each seed gets."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.random import Generator

    from imbtool.core.types import FloatArray, IntArray


def even_shares(n: int, m: int, rng: Generator) -> IntArray:
    """Return m counts that sum to n and differ by at most 1, the larger ones at random places."""
    counts = np.full(m, n // m, dtype=np.int64)
    counts[rng.choice(m, n % m, replace=False)] += 1
    return counts


def proportional_shares(n: int, weights: FloatArray) -> IntArray:
    """Return counts that sum to n, proportional to weights (largest remainders; equal if all are 0).

    Parameters
    ----------
    n : int
    weights : ndarray of float64, shape (m,)
        Not negative, finite.
    """
    total = weights.sum()
    exact = n * weights / total if total > 0 else np.full(len(weights), n / len(weights))
    counts: IntArray = np.floor(exact).astype(np.int64)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: n - int(counts.sum())]] += 1
    return counts
