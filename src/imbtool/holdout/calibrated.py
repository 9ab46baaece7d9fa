"""Whether the stated probabilities can be ruled out by what was observed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from imbtool.metrics.probability import N_BINS

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray
    from imbtool.holdout.rows import Scored


def calibration_p(rows: Scored) -> float:
    """Return the p-value of "the probabilities are what they say".

    Hosmer and Lemeshow's sum over ten bins of equally many rows, in order of probability, of
    ``(observed - stated)^2`` over ``sum p (1 - p)``, on rows that no parameter was fitted to, so with one
    degree of freedom a bin (Hosmer, Lemeshow, Sturdivant, Applied Logistic Regression, 2013, 5.2). Several
    classes: each against the rest, Bonferroni over the classes that are there. The calibration error itself
    cannot tell: it is above 0 for the best of probabilities.

    Returns
    -------
    float
        NaN for scores that are no probabilities.
    """
    if not rows.probabilities:
        return float("nan")
    classes = [1] if rows.binary else [k for k, n in enumerate(rows.counts) if n]
    found = [_p(rows.proba[:, k], rows.y == k, rows.weights()) for k in classes]
    return min(1.0, len(found) * min(found)) if found else float("nan")


def _p(stated: FloatArray, hit: BoolArray, weight: FloatArray) -> float:
    total, bins = 0.0, 0
    for part in np.array_split(np.argsort(stated, kind="stable"), N_BINS):
        p, w = stated[part], weight[part]
        variance = float((w * w * p * (1.0 - p)).sum())
        gap = float((w * (hit[part] - p)).sum())
        if variance > 0.0:
            total, bins = total + gap * gap / variance, bins + 1
        elif abs(gap) > 0.0:
            return 0.0
    return float(chdtrc(bins, total)) if bins else 1.0
