"""Small helpers of the conformance checks."""

from __future__ import annotations

import random
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import NotApplicableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def require(holds: Any, claim: str) -> None:
    """Raise `AssertionError` with the broken claim; unlike ``assert`` it survives ``python -O``."""
    if not holds:
        raise AssertionError(claim)


def same_bits(a: Any, b: Any) -> bool:
    """Return whether two arrays hold the same bytes in the same shape and dtype."""
    a, b = np.ascontiguousarray(a), np.ascontiguousarray(b)
    return bool(a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes())


def are_probabilities(proba: Any, shape: tuple[int, int]) -> bool:
    """Return whether the array has this shape, lies in [0, 1], and its rows sum to 1."""
    array = np.asarray(proba)
    inside = array.shape == shape and array.dtype == np.float64 and bool(np.all((array >= 0) & (array <= 1)))
    return inside and bool(np.allclose(array.sum(axis=1), 1.0, atol=1e-9))


def _global_chance() -> tuple[object, ...]:
    """Return the state of the random numbers that everybody shares."""
    name, key, place, *rest = np.random.get_state()  # noqa: NPY002 - what nobody should draw from
    return random.getstate(), name, np.asarray(key).tobytes(), place, *rest


@contextmanager
def untouched(what: str, *arrays: Any) -> Iterator[None]:
    """Check that arrays and global chance are the same after the block, and that no warning leaks from it."""
    before = [array.copy() for array in arrays]
    chance = _global_chance()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield
    require(_global_chance() == chance, f"{what}: global random state was used or set")
    for old, new in zip(before, arrays, strict=True):
        require(same_bits(old, new), f"{what}: the input was modified")


def or_not_applicable(what: str, call: Callable[[], Any]) -> Any:
    """Return the result of the call, or None when it is not applicable for a reason it tells."""
    try:
        return call()
    except NotApplicableError as reason:
        told = bool(reason.message and reason.hint and reason.code)
        require(told, f"{what}: not applicable, but without message, hint or code")
        return None
