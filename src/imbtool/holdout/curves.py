"""Numbers read from a climb down the scores, for several resamples at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.logistic import fit_line
from imbtool.metrics.probability import LINE_CLIP, N_BINS

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.holdout.measures import Measure, Top
    from imbtool.metrics.bootstrap import Climb, Ladder

_MOST_CELLS = 2000
_CELL_WIDTH = 0.01
"""Log-odds in a cell of the calibration line differ by at most this; the slope moves by about 1e-4."""


def at_level(measure: Measure, climb: Climb) -> FloatArray:
    """Return the best recall at a precision of at least the level, or the other way round, shape (b,).

    The best over all cuts of these rows: a cut that is chosen elsewhere reaches a little less. 0 where no
    cut holds the level.
    """
    precision = climb.hits / np.where(climb.seen > 0, climb.seen, 1)
    recall = climb.hits / np.where(climb.positives > 0, climb.positives, 1)[:, None]
    held, best = (precision, recall) if measure.kind == "recall@precision" else (recall, precision)
    # A share such as 9 / 10 must count as 0.9 whatever the last bit is.
    found = np.where(held >= measure.level - 1e-12, best, 0.0).max(axis=1, initial=0.0)
    return np.where(climb.positives > 0, found, np.nan)


def top_rows(top: Top, total: FloatArray) -> FloatArray:
    """Return how many rows (how much weight) the top is, of so many in all."""
    wanted = np.maximum(np.rint(top.amount * total), 1.0) if top.share else np.full(len(total), top.amount)
    return np.minimum(wanted, total)


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """A climb by groups of equal scores.

    Parameters
    ----------
    ladder : Ladder
    seen : ndarray, shape (b, n_groups)
        Weight down to the end of each group.
    found : ndarray, shape (b, n_positive + 1)
        Positive weight of no row, of the first positive row, of the first two ...
    """

    ladder: Ladder
    seen: FloatArray
    found: FloatArray

    @classmethod
    def of(cls, ladder: Ladder, climb: Climb) -> Groups:
        """Return the groups of a climb."""
        whole = len(ladder.ends) == climb.total.shape[1]
        seen = climb.total if whole else np.take(climb.total, ladder.ends, axis=1)
        return cls(ladder, seen, np.concatenate([np.zeros((len(climb.found), 1)), climb.found], axis=1))

    def hits(self, at: IntArray) -> FloatArray:
        """Return the positive weight down to the end of some groups, shape (b, len(at))."""
        return np.take(self.found, self.ladder.upto[at], axis=1)


def hits_at_top(top: Top, groups: Groups) -> tuple[FloatArray, FloatArray]:
    """Return the positive weight among the rows with the highest scores, and the weight of these rows.

    Of rows that tie at the edge the expected part counts, as if they were drawn by lot.
    """
    wanted = top_rows(top, groups.seen[:, -1])
    upto, last = groups.ladder.upto, groups.seen.shape[1] - 1
    hits = np.empty(len(wanted))
    for i, (amount, seen, found) in enumerate(zip(wanted, groups.seen, groups.found, strict=True)):
        at = min(int(np.searchsorted(seen, amount, "left")), last)
        before, held = (seen[at - 1], found[upto[at - 1]]) if at else (0.0, 0.0)
        size = seen[at] - before
        part = (amount - before) / size if size > 0 else 0.0
        hits[i] = held + part * (found[upto[at]] - held)
    return hits, wanted


def of_top(measure: Measure, groups: Groups, positives: FloatArray) -> FloatArray:
    """Return precision or recall among the rows with the highest scores, shape (b,)."""
    if measure.top is None:
        raise ValueError(f"{measure.name} has no top")
    found, size = hits_at_top(measure.top, groups)
    scale = size if measure.kind == "precision@top" else positives
    return np.where(scale > 0, found / np.where(scale > 0, scale, 1), np.nan)


def binned_gap(groups: Groups) -> FloatArray:
    """Return the calibration error as `imbtool.metrics.probability.binned_gap` does, shape (b,)."""
    edge = np.arange(1, N_BINS)
    gaps = np.empty(len(groups.seen))
    for i, (seen, found) in enumerate(zip(groups.seen, groups.found, strict=True)):
        weight = np.diff(seen, prepend=0)
        stated = np.append(0.0, np.cumsum(weight * groups.ladder.score))
        hits = np.append(0.0, found[groups.ladder.upto])
        # The middles of the groups grow, so that a bin is a run of groups.
        places = (seen - 0.5 * weight) / seen[-1] * N_BINS
        last = np.append(np.searchsorted(places, edge, "left"), len(seen))
        gaps[i] = np.abs(np.diff(stated[last] - hits[last], prepend=0.0)).sum() / seen[-1]
    return gaps


class LineFitter:
    """Calibration lines of resamples; many distinct scores are gathered in narrow cells of log-odds."""

    def __init__(self, ladder: Ladder) -> None:
        clipped = np.clip(ladder.score, LINE_CLIP, 1.0 - LINE_CLIP)
        odds = np.log(clipped) - np.log1p(-clipped)
        if len(odds) <= _MOST_CELLS:
            self._last: IntArray = np.arange(len(odds))
            self._x: FloatArray = odds
            return
        cell = np.floor(odds / _CELL_WIDTH)
        self._last = np.append(np.flatnonzero(np.diff(cell)), len(cell) - 1)
        rows = np.diff(ladder.ends, prepend=-1)
        mass = np.diff(np.cumsum(rows * odds)[self._last], prepend=0.0)
        self._x = mass / np.diff(np.cumsum(rows)[self._last], prepend=0)

    def values(self, name: str, groups: Groups) -> FloatArray:
        """Return ``calibration_slope`` or ``calibration_intercept`` of each resample, NaN where undefined."""
        positive = np.diff(groups.hits(self._last), axis=1, prepend=0.0)
        seen = np.take(groups.seen, self._last, axis=1)
        negative = np.maximum(np.diff(seen, axis=1, prepend=0.0) - positive, 0.0)
        one = self._slope if name == "calibration_slope" else self._intercept
        return np.array([one(p, n) for p, n in zip(positive, negative, strict=True)])

    def _slope(self, positive: FloatArray, negative: FloatArray) -> float:
        of_positives, of_negatives = self._x[positive > 0], self._x[negative > 0]
        if not (len(of_positives) and len(of_negatives)):
            return float("nan")
        # The cells fall: separated when the lowest positive is not below the highest negative, or reversed.
        if of_positives[-1] >= of_negatives[0] or of_positives[0] <= of_negatives[-1]:
            return float("nan")
        line = self._line(positive, negative, None)
        return line[1] if line is not None else float("nan")

    def _intercept(self, positive: FloatArray, negative: FloatArray) -> float:
        line = self._line(positive, negative, 1.0)
        return line[0] if line is not None else float("nan")

    def _line(
        self, positive: FloatArray, negative: FloatArray, slope: float | None
    ) -> tuple[float, float] | None:
        here = positive + negative > 0
        return fit_line(self._x[here], positive[here], negative[here], slope=slope)
