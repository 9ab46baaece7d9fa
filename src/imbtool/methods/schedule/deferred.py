"""Natural weights first, class-balanced weights at the end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.protocols import Phase
from imbtool.methods.estimator import Estimator
from imbtool.methods.reweight.effective_number import EffectiveNumberWeights

if TYPE_CHECKING:
    from imbtool.core.types import IntArray


class DeferredReweighting(Estimator):
    """Learn from the table as it is, then weight the classes for the last part of training.

    Parameters
    ----------
    start : float, default=0.8
        Share of the stages before the weights set in, in [0, 1]; 0 weights all along, 1 never.
    beta : float, default=0.9999
        Overlap of the effective number of samples, in [0, 1): weights (1 - beta) / (1 - beta^n_k). 0
        weights nothing; for classes of some thousand rows 0.9999 is nearly the inverse class size.

    Notes
    -----
    Cao et al., NeurIPS 2019, arXiv 1906.07413, with the setting of Rangwani et al., NeurIPS 2022, arXiv
    2212.13827 (epoch 160 of 200). Departures: stages are boosting rounds (epochs of a network), and weights
    have mean 1 over the rows instead of sum K over the classes. The last rounds move the scores towards
    equal classes, so that probabilities need calibration to be read as rates. Costs one plain training.
    """

    def __init__(self, start: float = 0.8, beta: float = 0.9999) -> None:
        self.start = start
        self.beta = beta

    def phases(self, y: IntArray, n_stages: int) -> tuple[Phase, ...]:
        """Return the stages with weights 1, then those with class-balanced weights.

        Parameters
        ----------
        y : ndarray of int64, shape (n,)
            Class codes of the training rows.
        n_stages : int
            Number of stages, at least 1.

        Returns
        -------
        tuple of Phase
            They cover ``0 .. n_stages - 1`` without a gap; an empty phase is left out. Half a stage is
            rounded up.
        """
        turn = min(n_stages, math.floor(self.start * n_stages + 0.5))
        natural = Phase(start=0, stop=turn, weight=np.ones(len(y)))
        weight = EffectiveNumberWeights(self.beta).fit_weight(None, y)
        balanced = Phase(start=turn, stop=n_stages, weight=weight)
        return tuple(phase for phase in (natural, balanced) if phase.stop > phase.start)
