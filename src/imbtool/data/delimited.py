"""Text tables as columns; what is wrong with a line is said with its number."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import DataError
from imbtool.data.dialect import rows_of, sample_text, sniff, strip_excel_hint
from imbtool.data.phrases import count

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pyarrow as pa

    from imbtool.data.dialect import Dialect

_BLOCK = 1 << 22
_LARGEST_BLOCK = (1 << 31) - 1
_REPORTED_LINES = 3
_DECIMAL = re.compile(r"-?\d{1,15}(\.\d*)?([eE][+-]?\d+)?|-?\.\d+")


def parse(data: bytes, label: str) -> tuple[pa.Table, Dialect]:
    """Split UTF-8 text into a table, and say how it was written.

    Columns hold strings, but for those that are plain decimal numbers throughout: these are float64
    already, which halves the time of reading large tables.

    Raises
    ------
    DataError
        Codes ``ragged-rows``, ``open-quote``, ``duplicate-columns``, ``empty-column-name``,
        ``no-rows``.
    """
    data = strip_excel_hint(data)
    dialect = sniff(data)
    if dialect.delimiter == " ":
        data = _single_spaces(data)
    names, body = _fast(data, dialect) or _split(data, dialect, label)
    _check_open_quote(data, body, dialect, label)
    if body.num_rows == 0:
        raise DataError(
            f"{label} has a header line with {count(len(names), 'column name')}, but no rows.",
            hint="A table needs at least two rows below its header.",
            code="no-rows",
        )
    body, names = _without_padding(body, names)
    check_names(names, label, looks_like_data=header_looks_like_data(names))
    return body.rename_columns(names), dialect


def check_names(names: list[str], label: str, *, looks_like_data: bool = False) -> None:
    """Refuse empty and repeated column names, and a table without columns."""
    if not names:
        raise DataError(
            f"{label} has no column with a name.",
            hint="A table needs column names.",
            code="empty-column-name",
        )
    hint = "Give every column a name of its own."
    if looks_like_data:
        hint = "The first line looks like data; add a line of column names above it."
    empty = [i + 1 for i, name in enumerate(names) if not name]
    if empty:
        shown = ", ".join(map(str, empty[:5])) + (", ..." if len(empty) > 5 else "")
        raise DataError(
            f"{label}: {count(len(empty), 'column')} of {len(names)} without a name (position {shown}).",
            hint=hint,
            code="empty-column-name",
        )
    repeated = [f"{name!r} ({n} times)" for name, n in Counter(names).items() if n > 1]
    if repeated:
        shown = ", ".join(repeated[:5]) + (", ..." if len(repeated) > 5 else "")
        raise DataError(
            f"{label}: column names must be unique; repeated: {shown}.", hint=hint, code="duplicate-columns"
        )


def header_looks_like_data(names: list[str]) -> bool:
    """Whether the column names are values: all numbers, and not simply counted."""
    if not names or not all(_is_number(name) for name in names):
        return False
    counted = [str(i) for i in range(len(names))]
    return names not in (counted, [str(i + 1) for i in range(len(names))])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _fast(data: bytes, dialect: Dialect) -> tuple[list[str], pa.Table] | None:
    """Parse decimal columns straight into numbers; None when the table is not that plain."""
    import pyarrow as pa

    end = data.find(b"\n")
    if (
        dialect.decimal_comma
        or end < 0
        or not data[:end].strip()
        or b'"' in data[:end]
        or b"\r" in data[: end - 1]
    ):
        return None
    rows = rows_of(sample_text(data), dialect.delimiter)
    numbers = _decimal_columns(rows)
    if not numbers:
        return None
    names = [name.strip() for name in rows[0]]
    try:
        return names, _arrow(data, dialect, _BLOCK, numbers=numbers, skip=1)
    except pa.ArrowInvalid:
        return None


def _decimal_columns(rows: list[list[str]]) -> set[int]:
    """Positions of the columns whose first cells are all decimal numbers or empty."""
    if len(rows) < 2 or any(len(row) != len(rows[0]) for row in rows):
        return set()
    columns = enumerate(zip(*rows[1:], strict=True))
    return {
        i
        for i, cells in columns
        if any("." in cell for cell in cells) and all(not cell or _DECIMAL.fullmatch(cell) for cell in cells)
    }


def _split(data: bytes, dialect: Dialect, label: str) -> tuple[list[str], pa.Table]:
    """Parse all columns as strings; the header comes as the first row and is taken off."""
    cells = _strings(data, dialect, label)
    return [column[0].as_py().strip() for column in cells.columns], cells.slice(1)


def _strings(data: bytes, dialect: Dialect, label: str) -> pa.Table:
    import pyarrow as pa

    try:
        return _arrow(data, dialect, _BLOCK)
    except pa.ArrowInvalid as error:
        failure = error
    if "straddling" in str(failure):
        try:
            return _arrow(data, dialect, min(len(data) + 1, _LARGEST_BLOCK))
        except pa.ArrowInvalid as error:
            failure = error
    if b'\\"' in data:
        try:
            return _arrow(data, dialect, _BLOCK, escape=True)
        except pa.ArrowInvalid:
            pass
    raise _diagnosis(data, dialect, label, failure) from failure


def _arrow(
    data: bytes,
    dialect: Dialect,
    block: int,
    *,
    escape: bool = False,
    numbers: Collection[int] = (),
    skip: int = 0,
) -> pa.Table:
    """Parse with pyarrow; without `skip` the header is the first row, so that we judge its names."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    names = [str(i) for i in range(len(_header(data, dialect)) or 1)]
    types = {name: pa.float64() if i in numbers else pa.string() for i, name in enumerate(names)}
    return arrow_csv.read_csv(
        pa.BufferReader(data),
        read_options=arrow_csv.ReadOptions(column_names=names, block_size=block, skip_rows=skip),
        parse_options=arrow_csv.ParseOptions(
            delimiter=dialect.delimiter,
            newlines_in_values=b'"' in data,
            escape_char="\\" if escape else False,
        ),
        convert_options=arrow_csv.ConvertOptions(
            column_types=types, strings_can_be_null=False, null_values=[""]
        ),
    )


