"""Boosting rounds and the row weights that each of them is trained with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from imbtool.core.protocols import Phase
from imbtool.learners.base import combine_weights

if TYPE_CHECKING:
    from imbtool.core.protocols import Schedule
    from imbtool.core.types import FloatArray, IntArray


def row_weights(
    y: IntArray, rounds: int, *, sample_weight: FloatArray | None, schedule: Schedule | None
) -> tuple[Phase, ...] | None:
    """Return the weights of every round: those of the schedule times those of the rows."""
    if schedule is not None:
        return tuple(
            Phase(start=p.start, stop=p.stop, weight=_both(p.weight, sample_weight))
            for p in schedule.phases(y, rounds)
        )
    if sample_weight is None:
        return None
    return (Phase(start=0, stop=rounds, weight=np.asarray(sample_weight)),)


def _both(weight: FloatArray, sample_weight: FloatArray | None) -> FloatArray:
    combined = combine_weights(weight, sample_weight)
    return weight if combined is None else combined


def distinct(phases: tuple[Phase, ...] | None, n_estimators: int) -> list[tuple[int, FloatArray | None]]:
    """Return number of rounds and weights; phases of equal weights are one, empty ones are gone."""
    if phases is None:
        return [(n_estimators, None)]
    rounds: list[tuple[int, FloatArray]] = []
    for phase in phases:
        n_rounds = phase.stop - phase.start
        if rounds and np.array_equal(rounds[-1][1], phase.weight):
            rounds[-1] = (rounds[-1][0] + n_rounds, phase.weight)
        elif n_rounds:
            rounds.append((n_rounds, phase.weight))
    return [*rounds]
