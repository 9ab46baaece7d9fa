"""Rows for mini-batches: what the feeds of several schedules share."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np

from imbtool.methods.temperature import class_shares

if TYPE_CHECKING:
    from imbtool.core.types import IntArray


class Feed:
    """Base of the feeds: does not look at losses, and has no turn to wait for (see `RowFeed`)."""

    uses_losses: ClassVar[bool] = False
    settled: int = 0


class ClassDraws:
    """Rows drawn with replacement, a class first and then a row of it.

    Parameters
    ----------
    y : ndarray of int64, shape (n,)
    tau : float
        Temperature, greater than 0: class k comes with probability p(k; tau), each of its rows with
        p(k; tau) / n_k.
    """

    def __init__(self, y: IntArray, tau: float) -> None:
        self._counts = np.bincount(y)
        self._order = np.argsort(y, kind="stable")
        self._starts = np.cumsum(self._counts) - self._counts
        self._shares = class_shares(self._counts, tau)

    def rows(self, size: int, rng: np.random.Generator) -> IntArray:
        """Return `size` independent draws, shape (size,)."""
        classes = rng.choice(len(self._counts), size=size, p=self._shares)
        n = self._counts[classes]
        # The product can round up to n itself when n is large.
        place = np.minimum((rng.random(size) * n).astype(np.int64), n - 1)
        return np.asarray(self._order[self._starts[classes] + place], dtype=np.int64)


class Deck:
    """Rows dealt out in shuffled order, again and again: all have had their turn before one comes again."""

    def __init__(self, rows: IntArray, rng: np.random.Generator) -> None:
        self._rows, self._rng = rows, rng
        self._left = rng.permutation(rows)

    def take(self, n: int) -> IntArray:
        """Return the next `n` rows; more than there are begin anew."""
        while len(self._left) < n:
            self._left = np.concatenate([self._left, self._rng.permutation(self._rows)])
        taken, self._left = self._left[:n], self._left[n:]
        return np.asarray(taken, dtype=np.int64)


def kept_count(share: float, n: int) -> int:
    """Return share * n, half a row rounded up, at least one row and at most all."""
    return int(min(n, max(1, np.floor(share * n + 0.5))))


def groups_of(y: IntArray, *, by_class: bool) -> list[IntArray]:
    """Return the rows of each class that has any, or all rows as one group."""
    return [np.flatnonzero(y == k) for k in np.unique(y)] if by_class else [np.arange(len(y))]
