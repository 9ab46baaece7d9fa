"""Ranks over data sets: Friedman's test and the critical difference of Nemenyi.

Sources: J. Demsar, Statistical comparisons of classifiers over multiple data sets, JMLR 7, 2006, for the
use of both and for Iman and Davenport's correction; W. J. Conover, Practical Nonparametric Statistics,
for the variance of tied ranks. Departure from Demsar: chi-squared is corrected for ties, as SciPy and R
do; without ties the numbers are his.
"""

from __future__ import annotations

from math import factorial, inf, sqrt
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, fdtrc
from scipy.stats import rankdata, studentized_range

from imbtool.batches.result import Friedman

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray

_DIGITS = 12
"""Scores that agree to so many decimals are tied: the rest is rounding."""


def ranks_of(scores: FloatArray) -> FloatArray:
    """Return the rank of every row on every data set.

    Parameters
    ----------
    scores : ndarray of float64, shape (n_data, n_rows)
        More is better; no NaN.

    Returns
    -------
    ndarray of float64, shape (n_data, n_rows)
        1 for the best; tied rows share the mean of their ranks.
    """
    return np.asarray(rankdata(-np.round(scores, _DIGITS), axis=1), dtype=np.float64)


def friedman(ranks: FloatArray) -> Friedman:
    """Test whether all rows have the same ranks over the data sets.

    Parameters
    ----------
    ranks : ndarray of float64, shape (n_data, n_rows)
        From `ranks_of`; at least two data sets and three rows.

    Returns
    -------
    Friedman
        Chi-squared with ``k - 1`` degrees of freedom, corrected for ties, and Iman and Davenport's
        ``F = (N - 1) chi2 / (N (k - 1) - chi2)`` with ``k - 1`` and ``(k - 1)(N - 1)`` degrees of freedom,
        which is less conservative. When all data sets agree in everything F is infinite; its p-value is
        then the exact ``(1 / k!)^(N - 1)``. When all rows are tied everywhere both p-values are 1.
    """
    n, k = ranks.shape
    tied = sum(float((c**3 - c).sum()) for c in (np.unique(row, return_counts=True)[1] for row in ranks))
    spread = n * k * (k + 1) / 12 - tied / (12 * (k - 1))
    chi2 = 0.0
    if spread > 0:
        chi2 = float(((ranks.sum(axis=0) - n * (k + 1) / 2) ** 2).sum()) / spread
    left = n * (k - 1) - chi2
    agreed = left <= 1e-9 * n * (k - 1)
    f = inf if agreed else (n - 1) * chi2 / left
    degrees = (k - 1, (k - 1) * (n - 1))
    return Friedman(
        chi2=chi2,
        df=k - 1,
        p_value=float(chdtrc(k - 1, chi2)),
        f=f,
        f_df=degrees,
        f_p_value=(1 / factorial(k)) ** (n - 1) if agreed else float(fdtrc(*degrees, f)),
    )


def critical_difference(n_rows: int, n_data: int, alpha: float = 0.05) -> float:
    """Return by how much two mean ranks must differ in Nemenyi's test.

    ``q sqrt(k (k + 1) / (6 N))`` with ``q`` the quantile of the studentized range of ``k`` rows and
    infinite degrees of freedom, divided by the square root of 2.
    """
    q = float(studentized_range.ppf(1 - alpha, n_rows, inf)) / sqrt(2)
    return q * _standard_error(n_rows, n_data)


def nemenyi(mean_ranks: FloatArray, n_data: int) -> FloatArray:
    """Return the p-value of every pair of rows in Nemenyi's test, shape (n_rows, n_rows)."""
    k = mean_ranks.shape[0]
    apart = np.abs(mean_ranks[:, None] - mean_ranks[None, :]) / _standard_error(k, n_data)
    return np.asarray(studentized_range.sf(apart * sqrt(2), k, inf), dtype=np.float64)


def cliques(mean_ranks: FloatArray, distance: float) -> tuple[tuple[int, ...], ...]:
    """Return the largest sets of rows whose mean ranks lie within `distance`, best first.

    Rows of a set are given by their positions, best first; a row that is alone is in no set.
    """
    order = [int(i) for i in np.argsort(mean_ranks, kind="stable")]
    found: list[tuple[int, ...]] = []
    reached = 0
    for start in range(len(order)):
        end = start + 1
        while end < len(order) and mean_ranks[order[end]] - mean_ranks[order[start]] < distance:
            end += 1
        if end - start > 1 and end > reached:
            found.append(tuple(order[start:end]))
            reached = end
    return tuple(found)


def _standard_error(n_rows: int, n_data: int) -> float:
    return sqrt(n_rows * (n_rows + 1) / (6 * n_data))
