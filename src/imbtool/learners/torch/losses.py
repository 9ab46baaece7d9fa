"""Losses of rows: cross-entropy with class terms in PyTorch, and a bridge for any other objective.

A loss that many networks of a batch share is computed for all of them at once where its class offers
``stacked``; other losses are computed network by network.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from imbtool.core.cross_entropy import CrossEntropy, PlainLoss

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imbtool.core.objectives import Link, Loss, Objective
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Batch, RowLoss


@dataclass(frozen=True, eq=False)
class FromLoss:
    """Makes the `RowLoss` of a loss of the catalogue; None is plain cross-entropy."""

    loss: Loss | None = None

    def __call__(self, counts: IntArray, mass: FloatArray) -> RowLoss:
        """Return the loss for classes of these rows and weights."""
        objective = (self.loss or PlainLoss()).objective(counts, mass)
        return ClassTerms(objective) if type(objective) is CrossEntropy else ObjectiveLoss(objective)


class ClassTerms:
    """`imbtool.core.cross_entropy.CrossEntropy` in PyTorch: any number of networks at once."""

    def __init__(self, objective: CrossEntropy) -> None:
        self._objective = objective

    @property
    def link(self) -> Link:
        """How predictions read the raw scores."""
        return self._objective.link

    def initial(self) -> FloatArray:
        """Return the constant raw score to start from."""
        return self._objective.initial()

    def widened(self, factor: float) -> ClassTerms:
        """Return the loss with margins so many times as wide."""
        margin = self._objective.margin
        return self if margin is None else ClassTerms(replace(self._objective, margin=factor * margin))

    def terms(self) -> FloatArray:
        """Return weight, slope, shift and margin of each class, shape (4, n_classes)."""
        given = (
            self._objective.weight,
            self._objective.slope,
            self._objective.shift,
            self._objective.margin,
        )
        n = len(self._objective.mass)
        return np.stack([np.full(n, d) if t is None else t for t, d in zip(given, (1, 1, 0, 0), strict=True)])

    def rows(self, raw: Tensor, batch: Batch) -> Tensor:
        """Return the loss of each row, shape (B,)."""
        return self._alone(raw.unsqueeze(0), batch.y.unsqueeze(0))[0]

    @cached_property
    def _alone(self) -> _StackedTerms:
        return self.stacked([self])

    def slopes(self, y: Tensor, weight: Tensor) -> RowSlopes:
        """Return the derivatives of the loss of rows of these classes and weights, in closed form."""
        terms = torch.as_tensor(self.terms(), dtype=weight.dtype, device=weight.device)
        return RowSlopes(terms, y, weight)

    @staticmethod
    def stacked(losses: Sequence[ClassTerms]) -> _StackedTerms:
        """Return the losses of several networks as one function of (K, B) or (K, B, n_classes)."""
        return _StackedTerms(np.stack([loss.terms() for loss in losses]))


class RowSlopes:
    """Derivatives of weighted cross-entropy with class terms by the raw scores of rows known before.

    A row is computed from itself alone, so that any part of the rows may be asked for.

    Parameters
    ----------
    terms : Tensor, shape (4, n_classes)
        Weight, slope, shift and margin, see `imbtool.core.cross_entropy.CrossEntropy`.
    y : Tensor of int64, shape (m,)
    weight : Tensor, shape (m,)
    """

    def __init__(self, terms: Tensor, y: Tensor, weight: Tensor) -> None:
        own_weight, slope, shift, margin = terms
        self._y, self._slope, self._shift = y.unsqueeze(1), slope, shift
        self._margin, self._weight = margin[y].unsqueeze(1), (own_weight[y] * weight).unsqueeze(1)
        # Two classes, f their one score: w log(1 + exp(start - turn f)) has the slope -w turn expit(...).
        sign = self._y * 2 - 1
        self._turn = sign * slope[self._y]
        self._start = self._margin - sign * (shift[1] - shift[0])
        self._factor = -self._weight * self._turn

    def __call__(self, raw: Tensor, rows: slice) -> Tensor:
        """Return the derivatives, shape (b, n_outputs) as `raw`, of these of the rows."""
        if raw.shape[1] == 1:
            away = torch.addcmul(self._start[rows], self._turn[rows], raw, value=-1.0)
            return away.sigmoid_().mul_(self._factor[rows])
        y = self._y[rows]
        logits = (raw * self._slope).add_(self._shift).scatter_add_(1, y, -self._margin[rows])
        p = logits.softmax(dim=1)
        p.scatter_add_(1, y, torch.full_like(self._weight[rows], -1.0))
        return p.mul_(self._slope).mul_(self._weight[rows])


class _StackedTerms:
    """Cross-entropy with class terms, one set a network; ``take`` keeps the first of them."""

    def __init__(self, terms: FloatArray) -> None:
        self._terms = terms
        self._plain = bool((terms == np.array([1.0, 1.0, 0.0, 0.0])[None, :, None]).all())
        self._there: Tensor | None = None

    def __call__(self, raw: Tensor, y: Tensor) -> Tensor:
        """Return the loss of each row, shape (K, B); `y` are the classes of all batches."""
        one = raw.dim() == 2
        if self._plain:
            sign = y * -2 + 1
            return torch.nn.functional.softplus(raw * sign) if one else _entropy(raw, y)
        if self._there is None:
            self._there = torch.as_tensor(self._terms, dtype=raw.dtype, device=raw.device)
        weight, slope, shift, margin = self._there[: len(raw)].unbind(1)
        own_weight, own_margin = weight.gather(1, y), margin.gather(1, y)
        if one:
            u = slope.gather(1, y) * raw + (shift[:, 1:] - shift[:, :1])
            return own_weight * torch.nn.functional.softplus(own_margin - (y * 2 - 1) * u)
        logits = raw * slope.unsqueeze(1) + shift.unsqueeze(1)
        held = torch.zeros_like(logits).scatter(2, y.unsqueeze(2), own_margin.unsqueeze(2))
        return own_weight * _entropy(logits - held, y)


def _entropy(logits: Tensor, y: Tensor) -> Tensor:
    return torch.logsumexp(logits, dim=2) - logits.gather(2, y.unsqueeze(2)).squeeze(2)


class ObjectiveLoss:
    """Any `imbtool.core.objectives.Objective`, whose value and gradient NumPy computes."""

    def __init__(self, objective: Objective) -> None:
        self._objective = objective

    @property
    def link(self) -> Link:
        """How predictions read the raw scores."""
        return self._objective.link

    def initial(self) -> FloatArray:
        """Return the constant raw score to start from."""
        return self._objective.initial()

    def rows(self, raw: Tensor, batch: Batch) -> Tensor:
        """Return the loss of each row, shape (B,)."""
        n = batch.real
        loss = _Bridge.apply(raw[:n], batch.y[:n], self._objective)
        return torch.nn.functional.pad(loss, (0, len(raw) - n))

    def derivatives(self, raw: Tensor, y: Tensor) -> Tensor:
        """Return the derivatives of the rows' losses by the scores, shape (B, n_outputs) as `raw`."""
        scores = raw[:, 0] if raw.shape[1] == 1 else raw
        return _gradient(scores, y, self._objective).view(raw.shape)


