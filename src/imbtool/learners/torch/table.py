"""Rows on the device, uploaded once; batches are indices into them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from imbtool.core.types import FloatArray
    from imbtool.learners.torch.need import Tensor


ENCODED = 1 << 30
"""Bytes up to which the numbers of all rows are encoded before training; of more rows, batch by batch."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """The matrix of a `NetworkView` as tensors.

    Parameters
    ----------
    numbers : Tensor of the network's float type, shape (n, 2 n_numeric)
        Ranks, NaN where a cell is missing, and soft values, 0 there.
    codes : Tensor of int64, shape (n, n_categorical)
    inputs : Tensor or None
        The numbers as `Network.encode` gives them, if that has been done for all rows.
    """

    numbers: Tensor
    codes: Tensor
    inputs: Tensor | None = None

    @classmethod
    def of(cls, Z: FloatArray, n_numeric: int, *, device: str, dtype: Tensor = torch.float32) -> Table:
        """Upload a matrix made by `NetworkView.transform`."""
        soft, rank = Z[:, :n_numeric], Z[:, n_numeric : 2 * n_numeric]
        missing = np.isnan(soft)
        numbers = np.hstack([np.where(missing, np.nan, rank), np.where(missing, 0.0, soft)])
        codes = Z[:, 2 * n_numeric :].astype(np.int64)
        return cls(
            numbers=torch.tensor(numbers, dtype=dtype, device=device),
            codes=torch.tensor(codes, device=device),
        )

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.codes.shape[0])

    def take(self, rows: Tensor, room: Tensor | None = None) -> Table:
        """Return rows by index, in the shape of the index: (K, B) gives numbers of shape (K, B, ...).

        Where all rows are encoded, `inputs` are taken in place of `numbers`; into `room`, if given.
        """
        flat, shape = rows.reshape(-1), rows.shape
        codes = self.codes.index_select(0, flat).view(*shape, self.codes.shape[1])
        if self.inputs is None:
            return Table(numbers=self.numbers.index_select(0, flat).view(*shape, -1), codes=codes)
        own = None if room is None else room[: len(flat)]
        inputs = torch.index_select(self.inputs, 0, flat, out=own)
        return Table(numbers=self.numbers[:0], codes=codes, inputs=inputs.view(*shape, -1))

    def encoded(self, encode: Callable[[Tensor], Tensor], width: int) -> Table:
        """Return the table with its numbers encoded, `width` a row, or as it is if that is too large."""
        size = self.n_rows * width * self.numbers.element_size()
        return replace(self, inputs=encode(self.numbers)) if width and size <= ENCODED else self

    @staticmethod
    def joined(tables: Sequence[Table]) -> tuple[Table, list[int]]:
        """Return one table of all rows, each given table once, and where the rows of each begin."""
        unique = list({id(table): table for table in tables}.values())
        starts = dict(
            zip(map(id, unique), np.cumsum([0, *(t.n_rows for t in unique)]).tolist(), strict=False)
        )
        if len(unique) == 1:
            return unique[0], [0] * len(tables)
        whole = Table(
            numbers=torch.cat([t.numbers for t in unique]), codes=torch.cat([t.codes for t in unique])
        )
        return whole, [starts[id(table)] for table in tables]
