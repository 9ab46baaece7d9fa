"""The passes of a plain network by hand, in buffers that stay in the processor's caches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

from imbtool.learners.torch.dense import fill
from imbtool.learners.torch.sums import PieceSums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.network import Network
    from imbtool.learners.torch.table import Table

MANY = 1 << 17
"""Encoded numbers of a pass, rows x features x bins, from which on sums are faster than products."""


def summed(network: Network, size: int) -> bool:
    """Return whether passes of so many rows sum encoded numbers, see `PieceSums`; else they multiply them."""
    return size * network.n_numeric * network.bins >= MANY


class Pass:
    """Forward and backward passes of one network at a time, `size` rows at most.

    Where encoded numbers are `MANY`, their products are those of `PieceSums`: nothing is encoded. Fewer are
    multiplied; they are fetched from a table that has been encoded, if it has been.

    Parameters
    ----------
    network : Network
        A plain one, not of a subclass.
    table : Table
    size : int
    """

    def __init__(self, network: Network, table: Table, size: int) -> None:
        self._network, self._table = network, table
        n, new = network.n_numeric, table.numbers.new_empty
        self._sums: PieceSums | None = None
        if n and summed(network, size):
            gaps = bool(table.numbers[:, :n].sum().isnan())
            self._sums = PieceSums(network, size, table.numbers.dtype, gaps=gaps)
        self._multiplied = _multiplied(network, summed=self._sums is not None)
        self._rows = table.numbers if self._sums is not None or table.inputs is None else table.inputs
        self._taken = new((size, self._rows.shape[1]))
        self._hidden = [new((size, network.width)) for _ in range(network.depth)]
        self._slope = torch.empty_like(self._hidden[0])
        self._ones = new((size,)).fill_(1.0)
        self._known: dict[int, _Room] = {}
        self._places = table.codes + torch.as_tensor(network.starts) if network.levels else None
        self._read: tuple[Tensor, ...] = ()
        self._at: Tensor = None

    def begin(self, p: dict[str, Tensor]) -> None:
        """Take up the parameters of a network, before any of its rows."""
        if self._sums is not None:
            self._sums.take(p["hidden0.weight"], p["hidden0_bias"])

    def forward(self, p: dict[str, Tensor], rows: Tensor, noise: Sequence[Tensor]) -> tuple[Tensor, Tensor]:
        """Return raw scores (b, n_outputs) and what the last layer reads (b, width), a buffer.

        Parameters
        ----------
        p : mapping of str to Tensor
            Parameters of one network, see `Network.one`; those of the last `begin`.
        rows : Tensor of int64, shape (b,)
        noise : sequence of Tensor, shape (b, width)
            Factors of dropout, one a hidden layer; empty for none.
        """
        room = self._of(rows.shape[0])
        self._read = parts = self._embedded(p, rows, room)
        for layer, hidden in enumerate(room.hidden):
            w, start = p[f"hidden{layer}.weight"], p[f"hidden{layer}_bias"]
            weights = [w[own] for own in self._multiplied] if layer == 0 else [w]
            if layer == 0 and self._sums is not None:
                start = self._sums.products()
            fill(hidden, start, parts, weights, torch.addmm)
            hidden.relu_()
            if noise:
                hidden.mul_(noise[layer])
            parts = (hidden,)
        return torch.addmm(p["head_bias"], hidden, p["head.weight"]), hidden

    def _of(self, b: int) -> _Room:
        """Return the memory of a pass of `b` rows, named once."""
        if b not in self._known:
            taken, n = self._taken[:b], self._network.n_numeric
            hidden = [every[:b] for every in self._hidden]
            self._known[b] = _Room(
                taken=taken,
                ranks=taken[:, :n],
                soft=taken[:, n:],
                hidden=hidden,
                turned=[every.t() for every in hidden],
                slope=self._slope[:b],
                ones=self._ones[:b],
            )
        return self._known[b]

    def _embedded(self, p: dict[str, Tensor], rows: Tensor, room: _Room) -> tuple[Tensor, ...]:
        """Return what the first layer multiplies."""
        parts = []
        if self._network.n_numeric:
            torch.index_select(self._rows, 0, rows, out=room.taken)
            if self._sums is not None:
                self._sums.read(room.ranks)
                parts.append(room.soft)
            elif self._table.inputs is None:
                parts.append(self._network.encode(room.taken))
            else:
                parts.append(room.taken)
        if self._places is not None:
            self._at = self._places.index_select(0, rows)
            parts.append(torch.embedding(p["levels.weight"], self._at).flatten(1))
        return tuple(parts)

    def backward(
        self,
        p: dict[str, Tensor],
        found: dict[str, Tensor],
        slope: Tensor,
        *,
        features: Tensor | None = None,
        scale: float = 1.0,
        more: bool = False,
    ) -> None:
        """Write the gradient of the rows of the last forward pass.

        Parameters
        ----------
        p, found : mapping of str to Tensor
            Parameters, and where their gradient is written.
        slope : Tensor, shape (b, n_outputs)
            Derivatives of the loss by the raw scores.
        features : Tensor or None, shape (b, width)
            Derivatives by what the last layer reads, beside those through the scores.
        scale : float
            The factors of dropout were 0 and this.
        more : bool
            The gradient is added to what is there.
        """
        room, keep = self._of(slope.shape[0]), float(more)
        found["head.weight"].addmm_(room.turned[-1], slope, beta=keep)
        found["head_bias"].addmv_(slope.t(), room.ones, beta=keep)
        gradient = room.slope
        gradient.addmm_(slope, p["head.weight"].t(), beta=0.0, alpha=scale)
        if features is not None:
            gradient.add_(features, alpha=scale)
        for layer in reversed(range(self._network.depth)):
            # Where a unit was left out or at rest its output is 0: the sign tells where a gradient comes
            # through, and there the factor of dropout is `scale`.
            hidden = room.hidden[layer]
            torch.ops.aten.threshold_backward.grad_input(gradient, hidden, 0.0, grad_input=gradient)
            found[f"hidden{layer}_bias"].addmv_(gradient.t(), room.ones, beta=keep)
            if layer:
                found[f"hidden{layer}.weight"].addmm_(room.turned[layer - 1], gradient, beta=keep)
                # The output of this layer has served: its memory takes the gradient of the one below.
                gradient = hidden.addmm_(gradient, p[f"hidden{layer}.weight"].t(), beta=0.0, alpha=scale)
        self._backward_inputs(p, found, gradient, keep)

    def _backward_inputs(
        self, p: dict[str, Tensor], found: dict[str, Tensor], gradient: Tensor, keep: float
    ) -> None:
        weights = found["hidden0.weight"]
        for part, own in zip(self._read, self._multiplied, strict=True):
            weights[own].addmm_(part.t(), gradient, beta=keep)
        if self._sums is not None:
            self._sums.slopes(weights, gradient, more=bool(keep))
        if self._places is None:
            return
        vectors = found["levels.weight"]
        back = gradient @ p["hidden0.weight"][self._multiplied[-1]].t()
        own = torch.ops.aten.embedding_dense_backward(
            back.view(-1, vectors.shape[1]), self._at.reshape(-1), len(vectors), -1, False
        )
        if keep:
            vectors.add_(own)
        else:
            vectors.copy_(own)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Room:
    """Memory of a pass, the same every time; small, so that it stays in the processor's caches."""

    taken: Tensor
    ranks: Tensor
    soft: Tensor
    hidden: list[Tensor]
    turned: list[Tensor]
    """`hidden`, transposed."""
    slope: Tensor
    ones: Tensor


def _multiplied(network: Network, *, summed: bool) -> list[slice]:
    """Return which rows of the first layer's weights are multiplied with each part of its inputs."""
    n, found = network.n_numeric, []
    if n:
        found.append(
            slice(n * network.bins, n * (network.bins + 1)) if summed else slice(n * (network.bins + 2))
        )
    if network.levels:
        found.append(slice(n * (network.bins + 2), None))
    return found
