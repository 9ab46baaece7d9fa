"""The passes of a plain network by hand, in buffers that stay in the processor's caches."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from imbtool.learners.torch.dense import fill
from imbtool.learners.torch.network import cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.network import Network
    from imbtool.learners.torch.table import Table

MANY = 256
"""Rows of a pass from which on it encodes numbers itself; fewer are fetched from where all are encoded."""


class Pass:
    """Forward and backward passes of one network at a time, `size` rows at most.

    The numbers of a few hundred rows are encoded where the products read them next, a column a row: that
    is faster than to fetch rows which were encoded before, since these are six times as wide. Of a table
    that has been encoded rows are fetched.

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
        self._taken, self._ranks = new((size, table.numbers.shape[1])), new((n, size))
        self._inputs = new((n * (network.bins + 2), size))
        self._half = new(self._inputs.shape, dtype=torch.bfloat16) if network.half else None
        sums = n and not network.half and table.inputs is None
        self._sums = PieceSums(network, size, table.numbers.dtype) if sums else None
        inputs = table.inputs
        self._fetched: Tensor = None if inputs is None else inputs.new_empty((size, inputs.shape[1]))
        self._steps = torch.arange(network.bins, dtype=self._ranks.dtype).view(1, -1, 1)
        self._hidden = [new((size, network.width)) for _ in range(network.depth)]
        self._slopes = [torch.empty_like(hidden) for hidden in self._hidden]
        self._ones = new((size,)).fill_(1.0)
        self._places = table.codes + torch.as_tensor(network.starts) if network.levels else None
        self._read: tuple[Tensor, ...] = ()
        self._at: Tensor = None

    def begin(self, p: dict[str, Tensor]) -> None:
        """Take up the parameters of a network, before any of its rows."""
        if self._sums is not None:
            self._sums.take(p["hidden0.weight"])

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
        b = len(rows)
        self._read = parts = self._embedded(p, rows)
        for layer in range(self._network.depth):
            hidden, w = self._hidden[layer][:b], p[f"hidden{layer}.weight"]
            if layer == 0 and self._sums is not None:
                n = self._network.n_numeric * self._network.bins
                parts, w = (parts[0][:, n:], *parts[1:]), w[n:]
            fill(hidden, p[f"hidden{layer}_bias"], parts, _slices(w, parts), torch.addmm)
            if layer == 0 and self._sums is not None:
                self._sums.add_to(hidden, self._taken[:b])
            hidden.relu_()
            if noise:
                hidden.mul_(noise[layer])
            parts = (hidden,)
        return torch.addmm(p["head_bias"], hidden, p["head.weight"]), hidden

    def _embedded(self, p: dict[str, Tensor], rows: Tensor) -> tuple[Tensor, ...]:
        parts = []
        inputs = self._table.inputs
        if inputs is not None:
            parts.append(torch.index_select(inputs, 0, rows, out=self._fetched[: len(rows)]))
        elif self._network.n_numeric:
            parts.append(self._encoded(rows).t())
        if self._places is not None:
            self._at = self._places.index_select(0, rows)
            parts.append(torch.embedding(p["levels.weight"], self._at).flatten(1))
        return tuple(parts)

    def _encoded(self, rows: Tensor) -> Tensor:
        """Return what `Network.encode` does, transposed, shape (n_numeric (bins + 2), b)."""
        n, bins, b = self._network.n_numeric, self._network.bins, len(rows)
        taken = torch.index_select(self._table.numbers, 0, rows, out=self._taken[:b]).t()
        ranks = torch.mul(taken[n : 2 * n], bins, out=self._ranks[:, :b])
        x = self._inputs[:, :b]
        pieces = x[: n * bins].unflatten(0, (n, bins))
        torch.sub(ranks.unsqueeze(1), self._steps, out=pieces)
        cut(pieces.movedim(1, -1))
        x[n * bins : n * (bins + 1)] = taken[:n]
        x[n * (bins + 1) :] = taken[2 * n :]
        return x if self._half is None else self._half[:, :b].copy_(x)

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
        b, keep, ones = len(slope), float(more), self._ones[: len(slope)]
        found["head.weight"].addmm_(self._hidden[-1][:b].t(), slope, beta=keep)
        found["head_bias"].addmv_(slope.t(), ones, beta=keep)
        gradient = self._slopes[-1][:b]
        gradient.addmm_(slope, p["head.weight"].t(), beta=0.0, alpha=scale)
        if features is not None:
            gradient.add_(features, alpha=scale)
        for layer in reversed(range(self._network.depth)):
            # Where a unit was left out or at rest its output is 0: the sign tells where a gradient comes
            # through, and there the factor of dropout is `scale`.
            hidden = self._hidden[layer][:b]
            torch.ops.aten.threshold_backward.grad_input(gradient, hidden, 0.0, grad_input=gradient)
            found[f"hidden{layer}_bias"].addmv_(gradient.t(), ones, beta=keep)
            if layer:
                below = self._slopes[layer - 1][:b]
                found[f"hidden{layer}.weight"].addmm_(self._hidden[layer - 1][:b].t(), gradient, beta=keep)
                below.addmm_(gradient, p[f"hidden{layer}.weight"].t(), beta=0.0, alpha=scale)
                gradient = below
        self._backward_inputs(p, found, gradient, keep)

    def _backward_inputs(
        self, p: dict[str, Tensor], found: dict[str, Tensor], gradient: Tensor, keep: float
    ) -> None:
        for part, own in zip(self._read, _slices(found["hidden0.weight"], self._read), strict=True):
            if part.dtype == own.dtype:
                own.addmm_(part.t(), gradient, beta=keep)
            else:
                _write(own, part.t() @ gradient.to(part.dtype), keep)
        if self._places is None:
            return
        vectors = found["levels.weight"]
        back = gradient @ _slices(p["hidden0.weight"], self._read)[-1].t()
        own = torch.ops.aten.embedding_dense_backward(
            back.view(-1, vectors.shape[1]), self._at.reshape(-1), len(vectors), -1, False
        )
        _write(vectors, own, keep)


