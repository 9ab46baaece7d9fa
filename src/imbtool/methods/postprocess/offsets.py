"""The multiclass threshold: one additive log-probability offset a class, by coordinate ascent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.postprocess.objective import TOLERANCE, best_cut, objective
from imbtool.methods.postprocess.terms import additive

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray
    from imbtool.methods.postprocess.objective import Objective
    from imbtool.methods.postprocess.terms import Additive

MAX_SWEEPS = 5
MIN_ROWS = 2


def search_offsets(
    logs: FloatArray, y: IntArray, weight: FloatArray, metric: str, *, beta: float = 2.0
) -> FloatArray:
    """Return offsets that raise a macro metric of ``argmax(logs + offsets)``.

    Parameters
    ----------
    logs : ndarray of float64, shape (n, n_classes)
        Log-probabilities.
    y : ndarray of int64, shape (n,)
    weight : ndarray of float64, shape (n,)
        Positive.
    metric : str
        ``f1``, ``mcc``, ``balanced_accuracy``, ``g_mean`` or ``fbeta``.
    beta : float, default=2.0
        Of ``fbeta``.

    Returns
    -------
    ndarray of float64, shape (n_classes,)
        Sums to 0. All 0 when nothing found is better than the plain argmax on these rows.

    Notes
    -----
    One class's offset is moved at a time to its best value among all, found by one sort; up to 5 sweeps
    over the classes, from two starts: no offsets, and the negative log of the class shares. Classes with
    fewer than two rows keep the offset that they start with. Deterministic; a local optimum. Cost: at
    most ``2 * 5 * n_classes`` sorts of n values.
    """
    n_classes = logs.shape[1]
    truth = _sums(y, weight, n_classes)
    movable = np.flatnonzero(np.bincount(y, minlength=n_classes) >= MIN_ROWS).tolist()
    even = np.zeros(n_classes)
    even[truth > 0.0] = -np.log(truth[truth > 0.0] / truth.sum())
    chosen = np.zeros(n_classes)
    aim = objective(metric, beta=beta)
    best = _value(logs, y, weight, chosen, aim)
    climb = _Climb(logs, y, weight, additive(metric, beta=beta))
    for start in (np.zeros(n_classes), even):
        found = climb.ascend(start, movable)
        found -= found.mean()
        value = _value(logs, y, weight, found, aim)
        if value > best + TOLERANCE:
            chosen, best = found, value
    return chosen


def decide(logs: FloatArray, offsets: FloatArray) -> IntArray:
    """Return the class with the largest shifted log-probability, the first of several."""
    return np.asarray(np.argmax(logs + offsets, axis=1), dtype=np.int64)


class _Climb:
    """Coordinate ascent on one set of rows."""

    def __init__(self, logs: FloatArray, y: IntArray, weight: FloatArray, aim: Additive) -> None:
        self.logs = np.ascontiguousarray(logs.T)
        self.y, self.weight, self.aim = y, weight, aim
        self.n_classes = logs.shape[1]
        self.truth = _sums(y, weight, self.n_classes)

    def ascend(self, start: FloatArray, movable: list[int]) -> FloatArray:
        """Return the offsets reached from `start`, moving the `movable` classes in turn."""
        offsets = start.copy()
        for _ in range(MAX_SWEEPS):
            before = offsets.copy()
            for k in movable:
                offsets[k] = self._best_offset(offsets, k)
            if np.array_equal(before, offsets):
                break
        return offsets

    def _best_offset(self, offsets: FloatArray, k: int) -> float:
        """Return the best offset of class `k` while the others stay; the present one if none is better."""
        rival, against = self._rivals(offsets, k)
        needed = against - self.logs[k]
        order = np.argsort(needed)
        ascending = needed[order]
        last = np.append(np.flatnonzero(ascending[1:] != ascending[:-1]), len(order) - 1)
        levels = ascending[last]
        values = self._values(rival[order], order, k)[np.append(0, last + 1)]
        current = int(np.searchsorted(levels, offsets[k]))
        if values[current] >= values.max() - TOLERANCE:
            return float(offsets[k])
        return _between(levels, best_cut(values, current))

    def _rivals(self, offsets: FloatArray, k: int) -> tuple[IntArray, FloatArray]:
        """Return for each row the best class other than `k` and its shifted log-probability."""
        others = [j for j in range(self.n_classes) if j != k]
        rival = np.full(len(self.y), others[0], dtype=np.int16)
        best = self.logs[others[0]] + offsets[others[0]]
        for j in others[1:]:
            shifted = self.logs[j] + offsets[j]
            better = shifted > best
            rival[better] = j
            np.maximum(best, shifted, out=best)
        return rival.astype(np.int64), best

    def _values(self, rival: IntArray, order: IntArray, k: int) -> FloatArray:
        """Return the metric when class `k` takes the first 0, 1, .. n rows of `order` from their rivals."""
        y, weight = self.y[order], self.weight[order]
        right = np.where(y == rival, weight, 0.0)
        called = _sums(rival, weight, self.n_classes)
        hits = _sums(rival, right, self.n_classes)
        at_first = self.aim.terms(hits, called, self.truth)
        at_first[:, k] = 0.0
        # Rows of one rival side by side: its counts fall row by row, and with them its term.
        group = np.argsort(rival.astype(np.int16), kind="stable")
        owner = rival[group]
        head = np.append(True, owner[1:] != owner[:-1])
        after = self.aim.terms(
            hits[owner] - _running(right[group], head),
            called[owner] - _running(weight[group], head),
            self.truth[owner],
        )
        before = np.where(head, at_first[:, owner], np.roll(after, 1, axis=1))
        change = np.empty_like(after)
        change[:, group] = after - before
        taken = np.cumsum(np.append(0.0, weight))
        won = np.cumsum(np.append(0.0, np.where(y == k, weight, 0.0)))
        own = self.aim.terms(won, taken, np.full(len(won), self.truth[k]))
        moved = np.cumsum(np.concatenate((np.zeros((len(change), 1)), change), axis=1), axis=1)
        return self.aim.combine(at_first.sum(axis=1)[:, None] + moved + own, float(self.truth.sum()))


def _running(values: FloatArray, head: BoolArray) -> FloatArray:
    """Return the running sum that starts anew where `head` is true."""
    total = np.cumsum(values)
    starts = np.flatnonzero(head)
    offset = np.repeat(total[starts] - values[starts], np.diff(np.append(starts, len(values))))
    return np.asarray(total - offset, dtype=np.float64)


def _between(levels: FloatArray, cut: int) -> float:
    """Return an offset that exceeds `cut` of the ascending levels."""
    if cut == 0:
        return float(levels[0]) - 1.0
    if cut == len(levels):
        return float(levels[-1]) + 1.0
    return 0.5 * float(levels[cut - 1] + levels[cut])


def _value(logs: FloatArray, y: IntArray, weight: FloatArray, offsets: FloatArray, aim: Objective) -> float:
    predicted, n_classes = decide(logs, offsets), logs.shape[1]
    right = np.where(predicted == y, weight, 0.0)
    hits, called = _sums(y, right, n_classes), _sums(predicted, weight, n_classes)
    return float(aim(hits[None, :], called[None, :], _sums(y, weight, n_classes))[0])


def _sums(codes: IntArray, weight: FloatArray, n_classes: int) -> FloatArray:
    return np.bincount(codes, weights=weight, minlength=n_classes).astype(np.float64)
