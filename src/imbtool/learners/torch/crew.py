"""Networks of one shape that train together, epoch by epoch; finished ones leave."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from imbtool.learners.torch import hand
from imbtool.learners.torch.dense import batched
from imbtool.learners.torch.epoch import Epoch
from imbtool.learners.torch.model import probabilities
from imbtool.learners.torch.network import Network
from imbtool.learners.torch.optim import AdamW
from imbtool.learners.torch.plan import Batch
from imbtool.learners.torch.step import PART, step_of
from imbtool.learners.torch.stopping import value_on
from imbtool.learners.torch.table import Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.hooks import EpochRows
    from imbtool.learners.torch.member import Member
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Rows

CHUNK = 256
"""Rows that are scored at once, a network: a fixed number, so that a score depends on its row alone."""


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
        self.dtype, self.device, self.rule = numbers.dtype, numbers.device, first.rule
        self.by_hand = type(network) is Network and not batched(numbers)
        own = self.by_hand and hand.summed(network, min(PART, self.training.batch_size))
        width = 0 if own else network.n_numeric * (network.bins + 2)
        self.table = joined.encoded(network.encode, width)
        self.passes = cache(partial(hand.Pass, network, self.table))
        self._views: dict[int, tuple[dict[str, Tensor], dict[str, Tensor]]] = {}
        begun = np.stack([member.begin() for member in members])
        self.theta = torch.as_tensor(begun, dtype=self.dtype, device=self.device)
        decay = np.array([m.plan.training.weight_decay for m in members])
        self.room = torch.empty_like(self.theta)
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

    def _laid_out(self, draws: list[EpochRows]) -> Epoch:
        """Return the batches of all networks, those with more steps first."""
        steps = [-(-len(draw.order) // self.training.batch_size) for draw in draws]
        order = sorted(range(len(draws)), key=lambda k: -steps[k])
        if order != list(range(len(draws))):
            self.keep(order)
            draws, steps = [draws[k] for k in order], [steps[k] for k in order]
        return Epoch(self, draws, steps)

    def keep(self, rows: list[int]) -> None:
        """Go on with the networks at these places, in this order."""
        self.theta = self.theta[torch.as_tensor(rows, dtype=torch.int64, device=self.device)]
        self.optimiser.keep(self.theta, rows)
        self.room = torch.empty_like(self.theta)
        self._views.clear()
        self.members = [self.members[k] for k in rows]
        self._starts = [self._starts[k] for k in rows]

    def _train(self, epoch: Epoch) -> None:
        for s in range(epoch.steps[0]):
            step = step_of(epoch, s)
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

    def views(self, k: int) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        """Return the parameters of a network, and the parts of its row of `room`, by name."""
        if k not in self._views:
            self._views[k] = self.network.one(self.theta[k]), self.network.one(self.room[k])
        return self._views[k]

    def starts(self) -> list[int]:
        """Return where the rows of each network's table begin in the joined one."""
        return self._starts
