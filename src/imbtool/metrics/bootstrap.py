"""Bootstrap of ranking metrics: scores are sorted once, a resample is a count for each row.

Drawing ``n`` rows with replacement gives each row a count. A metric of the resample is the metric of the
original rows with these counts as weights, and weights do not change the order of the scores. So one sort
serves all resamples; what is left for each is a running sum over the rows and little work for each
positive one. Ties are handled exactly: rows of equal score enter together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.metrics.inputs import check_scores

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import BoolArray, FloatArray, IntArray

RESAMPLES = 2000
BLOCK_CELLS = 1 << 18
"""Counts held at a time: 2 MiB; larger blocks fall out of the cache."""

_RARE = 50
"""A class of more rows is absent from a resample with a probability below 1e-21."""


class Resampler:
    """Draws rows with replacement, as many as there are.

    Class counts vary from resample to resample as they would between hold-outs of the same size, but a
    class that is there stays there: a resample that lacks one is drawn anew, because no metric is defined
    on it. (Keeping the counts fixed instead would hide what the prevalence adds to the uncertainty of
    precision and PR-AUC.)

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Class codes.
    resamples : int, default=2000
    seed : int, default=0
        Same rows, same seed: same counts.
    """

    def __init__(self, y: IntArray, *, resamples: int = RESAMPLES, seed: int = 0) -> None:
        self.n = len(y)
        self.resamples = resamples
        self._seed = seed
        sizes = np.bincount(y) if self.n else np.zeros(0, dtype=np.int64)
        self._rare = [np.flatnonzero(y == k) for k in np.flatnonzero((sizes > 0) & (sizes <= _RARE))]

    def __iter__(self) -> Iterator[IntArray]:
        """Yield blocks of counts, shape (b, n), together `resamples` rows; each sums to n."""
        rng = np.random.Generator(np.random.SFC64(self._seed))
        most = max(1, BLOCK_CELLS // max(self.n, 1))
        for start in range(0, self.resamples, most):
            counts = self._draw(rng, min(most, self.resamples - start))
            missing = self._lacking(counts)
            while missing.any():
                counts[missing] = self._draw(rng, int(missing.sum()))
                missing = self._lacking(counts)
            yield counts

    def _draw(self, rng: np.random.Generator, size: int) -> IntArray:
        counts = np.empty((size, self.n), dtype=np.int64)
        for row in counts:
            row[:] = np.bincount(rng.integers(0, self.n, self.n, dtype=np.int32), minlength=self.n)
        return counts

    def _lacking(self, counts: IntArray) -> BoolArray:
        lacking: Any = np.zeros(len(counts), dtype=np.bool_)
        for rows in self._rare:
            lacking |= ~counts[:, rows].any(axis=1)
        return np.asarray(lacking)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Climb:
    """Running weights from the highest score down, for several resamples at once.

    Parameters
    ----------
    total : ndarray, shape (b, n)
        Weight of the rows so far, row by row in the order of the ladder.
    found : ndarray, shape (b, n_positive)
        Weight of the positive rows so far, positive by positive.
    hits, seen, seen_before : ndarray, shape (b, n_steps)
        At each distinct score that has positives: positive weight down to it, all weight down to it, and
        all weight above it.
    """

    total: FloatArray
    found: FloatArray
    hits: FloatArray
    seen: FloatArray
    seen_before: FloatArray

    @property
    def positives(self) -> FloatArray:
        """Weight of the positive rows, shape (b,)."""
        last = self.found[:, -1] if self.found.shape[1] else np.zeros(len(self.total))
        return last.astype(np.float64)

    @property
    def negatives(self) -> FloatArray:
        """Weight of the negative rows, shape (b,)."""
        return np.asarray(self.total[:, -1] - self.positives)


class Ladder:
    """Rows of one class and the rest, sorted once by falling score.

    Parameters
    ----------
    score : ndarray of float64, shape (n,)
    positive : ndarray of bool, shape (n,)

    Attributes
    ----------
    order : ndarray of int64, shape (n,)
        Rows by falling score.
    ends : ndarray of int64, shape (n_groups,)
        Place of the last row of each group of equal scores.
    upto : ndarray of int64, shape (n_groups,)
        Number of positive rows down to the end of each group.
    """

    def __init__(self, score: FloatArray, positive: BoolArray) -> None:
        n = len(score)
        self.order: IntArray = np.argsort(-score, kind="stable")
        self._sorted = bool(np.array_equal(self.order, np.arange(n)))
        falling, hit = score[self.order], positive[self.order]
        self.ends: IntArray = np.append(np.flatnonzero(falling[1:] != falling[:-1]), n - 1)[:n]
        self.score: FloatArray = falling[self.ends]
        self.upto: IntArray = np.cumsum(hit, dtype=np.int64)[self.ends]
        self._places = np.flatnonzero(hit)
        self._steps = np.flatnonzero(np.diff(self.upto, prepend=0))
        self._last = self.ends[self._steps]
        self._first = np.append(-1, self.ends)[self._steps]

    def climb(self, weight: FloatArray | IntArray) -> Climb:
        """Return the running sums of row weights or counts, shape (b, n), in the original order of rows."""
        falling: Any = weight if self._sorted else np.take(weight, self.order, axis=1)
        total: Any = np.cumsum(falling, axis=1)
        found: Any = np.cumsum(np.take(falling, self._places, axis=1), axis=1)
        above = np.take(total, self._first, axis=1)
        if len(self._first) and self._first[0] < 0:
            above[:, 0] = 0
        return Climb(
            total=total,
            found=found,
            hits=np.take(found, self.upto[self._steps] - 1, axis=1),
            seen=np.take(total, self._last, axis=1),
            seen_before=above,
        )


def average_precision(climb: Climb) -> FloatArray:
    """Return the average precision of each resample, shape (b,); NaN where a class is missing."""
    gained = np.diff(climb.hits, axis=1, prepend=0)
    precision = climb.hits / np.where(climb.seen > 0, climb.seen, 1)
    return _defined(np.sum(gained * precision, axis=1), climb, climb.positives)


def area_under_roc(climb: Climb) -> FloatArray:
    """Return the area under the ROC curve of each resample, shape (b,); NaN where a class is missing."""
    gained = np.diff(climb.hits, axis=1, prepend=0)
    alarms_twice = climb.seen + climb.seen_before - 2 * climb.hits + gained
    beaten = climb.negatives[:, None] - 0.5 * alarms_twice
    return _defined(np.sum(gained * beaten, axis=1), climb, climb.positives * climb.negatives)


def bootstrap_areas(
    y: IntArray,
    proba: FloatArray,
    *,
    sample_weight: FloatArray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, FloatArray]:
    """Return PR-AUC and ROC-AUC of bootstrap resamples.

    Parameters
    ----------
    y : ndarray of int, shape (n,)
        Class codes.
    proba : ndarray of float64, shape (n, n_classes)
        Scores; only their order within a column matters.
    sample_weight : ndarray of float64, shape (n,), optional
        Multiplies the counts: rows are drawn alike, whatever their weight.
    resamples : int, default=2000
    seed : int, default=0

    Returns
    -------
    dict with ``pr_auc`` and ``roc_auc``, each an ndarray of float64, shape (resamples,)
        Several classes: the mean over the classes present, each against the rest. The values are those of
        `imbtool.metrics.ranking` (and of scikit-learn) for the drawn rows.

    Notes
    -----
    Memory: a few arrays of `BLOCK_CELLS` or n cells, whatever `resamples` is.
    """
    return _areas(y, (proba,), sample_weight, resamples, seed)[0]


def bootstrap_difference(
    y: IntArray,
    proba: FloatArray,
    other: FloatArray,
    *,
    sample_weight: FloatArray | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> dict[str, FloatArray]:
    """Return the differences of PR-AUC and ROC-AUC between two scores of the same rows.

    Both are measured on the same resamples, so that what they share cancels. Parameters and result as in
    `bootstrap_areas`; positive where `proba` is the better one.
    """
    first, second = _areas(y, (proba, other), sample_weight, resamples, seed)
    return {name: first[name] - second[name] for name in first}


def _areas(
    y: IntArray,
    scores: tuple[FloatArray, ...],
    sample_weight: FloatArray | None,
    resamples: int,
    seed: int,
) -> list[dict[str, FloatArray]]:
    for proba in scores:
        check_scores(y, proba, sample_weight)
    if scores[0].shape[1] == 2:  # in falling order the rows of the first score need no sorting again
        order = np.argsort(-scores[0][:, 1], kind="stable")
        y, scores = y[order], tuple(proba[order] for proba in scores)
        sample_weight = None if sample_weight is None else sample_weight[order]
    ladders = [_ladders(y, proba) for proba in scores]
    found: list[list[FloatArray]] = [[] for _ in scores]
    for counts in Resampler(y, resamples=resamples, seed=seed):
        weight = counts if sample_weight is None else counts * sample_weight
        for rungs, kept in zip(ladders, found, strict=True):
            climbs = [ladder.climb(weight) for ladder in rungs]
            of_class = [(average_precision(climb), area_under_roc(climb)) for climb in climbs]
            kept.append(np.mean(of_class, axis=0))
    joined = [np.concatenate(kept, axis=1) for kept in found]
    return [{"pr_auc": values[0], "roc_auc": values[1]} for values in joined]


def _ladders(y: IntArray, proba: FloatArray) -> list[Ladder]:
    classes = [1] if proba.shape[1] == 2 else np.unique(y).tolist()
    return [Ladder(proba[:, k], y == k) for k in classes]


def _defined(value: FloatArray, climb: Climb, scale: FloatArray) -> FloatArray:
    both = (climb.positives > 0) & (climb.negatives > 0)
    return np.where(both, value / np.where(both, scale, 1), np.nan)
