"""Who is near whom among the rows of one matrix: each question is answered once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.threads import one_thread
from imbtool.methods.resample.blocks import apart_in_blocks, ask_again
from imbtool.methods.resample.cells import Cells

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray
    from imbtool.methods.resample.strips import Strips

# Enough for the questions of all samplers with their defaults, whoever asks first.
_KEPT = 12
_OTHERS = 3
# Below this, cells are not worth their while.
_FEW_ROWS = 1000


class NeighborGraph:
    """Exact neighbours among rows, searched for when asked and remembered.

    Answers are scikit-learn's, index for index: where distances are tied within rounding they hang on
    the rows that are looked up together, and these are looked up as imbalanced-learn does.

    Parameters
    ----------
    matrix : ndarray of float64, shape (n, width)
        Rows in a space of Euclidean distances; finite, never changed.
    strips : Strips, optional
        Segments that many of the rows lie on, where that is known.

    Attributes
    ----------
    matrix : ndarray of float64, shape (n, width)
    """

    def __init__(self, matrix: FloatArray, strips: Strips | None = None) -> None:
        self.matrix = matrix
        self._strips = strips
        self._slot = np.full(len(matrix), -1)
        self._places = np.empty((0, 0), dtype=np.int64)
        self._apart = np.empty((0, 0), dtype=bool)
        self._looked_up: dict[Any, IntArray] = {}
        self._contested: dict[Any, tuple[int, IntArray]] = {}
        self._parts: dict[bytes, NeighborGraph] = {}
        self._cells: Cells | None = None

    def among(self, rows: IntArray) -> NeighborGraph:
        """Return the graph of some of the rows, remembered too; its row i is ``rows[i]``."""
        key = rows.tobytes()
        if key not in self._parts:
            self._parts[key] = NeighborGraph(self.matrix[rows])
        return self._parts[key]

    def nearest(self, rows: IntArray, k: int, batch: IntArray | None = None) -> IntArray:
        """Return the `k` nearest rows of each row, itself among them, nearest first.

        Parameters
        ----------
        rows : ndarray of int64, shape (m,)
        k : int
            At most n.
        batch : ndarray of int64, optional
            Rows, ascending, that imbalanced-learn would look up together; `rows` by default.

        Returns
        -------
        ndarray of int64, shape (m, k)
        """
        places, apart = self.told_apart(rows, k)
        places = places[:, :k].copy()
        unsure = ~apart[:, :k].all(axis=1)
        if unsure.any():
            places[unsure] = self.look_up(rows[unsure], k, rows if batch is None else batch)
        return places

    def told_apart(self, rows: IntArray, k: int) -> tuple[IntArray, BoolArray]:
        """Return at least `k` neighbours of each row and which of them are certain.

        Returns
        -------
        places : ndarray of int64, shape (m, k or more)
        apart : ndarray of bool, same shape
            Whether the neighbours up to and including this one are certain to be the nearest, in any
            order: the next one is farther by more than rounding.
        """
        if k > self._places.shape[1]:
            width = min(max(k, _KEPT), len(self.matrix))
            self._slot[:] = -1
            self._places = np.empty((0, width), dtype=np.int64)
            self._apart = np.empty((0, width), dtype=bool)
        new = np.unique(rows[self._slot[rows] < 0])
        if new.size:
            places, apart = apart_in_blocks(self.matrix, self.matrix[new], self._places.shape[1])
            self._slot[new] = len(self._places) + np.arange(len(new))
            self._places = np.concatenate((self._places, places))
            self._apart = np.concatenate((self._apart, apart))
        slot = self._slot[rows]
        return self._places[slot], self._apart[slot]

    def look_up(self, rows: IntArray, k: int, batch: IntArray) -> IntArray:
        """Return what scikit-learn answers for some rows of a batch that is asked together."""
        key = (k, len(batch), hash(batch.tobytes()))
        known = self._looked_up.setdefault(key, np.full((len(batch), k), -1))
        position = np.searchsorted(batch, rows)
        again = np.zeros(len(batch), dtype=bool)
        again[position[known[position, 0] < 0]] = True
        asked = self.matrix if len(batch) == len(self.matrix) else self.matrix[batch]
        ask_again(self.matrix, asked, k, known, again)
        return known[position]

    def contested(self, y: IntArray, label: int, others: int) -> IntArray:
        """Return the rows of a class that another class may be close to.

        All rows left out are certain to have at least `others` rows of their class, besides
        themselves, nearer than any row of another class.

        Parameters
        ----------
        y : ndarray of int64, shape (n,)
        label : int
        others : int

        Returns
        -------
        ndarray of int64
            Ascending.
        """
        key = (label, hash(y.tobytes()))
        certified, rows = self._contested.get(key, (0, None))
        if rows is None or certified < others:
            certified = max(others, _OTHERS)
            rows = self._find_contested(y, label, certified)
            self._contested[key] = (certified, rows)
        return rows

    def _find_contested(self, y: IntArray, label: int, others: int) -> IntArray:
        own, foreign = np.flatnonzero(y == label), np.flatnonzero(y != label)
        if len(own) <= others or len(y) < _FEW_ROWS:
            return own
        with one_thread():
            if self._cells is None:
                self._cells = Cells(self.matrix)
            bounds = self._cells if self._strips is None else self._strips
            bound = bounds.nearest_bounds(own, foreign) - self._rounding(own)
            return own[~self._cells.surrounded(own, bound, others + 1)]

    def _rounding(self, rows: IntArray) -> FloatArray:
        """Return by how much a squared distance of each row may be off in scikit-learn."""
        norm = np.einsum("ij,ij->i", self.matrix, self.matrix)
        unit = 8 * (self.matrix.shape[1] + 4) * float(np.finfo(np.float64).eps)
        off: FloatArray = unit * (norm[rows] + norm.max())
        return off
