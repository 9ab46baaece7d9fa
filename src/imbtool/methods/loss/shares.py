"""Class terms that losses are made of: shares, margins and stretches, on class sizes alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


def log_shares(mass: Any, tau: float = 1.0) -> FloatArray:
    """Return tau log pi_k, pi_k the share of class k; shape (K,)."""
    m = np.asarray(mass, dtype=np.float64)
    return np.asarray(tau * np.log(m / m.sum()), dtype=np.float64)


def margins(counts: Any, largest: float) -> FloatArray:
    """Return margins proportional to n_k^(-1/4) whose largest, that of the rarest class, is `largest`."""
    n = np.asarray(counts, dtype=np.float64)
    return np.asarray(largest * (n / n.min()) ** -0.25, dtype=np.float64)


def stretches(counts: Any, gamma: float) -> FloatArray:
    """Return Delta_k = (n_max / n_k)^gamma: 1 for the largest class, more for rarer ones."""
    n = np.asarray(counts, dtype=np.float64)
    return np.asarray((n.max() / n) ** gamma, dtype=np.float64)


def inverse_powers(mass: Any, power: float) -> FloatArray:
    """Return weights proportional to m_k^(-power) with mean 1 over the rows; shape (K,)."""
    m = np.asarray(mass, dtype=np.float64)
    weights = (m / m.max()) ** -power
    return np.asarray(weights * m.sum() / (weights @ m), dtype=np.float64)
