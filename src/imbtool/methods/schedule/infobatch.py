"""InfoBatch: rows that are learned well are skipped at random, and count more when they are not."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from imbtool.core.schedules import Epoch
from imbtool.methods.estimator import Estimator
from imbtool.methods.schedule.feeds import Feed, groups_of

if TYPE_CHECKING:
    from imbtool.core.types import BoolArray, FloatArray, IntArray


class InfoBatch(Estimator):
    """Skip rows of less than mean loss with a probability, and weigh those kept by its inverse.

    Parameters
    ----------
    prune : float, default=0.5
        Probability r of skipping such a row in an epoch, from 0 to 0.9; those kept have weight 1 / (1 - r),
        so that the expected gradient is that of all rows.
    annealing : float, default=0.875
        Share of the epochs that skip rows (delta); the last ones take all.
    within_class : bool, default=True
        Compare a row with the mean loss of its class. Otherwise nearly all rows of frequent classes lie
        below the common mean and only they are skipped.

    Notes
    -----
    Qin et al., ICLR 2024, arXiv 2303.04947. The loss of a row is that of the last time it was trained on; a
    row without one yet is kept. Class quotas (``within_class``) are ours. Rows are skipped independently, so
    that epochs differ in length. Costs less than one plain training.
    """

    def __init__(self, prune: float = 0.5, annealing: float = 0.875, within_class: bool = True) -> None:
        self.prune = prune
        self.annealing = annealing
        self.within_class = within_class

    def feed(
        self,
        y: IntArray,
        *,
        batch_size: int,  # noqa: ARG002 - the protocol's
        n_epochs: int,
        random_state: int,
    ) -> InfoBatchFeed:
        """Return the rows of a training; see `imbtool.core.schedules.BatchSchedule`."""
        return InfoBatchFeed(
            groups=groups_of(y, by_class=self.within_class),
            prune=self.prune,
            last=math.floor(self.annealing * n_epochs + 1e-9),
            random_state=random_state,
        )


class InfoBatchFeed(Feed):
    """Epochs without some of the rows that are learned well."""

    uses_losses: ClassVar[bool] = True

    def __init__(self, *, groups: list[IntArray], prune: float, last: int, random_state: int) -> None:
        self._groups, self._prune, self._last, self._seed = groups, prune, last, random_state
        self._n = sum(map(len, groups))

    def epoch(self, number: int, losses: FloatArray | None = None) -> Epoch:
        """Return the rows that are not skipped, shuffled, with their weights."""
        rng = np.random.default_rng([self._seed, number])
        if losses is None or number >= self._last or self._prune == 0.0:
            return Epoch(rows=rng.permutation(self._n))
        weight = np.ones(self._n)
        for group in self._groups:
            learned = group[well_learned(losses[group])]
            weight[learned] = np.where(rng.random(len(learned)) < self._prune, 0.0, 1.0 / (1.0 - self._prune))
        rows = rng.permutation(np.flatnonzero(weight))
        return Epoch(rows=rows, weight=weight[rows])


def well_learned(loss: FloatArray) -> BoolArray:
    """Return which losses lie below the mean of those known; NaN stands for one not known."""
    known = loss[np.isfinite(loss)]
    # The mean of equal numbers can be rounded up; the largest is never below the mean.
    mean = min(known.mean(), known.max()) if len(known) else -np.inf
    return np.asarray(loss < mean)
