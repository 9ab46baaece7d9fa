"""Rows of a table as tokens: one discrete code a column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError, NotApplicableError
from imbtool.core.suggest import did_you_mean
from imbtool.core.types import Layout

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from imbtool.core.types import FloatArray, IntArray


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bins:
    """Cuts of every column, learned from some rows.

    Parameters
    ----------
    edges : tuple of ndarray of float64
        Inner edges of the numeric columns' bins; a value equal to an edge lies above it.
    sizes : ndarray of int64, shape (n_columns,)
        Codes of each column; the last is that of missing cells.
    levels : tuple of int
        As `Layout.levels`.
    """

    edges: tuple[FloatArray, ...]
    sizes: IntArray
    levels: tuple[int, ...]

    @classmethod
    def fit(cls, X: FloatArray, layout: Layout, n_bins: int, *, widths: bool = False) -> Bins:
        """Cut numeric columns into bins of equally many rows, or with `widths` of equal width.

        A value that fills a bin of equally many rows gets one of its own. Bins of equal width lie between
        the first and the last percentile; the outer two are open.
        """
        cut = _equal_widths if widths else _equal_counts
        edges = tuple(cut(X[:, j], n_bins) if not n else np.empty(0) for j, n in enumerate(layout.levels))
        sizes = [(n or len(cut) + 1) + 1 for n, cut in zip(layout.levels, edges, strict=True)]
        return cls(edges=edges, sizes=np.array(sizes, dtype=np.int64), levels=layout.levels)

    def codes(self, X: FloatArray) -> IntArray:
        """Return the code of every cell, shape (n, n_columns)."""
        codes = np.empty(X.shape, dtype=np.int64)
        for j, n_levels in enumerate(self.levels):
            known = ~np.isnan(X[:, j])
            codes[~known, j] = self.sizes[j] - 1
            cells = X[known, j]
            codes[known, j] = cells if n_levels else np.searchsorted(self.edges[j], cells, side="right")
        return codes


_QUARTERS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Levels:
    """Groups of rows by one column: its levels, numbers cut at quartiles; missing cells are a level."""

    bins: Bins
    place: int

    @classmethod
    def fit(cls, X: FloatArray, layout: Layout, name: str, method: str) -> Levels:
        """Learn the levels of a column from some rows; raise `NotApplicableError` where it is not there.

        `method` is who asks.
        """
        [place] = places_of([name], layout, method)
        return cls(bins=Bins.fit(X, layout, _QUARTERS), place=place)

    def codes(self, X: FloatArray) -> IntArray:
        """Return the level of each row, shape (n,); not every code need occur."""
        return self.bins.codes(X)[:, self.place]


def as_tables(*tables: Any) -> tuple[list[FloatArray], Layout]:
    """Return feature matrices of tables with the same columns, coded alike, and their layout.

    Arrays are numbers as they are. In data frames numbers and dates become numbers, everything else one
    code a distinct value, missing cells NaN.

    Raises
    ------
    DataError
        The tables have different columns.
    """
    if not any(hasattr(table, "columns") for table in tables):
        matrices = [np.asarray(table, dtype=np.float64) for table in tables]
        _check_same([list(range(m.shape[1])) if m.ndim == 2 else [m.shape] for m in matrices])
        n = matrices[0].shape[1]
        return matrices, Layout(names=tuple(f"x{j}" for j in range(n)), levels=(0,) * n)
    import pandas as pd

    frames = [table if isinstance(table, pd.DataFrame) else pd.DataFrame(table) for table in tables]
    _check_same([[str(name) for name in frame.columns] for frame in frames])
    columns, levels = [], []
    for j in range(frames[0].shape[1]):
        values, n_levels = _coded(pd.concat([f.iloc[:, j].reset_index(drop=True) for f in frames]))
        columns.append(values)
        levels.append(n_levels)
    stacked = np.column_stack(columns)
    cuts = np.cumsum([len(frame) for frame in frames])[:-1]
    layout = Layout(names=tuple(str(name) for name in frames[0].columns), levels=tuple(levels))
    return np.split(stacked, cuts), layout


def listed(columns: str) -> list[str]:
    """Return the names in a list with commas."""
    return [name.strip() for name in columns.split(",") if name.strip()]


def places_of(names: Sequence[str], layout: Layout, method: str) -> list[int]:
    """Return where the named features stand; `method` is who asks.

    Raises
    ------
    NotApplicableError
        Code ``no-group-columns``: there is no such feature.
    """
    for name in names:
        if name not in layout.names:
            raise NotApplicableError(
                f"{method}: there is no feature {name!r}.",
                hint=did_you_mean(name, layout.names, listing=f"Features: {', '.join(layout.names[:12])}"),
                code="no-group-columns",
            )
    return [layout.names.index(name) for name in names]


def _coded(column: pd.Series[Any]) -> tuple[FloatArray, int]:
    import pandas as pd

    kinds = pd.api.types
    if kinds.is_datetime64_any_dtype(column.dtype):
        days = (column - column.min()) / pd.Timedelta(days=1)
        return days.to_numpy(dtype=np.float64, na_value=np.nan), 0
    if kinds.is_numeric_dtype(column.dtype) and not kinds.is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan), 0
    codes, found = pd.factorize(column.astype(object).where(column.notna(), None), sort=False)
    return np.where(codes < 0, np.nan, codes), max(1, len(found))


def _equal_widths(column: FloatArray, n_bins: int) -> FloatArray:
    known = column[~np.isnan(column)]
    low, high = np.quantile(known, (0.01, 0.99)) if known.size else (0.0, 0.0)
    if low == high:
        return np.array([low, np.nextafter(low, np.inf)])
    cuts: FloatArray = np.linspace(low, high, n_bins + 1)[1:-1]
    return cuts


def _equal_counts(column: FloatArray, n_bins: int) -> FloatArray:
    known = column[~np.isnan(column)]
    if not known.size:
        return np.empty(0)
    cuts = np.quantile(known, np.linspace(0.0, 1.0, n_bins + 1)[1:-1], method="inverted_cdf")
    values, times = np.unique(cuts, return_counts=True)
    # A value that spans whole bins is cut off from the larger ones too.
    own: FloatArray = np.unique(np.concatenate((values, np.nextafter(values[times > 1], np.inf))))
    return own


def _check_same(columns: Sequence[list[Any]]) -> None:
    for other in columns[1:]:
        if other != columns[0]:
            raise DataError(
                f"Both tables must have the same columns in one order; got {columns[0][:5]} and {other[:5]}.",
                hint="Choose and order the columns of the reference as in the training table.",
                code="columns-differ",
            )
