"""Scored tables as CSV or Parquet, piece by piece."""

from __future__ import annotations

import csv
import io
from typing import IO, TYPE_CHECKING, Any, Protocol

from imbtool.core.errors import DataError
from imbtool.core.spreadsheet import NUMBERS, STEERS, harmless
from imbtool.data.phrases import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

_NEEDS_QUOTES = '[",\\r\\n]'


class Writer(Protocol):
    """Takes pieces of one table in turn."""

    def write(self, piece: pa.Table) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write what is left; also when there were no rows."""

    def notes(self) -> tuple[str, ...]:
        """Return what was written otherwise than it was."""


class CsvWriter:
    """Comma-separated, UTF-8; quotes only where they are needed, numbers digit for digit.

    A text that a spreadsheet would take for a formula has an apostrophe in front.

    Parameters
    ----------
    sink : binary file
    names : sequence of str
        The columns, for the header, which is written at once.
    """

    def __init__(self, sink: IO[bytes], names: Sequence[str]) -> None:
        self._sink = sink
        self._guarded = 0
        header = io.StringIO()
        csv.writer(header, lineterminator="\n").writerow([harmless(name) for name in names])
        sink.write(header.getvalue().encode())

    def write(self, piece: pa.Table) -> None:
        """Write some rows."""
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = [self._cells(piece.column(i), name) for i, name in enumerate(piece.column_names)]
        lines = pc.binary_join_element_wise(*cells, pa.scalar(","))
        for chunk in lines.chunks:
            self._sink.write(_joined(pc.binary_join_element_wise(chunk, pa.scalar("\n"), pa.scalar(""))))

    def close(self) -> None:
        """Nothing is left."""

    def notes(self) -> tuple[str, ...]:
        """Return how many cells have an apostrophe in front, if any."""
        if not self._guarded:
            return ()
        note = (
            f"{count(self._guarded, 'cell')} that a spreadsheet would take for a formula got an apostrophe "
            "in front; Parquet has them as they are: -o scored.parquet"
        )
        return (note,)

    def _cells(self, column: Any, name: str) -> Any:
        """Return the cells of a column as CSV writes them."""
        import pyarrow as pa
        import pyarrow.compute as pc

        cells = _as_text(column, name)
        if not pa.types.is_string(column.type) and not pa.types.is_large_string(column.type):
            return cells
        steers = pc.match_substring_regex(cells, STEERS)
        if pc.any(steers).as_py():
            guarded = pc.and_not(steers, pc.match_substring_regex(cells, NUMBERS))
            self._guarded += pc.sum(guarded).as_py() or 0
            cells = pc.if_else(guarded, pc.binary_join_element_wise("'", cells, ""), cells)
        special = pc.match_substring_regex(cells, _NEEDS_QUOTES)
        if not pc.any(special).as_py():
            return cells
        doubled = pc.replace_substring(cells, '"', '""')
        return pc.if_else(special, pc.binary_join_element_wise('"', doubled, '"', ""), cells)


class ParquetWriter:
    """One row group a piece.

    Parameters
    ----------
    sink : binary file
    empty : pyarrow.Table
        A table without rows: names and types, for a file that gets no piece.
    """

    def __init__(self, sink: IO[bytes], empty: pa.Table) -> None:
        self._sink, self._empty = sink, empty
        self._writer: Any = None

    def write(self, piece: pa.Table) -> None:
        """Write some rows; all pieces take the types of the first."""
        from pyarrow import parquet

        if self._writer is None:
            self._writer = parquet.ParquetWriter(self._sink, piece.schema)
        self._writer.write_table(piece.cast(self._writer.schema))

    def close(self) -> None:
        """Write the footer."""
        if self._writer is None:
            self.write(self._empty)
        self._writer.close()

    def notes(self) -> tuple[str, ...]:
        """Return nothing: cells are as they were."""
        return ()


def _as_text(column: Any, name: str) -> Any:
    """Return the cells of a column as text, empty where they are missing."""
    import pyarrow as pa
    import pyarrow.compute as pc

    try:
        return pc.fill_null(column.cast(pa.string()), "")
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
        raise DataError(
            f"Column {name!r} ({column.type}) cannot be written as CSV.",
            hint="Leave it out, or write Parquet: -o scored.parquet",
            code="column-type",
        ) from error


def _joined(lines: Any) -> bytes:
    """Return the lines one after the other: the buffer in which Arrow keeps them."""
    import numpy as np

    offsets = np.frombuffer(lines.buffers()[1], dtype=np.int32)[lines.offset : lines.offset + len(lines) + 1]
    return bytes(memoryview(lines.buffers()[2])[int(offsets[0]) : int(offsets[-1])])
