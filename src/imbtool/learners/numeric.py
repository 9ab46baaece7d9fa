"""Numeric columns for linear models: values with soft tails, and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray

KNOTS = 200
"""Quantile knots of a rank curve."""
MAX_RANKED = 500
"""Tables with more numeric columns get no ranks: they would double a matrix that is already wide."""
_LARGE = 1e150  # differences and ratios of clipped numbers stay finite


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class NumericColumns:
    """Two pictures of each numeric column, both with mean 0 and standard deviation 1 in training.

    *Soft value*: ``asinh((x - median) / iqr)``, linear in the middle and logarithmic in the tails, so
    that an outlier keeps its place beyond the others (it may be the rare class) without ruling the
    scale. *Rank*: the share of training values below x, interpolated between `KNOTS` quantiles. A
    missing cell counts as the median. Columns of one or two values have no rank: it would repeat
    them. Constant and all-missing columns come out as zeros.

    Parameters
    ----------
    median, unit : ndarray of float64, shape (n_columns,)
        Centre and width (interquartile range, or standard deviation where that is 0).
    mean, sd : ndarray of float64, shape (n_columns + n_ranked,)
        Of soft values, then of ranks.
    curves : tuple of (int, ndarray, ndarray)
        For each ranked column its position, the knots and their ranks.
    missing : ndarray of bool, shape (n_columns,)
        Which columns have missing cells in training.
    """

    median: FloatArray
    unit: FloatArray
    mean: FloatArray
    sd: FloatArray
    curves: tuple[tuple[int, FloatArray, FloatArray], ...]
    missing: BoolArray

    @classmethod
    def fit(cls, values: FloatArray) -> NumericColumns:
        """Learn from training columns, shape (n, n_columns)."""
        n_columns = values.shape[1]
        median, unit = np.zeros(n_columns), np.ones(n_columns)
        curves = []
        for j in range(n_columns):
            known = np.sort(np.clip(values[~np.isnan(values[:, j]), j], -_LARGE, _LARGE))
            if not known.size:
                continue
            median[j], unit[j] = _centre(known)
            if n_columns <= MAX_RANKED and known[0] < known[-1]:
                knots, ranks = _rank_curve(known)
                if knots.size > 2:
                    curves.append((j, knots, ranks))
        raw = _pictures(values, median, unit, tuple(curves))
        sd = raw.std(axis=0)
        return cls(
            median=median,
            unit=unit,
            mean=raw.mean(axis=0),
            sd=np.where(sd > 1e-9, sd, np.inf),
            curves=tuple(curves),
            missing=np.asarray(np.isnan(values).any(axis=0)),
        )

    def transform(self, values: FloatArray) -> FloatArray:
        """Return soft values, ranks and missing flags, shape (n, n_columns + n_ranked + n_missing)."""
        raw = _pictures(values, self.median, self.unit, self.curves)
        flags = np.isnan(values[:, self.missing]).astype(np.float64)
        return np.hstack([(raw - self.mean) / self.sd, flags])


def _centre(known: FloatArray) -> tuple[float, float]:
    low, median, high = np.quantile(known, (0.25, 0.5, 0.75))
    unit = float(high - low)
    if unit == 0.0:  # most values equal: the few others set the width
        largest = max(abs(known[0] - median), abs(known[-1] - median)) or 1.0
        unit = float(largest * np.sqrt(np.mean(((known - median) / largest) ** 2))) or 1.0
    return float(median), unit


def _rank_curve(known: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return knots and their ranks; a value that fills several quantiles gets the middle one."""
    shares = np.linspace(0.0, 1.0, KNOTS + 1)
    knots, which = np.unique(np.quantile(known, shares, method="nearest"), return_inverse=True)
    return knots, np.bincount(which, weights=shares) / np.bincount(which)


def _pictures(
    values: FloatArray,
    median: FloatArray,
    unit: FloatArray,
    curves: tuple[tuple[int, FloatArray, FloatArray], ...],
) -> FloatArray:
    filled = np.clip(np.where(np.isnan(values), median, values), -_LARGE, _LARGE)
    with np.errstate(over="ignore"):
        soft = np.arcsinh(np.clip((filled - median) / unit, -_LARGE, _LARGE))
    ranks = [np.interp(filled[:, j], knots, share) for j, knots, share in curves]
    return np.column_stack([soft, *ranks]) if ranks else soft