def _header(data: bytes, dialect: Dialect) -> list[str]:
    rows = rows_of(sample_text(data), dialect.delimiter, limit=1)
    return rows[0] if rows else []


def _single_spaces(data: bytes) -> bytes:
    """Make one space of several outside quotes, none at the ends of lines."""
    if b'"' in data:
        return data
    return re.sub(rb"(?m)^ +| +(?=\r?$)", b"", re.sub(rb" {2,}", b" ", data))


def _without_padding(body: pa.Table, names: list[str]) -> tuple[pa.Table, list[str]]:
    """Drop nameless columns that hold nothing (trailing delimiters) and name a leading row count."""
    import pyarrow.compute as pc

    keep = [
        i
        for i, name in enumerate(names)
        if name or pc.any(pc.not_equal(pc.utf8_trim_whitespace(body.column(i).cast("string")), "")).as_py()
    ]
    body, names = body.select(keep), [names[i] for i in keep]
    if names and not names[0] and _counts_rows(body.column(0)):
        names[0] = "Unnamed: 0"
    return body, names


def _counts_rows(column: Any) -> bool:
    first = column[0].as_py()
    if first not in ("0", "1"):
        return False
    start = int(first)
    return bool(column.to_pylist() == [str(i) for i in range(start, start + len(column))])


def _check_open_quote(data: bytes, cells: pa.Table, dialect: Dialect, label: str) -> None:
    """Refuse a quote that is never closed: it swallows the rest of the file without an error."""
    if not cells.num_rows or b'"' not in data or data.count(b'"') % 2 == 0:
        return
    last = cells.slice(cells.num_rows - 1).to_pylist()[0].values()
    if not any(isinstance(cell, str) and ("\n" in cell or "\r" in cell) for cell in last):
        return
    start = 0
    for start, _ in _records(data, dialect):  # noqa: B007 -- the last record's line is wanted
        pass
    raise DataError(
        f'{label}: the quote (") opened on line {start} is never closed.',
        hint="Close it, or write it twice where it belongs to the text.",
        code="open-quote",
    )


def _records(data: bytes, dialect: Dialect) -> Iterator[tuple[int, list[str]]]:
    """Yield (line number, cells) of every record that is not blank."""
    csv.field_size_limit(max(len(data), 1 << 17) if len(data) < _LARGEST_BLOCK else _LARGEST_BLOCK)
    text = io.TextIOWrapper(io.BytesIO(data), encoding="utf-8", errors="replace", newline="")
    reader = csv.reader(text, delimiter=dialect.delimiter)
    end = 0
    for row in reader:
        start, end = end + 1, reader.line_num
        if row:
            yield start, row


def _diagnosis(data: bytes, dialect: Dialect, label: str, failure: Exception) -> DataError:
    """Find the lines that do not fit the header; runs only when parsing has failed."""
    found: list[tuple[int, int]] = []
    width = rows = ragged = 0
    try:
        for line, row in _records(data, dialect):
            if not width:
                width = len(row)
                continue
            rows += 1
            if len(row) != width:
                ragged += 1
                if len(found) < _REPORTED_LINES:
                    found.append((line, len(row)))
    except csv.Error as error:
        failure = error
    if not found:
        reason = str(failure).splitlines()[0][:200]
        return DataError(
            f"{label} cannot be split into rows and columns: {reason}",
            hint="Check quotes and delimiters, or save the table as Parquet.",
            code="unreadable-table",
        )
    return _ragged(label, dialect, width, rows, ragged, found)


def _ragged(
    label: str, dialect: Dialect, width: int, rows: int, ragged: int, found: list[tuple[int, int]]
) -> DataError:
    shown = "; ".join(f"line {line} has {n}" for line, n in found) + ("; ..." if ragged > len(found) else "")
    hint = "Mend these lines; a cell that holds the delimiter must stand in double quotes."
    if ragged == rows and all(n == width + 1 for _, n in found):
        hint = "Every row has one cell more than the header: give the first column a name."
    names = {"\t": "tab", ",": "comma", ";": "semicolon", "|": "bar", " ": "space"}
    return DataError(
        f"{label}: the header has {width} columns ({names[dialect.delimiter]} as delimiter), but "
        f"{ragged:,} of {rows:,} rows do not: {shown}.",
        hint=hint,
        code="ragged-rows",
    )
