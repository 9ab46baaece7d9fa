"""What may take the place of a part of a training: its rows, weights or gradient, and who looks on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Batch


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EpochRows:
    """The rows of an epoch, in the order in which batches are cut from them.

    Parameters
    ----------
    order : ndarray of int64, shape (m,)
        Positions among the plan's training rows, at least one, repeats allowed.
    factor : ndarray of float64, shape (m,), or None
        Multiplies the weights of these rows.
    """

    order: IntArray
    factor: FloatArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Moment:
    """When a sampler or a weighting is asked, and what it may look at.

    Parameters
    ----------
    epoch, n_epochs : int
        The epoch that begins, from 0, and how many there are at most.
    batch_size : int
    rng : numpy.random.Generator
        The network's own.
    losses : callable
        Computes the loss of every training row by the network as it is, shape (n,).
    proba : callable
        Computes their probabilities, shape (n, n_classes).
    seen : ndarray of float64, shape (n,), or None
        The loss of each row when it was last in a batch, NaN before; for samplers that set ``uses_losses``.
    """

    epoch: int
    n_epochs: int
    batch_size: int
    rng: np.random.Generator
    losses: Callable[[], FloatArray]
    proba: Callable[[], FloatArray]
    seen: FloatArray | None = None


class BatchSampler:
    """Draws the rows of each epoch; this one shuffles them all."""

    uses_losses: bool = False

    def epoch(self, y: IntArray, now: Moment) -> EpochRows:
        """Return the rows of an epoch; `y` are the classes of all training rows, shape (n,)."""
        return EpochRows(order=now.rng.permutation(len(y)))


class Weighting:
    """Weights that change while training goes on; this one changes nothing.

    `epoch` weights all rows between epochs, `batch` the rows of a batch between forward and backward pass.
    A weighting that overrides the second sets ``by_batch``.
    """

    by_batch: bool = False

    def epoch(self, y: IntArray, now: Moment) -> FloatArray | None:  # noqa: ARG002 - for those that do
        """Return new weights of all rows (mean 1) from this epoch on, or None to leave them."""
        return None

    def batch(self, loss: Tensor, raw: Tensor, batch: Batch) -> Tensor:
        """Return factors of the rows of a batch, shape (B,); `loss` and `raw` scores have no gradient.

        All but ``batch.features`` lies in the memory of the processor, on a GPU too; so do the factors.
        A gradient rule that makes several passes asks in each, with the same ``batch.step``.
        """
        raise NotImplementedError


class StepOf(Protocol):
    """One step of several networks at once, as a `GradientRule` sees it."""

    theta: Tensor
    """Parameters, shape (K, P)."""

    def gradient(self, theta: Tensor, factor: Tensor | None = None) -> Tensor:
        """Return the gradient, shape (K, P), of the mean loss of this batch at other parameters.

        `factor`, shape (K, B), multiplies the weights of the rows. It may be overwritten by the next step.
        """

    @property
    def y(self) -> Tensor:
        """Classes of the rows of the batch, shape (K, B)."""


class GradientRule:
    """How the gradient of a step is made; this one takes that of the mean loss.

    Networks train together when their rules are equal, so a rule is compared by value: a frozen dataclass.
    """

    def gradient(self, step: StepOf) -> Tensor:
        """Return what the optimiser is given, shape (K, P)."""
        return step.gradient(step.theta)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))


class Observer:
    """Is told after every epoch; the place to collect scores of rows."""

    def after_epoch(self, epoch: int, raw: Callable[[], FloatArray], y: IntArray) -> None:
        """Look on; ``raw()`` computes the raw scores of all training rows, shape (n,) or (n, n_classes)."""
