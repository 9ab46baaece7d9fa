"""A last layer of cosines."""

from __future__ import annotations

from imbtool.core.training import CosineHead as Change
from imbtool.methods.estimator import Estimator


class CosineHead(Estimator):
    """Normalise the features that the last layer reads and its class vectors: scores are cosines.

    Parameters
    ----------
    scale : float, default=30.0
        Scores are this times the cosines (s), above 0.

    Notes
    -----
    The last layer of Cao, Wei, Gaidon, Arechiga, Ma, NeurIPS 2019, arXiv 1906.07413: no bias, class vectors
    that begin with length one. No class can win by longer features or a longer vector, as frequent ones do.
    Margins of the loss are then cosines, so that ``ldam+cosine_head`` is the loss of its source,
    cross-entropy of s (cos_k - m_k 1[k = y]), and ``deferred_reweighting+ldam+cosine_head`` its recipe. Two
    classes have a vector each, and one score, the difference. Departures: features shorter than 1e-6 are
    divided by that; ``weight_decay`` is that of the learner, decoupled. Costs one plain training.
    """

    def __init__(self, scale: float = 30.0) -> None:
        self.scale = scale

    def change(self) -> Change:
        """Return what is changed; see `imbtool.core.training.TrainingMethod`."""
        return Change(scale=self.scale)
