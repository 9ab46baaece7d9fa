"""Tests of models on the same rows of a hold-out: McNemar, Cochran's Q, DeLong, permutation of PR-AUC.

They ask whether these fitted models differ on rows like these, not whether one way of training is better than
another: for that, compare over folds. McNemar speaks about the share of right decisions, which the
frequent class dominates; restrict it to the rows of the rare class to speak about recall.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import chdtrc, stdtr, stdtrit
from scipy.stats import binomtest, rankdata

from imbtool.metrics.bootstrap import BLOCK_CELLS, Ladder, average_precision

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray

_ROW_VISITS = 200_000_000
_LEAST_DRAWS = 400
_APART = 0.125
"""By which a coin sets ranks of two models apart: less than half of what lies between two ranks of one."""
EXACT_BELOW = 25
"""Fewer disagreements than this are tested by the binomial distribution (Raschka, arXiv 1811.12808)."""


class McNemar(NamedTuple):
    """Rows that only the first, and only the second model has right, and the two-sided p-value."""

    only_first: int
    only_second: int
    p_value: float


class CochranQ(NamedTuple):
    """Cochran's statistic, its degrees of freedom and p-value."""

    q: float
    df: int
    p_value: float


class DeLong(NamedTuple):
    """Areas under two ROC curves, their difference (first minus second), its interval and p-value."""

    first: float
    second: float
    difference: float
    low: float
    high: float
    p_value: float


def mcnemar(first: BoolArray, second: BoolArray) -> McNemar:
    """Test whether two models are right equally often.

    Parameters
    ----------
    first, second : ndarray of bool, shape (n,)
        Whether each model decides each row rightly.

    Returns
    -------
    McNemar
        Exact binomial test with fewer than 25 disagreements, else chi-squared with Edwards' continuity
        correction (McNemar 1947; Edwards 1948). No disagreement: p = 1.
    """
    a, b = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    only_first, only_second = int((a & ~b).sum()), int((~a & b).sum())
    total = only_first + only_second
    if total == 0:
        return McNemar(0, 0, 1.0)
    if total < EXACT_BELOW:
        p_value = float(binomtest(only_first, total).pvalue)
    else:
        statistic = (abs(only_first - only_second) - 1.0) ** 2 / total
        p_value = float(chdtrc(1, statistic))
    return McNemar(only_first, only_second, p_value)


def cochran_q(right: BoolArray) -> CochranQ:
    """Test whether several models are right equally often.

    Parameters
    ----------
    right : ndarray of bool, shape (n, m)
        Whether each of at least two models decides each row rightly.

    Returns
    -------
    CochranQ
        ``Q = (m - 1) (m sum G_j^2 - T^2) / (m T - sum L_i^2)`` with the counts ``G`` of models, ``L`` of rows
        and ``T`` of all, chi-squared with ``m - 1`` degrees of freedom (Cochran, Biometrika 37, 1950). For
        two models it is McNemar's statistic without continuity correction. No disagreement: p = 1.
    """
    table = np.asarray(right, dtype=np.float64)
    m = table.shape[1]
    of_model, of_row, total = table.sum(axis=0), table.sum(axis=1), float(table.sum())
    spread = m * total - float(np.square(of_row).sum())
    if spread == 0.0:
        return CochranQ(0.0, m - 1, 1.0)
    q = (m - 1) * (m * float(np.square(of_model).sum()) - total * total) / spread
    return CochranQ(q, m - 1, float(chdtrc(m - 1, q)))


