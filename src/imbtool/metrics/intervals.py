"""Confidence intervals from the values of bootstrap resamples.

Whether they hold the truth as often as they say is measured in ``benchmarks/results/coverage.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import expit, logit, ndtr, ndtri, stdtrit

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray

_ONE_SIDED = 0.05
_CLIP = 1e-9


def widened(level: float, rows: int | None) -> float:
    """Return the normal quantile of a two-sided interval, widened for few rows.

    Resamples of ``n`` rows vary ``(n - 1) / n`` times as much as samples do, and their percentiles are those
    of a normal distribution where Student's is due. Percentiles are taken where
    ``sqrt(n / (n - 1)) t(n - 1)`` lies instead of ``z`` (Hesterberg, The American Statistician 69, 2015:
    expanded percentiles), with ``n`` the rows of the smaller class, which most of the spread comes from.

    Parameters
    ----------
    level : float
        Of the interval, such as 0.95.
    rows : int or None
        Rows of the smaller class; None, or fewer than 2: as if there were very many.
    """
    tail = (1.0 + level) / 2.0
    if rows is None or rows < 2:
        return float(ndtri(tail))
    return float(stdtrit(rows - 1, tail)) * float(np.sqrt(rows / (rows - 1)))


def interval(
    values: FloatArray,
    point: float,
    level: float = 0.95,
    *,
    limits: tuple[float, float] = (-np.inf, np.inf),
    rows: int | None = None,
    acceleration: float = 0.0,
) -> tuple[float, float]:
    """Return a bias-corrected, and with an acceleration BCa, percentile interval (Efron, 1981, 1987).

    The percentiles are moved by twice the normal quantile of the share of resamples below the point value.
    That matters for metrics that resampling shifts: drawing a row twice ties it with itself, which flatters
    PR-AUC on few positives, and adds noise to every bin, which inflates the calibration error. Where nearly
    all resamples lie on one side of the value there are too few on the other to move percentiles by; the
    interval is then the basic one (the percentiles mirrored at the value), extended to hold the value.

    Parameters
    ----------
    values : ndarray of float64, shape (resamples,)
        NaN where undefined; left out.
    point : float
        The value on all rows.
    level : float, default=0.95
    limits : (float, float)
        Least and greatest value there can be.
    rows : int, optional
        Rows of the smaller class; few widen the interval, see `widened`.
    acceleration : float, default=0
        A sixth of the skewness of the value over samples, see `acceleration_of`.

    Returns
    -------
    (low, high), NaN when nothing is defined. The interval holds `point`.
    """
    known = np.sort(values[np.isfinite(values)])
    if not known.size or not np.isfinite(point):
        return float("nan"), float("nan")
    below = (np.searchsorted(known, point, "left") + np.searchsorted(known, point, "right")) / 2
    share = below / len(known)
    z = widened(level, rows) * np.array([-1.0, 1.0])
    if _ONE_SIDED <= share <= 1 - _ONE_SIDED:
        moved = ndtri(share) + z
        low, high = np.quantile(known, ndtr(ndtri(share) + moved / (1.0 - acceleration * moved)))
    else:
        high, low = 2 * point - np.quantile(known, ndtr(z))
    low, high = max(low, limits[0]), min(high, limits[1])
    return float(min(low, point)), float(max(high, point))


def acceleration_of(losses: FloatArray, weight: FloatArray | None = None) -> float:
    """Return the acceleration of a mean over rows, ``sum u^3 / (6 (sum u^2)^(3/2))``; `u` is off the mean."""
    mean = np.average(losses, weights=weight)
    pull = losses - mean if weight is None else weight * (losses - mean)
    size = float(np.square(pull).sum())
    return float((pull**3).sum()) / (6.0 * size**1.5) if size > 0.0 else 0.0


def logit_interval(
    values: FloatArray, point: float, level: float = 0.95, *, rows: int | None = None
) -> tuple[float, float]:
    """Return a normal interval on the log-odds of an area under the ROC curve, moved by its bias.

    Percentiles lie too high when the area is near 1 and the rows of the rare class are few; this interval is
    skewed towards 0.5, as it should be. Parameters as in `interval`.

    Returns
    -------
    (low, high) within (0, 1) that holds `point`; NaN when nothing is defined or `point` is 0 or 1.
    """
    known = values[np.isfinite(values)]
    if not known.size or not 0.0 < point < 1.0:
        return float("nan"), float("nan")
    odds = logit(np.clip(known, _CLIP, 1.0 - _CLIP))
    # Resamples without a single error have no odds: the median and one sigma either side do not mind a few.
    low, middle, high = np.quantile(odds, ndtr(np.array([-1.0, 0.0, 1.0])))
    return _around(2.0 * float(logit(point)) - middle, (high - low) / 2.0, point, level, rows)


def delta_logit_interval(
    values: FloatArray, point: float, level: float = 0.95, *, rows: int | None = None
) -> tuple[float, float]:
    """Return a normal interval on the log-odds of an area under the precision-recall curve.

    Its standard error there is that of the resamples over ``p (1 - p)`` (Boyd, Eng, Page, ECML 2013, who find
    this logit interval to be the one that holds; their standard error is binomial). Parameters and result as
    in `logit_interval`.
    """
    known = values[np.isfinite(values)]
    if known.size < 2 or not 0.0 < point < 1.0:
        return float("nan"), float("nan")
    se = float(known.std(ddof=1)) / (point * (1.0 - point))
    return _around(float(logit(point)), se, point, level, rows)


def _around(middle: float, se: float, point: float, level: float, rows: int | None) -> tuple[float, float]:
    low, high = expit(middle + widened(level, rows) * se * np.array([-1.0, 1.0]))
    return float(min(low, point)), float(max(high, point))


def percentile_interval(
    values: FloatArray, point: float, level: float = 0.95, *, rows: int | None = None
) -> tuple[float, float]:
    """Return the percentiles themselves, extended to hold `point`; parameters as in `interval`."""
    known = values[np.isfinite(values)]
    if not known.size or not np.isfinite(point):
        return float("nan"), float("nan")
    low, high = np.quantile(known, ndtr(widened(level, rows) * np.array([-1.0, 1.0])))
    return float(min(low, point)), float(max(high, point))
