"""Move the decision threshold instead of the training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.ranked import rank
from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.cut import DEFAULT, search_cut
from imbtool.methods.postprocess.objective import objective
from imbtool.methods.postprocess.offsets import MIN_ROWS, decide, search_offsets
from imbtool.methods.postprocess.scores import RESOLUTION, check_fit, check_proba

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class Threshold(Estimator):
    """Choose the decision threshold that maximises a decision metric on out-of-fold scores.

    Parameters
    ----------
    metric : {"f1", "mcc", "balanced_accuracy", "g_mean"}, optional
        What to maximise; multiclass its macro form. Default: ``f1``; a comparison puts its own
        ``--threshold-metric`` here.

    Attributes
    ----------
    values_ : tuple of float
        Binary: the probability ``t`` of class 1; the rule is ``p_1 >= t``. Multiclass: one additive offset a
        class; the rule is ``argmax(log p_k + offset_k)``.
    reason_ : str
        Why the default rule was kept without a search; empty otherwise.

    Notes
    -----
    Elkan, IJCAI 2001, on moving the threshold instead of resampling; the optimum here is empirical. Binary:
    exact over all cuts, half-way between neighbouring distinct scores; where neighbouring cuts are equally
    good, the middle one. Multiclass: see `search_offsets`; never worse than the plain argmax on the
    scores of `fit`. With fewer than two rows in either class (multiclass: in all classes but one) there is
    nothing to choose from, and the default rule stays. Deterministic; cost: one sort, O(n log n).
    """

    values_: tuple[float, ...]
    reason_: str

    def __init__(self, metric: str | None = None) -> None:
        self.metric = metric

    def fit(self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None) -> Threshold:
        """Choose the threshold on out-of-fold probabilities.

        Parameters
        ----------
        proba : ndarray of float64, shape (n, n_classes)
        y : ndarray of int, shape (n,)
        sample_weight : ndarray of float64, shape (n,), optional

        Returns
        -------
        Threshold
            Itself.
        """
        metric = self.metric or "f1"
        aim = objective(metric)
        scores, codes, weight = check_fit(proba, y, sample_weight)
        n_classes = scores.shape[1]
        counts = np.bincount(codes, minlength=n_classes)
        self.values_, self.reason_ = _default_values(n_classes), ""
        if int((counts >= MIN_ROWS).sum()) < 2:
            self.reason_ = f"rows of each class: {', '.join(map(str, counts))}; two classes need at least 2"
        elif n_classes == 2:
            ranked = rank(scores[:, 1], codes == 1, None if sample_weight is None else weight)
            self.values_ = (search_cut(ranked, aim),)
        else:
            self.values_ = tuple(search_offsets(_logs(scores), codes, weight, metric).tolist())
        return self

    def predict(self, proba: FloatArray) -> IntArray:
        """Return class codes, shape (n,)."""
        scores = check_proba(proba, max(2, len(self.values_)))
        if len(self.values_) == 1:
            return (scores[:, 1] >= self.values_[0]).astype(np.int64)
        offsets = np.array(self.values_)
        return decide(_logs(scores) if offsets.any() else scores, offsets)


def default_rule(n_classes: int) -> Threshold:
    """Return the rule of doing nothing: 0.5 when binary, else the largest probability."""
    rule = Threshold()
    rule.values_, rule.reason_ = _default_values(n_classes), ""
    return rule


def _default_values(n_classes: int) -> tuple[float, ...]:
    return (DEFAULT,) if n_classes == 2 else (0.0,) * n_classes


def _logs(scores: FloatArray) -> FloatArray:
    logs: FloatArray = np.log(np.maximum(scores, RESOLUTION))
    return logs
