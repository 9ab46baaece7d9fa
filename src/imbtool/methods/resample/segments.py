"""Points between rows and their neighbours, written where they shall stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.random import RandomState

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart

Gap = Literal["segment", "box"]

_CELLS_AT_ONCE = 1 << 15
_INT32 = 1 << 31


def write_between(
    numbers: FloatArray,
    near: IntArray,
    out: FloatArray,
    *,
    seed: int,
    gap: Gap = "segment",
    rows: IntArray | None = None,
    shrink: Callable[[IntArray, FloatArray], None] | None = None,
) -> IntArray:
    """Fill `out` with points between random rows and random neighbours of theirs.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n_all, p)
    near : ndarray of int64, shape (n, k)
        Places in `numbers` of the neighbours of each row, itself not among them.
    out : ndarray of float64, shape (m, p)
        Written to.
    seed : int
    gap : {"segment", "box"}, default="segment"
        One gap, uniform in [0, 1), for a whole row or one for each of its numbers.
    rows : ndarray of int64, shape (n,), optional
        Places of the rows in `numbers`; by default they are the first n.
    shrink : callable, optional
        As in `write_steps`.

    Returns
    -------
    ndarray of int32 or int64, shape (m,)
        The row, from 0 to n - 1, that each point starts from.

    Notes
    -----
    The draws are those of imbalanced-learn's `SMOTE`: a row with one of its neighbours, uniform over
    all such pairs, then the gaps.
    """
    rng = np.random.RandomState(seed)
    k = near.shape[1]
    # All picks come before the first gap, and numbers drawn in pieces are those drawn at once.
    pick: IntArray = np.empty(len(out), dtype=np.int32 if near.size < _INT32 else np.int64)
    for part in _blocks(len(out), numbers.shape[1]):
        pick[part] = rng.randint(0, near.size, size=part.stop - part.start)
    partner = near.ravel()

    def ends(part: slice) -> tuple[IntArray, IntArray]:
        first = pick[part] // k
        return first if rows is None else rows[first], partner[pick[part]]

    write_steps(numbers, ends, out, rng=rng, gap=gap, shrink=shrink)
    base: IntArray = np.floor_divide(pick, k, out=pick)
    return base


def write_steps(
    numbers: FloatArray,
    ends: Callable[[slice], tuple[IntArray, IntArray]],
    out: FloatArray,
    *,
    rng: RandomState,
    gap: Gap = "segment",
    shrink: Callable[[IntArray, FloatArray], None] | None = None,
) -> None:
    """Fill `out` with points between given rows, gaps drawn from `rng` in order.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n_all, p)
    ends : callable
        Returns for a slice of `out` the places in `numbers` where its points start and what they go to.
    out : ndarray of float64, shape (m, p)
    rng : RandomState
    gap : {"segment", "box"}, default="segment"
    shrink : callable, optional
        Is given the places and the ways to them, slice by slice, and may shorten the ways.
    """
    ways = np.empty((min(len(out), _step(numbers.shape[1])), numbers.shape[1]))
    for part in _blocks(len(out), numbers.shape[1]):
        first, second = ends(part)
        point, way = out[part], ways[: part.stop - part.start]
        # No place is out of range; clipping only spares numpy a copy behind `out`.
        np.take(numbers, first, axis=0, out=point, mode="clip")
        np.take(numbers, second, axis=0, out=way, mode="clip")
        way -= point
        if shrink is not None:
            shrink(second, way)
        way *= rng.uniform(size=(len(way), 1 if gap == "segment" else numbers.shape[1]))
        point += way


def _blocks(n: int, width: int) -> list[slice]:
    """Return slices of rows, few enough to stay in the cache."""
    step = _step(width)
    return [slice(start, min(n, start + step)) for start in range(0, n, step)]


def _step(width: int) -> int:
    return _CELLS_AT_ONCE // max(1, width) + 1


def with_gaps(part: TrainingPart, label: int, room: FloatArray) -> None:
    """Turn numbers of a class into feature rows, with gaps where the nearest row of the class has them."""
    if part.space.verbatim:
        return
    from imbtool.methods.resample.pattern import nearest_pattern

    room[:] = part.space.restore(room, nearest_pattern(part.space, part.X[part.y == label], room))
