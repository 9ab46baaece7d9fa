"""One step of networks that train together: by hand where that serves, else by automatic derivatives."""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from imbtool.learners.torch.epoch import Epoch
    from imbtool.learners.torch.losses import RowSlopes
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Batch

    _Named = dict[str, Tensor]

PART = 2048
"""Rows that one pass takes where the loss allows it: few stay in the cache, many need fewer calls."""


def step_of(epoch: Epoch, s: int) -> HandStep | Step:
    """Return step `s` of the networks that have so many."""
    k = sum(steps > s for steps in epoch.steps)
    return (HandStep if epoch.crew.by_hand else Step)(epoch, s, k)


class HandStep:
    """One step of the first `k` networks, one after the other; see `imbtool.learners.torch.hooks.StepOf`.

    What becomes of a network depends on nothing but itself. Rows that fill a batch up are left out.
    """

    def __init__(self, epoch: Epoch, s: int, k: int) -> None:
        self._epoch, self._s = epoch, s
        self.theta = epoch.crew.theta[:k]
        self.active = list(enumerate(epoch.crew.members[:k]))
        self.y, self.weight = epoch.y[s, :k], epoch.weight[s, :k]
        self._asked = False

    def gradient(self, theta: Tensor, factor: Tensor | None = None) -> Tensor:
        """Return the gradient of the mean loss of the batch at `theta`, shape (k, P)."""
        crew, usual = self._epoch.crew, theta is self.theta and not self._asked
        self._asked = True
        # Of the usual one gradient a step the memory is used again, and its parts are named once.
        found = crew.room[: len(theta)] if usual else torch.empty_like(theta)
        with torch.no_grad():
            for k, _ in self.active:
                named = crew.views(k) if usual else (crew.network.one(theta[k]), crew.network.one(found[k]))
                slopes = self._epoch.slopes(k)
                if slopes is None or self._epoch.watched(k):
                    self._whole(k, *named, factor)
                else:
                    self._by_parts(k, *named, slopes, factor)
        return found

    def _by_parts(self, k: int, p: _Named, found: _Named, slopes: RowSlopes, factor: Tensor | None) -> None:
        """Write the gradient of a loss whose rows do not look at each other."""
        epoch, s, scale = self._epoch, self._s, self._scale(k)
        passes, before = epoch.crew.passes(min(PART, epoch.size)), s * epoch.size
        passes.begin(p)
        for at in range(0, epoch.real(s, k), PART):
            end = min(at + PART, epoch.real(s, k))
            raw, _ = passes.forward(p, epoch.rows[s, k, at:end], epoch.noise_of(s, k, range(at, end)))
            slope = slopes(raw, slice(before + at, before + end))
            if factor is not None:
                slope.mul_(factor[k, at:end].unsqueeze(1))
            passes.backward(p, found, slope, scale=scale, more=at > 0)

    def _whole(self, k: int, p: _Named, found: _Named, factor: Tensor | None) -> None:
        """Write the gradient of any loss of a batch; it may read what the last layer reads."""
        epoch, s, real = self._epoch, self._s, self._epoch.real(self._s, k)
        passes = epoch.crew.passes(epoch.size)
        passes.begin(p)
        read = passes.forward(p, epoch.rows[s, k, :real], epoch.noise_of(s, k, range(real)))
        if epoch.slopes(k) is None and not hasattr(epoch.crew.members[k].loss, "derivatives"):
            slope, through = self._derived(k, *read, factor)
        else:
            slope, through = self._known(k, *read, factor), None
        passes.backward(p, found, slope, features=through, scale=self._scale(k))

    def _known(self, k: int, raw: Tensor, features: Tensor, factor: Tensor | None) -> Tensor:
        """Return the slopes of a loss that knows its derivatives; its value for who looks at it."""
        epoch = self._epoch
        loss: Any = epoch.crew.members[k].loss  # what it knows is asked for by `_whole`
        batch = epoch.batch(self._s, k, features, filled=False)
        slopes, before = epoch.slopes(k), self._s * epoch.size
        if slopes is not None:
            found = slopes(raw, slice(before, before + batch.real))
        else:
            found = loss.derivatives(raw, batch.y) * self.weight[k, : batch.real].unsqueeze(1)
        if factor is not None:
            found = found * factor[k, : batch.real].unsqueeze(1)
        if not epoch.watched(k):
            return found
        scores = raw[:, 0] if raw.shape[1] == 1 else raw
        value = loss.rows(scores, batch)
        epoch.remember(self._s, k, value)
        own = self._dynamic(k, value, scores, batch)
        return found if own is None else found * own.unsqueeze(1)

    def _derived(
        self, k: int, raw: Tensor, features: Tensor, factor: Tensor | None
    ) -> tuple[Tensor, Tensor | None]:
        """Return the slopes of any other loss by the scores and by what the last layer reads."""
        epoch, member = self._epoch, self._epoch.crew.members[k]
        raw, features = (part.clone().requires_grad_(True) for part in (raw, features))
        with torch.enable_grad():
            scores = raw[:, 0] if raw.shape[1] == 1 else raw
            batch = epoch.batch(self._s, k, features, filled=False)
            loss = member.loss.rows(scores, batch)
            total = (loss * self._weight(k, loss.detach(), scores.detach(), batch, factor)).sum()
            slope, through = torch.autograd.grad(total, (raw, features), allow_unused=True)
        epoch.remember(self._s, k, loss.detach())
        return slope, through

    def _weight(self, k: int, loss: Tensor, scores: Tensor, batch: Batch, factor: Tensor | None) -> Tensor:
        weight, own = self.weight[k, : batch.real], self._dynamic(k, loss, scores, batch)
        if factor is not None:
            weight = weight * factor[k, : batch.real]
        return weight if own is None else weight * own

    def _dynamic(self, k: int, loss: Tensor, scores: Tensor, batch: Batch) -> Tensor | None:
        weighting = self._epoch.crew.members[k].plan.weighting
        return weighting.batch(loss, scores, batch) if weighting.by_batch else None

    def _scale(self, k: int) -> float:
        return self._epoch.crew.members[k].scale


