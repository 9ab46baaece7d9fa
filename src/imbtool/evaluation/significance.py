"""Other tests over folds than the default, and another correction for many of them.

The default is the corrected resampled t-test of `imbtool.evaluation.statistics`. What each claims when there
is nothing to claim stands in ``benchmarks/results/false_claims.md``.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray

_EXACT_FOLDS = 14
_DRAWS = 20_000


def combined_f(d: FloatArray) -> float:
    """Return the p-value of the combined 5x2cv F test (Alpaydin, Neural Computation 11, 1999).

    Parameters
    ----------
    d : ndarray of float64, shape (R, 2)
        Paired differences of each half in each of R repeats of two-fold cross-validation; 5 in the paper.

    Returns
    -------
    float
        From ``F = sum d^2 / (2 sum s^2)`` with ``2R`` and ``R`` degrees of freedom, where ``s^2`` is the sum
        of squares about the mean of a repeat. All differences 0: 1. NaN where one is missing.
    """
    halves = np.asarray(d, dtype=np.float64)
    if halves.ndim != 2 or halves.shape[1] != 2 or np.isnan(halves).any():
        return float("nan")
    repeats = len(halves)
    spread = ((halves - halves.mean(axis=1, keepdims=True)) ** 2).sum()
    size = (halves**2).sum()
    if size == 0.0:
        return 1.0
    if spread == 0.0:
        return 0.0
    return float(fdtrc(2 * repeats, repeats, size / (2.0 * spread)))


def sign_flip(d: FloatArray, test_ratio: float = 0.0, *, seed: int = 0) -> float:
    """Return the p-value of the permutation test that swaps the two methods on each fold.

    The statistic is Student's t, whose distribution under swapping takes the place of the table's. Folds
    share training rows, so that their differences are not exchangeable one by one: as it stands the test
    claims over the folds of a cross-validation more than it promises. With a `test_ratio` the statistic of
    the data is divided by ``sqrt(1 + J test_ratio)``, as Nadeau and Bengio do in the corrected t-test; with 0
    it is the ordinary test, right for independent data sets.

    Parameters
    ----------
    d : ndarray of float64, shape (J,)
        Paired differences; NaN left out.
    test_ratio : float, default 0
        ``n_test / n_train``.
    seed : int, default 0
        Of the 20,000 draws that stand for all signs when there are more than 14 differences.
    """
    values = np.asarray(d, dtype=np.float64)
    values = values[~np.isnan(values)]
    size = float(np.square(values).sum())
    if not len(values):
        return float("nan")
    if size == 0.0:
        return 1.0
    signs, counted = _signs(len(values), seed)
    # t grows with r = (sum d)^2 / (J sum d^2): t^2 = (J - 1) r / (1 - r).
    shares = np.square(signs @ values) / (len(values) * size)
    seen = float(values.sum()) ** 2 / (len(values) * size)
    spread = (1.0 - seen) * (1.0 + len(values) * test_ratio)
    corrected = seen / (seen + spread) if seen + spread > 0.0 else 1.0
    as_large = int((shares >= corrected - 1e-12).sum())
    return min(1.0, (as_large + counted) / (len(shares) + counted))


@lru_cache(maxsize=8)
def _signs(count: int, seed: int) -> tuple[FloatArray, int]:
    """Return all signs of so many differences, or draws of them, and 1 where the data count as one more."""
    if count <= _EXACT_FOLDS:
        return np.array(list(product((-1.0, 1.0), repeat=count))), 0
    return np.random.default_rng(seed).choice((-1.0, 1.0), size=(_DRAWS, count)), 1


def benjamini_hochberg(p_values: Sequence[float] | FloatArray) -> FloatArray:
    """Adjust p-values so that at most that share of the claims is false on average.

    Benjamini and Hochberg, JRSS B 57 (1995), step-up; holds for independent or positively dependent tests,
    such as methods against one control.

    Parameters
    ----------
    p_values : sequence of float, shape (m,)
        NaN entries stay NaN and do not count as tests.

    Returns
    -------
    ndarray of float64, shape (m,)
        At least the raw values, at most 1, in the same order.
    """
    raw = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full_like(raw, np.nan)
    tested = np.flatnonzero(~np.isnan(raw))
    falling = tested[np.argsort(-raw[tested], kind="stable")]
    ranks = np.arange(len(tested), 0, -1)
    adjusted[falling] = np.minimum(1.0, np.minimum.accumulate(raw[falling] * len(tested) / ranks))
    return adjusted
