"""Rows in LightGBM's bins, shared by all that train on copies of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import lightgbm as lgb

    from imbtool.core.types import FloatArray, IntArray
    from imbtool.learners.base import ClassCodes


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Binned:
    """A training part in LightGBM's bins; its labels count over the classes present."""

    data: lgb.Dataset
    codes: ClassCodes

    def taken(self, rows: IntArray, codes: ClassCodes, y: IntArray) -> lgb.Dataset:
        """Return these rows (ascending, repeats allowed) in the same bins; `y` are their classes.

        The weights that the part was last trained with do not come along: `set_weight` is due.
        """
        label = codes.encode(y).astype(np.float32)
        whole = len(rows) == self.data.num_data() and np.array_equal(rows, np.arange(len(rows)))
        if whole and np.array_equal(np.asarray(self.data.get_label()), label):
            return self.data
        data = self.data.subset(rows.tolist()).construct()
        data.set_field("label", label)
        return data


def set_weight(data: lgb.Dataset, weight: FloatArray | None) -> None:
    """Replace the row weights of a constructed data set.

    ``Dataset.set_weight`` leaves the old ones in force when given `None` or all ones.
    """
    data.set_field("weight", None if weight is None else np.asarray(weight, dtype=np.float32))