class _Bridge(torch.autograd.Function):  # type: ignore[misc]  # PyTorch may be absent
    """Value and gradient of an objective that knows NumPy only."""

    @staticmethod
    def forward(ctx: Any, raw: Tensor, y: Tensor, objective: Objective) -> Tensor:
        if ctx.needs_input_grad[0]:
            ctx.save_for_backward(_gradient(raw, y, objective))
        value = objective.value(y.cpu().numpy(), raw.detach().double().cpu().numpy())
        return torch.as_tensor(value, dtype=raw.dtype, device=raw.device)

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> tuple[Tensor, None, None]:
        (own,) = ctx.saved_tensors
        return own * (gradient if own.dim() == 1 else gradient.unsqueeze(1)), None, None


def _gradient(raw: Tensor, y: Tensor, objective: Objective) -> Tensor:
    found, _ = objective.derivatives(y.cpu().numpy(), raw.detach().double().cpu().numpy())
    return torch.as_tensor(found, dtype=raw.dtype, device=raw.device)


class LossStack:
    """The losses of the networks of a batch, in their order; alike ones are computed at once."""

    def __init__(self, losses: Sequence[RowLoss]) -> None:
        self.losses = list(losses)
        self._stacked = [getattr(type(loss), "stacked", None) for loss in losses]
        self._stacks: dict[tuple[Any, int], Any] = {}
        self._laid: dict[int, tuple[dict[Any, Tensor], Tensor]] = {}

    def __call__(self, raw: Tensor, batches: Callable[[], Sequence[Batch]], y: Tensor) -> Tensor:
        """Return the loss of each row, shape (K, B), of the first K networks."""
        n = len(raw)
        kinds, back = self._layout(n, raw.device)
        if len(kinds) == 1 and None not in kinds:
            return self._stack(self._stacked[0], range(n))(raw, y)
        found = []
        for kind, places in kinds.items():
            if kind is None:
                every = batches()
                found += [self.losses[k].rows(raw[k], every[k]).unsqueeze(0) for k in places.tolist()]
            else:
                found.append(self._stack(kind, places.tolist())(raw[places], y[places]))
        return torch.cat(found)[back]

    def _layout(self, n: int, device: Any) -> tuple[dict[Any, Tensor], Tensor]:
        """Return the places of the first n networks by how their losses are stacked, and the way back."""
        if n not in self._laid:
            places: dict[Any, list[int]] = {}
            for k, kind in enumerate(self._stacked[:n]):
                places.setdefault(kind, []).append(k)
            order = np.concatenate([*places.values()])
            there = {kind: torch.as_tensor(own, device=device) for kind, own in places.items()}
            self._laid[n] = there, torch.as_tensor(np.argsort(order), device=device)
        return self._laid[n]

    def _stack(self, kind: Any, places: Sequence[int]) -> Any:
        key = (kind, len(places))
        if key not in self._stacks:
            self._stacks[key] = kind([self.losses[k] for k in places])
        return self._stacks[key]
