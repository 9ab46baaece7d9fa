"""One network of a crew: what it keeps beside its row of parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from imbtool.core.seeds import derive_seed
from imbtool.learners.torch.hooks import Moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from imbtool.core.types import FloatArray
    from imbtool.learners.torch.hooks import EpochRows
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Plan, RowLoss

WARM_UP = 0.05
"""Share of the training over which the learning rate rises."""


class Member:
    """A network in training: its plan, weights, loss, random draws, and the best epoch so far.

    Parameters
    ----------
    plan : Plan
    number : int
        Its place among the plans handed to the trainer.
    """

    def __init__(self, plan: Plan, number: int) -> None:
        self.plan, self.number = plan, number
        self.rng = np.random.default_rng(derive_seed(plan.seed, "rows"))
        self._noise = torch.Generator().manual_seed(derive_seed(plan.seed, "noise"))
        self.counts = np.bincount(plan.train.y, minlength=plan.n_present)
        self.own = plan.train.weight
        self.epoch = 0
        self.steps = 0
        self.best: Tensor | None = None
        self.chosen = 0
        self.fault = ""
        self._best_value = -math.inf
        self.losses: FloatArray | None = None
        if plan.sampler.uses_losses:
            self.losses = np.full(len(plan.train.y), np.nan)
        self.weight: FloatArray = np.ones(len(plan.train.y))
        self.loss: RowLoss = self._weigh(None)

    def _weigh(self, changed: FloatArray | None) -> RowLoss:
        """Set the weights of the rows; return the loss for the class shares that they make."""
        parts = [w for w in (changed, self.own) if w is not None]
        if len(parts) == 2:
            product = np.prod(parts, axis=0)
            parts = [product / product.mean()]
        self.weight = parts[0] if parts else np.ones(len(self.plan.train.y))
        mass = np.bincount(self.plan.train.y, weights=self.weight, minlength=self.plan.n_present)
        return self.plan.loss(self.counts, mass.astype(np.float64))

    def begin(self) -> FloatArray:
        """Return the parameters before training."""
        rng = np.random.default_rng(derive_seed(self.plan.seed, "parameters"))
        return self.plan.network.begin(self.loss.initial(), rng)

    def moment(self, losses: Callable[[], FloatArray], proba: Callable[[], FloatArray]) -> Moment:
        """Return what the plan's sampler and weighting are told before an epoch."""
        training = self.plan.training
        return Moment(
            epoch=self.epoch,
            n_epochs=training.epochs,
            batch_size=training.batch_size,
            rng=self.rng,
            losses=losses,
            proba=proba,
            seen=self.losses,
        )

    def draw(self, now: Moment) -> EpochRows:
        """Set this epoch's weights and return its rows."""
        changed = self.plan.weighting.epoch(self.plan.train.y, now)
        if changed is not None:
            self.loss = self._weigh(changed)
        return self.plan.sampler.epoch(self.plan.train.y, now)

    def noise(self, shape: tuple[int, ...]) -> Tensor:
        """Return anew which hidden units stay, truth values."""
        return torch.rand(shape, generator=self._noise) >= self.plan.training.dropout

    @property
    def scale(self) -> float:
        """The factor of hidden units that stay; it keeps the mean."""
        return 1.0 / (1.0 - self.plan.training.dropout)

    def rate(self, done: float) -> float:
        """Return the learning rate after this share of the training."""
        warm = min(1.0, (done + 1e-3) / WARM_UP)
        return self.plan.training.learning_rate * warm * 0.5 * (1.0 + math.cos(math.pi * done))

    def judge(self, value: float, theta: Any) -> None:
        """Keep the parameters if the value on the held-out rows is the best so far (higher is better)."""
        if self.epoch - 1 >= self.plan.select_from and value > self._best_value:
            self._best_value, self.best, self.chosen = value, theta.clone(), self.epoch

    @property
    def done(self) -> bool:
        """Whether training is over."""
        training = self.plan.training
        if self.fault or self.epoch >= training.epochs:
            return True
        waiting = self.epoch - max(self.chosen, self.plan.select_from)
        return self.plan.held is not None and waiting >= training.patience