def _slices(w: Tensor, parts: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Return the rows of the weights that belong to each part."""
    return (w,) if len(parts) == 1 else w.split([part.shape[1] for part in parts])


def _write(found: Tensor, values: Tensor, keep: float) -> None:
    if keep:
        found.add_(values)
    else:
        found.copy_(values)


class PieceSums:
    """Products of encoded numbers with their weights, looked up.

    All pieces of a number below its bin are 1 and all above are 0: their products with the weights are one
    row of the sums of the weights, and a share of the next weights. Two rows of a table for each number are
    read in place of a product with all bins.

    Parameters
    ----------
    network : Network
    size : int
        Most rows.
    dtype : torch.dtype
    """

    def __init__(self, network: Network, size: int, dtype: Tensor) -> None:
        self._n, self._bins = network.n_numeric, network.bins
        self._below = torch.ones(self._bins, self._bins, dtype=dtype).tril(-1)
        self._table = torch.empty((self._n, self._bins, network.width), dtype=dtype)
        self._first = torch.arange(0, self._n * self._bins, self._bins, dtype=torch.int32)
        self._starts = torch.arange(0, size * self._n, self._n, dtype=torch.int32)
        self._weights: Tensor = None

    def take(self, weights: Tensor) -> None:
        """Take up the weights of a first layer, shape (n_inputs, width)."""
        self._weights = weights[: self._n * self._bins]
        torch.matmul(self._below, self._weights.view(self._table.shape), out=self._table)

    def add_to(self, out: Tensor, numbers: Tensor) -> None:
        """Add the products of the rows of a `Table`, shape (b, 3 n_numeric), to `out`, shape (b, width)."""
        ranks = numbers[:, self._n : 2 * self._n] * self._bins
        bins = ranks.clamp(0, self._bins - 1).floor_()
        share = ranks.sub_(bins).view(-1)
        places, starts = bins.int().add_(self._first).view(-1), self._starts[: len(out)]
        sums, width = functional.embedding_bag, out.shape[1]
        out.add_(sums(places, self._table.view(-1, width), starts, mode="sum"))
        out.add_(sums(places, self._weights, starts, mode="sum", per_sample_weights=share))
