"""Keep a part of the rows, and teach them what a model of all rows says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.protocols import Resampled
from imbtool.methods.resample.selection.scored import ScoredSampler
from imbtool.methods.resample.selection.shares import Policy, pools

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.types import BoolArray, IntArray
    from imbtool.methods.resample.selection.scored import ScoredPart

_LEAST = 1e-3


class Distillation(ScoredSampler):
    """Train on a random part of the rows with soft labels from a model of all of them.

    Each kept row stands once for every class that the teacher or its label gives a share of at least 0.001,
    weighted by that share: exactly the cross-entropy with soft labels, for any learner that takes weights.

    Parameters
    ----------
    keep : float, default=0.5
        Share of the frequent classes' rows that is kept, in (0, 1].
    teacher : float, default=0.5
        Weight of the teacher's probabilities against the row's own label, in [0, 1].
    policy : {"frequent", "each"}, default="frequent"
        Which classes give up rows.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only, which gives no weights: use recipes for those.

    Notes
    -----
    Hinton, Vinyals, Dean, arXiv 1503.02531, at temperature 1. Departure (ours): the teacher's probabilities
    are out-of-fold ones, so that it does not repeat the labels it was trained on.
    """

    relabels = True

    def __init__(
        self,
        keep: float = 0.5,
        teacher: float = 0.5,
        policy: Policy = "frequent",
        random_state: int | RandomState | None = None,
    ) -> None:
        self.keep = keep
        self.teacher = teacher
        self.policy = policy
        self.random_state = random_state

    def _choose(self, part: ScoredPart) -> Resampled:
        rng = np.random.default_rng(part.seed)
        kept = [
            rows if size == len(rows) else rng.choice(rows, size, replace=False)
            for rows, size in pools(part.y, self.keep, self.policy)
        ]
        rows = np.sort(np.concatenate(kept))
        soft = self.teacher * part.scores[rows]
        soft[np.arange(len(rows)), part.y[rows]] += 1.0 - self.teacher
        at, label = np.nonzero((soft >= _LEAST) | (label_mask(part.y[rows], soft.shape[1])))
        weight = np.maximum(soft[at, label], _LEAST)
        return Resampled(
            X=part.X[rows[at]],
            y=label.astype(np.int64),
            source=rows[at].astype(np.int64),
            weight=weight / weight.mean(),
        )


def label_mask(y: IntArray, n_classes: int) -> BoolArray:
    """Return whether each class is the row's own, shape (n, n_classes)."""
    mask = np.zeros((len(y), n_classes), dtype=bool)
    mask[np.arange(len(y)), y] = True
    return mask
