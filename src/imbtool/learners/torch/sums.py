"""Products with encoded numbers, forward and backward, by sums of rows in place of products with all bins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from scipy.sparse import csr_array

if TYPE_CHECKING:
    from imbtool.learners.torch.need import Tensor
    from imbtool.learners.torch.network import Network


class PieceSums:
    """Products of encoded numbers, which are never written down: see `Network.encode`.

    All pieces of a number below its bin are 1 and all above are 0. So its products with the weights are one
    row of the sums of the weights below each bin, and a share of the weights of its bin: two rows of a table
    a number. Likewise the gradient of a weight is the sum of the gradients of the rows above its bin, and
    the shares of those in it: each row of the gradient is added to two sums a number, and the sums of the
    bins are added up once for all rows. A missing cell has a place of its own: the weight of its flag.

    Parameters
    ----------
    network : Network
    size : int
        Most rows.
    dtype : torch.dtype
    gaps : bool
        Whether cells may be missing.
    """

    def __init__(self, network: Network, size: int, dtype: Tensor, *, gaps: bool) -> None:
        n, bins, width = network.n_numeric, network.bins, network.width
        self._bins, self._pieces, self._gaps = bins, n * bins, gaps
        self._flags = slice(n * (bins + 1), n * (bins + 2))
        self._by_bin = (n, bins, width)
        self._share = torch.empty((size, n), dtype=dtype)
        self._within = torch.empty_like(self._share)
        self._places = torch.empty((size, n), dtype=torch.int32)
        self._first = torch.arange(0, n * bins, bins, dtype=torch.int32)
        self._missing = torch.arange(n * bins, n * (bins + 1), dtype=torch.int32)
        self._starts = torch.arange(0, (size + 1) * n, n, dtype=torch.int32)
        self._below = torch.ones(bins, bins, dtype=dtype).tril(-1)
        self._above = self._below.t().expand(n, bins, bins)
        self._sums = torch.empty((n * (bins + 1), width), dtype=dtype)
        self._weights: Tensor = None

    def take(self, weights: Tensor) -> None:
        """Take up the weights of the first layer, shape (n_inputs, width)."""
        n = self._pieces
        # At the place of a missing cell are other weights, with a share of 0.
        self._weights = weights[: len(self._sums)]
        below = self._sums[:n].view(self._by_bin)
        torch.matmul(self._below, weights[:n].view(self._by_bin), out=below)
        self._sums[n:] = weights[self._flags]

    def read(self, ranks: Tensor) -> None:
        """Find the places of ranks, shape (b, n_numeric), for the two products that follow."""
        b = len(ranks)
        within, share, places = self._within[:b], self._share[:b], self._places[:b]
        torch.mul(ranks, self._bins, out=share)
        gone = share.isnan() if self._gaps else None
        if gone is not None:
            share.masked_fill_(gone, 0.0)
        torch.floor(share, out=within).clamp_(0, self._bins - 1)
        share.sub_(within)
        places.copy_(within).add_(self._first)
        if gone is not None:
            torch.where(gone, self._missing, places, out=places)

    def add_to(self, out: Tensor) -> None:
        """Add the products of the pieces and flags with the weights to `out`, shape (b, width)."""
        b = len(out)
        places, starts = self._places[:b].view(-1), self._starts[: b + 1]
        out.add_(_sums(self._sums, places, starts))
        out.add_(_sums(self._weights, places, starts, self._share[:b].view(-1)))

    def slopes(self, found: Tensor, gradient: Tensor, *, more: bool) -> None:
        """Write the products of the pieces and flags, transposed, with the gradient.

        Parameters
        ----------
        found : Tensor, shape (n_inputs, width)
        gradient : Tensor, shape (b, width)
        more : bool
            They are added to what is there.
        """
        b, n = len(gradient), self._pieces
        parts = (self._share[:b].view(-1), self._places[:b].view(-1), self._starts[: b + 1])
        by_row = csr_array(tuple(part.numpy() for part in parts), shape=(b, len(self._sums)))
        by_place = by_row.tocsc()
        rows, starts = torch.from_numpy(by_place.indices), torch.from_numpy(by_place.indptr)
        shares = _sums(gradient, rows, starts, torch.from_numpy(by_place.data))
        whole = _sums(gradient, rows, starts)
        pieces, flags = found[:n], found[self._flags]
        if more:
            pieces.add_(shares[:n])
            flags.add_(whole[n:])
        else:
            pieces.copy_(shares[:n])
            flags.copy_(whole[n:])
        pieces.view(self._by_bin).baddbmm_(self._above, whole[:n].view(self._by_bin))


def _sums(rows: Tensor, places: Tensor, starts: Tensor, factors: Tensor = None) -> Tensor:
    """Return sums of `rows` at these places, one from each start to the next, times factors if given."""
    return torch.embedding_bag(rows, places, starts, False, 0, False, factors, True)[0]
