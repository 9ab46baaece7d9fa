"""Products with encoded numbers, forward and backward, by sums of rows in place of products with all bins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
        self._below = torch.ones(bins, bins, dtype=dtype).tril(-1).expand(n, bins, bins)
        self._above = self._below.transpose(1, 2)
        self._sums = torch.empty((n * (bins + 1), width), dtype=dtype)
        self._sums_by_bin = self._sums[: self._pieces].view(self._by_bin)
        self._weights: Tensor = None
        self._known: dict[int, _Read] = {}
        self._now: _Read

    def take(self, weights: Tensor, bias: Tensor) -> None:
        """Take up the parameters of the first layer, shapes (n_inputs, width) and (width,)."""
        n = self._pieces
        # At the place of a missing cell are other weights, with a share of 0.
        self._weights = weights[: len(self._sums)]
        torch.bmm(self._below, weights[:n].view(self._by_bin), out=self._sums_by_bin)
        self._sums[n:] = weights[self._flags]
        # Every row reads one of these, so that the bias needs no pass of its own.
        self._sums_by_bin[0].add_(bias)
        self._sums[n].add_(bias)

    def read(self, ranks: Tensor) -> None:
        """Find the places of ranks, shape (b, n_numeric), for the two products that follow."""
        self._now = now = self._of(ranks.shape[0])
        torch.mul(ranks, self._bins, out=now.share)
        gone = now.share.isnan() if self._gaps else None
        if gone is not None:
            now.share.masked_fill_(gone, 0.0)
        torch.floor(now.share, out=now.within).clamp_(0, self._bins - 1)
        now.share.sub_(now.within)
        now.places.copy_(now.within).add_(self._first)
        if gone is not None:
            torch.where(gone, self._missing, now.places, out=now.places)

    def _of(self, b: int) -> _Read:
        """Return where `b` rows are read to, named once."""
        if b not in self._known:
            share, places, starts = self._share[:b], self._places[:b], self._starts[: b + 1]
            arrays = [part.view(-1).numpy() for part in (share, places, starts)]
            by_row = csr_array(tuple(arrays), shape=(b, len(self._sums)))
            by_row.data, by_row.indices, by_row.indptr = arrays
            self._known[b] = _Read(
                share=share, within=self._within[:b], places=places, starts=starts, by_row=by_row
            )
        return self._known[b]

    def products(self) -> Tensor:
        """Return the products of the pieces and flags with the weights, and the bias, shape (b, width)."""
        now = self._now
        places = now.places.view(-1)
        shares: Tensor = _sums(self._weights, places, now.starts, now.share.view(-1))
        return shares.add_(_sums(self._sums, places, now.starts))

    def slopes(self, found: Tensor, gradient: Tensor, *, more: bool) -> None:
        """Write the products of the pieces and flags, transposed, with the gradient.

        Parameters
        ----------
        found : Tensor, shape (n_inputs, width)
        gradient : Tensor, shape (b, width)
        more : bool
            They are added to what is there.
        """
        by_place, n = self._now.by_row.tocsc(), self._pieces
        rows, starts = torch.from_numpy(by_place.indices), torch.from_numpy(by_place.indptr)
        shares = _sums(gradient, rows, starts, torch.from_numpy(by_place.data))[:n]
        whole = _sums(gradient, rows, starts)
        pieces, flags = found[:n], found[self._flags]
        if more:
            pieces.add_(shares)
            flags.add_(whole[n:])
        else:
            pieces.copy_(shares)
            flags.copy_(whole[n:])
        pieces.view(self._by_bin).baddbmm_(self._above, whole[:n].view(self._by_bin))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Read:
    """The ranks of so many rows: bin, share of it, place in the table; the same memory every time."""

    share: Tensor
    within: Tensor
    places: Tensor
    starts: Tensor
    by_row: Any
    """A row's places as a sparse matrix, with its shares."""


def _sums(rows: Tensor, places: Tensor, starts: Tensor, factors: Tensor = None) -> Tensor:
    """Return sums of `rows` at these places, one from each start to the next, times factors if given."""
    return torch.embedding_bag(rows, places, starts, False, 0, False, factors, True)[0]
