"""Tables of other people as the matrix that samplers read, and drawn rows in the same container."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from imbtool.core.errors import DataError
from imbtool.core.types import Layout
from imbtool.methods.tables import as_frame, check_size

if TYPE_CHECKING:
    from imbtool.core.protocols import Resampled
    from imbtool.core.types import FloatArray, IntArray

# Rows whose cells stay in the cache while columns become rows.
_ROWS_AT_ONCE = 4096


class Numbers:
    """A table of one numeric dtype.

    Parameters
    ----------
    X : DataFrame or ndarray
    cells : ndarray, shape (n, p)
        Those of `X`.

    Attributes
    ----------
    matrix : ndarray of float64, shape (n, p)
        NaN for what is not finite.
    layout : Layout
    """

    def __init__(self, X: Any, cells: Any) -> None:
        check_size(cells.shape)
        self._columns = X.columns if isinstance(X, pd.DataFrame) else None
        self._cells = cells
        self.matrix: FloatArray = np.ascontiguousarray(cells, dtype=np.float64)
        self._exact = cells.dtype == np.float64 and not _any_infinite(self.matrix)
        if not self._exact:
            self.matrix = _finite_or_missing(self.matrix)
        names = range(cells.shape[1]) if self._columns is None else self._columns
        self.layout = Layout(names=tuple(map(str, names)), levels=(0,) * cells.shape[1])

    def back(self, drawn: Resampled) -> Any:
        """Return drawn rows in the container and dtype of the table, nothing written twice."""
        cells = self._drawn(drawn)
        if self._columns is None:
            return cells
        return pd.DataFrame(cells, columns=self._columns, copy=np.may_share_memory(cells, self._cells))

    def _drawn(self, drawn: Resampled) -> Any:
        if self._exact:
            return drawn.X
        rows = np.empty(drawn.X.shape, dtype=self._cells.dtype)
        n = len(self._cells)
        if _appended(drawn.source, n):
            rows[:n] = self._cells
            _write_cells(drawn.X[n:], rows[n:])
            return rows
        copied = drawn.source >= 0
        rows[copied] = self._cells[drawn.source[copied]]
        rows[~copied] = _write_cells(
            drawn.X[~copied], np.empty((int((~copied).sum()), rows.shape[1]), rows.dtype)
        )
        return rows


class Columns:
    """A table of columns of several kinds.

    Parameters
    ----------
    X : DataFrame or array-like

    Attributes
    ----------
    layout : Layout
    """

    def __init__(self, X: Any) -> None:
        self._X, self._frame = X, as_frame(X)
        self._columns = [_Column(self._frame.iloc[:, j]) for j in range(self._frame.shape[1])]
        names = tuple(str(c) for c in self._frame.columns)
        self.layout = Layout(names=names, levels=tuple(c.n_levels for c in self._columns))

    @cached_property
    def matrix(self) -> FloatArray:
        """Numbers and codes, NaN for what is not finite or missing, shape (n, p)."""
        n = len(self._frame)
        matrix = np.empty((n, len(self._columns)))
        for start in range(0, n, _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            for j, column in enumerate(self._columns):
                matrix[part, j] = column.values[part]
        return _finite_or_missing(matrix)

    def back(self, drawn: Resampled) -> Any:
        """Return drawn rows in the container and dtypes of the table."""
        table = self._assembled(drawn.X, drawn.source)
        if isinstance(self._X, pd.DataFrame):
            return table
        array = table.to_numpy(dtype=np.asarray(self._X).dtype)
        return array.tolist() if isinstance(self._X, list) else array

    def _assembled(self, X: FloatArray, source: IntArray) -> pd.DataFrame:
        """Return copies cut from the original table and synthetic rows built anew, in the drawn order."""
        synthetic = source < 0
        if not synthetic.any():
            return self._frame.iloc[source].reset_index(drop=True)
        n = len(self._frame)
        appended = _appended(source, n)
        cells = self._extended(X[n:] if appended else X[synthetic])
        table = pd.DataFrame(cells, copy=False).set_axis(self._frame.columns, axis=1)
        if appended:
            return table
        place = source.copy()
        place[synthetic] = n + np.arange(synthetic.sum())
        return table.iloc[place].reset_index(drop=True)

    def _extended(self, new: FloatArray) -> dict[int, Any]:
        """Return the cells of each column and after them the synthetic ones."""
        n, plain = len(self._frame), {j: c for j, c in enumerate(self._columns) if c.plain}
        cells: dict[int, Any] = {}
        for j, column in plain.items():
            cells[j] = np.empty(n + len(new), dtype=column.values.dtype)
            cells[j][:n] = column.values
        for start in range(0, len(new), _ROWS_AT_ONCE):
            block = new[start : start + _ROWS_AT_ONCE]
            for j in plain:
                _write_cells(block[:, j], cells[j][n + start : n + start + len(block)])
        return {
            j: cells[j] if column.plain else column.followed_by(new[:, j])
            for j, column in enumerate(self._columns)
        }


def _any_infinite(matrix: FloatArray) -> bool:
    # A sum over all cells is quick, and finite only where no cell is infinite.
    with np.errstate(all="ignore"):
        return not np.isfinite(matrix.sum()) and bool(np.isinf(matrix).any())


def _finite_or_missing(matrix: FloatArray) -> FloatArray:
    """Return the matrix with NaN for what is infinite."""
    return np.where(np.isinf(matrix), np.nan, matrix) if _any_infinite(matrix) else matrix


def _appended(source: IntArray, n: int) -> bool:
    """Say whether the drawn rows are all original ones, in order, and then synthetic ones."""
    return len(source) >= n and bool((source[n:] < 0).all()) and np.array_equal(source[:n], np.arange(n))


def _write_cells(numbers: FloatArray, out: Any) -> Any:
    """Write synthetic numbers as cells of the dtype of `out`, whole ones where it holds whole numbers."""
    for start in range(0, len(numbers), _ROWS_AT_ONCE):
        part = slice(start, start + _ROWS_AT_ONCE)
        block = np.rint(numbers[part]) if out.dtype.kind in "iu" else numbers[part]
        np.copyto(out[part], block, casting="unsafe")
    return out


class _Column:
    """One column as numbers or codes, and the way back for synthetic cells; plain if of numpy's numbers."""

    def __init__(self, column: pd.Series[Any]) -> None:
        self._given = column
        self._levels: pd.Index[Any] | None = None
        self.values: Any
        self.n_levels = 0
        self.plain = isinstance(column.dtype, np.dtype) and column.dtype.kind in "iuf"
        if self.plain:
            self.values = column.to_numpy()
        elif is_number(column):
            self.values = column.to_numpy(dtype=np.float64, na_value=np.nan)
        else:
            codes, self._levels = _levels_of(column)
            self.values = np.where(codes < 0, np.nan, codes)
            self.n_levels = max(1, len(self._levels))

    def followed_by(self, values: FloatArray) -> pd.Series[Any]:
        """Return the cells of the column and after them synthetic ones, in its dtype."""
        return pd.concat((self._given, self._back(values)), ignore_index=True)

    def _back(self, values: FloatArray) -> pd.Series[Any]:
        dtype = self._given.dtype
        if self._levels is None:
            whole = pd.api.types.is_integer_dtype(dtype)
            return pd.Series(np.rint(values) if whole else values).astype(dtype)
        codes = np.where(np.isnan(values), -1, values).astype(np.int64)
        if isinstance(dtype, pd.CategoricalDtype):
            return pd.Series(pd.Categorical.from_codes(codes, dtype=dtype))
        return pd.Series(self._levels.take(np.maximum(codes, 0))).where(codes >= 0).astype(dtype)


def is_number(column: pd.Series[Any]) -> bool:
    """Say whether a column is read as numbers, not as categories.

    Raises
    ------
    DataError
        Code ``column-dtype``: dates and durations.
    """
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
