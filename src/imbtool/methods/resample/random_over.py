"""Random over-sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.targets import rows_to_add

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import TrainingPart


class RandomOver(RowSampler):
    """Repeat random rows of the rare classes.

    Parameters
    ----------
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    The draws of imbalanced-learn's `RandomOverSampler`. All rows come first, then the repeats.
    """

    selects = True

    def __init__(self, ratio: float = 1.0, random_state: int | RandomState | None = None) -> None:
        self.ratio = ratio
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        wanted = rows_to_add(part.y, self.ratio)
        rng = np.random.RandomState(part.seed)
        repeats = [rng.choice(np.flatnonzero(part.y == label), size=n) for label, n in sorted(wanted.items())]
        return part.selected(np.concatenate((np.arange(len(part.y)), *repeats)))
