"""Velocitune: groups that lag behind in what they can learn gain weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.methods.reweight.groups.base import GroupReweighter
from imbtool.methods.reweight.groups.proxy import mean_shares, trained
from imbtool.methods.reweight.groups.updates import still_open

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray
    from imbtool.methods.reweight.groups.proxy import Proxy


class VelocituneWeights(GroupReweighter):
    """Weights by how much of its way to a target loss each group still has to go.

    Parameters
    ----------
    group : str or None, default=None
        Column whose levels are the groups; None takes the classes.
    every : int, default=5
        Steps from one change of the weights to the next, at least 1.
    steps : int, default=100
        Steps of both trainings, at least 1.
    cap : float, default=20.0
        Largest weight of a row as a multiple of the mean, at least 1.

    Notes
    -----
    Luo et al., ACL 2025, arXiv 2411.14318 (from a reading note): V_k, in [0, 1], is the share of the way from
    the first loss of group k to its target that is still to go; w_k is multiplied by exp(V_k), from the
    natural shares on. The result is the mean of w over the steps. Departures as for `DoReMiWeights`; the
    targets are the losses of a plain training, not of a fitted curve, and a group that a plain training
    makes worse has nothing to go. Costs 200 passes over the table.
    """

    def __init__(self, group: str | None = None, every: int = 5, steps: int = 100, cap: float = 20.0) -> None:
        self.group = group
        self.every = every
        self.steps = steps
        self.cap = cap

    def shares(self, proxy: Proxy) -> FloatArray:
        """Return the mean shares of the groups along the training."""
        natural = proxy.counts / proxy.counts.sum()
        target = proxy.group_means(proxy.losses(trained(proxy, natural, self.steps)))
        start = proxy.group_means(proxy.losses(np.zeros(proxy.shape)))

        def left(weights: FloatArray) -> FloatArray:
            return still_open(proxy.group_means(proxy.losses(weights)), start, target)

        return mean_shares(proxy, natural, left, steps=self.steps, eta=1.0, smoothing=0.0, every=self.every)