class Step:
    """One step of the first `k` networks, all together; see `imbtool.learners.torch.hooks.StepOf`."""

    def __init__(self, epoch: Epoch, s: int, k: int) -> None:
        self._epoch, self._s, self._k = epoch, s, k
        crew = epoch.crew
        self.theta = crew.theta[:k]
        self.active = list(enumerate(crew.members[:k]))
        self.y, self.weight, self._real = (part[s, :k] for part in (epoch.y, epoch.weight, epoch.counted))
        self._batch = crew.table.take(epoch.rows[s, :k], epoch.room)
        self._noise = epoch.noise_of(s, slice(k), range(epoch.size))

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
        weight = self._reweighted(loss.detach(), out.raw.detach(), weight, out.features)
        self._remember(loss.detach())
        (found,) = torch.autograd.grad((loss * weight).sum(), theta)
        return found

    def _batches(self, features: Tensor) -> list[Batch]:
        return [self._epoch.batch(self._s, k, features[k]) for k, _ in self.active]

    def _reweighted(self, loss: Tensor, raw: Tensor, weight: Tensor, features: Tensor) -> Tensor:
        """Return the weights times those that follow the losses; all go to the processor and back at once."""
        asked = [(k, m.plan.weighting) for k, m in self.active if m.plan.weighting.by_batch]
        if not asked:
            return weight
        loss, raw = loss.cpu(), raw.cpu()
        factors = torch.ones_like(loss)
        for k, weighting in asked:
            batch = self._epoch.batch_here(self._s, k, features[k])
            factors[k] = weighting.batch(loss[k], raw[k], batch)
        return weight * factors.to(weight.device)

    def _remember(self, loss: Tensor) -> None:
        asked = [k for k, member in self.active if member.losses is not None]
        loss = loss.cpu() if asked else loss
        for k in asked:
            self._epoch.remember(self._s, k, loss[k])
