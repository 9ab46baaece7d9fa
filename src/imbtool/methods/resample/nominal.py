"""Nominal columns as numbers whose Euclidean distance counts differing categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

MAX_LEVELS = 50
_WIDTH_BUDGET = 4_000


class NominalCode:
    """One-hot code with a cap: a differing category adds 1 to the squared distance.

    Parameters
    ----------
    nominal : ndarray of int64, shape (n, q)
        Nominal columns of the training rows, codes from 0.

    Attributes
    ----------
    width : int
        Columns of the code. A column with one level takes none, with two levels one, with more one
        a level, where levels beyond the most frequent 50 (fewer when there are many columns, at
        least 2) share one.
    """

    def __init__(self, nominal: IntArray) -> None:
        cap = max(2, min(MAX_LEVELS, _WIDTH_BUDGET // max(1, nominal.shape[1])))
        self._slots = [_slots(column, cap) for column in nominal.T]
        self.width = sum(_columns(slots) for slots in self._slots)

    def write(self, nominal: IntArray, out: FloatArray) -> None:
        """Write the code of `nominal`, shape (n, q), into the zeros of `out`, shape (n, width)."""
        rows = np.arange(nominal.shape[0])
        start = 0
        for column, slots in zip(nominal.T, self._slots, strict=True):
            width = _columns(slots)
            slot = slots[np.minimum(column, len(slots) - 1)]
            if width == 1:
                out[:, start] = slot
            elif width:
                out[rows, start + slot] = np.sqrt(0.5)
            start += width


def _slots(column: IntArray, cap: int) -> IntArray:
    """Return the slot of each code; one more entry at the end serves every larger code."""
    counts = np.bincount(column, minlength=1)
    by_frequency = np.argsort(-counts, kind="stable")
    n_own = min(cap, int((counts > 0).sum()))
    # Levels without a slot of their own share the next one; if none was seen, they join the rarest.
    other = n_own if (counts > 0).sum() > n_own else n_own - 1
    slots = np.full(len(counts) + 1, other, dtype=np.int64)
    slots[by_frequency[:n_own]] = np.arange(n_own)
    return slots


def _columns(slots: IntArray) -> int:
    n_slots = int(slots.max()) + 1
    return 0 if n_slots == 1 else 1 if n_slots == 2 else n_slots