def swapped_pr_auc(
    positive: BoolArray, first: FloatArray, second: FloatArray, *, draws: int = 2000, seed: int = 0
) -> float:
    """Return the p-value of the permutation test that two scores have the same PR-AUC.

    Under the hypothesis the two scores of a row can be swapped. They are taken as ranks, so that models on
    other scales can be compared; what is drawn at random is which rows are swapped. Swapped ranks tie with
    each other, which scores do not, and ties make the gaps of the swaps smaller than they should be: a coin
    for each rank says which model's goes first.

    Parameters
    ----------
    positive : ndarray of bool, shape (n,)
    first, second : ndarray of float64, shape (n,)
    draws : int, default 2000
        Fewer for very many rows.
    seed : int, default 0

    Returns
    -------
    float
        Two-sided, at least ``1 / (draws + 1)``; NaN where a class is missing.
    """
    hit = np.asarray(positive, dtype=bool)
    n = len(hit)
    if not 0 < hit.sum() < n:
        return float("nan")
    draws = min(draws, max(_LEAST_DRAWS, _ROW_VISITS // (2 * n)))
    rng = np.random.default_rng(seed)
    ranks, others = rankdata(first), rankdata(second)
    coins = rng.choice([-_APART, _APART], size=2 * n + 1)  # a rank may lie half-way between two
    others = others + coins[np.rint(2.0 * others).astype(np.int64)]
    both = Ladder(np.concatenate([ranks, others]), np.concatenate([hit, hit]))

    def gaps(swap: BoolArray) -> FloatArray:
        here = np.concatenate([~swap, swap], axis=1).astype(np.float64)
        return average_precision(both.climb(here)) - average_precision(both.climb(1.0 - here))

    seen = abs(float(gaps(np.zeros((1, n), dtype=bool))[0]))
    block = max(1, BLOCK_CELLS // n)
    as_large = 0
    for start in range(0, draws, block):
        swap = rng.integers(0, 2, size=(min(block, draws - start), n), dtype=np.int8).astype(bool)
        as_large += int((np.abs(gaps(swap)) >= seen - 1e-12).sum())
    return (as_large + 1) / (draws + 1)


def delong(positive: BoolArray, first: FloatArray, second: FloatArray, *, confidence: float = 0.95) -> DeLong:
    """Test whether two scores of the same rows have the same area under the ROC curve.

    Parameters
    ----------
    positive : ndarray of bool, shape (n,)
        At least two rows of either class.
    first, second : ndarray of float64, shape (n,)
        Scores, larger for more likely positive; ties count half.
    confidence : float, default 0.95

    Returns
    -------
    DeLong
        The variance of DeLong, DeLong, Clarke-Pearson (Biometrics 44, 1988), by mid-ranks (Sun and Xu, IEEE
        SPL 21, 2014), n log n. Scores that rank all rows alike: difference 0, p = 1. NaN where a class
        has fewer than two rows. The interval ends at -1 and 1: areas cannot lie further apart.

    Notes
    -----
    Departure: the difference is held against Student's t in place of the normal distribution, which claims
    up to 8 percent instead of 5 with ten positives. The variance is the sum of two that are estimated,
    one from the rows of each class, as in Welch's t-test; so are the degrees of freedom (Satterthwaite,
    Biometrics Bulletin 2, 1946). With some hundred positives nothing is left of it.
    """
    hit = np.asarray(positive, dtype=bool)
    n_pos, n_neg = int(hit.sum()), int((~hit).sum())
    parts = [_placements(hit, np.asarray(score, dtype=np.float64)) for score in (first, second)]
    one, two = (float(on_pos.mean()) if n_pos else float("nan") for on_pos, _ in parts)
    gap = one - two
    if n_pos < 2 or n_neg < 2:
        nan = float("nan")
        return DeLong(one, two, gap, nan, nan, nan)
    by_pos, by_neg = parts[0][0] - parts[1][0], parts[0][1] - parts[1][1]
    pos, neg = float(by_pos.var(ddof=1)) / n_pos, float(by_neg.var(ddof=1)) / n_neg
    se = float(np.sqrt(pos + neg))
    if se == 0.0:
        return DeLong(one, two, gap, gap, gap, 1.0 if gap == 0.0 else 0.0)
    shares = np.array([pos, neg]) / (pos + neg)
    df = 1.0 / float((shares**2 / np.array([n_pos - 1, n_neg - 1])).sum())
    half = float(stdtrit(df, 0.5 + confidence / 2.0)) * se
    p_value = float(2.0 * stdtr(df, -abs(gap) / se))
    return DeLong(one, two, gap, max(gap - half, -1.0), min(gap + half, 1.0), p_value)


def _placements(hit: BoolArray, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return for each positive the share of negatives below it, for each negative of positives above it."""
    n_pos, n_neg = int(hit.sum()), int((~hit).sum())
    everywhere = rankdata(score)
    on_pos = (everywhere[hit] - rankdata(score[hit])) / max(n_neg, 1)
    on_neg = 1.0 - (everywhere[~hit] - rankdata(score[~hit])) / max(n_pos, 1)
    return on_pos, on_neg
