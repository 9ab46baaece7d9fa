"""Temperature sampling, batch by batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.schedules import Epoch
from imbtool.methods.estimator import Estimator
from imbtool.methods.schedule.feeds import ClassDraws, Feed

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class TemperatureBatches(Estimator):
    """Draw every row of every mini-batch anew, classes with shares p(k; tau).

    Parameters
    ----------
    tau : float, default=5.0
        Temperature, at least 1: 1 is a bootstrap of the natural shares, infinity balances.

    Notes
    -----
    Li, Xu, Tan, Murray, Khashabi, NAACL 2025, arXiv 2410.04579: a row of class k is drawn with probability
    p(k; tau) / n_k, independently. In expectation the gradient is that of
    `imbtool.methods.reweight.scalarization.Scalarization`, whose variance differs (see
    `imbtool.methods.temperature.variance_gap`). `TemperatureSampler` draws once before training instead, for
    learners without batches. An epoch has as many draws as there are rows. No cost of its own.
    """

    def __init__(self, tau: float = 5.0) -> None:
        self.tau = tau

    def feed(
        self,
        y: IntArray,
        *,
        batch_size: int,  # noqa: ARG002 - draws do not depend on it
        n_epochs: int,  # noqa: ARG002
        random_state: int,
    ) -> TemperatureFeed:
        """Return the rows of a training; see `imbtool.core.schedules.BatchSchedule`."""
        return TemperatureFeed(y, self.tau, random_state)


class TemperatureFeed(Feed):
    """Epochs of as many independent draws as there are rows."""

    def __init__(self, y: IntArray, tau: float, random_state: int) -> None:
        self._draws, self._n, self._seed = ClassDraws(y, tau), len(y), random_state

    def epoch(self, number: int, losses: FloatArray | None = None) -> Epoch:  # noqa: ARG002 - the protocol's
        """Return n draws with replacement."""
        return Epoch(rows=self._draws.rows(self._n, np.random.default_rng([self._seed, number])))
