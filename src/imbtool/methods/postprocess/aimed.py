"""Thresholds chosen by what a price asks: by money, under floors, within a capacity."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.ranked import rank
from imbtool.methods.postprocess.cut import Floors, largest_cut, search_cut
from imbtool.methods.postprocess.objective import objective
from imbtool.methods.postprocess.offsets import MIN_ROWS
from imbtool.methods.postprocess.scores import check_fit
from imbtool.methods.postprocess.threshold import Threshold, default_rule

if TYPE_CHECKING:
    from imbtool.core.ranked import Ranked
    from imbtool.core.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Aim:
    """What a price asks of a threshold.

    Parameters
    ----------
    words : str
        What it is chosen by, for reports.
    metric : str
        What is maximised where there is neither money nor a capacity.
    gain : ndarray of float64, shape (n,), or None
        Money of acting on each row over leaving it alone.
    costs : ndarray of float64, shape (n_classes, n_classes), or None
        Cost matrix, with several classes.
    floors : Floors
        Also the capacity, as ``max_share``.
    acting : ndarray of float64, shape (n, 2), or None
        What acting on each row brings over leaving it alone, should it be negative or positive.
    not_by_row : str
        Why rows cannot be decided by it; empty where they can.
    """

    words: str
    metric: str = "f1"
    gain: FloatArray | None = None
    costs: FloatArray | None = None
    floors: Floors = field(default_factory=Floors)
    acting: FloatArray | None = None
    not_by_row: str = ""

    def take(self, rows: IntArray) -> Aim:
        """Return the aim for some of the rows."""
        if self.gain is None:
            return self
        return replace(self, gain=self.gain[rows], acting=None if self.acting is None else self.acting[rows])


class AimedThreshold(Threshold):
    """The cut that is best by an `Aim` on out-of-fold scores (two classes).

    Parameters
    ----------
    aim_of : Aim
        `gain` has one number for each row that `fit` is given.

    Notes
    -----
    Exact over all cuts: by money, the greatest sum of the gains of the rows acted on, the middle of the
    plateau where neighbouring cuts are equally good. One threshold serves all rows: what single rows cost
    or are worth decides where it lies, and need not be known when the model is used. With a capacity the
    lowest cut that keeps it. When no cut keeps the floors the one that misses them least is taken, and
    ``reason_`` says so. Deterministic; one sort.
    """

    def __init__(self, aim_of: Aim | None = None) -> None:
        super().__init__()
        self.aim_of = aim_of

    @property
    def aim(self) -> str:
        """What the threshold is chosen by, in words."""
        return self.aim_of.words if self.aim_of else "f1"

    def fit(self, proba: FloatArray, y: IntArray, sample_weight: FloatArray | None = None) -> AimedThreshold:
        """Choose the threshold; see `Threshold.fit`."""
        aim = self.aim_of or Aim(words="f1")
        scores, codes, weight = check_fit(proba, y, sample_weight)
        heavy = slice(None) if sample_weight is None else np.asarray(sample_weight) > 0.0
        self.values_, self.reason_ = default_rule(2).values_, ""
        counts = np.bincount(codes, minlength=2)
        if int((counts >= MIN_ROWS).sum()) < 2:
            self.reason_ = f"rows of each class: {', '.join(map(str, counts))}; two classes need at least 2"
            return self
        ranked = rank(scores[:, 1], codes == 1, None if sample_weight is None else weight)
        if aim.floors.max_share is not None:
            cut, kept = largest_cut(ranked, aim.floors)
        elif aim.gain is not None:
            cut, kept = _richest_cut(ranked, scores[:, 1], aim.gain[heavy] * weight, aim.floors)
        else:
            cut, kept = search_cut(ranked, objective(aim.metric), aim.floors)
        self.values_ = (cut,)
        if not kept:
            self.reason_ = _infeasible(aim.floors)
        return self


def _richest_cut(ranked: Ranked, score: FloatArray, gain: FloatArray, floors: Floors) -> tuple[float, bool]:
    """Return the cut that brings the most money, and whether it keeps the floors."""
    group = np.searchsorted(-ranked.score, -score)
    won = np.bincount(group, weights=gain, minlength=len(ranked.score))
    value = np.append(0.0, np.cumsum(won)) / max(float(np.abs(gain).sum()), np.finfo(np.float64).tiny)
    return search_cut(ranked, lambda hits, called, truth: value, floors)  # noqa: ARG005


def _infeasible(floors: Floors) -> str:
    asked = [
        f"{what} {level:g}"
        for what, level in (
            ("a precision of", floors.min_precision),
            ("a recall of", floors.min_recall),
            ("a share of at most", floors.max_share),
        )
        if level is not None
    ]
    return f"no threshold keeps {' and '.join(asked)} on the out-of-fold scores; the nearest was taken"
