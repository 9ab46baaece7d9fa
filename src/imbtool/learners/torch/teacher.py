"""A second network trained on the answers of a first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from imbtool.core.seeds import derive_seed

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Batch, MakesLoss, Plan, RowLoss

_CHUNK = 4096


def with_teacher(plan: Plan, weight: float, temperature: float) -> Plan:
    """Return the plan with a loss that a teacher, trained here, is part of.

    Raises
    ------
    TrainingFailedError
        The teacher could not be trained.
    """
    from imbtool.learners.torch.promise import TrainingFailedError
    from imbtool.learners.torch.trainer import train

    if weight == 0.0:
        return plan
    (found,) = train([replace(plan, seed=derive_seed(plan.seed, "teacher"))])
    if found.fault:
        raise TrainingFailedError(f"The teacher could not be trained: {found.fault}.")
    answers = scores_of(plan, found.params)
    return replace(plan, loss=Taught(plan.loss, answers, weight, temperature))


def scores_of(plan: Plan, params: dict[str, FloatArray]) -> Tensor:
    """Return the raw scores of a trained network on the training rows of a plan, on its device."""
    numbers = plan.table.numbers
    flat = np.concatenate([params[name].ravel() for name in plan.network.shapes])
    theta = torch.as_tensor(flat[None], dtype=numbers.dtype, device=numbers.device)
    index = torch.as_tensor(plan.train.index[None], device=numbers.device)
    with torch.no_grad():
        parts = [
            plan.network.forward(theta, plan.table.take(index[:, at : at + _CHUNK])).raw[0]
            for at in range(0, index.shape[1], _CHUNK)
        ]
    return torch.cat(parts)


@dataclass(frozen=True, eq=False)
class Taught:
    """Makes a loss with a teacher: ``(1 - weight) loss + weight T^2 KL(teacher || student)``."""

    base: MakesLoss
    answers: Tensor
    weight: float
    temperature: float

    def __call__(self, counts: IntArray, mass: FloatArray) -> RowLoss:
        """Return the loss for classes of these rows and weights."""
        return _TaughtLoss(self.base(counts, mass), self)


class _TaughtLoss:
    def __init__(self, base: RowLoss, plan: Taught) -> None:
        self._base, self._plan = base, plan

    @property
    def link(self) -> Link:
        """How predictions read the raw scores."""
        return self._base.link

    def initial(self) -> FloatArray:
        """Return the constant raw score to start from."""
        return self._base.initial()

    def rows(self, raw: Tensor, batch: Batch) -> Tensor:
        """Return the loss of each row, shape (B,)."""
        plan = self._plan
        answers = plan.answers.to(raw.device, raw.dtype)[batch.position.to(plan.answers.device)].to(
            raw.device
        )
        apart = divergence(answers, raw, plan.temperature)
        return (1.0 - plan.weight) * self._base.rows(raw, batch) + plan.weight * apart


def divergence(teacher: Tensor, student: Tensor, temperature: float) -> Tensor:
    """Return T^2 KL(teacher || student) of each row at a temperature; raw scores (B,) or (B, n_classes)."""
    a, b = teacher / temperature, student / temperature
    if a.dim() == 1:
        a, b = (torch.stack([functional.logsigmoid(-f), functional.logsigmoid(f)], dim=1) for f in (a, b))
    else:
        a, b = a.log_softmax(dim=1), b.log_softmax(dim=1)
    return temperature**2 * (a.exp() * (a - b)).sum(dim=1)
