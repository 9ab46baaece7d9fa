"""A last layer of cosines: features and class vectors of length one, times a scale."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from torch.nn import functional

from imbtool.learners.torch.losses import ClassTerms
from imbtool.learners.torch.model import SHORTEST
from imbtool.learners.torch.network import Network

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.network import Output
    from imbtool.learners.torch.plan import MakesLoss, Plan, RowLoss
    from imbtool.learners.torch.table import Table


@dataclass(frozen=True, kw_only=True)
class CosineNetwork(Network):
    """A perceptron whose scores are `scale` times the cosines of features and class vectors.

    Two classes have a vector each, and as their one score the difference. There is no bias.

    Parameters
    ----------
    scale : float
    """

    scale: float = 30.0

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shapes of the parameters: a class vector a column of the last weights, no last bias."""
        found = {name: shape for name, shape in super().shapes.items() if name != "head_bias"}
        return found | {"head.weight": (self.width, max(2, self.n_outputs))}

    def begin(self, initial: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return the parameters before training: as in any network, class vectors of length one."""
        theta = super().begin(initial, rng)
        at = sum(self.sizes[: list(self.shapes).index("head.weight")])
        head = theta[at : at + np.prod(self.shapes["head.weight"])].reshape(self.shapes["head.weight"])
        head /= np.linalg.norm(head, axis=0)  # a view of theta
        return theta

    def named(self, theta: Tensor) -> dict[str, Tensor]:
        """Return the parameters by name, the last ones as a linear layer reads them; see `Network.named`."""
        found = super().named(theta)
        vectors = self.scale * functional.normalize(found["head.weight"], dim=1)
        if self.n_outputs == 1:
            vectors = vectors[:, :, 1:] - vectors[:, :, :1]
        return found | {"head.weight": vectors, "head_bias": vectors.new_zeros(vectors.shape[::2])}

    def forward(self, theta: Tensor, batch: Table, noise: tuple[Tensor, ...] = ()) -> Output:
        """Return the raw scores of a batch; see `Network.forward`."""
        out = super().forward(theta, batch, noise)
        length = out.features.norm(dim=2).clamp_min(SHORTEST)
        return replace(out, raw=out.raw / (length if self.n_outputs == 1 else length.unsqueeze(2)))

    def to_plain(self, theta: FloatArray) -> dict[str, FloatArray]:
        """Return the parameters of a `NetworkModel` with ``cosine``: class vectors of length `scale`."""
        found = super().to_plain(theta)
        head = found["head.weight"]
        return found | {
            "head.weight": self.scale * head / np.linalg.norm(head, axis=0),
            "head_bias": np.zeros(head.shape[1]),
        }


@dataclass(frozen=True, eq=False)
class InCosines:
    """Makes a loss whose margins are cosines: they are multiplied by the scale of the scores."""

    base: MakesLoss
    scale: float

    def __call__(self, counts: IntArray, mass: FloatArray) -> RowLoss:
        """Return the loss for classes of these rows and weights."""
        loss = self.base(counts, mass)
        return loss.widened(self.scale) if isinstance(loss, ClassTerms) else loss


def with_cosine(plan: Plan, scale: float) -> Plan:
    """Return the plan with scores that are cosines times a scale, and margins in cosines."""
    network = plan.network.turned(CosineNetwork, scale=scale)
    return replace(plan, network=network, loss=InCosines(plan.loss, scale))
