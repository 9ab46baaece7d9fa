"""DoGE: groups whose gradient helps the others gain weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.reweight.groups.base import GroupReweighter
from imbtool.methods.reweight.groups.proxy import mean_shares
from imbtool.methods.reweight.groups.updates import alignment

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray
    from imbtool.methods.reweight.groups.proxy import Proxy


class DoGEWeights(GroupReweighter):
    """Weights by how well the gradient of a group agrees with those of the others.

    Parameters
    ----------
    group : str or None, default=None
        Column whose levels are the groups; None takes the classes.
    eta : float, default=0.05
        Step of the weights, at least 0 (the source's rate of learning over its mu).
    smoothing : float, default=0.001
        Share of equal weights mixed in after every step, in [0, 1].
    steps : int, default=100
        Steps of the training, at least 1.
    cap : float, default=20.0
        Largest weight of a row as a multiple of the mean, at least 1.

    Notes
    -----
    Fan, Pagliardini, Jaggi, ICML 2024, arXiv 2310.15393. In every step each group's gradient is cut to
    length 1; its score is the scalar product with the sum of the others, over the mean length, from 0 to 5;
    a_k is multiplied by exp(eta score_k); the model steps by sum_k a_k g_k. The result is the mean of a over
    the steps, from equal groups on. Departures as for `DoReMiWeights`. Two classes pull in opposite
    directions, score 0 and keep equal weights: the method is for groups, or for many classes. Costs one pass
    over the table for each group and step.
    """

    def __init__(
        self,
        group: str | None = None,
        eta: float = 0.05,
        smoothing: float = 1e-3,
        steps: int = 100,
        cap: float = 20.0,
    ) -> None:
        self.group = group
        self.eta = eta
        self.smoothing = smoothing
        self.steps = steps
        self.cap = cap

    def shares(self, proxy: Proxy) -> FloatArray:
        """Return the mean shares of the groups along the training."""

        def agreement(weights: FloatArray) -> FloatArray:
            return alignment(proxy.group_gradients(weights))

        equal = np.full(len(proxy.counts), 1.0 / len(proxy.counts))
        return mean_shares(proxy, equal, agreement, steps=self.steps, eta=self.eta, smoothing=self.smoothing)
