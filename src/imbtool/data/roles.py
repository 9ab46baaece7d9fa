"""Columns with a role of their own: weight, group, time and money."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.core.errors import DataError
from imbtool.data.dates import detect_format, epoch_seconds, parse_dates
from imbtool.data.phrases import count, some
from imbtool.data.values import form_of, numbers, texts

if TYPE_CHECKING:
    import pandas as pd

    from imbtool.core.types import FloatArray, IntArray


def read_weight(series: pd.Series[Any], name: str) -> FloatArray:
    """Return row weights scaled to mean 1; zeros stay zero.

    Raises
    ------
    DataError
        Code ``weight-unusable``: text, missing, infinite or negative weights, or all of them zero.
    """
    _require_numbers(series, name)
    values = numbers(series)
    for what, bad in (
        ("missing", np.isnan(values)),
        ("infinite", np.isinf(values)),
        ("negative", values < 0),
    ):
        if bad.any():
            raise _unusable_weight(name, count(int(bad.sum()), f"{what} weight"))
    total = float(values.sum())
    if total <= 0 or not np.isfinite(total):
        raise _unusable_weight(name, "all weights zero" if total <= 0 else "weights too large to add up")
    return np.asarray(values / (total / len(values)), dtype=np.float64)


def read_group(series: pd.Series[Any], name: str) -> IntArray:
    """Return group codes, numbered in natural order of the group labels.

    Raises
    ------
    DataError
        Code ``group-unusable``: missing groups, or fewer than two.
    """
    cells = texts(series)
    missing = int((cells.codes < 0).sum())
    if missing:
        raise DataError(
            f"The group column {name!r} is missing in {count(missing, 'row')}.",
            hint="Fill in the group of these rows, or remove them.",
            code="group-unusable",
        )
    if len(cells.texts) < 2:
        raise DataError(
            f"The group column {name!r} has {count(len(cells.texts), 'group')}; at least 2 are needed.",
            hint="Name another column with --group, or leave the option out.",
            code="group-unusable",
        )
    return cells.codes


def read_time(series: pd.Series[Any], name: str) -> FloatArray:
    """Return a sortable time: numbers as they are, dates as seconds since 1970-01-01.

    Raises
    ------
    DataError
        Code ``time-unusable``: missing or unreadable times, or only one.
    """
    values = _sortable(series, name)
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise DataError(
            f"The time column {name!r} is missing or unreadable in {count(bad, 'row')}.",
            hint="Fill in the time of these rows, or remove them.",
            code="time-unusable",
        )
    if len(np.unique(values)) < 2:
        raise DataError(
            f"The time column {name!r} has one value only; rows cannot be ordered by it.",
            hint="Name another column with --time, or leave the option out.",
            code="time-unusable",
        )
    return values


def read_money(series: pd.Series[Any], name: str, what: str) -> FloatArray:
    """Return the cells of a cost or a value column.

    Raises
    ------
    DataError
        Code ``money-unusable``: text, missing or infinite cells, costs below 0. Values may lie below 0:
        acting on such a row does not pay whatever it is.
    """
    option = f"--{what}-column"
    if form_of(series) not in ("number", "bool"):
        raise _unusable_money(name, option, f"text such as {some(texts(series).texts, 3)}")
    values = numbers(series)
    bad = int((~np.isfinite(values)).sum())
    if bad:
        raise _unusable_money(name, option, f"{count(bad, 'cell')} missing or infinite")
    below = int((values < 0).sum()) if what == "cost" else 0
    if below:
        raise _unusable_money(name, option, f"{count(below, 'cost')} below 0, which would be gains")
    return np.asarray(values, dtype=np.float64)


def _least(option: str) -> str:
    return " of at least 0" if option == "--cost-column" else ""


def _unusable_money(name: str, option: str, why: str) -> DataError:
    return DataError(
        f"The column {name!r} for {option} must hold a number{_least(option)} in every row; it has {why}.",
        hint=f"Mend the money of these rows, or name another column with {option}.",
        code="money-unusable",
    )


def _sortable(series: pd.Series[Any], name: str) -> FloatArray:
    form = form_of(series)
    if form in ("number", "bool"):
        return numbers(series)
    if form == "date":
        return epoch_seconds(parse_dates(series, ""))
    labels = texts(series).texts
    date_format, _ = detect_format(labels)
    if not date_format:
        raise DataError(
            f"The time column {name!r} holds neither numbers nor dates, but {some(labels, 3)}.",
            hint="Write times as numbers or as dates like 2024-01-31 12:00.",
            code="time-unusable",
        )
    return epoch_seconds(parse_dates(series, date_format))


def _require_numbers(series: pd.Series[Any], name: str) -> None:
    if form_of(series) not in ("number", "bool"):
        raise _unusable_weight(name, f"text such as {some(texts(series).texts, 3)}")


def _unusable_weight(name: str, why: str) -> DataError:
    return DataError(
        f"The weight column {name!r} must hold numbers from 0 up; it has {why}.",
        hint="Mend the weights, or name another column with --weight.",
        code="weight-unusable",
    )
