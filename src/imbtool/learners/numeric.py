"""Numeric columns for linear models: values with soft tails, and ranks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray

KNOTS = 200
"""Quantile knots of a rank curve."""
MAX_RANKED = 500
"""Tables with more numeric columns get no ranks: they would double a matrix that is already wide."""
_ROWS_AT_ONCE = 4096
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
        missing = np.zeros(n_columns, dtype=bool)
        soft, curves, ranks = [], [], []
        for j in range(n_columns):  # column by column: no second matrix is held
            absent = np.isnan(values[:, j])
            missing[j] = absent.any()
            known = np.sort(np.clip(values[~absent, j], -_LARGE, _LARGE))
            if known.size:
                median[j], unit[j] = _centre(known)
            filled = _filled(values[:, j], median[j])
            soft.append(_mean_and_sd(_soft(filled, median[j], unit[j])))
            if not known.size or n_columns > MAX_RANKED or known[0] == known[-1]:
                continue
            knots, shares = _rank_curve(known)
            if knots.size > 2:
                curves.append((j, knots, shares))
                ranks.append(_mean_and_sd(np.interp(filled, knots, shares)))
        mean, sd = np.asarray(soft + ranks, dtype=np.float64).reshape(-1, 2).T
        return cls(
            median=median,
            unit=unit,
            mean=mean,
            sd=np.where(sd > 1e-9, sd, np.inf),
            curves=tuple(curves),
            missing=missing,
        )

    def transform(self, values: FloatArray) -> FloatArray:
        """Return soft values, ranks and missing flags, shape (n, n_columns + n_ranked + n_missing)."""
        n, width = len(values), self.mean.size
        columns = np.empty((n, width + int(self.missing.sum())))
        for start in range(0, n, _ROWS_AT_ONCE):
            block, out = values[start : start + _ROWS_AT_ONCE], columns[start : start + _ROWS_AT_ONCE]
            filled = _filled(block, self.median)
            out[:, : self.median.size] = _soft(filled, self.median, self.unit)
            for at, (j, knots, shares) in enumerate(self.curves, start=self.median.size):
                out[:, at] = np.interp(filled[:, j], knots, shares)
            out[:, :width] -= self.mean
            out[:, :width] /= self.sd
            out[:, width:] = np.isnan(block[:, self.missing])
        return columns


def _filled(values: FloatArray, median: Any) -> FloatArray:
    return np.clip(np.where(np.isnan(values), median, values), -_LARGE, _LARGE)


def _soft(filled: FloatArray, median: Any, unit: Any) -> FloatArray:
    with np.errstate(over="ignore"):
        soft: FloatArray = np.arcsinh(np.clip((filled - median) / unit, -_LARGE, _LARGE))
    return soft


def _mean_and_sd(picture: FloatArray) -> tuple[float, float]:
    return float(picture.mean()), float(picture.std())


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
