"""The batches of one epoch of many networks, as index tensors on the device."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from imbtool.learners.torch.losses import ClassTerms, LossStack
from imbtool.learners.torch.plan import Batch

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.crew import Crew
    from imbtool.learners.torch.hooks import EpochRows
    from imbtool.learners.torch.losses import RowSlopes
    from imbtool.learners.torch.need import Tensor

BLOCK = 2048
"""Rows of a batch that have factors of dropout of their own; the next ones have these too, shifted."""
SHIFTS = 61
"""Rows by which the factors of dropout of a block can be shifted in the pool of an epoch."""


class Epoch:
    """The batches of one epoch as index tensors on the device, shape (steps, K, B)."""

    def __init__(self, crew: Crew, draws: list[EpochRows], steps: list[int]) -> None:
        self.crew, self.steps = crew, steps
        self.size = crew.training.batch_size
        self.last = [len(d.order) - (n - 1) * self.size for d, n in zip(draws, steps, strict=True)]
        self.losses = LossStack([member.loss for member in crew.members])
        self._slopes: dict[int, RowSlopes | None] = {}
        self._position, weight = self._filled(draws)
        self.position, self._counts = self._there(self._position), weight > 0.0
        # Rows and classes of all networks, end to end; a position among them is an index and a base.
        sizes = [len(member.plan.train.y) for member in crew.members]
        base = self._there(np.cumsum([0, *sizes[:-1]]).reshape(1, -1, 1))
        shifted = [m.plan.train.index + at for m, at in zip(crew.members, crew.starts(), strict=True)]
        places = self.position + base
        self.rows = self._there(np.concatenate(shifted))[places]
        self.y = self._there(np.concatenate([m.plan.train.y for m in crew.members]))[places]
        self.weight = torch.as_tensor(weight, dtype=crew.dtype, device=crew.device)
        self.counted = self.weight > 0.0
        self.noise = self._pool()
        self.room = self._room()

    def _there(self, values: IntArray) -> Tensor:
        return torch.as_tensor(values, device=self.crew.device)

    def _filled(self, draws: list[EpochRows]) -> tuple[IntArray, FloatArray]:
        """Return positions and weights; the last batch is filled with rows that weigh nothing.

        Weights are divided by the number of rows of the batch: a step takes the mean over these.
        """
        shape = (self.steps[0] * self.size, len(draws))
        position, weight = np.zeros(shape, dtype=np.int64), np.zeros(shape)
        for k, draw in enumerate(draws):
            n, own = len(draw.order), self.crew.members[k].weight[draw.order]
            last = self.last[k]
            position[:n, k] = draw.order
            weight[:n, k] = (own if draw.factor is None else own * draw.factor) / self.size
            weight[n - last : n, k] *= self.size / last
        laid = (self.steps[0], self.size, len(draws))
        return _batches(position, laid), _batches(weight, laid)

    def _room(self) -> Tensor | None:
        """Return where the inputs of a step are written: fresh memory for each would have to be cleared."""
        inputs, (_, k, size) = self.crew.table.inputs, self.rows.shape
        return None if inputs is None else inputs.new_empty((k * size, inputs.shape[1]))

    def slopes(self, k: int) -> RowSlopes | None:
        """Return what gives the slopes of a network's loss in closed form, row by row, where there is that.

        Its rows are those of all batches, one batch after the other, each of `size` rows.
        """
        if k not in self._slopes:
            loss = self.crew.members[k].loss
            own = (part[:, k].reshape(-1) for part in (self.y, self.weight))
            self._slopes[k] = loss.slopes(*own) if isinstance(loss, ClassTerms) else None
        return self._slopes[k]

    def watched(self, k: int) -> bool:
        """Return whether a sampler or a weighting looks at a network's losses batch by batch."""
        member = self.crew.members[k]
        return member.losses is not None or member.plan.weighting.by_batch

    def _pool(self) -> tuple[Tensor, ...]:
        """Return factors of dropout for the epoch, of which each block of rows takes a shifted part."""
        if self.crew.training.dropout <= 0.0:
            return ()
        network = self.crew.network
        shape = (network.depth, pool_rows(self.size), network.width)
        drawn = [member.noise(shape).to(self.crew.dtype).mul_(member.scale) for member in self.crew.members]
        return tuple(torch.stack(drawn, dim=1).to(device=self.crew.device).unbind(0))

    def noise_of(self, s: int, k: int | slice, rows: range) -> tuple[Tensor, ...]:
        """Return the factors of dropout of some rows of a batch, one tensor a hidden layer."""
        if not self.noise:
            return ()
        blocks, found = -(-self.size // BLOCK), []
        for block in range(rows.start // BLOCK, -(-rows.stop // BLOCK)):
            shift, before = (s * blocks + block) * 37 % SHIFTS, block * BLOCK
            start, stop = max(rows.start - before, 0), min(rows.stop - before, BLOCK)
            found.append([pool[k, shift + start : shift + stop] for pool in self.noise])
        if len(found) == 1:
            return tuple(found[0])
        return tuple(torch.cat(each, dim=-2) for each in zip(*found, strict=True))

    def batch(self, s: int, k: int, features: Tensor, *, filled: bool = True) -> Batch:
        """Return what a loss or a weighting is told of a network's batch; `filled` up or not."""
        real, member = self.real(s, k), self.crew.members[k]
        n = self.size if filled else real
        return Batch(
            y=self.y[s, k, :n],
            position=self.position[s, k, :n],
            features=features,
            epoch=member.epoch,
            step=member.steps,
            real=real,
            link=member.loss.link,
        )

    def batch_here(self, s: int, k: int, features: Tensor) -> Batch:
        """Return what `batch` does, filled up, its classes and positions in the memory of the processor."""
        position = self._position[s, k]
        y = self.crew.members[k].plan.train.y[position]
        found = self.batch(s, k, features)
        return replace(found, y=torch.from_numpy(y), position=torch.from_numpy(position))

    def remember(self, s: int, k: int, loss: Tensor) -> None:
        """Keep the losses of a batch for a sampler that looks at them."""
        losses = self.crew.members[k].losses
        if losses is not None:
            real = self._counts[s, k, : len(loss)]
            losses[self._position[s, k, : len(loss)][real]] = loss.cpu().numpy()[real]

    def real(self, s: int, k: int) -> int:
        """Return how many rows the batch of a network holds in step `s`."""
        return self.size if s + 1 < self.steps[k] else self.last[k]


def _batches(filled: Any, laid: tuple[int, int, int]) -> Any:
    """Return (steps * B, K) as (steps, K, B)."""
    return np.ascontiguousarray(filled.reshape(laid).transpose(0, 2, 1))


def pool_rows(size: int) -> int:
    """Return how many rows the factors of dropout of an epoch are drawn for, with batches of `size`."""
    return min(size, BLOCK) + SHIFTS
