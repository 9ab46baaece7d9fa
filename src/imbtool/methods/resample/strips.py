"""Synthetic rows are points on few segments: distances to the segments bound distances to the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import FloatArray, IntArray

_POINTS = 128
_SEGMENTS = 512
# What underflows in single precision.
_TINY = 1e-30


class Strips:
    """Segments between rows, and which of them each row lies on.

    Bounds hold for any segments and any assignment: how far a row is off its segment is measured and
    taken away. They are close where the rows do lie there.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
        Finite.
    start, stop : ndarray of int64, shape (s,)
        Rows at the ends of each segment.
    on : ndarray of int64, shape (n,)
        Segment of each row; -1 for none.
    """

    def __init__(self, matrix: FloatArray, start: IntArray, stop: IntArray, on: IntArray) -> None:
        self._matrix = matrix
        free = np.flatnonzero(on < 0)
        # A row by itself is a segment without length.
        self._start, self._stop = np.concatenate((start, free)), np.concatenate((stop, free))
        self._on = on.copy()
        self._on[free] = len(start) + np.arange(len(free))
        self._off = self._measured_off(np.flatnonzero(on >= 0))
        self._memo: dict[tuple[int, int], tuple[FloatArray, FloatArray]] = {}

    def nearest_bounds(self, rows: IntArray, others: IntArray) -> FloatArray:
        """Return a lower bound of each row's squared distance to the nearest of the others.

        Either the others or the rows are taken as segments, whichever leaves fewer distances.

        Parameters
        ----------
        rows : ndarray of int64, shape (m,)
        others : ndarray of int64, shape (k,)
            At least one, none of the rows.

        Returns
        -------
        ndarray of float64, shape (m,)
        """
        of_rows, of_others = np.unique(self._on[rows]), np.unique(self._on[others])
        if len(rows) * len(of_others) <= len(of_rows) * len(others):
            return self._bounds(rows, of_others)[0]
        return self._bounds(others, of_rows)[1][np.searchsorted(of_rows, self._on[rows])]

    def _measured_off(self, rows: IntArray) -> FloatArray:
        """Return for each segment how far the farthest of these rows is off it."""
        off = np.zeros(len(self._start))
        for part in _blocks(len(rows), 1 << 14):
            x, segment = self._matrix[rows[part]], self._on[rows[part]]
            start = self._matrix[self._start[segment]]
            way = self._matrix[self._stop[segment]] - start
            length, along = (way**2).sum(axis=1), ((x - start) * way).sum(axis=1)
            share = np.clip(along / np.where(length > 0, length, 1), 0, 1)
            gap = np.sqrt(((x - start - share[:, None] * way) ** 2).sum(axis=1))
            np.maximum.at(off, segment, gap)
        return off

    def _bounds(self, points: IntArray, segments: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return bounds of squared distances: each point to its nearest segment, and the other way."""
        key = (hash(points.tobytes()), hash(segments.tobytes()))
        if key not in self._memo:
            x = self._matrix[points]
            ends = self._matrix[self._start[segments]], self._matrix[self._stop[segments]]
            to_segment, to_point = segment_bounds(x, *ends)
            off = self._off[segments]
            self._memo[key] = _less(to_segment, off.max()), _less(to_point, off)
        return self._memo[key]


def _less(squared: FloatArray, off: FloatArray | float) -> FloatArray:
    """Return bounds for rows that may be some way off the segments that the bounds are for."""
    less: FloatArray = np.maximum(np.sqrt(np.maximum(squared, 0)) - off, 0) ** 2
    return less


def segment_bounds(points: FloatArray, start: FloatArray, stop: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return lower bounds of squared distances between points and segments, by single precision.

    Parameters
    ----------
    points : ndarray of float64, shape (m, width)
    start, stop : ndarray of float64, shape (s, width)
        Ends of each segment.

    Returns
    -------
    to_segment : ndarray of float64, shape (m,)
        Of each point to its nearest segment.
    to_point : ndarray of float64, shape (s,)
        Of each segment to its nearest point.

    Notes
    -----
    With v the way of a segment from b to its other end and t the share of it nearest to x,
    ``|x - b - t v|^2 = |x|^2 + (|b|^2 - 2 x.b) - t (2 u - t |v|^2)`` where ``u = (x - b).v``. Whatever
    t is computed belongs to a point of the segment, so it is off by rounding only to second order.
    With M the larger norm of the ends and e the unit roundoff, all is off by less than
    16 (width + 8) e (|x|^2 + M^2).
    """
    centre = np.mean(points, axis=0)
    points, start, stop = points - centre, start - centre, stop - centre
    norm = _squares(points)
    reach = np.maximum(_squares(start), _squares(stop))
    scale = float(np.ldexp(1.0, -int(np.frexp(np.sqrt(max(norm.max(), reach.max())))[1])))
    c = 16 * (points.shape[1] + 8) * float(np.finfo(np.float32).eps) / 2
    sides = _Sides(start * scale, (stop - start) * scale, c * reach * scale**2)
    asked = _with(points * scale, 1)
    to_segment, to_point = np.full(len(points), np.inf), np.full(len(start), np.inf)
    least = (1 - c) * norm * scale**2
    for part in _blocks(len(points), _POINTS):
        for which in _blocks(len(start), _SEGMENTS):
            bound = sides.measure(asked[part], which)
            np.minimum(to_segment[part], bound.min(axis=1) + least[part], out=to_segment[part])
            bound += least[part, None].astype(np.float32)
            np.minimum(to_point[which], bound.min(axis=0), out=to_point[which])
    # The norm of the point was rounded, too, on the way to the segments.
    to_point -= 4 * float(np.finfo(np.float32).eps) * norm.max() * scale**2
    return (to_segment - _TINY) / scale**2, (to_point - _TINY) / scale**2


class _Sides:
    """Segments, ready for products with points that end in 1."""

    def __init__(self, start: FloatArray, way: FloatArray, margin: FloatArray) -> None:
        length = _squares(way)
        self._length = length.astype(np.float32)
        self._inverse = np.divide(1, length, out=np.zeros_like(length), where=length > 1e-20).astype("f4")
        self._from_start = _with(-2 * start, _squares(start) - margin).T.copy()
        self._along = _with(way, -(start * way).sum(axis=1)).T.copy()

    def measure(self, asked: FloatArray, which: slice) -> Any:
        """Return squared distances less the points' own norms, shape (points, segments)."""
        along = asked @ self._along[:, which]
        share = along * self._inverse[which]
        np.clip(share, 0, 1, out=share)
        along *= 2
        along -= share * self._length[which]
        along *= share
        bound = asked @ self._from_start[:, which]
        bound -= along
        return bound


def _with(rows: FloatArray, last: FloatArray | float) -> Any:
    sides = np.empty((len(rows), rows.shape[1] + 1), dtype=np.float32)
    sides[:, :-1], sides[:, -1] = rows, last
    return sides


def _squares(rows: FloatArray) -> Any:
    return np.einsum("ij,ij->i", rows, rows)


def _blocks(n: int, size: int) -> Iterator[slice]:
    return (slice(start, min(start + size, n)) for start in range(0, n, size))
