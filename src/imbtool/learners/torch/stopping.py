"""What an epoch is judged by, on rows held out of the training part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.learners.torch.model import probabilities

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray
    from imbtool.learners.torch.plan import Rows, StopMetric


def value_on(metric: StopMetric, rows: Rows, raw: FloatArray, link: Link) -> float:
    """Return how good raw scores are, higher is better.

    ``log_loss`` is the negative weighted mean of -log p of the row's class; ``pr_auc`` and ``roc_auc`` are
    those of each class against the rest, their mean over the classes held out (two classes: of the second).
    """
    from sklearn.metrics import average_precision_score, roc_auc_score

    proba = probabilities(raw, link)
    if metric == "log_loss":
        own = proba[np.arange(len(rows.y)), rows.y]
        return float(np.average(np.log(np.maximum(own, 1e-15)), weights=rows.weight))
    score = average_precision_score if metric == "pr_auc" else roc_auc_score
    classes = range(1, 2) if proba.shape[1] == 2 else range(proba.shape[1])
    found = [
        score(rows.y == k, proba[:, k], sample_weight=rows.weight)
        for k in classes
        if 0 < np.count_nonzero(rows.y == k) < len(rows.y)
    ]
    return float(np.mean(found)) if found else 0.0
