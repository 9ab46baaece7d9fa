"""How well one column tells two classes apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.midranks import midranks

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray


def two_sided_auc(x: FloatArray, target: BoolArray) -> float:
    """Return max(AUC, 1 - AUC) of a column, missing cells at whichever end is better; 0.5 for one class."""
    positives = int(target.sum())
    negatives = len(target) - positives
    if not positives or not negatives:
        return 0.5
    ends = (-np.inf, np.inf) if np.isnan(x).any() else (0.0,)
    best = 0.5
    for end in ends:
        ranks = midranks(np.where(np.isnan(x), end, x))[target]
        auc = (float(ranks.sum()) - positives * (positives + 1) / 2) / (positives * negatives)
        best = max(best, auc, 1.0 - auc)
    return best
