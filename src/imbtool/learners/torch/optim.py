"""AdamW on the parameter matrix of many networks, each with its own rate, decay and count of steps."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import torch

from imbtool.learners.torch.dense import batched

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.need import Tensor

BETA1, BETA2, TINY = 0.9, 0.99, 1e-8
"""A second moment over about a hundred steps: trainings here have hundreds of steps, not thousands."""


class AdamW:
    """Adam with decoupled weight decay (Loshchilov & Hutter, ICLR 2019, arXiv 1711.05101).

    Parameters
    ----------
    theta : Tensor, shape (K, P)
        Changed in place.
    decay : ndarray of float64, shape (K,)
        Weight decay of each network.
    n_decaying : int
        The first so many of the P parameters decay.
    """

    def __init__(self, theta: Tensor, decay: FloatArray, n_decaying: int) -> None:
        self._theta, self._n_decaying = theta, n_decaying
        self._first, self._second = torch.zeros_like(theta), torch.zeros_like(theta)
        self._decay = decay
        self._count: IntArray = np.zeros(len(decay), dtype=np.int64)
        self._views: dict[int, list[tuple[list[Tensor], list[Tensor], list[Tensor], float]]] = {}

    def step(self, gradient: Tensor, rate: FloatArray) -> None:
        """Move the first ``len(rate)`` networks; `gradient` has shape (k, P), `rate` (k,)."""
        k = len(rate)
        self._count[:k] += 1
        if batched(self._theta):
            self._move(gradient, rate)
            return
        # Network by network, each number read once: it stays in the cache from one operation to the next.
        with _without_subnormals():
            for row in range(k):
                self._move_one(row, gradient[row], float(rate[row]))

    def _move(self, gradient: Tensor, rate: FloatArray) -> None:
        k, count = len(rate), self._count[: len(rate)]
        theta, first, second = self._theta[:k], self._first[:k], self._second[:k]
        first.lerp_(gradient, 1.0 - BETA1)
        second.mul_(BETA2).addcmul_(gradient, gradient, value=1.0 - BETA2)
        size = rate / (1.0 - BETA1**count)
        scale = np.sqrt(1.0 - BETA2**count)
        keep, size, scale = (
            torch.as_tensor(values[:, None], dtype=theta.dtype, device=theta.device)
            for values in (1.0 - rate * self._decay[:k], -size, scale)
        )
        theta[:, : self._n_decaying] *= keep
        theta.addcmul_(first / second.sqrt().div_(scale).add_(TINY), size)

    def _move_one(self, row: int, gradient: Tensor, rate: float) -> None:
        if row not in self._views:
            self._views[row] = self._viewed(row)
        count = [torch.full((), float(self._count[row]))]
        slopes = gradient.split([self._n_decaying, len(gradient) - self._n_decaying])
        for (theta, first, second, decay), slope in zip(self._views[row], slopes, strict=True):
            torch._fused_adamw_(
                theta,
                [slope],
                first,
                second,
                [],
                count,
                lr=rate,
                beta1=BETA1,
                beta2=BETA2,
                weight_decay=decay,
                eps=TINY,
                amsgrad=False,
                maximize=False,
            )

    def _viewed(self, row: int) -> list[tuple[list[Tensor], list[Tensor], list[Tensor], float]]:
        """Return what of a network decays, and what does not: parameters, both moments, decay."""
        n, found = self._n_decaying, []
        for part, decay in ((slice(0, n), float(self._decay[row])), (slice(n, None), 0.0)):
            theta, first, second = ([every[row, part]] for every in (self._theta, self._first, self._second))
            found.append((theta, first, second, decay))
        return found

    def keep(self, theta: Tensor, rows: Sequence[int]) -> None:
        """Go on with these networks, in this order; `theta` holds their parameters."""
        at = torch.as_tensor(rows, dtype=torch.int64, device=theta.device)
        self._theta = theta
        self._views.clear()
        self._first, self._second = self._first[at], self._second[at]
        self._decay, self._count = self._decay[list(rows)], self._count[list(rows)]


@contextmanager
def _without_subnormals() -> Iterator[None]:
    """Take numbers too small for full precision as 0 inside.

    The first moment of a weight that has had no gradient for some hundred steps is such a number, and
    arithmetic with it is a hundred times slower.
    """
    before = not float(torch.full((), 1e-40).mul_(1.0))
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(before)
