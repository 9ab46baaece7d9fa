"""Schedules beyond fixed weights: weights that follow the losses, rows that are drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Draw:
    """Training stages ``start <= stage < stop`` that see the rows `rows` only, ascending, none twice."""

    start: int
    stop: int
    rows: IntArray


@runtime_checkable
class DynamicSchedule(Protocol):
    """Weights that depend on how well the rows are learned so far.

    Attributes
    ----------
    every : int
        Stages from one change of weights to the next.
    """

    every: int

    def weights(self, loss: FloatArray, y: IntArray, stage: int, n_stages: int) -> FloatArray:
        """Return the weights from `stage` on, positive, mean 1; `loss` is each row's at this stage."""


@runtime_checkable
class SubsetSchedule(Protocol):
    """Every few stages another part of the rows."""

    def draws(self, y: IntArray, n_stages: int, *, random_state: int) -> tuple[Draw, ...]:
        """Return consecutive draws that cover all stages."""
