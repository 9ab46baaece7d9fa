"""Log loss that fades for well-classified rows: value and derivatives, on plain arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, log_expit

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray

_TINY = np.finfo(np.float64).tiny
_FAR = 600.0
"""Log-odds beyond which 1 / p does not fit into a double."""


def log_over_rest(log_p: FloatArray, q: FloatArray) -> FloatArray:
    """Return log(p) / (1 - p), continuous at p = 1 (where it is -1); `q` is 1 - p without cancellation."""
    rest = np.maximum(q, _TINY)
    return np.where(q < 1e-8, -1.0 - 0.5 * q, log_p / rest)


def focused(u: FloatArray, gamma: float) -> FloatArray:
    """Return -(1 - p)^gamma log p at p = expit(u), the focal loss of a row with margin u."""
    return np.asarray(-(expit(-u) ** gamma) * log_expit(u))


def focused_derivatives(u: FloatArray, gamma: float) -> tuple[FloatArray, FloatArray]:
    """Return first and second derivative of `focused` by u; the second is kept above the floor.

    The floor is (1 - p)^gamma p (1 - p): the curvature of log loss with the factor held still. It takes
    over where a row is badly classified (gamma = 2: p below 0.16), where the loss is concave.
    """
    p, q = expit(u), expit(-u)
    fade = q**gamma
    if gamma == 0.0:
        return -q, p * q
    log_p = log_expit(u)
    steep = 1.0 - gamma * p * log_over_rest(log_p, q)
    bend = gamma * p * (2.0 + log_p - (gamma - 1.0) * p * log_over_rest(log_p, q))
    return -fade * q * steep, np.maximum(fade * q * (bend + p * steep), fade * p * q)


def discounted(f: FloatArray, gamma: float, clip: float) -> FloatArray:
    """Return -v^gamma log(1 - v), v = max(p - clip, 0), p = expit(f): what a row not positive costs."""
    v, _, log_rest = _discount(f, clip)
    return np.asarray(-(v**gamma) * log_rest)


def discounted_derivatives(f: FloatArray, gamma: float, clip: float) -> tuple[FloatArray, FloatArray]:
    """Return first and second derivative of `discounted` by f; the second is kept above the floor.

    The floor is v^gamma p (1 - p). Below the clip loss, gradient and floor are 0.
    """
    f = np.clip(f, -_FAR, _FAR)
    p, q = expit(f), expit(-f)
    v, rho, log_rest = _discount(f, clip)
    live = v > 0.0
    safe = np.where(live, v, 1.0)
    fade = np.where(live, safe**gamma, 0.0)
    rise = np.where(live, -log_rest / safe, 1.0)
    gradient = fade * p * (gamma * rise * q + rho)
    bend = fade * p**2 * (gamma * ((gamma - 1.0) * rise * q + 2.0 * rho) * q / safe + rho**2)
    return gradient, np.maximum(bend + gradient * (1.0 - 2.0 * p), fade * p * q)


def _discount(f: FloatArray, clip: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return v, (1 - p) / (1 - v) and log(1 - v)."""
    p, q = expit(f), expit(-f)
    v = np.maximum(p - clip, 0.0)
    if clip == 0.0:
        return v, np.ones_like(v), log_expit(-f)
    rest = np.where(v > 0.0, q + clip, 1.0)
    return v, q / rest, np.log1p(-v)
