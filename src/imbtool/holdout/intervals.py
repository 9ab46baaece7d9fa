"""Measures with their intervals, and differences of measures on the same rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from imbtool.holdout.calibrated import calibration_p
from imbtool.holdout.gauge import COSTLY, Gauge
from imbtool.holdout.result import Measured
from imbtool.metrics.bootstrap import Resampler
from imbtool.metrics.decision import confusion
from imbtool.metrics.intervals import (
    acceleration_of,
    delta_logit_interval,
    interval,
    logit_interval,
    percentile_interval,
)
from imbtool.metrics.probability import calibration_intercept, calibration_slope

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.holdout.measures import Measure
    from imbtool.holdout.rows import Scored

LEVEL = 0.95
ROW_VISITS = 200_000_000
"""Resamples x rows x classes measured; more rows get fewer resamples, because their intervals need fewer."""

LEAST_RESAMPLES = 400
_MEANS = ("brier", "log_loss")
_ON_ODDS = {"roc_auc": logit_interval, "pr_auc": delta_logit_interval}
_EXACT_LINES = {"calibration_slope": calibration_slope, "calibration_intercept": calibration_intercept}


def resamples_for(rows: Scored, most: int) -> int:
    """Return how many resamples to draw: `most`, or fewer for very many rows."""
    ladders = 1 if rows.binary else len(rows.classes)
    return min(most, max(LEAST_RESAMPLES, ROW_VISITS // max(rows.n * ladders, 1)))


def point_values(rows: Scored, measures: Sequence[Measure]) -> dict[str, float]:
    """Return the value of each measure."""
    found = Gauge(rows, measures).measure(rows.weights()[None, :])
    values = {name: float(value[0]) for name, value in found.items()}
    for name, exact in _EXACT_LINES.items():  # resamples gather near scores in cells; the value does not
        if name in values and rows.probabilities:
            values[name] = exact(rows.y, rows.proba, rows.weight)
    return values


def measured(rows: Scored, measures: Sequence[Measure], *, resamples: int, seed: int) -> dict[str, Measured]:
    """Return each measure with its interval.

    Parameters
    ----------
    rows : Scored
    measures : sequence of Measure
    resamples : int
    seed : int
    """
    points, gauge = point_values(rows, measures), Gauge(rows, measures)
    drawn = _drawn(rows, [gauge], resamples, seed)[0]
    found = {}
    for measure in measures:
        low, high = _ends(rows, measure, drawn[measure.name], points[measure.name], gauge)
        known = Measured(
            value=points[measure.name],
            low=low,
            high=high,
            how="bootstrap" if low == low else "",  # noqa: PLR0124
        )
        found[measure.name] = _better_known(rows, measure, known)
    return found


def _ends(
    rows: Scored, measure: Measure, values: FloatArray, point: float, gauge: Gauge
) -> tuple[float, float]:
    """Return the interval that covers best for this measure (``benchmarks/results/coverage.md``)."""
    few = rows.fewest
    if measure.name in _ON_ODDS and 0.0 < point < 1.0 and np.isfinite(values).sum() > 1:
        return _ON_ODDS[measure.name](values, point, LEVEL, rows=few)
    if measure.name == "calibration_error":
        low, high = percentile_interval(values, point, LEVEL, rows=few)
        return (0.0 if calibration_p(rows) > (1.0 - LEVEL) / 2.0 else low), high
    loss = gauge.losses.get(measure.name)
    skew = 0.0 if loss is None or measure.name not in _MEANS else acceleration_of(loss, rows.weight)
    return interval(values, point, LEVEL, limits=measure.limits, rows=few, acceleration=skew)


def differences(
    rows: Scored, other: Scored, wanted: Mapping[Measure, Sequence[float]], *, resamples: int, seed: int
) -> dict[tuple[str, float], Measured]:
    """Return ``measure - factor * measure of the other scores`` on the same rows, paired.

    Parameters
    ----------
    rows, other : Scored
        The same rows in the same order, with different scores.
    wanted : mapping of Measure to sequence of float
        Measures with their factors, at least 0.

    Returns
    -------
    dict
        By measure and factor; intervals end where such a difference can lie no further.
    """
    measures = tuple(wanted)
    here, there = point_values(rows, measures), point_values(other, measures)
    drawn = _drawn(rows, [Gauge(rows, measures), Gauge(other, measures)], resamples, seed)
    found = {}
    for measure, factors in wanted.items():
        for factor in factors:
            value = here[measure.name] - factor * there[measure.name]
            apart = drawn[0][measure.name] - factor * drawn[1][measure.name]
            low, high = interval(apart, value, LEVEL, limits=measure.apart(factor), rows=rows.fewest)
            found[measure.name, factor] = Measured(value=value, low=low, high=high, how="paired bootstrap")
    return found


def unpaired(here: Measured, there: Measured, factor: float) -> Measured:
    """Return ``here - factor * there`` for values from different rows.

    The ends add in squares, each on its own side (Zou and Donner, Statistics in Medicine 27, 2008), so
    that skewed intervals stay skewed.
    """
    value = here.value - factor * there.value
    low = value - np.hypot(here.value - here.low, factor * (there.high - there.value))
    high = value + np.hypot(here.high - here.value, factor * (there.value - there.low))
    return Measured(value=value, low=float(low), high=float(high), how="unpaired")


def wilson(share: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Return Wilson's interval of a share among `n` rows (JASA 22, 1927); NaN without rows."""
    if not n > 0 or not np.isfinite(share):
        return float("nan"), float("nan")
    z = float(ndtri(0.5 + level / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    # At 0 and 1 the ends are 0 and 1 but for rounding.
    return min(max(0.0, float(middle - half)), share), max(min(1.0, float(middle + half)), share)


def effective(weight: FloatArray) -> float:
    """Return the number of equally weighted rows that know as much (Kish)."""
    squares = float(np.square(weight).sum())
    return float(weight.sum()) ** 2 / squares if squares > 0 else 0.0


def _drawn(rows: Scored, gauges: Sequence[Gauge], resamples: int, seed: int) -> list[dict[str, FloatArray]]:
    parts: list[list[dict[str, FloatArray]]] = [[] for _ in gauges]
    done = 0
    for counts in Resampler(rows.y, resamples=resamples, seed=seed):
        weight = counts if rows.weight is None else counts * rows.weight
        for gauge, kept in zip(gauges, parts, strict=True):
            kept.append(_measure(gauge, weight, max(0, COSTLY - done)))
        done += len(counts)
    return [{name: np.concatenate([p[name] for p in kept]) for name in kept[0]} for kept in parts]


def _measure(gauge: Gauge, weight: FloatArray | IntArray, costly: int) -> dict[str, FloatArray]:
    """Measure a block, what is costly in its first rows only."""
    if costly >= len(weight) or costly == 0:
        return gauge.measure(weight, costly=costly > 0)
    first, rest = gauge.measure(weight[:costly]), gauge.measure(weight[costly:], costly=False)
    return {name: np.concatenate([first[name], rest[name]]) for name in first}


def _better_known(rows: Scored, measure: Measure, found: Measured) -> Measured:
    """Replace the bootstrap's interval where a better one is known, or where it has no width."""
    trials = _trials(rows, measure)
    if trials is not None and found.value == found.value:
        low, high = wilson(found.value, trials)
        return Measured(value=found.value, low=low, high=high, how="wilson" if trials > 0 else "")
    if found.low != found.high or not np.isfinite(found.low):
        return found
    low_end, high_end = measure.limits
    # The chance to see m rows out of m go right is 2.5 % when each does with this probability.
    worst = 1 - ((1 - LEVEL) / 2) ** (1 / max(min(c for c in rows.counts if c), 1))
    low, high = found.low, found.high
    if found.value == high_end == 1.0:
        low = 1.0 - worst * (1.0 - max(low_end, -1.0))
    elif found.value == low_end == 0.0:
        high = worst if np.isfinite(high_end) else high
    return Measured(value=found.value, low=low, high=high, how="exact" if low < high else found.how)


def _trials(rows: Scored, measure: Measure) -> float | None:
    """Return among how many rows recall or precision of two classes is a share; None for other measures."""
    decided = rows.decided_default if measure.name.endswith("_default") else rows.decided
    name = measure.name.removesuffix("_default")
    if not rows.binary or decided is None or name not in ("recall", "precision"):
        return None
    of = (rows.y if name == "recall" else decided) == 1
    return effective(rows.weights()[of])


def confusion_of(rows: Scored) -> tuple[tuple[float, ...], ...] | None:
    """Return the weight of rows by true and decided class."""
    if rows.decided is None:
        return None
    table = confusion(rows.y, rows.decided, len(rows.classes), rows.weight)
    return tuple(tuple(float(cell) for cell in line) for line in table)
