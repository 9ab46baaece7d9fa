"""The schedules of the catalogue in a network's training.

Weights that are fixed beforehand change between epochs: there a stage is an epoch. Rows are drawn and weights
computed batch by batch where the schedule has that form.
"""

from __future__ import annotations

import itertools
import math
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import torch

from imbtool.core.schedules import BatchSchedule, DynamicSchedule, ScoreSchedule, SubsetSchedule
from imbtool.learners.torch.hooks import BatchSampler, EpochRows, Weighting
from imbtool.learners.torch.model import probabilities

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.protocols import Phase, Schedule
    from imbtool.core.schedules import Draw, RowFeed, ScoreWeights
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.hooks import Moment
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Batch, Training

    AnySchedule: TypeAlias = Schedule | DynamicSchedule | SubsetSchedule | BatchSchedule | ScoreSchedule


class PhaseWeighting(Weighting):
    """Fixed weights, phase by phase."""

    def __init__(self, phases: Sequence[Phase]) -> None:
        self._weights = {phase.start: phase.weight for phase in phases if phase.stop > phase.start}

    def epoch(self, y: IntArray, now: Moment) -> FloatArray | None:  # noqa: ARG002 - the phases know it
        """Return the weights of the phase that begins with this epoch, if one does."""
        return self._weights.get(now.epoch)


class BatchWeighting(Weighting):
    """Weights of the rows of a batch, computed once a step in NumPy."""

    by_batch = True

    def __init__(self) -> None:
        self._step = -1
        self._factor: Tensor = None

    def batch(self, loss: Tensor, raw: Tensor, batch: Batch) -> Tensor:
        """Return the factors of this step, those of its first pass."""
        if batch.step != self._step:
            n = batch.real
            own = self.weights(loss[:n], raw[:n], batch.y[:n].cpu().numpy(), batch)
            found = torch.as_tensor(own, dtype=loss.dtype, device=loss.device)
            if n < len(loss):
                found = torch.nn.functional.pad(found, (0, len(loss) - n), value=1.0)
            self._step, self._factor = batch.step, found
        return self._factor

    def weights(self, loss: Tensor, raw: Tensor, y: IntArray, batch: Batch) -> FloatArray:
        """Return the factors of the rows that are there."""
        raise NotImplementedError


class DynamicWeighting(BatchWeighting):
    """Weights that follow the losses of the rows of the batch; a stage is a step."""

    def __init__(self, schedule: DynamicSchedule, n_steps: int) -> None:
        super().__init__()
        self._schedule, self._n_steps = schedule, n_steps

    def epoch(self, y: IntArray, now: Moment) -> FloatArray | None:  # noqa: ARG002 - the losses come by batch
        """Leave the weights between epochs; a training begins with the first."""
        self._step = -1 if now.epoch == 0 else self._step
        return None

    def weights(
        self,
        loss: Tensor,
        raw: Tensor,  # noqa: ARG002 - losses are enough
        y: IntArray,
        batch: Batch,
    ) -> FloatArray:
        """Return what the schedule makes of the losses, mean 1."""
        return self._schedule.weights(_host(loss), y, min(batch.step, self._n_steps - 1), self._n_steps)


class ScoreWeighting(BatchWeighting):
    """Weights that follow the probabilities of the rows of the batch."""

    def __init__(
        self,
        schedule: ScoreSchedule,
        n_classes: int,
        random_state: int,
        group: IntArray | None = None,
    ) -> None:
        super().__init__()
        self._schedule, self._n_classes, self._seed = schedule, n_classes, random_state
        self._group = None if group is None else np.unique(group, return_inverse=True)[1]
        self._follows: ScoreWeights | None = None

    def epoch(self, y: IntArray, now: Moment) -> FloatArray | None:
        """Leave the weights between epochs; a training begins with the first."""
        if now.epoch == 0 or self._follows is None:
            self._step = -1
            groups: Any = {} if self._group is None else {"groups": self._group}
            self._follows = self._schedule.follow(
                y, n_classes=self._n_classes, n_epochs=now.n_epochs, random_state=self._seed, **groups
            )
        self._follows.begin(now.epoch, now.proba)
        return None

    def weights(
        self,
        loss: Tensor,  # noqa: ARG002 - probabilities are enough
        raw: Tensor,
        y: IntArray,
        batch: Batch,
    ) -> FloatArray:
        """Return what the schedule makes of the probabilities."""
        follows: Any = self._follows
        proba, own = probabilities(_host(raw), batch.link), {}
        if self._group is not None:
            own = {"groups": self._group[batch.position[: batch.real].cpu().numpy()]}
        return np.asarray(follows.weights(proba, y, **own), dtype=np.float64)


