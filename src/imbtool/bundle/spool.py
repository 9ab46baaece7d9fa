"""Pieces of a table put aside on disk, to be read again in their order."""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any

from imbtool.core.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    import pyarrow as pa


class Spool:
    """A temporary file without a name that goes away with the object; takes pieces of one table in turn."""

    def __init__(self) -> None:
        self._file: Any = tempfile.TemporaryFile(prefix="imbtool-")  # noqa: SIM115  # closed in __exit__
        self._writer: Any = None

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, piece: pa.Table) -> None:
        """Put some rows aside; all pieces take the types of the first.

        Raises
        ------
        OutputError
            Code ``output-not-writable``: no room for temporary files.
        """
        import pyarrow as pa

        if self._writer is None:
            self._schema = piece.schema
            self._writer = pa.ipc.new_stream(self._file, piece.schema)
        try:
            self._writer.write_table(piece.cast(self._schema))
        except OSError as error:
            raise OutputError(
                f"Rows cannot be put aside in {tempfile.gettempdir()}: {error.strerror or error}.",
                hint="--fdr needs room for the answer there; the variable TMPDIR names another folder.",
                code="output-not-writable",
            ) from error

    def pieces(self) -> Iterator[pa.Table]:
        """Yield what was written, in the order of writing."""
        import pyarrow as pa

        if self._writer is None:
            return
        self._writer.close()
        self._file.seek(0)
        with pa.ipc.open_stream(self._file) as reader:
            for batch in reader:
                yield pa.Table.from_batches([batch])
