"""Aioli: groups whose share brings down the losses of all gain weight."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.errors import NotApplicableError
from imbtool.methods.reweight.groups.base import GroupReweighter
from imbtool.methods.reweight.groups.proxy import Momentum
from imbtool.methods.reweight.groups.updates import mixing, raised

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray
    from imbtool.methods.reweight.groups.proxy import Proxy


class AioliWeights(GroupReweighter):
    """Weights by a law of mixing that is measured on the way: whose share lowers which loss.

    Parameters
    ----------
    group : str or None, default=None
        Column whose levels are the groups; None takes the classes.
    eta : float, default=0.2
        Step of the weights, at least 0.
    rounds : int, default=10
        How often the law is measured, at least 1.
    probe : int, default=4
        Steps of a probing training, at least 1.
    focus : float, default=0.625
        Share that a group has while it is probed, above 1 / K.
    cap : float, default=20.0
        Largest weight of a row as a multiple of the mean, at least 1.

    Notes
    -----
    Chen et al., ICLR 2025, arXiv 2411.05735. The loss drop of group i is taken as sum_j A_ij p_j. In a round
    each group is given the share `focus` for some steps from the model as it is; A follows by solving, is
    shifted above 0 and scaled to sum 1; p_j is multiplied by exp(eta sum_i A_ij), from equal groups on. Then
    the model trains ten steps on p. The result is the mean of p over the rounds. Departures as for
    `DoReMiWeights`; probing starts from the same model for every group instead of one after the other, and
    drops are those of the training rows. Costs (probe K + 10) passes a round.
    """

    def __init__(
        self,
        group: str | None = None,
        eta: float = 0.2,
        rounds: int = 10,
        probe: int = 4,
        focus: float = 0.625,
        cap: float = 20.0,
    ) -> None:
        self.group = group
        self.eta = eta
        self.rounds = rounds
        self.probe = probe
        self.focus = focus
        self.cap = cap

    def shares(self, proxy: Proxy) -> FloatArray:
        """Return the mean shares of the groups over the rounds."""
        n_groups = len(proxy.counts)
        if n_groups > 1 and self.focus <= 1.0 / n_groups:
            raise NotApplicableError(
                f"aioli: `focus` must be above the equal share 1/{n_groups}; got {self.focus:g}.",
                hint="0.625 is the source's.",
                code="narrow-focus",
            )
        share = np.full(n_groups, 1.0 / n_groups)
        total, path = np.zeros(n_groups), Momentum(proxy.shape)
        for _ in range(self.rounds):
            law = mixing(self._drops(proxy, path.weights), self.focus)
            share = raised(share, law.sum(axis=0), eta=self.eta, smoothing=0.0)
            total += share
            for _ in range(10):
                path.step(proxy.gradient(path.weights, share))
        return np.asarray(total / total.sum(), dtype=np.float64)

    def _drops(self, proxy: Proxy, weights: FloatArray) -> FloatArray:
        n_groups = len(proxy.counts)
        before = proxy.group_means(proxy.losses(weights))
        drops = np.empty((n_groups, n_groups))
        for j in range(n_groups):
            share = np.full(n_groups, (1.0 - self.focus) / max(1, n_groups - 1))
            share[j] = self.focus if n_groups > 1 else 1.0
            path = Momentum(proxy.shape, start=weights)
            for _ in range(self.probe):
                path.step(proxy.gradient(path.weights, share))
            drops[:, j] = before - proxy.group_means(proxy.losses(path.weights))
        return drops
