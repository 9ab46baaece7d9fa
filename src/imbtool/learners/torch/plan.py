"""The plan of one network: its rows, weights, loss, batches, steps; and what may take their place."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.network import Network
    from imbtool.learners.torch.table import Table

StopMetric = Literal["log_loss", "pr_auc", "roc_auc"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """Numbers of a training.

    Parameters
    ----------
    epochs : int
        Most passes; the learning rate falls to zero over them by a half cosine.
    batch_size : int
        Rows of a step; the last batch of an epoch is filled with rows of weight 0.
    learning_rate : float
        Of AdamW, after a warm-up over a twentieth of the steps.
    weight_decay : float
        Decoupled, of weights and not of biases.
    dropout : float
        Share of hidden units left out in a step, in [0, 1).
    patience : int
        Epochs without a better value on the held-out rows before training stops; read only where rows are
        held out. The parameters of the best epoch are kept.
    """

    epochs: int
    batch_size: int
    learning_rate: float
    weight_decay: float
    dropout: float
    patience: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Rows:
    """Rows of a table: indices (repeats allowed), classes counted over those present, weights or None.

    `group` are groups of the rows where a schedule looks at them.
    """

    index: IntArray
    y: IntArray
    weight: FloatArray | None = None
    group: IntArray | None = None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Batch:
    """What a loss or a weighting is told about one network's rows beside its scores.

    Parameters
    ----------
    y : Tensor of int64, shape (B,)
    position : Tensor of int64, shape (B,)
        Positions among the training rows of the plan.
    features : Tensor, shape (B, width)
        What the last layer reads, with its gradient.
    epoch, step : int
        Both from 0; steps are counted over the whole training.
    real : int
        The first so many rows are the batch; those after fill it up and weigh nothing.
    link : {"softmax", "one-vs-rest"}
        Of the loss.
    """

    y: Tensor
    position: Tensor
    features: Tensor
    epoch: int
    step: int
    real: int
    link: Link


class RowLoss(Protocol):
    """The loss of each row of a batch, with a gradient."""

    @property
    def link(self) -> Link:
        """How predictions read the raw scores."""

    def initial(self) -> FloatArray:
        """Return the constant raw score to start from, shape (1,) or (n_classes,)."""

    def rows(self, raw: Tensor, batch: Batch) -> Tensor:
        """Return the loss of each row, shape (B,); `raw` has shape (B,) or (B, n_classes)."""


class MakesLoss(Protocol):
    """Builds the loss for the classes of a training part; called again when row weights change."""

    def __call__(self, counts: IntArray, mass: FloatArray) -> RowLoss:
        """Return the loss; `counts` are rows, `mass` the sums of row weights of each class."""


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """One network to train.

    Parameters
    ----------
    table : Table
        Rows on the device; plans may share it.
    train : Rows
    held : Rows or None
        Rows that choose the epoch; None trains all epochs.
    n_present : int
        Classes of the training rows.
    network : Network
    training : Training
    seed : int
    loss : MakesLoss
    sampler : BatchSampler
    weighting : Weighting
    rule : GradientRule
    observers : tuple of Observer
    stop_metric : {"log_loss", "pr_auc", "roc_auc"}
        What is measured on the held-out rows.
    select_from : int
        First epoch that may be chosen.
    """

    table: Table
    train: Rows
    n_present: int
    network: Network
    training: Training
    seed: int
    loss: MakesLoss
    held: Rows | None = None
    sampler: BatchSampler = field(default_factory=BatchSampler)
    weighting: Weighting = field(default_factory=Weighting)
    rule: GradientRule = field(default_factory=GradientRule)
    observers: tuple[Observer, ...] = ()
    stop_metric: StopMetric = "log_loss"
    select_from: int = 0

    @property
    def group(self) -> tuple[Any, ...]:
        """What must be equal for networks to train together; it never changes what one of them becomes."""
        dropping = self.training.dropout > 0.0
        return self.network, self.training.batch_size, self.rule, dropping, self.table.numbers.dtype


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Trained:
    """What became of a plan.

    Parameters
    ----------
    params : mapping of str to ndarray of float64
        By name; empty where training failed.
    link : {"softmax", "one-vs-rest"}
    epochs : int
        Epochs trained.
    chosen : int
        The epoch whose parameters these are, counted from 1.
    fault : str
        Why there are none; empty otherwise.
    notes : tuple of str
        What the reader should know about the training.
    effort : float
        Seconds: a share of the time of the networks that trained with it, by the rows of its steps.
    """

    params: dict[str, FloatArray]
    link: Link
    epochs: int
    chosen: int
    fault: str = ""
    notes: tuple[str, ...] = ()
    effort: float = 0.0
