"""Mini-batches with as many rows of each class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.schedules import Epoch
from imbtool.methods.estimator import Estimator
from imbtool.methods.schedule.feeds import Deck, Feed, groups_of

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


class BalancedBatches(Estimator):
    """Fill every mini-batch with the same number of rows of each class.

    Parameters
    ----------
    share : float, default=1.0
        How far the classes are drawn together, from 0 (natural shares in every batch) to 1 (equal numbers).

    Notes
    -----
    Common practice; ours in the details. Where a batch cannot be split evenly, what is left over passes on to
    the next batch, so that the numbers are right over any run of batches. Rows of a class come from a
    shuffled deck: all have had their turn before one comes again. So the shares are those of
    `TemperatureBatches` at infinity (`share` = 1) without the chance of its draws. An epoch has as many
    places as there are rows; a row of a rare class with n_k rows comes n / (K n_k) times in it.
    """

    def __init__(self, share: float = 1.0) -> None:
        self.share = share

    def feed(
        self,
        y: IntArray,
        *,
        batch_size: int,
        n_epochs: int,  # noqa: ARG002 - the protocol's
        random_state: int,
    ) -> BalancedFeed:
        """Return the rows of a training; see `imbtool.core.schedules.BatchSchedule`."""
        return BalancedFeed(y, self.share, batch_size, random_state)


class BalancedFeed(Feed):
    """Epochs of batches in which every class has its share."""

    def __init__(self, y: IntArray, share: float, batch_size: int, random_state: int) -> None:
        groups = groups_of(y, by_class=True)
        self._n, self._batch = len(y), batch_size
        self._rng = np.random.default_rng(random_state)
        self._decks = [Deck(rows, self._rng) for rows in groups]
        natural = np.array([len(rows) for rows in groups]) / len(y)
        self._shares = share / len(groups) + (1.0 - share) * natural
        self._owed = np.zeros(len(groups))

    def epoch(self, number: int, losses: FloatArray | None = None) -> Epoch:  # noqa: ARG002 - the protocol's
        """Return n rows: batch after batch, each shuffled."""
        sizes = [min(self._batch, self._n - start) for start in range(0, self._n, self._batch)]
        return Epoch(rows=np.concatenate([self._one(size) for size in sizes]))

    def _one(self, size: int) -> IntArray:
        self._owed += self._shares * size
        taken = np.maximum(np.floor(self._owed + 1e-9), 0.0).astype(np.int64)
        left = size - int(taken.sum())
        by_debt = np.argsort(taken - self._owed, kind="stable")
        if left >= 0:
            # The places left over go to those who are owed most.
            taken[by_debt[:left]] += 1
        else:
            taken[by_debt[taken[by_debt] > 0][left:]] -= 1
        self._owed -= taken
        rows = np.concatenate([deck.take(int(n)) for deck, n in zip(self._decks, taken, strict=True)])
        return np.asarray(self._rng.permutation(rows), dtype=np.int64)
