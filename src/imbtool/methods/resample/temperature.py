"""Temperature sampling."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.resample.base import RowSampler
from imbtool.methods.temperature import class_shares

if TYPE_CHECKING:
    from numpy.random import RandomState

    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import TrainingPart


class TemperatureSampler(RowSampler):
    """Draw as many rows as there are, with replacement, in class shares p(k; tau).

    Parameters
    ----------
    tau : float, default=5.0
        Temperature, at least 1: 1 is a bootstrap of the natural shares, infinity balances.
    random_state : int, RandomState or None, default=None
        Used by `fit_resample` only.

    Notes
    -----
    Li, Xu, Tan, Murray, Khashabi, NAACL 2025, arXiv 2410.04579: every row of class k is drawn with
    probability p(k; tau) / n_k, independently. Departure: they draw each mini-batch anew, here the
    training part is drawn once. Rows come in the order of the originals.
    """

    selects = True

    def __init__(self, tau: float = 5.0, random_state: int | RandomState | None = None) -> None:
        self.tau = tau
        self.random_state = random_state

    def _resample(self, part: TrainingPart) -> Resampled:
        y = part.y
        counts = np.bincount(y)
        chance = (class_shares(counts, self.tau) / np.maximum(counts, 1))[y]
        draws = np.random.default_rng(part.seed).choice(len(y), size=len(y), p=chance / chance.sum())
        return part.selected(np.sort(draws))
