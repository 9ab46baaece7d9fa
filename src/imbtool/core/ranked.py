"""Scores sorted once, ties grouped: what ranking metrics, calibration bins and thresholds all start from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Ranked:
    """Distinct scores in descending order with cumulative class weights.

    Parameters
    ----------
    score : ndarray of float64, shape (n_groups,)
        Distinct scores, largest first; rows with equal scores form one group.
    hits : ndarray of float64, shape (n_groups,)
        Weight of the positive rows with at least this score (true positives of the cut below it).
    alarms : ndarray of float64, shape (n_groups,)
        Weight of the negative rows with at least this score (false positives).
    """

    score: FloatArray
    hits: FloatArray
    alarms: FloatArray

    @property
    def positives(self) -> float:
        """Weight of all positive rows."""
        return float(self.hits[-1]) if self.hits.size else 0.0

    @property
    def negatives(self) -> float:
        """Weight of all negative rows."""
        return float(self.alarms[-1]) if self.alarms.size else 0.0

    @property
    def both_classes(self) -> bool:
        """Whether there are positive and negative rows."""
        return self.positives > 0.0 and self.negatives > 0.0

    def group_weights(self) -> tuple[FloatArray, FloatArray]:
        """Return the positive and the negative weight of each group."""
        return np.diff(self.hits, prepend=0.0), np.diff(self.alarms, prepend=0.0)


def rank(score: FloatArray, positive: BoolArray, weight: FloatArray | None = None) -> Ranked:
    """Sort scores once and group their ties.

    Parameters
    ----------
    score : ndarray of float64, shape (n,)
        Finite scores.
    positive : ndarray of bool, shape (n,)
    weight : ndarray of float64, shape (n,), optional
        Row weights, not negative; rows of weight 0 count as absent. Default: 1 a row.

    Returns
    -------
    Ranked
        Cost: one sort, O(n log n).
    """
    if weight is not None and not np.all(weight > 0.0):
        keep = weight > 0.0
        score, positive, weight = score[keep], positive[keep], weight[keep]
    # Counts do not depend on the order within a tie, sums of weights do in the last bit.
    order = np.argsort(score, kind=None if weight is None else "stable")[::-1]
    descending = score[order]
    last = np.append(np.flatnonzero(descending[1:] != descending[:-1]), len(score) - 1)[: len(score)]
    hit = positive[order]
    if weight is None:
        hits = np.cumsum(hit, dtype=np.float64)[last]
        alarms = last + 1.0 - hits
    else:
        ordered = weight[order]
        hits = np.cumsum(np.where(hit, ordered, 0.0))[last]
        alarms = np.cumsum(np.where(hit, 0.0, ordered))[last]
    return Ranked(score=descending[last], hits=hits, alarms=alarms)
