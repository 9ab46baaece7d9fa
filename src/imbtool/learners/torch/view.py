"""How the network sees the feature matrix: soft values, ranks, codes; missing cells stay missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.learners.numeric import NumericColumns
from imbtool.learners.views import known_codes

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, Layout

SOFT = 3.0
"""Soft values are bent to lie within plus or minus this many standard deviations."""
FAR, FARTHEST = 3.0, 10.0
"""Standard deviations from the mean where a rank goes on beyond its ends, and how far it does at most."""
PER_RANK = 16.0
"""Standard deviations beyond the ends that count as much as all ranks."""
_LARGE = 1e150


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkView:
    """Columns of a network, fitted on training rows.

    The matrix has, side by side: for each numeric feature its soft value (see `NumericColumns`, then
    bent by ``z / sqrt(1 + (z / 3)^2)``), NaN where the cell is missing; for each numeric feature its rank
    in [0, 1], 0 where the column has two values at most (the soft value says all); for each categorical
    feature its code, the number of levels where the cell is missing or the level unknown.

    Ranks, and all but ranks the soft values too, say little of how far out an extreme cell lies, and there
    the rare class may be. So a rank goes on beyond 0 and 1 by what a cell lies beyond `FAR` standard
    deviations from the mean, ``t / sqrt(1 + (t / 10)^2) / 16`` for t of them.

    The width depends on the layout alone, not on the rows: the networks of all folds have one shape.

    Parameters
    ----------
    layout : Layout
    numeric : NumericColumns
        Fitted on the numeric features.
    centre, spread : ndarray of float64, shape (n_numeric,)
        Mean and standard deviation of the numeric features; infinite where a column is constant.
    """

    layout: Layout
    numeric: NumericColumns
    centre: FloatArray
    spread: FloatArray

    @classmethod
    def fit(cls, X: FloatArray, layout: Layout) -> NetworkView:
        """Learn scales and rank curves from training rows."""
        values = X[:, list(layout.numeric)]
        centre, spread = _moments(np.clip(values, -_LARGE, _LARGE))
        return cls(layout=layout, numeric=NumericColumns.fit(values), centre=centre, spread=spread)

    def transform(self, X: FloatArray) -> FloatArray:
        """Return the matrix, shape (n, 2 n_numeric + n_categorical)."""
        values = np.clip(X[:, list(self.layout.numeric)], -_LARGE, _LARGE)
        soft = self.numeric.transform(values)[:, : values.shape[1]]
        soft = _bent(soft, SOFT)
        soft[np.isnan(values)] = np.nan
        rank = np.nan_to_num(self._beyond(values), nan=0.0)
        for j, knots, shares in self.numeric.curves:
            rank[:, j] += np.nan_to_num(np.interp(values[:, j], knots, shares), nan=0.0)
        codes = [_codes(X[:, j], self.layout.levels[j]) for j in self.layout.categorical]
        return np.column_stack([soft, rank, *codes])

    def _beyond(self, values: FloatArray) -> FloatArray:
        """Return by how much the ranks of cells far from the mean go on, NaN for missing ones."""
        with np.errstate(over="ignore"):
            away = np.clip((values - self.centre) / self.spread, -_LARGE, _LARGE)
        return _bent(away - np.clip(away, -FAR, FAR), FARTHEST) / PER_RANK


def _bent(z: FloatArray, most: float) -> FloatArray:
    return np.asarray(z / np.sqrt(1.0 + (z / most) ** 2))


def _moments(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return mean and standard deviation of the known cells of each column."""
    known = ~np.isnan(values)
    count = np.maximum(known.sum(axis=0), 1)
    centre = np.where(known, values, 0.0).sum(axis=0) / count
    away = np.where(known, values - centre, 0.0)
    largest = np.maximum(np.abs(away).max(axis=0, initial=0.0), np.finfo(np.float64).tiny)
    spread = largest * np.sqrt(((away / largest) ** 2).sum(axis=0) / count)
    return centre, np.where(spread > 1e-9 * np.abs(centre), spread, np.inf)


def _codes(column: FloatArray, n_levels: int) -> FloatArray:
    codes, known = known_codes(column, n_levels)
    return np.where(known, codes, n_levels).astype(np.float64)
