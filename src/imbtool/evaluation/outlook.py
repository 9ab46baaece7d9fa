"""What it would take to settle an open lead: a learning curve of the lead, continued.

The lead of one row over another is measured on the whole table and on smaller parts of it. Two curves are
fitted to it, over the size of the table in units of what there is, ``k``:

- the lead, ``a + b (k^-1/2 - 1)``. ``a`` has a normal prior around 0 with the standard error of the lead: a
  lead is looked at because it is promising, and about half of such a lead is luck. What training leaves
  unlearnt shrinks with one over the square root of the rows; ``b`` has a normal prior around 0 whose standard
  deviation is the size of the lead: with endless rows the lead may vanish or double. Parts have the variance
  of their mean as if they were independent, which makes the slope less sure than it is;
- the spread of the lead over folds, ``s k^c``, ``c`` with a normal prior around -1/2, as of a mean over rows,
  and kept between -1 and -1/4.

From both follows how probable it is that a table ``k`` times as large settles the question: that the lead is
significant after correction and larger than what matters, or is shown to be smaller than what matters. What
this probability is worth was replayed: ``benchmarks/results/learning_replay.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr, stdtrit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray

REFUTED = 0.95
"""Probability with which a lead must be smaller than what matters to be done with."""
MOST = 1000.0
"""More times as many rows than this are not worth asking for."""
_SLOPE = 0.5
_SLOPE_SPREAD = 0.15
_SLOPES = (-1.0, -0.25)
_GRID = np.geomspace(1.0, MOST, 400)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Part:
    """The lead on one part of the table: `share` of its rows, the differences over the folds."""

    share: float
    d: FloatArray


class Outlook(NamedTuple):
    """Times as many rows as now that settle a question: half of the time, and in 10 and 90 percent of cases.

    Infinite where more than `MOST` would be needed.
    """

    factor: float
    low: float
    high: float


class Bar(NamedTuple):
    """What a lead must pass: level of the test, what matters, folds, test to training rows."""

    level: float
    rope: float
    folds: int
    test_ratio: float


def outlook(whole: FloatArray, parts: Sequence[Part], bar: Bar) -> Outlook | None:
    """Return how many times as many rows would settle a lead.

    Parameters
    ----------
    whole : ndarray of float64, shape (J,)
        Differences over the folds of the whole table; NaN left out.
    parts : sequence of Part
        May be empty: then the curves are their priors.
    bar : Bar

    Returns
    -------
    Outlook or None
        None without a spread to go by.
    """
    chances = settled(_GRID, whole, parts, bar)
    if chances is None:
        return None
    reached = np.maximum.accumulate(chances)
    ends = [float(_GRID[np.argmax(reached >= p)]) if reached[-1] >= p else np.inf for p in (0.5, 0.1, 0.9)]
    return Outlook(*ends)


def settled(k: FloatArray, whole: FloatArray, parts: Sequence[Part], bar: Bar) -> FloatArray | None:
    """Return the probability that tables `k` times as large settle the lead; see `outlook`.

    Parameters
    ----------
    k : ndarray of float64, shape (m,)
        At least 1.
    whole, parts, bar
        As in `outlook`.

    Returns
    -------
    ndarray of float64, shape (m,), in [0, 1], or None
    """
    d = _known(whole)
    if len(d) < 2 or not d.std(ddof=1) > 0.0:
        return None
    pieces = [Part(share=p.share, d=known) for p in parts if len(known := _known(p.d)) > 1]
    mean, var = _lead(k, d, pieces, bar)
    width = np.sqrt(1.0 / bar.folds + bar.test_ratio)
    se = _spread(k, d, pieces) * width
    df = bar.folds - 1
    shown = np.maximum(stdtrit(df, 1.0 - bar.level / 2.0) * se, bar.rope)
    refuted = bar.rope - stdtrit(df, REFUTED) * se
    sd = np.sqrt(np.maximum(var, 1e-300))
    return np.asarray(ndtr((mean - shown) / sd) + ndtr((refuted - mean) / sd))


def _lead(k: FloatArray, d: FloatArray, parts: Sequence[Part], bar: Bar) -> tuple[FloatArray, FloatArray]:
    """Return mean and variance of the lead that will be measured on a table `k` times as large.

    The rows that there are stay in it with today's lead; the others bring their own, around the curve.
    """
    shares = np.array([1.0, *(p.share for p in parts)])
    means = np.array([d.mean(), *(p.d.mean() for p in parts)])
    counts = np.array([len(d), *(len(p.d) for p in parts)])
    spread = _spread(shares, d, parts)
    variances = spread**2 * (1.0 / counts + bar.test_ratio)
    design = np.stack([np.ones_like(shares), shares**-0.5 - 1.0])
    known = float(variances[0])
    prior = np.diag([1.0 / known, 1.0 / max(float(d.mean()) ** 2, known)])
    covariance = np.linalg.inv((design / variances) @ design.T + prior)
    a, b = covariance @ (design / variances) @ means
    bend = k**-0.5 - 1.0
    new = 1.0 - 1.0 / k
    var = new**2 * covariance[0, 0] + new * known / k + covariance[1, 1] * bend**2
    return d.mean() / k + new * a + b * bend, var


def _spread(k: FloatArray, d: FloatArray, parts: Sequence[Part]) -> FloatArray:
    """Return the standard deviation of the lead over folds on a table `k` times as large."""
    groups = [(1.0, [d])] + [(s, [p.d for p in parts if p.share == s]) for s in {p.share for p in parts}]
    x, log_s, weight = [], [], []
    for share, found in groups:
        freedom = sum(len(v) - 1 for v in found)
        var = sum(float(v.var(ddof=1)) * (len(v) - 1) for v in found) / freedom
        if var > 0.0:
            x.append(np.log(share))
            log_s.append(0.5 * np.log(var))
            weight.append(2.0 * freedom)
    design = np.stack([np.ones(len(x)), np.array(x)])
    prior = np.diag([0.0, _SLOPE_SPREAD**-2])
    normal = (design * np.array(weight)) @ design.T + prior
    level, slope = np.linalg.solve(
        normal, (design * np.array(weight)) @ np.array(log_s) + prior @ np.array([0.0, -_SLOPE])
    )
    return np.asarray(np.exp(level + np.clip(slope, *_SLOPES) * np.log(k)))


def _known(values: FloatArray) -> FloatArray:
    found = np.asarray(values, dtype=np.float64)
    return found[~np.isnan(found)]
