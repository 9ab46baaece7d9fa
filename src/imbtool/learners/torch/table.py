"""Rows on the device, uploaded once; batches are indices into them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from imbtool.core.types import FloatArray
    from imbtool.learners.torch.need import Tensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """The matrix of a `NetworkView` as tensors.

    Parameters
    ----------
    numbers : Tensor of the network's float type, shape (n, 3 n_numeric)
        Soft values, ranks, and 1 where a cell is missing (its other two numbers are then 0).
    codes : Tensor of int64, shape (n, n_categorical)
    """

    numbers: Tensor
    codes: Tensor

    @classmethod
    def of(cls, Z: FloatArray, n_numeric: int, *, device: str, dtype: Tensor = torch.float32) -> Table:
        """Upload a matrix made by `NetworkView.transform`."""
        soft, rank = Z[:, :n_numeric], Z[:, n_numeric : 2 * n_numeric]
        missing = np.isnan(soft)
        numbers = np.hstack([np.where(missing, 0.0, soft), np.where(missing, 0.0, rank), missing])
        codes = Z[:, 2 * n_numeric :].astype(np.int64)
        return cls(
            numbers=torch.tensor(numbers, dtype=dtype, device=device),
            codes=torch.tensor(codes, device=device),
        )

    @property
    def n_rows(self) -> int:
        """Number of rows."""
        return int(self.codes.shape[0])

    def take(self, rows: Tensor) -> Table:
        """Return rows by index, in the shape of the index: (K, B) gives numbers of shape (K, B, ...)."""
        flat = rows.reshape(-1)
        shape = rows.shape
        return Table(
            numbers=self.numbers.index_select(0, flat).view(*shape, -1),
            codes=self.codes.index_select(0, flat).view(*shape, self.codes.shape[1]),
        )

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
