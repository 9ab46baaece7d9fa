"""What the columns of a table are, as plain data that encodes new tables the same way."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from imbtool.core.errors import DataError
from imbtool.core.suggest import did_you_mean
from imbtool.core.types import Layout
from imbtool.data.dates import expand, parse_dates
from imbtool.data.phrases import count, some
from imbtool.data.values import Texts, numbers, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from imbtool.core.types import FloatArray

Role = Literal["feature", "target", "weight", "group", "time", "cost", "value", "dropped"]
Kind = Literal["numeric", "boolean", "categorical", "datetime", "text"]
TRUE_WORDS = frozenset({"true", "yes", "y", "t", "on", "1"})
FALSE_WORDS = frozenset({"false", "no", "n", "f", "off", "0"})
SCHEMA_VERSION = 1
_UNREADABLE_SHARE = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of the file.

    Parameters
    ----------
    name : str
    role : {"feature", "target", "weight", "group", "time", "dropped"}
    kind : {"numeric", "boolean", "categorical", "datetime", "text"}
    n_missing : int
        Cells that are missing; infinities count as missing.
    n_unique : int
        Different values, missing not counted.
    levels : tuple of str
        Labels of a categorical or boolean column; a cell's code is the place of its label.
    parts : tuple of str
        Parts of a date that became features, such as ``"month"`` (see `imbtool.data.dates`).
    date_format : str
        How a date was written: ``"ISO8601"``, a strptime format, or empty for native timestamps.
    reason : str
        Why it has this role or kind, when that needs saying.
    """

    name: str
    role: Role
    kind: Kind
    n_missing: int = 0
    n_unique: int = 0
    levels: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    date_format: str = ""
    reason: str = ""

    @property
    def width(self) -> int:
        """How many columns of the feature matrix it fills."""
        if self.role != "feature":
            return 0
        return len(self.parts) if self.kind == "datetime" else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """All columns of a file, in file order."""

    columns: tuple[Column, ...]

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that became features."""
        return tuple(c for c in self.columns if c.role == "feature")

    @property
    def layout(self) -> Layout:
        """Names and level counts of the feature matrix."""
        names: list[str] = []
        levels: list[int] = []
        taken = {c.name for c in self.columns}
        for column in self.features:
            if column.kind == "datetime":
                names += [_free_name(f"{column.name}.{part}", taken) for part in column.parts]
                levels += [0] * len(column.parts)
            else:
                names.append(column.name)
                levels.append(len(column.levels))
        return Layout(names=tuple(names), levels=tuple(levels))

    @property
    def sources(self) -> tuple[str, ...]:
        """For each column of the feature matrix the file column that it comes from."""
        return tuple(c.name for c in self.features for _ in range(c.width))

    def encode(self, frame: pd.DataFrame) -> FloatArray:
        """Return the feature matrix of a table with the same columns.

        Other columns are ignored; levels not seen before, unreadable dates and infinities become NaN.

        Parameters
        ----------
        frame : pandas.DataFrame

        Returns
        -------
        ndarray of float64, shape (len(frame), layout.n_features)

        Raises
        ------
        DataError
            Codes ``column-missing`` and ``column-type`` (text where numbers are needed).
        """
        self._check_columns(frame)
        matrix = np.empty((len(frame), sum(c.width for c in self.features)), dtype=np.float64, order="F")
        place = 0
        for column in self.features:
            for values in encode_column(column, frame[column.name]):
                matrix[:, place] = values
                place += 1
        return np.ascontiguousarray(matrix)

    def to_dict(self) -> dict[str, Any]:
        """Return plain data that JSON can hold."""
        rows = [
            {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(c).items()} for c in self.columns
        ]
        return {"schema_version": SCHEMA_VERSION, "columns": rows}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Schema:
        """Rebuild a schema from `to_dict`; raises `DataError` (``schema``) when it is something else."""
        try:
            if data["schema_version"] != SCHEMA_VERSION:
                raise ValueError(f"schema_version {data['schema_version']}, expected {SCHEMA_VERSION}")
            return cls(columns=tuple(_column(row) for row in data["columns"]))
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(
                f"This is no column schema: {error}.", hint="Use one written by this version.", code="schema"
            ) from error

    def _check_columns(self, frame: pd.DataFrame) -> None:
        missing = [c.name for c in self.features if c.name not in frame.columns]
        if missing:
            present = [str(name) for name in frame.columns]
            listing = f"The table has: {some(present, 10)}."
            raise DataError(
                f"{count(len(missing), 'column')} missing from the table: {some(missing)}.",
                hint=did_you_mean(missing[0], present, listing=listing),
                code="column-missing",
            )


def encode_column(column: Column, series: pd.Series[Any]) -> list[FloatArray]:
    """Return the columns of the feature matrix that one file column fills."""
    if column.kind == "numeric":
        return [_numeric(column, series)]
    if column.kind == "datetime":
        return _dates(column, series)
    cells = texts(series)
    if column.kind == "boolean":
        return [_looked_up(cells, [_truth(text) for text in cells.texts])]
    place = {level: float(i) for i, level in enumerate(column.levels)}
    return [_looked_up(cells, [place.get(text, np.nan) for text in cells.texts])]


def _numeric(column: Column, series: pd.Series[Any]) -> FloatArray:
    values = numbers(series)
    lost = np.isnan(values) & ~series.isna().to_numpy()
    if lost.any() and series.dtype.kind not in "fiub":
        bad = [text for text in texts(series[lost]).texts if text]
        if bad:
            raise DataError(
                f"Column {column.name!r} must hold numbers, but {count(int(lost.sum()), 'cell')} not: "
                f"{some(bad, 3)}.",
                hint="Mend or empty these cells.",
                code="column-type",
            )
    values[np.isinf(values)] = np.nan
    return values


def _dates(column: Column, series: pd.Series[Any]) -> list[FloatArray]:
    dates = parse_dates(series, column.date_format)
    present = int(series.notna().sum())
    readable = int(dates.notna().sum())
    if present and readable < _UNREADABLE_SHARE * present:
        written = f" written like {column.date_format}" if column.date_format else ""
        raise DataError(
            f"Column {column.name!r} must hold dates{written}; {readable:,} of {present:,} cells do.",
            hint="Write the dates as in the table that was used for training.",
            code="column-type",
        )
    expanded = expand(dates)
    return [expanded[part] for part in column.parts]


def _looked_up(cells: Texts, values: list[float]) -> FloatArray:
    lookup = np.array([*values, np.nan], dtype=np.float64)
    return lookup[cells.codes]


def _truth(text: str) -> float:
    word = text.casefold()
    if word in TRUE_WORDS:
        return 1.0
    return 0.0 if word in FALSE_WORDS else np.nan


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def _column(row: Mapping[str, Any]) -> Column:
    unknown = set(row) - {f.name for f in fields(Column)}
    if unknown:
        raise ValueError(f"unknown field {min(unknown)!r}")
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return Column(**values)
