"""The plan of one network: its rows, weights, loss, batches and steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

from imbtool.learners.torch.hooks import BatchSampler, GradientRule, Weighting

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.hooks import Observer
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
