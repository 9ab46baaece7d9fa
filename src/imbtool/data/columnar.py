"""Parquet and Feather (Arrow) files."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import DataError

if TYPE_CHECKING:
    import pyarrow as pa

_PARQUET, _ARROW, _FEATHER_1 = b"PAR1", b"ARROW1", b"FEA1"
_ARROW_STREAM = b"\xff\xff\xff\xff"
_PANDAS_INDEX = re.compile(r"__index_level_\d+__")
# What people hand over by mistake, by its first bytes.
_STRANGERS = (
    (b"PK\x03\x04", "an Excel or other office document", "Save the sheet as CSV."),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document", "Save the sheet as CSV."),
    (b"SQLite format 3\0", "an SQLite database", "Export the table as CSV."),
    (b"%PDF", "a PDF document", "Export the table as CSV."),
    (b"\x89PNG", "a PNG image", "Name the file with the table."),
    (b"\xff\xd8\xff", "a JPEG image", "Name the file with the table."),
    (b"GIF8", "a GIF image", "Name the file with the table."),
    (b"\x89HDF", "an HDF5 file", "Save the table as Parquet or CSV."),
    (b"\x93NUMPY", "a NumPy array", "Save the table as Parquet or CSV, with column names."),
    (b"\x7fELF", "a program", "Name the file with the table."),
    (
        b"\x80\x04\x95",
        "a Python pickle, which is never opened because it can run code",
        "Save it as Parquet.",
    ),
    (
        b"\x80\x05\x95",
        "a Python pickle, which is never opened because it can run code",
        "Save it as Parquet.",
    ),
    (b"Obj\x01", "an Avro file", "Save the table as Parquet or CSV."),
    (b"ORC", "an ORC file", "Save the table as Parquet or CSV."),
)


def is_columnar(data: bytes) -> bool:
    """Whether the bytes are a Parquet or Arrow file."""
    return data.startswith((_PARQUET, _ARROW, _FEATHER_1, _ARROW_STREAM))


def refuse_strangers(data: bytes, label: str) -> None:
    """Raise `DataError` for well-known files that hold no table we read."""
    for magic, what, hint in _STRANGERS:
        if data.startswith(magic) and b"\0" in data[:4096] + data[-64:]:
            raise DataError(f"{label} is {what}.", hint=hint, code="binary-file")
    if data[257:262] == b"ustar":
        raise DataError(f"{label} is a tar archive.", hint="Unpack it and name the file.", code="archive")


def parse_columnar(data: bytes, label: str) -> pa.Table:
    """Read a Parquet or Arrow file into a table of plain columns.

    Raises
    ------
    DataError
        Code ``unreadable-table`` for a damaged file, ``no-rows`` for an empty table.
    """
    import pyarrow as pa

    try:
        table = _opened(data)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        kind = "Parquet" if data.startswith(_PARQUET) else "Arrow"
        reason = (str(error).splitlines() or [type(error).__name__])[0][:200]
        raise DataError(
            f"{label} starts like a {kind} file, but cannot be read: {reason}",
            hint="The file is cut off or damaged; copy or download it again.",
            code="unreadable-table",
        ) from error
    keep = [i for i, name in enumerate(table.column_names) if not _PANDAS_INDEX.fullmatch(name)]
    table = table.select(keep)
    if table.num_rows == 0 or not keep:
        raise DataError(
            f"{label} has {len(keep)} columns, but {table.num_rows} rows.",
            hint="A table needs at least two rows.",
            code="no-rows",
        )
    return pa.table(
        [plain_column(column) for column in table.columns], names=[n.strip() for n in table.column_names]
    )


def _opened(data: bytes) -> pa.Table:
    import pyarrow as pa
    from pyarrow import feather, ipc, parquet

    buffer = pa.BufferReader(data)
    if data.startswith(_PARQUET):
        return parquet.read_table(buffer)
    if data.startswith(_ARROW_STREAM):
        return ipc.open_stream(buffer).read_all()
    return feather.read_table(buffer)


def plain_column(column: Any) -> Any:
    """Give types that pandas would turn into Python objects a plain form, where there is one."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_decimal(kind):
        return column.cast(pa.float64())
    if pa.types.is_date(kind):
        return column.cast(pa.timestamp("s")) if pa.types.is_date32(kind) else column.cast(pa.timestamp("ms"))
    if pa.types.is_time(kind):
        unit = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
        ticks = column.cast(pa.int32() if pa.types.is_time32(kind) else pa.int64()).cast(pa.float64())
        return pa.compute.divide(ticks, float(unit))
    return column
