"""Schedules beyond fixed weights: weights that follow the losses, rows that are drawn anew."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Callable

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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Epoch:
    """The rows of one pass, in the order in which mini-batches take them.

    Parameters
    ----------
    rows : ndarray of int64, shape (m,)
        Positions in the training part; repeats allowed. Batch i holds ``rows[i * b : (i + 1) * b]``.
    weight : ndarray of float64, shape (m,), optional
        Positive, multiplies the weights of the rows; None is all ones. The loss of a batch is the sum of
        weight times loss over the number of rows, not over the sum of the weights.
    """

    rows: IntArray
    weight: FloatArray | None = None


class RowFeed(Protocol):
    """The rows of one training, epoch by epoch.

    Attributes
    ----------
    uses_losses : bool
        Whether `epoch` is to be given the losses.
    settled : int
        First epoch from which on the mix of rows is the one that training ends with. Where the best epoch
        is kept, earlier ones are not candidates.
    """

    uses_losses: bool
    settled: int

    def epoch(self, number: int, losses: FloatArray | None = None) -> Epoch:
        """Return the rows of an epoch; epochs are asked for once each, in order from 0.

        `losses` are those that the rows had when they were last trained on, shape (n,), NaN where they were
        not yet.
        """


@runtime_checkable
class BatchSchedule(Protocol):
    """Which rows the mini-batches hold; only learners whose catalogue row says ``batches`` are given one."""

    def feed(self, y: IntArray, *, batch_size: int, n_epochs: int, random_state: int) -> RowFeed:
        """Return the rows of a training on `y` for at most this many epochs."""


class ScoreWeights(Protocol):
    """Weights of the rows of each mini-batch of one training, from the probabilities that they have."""

    def begin(self, epoch: int, proba: Callable[[], FloatArray]) -> None:
        """Prepare for an epoch; ``proba()`` computes the probabilities of all rows, shape (n, K)."""

    def weights(self, proba: FloatArray, y: IntArray) -> FloatArray:
        """Return factors of the weights of the rows of a batch, shape (m,), not negative, mean about 1.

        Called once a step; `proba` has shape (m, K), `y` are the classes.
        """


@runtime_checkable
class ScoreSchedule(Protocol):
    """Weights of the rows of a mini-batch that depend on what the network says about them.

    Only learners whose catalogue row says ``batches`` are given one. A class may set ``uses_groups = True``:
    it then has ``levels(X, layout)``, which returns an object whose ``codes(X)`` are the groups of rows, and
    `follow` and `ScoreWeights.weights` are also handed ``groups=``, those of their rows, shape (n,) and (m,),
    counted over the groups of the training.
    """

    def follow(self, y: IntArray, *, n_classes: int, n_epochs: int, random_state: int) -> ScoreWeights:
        """Return the weights of a training on `y`, which counts over the classes present."""
