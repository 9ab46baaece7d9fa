"""A new table against the columns that a model was trained on: encoded, and what differs said."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.bundle.cells import booleans, dates, level_codes, numbers
from imbtool.core.errors import DataError
from imbtool.data.phrases import count, shorten, some
from imbtool.metrics.money import acting_on

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from imbtool.bundle.cells import Encoded
    from imbtool.bundle.manifest import RowMoney
    from imbtool.core.types import FloatArray
    from imbtool.data.dialect import Dialect
    from imbtool.data.schema import Column, Schema

_SHOWN = 12
_ENOUGH = 10
_HINT = "Mend the table, or fit the model anew on tables like it."


@dataclass(slots=True)
class _Seen:
    """What has come by of one column."""

    rows: int = 0
    present: int = 0
    new: Counter[str] = field(default_factory=Counter)


class Matcher:
    """Encodes tables that come in pieces, and remembers what differs from training.

    Parameters
    ----------
    schema : Schema
        The columns of training.
    names : iterable of str
        The columns of the new table, in its order.
    dialect : Dialect, optional
        How a text file is written; None for a table of typed columns.
    money : RowMoney, optional
        What rows are decided by.

    Raises
    ------
    DataError
        Code ``columns-differ`` when features are missing, or columns of money.
    """

    def __init__(
        self,
        schema: Schema,
        names: Iterable[str],
        dialect: Dialect | None = None,
        money: RowMoney | None = None,
    ) -> None:
        self.schema = schema
        self.dialect = dialect
        self.names = list(names)
        self.money = money
        self.needed = (*(c.name for c in schema.features), *(money.columns.values() if money else ()))
        known = {column.name for column in schema.columns}
        self.extra = [name for name in self.names if name not in known]
        self._seen = {column.name: _Seen() for column in schema.features}
        here = set(self.names)
        kinds: dict[str, str] = {c.name: c.kind for c in schema.features}
        kinds |= {name: f"{role} of acting" for role, name in money.columns.items()} if money else {}
        missing = [name for name in self.needed if name not in here]
        if missing:
            raise self._differs([self._missing(name, kinds[name]) for name in missing], with_extra=True)

    def encode(self, columns: Mapping[str, Any]) -> FloatArray:
        """Return the feature matrix of some rows, shape (n, n_features).

        Parameters
        ----------
        columns : mapping of str to pandas.Series or pyarrow.ChunkedArray of text

        Raises
        ------
        DataError
            Code ``columns-differ``: cells that cannot be what the model needs, over all columns at once.
        """
        parts: list[FloatArray] = []
        faults: list[str] = []
        for column in self.schema.features:
            cells = columns[column.name]
            encoded = self._encoded(column, cells)
            if encoded.bad:
                faults.append(_other_kind(column, encoded, len(cells)))
            seen = self._seen[column.name]
            seen.rows += len(cells)
            seen.present += len(cells) - encoded.n_missing
            seen.new.update(encoded.new)
            parts += encoded.values
        if faults:
            raise self._differs(faults, with_extra=False)
        return np.ascontiguousarray(np.column_stack(parts)) if parts else np.empty((0, 0))

    def acting(self, columns: Mapping[str, Any]) -> FloatArray | None:
        """Return what acting on each of some rows brings over leaving it alone; None without money.

        Parameters
        ----------
        columns : mapping of str to pandas.Series or pyarrow.ChunkedArray of text

        Returns
        -------
        ndarray of float64, shape (n, 2), or None
            If the row is negative, and if it is positive.

        Raises
        ------
        DataError
            Code ``columns-differ``: cells without a number, and costs below 0.
        """
        if self.money is None:
            return None
        found, faults = {}, []
        for role, name in self.money.columns.items():
            encoded = numbers(columns[name], self.dialect)
            found[role] = encoded.values[0]
            faults += _no_money(name, role, found[role], encoded)
        if faults:
            raise self._differs(faults, with_extra=False)
        costs = np.array([[0.0, self.money.cost_fp], [self.money.cost_fn, 0.0]])
        return acting_on(costs, len(next(iter(found.values()))), **found)

    def notes(self) -> tuple[str, ...]:
        """Return what differs without harm, over all rows so far."""
        told: list[str] = []
        if self.extra:
            what = count(len(self.extra), "column")
            told.append(f"{what} not known to the model, ignored: {some(self.extra)}")
        for column in self.schema.features:
            seen = self._seen[column.name]
            # In a few rows a column that may be missing is missing by chance.
            enough = _ENOUGH if column.n_missing else 1
            if seen.rows >= enough and not seen.present and not seen.new:
                told.append(f"{column.name!r} has no value in {count(seen.rows, 'row')}; it had in training")
            if seen.new:
                told.append(_new_cells(column, seen))
        return tuple(sorted(told, key=lambda note: not note.startswith("WARNING")))

    def _encoded(self, column: Column, cells: Any) -> Encoded:
        if column.kind == "numeric":
            return numbers(cells, self.dialect)
        if column.kind == "datetime":
            return dates(cells, column)
        return booleans(cells) if column.kind == "boolean" else level_codes(cells, column.levels)

    def _missing(self, wanted: str, kind: str) -> str:
        near = get_close_matches(wanted, self.extra, n=1, cutoff=0.7)
        folded = [name for name in self.extra if name.casefold() == wanted.casefold()]
        guess = (folded or near or [""])[0]
        return f"- {wanted!r} ({kind}): missing" + (f"; is it {guess!r}?" if guess else "")

    def _differs(self, lines: list[str], *, with_extra: bool) -> DataError:
        if with_extra:
            lines = lines + [f"+ {name!r}: not known to the model" for name in self.extra]
        shown = lines[:_SHOWN] + ([f"... and {len(lines) - _SHOWN} more"] if len(lines) > _SHOWN else [])
        head = "The table does not fit the model:"
        return DataError("\n".join([head, *shown]), hint=_HINT, code="columns-differ")


def _other_kind(column: Column, encoded: Encoded, n_rows: int) -> str:
    total = sum(encoded.bad.values())
    cells = f"{some(encoded.bad, 3)} in {total:,} of {count(n_rows, 'cell')}"
    wanted = {"numeric": "numbers", "datetime": "dates"}[column.kind]
    written = f" written like {column.date_format}" if column.date_format else ""
    return f"~ {column.name!r}: {wanted}{written} in training, here {cells}"


def _no_money(name: str, role: str, values: FloatArray, encoded: Encoded) -> list[str]:
    """Return what is wrong with a column of money."""
    empty, below = int(np.isnan(values).sum()), int((values < 0).sum()) if role == "cost" else 0
    cells = count(len(values), "cell")
    found = []
    if empty:
        such = f", such as {some(encoded.bad, 3)}" if encoded.bad else ""
        needed = f"the {role} of acting must be a number in every row"
        found.append(f"~ {name!r}: {needed}; {empty:,} of {cells} hold none{such}")
    if below:
        found.append(f"~ {name!r}: the cost of acting must be at least 0; {below:,} of {cells} lie below")
    return found


def _new_cells(column: Column, seen: _Seen) -> str:
    """Say which cells are taken as missing; loudly where they are most, and the column counts for little."""
    unread = sum(seen.new.values())
    if column.kind == "datetime":
        what = "dates that cannot be read"
    else:
        what = f"{count(len(seen.new), 'level')} not seen in training"
    said = f"{column.name!r} has {what} ({some(map(shorten, seen.new), 3)}) in {count(unread, 'row')}"
    if unread < _ENOUGH or unread <= seen.present:
        return f"{said}, taken as missing"
    known = f"only {count(seen.present, 'row')}" if seen.present else "no row"
    return f"WARNING: {said}, taken as missing, and known ones in {known}: is it written as in training?"
