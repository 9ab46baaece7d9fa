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
_LARGE = 1e150


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NetworkView:
    """Columns of a network, fitted on training rows.

    The matrix has, side by side: for each numeric feature its soft value (see `NumericColumns`, then
    bent by ``z / sqrt(1 + (z / 3)^2)``), NaN where the cell is missing; for each numeric feature its rank
    in [0, 1], 0 where the column has two values at most (the soft value says all); for each categorical
    feature its code, the number of levels where the cell is missing or the level unknown.

    The width depends on the layout alone, not on the rows: the networks of all folds have one shape.

    Parameters
    ----------
    layout : Layout
    numeric : NumericColumns
        Fitted on the numeric features.
    """

    layout: Layout
    numeric: NumericColumns

    @classmethod
    def fit(cls, X: FloatArray, layout: Layout) -> NetworkView:
        """Learn scales and rank curves from training rows."""
        return cls(layout=layout, numeric=NumericColumns.fit(X[:, list(layout.numeric)]))

    def transform(self, X: FloatArray) -> FloatArray:
        """Return the matrix, shape (n, 2 n_numeric + n_categorical)."""
        values = np.clip(X[:, list(self.layout.numeric)], -_LARGE, _LARGE)
        soft = self.numeric.transform(values)[:, : values.shape[1]]
        soft = soft / np.sqrt(1.0 + (soft / SOFT) ** 2)
        soft[np.isnan(values)] = np.nan
        rank = np.zeros_like(values)
        for j, knots, shares in self.numeric.curves:
            rank[:, j] = np.nan_to_num(np.interp(values[:, j], knots, shares), nan=0.0)
        codes = [_codes(X[:, j], self.layout.levels[j]) for j in self.layout.categorical]
        return np.column_stack([soft, rank, *codes])


def _codes(column: FloatArray, n_levels: int) -> FloatArray:
    codes, known = known_codes(column, n_levels)
    return np.where(known, codes, n_levels).astype(np.float64)
