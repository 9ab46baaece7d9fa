"""New tables in pieces, however large they are."""

from __future__ import annotations

import io
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from imbtool.bundle.streams import BROKEN, Source, cut_off, open_source
from imbtool.core.errors import DataError
from imbtool.core.suggest import did_you_mean
from imbtool.data.columnar import is_columnar, plain_column, refuse_strangers
from imbtool.data.delimited import check_names, parse
from imbtool.data.dialect import rows_of, sample_text, sniff, strip_excel_hint
from imbtool.data.encoding import to_utf8
from imbtool.data.phrases import some

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pyarrow as pa

    from imbtool.data.dialect import Dialect

_BLOCK = 1 << 23
_ROWS = 65_536
_UTF8_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Incoming:
    """A table that comes in pieces.

    Parameters
    ----------
    label : str
        What messages call it.
    names : tuple of str
        All its columns.
    dialect : Dialect or None
        How a text file is written; None when columns are typed.
    source : Source
    notes : tuple of str
        What reading had to decide.
    """

    label: str
    names: tuple[str, ...]
    dialect: Dialect | None
    source: Source
    notes: tuple[str, ...] = ()

    def pieces(self, columns: Sequence[str]) -> Iterator[pa.Table]:
        """Yield tables of some rows with these columns: text as it is written, or typed."""
        wanted = list(dict.fromkeys(columns))
        dialect = self.dialect
        pieces = _typed(self, wanted) if dialect is None else _text(self, dialect, wanted)
        try:
            yield from pieces
        except DataError:
            raise
        except BROKEN as error:  # includes what Arrow raises
            raise _unreadable(self.label, error) from error

    def require(self, names: Iterable[str], option: str) -> None:
        """Raise `DataError` (``column-missing``) unless these columns are there."""
        for name in names:
            if name not in self.names:
                hint = did_you_mean(name, self.names, listing=f"Columns: {some(self.names, 12)}")
                raise DataError(
                    f"There is no column {name!r} for {option}.", hint=hint, code="column-missing"
                )


@contextmanager
def open_table(source: str) -> Iterator[Incoming]:
    """Open a CSV, TSV, Parquet or Feather file, a known data set or ``"-"`` for standard input.

    Up to 32 MiB are read as training reads them. Larger text is streamed; it must be UTF-8. A table
    without rows is no fault.

    Raises
    ------
    DataError
        As reading a table for training does.
    """
    with open_source(source) as (opened, label):
        yield _recognised(opened, label)


def _recognised(opened: Source, label: str) -> Incoming:
    if not opened.head.strip():
        raise DataError(f"{label} is empty.", hint="A table needs a line of column names.", code="empty-file")
    if is_columnar(opened.head):
        names = _columnar(opened, label).names
        check_names(list(names), label)
        return Incoming(label=label, names=names, dialect=None, source=opened)
    refuse_strangers(opened.head, label)
    text, notes = _utf8(opened, label)
    dialect = sniff(text.head)
    names = _named(text, dialect, label)
    return Incoming(label=label, names=names, dialect=dialect, source=text, notes=notes)


def _utf8(opened: Source, label: str) -> tuple[Source, tuple[str, ...]]:
    if opened.whole:
        text, findings = to_utf8(opened.head, label)
        return Source(strip_excel_hint(text), None), tuple(f.message for f in findings)
    head = opened.head.removeprefix(_UTF8_BOM)
    try:
        head[: head.rfind(b"\n")].decode("utf-8")
    except UnicodeDecodeError as error:
        raise DataError(
            f"{label} is not UTF-8; a file of more than {len(opened.head) >> 20} MiB must be.",
            hint=f"Convert it on the way: iconv -f ENCODING -t UTF-8 {label} | imbtool predict MODEL -",
            code="wrong-encoding",
        ) from error
    return Source(strip_excel_hint(head), opened.rest), ()


def _named(text: Source, dialect: Dialect, label: str) -> tuple[str, ...]:
    """Return the column names; a first one without a name counts rows, others are never asked for."""
    rows = rows_of(sample_text(text.head), dialect.delimiter, limit=1)
    names = [name.strip() for name in rows[0]] if rows else []
    if names and not names[0]:
        names[0] = "Unnamed: 0"
    check_names([name for name in names if name], label)
    return tuple(names)


