"""Points between rows and their neighbours, written where they shall stand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

Gap = Literal["segment", "box"]

_CELLS_AT_ONCE = 1 << 16
_INT32 = 1 << 31


def write_between(
    numbers: FloatArray,
    near: IntArray,
    out: FloatArray,
    *,
    seed: int,
    gap: Gap = "segment",
    rows: IntArray | None = None,
) -> IntArray:
    """Fill `out` with points between random rows and random neighbours of theirs.

    Parameters
    ----------
    numbers : ndarray of float64, shape (n, p)
        Rows of one class, or a matrix that has them at `rows`.
    near : ndarray of int64, shape (n, k)
        Their neighbours, themselves not among them.
    out : ndarray of float64, shape (m, p)
        Written to.
    seed : int
    gap : {"segment", "box"}, default="segment"
        One gap, uniform in [0, 1), for a whole row or one for each of its numbers.
    rows : ndarray of int64, shape (n,), optional
        Places of the class's rows in `numbers`; all of them by default.

    Returns
    -------
    ndarray of int32 or int64, shape (m,)
        The row that each point starts from.

    Notes
    -----
    The draws are those of imbalanced-learn's `SMOTE`: a row with one of its neighbours, uniform over
    all such pairs, then the gaps.
    """
    rng = np.random.RandomState(seed)
    n_new, k = len(out), near.shape[1]
    blocks = _blocks(n_new, numbers.shape[1])
    # All picks come before the first gap, and numbers drawn in pieces are those drawn at once.
    pick: IntArray = np.empty(n_new, dtype=np.int32 if near.size < _INT32 else np.int64)
    for part in blocks:
        pick[part] = rng.randint(0, near.size, size=part.stop - part.start)
    partner = near.ravel()
    for part in blocks:
        first, second = pick[part] // k, partner[pick[part]]
        start = numbers[first if rows is None else rows[first]]
        way = numbers[second if rows is None else rows[second]]
        way -= start
        way *= rng.uniform(size=(len(way), 1 if gap == "segment" else numbers.shape[1]))
        np.add(start, way, out=out[part])
    base: IntArray = np.floor_divide(pick, k, out=pick)
    return base


def _blocks(n: int, width: int) -> list[slice]:
    """Return slices of rows, few enough to stay in the cache."""
    step = _CELLS_AT_ONCE // max(1, width) + 1
    return [slice(start, min(n, start + step)) for start in range(0, n, step)]
