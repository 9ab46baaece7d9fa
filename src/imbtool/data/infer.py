"""Finding out what each column is: its kind, its role, and why it is left out when it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from imbtool.data.dataset import Finding
from imbtool.data.dates import PARTS, detect_format, expand, parse_dates
from imbtool.data.phrases import count
from imbtool.data.schema import FALSE_WORDS, TRUE_WORDS, Column, Schema
from imbtool.data.values import Texts, form_of, numbers, texts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd

    from imbtool.core.types import FloatArray
    from imbtool.data.schema import Role

MAX_LEVELS = 5000
LEFT_OUT_AS_ASKED, CATEGORIES_AS_ASKED = "left out as asked", "categories as asked"
"""Reasons by which a later reading knows what its caller asked for."""
_KEY_NAME = re.compile(
    r"(^|[\W_])(id|ids|key|uuid|guid|uid|udi|index|idx|rownum|row|serial|pk|unnamed: 0)($|[\W_])"
    r"|[a-z](Id|ID|Key|UUID|Uuid|Guid)$|^(ID|Id)[A-Z]|(?i:^index$|customerid$|userid$)"
)
_ENTITY_NAME = re.compile(
    r"(^|[\W_])(id|uid|uuid|guid)$|[a-z](Id|ID)$|(?i:(customer|user|patient|client)id$)"
)
_DATE_NAME = re.compile(r"date|day|datum|(^|_)dt($|_)|dob", re.IGNORECASE)
_FEW_ROWS = 20
_FEWEST_ROWS = 5
_UNIQUE_SHARE = 0.95
_DIFFERENT_SHARE = 0.5
_FEW_LEVELS = 50
_EVEN_STEP = 2.0
_LONG_TEXT, _MANY_WORDS, _TEXT_SHARE = 30, 4, 0.2
_CALENDAR = (19000101.0, 21001231.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inferred:
    """A column with what its owner should know about it."""

    column: Column
    findings: tuple[Finding, ...] = ()


def infer_schema(
    frame: pd.DataFrame, *, roles: Mapping[str, Role], categorical: Collection[str] = ()
) -> tuple[Schema, tuple[Finding, ...]]:
    """Infer kind and role of every column.

    Parameters
    ----------
    frame : pandas.DataFrame
    roles : mapping of str to Role
        Columns whose role is given (target, weight, group, time, dropped); all others are features
        unless they hold nothing to learn from.
    categorical : collection of str
        Columns to take as categories whatever they hold.

    Returns
    -------
    schema : Schema
    findings : tuple of Finding
    """
    inferred = [
        _column(str(name), frame[name], roles.get(str(name)), declared=str(name) in categorical)
        for name in frame.columns
    ]
    findings = tuple(f for item in inferred for f in item.findings)
    return Schema(columns=tuple(item.column for item in inferred)), findings


def _column(name: str, series: pd.Series[Any], role: Role | None, *, declared: bool) -> Inferred:
    if role is not None:
        found = _feature(name, series, declared=False).column
        reason = LEFT_OUT_AS_ASKED if role == "dropped" else ""
        return Inferred(column=replace(found, role=role, reason=reason, parts=()))
    return _feature(name, series, declared=declared)


def _feature(name: str, series: pd.Series[Any], *, declared: bool) -> Inferred:
    form = form_of(series)
    if form == "nested":
        column = Column(name=name, role="feature", kind="text", n_missing=int(series.isna().sum()))
        return _left_out(column, "nested-column", "its cells are lists, mappings or complex numbers")
    if declared:
        return _categories(name, texts(series), len(series), declared=True)
    if form == "number":
        return _number(name, series)
    if form == "date":
        return _date(name, series, "")
    if form == "bool":
        return _categories(name, texts(series), len(series), declared=False)
    return _text(name, series)


def _number(name: str, series: pd.Series[Any]) -> Inferred:
    values = numbers(series)
    infinite = int(np.isinf(values).sum())
    values[np.isinf(values)] = np.nan
    present = values[~np.isnan(values)]
    n_missing = len(values) - len(present)
    import pandas as pd

    column = Column(
        name=name, role="feature", kind="numeric", n_missing=n_missing, n_unique=len(pd.unique(present))
    )
    findings: list[Finding] = []
    if infinite:
        message = f"{name!r} has {count(infinite, 'infinite value')}, taken as missing."
        findings.append(Finding(level="note", code="infinite-values", message=message, column=name))
    empty = _nothing_to_learn(column)
    if empty:
        return replace(empty, findings=(*findings, *empty.findings))
    if _is_calendar_number(name, present):
        return _date(name, series, "%Y%m%d")
    if series.dtype.kind in "iu" and not n_missing and _is_key(name, present, column.n_unique):
        return _left_out(column, "identifier-column", "it numbers the rows, a different value in each")
    return Inferred(column=column, findings=(*findings, *_group_hint(column, len(values))))


def _is_key(name: str, values: FloatArray, n_unique: int) -> bool:
    """Whether whole numbers without gaps are keys: all different, and named or spaced like row numbers."""
    n = len(values)
    if n_unique < n or n < _FEWEST_ROWS:
        return False
    if _KEY_NAME.search(name):
        return True
    if n < _FEW_ROWS:
        return False
    span = float(values.max() - values.min())
    steps = np.diff(values)
    monotone = bool((steps > 0).all() or (steps < 0).all())
    return span == n - 1 or (monotone and span <= _EVEN_STEP * (n - 1))


def _is_calendar_number(name: str, present: FloatArray) -> bool:
    """Whether whole numbers such as 20240131 in a column named like a date are dates."""
    if not _DATE_NAME.search(name) or present.min() < _CALENDAR[0] or present.max() > _CALENDAR[1]:
        return False
    if not (present == np.floor(present)).all():
        return False
    month, day = (present // 100) % 100, present % 100
    return bool(((month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)).all())


def _date(name: str, series: pd.Series[Any], date_format: str, alternative: str = "") -> Inferred:
    dates = parse_dates(series, date_format)
    column = Column(
        name=name,
        role="feature",
        kind="datetime",
        n_missing=int(dates.isna().sum()),
        n_unique=int(dates.nunique()),
        date_format=date_format,
    )
    empty = _nothing_to_learn(column)
    if empty:
        return empty
    expanded = expand(dates)
    parts = tuple(part for part in PARTS if _varies(expanded[part])) or ("days",)
    column = replace(column, parts=parts, reason=f"date, expanded into {', '.join(parts)}")
    return Inferred(column=column, findings=_date_findings(column, int(series.isna().sum()), alternative))


def _date_findings(column: Column, n_blank: int, alternative: str) -> tuple[Finding, ...]:
    found: list[Finding] = []
    unreadable = column.n_missing - n_blank
    if column.date_format and unreadable > 0:
        message = f"{column.name!r} has {count(unreadable, 'date')} not readable as {column.date_format}."
        found.append(Finding(level="warning", code="unreadable-dates", message=message, column=column.name))
    if alternative:
        message = (
            f"{column.name!r} could be {column.date_format} or {alternative}; read as {column.date_format}."
        )
        found.append(Finding(level="warning", code="ambiguous-dates", message=message, column=column.name))
    return tuple(found)


def _varies(values: FloatArray) -> bool:
    present = values[~np.isnan(values)]
    return bool(len(present)) and bool((present != present[0]).any())


def _text(name: str, series: pd.Series[Any]) -> Inferred:
    cells = texts(series)
    date_format, alternative = detect_format(cells.texts)
    if date_format and len(cells.texts) > 1:
        return _date(name, series, date_format, alternative)
    return _categories(name, cells, len(series), declared=False)


def _categories(name: str, cells: Texts, n_rows: int, *, declared: bool) -> Inferred:
    n_missing = int((cells.codes < 0).sum())
    levels = cells.texts
    column = Column(
        name=name,
        role="feature",
        kind="categorical",
        n_missing=n_missing,
        n_unique=len(levels),
        levels=levels,
    )
    empty = _nothing_to_learn(column)
    if empty:
        return empty
    if _is_truth(levels):
        ordered = tuple(sorted(levels, key=lambda level: level.casefold() in TRUE_WORDS))
        return Inferred(column=replace(column, kind="boolean", levels=ordered))
    if declared:
        return Inferred(column=replace(column, reason=CATEGORIES_AS_ASKED))
    return _too_many_levels(column, n_rows - n_missing) or Inferred(
        column=column, findings=_group_hint(column, n_rows)
    )


def _is_truth(levels: tuple[str, ...]) -> bool:
    words = {level.casefold() for level in levels}
    pairs = (("true", "false"), ("yes", "no"), ("y", "n"), ("t", "f"), ("on", "off"))
    return (
        len(levels) == 2 and any(words == set(pair) for pair in pairs) and words <= TRUE_WORDS | FALSE_WORDS
    )


def _too_many_levels(column: Column, n_present: int) -> Inferred | None:
    """Leave out keys, free text and categories with hardly two rows a level."""
    share = column.n_unique / n_present
    named = bool(_KEY_NAME.search(column.name))
    text = replace(column, kind="text", levels=())
    if share > _TEXT_SHARE and _is_prose(column.levels) and n_present >= _FEW_ROWS:
        return _left_out(text, "text-column", "it holds free text")
    if share >= _UNIQUE_SHARE and n_present >= (_FEWEST_ROWS if named else _FEW_ROWS):
        return _left_out(text, "identifier-column", "it has a different text in (nearly) every row")
    if column.n_unique > MAX_LEVELS or (share > _DIFFERENT_SHARE and column.n_unique > _FEW_LEVELS):
        why = f"it has {column.n_unique:,} different texts in {n_present:,} rows"
        return _left_out(text, "many-levels", why)
    return None


def _is_prose(levels: tuple[str, ...]) -> bool:
    probe = levels[:: max(1, len(levels) // 200)]
    length = sum(map(len, probe)) / len(probe)
    words = sum(len(level.split()) for level in probe) / len(probe)
    return length >= _LONG_TEXT and words >= _MANY_WORDS


def _nothing_to_learn(column: Column) -> Inferred | None:
    if column.n_unique == 0:
        return _left_out(replace(column, levels=()), "empty-column", "all its cells are missing")
    if column.n_unique == 1 and column.n_missing == 0:
        return _left_out(replace(column, levels=()), "constant-column", "it has one value only")
    return None


def _left_out(column: Column, code: str, why: str) -> Inferred:
    hint = (
        ""
        if code in ("empty-column", "constant-column", "nested-column")
        else (f" (--categorical {column.name!r} keeps it)")
    )
    message = f"{column.name!r} is left out: {why}{hint}."
    finding = Finding(level="note", code=code, message=message, column=column.name)
    return Inferred(column=replace(column, role="dropped", parts=(), reason=why), findings=(finding,))


def _group_hint(column: Column, n_rows: int) -> tuple[Finding, ...]:
    """Point at a key that repeats: rows of one customer may sit on both sides of a split."""
    if not _ENTITY_NAME.search(column.name) or not _FEW_ROWS <= column.n_unique <= n_rows / 2:
        return ()
    message = (
        f"{column.name!r} looks like a key that repeats ({column.n_unique:,} values in {n_rows:,} rows). "
        f"If rows with the same value belong together, --group {column.name!r} keeps them together."
    )
    return (Finding(level="warning", code="looks-like-group", message=message, column=column.name),)
