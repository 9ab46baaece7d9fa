"""Cells of near rows, and bounds on distances that single-precision matrix products can certify.

With u the unit roundoff of single precision and c = 4 (width + 8) u, the computed value of
``-2 x.y + (1 -+ c) (|x|^2 + |y|^2)`` is at most, respectively at least, ``|x - y|^2``: rounding the
inputs and summing the products is off by at most (width + 6) u (|x|^2 + |y|^2) to first order, twice.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import BoolArray, FloatArray, IntArray

_BLOCK = 512
_ROUNDS_OF_MEANS = 4
_SAMPLE_PER_CELL = 40
# Neighbouring cells looked into, in rounds, for rows that are not settled yet.
_ROUNDS = (0, 2, 8, 32, 128)
# What underflows in single precision.
_TINY = 1e-30


class Cells:
    """A partition of rows into some hundreds of cells by k-means, for bounds and not for answers.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
        Finite.

    Notes
    -----
    About 1.6 sqrt(n) cells: looking into a few of them and finding the cells then cost about the same.
    Centres come from a sample drawn with a fixed seed; answers do not depend on them. Memory: 4 bytes a
    cell of the matrix.
    """

    def __init__(self, matrix: FloatArray) -> None:
        n, width = matrix.shape
        centred = matrix - matrix.mean(axis=0)
        norm = np.einsum("ij,ij->i", centred, centred)
        self._scale = float(np.ldexp(1.0, -int(np.frexp(np.sqrt(norm.max()))[1])))
        self._c = 4 * (width + 8) * float(np.finfo(np.float32).eps) / 2
        sides = np.empty((n, width + 1), dtype=np.float32)
        np.multiply(centred, self._scale, out=sides[:, :width], casting="same_kind")
        norm *= self._scale**2
        sides[:, width] = (1 - self._c) * norm
        centres = _centres(sides[:, :width], max(1, min(n // 8, int(1.6 * np.sqrt(n)))))
        label = _nearest_centre(sides[:, :width], centres)
        self._order = np.argsort(label, kind="stable")
        self._place = np.empty(n, dtype=np.int64)
        self._place[self._order] = np.arange(n)
        self._start = np.concatenate(([0], np.cumsum(np.bincount(label, minlength=len(centres)))))
        self._sides = sides[self._order]
        self._norm = norm[self._order]
        self._near = _near_cells(centres)

    def nearest_bounds(self, rows: IntArray, others: IntArray) -> FloatArray:
        """Return a lower bound of each row's squared distance to the nearest of the others.

        Parameters
        ----------
        rows : ndarray of int64, shape (m,)
        others : ndarray of int64, shape (k,)
            At least one; a row among them finds itself.

        Returns
        -------
        ndarray of float64, shape (m,)
        """
        base = np.ascontiguousarray(self._sides[self._place[others]].T)
        bound = np.empty(len(rows))
        for part in _blocks(len(rows)):
            place = self._place[rows[part]]
            smallest = np.full(len(place), np.inf, dtype=np.float32)
            asking = self._asking(place, 1.0)
            for columns in _blocks(base.shape[1], 4 * _BLOCK):
                np.minimum(smallest, (asking @ base[:, columns]).min(axis=1), out=smallest)
            bound[part] = smallest + (1 - self._c) * self._norm[place] - _TINY
        return bound / self._scale**2

    def surrounded(self, rows: IntArray, squared: FloatArray, enough: int) -> BoolArray:
        """Return which rows are certain to have `enough` rows, themselves among them, nearer than a distance.

        Parameters
        ----------
        rows : ndarray of int64, shape (m,)
        squared : ndarray of float64, shape (m,)
            Squared distance of each row.
        enough : int

        Returns
        -------
        ndarray of bool, shape (m,)
            False where the cells looked into do not show it.
        """
        place = self._place[rows]
        sorting = np.argsort(place)
        place, limit = place[sorting], squared[sorting] * self._scale**2
        limit = limit - (1 + self._c) * self._norm[place] - _TINY
        limit = np.nextafter(limit.astype(np.float32), np.float32(-np.inf))
        seen = np.zeros(len(rows), dtype=np.int64)
        left = np.arange(len(rows))
        for first, last in pairwise(_ROUNDS):
            self._look(place, limit, seen, left, first, last)
            left = left[seen[left] < enough]
            if not left.size or last >= self._near.shape[1]:
                break
        result = np.empty(len(rows), dtype=bool)
        result[sorting] = seen >= enough
        return result

    def _look(
        self, place: IntArray, limit: FloatArray, seen: IntArray, left: IntArray, first: int, last: int
    ) -> None:
        """Add to `seen` how many rows of further cells are nearer than the limit."""
        cell = np.searchsorted(self._start, place[left], side="right") - 1
        factor = (1 + self._c) / (1 - self._c)
        edges = np.flatnonzero(np.diff(cell, prepend=-1, append=-1))
        for begin, end in pairwise(edges.tolist()):
            which = left[begin:end]
            base = self._members(self._near[cell[begin], first:last])
            for part in _blocks(len(which)):
                bound = self._asking(place[which[part]], factor) @ base.T
                seen[which[part]] += (bound < limit[which[part], None]).sum(axis=1)

    def _members(self, cells: IntArray) -> FloatArray:
        spans = [self._sides[self._start[c] : self._start[c + 1]] for c in cells.tolist()]
        return np.concatenate(spans) if spans else self._sides[:0]

    def _asking(self, place: IntArray, factor: float) -> FloatArray:
        """Return rows whose products with the sides are bounds less the asking row's own norm."""
        asking = -2 * self._sides[place]
        asking[:, -1] = factor
        return asking


def _centres(rows: FloatArray, n_cells: int) -> FloatArray:
    """Return k-means centres of a sample of the rows; empty cells keep the row they began with."""
    rng = np.random.default_rng(0)
    sample = rows[rng.permutation(len(rows))[: _SAMPLE_PER_CELL * n_cells]]
    centres = sample[:n_cells].copy()
    for _ in range(_ROUNDS_OF_MEANS):
        label = _nearest_centre(sample, centres)
        count = np.bincount(label, minlength=n_cells)
        filled = np.flatnonzero(count)
        start = np.cumsum(count)[filled] - count[filled]
        total = np.add.reduceat(sample[np.argsort(label, kind="stable")], start, axis=0)
        centres[filled] = total / count[filled, None]
    return centres


def _nearest_centre(rows: FloatArray, centres: FloatArray) -> IntArray:
    label = np.empty(len(rows), dtype=np.int64)
    norm, base = np.einsum("ij,ij->i", centres, centres), np.ascontiguousarray(-2 * centres.T)
    for part in _blocks(len(rows)):
        label[part] = (rows[part] @ base + norm).argmin(axis=1)
    return label


def _near_cells(centres: FloatArray) -> IntArray:
    """Return for each cell the nearest cells, itself first, as many as are ever looked into."""
    norm = np.einsum("ij,ij->i", centres, centres)
    squared = norm[:, None] + norm - 2 * (centres @ centres.T)
    np.fill_diagonal(squared, -np.inf)
    most = min(len(centres), _ROUNDS[-1])
    near = np.argpartition(squared, most - 1, axis=1)[:, :most]
    order = np.argsort(np.take_along_axis(squared, near, axis=1), axis=1)
    cells: IntArray = np.take_along_axis(near, order, axis=1)
    return cells


def _blocks(n: int, size: int = _BLOCK) -> Iterator[Any]:
    return (slice(start, min(start + size, n)) for start in range(0, n, size))
