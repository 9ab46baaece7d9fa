"""Tables of other people in and out of a sampler: containers, dtypes and labels are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state

from imbtool.core.errors import DataError
from imbtool.core.types import Layout
from imbtool.methods.labels import read_target
from imbtool.methods.tables import as_frame, check_size, leave_names

if TYPE_CHECKING:
    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.methods.resample.base import RowSampler


def resample_table(sampler: RowSampler, X: Any, y: Any) -> tuple[Any, Any]:
    """Return the resampled table and target; see `RowSampler.fit_resample`."""
    matrix = _plain_numbers(X)
    if matrix is not None:
        return _resample_numbers(sampler, X, matrix, y)
    frame = as_frame(X)
    target = read_target(y, len(frame))
    columns = [_Column(frame.iloc[:, j]) for j in range(frame.shape[1])]
    layout = Layout(names=tuple(str(c) for c in frame.columns), levels=tuple(c.n_levels for c in columns))
    matrix = np.column_stack([c.values for c in columns]) if columns else np.empty((len(frame), 0))
    drawn = sampler.resample(matrix, target.codes, layout=layout, random_state=_seed(sampler.random_state))
    _leave_attributes(sampler, X, drawn)
    table = _assembled(frame, columns, drawn.X, drawn.source)
    return _like(X, table), target.back(drawn.y)


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
        _is_number(frame.iloc[:, j])
    leave_names(sampler, X, frame.shape[1])


def _plain_numbers(X: Any) -> FloatArray | None:
    """Return a table of float64 as a matrix, without a copy where it is one; None if it is not plain."""
    if isinstance(X, pd.DataFrame):
        plain = bool(X.shape[1]) and all(dtype == np.float64 for dtype in X.dtypes)
        values = X.to_numpy() if plain else None
    else:
        values = X if isinstance(X, np.ndarray) and X.ndim == 2 and X.dtype == np.float64 else None
    if values is None:
        return None
    matrix = np.ascontiguousarray(values)
    # A sum over all cells is quick, and finite only where no cell is infinite.
    with np.errstate(all="ignore"):
        finite = np.isfinite(matrix.sum()) or not np.isinf(matrix).any()
    return matrix if finite else None


def _resample_numbers(sampler: RowSampler, X: Any, matrix: FloatArray, y: Any) -> tuple[Any, Any]:
    """Return the resampled numbers and target, the numbers written only once."""
    check_size(matrix.shape)
    target = read_target(y, len(matrix))
    names = X.columns if isinstance(X, pd.DataFrame) else range(matrix.shape[1])
    layout = Layout(names=tuple(str(c) for c in names), levels=(0,) * matrix.shape[1])
    drawn = sampler.resample(matrix, target.codes, layout=layout, random_state=_seed(sampler.random_state))
    _leave_attributes(sampler, X, drawn)
    table = pd.DataFrame(drawn.X, columns=X.columns) if isinstance(X, pd.DataFrame) else drawn.X
    return table, target.back(drawn.y)


def _leave_attributes(sampler: Any, X: Any, drawn: Resampled) -> None:
    leave_names(sampler, X, drawn.X.shape[1])
    if sampler.selects:
        sampler.sample_indices_ = drawn.source


class _Column:
    """One column as numbers or codes, and the way back for synthetic cells."""

    def __init__(self, column: pd.Series[Any]) -> None:
        self._dtype = column.dtype
        self._levels: pd.Index[Any] | None = None
        self.values: FloatArray
        self.n_levels = 0
        if _is_number(column):
            values = column.to_numpy(dtype=np.float64, na_value=np.nan)
            self.values = np.where(np.isfinite(values), values, np.nan)
            return
        codes, self._levels = _levels_of(column)
        self.values = np.where(codes < 0, np.nan, codes)
        self.n_levels = max(1, len(self._levels))

    def back(self, values: FloatArray) -> pd.Series[Any]:
        """Return synthetic cells in the dtype of the column."""
        if self._levels is None:
            whole = pd.api.types.is_integer_dtype(self._dtype)
            cells = pd.Series(np.rint(values) if whole else values)
            return cells.astype(self._dtype)
        codes = np.where(np.isnan(values), -1, values).astype(np.int64)
        if isinstance(self._dtype, pd.CategoricalDtype):
            return pd.Series(pd.Categorical.from_codes(codes, dtype=self._dtype))
        return pd.Series(self._levels.take(np.maximum(codes, 0))).where(codes >= 0).astype(self._dtype)


def _is_number(column: pd.Series[Any]) -> bool:
    kinds = pd.api.types
    if kinds.is_datetime64_any_dtype(column.dtype) or kinds.is_timedelta64_dtype(column.dtype):
        raise DataError(
            f"Column {column.name!r} has dtype {column.dtype}; a sampler reads numbers and categories.",
            hint="Turn dates into numbers first, for example the days since the first one.",
            code="column-dtype",
        )
    return kinds.is_numeric_dtype(column.dtype) and not kinds.is_bool_dtype(column.dtype)


def _levels_of(column: pd.Series[Any]) -> tuple[Any, pd.Index[Any]]:
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.cat.codes.to_numpy(), column.cat.categories
    codes, levels = pd.factorize(column, sort=False)
    return codes, pd.Index(levels)


def _assembled(frame: pd.DataFrame, columns: list[_Column], X: FloatArray, source: IntArray) -> pd.DataFrame:
    """Return copies cut from the original table and synthetic rows built anew, in the drawn order."""
    synthetic = source < 0
    if not synthetic.any():
        return frame.iloc[source].reset_index(drop=True)
    made = {j: column.back(X[synthetic, j]) for j, column in enumerate(columns)}
    new = pd.DataFrame(made).set_axis(frame.columns, axis=1)
    place = source.copy()
    place[synthetic] = len(frame) + np.arange(synthetic.sum())
    return pd.concat((frame, new), ignore_index=True).iloc[place].reset_index(drop=True)


def _seed(random_state: Any) -> int:
    if isinstance(random_state, (int, np.integer)):
        return int(random_state)
    return int(check_random_state(random_state).randint(2**31 - 1))


def _like(X: Any, table: pd.DataFrame) -> Any:
    if isinstance(X, pd.DataFrame):
        return table
    array = table.to_numpy(dtype=np.asarray(X).dtype)
    return array.tolist() if isinstance(X, list) else array
