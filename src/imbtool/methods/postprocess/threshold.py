"""Move the decision threshold instead of the training rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.core.ranked import rank
from imbtool.methods.estimator import Estimator
from imbtool.methods.postprocess.aims import BINARY, FLOORS, check_aim, spell_aim
from imbtool.methods.postprocess.cut import DEFAULT, Floors, largest_cut, search_cut
from imbtool.methods.postprocess.objective import objective
from imbtool.methods.postprocess.offsets import MIN_ROWS, decide, search_offsets
from imbtool.methods.postprocess.scores import RESOLUTION, check_fit, check_proba

if TYPE_CHECKING:
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray, IntArray


class Threshold(Estimator):
    """Choose the decision threshold that is best by a stated aim on out-of-fold scores.

    Parameters
    ----------
    metric : {"f1", "mcc", "balanced_accuracy", "g_mean", "fbeta", "cost", "precision", "recall"}, optional
        What to maximise (a cost is minimised); multiclass its macro form. Default: ``f1``; a comparison
        puts its own ``--threshold-metric`` here. ``precision`` needs `min_recall`, ``recall`` needs
        `min_precision` or `max_share`.
    beta : float, default=2.0
        Of ``fbeta``: recall counts `beta` times as much as precision. 2 is the usual choice where misses
        are worse than false alarms.
    fp, fn : float, default=1.0
        Of ``cost``: cost of a false alarm and of a missed positive, in any unit; right decisions cost 0.
    rule : {"search", "analytic"}, default="search"
        Of ``cost``: the cheapest cut on these scores, or Elkan's ``fp / (fp + fn)``, which is right for
        calibrated probabilities and needs no scores.
    min_precision, min_recall : float, optional
        Floors in [0, 1] that the cut must keep on these scores.
    max_share : float, optional
        Capacity in [0, 1]: the largest share of rows that may be called positive. For k rows out of the
        n that are scored at a time, k / n.

    Attributes
    ----------
    values_ : tuple of float
        Binary: the probability ``t`` of class 1; the rule is ``p_1 >= t``. Multiclass: one additive offset a
        class; the rule is ``argmax(log p_k + offset_k)``.
    reason_ : str
        Why the default rule was kept without a search, or which floors no cut keeps; empty otherwise.

    Notes
    -----
    Elkan, IJCAI 2001, on moving the threshold instead of resampling, and theorem 1 for the analytic rule; the
    other optima are empirical. Binary: exact over all cuts, half-way between neighbouring distinct scores;
    where neighbouring cuts are equally good, the middle one. Floors are kept by the scores of `fit`; on new
    rows they hold on average at best, since the best of many cuts is chosen. When no cut keeps them, the
    one that misses them by the least in sum is taken, and `reason_` says so. ``recall`` with `max_share`
    uses the whole capacity that the ties of the scores allow. Multiclass: see `search_offsets`; never worse
    than the plain argmax on the scores of `fit`; ``cost``, ``precision``, ``recall`` and floors are not
    applicable. With fewer than two rows in either class (multiclass: in all classes but one) there is
    nothing to choose from, and the default rule stays. Deterministic; cost: one sort, O(n log n).
    """

    values_: tuple[float, ...]
    reason_: str

    def __init__(
        self,
        metric: str | None = None,
        beta: float = 2.0,
        fp: float = 1.0,
        fn: float = 1.0,
        rule: str = "search",
        min_precision: float | None = None,
        min_recall: float | None = None,
        max_share: float | None = None,
    ) -> None:
        self.metric = metric
        self.beta = beta
        self.fp = fp
        self.fn = fn
        self.rule = rule
        self.min_precision = min_precision
        self.min_recall = min_recall
        self.max_share = max_share

    @property
    def aim(self) -> str:
        """What the threshold is chosen by, in words: ``"recall, min_precision=0.9"``."""
        shown = {"fbeta": ("beta",), "cost": ("fp", "fn", "rule")}.get(self.metric or "", ())
        return spell_aim({name: getattr(self, name) for name in ("metric", *shown, *FLOORS)})

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

        Raises
        ------
        UsageError
            Parameters that contradict each other.
        NotApplicableError
            An aim for two classes, and there are more.
        """
        check_aim(self.get_params())
        metric = self.metric or "f1"
        scores, codes, weight = check_fit(proba, y, sample_weight)
        n_classes = scores.shape[1]
        self._check_classes(metric, n_classes)
        counts = np.bincount(codes, minlength=n_classes)
        self.values_, self.reason_ = _default_values(n_classes), ""
        if self.rule == "analytic":
            self.values_ = (self.fp / (self.fp + self.fn),)
        elif int((counts >= MIN_ROWS).sum()) < 2:
            self.reason_ = f"rows of each class: {', '.join(map(str, counts))}; two classes need at least 2"
        elif n_classes == 2:
            self._search(rank(scores[:, 1], codes == 1, None if sample_weight is None else weight), metric)
        else:
            offsets = search_offsets(_logs(scores), codes, weight, metric, beta=self.beta)
            self.values_ = tuple(offsets.tolist())
        return self

    def predict(self, proba: FloatArray) -> IntArray:
        """Return class codes, shape (n,)."""
        scores = check_proba(proba, max(2, len(self.values_)))
        if len(self.values_) == 1:
            return (scores[:, 1] >= self.values_[0]).astype(np.int64)
        offsets = np.array(self.values_)
        return decide(_logs(scores) if offsets.any() else scores, offsets)

    def _search(self, ranked: Ranked, metric: str) -> None:
        floors = Floors(**{name: getattr(self, name) for name in FLOORS})
        if metric == "recall" and self.max_share is not None:
            cut, kept = largest_cut(ranked, floors)
        else:
            cut, kept = search_cut(ranked, objective(metric, beta=self.beta, fp=self.fp, fn=self.fn), floors)
        self.values_ = (cut,)
        if not kept:
            self.reason_ = _what_is_missed(ranked, cut, floors)

    def _check_classes(self, metric: str, n_classes: int) -> None:
        asked = [name for name in FLOORS if getattr(self, name) is not None]
        if n_classes > 2 and (metric in BINARY or asked):
            what = f"metric={metric}" if metric in BINARY else asked[0]
            raise NotApplicableError(
                f"threshold({what}) is for two classes; there are {n_classes}.",
                hint="With several classes choose by f1, fbeta, mcc, balanced_accuracy or g_mean.",
                code="two-classes-only",
            )


