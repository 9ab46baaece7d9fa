"""DoReMi: groups that a model could still learn more about gain weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.reweight.groups.base import GroupReweighter
from imbtool.methods.reweight.groups.proxy import mean_shares, trained

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray
    from imbtool.methods.reweight.groups.proxy import Proxy


class DoReMiWeights(GroupReweighter):
    """Weights by group DRO against a reference model: the mean of the weights along the way.

    Parameters
    ----------
    group : str or None, default=None
        Column whose levels are the groups; None takes the classes.
    eta : float, default=1.0
        Step of the weights, at least 0; 0 gives equal groups.
    smoothing : float, default=0.0001
        Share of equal weights mixed in after every step (c), in [0, 1].
    steps : int, default=100
        Steps of both trainings, at least 1.
    cap : float, default=20.0
        Largest weight of a row as a multiple of the mean, at least 1.

    Notes
    -----
    Xie et al., NeurIPS 2023, arXiv 2305.10429: a reference is trained on the table as it is; then a second
    model minimises sum_k a_k (mean loss of group k), while a_k is multiplied by exp(eta lambda_k), lambda_k
    the mean over the rows of the part of their loss above that of the reference, never below 0 row by row.
    The result is the mean of a over the steps. Departures: both models are softmax regressions on binned
    columns, trained on all rows at once, so that nothing is left to chance; groups are classes or the levels
    of a column instead of sources of text. Weights are learned once and serve any learner. For classes the
    excess of the rare ones is large by construction: hence `cap`. Costs 300 passes over the table.
    """

    def __init__(
        self,
        group: str | None = None,
        eta: float = 1.0,
        smoothing: float = 1e-4,
        steps: int = 100,
        cap: float = 20.0,
    ) -> None:
        self.group = group
        self.eta = eta
        self.smoothing = smoothing
        self.steps = steps
        self.cap = cap

    def shares(self, proxy: Proxy) -> FloatArray:
        """Return the mean shares of the groups along the second training."""
        natural = proxy.counts / proxy.counts.sum()
        reference = proxy.losses(trained(proxy, natural, self.steps))

        def excess(weights: FloatArray) -> FloatArray:
            return proxy.group_means(np.maximum(proxy.losses(weights) - reference, 0.0))

        equal = np.full(len(natural), 1.0 / len(natural))
        return mean_shares(proxy, equal, excess, steps=self.steps, eta=self.eta, smoothing=self.smoothing)
