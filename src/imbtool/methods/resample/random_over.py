"""Random over-sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.resample.targets import rows_to_add

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import TrainingPart


class RandomOver(RowSampler):
    """Repeat random rows of the rare classes.

    Parameters
    ----------
    ratio : float, default=1.0
        Rare to most frequent class after resampling, in [0, 1]; a class already there is left alone.
    shrinkage : float or None, default=None
        Smoothed bootstrap (ROSE): normal noise of this multiple of the rule-of-thumb bandwidth is added to
        the numbers of each repeat. None repeats rows as they are.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    The draws of imbalanced-learn's `RandomOverSampler`. All rows come first, then the repeats. ROSE:
    Menardi, Torelli, DMKD 28 (2014), doi:10.1007/s10618-012-0295-5: the bandwidth of a number is its
    standard deviation in the class times (4 / ((d + 2) n))^(1 / (d + 4)), with d numbers and n all rows, as
    in imbalanced-learn. Categories and missing cells of a repeat are those of its row.
    """

    def __init__(
        self,
        ratio: float = 1.0,
        shrinkage: float | None = None,
        random_state: int | RandomState | None = None,
    ) -> None:
        self.ratio = ratio
        self.shrinkage = shrinkage
        self.random_state = random_state

    @property
    def selects(self) -> bool:  # type: ignore[override] # here it depends on a parameter
        """Whether rows are only repeated."""
        return self.shrinkage is None

    def _resample(self, part: TrainingPart) -> Resampled:
        wanted = rows_to_add(part.y, self.ratio)
        rng = np.random.RandomState(part.seed)
        own = {label: np.flatnonzero(part.y == label) for label in sorted(wanted)}
        if self.shrinkage is None:
            repeats = [rng.choice(own[label], size=wanted[label]) for label in own]
            return part.selected(np.concatenate((np.arange(len(part.y)), *repeats)))
        return part.extended({label: self._smoothed(part, own[label], wanted[label], rng) for label in own})

    def _smoothed(self, part: TrainingPart, own: IntArray, n_new: int, rng: RandomState) -> FloatArray:
        """Return repeats of rows of a class with noise on their numbers."""
        numeric = list(part.layout.numeric)
        new: FloatArray = part.X[rng.choice(own, size=n_new)]
        d = len(numeric)
        bandwidth = (4.0 / ((d + 2) * len(part.y))) ** (1.0 / (d + 4))
        spread = part.space.numbers(part.X[own]).std(axis=0) if d else np.empty(0)
        new[:, numeric] += rng.randn(n_new, d) * (self.shrinkage or 0.0) * bandwidth * spread
        return new
