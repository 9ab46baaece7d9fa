"""The network, many at once: every parameter has a leading dimension K, one slice a network.

All parameters of a network lie side by side in one row of a matrix ``theta`` of shape (K, P), weights first
(they decay), so that the optimiser is a few operations on one matrix, and a network leaves the batch as a
row leaves a matrix.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import torch
from torch.nn import functional

from imbtool.learners.torch.dense import linear, rectified

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.table import Table


Other = TypeVar("Other", bound="Network")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Output:
    """What a forward pass gives.

    Parameters
    ----------
    raw : Tensor, shape (K, B) for two classes, else (K, B, n_classes)
    features : Tensor, shape (K, B, width)
        What the last layer reads.
    second : Tensor or None
        Scores of a second stream, as `raw`: the loss is the mean of both.
    """

    raw: Tensor
    features: Tensor
    second: Tensor | None = None


@dataclass(frozen=True, kw_only=True)
class Network:
    """A multilayer perceptron on embedded columns; its fields are its shape, so equal ones train together.

    A numeric feature enters as its rank in piecewise-linear encoding of `bins` bins (Gorishniy, Rubachev,
    Babenko, NeurIPS 2022, arXiv 2203.05556; ranks make their quantile bins equally wide; the first and the
    last are open, for ranks beyond 0 and 1, see `NetworkView`), as its soft value, and as a flag for missing
    cells; a categorical one by a learned vector a level. Then `depth`
    layers of `width` rectified units with dropout, and a linear layer whose bias starts at the constant
    score of the loss (the log class shares). A subclass may override `shapes`, `begin`, `forward` and
    `to_plain`; it trains by automatic derivatives. Of this class itself `hand.Pass` writes the same passes by
    hand, on the CPU.

    Parameters
    ----------
    n_numeric : int
    levels : tuple of int
        Levels of each categorical feature.
    n_outputs : int
        1 for two classes, else the number of classes.
    bins, width, depth, embedding : int
    half : bool
        Encoded numbers, and the products of the first layer with them, are in half precision (bfloat16).
    """

    n_numeric: int
    levels: tuple[int, ...]
    n_outputs: int
    bins: int = 16
    width: int = 128
    depth: int = 2
    embedding: int = 8
    half: bool = False

    @property
    def n_inputs(self) -> int:
        """Width of the first layer's input."""
        return self.n_numeric * (self.bins + 2) + len(self.levels) * self.embedding

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of each parameter of one network, in the order of ``theta``; names with a dot decay."""
        sizes = [self.n_inputs, *[self.width] * self.depth]
        found: dict[str, tuple[int, ...]] = {}
        if self.levels:
            found["levels.weight"] = (sum(self.levels) + len(self.levels), self.embedding)
        for layer in range(self.depth):
            found[f"hidden{layer}.weight"] = (sizes[layer], sizes[layer + 1])
        found["head.weight"] = (self.width, self.n_outputs)
        return (
            found
            | {f"hidden{layer}_bias": (self.width,) for layer in range(self.depth)}
            | {"head_bias": (self.n_outputs,)}
        )

    @cached_property
    def sizes(self) -> list[int]:
        """Numbers in each parameter."""
        return [int(np.prod(shape)) for shape in self.shapes.values()]

    @cached_property
    def starts(self) -> IntArray:
        """Where the vectors of each categorical feature begin among those of all levels."""
        return np.cumsum([0, *(level + 1 for level in self.levels)])[: len(self.levels)]

    @cached_property
    def n_decaying(self) -> int:
        """How many of the numbers in a row of ``theta`` decay; they stand first."""
        return sum(n for name, n in zip(self.shapes, self.sizes, strict=True) if "." in name)

    def begin(self, initial: FloatArray, rng: np.random.Generator) -> FloatArray:
        """Return the parameters of one network before training, shape (P,).

        Hidden weights are uniform with variance 2 / inputs (He et al., 2015), levels normal with standard
        deviation 0.3, the last layer is a tenth of that of hidden ones; its bias is `initial`.
        """
        parts: list[Any] = []
        for name, shape in self.shapes.items():
            if name == "levels.weight":
                parts.append(rng.normal(0.0, 0.3, shape))
            elif name.endswith(".weight"):
                limit = np.sqrt(6.0 / shape[0]) * (0.1 if name.startswith("head") else 1.0)
                parts.append(rng.uniform(-limit, limit, shape))
            else:
                parts.append(np.broadcast_to(initial, shape) if name == "head_bias" else np.zeros(shape))
        return np.concatenate([part.ravel() for part in parts])

    def named(self, theta: Tensor) -> dict[str, Tensor]:
        """Return the parameters by name, each with the leading dimension K; views of ``theta``."""
        parts = torch.split(theta, self.sizes, dim=1)
        return {
            name: part.view(-1, *shape)
            for (name, shape), part in zip(self.shapes.items(), parts, strict=True)
        }

    def one(self, row: Tensor) -> dict[str, Tensor]:
        """Return the parameters of one network by name, views of its row of ``theta``."""
        parts = torch.split(row, self.sizes)
        return {
            name: part.view(shape) for (name, shape), part in zip(self.shapes.items(), parts, strict=True)
        }

    def forward(self, theta: Tensor, batch: Table, noise: tuple[Tensor, ...] = ()) -> Output:
        """Return the raw scores of a batch.

        Parameters
        ----------
        theta : Tensor, shape (K, P)
        batch : Table
            Leading dimensions (K, B).
        noise : tuple of Tensor, shape (K, B, width)
            Factors of dropout, one a hidden layer; empty for none.
        """
        p = self.named(theta)
        parts = self.embed(p, batch)
        for layer in range(self.depth):
            weight, bias = p[f"hidden{layer}.weight"], p[f"hidden{layer}_bias"]
            parts = (rectified(parts, weight, bias, noise[layer] if noise else None),)
        (hidden,) = parts
        raw = linear(hidden, p["head.weight"], p["head_bias"])
        return Output(raw=raw.squeeze(2) if self.n_outputs == 1 else raw, features=hidden)

    def forward_training(
        self,
        theta: Tensor,
        batch: Table,
        noise: tuple[Tensor, ...],
        real: Tensor,  # noqa: ARG002 - for networks that look from row to row
    ) -> Output:
        """Return what `forward` does; in a subclass, with what is there while training only.

        `real`, shape (K, B), tells rows from those that fill a batch up.
        """
        return self.forward(theta, batch, noise)

    def embed(self, p: dict[str, Tensor], batch: Table) -> tuple[Tensor, ...]:
        """Return the input of the first layer in parts, shapes (K, B, .), `n_inputs` wide together."""
        parts = []
        if self.n_numeric:
            parts.append(self.encode(batch.numbers) if batch.inputs is None else batch.inputs)
        if self.levels:
            table = p["levels.weight"]
            shift = torch.arange(table.shape[0], device=table.device).view(-1, 1, 1) * table.shape[1]
            places = batch.codes + torch.as_tensor(self.starts, device=table.device) + shift
            flat = functional.embedding(places, table.reshape(-1, self.embedding))
            parts.append(flat.flatten(-2))
        return tuple(parts)

    def encode(self, numbers: Tensor) -> Tensor:
        """Return numeric features as the first layer reads them, shape (..., n_numeric (bins + 2)).

        Nothing of it is learned: `numbers`, as `Table.numbers`, may be encoded before training.
        """
        n = self.n_numeric
        found = numbers.new_empty((*numbers.shape[:-1], n * (self.bins + 2)))
        pieces = found[..., : n * self.bins].unflatten(-1, (n, self.bins))
        steps = torch.arange(self.bins, dtype=numbers.dtype, device=numbers.device)
        ranks, missing = numbers[..., :n], numbers[..., :n].isnan()
        torch.sub((ranks * self.bins).nan_to_num_(0.0).unsqueeze(-1), steps, out=pieces)
        cut(pieces)
        found[..., n * self.bins : n * (self.bins + 1)] = numbers[..., n:]
        found[..., n * (self.bins + 1) :] = missing
        return found.bfloat16() if self.half else found

    def turned(self, kind: type[Other], **more: Any) -> Other:
        """Return a network of a subclass with these fields and more."""
        return kind(**{one.name: getattr(self, one.name) for one in fields(Network)}, **more)

    def to_plain(self, theta: FloatArray) -> dict[str, FloatArray]:
        """Return the parameters of one trained network by name, from its row of ``theta``."""
        parts = np.split(theta, np.cumsum(self.sizes)[:-1])
        return {
            name: np.ascontiguousarray(part.reshape(shape))
            for (name, shape), part in zip(self.shapes.items(), parts, strict=True)
        }


def cut(pieces: Tensor) -> None:
    """Cut pieces, shape (..., bins), to [0, 1] in place, but for the open ends of the first and the last."""
    if pieces.shape[-1] > 1:
        pieces[..., 1:-1].clamp_(0.0, 1.0)
        pieces[..., 0].clamp_max_(1.0)
        pieces[..., -1].clamp_min_(0.0)
