"""Temperature weights first, natural weights after."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.protocols import Phase
from imbtool.core.schedules import Epoch
from imbtool.methods.estimator import Estimator
from imbtool.methods.reweight.scalarization import Scalarization
from imbtool.methods.schedule.feeds import ClassDraws, Feed

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class Cooldown(Estimator):
    """A step from temperature `tau` down to 1: two levels, nothing in between.

    Parameters
    ----------
    tau : float, default=5.0
        Temperature before the switch, at least 1.
    switch : float, default=0.5
        Share of the stages before the switch, in [0, 1]; 0 trains naturally, 1 never cools down.

    Notes
    -----
    Li, Xu, Tan, Murray, Khashabi, NAACL 2025, arXiv 2410.04579, section 5: tau 5 for the first half
    of the updates, then 1; gradual schedules did worse there. A learner that trains by mini-batches has
    the form of the source: every row of a batch is drawn with the shares of the temperature until the
    switch, which is an update; after it come ordinary shuffled epochs. Departure for trees: stages are
    boosting rounds, and temperature enters as weights (their theorem 1). Costs one plain training.
    """

    def __init__(self, tau: float = 5.0, switch: float = 0.5) -> None:
        self.tau = tau
        self.switch = switch

    def switch_stage(self, n_stages: int) -> int:
        """Return the first stage with natural weights; half a stage is rounded up."""
        return min(n_stages, math.floor(self.switch * n_stages + 0.5))

    def tau_at(self, stage: int, n_stages: int) -> float:
        """Return the temperature of a stage: `tau` before the switch, 1.0 from it on."""
        return float(self.tau) if stage < self.switch_stage(n_stages) else 1.0

    def phases(self, y: IntArray, n_stages: int) -> tuple[Phase, ...]:
        """Return the stages with temperature weights, then those with weights 1.

        Parameters
        ----------
        y : ndarray of int64, shape (n,)
            Class codes of the training rows.
        n_stages : int
            Number of stages, at least 1.

        Returns
        -------
        tuple of Phase
            They cover ``0 .. n_stages - 1`` without a gap; an empty phase is left out.
        """
        turn = self.switch_stage(n_stages)
        hot = Phase(start=0, stop=turn, weight=Scalarization(self.tau).fit_weight(None, y))
        natural = Phase(start=turn, stop=n_stages, weight=np.ones(len(y)))
        return tuple(phase for phase in (hot, natural) if phase.stop > phase.start)

    def feed(self, y: IntArray, *, batch_size: int, n_epochs: int, random_state: int) -> CooldownFeed:
        """Return the rows of a training by mini-batches; see `imbtool.core.schedules.BatchSchedule`."""
        per_epoch = math.ceil(len(y) / batch_size)
        return CooldownFeed(
            draws=ClassDraws(y, self.tau),
            n=len(y),
            batch_size=batch_size,
            turn=self.switch_stage(per_epoch * n_epochs),
            random_state=random_state,
        )


class CooldownFeed(Feed):
    """Draws at a temperature for the first `turn` batches, then every row once an epoch, shuffled."""

    def __init__(self, *, draws: ClassDraws, n: int, batch_size: int, turn: int, random_state: int) -> None:
        self._draws, self._n, self._batch, self._seed = draws, n, batch_size, random_state
        self._turn, self._per_epoch = turn, math.ceil(n / batch_size)
        self.settled = math.ceil(turn / self._per_epoch)

    def epoch(self, number: int, losses: FloatArray | None = None) -> Epoch:  # noqa: ARG002 - the protocol's
        """Return n rows; an epoch in which the switch lies has the rest of a shuffled one after it."""
        rng = np.random.default_rng([self._seed, number])
        hot = min(self._n, max(0, self._turn - number * self._per_epoch) * self._batch)
        natural = rng.permutation(self._n)[hot:]
        return Epoch(rows=np.concatenate([self._draws.rows(hot, rng), natural]))