def default_rule(n_classes: int) -> Threshold:
    """Return the rule of doing nothing: 0.5 when binary, else the largest probability."""
    rule = Threshold()
    rule.values_, rule.reason_ = _default_values(n_classes), ""
    return rule


def _default_values(n_classes: int) -> tuple[float, ...]:
    return (DEFAULT,) if n_classes == 2 else (0.0,) * n_classes


def _what_is_missed(ranked: Ranked, cut: float, floors: Floors) -> str:
    called = ranked.score >= cut
    hits = float(ranked.hits[called][-1]) if called.any() else 0.0
    alarms = float(ranked.alarms[called][-1]) if called.any() else 0.0
    share = (hits + alarms) / (ranked.positives + ranked.negatives)
    reached = {
        "min_precision": hits / (hits + alarms) if called.any() else 0.0,
        "min_recall": hits / ranked.positives,
        "max_share": share,
    }
    asked = ", ".join(
        f"{name}={getattr(floors, name):g} (reached {reached[name]:.3g})"
        for name in FLOORS
        if getattr(floors, name) is not None
    )
    return f"no threshold keeps {asked} on the out-of-fold scores; the nearest was taken"


def _logs(scores: FloatArray) -> FloatArray:
    logs: FloatArray = np.log(np.maximum(scores, RESOLUTION))
    return logs
