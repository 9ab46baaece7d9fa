"""The schedules of the catalogue in a network's training: a stage is an epoch."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.schedules import DynamicSchedule, SubsetSchedule
from imbtool.learners.torch.plan import BatchSampler, EpochRows, Weighting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.protocols import Phase, Schedule
    from imbtool.core.schedules import Draw
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.plan import Moment


class PhaseWeighting(Weighting):
    """Fixed weights, phase by phase."""

    def __init__(self, phases: Sequence[Phase]) -> None:
        self._weights = {phase.start: phase.weight for phase in phases if phase.stop > phase.start}

    def epoch(self, y: IntArray, now: Moment) -> FloatArray | None:  # noqa: ARG002 - the phases know it
        """Return the weights of the phase that begins with this epoch, if one does."""
        return self._weights.get(now.epoch)


class DynamicWeighting(Weighting):
    """Weights that follow the losses of all rows, changed every few epochs."""

    def __init__(self, schedule: DynamicSchedule) -> None:
        self._schedule = schedule

    def epoch(self, y: IntArray, now: Moment) -> FloatArray | None:
        """Return what the schedule makes of the losses, when it is its turn."""
        if now.epoch % self._schedule.every:
            return None
        return self._schedule.weights(now.losses(), y, now.epoch, now.n_epochs)


class SubsetSampler(BatchSampler):
    """Every few epochs another part of the rows, shuffled anew in each."""

    def __init__(self, draws: Sequence[Draw]) -> None:
        self._draws = draws

    def epoch(self, y: IntArray, now: Moment) -> EpochRows:  # noqa: ARG002 - the draws know it
        """Return the rows of the draw that this epoch belongs to."""
        rows = next(draw.rows for draw in self._draws if draw.start <= now.epoch < draw.stop)
        return EpochRows(order=now.rng.permutation(rows))


def adapted(
    schedule: Schedule | DynamicSchedule | SubsetSchedule | None,
    y: IntArray,
    n_epochs: int,
    *,
    random_state: int,
) -> tuple[BatchSampler, Weighting, int]:
    """Return sampler and weighting of a schedule, and the first epoch of its last phase."""
    if schedule is None:
        return BatchSampler(), Weighting(), 0
    if isinstance(schedule, SubsetSchedule):
        return SubsetSampler(schedule.draws(y, n_epochs, random_state=random_state)), Weighting(), 0
    if isinstance(schedule, DynamicSchedule):
        return BatchSampler(), DynamicWeighting(schedule), 0
    phases = [phase for phase in schedule.phases(y, n_epochs) if phase.stop > phase.start]
    return BatchSampler(), PhaseWeighting(phases), _last_change(phases)


def _last_change(phases: Sequence[Phase]) -> int:
    """Return where the last phase begins that weights other than the one before."""
    turns = [b.start for a, b in itertools.pairwise(phases) if not np.array_equal(a.weight, b.weight)]
    return turns[-1] if turns else 0
