"""Reading a table from a file or from standard input."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imbtool.core.errors import DataError
from imbtool.data.cells import convert, marker_findings
from imbtool.data.columnar import is_columnar, parse_columnar, refuse_strangers
from imbtool.data.delimited import check_names, parse
from imbtool.data.encoding import to_utf8
from imbtool.data.sources import describe, read_bytes, short_name

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from imbtool.data.dataset import Finding

_THREADS = 4


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """A table as it was read.

    Parameters
    ----------
    name : str
        Short name, from the file name.
    source : str
        Path, ``"-"`` or ``"memory"``.
    frame : pandas.DataFrame
        Numbers as int64 or float64, everything else as text; native types from Parquet and Feather.
    findings : tuple of Finding
        What reading had to decide: encoding, missing markers, leading zeros, ...
    """

    name: str
    source: str
    frame: pd.DataFrame
    findings: tuple[Finding, ...] = ()


def read_table(source: str, *, name: str | None = None) -> pd.DataFrame:
    """Read a table; see `read_source` for how.

    Parameters
    ----------
    source : str
        Path of a CSV, TSV, Parquet or Feather file, plain or compressed, or ``"-"`` for standard input.
    name : str, optional
        What messages call the table; default the source.
    """
    return read_source(source, name=name).frame


def read_source(source: str, *, name: str | None = None) -> Table:
    """Read a table and say what had to be decided on the way.

    Format and compression are recognised by content, not by suffix. Text tables: encoding, delimiter,
    decimal comma and missing markers are found out (see ``docs/data.md``).

    Raises
    ------
    DataError
        With the line where the table is broken, when it is.
    """
    source = os.fspath(source)
    label = name or describe(source)
    data = read_bytes(source)
    if is_columnar(data):
        table = parse_columnar(data, label)
        check_names(list(table.column_names), label)
        findings: tuple[Finding, ...] = ()
    else:
        refuse_strangers(data, label)
        table, findings = _text_table(data, label)
    return Table(
        name=name or short_name(source), source=source, frame=_to_pandas(table, label), findings=findings
    )


def _text_table(data: bytes, label: str) -> tuple[pa.Table, tuple[Finding, ...]]:
    import pyarrow as pa

    text, encoding = to_utf8(data, label)
    if not text or text.isspace():
        raise DataError(
            f"{label} holds nothing but blanks.",
            hint="A table needs column names and rows.",
            code="empty-file",
        )
    cells, dialect = parse(text, label)
    with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1)) as pool:
        columns = list(pool.map(convert, cells.columns, cells.column_names, [dialect] * cells.num_columns))
    told = [finding for column in columns for finding in column.findings]
    table = pa.table([column.values for column in columns], names=cells.column_names)
    return table, (*encoding, *marker_findings(columns), *told)


def _to_pandas(table: pa.Table, label: str) -> pd.DataFrame:
    import pyarrow as pa

    try:
        frame: pd.DataFrame = table.to_pandas(ignore_metadata=True)
    except (pa.ArrowException, ValueError, OverflowError) as error:
        raise DataError(
            f"{label} holds values that cannot be represented: {str(error)[:200]}",
            hint="Save the table as CSV.",
            code="unreadable-table",
        ) from error
    return frame
