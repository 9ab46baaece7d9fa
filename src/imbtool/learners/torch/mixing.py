"""Attention between the rows of a batch, beside the network, while it trains."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn import functional

from imbtool.core.errors import NotApplicableError
from imbtool.learners.torch.dense import linear
from imbtool.learners.torch.network import Network, Output

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.plan import Plan
    from imbtool.learners.torch.table import Table

_SCALES = ("mix_scale1", "mix_scale2")


@dataclass(frozen=True, kw_only=True)
class MixingNetwork(Network):
    """A perceptron with one encoder layer over the batch in a second stream; it predicts without.

    Parameters
    ----------
    heads : int
    """

    heads: int = 4

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the perceptron's parameters and of the layer's; those that decay stand first."""
        plain, n = super().shapes, self.width
        own = {"mix_qkv.weight": (n, 3 * n), "mix_out.weight": (n, n)}
        own |= {"mix_wide.weight": (n, n), "mix_back.weight": (n, n)}
        flat = {"mix_qkv_bias": (3 * n,)}
        flat |= {f"mix_{name}": (n,) for name in ("out_bias", "wide_bias", "back_bias", "shift1", "shift2")}
        flat |= dict.fromkeys(_SCALES, (n,))
        decaying = {name: shape for name, shape in plain.items() if "." in name}
        rest = {name: shape for name, shape in plain.items() if "." not in name}
        return {**decaying, **own, **rest, **flat}

    def begin(self, initial: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return the parameters before training: those of the perceptron as they are without the layer."""
        plain = self._plain
        own = dict(
            zip(plain.shapes, np.split(plain.begin(initial, rng), np.cumsum(plain.sizes)[:-1]), strict=True)
        )
        parts = []
        for name, shape in self.shapes.items():
            if name in own:
                parts.append(own[name])
            elif name.endswith(".weight"):
                limit = np.sqrt(6.0 / (shape[0] + shape[1]))
                parts.append(rng.uniform(-limit, limit, shape).ravel())
            else:
                parts.append(np.full(shape, 1.0 if name in _SCALES else 0.0))
        return np.concatenate(parts)

    def forward_training(
        self, theta: Tensor, batch: Table, noise: tuple[Tensor, ...], real: Tensor
    ) -> Output:
        """Return the scores of the batch, and in ``second`` those of its features after the layer."""
        out, p = self.forward(theta, batch, noise), self.named(theta)
        mixed = self.mixed(p, out.features, real, noise[-1] if noise else None)
        raw = linear(mixed, p["head.weight"], p["head_bias"])
        return replace(out, second=raw.squeeze(2) if self.n_outputs == 1 else raw)

    def mixed(self, p: dict[str, Tensor], x: Tensor, real: Tensor, noise: Tensor | None) -> Tensor:
        """Return features (K, B, width) after the layer; rows that are not `real`, (K, B), are not seen."""
        qkv = linear(x, p["mix_qkv.weight"], p["mix_qkv_bias"])
        # Network by network: what one computes must not depend on how many there are.
        seen = torch.stack([self._attended(qkv[k], real[k]) for k in range(x.shape[0])])
        x = self._normed(x + _dropped(linear(seen, p["mix_out.weight"], p["mix_out_bias"]), noise), p, "1")
        wide = torch.relu(linear(x, p["mix_wide.weight"], p["mix_wide_bias"]))
        return self._normed(
            x + _dropped(linear(wide, p["mix_back.weight"], p["mix_back_bias"]), noise), p, "2"
        )

    def _attended(self, qkv: Tensor, real: Tensor) -> Tensor:
        n = self.width // self.heads
        q, k, v = (part.reshape(-1, self.heads, n).transpose(0, 1) for part in qkv.chunk(3, dim=1))
        scores = (q @ k.transpose(1, 2) / n**0.5).masked_fill(~real, -torch.inf)
        return (scores.softmax(dim=2) @ v).transpose(0, 1).reshape(-1, self.width)

    def _normed(self, x: Tensor, p: dict[str, Tensor], which: str) -> Tensor:
        scale, shift = p[f"mix_scale{which}"].unsqueeze(1), p[f"mix_shift{which}"].unsqueeze(1)
        return functional.layer_norm(x, (self.width,)) * scale + shift

    def to_plain(self, theta: FloatArray) -> dict[str, FloatArray]:
        """Return the parameters of the perceptron alone."""
        return {name: part for name, part in super().to_plain(theta).items() if name in self._plain.shapes}

    @cached_property
    def _plain(self) -> Network:
        return self.turned(Network)


def _dropped(x: Tensor, noise: Tensor | None) -> Tensor:
    return x if noise is None else x * noise


def with_mixing(plan: Plan, heads: int) -> Plan:
    """Return the plan with attention between the rows of a batch.

    Raises
    ------
    NotApplicableError
        The heads do not divide the width.
    """
    network = plan.network
    if network.width % heads:
        raise NotApplicableError(
            f"batch_former: {heads} heads do not divide the width {network.width} of the network.",
            hint=f"Choose another width, such as torch(width={max(1, network.width // heads) * heads}).",
            code="narrow-network",
        )
    return replace(plan, network=network.turned(MixingNetwork, heads=heads))