def _text(table: Incoming, dialect: Dialect, wanted: list[str]) -> Iterator[pa.Table]:
    source = table.source
    if dialect.delimiter == " " or (source.whole and source.head.count(b'"') % 2):
        yield from _parsed_whole(table, wanted)
        return
    if source.whole:
        try:
            pieces = list(_streamed(table, dialect, wanted, newlines=b'"' in source.head))
        except ValueError:  # Arrow's; reading it as training does either works or says which line
            yield from _parsed_whole(table, wanted)
            return
        yield from pieces
        return
    yield from _streamed(table, dialect, wanted, newlines=True)


def _streamed(table: Incoming, dialect: Dialect, wanted: list[str], *, newlines: bool) -> Iterator[pa.Table]:
    import pyarrow as pa
    from pyarrow import csv

    places = [str(i) for i in range(len(table.names))]  # whatever the names are, these differ
    columns = [places[table.names.index(name)] for name in wanted]
    source = io.BufferedReader(Source(table.source.head, table.source.rest), _BLOCK)
    reader = csv.open_csv(
        pa.PythonFile(source, mode="r"),
        read_options=csv.ReadOptions(column_names=places, block_size=_BLOCK),
        parse_options=csv.ParseOptions(delimiter=dialect.delimiter, newlines_in_values=newlines),
        convert_options=csv.ConvertOptions(
            column_types={name: pa.string() for name in columns},
            include_columns=columns,
            strings_can_be_null=True,
            null_values=[""],
        ),
    )
    header = 1
    for batch in reader:
        piece = pa.Table.from_batches([batch.slice(header)]).rename_columns(wanted)
        header = 0 if batch.num_rows else header
        if piece.num_rows:
            yield piece


def _parsed_whole(table: Incoming, wanted: list[str]) -> Iterator[pa.Table]:
    found, _ = parse(table.source.read(), table.label)
    yield from _slices(found.select(wanted))


def _slices(table: pa.Table) -> Iterator[pa.Table]:
    for start in range(0, table.num_rows, _ROWS):
        yield table.slice(start, _ROWS)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Columnar:
    names: tuple[str, ...]
    reader: Any
    kind: str


def _columnar(source: Source, label: str) -> _Columnar:
    """Open a Parquet or Arrow file; both are read from their end, so that of a stream all is needed."""
    import pyarrow as pa
    from pyarrow import feather, ipc, parquet

    if source.path is None and not source.whole:
        source.head, source.rest = source.read(), None
    data = pa.BufferReader(source.head) if source.path is None else pa.memory_map(source.path)
    try:
        if source.head.startswith(b"PAR1"):
            file = parquet.ParquetFile(data)
            return _Columnar(names=_stripped(file.schema_arrow.names), reader=file, kind="parquet")
        if source.head.startswith(b"\xff\xff\xff\xff"):
            table = ipc.open_stream(data).read_all()
        else:
            table = feather.read_table(data)
    except (pa.ArrowException, OSError, ValueError, KeyError) as error:
        raise _unreadable(label, error) from error
    return _Columnar(names=_stripped(table.column_names), reader=table, kind="table")


def _typed(table: Incoming, wanted: list[str]) -> Iterator[pa.Table]:
    import pyarrow as pa

    opened = _columnar(table.source, table.label)
    places = [opened.names.index(name) for name in wanted]
    if opened.kind == "parquet":
        names = [opened.reader.schema_arrow.names[i] for i in places]
        batches = opened.reader.iter_batches(batch_size=_ROWS, columns=names)
        pieces: Iterator[pa.Table] = (pa.Table.from_batches([batch]).select(names) for batch in batches)
    else:
        pieces = _slices(opened.reader.select(places))
    for piece in pieces:
        if piece.num_rows:
            yield pa.table([plain_column(column) for column in piece.columns], names=wanted)


def _stripped(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(name).strip() for name in names)


def _unreadable(label: str, error: Exception) -> DataError:
    reason = (str(error).splitlines() or [type(error).__name__])[0][:200].rstrip(".")
    if isinstance(error, EOFError) or "end-of-stream" in reason:
        return cut_off(label, error)
    return DataError(
        f"{label} cannot be read as a table: {reason}.",
        hint="Mend the line, or look for quotes and delimiters that are not closed.",
        code="unreadable-table",
    )
