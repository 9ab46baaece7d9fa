"""Random under-sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.targets import rows_to_keep

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import TrainingPart


class RandomUnder(RowSampler):
    """Keep a random part of the frequent classes.

    Parameters
    ----------
    ratio : float, default=1.0
        Rarest to every other class after resampling, at least 0; a class already there is left alone, and
        0 keeps everything. Above 1 the rarest class becomes the most frequent: 2 leaves half as many rows
        of each other class, rounded down (Chawla et al., 2002, call that under-sampling at 200 %).
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    The draws of imbalanced-learn's `RandomUnderSampler`, without replacement. Rows come class by class.
    """

    selects = True

    def __init__(self, ratio: float = 1.0, random_state: int | RandomState | None = None) -> None:
        self.ratio = ratio
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        kept = rows_to_keep(part.y, self.ratio)
        rng = np.random.RandomState(part.seed)
        chosen = []
        for label in np.unique(part.y).tolist():
            rows = np.flatnonzero(part.y == label)
            if label in kept:
                rows = rows[rng.choice(len(rows), size=kept[label], replace=False)]
            chosen.append(rows)
        return part.selected(np.concatenate(chosen))
