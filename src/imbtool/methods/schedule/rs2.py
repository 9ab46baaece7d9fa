"""Repeated random sampling: a fresh part of the rows for every epoch, or every few rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.schedules import Draw, Epoch
from imbtool.methods.estimator import Estimator
from imbtool.methods.schedule.feeds import Feed, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from imbtool.core.types import FloatArray, IntArray

_ROUNDS = 5
"""Boosting rounds that one part serves by default."""


class RepeatedRandomSampling(Estimator):
    """Train every few stages on another random part of the rows.

    Parameters
    ----------
    ratio : float, default=0.5
        Share of the rows that a stage sees, from 0.01 to 1.
    every : int or None, default=None
        Stages that one part serves, at least 1; None is 5 boosting rounds, or 1 epoch of a learner that
        trains by mini-batches, as in the source. Trees: with each new part the model so far is applied to
        it, so that 100 rounds at 1 take as long as seven plain trainings, at 5 as two.
    replacement : bool, default=False
        Draw each part from all rows. Otherwise rows come back only when all others have had their turn:
        over 1 / `ratio` parts every row is seen once.
    stratified : bool, default=True
        Draw the share from each class, at least one row of it. Otherwise from all rows together, where a
        rare class may miss many stages.

    Notes
    -----
    Okanovic et al., ICLR 2024, arXiv 2305.18424. No row is twice in a part. Departure: where a deck of
    rows runs out, the source goes on with the head of the same order, one row short; here the part takes
    what is left and is filled from a newly shuffled deck, without the rows it has. Learners that train by
    mini-batches go over the part once, as the source does. Trees are grown on the
    part alone: rows left out do not exist for them, which weights of 0 would not give. In boosting this
    is close to stochastic gradient boosting (Friedman, Computational Statistics & Data Analysis 2002).
    """

    def __init__(
        self, ratio: float = 0.5, every: int | None = None, replacement: bool = False, stratified: bool = True
    ) -> None:
        self.ratio = ratio
        self.every = every
        self.replacement = replacement
        self.stratified = stratified

    def draws(self, y: IntArray, n_stages: int, *, random_state: int) -> tuple[Draw, ...]:
        """Return the rows of all stages.

        Parameters
        ----------
        y : ndarray of int64, shape (n,)
            Class codes of the training rows.
        n_stages : int
        random_state : int

        Returns
        -------
        tuple of Draw
            They cover ``0 .. n_stages - 1`` without a gap. A part holds round(ratio n) rows, at least one;
            stratified: of each class.
        """
        every = _ROUNDS if self.every is None else self.every
        parts = self._parts(y, np.random.default_rng(random_state))
        return tuple(
            Draw(start=start, stop=min(start + every, n_stages), rows=np.sort(next(parts)))
            for start in range(0, n_stages, every)
        )

    def feed(
        self,
        y: IntArray,
        *,
        batch_size: int,  # noqa: ARG002 - the protocol's
        n_epochs: int,  # noqa: ARG002
        random_state: int,
    ) -> SubsetFeed:
        """Return the rows of a training by mini-batches; see `imbtool.core.schedules.BatchSchedule`.

        An epoch is one pass over its part, so that it has ratio n rows.
        """
        rng = np.random.default_rng(random_state)
        return SubsetFeed(self._parts(y, rng), 1 if self.every is None else self.every, rng)

    def _parts(self, y: IntArray, rng: np.random.Generator) -> Iterator[IntArray]:
        decks = [
            deck(group, max(1, round(self.ratio * len(group))), rng, replacement=self.replacement)
            for group in groups_of(y, by_class=self.stratified)
        ]
        while True:
            yield np.concatenate([next(part) for part in decks])


class SubsetFeed(Feed):
    """Epochs over a part of the rows, shuffled; each part serves `every` of them."""

    def __init__(self, parts: Iterator[IntArray], every: int, rng: np.random.Generator) -> None:
        self._parts, self._every, self._rng = parts, every, rng
        self._part = np.empty(0, dtype=np.int64)

    def epoch(self, number: int, losses: FloatArray | None = None) -> Epoch:  # noqa: ARG002 - the protocol's
        """Return the rows of the part in force."""
        if number % self._every == 0:
            self._part = next(self._parts)
        return Epoch(rows=self._rng.permutation(self._part))


def deck(
    rows: IntArray, size: int, rng: np.random.Generator, *, replacement: bool = False
) -> Iterator[IntArray]:
    """Yield parts of `size` of these rows for ever, no row twice in a part.

    Without replacement every row is handed out once before any comes again, but for the part in which
    the rows run out: it takes the rest and goes on with a new order of the rows that it does not hold.
    """
    order = rng.permutation(rows)
    place = 0
    while True:
        if replacement:
            yield rng.choice(rows, size=size, replace=False)
            continue
        part = order[place : place + size]
        place += size
        if len(part) < size:
            order = rng.permutation(rows)
            held = np.isin(order, part)
            # The rows already in this part go to the end of the new order.
            order = np.concatenate([order[~held], order[held]])
            place = size - len(part)
            part = np.concatenate([part, order[:place]])
        yield part
