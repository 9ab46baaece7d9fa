"""Opening what the caller hands over: a path, a data-set name, or a table in memory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from imbtool.core.errors import DataError, UsageError
from imbtool.data.bundled import find_dataset
from imbtool.data.delimited import check_names
from imbtool.data.phrases import count
from imbtool.data.read import Table, read_source


def open_table(source: Any, target: Any, name: str | None) -> tuple[Table, str]:
    """Return the table behind a path, data-set name or frame, and the name of its target column.

    A target given as an array becomes a column of the table.

    Raises
    ------
    DataError, UsageError
        What reading raises; codes ``not-a-table``, ``target-not-a-name``, ``target-length``.
    """
    if isinstance(source, (str, Path)):
        if not isinstance(target, str):
            raise UsageError(
                "`target` must be a column name when the table comes from a file.",
                hint="Pass the name of the target column.",
                code="target-not-a-name",
            )
        path = find_dataset(str(source))
        table = read_source(str(path) if path is not None else str(source))
        named = replace(table, name=name or (str(source) if path is not None else table.name))
        return replace(named, source=str(source)), target
    frame = as_frame(source)
    if not isinstance(target, str) and np.ndim(target) == 1:
        return _with_target(frame, target, name)
    return Table(name=name or "memory", source="memory", frame=frame), str(target)


def as_frame(source: Any) -> pd.DataFrame:
    """Return a table in memory as a data frame; arrays get the column names ``f0``, ``f1``, ...

    Raises
    ------
    DataError, UsageError
        Code ``not-a-table``, and what is wrong with its names; ``no-rows``.
    """
    if not isinstance(source, pd.DataFrame) and hasattr(source, "to_pandas"):
        source = source.to_pandas()
    if isinstance(source, np.ndarray) and source.ndim == 2:
        source = pd.DataFrame(source, columns=[f"f{i}" for i in range(source.shape[1])])
    if not isinstance(source, pd.DataFrame):
        raise UsageError(
            f"A table must be a path, a data-set name or a data frame; got {type(source).__name__}.",
            hint="Pass a pandas, polars or pyarrow table, or the path of a file.",
            code="not-a-table",
        )
    names = [str(column).strip() for column in source.columns]
    check_names(names, "The table")
    if not len(source):
        raise DataError("The table has no rows.", hint="A table needs at least two rows.", code="no-rows")
    return source.set_axis(names, axis=1).reset_index(drop=True)


def _with_target(frame: pd.DataFrame, target: Any, name: str | None) -> tuple[Table, str]:
    values = target.to_pandas() if hasattr(target, "to_pandas") else target
    if len(values) != len(frame):
        raise DataError(
            f"The target has {len(values):,} values, the table {count(len(frame), 'row')}.",
            hint="Pass one target value for each row.",
            code="target-length",
        )
    column = str(getattr(values, "name", None) or "target")
    while column in frame.columns:
        column += "_"
    series = pd.Series(getattr(values, "array", values), name=column)
    return Table(name=name or "memory", source="memory", frame=frame.assign(**{column: series})), column
