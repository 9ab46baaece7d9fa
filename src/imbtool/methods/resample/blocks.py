"""Exact neighbours by blocked matrix products in single precision, certified in double precision.

`nearest_in_blocks` returns, index for index, what scikit-learn's `NearestNeighbors` returns with one
thread, for any rows, ties and duplicates among them. It is quicker where there are many rows and
neighbours are told apart by more than rounding, and costs a search of scikit-learn where they are not.

1. Single-precision products give a lower bound of every squared distance, and of these only the
   smallest of each group of rows is kept.
2. The groups with the smallest bounds are opened, and their nearest members measured in double
   precision.
3. A query is certified when everything left out is farther, by its lower bound, than the last
   neighbour taken, and the neighbours differ by more than scikit-learn's own rounding. Then any
   correct search gives this order.
4. The queries that are not certified are asked of scikit-learn, in the very blocks in which it would
   have met them, because the order of its ties hangs on the block.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn import get_config

from imbtool.core.threads import one_thread
from imbtool.methods.resample.certified import SPARE, Certified, device_search

if TYPE_CHECKING:
    from sklearn.neighbors import NearestNeighbors

    from imbtool.core.types import BoolArray, FloatArray, IntArray
    from imbtool.methods.resample.certified import Bounds

# Pairs of rows below which scikit-learn's own search is as quick.
FEW_PAIRS = 4_000_000
# scikit-learn's own limit for trees.
TREE_WIDTH = 15
_GROUP = 16
_SUPER = 8
_ROW_TILE = 256
# The bound of padding. Not infinite: matrix products multiply what they pad with by zero.
_NEVER = 1e37
# A tree visits more of its rows with every column: twice as many, by measurement.
_PER_HALVING = 350
# Unsure rows of the first tile from which nearly every block of scikit-learn's has one.
_PER_TILE = 4


def nearest_in_blocks(rows: FloatArray, asked: FloatArray, k: int) -> IntArray:
    """Return the `k` rows nearest to each asked one, nearest first, as scikit-learn orders them.

    Parameters
    ----------
    rows : ndarray of float64, shape (n, width)
        Finite. When `asked` is the same array, each row finds itself, first unless it has a twin.
    asked : ndarray of float64, shape (m, width)
    k : int
        At most n.

    Returns
    -------
    ndarray of int64, shape (m, k)
        Equal to ``NearestNeighbors(n_neighbors=k).fit(rows).kneighbors(asked)`` with one thread.

    Notes
    -----
    One thread. Beyond the arguments and the result, memory is about 8 bytes a cell of `rows` and
    50 MB.
    """
    rows, asked = np.ascontiguousarray(rows), np.ascontiguousarray(asked)
    with one_thread():
        if not _worthwhile(rows, asked, k):
            return _ask(_index(rows, k), asked)
        return _searched(rows, asked, k)


def apart_in_blocks(rows: FloatArray, asked: FloatArray, k: int) -> tuple[IntArray, BoolArray]:
    """Return the `k` rows nearest to each asked one, and how far that is certain.

    For few rows, and for few columns, nothing is: scikit-learn is as quick (`ask_again`).

    Parameters
    ----------
    rows, asked, k
        As for `nearest_in_blocks`.

    Returns
    -------
    places : ndarray of int64, shape (m, k)
    apart : ndarray of bool, shape (m, k)
        Whether the places up to and including this one are certain to be the nearest, in any order:
        whatever comes after is farther by more than rounding.
    """
    places = np.zeros((len(asked), k), dtype=np.int64)
    apart = np.zeros((len(asked), k), dtype=bool)
    if not _groups_suffice(rows, k):
        return places, apart
    with one_thread():
        search = Certified(np.ascontiguousarray(rows), k, _bounds(rows, k))
        for part in search.tiles(len(asked)):
            places[part], apart[part] = search.nearest(asked[part])
    return places, apart


def _worthwhile(rows: FloatArray, asked: FloatArray, k: int) -> bool:
    """Say whether products beat scikit-learn: many pairs, and not the few columns where trees shine."""
    return len(rows) * len(asked) >= FEW_PAIRS and _groups_suffice(rows, k)


def _groups_suffice(rows: FloatArray, k: int) -> bool:
    n, width = rows.shape
    if device_search() is not None:
        return bool(n > k + SPARE)
    wide = width > TREE_WIDTH or n < _PER_HALVING * 2**width
    return bool(wide and n // (_GROUP * _SUPER) > k + SPARE)


def _searched(rows: FloatArray, asked: FloatArray, k: int) -> IntArray:
    found = np.empty((len(asked), k), dtype=np.int64)
    sure = np.zeros(len(asked), dtype=bool)
    search = Certified(rows, k, _bounds(rows, k))
    for part in search.tiles(len(asked)):
        found[part], apart = search.nearest(asked[part])
        sure[part] = apart.all(axis=1)
        if part.start == 0 and _hopeless(sure[part], rows.shape[1]):
            break
    ask_again(rows, asked, k, found, ~sure)
    return found


def _hopeless(sure: BoolArray, width: int) -> bool:
    """Say whether ties are so common that scikit-learn would have to be asked for nearly all rows."""
    unsure = len(sure) - int(sure.sum())
    return unsure > (len(sure) // 2 if width <= TREE_WIDTH else _PER_TILE)


def _bounds(rows: FloatArray, k: int) -> Bounds:
    """Return what finds candidates: the device that was asked for, or the CPU."""
    on_device = device_search()
    found = None if on_device is None else on_device(rows, k + SPARE)
    return _CpuBounds(np.ascontiguousarray(rows), k) if found is None else found


class _CpuBounds:
    """Lower bounds of squared distances to `rows`, up to what depends on the asked row alone.

    With u the unit roundoff and c = 4 (width + 8) u, the computed ``(1 - c) |y|^2 - 2 x.y`` plus
    ``(1 - c) |x|^2`` is at most ``|x - y|^2``: rounding the inputs and summing width + 1 products is
    off by at most (width + 5) u (2 |x| |y| + |y|^2) to first order.
    """

    tile = 512

    def __init__(self, rows: FloatArray, k: int) -> None:
        self._rows = rows
        self._k = k
        n, width = rows.shape
        self._center = rows.mean(axis=0)
        centred = rows - self._center
        norm = np.einsum("ij,ij->i", centred, centred)
        self._scale = float(np.ldexp(1.0, -int(np.frexp(np.sqrt(norm.max()))[1])))
        self._c = 4 * (width + 8) * float(np.finfo(np.float32).eps) / 2
        n_groups = -(-n // (_GROUP * _SUPER)) * _SUPER
        self._sides = np.zeros((n_groups * _GROUP, width + 1), dtype=np.float32)
        self._sides[:n, :width] = centred * self._scale
        # The last term covers what underflows.
        self._sides[:n, width] = norm * self._scale**2 * (1 - self._c) - 1e-30
        self._sides[n:, width] = _NEVER
        self._groups = self._sides.reshape(n_groups, _GROUP, width + 1)

    def candidates(self, asked: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return likely nearest rows, and a lower bound of the squared distance to all others."""
        m, width = asked.shape
        centred = (asked - self._center) * self._scale
        sides = np.empty((m, width + 1), dtype=np.float32)
        sides[:, :width] = -2 * centred
        sides[:, width] = 1
        opened, closed = _smallest_groups(self._group_minima(sides), self._k + SPARE)
        members, left_out = self._members(sides, opened)
        rest = np.minimum(closed, left_out).astype(np.float64)
        floor = (rest + (1 - self._c) * np.einsum("ij,ij->i", centred, centred)) / self._scale**2
        return np.minimum(members, len(self._rows) - 1), floor  # padding is never among the k nearest

    def _group_minima(self, sides: FloatArray) -> FloatArray:
        """Return the smallest bound of each group for each asked row, shape (n_groups, m)."""
        right = np.ascontiguousarray(sides.T)
        minima: Any = np.empty((len(self._groups), len(sides)), dtype=np.float32)
        tile = np.empty((_ROW_TILE, len(sides)), dtype=np.float32)
        for start in range(0, len(self._sides), _ROW_TILE):
            left = self._sides[start : start + _ROW_TILE]
            bound = np.dot(left, right, out=tile[: len(left)])
            grouped = bound.reshape(-1, _GROUP, len(sides))
            first = start // _GROUP
            np.minimum.reduce(grouped, axis=1, out=minima[first : first + len(grouped)])
        found: FloatArray = minima
        return found

    def _members(self, sides: FloatArray, opened: IntArray) -> tuple[IntArray, FloatArray]:
        """Return the likely nearest members of the opened groups and the smallest bound left out."""
        m = len(sides)
        cells = self._groups[opened].reshape(m, -1, sides.shape[1])
        bound = np.matmul(cells, sides[:, :, None])[:, :, 0]
        take = self._k + SPARE
        order = np.argpartition(bound, take, axis=1)
        left_out = bound[np.arange(m), order[:, take]]
        place = order[:, :take]
        group = np.take_along_axis(opened, place // _GROUP, axis=1)
        return group * _GROUP + place % _GROUP, left_out


def _smallest_groups(minima: FloatArray, n: int) -> tuple[IntArray, FloatArray]:
    """Return the `n` groups with the smallest minima and the smallest minimum of the others."""
    m = minima.shape[1]
    every = np.arange(m)
    above = np.ascontiguousarray(np.minimum.reduce(minima.reshape(-1, _SUPER, m), axis=1).T)
    coarse = np.argpartition(above, n, axis=1)
    far = above[every, coarse[:, n]]
    fine = (coarse[:, :n, None] * _SUPER + np.arange(_SUPER)).reshape(m, -1)
    near = minima[fine, every[:, None]]
    order = np.argpartition(near, n, axis=1)
    closed = np.minimum(far, near[every, order[:, n]])
    return np.take_along_axis(fine, order[:, :n], axis=1), closed


def _index(rows: FloatArray, k: int) -> NearestNeighbors:
    # Imported when it is asked: often it is not, and it takes memory.
    from sklearn.neighbors import NearestNeighbors

    return NearestNeighbors(n_neighbors=k, n_jobs=1).fit(rows)


def _ask(index: NearestNeighbors, asked: FloatArray) -> IntArray:
    found: IntArray = index.kneighbors(asked, return_distance=False)
    return found


def ask_again(rows: FloatArray, asked: FloatArray, k: int, found: IntArray, again: BoolArray) -> None:
    """Overwrite what was found for some of the asked rows, and maybe others, with scikit-learn's answer.

    Parameters
    ----------
    rows, asked, k
        As for `nearest_in_blocks`; `asked` are all the rows that scikit-learn would be asked together.
    found : ndarray of int64, shape (m, k)
        Written to.
    again : ndarray of bool, shape (m,)
        Whose answer is wanted.
    """
    if not again.any():
        return
    with one_thread():
        index = _index(rows, k)
        # Trees measure pair by pair; products are summed block by block.
        which = again if index._fit_method != "brute" else _whole_blocks(again)
        found[which] = _ask(index, asked[which])


def _whole_blocks(again: BoolArray) -> BoolArray:
    """Return the mask widened to the blocks in which scikit-learn would search.

    It has another way through few queries (up to four blocks a thread), so there are always more.
    """
    size = int(get_config()["pairwise_dist_chunk_size"])
    block = np.arange(len(again)) // size
    wanted = np.zeros(block[-1] + 1, dtype=bool)
    wanted[block[again]] = True
    others = np.flatnonzero(~wanted)
    wanted[others[: max(0, 6 - int(wanted.sum()))]] = True
    mask: BoolArray = wanted[block]
    return mask
