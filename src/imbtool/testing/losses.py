"""What every loss must hold to."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.testing.require import or_not_applicable, require, same_bits, untouched

if TYPE_CHECKING:
    from imbtool.core.info import MethodInfo
    from imbtool.core.types import FloatArray, IntArray

_SIZES = ((200, 24), (9000, 9), (160, 40, 9), (5000, 500, 50, 3))
_STEP = 1e-5


def check_loss(info: MethodInfo, seed: int) -> None:
    """Check a loss on class sizes of several shapes, with and without row weights; one must pass."""
    passed = 0
    for counts in _SIZES:
        for heavy in (1.0, 7.0):
            mass = np.array(counts, dtype=np.float64)
            mass[-1] *= heavy
            what = f"{info.name} on classes of {counts}"
            make = partial(info.load()().objective, np.array(counts), mass)
            objective = or_not_applicable(what, make)
            if objective is not None:
                _check_objective(what, objective, mass, seed)
                passed += 1
    require(passed, f"{info.name}: not applicable to any class sizes")


def _check_objective(what: str, objective: Any, mass: FloatArray, seed: int) -> None:
    """Finite values, gradients that are those of the values, Hessians not negative, a stationary start."""
    require(objective.link in ("softmax", "one-vs-rest"), f"{what}: unknown link {objective.link!r}")
    n_classes = len(mass)
    rng = np.random.default_rng(seed)
    y = rng.integers(0, n_classes, 300)
    raw = rng.normal(scale=3.0, size=300 if n_classes == 2 else (300, n_classes))
    with untouched(what, y, raw):
        value = objective.value(y, raw)
        gradient, hessian = objective.derivatives(y, raw)
    require(value.shape == (300,) and (value >= 0).all(), f"{what}: one loss a row, not negative")
    require(gradient.shape == hessian.shape == raw.shape, f"{what}: derivatives have the shape of the scores")
    again = objective.derivatives(y, raw)
    require(all(map(same_bits, (gradient, hessian), again)), f"{what}: chance in the derivatives")
    require((hessian >= 0).all(), f"{what}: a negative second derivative")
    for far in (-300.0, 300.0):
        parts = objective.derivatives(y, np.full_like(raw, far))
        require(all(np.isfinite(part).all() for part in parts), f"{what}: not finite at scores of {far:g}")
    if getattr(objective, "separable", True):
        _check_gradient(what, objective, y, raw)
        _check_initial(what, objective, mass)
    else:
        _check_whole_gradient(what, objective, y[:40], raw[:40])


def _check_gradient(what: str, objective: Any, y: IntArray, raw: FloatArray) -> None:
    """Check that the gradient points along the slope of the value, up to one scale for all rows."""
    gradient, _ = objective.derivatives(y, raw)
    numeric = np.empty_like(raw)
    for k in range(1 if raw.ndim == 1 else raw.shape[1]):
        where: Any = slice(None) if raw.ndim == 1 else (slice(None), k)
        up, down = raw.copy(), raw.copy()
        up[where] += _STEP
        down[where] -= _STEP
        numeric[where] = (objective.value(y, up) - objective.value(y, down)) / (2.0 * _STEP)
    scale = float((gradient * numeric).sum() / (numeric * numeric).sum())
    close = np.allclose(gradient, scale * numeric, rtol=1e-4, atol=1e-6 * max(1.0, scale))
    require(scale > 0 and close, f"{what}: the gradient is not that of the loss")


def _check_whole_gradient(what: str, objective: Any, y: IntArray, raw: FloatArray) -> None:
    """Check the gradient of the sum of the values, score by score."""
    gradient, _ = objective.derivatives(y, raw)
    numeric = np.empty_like(raw)
    for place in np.ndindex(raw.shape):
        up, down = raw.copy(), raw.copy()
        up[place] += _STEP
        down[place] -= _STEP
        numeric[place] = (objective.value(y, up).sum() - objective.value(y, down).sum()) / (2.0 * _STEP)
    close = np.allclose(gradient, numeric, rtol=1e-4, atol=1e-6)
    require(close, f"{what}: the gradient is not that of the loss")


def _check_initial(what: str, objective: Any, mass: FloatArray) -> None:
    """At the initial score the gradients of all classes, weighted by their mass, cancel."""
    start = objective.initial()
    n_classes = len(mass)
    require(start.shape == (1 if n_classes == 2 else n_classes,), f"{what}: initial has shape {start.shape}")
    raw = np.repeat(start, 2) if n_classes == 2 else np.tile(start, (n_classes, 1))
    gradient, _ = objective.derivatives(np.arange(n_classes), raw)
    sums, sizes = mass @ gradient, mass @ np.abs(gradient)
    require(
        (np.abs(sums) <= 1e-6 * sizes).all(), f"{what}: the gradient does not cancel at the initial score"
    )
