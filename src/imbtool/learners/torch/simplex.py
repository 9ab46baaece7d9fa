"""A last layer that is fixed: class vectors at equal angles, and a penalty of the features."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch

from imbtool.core.errors import NotApplicableError
from imbtool.learners.torch.network import Network

if TYPE_CHECKING:
    from imbtool.core.objectives import Link
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Batch, MakesLoss, Plan, RowLoss

_SEED = 0
"""Of the rotation of the simplex: one for all networks, which makes them alike and changes nothing else."""


def simplex(n_classes: int, width: int, seed: int = _SEED) -> FloatArray:
    """Return unit vectors of `width` numbers with pairwise cosines -1 / (K - 1), shape (K, width).

    Raises
    ------
    NotApplicableError
        There are more classes than numbers.
    """
    if width < n_classes:
        raise NotApplicableError(
            f"weight_balancing needs a last layer of at least {n_classes} units, one a class; got {width}.",
            hint=f"Widen it: torch(width={max(64, n_classes)}).",
            code="narrow-network",
        )
    rotation, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(width, n_classes)))
    centred = np.eye(n_classes) - 1.0 / n_classes
    return np.asarray((rotation @ centred).T * np.sqrt(n_classes / (n_classes - 1.0)))


@dataclass(frozen=True, kw_only=True)
class SimplexNetwork(Network):
    """A perceptron whose last weights are the simplex; for two classes the difference of its two vectors."""

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the trained parameters: all but those of the last weights."""
        return {name: shape for name, shape in super().shapes.items() if name != "head.weight"}

    @cached_property
    def head(self) -> FloatArray:
        """The fixed weights, shape (width, n_outputs)."""
        if self.n_outputs > 1:
            return simplex(self.n_outputs, self.width).T
        first, second = simplex(2, self.width)
        return np.asarray((second - first)[:, None])

    def named(self, theta: Tensor) -> dict[str, Tensor]:
        """Return the parameters by name, the fixed ones among them; see `Network.named`."""
        fixed = torch.as_tensor(self.head, dtype=theta.dtype, device=theta.device)
        return {**super().named(theta), "head.weight": fixed.expand(theta.shape[0], -1, -1)}

    def to_plain(self, theta: FloatArray) -> dict[str, FloatArray]:
        """Return the parameters of a plain perceptron with these last weights."""
        return {**super().to_plain(theta), "head.weight": self.head}


@dataclass(frozen=True, eq=False)
class Penalised:
    """Makes a loss with a penalty of the features: ``loss + penalty / 2 * ||features||^2`` for each row."""

    base: MakesLoss
    penalty: float

    def __call__(self, counts: IntArray, mass: FloatArray) -> RowLoss:
        """Return the loss for classes of these rows and weights."""
        return _PenalisedLoss(self.base(counts, mass), self.penalty)


class _PenalisedLoss:
    def __init__(self, base: RowLoss, penalty: float) -> None:
        self._base, self._penalty = base, penalty

    @property
    def link(self) -> Link:
        """How predictions read the raw scores."""
        return self._base.link

    def initial(self) -> FloatArray:
        """Return the constant raw score to start from."""
        return self._base.initial()

    def rows(self, raw: Tensor, batch: Batch) -> Tensor:
        """Return the loss of each row, shape (B,)."""
        return self._base.rows(raw, batch) + 0.5 * self._penalty * batch.features.square().sum(dim=-1)


def with_simplex(plan: Plan, penalty: float) -> Plan:
    """Return the plan with a fixed last layer and a penalty of the features."""
    simplex(plan.n_present, plan.network.width)  # whether it fits, before any network trains
    network = plan.network.turned(SimplexNetwork)
    return replace(plan, network=network, loss=Penalised(plan.loss, penalty) if penalty else plan.loss)
