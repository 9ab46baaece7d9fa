"""Networks of one shape that train together, epoch by epoch; finished ones leave."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from imbtool.learners.torch.losses import LossStack
from imbtool.learners.torch.model import probabilities
from imbtool.learners.torch.optim import AdamW
from imbtool.learners.torch.plan import Batch
from imbtool.learners.torch.stopping import value_on
from imbtool.learners.torch.table import Table

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.member import Member
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import EpochRows, Rows

CHUNK = 256
"""Rows that are scored at once, a network: a fixed number, so that a score depends on its row alone."""
SHIFTS = 61
"""Rows by which a batch's factors of dropout can be shifted in the pool of an epoch."""


class Crew:
    """The networks that still train.

    Parameters
    ----------
    members : sequence of Member
        Of equal `Plan.group`.
    """

    def __init__(self, members: Sequence[Member]) -> None:
        first = members[0].plan
        self.network, self.training = first.network, first.training
        self.members = list(members)
        joined, self._starts = Table.joined([m.plan.table for m in members])
        network, numbers = self.network, joined.numbers
        self.table = joined.encoded(network.encode, network.n_numeric * (network.bins + 2))
        self.dtype, self.device, self.rule = numbers.dtype, numbers.device, first.rule
        begun = np.stack([member.begin() for member in members])
        self.theta = torch.as_tensor(begun, dtype=self.dtype, device=self.device)
        decay = np.array([m.plan.training.weight_decay for m in members])
        self.optimiser = AdamW(self.theta, decay, self.network.n_decaying)

    def run_epoch(self) -> None:
        """Train every network on one epoch's rows, then judge it on its held-out rows."""
        draws = [
            m.draw(m.moment(partial(self._losses, k), partial(self._proba, k)))
            for k, m in enumerate(self.members)
        ]
        self._train(self._laid_out(draws))
        for member in self.members:
            member.epoch += 1
        self._judge()
        for k, member in enumerate(self.members):
            for observer in member.plan.observers:
                observer.after_epoch(member.epoch - 1, partial(self._raw_of_training, k), member.plan.train.y)

    def _laid_out(self, draws: list[EpochRows]) -> _Epoch:
        """Return the batches of all networks, those with more steps first."""
        steps = [-(-len(draw.order) // self.training.batch_size) for draw in draws]
        order = sorted(range(len(draws)), key=lambda k: -steps[k])
        if order != list(range(len(draws))):
            self.keep(order)
            draws, steps = [draws[k] for k in order], [steps[k] for k in order]
        return _Epoch(self, draws, steps)

    def keep(self, rows: list[int]) -> None:
        """Go on with the networks at these places, in this order."""
        self.theta = self.theta[torch.as_tensor(rows, dtype=torch.int64, device=self.device)]
        self.optimiser.keep(self.theta, rows)
        self.members = [self.members[k] for k in rows]
        self._starts = [self._starts[k] for k in rows]

    def _train(self, epoch: _Epoch) -> None:
        for s in range(epoch.steps[0]):
            step = epoch.step(s)
            gradient = self.rule.gradient(step)
            rates = [m.rate((m.epoch + s / epoch.steps[k]) / m.plan.training.epochs) for k, m in step.active]
            self.optimiser.step(gradient, np.array(rates))
            for _, member in step.active:
                member.steps += 1

    def _judge(self) -> None:
        finite = torch.isfinite(self.theta).all(dim=1).tolist()
        judged = [k for k, m in enumerate(self.members) if m.plan.held is not None and finite[k]]
        held: list[Rows] = [m.plan.held for m in self.members if m.plan.held is not None]
        held = [rows for rows, k in zip(held, self._with_held(), strict=True) if finite[k]]
        scores = self.raw(judged, [rows.index for rows in held]) if judged else []
        for k, rows, raw in zip(judged, held, scores, strict=True):
            member = self.members[k]
            member.judge(value_on(member.plan.stop_metric, rows, raw, member.loss.link), self.theta[k])
        for member, good in zip(self.members, finite, strict=True):
            if not good:
                member.fault = (
                    f"the loss is not a number in epoch {member.epoch}; a lower learning_rate than "
                    f"{member.plan.training.learning_rate:g} may help"
                )

    def _with_held(self) -> list[int]:
        return [k for k, m in enumerate(self.members) if m.plan.held is not None]

    def raw(self, which: Sequence[int], rows: Sequence[IntArray]) -> list[FloatArray]:
        """Return the raw scores of some networks on rows of their own tables."""
        theta = self.theta[torch.as_tensor(which, device=self.device)]
        most = -(-max(len(index) for index in rows) // CHUNK) * CHUNK
        index = np.zeros((len(which), most), dtype=np.int64)
        for i, (k, own) in enumerate(zip(which, rows, strict=True)):
            index[i, : len(own)] = own + self._starts[k]
        places = torch.as_tensor(index, device=self.device)
        with torch.no_grad():
            parts = [
                self.network.forward(theta, self.table.take(places[:, at : at + CHUNK])).raw
                for at in range(0, most, CHUNK)
            ]
        found = torch.cat(parts, dim=1).double().cpu().numpy()
        return [found[i, : len(own)] for i, own in enumerate(rows)]

    def _raw_of_training(self, k: int) -> FloatArray:
        return self.raw([k], [self.members[k].plan.train.index])[0]

    def _proba(self, k: int) -> FloatArray:
        return probabilities(self._raw_of_training(k), self.members[k].loss.link)

    def _losses(self, k: int) -> FloatArray:
        """Return the loss of every training row of a network as it is."""
        member = self.members[k]
        raw = torch.as_tensor(self._raw_of_training(k))
        y = torch.as_tensor(member.plan.train.y)
        batch = Batch(
            y=y,
            position=torch.arange(len(y)),
            features=raw.new_zeros((len(y), 0)),
            epoch=member.epoch,
            step=member.steps,
            real=len(y),
            link=member.loss.link,
        )
        return np.asarray(member.loss.rows(raw, batch).numpy(), dtype=np.float64)

    def starts(self) -> list[int]:
        """Return where the rows of each network's table begin in the joined one."""
        return self._starts


class _Epoch:
    """The batches of one epoch as index tensors on the device, shape (steps, K, B)."""

    def __init__(self, crew: Crew, draws: list[EpochRows], steps: list[int]) -> None:
        self.crew, self.steps = crew, steps
        self.size = crew.training.batch_size
        self.last = [len(d.order) - (n - 1) * self.size for d, n in zip(draws, steps, strict=True)]
        self.losses = LossStack([member.loss for member in crew.members])
        self.position, weight = self._filled(draws)
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

    def _filled(self, draws: list[EpochRows]) -> tuple[Tensor, FloatArray]:
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
        return self._there(_batches(position, laid)), _batches(weight, laid)

    def _room(self) -> Tensor | None:
        """Return where the inputs of a step are written: fresh memory for each would have to be cleared."""
        inputs, (_, k, size) = self.crew.table.inputs, self.rows.shape
        return None if inputs is None else inputs.new_empty((k * size, inputs.shape[1]))

    def _pool(self) -> tuple[Tensor, ...]:
        """Return factors of dropout for the epoch, of which each step takes a shifted part."""
        if self.crew.training.dropout <= 0.0:
            return ()
        network = self.crew.network
        shape = (network.depth, self.size + SHIFTS, network.width)
        drawn = torch.stack([member.noise(shape) for member in self.crew.members], dim=1)
        return tuple(drawn.to(device=self.crew.device, dtype=self.crew.dtype).unbind(0))

    def real(self, s: int, k: int) -> int:
        """Return how many rows the batch of a network holds in step `s`."""
        return self.size if s + 1 < self.steps[k] else self.last[k]

    def step(self, s: int) -> _Step:
        """Return step `s` of the networks that have so many."""
        return _Step(self, s, sum(steps > s for steps in self.steps))


class _Step:
    """One step of the first `k` networks; see `imbtool.learners.torch.plan.StepOf`."""

    def __init__(self, epoch: _Epoch, s: int, k: int) -> None:
        self._epoch, self._s, self._k = epoch, s, k
        crew = epoch.crew
        self.theta = crew.theta[:k]
        self.active = list(enumerate(crew.members[:k]))
        self.y, self.weight, self._real = (part[s, :k] for part in (epoch.y, epoch.weight, epoch.counted))
        self._batch = crew.table.take(epoch.rows[s, :k], epoch.room)
        shift = s * 37 % SHIFTS
        self._noise = tuple(pool[:k, shift : shift + epoch.size] for pool in epoch.noise)

    def gradient(self, theta: Tensor, factor: Tensor | None = None) -> Tensor:
        """Return the gradient of the mean loss of the batch at `theta`, shape (k, P)."""
        theta = theta.detach().requires_grad_(True)
        network = self._epoch.crew.network
        out = network.forward_training(theta, self._batch, self._noise, self._real)
        batches = cache(partial(self._batches, out.features))
        loss = self._epoch.losses(out.raw, batches, self.y)
        if out.second is not None:
            loss = 0.5 * (loss + self._epoch.losses(out.second, batches, self.y))
        weight = self.weight if factor is None else self.weight * factor
        weight = self._reweighted(loss.detach(), out.raw.detach(), weight, batches)
        self._remember(loss.detach())
        (found,) = torch.autograd.grad((loss * weight).sum(), theta)
        return found

    def _batches(self, features: Tensor) -> list[Batch]:
        return [
            Batch(
                y=self.y[k],
                position=self._epoch.position[self._s, k],
                features=features[k],
                epoch=member.epoch,
                step=member.steps,
                real=self._epoch.real(self._s, k),
                link=member.loss.link,
            )
            for k, member in self.active
        ]

    def _reweighted(
        self, loss: Tensor, raw: Tensor, weight: Tensor, batches: Callable[[], list[Batch]]
    ) -> Tensor:
        if not any(member.plan.weighting.by_batch for _, member in self.active):
            return weight
        factors = [
            member.plan.weighting.batch(loss[k], raw[k], batches()[k])
            if member.plan.weighting.by_batch
            else torch.ones_like(loss[k])
            for k, member in self.active
        ]
        return weight * torch.stack(factors)

    def _remember(self, loss: Tensor) -> None:
        for k, member in self.active:
            if member.losses is not None:
                real = self._real[k].cpu().numpy()
                at = self._epoch.position[self._s, k].cpu().numpy()[real]
                member.losses[at] = loss[k].cpu().numpy()[real]


def _batches(filled: Tensor, laid: tuple[int, int, int]) -> Tensor:
    """Return (steps * B, K) as (steps, K, B)."""
    return np.ascontiguousarray(filled.reshape(laid).transpose(0, 2, 1))
