"""What it would take to settle an open difference: more repeats of the folds, or more positives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtrit

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray


def repeats_to_settle(
    d: FloatArray,
    test_ratio: float,
    folds: int,
    effect: float | None = None,
    *,
    max_repeats: int = 100,
    confidence: float = 0.95,
) -> int | None:
    """Return how many repeats of the same K-fold would make the corrected interval exclude 0.

    Parameters
    ----------
    d : ndarray of float64, shape (J,)
        Paired differences, one a fold; only their spread is used. NaN folds are left out.
    test_ratio : float
        ``n_test / n_train``.
    folds : int
        K, folds of one repeat.
    effect : float, optional
        Size of the true difference to detect, in units of the metric. Default: the mean of `d`.
    max_repeats : int, default 100
        More than this is not worth asking for.
    confidence : float, default 0.95

    Returns
    -------
    int or None
        Smallest total number R of repeats with ``|effect| > t(RK-1) s sqrt(1/(RK) + test_ratio)``, which may
        be at most what was run when the difference is settled already. None when no number does: repeats
        shrink only the term ``1/(RK)``, since the same rows are used again; then `positives_to_settle`.
    """
    size, spread = _effect_and_spread(d, effect)
    if not size > 0.0:
        return None
    counts = np.arange(1, max_repeats + 1) * folds
    counts = counts[counts > 1]
    margins = stdtrit(counts - 1, 0.5 + confidence / 2.0) * spread * np.sqrt(1.0 / counts + test_ratio)
    enough = np.flatnonzero(margins < size)
    return int(counts[enough[0]]) // folds if len(enough) else None


def positives_to_settle(
    d: FloatArray, test_ratio: float, effect: float | None = None, *, confidence: float = 0.95
) -> float | None:
    """Return how many times as many positives would make the interval exclude 0 with as many folds as now.

    Assumes that the spread of the difference over the folds shrinks with one over the square root of the
    number of positives, as a mean over positives does, and that the effect stays what it is: a rule of
    thumb for planning, not a promise.

    Parameters
    ----------
    d, test_ratio, effect, confidence
        As in `repeats_to_settle`.

    Returns
    -------
    float or None
        Factor on the number of positives, at least 1; None when the effect is 0 or there are fewer than two
        folds.
    """
    size, spread = _effect_and_spread(d, effect)
    count = int(np.count_nonzero(~np.isnan(d)))
    if not size > 0.0:
        return None
    margin = (
        float(stdtrit(count - 1, 0.5 + confidence / 2.0)) * spread * float(np.sqrt(1.0 / count + test_ratio))
    )
    return max(1.0, (margin / size) ** 2)


def _effect_and_spread(d: FloatArray, effect: float | None) -> tuple[float, float]:
    """Return the size of the effect and the standard deviation over the folds; NaN with too few folds."""
    values = np.asarray(d, dtype=np.float64)
    values = values[~np.isnan(values)]
    if len(values) < 2:
        return float("nan"), float("nan")
    size = abs(float(values.mean()) if effect is None else effect)
    return size, float(values.std(ddof=1))
