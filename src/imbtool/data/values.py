"""Cells of any dtype in one of a few plain forms: numbers, truth values, dates, text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from imbtool.core.types import FloatArray, IntArray

Form = Literal["number", "bool", "date", "text", "category", "nested"]
_OBJECT_FORMS: dict[str, Form] = {
    "boolean": "bool",
    "integer": "number",
    "floating": "number",
    "mixed-integer-float": "number",
    "decimal": "number",
    "datetime": "date",
    "datetime64": "date",
    "date": "date",
    "timedelta": "number",
    "timedelta64": "number",
    "empty": "number",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Texts:
    """Cells as codes into distinct texts.

    ``codes`` has -1 for missing cells; ``texts`` are in natural order (numbers by value, category
    dtypes in their own order) and each occurs at least once.
    """

    codes: IntArray
    texts: tuple[str, ...]


def form_of(series: pd.Series[Any]) -> Form:
    """Return which plain form the cells of a column have."""
    dtype, is_a = series.dtype, pd.api.types
    forms: tuple[tuple[bool, Form], ...] = (
        (isinstance(dtype, pd.CategoricalDtype), "category"),
        (is_a.is_bool_dtype(dtype), "bool"),
        (is_a.is_complex_dtype(dtype), "nested"),
        (is_a.is_numeric_dtype(dtype) or is_a.is_timedelta64_dtype(dtype), "number"),
        (is_a.is_datetime64_any_dtype(dtype) or isinstance(dtype, pd.PeriodDtype), "date"),
        (isinstance(dtype, pd.StringDtype), "text"),
    )
    return next((form for holds, form in forms if holds), None) or _form_of_objects(series)


def _form_of_objects(series: pd.Series[Any]) -> Form:
    inferred = pd.api.types.infer_dtype(series, skipna=True)
    if inferred in _OBJECT_FORMS:
        return _OBJECT_FORMS[inferred]
    if inferred in ("string", "bytes", "time", "period", "interval"):
        return "text"
    if any(isinstance(cell, (list, dict, set, tuple, np.ndarray)) for cell in series.dropna()):
        return "nested"
    return "text"


def numbers(series: pd.Series[Any]) -> FloatArray:
    """Return the cells as float64, missing as NaN, -0.0 as 0.0; a cell that is no number gives NaN."""
    if pd.api.types.is_timedelta64_dtype(series.dtype):
        values = series.dt.total_seconds().to_numpy()
    elif isinstance(series.dtype, pd.SparseDtype):
        values = np.asarray(series)
    elif series.dtype == object or isinstance(series.dtype, (pd.StringDtype, pd.CategoricalDtype)):
        values = _object_numbers(series.astype(object))
    else:
        values = series.to_numpy(dtype=np.float64, na_value=np.nan)
    return np.asarray(values, dtype=np.float64) + 0.0


def _object_numbers(series: pd.Series[Any]) -> FloatArray:
    if pd.api.types.infer_dtype(series, skipna=True) in ("timedelta", "timedelta64"):
        return np.asarray(pd.to_timedelta(series).dt.total_seconds(), dtype=np.float64)
    return np.asarray(
        pd.to_numeric(series, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan), dtype=np.float64
    )


def texts(series: pd.Series[Any]) -> Texts:
    """Return the cells as codes into distinct trimmed texts; blank cells count as missing.

    Whole numbers read ``"1"`` whatever their dtype, truth values ``"True"`` and ``"False"``.
    """
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes, distinct = np.asarray(series.cat.codes, dtype=np.int64), list(series.cat.categories)
    else:
        raw, found = pd.factorize(_hashable(series))
        codes, distinct = np.asarray(raw, dtype=np.int64), list(found)
    labels = [text_of(value) for value in distinct]
    in_order = isinstance(series.dtype, pd.CategoricalDtype)
    return _relabelled(codes, labels, in_order=in_order)


def _hashable(series: pd.Series[Any]) -> pd.Series[Any]:
    if isinstance(series.dtype, pd.SparseDtype):
        return pd.Series(np.asarray(series))
    if series.dtype == object and form_of(series) == "nested":
        return series.map(str, na_action="ignore")
    return series


def _relabelled(codes: IntArray, labels: list[str], *, in_order: bool) -> Texts:
    present = np.zeros(len(labels), dtype=bool)
    present[codes[codes >= 0]] = True
    kept = list(dict.fromkeys(lab for lab, here in zip(labels, present, strict=True) if here and lab))
    if not in_order:
        kept = natural_order(kept)
    place = {label: i for i, label in enumerate(kept)}
    lookup = np.array([place.get(label, -1) for label in labels] + [-1], dtype=np.int64)
    return Texts(codes=lookup[codes], texts=tuple(kept))


def text_of(value: object) -> str:
    """Return one value as trimmed text; missing values as an empty text."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bytes):
        return value.decode("utf-8", errors="replace").strip()
    if isinstance(value, (float, np.floating)):
        if np.isnan(value):
            return ""
        return str(int(value)) if np.isfinite(value) and float(value).is_integer() else repr(float(value))
    if value is None or value is pd.NaT or value is pd.NA:
        return ""
    return str(value).strip()


def natural_order(labels: list[str]) -> list[str]:
    """Sort labels: by value when all are numbers, else as text."""
    try:
        return sorted(labels, key=lambda label: (float(label), label))
    except ValueError:
        return sorted(labels)
