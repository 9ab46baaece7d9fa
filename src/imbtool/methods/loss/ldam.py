"""Label-distribution-aware margins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.cross_entropy import CrossEntropy
from imbtool.methods.estimator import Estimator
from imbtool.methods.loss.shares import margins

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class LDAMLoss(Estimator):
    """Cross-entropy in which a row's own class must win by a margin, wider for rare classes.

    Parameters
    ----------
    margin : float, default=0.5
        Margin of the rarest class (max_m); that of class k is proportional to n_k^(-1/4). 0 is
        cross-entropy of the scaled scores.
    scale : float, default=1.0
        Factor of scores and margins alike (s), so that the margin is ``scale * margin`` log-odds.

    Notes
    -----
    Cao, Wei, Gaidon, Arechiga, Ma, NeurIPS 2019, arXiv 1906.07413. Departure: the source has s = 30
    because its scores are cosines, in [-1, 1]; boosted scores are not bounded, and s = 1 takes them as
    log-odds. Predictions read the score without margin. Meant for use with a deferred reweighting:
    ``ldam+deferred_reweighting``. Costs one plain training.
    """

    def __init__(self, margin: float = 0.5, scale: float = 1.0) -> None:
        self.margin = margin
        self.scale = scale

    def objective(self, counts: IntArray, mass: FloatArray) -> CrossEntropy:
        """Return the loss for classes of these rows and weights, shape (K,) each, all positive."""
        wide = margins(counts, self.margin) * self.scale
        return CrossEntropy(mass=mass, slope=np.full(len(wide), self.scale), margin=wide)
