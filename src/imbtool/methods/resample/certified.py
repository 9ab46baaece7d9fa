"""Candidates for the nearest rows, from any device, and the proof in double precision that they are."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Protocol, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from imbtool.core.types import BoolArray, FloatArray, IntArray

SPARE = 2
"""Candidates beyond the neighbours that are asked for."""


class Bounds(Protocol):
    """Finds candidates among rows in low precision; `tile` is how many rows it likes to be asked about."""

    tile: int

    def candidates(self, asked: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return likely nearest rows and a bound for the others.

        Parameters
        ----------
        asked : ndarray of float64, shape (m, width)

        Returns
        -------
        members : ndarray of int64, shape (m, k + SPARE)
            Rows, in any order.
        floor : ndarray of float64, shape (m,)
            No other row is nearer than this, as a squared distance.
        """
        ...


Search: TypeAlias = "Callable[[FloatArray, int], Bounds | None]"
"""Makes the bounds of rows for so many candidates; None where the device cannot hold them."""
_SEARCH: ContextVar[Search | None] = ContextVar("device search", default=None)


@contextmanager
def searched_by(search: Search | None) -> Iterator[None]:
    """Let another device find the candidates; the neighbours are the same."""
    token = _SEARCH.set(search)
    try:
        yield
    finally:
        _SEARCH.reset(token)


def device_search() -> Search | None:
    """Return what finds candidates in place of the CPU, or None."""
    return _SEARCH.get()


class Certified:
    """The `k` nearest of candidates, measured in double precision.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, width)
    k : int
    bounds : Bounds
        Of these rows.
    """

    def __init__(self, rows: FloatArray, k: int, bounds: Bounds) -> None:
        self._rows, self._k, self._bounds = rows, k, bounds
        self._largest = float(np.einsum("ij,ij->i", rows, rows).max())

    def tiles(self, n_asked: int) -> Iterator[slice]:
        """Return slices of rows to be asked about at once."""
        tile = self._bounds.tile
        return (slice(start, min(start + tile, n_asked)) for start in range(0, n_asked, tile))

    def nearest(self, asked: FloatArray) -> tuple[IntArray, BoolArray]:
        """Return the nearest rows of each asked one, and whether what follows is certainly farther."""
        members, floor = self._bounds.candidates(asked)
        gap = self._rows[members] - asked[:, None, :]
        squared = np.einsum("ijk,ijk->ij", gap, gap)
        order = np.argsort(squared, axis=1, kind="stable")
        squared = np.take_along_axis(squared, order, axis=1)
        norm = np.einsum("ij,ij->i", asked, asked) + self._largest
        tolerance = 8 * (asked.shape[1] + 4) * float(np.finfo(np.float64).eps) * norm
        apart = np.diff(squared[:, : self._k + 1], axis=1) > tolerance[:, None]
        apart &= floor[:, None] - squared[:, : self._k] > tolerance[:, None]
        return np.take_along_axis(members, order[:, : self._k], axis=1), apart
