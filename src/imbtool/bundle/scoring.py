"""Scoring a table with a model, piece by piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.incoming import open_table
from imbtool.bundle.match import Matcher
from imbtool.bundle.outgoing import CsvWriter, ParquetWriter
from imbtool.core.errors import UsageError
from imbtool.core.progress import NullProgress

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from imbtool.bundle.model import FittedModel
    from imbtool.bundle.outgoing import Writer
    from imbtool.core.progress import Progress
    from imbtool.core.types import FloatArray

DECISION = "decision"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What was scored: rows, and what differed from training without harm."""

    rows: int
    notes: tuple[str, ...]


def score_columns(classes: Sequence[str]) -> tuple[str, ...]:
    """Return the names of the columns of the answer: the decision, and a probability a class."""
    return (DECISION, *(f"probability_{label}" for label in classes))


def score_table(
    model: FittedModel,
    source: str,
    sink: IO[bytes],
    *,
    keep: Sequence[str] = (),
    parquet: bool = False,
    progress: Progress | None = None,
) -> Scored:
    """Score a table and write decisions and probabilities, row by row in the order of the table.

    Parameters
    ----------
    model : FittedModel
    source : str
        A path, the name of a known data set, or ``"-"`` for standard input. It may be larger than memory.
    sink : binary file
    keep : sequence of str
        Columns of the table to carry over, as they are written, before those of the answer.
    parquet : bool, default=False
        Write Parquet instead of CSV.
    progress : Progress, optional
        Told the number of rows.

    Raises
    ------
    DataError
        Code ``columns-differ``, and what reading a table raises. Rows before the fault may be written.
    UsageError
        Code ``column-name-taken``.
    """
    progress = progress or NullProgress()
    answer = score_columns(model.manifest.classes)
    keep = tuple(dict.fromkeys(keep))
    for name in keep:
        if name in answer:
            raise UsageError(
                f"--keep {name!r} is called like a column of the answer.",
                hint=f"Rename it first; the answer has: {', '.join(answer)}.",
                code="column-name-taken",
            )
    with open_table(source) as table:
        table.require(keep, "--keep")
        matcher = Matcher(model.manifest.columns, table.names, table.dialect)
        features = [column.name for column in matcher.schema.features]
        writer = _writer(sink, (*keep, *answer), parquet=parquet)
        rows = 0
        for piece in table.pieces((*features, *keep)):
            columns = {name: _cells(piece, name, typed=table.dialect is None) for name in features}
            proba, codes = model.score_matrix(matcher.encode(columns))
            writer.write(_answer(model, [piece.column(name) for name in keep], keep, proba, codes))
            rows += piece.num_rows
            progress.advance(piece.num_rows, f"{rows:,} rows")
        writer.close()
    return Scored(rows=rows, notes=(*table.notes, *matcher.notes()))


def _writer(sink: IO[bytes], names: Sequence[str], *, parquet: bool) -> Writer:
    import pyarrow as pa

    if not parquet:
        return CsvWriter(sink, names)
    text, real = pa.string(), pa.float64()
    types = [real if name.startswith("probability_") else text for name in names]
    return ParquetWriter(sink, pa.table([pa.array([], kind) for kind in types], names=list(names)))


def _cells(piece: pa.Table, name: str, *, typed: bool) -> Any:
    """Return a column: text as it is written, anything else as pandas sees it."""
    import pyarrow as pa

    column = piece.column(name)
    return column if not typed and pa.types.is_string(column.type) else column.to_pandas()


def _answer(
    model: FittedModel, kept: Sequence[Any], keep: Sequence[str], proba: FloatArray, codes: Any
) -> pa.Table:
    import pyarrow as pa

    classes = model.manifest.classes
    decided = pa.array(classes).take(pa.array(codes))
    columns = [np.ascontiguousarray(proba[:, k]) for k in range(len(classes))]
    return pa.table([*kept, decided, *columns], names=[*keep, *score_columns(classes)])