class FeedSampler(BatchSampler):
    """The rows that a schedule feeds; a training begins with epoch 0."""

    def __init__(self, schedule: BatchSchedule, random_state: int, *, uses_losses: bool) -> None:
        self._schedule, self._seed, self.uses_losses = schedule, random_state, uses_losses
        self._feed: RowFeed | None = None

    def epoch(self, y: IntArray, now: Moment) -> EpochRows:
        """Return the rows of the feed's epoch."""
        if now.epoch == 0 or self._feed is None:
            self._feed = self._schedule.feed(
                y, batch_size=now.batch_size, n_epochs=now.n_epochs, random_state=self._seed
            )
        found = self._feed.epoch(now.epoch, now.seen)
        return EpochRows(order=found.rows, factor=found.weight)


class SubsetSampler(BatchSampler):
    """Every few epochs another part of the rows, shuffled anew in each."""

    def __init__(self, draws: Sequence[Draw]) -> None:
        self._draws = draws

    def epoch(self, y: IntArray, now: Moment) -> EpochRows:  # noqa: ARG002 - the draws know it
        """Return the rows of the draw that this epoch belongs to."""
        rows = next(draw.rows for draw in self._draws if draw.start <= now.epoch < draw.stop)
        return EpochRows(order=now.rng.permutation(rows))


def _host(values: Tensor) -> FloatArray:
    return np.asarray(values.double().cpu().numpy())


def adapted(
    schedule: AnySchedule | None,
    y: IntArray,
    training: Training,
    *,
    n_classes: int,
    random_state: int,
    group: IntArray | None = None,
) -> tuple[BatchSampler, Weighting, int]:
    """Return sampler and weighting of a schedule, and the first epoch of its last phase.

    `group` are the groups of the rows for a schedule that looks at them.

    A schedule that says which rows the batches hold does so, even where it has a form for stages too.
    """
    n_epochs, size = training.epochs, training.batch_size
    if schedule is None:
        return BatchSampler(), Weighting(), 0
    if isinstance(schedule, BatchSchedule):
        feed = schedule.feed(y, batch_size=size, n_epochs=n_epochs, random_state=random_state)
        sampler = FeedSampler(schedule, random_state, uses_losses=feed.uses_losses)
        return sampler, Weighting(), min(feed.settled, n_epochs - 1)
    if isinstance(schedule, ScoreSchedule):
        return BatchSampler(), ScoreWeighting(schedule, n_classes, random_state, group), 0
    if isinstance(schedule, SubsetSchedule):
        return SubsetSampler(schedule.draws(y, n_epochs, random_state=random_state)), Weighting(), 0
    if isinstance(schedule, DynamicSchedule):
        return BatchSampler(), DynamicWeighting(schedule, n_epochs * math.ceil(len(y) / size)), 0
    phases = [phase for phase in schedule.phases(y, n_epochs) if phase.stop > phase.start]
    return BatchSampler(), PhaseWeighting(phases), _last_change(phases)


def _last_change(phases: Sequence[Phase]) -> int:
    """Return where the last phase begins that weights other than the one before."""
    turns = [b.start for a, b in itertools.pairwise(phases) if not np.array_equal(a.weight, b.weight)]
    return turns[-1] if turns else 0
