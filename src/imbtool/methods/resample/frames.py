"""Tables of other people in and out of a sampler: containers, dtypes and labels are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from imbtool.methods.labels import read_target
from imbtool.methods.resample.containers import Columns, Numbers, is_number
from imbtool.methods.tables import as_frame, leave_names

if TYPE_CHECKING:
    from imbtool.core.protocols import Resampled
    from imbtool.methods.resample.base import RowSampler


def resample_table(sampler: RowSampler, X: Any, y: Any) -> tuple[Any, Any]:
    """Return the resampled table and target; see `RowSampler.fit_resample`."""
    numbers = _one_kind(X)
    table = Columns(X) if numbers is None else Numbers(X, numbers)
    target = read_target(y, len(table.matrix))
    drawn = sampler.resample(
        table.matrix, target.codes, layout=table.layout, random_state=_seed(sampler.random_state)
    )
    _leave_attributes(sampler, X, drawn)
    return table.back(drawn), target.back(drawn.y)


def check_table(sampler: RowSampler, X: Any, y: Any) -> None:
    """Look at a table and its target without resampling; leave what pipelines ask for.

    Raises
    ------
    DataError, ValueError
        As `resample_table` does.
    """
    frame = as_frame(X)
    read_target(y, len(frame))
    for j in range(frame.shape[1]):
        is_number(frame.iloc[:, j])
    leave_names(sampler, X, frame.shape[1])


def _one_kind(X: Any) -> Any | None:
    """Return the cells of a table of one numeric dtype, without a copy where possible; None of any other."""
    if isinstance(X, pd.DataFrame):
        kinds = set(X.dtypes)
        dtype = kinds.pop() if len(kinds) == 1 else None
        return X.to_numpy() if isinstance(dtype, np.dtype) and dtype.kind in "iuf" else None
    return X if isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype.kind in "iuf" else None


def _leave_attributes(sampler: Any, X: Any, drawn: Resampled) -> None:
    leave_names(sampler, X, drawn.X.shape[1])
    if sampler.selects:
        sampler.sample_indices_ = drawn.source


def _seed(random_state: Any) -> int:
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))
