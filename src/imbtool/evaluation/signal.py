"""Whether there is anything to be learned: do plain models rank better than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from imbtool.evaluation.statistics import corrected_ttest

if TYPE_CHECKING:
    from imbtool.evaluation.verdict import Evidence


def beats_chance(evidence: Evidence, nothing: tuple[str, str]) -> float:
    """Return the one-sided p-value of ROC-AUC > 0.5, corrected for the choice among learners."""
    values = evidence.table.values(nothing, "roc_auc") - 0.5
    test = corrected_ttest(values, evidence.scale.test_ratio)
    one_sided = test.p_value / 2 if test.mean > 0 else 1 - test.p_value / 2
    if np.nanstd(values) == 0:
        one_sided = _rank_sum_p(evidence, test.mean)
    learners = {k[0] for k, r in evidence.rows.items() if k[1] == "none" and r.status == "ok"}
    return float(min(1.0, one_sided * max(1, len(learners))))


def _rank_sum_p(evidence: Evidence, gap: float) -> float:
    """Return the p-value of ROC-AUC minus 0.5 by the rank-sum test's variance over one set of folds.

    For folds that all have the same value, 1 on data that separate perfectly, where a t-test over folds
    has nothing to go by. (m + n + 1) / 12mn is the variance of ROC-AUC when labels are exchangeable.
    """
    positives = evidence.counts[evidence.rare]
    negatives = sum(evidence.counts) - positives
    folds = evidence.settings.folds
    m, n = positives / folds, negatives / folds
    return float(ndtr(-gap / np.sqrt((m + n + 1) / (12 * m * n) / folds)))
