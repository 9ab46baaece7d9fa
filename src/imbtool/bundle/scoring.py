"""Scoring a table with a model, piece by piece."""

from __future__ import annotations

import json
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.incoming import open_table
from imbtool.bundle.match import Matcher
from imbtool.bundle.outgoing import CsvWriter, ParquetWriter
from imbtool.bundle.spool import Spool
from imbtool.core.errors import UsageError
from imbtool.core.progress import NullProgress
from imbtool.data.phrases import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pyarrow as pa

    from imbtool.bundle.incoming import Incoming
    from imbtool.bundle.model import FittedModel
    from imbtool.bundle.outgoing import Writer
    from imbtool.bundle.selecting import Selection, Selector
    from imbtool.core.progress import Progress
    from imbtool.core.types import FloatArray, IntArray

DECISION = "decision"
SELECTION = ("selected", "p_value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """What was scored: rows, what differed from training without harm, and what was selected."""

    rows: int
    notes: tuple[str, ...]
    selection: Selection | None = None

    def to_json(self) -> str:
        """Return the document described in ``docs/bundle.md``."""
        return json.dumps({"schema_version": 1, "kind": "scored table", **asdict(self)}, indent=1) + "\n"


def score_columns(classes: Sequence[str], *, selecting: bool = False) -> tuple[str, ...]:
    """Return the names of the columns of the answer: the decision, a probability a class, the selection."""
    return (DECISION, *(f"probability_{label}" for label in classes), *(SELECTION if selecting else ()))


def score_table(
    model: FittedModel,
    source: str,
    sink: IO[bytes],
    *,
    keep: Sequence[str] = (),
    parquet: bool = False,
    progress: Progress | None = None,
    selector: Selector | None = None,
) -> Scored:
    """Score a table and write decisions and probabilities, row by row in the order of the table.

    Parameters
    ----------
    model : FittedModel
    source : str
        A path, the name of a known data set, or ``"-"`` for standard input. It may be larger than memory.
    sink : binary file
    keep : sequence of str
        Columns of the table to carry over, as they are written, before those of the answer; in CSV texts
        that a spreadsheet would take for formulas get an apostrophe in front.
    parquet : bool, default=False
        Write Parquet instead of CSV.
    progress : Progress, optional
        Told the number of rows.
    selector : Selector, optional
        Also select rows with a promised false-discovery rate; its first model is `model`. A row's selection
        depends on all rows, so the answer is put aside in a temporary file until all are scored; memory
        holds about 40 bytes for each row and model.

    Raises
    ------
    DataError
        Code ``columns-differ``, and what reading a table raises. Rows before the fault may be written.
    UsageError
        Code ``column-name-taken``.
    """
    progress = progress or NullProgress()
    answer = score_columns(model.manifest.classes, selecting=selector is not None)
    keep = tuple(dict.fromkeys(keep))
    for name in keep:
        if name in answer:
            raise UsageError(
                f"--keep {name!r} is called like a column of the answer.",
                hint=f"Rename it first; the answer has: {', '.join(answer)}.",
                code="column-name-taken",
            )
    with open_table(source) as table, ExitStack() as stack:
        table.require(keep, "--keep")
        bench = _Bench(table, model, selector)
        writer = _writer(sink, (*keep, *answer), parquet=parquet)
        spool = stack.enter_context(Spool()) if selector is not None else None
        rows = 0
        for piece in table.pieces((*bench.columns, *keep)):
            proba, codes = bench.score(piece)
            scored = _answer(model, [piece.column(name) for name in keep], keep, proba, codes)
            (writer if spool is None else spool).write(scored)
            rows += piece.num_rows
            progress.advance(piece.num_rows, count(rows, "row"))
        selection = None
        if spool is not None and selector is not None:
            selection = _write_selected(selector, spool, writer, bench.scores)
        writer.close()
    return Scored(rows=rows, notes=(*table.notes, *bench.notes(), *writer.notes()), selection=selection)


class _Bench:
    """A table before one model, and before the others that rows are selected with."""

    def __init__(self, table: Incoming, model: FittedModel, selector: Selector | None) -> None:
        self.selector = selector
        self._typed = table.dialect is None
        self._models = (model,) if selector is None else selector.models
        moneys = [model.manifest.decision.money, *([None] * (len(self._models) - 1))]
        self._matchers = [
            Matcher(m.manifest.columns, table.names, table.dialect, money)
            for m, money in zip(self._models, moneys, strict=True)
        ]
        self.columns = tuple(dict.fromkeys(name for m in self._matchers for name in m.needed))
        self.scores: list[list[FloatArray]] = [[] for _ in self._models]

    def score(self, piece: pa.Table) -> tuple[FloatArray, IntArray]:
        """Return probabilities and decided codes of some rows; remember what selecting needs."""
        columns = {name: _cells(piece, name, typed=self._typed) for name in self.columns}
        probas: list[FloatArray] = []
        for number, (model, matcher) in enumerate(zip(self._models, self._matchers, strict=True)):
            raw, proba = model.score_whole(matcher.encode(columns))
            probas.append(proba)
            if self.selector is not None:
                self.scores[number].append(self.selector.column(number, raw).copy())
        return probas[0], self._models[0].decide(probas[0], self._matchers[0].acting(columns))

    def notes(self) -> tuple[str, ...]:
        """Return what differs from training, once each."""
        return tuple(dict.fromkeys(note for matcher in self._matchers for note in matcher.notes()))


def _write_selected(
    selector: Selector, spool: Spool, writer: Writer, scores: Sequence[Sequence[FloatArray]]
) -> Selection:
    """Write the pieces that were put aside, with the columns of the selection."""
    import pyarrow as pa

    selected = selector.select([np.concatenate([*parts, np.empty(0)]) for parts in scores])
    place = 0
    for piece in spool.pieces():
        here = slice(place, place + piece.num_rows)
        place += piece.num_rows
        for name, cells in zip(SELECTION, (selected.rows[here], selected.p_values[here]), strict=True):
            piece = piece.append_column(name, pa.array(cells))  # noqa: PLW2901  # one after the other
        writer.write(piece)
    return selector.summary(selected)


def _writer(sink: IO[bytes], names: Sequence[str], *, parquet: bool) -> Writer:
    import pyarrow as pa

    if not parquet:
        return CsvWriter(sink, names)
    kinds = {"selected": pa.bool_(), "p_value": pa.float64()}
    types = [kinds.get(n, pa.float64() if n.startswith("probability_") else pa.string()) for n in names]
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
