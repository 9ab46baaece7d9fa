"""How sure a difference is: tests and intervals that know that training parts overlap.

Folds of a cross-validation share training rows, so their values are correlated and the ordinary t-test
claims far too much. Nadeau and Bengio (Machine Learning 52, 2003, doi:10.1023/A:1024068626366) replace the
variance factor ``1/J`` of a mean over ``J`` folds by ``1/J + n_test/n_train``; everything here uses it.

Differences below 1e-12 are rounding and count as 0. When all folds differ by exactly the same amount other
than 0, the sample variance is 0 and the t-test would be certain after two folds. That happens to coarse
metrics on few positives, so the claim is limited to what the signs alone show: ``p = 2^(1-m)`` with ``m``
the number of disjoint test parts (the folds of one repeat), and the standard error that goes with it. With
the usual five folds such a difference is never significant at 5 percent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import stdtr, stdtrit

from imbtool.evaluation.result import Difference, Estimate
from imbtool.evaluation.significance import benjamini_hochberg, combined_f, sign_flip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray

__all__ = [
    "Posterior",
    "TTest",
    "corrected",
    "corrected_ttest",
    "correlated_bayes",
    "difference",
    "estimate",
    "holm",
    "mean_interval",
]

_ROUNDING = 1e-12
_NAN = float("nan")


class TTest(NamedTuple):
    """Mean difference with its interval, two-sided p-value, standard error and degrees of freedom."""

    mean: float
    low: float
    high: float
    p_value: float
    se: float
    df: int


class Posterior(NamedTuple):
    """Probabilities that a difference lies below, inside and above the region of equivalence."""

    worse: float
    equivalent: float
    better: float


def corrected_ttest(d: FloatArray, test_ratio: float, confidence: float = 0.95) -> TTest:
    """Corrected resampled t-test of "the mean difference is 0".

    Parameters
    ----------
    d : ndarray of float64, shape (J,)
        Paired differences, one a fold; NaN folds are left out.
    test_ratio : float
        ``n_test / n_train``, mean over the folds; ``1 / (K - 1)`` for K-fold cross-validation.
    confidence : float, default 0.95
        Coverage of the interval.

    Returns
    -------
    TTest
        ``df = J - 1``. With fewer than two folds all but the mean are NaN. All differences 0: p = 1 and an
        interval of no width. All equal but not 0: see the module's text.
    """
    values = _kept(d)
    df = len(values) - 1
    if df < 1:
        mean = float(values[0]) if len(values) else _NAN
        return TTest(mean, _NAN, _NAN, _NAN, _NAN, max(df, 0))
    mean, se = float(values.mean()), _standard_error(values, test_ratio)
    if se == 0.0:
        return TTest(mean, mean, mean, 1.0, 0.0, df)
    half = float(stdtrit(df, 0.5 + confidence / 2.0)) * se
    p_value = min(1.0, 2.0 * float(stdtr(df, -abs(mean) / se)))
    return TTest(mean, mean - half, mean + half, p_value, se, df)


def correlated_bayes(d: FloatArray, test_ratio: float, rope: float) -> Posterior:
    """Bayesian correlated t-test with a region of practical equivalence.

    The posterior of the mean difference is Student's t with ``J - 1`` degrees of freedom around the sample
    mean, its squared scale ``(1/J + rho/(1-rho)) s^2`` with ``rho = n_test / (n_test + n_train)`` (Corani and
    Benavoli, Machine Learning 100, 2015, doi:10.1007/s10994-015-5486-z).

    Parameters
    ----------
    d : ndarray of float64, shape (J,)
        Paired differences, one a fold; NaN folds are left out.
    test_ratio : float
        ``n_test / n_train = rho / (1 - rho)``.
    rope : float
        Half the width of the region of equivalence, in units of the metric; at least 0.

    Returns
    -------
    Posterior
        Sums to 1; NaN with fewer than two folds. All differences 0: equivalent for certain.
    """
    values = _kept(d)
    df = len(values) - 1
    if df < 1:
        return Posterior(_NAN, _NAN, _NAN)
    mean, se = float(values.mean()), _standard_error(values, test_ratio)
    if se == 0.0:
        return Posterior(0.0, 1.0, 0.0)
    worse = float(stdtr(df, (-rope - mean) / se))
    better = float(stdtr(df, (mean - rope) / se))
    return Posterior(worse, max(0.0, 1.0 - worse - better), better)


def holm(p_values: Sequence[float] | FloatArray) -> FloatArray:
    """Adjust p-values for the number of tests, step-down (Holm, Scand. J. Statistics 6, 1979).

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
    ascending = tested[np.argsort(raw[tested], kind="stable")]
    factors = len(tested) - np.arange(len(tested))
    adjusted[ascending] = np.minimum(1.0, np.maximum.accumulate(raw[ascending] * factors))
    return adjusted


