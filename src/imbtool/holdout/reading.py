"""Labelled tables: read once, scored by a model as `imbtool predict` scores them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.incoming import open_table
from imbtool.bundle.match import Matcher
from imbtool.core.errors import DataError, UsageError
from imbtool.core.suggest import did_you_mean
from imbtool.data.cells import convert
from imbtool.data.intake import as_frame
from imbtool.data.phrases import count, some
from imbtool.data.roles import read_weight
from imbtool.data.sources import short_name
from imbtool.data.values import texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd

    from imbtool.bundle.model import FittedModel
    from imbtool.core.types import FloatArray, IntArray
    from imbtool.data.dialect import Dialect


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Labelled:
    """A table as it was read: typed columns, and for a model probabilities and decided codes."""

    name: str
    source: str
    columns: Mapping[str, pd.Series[Any]]
    proba: FloatArray | None = None
    decided: IntArray | None = None
    notes: tuple[str, ...] = ()

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(next(iter(self.columns.values()), ()))

    def require(self, name: str, what: str) -> pd.Series[Any]:
        """Return a column; raise `DataError` (``column-missing``) when it is not there."""
        if name not in self.columns:
            listing = f"Columns: {some(self.columns, 12)}"
            raise DataError(
                f"{self.source} has no column {name!r} for {what}.",
                hint=did_you_mean(name, self.columns, listing=listing),
                code="column-missing",
            )
        return self.columns[name]


def read_labelled(source: Any, model: FittedModel | None = None, *, decide: bool = True) -> Labelled:
    """Read a table whole; score its rows when there is a model, and unless told otherwise decide them.

    Parameters
    ----------
    source : path, the name of a known data set, ``"-"`` for standard input, or a data frame
    model : FittedModel, optional

    Raises
    ------
    DataError
        What reading raises; ``columns-differ``; ``no-rows``.
    """
    read = _from_file if isinstance(source, str | Path) else _from_frame
    found = read(str(source) if isinstance(source, str | Path) else source, model, decide=decide)
    if not found.n:
        raise DataError(
            f"{found.source} has no rows.", hint="A hold-out needs rows to judge by.", code="no-rows"
        )
    return found


def _from_file(source: str, model: FittedModel | None, *, decide: bool) -> Labelled:
    import pyarrow as pa

    scores: list[tuple[FloatArray, IntArray | None]] = []
    with open_table(source) as table:
        names = [name for name in table.names if name]
        matcher = None if model is None else _matcher(model, table.names, table.dialect, decide=decide)
        pieces = []
        for piece in table.pieces(names):
            pieces.append(piece)
            if model is not None and matcher is not None:
                typed = table.dialect is None
                cells = {name: _cells(piece, name, typed=typed) for name in matcher.needed}
                scores.append(_scored(model, matcher, cells, decide=decide))
        whole = pa.concat_tables(pieces) if pieces else pa.table({name: [] for name in names})
        columns = {name: _typed(whole.column(name), name, table.dialect) for name in names}
        notes = (*table.notes, *_differences(matcher, model))
    proba, decided = _joined(scores)
    label = "standard input" if source == "-" else source
    return Labelled(
        name=short_name(source), source=label, columns=columns, proba=proba, decided=decided, notes=notes
    )


def _from_frame(source: Any, model: FittedModel | None, *, decide: bool) -> Labelled:
    frame = as_frame(source)
    columns = {str(name): frame.iloc[:, i] for i, name in enumerate(frame.columns)}
    if model is None:
        return Labelled(name="memory", source="the table", columns=columns)
    matcher = _matcher(model, columns, None, decide=decide)
    proba, decided = _scored(model, matcher, columns, decide=decide)
    notes = _differences(matcher, model)
    return Labelled(
        name="memory", source="the table", columns=columns, proba=proba, decided=decided, notes=notes
    )


def _matcher(model: FittedModel, names: Iterable[str], dialect: Dialect | None, *, decide: bool) -> Matcher:
    money = model.manifest.decision.money if decide else None
    return Matcher(model.manifest.columns, names, dialect, money)


def _scored(
    model: FittedModel, matcher: Matcher, cells: Mapping[str, Any], *, decide: bool
) -> tuple[FloatArray, IntArray | None]:
    """Return probabilities and, if asked for, decided codes."""
    _, proba = model.score_whole(matcher.encode(cells))
    return proba, model.decide(proba, matcher.acting(cells)) if decide else None


def _cells(piece: Any, name: str, *, typed: bool) -> Any:
    import pyarrow as pa

    column = piece.column(name)
    return column if not typed and pa.types.is_string(column.type) else column.to_pandas()


def _typed(column: Any, name: str, dialect: Dialect | None) -> pd.Series[Any]:
    """Return a column as reading for training sees it."""
    if dialect is not None:
        column = convert(column, name, dialect).values
    series: pd.Series[Any] = column.to_pandas()
    return series


def _differences(matcher: Matcher | None, model: FittedModel | None) -> tuple[str, ...]:
    """Return what differs from training; a hold-out has more columns than a model needs."""
    if matcher is None or model is None:
        return ()
    return tuple(note for note in matcher.notes() if "not known to the model, ignored" not in note)


def _joined(
    scores: list[tuple[FloatArray, IntArray | None]],
) -> tuple[FloatArray | None, IntArray | None]:
    if not scores:
        return None, None
    decided = [codes for _, codes in scores if codes is not None]
    return np.concatenate([proba for proba, _ in scores]), np.concatenate(decided) if decided else None


def weights_of(table: Labelled, name: str | None) -> FloatArray | None:
    """Return row weights scaled to mean 1, or None."""
    if name is None:
        return None
    return read_weight(table.require(name, "--weight"), name)


def codes_of(series: pd.Series[Any], target: str, classes: tuple[str, ...]) -> IntArray:
    """Return the codes of labels; labels of one class against the rest may be written as they were.

    Raises
    ------
    DataError
        Codes ``target-missing-values``, ``class-unknown`` and ``target-constant``.
    """
    cells = texts(series)
    missing = int((cells.codes < 0).sum())
    if missing:
        raise DataError(
            f"The target {target!r} is missing in {missing:,} of {count(len(series), 'row')}.",
            hint="Remove these rows or fill in their class; rows are never dropped silently.",
            code="target-missing-values",
        )
    place = {label: i for i, label in enumerate(classes)}
    rest = 0 if len(classes) == 2 and classes[0] == f"not {classes[1]}" else -1
    lookup = np.array([place.get(text, rest) for text in cells.texts], dtype=np.int64)
    unknown = [text for text, code in zip(cells.texts, lookup, strict=True) if code < 0]
    if unknown:
        raise DataError(
            f"The target {target!r} has labels that are not known: {some(unknown)}.",
            hint=f"Known classes: {some(classes, 20)}.",
            code="class-unknown",
        )
    codes: IntArray = lookup[cells.codes]
    if len(np.unique(codes)) < 2:
        raise DataError(
            f"The target {target!r} has one class, {classes[codes[0]]!r}, in {count(len(codes), 'row')}.",
            hint="Nothing can be judged without rows of another class; add some.",
            code="target-constant",
        )
    return codes


def check_given(model: Any, scores: Any) -> None:
    """Raise `UsageError` unless there is either a model with a table or a table of scores."""
    if (model is None) == (scores is None):
        raise UsageError(
            "Give a model and a table, or a table of scores.",
            hint="imbtool eval model.imb holdout.csv, or imbtool eval --scores scored.csv -t y --score p",
            code="what-to-judge",
        )
