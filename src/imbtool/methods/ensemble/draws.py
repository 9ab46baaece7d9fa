"""Which rows an ensemble's members are trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

FEW = 10
"""Fewest rows of a class in a balanced part: a learner can do nothing with a handful."""


def class_rows(y: IntArray) -> dict[int, IntArray]:
    """Return the rows of each class that has any, ascending by class."""
    return {int(k): np.flatnonzero(y == k) for k in np.unique(y)}


def two_classes(y: IntArray, name: str) -> dict[int, IntArray]:
    """Return the rows of each class; refuse a training part with fewer than two.

    Raises
    ------
    NotApplicableError
        Code ``one-class``.
    """
    rows = class_rows(y)
    if len(rows) < 2:
        raise NotApplicableError(
            f"{name} needs rows of at least 2 classes in the training part; found {len(rows)}.",
            hint="Use fewer folds or collect rows of the other class.",
            code="one-class",
        )
    return rows


def balanced_size(rows: dict[int, IntArray]) -> int:
    """Return to how many rows classes are drawn down: those of the smallest, but `FEW` at least."""
    return max(FEW, min(len(found) for found in rows.values()))


def balanced_part(rows: dict[int, IntArray], size: int, rng: np.random.Generator) -> IntArray:
    """Return `size` rows of each class, without repeats, ascending; all of a class that has no more."""
    parts = [
        found if len(found) <= size else rng.choice(found, size, replace=False) for found in rows.values()
    ]
    return np.sort(np.concatenate(parts))


def bootstrap(rows: dict[int, IntArray], size: int, rng: np.random.Generator) -> IntArray:
    """Return `size` draws with replacement from the rows of each class, ascending."""
    return np.sort(np.concatenate([found[rng.integers(0, len(found), size)] for found in rows.values()]))


def quotas(total: int, share: FloatArray, room: IntArray) -> IntArray:
    """Share out `total` draws in proportion to `share`, none beyond its `room`.

    What does not fit goes to the others in proportion; fractions go to the largest first.

    Parameters
    ----------
    total : int
    share : ndarray of float64, shape (k,)
        Positive where there is room.
    room : ndarray of int64, shape (k,)

    Returns
    -------
    ndarray of int64, shape (k,)
        With the sum `total`, or all the room if that is less.
    """
    total = min(total, int(room.sum()))
    full = room == 0
    exact = np.zeros(len(room))
    while not full.all():
        rest = total - room[full].sum()
        exact = np.where(full, room, rest * share / share[~full].sum())
        over = ~full & (exact > room)
        if not over.any():
            break
        full |= over
    else:
        exact = room.astype(np.float64)
    whole = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(whole - exact, kind="stable")
    whole[order[: total - int(whole.sum())]] += 1
    return whole