def mean_interval(
    values: FloatArray, test_ratio: float, confidence: float = 0.95
) -> tuple[float, float, float]:
    """Return mean, lower and upper end of a corrected interval for the mean of a metric over the folds.

    NaN folds are left out; one fold has no interval. Values that are all equal show no variation, and their
    interval has no width. The interval is not cut at the ends of the metric's range.
    """
    kept = np.asarray(values, dtype=np.float64)
    kept = kept[~np.isnan(kept)]
    if len(kept) < 2:
        return (float(kept[0]) if len(kept) else _NAN), _NAN, _NAN
    mean, spread = float(kept.mean()), float(kept.std(ddof=1))
    half = float(stdtrit(len(kept) - 1, 0.5 + confidence / 2.0)) * spread
    half *= float(np.sqrt(1.0 / len(kept) + test_ratio))
    return mean, mean - half, mean + half


def estimate(values: FloatArray, test_ratio: float, flattery: float = 0.0) -> Estimate:
    """Return the `Estimate` of a metric from its values over the folds; see `mean_interval`.

    By `flattery` the mean lies above what it estimates: the interval is moved down by it, as far as it still
    holds the mean.
    """
    mean, low, high = mean_interval(values, test_ratio)
    return Estimate(mean=mean, low=low - flattery, high=max(high - flattery, mean))


def difference(
    a: FloatArray,
    b: FloatArray,
    *,
    test_ratio: float,
    rope: float,
    greater_is_better: bool = True,
    test: str = "corrected-t",
) -> Difference:
    """Compare two rows over the same folds.

    Parameters
    ----------
    a, b : ndarray of float64, shape (J,)
        Values of the metric, one a fold, in the same fold order. Folds where either is NaN are left out.
    test_ratio : float
        ``n_test / n_train``, mean over the folds.
    rope : float
        Half the width of the region of practical equivalence, in units of the metric.
    greater_is_better : bool, default True
        Orientation of the metric.
    test : str, default "corrected-t"
        Where the p-value comes from (`imbtool.evaluation.choice`); interval and posterior are those of the
        corrected t-test throughout.

    Returns
    -------
    Difference
        Of `a` against `b`, positive when `a` is better. ``p_holm`` equals ``p_value`` until `corrected`.
    """
    d = np.asarray(a, dtype=np.float64) - np.asarray(b, dtype=np.float64)
    d = d if greater_is_better else -d
    found = corrected_ttest(d, test_ratio)
    posterior = correlated_bayes(d, test_ratio, rope)
    p_value = _p_value(test, d, test_ratio, found)
    return Difference(
        mean=found.mean,
        low=found.low,
        high=found.high,
        p_value=p_value,
        p_holm=p_value,
        worse=posterior.worse,
        equivalent=posterior.equivalent,
        better=posterior.better,
    )


def corrected(differences: Sequence[Difference], correction: str) -> list[Difference]:
    """Return the differences with ``p_holm`` corrected over all of them.

    Parameters
    ----------
    differences : sequence of Difference
    correction : {"holm", "bh", "none"}
        The field keeps its name whatever the correction is.
    """
    raw = [d.p_value for d in differences]
    adjusted = _CORRECTIONS[correction](raw) if correction in _CORRECTIONS else raw
    return [replace(d, p_holm=float(p)) for d, p in zip(differences, adjusted, strict=True)]


_CORRECTIONS = {"holm": holm, "bh": benjamini_hochberg}
_HALVES = (5, 2)


def _p_value(test: str, d: FloatArray, test_ratio: float, found: TTest) -> float:
    """Return the p-value of the test that was chosen; NaN where it has not all the folds it needs."""
    if test == "5x2cv-f":
        return combined_f(d.reshape(_HALVES)) if d.size == 10 else _NAN
    values = d[~np.isnan(d)]
    same = len(values) < 2 or not float(values.std()) > _ROUNDING
    # Equal differences show no more than their signs do, see the module's text.
    return found.p_value if test != "permutation" or same else sign_flip(values, test_ratio)


def _kept(d: FloatArray) -> FloatArray:
    values = np.asarray(d, dtype=np.float64)
    values = values[~np.isnan(values)]
    return np.where(np.abs(values) < _ROUNDING, 0.0, values)


def _standard_error(values: FloatArray, test_ratio: float) -> float:
    """Return the corrected standard error of the mean; 0 only when all values are 0."""
    count = len(values)
    spread = float(values.std(ddof=1))
    mean = abs(float(values.mean()))
    if spread > _ROUNDING * max(1.0, mean):
        return spread * float(np.sqrt(1.0 / count + test_ratio))
    if mean == 0.0:
        return 0.0
    disjoint = min(count, 1 + round(1.0 / test_ratio)) if test_ratio > 0.0 else count
    p_value = 2.0 ** (1 - max(2, disjoint))
    return mean / float(stdtrit(count - 1, 1.0 - p_value / 2.0))
